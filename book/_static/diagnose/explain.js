// @ts-check
/* The simplest explanation of some numbers on some tests; see explain.py. */

import { chosen, hidden, namesToKnow } from "./chosen.js";
import { doubtedOf, remains, tooLittle } from "./clues.js";
import { FIXTURES, isRight } from "./fixtures.js";
import { byRank, distinct, Mutant } from "./mutant.js";
import { inParts, ofLines, ofLoop } from "./parts.js";
import {
  canBePrinted,
  chance,
  elsewhere,
  fitting,
  isKnown,
  isNamed,
  isPartial,
  isPossible,
  mostLikely,
  mostUsed,
  placedOn,
  rightOf,
} from "./placing.js";
import { Search } from "./search.js";
import { stem } from "./steps.js";
import { atUses, readingLater } from "./uses.js";
import { compared, DATA, least, spelledIn } from "./util.js";
import { sameShape, shapeOf } from "./values.js";
import { say } from "./words.js";

/** The simplest explanation on any of the tests; null if none has such arrays.
 * @param {Paste} text @param {Fixture[]} wanted @param {number} changes @param {Effort} effort
 * @returns {Generator<string | undefined, Diagnosis | null>} */
export function* explain(text, wanted, changes, effort) {
  const paste = withoutExpected(text, wanted);
  const every = placedOn(paste, wanted, true);
  const all = every.length ? every : placedOn(paste, wanted, false);
  const placed = mostUsed(all.filter(isPossible));
  if (!placed.length) return null;
  const byName = every.length > 0;
  const known = (/** @type {Placing} */ one) => isKnown(one, byName, paste);
  // Two changes take seconds, and are tried where a name, or all else, speaks for the test.
  const likely = (changes === 2 ? mostLikely(placed) : []).filter(
    (one) => known(one) || (byName && isNamed(one) && fitting(one) > 0),
  );
  const near = likely.filter(canBePrinted);
  const closest = least(placed, (placing) => [-rightOf(placing).length, -fitting(placing)]);
  const best = onGradient(closest, placed);
  /** @type {[number, boolean, Placing[]][]} */
  const plan = [
    [0, false, placed],
    [1, false, placed],
    [0, false, placed.flatMap((placing) => elsewhere(placing) ?? [])],
    [0, true, placed],
    [1, true, placed],
    [2, false, near],
    [2, true, near.filter(isPartial)],
  ];
  /** @type {string[]} */
  let remarks = [];
  for (const [most, loose, tried] of plan.filter(([most]) => most <= changes || most === 2)) {
    // Two changes take long, and mistakes in lines of their own or of a whole loop do not.
    const one =
      most === 2 && !loose && changes ? yield* quick(best, changes, asClose(best, placed)) : null;
    if (one) return one;
    const random = chance(tried, most, loose);
    if (random > DATA.chance[1]) {
      const headline = tooLittle("too-few", tried[0], paste);
      if (most < 2) return { ...unknown(null, [say("covered")], arraysByName(paste)), headline };
      remarks = [headline];
      break;
    }
    if (most === 2 && tried.length) {
      const some = tried.filter(known);
      effort.begin(DATA.effort[some.some(isNamed) ? 0 : some.length ? 1 : 2]);
    }
    /** @type {Map<Fixture, Found>} */
    const found = new Map();
    for (const placing of tried) {
      // Two changes take long, so the first place that explains the numbers is kept.
      if (found.size && most === 2) break;
      yield;
      const before = found.get(placing.fixture);
      const one = yield* foundAt(placing, most, loose, effort);
      if (!one || (before && byRank(before.candidates[0], one.candidates[0]) <= 0)) continue;
      found.set(placing.fixture, { ...one, remarks: [...namesToKnow(placing), ...one.remarks] });
    }
    if (most === 2 && effort.spent) remarks = [say("stopped")];
    if (found.size) {
      const doubted = random > DATA.chance[0] ? tried : doubtedOf(tried, most, loose);
      const unsure = doubted.slice(0, 1).map((one) => tooLittle("chance", tried[0], paste, one));
      const answer = chosen([...found.values()], paste);
      return { ...answer, remarks: [...unsure, ...answer.remarks, ...remarks] };
    }
  }
  const several = changes === 2 ? yield* used(best, 2) : null;
  if (several) return several;
  /** @type {Part[]} */
  const parts = [];
  for (const part of best.seen.size > 1 ? inParts(best) : []) {
    if (part) parts.push(part);
    else yield;
  }
  const whole = parts.at(-1)?.whole;
  if (changes === 2 && whole && Object.values(whole.matches(best.seen)).every(Boolean)) {
    const { fixture, seen } = best;
    return { verdict: "explained", fixture, candidates: [whole], remarks: [], seen };
  }
  if (!fitting(best) && wanted.length > 1) return null;
  const isForeign = !isNamed(best) || (!known(best) && 2 * fitting(best) < best.seen.size);
  if (wanted.length > 1 && !rightOf(best).length && isForeign) {
    return unknown(null, [...remarks, say("covered")], arraysByName(paste));
  }
  const told = [...remains(best, paste, parts)];
  const alike = rightOf(best).length ? new Map() : asClose(best, placed);
  const inputs = alike.size > 1 ? [] : ofInputs(best.fixture);
  remarks.push(...(told.length ? told : inputs));
  if (!rightOf(best).length) remarks.push(say("covered"));
  const found = unknown(best.fixture, remarks, best.seen);
  if (alike.size < 2 && (wanted.length < 2 || known(best))) return found;
  const tests = [...alike.values()].map(({ title, id }) => `${title} (${id})`).join(" and ");
  return { ...found, headline: alike.size ? say("closest", { tests, n: alike.size }) : "" };
}

