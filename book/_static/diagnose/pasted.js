// @ts-check
/* Pasted lines of code: the steps of a test that they compute; see pasted.py. */

import { courseSpelling } from "./labels.js";
import { Mutant } from "./mutant.js";
import { evaluate, folded, leaf, namesIn, node, operationsIn, parse } from "./program.js";
import { same, scalar, shapeOf, tuple } from "./values.js";
import { every, say, starting } from "./words.js";

/** @param {Fixture} fixture */
const ownSteps = ({ steps }) => steps.map(({ name }) => name).filter((name) => name !== "m");

/** The step that a learner's name is the name of. @type {(name: string, fixture: Fixture) => string | undefined} */
export const stepOf = (name, fixture) =>
  [name, fixture.data.notebook[name], courseSpelling(name)].find((one) =>
    ownSteps(fixture).includes(one),
  );

/** What a statement among the lines computes for a step, in its own words.
 * @type {(lines: Forms, statement: string, fixture: Fixture) => Tree | undefined} */
export function lineThatStops(lines, statement, fixture) {
  const line = lines.get(stepOf(statement.split("=")[0].trim(), fixture) ?? "");
  const said = every("identifier", statement).map(([word]) => stepOf(word, fixture));
  // What the test computes in a step of its own stands in this line.
  const unsaid = fixture.steps.filter(({ name }) => !said.includes(name));
  return (
    line && folded(line, new Map(unsaid.map(({ name }) => [leaf(name), fixture.original(name)])))
  );
}

/** The steps that pasted lines assign, each once. @type {(paste: Paste, fixture: Fixture) => string[]} */
export const stepsIn = ({ lines }, fixture) => [
  ...new Set(meant(lines, fixture).flatMap(([name]) => stepOf(name, fixture) ?? [])),
];

/** Lines with the names of the steps that they mean: where the notebook gives the name of one step
 * to another, it is the other one unless the line computes the first.
 * @type {(lines: [string, string][], fixture: Fixture) => [string, string][]} */
