// @ts-check
/* From pasted numbers to the programs that print them: what backcheck.diagnose does, in the page.
 * Nothing pasted leaves it. */

import { apart } from "./apart.js";
import { chosen, hidden } from "./chosen.js";
import { remains } from "./clues.js";
import { saidOf } from "./differences.js";
import { FIXTURES, NEWEST_FIRST } from "./fixtures.js";
import { byRank, distinct, Mutant } from "./mutant.js";
import {
  chance,
  elsewhere,
  evidence,
  fitting,
  isKnown,
  isNamed,
  isPartial,
  isPossible,
  mostLikely,
  mostUsed,
  namesToKnow,
  placings,
  rightOf,
} from "./placing.js";
import { write } from "./program.js";
import { read } from "./reading.js";
import { Effort, explanations, Search } from "./search.js";
import { misshapen } from "./shapes.js";
import { knownCauses, likelyMutants, testedBy } from "./symptoms.js";
import { notCovered } from "./uncovered.js";
import { compared, DATA, least } from "./util.js";
import { sameShape } from "./values.js";
import { say } from "./words.js";

/** The headline of an answer. @param {Diagnosis} found */
export function titleOf({ verdict, fixture, candidates, seen, headline }) {
  if (headline) return headline;
  if (verdict === "unexplained" && !(seen.size && fixture)) {
    return say(seen.size ? "not-tried" : "only-a-message");
  }
  const key = verdict === "unexplained" ? "for-test" : "of-test";
  const where = fixture ? say(key, { title: fixture.title, id: fixture.id }) : "";
  const changes = candidates.map((candidate) => candidate.changes);
  const spent = changes.length ? say(`spent-${Math.min(...changes)}`) : "";
  return say(verdict, { where, spent });
}

/** What `diagnose` does, with pauses: in one it says "deep", before two changes are tried.
 * @param {string} text @param {string | null} id @param {number} changes
 * @returns {Generator<string | undefined, Diagnosis>} */
export function* diagnosing(text, id = null, changes = 2) {
  const refused = id ? [] : notCovered(text);
  const said = saidOf(text) ?? (refused.length && ["unexplained", refused]);
  if (said) {
    const [verdict, [headline, ...remarks]] = said;
    return { verdict, fixture: null, candidates: [], remarks, seen: new Map(), headline };
  }
  return yield* explaining(read(text), id ? (FIXTURES.get(id) ?? null) : null, changes);
}

/** The same of what was read already.
 * @param {Paste} paste @param {Fixture | null} fixture @param {number} changes
 * @returns {Generator<string | undefined, Diagnosis>} */
export function* explaining(paste, fixture, changes) {
  const wanted = fixture ? [fixture] : NEWEST_FIRST;
  const effort = new Effort();
  const found =
    (yield* byTest(paste, wanted, changes, effort)) ??
    (yield* explain(paste, wanted, changes, effort));
  if (found && found.verdict !== "unexplained") {
    const open = found.verdict === "expected" ? stillOpen(found, paste, wanted) : null;
    return withProblem(withMessage(open ?? found, paste), paste);
  }
  if (fixture) {
    const other = yield* explain(paste, NEWEST_FIRST, Math.min(changes, 1), effort);
    if (other && other.verdict !== "unexplained") {
      const remarks = [...(found?.remarks ?? []), say("elsewhere", { title: titleOf(other) })];
      const seen = found?.seen ?? new Map();
      const answer = { verdict: "unexplained", fixture, candidates: [], remarks, seen };
      return withProblem(withMessage(answer, paste), paste);
    }
  }
  return withProblem(found ? withMessage(found, paste) : withoutNumbers(paste, wanted), paste);
}

/** What the arrays of each test are, if they are of several or a message names one.
 * @type {(paste: Paste, tests: Fixture[], changes: number, effort: Effort) => Generator<string | undefined, Diagnosis?>} */
