// @ts-check
/* What a function needs of a pasted text, found in the tree of a parser; see sources.py. */
import { withoutProse } from "./prose.js";
import { Unreadable } from "./reading.js";
import { say } from "./words.js";

const MAGIC = /^([ \t]*)(?:[%!?](?:.*\\\n)*.*|[\w.]+\?{1,2}[ \t]*|\w+ *= *[%!].*)$/gm;
const GROUPS = ["TupleExpression", "ArrayExpression", "ParenthesizedExpression"];
export const FUNCTION = "FunctionDefinition";
export const CLASS = "ClassDefinition";
const PRINT = "PrintStatement";
const BUILTIN =
  /^(?:abs|all|any|bool|dict|divmod|enumerate|filter|float|frozenset|int|isinstance|len|list|map|max|min|object|pow|print|range|repr|reversed|round|set|sorted|str|sum|tuple|type|zip)$/;

/** Every line of a text may begin with one of these. */
const MARGINS = [/^ *> ?/, /^ *[0-9]+(?:[ :|]|$)/];
const PROMPT = /^[ \t]*(?:In ?\[[ \d*]*\]:|>{3}(?= |$)) ?/;
const CONTINUED = /^[ \t]*\.{3}:?(?: |$)/;

/** A pasted text as Python reads it, in as many lines: without prompts, quotes and margins.
 * @param {string} text */
