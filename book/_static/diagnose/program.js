// @ts-check
/* Programs as text and as trees. Equal trees are one object (interned), so that a value is found
 * once for each. */
import { cache, DATA } from "./util.js";
import { OPERATIONS, scalar } from "./values.js";

/** The options of each sum. */
export const SUMS = DATA.sums;
export const FUNCTIONS = [...DATA.functions, ...DATA.gates];
/** How tightly each sign binds: the first ones least. */
const BINDING = DATA.binding;
/** @type {Record<string, string>} */
const TRAILERS = { T: ".T", shape0: ".shape[0]", shape1: ".shape[1]" };
const TOGETHER = ["concatenate", "dstack"];
const ATOM = 5;

/** @type {Map<string, Tree>} */
const everyTree = new Map();

/** @type {(key: string, parts: Partial<Tree>) => Tree} */
function interned(key, parts) {
  let found = everyTree.get(key);
  if (!found) {
    found = { id: everyTree.size, op: "", args: [], name: null, value: null, ...parts };
    everyTree.set(key, found);
  }
  return found;
}

/** @type {(value: string | number) => Tree} */
export function leaf(value) {
  if (typeof value === "string") return interned(value, { name: value });
  return interned(`#${value}`, { value: scalar(value) });
}

/** @type {(op: string, ...args: Tree[]) => Tree} */
export function node(op, ...args) {
  return interned(`${op} ${args.map((arg) => arg.id).join(" ")}`, { op, args });
}

/** @type {(data: Written) => Tree} */
export function treeOf(data) {
  if (!Array.isArray(data)) return leaf(data);
  const [op, ...args] = data;
  return node(op, ...args.map(treeOf));
}

/** @type {(tree: Tree) => string[]} */
export const namesIn = cache((tree) =>
  tree.name ? [tree.name] : [...new Set(tree.args.flatMap((part) => namesIn(part)))],
);

/** The operations in an expression. @type {(tree: Tree) => Tree[]} */
export const operationsIn = (tree) =>
  tree.op ? [tree, ...tree.args.flatMap((part) => operationsIn(part))] : [];

/** An expression with some of its parts replaced. @type {(tree: Tree, by: Map<Tree, Tree>) => Tree} */
export function folded(tree, by) {
  const found = by.get(tree);
  if (found || !tree.op) return found ?? tree;
  return node(tree.op, ...tree.args.map((part) => folded(part, by)));
}

/** Null where numpy stops. @type {(tree: Tree, scope: Scope) => Value?} */
export function evaluate(tree, scope) {
  if (tree.name) return scope[tree.name] || null;
  if (tree.value) return tree.value;
  return applied(tree, (part) => evaluate(part, scope));
}

/** The value of an operation by those of its parts. @type {(tree: Tree, of: (part: Tree) => Value?) => Value?} */
export function applied({ op, args }, of) {
  const first = of(args[0]);
  const second = first && args.length > 1 ? of(args[1]) : first;
  if (!first || !second || args.length < 3) return first && second && OPERATIONS[op](first, second);
  const others = args.slice(2).map(of);
  return others.includes(null)
    ? null
    : OPERATIONS[op](first, second, .../** @type {Value[]} */ (others));
}

/** Where numpy stops in an expression that has no value.
 * @type {(tree: Tree, scope: Scope) => Stop} */
export function stopOf(tree, scope) {
  const inner = tree.args.find((part) => !evaluate(part, scope));
  if (inner) return stopOf(inner, scope);
  return {
    op: tree.op,
    values: tree.args.map((part) => /** @type {Value} */ (evaluate(part, scope))),
  };
}

/** @type {(tree: Tree, binding?: number) => string} */
export function write(tree, binding = 0) {
  if (tree.name) return tree.name;
  if (tree.value) return binding === ATOM ? `(${tree.value.d[0]})` : String(tree.value.d[0]);
  const { op, args } = tree;
  if (op in SUMS) return `sum(${write(args[0])}${SUMS[op]})`;
  if (FUNCTIONS.includes(op)) return `${op}(${write(args[0])})`;
  if (TOGETHER.includes(op)) return `${op}((${args.map((one) => write(one)).join(", ")}))`;
  if (op === "head") return `${write(args[0], ATOM)}[:${write(args[1])}]`;
  if (op === "tail") return `${write(args[0], ATOM)}[${write(args[1])}:]`;
  if (op === "slice") return `${write(args[0], ATOM)}[:, :, ${write(args[1])}]`;
  if (op in TRAILERS) return write(args[0], ATOM) + TRAILERS[op];
  const own = BINDING[op];
  // Python reads a - b - c from the left, a ** b ** c from the right, and a > b > c otherwise.
  const [left, right] = op === "**" ? [own + 1, own] : [own || 1, own + 1];
  const text =
    op === "neg"
      ? `-${write(args[0], own)}`
      : `${write(args[0], left)} ${op} ${write(args[1], right)}`;
  return own < binding ? `(${text})` : text;
}

