"""Sigmoid, tanh and relu: the value, and the derivative written in two forms.

The **Z-form** computes g'(Z) from the pre-activation Z. The **A-form** computes the
same derivative from the activation A = g(Z), which the forward pass already has. The
two agree whenever A = g(Z), and a cache of unrelated numbers tells them apart.

Every function accepts complex arrays, which is what lets `backcheck.referee`
differentiate them by complex step.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from backcheck.arrays import Array


@dataclass(frozen=True)
class Activation:
    """An activation function g, by name, with its derivative in Z-form and in A-form.

    Each takes an array of any shape and works on its entries. `derivative_from_z` is g'(Z);
    `derivative_from_a` takes A, and is g'(Z) if A = g(Z).

    Examples
    --------
    >>> tanh([0.5]).round(8)
    array([0.46211716])
    >>> float(tanh.derivative_from_z(0.5)) == float(tanh.derivative_from_a(tanh(0.5)))
    True
    """

    name: str
    value: Callable[[ArrayLike], Array]
    derivative_from_z: Callable[[ArrayLike], Array]
    derivative_from_a: Callable[[ArrayLike], Array]

    def __call__(self, z: ArrayLike) -> Array:
        """Return g(z), entry by entry."""
        return self.value(z)


def _sigmoid(z: ArrayLike) -> Array:
    # Both branches raise e to a power whose real part is not positive, so neither overflows.
    z = np.asarray(z)
    positive = np.real(z) >= 0
    decay = np.exp(np.where(positive, -z, z))
    return np.asarray(np.where(positive, 1, decay) / (1 + decay))


def _relu_derivative(x: ArrayLike) -> Array:
    # relu(z) > 0 exactly where z > 0, so one rule serves both forms; at 0 the course takes 0.
    return np.where(np.real(x) > 0, 1.0, 0.0)


# The Z-form of sigmoid is not s (1 - s): the difference would round to 0 for z above 37.
sigmoid = Activation(
    "sigmoid",
    _sigmoid,
    lambda z: np.asarray(_sigmoid(z) * _sigmoid(np.negative(z))),
    lambda a: np.asarray(np.multiply(a, np.subtract(1, a))),
)
"""sigma(z) = 1 / (1 + exp(-z)); Z-form sigma(z) sigma(-z), A-form a (1 - a)."""

tanh = Activation(
    "tanh",
    lambda z: np.asarray(np.tanh(z)),
    lambda z: np.asarray(1 - np.tanh(z) ** 2),
    lambda a: np.asarray(1 - np.asarray(a) ** 2),
)
"""tanh(z); Z-form 1 - tanh(z)^2, A-form 1 - a^2."""

relu = Activation(
    "relu", lambda z: np.where(np.real(z) > 0, z, 0), _relu_derivative, _relu_derivative
)
"""max(0, z); Z-form 1 where z > 0 and 0 elsewhere, A-form the same test on a."""

ACTIVATIONS = {activation.name: activation for activation in (sigmoid, tanh, relu)}


def by_name(name: str) -> Activation:
    """Return the activation called ``"sigmoid"``, ``"tanh"`` or ``"relu"``."""
    if name not in ACTIVATIONS:
        known = ", ".join(ACTIVATIONS)
        raise ValueError(f"There is no activation called {name!r}; use one of {known}.")
    return ACTIVATIONS[name]
