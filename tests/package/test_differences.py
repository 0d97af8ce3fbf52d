"""The one number of a gradient check, and what leads to it."""

import math

import numpy as np
import pytest

from backcheck import forward, gradient_check
from backcheck.diagnosis.diagnose import diagnose
from backcheck.diagnosis.differences import THRESHOLD, causes, known, right, said_of
from backcheck.mutants.mistakes import occurrences
from backcheck.mutants.mutant import Mutant
from questions import OTHER_DIFFERENCES, TOLD_DIFFERENCES

EPSILON = 1e-7


@pytest.mark.parametrize(
    ("number", "steps"),
    [
        ("0.2850931567761623", "dW2 and db1"),
        ("0.17344196893145924", "dW2"),
        ("0.25442297124585", "db1"),
    ],
)
def test_the_published_differences_say_which_planted_mistakes_are_left(
    number: str, steps: str
) -> None:
    (sentence,) = causes(float(number))
    assert f"planted in {steps} " in sentence


def test_a_real_check_of_each_named_mistake_prints_the_number_in_the_table() -> None:
    check = gradient_check.fixture()
    values = np.array([one.value for one in known()])
    seen = 0
    for _, forms in occurrences(check):
        mutant = Mutant(check, forms)
        outputs = mutant.values
        if mutant.verdict == "equivalent" or not {*check.comparisons[-1].outputs} <= {*outputs}:
            continue
        if any(
            outputs[n].shape != check.arrays[n[1:]].shape for n in check.comparisons[-1].outputs
        ):
            continue
        found = forward.difference(check, outputs, EPSILON)
        if found < THRESHOLD:
            continue
        assert np.any(np.isclose(found, values, rtol=1e-6)), mutant
        seen += 1
    assert seen > 50


def in_full(theta: np.ndarray, J, **mistakes) -> float:
    """A gradient check as the course describes it, with room for a mistake in each place."""
    share = mistakes.get("share", False)
    gradapprox = np.zeros(theta.size)
    for i in range(theta.size):
        plus = theta.copy()
        plus[i] += EPSILON
        J_plus = J(plus)
        minus = plus if share else theta.copy()
        minus[i] -= EPSILON
        gradapprox[i] = (J_plus - J(minus)) / (mistakes.get("times", 2) * EPSILON)
    grad = mistakes["grad"]
    norm = np.linalg.norm
    return float(norm(grad - gradapprox) / (norm(grad) + norm(gradapprox)))


@pytest.mark.parametrize(
    ("mistake", "word"), [({"share": True}, "one array"), ({"times": 1}, "twice")]
)
def test_a_mistake_of_the_loop_leads_to_the_number_in_the_table(mistake: dict, word: str) -> None:
    check = gradient_check.fixture()
    names = [output[1:] for output in check.comparisons[-1].outputs]
    sizes = np.cumsum([check.arrays[name].size for name in names])[:-1]

    def J(theta: np.ndarray) -> float:
        parts = np.split(theta, sizes)
        own = {n: part.reshape(check.arrays[n].shape) for n, part in zip(names, parts, strict=True)}
        return float(check.forward.run({**check.arrays, **own})["J"])

    theta = np.concatenate([check.arrays[name].ravel() for name in names])
    planted = {**check.program.replace(**gradient_check.PLANTED).run(check.arrays)}
    for outputs in (check.values, planted):
        grad = np.concatenate([np.ravel(outputs[f"d{name}"]) for name in names])
        number = in_full(theta, J, grad=grad, **mistake)
        assert any(word in cause for cause in causes(number, "gradient_check_n"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0.0", "takes an array away from itself"),
        ("1.0", "the same numbers"),
        ("0.333333333333", "twice epsilon"),
        ("0.333333347899", "belongs to a changed theta"),
    ],
)
def test_exactly_nothing_exactly_one_and_a_third_have_their_causes(text: str, words: str) -> None:
    assert any(words in cause for cause in causes(float(text), "gradient_check_n"))


