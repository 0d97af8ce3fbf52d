import re

import pytest

from backcheck.catalogue import entry, overview
from backcheck.diagnose import diagnose
from backcheck.mistakes import table
from conftest import ROOT, Page

SOURCE = (ROOT / "book" / "mistakes.md").read_text(encoding="utf-8")


def test_every_named_form_has_a_section_with_its_name_and_its_page() -> None:
    sections = re.findall(
        r"\(mistake-([\w-]+)\)=\n### (.+)\n\n.+\nMore: \{ref\}`([\w-]+)`\.\n\n"
        r"```\{code-cell\} ipython3\n:tags: \[remove-input\]\n\ncatalogue\.entry\(\"([\w-]+)\"\)",
        SOURCE,
    )
    assert {id for id, *_ in sections} == set(table())
    for id, heading, page, key in sections:
        named = table()[id]
        assert (heading.lower(), page, key) == (named.name.lower(), named.page, id)


def test_the_overview_computes_its_verdicts() -> None:
    verdicts = {id: verdict for id, _, verdict in overview().rows}
    assert verdicts["shortcut"] == verdicts["slope-from-z"] == "equivalent"
    assert verdicts["keepdims"] == verdicts["average-missing"] == "mistake"
    # relu's slope is 0 or 1, and its own square.
    assert verdicts["slope-twice"] == "equivalent or mistake"


def test_the_section_on_forms_that_are_no_mistake_holds_exactly_the_equivalent_ones() -> None:
    section = SOURCE.split("## Forms that are no mistake\n")[1].split("\n## ")[0]
    verdicts = {id: verdict for id, _, verdict in overview().rows}
    assert set(re.findall(r"\(mistake-([\w-]+)\)=", section)) == {
        id for id, verdict in verdicts.items() if verdict == "equivalent"
    }


@pytest.mark.parametrize("id", ["keepdims", "square", "other-cache", "average-missing"])
def test_what_an_entry_prints_is_diagnosed_to_that_entry(id: str) -> None:
    for place in entry(id).places[:2]:
        if place.printed.startswith("numpy stops"):
            continue
        found = diagnose(place.printed, fixture=place.candidate.id)
        names = {named.id for candidate in found.candidates for named in candidate.named}
        assert id in names, (place.changes, names)


def test_an_unknown_form_is_refused_with_the_known_ones() -> None:
    with pytest.raises(KeyError, match="There is no named form 'typo'; there are "):
        entry("typo")


@pytest.mark.site
@pytest.mark.parametrize("page", ["mistakes"], indirect=True)
def test_the_printed_digits_of_every_entry_are_text_of_the_page(page: Page) -> None:
    text = page.soup.get_text()
    assert "[[0.78862847 0.43650985]]" not in text  # an intermediate, not an output
    for id in table():
        for place in entry(id).places:
            assert place.printed in text, (id, place.changes)
