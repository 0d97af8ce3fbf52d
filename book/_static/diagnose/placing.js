// @ts-check
/* Which arrays of a paste are which steps of which test. */
import { isRight } from "./fixtures.js";
import { time } from "./steps.js";
import { DATA, groupedBy, prefixOf, spelledIn } from "./util.js";
import { shaped, shapeOf } from "./values.js";
import { say, sought } from "./words.js";
import { spreadOf } from "./workshop.js";

/** Zeros say nothing. @type {(seen: Observed, values: Value[]) => boolean} */
const isOneOf = (seen, values) => values.some((one) => one?.d.some(Boolean) && seen.matches(one));

/** @type {(seen: Observed, fixture: Fixture, steps: string[]) => boolean} */
function isInput(seen, fixture, steps) {
  if (!seen.name) return isOneOf(seen, Object.values(fixture.arrays));
  return !steps.includes(seen.name) && !sought("gradient", seen.name);
}

/** An array by the name a test has for it: one test's dw is another one's dW.
 * @type {(steps: string[], seen: Observed) => Observed} */
function inTheSpellingOf(steps, seen) {
  const name = seen.name || "";
  const same = steps.includes(name) ? "" : spelledIn(name, steps);
  return same ? seen.called(same) : seen;
}

/** Without arrays that have no name and repeat what one with a name holds.
 * @type {(arrays: Observed[]) => Observed[]} */
function once(arrays) {
  const named = arrays.filter((seen) => seen.name).map((seen) => seen.numbers);
  return arrays.filter((seen) => seen.name || !named.includes(seen.numbers));
}

/** Without the expected numbers where a text quotes them beside the learner's own.
 * @type {(arrays: Observed[], fixture: Fixture) => Observed[]} */
function unquoted(arrays, fixture) {
  const { steps, reference } = fixture;
  // Quoted by hand, a row often has one bracket.
  const prints = (/** @type {Observed} */ seen, /** @type {Value} */ value) =>
    seen.matches(value) || (seen.dimensions === 1 && seen.matches(value, true));
  const right = arrays.filter((seen) => steps.some(({ name }) => prints(seen, reference[name])));
  if (right.length === arrays.length) return arrays;
  // Without a name the shape tells which arrays are the same output, printed and expected.
  const [alias = {}] = fixture.data.also;
  const same = groupedBy(arrays, ({ name, context, like }) => {
    if (!name) return `${like && shapeOf(like)}`;
    const inContext = steps.some((step) => step.name === `${context}_${name}`);
    return `${inContext ? context : ""} ${alias[name] || name}`;
  });
  // What is right in both is the learner's first.
  const wrong = (/** @type {Observed[]} */ some) => some.filter((one) => !right.includes(one));
  const own = [...same.values()].flatMap((some) => (wrong(some).length ? wrong(some) : some[0]));
  return arrays.filter((seen) => own.includes(seen));
}

/** @type {(named: Observed[], steps: string[], names: Record<string, string>, later: Record<string, string>[]) => Seen?} */
function byName(named, steps, names, later) {
  /** @type {Seen} */
  const taken = new Map();
  for (const seen of named) {
    const name = seen.name || "";
    // A second array of the same name is the next function's, where a test runs several.
    const next = Object.keys(names).length ? later.map((other) => other[name]) : [];
    const options = [`${seen.context}_${name}`, names[name] || name, ...next];
    const possible = options.filter((one) => steps.includes(one));
    const step = possible.find((one) => !taken.has(one));
    if (step) taken.set(step, seen);
    else if (!possible.length) return null;
  }
  return taken;
}

/** The ways to give unnamed arrays to steps; where of several none fits, none is looked at closer.
 * @type {(free: Observed[], steps: string[], fixture: Fixture, exact: boolean) => [string, Observed][][]} */
