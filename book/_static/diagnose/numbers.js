// @ts-check
/* Printed numbers, and what arrays they can be. */
import { cacheProperties, DATA } from "./util.js";
import { partOf, sameShape, shaped, shapeOf, value } from "./values.js";
import { say } from "./words.js";

const SLACK = 1e-9;
const EXACT = 8;
// Marks for numbers whose decimals are their own, and for those that numpy trimmed altogether.
const OWN = -1;
const TRIMMED = -2;

/** @type {(word: string) => Cell} */
export function cellOf(word) {
  if (/^[TF]/.test(word)) return { value: Number(word === "True"), own: EXACT, decimals: EXACT };
  const lower = word.toLowerCase();
  const [mantissa, exponent] = lower.split("e");
  if (mantissa.includes("n")) {
    const size = mantissa.includes("nan") ? NaN : Infinity;
    return { value: mantissa.startsWith("-") ? -size : size, own: 0, decimals: 0 };
  }
  const digits = (mantissa.split(".")[1] || "").length;
  if (exponent) {
    const scale = Math.max(-400, Math.min(400, Number(exponent.slice(0, 5))));
    return { value: Number(lower), own: digits - scale, decimals: OWN };
  }
  return { value: Number(lower), own: digits || EXACT, decimals: digits || TRIMMED };
}

/** @type {(cell: Cell, loose: boolean) => number} */
function width(cell, loose) {
  // Digits that were cut off, not rounded, leave a whole unit of the last place.
  const unit = 10 ** -Math.max(-300, loose ? cell.own : cell.decimals);
  return unit * (loose ? 1 : 0.5) * (1 + 1e-6) + SLACK * Math.abs(cell.value);
}

/** @type {(cell: Cell, number: number, loose?: boolean) => boolean} */
export function covers(cell, number, loose = false) {
  return Math.abs(number - cell.value) <= width(cell, loose);
}

/** Numpy trims zeros, so every number of an array has the decimals of its finest one.
 * @type {(rows: (Row | null)[]) => (Row | null)[]} */
function untrimmed(rows) {
  const decimals = rows.flatMap((row) => (row || []).map((cell) => cell?.decimals ?? OWN));
  const most = decimals.reduce((one, other) => Math.max(one, other), OWN);
  // Python writes a 0 as 0.0, which nobody has rounded.
  const zeros = most === 1 && rows.every((row) => row?.every((cell) => !cell?.value) ?? true);
  if (zeros) {
    const exact = { value: 0, own: EXACT, decimals: EXACT };
    return rows.map((row) => row?.map((cell) => cell && exact) ?? null);
  }
  const finest = most < 0 ? EXACT : most;
  /** @type {(cell: Cell | null) => Cell | null} */
  const whole = (cell) => cell && { ...cell, decimals: cell.decimals === OWN ? cell.own : finest };
  return rows.map((row) => row?.map(whole) ?? null);
}

/** Whether items match a pattern in which null stands for any run of them.
 * @template P, T @param {(P | null)[]} pattern @param {T[]} items
 * @param {(part: P, item: T) => boolean} same */
function fits(pattern, items, same) {
  let reached = new Set([0]);
  for (const part of pattern) {
    const next = new Set();
    if (part === null) for (let at = Math.min(...reached); at <= items.length; at++) next.add(at);
    else for (const at of reached) if (at < items.length && same(part, items[at])) next.add(at + 1);
    if (!next.size) return false;
    reached = next;
  }
  return reached.has(items.length);
}

/** The shape of an array of three axes, where the one of that name has as many.
 * @type {(name: string | null, rows: (Row | null)[], tables: number, deepest: number) => number[]} */
export function axesOf(name, rows, tables, deepest) {
  const widths = new Set(rows.map((row) => (row?.includes(null) ? 0 : (row?.length ?? 0))));
  const [width] = widths;
  const shape = [tables, rows.length / (tables || 1), width];
  const has = DATA.three_axes.includes(name ?? "") && deepest === 3 && widths.size === 1;
  return has && width && Number.isInteger(shape[1]) ? shape : [];
}

