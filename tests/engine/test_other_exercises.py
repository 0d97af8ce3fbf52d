"""The page refuses by name what the package refuses, and what a terminal alone knows."""

from test_engine import ask

from backcheck.diagnosis.uncovered import not_covered
from backcheck.fixtures import ids, load
from other_exercises import PASTED


def test_page_and_package_refuse_the_same_exercises() -> None:
    texts = [text for some in PASTED.values() for text in some]
    texts += [f"{load(id).function}(x) beside conv_backward" for id in ids("Course 1")]
    assert ask(*(("notCovered", text) for text in texts)) == list(map(not_covered, texts))


def test_the_page_names_the_tests_that_a_terminal_knows() -> None:
    others = {load(id).function for id in ids() if not load(id).course.startswith("Course 1")}
    (of_cell,) = ask(("notCovered", 'gradients["dWax"][3][1] = 0.410772824935'))
    assert "rnn_cell_backward of Course 5" in of_cell
    (of_words,) = ask(("notCovered", "grad_b1 = [[0.56665733]]"))
    assert "back_prop of NLP" in of_words
    assert ask(("notCovered", "dtanh = [[0.56665733]]")) == [""]
    for function, said in zip(
        others, ask(*(("notCovered", f"{f}(x)") for f in others)), strict=True
    ):
        assert function in said
        assert "Read command-line" in said
