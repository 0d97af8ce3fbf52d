// @ts-check
/* What a reader's function returned, as it comes back: numbers, or why none; see returned.py. */
import { byOutput } from "./calling.js";
import { DATA } from "./util.js";
import { shaped, shapeOf, tuple, value } from "./values.js";
import { say } from "./words.js";

/** @type {(number: number | string) => number} */
const numberOf = (number) =>
  typeof number === "string"
    ? Number(number.replace("inf", "Infinity").replace("nan", "NaN"))
    : number;

/** What the worker tells of a value. @type {(told: any) => Returned} */
export function decoded(told) {
  const { kind } = told;
  if (told.entries)
    return {
      kind,
      entries: told.entries.map((/** @type {any} */ [name, one]) => [name, decoded(one)]),
    };
  if (told.items) return { kind, items: told.items.map(decoded) };
  if ("number" in told) return { kind, shape: [], data: [numberOf(told.number)] };
  if (told.why) return { kind, why: told.why, error: told.error };
  if (!told.data) return { kind, shape: told.shape, data: [], why: "too-large" };
  return {
    kind,
    shape: told.shape,
    data: told.data.map(numberOf),
    isBool: /^\W?b/.test(told.dtype),
  };
}

/** The array that came back, of up to three axes; null if there is none.
 * @type {(returned: Returned) => Value?} */
export function arrayOf({ shape, data, isBool }) {
  return shape && data && shape.length < 4 ? shaped(shape, data, isBool ?? false) : null;
}

/** What the calls of a test returned, by the test's names.
 * @type {(fixture: Fixture, returned: any[]) => Map<string, Returned>} */
export function outputsOf(fixture, returned) {
  const found = fixture.data.calls.flatMap(([into], at) =>
    byOutput(fixture, into, decoded(returned[at])),
  );
  // In which order they come back says nothing of an answer.
  const names = Object.keys(fixture.expected);
  const place = (/** @type {string} */ name) => names.indexOf(name) + 1 || names.length + 1;
  found.sort(([one], [other]) => place(one) - place(other));
  return new Map(found.map(([name, one]) => [name, leafOf(one)]));
}

/** An output as one value: lists of numbers are an array of a wrong type.
 * @type {(one: Returned) => Returned} */
function leafOf(one) {
  if (!one.items && !one.entries) return one;
  return { ...(stacked(one) ?? { why: "no-array" }), kind: one.kind };
}

/** @type {(one: Returned) => Returned?} */
function stacked(one) {
  if (!one.items) return one.data && !one.why ? one : null;
  const parts = one.items.map(stacked);
  const shape = parts[0]?.shape ?? [];
  if (parts.some((part) => `${part?.shape}` !== `${shape}`)) return null;
  const data = parts.flatMap((part) => part?.data ?? []);
  return { kind: one.kind, shape: [parts.length, ...shape], data };
}

/** The first thing the test says, with the size of the difference, or "".
 * @type {(fixture: Fixture, outputs: Map<string, Returned>) => string} */
export function firstComplaint(fixture, outputs) {
  const { expected, data } = fixture;
  for (const [name, { n }] of Object.entries(expected)) {
    // Where one number is expected, its type is left open.
    const { kind = "ndarray", shape } = outputs.get(name) ?? {};
    // By eye one number has another shape, whatever its type is.
    const isShape = data.rule === "printed" && shape?.length === 0;
    if (n && kind !== "ndarray" && !isShape) return say("wrong-type", { name, kind });
  }
  for (const name of data.outputs) {
    const got = outputs.get(name);
    if (!got) return say("absent", { name });
    const want = expected[name];
    const shapes = { own: tuple(got.shape ?? []), expected: tuple(shapeOf(want)) };
    if (shapes.own !== shapes.expected && !fixture.isNumber(name, got.shape?.length))
      return say("wrong-by-shape", { said: say("wrong", { what: "shape", name }), ...shapes });
    const array = arrayOf(got) ?? value(0, 1, 1, [NaN]);
    const [said] = fixture.failure(name, array);
    if (!said) continue;
    const gap = array.d.map((number, at) => Math.abs(number - want.d[want.n ? at : 0]));
    return say("wrong-by", { said, gap: short(Math.max(...gap)) });
  }
  const beyond = data.exact
    ? [...outputs.keys()].find((name) => !data.outputs.includes(name))
    : null;
  return beyond ? say("beyond", { name: beyond }) : "";
}

/** A number with three digits, as Python writes it. @param {number} number */
export function short(number) {
  if (!Number.isFinite(number)) return Number.isNaN(number) ? "nan" : "inf";
  const [digits, power] = number.toExponential(2).split("e").map(Number);
  if (power >= -4 && power < 3) return String(Number(number.toPrecision(3)));
  return `${digits}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}

/** Why nothing can be searched for an output, or "".
 * @type {(fixture: Fixture, name: string, one: Returned) => string} */
export function unusable({ expected }, name, { kind, shape, data, why, error }) {
  if (!shape)
    return say(kind === "NoneType" ? "is-none" : why || "no-array", { name, kind, error });
  if (why || !data?.length) return say(why || "no-entries", { name, shape: tuple(shape) });
  const most = Math.max(2, ...Object.values(expected).map(({ n }) => n));
  return shape.length > most ? say("too-many-axes", { name, n: shape.length, most }) : "";
}

/** The outputs that can be searched for.
 * @type {(fixture: Fixture, outputs: Map<string, Returned>) => Scope} */
export function usable(fixture, outputs) {
  const found = [...outputs].filter(([name, one]) => !unusable(fixture, name, one));
  return Object.fromEntries(
    found.map(([name, one]) => [name, /** @type {Value} */ (arrayOf(one))]),
  );
}

/** An answer to right numbers beside outputs that can be searched for nothing and are not right.
 * @type {(found: Diagnosis, names: string[], outputs: Map<string, Returned>) => Diagnosis} */
export function withUnusable(found, names, outputs) {
  const { fixture, seen } = found;
  if (found.verdict !== "expected" || !fixture || !names.length) return found;
  if (!firstComplaint(fixture, outputs)) return found;
  const right = [...seen.keys()].join(", ");
  const [is_right, are] = [seen.size, names.length].map((n) => say("is", { n }));
  const headline = say("right-but-unusable", { right, is_right, names: names.join(", "), are });
  return { ...found, verdict: "unexplained", candidates: [], headline };
}

/** Whether a larger forward pass is told of functions that pass alone: the function's own tells
 * programs of its test apart. @type {(asks: {fixture: Fixture, name: string}, one: Case) => boolean} */
export const isSpared = ({ fixture, name }, [one, test, , at]) =>
  at === DATA.larger && (one !== name || test !== fixture);

/** Whether no further answer is needed: the function stops, or it fails.
 * @type {(asks: Asked, answers: any[]) => boolean} */
export function isEnough(asks, [first, ...others]) {
  if (!first.returned) return true;
  const needed = asks.cases.filter((one) => !isSpared(asks, one)).length;
  if (others.length !== needed) return false;
  try {
    return firstComplaint(asks.fixture, outputsOf(asks.fixture, first.returned)) !== "";
  } catch {
    return true;
  }
}
