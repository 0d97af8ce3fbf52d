// Reads {"data", "files", "questions"} and writes what the page says of each function, which Node and
// MicroPython run without a browser; or, for a question with a name, what its text is made into.
import { text } from "node:stream/consumers";
import "./table.mjs";
import { adapted } from "../book/_python/adapted.js";
import { interpreter } from "../book/_python/interpreter.js";

const NODE = "../book/_ext/node/node_modules";
const { parser } = await import(`${NODE}/@lezer/python/dist/index.js`);
const { loadMicroPython } = await import(
  `${NODE}/@micropython/micropython-webassembly-pyscript/micropython.mjs`
);

const { data, others, loops, files, questions } = JSON.parse(await text(process.stdin));
globalThis.BACKCHECK = data;
/** One interpreter for all: what a program does to it, the next ones of these tests do not mind. */
const python = await interpreter(loadMicroPython, files);
/** How many programs of the last function were run. */
let ran = 0;
const parse = (source) => parser.parse(source);
const readable = ([label, source, above = 0]) => [label, source, above, adapted(source, parse)];
globalThis.PYTHON = {
  parse,
  start: () => ({
    async run({ programs }, _, isEnough) {
      const answers = [];
      for (const { sources, ...others } of programs)
        if (!answers.length || !isEnough(answers))
          answers.push(python({ ...others, sources: sources.map(readable) }));
      ran = answers.length;
      return { answers, late: false };
    },
  }),
};
const load = (name) => import(`../book/_static/diagnose/${name}.js`);
const { addCourses } = await load("fixtures");
addCourses(others);
addCourses(loops);
const { answered } = await load("showing");
const { cellsOf, definedIn, take } = await load("sources");
const { Unreadable } = await load("reading");
const { asked } = await load("running");

function recorded(source, name) {
  const found = definedIn(cellsOf("own.py", source), parse);
  const { missing } = take(found, name, "own.py");
  const { job } = asked(source, null, parse, "own.py");
  return { missing, sources: job.programs.at(-1).sources };
}

const found = [];
for (const [source, id, name] of questions) {
  try {
    found.push(name ? recorded(source, name) : { ...(await answered(source, id, "own.py")), ran });
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    found.push({ error: error.message });
  }
}
process.stdout.write(JSON.stringify(found));
