// Reads {"css", "js", "diagnosis", "live", "words", "used"}, writes {"css", "js", "diagnosis",
// "live"}: the rules that a page can use, and three scripts, all without spaces and comments.
const { PurgeCSS } = require("purgecss");
const { transform } = require("esbuild");

async function bundle({ css, js, diagnosis, live, words, used }) {
  const [purged] = await new PurgeCSS().purge({
    // What the pages hold, and every word of the scripts, which add classes of their own.
    content: [{ raw: `${used.join(" ")} ${js} ${words}`, extension: "txt" }],
    css: [{ raw: css }],
    dynamicAttributes: ["data-theme", "open"],
    fontFace: true,
    keyframes: true,
  });
  const options = { minify: true, charset: "utf8", legalComments: "none" };
  const [style, ...scripts] = await Promise.all([
    transform(purged.css, { loader: "css", minify: true }),
    ...[js, diagnosis, live].map((script) => transform(script, options)),
  ]);
  const [one, two, three] = scripts.map((script) => script.code);
  return { css: style.code, js: one, diagnosis: two, live: three };
}

async function main() {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const bundled = await bundle(JSON.parse(Buffer.concat(chunks)));
  process.stdout.write(JSON.stringify(bundled));
}

main();