@pytest.mark.parametrize("function", ["gradient_check", "gradient_check_n"])
def test_exactly_nothing_is_printed_where_a_number_is_compared_with_itself_alone(
    function: str,
) -> None:
    said = causes(0.0, function)
    assert len(said) == 2
    assert any("called with gradapprox in place of x" in cause for cause in said)
    assert any("away from itself" in cause for cause in said)


def test_brackets_missing_around_the_costs_have_the_number_that_a_real_check_prints() -> None:
    x, theta = 2.0, 4.0
    plus, minus = x * (theta + EPSILON), x * (theta - EPSILON)
    for gradapprox in (plus - minus / 2 * EPSILON, plus - minus / (2 * EPSILON)):
        number = abs(x - gradapprox) / (abs(x) + abs(gradapprox))
        assert any("is not in brackets" in cause for cause in causes(number, "gradient_check"))


def test_near_1_a_difference_is_told_by_the_digits_of_its_distance_to_1() -> None:
    near = [one.value for one in known() if 1e-9 < abs(1 - one.value) < 1e-5]
    assert len({*near}) > 10
    for value in near:
        told = {said for said in causes(value) if "same numbers" in said}
        assert not told, value
    assert any("same numbers" in said for said in causes(1.0))


def test_a_one_sided_check_of_a_right_gradient_prints_what_is_said_of_it() -> None:
    check = gradient_check.fixture()
    names = [output[1:] for output in check.comparisons[-1].outputs]
    cost = check.forward.run(check.arrays)["J"]
    slopes, grad = [], []
    for name in names:
        for place in np.ndindex(check.arrays[name].shape):
            moved = {**check.arrays, name: check.arrays[name].copy()}
            moved[name][place] += EPSILON
            slopes.append((check.forward.run(moved)["J"] - cost) / EPSILON)
            grad.append(check.values[f"d{name}"][place])
    norm = np.linalg.norm
    printed = norm(np.subtract(grad, slopes)) / (norm(grad) + norm(slopes))
    assert "one-sided" in diagnose(f"difference = {printed}").title


def test_every_cause_of_a_difference_that_several_have_is_named() -> None:
    half = "thetaplus - epsilon is theta itself", "one array", "one-sided"
    assert all(word in " ".join(causes(1 / 3, "gradient_check")) for word in half)


def test_right_passes_and_numbers_of_no_mistake_have_no_cause() -> None:
    for text in ("0.00000011890913", "0.4142135623", "0.28", "0.2851", "0.99"):
        assert causes(float(text)) == ()


def test_what_is_in_the_table_is_a_number_that_no_right_check_prints() -> None:
    assert all(math.isfinite(one.value) for one in known())
    assert not any(np.isclose(one.value, right(), rtol=1e-9, atol=0).any() for one in known())
    assert all(sentence.endswith(".") for one in known() for sentence in one.says)


