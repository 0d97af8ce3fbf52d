// Reads {"files", "programs"} and writes the answers of the page's Python, run without a browser.
import { text } from "node:stream/consumers";
import "./table.mjs";
import { adapted } from "../book/_python/adapted.js";
import { interpreter } from "../book/_python/interpreter.js";

const NODE = "../book/_ext/node/node_modules";
const { parser } = await import(`${NODE}/@lezer/python/dist/index.js`);
const { loadMicroPython } = await import(
  `${NODE}/@micropython/micropython-webassembly-pyscript/micropython.mjs`
);

const { files, programs } = JSON.parse(await text(process.stdin));
const answer = await interpreter(loadMicroPython, files);
const parse = (code) => parser.parse(code);
const answers = programs.map(({ sources, ...others }) =>
  answer({
    ...others,
    sources: sources.map(([label, code, above = 0]) => [label, code, above, adapted(code, parse)]),
  }),
);
const number = (_, value) => {
  if (Object.is(value, -0)) return "-0";
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
};
process.stdout.write(JSON.stringify(answers, number));
