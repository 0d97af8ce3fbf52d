// @ts-check
/* Exercises that are known by name, and whose tests are not here; see uncovered.py. */
import { knownCauses } from "./symptoms.js";
import { complaints, lastFrame } from "./traceback.js";
import { DATA } from "./util.js";
import { cleaned, say, sought } from "./words.js";

/** What to say of a text that is about another exercise than those known, if it is; of one that a
 * terminal knows, only where no cause of its message is known.
 * @type {(text: string) => string[]} */
export function notCovered(text) {
  for (const [known, calls, said, also, inTerminal] of DATA.uncovered) {
    const rest = text.replace(new RegExp(calls, "gu"), "");
    if (!new RegExp(known, "u").test(text) || sought("known-function", rest)) continue;
    const more = also.flatMap(([wanted, says]) => {
      const found = new RegExp(wanted, "u").exec(text);
      return found ? [says.replace("{name}", found[1])] : [];
    });
    if (!inTerminal) return [[said, ...more].join(" "), say("own-check"), say("covered")];
    return isKnownMessage(text) ? [] : [said, ...inTerminal];
  }
  return [];
}

/** Whether a text without arrays tells an exception of which causes are known.
 * @type {(text: string) => boolean} */
function isKnownMessage(text) {
  const plain = cleaned(text);
  return !/\[\[/.test(plain) && knownCauses(complaints(plain).error, lastFrame(plain)).length > 0;
}
