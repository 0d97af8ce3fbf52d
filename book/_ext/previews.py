"""What a link leads to, shown where it stands: words of the glossary, formulas, proofs, figures.

What is on another page comes along with the page, in templates, since a page opened from disk may
not read another one. What is on the same page is there already: see ``book/_static/preview.js``.
"""

import re
from collections.abc import Iterator, Mapping
from html import escape

from selectolax.lexbor import LexborHTMLParser, LexborNode

SHOWN = {
    "dl.glossary dt[id]": "dd",
    ".math-wrapper[id^='equation-']": ".formula",
    ".proof[id]": "",
    "figure[id]": "",
}
"""What is shown of a link's target: by how it is found, the part of it that says what it is."""

LEFT_OUT = ".headerlink, .cite, .copybtn, .katex-mathml"
"""What belongs to the place and not to what it says; the link itself is read aloud."""


def embedded(pages: Mapping[str, LexborHTMLParser]) -> dict[str, str]:
    """Return for each page the templates of what its links to other pages lead to."""
    shown = {
        f"{page}#{target.id}": text
        for page, tree in pages.items()
        for selector, part in SHOWN.items()
        for target in tree.css(f"article {selector}")
        if (text := _said(target, part))
    }
    return {page: "".join(_templates(page, tree, shown)) for page, tree in pages.items()}


def _said(target: LexborNode, part: str) -> str:
    """Return what a place says, as HTML without ids."""
    if part == "dd":
        found = target.next
        while found is not None and found.tag != "dd":
            found = found.next
    else:
        found = target.css_first(part) if part else target
    copy = LexborHTMLParser((found and found.html) or "")
    for left_out in copy.css(LEFT_OUT):
        left_out.decompose()
    for named in copy.css("[id]:not(svg *)"):
        del named.attrs["id"]
    for box in copy.css("[tabindex]"):
        del box.attrs["tabindex"]
    return "".join(one.html or "" for one in copy.css("body > *"))


def _templates(page: str, tree: LexborHTMLParser, shown: Mapping[str, str]) -> Iterator[str]:
    links = (found.attributes["href"] or "" for found in tree.css("article a[href*='.html#']"))
    has_signs = tree.css_matches(".katex")
    for address in dict.fromkeys(links):
        text = shown.get(address, "")
        if text and not address.startswith(f"{page}#") and (has_signs or "katex" not in text):
            # An address within what is shown is one of the other page.
            text = re.sub(r'href="#', f'href="{address.partition("#")[0]}#', text)
            text = re.sub(r'(<use [^>]*href=")[\w.-]+#', r"\1#", text)
            yield f'<template data-of="{escape(address)}">{text}</template>'
