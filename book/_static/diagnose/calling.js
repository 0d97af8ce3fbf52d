// @ts-check
/* How a test calls a function, read both ways; see calling.py. */

import { COURSES, FIXTURES } from "./fixtures.js";
import { evaluate } from "./program.js";
import { Unreadable } from "./reading.js";
import { leftAsHandedOut } from "./recorded.js";
import { CLASS, FUNCTION, parametersOf, plain, textOf } from "./sources.js";
import { prefixOf } from "./util.js";
import { shapeOf } from "./values.js";
import { every, say, sought, without } from "./words.js";

const SLOPES = ["sigmoid_backward", "relu_backward"];
const NUMBERS = ["", "", "two", "three", "four", "five"];

/** The part of a call that one bracket holds. @type {(pattern: Pattern) => Pattern[]} */
const partsIn = (pattern) => (Array.isArray(pattern) ? pattern.slice(1) : []);

/** @type {(pattern: Pattern) => boolean} */
const isTuple = (pattern) => Array.isArray(pattern) && pattern[0] === "()";

/** What each call of a test hands over, as a program of ours reads it.
 * @type {(fixture: Fixture, arrays: Scope, calls?: Pattern[][]) => unknown[][]} */
export function argumentsOf(fixture, arrays, calls = fixture.data.calls.map(([, one]) => one)) {
  /** @type {(pattern: Pattern) => unknown} */
  const handed = (pattern) => {
    if (pattern === "m") return evaluate(fixture.steps[0].tree, arrays)?.d[0];
    if (typeof pattern === "string") return given(fixture, pattern, arrays[pattern]);
    if (!Array.isArray(pattern)) return pattern.word;
    if (isTuple(pattern)) return { tuple: partsIn(pattern).map(handed) };
    if (pattern[0] === "[]") return { list: partsIn(pattern).map(handed) };
    return { dict: partsIn(pattern).map((name) => [name, handed(name)]) };
  };
  return calls.map((given) => given.map(handed));
}

/** The function that hands the cache of a forward pass to the backward one. */
export const HANDING = "with_own_forward";

/** The text of that function, and what it is called with; null where no notebook does so.
 * @type {(fixture: Fixture, name: string) => {forward: string, text: string, given: Pattern[]}?} */
export function ofOwnForward({ data }, name) {
  if (!data.handed) return null;
  const [forward, forwards] = data.handed;
  const backwards = data.calls[0][1].slice(0, -1);
  const [outs, ins] = [backwards, forwards].map((some, kind) =>
    some.map((_, at) => `${["backward", "forward"][kind]}${at}`),
  );
  // A notebook's forward function returns its cache last.
  const returned = `${name}(${[...outs, `${forward}(${ins.join(", ")})[-1]`].join(", ")})`;
  const text = `def ${HANDING}(${[...outs, ...ins].join(", ")}):\n    return ${returned}\n`;
  return { forward, text, given: [...backwards, ...forwards] };
}

/** @type {(fixture: Fixture, name: string, held?: Value) => unknown} */
function given(fixture, name, held = fixture.filled[name]) {
  if (!held.n) return held.d[0];
  const whole = fixture.data.integers.includes(name) && held.d.every(Number.isInteger);
  return {
    shape: shapeOf(held),
    data: held.d,
    dtype: held.b ? "bool" : whole ? "int64" : "float64",
  };
}

/** What each output of a call is called; several by name are "{}".
 * @type {(into: Pattern) => string[]} */
export const namesOfOutputs = (into) =>
  (isTuple(into) ? partsIn(into) : [into]).map((part) => (typeof part === "string" ? part : "{}"));

/** What a function returned, named as the test does.
 * @type {(fixture: Fixture, into: Pattern, returned: Returned) => [string, Returned][]} */
