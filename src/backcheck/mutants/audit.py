"""Fairness and strength of a test: every mutant, judged by the test's own comparison.

The **fairness** of a test is the share of the equivalent mutants it accepts, its **strength**
the share of the mistakes it rejects, which mutation testing calls the mutation score. Both
verdicts are the referee's. All editions of one function are judged on the same mutants: they
are made on a network whose sizes are all different, so that no coincidence of the edition's
own sizes hides a mistake or makes two programs one.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any

import numpy as np

from backcheck import forward, gradient_check
from backcheck.arrays import Array
from backcheck.fixtures import Fixture, ids, load
from backcheck.mutants.formulas import FAILURES, fingerprint, unrelated
from backcheck.mutants.mutant import Mutant
from backcheck.mutants.mutate import mutants
from backcheck.mutants.steps import sound
from backcheck.program import Known, Program
from backcheck.showing.tables import Table

SAME = 1e-12
"""Largest relative difference that the rounding of equal formulas explains."""


@dataclass(frozen=True)
class Survivor:
    """A mistake that a test accepts, and why it can."""

    mutant: Mutant
    reason: str  # "open", "tolerance", "shape", "zero" or "numbers"
    details: str  # the reason in this case

    def __str__(self) -> str:
        made_by = ", ".join(self.mutant.operators)
        return f"{self.mutant}{made_by and f': {made_by}'} ({self.details})"

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain lists and dictionaries."""
        told = {"changed": str(self.mutant), "operators": list(self.mutant.operators)}
        return {**told, "reason": self.reason, "details": self.details}


