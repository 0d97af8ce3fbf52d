"""Complaints of a test that print what is expected beside what was got."""

from collections.abc import Callable
from typing import Any

import numpy as np

from backcheck.fixtures import load

FIRST, TODAY, SMALL, SMALL_TODAY = (
    f"nlp_c2w4_back_prop_{id}" for id in ("v1", "v2", "small_v1", "small_v2")
)


def complaint(edition: str, printed: str, change: Callable[[Any], Any], *names: str) -> str:
    """Return what a test of one edition prints of numbers that those of another became."""
    blocks = (
        f"Wrong output values for gradient of {name[1:]} vector.\n\t"
        f"Expected: {load(edition).values[name]} \n\tGot: {change(load(printed).values[name])}."
        for name in names
    )
    return "\n".join(["back_prop", *blocks])


COMPLAINTS = {
    complaint(FIRST, TODAY, np.array, "db1"): (FIRST, "dZ1 = dA1"),
    complaint(SMALL, SMALL_TODAY, np.array, "db1"): (SMALL, "dZ1 = dA1"),
    complaint(TODAY, FIRST, np.array, "db1"): (TODAY, "relu"),
    complaint(FIRST, TODAY, np.negative, "db2", "db1"): (FIRST, "two changes"),
    "\n".join(
        [
            complaint(FIRST, TODAY, np.array, "db1"),
            complaint(SMALL, SMALL_TODAY, np.array, "db1"),
        ]
    ): (FIRST, "dZ1 = dA1"),
}
"""Complaints, the test whose numbers they quote, and what is said of what was got."""
