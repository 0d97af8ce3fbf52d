// @ts-check
/* Causes of what a test or numpy said, where no numbers were printed. */

import { courseSpelling } from "./labels.js";
import { frequency, namesOf } from "./mistakes.js";
import { distinct, Mutant } from "./mutant.js";
import { agreeing, eachAlone, linesOf, lineThatStops, operandIn, written } from "./pasted.js";
import { evaluate, namesIn, stopOf } from "./program.js";
import { NOTHING } from "./reading.js";
import { addedUp, otherSlice, sizesOf } from "./shapes.js";
import { ofType } from "./traceback.js";
import { cache, compared, DATA, least } from "./util.js";
import { shapeOf, tuple } from "./values.js";
import { every, say, sought } from "./words.js";

/** The changes of what a statement assigns and, if there are any, to what it reads.
 * @type {(candidates: Mutant[], frame: Frame) => Mutant[]} */
function inLine(candidates, { statement }) {
  const words = every("identifier", statement).map(([word]) => word);
  if (!words.length) return candidates;
  /** @type {(test: (one: Mutant) => boolean, some?: Mutant[]) => Mutant[]} */
  const kept = (test, some = candidates) => some.filter(test);
  const assigned = statement.includes("=") ? words[0] : "";
  const ofStep = kept(({ forms }) => forms.has(assigned));
  const found = ofStep.length || DATA.known_steps.includes(assigned) ? ofStep : candidates;
  const read = kept((one) => newNames(one).every((name) => words.includes(name)), found);
  if (read.length) return read;
  const without = kept((one) => !newNames(one).some((name) => name[0] === "Z"), found);
  return sought("reads-z", statement) || !without.length ? found : without;
}

/** The names that a change reads and the original does not. @param {Mutant} mutant */
function newNames({ forms, fixture }) {
  return [...forms].flatMap(([step, tree]) => {
    const before = namesIn(fixture.original(step));
    return namesIn(tree).filter((name) => !before.includes(name));
  });
}

/** The array that a learner's own assert found wrong, and a sentence that says so.
 * @param {Frame} frame */
function ownAssert({ statement }) {
  const shape = sought("own-shape", statement)?.groups;
  if (shape) return { name: shape.name, said: [say("own-shape", shape)], shape: true };
  const type = sought("own-type", statement)?.groups;
  return type ? { name: type.name, said: ofType(type), shape: false } : null;
}

/** What gives an array the shape that the learner's own assert refused.
 * @param {{name: string, said: string[], shape: boolean}} refused @param {Frame} frame
 * @param {Fixture[]} tests @returns {Likely} */
function ofAssert({ name, said, shape }, frame, tests) {
  if (!shape) return { fixture: null, candidates: [], remarks: said };
  const anywhere = ["", "cell"].includes(frame.function);
  for (const fixture of tests.filter((one) => anywhere || one.function === frame.function)) {
    for (const before of ["", ...DATA.prefixes]) {
      const candidates = failingAlike(fixture, [["shape", before + name]]);
      if (!candidates.length) continue;
      const like = say("own-shape-like", { title: fixture.title, name });
      return { fixture, candidates, remarks: [...said, like] };
    }
  }
  return { fixture: null, candidates: [], remarks: [...said, say("own-shape-else")] };
}

/** The tests that a message can come from, if there are any.
 * @type {(paste: Paste, wanted: Fixture[]) => Fixture[]} */
export function testedBy(paste, wanted) {
  const named = wanted.filter((fixture) => fixture.function === paste.function);
  const tested = named.length ? named : wanted;
  if (paste.error || !paste.failing.some(([kind]) => kind === "values")) return tested;
  // Only the tests that use np.allclose speak of wrong values.
  const speaking = tested.filter((fixture) => fixture.data.rule === "allclose");
  return speaking.length ? speaking : tested;
}

/** Whether a text has lines of code, and no name and no function of a test; see symptoms.py.
 * @type {(paste: Paste) => boolean} */
function isForeignCode(paste) {
  const isCode = sought("identifier", paste.frame.statement) || paste.lines.length > 1;
  return Boolean(isCode) && !isOurs(paste);
}

