// Reads {"css", "js", "diagnosis", "words", "used"}, writes {"css", "js", "diagnosis"}: the rules that
// a page can use, and two scripts, all without spaces and comments.
const { PurgeCSS } = require("purgecss");
const { transform } = require("esbuild");

async function bundle({ css, js, diagnosis, words, used }) {
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
    ...[js, diagnosis].map((script) => transform(script, options)),
  ]);
  return { css: style.code, js: scripts[0].code, diagnosis: scripts[1].code };
}

async function main() {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const bundled = await bundle(JSON.parse(Buffer.concat(chunks)));
  process.stdout.write(JSON.stringify(bundled));
}

main();