function meant(lines, fixture) {
  const steps = ownSteps(fixture);
  // Who assigns both has a name for each.
  const assigned = new Set(lines.map(([name]) => name));
  const pairs = Object.entries(fixture.data.notebook);
  const means = new Map(pairs.filter(([name, own]) => steps.includes(name) && !assigned.has(own)));
  const now = new Map(means);
  return lines.map(([name, text]) => {
    // The name of a function, such as np.dot, is none of an array.
    const read = text.replaceAll(/(?<!\.)\b\w+\b(?!\()/g, (word) => now.get(word) ?? word);
    const own = means.get(name);
    if (own) {
      const tree = readable(read);
      const isRead = tree && namesIn(tree).every((one) => one in fixture.reference);
      const isPlain = isRead && same(evaluate(tree, fixture.reference), fixture.reference[name]);
      now.set(name, isPlain ? name : own);
    }
    return [now.get(name) ?? name, read];
  });
}

/** The steps of a test that pasted lines compute, in one way each.
 * @type {(paste: Paste, fixture: Fixture) => Forms} */
export function linesOf({ lines }, fixture) {
  const { notebook } = fixture.data;
  const steps = ownSteps(fixture);
  /** @type {Forms} */
  const found = new Map();
  // What the lines above compute under names of their own.
  /** @type {Map<Tree, Tree>} */
  const above = new Map(
    Object.entries(notebook).flatMap(([own, name]) =>
      steps.includes(own) ? [] : [[leaf(own), leaf(name)]],
    ),
  );
  for (const [name, text] of meant(lines, fixture)) {
    const step = stepOf(name, fixture);
    if (starting("reshapes", text) || name in fixture.arrays || name === "m") continue;
    // What was printed under a name is no way to compute it.
    if (!text.startsWith("=") && !starting("code", text)) continue;
    // A step stands for itself where it is computed in two ways, or in none that is read.
    const code = readable(text);
    const tree = code ?? leaf(step ?? name);
    const before = code && step && namesIn(code).includes(step) ? found.get(step) : undefined;
    const parts = before && step ? new Map([...above, [leaf(step), before]]) : above;
    const whole = folded(tree, parts);
    // What is kept the other way round is read so.
    if (step && isTurned(whole, step, fixture)) {
      above.set(leaf(step), node("T", leaf(step)));
      found.set(step, fixture.original(step));
      continue;
    }
    if (!step) {
      above.set(leaf(name), whole);
      continue;
    }
    // What the test computes in a step of its own has that step's name, unless that is another.
    const alike = (/** @type {Step} */ one) => (found.get(one.name) ?? one.tree) === one.tree;
    const own = fixture.steps.filter((one) => one.name !== step && alike(one));
    const read = folded(whole, new Map(own.map((one) => [one.tree, leaf(one.name)])));
    const known = [...Object.keys(fixture.arrays), ...steps, "m"].filter((one) => one !== step);
    const isKnown = namesIn(read).every((one) => known.includes(one));
    const isOne = before || (found.get(step) ?? read) === read;
    found.set(step, isKnown && isOne ? read : leaf(step));
  }
  return new Map([...found].filter(([step, tree]) => tree !== leaf(step)));
}

/** Whether a line gives a step that is no output the other way round.
 * @type {(tree: Tree, step: string, fixture: Fixture) => boolean} */
function isTurned(tree, step, { expected, reference }) {
  const isOutput = step in expected || shapeOf(reference[step]).length < 2;
  const isKnown = namesIn(tree).every((one) => one !== step && one in reference);
  if (isOutput || !isKnown || same(evaluate(tree, reference), reference[step])) return false;
  return same(evaluate(node("T", tree), reference), reference[step]);
}

/** @param {string} text */
function readable(text) {
  try {
    return parse(text);
  } catch {
    return null;
  }
}

/** The program that has pasted lines in place of its own, where these differ.
 * @type {(paste: Paste, fixture: Fixture) => Mutant?} */
export function written(paste, fixture) {
  const [network] = fixture.networks;
  const { scope } = fixture.run(new Map(), network.arrays);
  const passes = [fixture.reference, scope];
  const own = [...linesOf(paste, fixture)].filter(
    ([step, tree]) =>
      !passes.every((one) => same(ofCost(evaluate(tree, one), step, fixture), one[step])),
  );
  const changed = narrowed(new Map(own), fixture);
  const forms = new Map(
    [...changed].map(([step, tree]) => {
      const at = fixture.steps.findIndex(({ name }) => name === step);
      const above = fixture.steps.slice(0, at).filter(({ name }) => !changed.has(name));
      return [step, folded(tree, new Map(above.map((one) => [one.tree, leaf(one.name)])))];
    }),
  );
  return own.length ? new Mutant(fixture, forms, forms.size) : null;
}

/** Changes with one step in place of all that read it, where these differ in it alone.
 * @type {(forms: Forms, fixture: Fixture) => Forms} */
function narrowed(forms, fixture) {
  for (const { name } of fixture.steps.toReversed()) {
    const readBy = fixture.steps.filter(({ tree }) => namesIn(tree).includes(name));
    if (name in fixture.expected || forms.has(name) || !readBy.length) continue;
    if (!readBy.every((one) => forms.has(one.name))) continue;
    const stands = new Set(
      readBy.flatMap((one) => standing(leaf(name), one.tree, forms.get(one.name) ?? one.tree)),
    );
    const [tree] = stands;
    if (stands.size !== 1 || !tree || namesIn(tree).includes(name)) continue;
    const rest = [...forms].filter(([own]) => !readBy.some((one) => one.name === own));
    return narrowed(new Map([...rest, [name, tree]]), fixture);
  }
  return forms;
}

/** What stands in an expression where a name stood; null if more differs.
 * @type {(name: Tree, was: Tree, now: Tree) => (Tree | null)[]} */
function standing(name, was, now) {
  if (was === name) return [now];
  if (was.op && was.op === now.op && was.args.length === now.args.length)
    return was.args.flatMap((part, at) => standing(name, part, now.args[at]));
  return was === now ? [] : [null];
}

/** The programs that do what pasted lines do, on the test and off it.
 * @type {(mutants: Mutant[], lines: [string, Tree][], fixture: Fixture) => Mutant[]} */
export function agreeing(mutants, lines, fixture) {
  const [network] = fixture.networks;
  /** @type {(mutant: Mutant, arrays: Scope) => boolean} */
  const does = ({ forms }, arrays) => {
    const { scope, values } = fixture.run(forms, arrays);
    const computed = lines.filter(([, tree]) => namesIn(tree).every((name) => scope[name]));
    return computed.every(([step, tree]) => {
      const value = evaluate(tree, scope);
      return value ? same(values[step], value) : !values[step];
    });
  };
  return mutants.filter((one) => does(one, fixture.arrays) && does(one, network.arrays));
}

/** A value, or the number in its brackets where a cost is due, which the template squeezes below.
 * @type {(got: Value?, step: string, fixture: Fixture) => Value?} */
const ofCost = (got, step, fixture) =>
  got?.d.length === 1 && fixture.isCost(step) ? scalar(got.d[0]) : got;

/** Its changes one by one, since some can be right, unless one name is of all.
 * @param {Mutant} mutant */
export const eachAlone = (mutant) =>
  mutant.named.length === 1
    ? [mutant]
    : [...mutant.forms].map((one) => new Mutant(mutant.fixture, new Map([one]), 1));

/** What to know of the one array that comes with another shape into a printed line.
 * @type {(fixture: Fixture, clash: Clash, paste: Paste) => string} */
export function operandIn(fixture, { matrix, left, right }, paste) {
  const line = lineThatStops(linesOf(paste, fixture), paste.frame.statement, fixture);
  for (const { op, args } of line && evaluate(line, fixture.reference) ? operationsIn(line) : []) {
    if (args.length !== 2 || (op === "@") !== matrix) continue;
    const due = args.map((one) => shapeOf(/** @type {Value} */ (evaluate(one, fixture.reference))));
    const unlike = [0, 1].filter((at) => `${due[at]}` !== `${[left, right][at]}`);
    const read = unlike.length === 1 ? namesIn(args[unlike[0]]) : [];
    if (read.length !== 1) continue;
    const [at] = unlike;
    const of = { shape: tuple([left, right][at]), due: tuple(due[at]) };
    const made = madeBy(read[0], fixture, paste);
    return [say("operand-shape", { name: read[0], ...of }), ...made].join(" ");
  }
  return "";
}

/** Which line makes a step last above the statement that stops, if several do.
 * @type {(step: string, fixture: Fixture, paste: Paste) => string[]} */
function madeBy(step, fixture, { lines, frame }) {
  const target = frame.statement.split("=")[0].trim();
  const above = lines.slice(
    0,
    Math.max(
      0,
      lines.findLastIndex(([name]) => name === target),
    ),
  );
  const made = above.filter(([name]) => stepOf(name, fixture) === step);
  const statement = made.at(-1)?.join(" = ");
  return made.length > 1 ? [say("operand-made", { name: step, statement })] : [];
}
