"""Pasted arrays of several tests, such as those of a notebook's cell and of the public test."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from backcheck.diagnosis.placing import Placing, chance, fits_any
from backcheck.diagnosis.reading import Paste, PrintedArray
from backcheck.diagnosis.search import is_right
from backcheck.fixtures import Fixture

SURE = 1e-6
"""How probable at random are numbers that tell their test, or less."""


def apart(paste: Paste, tests: Sequence[Fixture]) -> dict[tuple[Fixture, ...], Paste]:
    """Return a paste by the tests that its arrays are of, what is open first; or nothing.

    What is right on a test, or quoted by its message, tells that test. The others were printed
    by the same call as what the message says of them, or as the array before them, if they can be.
    """
    tests = in_quoted_edition(paste, tests)
    arrays = sorted(paste.arrays, key=lambda array: array.line)
    every = ((one, [t for t in tests if _is_of(one, t)]) for one in (*arrays, *paste.quoted))
    telling = {id(one): some for one, some in every if some}
    quoted = [one for one in paste.quoted if id(one) in telling]
    common = tuple(t for t in tests if all(t in some for some in telling.values()))
    if common:
        is_open = quoted and not all(id(one) in telling for one in arrays)
        return _quoted_apart(paste, quoted[0], common, tests) if is_open else {}
    count = Counter(chain.from_iterable(telling.values()))
    own = {one: max(some, key=lambda test: count[test]) for one, some in telling.items()}
    at = next(iter(own.values()))
    is_above = bool(quoted) and quoted[0].line < arrays[0].line
    for one in quoted:
        alike = [other for other in arrays if other.name == one.name and other.line <= one.line]
        # What is expected stands above what was got, which alone has the name.
        is_below = is_above and not one.name
        below = [other for other in arrays if other.line > one.line] if is_below else []
        own = {id(other): own[id(one)] for other in below[:1] or alike[-1:]} | own
    groups: dict[Fixture, list[PrintedArray]] = {}
    for place, one in enumerate(arrays):
        names = [other.name for other in groups.get(at, ()) if other.name]
        if id(one) in own:
            at = own[id(one)]
        elif one.name in names or not fits_any(one, at):
            # A second array of a name is of the next call, as is one that this test cannot have.
            after = (own[id(other)] for other in arrays[place:] if id(other) in own)
            at = next((test for test in after if test is not at and fits_any(one, test)), at)
        groups.setdefault(at, []).append(one)

    def is_settled(test: Fixture) -> bool:
        given = test.arrays.values()
        return all(id(one) in telling or any(map(one.matches, given)) for one in groups[test])

    return {(t,): replace(paste, arrays=tuple(groups[t])) for t in sorted(groups, key=is_settled)}


def in_quoted_edition(paste: Paste, tests: Sequence[Fixture]) -> list[Fixture]:
    """Leave out the tests of which a message quotes less than of another on the same inputs."""
    quoted = {t: {id(one) for one in paste.quoted if _is_of(one, t)} for t in tests}

    def is_less(test: Fixture) -> bool:
        more = (other for other in tests if quoted[test] < quoted[other])
        return any(_inputs(test) == _inputs(other) for other in more)

    return [test for test in tests if not is_less(test)]


def _inputs(test: Fixture) -> list[Any]:
    return [value.tolist() for value in test.arrays.values()]


def _quoted_apart(
    paste: Paste, quoted: PrintedArray, common: tuple[Fixture, ...], tests: Sequence[Fixture]
) -> dict[tuple[Fixture, ...], Paste]:
    """Return what a message quotes, and what stands around it if another call printed that."""
    own = [one.line for one in paste.arrays if one.name == quoted.name and one.line <= quoted.line]
    first = max(own, default=0)
    # What the message speaks of stands there again if the cell below it printed that too.
    below = {one.name for one in paste.arrays if one.line > quoted.line} if own else set()
    last = quoted.line if quoted.name in below else max(one.line for one in paste.arrays)
    said = tuple(one for one in paste.arrays if first <= one.line <= last)
    around = tuple(one for one in paste.arrays if one not in said)
    if quoted.name not in below and all(fits_any(one, common[0]) for one in around):
        return {common: paste}
    others = tuple(t for t in tests if t.function == common[0].function and t not in common)
    return {common: replace(paste, arrays=said), others: replace(paste, arrays=around)}


def _is_of(array: PrintedArray, test: Fixture) -> bool:
    """Return whether an array is right on a test, and no array is so by chance."""
    name = array.name or ""
    names = {f"{array.context}_{name}", *(habit.get(name) for habit in test.also_called)}
    return any(
        is_right(test, step.name, array, array.expected)
        and chance([Placing(test, {step.name: array})], 0) <= SURE
        for step in test.program.steps
        if not name or step.name in names or step.name.lower() == name.lower()
    )