function* byTest(paste, tests, changes, effort) {
  const groups = apart(paste, tests);
  const found = [];
  for (const [its, some] of groups) {
    const answer = yield* explain(some, its, changes, effort);
    if (answer) found.push(answer);
  }
  const [first, ...others] = found;
  if (!first || (groups.length === 1 && first.verdict === "unexplained")) return null;
  const remarks = others.map((answer) => {
    const shown = answer.verdict === "explained" ? answer.candidates[0].shown.join("; ") : "";
    const title = titleOf(answer);
    const said = shown ? `${title.slice(0, -1)}: ${shown}` : title;
    return say("other-call", { names: [...answer.seen.keys()].join(", "), said });
  });
  return { ...first, remarks: [...first.remarks, ...remarks] };
}

/** What a message says beside right arrays, which no longer speaks of these.
 * @type {(found: Diagnosis, paste: Paste, tests: Fixture[]) => Diagnosis?} */
function stillOpen({ fixture, seen }, paste, tests) {
  const left = paste.failing.map(([, name]) => name).filter((name) => !seen.has(name));
  const likely = left.length || paste.error ? likelyMutants(paste, testedBy(paste, tests)) : null;
  if (!likely || !fixture) return null;
  const headline = say("right-but", {
    right: [...seen.keys()].join(", "),
    n: seen.size,
    where: say("for-test", { title: fixture.title, id: fixture.id }),
    left: left.join(", ") || paste.error.slice(0, 80),
  });
  const kept = likely.candidates.filter(({ forms }) =>
    Object.values(new Mutant(fixture, forms, 1).matches(seen)).every(Boolean),
  );
  const { remarks } = likely;
  const candidates = kept.length ? kept : likely.candidates;
  return { ...unknown(likely.fixture, remarks, new Map(), candidates), headline };
}

/** An answer with what could not be read, which it says nothing of.
 * @type {(found: Diagnosis, paste: Paste) => Diagnosis} */
function withProblem(found, { problem }) {
  return problem ? { ...found, remarks: [problem, ...found.remarks] } : found;
}

/** An answer with the causes of a message that stands beside the numbers.
 * @type {(found: Diagnosis, paste: Paste) => Diagnosis} */
function withMessage(found, { error, frame }) {
  const causes = error ? knownCauses(error, frame) : [];
  const beside = say("message-too", { error: error.slice(0, 80) });
  const remarks = causes.length ? [...found.remarks, beside, ...causes] : found.remarks;
  return { ...found, remarks };
}

/** The simplest explanation on any of the tests; null if none has such arrays.
 * @param {Paste} paste @param {Fixture[]} wanted @param {number} changes @param {Effort} effort
 * @returns {Generator<string | undefined, Diagnosis | null>} */
function* explain(paste, wanted, changes, effort) {
  const ways = (/** @type {boolean} */ named) =>
    wanted.flatMap((fixture) => placings(paste, fixture, named));
  const every = ways(true);
  const placed = mostUsed((every.length ? every : ways(false)).filter(isPossible));
  if (!placed.length) return null;
  const known = placed.filter((one) => isKnown(one, every.length > 0, paste));
  // Two changes take seconds, and are tried where a name, or all else, speaks for the test.
  const likely = every.filter((one) => isNamed(one) && fitting(one));
  const near = mostLikely(placed).filter((one) => known.includes(one) || likely.includes(one));
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
  for (const [most, loose, tried] of plan.filter(([most]) => most <= changes)) {
    const random = chance(tried, most, loose);
    if (random > DATA.chance[1]) {
      const headline = tooLittle("too-few", tried[0], paste);
      if (most < 2) return { ...unknown(null, [say("covered")], arraysByName(paste)), headline };
      remarks = [headline];
      break;
    }
    if (most === 2 && tried.length) effort.begin(!tried.some((one) => known.includes(one)));
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
      const unsure = random > DATA.chance[0] ? [tooLittle("chance", tried[0], paste)] : [];
      const answer = chosen([...found.values()], paste);
      return { ...answer, remarks: [...unsure, ...answer.remarks, ...remarks] };
    }
  }
  const best = least(placed, (placing) => [-rightOf(placing).length, -fitting(placing)]);
  if (!fitting(best) && wanted.length > 1) return null;
  if (wanted.length > 1 && !rightOf(best).length && !isNamed(best)) {
    return unknown(null, [...remarks, say("covered")], arraysByName(paste));
  }
  remarks.push(...remains(best, paste));
  if (!rightOf(best).length) remarks.push(say("covered"));
  return unknown(best.fixture, remarks, best.seen);
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
const arraysByName = (paste) =>
  new Map(paste.arrays.map((one, at) => [one.name || say("nameless", { place: at + 1 }), one]));

