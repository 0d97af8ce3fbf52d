// Reads a list of queries, writes for each what the page for searching of a site finds.
// Called with the folder of the site.
import fs from "node:fs";
import path from "node:path";
import vm from "node:vm";

const folder = path.join(process.argv[2], "_static");
for (const name of ["places", "texts", "numbers"].map((what) => `search-${what}`).concat("search"))
  vm.runInThisContext(fs.readFileSync(path.join(folder, `${name}.js`), "utf8"));

const data = {
  places: globalThis.searched_places,
  texts: globalThis.searched_texts,
  numbers: globalThis.searched_numbers,
};
const queries = JSON.parse(fs.readFileSync(0, "utf8"));
const found = queries.map((query) => globalThis.searching.find(query, data));
process.stdout.write(JSON.stringify(found));
