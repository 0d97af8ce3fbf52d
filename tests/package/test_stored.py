"""What stands beside right numbers: the dictionary that is returned, and a test that complains."""

import pytest

from backcheck.diagnosis.diagnose import diagnose
from backcheck.diagnosis.reading import read
from backcheck.fixtures import load
from backcheck.mutants.mutant import Mutant
from backcheck.mutants.operators import expression
from backcheck.showing.words import say
from posts import (
    AROUND_NUMBERS,
    BELOW_A_MESSAGE,
    BRANCHES,
    BY_THEIR_LINES,
    COMPLAINED,
    ENTRIES_TOLD,
    EXCHANGED,
    IN_HTML,
    KEPT,
    LOOKED_AT,
    LOSING,
    NARROWED,
    NEARLY,
    SAID_RIGHT,
    TURNED,
    as_changed,
    as_printed,
)


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


@pytest.mark.parametrize("text", SAID_RIGHT)
def test_what_a_sentence_calls_right_leaves_out_the_programs_that_change_it(text: str) -> None:
    found = diagnose(text)
    names = SAID_RIGHT[text]
    told = [one for one in found.remarks if one.startswith("The text calls")]
    assert told == ([say("told-right", names=names, n=2)] if names else [])
    changed = {step for mutant in found.candidates for step in mutant.forms}
    assert ("dZ2" in changed) == (not names)


@pytest.mark.parametrize("text", BY_THEIR_LINES)
def test_a_line_that_prints_what_stands_beside_it_explains_that(text: str) -> None:
    found = diagnose(text)
    assert found.verdict == "explained"
    assert any(line.startswith(BY_THEIR_LINES[text]) for line in found.candidates[0].shown)


@pytest.mark.parametrize("text", AROUND_NUMBERS)
def test_a_line_around_numbers_that_is_wrong_by_itself_is_told(text: str) -> None:
    found = diagnose(text, changes=1)
    assert found.verdict == "unexplained"
    said = [one for one in found.remarks if "takes the cache apart" in one or "drawn anew" in one]
    assert len(said) == bool(AROUND_NUMBERS[text])
    assert AROUND_NUMBERS[text] in " ".join(said)


@pytest.mark.parametrize("text", ENTRIES_TOLD)
def test_an_entry_that_a_sentence_tells_is_read(text: str) -> None:
    (array,) = read(text).arrays
    assert (array.name, array.at, array.numbers) == ENTRIES_TOLD[text]


@pytest.mark.parametrize("text", BRANCHES)
def test_a_branch_that_a_sentence_calls_right_keeps_its_outputs(text: str) -> None:
    found = diagnose(text)
    told = [one for one in found.remarks if one.startswith("The text calls sigmoid_dA_prev")]
    assert len(told) == BRANCHES[text]
    asked = " ".join(one for one in found.remarks if one.startswith("Paste "))
    assert ("sigmoid_" in asked) != BRANCHES[text]


@pytest.mark.parametrize("text", LOOKED_AT)
def test_what_shapes_names_and_lines_show_is_told(text: str) -> None:
    assert LOOKED_AT[text] in " ".join(repr(diagnose(text)).split())


@pytest.mark.parametrize("text", NARROWED)
def test_a_line_that_writes_out_a_step_shows_the_step_alone(text: str) -> None:
    assert diagnose(text).candidates[0].shown == NARROWED[text]


def test_arguments_of_a_helper_in_the_other_order_are_one_change() -> None:
    (first, *_) = diagnose(EXCHANGED).candidates
    assert (first.changes, *first.shown) == (
        1,
        "sigmoid_dZ = Z * sigmoid(dA) * (1 - sigmoid(dA))",
        "relu_dZ = Z * (dA > 0)",
    )


def test_what_is_expected_is_written_in_the_words_of_the_line() -> None:
    test = load("c5w1_lstm_cell_backward")
    own = "dc_next * ft + ot * (1 - tanh(c_next) ** 2) * it * da_next"
    (expected,) = Mutant(test, {"dc_prev": expression(own)}).expects
    assert "dc_next + da_next" in expected


