"""The page refuses by name what the package refuses."""

from test_engine import agree, ask

from backcheck.diagnosis.uncovered import not_covered
from backcheck.fixtures import ids, load
from backcheck.showing.words import covered, say
from other_exercises import NOT_WRITING, PASTED, WRITING
from questions import QUESTIONS


def test_page_and_package_refuse_the_same_exercises() -> None:
    texts = [text for some in PASTED.values() for text in some]
    texts += [*WRITING, *NOT_WRITING]
    texts += [f"{load(id).function}(x) beside conv_backward" for id in ids("Course 1")]
    beside = say("own-check"), covered()
    wanted = [[said, *beside] if (said := not_covered(text)) else [] for text in texts]
    assert ask(*(("notCovered", t) for t in texts)) == wanted


def test_page_and_package_tell_a_question_the_same() -> None:
    texts = [*QUESTIONS, "Why does my XOR network always output 0.5?"]
    texts += ["Is it nan?\ncost = -np.sum(Y * np.log(A)) / n", "cost = -np.dot(Y, np.log(A.T)) / m"]
    agree(*((text,) for text in texts))
