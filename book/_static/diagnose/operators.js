// @ts-check
/* What the operators of mutation make of an expression; the table is data, see operators.py. */
import { leaf, node, treeOf } from "./program.js";
import { cache, DATA } from "./util.js";

const STEP = leaf("$step");
const ANY = [leaf("$x"), leaf("$y"), leaf("$z")];

/** @type {Rule[]} */
const OPERATORS = DATA.operators.map(([name, before, after]) => [
  name,
  treeOf(before),
  treeOf(after),
]);

/** The rules that fit a node, by left side: those of its operation, and of words.
 * @type {Map<string, Map<Tree, Rule[]>>} */
const rulesAt = new Map();

/** @type {(op: string) => Map<Tree, Rule[]>} */
function rulesOf(op) {
  const known = rulesAt.get(op);
  if (known) return known;
  /** @type {Map<Tree, Rule[]>} */
  const found = new Map();
  for (const rule of OPERATORS) {
    const [, before] = rule;
    if (before.op && before.op !== op) continue;
    found.set(before, [...(found.get(before) ?? []), rule]);
  }
  rulesAt.set(op, found);
  return found;
}

/** What each operator makes of an expression, with the operator's name.
 * @type {(tree: Tree, families: Families) => Generator<[string, Tree]>} */
export function rewrites(tree, families) {
  return inside(tree, families.has(STEP) ? new Map(families).set(STEP, [tree]) : families);
}

/** What can be done at each node, the rest of the expression left alone.
 * @type {(tree: Tree, families: Families) => Generator<[string, Tree]>} */
function* inside(tree, families) {
  for (const [before, rules] of rulesOf(tree.op)) {
    for (const bound of matches(before, tree, families, UNBOUND)) {
      yield* made(rules, families, bound);
    }
  }
  for (let place = 0; place < tree.args.length; place++) {
    for (const [name, part] of inside(tree.args[place], families)) {
      yield [name, node(tree.op, ...tree.args.with(place, part))];
    }
  }
}

/** @type {Map<Tree, any>} */
const UNBOUND = new Map();

/** What the words of a pattern stand for where an expression looks like it.
 * @type {(pattern: Tree, tree: Tree, families: Families, bound: Bound) => Bound[]} */
function matches(pattern, tree, families, bound) {
  if (ANY.includes(pattern)) return [new Map(bound).set(pattern, tree)];
  const members = families.get(pattern);
  if (members) {
    return members.flatMap((member) => {
      const found = matches(member, tree, UNBOUND, bound);
      return found.map((one) => new Map(one).set(pattern, tree));
    });
  }
  if (pattern === tree) return [bound];
  if (!pattern.op || pattern.op !== tree.op) return [];
  return pattern.args.reduce(
    (found, part, at) => found.flatMap((one) => matches(part, tree.args[at], families, one)),
    [bound],
  );
}

/** Right sides with what their words stand for, once for each member of an unbound one.
 * @type {(rules: Rule[], families: Families, bound: Bound) => Generator<[string, Tree]>} */
function* made(rules, families, bound) {
  for (const [name, , after] of rules) {
    const unbound = words(after).filter((word) => families.has(word) && !bound.has(word));
    let chosen = [bound];
    for (const word of unbound) {
      const members = (families.get(word) ?? []).map((member) => put(member, bound));
      chosen = chosen.flatMap((one) => members.map((member) => new Map(one).set(word, member)));
    }
    for (const one of chosen) yield [name, put(after, one)];
  }
}

/** An expression with some of its leaves replaced. @type {(tree: Tree, to: Bound) => Tree} */
function put(tree, to) {
  if (!tree.op) return to.get(tree) ?? tree;
  return node(tree.op, ...tree.args.map((part) => put(part, to)));
}

/** @type {(tree: Tree) => Tree[]} */
const words = cache((tree) => (tree.op ? [...new Set(tree.args.flatMap(words))] : [tree]));
