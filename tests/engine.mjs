// Reads {"data", "others", "loops"} in a line, then questions, and writes the answers of the page's
// engine to each line of them, run without a browser.
import { createInterface } from "node:readline";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const { data, others, loops } = JSON.parse((await lines.next()).value);
globalThis.BACKCHECK = data;
const load = (name) => import(`../book/_static/diagnose/${name}.js`);
const { Mutant } = await load("mutant");
const { diagnose } = await load("diagnose");
const { addCourses, FIXTURES } = await load("fixtures");
addCourses(others);
addCourses(loops);
const { equation } = await load("handout");
const { printed } = await load("printing");
const { operatorsOf, secondChanges } = await load("mutate");
const { evaluate, parse, treeOf, write } = await load("program");
const { read, Unreadable } = await load("reading");
const { notCovered } = await load("uncovered");
const { shaped, shapeOf } = await load("values");

// Processor milliseconds of this thread so far.
const spent = () => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

const number = (value) => (Number.isFinite(value) ? value : String(value));

const formsOf = (forms) =>
  new Map(Object.entries(forms).map(([name, tree]) => [name, treeOf(tree)]));

const slotOf = (id, name) => FIXTURES.get(id).slots.find((slot) => slot.name === name);

const unpacked = (shape, ...d) => shaped(shape, d);

const ANSWERS = {
  diagnose,
  parse: (code) => write(parse(code)),
  equation: (step, code) => equation(step, parse(code)),
  forms(id, name) {
    const { forms, stillborn } = slotOf(id, name);
    return [forms, stillborn].map((trees) => trees.map((tree) => write(tree)));
  },
  several: (id) =>
    FIXTURES.get(id).higherOrder.map((forms) =>
      [...forms].map(([name, tree]) => [name, write(tree)]),
    ),
  second_changes: (id, name) => [...secondChanges(slotOf(id, name))].map(([tree]) => write(tree)),
  operators: (id, name, trees) => trees.map((tree) => operatorsOf(slotOf(id, name), treeOf(tree))),
  verdicts: (id, changes) =>
    changes.map((forms) => {
      const { verdict, rightHere } = new Mutant(FIXTURES.get(id), formsOf(forms), 1);
      return [verdict, rightHere];
    }),
  shown(id, forms) {
    const { shown, expects } = new Mutant(FIXTURES.get(id), formsOf(forms), 1);
    return [shown, expects];
  },
  printed(id) {
    const { values } = FIXTURES.get(id).run(new Map());
    return Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, printed(value)]),
    );
  },
  read: (pasted) =>
    read(pasted).arrays.map((seen) => [
      seen.name,
      seen.context,
      seen.dimensions,
      seen.whole,
      seen.line,
      seen.like && shapeOf(seen.like),
      seen.at,
      seen.cells.map(({ value, own, decimals }) => [number(value), own, decimals]),
    ]),
  value(code, arrays) {
    const values = (parts) => Object.entries(parts).map(([name, one]) => [name, unpacked(...one)]);
    const found = evaluate(parse(code), Object.fromEntries(values(arrays)));
    return found && [shapeOf(found), found.d];
  },
  notCovered: (pasted) => notCovered(pasted),
  diagnose_spent(...question) {
    const begun = spent();
    diagnose(...question);
    return spent() - begun;
  },
  read_spent(pasted, enough) {
    let best = Infinity;
    // A collection of garbage is not the reader's time.
    for (let tries = 0; tries < 3 && best > enough; tries++) {
      const begun = spent();
      try {
        read(pasted);
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
      }
      best = Math.min(best, spent() - begun);
    }
    return best;
  },
};

function answer([kind, ...parts]) {
  try {
    return ANSWERS[kind](...parts);
  } catch (error) {
    if (error instanceof Unreadable) return { error: error.message };
    throw error;
  }
}

for await (const line of lines) {
  process.stdout.write(`${JSON.stringify(JSON.parse(line).map(answer))}\n`);
}
