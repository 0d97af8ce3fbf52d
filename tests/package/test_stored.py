"""What stands beside right numbers: the dictionary that is returned, and a test that complains."""

import pytest

from backcheck.diagnosis.diagnose import diagnose
from backcheck.fixtures import load
from posts import COMPLAINED, KEPT, as_printed


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
