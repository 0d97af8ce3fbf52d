"""What a question is about that has no numbers, no message and no code."""

import re

from backcheck.fixtures import table_of

LONGEST = 4_000
"""How many characters of a text are read as a question."""


def subjects() -> list[list[str]]:
    """Return what finds each subject, and what is said of it."""
    return [[one["pattern"], one["says"]] for one in table_of("diagnosis/subjects.toml").values()]


def subjects_of(text: str) -> tuple[str, ...]:
    """Return what is said of the names that a question has.

    >>> [said.split(":")[0] for said in subjects_of("Why is it 1 - A1**2, and where is 1/m?")]
    ['The slope of tanh', 'The division by m']
    """
    return tuple(says for wanted, says in subjects() if re.search(wanted, text[:LONGEST]))
