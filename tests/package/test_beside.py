"""What is said of texts in which numbers of two tests, a message, or code stand side by side."""

import re
from pathlib import Path

import numpy as np
import pytest

from backcheck.__main__ import main
from backcheck.diagnosis import placing
from backcheck.diagnosis.diagnose import diagnose
from backcheck.diagnosis.reading import read
from backcheck.diagnosis.result import Diagnosis
from backcheck.fixtures import load
from backcheck.showing.words import say
from beside import (
    BESIDE,
    FAILS,
    KEPT_COSTS,
    LINES,
    LOST_COSTS,
    NO_EXPONENTIALS,
    NOT_STRICT,
    OF_EXPONENTIALS,
    OWN_CODE,
    SEVERAL_LINES,
    TRAINED,
    TWICE,
    WORKS,
)
from programs import learner
from told import told, told_by_run

# Where the page's tests read the same diagnoses.
pytestmark = pytest.mark.xdist_group("beside")

LOG = "cost = -sum(Y * log(A) + (1 - Y) * (1 - log(A))) / m"


def found_in(name: str) -> Diagnosis:
    return told(BESIDE[name])


@pytest.mark.parametrize(
    ("name", "id", "change", "others"),
    [
        ("two tests", "c1w2_propagate_2021_cell", LOG, "public_tests.py"),
        ("without line breaks", "c1w2_propagate_public_2021", LOG, "Week 2 propagate, notebook"),
        (
            "wrong after right",
            "c1w2_propagate_public_2021",
            "dw = X @ dZ.T",
            "dw, db are of another",
        ),
    ],
)
def test_arrays_of_two_tests_are_judged_each_by_its_own(
    name: str, id: str, change: str, others: str
) -> None:
    found = found_in(name)
    assert found.fixture
    assert (found.verdict, found.fixture.id) == ("explained", id)
    assert str(found.candidates[0]) == change
    (said,) = found.remarks
    assert " of another call" in said
    assert others in said


def test_right_arrays_beside_a_complaint_of_another_are_called_right_and_the_rest_open() -> None:
    found = found_in("right and a complaint")
    assert found.verdict == "unexplained"
    assert found.title.startswith("dw, db are right for Week 2 propagate, notebook")
    assert found.title.endswith("what the message says of cost is still open.")
    for mutant in found.candidates:
        right = mutant.fixture.expected["dw"]
        assert np.allclose(mutant.values["dw"], right)


@pytest.mark.parametrize(
    ("name", "steps"), [("numbers of a message", {"cost"}), ("arrays of a message", {"m", "dw"})]
)
def test_the_numbers_of_a_message_are_explained_on_its_test(name: str, steps: set[str]) -> None:
    found = found_in(name)
    assert found.fixture
    assert (found.verdict, found.fixture.id) == ("explained", "c1w2_propagate_public_2021")
    assert steps.issuperset(found.candidates[0].forms)


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("a line and a complaint", "dA1 = dW2.T @ dZ2"),
        ("a line without a name", "dZ1 = dA1 @ (1 - A1.T @ A1)"),
        ("1/m once more", "dZ1 = 1 / m * dA1 * (1 - A1 ** 2)"),
        ("right lines and a complaint", "dW1 = dZ1 @ X.T"),
        ("a line and shapes", "dZ1 = dA1 * (1 - Z1 ** 2)"),
        ("a line that reshapes", "cost = -sum(Y * log(A)) / m"),
    ],
)
def test_a_line_beside_a_message_rules_out_what_does_not_compute_the_same(
    name: str, first: str
) -> None:
    found = found_in(name)
    assert str(found.candidates[0]) == first
    assert len(found.candidates) < 3
    assert {mutant.verdict for mutant in found.candidates} == {"mistake"}


def test_lines_of_one_exercise_say_that_a_message_is_of_it() -> None:
    found = found_in("lines of one exercise and shapes that another has too")
    assert found.fixture
    assert found.fixture.function == "propagate"
    assert {name for one in found.candidates for name in one.forms} == {"cost"}


def test_a_third_argument_of_a_product_is_told_before_a_shape() -> None:
    said = " ".join(str(found_in("a third argument beside shapes")).split())
    assert "The third argument of np.dot and np.matmul is the array that takes the result" in said
    assert "reshape" not in said


