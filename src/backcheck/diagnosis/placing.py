"""Which step of which test each pasted array is taken for.

A paste names its arrays or does not, quotes inputs and expected numbers beside the learner's
own, and may use the names of an older edition. A **placing** is one way to read it.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, partial
from itertools import groupby, islice, product
from typing import Any

import numpy as np

from backcheck.diagnosis.reading import Paste, PrintedArray
from backcheck.diagnosis.search import is_right, workshop
from backcheck.fixtures import Fixture, ids, load, prefix
from backcheck.mutants.formulas import fingerprint
from backcheck.mutants.mutate import alike, mutants
from backcheck.over_time import time
from backcheck.program import ROWS, parts
from backcheck.showing.words import pattern, say

CHANCE, HOPELESS = 0.01, 0.5
"""From how many explanations by chance an answer says so, and from how many there is none."""

COARSE = 0.005
"""How probable a single number of two digits is at random, or less."""


@dataclass(frozen=True, eq=False)
class Placing:
    """One way to take the arrays of a paste for the steps of a fixture."""

    fixture: Fixture
    arrays: Mapping[str, PrintedArray]  # by the step each is taken for
    # The name of each step whose numbers stand under another output's name.
    printed_as: Mapping[str, str] = field(default_factory=dict)
    recognised: int = 0  # how many further arrays are inputs, or quote what is expected
    # The name of each step in an older edition, where such names were read.
    renamed: Mapping[str, str] = field(default_factory=dict)

    @property
    def fitting(self) -> int:
        """How many arrays have the shape of the step they are taken for, or of a part of it."""
        values = self.fixture.values
        return sum(array.fits(np.shape(values[step])) for step, array in self.arrays.items())

    @property
    def named(self) -> bool:
        """Whether the paste names any of the arrays."""
        return any(array.name for array in self.arrays.values())

    @property
    def outputs(self) -> int:
        """How many arrays are taken for outputs of the test."""
        return len(self.fixture.expected.keys() & self.arrays.keys())

    @property
    def partial(self) -> bool:
        """Whether an array may be a part of one, or its decimals differ."""
        arrays = self.arrays.values()
        return any((not array.shape and not array.at) or array.uneven for array in arrays)

    @property
    def right(self) -> list[str]:
        """The steps whose array prints as the expected one, or is one that the test accepts."""
        arrays = self.arrays.items()
        return [step for step, array in arrays if is_right(self.fixture, step, array, loose=True)]

    def is_known(self, paste: Paste, by_name: bool) -> bool:
        """Whether a right array speaks for the test, or shapes with names, or of half its outputs.

        What has no name speaks for a test that uses the whole of the paste, and no shape does
        where names were left aside.
        """
        arrays, values = self.arrays, self.fixture.values
        most = 2 * self.outputs >= len(self.fixture.expected)
        some = self.named or (most and self.uses_all(paste))
        likely = all(_is_likely(array, np.shape(values[step])) for step, array in arrays.items())
        return bool(self.right) or (by_name and some and likely)

    def uses_all(self, paste: Paste) -> bool:
        """Whether it makes use of every pasted array."""
        return len(self.arrays) + self.recognised == len(paste.arrays)

    @cached_property
    def values(self) -> list[int]:
        """How many values of its shape each array is looked for among, with one change."""
        return [_values(self.fixture, step, array) for step, array in self.arrays.items()]

    @property
    def possible(self) -> bool:
        """Whether a program may print the arrays, or one of them has the expected shape."""
        return self.fitting > 0 or self.can_be_printed

    @cached_property
    def can_be_printed(self) -> bool:
        """Whether each array has a shape that one change gives its step."""
        return all(_can_be(self.fixture, array, step) for step, array in self.arrays.items())


def _is_likely(array: PrintedArray, shape: tuple[int, ...]) -> bool:
    """Return whether an array has a shape or, by its name, that of a sum or a transpose."""
    if array.name and array.shape:
        return not Counter(array.shape) - Counter((1, 1, *shape))
    return array.fits(shape) and (bool(array.name) or array.shape is not None)


@cache
def courses() -> tuple[tuple[Fixture, ...], ...]:
    """Return the published tests, course by course, the newest of a course first."""
    found: dict[str, list[Fixture]] = {}
    for fixture in map(load, reversed(ids())):
        found.setdefault(fixture.course.partition(" Week")[0], []).append(fixture)
    return tuple(tuple(found[course]) for course in sorted(found))


@cache
def newest() -> dict[str, Fixture]:
    """Return the newest test of each function of the first course."""
    return {test.function: test for test in reversed(courses()[0])}


def is_entry(array: PrintedArray, fixture: Fixture) -> bool:
    """Return whether an array is a single entry that the notebook of a test prints."""
    place = "".join(f"[{index}]" for index in array.at or ())
    # A text is read with the spellings of the first course.
    return bool(place) and f"{array.name}{place}".lower() in map(str.lower, fixture.entries)


def fits_any(array: PrintedArray, fixture: Fixture) -> bool:
    """Return whether an array is shaped like anything that a test has."""
    return any(array.fits(np.shape(value)) for value in fixture.values.values())


def placed_on(paste: Paste, tests: Iterable[Fixture], named: bool) -> list[Placing]:
    """Return the ways to take the pasted arrays for steps of any of the tests.

    What has no name is taken for a step of another shape where no test has room for all arrays.
    """
    exact = [one for test in tests for one in placings(paste, test, named, exact=True)]
    if any(one.uses_all(paste) for one in exact):
        return exact
    return [one for test in tests for one in placings(paste, test, named)]


def placings(
    paste: Paste, fixture: Fixture, named: bool = True, exact: bool = False
) -> Iterator[Placing]:
    """Yield the ways to take the pasted arrays for steps of one fixture, or of its shapes alone."""
    steps = [step.name for step in fixture.program.steps if step.name != "m"]
    known_as = {*steps, *(name for names in fixture.also_called for name in names)}
    arrays = [_in_the_spelling_of(known_as, array) for array in paste.arrays]
    computed = [array for array in arrays if not _is_input(array, fixture, known_as)]
    own = _unquoted(_once(computed), fixture)
    # A single entry says nothing without the name of its array.
    if not own or (not named and any(array.at for array in own)):
        return
    given = [array for array in arrays if array not in computed]
    handed = fixture.arrays.values()
    recognised = len(computed) - len(own) + sum(_is_one_of(array, handed) for array in given)
    known = [array for array in own if array.name] if named else []
    free = [array for array in own if array not in known]
    # Where a function returns its arrays by name, the test finds them under no other.
    by_key = not any(" = " in call for call in fixture.call)
    for taken, habit in _by_name(known, steps, fixture.also_called):
        other = {
            step: name for step, name in _other_names(taken).items() if not step.endswith(name)
        }
        # What is right by its own name has no older one.
        if any(_is_one_of(taken[s], [fixture.values.get(n, 0.0)]) for s, n in other.items()):
            continue
        keys = {step: other[step] for step in other if by_key and step in fixture.expected}
        left = [step for step in steps if step not in taken]
        for filled in _by_shape(free, left, fixture, exact):
            moved = _other_names(filled) | (keys if habit == 1 else {})
            if placed := _bracketed({**taken, **filled}, fixture):
                yield Placing(fixture, placed, moved, recognised, other if habit > 1 else {})


def chance(placed: list[Placing], changes: int, loose: bool = False) -> float:
    r"""Return how many programs are expected to print the pasted numbers by chance.

    A random number between -S and S prints as x does with probability w / S, where w is how far
    from x a value may lie, and S the largest number of its array. Zeros and repeated numbers say
    nothing, nor does one number of two digits, and a whole number x may stand for a count, so w is
    at least 1/2 there. With N values
    that one change gives to the steps, k changes choose among N^k / k! on each placing:

    .. math:: E = \sum_\text{placings} \frac{N^k}{k!} \prod_x \min\left(1, \frac{w_x}{S}\right)
    """

    def expected(count: Callable[[Placing], int]) -> float:
        ways = (count(one) ** changes * _together(one, loose) for one in placed)
        return math.fsum(ways) / math.factorial(changes)

    # To count the values takes long, and that there cannot be enough of them is often plain.
    most = expected(lambda one: len(one.arrays) * (len(mutants(one.fixture)) + 1) if changes else 1)
    return most if not changes or most <= CHANCE else expected(lambda one: sum(one.values))


def _together(placing: Placing, loose: bool) -> float:
    """Return how probable all the numbers are at random; those that say nothing are certain."""
    pinned = [probable for probable in _pinned(placing, loose) if probable < 1]
    return math.prod(pinned) if len(pinned) > 1 or min(pinned, default=1) <= COARSE else 1.0


def _pinned(placing: Placing, loose: bool) -> Iterator[float]:
    """Yield for each size among the numbers how probable it is at random."""
    found: dict[float, float] = {}
    for step, array in placing.arrays.items():
        scale = max(map(abs, array.numbers))
        # A bare number may be any of an array.
        places = 1 if array.shape or array.at else np.size(placing.fixture.values[step])
        for cell in array.cells:
            width = max(cell.width(loose), cell.value.is_integer() / 2)
            found[abs(cell.value)] = min(1.0, places * width / scale) if cell.value else 1.0
    return iter(found.values())


def evidence(placing: Placing) -> dict[str, Any]:
    """Return how many numbers say something, and of how many digits the finest is."""
    pinned = [probable for probable in _pinned(placing, False) if probable < 1]
    digits = math.floor(-math.log10(2 * min([0.5, *pinned]))) + 1
    return {"n": len(pinned), "digits": say("digits", n=digits)}


def _values(fixture: Fixture, step: str, array: PrintedArray) -> int:
    spread = workshop(fixture).spread(step) if _can_be(fixture, array, step) else Counter()
    return sum(count for shape, count in spread.items() if array.fits(shape, loose=True))


def _can_be(fixture: Fixture, array: PrintedArray, step: str) -> bool:
    """Return whether one change gives a step a shape that an array fits."""

    def fits(shape: tuple[int, ...]) -> bool:
        return array.fits(shape, loose=True)

    # To make the mutants takes long, and none of them has a size of its own.
    if fits(np.shape(fixture.values[step])):
        return True
    sizes = _sizes(fixture)
    possible = any(fits(shape) for axes in (1, 2) for shape in product(sizes, repeat=axes))
    return possible and any(map(fits, workshop(alike(fixture)).shapes(step)))


@cache
def _sizes(fixture: Fixture) -> set[int]:
    sizes = {1, *(size for value in fixture.values.values() for size in np.shape(value))}
    if any(part[0] in ROWS for step in fixture.program.steps for part in parts(step.expression)):
        sizes |= {abs(one + sign * other) for one in sizes for other in sizes for sign in (1, -1)}
    return sizes


def most_used(placed: list[Placing]) -> list[Placing]:
    """Keep the placings that make use of the most of the pasted arrays."""
    return _most(placed, lambda placing: len(placing.arrays) + placing.recognised)


def most_likely(placed: list[Placing]) -> list[Placing]:
    """Keep, of placings that fit best, those with the most outputs on each test, each search once.

    A search for two changes takes too long for the others.
    """
    near = groupby(_most(placed, lambda placing: placing.fitting), lambda one: one.fixture)
    likely = [one for _, some in near for one in _most(list(some), lambda one: one.outputs)]
    return list({_same_search(placing): placing for placing in likely}.values())


def _most(placed: list[Placing], count: Callable[[Placing], int]) -> list[Placing]:
    counts = list(map(count, placed))
    most = max(counts, default=0)
    return [placing for placing, n in zip(placed, counts, strict=True) if n == most]


def elsewhere(placing: Placing) -> Placing | None:
    """Take each array for the step it equals, if all do and some under another name.

    What one step of a loop has is not the whole: it is stored there by mistake.
    """
    values = placing.fixture.values
    steps = [name for name in values if name not in placing.fixture.arrays and not time(name)]
    taken: dict[str, PrintedArray] = {}
    names: dict[str, str] = {}
    for step, array in placing.arrays.items():
        places = (step, *placing.fixture.expected, *steps)
        equal = (name for name in places if name not in taken and array.matches(values[name]))
        if not (name := next(equal, "")):
            return None
        taken[name] = array
        # Where a test runs several calls, each has a name of its own for what is printed.
        if array.name and (prefix(step) or array.name != name):
            names[name] = step if prefix(step) else array.name
    moved = any(step != name for step, name in names.items())
    return Placing(placing.fixture, taken, names) if moved else None


def _other_names(arrays: Mapping[str, PrintedArray]) -> dict[str, str]:
    """Return the name of each array that is not the one of its step."""
    return {step: str(a.name) for step, a in arrays.items() if a.name not in (None, step)}


def _same_search(placing: Placing) -> Any:
    """Return a key shared by placings whose search would be the same."""
    fixture = placing.fixture
    arrays = tuple(fingerprint(value) for value in fixture.arrays.values())
    printed = tuple(id(array.rows) for array in placing.arrays.values())
    return str(fixture.program), arrays, tuple(placing.arrays), printed


def _bracketed(placed: dict[str, PrintedArray], fixture: Fixture) -> dict[str, PrintedArray]:
    """Read a number as the array that a test expects bare, if anything speaks for the test.

    The template squeezes the cost, so a row of numbers in its place had two brackets.
    """
    rows = {s: a for s, a in placed.items() if fixture.is_cost(s) and a.dimensions == 1}
    placed = placed | {s: replace(a, dimensions=2) for s, a in rows.items()}
    bare = {s: a for s, a in placed.items() if s in fixture.numbers and a.shape == ()}
    read = placed | {s: replace(a, dimensions=2, bare=True) for s, a in bare.items()}
    fits = any(a.fits(np.shape(fixture.values[s])) for s, a in placed.items())
    return read if fits or any(read[s].matches(fixture.values[s]) for s in bare) else placed


def _in_the_spelling_of(steps: set[str], array: PrintedArray) -> PrintedArray:
    """Return an array by the name a test has for it: one test's dw is another one's dW."""
    name = array.name or ""
    same = "" if name in steps else spelled(name, steps)
    return replace(array, name=same) if same else array


def spelled(name: str, steps: Iterable[str]) -> str:
    """Return the step that has the letters of a gradient's name, small or not; ``""`` for none."""
    alike = [step for step in steps if step.lower() == name.lower()]
    return alike[0] if alike and (name[:1] == "d" or name in alike) else ""


