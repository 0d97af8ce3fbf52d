"""Where a sigmoid output stops being a number, computed here without the cells of the pages."""

import math
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from backcheck import fixtures, network, program, training
from backcheck.activations import relu, sigmoid, tanh

ROUNDS_TO_ONE = 53 * math.log(2)
OVERFLOWS = -1024 * math.log(2)
ROUNDS_TO_ZERO = -1075 * math.log(2)

Form = Callable[[Callable[..., Any], Any, Any], Any]


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with np.errstate(all="ignore"):
        yield


def course(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def dA(a: Any, y: Any) -> Any:
    return (1 - y) / (1 - a) - y / a


SHORTCUT: Form = lambda g, z, y: g(z) - y  # noqa: E731
GENERAL: dict[str, Form] = {
    "A(1 - A)": lambda g, z, y: dA(g(z), y) * (g(z) * (1 - g(z))),
    "left to right": lambda g, z, y: dA(g(z), y) * g(z) * (1 - g(z)),
    "σ(Z)σ(-Z)": lambda g, z, y: dA(g(z), y) * (g(z) * g(-z)),
}
LOSS: Form = lambda g, z, y: -(y * np.log(g(z)) + (1 - y) * np.log(1 - g(z)))  # noqa: E731


def last_finite(form: Form, g: Callable[..., Any], y: int, far: float) -> float:
    inside, outside = 0.0, far
    assert np.isfinite(form(g, np.float64(inside), y))
    assert not np.isfinite(form(g, np.float64(outside), y))
    while abs(outside - inside) > 1e-9:
        middle = (inside + outside) / 2
        if np.isfinite(form(g, np.float64(middle), y)):
            inside = middle
        else:
            outside = middle
    return inside


both_labels = pytest.mark.parametrize("y", [0, 1])
both_sigmoids = pytest.mark.parametrize("g", [course, sigmoid], ids=["course", "package"])


@both_labels
@both_sigmoids
@pytest.mark.parametrize("form", GENERAL.values(), ids=GENERAL)
def test_the_general_rule_ends_at_53_ln_2_for_either_label(form: Form, g: Any, y: int) -> None:
    assert last_finite(form, g, y, 1000.0) == pytest.approx(ROUNDS_TO_ONE, abs=1e-6)


@both_labels
@pytest.mark.parametrize("form", GENERAL.values(), ids=GENERAL)
def test_on_the_other_side_it_ends_where_the_exponential_of_the_course_overflows(
    form: Form, y: int
) -> None:
    assert last_finite(form, course, y, -1000.0) == pytest.approx(OVERFLOWS, abs=1e-6)


@pytest.mark.parametrize("form", GENERAL.values(), ids=GENERAL)
def test_without_an_overflow_label_0_lasts_until_the_sigmoid_is_0_and_label_1_until_its_inverse_is(
    form: Form,
) -> None:
    assert last_finite(form, sigmoid, 0, -1000.0) == pytest.approx(ROUNDS_TO_ZERO, abs=1e-6)
    assert last_finite(form, sigmoid, 1, -1000.0) == pytest.approx(OVERFLOWS, abs=1e-6)


@both_labels
def test_the_loss_by_logarithms_has_the_borders_of_the_sigmoid(y: int) -> None:
    for g, below in ((course, OVERFLOWS), (sigmoid, ROUNDS_TO_ZERO)):
        assert last_finite(LOSS, g, y, 1000.0) == pytest.approx(ROUNDS_TO_ONE, abs=1e-6)
        assert last_finite(LOSS, g, y, -1000.0) == pytest.approx(below, abs=1e-6)


@both_labels
@both_sigmoids
def test_each_form_has_one_border_on_a_side_so_that_bisection_finds_it(g: Any, y: int) -> None:
    z = np.linspace(-1000, 1000, 20001)
    for form in (*GENERAL.values(), LOSS):
        finite = np.flatnonzero(np.isfinite(form(g, z, y)))
        assert (np.diff(finite) == 1).all()


@both_labels
@both_sigmoids
def test_the_shortcut_and_the_loss_from_z_are_finite_for_every_z_tried(g: Any, y: int) -> None:
    z = np.concatenate([-np.geomspace(1e-300, 1e300, 999), np.geomspace(1e-300, 1e300, 999)])
    assert np.isfinite(SHORTCUT(g, z, y)).all()
    assert np.isfinite(np.logaddexp(0, z) - y * z).all()


def test_single_precision_rounds_to_1_from_24_ln_2_on() -> None:
    below, above = np.float32(24 * math.log(2) - 1e-4), np.float32(24 * math.log(2) + 1e-4)
    assert course(below) < 1 == course(above)


def test_before_the_border_each_derivative_is_accurate_for_one_label_alone() -> None:
    z = np.linspace(30, 36, 61)
    errors = {}
    for y, exact in ((0, sigmoid(z)), (1, -sigmoid(-z))):
        for name in ("A(1 - A)", "σ(Z)σ(-Z)"):
            errors[name, y] = np.abs(GENERAL[name](sigmoid, z, y) / exact - 1).max()
    assert max(errors["A(1 - A)", 0], errors["σ(Z)σ(-Z)", 1]) < 1e-15
    assert min(errors["A(1 - A)", 1], errors["σ(Z)σ(-Z)", 0]) > 1e-2


@pytest.mark.parametrize("form", ["A", "Z"])
def test_the_nan_of_the_run_at_rate_200_stand_at_examples_that_are_right(form: str) -> None:
    X, Y = training.two_moons(200, seed=0)
    _, _, start = network.random_network((2, 8, 1), examples=1, seed=1)
    general = program.backward(["tanh", "sigmoid"], form=form)
    losses, moved = training.descend(general, X, Y, start, [tanh, sigmoid], 300, 200.0)
    assert np.isfinite(losses).sum() == 2
    cache = network.forward(X, moved, [tanh, sigmoid])
    Z, label = cache["Z2"], Y == 1
    dZ = general.run({**moved, **cache, "X": X, "Y": Y})["dZ2"]
    broken = ~np.isfinite(dZ)
    assert broken.sum() == 32
    assert (label & (Z > ROUNDS_TO_ONE))[broken].all()
    surely_wrong = (Z > 0) != label
    surely_wrong &= np.abs(Z) > ROUNDS_TO_ONE
    assert surely_wrong.sum() == 19
    assert label[surely_wrong].all()
    assert np.allclose(dZ[surely_wrong], -1, rtol=0, atol=1e-15)


def test_a_network_that_classifies_everything_right_has_a_cost_of_nan_by_logarithms() -> None:
    X, Y = training.two_moons(200, seed=0)
    layers = [relu, relu, sigmoid]
    _, _, start = network.random_network((2, 8, 8, 1), examples=1, seed=1)
    general = program.backward([g.name for g in layers])
    by_shortcut = general.replace(dZ3="A3 - Y")
    costs, trained = training.descend(by_shortcut, X, Y, start, layers, 3000, 1.0)
    Z = network.forward(X, trained, layers)["Z3"]
    assert ((Z > 0) == (Y == 1)).all()
    assert costs[-1] < 1e-3
    losses = LOSS(course, Z, Y)
    assert np.isnan(losses).any()
    assert (Y[~np.isfinite(losses)] == 1).all()
    stopped, _ = training.descend(general, X, Y, start, layers, 3000, 1.0)
    assert np.isnan(stopped[-1])
    assert stopped[np.isfinite(stopped)][-1] < 0.01


def test_equivalent_forms_part_by_rounding_at_rate_1_and_not_at_a_calm_rate() -> None:
    X, Y = training.two_moons(200, seed=0)
    layers = [relu, relu, relu, sigmoid]
    _, _, start = network.random_network((2, 10, 8, 5, 1), examples=1, seed=1)
    general = program.backward([g.name for g in layers])
    forms = (general, general.replace(dZ4="A4 - Y"))
    for rate, together in ((0.05, True), (1.0, False)):
        one, other = (training.descend(f, X, Y, start, layers, 300, rate)[0] for f in forms)
        assert np.allclose(one, other, rtol=1e-8, atol=0) == together
        assert np.allclose(one[:51], other[:51], rtol=1e-10, atol=0)


def test_at_rate_1_rounding_alone_decides_how_well_one_form_trains() -> None:
    X, Y = training.two_moons(200, seed=0)
    fresh, labels = training.two_moons(200, seed=1)
    layers = [relu, relu, relu, sigmoid]
    _, _, start = network.random_network((2, 10, 8, 5, 1), examples=1, seed=1)
    shortcut = program.backward([g.name for g in layers]).replace(dZ4="A4 - Y")
    accuracies = []
    for seed in range(100, 120):
        rng = np.random.default_rng(seed)
        near = {n: W * (1 + 1e-15 * rng.standard_normal(W.shape)) for n, W in start.items()}
        _, end = training.descend(shortcut, X, Y, near, layers, 300, 1.0)
        Z = network.forward(fresh, end, layers)["Z4"]
        accuracies.append(np.mean((Z > 0) == (labels == 1)))
    assert min(accuracies) < 0.95 < 0.98 < max(accuracies)


@pytest.mark.parametrize(
    ("piece", "z", "y", "message"),
    [
        (lambda A, Z, Y: np.exp(-Z), -800.0, 0, "overflow encountered in exp"),
        (lambda A, Z, Y: np.exp(-Z), 800.0, 0, None),
        (lambda A, Z, Y: np.log(1 - A), 40.0, 0, "divide by zero encountered in log"),
        (lambda A, Z, Y: np.log(1 - A), 40.0, 1, "divide by zero encountered in log"),
        (lambda A, Z, Y: np.log(A), -800.0, 1, "divide by zero encountered in log"),
        (lambda A, Z, Y: np.log(A), -40.0, 1, None),
        (lambda A, Z, Y: (1 - Y) / (1 - A), 40.0, 0, "divide by zero encountered in divide"),
        (lambda A, Z, Y: (1 - Y) / (1 - A), 40.0, 1, "invalid value encountered in divide"),
        (lambda A, Z, Y: Y / A, -800.0, 0, "invalid value encountered in divide"),
        (lambda A, Z, Y: Y / A, -800.0, 1, "divide by zero encountered in divide"),
        (lambda A, Z, Y: Y / A, -40.0, 1, None),
        (lambda A, Z, Y: np.log(1 - A - 1), 0.0, 1, "invalid value encountered in log"),
    ],
)
def test_each_message_comes_from_its_piece_sign_and_label(
    piece: Form, z: float, y: int, message: str | None
) -> None:
    assert messages(piece, z, y) == ([message] if message else [])


@pytest.mark.parametrize(("z", "y"), [(40.0, 1), (40.0, 0), (-800.0, 1), (-800.0, 0)])
def test_0_times_log_0_is_the_right_label_and_infinity_the_wrong_one(z: float, y: int) -> None:
    answer_is_right = (z > 0) == y
    said = messages(lambda A, Z, Y: LOSS(course, Z, Y), z, y)
    assert ("invalid value encountered in multiply" in said) == answer_is_right
    loss = LOSS(course, np.float64(z), y)
    assert np.isnan(loss) if answer_is_right else loss == np.inf


def messages(piece: Form, z: float, y: int) -> list[str]:
    Z, Y = np.array([[z]]), np.array([[y]])
    A = course(Z)
    heard = np.errstate(divide="warn", over="warn", invalid="warn", under="ignore")
    with heard, warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        piece(A, Z, Y)
    return [str(one.message).replace("true_divide", "divide") for one in said]


def test_clipping_in_dA_takes_the_gradient_of_a_confidently_wrong_example_away() -> None:
    for z, y in ((40.0, 0), (-40.0, 1)):
        clipped = np.clip(sigmoid(z), 1e-8, 1 - 1e-8)
        assert abs(dA(clipped, y) * sigmoid(z) * sigmoid(-z)) < 1e-8
        assert abs(dA(clipped, y) * clipped * (1 - clipped)) == pytest.approx(1, abs=1e-7)
        assert abs(sigmoid(z) - y) == 1


def test_a_clip_below_the_spacing_next_to_1_does_nothing_there() -> None:
    assert np.clip(1.0, 1e-17, 1 - 1e-17) == 1
    assert np.clip(1.0, 1e-15, 1 - 1e-15) < 1


def test_the_caches_of_the_course_1_tests_stay_far_from_every_border() -> None:
    for id in fixtures.ids():
        fixture = fixtures.load(id)
        for name, array in fixture.arrays.items():
            if fixture.course.startswith("Course 1") and name.startswith("Z"):
                assert np.abs(array).max() < 10, (id, name)