@dataclass(frozen=True)
class Audit:
    """What a test says of every mutant."""

    fixture: Fixture
    mutants: tuple[Mutant, ...] = field(repr=False)
    # The equivalent programs that pass and that fail, and the mistakes that do.
    accepted: tuple[Mutant, ...] = field(repr=False)
    rejected: tuple[Mutant, ...] = field(repr=False)
    missed: tuple[Mutant, ...] = field(repr=False)
    killed: tuple[Mutant, ...] = field(repr=False)

    @cached_property
    def survivors(self) -> tuple[Survivor, ...]:
        """The mistakes that pass, each with the reason."""
        return tuple(survivor(self.fixture, mutant) for mutant in self.missed)

    @property
    def fairness(self) -> float:
        """Share of the equivalent programs that pass; nan if there are none."""
        return _share(len(self.accepted), len(self.rejected))

    @property
    def strength(self) -> float:
        """Share of the mistakes that fail; nan if there are none."""
        return _share(len(self.killed), len(self.missed))

    @property
    def counts(self) -> tuple[str, str]:
        """How many of the equivalent programs it accepts, and of the mistakes it rejects."""
        right, wrong = len(self.accepted), len(self.killed)
        return f"{right} of {right + len(self.rejected)}", f"{wrong} of {wrong + len(self.missed)}"

    @property
    def reasons(self) -> Counter[str]:
        """How many mistakes survive for each reason."""
        return Counter(survivor.reason for survivor in self.survivors)

    def __repr__(self) -> str:
        right, wrong = self.counts
        lines = [
            f"{self.fixture.title} ({self.fixture.id})",
            f"fairness {percent(self.fairness)}: accepts {right} equivalent programs",
            f"strength {percent(self.strength)}: rejects {wrong} mistakes",
        ]
        if self.rejected:
            lines += ["", "Rejected although equivalent:", *(f"    {one}" for one in self.rejected)]
        if self.missed:
            lines += ["", "Accepted although a mistake:", *(f"    {one}" for one in self.survivors)]
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Return the audit as plain lists and dictionaries; fairness and strength may be None."""
        return {
            "fixture": self.fixture.id,
            "fairness": None if np.isnan(self.fairness) else self.fairness,
            "strength": None if np.isnan(self.strength) else self.strength,
            "equivalent": {"accepted": len(self.accepted), "rejected": len(self.rejected)},
            "mistakes": {"accepted": len(self.missed), "rejected": len(self.killed)},
            "unfairly_rejected": [str(mutant) for mutant in self.rejected],
            "survivors": [one.to_dict() for one in self.survivors],
        }


def _share(part: int, rest: int) -> float:
    return part / (part + rest) if part + rest else float("nan")


def percent(share: float) -> str:
    """Return a share for readers."""
    # Rounded down: only what is whole is called 100 %.
    return "undefined" if np.isnan(share) else f"{np.floor(share * 1000) / 10:.1f} %"


@cache
def audit(fixture: Fixture) -> Audit:
    """Run every mutant of a test's backward pass, published or made here, through the test.

    Examples
    --------
    >>> from backcheck.fixtures import load
    >>> audit(load("c1w3_bp_notebook_v2")).fairness
    1.0
    >>> audit(load("c1w3_bp_public_c")).fairness
    0.0
    """
    # The program itself first, so that what it lacks is named in its own words.
    fixture.program.run(fixture.arrays)
    every = judged_mutants(sound(fixture))
    return counted(fixture, every, [fixture.judge(one.program).word == "passes" for one in every])


def counted(fixture: Fixture, every: Sequence[Mutant], passing: Sequence[bool]) -> Audit:
    """Return the audit of a test of which is known what passes."""

    def those(verdict: str, passes: bool) -> tuple[Mutant, ...]:
        judged = zip(every, passing, strict=True)
        return tuple(m for m, passed in judged if (m.verdict, passed) == (verdict, passes))

    return Audit(
        fixture,
        mutants=tuple(every),
        accepted=those("equivalent", True),
        rejected=those("equivalent", False),
        missed=those("mistake", True),
        killed=those("mistake", False),
    )


@cache
def published() -> dict[str, Fixture]:
    """Return every published test that is audited, by id: a loop over time takes too long."""
    tests = (*map(load, ids()), gradient_check.fixture())
    return {test.id: test for test in tests if not test.last}


def scoreboard(fixtures: Iterable[Fixture] | None = None) -> Table:
    """Return how many right programs tests accept, and how many mistakes they reject.

    >>> print(scoreboard([published()["c1w4_linear_backward_v2"]]).header[1])
    right programs accepted
    """
    header = ("test", "right programs accepted", "mistakes rejected", "strength")
    # Of so few right programs a percentage would say more than is known.
    rows = [
        (found.fixture.title, *found.counts, percent(found.strength))
        for found in map(audit, published().values() if fixtures is None else fixtures)
    ]
    return Table(header, rows, named_by="words")


def judged_mutants(fixture: Fixture) -> tuple[Mutant, ...]:
    """Return the mutants that numpy carries out where all sizes differ, each effect once.

    Two have one effect where their outputs agree on unrelated numbers in place of every array.
    """
    return _distinct(_widened(fixture))


def errors_by_verdict(
    fixtures: Iterable[Fixture] | None = None, seeds: tuple[int, ...] = forward.SEEDS
) -> dict[str, Array]:
    """Return how far each distinct mutant is from the referee on the fresh network of each seed.

    For ``"equivalent"`` and ``"mistake"`` there is an array with a row for each mutant of that
    verdict and a column for each network: the largest of its `backcheck.forward.errors`. Editions
    of one function share their mutants, which are counted once.

    >>> from backcheck.fixtures import load
    >>> found = errors_by_verdict([load("c1w4_L_model_backward_v2")])
    >>> bool(found["equivalent"].max() < 1e-12 < 1e-3 < found["mistake"].max(axis=1).min())
    True
    """
    chosen = published().values() if fixtures is None else fixtures
    found: dict[str, list[list[float]]] = {"equivalent": [], "mistake": []}
    for wide in dict.fromkeys(map(_widened, chosen)):
        fresh = forward.networks(wide, False, seeds)
        for mutant in _distinct(wide):
            far = [max(forward.errors(mutant.program, wide, *network)) for network in fresh]
            found[mutant.verdict].append(far)
    return {verdict: np.reshape(rows, (-1, len(seeds))) for verdict, rows in found.items()}


_WIDENED: dict[Any, Fixture] = {}
"""Editions of one function share their mutants, whatever the numbers of each."""


def _widened(fixture: Fixture) -> Fixture:
    """Return the test, or another edition, with a forward pass whose sizes are all different."""
    outputs = fixture.comparisons[-1].outputs
    shared_by = str(fixture.program), fixture.forward, outputs, frozenset(fixture.arrays)
    if shared_by not in _WIDENED:
        drawn = forward.draw(fixture, seed=0)
        arrays = {name: drawn[name] for name in fixture.arrays}
        if "Y" in arrays:
            # Labels that are booleans refuse a minus sign, which is not a matter of mathematics.
            arrays["Y"] = arrays["Y"].astype(int)
        _WIDENED[shared_by] = replace(fixture, id=f"{fixture.id} widened", arrays=arrays)
    return _WIDENED[shared_by]


@cache
def _distinct(wide: Fixture) -> tuple[Mutant, ...]:
    found = mutants(wide)
    changes = [{slot.name: form.tree} for slot in found.slots for form in slot.forms]
    every = [Mutant(wide, forms) for forms in (*changes, *found.higher_order)]
    unchanged, *again = (_key(wide, wide.program, seed) for seed in range(2))
    keys = [_key(wide, mutant.program, 0) for mutant in every]
    often = Counter([unchanged, *keys])
    kept: dict[Any, Mutant] = {}
    for mutant, first in zip(every, keys, strict=True):
        if first is None:
            continue
        # A comparison such as A1 > 0 sees signs only, and on one draw two of them agree by chance.
        key = (first, _key(wide, mutant.program, 1) if often[first] > 1 else None)
        if key != (unchanged, *again) and (key not in kept or _length(mutant) < _length(kept[key])):
            kept[key] = mutant
    return tuple(kept.values())


def _length(mutant: Mutant) -> tuple[int, int]:
    return len(mutant.forms), len(str(mutant))


def _key(wide: Fixture, changed: Program, seed: int) -> Any:
    """Return what the outputs of a program have in common with equal ones, or None for none."""
    with suppress(*FAILURES):
        drawn = changed.run(*_unrelated(wide, seed))
        outputs = [np.asarray(drawn[name]) for name in wide.comparisons[-1].outputs]
        # One fingerprint for all outputs is quicker than one for each.
        together = fingerprint(np.concatenate([value.ravel() for value in outputs]))
        return (*(value.shape for value in outputs), together)
    return None


@cache
def _unrelated(wide: Fixture, seed: int) -> tuple[dict[str, Any], Known]:
    """Return unrelated numbers for every array, and what the program computes from them."""
    arrays = {name: unrelated(wide, seed)[name] for name in wide.arrays}
    if "Y" in arrays:
        arrays["Y"] = (arrays["Y"] > 0).astype(int)
    return arrays, wide.program.known(arrays)


def survivor(fixture: Fixture, mutant: Mutant) -> Survivor:
    """Return why a mistake passes."""
    off = gap(fixture, mutant, fixture.arrays)
    if np.isinf(off):
        return Survivor(mutant, "open", "it has another shape, which the test leaves open")
    if off > SAME:
        return Survivor(mutant, "tolerance", f"off by {off:.1g} of the largest entry")
    if forward.verdict(mutant.program, fixture, own_shapes=True) == "equivalent":
        return Survivor(mutant, "shape", _hiding_size(fixture, mutant))
    zeros = [name for name, value in fixture.arrays.items() if not np.any(value)]
    drawn = {name: {**fixture.arrays, name: unrelated(fixture)[name]} for name in zeros}
    hiding = [name for name, arrays in drawn.items() if gap(fixture, mutant, arrays) > SAME]
    if hiding:
        are = "is" if len(hiding) == 1 else "are"
        return Survivor(mutant, "zero", f"{' and '.join(hiding)} {are} zero")
    return Survivor(mutant, "numbers", "on these numbers it gives the same values")


def gap(fixture: Fixture, mutant: Mutant, arrays: Mapping[str, Any]) -> float:
    """Return the largest relative error of a mutant's outputs, next to those of the program."""
    return max(forward.errors(mutant.program, fixture, arrays, fixture.program.run(arrays)))


def _hiding_size(fixture: Fixture, mutant: Mutant) -> str:
    """Say which size of the network, made larger, would unmask a mistake."""
    sizes = fixture.sizes
    names = {f"n{len(sizes) - 2}": "output unit{}", "n0": "input{}", "m": "example{}"}
    found = []
    for symbol, size in sizes.items():
        name = names.get(symbol, f"unit{{}} of layer {symbol[1:]}")
        larger = {**sizes, symbol: max(sizes.values()) + 1}
        if gap(fixture, mutant, forward.draw(fixture, 1, larger)) > SAME:
            found.append(f"{size} {name.format('' if size == 1 else 's')}")
    hidden = f"hidden by {' or by '.join(found)}"
    return hidden if found else "it is right on every network of these sizes"
