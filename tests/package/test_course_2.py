"""The tests of Course 2, Week 1: an L2 penalty, dropout, and the gradient check."""

import math

import numpy as np
import pytest

from backcheck import forward, gradient_check, network
from backcheck.activations import by_name
from backcheck.diagnosis.diagnose import diagnose
from backcheck.fixtures import ids, load
from backcheck.forward import broken, residuals
from backcheck.gradient_check import PLANTED, RIGHT, accepted, difference
from backcheck.mutants.audit import audit
from backcheck.mutants.formulas import unrelated
from backcheck.mutants.mistakes import occurrences
from backcheck.mutants.mutant import Mutant
from backcheck.mutants.mutate import mutants
from backcheck.program import Tree, parse
from backcheck.referee import centred_difference, distance
from exceptions import call

PENALTY, DROPOUT = "c2w1_backward_regularization", "c2w1_backward_dropout"

both = pytest.mark.parametrize("id", [PENALTY, DROPOUT])


def tree(text: str) -> Tree:
    return parse(f"x = {text}").steps[0].expression


def test_a_course_is_asked_for_by_the_start_of_its_name() -> None:
    assert ids("Course 2") == (PENALTY, DROPOUT)
    assert ids("Course 1") == tuple(id for id in ids() if load(id).course.startswith("Course 1"))
    assert ids("Course 9") == ()


def test_the_penalty_fixture_is_a_real_forward_pass() -> None:
    assert len(load(PENALTY).residuals()) == 6
    assert load(PENALTY).broken() == {}


def test_the_dropout_fixture_breaks_the_relations_of_its_own_keep_prob_and_keeps_those_of_0_5() -> (
    None
):
    fixture = load(DROPOUT)
    found = fixture.broken()
    assert list(found) == ["A1 = relu(Z1) * D1 / keep_prob", "A2 = relu(Z2) * D2 / keep_prob"]
    assert [f"{size:.4g}" for size in found.values()] == ["3.12", "3.079"]
    made_with = {**fixture.arrays, "keep_prob": 0.5}
    assert broken(made_with, fixture.forward) == {}
    assert residuals(made_with, fixture.forward)["A2 = relu(Z2) * D2 / keep_prob"] < 1.1e-8


def test_the_masks_of_the_dropout_fixture_are_the_seeded_draws_below_0_5() -> None:
    arrays = load(DROPOUT).arrays
    generator = np.random.RandomState(1)
    drawn = {name: generator.rand(*arrays[name].shape) for name in ("D1", "D2")}
    assert all(np.array_equal(drawn[name] < 0.5, arrays[name]) for name in drawn)
    assert not all(np.array_equal(drawn[name] < 0.8, arrays[name]) for name in drawn)


def test_the_published_dropout_gradients_are_those_of_the_cache_times_powers_of_0_625() -> None:
    fixture = load(DROPOUT)
    right = fixture.program.run({**fixture.arrays, "keep_prob": 0.5})
    for name, factor in (("dW3", 1.0), ("dW2", 0.625), ("dW1", 0.390625)):
        assert np.abs(factor * right[name] - fixture.expected[name]).max() < 0.6e-8
    assert np.allclose(right["dW2"][0], [-0.00410429327727374, -0.0015161535020552478], rtol=1e-12)


def test_the_published_dropout_gradients_are_derivatives_at_neither_keep_prob() -> None:
    fixture = load(DROPOUT)
    for keep, wanted in ((0.8, 0.22916089), (0.5, 0.06220437)):
        true = true_gradients(DROPOUT, keep_prob=np.array(keep))
        got = distance(vector(fixture.expected), vector(true))
        assert got == pytest.approx(wanted, rel=1e-6)
    # With the value the cache was made with, the same program gives the derivatives.
    by_code = fixture.program.run({**fixture.arrays, "keep_prob": 0.5})
    assert distance(vector(by_code), vector(true)) < 1e-8


def vector(gradients: dict[str, np.ndarray]) -> np.ndarray:
    names = ("dW1", "db1", "dW2", "db2", "dW3", "db3")
    return np.concatenate([gradients[name].ravel() for name in names])


def true_gradients(id: str, **changed: np.ndarray) -> dict[str, np.ndarray]:
    """Return the referee's gradients after a forward pass from the fixture's parameters."""
    arrays = {**load(id).arrays, **changed}
    return forward.gradients(load(id), arrays | load(id).forward.run(arrays))


def test_the_published_gradients_with_a_penalty_are_the_derivatives_of_the_penalised_cost() -> None:
    true = true_gradients(PENALTY)
    for name, value in load(PENALTY).expected.items():
        assert np.abs(true[name] - value).max() < 1e-7, name


