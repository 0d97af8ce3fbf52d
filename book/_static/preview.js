// What a link leads to is shown beside it, while the pointer or the focus is there: words of the
// glossary, formulas, propositions, figures. See previews.py.
"use strict";

(() => {
  const box = document.createElement("div");
  box.className = "preview";
  box.id = "preview";
  box.setAttribute("role", "tooltip");
  box.hidden = true;
  const SHOWN = "dt, .math-wrapper, .proof, figure";
  let link;
  let waiting;

  // A copy of what is on this page, or of what came along from another one.
  function said(address) {
    const { hash } = new URL(address, location);
    if (!address.startsWith("#")) {
      const template = document.querySelector(`template[data-of="${CSS.escape(address)}"]`);
      return template?.content.cloneNode(true);
    }
    const place = document.getElementById(decodeURIComponent(hash.slice(1)));
    if (!place?.matches(SHOWN)) return null;
    const what = place.matches("dt") ? place.nextElementSibling : place;
    const copy = what.cloneNode(true);
    for (const part of copy.querySelectorAll(".headerlink, .cite, .katex-mathml")) part.remove();
    for (const named of [copy, ...copy.querySelectorAll("[id]:not(svg *)")])
      named.removeAttribute("id");
    for (const scrolled of copy.querySelectorAll("[tabindex]"))
      scrolled.removeAttribute("tabindex");
    return copy;
  }

  function hide() {
    clearTimeout(waiting);
    link?.removeAttribute("aria-describedby");
    link = undefined;
    box.hidden = true;
  }

  function show(target, content) {
    hide();
    link = target;
    box.replaceChildren(content);
    document.body.append(box);
    box.hidden = false;
    const at = target.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = box;
    const right = document.documentElement.clientWidth - width - 8;
    const above = at.bottom + height + 8 > innerHeight && at.top > height;
    box.style.left = `${Math.max(8, Math.min(at.left, right)) + scrollX}px`;
    box.style.top = `${(above ? at.top - height - 4 : at.bottom + 4) + scrollY}px`;
    link.setAttribute("aria-describedby", box.id);
  }

  function offer({ type, target }) {
    if (box.contains(target)) return clearTimeout(waiting);
    const found = target.closest?.("article a[href*='#']:not(.headerlink)");
    if (!found) {
      if (link) later(hide);
      return undefined;
    }
    if (found === link) return clearTimeout(waiting);
    const content = said(found.getAttribute("href"));
    if (content) later(() => show(found, content), type === "focusin" ? 0 : 250);
    return undefined;
  }

  function later(act, delay = 200) {
    clearTimeout(waiting);
    waiting = setTimeout(act, delay);
  }

  // A touch follows the link.
  document.addEventListener(
    "pointerover",
    (event) => event.pointerType === "mouse" && offer(event),
  );
  document.addEventListener("focusin", offer);
  document.addEventListener("focusout", () => link && later(hide));
  document.addEventListener("keydown", ({ key }) => key === "Escape" && hide());
})();
