// @ts-check
/* Mistakes at some places of use: a step is right, and lines that use it have it otherwise; see
 * uses.py. */
import { Mutant } from "./mutant.js";
import { folded, leaf, namesIn } from "./program.js";
import { Search } from "./search.js";
import { time } from "./steps.js";
import { sameShape } from "./values.js";
import { Run } from "./workshop.js";

/** The mistakes at places of use that print some numbers, alone or beside one with a name. Where
 * it yields nothing, it pauses.
 * @type {(fixture: Fixture, seen: Seen, changes: number) => Generator<Use | undefined>} */
export function* atUses(fixture, seen, changes) {
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
  const isFree = (/** @type {number} */ at) =>
    slots[at].forms.length > 0 && slots[at].name !== "m" && !first.has(slots[at].name);
  for (const [read, { name, forms, isArray }] of slots.entries()) {
    if (isArray || !isFree(read)) continue;
    const using = slots.flatMap((_, line) =>
      isFree(line) && shop.places(reads[line]).includes(read) ? [line] : [],
    );
    // Who writes it out with one slip does so in each line that needs it, or in all but some.
    const spoilt = using.filter((line) => !telling.some((place) => reach[place] & bits[line]));
    for (const lines of [...using.map((line) => [line]), ...(spoilt[1] ? [spoilt] : [])]) {
      const set = lines.reduce((all, line) => all | bits[line], shop.none);
      // The step is right if it leads to what is right another way.
      const leads = (/** @type {number} */ place) =>
        reach[place] & bits[read] && !(reach[place] & set);
      if (!telling.some(leads) || !wrong.every((place) => reach[place] & set)) continue;
      for (const form of forms) {
        yield;
        const to = new Map([[leaf(name), form]]);
        /** @type {Forms} */
        const trees = new Map(
          lines.map((line) => [slots[line].name, folded(slots[line].tree, to)]),
        );
        const changed = new Map([...first, ...trees]);
        if (search.prints(changed))
          yield { source: name, lines: [...trees.keys()], forms: changed };
      }
    }
  }
}
