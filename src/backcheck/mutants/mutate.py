"""Rewrites of a backward pass: the mutants.

A **mutant** is a backward program with one or more changes: of a step, of an array as it comes out
of the cache, or of several steps by one idea. The operators of mutation are applied at every
place where they fit, and none of them knows a particular mistake.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import chain, tee
from typing import Any

from backcheck.fixtures import Fixture
from backcheck.mutants.families import families
from backcheck.mutants.formulas import formula, size, stops
from backcheck.mutants.joint import joint_changes, own_replaced, sums_apart
from backcheck.mutants.operators import Rewrites, expression, rewrites, throughout
from backcheck.mutants.roles import array_order
from backcheck.mutants.steps import at_each_step, is_place
from backcheck.over_time import time
from backcheck.program import Program, Step, Tree, names, put, write

DROPPED = "parentheses dropped"
"""The operator that rewrites the text of a step, not its tree."""


@dataclass(frozen=True)
class Form:
    """One expression a slot can take, and the name of the operator that makes it."""

    tree: Tree
    operator: str = ""

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """The names it uses."""
        return names(self.tree)


@dataclass(frozen=True)
class Slot:
    """A step, or an array as it comes out of the cache, with every form one change gives it.

    The original of an array is its own name. Numpy cannot carry out the stillborn forms on these
    shapes, unless a second change helps.
    """

    name: str
    original: Form
    forms: tuple[Form, ...] = field(repr=False)
    stillborn: tuple[Form, ...] = field(repr=False)

    @property
    def is_array(self) -> bool:
        """Whether it stands for an array as it comes out of the cache."""
        return self.original.tree == self.name


@dataclass(frozen=True)
class Mutants:
    """Every single change of a backward pass: of one slot, or of several by one idea.

    Slots are in the order in which they run, arrays first.
    """

    slots: tuple[Slot, ...]
    joint: dict[str, tuple[dict[str, Tree], ...]]

    @cached_property
    def higher_order(self) -> tuple[dict[str, Tree], ...]:
        """All changes of several slots."""
        return tuple(change for changes in self.joint.values() for change in changes)

    def __len__(self) -> int:
        return sum(len(slot.forms) for slot in self.slots) + len(self.higher_order)


def mutated(fixture: Fixture, changes: Mapping[str, Tree]) -> Program:
    """Return the fixture's program with some slots changed."""
    new = {name: Step(name, tree) for name, tree in at_each_step(fixture, changes).items()}
    arrays = [new[name] for name in array_order(fixture) if name in new]
    steps = [new.get(step.name, step) for step in fixture.program.steps]
    return Program((*arrays, *_in_order(steps, new)))


def _in_order(steps: list[Step], changed: Mapping[str, Step]) -> list[Step]:
    """Return steps so that a changed one stands below what it reads, where that can be."""
    place = {step.name: number for number, step in enumerate(steps)}
    late = [
        step
        for name, step in changed.items()
        if name in place and any(place.get(read, 0) > place[name] for read in step.reads)
    ]
    for step in late:
        steps.remove(step)
        last = max(number for number, one in enumerate(steps) if one.name in step.reads)
        steps.insert(last + 1, step)
    return steps


@cache
def mutants(fixture: Fixture) -> Mutants:
    """Return every single change of the backward pass of a fixture.

    Two expressions that agree on unrelated numbers of the fixture's shapes are the same
    formula; only the shorter one is kept. So fixtures that differ in their numbers alone have
    the same mutants.
    """
    return _mutants(alike(fixture))


@cache
def alike(fixture: Fixture) -> Fixture:
    """Return the first fixture that was asked for with these programs and shapes."""
    shapes = tuple(fixture.shapes.items())
    return _alike.setdefault((fixture.program, fixture.forward, shapes), fixture)


_alike: dict[Any, Fixture] = {}
"""A fixture for each backward pass, forward pass and shapes."""


@cache
def _mutants(fixture: Fixture) -> Mutants:
    arrays = [(name, name) for name in array_order(fixture)]
    steps = [(step.name, step.expression) for step in fixture.program.steps]
    slots = tuple(_slot(fixture, name, tree) for name, tree in (*arrays, *steps))
    trees = {slot.name: tuple(form.tree for form in (slot.original, *slot.forms)) for slot in slots}
    return Mutants(slots, joint_changes(fixture, trees))


