// @ts-check
/* What can be said of code whose lines are those of no known test; see reading.py. */

import { spokenOf, subjectsOf } from "./subjects.js";
import { assignedIn, hasCode } from "./traceback.js";
import { DATA } from "./util.js";
import { every, say, sought, whole, without } from "./words.js";

/** Says that a text has no numbers, or none that is printed under a known name.
 * @param {string} text */
export function nothingIn(text) {
  const lines = assignedIn(text);
  // Of a function, and of code that is not the course's, the sentences around it ask.
  const isCode = hasCode(lines);
  const isAround = text.includes("def ") || (isCode && !sought("known-function", text));
  const subjects = isAround ? spokenOf(text) : subjectsOf(text);
  if (isCode && (isAround || !subjects.length)) {
    const own = withOwnCode(hintsIn(text, lines), lines);
    return [say("only-code"), ...new Set([...subjects, ...own])];
  }
  if (subjects.length) return [say("asked"), ...subjects, say("question")];
  const numbers = every("number", without("numbering", text, " "));
  const found = numbers.find(([word]) => word.includes("."));
  return [found ? say("other-numbers", { first: found[0] }) : say("no-numbers"), say("question")];
}

/** What to do with lines that compute no step of a known test.
 * @type {(hints: string[], lines: [string, string][]) => string[]} */
export function withOwnCode(hints, lines) {
  const learning = lines.length > 1 && hasCode(lines) && passesBack(lines);
  const ofOwn = [say("own-network"), learning ? say("own-learning") : "", say("paste-whole")];
  return [...new Set([...hints, ...ofOwn.filter(Boolean)])];
}

/** Whether lines have the derivative of an activation, or a gradient by a product.
 * @param {[string, string][]} lines */
function passesBack(lines) {
  return lines.some(
    ([name, form]) =>
      sought("sigmoid-slope", form) ||
      sought("tanh-slope", form) ||
      sought("sigmoid-of-z", form) ||
      sought("tanh-of-z", form) ||
      sought("slope-called", form) ||
      (whole("own-gradient", name) && sought("from-product", form)),
  );
}

/** The hints that say what one line does, whatever else is known. @param {string[]} hints */
export const ofOneLine = (hints) =>
  hints.filter((one) => one.includes("#relu-strict") || one.includes("keeps it nowhere"));

/** What can be said of code whose lines are those of no known test.
 * @type {(text: string, lines: [string, string][]) => string[]} */
export function hintsIn(text, lines) {
  const code = lines.map(([, form]) => form).join("\n");
  const passes = lines.some(([name]) => whole("own-gradient", name));
  const down = every("goes-down", code).map(([, ...names]) => names.find(Boolean));
  const steep = every("times-slope", code).map(([, name]) => name);
  const keptNowhere = passes && sought("unkept", text)?.groups?.line;
  const isBare = passes && sought("relu-used", text) && !sought("relu-derived", text);
  return [
    ...ofSlopes(text, lines),
    isBare ? say("relu-slope") : "",
    ...overRelu(text, lines),
    keptNowhere ? say("unkept", { line: keptNowhere }) : "",
    overflows(text, lines) ? say("exp-quotient") : "",
    sought("sum-of-all", text) ? say("sum-of-all") : "",
    sought("dot-slope", text) ? say("dot-slope") : "",
    passes && sought("mask-drawn", without("forward-function", text)) ? say("mask-drawn") : "",
    sought("third-argument", text) ? say("third-argument") : "",
    ...[...new Set(down)].flatMap((name) =>
      name && steep.includes(name) ? say("error-goes-down", { name }) : [],
    ),
    hasCode(lines) && sought("fails-to-learn", text) ? say("own-learning") : "",
  ].filter(Boolean);
}

/** What is said of derivatives of an activation that are fed with the other array.
 * @type {(text: string, lines: [string, string][]) => string[]} */
function ofSlopes(text, assigned) {
  const lines = assigned.filter((line) => hasCode([line]));
  /** @type {Places} */
  const sigmoidOfA = (code) => every("sigmoid-slope", code);
  /** @type {Places} */
  const tanhOfA = (code) => every("tanh-slope", code);
  const sigmoid = fed(sigmoidOfA, (code) => every("sigmoid-of-z", code), text, lines);
  const tanh = fed(tanhOfA, (code) => every("tanh-of-z", code), text, lines);
  const isFed = (/** @type {string[]} */ names) => names.some((name) => isFedIn(name, lines));
  const [first, second] = [sigmoid, tanh].map(([, ofZ]) => {
    const names = [...new Set(ofZ)].filter((name) => isOutput(name, lines));
    return { names: names.join(", "), first: names[0], n: names.length };
  });
  return [
    isFed(sigmoid[0]) ? say("sigmoid-slope") : "",
    isFed(tanh[0]) ? say("tanh-slope") : "",
    first.n ? say("sigmoid-twice", first) : "",
    second.n ? say("tanh-twice", second) : "",
  ];
}

