"""The named forms as entries to look up: what each one prints on every published test."""

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import groupby, product
from typing import Any

import numpy as np

from backcheck.diagnosis.clues import SIGHTS, named_on, sight
from backcheck.diagnosis.placing import courses, newest
from backcheck.fixtures import Fixture
from backcheck.mutants.mistakes import PARTS, Mistake, in_order, table
from backcheck.mutants.mutant import Mutant
from backcheck.program import parse
from backcheck.showing.tables import Table

_NUMBER = re.compile(r"-?\d+\.\d{5,}(?:e[+-]\d+)?")
"""A number with so many decimals that somebody searches for it."""

SHORT = 4
"""A changed step of so many numbers is shown beside the outputs."""


@dataclass(frozen=True)
class Shared:
    """Where else the numbers of some outputs stand."""

    outputs: tuple[str, ...]
    right: tuple[str, ...]  # which arrays of tests and accepted programs, up to the sign
    others: tuple[str, ...]  # keys of the named forms that print all of them
    partly: tuple[str, ...]  # and of those that print some

    def said(self, named: Callable[[str], str]) -> str:
        """Return it as a sentence in which `named` writes the other forms."""
        clauses = [*self.right]
        if self.others:
            clauses.append("also printed by " + "; ".join(map(named, self.others)))
        if self.partly:
            clauses.append("partly printed by " + "; ".join(map(named, self.partly)))
        return f"{', '.join(self.outputs)}: {'; '.join(clauses)}."

    def __repr__(self) -> str:
        return self.said(lambda key: table()[key].name)


@dataclass(frozen=True)
class Place:
    """What a named form prints, and where."""

    mutant: Mutant
    says: str  # what the tests say: "passes", "fails" or "stops"
    changes: tuple[str, ...] = ()  # several statements where they print the same
    tests: tuple[str, ...] = ()  # titles of the tests on which they do
    shared: tuple[Shared, ...] = ()

    @cached_property
    def outputs(self) -> dict[str, str]:
        """The wrong outputs as numpy prints them."""
        if self.mutant.outcome.error:
            return {}
        fixture = self.mutant.fixture
        right = printed_on(fixture, fixture.values)
        texts = printed_on(fixture, self.mutant.values)
        return {name: text for name, text in texts.items() if text != right.get(name)}

    @cached_property
    def steps(self) -> dict[str, str]:
        """The changed steps of a right form, where they are short and a newest test rejects it."""
        mutant, fixture = self.mutant, self.mutant.fixture
        rejected = self.outputs and newest().get(fixture.function) is fixture
        if not rejected or mutant.verdict != "equivalent":
            return {}
        names = [name for name in mutant.forms if name not in fixture.expected]
        texts = {name: _text(mutant.values[name]) for name in names}
        few = {name: text for name, text in texts.items() if np.size(mutant.values[name]) <= SHORT}
        return {
            name: text
            for name, text in few.items()
            if _NUMBER.search(text) and text != _text(fixture.values[name])
        }

    @cached_property
    def numbers(self) -> dict[str, frozenset[str]]:
        """The numbers of each output and step that somebody may search for."""
        texts = self.outputs | self.steps
        return {name: frozenset(_NUMBER.findall(text)) for name, text in texts.items()}

    @property
    def printed(self) -> str:
        """The wrong outputs and steps, or the complaint of numpy."""
        if error := self.mutant.outcome.error:
            return f"numpy stops at {error}"
        lines = [f"{name} = {text}" for name, text in self.outputs.items()]
        lines = lines or ["Prints the expected numbers."]
        lines += [f"{name} = {text}, which is not returned" for name, text in self.steps.items()]
        return "\n".join(lines)

    @property
    def judged(self) -> str:
        """The verdict, and what the test says."""
        return f"{self.mutant.verdict}; the test {self.says}"

    def __repr__(self) -> str:
        change = " or ".join(self.changes)
        lines = [f"{change}  ({'; '.join(self.tests)})", self.judged, self.printed]
        return "\n".join([*lines, *map(repr, self.shared)])


