// @ts-check
/* What a message says, alone or beside numbers; see diagnose.py. */
import { ofCache, ofFailing, ofKeys, ofOtherEdition } from "./beside.js";
import { knownCauses } from "./causes.js";
import { arraysByName, unknown } from "./explain.js";
import { COURSES, NEWEST_FIRST } from "./fixtures.js";
import { saidOfCalls } from "./helpers.js";
import { ofOneLine, withOwnCode } from "./hints.js";
import { judged } from "./judged.js";
import { Mutant } from "./mutant.js";
import { eachAlone, written } from "./pasted.js";
import { misshapen, undivided } from "./shapes.js";
import { cellBackward } from "./steps.js";
import { clashOf, likelyMutants, testedBy } from "./symptoms.js";
import { hasCode } from "./traceback.js";
import { DATA } from "./util.js";
import { shapeOf, tuple } from "./values.js";
import { say, sought, starting, whole } from "./words.js";

/** What a message says beside numbers of no known test, if it is understood.
 * @type {(found: Diagnosis, paste: Paste, tests: Fixture[]) => Diagnosis?} */
export function messageFirst(found, paste, tests) {
  const of = ofMessage(paste, tests);
  const own = [...(of?.remarks ?? []), ...telling(found.remarks)];
  const remarks = [...own.filter((one) => one !== say("covered")), say("covered")];
  return of && { ...of, remarks, headline: say("message-first") };
}

/** What lines of code compute, where neither a message nor a gradient stands there.
 * @type {(paste: Paste, every: Fixture[]) => Diagnosis?} */
export function ofCode(paste, every) {
  const { arrays, lines, error, failing, problem, lost } = paste;
  // What code assigns to other names than those of gradients are inputs.
  const areInputs = arrays.every(({ name }) => name?.[0] !== "d");
  const isAlone = !error && !failing.length && !problem && !lost.length;
  const own = every.filter((test) => test.function === paste.function);
  const read = isAlone && areInputs && hasCode(lines) && judged(paste, own.length ? own : every);
  // What a question names says more than that none of its lines is read.
  if (!read || (!read.fixture && paste.nothing[0] === say("asked"))) return null;
  const isOwn = paste.defined.length && !paste.defined.some(isOfCourse);
  const changed = read.candidates.flatMap(({ forms }) => [...forms.keys()]);
  if (isOwn && changed.every((step) => read.fixture?.isForward(step)) && read.fixture) {
    const said = [...withOwnCode(paste.hints, lines), say("covered")];
    return { ...unknown(null, said), headline: say("own-functions") };
  }
  const learning = [
    ...ofOneLine(paste.hints),
    ...paste.hints.filter((one) => one === say("own-learning")),
  ];
  const spoken = DATA.subjects.map(([, says]) => says).filter((one) => paste.nothing.includes(one));
  const beside = read.fixture ? learning : [say("covered")];
  const [title, ...rest] = [...read.remarks, ...beside, ...spoken];
  return { ...unknown(read.fixture, rest, new Map(), read.candidates), headline: title };
}

/** Whether a function has the name of one that a notebook has. @param {string} name */
const isOfCourse = (name) =>
  Boolean(whole("known-function", name) || whole("course-function", name));

/** The causes of a message: of an overflow, exponentials where they can be the one.
 * @type {(paste: Paste, printed: boolean) => string[]} */
function causesOf({ error, frame, hints, lines, source }, printed) {
  const said = say("exp-quotient");
  const isIt = hints.includes(said) && sought("overflowed", error);
  const of = frame.function;
  // What stopped in the cell, or in a function that is not shown, did not stop in these.
  const isShown = !of || new RegExp(`\\bdef +${of} *\\(`).test(source);
  return isIt ? [said] : knownCauses(error, frame, printed, lines, isShown ? source : "");
}

/** The likely causes of what a test or numpy said, if they are known.
 * @type {(paste: Paste, tests: Fixture[]) => Diagnosis?} */
function ofMessage(paste, tests) {
  const causes = causesOf(paste, paste.arrays.length > 0);
  if (causes.length) return unknown(null, causes);
  const likely = storedWhole(paste) ?? likelyMutants(paste, testedFor(paste, tests));
  return likely && unknown(likely.fixture, likely.remarks, new Map(), likely.candidates);
}

/** What numpy says of an array that is stored undivided, or with the rows of another.
 * @type {(paste: Paste) => Likely?} */
