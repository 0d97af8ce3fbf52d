"""A reader's own function, called as the published test calls it, in a process of its own."""

import base64
import json
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.util import decode_source
from pathlib import Path
from typing import Any

import numpy as np

from backcheck import forward
from backcheck.activations import ACTIVATIONS
from backcheck.diagnosis.calling import by_name, calls
from backcheck.diagnosis.child import Job
from backcheck.diagnosis.diagnose import Diagnosis, diagnose
from backcheck.diagnosis.lines import Assignment, Trace, is_right, which_line
from backcheck.diagnosis.reading import NOWHERE, Frame, frame_of
from backcheck.diagnosis.sources import Taken, cells, instrumented, left_as_handed_out, take
from backcheck.diagnosis.symptoms import likely_causes
from backcheck.fixtures import Comparison, Fixture, ids, load
from backcheck.showing.words import say

PATIENCE = 2.0
"""Seconds after which a reader is told that the function is still running."""

START = "import sys; sys.path[:] = sys.argv[1:]; from backcheck.diagnosis.child import main; main()"


@dataclass(frozen=True)
class Value:
    """Something that came back: its type, and its numbers or a sentence that says why not."""

    kind: str
    array: Any
    said: str = ""


@dataclass(frozen=True)
class Failure:
    """An exception in the reader's code, with the lines of their file it passed through."""

    error: str
    where: tuple[str, ...]
    frame: Frame = NOWHERE
    line: Mapping[str, Any] | None = None
    absent: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n".join([say("raised"), *self.where, self.error])


@dataclass(frozen=True)
class Ran:
    """What a function did: its outputs by name, or how it failed."""

    fixture: Fixture
    taken: Taken
    name: str
    outputs: Mapping[str, Value]
    failure: Failure | None = None
    traces: tuple[tuple[str, Fixture, Any, Mapping[str, Any]], ...] = ()

    @cached_property
    def left(self) -> str:
        """Where nothing was written yet, if that is why there are no numbers."""
        without = any(value.array is None for value in self.outputs.values())
        return left_as_handed_out(self.taken.pieces) if without or self.failure else ""


def run(
    fixture: Fixture,
    path: str,
    name: str,
    seconds: float = 30.0,
    waiting: Callable[[], None] = lambda: None,
) -> Ran:
    """Call a function of a reader's file as a test does; ValueError says what keeps it from that.

    Parameters
    ----------
    fixture, path, name : Fixture, str, str
        The test, the file or notebook, and the function in it.
    seconds : float
        How long the function may take.
    waiting : callable
        Called once where it takes a while.
    """
    file = Path(path)
    taken = take(cells(file, source_of(file)), name)
    traced = instrumented(taken)
    clean = (taken, name, _arguments(fixture))
    own = [one for one in (*_helpers(), name) if one == name or one in taken.names]
    tests = {one: fixture if one == name else test_of(one) for one in own}
    fresh = {one: _fresh(test) for one, test in tests.items() if test}
    pairs = [
        (one, test, where) for one, test in tests.items() if test for where in (fresh[one], None)
    ]
    programs = [(traced, one, _arguments(test, where)) for one, test, where in pairs]
    told = _answers(Job(path, (clean, *programs)), seconds, waiting)
    first = told[0]
    if "problem" in first:
        raise ValueError(first["problem"])
    if "error" in first:
        return Ran(fixture, taken, name, {}, _failure(first["error"]))
    traces = tuple(
        (one, test, where, answer)
        for (one, test, where), answer in zip(pairs, told[1:], strict=False)
    )
    return Ran(fixture, taken, name, _outputs(fixture, first["returned"]), None, traces)


def source_of(file: Path) -> str:
    """Return the text of a reader's file, by the encoding it names."""
    if not file.is_file() or file.suffix not in (".py", ".ipynb"):
        raise ValueError(say("no-file", path=str(file)))
    data = file.read_bytes()
    try:
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return data.decode("utf-16")
        return data.decode("utf-8-sig") if file.suffix == ".ipynb" else decode_source(data)
    except (UnicodeError, SyntaxError) as error:
        line = data[: getattr(error, "start", 0)].count(b"\n") + 1
        where = f"{file.name}, line {line}"
        said = getattr(error, "reason", None) or str(error)
        raise ValueError(say("no-text", where=where, said=said)) from None


def _arguments(fixture: Fixture, arrays: Any = None) -> tuple[tuple[Any, ...], ...]:
    return tuple(given for _, given in calls(fixture, arrays))


