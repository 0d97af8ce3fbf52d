"""Which line of a reader's function is the first that is not right.

All right forms of a step are equal on a fresh network, so there each step has one right value. A
value that is wrong there is wrong; one that is right there and not on the test's arrays blames
these. It needs the assignments of two runs in their order, and compares arrays.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any, NamedTuple

import numpy as np

from backcheck.diagnosis.reading import course_spelling
from backcheck.fixtures import Fixture, prefix
from backcheck.mutants.mutant import Mutant
from backcheck.program import compiled
from backcheck.showing.words import say


class Assignment(NamedTuple):
    """A name that was given a value."""

    line: int
    function: str
    name: str
    value: Any
    output: bool = False  # whether it is a key of a dictionary, or returned
    prefix: str = ""  # of the test's call it was made in


@dataclass(frozen=True)
class Trace:
    """What a function did with arrays such as a test's: its assignments in order, its outputs."""

    test: Fixture
    arrays: Mapping[str, Any]
    assignments: Sequence[Assignment] = ()
    outputs: Mapping[str, Any] = field(default_factory=dict)
    function: str = ""  # its name
    # By output, the assignment that wrote into its array after it was computed.
    overwritten: Mapping[str, Assignment] = field(default_factory=dict)
    # What stopped it, and the frames it passed.
    error: str = ""
    frames: Sequence[tuple[Any, ...]] = ()


def same(value: Any, other: Any, rtol: float = 1e-7) -> bool:
    """Return whether two values are one, to the rounding of two ways to compute it."""
    if value is None or other is None or np.shape(value) != np.shape(other):
        return False
    return bool(np.allclose(value, other, rtol, atol=1e-9, equal_nan=True))


def is_right(fresh: Trace, rtol: float = 1e-7) -> bool:
    """Return whether a function computes every output rightly on a fresh network."""
    right = fresh.test.program.run(fresh.arrays)
    asked = fresh.test.comparisons[-1].outputs
    return all(n in fresh.outputs and same(fresh.outputs[n], right[n], rtol) for n in asked)


def first_wrong(fresh: Iterable[Trace], rtol: float = 1e-7) -> Trace | None:
    """Return the first network on which a function is wrong, or None."""
    return next((one for one in fresh if not is_right(one, rtol)), None)


def does(mutant: Mutant, fresh: Trace) -> bool:
    """Return whether a program does on a network of its test what a function did there."""
    own, made = mutant.values_on(fresh.arrays), fresh.outputs
    asked = [name for name in fresh.test.expected if name in made]
    # np.squeeze leaves no axis around one number.
    pairs = [(np.atleast_1d(own.get(name, ())), np.atleast_1d(made[name])) for name in asked]
    return fresh.test is mutant.fixture and bool(pairs) and all(same(*pair) for pair in pairs)


def which_line(
    fresh: Trace, here: Trace, candidates: Sequence[Mutant]
) -> tuple[Assignment, str] | None:
    """Return the first assignment that is not right, and what can be said of it; or None."""
    fixture = fresh.test
    right = fixture.program.run(fresh.arrays)
    if is_right(fresh):
        return _right_but_here(fixture, right, fresh, here) if fixture.broken() else None
    for name, one in fresh.overwritten.items():
        if name in right and not same(fresh.outputs.get(name), right[name]):
            return one, say("line-writes", other=name)
    return _explained(fixture, right, fresh, candidates) or _by_name(fixture, right, fresh)


def _right_but_here(
    fixture: Fixture, right: Mapping[str, Any], fresh: Trace, here: Trace
) -> tuple[Assignment, str] | None:
    for one, other in zip(fresh.assignments, here.assignments, strict=False):
        if one[:3] != other[:3]:
            break
        steps = [step for step, value in right.items() if same(one.value, value)]
        if steps and not any(same(other.value, fixture.values[step]) for step in steps):
            return one, say("line-right")
    return None


def _explained(
    fixture: Fixture, right: Mapping[str, Any], fresh: Trace, candidates: Sequence[Mutant]
) -> tuple[Assignment, str] | None:
    """Find the changed step of a program that does the same as the function on new arrays."""
    usual = _usual(fixture, fresh)
    for mutant in candidates:
        if not does(mutant, fresh):
            continue
        values = mutant.values_on(fresh.arrays)
        # Several changes of what a layer reads are shown as one.
        shown = mutant.shown * len(mutant.changed)
        for (step, _, _), statement in zip(mutant.changed, shown, strict=False):
            if step not in {*right} & {*values} or same(values[step], right[step]):
                continue
            made = [n for n in _last(fresh) if same(fresh.assignments[n].value, values[step])]
            named = [n for n in made if _spelled(fresh.assignments[n], fixture) == step]
            unlike = [n for n in made if not _is_among(values[step], usual)]
            for place in (named or unlike)[:1]:
                if not same(values[step], _due(step, fixture, fresh, place)):
                    return _made(fresh, place, usual), mutant.name or statement
    return None


