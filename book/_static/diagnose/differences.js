// @ts-check
/* What the one number of a gradient check says; see differences.py. */
import { DATA } from "./util.js";
import { cleaned, every, say, sought } from "./words.js";

/** What the package knows of differences. The modules share their names once they are joined. */
const FACTS = DATA.differences;

/** What a difference can come from, with the fewest mistakes.
 * @type {(difference: number, name: string) => string[]} */
function causes(difference, name) {
  const ones = FACTS.known.filter(([, , of]) => !name || name === of);
  const digit = lastDigit(difference);
  // What the printed digits exclude is no cause where they are those of another.
  let found = ones.filter(
    ([value, rounded]) =>
      // Another step leaves less rounding.
      Math.min(Math.abs(value - difference), Math.abs(value + rounded - difference)) <=
      Math.max(exactly(value), digit),
  );
  if (!found.length)
    found = ones.filter(
      ([value, rounded]) => Math.abs(value - difference) <= FACTS.most_rounded * Math.abs(rounded),
    );
  const fewest = found.filter((one) => one.length === found[0].length);
  return [
    ...new Set(fewest.map(([, , , ...places]) => places.map((at) => FACTS.says[at]).join(" "))),
  ];
}

/** How far a number may be from one that the same computation prints elsewhere.
 * @type {(value: number) => number} */
function exactly(value) {
  const [exact, smallest] = FACTS.exact;
  return exact * Math.abs(value) + Math.min(smallest, FACTS.most_off * Math.abs(value));
}

/** Half a unit of the last digit of a printed number, 0 of one with few digits.
 * @type {(number: number) => number} */
function lastDigit(number) {
  const [mantissa, exponent] = number.toExponential().split("e");
  const decimals = (mantissa.split(".")[1] ?? "").length;
  return decimals + 1 < FACTS.digits ? 0 : 0.5 * 10 ** (Number(exponent) - decimals);
}

/** The verdict on the last difference of a text, with sentences; null if it has none.
 * @type {(pasted: string) => [string, string[]]?} */
export function saidOf(pasted) {
  const text = cleaned(pasted);
  // One for each gradient is no check of the course.
  const each = every("difference-of-each", text).map(({ groups }) => groups?.name);
  if (new Set(each).size > 1) return null;
  const printed = every("difference", text);
  if (printed.length && (sought("of-gradient-check", text) || !text.trim().includes("\n")))
    return saidOfNumber(ofReader(text, printed, printed), text);
  if (text.includes("[[") || !sought("names-gradient-check", text)) return null;
  const told = every("difference-told", text).filter((one) => differenceIn(one));
  const number = ofReader(text, told, []);
  const said = number ? saidOfNumber(number, text) : null;
  // Another check than the course's may print a number that is not known.
  const isOwn = sought("course-check", text);
  return said && (said[0] !== "unexplained" || isOwn) ? said : null;
}

/** @type {(found: RegExpExecArray) => string} */
const differenceIn = ({ groups }) => groups?.number ?? groups?.bare ?? "";

/** The last number that is not told as what is expected, or else the last of others.
 * @type {(text: string, printed: RegExpExecArray[], others: RegExpExecArray[]) => string} */
function ofReader(text, printed, others) {
  const own = printed.filter((one, place) => {
    const before = place ? printed[place - 1].index + printed[place - 1][0].length : 0;
    return !sought("expected-before", text.slice(before, one.index).slice(-FACTS.near));
  });
  const last = (own.length ? own : others).at(-1);
  return last ? differenceIn(last) : "";
}

/** @type {(number: string, text: string) => [string, string[]]} */
function saidOfNumber(number, text) {
  const value = Math.abs(Number(number.toLowerCase().replace("nan", "NaN")));
  const name = sought("of-network", text) ? "gradient_check_n" : "";
  if (!Number.isFinite(value)) return saidWith("unexplained", "difference-nan", number);
  const [oneSided, off] = FACTS.one_sided;
  if (Math.abs(value - oneSided) <= off * oneSided)
    return saidWith("explained", "difference-one-sided", number);
  const all = causes(value, name);
  if (all.length) {
    const n = all.length - FACTS.most;
    const more = n > 0 ? [say("difference-more", { n })] : [];
    return saidWith(
      "explained",
      "difference-explained",
      number,
      ...all.slice(0, FACTS.most),
      ...more,
    );
  }
  const step = FACTS.steps.find(([, one]) => Math.abs(value - one) <= FACTS.right[1] * one);
  if (step) {
    const [verdict, [, read]] = saidWith("explained", "difference-other-step", number);
    return [verdict, [say("difference-other-step", { number, epsilon: step[0] }), read]];
  }
  if (value < FACTS.threshold) return belowTheThreshold(value, number, text, name);
  if (value < FACTS.rounding) return saidWith("unexplained", "difference-step", number);
  const short = (number.split(".")[1] ?? "").length < FACTS.digits;
  return saidWith("unexplained", short ? "difference-short" : "difference-unknown", number);
}

/** What is said of a small number, which alone does not show that a gradient is right.
 * @type {(value: number, number: string, text: string, name: string) => [string, string[]]} */
function belowTheThreshold(value, number, text, name) {
  const [right, off] = FACTS.right;
  const some = name ? right.slice(0, 1) : right;
  const isRight = some.some((one) => Math.abs(value - one) <= off * one);
  if (sought("one-entry", text)) return saidWith("unexplained", "difference-one-entry", number);
  if (sought("left-planted", text))
    return saidWith("unexplained", "difference-left-planted", number);
  if (isRight) return saidWith("expected", "difference-right", number);
  const planted = sought("planted-expected", text);
  const key = planted ? "difference-planted-expected" : "difference-small";
  return saidWith("unexplained", key, number);
}

/** @type {(verdict: string, key: string, number: string, ...more: string[]) => [string, string[]]} */
function saidWith(verdict, key, number, ...more) {
  const about = more.some((cause) => cause.includes("planted")) ? "planted" : key;
  const read = say("read-page", { page: FACTS.sections[about] });
  return [verdict, [say(key, { number }), ...more, read]];
}
