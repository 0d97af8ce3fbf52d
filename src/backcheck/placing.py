"""Which step of which test each pasted array is taken for.

A paste names its arrays or does not, quotes inputs and expected numbers beside the learner's
own, and may use the names of an older edition. A **placing** is one way to read it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np

from backcheck.fixtures import Fixture, load
from backcheck.formulas import fingerprint
from backcheck.program import Tree
from backcheck.reading import Observed, Paste
from backcheck.search import explanations, prints, reference


@dataclass(frozen=True)
class Placing:
    """One way to take the arrays of a paste for the steps of a fixture.

    Parameters
    ----------
    id : str
        The fixture.
    seen : mapping
        Each pasted array, by the step it is taken for.
    printed_as : mapping
        For each step whose numbers stand under another output's name: that name.
    recognised : int
        How many further arrays are inputs of the test, or quote what it expects.
    renamed : mapping
        For each step, the name an older edition gives it, where such names were read.
    """

    id: str
    seen: Mapping[str, Observed]
    printed_as: Mapping[str, str] = field(default_factory=dict)
    recognised: int = 0
    renamed: Mapping[str, str] = field(default_factory=dict)
    _searched: dict[int, tuple[tuple[int, dict[str, Tree]], ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def fitting(self) -> int:
        """How many arrays have the shape of the step they are taken for, or of a part of it."""
        values = reference(self.id)
        return sum(seen.fits(np.shape(values[step])) for step, seen in self.seen.items())

    @property
    def outputs(self) -> int:
        """How many arrays are taken for outputs of the test."""
        return len(load(self.id).expected.keys() & self.seen.keys())

    @property
    def partial(self) -> bool:
        """Whether an array may be a part of one, or its decimals differ."""
        return any(seen.shape is None or seen.uneven for seen in self.seen.values())

    def explanations(self, changes: int, loose: bool) -> Iterator[tuple[int, dict[str, Tree]]]:
        """Yield the mutants whose steps print what was seen; see `backcheck.search`."""
        if changes == 2 and not self.partial:
            yield from explanations(self.id, self.seen, changes, loose)
            return
        for spent, forms in self._loosely(changes):
            if loose or prints(self.id, self.seen, forms):
                yield spent, forms

    def _loosely(self, changes: int) -> tuple[tuple[int, dict[str, Tree]], ...]:
        # What prints strictly prints loosely too, so one search does for both.
        if changes not in self._searched:
            found = explanations(self.id, self.seen, changes, loose=True)
            self._searched[changes] = tuple(found)
        return self._searched[changes]


def placings(paste: Paste, id: str, named: bool = True) -> Iterator[Placing]:
    """Yield the ways to take the pasted arrays for steps of one fixture.

    Parameters
    ----------
    paste : Paste
        What was read.
    id : str
        The fixture.
    named : bool
        Whether an array has to be the step it is named after.

    Examples
    --------
    >>> from backcheck.reading import read
    >>> [list(one.seen) for one in placings(read("db2 = [[0.5]]"), "c1w3_bp_public_c")]
    [['db2']]
    """
    fixture = load(id)
    steps = [step.name for step in fixture.program.steps if step.name != "m"]
    computed = [seen for seen in paste.arrays if not _is_input(seen, fixture)]
    own = _unquoted(_once(computed), fixture)
    if not own:
        return
    given = [seen for seen in paste.arrays if seen not in computed]
    recognised = len(computed) - len(own) + sum(_is_value(seen, fixture) for seen in given)
    known = [seen for seen in own if seen.name] if named else []
    free = [seen for seen in own if seen not in known]
    maps: list[dict[str, str]] = [{}, *fixture.also_called]
    for number, names in enumerate(maps):
        if number and not any(seen.name in names for seen in known):
            continue
        taken = _by_name(known, steps, names, maps[number + 1 :])
        if taken is None:
            continue
        for filled in _by_shape(free, [step for step in steps if step not in taken], fixture):
            moved = {
                step: str(seen.name)
                for step, seen in filled.items()
                if seen.name and seen.name != step
            }
            renamed = {step: str(seen.name) for step, seen in taken.items() if number > 1}
            yield Placing(id, {**taken, **filled}, moved, recognised, renamed)


def most_used(placed: list[Placing]) -> list[Placing]:
    """Keep the placings that make use of the most of the pasted arrays."""
    used = [len(placing.seen) + placing.recognised for placing in placed]
    return [placing for placing, n in zip(placed, used, strict=True) if n == max(used)]


def most_likely(placed: list[Placing]) -> list[Placing]:
    """Keep, of placings that fit best, those with the most outputs on each test, each search once.

    A search for two changes takes too long for the others.
    """
    fitting = max(placing.fitting for placing in placed)
    near = [placing for placing in placed if placing.fitting == fitting]
    outputs: dict[str, int] = {}
    for placing in near:
        outputs[placing.id] = max(placing.outputs, outputs.get(placing.id, 0))
    near = [placing for placing in near if placing.outputs == outputs[placing.id]]
    return list({same_search(placing): placing for placing in near}.values())


def elsewhere(placing: Placing) -> Placing | None:
    """Take each array for the output it equals, if all do and some under another name."""
    values = reference(placing.id)
    taken: dict[str, Observed] = {}
    for step, seen in placing.seen.items():
        places = [step, *load(placing.id).expected, *values]
        found = [name for name in places if name not in taken and seen.matches(values[name])]
        if not found:
            return None
        taken[found[0]] = seen
    names = {step: str(seen.name) for step, seen in taken.items() if seen.name not in (None, step)}
    return Placing(placing.id, taken, names) if names else None


def same_search(placing: Placing) -> Any:
    """Return a key shared by placings whose search would be the same."""
    fixture = load(placing.id)
    arrays = tuple(fingerprint(value) for value in fixture.arrays.values())
    return str(fixture.program), arrays, tuple(placing.seen), tuple(map(id, placing.seen.values()))


def _once(arrays: list[Observed]) -> list[Observed]:
    """Leave out arrays without a name that repeat the numbers of one that has a name."""
    named = {seen.numbers for seen in arrays if seen.name}
    return [seen for seen in arrays if seen.name or seen.numbers not in named]


def _unquoted(arrays: list[Observed], fixture: Fixture) -> list[Observed]:
    """Leave out the expected numbers where a text quotes them beside the learner's own."""
    steps = [step.name for step in fixture.program.steps]
    values = [reference(fixture.id)[name] for name in steps]
    right = [seen for seen in arrays if any(_prints(seen, value) for value in values)]
    if len(right) == len(arrays):
        return arrays
    alias = next(iter(fixture.also_called), {})

    def key(seen: Observed) -> Any:
        # Without a name the shape tells which arrays are the same output.
        if not seen.name:
            return seen.shape
        name = alias.get(seen.name, seen.name)
        return name, seen.context if f"{seen.context}_{seen.name}" in steps else ""

    keys = [key(seen) for seen in arrays]
    return [
        seen
        for seen, key in zip(arrays, keys, strict=True)
        if keys.count(key) == 1 or not any(seen is one for one in right)
    ]


