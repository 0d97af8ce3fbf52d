"""An address that was published leads to its place for ever.

``book/permalinks.txt`` lists every place that can be linked to, a line for each: ``page#place``.
A build warns of a place that is gone, and of one that is not listed. Where a place has moved, its
line says so, ``old-page#old-place -> page#place``, and the old address shows a link to the new one.
"""

import os
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser
from sphinx.errors import ExtensionError
from sphinx.util import logging

LIST = Path(__file__).resolve().parents[1] / "permalinks.txt"

PLACES = ", ".join(
    f"article {tag}[id]"
    for tag in (
        "section",
        "figure",
        ".math-wrapper",
        ".exercise",
        ".proof",
        "dt",
        ".live",
        ".plane",
    )
)
"""What a reader can link to: headings, figures, formulas, exercises, propositions, words, live."""

STUB = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'">
<title>This page has moved</title>
<meta name="robots" content="noindex"><meta http-equiv="refresh" content="0; url={page}">
<link rel="canonical" href="{page}"></head>
<body><h1>This page has moved</h1>{links}</body></html>
"""

logger = logging.getLogger(__name__)


def recorded() -> dict[str, str]:
    """Return the listed places, each with the place where it is now.

    Raises
    ------
    ExtensionError
        If a line is not as it should be.
    """
    places: dict[str, str] = {}
    text = LIST.read_text(encoding="utf-8") if LIST.exists() else ""
    for number, line in enumerate(text.splitlines(), start=1):
        old, _, new = line.partition(" -> ")
        if any(place.count("#") != 1 or " " in place for place in (old, new or old)):
            raise ExtensionError(
                f"Line {number} of {LIST.name} is {line!r}, but a line such as page#place or "
                "page#place -> new-page#new-place is needed."
            )
        places[old] = new or old
    return places


def places_of(pages: Mapping[str, LexborHTMLParser]) -> set[str]:
    """Return every place of the site that can be linked to."""
    return {
        f"{name.removesuffix('.html')}#{found.attributes['id']}"
        for name, tree in pages.items()
        for found in tree.css(PLACES)
    }


def keep(root: Path, pages: Mapping[str, LexborHTMLParser]) -> None:
    """Warn of places that are gone or not listed, and redirect those that have moved.

    With ``PERMALINKS=record`` in the environment, those that are not listed are added to the list.
    """
    recording = os.environ.get("PERMALINKS") == "record"
    if not LIST.exists() and not recording:
        logger.info("There is no %s: nothing is known of addresses published before.", LIST.name)
        return
    listed, there = recorded(), places_of(pages)
    fresh = sorted(there - listed.keys())
    if fresh and recording:
        lines = [old if old == new else f"{old} -> {new}" for old, new in listed.items()]
        LIST.write_text("\n".join(sorted([*lines, *fresh])) + "\n", encoding="utf-8")
    if recording:
        which = ", ".join(fresh) or "it had them all"
        logger.info("Addresses added to %s: %d (%s)", LIST.name, len(fresh), which)
        fresh = []
    for place in fresh:
        logger.warning("%s is not in %s: 'make permalinks' adds it.", place, LIST.name)
    for old, new in listed.items():
        if new not in there:
            logger.warning(
                "%s was published and is gone: give it back, by the line '(%s)=' above its heading "
                "if that was reworded, or say in %s where it is now, '%s -> page#place'.",
                old, new.partition("#")[2], LIST.name, old,
            )  # fmt: skip
    _redirect(root, pages, {old: new for old, new in listed.items() if old != new})


def _redirect(root: Path, pages: Mapping[str, LexborHTMLParser], moved: Mapping[str, str]) -> None:
    """Let each place that has moved show where it is now, on its page or in place of it."""
    by_page: dict[str, list[tuple[str, str]]] = {}
    for old, new in moved.items():
        page, _, place = old.partition("#")
        by_page.setdefault(f"{page}.html", []).append((place, new.replace("#", ".html#")))
    for name, moves in by_page.items():
        if name not in pages:
            page = moves[0][1].partition("#")[0]
            (root / name).write_text(STUB.format(page=page, links=_links(moves)), encoding="utf-8")
            continue
        (notes,) = LexborHTMLParser(f"<div>{_links(moves)}</div>").css("div")
        for article in pages[name].css("article"):
            article.insert_child(notes)


def _links(moves: Iterable[tuple[str, str]]) -> str:
    return "".join(
        f'<p id="{escape(place)}">What was here is now <a href="{escape(new)}">elsewhere</a>.</p>'
        for place, new in moves
    )
