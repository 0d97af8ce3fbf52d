// @ts-check
/* Arrays as numpy has them, of up to 3 dimensions; what numpy would refuse is null. */
import { DATA } from "./util.js";

/** A matrix, a row, a number, or so many matrices.
 * @type {(n: number, r: number, c: number, d: number[], b?: boolean, k?: number) => Value} */
export function value(n, r, c, d, b = false, k = 1) {
  return { n, r, c, d, b, k };
}

/** @type {(shape: number[], d: number[], b?: boolean) => Value} */
export function shaped(shape, d, b) {
  const [k, r, c] = [1, 1, 1, ...shape].slice(-3);
  return value(shape.length, r, c, d, b, k);
}

/** @type {(number: number) => Value} */
export const scalar = (number) => value(0, 1, 1, [number]);

/** @type {(v: Value) => number[]} */
export const shapeOf = (v) => [v.k, v.r, v.c].slice(3 - v.n);

/** @type {(shape: number[]) => string} */
export const tuple = (shape) => (shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`);

/** @type {(v: Value, w: Value) => boolean} */
export const sameShape = (v, w) => v.n === w.n && v.r === w.r && v.c === w.c && v.k === w.k;

/** The length that two have in common; -1 for none. @type {(one: number, other: number) => number} */
const common = (one, other) => (one === other || other === 1 ? one : one === 1 ? other : -1);

/** @type {(x: Value, y: Value, apply: (a: number, b: number) => number, b?: boolean) => Value?} */
function spread(x, y, apply, b = false) {
  const [k, r, c] = [common(x.k, y.k), common(x.r, y.r), common(x.c, y.c)];
  if (k < 0 || r < 0 || c < 0) return null;
  const d = new Array(k * r * c);
  const [xk, xr, xc] = [x.k === 1 ? 0 : x.r * x.c, x.r === 1 ? 0 : x.c, x.c === 1 ? 0 : 1];
  const [yk, yr, yc] = [y.k === 1 ? 0 : y.r * y.c, y.r === 1 ? 0 : y.c, y.c === 1 ? 0 : 1];
  let at = 0;
  for (let h = 0; h < k; h++) {
    for (let i = 0; i < r; i++) {
      const [xi, yi] = [h * xk + i * xr, h * yk + i * yr];
      for (let j = 0; j < c; j++) d[at++] = apply(x.d[xi + j * xc], y.d[yi + j * yc]);
    }
  }
  return value(Math.max(x.n, y.n), r, c, d, b, k);
}

/** @type {(apply: (a: number) => number) => (x: Value) => Value} */
const each = (apply) => (x) => {
  const d = new Array(x.d.length);
  for (let i = 0; i < d.length; i++) d[i] = apply(x.d[i]);
  return value(x.n, x.r, x.c, d, false, x.k);
};

/** @type {Operation} */
function product(x, y) {
  // A vector on the right is a column; on the left, a row.
  const [inner, columns] = y.n === 1 ? [y.c, 1] : [y.r, y.c];
  const k = common(x.k, y.k);
  if (x.n === 0 || y.n === 0 || x.c !== inner || k < 0) return null;
  const b = x.b && y.b;
  const d = new Array(k * x.r * columns);
  let at = 0;
  for (let h = 0; h < k; h++) {
    const [xh, yh] = [x.k === 1 ? 0 : h * x.r * x.c, y.k === 1 ? 0 : h * inner * columns];
    for (let i = 0; i < x.r; i++) {
      for (let j = 0; j < columns; j++) {
        let total = 0;
        for (let l = 0; l < inner; l++) total += x.d[xh + i * x.c + l] * y.d[yh + l * columns + j];
        d[at++] = b ? Number(total > 0) : total;
      }
    }
  }
  const axes = [...(Math.max(x.n, y.n) > 2 ? [k] : []), ...(x.n > 1 ? [x.r] : [])];
  return shaped(y.n > 1 ? [...axes, columns] : axes, d, b);
}

/** @type {(x: Value) => Value} */
export function transpose(x) {
  if (x.n < 2) return x;
  const { k, r, c } = x;
  const d = new Array(x.d.length);
  let at = 0;
  for (let h = 0; h < k; h++)
    for (let i = 0; i < r; i++) for (let j = 0; j < c; j++) d[(j * r + i) * k + h] = x.d[at++];
  return x.n > 2 ? value(3, r, k, d, x.b, c) : value(2, c, r, d, x.b);
}

/** How many entries a shape has. @param {number[]} shape */
export const sizeOf = (shape) => shape.reduce((all, n) => all * n, 1);

/** @type {(axis: number | null, keep: boolean) => (x: Value) => Value?} */
const sum = (axis, keep) => (x) => {
  if (axis === 1 && x.n < 2) return null;
  const isWhole = axis === null || x.n < 2;
  const shape = isWhole ? [x.d.length] : shapeOf(x);
  const along = isWhole ? 0 : axis;
  const [before, behind] = [shape.slice(0, along), shape.slice(along + 1)].map(sizeOf);
  const d = new Array(before * behind).fill(0);
  for (let i = 0, at = 0; i < before; i++) {
    for (let j = 0; j < shape[along]; j++)
      for (let l = 0; l < behind; l++) d[i * behind + l] += x.d[at++];
  }
  if (isWhole) return keep ? value(x.n, 1, 1, d) : scalar(d[0]);
  return shaped(keep ? shape.with(along, 1) : shape.toSpliced(along, 1), d);
};

/** Rows from one place to another, as Python counts them.
 * @type {(x: Value, from: number, to?: number) => Value?} */
function rows(x, from, to) {
  if (x.n < 1 || !Number.isFinite(from) || !Number.isFinite(to ?? 0)) return null;
  const [many, ...rest] = shapeOf(x);
  const width = sizeOf(rest);
  const places = Array.from({ length: many }, (_, at) => at).slice(from, to);
  const d = places.flatMap((at) => x.d.slice(at * width, (at + 1) * width));
  return shaped([places.length, ...rest], d, x.b);
}

/** A row or an entry of an array, if it has that many. @type {(x: Value, at: number[]) => Value?} */
export function partOf(x, at) {
  const shape = shapeOf(x);
  if (at.length > x.n || !at.every((place, axis) => place < shape[axis])) return null;
  const rest = shape.slice(at.length);
  const size = sizeOf(rest);
  const start = at.reduce((found, place, axis) => found * shape[axis] + place, 0) * size;
  return shaped(rest, x.d.slice(start, start + size), x.b);
}

/** One place of the last of three axes. @type {(x: Value, n: number) => Value?} */
function slice(x, n) {
  const at = n < 0 ? n + x.c : n;
  if (x.n < 3 || !(at >= 0 && at < x.c)) return null;
  const d = x.d.filter((_, place) => place % x.c === at);
  return value(2, x.k, x.r, d, x.b);
}

/** @type {(take: (x: Value, n: number) => Value?) => Operation} */
const upTo = (take) => (x, y) => (y.n === 0 ? take(x, Math.trunc(y.d[0])) : null);

/** @type {Operation} */
function concatenate(x, y) {
  const [[first, ...rest], [second, ...others]] = [shapeOf(x), shapeOf(y)];
  if (x.n !== y.n || x.n < 1 || `${rest}` !== `${others}`) return null;
  return shaped([first + second, ...rest], [...x.d, ...y.d], x.b && y.b);
}

/** One behind the other on a third axis. @type {(...parts: Value[]) => Value?} */
function dstack(...parts) {
  const deep = parts.map((one) => (one.n < 3 ? shaped([one.r, one.c, 1], one.d, one.b) : one));
  const [{ k, r }] = deep;
  if (deep.some((one) => one.k !== k || one.r !== r)) return null;
  const d = [];
  for (let at = 0; at < k * r; at++)
    for (const { c, d: own } of deep) d.push(...own.slice(at * c, (at + 1) * c));
  const c = deep.reduce((all, one) => all + one.c, 0);
  const b = deep.every((one) => one.b);
  return shaped([k, r, c], d, b);
}

/** @type {(z: number) => number} */
function sigmoid(z) {
  const decay = Math.exp(-Math.abs(z));
  return (z >= 0 ? 1 : decay) / (1 + decay);
}

/** Of each column; a vector is one. @type {Operation} */
function softmax(z) {
  const [r, c] = z.n < 2 ? [z.c, 1] : [z.r, z.c];
  const d = new Array(z.d.length);
  for (let j = 0; j < c; j++) {
    const places = Array.from({ length: r }, (_, i) => i * c + j);
    const largest = Math.max(...places.map((at) => z.d[at]));
    for (const at of places) d[at] = Math.exp(z.d[at] - largest);
    const total = places.reduce((all, at) => all + d[at], 0);
    for (const at of places) d[at] /= total;
  }
  return value(z.n, z.r, z.c, d);
}

/** @type {(test: (a: number, b: number) => boolean) => Operation} */
const compare = (test) => (x, y) => spread(x, y, (a, b) => Number(test(a, b)), true);

/** Every operation of a program; those of one operand are given no second one.
 * @type {Record<string, Operation>} */
export const OPERATIONS = {
  // numpy adds booleans as "or" and refuses to subtract them.
  "+": (x, y) => (x.b && y.b ? spread(x, y, (a, b) => a | b, true) : spread(x, y, (a, b) => a + b)),
  "-": (x, y) => (x.b && y.b ? null : spread(x, y, (a, b) => a - b)),
  "*": (x, y) => spread(x, y, (a, b) => a * b, x.b && y.b),
  "/": (x, y) => spread(x, y, (a, b) => a / b),
  "@": product,
  "**": (x, y) => spread(x, y, (a, b) => (b === 2 ? a * a : a ** b)),
  neg: (x) => (x.b ? null : each((a) => -a)(x)),
  ">": compare((a, b) => a > b),
  ">=": compare((a, b) => a >= b),
  "<": compare((a, b) => a < b),
  "<=": compare((a, b) => a <= b),
  T: transpose,
  shape0: (x) => (x.n < 1 ? null : scalar(shapeOf(x)[0])),
  shape1: (x) => (x.n < 2 ? null : scalar(shapeOf(x)[1])),
  sigmoid: each(sigmoid),
  tanh: each(Math.tanh),
  // biome-ignore lint/complexity/useMathMinMax: as in the package, nan becomes 0
  relu: each((a) => (a > 0 ? a : 0)),
  softmax,
  exp: each(Math.exp),
  log: each(Math.log),
  cosh: each(Math.cosh),
  ones: each(() => 1),
  sum: sum(null, false),
  sum0: sum(0, false),
  sum1: sum(1, false),
  sum_keep: sum(null, true),
  sum0_keep: sum(0, true),
  sum1_keep: sum(1, true),
  head: upTo((x, n) => rows(x, 0, n)),
  tail: upTo((x, n) => rows(x, n)),
  slice: upTo(slice),
  concatenate,
  dstack,
};

/** What numpy says where it stops, since that is what a learner sees.
 * @type {(stop: Stop) => string} */
export function complaint({ op, values }) {
  const shapes = values.map(shapeOf);
  if (op === "neg") {
    return "The numpy boolean negative, the `-` operator, is not supported, use the `~` operator or the logical_not function instead.";
  }
  if (op === "-" && values.every((one) => one.b)) {
    return "numpy boolean subtract, the `-` operator, is not supported, use the bitwise_xor, the `^` operator, or the logical_xor function instead.";
  }
  if (op === "@") {
    const bare = shapes.findIndex((shape) => !shape.length);
    if (bare >= 0)
      return `matmul: Input operand ${bare} does not have enough dimensions (has 0, gufunc core with signature (n?,k),(k,m?)->(n?,m?) requires 1)`;
    const right = values[1].n === 1 ? values[1].c : values[1].r;
    return `matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature (n?,k),(k,m?)->(n?,m?) (size ${right} is different from ${values[0].c})`;
  }
  if (op === "slice")
    return `index ${values[1].d[0]} is out of bounds for axis 2 with size ${values[0].c}`;
  if (op.startsWith("shape")) return "tuple index out of range";
  if (op.startsWith("sum")) return `axis 1 is out of bounds for array of dimension ${values[0].n}`;
  const written = shapes.map((shape) => tuple(shape).replace(" ", ""));
  return `operands could not be broadcast together with shapes ${written.join(" ")}`;
}

/** A key that arrays share when they are equal up to rounding. @type {(v: Value) => string} */
export function fingerprint(v) {
  let mixed = weighed(v.d);
  const finite = Number.isFinite(mixed);
  if (!finite) mixed = weighed(v.d.map(tame));
  const written = Object.is(mixed, -0) ? "-0" : mixed.toExponential(10);
  return `${shapeOf(v)}:${finite}${written}`;
}

/** @param {number[]} numbers */
function weighed(numbers) {
  let mixed = 0;
  for (let i = 0; i < numbers.length; i++) {
    mixed += numbers[i] * DATA.weights[i % DATA.weights.length];
  }
  return mixed;
}

/** @param {number} number */
const tame = (number) => (Number.isNaN(number) ? 0.5 : Math.max(-1e9, Math.min(1e9, number)));

/** Whether two gradients are the same but for rounding.
 * @type {(got: Value, want: Value) => boolean} */
export function agrees(got, want) {
  if (!sameShape(got, want) || !got.d.every(Number.isFinite)) return false;
  const scale = Math.max(...want.d.map(Math.abs), ...got.d.map(Math.abs));
  return want.d.every((number, at) => Math.abs(number - got.d[at]) <= DATA.agrees * scale);
}

/** Whether two values are one, to the rounding of two ways to compute it.
 * @type {(one?: Value?, other?: Value?, rtol?: number) => boolean} */
export function same(one, other, rtol = 1e-7) {
  if (!one || !other || !sameShape(one, other)) return false;
  return one.d.every((number, at) => {
    const of = other.d[at];
    if (number === of || (Number.isNaN(number) && Number.isNaN(of))) return true;
    return Number.isFinite(of) && Math.abs(number - of) <= 1e-9 + rtol * Math.abs(of);
  });
}