def _by_name(
    known: list[Observed], steps: list[str], names: dict[str, str], later: list[dict[str, str]]
) -> dict[str, Observed] | None:
    taken: dict[str, Observed] = {}
    for seen in known:
        name = str(seen.name)
        options = [f"{seen.context}_{name}", names.get(name, name)]
        # A second array of the same name is the next function's, where a test runs several.
        options += [other[name] for other in later if name in other and names]
        step = next((s for s in options if s in steps and s not in taken), None)
        if step is None:
            if any(option in steps for option in options):
                continue
            return None
        taken[step] = seen
    return taken


def _by_shape(
    free: list[Observed], steps: list[str], fixture: Fixture
) -> Iterator[dict[str, Observed]]:
    """Yield the ways to give unnamed arrays to steps, in order, by shape where one fits."""
    if not free:
        yield {}
        return
    if len(free) > len(steps):
        return
    values = reference(fixture.id)
    options = [
        [step for step in steps if seen.fits(np.shape(values[step]))] or steps for seen in free
    ]
    choices = islice(_choices(options), 30)
    yield from (dict(zip(choice, free, strict=True)) for choice in choices)


def _choices(options: list[list[str]], taken: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the ways to choose one of each list of options, none of them twice."""
    if len(taken) == len(options):
        yield taken
        return
    for step in options[len(taken)]:
        if step not in taken:
            yield from _choices(options, (*taken, step))


def _is_input(seen: Observed, fixture: Fixture) -> bool:
    """Return whether a pasted array is handed over by the test, not computed."""
    if seen.name and not re.search(r"(^|_)d[AWZb]", seen.name):
        return True
    return seen.name is None and _is_value(seen, fixture)


def _is_value(seen: Observed, fixture: Fixture) -> bool:
    """Return whether an array is one of those the test hands over; zeros say nothing."""
    return any(np.any(value) and seen.matches(value) for value in fixture.arrays.values())


def _prints(seen: Observed, value: Any) -> bool:
    # Quoted by hand, a row often has one bracket.
    return seen.matches(value) or (seen.dimensions == 1 and seen.matches(value, loose=True))