def _once(arrays: list[PrintedArray]) -> list[PrintedArray]:
    """Leave out arrays without a name that repeat the numbers of one that has a name."""
    named = {array.numbers for array in arrays if array.name}
    return [array for array in arrays if array.name or array.numbers not in named]


def _unquoted(arrays: list[PrintedArray], fixture: Fixture) -> list[PrintedArray]:
    """Leave out the expected numbers where a text quotes them beside the learner's own."""
    steps = [step.name for step in fixture.program.steps]
    values = [fixture.values[name] for name in steps]
    # Quoted by hand, a row often has one bracket.
    right = [
        any(array.matches(v) or (array.dimensions == 1 and array.matches(v, True)) for v in values)
        for array in arrays
    ]
    if all(right):
        return arrays
    alias = next(iter(fixture.also_called), {})

    def key(array: PrintedArray) -> Any:
        # Without a name the shape tells which arrays are the same output.
        if not array.name:
            return array.shape
        around = array.context if f"{array.context}_{array.name}" in steps else ""
        return alias.get(array.name, array.name), around

    keys = list(map(key, arrays))
    wrong = {key for key, is_right in zip(keys, right, strict=True) if not is_right}
    # What is right in both is the learner's first.
    return [
        array
        for place, (array, key, is_right) in enumerate(zip(arrays, keys, right, strict=True))
        if not is_right or (key not in wrong and keys.index(key) == place)
    ]


