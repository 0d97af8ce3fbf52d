// @ts-check
/* Expressions in the notation of the course's handout, which gives no graded line away. */
import { FUNCTIONS, leaf, namesIn, node, SUMS, write } from "./program.js";
import { inLoop, stem } from "./steps.js";
import { bare, DATA, groupedBy } from "./util.js";
import { say, sought, whole } from "./words.js";

// How tightly each sign binds: a sum is weaker than a product of matrices, which has no sign.
const [PLUS, TIMES, SUM, PRODUCT, POWER, WHOLE] = [0, 1, 2, 3, 4, 5];

/** @type {(name: string, tree: Tree) => string} */
export function equation(name, tree) {
  const over = [...new Set(sumsIn(tree).map((op) => say(op.replace("_keep", ""))))];
  const said = `${symbol(name)} = ${mathematics(tree)}`;
  return inLoop(over.length ? `${said} (${over.join(", ")})` : said, name);
}

/** @type {(name: string, tree: Tree, others?: string[]) => string} */
export function expects(name, tree, others = []) {
  if (tree.name === name) return say("as-given", { symbol: inLoop(symbol(name), name) });
  const said = say("expects", { equation: equation(name, tree) });
  return others.length ? say("and-so", { said, names: others.map(stem).join(", ") }) : said;
}

/** The changed steps that are told, each with the other sums of a loop changed alike.
 * @type {(changes: [string, Tree, Tree][]) => [string, string[]][]} */
export function toldOnce(changes) {
  const alike = groupedBy(changes, ([name, was, now]) => {
    const text = `${name} = ${write(now)} ${write(was)}`;
    const own = stem(name);
    return own.endsWith("_sum") ? text.replaceAll(own.slice(0, -4), "") : text;
  });
  return [...alike.values()].map(([[first], ...others]) => [first, others.map(([name]) => name)]);
}

/** Changed statements as readers see them: code, but mathematics where code would show a graded
 * line. @type {(forms: [string, Tree][]) => string[]} */
export function statements(forms) {
  return forms.map(([name, tree]) =>
    givesAway(name, tree, forms) ? equation(name, tree) : inLoop(`${name} = ${write(tree)}`, name),
  );
}

/** What several statements read in place of each name, if nothing else has changed.
 * @type {(pairs: [Tree, Tree][]) => [Tree, Tree][]} */
export function replacedNames(pairs) {
  /** @type {Map<Tree, Tree>} */
  const found = new Map();
  for (const [before, after] of pairs.length > 1 ? pairs.flatMap(leaves) : []) {
    if (!before.name || (found.get(before) ?? after) !== after) return [];
    found.set(before, after);
  }
  return [...found].filter(([before, after]) => before !== after);
}

/** The names of an expression with what stands in their places, and what differs else.
 * @type {(pair: [Tree, Tree]) => [Tree, Tree][]} */
function leaves([was, now]) {
  if (was.op && was.op === now.op && was.args.length === now.args.length) {
    return was.args.flatMap((part, at) => leaves([part, now.args[at]]));
  }
  return was.name || was !== now ? [[was, now]] : [];
}

/** @type {(name: string, tree: Tree, forms: [string, Tree][]) => boolean} */
function givesAway(name, tree, forms) {
  const code = write(tree);
  const found = sought("right-step", code);
  if (!found) return isLinearStep(tree);
  // The product or the sum alone lacks the 1/m, unless that is taken in another step.
  const averaged = forms.some(([step, other]) => step !== name && namesIn(other).includes("m"));
  return averaged || found[0] !== code || code.startsWith("W");
}

/** @type {(tree: Tree) => boolean} */
function isLinearStep({ op, args: [left, right] }) {
  if (op !== "+" || left.op !== "@") return false;
  const [weights, input] = left.args.map((one) => one.name || "");
  return input !== "" && weights.startsWith("W") && (right.name || "").startsWith("b");
}

/** @type {(name: string) => string} */
export function symbol(name) {
  const plain = bare(name);
  const [, letter, number] = whole("numbered", plain) ?? [];
  return letter ? `${letter}[${number}]` : DATA.symbols[plain] || plain;
}

/** @type {(tree: Tree, binding?: number) => string} */
function mathematics(tree, binding = PLUS) {
  const [text, own] = notation(tree);
  return own < binding ? `(${text})` : text;
}

