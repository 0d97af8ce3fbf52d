// @ts-check
// Python in the page: a script of its own, which nothing loads before a reader's code is there.

import worker from "worker:./worker.js";
import { parser } from "@lezer/python";
import { adapted } from "./adapted.js";

/** @typedef {import("./interpreter.js").Answer} Answer */

/**
 * @typedef {object} Program
 * @property {[label: string, text: string, line?: number][]} sources what is run first, in order,
 *   each with the number of lines above it in the cell or the file that the label names
 * @property {string} name the function that is called, `f` or `Class.f`
 * @property {any[][]} calls the arguments of each call: `{tuple}`, `{list}`, `{dict: [[key, value]]}`,
 *   `{int}`, `{shape, data, dtype}` (of "float64", which is meant without it, "int64" and "bool"),
 *   and for themselves words, null, true, false and numbers, which are floats
 * @property {string[]} [helpers] names that nobody defines, for which the course's own may stand
 * @property {string[]} [modules] every module that is imported anywhere
 */

/** The tree of a program. @param {string} text */
const parse = (text) => parser.parse(text);

/** An interpreter in a process of its own. */
class Process {
  constructor() {
    const address = URL.createObjectURL(new Blob([worker], { type: "text/javascript" }));
    this.worker = new Worker(address);
    URL.revokeObjectURL(address);
    /** @type {Promise<void>} */
    this.ready = new Promise((resolve, reject) => {
      this.worker.onmessage = () => resolve();
      this.worker.onerror = (event) => reject(new Error(event.message || "Python did not start."));
    });
    this.ready.catch(() => {});
  }
}

/** Gives an interpreter, which is made ready while the reader still writes. */
function start() {
  /** @type {Process?} */
  let next = new Process();
  let stop = () => {};
  let ended = false;
  return {
    /**
     * Runs the programs of a job, each as if it were alone; what one does to the interpreter, later
     * jobs do not see. A job that is not done in time is ended, and has the answers that came.
     * So is one of which enough is known.
     * @param {{programs: Program[]}} job @param {number} seconds
     * @param {(answers: Answer[]) => boolean} isEnough
     * @returns {Promise<{answers: Answer[], late: boolean}>}
     */
    async run({ programs }, seconds, isEnough = () => false) {
      stop();
      ended = false;
      const job = programs.map(readable);
      const { worker, ready } = next ?? new Process();
      next = null;
      /** @type {Answer[]} */
      const answers = [];
      /** @type {number | undefined} */
      let limit;
      try {
        const late = await new Promise((resolve, reject) => {
          stop = () => resolve(false);
          ready.then(() => {
            limit = setTimeout(() => resolve(true), seconds * 1000);
            worker.onmessage = ({ data }) => {
              if (data) answers.push(data);
              if (!data || isEnough(answers)) resolve(false);
            };
            worker.onerror = (event) => reject(new Error(event.message));
            worker.postMessage(job);
          }, reject);
        });
        return { answers, late };
      } finally {
        clearTimeout(limit);
        worker.terminate();
        if (!ended) next ??= new Process();
      }
    },

    /** Ends what runs, and the interpreter that waits. */
    end() {
      stop();
      ended = true;
      next?.worker.terminate();
      next = null;
    },
  };
}

/** A program in words that MicroPython reads as Python does. @param {Program} program */
const readable = ({ sources, ...others }) => ({
  ...others,
  sources: sources.map(([label, text, line = 0]) => [label, text, line, adapted(text, parse)]),
});

Object.assign(globalThis, { PYTHON: { parse, start } });
