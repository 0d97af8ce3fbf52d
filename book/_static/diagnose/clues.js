// @ts-check
/* What can be said of numbers that none of the programs tried prints. */

import { NEWEST_FIRST } from "./fixtures.js";
import { covers } from "./numbers.js";
import { chance, evidence, rightOf } from "./placing.js";
import { namesIn } from "./program.js";
import { NOTHING } from "./reading.js";
import { undivided } from "./shapes.js";
import { stem, time } from "./steps.js";
import { DATA, groupedBy } from "./util.js";
import { partOf, sameShape, shapeOf, sizeOf, transpose, tuple } from "./values.js";
import { say, sought } from "./words.js";

const MOST_LISTED = 6;

/** @param {Placing} placing @param {Paste} paste @param {Part[]} parts */
export function* remains(placing, paste, parts) {
  const { fixture, seen } = placing;
  const right = rightOf(placing);
  const wrong = [...seen].filter(([step]) => !right.includes(step));
  // What nobody named may be another array than the one it was taken for.
  const called = (/** @type {[string, Observed]} */ [step, one]) =>
    one.name ? step : say("taken-for", { place: paste.arrays.indexOf(one) + 1, step });
  if (right.length && wrong.length) {
    const reads = readsOf(fixture);
    // What a right array is computed from was right when it was read, if it is not 0, though
    // another one may stand under its name; the first that is not right reads only such.
    const names = wrong.map(([step]) => step);
    const telling = right.filter((step) => fixture.reference[step].d.some(Boolean));
    const proved = above(telling, reads);
    for (const step of names) proved.delete(step);
    const open = above(names, reads);
    const first = [...reads].filter(
      ([name, read]) =>
        open.has(name) &&
        !proved.has(name) &&
        read.every((one) => proved.has(one) || !reads.has(one)),
    );
    // A line of a loop is right if it is so at every step.
    const steps = [...reads.keys()];
    const off = new Set(steps.filter((name) => !proved.has(name)).map(stem));
    const also = steps.map(stem).filter((name) => !off.has(name) && sought("gradient", name));
    // A sum goes by the name of what it adds up.
    const plain = also.map((name) => name.replace(/_sum(?:_t\d+)?$/, ""));
    const known = [...new Set([...right, ...plain.filter((name) => !names.includes(name))])];
    const rest = known.length - Math.max(MOST_LISTED, right.length);
    const listed = known.slice(0, known.length - Math.max(0, rest)).join(", ");
    yield say("right-and-wrong", {
      right: rest > 0 ? say("and-others", { names: listed, n: rest }) : listed,
      is_right: say("is", { n: known.length }),
      wrong: wrong.map(called).join(", "),
      is_wrong: say("is", { n: wrong.length }),
      first: namesOfLines(first.map(([name]) => name)),
    });
  }
  for (const [step, one] of wrong) yield* likeness(step, called([step, one]), one, fixture);
  const named = groupedBy(parts, ({ own }) => own.described);
  for (const [place, some] of [...named.values()].entries()) {
    const explained = some.flatMap((part) => part.explained.map(called));
    const shown = some.flatMap(({ own }) => own.shown);
    const of = { steps: explained.join(", "), n: explained.length, name: some[0].own.described };
    const changes = shown.join("; ").replace(/\.$/, "");
    yield place ? say("beside", { ...of, changes }) : say("alone", { ...of, changes });
  }
}

/** The lines that some steps are, by the names that learners give them. @param {string[]} steps */
function namesOfLines(steps) {
  const known = steps.map((step) => stem(step).replace(/_sum$/, ""));
  const gradients = known.filter((name) => sought("gradient", name));
  return [...new Set(gradients.length ? gradients : known)].join(", ");
}

/** What each step of a test reads, in their order.
 * @type {(fixture: Fixture) => Map<string, string[]>} */
export const readsOf = ({ steps }) => new Map(steps.map(({ name, tree }) => [name, namesIn(tree)]));

/** Some steps with all that they are computed from.
 * @type {(names: string[], reads: Map<string, string[]>) => Set<string>} */
export function above(names, reads) {
  const found = new Set(names);
  for (const [name, read] of [...reads].reverse())
    if (found.has(name)) for (const one of read) found.add(one);
  return found;
}

/** Where an array is wrong, if that is one row, column or step of time alone.
 * @type {(step: string, called: string, seen: Observed, fixture: Fixture) => Generator<string>} */
function* partly(step, called, seen, fixture) {
  const want = partOf(fixture.reference[step], seen.at);
  if (!want || seen.cells.length !== want.d.length) return;
  if (seen.like && !sameShape(seen.like, want)) return;
  const off = want.d.flatMap((number, at) => (covers(seen.cells[at], number) ? [] : [at]));
  if (!off.length || !want.d.some((number, at) => number && !off.includes(at))) return;
  const shape = shapeOf(want);
  const places = shape.map((size, axis) => {
    const behind = sizeOf(shape.slice(axis + 1));
    return new Set(off.map((at) => Math.floor(at / behind) % size));
  });
  const overTime = fixture.original(step).op === "dstack";
  const last = shape.length - 1;
  const right = shape[last] - places[last].size;
  if (
    overTime &&
    right &&
    places[last].size > 1 &&
    Math.max(...places[last]) < shape[last] - right
  ) {
    yield say("last-steps-right", { step: called, n: right });
    return;
  }
  for (const [axis, found] of places.entries()) {
    if (found.size > 1 || shape[axis] < 2) continue;
    const where = shape.map((_, one) => (one === axis ? String([...found]) : ":"));
    const of = { step: called, t: where[axis], where: where.join(", ") };
    yield say(overTime && axis === last ? "step-differs" : "part-differs", of);
    return;
  }
}

