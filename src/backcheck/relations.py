"""The relations every forward pass satisfies, and how far a cache breaks them.

A forward pass satisfies two relations per layer: Z = W A_prev + b and A = g(Z). Dropout
writes the second one A = g(Z) * D / keep_prob, with a mask D of zeros and ones. The
**residual** of a relation is the largest absolute difference between its two sides. A
cache is **consistent** when no residual exceeds what the rounding of its printed numbers
explains; see `TOLERANCE`.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from backcheck.activations import Activation, by_name
from backcheck.arrays import Array, finite

TOLERANCE = 1e-7
"""Largest residual of a consistent cache. Literals printed to 8 decimals leave residuals
of a few 1e-8 at most; the broken relations of the published tests exceed 1."""

KEEP = "keep_prob"
"""What a cache calls the probability of keeping a unit, by which a masked layer is divided."""


@dataclass(frozen=True)
class Layer:
    """The names one layer's arrays go by in a cache.

    Parameters
    ----------
    input, W, b, Z, A : str
        Names of the layer's input, weights, bias, pre-activation and activation. A cache
        need not hold them all.
    activation : str
        Name of the activation function, or "" if the cache leaves it open.
    mask : str
        Name of the dropout mask, or "" if the layer has none. A masked layer satisfies
        A = g(Z) * mask / keep_prob.
    """

    input: str
    W: str
    b: str
    Z: str
    A: str = ""
    activation: str = ""
    mask: str = ""


def masked(layer: Layer, values: ArrayLike, arrays: Mapping[str, Any]) -> Any:
    """Return A from the values g(Z): as they are, or masked and scaled where a layer drops units.

    Parameters
    ----------
    layer : Layer
        The layer A belongs to.
    values : array_like
        g(Z), complex allowed.
    arrays : mapping
        Where the mask and the probability of keeping a unit are found.

    Examples
    --------
    >>> layer = Layer("X", "W", "b", "Z", "A", "relu", mask="D")
    >>> masked(layer, [[1.0, 2.0]], {"D": np.array([[0, 1]]), "keep_prob": 0.5})
    array([[0., 4.]])
    """
    values = np.asarray(values)
    return values * arrays[layer.mask] / arrays[KEEP] if layer.mask else values


def layers_of(activations: Sequence[Activation]) -> tuple[Layer, ...]:
    """Name the layers of a `backcheck.network.forward` cache.

    Examples
    --------
    >>> from backcheck.activations import sigmoid
    >>> layers_of([sigmoid])
    (Layer(input='A0', W='W1', b='b1', Z='Z1', A='A1', activation='sigmoid', mask=''),)
    """
    return tuple(
        Layer(f"A{n - 1}", f"W{n}", f"b{n}", f"Z{n}", f"A{n}", activation.name)
        for n, activation in enumerate(activations, start=1)
    )


def residuals(cache: Mapping[str, ArrayLike], layers: Sequence[Layer]) -> dict[str, float]:
    """Return the residual of every relation whose arrays the cache holds.

    Parameters
    ----------
    cache : mapping
        Arrays by name, parameters included.
    layers : sequence of Layer
        What the arrays are to each other.

    Returns
    -------
    dict
        For each relation, written out, the largest absolute difference between its two
        sides; ``inf`` where their shapes do not fit, so that it cannot even be computed.

    Raises
    ------
    ValueError
        If the cache is empty, an array is not finite, or an activation is unknown.

    Examples
    --------
    >>> layer = Layer("X", "W", "b", "Z", "A", "sigmoid")
    >>> cache = {"X": [[2.0]], "W": [[1.0]], "b": [[1.0]], "Z": [[3.0]], "A": [[1.5]]}
    >>> {name: round(size, 4) for name, size in residuals(cache, [layer]).items()}
    {'Z = W X + b': 0.0, 'A = sigmoid(Z)': 0.5474}
    """
    if not cache:
        raise ValueError("The cache is empty; pass the arrays of a forward pass by name.")
    arrays = {name: finite(name, value) for name, value in cache.items()}
    return {
        relation: residual for layer in layers for relation, residual in _relations(arrays, layer)
    }


def broken(
    cache: Mapping[str, ArrayLike], layers: Sequence[Layer], tolerance: float = TOLERANCE
) -> dict[str, float]:
    """Return the relations, with their residuals, that the cache breaks.

    Parameters
    ----------
    cache, layers
        As for `residuals`.
    tolerance : float
        Largest residual that still counts as kept.

    Examples
    --------
    >>> broken({"Z": [[0.0]], "A": [[0.5]]}, [Layer("X", "W", "b", "Z", "A", "sigmoid")])
    {}
    """
    return {name: size for name, size in residuals(cache, layers).items() if not size <= tolerance}


def _relations(arrays: Mapping[str, Array], layer: Layer) -> Iterator[tuple[str, float]]:
    if {layer.input, layer.W, layer.b, layer.Z} <= arrays.keys():
        name = f"{layer.Z} = {layer.W} {layer.input} + {layer.b}"
        yield name, _linear_residual(*(arrays[n] for n in (layer.Z, layer.W, layer.input, layer.b)))
    dropout = {layer.mask, KEEP} if layer.mask else set()
    if layer.activation and {layer.Z, layer.A} | dropout <= arrays.keys():
        mask = f" * {layer.mask} / {KEEP}" if layer.mask else ""
        name = f"{layer.A} = {layer.activation}({layer.Z}){mask}"
        values = by_name(layer.activation)(arrays[layer.Z])
        yield name, _distance(arrays[layer.A], masked(layer, values, arrays))


def _linear_residual(Z: Array, W: Array, A_prev: Array, b: Array) -> float:
    try:
        return _distance(Z, W @ A_prev + b)
    except ValueError:
        return math.inf


def _distance(left: Array, right: Array) -> float:
    if left.shape != right.shape:
        return math.inf
    return float(np.max(np.abs(left - right)))
