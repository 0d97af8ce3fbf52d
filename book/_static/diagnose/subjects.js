// @ts-check
/* What a question is about that has no numbers, no message and no code; see subjects.py. */
import { DATA } from "./util.js";
import { say, sought } from "./words.js";

/** What is said of the names that a question has. @type {(text: string) => string[]} */
export function subjectsOf(text) {
  const read = text.slice(0, DATA.longest_question);
  if (sought("framework", read)) return [];
  const found = DATA.subjects.filter(([wanted]) => new RegExp(wanted, "u").test(read));
  const special = found.filter(([, , isGeneral]) => !isGeneral);
  const learning = sought("fails-to-learn", read) ? [say("own-learning")] : [];
  return [...(special.length ? special : found).map(([, says]) => says), ...learning];
}

/** What is said of the first names in the sentences of a text that has code.
 * @type {(text: string) => string[]} */
export function spokenOf(text) {
  const lines = text.split("\n").filter((line) => !sought("code-line", line));
  return subjectsOf(lines.join("\n")).slice(0, DATA.most_subjects);
}
