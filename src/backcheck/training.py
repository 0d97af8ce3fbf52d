"""Gradient descent with the gradients that a program computes, right or wrong."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from backcheck.activations import Activation
from backcheck.arrays import Array, matrix
from backcheck.network import cross_entropy_from_z, forward
from backcheck.program import Program


def two_moons(examples: int, seed: int, noise: float = 0.15) -> tuple[Array, Array]:
    """Draw m points of two interleaved half circles, and say which is whose, in turns.

    `noise` is the deviation added to each coordinate; X and Y have shapes (2, m) and (1, m).

    Examples
    --------
    >>> two_moons(4, seed=0, noise=0.0)[1]
    array([[0, 1, 0, 1]])
    """
    if examples < 1:
        raise ValueError(f"{examples} examples make no data; ask for at least 1.")
    rng = np.random.default_rng(seed)
    Y = np.arange(examples) % 2
    angle = rng.uniform(0, np.pi, examples)
    sign = 1 - 2 * Y
    X = np.array([sign * np.cos(angle) + Y, sign * np.sin(angle) + Y / 2])
    return X + noise * rng.standard_normal(X.shape), Y.reshape(1, -1)


def descend(
    program: Program,
    X: ArrayLike,
    Y: ArrayLike,
    parameters: Mapping[str, ArrayLike],
    activations: Sequence[Activation],
    steps: int,
    rate: float,
) -> tuple[Array, dict[str, Array]]:
    """Repeat: forward pass, backward pass by `program`, one step down.

    Parameters
    ----------
    program : Program
        Computes ``dW1``, ``db1`` and so on, as that of `backcheck.program.backward` does.
    X, Y, parameters, activations
        A network and its data, as `backcheck.network.loss` takes them.
    steps, rate : int, float
        How many steps, and the learning rate.

    Returns
    -------
    losses : ndarray, shape (steps + 1,)
        The cost before each step and after the last one, from the output's pre-activation, so
        that it stays finite; nan after the first step that would make a parameter infinite or nan.
    parameters : dict
        The parameters after the last finite step; the mapping passed in is not changed.

    Examples
    --------
    >>> from backcheck.activations import sigmoid
    >>> from backcheck.program import backward
    >>> X, Y, start = [[-1.0, 1.0]], [[0, 1]], {"W1": [[0.0]], "b1": [[0.0]]}
    >>> losses, _ = descend(backward(["sigmoid"]), X, Y, start, [sigmoid], steps=2, rate=1.0)
    >>> losses.round(4)
    array([0.6931, 0.4741, 0.3477])
    """
    X, Y = matrix("X", X), matrix("Y", Y)
    current = {name: matrix(name, value) for name, value in parameters.items()}
    if steps < 0:
        raise ValueError(f"{steps} steps cannot be taken; ask for 0 or more.")
    missing = {f"d{name}" for name in current} - {step.name for step in program.steps}
    if missing:
        raise KeyError(f"The program does not compute {', '.join(sorted(missing))}.")
    losses = np.full(steps + 1, np.nan)
    output = f"Z{len(activations)}"
    for step in range(steps + 1):
        cache = forward(X, current, activations)
        losses[step] = cross_entropy_from_z(cache[output], Y)
        if step < steps:
            values = program.run({**current, **cache, "X": X, "Y": Y})
            moved = {name: value - rate * values[f"d{name}"] for name, value in current.items()}
            if not all(np.isfinite(value).all() for value in moved.values()):
                break
            current = moved
    return losses, current
