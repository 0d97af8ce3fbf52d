"""Mistakes in one line: of a step that it writes out otherwise, or beside other such lines."""

import pytest

from backcheck.diagnosis.diagnose import diagnose
from backcheck.fixtures import load
from posts import SEVERAL_MISTAKES, USED_OTHERWISE, of_program


@pytest.mark.parametrize("id", USED_OTHERWISE)
def test_a_step_that_one_line_has_otherwise_is_told_from_a_mistake_in_the_step(id: str) -> None:
    text = of_program(id, USED_OTHERWISE[id])
    found = diagnose(text, id)
    assert found.verdict == "explained", found
    assert {*found.candidates[0].forms} == {*USED_OTHERWISE[id]}
    assert any("alone has it otherwise" in said for said in found.remarks)


def test_without_an_output_that_is_right_the_step_itself_is_what_is_wrong() -> None:
    id = "c5w1_rnn_cell_backward_new"
    found = diagnose(of_program(id, USED_OTHERWISE[id], ("dxt",)), id)
    assert {*found.candidates[0].forms} == {"dz"}
    assert not any("alone has it otherwise" in said for said in found.remarks)


@pytest.mark.parametrize("id", SEVERAL_MISTAKES)
def test_mistakes_that_each_explain_one_output_are_told_together(id: str) -> None:
    found = diagnose(of_program(id, SEVERAL_MISTAKES[id]), id)
    assert found.verdict == "explained", found
    assert {*found.candidates[0].forms} == {*SEVERAL_MISTAKES[id]}
    assert found.fixture is load(id)
