"""The search for the mutants whose steps have given values.

What a program prints wrong has to be set right by its last change. So a second change is only
tried where it can have an effect on all that the first one leaves wrong, and only for the
programs it can set right; see `backcheck.fronts`. Every program that is left is run once more
by itself, as numpy runs it, before it counts.
"""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from itertools import combinations, islice, product
from typing import Any, Protocol

import numpy as np

from backcheck.arrays import Array
from backcheck.fixtures import load
from backcheck.forks import side_by_side
from backcheck.fronts import Front, form_of, front_of, reference, slots_of
from backcheck.mutate import FAILURES, Form, array_order, second_changes
from backcheck.program import Tree
from backcheck.stacks import Stack

Found = tuple[int, Mapping[str, Sequence[Tree]]]
"""A number of changes, and the forms of each changed slot, which no output tells apart."""


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
    if prints(id, seen, {}, loose):
        yield 0, {}
    if not changes:
        return
    search = _Search(id, seen, changes, loose)
    with np.errstate(all="ignore"):
        for spent, found in search.found(changes):
            for choice in product(*found.values()):
                forms = dict(zip(found, choice, strict=True))
                if prints(id, seen, forms, loose):
                    yield spent, forms


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
    for name, original in _slots_to_last(id, seen).items():
        try:
            with np.errstate(all="ignore"):
                scope[name] = form_of(forms.get(name, original)).value_in(scope)
        except FAILURES:
            return False
        if name in seen and not seen[name].matches(scope[name], loose):
            return False
    return True


def _slots_to_last(id: str, seen: Container[str]) -> dict[str, Tree]:
    """Return the slots up to the last one that was seen: numpy may stop in those after it."""
    fixture = load(id)
    slots: dict[str, Tree] = {name: name for name in array_order(fixture)}
    slots |= {step.name: step.expression for step in fixture.program.steps}
    last = max(place for place, name in enumerate(slots) if name in seen)
    return dict(islice(slots.items(), last + 1))


