// @ts-check
/* From a pasted text to printed arrays, and to what a test or numpy said. */

import { callsIn } from "./helpers.js";
import { hintsIn, nothingIn } from "./hints.js";
import { courseSpelling, labelBefore, lastName, placeOf, printedShapes } from "./labels.js";
import { axesOf, cellOf, computed, finite, Observed } from "./numbers.js";
import { assignedIn, complaints, lastFrame, lostIn, withoutQuotedCode } from "./traceback.js";
import { DATA } from "./util.js";
import { cleaned, every, say, sought, starting, whole } from "./words.js";

export class Unreadable extends Error {}

/** One bracketed group: its rows, where it ends, how many brackets stayed open, and the most
 * of them.
 * @param {string} text @param {number} start */
function groupAt(text, start) {
  /** @type {(Row | null)[]} */
  const rows = [];
  /** @type {Row} */
  let row = [];
  let [depth, deepest, end, tables] = [0, 0, start, 0];
  for (;;) {
    const token = starting("token", text, end);
    if (!token) break;
    const [word] = token;
    end += word.length;
    if (word === "[") {
      depth += 1;
      deepest = Math.max(deepest, depth);
    } else if (word === "..." || word === "--") {
      // What numpy left out, or a masked entry.
      if (word === "--" || depth === deepest) row.push(null);
      else rows.push(null);
    } else if (word === "]" || (word.includes(";") && depth === 1 && row.length)) {
      if (row.length) rows.push(row);
      row = [];
      // In MATLAB rows end with a semicolon.
      deepest = Math.max(deepest, word === "]" ? 1 : 2);
      depth -= Number(word === "]");
      tables += Number(word === "]" && depth === 1);
      if (depth === 0) break;
    } else if (token.groups?.number || token.groups?.truth) row.push(cellOf(word));
  }
  // Cut off in the middle of a row, and perhaps of a number.
  if (depth && end === text.length && row.length) row[row.length - 1] = null;
  if (row.length) rows.push(row);
  return { rows, end, depth, deepest, tables };
}

/** Where something in a group cannot be read, and what is wrong with it.
 * @param {string} text @param {number} start @param {ReturnType<typeof groupAt>} group
 * @param {string} name @returns {[number, string] | null} */
function wrongIn(text, start, { rows, end, depth, deepest, tables }, name) {
  const own = text.slice(start, end);
  if (!own.includes(".") && sought("comma", own)) return [start, say("comma")];
  if (whole("truths", own) && sought("gradient", name)) return [start, say("booleans", { name })];
  const word = depth ? badWord(text, end) : "";
  if (word) return [end, word];
  const said = badRows(rows, depth, axesOf(name, rows, tables, deepest).length ? 2 : deepest);
  return said ? [start, said] : null;
}

/** @type {(text: string, end: number) => string} */
function badWord(text, end) {
  const rest = text.slice(end, end + 40);
  const [line] = text
    .slice(Math.max(0, end - 200), end)
    .split("\n")
    .reverse();
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
    const group = groupAt(text, start);
    const { rows, deepest, end, depth } = group;
    position = Math.max(end, start + 1);
    const before = text.slice(Math.max(0, start - 200), start);
    if (!rows.some((row) => row?.some(Boolean))) continue;
    const index = whole("indexed", before.slice(-1));
    // Whole numbers alone are an array only where one is assigned; elsewhere they are
    // footnotes, indices and layer numbers.
    const printed = sought("fractional", text.slice(start, end));
    if (!printed && (index || !/[=:(|]$/.test(before.trimEnd()))) continue;
    const [name, place, context, expected] = labelBefore(text, after, start);
    if (name === null && (!printed || whole("truths", text.slice(start, end)))) continue;
    // What code makes an array of was never printed.
    const given = name === null && sought("written-array", before);
    for (; counted < start; counted++) if (text[counted] === "\n") line++;
    const skipped = name === "" || given;
    const wrong = skipped ? null : wrongIn(text, start, group, name || "");
    if (wrong) {
      const at = line + text.slice(start, wrong[0]).split("\n").length - 1;
      problem ||= say("at-line", { line: at, said: wrong[1] });
    } else if (!skipped) {
      const axes = axesOf(name, rows, group.tables, deepest);
      const dimensions = axes.length || Math.min(deepest, 2);
      const alone = dimensions < 2 && name === null && !before.endsWith("(");
      const all = depth === 0 && !alone && place !== null;
      const seen = new Observed(name, context, rows, dimensions, all, expected, line, axes);
      found.push(all ? seen.standing(place) : seen);
    }
    left += text.slice(after, start) + text.slice(start, end).replace(/[^\n]/g, " ");
    after = end;
  }
  return [found, left + text.slice(after), problem];
}