def test_indices_in_a_sentence_are_no_numbers() -> None:
    said = " ".join(str(found_in("indices in a sentence beside a message")).split())
    assert "is not a number" not in said
    assert "Another name stands in the key" in said


def test_a_step_that_goes_on_from_a_line_above_is_read_as_one() -> None:
    found = found_in("a step in two lines").candidates
    assert found
    assert not any("dZ1" in one.forms for one in found)


def test_a_step_that_is_written_into_rules_out_nothing() -> None:
    assert len(found_in("a step written into").candidates) > 20


def test_what_right_arrays_are_computed_from_is_said_to_be_right() -> None:
    found = told(BESIDE["one column off"], changes=1)
    said = "dW1, db2, dZ2, dA1, dZ1 are as expected and dW2 is not: look at dW2 first"
    assert said in found.remarks[0]
    assert "dW2 is as expected, except for [:, 3]." in found.remarks


def test_what_is_right_is_said_where_the_expected_output_is_pasted_too() -> None:
    found = told(BESIDE["one column off, above what is expected"], changes=1)
    assert found.remarks[0].startswith("db2, dZ2 are as expected and dW2 is not")


def test_a_single_number_that_is_nan_leaves_the_programs_that_make_it_so() -> None:
    found = found_in("a cost that is nan")
    assert (found.verdict, [str(one) for one in found.candidates]) == ("explained", ["A = Z"])
    assert not any("Paste cost" in said for said in found.remarks)


@pytest.mark.parametrize("name", ["right numbers and nan", "nan in a message"])
def test_a_cost_that_is_nan_beside_right_arrays_is_not_the_expected_one(name: str) -> None:
    found = found_in(name)
    assert found.verdict == "unexplained"
    assert "cost is nan or inf" in str(found)


@pytest.mark.parametrize("name", ["nan alone", "an entry that is nan", "nan in a table"])
def test_nan_alone_is_told_what_to_look_for(name: str) -> None:
    assert "holds nan or inf" in found_in(name).title


@pytest.mark.parametrize(
    ("name", "lost", "first"),
    [
        ("nan from one gate on", "dxt, da_prev, dWf, dbf hold nan", "line of dft"),
        ("nan of the first layer in a dictionary", "dW1, db1 hold nan", "line of dZ1"),
        ("one output that is nan beside twice the rest", "db2 holds nan", "line of db2"),
    ],
)
def test_numbers_beside_nan_are_explained_and_the_first_step_of_the_nan_is_named(
    name: str, lost: str, first: str
) -> None:
    found = found_in(name)
    said = " ".join(str(found).split())
    assert found.verdict == "explained"
    assert f"{lost} or inf, " in said
    assert f"Look first at the {first}, from which nothing that is finite here" in said
    assert "No printed array was read here" not in said
    assert "is a warning" not in said
    assert not any(one.startswith("Paste") and lost[:3] in one for one in found.remarks)


def test_calls_that_print_each_others_results_are_said_to_be_exchanged() -> None:
    said = " ".join(str(found_in("calls exchanged")).split())
    assert "what is printed with relu is what the test expects with sigmoid, and the other" in said
    mixed = " ".join(str(found_in("one output of calls exchanged")).split())
    assert "What is called dW (with relu) is dW (with sigmoid) of this test." in mixed
    assert "exchanged" not in mixed
    for private in ("The numbers are right", "relu_d", "sigmoid_d"):
        assert private not in said
        assert private not in mixed.replace("The numbers are right, and", "")


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("a table of mine and expected", "da_next[t] = da[:, :, t]"),
        ("a table of expected and mine", "dZ2 = (A2 - Y) * 2"),
    ],
)
def test_the_learners_column_of_a_table_is_read_by_its_head(name: str, change: str) -> None:
    found = found_in(name)
    assert found.verdict == "explained"
    assert change in {str(one) for one in found.candidates}
    assert all(array.at for array in read(BESIDE[name], placing.courses()[0]).arrays)


def test_a_change_that_has_a_name_comes_before_one_that_prints_the_same_without() -> None:
    found = found_in("1/m left out beside another change")
    assert "the average over m left out and operator replaced: mistake" in str(found)
    assert "* m" not in str(found.candidates[0])


