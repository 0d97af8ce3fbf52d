"""Every program with one change, run side by side with those of the same shapes.

A program that is run again and again with one step changed spends its time between numpy's
calls, not in them. A **front** is a set of programs whose slots have values of the same shapes:
it keeps those values in stacks, so that numpy carries a slot out for all of them at once; see
`backcheck.stacks`. Forms with equal values count as one program, since nothing after them can
tell them apart.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from backcheck.arrays import Array
from backcheck.fixtures import load
from backcheck.mutate import FAILURES, Form, Slot, fingerprints, mutants
from backcheck.program import OPERATIONS, Tree
from backcheck.stacks import STACKED, Stack, axes, matrices

MOST = 20_000
"""How many programs stand on one front at most, so that memory stays small."""

Judge = Callable[[str, Any, int], Array]
"""Says of a slot's values, for each of so many programs, whether they are wrong."""


def anything(name: str, value: Any, count: int) -> Array:
    """Find no value wrong."""
    return np.zeros(count, dtype=bool)


@cache
def reference(id: str) -> dict[str, Any]:
    """Return the arrays of a fixture and the value of every step of its program."""
    fixture = load(id)
    return {**fixture.arrays, **fixture.program.run(fixture.arrays)}


@cache
def form_of(tree: Tree) -> Form:
    """Return an expression that is compiled once."""
    return Form(tree)


@dataclass(frozen=True)
class Front:
    """Programs whose slots have values of the same shapes.

    Parameters
    ----------
    programs : numpy.ndarray
        For each, the number of the program with one change that it is, or goes on from.
    chosen : numpy.ndarray
        For each, the number of the form that its last change leads to.
    values : mapping
        What is not the reference's, by slot: a stack of values, or the one value of all of
        them, or None where numpy stops.
    own : tuple of str
        The slots that are not carried out as they stand, but as each program has them.
    """

    programs: Array
    chosen: Array
    values: Mapping[str, Any]
    own: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.programs)

    def __getitem__(self, rows: Array) -> "Front":
        """Return the front of some of the programs, each as often as it is listed."""
        values = {name: _some(one, rows) for name, one in self.values.items()}
        return Front(self.programs[rows], self.chosen[rows], values, self.own)

    def having(self, name: str, value: Any) -> "Front":
        """Return the front with another value in one slot."""
        return replace(self, values={**self.values, name: value})

    @property
    def several(self) -> Array:
        """The number of each program if it changes several slots, else that of the reference."""
        return self.programs if self.own else np.zeros_like(self.programs)


def front_of(programs: Sequence[int], own: tuple[str, ...] = ()) -> Front:
    """Return the front of some programs before any slot is carried out.

    Examples
    --------
    >>> len(front_of([0]))
    1
    """
    return Front(np.array(programs), np.zeros(len(programs), dtype=int), {}, own)


