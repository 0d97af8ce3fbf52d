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