def test_nan_of_one_call_leaves_the_numbers_of_the_other() -> None:
    found = found_in("nan of one call")
    assert found.arrays.keys() >= {"sigmoid_dW", "sigmoid_db", "relu_dW", "relu_dA_prev"}
    assert found.title.endswith("are as expected, and dA_prev is nan or inf.")


@pytest.mark.parametrize(
    ("name", "title", "said"),
    [
        ("None below numbers that are right", "dx is right for", 'gradients["dba"] is None'),
        ("None of which an attribute is read", "No printed array", 'gradients["dWaa"] is None'),
        ("numbers that the code of a traceback has", "No printed array", "an older edition"),
        ("more arguments than a test hands over", "No printed array", "an older edition"),
        ("more arguments than a check takes", "No printed array", "an older edition"),
        ("None where a dictionary is read", "No printed array", "that may be None itself"),
    ],
)
def test_a_traceback_is_told_by_the_line_it_shows_and_not_by_the_numbers_in_it(
    name: str, title: str, said: str
) -> None:
    found = found_in(name)
    assert found.verdict == "unexplained"
    assert found.title.startswith(title)
    assert any(said in one for one in found.remarks)
    assert "so it gives back None" not in str(found)


def test_numbers_above_and_below_the_code_of_a_traceback_are_read() -> None:
    code = "Cell In[5], line 2\n      1 dW2 = [[9.5, 8.5]]\n----> 2 assert x\n      3 y\n"
    text = f"dW1 = [[0.25 0.75]]\n{code}\nAssertionError: dZ2 = [[1.25 1.75]]"
    assert [one.name for one in read(text).arrays] == ["dW1", "dZ2"]


@pytest.mark.parametrize("warns", ["RuntimeWarning", "FloatingPointError"])
def test_a_power_that_gives_nan_is_told_of_its_base_first(warns: str) -> None:
    (said,) = diagnose(f"{warns}: invalid value encountered in power").remarks
    assert said.startswith("A negative number was raised to a power")
    assert "This is a warning" not in said


def test_numbers_above_a_message_of_another_call_are_explained_on_their_own_test() -> None:
    found = found_in("numbers of another call")
    assert str(found.candidates[0]) == "A = Z"
    assert any("dw, db are of another call" in one and "A = Z" in one for one in found.remarks)


def test_numbers_above_a_message_that_is_cut_off_are_explained() -> None:
    assert str(found_in("numbers above a message that is cut off").candidates[0]) == "A = Z"


def test_a_wrong_array_above_right_ones_was_right_when_they_were_computed() -> None:
    said = "dW2, db2, dAL are as expected and dZ2 is not: look at dZ2 first"
    assert said in told(BESIDE["wrong above right"], changes=1).remarks[0]


HEAD = "import numpy as np\ndef sigmoid(x): return 1 / (1 + np.exp(-x))\n"
PROPAGATE = """def propagate(w, b, X, Y):
    m = X.shape[1]
    A = sigmoid(np.dot(w.T, X) + b)
    cost = {cost}
    cost = np.squeeze(np.array(cost))
    return {{"dw": np.dot(X, (A - Y).T) / m, "db": np.sum(A - Y) / m}}, cost
"""
SQUARE = """def backward_propagation(parameters, cache, X, Y):
    m = X.shape[1]
    W2, A1, A2 = parameters["W2"], cache["A1"], cache["A2"]
    dZ2 = A2 - Y
    dW2 = np.dot(dZ2, A1.T) / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dZ1 = np.dot(W2.T, dZ2) {times} (1 - np.power(A1, 2))
    dW1 = np.dot(dZ1, X.T) / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    return {{"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}}
"""
RELU = """def back_prop(x, yhat, y, h, W1, W2, b1, b2, batch_size):
    l1 = np.dot(W2.T, yhat - y)
    grad_W1 = np.dot(np.maximum(0, l1), x.T) / batch_size
    grad_W2 = np.dot(yhat - y, h.T) / batch_size
    grad_b1 = np.sum(l1, axis=1, keepdims=True) / batch_size
    grad_b2 = np.sum(yhat - y, axis=1, keepdims=True) / batch_size
    return grad_W1, grad_W2, grad_b1, grad_b2
"""
LAYER = """def linear_activation_backward(dA, cache, activation):
    linear_cache, Z = cache
    A = 1 / (1 + np.exp(-Z))
    dZ = dA * (Z > 0) if activation == "relu" else dA * A * (1 - A)
    return linear_backward(dZ, linear_cache)
"""


