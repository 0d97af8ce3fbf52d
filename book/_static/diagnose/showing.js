// @ts-check
/* What is shown of a reader's own function: a script of its own, since only code needs it. */
import { answerParts, element, remarkParts } from "./cards.js";
import { asData, diagnosing, ledBy, titleOf } from "./diagnose.js";
import { noticeOf } from "./explain.js";
import { besidePassing, wrongOn } from "./passing.js";
import { read, Unreadable } from "./reading.js";
import { readFromOutside } from "./recorded.js";
import { firstComplaint, isEnough } from "./returned.js";
import { asked, diagnosed, lineOf, PASTED, ran, SECONDS } from "./running.js";
import { cellsOf, definedIn, FUNCTION, writtenAt } from "./sources.js";
import { assignedIn, hasCode } from "./traceback.js";
import { notCovered } from "./uncovered.js";
import { atOnce, DATA } from "./util.js";
import { say } from "./words.js";

/** @type {any} */
let interpreter = null;

/** Has the tests of the other courses come, and the loops over time.
 * @type {(loops: boolean) => Promise<void>} */
const othersCome = (loops) => Reflect.get(globalThis, "backcheck")?.others?.(loops);

/** What the function of a text did; null where no test known here calls one of it.
 * @type {(text: string, id: string | null, path?: string) => Promise<Ran?>} */
