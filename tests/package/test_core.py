"""Promises of the core that no other test would miss: what a mutation of its source survived."""

import numpy as np
import pytest

from backcheck.activations import sigmoid
from backcheck.fixtures import drawn, load
from backcheck.forward import Layer, draw, layers_in
from backcheck.network import cross_entropy, cross_entropy_from_z
from backcheck.program import backward, parse, write
from backcheck.referee import relative_error
from backcheck.training import descend, two_moons

NETWORK = ([[-1.0, 1.0]], [[0, 1]], {"W1": [[0.5]], "b1": [[0.1]]}, [sigmoid])


def test_layers_are_found_with_every_name_they_go_by() -> None:
    lines = """
        Z1 = W1 @ X + b1
        A1 = relu(Z1) * D1 / keep_prob
        Z2 = W2 @ A1 + b2
        A2 = tanh(Z2)
        Z3 = W3 @ A2 + b3
    """
    assert layers_in(parse("\n".join(map(str.strip, lines.strip().split("\n"))))) == (
        Layer("X", "W1", "b1", "Z1", "A1", "relu", "D1"),
        Layer("A1", "W2", "b2", "Z2", "A2", "tanh"),
        Layer("A2", "W3", "b3", "Z3"),
    )


@pytest.mark.parametrize(
    "line", ["A = exp(Z)", "A = tanh(Y)", "A = relu(Z) * D / m", "A = relu(Y) * D / keep_prob"]
)
def test_what_is_no_activation_of_a_layer_is_not_taken_for_one(line: str) -> None:
    assert layers_in(parse(f"Z = W @ X + b\n{line}")) == (Layer("X", "W", "b", "Z"),)


def test_draws_are_scaled_compared_and_made_integers_as_the_test_says() -> None:
    plain = np.random.RandomState(5).randn(2, 3)
    table = {"name": "a", "shape": [2, 3]}
    assert np.array_equal(drawn(5, [table])["a"], plain)
    assert np.array_equal(drawn(5, [{**table, "scale": 0.01}])["a"], 0.01 * plain)
    labels = drawn(5, [{**table, "greater_than": 0}])["a"]
    assert (labels.dtype, labels.tolist()) == (bool, (plain > 0).tolist())
    whole = drawn(5, [{**table, "greater_than": 0, "integer": True}])["a"]
    assert (whole.dtype.kind, whole.tolist()) == ("i", (plain > 0).astype(int).tolist())


@pytest.mark.parametrize("id", ["c1w3_bp_notebook_v2", "c1w4_L_model_backward_v2"])
def test_drawn_labels_are_of_the_kind_that_the_test_hands_over(id: str) -> None:
    labels = draw(load(id), seed=2)["Y"]
    assert (labels.dtype == bool) == (load(id).arrays["Y"].dtype == bool)
    assert set(np.unique(labels.astype(int))) == {0, 1}


def test_no_step_at_all_leaves_the_parameters_and_tells_the_cost() -> None:
    losses, parameters = descend(backward(["sigmoid"]), *NETWORK, steps=0, rate=1.0)
    assert losses.shape == (1,)
    assert parameters["W1"].tolist() == [[0.5]]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"steps": -1}, "-1 steps cannot be taken; ask for 0 or more."),
        ({"X": "left"}, "X is not an array of numbers"),
        ({"Y": "left"}, "Y is not an array of numbers"),
        ({"program": parse("dW1 = X")}, "The program does not compute db1."),
    ],
)
def test_what_a_descent_cannot_use_is_named(changed: dict[str, object], message: str) -> None:
    X, Y, parameters, activations = NETWORK
    given = {"program": backward(["sigmoid"]), "X": X, "Y": Y, "parameters": parameters}
    given |= {"activations": activations, "steps": 1, "rate": 1.0, **changed}
    with pytest.raises((KeyError, ValueError)) as refused:
        descend(**given)  # type: ignore[arg-type]
    assert message in str(refused.value)


def test_points_of_two_moons_lie_on_two_unit_half_circles() -> None:
    X, Y = two_moons(50, seed=3, noise=0.0)
    assert np.allclose(np.hypot(X[0] - Y[0], X[1] - Y[0] / 2), 1.0)
    assert (np.where(Y[0] == 0, X[1], 0.5 - X[1]) >= 0).all()


@pytest.mark.parametrize(
    ("cost", "first"), [(cross_entropy, "A"), (cross_entropy_from_z, "Z")], ids=["A", "Z"]
)
def test_a_cost_names_what_it_was_given(cost: object, first: str) -> None:
    assert callable(cost)
    with pytest.raises(ValueError, match=f"{first} is not an array of numbers"):
        cost("left", [[1]])
    with pytest.raises(ValueError, match="Y is not an array of numbers"):
        cost([[0.5]], "left")
    with pytest.raises(ValueError, match=rf"Y has shape \(1, 2\).*{first} has shape \(1, 1\)"):
        cost([[0.5]], [[1, 0]])


@pytest.mark.parametrize("given", [("left", 1.0), (1.0, "left")])
def test_a_relative_error_names_what_is_not_a_number(given: tuple[object, object]) -> None:
    name = "ab"[given.index("left")]
    with pytest.raises(ValueError, match=f"{name} is not an array of numbers"):
        relative_error(*given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", ["sum(-Y, axis=1)", "-(A - Y) ** 2", "(A > 0) * (1 - Y)", "tanh(Z > 0)"]
)
def test_an_expression_is_written_with_the_brackets_it_needs_and_no_others(text: str) -> None:
    assert write(parse(f"x = {text}").steps[0].expression) == text


def test_a_function_of_booleans_is_computed_in_double_precision() -> None:
    value = parse("x = tanh(Y)").run({"Y": np.array([[True, False]])})["x"]
    assert value.dtype == np.float64
    assert value.tolist() == [[np.tanh(1.0), 0.0]]


def test_a_backward_pass_of_unknown_kind_is_refused_in_one_sentence() -> None:
    with pytest.raises(ValueError, match=r"form 'B'; give at least one activation, and form 'A'"):
        backward(["sigmoid"], form="B")
