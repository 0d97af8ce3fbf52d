"""A question without numbers is answered by what is known of the names in it."""

from itertools import chain

import pytest

from backcheck.diagnosis.diagnose import diagnose
from backcheck.diagnosis.subjects import LONGEST, subjects_of
from backcheck.fixtures import table_of
from backcheck.showing.words import covered, say
from questions import QUESTIONS

TABLE = table_of("diagnosis/subjects.toml")


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_is_told_what_it_names_and_nothing_else(question: str) -> None:
    wanted = tuple(TABLE[key]["says"] for key in QUESTIONS[question])
    assert subjects_of(question) == wanted
    if wanted:
        found = diagnose(question)
        assert found.headline == say("asked")
        assert found.remarks == (*wanted, say("question"), covered())
        assert found.verdict == "unexplained"
    else:
        with pytest.raises(ValueError, match=say("no-numbers")[:40]):
            diagnose(question)


def test_each_subject_is_asked_about() -> None:
    assert {*chain.from_iterable(QUESTIONS.values())} == TABLE.keys()


def test_what_is_said_of_a_subject_is_short_and_ends_with_a_place_to_read() -> None:
    for one in TABLE.values():
        assert len(one["says"].split()) < 80
        assert one["says"].split(". ")[-1].startswith("Read ")


def test_numbers_code_and_messages_are_answered_first() -> None:
    question = "Why 1 - A1**2 here? "
    for text in ("dW1 = [[0.1, 0.2]]", "KeyError: 'dA1'", "dZ1 = np.dot(W2.T, dZ2)"):
        assert diagnose(question + "\n" + text).headline != say("asked")


def test_a_long_text_is_no_question() -> None:
    assert subjects_of("word " * LONGEST + "Why 1 - A1**2?") == ()