const WORD =
  /\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|\.T\b|\.shape\[[01]\]|, *(?:axis *= *(?:[01]|None)|keepdims *= *(?:True|False))\b|[A-Za-z_]\w*|\*\*|[<>]=?|\S/g;
const OF_NUMPY = /\b(?:np|numpy)\.(?=[A-Za-z_]\w* *\()/g;

/** Reads what `write` writes, and functions as numpy calls them.
 * @type {(text: string) => Tree} */
export function parse(text) {
  const tokens = text.replace(OF_NUMPY, "").match(WORD) || [];
  let [at, depth] = [0, 0];
  /** @type {(found: any) => void} */
  const expect = (found) => {
    if (!found) throw new Error("unreadable");
  };

  const sign = () => (tokens[at] === "neg" ? -1 : BINDING[tokens[at]]);

  /** An expression whose signs bind at least so tightly. @type {(loosest: number) => Tree} */
  function expression(loosest) {
    depth += 1;
    expect(depth < 200);
    let tree = tokens[at] === "-" ? node("neg", operand()) : atom();
    for (let own = sign(); own >= loosest; own = own ? sign() : -1) {
      const op = tokens[at++];
      tree = node(op, tree, expression(op === "**" ? BINDING.neg : own + 1));
    }
    depth -= 1;
    return tree;
  }

  function operand() {
    at += 1;
    return expression(BINDING.neg);
  }

  function atom() {
    const word = tokens[at++] || "";
    let tree;
    if (word === "(") {
      tree = expression(0);
      expect(tokens[at++] === ")");
    } else if (/^[\d.]/.test(word)) {
      expect(Number(word) < 1e300);
      tree = leaf(Number(word));
    } else {
      expect(/^[A-Za-z_]/.test(word));
      tree = tokens[at] === "(" ? call(word) : leaf(word);
    }
    for (let op = trailer(); op || tokens[at] === "["; op = trailer()) {
      at += 1;
      tree = op ? node(op, tree) : rows(tree);
    }
    return tree;
  }

  /** @param {Tree} tree */
  function rows(tree) {
    const isSlice = tokens.slice(at, at + 4).join("") === ":,:,";
    const op = isSlice ? "slice" : tokens[at] === ":" ? "head" : "tail";
    at += isSlice ? 4 : Number(op === "head");
    const n = expression(0);
    if (op === "tail") expect(tokens[at++] === ":");
    expect(tokens[at++] === "]");
    return node(op, tree, n);
  }

  /** @param {string} word */
  function together(word) {
    expect(tokens[at++] === "(");
    const parts = [expression(0)];
    while (tokens[at] === ",") {
      at += 1;
      parts.push(expression(0));
    }
    expect(tokens[at++] === ")" && tokens[at++] === ")");
    expect(parts.length > 1 && (word === "dstack" || parts.length < 3));
    return node(word, ...parts);
  }

  const trailer = () => Object.keys(TRAILERS).find((op) => TRAILERS[op] === tokens[at]);

  /** @type {(word: string) => Tree} */
  function call(word) {
    at += 1;
    if (TOGETHER.includes(word)) return together(word);
    const argument = expression(0);
    if (word in DATA.calls) {
      expect(tokens[at++] === ",");
      const second = expression(0);
      expect(tokens[at++] === ")");
      return node(DATA.calls[word], argument, second);
    }
    const given = [];
    while (tokens[at]?.length > 1 && tokens[at].startsWith(","))
      given.push(tokens[at++].replace(/[, ]/g, ""));
    expect(tokens[at++] === ")" && new Set(given.map((one) => one[0])).size === given.length);
    const stated = given.filter((one) => !/None|False/.test(one)).sort();
    const options = stated.map((one) => `, ${one}`).join("");
    if (word === "square" && !given.length) return node("**", argument, leaf(2));
    const isTotal = word === "sum" || word === "mean";
    const op = isTotal ? Object.keys(SUMS).find((one) => SUMS[one] === options) : word;
    expect(op && (isTotal || (FUNCTIONS.includes(word) && !options)));
    const made = node(/** @type {string} */ (op), argument);
    if (word !== "mean") return made;
    const axes = ["0", "1"].filter((axis) => !options.includes(`axis=${1 - Number(axis)}`));
    const [first, ...others] = axes.map((axis) => node(`shape${axis}`, argument));
    return node("/", made, others.length ? node("*", first, ...others) : first);
  }

  const tree = expression(0);
  expect(at === tokens.length);
  return tree;
}
