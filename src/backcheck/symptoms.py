"""What a message says when there are no numbers: a failed assert, or an exception."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from backcheck.candidates import Candidate, distinct, frequency
from backcheck.fixtures import load
from backcheck.mistakes import names_of, occurrences
from backcheck.mutate import FAILURES, mutants
from backcheck.program import OPERATIONS, Tree, evaluate
from backcheck.search import reference

Shape = tuple[int, ...]
"""A shape; -1 stands for a size that numpy does not name."""

_SHAPES = re.compile(r"\((\d+), ?(\d*)\)")

ERRORS = {
    r"KeyError: '?dA\d": (
        "The gradient is stored under another number: dA with the number l belongs to A of layer "
        "l, so the gradient of the input is dA0, and older notebooks called it dA1."
    ),
    r"KeyError: '?d[Wb]": (
        "This gradient is not stored under the number that is looked for: layer l writes dW and db "
        "with the number l, and the loop has to reach every layer."
    ),
    r"tuple index out of range": (
        "The cache of a layer is fetched by a wrong index: caches counts from 0, so that of layer "
        "l is entry l - 1."
    ),
    r"negative operator|unary -|numpy boolean": (
        "Y is an array of booleans here, and numpy has no minus for booleans: let the minus act on "
        "a number, for instance on the quotient."
    ),
    r"boolean index|index \d+ is out of bounds": (
        "The gradient that comes in has not the shape of this layer's Z: check which layer's dA "
        "you pass down in the loop."
    ),
    r"boolean subtract": (
        "numpy does not subtract booleans: one of the two must be an array of numbers."
    ),
    r"not enough values to unpack|too many values to unpack": (
        "The cells are of one edition of the notebook and the test of another: the test hands over "
        "a different number of things."
    ),
    r"NameError|UnboundLocalError": (
        "A name is used before it has a value: check its spelling, and run the cells above again."
    ),
    r"NoneType": "A line still holds the None it started with.",
}
"""Likely causes of exceptions, by a pattern of their last line."""


def likely_causes(error: str, id: str) -> tuple[str, ...]:
    """Return what may be behind an exception that a function raised on a fixture.

    Examples
    --------
    >>> likely_causes("KeyError: 'dA0'", "c1w4_L_model_backward_v2")[0][:51]
    'The gradient is stored under another number: dA wit'
    """
    known = tuple(known_causes(error))
    clash = clash_of(error)
    if known or not clash:
        return known
    found = sorted(clashing(id, clash), key=lambda candidate: candidate.rank)
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


def known_causes(error: str) -> Iterator[str]:
    """Yield the likely cause of an exception that is not about shapes."""
    for pattern, cause in ERRORS.items():
        if re.search(pattern, error):
            yield cause
