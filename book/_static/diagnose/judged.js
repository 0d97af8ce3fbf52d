// @ts-check
/* Lines of code that stand alone; see judged.py. */
import { linesOf, stepsIn, written } from "./pasted.js";
import { withOwnCode } from "./traceback.js";
import { groupedBy } from "./util.js";
import { say } from "./words.js";

/** What pasted lines are in the tests that have the most of them, and the next step.
 * @type {(paste: Paste, tests: Fixture[]) => Likely?} */
export function judged(paste, tests) {
  const read = new Map(tests.map((test) => [test, [...linesOf(paste, test).keys()]]));
  const readIn = (/** @type {Fixture} */ test) => read.get(test) ?? [];
  if (!paste.lines.length) return null;
  // One test is handed what another computes on the way, so gradients count first.
  const some = tests.filter((test) => readIn(test).length);
  const counts = some.map((test) => readIn(test).filter((one) => !test.isForward(one)).length);
  const likely = some.filter((_, at) => counts[at] === Math.max(...counts));
  if (!likely.length)
    return {
      fixture: null,
      candidates: [],
      remarks: [say("lines-unread"), ...withOwnCode(paste.lines)],
    };
  const newest = [...groupedBy(likely, (test) => test.function).values()].map(([test]) => test);
  const own = newest.map((test) => written(paste, test));
  const right = newest.filter((_, at) => !own[at]);
  const changed = own
    .filter((one) => one !== null)
    .map((one) => ({ one, order: 2 * Number(one.verdict === "mistake") + Number(!one.name) }))
    .sort((a, b) => a.order - b.order)
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
  const candidates = right.length ? [] : changed.slice(0, 1);
  return { fixture: first, candidates, remarks: [...said, say("lines-only"), say("paste-whole")] };
}

/** @param {Fixture[]} tests */
const titlesOf = (tests) =>
  tests
    .slice(0, 2)
    .map((test) => test.title)
    .join(" and in ");
