"""The search for the mutants whose steps have given values.

Steps run in order, so the search does too. A **front** is a set of programs that have come
equally far: it keeps the values of their steps in stacks, so that numpy carries a step out for
all of them at once; see `backcheck.stacks`. What a program prints wrong so far has to be set
right by its last change, so that is only tried where it can have that effect. Forms with equal
values count as one program until the end, since nothing after them can tell them apart. Every
program that is left is run once more by itself, as numpy runs it, before it counts.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations, product
from typing import Any, Protocol

import numpy as np

from backcheck.arrays import Array
from backcheck.fixtures import load
from backcheck.mutate import FAILURES, Form, Slot, fingerprints, mutants, second_changes
from backcheck.program import OPERATIONS, Tree
from backcheck.stacks import STACKED, Stack, axes, matrices

Group = tuple[str, tuple[Tree, ...]]
"""A changed slot, and its forms of equal value."""

MOST = 20_000
"""How many programs stand on one front at most, so that memory stays small."""


class Pattern(Protocol):
    """What a printed array must match; see `backcheck.reading.Observed`."""

    def matches(self, value: Any, loose: bool = False) -> bool:
        """Return whether an array prints this way."""

    def which(self, stack: Stack, loose: bool = False) -> Array:
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
        self.usual: dict[Tree, Any] = {}
        self.slots = _slots_to_last(id, seen)
        self.base: dict[str, Form] = {}
        self.sources = set(seen)
        if changes == 2:
            # A step that no other reads stands there for the forms that do.
            idle = {slot.name for slot in self.slots if not slot.is_array} - _read(id)
            self.sources |= idle - load(id).expected.keys()
        self.needed = needed(id, self.sources, {})
        self.reach = _reach(self.slots, {})
        values = reference(id)
        self.right = {name for name in seen if seen[name].matches(values[name], loose)}

    def on(self, base: Mapping[str, Tree]) -> "_Search":
        """Return the same search over a program that has changed already."""
        other = copy(self)
        other.base = {name: _form(tree) for name, tree in base.items()}
        other.needed = needed(self.id, self.sources, base)
        other.reach = _reach(self.slots, other.base)
        return other


def _reach(slots: Sequence[Slot], base: Mapping[str, Form]) -> Array:
    """Return, for each slot, on which slots a change of it can have an effect."""
    place = {slot.name: number for number, slot in enumerate(slots)}
    reach = np.eye(len(slots), dtype=bool)
    for number, slot in enumerate(slots):
        for name in base.get(slot.name, slot.original).reads:
            # What is read of a later slot is the right value.
            if place.get(name, number) < number:
                reach[:, number] |= reach[:, place[name]]
    return reach


def _slots_to_last(id: str, seen: Container[str]) -> tuple[Slot, ...]:
    """Return the slots up to the last one that was seen: numpy may stop in those after it."""
    slots = mutants(load(id)).slots
    last = max(place for place, slot in enumerate(slots) if slot.name in seen)
    return slots[: last + 1]


@cache
def _form(tree: Tree) -> Form:
    return Form(tree)


@dataclass(frozen=True)
class _Change:
    """One changed slot, the forms it can take, and which of them each program has.

    Forms of equal value stand together: nothing after them can tell them apart.
    """

    slot: str
    forms: Sequence[tuple[Tree, ...]]
    chosen: Array


@dataclass(frozen=True)
class _Front:
    """Programs that have come equally far.

    Parameters
    ----------
    scope : mapping
        The values of arrays and steps; where the programs differ, a stack of them.
    changed : frozenset of str
        Names of the values that are not the reference's.
    changes : tuple of _Change
        The slots changed so far.
    spent : int
        The number of changes.
    """

    scope: Mapping[str, Any]
    changed: frozenset[str] = frozenset()
    changes: tuple[_Change, ...] = ()
    spent: int = 0

    def __len__(self) -> int:
        return len(self.changes[0].chosen) if self.changes else 1

    def __getitem__(self, programs: Array) -> "_Front":
        """Return the front of some of the programs, each as often as it is listed."""
        stacks = {name: one[programs] for name, one in self.scope.items() if type(one) is Stack}
        changes = tuple(replace(one, chosen=one.chosen[programs]) for one in self.changes)
        return _Front({**self.scope, **stacks}, self.changed, changes, self.spent)

    def moved(self, name: str, value: Any) -> "_Front":
        """Return the front with one more value."""
        scope = {**self.scope, name: value}
        return _Front(scope, self.changed | {name}, self.changes, self.spent)

    def groups(self) -> Iterator[tuple[Group, ...]]:
        """Yield the changed slots of each program, with their forms."""
        for program in range(len(self)):
            yield tuple((one.slot, one.forms[one.chosen[program]]) for one in self.changes)


def _visit(
    search: _Search, front: _Front, place: int, left: int
) -> Iterator[tuple[int, tuple[Group, ...]]]:
    """Yield the programs on a front, and those with more changes, that print what was seen."""
    if not left:
        yield from _finished(search, front, place)
        return
    fronts, wrong = _carried(search, front, place)
    places = np.arange(len(search.slots))
    for number, before in zip(range(place, len(search.slots)), fronts, strict=False):
        slot = search.slots[number]
        if slot.name not in search.needed or slot.name in search.base:
            continue
        # No change sets right what came before it, and the last one sets right all that is wrong.
        beyond = ~search.reach[number] if left == 1 else places < number
        hopeful = np.flatnonzero(~wrong[:, beyond].any(axis=1))
        for changed in _changed(search, before[hopeful], slot, left) if hopeful.size else ():
            onward = left - (changed.spent - before.spent)
            yield from _visit(search, changed, number + 1, onward)
    right = np.flatnonzero(~wrong.any(axis=1))
    if right.size:
        yield from ((front.spent, groups) for groups in fronts[-1][right].groups())


def _finished(
    search: _Search, front: _Front, place: int
) -> Iterator[tuple[int, tuple[Group, ...]]]:
    """Yield the programs on a front that print what was seen."""
    for slot in search.slots[place:]:
        onward, wrong = _onward(search, front, slot)
        if onward is None or wrong.all():
            return
        front = onward[np.flatnonzero(~wrong)] if wrong.any() else onward
    yield from ((front.spent, groups) for groups in front.groups())


def _carried(search: _Search, front: _Front, place: int) -> tuple[list[_Front], Array]:
    """Carry out the slots from a place on, as they stand, as far as numpy gets.

    Returns
    -------
    list of _Front
        The front before each slot, and after the last.
    ndarray of bool
        For each program and slot, whether it printed something else, or stopped.
    """
    fronts = [front]
    wrong = np.zeros((len(front), len(search.slots)), dtype=bool)
    for number, slot in enumerate(search.slots[place:], place):
        onward, wrong[:, number] = _onward(search, fronts[-1], slot)
        if onward is None:
            break
        fronts.append(onward)
    return fronts, wrong


def _onward(search: _Search, front: _Front, slot: Slot) -> tuple[_Front | None, Array]:
    """Carry one slot out as it stands: None where numpy stops, and which programs print wrong."""
    seen = search.seen.get(slot.name)
    form = search.base.get(slot.name, slot.original)
    if slot.name not in search.base and front.changed.isdisjoint(form.reads):
        return front, np.full(len(front), seen is not None and slot.name not in search.right)
    try:
        value = form.stack_in(front.scope) if front.changes else form.value_in(front.scope)
    except FAILURES:
        return None, np.ones(len(front), dtype=bool)
    onward = front.moved(slot.name, value)
    if seen is None:
        return onward, np.zeros(len(front), dtype=bool)
    if isinstance(value, Stack):
        return onward, ~seen.which(value, search.loose)
    return onward, np.full(len(front), not seen.matches(value, search.loose))


def _changed(search: _Search, front: _Front, slot: Slot, left: int) -> Iterator[_Front]:
    """Yield the fronts that a change of one slot leads to."""
    # While no shape has changed above, the stuck forms stay stuck.
    reshaped = any(_reshaped(search, front, name) for name in front.changed)
    forms = (*slot.forms, *slot.stuck) if reshaped else slot.forms
    if front.changed:
        yield from _grown(search, front, slot.name, forms, 1)
        return
    # Above the first change, every search of one explanation comes past the same values.
    if slot.name not in search.tried:
        search.tried[slot.name] = list(_grown(search, front, slot.name, forms, 1))
    yield from search.tried[slot.name]
    if left == 2:
        second = [Form(tree) for tree in second_changes(load(search.id), slot.name)]
        yield from _grown(search, front, slot.name, second, 2)


def _reshaped(search: _Search, front: _Front, name: str) -> bool:
    value = front.scope[name]
    shape = value.shape if isinstance(value, Stack) else np.shape(value)
    return name != "m" and shape != np.shape(reference(search.id)[name])


def _grown(
    search: _Search, front: _Front, name: str, forms: Sequence[Form], cost: int
) -> Iterator[_Front]:
    """Yield each program of a front with each form of one slot, those of one shape together."""
    known: dict[Tree, Any] = {}
    operations = STACKED if front.changes else OPERATIONS
    usual = reference(search.id)
    at_once = max(1, MOST // len(front))
    for start in range(0, len(forms), at_once):
        alike: dict[Any, list[tuple[Any, Tree]]] = {}
        for form in forms[start : start + at_once]:
            if front.changed and not front.changed.isdisjoint(form.reads):
                value = _remembered(form.tree, front.scope, known, operations)
            else:
                value = _remembered(form.tree, usual, search.usual, OPERATIONS)
            if value is not None:
                alike.setdefault(_kind(value), []).append((value, form.tree))
        for found in alike.values():
            yield from _stacked(search, front, name, found, cost)


def _kind(value: Any) -> tuple[Any, ...]:
    """Return a key shared by the values that can stand in one stack."""
    if isinstance(value, Stack):
        return True, value.shape, value.matrices.dtype == "bool"
    return False, np.shape(value), getattr(value, "dtype", None) == "bool"


def _stacked(
    search: _Search, front: _Front, name: str, found: Sequence[tuple[Any, Tree]], cost: int
) -> Iterator[_Front]:
    """Yield the front in which one slot has some values, if any of them are printed so."""
    (first, _), *_ = found
    wide = (len(front) * len(found), *matrices(first).shape[-2:])
    programs, chosen = np.divmod(np.arange(wide[0]), len(found))
    if isinstance(first, Stack):
        values = np.stack([value.matrices for value, _ in found], axis=1).reshape(wide)
    else:
        values = np.array([value for value, _ in found]).reshape(-1, *wide[1:])[chosen]
    stack = Stack(values, axes(first))
    if name in search.seen:
        keep = np.flatnonzero(search.seen[name].which(stack, search.loose))
        stack, programs, chosen = stack[keep], programs[keep], chosen[keep]
    if not len(stack):
        return
    forms = [(tree,) for _, tree in found]
    if len(front) == 1:
        groups = _equal(stack)
        forms = [tuple(found[chosen[one]][1] for one in group) for group in groups]
        stack = stack[[group[0] for group in groups]]
        programs, chosen = np.zeros(len(forms), dtype=int), np.arange(len(forms))
    onward = front[programs].moved(name, stack)
    changes = (*onward.changes, _Change(name, forms, chosen))
    yield replace(onward, changes=changes, spent=front.spent + cost)


def _equal(stack: Stack) -> list[list[int]]:
    """Return the places of the arrays of a stack, those of equal ones together."""
    places: dict[Any, list[int]] = {}
    for place, key in enumerate(fingerprints(stack.matrices)):
        places.setdefault(key, []).append(place)
    return list(places.values())


def _remembered(
    tree: Tree,
    scope: Mapping[str, Any],
    known: dict[Tree, Any],
    operations: Mapping[str, Callable[..., Any]],
) -> Any:
    """Evaluate an expression once for all expressions it is part of; None where numpy stops."""
    if isinstance(tree, str):
        return scope[tree]
    if not isinstance(tree, tuple):
        return tree
    if tree not in known:
        values = [_remembered(operand, scope, known, operations) for operand in tree[1:]]
        try:
            stopped = any(value is None for value in values)
            known[tree] = None if stopped else operations[tree[0]](*values)
        except FAILURES:
            known[tree] = None
    return known[tree]
