"""The forward pass of a dense network, its cache and its loss.

A layer l computes Z[l] = W[l] A[l-1] + b[l] and A[l] = g[l](Z[l]). Columns are
examples: with m examples and n[l] units, A[l] has shape (n[l], m). The input is A0.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from backcheck.activations import Activation
from backcheck.arrays import Array, entry, matrix, require_shape


def forward(
    X: ArrayLike, parameters: Mapping[str, ArrayLike], activations: Sequence[Activation]
) -> dict[str, Array]:
    """Run the forward pass and return all it computes: ``A0``, ``Z1``, ``A1`` ... ``ZL``, ``AL``.

    Parameters
    ----------
    X : array_like, shape (n0, m)
        The input, one example per column.
    parameters : mapping
        ``W1`` of shape (n1, n0), ``b1`` of shape (n1, 1), and so on, layer by layer.
    activations : sequence of Activation
        g1 ... gL; any function of an array will do.

    Examples
    --------
    >>> from backcheck.activations import sigmoid, tanh
    >>> parameters = {"W1": [[1.0], [0.0]], "b1": [[0.0], [2.0]],
    ...               "W2": [[1.0, 1.0]], "b2": [[0.0]]}
    >>> cache = forward([[0.5, -0.5]], parameters, [tanh, sigmoid])
    >>> cache["A1"].round(4)
    array([[ 0.4621, -0.4621],
           [ 0.964 ,  0.964 ]])
    """
    A = matrix("X", X)
    cache = {"A0": A}
    for n, activation in enumerate(activations, start=1):
        W = matrix(f"W{n}", entry(parameters, f"W{n}"))
        b = matrix(f"b{n}", entry(parameters, f"b{n}"))
        require_shape(f"W{n}", W, (len(W), len(A)), f"A{n - 1} has shape {A.shape}")
        require_shape(f"b{n}", b, (len(W), 1), f"W{n} has shape {W.shape}")
        Z = W @ A + b
        A = activation(Z)
        cache |= {f"Z{n}": Z, f"A{n}": A}
    return cache


def cross_entropy(A: ArrayLike, Y: ArrayLike) -> Any:
    """Return the cross-entropy cost of the output A against the labels Y, both of shape (n, m).

    J = -(1/m) sum over the m examples of Y log A + (1 - Y) log(1 - A), the cost of
    Course 1 of the Deep Learning Specialization. A is strictly between 0 and 1; J is complex
    if it is, for the complex step.

    Examples
    --------
    >>> float(cross_entropy([[0.5, 0.5]], [[1, 0]]))
    0.6931471805599453
    """
    A, Y = matrix("A", A), matrix("Y", Y)
    require_shape("Y", Y, A.shape, f"A has shape {A.shape}")
    outside = A[(np.real(A) <= 0) | (np.real(A) >= 1)]
    if outside.size:
        raise ValueError(
            f"A holds {outside[0]}, but cross-entropy needs every entry strictly between 0 and 1."
        )
    return -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / A.shape[1]


def cross_entropy_from_z(Z: ArrayLike, Y: ArrayLike) -> float:
    """Return the cross-entropy of a sigmoid output from its pre-activation, of shape (n, m).

    Substituting A = sigma(Z) turns the loss of one example into log(1 + exp(Z)) - Y Z, which is
    finite for every finite Z. Libraries compute it this way.
    """
    Z, Y = matrix("Z", Z), matrix("Y", Y)
    require_shape("Y", Y, Z.shape, f"Z has shape {Z.shape}")
    return float(np.sum(np.logaddexp(0, Z) - Y * Z) / Z.shape[1])


def loss(
    X: ArrayLike,
    Y: ArrayLike,
    parameters: Mapping[str, ArrayLike],
    activations: Sequence[Activation],
) -> Any:
    """Run `forward` and return the `cross_entropy` of its output, which a sigmoid computes.

    Examples
    --------
    >>> from backcheck.activations import sigmoid
    >>> float(loss([[0.0]], [[1]], {"W1": [[3.0]], "b1": [[0.0]]}, [sigmoid]))
    0.6931471805599453
    """
    return cross_entropy(forward(X, parameters, activations)[f"A{len(activations)}"], Y)


def random_network(
    sizes: Sequence[int], examples: int, seed: int
) -> tuple[Array, Array, dict[str, Array]]:
    """Draw X of shape (n0, m), labels Y of shape (nL, m), and parameters as `forward` takes them.

    `sizes` are n0, n1 ... nL, and `examples` is m. Weights and biases are standard normal: nothing
    is tiny and no bias is zero, because tiny weights and zero biases hide wrong formulas.

    Examples
    --------
    >>> X, Y, parameters = random_network((2, 3, 1), examples=4, seed=0)
    >>> {name: value.shape for name, value in parameters.items()}
    {'W1': (3, 2), 'b1': (3, 1), 'W2': (1, 3), 'b2': (1, 1)}
    """
    if len(sizes) < 2 or min(*sizes, examples) < 1:
        raise ValueError(
            f"Sizes {tuple(sizes)} with {examples} examples make no network; "
            "give at least two sizes and one example, each at least 1."
        )
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((sizes[0], examples))
    Y = rng.integers(0, 2, (sizes[-1], examples))
    parameters = {}
    for layer, (n_in, n_out) in enumerate(pairwise(sizes), start=1):
        parameters[f"W{layer}"] = rng.standard_normal((n_out, n_in))
        parameters[f"b{layer}"] = rng.standard_normal((n_out, 1))
    return X, Y, parameters
