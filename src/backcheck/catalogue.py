"""The named forms as entries to look up: what each one prints on every published test."""

import html
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np

from backcheck.candidates import Candidate
from backcheck.fixtures import ids, load
from backcheck.mistakes import Mistake, occurrences, table
from backcheck.search import reference, workshop
from backcheck.tables import Table


@dataclass(frozen=True)
class Place:
    """What a named form prints, and where.

    Parameters
    ----------
    candidate : Candidate
        The changed program, with its verdict and what the test says.
    changes : tuple of str
        The changed statements; several where they print the same.
    tests : tuple of str
        Titles of the tests on which they do.
    printed : str
        The outputs that are not the expected ones, as numpy prints them, or its complaint.
    """

    candidate: Candidate
    changes: tuple[str, ...]
    tests: tuple[str, ...]
    printed: str

    @property
    def says(self) -> str:
        """What the test says: ``"passes"``, ``"fails"`` or ``"stops"``."""
        return {"error": "stops"}.get(self.candidate.outcome.word, self.candidate.outcome.word)

    @property
    def judged(self) -> str:
        """The verdict, and what the test says."""
        return f"{self.candidate.verdict}; the test {self.says}"

    def __repr__(self) -> str:
        change = " or ".join(self.changes)
        return f"{change}  ({'; '.join(self.tests)})\n{self.judged}\n{self.printed}"


@dataclass(frozen=True)
class Entry:
    """A named form with every place where it can be made.

    Parameters
    ----------
    mistake : Mistake
        The name, the hint and the page.
    places : tuple of Place
        Where it can be made, test by test.
    """

    mistake: Mistake
    places: tuple[Place, ...]

    @property
    def verdicts(self) -> str:
        """``"mistake"``, ``"equivalent"``, or both where it depends on the layer."""
        return _either(place.candidate.verdict for place in self.places)

    def __repr__(self) -> str:
        return "\n\n".join([self.mistake.hint, *map(repr, self.places)])

    def _repr_html_(self) -> str:
        by_change: dict[tuple[str, ...], list[Place]] = {}
        for place in self.places:
            by_change.setdefault(place.changes, []).append(place)
        folds = "".join(_fold(changes, places) for changes, places in by_change.items())
        return f'<div class="catalogue"><p>{html.escape(self.mistake.hint)}</p>{folds}</div>'


def _fold(changes: tuple[str, ...], places: list[Place]) -> str:
    """Return one change as HTML: a line, and behind it what each test sees printed."""
    code = " or ".join(f"<code>{html.escape(change)}</code>" for change in changes)
    tests = [test for place in places for test in place.tests]
    where = tests[0] if len(tests) == 1 else f"{len(tests)} tests"
    verdicts = _either(place.candidate.verdict for place in places)
    summary = f"{code}: {verdicts}; {_either(place.says for place in places)} on {where}"
    printed = "\n\n".join(
        f"{'; '.join(place.tests)}: {place.judged}\n{place.printed}" for place in places
    )
    return (
        f"<details><summary>{summary}</summary>"
        f'<pre tabindex="0">{html.escape(printed)}</pre></details>'
    )


def _either(words: Iterable[str]) -> str:
    return " or ".join(sorted(set(words)))


@cache
def entry(id: str) -> Entry:
    """Return the entry of a named form.

    Parameters
    ----------
    id : str
        Its key in `backcheck.mistakes.table`.

    Raises
    ------
    KeyError
        If there is no form of that name.

    Examples
    --------
    >>> entry("shortcut").verdicts
    'equivalent'
    >>> entry("shortcut").places[0].changes
    ('dZ2 = AL - Y',)
    """
    if id not in table():
        raise KeyError(f"There is no named form {id!r}; there are {', '.join(table())}.")
    places: dict[tuple[str, str], Place] = {}
    for fixture in reversed(ids("Course 1")):
        felt = needed(fixture)
        for name, forms in occurrences(fixture):
            if name == id and felt & forms.keys():
                candidate = Candidate(fixture, forms, 1)
                printed = _printed(candidate)
                place = places.get((printed, candidate.verdict))
                places[printed, candidate.verdict] = _joined(place, candidate, printed)
    return Entry(table()[id], tuple(places.values()))


def needed(id: str) -> set[str]:
    """Return the slots of a fixture that can have an effect on an expected output.

    Examples
    --------
    >>> sorted({"b", "A_prev", "dW"} & needed("c1w4_linear_backward_v2"))
    ['A_prev', 'dW']
    """
    shop = workshop(id)
    felt = 0
    for name in load(id).expected:
        felt |= shop.reach[shop.place[name]]
    return {slot.name for place, slot in enumerate(shop.slots) if felt >> place & 1}


def _joined(place: Place | None, candidate: Candidate, printed: str) -> Place:
    change = candidate.statements
    title = load(candidate.id).title
    if place is None:
        return Place(candidate, (change,), (title,), printed)
    changes = tuple(dict.fromkeys((*place.changes, change)))
    tests = tuple(dict.fromkeys((*place.tests, title)))
    return Place(place.candidate, changes, tests, printed)


@dataclass(frozen=True)
class Overview:
    """The table of all named forms; on a page each name leads to its entry."""

    rows: tuple[tuple[str, str, str], ...]

    def __repr__(self) -> str:
        return repr(Table(("form", "verdict"), [row[1:] for row in self.rows]))

    def _repr_html_(self) -> str:
        body = "".join(
            f'<tr><td><a href="#mistake-{id}">{html.escape(name)}</a></td><td>{verdict}</td></tr>\n'
            for id, name, verdict in self.rows
        )
        return (
            '<div class="table-wrapper" tabindex="0"><table class="docutils">\n'
            '<thead><tr><th scope="col">form</th><th scope="col">verdict</th></tr></thead>\n'
            f"<tbody>\n{body}</tbody>\n</table></div>"
        )


def overview() -> Overview:
    """Return the table of all named forms, with the verdicts they get.

    Examples
    --------
    >>> [verdict for id, name, verdict in overview().rows if id == "shortcut"]
    ['equivalent']
    """
    rows = [(id, found.name, entry(id).verdicts) for id, found in table().items()]
    return Overview(tuple(rows))


@cache
def _expected_text(id: str) -> dict[str, str]:
    return {name: f"{name} = {reference(id)[name]}" for name in load(id).expected}


def _printed(candidate: Candidate) -> str:
    if candidate.outcome.error:
        return f"numpy stops at {candidate.outcome.error}"
    lines = []
    for name, expected in _expected_text(candidate.id).items():
        text = f"{name} = {np.asarray(candidate.values[name], dtype=float)}"
        if text != expected:
            lines.append(text)
    return "\n".join(lines) or "Prints the expected numbers."
