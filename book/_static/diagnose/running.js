// @ts-check
/* A reader's own function, called as the published test calls it; see running.py. */
import {
  argumentsOf,
  asMethod,
  callOf,
  chosenIn,
  HANDING,
  namesOfOutputs,
  ofOwnForward,
  otherOrder,
  ownTests,
  testOf,
} from "./calling.js";
import { knownCauses } from "./causes.js";
import { explaining } from "./diagnose.js";
import { ofInputs, unknown } from "./explain.js";
import { callsIn, saidOfCalls } from "./helpers.js";
import { overRelu } from "./hints.js";
import { doing, firstWrong, whichLine } from "./lines.js";
import { written } from "./pasted.js";
import { fromArrays, NOTHING, Unreadable } from "./reading.js";
import { leftAsHandedOut, sourceOf, textOfFunction } from "./recorded.js";
import {
  arrayOf,
  decoded,
  firstComplaint,
  isSpared,
  outputsOf,
  unusable,
  usable,
  withUnusable,
} from "./returned.js";
import { cellsOf, definedIn, stoppedAt, take, unreadable, writtenAt } from "./sources.js";
import { likelyMutants } from "./symptoms.js";
import { assignedIn, frameOf } from "./traceback.js";
import { DATA, prefixOf } from "./util.js";
import { same, value } from "./values.js";
import { say, sought } from "./words.js";

const TYPES = "class _Any:\n  def __getitem__(self, key): return self\n";
export const SECONDS = 5;
export const PASTED = "your code";
const TERMINAL = "backcheck run in a terminal has all of Python.";

/** What is to be run of a text; null where no test known here calls a function of it.
 * @type {(text: string, id: string | null, parse: any, path?: string) => Asked?} */
export function asked(text, id, parse, path = PASTED) {
  const found = definedIn(cellsOf(path, text), parse);
  const chosen = chosenIn(found, text, id);
  if (!chosen) return null;
  const { fixture, name } = chosen;
  const taken = take(found, name, path);
  /** @type {[string, Fixture][]} */
  const tests = ownTests()
    .filter((one) => one !== name && taken.names.includes(one))
    .map((one) => [one, testOf(one)]);
  const cases = [...tests, /** @type {[string, Fixture]} */ ([name, fixture])].flatMap(
    ([one, test]) => [...test.cases()].map((some, at) => /** @type {Case} */ ([one, ...some, at])),
  );
  // Those come last that a function which fails may do without.
  const spared = (/** @type {Case} */ one) => Number(isSpared(chosen, one));
  cases.sort((one, other) => spared(one) - spared(other));
  const { missing: helpers, modules } = taken;
  const [sources, traced] = [false, true].map((tells) => sourcesOf(taken, tells));
  const of = { helpers, modules, name };
  const programs = [
    { ...of, sources, calls: argumentsOf(fixture, fixture.arrays) },
    ...cases.map(([one, test, arrays]) => {
      return { ...of, name: one, sources: traced, calls: argumentsOf(test, arrays) };
    }),
  ];
  const own = ofOwnForward(fixture, name);
  if (own && taken.uncalled.includes(own.forward)) {
    const whole = take(
      [...found, ...definedIn([{ label: "", text: own.text }], parse)],
      HANDING,
      "",
    );
    programs.push({
      ...of,
      helpers: whole.missing,
      name: HANDING,
      sources: sourcesOf(whole, false),
      calls: argumentsOf(fixture, fixture.arrays, [own.given]),
    });
  }
  return { ...chosen, taken, job: { programs }, cases };
}

/** The texts that make a function. @type {(taken: Taken, tells: boolean) => [string, string, number?][]} */
const sourcesOf = ({ pieces }, tells) =>
  pieces.map((one) => {
    const { from, of, name } = one;
    if (one.kind !== "import") return sourceOf(one, tells);
    // What types are called is never asked.
    if (/^(?:__future__|typing)$/.test(from || of)) return ["", `${TYPES}${name} = _Any()`];
    const line = `import ${of}${of === "*" ? "" : ` as ${name}`}`;
    return [one.cell.label, from ? `from ${from} ${line}` : line, sourceOf(one, false)[2]];
  });

/** What the function did, by what the interpreter told.
 * @type {(asks: Asked, told: any[]) => Ran} */
