// @ts-check
/* What a text shows beside its numbers; see beside.py. */
import { isRight } from "./fixtures.js";
import { agreeing, linesOf } from "./pasted.js";
import { ofType } from "./traceback.js";
import { spelledIn } from "./util.js";
import { same } from "./values.js";
import { say, sought } from "./words.js";

/** @param {string} name */
const plainKey = (name) => name.toLowerCase().replaceAll("_", "");

/** What is wrong with the keys under which most of what a test reads is stored.
 * @type {(stored: Map<string, string>, test: Fixture) => Generator<string>} */
export function* ofKeys(stored, { expected, data }) {
  const asked = Object.keys(expected).filter((name) => sought("gradient", name));
  const missing = asked.filter((name) => !stored.has(name));
  if (2 * missing.length >= asked.length) return;
  for (const [key, name] of stored)
    if (name !== key && [key, name].every((one) => asked.includes(one)))
      yield say("key-of-other", { stored: key, name });
  const others = [...stored.keys()].filter((key) => !(key in expected));
  const like = missing.map((name) => others.find((key) => plainKey(key) === plainKey(name)) ?? "");
  for (const [at, name] of missing.entries())
    yield say(like[at] ? "key-spelled" : "key-missing", { name, stored: like[at] });
  const beyond = others.filter((key) => !like.includes(key));
  if (beyond.length && data.exact)
    yield say("keys-beyond", { names: beyond.join(", "), n: beyond.length });
}

/** Where a line takes the cache of a test apart in another order.
 * @type {(unpacked: string[], test: Fixture) => Generator<string>} */
export function* ofCache(unpacked, { data }) {
  const arrays = /(?<=, )\(((?:\w+|\{[^{}]*\})(?:, (?:\w+|\{[^{}]*\}))+)\)/.exec(
    data.call[0] ?? "",
  )?.[1];
  const due = arrays?.replaceAll(/\{[^{}]*\}/g, "parameters").split(", ") ?? [];
  const off = unpacked.flatMap((name, at) => (name === due[at] ? [] : [at]));
  if (!off.length || `${unpacked.toSorted()}` !== `${due.toSorted()}`) return;
  const between = (/** @type {string[]} */ some) =>
    some.slice(off[0], (off.at(-1) ?? 0) + 1).join(", ");
  yield say("cache-order", { names: between(unpacked), due: between(due) });
}

/** Of which test those numbers are that a text has besides those it has from `test`.
 * @type {(paste: Paste, seen: Seen, test: Fixture, tests: Fixture[]) => Generator<string>} */
export function* ofOtherEdition(paste, seen, test, tests) {
  const own = new Set([...seen.values()].map(({ numbers }) => numbers));
  const others = [...paste.arrays, ...paste.quoted].filter(({ numbers }) => !own.has(numbers));
  for (const one of others.filter(({ expected }) => expected)) {
    const outputs = Object.keys(test.expected);
    const name = outputs.find((output) => output === one.name);
    const alike = (/** @type {string} */ output) => one.matches(test.reference[output]);
    const step = name && outputs.find((output) => output !== name && alike(output));
    if (!step) continue;
    yield say("older-expected", { name, step });
    return;
  }
  const expects = (/** @type {Fixture} */ other) =>
    others.every((one) => {
      const step = spelledIn(one.name ?? "", Object.keys(other.expected));
      return step !== "" && isRight(other, step, one, true);
    });
  if (others.length < 2 || expects(test)) return;
  const found = tests.find(expects);
  const key = found?.data.gradient ? "other-edition" : "other-edition-wrong";
  if (found) yield say(key, { title: found.title, id: found.id, page: found.data.page });
}

/** The programs that do what pasted lines do and leave right what a text calls right, and what is to
 * be known of that. @type {(mutants: Mutant[], paste: Paste, fixture: Fixture) => [Mutant[], string]} */
export function asTold(mutants, paste, fixture) {
  const lines = [...linesOf(paste, fixture)];
  const some = lines.length ? agreeing(mutants, lines, fixture) : [];
  const kept = some.length ? some : mutants;
  const steps = Object.keys(fixture.expected);
  const right = paste.right.map((name) => spelledIn(name, steps)).filter(Boolean);
  const told = kept.filter(({ values }) =>
    right.every((step) => values[step] && same(values[step], fixture.reference[step])),
  );
  if (!told.length || told.length === kept.length) return [kept, ""];
  return [told, say("told-right", { names: right.join(", "), n: right.length })];
}

/** What it means that a test complains where the printed numbers are right.
 * @type {(paste: Paste, seen: Seen, test: Fixture) => Generator<string>} */
export function* ofFailing({ failing, rejected, frame }, seen, test) {
  const kind = sought("own-type", frame.statement)?.groups;
  if (kind) yield* ofType(kind);
  const said = failing.filter(([, name]) => seen.has(name));
  if (said.length && failing[0][0] === "values") {
    yield say("other-inputs", { said: `Wrong ${said[0].join(" for ")}` });
  } else if (rejected) {
    const left = Object.keys(test.expected).filter((name) => !seen.has(name));
    yield say("more-compared", { also: left.length ? `${left.join(", ")}, ` : "" });
  }
}
