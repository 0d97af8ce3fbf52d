"""What the book on paper and in an e-reader promises to those who read it there."""

import io
import posixpath
import re
import tomllib
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from lxml import etree
from pikepdf import Dictionary, Pdf, Stream
from selectolax.lexbor import LexborHTMLParser

from browsing import needs_chromium
from building import STRICT, build
from chapters import ROOT, chapters

# One process makes both files, and all tests read them there.
pytestmark = pytest.mark.xdist_group("forms")

VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
XHTML = "{http://www.w3.org/1999/xhtml}"
MATH = "{http://www.w3.org/1998/Math/MathML}math"


@cache
def page_of(html: Path, name: str) -> LexborHTMLParser:
    return LexborHTMLParser((html / f"{name}.html").read_text(encoding="utf-8"))


def titles(html: Path) -> list[str]:
    """Return the title of every chapter as its page shows it."""
    found = []
    for name in chapters():
        (heading, *_) = page_of(html, name).css("article h1")
        found.append(" ".join(heading.text().removesuffix("¶").split()))
    return found


@pytest.fixture(scope="module")
def printer() -> Iterator[Any]:
    """Give the module that prints."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "book/_ext"))
        from forms import pdf

        yield pdf


def printed(printer: Any, html: Path, text: str) -> bytes:
    """Print in a thread of its own: Playwright runs in each but once, and tests have theirs."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(printer.printed, html, text).result()


@pytest.fixture(scope="module")
def document(printer: Any, html: Path) -> str:
    return printer.document(html)


@pytest.fixture(scope="module")
def pdf(printer: Any, html: Path, document: str) -> Iterator[Pdf]:
    """Print the book."""
    needs_chromium()
    # The numbers in the contents cost a second print; the test of the bytes has some.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(printer, "_number", lambda page: None)
        data = printer.settled(printed(printer, html, document), printer.headings_of(document))
    assert len(data) < 6.9e6
    with Pdf.open(io.BytesIO(data)) as opened:
        yield opened


