"""The checks every array passes before it is used, with one sentence for each failure."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[Any]
"""A numpy array of real, complex or boolean numbers."""


def numeric(name: str, value: ArrayLike) -> Array:
    """Return `value` as an array of numbers, nan and inf included, or say that `name` is none."""
    try:
        array = np.asarray(value)
    except (ValueError, TypeError, RuntimeError):
        array = np.asarray(None)
    if array.dtype.kind not in "biufc":
        raise ValueError(
            f"{name} is not an array of numbers; "
            "pass a numpy array or nested lists of equal length."
        )
    return array


def finite(name: str, value: ArrayLike) -> Array:
    """Return `value` as an array, if all its entries are finite numbers."""
    array = numeric(name, value)
    bad = int(np.count_nonzero(~np.isfinite(array)))
    if bad:
        entries = "1 entry that is" if bad == 1 else f"{bad} entries that are"
        raise ValueError(f"{name} holds {entries} nan or inf; every entry must be a finite number.")
    return array


def matrix(name: str, value: ArrayLike) -> Array:
    """Return `value` as a finite matrix with two dimensions and at least one entry."""
    array = finite(name, value)
    if array.ndim != 2:
        raise ValueError(
            f"{name} has shape {array.shape}, but must be a matrix with two dimensions, "
            f"such as ({array.size}, 1)."
        )
    if array.size == 0:
        raise ValueError(
            f"{name} has shape {array.shape}, so it is empty; pass at least one entry."
        )
    return array


def require_shape(name: str, array: Array, shape: tuple[int, ...], why: str) -> None:
    """Raise ValueError, naming both shapes, unless `array` has `shape`."""
    if array.shape != shape:
        raise ValueError(f"{name} has shape {array.shape}, but needs shape {shape}, because {why}.")


def entry(cache: Mapping[str, ArrayLike], name: str) -> ArrayLike:
    """Return ``cache[name]``, or say which entries there are."""
    if name not in cache:
        held = ", ".join(cache) or "nothing"
        raise KeyError(f"The cache has no {name}; it holds {held}.")
    return cache[name]