class Slots:
    """The slots of a fixture's program up to one of them, carried out for many programs at once.

    Programs have numbers: 0 is the reference, then come those that change several slots at
    once, then any others.

    Parameters
    ----------
    id : str
        The fixture.
    count : int
        How many of its slots to carry out.

    Attributes
    ----------
    together : tuple of dict
        The forms of the reference, which has none of its own, and of each program that changes
        several slots.
    reach : numpy.ndarray
        For each of those: for each slot, on which slots a change of it can have an effect.
    read : set of str
        The names that steps read, as they stand.
    single : dict
        For each slot, the expressions that one change of it leads to.

    Examples
    --------
    >>> slots = slots_of("c1w4_linear_backward_v4a", 7)
    >>> [slot.name for slot in slots.slots]
    ['dZ', 'A_prev', 'W', 'b', 'm', 'dW', 'db']
    >>> sum(len(front) for front, _ in slots.changed(5, anything)) > 5
    True
    """

    def __init__(self, id: str, count: int) -> None:
        every = mutants(load(id))
        self.slots = every.slots[:count]
        self.usual = reference(id)
        self.place = {slot.name: place for place, slot in enumerate(self.slots)}
        self.together = ({}, *every.together)
        self.reach = np.array([reach(self.slots, one) for one in self.together])
        self.read = {name for slot in every.slots for name in slot.original.reads}
        self.single = {slot.name: {form.tree for form in slot.forms} for slot in self.slots}
        self.known: dict[Tree, Any] = {}
        self._own = {slot.name: self._own_forms(slot) for slot in self.slots}

    def _own_forms(self, slot: Slot) -> tuple[list[Form], Array]:
        """Return the forms of a slot as it is carried out, and which each program has."""
        trees = [one.get(slot.name, slot.original.tree) for one in self.together]
        number = {tree: number for number, tree in enumerate(dict.fromkeys(trees))}
        return [form_of(tree) for tree in number], np.array([number[tree] for tree in trees])

    def changed(self, place: int, judge: Judge) -> Iterator[tuple[Front, list[tuple[Tree, ...]]]]:
        """Yield the programs that change one slot, and the forms that each can have there.

        Forms of equal value stand together.
        """
        name, forms = self.slots[place].name, self.slots[place].forms
        for found in self.grown(front_of([0]), place, forms, self.known, judge):
            groups = _equal(found.values[name])
            trees = [tuple(forms[found.chosen[one]].tree for one in group) for group in groups]
            first = found[np.array([group[0] for group in groups])]
            yield replace(first, chosen=np.arange(len(groups))), trees

    def touched(self, front: Front) -> list[int]:
        """Return the slots on which the changes of several slots have an effect."""
        own = [self.place[name] for name in front.own]
        felt: Array = np.any(self.reach[front.several][:, own], axis=(0, 1))
        return self._ordered(front, felt)

    def after(self, front: Front, place: int) -> list[int]:
        """Return the later slots on which a change of a slot has an effect."""
        felt = self.reach[front.several, place].any(axis=0)
        felt[: place + 1] = False
        return self._ordered(front, felt)

    def _ordered(self, front: Front, felt: Array) -> list[int]:
        # Where each program has its own form, and no other slot reads the value, comes last.
        read = self.reach[front.several].any(axis=0).sum(axis=1) > 1
        last = {self.place[name] for name in front.own if not read[self.place[name]]}
        return sorted(np.flatnonzero(felt).tolist(), key=lambda place: place in last)

    def carried(
        self, front: Front, places: Sequence[int], fresh: Set[str], judge: Judge = anything
    ) -> Iterator[Front]:
        """Carry out slots; yield the programs that are not wrong in them, by their shapes.

        Parameters
        ----------
        front : Front
            The programs.
        places : sequence of int
            The slots, in order.
        fresh : set of str
            The slots whose value or form is not the one that the others have been carried
            out with.
        judge : callable
            Programs that it finds wrong are left out.
        """
        if not places or not len(front):
            yield from (front,) if len(front) else ()
            return
        name = self.slots[places[0]].name
        for part, now in self._onward(front, places[0], fresh):
            wrong = judge(name, part.values.get(name, self.usual[name]), len(part))
            right = part[np.flatnonzero(~wrong)] if wrong.any() else part
            yield from self.carried(right, places[1:], now, judge)

    def _onward(
        self, front: Front, place: int, fresh: Set[str]
    ) -> Iterator[tuple[Front, Set[str]]]:
        """Carry out one slot; a front parts where the shapes do."""
        name = self.slots[place].name
        alike: dict[Any, list[tuple[Array, Any]]] = {}
        now = fresh
        for rows, form in self._forms_of(front, place):
            value = was = _some(front.values.get(name, self.usual[name]), rows)
            if not fresh.isdisjoint((name, *form.reads)):
                value = self._value(front, rows, place, form)
                if not _same(value, was):
                    now = fresh | {name}
            alike.setdefault(_kind(value), []).append((rows, value))
        if now is fresh:
            yield front, fresh
            return
        for found in alike.values():
            rows = np.concatenate([rows for rows, _ in found])
            part = front if len(front) == len(rows) and len(found) == 1 else front[rows]
            value = _joined([value for _, value in found], [len(rows) for rows, _ in found])
            yield part.having(name, value), now

    def _forms_of(self, front: Front, place: int) -> Iterator[tuple[Array, Form]]:
        """Yield the forms of a slot, and the programs on a front that have each."""
        slot = self.slots[place]
        if slot.name not in front.own:
            yield np.arange(len(front)), slot.original
            return
        forms, which = self._own[slot.name]
        has = which[front.several]
        for number in sorted(set(has.tolist())):
            yield np.flatnonzero(has == number), forms[number]

    def _value(self, front: Front, rows: Array, place: int, form: Form) -> Any:
        """Evaluate a form of a slot for some programs of a front; None where numpy stops."""
        scope = self.before(front, place, form.reads)
        if any(value is None for value in scope.values()):
            return None
        if len(rows) < len(front):
            scope = {name: _some(value, rows) for name, value in scope.items()}
        try:
            return form.stack_in(scope)
        except FAILURES:
            return None

    def before(self, front: Front, place: int, names: Iterable[str]) -> dict[str, Any]:
        """Return values as they are before a slot: those of later slots are the right ones."""
        values, places = front.values, self.place
        return {
            name: values[name]
            if name in values and places.get(name, place) < place
            else self.usual[name]
            for name in names
        }

    def by_shape(self, fronts: Iterable[Front]) -> list[Front]:
        """Put the fronts together whose values have the same shapes."""
        alike: dict[Any, list[Front]] = {}
        for front in fronts:
            values = {**self.usual, **front.values}
            shapes = [_kind(values[slot.name]) for slot in self.slots]
            alike.setdefault((front.own, *shapes), []).append(front)
        return [self._merged(same) for same in alike.values()]

    def _merged(self, fronts: Sequence[Front]) -> Front:
        counts = [len(front) for front in fronts]
        names = dict.fromkeys(name for front in fronts for name in front.values)
        every = [{**self.usual, **front.values} for front in fronts]
        programs = np.concatenate([front.programs for front in fronts])
        values = {name: _joined([one[name] for one in every], counts) for name in names}
        if len(programs) == 1:
            # One array by itself is quicker.
            stacks = {name: one for name, one in values.items() if type(one) is Stack}
            values |= {name: one.arrays[0] for name, one in stacks.items()}
        return Front(programs, np.zeros_like(programs), values, fronts[0].own)

    def reshaped(self, front: Front, place: int) -> bool:
        """Return whether a value before a slot has another shape than the reference's."""
        return any(
            name != "m" and value is not None and _kind(value)[0] != _kind(self.usual[name])[0]
            for name, value in self.before(front, place, front.values).items()
        )

    def grown(
        self, front: Front, place: int, forms: Sequence[Form], known: dict[Tree, Any], judge: Judge
    ) -> Iterator[Front]:
        """Yield the programs of a front with each form of one slot, those of one shape together.

        Parameters
        ----------
        front : Front
            The programs.
        place : int
            The slot.
        forms : sequence of Form
            What to put there.
        known : dict
            Keeps the values of expressions that no change has had an effect on.
        judge : callable
            Programs that it finds wrong are left out.
        """
        slot = self.slots[place].name
        scope = self.before(front, place, self.usual)
        changed = {name for name, value in scope.items() if value is not self.usual[name]}
        here: dict[Tree, Any] = {}
        stacked = any(type(value) is Stack for value in scope.values())
        operations = STACKED if stacked else OPERATIONS
        at_once = max(1, MOST // len(front))
        for start in range(0, len(forms), at_once):
            alike: dict[Any, list[tuple[int, Any]]] = {}
            for number, form in enumerate(forms[start : start + at_once], start):
                if changed and not changed.isdisjoint(form.reads):
                    value = _remembered(form.tree, scope, here, operations)
                else:
                    value = _remembered(form.tree, self.usual, known, OPERATIONS)
                if value is not None:
                    kind = (_kind(value), type(value) is Stack)
                    alike.setdefault(kind, []).append((number, value))
            for found in alike.values():
                numbers, values = zip(*found, strict=True)
                stack, rows, which = _product(values, len(front))
                right = np.flatnonzero(~judge(slot, stack, len(stack)))
                if right.size:
                    chosen = np.array(numbers)[which[right]]
                    onward = front[rows[right]].having(slot, stack[right])
                    yield replace(onward, chosen=chosen)


slots_of = cache(Slots)
"""`Slots`, made once."""


def reach(slots: Sequence[Slot], changed: Mapping[str, Tree]) -> Array:
    """Return, for each slot, on which slots a change of it can have an effect.

    Parameters
    ----------
    slots : sequence of Slot
        The slots of a program, in order.
    changed : mapping
        The expressions that are not as they stand in `slots`.

    Examples
    --------
    >>> slots = mutants(load("c1w4_linear_backward_v2")).slots
    >>> on = reach(slots, {})[[slot.name for slot in slots].index("W")]
    >>> [slot.name for slot, felt in zip(slots, on, strict=True) if felt]
    ['W', 'dA_prev']
    """
    place = {slot.name: number for number, slot in enumerate(slots)}
    found = np.eye(len(slots), dtype=bool)
    for number, slot in enumerate(slots):
        form = form_of(changed[slot.name]) if slot.name in changed else slot.original
        for name in form.reads:
            # What is read of a later slot is the right value.
            if place.get(name, number) < number:
                found[:, number] |= found[:, place[name]]
    return found


def _kind(value: Any) -> Any:
    """Return a key shared by the values that can stand in one stack; None where numpy stopped."""
    if value is None:
        return None
    if isinstance(value, Stack):
        return value.shape, value.matrices.dtype == "bool"
    return np.shape(value), getattr(value, "dtype", None) == "bool"


def _some(value: Any, rows: Array) -> Any:
    """Return the values of some programs."""
    return value[rows] if type(value) is Stack else value


def _same(value: Any, was: Any) -> bool:
    """Return whether values are what they were."""
    if value is None or was is None or _kind(value) != _kind(was):
        return value is was
    return bool(np.all(matrices(value) == matrices(was)))


def _joined(values: Sequence[Any], counts: Sequence[int]) -> Any:
    """Return values of one kind one behind the other, each of them for as many programs."""
    first = values[0]
    if all(value is first for value in values):
        return first
    wide = [
        one.matrices
        if isinstance(one, Stack)
        else np.broadcast_to(matrices(one), (count, *matrices(one).shape))
        for one, count in zip(values, counts, strict=True)
    ]
    return Stack(np.concatenate(wide), axes(first))


def _product(values: Sequence[Any], count: int) -> tuple[Stack, Array, Array]:
    """Return the values of as many programs with each form, and which program and form each is."""
    first = values[0]
    wide = (count * len(values), *matrices(first).shape[-2:])
    rows, which = np.divmod(np.arange(wide[0]), len(values))
    if isinstance(first, Stack):
        found = np.stack([value.matrices for value in values], axis=1).reshape(wide)
    else:
        found = np.array(values).reshape(-1, *wide[1:])[which]
    return Stack(found, axes(first)), rows, which


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
    if not isinstance(tree, tuple):
        return scope[tree] if isinstance(tree, str) else tree
    found = known.get(tree, known)
    if found is not known:
        return found
    known[tree] = None
    operands = []
    for operand in tree[1:]:
        value = _remembered(operand, scope, known, operations)
        if value is None:
            return None
        operands.append(value)
    with suppress(*FAILURES):
        known[tree] = operations[tree[0]](*operands)
    return known[tree]
