// @ts-check
/* Printed arrays and shapes that no test has; see shapes.py. */
import { COURSES } from "./fixtures.js";
import { distinct, Mutant } from "./mutant.js";
import { evaluate, node } from "./program.js";
import { cellBackward } from "./steps.js";
import { cache, spelledIn } from "./util.js";
import { shapeOf, transpose, tuple } from "./values.js";
import { say } from "./words.js";

/** What gives the first named array a shape that no test has, and which they have.
 * @type {(paste: Paste, tests: Fixture[]) => Likely?} */
export function misshapen({ arrays, shapes }, tests) {
  /** @type {[string, number[], Observed?][]} */
  const printed = arrays.map((one) => [one.name ?? "", one.like ? shapeOf(one.like) : [], one]);
  for (const [name, shape, seen] of [...printed, ...shapes]) {
    const steps = new Map(tests.map((test) => [test, stepCalled(name, test)]));
    for (const [test, step] of steps) if (!step) steps.delete(test);
    /** @type {Map<string, Fixture>} */
    const known = new Map();
    for (const [test, step] of steps) {
      const own = String(shapeOf(test.reference[step]));
      if (!known.has(own)) known.set(own, test);
    }
    if (!shape.length || !known.size || known.has(String(shape))) continue;
    const places = [...known].map(([size, test]) =>
      say("shape-in", { shape: tuple(size.split(",").map(Number)), title: test.data.title }),
    );
    const remarks = [
      say("shape-nowhere", { name, shape: tuple(shape), shapes: places.join(", ") }),
    ];
    const turned = known.get(String(shape.toReversed()));
    if (turned) remarks.push(say("shape-turned", { name, title: turned.data.title }));
    const alike = [...steps].flatMap(([test, step]) => ofShape(test, step, shape));
    const found = alike.filter((one) => {
      const printing = one.values[steps.get(one.fixture) ?? ""];
      return !seen || seen.matches(printing) || seen.matches(transpose(printing));
    });
    for (const test of seen && found.length ? [] : tests) {
      const other = Object.keys(test.expected).find(
        (one) =>
          String(shapeOf(test.reference[one])) === String(shape) &&
          one.slice(0, 2).toLowerCase() === name.slice(0, 2).toLowerCase(),
      );
      if (!other) continue;
      remarks.push(say("shape-other", { name: other, title: test.data.title }));
      break;
    }
    if (found.length) remarks.push(say(seen ? "shape-exact" : "shape-like", { name }));
    return { fixture: null, candidates: distinct(found), remarks };
  }
  return null;
}

/** What a shape says that has two arrays in its rows, where a test takes one of them.
 * @type {(paste: Paste, tests: Fixture[]) => Likely?} */
export function undivided({ arrays, shapes }, tests) {
  /** @type {[string, number[]][]} */
  const printed = arrays.map(({ name, like }) => [name ?? "", like ? shapeOf(like) : []]);
  for (const [name, shape] of [...printed, ...shapes]) {
    for (const { last, steps, reference, data } of tests) {
      const step = steps.find((one) => {
        const both = withAllRows(one.tree);
        const isOfName = one.name.slice(0, 2).toLowerCase() === name.slice(0, 2).toLowerCase();
        if (last || both === one.tree || !isOfName) return false;
        const whole = evaluate(both, reference);
        return whole && `${shapeOf(whole)}` === `${shape}`;
      });
      if (!step) continue;
      const of = { name, shape: tuple(shape), step: step.name, title: data.title };
      return { fixture: null, candidates: [], remarks: [say("shape-rows", of)] };
    }
  }
  return null;
}

/** @type {(tree: Tree) => Tree} */
function withAllRows(tree) {
  if (["head", "tail"].includes(tree.op)) return withAllRows(tree.args[0]);
  return tree.op ? node(tree.op, ...tree.args.map(withAllRows)) : tree;
}

/** The named forms that give a step a shape, or that shape turned round.
 * @type {(fixture: Fixture, step: string, shape: number[]) => Mutant[]} */
function ofShape(fixture, step, shape) {
  const own = String(shapeOf(fixture.reference[step]));
  const wanted = [String(shape), String(shape.toReversed())].filter((one) => one !== own);
  return fixture.named
    .filter(([, forms]) => forms.size === 1 && forms.has(step))
    .map(([, forms]) => new Mutant(fixture, forms, 1))
    .filter(({ values }) => values[step] && wanted.includes(String(shapeOf(values[step]))));
}

/** The step that a name of a gradient is for, by its spelling in a test, or "".
 * @type {(name: string, fixture: Fixture) => string} */
const stepCalled = (name, { data, steps }) =>
  spelledIn(
    data.also[0]?.[name] ?? name,
    steps.map((step) => step.name),
  );

/** How long the axes of a test's arrays are. */
export const sizesOf = cache((/** @type {Fixture} */ { arrays, reference }) =>
  [arrays, reference].flatMap((some) => Object.values(some).flatMap(shapeOf)),
);

/** The tests of a loop over time that a message can come from, or from its cell.
 * @type {(paste: Paste) => Fixture[]} */
function loopsSpokenOf({ frame, function: named }) {
  const called = [frame.function, named, frame.statement, ...(frame.calls ?? [])];
  return COURSES.flat().filter(({ function: of, last }) => {
    const own = [of, cellBackward(of)];
    return last && called.some((one) => own.some((name) => one.includes(name)));
  });
}

/** What three shapes say of a line that adds up what the steps of a loop compute, or "".
 * @type {(clash: Clash, paste: Paste) => string} */
export function addedUp({ left, right, inPlace }, paste) {
  for (const { expected, title } of inPlace ? loopsSpokenOf(paste) : []) {
    const [sums, others] = [left, right].map((shape) =>
      Object.keys(expected).filter((name) => `${shapeOf(expected[name])}` === `${shape}`),
    );
    const of = { own: tuple(left), other: tuple(right), title };
    const names = { names: sums.join(", "), others: others.join(" or "), n: sums.length };
    if (sums.length && others.length) return say("added-up", { ...names, ...of });
    if (others.length)
      return say("added-to-none", { others: others.join(", "), n: others.length, ...of });
  }
  return "";
}

/** What two shapes say that are those of a step and of a slice along another axis, or "".
 * @type {(clash: Clash, paste: Paste) => string} */
export function otherSlice({ matrix, left, right }, paste) {
  const shapes = [left, right].map(String);
  for (const { arrays, title } of matrix ? [] : loopsSpokenOf(paste)) {
    for (const [name, array] of Object.entries(arrays)) {
      if (array.n !== 3) continue;
      const [rows, columns, steps] = shapeOf(array);
      const due = [rows, columns];
      const others = [[columns, steps].join(), [rows, steps].join()];
      const at = shapes.findIndex((one) => others.includes(one));
      const other = [left, right][at];
      if (other && shapes.includes(String(due)) && String(other) !== String(due))
        return say("other-slice", { title, other: tuple(other), name, due: tuple(due) });
    }
  }
  return "";
}