async function run(text, id, path) {
  const python = Reflect.get(globalThis, "PYTHON");
  const size = new TextEncoder().encode(text).length;
  if (size > DATA.limit) throw new Unreadable(say("too-long", { size: (size / 1e6).toFixed(1) }));
  // A name tells at once that a test is elsewhere.
  const elsewhere = DATA.others.filter(
    ([one, , name]) => one === id || new RegExp(`\\bdef\\s+${name}\\b`).test(text),
  );
  if (elsewhere.length) await othersCome(elsewhere.some(([, , , steps]) => steps));
  let asks = asked(text, id, python.parse, path);
  if (!asks && !elsewhere.length) {
    // What a loop over time is given by any other name.
    await othersCome(/\bdef\s+\w+\s*\(\s*da\b/.test(text));
    asks = asked(text, id, python.parse, path);
  }
  if (!asks) return null;
  interpreter ??= python.start();
  const { answers } = await interpreter.run(asks.job, SECONDS, (/** @type {any[]} */ some) =>
    isEnough(asks, some),
  );
  return ran(asks, answers);
}

/** What answers a text with a function in it, bit by bit.
 * @type {(text: string, id: string | null) => Promise<Iterator<any, Shown>>} */
export async function called(text, id) {
  try {
    const done = await run(text, id);
    if (done) return shown(done);
    return withTitle(uncalled(text, id));
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return withTitle(numbersBeside(text, id, error.message));
  }
}

/** The diagnosis of a text with functions that no test known here calls.
 * @type {(text: string, id: string | null) => Generator<any, Diagnosis>} */
function* uncalled(text, id) {
  const isAnother = !id && notCovered(text).length;
  // Code of another network is read line by line, wherever it stands.
  if (isAnother || saysMore(text) || hasCode(assignedIn(text))) return yield* diagnosing(text, id);
  const { parse } = Reflect.get(globalThis, "PYTHON");
  const found = definedIn(cellsOf(PASTED, text), parse);
  const names = found.filter(({ kind }) => kind === FUNCTION).map(({ name }) => name);
  const several = [...new Set(names)].join(", ");
  throw new Unreadable(
    `No test known here calls ${several}: paste the function that an exercise asks for, from def to return. ${say("covered")}`,
  );
}

/** @param {Generator<any, Diagnosis>} work @returns {Generator<any, Shown>} */
function* withTitle(work) {
  const found = yield* work;
  return [titleOf(found), answerParts(found)];
}

/** The diagnosis of numbers that stand beside a function that cannot be called, if there are any.
 * @type {(text: string, id: string | null, said: string) => Generator<any, Diagnosis>} */
function* numbersBeside(text, id, said) {
  if (!saysMore(text)) throw new Unreadable(said);
  const found = yield* diagnosing(text, id, 2);
  // A traceback quotes some lines of a function, and nobody pasted that.
  return read(text).error ? found : ledBy(found, said);
}

/** @param {string} text */
function saysMore(text) {
  if (/"cell_type"/.test(text)) return false;
  try {
    const { arrays, error, failing, calls } = read(text);
    return arrays.length + error.length + failing.length + calls.length > 0;
  } catch {
    return false;
  }
}

/** @type {(done: Ran) => Generator<any, Shown>} */
function* shown(done) {
  const { error, frames, fixture, name, note, printed } = done;
  const complaint = error ? "" : firstComplaint(fixture, done.outputs);
  const found = yield* diagnosed(done);
  const passes = !error && !complaint;
  const line = passes && !wrongOn(done) ? null : yield* lineOf(done, found);
  const parts = [];
  let title = say("raised");
  const first = passes ? saidFirst(done, found) : [readFromOutside(done.taken)].filter(Boolean);
  const said = first.map((one) => element("p", {}, ...remarkParts(one, [])));
  if (error) {
    const passed = frames.map(([where, line, , text]) => `${spotOf({ where, line })}: ${text}`);
    parts.push(element("pre", { class: "diagnose-code" }, [...passed, error].join("\n")));
    parts.push(...said);
  } else {
    title = say(complaint ? "run-fails" : "run-passes", { title: fixture.title, name, complaint });
    parts.push(...said);
    if (line) parts.push(lineShown(done, line));
    if (found.seen.size)
      parts.push(element("p", { class: "diagnose-title" }, ...remarkParts(titleOf(found), [])));
  }
  parts.push(...answerParts(found, passes ? "" : undefined));
  if (note) parts.push(element("p", { class: "diagnose-remark" }, note));
  if (printed) {
    const box = element("pre", { class: "diagnose-values", tabindex: "0" }, printed);
    parts.push(element("details", {}, element("summary", {}, "What it printed"), box));
  }
  return [title, parts];
}

/** What is said first of a function that passes. @type {(done: Ran, found: Diagnosis) => string[]} */
function saidFirst(done, found) {
  const said = [besidePassing(done), noticeOf(found)].filter(Boolean);
  return wrongOn(done) ? said : said.reverse();
}

/** @type {(spot: Spot) => string} */
function spotOf({ where, line }) {
  const cell = where.startsWith(PASTED) ? where.slice(PASTED.length + 2) : where;
  return [cell, `line ${line}`].filter(Boolean).join(", ");
}

/** @type {(done: Ran, line: Spot & {name: string, says: string}) => Element} */
function lineShown({ taken }, line) {
  const text = writtenAt(taken, line.where, line.line);
  const number = element("span", { class: "diagnose-number" }, `${line.line} `);
  const says = `${spotOf(line)}, ${line.name}: ${line.says}`;
  const said = element("p", {}, element("strong", {}, says));
  const quoted = element("pre", { class: "diagnose-code" }, number, text);
  return element("ol", {}, element("li", { class: "diagnose-card" }, said, quoted));
}

/** The whole answer, as `backcheck run --json` prints it.
 * @type {(text: string, id: string | null, path?: string) => Promise<any>} */
export async function answered(text, id, path) {
  const done = await run(text, id, path);
  if (!done) return asData(atOnce(uncalled(text, id)));
  const test = done.error || firstComplaint(done.fixture, done.outputs);
  const found = atOnce(diagnosed(done));
  const line = test || wrongOn(done) ? atOnce(lineOf(done, found)) : null;
  const beside = test ? readFromOutside(done.taken) : besidePassing(done);
  const remarks = [beside, ...found.remarks].filter(Boolean);
  return { ...asData({ ...found, remarks }), test: test || "passes", line };
}

Object.assign(Reflect.get(globalThis, "backcheck") ?? {}, { called, answered });