def _fresh(fixture: Fixture) -> Mapping[str, Any]:
    """Return a real forward pass of the test's own sizes on which no step is 0 everywhere."""
    for seed in range(1, 50):
        arrays = forward.draw(fixture, seed, fixture.sizes)
        if all(np.any(value) for value in fixture.program.run(arrays).values()):
            break
    return arrays


def _helpers() -> tuple[str, ...]:
    """Return the functions that readers write with a test of their own, the innermost first."""
    slopes = [f"{name}_backward" for name in ACTIVATIONS]
    return (*slopes, *dict.fromkeys(load(id).function for id in ids()))


def test_of(function: str) -> Fixture | None:
    """Return the newest test of a function; that of an activation is made of its layer's."""
    found = [test for test in map(load, ids()) if test.function == function]
    if found:
        return found[-1]
    base = load("c1w4_linear_activation_backward_v2")
    output = f"{function.removesuffix('_backward')}_dZ"
    if output not in base.values:
        return None
    compared = (Comparison("", "decimal", (output,)),)
    expected = {output: base.values[output]}
    call = (f"{output} = {function}(dA, Z)",)
    return replace(base, function=function, call=call, expected=expected, comparisons=compared)


def _answers(job: Job, seconds: float, waiting: Callable[[], None]) -> list[dict[str, Any]]:
    """Run a job, and return what is told of each of its programs, of the first one at least."""
    process = subprocess.Popen(  # noqa: S603 - this Python, which runs our own module
        [sys.executable, "-c", START, *sys.path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    late = False
    try:
        out = b""
        try:
            out, _ = process.communicate(pickle.dumps(job), timeout=min(PATIENCE, seconds))
        except subprocess.TimeoutExpired:
            waiting()
            with suppress(subprocess.TimeoutExpired):
                out, _ = process.communicate(timeout=max(0.01, seconds - PATIENCE))
            late = process.returncode is None
    finally:
        _stop(process)
    if late:
        with suppress(subprocess.TimeoutExpired):
            out, _ = process.communicate(timeout=1)
    told = []
    for line in out.splitlines():
        with suppress(ValueError):
            told.append(json.loads(line))
    if not told:
        key = "out-of-time" if late else "died"
        raise ValueError(say(key, seconds=seconds, code=process.returncode))
    return told


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End a process, and what it started."""
    with suppress(OSError, AttributeError):
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()


def _decoded(told: Mapping[str, Any]) -> Any:
    kind = told["kind"]
    if "entries" in told:
        return {name: _decoded(one) for name, one in told["entries"]}
    if "items" in told:
        items = [_decoded(one) for one in told["items"]]
        return tuple(items) if kind == "tuple" else items
    if "number" in told:
        return Value(kind, np.array(told["number"]))
    if "said" in told:
        return Value(kind, None, told["said"] + " " + told.get("error", ""))
    shape = tuple(told["shape"])
    if "data" not in told:
        return Value(kind, np.broadcast_to(np.nan, shape), "too-large")
    data = np.frombuffer(base64.b64decode(told["data"]), told["dtype"])
    return Value(kind, data.reshape(shape))


def _outputs(fixture: Fixture, returned: list[Any]) -> dict[str, Value]:
    found: dict[str, Any] = {}
    for (into, _), one in zip(calls(fixture), returned, strict=True):
        found |= by_name(fixture, into, _decoded(one))
    return {name: _leaf(value) for name, value in found.items()}


def _leaf(value: Any) -> Value:
    if isinstance(value, Value):
        return value
    kind = type(value).__name__
    try:
        return Value(kind, np.array(_plain(value), dtype=float))
    except (ValueError, TypeError):
        return Value(kind, None, "no-array")


def _plain(value: Any) -> Any:
    if isinstance(value, Value):
        return value.array if value.array is None else value.array.tolist()
    if not isinstance(value, tuple | list):
        raise TypeError
    return [_plain(one) for one in value]


def _failure(told: Mapping[str, Any]) -> Failure:
    frames = told["frames"]
    where = tuple(f"  {label}, line {line}: {text}" for label, line, _, text in frames)
    error = "".join(char if char.isprintable() else " " for char in told["said"])
    if not frames:
        return Failure(error, where, absent=tuple(told["absent"]))
    label, number, function, text = frames[-1]
    line = {"where": label, "line": number, "name": function, "says": text}
    frame = frame_of(function.strip("<>"), text or "")
    return Failure(error, where, frame, line, tuple(told["absent"]))


def first_complaint(fixture: Fixture, outputs: Mapping[str, Value]) -> str:
    """Return the first thing the test says, with the size of the difference, or ``""``."""
    own = [(name, outputs[name]) for name in fixture.expected if name in outputs]
    types = [f"Wrong type for {name}: {one.kind}" for name, one in own if one.kind != "ndarray"]
    arrays = {name: np.nan if v.array is None else v.array for name, v in outputs.items()}
    first = next(iter((*types, *fixture.compare(arrays).failures)), "")
    name = first.split()[-1] if first else ""
    if first.startswith("Wrong shape"):
        return f"{first} (yours {np.shape(arrays[name])}, expected {fixture.expected[name].shape})"
    if first.startswith("Wrong values"):
        gap = np.max(np.abs(arrays[name] - fixture.expected[name]))
        return f"{first} (largest difference {gap:.3g})"
    return first


def diagnosed(ran: Ran, before_two_changes: Callable[[], None] = lambda: None) -> Diagnosis:
    """Return the diagnosis of what a function returned, or what is known of how it failed."""
    fixture = ran.fixture
    if ran.failure:
        causes = likely_causes(ran.failure.error, fixture, ran.failure.frame)
        absent = [say("may-be-absent", module=module) for module in ran.failure.absent]
        wanting = absent if ran.failure.error.startswith("NameError") else []
        said = (ran.left,) if ran.left else (*wanting, *causes)
        return Diagnosis("unexplained", fixture, (), said)
    said = tuple(
        filter(None, (_unusable(n, v) for n, v in ran.outputs.items() if n in fixture.expected))
    )
    usable = {n: v.array for n, v in ran.outputs.items() if not _unusable(n, v)}
    if ran.left or not usable:
        return Diagnosis("unexplained", fixture, (), (ran.left,) if ran.left else said)
    found = diagnose(usable, fixture, 2, before_two_changes)
    return replace(found, remarks=(*said, *found.remarks))


def _unusable(name: str, value: Value) -> str:
    """Return why an output cannot be searched for, or ``""``."""
    array = value.array
    if array is None:
        key, _, error = value.said.partition(" ")
        key = "is-none" if value.kind == "NoneType" else key
        return say(key, name=name, kind=value.kind, error=error)
    if value.said or array.size == 0:
        return say(value.said or "no-entries", name=name, shape=array.shape)
    if array.ndim > 2:
        return say("too-many-axes", name=name, n=array.ndim)
    return say("complex", name=name) if array.dtype.kind == "c" else ""


def line_of(ran: Ran, found: Diagnosis) -> Mapping[str, Any] | None:
    """Return the first line that is not right: where, which, the name and what is said of it."""
    if ran.failure:
        return ran.failure.line
    both: dict[str, list[Trace]] = {}
    tests: dict[str, Fixture] = {}
    for function, test, arrays, answer in ran.traces:
        if "returned" in answer:
            tests[function] = test
            others = {one for one, *_ in ran.traces if one != function}
            both.setdefault(function, []).append(_trace(test, arrays, answer, others))
    right = {name: is_right(tests[name], some[0]) for name, some in both.items()}
    wrong = [name for name in both if not right[name]] if not right.get(ran.name, True) else []
    function = wrong[0] if wrong else ran.name
    if len(both.get(function, ())) < 2:
        return None
    fresh, here = both[function]
    test = tests[function]
    if function != ran.name:
        found = diagnose(here.outputs, test)
    if not (at := which_line(test, fresh, here, found.candidates)):
        return None
    one, says = at
    cells = [p.cell.label for p in ran.taken.pieces if getattr(p.node, "name", "") == one.function]
    return {"where": cells[-1] if cells else "", "line": one.line, "name": one.name, "says": says}


def _trace(test: Fixture, arrays: Any, answer: Mapping[str, Any], others: set[str]) -> Trace:
    made = [
        Assignment(line, function, name, _decoded(told).array)
        for line, function, name, told in answer["records"]
        if function not in others
    ]
    outputs = _outputs(test, answer["returned"])
    usable = {n: v.array for n, v in outputs.items() if not _unusable(n, v)}
    return Trace(test.arrays if arrays is None else arrays, made, usable)


def shown(line: Mapping[str, Any], path: str) -> str:
    """Return a line for readers, such as ``line 12, dZ1: right, and the test's cache is not``."""
    cell = line["where"].removeprefix(Path(path).name).removeprefix(", ")
    place = ", ".join(filter(None, (cell, f"line {line['line']}")))
    return f"{place}, {line['name']}: {line['says']}"
