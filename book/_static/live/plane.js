// @ts-check
/* The plane of (z, a): a dot to take, and the two derivatives there; see planes.py. */

const BY_KEY = 0.05;
const WITH_SHIFT = 0.5;
/** Closer than this, a dot lies on the curve: less than half of a step by key, pixels by hand. */
const BY_KEY_NEAR = 0.024;
const BY_HAND_NEAR = 7;
const HALF = 60;

/** Each activation with its derivative from z and from a.
 * @type {Record<string, ((number: number) => number)[]>} */
export const ACTIVATIONS = {
  sigmoid: [
    (z) => 1 / (1 + Math.exp(-z)),
    (z) => 1 / (1 + Math.exp(-z)) / (1 + Math.exp(z)),
    (a) => a * (1 - a),
  ],
  tanh: [Math.tanh, (z) => 1 - Math.tanh(z) ** 2, (a) => 1 - a ** 2],
};

/** @type {(number: number, decimals: number) => string} */
export function fixed(number, decimals) {
  const text = number.toFixed(decimals);
  return Number(text) === 0 ? text.replace("-", "") : text;
}

/** What is said of a point. @type {(activation: string, z: number, a: number) => string[]} */
export function saidAt(activation, z, a) {
  const [g, fromZ, fromA] = ACTIVATIONS[activation];
  const numbers = [g(z), fromZ(z), fromA(a), Math.abs(fromZ(z) - fromA(a))];
  return [fixed(z, 2), fixed(a, 2), ...numbers.map((number) => fixed(number, 4))];
}

export class Plane {
  /** @param {HTMLElement} root @param {(root: Element, hash: string) => void} keep */
  constructor(root, keep) {
    const { activation = "", ...numbers } = root.dataset;
    this.root = root;
    this.keep = keep;
    this.activation = activation;
    const [z, a, reach, low, high] = ["z", "a", "reach", "low", "high"].map((key) =>
      Number(numbers[key]),
    );
    this.z = z;
    this.a = a;
    this.first = [z, a];
    this.box = { reach, low, high };
    this.svg = /** @type {SVGSVGElement} */ (root.querySelector("svg"));
    this.dot = /** @type {SVGElement} */ (root.querySelector(".plane-dot"));
    this.texts = [...root.querySelectorAll("pre .n")];
    this.svg.addEventListener("pointerdown", (event) => this.take(event));
    this.svg.addEventListener("pointermove", (event) => this.drag(event));
    this.svg.addEventListener("click", (event) => this.follow(event));
    this.dot.addEventListener("keydown", (event) => this.press(event));
    const { early } = /** @type {any} */ (root);
    const meant = early?.type === "click" || (early?.type === "pointerdown" && this.takes(early));
    if (!meant || !this.svg.contains(early.target)) return;
    this.held = early.pointerId;
    this.follow(early);
  }

  /** A finger takes the dot, and elsewhere scrolls the page. @param {PointerEvent} event */
  takes({ pointerType, target }) {
    return pointerType === "mouse" || this.dot.contains(/** @type {Node} */ (target));
  }

  /** @param {PointerEvent} event */
  take(event) {
    if (!this.takes(event)) return;
    this.held = event.pointerId;
    this.svg.setPointerCapture(event.pointerId);
    this.follow(event);
  }

  /** @param {PointerEvent} event */
  drag(event) {
    // A finger that scrolls is captured by the picture as well.
    if (event.buttons & 1 && event.pointerId === this.held) this.follow(event);
  }

  /** @param {MouseEvent} event */
  follow(event) {
    const at = this.svg.getBoundingClientRect();
    const { reach, low, high } = this.box;
    const z = (2 * (event.clientX - at.left)) / at.width - 1;
    const a = (event.clientY - at.top) / at.height;
    const near = (BY_HAND_NEAR / at.height) * (high - low);
    this.move(z * reach, high - a * (high - low), near);
    event.preventDefault();
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    /** @type {Record<string, number[]>} */
    const keys = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const way = keys[event.key];
    if (!way || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const step = event.shiftKey ? WITH_SHIFT : BY_KEY;
    this.move(this.z + way[0] * step, this.a + way[1] * step);
  }

  /** @param {number} z @param {number} a */
  move(z, a, near = BY_KEY_NEAR) {
    const { reach, low, high } = this.box;
    this.z = Math.min(reach, Math.max(-reach, z));
    this.a = Math.min(high, Math.max(low, a));
    const on = ACTIVATIONS[this.activation][0](this.z);
    if (Math.abs(this.a - on) < near) this.a = on;
    this.draw();
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.remember(), 300);
  }

  draw() {
    const { z, a, activation, svg } = this;
    const [g, fromZ, fromA] = ACTIVATIONS[activation];
    const { reach, low, high } = this.box;
    const { width, height } = svg.viewBox.baseVal;
    const [wide, tall] = [width / (2 * reach), height / (high - low)];
    const [x, y] = [(z + reach) * wide, (high - a) * tall];
    this.dot.setAttribute("transform", `translate(${x} ${y})`);
    place(svg, ".plane-gap", x, y, x, (high - g(z)) * tall);
    for (const [name, slope] of /** @type {[string, number][]} */ ([
      [".plane-z", fromZ(z)],
      [".plane-a", fromA(a)],
    ])) {
      const length = HALF / Math.hypot(wide, slope * tall);
      const [right, down] = [wide * length, -slope * tall * length];
      place(svg, name, x - right, y - down, x + right, y + down);
    }
    const said = saidAt(activation, z, a);
    for (const [at, text] of this.texts.entries()) text.textContent = said[at].padStart(8);
    this.dot.setAttribute("aria-valuenow", said[0]);
    this.dot.setAttribute("aria-valuetext", valueText(said));
  }

  remember() {
    const { z, a, first, root } = this;
    const moved = z !== first[0] || a !== first[1];
    this.keep(root, moved ? `${root.id}&${fixed(z, 3)}&${fixed(a, 3)}` : "");
  }

  /** @param {string[]} texts */
  recall(texts) {
    const [z, a] = texts.map(Number);
    if (Number.isFinite(z) && Number.isFinite(a)) this.move(z, a);
  }
}

/** @param {string[]} said */
export const valueText = ([z, a, , fromZ, fromA, apart]) =>
  `z ${z}, a ${a}: derivative from z ${fromZ}, from a ${fromA}, apart by ${apart}`;

/** @type {(svg: Element, name: string, x1: number, y1: number, x2: number, y2: number) => void} */
function place(svg, name, ...numbers) {
  const line = /** @type {Element} */ (svg.querySelector(name));
  for (const [at, key] of ["x1", "y1", "x2", "y2"].entries())
    line.setAttribute(key, numbers[at].toFixed(1));
}
