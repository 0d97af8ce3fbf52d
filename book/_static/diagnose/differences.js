// @ts-check
/* What the one number of a gradient check says; see differences.py. */
import { DATA } from "./util.js";
import { cleaned, every, say, sought } from "./words.js";

/** What the package knows of differences. The modules share their names once they are joined. */
const FACTS = DATA.differences;

/** What a difference can come from, with the fewest mistakes.
 * @type {(difference: number, name: string) => string[]} */
function causes(difference, name) {
  const found = FACTS.known.filter(
    ([value, of]) =>
      (!name || name === of) && Math.abs(value - difference) <= tolerance(value, difference),
  );
  const fewest = found.filter((one) => one.length === found[0].length);
  return [
    ...new Set(fewest.map(([, , ...places]) => places.map((at) => FACTS.says[at]).join(" "))),
  ];
}

/** How far a printed difference may be from one that a mistake leads to.
 * @type {(value: number, difference: number) => number} */
function tolerance(value, difference) {
  const [near, exact] = FACTS.near_one;
  if (Math.abs(1 - value) > near) return FACTS.noise * Math.abs(value);
  const decimals = (String(difference).split(".")[1] ?? "").length;
  return Math.max(exact, decimals < FACTS.digits ? 0 : 0.5 * 10 ** -decimals);
}

/** The verdict on the last difference of a text, with sentences; null if it has none.
 * @type {(pasted: string) => [string, string[]]?} */
export function saidOf(pasted) {
  const text = cleaned(pasted);
  const found = every("difference", text).at(-1);
  if (!found || !(sought("of-gradient-check", text) || !text.trim().includes("\n"))) return null;
  const number = found.groups?.number ?? "";
  const value = Math.abs(Number(number.toLowerCase().replace("nan", "NaN")));
  const name = sought("of-network", text) ? "gradient_check_n" : "";
  if (!Number.isFinite(value)) return saidWith("unexplained", "difference-nan", number);
  // Today's check of one parameter has the message that only that of a network had at first.
  const own = causes(value, name);
  const all = own.length || text.includes("gradient_check_n") ? own : causes(value, "");
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
  const [oneSided, off] = FACTS.one_sided;
  if (Math.abs(value - oneSided) <= off * value)
    return saidWith("explained", "difference-one-sided", number);
  if (value < FACTS.right.gradient_check_n) {
    const whole = value < FACTS.right.gradient_check || name;
    return saidWith("expected", whole ? "difference-right" : "difference-one", number);
  }
  if (value < FACTS.rounding) return saidWith("unexplained", "difference-step", number);
  const short = (number.split(".")[1] ?? "").length < FACTS.digits;
  return saidWith("unexplained", short ? "difference-short" : "difference-unknown", number);
}

/** @type {(verdict: string, key: string, number: string, ...more: string[]) => [string, string[]]} */
function saidWith(verdict, key, number, ...more) {
  const about = more.some((cause) => cause.includes("planted")) ? "planted" : key;
  const read = say("read-page", { page: FACTS.sections[about] });
  return [verdict, [say(key, { number }), ...more, read]];
}
