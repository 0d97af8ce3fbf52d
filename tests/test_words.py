"""The words of the book: the field's, and our own, explained where they begin."""

import re
from collections import defaultdict

import pytest

from conftest import ROOT, Page, chapters, source_of

READERS = [name for name in chapters() if name not in ("colophon", "portability")]

OWN = re.compile(r"(?<![\w-])(form|fixture|edition|referee|mutant)s?\b")


def prose_of(name: str) -> str:
    """Return the source of a page without front matter, code, formulas and HTML."""
    source = source_of(name)
    source = re.sub(r"\A---\n.*?\n---\n", "", source, flags=re.DOTALL)
    code = r"^( *)(`{3,})\{?(?:code-cell|raw|text|python).*?^\1\2$"
    source = re.sub(code, "", source, flags=re.M | re.S)
    source = re.sub(r"^ *\$\$.*?^ *\$\$.*?$", "", source, flags=re.M | re.S)
    return re.sub(r"\$[^$]*\$|(?<!`)`[^`\n]+`(?!`)|\([\w-]+\)=", " ", source)


NOT_OURS = {
    "mistake, and no second word for it": r"\bslips?\b",
    "the test is named by its file": r"\bhidden (?:Week|test|edition)",
    "is not a forward pass": r"(?<!here )\b(?:is|are|was|were) no (?!longer|more|less)\w+",
    "a verb needs its subject's auxiliary": r"\b(?:has|have) not (?:a|the|one)\b",
    "British spelling": r"(?i)\b(?:colors?|centered|behaviors?|analyze[ds]?|normalize[ds]?)\b",
}


@pytest.mark.parametrize("why", NOT_OURS)
def test_no_page_uses_a_word_that_the_book_has_another_one_for(why: str) -> None:
    found = {
        name: uses
        for name in READERS
        if name != "glossary" and (uses := re.findall(NOT_OURS[why], prose_of(name)))
    }
    assert not found


def test_slope_is_left_to_the_picture_of_a_derivative() -> None:
    # What is steep, drawn or looked at; everything else is a derivative.
    picture = r"curve|line|steep|picture|panel|lower|graph|leaky|tangent|chord|kink|mixture|side"
    found = [
        (name, sentence.strip())
        for name in READERS
        if name != "glossary"
        for sentence in re.split(r"(?<=[.:?])\s|\n", prose_of(name))
        if re.search(r"\bslopes?\b", sentence) and not re.search(picture, sentence, re.IGNORECASE)
    ]
    assert not found


@pytest.mark.site
def test_the_first_use_of_a_word_of_our_own_leads_to_the_glossary(page: Page) -> None:
    if page.name not in READERS or page.name in ("glossary", "bibliography"):
        pytest.skip("the glossary itself, or a page for maintainers")
    article = page.soup.article
    linked = [str(link["href"]) for link in article.select('a[href^="glossary.html#term-"]')]
    used = set()
    for text in article.select("p, li"):
        if text.find_parent(class_=["cell_output", "cell_input", "admonition-title"]):
            continue
        bare = "".join(
            part
            for part in text.find_all(string=True)
            if not part.find_parent(["code", "a", "pre", "svg", "math", "button", "label"])
        )
        used |= {match[1] for match in OWN.finditer(bare)}
    assert used <= {address.removeprefix("glossary.html#term-") for address in linked}


@pytest.mark.site
def test_citations_can_be_told_apart_and_stand_in_the_list_as_in_the_text(html: object) -> None:
    from conftest import parsed  # a page is read once for all tests

    folder = ROOT / "_build/html"
    labels = {
        str(entry["id"]): " ".join(entry.select_one(".label").get_text(" ").split()).strip("[] ")
        for entry in parsed(folder / "bibliography.html").select(".citation")
    }
    assert len(set(labels.values())) == len(labels)
    cited = defaultdict(set)
    for name in chapters():
        for link in parsed(folder / f"{name}.html").select('article a[href*="bibliography.html#"]'):
            if (place := str(link["href"]).split("#")[1]) in labels:
                cited[place].add(link.get_text())
    assert cited.keys() == labels.keys()
    assert all(texts == {labels[place]} for place, texts in cited.items())
    source = (ROOT / "book/references.bib").read_text(encoding="utf-8")
    years = set(re.findall(r"year = \{(\d{4})\}", source))
    assert sum(label[-5:].rstrip("ab")[-4:] in years for label in labels.values()) > len(labels) / 2


@pytest.mark.site
def test_pages_for_maintainers_are_not_in_the_list_beside_the_pages_and_can_be_reached(
    page: Page,
) -> None:
    beside = [str(link["href"]) for link in page.soup.select(".sidebar-tree a[href]")]
    assert len(beside) >= len(READERS) - 1
    assert not [link for link in beside if link.startswith(("colophon", "portability"))]
    if page.name == "cite":
        assert page.soup.article.select_one('a[href^="colophon.html"]')
    if page.name == "colophon":
        assert page.soup.article.select_one('a[href^="portability.html"]')
