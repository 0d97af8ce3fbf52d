"""What a reader's function returned, as it comes back from its process: numbers, or why none."""

import base64
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from backcheck.diagnosis.calling import by_name, calls
from backcheck.fixtures import Fixture
from backcheck.showing.words import say


@dataclass(frozen=True)
class Value:
    """What came back: its type, and its numbers or the key of the sentence why there are none."""

    kind: str
    array: Any
    why: str = ""
    error: str = ""


def decoded(told: Mapping[str, Any]) -> Any:
    """Return what `child.encoded` told of a value."""
    kind = told["kind"]
    if "entries" in told:
        return {name: decoded(one) for name, one in told["entries"]}
    if "items" in told:
        items = list(map(decoded, told["items"]))
        return tuple(items) if kind == "tuple" else items
    if "number" in told:
        return Value(kind, np.array(told["number"]))
    if "why" in told:
        return Value(kind, None, told["why"], told.get("error", ""))
    if "data" not in told:
        return Value(kind, np.broadcast_to(np.nan, told["shape"]), "too-large")
    data = np.frombuffer(base64.b64decode(told["data"]), told["dtype"])
    return Value(kind, data.reshape(told["shape"]))


def outputs_of(fixture: Fixture, returned: list[Any]) -> dict[str, Value]:
    """Return what the calls of a test returned, by the test's names."""
    found: dict[str, Any] = {}
    for (into, _), one in zip(calls(fixture), returned, strict=True):
        found |= by_name(fixture, into, decoded(one))
    # In which order they come back says nothing of an answer.
    names = dict.fromkeys((*fixture.expected, *found))
    return {name: _leaf(found[name]) for name in names if name in found}


def _leaf(value: Any) -> Value:
    """Return an output as one value: lists of numbers are an array of a wrong type."""
    if isinstance(value, Value):
        return value
    kind = type(value).__name__
    with suppress(ValueError, TypeError):
        return Value(kind, np.array(_nested(value), dtype=float))
    return Value(kind, None, "no-array")


def _nested(value: Any) -> Any:
    if isinstance(value, Value):
        return value.array.tolist()
    return [_nested(one) for one in value] if isinstance(value, tuple | list) else None


def first_complaint(fixture: Fixture, outputs: Mapping[str, Value]) -> str:
    """Return the first thing the test says, with the size of the difference, or ``""``."""
    # Where one number is expected, its type is left open.
    own = [(n, outputs[n]) for n, value in fixture.expected.items() if n in outputs and value.ndim]
    if fixture.comparisons[-1].rule == "printed":  # By eye a number has another shape, not type.
        own = [(n, one) for n, one in own if one.array is None or one.array.ndim]
    types = [say("wrong-type", name=n, kind=one.kind) for n, one in own if one.kind != "ndarray"]
    arrays = {name: np.nan if v.array is None else v.array for name, v in outputs.items()}
    first = next(iter((*types, *fixture.compare(arrays).failures)), "")
    name = first.split()[-1] if first else ""
    if first.startswith("Wrong shape"):
        shapes = {"own": np.shape(arrays[name]), "expected": fixture.expected[name].shape}
        return say("wrong-by-shape", said=first, **shapes)
    if first.startswith("Wrong values"):
        gap = np.max(np.abs(arrays[name] - fixture.expected[name]))
        return say("wrong-by", said=first, gap=f"{gap:.3g}")
    return first


def unusable(fixture: Fixture, name: str, value: Value) -> str:
    """Return why nothing can be searched for an output, or ``""``."""
    array = value.array
    if array is None:
        none = value.kind == "NoneType"
        return say("is-none" if none else value.why, name=name, kind=value.kind, error=value.error)
    if value.why or array.size == 0:
        return say(value.why or "no-entries", name=name, shape=array.shape)
    if array.ndim > (most := max(2, *map(np.ndim, fixture.expected.values()))):
        return say("too-many-axes", name=name, n=array.ndim, most=most)
    return say("complex", name=name) if array.dtype.kind == "c" else ""
