// @ts-check
/* Lines that call helpers of the course or read by a key: what is right or wrong; see helpers.py. */
import { DATA } from "./util.js";
import { every, say } from "./words.js";

/** The calls of helpers in a text, each once, with the head of the loop above it.
 * @param {string} text @returns {Call[]} */
export function callsIn(text) {
  /** @type {Map<string, Call>} */
  const found = new Map();
  /** @type {[string, string][]} */
  const kept = [];
  let loop = "";
  /** @type {Map<string, string>} */
  let caches = new Map();
  for (const { groups = {} } of every("helper-call", text)) {
    if (groups.own) {
      loop = "";
      caches = new Map();
    } else if (groups.loop) loop = groups.loop;
    else if (groups.entry) caches.set(groups.name, groups.entry);
    else if (groups.kept) kept.push([groups.kept, loop]);
    else {
      const statement = groups.call.replace(/\s+/g, " ");
      let meant = statement;
      for (const [name, entry] of caches)
        meant = meant.replaceAll(new RegExp(`\\b${name}\\b`, "g"), () => entry);
      found.set([statement, meant, loop].join("\n"), { statement, meant, loop });
    }
  }
  const calls = [...found.values()];
  const beside = kept.flatMap(([statement, around]) =>
    calls
      .filter((call) => around && call.loop === around)
      .map(({ meant }) => ({ statement, meant: `${statement} beside ${meant}`, loop: around })),
  );
  return [...calls, ...beside, ...underOtherNames(text)];
}

/** The lines that read by a key what another line reads under that key's own name.
 * @param {string} text @returns {Call[]} */
function underOtherNames(text) {
  const read = every("read-by-key", text).map(([statement, name, key]) => ({
    statement,
    name,
    key,
  }));
  const isRead = (/** @type {string} */ name, /** @type {string} */ key) =>
    read.some((one) => one.name === name && one.key === key);
  return read
    .filter(({ name, key }) => name.replace("d", "") !== key.replace("d", ""))
    .filter(({ name, key }) => isRead(key, key) || isRead(key, name))
    .map(({ statement }) => ({ statement, meant: statement, loop: "" }));
}

/** What there is to say of each call, if anything is, and it is not among what is said.
 * @type {(calls: Call[], said: string[], onlyWrong: boolean) => string[]} */
export function saidOfCalls(calls, said, onlyWrong) {
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const call of calls) {
    const wrong = matchingIn(DATA.written_calls.wrong, call);
    const right = wrong.length || onlyWrong ? [] : matchingIn(DATA.written_calls.right, call);
    const says = [...wrong, ...right].filter((one) => !said.some((before) => before.includes(one)));
    const of = { statement: call.statement, says: says.join(" ") };
    const isCall = call.statement.includes("_backward(");
    // What holds of one line of a loop holds of those like it.
    const place = (call.loop && !isCall ? "" : call.statement) + of.says;
    if (!says.length || found.has(place)) continue;
    const suspect = isCall ? say("call-suspect", of) : say("line-suspect", of);
    found.set(place, wrong.length ? suspect : say("call-right", of));
  }
  return [...found.values()];
}

/** @type {(table: [string, string, string][], call: Call) => string[]} */
const matchingIn = (table, { meant, loop }) =>
  table
    // What is wrong with the call beside a line is no fault of the line.
    .filter(([wanted]) => !meant.includes(" beside ") || /^\^| beside /.test(wanted))
    .filter(([wanted, , around]) => new RegExp(wanted).test(meant) && new RegExp(around).test(loop))
    .map(([, says]) => says);
