// @ts-check
/* The page: what is typed and pressed, and what is shown of it, with the work done in slices. */
import { answerParts, card, element, remarkParts } from "./cards.js";
import { diagnose, diagnosing, titleOf } from "./diagnose.js";
import { addCourses, FIXTURES, NEWEST_FIRST } from "./fixtures.js";
import { candidateOf, Unlinked } from "./links.js";
import { singles } from "./mistakes.js";
import { printed } from "./printing.js";
import { parse } from "./program.js";
import { read, Unreadable } from "./reading.js";
import { suspects } from "./symptoms.js";
import { DATA } from "./util.js";
import { workshop } from "./workshop.js";

const PAUSE = 150;
const SLICE = 12;
const AT_ONCE = 60;
const NEAR = 150;
const LACKING =
  "This calls for tests of other courses, which could not be loaded; backcheck in a terminal has them.";
const PART = "Lines of code are run when the whole function is there: paste it from its def on.";

/** @type {[string, string, Record<string, string>, string[]][]} */
const EXAMPLES = [
  ["Week 4, dZ2", "c1w4_L_model_backward_v2", { dZ2: "AL - Y" }, ["dZ2"]],
  ["Week 3, everything right", "c1w3_bp_notebook_v2", {}, ["dW1"]],
  ["Week 3, a mistake", "c1w3_bp_notebook_v2", { dW1: "dZ1 @ X.T" }, ["dW1", "db1"]],
  [
    "Week 4, two changes",
    "c1w4_L_model_backward_v2",
    { dZ2: "AL - Y", dW1: "dZ1 @ A0.T" },
    ["dA1", "dW2", "db2", "dA0", "dW1", "db1"],
  ],
];

/** @param {typeof EXAMPLES[0]} example */
function exampleText([, id, changes, steps]) {
  const forms = new Map(Object.entries(changes).map(([step, text]) => [step, parse(text)]));
  const values = FIXTURES.get(id)?.run(forms).values ?? {};
  return steps.map((step) => `${step} = ${printed(values[step])}`).join("\n");
}

class Page {
  /** @param {Element} root */
  constructor(root) {
    const get = (/** @type {string} */ id) => /** @type {any} */ (root.querySelector(`#${id}`));
    this.text = get("diagnose-text");
    this.test = get("diagnose-test");
    this.status = get("diagnose-status");
    this.result = get("diagnose-result");
    this.run = 0;
    this.said = "";
    this.isUnseen = false;
    const own = [...FIXTURES.values()].map(({ id, title }) => [id, title]);
    for (const [value, title] of [...own, ...DATA.others])
      this.test.append(element("option", { value }, title));
    for (const example of EXAMPLES)
      get("diagnose-examples").append(" ", this.exampleButton(example));
    this.text.addEventListener("input", (/** @type {InputEvent} */ event) => {
      this.isUnseen ||= event.inputType === "insertFromPaste";
      this.later();
    });
    this.test.addEventListener("change", () => this.later());
    get("diagnose-clear").addEventListener("click", () => this.fill(""));
    window.addEventListener("hashchange", () => this.open());
    // The text may be there already: pasted before this script came, or kept by the browser.
    if (!this.open() && this.text.value) this.later();
    setTimeout(() => this.warm(), 300);
    this.text.addEventListener("focus", () => setTimeout(() => this.rehearse(), 0), { once: true });
  }

  /** @param {typeof EXAMPLES[0]} example */
  exampleButton(example) {
    const button = element("button", { type: "button" }, example[0]);
    button.addEventListener("click", () => this.fill(exampleText(example)));
    return button;
  }

  /** @param {string} text */
  fill(text) {
    this.test.value = "";
    this.text.value = text;
    this.isUnseen = true;
    this.text.focus();
    this.later(0);
  }

