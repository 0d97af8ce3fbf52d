"""The page refuses by name what the package refuses, and what a terminal alone knows."""

from test_engine import as_the_page_says, ask

from backcheck.diagnosis.uncovered import not_covered
from backcheck.fixtures import ids, load
from backcheck.showing.words import covered, say
from other_exercises import NOT_WRITING, PASTED, WRITING


def test_page_and_package_refuse_the_same_exercises() -> None:
    texts = [text for some in PASTED.values() for text in some]
    texts += [*WRITING, *NOT_WRITING]
    texts += [f"{load(id).function}(x) beside conv_backward" for id in ids("Course 1")]
    beside = say("own-check"), covered()
    wanted = [[said, *beside] if (said := not_covered(text)) else [] for text in texts]
    assert as_the_page_says(ask(*(("notCovered", t) for t in texts))) == as_the_page_says(wanted)


def test_the_page_gives_the_command_and_the_page_for_a_test_that_a_terminal_knows() -> None:
    others = {load(id).function: id for id in ids() if load(id).last}
    texts = [
        f"def {f}(x):\n    return {f.replace('_backward', '_cell_backward')}(x)" for f in others
    ]
    for (function, id), (said, *how) in zip(
        others.items(), ask(*(("notCovered", text) for text in texts)), strict=True
    ):
        assert f"tests of {function} (" in said
        assert f"backcheck run {id} FILE:{function} calls" in how[0]
        assert "backcheck diagnose FILE" in how[0]
        assert how[0].endswith("Read command-line#command-line-install.")
        assert how[1].endswith(f"Read {load(id).page}.")


def test_a_name_that_several_functions_print_is_said_of_all_of_them() -> None:
    ((of_loops, *_),) = ask(("notCovered", 'gradients["dx"][1][2] = [0.1 0.2 0.3 0.4]'))
    assert "rnn_backward" in of_loops
    assert "lstm_backward" in of_loops
    assert "cell" not in of_loops
    assert ask(("notCovered", "dtanh = [[0.56665733]]")) == [[]]
