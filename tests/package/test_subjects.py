"""A question without numbers is answered by what is known of the names in it."""

import re
from itertools import chain

import pytest

from backcheck.diagnosis.diagnose import diagnose
from backcheck.diagnosis.subjects import LONGEST, subjects_of
from backcheck.fixtures import table_of
from backcheck.showing.words import covered, say
from chapters import ROOT
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


def test_the_sentences_around_code_are_answered_beside_it() -> None:
    text = "Why is my cost nan?\ncost = -np.sum(Y * np.log(A)) / n\n"
    assert TABLE["nan"]["says"] in diagnose(text).remarks
    assert TABLE["sum"]["says"] not in " ".join(diagnose(f"{text}s = np.sum(x, axis=1)").remarks)


def test_a_whole_function_is_not_answered_as_a_question() -> None:
    read = "    m = A_prev.shape[1]\n    dW = dZ @ A_prev.T / m\n"
    for body in (
        read,
        '    """current_cache, as keepdims"""\n    # "dA" + str(l)\n    grads["dA0"] = 0\n',
    ):
        found = diagnose(f"def linear_backward(dZ, cache):\n{body}")
        assert not {one["says"] for one in TABLE.values()} & {*found.remarks}


def test_a_network_that_does_not_learn_is_sent_to_the_page_that_says_why() -> None:
    assert say("own-learning") in diagnose("Why does my XOR network always output 0.5?").remarks


def test_a_cost_in_brackets_computes_what_the_template_squeezes() -> None:
    line = "cost = -(np.dot(Y, np.log(A.T)) + np.dot(1 - Y, np.log(1 - A.T))) / m"
    assert "computes cost as the test expects" in diagnose(line).title
    assert "something else" in diagnose(line.replace("1 - A.T", "A.T")).title


def test_a_long_text_is_no_question() -> None:
    assert subjects_of("word " * LONGEST + "Why 1 - A1**2?") == ()


def test_every_place_that_a_sentence_says_to_read_is_an_address_of_the_book() -> None:
    known = {file.stem for file in (ROOT / "book").glob("*.md")}
    known |= {*(ROOT / "book/permalinks.txt").read_text(encoding="utf-8").split()}
    files = [file for file in (ROOT / "src").rglob("*.toml") if "published" not in file.parts]
    assert len(files) > 5
    for file in files:
        for place in re.findall(
            r"\bRead ([a-z0-9-]+(?:#[a-z0-9-]+)?)[.,]", file.read_text("utf-8")
        ):
            assert place in known, (file.name, place)
