import math
import re

import numpy as np
import pytest

from backcheck import forward, network, program, referee
from backcheck.activations import relu, sigmoid, tanh
from backcheck.fixtures import load
from backcheck.program import parse

SEEDS = range(12)
HIDDEN = [(tanh, "c1w3_bp_public_c"), (relu, "c1w4_L_model_backward_v2")]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_forward_pass_keeps_every_relation_exactly(seed: int) -> None:
    activations = [tanh, relu, sigmoid]
    X, _, parameters = network.random_network((3, 5, 4, 2), examples=6, seed=seed)
    cache = network.forward(X, parameters, activations)
    sizes = forward.residuals(cache | parameters, program.forward(("tanh", "relu", "sigmoid")))
    assert len(sizes) == 6
    assert set(sizes.values()) == {0.0}


@pytest.mark.parametrize("name", ["A0", "Z1", "A1", "Z2", "A2", "W1", "b2"])
def test_a_tampered_array_is_found_by_the_relations_it_belongs_to(name: str) -> None:
    X, _, parameters = network.random_network((3, 4, 1), examples=5, seed=0)
    cache = network.forward(X, parameters, [tanh, sigmoid]) | parameters
    cache[name] = cache[name] + 1e-3
    broken = forward.broken(cache, program.forward(("tanh", "sigmoid")))
    assert broken
    assert all(re.search(rf"\b{name}\b", relation) for relation in broken)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("hidden", "fixture"), HIDDEN, ids=["week 3", "week 4"])
def test_the_backward_pass_of_each_week_is_the_gradient_on_a_forward_pass(
    hidden: sigmoid, fixture: str, seed: int
) -> None:
    X, Y, parameters = network.random_network((3, 4, 1), examples=5, seed=seed)
    cache = network.forward(X, parameters, [hidden, sigmoid])
    assert np.abs(cache["Z1"]).min() > 1e-4, "a pre-activation lies within a step of the kink"
    arrays = {**parameters, **cache, "X": X, "AL": cache["A2"], "Y": Y}
    found = load(fixture).program.run(arrays)
    exact = referee.gradients(X, Y, parameters, [hidden, sigmoid])
    centred = referee.gradients(X, Y, parameters, [hidden, sigmoid], referee.centred_difference)
    for name in ("dW1", "db1", "dW2", "db2"):
        assert referee.relative_error(found[name], exact[name]) < 1e-10
        assert referee.relative_error(found[name], centred[name]) < 1e-7


@pytest.mark.parametrize("seed", SEEDS)
def test_the_four_output_forms_are_equal_on_a_forward_pass(seed: int) -> None:
    X, Y, parameters = network.random_network((3, 4, 1), examples=5, seed=seed)
    arrays = {**parameters, **network.forward(X, parameters, [tanh, sigmoid]), "X": X, "Y": Y}
    program = load("c1w3_bp_public_c").program
    forms = ["A2 - Y", "dA2 * A2 * (1 - A2)", "dA2 * sigmoid(Z2) * (1 - sigmoid(Z2))"]
    want = program.replace(dZ2="sigmoid(Z2) - Y").run(arrays)["dZ2"]
    for form in forms:
        got = program.replace(dZ2=form).run(arrays)["dZ2"]
        assert referee.relative_error(got, want) < 1e-12


def test_the_referee_tells_a_mistake_from_rounding() -> None:
    X, Y, parameters = network.random_network((3, 4, 1), examples=5, seed=0)
    arrays = {**parameters, **network.forward(X, parameters, [tanh, sigmoid]), "X": X, "Y": Y}
    program = load("c1w3_bp_public_c").program.replace(dZ1="dA1 * (1 - tanh(A1) ** 2)")
    true = referee.gradients(X, Y, parameters, [tanh, sigmoid])
    assert referee.relative_error(program.run(arrays)["dW1"], true["dW1"]) > 1e-2


def test_relative_error_of_zeros_is_zero_and_shapes_must_match() -> None:
    assert referee.relative_error([0.0], [0.0]) == 0.0
    with pytest.raises(ValueError, match=r"a has shape \(2,\), but needs shape \(1,\)"):
        referee.relative_error([0.0, 1.0], [0.0])


PARAMETERS = {"W1": np.ones((4, 3)), "b1": np.zeros((4, 1))}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"W1": np.ones((4, 5))}, r"W1 has shape \(4, 5\), but needs shape \(4, 3\), because A0"),
        ({"b1": np.zeros((1, 4))}, r"b1 has shape \(1, 4\), but needs shape \(4, 1\), because W1"),
        ({"b1": np.zeros(4)}, r"b1 has shape \(4,\), but must be a matrix"),
        ({"W1": np.full((4, 3), np.nan)}, r"W1 holds 12 entries that are nan or inf"),
        ({"W1": [[1.0], [2.0, 3.0]]}, r"W1 is not an array of numbers"),
        ({"W1": np.ones((0, 3))}, r"W1 has shape \(0, 3\), so it is empty"),
    ],
)
def test_parameters_that_do_not_fit_are_named_with_both_shapes(
    changes: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=message) as error:
        network.forward(np.ones((3, 2)), PARAMETERS | changes, [sigmoid])
    assert "\n" not in str(error.value)


def test_a_missing_parameter_is_named_with_those_that_are_there() -> None:
    with pytest.raises(KeyError, match=r"no W2; it holds W1, b1"):
        network.forward(np.ones((3, 2)), PARAMETERS, [tanh, sigmoid])


@pytest.mark.parametrize("sizes", [(3,), (3, 0), ()])
def test_impossible_sizes_are_refused_in_one_sentence(sizes: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="make no network; give at least two sizes"):
        network.random_network(sizes, examples=2, seed=0)


def test_an_empty_cache_and_a_cache_with_nan_are_refused() -> None:
    lines = parse("Z1 = W1 @ A0 + b1\nA1 = tanh(Z1)")
    with pytest.raises(ValueError, match="The cache is empty"):
        forward.residuals({}, lines)
    with pytest.raises(ValueError, match="Z1 holds 1 entry that is nan or inf"):
        forward.residuals({"Z1": [[math.inf]], "A1": [[0.0]]}, lines)


def test_a_relation_whose_shapes_do_not_fit_counts_as_broken() -> None:
    lines = parse("Z1 = W1 @ A0 + b1\nA1 = tanh(Z1)")
    cache = {"Z1": np.zeros((7, 9)), "A1": np.zeros((9, 7))}
    assert forward.broken(cache, lines) == {"A1 = tanh(Z1)": math.inf}


def test_cross_entropy_refuses_what_is_not_a_probability() -> None:
    with pytest.raises(ValueError, match=r"A holds 1\.7886\d*, but cross-entropy needs every"):
        network.cross_entropy(load("c1w4_L_model_backward_v2").arrays["AL"], [[1, 0]])
