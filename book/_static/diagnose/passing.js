// @ts-check
/* What a test does not see of a function that it calls; see running.py. */
import { FIXTURES } from "./fixtures.js";
import { isRightOn } from "./lines.js";
import { FUNCTION, parametersOf } from "./sources.js";
import { DATA } from "./util.js";
import { say } from "./words.js";

/** Whether a function is wrong on fresh networks, whatever its test says. @param {Ran} ran */
export function isWrong({ fixture, traces, name }) {
  const [test, some] = traces.get(name) ?? [fixture, []];
  return !some.slice(0, 2).every((one) => isRightOn(test, one, DATA.four_digits));
}

/** What a test that accepts a function does not see: a mistake, or what was supplied.
 * @param {Ran} ran */
export function besidePassing(ran) {
  const { name, taken } = ran;
  if (isWrong(ran)) return say("passes-wrongly", { name });
  const tested = [...FIXTURES.values()].map((one) => one.function);
  const names = taken.missing.filter((one) => tested.includes(one));
  const of = { names: names.join(" and "), n: names.length, name };
  return names.length ? say("supplied", of) : "";
}

/** What to know where a function has the test's arguments in another order.
 * @type {(fixture: Fixture, taken: Taken, named: string) => string[]} */
export function otherOrder(fixture, { pieces }, named) {
  const call = fixture.data.call[0].split(" = ").at(-1) ?? "";
  const [, given] = fixture.data.calls[0];
  const own = pieces.find((one) => one.kind === FUNCTION && one.name === named);
  const takes = own ? parametersOf(own) : [];
  const moved = given.some(
    (one, at) => typeof one === "string" && ![at, -1].includes(takes.indexOf(one)),
  );
  return moved ? [say("other-order", { call, parameters: takes.join(", ") })] : [];
}
