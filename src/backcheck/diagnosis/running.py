"""A reader's own function, called as the published test calls it, in a process of its own."""

import ast
import json
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from importlib.util import decode_source
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np

from backcheck import forward
from backcheck.diagnosis.calling import HANDING, called, calls, handing, of_own_forward
from backcheck.diagnosis.child import Job
from backcheck.diagnosis.diagnose import diagnose
from backcheck.diagnosis.explain import of_inputs
from backcheck.diagnosis.helpers import calls_in, said_of
from backcheck.diagnosis.lines import Assignment, Trace, does, first_wrong, same, which_line
from backcheck.diagnosis.pasted import written
from backcheck.diagnosis.reading import Paste, assigned_in, frame_of, over_relu
from backcheck.diagnosis.result import Diagnosis, matches
from backcheck.diagnosis.returned import Value, decoded, first_complaint, outputs_of, unusable
from backcheck.diagnosis.sources import Cell, Taken, cells, instrumented, left_as_handed_out, take
from backcheck.diagnosis.symptoms import likely_mutants, told
from backcheck.fixtures import Comparison, Fixture, ids, load, parsed, prefix
from backcheck.mutants.mistakes import occurrences, table
from backcheck.mutants.mutant import Mutant, distinct
from backcheck.over_time import time
from backcheck.showing.words import pattern, say

PATIENCE = 2.0
"""Seconds after which a reader is told that the function is still running."""

FOUR_DIGITS = 1e-4
"""A function with a larger relative error than this is wrong, and not only rounded."""

LARGER, CASES = 2, 4
"""The place of the larger forward pass among the `cases` of a function, and their number."""

MOST_LINES = 3
"""How many lines of a function may be the explanation of its numbers."""

CHILD = "import sys; sys.path[:] = sys.argv[1:]; from backcheck.diagnosis.child import main; main()"


@dataclass(frozen=True)
class Ran:
    """What a function did: its outputs by name, or the exception and the frames it passed."""

    fixture: Fixture
    taken: Taken
    name: str
    outputs: Mapping[str, Value] = field(default_factory=dict)
    error: str = ""
    frames: tuple[tuple[str, int, str, str], ...] = ()
    absent: tuple[str, ...] = ()  # modules that are not installed, of which it may miss a name
    # What each function that has a test did in each of its `cases`.
    traces: Mapping[str, list[Trace]] = field(default_factory=dict)
    # What it returns with the cache of the reader's own forward function, if it has one.
    of_forward: Mapping[str, Value] = field(default_factory=dict)

    @property
    def raised(self) -> str:
        """What is shown of an exception."""
        where = (f"  {label}, line {line}: {text}" for label, line, _, text in self.frames)
        return "\n".join([say("raised"), *where, self.error])


@dataclass(frozen=True)
class Asked:
    """What a process of its own is asked to run, and each function, test and arrays it is about."""

    fixture: Fixture
    taken: Taken
    name: str
    cases: tuple[tuple[str, Fixture, Mapping[str, Any]], ...]
    job: Job


def run(
    fixture: Fixture,
    path: str,
    name: str,
    seconds: float = 30.0,
    waiting: Callable[[], None] = lambda: None,
) -> Ran:
    """Call a function of a file as a test does, and say what it did.

    It has some `seconds` for that, and `waiting` is called once where it takes a while. A
    ValueError says in one sentence what keeps it from being called, or from coming back.
    """
    asks = asked(fixture, path, source_of(Path(path)), name)
    return ran(asks, told_by(asks.job, seconds, waiting))


def asked(fixture: Fixture, path: str, text: str, name: str) -> Asked:
    """Return what is to be run of a file: the function as it is, then the search for its line."""
    own = cells(Path(path), text)
    taken = take(own, name)
    tests = {one: test_of(one) for one in _own_tests() if one in taken.names and one != name}
    tests[name] = fixture
    every = tuple((one, *case) for one, test in tests.items() for case in cases(test))
    traced = instrumented(taken)
    programs = [(traced, one, _given(test, arrays)) for one, test, arrays in every]
    clean = (taken, name, _given(fixture, fixture.arrays))
    last = tuple(_with_own_forward(fixture, name, own, taken))
    return Asked(fixture, taken, name, every, Job(path, (clean, *programs, *last)))