@pytest.fixture(scope="module")
def epub(html: Path, tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Build the EPUB from the pages that the site has read."""
    with FileLock(tmp_path_factory.getbasetemp().parent / "book.lock"):
        done = build(ROOT, *STRICT, "--builder", "custom", "--custom-builder", "epub")
    assert done.returncode == 0, done.stdout
    assert "Ran " not in done.stdout
    assert "0 added, 0 changed, 0 removed" in done.stdout
    return zipfile.ZipFile(ROOT / "_build/epub/when-the-cache-lies.epub")


def pages_of(epub: zipfile.ZipFile) -> dict[str, etree._Element]:
    names = [name for name in epub.namelist() if name.endswith(".xhtml")]
    return {name: etree.fromstring(epub.read(name)) for name in names}


def test_the_pdf_lists_every_chapter_in_order_with_its_sections(pdf: Pdf, html: Path) -> None:
    with pdf.open_outline() as outline:
        contents, *found = outline.root
    assert contents.title == "Contents"
    assert [item.title for item in found] == titles(html)
    for name, item in zip(chapters(), found, strict=True):
        assert len(item.children) == len(page_of(html, name).css("article h2"))


def test_the_pdf_says_what_it_is_and_can_be_read_aloud(pdf: Pdf) -> None:
    assert pdf.Root.MarkInfo.Marked
    assert "/StructTreeRoot" in pdf.Root
    assert str(pdf.Root.Lang) == "en"
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    with pdf.open_metadata() as said:
        assert said["dc:title"].startswith("When the Cache Lies")
        assert said["dc:creator"] == ["The authors of When the Cache Lies"]
        assert "CC BY 4.0" in said["dc:rights"]
    figures = [
        one for one in pdf.objects if isinstance(one, Dictionary) and one.get("/S") == "/Figure"
    ]
    assert len(figures) > 20
    assert all(len(str(figure.get("/Alt", ""))) > 0 for figure in figures)


def test_every_link_of_the_printed_book_has_its_place_in_it(document: str) -> None:
    places = re.findall(r' id="([^"]+)"', document)
    links = set(re.findall(r' href="#([^"]+)"', document))
    assert len(places) == len(set(places)) > 500
    assert len(links) > 150
    assert links - set(places) == set()


def test_every_link_of_the_pdf_leads_to_a_page_of_it_or_to_the_web(pdf: Pdf, document: str) -> None:
    pages = {page.objgen for page in pdf.pages}
    links = [note for page in pdf.pages for note in page.get("/Annots", [])]
    inside = [note for note in links if "/Dest" in note]
    places = {name: place[0].objgen for name, place in pdf.Root.Dests.items()}
    for note in inside:
        assert places[str(note.Dest)] in pages
    assert len(inside) >= len(re.findall(r'<a [^>]*href="#', document))
    for note in links:
        if "/Dest" not in note:
            assert str(note.A.URI).startswith(("https://", "http://"))


def test_every_page_of_the_pdf_has_text_in_fonts_of_its_own_and_no_pixels(pdf: Pdf) -> None:
    assert 200 < len(pdf.pages) < 520
    for page in pdf.pages:
        assert re.search(rb"\bT[jJ]\b", page.Contents.read_bytes())
        for font in page.Resources.Font.values():
            for drawn in font.get("/DescendantFonts", [font]):
                assert any(f"/FontFile{kind}" in drawn.FontDescriptor for kind in ("", 2, 3))
    drawn = [one for one in pdf.objects if isinstance(one, Stream)]
    assert [one for one in drawn if one.get("/Subtype") == "/Image"] == []


def test_the_pdf_is_the_same_bytes_whenever_it_is_printed(printer: Any, html: Path) -> None:
    needs_chromium()
    link = '<p id="contents"><a href="#a">A</a><i class="number"></i>'
    table = "<table><tr><th>A<td>B</table>"
    text = f'<title>T</title>{link}{table}<h1 id="a" style="break-before: page">A'
    first, second = (printed(printer, html, text) for _ in range(2))
    assert first != second, "the dates that are taken out"
    assert printer._pages_of(first) == {"a": 2}
    assert printer.settled(first, ["A"]) == printer.settled(second, ["A"])


def test_without_chromium_the_pdf_is_refused_in_one_sentence(
    printer: Any, html: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printer.shutil, "which", lambda name: None)
    with pytest.raises(SystemExit, match=r"^Chromium prints the PDF, and none was found: install"):
        printer.printed(html, "")


def test_the_epub_begins_with_its_type_and_holds_what_it_lists(epub: zipfile.ZipFile) -> None:
    first, *others = epub.infolist()
    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
    assert epub.read("mimetype") == b"application/epub+zip"
    package = etree.fromstring(epub.read("content.opf"))
    listed = {item.get("href"): item for item in package.iterfind("{*}manifest/{*}item")}
    assert {file.filename for file in others} == {*listed, "content.opf", "META-INF/container.xml"}
    files = {item.get("id"): name for name, item in listed.items()}
    spine = [files[item.get("idref")] for item in package.iterfind("{*}spine/{*}itemref")]
    assert spine == ["title.xhtml", *(f"{name}.xhtml" for name in chapters())]
    for name, page in pages_of(epub).items():
        assert (next(page.iter(MATH), None) is not None) == (
            "mathml" in listed[name].get("properties", "")
        )


def test_the_epub_says_what_it_is_and_nothing_of_when_it_was_made(epub: zipfile.ZipFile) -> None:
    released = re.search(r"date-released: (\S+)", (ROOT / "CITATION.cff").read_text("utf-8"))[1]
    said = etree.fromstring(epub.read("content.opf")).find("{*}metadata")
    assert said.findtext("{*}title").startswith("When the Cache Lies")
    assert said.findtext("{*}language") == "en"
    assert "CC BY 4.0" in said.findtext("{*}rights")
    assert said.findtext("{*}meta[@property='dcterms:modified']") == f"{released}T00:00:00Z"
    assert said.findtext("{*}meta[@property='ibooks:version']") == VERSION
    dates = {"-".join(f"{part:02}" for part in file.date_time) for file in epub.infolist()}
    assert dates == {f"{released}-00-00-00"}


def test_every_link_of_the_epub_leads_to_a_place_in_it(epub: zipfile.ZipFile) -> None:
    pages = pages_of(epub)
    places = {
        name: {one.get("id") for one in page.iter() if one.get("id")}
        for name, page in pages.items()
    }
    checked = 0
    for name, page in pages.items():
        for tag in page.iter(f"{XHTML}a", f"{XHTML}img", f"{XHTML}link"):
            address = tag.get("href") or tag.get("src")
            if address.startswith(("https://", "http://")):
                continue
            file, _, place = address.partition("#")
            assert posixpath.normpath(file or name) in epub.namelist(), address
            assert not place or place in places[file or name], address
            checked += 1
    assert checked > 400, checked


def test_no_path_of_a_picture_in_the_epub_lacks_its_data(epub: zipfile.ZipFile) -> None:
    pictures = [name for name in epub.namelist() if name.endswith(".svg")]
    assert len(pictures) > 10
    for name in pictures:
        for path in etree.fromstring(epub.read(name)).iter("{http://www.w3.org/2000/svg}path"):
            assert "d" in path.attrib, name


def test_an_e_reader_finds_formulas_pictures_and_solutions_without_a_script(
    epub: zipfile.ZipFile, html: Path
) -> None:
    for name in chapters():
        page = etree.fromstring(epub.read(f"{name}.xhtml"))
        site = page_of(html, name)
        assert len(list(page.iter(MATH))) == len(site.css("article .katex"))
        assert all(formula.get("alttext") for formula in page.iter(MATH))
        assert len(list(page.iter(f"{XHTML}img"))) == len(site.css("article .picture"))
        assert all(len(image.get("alt")) > 20 for image in page.iter(f"{XHTML}img"))
        assert page.findall(".//*[@style]") == []
        for tag in ("script", "noscript", "form", "textarea", "details", "svg"):
            assert list(page.iter(f"{XHTML}{tag}")) == []
        unfolded = page.findall(f".//{XHTML}div[@class]")
        solutions = [one for one in unfolded if "solution" in one.get("class").split()]
        assert len(solutions) == len(site.css("article details.solution"))
        assert {one[0].text for one in solutions} <= {"Solution"}
