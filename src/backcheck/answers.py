"""Ready answers for a forum: what a wrong number says, in a few sentences with its own digits."""

import html
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np

from backcheck.catalogue import Place, entry
from backcheck.mistakes import Mistake, table
from backcheck.reading import NOWHERE, Frame
from backcheck.symptoms import Cause, known_causes

WORDS = 120
"""How long an answer may be."""


class Ready(ABC):
    """A text for a forum, and the place of the book that has more."""

    @property
    @abstractmethod
    def text(self) -> str:
        """The text in Markdown, as a forum takes it."""

    @property
    @abstractmethod
    def about(self) -> str:
        """The address of the place, from any page of the book."""

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        text = html.escape(self.text)
        return f'<div class="answer" data-about="{self.about}"><pre tabindex="0">{text}</pre></div>'


@dataclass(frozen=True, repr=False)
class Answer(Ready):
    """A ready answer to somebody whose numbers are those of a named form.

    Parameters
    ----------
    mistake : Mistake
        The form.
    place : Place
        Where the answer takes its digits from.
    """

    mistake: Mistake
    place: Place

    @property
    def about(self) -> str:
        """The place that has its digits on every test."""
        return f"mistakes.html#mistake-{self.mistake.id}"

    @property
    def text(self) -> str:
        """The change, its digits and the expected ones, and a hint."""
        mutant = self.place.mutant
        change = " and ".join(f"`{statement}`" for statement in mutant.shown)
        return (
            f"This looks like {self.mistake.name}.\n"
            f'In the test "{mutant.fixture.title}", {change} {self._prints()}\n\n'
            f"{self._shared()}{_said(mutant.verdict)}\n{self.mistake.hint}"
        )

    @property
    def _output(self) -> str:
        """The output whose digits are shown."""
        expected = self.place.mutant.fixture.expected
        return next(name for name in expected if not self._prints_expected(name))

    def _prints(self) -> str:
        """Say what the change prints, and what the test expects."""
        if self.place.says == "stops":
            return f"makes numpy stop\n\n{_fenced(self.place.printed.removeprefix('numpy stops '))}"
        values, expected = self.place.mutant.values, self.place.mutant.fixture.expected
        output = self._output
        return (
            f"prints\n\n{_fenced(_first_row(output, values[output]))}\n\n"
            f"and the test expects\n\n{_fenced(_first_row(output, expected[output]))}"
        )

    def _shared(self) -> str:
        """Name the other forms that print these digits."""
        found = (one for one in self.place.shared if self._output in one.outputs)
        others = [table()[id].name for one in found for id in one.others]
        if not others:
            return ""
        more = "Another form prints" if len(others) == 1 else "Other forms print"
        return f"{more} this too: {'; '.join(others)}. Compare more outputs before you decide.\n"

    def _prints_expected(self, name: str) -> bool:
        value: Any = self.place.mutant.values.get(name)
        expected = self.place.mutant.fixture.expected[name]
        return np.shape(value) == np.shape(expected) and np.allclose(value, expected)


@dataclass(frozen=True, repr=False)
class ErrorAnswer(Ready):
    """A ready answer to somebody whose code stops with an exception.

    Parameters
    ----------
    message : str
        The last line of the traceback.
    causes : tuple of Cause
        What may be behind it, the most frequent first.
    """

    message: str
    causes: tuple[Cause, ...]

    @property
    def about(self) -> str:
        """The page that reads tracebacks."""
        return "diagnose.html#diagnose"

    @property
    def text(self) -> str:
        """The message, and as many of its causes as an answer has room for."""
        texts = [self._with(count) for count in range(1, len(self.causes) + 1)]
        fitting = [text for text in texts if len(text.split()) <= WORDS]
        return fitting[-1]

    def _with(self, count: int) -> str:
        shown, of = self.causes[:count], self.causes[0].of
        listed = "\n".join(
            f"{place}. {cause.says} ({cause.programs})" for place, cause in enumerate(shown, 1)
        )
        rest = sum(cause.programs for cause in self.causes[count:])
        other = f"\n\nThe other {rest} had rarer causes." if rest else ""
        if len(self.causes) == 1:
            listed = self.causes[0].says
        return (
            f"{_fenced(self.message)}\n\nWhat was wrong in {of} programs with one mistake that "
            f"stopped so:\n\n{listed}{other}\n\n"
            "The whole traceback, pasted into the page below, narrows this down."
        )


def answer(id: str) -> Answer:
    """Return the ready answer for a named form.

    Its digits are those of the test in which learners had it most often.

    Parameters
    ----------
    id : str
        Its key in `backcheck.mistakes.table`.

    Raises
    ------
    KeyError
        If there is no form of that name.
    ValueError
        If every published test accepts it.

    Examples
    --------
    >>> print(answer("average-twice").text.splitlines()[0])
    This looks like the average over m taken twice.
    """
    found = entry(id)
    often = found.mistake.found

    def preference(place: Place) -> tuple[Any, ...]:
        changed = place.mutant.changed
        # Digits say more than an exception, and an answer has room for one changed statement.
        return (
            place.says == "stops",
            -often.get(place.mutant.fixture.function, 0),
            place.mutant.verdict != "mistake",
            len(place.mutant.forms),
            # Of two spellings, the one that is otherwise as the test has it.
            sum(len(_words(now) - _words(was)) for _, was, now in changed),
        )

    failing = [place for place in found.places if place.says != "passes"]
    if not failing:
        raise ValueError(f"Every published test accepts {found.mistake.name}.")
    return Answer(found.mistake, min(failing, key=preference))


def error(message: str, frame: Frame = NOWHERE) -> ErrorAnswer:
    """Return the ready answer for an exception.

    Parameters
    ----------
    message : str
        The last line of the traceback.
    frame : Frame
        Where it was raised, if that is known.

    Raises
    ------
    ValueError
        If the book knows no cause of it.

    Examples
    --------
    >>> error("KeyError: 'dA0'").causes[0].id
    'key-number'
    """
    causes = known_causes(message, frame)
    if not causes:
        raise ValueError(f"The book knows no cause of {message!r}.")
    return ErrorAnswer(message, causes)


def most_frequent(count: int = 12) -> list[str]:
    """Return the keys of the mistakes that public threads and notebooks show most often.

    Forms that are right and fail all the same are left out: they have pages of their own.

    Examples
    --------
    >>> most_frequent(2)
    ['output-layer-again', 'other-gradient']
    """
    known = [id for id in table() if "mistake" in entry(id).verdicts]
    return sorted(known, key=lambda id: -sum(table()[id].found.values()))[:count]


def _words(statement: str) -> set[str]:
    return set(re.findall(r"[A-Za-z]\w*", statement))


def _said(verdict: str) -> str:
    if verdict == "mistake":
        return "It is wrong on real forward passes too, so the test is not to blame."
    return "It is right on real forward passes; the cache of this test does not come from one."


def _fenced(text: str) -> str:
    return f"```text\n{text}\n```"


def _first_row(name: str, value: Any) -> str:
    """Return the name and the first row of an array as numpy prints them."""
    first, *others = str(np.asarray(value)).splitlines()
    return f"{name} = {first}{' ...' if others else ''}"
