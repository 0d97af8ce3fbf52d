"""What the one number of a gradient check says: ``difference = 0.2850931567761623``.

Course 2, Week 1 compares the gradient of a backward pass with centred differences of the cost::

    difference = norm(grad - gradapprox) / (norm(grad) + norm(gradapprox))

The number is computed here for the planted mistakes, for the mistakes of the check itself in
``differences.toml``, for both together, and for the named mistakes of a backward pass.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import combinations
from re import Match
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

THRESHOLD = 2e-7
"""Below this the notebook calls a backward pass right."""

MOST_OFF, MOST_ROUNDED = 1e-6, 2
"""Relative error of a difference that rounding explains at most beside a mistake, and how many
times as far as it does here."""

EXACT, SMALLEST = 1e-10, 1e-15
"""How far the same computation is reproduced on another machine: relative, and besides in numbers
that are themselves what cancellation leaves."""

ALIKE, ONE_SIDED = 1e-2, 1e-3
"""Relative error of what a right check prints, and a one-sided one, whose costs have 16 digits."""

ROUNDING = 1e-4
"""Below this a difference is no mistake of a formula, but of the step or of the precision."""

DIGITS = 6
"""Fewer digits than these do not tell one mistake from another."""

MOST = 6
"""How many causes of one difference are told."""

NEAR = 200
"""How many characters before a number tell whose it is."""

FILE = "diagnosis/differences.toml"


@dataclass(frozen=True)
class Known:
    """A difference, and what leads to it."""

    value: float
    ideal: float  # what it is without rounding, unless rounding is most of it
    function: str  # whose check it is
    says: tuple[str, ...]  # a sentence for each mistake


@cache
def known() -> tuple[Known, ...]:
    """Return every difference that some mistakes lead to, those with the fewest first."""
    found = sorted((*_of_network(), *_of_one_parameter()), key=lambda one: len(one.says))
    # What a right check prints of a right gradient says nothing of a mistake that it misses.
    return tuple(
        one
        for one in found
        if one.value >= 0 and all(abs(one.value - other) > _exactly(other) for other in right())
    )


@cache
def right() -> tuple[float, ...]:
    """Return what a right check prints of a right gradient, of the network first."""
    return tuple(_run(costs)[0] for costs in (_network(), *_parameters()))


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
    ones = [one for one in known() if function in ("", one.function)]
    digit = _last_digit(difference)
    # What the printed digits exclude is no cause where they are those of another.
    found = [one for one in ones if _gap(one, difference) <= max(_exactly(one.value), digit)]
    found = found or [
        one
        for one in ones
        if abs(one.value - difference) <= MOST_ROUNDED * abs(one.value - one.ideal)
    ]
    fewest = [" ".join(one.says) for one in found if len(one.says) == len(found[0].says)]
    return tuple(dict.fromkeys(fewest))


def _gap(known: Known, difference: float) -> float:
    # Another step leaves less rounding.
    return min(abs(known.value - difference), abs(known.ideal - difference))


def _exactly(value: float) -> float:
    """Return how far a number may be from one that the same computation prints elsewhere."""
    return EXACT * abs(value) + min(SMALLEST, MOST_OFF * abs(value))


def _last_digit(number: float) -> float:
    """Return half a unit of the last digit of a printed number, 0 of one with few digits."""
    _, digits, exponent = Decimal(repr(number)).normalize().as_tuple()
    return 0.5 * 10.0 ** int(exponent) if len(digits) >= DIGITS else 0.0


@cache
def one_sided() -> float:
    """Return the difference that a right gradient has from (J(theta + epsilon) - J) / epsilon."""
    return _run(_network(), gradapprox=table_of(FILE)["mistakes"]["one-sided"]["gradapprox"])[0]


@cache
def other_steps() -> dict[str, float]:
    """Return the difference that a right gradient has with another epsilon, by that."""
    return {f"1e-{n}": _run(_network(float(f"1e-{n}")))[0] for n in (2, 3, 4, 5, 6, 8, 9)}


def said_of(text: str) -> tuple[str, tuple[str, ...]] | None:
    """Return the verdict on the last difference of a text, with sentences; None if it has none."""
    text = cleaned(text)
    # One for each gradient is no check of the course.
    if len({one["name"] for one in pattern("difference-of-each").finditer(text)}) > 1:
        return None
    printed = [*pattern("difference").finditer(text)]
    # A number alone, or one beside the words of the course's own message, is its difference.
    if printed and (pattern("of-gradient-check").search(text) or "\n" not in text.strip()):
        return said_of_number(_of_reader(text, printed, printed), text)
    if "[[" in text or not pattern("names-gradient-check").search(text):
        return None
    told = [one for one in pattern("difference-told").finditer(text) if any(one.groups())]
    number = _of_reader(text, told)
    said = said_of_number(number, text) if number else None
    # Another check than the course's may print a number that is not known.
    is_own = pattern("course-check").search(text)
    return said if said and (said[0] != "unexplained" or is_own) else None


def _of_reader(text: str, printed: Sequence[Match[str]], others: Sequence[Match[str]] = ()) -> str:
    """Return the last number that is not told as what is expected, or else the last of others."""
    begins = [0, *(one.end() for one in printed)]
    before = (text[start : one.start()] for start, one in zip(begins, printed, strict=False))
    own = [
        one
        for one, words in zip(printed, before, strict=True)
        if not pattern("expected-before").search(words[-NEAR:])
    ]
    last = own or others
    return next(filter(None, last[-1].groups())) if last else ""


def said_of_number(number: str, text: str) -> tuple[str, tuple[str, ...]]:
    """Return the verdict on a difference, with sentences; the text tells whose check it is."""
    value = abs(float(number))
    function = "gradient_check_n" if pattern("of-network").search(text) else ""
    if not math.isfinite(value):
        return _said("unexplained", "difference-nan", number)
    if abs(value - one_sided()) <= ONE_SIDED * one_sided():
        return _said("explained", "difference-one-sided", number)
    if found := causes(value, function):
        more = (say("difference-more", n=len(found) - MOST),) if found[MOST:] else ()
        return _said("explained", "difference-explained", number, *found[:MOST], *more)
    steps = (e for e, one in other_steps().items() if abs(value - one) <= ALIKE * one)
    if epsilon := next(steps, ""):
        return _said("explained", "difference-other-step", number, epsilon=epsilon)
    if value < THRESHOLD:
        return _below_the_threshold(value, number, text, function)
    if value < ROUNDING:
        return _said("unexplained", "difference-step", number)
    is_short = len(number.partition(".")[2]) < DIGITS
    return _said("unexplained", "difference-short" if is_short else "difference-unknown", number)


def _below_the_threshold(
    value: float, number: str, text: str, function: str
) -> tuple[str, tuple[str, ...]]:
    """Return what is said of a small number, which alone does not show that a gradient is right."""
    some = right()[:1] if function else right()
    is_right = any(abs(value - one) <= ALIKE * one for one in some)
    if pattern("one-entry").search(text):
        return _said("unexplained", "difference-one-entry", number)
    if pattern("left-planted").search(text):
        return _said("unexplained", "difference-left-planted", number)
    if is_right:
        return _said("expected", "difference-right", number)
    is_planted = pattern("planted-expected").search(text)
    key = "difference-planted-expected" if is_planted else "difference-small"
    return _said("unexplained", key, number)


def _said(
    verdict: str, key: str, number: str, *more: str, epsilon: str = ""
) -> tuple[str, tuple[str, ...]]:
    about = "planted" if any("planted" in cause for cause in more) else key
    read = say("read-page", page=table_of(FILE)["sections"][about])
    return verdict, (say(key, number=number, epsilon=epsilon), *more, read)


def _of_network() -> Iterator[Known]:
    check, costs = gradient_check.fixture(), _network()
    for planted in (some for count in (2, 1, 0) for some in combinations(PLANTED, count)):
        forms = {name: expression(PLANTED[name]) for name in planted}
        left = (say("planted", n=len(planted), steps=" and ".join(planted)),) if planted else ()
        given = {**costs, "gradient": _vector(Mutant(check, forms).values)}
        yield from _of_check(given, "gradient_check_n", left)
    for mistake, forms in occurrences(check):
        mutant = Mutant(check, forms)
        gradient = _vector(mutant.values)
        if mutant.verdict == "mistake" and gradient.size == costs["J"].size:
            said = say("in-backward-pass", change=mutant, name=table()[mistake].name)
            yield Known(*_run({**costs, "gradient": gradient}), "gradient_check_n", (said,))


def _of_one_parameter() -> Iterator[Known]:
    for given in _parameters():
        for forms in ({"gradient": "x"}, *table_of(FILE)["derivatives"].values()):
            made = parse(f"gradient = {forms['gradient']}").run(given)
            left = (forms["says"],) if "says" in forms else ()
            yield from _of_check(given | made, "gradient_check", left)


def _of_check(given: Mapping[str, Any], function: str, left: tuple[str, ...]) -> Iterator[Known]:
    """Yield the difference of a gradient, and those of each mistake of the check besides."""
    plain = _run(given)
    if left:
        yield Known(*plain, function, left)
    for entry in table_of(FILE)["mistakes"].values():
        forms = {name: form for name, form in entry.items() if name != "says"}
        values = _run(given, **forms)
        if np.isfinite(values[0]) and values != plain:
            yield Known(*values, function, (*left, entry["says"]))


def _run(given: Mapping[str, Any], **forms: str) -> tuple[float, float]:
    """Return the difference that a check prints, and what it is without rounding."""
    check, e, slope = _check().replace(**forms), given["epsilon"], given["right"]
    # Exactly equal, the two sides would make a difference 0 that is 0 nowhere.
    smooth = {**given, "J_plus": e * slope * (1 + 1e-12), "J_minus": -e * slope}
    printed, ideal = (float(check.run(one)["difference"]) for one in (given, smooth))
    return printed, ideal if abs(printed - ideal) <= MOST_OFF * abs(printed) else printed


@cache
def _check() -> Program:
    return parse(table_of(FILE)["program"])


@cache
def _network(epsilon: float = 1e-7) -> dict[str, Any]:
    """Return the right gradient of the notebook's network, with its costs."""
    check = gradient_check.fixture()
    names = [output[1:] for output in check.comparisons[-1].outputs]
    cuts = np.cumsum([check.arrays[name].size for name in names])[:-1]

    def cost(theta: Array) -> float:
        parts = zip(names, np.split(theta, cuts), strict=True)
        own = {name: part.reshape(check.arrays[name].shape) for name, part in parts}
        return float(check.forward.run({**check.arrays, **own})["J"])

    theta = np.concatenate([np.ravel(check.arrays[name]) for name in names])
    return _costs(_vector(check.values), theta, cost, epsilon)


