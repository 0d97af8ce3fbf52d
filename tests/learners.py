"""Backward passes as learners write them: helpers called in a loop, blocks copied layer by layer.

Each program has one slip, or two or three in the arguments of one call. They are Python functions,
run as the test runs them, and share nothing with the mutants of the package.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations, product
from typing import Any

import numpy as np

from backcheck.activations import sigmoid

HELPERS = """
def relu_backward(dA, cache):
    Z = cache
    return {relu}

def sigmoid_backward(dA, cache):
    s = sigmoid({point})
    return {steep}

def linear_backward(dZ, cache):
    A_prev, W, b = cache
    m = {m}
    dW = {dW}
    db = {db}
    dA_prev = {dA_prev}
    return dA_prev, dW, db

def linear_activation_backward(dA, cache, activation):
    linear_cache, activation_cache = cache
    if activation == "relu":
        dZ = relu_backward(dA, {kept})
    elif activation == "sigmoid":
        dZ = sigmoid_backward(dA, {kept})
    return linear_backward({passed}, linear_cache)
"""

MODEL = """
def L_model_backward(AL, Y, caches):
    grads = {{}}
    L = len(caches)
    m = AL.shape[1]
    Y = Y.reshape(AL.shape)
    dAL = {dAL}
    current_cache = {top_cache}
    dA_prev_temp, dW_temp, db_temp = linear_activation_backward({top_dA}, current_cache, {top})
    grads["dA" + str(L - 1)] = dA_prev_temp
    grads["dW" + str(L)] = dW_temp
    grads["db" + str(L)] = db_temp
    for l in reversed(range(L - 1)):
        current_cache = {cache}
        dA_prev_temp, dW_temp, db_temp = linear_activation_backward(
            {dA}, current_cache, {activation}
        )
        grads["dA" + str(l)] = dA_prev_temp
        grads["dW" + str(l + 1)] = dW_temp
        grads["db" + str(l + 1)] = db_temp
    return grads
"""

RIGHT = {
    "relu": "dA * (Z > 0)",
    "point": "cache",
    "steep": "dA * s * (1 - s)",
    "m": "A_prev.shape[1]",
    "dW": "np.dot(dZ, A_prev.T) / m",
    "db": "np.sum(dZ, axis=1, keepdims=True) / m",
    "dA_prev": "np.dot(W.T, dZ)",
    "kept": "activation_cache",
    "passed": "dZ",
    "dAL": "-(np.divide(Y, AL) - np.divide(1 - Y, 1 - AL))",
    "top_cache": "caches[L - 1]",
    "top_dA": "dAL",
    "top": '"sigmoid"',
    "cache": "caches[l]",
    "dA": 'grads["dA" + str(l + 1)]',
    "activation": '"relu"',
}

ARGUMENTS = {
    "dA": ("dAL", "AL - Y"),
    "cache": (
        "caches[l + 1]",
        "caches[l - 1]",
        "(caches[l + 1][0], caches[l][1])",
        "(caches[l][0], caches[l + 1][1])",
    ),
    "activation": ('"sigmoid"',),
}
TOP = {
    "top_dA": ("AL - Y",),
    "top_cache": ("caches[L - 2]", "(caches[0][0], caches[1][1])", "(caches[1][0], caches[0][1])"),
    "top": ('"relu"',),
}
INSIDE = (
    {"passed": "dA"},
    {"dW": "np.dot(dZ, A_prev.T)"},
    {"dA_prev": "np.dot(W.T, dZ) / m"},
    {"db": "np.sum(dZ) / m"},
    {"db": "np.sum(dZ)"},
    {"db": "np.mean(dZ)"},
    {"db": "np.sum(dZ) * np.ones(b.shape)"},
    {"db": "np.mean(dZ) * np.ones(b.shape)"},
    {"db": "np.sum(dZ) / m * np.ones(dZ.shape)"},
    {"dW": "np.dot(dZ, A_prev.T) / dZ.shape[0]"},
    {"dW": "np.dot(dZ, dZ.T) / m"},
    {"dA_prev": "np.dot(dW.T, dZ)"},
    {"db": "np.sum(dZ, axis=1) / m"},
    {"db": "np.sum(dZ) / m * np.ones(b.shape)"},
    {"db": "np.full((1, b.size), np.sum(dZ) / m)"},
    {"db": "np.sum(dZ, axis=0, keepdims=True) / m"},
    {"relu": "np.multiply(dA, Z > 0, out=dA)"},
    {"steep": "dA * s"},
    {"steep": "s * (1 - s)"},
    {"point": "1 / (1 + np.exp(-cache))"},
    {"relu": "dA"},
    {"m": "A_prev.shape[0]"},
    {"m": "A_prev.shape[0]", "db": "np.sum(dZ, axis=0) / m"},
    {"m": "A_prev.shape[0]", "db": "np.sum(dZ, axis=0, keepdims=True) / m"},
)
"""What a helper can do wrong, in all its calls."""


def slips(table: Mapping[str, tuple[str, ...]]) -> Iterator[dict[str, str]]:
    """Yield every choice of at least one slip of a table."""
    for chosen in product(*(("", *texts) for texts in table.values())):
        if any(chosen):
            yield {key: text for key, text in zip(table, chosen, strict=True) if text}


def model_slips() -> Iterator[dict[str, str]]:
    """Yield the slips of a model of helpers, by what is written where."""
    yield from slips(ARGUMENTS)
    yield from slips(TOP)
    yield from INSIDE


def model(slip: Mapping[str, str]) -> str:
    return (HELPERS + MODEL).format(**{**RIGHT, **slip})


def function(source: str, name: str) -> Callable[..., Any]:
    scope: dict[str, Any] = {"np": np, "sigmoid": sigmoid}
    exec(source, scope)  # noqa: S102 - programs of this file
    found: Callable[..., Any] = scope[name]
    return found


BLOCKS = {
    "backward_propagation": """