function storedWhole(paste) {
  const clash = clashOf(paste.error);
  const stored = sought("stored", paste.frame.statement)?.groups?.name;
  if (!clash || !stored || !paste.error.includes("input array")) return null;
  /** @type {Paste} */
  const alone = { ...paste, arrays: [], shapes: [[stored, clash.left]] };
  const own = paste.frame.function;
  const called = [own, cellBackward(own)];
  const single = COURSES.flat().filter((test) => !test.last);
  const theirs = single.filter((test) => called.includes(test.function));
  return undivided(alone, single) ?? misshapen(alone, theirs) ?? forAnother(stored, clash, theirs);
}

/** That an array has its own shape, and stands where another has to.
 * @type {(name: string, clash: Clash, tests: Fixture[]) => Likely?} */
function forAnother(name, { left, right }, tests) {
  for (const { expected } of tests) {
    const others = Object.keys(expected).filter((n) => `${shapeOf(expected[n])}` === `${right}`);
    if (!expected[name] || `${shapeOf(expected[name])}` !== `${left}` || !others.length) continue;
    const of = { name, own: tuple(left), due: tuple(right), others: others.join(" or ") };
    return { fixture: null, candidates: [], remarks: [say("stored-other", of)] };
  }
  return null;
}

/** The tests that a message can come from. @type {(paste: Paste, tests: Fixture[]) => Fixture[]} */
function testedFor(paste, tests) {
  const spokenOf = [paste.frame.function, paste.function];
  const theirs = COURSES.slice(1).flat();
  const called = theirs.filter((one) => spokenOf.includes(one.function));
  return testedBy(paste, called.length ? called : tests);
}

/** What a sentence says of the arrays that are right, and for which test they are.
 * @type {(seen: Diagnosis["seen"], fixture: Fixture) => {right: string, n: number, where: string}} */
const ofRight = (seen, { title, id }) => ({
  right: [...seen.keys()].join(", "),
  n: seen.size,
  where: say("for-test", { title, id }),
});

/** What a message says beside right arrays, which no longer speaks of these.
 * @type {(found: Diagnosis, paste: Paste, tests: Fixture[]) => Diagnosis?} */
export function stillOpen({ fixture, seen }, paste, tests) {
  const left = paste.failing.map(([, name]) => name).filter((name) => !seen.has(name));
  if (!left.length && causesOf(paste, true).length) return null;
  const likely = left.length || paste.error ? likelyMutants(paste, testedBy(paste, tests)) : null;
  if (!likely || !fixture) return null;
  const headline = say("right-but", {
    ...ofRight(seen, fixture),
    left: left.join(", ") || paste.error.slice(0, 80),
  });
  const kept = likely.candidates.filter(({ forms }) =>
    Object.values(new Mutant(fixture, forms, 1).matches(seen)).every(Boolean),
  );
  const { remarks } = likely;
  const candidates = kept.length ? kept : likely.candidates;
  return { ...unknown(likely.fixture, remarks, new Map(), candidates), headline };
}

/** An answer with the causes of a message that stands beside the numbers.
 * @type {(found: Diagnosis, paste: Paste) => Diagnosis} */
export function withMessage(found, paste) {
  const { error } = paste;
  const causes = error ? causesOf(paste, true) : [];
  const { fixture, seen } = found;
  if (found.verdict === "expected" && fixture && error && !starting("warning", error)) {
    const headline = say("right-but-stopped", {
      ...ofRight(seen, fixture),
      error: error.slice(0, 80),
    });
    return { ...unknown(fixture, causes, seen), headline };
  }
  const beside = say("message-too", { error: error.slice(0, 80) });
  const remarks = causes.length ? [...telling(found.remarks), beside, ...causes] : found.remarks;
  return { ...found, remarks };
}

/** An answer that knows of lines that print these numbers and are not the test's.
 * @type {(found: Diagnosis, paste: Paste) => Diagnosis} */
export function withLines(found, paste) {
  const { verdict, fixture, seen } = found;
  if (verdict === "explained" || !fixture || !seen.size || paste.error) return found;
  const own = written(paste, fixture);
  if (!own || !Object.values(own.matches(seen)).every(Boolean)) return found;
  if (own.outcome.word === "passes") return found;
  const plain = { fixture, seen, verdict: "explained", remarks: [] };
  if (verdict === "unexplained") return { ...plain, candidates: [own] };
  const headline = say("right-but-line", { ...ofRight(seen, fixture) });
  return { ...plain, candidates: eachAlone(own), headline };
}

/** An answer that knows the dictionary that is returned, and what a test complains of.
 * @type {(found: Diagnosis, paste: Paste, tests: Fixture[]) => Diagnosis} */