/** @type {(part: string) => Cell[]} */
const cells = (part) => every("number", part).map(([word]) => cellOf(word));

/** Numbers without brackets: db2 = -0.17, or bare rows. @type {(text: string) => Observed[]} */
function unbracketed(text) {
  /** @type {Observed[]} */
  const found = [];
  /** @type {Cell[][]} */
  let block = [];
  [...text.split("\n"), "end"].forEach((line, at) => {
    if (line.length > DATA.longest) return;
    if (whole("plain-line", line) && line.replaceAll("...", "").includes(".")) {
      block.push(cells(line));
      return;
    }
    const first = at + 1 - block.length;
    if (block.length) found.push(new Observed(null, "", block, 0, false, false, first));
    block = [];
    const named = namedNumber(line);
    if (named) {
      const { name, rows, place } = named;
      const isRow = place !== null && place.length > 0 && rows[0].length > 1;
      const all = place !== null && (isRow || (rows.length === 1 && rows[0].length === 1));
      const seen = new Observed(name, "", rows, Number(isRow), all, false, at + 1);
      found.push(all ? seen.standing(place) : seen);
    }
  });
  return found;
}

/** The name, the rows, and where in it they stand, of "name = number". Nothing but the
 * name, spelled as the tests have it, may stand before the sign, as a key or an attribute: of
 * anything else, such as the mean of dW, the number says nothing here. @param {string} line */
function namedNumber(line) {
  const { label, numbers } = whole("scalar", line.trim())?.groups ?? {};
  if (!label || !numbers.includes(".")) return null;
  const [name, before, behind] = lastName(label);
  const alone = whole("alone-before", before) && whole("alone-after", behind);
  const small = DATA.words.small.filter((one) => one === name?.toLowerCase());
  const bare = label.replace(/[[\]_]/g, "");
  const spelled = name && [name, ...small].some((one) => bare.includes(one.replaceAll("_", "")));
  if (!alone || !spelled) return null;
  const [row, place] = [cells(numbers), placeOf(behind)];
  // Of a bias, and of the weights of one unit, several numbers are a column.
  const isColumn = place?.length === 0 && sought("column-name", bare);
  return { name, rows: isColumn ? row.map((one) => [one]) : [row], place };
}

/** @type {(text: string) => [Observed[], string]} */
function arraysIn(text) {
  const many = every("number", text, DATA.most_numbers + 1).length > DATA.most_numbers;
  const [groups, rest, problem] = bracketed(many ? "" : text);
  const arrays = [...groups, ...unbracketed(rest)].sort((a, b) => a.line - b.line);
  const shapes = printedShapes(text);
  for (const seen of arrays.filter(({ entry }) => entry)) {
    // From its line on, or else the last above.
    const own = shapes.filter(([, name]) => name === seen.name);
    seen.around = (own.find(([line]) => line >= seen.line) ?? own.at(-1))?.[2].join();
  }
  if (!many && arrays.length <= DATA.most_arrays) return [arrays, problem];
  const numbers = DATA.most_numbers.toLocaleString("en");
  return [[], say("too-many", { arrays: DATA.most_arrays, numbers })];
}

/** A text that says nothing. @type {Paste} */
export const NOTHING = {
  arrays: [],
  failing: [],
  function: "",
  error: "",
  problem: "",
  frame: { function: "", statement: "" },
  shapes: [],
  quoted: [],
  lines: [],
  lost: [],
  hints: [],
  nothing: [],
  calls: [],
  source: "",
  stored: new Map(),
  rejected: false,
  right: [],
  unpacked: [],
  defined: [],
};

