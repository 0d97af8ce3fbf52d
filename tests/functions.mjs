// Reads {"data", "files", "questions"} and writes what the page says of each function, which Node and
// MicroPython run without a browser; or, for a question with a name, what its text is made into.
import { createRequire, registerHooks } from "node:module";
import { text } from "node:stream/consumers";

const tools = new URL("../book/_ext/node/package.json", import.meta.url).href;
registerHooks({
  resolve: (name, context, next) =>
    next(name, name.startsWith("@") ? { ...context, parentURL: tools } : context),
});
const micropython = "@micropython/micropython-webassembly-pyscript";
const loader = createRequire(tools).resolve(micropython).replace(/[^/\\]*$/, "micropython.mjs");
const { loadMicroPython } = await import(loader);
const { parser } = await import("@lezer/python");
const { adapted } = await import("../book/_python/adapted.js");
const { interpreter } = await import("../book/_python/interpreter.js");

const { data, files, questions } = JSON.parse(await text(process.stdin));
globalThis.BACKCHECK = data;
/** One interpreter for all: what a program does to it, the next ones of these tests do not mind. */
const python = await interpreter(loadMicroPython, files);
const readable = ([label, source, above = 0]) => [label, source, above, adapted(source)];
globalThis.PYTHON = {
  parse: (source) => parser.parse(source),
  start: () => ({
    async run({ programs }) {
      const answers = [];
      for (const { sources, ...others } of programs)
        answers.push(python({ ...others, sources: sources.map(readable) }));
      return { answers, late: false };
    },
  }),
};
const load = (name) => import(`../book/_static/diagnose/${name}.js`);
const { answered } = await load("showing");
const { cellsOf, definedIn, take } = await load("sources");
const { Unreadable } = await load("reading");
const { asked } = await load("running");

function recorded(source, name) {
  const found = definedIn(cellsOf("own.py", source), globalThis.PYTHON.parse);
  const { missing } = take(found, name, "own.py");
  const { job } = asked(source, null, globalThis.PYTHON.parse, "own.py");
  return { missing, sources: job.programs.at(-1).sources };
}

const found = [];
for (const [source, id, name] of questions) {
  try {
    found.push(name ? recorded(source, name) : await answered(source, id, "own.py"));
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    found.push({ error: error.message });
  }
}
process.stdout.write(JSON.stringify(found));