export function withBeside(found, paste, tests) {
  const { fixture, seen, remarks } = found;
  const test = fixture ?? NEWEST_FIRST.find((one) => one.function === paste.function);
  const isOpen = found.verdict !== "expected" && test;
  const wrong = [
    ...(test ? ofKeys(paste.stored, test) : []),
    ...(isOpen ? ofCache(paste.unpacked, test) : []),
    ...(isOpen ? paste.hints.filter((one) => one === say("mask-drawn")) : []),
  ];
  if (wrong.length && paste.error.includes("KeyError")) return { ...found, remarks: wrong };
  if (found.verdict === "unexplained" || !fixture)
    return { ...found, remarks: [...wrong, ...remarks] };
  // What is printed besides may be explained as well, as of another call.
  const beside = found.verdict === "expected" ? paste : { ...paste, arrays: [] };
  const others = [...ofOtherEdition(beside, seen, fixture, tests)];
  if (found.verdict === "explained")
    return { ...found, remarks: [...wrong, ...ofOneLine(paste.hints), ...others, ...remarks] };
  if (!wrong.length) {
    const failing = ofFailing(paste, seen, fixture);
    return { ...found, remarks: [...failing, ...others, ...remarks] };
  }
  const headline = say("right-but-stored", { ...ofRight(seen, fixture) });
  return { ...unknown(fixture, [...wrong, ...others], seen), headline };
}

/** An answer that explains nothing with what the calls of helpers show.
 * @type {(found: Diagnosis, paste: Paste) => Diagnosis} */
export function withCalls(found, { error, failing, calls }) {
  if (found.verdict !== "unexplained") return found;
  const spoke = Boolean(error || failing.length || found.seen.size);
  const said = saidOfCalls(calls, found.remarks, spoke);
  if (!said.length) return found;
  if (spoke || found.candidates.length || telling([found.headline ?? ""]).length) {
    const last = found.remarks.filter((one) => one === say("covered"));
    const rest = found.remarks.filter((one) => one !== say("covered"));
    // Of numbers that nothing explains, a call that is wrong says most.
    const told = found.seen.size ? [...said, ...rest] : [...rest, ...said];
    return { ...found, remarks: [...told, ...last] };
  }
  const [headline, ...others] = [...said, ...telling(found.remarks)];
  return { ...found, headline, remarks: [...others, say("lines-only"), say("paste-whole")] };
}

/** An answer that says where its names of gradients are not those of the notebook.
 * @param {Diagnosis} found */
export function withGates(found) {
  const first = found.candidates.slice(0, 1);
  const lines = [...found.remarks, ...first.flatMap((one) => [...one.shown, ...one.expects])];
  const isTold = found.fixture?.function.startsWith("lstm") && lines.some((l) => sought("gate", l));
  return isTold ? { ...found, remarks: [...found.remarks, say("gate-names")] } : found;
}

/** The remarks that say more than that nothing is known. @param {string[]} remarks */
export function telling(remarks) {
  const silent = [
    ...[
      "",
      say("no-numbers"),
      say("asked"),
      say("question"),
      say("covered"),
      say("own-network"),
      say("own-learning"),
      say("no-test-fits"),
    ],
    ...[say("nothing-said"), say("unknown-message"), say("lines-unread"), say("paste-whole")],
    say("stopped"),
  ];
  return remarks.filter((one) => !silent.includes(one));
}

/** What can be said where only a test or numpy spoke.
 * @type {(paste: Paste, wanted: Fixture[], every: Fixture[]) => Diagnosis} */
export function withoutNumbers(paste, wanted, every) {
  const found = ofMessage(paste, wanted);
  if (found) return paste.arrays.length ? { ...found, headline: say("message-first") } : found;
  const tested = testedFor(paste, wanted);
  const { remarks: shaped, candidates } =
    (!paste.error && (undivided(paste, every) || misshapen(paste, tested))) || unknown(null, []);
  const [headline, ...more] = [...shaped, say("covered")];
  if (shaped.length) return { ...unknown(null, more, new Map(), candidates), headline };
  const some = paste.arrays.length > 0;
  const code = ofCode(paste, every);
  if (code) return code;
  const fixture = paste.function ? tested[0] : null;
  const unread = paste.problem || paste.lost.length;
  const [nothing, ...others] = paste.nothing;
  if (nothing && !unread)
    return { ...unknown(fixture, [...others, say("covered")]), headline: nothing };
  const said = say(paste.error ? "unknown-message" : some ? "no-test-fits" : "nothing-said");
  const own = !paste.error && hasCode(paste.lines) ? withOwnCode(paste.hints, paste.lines) : [];
  const remarks = unread && !some ? [] : [said, ...own, say("covered")];
  return unknown(fixture, remarks, arraysByName(paste));
}
