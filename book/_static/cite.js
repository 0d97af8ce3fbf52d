// At a place stands "cite", with four texts to copy: a link for a forum, a ready
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
  const FEWEST = 25;

  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, setting] of Object.entries(attributes)) made.setAttribute(name, setting);
    made.append(...children);
    return made;
  }

  const here = page.url ?? location.href.split("#")[0];
  const answers = JSON.parse(document.querySelector("#ready-answers")?.textContent ?? "{}");

  // The words of an element, its formulas and its references as a forum takes them.
  function words(place) {
    const copy = place.cloneNode(true);
    for (const formula of copy.querySelectorAll(".katex")) {
      const sign = formula.closest(".katex-display") ? "$$" : "$";
      formula.replaceWith(sign + formula.querySelector("annotation").textContent + sign);
    }
    for (const other of copy.querySelectorAll(".headerlink, .cite, .section-number"))
      other.remove();
    for (const code of copy.querySelectorAll("code")) code.replaceWith(`\`${code.textContent}\``);
    for (const link of copy.querySelectorAll("a[href]:not(:has(.std-term))"))
      link.replaceWith(`[${link.textContent}](${new URL(link.getAttribute("href"), here)})`);
    return copy.textContent.replace(/\s+/g, " ").trim();
  }

  const count = (text) => text.split(/\s+/).length;
  const POINTS =
    /\b(?:cell|table|number|picture|figure|line|list|answer|section)s? (?:above|below)\b(?! \d)|\bbelow (?:are|is|stand)|\b(?:as|see) (?:above|below)/i;

  // The sentences of a text that point to nothing around it.
  function plain(text) {
    const sentences = text.split(/(?<=[.!?]) (?=[A-Z])/);
    return sentences.filter((sentence) => !POINTS.test(sentence)).join(" ");
  }

  // As many whole sentences as fit.
  function cut(text, room = WORDS) {
    if (count(text) <= room) return text;
    const sentences = text.match(/(?:\$[^$]*\$|[^$])+?[.!?](?=\s|$)/g) ?? [];
    let kept = "";
    for (const sentence of sentences) {
      if (count(kept + sentence) > room) break;
      kept += sentence;
    }
    return kept.trim();
  }

  // What a block says by itself; code and pictures say nothing.
  function said(block) {
    if (block.matches("p")) return plain(words(block));
    if (block.matches(".math-wrapper")) return words(block.querySelector(".formula"));
    if (block.matches("ul, ol"))
      return [...block.children].map((item) => `- ${words(item)}`).join("\n");
    if (block.matches(".proof, .exercise"))
      return [...block.querySelectorAll("p")].map(words).join(" ");
    const lines = [...block.querySelectorAll(".output pre")].map((one) =>
      one.textContent.trimEnd(),
    );
    const printed = lines.join("\n");
    if (block.matches(".cell") && printed && printed.split("\n").length < 9)
      return `\`\`\`text\n${printed}\n\`\`\``;
    return [...block.querySelectorAll(".catalogue > p")].map(words).join(" ");
  }

  // The blocks of a place, as many as fit; what ends in a colon needs what comes after it.
  function told(blocks) {
    const kept = [];
    let room = WORDS;
    for (let at = 0; at < blocks.length && room > 0; at++) {
      let text = said(blocks[at]);
      if (text.endsWith(":")) {
        const next = blocks[at + 1] ? said(blocks[at + 1]) : "";
        at += 1;
        text = next && !next.endsWith(":") ? `${text}\n\n${next}` : "";
      }
      const fits = count(text) <= room ? text : kept.length ? "" : cut(text, room);
      if (text && !fits) break;
      if (fits) kept.push(fits);
      room -= fits ? count(fits) : 0;
    }
    return kept.join("\n\n");
  }

  function blocksOf(section) {
    const children = [...section.children].filter((one) => !one.matches("section, h1, h2, h3, h4"));
    const [within] = section.querySelectorAll(":scope > section");
    return children.some(said) || !within ? children : blocksOf(within);
  }

  // What the place says, and of what is around it as much as it takes to be understood.
  function answer(place) {
    const section = place.closest("section");
    const whole = place.matches("h1") ? article : section;
    const written = whole.querySelector(":scope [id$='-answer'] pre, :scope[id$='-answer'] pre");
    const ready = section.querySelector(":scope > .cell .answer pre");
    const isHeading = place.parentElement === section;
    if (isHeading && (answers[section.id] || written || ready))
      return answers[section.id] ?? (written || ready).textContent.trim();
    let own = "";
    if (isHeading) own = told(blocksOf(section));
    else if (place.matches(".equation")) own = words(place.querySelector(".formula"));
    else if (place.matches("figcaption")) own = plain(words(place));
    else if (place.matches(".admonition-title")) own = cut(words(place.parentElement));
    else own = cut(`${words(place)}: ${words(place.nextElementSibling)}`);
    const lead = article.querySelector("h1 ~ p");
    const before = place.closest(".math-wrapper")?.previousElementSibling;
    const around = [before, section.querySelector(":scope > p"), lead].filter((one) =>
      one?.matches("p"),
    );
    const sentences = [...article.querySelectorAll("p")].flatMap((one) =>
      said(one).split(/(?<=[.!?]) /),
    );
    const others = sentences.filter((one) => /[\d$].*[.!?]$/.test(one) && count(one) < 50);
    const add = (text) => {
      const whole = text.endsWith(":") ? text.replace(/[^.]*:$/, "").trim() : text;
      const more = own.includes(whole) ? "" : cut(whole, WORDS - count(own));
      if (more) own = `${own}\n\n${more}`.trim();
    };
    for (const text of [...around.map(said), page.description]) if (count(own) < FEWEST) add(text);
    // An answer has a number or a formula: where this place has none, the first one of the page.
    if (!/[\d$]/.test(own) && others.length) {
      own = cut(own, WORDS - count(others[0]));
      add(others[0]);
    }
    return own;
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
  const ofPage = document.querySelector("a.report");
  const report = element("a", { class: "report" }, "Report an error here");
  const close = element("button", { type: "button" }, "Close");
  const attributes = { class: "citing", "aria-labelledby": heading.id };
  const dialog = element("dialog", attributes, heading, choices, shown, status, report, close);
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
    const id = place.querySelector(".headerlink").hash.slice(1);
    report.hidden = !ofPage;
    report.href = ofPage?.href.replace(/\.html(?=%0A)/, `.html%23${id}`) ?? "";
    document.body.append(dialog);
    dialog.showModal();
  }

  function put(button, place) {
    button.setAttribute("aria-label", `Cite ${nameOf(place)}`);
    place.classList.add("citable");
    place.append(button);
  }
  function made(name) {
    const button = element("button", { type: "button", class: name }, "cite");
    button.addEventListener("click", () => open(button.parentElement));
    return button;
  }

  // Each heading has a button; the other places share one, which comes with pointer and focus.
  for (const heading of article.querySelectorAll("h1, h2, h3, h4"))
    if (heading.querySelector(".headerlink")) put(made("cite quiet"), heading);
  const shared = made("cite");
  function offer(event) {
    const place = event.target.closest?.(PLACES);
    if (place?.querySelector(".headerlink") && !place.querySelector(".cite")) put(shared, place);
  }
  article.addEventListener("pointerover", offer);
  article.addEventListener("focusin", offer);
})();
