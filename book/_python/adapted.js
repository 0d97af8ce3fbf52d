// @ts-check
// A reader's Python in the words of MicroPython, line by line.

/**
 * @typedef {import("@lezer/common").SyntaxNode} Node
 * @typedef {[at: number, insert: string, drop?: number]} Edit
 * @typedef {(node: Node, word: (node: Node) => string) => {first?: Edit[], last?: Edit[]}} Rule
 */

/** What changes an array in place, by the names that runner.py has. @type {Record<string, string>} */
const UPDATES = {
  "*=": "mul",
  "/=": "truediv",
  "//=": "floordiv",
  "%=": "mod",
  "**=": "pow",
  "@=": "matmul",
  "&=": "and",
  "|=": "or",
  "^=": "xor",
};

/** Calls a function of runner.py. @param {string} name @param {Node} node */
const around = (name, node) => ({
  first: [/** @type {Edit} */ ([node.from, `__backcheck_${name}(`])],
  last: [/** @type {Edit} */ ([node.to, ")"])],
});

/** A call takes what is unpacked, a list or a tuple does not.
 * @param {string} name @returns {Rule} */
const unpacking = (name) => (node) =>
  node.getChild("*") && node.parent?.name !== "AssignStatement"
    ? { first: [[node.from, `__backcheck_${name}(`, 1]], last: [[node.to - 1, ")", 1]] }
    : {};

/** Entries of a dictionary, whose order MicroPython does not keep: each becomes one of its own.
 * @param {Node} node */
function entries(node) {
  const parts = children(node);
  /** @type {Required<ReturnType<Rule>>} */
  const { first, last } = { first: [], last: [] };
  if (parts.some(({ type }) => type.isError)) return { first, last };
  parts.forEach(({ name, from, to }, place) => {
    if (name === "**") first.push([from, "", 2]);
    if (name !== ":" && name !== "AssignOp") return;
    const [key, value] = [parts[place - 1], parts[place + 1]];
    first.push([key.from, name === ":" ? "{" : '{"']);
    if (name !== ":") first.push([key.to, '":', to - key.to]);
    last.push([value.to, "}"]);
  });
  return { first, last };
}

/** A display of a dictionary. @param {string} open @param {string} close @returns {Rule} */
const displayed = (open, close) => (node) => {
  const { first, last } = entries(node);
  return {
    first: [[node.from, `__backcheck_dict(${open}`, 1], ...first],
    last: [...last, [node.to - 1, `${close})`, 1]],
  };
};

/**
 * MicroPython never asks an object that stands on the right of a comparison; it changes none in
 * place but by += and -=; its numbers and formats know no objects that stand for numbers; its lists
 * have no slices with a step, and nothing is unpacked in them; its dictionaries have no order. Each
 * kind of node that this is about has a rule: what is put in before its parts are looked at, and
 * what after them.
 * @type {Record<string, Rule>}
 */
const RULES = {
  BinaryExpression(node, word) {
    const [left, sign, right] = children(node);
    if (isText(left) && word(sign) === "%") return around("plain", right);
    if (!["<", "<=", ">", ">="].includes(word(sign))) return {};
    // Of a < b < c, the first two are a comparison, and b stands on the left of the second.
    const nearest = left.getChild("CompareOp") && left.lastChild;
    return around("left", nearest || left);
  },

  UpdateStatement(node, word) {
    const [, sign, value] = children(node);
    const name = UPDATES[word(sign)];
    if (!name) return {};
    const first = `+= __backcheck_update("${name}", `;
    return { first: [[sign.from, first, word(sign).length]], last: [[value.to, ")"]] };
  },

  FormatReplacement: (node) =>
    node.getChild("FormatSpec") ? around("plain", children(node)[1]) : {},

  /** A subscript that is one slice with a step, such as caches[::-1]. */
  MemberExpression(node) {
    const [of, ...others] = children(node);
    const colons = others.filter(({ name }) => name === ":").length;
    return colons === 2 && !node.getChild(",") ? around("steps", of) : {};
  },

  CallExpression(node, word) {
    const [called, given] = children(node);
    if (["float", "int"].includes(word(called))) return { first: [[node.from, "__backcheck_"]] };
    if (word(called) === "dict") return entries(given);
    const of = called.firstChild;
    if (!of || !isText(of) || !word(called).endsWith(".format")) return {};
    return {
      first: [
        [node.from, "__backcheck_format("],
        [of.to, ", ", given.from + 1 - of.to],
      ],
    };
  },

  ArrayExpression: unpacking("list"),
  TupleExpression: unpacking("tuple"),

  DictionaryExpression: displayed("", ""),
  DictionaryComprehensionExpression: displayed("*[", "]"),
};

/**
 * Puts functions of runner.py where MicroPython would take a program otherwise than Python.
 *
 * adapted("0 < Z") == "__backcheck_left(0) < Z"
 * @param {string} text @param {(text: string) => import("@lezer/common").Tree} parse
 */
export function adapted(text, parse) {
  /** @type {Edit[]} */
  const edits = [];
  const word = (/** @type {Node} */ { from, to }) => text.slice(from, to);
  const visit = (/** @type {Node} */ node) => {
    const { first = [], last = [] } = RULES[node.name]?.(node, word) ?? {};
    edits.push(...first);
    children(node).forEach(visit);
    edits.push(...last);
  };
  visit(parse(text).topNode);
  edits.sort(([one], [other]) => one - other);
  let made = "";
  let at = 0;
  for (const [from, insert, drop = 0] of edits) {
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

/** @param {Node} node */
const isText = ({ name }) => name.endsWith("String");