function byShape(free, steps, fixture, exact) {
  const fits = free.map((seen) => steps.filter((step) => seen.fits(fixture.reference[step])));
  const closer = !exact && (free.length === 1 || fits.some((some) => some.length));
  const found = fits.map((some, at) =>
    some.length || !closer ? some : steps.filter((step) => valuesOf(fixture, step, free[at])),
  );
  const options = found.filter((some) => some.length);
  const placed = free.filter((_, at) => found[at].length);
  /** @type {[string, Observed][][]} */
  const chosen = [];
  /** @type {(taken: string[]) => void} */
  const choose = (taken) => {
    if (taken.length === placed.length) chosen.push(taken.map((step, at) => [step, placed[at]]));
    for (const step of options[taken.length] ?? []) {
      if (chosen.length < 30 && !taken.includes(step)) choose([...taken, step]);
    }
  };
  // More arrays than there are steps for them would be tried in vain.
  const within = (/** @type {string[]} */ one) =>
    options.filter((some) => some.every((step) => one.includes(step))).length;
  if (options.every((one) => within(one) <= one.length)) choose([]);
  return chosen;
}

/** How many values of its shape one change gives.
 * @type {(fixture: Fixture, step: string, seen: Observed) => number} */
function valuesOf(fixture, step, seen) {
  const fits = spreadOf(fixture, step).filter(([shape]) => seen.fits(shaped(shape, []), true));
  return fits.reduce((found, [, number]) => found + number, 0);
}

/** Whether a program may print the arrays, or one has its shape. @param {Placing} placing */
export const isPossible = (placing) => fitting(placing) > 0 || canBePrinted(placing);

/** Whether each array has a shape that one change gives its step. @param {Placing} placing */
export const canBePrinted = ({ fixture, seen }) =>
  [...seen].every(([step, one]) => valuesOf(fixture, step, one) > 0);

/** How many arrays have the shape of their step. @param {Placing} placing */
export const fitting = ({ fixture, seen }) =>
  count(seen, (step, one) => one.fits(fixture.reference[step]));

/** Whether an array is a single entry that the notebook of a test prints. A text is read with the
 * spellings of the first course. @type {(seen: Observed, test: Fixture) => boolean} */
export function isEntry({ name, at }, { data }) {
  const place = (at ?? []).map((index) => `[${index}]`).join("");
  return place !== "" && data.entries.includes(`${name}${place}`.toLowerCase());
}

/** Whether an array is shaped like anything that a test has.
 * @type {(seen: Observed, test: Fixture) => boolean} */
export const fitsAny = (seen, { reference }) =>
  Object.values(reference).some((one) => seen.fits(one));

/** Whether the paste names any of the arrays. @param {Placing} placing */
export const isNamed = ({ seen }) => [...seen.values()].some(({ name }) => name);

/** Whether a right array speaks for the test, or shapes with names, or of half its outputs where
 * it uses the whole of the paste. @type {(placing: Placing, named: boolean, paste: Paste) => boolean} */
export function isKnown(placing, named, paste) {
  const { fixture, seen } = placing;
  const outputs = count(seen, (step) => step in fixture.expected);
  const most = 2 * outputs >= Object.keys(fixture.expected).length;
  const some = isNamed(placing) || (most && usesAll(placing, paste));
  const likely = count(seen, (step, one) => isLikely(one, fixture.reference[step])) === seen.size;
  return rightOf(placing).length > 0 || (named && some && likely);
}

/** Whether an array has a shape or, by its name, that of a sum or a transpose.
 * @type {(seen: Observed, value: Value) => boolean} */
