// @ts-check
/* Forms that a reader types over, and what is said of each, under the cursor. */
import { DATA } from "../diagnose/util.js";
import { Plane } from "./plane.js";
import { printedParts } from "./printed.js";
import { saidOf, wantedOf } from "./typed.js";

/** Until a text that cannot be read is complained of, and until an answer is read out. */
const COMPLAINS = 400;
const READS_OUT = 900;
const MOST_FORMS = 8;

/** @type {(tag: string, kind: string, ...children: (Node | string)[]) => HTMLElement} */
function element(tag, kind, ...children) {
  const found = document.createElement(tag);
  if (kind) found.className = kind;
  found.append(...children);
  return found;
}

/** What one block says of a text, as the build says it of what stands there.
 * @type {(test: string, step: string, text: string, shown: string[]) => Told} */
function told(test, step, text, shown) {
  const { error, values, stop, verdict, tests } = saidOf(test, step, text);
  if (error) return { error, numbers: [], lines: [] };
  const numbers = stop ? [stop] : printedParts(values, wantedOf(test), shown);
  return { error: "", numbers, lines: [verdict, ...tests] };
}

class Live {
  /** @param {HTMLElement} root */
  constructor(root) {
    const { test = "", step = "", shown = "" } = root.dataset;
    this.root = root;
    this.step = step;
    this.ask = (/** @type {string} */ text) => told(test, step, text, shown.split(" "));
    this.status = element("p", "live-status");
    this.status.setAttribute("role", "status");
    root.append(this.status);
    for (const field of this.fields) this.listen(field);
    root.querySelector("button")?.addEventListener("click", () => this.add("")?.focus());
    // Compiled now, the first answer is as quick as later ones.
    setTimeout(() => this.ask(this.fields[0].defaultValue), 0);
  }

  /** @returns {HTMLTextAreaElement[]} */
  get fields() {
    return [...this.root.querySelectorAll("textarea")];
  }

  /** @param {HTMLTextAreaElement} field */
  listen(field) {
    field.addEventListener("input", () => this.answer(field));
    if (field.value !== field.defaultValue) this.answer(field);
  }

  /** A form more, its text and its place. @param {string} text */
  add(text) {
    const { fields, root, step } = this;
    if (fields.length >= MOST_FORMS) return undefined;
    const field = /** @type {HTMLTextAreaElement} */ (fields[0].cloneNode());
    field.value = field.defaultValue = "";
    field.placeholder = `your own form of ${step}`;
    field.setAttribute("aria-label", `${step}, form ${fields.length + 1}`);
    field.className = "live-text";
    root
      .querySelector(".live-more")
      ?.before(
        element("p", "live-form", element("code", "live-step", `${step} =`), " ", field),
        element("pre", "digits"),
        element("ul", "simple"),
      );
    this.listen(field);
    field.value = text;
    this.answer(field);
    return field;
  }

  /** @param {HTMLTextAreaElement} field */
  answer(field) {
    clearTimeout(this.complaining);
    clearTimeout(this.reading);
    const said = field.value.trim() ? this.ask(field.value) : { error: "", numbers: [], lines: [] };
    const show = () => this.show(field, said);
    field.closest(".live-form")?.classList.toggle("live-old", Boolean(said.error));
    if (said.error) this.complaining = setTimeout(show, COMPLAINS);
    else show();
    this.reading = setTimeout(() => {
      this.status.textContent = said.error || said.lines.map(([, line]) => line).join(". ");
      this.remember();
    }, READS_OUT);
  }

  /** @param {HTMLTextAreaElement} field @param {Told} said */
  show(field, { error, numbers, lines }) {
    const place = /** @type {Element} */ (field.closest(".live-form"));
    const box = /** @type {HTMLElement} */ (place.nextElementSibling);
    const list = /** @type {Element} */ (box.nextElementSibling);
    field.setAttribute("aria-invalid", String(Boolean(error)));
    const forms = Object.entries(DATA.live.forms);
    const kind = forms.find(([, sign]) => new RegExp(sign).test(field.value.trim()))?.[0] ?? "";
    field.className = `live-text ${error ? "" : kind}`.trim();
    if (!error) {
      const parts = numbers.map((text, at) => (at % 2 ? element("mark", "", text) : text));
      box.replaceChildren(...parts);
    }
    const said = error ? [["live-error", error]] : lines;
    list.replaceChildren(...said.map(([is, line]) => element("li", is, element("p", "", line))));
  }

  /** Puts the forms into the address, so that they can be cited. */
  remember() {
    const { fields, root } = this;
    const texts = fields.map(({ value }) => value.trim());
    const changed = fields.some((field, at) => texts[at] !== field.defaultValue);
    const hash = [root.id, ...texts.map(encodeURIComponent)].join("&");
    keep(root, changed ? hash : "");
  }

  /** @param {string[]} texts */
  recall(texts) {
    for (const [at, text] of texts.slice(0, MOST_FORMS).entries()) {
      const field = this.fields[at];
      if (!field) this.add(text);
      else if (field.value.trim() !== text) {
        field.value = text;
        this.answer(field);
      }
    }
  }
}

/** Sets the address, which is given back when nothing has changed.
 * @param {Element} root @param {string} hash */
function keep(root, hash) {
  if (!hash && !location.hash.startsWith(`#${root.id}&`)) return;
  history.replaceState(null, "", hash ? `#${hash}` : location.href.split("#")[0]);
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** @type {Map<string, { recall: (texts: string[]) => void, root: HTMLElement }>} */
const blocks = new Map();

/** Shows what the address says of a block. */
function open() {
  const [id, ...texts] = location.hash.slice(1).split("&");
  const block = blocks.get(id);
  if (!block || !texts.length) return;
  block.recall(texts.map(decoded));
  block.root.scrollIntoView();
}

if (globalThis.document) {
  for (const root of document.querySelectorAll(".live, .plane")) {
    const block = /** @type {HTMLElement} */ (root);
    const is = root.matches(".live") ? new Live(block) : new Plane(block, keep);
    blocks.set(root.id, is);
    const { early } = /** @type {any} */ (root);
    if (early?.type === "click" && early.target.closest("button")) early.target.click();
  }
  open();
  addEventListener("hashchange", open);
  document.documentElement.dataset.live = "ready";
}
Object.assign(globalThis, { backcheck: { told } });
