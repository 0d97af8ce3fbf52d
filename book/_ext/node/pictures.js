// Reads a list of SVG pictures, writes them without what no browser needs.
const { optimize } = require("svgo");

// Styles stay as they are: the rules of dark mode find colours by how they are written.
const lighten = {
  floatPrecision: 1,
  plugins: [
    "removeMetadata",
    "removeComments",
    { name: "cleanupNumericValues", params: { convertToPx: false } },
    "convertPathData",
    "convertTransform",
    "collapseGroups",
    { name: "cleanupIds", params: { force: true } },
  ],
};

async function main() {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const pictures = JSON.parse(Buffer.concat(chunks));
  process.stdout.write(JSON.stringify(pictures.map((svg) => optimize(svg, lighten).data)));
}

main();
