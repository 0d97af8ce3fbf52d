// Beside the sign of a place stands "cite", with four texts to copy: a link for a forum, a ready
// answer, an entry for a bibliography, a reference. All of it is read from the page itself.
"use strict";

(() => {
  const article = document.querySelector("article");
  const about = document.querySelector('script[type="application/ld+json"]');
  if (!article || !about) return;
  const page = JSON.parse(about.textContent);
  const book = page.isPartOf;
  const PLACES = "h1, h2, h3, h4, figcaption, .equation, .admonition-title, dt";
  const WORDS = 120;

  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, setting] of Object.entries(attributes)) made.setAttribute(name, setting);
    made.append(...children);
    return made;
  }

  // The words of an element, its formulas as a forum takes them.
  function words(place) {
    const copy = place.cloneNode(true);
    for (const formula of copy.querySelectorAll(".katex")) {
      const sign = formula.closest(".katex-display") ? "$$" : "$";
      formula.replaceWith(sign + formula.querySelector("annotation").textContent + sign);
    }
    for (const other of copy.querySelectorAll(".headerlink, .cite, .section-number"))
      other.remove();
    return copy.textContent.replace(/\s+/g, " ").trim();
  }

  // As many whole sentences as fit.
  function cut(text) {
    const all = text.split(" ");
    if (all.length <= WORDS) return text;
    const kept = all.slice(0, WORDS).join(" ");
    return kept.slice(0, kept.lastIndexOf(". ") + 1) || `${all.slice(0, WORDS - 1).join(" ")} …`;
  }

  // What the place says, or the answer that is written or made for it.
  function answer(place) {
    if (place.matches(".equation")) return words(place.querySelector(".formula"));
    if (place.matches("figcaption")) return words(place);
    if (place.matches(".admonition-title")) return cut(words(place.parentElement));
    if (place.matches("dt")) return cut(`${words(place)}: ${words(place.nextElementSibling)}`);
    const section = place.parentElement;
    const whole = place.matches("h1") ? article : section;
    const written = whole.querySelector(":scope [id$='-answer'] pre, :scope[id$='-answer'] pre");
    const ready = section.querySelector(":scope > .cell .answer pre");
    if (written || ready) return (written || ready).textContent.trim();
    const said = [...section.querySelectorAll(":scope > p, :scope > .cell .catalogue > p")];
    // What ends in a colon needs the cell below it.
    const alone = said.map(words).filter((text) => !text.endsWith(":"));
    return cut(alone.join(" ")) || page.description;
  }

  function nameOf(place) {
    const own = words(place.querySelector(".caption-number, .eqno") ?? place);
    if (place.matches("h1")) return page.name;
    if (place.matches(".equation")) return `formula ${own} of “${page.name}”`;
    if (place.matches("figcaption, .admonition-title")) return `${own} of “${page.name}”`;
    return `${own} (${page.name})`;
  }

  function textsOf(place) {
    const id = place.querySelector(".headerlink").hash.slice(1);
    const elsewhere = place.parentElement.querySelector(":scope > .cell .answer")?.dataset.about;
    const here = page.url ?? location.href.split("#")[0];
    const address = `${here}#${id}`;
    const name = nameOf(place);
    const author = page.author.map((one) => one.name).join(", ");
    const link = (to) => `[${book.name}: ${name}](${to})`;
    return {
      "Link for a forum": link(address),
      "Answer for a forum": `${answer(place)}\n\n${link(elsewhere ? new URL(elsewhere, here).href : address)}`,
      BibTeX: [
        `@misc{when-the-cache-lies-${id},`,
        `  title  = {${name.replace(/(\$[^$]*\$)|[_&%#]/g, (sign, formula) => formula ?? `\\${sign}`)}},`,
        `  author = {{${author}}},`,
        `  year   = {${page.datePublished.slice(0, 4)}},`,
        `  note   = {In: ${book.name}, version ${book.version}},`,
        `  url    = {${address}}`,
        "}",
      ].join("\n"),
      "Plain text": `${author}: ${name}. In: ${book.name}, version ${book.version}, ${page.datePublished}. ${address}`,
    };
  }

  const heading = element("h2", { id: "citing-heading" });
  const choices = element("div", { class: "citing-choices" });
  const shown = element("textarea", { readonly: "", rows: 9, "aria-label": "Text to copy" });
  const status = element("p", { role: "status" });
  const close = element("button", { type: "button" }, "Close");
  const attributes = { class: "citing", "aria-labelledby": heading.id };
  const dialog = element("dialog", attributes, heading, choices, shown, status, close);
  close.addEventListener("click", () => dialog.close());

  async function copy(kind, text) {
    shown.value = text;
    try {
      await navigator.clipboard.writeText(text);
      status.textContent = `${kind}: copied.`;
    } catch {
      shown.select();
      status.textContent = `${kind}: the browser does not let a page copy; the text below the buttons is selected.`;
    }
  }

  function open(place) {
    const texts = textsOf(place);
    heading.textContent = `Cite ${nameOf(place)}`;
    choices.replaceChildren(
      ...Object.entries(texts).map(([kind, text]) => {
        const choice = element("button", { type: "button" }, kind);
        choice.addEventListener("click", () => copy(kind, text));
        return choice;
      }),
    );
    shown.value = texts["Link for a forum"];
    status.textContent =
      !page.url && location.protocol === "file:"
        ? "This copy of the book was opened from disk, so its links lead nowhere for others."
        : "";
    document.body.append(dialog);
    dialog.showModal();
  }

  // One button, at the place that the pointer or the focus has come to.
  const button = element("button", { type: "button", class: "cite" }, "cite");
  button.addEventListener("click", () => open(button.parentElement));
  function offer(event) {
    const place = event.target.closest?.(PLACES);
    if (!place?.querySelector(".headerlink") || place === button.parentElement) return;
    button.setAttribute("aria-label", `Cite ${nameOf(place)}`);
    place.classList.add("citable");
    place.append(button);
  }
  article.addEventListener("pointerover", offer);
  article.addEventListener("focusin", offer);
})();
