"""The published gradient check of Course 2, Week 1, and how little room its answer leaves.

The course hands over a network and a backward pass with two planted mistakes, and compares its
gradient with centred differences of the cost, all parameters in one vector. The notebook of
2021 then asserts one of two numbers: what the planted mistakes give, or what a right backward
pass gives at a step of 1e-7. The second number is not an error of any formula. It is the
rounding of the cost divided by the step, so a better step misses it.

Sources of the data: amanchadha/coursera-deep-learning-specialization, C2 Week 1 Gradient
Checking testCases.py; shivamaggarwal513/coursera-deep-learning-specialization, c2 week-1 a3
public_tests.py; public copies of the course notebook for the assert.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from backcheck.activations import by_name
from backcheck.arrays import Array
from backcheck.fixtures import Comparison, Fixture, Outcome
from backcheck.network import forward
from backcheck.program import Program, backward
from backcheck.referee import centred_difference
from backcheck.relations import layers_of

ACTIVATIONS = ("relu", "relu", "sigmoid")

SHAPES = {
    "X": (4, 3),
    "W1": (5, 4),
    "b1": (5, 1),
    "W2": (3, 5),
    "b2": (3, 1),
    "W3": (1, 3),
    "b3": (1, 1),
}
"""What the test draws from seed 1, in this order."""

LABELS = (1, 1, 0)
"""The labels it spells out. The test hands them over without the second axis; numpy treats
such a vector as a row, and a row is what they are here."""

PARAMETERS = tuple(SHAPES)[1:]
"""The order of the parameters in the one vector that is checked."""

RIGHT = backward(ACTIVATIONS, form="A").replace(dZ3="A3 - Y")
"""The backward pass of this network."""

PLANTED = {
    "dW2": "2 * (dZ2 @ A1.T / m)",
    "db1": "4 * sum(dZ1, axis=1, keepdims=True) / m",
}
"""The two changes with which the course hands it over."""

STEP = 1e-7
"""The step the course takes."""

ASSERTED = (0.2850931567761623, 1.1890913024229996e-07)
"""The numbers that the notebook of 2021 compares with: with both planted changes, with none."""


@cache
def network() -> dict[str, Array]:
    """Return the network of the test after a real forward pass: parameters, labels and cache.

    The inputs X are the A0 of the cache.

    Examples
    --------
    >>> arrays = network()
    >>> arrays["W1"].shape, arrays["Y"].tolist()
    ((5, 4), [[1, 1, 0]])
    """
    # The generator behind np.random.seed, whose stream numpy keeps frozen.
    generator = np.random.RandomState(1)
    drawn = {name: generator.randn(*shape) for name, shape in SHAPES.items()}
    cache = _forward(drawn.pop("X"), drawn)
    arrays = {**drawn, **cache, "Y": np.array([LABELS])}
    for array in arrays.values():
        array.setflags(write=False)
    return arrays


def cost(parameters: Mapping[str, Array]) -> float:
    """Return the cross-entropy of the network with other parameters, rounded as the course does.

    `backcheck.network.cross_entropy` is the same function and divides by m where the course
    multiplies by 1/m. At so small a step the rounding of the cost is all that is left to measure,
    and already this changes the third digit of what is published.

    Examples
    --------
    >>> round(cost(network()), 4)
    2.4078
    """
    Y = network()["Y"]
    A = _forward(network()["A0"], parameters)["A3"]
    m = Y.shape[1]
    return float(1 / m * np.sum(np.where(Y == 1, -np.log(A), -np.log(1 - A))))


def difference(
    program: Program, eps: float = STEP, of: Callable[[Mapping[str, Array]], Any] = cost
) -> float:
    """Return the distance between the gradient of a program and centred differences.

    Parameters
    ----------
    program : Program
        A backward pass for the arrays of `network`.
    eps : float
        The step of the centred difference.
    of : callable
        The cost that is differentiated, a function of the parameters by name.

    Raises
    ------
    ValueError
        If numpy cannot carry a step out, or a gradient has not the shape of its parameter.

    Examples
    --------
    >>> round(difference(RIGHT.replace(**PLANTED)), 6)
    0.285093
    """
    values = program.run(network())
    for name in PARAMETERS:
        shape = np.shape(values[f"d{name}"])
        if shape != SHAPES[name]:
            raise ValueError(f"d{name} has shape {shape}, but {name} has {SHAPES[name]}.")
    gradient = _vector([values[f"d{name}"] for name in PARAMETERS])
    return distance(gradient, _slope(eps, of))


def distance(a: ArrayLike, b: ArrayLike) -> float:
    """Return the length of a - b divided by the sum of both lengths.

    Between 0 for equal vectors and 1 for opposite ones. Large entries decide it: a mistake in
    a small gradient hides behind a large one.

    Examples
    --------
    >>> distance([3.0, 4.0], [0.0, 0.0]), distance([3.0, 4.0], [3.0, 4.0])
    (1.0, 0.0)
    """
    a, b = np.asarray(a), np.asarray(b)
    return float(np.linalg.norm(a - b) / (np.linalg.norm(a) + np.linalg.norm(b)))


def accepted(difference: float) -> bool:
    """Say whether the notebook of 2021 accepts a difference: near one of two numbers.

    Near is what `numpy.isclose` takes for it. Around the second number the absolute tolerance
    decides, so that what passes lies between about 1.09e-7 and 1.29e-7, and less is a failure.

    Examples
    --------
    >>> [accepted(number) for number in (0.2850931, 1.2e-7, 1.9e-10)]
    [True, True, False]
    """
    return bool(np.any(np.isclose(difference, ASSERTED)))


@dataclass(frozen=True, eq=False)
class DifferenceTest(Fixture):
    """A test that compares one difference of a gradient check, and no gradient.

    Its one comparison says so by the rule "difference", which no published file of outputs has,
    and it judges a program on the arrays of `network`, whose cost it differentiates.
    """

    def judge(self, program: Program) -> Outcome:
        """Say whether the notebook of 2021 accepts the difference of a backward pass.

        Examples
        --------
        >>> test().judge(RIGHT).word, test().judge(RIGHT.replace(dZ3="Y - A3")).word
        ('passes', 'fails')
        """
        try:
            with np.errstate(all="ignore"):
                found = difference(program)
        except ValueError as error:
            return Outcome((), error=str(error))
        return Outcome(() if accepted(found) else (f"Wrong difference {found:.2g}",))


@cache
def test() -> DifferenceTest:
    """Return the gradient check as a test of the backward pass it is given.

    Examples
    --------
    >>> test().broken()
    {}
    """
    values = RIGHT.run(network())
    outputs = tuple(f"d{name}" for name in PARAMETERS)
    return DifferenceTest(
        id="c2w1_gradient_check_n",
        title="Course 2 Week 1, gradient check",
        course="Course 2 Week 1",
        function="gradient_check_n",
        found_in="public copies of the notebook of 2021",
        sources=(),
        seed=1,
        draws=tuple({"name": name, "shape": shape} for name, shape in SHAPES.items()),
        layers=layers_of([by_name(name) for name in ACTIVATIONS]),
        program=RIGHT,
        comparisons=(Comparison("2021", "difference", outputs),),
        arrays=network(),
        expected={name: values[name] for name in outputs},
    )


@cache
def _slope(eps: float, of: Callable[[Mapping[str, Array]], Any]) -> Array:
    start = _vector([network()[name] for name in PARAMETERS])
    return centred_difference(lambda vector: of(_named(vector)), start, eps)


def _forward(X: Array, parameters: Mapping[str, Array]) -> dict[str, Array]:
    return forward(X, parameters, [by_name(name) for name in ACTIVATIONS])


def _vector(arrays: Sequence[Array]) -> Array:
    return np.concatenate([array.ravel() for array in arrays])


def _named(vector: Array) -> dict[str, Array]:
    """Return the parameters that a vector holds one behind the other."""
    shapes = [SHAPES[name] for name in PARAMETERS]
    ends = np.cumsum([rows * columns for rows, columns in shapes])
    parts = np.split(vector, ends[:-1])
    return {
        name: part.reshape(shape)
        for name, part, shape in zip(PARAMETERS, parts, shapes, strict=True)
    }
