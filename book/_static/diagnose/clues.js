// @ts-check
/* What can be said of numbers that none of the programs tried prints. */

import { NEWEST_FIRST } from "./fixtures.js";
import { Mutant } from "./mutant.js";
import { explanations } from "./search.js";
import { least } from "./util.js";
import { sameShape, shapeOf, transpose, tuple } from "./values.js";
import { say } from "./words.js";

/** How many arrays are right, and how many have the right shape. @param {Placing} placing */
export function agreement({ fixture: { reference }, seen }) {
  const all = [...seen];
  return [
    all.filter(([step, one]) => one.matches(reference[step])).length,
    all.filter(([step, one]) => one.like && sameShape(one.like, reference[step])).length,
  ];
}

/** @param {Placing} placing */
export function* remains({ fixture, seen }) {
  const all = [...seen];
  const wrong = all.filter(([step, one]) => !one.matches(fixture.reference[step]));
  const steps = wrong.map(([step]) => step);
  const right = [...seen.keys()].filter((step) => !steps.includes(step));
  if (right.length) {
    yield say("right-and-wrong", {
      right: right.join(", "),
      is_right: say("is", { n: right.length }),
      wrong: steps.join(", "),
      is_wrong: say("is", { n: steps.length }),
      first: steps[0],
    });
  }
  for (const [step, one] of wrong) yield* likeness(step, one, fixture);
  for (const [step, one] of all.length > 1 ? wrong : []) {
    const alone = explanations(fixture, new Map([[step, one]]), 1, false);
    const candidates = alone.map(([changes, forms]) => new Mutant(fixture, forms, changes));
    if (!candidates.length) continue;
    const best = least(candidates, (candidate) => candidate.rank);
    yield say("alone", { step, changes: best.shown.join("; ") });
  }
}

/** @type {(step: string, seen: Observed, fixture: Fixture) => Generator<string>} */
function* likeness(step, seen, fixture) {
  if (!seen.like) return;
  const want = fixture.reference[step];
  const turned = transpose(want);
  if (sameShape(seen.like, want)) {
    if (want.d.length > 1)
      yield* likeSizes(
        step,
        seen.cells.map((cell) => cell.value),
        want.d,
      );
  } else if (!sameShape(seen.like, turned)) {
    const [shape, expected] = [seen.like, want].map((one) => tuple(shapeOf(one)));
    yield say("other-shape", { step, shape, expected });
  } else if (seen.matches(turned)) yield say("transposed", { step });
  for (const test of [fixture, ...NEWEST_FIRST.filter((other) => other !== fixture)]) {
    const key = test === fixture ? "other-array" : "other-test";
    for (const [name, one] of Object.entries(test.reference)) {
      const itself = test === fixture && name === step;
      if (itself || one.d.length < 2 || !seen.matches(one)) continue;
      yield say(key, { step, name, title: test.title });
      return;
    }
  }
}

/** @type {(step: string, got: number[], want: number[]) => Generator<string>} */
function* likeSizes(step, got, want) {
  const ratios = got.map((one, at) => one / want[at]).filter((_, at) => Math.abs(want[at]) > 1e-6);
  const range = Math.max(...ratios) - Math.min(...ratios);
  const [first] = ratios;
  const steady =
    ratios.length > 1 && ratios.every(Number.isFinite) && range <= 1e-4 * Math.abs(first);
  /** @type {(one: number, at: number) => boolean} */
  const near = (one, at) =>
    Math.abs(Math.abs(one) - Math.abs(want[at])) <= 1e-7 + 1e-5 * Math.abs(want[at]);
  if (steady && Math.abs(first - 1) > 1e-4) {
    yield say("times", { step, ratio: general(first) });
  } else if (got.every(near)) {
    yield say("signs", { step });
  }
}

/** Six significant digits, as Python's "g" writes them. @param {number} number */
function general(number) {
  const [mantissa, exponent] = number.toExponential(5).split("e");
  if (Number(exponent) >= -4 && Number(exponent) < 6) return String(Number(number.toPrecision(6)));
  return `${Number(mantissa)}e${exponent[0]}${exponent.slice(1).padStart(2, "0")}`;
}
