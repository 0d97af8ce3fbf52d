"""Which line of a reader's function is the first that is not right.

All right forms of a step are equal on a fresh network, so there each step has one right value. A
value that is wrong there is wrong; one that is right there and not on the test's arrays blames
these. It needs the assignments of two runs in their order, and compares arrays.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from backcheck.diagnosis.reading import course_spelling
from backcheck.fixtures import Fixture
from backcheck.mutants.mutant import Mutant
from backcheck.showing.words import say


class Assignment(NamedTuple):
    """A name that was given a value."""

    line: int
    function: str
    name: str
    value: Any


@dataclass(frozen=True)
class Trace:
    """What a function did with some arrays: its assignments in order, and its outputs."""

    arrays: Mapping[str, Any]
    assignments: Sequence[Assignment]
    outputs: Mapping[str, Any]
    function: str  # its name


def same(value: Any, other: Any) -> bool:
    """Return whether two values are one, to the rounding of two ways to compute it."""
    if value is None or other is None or np.shape(value) != np.shape(other):
        return False
    return bool(np.allclose(value, other, rtol=1e-7, atol=1e-9, equal_nan=True))


def is_right(fixture: Fixture, fresh: Trace) -> bool:
    """Return whether a function computes every output rightly on a fresh network."""
    right = fixture.program.run(fresh.arrays)
    asked = fixture.comparisons[-1].outputs
    return all(n in fresh.outputs and same(fresh.outputs[n], right[n]) for n in asked)


def which_line(
    fixture: Fixture, fresh: Trace, here: Trace, candidates: Sequence[Mutant]
) -> tuple[Assignment, str] | None:
    """Return the first assignment that is not right, and what can be said of it; or None."""
    right = fixture.program.run(fresh.arrays)
    if is_right(fixture, fresh):
        return _right_but_here(fixture, right, fresh, here)
    return _explained(fixture, right, fresh, candidates) or _by_name(fixture, right, fresh)


def _right_but_here(
    fixture: Fixture, right: Mapping[str, Any], fresh: Trace, here: Trace
) -> tuple[Assignment, str] | None:
    for one, other in zip(fresh.assignments, here.assignments, strict=False):
        if one[:3] != other[:3]:
            break
        steps = _steps(one.value, right)
        if steps and not any(same(other.value, fixture.values[step]) for step in steps):
            return one, say("line-right")
    return None


def _explained(
    fixture: Fixture, right: Mapping[str, Any], fresh: Trace, candidates: Sequence[Mutant]
) -> tuple[Assignment, str] | None:
    """Find the changed step of a program that does the same as the function on new arrays."""
    for mutant in candidates:
        try:
            values = mutant.program.run(fresh.arrays)
        except (ValueError, KeyError):
            continue
        asked = [name for name in fixture.expected if name in fresh.outputs]
        if not asked or not all(same(values[name], fresh.outputs[name]) for name in asked):
            continue
        for step, _, now in mutant.changed:
            if same(values[step], right.get(step, fresh.arrays.get(step))):
                continue
            made = [
                (place, one)
                for place, one in enumerate(fresh.assignments)
                if same(one.value, values[step])
            ]
            named = [found for found in made if _spelled(found[1].name, fixture) == step]
            unlike = [found for found in made if not _steps(found[1].value, right)]
            for place, one in (named or unlike)[:1]:
                if not same(one.value, _due(step, fixture, fresh, place)):
                    return one, mutant.name or f"{step} = {now}"
    return None


def _by_name(
    fixture: Fixture, right: Mapping[str, Any], fresh: Trace
) -> tuple[Assignment, str] | None:
    """Find the first name of a step whose last value is not that step's."""
    last = {
        one.name: (place, one)
        for place, one in enumerate(fresh.assignments)
        if one.function == fresh.function
    }
    for place, one in sorted(last.values(), key=lambda found: found[0]):
        step = _spelled(one.name, fixture)
        if step not in right or same(one.value, right[step]):
            continue
        others = _steps(one.value, right)
        if others and one.name in fixture.expected:
            return one, say("line-other", other=others[0])
        # Some average in dZ, which is as good as long as no test asks for it.
        scaled = step not in fixture.expected and any(
            same(np.multiply(one.value, by), right[step]) for by in (right["m"], 1 / right["m"])
        )
        if others or scaled or same(one.value, _due(step, fixture, fresh, place)):
            continue
        before = fresh.assignments[:place]
        alike = (o for o in before if o.function == one.function and same(o.value, one.value))
        return next(alike, one), say("line-first")
    return None


def _due(step: str, fixture: Fixture, fresh: Trace, place: int) -> Any:
    """Return what a step has to be, given the values that the steps before it have."""
    made = {_spelled(one.name, fixture): one.value for one in fresh.assignments[:place]}
    scope = dict(fresh.arrays)
    with np.errstate(all="ignore"), suppress(ValueError, KeyError):
        for one in fixture.program.steps:
            if one.name == step:
                return one.value_in(scope)
            scope[one.name] = made[one.name] if one.name in made else one.value_in(scope)
    return None


def _steps(value: Any, right: Mapping[str, Any]) -> list[str]:
    return [step for step, known in right.items() if same(value, known)]


def _spelled(name: str, fixture: Fixture) -> str:
    """Return the step that a name is the name of, or ``""``."""
    steps = [step.name for step in fixture.program.steps]
    return name if name in steps else course_spelling(name) or ""
