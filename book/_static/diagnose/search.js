// @ts-check
/* The search for the mutants whose steps print what was seen; see search.py.
 *
 * What a program prints wrong has to be set right by its last change. So a second change is only
 * tried where it can have an effect on all that the first one leaves wrong. */
import { isAttainable } from "./attainable.js";
import { Effort } from "./effort.js";
import { isRight } from "./fixtures.js";
import { secondChanges } from "./mutate.js";
import { time } from "./steps.js";
import { DATA, groupedBy } from "./util.js";
import { fingerprint, sameShape } from "./values.js";
import { Run, workshop } from "./workshop.js";

/** The programs whose slots print what was seen. Where it yields no forms, it pauses. */
export class Search {
  /** @param {Fixture} fixture @param {Seen} seen @param {boolean} loose @param {Effort} effort */
  constructor(fixture, seen, loose, effort = new Effort(Infinity)) {
    this.effort = effort;
    this.fixture = fixture;
    this.loose = loose;
    this.shop = workshop(fixture);
    this.steps = Math.max(1, Math.floor(this.shop.slots.length / DATA.effort[3]));
    /** @type {Observed[]} */
    this.seen = [];
    for (const [name, pattern] of seen) this.seen[this.shop.place[name]] = pattern;
    /** The same where a program stacks the steps of a loop anew. */
    this.whole = this.seen.slice();
    // With each step of a loop on its own, most programs go no further than the first.
    for (const [place, pattern] of this.byStep()) this.seen[place] = pattern;
    this.last = this.seen.length - 1;
    /** The places that the reference prints as they were seen. */
    this.right = this.seen.map((pattern, at) =>
      isRight(fixture, this.shop.slots[at].name, pattern, loose),
    );
    const wrong = this.right.indexOf(false);
    this.firstWrong = wrong < 0 ? this.last : wrong;
    /** What `hopeless` has found. @type {number[][]} */
    this.without = [];
    /** The places on which a change must have an effect. */
    this.sources = this.shop.slots.flatMap((_, place) => (this.seen[place] ? [place] : []));
  }

  /** What each step of a loop has put into what was printed. @returns {[number, Observed][]} */
  byStep() {
    const { place, slots } = this.shop;
    return [...this.whole.entries()].flatMap(([stack, seen]) => {
      const { op, args } = slots[stack].tree;
      if (!seen || op !== "dstack") return [];
      return args.flatMap(({ name }, at) => {
        const part = seen.atStep(at);
        return part ? [/** @type {[number, Observed]} */ ([place[name ?? ""], part])] : [];
      });
    });
  }

  /** Whether a program stacks the steps of a loop anew. @param {Forms} forms */
  stacks(forms) {
    return (
      this.fixture.last > 0 &&
      this.shop.slots.some(({ name, tree }) => tree.op === "dstack" && forms.has(name))
    );
  }

  /** Whether a run prints what was seen up to a place, at first the first wrong.
   * @param {Run} run */
  beginsRight(run, end = this.firstWrong) {
    const asked = this.stacks(run.forms) ? this.whole : this.seen;
    const isRight = (/** @type {number} */ place) => this.accepts(place, run.at(place));
    return this.sources.every((place) => place > end || !asked[place] || isRight(place));
  }

  /** Whether a slot can have a value. @param {number} place @param {Value | null} value */
  accepts(place, value) {
    const pattern = this.seen[place];
    if (!value || !pattern) return value !== null;
    if (value === this.shop.right[place]) return this.right[place];
    return pattern.matches(value, this.loose);
  }

  /** @param {Forms} forms */
  prints(forms) {
    return this.carried(this.shop.right.slice(), this.shop.none, 0, forms);
  }

  /** Carries a program on from a place; says whether it prints what was seen from there on.
   * @type {(scope: Values, changed: Places, start: number, forms: Forms) => boolean} */
  carried(scope, changed, start, forms) {
    const { slots, reads, right, own } = this.shop;
    const asked = this.stacks(forms) ? this.whole : this.seen;
    for (let place = start; place <= this.last; place++) {
      const form = this.shop.formAt(place, forms);
      let value = right[place];
      if (form || reads[place] & changed) {
        value = scope[place] = this.shop.value(form ?? slots[place].tree, scope, changed);
        changed |= own[place];
      }
      if (!value || (asked[place] && !this.accepts(place, value))) return false;
    }
    return true;
  }

  /** The places of which a change can have an effect on what is wanted. @param {Places[]} reach */
  needed(reach) {
    return this.sources.reduce((found, place) => found | reach[place], this.shop.none);
  }

