"""The words of the book: the field's, and our own, explained where they begin."""

import re

import pytest

from chapters import READERS, prose_of

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
