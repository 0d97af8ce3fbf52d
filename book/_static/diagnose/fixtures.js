// @ts-check
/* The tests: programs, arrays and expected numbers, unpacked when they are first needed. */
import { rewrites } from "./operators.js";
import { evaluate, leaf, namesIn, stopOf, treeOf } from "./program.js";
import { atEachStep } from "./steps.js";
import { cacheProperties, DATA } from "./util.js";
import { agrees, complaint, sameShape, scalar, shaped, value } from "./values.js";
import { say } from "./words.js";

/** @type {Map<string, any>} */
const unpacked = new Map();

/** A part that several tests have in common.
 * @template T @param {number} place @param {(part: any) => T} make @returns {T} */
function shared(place, make) {
  const key = `${place} ${make.name}`;
  if (!unpacked.has(key)) unpacked.set(key, make(DATA.shared[place]));
  return unpacked.get(key);
}

/** What has three axes begins with its shape. @param {[any, ...number[]]} part */
function unpackArray([r, ...rest]) {
  if (Array.isArray(r)) return shaped(r, rest);
  const [c, b, ...d] = rest;
  return r ? value(2, r, c, d, b === 1) : scalar(d[0]);
}

/** @type {(places: Record<string, number>) => Scope} */
function unpackArrays(places) {
  const entries = Object.entries(places).map(([name, at]) => [name, shared(at, unpackArray)]);
  return Object.fromEntries(entries);
}

/** @type {(steps: [string, Written][]) => Step[]} */
const unpackSteps = (steps) => steps.map(([name, tree]) => ({ name, tree: treeOf(tree) }));

/** @type {(trees: Written[]) => Tree[]} */
const unpackTrees = (trees) => trees.map(treeOf);

/** @type {(slot: WrittenSlot) => Slot} */
function unpackSlot([name, written, forms, stillborn, words]) {
  const tree = treeOf(written);
  const unpacked = Object.entries(words).map(([word, place]) => {
    return /** @type {[Tree, Tree[]]} */ ([leaf(word), shared(place, unpackTrees)]);
  });
  const families = new Map(unpacked);
  const made = [...rewrites(tree, families)].map(([, form]) => form);
  /** The operators of forms that are no rewrites. @type {Map<Tree, string>} */
  const others = new Map();
  /** Which of all rewrites are meant: how far each is from the one before it.
   * @type {(steps: Picked) => Tree[]} */
  const picked = (steps) => {
    let place = 0;
    return steps.map((step) => {
      if (typeof step !== "number") {
        const form = treeOf(step[0]);
        others.set(form, step[1]);
        return form;
      }
      place += step;
      return made[place];
    });
  };
  const isArray = written === name;
  const kept = { forms: picked(forms), stillborn: picked(stillborn) };
  return { name, tree, isArray, ...kept, families, made, others };
}

/** Slots, changes of several, mistakes by name, and loops that run otherwise, by what is said of
 * them. A rewrite is a number here.
 * @type {(changes: WrittenChanges) => Changes} */
function unpackChanges([places, several, named, said]) {
  const slots = places.map((place) => shared(place, unpackSlot));
  const rewritten = new Map(slots.map(({ name, made }) => [name, made]));
  /** @type {(change: WrittenForms) => Forms} */
  const unpackForms = (change) =>
    new Map(
      Object.entries(change).map(([name, tree]) => {
        const isPlace = typeof tree === "number" && tree < 0;
        return [name, (isPlace && rewritten.get(name)?.[-1 - tree]) || treeOf(tree)];
      }),
    );
  const higherOrder = DATA.several[several].map(unpackForms);
  /** @type {(change: WrittenForms | number) => Forms} */
  const at = (change) => (typeof change === "number" ? higherOrder[change] : unpackForms(change));
  /** @type {(some: [string, WrittenForms | number][]) => [string, Forms][]} */
  const each = (some) => some.map(([id, one]) => [id, at(one)]);
  return { slots, higherOrder, named: each(DATA.named[named]), said: each(said) };
}

export class Fixture {
  /** @param {FixtureData} data */
  constructor(data) {
    this.data = data;
    this.id = data.id;
    this.title = data.title;
    this.function = data.function;
    /** How many steps its loop over time has, if it is one. */
    this.last = data.last ?? 0;
    // Fixtures of one program on the same arrays share what is found out about them.
    this.twin = `${data.arrays} ${data.steps}`;
    this.arrays = shared(data.arrays, unpackArrays);
    this.steps = shared(data.steps, unpackSteps);
    this.expected = shared(data.expected, unpackArrays);
    this.unrelated = { ...shared(data.unrelated, unpackArrays), m: scalar(7) };
  }