def _with_own_forward(
    fixture: Fixture, name: str, own: list[Cell], taken: Taken
) -> Iterator[tuple[Taken, str, tuple[tuple[Any, ...], ...]]]:
    """Yield the program that hands the reader's own cache to a function, if a notebook does so."""
    if fixture.handed_by and handing(fixture)[0] in taken.uncalled:
        text, test = of_own_forward(fixture, name)
        with suppress(ValueError):
            yield take([*own, Cell("", text)], HANDING), HANDING, _given(test, test.arrays)


def ran(asks: Asked, told: Sequence[dict[str, Any]]) -> Ran:
    """Return what the function did, by what the process told."""
    first, *others = told
    of = (asks.fixture, asks.taken, asks.name)
    if "problem" in first:
        raise ValueError(first["problem"])
    if "error" in first:
        error = "".join(char if char.isprintable() else " " for char in first["error"])
        frames = tuple(map(tuple, first["frames"]))
        return Ran(*of, {}, error, frames, tuple(first["absent"]))
    traces: dict[str, list[Trace]] = {}
    names = {one for one, *_ in asks.cases}
    for (one, test, arrays), answer in zip(asks.cases, others, strict=False):
        made = traces.setdefault(one, [])
        try:
            made.append(_trace(test, arrays, answer, one.rpartition(".")[2], names - {one}))
        except ValueError as error:
            made.append(Trace(test, arrays, error=str(error)))
    of_forward: dict[str, Value] = {}
    for answer in others[len(asks.cases) :]:
        with suppress(ValueError, KeyError):
            of_forward = outputs_of(asks.fixture, answer["returned"])
    outputs = outputs_of(asks.fixture, first["returned"])
    return Ran(*of, outputs, traces=traces, of_forward=of_forward)


def source_of(file: Path) -> str:
    """Return the text of a reader's file, by the encoding it names."""
    if not file.is_file():
        raise ValueError(say("no-file", path=str(file)))
    data = file.read_bytes()
    try:
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return data.decode("utf-16")
        return data.decode("utf-8-sig") if file.suffix == ".ipynb" else decode_source(data)
    except (UnicodeError, SyntaxError) as error:
        line = data[: getattr(error, "start", 0)].count(b"\n") + 1
        said = getattr(error, "reason", None) or str(error)
        raise ValueError(say("no-text", where=f"{file.name}, line {line}", said=said)) from None


def _given(fixture: Fixture, arrays: Mapping[str, Any]) -> tuple[tuple[Any, ...], ...]:
    return tuple(given for _, given in calls(fixture, arrays))


def cases(fixture: Fixture) -> Iterator[tuple[Fixture, Mapping[str, Any]]]:
    """Yield what a function is run on: three real forward passes, then the test's own arrays.

    The third is larger, since few layers and units hide mistakes.
    """
    yield from ((fixture, arrays) for arrays in fresh(fixture))
    deeper = fixture.deeper
    yield (deeper, deeper.arrays) if deeper else (fixture, forward.draw(fixture, seed=1))
    yield fixture, fixture.arrays


def fresh(fixture: Fixture) -> Iterator[Mapping[str, Any]]:
    """Return two real forward passes of the test's own sizes on which no step is 0 everywhere."""
    drawn = (forward.draw(fixture, seed, fixture.sizes) for seed in range(1, 50))
    # What a loop starts from is 0.
    steps = [s.name for s in fixture.program.steps if time(s.name) <= fixture.last]
    values = ((arrays, fixture.program.run(arrays)) for arrays in drawn)
    return islice((arrays for arrays, own in values if all(np.any(own[n]) for n in steps)), 2)


def _own_tests() -> tuple[str, ...]:
    """Return the functions of the exercises that can be judged alone, the innermost first."""
    slopes = [f"{name}_backward" for name in ("sigmoid", "relu")]
    return (*slopes, *dict.fromkeys(load(id).function for id in ids()))