export function ran(asks, [first, ...others]) {
  const { fixture } = asks;
  if (!first)
    throw new Unreadable(
      `Your function had run for ${SECONDS} s when it was stopped: does a loop in it never end?`,
    );
  if (first.problem) {
    const [key, of] = first.problem;
    const absence = `${of.function} uses ${of.used}, which this page does not have; ${TERMINAL}`;
    throw new Unreadable(key === "absent" ? absence : say(key, of));
  }
  const { error = "", frames = [], absent = [], lacks, printed } = first;
  const last = frames.at(-1);
  const [outputs, ofForward] = [new Map(), new Map()];
  const base = { ...asks, outputs, error, frames, absent, printed, traces: new Map(), ofForward };
  const where = last ? `${last[0]}, line ${last[1]}` : PASTED;
  if (error.startsWith("SyntaxError"))
    throw new Unreadable(
      unreadable(where, "invalid syntax, or newer than the Python of this page"),
    );
  if (lacks) throw new Unreadable(`${where}: this page does not have ${lacks}; ${TERMINAL}`);
  if (error) return base;
  const names = new Set(asks.cases.map(([one]) => one));
  /** @type {Ran["traces"]} */
  const traces = new Map();
  for (const [number, [one, test, arrays, at]] of asks.cases.entries()) {
    const answer = others[number];
    if (!answer) break;
    const elsewhere = [...names].filter((other) => other !== one);
    const made = traces.get(one) ?? [];
    made[at] = traceOf(test, arrays, answer, one, elsewhere);
    traces.set(one, made);
  }
  const handed = others[asks.cases.length]?.returned;
  return {
    ...base,
    outputs: outputsOf(fixture, first.returned),
    traces,
    ofForward: handed ? outputsOf(fixture, handed) : ofForward,
  };
}

/** @type {(test: Fixture, arrays: Scope, answer: any, of: string, elsewhere: string[]) => Trace} */
function traceOf(test, arrays, { returned, records, error = "", frames = [] }, of, elsewhere) {
  const name = of.split(".").at(-1) ?? "";
  const overwritten = new Map();
  /** @type {Trace} */
  const trace = { test, arrays, assignments: [], outputs: {}, name, overwritten, error, frames };
  if (!returned) return trace;
  try {
    trace.outputs = usable(test, outputsOf(test, returned));
    for (const [name, { n, d }] of Object.entries(trace.outputs))
      if (test.isBare(name, n)) trace.outputs[name] = value(2, 1, 1, d);
  } catch (failure) {
    trace.error = /** @type {Error} */ (failure).message;
  }
  /** @type {Map<number, Assignment[]>} */
  const held = new Map();
  let call = 0;
  for (const record of records) {
    if (!record) {
      call += 1;
      continue;
    }
    const [line, inside, key, told, place] = record;
    // What a call returns is named by the test.
    const known = namesOfOutputs(test.data.calls[call][0]);
    const prefix = prefixOf(known[0]);
    const number = key.startsWith("return ") ? Number(key.slice(7)) : -1;
    if (number >= 0 && (inside !== name || number >= known.length)) continue;
    const own =
      number >= 0 ? known[number].slice(prefixOf(known[number]) ? prefix.length : 0) : key;
    const output = number >= 0 || key[0] === "[";
    const value = arrayOf(decoded(told));
    const one = {
      line,
      inside,
      name: output ? own.replace(/^\[+|\]+$/g, "") : own,
      value,
      output,
      prefix,
    };
    const others = held.get(place) ?? [];
    for (const other of others) {
      const isElse = other.name !== one.name && !same(other.value, value);
      if (isElse && !trace.overwritten.has(other.name)) trace.overwritten.set(other.name, one);
    }
    held.set(place, [...others, one]);
    if (!elsewhere.includes(inside)) trace.assignments.push(one);
  }
  return trace;
}

/** What a function returned is, or what is known of how it failed.
 * @type {(ran: Ran) => Generator<string | undefined, Diagnosis>} */
export function* diagnosed(done) {
  const { fixture, outputs, error, taken, name } = done;
  const why = new Map([...outputs].map(([name, one]) => [name, unusable(fixture, name, one)]));
  const names = Object.keys(fixture.expected).filter((name) => why.get(name));
  let said = names.map((name) => why.get(name) ?? "");
  if (error || names.some((name) => !outputs.get(name)?.shape)) {
    const left = asMethod(fixture, taken, name) || leftAsHandedOut(taken.pieces);
    if (left) said = [left];
  }
  const order = otherOrder(fixture, taken, name);
  const stop = error && !said.length ? failed(done) : null;
  if (stop) return { ...stop, remarks: [...order, ...stop.remarks] };
  const text = textOfFunction(taken, name);
  said = [...order, ...said, ...inAnotherCase(done), ...overRelu(text, assignedIn(text))];
  const arrays = Object.entries(usable(fixture, outputs));
  if (!arrays.length) return unknown(fixture, said);
  if (!fixture.last && !arrays.some(([, { d }]) => d.some((number) => number !== 0)))
    return unknown(fixture, [...said, say("all-zeros", { name })]);
  const fresh = (done.traces.get(name) ?? []).slice(0, DATA.cases - 1).filter(Boolean);
  const found = doing(yield* explaining(fromArrays(arrays), fixture, 2), fresh);
  const kept = found.verdict === "expected" || found.candidates.length > 0;
  const own = kept ? null : written({ ...NOTHING, lines: assignedIn(text) }, fixture);
  const prints = own ? Object.values(own.matches(found.seen)) : [false];
  if (own && own.changes <= DATA.most_lines && prints.every(Boolean))
    return { ...found, verdict: "explained", candidates: [own], remarks: said };
  // What prints the same in the test and not on other networks is not what was done.
  const refuted = found.verdict === "explained" && !kept;
  const again = refuted ? yield* explaining(fromArrays(arrays), fixture, 0) : found;
  const isOpen = !refuted || again.verdict === "unexplained";
  const left = isOpen ? again : unknown(fixture, [], found.seen);
  // The function was called with what the test hands over.
  const told = left.remarks.filter((one) => !ofInputs(fixture).includes(one));
  return withUnusable({ ...left, remarks: [...said, ...told] }, names, outputs);
}