/** Whether a text has a name or a function of a test. @param {Paste} paste */
function isOurs({ lines, function: named, frame }) {
  const words = every("identifier", frame.statement).map(([word]) => word);
  const names = [...words, ...lines.map(([name]) => name)];
  const known = names.some((name) => courseSpelling(name) || DATA.known_steps.includes(name));
  return Boolean(named) || !["", "cell"].includes(frame.function) || known;
}

/** What may have made a test, numpy or the learner's own assert say what was pasted.
 * @type {(paste: Paste, tests: Fixture[]) => Likely?} */
export function likelyMutants(paste, tests) {
  const { error, failing, frame } = paste;
  const clash = clashOf(error);
  const ofLoop = clash && (otherSlice(clash, paste) || addedUp(clash, paste));
  if (ofLoop) return { fixture: null, candidates: [], remarks: [ofLoop] };
  const changed = clash?.inPlace && { own: tuple(clash.left), other: tuple(clash.right) };
  const inPlace = changed ? [say("in-place", changed)] : [];
  const possible = clash && isForeignCode(paste) ? [] : tests;
  const stopping = possible
    .map((fixture) => ({
      fixture,
      candidates: clash ? clashing(fixture, clash, paste) : failingAlike(fixture, failing, paste),
    }))
    .filter(({ candidates }) => candidates.length);
  // Pasted lines are of the test that has the most of them.
  const read = stopping.map(({ fixture }) => (clash ? linesOf(paste, fixture).size : 0));
  const found = stopping.filter((_, at) => read[at] === Math.max(...read));
  if (found.length) {
    const best = clash ? least(found, (one) => one.candidates[0].rank.slice(0, 4)) : found[0];
    const remark = say(clash ? "clash" : "complaint", { title: best.fixture.title });
    const turned = clash && !clash.matrix && `${clash.left}` === `${clash.right.toReversed()}`;
    /** @type {Map<string, string>} */
    const others = new Map();
    for (const { fixture, candidates } of clash && !frame.statement ? found.toReversed() : []) {
      if (fixture.function === best.fixture.function) continue;
      const changes = candidates[0].shown.join("; ");
      others.set(fixture.function, say("clash-too", { title: fixture.title, changes }));
    }
    return {
      ...best,
      remarks: [remark, ...inPlace, ...(turned ? [say("turned")] : []), ...others.values()],
    };
  }
  if (clash) {
    // Where a factor is none, its shape says nothing.
    const isFactor = !paste.hints.includes(say("third-argument"));
    const flat = isFactor && flatIn(clash, paste);
    const other = clash.matrix ? "no-clash" : "no-clash-by-entry";
    const none = inPlace.length ? inPlace : [say(other)];
    const beside = isBesideBias(clash) ? [say("bias-column")] : [];
    const operand = possible.map((fixture) => operandIn(fixture, clash, paste)).find(Boolean);
    const said = operand
      ? [operand]
      : [...none, ...beside, ...paste.hints, ...(flat ? [say(flat)] : [])];
    return { fixture: null, candidates: [], remarks: [...said, say("covered")] };
  }
  const refused = !error && !failing.length && ownAssert(frame);
  return refused ? ofAssert(refused, frame, tests) : null;
}

/** The changes with which a program does what pasted lines do, on the test and off it. If none
 * does, the lines themselves are the change, where this says the same.
 * @type {(found: Mutant[], paste: Paste, fixture: Fixture, says: (one: Mutant) => boolean) => Mutant[]} */
function byLines(found, paste, fixture, says) {
  const lines = [...linesOf(paste, fixture)];
  if (!lines.length) return found;
  const kept = agreeing(found, lines, fixture);
  const own = written(paste, fixture);
  if (!own || !says(own)) return kept.length ? kept : found;
  const alone = eachAlone(own).sort((one, other) => Number(says(other)) - Number(says(one)));
  const { scope } = fixture.run(new Map(), fixture.networks[0].arrays);
  // Where a line itself stops in any case, others that stop there say nothing of it.
  const stops = kept.length && lines.some(([, tree]) => !evaluate(tree, scope));
  const speaking = stops ? alone.filter(says) : kept;
  return [speaking, kept, alone].find((list) => list.length) ?? [];
}

