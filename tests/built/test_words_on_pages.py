"""Words and citations lead to where they are explained."""

import re
from collections import defaultdict

import pytest

from building import Page, parsed
from chapters import READERS, ROOT, chapters

OWN = re.compile(r"(?<![\w-])(form|fixture|edition|referee|mutant)s?\b")


@pytest.mark.parametrize(
    "page", [name for name in READERS if name not in ("glossary", "bibliography")], indirect=True
)
def test_the_first_use_of_a_word_of_our_own_leads_to_the_glossary(page: Page) -> None:
    article = page.soup.article
    linked = [str(link["href"]) for link in article.select('a[href^="glossary.html#term-"]')]
    used = set()
    for text in article.select("p, li"):
        if text.find_parent(class_=["cell_output", "cell_input", "admonition-title", "live"]):
            continue
        bare = "".join(
            part
            for part in text.find_all(string=True)
            if not part.find_parent(["code", "a", "pre", "svg", "math", "button", "label"])
        )
        used |= {match[1] for match in OWN.finditer(bare)}
    assert used <= {address.removeprefix("glossary.html#term-") for address in linked}


def test_citations_can_be_told_apart_and_stand_in_the_list_as_in_the_text(html: object) -> None:
    folder = ROOT / "_build/html"
    labels = {
        str(entry["id"]): " ".join(entry.select_one(".label").get_text(" ").split()).strip("[] ")
        for entry in parsed(folder / "bibliography.html").select(".citation")
    }
    assert len(set(labels.values())) == len(labels)
    assert not [label for label in labels.values() if re.search(r"\d \d", label)]
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