/** What to know of keys that differ from those of the test by the case of a letter.
 * @type {(ran: Ran) => string[]} */
function inAnotherCase({ fixture, outputs }) {
  const lacking = Object.keys(fixture.expected).filter((name) => !outputs.has(name));
  const due = new Map(lacking.map((name) => [name.toLowerCase(), name]));
  const own = [...outputs.keys()].filter((name) => due.has(name.toLowerCase()));
  const wanted = own.map((name) => due.get(name.toLowerCase())).join(", ");
  return own.length ? [say("another-case", { own: own.join(", "), wanted })] : [];
}

/** What may be behind an exception. @type {(ran: Ran) => Diagnosis} */
function failed({ error, frames, fixture, absent, taken }) {
  if (!frames.length && error.startsWith("TypeError"))
    return unknown(fixture, [say("called-so", { call: callOf(fixture) })]);
  const lacking = error.startsWith("NameError") ? absent : [];
  const said = lacking.map(
    (module) =>
      `This page does not have ${module}; if it has the name that is missing, paste what that stands for as well.`,
  );
  const [, , inside, text] = frames.at(-1) ?? ["", 0, "-", ""];
  const calls = frames.slice(0, -1).map((one) => one[3]);
  const frame = { ...frameOf(inside.replace(/[<>]/g, ""), text), calls: calls.reverse() };
  const lines = textOfFunction(taken, inside);
  const causes = knownCauses(error, frame, false, [], lines);
  // What an assert of the learner's own says is its statement.
  const stopped = error.startsWith("AssertionError") ? "" : error;
  const paste = { ...NOTHING, error: stopped, frame, lines: assignedIn(lines) };
  const likely = causes.length ? null : likelyMutants(paste, [fixture]);
  const told = likely?.remarks ?? causes;
  // The call that is wrong may stand in a function above the one that stopped.
  const passed = [...new Set(frames.map((one) => one[2]))];
  const above = passed.map((one) => textOfFunction(taken, one)).join("\n");
  const remarks = [...said, ...saidOfCalls(callsIn(above), told, true), ...told];
  return unknown(likely?.fixture ?? fixture, remarks, new Map(), likely?.candidates ?? []);
}

/** The first line that is not right: where, which, the name and what is said of it.
 * @type {(ran: Ran, found: Diagnosis) => Generator<string | undefined, Line?>} */
export function* lineOf({ fixture, error, frames, outputs, traces, name, taken }, found) {
  if (error) return stoppedAt(taken, frames);
  const own = [...traces].filter(([, some]) => some.length === DATA.cases && !some.at(-1)?.error);
  // Why a test rejects a function is seen on forward passes of its own sizes.
  const seen = firstComplaint(fixture, outputs) ? DATA.larger : DATA.cases - 1;
  const wrong = new Map(
    own.map(([one, some]) => [one, firstWrong(some.slice(0, seen).filter(Boolean))]),
  );
  if (!wrong.has(name)) return null;
  const first = wrong.get(name) ? ([...wrong.keys()].find((one) => wrong.get(one)) ?? name) : name;
  const made = /** @type {Trace[]} */ (traces.get(first));
  const here = made[DATA.cases - 1];
  const shown = wrong.get(first) ?? made[0];
  // What it calls has been found right.
  const passed = shown.frames.filter((one) => one[2] === shown.name);
  if (shown.error) return stoppedAt(taken, passed);
  const { candidates } =
    first === name
      ? found
      : yield* explaining(fromArrays(Object.entries(here.outputs)), here.test, 1);
  const at = whichLine(shown, here, candidates);
  if (!at) return null;
  const [one, says] = at;
  const where = taken.pieces.findLast((piece) => piece.name === one.inside)?.cell.label ?? "";
  const isKept = sought("keeps-axis", where && writtenAt(taken, where, one.line));
  const isLost = isKept && says === DATA.mistakes.keepdims[0];
  return { where, line: one.line, name: one.name, says: isLost ? say("line-axis-lost") : says };
}
