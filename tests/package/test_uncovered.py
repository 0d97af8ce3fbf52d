"""An exercise whose tests are not here is refused by name."""

import re
from pathlib import Path

import pytest

from backcheck.__main__ import main
from backcheck.diagnosis.diagnose import diagnose
from backcheck.diagnosis.uncovered import exercises, not_covered
from backcheck.fixtures import ids, load
from backcheck.showing.words import covered, say
from other_exercises import NOT_WRITING, PASTED, WRITING


@pytest.mark.parametrize("name", PASTED)
def test_a_text_of_an_exercise_that_is_not_here_is_refused_by_its_name(name: str) -> None:
    for text in PASTED[name]:
        said = not_covered(text)
        assert name in said, text
        assert diagnose(text).remarks == (say("own-check"), covered())


@pytest.mark.parametrize("id", ids())
def test_a_text_of_a_known_test_is_not_refused(id: str) -> None:
    fixture = load(id)
    values = fixture.run()
    plain = "\n".join(f"{name} = {values[name]}" for name in fixture.expected)
    entries = "\n".join(f'gradients["{name}"] = {value}' for name, value in fixture.entries.items())
    for text in (plain, entries, f"{fixture.function}(x)", f"{fixture.function}_test: {plain}"):
        assert not_covered(text) == ""
    asked = f"As in the forward function, I wrote it so.\n{plain}"
    assert not_covered(asked) == "" or "cost" in fixture.expected
    beside = f"conv_backward worked, batchnorm_backward too, and not {fixture.function}(dA)"
    assert not_covered(beside) == ""


def test_what_is_said_of_an_exercise_is_short_and_gives_no_line_away() -> None:
    for _, _, said, also in exercises():
        for sentence in (said, *(says for _, says in also)):
            assert len(sentence.split()) < 80
            assert not re.search(r"=|\+=|np\.", sentence)


@pytest.mark.parametrize("text", PASTED["CS231n"])
def test_tiny_gradients_and_kinks_are_spoken_of_where_an_error_is_pasted(text: str) -> None:
    assert ("tiny" in not_covered(text)) == ("error" in text)
    assert "Gradient check has the traps" in not_covered(text)


def test_a_function_that_writes_into_its_argument_is_told_into_which() -> None:
    for text, name in WRITING.items():
        assert f"The function writes into {name}, which" in not_covered(text), text
    for text in NOT_WRITING:
        assert "The backward passes of CS231n" in not_covered(text), text
        assert "writes into" not in not_covered(text), text


def test_a_loop_of_cs231n_is_not_sent_to_the_test_of_course_5(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (file := tmp_path / "loop.txt").write_text(next(iter(WRITING)))
    assert main(["diagnose", str(file)]) == 3
    said = " ".join(capsys.readouterr().out.split())
    assert "The backward passes of CS231n" in said
    assert "run c5w1" not in said
