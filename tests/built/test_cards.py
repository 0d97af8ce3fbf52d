"""The pictures that forums show of a link to a page."""

import importlib
import io
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from PIL import Image
from selectolax.lexbor import LexborHTMLParser

from building import Page, head_of, parsed
from chapters import ROOT, chapters

ADDRESS = "https://example.org/book/"

pytestmark = pytest.mark.xdist_group("cards")


@pytest.fixture(scope="module")
def extensions() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "book/_ext"))
        yield


@pytest.fixture(scope="module")
def cards(extensions: None) -> ModuleType:
    return importlib.import_module("cards")


def finish(root: Path, address: str) -> None:
    """Do the last step of a build again, from the pages as Sphinx wrote them."""
    config = SimpleNamespace(html_baseurl=address, notfound_urls_prefix="/book/")
    app = SimpleNamespace(outdir=root, builder=SimpleNamespace(name="html"), config=config)
    importlib.import_module("finish").finish(app, None)


@pytest.fixture(scope="module")
def site(html: Path, extensions: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the same site, finished with an address."""
    build = tmp_path_factory.mktemp("cards")
    for folder in ("html", ".written", ".fonts", ".pictures"):
        shutil.copytree(html.parent / folder, build / folder)
    shutil.copy(html.parent / ".bundle.json", build)
    with pytest.MonkeyPatch.context() as patch:
        # As before the PDF and the EPUB are made.
        patch.setenv("FORMS", "yes")
        finish(build / "html", ADDRESS)
    return build / "html"


@pytest.fixture(params=chapters())
def shown(request: pytest.FixtureRequest, site: Path) -> Page:
    """Give each page of the site with an address in turn."""
    path = site / f"{request.param}.html"
    return Page(request.param, path, parsed(path))


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_every_page_names_a_card_that_is_there(shown: Page, site: Path) -> None:
    head = head_of(shown)
    file, _, version = head["og:image"].removeprefix(ADDRESS).partition("?v=")
    assert file == f"_static/cards/{shown.name}.png"
    assert re.fullmatch("[0-9a-f]{8}", version)
    data = (site / file).read_bytes()
    assert len(data) < 32_000
    with Image.open(io.BytesIO(data)) as picture:
        assert (picture.format, picture.size) == ("PNG", (1200, 630))
        assert picture.info == {}, "a date or a program is in the file"
        assert picture.convert("RGB").getpixel((0, 0)) == (255, 255, 255)
    assert (head["og:image:width"], head["og:image:height"]) == ("1200", "630")
    assert head["twitter:card"] == "summary_large_image"


def test_a_card_says_in_words_what_is_on_it(shown: Page, cards: ModuleType) -> None:
    head = head_of(shown)
    card = cards.card_of(LexborHTMLParser(shown.path.read_text(encoding="utf-8")))
    alt = head["og:image:alt"]
    assert alt == card.alt
    assert alt.startswith(head["og:title"])
    assert card.number in alt
    assert card.line in alt
    assert not re.search(r"[\\$¶]", alt)
    assert len(alt) <= 420, "longer than what forums keep"


def test_the_number_on_a_card_was_printed_by_a_cell_of_its_page(
    shown: Page, cards: ModuleType
) -> None:
    card = cards.card_of(LexborHTMLParser(shown.path.read_text(encoding="utf-8")))
    if not card.number:
        assert head_of(shown)["description"].startswith(card.line)
        return
    assert card.number in cards.NUMBER.findall(shown.outputs)
    assert card.number in cards.NUMBER.findall(card.line)
    if not card.printed:
        return
    # What a table says of an entry stands in its row, its column and the entry itself.
    places, _, entry = card.line.rpartition(": ")
    table = any(
        {*places.split(", "), entry} <= set(re.split(r", |\n", found.get_text("\n")))
        for found in shown.soup.select(".cell_output table")
    )
    assert table or squeezed(card.line) in squeezed(shown.outputs)


def test_pages_that_quote_a_number_have_it_on_their_cards(html: Path, cards: ModuleType) -> None:
    numbers = {
        name: cards.card_of(
            LexborHTMLParser((html / f"{name}.html").read_text(encoding="utf-8"))
        ).number
        for name in chapters()
    }
    assert numbers["a-minus-y-fails"] == numbers["index"] == "0.78862847"
    assert numbers["week-4"] == "-0.1261204"
    assert numbers["off-the-forward-pass"] == "0.6849"
    assert numbers["glossary"] == ""
    assert sum(map(bool, numbers.values())) >= 15


def page_with(description: str, lead: str, output: str, more: str = "") -> LexborHTMLParser:
    return LexborHTMLParser(
        f'<meta name="description" content="{description}"><article><section><h1>One</h1>'
        f'<p>{lead}</p><section><h2>Two</h2>\n<p>{more}</p>\n<div class="cell">'
        f'<div class="cell_input"><pre>print(5.25)</pre></div><div class="cell_output">{output}'
        "</div></div></section></section></article>"
    )


@pytest.mark.parametrize(
    ("page", "number", "line"),
    [
        (("Gives 2.5. Or not.", "", "<pre>cost 1.25\ncost 2.5</pre>"), "2.5", "cost 2.5"),
        (("Gives 9.5.", "It is −2.5.", "<pre>b 1.25\nb -2.5</pre>"), "-2.5", "b -2.5"),
        (("Text. It gives 2.5.", "", "<pre>b 1.25\n2.5</pre>"), "2.5", "It gives 2.5."),
        (("Text.", "", "<pre>b 1.25\nb 0.12345678</pre>", "0.12345678"), "0.12345678", ""),
        (("Text.", "", "<pre>b 0.0 of 0.1\n1.25\npasses 1.5\nb 3e-16</pre>"), "3e-16", "b 3e-16"),
        (("One. Two.", "It is 5.25.", "<pre>b 12\nversion 0.1.10</pre>"), "", "One."),
        (("Text.", "", f"<pre>{'long ' * 20} 1.25</pre>"), "", "Text."),
        (
            ("Text.", "", "<table><thead><tr><th>test<th>rate</thead><tbody><tr><th>A<td>97.5 %"),
            "97.5 %",
            "A, rate: 97.5 %",
        ),
    ],
)
def test_a_quoted_number_is_taken_before_a_printed_one(
    cards: ModuleType, page: tuple[str, ...], number: str, line: str
) -> None:
    card = cards.card_of(page_with(*page))
    assert card.number == number
    assert card.line == line or not line


@pytest.mark.parametrize("title", ["A", "dZ = A − Y, " * 6, "$x_1$ \\sum " * 8, "word " * 30])
def test_nothing_on_a_card_leaves_it(cards: ModuleType, title: str) -> None:
    card = cards.Card(title.strip(), "-0.12345678", "x" * cards.LONGEST, True)
    first = cards.drawn(card)
    assert cards.drawn(card) == first
    with Image.open(io.BytesIO(first)) as picture:
        margins = picture.convert("RGB").point(lambda light: 255 - light)
    left, top, right, bottom = margins.getbbox()
    assert 60 <= left <= 80
    assert 1120 <= right <= 1140
    assert top >= 40
    assert bottom <= 600


def test_a_card_is_drawn_once(
    cards: ModuleType, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(card: object) -> bytes:
        raise AssertionError(f"{card} is drawn again")

    before = {file: file.read_bytes() for file in (site / "_static/cards").iterdir()}
    assert len(before) == len(chapters())
    monkeypatch.setattr(cards, "drawn", refuse)
    finish(site, ADDRESS)
    assert before == {file: file.read_bytes() for file in (site / "_static/cards").iterdir()}


def test_a_site_that_lost_its_address_loses_its_cards(site: Path, tmp_path: Path) -> None:
    build = tmp_path / "build"
    shutil.copytree(site.parent, build)
    finish(build / "html", "")
    assert not (build / "html/_static/cards").exists()
    assert "og:image" not in (build / "html/index.html").read_text(encoding="utf-8")


def test_pages_lead_to_the_pdf_and_the_epub_where_both_are_made(site: Path) -> None:
    for name in chapters():
        links = {str(link.get("href")) for link in parsed(site / f"{name}.html").select("footer a")}
        assert {"when-the-cache-lies.pdf", "when-the-cache-lies.epub"} <= links