/** What is said of a derivative of relu that lets every unit through.
 * @type {(text: string, lines: [string, string][]) => string[]} */
export function overRelu(text, lines) {
  const likely = text
    .split("\n")
    .filter((line) => /<|>=/.test(line) && line.length <= DATA.longest)
    .filter((line) => sought("of-gradient", line));
  const names = likely.flatMap((line) => every("not-strict", line).map(([, name]) => name));
  const known = [...new Set(names)].find((name) => {
    const forms = lines.filter(([own]) => own === name).map(([, form]) => form);
    const isOfCourse = whole("course-output", name) && !forms.some(fromActivation);
    return isOfCourse || forms.some((form) => whole("from-relu", outside(form)));
  });
  return known ? [say("relu-strict", { name: known })] : [];
}

/** Whether overflow is spoken of, and the line it is of may be a quotient of two inf.
 * @type {(text: string, lines: [string, string][]) => boolean} */
function overflows(text, lines) {
  if (!sought("overflowed", text) || !/(?:exp|cosh)\(/.test(text)) return false;
  const made = lines.filter(([, f]) => whole("from-exp", outside(f)) && !f.includes("max"));
  const names = new RegExp(`\\b(?:${made.map(([name]) => name).join("|") || "$^"})\\b`, "g");
  const warned = sought("warned-line", text)?.groups?.line ?? "exp(";
  // A line without an exponential has another cause than one elsewhere.
  const some = warned.includes("exp(") ? text.split("\n") : [warned];
  return some
    .filter((line) => line.includes("/") && !line.includes("max") && line.length <= DATA.longest)
    .some((line) => sought("exp-quotient", line.replaceAll(names, "exp()")));
}

/** @typedef {(code: string) => RegExpExecArray[]} Places */

/** What a derivative from A is fed with in lines, and what one from Z is.
 * @type {(ofA: Places, ofZ: Places, text: string, lines: [string, string][]) => string[][]} */
function fed(ofA, ofZ, text, lines) {
  const code = lines.map(([, form]) => form).join("\n");
  const found = fedInside(ofA, ofZ, code, lines);
  for (const { 0: made, groups = {} } of every("slope-function", text)) {
    // A function that is both the activation and its derivative is told which of them to be.
    const flag = groups.flag ? ", *(?:\\w+ *= *)?(?:True|1) *" : "[,)]";
    const argument = "\\( *(?:self\\.)?([A-Za-z_]\\w*(?:\\[\\w+\\])*) *";
    const called = [...code.matchAll(new RegExp(`\\b${groups.function}${argument}${flag}`, "g"))];
    for (const [place, names] of fedInside(ofA, ofZ, made, assignedIn(made)).entries()) {
      if (names.some((name) => name.split("[")[0] === groups.of))
        found[place].push(...called.map(([, name]) => name));
    }
  }
  return found;
}

/** @type {(ofA: Places, ofZ: Places, code: string, lines: [string, string][]) => string[][]} */
function fedInside(ofA, ofZ, code, lines) {
  const [outputs, inputs] = [ofA, ofZ].map((places) => places(code).map(lastGroup));
  // What goes into the activation of which some names are the output
  const made = lines.filter(([name]) => outputs.includes(name));
  const activated = made.map(([, form]) => lastGroup(whole("activated", form)));
  return [outputs, [...inputs, ...activated.filter(Boolean)]];
}

/** @param {Match} match */
const lastGroup = (match) => match?.slice(1).filter(Boolean).at(-1) ?? "";

/** A form without what stands in the parentheses of its calls. @type {(form: string) => string} */
function outside(form) {
  const inner = without("within", form, "$1");
  return form === inner ? form : outside(inner);
}

/** What the lines of a name assign, and its name without an index.
 * @type {(name: string, lines: [string, string][]) => [string[], string]} */
function formsOf(name, lines) {
  const [base] = name.split("[");
  return [lines.filter(([own]) => own === base).map(([, form]) => form), base];
}

/** Whether a name is that of an activation's output: by all its lines, or as in A1.
 * @type {(name: string, lines: [string, string][]) => boolean} */
function isOutput(name, lines) {
  const [forms, base] = formsOf(name, lines);
  return Boolean(forms.length || whole("course-output", base)) && forms.every(fromActivation);
}

/** Whether a name is that of an activation's input: by a line of the text, or as in z.
 * @type {(name: string, lines: [string, string][]) => boolean} */
function isFedIn(name, lines) {
  const [forms, base] = formsOf(name, lines);
  if (forms.some(fromActivation)) return false;
  const isProduct = forms.some((form) => sought("from-product", outside(form)));
  const isFed = lines.some(([, form]) => lastGroup(whole("activated", form)) === base);
  return isProduct || isFed || whole("input-name", base) !== null;
}

/** @param {string} form */
const fromActivation = (form) =>
  !sought("slope-called", form) &&
  !form.includes("True") &&
  whole("from-activation", outside(form)) !== null;
