// @ts-check
/* From a pasted text to printed arrays, and to what a test or numpy said. */
import { cellOf, Observed } from "./numbers.js";
import { complaints, lastFrame } from "./traceback.js";
import { DATA, prefixOf } from "./util.js";
import { cleaned, every, say, sought, starting, whole, without } from "./words.js";

export class Unreadable extends Error {}

/** The last name in a text, as the tests of today spell it. @type {(text: string) => string?} */
function lastName(text) {
  const match = every("name", text).at(-1);
  if (!match) return null;
  const { array, of = "", which = "" } = match.groups ?? {};
  if (array) return array;
  const letter = of.toUpperCase().replace("B", "b");
  return `${prefixOf(match[0])}d${letter}${which.replace(/^prev.*/, "_prev").replace("l", "L")}`;
}

/** @type {(text: string) => boolean} */
const hasLetters = (text) => /[A-Za-z]/.test(without("not-prose", text));

/** Whether the last line of prose before an array speaks of expected numbers.
 * @type {(before: string) => boolean} */
function calledExpected(before) {
  for (const line of before.split("\n").reverse()) {
    const words = every("word", without("name", line, " ")).map(([word]) => word);
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
  const heading = before.toLowerCase();
  const [, context] = DATA.prefixes
    .map((prefix) => prefix.slice(0, -1))
    .map((one) => /** @type {[number, string]} */ ([heading.lastIndexOf(one), one]))
    .reduce((one, other) => (other[0] > one[0] ? other : one), [-1, ""]);
  return [lastName(near.slice(-80)), context, calledExpected(before)];
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
    const token = starting("token", text, end);
    if (!token) break;
    const [word] = token;
    end += word.length;
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
    } else if (token.groups?.number || token.groups?.truth) row.push(cellOf(word));
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
  const begun = sought("begun", text.slice(Math.max(0, end - 40), end))?.[0] ?? "";
  const word = begun + rest.trim().split(/\s+/)[0];
  const quoted =
    word.includes("'") && !word.includes('"') ? `"${word}"` : `'${word.replaceAll("'", "\\'")}'`;
  return say("not-a-number", { word: quoted });
}

/** @type {(rows: (Row | null)[], depth: number, deepest: number) => string} */
function badRows(rows, depth, deepest) {
  const whole = rows.filter((row) => row !== null && !row.includes(null));
  const widths = whole.map((row) => row?.length ?? 0);
  const [fewest, most] = [Math.min(...widths), Math.max(...widths)];
  if (!depth && fewest < most) return say("unlike-rows", { fewest, most });
  return deepest > 2 && rows.length > 1 ? say("too-deep", { n: deepest }) : "";
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
    const index = whole("indexed", before.slice(-1));
    const [name, context, expected] = labelBefore(text, after, start);
    // Whole numbers alone are an array only where one is assigned; elsewhere they are
    // footnotes, indices and layer numbers.
    const printed = /[.eEn]/.test(text.slice(start, end));
    const given = /[=:(]$/.test(before.trimEnd());
    if (!printed && (index || !name || !given)) continue;
    for (; counted < start; counted++) if (text[counted] === "\n") line++;
    if (bad) {
      const at = line + text.slice(start, badAt).split("\n").length - 1;
      problem ||= say("at-line", { line: at, said: bad });
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
  const cells = (part) => every("number", part).map(([word]) => cellOf(word));
  [...text.split("\n"), "end"].forEach((line, at) => {
    if (whole("plain-line", line) && line.replaceAll("...", "").includes(".")) {
      block.push(cells(line));
      return;
    }
    const first = at + 1 - block.length;
    if (block.length) found.push(new Observed(null, "", block, 0, false, false, first));
    block = [];
    const { label, numbers } = (line.length < 2000 && whole("scalar", line.trim())?.groups) || {};
    if (label && sought("name", label) && numbers.includes(".")) {
      const row = cells(numbers);
      found.push(new Observed(lastName(label), "", [row], 0, row.length === 1, false, at + 1));
    }
  });
  return found;
}

/** @param {string} text */
export function read(text) {
  const size = text.length > DATA.limit / 4 ? new TextEncoder().encode(text).length : 0;
  if (size > DATA.limit) throw new Unreadable(say("too-long", { size: (size / 1e6).toFixed(1) }));
  text = cleaned(text);
  const said = complaints(text);
  const [groups, rest, problem] = bracketed(text);
  const arrays = [...groups, ...unbracketed(rest)].sort((a, b) => a.line - b.line);
  // Where only some arrays are called expected, those are not the learner's, nor is a quotation.
  const quotations = arrays.filter((seen) => seen.expected).map((seen) => seen.numbers);
  const own = arrays.filter((seen) => !seen.expected);
  const unquoted = own.filter((seen) => seen.name || !quotations.includes(seen.numbers));
  const kept = [unquoted, own, arrays].find((list) => list.length) || [];
  if (!kept.length && !said.failing.length && !said.function && !said.error) {
    throw new Unreadable(problem || `${say("no-numbers")} ${say("covered")}`);
  }
  return { arrays: kept, ...said, problem, frame: lastFrame(text) };
}