def _by_name(
    fixture: Fixture, right: Mapping[str, Any], fresh: Trace
) -> tuple[Assignment, str] | None:
    """Find the first name of a step whose last value is not that step's."""
    known = {**fresh.arrays, **right}
    missing = [name for name in fixture.expected if name not in fresh.outputs]
    last = {
        (one.prefix, one.name, one.output): place
        for place, one in enumerate(fresh.assignments)
        if one.function == fresh.function
    }
    for place in sorted(last.values()):
        one = fresh.assignments[place]
        step = _spelled(one, fixture)
        if step in known and same(one.value, known[step]):
            continue
        alike = [name for name, value in known.items() if same(one.value, value)]
        taken = step in fresh.arrays and alike and alike[0] in fresh.arrays
        # The other call of a test that runs a layer once for each activation.
        crossed = one.prefix and f"{one.prefix}{_bare(alike[0])}" == step if alike else False
        if taken or crossed or (one.output and step in fixture.expected and alike):
            return one, say("line-other", other=alike[0])
        # What is kept the other way round can be read so.
        is_turned = step not in fixture.expected and same(np.transpose(one.value), right.get(step))
        if alike or step not in right or is_turned:
            continue
        # Some average in dZ, which is as good as long as no test asks for it.
        scaled = step not in fixture.expected and any(
            same(np.multiply(one.value, by), right[step]) for by in (right["m"], 1 / right["m"])
        )
        if not scaled and not same(one.value, _due(step, fixture, fresh, place)):
            return _made(fresh, place, _usual(fixture, fresh)), say("line-first")
    stored = ((one, name) for one in fresh.assignments if one.output for name in missing)
    lost = ((one, name) for one, name in stored if same(one.value, right[name]))
    return next(((one, say("line-key", other=name)) for one, name in lost), None)


def _bare(name: str) -> str:
    return name.removeprefix(prefix(name))


def _last(fresh: Trace) -> Iterator[int]:
    """Yield the places of the assignments that the next one does not replace."""
    for place, (one, after) in enumerate(zip_longest(fresh.assignments, fresh.assignments[1:])):
        replaced = after and (one[1:3], one.output) == (after[1:3], after.output)
        if not replaced or same(one.value, after.value):
            yield place


def _made(fresh: Trace, place: int, usual: Sequence[Any]) -> Assignment:
    """Return the assignment that a value comes from: the first one in the same function."""
    made = fresh.assignments
    found = made[place]
    if not _is_among(found.value, usual):
        # The numbers are made above a line that only gives them another shape.
        is_shape = _is_among(np.ravel(found.value), [*map(np.ravel, usual)])
        of = np.asarray if is_shape else np.ravel
        alike = (n for n, one in enumerate(made) if one.function == found.function)
        place = next(n for n in alike if same(of(made[n].value), of(found.value)))
        found = made[place]
    # An array is finished in place.
    for one in made[place + 1 :]:
        if (one.name, one.output) != (found.name, found.output) or not same(one.value, found.value):
            break
        found = one
    return found


def _due(step: str, fixture: Fixture, fresh: Trace, place: int) -> Any:
    """Return what a step has to be, given the values that the steps before it have."""
    made = {_spelled(one, fixture): one.value for one in fresh.assignments[:place]}
    scope = {**fresh.arrays, **made}
    with np.errstate(all="ignore"), suppress(ValueError, KeyError):
        for one in fixture.program.steps:
            if one.name == step:
                return one.value_in(scope)
            scope[one.name] = made[one.name] if one.name in made else one.value_in(scope)
    return None


def _usual(fixture: Fixture, fresh: Trace) -> list[Any]:
    """Return what a right program reads and computes on the way."""
    scope = {**fresh.arrays, **fixture.program.run(fresh.arrays)}
    trees = [step.expression for step in fixture.program.steps]
    for tree in trees:
        trees += tree[1:] if isinstance(tree, tuple) else ()
    with np.errstate(all="ignore"):
        return [*scope.values(), *(compiled(tree)(scope) for tree in trees)]


def _is_among(value: Any, values: Sequence[Any]) -> bool:
    return any(same(value, known) for known in values)


def _spelled(one: Assignment, fixture: Fixture) -> str:
    """Return the step that a name is the name of, or ``""``."""
    steps = [*(step.name for step in fixture.program.steps), *fixture.given, *fixture.arrays]
    spelled = course_spelling(one.name) or ""
    own = fixture.notebook_names.get(one.name, "")
    names = (one.prefix + one.name, one.name, own, one.prefix + spelled, spelled)
    return next((name for name in names if name in steps), "")
