// Reads {"data", "questions"} and writes what the page's script says of typed forms and of points.
import { text } from "node:stream/consumers";

const { data, forms, points } = JSON.parse(await text(process.stdin));
globalThis.BACKCHECK = data;
await import("../book/_static/live/live.js");
const { saidAt } = await import("../book/_static/live/plane.js");
const { told } = globalThis.backcheck;

const answers = {
  forms: forms.map((question) => told(...question)),
  points: points.map((question) => saidAt(...question)),
};
process.stdout.write(JSON.stringify(answers));
