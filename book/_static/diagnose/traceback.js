// @ts-check
/* What a test or numpy said, and where. */

const HELD = /^(?: *(?:File |<?ipython|~|\/|Input In|Cell In|[A-Z]:\\)|.*\.py\S* in \w+\()/;
const ARROW = /^ *-+> ?\d+ (.*)/;
const COMPLAINT =
  /(?:Wrong|Error: Data) (type|shape|values|output)[^\n]{0,40}? (?:for|in) (?:the )?(?:variable )?(\w+)/g;
const FUNCTION =
  /\b(backward_propagation|linear_backward|linear_activation_backward|L_model_backward)(?:_test)?\b/g;
const EXCEPTION = /^[ \t]*(?:\w+\.)*((?:[A-Z]\w*(?:Error|Exception))\b[^\n]*)/gm;
const SHAPES = /(?:shapes \([\d, ]*\) and|operands could not be broadcast)[^\n]*/g;

/** What a statement does, in a word. @type {(statement: string) => string} */
export function statementKind(statement) {
  if (statement.includes("_test_case(")) return "case";
  if (/\b(?:\w+_backward|backward_propagation\w*|target)\(/.test(statement)) return "call";
  if (/^[\w, ()]*= *\(?[A-Za-z]\w*\)?$/.test(statement)) return "name";
  if (/[\w\])]\[/.test(statement.replaceAll("shape[", ""))) return "entry";
  return /= *\S|return|\(.*\)|:$/.test(statement) ? "formula" : "";
}

/** @param {string} named @param {string} text */
function frameOf(named, text) {
  const statement = text.replace(/\s+#.*|;\s*$/g, "").trim();
  const cell = named.endsWith("_test") || ["", "print_grads", "cell"].includes(named);
  const ours = /^(?:backward_propagation\w*|\w+_backward)$/.test(named);
  return { function: cell ? "cell" : ours ? named : "", statement };
}

/** The last frame of a traceback that is in a function of the course, or in a cell.
 * @param {string} text */
export function lastFrame(text) {
  let found = { function: "", statement: "" };
  /** @type {string | null} */
  let named = null;
  let previous = "";
  for (const line of text.split("\n")) {
    const arrow = ARROW.exec(line);
    if (HELD.test(line)) named = /\bin (\w+)/.exec(line)?.[1] ?? "";
    else if (arrow || previous.startsWith('File "')) {
      // Without the line that names the function, its statement is all there is.
      const one = frameOf(named ?? "-", arrow ? arrow[1] : line);
      if (one.function || named === null) found = one;
    }
    previous = line.trim();
  }
  return found;
}

/** Which outputs the test complained of, the function, and the exception. @param {string} text */
export function complaints(text) {
  // A traceback quotes the asserts around the one that failed.
  const said = text.replace(/^.*\bassert [^\n]*/gm, "");
  /** @type {Map<string, [string, string]>} */
  const failing = new Map();
  for (const [, kind, name] of said.matchAll(COMPLAINT)) {
    if (name !== "the") failing.set(`${kind} ${name}`, [kind, name]);
  }
  const errors = [...said.matchAll(EXCEPTION)]
    .map((match) => match[1].trim())
    .filter((error) => !/^AssertionError|Traceback \(most recent/.test(error));
  // Forums eat the name of the exception, but not what numpy says of shapes.
  const shapes = said.match(SHAPES) || [];
  return {
    failing: [...failing.values()],
    // The last function named is the one whose test speaks.
    function: [...said.matchAll(FUNCTION)].at(-1)?.[1] ?? "",
    error: [...errors, ...shapes].at(-1) ?? "",
  };
}
