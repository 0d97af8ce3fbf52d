"""What every built page promises its reader."""

import re
import tomllib
from collections import Counter
from pathlib import Path
from statistics import median

import numpy as np
import pytest
from bs4 import Tag
from selectolax.lexbor import LexborHTMLParser, LexborNode

from backcheck import fixtures
from backcheck.diagnosis import catalogue
from backcheck.mutants.mistakes import table
from building import Page, head_of, parsed
from chapters import CLAIMS, ROOT, chapters

NUMBER = re.compile(r"(?<![\w.])[-−]?\d+\.\d+(?:e[-+]?\d+)?(?![\w.]*\d)", re.IGNORECASE)
QUOTATIONS = tomllib.loads((ROOT / "tests/quotations.toml").read_text(encoding="utf-8"))

PUBLISHED = {
    "week-3": ["c1w3_bp_notebook_v2", "c1w3_bp_public_c"],
    "week-4": ["c1w4_L_model_backward_v2"],
}

# Digits that learners post, and that the pages promise to reproduce in a cell.
POSTED = {
    "week-3": ["0.35757901", "0.01106911", "0.0254732", "-0.28757612"],
    "week-4": ["0.78862847", "-0.34373911", "0.41186261", "0.50767257", "0.61256916"],
    "printed-values-match-but-test-fails": ["0.35757901", "-0.24468458", "0.00301023"],
    "a-minus-y-fails": ["0.78862847", "0.43650985", "-0.1261204", "0.42987761", "0.50767257"],
}


def numbers(text: str) -> list[str]:
    return [found.replace("−", "-") for found in NUMBER.findall(text)]


def article_of(page: Page) -> LexborNode:
    """Return an article to take parts out of; to copy what Beautiful Soup has read takes longer."""
    return LexborHTMLParser(page.path.read_text(encoding="utf-8")).css("article")[0]


def prose(page: Page) -> str:
    """Return what the page says outside its cells, without the numbering of its parts."""
    article = article_of(page)
    drop = (
        ".cell_input, .cell_output, .live, .plane, .section-number, .caption-number, .eqno, "
        ".katex-html, .std-numref, .headerlink, semantics > :not(annotation)"
    )
    for element in article.css(f"{drop}, a[href*='doi.org']"):
        element.decompose()
    for link in article.css("a.reference.internal"):
        if re.fullmatch(r"\(?(?:\w+\.? )?\d+(?:\.\d+)*\)?", link.text().strip()):
            link.decompose()
    return article.text(separator=" ")


def test_what_a_cell_shows_stands_before_its_folded_code(page: Page) -> None:
    folds = page.soup.select("div.cell > details.hide")
    assert folds or page.name not in ("index", "sigmoid", "audit")
    assert not [fold for fold in folds if fold.find_next_sibling(class_="cell_output")]


def is_rounding_of(number: str, printed: list[str]) -> bool:
    """Whether a printed number is this one, or becomes it when rounded to its decimals."""
    decimals = len(number.lower().split("e")[0].split(".")[1])
    return any(
        float(other) == float(number)
        or (decimals >= 4 and "e" not in number and round(float(other), decimals) == float(number))
        for other in printed
    )


def test_every_decimal_number_in_prose_is_printed_by_a_cell_or_quoted(page: Page) -> None:
    printed = numbers(page.outputs)
    quoted = [number for entry in QUOTATIONS.get(page.name, []) for number in entry["numbers"]]
    loose = [n for n in numbers(prose(page)) if n not in quoted and not is_rounding_of(n, printed)]
    assert not loose, (
        f"{', '.join(loose)} in the prose of {page.name}: print it by a cell of the page, "
        "or register it with its source in tests/quotations.toml."
    )


def test_quotations_are_registered_for_pages_that_exist() -> None:
    assert set(QUOTATIONS) <= set(chapters())


def test_every_registered_quotation_is_still_on_its_page_with_its_source(page: Page) -> None:
    for entry in QUOTATIONS.get(page.name, []):
        assert entry["source"]
        assert set(entry["numbers"]) <= set(numbers(prose(page)))


