// @ts-check
/* Exercises that are known by name, and whose tests are not here; see uncovered.py. */
import { DATA } from "./util.js";
import { sought } from "./words.js";

/** What to say of a text that is about another exercise than those known.
 * @type {(text: string) => string} */
export function notCovered(text) {
  for (const [known, calls, said] of DATA.uncovered) {
    const rest = text.replace(new RegExp(calls, "gu"), "");
    if (new RegExp(known, "u").test(text) && !sought("known-function", rest)) return said;
  }
  return "";
}