@cache
def second_changes(fixture: Fixture, name: str) -> dict[Tree, str]:
    """Return what two changes of one step lead to, and the operators of both.

    Spellings of one formula are kept: to tell them apart takes longer than to try them.
    """
    return dict(changed_twice(fixture, name))


def changed_twice(fixture: Fixture, name: str) -> Iterator[tuple[Tree, str]]:
    """Yield what `second_changes` has, made no further than asked, and once."""
    return copy(_changed_twice(fixture, name))


@cache
def _changed_twice(fixture: Fixture, name: str) -> Iterator[tuple[Tree, str]]:
    slot = _slot_of(fixture, name)

    def made() -> Iterator[tuple[Tree, str]]:
        found = {form.tree for form in (slot.original, *slot.forms)}
        for form in () if slot.is_array else (*slot.forms, *slot.stillborn):
            for operator, tree in _rewritten(fixture, name, form.tree):
                if tree not in found:
                    found.add(tree)
                    yield tree, f"{form.operator} and {operator}"

    return tee(made(), 1)[0]


def operator_of(fixture: Fixture, name: str, tree: Tree, changes: int = 2) -> str:
    """Return the operator that makes a form of a slot, or both of two; ``""`` for unknown."""
    slot = _slot_of(fixture, name)
    once = {form.tree: form.operator for form in (*slot.forms, *slot.stillborn)}
    if tree in once or changes < 2:
        return once.get(tree, "")
    return second_changes(fixture, name).get(tree, "")


def _slot_of(fixture: Fixture, name: str) -> Slot:
    return next(slot for slot in mutants(fixture).slots if slot.name == name)


def _rewritten(fixture: Fixture, name: str, tree: Tree) -> Iterator[tuple[str, Tree]]:
    """Yield what one change of a step leads to, if it does not read the step itself."""
    found = rewrites(tree, families(fixture, name), _rewritten_parts(fixture, name))
    if fixture.last and not time(name) and name != "m" and name not in fixture.arrays:
        # After the loop only names are read; what is done to them can be done in the loop.
        return (one for one in found if one[0] == "operand replaced")
    # Only m is read without being among the known names.
    return (one for one in found if "m" not in names(one[1])) if name == "m" else found


@cache
def _rewritten_parts(fixture: Fixture, name: str) -> Rewrites:
    """Return where the rewrites of parts of a step are kept."""
    return {}


def _without_parentheses(tree: Tree) -> Iterator[tuple[str, Tree]]:
    """Yield an expression with one pair of its parentheses left out, and with none of them."""
    text = write(tree)
    pairs = []
    opened: list[int] = []
    for place, sign in enumerate(text):
        if sign == "(":
            opened.append(place)
        elif sign == ")":
            start = opened.pop()
            # The parentheses of a function stay, and those of what is put together.
            before = text[:start]
            if not (before[-1:].isalnum() or before.endswith(("concatenate(", "dstack("))):
                pairs.append({start, place})
    for left_out in (*pairs, set[int]().union(*pairs)):
        kept = "".join(sign for place, sign in enumerate(text) if place not in left_out)
        # Two comparisons in a row are none that a program can make.
        with suppress(ValueError):
            yield DROPPED, expression(kept)


def _slot(fixture: Fixture, name: str, tree: Tree) -> Slot:
    """Return a slot with the forms that differ from it and each other, and stillborn ones."""
    kept: dict[object, Form] = {}
    stillborn: dict[Tree, Form] = {}
    if not is_place(fixture, name):
        return Slot(name, Form(tree), (), ())
    original = formula(fixture, tree)
    everywhere = throughout(tree, families(fixture, name))
    apart = sums_apart(fixture, name).values() if tree != name else ()
    steps = {step.name: step.expression for step in fixture.program.steps}
    # A step that it reads can be written out in it.
    whole = [tree, *(put(tree, {read: steps[read]}) for read in names(tree) if read in steps)]
    ways = whole if tree != name else []
    own = [form for one in ways for form in own_replaced(fixture, name, one).values()]
    for operator, form in chain(
        _rewritten(fixture, name, tree),
        _without_parentheses(tree),
        everywhere,
        ((DROPPED, one) for one in apart),
        (("operand replaced", one) for one in own),
    ):
        key = formula(fixture, form)
        if stops(fixture, form):
            stillborn.setdefault(form, Form(form, operator))
        elif key != original and (key not in kept or size(form) < size(kept[key].tree)):
            kept[key] = Form(form, operator)
    return Slot(name, Form(tree), tuple(kept.values()), tuple(stillborn.values()))
