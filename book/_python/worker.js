// @ts-check
// What runs in a process of its own: an interpreter, which answers the programs of a job in order.

import files from "files:python";
import packed from "packed:micropython.wasm";
import { loadMicroPython } from "@micropython/micropython-webassembly-pyscript";
import { interpreter } from "./interpreter.js";

async function main() {
  const bytes = Uint8Array.from(atob(packed), (sign) => sign.charCodeAt(0));
  // Not from a blob: Safari's engine reads none in the worker of a page that was opened from disk.
  const { readable, writable } = new DecompressionStream("gzip");
  new Response(bytes).body?.pipeTo(writable);
  const wasmBinary = await new Response(readable).arrayBuffer();
  const answer = await interpreter(loadMicroPython, files, { wasmBinary });
  addEventListener("message", ({ data }) => {
    for (const program of data) postMessage(answer(program));
    postMessage(null);
  });
  postMessage(null);
}

main().catch((error) => {
  // The page hears of errors, but not of promises that are broken.
  setTimeout(() => {
    throw error;
  });
});
