// @ts-check
/* Answers as elements of the page. Pasted text and links reach it as text only. */

import { noticeOf } from "./explain.js";
import { linkTo } from "./links.js";
import { differs, groupsOf, outcomeText, sentence } from "./mutant.js";
import { printed } from "./printing.js";
import { DATA } from "./util.js";
import { say, sentenceParts } from "./words.js";

const MOST = 6;
const FEW = 3;

/** @type {(tag: string, attributes?: Record<string, string>, ...children: (Node | string)[]) => any} */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, setting] of Object.entries(attributes)) made.setAttribute(name, setting);
  made.append(...children);
  return made;
}

const code = (/** @type {string} */ text) => element("code", { class: "docutils literal" }, text);

/** @type {(place: string) => Element} */
function pageLink(place) {
  const [page, ...section] = place.split("#");
  const href = [`${page}.html`, ...section].join("#");
  return element("a", { href }, DATA.pages[place] || place);
}

/** A text with its formulas as code. @type {(text: string, formulas: string[]) => (Node | string)[]} */
function marked(text, formulas) {
  const found = formulas.find((one) => text.includes(one));
  if (!found) return [text];
  const at = text.indexOf(found);
  return [text.slice(0, at), code(found), text.slice(at + found.length)];
}

/** A text in which the places that it says to read are links.
 * @type {(remark: string, formulas: string[]) => (Node | string)[]} */
export function remarkParts(remark, formulas) {
  const [read] = say("read-page", { page: "\n" }).split("\n");
  const parts = remark.split(new RegExp(`((?<=\\b${read})[\\w-]+(?:#[\\w-]+)?|[\\w-]+#[\\w-]+)`));
  const [first, ...others] = parts.map((part, at) =>
    at % 2 && part in DATA.pages ? pageLink(part) : part,
  );
  return [...marked(String(first), formulas), ...others];
}

/** @type {(candidate: Mutant) => Element} */
function copyButton(candidate) {
  const button = element("button", { type: "button", class: "diagnose-copy" }, "Copy link");
  const said = element("span", { role: "status" });
  button.addEventListener("click", async () => {
    said.textContent = (await copied(linkTo(candidate)))
      ? "Link copied."
      : `Copy it from here: ${linkTo(candidate)}`;
  });
  return element("p", { class: "diagnose-share" }, button, " ", said);
}

/** @type {(text: string) => Promise<boolean>} */
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedByHand(text);
  }
}

/** Browsers keep the clipboard from a page that was opened from disk, but not from a selection.
 * @param {string} text */
function copiedByHand(text) {
  const before = document.activeElement;
  const area = element("textarea", {
    class: "diagnose-offscreen",
    "aria-hidden": "true",
    tabindex: "-1",
  });
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (before instanceof HTMLElement) before.focus();
  return done;
}

/** @type {(candidate: Mutant) => Element[]} */
function changesOf(candidate) {
  const before = say("expects", { equation: "" });
  const lines = candidate.shown.flatMap((statement, at) => [
    element("pre", { class: "diagnose-code" }, statement),
    element("p", {}, ...marked(candidate.expects[at], [candidate.expects[at].replace(before, "")])),
  ]);
  for (const [name, step] of candidate.exchanged ? [] : candidate.called) {
    const said = sentenceParts("called", { name: code(name), step: code(step) });
    lines.push(element("p", {}, ...said));
  }
  return lines;
}

/** @type {(candidate: Mutant) => Element} */
function judgement(candidate) {
  const { name, verdict, test } = sentence(candidate);
  const mark = element("strong", { class: `diagnose-${candidate.verdict}` }, verdict);
  return element("p", {}, `${name}: `, mark, `, ${test}.`);
}

/** @type {(candidate: Mutant, open: boolean) => Element} */
function valuesShown(candidate, open) {
  const lines = Object.entries(candidate.values)
    .filter(([name]) => name !== "m")
    .map(([name, one]) => `${name} = ${printed(one)}`);
  const box = element(
    "pre",
    { tabindex: "0", class: "diagnose-values", "aria-label": "Printed values" },
    lines.join("\n"),
  );
  const details = element(
    "details",
    {},
    element("summary", {}, "What it prints on this test"),
    box,
  );
  details.open = open;
  return details;
}

const isUsual = (/** @type {string} */ operator) => DATA.usual.includes(operator);