  /** The places where one more change can set right all that is wrong.
   * @param {Run | null} run @param {Places[]} reach */
  hopeful(run, reach) {
    let found = this.needed(reach);
    for (let place = 0; place <= this.last && found; place++) {
      const value = run ? run.at(place) : this.shop.right[place];
      if (!this.accepts(place, value)) found &= this.mending(place, run?.forms, reach);
      if (!value) break;
    }
    return found;
  }

  /** The places where one more change can set right what a place prints: what it reads may all be
   * right but for one array, of which no value gives what was printed.
   * @type {(place: number, forms: Forms | undefined, reach: Places[]) => Places} */
  mending(place, forms, reach) {
    const { slots, bits, reads, none } = this.shop;
    if (forms?.has(slots[place].name)) return reach[place];
    const changed = [...(forms?.keys() ?? [])].reduce(
      (all, name) => all | bits[this.shop.place[name]],
      none,
    );
    const read = this.shop.places(reads[place]);
    const touched = read.filter((one) => reach[one] & changed);
    let found = reach[place];
    for (const one of this.hopeless(place)) {
      if (touched.some((other) => other !== one)) continue;
      const others = read.reduce((all, next) => (next === one ? all : all | reach[next]), none);
      found &= ~reach[one] | others | bits[place];
    }
    return found;
  }

  /** The places that a slot reads of which no value alone gives what was printed.
   * @param {number} place @returns {number[]} */
  hopeless(place) {
    this.without[place] ??= this.findHopeless(place);
    return this.without[place];
  }

  /** @param {number} place @returns {number[]} */
  findHopeless(place) {
    const { fixture, loose, shop } = this;
    const seen = this.seen[place];
    // A loop changes what it reads at every step.
    if (fixture.last || !seen || this.right[place]) return [];
    return shop.places(shop.reads[place]).filter((read) => {
      const step = (/** @type {Value} */ value) =>
        shop.value(shop.slots[place].tree, shop.right.with(read, value), shop.own[read]);
      const usual = /** @type {Value} */ (shop.right[read]);
      return !isAttainable(step, usual, fixture, seen, loose);
    });
  }

  /** The programs with so many changes. @type {(spent: number) => Iterable<Forms | undefined>} */
  tried(spent) {
    return spent === 2 ? this.two() : spent ? this.one() : [new Map()];
  }

  /** The programs with one change that print what was seen. @returns {Generator<Forms>} */
  *one() {
    const hopeful = this.hopeful(null, this.shop.reach);
    const single = this.shop.places(hopeful).flatMap((place) => this.shop.singles(place));
    const printing = (/** @type {Run} */ run) => this.beginsRight(run, this.last);
    for (const run of single) if (printing(run)) yield run.forms;
    // To tell which of several changes have one effect takes longer than to try them.
    for (const run of this.several(this.shop.several.filter(printing))) yield run.forms;
  }

  /** The programs with two changes that may print what was seen.
   * @returns {Generator<Forms | undefined>} */
  *two() {
    const { slots, read, reach, own } = this.shop;
    // A step that no other reads stands there for the forms that do.
    slots.slice(0, this.last + 1).forEach(({ name, isArray }, place) => {
      if (isArray || read & own[place] || name in this.fixture.expected) return;
      if (!this.sources.includes(place)) this.sources.push(place);
    });
    const hopeful = this.hopeful(null, reach);
    for (const [key, forms] of this.fixture.last ? this.fixture.named : []) {
      if (!DATA.of_loops[0].includes(key) || this.stacks(forms)) continue;
      const run = new Run(this.shop, forms);
      yield* this.besides(run, run.reach, 0);
      yield* this.joined(run, this.shop.several);
    }
    // In a loop one change reaches nearly all, so what sets the first number right goes next.
    const once = this.fixture.last ? slots.flatMap((_, place) => this.shop.singles(place)) : [];
    for (const run of this.fixture.last ? [...once, ...this.shop.several] : []) {
      yield;
      if (this.stacks(run.forms) || !this.beginsRight(run)) continue;
      yield* this.besides(run, run.reach, 0);
      yield* this.joined(run, this.shop.several);
    }
    for (const place of this.shop.places(this.needed(reach))) {
      if (place > this.firstWrong) break;
      for (const run of this.shop.singles(place)) yield* this.besides(run, reach, place + 1);
      if (hopeful & own[place]) yield* this.twice(place);
    }
    const several = this.several(this.shop.several).filter((run) => !this.stacks(run.forms));
    for (const run of several) yield* this.besides(run, run.reach, 0);
    yield* this.pairs(several);
  }

