"""How slow this machine is, so that a limit of seconds holds the work and not the processor."""

import time

import numpy as np

REFERENCE = 0.0165
"""Processor seconds that the yardstick takes on a machine for which the limits are meant."""


def _yardstick() -> float:
    """Return the processor seconds of some work of the kind that is measured."""
    start = time.process_time()
    one, total = np.ones((3, 4)), 0
    for _ in range(30_000):
        total += len({"a": 1} | {"b": 2}) + (one * one).shape[0]
    return time.process_time() - start


def allowed(seconds: float) -> float:
    """Return a limit for this machine: as it is, or longer by as much as this one is slower.

    It is measured where a limit is asked for, since a machine that is shared changes its pace.
    """
    return seconds * max(1.0, min(_yardstick() for _ in range(3)) / REFERENCE)