export function byOutput(fixture, into, returned) {
  if (typeof into === "string") return into in fixture.expected ? [[into, returned]] : [];
  const { entries, items } = returned;
  let wanted = "";
  if (isTuple(into)) {
    const parts = partsIn(into);
    const due = parts.map((part) => typeof part !== "string");
    const names = namesOfOutputs(into)
      .map((name) => (name === "{}" ? say("a-dictionary") : name.slice(prefixOf(name).length)))
      .join(", ");
    if (items?.length === parts.length) {
      const isDict = items.map((one) => Boolean(one.entries));
      if (`${isDict}` !== `${due}` && `${[...isDict].sort()}` === `${[...due].sort()}`)
        throw new Unreadable(say("returned-order", { function: fixture.function, order: names }));
      return parts.flatMap((part, at) => byOutput(fixture, part, items[at]));
    }
    const number = NUMBERS[parts.length] ?? parts.length;
    wanted = say(due.includes(true) ? "some-values" : "some-arrays", { number, names });
  } else {
    if (entries) return entries;
    const beside = fixture.data.calls.flatMap(([taken]) => namesOfOutputs(taken));
    const names = Object.keys(fixture.expected).filter((name) => !beside.includes(name));
    wanted = say("a-dictionary-with", { names: names.join(", ") });
  }
  const got = kindOf(returned);
  throw new Unreadable(say("returns-else", { function: fixture.function, wanted, got }));
}

/** @type {(returned: Returned) => string} */
function kindOf({ kind, items }) {
  if (kind === "NoneType") return say("returned-none");
  return items
    ? say("returned-several", { kind, number: items.length })
    : say("returned-one", { kind });
}

/** Whether a text has a test's function, written, with as many parameters; self is not counted,
 * for what to do with a method is told where it is called.
 * @type {(text: string, fixture: Fixture, name?: string) => boolean} */
function canBeCalled(text, { function: wanted, data }, name = wanted) {
  const [, given] = data.calls[0];
  return every("signature", text).some(({ 0: all, index, groups = {} }) => {
    const own = without("nested", groups.parameters)
      .split(",")
      .map((one) => one.trim())
      .filter((one) => one && !/^(?:self|cls)$/.test(one));
    const plain = own.filter((one) => !/^[*/]/.test(one));
    const least = plain.filter((one) => !one.includes("=")).length;
    const fits =
      least <= given.length && (plain.length >= given.length || own.some((one) => one[0] === "*"));
    return groups.function === name && fits && isWritten(text, index, index + all.length);
  });
}

/** Whether somebody has written what a function does, between the marks if it has any.
 * @type {(text: string, start: number, end: number) => boolean} */
