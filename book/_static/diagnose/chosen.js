// @ts-check
/* The best of several explanations, and what else is said of it. */
import { asTold } from "./beside.js";
import { endsEarly, repeats } from "./clues.js";
import { NEWEST_FIRST } from "./fixtures.js";
import { groupsOf, outcomeText } from "./mutant.js";
import { namesIn } from "./program.js";
import { DATA, least, spelledIn } from "./util.js";
import { fingerprint, shapeOf, tuple } from "./values.js";
import { say } from "./words.js";

/** @type {(fixture: Fixture, candidates: Mutant[]) => Generator<string>} */
export function* hidden(fixture, candidates) {
  const newest = NEWEST_FIRST.find((other) => other.function === fixture.function);
  const program = (/** @type {Fixture} */ one) =>
    one.steps.map(({ name, tree }) => `${name} ${tree.id}`).join();
  if (!newest || newest === fixture || program(newest) !== program(fixture)) return;
  const [first, ...others] = candidates.filter(
    (one) => newest.outcome(one.forms).word !== "passes" && one.verdict === "equivalent",
  );
  if (!first) return;
  const { step, now } = first.changed[0];
  const more = others.length > 1 ? say("hidden-more", { n: others.length }) : "";
  const outcome = outcomeText(newest.outcome(first.forms));
  yield say("hidden-test", { step, now, title: newest.title, outcome, more, page: first.page });
}

/** The best of several explanations, with a word on the others.
 * @type {(found: Found[], paste: Paste) => Found} */
export function chosen(found, paste) {
  const first = least(found, ({ fixture, candidates, seen }) => [
    paste.function !== "" && fixture.function !== paste.function,
    candidates[0].rank.slice(0, 3),
    [...seen].filter(([step, { name }]) => name && name !== step).length,
    !fixture.data.printed,
  ]);
  const [candidates, told] =
    first.verdict === "explained"
      ? asTold(first.candidates, paste, first.fixture)
      : [first.candidates, ""];
  const best = { ...first, candidates };
  const changed = (/** @type {Found} */ one) => JSON.stringify(one.candidates[0].changed);
  const same = found.filter((one) => one !== first && changed(one) === changed(best));
  const remarks = [...best.remarks, ...(told ? [told] : [])];
  if (best.verdict === "explained") remarks.push(...misplaced(best), ...nearly(best));
  if (same.length) {
    remarks.push(say("same-numbers", { titles: same.map((one) => one.fixture.title).join("; ") }));
  }
  const flat = flattened(best);
  if (flat) return flat;
  const cells = [...best.seen.values()].flatMap((one) => one.cells);
  const own = cells.filter(({ value }) => value).map((cell) => cell.own);
  const digits = Math.max(0, ...own);
  const most = 2 * own.filter((one) => one === digits).length >= own.length;
  if (best.verdict === "expected" && digits > 1 && digits <= DATA.rounded && most)
    remarks.push(say("rounded", { digits }));
  const outputs = Object.keys(best.fixture.expected);
  const right = paste.right.map((name) => spelledIn(name, outputs));
  const left = outputs.filter((name) => !best.seen.has(name) && !right.includes(name));
  if (best.verdict === "expected" && endsEarly(best, left.length)) {
    remarks.push(
      say("ends-early", { outputs: left.join(", "), are: say("is", { n: left.length }) }),
    );
  }
  const asks = best.verdict === "explained" ? askedFor(best.candidates, left) : "";
  return { ...best, remarks: asks ? [...remarks, asks] : remarks };
}

/** The sentence that asks for what tells the candidates apart best, or "".
 * @type {(candidates: Mutant[], left: string[]) => string} */
export function askedFor(candidates, left) {
  const groups = groupsOf(candidates).map(([first]) => first.values);
  const kinds = (/** @type {string} */ name) =>
    new Set(groups.map(({ [name]: value }) => (value ? fingerprint(value) : ""))).size;
  const telling = left.filter((name) => kinds(name) > 1);
  telling.sort((one, other) => kinds(other) - kinds(one));
  const outputs = telling.slice(0, 2).join(" and ");
  return outputs ? say("paste-more", { outputs }) : "";
}

/** Which of the arrays are right, but are those of another output. What other lines read, or is
 * wrong because of another line, is not wrong by its key alone. @param {Found} found */
function* misplaced({ fixture, seen, candidates: [{ forms, changes }] }) {
  const read = new Set(fixture.steps.flatMap(({ tree }) => namesIn(tree)));
  for (const [step, pattern] of forms.size === changes ? seen : []) {
    if (!forms.has(step) || read.has(step)) continue;
    for (const name of Object.keys(fixture.expected)) {
      if (name === step || pattern.name !== step || !pattern.matches(fixture.reference[name]))
        continue;
      yield say("misplaced", { step, name });
    }
  }
}

/** What is said of right numbers that have lost an axis, unless a change has a name.
 * @type {(found: Found) => Found?} */
function flattened({ verdict, fixture, seen, candidates }) {
  if (verdict !== "explained" || candidates.some(({ named }) => named.length)) return null;
  const { reference } = fixture;
  const flat = [...seen].filter(
    ([step, { like }]) => like?.n === 1 && like.c === reference[step].d.length,
  );
  const lost = flat.map(([step]) => step).filter((step) => reference[step].n > 1);
  /** @type {(step: string, one: Observed) => boolean} */
  const isDue = (step, one) =>
    one.matches(reference[step]) ||
    (lost.includes(step) &&
      one.matches({ ...(one.like ?? reference[step]), d: reference[step].d }));
  const isDueBut = (/** @type {string[]} */ some) =>
    [...seen].every(([step, one]) => some.includes(step) || isDue(step, one));
  /** @type {Found} */
  const bare = { verdict: "unexplained", fixture, candidates: [], remarks: [], seen };
  const again = [...seen].flatMap(([step, one]) => {
    const repeated = repeats(one, reference[step]);
    return repeated ? [{ step, shape: repeated, expected: tuple(shapeOf(reference[step])) }] : [];
  });
  if (again.length && isDueBut(again.map(({ step }) => step)))
    return { ...bare, headline: say("repeated", again[0]) };
  if (!lost.length || !isDueBut([])) return null;
  const names = lost.join(", ");
  const [shape, expected] = [seen.get(lost[0])?.like ?? reference[lost[0]], reference[lost[0]]];
  const of = {
    names,
    n: lost.length,
    shape: tuple(shapeOf(shape)),
    expected: tuple(shapeOf(expected)),
  };
  const headline = say("flat-right", of);
  return { ...bare, headline };
}

/** That np.allclose accepts all numbers, where none is quite right. @param {Found} found */
function nearly({ fixture, seen, candidates: [{ verdict }] }) {
  const isClose = [...seen].every(([step, pattern]) => pattern.isClose(fixture.reference[step]));
  return verdict === "mistake" && isClose ? [say("nearly")] : [];
}

/** What to know where an older edition calls steps by other names. @param {Placing} placing */
export function* namesToKnow({ renamed }) {
  const said = [...renamed].map(([step, name]) => say("older-name", { name, step }));
  if (said.length) yield say("older-names", { names: said.join(", and ") });
}
