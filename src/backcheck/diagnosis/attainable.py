"""What a step can print at all, whatever one of the arrays that it reads holds.

Most steps are linear in each array. A weight gradient dW = dZ @ A.T / m has at most as many free
numbers as dZ, so if dW was printed with others, no dZ gives it, and no change of what comes before
dZ has to be tried.
"""

import math
from collections.abc import Callable
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
        if zero is None or not printed.fits(np.shape(zero), loose=True):
            continue
        # Of a part, or of what stands without its brackets, nothing is said.
        if printed.shape != np.shape(zero) or _attains(step, shape, printed, loose):
            return True
    return False


def _attains(
    step: Callable[[Any], Any], shape: tuple[int, ...], printed: PrintedArray, loose: bool
) -> bool:
    """Return whether an array is near the column space of a step, or the step is not linear."""

    def given(value: Any) -> Any:
        return np.ravel(step(value)).astype(float)

    zero = given(np.zeros(shape))
    units = np.eye(math.prod(shape)).reshape(-1, *shape)
    columns = np.transpose([given(unit) - zero for unit in units])
    some = np.random.default_rng(0).normal(size=shape)
    is_linear = np.allclose(columns @ np.ravel(some), given(some) - zero, LINEAR, LINEAR)
    if not (is_linear and np.isfinite(columns).all()):
        return True
    target = np.ravel(printed.centre) - zero
    nearest = columns @ np.linalg.lstsq(columns, target, rcond=None)[0]
    widths = [cell.width(loose) for cell in printed.cells]
    return bool(np.linalg.norm(target - nearest) <= np.linalg.norm(widths) + LINEAR)