@dataclass(frozen=True)
class Entry:
    """A named form with every place where it can be made, test by test."""

    mistake: Mistake
    places: tuple[Place, ...]

    @property
    def verdicts(self) -> str:
        """``"mistake"``, ``"equivalent"``, or both where it depends on the layer."""
        return _either(place.mutant.verdict for place in self.places)

    @cached_property
    def example(self) -> Mutant:
        """The changed pass that its two lines are about, on the newest test of a function."""
        section = self.mistake.section
        text = section.get("form") or str(parse(section["wrong"]))
        return next(one for key, one in _newest() if key == self.mistake.id and text in one.shown)

    @property
    def told(self) -> tuple[str, str, str]:
        """Its two lines, what gives them away, and what to look at."""
        wrong, due = map(self.mistake.section.get, ("wrong", "due"))
        seen = f"In {self.example.fixture.title}: {sight(self.example)[1]}."
        return f"{wrong}\n    {due or '; '.join(self.example.expects)}", seen, self.mistake.hint

    def __repr__(self) -> str:
        return "\n\n".join([*self.told, *map(repr, self.places)])

    def _repr_html_(self) -> str:
        by_change: dict[tuple[str, ...], list[Place]] = {}
        for place in self.places:
            by_change.setdefault(place.changes, []).append(place)
        printed = "".join(_printed(changes, places) for changes, places in by_change.items())
        pair, seen, hint = map(html.escape, self.told)
        tests = len({test for place in self.places for test in place.tests})
        says = _either(place.says for place in self.places)
        several = "s" if tests > 1 else ""
        summary = f"Its digits on {tests} test{several}: {self.verdicts}; {says}"
        kind = self.verdicts.replace(" or ", " ")
        return (
            f'<div class="catalogue {kind}"><pre class="pair" tabindex="0">{pair}</pre>'
            f"<p><b>{self.verdicts.capitalize()}.</b> {seen} {hint}</p>"
            f"<details><summary>{summary}</summary>{printed}</details></div>"
        )


def _printed(changes: tuple[str, ...], places: list[Place]) -> str:
    """Return one change as HTML, and what each test sees printed."""
    code = " or ".join(f"<code>{html.escape(change)}</code>" for change in changes)
    printed = f"<p>{code}</p>"
    # Tests whose outputs share their numbers with the same forms have one paragraph.
    for shared, alike in groupby(places, key=lambda place: place.shared):
        text = "\n\n".join(f"{'; '.join(p.tests)}: {p.judged}\n{p.printed}" for p in alike)
        said = " ".join(some.said(_link) for some in shared)
        printed += f'<pre tabindex="0">{html.escape(text)}</pre>{said and f"<p>{said}</p>"}'
    return printed


def _link(key: str) -> str:
    return f'<a href="#mistake-{key}">{html.escape(table()[key].name)}</a>'


def _either(words: Iterable[str]) -> str:
    return " or ".join(sorted(set(words)))


@cache
def entry(key: str) -> Entry:
    """Return the entry of a named form, by its key in `backcheck.mutants.mistakes.table`.

    Examples
    --------
    >>> entry("shortcut").verdicts
    'equivalent'
    >>> entry("shortcut").places[0].changes
    ('dZ2 = AL - Y',)
    """
    if key not in table():
        raise KeyError(f"There is no named form {key!r}; there are {', '.join(table())}.")
    places = _places()[key]
    return Entry(table()[key], tuple(replace(p, shared=_shared(key, p)) for p in places))


def printed_on(fixture: Fixture, values: Mapping[str, Any]) -> dict[str, str]:
    """Return what a test prints of some values: its outputs, or the entries that it names."""
    places: dict[str, tuple[str, tuple[int, ...]]] = {name: (name, ()) for name in fixture.expected}
    for entry in fixture.entries if fixture.last else ():
        name, *index = re.findall(r"\w+", entry)
        places |= {entry: (name, tuple(map(int, index)))}
        places.pop(name, None)
    found: dict[str, str] = {}
    for place, (name, whole) in places.items():
        # What lacks the axis of the steps prints one number for all of them.
        kept = whole[: np.ndim(values[name])]
        own = place if kept == whole else f"{name}{''.join(f'[{n}]' for n in kept)}"
        found.setdefault(own, _text(values[name][kept]))
    return found