/** Computed arrays by name, as if they had been printed in full.
 * @type {(found: [string, Value][]) => Paste} */
export function fromArrays(found) {
  const [arrays, lost] = finite(
    found.map(([name, one], at) => computed(courseSpelling(name) || null, one, at + 1)),
  );
  return { ...NOTHING, arrays, lost };
}

/** The names of the arrays that a text calls right. @param {string} text */
const calledRight = (text) =>
  every("called-right", text)
    .filter(({ index }) => !sought("doubted-before", text.slice(Math.max(0, index - 60), index)))
    .flatMap(({ groups: { names, branch } = {} }) =>
      branch
        ? ["dA_prev", "dW", "db"].map((name) => `${branch}_${name}`)
        : (names.match(/\w+/g) ?? []).flatMap((name) => courseSpelling(name) || []),
    );

/** The keys of the last dictionary of gradients in a text, and the names under them.
 * @param {string} text */
function storedIn(text) {
  /** @type {Map<string, string>} */
  let found = new Map();
  for (const [whole] of every("dictionary", text)) {
    const entries = new Map(every("kept", whole).map(([, key, name]) => [key, name ?? ""]));
    if ([...entries.keys()].filter((key) => sought("gradient", key)).length > 1) found = entries;
  }
  return found;
}

/** @param {string} text */
export function read(text) {
  const size = text.length > DATA.limit / 4 ? new TextEncoder().encode(text).length : 0;
  if (size > DATA.limit) throw new Unreadable(say("too-long", { size: (size / 1e6).toFixed(1) }));
  // A number that begins a line may be that of the line.
  const rejected = sought("rejected", text) !== null;
  text = cleaned(text);
  const output = withoutQuotedCode(text);
  const said = complaints(text, output);
  const single = [...new Set(lostIn(output).flatMap((name) => courseSpelling(name) || []))];
  const [found, problem] = arraysIn(output);
  const [arrays, lost] = finite(found, single);
  // Where only some arrays are called expected, those are not the learner's, nor is a quotation.
  const quotations = arrays.filter((seen) => seen.expected).map((seen) => seen.numbers);
  const own = arrays.filter((seen) => !seen.expected);
  const unquoted = own.filter((seen) => seen.name || !quotations.includes(seen.numbers));
  const first = [unquoted, own, arrays].find((list) => list.length) || [];
  // Zeros that a complaint quotes say nothing beside it.
  const isTold = (/** @type {Observed} */ { name, cells }) =>
    name || cells.some((one) => one.value);
  const kept = said.failing.length ? first.filter(isTold) : first;
  const frame = lastFrame(text);
  const shapes = new Map(printedShapes(output).map(([, name, shape]) => [name, shape]));
  for (const { name, around } of kept)
    if (name && around) shapes.set(name, around.split(",").map(Number));
  const message = said.failing.length || said.error || frame.statement;
  const nothing = kept.length || message ? [] : nothingIn(text);
  const lines = assignedIn(text);
  /** @type {(line: [string, string]) => boolean} */
  const isStep = ([name, form]) => Boolean(whole("name", name)) && starting("code", form) !== null;
  const steps = !problem && lines.some(isStep);
  const calls = callsIn(text);
  const isSilent = nothing.length && !said.function && !shapes.size && !calls.length;
  if (isSilent && !steps && !lost.length && nothing[0] !== say("asked")) {
    throw new Unreadable(problem || [...nothing, say("covered")].join(" "));
  }
  const quoted = arrays.filter((seen) => seen.expected && !kept.includes(seen));
  const hints = hintsIn(text, lines);
  const stored = storedIn(output);
  const others = {
    ...said,
    stored,
    rejected,
    right: calledRight(output),
    defined: every("signature", output).map(({ groups }) => groups?.function ?? ""),
    unpacked: every("unpacked", output).at(-1)?.groups?.names.match(/\w+/g) ?? [],
    frame,
    quoted,
    lines,
    shapes: [...shapes],
    lost,
    hints,
    nothing,
    calls,
  };
  return { arrays: kept, ...others, problem };
}
