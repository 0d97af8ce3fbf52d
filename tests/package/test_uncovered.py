"""An exercise whose tests are not here is refused by name."""

import re

import pytest

from backcheck.diagnosis.diagnose import diagnose
from backcheck.diagnosis.uncovered import exercises, not_covered
from backcheck.fixtures import ids, load
from backcheck.showing.words import covered, say
from other_exercises import PASTED


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
    beside = f"conv_backward worked, batchnorm_backward too, and not {fixture.function}(dA)"
    assert not_covered(beside) == ""


def test_what_is_said_of_an_exercise_is_short_and_gives_no_line_away() -> None:
    for _, _, said in exercises():
        assert len(said.split()) < 80
        assert not re.search(r"=|\+=|np\.", said)