export function plain(text) {
  const tidy = text
    .replace(/\r\n?|[\u2028\u2029]/g, "\n")
    .replace(/[\u00a0\u2000-\u200a\u202f\u205f\u3000]/g, " ")
    .replace(/[\u200b-\u200f\u2060\ufeff]/g, "")
    .replace(/[\u2018\u2019\u2032]/g, "'")
    .replace(/[\u201c\u201d\u2033]/g, '"')
    .replaceAll("&gt;", ">")
    .replaceAll("&lt;", "<")
    .replaceAll("&amp;", "&");
  let lines = tidy.split("\n").map((line) => line.replace(/^ *```.*/, ""));
  const written = lines.filter((line) => line.trim());
  for (const margin of MARGINS) {
    if (written.length > 2 && lines.every((line) => !line.trim() || margin.test(line)))
      lines = lines.map((line) => line.replace(margin, ""));
  }
  if (lines.some((line) => PROMPT.test(line)))
    lines = lines.map((line) => line.replace(PROMPT, "").replace(CONTINUED, ""));
  const indents = lines.filter((line) => line.trim()).map((line) => line.search(/[^ ]/));
  const indent = Math.min(...indents);
  return lines.map((line) => line.slice(Number.isFinite(indent) ? indent : 0)).join("\n");
}

/** The cells of a notebook, or a pasted text as one. @type {(path: string, text: string) => Place[]} */
export function cellsOf(path, text) {
  if (!/^\s*\{/.test(text) || !/"cell_type"/.test(text))
    return [{ label: path, text: plain(text) }];
  try {
    const notebook = JSON.parse(text);
    const sheets = notebook.worksheets ?? [notebook];
    const found = sheets.flatMap((/** @type {any} */ { cells }) =>
      cells.filter((/** @type {any} */ cell) => cell.cell_type === "code"),
    );
    return found.map((/** @type {any} */ cell, /** @type {number} */ at) => {
      const count = cell.execution_count ?? cell.prompt_number;
      const text = [cell.source ?? cell.input ?? ""].flat().join("");
      return { label: `${path}, ${count ? `In [${count}]` : `code cell ${at + 1}`}`, text };
    });
  } catch {
    throw new Unreadable(say("no-notebook", { path }));
  }
}

/** @type {(node: Syntax) => Syntax[]} */
export function partsOf(node) {
  const found = [];
  for (let one = node?.firstChild; one; one = one.nextSibling)
    if (one.name !== "Comment") found.push(one);
  return found;
}

/** It and all below it. @type {(node: Syntax) => Generator<Syntax>} */
export function* walk(node) {
  yield node;
  for (const one of partsOf(node)) yield* walk(one);
}

/** @type {(parts: Syntax[], sign: string) => Syntax[][]} */
export function split(parts, sign) {
  /** @type {Syntax[][]} */
  const found = [[]];
  for (const one of parts) {
    if (one.name === sign) found.push([]);
    else found[found.length - 1].push(one);
  }
  return found.length > 1 && !found[found.length - 1].length ? found.slice(0, -1) : found;
}

/** @type {(text: string, at: number) => number} */
export const lineAt = (text, at) => text.slice(0, at).split("\n").length;

/** @type {(text: string, node: Syntax) => string} */
export const textOf = (text, node) => text.slice(node.from, node.to);

/** @type {(node: Syntax) => Syntax} */
export const defined = (node) => (node.name === "DecoratedStatement" ? node.lastChild : node);

/** Each name with what it stands for there. @type {(text: string) => [string, string, string][]} */
function imported(text) {
  const found = /^(?:from\s+([\w.]+)\s+)?import\s*\(?([^)]*)/.exec(text.replace(/#.*|\\$/gm, ""));
  const [, from = "", list = ""] = found ?? [];
  return [...list.matchAll(/([\w.]+|\*)(?:\s+as\s+(\w+))?/g)].map(([, of, as]) => [
    as ?? (from ? of : of.split(".")[0]),
    from,
    of,
  ]);
}

/** What a name is where it stands: "load", "store", "global", or "" for a keyword.
 * @type {(node: Syntax) => string} */
function roleOf(node) {
  let at = node;
  while (GROUPS.includes(at.parent.name)) at = at.parent;
  const { parent, prevSibling: before } = at;
  const last = (/** @type {string[]} */ names) => {
    let one = at.prevSibling;
    while (one && !names.includes(one.name)) one = one.prevSibling;
    return one?.name;
  };
  switch (parent.name) {
    case FUNCTION:
    case CLASS:
    case "DeleteStatement":
      return "store";
    case "ParamList":
      return before?.name === "AssignOp" ? "load" : "store";
    case "ArgList":
      return at.nextSibling?.name === "AssignOp" ? "" : "load";
    case "ImportStatement":
      return "";
    case "ScopeStatement":
      return parent.firstChild.name === "global" ? "global" : "";
    case "Decorator":
      return before?.name === "." ? "" : "load";
    case "WithStatement":
    case "TryStatement":
      return before?.name === "as" ? "store" : "load";
    case "UpdateStatement":
    case "NamedExpression":
      return before ? "load" : "store";
    case "AssignStatement": {
      for (let one = at.nextSibling; one; one = one.nextSibling)
        if (one.name === "AssignOp") return "store";
      return "load";
    }
    default:
      return last(["for", "in", "if"]) === "for" ? "store" : "load";
  }
}

/** The names that a statement reads and makes. @type {(text: string, node: Syntax) => {loads: Set<string>, stores: Set<string>}} */
export function namesAt(text, node) {
  const [loads, stores] = [new Set(), new Set()];
  for (const one of walk(node)) {
    if (one.name === "ImportStatement")
      for (const [name] of imported(textOf(text, one))) stores.add(name);
    const own = one.parent === defined(node) && [FUNCTION, CLASS].includes(one.parent.name);
    if (one.name !== "VariableName" || own) continue;
    const role = roleOf(one);
    const name = textOf(text, one);
    if (role === "store") stores.add(name);
    else if (role) loads.add(name);
    if (role === "global") stores.delete(name);
  }
  return { loads, stores };
}

/** Each name that statements define, those inside of if, with, try and for included.
 * @type {(cell: Place, nodes: Syntax[]) => Generator<Piece>} */
function* definitions(cell, nodes) {
  const { text } = cell;
  for (const node of nodes) {
    const inner = defined(node);
    const piece = { cell, node, from: "", of: "" };
    if (inner.name === FUNCTION || inner.name === CLASS) {
      const name = inner.getChild("VariableName");
      if (name) yield { ...piece, name: textOf(text, name), kind: inner.name };
    } else if (node.name === "ImportStatement") {
      for (const [name, from, of] of imported(textOf(text, node)))
        yield { ...piece, name, kind: "import", from, of };
    } else if (/^(?:Assign|Update)Statement$/.test(node.name)) {
      for (const name of namesAt(text, node).stores) yield { ...piece, name, kind: "value" };
    } else if (/^(?:If|With|Try|For|While)Statement$|^Body$|^StatementGroup$/.test(node.name)) {
      const [, test] = partsOf(node);
      if (node.name !== "IfStatement" || !textOf(text, test).includes("__name__"))
        yield* definitions(cell, partsOf(node));
    }
  }
}

/** The parser takes "1." for no number. @type {(text: string) => string} */
const asParsed = (text) =>
  text.replace(/(?<![\w.])[0-9]+\.(?![\w.]|[eE][-+0-9])/g, (one) => `${one.slice(0, -1)}0`);

/** Every definition of some cells, in order. @type {(cells: Place[], parse: any) => Piece[]} */
export function definedIn(cells, parse) {
  const treeOf = (/** @type {string} */ text) => parse(asParsed(text)).topNode;
  return cells.flatMap(({ label, text: pasted }) => {
    const isRead = (/** @type {string} */ text) => !errorIn(treeOf(text));
    let text = pasted;
    if (!isRead(text)) text = text.replace(MAGIC, "$1pass");
    if (!isRead(text)) text = withoutProse(text, isRead);
    return [...definitions({ label, text }, partsOf(treeOf(text)))];
  });
}

/** @type {(node: Syntax) => Syntax} */
function errorIn(node) {
  for (const one of walk(node)) if (one.type.isError || one.name === PRINT) return one;
  return null;
}

const CLOSED = { "(": ")", "[": "]", "{": "}" };

/** The bracket that is open where an error is, if one is. @type {(error: Syntax) => Syntax?} */
function openBefore(error) {
  for (let at = error.parent; at; at = at.parent) {
    const parts = partsOf(at);
    const open = parts.findLast(({ name }) => name in CLOSED);
    const close = Object.entries(CLOSED).find(([name]) => name === open?.name)?.[1];
    if (open && !parts.some(({ name, from }) => name === close && from > open.from)) return open;
  }
  return null;
}

/** What a function, "f" or "Class.f", needs; of several definitions the last one.
 * @type {(found: Piece[], wanted: string, path: string) => Taken} */
export function take(found, wanted, path) {
  const known = new Map(found.map((piece) => [piece.name, piece]));
  const [first, method] = wanted.split(".");
  /** @type {Map<string, Piece>} */
  const kept = new Map();
  /** @type {Set<string>} */
  const missing = new Set();
  const waiting = [[first, first]];
  for (const [name, reader] of waiting) {
    const piece = known.get(name);
    if (!piece) missing.add(name);
    if (!piece || kept.has(name)) continue;
    const { text } = piece.cell;
    const error = errorIn(piece.node);
    if (error) {
      const open = openBefore(error);
      const where = whereOf(piece, open ?? error);
      const print = error.name === PRINT ? "Missing parentheses in call to 'print'" : "";
      const said = open ? `'${open.name}' was never closed` : print || "invalid syntax";
      const of = { where, kind: "SyntaxError", said, reader, name };
      throw new Unreadable(say(name === first ? "no-python" : "no-python-for", of));
    }
    if (name !== first && piece.kind === "value" && !isSimple(piece, known))
      throw new Unreadable(
        say("reads-outside", { reader, name, where: whereOf(piece, piece.node) }),
      );
    kept.set(name, piece);
    const { loads, stores } = namesAt(text, piece.node);
    for (const other of loads) if (!stores.has(other)) waiting.push([other, name]);
  }
  const whole = kept.get(first);
  if (!whole) throw new Unreadable(nowhere(found, wanted, path));
  const isStatic = new RegExp(`@(?:static|class)method\\s+def\\s+${method}\\b`);
  if (method && !isStatic.test(textOf(whole.cell.text, whole.node)))
    throw new Unreadable(say("is-method", { name: wanted }));
  const alone = [...new Map([...kept.values()].map((one) => [one.node, one])).values()];
  const imports = [...kept.values()].filter(({ kind }) => kind === "import");
  const others = alone.filter(({ kind }) => kind !== "import");
  const stars = found.filter(({ name }) => name === "*");
  const at = (/** @type {Piece} */ piece) => found.findIndex(({ node }) => node === piece.node);
  return {
    pieces: [...stars, ...imports, ...others.sort((one, other) => at(one) - at(other))],
    names: [...kept].filter(([, { kind }]) => kind === FUNCTION || kind === CLASS).map(([n]) => n),
    missing: [...missing],
    modules: found.filter(({ from }) => from).map(({ from }) => from),
    uncalled: [...known].flatMap(([n, { kind }]) => (kind === FUNCTION && !kept.has(n) ? [n] : [])),
  };
}

/** @type {(piece: Piece, node: Syntax) => string} */
export const whereOf = ({ cell }, { from }) => `${cell.label}, line ${lineAt(cell.text, from)}`;

/** What is said of text that Python does not read. @type {(where: string, said: string) => string} */
export const unreadable = (where, said) => say("no-python", { where, kind: "SyntaxError", said });

/** Whether it calls what modules have, if anything. @type {(piece: Piece, known: Map<string, Piece>) => boolean} */
function isSimple({ cell, node }, known) {
  const isLater = (/** @type {Syntax} */ one) => {
    for (let at = one; at !== node; at = at.parent) if (at.name === "LambdaExpression") return true;
    return false;
  };
  return [...walk(node)].every((one) => {
    if (one.name !== "CallExpression" || isLater(one)) return true;
    let root = one.firstChild;
    while (root.name === "MemberExpression") root = root.firstChild;
    const name = textOf(cell.text, root);
    return known.has(name) ? known.get(name)?.kind === "import" : BUILTIN.test(name);
  });
}

/** Says that there is no such function, or where one of its name stands.
 * @type {(found: Piece[], name: string, path: string) => string} */
function nowhere(found, name, path) {
  for (const piece of found) {
    for (const node of walk(piece.node)) {
      const own = node.name === FUNCTION && textOf(piece.cell.text, node.getChild("VariableName"));
      if (own !== name) continue;
      return say("inside-function", { name, outer: piece.name, where: whereOf(piece, node) });
    }
  }
  return say("no-function", { path, name, has: "" });
}

/** The names of what a function takes. @type {(piece: Piece) => string[]} */
export function parametersOf({ cell, node }) {
  const list = partsOf(defined(node).getChild("ParamList"));
  const names = list.filter((one) => one.name === "VariableName" && roleOf(one) === "store");
  return names.map((one) => textOf(cell.text, one));
}

/** A line as it was written. @type {(taken: Taken, where: string, line: number) => string} */
export function writtenAt({ pieces }, where, line) {
  const { cell } = pieces.find(({ cell }) => cell.label === where) ?? pieces[0];
  return cell.text.split("\n")[line - 1]?.trim() ?? "";
}

/** The last of the lines that were passed. @type {(taken: Taken, frames: Passed[]) => Line?} */
export function stoppedAt(taken, frames) {
  const [where, line, name] = frames.at(-1) ?? ["", 0, ""];
  return where ? { where, line, name, says: writtenAt(taken, where, line) } : null;
}
