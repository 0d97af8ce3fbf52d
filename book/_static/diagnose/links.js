// @ts-check
/* Links that name a test and the changes of its program. */

import { FIXTURES } from "./fixtures.js";
import { Mutant } from "./mutant.js";
import { namesIn, parse, write } from "./program.js";

export class Unlinked extends Error {}

/** @type {(candidate: Mutant) => string} */
export function linkTo({ fixture, forms }) {
  const changes = [...forms].map(
    ([step, tree]) => `&${encodeURIComponent(step)}=${encodeURIComponent(write(tree))}`,
  );
  return `${location.href.split("#")[0]}#${fixture.id}${changes.join("")}`;
}

/** @type {(hash: string) => Mutant} */
export function candidateOf(hash) {
  if (hash.length > 4000) throw new Unlinked("This link is too long to be a diagnosis.");
  let parts;
  try {
    parts = hash.split("&").map(decodeURIComponent);
  } catch {
    throw new Unlinked("This link is damaged: a percent sign in it stands for no character.");
  }
  const [id, ...changes] = parts;
  const fixture = FIXTURES.get(id);
  if (!fixture)
    throw new Unlinked(`This link names the test ${id.slice(0, 60)}, which is not known here.`);
  const forms = new Map(changes.map((part) => linkedForm(fixture, part)));
  return new Mutant(fixture, forms, forms.size);
}

/** @type {(fixture: Fixture, part: string) => [string, Tree]} */
function linkedForm(fixture, part) {
  const [, step, text] = /^([^=]*)=(.*)$/s.exec(part) || ["", part, ""];
  const all = [...fixture.data.order, ...fixture.steps.map(({ name }) => name)];
  if (!all.includes(step)) {
    throw new Unlinked(
      `This link changes ${step.slice(0, 60) || "nothing"}, which is not a step of ${fixture.id}.`,
    );
  }
  let tree;
  try {
    tree = parse(text);
  } catch {
    throw new Unlinked(
      `This link gives ${step} an expression that cannot be read: ${text.slice(0, 60)}`,
    );
  }
  const unknown = namesIn(tree).find((name) => !all.includes(name));
  if (unknown) {
    throw new Unlinked(
      `This link uses ${unknown.slice(0, 60)}, which ${fixture.id} does not have.`,
    );
  }
  return [step, tree];
}