FORMS = [
    (PENALTY, {"dZ2": "dA2 * (Z2 > 0)", "dZ1": "dA1 * (Z1 > 0)"}, [], "equivalent"),
    (PENALTY, {"dZ3": "((1 - Y) / (1 - A3) - Y / A3) * A3 * (1 - A3)"}, [], "equivalent"),
    (
        PENALTY,
        {f"dW{n}": f"dZ{n} @ {below}.T / m + lambd / (2 * m) * W{n}"
         for n, below in ((3, "A2"), (2, "A1"), (1, "X"))},
        ["dW3", "dW2", "dW1"],
        "mistake",
    ),
    (PENALTY, {"dW1": "dZ1 @ X.T / m"}, ["dW1"], "mistake"),
    (PENALTY, {"dW2": "(dZ2 @ A1.T + lambd * W2) / m"}, [], "equivalent"),
    (DROPOUT, {"dZ2": "dA2 * (Z2 > 0)", "dZ1": "dA1 * (Z1 > 0)"}, [], "equivalent"),
    (
        DROPOUT,
        {"dA2": "W3.T @ dZ3", "dZ2": "dA2 * (A2 > 0) * D2 / keep_prob",
         "dA1": "W2.T @ dZ2", "dZ1": "dA1 * (A1 > 0) * D1 / keep_prob"},
        ["dA2", "dA1"],
        "mistake",
    ),
    (
        DROPOUT,
        {"dA2": "W3.T @ dZ3 * D2", "dA1": "W2.T @ dZ2 * D1"},
        ["dA2", "dZ2", "dW2", "db2", "dA1", "dZ1", "dW1", "db1"],
        "mistake",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("id", "forms", "failing", "verdict"), FORMS)
def test_a_form_fails_where_it_was_measured_to_and_is_judged_by_the_referee(
    id: str, forms: dict[str, str], failing: list[str], verdict: str
) -> None:
    outcome = load(id).check(**forms)
    assert [failure.split()[-1] for failure in outcome.failures] == failing
    assert forward.verdict(load(id).program.replace(**forms), load(id)) == verdict


def test_the_activations_made_again_with_the_test_s_keep_prob_fail_it_though_they_are_right() -> (
    None
):
    fixture = load(DROPOUT)
    again = next(
        change for change in mutants(fixture).joint["forward-again"] if {"A1", "A2"} <= set(change)
    )
    assert again["A1"] == tree("relu(Z1) * D1 / keep_prob")
    rebuilt = {name: again[name] for name in ("A1", "A2")}
    lines = [parse(f"{name} = relu(Z{name[1]}) * D{name[1]} / keep_prob") for name in rebuilt]
    steps = (*lines[0].steps, *lines[1].steps, *fixture.program.steps)
    program = type(fixture.program)(steps)
    assert [f.split()[-1] for f in fixture.judge(program).failures] == ["dW3", "dW2"]
    assert forward.verdict(program, fixture) == "equivalent"


def test_a_masked_activation_can_be_computed_again_with_and_without_its_mask() -> None:
    slot = next(slot for slot in mutants(load(DROPOUT)).slots if slot.name == "A1")
    forms = {form.tree for form in slot.forms}
    assert {tree("relu(Z1)"), tree("relu(Z1) * D1 / keep_prob")} <= forms


@both
def test_single_numbers_stay_single_numbers(id: str) -> None:
    fixture = load(id)
    (name,) = (name for name, value in fixture.arrays.items() if value.ndim == 0)
    assert np.shape(unrelated(fixture)[name]) == ()
    for seed in forward.SEEDS:
        drawn = forward.draw(fixture, seed)[name]
        assert drawn.shape == ()
        assert forward.NUMBERS[0] <= drawn <= forward.NUMBERS[1]
    outcome = fixture.check(m=f"{name}.shape[1]")
    assert outcome.word == "error"


@pytest.mark.parametrize("own_shapes", [False, True])
@pytest.mark.parametrize("seed", range(20))
def test_a_drawn_mask_keeps_something_of_every_unit_and_example(
    seed: int, own_shapes: bool
) -> None:
    arrays = forward.draw(load(DROPOUT), seed, load(DROPOUT).sizes if own_shapes else forward.SIZES)
    for name in ("D1", "D2"):
        assert set(np.unique(arrays[name])) <= {0, 1}
        assert arrays[name].any(axis=0).all()
        assert arrays[name].any(axis=1).all()


@both
def test_no_two_sizes_of_a_drawn_network_are_equal(id: str) -> None:
    arrays = forward.draw(load(id), seed=1)
    sizes = [arrays["X"].shape[0], *(arrays[f"W{n}"].shape[0] for n in (1, 2, 3))]
    assert len({*sizes, forward.EXAMPLES}) == 5


@both
@pytest.mark.parametrize("own_shapes", [False, True])
def test_the_networks_that_decide_a_verdict_leave_the_cost_its_digits(
    id: str, own_shapes: bool
) -> None:
    # Where an output rounds to 0 or 1, cross-entropy cannot be differentiated through it.
    for arrays, true, _ in forward.networks(load(id), own_shapes):
        assert arrays["A3"].min() > 1e-6
        assert arrays["A3"].max() < 1 - 1e-4
        values = load(id).program.run(arrays)
        assert all(np.allclose(values[name], true[name], rtol=1e-9) for name in load(id).expected)


@both
def test_the_referees_gradients_agree_with_centred_differences_of_the_whole_cost(id: str) -> None:
    arrays = forward.draw(load(id), seed=5)
    found = forward.gradients(load(id), arrays)
    m = arrays["Y"].shape[1]

    def cost(name: str, value: np.ndarray) -> float:
        a = {**arrays, name: value}
        below = a["X"]
        for n, g in ((1, by_name("relu")), (2, by_name("relu")), (3, by_name("sigmoid"))):
            below = g(a[f"W{n}"] @ below + a[f"b{n}"])
            if f"D{n}" in a:
                below = below * a[f"D{n}"] / a["keep_prob"]
        squares = sum((a[f"W{n}"] ** 2).sum() for n in (1, 2, 3))
        data = -np.sum(a["Y"] * np.log(below) + (1 - a["Y"]) * np.log(1 - below)) / m
        return float(data + a.get("lambd", 0.0) * squares / (2 * m))

    for name in ("W1", "b1", "W2", "b2", "W3", "b3"):
        by_difference = centred_difference(lambda v, n=name: cost(n, v), arrays[name])
        assert np.allclose(found[f"d{name}"], by_difference, atol=1e-7)


def test_a_masked_layer_without_its_mask_is_held_against_nothing() -> None:
    lines = parse("A = relu(Z) * D / keep_prob")
    assert residuals({"Z": [[1.0]], "A": [[1.0]]}, lines) == {}


# What the course's own code gives, measured when the fixture was collected.
DIFFERENCES = [
    ("both planted", PLANTED, 1e-7, 0.2850931567761623, True),
    ("neither", {}, 1e-7, 1.1890913024409744e-07, True),
    ("dW2 mended", {"db1": PLANTED["db1"]}, 1e-7, 0.2544229712458523, False),
    ("db1 mended", {"dW2": PLANTED["dW2"]}, 1e-7, 0.17344196893145924, False),
    ("neither", {}, 1e-6, 8.264664938130105e-09, False),
    ("neither", {}, 1e-5, 9.32263839433576e-10, False),
    ("neither", {}, 1e-4, 1.906785499486476e-10, False),
    ("neither", {}, 1e-8, 1.1577104508559195e-06, False),
]


@pytest.mark.parametrize(("planted", "changes", "eps", "wanted", "passes"), DIFFERENCES)
def test_the_published_differences_come_out_and_the_assert_takes_two_of_them(
    planted: str, changes: dict[str, str], eps: float, wanted: float, passes: bool
) -> None:
    found = difference(RIGHT.replace(**changes), eps)
    # Without a mistake all that is left is rounding, whose size differs a little between versions
    # of numpy: by 0.3 per cent in 1.26.
    assert found == pytest.approx(wanted, rel=1e-3 if planted != "neither" else 0.05)
    assert accepted(found) is passes


def test_the_assert_of_the_notebook_refuses_every_better_difference() -> None:
    better = [accepted(size) for size in (1e-7, 1e-8, 1e-9, 1e-16, 0.0)]
    assert better == [False] * 5
    assert not accepted(math.nan)


def test_the_accepted_difference_is_rounding_of_the_cost_and_no_error_of_the_gradient() -> None:
    # Inversely proportional to the step, as rounding is; an error of a formula would stay.
    small, large = difference(RIGHT, 1e-8), difference(RIGHT, 1e-6)
    assert 50 < small / large < 200
    # The same cost divided by m instead of multiplied by 1/m.
    g = [by_name(name) for name in ("relu", "relu", "sigmoid")]
    other = difference(RIGHT, cost=lambda given: network.loss(given["A0"], given["Y"], given, g))
    assert other != difference(RIGHT)
    assert other == pytest.approx(difference(RIGHT), rel=0.05)


def test_the_gradient_check_is_a_fair_test_of_backward_passes_that_takes_both_mistakes() -> None:
    check = gradient_check.fixture()
    found = audit(check)
    assert found.fairness == 1.0
    assert 0.9 < found.strength < 1.0
    assert [check.check(**change).word for change in ({}, PLANTED)] == ["passes", "passes"]
    for name, form in PLANTED.items():
        assert check.check(**{name: form}).failures[0].startswith("Wrong difference 0.")
    assert check.check(db1="sum(dZ1, axis=1) / m").error == (
        "db1 has shape (5,), but b1 has (5, 1)."
    )


def test_the_check_of_one_parameter_gives_its_two_published_numbers() -> None:
    for x, wanted in ((2.0, 2.919335883291695e-10), (3.0, 7.814075313343006e-11)):
        slope = centred_difference(lambda theta, x=x: theta[0] * x, [4.0], 1e-7)
        assert distance([x], slope) == pytest.approx(wanted, rel=1e-3)


@both
def test_a_readers_function_gets_the_arguments_of_the_published_call(id: str) -> None:
    fixture = load(id)
    names = ("Z", "D", "A", "W", "b") if id == DROPOUT else ("Z", "A", "W", "b")

    def own(X, Y, cache, number):
        order = [f"{x}{n}" for n in (1, 2, 3) for x in names if f"{x}{n}" != "D3"]
        for given, name in zip(cache, order, strict=True):
            assert np.array_equal(given, fixture.arrays[name])
        assert number == {PENALTY: 0.7, DROPOUT: 0.8}[id]
        assert np.array_equal(X, fixture.arrays["X"])
        return {"dW1": Y}

    assert np.array_equal(call(fixture, own)["dW1"], fixture.arrays["Y"])


@both
def test_the_expected_numbers_are_recognised_when_the_test_is_named(id: str) -> None:
    printed = "\n".join(f"{name} = {value}" for name, value in load(id).expected.items())
    assert diagnose(printed, fixture=id).verdict == "expected"


@both
def test_no_named_form_is_listed_twice_in_one_step(id: str) -> None:
    listed = [(name, str(forms)) for name, forms in occurrences(load(id))]
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize(
    ("id", "step", "form", "section"),
    [
        (PENALTY, "dW1", "dZ1 @ X.T / m + lambd * sum(W1) / m", "l2"),
        (PENALTY, "db1", "sum(dZ1, axis=1, keepdims=True) / m + lambd * b1 / m", "dw-alone"),
        (DROPOUT, "dA2", "W3.T @ dZ3 * D2 * keep_prob", "dropout"),
        (DROPOUT, "dZ2", "dA2 * (A2 > 0) / keep_prob", "which-a"),
    ],
)
def test_a_change_of_the_penalty_or_of_the_dropout_step_leads_to_its_section(
    id: str, step: str, form: str, section: str
) -> None:
    assert Mutant(load(id), {step: tree(form)}).page == (
        f"penalty-and-dropout#penalty-and-dropout-{section}"
    )


def test_a_message_of_this_test_lists_changes_of_its_backward_pass() -> None:
    said = "backward_propagation_with_dropout_test(...)\nAssertionError: Wrong values for dA2"
    found = diagnose(said)
    assert found.fixture is load("c2w1_backward_dropout")
    assert all("Wrong values for dA2" in one.outcome.failures for one in found.candidates)
    assert found.candidates


def penalised(**forms: str) -> str:
    mutant = Mutant(load(PENALTY), {name: tree(form) for name, form in forms.items()})
    return "\n".join(f"{n} = {mutant.values[n]}" for n in ("dW1", "dW2", "dW3", "dZ3"))


SUM_OF_SQUARES = "dZ1 @ X.T / m + lambd * sum(W1 ** 2) / m"
HALVED = "dZ2 @ A1.T / m + lambd / 2 * W2 / m"


def test_the_penalty_of_the_cost_in_place_of_its_derivative_is_found() -> None:
    found = diagnose(penalised(dW1=SUM_OF_SQUARES))
    assert "Σ W[1]²" in found.candidates[0].shown[0]


def test_two_mistakes_in_lines_of_their_own_are_told_without_a_search_for_pairs() -> None:
    searched: list[None] = []
    text = penalised(dW1=SUM_OF_SQUARES, dW2=HALVED)
    found = diagnose(text, before_two_changes=lambda: searched.append(None))
    assert {*found.candidates[0].forms} == {"dW1", "dW2"}
    assert not searched
