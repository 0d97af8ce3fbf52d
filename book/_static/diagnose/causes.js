// @ts-check
/* What is behind an exception, as far as its message and its place tell; see symptoms.py. */

import { cellBackward } from "./steps.js";
import { statementKind } from "./traceback.js";
import { DATA, groupedBy } from "./util.js";
import { every, say, sought, whole, without } from "./words.js";

/** What the calls show, or the likely causes of an exception that is not about shapes. Where numbers
 * were printed above, the dictionary that holds them was made. Pasted lines are read where no arrow
 * points at one. The source of the function that stopped can refute causes.
 * @type {(error: string, frame: Frame, printed?: boolean, lines?: [string, string][], source?: string) => string[]} */
export function knownCauses(error, frame, printed = false, lines = [], source = "") {
  const name = noneIn(error, frame.statement);
  const isSure = printed || error.includes("has no attribute");
  if (name) return [say("none-here", { name }), ...(isSure ? [] : [say("none-or-return")])];
  const made = noneApart(error, frame);
  if (made) return [made];
  const placed = inPlace(error, frame, lines) || otherKey(error, frame.function);
  if (placed) return [placed];
  const excluded = refuted(error, source);
  if (excluded.includes("order") && excluded.includes("spelling"))
    return [say("not-made", { name: error.split("'")[1] })];
  // The call of a cell or of a test is handed out, so that it has none of a learner's mistakes.
  const handed = DATA.plain.find(([pattern, , out]) => out && new RegExp(pattern).test(error));
  if (frame.function === "cell" && handed) return [handed[1]];
  const shown = [frame.statement, ...(frame.calls ?? [])].flatMap((statement) =>
    DATA.written_calls.calls
      .filter(([pattern]) => new RegExp(pattern).test(statement))
      .map(([, says]) => say("call-says", { statement, says })),
  );
  return shown.length ? shown : countedCauses(error, frame, excluded);
}

/** The causes of an unknown name that need a line which the function does not have.
 * @type {(error: string, source: string) => string[]} */
function refuted(error, source) {
  const [, kind, name] = /(NameError|UnboundLocalError).*?'(\w+)'/.exec(error) ?? [];
  const code = without("string", without("comment", source));
  // What is only called, or asked for a part, is a function or a module: no line makes it.
  if (!name || !new RegExp(`(?<![\\w.])${name}\\b(?![ \\t]*[.(])`).test(code)) return [];
  const plain = (/** @type {string} */ word) => word.toLowerCase().replaceAll("_", "");
  const isMade = makes(name, code);
  const words = (code.match(/[\p{L}\p{N}_]+/gu) ?? []).filter((word) => word !== name);
  const isAlike = words.some((word) => plain(word) === plain(name));
  const furtherDown = kind === "UnboundLocalError" ? ["name"] : [];
  return [
    ...(isMade ? [] : ["order", ...furtherDown]),
    ...(isMade && sought("branch", code) ? [] : ["string"]),
    ...(isAlike ? [] : ["spelling"]),
  ];
}

/** Whether a line or a parameter makes a name; one that adds to it does not.
 * @type {(name: string, source: string) => boolean} */
function makes(name, source) {
  const own = `\\b${name}\\b`;
  const targets = "[ \\t)\\]]*(?:,(?:[^=\\n]|(?<=,)[ \\t]*\\n)*)?=(?!=)";
  const ways = [
    `${own}${targets}(?!.*${own})`,
    `def \\w+ *\\([^)]*${own}`,
    `(?:\\bfor\\b|\\bas\\b).*${own}`,
  ];
  return ways.some((way) => new RegExp(way).test(source));
}

/** What a message says beside one of the statements that led to it, or "".
 * @type {(error: string, frame: Frame, lines: [string, string][]) => string} */
function inPlace(error, { function: named, statement, calls = [] }, lines) {
  const pasted = statement ? [] : lines.map(([name, form]) => `${name} = ${form}`);
  for (const [pattern, says] of DATA.here) {
    for (const one of [statement, ...calls, ...pasted]) {
      const found = new RegExp(pattern).exec(`${named}: ${one}\n${error}`);
      if (found) return says.replaceAll(/\{(\d)\}/g, (_, group) => found[group] ?? "");
    }
  }
  return "";
}