@pytest.mark.parametrize(
    ("id", "code", "said"),
    [
        # A later line only reshapes the wrong value.
        (
            "c1w2_propagate_public_2021",
            PROPAGATE.format(cost="-(Y @ np.log(A).T + (1 - Y) @ (1 - np.log(A)).T) / m"),
            "line 6, cost: 1 - log(A) in place of log(1 - A) in the cost",
        ),
        ("c1w3_bp_public_c", SQUARE.format(times="@"), "nothing is summed there"),
        ("nlp_c2w4_back_prop_v2", RELU, "your back_prop passes. It is a mistake all the same"),
        (
            "c1w4_linear_backward_v2",
            "def linear_backward(self, dZ, cache):\n    return self.W.T @ dZ, dZ, dZ\n",
            "linear_backward takes self first, as a method does, and the test calls",
        ),
        (
            "c1w4_linear_activation_backward_v2",
            LAYER,
            "passes. linear_backward was supplied here: if your notebook rejects",
        ),
    ],
    ids=("reshaped", "raises", "passes", "method", "supplied"),
)
def test_run_says_of_a_whole_function(
    id: str, code: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = code.removeprefix("def ").partition("(")[0]
    (tmp_path / "own.py").write_text(HEAD + code, encoding="utf-8")
    main(["run", id, f"{tmp_path / 'own.py'}:{name}"])
    assert said in " ".join(capsys.readouterr().out.split())


def test_a_function_that_what_is_supplied_does_not_call_is_said_not_to_have_run(
    tmp_path: Path,
) -> None:
    said = told_by_run(learner("model, a layer that is not called"), tmp_path)
    assert "linear_activation_backward was supplied here" in said
    assert re.search(r"Your [^.]*\blinear_backward\b[^.]* were not called, so run each", said)


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("model, the cache of another layer", "a network of three layers"),
        ("model, the gradient of the first turn", "a network of three layers"),
        ("model, a turn for one layer", "a network of three layers"),
        ("layer, one sum for all units", "other numbers of units and examples"),
    ],
)
def test_run_names_the_mistakes_that_a_test_is_too_small_to_see(
    name: str, where: str, tmp_path: Path
) -> None:
    own = learner(name)
    said = told_by_run(own, tmp_path)
    assert f"{own.function} passes. It is a mistake all the same" in said
    assert where in said
    assert re.search(r"\bline \d+, ", said)


def test_inputs_are_not_doubted_where_the_test_itself_hands_them_over(tmp_path: Path) -> None:
    said = told_by_run(learner("loop, of another gradient"), tmp_path)
    assert "None of the programs tried" in said
    assert "the inputs may be" not in said
    assert "its cache wrong" not in said


@pytest.mark.parametrize("lines", LINES)
def test_lines_of_code_alone_are_told_what_they_compute(lines: str) -> None:
    said, name = LINES[lines]
    found = told(f"Is this right?\n{lines}\n")
    assert said in found.title
    assert [one.name for one in found.candidates if one.name] == [name] * bool(name)
    assert "Paste the whole function" in str(found)


def test_a_line_that_is_right_here_is_not_blamed_for_another_one() -> None:
    found = diagnose("dW2 = np.dot(dZ2, A2.T) / m\ndZ1 = W2.T * dZ2 * (1 - A1 ** 2)")
    wrong, narrow = found.candidates
    assert (wrong.outcome.word, narrow.outcome.word) == ("fails", "passes")
    assert "(right for these shapes only), but this test accepts" in " ".join(str(found).split())


def test_a_line_that_reads_unknown_names_is_said_not_to_be_read() -> None:
    said = diagnose("dZ2 = A2 - Y\ndW2 = rate * np.dot(dZ2, A1.T)\nrate = lr(3)").remarks
    assert any(one.startswith("Not read, for they use names") and "dW2." in one for one in said)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("a clash above which numbers of no test stand", "The square may be a flat vector"),
        ("a known cause below numbers of no test", "imports this module, was not run"),
    ],
)
def test_a_message_that_is_understood_comes_before_numbers_that_no_test_has(
    name: str, says: str
) -> None:
    found = told(BESIDE[name])
    assert found.title.startswith("What the message says comes first")
    assert says in " ".join(found.remarks)
    assert told(BESIDE["a message of nobody below numbers of no test"]).title.startswith("No")


