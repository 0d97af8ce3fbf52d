// @ts-check
/* Mutants of one step, and the operators that make them; see mutate.py. */
import { rewrites } from "./operators.js";
import { namesIn } from "./program.js";

/** What two changes of one step lead to.
 * @type {(fixture: Fixture, slot: Slot) => Tree[]} */
export function secondChanges(fixture, slot) {
  const found = new Set(twice(fixture, slot).keys());
  for (const simpler of [slot.tree, ...slot.forms]) found.delete(simpler);
  return [...found];
}

/** What two changes of one step lead to, and the operators of both.
 * @type {(fixture: Fixture, slot: Slot) => Map<Tree, string>} */
function twice(fixture, { name, forms, stuck, isArray }) {
  const families = fixture.families(name);
  /** @type {Map<Tree, string>} */
  const found = new Map();
  for (const form of isArray ? [] : [...forms, ...stuck]) {
    for (const [operator, tree] of rewrites(form, families)) {
      if (!found.has(tree) && !namesIn(tree).includes(name)) found.set(tree, operator);
    }
  }
  return found;
}