/** What to know where a loop over time asks its cell for a key that is not there, or "".
 * @type {(error: string, loop: string) => string} */
function otherKey(error, loop) {
  const [, key] = /^KeyError: '(\w+)'/.exec(error) ?? [];
  const keys = DATA.keys_of_cells[loop];
  if (!key || !keys) return "";
  const cell = cellBackward(loop);
  if (keys.includes(key)) return say("key-absent", { asked: key, cell });
  const plain = (/** @type {string} */ name) => name.toLowerCase().replaceAll(/_|t$/g, "");
  const own = keys.find((one) => plain(one) === plain(key));
  return own ? say("key-alike", { asked: key, own, cell }) : "";
}

/** What a statement shows to be None where it is read, or "".
 * @type {(error: string, statement: string) => string} */
function noneIn(error, statement) {
  const [, attribute] = /'NoneType' object has no attribute '(\w+)'/.exec(error) ?? [];
  const isKey = error.includes("'NoneType' object is not subscriptable");
  const found = attribute
    ? every("read-of", statement).filter(({ groups }) => groups?.attribute === attribute)
    : every("entry-of-key", isKey ? statement : "");
  const named = new Set(found.map(({ groups }) => groups?.of ?? ""));
  return named.size === 1 ? [...named][0] : "";
}

/** What a statement shows that takes None apart: its own None, or a cache; or "".
 * @type {(error: string, frame: Frame) => string} */
function noneApart(error, { function: named, statement }) {
  if (!/non-iterable NoneType|'NoneType' object is not iterable/.test(error)) return "";
  if (whole("left-open", statement)) return say("none-in-line", { statement });
  const name = whole("cache-apart", statement)?.groups?.name;
  const forward = named.replaceAll("backward", "forward");
  const known = forward === named ? "the forward function" : forward;
  return name ? say("none-in-cache", { name, forward: known }) : "";
}

/** The causes of which a call shows nothing: of the programs that stopped so, those are counted
 * that stopped at this place, if there are any.
 * @type {(error: string, frame: Frame, without: string[]) => string[]} */
function countedCauses(error, frame, without) {
  const called = frame.calls?.some((call) => call.includes("_backward("));
  const place = `${frame.function}\n${frame.statement}\n${error}`;
  const hasLayers = !new RegExp(DATA.no_layers).test(place);
  for (const [pattern, says, seen, page, ofLayers, means] of DATA.exceptions) {
    const match = new RegExp(pattern).exec(error);
    if (!match) continue;
    const ofCalls = called ? DATA.written_on_calls : [];
    const unseen = [...ofCalls, ...(hasLayers ? [] : ofLayers), ...without];
    const caught = match.slice(1).filter(Boolean).join(" ");
    let entries = Object.entries(seen).flatMap(([id, ones]) => ones.map((one) => ({ id, one })));
    // What stops the cell that calls a function does not stop the function.
    if (!["", "cell"].includes(frame.function))
      entries = entries.filter(({ one }) => one[1] !== "cell");
    // What a statement does tells more than the function it stands in.
    const wanted = [caught, frame.function, statementKind(frame.statement)];
    for (const at of [0, 2, 1]) {
      const narrower = entries.filter(({ one }) => one[at] === wanted[at]);
      if (narrower.length) entries = narrower;
    }
    /** @type {(entries: {one: [string, string, string, number]}[]) => number} */
    const count = (entries) => entries.reduce((sum, { one }) => sum + one[3], 0);
    const causes = [...groupedBy(entries, ({ id }) => id)]
      .filter(([id]) => !unseen.includes(id))
      .map(([id, ones]) => ({ says: says[id], programs: count(ones) }))
      .sort((one, other) => other.programs - one.programs)
      .map((cause) => cause.says);
    if (!causes.length) break;
    const n = causes.length - DATA.most_causes;
    const several = causes.length > 1 ? [say("likely-causes"), ...causes] : causes;
    const told = n > 0 ? [...several.slice(0, -n), say("rarer-causes", { n })] : several;
    const read = page && say("read-page", { page });
    return [means, ...told, read].filter(Boolean);
  }
  const plain = DATA.plain.find(([pattern]) => new RegExp(pattern).test(error));
  return plain ? [plain[1]] : [];
}
