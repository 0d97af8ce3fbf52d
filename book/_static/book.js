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

// Ctrl+K and "/" lead to the box for searching, or to its page where the box is out of sight.
window.addEventListener("keydown", (event) => {
  const typing = document.activeElement.matches("input, textarea, select, [contenteditable]");
  const asked = event.key === "k" ? event.ctrlKey || event.metaKey : event.key === "/" && !typing;
  if (!asked || event.altKey) return;
  event.preventDefault();
  const boxes = [...document.querySelectorAll("#search-box, input[name=q]")];
  const box = boxes.find((one) => one.checkVisibility({ visibilityProperty: true }));
  if (box) box.focus();
  else location.href = document.querySelector("form[role=search]").action;
});

// Forms that can be typed over, and dots that can be taken: their script comes with the first touch.
(() => {
  const made = (tag, settings) => Object.assign(document.createElement(tag), settings);
  function load({ dataset: { src } }) {
    if (!document.querySelector("script[src*='live.js']"))
      document.head.append(made("script", { src }));
  }
  function open() {
    const [id, ...said] = location.hash.slice(1).split("&");
    const root = id ? document.getElementById(id) : null;
    if (said.length && root?.dataset.src) load(root);
  }

  for (const root of document.querySelectorAll("[data-src]")) {
    for (const [place, text] of root.querySelectorAll(".live-text").entries()) {
      const { className, clientHeight, textContent } = text;
      const field = made("textarea", { className, defaultValue: textContent, maxLength: 300 });
      const ariaLabel = `${root.dataset.step}, form ${place + 1}`;
      const rows = Math.round(clientHeight / 24) || 1;
      text.replaceWith(
        Object.assign(field, { ariaLabel, rows, spellcheck: false, autocapitalize: "off" }),
      );
    }
    for (const dot of root.querySelectorAll(".plane-dot")) {
      Object.assign(dot, { role: "slider", tabIndex: 0 });
      // A finger on the dot does not scroll; Chromium takes touch-action for whole pictures alone.
      const keep = (/** @type {Event} */ event) => event.preventDefault();
      dot.addEventListener("touchstart", keep, { passive: false });
    }
    for (const kind of ["focusin", "pointerdown", "click"]) {
      root.addEventListener(kind, (event) => {
        root.early = event;
        load(root);
      });
    }
  }
  open();
  addEventListener("hashchange", open);
})();
