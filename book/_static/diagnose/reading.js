// @ts-check
/* From a pasted text to printed arrays, and to what a test or numpy said. */
import { cellOf, Observed } from "./numbers.js";
import { complaints, lastFrame } from "./traceback.js";

const LIMIT = 1e6;
const NUMBER =
  "(?:[-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d+)?(?![\\p{L}\\p{N}_.])|[-+]?(?:nan|NaN|inf|Inf|infinity)\\b)";
const TOKEN = new RegExp(`[\\s,;]+|\\[|\\]|\\.\\.\\.|(${NUMBER}|(?:True|False)\\b)`, "uy");
const NUMBERS = new RegExp(NUMBER, "gu");
const PLAIN_LINE = new RegExp(`^[\\s,;\\[\\]]*(?:(?:${NUMBER}|\\.\\.\\.)[\\s,;\\[\\]]*)+$`, "u");
const NAME =
  "(?:(?:sigmoid|relu)_)?(?:([dD])_?([AWZBawzb])_?\\[?(prev(?:_temp)?|[lL]|\\d)?|(A\\d|Z\\d|W\\d|b\\d|AL|ZL|A_prev|X|Y))\\]?";
const NAMES = new RegExp(`(?<![A-Za-z0-9])${NAME}(?![A-Za-z0-9])`, "g");
const SCALAR = new RegExp(`^([^=:\\n]{1,60})[=:]\\s*\\(?((?:${NUMBER}[\\s,;]*)+)\\)?$`, "u");
/** @type {[RegExp, string][]} */
const REPLACED = [
  [/[\u2212\u2010-\u2014\ufe63\uff0d]/g, "-"],
  [/[\u2018\u2019\u201a\u201b\u2032`\u00b4]/g, "'"],
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminals colour text with them
  [/[\u200b-\u200f\u2060\ufeff]|\x1b\[[0-9;]*[A-Za-z]/g, ""],
  [/[\u00a0\u2000-\u200a\u202f\u205f\u3000\t\f\v]/g, " "],
  [/[\u2026\u22ef]/g, "..."],
  [/\r\n?|\\n|<br *\/?>/g, "\n"],
  [/\b(?:np|numpy)\.float\d+\(([^()\n]*)\)/g, "$1"],
  [/\b(?:np|numpy)\.(nan|inf)\b/g, "$1"],
  [/\b(?:In|Out) ?\[[ \d*]*\]:/g, " "],
  [/^ *(?:>+ )+/gm, ""],
  [/\*\*/g, " "],
];
const NOTHING =
  "There are no printed numbers in this text; paste what your function printed, such as dW1 = [[0.1 0.2]].";

export class Unreadable extends Error {}

/** The last name in a text, as the tests of today spell it. @type {(text: string) => string?} */
function lastName(text) {
  const match = [...text.matchAll(NAMES)].at(-1);
  if (!match) return null;
  const [name, , letter, which = "", array] = match;
  if (array) return array;
  const prefix = ["sigmoid_", "relu_"].find((one) => name.startsWith(one)) || "";
  const number = which.replace(/^prev.*/, "_prev").replace("l", "L");
  return `${prefix}d${letter.toUpperCase().replace("B", "b")}${number}`;
}

/** @type {(text: string) => boolean} */
function hasLetters(text) {
  return /[A-Za-z]/.test(text.replace(/\b(?:np|numpy|array|matrix|tensor)\b/g, ""));
}

/** Whether the last line of prose before an array speaks of expected numbers.
 * @type {(before: string) => boolean} */
function calledExpected(before) {
  for (const line of before.split("\n").reverse()) {
    const words = line.replace(NAMES, " ").match(/[A-Za-z]{3,}/g) || [];
    const prose = words.filter((word) => !["array", "prev", "sigmoid", "relu"].includes(word));
    if (prose.length) return prose.some((word) => word.toLowerCase().startsWith("expect"));
  }
  return false;
}

/** The name of an array, what it is under, and whether it is called expected.
 * @type {(text: string, after: number, start: number) => [string | null, string, boolean]} */
function labelBefore(text, after, start) {
  const lines = text.slice(Math.max(after, start - 400), start).split("\n");
  const near = lines.filter(hasLetters).at(-1) || "";
  const before = text.slice(Math.max(0, start - 2000), start);
  const [, context = ""] = /^.*(sigmoid|relu)/is.exec(before) || [];
  return [lastName(near.slice(-80)), context.toLowerCase(), calledExpected(before)];
}

/** One bracketed group: its rows, where it ends, whether it closed, and what is bad in it.
 * @param {string} text @param {number} start */
function groupAt(text, start) {
  /** @type {(Row | null)[]} */
  const rows = [];
  /** @type {Row} */
  let row = [];
  let [depth, deepest, end] = [0, 0, start];
  for (;;) {
    TOKEN.lastIndex = end;
    const token = TOKEN.exec(text);
    if (!token) break;
    end = TOKEN.lastIndex;
    const [word] = token;
    if (word === "[") {
      depth += 1;
      deepest = Math.max(deepest, depth);
    } else if (word === "...") {
      if (depth === deepest) row.push(null);
      else rows.push(null);
    } else if (word === "]") {
      if (row.length) rows.push(row);
      row = [];
      depth -= 1;
      if (depth === 0) break;
    } else if (token[1]) row.push(cellOf(word));
  }
  // Cut off in the middle of a row, and perhaps of a number.
  if (depth && end === text.length && row.length) row[row.length - 1] = null;
  if (row.length) rows.push(row);
  const word = depth ? badWord(text, end) : "";
  const bad = word || badRows(rows, depth, deepest);
  const dimensions = Math.min(deepest, 2);
  return { rows, dimensions, end, closed: depth === 0, bad, badAt: word ? end : start };
}

/** @type {(text: string, end: number) => string} */
function badWord(text, end) {
  const rest = text.slice(end, end + 40);
  const line = text.slice(text.lastIndexOf("\n", end - 1) + 1, end);
  if (!rest || !line.trim()) return "";
  const [begun] = text.slice(Math.max(0, end - 40), end).match(/[^\s,;[\]]*$/) || [""];
  const word = begun + rest.trim().split(/\s+/)[0];
  const quoted =
    word.includes("'") && !word.includes('"') ? `"${word}"` : `'${word.replaceAll("'", "\\'")}'`;
  return `${quoted} inside the brackets is not a number; paste the array as numpy prints it.`;
}

/** @type {(rows: (Row | null)[], depth: number, deepest: number) => string} */
function badRows(rows, depth, deepest) {
  const whole = rows.filter((row) => row !== null && !row.includes(null));
  const widths = whole.map((row) => row?.length ?? 0);
  const [fewest, most] = [Math.min(...widths), Math.max(...widths)];
  if (!depth && fewest < most) {
    return `the rows of this array hold ${fewest} and ${most} numbers; paste every row whole, or write ... where numbers are left out.`;
  }
  if (deepest < 3 || rows.length < 2) return "";
  return `this array has ${deepest} brackets around a number; paste one matrix at a time.`;
}

/** The arrays in brackets, the text without them, and what is bad in it.
 * @type {(text: string) => [Observed[], string, string]} */
function bracketed(text) {
  const found = [];
  let problem = "";
  let left = "";
  let [position, after, line, counted] = [0, 0, 1, 0];
  for (let start = text.indexOf("["); start >= 0; start = text.indexOf("[", position)) {
    const { rows, dimensions, end, closed, bad, badAt } = groupAt(text, start);
    position = Math.max(end, start + 1);
    if (!rows.some((row) => row?.some(Boolean))) continue;
    const before = text.slice(Math.max(0, start - 200), start);
    const index = /[\p{L}\p{N}_\])'"]$/u.test(before);
    const [name, context, expected] = labelBefore(text, after, start);
    // Whole numbers alone are an array only where one is assigned; elsewhere they are
    // footnotes, indices and layer numbers.
    const printed = /[.eEn]/.test(text.slice(start, end));
    const given = /[=:(]$/.test(before.trimEnd());
    if (!printed && (index || !name || !given)) continue;
    for (; counted < start; counted++) if (text[counted] === "\n") line++;
    if (bad) {
      problem ||= `Line ${line + text.slice(start, badAt).split("\n").length - 1}: ${bad}`;
    } else {
      const whole = closed && (dimensions === 2 || name !== null || before.endsWith("("));
      found.push(new Observed(name, context, rows, dimensions, whole, expected, line));
    }
    left += text.slice(after, start) + text.slice(start, end).replace(/[^\n]/g, " ");
    after = end;
  }
  return [found, left + text.slice(after), problem];
}

/** Numbers without brackets: db2 = -0.17, or bare rows. @type {(text: string) => Observed[]} */
function unbracketed(text) {
  /** @type {Observed[]} */
  const found = [];
  /** @type {Cell[][]} */
  let block = [];
  /** @type {(part: string) => Cell[]} */
  const cells = (part) => (part.match(NUMBERS) || []).map(cellOf);
  [...text.split("\n"), "end"].forEach((line, at) => {
    if (PLAIN_LINE.test(line) && line.replaceAll("...", "").includes(".")) {
      block.push(cells(line));
      return;
    }
    const first = at + 1 - block.length;
    if (block.length) found.push(new Observed(null, "", block, 0, false, false, first));
    block = [];
    const [, label, numbers] = (line.length < 2000 && SCALAR.exec(line.trim())) || [];
    if (label?.match(NAMES) && numbers.includes(".")) {
      const row = cells(numbers);
      found.push(new Observed(lastName(label), "", [row], 0, row.length === 1, false, at + 1));
    }
  });
  return found;
}

/** @param {string} text */
export function read(text) {
  const size = text.length > LIMIT / 4 ? new TextEncoder().encode(text).length : 0;
  if (size > LIMIT) {
    throw new Unreadable(
      `The text is ${(size / 1e6).toFixed(1)} MB long, but at most 1 MB is read; paste the printed gradients alone.`,
    );
  }
  for (const [pattern, replacement] of REPLACED) text = text.replace(pattern, replacement);
  const said = complaints(text);
  const [groups, rest, problem] = bracketed(text);
  const arrays = [...groups, ...unbracketed(rest)].sort((a, b) => a.line - b.line);
  // Where only some arrays are called expected, those are not the learner's, nor is a quotation.
  const quotations = arrays.filter((seen) => seen.expected).map((seen) => seen.numbers);
  const own = arrays.filter((seen) => !seen.expected);
  const unquoted = own.filter((seen) => seen.name || !quotations.includes(seen.numbers));
  const kept = [unquoted, own, arrays].find((list) => list.length) || [];
  if (!kept.length && !said.failing.length && !said.function && !said.error) {
    throw new Unreadable(problem || NOTHING);
  }
  return { arrays: kept, ...said, problem, frame: lastFrame(text) };
}
