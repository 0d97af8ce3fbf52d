// @ts-check
/* Arrays below those that a test leads to, and the digits that are not theirs; see live.py. */
import { DATA } from "../diagnose/util.js";
import { sameShape, shapeOf, tuple } from "../diagnose/values.js";
import { say } from "../diagnose/words.js";

const ROWS = DATA.live.rows;
const WIDTH = DATA.live.width;

/** Text in parts: every second one is of digits that are not the wanted ones.
 * @type {(values: Scope, wanted: Scope, shown: string[]) => string[]} */
export function printedParts(values, wanted, shown) {
  const found = [""];
  const add = (/** @type {string} */ text, marked = "") => {
    found[found.length - 1] += text;
    if (marked) found.push(marked, "");
  };
  const names = Math.max(...shown.map((name) => name.length));
  for (const name of shown) {
    const [value, want] = [values[name], wanted[name]];
    add(name === shown[0] ? "" : "\n");
    if (!sameShape(value, want)) {
      const [shape, expected] = [value, want].map((one) => tuple(shapeOf(one)));
      add(say("typed-shape", { name, shape, expected }));
      continue;
    }
    const texts = [value, want].map((one) => one.d.slice(0, ROWS * one.c).map(numberText));
    const width = Math.max(WIDTH, ...texts.flat().map((one) => one.length));
    for (let row = 0; row < Math.min(value.r, ROWS); row++) {
      add(row ? `\n${" ".repeat(names)}   [` : `${name.padEnd(names)}  [[`);
      for (let at = row * value.c; at < (row + 1) * value.c; at++) {
        const [one, other] = texts.map((all) => all[at].padStart(width));
        let same = 0;
        while (same < width && one[same] === other[same]) same++;
        if (same < width) same = Math.max(same, width - texts[0][at].length);
        add((at % value.c ? " " : "") + one.slice(0, same), one.slice(same));
      }
      add(row === value.r - 1 ? "]]" : "]");
    }
    add(value.r > ROWS ? `\n${" ".repeat(names)}   ...` : "");
  }
  return found;
}

/** @param {number} number */
function numberText(number) {
  const size = Math.abs(number);
  if (Number.isNaN(number)) return "nan";
  if (size === Infinity) return number > 0 ? "inf" : "-inf";
  if (size >= 1e5) return number.toExponential(8).replace(/e([-+])(\d)$/, "e$10$2");
  const text = number.toFixed(8);
  return text === "-0.00000000" ? "0.00000000" : text;
}
