// @ts-check
/* Numbers as numpy prints them. */

const LINE = 75;

/** @type {(v: Value) => string} */
export function printed(v) {
  if (v.n === 0) return shortest(v.d[0]);
  const words = wordsOf(v);
  const lines = [];
  for (let i = 0; i < v.r; i++) lines.push(rowOf(words.slice(i * v.c, (i + 1) * v.c), v.n));
  return v.n === 1 ? lines[0] : `[${lines.join("\n ")}]`;
}

/** A bare number, with as many digits as tell it from every other.
 * @type {(number: number) => string} */
function shortest(number) {
  const size = Math.abs(number);
  if (Number.isInteger(number) && size < 1e16) return `${Object.is(number, -0) ? "-0" : number}.0`;
  if (!Number.isFinite(number)) return wordOf(number);
  if (size >= 1e-4 && size < 1e16) return String(number);
  return number.toExponential().replace(/e([-+])(\d)$/, "e$10$2");
}

/** @type {(number: number) => string} */
function wordOf(number) {
  if (Number.isNaN(number)) return "nan";
  return number > 0 ? "inf" : "-inf";
}

/** @type {(words: string[], indent: number) => string} */
function rowOf(words, indent) {
  let text = "[";
  let line = indent;
  words.forEach((word, at) => {
    if (at && line + 1 + word.length > LINE - indent) {
      text = `${text.trimEnd()}\n${" ".repeat(indent)}${word}`;
      line = indent + word.length;
    } else {
      text += at ? ` ${word}` : word;
      line += word.length + (at ? 1 : 0);
    }
  });
  return `${text}]`;
}

/** @type {(v: Value) => string[]} */
function wordsOf(v) {
  if (v.b) return padded(v.d.map((one) => (one ? "True" : "False")));
  const sizes = v.d.filter((one) => Number.isFinite(one) && one !== 0).map(Math.abs);
  const [most, fewest] = [Math.max(0, ...sizes), Math.min(...sizes)];
  const scientific = sizes.length > 0 && (most >= 1e8 || fewest < 1e-4 || most / fewest > 1000);
  const digits = (/** @type {number} */ one) =>
    (scientific ? one.toExponential(8).split("e")[0] : one.toFixed(8))
      .replace(/0+$/, "")
      .split(".")[1].length;
  const finite = v.d.filter(Number.isFinite);
  const decimals = Math.max(0, ...finite.map(digits));
  return padded(
    v.d.map((one) => {
      if (!Number.isFinite(one)) return wordOf(one);
      if (scientific)
        return one
          .toExponential(decimals)
          .replace(/^(-?\d)e/, "$1.e")
          .replace(/e([-+])(\d)$/, "e$10$2");
      const [whole, rest = ""] = trimmed(one).split(".");
      return `${whole}.${rest.padEnd(decimals)}`;
    }),
  );
}

/** @type {(number: number) => string} */
function trimmed(number) {
  const text = number.toFixed(8).replace(/0+$/, "");
  return Object.is(number, -0) ? `-${text}` : text;
}

/** @type {(words: string[]) => string[]} */
function padded(words) {
  const longest = Math.max(...words.map((word) => word.length));
  return words.map((word) => word.padStart(longest));
}