let arraysRead = 0;

/** An array as it was printed, with gaps where it was cut. */
export class Observed {
  /** @param {string | null} name @param {string} context @param {(Row | null)[]} rows
   * @param {number} dimensions @param {boolean} whole @param {boolean} expected
   * @param {number} line @param {number[]} axes of an array that has three */
  constructor(name, context, rows, dimensions, whole, expected, line, axes = []) {
    this.axes = axes;
    this.number = arraysRead++;
    /** @type {number[]} Where it stands in a larger array. */
    this.at = [];
    /** @type {Observed | null} The same without its place. */
    this.entry = null;
    /** The shape of that larger array, if it was printed. @type {string | undefined} */
    this.around = undefined;
    /** Whether it stood without the brackets that it is read with. */
    this.isBare = false;
    this.name = name;
    this.context = context;
    this.rows = untrimmed(rows);
    this.dimensions = dimensions;
    this.whole = whole;
    this.expected = expected;
    this.line = line;
    this.cells = this.rows.flatMap((row) => (row || []).filter((cell) => cell !== null));
    this.like = this.findLike();
  }

  /** The same array by another name. @param {string} name @returns {Observed} */
  called(name) {
    return Object.assign(Object.create(Observed.prototype), this, { name });
  }

  /** The same numbers in the brackets of a matrix. @returns {Observed} */
  bracketed(isBare = true) {
    const made = Object.assign(Object.create(Observed.prototype), this, { dimensions: 2 });
    return Object.assign(made, { like: made.findLike(), isBare });
  }

  /** The same numbers as a part of a larger array, as dW[3][1] is.
   * @param {number[] | null} at @returns {Observed} */
  standing(at) {
    if (!at?.length) return this;
    return Object.assign(Object.create(Observed.prototype), this, { at, entry: this, like: null });
  }

  /** Whether an array can be the one in which this stands. @param {Value} v */
  isIn(v) {
    return !this.around || this.around === String(shapeOf(v));
  }

  /** An empty array of the shape, where it has one. */
  findLike() {
    const { rows, dimensions } = this;
    const gap = rows.some((row) => row === null || row.includes(null));
    if (!this.whole || gap) return null;
    if (dimensions > 2) return shaped(this.axes, []);
    return value(dimensions, rows.length, rows[0]?.length ?? 0, []);
  }

  /** What one step has put into an array whose last axis is time, if that is known.
   * @param {number} place @returns {Observed | null} */
  atStep(place) {
    const { rows, dimensions, at } = this;
    const whole = rows.every((row) => row && place < row.length && !row.includes(null));
    const axes = dimensions ? at.length + dimensions : 0;
    if (axes !== 3 || !this.whole || !whole) return null;
    const column = rows.map((row) => row?.[place] ?? null);
    const [height, width] = dimensions > 2 ? this.axes : [1, column.length];
    const table = Array.from({ length: height }, (_, n) =>
      column.slice(n * width, (n + 1) * width),
    );
    const found = new Observed(this.name, "", table, dimensions - 1, true, false, this.line);
    found.cells.forEach((cell, n) => {
      cell.decimals = this.cells[n * (rows[0]?.length ?? 1) + place].decimals;
    });
    return found.standing(at);
  }

  get widths() {
    return [false, true].map((loose) => this.cells.map((cell) => width(cell, loose)));
  }

  /** Its numbers in one text, which tells it from other arrays. */
  get numbers() {
    return this.cells.map((cell) => cell.value).join();
  }

  get uneven() {
    return this.cells.some((cell) => cell.own !== cell.decimals);
  }