/** The tests of which as many arrays are right and fit, the newest of each function.
 * @type {(best: Placing, placed: Placing[]) => Map<string, Fixture>} */
function asClose(best, placed) {
  const of = (/** @type {Placing} */ one) => `${rightOf(one).length} ${fitting(one)}`;
  const alike = placed.filter((one) => of(one) === of(best)).reverse();
  return new Map([best, ...alike].map(({ fixture }) => [fixture.function, fixture]));
}

/** The first array of each name, and those without one. @param {Paste} paste */
export const firstOfEach = ({ arrays }) =>
  arrays.filter(({ name }, at) => !name || arrays.findIndex((one) => one.name === name) === at);

/** Leaves out what stands there again if it is all that a test expects: a text quotes that.
 * @type {(paste: Paste, tests: Fixture[]) => Paste} */
function withoutExpected(paste, tests) {
  const first = firstOfEach(paste);
  const again = paste.arrays.filter((one) => !first.includes(one));
  /** @type {(test: Fixture, seen: Observed) => boolean} */
  const expects = (test, seen) => {
    const name = seen.name ?? "";
    const step = name in test.expected ? name : spelledIn(name, Object.keys(test.expected));
    return step !== "" && isRight(test, step, seen, true);
  };
  const isQuoted = tests.some((test) => again.every((one) => expects(test, one)));
  return again.length && isQuoted ? { ...paste, arrays: first } : paste;
}

/** @type {(fixture: Fixture | null, remarks: string[], seen?: Seen, candidates?: Mutant[]) => Diagnosis} */
export const unknown = (fixture, remarks, seen = new Map(), candidates = []) => ({
  verdict: "unexplained",
  fixture,
  candidates,
  remarks,
  seen,
});

/** The pasted arrays by their names, or their places. @param {Paste} paste */
export const arraysByName = (paste) =>
  new Map(paste.arrays.map((one, at) => [one.name || say("nameless", { place: at + 1 }), one]));

/** What so many changes explain. What prints strictly prints loosely too, so one search does for
 * both; only a long one looks no further than it has to.
 * @type {(placing: Placing, most: number, loose: boolean, effort: Effort) => Generator<string | undefined, Found | null>} */
function* foundAt(placing, most, loose, effort) {
  const { fixture, seen, printedAs, known } = placing;
  const exact = most === 2 && !isPartial(placing);
  if (!known[most]) {
    if (most === 2) yield "deep";
    const search = new Search(fixture, seen, !exact, effort);
    known[most] = [];
    for (const forms of search.tried(most)) {
      if (!forms) yield;
      else if (search.prints(forms)) known[most].push(forms);
    }
  }
  const strict = new Search(fixture, seen, false);
  const found = known[most].filter((forms) => loose || exact || strict.prints(forms));
  if (found.length && most === 0 && !printedAs.size) return expected(placing, loose);
  return explained(placing, found, most);
}

/** @type {(placing: Placing, found: Forms[], changes: number) => Found?} */
function explained({ fixture, seen, printedAs }, forms, changes) {
  if (!forms.length) return null;
  const spent = changes + Number(printedAs.size > 0);
  const all = forms.map((one) => new Mutant(fixture, one, spent, printedAs));
  // Last comes what prints one number with brackets that were left out, and before it what gives
  // an output that was not pasted another shape, or none: the test would speak of that first.
  const bare = [...seen].filter(([, one]) => one.like?.n === 0).map(([step]) => step);
  const others = Object.entries(fixture.expected).filter(([name]) => !seen.has(name));
  const unlikely = (/** @type {Mutant} */ { values }) => [
    bare.some((step) => values[step].n),
    others.some(([name, one]) => !values[name] || !sameShape(values[name], one)),
  ];
  const candidates = distinct(all)
    .map((one) => /** @type {const} */ ([unlikely(one), one]))
    .sort(([one], [other]) => compared(one, other))
    .map(([, one]) => one);
  return { verdict: "explained", fixture, candidates, remarks: [], seen };
}

/** Right numbers: what else prints them, and what rejects that.
 * @type {(placing: Placing, loose: boolean) => Found} */
