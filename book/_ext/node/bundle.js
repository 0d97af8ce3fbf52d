// Reads {"css", "js", "alone", "words", "used"}, writes {"css", "js", "alone"}: the rules that a page
// can use, the script of all and those of one page, all without spaces and comments.
const { PurgeCSS } = require("purgecss");
const { transform } = require("esbuild");

async function bundle({ css, js, alone, words, used }) {
  // What the pages hold, and every word of the scripts, which add classes of their own.
  const raw = `${used.join(" ")} ${js} ${words}`;
  const [purged] = await new PurgeCSS().purge({
    content: [{ raw, extension: "txt" }],
    css: [{ raw: css }],
    dynamicAttributes: ["data-theme", "open"],
    fontFace: true,
    keyframes: true,
    variables: true,
    safelist: { variables: raw.match(/--[\w-]+/g) ?? [] },
  });
  const options = { minify: true, charset: "utf8", legalComments: "none" };
  const [style, script, ...others] = await Promise.all([
    transform(purged.css, { loader: "css", minify: true }),
    ...[js, ...Object.values(alone)].map((text) => transform(text, options)),
  ]);
  const names = Object.keys(alone);
  const smaller = Object.fromEntries(others.map(({ code }, at) => [names[at], code]));
  return { css: style.code, js: script.code, alone: smaller };
}

async function main() {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const bundled = await bundle(JSON.parse(Buffer.concat(chunks)));
  process.stdout.write(JSON.stringify(bundled));
}

main();
