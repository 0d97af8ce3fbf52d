"""The search for the mutants whose steps have given values.

Steps run in order, so the search does too. A **front** is a set of programs that have come
equally far: it keeps the values of their steps in stacks, one matrix behind the other, so that
numpy carries a step out for all of them at once. A value that contradicts what was printed
takes its program off the front. Forms with equal values count as one program until the end,
since nothing after them can tell them apart. Every program that is left is run once more by
itself, as numpy runs it, before it counts.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations, compress, product
from typing import Any, Protocol

import numpy as np

from backcheck.arrays import Array
from backcheck.fixtures import load
from backcheck.mutate import FAILURES, Form, Slot, fingerprints, mutants, second_changes
from backcheck.program import OPERATIONS, Tree

Group = tuple[str, tuple[Tree, ...]]
"""A changed slot, and its forms of equal value."""


class Pattern(Protocol):
    """What a printed array must match; see `backcheck.reading.Observed`."""

    def matches(self, value: Any, loose: bool = False) -> bool:
        """Return whether an array prints this way."""

    def which(self, values: Any, loose: bool = False) -> Array:
        """Return, for each array of a stack, whether it prints this way."""


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
        How many changes to allow: 0, 1 or 2. Beside an array that is taken for one of
        another shape, no second change is tried: numpy stops at its first use, as a rule.
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
        plain = _Search(id, seen, changes, loose)
        for base, spent in _bases(plain, changes):
            search = plain.on(base)
            for cost, groups in _visit(search, _Front(reference(id)), 0, changes - spent):
                slots = [name for name, _ in groups]
                for choice in product(*(trees for _, trees in groups)):
                    forms = {**base, **dict(zip(slots, choice, strict=True))}
                    if prints(id, seen, forms, loose):
                        yield spent + cost, forms


def prints(
    id: str, seen: Mapping[str, Pattern], forms: Mapping[str, Tree], loose: bool = False
) -> bool:
    """Run one program as numpy runs it, and compare what was seen.

    Examples
    --------
    >>> from backcheck.reading import read
    >>> seen = {"dZ2": read("dZ2 = [[0.78862847 0.43650985]]").arrays[0]}
    >>> prints("c1w4_L_model_backward_v2", seen, {"dZ2": ("-", "AL", "Y")})
    True
    """
    scope = dict(reference(id))
    for slot in _slots_to_last(id, seen):
        try:
            form = _form(forms[slot.name]) if slot.name in forms else slot.original
            with np.errstate(all="ignore"):
                scope[slot.name] = form.value_in(scope)
        except FAILURES:
            return False
        if slot.name in seen and not seen[slot.name].matches(scope[slot.name], loose):
            return False
    return True


@cache
def reference(id: str) -> dict[str, Any]:
    """Return the arrays of a fixture and the value of every step of its program."""
    fixture = load(id)
    return {**fixture.arrays, **fixture.program.run(fixture.arrays)}


def needed(id: str, steps: Iterable[str], forms: Mapping[str, Tree]) -> set[str]:
    """Return the slots that can have an effect on some steps of a program with changed forms.

    Examples
    --------
    >>> sorted(needed("c1w4_linear_backward_v2", ["db"], {}))
    ['A_prev', 'dZ', 'db', 'm']
    >>> sorted(needed("c1w4_linear_backward_v2", ["db"], {"m": ("shape1", "W")}))
    ['W', 'dZ', 'db', 'm']
    """
    slots = {slot.name: slot for slot in mutants(load(id)).slots}
    found: set[str] = set()
    waiting = list(steps)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            form = _form(forms[name]) if name in forms else slots[name].original
            waiting += [read for read in form.reads if read != name]
    return found


@cache
def _read(id: str) -> frozenset[str]:
    """Return the names that steps of a fixture read, as they stand."""
    return frozenset(name for slot in mutants(load(id)).slots for name in slot.original.reads)


def _bases(plain: "_Search", changes: int) -> Iterator[tuple[dict[str, Tree], int]]:
    """Yield the program as it stands, with each change of several slots, and with two of them."""
    yield {}, 0
    if changes == 0:
        return
    id = plain.id
    forms = {slot.name: {form.tree for form in slot.forms} for slot in mutants(load(id)).slots}
    tried: dict[str, dict[str, Tree]] = {}
    for together in mutants(load(id)).together:
        needs = needed(id, plain.sources, together)
        felt = {name: tree for name, tree in together.items() if name in needs}
        alone = len(felt) == 1 and all(tree in forms[name] for name, tree in felt.items())
        if felt and not alone and str(felt) not in tried:
            tried[str(felt)] = together
            yield together, 1
    if changes == 2:
        yield from _pairs(plain, list(tried.values()))


def _pairs(plain: "_Search", bases: list[dict[str, Tree]]) -> Iterator[tuple[dict[str, Tree], int]]:
    """Yield two changes of several slots at once, where no other step reads what they change."""
    scope = reference(plain.id)

    def possible(name: str, tree: Tree) -> bool:
        try:
            value = _form(tree).value_in(scope)
        except FAILURES:
            return False
        return name not in plain.seen or plain.seen[name].matches(value, plain.loose)

    ends = [
        base
        for base in bases
        if _read(plain.id).isdisjoint(base)
        and all(possible(name, tree) for name, tree in base.items())
    ]
    for one, other in combinations(ends, 2):
        if one.keys().isdisjoint(other):
            yield {**one, **other}, 2


class _Search:
    """What does not change during one search."""

    def __init__(self, id: str, seen: Mapping[str, Pattern], changes: int, loose: bool) -> None:
        self.id = id
        self.seen = seen
        self.loose = loose
        self.tried: dict[str, list[_Front]] = {}
        self.slots = _slots_to_last(id, seen)
        self.base: dict[str, Form] = {}
        self.sources = set(seen)
        if changes == 2:
            # A step that no other reads stands there for the forms that do.
            idle = {slot.name for slot in self.slots if not slot.is_array} - _read(id)
            self.sources |= idle - load(id).expected.keys()
        self.needed = needed(id, self.sources, {})
        values = reference(id)
        self.right = {name for name in seen if seen[name].matches(values[name], loose)}

    def on(self, base: Mapping[str, Tree]) -> "_Search":
        """Return the same search over a program that has changed already."""
        other = copy(self)
        other.base = {name: _form(tree) for name, tree in base.items()}
        other.needed = needed(self.id, self.sources, base)
        return other


def _slots_to_last(id: str, seen: Container[str]) -> tuple[Slot, ...]:
    """Return the slots up to the last one that was seen: numpy may stop in those after it."""
    slots = mutants(load(id)).slots
    last = max(place for place, slot in enumerate(slots) if slot.name in seen)
    return slots[: last + 1]


@cache
def _form(tree: Tree) -> Form:
    return Form(tree)


@dataclass(frozen=True)
class _Front:
    """Programs that have come equally far.

    Parameters
    ----------
    scope : mapping
        The values of arrays and steps; those in `stacked` have one matrix for each program.
    stacked, changed : frozenset of str
        Names of the stacks, and of the values that are not the reference's.
    groups : tuple
        For each program, the slot changed first and its forms.
    common : tuple of Group
        The slots changed since, in all of them alike.
    spent : int
        The number of changes.
    """

    scope: Mapping[str, Any]
    stacked: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    groups: tuple[tuple[Group, ...], ...] = ((),)
    common: tuple[Group, ...] = ()
    spent: int = 0

    def value(self, form: Form) -> Any:
        """Return the value of a form for every program, or None where numpy stops."""
        try:
            if self.stacked.isdisjoint(form.reads):
                return form.value_in(self.scope)
            return form.stack_in(self.scope)
        except FAILURES:
            return None

    def moved(self, name: str, value: Any) -> "_Front":
        """Return the front with one more value."""
        scope = {**self.scope, name: value}
        # Matrices have two dimensions, and a stack of them has three.
        stacked = self.stacked | {name} if np.ndim(value) == 3 else self.stacked - {name}
        changed = self.changed | {name}
        return _Front(scope, stacked, changed, self.groups, self.common, self.spent)

    def kept(self, keep: Array) -> "_Front | None":
        """Return the front without the programs that were contradicted."""
        if keep.all():
            return self
        (alive,) = np.nonzero(keep)
        if not alive.size:
            return None
        scope = dict(self.scope) | {name: self.scope[name][alive] for name in self.stacked}
        return replace(self, scope=scope, groups=tuple(self.groups[place] for place in alive))


def _visit(
    search: _Search, front: _Front, place: int, left: int
) -> Iterator[tuple[int, tuple[Group, ...]]]:
    """Yield the programs on a front, and those with more changes, that print what was seen."""
    ahead: _Front | None = front
    for number in range(place, len(search.slots)):
        slot = search.slots[number]
        if left and slot.name in search.needed and slot.name not in search.base:
            for changed in _changed(search, front, slot, left):
                onward = left - (changed.spent - front.spent)
                # An array of another shape stops at its first use: no second change is tried.
                if slot.is_array and _reshaped(search, changed, slot.name):
                    onward = 0
                yield from _visit(search, changed, number + 1, onward)
        ahead = _unchanged(search, front, slot)
        if ahead is None:
            return
        front = ahead
    for group in front.groups:
        yield front.spent, (*group, *front.common)


def _unchanged(search: _Search, front: _Front, slot: Slot) -> _Front | None:
    """Carry one slot out as it stands, and drop the programs this contradicts."""
    form = search.base.get(slot.name, slot.original)
    if slot.name not in search.base and front.changed.isdisjoint(form.reads):
        return front if slot.name not in search.seen or slot.name in search.right else None
    value = front.value(form)
    if value is None:
        return None
    return _checked(search, front, slot.name, value)


def _checked(search: _Search, front: _Front, name: str, value: Any) -> _Front | None:
    onward = front.moved(name, value)
    if name not in search.seen:
        return onward
    pattern = search.seen[name]
    if name in onward.stacked:
        return onward.kept(pattern.which(value, search.loose))
    return onward if pattern.matches(value, search.loose) else None


def _changed(search: _Search, front: _Front, slot: Slot, left: int) -> Iterator[_Front]:
    """Yield the fronts that a change of one slot leads to."""
    # While no shape has changed above, the stuck forms stay stuck.
    reshaped = any(_reshaped(search, front, name) for name in front.changed)
    forms = (*slot.forms, *slot.stuck) if reshaped else slot.forms
    if not front.stacked and not front.common:
        yield from _singles(search, front, slot.name, [form.tree for form in forms])
        if left == 2:
            second = second_changes(load(search.id), slot.name)
            yield from _stacks(search, front, slot.name, second, 2)
        return
    for form in forms:
        value = front.value(form)
        if slot.is_array and np.shape(value)[-2:] != np.shape(front.scope[slot.name])[-2:]:
            continue
        if value is not None and (onward := _checked(search, front, slot.name, value)):
            common = (*front.common, (slot.name, (form.tree,)))
            yield replace(onward, common=common, spent=front.spent + 1)


def _singles(search: _Search, front: _Front, name: str, trees: Sequence[Tree]) -> Iterator[_Front]:
    if front.changed:
        yield from _stacks(search, front, name, trees, 1)
        return
    # Above the first change, every search of one explanation comes past the same values.
    if name not in search.tried:
        search.tried[name] = list(_stacks(search, front, name, trees, 1))
    yield from search.tried[name]


def _reshaped(search: _Search, front: _Front, name: str) -> bool:
    shape = np.shape(front.scope[name])
    shape = shape[1:] if name in front.stacked else shape
    return name != "m" and shape != np.shape(reference(search.id)[name])


def _stacks(
    search: _Search, front: _Front, name: str, trees: Sequence[Tree], cost: int
) -> Iterator[_Front]:
    """Stack the values that forms of one slot lead to, shape by shape."""
    by_shape: dict[tuple[int, ...], list[tuple[Any, Tree]]] = {}
    known: dict[Tree, Any] = {}
    for tree in trees:
        value = _remembered(tree, front.scope, known)
        if value is not None:
            by_shape.setdefault(np.shape(value), []).append((value, tree))
    for shape, found in by_shape.items():
        # As in `backcheck.program.STACKED`, a vector is a row, and a number a single entry.
        rows = (1, *shape) if len(shape) == 1 else shape or (1, 1)
        stack = np.array([value for value, _ in found], dtype=float).reshape(-1, *rows)
        if name in search.seen:
            keep = search.seen[name].which(stack, search.loose)
            stack, found = stack[keep], list(compress(found, keep))
        alike: dict[Any, list[int]] = {}
        for place, key in enumerate(fingerprints(stack)):
            alike.setdefault(key, []).append(place)
        if alike:
            groups = [tuple(found[place][1] for place in places) for places in alike.values()]
            onward = front.moved(name, stack[[places[0] for places in alike.values()]])
            yield replace(onward, groups=tuple(((name, group),) for group in groups), spent=cost)


def _remembered(tree: Tree, scope: Mapping[str, Any], known: dict[Tree, Any]) -> Any:
    """Evaluate an expression once for all expressions it is part of; None where numpy stops."""
    if isinstance(tree, str):
        return scope[tree]
    if not isinstance(tree, tuple):
        return tree
    if tree not in known:
        values = [_remembered(operand, scope, known) for operand in tree[1:]]
        try:
            stopped = any(value is None for value in values)
            known[tree] = None if stopped else OPERATIONS[tree[0]](*values)
        except FAILURES:
            known[tree] = None
    return known[tree]
