"""Every question and claim of the two forum threads has its place in the book."""

import re

import pytest

from backcheck import fixtures
from backcheck.mutants.audit import audit
from chapters import chapters, source_of

WEEKS = ("threads-week-3", "threads-week-4")


def rows(week: str) -> list[list[str]]:
    """Return the rows of a thread's table, each as the claim and what the book says to it."""
    source = source_of("threads")
    section = source.split(f"({week})=")[1].split("\n(threads-")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def labels_of_the_book() -> set[str]:
    sources = [source_of(name) for name in chapters()]
    return {label for text in sources for label in re.findall(r"^\(([\w-]+)\)=$", text, re.M)} | {
        label for text in sources for label in re.findall(r"^:label: ([\w-]+)$", text, re.M)
    }


@pytest.mark.parametrize("week", WEEKS)
def test_every_row_names_at_least_one_place_that_exists(week: str) -> None:
    places = labels_of_the_book()
    assert len(rows(week)) > 20
    for claim, answer in rows(week):
        named = re.findall(r"\{(?:prf:)?ref\}`(?:[^`<]*<)?([\w-]+)>?`", answer)
        assert named, claim
        assert set(named) <= places, claim


@pytest.mark.parametrize("week", WEEKS)
def test_no_row_is_left_without_an_answer(week: str) -> None:
    for claim, answer in rows(week):
        assert claim
        assert len(re.sub(r"\{[\w:]+\}|<[\w-]+>|[`|]", "", answer)) > 8, claim
        assert not re.match(r"(?i)no\b", answer), claim


def test_the_right_programs_that_the_page_counts_are_those_of_the_audit() -> None:
    week_3, week_4 = (
        audit(fixtures.load(id)) for id in ("c1w3_bp_public_c", "c1w4_L_model_backward_v2")
    )
    assert (len(week_3.rejected), len(week_3.accepted)) == (10, 0)
    assert (len(week_4.rejected), len(week_4.accepted)) == (15, 3)
    page = source_of("threads")
    assert "rejects all ten right programs tried, its own aside" in page
    assert "rejects fifteen of the eighteen right programs tried, its own aside" in page
