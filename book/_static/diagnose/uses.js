// @ts-check
/* Mistakes at one place of use: a step is right, and one line that uses it has it otherwise; see
 * uses.py. */
import { Mutant } from "./mutant.js";
import { folded, leaf, namesIn } from "./program.js";
import { Search } from "./search.js";
import { time } from "./steps.js";
import { sameShape } from "./values.js";
import { Run } from "./workshop.js";

/** The mistakes at one place of use that print some numbers, alone or beside one with a name. Where
 * it yields nothing, it pauses.
 * @type {(fixture: Fixture, seen: Seen, changes: number) => Generator<Use | undefined>} */
export function* atOneUse(fixture, seen, changes) {
  const search = new Search(fixture, seen, true);
  const firsts = changes === 2 ? fixture.named.map(([, forms]) => forms) : [new Map()];
  for (const first of firsts) yield* beside(search, first, changes);
}

/** The lines that read a gradient which is computed below them, by what they print. Where it yields
 * nothing, it pauses.
 * @type {(fixture: Fixture, seen: Seen) => Generator<Mutant | undefined>} */
export function* readingLater(fixture, seen) {
  const search = new Search(fixture, seen, true);
  const { slots, reach, bits, right, place } = search.shop;
  const wrong = search.seen.flatMap((one, at) => (one && !search.right[at] ? [at] : []));
  for (const [line, { name, tree, forms, isArray }] of slots.entries()) {
    yield;
    if (isArray || !forms.length || !wrong.every((at) => reach[at] & bits[line])) continue;
    const later = slots.flatMap((other, at) =>
      at >= line && !(reach[at] & bits[line]) && time(other.name) === time(name) ? [at] : [],
    );
    for (const read of namesIn(tree)) {
      for (const at of later) {
        const [was, now] = [right[place[read]], right[at]];
        if (!was || !now || !sameShape(was, now)) continue;
        const made = folded(tree, new Map([[leaf(read), leaf(slots[at].name)]]));
        const changed = new Map([[name, made]]);
        if (search.prints(changed)) yield new Mutant(fixture, changed, 1);
      }
    }
  }
}

/** @type {(search: Search, first: Forms, changes: number) => Generator<Use | undefined>} */
function* beside(search, first, changes) {
  const { shop } = search;
  const { slots, bits, reads } = shop;
  const run = new Run(shop, first);
  yield;
  const printed = search.seen.flatMap((one, place) => (one ? [place] : []));
  const isGiven = (/** @type {number} */ place) => search.accepts(place, run.at(place));
  const right = printed.filter(isGiven);
  const wrong = printed.filter((place) => !right.includes(place));
  const before = printed.filter((place) => search.right[place]).length;
  if (!wrong.length || (changes === 2 && right.length <= before)) return;
  const { reach } = run;
  const telling = right.filter((place) => run.at(place)?.d.some((number) => number !== 0));
  for (const [line, slot] of slots.entries()) {
    const isFree = slot.forms.length && !first.has(slot.name);
    if (!isFree || !wrong.every((place) => reach[place] & bits[line])) continue;
    for (const read of shop.places(reads[line])) {
      const { name, forms, isArray } = slots[read];
      if (isArray || name === "m" || first.has(name)) continue;
      // The step is right if it leads to what is right another way.
      const leads = (/** @type {number} */ place) =>
        reach[place] & bits[read] && !(reach[place] & bits[line]);
      if (!telling.some(leads)) continue;
      for (const form of forms) {
        yield;
        const tree = folded(slot.tree, new Map([[leaf(name), form]]));
        const changed = new Map([...first, [slot.name, tree]]);
        if (search.prints(changed)) yield { source: name, line: slot.name, forms: changed };
      }
    }
  }
}
