// @ts-check
/** What the package wrote for the page; see diagnose_data.py. */
export const DATA = globalThis.BACKCHECK;

/** What tells outputs and steps apart where one test runs a layer once for each activation.
 * @param {string} name */
export const prefixOf = (name) => DATA.prefixes.find((one) => name.startsWith(one)) ?? "";

/** @param {string} name */
export const bare = (name) => name.slice(prefixOf(name).length);

/**
 * Remembers what a function finds for each object.
 * @template {object} K @template V @param {(key: K) => V} find @returns {(key: K) => V}
 */
export function cache(find) {
  /** @type {WeakMap<K, V>} */
  const known = new WeakMap();
  return (key) => {
    if (!known.has(key)) known.set(key, find(key));
    return /** @type {V} */ (known.get(key));
  };
}

/** Lets the getters of a class remember what they find. @param {Function} made */
export function cacheProperties(made) {
  for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(made.prototype))) {
    if (!get) continue;
    Object.defineProperty(made.prototype, name, {
      /** @this {object} */
      get() {
        const value = get.call(this);
        Object.defineProperty(this, name, { value });
        return value;
      },
    });
  }
}

/** Compares keys as Python compares tuples. @type {(one: any, other: any) => number} */
export function compared(one, other) {
  if (!Array.isArray(one)) return one < other ? -1 : one > other ? 1 : 0;
  for (let at = 0; at < Math.min(one.length, other.length); at++) {
    const order = compared(one[at], other[at]);
    if (order) return order;
  }
  return one.length - other.length;
}

/** @template T @param {T[]} items @param {(item: T) => any} key */
export function least(items, key) {
  return items.reduce((best, item) => (compared(key(item), key(best)) < 0 ? item : best));
}

/** Items by a key, in order.
 * @template T @param {Iterable<T>} items @param {(item: T) => any} key */
export function groupedBy(items, key) {
  /** @type {Map<any, T[]>} */
  const groups = new Map();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}

/** The step that has the letters of a gradient's name, small or not; "" for none.
 * @type {(name: string, steps: string[]) => string} */
export function spelledIn(name, steps) {
  const same = steps.find((step) => step.toLowerCase() === name.toLowerCase());
  return name.startsWith("d") || same === name ? (same ?? "") : "";
}

/** What some work comes to, without its pauses.
 * @template T @param {Generator<any, T>} work @returns {T} */
export function atOnce(work) {
  let next = work.next();
  while (!next.done) next = work.next();
  return next.value;
}
