// @ts-check
/* Loops over time as one place of mutation: a changed line of one is changed at every step; see
 * steps.py and over_time.py. What a loop calls x[t] is x_t1 at the first step. */
import { folded, leaf, node } from "./program.js";
import { cache } from "./util.js";

/** The number of the step that a name belongs to, 0 for none. @param {string} name */
export const time = (name) => Number(/_t(\d+)$/.exec(name)?.[1] ?? 0);

/** The name that a loop has for what a step of it computes. @param {string} name */
export const stem = (name) => (time(name) ? name.replace(/_t\d+$/, "") : name);

/** The function that a loop over time calls at each step. @param {string} loop */
export const cellBackward = (loop) => loop.replace("_backward", "_cell_backward");

/** A line as its loop has it, by the name it computes; after a loop, step by step.
 * @type {(text: string, name: string) => string} */
export function inLoop(text, name) {
  const own = time(name);
  /** @param {number} at */
  const index = (at) =>
    own ? `t${at > own ? "+" : ""}${at === own ? "" : at - own}` : String(at - 1);
  return text
    .replace(/_t([0-9]+)/g, (_, at) => `[${index(Number(at))}]`)
    .replace(/(?<=\[:, :, )\d+/g, (at) => index(Number(at) + 1));
}

/** The name of the slot that stands for one: that of the step which is run first.
 * @type {(fixture: Fixture, name: string) => string} */
export function firstOf({ last, reference }, name) {
  const stands = `${stem(name)}_t${last}`;
  return time(name) > 0 && time(name) < last && stands in reference ? stands : name;
}

/** A change with what it is at the other steps of a loop.
 * @type {(fixture: Fixture, forms: Forms) => Forms} */
export function atEachStep(fixture, forms) {
  const { last } = fixture;
  const found = new Map(forms);
  for (const [name, tree] of last ? forms : []) {
    for (let earlier = 1; earlier < last && time(name) === last; earlier++) {
      const other = `${stem(name)}_t${last - earlier}`;
      if (!found.has(other)) found.set(other, moved(fixture, tree, earlier));
    }
  }
  return found;
}

/** What an expression of a loop is some steps earlier.
 * @type {(fixture: Fixture, tree: Tree, earlier: number) => Tree} */
export function moved(fixture, tree, earlier) {
  const known = movesOf(fixture);
  known[earlier] ??= { to: moves(fixture, earlier), found: new Map() };
  const { to, found } = known[earlier];
  const before = found.get(tree);
  if (before) return before;
  const made = folded(tree, to);
  found.set(tree, made);
  return made;
}

const movesOf = cache(
  (/** @type {Fixture} */ _) => /** @type {{to: Map<Tree, Tree>, found: Map<Tree, Tree>}[]} */ ([]),
);

/** @type {(fixture: Fixture, earlier: number) => Map<Tree, Tree>} */
function moves({ arrays, steps, last }, earlier) {
  const known = [...Object.keys(arrays), ...steps.map(({ name }) => name)];
  /** @type {Record<string, number>} */
  const most = {};
  for (const name of known) most[stem(name)] = Math.max(most[stem(name)] ?? 0, time(name));
  /** @type {Map<Tree, Tree>} */
  const found = new Map();
  for (const name of known) {
    const at = time(name) - earlier;
    if (time(name))
      found.set(leaf(name), leaf(`${stem(name)}_t${at > 0 ? at : at + most[stem(name)]}`));
    for (let n = 0; n < last; n++)
      found.set(node("slice", leaf(name), leaf(n)), node("slice", leaf(name), leaf(n - earlier)));
  }
  return found;
}
