// @ts-check
/* Mutants of one step, and the operators that make them; see mutate.py. */
import { rewrites } from "./operators.js";
import { namesIn } from "./program.js";
import { time } from "./steps.js";
import { cache } from "./util.js";

/** What two changes of one slot lead to, each with the first of them.
 * @param {Slot} slot @returns {Generator<[Tree, Tree]>} */
function* changedTwice({ name, tree: original, forms, stillborn, families, isArray }) {
  const found = new Set([original, ...forms]);
  const isAfterLoop = !isArray && !time(name) && namesIn(original).some(time);
  for (const form of isArray ? [] : [...forms, ...stillborn]) {
    for (const [operator, tree] of rewrites(form, families)) {
      // After a loop only names are read; what is done to them can be done in the loop.
      if (isAfterLoop && operator !== "operand replaced") continue;
      if (found.has(tree) || namesIn(tree).includes(name)) continue;
      found.add(tree);
      yield [tree, form];
    }
  }
}

const begun = cache((/** @type {Slot} */ slot) => ({
  /** @type {[Tree, Tree][]} */
  made: [],
  rest: changedTwice(slot),
}));

/** What `changedTwice` has, made no further than asked, and once.
 * @param {Slot} slot @returns {Generator<[Tree, Tree]>} */
export function* secondChanges(slot) {
  const { made, rest } = begun(slot);
  for (let at = 0; ; at += 1) {
    if (at === made.length) {
      const { value, done } = rest.next();
      if (done) return;
      made.push(value);
    }
    yield made[at];
  }
}

const twiceChanged = cache((/** @type {Slot} */ slot) => new Map(secondChanges(slot)));

/** The operators that make a form of a slot, or nothing.
 * @type {(slot: Slot, tree: Tree, changes?: number) => string} */
export function operatorsOf(slot, tree, changes = 2) {
  if (slot.forms.includes(tree) || slot.stillborn.includes(tree)) {
    return operatorOf(slot.tree, tree, slot) ?? slot.others.get(tree) ?? "";
  }
  const form = changes < 2 ? undefined : twiceChanged(slot).get(tree);
  return form ? `${operatorsOf(slot, form)} and ${operatorOf(form, tree, slot)}` : "";
}

/** The first operator that makes one expression of another.
 * @type {(before: Tree, after: Tree, slot: Slot) => string | undefined} */
function operatorOf(before, after, { families }) {
  for (const [operator, tree] of rewrites(before, families)) if (tree === after) return operator;
}