@pytest.mark.parametrize(
    ("name", "id"), [(name, id) for name, ids in PUBLISHED.items() for id in ids]
)
def test_every_published_number_stands_in_an_output_of_its_page(
    html: Path, name: str, id: str
) -> None:
    printed = {round(float(number), 8) for number in numbers(load(html, name).outputs)}
    for values in fixtures.load(id).expected.values():
        assert {round(value, 8) for value in np.ravel(values) if value} <= printed


@pytest.mark.parametrize("name", POSTED)
def test_the_digits_that_learners_post_stand_in_an_output(html: Path, name: str) -> None:
    assert set(POSTED[name]) <= set(numbers(load(html, name).outputs))


def load(html: Path, name: str) -> Page:
    path = html / f"{name}.html"
    return Page(name, path, parsed(path))


def test_the_words_for_the_three_forms_carry_their_colour(page: Page) -> None:
    for paragraph in page.soup.select("article p:not(.admonition-title, .cell_output p)"):
        for words in paragraph.find_all(string=re.compile(r"\b(?:A-form|Z-form|shortcut)")):
            if not words.find_parent(["a", "code", "pre", "summary", "button"]):
                assert words.find_parent(class_=["a-form", "z-form", "shortcut"]), words


def test_no_traceback_and_no_raw_tex_reached_the_page(page: Page) -> None:
    assert "Traceback" not in page.soup.get_text()
    article = article_of(page)
    for element in article.css("annotation, pre, code"):
        element.decompose()
    text = article.text()
    assert not re.search(r"\$\$|\\\(|\\\[|\\[a-zA-Z]{2,}|\{(?:ref|eq|prf:ref|cite)", text)


def test_the_page_asks_no_foreign_host_for_anything(page: Page) -> None:
    for element in page.soup.select("script[src], img[src], iframe, link[href], source, object"):
        if "canonical" not in (element.get("rel") or []):
            address = element.get("src") or element.get("href") or element.get("data") or ""
            assert not re.match(r"(?:https?:)?//", str(address)), element


def test_no_stylesheet_script_or_picture_asks_a_foreign_host_for_anything(html: Path) -> None:
    files = [file for file in html.rglob("*") if file.suffix in (".css", ".svg")]
    assert any(file.name == "site.css" for file in files)
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"(?:url\(|@import|xlink:href=)\s*[\"']?(?:https?:)?//", text), file


def test_every_picture_says_what_is_to_be_seen(page: Page) -> None:
    for picture in page.soup.article.select("svg.picture"):
        alt = str(picture.get("aria-label", ""))
        assert len(alt) > 20
        assert "_images" not in alt
        assert not alt.endswith((".svg", ".png"))


def test_the_description_is_written_by_hand_for_cards_and_search(page: Page) -> None:
    (description,) = [str(tag["content"]) for tag in page.soup.select("meta[name=description]")]
    assert 50 <= len(description) <= 250
    assert not re.search(r"[\\$`{}]", description)


def test_descriptions_and_titles_are_unique(html: Path) -> None:
    pages = [load(html, name) for name in chapters()]
    for selector, attribute in (("meta[name=description]", "content"), ("title", None)):
        texts = [
            tag[attribute] if attribute else tag.get_text()
            for page in pages
            for tag in page.soup.select(selector)[:1]
        ]
        assert len(set(texts)) == len(pages)


