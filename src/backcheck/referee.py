"""Derivatives that know none of our formulas: complex step and centred difference.

The referee only evaluates a function, so it cannot share a mistake with a formula.

- **Complex step**: df/dx = Im f(x + ih) / h up to an error of order h^2. Nothing is
  subtracted, so h can be 1e-30 and the result is right to rounding error. The function must
  be real-analytic near x, and its code must compute with complex numbers all the way: no
  absolute value, no conjugate (nor a conjugate transpose), and no comparison that looks at
  the imaginary part. The idea is that of Lyness and Moler (1967, doi 10.1137/0704019);
  Squire and Trapp (1998, doi 10.1137/S003614459631241X) made this form of it popular.
- **Centred difference**: df/dx = (f(x + h) - f(x - h)) / 2h up to an error of order
  h^2, plus rounding of order 1e-16 / h. The function must be three times continuously
  differentiable near x, which one with a kink within h is not.

The gradient-check section of Stanford's CS231n notes,
https://cs231n.github.io/neural-networks-3/#gradcheck, reads a relative error above 1e-2 as
probably wrong, is content with 1e-7 and less, and expects more in deep networks. Its
relative error is taken entry by entry, over the larger of the two absolute values; ours is
one number per array, over the largest absolute entry of either, so that an entry near zero
does not dominate it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from backcheck.activations import Activation
from backcheck.arrays import Array, finite, require_shape
from backcheck.network import loss

Function = Callable[[Array], Any]


def complex_step(f: Function, x: ArrayLike, h: float = 1e-30) -> Array:
    """Return the gradient of `f` at `x`, one entry of `x` at a time, by complex step.

    Parameters
    ----------
    f : callable
        Takes an array shaped like `x`, complex allowed, and returns a number.
    x, h : array_like, float
        Real numbers of any shape, and the length of the imaginary step.

    Examples
    --------
    >>> complex_step(lambda x: (x ** 3).sum(), [1.0, 2.0])
    array([ 3., 12.])
    """

    def slope(x: Array, at: tuple[int, ...]) -> Any:
        stepped = x.astype(complex)
        stepped[at] += 1j * h
        return np.imag(f(stepped)) / h

    return _entry_by_entry(slope, x)


def centred_difference(f: Function, x: ArrayLike, h: float = 1e-5) -> Array:
    """Return the gradient of `f` at `x` as `complex_step` does, by centred difference.

    `f` need not take complex numbers, and `h` is half the distance between the two evaluations;
    CS231n recommends about 1e-5.

    Examples
    --------
    >>> centred_difference(lambda x: (x ** 3).sum(), [1.0, 2.0]).round(8)
    array([ 3., 12.])
    """

    def slope(x: Array, at: tuple[int, ...]) -> Any:
        above, below = x.copy(), x.copy()
        above[at] += h
        below[at] -= h
        return (f(above) - f(below)) / (2 * h)

    return _entry_by_entry(slope, x)


def _entry_by_entry(slope: Callable[[Array, tuple[int, ...]], Any], x: ArrayLike) -> Array:
    x = finite("x", x).astype(float)
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        gradient[index] = slope(x, index)
    return gradient


def relative_error(a: ArrayLike, b: ArrayLike) -> float:
    """Return max abs(a - b) divided by the largest absolute entry of either: 0 to 2.

    Two arrays of zeros have relative error 0; arrays of two shapes have none.

    >>> round(relative_error([1.0, 2.0], [1.0, 2.5]), 8)
    0.2
    """
    a, b = finite("a", a), finite("b", b)
    require_shape("a", a, b.shape, f"it is compared with an array of shape {b.shape}")
    return relative_gap(a, b)


def relative_gap(a: Array, b: Array) -> float:
    """Return the `relative_error` of two arrays that are known to be finite and of one shape."""
    scale = max(np.abs(a).max(initial=0.0), np.abs(b).max(initial=0.0))
    return float(np.abs(a - b).max(initial=0.0) / scale) if scale else 0.0


def distance(a: ArrayLike, b: ArrayLike) -> float:
    """Return the length of a - b divided by the sum of both lengths: 0 to 1.

    Large entries decide it: a mistake in a small gradient hides behind a large one.

    >>> distance([3.0, 4.0], [0.0, 0.0]), distance([3.0, 4.0], [3.0, 4.0])
    (1.0, 0.0)
    """
    a, b = np.asarray(a), np.asarray(b)
    return float(np.linalg.norm(a - b) / (np.linalg.norm(a) + np.linalg.norm(b)))


def gradients(
    X: ArrayLike,
    Y: ArrayLike,
    parameters: Mapping[str, ArrayLike],
    activations: Sequence[Activation],
    derivative: Callable[[Function, ArrayLike], Array] = complex_step,
) -> dict[str, Array]:
    """Return the gradient of the loss by the input, ``dX``, and by each parameter, as ``dW1``.

    The network and its data are as `backcheck.network.loss` takes them; `derivative` is
    `complex_step` or `centred_difference`.

    Examples
    --------
    >>> from backcheck.activations import sigmoid
    >>> gradients([[2.0]], [[1]], {"W1": [[0.0]], "b1": [[0.0]]}, [sigmoid])["dW1"]
    array([[-1.]])
    """

    def loss_with(name: str) -> Function:
        return lambda value: loss(X, Y, {**parameters, name: value}, activations)

    found = {f"d{name}": derivative(loss_with(name), value) for name, value in parameters.items()}
    return {"dX": derivative(lambda value: loss(value, Y, parameters, activations), X), **found}
