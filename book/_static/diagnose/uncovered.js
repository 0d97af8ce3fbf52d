// @ts-check
/* Exercises that are known by name, and whose tests are not here; see uncovered.py. */
import { DATA } from "./util.js";
import { say, sought } from "./words.js";

/** What to say of a text that is about another exercise than those known, if it is.
 * @type {(text: string) => string[]} */
export function notCovered(text) {
  for (const [known, calls, said, also] of DATA.uncovered) {
    const rest = text.replace(new RegExp(calls, "gu"), "");
    if (!new RegExp(known, "u").test(text) || sought("known-function", rest)) continue;
    const more = also.flatMap(([wanted, says]) => {
      const found = new RegExp(wanted, "u").exec(text);
      return found ? [says.replace("{name}", found[1])] : [];
    });
    return [[said, ...more].join(" "), say("own-check"), say("covered")];
  }
  return [];
}