@cache
def _made() -> tuple[tuple[Fixture, str, Mutant], ...]:
    """Return each named form on each test of the first course, and on others what only they have.

    Of these a loop has what its cell has as well.
    """
    first, *others = courses()
    gradients = [test for some in others for test in some if test.is_gradient]
    loops = [test for test in gradients if test.last]
    found: list[tuple[Fixture, str, Mutant]] = []
    for tests in (first, loops, gradients):
        known = {key for _, key, _ in found}
        made = ((test, *one) for test in tests for one in named_on(test))
        found += [one for one in made if one[1] not in known]
    return tuple(found)


@cache
def _places() -> dict[str, tuple[Place, ...]]:
    """Return where each named form can be made, without what other forms print."""
    found: dict[str, dict[tuple[str, ...], Place]] = {key: {} for key in table()}
    for _, key, mutant in _made():
        for says, title in _said_by_each_edition(mutant).items():
            place = Place(mutant, says, (), (title,))
            result = (title, place.printed, mutant.verdict, says)
            known = found[key].get(result, place)
            changes = dict.fromkeys((*known.changes, _change(key, mutant)))
            found[key][result] = replace(known, changes=tuple(changes))
    places: dict[str, dict[tuple[Any, ...], Place]] = {key: {} for key in table()}
    for key, own in found.items():
        # Tests stand together where the same changes print the same: each then does on each.
        for of_one, place in own.items():
            same = (place.changes, *of_one[1:])
            before = places[key].get(same, replace(place, tests=()))
            places[key][same] = replace(before, tests=(*before.tests, *place.tests))
    return {key: tuple(own.values()) for key, own in places.items()}


def _change(key: str, mutant: Mutant) -> str:
    # Written out, these are the lines of the forward pass that the course grades.
    return f"{', '.join(mutant.forms)} computed again" if key == "forward-again" else str(mutant)


def _said_by_each_edition(mutant: Mutant) -> dict[str, str]:
    """Return what the editions of a test say, each by its own rule, with the test's title.

    Where they do not agree, the title names the editions.
    """
    fixture = mutant.fixture
    editions: dict[str, list[str]] = {}
    for comparison in fixture.comparisons:
        outcome = mutant.outcome
        if not outcome.error:
            values = {name: mutant.values[name] for name in comparison.outputs}
            outcome = fixture.compare(values, comparison.edition)
        says = {"error": "stops"}.get(outcome.word, outcome.word)
        editions.setdefault(says, []).append(comparison.edition)
    if len(editions) == 1:
        return dict.fromkeys(editions, fixture.title)
    return {says: f"{fixture.title} ({' and '.join(some)})" for says, some in editions.items()}


def _shared(key: str, place: Place) -> tuple[Shared, ...]:
    """Say of each output that a place prints where else its numbers stand."""
    alike: dict[tuple[tuple[str, ...], ...], list[str]] = {}
    for output, numbers in place.numbers.items():
        right = tuple(_right(place.mutant.fixture, output, numbers))
        others = {other for number in numbers for other in printed_by()[number]} - {key}
        whole = {other for other in others if any(numbers <= some for some in _arrays(other))}
        parted = (tuple(k for k in table() if k in some) for some in (whole, others - whole))
        kinds = (right, *parted)
        if any(kinds):
            alike.setdefault(kinds, []).append(output)
    return tuple(Shared(tuple(outputs), *kinds) for kinds, outputs in alike.items())


@cache
def _arrays(key: str) -> frozenset[frozenset[str]]:
    """Return the numbers of each output that a named form prints."""
    return frozenset(some for place in _places()[key] for some in place.numbers.values())


