"""Sentences of the pages with the mathematics that no cell prints and no proposition states."""

from decimal import Decimal, localcontext
from itertools import product

import numpy as np
import pytest

from backcheck.activations import sigmoid, tanh
from backcheck.fixtures import load
from backcheck.forward import draw
from backcheck.referee import complex_step


def test_three_different_sizes_leave_one_product_for_the_gradient_of_the_weights() -> None:
    dZ, A_prev = np.ones((2, 3)), np.ones((4, 3))
    fitting = []
    for first, second in ((dZ, A_prev), (A_prev, dZ)):
        for left, right in product((first, first.T), (second, second.T)):
            if left.shape[1] == right.shape[0] and (left @ right).shape == (2, 4):
                fitting.append((left, right))
    ((left, right),) = fitting
    assert left is dZ
    assert right.shape == (3, 4)


@pytest.mark.parametrize("A", [1.78862847, 0.43650985, -0.3])
def test_a_constant_inside_the_sigmoid_reaches_every_height_but_two(A: float) -> None:
    Z = 0.64667545
    C = np.log(A / (1 - A) + 0j) - Z
    assert C.imag == pytest.approx(0 if 0 < A < 1 else np.pi)
    value, derivative = (f(Z + C) for f in (lambda v: 1 / (1 + np.exp(-v)), sigmoid_derivative))
    assert value == pytest.approx(A)
    assert derivative == pytest.approx(A * (1 - A))


def sigmoid_derivative(v: complex) -> complex:
    return complex(np.exp(-v) / (1 + np.exp(-v)) ** 2)


def test_coth_is_tanh_with_a_complex_constant_inside() -> None:
    u = np.array([-2.0, -0.3, 0.7])
    assert np.allclose(np.tanh(u + 1j * np.pi / 2), 1 / tanh(u))


def test_in_the_saturated_network_it_is_the_referee_that_has_lost_digits() -> None:
    arrays = draw(load("c2w1_backward_dropout"), seed=4)
    A, Y = arrays["A3"], arrays["Y"]
    place = np.unravel_index(np.argmax(A), A.shape)
    z = float(arrays["Z3"][place])
    assert Y[place] == 0
    with localcontext() as context:
        context.prec = 40
        true = float(1 / (1 + (-Decimal(z)).exp()))
    found = complex_step(lambda z: -np.log(1 - sigmoid(z)), z)
    assert abs(float(A[place]) - true) < 1e-15
    assert abs(float(found) - true) > 1e-5


def test_off_the_diagonal_of_losses_and_outputs_stands_something_else_than_a_minus_y() -> None:
    A = np.array([[0.2, 0.5], [0.3, 0.1], [0.5, 0.4]])
    Y = np.eye(3)[:, [0, 2]]
    R = (A - Y) / (1 - A)
    off = {
        "squared error, sigmoid": (A - Y) * A * (1 - A),
        "squared error, softmax": A * (A - Y - np.sum(A * (A - Y), axis=0)),
        "binary, linear": (A - Y) / (A * (1 - A)),
        "binary, softmax": R - A * R.sum(axis=0),
        "categorical, linear": -Y / A,
        "categorical, sigmoid": -Y * (1 - A),
    }
    for pair, dZ in off.items():
        assert not np.allclose(dZ, A - Y), pair


def test_a_difference_that_is_zero_on_one_side_alone_can_be_written_with_a_logarithm() -> None:
    x = np.array([-2.0, -0.5, 0.5, 2.0])
    assert x - np.exp(np.log(x**2) / 2) == pytest.approx([-4, -1, 0, 0])