  later(pause = PAUSE) {
    this.run += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.start(), pause);
  }

  start() {
    this.forgetLink();
    const text = this.text.value;
    const id = this.test.value || null;
    if (!text.trim()) this.show("", []);
    else if (isCode(text)) this.call(text, id, this.run);
    else if (id && !FIXTURES.has(id))
      this.after(others(isLoop(id)), () => answering(text, id), this.run);
    else this.advance(answering(text, id), this.run, AT_ONCE);
  }

  /** Goes on with some work once what it needs is loaded, or cannot be.
   * @param {Promise<unknown>} needed @param {() => Iterator<any, Shown>} work @param {number} run */
  async after(needed, work, run) {
    this.show("Loading the tests of the other courses …", []);
    try {
      await needed;
    } catch {
      if (run === this.run) this.show(LACKING, []);
      return;
    }
    this.advance(work(), run, SLICE);
  }

  /** Calls a function; what does that is loaded when there is one. A newer text ends it.
   * @param {string} text @param {string | null} id @param {number} run */
  async call(text, id, run) {
    this.wait("Loading Python …");
    try {
      loading ??= Promise.all([loaded("python.js"), loaded("diagnose-run.js")]);
      await loading;
      if (run !== this.run) return;
      this.wait("Your function is running …");
      const work = await Reflect.get(globalThis, "backcheck").called(text, id);
      this.advance(work, run, AT_ONCE);
    } catch (error) {
      if (run !== this.run) return;
      if (!(error instanceof Unreadable)) loading = null;
      const said = error instanceof Error ? error.message : "";
      const failed = `Python did not start here (${said}); backcheck run in a terminal does the same.`;
      this.show(error instanceof Unreadable ? said : failed, []);
    }
  }

  /** What takes long runs a slice at a time, so that the page stays usable and newer text wins.
   * @param {Iterator<any, Shown>} work @param {number} run @param {number} limit */
  advance(work, run, limit) {
    if (run !== this.run) return;
    const end = performance.now() + limit;
    try {
      do {
        const next = work.next();
        if (next.done) {
          this.show(...next.value);
          return;
        }
        if (["others", "loops"].includes(next.value)) {
          const asIs = () => {
            lacking = LACKING;
          };
          this.after(others(next.value === "loops").catch(asIs), () => work, run);
          return;
        }
        if (next.value === "deep") {
          this.wait("No single change prints these numbers; trying two changes …");
          break;
        }
      } while (performance.now() < end);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      const isPart = /\bnp\.\w+\(/.test(this.text.value) && !isCode(this.text.value);
      this.show(isPart ? `${error.message} ${PART}` : error.message, []);
      return;
    }
    setTimeout(() => this.advance(work, run, SLICE), 0);
  }

  /** Says what takes a while, and offers to end it. @param {string} title */
  wait(title) {
    const stop = element("button", { type: "button" }, "Stop");
    stop.addEventListener("click", () => {
      this.run += 1;
      this.show("Stopped.", []);
      this.text.focus();
    });
    this.show(title, [element("progress", { "aria-label": "Working" }), stop]);
  }

  /** @param {string} title @param {Element[]} parts */
  show(title, parts) {
    if (this.said !== title) this.status.replaceChildren(...remarkParts(title, []));
    this.said = title;
    this.result.replaceChildren(...parts);
    // On a phone the answer begins below the screen.
    if (this.isUnseen && this.result.getBoundingClientRect().top > innerHeight - NEAR)
      this.status.scrollIntoView({ block: "center" });
    if (parts.length) this.isUnseen = false;
  }

  forgetLink() {
    const [id] = location.hash.slice(1).split("&");
    if (!FIXTURES.has(id) && !isElsewhere(id)) return;
    history.replaceState(null, "", location.href.split("#")[0]);
  }

  /** Shows the diagnosis that a shared link names, and says whether there is one. */
  open() {
    const hash = location.hash.slice(1);
    if (!hash || document.getElementById(hash)) return false;
    this.run += 1;
    const [id] = hash.split("&");
    if (isElsewhere(id)) {
      const { run } = this;
      others(isLoop(id)).then(
        () => run === this.run && this.open(),
        () => this.show(LACKING, []),
      );
      return true;
    }
    try {
      const candidate = candidateOf(hash);
      const how = candidate.forms.size ? "A shared diagnosis for" : "The backward pass of";
      this.show(`${how} ${candidate.fixture.title} (${candidate.fixture.id}).`, [
        element("ol", {}, card([candidate], true)),
      ]);
    } catch (error) {
      if (!(error instanceof Unlinked)) throw error;
      this.show(error.message, []);
    }
    return true;
  }

  /** What every paste needs, computed while nothing else is going on. */
  warm() {
    inSlices(warming(), () => {
      document.documentElement.dataset.diagnose = "ready";
    });
  }

  /** Compiles now what a first paste would otherwise wait for. */
  rehearse() {
    inSlices(diagnosing(exampleText(EXAMPLES[2]), null, 1), () => {});
  }
}

