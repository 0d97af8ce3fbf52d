"""The published gradient check of Course 2, Week 1, and how little room its answer leaves.

The course hands over a network and a backward pass with two planted mistakes, and compares its
gradient with centred differences of the cost, all parameters in one vector. The notebook of
2021 then asserts one of two numbers: what the planted mistakes give, or what a right backward
pass gives at a step of 1e-7. The second number is not an error of any formula. It is the
rounding of the cost divided by the step, so a better step misses it.
"""

from functools import cache

import numpy as np

from backcheck import forward
from backcheck.fixtures import Fixture, unlisted
from backcheck.program import Program

PLANTED = {
    "dW2": "2 * (dZ2 @ A1.T / m)",
    "db1": "4 * sum(dZ1, axis=1, keepdims=True) / m",
}
"""The two changes with which the course hands its backward pass over."""


@cache
def fixture() -> Fixture:
    """Return the gradient check as a test of the backward pass it is given."""
    return unlisted("c2w1_gradient_check_n")


RIGHT = fixture().program
"""The backward pass of this network."""

(_ASSERT,) = fixture().comparisons


def difference(
    program: Program, eps: float = _ASSERT.step, cost: forward.Cost | None = None
) -> float:
    """Return the distance between the gradient of a program and centred differences at step `eps`.

    What is differentiated is `cost`, a function of the arrays by name, or the test's own J.

    Examples
    --------
    >>> round(difference(RIGHT.replace(**PLANTED)), 6)
    0.285093
    """
    return forward.difference(fixture(), program.run(fixture().arrays), eps, cost)


def accepted(difference: float) -> bool:
    """Say whether the notebook of 2021 accepts a difference: near one of two numbers.

    Near is what `numpy.isclose` takes for it. Around the second number the absolute tolerance
    decides, so that what passes lies between about 1.09e-7 and 1.29e-7, and less is a failure.

    Examples
    --------
    >>> [accepted(number) for number in (0.2850931, 1.2e-7, 1.9e-10)]
    [True, True, False]
    """
    return bool(np.any(np.isclose(difference, _ASSERT.near)))
