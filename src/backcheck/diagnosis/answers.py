"""Ready answers for a forum: what a wrong number says, in a few sentences with its own digits."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from backcheck.diagnosis.catalogue import Place, entry, printed_on
from backcheck.diagnosis.symptoms import Cause, known_causes
from backcheck.mutants.mistakes import Mistake, table

WORDS = 120
"""How long an answer may be."""


@dataclass(frozen=True, repr=False)
class Answer:
    """A text for a forum, in Markdown."""

    text: str
    about: str  # the address of the place of the book that has more
    place: Place | None = None  # where its digits are from
    causes: tuple[Cause, ...] = ()  # what may be behind the exception it is about

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        text = html.escape(self.text)
        return f'<div class="answer" data-about="{self.about}"><pre tabindex="0">{text}</pre></div>'


def answer(id: str) -> Answer:
    """Return the ready answer for a named form, by its key in `backcheck.mutants.mistakes.table`.

    Its digits are those of the test in which learners had it most often.

    Examples
    --------
    >>> print(answer("average-twice").text.splitlines()[0])
    This looks like the average over m taken twice.
    """
    found = entry(id)
    often = found.mistake.found

    def preference(place: Place) -> tuple[Any, ...]:
        # Digits say more than an exception, and an answer has room for one changed statement.
        return (
            place.says == "stops",
            -often.get(place.mutant.fixture.function, 0),
            len(place.mutant.forms),
            # Of two spellings, the one that is otherwise as the test has it.
            sum(len(_words(now) - _words(was)) for _, was, now in place.mutant.changed),
        )

    failing = [place for place in found.places if place.says != "passes"]
    if not failing:
        raise ValueError(f"Every published test accepts {found.mistake.name}.")
    place = min(failing, key=preference)
    return Answer(_told(found.mistake, place), f"mistakes.html#mistake-{id}", place)


def _words(statement: str) -> set[str]:
    return set(re.findall(r"[A-Za-z]\w*", statement))


def _told(mistake: Mistake, place: Place) -> str:
    """Return the change, its digits and the expected ones, who else prints them, and a hint."""
    mutant, fixture = place.mutant, place.mutant.fixture
    change = " and ".join(f"`{statement}`" for statement in mutant.shown)
    others: list[str] = []
    if place.says == "stops":
        prints = f"makes numpy stop\n\n{_fenced(f'at {mutant.outcome.error}')}"
    else:
        values: Mapping[str, Any] = mutant.values
        expected: Mapping[str, Any] = fixture.expected
        output = next(
            name
            for name, want in expected.items()
            if np.shape(values[name]) != want.shape or not np.allclose(values[name], want)
        )
        if fixture.last:
            # A notebook with a loop prints single entries.
            output = next(iter(place.outputs))
            values, expected = place.outputs, printed_on(fixture, fixture.values)
        alike = (one for one in place.shared if output in one.outputs)
        others = [table()[id].name for one in alike for id in one.others]
        prints = (
            f"prints\n\n{_fenced(_first_row(output, values[output]))}\n\n"
            f"and the test expects\n\n{_fenced(_first_row(output, expected[output]))}"
        )
    if mutant.verdict == "mistake":
        said = "It is wrong on real forward passes too, so the test is not to blame."
    else:
        said = "It is right on real forward passes; the cache of this test does not come from one."
    head = f'This looks like {mistake.name}.\nIn the test "{fixture.title}", {change} {prints}\n\n'
    tail = f"{said}\n{mistake.hint}"
    # Where there is no room for the names of the others, their number has to do.
    named = f"{head}{_shared(others, '; '.join(others))}{tail}"
    return named if len(named.split()) <= WORDS else f"{head}{_shared(others)}{tail}"


def _shared(others: list[str], names: str = "") -> str:
    """Say that other forms print these digits, and which or how many they are."""
    forms = "other form prints" if len(others) == 1 else "other forms print"
    said = f"{len(others)} {forms} this too{names and ': '}{names}."
    return f"{said} Compare more outputs before you decide.\n" if others else ""


def _fenced(text: str) -> str:
    return f"```text\n{text}\n```"


def _first_row(name: str, value: Any) -> str:
    """Return the name and the first row of an array as numpy prints them."""
    first, *others = str(np.asarray(value)).splitlines()
    return f"{name} = {first}{' ...' if others else ''}"


def error(message: str) -> Answer:
    """Return the ready answer for an exception, by the last line of its traceback.

    It has as many of the causes as there is room for, the most frequent first.

    Examples
    --------
    >>> error("KeyError: 'dA0'").causes[0].id
    'key-number'
    """
    causes = known_causes(message)
    if not causes:
        raise ValueError(f"The book knows no cause of {message!r}.")
    begun = f"{_fenced(message)}\n\nWhat was wrong in {causes[0].of} programs with one mistake that"
    ends = "The whole traceback, pasted into the page below, narrows this down."
    listed: list[str] = []
    rest, fitting = causes[0].of, ""
    for place, cause in enumerate(causes, 1):
        rest -= cause.programs
        listed.append(f"{place}. {cause.says} ({cause.programs})")
        said = "\n".join(listed) if len(causes) > 1 else cause.says
        other = f"\n\nThe other {rest} had rarer causes." if rest else ""
        text = f"{begun} stopped so:\n\n{said}{other}\n\n{ends}"
        fitting = text if len(text.split()) <= WORDS else fitting
    return Answer(fitting, "diagnose.html#diagnose", causes=causes)


def most_frequent() -> list[str]:
    """Return the keys of the dozen mistakes that public threads and notebooks show most often.

    Forms that are right and fail all the same are left out: they have pages of their own.

    Examples
    --------
    >>> most_frequent()[:2]
    ['output-layer-again', 'other-gradient']
    """
    known = [id for id in table() if "mistake" in entry(id).verdicts]
    return sorted(known, key=lambda id: -sum(table()[id].found.values()))[:12]