@cache
def printed_by() -> dict[str, list[str]]:
    """Return, for each number with five decimals or more, the named forms that print it.

    Examples
    --------
    >>> printed_by()["0.50767257"]
    ['shortcut', 'slope-from-a']
    """
    found: dict[str, list[str]] = {}
    for key in table():
        for number in frozenset[str]().union(*_arrays(key)):
            found.setdefault(number, []).append(key)
    return found


@cache
def _known(fixture: Fixture) -> dict[str, tuple[set[str], set[str]]]:
    """Return the numbers of each array of a test and its accepted program, without signs.

    The second set has those that the test publishes as well: they are rounded.
    """
    found = {}
    for name, value in fixture.values.items():
        computed = _unsigned(_NUMBER.findall(_text(value)))
        published = _unsigned(_NUMBER.findall(_text(fixture.expected.get(name, 0))))
        found[name] = computed, computed | published
    return found


def _right(fixture: Fixture, output: str, numbers: frozenset[str]) -> Iterator[str]:
    """Say which arrays of tests and accepted programs have numbers of an output."""
    printed = _unsigned(numbers)
    left = set(printed)
    for test in (fixture, *(other for other in courses()[0] if other is not fixture)):
        # The output's own expected value first, then the array with most of these numbers.
        for name, (computed, every) in sorted(
            _known(test).items(),
            key=lambda known: (known[0] != output, -len(printed & known[1][1])),
        ):
            if common := left & every:
                left -= common
                whole = computed <= printed <= every
                kind = "given" if name in test.arrays else "expected"
                same = numbers & set(_NUMBER.findall(_text(test.values[name])))
                yield (
                    f"{'' if whole else 'partly '}the {kind} {name}"
                    f"{'' if test is fixture else f' of {test.title}'}"
                    f"{'' if same or not whole else ' with the opposite sign'}"
                )


def _unsigned(numbers: Iterable[str]) -> set[str]:
    return {number.lstrip("-") for number in numbers}


@cache
def _newest() -> tuple[tuple[str, Mutant], ...]:
    """Return every named form on the newest test of each function, the shortest program first."""
    made = (
        one for one in _made() if one[0].last or newest().get(one[0].function, one[0]) is one[0]
    )
    return tuple(one[1:] for one in sorted(made, key=lambda one: len(one[0].program.steps)))


class Overview(Table):
    """The table of what a learner sees; on a page each name leads to its entry."""

    def _cells(self, row: Sequence[object]) -> str:
        keys = {mistake.name: key for key, mistake in table().items()}
        lines = []
        for part, _, names in (line.partition(": ") for line in str(row[1]).split(" | ")):
            links = "; ".join(_link(keys[name]) for name in names.split("; "))
            lines.append(f"<b>{part}</b>: {re.sub('>(the|an?) ', '>', links)}")
        return f'<th scope="row">{row[0]}</th><td class="links">{" <br/>".join(lines)}</td>'


def overview() -> Overview:
    """Return which named forms look how, each made wherever it can be on the newest tests.

    Examples
    --------
    >>> [row[1] for row in overview().rows if row[0] == SIGHTS["m squared"]]
    ['1/m: multiplied by m instead of divided']
    """
    named: dict[str, dict[str, list[str]]] = {kind: {} for kind in SIGHTS}
    seen = {(sight(mutant)[0], key) for key, mutant in _newest()}
    for kind, part in product(SIGHTS, PARTS):
        for key in in_order(part, {key: mistake.section for key, mistake in table().items()}):
            if (kind, key) in seen:
                named[kind].setdefault(part, []).append(table()[key].name)
    rows = (
        (SIGHTS[kind], " | ".join(f"{part}: {'; '.join(some)}" for part, some in parts.items()))
        for kind, parts in named.items()
    )
    return Overview(("what you see", "mistakes that look so"), rows, "words")


def _text(value: Any) -> str:
    array = np.asarray(value, dtype=float)
    return _as_numpy_prints(array.tobytes(), array.shape)


@cache
def _as_numpy_prints(entries: bytes, shape: tuple[int, ...]) -> str:
    # Of twelve arrays that forms compute, one is not printed yet.
    return str(np.frombuffer(entries).reshape(shape))