function expected({ fixture, seen }, loose) {
  const search = new Search(fixture, seen, loose);
  const all = [0, 1].flatMap((changes) =>
    [...search.tried(changes)].flatMap((forms) =>
      forms && search.prints(forms) ? [new Mutant(fixture, forms, changes)] : [],
    ),
  );
  const others = distinct(all).filter((one) => one.named.length && one.outcome.word === "passes");
  const candidates = [new Mutant(fixture, new Map(), 0), ...others];
  return { verdict: "expected", fixture, candidates, remarks: [...hidden(fixture, others)], seen };
}

/** The mistakes at places of use, which what is right beside them tells.
 * @type {(placing: Placing, changes: number) => Generator<string | undefined, Diagnosis?>} */
function* used(placing, changes) {
  const { fixture, seen } = placing;
  const right = rightOf(placing);
  const wrong = new Map([...seen].filter(([step]) => !right.includes(step)));
  if (!wrong.size || (!right.length && changes < 2)) return null;
  if (chance([{ ...placing, seen: wrong }], changes, true) > DATA.chance[0]) return null;
  /** @type {Use[]} */
  const found = [];
  for (const use of atUses(fixture, seen, changes)) {
    if (use) found.push(use);
    else yield;
  }
  if (!found.length) return null;
  const [{ source, lines }] = found;
  const of = { source: stem(source), lines: lines.map(stem).join(", "), n: lines.length };
  const said = say("at-use", of);
  const candidates = distinct(found.map(({ forms }) => new Mutant(fixture, forms, changes)));
  return { verdict: "explained", fixture, candidates, remarks: [said], seen };
}

/** What takes no search for two changes: each in a line of its own, or of a loop. What fits the tests
 * of several functions alike is looked for in all of them.
 * @type {(placing: Placing, changes: number, alike: Map<string, Fixture>) => Generator<string | undefined, Diagnosis?>} */
function* quick(placing, changes, alike) {
  const one = yield* used(placing, 1);
  if (one) return one;
  const { fixture, seen } = placing;
  /** @type {(some: Generator<Mutant | undefined>, spent: number) => Generator<undefined, Mutant[]>} */
  function* telling(some, spent) {
    /** @type {Mutant[]} */
    const found = [];
    if (chance([placing], spent, true) > DATA.chance[0]) return found;
    for (const mutant of some) {
      if (mutant) found.push(mutant);
      else yield;
    }
    return distinct(found);
  }
  let candidates = yield* telling(readingLater(fixture, seen), 1);
  const remarks = candidates.length ? [] : [say("stopped")];
  if (!candidates.length && changes === 2 && alike.size === 1)
    candidates = yield* telling(fixture.last ? ofLoop(placing) : ofLines(placing), 2);
  return candidates.length ? { verdict: "explained", fixture, candidates, remarks, seen } : null;
}

/** What to compare where nothing is right: what was drawn last, and a loop's cache.
 * @type {(fixture: Fixture) => string[]} */
export function ofInputs({ arrays, data, function: own, last }) {
  const drawn = data.drawn.name ? [say("inputs-first", data.drawn)] : [];
  if (!last) return drawn;
  const made = new Set(Object.keys(arrays).map(stem));
  const names = [...made].filter((name) => name.endsWith("_next")).join(" and ");
  const forward = own.replace("backward", "forward");
  return [...drawn, say("cache-first-wrong", { function: own, forward, names })];
}

/** The placing on the edition that accepts a gradient, if nothing is of the other alone: what is
 * right there may be what the gradient prints where nothing is carried.
 * @type {(best: Placing, placed: Placing[]) => Placing} */
function onGradient(best, placed) {
  const of = soundOf(best.fixture);
  const other = placed.find(({ fixture }) => fixture === of);
  if (best.fixture === of || !other || !of.last) return best;
  const [, carry] = of.named.findLast(([key]) => key === "carry-left-out") ?? ["", new Map()];
  const { values } = new Mutant(of, carry, 1);
  const isOwn = rightOf(best).some((step) => !best.seen.get(step)?.matches(values[step], true));
  return isOwn ? best : other;
}

/** What a test accepts that is no gradient, or for its own shapes alone; or "".
 * @param {Diagnosis} found */
export function noticeOf({ fixture, seen }) {
  if (!fixture || !seen.size) return "";
  const { title, id } = soundOf(fixture);
  if (!fixture.data.gradient) return say("no-gradient", { title, id, page: fixture.data.page });
  const bare = [...seen].filter(([, { isBare }]) => isBare);
  const names = bare.map(([name]) => name).join(" and ");
  return names && say("takes-numbers", { names });
}

/** @param {Fixture} fixture */
const shapesIn = ({ arrays }) =>
  Object.entries(arrays)
    .map(([name, one]) => `${name} ${shapeOf(one)}`)
    .join();

/** A test, or the edition of it that accepts a gradient. @param {Fixture} fixture */
export function soundOf(fixture) {
  if (fixture.data.gradient) return fixture;
  const shapes = shapesIn(fixture);
  const others = [...FIXTURES.values()].filter((one) => one.function === fixture.function);
  // A function can be called with arrays of several sizes.
  const same = others.filter((one) => shapesIn(one) === shapes);
  return [...same, ...others].find(({ data }) => data.gradient) ?? fixture;
}
