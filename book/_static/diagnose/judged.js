// @ts-check
/* Lines of code that stand alone; see judged.py. */
import { linesOf, written } from "./symptoms.js";
import { groupedBy } from "./util.js";
import { say } from "./words.js";

/** What pasted lines are in the tests that have the most of them, and the next step.
 * @type {(paste: Paste, tests: Fixture[]) => Likely?} */
export function judged(paste, tests) {
  const read = new Map(tests.map((test) => [test, [...linesOf(paste, test).keys()]]));
  const n = Math.max(0, ...[...read.values()].map((names) => names.length));
  if (!paste.lines.length) return null;
  if (!n) {
    const keys = ["lines-unread", "paste-whole", "own-network", "own-learning"];
    const remarks = keys.map((key) => say(key));
    return { fixture: null, candidates: [], remarks };
  }
  const likely = tests.filter((test) => read.get(test)?.length === n);
  const newest = [...groupedBy(likely, (test) => test.function).values()].map(([test]) => test);
  const own = newest.map((test) => written(paste, test));
  const right = newest.filter((_, at) => !own[at]);
  const changed = own
    .filter((one) => one !== null)
    .map((one) => ({ one, order: 2 * Number(one.verdict === "mistake") + Number(!one.name) }))
    .sort((a, b) => a.order - b.order)
    .map(({ one }) => one);
  const [first] = right.length ? right : changed.map((one) => one.fixture);
  const names = (read.get(first) ?? []).join(", ");
  const of = { title: first.title, id: first.id, names, n };
  const said = [say(right.length ? "lines-right" : "lines-change", of)];
  const others = changed.map((one) => one.fixture);
  if (right.length > 1) said.push(say("lines-too", { titles: titlesOf(right.slice(1)), n }));
  if (right.length && others.length)
    said.push(say("lines-else", { titles: titlesOf(others), names }));
  const candidates = right.length ? [] : changed.slice(0, 1);
  return { fixture: first, candidates, remarks: [...said, say("lines-only"), say("paste-whole")] };
}

/** @param {Fixture[]} tests */
const titlesOf = (tests) =>
  tests
    .slice(0, 2)
    .map((test) => test.title)
    .join(" and in ");
