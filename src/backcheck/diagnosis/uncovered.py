"""Exercises that are known by name, and whose tests are not here."""

import re
import tomllib
from functools import cache
from importlib import resources

from backcheck.showing.words import pattern, say


@cache
def exercises() -> tuple[tuple[str, str, str], ...]:
    """Return what finds each exercise, what is covered of its code, and what is said of it."""
    text = (resources.files("backcheck.diagnosis") / "uncovered.toml").read_text(encoding="utf-8")
    return tuple(
        (one["pattern"], one.get("calls", "(?!)"), say("not-covered", **one))
        for one in tomllib.loads(text).values()
    )


def not_covered(text: str) -> str:
    """Return what to say of a text that is about another exercise than those known, or ``""``.

    >>> not_covered("dA_mean = 9.608")[:55]
    'conv_backward (Course 4 Week 1) is not among the tests '
    >>> not_covered("L_model_backward prints dA0 = [[0.5]]")
    ''
    """
    for known, calls, said in exercises():
        if re.search(known, text) and not pattern("known-function").search(re.sub(calls, "", text)):
            return said
    return ""
