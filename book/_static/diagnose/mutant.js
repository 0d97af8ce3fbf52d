// @ts-check
/* Programs that print the given numbers, and what is said of each. */
import { expects, replacedNames, statements, symbol, toldOnce } from "./handout.js";
import { formula, frequency, loopSaid, mistake, namesOf, partlyNamed } from "./mistakes.js";
import { operatorsOf } from "./mutate.js";
import { folded, leaf, namesIn, operationsIn, write } from "./program.js";
import { inLoop, stem } from "./steps.js";
import { bare, cacheProperties, compared, DATA, groupedBy, prefixOf } from "./util.js";
import { fingerprint } from "./values.js";
import { say } from "./words.js";

export class Mutant {
  /** @param {Fixture} fixture @param {Forms} forms @param {number} changes
   * @param {Map<string, string>} printedAs */
  constructor(fixture, forms, changes, printedAs = new Map()) {
    this.fixture = fixture;
    this.forms = forms;
    this.changes = changes;
    this.printedAs = printedAs;
  }

  get changed() {
    const was = (/** @type {string} */ step) => this.fixture.original(step);
    return [...this.forms]
      .filter(([step, tree]) => tree !== was(step))
      .map(([step, tree]) => ({ step, was: write(was(step)), now: write(tree) }));
  }
  /** Those of one layer that differ in what they read are one line, and so are sums changed alike. */
  get shown() {
    const [keys, rest] = loopSaid(this.fixture, this.forms);
    const told = keys.map((one) => one.split(" ")).map(([key, t]) => say(key, { t }));
    if (keys.length) return [...this.statements(rest), ...told];
    if (!this.replaced.length) return this.statements([...this.forms]);
    const names = this.replaced.map(([, now]) => write(now)).join(", ");
    const steps = [...this.forms.keys()];
    return [inLoop(say("computed-with", { steps: steps.join(", "), names }), steps[0])];
  }
  /** What a step was is a solution of it: readers see it in the notation of the handout. */
  get expects() {
    const { forms, fixture, replaced } = this;
    const symbols = replaced.map(([was]) => symbol(was.name || "")).join(", ");
    const expected = (/** @type {[string, Tree][]} */ some) =>
      this.told(some).map(([step, others]) => expects(step, this.inItsWords(step), others));
    const [keys, rest] = loopSaid(fixture, forms);
    /** @type {Record<string, string>} */
    const where = {
      forward: say("forward-expects"),
      begun: say("begun-expects"),
      da0: say("da0-expects"),
      dx: say("dx-expects"),
    };
    const told = keys.map((key) => where[key.split("-")[0]] ?? say("loop-expects"));
    if (told.length) return [...expected(rest), ...told];
    if (symbols) return [inLoop(say("takes", { symbols }), [...forms.keys()][0])];
    return expected([...forms]);
  }
  /** @param {[string, Tree][]} forms */
  told(forms) {
    return toldOnce(forms.map(([step, now]) => [step, this.fixture.original(step), now]));
  }
  /** @param {[string, Tree][]} forms */
  statements(forms) {
    const told = new Map(this.told(forms));
    return statements(forms).filter((_, at) => told.has(forms[at][0]));
  }
  /** What a test computes in a step, without the steps that a change writes out.
   * @param {string} name */
  inItsWords(name) {
    const was = this.fixture.original(name);
    const now = this.forms.get(name) ?? was;
    const said = namesIn(now);
    const done = operationsIn(now).map(({ op }) => op);
    const out = this.fixture.steps.filter(
      (one) =>
        namesIn(was).includes(one.name) &&
        !said.includes(one.name) &&
        namesIn(one.tree).every((other) => said.includes(other)) &&
        operationsIn(one.tree).every(({ op }) => done.includes(op)),
    );
    return folded(was, new Map(out.map((one) => [leaf(one.name), one.tree])));
  }
  get replaced() {
    const { forms, fixture, changes } = this;
    const roles = new Set([...forms.keys()].map((step) => fixture.data.roles[step]));
    if (changes !== 1 || roles.size < forms.size) return [];
    return replacedNames([...forms].map(([step, tree]) => [fixture.original(step), tree]));
  }
  get values() {
    return this.fixture.run(this.forms).values;
  }
  get verdict() {
    return this.fixture.verdict(this.forms);
  }
  get outcome() {
    return this.fixture.outcome(this.forms);
  }
  get rightHere() {
    const { fixture, forms } = this;
    return !this.printedAs.size && fixture.verdict(forms, fixture.own) === "equivalent";
  }
  get named() {
    return namesOf(this.fixture, this.forms).map((id) => mistake(id, this.fixture));
  }
  get name() {
    if (this.printedAs.size && !this.forms.size) return this.exchanged || say("other-name");
    return this.named.map((one) => one.name).join(" and ");
  }
  /** How many changes neither have a name nor are a part of what has one. */
  get unnamed() {
    return this.named.length ? 0 : partlyNamed(this.fixture, this.forms)[1].size;
  }
  /** Its name, or the names of its parts and the operators that make what has none. */
  get described() {
    const [named, rest] = partlyNamed(this.fixture, this.forms);
    const names = named.map((id) => mistake(id, this.fixture).name);
    const words = [...names, ...this.operatorsIn(rest)];
    return this.name || [...new Set(words)].join(" and ") || say("unnamed");
  }
  /** What is said where one call of a test prints what another one should, or "". */
  get exchanged() {
    const all = [...this.printedAs].map(([step, name]) => [prefixOf(name), prefixOf(step)]);
    if (all.length < 2 || all.some(([one, other]) => !one || !other || one === other)) return "";
    const [name, step] = all[0].map((one) => one.slice(0, -1));
    return say("exchanged-calls", { name, step, n: new Set(all.map(String)).size });
  }
  /** The names that stand for others, each with the call it is printed by. */
  get called() {
    const shown = (/** @type {string} */ one) =>
      prefixOf(one) ? say("in-call", { name: bare(one), call: prefixOf(one).slice(0, -1) }) : one;
    const others = [...this.printedAs].filter(([step, name]) => step !== name);
    return others.map(([step, name]) => [shown(name), shown(step)]);
  }
  /** The operators of mutation that make it. */
  get operators() {
    // What has a name need not be one of the many forms that two changes of a step lead to.
    return this.operatorsIn(this.forms, this.named.length ? 1 : this.changes);
  }
  /** @param {Forms} forms */
  operatorsIn(forms, changes = this.changes) {
    const { slots } = this.fixture;
    const found = [...forms].map(([name, tree]) => {
      const slot = /** @type {Slot} */ (slots.find((one) => one.name === name));
      return operatorsOf(slot, tree, changes);
    });
    return [...new Set(found)].filter(Boolean);
  }
  get hint() {
    return this.named.map((one) => one.hint).join(" ");
  }
  get page() {
    const own = this.fixture.data.page;
    const named = this.named[0]?.page ?? "";
    // A test with a page of its own has its own orientation, and maybe no layers.
    if (own && own.split("#")[0] !== named.split("#")[0]) return own;
    if (named) return named;
    const step = [...this.forms.keys()].find((one) => one === "m" || bare(one).startsWith("d"));
    if (!step) return DATA.explains.m;
    const computes = step === "m" ? "m" : this.fixture.data.roles[step] || "dA";
    const pages = { ...DATA.explains, ...this.fixture.data.explains };
    return pages[computes] || pages[""];
  }

