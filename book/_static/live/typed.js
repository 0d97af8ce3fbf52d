// @ts-check
/* What is said of a form that a reader types; see typed.py. */
import { FIXTURES } from "../diagnose/fixtures.js";
import { leaf, namesIn, node, parse } from "../diagnose/program.js";
import { DATA } from "../diagnose/util.js";
import { sameShape } from "../diagnose/values.js";
import { every, say, sought, without } from "../diagnose/words.js";

const KNOWN = DATA.live;
const OUTCOMES = ["passes", "fails", "error"];

class Untyped extends Error {}

/** @param {string} id @param {string} step @param {string} text @returns {Said} */
export function saidOf(id, step, text) {
  const fixture = /** @type {Fixture} */ (FIXTURES.get(id));
  let tree;
  try {
    tree = readForm(fixture, step, text);
  } catch (error) {
    if (!(error instanceof Untyped)) throw error;
    return { error: error.message, values: {}, stop: "", verdict: ["", ""], tests: [] };
  }
  const forms = new Map([[step, tree]]);
  const { values, error } = fixture.run(forms);
  const stop = error && say("typed-stops", { said: error });
  return {
    error: "",
    values: error ? {} : values,
    stop,
    verdict: judged(fixture, forms),
    tests: [...asked(id, step, tree)],
  };
}

/** The values that the test's own program leads to. @param {string} id */
export const wantedOf = (id) => /** @type {Fixture} */ (FIXTURES.get(id)).run(new Map()).values;

/** A form as a tree; one sentence where there is none.
 * @type {(fixture: Fixture, step: string, text: string) => Tree} */
function readForm(fixture, step, text) {
  const line = without("remark", text.replaceAll("−", "-")).trim().replace(/\s+/g, " ");
  const plain = line.replace(new RegExp(`^${step} ?=(?!=)`), "").trim();
  const names = DATA.functions.join(", ");
  for (const { groups } of every("called", plain)) {
    const name = groups?.name ?? "";
    if (!KNOWN.callable.includes(name)) throw new Untyped(say("typed-function", { name, names }));
  }
  let tree;
  try {
    const isForm = plain.length <= KNOWN.longest && !sought("no-form", plain);
    tree = parse(isForm ? plain : "");
    if (takesRows(tree)) throw new Error("rows");
  } catch {
    throw new Untyped(say("typed-unreadable", { names }));
  }
  const before = fixture.steps.findIndex((one) => one.name === step);
  const steps = fixture.steps.slice(0, before).map((one) => one.name);
  const known = [...fixture.data.order, ...steps];
  const name = namesIn(tree).find((one) => !known.includes(one));
  if (name) throw new Untyped(say("typed-array", { name, names: known.join(", ") }));
  return tree;
}

/** @type {(tree: Tree) => boolean} */
const takesRows = ({ op, args }) => op === "head" || op === "tail" || args.some(takesRows);

/** @type {(fixture: Fixture, forms: Forms) => [string, string]} */
function judged(fixture, forms) {
  if (fixture.verdict(forms) === "equivalent") return ["equivalent", say("typed-equivalent")];
  const narrow = fixture.verdict(forms, fixture.own) === "equivalent" ? say("narrow") : "";
  let [worst, name] = [-1, ""];
  for (const { arrays, gradients } of fixture.networks) {
    const { values, error } = fixture.run(forms, arrays);
    if (error) return ["mistake", say("typed-halts", { said: error, narrow })];
    for (const output of fixture.data.outputs) {
      const size = relativeError(values[output], gradients[output]);
      if (size > worst) [worst, name] = [size, output];
    }
  }
  if (worst === Infinity) return ["mistake", say("typed-other", { name, narrow })];
  return ["mistake", say("typed-mistake", { error: rounded(worst), name, narrow })];
}

/** @type {(got: Value, want: Value) => number} */
function relativeError(got, want) {
  if (!sameShape(got, want) || !got.d.every(Number.isFinite)) return Infinity;
  const scale = Math.max(0, ...got.d.map(Math.abs), ...want.d.map(Math.abs));
  const apart = Math.max(0, ...got.d.map((number, at) => Math.abs(number - want.d[at])));
  return scale ? apart / scale : 0;
}

/** Two digits, as Python writes them. @param {number} number */
function rounded(number) {
  const value = Number(number.toPrecision(2));
  if (value === 0 || value >= 1e-4) return String(value);
  return value.toExponential().replace(/e-(\d)$/, "e-0$1");
}

/** What each test says, its editions by what they say, and last which were not asked.
 * @type {(id: string, step: string, tree: Tree) => Generator<[string, string]>} */
function* asked(id, step, tree) {
  /** @type {Record<string, Record<string, string[]>>} */
  const tests = { [KNOWN.editions[id][0]]: {} };
  for (const [other, theirs, called] of KNOWN.same[`${id} ${step}`]) {
    const fixture = /** @type {Fixture} */ (FIXTURES.get(other));
    const [test, ruled] = KNOWN.editions[other];
    const asks = namesIn(tree).every((name) => name in called);
    const forms = new Map([[theirs, asks ? renamed(tree, called) : tree]]);
    const { values, error } = asks ? fixture.run(forms) : { values: {}, error: "" };
    for (const [rule, label] of ruled) {
      const word = asks ? outcome(fixture, values, error, rule) : "absent";
      tests[test] ??= {};
      tests[test][word] ??= [];
      tests[test][word].push(label);
    }
  }
  const lacking = [];
  for (const [test, said] of Object.entries(tests)) {
    for (const word of OUTCOMES.filter((one) => said[one])) {
      yield [word, say(`typed-${word}`, { test, editions: said[word].join("; ") })];
    }
    if (!said.absent) continue;
    const some = OUTCOMES.some((word) => said[word]);
    lacking.push(some ? `${test}, ${said.absent.join(", ")}` : test);
  }
  if (lacking.length) yield ["absent", say("typed-absent", { tests: lacking.join("; ") })];
}

/** @type {(fixture: Fixture, values: Scope, error: string, rule: string) => string} */
function outcome(fixture, values, error, rule) {
  if (error) return "error";
  const failures = fixture.data.outputs.flatMap((name) =>
    fixture.failure(name, values[name], rule),
  );
  return failures.length ? "fails" : "passes";
}

/** @type {(tree: Tree, called: Record<string, string>) => Tree} */
function renamed(tree, called) {
  if (tree.name) return leaf(called[tree.name]);
  return tree.op ? node(tree.op, ...tree.args.map((part) => renamed(part, called))) : tree;
}