def test_what_the_line_does_not_write_out_is_expected_by_its_name() -> None:
    shortcut, *_ = diagnose("dZ2 = [[0.78862847 0.43650985]]").candidates
    assert shortcut.expects == ("where the test expects dZ[2] = dA[L] * σ'(Z[2])",)
    average = Mutant(load("c1w3_bp_notebook_v2"), {"dW1": expression("dZ1 @ X.T")})
    assert average.expects == ("where the test expects dW[1] = 1/m dZ[1] Xᵀ",)


def test_a_program_that_prints_finite_numbers_explains_none_that_are_nan() -> None:
    found = diagnose(LOSING)
    assert found.verdict == "unexplained"
    assert not found.candidates
    assert "dA1, dW2, db2 hold nan or inf" in found.remarks[0]


def test_an_array_that_is_kept_and_read_the_other_way_round_is_no_mistake() -> None:
    found = diagnose(TURNED)
    assert [[*one.forms] for one in found.candidates] == [["dzo"]]
    assert "concat" not in " ".join(found.remarks)


@pytest.mark.parametrize("said", ["is ok", "passed.", "was fine", "works", "is correct"])
def test_a_function_that_a_sentence_calls_right_is_not_the_one_that_is_asked_of(said: str) -> None:
    assert read(f"dW = [[0.5]]\nlinear_backward {said}").function == ""
    assert read("dW = [[0.5]]\nlinear_backward is wrong").function == "linear_backward"


def test_a_mistake_that_np_allclose_accepts_is_told_to_be_one_all_the_same() -> None:
    found = diagnose(NEARLY)
    assert found.verdict == "explained"
    assert say("nearly") in found.remarks
    far = as_changed("c1w3_bp_notebook_v2", dZ1="dA1 * (1 - A1)")
    assert say("nearly") not in diagnose(far).remarks


def test_the_expected_numbers_in_a_table_of_html_are_those_of_their_edition() -> None:
    found = diagnose(IN_HTML)
    assert found.verdict == "expected"
    assert "which accepts a mistake" in found.remarks[0]


def test_what_the_cell_printed_below_a_message_is_of_another_call() -> None:
    found = diagnose(BELOW_A_MESSAGE)
    assert found.fixture == load("c1w2_propagate_public_2021")
    assert [one.shown for one in found.candidates] == [("Z = w.T @ X",)]
    assert any("dw, db, cost are of another call" in one for one in found.remarks)


@pytest.mark.parametrize("given", ["gradients", "grads"])
def test_an_entry_in_a_sentence_is_read(given: str) -> None:
    text = f"Only da0 is off. {given}['da0'][2][3] = -0.8677686776235903 , expected -0.31. Why?"
    (first, *_) = diagnose(text).candidates
    assert "da0 is da[:, :, 0]" in first.shown[0]


def test_what_is_wrong_in_two_calls_is_explained_by_what_both_have_in_common() -> None:
    asked = ("c1w2_propagate_public_2021", "c1w2_propagate_2021_cell")
    public, cell = (load(id).run(A="sigmoid(-Z)") for id in asked)
    expected = load(asked[0]).expected["dw"]
    text = f"AssertionError: Wrong values for grads['dw']. {public['dw']} != {expected}\n\n"
    text += "\n".join(f"{name} = {cell[name]}" for name in ("dw", "db", "cost"))
    found = diagnose(text)
    assert found.candidates
    assert all(one.shown == ("A = sigmoid(-Z)",) for one in found.candidates[:1])
    assert "written into by a later step" not in repr(found)


def test_a_complaint_about_values_is_not_explained_by_another_shape() -> None:
    found = diagnose("backward_propagation\nAssertionError: Wrong values for db1")
    assert found.candidates
    assert not [one for one in found.candidates if "shape" in " ".join(one.outcome.failures[:1])]


def test_a_loop_that_counts_its_turns_or_never_adds_is_named() -> None:
    test = load("c5w1_lstm_backward_new")
    values = dict(test.expected)
    turned = {**values, "dx": values["dx"][:, :, ::-1]}
    assert "reversed order" in diagnose(turned, test, 1).candidates[0].shown[0]
    left = {**values, "dWo": 0 * values["dWo"], "dbo": 0 * values["dbo"]}
    (first, *_) = diagnose(left, test, 1).candidates
    assert first.shown == ("dWo_sum[t] = dWo_sum[t+1]",)