/** What answers numbers. @param {string} text @param {string | null} id
 * @returns {Generator<any, Shown>} */
function* answering(text, id) {
  const found = yield* diagnosing(text, id, 2);
  const more = found.verdict === "unexplained" && found.seen.size && lacking ? [lacking] : [];
  return [titleOf(found), answerParts({ ...found, remarks: [...found.remarks, ...more] })];
}

/** Whether a text has a function in it, or is a notebook. @param {string} text */
const isCode = (text) =>
  /^[\s>|:0-9.]*(?:In ?\[[0-9 *]*\]: *)?(?:async +)?def +\w+ *\(/m.test(text) ||
  (/^\s*\{/.test(text) && /"cell_type"/.test(text));

/** Where this script is: what it loads later stands beside it. */
const HERE = document.currentScript?.getAttribute("src") ?? "";

/** @type {Promise<unknown>?} */
let loading = null;

/** @param {string} name @param {string | null} version @returns {Promise<unknown>} */
const loaded = (name, version = null) =>
  new Promise((resolve, reject) => {
    const [path, own] = HERE.split("?");
    const query = version ? `v=${version}` : own;
    const src = [path.replace("diagnose.js", name), query].filter(Boolean).join("?");
    const script = element("script", { src });
    script.addEventListener("load", resolve);
    script.addEventListener("error", () => reject(new Error(`${name} is not there`)));
    document.head.append(script);
  });

/** Whether a test is one of the other courses, and not here yet. @param {string} id */
const isElsewhere = (id) => !FIXTURES.has(id) && DATA.others.some(([one]) => one === id);

/** @param {string} id */
const isLoop = (id) => DATA.others.some(([one, , , steps]) => one === id && steps);

/** @type {Map<string, Promise<unknown>>} */
const coming = new Map();

/** What is said beside numbers that a test of another course may explain, if none came. */
let lacking = "";

/** Has the tests of the other courses come, and then the loops over time.
 * @returns {Promise<void>} */
const others = (loops = false) => (loops ? others().then(() => come("loops")) : come("others"));

/** @type {Record<string, string>} */
const LATER = { others: "diagnose-others.js", loops: "diagnose-loops.js" };

/** @param {string} name */
async function come(name) {
  if (!coming.has(name)) coming.set(name, loaded(LATER[name], DATA.version));
  try {
    await coming.get(name);
  } catch {
    coming.delete(name);
    throw new Unreadable(LACKING);
  }
  lacking = "";
  addCourses(Reflect.get(globalThis, `BACKCHECK_${name.toUpperCase()}`));
}

/** @type {(work: Iterator<any>, then: () => void) => void} */
function inSlices(work, then) {
  const end = performance.now() + SLICE;
  let done;
  do ({ done } = work.next());
  while (!done && performance.now() < end);
  if (done) then();
  else setTimeout(() => inSlices(work, then), 0);
}

function* warming() {
  for (const fixture of NEWEST_FIRST) {
    const shop = workshop(fixture);
    const last = shop.slots.length - 1;
    yield singles(fixture);
    for (let place = 0; place <= last; place++) {
      for (const run of shop.singles(place)) yield run.at(last);
    }
    for (const run of shop.several) yield run.at(last);
    for (const { candidate } of suspects(fixture)) yield candidate.outcome;
  }
}

Object.assign(globalThis, { backcheck: { diagnose, read, others } });
const root = document.getElementById("diagnose-app");
if (root) new Page(root);