@pytest.mark.parametrize("text", SEVERAL_LINES)
def test_each_of_several_lines_for_one_name_is_told_what_it_computes(text: str) -> None:
    right, wrong = SEVERAL_LINES[text]
    found = told(text)
    assert found.title.startswith("Several lines here are for ")
    assert sum(" as the test expects." in one for one in found.remarks) == right
    assert sum(" computes something else than" in one for one in found.remarks) == wrong
    assert found.candidates


def test_a_line_that_goes_on_from_the_one_above_is_no_second_way() -> None:
    found = diagnose("dW2 = np.dot(dZ2, A1.T)\ndW2 = dW2 / m\ndZ2 = A2 - Y")
    assert "Several lines" not in str(found)


def test_a_line_is_shown_as_it_was_pasted_where_another_line_has_its_own_step() -> None:
    error = "dZ2 = (A2 - Y) * A2 * (1 - A2)\ndZ1 = np.dot(W2.T, A2 - Y) * A1 * (1 - A1)"
    found = diagnose(error, "c1w3_bp_notebook_v2").candidates
    assert "dZ1 = W2.T @ (A2 - Y) * A1 * (1 - A1)" in map(str, found)


@pytest.mark.parametrize(
    ("line", "slope"),
    [
        ("delta = (y - z) * (1 - z) * z", "sigmoid"),
        ("delta = (y - t) * t * (1 - t)", ""),
        ("def slope(x):\n    return x * (1 - x)\nq = W @ x\ndelta = up * slope(q)", "sigmoid"),
        ("delta = np.multiply(z[1], 1.0 - z[1])", "sigmoid"),
        ("grad = up * (1 - Z2 ** 2)", "tanh"),
        ("grad = up * (1 - np.power(x, 2))", "tanh"),
        ("grad = up * (1 - net*net)", "tanh"),
        ("h = W.dot(x) + b\ndelta = up * h * (1 - h)", "sigmoid"),
        ("delta = (y - t) * z * (1 - t)", ""),
        ("delta = (y - out) * out * (1 - out)", ""),
        ("delta = np.multiply(activations[1], 1.0 - activations[1])", ""),
        ("l1 = W @ x\nl1 = 1 / (1 + np.exp(-l1))\ndelta = up * l1 * (1 - l1)", ""),
        ("q = self.sigmoid(z)\ndelta = up * q * (1 - q)", ""),
        ("grad = up * (1 - y_hat ** 2)", ""),
        ("p = np.tanh(z)\ngrad = up * (1 - np.power(p, 2))", ""),
        ("grad = up * (1 - np.tanh(z) ** 2)", ""),
    ],
)
def test_a_derivative_in_own_code_is_told_of_what_it_is_one(line: str, slope: str) -> None:
    # What an array holds in such code is an input, and nothing that was printed.
    said = str(diagnose(f"X = np.array([[0, 1], [1, 0]])\n{line}"))
    found = re.findall(r"is the derivative of (?:the )?(\w+)", " ".join(said.split()))
    assert found == [slope] * bool(slope)


@pytest.mark.parametrize("code", TWICE)
def test_own_code_is_told_what_goes_through_an_activation_twice_and_where_networks_are(
    code: str,
) -> None:
    with pytest.raises(ValueError, match="There is code in this text") as refused:
        diagnose(code)
    said = str(refused.value)
    named = re.findall(r"([\w, ]+) (?:is an|are) activation\S* outputs? already", said)
    assert [one.strip() for one in named] == [TWICE[code]] * bool(TWICE[code])
    assert say("own-learning") in said
    assert TWICE[code] or "applied twice" not in said


@pytest.mark.parametrize("code", OWN_CODE)
def test_own_code_is_told_what_its_lines_show(code: str) -> None:
    try:
        said = str(told(code))
    except ValueError as error:
        said = str(error)
    words = " ".join(said.split())
    assert "No program is known here" not in words
    for hint in {*OWN_CODE.values()} - {""}:
        assert (hint in words) == (hint == OWN_CODE[code]), hint


