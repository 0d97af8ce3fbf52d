// @ts-check
/* What a question is about that has no numbers, no message and no code; see subjects.py. */
import { DATA } from "./util.js";

/** What is said of the names that a question has. @type {(text: string) => string[]} */
export function subjectsOf(text) {
  const read = text.slice(0, DATA.longest_question);
  return DATA.subjects.flatMap(([wanted, says]) =>
    new RegExp(wanted, "u").test(read) ? [says] : [],
  );
}
