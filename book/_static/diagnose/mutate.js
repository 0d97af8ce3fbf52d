// @ts-check
/* Mutants of one step, and the operators that make them; see mutate.py. */
import { rewrites } from "./operators.js";
import { namesIn } from "./program.js";
import { cache, DATA } from "./util.js";

/** What two changes of one slot lead to, with the first of them. @type {(slot: Slot) => Map<Tree, Tree>} */
const twice = cache(({ name, forms, stillborn, families, isArray }) => {
  /** @type {Map<Tree, Tree>} */
  const found = new Map();
  for (const form of isArray ? [] : [...forms, ...stillborn]) {
    for (const [, tree] of rewrites(form, families)) {
      if (!found.has(tree) && !namesIn(tree).includes(name)) found.set(tree, form);
    }
  }
  return found;
});

/** What two changes of one slot lead to. @type {(slot: Slot) => Tree[]} */
export const secondChanges = cache((slot) => {
  const once = new Set([slot.tree, ...slot.forms]);
  return [...twice(slot).keys()].filter((tree) => !once.has(tree));
});

/** The operators that make a form of a slot, or nothing.
 * @type {(slot: Slot, tree: Tree, changes?: number) => string} */
export function operatorsOf(slot, tree, changes = 2) {
  if (slot.forms.includes(tree) || slot.stillborn.includes(tree)) {
    return operatorOf(slot.tree, tree, slot) ?? DATA.dropped;
  }
  const form = changes < 2 ? undefined : twice(slot).get(tree);
  return form ? `${operatorsOf(slot, form)} and ${operatorOf(form, tree, slot)}` : "";
}

/** The first operator that makes one expression of another.
 * @type {(before: Tree, after: Tree, slot: Slot) => string | undefined} */
function operatorOf(before, after, { families }) {
  for (const [operator, tree] of rewrites(before, families)) if (tree === after) return operator;
}