  /** Whether it has a shape, or can be a part of an array that has.
   * @param {Value} v @returns {boolean} */
  fits(v, loose = false) {
    const part = this.entry && partOf(v, this.at);
    if (this.entry) return part !== null && this.isIn(v) && this.entry.fits(part, loose);
    if (v.n > 2 || (this.like && !loose)) return this.has(v);
    const rows = this.rows.filter((row) => row !== null);
    if (rows.length > v.r) return false;
    return rows.every((row) =>
      this.dimensions && !row.includes(null)
        ? row.length === v.c
        : row.filter(Boolean).length <= v.c,
    );
  }

  /** Whether it has a shape; np.squeeze leaves no brackets around one number.
   * @param {Value} v @returns {boolean} */
  has(v) {
    const { like } = this;
    return like !== null && (sameShape(like, v) || (!like.n && v.n === 1 && v.c === 1));
  }

  /** Whether an array prints this way. @param {Value} v @returns {boolean} */
  matches(v, loose = false) {
    const part = this.entry && partOf(v, this.at);
    if (this.entry) return part !== null && this.isIn(v) && this.entry.matches(part, loose);
    const { like } = this;
    const fitting = like !== null && this.has(v);
    if (like && (fitting || !loose)) return fitting && this.isNear(v.d, this.widths[Number(loose)]);
    // Most arrays are told apart by one number, which is quicker to look for.
    if (!v.d.some((number) => this.isNear([number], this.widths[Number(loose)]))) return false;
    if (v.n > 2) return false;
    const lines = Array.from({ length: v.r }, (_, i) => v.d.slice(i * v.c, (i + 1) * v.c));
    return fits([null, ...this.rows, null], lines, (row, line) => {
      // A row without its own brackets may have lost numbers at either end.
      const pattern = this.dimensions || this.whole ? row : [null, ...row, null];
      return fits(pattern, line, (cell, number) => covers(cell, number, loose));
    });
  }

  /** Whether np.allclose accepts its numbers for an array. @param {Value} v @returns {boolean} */
  isClose(v) {
    const part = this.entry && partOf(v, this.at);
    if (this.entry) return part !== null && this.isIn(v) && this.entry.isClose(part);
    const widths = v.d.map((number) => 1e-8 + 1e-5 * Math.abs(number));
    return this.has(v) && this.isNear(v.d, widths);
  }

  /** @param {number[]} numbers @param {number[]} widths */
  isNear(numbers, widths) {
    for (let i = 0; i < numbers.length; i++) {
      if (!(Math.abs(numbers[i] - this.cells[i].value) <= widths[i])) return false;
    }
    return true;
  }
}
cacheProperties(Observed);

/** A number as Python writes it in full. @param {number} number */
function inFull(number) {
  const size = Math.abs(number);
  if (size && (size < 1e-4 || size >= 1e16)) return number.toExponential();
  return Number.isInteger(number) ? `${number}.0` : String(number);
}

/** An array that was computed, in full precision.
 * @type {(name: string | null, v: Value, line: number) => Observed} */
export function computed(name, v, line) {
  const cells = v.d.map((number) => cellOf(inFull(number)));
  const rows = Array.from({ length: v.k * v.r }, (_, i) => cells.slice(i * v.c, (i + 1) * v.c));
  const seen = new Observed(name, "", rows, v.n, true, false, line, shapeOf(v));
  // It is whole: every number of it has the digits of the longest.
  for (const cell of seen.cells) cell.own = cell.decimals;
  return seen;
}

/** The arrays without nan and inf, and the names of what holds such, the lost included; other
 * numbers under the name of a lost one are the expected ones.
 * @type {(arrays: Observed[], lost?: string[]) => [Observed[], string[]]} */
export function finite(arrays, lost = []) {
  const bad = arrays.filter(({ cells }) => cells.some(({ value }) => !Number.isFinite(value)));
  /** @type {(one: Observed) => boolean} */
  const isLost = ({ name, context }) =>
    name !== null &&
    (lost.includes(name) || bad.some((one) => one.name === name && one.context === context));
  const names = bad.map(({ name }) => name || say("some-numbers"));
  const kept = arrays.filter((one) => !bad.includes(one) && !isLost(one));
  return [kept, [...new Set([...lost, ...names])]];
}
