"""What stands beside right numbers: the dictionary that is returned, and a test that complains."""

import pytest

from backcheck.diagnosis.diagnose import diagnose
from backcheck.fixtures import load
from backcheck.showing.words import say
from posts import BY_THEIR_LINES, COMPLAINED, KEPT, SAID_RIGHT, as_printed


@pytest.mark.parametrize("text", KEPT)
def test_a_dictionary_that_does_not_hold_what_the_test_reads_is_told(text: str) -> None:
    found = diagnose(text)
    assert found.verdict == "unexplained"
    says = [one for one in found.remarks if one.startswith("The dictionary has")]
    assert says == KEPT[text]
    if KEPT[text] and found.arrays:
        assert found.headline.endswith("and what is stored is not.")


@pytest.mark.parametrize("text", COMPLAINED)
def test_what_a_complaint_beside_right_numbers_means_is_said_first(text: str) -> None:
    found = diagnose(text)
    assert found.verdict == "expected"
    assert COMPLAINED[text] in found.remarks[0]
    assert COMPLAINED[text][:40] in found.body.strip().replace("\n", " ")[:400]


def test_right_numbers_without_a_complaint_are_told_nothing_of_one() -> None:
    found = diagnose(as_printed(load("c2w1_backward_dropout")))
    assert found.verdict == "expected"
    assert not any("still a test" in one or "compares more" in one for one in found.remarks)


@pytest.mark.parametrize("text", SAID_RIGHT)
def test_what_a_sentence_calls_right_leaves_out_the_programs_that_change_it(text: str) -> None:
    found = diagnose(text)
    names = SAID_RIGHT[text]
    told = [one for one in found.remarks if one.startswith("The text calls")]
    assert told == ([say("told-right", names=names, n=2)] if names else [])
    changed = {step for mutant in found.candidates for step in mutant.forms}
    assert ("dZ2" in changed) == (not names)


@pytest.mark.parametrize("text", BY_THEIR_LINES)
def test_a_line_that_prints_what_stands_beside_it_explains_that(text: str) -> None:
    found = diagnose(text)
    assert found.verdict == "explained"
    assert any(line.startswith(BY_THEIR_LINES[text]) for line in found.candidates[0].shown)


@pytest.mark.parametrize("given", ["gradients", "grads"])
def test_an_entry_in_a_sentence_is_read(given: str) -> None:
    text = f"Only da0 is off. {given}['da0'][2][3] = -0.8677686776235903 , expected -0.31. Why?"
    (first, *_) = diagnose(text).candidates
    assert "da0 is da[:, :, 0]" in first.shown[0]
