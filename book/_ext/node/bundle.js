// Reads {"css", "js", "words", "used"}, writes {"css", "js"}: the rules that a page can use, and
// the script, both without spaces and comments.
const { PurgeCSS } = require("purgecss");
const { transform } = require("esbuild");

async function bundle({ css, js, words, used }) {
  const [purged] = await new PurgeCSS().purge({
    // What the pages hold, and every word of the scripts, which add classes of their own.
    content: [{ raw: `${used.join(" ")} ${js} ${words}`, extension: "txt" }],
    css: [{ raw: css }],
    dynamicAttributes: ["data-theme", "open"],
    fontFace: true,
    keyframes: true,
  });
  const [style, script] = await Promise.all([
    transform(purged.css, { loader: "css", minify: true }),
    transform(js, { loader: "js", minify: true, charset: "utf8", legalComments: "none" }),
  ]);
  return { css: style.code, js: script.code };
}

async function main() {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const bundled = await bundle(JSON.parse(Buffer.concat(chunks)));
  process.stdout.write(JSON.stringify(bundled));
}

main();
