"""The functions that the exercises import or have had written before; see `calling.helper`.

Each does what the program of its test does, which stands in ``course.json``: nothing is solved
here a second time.
"""

import json

import numpy as np

with open("course.json") as file:
    PUBLISHED = json.load(file)
"""Of each function the calls of its test, and the program: what its calls are taken apart into,
what they are given, the statements, and the names of its outputs."""


def sigmoid(Z):
    """Return 1 / (1 + exp(-Z)), which never overflows in this form."""
    Z = np.asarray(Z)
    decay = np.exp(np.where(Z >= 0, -1, 1) * Z)
    return np.where(Z >= 0, 1, decay) / (1 + decay)


def relu(Z):
    """Return Z where it is positive, and 0 elsewhere."""
    Z = np.asarray(Z)
    return np.where(Z > 0, Z, 0)


def softmax(Z):
    """Return shares that add up to 1 in each column."""
    powers = np.exp(Z - np.max(Z, axis=0))
    return powers / np.sum(powers, axis=0)


VALUES = {"sigmoid": sigmoid, "tanh": np.tanh, "relu": relu}

SLOPES = {
    "sigmoid": lambda Z: sigmoid(Z) * sigmoid(-np.asarray(Z)),
    "tanh": lambda Z: 1 - np.tanh(Z) ** 2,
    "relu": lambda Z: np.where(np.asarray(Z) > 0, 1.0, 0.0),
}
"""The derivatives, of the pre-activation."""

SCOPE = {"np": np, "sum": np.sum, "exp": np.exp, "log": np.log, "cosh": np.cosh}
SCOPE["ones"], SCOPE["concatenate"] = np.ones_like, np.concatenate
SCOPE.update(VALUES)


def helper(name, modules=()):
    """Return a function of the course, or None; `modules` are those that are imported."""
    activation = name[: -len("_backward")] if name.endswith("_backward") else name
    if activation in SLOPES and activation != name:
        return lambda dA, cache: dA * SLOPES[activation](cache)
    if name in VALUES:
        # The module of Week 4 hands the cache back as well, those of the other weeks do not.
        if any(module.startswith("dnn_") for module in modules):
            return lambda Z: (VALUES[name](Z), Z)
        return VALUES[name]
    if name == "softmax":
        return softmax
    if name in PUBLISHED:
        return lambda *given, **named: _published(name, given + tuple(named.values()))
    return None


def _published(name, given):
    for into, pattern, program, outputs in PUBLISHED[name]:
        scope = dict(SCOPE)
        if not _bound(pattern, given, scope):
            continue
        exec(program, scope)
        if isinstance(into, list):
            return tuple(scope[one] for one in into)
        return {one: scope[one] for one in outputs}
    raise TypeError("{} is not called so".format(name))


def _bound(pattern, value, scope):
    """Take a value apart as a call of a test is put together; return whether it fits."""
    if isinstance(pattern, str):
        scope[pattern] = value
        return True
    if "is" in pattern:
        return pattern["is"] == value
    if isinstance(pattern, dict):
        value, pattern = [value[key] for key in pattern["keys"]], pattern["keys"]
    return len(pattern) == len(value) and all(_bound(*pair, scope) for pair in zip(pattern, value))
