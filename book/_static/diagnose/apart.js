// @ts-check
/* Pasted arrays of several tests, such as those of a notebook's cell and of the public test. */
import { isRight } from "./fixtures.js";
import { chance, fitsAny } from "./placing.js";
import { DATA, least } from "./util.js";

/** A paste by the tests that its arrays are of, what is open first; or nothing. See apart.py.
 * @type {(paste: Paste, every: Fixture[]) => [Fixture[], Paste][]} */
export function apart(paste, every) {
  const tests = inQuotedEdition(paste, every);
  /** @type {Map<Observed, Fixture[]>} */
  const telling = new Map();
  for (const one of [...paste.arrays, ...paste.quoted]) {
    const some = tests.filter((test) => isOf(one, test));
    if (some.length) telling.set(one, some);
  }
  if (!telling.size) return [];
  const known = [...telling.values()];
  const common = tests.filter((test) => known.every((some) => some.includes(test)));
  const isRead = (/** @type {Observed} */ one) => telling.has(one);
  if (common.length) {
    const quoted = paste.quoted.find(isRead);
    const isOpen = quoted && !paste.arrays.every(isRead);
    return isOpen ? quotedApart(paste, quoted, common, tests) : [];
  }
  const count = (/** @type {Fixture} */ test) => known.filter((some) => some.includes(test)).length;
  const own = new Map([...telling].map(([one, some]) => [one, least(some, (t) => [-count(t)])]));
  let [at] = own.values();
  const first = paste.quoted.find(isRead);
  const isAbove = first && first.line < paste.arrays[0].line;
  for (const one of paste.quoted) {
    const of = own.get(one);
    // What is expected stands above what was got, which alone has the name.
    const below = !one.name && isAbove && paste.arrays.find(({ line }) => line > one.line);
    const alike =
      below || paste.arrays.findLast(({ name, line }) => name === one.name && line <= one.line);
    if (of && alike && !own.has(alike)) own.set(alike, of);
  }
  /** @type {Map<Fixture, Observed[]>} */
  const groups = new Map();
  for (const [place, one] of paste.arrays.entries()) {
    const names = (groups.get(at) ?? []).map(({ name }) => name).filter(Boolean);
    const its = own.get(one);
    if (its) at = its;
    else if (names.includes(one.name) || !fitsAny(one, at)) {
      // A second array of a name is of the next call, as is one that this test cannot have.
      const after = paste.arrays.slice(place).flatMap((other) => own.get(other) ?? []);
      at = after.find((test) => test !== at && fitsAny(one, test)) ?? at;
    }
    groups.set(at, [...(groups.get(at) ?? []), one]);
  }
  /** @type {(group: [Fixture, Observed[]]) => boolean} */
  const isSettled = ([test, arrays]) =>
    arrays.every((one) => telling.has(one) || inputsOf(test).some((value) => one.matches(value)));
  const sorted = [...groups].sort(
    (one, other) => Number(isSettled(one)) - Number(isSettled(other)),
  );
  return sorted.map(([test, arrays]) => [[test], { ...paste, arrays }]);
}

/** Without the tests of which a message quotes less than of another on the same inputs.
 * @type {(paste: Paste, tests: Fixture[]) => Fixture[]} */
export function inQuotedEdition({ quoted }, tests) {
  const some = new Map(tests.map((test) => [test, quoted.filter((one) => isOf(one, test))]));
  /** @type {(test: Fixture) => Observed[]} */
  const of = (test) => some.get(test) ?? [];
  /** @type {(test: Fixture, other: Fixture) => boolean} */
  const isLess = (test, other) =>
    of(test).length < of(other).length &&
    of(test).every((one) => of(other).includes(one)) &&
    `${inputsOf(test).map(({ d }) => d)}` === `${inputsOf(other).map(({ d }) => d)}`;
  return tests.filter((test) => !tests.some((other) => isLess(test, other)));
}

/** What a message quotes, and what was printed above it if another call did that.
 * @type {(paste: Paste, quoted: Observed, common: Fixture[], tests: Fixture[]) => [Fixture[], Paste][]} */
function quotedApart(paste, { name, line }, common, tests) {
  const own = paste.arrays.filter((one) => one.name === name && one.line <= line);
  const at = Math.max(0, ...own.map((one) => one.line));
  const isAgain =
    own.length > 0 && paste.arrays.some((one) => one.line > line && one.name === name);
  const isOutside = (/** @type {Observed} */ one) => one.line < at || (isAgain && one.line > line);
  const around = paste.arrays.filter(isOutside);
  if (!isAgain && around.every((one) => fitsAny(one, common[0]))) return [[common, paste]];
  const isOther = (/** @type {Fixture} */ test) => test.function === common[0].function;
  const others = tests.filter((test) => isOther(test) && !common.includes(test));
  const said = paste.arrays.filter((one) => !isOutside(one));
  return [
    [common, { ...paste, arrays: said }],
    [others, { ...paste, arrays: around }],
  ];
}

/** @param {Fixture} test */
const inputsOf = (test) => Object.values(test.arrays);

/** Whether an array is right on a test, and no array is so by chance.
 * @type {(seen: Observed, test: Fixture) => boolean} */
function isOf(seen, test) {
  const name = seen.name ?? "";
  const names = [`${seen.context}_${name}`, ...test.data.also.map((habit) => habit[name])];
  return test.steps.some((step) => {
    const isIt =
      !name || names.includes(step.name) || step.name.toLowerCase() === name.toLowerCase();
    if (!isIt || !isRight(test, step.name, seen, seen.expected)) return false;
    const placing = /** @type {any} */ ({ fixture: test, seen: new Map([[step.name, seen]]) });
    return chance([placing], 0, false) <= DATA.sure;
  });
}

/** Explanations of several calls with the changes that explain all, if there are any.
 * @type {(found: Diagnosis[]) => Diagnosis[]} */
export function inCommon(found) {
  if (found.length < 2 || found.some(({ verdict }) => verdict !== "explained")) return found;
  const told = (/** @type {Mutant} */ one) => one.shown.join("\n");
  const shown = found.map(({ candidates }) => new Set(candidates.map(told)));
  const isCommon = (/** @type {Mutant} */ one) => shown.every((some) => some.has(told(one)));
  const kept = found.map((one) => ({ ...one, candidates: one.candidates.filter(isCommon) }));
  return kept[0].candidates.length ? kept : found;
}
