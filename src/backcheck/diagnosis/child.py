"""The process in which a reader's own code runs; what it returns goes back as plain numbers.

It gets a `Job` on its standard input and writes a line of JSON for each of its programs. What the
reader's code prints goes to the error stream.
"""

import ast
import base64
import copy
import json
import linecache
import os
import pickle
import re
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
from types import ModuleType
from typing import Any

import numpy as np

from backcheck.diagnosis.calling import helper
from backcheck.diagnosis.sources import RECORD, Piece, Taken
from backcheck.showing.words import say

BIG = 100_000
"""Of arrays with more entries than this only the shape goes back."""

MOST = 2000
"""How many assignments of a program are told."""

SMALL = 1000
"""Arrays with more entries than this are not told when they are assigned."""

DEEPEST = 4
"""How deep tuples, lists and dictionaries are looked into."""

COURSE = re.compile(r"utils|[tT]est_?[cC]ases?|public_tests")
"""What the names of the course's own modules have in them."""

READER = "__main__"
"""What a notebook calls the module that its cells make."""


@dataclass(frozen=True)
class Job:
    """What is to be run: each program is what is taken, the function, and its arguments by call."""

    path: str
    programs: tuple[tuple[Taken, str, tuple[tuple[Any, ...], ...]], ...]


# The function is taken before the reader's code can replace it.
end: Callable[[], Any] = (
    partial(os.killpg, 0, signal.SIGKILL) if os.name == "posix" else partial(os._exit, 0)
)
"""End this process and what it has started."""


def received() -> Callable[[], Any]:
    """Return what waits for the next thing that the parent sends.

    Once the parent is gone, however it ended, so are this process and what it has started.
    """
    sent, queue = os.fdopen(os.dup(0), "rb"), SimpleQueue[Any]()

    def receive() -> None:
        with suppress(EOFError, pickle.UnpicklingError):
            while True:
                queue.put(pickle.load(sent))  # noqa: S301 - our own parent wrote it
        end()

    threading.Thread(target=receive, daemon=True).start()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    return queue.get


def main() -> None:
    """Run the programs of a job."""
    job: Job = received()()
    # What is written to the standard output, by Python or below it, goes to the error stream.
    out = os.dup(1)
    os.dup2(2, 1)
    sys.path[:0] = [os.path.dirname(os.path.abspath(job.path))]
    for noise in ("coroutine .* was never awaited", ".*multi-threaded, use of fork"):
        warnings.filterwarnings("ignore", noise)
    write, dumps, leave = os.write, json.dumps, end
    null = os.open(os.devnull, os.O_WRONLY)
    for told in answers(job):
        left = (dumps(told) + "\n").encode()
        while left:
            left = left[write(out, left) :]
        # The reader's code has printed what it prints; the runs that follow look for a line.
        os.dup2(null, 1)
        os.dup2(null, 2)
    # A thread of the reader's would keep the process, and a child of it the pipe.
    leave()


def answers(job: Job) -> Iterator[dict[str, Any]]:
    """Yield what each program of a job returned and recorded, or how it failed."""
    return (_told(job.path, *program) for program in job.programs)


def _told(
    path: str, taken: Taken, name: str, arguments: tuple[tuple[Any, ...], ...]
) -> dict[str, Any]:
    records: list[Any] = []
    absent: list[str] = []
    try:
        function = _loaded(path, taken, name, records, absent)
        if isinstance(function, str):
            return {"problem": function}
        returned = []
        for given in arguments:
            returned.append(encoded(function(*copy.deepcopy(given))))
            records.append(None)
    except BaseException as error:  # whatever it is, it is the reader's
        labels = {piece.cell.label for piece in taken.pieces}
        return {**_failure(error, labels), "absent": absent}
    return {"returned": returned, "records": records}