class _Search:
    """The programs whose slots print what was seen.

    Attributes
    ----------
    run : Slots
        What carries the slots out.
    right : set of str
        What the reference prints as it was seen.
    felt : numpy.ndarray
        For the reference and each program that changes several slots, and each slot: whether
        a change there has an effect on what was seen.
    forms : list of dict
        For each program, what each of its slots can be; the last ones change a single slot.
    first : list of int
        For each program, before which slot no second change is tried.
    """

    def __init__(self, id: str, seen: Mapping[str, Pattern], changes: int, loose: bool) -> None:
        self.id = id
        self.seen = seen
        self.loose = loose
        self.run = slots_of(id, len(_slots_to_last(id, seen)))
        self.slots = self.run.slots
        usual = self.run.usual
        self.right = {name for name in seen if seen[name].matches(usual[name], loose)}
        sources = set(seen)
        if changes == 2:
            # A step that no other reads stands there for the forms that do.
            idle = {slot.name for slot in self.slots if not slot.is_array} - self.run.read
            sources |= idle - load(id).expected.keys()
        sources_at = [self.run.place[name] for name in sources]
        self.felt: Array = np.any(self.run.reach[:, :, sources_at], axis=2)
        self.forms: list[dict[str, tuple[Tree, ...]]] = [
            {name: (tree,) for name, tree in one.items()} for one in self.run.together
        ]
        self.first = [0] * len(self.forms)

    @cached_property
    def together(self) -> list[int]:
        """The programs that change several slots, one of those with the same effect."""
        single = self.run.single
        kept: dict[str, int] = {}
        for number, together in enumerate(self.run.together):
            felt = {
                name: tree
                for name, tree in together.items()
                if name in single and self.felt[number, self.run.place[name]]
            }
            alone = len(felt) == 1 and all(tree in single[name] for name, tree in felt.items())
            if felt and not alone:
                kept.setdefault(str(felt), number)
        return list(kept.values())

    def judge(self, name: str, value: Any, count: int) -> Array:
        """Return, for each program, whether a slot's value is not what was seen."""
        if value is None:
            return np.ones(count, dtype=bool)
        if name not in self.seen:
            return np.zeros(count, dtype=bool)
        if isinstance(value, Stack):
            return ~self.seen[name].which(value, self.loose)
        if value is self.run.usual[name]:
            return np.full(count, name not in self.right)
        return np.full(count, not self.seen[name].matches(value, self.loose))

    def wrong(self, front: Front) -> Array:
        """Return, for each program and slot, whether its value is not what was seen."""
        values = {**self.run.usual, **front.values}
        return np.stack(
            [self.judge(slot.name, values[slot.name], len(front)) for slot in self.slots], axis=1
        )

    def found(self, changes: int) -> Iterator[Found]:
        """Yield one change or two, and the forms of each changed slot: any of those."""
        wrong = self.wrong(front_of([0]))
        # A change sets right nothing that comes before it, and the last one all that is wrong.
        after = ~(wrong & ~self.run.reach[0]).any(axis=1)
        last = np.flatnonzero(self.felt[0] & after).tolist()
        yield from self.once(last)
        yield from self.several_once(wrong[0])
        if changes == 2:
            before = np.cumsum(wrong[0]) > wrong[0]
            fronts = self.further(np.flatnonzero(self.felt[0] & ~before).tolist())
            # The long tasks come first, so that no processor is left with one at the end.
            tasks: list[Callable[[], Iterator[Found]]] = [
                *(partial(self.twice, place) for place in last),
                *(partial(self.second, front) for front in fronts),
                self.pairs,
            ]
            yield from side_by_side(tasks)

    def once(self, places: Sequence[int]) -> Iterator[Found]:
        """Yield the programs that change one of some slots."""
        for place in places:
            name = self.slots[place].name
            for front, forms in self.run.changed(place, self.judge):
                onward = self.run.after(front, place)
                for right in self.run.carried(front, onward, {name}, self.judge):
                    yield from ((1, {name: forms[chosen]}) for chosen in right.chosen)

    def several_once(self, wrong: Array) -> Iterator[Found]:
        """Yield the programs with one change of several slots."""
        for front in self.several:
            touched = self.run.touched(front)
            if not np.delete(wrong, touched).any():
                for right in self.run.carried(front, touched, {*front.own}, self.judge):
                    yield from ((1, self.forms[number]) for number in right.programs)

    @cached_property
    def several(self) -> list[Front]:
        """The programs that change several slots, those that change the same ones together."""
        alike: dict[tuple[str, ...], list[int]] = {}
        for number in self.together:
            own = tuple(name for name in self.forms[number] if name in self.run.place)
            alike.setdefault(own, []).append(number)
        return [front_of(numbers, own) for own, numbers in alike.items()]

    def twice(self, place: int) -> Iterator[Found]:
        """Yield the programs with two changes of one slot."""
        trees = second_changes(load(self.id), self.slots[place].name)
        yield from self.once_more(front_of([0]), place, [Form(tree) for tree in trees], {})

    def further(self, places: Sequence[int]) -> Iterator[Front]:
        """Yield the programs that change one of some slots, or several, to change them again."""
        fronts: list[Front] = []
        for front in self.several:
            fronts += self.run.carried(front, self.run.touched(front), {*front.own})
        for place in places:
            name = self.slots[place].name
            for front, forms in self.run.changed(place, self.judge):
                numbered = replace(front, programs=front.chosen + len(self.forms))
                # Of two changes of one slot each, the second is the later one.
                self.first += [place + 1] * len(forms)
                self.forms += [{name: alike} for alike in forms]
                fronts += self.run.carried(numbered, self.run.after(front, place), {name})
        yield from self.run.by_shape(fronts)

    def second(self, front: Front) -> Iterator[Found]:
        """Yield the programs on a front with one more change."""
        wrong = self.wrong(front)
        first = np.array(self.first)[front.programs]
        for place, slot in enumerate(self.slots):
            beyond = ~self.run.reach[front.several, place]
            can = self.felt[front.several, place] & ~(wrong & beyond).any(axis=1)
            hopeful = np.flatnonzero(can & (first <= place))
            if hopeful.size and slot.name not in front.own:
                # While no shape has changed above, the stuck forms stay stuck.
                stuck = slot.stuck if self.run.reshaped(front, place) else ()
                forms = (*slot.forms, *stuck)
                yield from self.once_more(front[hopeful], place, forms, self.run.known)

    def once_more(
        self, front: Front, place: int, forms: Sequence[Form], known: dict[Tree, Any]
    ) -> Iterator[Found]:
        """Yield the programs on a front that one of some forms of a slot sets right."""
        name = self.slots[place].name
        for grown in self.run.grown(front, place, forms, known, self.judge):
            onward = self.run.after(grown, place)
            for right in self.run.carried(grown, onward, {name}, self.judge):
                for number, chosen in zip(right.programs, right.chosen, strict=True):
                    yield 2, {**self.forms[number], name: (forms[chosen].tree,)}

    def pairs(self) -> Iterator[Found]:
        """Yield two changes of several slots, where no other step reads what they change."""
        usual = self.run.usual

        def possible(name: str, tree: Tree) -> bool:
            try:
                value = form_of(tree).value_in(usual)
            except FAILURES:
                return False
            return name not in self.seen or self.seen[name].matches(value, self.loose)

        wrong = self.seen.keys() - self.right
        several = (self.run.together[number] for number in self.together)
        ends = [
            one
            for one in several
            if self.run.read.isdisjoint(one) and all(possible(*change) for change in one.items())
        ]
        for one, other in combinations(ends, 2):
            if one.keys().isdisjoint(other) and wrong <= one.keys() | other.keys():
                yield 2, {name: (tree,) for name, tree in {**one, **other}.items()}
