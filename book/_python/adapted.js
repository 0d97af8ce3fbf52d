// @ts-check
// A reader's Python in the words of MicroPython, line by line.
/** @typedef {import("@lezer/common").SyntaxNode} Node */

const ORDER = ["<", "<=", ">", ">="];

/** What changes an array in place, by the names of module operator. @type {Record<string, string>} */
const UPDATES = {
  "*=": "mul",
  "/=": "truediv",
  "//=": "floordiv",
  "%=": "mod",
  "**=": "pow",
  "@=": "matmul",
  "&=": "and_",
  "|=": "or_",
  "^=": "xor",
};

/**
 * MicroPython never asks an object that stands on the right of a comparison; it changes none in
 * place but by += and -=; its numbers and formats know no objects that stand for numbers; and its
 * lists have no slices with a step. So there functions of runner.py are put around what is compared,
 * changed, formatted and sliced.
 *
 * adapted("0 < Z") == "__backcheck_left(0) < Z"
 * @param {string} text @param {(text: string) => import("@lezer/common").Tree} parse
 */
export function adapted(text, parse) {
  /** @type {[at: number, insert: string, drop: number][]} */
  const edits = [];
  const put = (/** @type {number} */ at, insert = "", drop = 0) => edits.push([at, insert, drop]);
  const wrap = (/** @type {string} */ name, /** @type {Node?} */ node) => {
    if (!node) return;
    put(node.from, `__backcheck_${name}(`);
    visit(node);
    put(node.to, ")");
  };
  /** @param {Node} node */
  const visit = (node) => {
    const word = (/** @type {Node?} */ one) => (one ? text.slice(one.from, one.to) : "");
    const [first, second, third] = children(node);
    if (isOrdered(node)) {
      // Of a < b < c, the first two are a comparison, and b stands on the left of the second.
      if (first.name === "BinaryExpression" && first.getChild("CompareOp")) visit(first);
      else wrap("left", first);
      isOrdered(/** @type {Node} */ (node.parent)) && node.parent?.firstChild?.from === node.from
        ? wrap("left", third)
        : visit(third);
    } else if (node.name === "UpdateStatement" && word(second) in UPDATES) {
      visit(first);
      put(second.from, `+= __backcheck_update("${UPDATES[word(second)]}", `, word(second).length);
      visit(third);
      put(third.to, ")");
    } else if (node.name === "FormatReplacement" && node.getChild("FormatSpec")) {
      wrap("plain", second);
      for (const spec of node.getChildren("FormatSpec")) visit(spec);
    } else if (node.name === "BinaryExpression" && isText(first) && word(second) === "%") {
      visit(first);
      wrap("plain", third);
    } else if (node.name === "MemberExpression" && hasStep(node)) {
      wrap("steps", first);
      for (const child of children(node).slice(1)) visit(child);
    } else if (node.name === "CallExpression" && ["float", "int"].includes(word(first))) {
      put(node.from, "__backcheck_");
      visit(second);
    } else if (
      node.name === "CallExpression" &&
      isText(first.firstChild) &&
      isFormat(word(first))
    ) {
      const string = /** @type {Node} */ (first.firstChild);
      put(node.from, "__backcheck_format(");
      put(string.to, ", ", second.from + 1 - string.to);
      visit(second);
    } else {
      for (const child of children(node)) visit(child);
    }
  };
  /** @param {Node} node */
  const isOrdered = (node) => {
    const sign = node.name === "BinaryExpression" && node.getChild("CompareOp");
    return sign && ORDER.includes(text.slice(sign.from, sign.to));
  };
  visit(parse(text).topNode);
  let made = "";
  let at = 0;
  edits.sort(([one], [other]) => one - other);
  for (const [from, insert, drop] of edits) {
    made += text.slice(at, from) + insert;
    at = from + drop;
  }
  return made + text.slice(at);
}

/** @param {Node} node */
function children(node) {
  const found = [];
  for (let child = node.firstChild; child; child = child.nextSibling) found.push(child);
  return found;
}

/** Whether a subscript is one slice with a step, such as caches[::-1]. @param {Node} node */
const hasStep = (node) =>
  children(node).filter(({ name }) => name === ":").length === 2 && !node.getChild(",");

/** @param {Node?} node */
const isText = (node) => /String$/.test(node?.name ?? "");

/** @param {string} called */
const isFormat = (called) => called.endsWith(".format");
