"""Exercises that are known by name, and whose tests are not here."""

import re
from functools import cache

from backcheck.fixtures import table_of
from backcheck.showing.words import pattern, say


@cache
def exercises() -> tuple[tuple[str, str, str, list[list[str]]], ...]:
    """Return what finds each exercise, what is covered of its code, and what is said of it."""
    return tuple(
        (
            one["pattern"],
            one.get("calls", "(?!)"),
            say("not-covered", **one),
            [[more["pattern"], more["says"]] for more in one.get("also", ())],
        )
        for one in table_of("diagnosis/uncovered.toml").values()
    )


def not_covered(text: str) -> str:
    """Return what to say of a text that is about another exercise than those known, or ``""``."""
    for known, calls, said, also in exercises():
        if re.search(known, text) and not pattern("known-function").search(re.sub(calls, "", text)):
            more = ((re.search(wanted, text), says) for wanted, says in also)
            return " ".join([said, *(says.format(name=found[1]) for found, says in more if found)])
    return ""