function isWritten(text, start, end) {
  const column = start - text.lastIndexOf("\n", start - 1) - 1;
  const marginOf = (/** @type {string} */ line) => line.length - line.trimStart().length;
  const [first, ...lines] = text.slice(end).split("\n");
  const [next] = lines.filter((line) => line.trim());
  // Where a forum has taken away the margins, the next function ends it, or the fence it is in.
  const deeper = next !== undefined && marginOf(next) > column;
  const isFenced = text.slice(0, start).split("```").length % 2 === 0;
  const ends = isFenced ? /^\s*(?:```|def )/ : /^\s*def /;
  const after = lines.findIndex(
    (line) => ends.test(line) || (deeper && line.trim() && marginOf(line) <= column),
  );
  const body = [first, ...(after < 0 ? lines : lines.slice(0, after))];
  const code = without("docstring", body.join("\n"));
  const marked = every("own-part", code).map(({ groups = {} }) => groups.part);
  return (marked.length ? marked : [code]).some((part) => sought("own-line", part));
}

/** Whether a function of some arguments may be the one that a test calls.
 * @type {(fixture: Fixture, parameters: string[]) => boolean} */
function isCalledSo(fixture, parameters) {
  const [, given] = fixture.data.calls[0];
  const names = given.filter((one) => typeof one === "string");
  const spelled = parameters.map((name) => name.toLowerCase());
  const alike = names.every((name) => spelled[given.indexOf(name)] === name.toLowerCase());
  return given.length === parameters.length && names.length > 0 && alike;
}

/** The function that a text is about, with its test, and a word on the choice; null if none.
 * @type {(found: Piece[], text: string, id: string | null) => {fixture: Fixture, name: string, note: string}?} */
export function chosenIn(found, text, id) {
  const own = [...new Map(found.map((one) => [one.name, one])).values()];
  const functions = own.filter(({ kind }) => kind === FUNCTION);
  const test = FIXTURES.get(id ?? "");
  const wanted = test ? [test] : [...COURSES.flat(), ...SLOPES.map(testOf)];
  // Who chooses a test wants to know what keeps a function from it.
  const isMeant = (/** @type {Fixture} */ one, /** @type {string} */ code) =>
    Boolean(test) || canBeCalled(code, one);
  const every = wanted.flatMap((fixture) =>
    functions.filter((one) => one.name === fixture.function && isMeant(fixture, one.cell.text)),
  );
  const written = every.filter((one) => !leftAsHandedOut([one]));
  const [first] = [...written, ...every];
  if (first) {
    const fixture = wanted.find((one) => one.function === first.name) ?? wanted[0];
    const { name } = first;
    const several = new Set(every).size > 1;
    return {
      fixture,
      name,
      note: several
        ? `Of the functions here, ${name} is called, which may call the others; choose a test to call another one.`
        : "",
    };
  }
  for (const one of functions.reverse()) {
    const { name } = one;
    const fixture = wanted.find((test) => isCalledSo(test, parametersOf(one)));
    const isOne = fixture && (test || canBeCalled(one.cell.text, fixture, name));
    if (!isOne || name.endsWith("_test")) continue;
    return {
      fixture,
      name,
      note: `No function here is called ${fixture.function}; ${name} takes the same arguments, and is run as that.`,
    };
  }
  for (const fixture of wanted) {
    const stands = new RegExp(`\\bdef\\s+${fixture.function}\\b`);
    const outer = own.find(
      ({ kind, cell, node }) => kind === CLASS && stands.test(textOf(cell.text, node)),
    );
    const name = outer ? `${outer.name}.${fixture.function}` : fixture.function;
    if (stands.test(text) && isMeant(fixture, plain(text))) return { fixture, name, note: "" };
  }
  return null;
}

/** @param {Fixture} fixture */
export const callOf = ({ data }) =>
  (data.call[0].split(" = ").at(-1) ?? "").replace(/\(\[.*/s, "caches)");

/** @type {(taken: Taken, named: string) => string[]} */
function parametersIn({ pieces }, named) {
  const own = pieces.find((one) => one.kind === FUNCTION && one.name === named);
  return own ? parametersOf(own) : [];
}

/** What to know of a function that was taken out of a class, or "".
 * @type {(fixture: Fixture, taken: Taken, name: string) => string} */
export function asMethod(fixture, taken, name) {
  const takesSelf = parametersIn(taken, name)[0] === "self";
  return takesSelf ? say("takes-self", { name, call: callOf(fixture) }) : "";
}

/** What to know where a function has the test's arguments in another order.
 * @type {(fixture: Fixture, taken: Taken, named: string) => string[]} */
export function otherOrder(fixture, taken, named) {
  const call = callOf(fixture);
  const [, given] = fixture.data.calls[0];
  const takes = parametersIn(taken, named);
  const moved = given.some(
    (one, at) => typeof one === "string" && ![at, -1].includes(takes.indexOf(one)),
  );
  return moved && takes[0] !== "self"
    ? [say("other-order", { call, parameters: takes.join(", ") })]
    : [];
}

/** The functions of the exercises that can be judged alone, the innermost first. */
export function ownTests() {
  return [...new Set([...SLOPES, ...[...FIXTURES.values()].map((one) => one.function)])];
}

/** The newest test of a function; that of an activation is made of its layer's.
 * @type {(name: string) => Fixture} */
export function testOf(name) {
  const found = COURSES.flat().find((one) => one.function === name);
  if (found) return found;
  const layer = /** @type {Fixture} */ (FIXTURES.get("c1w4_linear_activation_backward_v2"));
  const output = `${name.replace("_backward", "")}_dZ`;
  const call = [`${output} = ${name}(dA, Z)`];
  const data = { ...layer.data, call, calls: [[output, ["dA", "Z"]]], outputs: [output] };
  const expected = { [output]: layer.reference[output] };
  return Object.assign(Object.create(layer), { function: name, data, expected });
}
