// @ts-check
/* Lines of code that stand alone; see judged.py. */

import { withOwnCode } from "./hints.js";
import { eachAlone, linesOf, stepOf, stepsIn, written } from "./pasted.js";
import { namesIn, operationsIn } from "./program.js";
import { compared, groupedBy } from "./util.js";
import { say } from "./words.js";

/** What pasted lines are in the tests that have the most of them, and the next step.
 * @type {(paste: Paste, tests: Fixture[]) => Likely?} */
export function judged(paste, tests) {
  const read = new Map(tests.map((test) => [test, [...linesOf(paste, test).keys()]]));
  const readIn = (/** @type {Fixture} */ test) => read.get(test) ?? [];
  if (!paste.lines.length) return null;
  const each = eachWay(paste, tests);
  if (each) return each;
  // One test is handed what another computes on the way, so gradients count first.
  const some = tests.filter((test) => readIn(test).length);
  const counts = some.map((test) => readIn(test).filter((one) => !test.isForward(one)).length);
  const likely = some.filter((_, at) => counts[at] === Math.max(...counts));
  if (!likely.length)
    return {
      fixture: null,
      candidates: [],
      remarks: [say("lines-unread"), ...withOwnCode(paste.hints, paste.lines)],
    };
  const newest = [...groupedBy(likely, (test) => test.function).values()].map(([test]) => test);
  const own = newest.map((test) => written(paste, test));
  const right = newest.filter((_, at) => !own[at]);
  const changed = own
    .filter((one) => one !== null)
    .map((one) => ({ one, order: rankOf(one) }))
    .sort((a, b) => compared(a.order, b.order))
    .map(({ one }) => one);
  const [first] = right.length ? right : changed.map((one) => one.fixture);
  const names = readIn(first).join(", ");
  const n = readIn(first).length;
  const of = { title: first.title, id: first.id, names, n };
  const said = [say(right.length ? "lines-right" : "lines-change", of)];
  const others = changed.map((one) => one.fixture);
  if (right.length > 1) said.push(say("lines-too", { titles: titlesOf(right.slice(1)), n }));
  if (right.length && others.length)
    said.push(say("lines-else", { titles: titlesOf(others), names }));
  const left = stepsIn(paste, first).filter((name) => !readIn(first).includes(name));
  if (left.length) said.push(say("lines-left", { names: left.join(", ") }));
  const candidates = right.length ? [] : eachAlone(changed[0]);
  return { fixture: first, candidates, remarks: [...said, say("lines-only"), say("paste-whole")] };
}

/** @param {Mutant} one */
const rankOf = (one) => [one.forms.size, one.verdict === "mistake", !one.name, -keptBy(one)];

/** How many operations and names its changed steps have in common with the own ones of a test.
 * @param {Mutant} mutant */
const keptBy = ({ fixture, forms }) =>
  [...forms].flatMap(([name, now]) => {
    const was = [...operationsIn(fixture.original(name)), ...namesIn(fixture.original(name))];
    return [...new Set([...operationsIn(now), ...namesIn(now)])].filter((one) => was.includes(one));
  }).length;

const MOST_WAYS = 4;

/** Judges each of several lines for one name by itself, where all of them can be read.
 * @type {(paste: Paste, tests: Fixture[]) => Likely?} */
function eachWay(paste, tests) {
  const [names, ways] = waysIn(paste.lines);
  if (ways.length < 2 || ways.length > MOST_WAYS) return null;
  const pastes = ways.map((lines) => ({ ...paste, lines }));
  const found = pastes.map((way) => judged(way, tests));
  const known = found.flatMap((one) => (one?.fixture ? [one] : []));
  if (known.length < found.length) return null;
  const { fixture } = known.find(({ candidates }) => !candidates.length) ?? known[0];
  const test = /** @type {Fixture} */ (fixture);
  const said = new Set();
  const candidates = [];
  for (const way of pastes) {
    const own = written(way, test);
    const read = linesOf(way, test);
    if (own) candidates.push(own);
    for (const [name, form] of way.lines.filter(([one]) => names.includes(one))) {
      const step = stepOf(name, test) ?? "";
      if (!read.has(step)) return null;
      const key = own?.forms.has(step) ? "lines-way-change" : "lines-way-right";
      said.add(say(key, { line: `${name} = ${form}`, name: step }));
    }
  }
  const of = { names: names.join(", "), title: test.title, id: test.id };
  const remarks = [say("lines-ways", of), ...said, say("lines-only")];
  return { fixture: test, candidates, remarks };
}

/** The names of which several lines stand there, and the lines with one of each.
 * @type {(lines: [string, string][]) => [string[], [string, string][][]]} */
function waysIn(lines) {
  const forms = groupedBy(lines, ([name]) => name);
  /** @type {Map<string, string[]>} */
  const several = new Map();
  for (const [name, some] of forms) {
    const own = [...new Set(some.map(([, form]) => form))];
    // What goes on from the line above it is no second way.
    const again = new RegExp(`^=|\\b${name}\\b`);
    if (own.length > 1 && !own.some((form) => again.test(form))) several.set(name, own);
  }
  const most = Math.max(0, ...[...several.values()].map((some) => some.length));
  const ways = Array.from({ length: most }, (_, place) =>
    lines.filter(([name, form]) => {
      const some = several.get(name);
      return !some || form === some[Math.min(place, some.length - 1)];
    }),
  );
  return [[...several.keys()], ways];
}

/** @param {Fixture[]} tests */
const titlesOf = (tests) =>
  tests
    .slice(0, 2)
    .map((test) => test.title)
    .join(" and in ");
