"""What a step can print at all, whatever one of the arrays that it reads holds.

Most steps are linear in each array. A weight gradient dW = dZ @ A.T / m has at most as many free
numbers as dZ, so if dW was printed with others, no dZ gives it, and no change of what comes before
dZ has to be tried.
"""

import math
from collections.abc import Callable, Iterable
from functools import cache
from itertools import product
from typing import Any

import numpy as np

from backcheck.diagnosis.reading import PrintedArray
from backcheck.fixtures import Fixture

LINEAR = 1e-9
"""How far a linear map may miss by rounding, relative to its size."""


@cache
def _sizes(fixture: Fixture) -> set[int]:
    return {1, *(size for value in fixture.values.values() for size in np.shape(value))}


def is_attainable(
    step: Callable[[Any], Any], usual: Any, fixture: Fixture, printed: PrintedArray, loose: bool
) -> bool:
    """Return whether a step can print an array for some value of what it reads, or may do so.

    `step` takes that value, which is `usual` in the test, and gives None where numpy stops.
    """
    sizes = _sizes(fixture) | {*(printed.shape or ())}
    shapes = {shape for axes in range(3) for shape in product(sizes, repeat=axes)}
    for shape in (np.shape(usual), *shapes - {np.shape(usual)}):
        zero = step(np.zeros(shape))
        if zero is None or not printed.fits(np.shape(zero), loose):
            continue
        # Of what has gaps, and of a number that may stand anywhere, nothing is said.
        height, width = np.atleast_2d(zero).shape[-2:]
        whole = printed.shape is not None and len(printed.cells) == len(printed.rows) * width
        starts = range(0, (height - len(printed.rows) + 1) * width, width)
        if not whole or _attains(step, shape, np.ravel(zero).astype(float), printed, loose, starts):
            return True
    return False


def _attains(
    step: Callable[[Any], Any],
    shape: tuple[int, ...],
    zero: Any,
    printed: PrintedArray,
    loose: bool,
    starts: Iterable[int],
) -> bool:
    """Return whether an array is near the column space of some rows, or the step is not linear.

    `zero` is what the step gives for 0, entry by entry.
    """

    def moved(value: Any) -> Any:
        return np.ravel(step(value)).astype(float) - zero

    units = np.eye(math.prod(shape)).reshape(-1, *shape)
    columns = np.transpose([moved(unit) for unit in units])
    some = np.random.default_rng(0).normal(size=shape)
    is_linear = np.allclose(columns @ np.ravel(some), moved(some), LINEAR, LINEAR)
    if not (is_linear and np.isfinite(columns).all()):
        return True
    most = np.linalg.norm([cell.width(loose) for cell in printed.cells]) + LINEAR

    def is_near(rows: slice) -> bool:
        target = np.ravel(printed.centre) - zero[rows]
        nearest = columns[rows] @ np.linalg.lstsq(columns[rows], target, rcond=None)[0]
        return bool(np.linalg.norm(target - nearest) <= most)

    return any(is_near(slice(start, start + len(printed.cells))) for start in starts)
