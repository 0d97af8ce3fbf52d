"""The whole book as one PDF, printed by the system's Chromium: ``python -m forms.pdf``.

The finished pages of the site are put together in the order of ``_toc.yml``. They have their
formulas, figures and numbers already, and styles for print; links between them become links
inside. Chromium makes the structure that screen readers follow, and the outline; then the dates
and the id that it gives every file are taken out, and the file says what it is.
"""

import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib
from pikepdf import Dictionary, ObjectStreamMode, OutlineItem, Pdf
from playwright.sync_api import Page, Route, sync_playwright
from selectolax.lexbor import LexborHTMLParser

import citing
from drawings import BOOK
from forms import shared

STYLE = Path(__file__).with_name("print.css")

LETTERS = Path(matplotlib.get_data_path())
"""Where the fonts are: those of the machine would make the book another one on every machine."""

ORIGIN = "http://book.invalid/"
"""Where the browser believes the site to be, so that the file names no folder of this machine."""

LEFT_OUT = "script, .headerlink, .katex-mathml"
"""What paper has no use for; of a formula its TeX is what is read aloud."""

WIDTH = 627
"""Pixels between the margins of the style: 166 mm at 96 pixels an inch."""

FIT = """() => {
  for (const box of document.querySelectorAll(".formula, article pre, .table-wrapper")) {
    if (box.clientHeight > 450)
      for (const part of [box, box.closest(".cell_input") ?? box])
        part.style.breakInside = part.style.breakAfter = "auto";
    const share = box.clientWidth / box.scrollWidth;
    if (share == 1) continue;
    const size = parseFloat(getComputedStyle(box).fontSize);
    box.style.fontSize = `${size * Math.max(share - 0.005, 0.75)}px`;
    if (share < 0.75) box.style.whiteSpace = "pre-wrap";
  }
}"""
"""Makes smaller what is wider than the page, wraps what would be too small to read, and lets what
is longer than half a page begin where it stands."""

NUMBER = """numbers => {
  for (const [place, number] of Object.entries(numbers))
    for (const line of document.querySelectorAll(`#contents a[href="#${place}"] + .number`))
      line.textContent = number;
}"""
"""Writes the numbers of the pages into the contents."""


