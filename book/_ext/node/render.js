// Reads {"tex", "display", "output"} a line, writes {"html"} or {"error"} a line.
const katex = require("katex");
const readline = require("node:readline");

// As in form_colours.py.
const macros = {
  "\\aform": "\\htmlClass{a-form}{#1}",
  "\\zform": "\\htmlClass{z-form}{#1}",
  "\\shortcut": "\\htmlClass{shortcut}{#1}",
};

// A formula is copied from its page as TeX that any forum understands; arguments nest two deep.
const COLOURED = /\\(?:aform|zform|shortcut)\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}/g;

function render({ tex, display, output }) {
  try {
    const html = katex.renderToString(tex, {
      displayMode: display,
      macros,
      output,
      strict: (code) => (code === "htmlExtension" ? "ignore" : "error"),
      throwOnError: true,
      trust: ({ command }) => command === "\\htmlClass",
    });
    const annotation = /<annotation[^>]*>[^<]*/g;
    return { html: html.replace(annotation, (tex) => tex.replace(COLOURED, "$1")) };
  } catch (error) {
    return { error: error.message };
  }
}

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  process.stdout.write(`${JSON.stringify(render(JSON.parse(line)))}\n`);
});