def _by_name(
    known: list[PrintedArray], steps: list[str], also_called: tuple[dict[str, str], ...]
) -> Iterator[tuple[dict[str, PrintedArray], int]]:
    """Yield the ways to give arrays to the steps they name, and by which habit of naming."""
    habits: tuple[dict[str, str], ...] = ({}, *also_called)
    for number, names in enumerate(habits):
        used = not number or any(array.name in names for array in known)
        # A second array of the same name is the next function's, where a test runs several.
        later = habits[number + 1 :] if number else ()
        taken = _taken(known, steps, (names, *later)) if used else None
        if taken is not None:
            yield taken, number


def _taken(
    known: list[PrintedArray], steps: list[str], habits: tuple[dict[str, str], ...]
) -> dict[str, PrintedArray] | None:
    taken: dict[str, PrintedArray] = {}
    for array in known:
        name = str(array.name)
        options = [f"{array.context}_{name}", habits[0].get(name, name)]
        options += [names[name] for names in habits[1:] if name in names]
        options = [option for option in options if option in steps]
        if not options:
            return None
        if step := next((option for option in options if option not in taken), None):
            taken[step] = array
    return taken


def _by_shape(
    free: list[PrintedArray], steps: list[str], fixture: Fixture, exact: bool
) -> Iterator[dict[str, PrintedArray]]:
    """Yield the ways to give unnamed arrays to steps, in order, by shape where one fits.

    An array that no step can be is left out. Where of several none fits, none is looked at closer.
    """
    values = fixture.values
    found = [[step for step in steps if array.fits(np.shape(values[step]))] for array in free]
    if not exact and (len(free) == 1 or any(found)):
        for array, fitting in zip(free, found, strict=True):
            fitting += () if fitting else filter(partial(_can_be, fixture, array), steps)
    options = list(filter(None, found))
    # More arrays than there are steps for them would be tried in vain.
    if all(sum(set(some) <= set(one) for some in options) <= len(one) for one in options):
        placed = [array for array, one in zip(free, found, strict=True) if one]
        for choice in islice(_choices(options), 30):
            yield dict(zip(choice, placed, strict=True))


def _choices(options: list[list[str]], taken: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the ways to choose one of each list of options, none of them twice."""
    if len(taken) == len(options):
        yield taken
        return
    for step in options[len(taken)]:
        if step not in taken:
            yield from _choices(options, (*taken, step))


def _is_input(array: PrintedArray, fixture: Fixture, steps: set[str]) -> bool:
    """Return whether a pasted array is handed over by the test, not computed."""
    if array.name is None:
        return _is_one_of(array, fixture.arrays.values())
    return array.name not in steps and not pattern("gradient").search(array.name)


def _is_one_of(array: PrintedArray, values: Iterable[Any]) -> bool:
    """Return whether an array is one of some values; zeros say nothing."""
    return any(np.any(value) and array.matches(value) for value in values)
