"""Fingerprints of what every mistake returns, by which a written test names it.

A **fingerprint** is a hash of all outputs, each rounded to about 4 digits, so that a test holds
one for every mistake and gives no value away. Numbers near the edge of a cell of one grid could
fall into the next by rounding; so there are 16 grids, and each mistake is kept by the one in whose
cells its numbers lie deepest. A function that returns them again is found by trying all 16.
"""

import hashlib
import math
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np

from backcheck.arrays import Array
from backcheck.fixtures import Fixture, text_of
from backcheck.mutants.audit import audit
from backcheck.mutants.formulas import fingerprint
from backcheck.mutants.mutant import Mutant
from backcheck.mutants.mutate import mutants

STEPS = 1e4
"""How many steps of a grid an entry is: what `steps_of` multiplies by."""

GRIDS, BITS = 16, 48
"""How many grids are tried, and how long a fingerprint is."""

MOST = 4
"""How many steps are named."""


@dataclass(frozen=True)
class Fingerprints:
    """The mistakes that a written test names, and how well."""

    fixture: Fixture
    scale: float  # of an output: smaller entries are rounded to a ten-thousandth of it
    rounding: float  # up to which relative error in every entry each one is recognised
    killed: int  # mistakes that the test rejects
    own: int  # those that the test names alone, if by more than one step
    shared: int  # those of which it names several, since they return the same numbers
    # Fingerprints by what a mistake is called, with its hint, and by the steps it is made in.
    table: dict[str, dict[str, list[str]]] = field(repr=False)

    def __str__(self) -> str:
        return (
            f"{self.own} of {self.killed} mistakes, and {self.shared} more as one of several "
            "that return the same numbers"
        )

    @property
    def chance(self) -> float:
        """Bound of the probability that a hash of other numbers is one of the table by chance."""
        return (self.own + self.shared) * GRIDS / float(2**BITS)


@cache
def fingerprints(fixture: Fixture) -> Fingerprints:
    """Return the fingerprints of the mistakes that a test rejects for what they return.

    Those that raise an exception, return nan or inf, or come within 4 digits of the expected
    outputs have none.

    Examples
    --------
    >>> from backcheck.mutants.fair import make
    >>> found = fingerprints(make((2, 2), ["sigmoid"], 3))
    >>> found.chance < 1e-9 < found.rounding
    True
    """
    names = fixture.comparisons[-1].outputs
    largest = [np.max(np.abs(fixture.expected[name])) for name in names]
    scale = 10.0 ** math.floor(math.log10(min([one for one in largest if one], default=1.0)))
    hashed = _hashed(scale)
    right = {*hashed.fingerprints([fixture.expected[name] for name in names])}
    killed = audit(fixture).killed
    found: list[tuple[Mutant, list[str], str]] = []
    kept_by_key: dict[Any, str] = {}
    margins = [0.5]
    for mutant in killed:
        outputs = returned(fixture, mutant)
        every = hashed.fingerprints(outputs) if outputs else []
        if every and right.isdisjoint(every):
            margin, grid = _deepest(hashed.steps_of(outputs))
            margins.append(margin)
            found.append((mutant, every, every[grid]))
            kept_by_key[_key(outputs)] = every[grid]
    ways = [(mutant, kept) for mutant, _, kept in found]
    ways += _other_ways(fixture, {one.fixture for one in killed}, kept_by_key)
    with_name = {kept for mutant, kept in ways if mutant.named}
    said: dict[str, set[str]] = {}
    table: dict[str, dict[str, list[str]]] = {}
    for mutant, kept in sorted(ways, key=lambda one: one[0].rank):
        if mutant.named or kept not in with_name:
            what = described(mutant)
            said.setdefault(kept, set()).add(what)
            prints = table.setdefault(what, {}).setdefault(made_in(mutant), [])
            prints += [kept] * (kept not in prints)
    names_of = [set().union(*(said.get(one, ()) for one in every)) for _, every, _ in found]
    alone = Counter(len(one) == 1 for one in names_of)
    return Fingerprints(
        fixture, scale, min(margins) / STEPS, len(killed), alone[True], alone[False], table
    )


def _other_ways(
    fixture: Fixture, made_for: set[Fixture], kept: dict[Any, str]
) -> list[tuple[Mutant, str]]:
    """Return other changes of one step that return what a mistake does: it may be made there."""
    changes = [
        Mutant(wide, {slot.name: form.tree})
        for wide in made_for
        for slot in mutants(wide).slots
        for form in slot.forms
    ]
    keyed = [(mutant, _key(returned(fixture, mutant))) for mutant in changes]
    return [(mutant, kept[key]) for mutant, key in keyed if key in kept]


def _key(outputs: list[Array]) -> Any:
    whole = np.concatenate([np.zeros(0), *(one.ravel() for one in outputs)])
    return tuple(one.shape for one in outputs), fingerprint(whole)


def described(mutant: Mutant) -> str:
    """Return what a mistake is called, with where to look; never a formula."""
    if mutant.named:
        return ". ".join((mutant.name, mutant.named[0].hint))
    return f"{' and '.join(mutant.operators) or 'another argument'}."


def made_in(mutant: Mutant) -> str:
    """Return the steps that a mistake is made in, or the first of many."""
    first, rest = [*mutant.forms][:MOST], len(mutant.forms) - MOST
    return ", ".join(first) + (f" and {rest} more" if rest > 0 else "")


@cache
def _hashed(scale: float) -> SimpleNamespace:
    """Return the functions that a written test has, so that both round and hash alike."""
    scope = {"np": np, "hashlib": hashlib, "SCALE": scale}
    exec(text_of("mutants/fingerprints.txt"), scope)  # noqa: S102 - a file of the package
    return SimpleNamespace(**scope)


def returned(fixture: Fixture, mutant: Mutant) -> list[Array]:
    """Return what a mistake returns on a test, or nothing where it stops or is not finite."""
    outputs: list[Array] = []
    with suppress(ValueError):
        values = fixture.values_of(mutant.program)
        outputs = [np.asarray(values[one], float) for one in fixture.comparisons[-1].outputs]
    return outputs if all(np.all(np.isfinite(one)) for one in outputs) else []


def _deepest(steps: Array) -> tuple[float, int]:
    """Return how far from an edge the numbers are in the best of the grids, and which that is."""
    inside = [(steps + grid / GRIDS) % 1 for grid in range(GRIDS)]
    depths = [float(np.min(np.minimum(one, 1 - one))) for one in inside]
    return max(depths), int(np.argmax(depths))
