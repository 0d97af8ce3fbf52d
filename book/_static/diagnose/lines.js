// @ts-check
/* Which line of a reader's function is the first that is not right; see lines.py. */

import { courseSpelling } from "./labels.js";
import { distinct, Mutant } from "./mutant.js";
import { evaluate } from "./program.js";
import { bare, cache } from "./util.js";
import { OPERATIONS, same, transpose, value } from "./values.js";
import { say } from "./words.js";

/** @type {(fixture: Fixture, trace: Trace) => Scope} */
const rightOn = (fixture, { arrays }) => fixture.run(new Map(), arrays).values;

/** Whether a function computes every output rightly on a fresh network.
 * @type {(fresh: Trace, rtol?: number) => boolean} */
function isRightOn(fresh, rtol) {
  const right = rightOn(fresh.test, fresh);
  return fresh.test.data.outputs.every((name) => same(fresh.outputs[name], right[name], rtol));
}

/** The first network on which a function is wrong. @type {(fresh: Trace[], rtol?: number) => Trace?} */
export const firstWrong = (fresh, rtol) => fresh.find((one) => !isRightOn(one, rtol)) ?? null;

/** Whether a program does on a network of its test what a function did there.
 * @type {(mutant: Mutant, fresh: Trace) => boolean} */
function does({ fixture, forms }, { test, arrays, outputs }) {
  const { values } = fixture.run(forms, arrays);
  const asked = Object.keys(test.expected).filter((name) => name in outputs);
  // np.squeeze leaves no axis around one number.
  const inAxis = (/** @type {Value | undefined} */ one) => one && { ...one, n: Math.max(1, one.n) };
  const alike = asked.every((name) => same(inAxis(values[name]), inAxis(outputs[name])));
  return test === fixture && asked.length > 0 && alike;
}

/** An answer with the programs that do on real forward passes what a function did there.
 * @type {(found: Diagnosis, fresh: Trace[]) => Diagnosis} */
export function doing(found, fresh) {
  // Keys of an older edition are read as the names of this one, on each network alike.
  const takenFor = new Map([...found.seen].map(([step, { name }]) => [name, step]));
  const renamed = (/** @type {Scope} */ outputs) =>
    Object.fromEntries(Object.entries(outputs).map(([n, one]) => [takenFor.get(n) ?? n, one]));
  const told = fresh
    .filter((one) => one.test === found.fixture && Object.keys(one.outputs).length)
    .map((one) => ({ ...one, outputs: renamed(one.outputs) }));
  // What is expected has no change, and stays.
  let alike = found.candidates.filter(
    (one) => !one.forms.size || told.every((trace) => does(one, trace)),
  );
  if (found.verdict === "explained" && !alike.length && found.fixture) {
    // What prints the same in the test is looked for once, and may be another thing elsewhere.
    const { fixture, seen } = found;
    const named = fixture.named.map(([, forms]) => new Mutant(fixture, forms, 1));
    const prints = named.filter((one) => Object.values(one.matches(seen)).every(Boolean));
    alike = distinct(prints.filter((one) => told.every((trace) => does(one, trace))));
  }
  // Nothing was written over that was not seen to be.
  const isSeen = !told.length || told.some(({ overwritten }) => overwritten.size);
  const kept = alike.filter(({ named }) => isSeen || !named.some(({ id }) => id === "overwritten"));
  return { ...found, candidates: kept };
}

/** The first assignment that is not right, and what can be said of it; or null.
 * @type {(fresh: Trace, here: Trace, candidates: Mutant[]) => [Assignment, string]?} */
export function whichLine(fresh, here, candidates) {
  const fixture = fresh.test;
  const right = rightOn(fixture, fresh);
  if (isRightOn(fresh))
    return fixture.data.broken ? rightButHere(fixture, right, fresh, here) : null;
  for (const [name, one] of fresh.overwritten) {
    if (name in right && !same(fresh.outputs[name], right[name]))
      return [one, say("line-writes", { other: name })];
  }
  return explainedBy(fixture, right, fresh, candidates) ?? namedSo(fixture, right, fresh);
}

/** @type {(one: Assignment, other?: Assignment) => boolean} */
const isSamePlace = (one, other) =>
  one.line === other?.line && one.inside === other.inside && one.name === other.name;

/** @type {(fixture: Fixture, right: Scope, fresh: Trace, here: Trace) => [Assignment, string]?} */
function rightButHere(fixture, right, fresh, here) {
  for (const [at, one] of fresh.assignments.entries()) {
    const other = here.assignments[at];
    if (!isSamePlace(one, other)) break;
    const steps = Object.keys(right).filter((step) => same(one.value, right[step]));
    if (steps.length && !steps.some((step) => same(other.value, fixture.reference[step])))
      return [one, say("line-right")];
  }
  return null;
}

/** Finds the changed step of a program that does the same as the function on new arrays.
 * @type {(fixture: Fixture, right: Scope, fresh: Trace, candidates: Mutant[]) => [Assignment, string]?} */
function explainedBy(fixture, right, fresh, candidates) {
  const usual = usualValues(fixture, fresh);
  const made = fresh.assignments;
  for (const mutant of candidates) {
    if (!does(mutant, fresh)) continue;
    const { values } = fixture.run(mutant.forms, fresh.arrays);
    for (const [at, { step }] of mutant.changed.entries()) {
      if (!(step in right) || same(values[step], right[step])) continue;
      const places = [...lasting(fresh)].filter((place) => same(made[place].value, values[step]));
      const named = places.filter((place) => spelledOn(made[place], fixture) === step);
      const unlike = isAmong(values[step], usual) ? [] : places;
      const [place] = named.length ? named : unlike;
      if (place === undefined || same(values[step], due(step, fixture, fresh, place))) continue;
      // Several changes of what a layer reads are shown as one.
      const shown = mutant.shown[Math.min(at, mutant.shown.length - 1)];
      return [madeAt(fresh, place, usual), mutant.name || shown];
    }
  }
  return null;
}

