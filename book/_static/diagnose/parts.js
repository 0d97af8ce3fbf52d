// @ts-check
/* Several mistakes at once, each told by the arrays that it makes wrong; see parts.py. */
import { distinct, Mutant } from "./mutant.js";
import { chance, rightOf } from "./placing.js";
import { Search } from "./search.js";
import { DATA } from "./util.js";
import { Run } from "./workshop.js";

/** What explains the wrong arrays, one change after the other, as far as it goes. Where it yields
 * nothing, it pauses.
 * @param {Placing} placing @returns {Generator<Part | undefined>} */
export function* inParts(placing) {
  const { fixture, seen } = placing;
  const right = rightOf(placing);
  const known = new Map([...seen].filter(([step]) => right.includes(step)));
  let left = new Map([...seen].filter(([step]) => !known.has(step)));
  /** @type {Forms} */
  let forms = new Map();
  for (let changes = 1; left.size && changes <= DATA.most_parts; changes++) {
    /** @type {Mutant | undefined} */
    let found;
    for (const one of left) {
      if (chance([{ ...placing, seen: new Map([one]) }], 1, false) > DATA.chance[0]) continue;
      found = yield* oneMore(fixture, forms, new Map([...known, one]));
      if (found) break;
    }
    if (!found) return;
    const prints = found.matches(left);
    const explained = [...left].filter(([step]) => prints[step]);
    let own = new Map([...found.forms].filter(([name]) => !forms.has(name)));
    // Of changes in several steps those are told that these arrays show.
    for (const name of own.size > 1 ? [...own.keys()] : []) {
      const fewer = new Map([...own].filter(([other]) => other !== name));
      const without = new Mutant(fixture, new Map([...forms, ...fewer]), changes);
      const kept = without.matches(new Map([...known, ...explained]));
      if (Object.values(kept).every(Boolean)) own = fewer;
    }
    forms = new Map([...forms, ...own]);
    const whole = new Mutant(fixture, forms, changes);
    yield { own: new Mutant(fixture, own, 1), whole, explained };
    for (const [step, one] of explained) known.set(step, one);
    left = new Map([...left].filter(([step]) => !prints[step]));
  }
}

/** What prints some arrays of which two are wrong, each by a mistake in its own line. Where it yields
 * nothing, it pauses.
 * @param {Placing} placing @returns {Generator<Mutant | undefined>} */
export function* ofLines(placing) {
  /** @type {Part[]} */
  const parts = [];
  for (const part of inParts(placing)) {
    if (part) parts.push(part);
    else yield;
  }
  const isApart = parts.every(
    ({ own, explained }) =>
      own.forms.size === 1 && explained.length === 1 && own.forms.has(explained[0][0]),
  );
  const count = parts.reduce((sum, { explained }) => sum + explained.length, 0);
  const isAll = count + rightOf(placing).length === placing.seen.size;
  if (parts.length === 2 && isApart && isAll) yield parts[1].whole;
}

/** What prints some arrays with two or three mistakes of a whole loop, one of each kind: they act on
 * all arrays at once, so none is told by an array of its own. Where it yields nothing, it pauses.
 * @param {Placing} placing @returns {Generator<Mutant | undefined>} */
export function* ofLoop({ fixture, seen }) {
  const search = new Search(fixture, seen, true);
  const { place, bits, reach, none } = search.shop;
  const [handed, read, kept, sums] = DATA.of_loops.map((some) => [
    new Map(),
    ...fixture.named.filter(([key]) => some.includes(key)).map(([, forms]) => forms),
  ]);
  const summed = sums.flatMap((forms) => [...forms.keys()]);
  const all = summed.reduce((set, name) => set | bits[place[name]], none);
  const isApart = (/** @type {number} */ at) => !(reach[at] & all);
  const flows = handed.flatMap((one) =>
    read.flatMap((other) => kept.map((third) => [one, other, third])),
  );
  for (const ways of flows) {
    yield;
    const flow = new Map(ways.flatMap((forms) => [...forms]));
    const several = ways.filter(({ size }) => size).length;
    const changed = ways.reduce((sum, { size }) => sum + size, 0);
    // Who changes all three has no more than the sums to tell them apart.
    if (several === ways.length || flow.size < changed) continue;
    const run = new Run(search.shop, flow);
    const asked = search.stacks(flow) ? search.whole : search.seen;
    const isKept = (/** @type {number} */ at) => !isApart(at) || search.accepts(at, run.at(at));
    if (!asked.every((_, at) => isKept(at))) continue;
    for (const last of sums) {
      const changes = several + Number(last.size > 0);
      const forms = new Map([...flow, ...last]);
      const isNew = changes > 1 && isDisjoint(last, flow);
      if (isNew && search.prints(forms)) yield new Mutant(fixture, forms, changes);
    }
  }
}

/** @type {(one: Forms, other: Forms) => boolean} */
const isDisjoint = (one, other) => ![...one.keys()].some((name) => other.has(name));

/** What prints some arrays with one more change, the most likely; of a loop what has a name, since
 * all else takes seconds.
 * @type {(fixture: Fixture, forms: Forms, seen: Seen) => Generator<undefined, Mutant | undefined>} */
function* oneMore(fixture, forms, seen) {
  const search = new Search(fixture, seen, true);
  const run = new Run(search.shop, forms);
  const kept = [];
  for (const some of fixture.last ? named(fixture, forms) : more(search, run)) {
    if (!some) yield;
    else if (search.prints(some)) kept.push(new Mutant(fixture, some, 1));
  }
  return distinct(kept)[0];
}

/** @type {(fixture: Fixture, forms: Forms) => Forms[]} */
const named = (fixture, forms) =>
  fixture.named.flatMap(([, of]) => (isDisjoint(of, forms) ? [new Map([...forms, ...of])] : []));

/** @param {Search} search @param {Run} run @returns {Generator<Forms | undefined>} */
function* more(search, run) {
  if (!run.forms.size) return yield* search.one();
  yield* search.besides(run, run.reach, 0);
  yield* search.joined(run, search.shop.several);
}