function isLikely(seen, value) {
  if (!seen.name || !seen.like?.n) return seen.fits(value) && Boolean(seen.name || seen.like);
  const left = [1, 1, ...shapeOf(value)];
  return shapeOf(seen.like).every((size) => {
    const at = left.indexOf(size);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}

/** The arrays that print as the expected ones, or that the test accepts. @param {Placing} placing */
export const rightOf = ({ fixture, seen }) =>
  [...seen].filter(([step, one]) => isRight(fixture, step, one, true)).map(([step]) => step);

/** How many programs are expected to print the numbers by chance; see placing.py.
 * @type {(placed: Placing[], changes: number, loose: boolean) => number} */
export function chance(placed, changes, loose) {
  /** @param {(placing: Placing) => number} count */
  const expected = (count) => {
    const ways = changes === 2 ? 0.5 : 1;
    return placed.reduce(
      (all, one) => all + ways * together(one, loose) * count(one) ** changes,
      0,
    );
  };
  // To count the values takes long in a loop, and that there cannot be enough is often plain.
  const most = expected(({ fixture, seen }) => seen.size * (fixture.size + 1));
  if (!changes || most <= DATA.chance[0]) return most;
  return expected(({ fixture, seen }) =>
    [...seen].reduce((all, [step, one]) => all + valuesOf(fixture, step, one), 0),
  );
}

/** How probable all the numbers are at random; those that say nothing are certain.
 * @type {(placing: Placing, loose: boolean) => number} */
function together(placing, loose) {
  const found = pinned(placing, loose).filter((probable) => probable < 1);
  if (found.length < 2 && Math.min(1, ...found) > DATA.coarse) return 1;
  return found.reduce((product, probable) => product * probable, 1);
}

/** For each size among the numbers how probable it is at random.
 * @type {(placing: Placing, loose: boolean) => number[]} */
function pinned({ fixture, seen }, loose) {
  /** @type {Map<number, number>} */
  const found = new Map();
  for (const [step, { cells, widths, like, entry }] of seen) {
    // A bare number may be any of an array.
    const places = (like && shapeOf(like).length) || entry ? 1 : fixture.reference[step].d.length;
    const scale = Math.max(...cells.map((cell) => Math.abs(cell.value)));
    cells.forEach((cell, at) => {
      const width = Math.max(widths[Number(loose)][at], Number.isInteger(cell.value) ? 0.5 : 0);
      found.set(Math.abs(cell.value), cell.value ? Math.min(1, (places * width) / scale) : 1);
    });
  }
  return [...found.values()];
}

/** How many numbers say something, and the digits of the finest. @param {Placing} placing */
export function evidence(placing) {
  const found = pinned(placing, false).filter((probable) => probable < 1);
  const digits = Math.floor(-Math.log10(2 * Math.min(0.5, ...found))) + 1;
  return { n: found.length, digits: say("digits", { n: digits }) };
}

/** Arrays with a number read as the array that a test expects bare, if anything speaks for it.
 * @type {(placed: Seen, fixture: Fixture) => Seen} */
function inBrackets(placed, { data, expected, reference }) {
  const read = new Map(placed);
  for (const [step, seen] of placed)
    if (data.numbers.includes(step) && seen.like?.n === 0) read.set(step, seen.bracketed());
  const right = data.numbers.some((step) => read.get(step)?.matches(expected[step]));
  return right || count(placed, (step, seen) => seen.fits(reference[step])) ? read : placed;
}

/** Whether a placing makes use of every pasted array. @type {(placing: Placing, paste: Paste) => boolean} */
const usesAll = ({ seen, recognised }, { arrays }) => seen.size + recognised === arrays.length;

/** Ways to take arrays for steps of any test, of another shape if no test has room for all of them.
 * @type {(paste: Paste, tests: Fixture[], named: boolean) => Placing[]} */
export function placedOn(paste, tests, named) {
  const exact = tests.flatMap((test) => placings(paste, test, named, true));
  if (exact.some((one) => usesAll(one, paste))) return exact;
  return tests.flatMap((test) => placings(paste, test, named));
}

/** Every way to take the arrays of a paste for steps of a test, or of its shapes alone.
 * @type {(paste: Paste, fixture: Fixture, named?: boolean, exact?: boolean) => Placing[]} */
export function placings(paste, fixture, named = true, exact = false) {
  const steps = fixture.steps.map((step) => step.name).filter((name) => name !== "m");
  const knownAs = [...steps, ...fixture.data.also.flatMap((names) => Object.keys(names))];
  const arrays = paste.arrays.map((seen) => inTheSpellingOf(knownAs, seen));
  const computed = arrays.filter((seen) => !isInput(seen, fixture, knownAs));
  const own = unquoted(once(computed), fixture);
  // A single entry says nothing without the name of its array.
  if (!own.length || (!named && own.some((seen) => seen.entry))) return [];
  const values = Object.values(fixture.arrays);
  const given = arrays.filter((seen) => !computed.includes(seen) && isOneOf(seen, values));
  const recognised = computed.length - own.length + given.length;
  const labelled = own.filter((seen) => named && seen.name);
  const free = own.filter((seen) => !labelled.includes(seen));
  const maps = [{}, ...fixture.data.also];
  return maps.flatMap((names, number) => {
    if (number && !labelled.some((seen) => (seen.name || "") in names)) return [];
    const taken = byName(labelled, steps, names, maps.slice(number + 1));
    const other = [...(taken ?? [])].filter(([step, { name }]) => name && !step.endsWith(name));
    // What is right by its own name has no older one.
    if (!taken || other.some(([, seen]) => isOneOf(seen, [fixture.reference[seen.name ?? ""]])))
      return [];
    const left = steps.filter((step) => !taken.has(step));
    const renamed = number > 1 ? namesOfSteps(other) : new Map();
    // Where a function returns its arrays by name, the test finds them under no other.
    const byKey = number === 1 && fixture.data.byKey;
    const keys = byKey ? other.filter(([step]) => step in fixture.expected) : [];
    return byShape(free, left, fixture, exact)
      .map((filled) => ({
        fixture,
        seen: inBrackets(fixture.unsqueezed(new Map([...taken, ...filled])), fixture),
        printedAs: namesOfSteps([...filled.filter(([step, seen]) => seen.name !== step), ...keys]),
        recognised,
        renamed,
        known: [],
      }))
      .filter(({ seen }) => seen.size);
  });
}

/** @param {[string, Observed][]} placed */
const namesOfSteps = (placed) =>
  new Map(placed.flatMap(([step, { name }]) => (name ? [[step, name]] : [])));

/** @type {(placed: Placing[]) => Placing[]} */
export function mostUsed(placed) {
  return most(placed, (one) => one.seen.size + one.recognised);
}

/** Takes each array for the step it equals, if all do and some under another name. What one step of
 * a loop has is not the whole: it is stored there by mistake.
 * @type {(placing: Placing) => Placing?} */
export function elsewhere(placing) {
  const { arrays, reference, expected } = placing.fixture;
  const steps = Object.keys(reference).filter((name) => !(name in arrays) && !time(name));
  /** @type {Seen} */
  const taken = new Map();
  /** @type {Map<string, string>} */
  const printedAs = new Map();
  for (const [step, seen] of placing.seen) {
    const options = [step, ...Object.keys(expected), ...steps];
    const found = options.find((name) => !taken.has(name) && seen.matches(reference[name]));
    if (!found) return null;
    taken.set(found, seen);
    // Where a test runs several calls, each has a name of its own for what is printed.
    const own = prefixOf(step) ? step : seen.name;
    if (seen.name && own && (prefixOf(step) || own !== found)) printedAs.set(found, own);
  }
  if ([...printedAs].every(([step, name]) => step === name)) return null;
  return { ...placing, seen: taken, printedAs, recognised: 0, renamed: new Map(), known: [] };
}

/** @type {(placing: Placing) => boolean} */
export const isPartial = ({ seen }) =>
  [...seen.values()].some((one) => (!one.entry && !one.like?.n) || one.uneven);

/** Of those that fit best, the ones with the most outputs on each test: more would take too long.
 * @type {(placed: Placing[]) => Placing[]} */
export function mostLikely(placed) {
  const close = most(placed, fitting);
  const tests = groupedBy(close, (one) => one.fixture).values();
  const near = [...tests].flatMap((group) =>
    most(group, ({ fixture, seen }) => count(seen, (step) => step in fixture.expected)),
  );
  const same = groupedBy(near, ({ fixture, seen }) => {
    const keys = [...seen].map(([step, one]) => `${step} ${one.number}`);
    return `${fixture.twin} ${keys.join()}`;
  });
  return [...same.values()].map((group) => group[group.length - 1]);
}

/** @type {(seen: Seen, test: (step: string, seen: Observed) => boolean) => number} */
const count = (seen, test) => [...seen].filter(([step, one]) => test(step, one)).length;

/** @template T @param {T[]} items @param {(item: T) => number} size */
function most(items, size) {
  const largest = Math.max(...items.map(size));
  return items.filter((item) => size(item) === largest);
}