/** Finds the first name of a step whose last value is not that step's.
 * @type {(fixture: Fixture, right: Scope, fresh: Trace) => [Assignment, string]?} */
function namedSo(fixture, right, fresh) {
  const made = fresh.assignments;
  /** @type {Scope} */
  const known = { ...fresh.arrays, ...right };
  const missing = Object.keys(fixture.expected).filter((name) => !(name in fresh.outputs));
  /** @type {Map<string, number>} */
  const last = new Map();
  for (const [at, { prefix, name, output, inside }] of made.entries())
    if (inside === fresh.name) last.set(`${prefix} ${name} ${output}`, at);
  for (const place of [...last.values()].sort((one, other) => one - other)) {
    const one = made[place];
    const step = spelledOn(one, fixture);
    if (step in known && same(one.value, known[step])) continue;
    const [alike] = Object.keys(known).filter((name) => same(one.value, known[name]));
    const taken = step in fresh.arrays && alike && alike in fresh.arrays;
    // The other call of a test that runs a layer once for each activation.
    const crossed = one.prefix && alike && one.prefix + bare(alike) === step;
    if (taken || crossed || (one.output && step in fixture.expected && alike))
      return [one, say("line-other", { other: alike })];
    // What is kept the other way round can be read so.
    const turned = one.value && transpose(one.value);
    const isTurned = !(step in fixture.expected) && same(turned, right[step]);
    if (alike || !(step in right) || isTurned) continue;
    // Some average in dZ, which is as good as long as no test asks for it.
    const times = (/** @type {string} */ op) => one.value && OPERATIONS[op](one.value, right.m);
    const isScaled = same(times("*"), right[step]) || same(times("/"), right[step]);
    const scaled = !(step in fixture.expected) && isScaled;
    if (!scaled && !same(one.value, due(step, fixture, fresh, place)))
      return [madeAt(fresh, place, usualValues(fixture, fresh)), say("line-first")];
  }
  for (const one of made.filter(({ output }) => output)) {
    const name = missing.find((other) => same(one.value, right[other]));
    if (name) return [one, say("line-key", { other: name })];
  }
  return null;
}

/** The places of the assignments that the next one does not replace.
 * @type {(fresh: Trace) => Generator<number>} */
function* lasting({ assignments }) {
  for (const [place, one] of assignments.entries()) {
    const after = assignments[place + 1];
    const replaced =
      after &&
      one.inside === after.inside &&
      one.name === after.name &&
      one.output === after.output;
    if (!replaced || same(one.value, after.value)) yield place;
  }
}

/** The assignment that a value comes from: the first one in the same function.
 * @type {(fresh: Trace, place: number, usual: Value[]) => Assignment} */
function madeAt({ assignments }, place, usual) {
  let found = assignments[place];
  let at = place;
  if (!isAmong(found.value, usual)) {
    const { inside, value: made } = found;
    // The numbers are made above a line that only gives them another shape.
    const isShape = isAmong(flat(made), usual.map(flat));
    const of = isShape ? (/** @type {Value?} */ one) => one : flat;
    at = assignments.findIndex((one) => one.inside === inside && same(of(one.value), of(made)));
    found = assignments[at];
  }
  // An array is finished in place.
  for (const one of assignments.slice(at + 1)) {
    const isIt = one.name === found.name && one.output === found.output;
    if (!isIt || !same(one.value, found.value)) break;
    found = one;
  }
  return found;
}

/** What a step has to be, given the values that the steps before it have.
 * @type {(step: string, fixture: Fixture, fresh: Trace, place: number) => Value?} */
function due(step, fixture, fresh, place) {
  /** @type {Record<string, Value?>} */
  const made = {};
  for (const one of fresh.assignments.slice(0, place)) made[spelledOn(one, fixture)] = one.value;
  const scope = /** @type {Scope} */ ({ ...fresh.arrays, ...made });
  for (const { name, tree } of fixture.steps) {
    const found = name !== step && name in made ? made[name] : evaluate(tree, scope);
    if (name === step || !found) return found;
    scope[name] = found;
  }
  return null;
}

/** What a right program reads and computes on the way.
 * @type {(fixture: Fixture, fresh: Trace) => Value[]} */
function usualValues(fixture, fresh) {
  /** @type {Scope} */
  const scope = { ...fresh.arrays, ...rightOn(fixture, fresh) };
  const trees = fixture.steps.map(({ tree }) => tree);
  for (const tree of trees) trees.push(...tree.args);
  const found = [...Object.values(scope), ...trees.map((tree) => evaluate(tree, scope))];
  return found.filter((one) => one !== null);
}

/** An array in one row. @type {(one: Value?) => Value?} */
const flat = (one) => one && value(1, 1, one.d.length, one.d);

/** @type {(value: Value?, values: (Value | null)[]) => boolean} */
const isAmong = (value, values) => values.some((known) => same(value, known));

/** @type {(fixture: Fixture) => Set<string>} */
const stepsOf = cache(
  (fixture) =>
    new Set([
      ...fixture.steps.map(({ name }) => name),
      ...Object.keys({ ...fixture.fresh[0], ...fixture.arrays, ...fixture.filled }),
    ]),
);

/** The step that a name is the name of, or "". @type {(one: Assignment, fixture: Fixture) => string} */
function spelledOn({ name, prefix }, fixture) {
  const course = courseSpelling(name);
  const names = [prefix + name, name, fixture.data.notebook[name] ?? "", prefix + course, course];
  return names.find((one) => stepsOf(fixture).has(one)) ?? "";
}