def chromium() -> str | None:
    """Return where the system's Chromium is, if it has one."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def document(site: Path) -> str:
    """Return the whole book as one page: title, contents, chapters."""
    pages = {
        name: LexborHTMLParser(shared.unfolded((site / f"{name}.html").read_text(encoding="utf-8")))
        for _, names in shared.parts()
        for name in names
    }
    titles = {name: _numbered(tree) for name, tree in pages.items()}
    heads = "".join(
        f'@page {name} {{ @top-center {{ content: "{title}" }} }} .page-{name} {{ page: {name} }}'
        for name, title in titles.items()
    )
    styles = "".join(
        f'<link rel="stylesheet" href="{file}">'
        for file in ("_static/site.css", "_static/signs.css")
    )
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{citing.SITE}</title>'
        f"{styles}<style>{STYLE.read_text(encoding='utf-8')}{heads}</style></head><body>"
        f'<div id="title">{shared.title_page(os.environ.get("SITE_ADDRESS", ""))}</div>'
        f'<nav id="contents"><h1>Contents</h1>{_contents(titles)}</nav>'
        f"{''.join(_chapter(name, tree) for name, tree in pages.items())}</body></html>"
    )


def _numbered(tree: LexborHTMLParser) -> str:
    number = tree.css_first("article h1 .section-number")
    return (number.text() if number else "") + citing.title_of(tree)


def _contents(titles: Mapping[str, str]) -> str:
    lines = []
    for caption, names in shared.parts():
        lines += [f"<h2>{escape(caption)}</h2>"] if caption else []
        entries = (
            f'<li><a href="#{name}">{escape(titles[name])}</a><span class="number">000</span></li>'
            for name in names
        )
        lines.append(f"<ol>{''.join(entries)}</ol>")
    return "".join(lines)


def _chapter(name: str, tree: LexborHTMLParser) -> str:
    """Return a chapter with ids that no other one has, and links that stay in the book."""
    (article,) = tree.css("article")
    for formula in article.css(".katex"):
        (tex,) = formula.css("annotation")
        formula.attrs["role"] = "img"
        formula.attrs["aria-label"] = tex.text()
    for found in article.css(LEFT_OUT):
        found.decompose()
    for found in article.css("[id]:not(svg *)"):
        found.attrs["id"] = f"{name}.{found.id}"
    for found in article.css("a[href^='_downloads/']"):
        del found.attrs["href"]  # Paper has no files.
    for found in article.css("a[href]"):
        found.attrs["href"] = _link(name, found.attributes["href"] or "")
    # The picture within has the description; around it, one more figure would lack its own.
    for figure in article.css("figure"):
        figure.attrs["role"] = "none"
    article.attrs["id"] = name
    article.attrs["class"] = f"page-{name}"
    return article.html or ""


def _link(name: str, address: str) -> str:
    if ":" in address:
        return address
    file, _, place = address.partition("#")
    page = file.removesuffix(".html") or name
    return f"#{page}.{place}" if place else f"#{page}"


def printed(site: Path, text: str) -> bytes:
    """Return a page, which may name files of the site, as Chromium prints it.

    Raises
    ------
    SystemExit
        If there is no Chromium.
    """
    browser = chromium()
    if browser is None:
        sys.exit("Chromium prints the PDF, and none was found: install the package 'chromium'.")

    def answer(route: Route) -> None:
        file = route.request.url.removeprefix(ORIGIN)
        if file == citing.BOOK:
            route.fulfill(body=text, content_type="text/html")
        else:
            kept = LETTERS if file.startswith("fonts/ttf/") else site
            route.fulfill(path=(BOOK if file.endswith("wordmark.svg") else kept) / file)

    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"]) as started,
    ):
        page = started.new_page(viewport={"width": WIDTH, "height": 900}, color_scheme="light")
        page.emulate_media(media="print")
        page.route("**", answer)
        page.goto(ORIGIN + citing.BOOK)
        page.evaluate("document.fonts.ready")
        page.evaluate(FIT)
        _number(page)
        return page.pdf(prefer_css_page_size=True, print_background=True, tagged=True, outline=True)


def _number(page: Page) -> None:
    """Print once to see where everything comes, and write that into the contents."""
    page.evaluate(NUMBER, _pages_of(page.pdf(prefer_css_page_size=True)))


def _pages_of(data: bytes) -> dict[str, int]:
    """Return the number of the page that each place of the book is on."""
    with Pdf.open(BytesIO(data)) as pdf:
        numbers = {page.objgen: number for number, page in enumerate(pdf.pages, start=1)}
        places: Any = pdf.Root.Dests
        return {name[1:]: numbers[place[0].objgen] for name, place in places.items()}


NODE = re.compile(rb"\(node(\d{8})\)")
"""The name of a part of a table: Chromium counts its own elements, and those of other pages."""


def _counted_anew(data: bytes) -> bytes:
    names = {name: number for number, name in enumerate(sorted(set(NODE.findall(data))))}
    return NODE.sub(lambda found: b"(node%08d)" % names[found[1]], data)


def settled(data: bytes, headings: Iterable[str]) -> bytes:
    """Return a PDF that says what it is, and nothing of when it was made.

    Chromium loses spaces where it wraps a heading, so that the outline has to be given them.
    """
    said = citing.citation()
    authors = [author["name"] for author in said["authors"]]
    with Pdf.open(BytesIO(_counted_anew(data))) as pdf:
        del pdf.docinfo
        with pdf.open_metadata(set_pikepdf_as_editor=False) as meta:
            meta["dc:title"] = said["title"]
            meta["dc:creator"] = authors
            meta["dc:description"] = " ".join(said["abstract"].split())
            meta["dc:language"] = {"en"}
            meta["dc:rights"] = shared.RIGHTS
            meta["dc:date"] = [str(said["date-released"])]
            meta["xmpRights:WebStatement"] = citing.LICENCE
            meta["pdf:Keywords"] = ", ".join(said["keywords"])
        with pdf.open_outline() as outline:
            for item, heading in zip(_within(outline.root), headings, strict=True):
                item.title = heading
        pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        out = BytesIO()
        pdf.save(
            out,
            deterministic_id=True,
            linearize=True,
            object_stream_mode=ObjectStreamMode.generate,
            recompress_flate=True,
        )
    return out.getvalue()


def _within(items: Iterable[OutlineItem]) -> Iterator[OutlineItem]:
    for item in items:
        yield item
        yield from _within(item.children)


def headings_of(text: str) -> list[str]:
    """Return the text of every heading of a page, in order."""
    found = LexborHTMLParser(text).css("h1, h2, h3, h4, h5, h6")
    return [" ".join(heading.text().split()) for heading in found]


def main() -> None:
    """Write the PDF beside the pages of the site."""
    site = citing.ROOT / "_build" / "html"
    if not (site / "_static" / "signs.css").exists():
        sys.exit(
            "The PDF is made from the finished site, and there is none: run 'make book' where "
            "KaTeX can be installed."
        )
    text = document(site)
    made = settled(printed(site, text), headings_of(text))
    (site / f"{citing.BOOK}.pdf").write_bytes(made)


if __name__ == "__main__":
    main()
