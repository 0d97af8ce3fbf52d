// @ts-check
/* The mistakes that have a name, and where they occur. */
import { evaluate, node } from "./program.js";
import { cache, DATA } from "./util.js";
import { fingerprint } from "./values.js";

const IDS = Object.keys(DATA.mistakes);

/** A mistake, in the words for a test. @param {string} id @param {Fixture} fixture */
export function mistake(id, { data }) {
  const [name, hint, page, , ...inCell] = DATA.mistakes[id];
  const [ownName, ownHint] = data.cell && inCell.length ? inCell : [name, hint];
  return { id, name: ownName, hint: ownHint, page };
}

/** How often a mistake was found where a function is asked for.
 * @type {(id: string, tested: string) => number[]} */
export function frequency(id, tested) {
  return [-(DATA.mistakes[id][3][tested] || 0), IDS.indexOf(id)];
}

/** The mistakes that a change consists of, or none if a part has no name.
 * @type {(fixture: Fixture, forms: Forms) => string[]} */
export function namesOf(fixture, forms) {
  if (forms.size > 1) {
    const whole = fixture.named.find(([, change]) => change.size > 1 && isSame(change, forms));
    if (whole) return [whole[0]];
  }
  const names = singles(fixture);
  const found = [...forms].map((change) => names.get(keyOf(fixture, change)) ?? "");
  if (!found.includes("")) return [...new Set(found)];
  const [several, left] = partlyNamed(fixture, forms);
  return left.size ? [] : several;
}

/** The mistakes with a name among some changes, the largest first, and what has none.
 * @type {(fixture: Fixture, forms: Forms) => [string[], Forms]} */
export function partlyNamed(fixture, forms) {
  const left = new Map(forms);
  const found = [];
  for (const [id, change] of severalOf(fixture)) {
    if (![...change].every(([slot, tree]) => left.get(slot) === tree)) continue;
    found.push(id);
    for (const slot of change.keys()) left.delete(slot);
  }
  const names = singles(fixture);
  for (const change of [...left]) {
    const id = names.get(keyOf(fixture, change));
    if (!id) continue;
    found.push(id);
    left.delete(change[0]);
  }
  return [[...new Set(found)], left];
}

const severalOf = cache((/** @type {Fixture} */ { named }) =>
  named.filter(([, { size }]) => size > 1).sort(([, one], [, other]) => other.size - one.size),
);

/** The keys of the sentences on how a loop runs with some changes, that which says most first, and
 * the rest.
 * @type {(fixture: Fixture, forms: Forms) => [string[], [string, Tree][]]} */
export function loopSaid(fixture, forms) {
  const keys = [];
  const rest = new Map(forms);
  const all = fixture.changes.said.toSorted(([, one], [, other]) => other.size - one.size);
  for (const [key, said] of all) {
    if (![...said].every(([name, tree]) => rest.get(name) === tree)) continue;
    keys.push(key);
    for (const name of said.keys()) rest.delete(name);
  }
  return [keys, [...rest]];
}

/** What two spellings of one formula share. @type {(fixture: Fixture, tree: Tree) => string} */
export function formula(fixture, tree) {
  const { formulas, draws } = kept(fixture);
  let found = formulas.get(tree);
  if (!found) {
    // Comparisons look at signs only, and few signs agree by chance: those need more draws.
    const [first, ...more] = (isComparison(tree) ? draws : draws.slice(0, 1)).map((scope) =>
      evaluate(tree, scope),
    );
    found = first
      ? [first, ...more].map((one) => one && fingerprint(one)).join()
      : `tree ${averagedLast(tree).id}`;
    formulas.set(tree, found);
  }
  return found;
}

/** A product with its average at the end, and what can be exchanged in one order.
 * @type {(tree: Tree) => Tree} */
function averagedLast(tree) {
  const isAverage = (/** @type {Tree} */ one) => one.op === "/" && one.args[1].name === "m";
  if (isAverage(tree)) return node("/", averagedLast(tree.args[0]), tree.args[1]);
  if (tree.op !== "*" && tree.op !== "@") return tree;
  const [left, right] = tree.args.map(averagedLast);
  if (isAverage(left)) {
    const [inner, m] = left.args;
    const whole = inner.value?.d[0] === 1 ? right : averagedLast(node(tree.op, inner, right));
    return node("/", whole, m);
  }
  const turned = tree.op === "*" && left.id > right.id;
  return turned ? node("*", right, left) : node(tree.op, left, right);
}

const kept = cache((/** @type {Fixture} */ { unrelated }) => ({
  /** @type {Map<Tree, string>} */
  formulas: new Map(),
  draws: [unrelated, ...[1, 2, 3, 4, 5, 6, 7].map((seed) => redrawn(unrelated, seed))],
}));

/** @type {(fixture: Fixture, change: [string, Tree]) => string} */
const keyOf = (fixture, [slot, tree]) => `${slot} ${formula(fixture, tree)}`;

/** The names of changes of one slot; of several the first. */
export const singles = cache((/** @type {Fixture} */ fixture) => {
  const single = fixture.named.filter(([, forms]) => forms.size === 1).reverse();
  return new Map(single.map(([id, forms]) => [keyOf(fixture, [...forms][0]), id]));
});

/** @type {(tree: Tree) => boolean} */
const isComparison = (tree) =>
  tree.op === ">" || tree.op === "relu" || tree.args.some(isComparison);

/** Other unrelated numbers in the same shapes; the same ones every time.
 * @type {(scope: Scope, seed: number) => Scope} */
function redrawn(scope, seed) {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (3 * state) / 2 ** 32 - 1.5;
  };
  const again = Object.entries(scope).map(([name, v]) => [
    name,
    name === "m" ? v : { ...v, d: v.d.map(next) },
  ]);
  return Object.fromEntries(again);
}

/** @type {(one: Forms, other: Forms) => boolean} */
function isSame(one, other) {
  return one.size === other.size && [...one].every(([slot, tree]) => other.get(slot) === tree);
}
