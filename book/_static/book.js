// Boxes that scroll take the focus, so that a keyboard can scroll them; those that do not need
// to scroll give it back. Without this script all of them take it.
"use strict";

(() => {
  const boxes = document.querySelectorAll("article :is(pre, .formula, .table-wrapper)[tabindex]");

  function update(box) {
    const scrolls = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight + 1;
    if (scrolls) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }

  const seen = new ResizeObserver((entries) => {
    for (const { target } of entries) update(target);
  });
  for (const box of boxes) seen.observe(box);
})();

// What is folded on the screen is needed on paper.
window.addEventListener("beforeprint", () => {
  for (const fold of document.querySelectorAll("details:not([open])")) {
    fold.open = true;
    fold.dataset.printed = "";
  }
});
window.addEventListener("afterprint", () => {
  for (const fold of document.querySelectorAll("details[data-printed]")) {
    fold.open = false;
    delete fold.dataset.printed;
  }
});

// A page opened from disk may not read the other pages, from which results quote a line.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

// Forms that can be typed over, and dots that can be taken: their script comes with the first touch.
(() => {
  function load({ dataset }) {
    if (document.getElementById("live-script")) return;
    const script = document.createElement("script");
    Object.assign(script, { id: "live-script", src: dataset.src });
    document.head.append(script);
  }

  for (const root of document.querySelectorAll("[data-src]")) {
    for (const [place, text] of root.querySelectorAll(".live-text").entries()) {
      const field = document.createElement("textarea");
      const rows = Math.max(1, Math.round(text.clientHeight / 24));
      Object.assign(field, { className: text.className, rows, spellcheck: false, maxLength: 300 });
      field.defaultValue = text.textContent;
      field.setAttribute("aria-label", `${root.dataset.step}, form ${place + 1}`);
      field.setAttribute("autocapitalize", "off");
      text.replaceWith(field);
    }
    for (const dot of root.querySelectorAll(".plane-dot")) {
      dot.setAttribute("tabindex", "0");
      dot.setAttribute("role", "slider");
    }
    for (const kind of ["focusin", "pointerdown", "click"]) {
      root.addEventListener(kind, (event) => {
        if (document.documentElement.dataset.live) return;
        root.early = event;
        load(root);
      });
    }
    if (location.hash.startsWith(`#${root.id}&`)) load(root);
  }
  addEventListener("hashchange", () => {
    const root = document.getElementById(location.hash.slice(1).split("&")[0]);
    if (root?.dataset.src) load(root);
  });
})();
