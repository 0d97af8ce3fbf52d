"""Losses times outputs: softmax's Jacobian, the canonical pairs, and the squared error."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from backcheck.activations import sigmoid
from backcheck.referee import complex_step, relative_error

columns = arrays(float, (3, 2), elements=st.floats(-4, 4))
labels = st.lists(st.integers(0, 2), min_size=2, max_size=2).map(lambda ks: np.eye(3)[:, ks])


def softmax(Z):
    powers = np.exp(Z - np.max(np.real(Z), axis=0))
    return powers / powers.sum(axis=0)


@given(Z=arrays(float, 4, elements=st.floats(-4, 4)))
def test_the_jacobian_of_softmax_is_the_one_of_the_proposition(Z) -> None:
    A = softmax(Z)
    for k in range(4):
        row = complex_step(lambda Z, k=k: softmax(Z)[k], Z)
        assert np.allclose(row, A[k] * ((np.arange(4) == k) - A), rtol=0, atol=1e-14)


@given(Z=columns, dA=columns)
def test_an_upstream_gradient_goes_through_softmax_as_the_proposition_says(Z, dA) -> None:
    A = softmax(Z)
    dZ = A * (dA - np.sum(A * dA, axis=0))
    true = complex_step(lambda Z: np.sum(dA * softmax(Z)), Z)
    assert np.allclose(dZ, true, rtol=0, atol=1e-13)
    assert np.allclose(dZ.sum(axis=0), 0, atol=1e-13)


# For each canonical pair: b of the exponential family and the output it has for gradient.
CANONICAL = {
    "normal": (lambda Z: np.sum(Z**2) / 2, lambda Z: Z),
    "Bernoulli": (lambda Z: np.sum(np.log(1 + np.exp(Z))), sigmoid),
    "categorical": (lambda Z: np.sum(np.log(np.exp(Z).sum(axis=0))), softmax),
    "Poisson": (lambda Z: np.sum(np.exp(Z)), np.exp),
}


@pytest.mark.parametrize("name", CANONICAL)
@given(Z=columns, Y=labels)
def test_a_canonical_pair_has_the_gradient_a_minus_y(name: str, Z, Y) -> None:
    b, output = CANONICAL[name]
    dZ = complex_step(lambda Z: b(Z) - np.sum(Y * Z), Z)
    assert np.allclose(dZ, output(Z) - Y, rtol=1e-12, atol=1e-12)


# The same losses, written in terms of A as the table has them.
LOSSES = {
    "normal": lambda A, Y: np.sum((A - Y) ** 2) / 2,
    "Bernoulli": lambda A, Y: -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)),
    "categorical": lambda A, Y: -np.sum(Y * np.log(A)),
    "Poisson": lambda A, Y: np.sum(A - Y * np.log(A)),
}


@pytest.mark.parametrize("name", LOSSES)
@given(Z=columns, Y=labels)
def test_the_loss_in_terms_of_a_is_the_one_of_the_family_up_to_terms_in_y(name: str, Z, Y) -> None:
    b, output = CANONICAL[name]
    loss = LOSSES[name]
    other = np.zeros_like(Z)
    first = loss(output(Z), Y) - (b(Z) - np.sum(Y * Z))
    second = loss(output(other), Y) - (b(other) - np.sum(Y * other))
    assert first == pytest.approx(second, abs=1e-9)


@given(Z=columns, Y=labels)
def test_squared_error_with_a_sigmoid_has_the_gradient_that_is_a_mistake_elsewhere(Z, Y) -> None:
    A = sigmoid(Z)
    squared = complex_step(lambda Z: np.sum((sigmoid(Z) - Y) ** 2) / 2, Z)
    binary = complex_step(lambda Z: LOSSES["Bernoulli"](sigmoid(Z), Y), Z)
    product = (A - Y) * A * (1 - A)
    assert np.allclose(product, squared, rtol=0, atol=1e-14)
    assert relative_error(product, binary) > 0.5


@given(Z=columns, Y=labels)
def test_a_mean_over_all_entries_makes_the_gradient_smaller_by_the_number_of_units(Z, Y) -> None:
    K, m = Z.shape

    def cost(Z, divisor: int):
        return LOSSES["Bernoulli"](sigmoid(Z), Y) / divisor

    dJ = complex_step(lambda Z: cost(Z, m), Z)
    mean = complex_step(lambda Z: cost(Z, K * m), Z)
    assert np.allclose(dJ, K * mean, rtol=1e-12)
    assert np.allclose(sigmoid(Z) - Y, m * dJ, rtol=1e-9, atol=1e-12)
