"""What a question is about that has no numbers, no message and no code."""

import re

from backcheck.fixtures import table_of
from backcheck.showing.words import pattern, say

LONGEST = 4_000
"""How many characters of a text are read as a question."""

MOST = 2
"""How many subjects are told of the sentences around code."""


def subjects() -> list[tuple[str, str, bool]]:
    """Return what finds each subject, what is said of it, and whether another one goes before."""
    table = table_of("diagnosis/subjects.toml").values()
    return [(one["pattern"], one["says"], one.get("general", False)) for one in table]


def subjects_of(text: str) -> tuple[str, ...]:
    """Return what is said of the names that a question has.

    >>> [said.split(":")[0] for said in subjects_of("Why is it 1 - A1**2, and where is 1/m?")]
    ['The slope of tanh', 'The division by m']
    """
    read = text[:LONGEST]
    if pattern("framework").search(read):
        return ()
    found = [one for one in subjects() if re.search(one[0], read)]
    special = [one for one in found if not one[2]]
    learning = (say("own-learning"),) if pattern("fails-to-learn").search(read) else ()
    return (*(says for _, says, _ in special or found), *learning)


def spoken_of(text: str) -> tuple[str, ...]:
    """Return what is said of the first names in the sentences of a text that has code."""
    lines = (line for line in text.split("\n") if not pattern("code-line").search(line))
    return subjects_of("\n".join(lines))[:MOST]
