// Reads the files that MicroPython finds, by their names; writes the script of Python in the page:
// one classic script with everything in it, since a page opened from disk can fetch nothing.
const { readFileSync } = require("node:fs");
const { gzipSync } = require("node:zlib");
const { build } = require("esbuild");

const SOURCES = `${__dirname}/../../_python`;
const MICROPYTHON = "@micropython/micropython-webassembly-pyscript";
const AUTHORS =
  "MicroPython, (c) Damien P. George and others; Lezer, (c) Marijn Haverbeke and others.";

/** What of the loader is for Node, or asks for a file. */
const MENDED = [
  [/await import\("\w+"\)/g, "({})"],
  [/\bimport\.meta\.url\b/g, '""'],
  [/let Module=\{/, "let Module={wasmBinary:options.wasmBinary,"],
];

async function bundled(entry, files) {
  const own = {
    "files:python": () => ({ contents: JSON.stringify(files), loader: "json" }),
    "packed:micropython.wasm": () => {
      const wasm = readFileSync(require.resolve(`${MICROPYTHON}/micropython.wasm`));
      return { contents: gzipSync(wasm, { level: 9 }).toString("base64"), loader: "text" };
    },
    "worker:./worker.js": async () => ({
      contents: await bundled("worker.js", files),
      loader: "text",
    }),
  };
  const plugin = {
    name: "python",
    setup(made) {
      made.onResolve({ filter: /^\w+:/ }, ({ path }) => ({ path, namespace: "own" }));
      made.onLoad({ filter: /./, namespace: "own" }, ({ path }) => own[path]());
      made.onLoad({ filter: /micropython\.mjs$/ }, ({ path }) => {
        let contents = readFileSync(path, "utf8");
        for (const [old, mended] of MENDED) {
          if (contents.search(old) < 0) throw new Error(`The loader has no ${old} any more.`);
          contents = contents.replace(old, mended);
        }
        return { contents };
      });
    },
  };
  const { outputFiles } = await build({
    entryPoints: [`${SOURCES}/${entry}`],
    nodePaths: [`${__dirname}/node_modules`],
    plugins: [plugin],
    bundle: true,
    minify: true,
    format: "iife",
    charset: "utf8",
    legalComments: "none",
    target: "es2022",
    write: false,
  });
  return outputFiles[0].text;
}

async function main() {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const script = await bundled("python.js", JSON.parse(Buffer.concat(chunks)));
  const licence = readFileSync(
    require.resolve("@lezer/python").replace(/dist.*/, "LICENSE"),
    "utf8",
  );
  process.stdout.write(JSON.stringify(`/*! ${AUTHORS}\n\n${licence}*/\n${script}`));
}

main();
