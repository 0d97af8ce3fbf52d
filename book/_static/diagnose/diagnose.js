// @ts-check
/* From pasted numbers to the programs that print them: what backcheck.diagnose does, in the page.
 * Nothing pasted leaves it. */

import { apart, inCommon, inQuotedEdition } from "./apart.js";
import { saidOf } from "./differences.js";
import { Effort } from "./effort.js";
import { explain, firstOfEach, noticeOf, soundOf, unknown } from "./explain.js";
import { COURSES, FIXTURES, isWhole, NEWEST_FIRST } from "./fixtures.js";
import { withLost } from "./lost.js";
import {
  messageFirst,
  ofCode,
  stillOpen,
  telling,
  withBeside,
  withCalls,
  withGates,
  withLines,
  withMessage,
  withoutNumbers,
} from "./messages.js";
import { fitsAny, fitting, isEntry, placings } from "./placing.js";
import { write } from "./program.js";
import { read } from "./reading.js";
import { notCovered } from "./uncovered.js";
import { atOnce, DATA } from "./util.js";
import { say } from "./words.js";

/** Whether there are arrays, and they are of no known test. @param {Diagnosis} found */
const isForeign = ({ verdict, fixture, seen }) =>
  verdict === "unexplained" && seen.size > 0 && !fixture;

