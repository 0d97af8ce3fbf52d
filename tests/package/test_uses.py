"""Mistakes in one line: of a step that it writes out otherwise, or beside other such lines."""

import pytest

from backcheck.diagnosis.diagnose import diagnose
from backcheck.fixtures import load
from backcheck.mutants.mutant import Mutant
from backcheck.mutants.operators import expression
from posts import (
    LSTM_CELL,
    READING_LATER,
    SEVERAL_MISTAKES,
    SLOPE,
    USED_ALIKE,
    USED_OTHERWISE,
    of_program,
)
from told import told

# Where the page's tests read the same diagnoses.
pytestmark = pytest.mark.xdist_group("lines")


@pytest.mark.parametrize("id", USED_OTHERWISE)
def test_a_step_that_one_line_has_otherwise_is_told_from_a_mistake_in_the_step(id: str) -> None:
    text = of_program(id, USED_OTHERWISE[id])
    found = told(text, id)
    assert found.verdict == "explained", found
    assert {*found.candidates[0].forms} == {*USED_OTHERWISE[id]}
    assert any("alone has it otherwise" in said for said in found.remarks)


@pytest.mark.parametrize("slip", USED_ALIKE)
def test_one_slip_in_every_gate_is_told_from_a_mistake_in_what_they_read(slip: str) -> None:
    found = told(of_program(LSTM_CELL, USED_ALIKE[slip]), LSTM_CELL)
    assert found.verdict == "explained", found
    assert {*found.candidates[0].forms} == {"dft", "dit", "dcct"}
    assert any("the lines of dft, dit, dcct have it otherwise" in said for said in found.remarks)


@pytest.mark.parametrize("id", READING_LATER)
def test_a_line_that_reads_a_gradient_computed_below_it_is_named(id: str) -> None:
    ((name, form),) = READING_LATER[id].items()
    outputs = [one for one in load(id).expected if id != "c1w3_bp_public_c" or one == "dW2"]
    found = told(of_program(id, READING_LATER[id], tuple(outputs)), id)
    assert found.verdict == "explained", found
    assert found.candidates[0].forms == {name: expression(form)}


@pytest.mark.parametrize("text", ["dWaa = np.dot(dtanh, da_prev.T)", "dW = dZ @ dA_prev.T / m"])
def test_a_pasted_line_that_reads_a_gradient_computed_below_it_is_judged(text: str) -> None:
    assert "something else than the test" in repr(diagnose(text)).replace("\n", " ")


def test_two_lines_that_read_each_other_have_no_value() -> None:
    changes = {"dWaa": "dz @ da_prev.T", "da_prev": "dWaa @ dz"}
    forms = {name: expression(form) for name, form in changes.items()}
    values = Mutant(load("c5w1_rnn_cell_backward_new"), forms).values
    assert "dz" in values
    assert values.keys().isdisjoint(forms)


def test_without_an_output_that_is_right_the_step_itself_is_what_is_wrong() -> None:
    id = "c5w1_rnn_cell_backward_new"
    found = diagnose(of_program(id, USED_OTHERWISE[id], ("dxt",)), id)
    assert {*found.candidates[0].forms} == {"dz"}
    assert not any("alone has it otherwise" in said for said in found.remarks)


@pytest.mark.parametrize("where", SEVERAL_MISTAKES)
def test_mistakes_that_each_make_an_output_wrong_are_told_together(where: str) -> None:
    id, changes = SEVERAL_MISTAKES[where]
    found = told(of_program(id, changes), id)
    assert found.verdict == "explained", found
    assert {*found.candidates[0].forms} == {*changes}
    assert found.fixture is load(id)


def test_what_is_explained_of_several_mistakes_is_named_beside_what_is_not() -> None:
    changes = {"dzi": f"dc_next * cct + {SLOPE} * cct * it", "dWo": "dzo @ concat.T * 0.37 + 0.1"}
    said = " ".join(diagnose(of_program(LSTM_CELL, changes), LSTM_CELL, 1).remarks)
    assert "are explained by dzi = dc_next * cct + " in said
    assert "* cct * it (parentheses dropped)." in said
    assert "dWo is explained" not in said


@pytest.mark.parametrize(
    ("changes", "is_told"),
    [({"dzi": "dit * it"}, True), ({"dWo": "dot @ concat.T"}, True), ({"dc_prev": "dc"}, False)],
)
def test_names_of_gradients_that_the_notebook_gives_to_others_are_told(
    changes: dict[str, str], is_told: bool
) -> None:
    found = diagnose(of_program(LSTM_CELL, changes), LSTM_CELL, 1)
    assert found.verdict == "explained"
    assert any("what the notebook calls dft" in said for said in found.remarks) is is_told


def test_the_lines_to_look_at_have_the_names_of_learners_and_are_gradients() -> None:
    id = "c5w1_rnn_backward"
    rnn = load(id)
    found = diagnose({**rnn.expected, "dWaa": rnn.expected["dWaa"] * 1.7 + 0.3}, id, 0)
    (said,) = (one for one in found.remarks if "look at" in one)
    assert "look at dWaa first" in said
