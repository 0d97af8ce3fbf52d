// @ts-check
/* What a step can print at all, whatever one of the arrays that it reads holds; see attainable.py.
 *
 * Most steps are linear in each array, so what they give lies in the column space of a matrix. */
import { cache } from "./util.js";
import { shaped, shapeOf, sizeOf } from "./values.js";

/** How far a linear map may miss by rounding, relative to its size. */
const LINEAR = 1e-9;

const sizes = cache((/** @type {Fixture} */ { reference }) => [
  ...new Set([1, ...Object.values(reference).flatMap(shapeOf)]),
]);

/** Whether a step can print an array for some value of what it reads, or may do so.
 * @type {(step: (v: Value) => Value?, usual: Value, fixture: Fixture, seen: Observed, loose: boolean) => boolean} */
export function isAttainable(step, usual, fixture, seen, loose) {
  const axes = [...new Set([...sizes(fixture), ...(seen.like ? shapeOf(seen.like) : [])])];
  const shapes = [[], ...axes.map((n) => [n]), ...axes.flatMap((n) => axes.map((k) => [n, k]))];
  return [shapeOf(usual), ...shapes].some((shape) => {
    const zero = step(shaped(shape, new Array(sizeOf(shape)).fill(0)));
    if (!zero || !seen.fits(zero, loose)) return false;
    // Of what has gaps, and of a number that may stand anywhere, nothing is said.
    const isWhole = seen.like && seen.cells.length === seen.rows.length * zero.c;
    const tops = Array.from({ length: zero.r - seen.rows.length + 1 }, (_, top) => top * zero.c);
    return !isWhole || attains(step, shape, zero.d, seen, loose, tops);
  });
}

/** Whether an array is near the column space of some rows, or the step is not linear.
 * @type {(step: (v: Value) => Value?, shape: number[], zero: number[], seen: Observed, loose: boolean, starts: number[]) => boolean} */
function attains(step, shape, zero, seen, loose, starts) {
  const places = Array.from({ length: sizeOf(shape) }, (_, at) => at);
  const moved = (/** @type {number[]} */ d) =>
    (step(shaped(shape, d))?.d ?? []).map((number, at) => number - zero[at]);
  const columns = places.map((one) => moved(places.map((at) => Number(at === one))));
  const some = places.map((at) => Math.sin(at + 1));
  const isLinear = moved(some).every((number, at) => {
    const sum = columns.reduce((total, column, one) => total + some[one] * column[at], 0);
    return Math.abs(sum - number) <= LINEAR * (1 + Math.abs(number));
  });
  if (!isLinear) return true;
  const most = norm(seen.widths[Number(loose)]) + LINEAR;
  return starts.some((start) => {
    const rows = (/** @type {number[]} */ d) => d.slice(start, start + seen.cells.length);
    /** @type {number[][]} */
    const basis = [];
    for (const column of columns.map(rows)) {
      const rest = orthogonal(column, basis);
      if (norm(rest) > LINEAR * norm(column)) basis.push(rest.map((number) => number / norm(rest)));
    }
    const target = rows(zero).map((number, at) => seen.cells[at].value - number);
    return norm(orthogonal(target, basis)) <= most;
  });
}

/** What of a vector is orthogonal to a basis; once more for what rounding leaves.
 * @type {(vector: number[], basis: number[][]) => number[]} */
function orthogonal(vector, basis) {
  let rest = vector;
  for (const one of [...basis, ...basis]) {
    const along = one.reduce((sum, number, at) => sum + number * rest[at], 0);
    rest = rest.map((number, at) => number - along * one[at]);
  }
  return rest;
}

/** @param {number[]} vector */
const norm = (vector) => Math.hypot(...vector);