def backward_propagation(parameters, cache, X, Y):
    m = X.shape[1]
    W1, W2 = parameters["W1"], parameters["W2"]
    A1, A2, Z1, Z2 = cache["A1"], cache["A2"], cache["Z1"], cache["Z2"]
    A0 = X
    #
    dZ2 = A2 - Y
    dW2 = 1 / m * np.dot(dZ2, A1.T)
    db2 = 1 / m * np.sum(dZ2, axis=1, keepdims=True)
    #
    dA1 = np.dot(W2.T, dZ2)
    dZ1 = dA1 * (1 - np.power(A1, 2))
    dW1 = 1 / m * np.dot(dZ1, A0.T)
    db1 = 1 / m * np.sum(dZ1, axis=1, keepdims=True)
    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}
""",
    "backward_propagation_with_regularization": """
def backward_propagation_with_regularization(X, Y, cache, lambd):
    m = X.shape[1]
    (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3) = cache
    A0 = X
    #
    dZ3 = A3 - Y
    dW3 = 1. / m * np.dot(dZ3, A2.T) + (lambd * W3) / m
    db3 = 1. / m * np.sum(dZ3, axis=1, keepdims=True)
    #
    dA2 = np.dot(W3.T, dZ3)
    dZ2 = np.multiply(dA2, np.int64(A2 > 0))
    dW2 = 1. / m * np.dot(dZ2, A1.T) + (lambd * W2) / m
    db2 = 1. / m * np.sum(dZ2, axis=1, keepdims=True)
    #
    dA1 = np.dot(W2.T, dZ2)
    dZ1 = np.multiply(dA1, np.int64(A1 > 0))
    dW1 = 1. / m * np.dot(dZ1, A0.T) + (lambd * W1) / m
    db1 = 1. / m * np.sum(dZ1, axis=1, keepdims=True)
    return {
        "dZ3": dZ3, "dW3": dW3, "db3": db3, "dA2": dA2, "dZ2": dZ2, "dW2": dW2, "db2": db2,
        "dA1": dA1, "dZ1": dZ1, "dW1": dW1, "db1": db1,
    }
""",
    "backward_propagation_with_dropout": """
def backward_propagation_with_dropout(X, Y, cache, keep_prob):
    m = X.shape[1]
    (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3) = cache
    A0 = X
    #
    dZ3 = A3 - Y
    dW3 = 1. / m * np.dot(dZ3, A2.T)
    db3 = 1. / m * np.sum(dZ3, axis=1, keepdims=True)
    #
    dA2 = np.dot(W3.T, dZ3)
    dA2 *= D2
    dA2 /= keep_prob
    dZ2 = np.multiply(dA2, np.int64(A2 > 0))
    dW2 = 1. / m * np.dot(dZ2, A1.T)
    db2 = 1. / m * np.sum(dZ2, axis=1, keepdims=True)
    #
    dA1 = np.dot(W2.T, dZ2)
    dA1 *= D1
    dA1 /= keep_prob
    dZ1 = np.multiply(dA1, np.int64(A1 > 0))
    dW1 = 1. / m * np.dot(dZ1, A0.T)
    db1 = 1. / m * np.sum(dZ1, axis=1, keepdims=True)
    return {
        "dZ3": dZ3, "dW3": dW3, "db3": db3, "dA2": dA2, "dZ2": dZ2, "dW2": dW2, "db2": db2,
        "dA1": dA1, "dZ1": dZ1, "dW1": dW1, "db1": db1,
    }
""",
}


def copied(function: str) -> Iterator[tuple[str, str]]:
    """Yield a program with one, two or nearly all numbers of another layer in one block."""
    head, *blocks, tail = re.split("    #\n|(?=    return)", BLOCKS[function])
    for place, block in enumerate(blocks):
        right = " ".join(line.partition("=")[2] for line in block.splitlines())
        read = dict.fromkeys(re.findall(r"\bd?[AWZD]\d\b", right))
        counts = {1, 2, len(read) - 1, len(read)}
        for chosen in (c for n in counts for c in combinations(read, n)):
            for shift in (-2, -1, 1, 2):
                to = {name: f"{name[:-1]}{int(name[-1]) + shift}" for name in chosen}
                if not any("-" in other for other in to.values()):
                    changed = "".join(_renumbered(line, to) for line in block.splitlines(True))
                    whole = [*blocks[:place], changed, *blocks[place + 1 :]]
                    yield f"block {place}: {to}", head + "".join(whole) + tail


def _renumbered(line: str, to: Mapping[str, str]) -> str:
    left, equals, right = line.partition("=")
    return left + equals + re.sub(r"\w+", lambda found: to.get(found[0], found[0]), right)