@pytest.mark.parametrize(
    ("text", "verdict", "words"),
    [
        ("difference = 0.2850931567761623", "explained", "planted in dW2 and db1"),
        ("...propagation! difference = 0.17344196893145924", "explained", "planted in dW2"),
        ("The gradient is wrong!\ndifference = 0.333333333333", "explained", "twice epsilon"),
        ("backward propagation! difference = 0.5999999920000002", "explained", "not in brackets"),
        ("difference = [[ 0.28509316]]", "explained", "planted in dW2 and db1"),
        ("difference = 0.9999999500000013", "explained", "are added where one is taken"),
        ("difference = 1.69913e-07", "explained", "one-sided"),
        ("gradient_check_n: difference = 0.5999999920000002", "unexplained", "None of the known"),
        ("backward propagation works! difference = 1.1885552e-07", "expected", "rounding"),
        ("The gradient is correct!\ndifference = 2.9193358e-10", "expected", "rounding"),
        ("a mistake in the backward propagation! difference = nan", "unexplained", "not a number"),
        ("a mistake in the backward propagation! difference = 0.28", "unexplained", "few digits"),
        ("difference = 0.43434343434", "unexplained", "None of the known mistakes"),
        ("difference = 1.2e-06", "unexplained", "epsilon"),
        ("gradapprox[i] = 1\nbut I have 0.8458334029474871", "explained", "made once, above"),
        (
            "works perfectly fine! difference = 1.9067854891040922e-10",
            "explained",
            "epsilon = 1e-4",
        ),
        ("a mistake in the backward propagation! difference = 1.158e-06", "explained", "= 1e-8"),
        ("works perfectly fine! difference = 1.19e-07", "expected", "rounding"),
        ("The gradient is correct!\ndifference = 7.81407531e-11", "expected", "rounding"),
        ("gradient_check_n: difference = 7.81407531e-11", "unexplained", "does not show"),
        ("works perfectly fine! difference = 4.4e-08", "unexplained", "does not show"),
        ("works perfectly fine! difference = 1.5e-07", "unexplained", "does not show"),
    ],
)
def test_the_line_that_a_gradient_check_prints_is_answered(
    text: str, verdict: str, words: str
) -> None:
    found = diagnose(text)
    assert found.verdict == verdict
    assert words in repr(found).replace("\n", " ")
    assert found.to_dict()["remarks"][0] == found.title


@pytest.mark.parametrize(
    "text",
    [
        "Relative Difference: 0.285093156776",
        "max difference = 0.285093156776",
        "epoch 3: difference = 0.285093156776\nepoch 4: difference = 0.27",
        "difference of 0.285093156776",
    ],
)
def test_a_difference_of_something_else_is_not_taken_for_that_of_the_check(text: str) -> None:
    assert said_of(text) is None


@pytest.mark.parametrize("text", TOLD_DIFFERENCES)
def test_a_difference_in_a_sentence_that_names_the_check_is_answered(text: str) -> None:
    assert TOLD_DIFFERENCES[text] in repr(diagnose(text)).replace("\n", " ")


@pytest.mark.parametrize("text", OTHER_DIFFERENCES)
def test_a_sentence_without_a_difference_of_its_own_is_not_answered_as_one(text: str) -> None:
    assert said_of(text) is None


WORKS = "Your backward propagation works perfectly fine! difference = "

ONE_ENTRY = (
    "    gap = grad[k] - gradapprox[k]\n    numerator = np.linalg.norm(gap)",
    "    numerator = np.linalg.norm(gradapprox[i] - grad[i])",
    "    numerator = np.linalg.norm(np.subtract(grad[-1][0], gradapprox[-1][0]))",
    "    difference = abs(grad[0] - grad_approx[0]) / (abs(grad[0]) + abs(grad_approx[0]))",
)
EVERY_ENTRY = (
    "    numerator = np.linalg.norm(grad - gradapprox)",
    "        gradapprox[i] = (J_plus[i] - J_minus[i]) / (2 * epsilon)",
    "        numerator += (grad[i] - gradapprox[i]) ** 2",
    "        total = total + (grad[i] - gradapprox[i]) ** 2",
    "        gaps[i] = grad[i] - gradapprox[i]",
    "    numerator = np.linalg.norm(grad[:, 0] - gradapprox[:, 0])",
    "    gap = gradients['dW1'] - gradapprox['dW1']",
)
LEFT = (
    "I did not correct the backward pass.",
    "The two planted mistakes are still there.",
    "I haven't fixed backward_propagation_n yet.",
    "without changing anything in backward_propagation_n",
    "The errors in dW2 and db1 are not corrected.",
)
CORRECTED = (
    "I corrected both mistakes in backward_propagation_n.",
    "I did not change epsilon.",
    "Both errors are corrected.",
    "I want to fix the mistake in backward_propagation_n.",
    "I can't fix the error, and could not correct the mistake.",
    "Is my backward propagation not correct? The mistake is still there.",
    "I do not know what to change in the backward pass.",
)


