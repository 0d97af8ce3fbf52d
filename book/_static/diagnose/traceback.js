// @ts-check
/* What a test or numpy said, and where. */

import { bare, DATA } from "./util.js";
import { every, rewritten, say, sought, starting, whole, without } from "./words.js";

/** What a statement does, in a word. @type {(statement: string) => string} */
export function statementKind(statement) {
  if (statement.includes("_test_case(")) return "case";
  if (sought("course-call", statement)) return "call";
  if (whole("unpacking", statement)) return "name";
  if (sought("entry", statement.replaceAll("shape[", ""))) return "entry";
  return sought("formula", statement) ? "formula" : "";
}

/** @param {string} named @param {string} text */
export function frameOf(named, text) {
  const statement = without("comment", text).trim();
  const cell = named.endsWith("_test") || ["", "print_grads", "cell"].includes(named);
  const ours = whole("course-function", named);
  return { function: cell ? "cell" : ours ? named : "", statement };
}

/** A text in which the lines of code that a traceback shows are empty: those below the line that
 * names a file or a cell, up to the arrow, what follows the arrow, and the line below a File.
 * @param {string} text */
export function withoutQuotedCode(text) {
  const lines = text.split("\n");
  /** @type {number[] | null} */
  let above = null;
  let goesOn = false;
  for (const [place, line] of lines.entries()) {
    const short = line.length <= DATA.longest;
    const held = short && starting("held", line);
    if (held || !line.trim() || starting("exception", line)) {
      above = held ? [] : null;
      goesOn = false;
    } else if (short && starting("arrow", line)) {
      for (const quoted of [...(above ?? []), place]) lines[quoted] = "";
      above = null;
      goesOn = true;
    } else if (goesOn || lines[place - 1]?.trimStart().startsWith('File "')) lines[place] = "";
    else above?.push(place);
  }
  return lines.join("\n");
}

/** The functions of a text, each to its last return; "" if a line may be missing.
 * @param {string} text */
function wholeFunctions(text) {
  const starts = every("function-start", text).map(({ index }) => index);
  const parts = starts.map((start, at) => starting("to-return", text.slice(start, starts[at + 1])));
  const isWhole = parts.every(Boolean) && !sought("elided", text);
  return isWhole ? parts.map((part) => part?.[0]).join("\n") : "";
}

/** The last frame of a traceback that is in a function of the course, or in a cell.
 * @param {string} text */
export function lastFrame(text) {
  /** @type {Frame} */
  let found = { function: "", statement: "" };
  /** @type {string | null} */
  let named = null;
  let previous = "";
  /** @type {string[]} */
  const asserts = [];
  for (const line of text.split("\n").filter((one) => one && one.length <= DATA.longest)) {
    const arrow = starting("arrow", line);
    if (starting("held", line)) named = sought("held-by", line)?.[1] ?? "";
    else if (arrow || previous.startsWith('File "')) {
      // Without the line that names the function, its statement is all there is.
      const one = frameOf(named ?? "-", arrow ? arrow[1] : line);
      const calls = [found.statement, ...(found.calls ?? [])];
      if (one.function || named === null) found = { ...one, calls };
    } else {
      const quoted = starting("quoted-assert", line)?.groups?.statement;
      if (quoted) asserts.push(quoted);
    }
    previous = line.trim();
  }
  // Where the arrow is lost, an assert that stands alone is the one that failed.
  const lost = !found.function && !found.statement && asserts.length === 1;
  return lost ? frameOf(named || "-", asserts[0]) : found;
}

/** The names that lines of code assign, each with the expression; what is written into a part of
 * an array begins with a sign, and so it is no expression.
 * @type {(text: string) => [string, string][]} */
export const assignedIn = (text) =>
  every("assigned", rewritten(without("comment", text))).map(({ groups = {} }) => {
    const { name } = groups;
    const [sign, form] = [groups.own?.trim() ?? "", groups.form.trim()];
    if (!sign) return [name, form];
    return [name, sign[0] === "[" ? `= ${form}` : `${name} ${sign} (${form})`];
  });

/** The names of single numbers that are nan or infinite. @param {string} text */
export const lostIn = (text) => [
  ...every("lost", text).map(({ groups = {} }) => groups.name),
  ...(sought("lost-cost", text) ? ["cost"] : []),
];

/** Whether lines assign more than numbers. @param {[string, string][]} lines */
export const hasCode = (lines) => lines.some(([, form]) => starting("code", form));

/** Which outputs the test complained of, the function, the exception, and whole functions.
 * @param {string} text @param {string} unquoted the same without the code that a traceback shows */
export function complaints(text, unquoted) {
  // A traceback quotes the asserts around the one that failed.
  const said = without("assertion", text);
  /** @type {Map<string, [string, string]>} */
  const failing = new Map();
  for (const [, kind, name] of every("complaint", said)) {
    if (name !== "the") failing.set(`${kind} ${name}`, [kind, name]);
  }
  const errors = every("exception", said)
    .map((match) => match[1].trim())
    .filter((one) => !one.startsWith("AssertionError") && !one.includes("Traceback (most recent"));
  // Forums eat the name of the exception, but not what numpy says of shapes.
  const shapes = every("of-shapes", said).map(([one]) => one);
  const warnings = every("warning", said).map(([one]) => one);
  // What cannot be read is not run, so that its names are unknown later.
  const unread = errors.find((one) => /^(?:Syntax|Indentation|Tab)Error/.test(one));
  const own = errors.length ? errors : shapes.length ? shapes : warnings.slice(0, 1);
  return {
    failing: [...failing.values()],
    // The last function named is the one whose test speaks.
    function: every("tested", said).at(-1)?.[1] ?? "",
    error: (unread ?? own.at(-1) ?? "").trim().slice(0, DATA.longest),
    source: wholeFunctions(unquoted),
  };
}

/** What to know where the learner's own assert refused the type of an array.
 * @param {any} refused */
export function ofType({ name, of }) {
  const single = bare(name).startsWith("db") ? "own-type-db" : "own-type-float";
  const isOfSum = of.endsWith("float64") && ["db", "cost"].includes(name);
  const number = isOfSum ? "own-type-float64" : single;
  const key = /float(?:64)?$/.test(of) ? number : "own-type-else";
  return [say("own-type", { name, of }), say(key, { name })];
}