  /** The changes of several slots that reach what was seen, each effect once.
   * @param {Run[]} runs */
  several(runs) {
    const { place, slots, bits } = this.shop;
    /** @type {Map<string, Run>} */
    const kept = new Map();
    for (const run of runs) {
      const needed = this.needed(run.reach);
      const reached = [...run.forms].filter(([name]) => needed & bits[place[name]]);
      const isSingle =
        reached.length < 2 && reached.every(([one, t]) => slots[place[one]].forms.includes(t));
      const key = reached.map(([one, { id }]) => `${one} ${id}`).join();
      if (!isSingle && !kept.has(key)) kept.set(key, run);
    }
    return [...kept.values()];
  }

  /** A program with one more change, from a place on.
   * @param {Run} run @param {Places[]} reach @param {number} start
   * @returns {Generator<Forms | undefined>} */
  *besides(run, reach, start) {
    if (!this.effort.allows(this.steps)) return;
    yield;
    const { slots, right, own, none } = this.shop;
    const hopeful = this.shop.places(this.hopeful(run, reach)).filter((place) => place >= start);
    const scope = right.slice();
    let changed = none;
    for (let place = 0; place <= (hopeful.at(-1) ?? -1); place++) {
      const slot = slots[place];
      if (hopeful.includes(place) && !run.forms.has(slot.name)) {
        const onward = scope.slice();
        for (const tree of this.formsAt(slot, scope, changed)) {
          if (!this.effort.allows(this.steps)) return;
          const value = this.shop.value(tree, scope, changed);
          if (!this.accepts(place, value)) continue;
          onward[place] = value;
          // In a loop the other steps have it too.
          const forms = this.fixture.last ? new Map([...run.forms, [slot.name, tree]]) : run.forms;
          if (this.carried(onward, changed | own[place], place + 1, forms)) {
            yield new Map([...run.forms, [slot.name, tree]]);
          }
        }
      }
      const value = run.at(place);
      if (!value) return;
      if (value === right[place]) continue;
      scope[place] = value;
      changed |= own[place];
    }
  }

  /** The forms of a slot; while no shape has changed above, the stillborn ones stay so.
   * @type {(slot: Slot, scope: Values, changed: Places) => Tree[]} */
  formsAt(slot, scope, changed) {
    const { slots, right } = this.shop;
    for (const place of slot.stillborn.length ? this.shop.places(changed) : []) {
      const [now, usual] = /** @type {Value[]} */ ([scope[place], right[place]]);
      if (slots[place].name !== "m" && !sameShape(now, usual))
        return [...slot.forms, ...slot.stillborn];
    }
    return slot.forms;
  }

  /** The programs with two changes of one slot; those of equal value print alike.
   * @param {number} place @returns {Generator<Forms | undefined>} */
  *twice(place) {
    const slot = this.shop.slots[place];
    const possible = [];
    let at = 0;
    for (const [tree] of secondChanges(slot)) {
      if (!this.effort.allows(this.steps)) break;
      if (at++ % 500 === 0) yield;
      if (this.accepts(place, this.shop.usual(tree))) possible.push(tree);
    }
    // What comes from a later step is 0 at the first, and not after it.
    const alike = groupedBy(possible, (tree) =>
      time(slot.name) ? tree : fingerprint(/** @type {Value} */ (this.shop.usual(tree))),
    );
    for (const trees of alike.values()) {
      yield;
      if (!this.prints(new Map([[slot.name, trees[0]]]))) continue;
      for (const tree of trees) yield new Map([[slot.name, tree]]);
    }
  }

  /** A program with each of the other changes that can set right what is wrong.
   * @param {Run} run @param {Run[]} others @returns {Generator<Forms | undefined>} */
  *joined(run, others) {
    const { place, bits } = this.shop;
    const wrong = this.seen.flatMap((_, at) => (this.accepts(at, run.at(at)) ? [] : [at]));
    for (const { forms } of others) {
      yield;
      const names = [...forms.keys()];
      if (this.stacks(forms) || names.some((name) => run.forms.has(name))) continue;
      if (!wrong.every((at) => names.some((name) => run.reach[at] & bits[place[name]]))) continue;
      // In a loop there are many.
      if (this.fixture.last && !this.effort.allows(this.steps)) return;
      yield new Map([...run.forms, ...forms]);
    }
  }

  /** Two changes of several slots, where no other step reads what they change.
   * @param {Run[]} several @returns {Generator<Forms | undefined>} */
  *pairs(several) {
    const { read, own } = this.shop;
    /** @type {(change: [string, Tree]) => boolean} */
    const ends = ([name, tree]) => {
      const place = this.shop.place[name];
      return !(read & own[place]) && this.accepts(place, this.shop.usual(tree));
    };
    const kept = several.filter(({ forms }) => [...forms].every(ends));
    for (const [at, one] of kept.entries()) yield* this.joined(one, kept.slice(at + 1));
  }
}
