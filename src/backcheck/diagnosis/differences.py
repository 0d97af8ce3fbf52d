"""What the one number of a gradient check says: ``difference = 0.2850931567761623``.

Course 2, Week 1 compares the gradient of a backward pass with centred differences of the cost::

    difference = norm(grad - gradapprox) / (norm(grad) + norm(gradapprox))

The number is computed here for the planted mistakes, for the mistakes of the check itself in
``differences.toml``, for both together, and for the named mistakes of a backward pass.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Any

import numpy as np

from backcheck import gradient_check
from backcheck.arrays import Array
from backcheck.fixtures import table_of
from backcheck.gradient_check import PLANTED
from backcheck.mutants.mistakes import occurrences, table
from backcheck.mutants.mutant import Mutant
from backcheck.mutants.operators import expression
from backcheck.program import Program, parse
from backcheck.showing.words import cleaned, pattern, say

RIGHT = {"gradient_check_n": 2e-7, "gradient_check": 1e-8}
"""Below this a difference is rounding, and the backward pass is right."""

NOISE = 1e-6
"""Relative error of a difference that rounding and the step explain beside a mistake."""

ONE_SIDED = 1e-3
"""Relative error of the difference of a one-sided check, whose costs have 16 digits."""

NEAR_ONE, EXACT = 1e-5, 1e-10
"""A difference nearer to 1 than the one is told from others by its distance to 1, which rounding
leaves right to the other."""

ROUNDING = 1e-4
"""Below this a difference is no mistake of a formula, but of the step or of the precision."""

DIGITS = 6
"""Fewer decimals than these do not tell one mistake from another."""

MOST = 6
"""How many causes of one difference are told."""

FILE = "diagnosis/differences.toml"


@dataclass(frozen=True)
class Known:
    """A difference, and what leads to it."""

    value: float
    function: str  # whose check it is
    says: tuple[str, ...]  # a sentence for each mistake


@cache
def known() -> tuple[Known, ...]:
    """Return every difference that some mistakes lead to, those with the fewest first."""
    found = sorted((*_of_network(), *_of_one_parameter()), key=lambda one: len(one.says))
    return tuple(one for one in found if one.value == 0 or one.value >= RIGHT[one.function])


def causes(difference: float, function: str = "") -> tuple[str, ...]:
    """Return what a difference can come from, with the fewest mistakes, in one function or any.

    Python prints a float with all its digits, so a short number is meant to the last one.

    Examples
    --------
    >>> [cause.partition(" planted in ")[2] for cause in causes(0.17344196893145924)]
    ['dW2 is still there.']
    >>> causes(0.5772156649)
    ()
    """
    found = [
        one
        for one in known()
        if function in ("", one.function)
        and abs(one.value - difference) <= _width(one.value, difference)
    ]
    fewest = [" ".join(one.says) for one in found if len(one.says) == len(found[0].says)]
    return tuple(dict.fromkeys(fewest))


def _width(value: float, difference: float) -> float:
    """Return how far a printed difference may be from one that a mistake leads to."""
    if abs(1 - value) > NEAR_ONE:
        return NOISE * abs(value)
    decimals = len(repr(difference).partition(".")[2])
    return max(EXACT, 0.5 * 10.0**-decimals if decimals >= DIGITS else 0.0)


@cache
def one_sided() -> float:
    """Return the difference that a right gradient has from (J(theta + epsilon) - J) / epsilon."""
    check = gradient_check.fixture()
    names = [output[1:] for output in check.comparisons[-1].outputs]
    theta = np.concatenate([np.ravel(check.arrays[name]) for name in names])
    cuts = np.cumsum([check.arrays[name].size for name in names])[:-1]

    def cost(vector: Array) -> float:
        parts = zip(names, np.split(vector, cuts), strict=True)
        own = {name: part.reshape(check.arrays[name].shape) for name, part in parts}
        return float(check.forward.run({**check.arrays, **own})["J"])

    e = 1e-7
    moved = theta + e * np.eye(theta.size)
    slopes = (np.array([cost(one) for one in moved]) - cost(theta)) / e
    costs = {**_costs(slopes, 0.0), "gradient": _vector(check.values).ravel()}
    return float(_check().run(costs)["difference"])


def said_of(text: str) -> tuple[str, tuple[str, ...]] | None:
    """Return the verdict on the last difference of a text, with sentences; None if it has none."""
    text = cleaned(text)
    printed = [*pattern("difference").finditer(text)]
    # A number alone, or one beside the words of the course's own message, is its difference.
    if not printed or not (pattern("of-gradient-check").search(text) or "\n" not in text.strip()):
        return None
    number = printed[-1]["number"]
    value = abs(float(number))
    function = "gradient_check_n" if pattern("of-network").search(text) else ""
    if not math.isfinite(value):
        return _said("unexplained", "difference-nan", number)
    # Today's check of one parameter has the message that only that of a network had at first.
    named = "gradient_check_n" in text
    if found := causes(value, function) or (() if named else causes(value)):
        more = (say("difference-more", n=len(found) - MOST),) if found[MOST:] else ()
        return _said("explained", "difference-explained", number, *found[:MOST], *more)
    if abs(value - one_sided()) <= ONE_SIDED * value:
        return _said("explained", "difference-one-sided", number)
    if value < RIGHT["gradient_check_n"]:
        is_right = value < RIGHT["gradient_check"] or function
        return _said("expected", "difference-right" if is_right else "difference-one", number)
    if value < ROUNDING:
        return _said("unexplained", "difference-step", number)
    is_short = len(number.partition(".")[2]) < DIGITS
    return _said("unexplained", "difference-short" if is_short else "difference-unknown", number)


def _said(verdict: str, key: str, number: str, *more: str) -> tuple[str, tuple[str, ...]]:
    about = "planted" if any("planted" in cause for cause in more) else key
    read = say("read-page", page=table_of(FILE)["sections"][about])
    return verdict, (say(key, number=number), *more, read)


def _of_network() -> Iterator[Known]:
    check = gradient_check.fixture()
    costs = _costs(_vector(check.values), check.forward.run(check.arrays)["J"])
    for planted in (some for count in (2, 1, 0) for some in combinations(PLANTED, count)):
        forms = {name: expression(PLANTED[name]) for name in planted}
        left = (say("planted", n=len(planted), steps=" and ".join(planted)),) if planted else ()
        arrays = {**costs, "gradient": _vector(Mutant(check, forms).values)}
        yield from _of_check(arrays, "gradient_check_n", left)
    for mistake, forms in occurrences(check):
        mutant = Mutant(check, forms)
        gradient = _vector(mutant.values)
        if mutant.verdict == "mistake" and gradient.size == costs["J"].size:
            value = float(_check().run({**costs, "gradient": gradient})["difference"])
            said = say("in-backward-pass", change=mutant, name=table()[mistake].name)
            yield Known(value, "gradient_check_n", (said,))


def _of_one_parameter() -> Iterator[Known]:
    # The x and theta that notebooks test one parameter with, the older ones and today's.
    for x, theta in ((2.0, 4.0), (3.0, 4.0)):
        given = {"x": np.array([x]), "theta": np.array([theta]), **_costs(np.array([x]), theta * x)}
        for forms in ({"gradient": "x"}, *table_of(FILE)["derivatives"].values()):
            made = parse(f"gradient = {forms['gradient']}").run(given)
            left = (forms["says"],) if "says" in forms else ()
            yield from _of_check(given | made, "gradient_check", left)


def _of_check(arrays: dict[str, Array], function: str, left: tuple[str, ...]) -> Iterator[Known]:
    """Yield the difference of a gradient, and those of each mistake of the check besides."""
    if left:
        yield Known(float(_check().run(arrays)["difference"]), function, left)
    for entry in table_of(FILE)["mistakes"].values():
        forms = {name: form for name, form in entry.items() if name != "says"}
        value = float(_check().replace(**forms).run(arrays)["difference"])
        if np.isfinite(value):
            yield Known(value, function, (*left, entry["says"]))


@cache
def _check() -> Program:
    return parse(table_of(FILE)["program"])


def _costs(right: Array, cost: float) -> dict[str, Any]:
    """Return the cost at theta, and what a step adds to it, by so much off as rounding leaves it.

    So a difference is exactly 0 where its two sides are one, and nowhere else.
    """
    e, off = 1e-7, 1 + 1e-9
    return {"epsilon": e, "J": 0 * right + cost, "J_plus": e * right * off, "J_minus": -e * right}


def _vector(values: Mapping[str, Any]) -> Array:
    """Return the gradients of all parameters in one column, empty where one is missing."""
    outputs = gradient_check.fixture().comparisons[-1].outputs
    if not values.keys() >= set(outputs):
        return np.empty(0)
    return np.concatenate([np.ravel(values[name]) for name in outputs])
