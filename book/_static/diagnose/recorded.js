// @ts-check
/* A program that also tells the value of each assignment, line by line as it was; see sources.py. */
import {
  CLASS,
  defined,
  FUNCTION,
  lineAt,
  namesAt,
  partsOf,
  split,
  textOf,
  walk,
  whereOf,
} from "./sources.js";
import { say } from "./words.js";

const BEGINS = /#.*\b(?:START CODE|CODE STARTS) HERE/;
const ENDS = /#.*\b(?:END CODE|CODE ENDS) HERE/;
const TO_FILL = /^(?:np\.|numpy\.)?(?:zeros|ones|empty|full)(?:_like)?$/;
const RECORD = "__backcheck_record__";
const CONSTANTS = ["String", "ContinuedString", "Number", "Boolean", "None"];

/** The targets of an assignment, each with its parts, and the value. @param {Syntax} node */
const sidesOf = (node) => split(partsOf(node), "AssignOp");

/** What stands in parentheses. @type {(parts: Syntax[]) => Syntax[]} */
function unwrapped(parts) {
  const [only] = parts;
  return parts.length === 1 && only.name === "ParenthesizedExpression"
    ? unwrapped(partsOf(only).slice(1, -1))
    : parts;
}

/** The parts of a tuple or a list; null of another expression.
 * @type {(parts: Syntax[]) => Syntax[][]?} */
function items(parts) {
  const inside = unwrapped(parts);
  if (inside.some(({ name }) => name === ",")) return split(inside, ",");
  const isGroup = inside.length === 1 && /^(?:Tuple|Array)Expression$/.test(inside[0].name);
  return isGroup ? split(partsOf(inside[0]).slice(1, -1), ",").filter((one) => one.length) : null;
}

/** The text of a piece, and how many lines stand above it in its cell; it tells its values if
 * `tells`. @type {(piece: Piece, tells: boolean) => [string, string, number]} */
export function sourceOf(piece, tells) {
  const { text, label } = piece.cell;
  const { from } = piece.node;
  const column = from - text.lastIndexOf("\n", from - 1) - 1;
  const above = lineAt(text, from) - 1;
  const own = tells && [FUNCTION, CLASS].includes(piece.kind) ? told(piece) : "";
  const code = own || textOf(text, piece.node);
  // What stands inside of another statement is put below one of ours.
  const isBlock = column > 0 && !text.slice(from - column, from).trim() && above > 0;
  return isBlock ? [label, `if 1:\n${" ".repeat(column)}${code}`, above - 1] : [label, code, above];
}

/** @type {(piece: Piece) => string} */
function told({ cell: { text }, node }) {
  /** @type {[number, string][]} */
  const added = [];
  const call = (/** @type {Syntax} */ at, /** @type {string} */ of, /** @type {string} */ name) =>
    `${RECORD}([${lineAt(text, at.from)}, "${of}", ${name}], `;

  /** @type {(parts: Syntax[], at: Syntax, of: string) => string} */
  function target(parts, at, of) {
    const several = items(parts);
    if (several) return several.map((part) => target(part, at, of)).join("");
    const [one] = unwrapped(parts);
    const base = one.name === "MemberExpression" ? one.firstChild : one;
    if (base.name !== "VariableName" || parts.length > 1) return "";
    const name = textOf(text, base);
    const [, open, ...key] = base === one ? [] : partsOf(one);
    if (open && open.name !== "[") return "";
    // A slice is no value, and then the whole array is told.
    const isSlice = !open || key.some((part) => [...walk(part)].some((at) => at.name === ":"));
    const index = isSlice ? "" : text.slice(key[0].from, key[key.length - 1].from);
    const many = key.some((part) => part.name === ",");
    return `; ${call(at, of, `"${name}"`)}${name}${index && (many ? `, (${index})` : `, ${index}`)})`;
  }

  /** @type {(parts: Syntax[], at: Syntax, of: string, name: string) => void} */
  function wrap(parts, at, of, name) {
    if (parts[0].name === "*") return;
    added.push([parts[0].from, call(at, of, name)]);
    ends.push([parts[parts.length - 1].to, ")"]);
  }

  /** @type {[number, string][]} */
  const ends = [];
  /** @type {(one: Syntax, of: string) => void} */
  function visit(one, of) {
    const parts = partsOf(one);
    const own = one.name === FUNCTION ? textOf(text, one.getChild("VariableName")) : of;
    const begun = ends.length;
    if (one.name === "ReturnStatement" && parts.length > 1) {
      const value = parts.slice(1);
      const several = unwrapped(value)[0].name === "ArrayExpression" ? null : items(value);
      for (const [n, part] of several?.entries() ?? []) wrap(part, part[0], of, `"return ${n}"`);
      if (!several && unwrapped(value)[0].name !== "DictionaryExpression")
        wrap(value, one, of, '"return 0"');
    }
    if (one.name === "DictionaryExpression") {
      for (const entry of split(parts.slice(1, -1), ",")) {
        const [key, value] = split(entry, ":");
        const plain = key.length === 1 && CONSTANTS.includes(key[0].name);
        if (plain && value && ![...walk(key[0])].some((part) => part.name === "FormatString"))
          wrap(value, key[0], of, `"[%s]" % (${textOf(text, key[0])},)`);
      }
    }
    const mine = ends.splice(begun);
    for (const part of parts) visit(part, own);
    ends.push(...mine);
    if (one.name === "AssignStatement" && !one.getChild("TypeDef")) {
      const sides = sidesOf(one);
      const [value, ...more] = unwrapped(sides[sides.length - 1]);
      const isCall = value.name === "CallExpression" && !more.length;
      // What is made to be filled holds no value yet.
      const isToFill = isCall && TO_FILL.test(textOf(text, value.firstChild));
      const targets = isToFill ? [] : sides.slice(0, -1);
      ends.push([one.to, targets.map((parts) => target(parts, one, of)).join("")]);
    }
    if (one.name === "UpdateStatement") ends.push([one.to, target(parts.slice(0, 1), one, of)]);
  }

  visit(node, "");
  const { from } = node;
  // Of what is added in one place, what ends stands before what begins.
  const all = [...ends, ...added].sort(([one], [other]) => one - other);
  let [code, at] = ["", from];
  for (const [place, more] of all) {
    code += text.slice(at, place) + more;
    at = place;
  }
  return code + text.slice(at, node.to);
}

