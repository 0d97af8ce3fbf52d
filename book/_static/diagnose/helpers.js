// @ts-check
/* Lines that call the helpers of the course: what is right or wrong in them; see helpers.py. */
import { DATA } from "./util.js";
import { every, say } from "./words.js";

/** The calls of helpers in a text, each once, with the head of the loop above it.
 * @param {string} text @returns {Call[]} */
export function callsIn(text) {
  /** @type {Map<string, Call>} */
  const found = new Map();
  let loop = "";
  /** @type {Map<string, string>} */
  let caches = new Map();
  for (const { groups = {} } of every("helper-call", text)) {
    if (groups.own) {
      loop = "";
      caches = new Map();
    } else if (groups.loop) loop = groups.loop;
    else if (groups.entry) caches.set(groups.name, groups.entry);
    else {
      const statement = groups.call.replace(/\s+/g, " ");
      let meant = statement;
      for (const [name, entry] of caches)
        meant = meant.replaceAll(new RegExp(`\\b${name}\\b`, "g"), () => entry);
      found.set([statement, meant, loop].join("\n"), { statement, meant, loop });
    }
  }
  return [...found.values()];
}

/** What there is to say of each call, if anything is, and it is not among what is said.
 * @type {(calls: Call[], said: string[], onlyWrong: boolean) => string[]} */
export function saidOfCalls(calls, said, onlyWrong) {
  /** @type {Set<string>} */
  const found = new Set();
  for (const call of calls) {
    const wrong = matchingIn(DATA.written_calls.wrong, call);
    const right = wrong.length || onlyWrong ? [] : matchingIn(DATA.written_calls.right, call);
    const says = [...wrong, ...right].filter((one) => !said.some((before) => before.includes(one)));
    const of = { statement: call.statement, says: says.join(" ") };
    if (says.length) found.add(wrong.length ? say("call-suspect", of) : say("call-right", of));
  }
  return [...found];
}

/** @type {(table: [string, string, string][], call: Call) => string[]} */
const matchingIn = (table, { meant, loop }) =>
  table
    .filter(([wanted, , around]) => new RegExp(wanted).test(meant) && new RegExp(around).test(loop))
    .map(([, says]) => says);
