// @ts-check
/* Mutants of one step: everything that rewrites trees, so that two changes of a step are found. */
import { ACTIVATIONS, BINARY, leaf, namesIn, node, SUMS } from "./program.js";

/** @type {(tree: Tree, place: number, part: Tree) => Tree} */
function withPart(tree, place, part) {
  return node(tree.op, ...tree.args.map((arg, at) => (at === place ? part : arg)));
}

const ONE = leaf(1);
const TWO = leaf(2);
const M = leaf("m");

/** @type {(tree: Tree, names: string[]) => Generator<Tree>} */
function* rewrites(tree, names) {
  yield* plainChanges(tree);
  yield node("*", tree, TWO);
  yield node("/", tree, TWO);
  for (const name of names) for (const op of ["+", "-", "*"]) yield node(op, tree, leaf(name));
  for (const sum of Object.keys(SUMS)) yield node(sum, tree);
  yield* inside(tree, (part) => atNode(part, names));
}

/** @type {(tree: Tree) => Generator<Tree>} */
function* plainChanges(tree) {
  yield node("neg", tree);
  yield node("T", tree);
  yield node("**", tree, TWO);
  yield node("-", ONE, tree);
  yield node("*", tree, M);
  yield node("/", tree, M);
}

/** What can be done at each node, the rest of the expression left alone.
 * @type {(tree: Tree, changes: (part: Tree) => Iterable<Tree>) => Generator<Tree>} */
function* inside(tree, changes) {
  yield* changes(tree);
  for (let place = 0; place < tree.args.length; place++) {
    for (const form of inside(tree.args[place], changes)) yield withPart(tree, place, form);
  }
}

/** @type {(tree: Tree, names: string[]) => Generator<Tree>} */
function* atNode(tree, names) {
  const { op, args } = tree;
  if (tree.name && names.includes(tree.name)) {
    for (const name of names) if (name !== tree.name) yield leaf(name);
    for (const one of ACTIVATIONS) yield node(one, tree);
    yield* plainChanges(tree);
  } else if (tree.value) {
    yield leaf(tree.value.d[0] + 1);
  } else if (args.length === 2 && (BINARY.includes(op) || op === "**" || op === ">")) {
    yield* atPair(op, args[0], args[1]);
  } else if (op === "shape0" || op === "shape1") {
    yield node(op === "shape0" ? "shape1" : "shape0", args[0]);
    // All entries of the array.
    yield node("*", node("shape0", args[0]), node("shape1", args[0]));
    yield ONE;
  } else if (args.length === 1) {
    yield* atCall(op, args[0]);
  }
}

/** @type {(op: string, operand: Tree) => Generator<Tree>} */
function* atCall(op, operand) {
  yield operand;
  for (const family of [ACTIVATIONS, Object.keys(SUMS)]) {
    if (!family.includes(op)) continue;
    for (const other of family) if (other !== op) yield node(other, operand);
    // The parenthesis closed early: f(a + b) becomes f(a) + b.
    if (BINARY.includes(operand.op))
      yield node(operand.op, node(op, operand.args[0]), operand.args[1]);
  }
}

/** @type {(op: string, left: Tree, right: Tree) => Generator<Tree>} */
function* atPair(op, left, right) {
  if (BINARY.includes(op)) {
    for (const other of BINARY) if (other !== op) yield node(other, left, right);
    yield node(op, right, left);
  }
  if (op === "@") {
    // Entry by entry, the shapes fit without the transpose.
    if (left.op === "T") yield node("*", left.args[0], right);
    else if (right.op === "T") yield node("*", left, right.args[0]);
  }
  if (op === "**") {
    yield node("*", left, right);
    yield node("**", right, left);
  }
  yield left;
  yield right;
  // Parentheses moved: a * (b - c) becomes a * b - c, and the other way round.
  if (right.args.length === 2) yield node(right.op, node(op, left, right.args[0]), right.args[1]);
  if (left.args.length === 2) yield node(left.op, left.args[0], node(op, left.args[1], right));
  // The parenthesis closed late: f(a) + b becomes f(a + b).
  if (ACTIVATIONS.includes(left.op) || left.op in SUMS)
    yield node(left.op, node(op, left.args[0], right));
}

/** A product with a derivative, written from the left: dA * A * (1 - A).
 * @type {(tree: Tree, slope: Tree) => Tree} */
function times(tree, slope) {
  return slope.op === "*"
    ? node("*", node("*", tree, slope.args[0]), slope.args[1])
    : node("*", tree, slope);
}

/** What is mistaken for a derivative: a value, or what is left of it to one.
 * @type {(array: Tree) => Generator<Tree>} */
function* instead(array) {
  for (const found of [array, ...ACTIVATIONS.map((one) => node(one, array))]) {
    yield found;
    yield node("-", ONE, found);
  }
}

/** @type {(fixture: Fixture, name: string, tree: Tree, names: string[]) => Generator<Tree>} */
function* slopeForms(fixture, name, tree, names) {
  const slopes = fixture.slopes;
  yield* otherSlopes(tree, slopes);
  const last = fixture.data.last;
  if (names.includes("Y") && name === `d${last}`) {
    yield node("-", leaf(last), leaf("Y"));
    yield node("-", leaf("Y"), leaf(last));
  }
  for (const slope of fixture.early(name)) yield times(tree, slope);
  if (!name.includes("dZ")) return;
  for (const slope of slopes) yield times(tree, slope);
  for (const upstream of names.filter((one) => one.includes("dA")).map((one) => leaf(one))) {
    yield upstream;
    for (const slope of slopes) yield times(upstream, slope);
    for (const array of fixture.data.activated)
      for (const one of instead(leaf(array))) yield node("*", upstream, one);
  }
  if (!names.includes("Y")) return;
  for (const array of fixture.data.activated) {
    yield node("-", leaf(array), leaf("Y"));
    for (const one of ACTIVATIONS) yield node("-", node(one, leaf(array)), leaf("Y"));
  }
}

/** @type {(tree: Tree, slopes: Tree[]) => Generator<Tree>} */
function* otherSlopes(tree, slopes) {
  if (slopes.includes(tree)) {
    yield* slopes;
    return;
  }
  if (tree.op === "*") {
    const [left, right] = tree.args;
    // A product a * s * (1 - s) reads (a * s) * (1 - s): the derivative is not a node of it.
    if (left.op === "*" && slopes.includes(node("*", left.args[1], right))) {
      for (const slope of slopes) yield times(left.args[0], slope);
    } else if (slopes.includes(right)) {
      for (const slope of slopes) yield times(left, slope);
      return;
    }
  }
  for (let place = 0; place < tree.args.length; place++) {
    for (const form of otherSlopes(tree.args[place], slopes)) yield withPart(tree, place, form);
  }
}

/** What two changes of one step lead to.
 * @type {(fixture: Fixture, slot: Slot, names: string[]) => Tree[]} */
export function secondChanges(fixture, { name, tree, forms, stuck }, names) {
  /** @type {Set<Tree>} */
  const found = new Set();
  for (const form of [...forms, ...stuck]) {
    for (const twice of rewritten(fixture, name, form, names)) {
      if (!namesIn(twice).includes(name)) found.add(twice);
    }
  }
  for (const simpler of [tree, ...forms]) found.delete(simpler);
  return [...found];
}

/** @type {(fixture: Fixture, name: string, tree: Tree, names: string[]) => Generator<Tree>} */
function* rewritten(fixture, name, tree, names) {
  const counts = fixture.counts(name);
  yield* rewrites(tree, names);
  yield* inside(tree, (part) => (part === M ? counts : []));
  yield* slopeForms(fixture, name, tree, names);
}
