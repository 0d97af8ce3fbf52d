"""The feed of new versions: what the page of changes says, as Atom, for programs that watch it.

The standard library is enough. A library for feeds would bring an XML parser of its own along,
for one small file whose text the build has already.
"""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urljoin
from xml.etree import ElementTree as Xml

from selectolax.lexbor import LexborHTMLParser

import citing

PAGE, FILE = "changelog.html", "changelog.xml"

LINK = f'<link rel="alternate" type="application/atom+xml" title="Changes" href="{FILE}">'
"""What says in the head of a page that there is a feed."""


def write(root: Path, pages: Mapping[str, LexborHTMLParser], address: str) -> None:
    """Write the feed of a site, an entry for each version; without its address there is none."""
    (root / FILE).unlink(missing_ok=True)
    if address and PAGE in pages:
        text = Xml.tostring(_feed(pages[PAGE], address), encoding="unicode")
        declared = '<?xml version="1.0" encoding="utf-8"?>'
        (root / FILE).write_text(f"{declared}\n{text}\n", encoding="utf-8")


def _feed(page: LexborHTMLParser, address: str) -> Xml.Element:
    feed = Xml.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": "en"})
    authors = ", ".join(author["name"] for author in citing.citation()["authors"])
    copy = LexborHTMLParser(page.html or "")
    for found in copy.css(".headerlink"):
        found.decompose()
    for link in copy.css("a[href]"):
        link.attrs["href"] = urljoin(address + PAGE, link.attributes["href"] or "")
    for version in copy.css("article section section"):
        (heading, *blocks) = (one for one in version.iter() if one.tag != "#text")
        number, _, date = heading.text().strip().partition(", ")
        place = f"{address}{PAGE}#{version.id}"
        if not len(feed):
            _head(feed, address, authors, date)
        entry = Xml.SubElement(feed, "entry")
        _text(entry, "title", f"{citing.SITE} {number}")
        _text(entry, "id", place)
        _text(entry, "updated", f"{date}T00:00:00Z")
        Xml.SubElement(entry, "link", {"href": place})
        _text(entry, "content", "".join(one.html or "" for one in blocks), type="html")
    Xml.indent(feed)
    return feed


def _head(feed: Xml.Element, address: str, authors: str, date: str) -> None:
    _text(feed, "title", f"{citing.SITE}: changes")
    _text(feed, "id", address + FILE)
    _text(feed, "updated", f"{date}T00:00:00Z")
    Xml.SubElement(feed, "link", {"rel": "self", "href": address + FILE})
    Xml.SubElement(feed, "link", {"href": address + PAGE})
    _text(Xml.SubElement(feed, "author"), "name", authors)


def _text(within: Xml.Element, tag: str, text: str, **attributes: str) -> None:
    Xml.SubElement(within, tag, attributes).text = text
