"""The search for the mutants whose steps have given values.

Steps run in order, so the search does too: at each step it tries the expression as it
stands, then, while changes are left, every other form. A value that contradicts what was
printed ends the branch. Forms with equal values share a branch, since nothing after them can
tell them apart.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from itertools import product
from typing import Any, Protocol

import numpy as np

from backcheck.fixtures import load
from backcheck.mutate import FAILURES, Slot, fingerprint, mutants, second_changes
from backcheck.program import Tree, compiled

Group = tuple[str, list[tuple[int, Tree]]]
"""A changed slot, and its forms of equal value with the number of changes in each."""


class Pattern(Protocol):
    """What a printed array must match; see `backcheck.reading.Observed`."""

    def matches(self, value: Any, loose: bool = False) -> bool:
        """Return whether an array prints this way."""


def explanations(
    id: str, seen: Mapping[str, Pattern], changes: int, loose: bool = False
) -> Iterator[tuple[int, dict[str, Tree]]]:
    """Yield every mutant whose steps print what was seen.

    Parameters
    ----------
    id : str
        The fixture on which the program ran.
    seen : mapping
        What was printed, by the name of the step.
    changes : int
        How many changes to allow: 0, 1 or 2.
    loose : bool
        Passed on to each pattern.

    Yields
    ------
    spent : int
        The number of changes.
    forms : dict
        The new expression of each changed slot; see `backcheck.mutate.program`.

    Examples
    --------
    >>> from backcheck.reading import read
    >>> seen = read("dZ2 = [[0.78862847 0.43650985]]").arrays[0]
    >>> ("-", "AL", "Y") in [
    ...     forms.get("dZ2")
    ...     for _, forms in explanations("c1w4_L_model_backward_v2", {"dZ2": seen}, 1)
    ... ]
    True
    """
    with np.errstate(all="ignore"):
        for base, spent in _bases(id, seen, changes):
            for groups in _visit(_Branch(id, seen, base, loose), changes - spent):
                for choice in product(*(members for _, members in groups)):
                    total = spent + sum(cost for cost, _ in choice)
                    if total <= changes:
                        slots = [name for name, _ in groups]
                        chosen = dict(zip(slots, (tree for _, tree in choice), strict=True))
                        yield total, {**base, **chosen}


@cache
def reference(id: str) -> dict[str, Any]:
    """Return the arrays of a fixture and the value of every step of its program."""
    fixture = load(id)
    return {**fixture.arrays, **fixture.program.run(fixture.arrays)}


def _bases(
    id: str, seen: Mapping[str, Pattern], changes: int
) -> Iterator[tuple[dict[str, Tree], int]]:
    yield {}, 0
    if changes == 0:
        return
    needed = _needed(id, seen)
    forms = {slot.name: slot.forms for slot in mutants(id).slots}
    tried = set()
    for together in mutants(id).together:
        felt = {name: tree for name, tree in together.items() if name in needed}
        key = tuple(sorted(felt))
        alone = len(felt) == 1 and felt[key[0]] in forms[key[0]]
        if felt and not alone and str(felt) not in tried:
            tried.add(str(felt))
            yield together, 1


def _needed(id: str, seen: Mapping[str, Pattern]) -> set[str]:
    """Return the slots that can have an effect on what was seen."""
    slots = {slot.name: slot for slot in mutants(id).slots}
    needed: set[str] = set()
    waiting = list(seen)
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting += [read for read in slots[name].reads if read in slots and read != name]
    return needed


class _Branch:
    """What a search carries along one line of choices."""

    def __init__(
        self, id: str, seen: Mapping[str, Pattern], base: Mapping[str, Tree], loose: bool
    ) -> None:
        self.id = id
        self.seen = seen
        self.base = base
        self.loose = loose
        slots = mutants(id).slots
        last = max(place for place, slot in enumerate(slots) if slot.name in seen)
        self.slots = slots[: last + 1]
        self.needed = _needed(id, seen)


def _visit(
    search: _Branch,
    left: int,
    place: int = 0,
    scope: Mapping[str, Any] | None = None,
    changed: frozenset[str] = frozenset(),
) -> Iterator[list[Group]]:
    if place == len(search.slots):
        yield []
        return
    scope = scope or reference(search.id)
    name = search.slots[place].name
    untouched = reference(search.id)[name]
    for value, members in _options(search, left, place, scope, changed):
        if name in search.seen and not search.seen[name].matches(value, search.loose):
            continue
        differs = value is not untouched
        onward = {**scope, name: value} if differs else scope
        spent = members[0][0] if members else 0
        for groups in _visit(
            search, left - spent, place + 1, onward, changed | {name} if differs else changed
        ):
            yield [(name, members), *groups] if members else groups


def _options(
    search: _Branch, left: int, place: int, scope: Mapping[str, Any], changed: frozenset[str]
) -> Iterator[tuple[Any, list[tuple[int, Tree]]]]:
    """Yield the values a slot can take, each with the forms that lead to it."""
    slot = search.slots[place]
    name = slot.name
    if name in search.base or not changed.isdisjoint(slot.reads):
        value_in = compiled(search.base[name]) if name in search.base else slot.value_in
        with suppress(*FAILURES):
            yield value_in(scope), []
    else:
        yield reference(search.id)[name], []
    if left == 0 or name in search.base or name not in search.needed:
        return
    # While no shape has changed above, the stuck forms stay stuck.
    untouched = reference(search.id)
    reshaped = any(np.shape(scope[read]) != np.shape(untouched[read]) for read in changed)
    pattern = search.seen.get(name)
    grouped: dict[Any, tuple[Any, list[tuple[int, Tree]]]] = {}
    for cost, form, value_in in _forms(search, slot, left, reshaped):
        try:
            value = value_in(scope)
        except FAILURES:
            continue
        if pattern is None or pattern.matches(value, search.loose):
            grouped.setdefault(fingerprint(value), (value, []))[1].append((cost, form))
    yield from grouped.values()


def _forms(
    search: _Branch, slot: Slot, left: int, reshaped: bool
) -> Iterator[tuple[int, Tree, Callable[..., Any]]]:
    tried = slot.compiled if reshaped else slot.compiled[: len(slot.forms)]
    for form, value_in in tried:
        yield 1, form, value_in
    if left == 2:
        for form in second_changes(search.id, slot.name):
            yield 2, form, compiled(form)