/** The headline of an answer. @param {Diagnosis} found */
export function titleOf(found) {
  const { verdict, fixture, candidates, remarks, seen, headline } = found;
  if (headline || isForeign(found)) return headline || say("not-tried");
  if (verdict === "unexplained" && !seen.size) {
    const isSilent = !remarks.length || remarks.includes(say("covered"));
    return isSilent ? say("only-a-message") : say("behind-message");
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
  const tests = fixture ? [fixture] : NEWEST_FIRST;
  const effort = new Effort();
  // A function that the text names comes before tests that print alike.
  const called = fixture ? null : yield* byFunction(paste, changes, effort);
  // Two changes take seconds, and are not tried again where the function's own tests fit.
  const most = called?.fixture ? Math.min(changes, 1) : changes;
  let found =
    (called?.candidates.length ? called : null) ??
    (yield* byTest(paste, tests, most, effort)) ??
    (yield* explain(paste, tests, most, effort));
  // A message that is cut off quotes arrays of another call.
  const each = firstOfEach(paste);
  if (!found && each.length < paste.arrays.length)
    found = yield* explain({ ...paste, arrays: each }, tests, changes, effort);
  if (!found || found.verdict === "unexplained") {
    if (isCalledFor(paste, fixture)) yield "others";
    if (isOverTime(paste) && !fixture) yield "loops";
    const other = fixture
      ? yield* unasked(paste, fixture, changes, effort, found)
      : yield* inOtherCourse(paste, most, effort);
    found = other ?? found;
  }
  if (called?.fixture && !found?.candidates.length) found = called;
  if (found?.verdict === "expected") {
    if (paste.error && !fixture && isOverTime(paste)) yield "loops";
    found = stillOpen(found, paste, tests) ?? found;
  }
  const every = fixture ? tests : COURSES.flat();
  const foreign = found && isForeign(found) && (!found.headline || paste.error) ? found : null;
  const first = foreign && (messageFirst(foreign, paste, tests) ?? ofCode(paste, every));
  const told = first ?? (found ? withMessage(found, paste) : withoutNumbers(paste, tests, every));
  const answer = withGates(withBeside(withLines(withCalls(told, paste), paste), paste, every));
  return withProblem(paste.lost.length ? withLost(answer, paste.lost) : answer, paste);
}

/** What the tests of the function that a text names make of it.
 * @type {(paste: Paste, changes: number, effort: Effort) => Generator<string | undefined, Diagnosis?>} */
function* byFunction(paste, changes, effort) {
  const far = DATA.others.filter(([id, , of]) => of === paste.function && !FIXTURES.has(id));
  if (far.length) yield far.some(([, , , steps]) => steps) ? "loops" : "others";
  const named = COURSES.flat().filter((test) => test.function === paste.function);
  const own = inQuotedEdition(paste, named);
  return own.length ? yield* explain(paste, own, changes, effort) : null;
}

/** Whether the tests of the other courses may say more, and are not here.
 * @type {(paste: Paste, fixture: Fixture | null) => boolean} */
function isCalledFor({ arrays, shapes, frame, function: named, error, failing, lines }, fixture) {
  if (isWhole() || fixture) return false;
  const isCode = !error && !failing.length && lines.length > 0;
  return (
    isCode ||
    arrays.length + shapes.length > 0 ||
    DATA.others.some(([, , of]) => [frame.function, named].includes(of))
  );
}

/** Whether a loop over time may be meant: it prints arrays of such names.
 * @param {Paste} paste */
function isOverTime({ arrays, frame, function: named, lines }) {
  const names = [...arrays.map(({ name }) => name ?? ""), ...lines.map(([name]) => name)];
  const loops = DATA.others.filter(([, , , steps]) => steps);
  return (
    loops.some(([id]) => !FIXTURES.has(id)) &&
    (names.some((name) => DATA.loops.includes(name.toLowerCase())) ||
      loops.some(([, , of]) => [frame.function, named].includes(of)))
  );
}

/** What tests that were not asked for make of numbers.
 * @type {(paste: Paste, asked: Fixture, changes: number, effort: Effort, found: Diagnosis | null) => Generator<string | undefined, Diagnosis | null>} */
function* unasked(paste, asked, changes, effort, found) {
  const others = asked.data.gradient ? NEWEST_FIRST : [soundOf(asked)];
  const other = yield* explain(paste, others, Math.min(changes, 1), effort);
  if (!other || other.verdict === "unexplained") return null;
  const said = say("elsewhere", { title: titleOf(other) });
  return { ...(found ?? unknown(asked, [])), remarks: [...telling(found?.remarks ?? []), said] };
}

/** What another course makes of numbers.
 * @type {(paste: Paste, changes: number, effort: Effort) => Generator<string | undefined, Diagnosis | null>} */
function* inOtherCourse(paste, changes, effort) {
  const [first, ...others] = COURSES.map((tests) => fittingIn(paste, tests));
  const named = paste.arrays.some(({ name }) => name);
  const [fits, printed] = mostOf(first);
  for (const some of others) {
    const most = mostOf(some);
    const likely = most[0] > fits || (most[0] === fits && most[1] > printed);
    // Two changes take long there, so only names with numbers that fit the first course less.
    const few = most[0] > fits && named ? changes : Math.min(changes, 1);
    const every = [...some.keys()];
    // What a test demands that is no gradient, a change on another edition explains.
    const gradients = every.filter(({ data, last }) => data.gradient || last);
    const one = Math.min(few, 1);
    /** @type {[Fixture[], number][]} */
    const plans = [[gradients, few]];
    if (gradients.length < every.length) plans.unshift([gradients, one], [every, one]);
    let found = null;
    for (const [tests, number] of plans) {
      found = yield* explain(paste, tests, number, effort);
      if (found?.candidates.length) return found;
    }
    if (found && likely) return found;
  }
  return null;
}

/** The most that any test has, by its first number. @param {Map<Fixture, [number, number]>} tests */
const mostOf = (tests) => [...tests.values()].sort(([a, b], [c, d]) => c - a || d - b)[0] ?? [0, 0];

/** The tests that have most of the pasted shapes, or all without names: how many, and how many are
 * entries that the notebook of a test prints.
 * @type {(paste: Paste, tests: Fixture[]) => Map<Fixture, [number, number]>} */
function fittingIn(text, tests) {
  // An entry is that of its test, whatever shape is printed beside it.
  const arrays = text.arrays.map((one) => one.entry?.standing(one.at) ?? one);
  const paste = { ...text, arrays };
  // A test that calls the function twice prints each name twice.
  const many = new Set(arrays.map((one) => one.name ?? one)).size;
  const named = arrays.some(({ name }) => name);
  /** @type {(test: Fixture) => number} */
  const shapes = (test) => arrays.filter((one) => fitsAny(one, test)).length;
  // Where a notebook prints single entries, there are no numbers without a name.
  const enough = named ? Math.floor(many / 2) + 1 : many;
  const possible = tests.filter(
    (test) => (named || !test.data.entries.length) && shapes(test) >= enough,
  );
  /** @type {[Fixture, number][]} */
  const fits = possible.map((test) => [test, Math.max(0, ...placings(paste, test).map(fitting))]);
  /** @type {(test: Fixture) => number} */
  const printed = (test) => arrays.filter((one) => isEntry(one, test)).length;
  const found = fits.filter(([, most]) => most >= enough);
  return new Map(found.map(([test, most]) => [test, [most, printed(test)]]));
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
  const [first, ...others] = inCommon(found);
  if (!first || (groups.length === 1 && first.verdict === "unexplained")) return null;
  const remarks = others.map((answer) => {
    const shown = answer.verdict === "explained" ? answer.candidates[0].shown.join("; ") : "";
    const title = titleOf(answer);
    const said = shown ? `${title.slice(0, -1)}: ${shown}` : title;
    const names = [...answer.seen.keys()].join(", ");
    return say("other-call", { names, n: answer.seen.size, said });
  });
  return { ...first, remarks: [...first.remarks, ...remarks] };
}

/** An answer with what could not be read, which it says nothing of.
 * @type {(found: Diagnosis, paste: Paste) => Diagnosis} */
function withProblem(found, { problem }) {
  if (!problem) return found;
  if (found.verdict !== "expected") return { ...found, remarks: [problem, ...found.remarks] };
  const { fixture, seen } = found;
  const of = { right: [...seen.keys()].join(", "), is_right: say("is", { n: seen.size }) };
  return { ...unknown(fixture, [problem], seen), headline: say("right-but-unread", of) };
}

/** An answer with what is the matter with a function of the text: first, unless numbers tell.
 * @type {(found: Diagnosis, said: string) => Diagnosis} */
export function ledBy(found, said) {
  if (found.verdict !== "unexplained") return { ...found, remarks: [said, ...found.remarks] };
  // That nothing prints these numbers is told where they are known to be of a test.
  const first = found.seen.size && found.fixture ? titleOf(found) : (found.headline ?? "");
  return { ...found, headline: said, remarks: telling([first, ...found.remarks]) };
}

/** The whole answer at once, as `Diagnosis.to_dict` writes it.
 * @param {string} text @param {string | null} id */
export function diagnose(text, id = null, changes = 2) {
  return asData(atOnce(diagnosing(text, id, changes)));
}

/** @param {Diagnosis} found */
export function asData(found) {
  const { verdict, fixture, candidates, remarks, seen, headline } = found;
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
    remarks: [headline ?? "", noticeOf(found), ...remarks].filter(Boolean),
  };
}
