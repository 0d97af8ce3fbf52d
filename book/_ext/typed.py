"""What is said of a form that a reader types: its numbers, the verdict, and who accepts it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np

from backcheck.fixtures import Comparison, Fixture, ids, load, prefix
from backcheck.forward import errors, networks, verdict
from backcheck.mutants.roles import known_at, named, role
from backcheck.program import CALLS, FUNCTIONS, ROWS, Program, Step, Tree, names, parse, parts, put
from backcheck.showing.words import pattern, say

COURSE = "Course 1"
"""The tests of this course are asked whether they accept a form."""

LONGEST = 300
"""Signs of a form."""

CALLABLE = (*FUNCTIONS, "sum", "square", *CALLS)

OUTCOMES = ("passes", "fails", "error")


@dataclass(frozen=True)
class Said:
    """What is said of a form: why it cannot be read, or everything else."""

    error: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    stop: str = ""  # where numpy stops on the test's own arrays
    verdict: tuple[str, str] = ("", "")  # the word, and the sentence
    tests: tuple[tuple[str, str], ...] = ()  # an outcome and a sentence, for each test


def said_of(fixture: Fixture, step: str, text: str) -> Said:
    """Return what is said of a form of a step of a test.

    Its numbers and outcomes are those of the published tests, and its verdict is the referee's.
    """
    try:
        tree = read(fixture, step, text)
    except ValueError as error:
        return Said(str(error))
    changed = _changed(fixture, step, tree)
    values: Mapping[str, Any] = {}
    stop = ""
    try:
        values = changed.run(fixture.arrays)
    except ValueError as error:
        stop = say("typed-stops", said=error)
    return Said("", values, stop, _verdict(fixture, changed), tuple(_tests(fixture, step, tree)))


def read(fixture: Fixture, step: str, text: str) -> Tree:
    """Return a form as a tree, or say in one sentence why there is none."""
    plain = pattern("remark").sub("", text.replace("−", "-"))
    plain = re.sub(rf"^{step} ?=(?!=)", "", " ".join(plain.split())).strip()
    known = known_at(fixture, step)
    for found in pattern("called").finditer(plain):
        if found["name"] not in CALLABLE:
            raise ValueError(say("typed-function", name=found["name"], names=", ".join(FUNCTIONS)))
    try:
        is_form = len(plain) <= LONGEST and not pattern("no-form").search(plain)
        (only,) = parse(f"{step} = {plain}" if is_form else "").steps
        if any(part[0] in ROWS for part in parts(only.expression)):
            raise ValueError
    except (ValueError, RecursionError, MemoryError):
        raise ValueError(say("typed-unreadable", names=", ".join(FUNCTIONS))) from None
    for name in only.reads:
        if name not in known:
            raise ValueError(say("typed-array", name=name, names=", ".join(known)))
    return only.expression


def _changed(fixture: Fixture, step: str, tree: Tree) -> Program:
    steps = fixture.program.steps
    return Program(tuple(Step(step, tree) if one.name == step else one for one in steps))


def _verdict(fixture: Fixture, program: Program) -> tuple[str, str]:
    if verdict(program, fixture) == "equivalent":
        return "equivalent", say("typed-equivalent")
    right_here = verdict(program, fixture, own_shapes=True) == "equivalent"
    narrow = say("narrow") if right_here else ""
    worst, name = -1.0, ""
    for network in networks(fixture, False):
        try:
            program.run(network[0])
        except ValueError as error:
            return "mistake", say("typed-halts", said=error, narrow=narrow)
        outputs = fixture.comparisons[-1].outputs
        for output, size in zip(outputs, errors(program, fixture, *network), strict=True):
            worst, name = (size, output) if size > worst else (worst, name)
    if not np.isfinite(worst):
        return "mistake", say("typed-other", name=name, narrow=narrow)
    return "mistake", say("typed-mistake", error=f"{worst:.2g}", name=name, narrow=narrow)


def _tests(fixture: Fixture, step: str, tree: Tree) -> Iterator[tuple[str, str]]:
    """Yield what each test says, its editions by what they say, and last which were not asked."""
    asked: dict[tuple[str, str], list[str]] = {}
    for other, theirs, called in same_step(fixture, step):
        values: Mapping[str, Any] = {}
        word = "" if called.keys() >= {*names(tree)} else "absent"
        try:
            values = {} if word else _changed(other, theirs, put(tree, called)).run(other.arrays)
        except ValueError:
            word = "error"
        for one in other.comparisons:
            outputs = {name: values[name] for name in one.outputs if not word}
            said = word or other.compare(outputs, one.edition).word
            asked.setdefault((test_of(other), said), []).append(label(other, one))
    tests = dict.fromkeys([test_of(fixture), *(test for test, _ in asked)])
    for test, word in product(tests, OUTCOMES):
        if labels := asked.get((test, word)):
            yield word, say(f"typed-{word}", test=test, editions="; ".join(labels))
    lacking = []
    for test in tests:
        if which := asked.get((test, "absent")):
            some = any((test, word) in asked for word in OUTCOMES)
            lacking.append(f"{test}, {', '.join(which)}" if some else test)
    if lacking:
        yield "absent", say("typed-absent", tests="; ".join(lacking))


def same_step(fixture: Fixture, step: str) -> Iterator[tuple[Fixture, str, dict[str, Tree]]]:
    """Yield each test of the course with such a step: its name there, and those of what it reads.

    Networks are laid beside each other from the output down, and layers with another activation
    have other steps. Where a test runs one layer alone, that is any layer.
    """
    kind, layer = role(fixture, step)
    for other in map(load, ids(COURSE)):
        for theirs in (one.name for one in other.program.steps):
            its_kind, own = role(other, theirs)
            if not (kind and layer and own and kind == its_kind):
                continue
            down = fixture.layers.index(layer) - len(fixture.layers)
            place = other.layers.index(own) - len(other.layers)
            activation = own.activation or prefix(theirs).rstrip("_")
            if activation != layer.activation or ("Y" in other.arrays and place != down):
                continue
            called: dict[str, Tree] = {"m": "m", "Y": "Y", f"d{layer.A}": "dA"}
            for back, here in enumerate(reversed(fixture.layers), start=1):
                if 0 <= (at := len(other.layers) - back + place - down) < len(other.layers):
                    there = named(other.layers[at], prefix(theirs))
                    called |= {n: there[s] for s, n in named(here).items() if s in there}
            known = known_at(other, theirs)
            yield other, theirs, {name: to for name, to in called.items() if to in known}


def test_of(fixture: Fixture) -> str:
    """Return what a test is called among those of its course."""
    return f"{fixture.course.removeprefix(f'{COURSE} ')} {fixture.function}"


def label(fixture: Fixture, comparison: Comparison) -> str:
    """Return what tells an edition from the others of its test."""
    edition, told = comparison.edition, fixture.title
    for word in (*test_of(fixture).rsplit(" ", 1), "public_tests.py, "):
        told = told.removeprefix(word).strip(" ,")
    if "edition" in told:
        return f"edition {edition}"
    if edition == "notebook" or edition in told:
        return told or edition
    return f"{edition} ({told})" if told else edition
