/* From pasted numbers to the programs that print them: what backcheck.diagnose does, in the page.
 *
 * The data beside this file (diagnose-data.js) is written by the package when the book is built.
 * Reading, search, ranking and remarks follow the package function by function, and
 * tests/test_diagnose_page.py runs both over the same texts. Nothing pasted leaves the page. */

(() => {
  "use strict";

  const DATA = window.BACKCHECK;

  /* ---- Trees. Equal expressions are one object, so that a value is computed once for each. ---- */

  const SUMS = {
    sum: [], sum0: ["axis=0"], sum1: ["axis=1"],
    sum_keep: ["keepdims=True"], sum0_keep: ["axis=0", "keepdims=True"],
    sum1_keep: ["axis=1", "keepdims=True"],
  };
  const ACTIVATIONS = DATA.activations;
  const FUNCTIONS = [...ACTIVATIONS, "exp", "log", "cosh"];
  const BINARY = ["+", "-", "*", "/", "@"];
  const BINDING = { ">": 0, ">=": 0, "<": 0, "<=": 0, "+": 1, "-": 1, "*": 2, "/": 2, "@": 2, neg: 3, "**": 4 };
  const ATOM = 5;

  const known = new Map();
  let count = 0;

  function leaf(value) {
    const key = typeof value === "string" ? value : `#${value}`;
    let found = known.get(key);
    if (!found) {
      found = { id: count++, op: "", args: [], name: null, value: null, names: null };
      if (typeof value === "string") found.name = value;
      else found.value = scalar(value);
      known.set(key, found);
    }
    return found;
  }

  function node(op, first, second) {
    const key = second ? `${op} ${first.id} ${second.id}` : `${op} ${first.id}`;
    let found = known.get(key);
    if (!found) {
      found = { id: count++, op, args: second ? [first, second] : [first], name: null, value: null, names: null };
      known.set(key, found);
    }
    return found;
  }

  function treeOf(data) {
    if (!Array.isArray(data)) return leaf(data);
    return data.length === 2 ? node(data[0], treeOf(data[1])) : node(data[0], treeOf(data[1]), treeOf(data[2]));
  }

  function formsOf(data) {
    return new Map(Object.entries(data).map(([name, tree]) => [name, treeOf(tree)]));
  }

  function namesIn(tree) {
    if (!tree.names) tree.names = tree.name ? [tree.name] : [...new Set(tree.args.flatMap(namesIn))];
    return tree.names;
  }

  function write(tree, binding = 0) {
    if (tree.name) return tree.name;
    if (tree.value) return binding === ATOM ? `(${tree.value.d[0]})` : String(tree.value.d[0]);
    const { op, args } = tree;
    if (op in SUMS) return `sum(${[write(args[0]), ...SUMS[op]].join(", ")})`;
    if (FUNCTIONS.includes(op)) return `${op}(${write(args[0])})`;
    if (op === "T") return `${write(args[0], ATOM)}.T`;
    if (op === "shape0" || op === "shape1") return `${write(args[0], ATOM)}.shape[${op[5]}]`;
    const own = BINDING[op];
    let text;
    if (op === "neg") text = `-${write(args[0], own)}`;
    else {
      // Python reads a - b - c from the left, but a ** b ** c from the right.
      const [left, right] = op === "**" ? [own + 1, own] : [own, own + 1];
      text = `${write(args[0], left + (own === 0 ? 1 : 0))} ${op} ${write(args[1], right)}`;
    }
    return own < binding ? `(${text})` : text;
  }

  /* ---- The notation of the course's handout; see handout.py. ---- */

  const SYMBOLS = { lambd: "λ", sigmoid: "σ" };
  const SCALARS = ["m", "lambd", "keep_prob"];
  const OVER = { sum: "sum of all entries", sum0: "sum over the units", sum1: "sum over the examples" };
  // How tightly each sign binds: a sum is weaker than a product of matrices, which has no sign.
  const [PLUS, TIMES, SUM, PRODUCT, POWER, WHOLE] = [0, 1, 2, 3, 4, 5];

  function equation(name, tree) {
    const over = [...new Set(sumsIn(tree).map((op) => OVER[op.replace("_keep", "")]))];
    return `${symbol(name)} = ${mathematics(tree)}${over.length ? ` (${over.join(", ")})` : ""}`;
  }

  function expects(name, tree) {
    if (tree.name === name) return `where the test takes ${symbol(name)} as it is given`;
    return `where the test expects ${equation(name, tree)}`;
  }

  /* The product or the sum that a backward step asks for, as a program writes it. */
  const RIGHT = new RegExp([
    "(?:\\w+_)?(?:dZ @ A_prev|dZ1 @ (?:X|A0)|dZ2 @ A1|dZ3 @ A2)\\.T",
    "\\bW(\\d*)\\.T @ (?:\\w+_)?dZ\\1\\b",
    "sum\\((?:\\w+_)?dZ\\d*, axis=1, keepdims=True\\)",
  ].join("|"));

  /* Changed statements as readers see them: code, but mathematics where code would show a graded line. */
  function statements(forms) {
    return forms.map(([name, tree]) => (givesAway(name, tree, forms) ? equation(name, tree) : `${name} = ${write(tree)}`));
  }

  function givesAway(name, tree, forms) {
    const code = write(tree);
    const found = RIGHT.exec(code);
    if (!found) return isLinearStep(tree);
    // The product or the sum alone lacks the 1/m, unless that is taken in another step.
    const averaged = forms.some(([step, other]) => step !== name && namesIn(other).includes("m"));
    return averaged || found[0] !== code || code.startsWith("W");
  }

  function isLinearStep({ op, args: [left, right] }) {
    if (op !== "+" || left.op !== "@") return false;
    const [weights, input] = left.args.map((one) => one.name);
    return Boolean(input) && /^W/.test(weights || "") && /^b/.test(right.name || "");
  }

  function symbol(name) {
    const plain = name.replace(/^(?:sigmoid|relu)_/, "");
    const [, letter, number] = /^(d?[AWZbD])(\d+|L)$/.exec(plain) || [];
    return letter ? `${letter}[${number}]` : SYMBOLS[plain] || plain;
  }

  function mathematics(tree, binding = PLUS) {
    const [text, own] = inMathematics(tree);
    return own < binding ? `(${text})` : text;
  }

  /* The text of an expression, and how tightly it binds. */
  function inMathematics(tree) {
    if (tree.name) return [symbol(tree.name), WHOLE];
    if (tree.value) return [String(tree.value.d[0]), WHOLE];
    const derivative = derivativeOf(tree);
    if (derivative) return [`${SYMBOLS[derivative[0]] || derivative[0]}'(${mathematics(derivative[1])})`, WHOLE];
    const { op, args } = tree;
    if (args.length === 2) return pairInMathematics(op, args[0], args[1]);
    const [operand] = args;
    if (op in SUMS) return [`Σ ${mathematics(operand, SUM)}`, SUM];
    if (FUNCTIONS.includes(op)) return [`${SYMBOLS[op] || op}(${mathematics(operand)})`, WHOLE];
    if (op === "T") return [`${mathematics(operand, WHOLE)}ᵀ`, WHOLE];
    if (op === "neg") return [`-${mathematics(operand, PRODUCT)}`, PLUS];
    return [`the number of ${op === "shape1" ? "columns" : "rows"} of ${mathematics(operand, WHOLE)}`, PLUS];
  }

  function pairInMathematics(op, left, right) {
    if ([">", ">=", "<", "<="].includes(op)) return [`1[${mathematics(left)} ${op} ${mathematics(right)}]`, WHOLE];
    if (op === "**") {
      const power = mathematics(right, WHOLE);
      const raised = /^\d+$/.test(power) ? power.replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]) : `^${power}`;
      return [mathematics(left, WHOLE) + raised, POWER];
    }
    if (op === "@" || (op === "*" && SCALARS.includes(left.name))) return [`${mathematics(left, PRODUCT)} ${mathematics(right, PRODUCT + 1)}`, PRODUCT];
    if (op === "/" && right.name === "m") return [overM(left), TIMES];
    const product = op === "*" && withDerivative(left, right);
    if (product) return [product, TIMES];
    const own = "+-".includes(op) ? PLUS : TIMES;
    return [`${mathematics(left, own)} ${op} ${mathematics(right, own + 1)}`, own];
  }

  function overM(tree) {
    if (tree.value) return `${mathematics(tree, WHOLE)}/m`;
    if (tree.op === "*" && SCALARS.includes(tree.args[0].name)) return `${symbol(tree.args[0].name)}/m ${mathematics(tree.args[1], SUM)}`;
    return `1/m ${mathematics(tree, SUM)}`;
  }

  /* A product a * s * (1 - s) for a sigmoid s. */
  function withDerivative(left, right) {
    const derivative = left.op === "*" && derivativeOf(node("*", left.args[1], right));
    return derivative ? `${mathematics(left.args[0], TIMES)} * σ'(${mathematics(derivative[1])})` : null;
  }

  /* The activation whose derivative an expression is, and where. */
  function derivativeOf(tree) {
    const { op, args } = tree;
    const [left, right] = args;
    if (op === "*" && left.op === "sigmoid" && right === node("-", leaf(1), left)) return ["sigmoid", left.args[0]];
    if (op === "-" && left === leaf(1) && right.op === "**" && right.args[0].op === "tanh" && right.args[1] === leaf(2)) return ["tanh", right.args[0].args[0]];
    if (op === ">" && left.name && left.name.startsWith("Z") && right === leaf(0)) return ["relu", left];
    return null;
  }

  /* The sums in an expression, the outermost first. */
  function sumsIn(tree) {
    const inner = tree.args.flatMap(sumsIn);
    return tree.op in SUMS ? [tree.op, ...inner] : inner;
  }

  /* A shared link spells expressions out; this reads what `write` writes, and nothing else. */
  function parse(text) {
    const words = text.match(/\s+|\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+|[A-Za-z_]\w*|\*\*|[<>]=?|[-+*/@()[\],.=]|[^]/g) || [];
    const tokens = words.filter((word) => word.trim());
    let at = 0;
    let depth = 0;
    const peek = () => tokens[at];
    const take = (word) => {
      if (tokens[at] !== word) throw new Error("unreadable");
      at += 1;
    };
    const leftwards = (operators, operand) => () => {
      let tree = operand();
      while (operators.includes(peek())) tree = node(tokens[at++], tree, operand());
      return tree;
    };
    const product = leftwards(["*", "/", "@"], unary);
    const total = leftwards(["+", "-"], product);

    function comparison() {
      const left = total();
      return [">", ">=", "<", "<="].includes(peek()) ? node(tokens[at++], left, total()) : left;
    }
    function unary() {
      if (peek() === "-") {
        at += 1;
        return node("neg", nested(unary));
      }
      const base = trailers();
      if (peek() !== "**") return base;
      at += 1;
      return node("**", base, nested(unary));
    }
    function nested(rule) {
      depth += 1;
      if (depth > 100) throw new Error("unreadable");
      const tree = rule();
      depth -= 1;
      return tree;
    }
    function trailers() {
      let tree = atom();
      while (peek() === ".") {
        take(".");
        if (peek() === "T") {
          take("T");
          tree = node("T", tree);
          continue;
        }
        take("shape");
        take("[");
        const axis = tokens[at++];
        if (axis !== "0" && axis !== "1") throw new Error("unreadable");
        take("]");
        tree = node(`shape${axis}`, tree);
      }
      return tree;
    }
    function atom() {
      const word = tokens[at++];
      if (word === "(") {
        const tree = nested(comparison);
        take(")");
        return tree;
      }
      if (/^[\d.]/.test(word || "")) {
        const number = Number(word);
        if (!(Math.abs(number) < 1e300)) throw new Error("unreadable");
        return leaf(number);
      }
      if (!/^[A-Za-z_]/.test(word || "")) throw new Error("unreadable");
      return peek() === "(" ? call(word) : leaf(word);
    }
    function call(word) {
      take("(");
      const argument = nested(comparison);
      const options = [];
      while (peek() === ",") {
        at += 1;
        options.push(tokens.slice(at, at + 3).join(""));
        at += 3;
      }
      take(")");
      const same = (wanted) => wanted.length === options.length && wanted.every((one) => options.includes(one));
      const op = word === "sum" ? Object.keys(SUMS).find((name) => same(SUMS[name])) : word;
      if (!op || (word !== "sum" && (!FUNCTIONS.includes(word) || options.length))) throw new Error("unreadable");
      return node(op, argument);
    }
    const tree = comparison();
    if (at < tokens.length) throw new Error("unreadable");
    return tree;
  }

  /* ---- Values: n dimensions (0, 1 or 2), r rows, c columns, the numbers d, b for booleans. ----
   * An operation that numpy would refuse gives null. */

  function value(n, r, c, d, b = false) {
    return { n, r, c, d, b };
  }

  function scalar(number) {
    return value(0, 1, 1, [number]);
  }

  function shapeOf(v) {
    return v.n === 0 ? [] : v.n === 1 ? [v.c] : [v.r, v.c];
  }

  function shapeKey(v) {
    return v.n === 0 ? "" : v.n === 1 ? `${v.c}` : `${v.r}x${v.c}`;
  }

  function tuple(shape) {
    return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  }

  function sameShape(v, w) {
    return v.n === w.n && v.r === w.r && v.c === w.c;
  }

  function spread(x, y, apply, b = false) {
    const r = x.r === y.r || y.r === 1 ? x.r : x.r === 1 ? y.r : -1;
    const c = x.c === y.c || y.c === 1 ? x.c : x.c === 1 ? y.c : -1;
    if (r < 0 || c < 0) return null;
    const d = new Array(r * c);
    const [xr, xc] = [x.r === 1 ? 0 : x.c, x.c === 1 ? 0 : 1];
    const [yr, yc] = [y.r === 1 ? 0 : y.c, y.c === 1 ? 0 : 1];
    let at = 0;
    for (let i = 0; i < r; i++) {
      for (let j = 0; j < c; j++) d[at++] = apply(x.d[i * xr + j * xc], y.d[i * yr + j * yc]);
    }
    return value(Math.max(x.n, y.n), r, c, d, b);
  }

  function mapped(x, apply, b = false) {
    const d = new Array(x.d.length);
    for (let i = 0; i < d.length; i++) d[i] = apply(x.d[i]);
    return value(x.n, x.r, x.c, d, b);
  }

  function product(x, y) {
    if (x.n === 0 || y.n === 0) return null;
    // A vector on the right is a column; on the left, a row.
    const [inner, columns] = y.n === 1 ? [y.c, 1] : [y.r, y.c];
    if (x.c !== inner) return null;
    const b = x.b && y.b;
    const d = new Array(x.r * columns);
    for (let i = 0; i < x.r; i++) {
      for (let j = 0; j < columns; j++) {
        let total = 0;
        for (let k = 0; k < inner; k++) total += x.d[i * x.c + k] * y.d[k * columns + j];
        d[i * columns + j] = b ? Number(total > 0) : total;
      }
    }
    if (x.n === 2 && y.n === 2) return value(2, x.r, columns, d, b);
    return value(x.n + y.n - 2, 1, d.length, d, b);
  }

  function transpose(x) {
    if (x.n < 2) return x;
    const d = new Array(x.d.length);
    for (let i = 0; i < x.r; i++) for (let j = 0; j < x.c; j++) d[j * x.r + i] = x.d[i * x.c + j];
    return value(2, x.c, x.r, d, x.b);
  }

  function rowSums(x) {
    const d = new Array(x.r).fill(0);
    for (let i = 0; i < x.r; i++) for (let j = 0; j < x.c; j++) d[i] += x.d[i * x.c + j];
    return d;
  }

  function columnSums(x) {
    const d = new Array(x.c).fill(0);
    for (let i = 0; i < x.r; i++) for (let j = 0; j < x.c; j++) d[j] += x.d[i * x.c + j];
    return d;
  }

  function sumOf(x, axis, keep) {
    if (axis === 1 && x.n < 2) return null;
    if (x.n < 2 || axis === null) {
      const total = [x.d.reduce((sum, one) => sum + one, 0)];
      return keep ? value(x.n, 1, 1, total) : value(0, 1, 1, total);
    }
    const d = axis === 0 ? columnSums(x) : rowSums(x);
    if (!keep) return value(1, 1, d.length, d);
    return axis === 0 ? value(2, 1, d.length, d) : value(2, d.length, 1, d);
  }

  function sigmoid(z) {
    if (z >= 0) return 1 / (1 + Math.exp(-z));
    const decay = Math.exp(z);
    return decay / (1 + decay);
  }

  const compare = (test) => (x, y) => spread(x, y, (a, b) => Number(test(a, b)), true);
  const power = (a, b) => (b === 2 ? a * a : Math.pow(a, b));

  const OPERATIONS = {
    // numpy adds booleans as "or" and refuses to subtract them.
    "+": (x, y) => (x.b && y.b ? spread(x, y, (a, b) => a | b, true) : spread(x, y, (a, b) => a + b)),
    "-": (x, y) => (x.b && y.b ? null : spread(x, y, (a, b) => a - b)),
    "*": (x, y) => spread(x, y, (a, b) => a * b, x.b && y.b),
    "/": (x, y) => spread(x, y, (a, b) => a / b),
    "@": product,
    "**": (x, y) => spread(x, y, power),
    neg: (x) => (x.b ? null : mapped(x, (a) => -a)),
    ">": compare((a, b) => a > b),
    ">=": compare((a, b) => a >= b),
    "<": compare((a, b) => a < b),
    "<=": compare((a, b) => a <= b),
    T: transpose,
    shape0: (x) => (x.n < 1 ? null : scalar(shapeOf(x)[0])),
    shape1: (x) => (x.n < 2 ? null : scalar(x.c)),
    sigmoid: (x) => mapped(x, sigmoid),
    tanh: (x) => mapped(x, Math.tanh),
    relu: (x) => mapped(x, (a) => (a > 0 ? a : 0)),
    exp: (x) => mapped(x, Math.exp),
    log: (x) => mapped(x, Math.log),
    cosh: (x) => mapped(x, Math.cosh),
    sum: (x) => sumOf(x, null, false),
    sum0: (x) => sumOf(x, 0, false),
    sum1: (x) => sumOf(x, 1, false),
    sum_keep: (x) => sumOf(x, null, true),
    sum0_keep: (x) => sumOf(x, 0, true),
    sum1_keep: (x) => sumOf(x, 1, true),
  };

  function evaluate(tree, scope) {
    if (tree.name) return scope[tree.name] || null;
    if (tree.value) return tree.value;
    const { op, args } = tree;
    const first = evaluate(args[0], scope);
    if (!first) return null;
    if (args.length === 1) return OPERATIONS[op](first);
    const second = evaluate(args[1], scope);
    return second && OPERATIONS[op](first, second);
  }

  /* Where an evaluation stops: the operation and what it was given. */
  function stopped(tree, scope) {
    for (const part of tree.args) {
      const inner = stopped(part, scope);
      if (inner) return inner;
    }
    if (!tree.op) return null;
    const values = tree.args.map((part) => evaluate(part, scope));
    return values.every(Boolean) && !OPERATIONS[tree.op](...values) ? { op: tree.op, values } : null;
  }

  /* numpy's own words, since that is what a learner sees. */
  function complaint({ op, values }) {
    const shapes = values.map(shapeOf);
    if (op === "neg") return "The numpy boolean negative, the `-` operator, is not supported, use the `~` operator or the logical_not function instead.";
    if (op === "-" && values.every((one) => one.b)) {
      return "numpy boolean subtract, the `-` operator, is not supported, use the bitwise_xor, the `^` operator, or the logical_xor function instead.";
    }
    if (op === "@" && shapes.every((shape) => shape.length)) {
      const [left, right] = [values[0].c, values[1].n === 1 ? values[1].c : values[1].r];
      return `matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature (n?,k),(k,m?)->(n?,m?) (size ${right} is different from ${left})`;
    }
    if (op === "@") return "matmul: an operand has no dimensions";
    if (op.startsWith("sum")) return `axis 1 is out of bounds for array of dimension ${values[0].n}`;
    return `operands could not be broadcast together with shapes ${shapes.map((shape) => tuple(shape).replace(" ", "")).join(" ")}`;
  }

  function exponential(number) {
    if (Number.isNaN(number)) return "nan";
    return Object.is(number, -0) ? "-0" : number.toExponential(10);
  }

  /* A key that two arrays share when they are equal up to rounding. */
  function fingerprint(v) {
    let mixed = 0;
    for (let i = 0; i < v.d.length; i++) mixed += v.d[i] * DATA.weights[i % DATA.weights.length];
    return `${shapeKey(v)}:${exponential(mixed)}`;
  }

  /* ---- Reading; see reading.py. ---- */

  const LIMIT = 1e6;
  const SLACK = 1e-9;
  const EXACT = 8;
  // Marks for numbers whose decimals are their own, and for those that numpy trimmed altogether.
  const OWN = -1;
  const TRIMMED = -2;
  const NUMBER = "(?:[-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d+)?(?![\\p{L}\\p{N}_.])|[-+]?(?:nan|NaN|inf|Inf|infinity)\\b)";
  const TOKEN = new RegExp(`[\\s,;]+|\\[|\\]|\\.\\.\\.|(${NUMBER})|((?:True|False)\\b)`, "uy");
  const NUMBERS = new RegExp(NUMBER, "gu");
  const PLAIN_LINE = new RegExp(`^[\\s,;\\[\\]]*(?:(?:${NUMBER}|\\.\\.\\.)[\\s,;\\[\\]]*)+$`, "u");
  const NAME = "(?:(?:sigmoid|relu)_)?(?:([dD])_?([AWZBawzb])_?\\[?(prev(?:_temp)?|[lL]|\\d)?|(A\\d|Z\\d|W\\d|b\\d|AL|ZL|A_prev|X|Y))\\]?";
  const NAMES = new RegExp(`(?<![A-Za-z0-9])${NAME}(?![A-Za-z0-9])`, "g");
  const WHOLE_NAME = new RegExp(`^${NAME}$`);
  const SCALAR = new RegExp(`^([^=:\\n]{1,60})[=:]\\s*\\(?((?:${NUMBER}[\\s,;]*)+)\\)?$`, "u");
  const REPLACED = [
    [/[\u2212\u2010-\u2014\ufe63\uff0d]/g, "-"],
    [/[\u2018\u2019\u201a\u201b\u2032`\u00b4]/g, "'"],
    [/[\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb]/g, '"'],
    // eslint-disable-next-line no-control-regex
    [/[\u200b-\u200f\u2060\ufeff]|\x1b\[[0-9;]*[A-Za-z]/g, ""],
    [/[\u00a0\u2000-\u200a\u202f\u205f\u3000\t\f\v]/g, " "],
    [/[\u2026\u22ef]/g, "..."],
    [/\r\n?|\\n|<br *\/?>/g, "\n"],
    [/\b(?:np|numpy)\.float\d+\(([^()\n]*)\)/g, "$1"],
    [/\b(?:np|numpy)\.(nan|inf)\b/g, "$1"],
    [/\b(?:In|Out) ?\[[ \d*]*\]:/g, " "],
    [/^ *(?:>+ )+/gm, ""],
    [/\*\*/g, " "],
  ];
  const NOTHING = "There are no printed numbers in this text; paste what your function printed, such as dW1 = [[0.1 0.2]].";

  class Unreadable extends Error {}

  function cellOf(word) {
    if (word === "True" || word === "False") return { value: Number(word === "True"), own: EXACT, decimals: EXACT };
    const lower = word.toLowerCase();
    const [mantissa, exponent = ""] = lower.split("e");
    if (mantissa.includes("n")) {
      const size = mantissa.includes("nan") ? NaN : Infinity;
      return { value: mantissa.startsWith("-") ? -size : size, own: 0, decimals: 0 };
    }
    const digits = (mantissa.split(".")[1] || "").length;
    if (exponent) {
      const scale = Math.max(-400, Math.min(400, Number(exponent.slice(0, 5))));
      return { value: Number(lower), own: digits - scale, decimals: OWN };
    }
    return { value: Number(lower), own: digits || EXACT, decimals: digits || TRIMMED };
  }

  function width(cell, loose) {
    if (!Number.isFinite(cell.value)) return 0;
    // Digits that were cut off, not rounded, leave a whole unit of the last place.
    const unit = Math.pow(10, -Math.max(-300, loose ? cell.own : cell.decimals));
    return unit * (loose ? 1 : 0.5) * (1 + 1e-6) + SLACK * Math.abs(cell.value);
  }

  function covers(cell, number, loose) {
    if (!Number.isFinite(cell.value)) return Object.is(number, cell.value) || number === cell.value;
    return Math.abs(number - cell.value) <= width(cell, loose);
  }

  /* Numpy trims zeros, so every number of an array has the decimals of its finest one. */
  function untrimmed(rows) {
    let finest = -1;
    for (const row of rows) for (const cell of row || []) if (cell) finest = Math.max(finest, cell.decimals);
    if (finest < 0) finest = EXACT;
    const whole = (cell) => cell && { ...cell, decimals: cell.decimals === OWN ? cell.own : finest };
    return rows.map((row) => row && row.map(whole));
  }

  /* Whether items match a pattern in which null stands for any run of them. */
  function fits(pattern, items, same) {
    let reached = new Set([0]);
    for (const part of pattern) {
      const next = new Set();
      if (part === null) {
        for (let at = Math.min(...reached); at <= items.length; at++) next.add(at);
      } else {
        for (const at of reached) if (at < items.length && same(part, items[at])) next.add(at + 1);
      }
      if (!next.size) return false;
      reached = next;
    }
    return reached.has(items.length);
  }

  class Observed {
    constructor(name, context, rows, dimensions, whole, expected, line) {
      Object.assign(this, { name, context, rows, dimensions, whole, expected, line });
      this.cells = rows.flatMap((row) => (row || []).filter(Boolean));
      lazy(this, "key", () => this.findKey());
      this.shape = this.findShape();
      this.uneven = this.cells.some((cell) => cell.own !== cell.decimals);
      this.widths = [false, true].map((loose) => this.cells.map((cell) => width(cell, loose)));
    }

    findKey() {
      const { name, context, rows, dimensions, whole, expected, line } = this;
      const numbers = this.cells.map((cell) => [String(cell.value), cell.decimals]);
      return JSON.stringify([name, context, dimensions, whole, expected, line, numbers, rows.map((row) => row && row.length)]);
    }

    findShape() {
      const rows = this.rows;
      if (!this.whole || rows.includes(null) || rows.some((row) => row.includes(null))) return null;
      return [[], [rows[0].length], [rows.length, rows[0].length]][this.dimensions];
    }

    /* Whether it has a shape, or can be a part of an array that has. */
    fits(v) {
      if (this.shape) return this.shapeKey === shapeKey(v);
      const rows = this.rows.filter(Boolean);
      return rows.length <= v.r && rows.every((row) => (this.dimensions && row.every(Boolean)
        ? row.length === v.c : row.filter(Boolean).length <= v.c));
    }

    get shapeKey() {
      return this.shape && this.shape.join("x");
    }

    matches(v, loose = false) {
      const fitting = this.shapeKey === shapeKey(v);
      if (this.shape && (fitting || !loose)) {
        if (!fitting) return false;
        const widths = this.widths[Number(loose)];
        for (let i = 0; i < v.d.length; i++) {
          const centre = this.cells[i].value;
          const near = Math.abs(v.d[i] - centre) <= widths[i];
          if (!near && v.d[i] !== centre && !(Number.isNaN(centre) && Number.isNaN(v.d[i]))) return false;
        }
        return true;
      }
      // Most arrays are told apart by one number, which is quicker to look for.
      if (!v.d.some((number) => covers(this.cells[0], number, loose))) return false;
      const lines = [];
      for (let i = 0; i < v.r; i++) lines.push(v.d.slice(i * v.c, (i + 1) * v.c));
      return fits([null, ...this.rows, null], lines, (row, line) => this.matchesRow(row, line, loose));
    }

    matchesRow(row, line, loose) {
      // A row without its own brackets may have lost numbers at either end.
      const pattern = this.dimensions === 0 && !this.whole ? [null, ...row, null] : row;
      return fits(pattern, line, (cell, number) => covers(cell, number, loose));
    }
  }

  function canonical(name) {
    const match = WHOLE_NAME.exec(name);
    if (!match) return /^\w+_d[AWZb]\w*$/.test(name) ? name : null;
    if (match[4]) return match[4];
    const prefix = ["sigmoid_", "relu_"].find((one) => name.startsWith(one)) || "";
    const letter = match[2].toUpperCase().replace("B", "b");
    const which = (match[3] || "").replace("_temp", "").replace("l", "L");
    return `${prefix}d${letter}${which === "prev" ? "_prev" : which}`;
  }

  function lastName(text) {
    const found = text.match(NAMES);
    return found ? canonical(found[found.length - 1]) : null;
  }

  function hasLetters(text) {
    return /[A-Za-z]/.test(text.replace(/\b(?:np|numpy|array|matrix|tensor)\b/g, ""));
  }

  /* Whether the last line of prose before an array speaks of expected numbers. */
  function calledExpected(text, first, end) {
    for (let start; end >= first; end = start - 1) {
      start = Math.max(first, text.lastIndexOf("\n", end - 1) + 1);
      if (end === 0) start = 0;
      const line = text.slice(start, end);
      const words = (line.replace(NAMES, " ").match(/[A-Za-z]{3,}/g) || [])
        .filter((word) => !["array", "prev", "sigmoid", "relu"].includes(word));
      if (words.length) return words.some((word) => word.toLowerCase().startsWith("expect"));
    }
    return false;
  }

  function headingBefore(before) {
    const [s, r] = [before.lastIndexOf("sigmoid"), before.lastIndexOf("relu")];
    return Math.max(s, r) < 0 ? "" : s >= r ? "sigmoid" : "relu";
  }

  function labelBefore(text, lower, after, start) {
    const before = text.slice(Math.max(after, start - 400), start);
    const lines = before.split("\n").filter(hasLetters);
    const near = lines.length ? lines[lines.length - 1].slice(-80) : "";
    const first = Math.max(0, start - 2000);
    return [lastName(near), headingBefore(lower.slice(first, start)), calledExpected(text, first, start)];
  }

  /* One bracketed group: its rows, where it ends, whether it closed, and what is bad in it. */
  function groupAt(text, start) {
    const rows = [];
    let row = [];
    let [depth, deepest, position] = [0, 0, start];
    for (;;) {
      TOKEN.lastIndex = position;
      const token = TOKEN.exec(text);
      if (!token) break;
      position = TOKEN.lastIndex;
      const word = token[0];
      if (word === "[") {
        depth += 1;
        deepest = Math.max(deepest, depth);
      } else if (word === "...") {
        if (depth === deepest) row.push(null);
        else rows.push(null);
      } else if (word === "]") {
        if (row.length) rows.push(row);
        row = [];
        depth -= 1;
        if (depth === 0) break;
      } else if (token[1] || token[2]) row.push(cellOf(word));
    }
    // Cut off in the middle of a row, and perhaps of a number.
    if (depth && position === text.length && row.length) row[row.length - 1] = null;
    if (row.length) rows.push(row);
    return { rows, dimensions: Math.min(deepest, 2), end: position, closed: depth === 0, bad: badIn(text, start, position, rows, depth, deepest) };
  }

  /* Where something in a group cannot be read, and what is wrong with it. */
  function badIn(text, start, position, rows, depth, deepest) {
    const rest = text.slice(position, position + 40);
    const lineStart = text.lastIndexOf("\n", position - 1) + 1;
    if (depth && rest && text.slice(position ? lineStart : 0, position).trim()) {
      const [begun] = text.slice(Math.max(0, position - 40), position).match(/[^\s,;[\]]*$/);
      const word = quoted(begun + rest.trim().split(/\s+/)[0]);
      return [position, `${word} inside the brackets is not a number; paste the array as numpy prints it.`];
    }
    const widths = [...new Set(rows.filter((row) => row && !row.includes(null)).map((row) => row.length))].sort((a, b) => a - b);
    if (!depth && widths.length > 1) {
      return [start, `the rows of this array hold ${widths[0]} and ${widths[widths.length - 1]} numbers; paste every row whole, or write ... where numbers are left out.`];
    }
    if (deepest > 2 && rows.length > 1) {
      return [start, `this array has ${deepest} brackets around a number; paste one matrix at a time.`];
    }
    return null;
  }

  function quoted(word) {
    return word.includes("'") && !word.includes('"') ? `"${word}"` : `'${word.replace(/'/g, "\\'")}'`;
  }

  function bracketed(text) {
    const found = [];
    const lower = text.toLowerCase();
    let problem = "";
    let left = "";
    let [position, after, copied, line, counted] = [0, 0, 0, 1, 0];
    for (let start = text.indexOf("["); start >= 0; start = text.indexOf("[", position)) {
      const group = groupAt(text, start);
      position = Math.max(group.end, start + 1);
      if (!group.rows.some((row) => row && row.some(Boolean))) continue;
      const before = start > 0 ? text[start - 1] : "";
      const index = /[\p{L}\p{N}_\])'"]/u.test(before);
      const [name, context, expected] = labelBefore(text, lower, after, start);
      // Whole numbers alone are an array only where one is assigned; elsewhere they are
      // footnotes, indices and layer numbers.
      const printed = /[.eEn]/.test(text.slice(start, group.end));
      const given = /[=:(]$/.test(text.slice(Math.max(0, start - 200), start).trimEnd());
      if (!printed && (index || !name || !given)) continue;
      for (; counted < start; counted++) if (text[counted] === "\n") line++;
      if (group.bad) {
        const [place, said] = group.bad;
        problem = problem || `Line ${line + text.slice(start, place).split("\n").length - 1}: ${said}`;
      } else {
        const table = untrimmed(group.rows);
        const whole = group.closed && (group.dimensions === 2 || name !== null || before === "(");
        found.push(new Observed(name, context, table, group.dimensions, whole, expected, line));
      }
      after = group.end;
      left += text.slice(copied, start) + text.slice(start, group.end).replace(/[^\n]/g, " ");
      copied = group.end;
    }
    return [found, left + text.slice(copied), problem];
  }

  /* Numbers without brackets: db2 = -0.17, or bare rows. */
  function unbracketed(text) {
    const found = [];
    let block = [];
    const cells = (part) => (part.match(NUMBERS) || []).map(cellOf);
    [...text.split("\n"), "end"].forEach((line, at) => {
      if (PLAIN_LINE.test(line) && line.split("...").join("").includes(".")) {
        block.push(cells(line));
        return;
      }
      if (block.length) {
        found.push(new Observed(null, "", untrimmed(block), 0, false, false, at + 1 - block.length));
        block = [];
      }
      const match = line.length < 2000 ? SCALAR.exec(line.trim()) : null;
      const names = match ? match[1].match(NAMES) : null;
      if (names && match[2].includes(".")) {
        const row = cells(match[2]);
        const name = canonical(names[names.length - 1]);
        found.push(new Observed(name, "", untrimmed([row]), 0, row.length === 1, false, at + 1));
      }
    });
    return found;
  }

  /* What the statement of a frame does, in a word. */
  function statementKind(statement) {
    if (statement.includes("_test_case(")) return "case";
    if (/\b(?:\w+_backward|backward_propagation\w*|target)\(/.test(statement)) return "call";
    if (/^[\w, ()]*= *\(?[A-Za-z]\w*\)?$/.test(statement)) return "name";
    if (/[\w\])]\[/.test(statement.split("shape[").join(""))) return "entry";
    return /= *\S|return|\(.*\)|:$/.test(statement) ? "formula" : "";
  }

  function frameOf(named, text) {
    const statement = text.replace(/\s+#.*|;\s*$/g, "").trim();
    if (named.endsWith("_test") || ["", "print_grads", "cell"].includes(named)) return { function: "cell", statement };
    return { function: /^(?:backward_propagation\w*|\w+_backward)$/.test(named) ? named : "", statement };
  }

  /* The last frame of a traceback that is in a function of the course, or in a cell. */
  function lastFrame(text) {
    let found = { function: "", statement: "" };
    let named = null;
    let previous = "";
    for (const line of text.split("\n")) {
      const arrow = /^ *-+> ?\d+ (.*)/.exec(line);
      if (/^(?: *(?:File |<?ipython|~|\/|Input In|Cell In|[A-Z]:\\)|.*\.py\S* in \w+\()/.test(line)) {
        const match = /\bin (\w+)/.exec(line);
        named = match ? match[1] : "";
      } else if (arrow || previous.startsWith('File "')) {
        const statement = arrow ? arrow[1] : line;
        // Without the line that names the function, its statement is all there is.
        const one = frameOf(named === null ? "-" : named, statement);
        if (one.function || named === null) found = one;
      }
      previous = line.trim();
    }
    return found;
  }

  /* Which outputs the test complained of, the function, and the exception. */
  function complaints(text) {
    // A traceback quotes the asserts around the one that failed.
    text = text.replace(/^.*\bassert [^\n]*/gm, "");
    const failing = new Map();
    for (const [, kind, name] of text.matchAll(/(?:Wrong|Error: Data) (type|shape|values|output)[^\n]{0,40}? (?:for|in) (?:the )?(?:variable )?(\w+)/g)) {
      if (name !== "the") failing.set(`${kind} ${name}`, [kind, name]);
    }
    const functions = [...text.matchAll(/\b(backward_propagation|linear_backward|linear_activation_backward|L_model_backward)(?:_test)?\b/g)];
    // The last function named is the one whose test speaks.
    const last = functions.length ? functions[functions.length - 1][1] : "";
    let errors = [...text.matchAll(/^[ \t]*(?:\w+\.)*((?:[A-Z]\w*(?:Error|Exception))\b[^\n]*)/gm)].map((match) => match[1]);
    errors = errors.filter((error) => !error.startsWith("AssertionError")).map((error) => error.trim());
    errors = errors.filter((error) => !error.includes("Traceback (most recent"));
    // Forums eat the name of the exception, but not what numpy says of shapes.
    errors.push(...(text.match(/(?:shapes \([\d, ]*\) and|operands could not be broadcast)[^\n]*/g) || []));
    return { failing: [...failing.values()], function: last, error: errors.length ? errors[errors.length - 1] : "" };
  }

  function read(text) {
    const size = text.length > LIMIT / 4 ? new TextEncoder().encode(text).length : 0;
    if (size > LIMIT) {
      throw new Unreadable(`The text is ${(size / 1e6).toFixed(1)} MB long, but at most 1 MB is read; paste the printed gradients alone.`);
    }
    for (const [pattern, replacement] of REPLACED) text = text.replace(pattern, replacement);
    const said = complaints(text);
    const [groups, rest, problem] = bracketed(text);
    const arrays = [...groups, ...unbracketed(rest)].sort((a, b) => a.line - b.line);
    // Where only some arrays are called expected, those are not the learner's, nor is a quotation.
    const numbers = (seen) => seen.cells.map((cell) => cell.value).join();
    const quoted = arrays.filter((seen) => seen.expected).map(numbers);
    const own = arrays.filter((seen) => !seen.expected);
    const unquoted = own.filter((seen) => seen.name || !quoted.includes(numbers(seen)));
    const kept = [unquoted, own, arrays].find((list) => list.length) || [];
    if (!kept.length && !said.failing.length && !said.function && !said.error) {
      throw new Unreadable(problem || NOTHING);
    }
    return { arrays: kept, ...said, problem, frame: lastFrame(text) };
  }

  /* ---- Fixtures: what the data holds, unpacked when it is first needed. ---- */

  const unpacked = new Map();

  function shared(place, make) {
    const key = `${place} ${make.name}`;
    if (!unpacked.has(key)) unpacked.set(key, make(DATA.shared[place]));
    return unpacked.get(key);
  }

  function unpackArray([r, c, b, ...d]) {
    return value(2, r, c, d, b === 1);
  }

  function unpackArrays(places) {
    const entries = Object.entries(places).map(([name, place]) => [name, shared(place, unpackArray)]);
    return Object.fromEntries(entries);
  }

  function unpackSteps(steps) {
    return steps.map(([name, tree]) => ({ name, tree: treeOf(tree) }));
  }

  function unpackSlot([name, forms, stuck]) {
    const slot = { name };
    lazy(slot, "forms", () => forms.map(treeOf));
    lazy(slot, "stuck", () => stuck.map(treeOf));
    return slot;
  }

  function unpackTogether(changes) {
    return changes.map(formsOf);
  }

  function unpackNamed(occurrences) {
    return occurrences.map(([id, forms]) => [id, formsOf(forms)]);
  }

  function unpackTrees(trees) {
    return trees.map(treeOf);
  }

  function lazy(object, name, make) {
    Object.defineProperty(object, name, {
      configurable: true,
      get() {
        const found = make();
        Object.defineProperty(object, name, { value: found });
        return found;
      },
    });
  }

  class Fixture {
    constructor(data, number) {
      this.number = number;
      for (const key of ["id", "title", "function", "order", "activated", "last", "roles", "also", "rule", "printed", "outputs"]) {
        this[key] = data[key];
      }
      // Fixtures of one program on the same arrays share what is found out about them.
      this.twin = `${data.arrays} ${data.steps}`;
      this.shapes = DATA.shared[data.shapes];
      lazy(this, "arrays", () => shared(data.arrays, unpackArrays));
      lazy(this, "steps", () => shared(data.steps, unpackSteps));
      lazy(this, "expected", () => shared(data.expected, unpackArrays));
      lazy(this, "unrelated", () => ({ ...shared(data.unrelated, unpackArrays), m: scalar(7) }));
      lazy(this, "slopes", () => shared(data.slopes, unpackTrees));
      this.counts = (name) => shared(data.counts[name], unpackTrees);
      this.early = (name) => shared(data.early[name], unpackTrees);
      lazy(this, "together", () => shared(data.together, unpackTogether));
      lazy(this, "named", () => shared(data.named, unpackNamed));
      lazy(this, "slots", () => data.slots.map((place) => shared(place, unpackSlot)));
      lazy(this, "networks", () => this.drawn(data.networks));
      lazy(this, "own", () => this.drawn(data.own));
      lazy(this, "mutants", () => {
        if (!Fixture.workshops.has(this.twin)) Fixture.workshops.set(this.twin, new Workshop(this));
        return Fixture.workshops.get(this.twin);
      });
      lazy(this, "reference", () => this.run(new Map(), this.arrays).scope);
      lazy(this, "suspects", () => this.named.map(([id, forms]) => [id, new Candidate(this, forms, 1)]));
      lazy(this, "everywhere", () => this.mutants.together
        .map(({ forms }) => [this.namesOf(forms), new Candidate(this, forms, 1)])
        .filter(([ids]) => ids.length === 1)
        .map(([[id], candidate]) => [id, candidate]));
      lazy(this, "moreUnrelated", () => [1, 2, 3, 4, 5, 6, 7].map((seed) => redrawn(this.unrelated, seed)));
      lazy(this, "formulas", () => new Map());
      lazy(this, "namedSlots", () => this.nameSlots());
    }

    drawn(networks) {
      return networks.map(([arrays, gradients]) => ({
        arrays: shared(arrays, unpackArrays), gradients: shared(gradients, unpackArrays),
      }));
    }

    /* The whole program, with some slots changed: changed arrays first, then every step. */
    program(forms) {
      const first = this.order.filter((name) => forms.has(name)).map((name) => ({ name, tree: forms.get(name) }));
      return [...first, ...this.steps.map(({ name, tree }) => ({ name, tree: forms.get(name) || tree }))];
    }

    run(forms, arrays) {
      const scope = { ...arrays };
      const values = {};
      for (const { name, tree } of this.program(forms)) {
        const missing = namesIn(tree).find((one) => !scope[one]);
        const found = missing ? null : evaluate(tree, scope);
        if (!found) {
          const error = missing
            ? `${name} uses ${missing}, which is not known there.`
            : `${name}: ${complaint(stopped(tree, scope))}`;
          return { scope, values, error };
        }
        values[name] = scope[name] = found;
      }
      return { scope, values, error: "" };
    }

    original(name) {
      const step = this.steps.find((one) => one.name === name);
      return step ? step.tree : leaf(name);
    }

    /* A key that two spellings of one formula share. */
    formula(tree) {
      if (!this.formulas.has(tree.id)) {
        // Comparisons look at signs only, and few signs agree by chance: those need more draws.
        const draws = comparesSigns(tree) ? [this.unrelated, ...this.moreUnrelated] : [this.unrelated];
        const found = draws.map((scope) => evaluate(tree, scope));
        this.formulas.set(tree.id, found[0] ? found.map(fingerprint).join() : `tree ${tree.id}`);
      }
      return this.formulas.get(tree.id);
    }

    nameSlots() {
      const found = new Map();
      for (const [id, forms] of this.named) {
        if (forms.size > 1) continue;
        const [[slot, tree]] = forms;
        const key = `${slot} ${this.formula(tree)}`;
        if (!found.has(key)) found.set(key, id);
      }
      return found;
    }

    /* The named forms that a mutant consists of, or none if a part has no name. */
    namesOf(forms) {
      if (forms.size > 1) {
        const whole = this.named.find(([, change]) => change.size > 1 && sameForms(change, forms));
        if (whole) return [whole[0]];
      }
      const found = [...forms].map(([slot, tree]) => this.namedSlots.get(`${slot} ${this.formula(tree)}`));
      return found.length && !found.includes(undefined) ? [...new Set(found)] : [];
    }

    outcome(forms) {
      const { values, error } = this.run(forms, this.arrays);
      if (error) return { word: "error", failures: [], error };
      const failures = this.outputs.map((name) => this.failure(name, values[name])).filter(Boolean);
      return { word: failures.length ? "fails" : "passes", failures, error: "" };
    }

    failure(name, got) {
      const want = this.expected[name];
      if (!sameShape(got, want)) return `Wrong shape for ${name}`;
      const near = RULES[this.rule];
      return got.d.every((number, at) => near(number, want.d[at])) ? null : `Wrong values for ${name}`;
    }

    verdict(forms, networks = this.networks) {
      for (const { arrays, gradients } of networks) {
        const { values, error } = this.run(forms, arrays);
        if (error || !this.outputs.every((name) => agrees(values[name], gradients[name]))) return "mistake";
      }
      return "equivalent";
    }
  }

  Fixture.workshops = new Map();

  const RULES = {
    allclose: (got, want) => got === want || Math.abs(got - want) <= 1e-8 + 1e-5 * Math.abs(want),
    decimal: (got, want) => Math.abs(got - want) < 1.5e-6,
    printed: (got, want) => Math.abs(got - want) <= 1e-8,
  };

  function agrees(got, want) {
    if (!sameShape(got, want) || !got.d.every(Number.isFinite)) return false;
    let [scale, error] = [0, 0];
    want.d.forEach((number, at) => {
      scale = Math.max(scale, Math.abs(number), Math.abs(got.d[at]));
      error = Math.max(error, Math.abs(number - got.d[at]));
    });
    return error <= 1e-7 * scale;
  }

  function comparesSigns(tree) {
    return tree.op === ">" || tree.op === "relu" || Boolean(tree.args && tree.args.some(comparesSigns));
  }

  /* Other unrelated numbers in the same shapes; the same ones every time. */
  function redrawn(scope, seed) {
    let state = seed;
    const next = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return (3 * state) / 2 ** 32 - 1.5;
    };
    const again = Object.entries(scope).map(([name, v]) => [name, name === "m" ? v : value(v.n, v.r, v.c, v.d.map(next))]);
    return Object.fromEntries(again);
  }

  function sameForms(one, other) {
    return one.size === other.size && [...one].every(([slot, tree]) => other.get(slot) === tree);
  }

  const FIXTURES = new Map(DATA.fixtures.map((data, number) => [data.id, new Fixture(data, number)]));
  const NEWEST_FIRST = [...FIXTURES.values()].reverse();

  /* ---- Mutants of one step, as mutate.py makes them; needed for two changes of one step. ---- */

  function withPart(tree, place, part) {
    return node(tree.op, ...tree.args.map((arg, at) => (at === place ? part : arg)));
  }

  const ONE = leaf(1);
  const TWO = leaf(2);
  const M = leaf("m");

  function* rewrites(tree, names) {
    yield* plainChanges(tree);
    yield node("*", tree, TWO);
    yield node("/", tree, TWO);
    for (const name of names) for (const op of ["+", "-", "*"]) yield node(op, tree, leaf(name));
    for (const sum of Object.keys(SUMS)) yield node(sum, tree);
    yield* inside(tree, (part) => atNode(part, names));
  }

  function* plainChanges(tree) {
    yield node("neg", tree);
    yield node("T", tree);
    yield node("**", tree, TWO);
    yield node("-", ONE, tree);
    yield node("*", tree, M);
    yield node("/", tree, M);
  }

  /* What can be done at each node, the rest of the expression left alone. */
  function* inside(tree, changes) {
    yield* changes(tree);
    for (let place = 0; place < tree.args.length; place++) {
      for (const form of inside(tree.args[place], changes)) yield withPart(tree, place, form);
    }
  }

  function* atNode(tree, names) {
    const { op, args } = tree;
    if (tree.name && names.includes(tree.name)) {
      for (const name of names) if (name !== tree.name) yield leaf(name);
      for (const one of ACTIVATIONS) yield node(one, tree);
      yield* plainChanges(tree);
    } else if (tree.value) {
      yield leaf(tree.value.d[0] + 1);
    } else if (args.length === 2 && (BINARY.includes(op) || op === "**" || op === ">")) {
      yield* atPair(op, args[0], args[1]);
    } else if (op === "shape0" || op === "shape1") {
      yield node(op === "shape0" ? "shape1" : "shape0", args[0]);
      // All entries of the array.
      yield node("*", node("shape0", args[0]), node("shape1", args[0]));
      yield ONE;
    } else if (args.length === 1) {
      yield* atCall(op, args[0]);
    }
  }

  function* atCall(op, operand) {
    yield operand;
    for (const family of [ACTIVATIONS, Object.keys(SUMS)]) {
      if (!family.includes(op)) continue;
      for (const other of family) if (other !== op) yield node(other, operand);
      // The parenthesis closed early: f(a + b) becomes f(a) + b.
      if (BINARY.includes(operand.op)) yield node(operand.op, node(op, operand.args[0]), operand.args[1]);
    }
  }

  function* atPair(op, left, right) {
    if (BINARY.includes(op)) {
      for (const other of BINARY) if (other !== op) yield node(other, left, right);
      yield node(op, right, left);
    }
    if (op === "@") {
      // Entry by entry, the shapes fit without the transpose.
      if (left.op === "T") yield node("*", left.args[0], right);
      else if (right.op === "T") yield node("*", left, right.args[0]);
    }
    if (op === "**") {
      yield node("*", left, right);
      yield node("**", right, left);
    }
    yield left;
    yield right;
    // Parentheses moved: a * (b - c) becomes a * b - c, and the other way round.
    if (right.args.length === 2) yield node(right.op, node(op, left, right.args[0]), right.args[1]);
    if (left.args.length === 2) yield node(left.op, left.args[0], node(op, left.args[1], right));
    // The parenthesis closed late: f(a) + b becomes f(a + b).
    if (ACTIVATIONS.includes(left.op) || left.op in SUMS) yield node(left.op, node(op, left.args[0], right));
  }

  /* A product with a derivative, written from the left: dA * A * (1 - A). */
  function times(tree, slope) {
    return slope.op === "*" ? node("*", node("*", tree, slope.args[0]), slope.args[1]) : node("*", tree, slope);
  }

  /* What is mistaken for a derivative: a value, or what is left of it to one. */
  function* instead(array) {
    for (const found of [array, ...ACTIVATIONS.map((one) => node(one, array))]) {
      yield found;
      yield node("-", ONE, found);
    }
  }

  function* slopeForms(fixture, name, tree, names) {
    const slopes = fixture.slopes;
    yield* otherSlopes(tree, slopes);
    const last = fixture.last;
    if (names.includes("Y") && name === `d${last}`) {
      yield node("-", leaf(last), leaf("Y"));
      yield node("-", leaf("Y"), leaf(last));
    }
    for (const slope of fixture.early(name)) yield times(tree, slope);
    if (!name.includes("dZ")) return;
    for (const slope of slopes) yield times(tree, slope);
    for (const upstream of names.filter((one) => one.includes("dA")).map((one) => leaf(one))) {
      yield upstream;
      for (const slope of slopes) yield times(upstream, slope);
      for (const array of fixture.activated) for (const value of instead(leaf(array))) yield node("*", upstream, value);
    }
    if (!names.includes("Y")) return;
    for (const array of fixture.activated) {
      yield node("-", leaf(array), leaf("Y"));
      for (const one of ACTIVATIONS) yield node("-", node(one, leaf(array)), leaf("Y"));
    }
  }

  function* otherSlopes(tree, slopes) {
    if (slopes.includes(tree)) {
      yield* slopes;
      return;
    }
    if (tree.op === "*") {
      const [left, right] = tree.args;
      // A product a * s * (1 - s) reads (a * s) * (1 - s): the derivative is not a node of it.
      if (left.op === "*" && slopes.includes(node("*", left.args[1], right))) {
        for (const slope of slopes) yield times(left.args[0], slope);
      } else if (slopes.includes(right)) {
        for (const slope of slopes) yield times(left, slope);
        return;
      }
    }
    for (let place = 0; place < tree.args.length; place++) {
      for (const form of otherSlopes(tree.args[place], slopes)) yield withPart(tree, place, form);
    }
  }

  function* rewritten(fixture, name, tree, names) {
    const counts = fixture.counts(name);
    const otherCounts = inside(tree, (part) => (part === M ? counts : []));
    for (const forms of [rewrites(tree, names), otherCounts, slopeForms(fixture, name, tree, names)]) {
      for (const form of forms) if (!namesIn(form).includes(name)) yield form;
    }
  }

  /* ---- The workshop of a fixture: values of expressions, next to the right ones. ---- */

  class Workshop {
    constructor(fixture) {
      this.fixture = fixture;
      this.slots = fixture.slots.map((slot) => {
        const isArray = fixture.order.includes(slot.name);
        return Object.create(slot, { tree: { value: fixture.original(slot.name) }, isArray: { value: isArray } });
      });
      this.place = new Map(this.slots.map((slot, place) => [slot.name, place]));
      this.right = this.slots.map((slot) => fixture.reference[slot.name]);
      this.masks = [];
      this.memo = [];
      this.groups = [];
      this.seconds = [];
      this.recent = new Map();
      this.needs = this.slots.map((slot) => this.mask(slot.tree) & ~(1 << this.place.get(slot.name)));
      this.felt = this.feltBy(new Map());
      const read = this.needs.reduce((all, needs) => all | needs, 0);
      this.isRead = (place) => Boolean(read & (1 << place));
      // A step that no other reads stands there for the forms that do.
      const idle = (slot, place) => !slot.isArray && !this.isRead(place) && !(slot.name in fixture.expected);
      this.unread = this.slots.flatMap((slot, place) => (idle(slot, place) ? [place] : []));
    }

    /* Which places an expression reads, one bit each. */
    mask(tree) {
      let mask = this.masks[tree.id];
      if (mask === undefined) {
        mask = tree.name ? 1 << this.place.get(tree.name) : 0;
        for (const part of tree.args) mask |= this.mask(part);
        this.masks[tree.id] = mask;
      }
      return mask;
    }

    /* The value where nothing has changed. */
    usual(tree) {
      if (tree.value) return tree.value;
      if (tree.name) return this.right[this.place.get(tree.name)];
      let found = this.memo[tree.id];
      if (found === undefined) {
        const args = tree.args;
        const first = this.usual(args[0]);
        const second = first && args.length > 1 ? this.usual(args[1]) : null;
        found = !first || (args.length > 1 && !second) ? null : OPERATIONS[tree.op](first, second);
        this.memo[tree.id] = found;
      }
      return found;
    }

    /* Where numpy stops in an expression without a value. */
    stop(tree) {
      const inner = tree.args.find((part) => !this.usual(part));
      return inner ? this.stop(inner) : { op: tree.op, values: tree.args.map((part) => this.usual(part)) };
    }

    evaluate(tree, scope, changed) {
      if (!(this.mask(tree) & changed)) return this.usual(tree);
      if (tree.name) return scope[this.place.get(tree.name)];
      const args = tree.args;
      const first = this.evaluate(args[0], scope, changed);
      if (!first) return null;
      if (args.length === 1) return OPERATIONS[tree.op](first);
      const second = this.evaluate(args[1], scope, changed);
      return second && OPERATIONS[tree.op](first, second);
    }

    singles(place) {
      if (!this.groups[place]) {
        const slot = this.slots[place];
        const forms = slot.forms.filter((tree) => this.usual(tree));
        this.groups[place] = forms.map((tree) => new Mutant(this, new Map([[slot.name, tree]])));
      }
      return this.groups[place];
    }

    /* Every change of several slots. */
    get together() {
      if (!this.several) this.several = this.fixture.together.map((change) => new Mutant(this, change));
      return this.several;
    }

    /* The mutants of one change that print a pattern at a place, whatever they do elsewhere. */
    hits(place, pattern, loose) {
      const key = `${place} ${loose} ${pattern.key}`;
      if (this.recent.has(key)) return this.recent.get(key);
      const found = [];
      const right = pattern.matches(this.right[place], loose);
      const look = (mutant) => {
        const value = mutant.at(place);
        if (value && (value === this.right[place] ? right : pattern.matches(value, loose))) found.push(mutant);
      };
      // A change that the place does not feel leaves the right value there.
      for (let at = 0; at < this.slots.length; at++) {
        if (right || this.felt[place] & (1 << at)) this.singles(at).forEach(look);
      }
      this.together.forEach(look);
      if (this.recent.size > 500) this.recent.clear();
      this.recent.set(key, found);
      return found;
    }

    /* For each place, the places of which a change can have an effect there, one bit each. */
    feltBy(forms) {
      const found = [];
      this.slots.forEach(({ name }, place) => {
        // What a step reads of a later one is the right value, as in the package.
        const needs = forms.has(name) ? this.mask(forms.get(name)) : this.needs[place];
        let felt = 1 << place;
        for (let at = 0; at < place; at++) if (needs & (1 << at)) felt |= found[at];
        found.push(felt);
      });
      return found;
    }

    /* What two changes of one step lead to. */
    twice(place) {
      if (this.seconds[place]) return this.seconds[place];
      const { fixture } = this;
      const slot = this.slots[place];
      const twice = new Set();
      if (!slot.isArray) {
        const before = this.slots.slice(0, place).map((one) => one.name);
        const names = before.filter((name) => name !== "m");
        for (const form of [...slot.forms, ...slot.stuck]) {
          for (const tree of rewritten(fixture, slot.name, form, names)) twice.add(tree);
        }
        for (const tree of [slot.tree, ...slot.forms]) twice.delete(tree);
      }
      this.seconds[place] = [...twice];
      return this.seconds[place];
    }

    reshaped(place, found) {
      const right = this.right[place];
      return this.slots[place].name !== "m" && !sameShape(found, right);
    }
  }

  /* A program with some slots changed, and its values, computed no further than asked. */
  class Mutant {
    constructor(workshop, forms) {
      this.workshop = workshop;
      this.forms = forms;
      this.byPlace = [];
      for (const [name, tree] of forms) this.byPlace[workshop.place.get(name)] = tree;
      this.place = this.byPlace.findIndex(Boolean);
      this.values = [];
    }

    at(place) {
      if (place < this.place) return this.workshop.right[place];
      if (this.values[place] === undefined) this.values[place] = this.compute(place);
      return this.values[place];
    }

    compute(place) {
      const { workshop } = this;
      const form = this.byPlace[place];
      const tree = form || workshop.slots[place].tree;
      // What a step reads of a later one is the right value, as in the package.
      const needs = workshop.mask(tree) & ((1 << place) - 1);
      let changed = 0;
      for (let at = this.place; at < place; at++) {
        if (!(needs & (1 << at))) continue;
        const found = this.at(at);
        if (!found) return null;
        if (found !== workshop.right[at]) changed |= 1 << at;
      }
      if (changed) return workshop.evaluate(tree, this.values, changed);
      return form ? workshop.usual(tree) : workshop.right[place];
    }
  }

  /* ---- Search; see search.py. Every mutant whose steps print what was seen. ---- */

  class Search {
    constructor(fixture, seen, loose) {
      this.workshop = fixture.mutants;
      this.fixture = fixture;
      this.loose = loose;
      this.seen = [];
      for (const [name, pattern] of seen) this.seen[this.workshop.place.get(name)] = pattern;
      const places = [...seen.keys()].map((name) => this.workshop.place.get(name));
      this.last = Math.max(...places);
      this.right = new Set(places.filter((place) => this.seen[place].matches(this.workshop.right[place], loose)));
      const wrong = places.filter((place) => !this.right.has(place));
      this.firstWrong = wrong.length ? Math.min(...wrong) : this.last;
      this.sources = places;
      this.needed = this.closure();
      this.found = [];
    }

    /* The slots that can have an effect on what was seen, in a program with changed forms. */
    closure(forms = new Map()) {
      const { workshop } = this;
      let found = 0;
      const waiting = [...this.sources];
      while (waiting.length) {
        const place = waiting.pop();
        if (found & (1 << place)) continue;
        found |= 1 << place;
        const form = forms.get(workshop.slots[place].name);
        const needs = form ? workshop.mask(form) : workshop.needs[place];
        for (let at = 0; at < this.workshop.slots.length; at++) if (needs & (1 << at)) waiting.push(at);
      }
      return found;
    }

    accepts(place, found) {
      const pattern = this.seen[place];
      return !pattern || pattern.matches(found, this.loose);
    }

    /* Whether a shape that was seen can come of one change at all. */
    reachable(name) {
      const pattern = this.seen[this.workshop.place.get(name)];
      return this.loose || !pattern.shape || this.fixture.shapes[name].includes(pattern.shapeKey);
    }

    /* Carry a program on from a place; false where numpy stops or a print contradicts it. */
    carry(scope, changed, from, base) {
      const { workshop } = this;
      for (let place = from; place <= this.last; place++) {
        const slot = workshop.slots[place];
        const form = base && base.get(slot.name);
        if (!form && !(workshop.mask(slot.tree) & changed)) {
          if (this.seen[place] && !this.right.has(place)) return false;
          continue;
        }
        const found = workshop.evaluate(form || slot.tree, scope, changed);
        if (!found || !this.accepts(place, found)) return false;
        scope[place] = found;
        changed |= 1 << place;
      }
      return true;
    }

    prints(forms) {
      return this.carry(this.workshop.right.slice(), 0, 0, forms);
    }

    keep(spent, forms) {
      if (this.prints(forms)) this.found.push([spent, forms]);
    }

    /* Changes of several slots that can be felt in what was seen, each effect once. */
    felt() {
      const { workshop } = this;
      const tried = new Set();
      return (mutant) => {
        const needed = this.closure(mutant.forms);
        const felt = [...mutant.forms].filter(([name]) => needed & (1 << workshop.place.get(name)));
        const alone = felt.length === 1 && workshop.slots[workshop.place.get(felt[0][0])].forms.includes(felt[0][1]);
        const key = felt.map(([name, tree]) => `${name} ${tree.id}`).join();
        if (!felt.length || alone || tried.has(key)) return false;
        tried.add(key);
        return true;
      };
    }

    none() {
      if (this.right.size === this.seen.filter(Boolean).length) this.keep(0, new Map());
    }

    one() {
      const { workshop } = this;
      const places = Object.keys(this.seen).map(Number);
      const hits = places.map((place) => workshop.hits(place, this.seen[place], this.loose));
      const fewest = hits.reduce((one, other) => (other.length < one.length ? other : one));
      const prints = (mutant) => places.every((place) => {
        const found = mutant.at(place);
        return found && this.accepts(place, found);
      });
      const felt = this.felt();
      for (const mutant of fewest.filter(prints)) {
        const single = mutant.forms.size === 1;
        if (single ? this.needed & (1 << mutant.place) : felt(mutant)) this.keep(1, mutant.forms);
      }
    }

    /* Two changes, with a pause after each small part of the work. */
    * two() {
      const { workshop } = this;
      this.sources = [...this.sources, ...workshop.unread.filter((place) => place <= this.last)];
      this.needed = this.closure();
      for (let place = 0; place <= this.firstWrong; place++) {
        if (!(this.needed & (1 << place))) continue;
        for (const mutant of workshop.singles(place)) {
          this.besides(mutant, this.needed, workshop.felt, place + 1);
          yield;
        }
        yield* this.sameStep(place);
      }
      const several = workshop.together.filter(this.felt());
      for (const mutant of several) {
        this.besides(mutant, this.closure(mutant.forms), workshop.feltBy(mutant.forms), 0);
        yield;
      }
      yield* this.pairs(several.map(({ forms }) => forms));
    }

    /* Two changes of several slots at once, where no other step reads what they change. */
    * pairs(several) {
      const { workshop } = this;
      const possible = ([name, tree]) => {
        const place = workshop.place.get(name);
        const found = workshop.isRead(place) ? null : workshop.usual(tree);
        return Boolean(found) && this.accepts(place, found);
      };
      const ends = several.filter((forms) => [...forms].every(possible));
      for (let one = 0; one < ends.length; one++) {
        for (const other of ends.slice(one + 1)) {
          if (![...other.keys()].some((name) => ends[one].has(name))) this.keep(2, new Map([...ends[one], ...other]));
        }
        yield;
      }
    }

    * sameStep(place) {
      const { workshop } = this;
      const { name } = workshop.slots[place];
      // Spellings of equal value print alike, so that one of them is carried on for all.
      const groups = new Map();
      let tried = 0;
      for (const tree of workshop.twice(place)) {
        if (++tried % 500 === 0) yield;
        const found = workshop.usual(tree);
        if (!found || !this.accepts(place, found)) continue;
        const key = fingerprint(found);
        if (groups.has(key)) groups.get(key).push(tree);
        else groups.set(key, [tree]);
      }
      for (const trees of groups.values()) {
        if (++tried % 50 === 0) yield;
        if (!this.prints(new Map([[name, trees[0]]]))) continue;
        for (const tree of trees) this.keep(2, new Map([[name, tree]]));
      }
    }

    /* One more change, at some of the places from one on. */
    besides(mutant, needed, feltBy, from) {
      const { workshop } = this;
      // It has to set right all that the mutant prints wrong.
      let hopeful = needed;
      for (let place = 0; place <= this.last && hopeful >> from; place++) {
        const found = mutant.at(place);
        if (!found || !this.accepts(place, found)) hopeful &= feltBy[place];
        if (!found) break;
      }
      const scope = workshop.right.slice();
      let changed = 0;
      for (let place = 0; hopeful >> Math.max(place, from); place++) {
        if (place >= from && hopeful & (1 << place) && !mutant.byPlace[place]) {
          this.tryForms(mutant, place, scope, changed);
        }
        const found = mutant.at(place);
        if (!found) return;
        if (found === workshop.right[place]) continue;
        scope[place] = found;
        changed |= 1 << place;
      }
    }

    tryForms({ forms }, place, scope, changed) {
      const { workshop } = this;
      const slot = workshop.slots[place];
      const scratch = scope.slice();
      for (const tree of this.formsAt(slot, scope, changed)) {
        const found = workshop.evaluate(tree, scope, changed);
        if (!found || !this.accepts(place, found)) continue;
        scratch[place] = found;
        if (this.carry(scratch, changed | (1 << place), place + 1, forms)) {
          this.keep(2, new Map([...forms, [slot.name, tree]]));
        }
      }
    }

    /* While no shape has changed above, the forms that numpy refuses stay refused. */
    formsAt(slot, scope, changed) {
      for (let at = 0; slot.stuck.length && at < scope.length; at++) {
        if (changed & (1 << at) && this.workshop.reshaped(at, scope[at])) return [...slot.forms, ...slot.stuck];
      }
      return slot.forms;
    }
  }

  /* All programs with exactly `changes` changes; with "any", those with none or one. */
  function explanations(fixture, seen, changes, loose) {
    const search = new Search(fixture, seen, loose);
    if (changes === 0 || changes === "any") search.none();
    if (changes !== 0 && [...seen.keys()].every((name) => search.reachable(name))) search.one();
    return search.found;
  }

  /* ---- Candidates and answers; see diagnose.py. ---- */

  const MISTAKES = Object.keys(DATA.mistakes);

  function mistake(id) {
    const [name, hint, page, found] = DATA.mistakes[id];
    return { id, name, hint, page, found };
  }

  class Candidate {
    constructor(fixture, forms, changes, printedAs = new Map()) {
      Object.assign(this, { fixture, forms, changes, printedAs });
      // An idea that touches several steps can leave one of them as it was.
      lazy(this, "different", () => [...forms].filter(([step, tree]) => tree !== fixture.original(step)));
      lazy(this, "changed", () => this.different.map(([step, tree]) => ({ step, was: write(fixture.original(step)), now: write(tree) })));
      lazy(this, "shown", () => statements(this.different));
      // What a step was is a solution of it: readers see it in the notation of the handout.
      lazy(this, "expects", () => this.different.map(([step]) => expects(step, fixture.original(step))));
      lazy(this, "values", () => fixture.run(forms, fixture.arrays).values);
      lazy(this, "verdict", () => fixture.verdict(forms));
      lazy(this, "rightHere", () => !printedAs.size && fixture.verdict(forms, fixture.own) === "equivalent");
      lazy(this, "named", () => fixture.namesOf(forms).map(mistake));
      lazy(this, "outcome", () => fixture.outcome(forms));
      lazy(this, "rank", () => this.findRank());
      lazy(this, "outputsKey", () => Object.keys(fixture.expected).map((name) => (this.values[name] ? fingerprint(this.values[name]) : "none")).join());
    }

    get name() {
      if (this.printedAs.size && !this.forms.size) return "the right numbers under another name";
      return this.named.map((one) => one.name).join(" and ");
    }

    get hint() {
      return this.named.map((one) => one.hint).join(" ");
    }

    get page() {
      if (this.named.length) return this.named[0].page;
      const steps = [...this.forms.keys()].filter((step) => /^(?:d|m|sigmoid_|relu_)/.test(step));
      if (!steps.length) return "notation";
      const computes = steps[0] === "m" ? "m" : this.fixture.roles[steps[0]] || "dA";
      return DATA.explains[computes] || DATA.explains[""];
    }

    findRank() {
      const text = this.changed.map(({ step, now }) => `${step} ${now}`).join(" ");
      const order = this.named.map((one) => frequency(one, this.fixture.function));
      // What a step computes says more to a learner than what an array was taken for.
      const misread = [...this.forms.keys()].some((name) => name in this.fixture.arrays);
      return [this.changes, Number(!this.named.length), this.forms.size, order, Number(misread), text.length, text];
    }

    matches(seen) {
      const found = {};
      for (const [step, pattern] of seen) {
        const printed = this.values[step];
        found[step] = Boolean(printed) && (pattern.matches(printed) || pattern.matches(printed, true));
      }
      return found;
    }
  }

  function frequency(one, tested) {
    return [-(one.found[tested] || 0), MISTAKES.indexOf(one.id)];
  }

  /* Compare keys as Python compares tuples. */
  function compared(one, other) {
    if (!Array.isArray(one)) return one < other ? -1 : one > other ? 1 : 0;
    for (let at = 0; at < Math.min(one.length, other.length); at++) {
      const order = compared(one[at], other[at]);
      if (order) return order;
    }
    return one.length - other.length;
  }

  const byRank = (one, other) => compared(one.rank, other.rank);

  function least(items, key) {
    return items.reduce((best, item) => (compared(key(item), key(best)) < 0 ? item : best));
  }

  /* Keep one spelling of each formula, the shortest. */
  function distinct(candidates) {
    const kept = new Map();
    for (const candidate of candidates) {
      const forms = [...candidate.forms].sort(([one], [other]) => compared(one, other));
      const key = forms.map(([name, tree]) => `${name} ${candidate.fixture.formula(tree)}`).join();
      if (!kept.has(key) || byRank(candidate, kept.get(key)) < 0) kept.set(key, candidate);
    }
    return [...kept.values()];
  }

  function answer(verdict, fixture, candidates, remarks, seen) {
    return { verdict, fixture, candidates, remarks, seen };
  }

  /* ---- Which arrays of a paste are which steps. ---- */

  function isValue(seen, fixture) {
    // Zeros say nothing.
    return Object.values(fixture.arrays).some((one) => one.d.some(Boolean) && seen.matches(one));
  }

  /* Without arrays that have no name and repeat the numbers of one that has. */
  function once(arrays) {
    const numbers = (seen) => seen.cells.map((cell) => cell.value).join();
    const named = new Set(arrays.filter((seen) => seen.name).map(numbers));
    return arrays.filter((seen) => seen.name || !named.has(numbers(seen)));
  }

  function isInput(seen, fixture) {
    if (seen.name && !/(^|_)d[AWZb]/.test(seen.name)) return true;
    return seen.name === null && isValue(seen, fixture);
  }

  /* Leave out the expected numbers where a text quotes them beside the learner's own. */
  function unquoted(arrays, fixture) {
    // Quoted by hand, a row often has one bracket.
    const prints = (seen, v) => seen.matches(v) || (seen.dimensions === 1 && seen.matches(v, true));
    const right = arrays.filter((seen) => fixture.steps.some((step) => prints(seen, fixture.reference[step.name])));
    if (right.length === arrays.length) return arrays;
    // Without a name the shape tells which arrays are the same output, printed and expected.
    const inContext = (seen) => fixture.steps.some((step) => step.name === `${seen.context}_${seen.name}`);
    const alias = fixture.also[0] || {};
    const keyOf = (seen) => (seen.name ? `${inContext(seen) ? seen.context : ""} ${alias[seen.name] || seen.name}` : `${seen.shape && seen.shapeKey}`);
    const times = (key) => arrays.filter((seen) => keyOf(seen) === key).length;
    return arrays.filter((seen) => times(keyOf(seen)) === 1 || !right.includes(seen));
  }

  function byName(named, steps, names, later) {
    const taken = new Map();
    for (const seen of named) {
      const options = [`${seen.context}_${seen.name}`, names[seen.name] || seen.name];
      // A second array of the same name is the next function's, where a test runs several.
      if (Object.keys(names).length) options.push(...later.filter((other) => other[seen.name]).map((other) => other[seen.name]));
      const step = options.find((one) => steps.includes(one) && !taken.has(one));
      if (step) taken.set(step, seen);
      else if (!options.some((one) => steps.includes(one))) return null;
    }
    return taken;
  }

  function byShape(free, steps, fixture) {
    if (!free.length) return [[]];
    if (free.length > steps.length) return [];
    const options = free.map((seen) => {
      const fitting = steps.filter((step) => seen.fits(fixture.reference[step]));
      return fitting.length ? fitting : steps;
    });
    const found = [];
    const choose = (taken) => {
      if (taken.length === free.length) found.push(taken.map((step, at) => [step, free[at]]));
      else for (const step of options[taken.length]) if (found.length < 30 && !taken.includes(step)) choose([...taken, step]);
    };
    choose([]);
    return found;
  }

  function readings(paste, fixture, named = true) {
    const steps = fixture.steps.map((step) => step.name).filter((name) => name !== "m");
    const computed = paste.arrays.filter((seen) => !isInput(seen, fixture));
    const own = unquoted(once(computed), fixture);
    if (!own.length) return [];
    const given = paste.arrays.filter((seen) => !computed.includes(seen));
    const recognised = computed.length - own.length + given.filter((seen) => isValue(seen, fixture)).length;
    const labelled = named ? own.filter((seen) => seen.name) : [];
    const free = own.filter((seen) => !labelled.includes(seen));
    const maps = [{}, ...fixture.also];
    const found = [];
    maps.forEach((names, number) => {
      if (number && !labelled.some((seen) => seen.name in names)) return;
      const taken = byName(labelled, steps, names, maps.slice(number + 1));
      if (!taken) return;
      for (const filled of byShape(free, steps.filter((step) => !taken.has(step)), fixture)) {
        const moved = filled.filter(([step, seen]) => seen.name && seen.name !== step);
        found.push({
          fixture,
          seen: new Map([...taken, ...filled]),
          printedAs: new Map(moved.map(([step, seen]) => [step, seen.name])),
          recognised,
          renamed: number > 1 ? [...taken].map(([step, seen]) => [step, seen.name]) : [],
        });
      }
    });
    return found;
  }

  function bestNamed(all) {
    const used = (reading) => reading.seen.size + reading.recognised;
    const most = Math.max(...all.map(used));
    return all.filter((reading) => used(reading) === most);
  }

  /* Take each array for the output it equals, if all do and some under another name. */
  function elsewhere(reading) {
    const { reference, expected } = reading.fixture;
    const taken = new Map();
    for (const [step, seen] of reading.seen) {
      const places = [step, ...Object.keys(expected), ...Object.keys(reference)];
      const found = places.find((name) => !taken.has(name) && seen.matches(reference[name]));
      if (!found) return null;
      taken.set(found, seen);
    }
    const printedAs = new Map([...taken].filter(([step, seen]) => seen.name && seen.name !== step).map(([step, seen]) => [step, seen.name]));
    return printedAs.size ? { ...reading, seen: taken, printedAs, recognised: 0, renamed: [] } : null;
  }

  function fitting(reading) {
    const { reference } = reading.fixture;
    return [...reading.seen].filter(([step, seen]) => seen.fits(reference[step])).length;
  }

  function isPartial(reading) {
    return [...reading.seen.values()].some((seen) => !seen.shape || seen.uneven);
  }

  function* olderNames(reading) {
    const said = reading.renamed
      .filter(([step, name]) => step !== name && !step.endsWith(name))
      .map(([step, name]) => `${name} is what the test today calls ${step}`);
    if (said.length) yield `Read with the names of an older notebook: ${said.join(", and ")}. The test of today accepts its own names only.`;
  }

  /* ---- The plan of the search. It pauses before two changes, so that the page can say so. ---- */

  function* explain(paste, wanted, changes) {
    let all = wanted.flatMap((fixture) => readings(paste, fixture));
    all = all.length ? bestNamed(all) : [];
    if (!all.length) all = wanted.flatMap((fixture) => readings(paste, fixture, false));
    if (!all.length) return null;
    const moved = all.map(elsewhere).filter(Boolean);
    const plan = [[0, false, all], [1, false, all], [0, false, moved], [0, true, all], [1, true, all]];
    if (changes === 2) plan.push(...deepPlan(all));
    for (const [most, loose, tried] of plan) {
      if (most > changes) continue;
      const found = new Map();
      for (const reading of tried) {
        // Two changes take long, so the first place that explains the numbers is kept.
        if (found.size && most === 2) break;
        const before = found.get(reading.fixture);
        yield;
        const one = most === 2 ? yield* foundTwice(reading, loose) : foundAt(reading, most, loose);
        if (one && (!before || byRank(one.candidates[0], before.candidates[0]) < 0)) found.set(reading.fixture, { ...one, remarks: [...olderNames(reading), ...one.remarks] });
      }
      if (found.size) return chosen([...found.values()], paste);
    }
    const best = all.reduce((one, other) => (compared(agreement(other), agreement(one)) > 0 ? other : one));
    return answer("unexplained", best.fixture, [], [...remains(best)], best.seen);
  }

  function outputsOf(reading) {
    return [...reading.seen.keys()].filter((step) => step in reading.fixture.expected).length;
  }

  /* Of the readings that fit best, those with the most outputs on each test: others would take too long. */
  function deepPlan(all) {
    const most = Math.max(...all.map(fitting));
    const close = all.filter((one) => fitting(one) === most);
    const outputs = new Map();
    for (const one of close) outputs.set(one.fixture, Math.max(outputsOf(one), outputs.get(one.fixture) || 0));
    const near = new Map();
    for (const reading of close.filter((one) => outputsOf(one) === outputs.get(one.fixture))) {
      const seen = [...reading.seen].map(([step, pattern]) => `${step} ${pattern.key}`).join();
      // The first place of a key, and the last reading that has it.
      near.set(`${reading.fixture.twin} ${seen}`, reading);
    }
    const kept = [...near.values()];
    return [[2, false, kept], [2, true, kept.filter(isPartial)]];
  }

  function* foundTwice(reading, loose) {
    const { fixture, seen } = reading;
    const partial = isPartial(reading);
    if (!reading.doubles) {
      // What prints strictly prints loosely too, so one long search does for both.
      const search = new Search(fixture, seen, partial);
      yield "deep";
      yield* search.two();
      reading.doubles = search.found;
    }
    const strict = new Search(fixture, seen, false);
    const found = loose || !partial ? reading.doubles : reading.doubles.filter(([, forms]) => strict.prints(forms));
    return fromFound(reading, found, 2);
  }

  function foundAt(reading, most, loose) {
    const found = explanations(reading.fixture, reading.seen, most, loose);
    if (!found.length) return null;
    return most === 0 && !reading.printedAs.size ? expected(reading, loose) : fromFound(reading, found, most);
  }

  function fromFound(reading, found, most) {
    if (!found.length) return null;
    const { fixture, seen, printedAs } = reading;
    const spent = Number(printedAs.size > 0);
    const candidates = found.map(([, forms]) => new Candidate(fixture, forms, most + spent, printedAs));
    return answer("explained", fixture, distinct(candidates).sort(byRank), [], seen);
  }

  /* Right numbers: what else prints them, and what rejects that. */
  function expected(reading, loose) {
    const { fixture, seen } = reading;
    const all = explanations(fixture, seen, "any", loose).map(([changes, forms]) => new Candidate(fixture, forms, changes));
    const others = distinct(all).filter((one) => one.named.length && one.outcome.word === "passes").sort(byRank);
    const candidates = [new Candidate(fixture, new Map(), 0), ...others];
    return answer("expected", fixture, candidates, [...hidden(fixture, others)], seen);
  }

  function* hidden(fixture, candidates) {
    const newest = NEWEST_FIRST.find((other) => other.function === fixture.function);
    const same = (one, at) => newest.steps[at] && newest.steps[at].tree === one.tree && newest.steps[at].name === one.name;
    if (newest === fixture || newest.steps.length !== fixture.steps.length || !fixture.steps.every(same)) return;
    const rejected = candidates
      .map((candidate) => [candidate, newest.outcome(candidate.forms)])
      .filter(([candidate, outcome]) => outcome.word !== "passes" && candidate.verdict === "equivalent");
    if (!rejected.length) return;
    const [[first, outcome]] = rejected;
    const { step, now } = first.changed[0];
    const others = rejected.length - 1;
    const more = others > 1 ? ` So do ${others} other equivalent forms.` : "";
    yield `If public_tests.py rejects your function all the same: ${step} = ${now} prints these numbers too and is equivalent, but the cache of ${newest.title} does not come from a forward pass, and there it ${outcomeText(outcome)}.${more} Read ${first.page}.`;
  }

  function outcomeText({ word, failures, error }) {
    const details = error || failures.join(", ");
    return details ? `${word}: ${details}` : word;
  }

  function chosen(found, paste) {
    const otherTest = (one) => Number(Boolean(paste.function) && one.fixture.function !== paste.function);
    const translated = (one) => [...one.seen].filter(([step, seen]) => seen.name && seen.name !== step).length;
    const best = least(found, (one) => [otherTest(one), one.candidates[0].rank.slice(0, 3), translated(one), Number(!one.fixture.printed)]);
    const said = (one) => JSON.stringify(one.candidates[0].changed);
    const same = found.filter((one) => one !== best && said(one) === said(best)).map((one) => one.fixture.title);
    const remarks = [...best.remarks];
    if (best.verdict === "explained") remarks.push(...misplaced(best));
    if (same.length) remarks.push(`The numbers are also those of: ${same.join("; ")}.`);
    if (best.verdict === "explained" && groupsOf(best.candidates).length > 1) {
      const left = Object.keys(best.fixture.expected).filter((name) => !best.seen.has(name));
      if (left.length) remarks.push(`Paste ${left.slice(0, 2).join(" and ")} too, and fewer programs may remain.`);
    }
    return { ...best, remarks };
  }

  /* Which of the arrays are right, but are those of another output. */
  function* misplaced({ fixture, seen }) {
    for (const [step, pattern] of seen) {
      for (const name of Object.keys(fixture.expected)) {
        if (name === step || pattern.name !== step || !pattern.matches(fixture.reference[name])) continue;
        yield `The numbers called ${step} are the right ${name}: is it stored under its key?`;
      }
    }
  }

  /* The candidates, those together that no output of the fixture tells apart. */
  function groupsOf(candidates) {
    const groups = new Map();
    for (const candidate of candidates) {
      if (!groups.has(candidate.outputsKey)) groups.set(candidate.outputsKey, []);
      groups.get(candidate.outputsKey).push(candidate);
    }
    return [...groups.values()];
  }

  /* ---- What can be said of numbers that none of the programs tried prints. ---- */

  function agreement(reading) {
    const { reference } = reading.fixture;
    const all = [...reading.seen];
    return [
      all.filter(([step, seen]) => seen.matches(reference[step])).length,
      all.filter(([step, seen]) => seen.shape && seen.shapeKey === shapeKey(reference[step])).length,
    ];
  }

  function* remains(reading) {
    const { fixture, seen } = reading;
    const steps = [...seen.keys()];
    const right = steps.filter((step) => seen.get(step).matches(fixture.reference[step]));
    const wrong = steps.filter((step) => !right.includes(step));
    const are = (list) => (list.length === 1 ? "is" : "are");
    if (right.length) {
      yield `${right.join(", ")} ${are(right)} as expected and ${wrong.join(", ")} ${are(wrong)} not: look at the steps up to ${wrong[0]}.`;
    }
    for (const step of wrong) yield* likeness(step, seen.get(step), fixture);
    for (const step of steps.length > 1 ? wrong : []) {
      const alone = explanations(fixture, new Map([[step, seen.get(step)]]), "any", false)
        .map(([changes, forms]) => new Candidate(fixture, forms, changes));
      if (!alone.length) continue;
      const best = least(alone, (one) => one.rank);
      yield `Taken alone, ${step} is explained by ${best.shown.join("; ")}.`;
    }
  }

  function* likeness(step, seen, fixture) {
    if (!seen.shape) return;
    const want = fixture.reference[step];
    const got = seen.cells.map((cell) => cell.value);
    const turned = transpose(want);
    if (seen.shapeKey === shapeKey(want)) {
      if (got.length > 1) yield* likeSizes(step, got, want.d);
    } else {
      if (seen.shapeKey === shapeKey(turned)) {
        if (seen.matches(turned)) yield `${step} is the expected one, transposed.`;
      } else yield `${step} has shape ${tuple(seen.shape)}, and ${tuple(shapeOf(want))} is expected.`;
    }
    for (const [name, one] of Object.entries(fixture.reference)) {
      if (name !== step && one.d.length > 1 && seen.matches(one)) {
        yield `The numbers called ${step} are ${name} of the test.`;
        return;
      }
    }
    for (const other of FIXTURES.values()) {
      for (const [name, one] of Object.entries(other.reference)) {
        if (one.d.length > 1 && seen.matches(one) && one !== fixture.reference[name]) {
          yield `The numbers called ${step} are ${name} of ${other.title}.`;
          return;
        }
      }
    }
  }

  function* likeSizes(step, got, want) {
    const ratios = got.map((number, at) => number / want[at]).filter((_, at) => Math.abs(want[at]) > 1e-6);
    const range = Math.max(...ratios) - Math.min(...ratios);
    const steady = ratios.length > 1 && ratios.every(Number.isFinite) && range <= 1e-4 * Math.abs(ratios[0]);
    if (steady && Math.abs(ratios[0] - 1) > 1e-4) {
      yield `${step} is ${general(ratios[0])} times the expected one, entry by entry.`;
    } else if (got.every((number, at) => Math.abs(Math.abs(number) - Math.abs(want[at])) <= 1e-7 + 1e-5 * Math.abs(want[at]))) {
      yield `${step} has the expected sizes, and some signs are turned round.`;
    }
  }

  /* Six significant digits, as Python's "g" writes them. */
  function general(number) {
    const [mantissa, exponent] = number.toExponential(5).split("e");
    if (Number(exponent) >= -4 && Number(exponent) < 6) return String(Number(number.toPrecision(6)));
    const sign = exponent[0];
    return `${Number(mantissa)}e${sign}${exponent.slice(1).padStart(2, "0")}`;
  }

  /* ---- A text without numbers: what the test or numpy said. ---- */

  const MOST_CAUSES = 4;

  function withoutNumbers(paste, wanted) {
    const causes = toldCauses(knownCauses(paste.error, paste.frame));
    if (causes.length) return answer("unexplained", null, [], causes, new Map());
    let tested = wanted.filter((fixture) => fixture.function === paste.function);
    if (!tested.length) tested = wanted;
    if (paste.failing.some(([kind]) => kind === "values")) {
      // Only the tests that use np.allclose speak of wrong values.
      const speaking = tested.filter((fixture) => fixture.rule === "allclose");
      tested = speaking.length ? speaking : tested;
    }
    const clash = clashOf(paste.error);
    const all = new Map(tested.map((fixture) => [fixture, clash ? inLine(clashing(fixture, clash), paste.frame).sort(byRank) : failingForms(fixture, paste.failing)]));
    const found = tested.filter((fixture) => all.get(fixture).length);
    if (!found.length) {
      const remark = paste.arrays.length
        ? "No test known here has these names or shapes; paste what one function printed."
        : "Nothing here says which numbers came out; paste what your function printed.";
      const seen = new Map(paste.arrays.map((array, place) => [array.name || `array ${place + 1}`, array]));
      return answer("unexplained", paste.function ? tested[0] : null, [], [remark], seen);
    }
    const best = clash ? least(found, (fixture) => all.get(fixture)[0].rank.slice(0, 2)) : found[0];
    const said = clash
      ? "numpy stop at these shapes, the simplest first."
      : "the test say this, the most frequent first; paste the printed numbers, and fewer may remain.";
    const remark = `In ${best.title} these changes make ${said}`;
    const turned = clash && !clash.matrix && String(clash.shapes[0]) === String([...clash.shapes[1]].reverse());
    return answer("unexplained", best, all.get(best), turned ? [remark, TURNED] : [remark], new Map());
  }

  const TURNED = "One of the two shapes is the other one turned round, so an array is transposed: your own, "
    + "or one that the test hands over. Print the shape of each factor. Read operands-9-7.";

  /* Leaves out the changes that read a Z where the line that stopped has none, if any are left. */
  function inLine(candidates, frame) {
    if (!frame.statement || /\bZ\d*\b|cache/.test(frame.statement)) return candidates;
    const without = candidates.filter(({ forms }) => ![...forms.values()].some((tree) => namesIn(tree).some((name) => name[0] === "Z")));
    return without.length ? without : candidates;
  }

  /* The likely causes of an exception that is not about shapes: of the programs that stopped so,
     those are counted that stopped at this place, if there are any. */
  function knownCauses(error, frame) {
    for (const [pattern, says, seen] of DATA.exceptions) {
      const match = new RegExp(pattern).exec(error);
      if (!match) continue;
      const caught = match.slice(1).filter(Boolean).join(" ");
      let entries = Object.entries(seen).flatMap(([id, ones]) => ones.map((one) => [id, one]));
      // What a statement does tells more than the function it stands in.
      for (const [place, value] of [[0, caught], [2, statementKind(frame.statement)], [1, frame.function]]) {
        const narrower = entries.filter(([, one]) => one[place] === value);
        if (narrower.length) entries = narrower;
      }
      const counts = new Map();
      for (const [id, one] of entries) counts.set(id, (counts.get(id) || 0) + one[3]);
      const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
      const sorted = [...counts].sort(([, one], [, other]) => other - one);
      return sorted.map(([id, count]) => `${says[id].slice(0, -1)} (in ${count} of ${all} programs with one mistake that stopped so).`);
    }
    return [];
  }

  function toldCauses(causes) {
    const rest = causes.length - MOST_CAUSES;
    return rest > 0 ? [...causes.slice(0, MOST_CAUSES), `${rest} rarer cause${rest > 1 ? "s" : ""} besides.`] : causes;
  }

  function failingForms(fixture, failing) {
    const { outputs } = fixture;
    // A test of several returned values numbers them.
    const saidOf = failing.map(([kind, name]) => [kind, /^\d+$/.test(name) && Number(name) < outputs.length ? outputs[Number(name)] : name]);
    const named = saidOf.map(([, name]) => name);
    if (!named.length || !named.every((name) => outputs.includes(name))) return [];
    const shapes = saidOf.filter(([kind]) => kind === "shape").map(([, name]) => name);
    const lastWord = (text) => text.split(" ").pop();
    const found = new Map();
    for (const [id, candidate] of [...fixture.suspects, ...fixture.everywhere]) {
      const { failures } = candidate.outcome;
      const said = failures.map(lastWord).slice(0, fixture.rule === "allclose" ? 1 : failures.length);
      const misshapen = failures.filter((failure) => failure.includes("shape")).map(lastWord);
      const same = said.length && said.every((name) => named.includes(name)) && named.every((name) => said.includes(name));
      if (!same || !shapes.every((name) => misshapen.includes(name))) continue;
      // For a list of likely causes one place of each form will do: where it does least.
      if (!found.has(id) || failures.length < found.get(id).outcome.failures.length) found.set(id, candidate);
    }
    const often = ([id]) => frequency(mistake(id), fixture.function);
    return [...found].sort((one, other) => compared(often(one), often(other))).map(([, candidate]) => candidate);
  }

  function clashOf(error) {
    const shapes = [...error.matchAll(/\((\d+), ?(\d*)\)/g)].map(([, ...parts]) => parts.filter(Boolean).map(Number));
    const sizes = /matmul.*\(size (\d+) is different from (\d+)\)/.exec(error);
    // Of two matrices that do not meet, numpy names only the sizes that should be one; -1 is any.
    if (sizes) return { matrix: true, shapes: [[-1, Number(sizes[2])], [Number(sizes[1]), -1]] };
    if (shapes.length < 2 || !/not aligned|broadcast/.test(error)) return null;
    return { matrix: error.includes("not aligned"), shapes: shapes.slice(0, 2) };
  }

  function isClash({ matrix, shapes }, stop) {
    if ((stop.op === "@") !== matrix || stop.values.length !== 2) return false;
    const [left, right] = stop.values.map(shapeOf);
    // A product of entries can be written either way round.
    const ways = matrix ? [[left, right]] : [[left, right], [right, left]];
    const meets = (one, got) => one.length === got.length && one.every((size, at) => size === -1 || size === got[at]);
    return ways.some((way) => way.every((got, at) => meets(shapes[at], got)));
  }

  function clashing(fixture, clash) {
    // Forms that numpy carries out do not stop, whatever their shapes.
    const changes = fixture.slots.flatMap((slot) => slot.stuck.map((tree) => new Map([[slot.name, tree]])));
    changes.push(...fixture.named.map(([, forms]) => forms).filter((forms) => forms.size === 1));
    const found = changes.filter((forms) => {
      const [tree] = forms.values();
      // Where an expression has a value, numpy did not stop.
      const stop = fixture.mutants.usual(tree) ? null : fixture.mutants.stop(tree);
      return Boolean(stop) && isClash(clash, stop);
    });
    return distinct(found.map((forms) => new Candidate(fixture, forms, 1)));
  }

  /* ---- Answers in words. ---- */

  const WORDS = ["no change", "one change", "two changes"];

  function titleOf(found) {
    const where = found.fixture ? ` of ${found.fixture.title} (${found.fixture.id})` : "";
    if (found.verdict === "expected") return `These are the expected numbers${where}.`;
    if (found.verdict === "explained") {
      const how = WORDS[Math.min(...found.candidates.map((candidate) => candidate.changes))];
      return `Explained by ${how} in the backward pass${where}.`;
    }
    if (found.seen.size) return `None of the programs tried${where.replace(" of", " for")} prints these numbers.`;
    return "There are no numbers here to explain, only a message.";
  }

  const SAYS = { passes: "accepts it", fails: "rejects it", error: "stops with an error" };

  function sentence(candidate) {
    const test = candidate.outcome.word;
    const wrong = candidate.verdict === "mistake";
    const narrow = wrong && candidate.rightHere ? " (right for these shapes only)" : "";
    const joint = test === (wrong ? "passes" : "error") ? "but" : "and";
    return { verdict: candidate.verdict + narrow, test: `${joint} this test ${SAYS[test]}` };
  }

  function* diagnosing(text, fixture, changes) {
    const paste = read(text);
    const wanted = fixture ? [FIXTURES.get(fixture)] : NEWEST_FIRST;
    const found = yield* explain(paste, wanted, changes);
    if (found && found.verdict !== "unexplained") return found;
    if (fixture) {
      const elsewhere = yield* explain(paste, NEWEST_FIRST, Math.min(changes, 1));
      if (elsewhere && elsewhere.verdict !== "unexplained") {
        const remarks = [...(found ? found.remarks : []), `They do belong elsewhere: ${titleOf(elsewhere)}`];
        return answer("unexplained", wanted[0], [], remarks, found ? found.seen : new Map());
      }
    }
    const last = found || withoutNumbers(paste, wanted);
    return paste.problem ? { ...last, remarks: [paste.problem, ...last.remarks] } : last;
  }

  function asDictionary(found) {
    return {
      verdict: found.verdict,
      fixture: found.fixture && found.fixture.id,
      candidates: found.candidates.map((candidate) => ({
        program: candidate.fixture.program(candidate.forms).map(({ name, tree }) => `${name} = ${write(tree)}`),
        changed: candidate.changed,
        changes: candidate.changes,
        printed_as: Object.fromEntries(candidate.printedAs),
        verdict: candidate.verdict,
        name: candidate.name,
        hint: candidate.hint,
        page: candidate.page,
        matches: candidate.matches(found.seen),
      })),
      remarks: found.remarks,
    };
  }

  function toTheEnd(work) {
    for (;;) {
      const { done, value: result } = work.next();
      if (done) return result;
    }
  }

  window.backcheck = {
    diagnose: (text, fixture = null, changes = 2) => asDictionary(toTheEnd(diagnosing(text, fixture, changes))),
    read: (text) => read(text),
    parse: (text) => write(parse(text)),
    equation: (step, text) => equation(step, parse(text)),
    shown: (id, forms) => {
      const changed = new Map(forms.map(([step, text]) => [step, parse(text)]));
      const { shown, expects: wanted } = new Candidate(FIXTURES.get(id), changed, 1);
      return [shown, wanted];
    },
  };
  /* ---- Numbers as numpy prints them. ---- */

  const LINE = 75;

  function printed(v) {
    const words = wordsOf(v);
    if (v.n === 0) return words[0].trim();
    const lines = [];
    for (let i = 0; i < v.r; i++) lines.push(rowOf(words.slice(i * v.c, (i + 1) * v.c), v.n));
    return v.n === 1 ? lines[0] : `[${lines.join("\n ")}]`;
  }

  function rowOf(words, indent) {
    let text = "[";
    let line = indent;
    words.forEach((word, at) => {
      if (at && line + 1 + word.length > LINE - indent) {
        text = `${text.trimEnd()}\n${" ".repeat(indent)}${word}`;
        line = indent + word.length;
      } else {
        text += at ? ` ${word}` : word;
        line += word.length + (at ? 1 : 0);
      }
    });
    return `${text}]`;
  }

  function wordsOf(v) {
    if (v.b) return padded(v.d.map((one) => (one ? "True" : "False")));
    const sizes = v.d.filter((one) => Number.isFinite(one) && one !== 0).map(Math.abs);
    const [most, fewest] = [Math.max(0, ...sizes), Math.min(...sizes)];
    const scientific = sizes.length > 0 && (most >= 1e8 || fewest < 1e-4 || most / fewest > 1000);
    const digits = (one) => (scientific ? one.toExponential(8).split("e")[0] : one.toFixed(8)).replace(/0+$/, "").split(".")[1].length;
    const finite = v.d.filter(Number.isFinite);
    const decimals = Math.max(0, ...finite.map(digits));
    return padded(v.d.map((one) => {
      if (Number.isNaN(one)) return "nan";
      if (!Number.isFinite(one)) return one > 0 ? "inf" : "-inf";
      if (scientific) return one.toExponential(decimals).replace(/^(-?\d)e/, "$1.e").replace(/e([-+])(\d)$/, "e$10$2");
      const [whole, rest = ""] = trimmed(one).split(".");
      return `${whole}.${rest.padEnd(decimals)}`;
    }));
  }

  function trimmed(number) {
    const text = number.toFixed(8).replace(/0+$/, "");
    return Object.is(number, -0) ? `-${text}` : text;
  }

  function padded(words) {
    const longest = Math.max(...words.map((word) => word.length));
    return words.map((word) => word.padStart(longest));
  }

  /* ---- The page. Pasted text and links reach it as text only. ---- */

  const MOST = 6;
  const PAUSE = 150;
  const SLICE = 12;
  const AT_ONCE = 60;

  const EXAMPLES = [
    ["Week 4, dZ2", "c1w4_L_model_backward_v2", { dZ2: "AL - Y" }, ["dZ2"]],
    ["Week 3, everything right", "c1w3_bp_notebook_v2", {}, ["dW1"]],
    ["Week 3, a mistake", "c1w3_bp_notebook_v2", { dW1: "dZ1 @ X.T" }, ["dW1", "db1"]],
    ["Week 4, two changes", "c1w4_L_model_backward_v2", { dZ2: "AL - Y", dW1: "dZ1 @ A0.T" }, ["dA1", "dW2", "db2", "dA0", "dW1", "db1"]],
  ];

  function exampleText([, id, changes, steps]) {
    const fixture = FIXTURES.get(id);
    const forms = new Map(Object.entries(changes).map(([step, text]) => [step, parse(text)]));
    const { values } = fixture.run(forms, fixture.arrays);
    return steps.map((step) => `${step} = ${printed(values[step])}`).join("\n");
  }

  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, setting] of Object.entries(attributes)) made.setAttribute(name, setting);
    made.append(...children);
    return made;
  }

  const code = (text) => element("code", { class: "docutils literal" }, text);

  function pageLink(name) {
    return element("a", { href: `${name}.html` }, DATA.pages[name] || name);
  }

  function remarkParts(remark) {
    const [, before, page] = /^([^]*Read )([a-z0-9-]+)\.$/.exec(remark) || [];
    return page in DATA.pages ? [before, pageLink(page), "."] : [remark];
  }

  function linkTo(candidate) {
    const changes = [...candidate.forms].map(([step, tree]) => `&${encodeURIComponent(step)}=${encodeURIComponent(write(tree))}`);
    return `${location.href.split("#")[0]}#${candidate.fixture.id}${changes.join("")}`;
  }

  function copyButton(candidate) {
    const button = element("button", { type: "button", class: "diagnose-copy" }, "Copy link");
    const said = element("span", { role: "status" });
    button.addEventListener("click", async () => {
      said.textContent = (await copied(linkTo(candidate))) ? "Link copied." : `Copy it from here: ${linkTo(candidate)}`;
    });
    return element("p", { class: "diagnose-share" }, button, " ", said);
  }

  async function copied(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return copiedByHand(text);
    }
  }

  /* Browsers keep the clipboard from a page that was opened from disk, but not from a selection. */
  function copiedByHand(text) {
    const before = document.activeElement;
    const area = element("textarea", { class: "diagnose-offscreen", "aria-hidden": "true", tabindex: "-1" });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (before) before.focus();
    return done;
  }

  function changesOf(candidate) {
    const lines = candidate.shown.flatMap((statement, at) => [
      element("pre", { class: "diagnose-code" }, statement),
      element("p", {}, candidate.expects[at]),
    ]);
    for (const [step, name] of candidate.printedAs) lines.push(element("p", {}, "What is called ", code(name), " is ", code(step), " of this test."));
    return lines;
  }

  function judgement(candidate) {
    const { verdict, test } = sentence(candidate);
    const mark = element("strong", { class: `diagnose-${candidate.verdict}` }, verdict);
    return element("p", {}, `${candidate.name || "a change without a name"}: `, mark, `, ${test}.`);
  }

  function valuesOf(candidate, open) {
    const lines = Object.entries(candidate.values).filter(([name]) => name !== "m").map(([name, one]) => `${name} = ${printed(one)}`);
    const box = element("pre", { tabindex: "0", class: "diagnose-values", "aria-label": "Printed values" }, lines.join("\n"));
    const details = element("details", {}, element("summary", {}, "What it prints on this test"), box);
    details.open = open;
    return details;
  }

  function alike(group) {
    if (group.length < 2) return [];
    const said = group.slice(1).map((one) => one.shown.join(", "));
    const line = element("p", {}, "The test cannot tell it from ");
    said.slice(0, 3).forEach((text, at) => line.append(at ? "; " : "", code(text)));
    const rest = said.length - 3;
    line.append(rest > 0 ? ` or ${rest} other${rest > 1 ? "s" : ""}.` : ".");
    return [line];
  }

  function card(group, open = false) {
    const [first] = group;
    const item = element("li", { class: "diagnose-card" }, ...changesOf(first));
    if (!first.forms.size && first.printedAs.size) {
      item.append(element("p", {}, "The numbers are right, and the test looks for them under their own name."));
      return item;
    }
    if (!first.forms.size) item.append(element("p", {}, "The backward pass as it stands."));
    else item.append(judgement(first));
    for (const { hint } of first.named) item.append(element("p", {}, hint));
    if (first.forms.size) item.append(element("p", {}, "Read ", pageLink(first.page), "."));
    item.append(...alike(group), element("p", {}, `The test: ${outcomeText(first.outcome)}`), valuesOf(first, open), copyButton(first));
    return item;
  }

  function otherForm(candidate) {
    const text = candidate.shown.join(", ");
    const mark = element("strong", { class: `diagnose-${candidate.verdict}` }, candidate.verdict);
    return element("li", { class: "diagnose-card" }, element("pre", { class: "diagnose-code" }, text), element("p", {}, `${candidate.name}: `, mark, "."), copyButton(candidate));
  }

  function answerParts(found) {
    const parts = [];
    if (found.verdict === "expected") {
      const others = found.candidates.slice(1);
      if (others.length) parts.push(element("p", {}, "These forms print them too:"), element("ol", {}, ...others.slice(0, MOST).map(otherForm)));
      if (others.length > MOST) parts.push(element("p", {}, `and ${others.length - MOST} more.`));
    } else {
      const groups = groupsOf(found.candidates);
      if (groups.length) parts.push(element("ol", {}, ...groups.slice(0, MOST).map((group) => card(group))));
      if (groups.length > MOST) parts.push(element("p", {}, `… and ${groups.length - MOST} more groups of programs.`));
    }
    return [...found.remarks.map((remark) => element("p", { class: "diagnose-remark" }, ...remarkParts(remark))), ...parts];
  }

  class Unlinked extends Error {}

  function candidateOf(hash) {
    if (hash.length > 4000) throw new Unlinked("This link is too long to be a diagnosis.");
    let parts;
    try {
      parts = hash.split("&").map(decodeURIComponent);
    } catch {
      throw new Unlinked("This link is damaged: a percent sign in it stands for no character.");
    }
    const fixture = FIXTURES.get(parts[0]);
    if (!fixture) throw new Unlinked(`This link names the test ${parts[0].slice(0, 60)}, which is not known here.`);
    const forms = new Map(parts.slice(1).map((part) => linkedForm(fixture, part)));
    return new Candidate(fixture, forms, forms.size);
  }

  function linkedForm(fixture, part) {
    const [, step, text] = /^([^=]*)=([^]*)$/.exec(part) || [null, part, ""];
    const all = [...fixture.order, ...fixture.steps.map((one) => one.name)];
    if (!all.includes(step)) throw new Unlinked(`This link changes ${step.slice(0, 60) || "nothing"}, which is not a step of ${fixture.id}.`);
    let tree;
    try {
      tree = parse(text);
    } catch {
      throw new Unlinked(`This link gives ${step} an expression that cannot be read: ${text.slice(0, 60)}`);
    }
    const unknown = namesIn(tree).find((name) => !all.includes(name));
    if (unknown) throw new Unlinked(`This link uses ${unknown.slice(0, 60)}, which ${fixture.id} does not have.`);
    return [step, tree];
  }

  class Page {
    constructor(root) {
      const get = (id) => root.querySelector(`#${id}`);
      this.text = get("diagnose-text");
      this.test = get("diagnose-test");
      this.status = get("diagnose-status");
      this.result = get("diagnose-result");
      this.run = 0;
      for (const fixture of FIXTURES.values()) this.test.append(element("option", { value: fixture.id }, fixture.title));
      for (const example of EXAMPLES) get("diagnose-examples").append(" ", this.exampleButton(example));
      this.text.addEventListener("input", () => this.later());
      this.test.addEventListener("change", () => this.later());
      get("diagnose-clear").addEventListener("click", () => this.fill(""));
      window.addEventListener("hashchange", () => this.open());
      // The text may be there already: pasted before this script came, or kept by the browser.
      if (!this.open() && this.text.value) this.later();
      setTimeout(() => this.warm(), 300);
      this.text.addEventListener("focus", () => setTimeout(() => this.rehearse(), 0), { once: true });
    }

    exampleButton(example) {
      const button = element("button", { type: "button" }, example[0]);
      button.addEventListener("click", () => this.fill(exampleText(example)));
      return button;
    }

    fill(text) {
      this.test.value = "";
      this.text.value = text;
      this.text.focus();
      this.later(0);
    }

    later(pause = PAUSE) {
      this.run += 1;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.start(), pause);
    }

    say(text) {
      if (this.status.textContent !== text) this.status.textContent = text;
    }

    start() {
      this.forgetLink();
      const text = this.text.value;
      if (!text.trim()) {
        this.show("", []);
        return;
      }
      const run = this.run;
      this.advance(diagnosing(text, this.test.value || null, 2), run, AT_ONCE);
    }

    /* What takes long runs a slice at a time, so that the page stays usable and newer text wins. */
    advance(work, run, limit) {
      if (run !== this.run) return;
      const end = performance.now() + limit;
      try {
        do {
          const { done, value: found } = work.next();
          if (done) {
            this.show(titleOf(found), answerParts(found));
            return;
          }
          if (found === "deep") {
            this.show("No single change prints these numbers; trying two changes …", []);
            break;
          }
        } while (performance.now() < end);
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        this.show(error.message, []);
        return;
      }
      setTimeout(() => this.advance(work, run, SLICE), 0);
    }

    show(title, parts) {
      this.say(title);
      this.result.replaceChildren(...parts);
    }

    forgetLink() {
      if (!FIXTURES.has(location.hash.slice(1).split("&")[0])) return;
      history.replaceState(null, "", location.href.split("#")[0]);
    }

    /* Show the diagnosis that a shared link names, without any paste, and say whether there is one. */
    open() {
      const hash = location.hash.slice(1);
      if (!hash || document.getElementById(hash)) return false;
      this.run += 1;
      try {
        const candidate = candidateOf(hash);
        const how = candidate.forms.size ? "A shared diagnosis for" : "The backward pass of";
        this.show(`${how} ${candidate.fixture.title} (${candidate.fixture.id}).`, [element("ol", {}, card([candidate], true))]);
      } catch (error) {
        if (!(error instanceof Unlinked)) throw error;
        this.show(error.message, []);
      }
      return true;
    }

    /* What every paste needs, computed while nothing else is going on. */
    warm() {
      inSlices(warming(), () => {
        document.documentElement.dataset.diagnose = "ready";
      });
    }

    /* What the browser compiles when it first runs, a first paste would wait for. */
    rehearse() {
      inSlices(diagnosing(exampleText(EXAMPLES[2]), null, 1), () => {});
    }
  }

  function inSlices(work, then) {
    const end = performance.now() + SLICE;
    let done = false;
    while (!done && performance.now() < end) ({ done } = work.next());
    if (done) then();
    else setTimeout(() => inSlices(work, then), 0);
  }

  function* warming() {
    for (const fixture of NEWEST_FIRST) {
      const { mutants } = fixture;
      yield fixture.namedSlots;
      for (let place = 0; place < mutants.slots.length; place++) {
        for (const mutant of mutants.singles(place)) yield mutant.at(mutants.slots.length - 1);
      }
      for (const mutant of mutants.together) yield mutant.at(mutants.slots.length - 1);
      for (const [, suspect] of fixture.suspects) yield suspect.outcome;
    }
  }

  const root = typeof document === "undefined" ? null : document.getElementById("diagnose-app");
  if (root) new Page(root);
})();