def _loaded(
    path: str, taken: Taken, name: str, records: list[Any], absent: list[str]
) -> Callable[..., Any] | str:
    """Return the function, or a sentence that says what it lacks."""
    module = ModuleType(READER)
    # A dataclass looks up the module that it is written in, as long as the code runs.
    sys.modules[READER] = module
    scope = vars(module)
    scope |= {"__file__": path, "np": np, "numpy": np, "copy": copy, RECORD: _recorder(records)}
    known = {one: helper(one, taken.modules) for one in taken.missing}
    scope |= {one: supplied for one, supplied in known.items() if supplied is not None}
    for piece in taken.pieces:
        if not isinstance(piece.node, ast.Import | ast.ImportFrom):
            _run(piece, taken, scope)
            continue
        (alias,) = piece.node.names
        try:
            _run(piece, taken, scope)
        except Exception:
            source = getattr(piece.node, "module", None) or alias.name
            supplied = helper(alias.name, taken.modules)
            if alias.name == "*":
                absent.append(source)
            elif isinstance(piece.node, ast.Import) and COURSE.search(alias.name):
                scope[alias.asname or alias.name] = _Course(alias.name)
            elif isinstance(piece.node, ast.Import) or supplied is None:
                used = source if isinstance(piece.node, ast.Import) else f"{alias.name} of {source}"
                return say("absent", function=name, used=used, module=source)
            else:
                scope[alias.asname or alias.name] = supplied
    function: Any = module
    for part in name.split("."):
        function = getattr(function, part)
    return function if callable(function) else say("no-callable", name=name)


class _Course(ModuleType):
    """A module of the course that is not installed, with the helpers that are supplied."""

    def __getattr__(self, name: str) -> Any:
        found = helper(name, (self.__name__,))
        if found is None:
            raise AttributeError(f"{self.__name__} is not installed, so it has no {name}")
        return found


def _run(piece: Piece, taken: Taken, scope: dict[str, Any]) -> None:
    label, text = piece.cell
    linecache.cache[label] = (len(text), None, text.splitlines(keepends=True), label)
    tree = ast.Module([*taken.futures, piece.node], [])
    exec(compile(tree, label, "exec"), scope)  # noqa: S102 - the reader asks for it


def _recorder(records: list[Any]) -> Callable[..., Any]:
    """Return what an instrumented program calls with each value that it gives a name."""
    alive = []  # or another array could be given the place of one that is gone

    def record(where: list[Any], value: Any, key: Any = None) -> Any:
        with suppress(Exception):
            name, held = where[-1], value
            if key is not None and isinstance(value, dict | list):
                name = f"[{key}]" if isinstance(key, str) else f"{name}[{key}]"
                held = value[key]
            told = encoded(held) if len(records) < MOST and np.size(held) <= SMALL else {}
            if "data" in told or "number" in told:
                records.append([*where[:-1], name, told, id(held)])
                alive.append(held)
        return value

    return record


def encoded(value: Any, depth: int = 0) -> dict[str, Any]:
    """Return what goes back of a value: its type, and its numbers or why there are none."""
    told: dict[str, Any] = {"kind": type(value).__name__}
    try:
        if isinstance(value, Mapping):
            return told | {"entries": [[str(k), encoded(v, depth + 1)] for k, v in value.items()]}
        if isinstance(value, tuple | list) and depth < DEEPEST:
            return told | {"items": [encoded(one, depth + 1) for one in value]}
        if isinstance(value, bool | int | float) and not isinstance(value, np.generic):
            return told | {"number": float(value)}
        if isinstance(value, np.ma.MaskedArray):
            return told | {"why": "masked"}
        array = np.asarray(value)
    except BaseException as error:
        return told | {"why": "unreadable", "error": f"{type(error).__name__}: {error}"}
    if array.dtype.kind not in "biufc":
        return told | {"why": "no-array"}
    told |= {"dtype": array.dtype.str, "shape": array.shape}
    if array.size <= BIG:
        told["data"] = base64.b64encode(array.tobytes()).decode()
    return told


def _failure(error: BaseException, labels: set[str]) -> dict[str, Any]:
    # A recursion passes through thousands of frames, and the first few and the last say it all.
    frames = traceback.extract_tb(error.__traceback__)
    own = [(frame.filename, frame.lineno, frame.name, frame.line) for frame in frames]
    own = [frame for frame in own if frame[0] in labels]
    said = traceback.format_exception_only(error)[-1].strip()
    return {"error": said, "frames": own[:3] + own[3:][-2:]}