  get networks() {
    return this.data.networks.map((given) => this.network(given));
  }
  /** Networks of the test's own shapes. */
  get own() {
    return this.data.own.map((given) => this.network(given));
  }
  /** Two forward passes of its own sizes on which no step is 0 everywhere. */
  get fresh() {
    return this.data.fresh.map((given) => this.network(given).arrays);
  }
  /** What a function is run on: three real forward passes, the third of them a larger one, which
   * shows mistakes that few layers and units hide, then the test's own arrays.
   * @returns {Generator<[Fixture, Scope]>} */
  *cases() {
    for (const arrays of this.fresh) yield [this, arrays];
    const deeper = this.data.deeper && new Fixture(this.data.deeper);
    yield deeper ? [deeper, deeper.fresh[0]] : [this, this.networks[0].arrays];
    yield [this, this.arrays];
  }
  /** What a call is given that the test does not spell out. */
  get filled() {
    return shared(this.data.filled, unpackArrays);
  }
  get changes() {
    return shared(this.data.changes, unpackChanges);
  }
  get slots() {
    return this.changes.slots;
  }
  get higherOrder() {
    return this.changes.higherOrder;
  }
  /** The places of every mistake that has a name. */
  get named() {
    return this.changes.named;
  }
  /** The program that is the gradient, where what the test accepts is none. */
  get sound() {
    return shared(this.data.sound, unpackSteps);
  }
  get reference() {
    return this.run(new Map()).scope;
  }

  /** How many values steps have, by their shape, in the programs with up to one change.
   * @returns {Record<string, [number[], number][]>} */
  get spread() {
    return /** @type {any} */ (DATA.shared[this.data.spread]);
  }
  /** How many programs have one change. */
  get size() {
    return this.slots.reduce((all, { forms }) => all + forms.length, this.higherOrder.length);
  }

  /** @param {string} name */
  original(name) {
    return this.steps.find((step) => step.name === name)?.tree ?? leaf(name);
  }

  /** Whether the forward pass computes a step too. @param {string} step */
  isForward(step) {
    return shared(this.data.forward, unpackSteps).some(({ name }) => name === step);
  }

  /** A forward pass on what is given, and the right gradients. @param {number} given */
  network(given) {
    const arrays = { ...shared(given, unpackArrays) };
    const forward = shared(this.data.forward, unpackSteps);
    for (const { name, tree } of forward) {
      arrays[name] = /** @type {Value} */ (evaluate(tree, arrays));
    }
    // Counts and costs are no arrays of a cache.
    for (const { name } of forward) if (!arrays[name].n) delete arrays[name];
    return { arrays, gradients: this.run(new Map(), arrays, this.sound).values };
  }

  /** The program with some slots changed: changed arrays first, then every step.
   * @type {(forms: Forms, own?: Step[]) => Step[]} */
  program(forms, own = this.steps) {
    const all = atEachStep(this, forms);
    const first = this.data.order.flatMap((name) => ({ name, tree: all.get(name) }));
    const steps = own.map(({ name, tree }) => ({ name, tree: all.get(name) ?? tree }));
    const made = first.filter(({ tree }) => tree);
    return /** @type {Step[]} */ ([...made, ...inOrder(steps, [...all.keys()])]);
  }

  /** @param {Forms} forms */
  run(forms, arrays = this.arrays, steps = this.steps) {
    const scope = { ...arrays };
    /** @type {Scope} */
    const values = {};
    for (const { name, tree } of this.program(forms, steps)) {
      const missing = namesIn(tree).find((one) => !scope[one]);
      if (missing)
        return { scope, values, error: `${name} uses ${missing}, which is not known there.` };
      const found = evaluate(tree, scope);
      if (!found) return { scope, values, error: `${name}: ${complaint(stopOf(tree, scope))}` };
      values[name] = scope[name] = found;
    }
    return { scope, values, error: "" };
  }

  /** What the test says of a changed program. @type {(forms: Forms) => Outcome} */
  outcome(forms) {
    const { values, error } = this.run(forms);
    if (error) return { word: "error", failures: [], error };
    const failures = this.data.outputs.flatMap((name) => this.failure(name, values[name]));
    return { word: failures.length ? "fails" : "passes", failures, error };
  }

  /** Whether an output is a number, and one is expected without brackets.
   * @type {(name: string, axes?: number) => boolean} */
  isBare(name, axes) {
    return axes === 0 && this.data.numbers.includes(name);
  }