  /** A key that sorts the simplest explanation first. */
  get rank() {
    const { changes, named, forms, fixture } = this;
    const text = this.changed.map(({ step, now }) => `${step} ${now}`).join(" ");
    const order = named.map(({ id }) => frequency(id, fixture.function)[0]);
    // What a step computes says more to a learner than what an array was taken for.
    const misread = [...forms.keys()].some((name) => name in fixture.arrays);
    return [changes, this.unnamed, forms.size, order, misread, text.length, text];
  }

  /** A key shared by the candidates whose tested outputs are equal. */
  get outputsKey() {
    const printed = Object.keys(this.fixture.expected).map((name) => this.values[name]);
    return printed.map((value) => (value ? fingerprint(value) : "none")).join();
  }

  /** Whether it prints each of the pasted outputs. @param {Seen} seen */
  matches(seen) {
    const prints = [...seen].map(([step, pattern]) => {
      const value = this.values[step];
      return [step, Boolean(value) && (pattern.matches(value) || pattern.matches(value, true))];
    });
    return Object.fromEntries(prints);
  }
}
cacheProperties(Mutant);

/** @type {(one: Mutant, other: Mutant) => number} */
export const byRank = (one, other) => compared(one.rank, other.rank);

/** One spelling of each formula, the shortest, and the simplest formula first.
 * @type {(candidates: Mutant[]) => Mutant[]} */
export function distinct(candidates) {
  const same = groupedBy(candidates, ({ fixture, forms }) => {
    const keys = [...forms].map(([name, tree]) => `${name} ${formula(fixture, tree)}`);
    return keys.sort().join();
  });
  return [...same.values()].map((group) => group.sort(byRank)[0]).sort(byRank);
}

/** The candidates, those together that no output of the test tells apart.
 * @type {(candidates: Mutant[]) => Mutant[][]} */
export const groupsOf = (candidates) => [
  ...groupedBy(candidates, (candidate) => candidate.outputsKey).values(),
];

/** @type {(outcome: Outcome) => string} */
export function outcomeText({ word, failures, error }) {
  const details = error || failures.join(", ");
  return details ? `${word}: ${details}` : word;
}

/** Its name, the verdict on a change, and what the test makes of it. @param {Mutant} candidate */
export function sentence(candidate) {
  const test = candidate.outcome.word;
  const wrong = candidate.verdict === "mistake";
  const narrow = wrong && candidate.rightHere ? say("narrow") : "";
  const surprise = test === (wrong ? "passes" : "error");
  return {
    name: candidate.described,
    verdict: candidate.verdict + narrow,
    test: say(surprise ? "but-test" : "and-test", { says: say(test) }),
  };
}

/** Which arrays a changed operand reads, and the test does not, or the reverse; "" for others.
 * @param {Mutant} mutant */
export function differs({ forms, fixture, operators }) {
  if (!operators.some((one) => one.includes("operand"))) return "";
  /** @type {(trees: Tree[]) => string[]} */
  const read = (trees) => {
    const names = trees.flatMap((tree) => namesIn(tree));
    return [...new Set(names.filter((one) => one !== "m").map(stem))];
  };
  const was = read([...forms.keys()].map((name) => fixture.original(name)));
  const now = read([...forms.values()]);
  const out = was.filter((one) => !now.includes(one));
  const into = now.filter((one) => !was.includes(one));
  const of = { was: out.join(", "), now: into.join(", ") };
  if (out.length && into.length) return say("stands-for", { n: into.length, ...of });
  if (out.length) return say("is-missing", { n: out.length, ...of });
  return into.length ? say("is-added", { n: into.length, ...of }) : "";
}