/** The first line that an exercise left to be written and nobody has, or "".
 * @param {Piece[]} pieces */
export function leftAsHandedOut(pieces) {
  for (const piece of pieces.filter(({ kind }) => kind === FUNCTION || kind === CLASS)) {
    const { text, label } = piece.cell;
    const assigned = [...walk(piece.node)].filter(
      (node) => node.name === "AssignStatement" && !node.getChild("TypeDef"),
    );
    const made = assigned.map((node) =>
      sidesOf(node).map((parts) => text.slice(parts[0].from, parts[parts.length - 1].to)),
    );
    // What has a value elsewhere may begin as None.
    const own = made.filter((sides) => !/^[None(),\s]*$/.test(sides[sides.length - 1]));
    const names = own.map(([name]) => name);
    for (const [at, sides] of made.entries()) {
      if (names.includes(sides[0])) continue;
      return say("left-none", {
        where: whereOf(piece, assigned[at]),
        statement: sides.join(" = "),
      });
    }
    const first = lineAt(text, defined(piece.node).from);
    const lines = text.slice(0, piece.node.to).trimEnd().split("\n");
    let begun = 0;
    for (const [at, line] of lines.entries()) {
      if (at < first) continue;
      if (begun && ENDS.test(line)) return say("left-empty", { where: `${label}, line ${begun}` });
      if (line.split("#")[0].trim()) begun = 0;
      else if (BEGINS.test(line)) begun = at + 1;
    }
  }
  return "";
}

const SETTING = /^(?:String|ContinuedString|Number|Boolean|None|UnaryExpression|LambdaExpression)$/;

/** Which arrays a function reads from outside of it, and where they are made, or "".
 * @param {Taken} taken */
export function readFromOutside({ pieces }) {
  /** @type {Map<string, Piece>} */
  const made = new Map();
  for (const piece of pieces.filter(({ kind }) => kind === "value")) {
    const sides = piece.node.name === "AssignStatement" ? sidesOf(piece.node) : [[]];
    const [value, ...more] = sides[sides.length - 1];
    // A number or a function of one line is the same in every cell.
    if (value && !more.length && SETTING.test(value.name)) continue;
    for (const name of namesAt(piece.cell.text, piece.node).stores) made.set(name, piece);
  }
  for (const { kind, name: own, cell, node } of pieces) {
    const { loads, stores } = namesAt(cell.text, node);
    const names = [...made.keys()].filter((name) => loads.has(name) && !stores.has(name));
    if (kind !== FUNCTION || !names.length) continue;
    /** @type {Map<string, string>} */
    const places = new Map();
    for (const piece of names.flatMap((name) => made.get(name) ?? []))
      if (!places.has(piece.cell.label)) places.set(piece.cell.label, whereOf(piece, piece.node));
    const where = [...places.values()].join("; ");
    return say("made-outside", { function: own, names: names.join(", "), n: names.length, where });
  }
  return "";
}

/** The lines of a function. @type {(taken: Taken, name: string) => string} */
export function textOfFunction({ pieces }, name) {
  const own = pieces.filter((piece) => piece.name === name && piece.kind !== "import");
  return own.map(({ cell, node }) => textOf(cell.text, node)).join("\n");
}