def test_of(function: str) -> Fixture:
    """Return the newest test of a function; that of an activation is made of its layer's."""
    found = [test for test in map(load, ids()) if test.function == function]
    if found:
        return found[-1]
    layer = load("c1w4_linear_activation_backward_v2")
    output = f"{function.removesuffix('_backward')}_dZ"
    return replace(
        layer,
        function=function,
        call=(f"{output} = {function}(dA, Z)",),
        expected={output: layer.values[output]},
        comparisons=(Comparison("", "decimal", (output,)),),
    )


def told_by(job: Job, seconds: float, waiting: Callable[[], None]) -> list[dict[str, Any]]:
    """Run a job; return what is told of each of its programs, of the first one at least."""
    process = subprocess.Popen(  # noqa: S603 - this Python, which runs our own module
        [sys.executable, "-c", CHILD, *sys.path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    out, late = b"", False
    # As long as this end of the pipe is open, the process knows that somebody waits.
    sent: Any = process.stdin
    process.stdin = None
    try:
        with suppress(OSError):
            pickle.dump(job, sent)
            sent.flush()
        try:
            out, _ = process.communicate(timeout=min(PATIENCE, seconds))
        except subprocess.TimeoutExpired:
            waiting()
            out, _ = process.communicate(timeout=max(0.01, seconds - PATIENCE))
    except subprocess.TimeoutExpired:
        late = True
    finally:
        ended(process)
        with suppress(subprocess.TimeoutExpired):
            out = process.communicate(timeout=1)[0] or out
        with suppress(OSError):
            sent.close()
    told = []
    for line in out.splitlines():
        with suppress(ValueError):
            told.append(json.loads(line))
    if not told:
        said = say("out-of-time" if late else "died", seconds=seconds, code=process.returncode)
        raise ValueError(said)
    return told


def ended(process: subprocess.Popen[bytes]) -> None:
    """End a process and what it has started."""
    with suppress(OSError, AttributeError):
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()


def _trace(
    test: Fixture, arrays: Mapping[str, Any], told: Any, function: str, elsewhere: set[str]
) -> Trace:
    if "returned" not in told:
        error, frames = told["error"], told["frames"]
        return Trace(test, arrays, function=function, error=error, frames=frames)
    made: list[Assignment] = []
    held: dict[int, list[Assignment]] = {}
    overwritten: dict[str, Assignment] = {}
    ends = calls(test)
    for record in [None, *told["records"][:-1]]:
        if record is None:
            # A call begins, and what it returns is named by the test.
            into = next(ends)[0]
            known = [ast.unparse(part) for part in getattr(into, "elts", [into])]
            before = prefix(known[0])
            continue
        line, inside, name, value, place = record
        output = name[0] == "["
        if name.startswith("return "):
            if inside != function or (number := int(name.partition(" ")[2])) >= len(known):
                continue
            name, output = known[number].removeprefix(before), True
        name = name.strip("[]") if output else name
        one = Assignment(line, inside, name, decoded(value).array, output, before)
        for other in held.setdefault(place, []):
            if other.name != one.name and not same(other.value, one.value):
                overwritten.setdefault(other.name, one)
        held[place].append(one)
        if inside not in elsewhere:
            made.append(one)
    outputs = outputs_of(test, told["returned"])
    usable = {n: value.array for n, value in outputs.items() if not unusable(test, n, value)}
    bare = {n: usable[n] for n in test.numbers if n in usable and not usable[n].ndim}
    usable |= {name: value.reshape(test.expected[name].shape) for name, value in bare.items()}
    return Trace(test, arrays, made, usable, function, overwritten)


def diagnosed(ran: Ran, before_two_changes: Callable[[], None] = lambda: None) -> Diagnosis:
    """Return the diagnosis of what a function returned, or what is known of how it failed."""
    fixture, outputs = ran.fixture, ran.outputs
    why = {name: unusable(fixture, name, value) for name, value in outputs.items()}
    said = tuple(why[name] for name in fixture.expected if why.get(name))
    if ran.error or any(outputs[name].array is None for name in fixture.expected if name in why):
        why_not = _as_method(ran) or left_as_handed_out(ran.taken.pieces)
        said = (why_not,) if why_not else said
    order = tuple(_other_order(ran))
    if ran.error and not said:
        failed = _failed(ran)
        return replace(failed, remarks=(*order, *failed.remarks))
    text = _text_of(ran, ran.name)
    said = (*order, *said, *_in_another_case(ran), *over_relu(text, assigned_in(text)))
    usable = {name: outputs[name].array for name in why if not why[name]}
    if not usable:
        return Diagnosis("unexplained", fixture, (), said)
    if not fixture.last and not any(map(np.any, usable.values())):
        zeros = say("all-zeros", name=ran.name)
        return Diagnosis("unexplained", fixture, (), (*said, zeros))
    found = diagnose(usable, fixture, 2, before_two_changes)
    # Real forward passes tell more apart than the test; what is expected has no change, and stays.
    # Keys of an older edition are read as the names of this one, on each network alike.
    taken_for = {str(array.name): step for step, array in found.arrays.items()}
    fresh = [
        replace(t, outputs={taken_for.get(n, n): value for n, value in t.outputs.items()})
        for t in ran.traces.get(ran.name, [])[: CASES - 1]
        if t.outputs and t.test is fixture
    ]
    kept = [m for m in found.candidates if not m.forms or all(does(m, one) for one in fresh)]
    if found.verdict == "explained" and not kept:
        # What prints the same in the test is looked for once, and may be another thing elsewhere.
        named = (Mutant(fixture, forms) for _, forms in occurrences(fixture))
        alike = [one for one in named if all(matches(one, found.arrays).values())]
        kept = distinct([one for one in alike if all(does(one, trace) for trace in fresh)])
    # Nothing was written over that was not seen to be.
    if fresh and not any(one.overwritten for one in fresh):
        kept = [m for m in kept if table()["overwritten"] not in m.named]
    found = replace(found, candidates=tuple(kept))
    if found.verdict != "expected" and not kept:
        own = written(Paste((), lines=assigned_in(text)), fixture)
        if own and own.changes <= MOST_LINES and all(matches(own, found.arrays).values()):
            found = replace(found, verdict="explained", candidates=(own,), remarks=())
        elif found.verdict == "explained":
            # What prints the same in the test and not on other networks is not what was done.
            again = diagnose(usable, fixture, 0)
            unknown = Diagnosis("unexplained", fixture, arrays=found.arrays)
            found = again if again.verdict == "unexplained" else unknown
    # The function was called with the arrays of the test.
    told = (one for one in found.remarks if one not in of_inputs(fixture))
    found = replace(found, remarks=(*said, *told))
    names = [name for name in fixture.expected if why.get(name)]
    if found.verdict != "expected" or not names or not first_complaint(fixture, outputs):
        return found
    # What can be searched for is right, and the rest is not.
    right, n = ", ".join(found.arrays), len(found.arrays)
    of = {"is_right": say("is", n=n), "are": say("is", n=len(names))}
    headline = say("right-but-unusable", right=right, names=", ".join(names), **of)
    return replace(found, verdict="unexplained", candidates=(), headline=headline)


def _in_another_case(ran: Ran) -> Iterator[str]:
    """Yield what to know of keys that differ from those of the test by the case of a letter."""
    due = {name.lower(): name for name in ran.fixture.expected if name not in ran.outputs}
    own = [name for name in ran.outputs if name.lower() in due]
    if own:
        wanted = ", ".join(due[name.lower()] for name in own)
        yield say("another-case", own=", ".join(own), wanted=wanted)


def _parameters(ran: Ran) -> list[str]:
    nodes = (piece.node for piece in ran.taken.pieces)
    own = (one for one in nodes if isinstance(one, ast.FunctionDef) and one.name == ran.name)
    return [one.arg for node in own for one in node.args.args]


def _as_method(ran: Ran) -> str:
    """Return what to know of a function that was taken out of a class, or ``""``."""
    call = ran.fixture.call[0].rpartition(" = ")[2]
    return say("takes-self", name=ran.name, call=call) if _parameters(ran)[:1] == ["self"] else ""


def _other_order(ran: Ran) -> Iterator[str]:
    """Yield what to know where a function has the test's arguments in another order."""
    _, given = next(iter(parsed(ran.fixture)))
    takes = _parameters(ran)
    named = {one.id: place for place, one in enumerate(given) if isinstance(one, ast.Name)}
    moved = any(name in takes and takes.index(name) != place for name, place in named.items())
    if moved and not _as_method(ran):
        call = ran.fixture.call[0].rpartition(" = ")[2]
        yield say("other-order", call=call, parameters=", ".join(takes))


def _failed(ran: Ran) -> Diagnosis:
    """Return what may be behind an exception."""
    if not ran.frames and ran.error.startswith("TypeError"):
        return Diagnosis(
            "unexplained", ran.fixture, (), (say("called-so", call=called(ran.fixture)),)
        )
    is_name = ran.error.startswith("NameError")
    absent = [say("may-be-absent", module=module) for module in ran.absent if is_name]
    *calls, (*_, function, text) = ran.frames or [("", 0, "-", "")]
    frame = frame_of(function.strip("<>"), text or "")
    frame = replace(frame, calls=tuple(one[-1] or "" for one in reversed(calls)))
    # What an assert of the learner's own says is its statement.
    error = "" if ran.error.startswith("AssertionError") else ran.error
    text = _text_of(ran, function)
    causes = told(ran.error, frame, source=text)
    paste = Paste((), error=error, frame=frame, lines=assigned_in(text))
    likely = None if causes else likely_mutants(paste, [ran.fixture])
    fixture, found, remarks = likely or (ran.fixture, (), causes)
    # The call that is wrong may stand in a function above the one that stopped.
    above = "\n".join(_text_of(ran, one) for one in dict.fromkeys(one[2] for one in ran.frames))
    suspect = said_of(calls_in(above), remarks, only_wrong=True)
    return Diagnosis("unexplained", fixture or ran.fixture, found, (*absent, *suspect, *remarks))


def _text_of(ran: Ran, function: str) -> str:
    """Return the lines of a function."""
    own = [p for p in ran.taken.pieces if getattr(p.node, "name", "") == function]
    lines = (p.cell.text.split("\n")[p.node.lineno - 1 : p.node.end_lineno] for p in own)
    return "\n".join(chain.from_iterable(lines))


def line_of(ran: Ran, found: Diagnosis) -> Mapping[str, Any] | None:
    """Return the first line that is not right: where, which, the name and what is said of it."""
    if ran.error:
        return _where(ran.frames)
    traces = {
        n: some for n, some in ran.traces.items() if len(some) == CASES and not some[-1].error
    }
    own = ran.name
    if own not in traces:
        return None
    # Why a test rejects a function is seen on forward passes of its own sizes.
    seen = LARGER if first_complaint(ran.fixture, ran.outputs) else CASES - 1
    wrong = {name: first_wrong(some[:seen]) for name, some in traces.items()}
    first = next((name for name in wrong if wrong[name]), own) if wrong[own] else own
    fresh, *_, here = traces[first]
    shown = wrong[first] or fresh
    if shown.error:
        # What it calls has been found right.
        return _where([one for one in shown.frames if one[2] == shown.function])
    if first != own:
        found = diagnose(here.outputs, here.test, 1)
    if not (at := which_line(shown, here, found.candidates)):
        return None
    one, says = at
    cells = [p.cell.label for p in ran.taken.pieces if getattr(p.node, "name", "") == one.function]
    where = cells[-1] if cells else ""
    if says == table()["keepdims"].name and pattern("keeps-axis").search(_line(ran, where, one)):
        says = say("line-axis-lost")
    return {"where": where, "line": one.line, "name": one.name, "says": says}


def _line(ran: Ran, where: str, one: Assignment) -> str:
    """Return the text of the line in which something was assigned."""
    texts = [piece.cell.text for piece in ran.taken.pieces if piece.cell.label == where]
    return texts[0].split("\n")[one.line - 1] if texts else ""


def _where(frames: Sequence[tuple[Any, ...]]) -> Mapping[str, Any] | None:
    return dict(zip(("where", "line", "name", "says"), frames[-1], strict=True)) if frames else None


def shown(line: Mapping[str, Any], path: str) -> str:
    """Return a line for readers: the cell if there are several, the line, the name, and what."""
    cell = line["where"].removeprefix(Path(path).name).removeprefix(", ")
    place = ", ".join(filter(None, (cell, f"line {line['line']}")))
    return f"{place}, {line['name']}: {line['says']}"