def test_every_heading_formula_figure_and_statement_has_a_label_of_its_own(page: Page) -> None:
    source = page.source.replace("\r", "")
    text = re.sub(r"^( *)(`{3,}).*?^\1\2$", "", source, flags=re.MULTILINE | re.DOTALL)
    for heading in re.finditer(r"^#{1,4} .+$", text, flags=re.MULTILINE):
        assert re.search(r"\([a-z0-9-]+\)=\n$", text[: heading.start()]), heading.group()
    for formula in re.finditer(r"^ *\$\$\n(?:.*\n)*?^ *\$\$(.*)$", source, flags=re.MULTILINE):
        assert re.fullmatch(r" \([a-z0-9-]+\)", formula.group(1)), formula.group()
    for statement in re.finditer(r"\{(?:prf:proposition|exercise(?:-start)?)\}.*\n(.*)", source):
        assert re.fullmatch(r":label: [a-z0-9-]+", statement.group(1)), statement.group()
    for figure in page.soup.article.select("figure"):
        assert re.fullmatch(r"[a-z0-9-]+", str(figure.get("id", "")))


def test_a_heading_answers_to_its_label_and_to_nothing_else(page: Page) -> None:
    labels = set(re.findall(r"^\(([a-z0-9-]+)\)=$", page.source, flags=re.MULTILINE))
    sections = page.soup.article.select("section")
    assert labels
    assert {str(section["id"]) for section in sections} == labels
    for section in sections:
        link = section.find(re.compile("h[1-6]")).select_one("a.headerlink")
        assert isinstance(link, Tag)
        assert link["href"] == f"#{section['id']}"


def test_ids_are_unique_on_the_page(page: Page) -> None:
    counts = Counter(str(element["id"]) for element in page.soup.select("[id]"))
    assert [id for id, count in counts.items() if count > 1] == []


def test_every_link_inside_the_site_leads_somewhere(page: Page) -> None:
    for link in page.soup.select("a[href]"):
        address, _, fragment = str(link["href"]).partition("#")
        if re.match(r"https?:|mailto:", address):
            continue
        target = page.path.parent / address if address else page.path
        assert target.is_file(), link
        if fragment and target.suffix == ".html":
            ids = re.findall(r'id="([^"]+)"', target.read_text(encoding="utf-8"))
            assert fragment in ids, link


def test_the_front_page_is_a_page_and_no_address_names_a_folder_or_an_underscore(
    html: Path,
) -> None:
    front = (html / "index.html").read_text(encoding="utf-8")
    assert 'http-equiv="refresh"' not in front.lower()
    assert not (html / "book").exists()
    assert all(re.fullmatch(r"[a-z0-9-]+", name) for name in chapters())


def test_every_chapter_in_the_folder_is_in_the_table_of_contents() -> None:
    assert {file.stem for file in (ROOT / "book").glob("*.md")} == set(chapters())


def test_without_an_address_there_is_no_card(page: Page, html: Path) -> None:
    assert not [name for name in head_of(page) if name.startswith("og:image")]
    assert not (html / "_static/cards").exists()


def test_one_idea_a_cell(page: Page) -> None:
    cells = re.findall(r"```\{code-cell\}.*?\n(.*?)```", page.source, flags=re.DOTALL)
    sizes = []
    for cell in cells:
        code = re.sub(r"\A---\n.*?---\n|\A(?::[^\n]*\n)+", "", cell, flags=re.DOTALL)
        assert all(len(line) <= 100 for line in code.splitlines()), code
        sizes.append(len([line for line in code.splitlines() if line.strip()]))
    assert not sizes or median(sizes) <= 5, (
        f"The cells of {page.name} have a median of {median(sizes):g} lines, and 5 are the most: "
        f"shorten or split the long ones of {sizes}."
    )


def test_a_claim_that_a_cell_computes_is_printed_by_that_cell(page: Page) -> None:
    printed = " ".join(page.outputs.split())
    for entry in CLAIMS.get(page.name, []):
        if "cell" in entry:
            assert " ".join(entry["cell"].split()) in printed, entry


@pytest.mark.parametrize("page", ["mistakes"], indirect=True)
def test_the_printed_digits_of_every_entry_are_text_of_the_page(page: Page) -> None:
    text = page.soup.get_text()
    # What the first page begins with is no output, and is looked for here all the same.
    assert "dZ2 = [[0.78862847 0.43650985]], which is not returned" in text
    for id in table():
        for place in catalogue.entry(id).places:
            assert place.printed in text, (id, place.changes)
