// @ts-check
/* Sentences and patterns that the page has in common with the package; see words.py. */
import { DATA } from "./util.js";

const { sentences, patterns } = DATA.words;

/** A sentence in parts, its gaps filled; `n` chooses between one and several.
 * @template T @param {string} key @param {Record<string, T>} filling @returns {(string | T)[]} */
export function sentenceParts(key, filling) {
  const found = sentences[key];
  const text = typeof found === "string" ? found : found[Number(Number(filling.n) !== 1)];
  return text.split(/\{(\w+)\}/).map((part, at) => (at % 2 ? filling[part] : part));
}

/** @param {string} key @param {Record<string, unknown>} filling */
export const say = (key, filling = {}) => sentenceParts(key, filling).join("");

/** @type {Map<string, RegExp>} */
const compiled = new Map();

/** @param {string} key @param {string} how */
function pattern(key, how) {
  const known = compiled.get(how + key);
  if (known) return known;
  const [source, flags] = patterns[key];
  const made =
    how === "whole" ? new RegExp(`^(?:${source})$`, flags) : new RegExp(source, flags + how);
  compiled.set(how + key, made);
  return made;
}

/** The first place of a pattern in a text. @type {(key: string, text: string) => Match} */
export const sought = (key, text) => pattern(key, "").exec(text);

/** Every place of it, or the first so many. @param {string} key @param {string} text */
export function every(key, text, most = Infinity) {
  const found = [];
  for (const match of text.matchAll(pattern(key, "g"))) {
    found.push(match);
    if (found.length === most) break;
  }
  return found;
}

/** The whole text, if it is one. @type {(key: string, text: string) => Match} */
export const whole = (key, text) => pattern(key, "whole").exec(text);

/** One that starts at a place. @type {(key: string, text: string, place?: number) => Match} */
export function starting(key, text, place = 0) {
  const found = pattern(key, "y");
  found.lastIndex = place;
  return found.exec(text);
}

/** The text with something else in place of each. @param {string} key @param {string} text */
export const without = (key, text, by = "") => text.replaceAll(pattern(key, "g"), by);

/** What puts a text right by a list of patterns.
 * @type {(list: [string, string, string][]) => (text: string) => string} */
function replacing(list) {
  const some = list.map(([source, flags, by]) => ({ found: new RegExp(source, `${flags}g`), by }));
  return (text) => some.reduce((left, { found, by }) => left.replaceAll(found, by), text);
}

const replaced = replacing(DATA.words.replaced);

/** Code in the words of a program. */
export const rewritten = replacing(DATA.words.rewritten);

/** A pasted text with its signs, prompts, comments and markup set right. @param {string} text */
export function cleaned(text) {
  let plain = text;
  for (const sign of new Set(every("fullwidth", text).map(([one]) => one))) {
    plain = plain.replaceAll(sign, String.fromCharCode(sign.charCodeAt(0) - 0xfee0));
  }
  return ownColumns(replaced(plain));
}

/** A text whose tables have no column of what is expected, or of how far off it is.
 * @param {string} text */
function ownColumns(text) {
  /** @type {number[]} */
  let others = [];
  const lines = text.split("\n");
  for (const [place, line] of lines.entries()) {
    const cells = cellsOfRow(line);
    if (!line.includes("|")) others = /[^ -]/.test(line) ? [] : others;
    else if (!others.length && !sought("decimals", line)) {
      const heads = cells.map((cell) => cell.toLowerCase());
      const found = heads.flatMap((head, n) => (sought("other-column", head) ? [n] : []));
      const row = lines.slice(place + 1, place + 3).find((one) => sought("decimals", one));
      others = cellsOfRow(row ?? "").length - found.length > 1 ? found : [];
    }
    if (!others.length || cells.length < 2) continue;
    const own = cells.filter((_, n) => !others.includes(n));
    lines[place] = own.reverse().join("|");
  }
  return lines.join("\n");
}

/** The cells of a row from the right: an empty first one is lost with its bar.
 * @param {string} row */
const cellsOfRow = (row) =>
  row
    .replace(/[ |]+$/, "")
    .split("|")
    .reverse();
