"""When two expressions are one formula: when they agree on unrelated numbers."""

import math
from functools import cache
from typing import Any

import numpy as np

from backcheck.activations import sigmoid
from backcheck.fixtures import Fixture
from backcheck.program import OPERATIONS, Tree, names, parts

FAILURES = (ValueError, TypeError, ArithmeticError, IndexError)
"""What numpy raises where arrays do not fit each other."""

WEIGHTS = np.random.default_rng(3).standard_normal(4096)
"""What a fingerprint weighs the entries of an array with."""


class Values(dict[Tree, Any]):
    """The values of some names, and of expressions in them; None where numpy stops."""

    def __missing__(self, tree: Tree) -> Any:
        if isinstance(tree, str):
            raise KeyError(tree)
        value: Any = tree
        if isinstance(tree, tuple):
            operands = [self[operand] for operand in tree[1:]]
            try:
                stopped = [one for one in operands if one is None]
                value = None if stopped else OPERATIONS[tree[0]](*operands)
            except FAILURES:
                value = None
        self[tree] = value
        return value


@cache
def unrelated(fixture: Fixture, seed: int = 0) -> dict[str, Any]:
    """Return unrelated random numbers, in the fixture's shapes, for every name of a program."""
    rng = np.random.default_rng(seed)
    values = {**fixture.arrays, **fixture.program.run(fixture.arrays)}
    scope = {name: rng.standard_normal(np.shape(value)) for name, value in values.items()}
    # What a logarithm is taken of lies between 0 and 1: nan would make all formulas one.
    operations = [one for step in fixture.program.steps for one in parts(step.expression)]
    logged = {name for one in operations if one[0] == "log" for name in names(one)}
    return scope | {name: sigmoid(scope[name]) for name in logged} | {"m": 7.0}


@cache
def formula(fixture: Fixture, tree: Tree) -> Any:
    """Return a key that two expressions share when they are the same formula.

    They are evaluated on unrelated numbers of the fixture's shapes. Where numpy cannot do
    that, the expression itself is the key, with its average at the end.
    """
    # Comparisons look at signs only, and few signs agree by chance: those need more draws.
    draws = range(8 if _compares(tree) else 1)
    with np.errstate(all="ignore"):
        if _drawn(fixture, 0)[tree] is None:
            return _spelled(tree)
        return tuple(fingerprint(_drawn(fixture, seed)[tree]) for seed in draws)


def _spelled(tree: Tree) -> Tree:
    """Return a product with its average at the end, and what can be exchanged in one order."""
    match tree:
        case ("/", inner, "m"):
            return ("/", _spelled(inner), "m")
        case (("*" | "@") as sign, left, right):
            match _spelled(left), _spelled(right):
                case ("/", 1.0, "m"), other:
                    return ("/", other, "m")
                case ("/", inner, "m"), other:
                    return ("/", _spelled((sign, inner, other)), "m")
                case one, other:
                    return (sign, *(sorted((one, other), key=str) if sign == "*" else (one, other)))
    return tree


def stops(fixture: Fixture, tree: Tree) -> bool:
    """Return whether numpy cannot carry out an expression on the shapes of a fixture."""
    formula(fixture, tree)  # which evaluates it, once and without warnings
    return _drawn(fixture, 0)[tree] is None


@cache
def _drawn(fixture: Fixture, seed: int) -> Values:
    return Values(unrelated(fixture, seed))


@cache
def _compares(tree: Tree) -> bool:
    return isinstance(tree, tuple) and (tree[0] in (">", "relu") or any(map(_compares, tree[1:])))


def fingerprint(value: Any) -> tuple[tuple[int, ...], str]:
    """Return a key that two arrays share when they are equal up to rounding."""
    array = np.asarray(value, dtype=float)
    mixed = float(np.vdot(array, WEIGHTS[: array.size]))  # which never warns
    if not math.isfinite(mixed):
        tame = np.clip(np.nan_to_num(array, nan=0.5, posinf=1e9, neginf=-1e9), -1e9, 1e9)
        mixed = float(np.vdot(tame, WEIGHTS[: array.size]))
        return array.shape, f"not finite {mixed:.10e}"
    return array.shape, f"{mixed:.10e}"


def size(tree: Tree) -> int:
    """Return how many names, numbers and operations an expression has."""
    return 1 + sum(map(size, tree[1:])) if isinstance(tree, tuple) else 1
