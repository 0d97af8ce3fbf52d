// @ts-check
/* The names of arrays in a text: how the course spells them, and what stands beside them. */
import { DATA, prefixOf } from "./util.js";
import { every, sought, starting, whole, without } from "./words.js";

/** The last name in a text, as the tests of today spell it, and what stands around it.
 * @type {(text: string) => [string | null, string, string]} */
export function lastName(text) {
  const match = every("name", text).at(-1);
  if (!match) return [null, "", ""];
  const behind = text.slice(match.index + match[0].length);
  return [spelling(match), text.slice(0, match.index), behind];
}

/** @param {RegExpExecArray} match */
function spelling(match) {
  const { array, of = "", which = "" } = match.groups ?? {};
  const letter = of.toUpperCase().replace("B", "b");
  const place = which === "prev" ? "_prev" : which.replace("l", "L");
  return array || `${prefixOf(match[0])}d${letter}${place}`;
}

/** The course's spelling of a name, or "" if no array of a backward pass has it.
 * @param {string} name */
export function courseSpelling(name) {
  const match = whole("name", name);
  return match ? spelling(match) : whole("own-name", name) ? name : "";
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

/** Which entry or row of an array is meant, by the index behind its name; null for any part.
 * @type {(behind: string) => number[] | null} */
export function placeOf(behind) {
  const index = starting("place", behind)?.groups?.index;
  if (index) return (index.match(/\d+/g) ?? []).map(Number);
  return starting("part-of", behind) ? null : [];
}

/** The name before an array, where in it that stands, the heading, and "expected". The name is
 * "" where it is that of another gradient, or the array is a measure of one.
 * @type {(text: string, after: number, start: number) => [string | null, number[] | null, string, boolean]} */
export function labelBefore(text, after, start) {
  const lines = text.slice(Math.max(after, start - 400), start).split("\n");
  const near = lines.filter(hasLetters).at(-1) || "";
  const above = text.slice(Math.max(0, start - 2000), start);
  const heading = above.toLowerCase();
  const [, context] = DATA.prefixes
    .map((prefix) => prefix.slice(0, -1))
    .map((one) => /** @type {[number, string]} */ ([heading.lastIndexOf(one), one]))
    .reduce((one, other) => (other[0] > one[0] ? other : one), [-1, ""]);
  const [name, before, behind] = lastName(near.slice(-80));
  const other =
    sought("measured-before", before) ||
    starting("measured-after", behind) ||
    (name === null && sought("foreign", near));
  return [other ? "" : name, placeOf(behind), context, calledExpected(above)];
}

/** The shapes that a text prints beside entries, with their lines and the names of their arrays.
 * @type {(text: string) => [number, string, number[]][]} */
export const printedShapes = (text) =>
  every("printed-shape", text).flatMap(({ index, groups }) => {
    const lines = text.slice(0, index).split("\n");
    const [name] = lastName(
      text
        .slice(Math.max(0, index - 60), index)
        .split("\n")
        .at(-1) ?? "",
    );
    const sizes = Object.values(groups ?? {})
      .filter(Boolean)
      .map(Number);
    return name ? [[lines.length, name, sizes]] : [];
  });
