"""The feed of new versions: what the page of changes says, as Atom, for programs that watch it.

A library for feeds would bring an XML parser of its own along, for two templates.
"""

from collections.abc import Mapping
from html import escape
from pathlib import Path
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser

import citing

PAGE, FILE = "changelog.html", "changelog.xml"

LINK = f'<link rel="alternate" type="application/atom+xml" title="Changes" href="{FILE}">'
"""What says in the head of a page that there is a feed."""

FEED = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<title>{title}: changes</title><id>{here}</id><updated>{updated}T00:00:00Z</updated>
<link rel="self" href="{here}"/><link href="{page}"/><author><name>{authors}</name></author>
{entries}</feed>
"""

ENTRY = """<entry><title>{title}</title><id>{place}</id><updated>{updated}T00:00:00Z</updated>
<link href="{place}"/><content type="html">{said}</content></entry>
"""


def write(root: Path, pages: Mapping[str, LexborHTMLParser], address: str) -> None:
    """Write the feed of a site, an entry for each version; without its address there is none."""
    (root / FILE).unlink(missing_ok=True)
    if not address or PAGE not in pages:
        return
    # What is changed in the copy is wanted on the page itself.
    copy = LexborHTMLParser(pages[PAGE].html or "")
    for found in copy.css(".headerlink"):
        found.decompose()
    for link in copy.css("a[href]"):
        link.attrs["href"] = urljoin(address + PAGE, link.attributes["href"] or "")
    entries, dates = "", []
    for version in copy.css("article section section"):
        heading, *blocks = (one for one in version.iter() if one.tag != "-text")
        number, _, date = heading.text().strip().partition(", ")
        dates.append(date)
        said = escape("".join(one.html or "" for one in blocks))
        title, place = f"{citing.SITE} {number}", f"{address}{PAGE}#{version.id}"
        entries += ENTRY.format(title=title, place=place, updated=date, said=said)
    told = {"here": address + FILE, "page": address + PAGE, "entries": entries}
    told["authors"] = escape(", ".join(one["name"] for one in citing.citation()["authors"]))
    text = FEED.format(title=citing.SITE, updated=dates[0], **told)
    (root / FILE).write_text(text, encoding="utf-8")