@pytest.mark.parametrize("text", [*OF_EXPONENTIALS, *NO_EXPONENTIALS])
def test_overflow_is_put_down_to_exponentials_where_a_quotient_of_them_stands(text: str) -> None:
    found = diagnose(text)
    assert (found.remarks == (say("exp-quotient"),)) == (text in OF_EXPONENTIALS)
    assert ("learning rate" in str(found).replace("\n", " ")) == (text in NO_EXPONENTIALS)


@pytest.mark.parametrize("code", NOT_STRICT)
def test_a_derivative_of_relu_that_lets_every_unit_through_is_told_so(code: str) -> None:
    said = str(diagnose(f"{code}\ndW1 = np.dot(dZ1, X.T) / m", changes=1))
    wanted = NOT_STRICT[code]
    assert ("Read relu#relu-strict." in said) == bool(wanted)
    assert f"{wanted} >= 0 is True for every" in " ".join(said.split()) or not wanted


def test_run_tells_that_a_derivative_of_relu_lets_every_unit_through(tmp_path: Path) -> None:
    for name, strict in (("a relu that stops no unit", 1), ("a relu of Z", 0)):
        said = told_by_run(learner(name), tmp_path)
        assert said.count("Read relu#relu-strict.") == strict


@pytest.mark.parametrize("text", [*LOST_COSTS, *KEPT_COSTS])
def test_a_cost_that_is_nan_leads_to_its_page_and_to_a_saturated_sigmoid_first(text: str) -> None:
    said = " ".join(str(diagnose(text)).split())
    assert said.count("Read cost-is-nan.") == (text in LOST_COSTS)
    after = [said.find(one) for one in ("exactly 0 or 1", "fractional power") if one in said]
    assert after == sorted(after)


def test_own_code_with_data_and_predictions_is_told_where_to_go_on() -> None:
    said = str(diagnose(next(iter(OWN_CODE))))
    assert "Read checklist#checklist-check" in " ".join(said.split())


def test_outputs_that_are_0_prove_nothing_of_what_they_are_computed_from() -> None:
    # The test of back_prop has X = 0, so dW1 is 0 whatever dZ1 is.
    fixture = load("nlp_c2w4_back_prop_v2")
    values = {name: fixture.values[name] for name in ("dW1", "dW2", "db2")}
    found = diagnose(values | {"db1": np.full((15, 1), 0.123)}, fixture, 1)
    (said,) = [one for one in found.remarks if "are as expected" in one]
    assert said.startswith("dW1, dW2, db2, dZ2 are as expected and db1 is not")


def test_code_of_no_known_step_is_told_so_in_a_sentence() -> None:
    with pytest.raises(ValueError, match="There is code in this text and no array that it printed"):
        diagnose("delta[Z == 0] = 0\nlayer2_delta = (y - layer2) * layer2 * (1 - layer2)")


@pytest.mark.parametrize("name", [one for one in BESIDE if one.startswith("cut after a row")])
def test_an_array_cut_after_its_first_row_refutes_no_explanation(name: str) -> None:
    found = told(BESIDE[name], changes=1)
    assert found.verdict == "explained"
    assert found.candidates[0].shown == ("A = Z",)


@pytest.mark.parametrize("said", [*FAILS, *WORKS])
def test_the_causes_of_training_that_fails_are_named_where_training_fails(said: str) -> None:
    hint = say("own-learning")
    for code in (TRAINED, f"{TRAINED}dW2 = np.dot(dZ2, A1.T) / m\n"):
        assert (hint in diagnose(f"{said}\n{code}", changes=1).remarks) == (said in FAILS)


def test_what_a_message_says_comes_first_beside_numbers_of_no_test() -> None:
    numbers = "dW2 = [[0.125 0.5 0.75]\n [0.25 0.5 0.75]\n [0.5 0.5 0.75]]"
    message = "ValueError: operands could not be broadcast together with shapes (1,3) (3,4)"
    found = diagnose(f"dW2 = dZ2 * A1.T / m\n{message}\n{numbers}", changes=1)
    assert found.title == say("message-first")
    assert diagnose(message, changes=1).title == say("behind-message")