/** Every place of every mistake, and the changes of several steps that have one name. */
export const suspects = cache((/** @type {Fixture} */ fixture) => {
  const joint = fixture.higherOrder.map((forms) => ({ ids: namesOf(fixture, forms), forms }));
  const named = fixture.named.map(([id, forms]) => ({ ids: [id], forms }));
  return [...named, ...joint.filter(({ ids }) => ids.length === 1)].map(({ ids: [id], forms }) => ({
    id,
    candidate: new Mutant(fixture, forms, 1),
  }));
});

/** @type {(text: string) => string} */
const lastWord = (text) => text.slice(text.lastIndexOf(" ") + 1);

/** The named mistakes of which a test says the same, and which do what pasted lines do.
 * @type {(fixture: Fixture, failing: [string, string][], paste?: Paste) => Mutant[]} */
function failingAlike(fixture, failing, paste = NOTHING) {
  const { outputs, rule } = fixture.data;
  // A test of several returned values numbers them.
  const numbered = (/** @type {string} */ name) =>
    outputs.find((_, place) => String(place) === name) ?? name;
  const named = failing.map(([, name]) => numbered(name));
  if (!named.length || !named.every((name) => outputs.includes(name))) return [];
  const shapes = failing.filter(([kind]) => kind === "shape").map(([, name]) => numbered(name));
  const valued = failing.filter(([kind]) => kind === "values").map(([, name]) => numbered(name));
  /** @type {[string, number[]][]} As a text is read, with the spellings of the first course. */
  const sizes = shapes.flatMap((step) => {
    const own = paste.shapes.find(([name]) => name.toLowerCase() === step.toLowerCase());
    return own ? [[step, own[1]]] : [];
  });
  /** @type {Map<string, Mutant>} */
  const found = new Map();
  /** @type {(one: Mutant) => boolean} */
  const complains = ({ outcome: { failures }, values }) => {
    /** @type {(one: [string, number[]]) => boolean} */
    const isOf = ([name, shape]) =>
      Boolean(values[name]) && `${shapeOf(values[name])}` === `${shape}`;
    const said = failures.map(lastWord).slice(0, rule === "allclose" ? 1 : failures.length);
    const misshapen = failures.filter((failure) => failure.includes("shape")).map(lastWord);
    const isSame =
      said.length &&
      said.every((name) => named.includes(name)) &&
      named.every((name) => said.includes(name));
    const isMisshapen = shapes.every((name) => misshapen.includes(name)) && sizes.every(isOf);
    // A test that asks for the shape first does not come to the values of another shape.
    const isBefore = rule === "allclose" && misshapen.some((name) => valued.includes(name));
    return Boolean(isSame) && isMisshapen && !isBefore;
  };
  for (const { id, candidate } of suspects(fixture)) {
    if (!complains(candidate)) continue;
    const { failures } = candidate.outcome;
    // For a list of likely causes one place of each form will do: where it does least.
    const before = found.get(id);
    if (!before || failures.length < before.outcome.failures.length) found.set(id, candidate);
  }
  const often = (/** @type {[string, Mutant]} */ [id]) => frequency(id, fixture.function);
  const sorted = [...found].sort((one, other) => compared(often(one), often(other)));
  const likely = sorted.map(([, candidate]) => candidate);
  return byLines(likely, paste, fixture, complains);
}

/** Whether two arrays multiplied by entry have as many columns, and one has a row more.
 * @type {(clash: Clash) => boolean} */
function isBesideBias({ matrix, left, right }) {
  const byEntry = !matrix && left.length === 2 && right.length === 2 && left[1] === right[1];
  return byEntry && Math.abs(left[0] - right[0]) === 1;
}

/** The key of what shapes say of a flat array: one has one size, or became a square.
 * @type {(clash: Clash, paste: Paste) => string} */
function flatIn({ matrix, left, right }, paste) {
  const shapes = [left, right];
  const axes = shapes.map((shape) => shape.length);
  if (axes.includes(1)) {
    // Numbers of classes are flat as they should be, and beside them one-hot labels are not.
    const isOpen = sought("compares", paste.frame.statement) || !isOurs(paste);
    return isOpen && !matrix && Math.max(...axes) > 1 ? "one-axis-or-two" : "one-axis";
  }
  const square = shapes.some((shape) => shape[0] > 1 && shape[0] === shape.at(-1));
  return square && shapes.some((shape) => shape.includes(1)) ? "flat-square" : "";
}

