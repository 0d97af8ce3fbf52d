// The page for searching: MiniSearch finds places by words, and a search of our own finds them by
// the numbers that they print. What it looks into is made by searching.py.
"use strict";

(() => {
  const NUMBER = /(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?/gi;
  const DIGITS = 5;
  const EXACT = 15; // So many digits of a number are exact.
  const WORD = /[\p{L}\p{N}_]+(?:\.[\p{L}_][\p{L}\p{N}_]*)*/gu;
  const FIRST = { title: 4, page: 5, also: 4, text: 1, code: 0.5 };
  // How much of what a part of the book says is an answer.
  const PARTS = { Symptoms: 1.8, Use: 0.5, "For maintainers": 0.2 };
  const QUOTED = 30;
  // Words that no place is about, and the share of the others that a place has to have.
  const SMALL = new Set(
    "a an and are as at be but by do does for get has have how i in is it my of on or that the this to was what when which why with".split(
      " ",
    ),
  );
  const LACKING = 0.5;

  function stem(word) {
    const lower = word.toLowerCase();
    return /[_.\d]/.test(lower) ? lower : lower.replace(/(?<=.{4})(?:ing|ed|es|s|e)$/, "");
  }

  // A name is found as a whole and by its parts.
  function tokens(text) {
    const words = text.match(WORD) ?? [];
    return words.flatMap((word) => (/[_.]/.test(word) ? [word, ...word.split(/[_.]+/)] : word));
  }

  // A number as the whole number of its digits, times ten to a power; and how much its last one is.
  function number(value, decimals, power) {
    const step = 10 ** (power - decimals);
    return { value, decimals, power, step, size: value * step };
  }

  const numbersIn = (text) =>
    [...text.matchAll(NUMBER)]
      .filter(([, whole, decimals = ""]) => (whole + decimals).length >= DIGITS)
      .map(([, whole, decimals = "", power = 0]) => {
        const kept = decimals.slice(0, Math.max(0, EXACT - whole.length));
        return number(Number(whole + kept), kept.length, Number(power));
      });

  // Say how much of a printed number another one is: all of it (3), or cut or rounded (2).
  function same(one, other) {
    const [coarse, fine] = one.step > other.step ? [one, other] : [other, one];
    const between = fine.size / coarse.step;
    if (Math.abs(between - coarse.value) <= Math.max(1e-6, 2e-15 * coarse.value)) return 3;
    const cut = Math.floor(between) === coarse.value;
    return cut || Math.abs(between - coarse.value) <= 0.5 ? 2 : 0;
  }

  function* printed(coded) {
    for (const kind of coded ? coded.split(";") : []) {
      const [how, steps] = kind.split(":");
      const [decimals, power = 0] = how.split("e").map(Number);
      let value = 0;
      for (const step of steps.split(" ")) {
        value += Number.parseInt(step, 36);
        yield number(value, decimals, power);
      }
    }
  }

  function written({ value, decimals, power }) {
    const digits = String(value).padStart(decimals + 1, "0");
    const point = digits.length - decimals;
    const shown = decimals ? `${digits.slice(0, point)}.${digits.slice(point)}` : digits;
    const sign = power < 0 ? "-" : "+";
    return power ? `${shown}e${sign}${String(Math.abs(power)).padStart(2, "0")}` : shown;
  }

  const weight = (part) => PARTS[part] ?? 1;

  // All numbers by how much their last digit is, from the smallest one upwards, with their places.
  let sorted;
  function sortedOf({ numbers }) {
    sorted = new Map();
    for (const [p, sections] of numbers.entries())
      for (const [s, coded] of sections.entries())
        for (const one of printed(coded)) {
          if (!sorted.has(one.step)) sorted.set(one.step, []);
          sorted.get(one.step).push({ ...one, p, s });
        }
    for (const list of sorted.values()) list.sort((one, other) => one.size - other.size);
  }

  function* near(asked) {
    for (const [step, list] of sorted) {
      const around = 2 * Math.max(step, asked.step);
      let [low, high] = [0, list.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (list[middle].size < asked.size - around) low = middle + 1;
        else high = middle;
      }
      for (; low < list.length && list[low].size <= asked.size + around; low++) yield list[low];
    }
  }

  function byNumbers(asked, data) {
    if (!sorted) sortedOf(data);
    const found = new Map();
    for (const [n, other] of asked.entries())
      for (const one of near(other)) {
        const rank = same(one, other);
        const place = `${one.p} ${one.s}`;
        if (!rank) continue;
        if (!found.has(place)) found.set(place, { ...one, best: asked.map(() => [0, ""]) });
        const { best } = found.get(place);
        if (rank > best[n][0]) best[n] = [rank, written(one)];
      }
    return [...found.values()].map(({ p, s, best }) => {
      const [page, , part, sections] = data.places[p];
      const shown = best.filter(([rank]) => rank).map(([, text]) => text);
      const sum = best.reduce((sum, [rank]) => sum + rank, 0);
      return { p, s, page, id: sections[s][0], score: sum * weight(part), shown };
    });
  }

  let index;
  function indexOf({ places, texts }) {
    index = new MiniSearch({
      fields: Object.keys(FIRST),
      tokenize: tokens,
      processTerm: stem,
      searchOptions: {
        boost: FIRST,
        prefix: (term) => term.length > 3,
        tokenize: (query) => query.match(WORD) ?? [],
      },
    });
    for (const [p, [, name, , sections]] of places.entries())
      for (const [s, [, title]] of sections.entries()) {
        const [text, code, also] = texts[p][s];
        index.add({ id: `${p} ${s}`, title, page: s ? "" : name, text, code, also });
      }
  }

  // How much each word of a query tells, of 1 for all: more, the fewer places have it.
  function telling(hits) {
    const places = new Map();
    for (const { queryTerms } of hits)
      for (const term of new Set(queryTerms)) places.set(term, (places.get(term) ?? 0) + 1);
    const rare = [...places].map(([term, n]) => [term, Math.log(1 + index.documentCount / n)]);
    const whole = rare.reduce((sum, [, one]) => sum + one, 0);
    return new Map(rare.map(([term, one]) => [term, one / whole]));
  }

  // Of a place with some of the words the score falls by how much those tell that it lacks.
  function byWords(query, { places, texts }) {
    if (!index) indexOf({ places, texts });
    const words = query.replace(NUMBER, (number) => (numbersIn(number).length ? " " : number));
    const asked = words.match(WORD) ?? [];
    const large = asked.filter((word) => !SMALL.has(word.toLowerCase()));
    // The numbers of weeks, sizes and indices stand everywhere.
    const plain = large.filter((word) => !/^\d{1,2}$/.test(word));
    const chosen = plain.length > 2 ? plain : large;
    const wanted = (chosen.length ? chosen : asked).join(" ");
    const fuzzy = (term) => (term.length > 5 ? 0.2 : false);
    const phrase = query.toLowerCase().trim();
    for (const way of [{}, { tokenize: tokens, fuzzy }]) {
      const count = new Set((way.tokenize ?? ((text) => text.match(WORD) ?? []))(wanted)).size;
      const hits = index.search(wanted, way);
      const told = telling(hits);
      const found = hits.map(({ id, score, terms, queryTerms }) => {
        const [p, s] = id.split(" ").map(Number);
        const [page, , part, sections] = places[p];
        const [place, title] = sections[s];
        const [text, , also] = texts[p][s];
        const named = [title, also].some((one) => one.toLowerCase().includes(phrase)) ? 2 : 1;
        const own = page === phrase.replaceAll(" ", "-") && !s ? 3 : 1;
        const said = text.toLowerCase().includes(phrase) ? 1.5 : 1;
        const share = new Set(queryTerms).size / count;
        const of = [...new Set(queryTerms)].reduce((sum, term) => sum + told.get(term), 0);
        return {
          p,
          s,
          page,
          id: place,
          score: score * weight(part) * named * own * said * of ** 2,
          share,
          terms,
          text,
        };
      });
      if (found.some(({ share }) => share > LACKING) || way.tokenize) return found;
    }
    return [];
  }

  // The part of a text with most of the words, as pieces, of which every second one is a word.
  function excerpt(text, terms) {
    const wanted = new Set(terms);
    const words = text.split(" ");
    const hits = words.map((word) => tokens(word).some((token) => wanted.has(stem(token))));
    let best = 0;
    let most = -1;
    for (let start = 0; start < Math.max(1, words.length - QUOTED + 8); start += 4) {
      const kinds = new Set(words.slice(start, start + QUOTED).filter((_, n) => hits[start + n]));
      if (kinds.size > most) [best, most] = [start, kinds.size];
    }
    const pieces = [best ? "… " : ""];
    for (let at = best; at < Math.min(words.length, best + QUOTED); at++) {
      if (hits[at] !== (pieces.length % 2 === 0)) pieces.push("");
      pieces[pieces.length - 1] += `${words[at]} `;
    }
    if (best + QUOTED < words.length) {
      if (pieces.length % 2 === 0) pieces.push("");
      pieces[pieces.length - 1] += "…";
    }
    return pieces;
  }

  // The pages for a query, the best one first, with the best places of each.
  function find(query, data) {
    const asked = numbersIn(query);
    let found = asked.length ? byNumbers(asked, data) : [];
    if (!found.length && data.texts) found = byWords(query, data);
    const pages = new Map();
    for (const place of found.sort((one, other) => other.score - one.score)) {
      if (!pages.has(place.p)) pages.set(place.p, []);
      pages.get(place.p).push(place);
    }
    return [...pages].map(([p, best]) => ({
      page: best[0].page,
      title: data.places[p][1],
      places: best
        .slice(0, 3)
        .map(({ id, s, shown, text, terms }) => ({
          id,
          title: data.places[p][3][s][1],
          shown: shown ?? [],
          pieces: text ? excerpt(text, terms) : [],
        })),
    }));
  }

  globalThis.searching = { find, numbersIn };
  if (!globalThis.document) return;

  const results = document.querySelector("#search-results");
  const box = document.querySelector("#search-box");
  const status = document.querySelector("#search-status");
  const own = document.currentScript.src;
  const FILES = {
    places: "search-places.js",
    texts: "search-texts.js",
    numbers: "search-numbers.js",
  };
  const loaded = {};

  function load(what) {
    loaded[what] ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = own.replace("search.js", FILES[what]);
      script.onload = () => resolve(globalThis[`searched_${what}`]);
      script.onerror = reject;
      document.head.append(script);
    });
    return loaded[what];
  }

  function element(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, setting] of Object.entries(attributes)) made.setAttribute(name, setting);
    made.append(...children);
    return made;
  }

  function link(page, { id, title, shown }) {
    // The browser opens the fold that a number stands in, and goes there.
    const text = shown.length
      ? `:~:text=${encodeURIComponent(shown[0]).replaceAll("-", "%2D")}`
      : "";
    return element("a", { href: `${page}.html#${id}${text}` }, title);
  }

  function item({ page, title, places }) {
    const [first, ...more] = places;
    const made = element("li", {}, element("h2", {}, link(page, { ...first, title })));
    for (const place of [first, ...more]) {
      const quoted = place.pieces.map((piece, n) => (n % 2 ? element("mark", {}, piece) : piece));
      if (place.shown.length) quoted.push("prints ", element("mark", {}, place.shown.join(", ")));
      const where = place.title === title ? [] : [link(page, place), quoted.length ? ": " : ""];
      if (quoted.length || where.length)
        made.append(element("p", { class: "context" }, ...where, ...quoted));
    }
    return made;
  }

  function hint() {
    const [diagnose, checklist] = ["diagnose", "checklist"].map((page) => `${page}.html`);
    return element(
      "p",
      {},
      "Printed numbers, messages and lines of code can also be ",
      element("a", { href: diagnose }, "diagnosed"),
      ", and a ",
      element("a", { href: checklist }, "checklist"),
      " leads from a failing test to its cause.",
    );
  }

  let latest = 0;
  async function show() {
    const query = box.value.trim();
    const turn = ++latest;
    if (!query) {
      status.textContent = "Type a word, a message, or a number as it is printed.";
      return results.replaceChildren(hint());
    }
    const data = { places: await load("places") };
    if (numbersIn(query).length) data.numbers = await load("numbers");
    let found = data.numbers ? find(query, data) : [];
    if (!found.length) {
      data.texts = await load("texts");
      found = find(query, data);
    }
    if (turn !== latest) return undefined;
    const list = element("ul", { class: "search" }, ...found.slice(0, 20).map(item));
    const count = found.length === 1 ? "1 page" : `${found.length} pages`;
    status.textContent = found.length
      ? `${count} for “${query}”.`
      : `No page has “${query}”. Try one word of it, or a number with fewer digits.`;
    results.replaceChildren(list, hint());
    return undefined;
  }

  box.value = new URLSearchParams(location.search).get("q") ?? "";
  box.addEventListener("input", show);
  box.form.addEventListener("submit", (event) => event.preventDefault());
  box.focus();
  show();
})();
