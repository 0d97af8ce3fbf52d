// In place of the theme's own script, which lays out the whole page to find where its headings are.
"use strict";

(() => {
  const root = document.documentElement;
  const header = document.querySelector("header");
  const contents = document.querySelector(".toc-scroll");

  // From what the system says to its opposite, to the other one, and back.
  function change() {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const order = dark ? ["auto", "light", "dark"] : ["auto", "dark", "light"];
    const at = order.indexOf(localStorage.getItem("theme") || "auto");
    document.body.dataset.theme = order[(at + 1) % order.length];
    localStorage.setItem("theme", document.body.dataset.theme);
  }
  for (const button of document.querySelectorAll(".theme-toggle"))
    button.addEventListener("click", change);

  // What opens a drawer is a button: the focus goes along, and Escape brings it back.
  for (const label of document.querySelectorAll("label:is(.nav-overlay-icon, .toc-overlay-icon)")) {
    const box = document.getElementById(label.htmlFor);
    const drawer = document.querySelector(box.name === "__toc" ? ".toc-drawer" : ".sidebar-drawer");
    const button = document.createElement("button");
    button.type = "button";
    button.className = label.className;
    button.ariaLabel = box.ariaLabel;
    button.append(...label.childNodes);
    label.replaceWith(button);
    const tell = () => {
      button.ariaExpanded = box.checked;
    };
    const show = (open) => {
      box.checked = open;
      box.dispatchEvent(new Event("change"));
    };
    tell();
    box.addEventListener("change", tell);
    button.addEventListener("click", () => {
      show(!box.checked);
      if (box.checked)
        [...drawer.querySelectorAll("a")].find((link) => link.checkVisibility()).focus();
    });
    drawer.addEventListener("keydown", ({ key }) => {
      if (key !== "Escape") return;
      show(false);
      button.focus();
    });
  }

  // The way back to the top shows while the reader moves up.
  let before = scrollY;
  addEventListener(
    "scroll",
    () => {
      header.classList.toggle("scrolled", scrollY > 0);
      if (scrollY !== before)
        root.classList.toggle("show-back-to-top", scrollY > 64 && scrollY < before);
      before = scrollY;
    },
    { passive: true },
  );

  // Of the sections at the top of the window, the last one is the current one.
  const items = new Map();
  for (const link of document.querySelectorAll(".toc-tree a[href^='#']:not([href='#'])")) {
    const section = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (section) items.set(section, link.closest("li"));
  }
  const atTop = new Set();
  const seen = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries)
        atTop[isIntersecting ? "add" : "delete"](target);
      const [current] = [...items.keys()].filter((section) => atTop.has(section)).slice(-1);
      for (const [section, item] of items)
        item.classList.toggle("scroll-current", section === current);
      if (current) contents.scrollTop = items.get(current).offsetTop - contents.clientHeight / 2;
    },
    { rootMargin: "0px 0px -88% 0px" },
  );
  for (const section of items.keys()) seen.observe(section);
})();
