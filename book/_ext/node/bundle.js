// Reads {"css", "js", "diagnosis", "search", "words", "used"}, writes {"css", "js", "diagnosis", "search"}:
// the rules that a page can use, and three scripts, all without spaces and comments.
const { PurgeCSS } = require("purgecss");
const { transform } = require("esbuild");

async function bundle({ css, js, diagnosis, search, words, used }) {
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
    ...[js, diagnosis, search].map((script) => transform(script, options)),
  ]);
  const [site, ...alone] = scripts.map(({ code }) => code);
  return { css: style.code, js: site, diagnosis: alone[0], search: alone[1] };
}

async function main() {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const bundled = await bundle(JSON.parse(Buffer.concat(chunks)));
  process.stdout.write(JSON.stringify(bundled));
}

main();