@cache
def _parameters() -> tuple[dict[str, Any], ...]:
    """Return the same of one parameter: the x and theta of today's notebook and of older ones."""
    return tuple(_of_parameter(np.array([x]), np.array([4.0])) for x in (3.0, 2.0))


def _of_parameter(x: Array, theta: Array) -> dict[str, Any]:
    return {"x": x, "theta": theta, **_costs(x, theta, lambda moved: float(moved @ x))}


def _costs(
    right: Array, theta: Array, cost: Callable[[Array], float], e: float = 1e-7
) -> dict[str, Any]:
    """Return a gradient with the cost at theta, and what a step adds to it in each entry."""
    J = cost(theta)
    one, upto = np.eye(theta.size), np.tri(theta.size)
    ways = {"J_plus": one, "J_minus": -one, "K_plus": upto, "K_minus": -upto}
    ways |= {"S_plus": np.ones_like(one), "S_minus": -np.ones_like(one)}
    steps = {
        name: np.array([cost(theta + e * moved) for moved in way]) for name, way in ways.items()
    }
    added = {name: costs - J for name, costs in steps.items()}
    made = {"J": 0 * right + J, "first": one[0], **added}
    return {"gradient": right, "right": right, "epsilon": e, **made}


def _vector(values: Mapping[str, Any]) -> Array:
    """Return the gradients of all parameters in one column, empty where one is missing."""
    outputs = gradient_check.fixture().comparisons[-1].outputs
    if not values.keys() >= set(outputs):
        return np.empty(0)
    return np.concatenate([np.ravel(values[name]) for name in outputs])