  /** Whether a step is a number that is no gradient. @param {string} name */
  isCost(name) {
    return !this.reference[name].n && !name.startsWith("d");
  }

  /** Arrays with the brackets that the template's np.squeeze took from a row in place of the cost.
   * @type {(placed: Seen) => Seen} */
  unsqueezed(placed) {
    const read = new Map(placed);
    for (const [step, seen] of placed)
      if (this.isCost(step) && seen.dimensions === 1) read.set(step, seen.bracketed(false));
    return read;
  }

  /** Whether a number is expected, and this shape is taken for one.
   * @type {(name: string, axes?: number) => boolean} */
  isNumber(name, axes) {
    return this.data.of_any_shape.includes(name) || this.isBare(name, axes);
  }

  /** @type {(name: string, got: Value, rule?: string) => string[]} */
  failure(name, got, rule = this.data.rule) {
    const want = this.expected[name];
    if (!sameShape(got, want) && !this.isNumber(name, got.n))
      return [say("wrong", { what: "shape", name })];
    const [absolute, relative] = DATA.rules[rule];
    const near = got.d.every((number, at) => {
      const due = want.d[want.n ? at : 0];
      return Math.abs(number - due) <= absolute + relative * Math.abs(due);
    });
    return near ? [] : [say("wrong", { what: "values", name })];
  }

  /** What networks say of a changed program, whatever the test says. @param {Forms} forms */
  verdict(forms, networks = this.networks) {
    const right = networks.every(({ arrays, gradients }) => {
      const { values, error } = this.run(forms, arrays);
      const own = (/** @type {string} */ name) =>
        this.isBare(name, values[name].n) ? value(2, 1, 1, values[name].d) : values[name];
      return !error && this.data.outputs.every((name) => agrees(own(name), gradients[name]));
    });
    return right ? "equivalent" : "mistake";
  }
}
cacheProperties(Fixture);

/** Steps so that a changed one stands below what it reads, where that can be.
 * @type {(steps: Step[], changed: string[]) => Step[]} */
function inOrder(steps, changed) {
  const place = new Map(steps.map(({ name }, at) => [name, at]));
  const at = (/** @type {string} */ name) => place.get(name) ?? 0;
  const late = changed.flatMap((name) => {
    const step = place.has(name) ? steps[at(name)] : null;
    return step && namesIn(step.tree).some((read) => at(read) > at(name)) ? [step] : [];
  });
  for (const step of late) {
    steps.splice(steps.indexOf(step), 1);
    const reads = namesIn(step.tree);
    steps.splice(steps.findLastIndex(({ name }) => reads.includes(name)) + 1, 0, step);
  }
  return steps;
}

/** Every test by its name, the oldest first. */
export const FIXTURES = new Map(DATA.fixtures.map((data) => [data.id, new Fixture(data)]));
export const NEWEST_FIRST = [...FIXTURES.values()].reverse();

/** The tests course by course, the newest first; the other courses come when they are needed. */
export const COURSES = [NEWEST_FIRST];

/** Whether every course is here. */
export const isWhole = () => COURSES.length > 1;

/** Whether the loops over time are here too. */
export const hasLoops = () => COURSES.flat().some(({ last }) => last);

/** Takes the tests of the other courses in, or the loops of one of them.
 * @param {OtherCourses} others */
export function addCourses({ courses, pages, ...parts }) {
  if (courses.flat().every(({ id }) => FIXTURES.has(id))) return;
  Object.assign(DATA.pages, pages);
  DATA.shared.push(...parts.shared);
  DATA.several.push(...parts.several);
  DATA.named.push(...parts.named);
  for (const [at, some] of courses.entries()) {
    const own = some.map((data) => new Fixture(data));
    COURSES[at + 1] = [...own, ...(COURSES[at + 1] ?? [])];
    for (const one of own.toReversed()) FIXTURES.set(one.id, one);
  }
}

/** Whether the right values print this way; loosely, whether the test accepts what was printed.
 * @type {(fixture: Fixture, step: string, seen: Observed, loose: boolean) => boolean} */
export function isRight(fixture, step, seen, loose) {
  const right = fixture.reference[step];
  if (seen.matches(right, loose)) return true;
  if (!loose || !seen.like || !sameShape(seen.like, right)) return false;
  const [absolute, relative] = DATA.rules[fixture.data.rule] ?? [0, 0];
  return right.d.every(
    (number, at) =>
      Math.abs(seen.cells[at].value - number) <= absolute + relative * Math.abs(number),
  );
}
