// @ts-check
/* The code of a pasted text that has sentences around it; see sources.py. */

const CODE =
  /^([ \t]*)(?:((?:async +)?def +\w+ *\(|class +\w+ *[(:]|@\w)|import +[\w.]+(?: *,| +as\b|[ \t]*$)|from +[\w.]+ +import\b)/;
const GOES_ON = /^(?:(?:else|elif|except|finally)\b|[)\]}])/;

/** As many lines, of which those that begin no statement are empty.
 * @type {(text: string, isRead: (line: string) => boolean) => string} */
export function withoutProse(text, isRead) {
  const lines = text.split("\n");
  const margin = lines.map((line) => CODE.exec(line)?.[1].length).find((one) => one !== undefined);
  if (margin === undefined) return text;
  // Whether the lines of the last statement are kept, and a text of three quotes is open in it.
  let [keeps, isQuoted] = [false, false];
  const kept = lines.map((whole) => {
    const line = whole.slice(margin);
    if (whole.slice(0, margin).trim()) {
      keeps = false;
      return "";
    }
    if (/^\S/.test(line) && !isQuoted)
      keeps = beginsStatement(line, isRead) || (keeps && GOES_ON.test(line));
    const quotes = line.match(/"{3}|'{3}/g)?.length ?? 0;
    if (keeps && quotes % 2) isQuoted = !isQuoted;
    return keeps ? line : "";
  });
  return kept.join("\n");
}

/** Whether a line can be one of code: a function is taken even where it is broken.
 * @type {(line: string, isRead: (line: string) => boolean) => boolean} */
function beginsStatement(line, isRead) {
  const head = line.split("#")[0].trimEnd();
  return Boolean(CODE.exec(line)?.[2]) || isRead(head.endsWith(":") ? `${head} pass` : head);
}