/** The text of an expression, and how tightly it binds. @type {(tree: Tree) => [string, number]} */
function notation(tree) {
  if (tree.name) return [symbol(tree.name), WHOLE];
  if (tree.value) return [String(tree.value.d[0]), WHOLE];
  const derivative = derivativeOf(tree);
  if (derivative) return [derivative, WHOLE];
  const { op, args } = tree;
  if (args.length > 1) return pair(op, args[0], args[args.length - 1]);
  const [operand] = args;
  if (op in SUMS) return [`Σ ${mathematics(operand, SUM)}`, SUM];
  if (FUNCTIONS.includes(op)) return [`${symbol(op)}(${mathematics(operand)})`, WHOLE];
  if (op === "T") return [`${mathematics(operand, WHOLE)}ᵀ`, WHOLE];
  if (op === "neg") return [`-${mathematics(operand, PRODUCT)}`, PLUS];
  return [say(op, { array: mathematics(operand, WHOLE) }), PLUS];
}

/** @type {(op: string, left: Tree, right: Tree) => [string, number]} */
function pair(op, left, right) {
  if (/[<>]/.test(op)) return [`1[${mathematics(left)} ${op} ${mathematics(right)}]`, WHOLE];
  if (["head", "tail", "slice", "concatenate", "dstack"].includes(op)) {
    // As many rows as an array has are the rows of the array.
    const rows = right.op === "shape0" ? right.args[0] : right;
    const of = { left: mathematics(left, WHOLE), right: mathematics(rows, WHOLE) };
    return [say(op, of), ["head", "tail"].includes(op) ? WHOLE : PLUS];
  }
  if (op === "**") {
    const power = mathematics(right, WHOLE);
    const digits = power.replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]);
    return [mathematics(left, WHOLE) + (/^\d+$/.test(power) ? digits : `^${power}`), POWER];
  }
  if (op === "@" || (op === "*" && isScalar(left))) {
    return [`${mathematics(left, PRODUCT)} ${mathematics(right, PRODUCT + 1)}`, PRODUCT];
  }
  if (op === "/" && right.name === "m") {
    if (left.op === "neg") return [`-1/m ${mathematics(left.args[0], SUM)}`, PLUS];
    return [overM(left), TIMES];
  }
  const product = op === "*" && withDerivative(left, right);
  if (product) return [product, TIMES];
  const own = "+-".includes(op) ? PLUS : TIMES;
  return [`${mathematics(left, own)} ${op} ${mathematics(right, own + 1)}`, own];
}

/** @type {(tree: Tree) => boolean} */
const isScalar = (tree) => DATA.scalars.includes(tree.name || "");

/** @type {(tree: Tree) => string} */
function overM(tree) {
  if (tree.value) return `${mathematics(tree, WHOLE)}/m`;
  const [left, right] = tree.args;
  if (tree.op === "*" && isScalar(left)) return `${mathematics(left)}/m ${mathematics(right, SUM)}`;
  return `1/m ${mathematics(tree, SUM)}`;
}

/** A product a * s * (1 - s) for a sigmoid s. @type {(left: Tree, right: Tree) => string | null} */
function withDerivative(left, right) {
  const derivative = left.op === "*" && derivativeOf(node("*", left.args[1], right));
  if (!derivative) return null;
  return `${mathematics(left.args[0], TIMES)} * ${derivative}`;
}

/** The derivative of an activation that an expression is. @type {(tree: Tree) => string | null} */
function derivativeOf({ op, args: [left, right] }) {
  /** @type {(activation: string, at: Tree) => string} */
  const slope = (activation, at) => `${symbol(activation)}'(${mathematics(at)})`;
  if (op === "*" && left.op === "sigmoid" && right === node("-", leaf(1), left)) {
    return slope("sigmoid", left.args[0]);
  }
  const squared = op === "-" && left === leaf(1) && right.op === "**" && right.args[1] === leaf(2);
  if (squared && right.args[0].op === "tanh") return slope("tanh", right.args[0].args[0]);
  return op === ">" && left.name?.startsWith("Z") && right === leaf(0) ? slope("relu", left) : null;
}

/** The sums in an expression, the outermost first. @type {(tree: Tree) => string[]} */
function sumsIn(tree) {
  const inner = tree.args.flatMap(sumsIn);
  return tree.op in SUMS ? [tree.op, ...inner] : inner;
}