@pytest.mark.parametrize("code", ONE_ENTRY)
def test_a_small_number_of_one_entry_does_not_show_that_the_gradient_is_right(code: str) -> None:
    for number in ("3.1e-09", "1.19e-07"):
        found = diagnose(f"{WORKS}{number}\n\n{code}\n")
        assert found.verdict == "unexplained"
        assert "says nothing of the others" in repr(found).replace("\n", " ")


@pytest.mark.parametrize("code", EVERY_ENTRY)
def test_code_that_compares_every_entry_is_not_taken_for_one_of_a_single_entry(code: str) -> None:
    assert diagnose(f"{WORKS}1.19e-07\n\n{code}\n").verdict == "expected"


@pytest.mark.parametrize("words", LEFT)
def test_a_small_number_of_a_pass_that_was_not_corrected_is_not_called_right(words: str) -> None:
    for number in ("3.1e-09", "1.19e-07"):
        found = diagnose(f"{words}\n{WORKS}{number}")
        assert found.verdict == "unexplained"
        assert "as the backward pass is handed over" in repr(found).replace("\n", " ")


@pytest.mark.parametrize("words", CORRECTED)
def test_a_reader_who_corrected_the_pass_is_told_that_1_19e_07_is_right(words: str) -> None:
    assert diagnose(f"{words}\n{WORKS}1.19e-07").verdict == "expected"


def test_the_expected_0_285_beside_another_small_number_is_no_acquittal() -> None:
    beside = "The expected output is difference = 0.285093156781, mine is:\n" + WORKS
    assert "handed over" in diagnose(f"{beside}3.1e-09").title.replace("\n", " ")
    # This is the number of a pass that is corrected, while the notebook quotes the other.
    assert diagnose(f"{beside}1.1890913e-07").verdict == "expected"


@pytest.mark.parametrize("left", [("dW2", "db1"), ("dW2",), ()])
@pytest.mark.parametrize(("place", "word"), [(-1, "last entry"), (0, "first entry")])
def test_a_check_of_one_entry_is_known_by_the_small_number_it_prints(
    left: tuple[str, ...], place: int, word: str
) -> None:
    check = gradient_check.fixture()
    program = check.program.replace(**{name: gradient_check.PLANTED[name] for name in left})
    names = [output[1:] for output in check.comparisons[-1].outputs]
    outputs = program.run(check.arrays)
    slopes, grad = [], []
    for name in names:
        for index in np.ndindex(check.arrays[name].shape):
            costs = []
            for step in (EPSILON, -EPSILON):
                moved = {**check.arrays, name: check.arrays[name].copy()}
                moved[name][index] += step
                costs.append(check.forward.run(moved)["J"])
            slopes.append((costs[0] - costs[1]) / (2 * EPSILON))
            grad.append(outputs[f"d{name}"][index])
    gap = abs(grad[place] - slopes[place])
    number = gap / (np.linalg.norm(grad) + np.linalg.norm(slopes))
    assert number < THRESHOLD
    said = " ".join(causes(float(number)))
    assert word in said
    assert ("planted" in said) == bool(left)


def test_an_exact_number_of_one_parameter_goes_before_a_near_one_of_the_network() -> None:
    x, theta = 3.0, 4.0
    slope = ((theta + EPSILON) * x - (theta - EPSILON) * x) / (2 * EPSILON)
    number = abs(theta - slope) / (theta + abs(slope))
    mistake = "There is a mistake in the backward propagation! difference = "
    said = repr(diagnose(f"{mistake}{number}")).replace("\n", " ")
    assert "returned as theta" in said
    assert "shape" not in said
    # The name of the network's check excludes it.
    assert "returned as theta" not in repr(diagnose(f"gradient_check_n\n{mistake}{number}"))
