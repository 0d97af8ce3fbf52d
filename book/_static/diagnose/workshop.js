// @ts-check
/* The slots of a program next to their right values, and its mutants; see search.py.
 *
 * A place is the number of a slot, and a set of places is a number with one bit for each, which
 * has to be a long one where a number of JavaScript has too few: in
 * `reads` stand the places that a slot reads, in `reach` those of which a change has an effect on
 * it. Values are found when they are asked for, and what no change reaches never again. */
import { applied } from "./program.js";
import { firstOf, moved, time } from "./steps.js";
import { cache, cacheProperties, groupedBy } from "./util.js";
import { fingerprint, shapeOf } from "./values.js";

/** The slots of a program next to their right values. */
export class Workshop {
  /** @param {Fixture} fixture */
  constructor(fixture) {
    this.fixture = fixture;
    this.slots = fixture.slots;
    /** @type {Record<string, number>} */
    this.place = Object.fromEntries(this.slots.map((slot, place) => [slot.name, place]));
    const isLong = this.slots.length > 32;
    /** The set of each place alone. @type {Places[]} */
    this.own = this.slots.map((_, place) => (isLong ? 1n << BigInt(place) : 1 << place));
    // A line of a loop is changed at every step, so all its slots have the bit of the first.
    this.first = this.slots.map((slot) => this.place[firstOf(fixture, slot.name)]);
    /** @type {Places[]} */
    this.bits = this.first.map((place) => this.own[place]);
    /** @type {Places} */
    this.none = isLong ? 0n : 0;
    /** @type {Values} */
    this.right = this.slots.map((slot) => fixture.reference[slot.name]);
    /** @type {Places[]} */
    this.masks = [];
    /** @type {Values} */
    this.known = [];
    // An array as it comes out of the cache reads itself.
    this.reads = this.slots.map((slot, place) => this.mask(slot.tree) & ~this.own[place]);
    this.reach = this.reachedBy(new Map());
    this.read = this.reads.reduce((all, reads) => all | reads, this.none);
    this.several = fixture.higherOrder.map((forms) => new Run(this, forms));
    /** @type {Run[][]} */
    this.found = [];
  }

  /** The places of a set. @type {(set: Places) => number[]} */
  places(set) {
    return this.own.flatMap((bit, place) => (set & bit ? [place] : []));
  }

  /** The places that a form reads. @type {(tree: Tree) => Places} */
  mask(tree) {
    let mask = this.masks[tree.id];
    if (mask === undefined) {
      mask = tree.name ? this.own[this.place[tree.name]] : this.none;
      for (const part of tree.args) mask |= this.mask(part);
      this.masks[tree.id] = mask;
    }
    return mask;
  }

  /** For each slot of a changed program, from which places a change reaches it.
   * @param {Forms} forms */
  reachedBy(forms) {
    /** @type {Places[]} */
    const found = [];
    this.slots.forEach((_, place) => {
      const form = this.formAt(place, forms);
      const reads = form ? this.mask(form) : this.reads[place];
      let from = this.bits[place];
      // What a slot reads of a later one is the right value.
      for (let before = 0; before < place; before++) {
        if (reads & this.own[before]) from |= found[before];
      }
      found.push(from);
    });
    return found;
  }

  /** The form that a slot has in a changed program, if it is changed there.
   * @param {number} place @param {Forms} forms */
  formAt(place, forms) {
    const { slots, first, fixture } = this;
    const form = forms.get(slots[place].name);
    if (form || first[place] === place) return form;
    const { name } = slots[first[place]];
    const own = forms.get(name);
    return own && moved(fixture, own, time(name) - time(slots[place].name));
  }

  /** The value of an expression where nothing has changed. @type {(tree: Tree) => Value | null} */
  usual(tree) {
    if (tree.value) return tree.value;
    if (tree.name) return this.right[this.place[tree.name]];
    let found = this.known[tree.id];
    if (found === undefined) {
      found = applied(tree, (part) => this.usual(part));
      this.known[tree.id] = found;
    }
    return found;
  }

  /** The value of a form where some places have changed.
   * @type {(tree: Tree, scope: Values, changed: Places) => Value | null} */
  value(tree, scope, changed) {
    if (!(this.mask(tree) & changed)) return this.usual(tree);
    if (tree.name) return scope[this.place[tree.name]];
    return applied(tree, (part) => this.value(part, scope, changed));
  }

  /** The programs with one change, in one slot. @param {number} place */
  singles(place) {
    if (!this.found[place]) {
      const { name, forms } = this.slots[place];
      const possible = forms.filter((tree) => this.usual(tree));
      this.found[place] = possible.map((tree) => new Run(this, new Map([[name, tree]])));
    }
    return this.found[place];
  }

  /** @param {string} step @returns {[number[], number][]} */
  spread(step) {
    const place = this.place[step];
    const own = /** @type {Value} */ (this.right[place]);
    const runs = this.places(this.reach[place]).flatMap((one) => this.singles(one));
    const unlike = new Map([[fingerprint(own), shapeOf(own)]]);
    for (const run of [...runs, ...this.several]) {
      const found = run.at(place);
      if (found) unlike.set(fingerprint(found), shapeOf(found));
    }
    const shapes = groupedBy(unlike.values(), String);
    return [...shapes.values()].map((some) => [some[0], some.length]);
  }
}

const counted = cache((/** @type {Fixture} */ { spread }) => ({ ...spread }));

/** How many values a step has, by their shape, in the programs with up to one change.
 * @type {(fixture: Fixture, step: string) => [number[], number][]} */
export function spreadOf(fixture, step) {
  const known = counted(fixture);
  known[step] ??= workshop(fixture).spread(step);
  return known[step];
}

/** @type {Map<string, Workshop>} */
const workshops = new Map();

/** The workshop of a fixture and its twins, made once. @param {Fixture} fixture */
export function workshop(fixture) {
  const found = workshops.get(fixture.twin) ?? new Workshop(fixture);
  workshops.set(fixture.twin, found);
  return found;
}

/** A program with some slots changed, and its values, found no further than asked. */
export class Run {
  /** @param {Workshop} shop @param {Forms} forms */
  constructor(shop, forms) {
    this.shop = shop;
    this.forms = forms;
    this.next = shop.fixture.last ? 0 : Math.min(...[...forms.keys()].map((n) => shop.place[n]));
    this.scope = shop.right.slice();
    this.changed = shop.none;
  }

  /** For each slot, from which places a change reaches it. */
  get reach() {
    return this.shop.reachedBy(this.forms);
  }

  /** The value of a slot; null where numpy stops before it or in it. @param {number} place */
  at(place) {
    while (this.next <= place) this.carryOn();
    return this.scope[place];
  }

  carryOn() {
    const place = this.next++;
    const { shop } = this;
    const form = shop.formAt(place, this.forms);
    if (!form && !(shop.reads[place] & this.changed)) return;
    const value = shop.value(form ?? shop.slots[place].tree, this.scope, this.changed);
    if (value === shop.right[place]) return;
    this.scope[place] = value;
    this.changed |= shop.own[place];
  }
}
cacheProperties(Run);