/** How little some numbers pin down, and what to paste.
 * @type {(key: string, placing: Placing, paste: Paste) => string} */
function tooLittle(key, placing, paste) {
  const left = Object.keys(placing.fixture.expected).filter((name) => !placing.seen.has(name));
  const named = left.length && paste.arrays.some(({ name }) => name);
  const outputs = left.slice(0, 2).join(" and ");
  const more = named ? say("more-outputs", { outputs }) : say("more-digits");
  const found = evidence(placing);
  return say(found.n ? key : "zeros", { more, ...found });
}

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
  const all = explanations(fixture, seen, 1, loose);
  const others = distinct(
    all.map(([changes, forms]) => new Mutant(fixture, forms, changes)),
  ).filter((one) => one.named.length && one.outcome.word === "passes");
  const candidates = [new Mutant(fixture, new Map(), 0), ...others];
  return { verdict: "expected", fixture, candidates, remarks: [...hidden(fixture, others)], seen };
}

/** What can be said where only a test or numpy spoke.
 * @type {(paste: Paste, wanted: Fixture[]) => Diagnosis} */
function withoutNumbers(paste, wanted) {
  const causes = knownCauses(paste.error, paste.frame);
  if (causes.length) return unknown(null, causes);
  const tested = testedBy(paste, wanted);
  const likely = likelyMutants(paste, tested);
  if (likely) return unknown(likely.fixture, likely.remarks, new Map(), likely.candidates);
  const { remarks: shaped, candidates } =
    (!paste.error && misshapen(paste, tested)) || unknown(null, []);
  const [headline, ...more] = [...shaped, say("covered")];
  if (shaped.length) return { ...unknown(null, more, new Map(), candidates), headline };
  const some = paste.arrays.length > 0;
  const said = say(paste.error ? "unknown-message" : some ? "no-test-fits" : "nothing-said");
  const remarks = paste.problem && !some ? [] : [said, say("covered")];
  return unknown(paste.function ? tested[0] : null, remarks, arraysByName(paste));
}

/** The whole answer at once, as `Diagnosis.to_dict` writes it.
 * @param {string} text @param {string | null} id */
export function diagnose(text, id = null, changes = 2) {
  const work = diagnosing(text, id, changes);
  let next = work.next();
  while (!next.done) next = work.next();
  return asData(next.value);
}

/** @param {Diagnosis} found */
export function asData({ verdict, fixture, candidates, remarks, seen, headline }) {
  return {
    verdict,
    fixture: fixture?.id ?? null,
    candidates: candidates.map((one) => ({
      program: one.fixture.program(one.forms).map(({ name, tree }) => `${name} = ${write(tree)}`),
      changed: one.changed,
      changes: one.changes,
      printed_as: Object.fromEntries(one.printedAs),
      verdict: one.verdict,
      name: one.name,
      operators: one.operators,
      hint: one.hint,
      page: one.page,
      matches: one.matches(seen),
    })),
    remarks: headline ? [headline, ...remarks] : remarks,
  };
}