/** The two shapes that numpy says do not fit, and whether in a product of matrices.
 * @type {(error: string) => Clash?} */
export function clashOf(error) {
  const sizes = sought("matmul", error)?.map(Number);
  // Of two matrices that do not meet, numpy names only the sizes that should be one; -1 is any.
  if (sizes) return { matrix: true, left: [-1, sizes[2]], right: [sizes[1], -1] };
  const found = every("shape", error);
  const shapes = found.map(([, ...sizes]) => sizes.filter(Boolean).map(Number));
  const [left, right, changed] = shapes;
  if (!right || !sought("clash", error)) return null;
  const matrix = !error.includes("broadcast");
  // Beside the two numpy names the shape of what is changed in place.
  const inPlace = !matrix && shapes.length === 3 && `${left}` === `${changed}`;
  return { matrix, left, right, inPlace: inPlace && `${left}` !== `${right}` };
}

/** Whether numpy stops at two shapes, in their order where the line is as printed.
 * @type {(clash: Clash, stop: Stop, asPrinted?: boolean) => boolean} */
function isClash(clash, { op, values }, asPrinted = false) {
  if ((op === "@") !== clash.matrix || values.length !== 2) return false;
  const [left, right] = values.map(shapeOf);
  /** @type {(one: number[], got: number[]) => boolean} */
  const meets = (one, got) =>
    one.length === got.length && one.every((size, at) => size === -1 || size === got[at]);
  // A product of entries can be written either way round.
  const isEither = !clash.matrix && !asPrinted;
  const turned = isEither && meets(clash.left, right) && meets(clash.right, left);
  return turned || (meets(clash.left, left) && meets(clash.right, right));
}

/** The changes that make numpy stop at two shapes, without those that pasted lines rule out.
 * @type {(fixture: Fixture, clash: Clash, paste: Paste) => Mutant[]} */
function clashing(fixture, clash, paste) {
  const { reference } = fixture;
  const sizes = [-1, 1, ...sizesOf(fixture)];
  if (![...clash.left, ...clash.right].every((size) => sizes.includes(size))) return [];
  const above = aboveLine(fixture, clash, paste);
  if (above) return above;
  // Forms that numpy carries out do not stop, whatever their shapes.
  const stillborn = fixture.slots.flatMap((slot) =>
    slot.stillborn.map((tree) => new Map([[slot.name, tree]])),
  );
  const named = fixture.named.map(([, forms]) => forms).filter((forms) => forms.size === 1);
  /** @type {(forms: Forms) => boolean} */
  const stops = (forms) =>
    [...forms.values()].some(
      (tree) => !evaluate(tree, reference) && isClash(clash, stopOf(tree, reference)),
    );
  const found = [...stillborn, ...named].filter(stops);
  const likely = distinct(found.map((forms) => new Mutant(fixture, forms, 1)));
  return byLines(inLine(likely, paste.frame), paste, fixture, ({ forms }) => stops(forms));
}

/** The changes above a printed line with which it stops, or null if it stops by itself. A line above
 * that is printed too is taken as it stands.
 * @type {(fixture: Fixture, clash: Clash, paste: Paste) => Mutant[]?} */
function aboveLine(fixture, clash, paste) {
  const { reference, slots } = fixture;
  const lines = linesOf(paste, fixture);
  const line = lineThatStops(lines, paste.frame.statement, fixture);
  if (!line || !evaluate(line, reference)) return null;
  const read = namesIn(line);
  const found = slots.flatMap(({ name, forms }) => {
    const printed = lines.get(name);
    return (read.includes(name) ? (printed ? [printed] : forms) : []).flatMap((tree) => {
      const value = evaluate(tree, reference);
      const scope = { ...reference, ...(value ? { [name]: value } : {}) };
      const stops = value && !evaluate(line, scope) && isClash(clash, stopOf(line, scope), true);
      return stops ? [new Mutant(fixture, new Map([[name, tree]]), 1)] : [];
    });
  });
  return distinct(found);
}
