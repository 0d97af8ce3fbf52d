"""The sentences and patterns that the package and the page of the form have in common."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from typing import Any

from backcheck import gradient_check
from backcheck.fixtures import PREFIXES, Fixture, ids, load, table_of


def texts() -> dict[str, Any]:
    """Return what ``words.toml`` has."""
    return table_of("showing/words.toml")


def say(key: str, **filling: object) -> str:
    """Return a sentence with its gaps filled; `n` chooses between one and several."""
    sentence = texts()["sentences"][key]
    if isinstance(sentence, list):
        sentence = sentence[filling["n"] != 1]
    return str(sentence.format(**filling))


@cache
def covered() -> str:
    """Return the sentence that names the exercises whose tests are known; a refusal ends so."""
    found: dict[str, dict[str, None]] = {}
    tests = (*_published(), gradient_check.fixture())
    for fixture in sorted(tests, key=lambda test: test.course):
        found.setdefault(fixture.course, {})[fixture.function] = None
    exercises = "; ".join(f"{week} ({', '.join(some)})" for week, some in found.items())
    return say("covered", exercises=exercises)


@cache
def pattern(key: str, gradients: tuple[str, ...] = ()) -> re.Pattern[str]:
    """Return a pattern, which knows gradients of these names besides those of published tests."""
    return re.compile(_filled(texts()["patterns"][key], gradients))


def cleaned(text: str) -> str:
    """Return a pasted text with its signs, prompts, comments and markup set right."""
    plain = pattern("fullwidth").sub(lambda sign: chr(ord(sign[0]) - 0xFEE0), text)
    return _own_columns(put_right(plain))


def _own_columns(text: str) -> str:
    """Return a text whose tables have no column of what is expected, or of how far off it is."""
    if "|" not in text:
        return text
    lines = text.split("\n")
    others: set[int] = set()
    for place, line in enumerate(lines):
        if "|" not in line:
            others = set() if others and line.strip(" -") else others
            continue
        cells = _cells(line)
        if not others and not pattern("decimals").search(line):
            heads = map(str.lower, cells)
            others = {n for n, one in enumerate(heads) if pattern("other-column").search(one)}
            rows = (one for one in lines[place + 1 : place + 3] if pattern("decimals").search(one))
            others = others if len(_cells(next(rows, ""))) - len(others) > 1 else set()
        if others and cells[1:]:
            own = [cell for n, cell in enumerate(cells) if n not in others]
            lines[place] = "|".join(own[::-1])
    return "\n".join(lines)


def _cells(row: str) -> list[str]:
    """Return the cells of a row from the right: an empty first one is lost with its bar."""
    return row.rstrip(" |").split("|")[::-1]


def put_right(text: str, what: str = "replaced") -> str:
    """Return a text with what a list of patterns finds put right."""
    for rule in texts()[what]:
        if any(sign in text for sign in rule.get("needs", [""])):
            text = re.sub(rule["pattern"], rule["by"], text)
    return text


def gradients_of(fixtures: Iterable[Fixture]) -> tuple[str, ...]:
    """Return the names of gradients that these tests have and the course's Week 4 has not."""
    names = chain.from_iterable(map(_outputs, fixtures))
    # In another case as well: each test takes the names that it spells otherwise.
    usual = re.compile(r"(?:\w+_)?d[AWZb](?:_prev|L|\d)?|m", re.IGNORECASE)
    return tuple(dict.fromkeys(name for name in names if not usual.fullmatch(name)))


def _outputs(test: Fixture) -> Iterator[str]:
    """Yield the names under which the outputs of a test are printed."""
    yield from test.expected
    for habit in test.also_called:
        yield from (name for name, step in habit.items() if step in test.expected)


@cache
def _published() -> tuple[Fixture, ...]:
    return tuple(map(load, ids()))


@cache
def small_names() -> tuple[str, ...]:
    """Return the names of steps that published tests write small, as dw, and others do not."""
    steps = {step.name for fixture in _published() for step in fixture.program.steps}
    others = {name.lower() for name in steps if name != name.lower()}
    return tuple(sorted(name for name in steps if name in others))


def spellings(name: str) -> tuple[str, ...]:
    """Return how the published tests spell a name: one test's dw is another one's dW."""
    every = (name, *(one for one in small_names() if one == name.lower()))
    return tuple(one.replace("_", "") for one in every)


def _filled(text: str, gradients: tuple[str, ...] = ()) -> str:
    known = (*gradients_of(_published()), *gradients)
    filling = {
        "number": texts()["patterns"]["number"],
        "prefixes": "|".join(PREFIXES),
        "gradients": "".join(f"|{name}" for name in sorted(known, key=len, reverse=True)),
        "every-function": _any_of(f.function for f in _published()),
        "function-names": "|".join(dict.fromkeys(f.function for f in _published())),
    }
    for name, filled in filling.items():
        text = text.replace(f"<<{name}>>", filled)
    return text


def _any_of(functions: Iterable[str]) -> str:
    # A function whose name is a word is meant where it is called or tested.
    patterns = (one if "_" in one else rf"{one}(?=_test|\()" for one in functions)
    return "|".join(dict.fromkeys(patterns))
