// @ts-check
/* What an answer says of outputs that hold nan or inf; see lost.py. */

import { askedFor } from "./chosen.js";
import { above, readsOf } from "./clues.js";
import { unknown } from "./explain.js";
import { stem } from "./steps.js";
import { spelledIn } from "./util.js";
import { say } from "./words.js";

/** An answer that knows which outputs are lost to nan and inf.
 * @type {(found: Diagnosis, lost: string[]) => Diagnosis} */
export function withLost(found, lost) {
  const { fixture, candidates, verdict, seen } = found;
  const own = Object.keys(fixture?.expected ?? {});
  const steps = lost.map((name) => (own.includes(name) ? name : spelledIn(name, own) || name));
  const known = own.filter((name) => steps.includes(name));
  const names = [...new Set([...known, ...steps])].join(", ");
  const n = steps.length;
  const isTold = found.remarks.some((one) => one.includes("cost-is-nan"));
  const isCost = steps.includes("cost") && !isTold;
  const page = isCost ? [say("read-page", { page: "cost-is-nan" })] : [];
  const kept = candidates.filter(({ values }) =>
    known.every((step) => !values[step]?.d.every(Number.isFinite)),
  );
  // What is nan need not be asked for.
  const left = own.filter((name) => !seen.has(name));
  const others = left.filter((name) => !known.includes(name));
  const more = [left, others].map((some) => askedFor(candidates, some));
  const asks = found.remarks.includes(more[0]) ? more : ["", ""];
  const rest = [...found.remarks.filter((one) => one !== asks[0]), asks[1]].filter(Boolean);
  if (known.length && kept.length) {
    return { ...found, candidates: kept, remarks: [say("lost", { names, n }), ...page, ...rest] };
  }
  const begins = [...whereLost(found, steps)];
  // What begins behind the change comes of another one.
  const isOpen = known.length > 0 && !begins.length;
  const isRefuted = isOpen && candidates.some((one) => isAbove(one, known));
  const tells = say("not-finite", { names, n });
  if (!seen.size && !found.headline) {
    const known = found.fixture || rest.includes(say("covered")) ? [] : [say("covered")];
    return { ...found, headline: tells, remarks: [...page, ...rest, ...known] };
  }
  if (isRefuted) return unknown(fixture, [tells, ...page, ...rest], seen);
  if (verdict !== "expected") {
    return { ...found, remarks: [tells, ...begins, ...page, ...rest] };
  }
  const of = { right: [...seen.keys()].join(", "), is_right: say("is", { n: seen.size }) };
  // What a test accepts beside the right numbers says nothing of those that are lost.
  const remarks = page.length ? [...begins, ...page] : [tells, ...begins];
  return {
    ...unknown(fixture, remarks, seen),
    headline: say("right-but-lost", { ...of, names, n }),
  };
}

/** The first step that goes into all outputs that are lost, and into none that is not.
 * @type {(found: Diagnosis, lost: string[]) => Generator<string>} */
function* whereLost({ fixture, seen }, lost) {
  if (!fixture || !seen.size) return;
  const reads = readsOf(fixture);
  if (!lost.every((step) => reads.has(step))) return;
  const [own, ...others] = lost.map((step) => above([step], reads));
  const finite = above([...seen.keys()], reads);
  const common = [...reads.keys()].filter(
    (name) => own.has(name) && !finite.has(name) && others.every((one) => one.has(name)),
  );
  const first = common.filter((name) => !reads.get(name)?.some((one) => common.includes(one)));
  const names = [...new Set(first.map(stem))];
  if (names.length) yield say("lost-first", { names: names.join(", "), n: names.length });
}

/** Whether a change is above all of some outputs, so that none of them comes of another one.
 * @type {(mutant: Mutant, names: string[]) => boolean} */
function isAbove({ fixture, forms }, names) {
  const reads = readsOf(fixture);
  return names.every((name) => [...forms.keys()].some((step) => above([name], reads).has(step)));
}
