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
    const remarks = [say("lines-unread"), say("paste-whole"), say("own-check")];
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
  /** @type {[string, Fixture[]][]} */
  const others = [
    ["lines-too", right.slice(1)],
    ["lines-else", changed.map((one) => one.fixture)],
  ];
  for (const [key, some] of others) {
    const titles = some.slice(0, 2).map((test) => test.title);
    if (right.length && titles.length)
      said.push(say(key, { ...of, titles: titles.join(" and in ") }));
  }
  const candidates = right.length ? [] : changed.slice(0, 1);
  return { fixture: first, candidates, remarks: [...said, say("lines-only"), say("paste-whole")] };
}
