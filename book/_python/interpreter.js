// @ts-check
// MicroPython with our numpy, the same in the page and in the tests, which run it in Node.

/**
 * What a program did: what its calls returned and recorded, or how it failed; and what it printed.
 * The keys are those of `child.py`, but that `data` are numbers, row by row, and that `problem` is
 * the name of a sentence of words.toml with what stands in it.
 * @typedef {object} Answer
 * @property {Value[]} [returned]
 * @property {([line: number, inside: string, name: string, value: Value, place: number] | null)[]}
 *   [records] null where a call ends
 * @property {string} [error]
 * @property {[label: string, line: number, inside: string, text: string][]} [frames]
 * @property {string[]} [absent]
 * @property {string} [lacks] what Python has and the Python of the page has not
 * @property {[key: string, of: Record<string, string>]} [problem]
 * @property {string} printed
 */

/**
 * @typedef {object} Value
 * @property {string} kind
 * @property {[key: string, value: Value][]} [entries]
 * @property {Value[]} [items]
 * @property {number} [number]
 * @property {string} [why]
 * @property {string} [error]
 * @property {"float64" | "int64" | "bool"} [dtype]
 * @property {number[]} [shape]
 * @property {number[]} [data]
 */

/** As much is kept of what a program prints. */
const MOST = 10_000;

/** The bytes of its memory to begin with, and of its stack: some thousand calls deep. */
const MEMORY = { heapsize: 2 ** 24, pystack: 2 ** 16 };

/**
 * Starts an interpreter; gives a function that runs a program.
 * @param {(options: object) => Promise<import("@micropython/micropython-webassembly-pyscript").MicroPython>} load
 * @param {Record<string, string>} files by their names, runner.py among them
 * @param {object} options
 * @returns {Promise<(program: object) => Answer>}
 */
export async function interpreter(load, files, options = {}) {
  let printed = "";
  const print = (/** @type {string} */ line) => {
    if (printed.length < MOST) printed += `${line}\n`;
  };
  const python = await load({ ...MEMORY, ...options, stdout: print, stderr: print });
  for (const [name, text] of Object.entries(files)) python.FS.writeFile(name, text);
  const runner = python.pyimport("runner");
  return (program) => {
    printed = "";
    const told = JSON.parse(runner.told(JSON.stringify(program)), numbers);
    return { ...told, printed: printed.slice(0, -1).slice(0, MOST) };
  };
}

/** What eight bytes of each kind are read as; that of a boolean is one. */
/** @type {Record<string, new (bytes: ArrayBuffer) => ArrayLike<number | bigint>>} */
const READ = { float64: Float64Array, int64: BigInt64Array, bool: Uint8Array };

/** Numbers come as bytes in letters, since JSON has no nan.
 * @this {any} @param {string} key @param {any} value */
function numbers(key, value) {
  if (key !== "data" && key !== "number") return value;
  const bytes = Uint8Array.from(atob(value), (sign) => sign.charCodeAt(0));
  const kind = /** @type {string} */ (this.dtype ?? "float64");
  const read = Array.from(new READ[kind](bytes.buffer), Number);
  return key === "data" ? read : read[0];
}
