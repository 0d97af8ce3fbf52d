// @ts-check
/* What is said of a function that its test accepts; see passing.py. */
import { explaining } from "./diagnose.js";
import { FIXTURES } from "./fixtures.js";
import { firstWrong } from "./lines.js";
import { fromArrays } from "./reading.js";
import { firstComplaint, usable } from "./returned.js";
import { atOnce, DATA } from "./util.js";
import { value } from "./values.js";
import { say, whole } from "./words.js";

/** How it fails on a real forward pass, whatever its test says. @param {Ran} ran */
export function wrongOn({ fixture, traces, name }) {
  const made = fixture.data.gradient ? (traces.get(name) ?? []) : [];
  const asNumbers = made
    .slice(0, DATA.cases - 1)
    .filter(Boolean)
    .map((one) => {
      const single = fixture.data.of_any_shape.filter((free) => one.outputs[free]?.d.length === 1);
      const numbers = single.map((free) => [free, value(0, 1, 1, one.outputs[free].d)]);
      return { ...one, outputs: { ...one.outputs, ...Object.fromEntries(numbers) } };
    });
  return firstWrong(asNumbers, DATA.four_digits);
}

/** What a test that accepts a function does not see. @param {Ran} ran */
export function besidePassing(ran) {
  const { fixture, name, taken } = ran;
  const wrong = wrongOn(ran);
  if (wrong) {
    const { deeper } = fixture.data;
    const isLarger = wrong.arrays === ran.traces.get(name)?.[DATA.larger]?.arrays;
    const where = isLarger ? (deeper?.title ?? say("other-sizes")) : say("other-passes");
    const more = isLarger && deeper ? ` ${say("loop-runs-once")}` : "";
    const does = say(wrong.error ? "stops-with" : "other-gradient", { name, error: wrong.error });
    return say("passes-wrongly", { where, does }) + more;
  }
  const single = fixture.data.of_any_shape.filter((free) => {
    const { shape, data } = ran.outputs.get(free) ?? {};
    return shape?.length && data?.length === 1;
  });
  if (single.length) return say("left-open", { names: single.join(" and "), n: single.length });
  const ofForward = besideOwnForward(ran);
  if (ofForward) return ofForward;
  const tested = [...FIXTURES.values()].map((one) => one.function);
  const names = taken.missing.filter((one) => tested.includes(one));
  if (!names.length) return "";
  const supplied = say("supplied", { names: names.join(" and "), n: names.length, name });
  // What is supplied calls none of the reader's own.
  const left = taken.uncalled.filter((one) => whole("layer-helper", one));
  const of = { names: left.join(" and "), n: left.length };
  return left.length ? `${supplied} ${say("uncalled", of)}` : supplied;
}

/** What a function does with the cache of the reader's own forward function, if that is wrong.
 * @param {Ran} ran */
function besideOwnForward({ fixture, name, ofForward }) {
  const complaint = ofForward.size ? firstComplaint(fixture, ofForward) : "";
  if (!complaint) return "";
  const forward = fixture.data.handed?.[0];
  const arrays = Object.entries(usable(fixture, ofForward));
  const found = arrays.length ? atOnce(explaining(fromArrays(arrays), fixture, 1)) : null;
  const causes = found?.candidates[0]?.shown ?? [];
  const look = causes.length ? causes : [say("own-forward-look", { forward })];
  return [say("own-forward", { name, forward, complaint }), ...look].join(" ");
}
