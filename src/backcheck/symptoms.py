"""What a message says when there are no numbers: a failed assert, or an exception."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from backcheck.candidates import Candidate, distinct, frequency
from backcheck.fixtures import load
from backcheck.formulas import FAILURES
from backcheck.mistakes import names_of, occurrences
from backcheck.mutate import mutants
from backcheck.program import OPERATIONS, Tree, evaluate, names
from backcheck.reading import NOWHERE, Frame
from backcheck.search import reference

Shape = tuple[int, ...]
"""A shape; -1 stands for a size that numpy does not name."""

_SHAPES = re.compile(r"\((\d+), ?(\d*)\)")


@dataclass(frozen=True)
class Cause:
    """What may be behind an exception.

    Parameters
    ----------
    id : str
        The mistake.
    says : str
        A sentence for a learner.
    programs, of : int
        How many of the programs that stopped so had this mistake.
    """

    id: str
    says: str
    programs: int
    of: int

    def __str__(self) -> str:
        seen = f"in {self.programs} of {self.of} programs with one mistake that stopped so"
        return f"{self.says[:-1]} ({seen})."


@cache
def exceptions() -> dict[str, Any]:
    """Return what ``exceptions.toml`` has."""
    text = (resources.files("backcheck") / "exceptions.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def evidence_of(error: str, frame: Frame) -> tuple[str, str, str, str] | None:
    """Return the kind of a message, what its groups catch, and the place; None if unknown.

    Examples
    --------
    >>> frame = Frame("linear_backward", "A_prev, W, b = cache")
    >>> evidence_of("ValueError: not enough values to unpack (expected 3, got 2)", frame)
    ('unpack-few', '3 2', 'linear_backward', 'name')
    """
    for kind, pattern in exceptions()["kinds"].items():
        if found := re.search(pattern, error):
            return kind, " ".join(filter(None, found.groups())), frame.function, frame.kind
    return None


def known_causes(error: str, frame: Frame = NOWHERE) -> tuple[Cause, ...]:
    """Return the likely causes of an exception that is not about shapes, most frequent first.

    Parameters
    ----------
    error : str
        The last line of a traceback.
    frame : Frame
        Where it was raised. Only programs that stopped there are counted, if there are any.

    Examples
    --------
    >>> frame = Frame("linear_backward", "A_prev, W, b = cache")
    >>> error = "ValueError: not enough values to unpack (expected 3, got 2)"
    >>> [cause.id for cause in known_causes(error, frame)]
    ['cache-whole']
    """
    evidence = evidence_of(error, frame)
    if evidence is None:
        return ()
    kind, caught, function, statement = evidence
    table = exceptions()
    seen = [(id, one) for id, ones in table["seen"].get(kind, {}).items() for one in ones]
    # What a statement does tells more than the function it stands in.
    for place, value in ((0, caught), (2, statement), (1, function)):
        seen = [entry for entry in seen if entry[1][place] == value] or seen
    counts: Counter[str] = Counter()
    for id, (*_, count) in seen:
        counts[id] += count
    says = table["causes"] | table["also"].get(kind, {})
    return tuple(
        Cause(id, says[id], count, counts.total())
        for id, count in sorted(counts.items(), key=lambda one: -one[1])
    )


MOST = 4
"""How many causes of an exception are told."""


def told(causes: Sequence[Cause]) -> tuple[str, ...]:
    """Return the first few causes as sentences, and how many there are beside."""
    rest = len(causes) - MOST
    more = (f"{rest} rarer cause{'s' if rest > 1 else ''} besides.",) if rest > 0 else ()
    return (*map(str, causes[:MOST]), *more)


def likely_causes(error: str, id: str, frame: Frame = NOWHERE) -> tuple[str, ...]:
    """Return what may be behind an exception that a function raised on a fixture.

    Examples
    --------
    >>> likely_causes("KeyError: 'dA0'", "c1w4_L_model_backward_v2")[0][-56:]
    '(in 24 of 73 programs with one mistake that stopped so).'
    """
    known = told(known_causes(error, frame))
    clash = clash_of(error)
    if known or not clash:
        return known
    found = sorted(in_line(clashing(id, clash), frame), key=lambda candidate: candidate.rank)
    said = [f"{step} = {now}" for one in found[:3] for step, _, now in one.changed]
    return (f"numpy stops at these shapes with: {'; '.join(said)}.",) if said else ()


def failing_alike(id: str, failing: tuple[tuple[str, str], ...]) -> list[Candidate]:
    """Return the named forms with which a test complains of exactly these outputs."""
    comparison = load(id).comparisons[-1]
    outputs = comparison.outputs
    # A test of several returned values numbers them.
    said_of = [
        (kind, outputs[int(name)] if name.isdigit() and int(name) < len(outputs) else name)
        for kind, name in failing
    ]
    names = {name for _, name in said_of}
    if not names or not names <= set(outputs):
        return []
    found: dict[str, Candidate] = {}
    shapes = {name for kind, name in said_of if kind == "shape"}
    for name, forms in (*occurrences(id), *_everywhere(id)):
        candidate = Candidate(id, forms, 1)
        failures = candidate.outcome.failures
        said = [failure.split()[-1] for failure in failures]
        said = said[:1] if comparison.rule == "allclose" else said
        wrong_shape = {failure.split()[-1] for failure in failures if "shape" in failure}
        if set(said) == names and shapes <= wrong_shape:
            # For a list of likely causes one place of each form will do: where it does least.
            known = found.setdefault(name, candidate)
            if len(failures) < len(known.outcome.failures):
                found[name] = candidate
    often = frequency(load(id).function)
    return [found[name] for name in sorted(found, key=lambda name: often[name])]


def _everywhere(id: str) -> Iterator[tuple[str, dict[str, Tree]]]:
    """Yield the named forms made in several steps at once."""
    for forms in mutants(load(id)).together:
        named = names_of(id, forms)
        if len(named) == 1:
            yield named[0].id, forms


def clash_of(error: str) -> tuple[bool, Shape, Shape] | None:
    """Return whether a matrix product stopped, and the two shapes that did not fit."""
    shapes = [tuple(int(part) for part in found if part) for found in _SHAPES.findall(error)]
    if sizes := re.search(r"matmul.*\(size (\d+) is different from (\d+)\)", error):
        return True, (-1, int(sizes[2])), (int(sizes[1]), -1)
    if len(shapes) < 2 or not re.search("not aligned|broadcast", error):
        return None
    return "not aligned" in error, shapes[0], shapes[1]


def _is_clash(clash: tuple[bool, Shape, Shape], stopped: tuple[str, tuple[Shape, ...]]) -> bool:
    matrix, left, right = clash
    operation, shapes = stopped
    if (operation == "@") != matrix or len(shapes) != 2:
        return False
    # A product of entries can be written either way round.
    ways = [(left, right)] if matrix else [(left, right), (right, left)]
    return any(
        len(one) == len(got) and all(a in (-1, b) for a, b in zip(one, got, strict=True))
        for way in ways
        for one, got in [(sum(way, ()), sum(shapes, ()))]
    )


def clashing(id: str, clash: tuple[bool, Shape, Shape]) -> list[Candidate]:
    """Return the single changes with which numpy stops at these shapes."""
    found = []
    scope = reference(id)
    changes = [
        {slot.name: form.tree}
        for slot in mutants(load(id)).slots
        for form in (*slot.forms, *slot.stuck)
    ]
    changes += [forms for _, forms in occurrences(id) if len(forms) == 1]
    for forms in changes:
        (tree,) = forms.values()
        stopped = _stopped(tree, scope)
        if stopped and _is_clash(clash, stopped):
            found.append(Candidate(id, forms, 1))
    return distinct(found)


def in_line(candidates: list[Candidate], frame: Frame) -> list[Candidate]:
    """Leave out the changes that read a Z where the line that stopped has none, if any are left.

    Examples
    --------
    >>> found = clashing("c1w3_bp_public_b", (False, (7, 9), (9, 7)))
    >>> line = "dZ1 = np.dot(dZ2.T, W2) * (1 - np.power(A1, 2))"
    >>> sorted(one.statements for one in in_line(found, Frame("backward_propagation", line)))
    ['dZ1 = dA1 * (1 - A1.T ** 2)', 'dZ1 = dA1.T * (1 - A1 ** 2)']
    """
    if not frame.statement or re.search(r"\bZ\d*\b|cache", frame.statement):
        return candidates
    without = [
        candidate
        for candidate in candidates
        if not any(name[0] == "Z" for tree in candidate.forms.values() for name in names(tree))
    ]
    return without or candidates


def _stopped(tree: Tree, scope: Mapping[str, Any]) -> tuple[str, tuple[Shape, ...]] | None:
    """Return the operation at which numpy stops, and the shapes it was given."""
    if not isinstance(tree, tuple):
        return None
    for operand in tree[1:]:
        if inner := _stopped(operand, scope):
            return inner
    with np.errstate(all="ignore"):
        values = [evaluate(operand, scope) for operand in tree[1:]]
        try:
            OPERATIONS[tree[0]](*values)
        except FAILURES:
            return tree[0], tuple(np.shape(value) for value in values)
    return None