/** @type {(group: Mutant[]) => Element[]} */
function alike(group) {
  const rest = group.slice(1).filter(({ shown }) => String(shown) !== String(group[0].shown));
  if (!rest.length) return [];
  // Other forms without a name are none that anybody is known to write.
  const isLikely = (/** @type {string} */ one) => isUsual(one) || group[0].operators.includes(one);
  const known = rest
    .filter(({ name, operators: made }) => name || (made.length && made.every(isLikely)))
    .slice(0, 3);
  const others = inShort(known.map((one) => [one]));
  const n = rest.length - known.length;
  if (n) others.append(known.length ? " or " : "", say("alike-others", { n }));
  return [element("p", {}, ...sentenceParts("alike", { others }))];
}

/** @type {(group: Mutant[], open?: boolean) => Element} */
export function card(group, open = false) {
  const [first] = group;
  const item = element("li", { class: "diagnose-card" }, ...changesOf(first));
  if (!first.forms.size && first.printedAs.size) {
    item.append(element("p", {}, first.exchanged || say("own-name")));
    return item;
  }
  if (!first.forms.size) item.append(element("p", {}, say("as-it-stands")));
  else item.append(judgement(first));
  const hints = first.named.length ? first.named.map(({ hint }) => hint) : [differs(first)];
  for (const hint of hints.filter(Boolean)) item.append(element("p", {}, ...remarkParts(hint, [])));
  if (first.forms.size)
    item.append(element("p", {}, ...sentenceParts("read-page", { page: pageLink(first.page) })));
  item.append(
    ...alike(group),
    element("p", {}, `The test: ${outcomeText(first.outcome)}`),
    valuesShown(first, open),
    copyButton(first),
  );
  return item;
}

/** @type {(candidate: Mutant) => Element} */
function otherForm(candidate) {
  const text = candidate.shown.join(", ");
  const mark = element("strong", { class: `diagnose-${candidate.verdict}` }, candidate.verdict);
  return element(
    "li",
    { class: "diagnose-card" },
    element("pre", { class: "diagnose-code" }, text),
    element("p", {}, `${candidate.name}: `, mark, "."),
    copyButton(candidate),
  );
}

/** @type {(groups: Mutant[][]) => Element} */
function inShort(groups) {
  const listed = element("span");
  for (const [at, [{ shown }]] of groups.slice(0, FEW).entries())
    listed.append(at ? "; " : "", code(shown.map((one) => one.replace(/\.$/, "")).join(", ")));
  return listed;
}

/** @type {(found: Diagnosis, notice?: string) => Element[]} */
export function answerParts(found, notice = noticeOf(found)) {
  const parts = [];
  const formulas = found.candidates.flatMap((one) => one.shown);
  if (found.verdict === "expected") {
    const others = found.candidates.slice(1);
    if (others.length)
      parts.push(
        element("p", {}, say("other-forms")),
        element("ol", {}, ...others.slice(0, MOST).map(otherForm)),
      );
    if (others.length > MOST)
      parts.push(element("p", {}, `${say("more-forms", { n: others.length - MOST })}.`));
  } else {
    const groups = groupsOf(found.candidates);
    const named = groups.filter(([first]) => first.named.length);
    // Beside changes with a name, those without one are told in short.
    const isShort = found.verdict === "explained" && named.length > 0;
    const whole = isShort ? named : groups;
    // What has brackets around a number does not print the same, though they may be left out.
    const bare = [...found.seen].filter(([, one]) => one.like?.n === 0).map(([step]) => step);
    const others = groups.filter(
      ([first]) => isShort && !first.named.length && !bare.some((step) => first.values[step]?.n),
    );
    if (groups.length)
      parts.push(element("ol", {}, ...whole.slice(0, MOST).map((group) => card(group))));
    if (others.length)
      parts.push(element("p", {}, ...sentenceParts("less-usual", { changes: inShort(others) })));
    const left = Math.max(whole.length - MOST, 0) + Math.max(others.length - FEW, 0);
    if (left) parts.push(element("p", {}, `… ${say("more-groups", { n: left })}`));
  }
  return [
    ...[notice, ...found.remarks]
      .filter(Boolean)
      .map((remark) =>
        element("p", { class: "diagnose-remark" }, ...remarkParts(remark, formulas)),
      ),
    ...parts,
  ];
}