/** Whether the outputs that are computed last are left out, and nothing else.
 * @param {Found} found @param {number} n */
export function endsEarly({ fixture, seen }, n) {
  const order = fixture.steps.map(({ name }) => name).filter((name) => name in fixture.expected);
  const kept = n > 1 ? order.slice(0, -n) : [];
  return kept.length > 2 && kept.length === seen.size && kept.every((one) => seen.has(one));
}

/** The shape of an array each column of which is the expected one, or "".
 * @type {(seen: Observed, want: Value) => string} */
export function repeats(seen, want) {
  const inside = (seen.around ?? "").split(",").map(Number);
  const shape = seen.entry ? inside : seen.like ? shapeOf(seen.like) : [];
  const [rows, columns] = shape;
  if (shape.length !== 2 || columns < 2 || `${shapeOf(want)}` !== `${rows},1`) return "";
  const wanted = want.d.flatMap((one) => Array(columns).fill(one));
  const [row, column] = seen.entry ? seen.at : [];
  const from = row === undefined ? 0 : row * columns + (column ?? 0);
  const size = row === undefined ? wanted.length : column === undefined ? columns : 1;
  const due = wanted.slice(from, from + size);
  const isWhole = seen.cells.length === due.length;
  return isWhole && due.every((one, at) => covers(seen.cells[at], one)) ? tuple(shape) : "";
}

/** @type {(step: string, called: string, seen: Observed, fixture: Fixture) => Generator<string>} */
function* likeness(step, called, seen, fixture) {
  const want = fixture.reference[step];
  const repeated = repeats(seen, want);
  if (repeated) {
    yield say("repeated", { step: called, shape: repeated, expected: tuple(shapeOf(want)) });
    return;
  }
  if (seen.entry && !seen.isIn(want)) {
    const sizes = (seen.around ?? "").split(",").map(Number);
    yield say("other-shape", { step, shape: tuple(sizes), expected: tuple(shapeOf(want)) });
    yield* undivided({ ...NOTHING, shapes: [[step, sizes]] }, [fixture])?.remarks ?? [];
  }
  yield* partly(step, called, seen, fixture);
  if (!seen.like) return;
  const turned = transpose(want);
  if (sameShape(seen.like, want)) {
    if (want.d.length > 1)
      yield* likeSizes(
        called,
        seen.cells.map((cell) => cell.value),
        want.d,
      );
  } else if (!sameShape(seen.like, turned)) {
    const [shape, expected] = [seen.like, want].map((one) => tuple(shapeOf(one)));
    // Where a notebook prints one entry, its brackets are those of a row.
    const own = `${step}[`.toLowerCase();
    const isOne =
      seen.cells.length === 1 && fixture.data.entries.some((one) => one.startsWith(own));
    if (seen.name && !isOne) yield say("other-shape", { step, shape, expected });
  } else if (seen.matches(turned)) yield say("transposed", { step: called });
  for (const test of [fixture, ...NEWEST_FIRST.filter((other) => other !== fixture)]) {
    const key = test === fixture ? "other-array" : "other-test";
    for (const [name, one] of Object.entries(test.reference)) {
      const itself = test === fixture && name === step;
      if (itself || one.d.length < 2 || time(name) || !seen.matches(one)) continue;
      yield say(key, { step: called, name, title: test.title });
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
    yield say(first ? "times" : "all-zero", { step, ratio: general(first) });
  } else if (got.some((one, at) => one * want[at] < 0) && got.every(near)) {
    yield say("signs", { step });
  }
}

/** Six significant digits, as Python's "g" writes them. @param {number} number */
function general(number) {
  const [mantissa, exponent] = number.toExponential(5).split("e");
  if (Number(exponent) >= -4 && Number(exponent) < 6) return String(Number(number.toPrecision(6)));
  return `${Number(mantissa)}e${exponent[0]}${exponent.slice(1).padStart(2, "0")}`;
}

/** The wrong arrays of each placing, if they could be chance where the others are right: programs
 * that leave right arrays as they are print the other ones, whatever these are.
 * @type {(placed: Placing[], most: number, loose: boolean) => Placing[]} */
export function doubtedOf(placed, most, loose) {
  const wrong = placed.flatMap((one) => {
    const right = rightOf(one);
    const seen = new Map([...one.seen].filter(([step]) => !right.includes(step)));
    return right.length && seen.size && most ? [{ ...one, seen }] : [];
  });
  return wrong.filter((one) => evidence(one).n && chance([one], most, loose) > DATA.chance[0]);
}

/** How little some numbers pin down, and what to paste.
 * @type {(key: string, placing: Placing, paste: Paste, telling?: Placing) => string} */
export function tooLittle(key, placing, paste, telling = placing) {
  const left = Object.keys(placing.fixture.expected).filter((name) => !placing.seen.has(name));
  const named = left.length && paste.arrays.some(({ name }) => name);
  const outputs = left.slice(0, 2).join(" and ");
  const more = named ? say("more-outputs", { outputs }) : say("more-digits");
  const found = evidence(telling);
  const isLoop = placing.fixture.last > 0 && !left.length;
  if (!found.n) return say(isLoop ? "zeros-of-loop" : "zeros", { more });
  return say(key, { more, ...found });
}
