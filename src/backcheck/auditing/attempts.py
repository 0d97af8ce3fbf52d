"""The process in which an author's own test runs, once for each backward pass that it is given.

It gets a `Load` and then an `Ask` for each run on its standard input, and answers each with a line
of JSON. What the test prints is read for its verdict, and goes nowhere else.
"""

import ast
import copy
import inspect
import io
import json
import os
import pkgutil
import random
import re
import socket
import sys
import traceback
import unittest
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from functools import partial
from itertools import starmap
from types import ModuleType
from typing import Any, NoReturn

import numpy as np

from backcheck.diagnosis.calling import bound, helper
from backcheck.diagnosis.child import encoded, received
from backcheck.fixtures import Call
from backcheck.program import Program, Step, Tree

PRINTED = re.compile(
    r"(?i).*(?:\b[1-9]\d* +tests? failed|failed test|\b(?:wrong|incorrect|mismatch)|error *:).*"
)
"""What a test prints that counts its failures, and raises nothing."""

ANSI = re.compile(r"\x1b\[[\d;]*m")
"""The colours of a terminal."""


@dataclass(frozen=True)
class Load:
    """A test: its file, its name and the class around it, and what is to be replaced."""

    path: str
    names: tuple[str, ...]
    replace: str
    by_pytest: bool


@dataclass(frozen=True)
class Ask:
    """A backward pass as a function: how a test calls it, its steps, and the outputs by name.

    Without steps it returns None. With `tell`, its arguments go back by the names of the call.
    """

    function: str
    calls: tuple[Call, ...]
    outputs: tuple[str, ...]
    steps: tuple[tuple[str, Tree], ...] = ()
    tell: bool = False


class Target:
    """What stands in for the function under test."""

    def __init__(self) -> None:
        self.ask = Ask("", (), ())
        self.program = Program(())
        self.told: list[dict[str, Any]] = []

    def becomes(self, ask: Ask) -> None:
        """Stand in for another function from now on."""
        self.ask, self.told, self.__name__ = ask, [], ask.function
        self.program = Program(tuple(Step(*one) for one in ask.steps))

    def __call__(self, *given: Any, **named: Any) -> Any:
        """Return what the backward pass makes of the arguments."""
        told: dict[str, Any] = {}
        self.told.append(told)
        if self.ask.tell:
            words = [*map(_described, given), *(f"{k}={_described(v)}" for k, v in named.items())]
            told["call"] = ", ".join(words)
        for into, patterns in self.ask.calls if self.ask.steps else ():
            arrays: dict[str, Any] = {}
            if not _is_bound(patterns, given, named, arrays):
                continue
            if self.ask.tell:
                told["arrays"] = {name: encoded(value) for name, value in arrays.items()}
            return _answer(into, self.program.run(arrays), self.ask.outputs)
        if self.ask.steps:
            raise TypeError(f"{self.ask.function} is not called so")
        return None


def _is_bound(
    patterns: Sequence[ast.expr],
    given: Sequence[Any],
    named: Mapping[str, Any],
    arrays: dict[str, Any],
) -> bool:
    """Take the arguments of a call apart, those by keyword by the names of the pattern."""
    rest, values = dict(named), list(given)
    for pattern in patterns[len(given) :]:
        key = getattr(pattern, "id", "")
        if rest:
            values.append(rest.pop(key if key in rest else next(iter(rest))))
    with suppress(TypeError, KeyError, IndexError, ValueError):
        if not rest and bound(ast.Tuple(list(patterns)), tuple(values), arrays):
            arrays |= {name: np.array(value) for name, value in arrays.items()}
            return all(value.dtype.kind in "biuf" for value in arrays.values())
    return False


def _answer(into: ast.expr, values: Mapping[str, Any], outputs: Sequence[str]) -> Any:
    """Return the values as a call takes them apart."""
    again = partial(_answer, values=values, outputs=outputs)
    match into:
        case ast.Name(id=name):
            return np.array(values[name]) if np.ndim(values[name]) else values[name]
        case ast.Tuple(elts=parts):
            return tuple(map(again, parts))
        case ast.Set(elts=parts):
            return {ast.unparse(part): again(part) for part in parts}
        case ast.Dict(keys=[_, *_] as keys, values=parts):
            return {getattr(k, "value", k): again(v) for k, v in zip(keys, parts, strict=True)}
    return {name: again(ast.Name(name)) for name in outputs}


def _described(value: Any) -> str:
    """Return an argument for readers: arrays by shape, and what holds them."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key} {_described(one)}' for key, one in value.items())}}}"
    if isinstance(value, tuple | list) and not all(np.isscalar(one) for one in value):
        return f"({', '.join(map(_described, value))})"
    shape = np.shape(value)
    return f"array of shape {shape}" if shape else repr(value)[:40]


_USED: list[str] = []
"""What the test has used that is not there: names of absent modules, or the network."""


class _Absent:
    """A name of a module that is not there: whoever uses it is told so."""

    def __init__(self, name: str) -> None:
        self.__dict__["name"] = name

    def _use(self, *_: Any, **__: Any) -> NoReturn:
        _USED.append(self.__dict__["name"])
        raise NameError(f"{self.__dict__['name']} is not there")

    __call__ = __getitem__ = __iter__ = __len__ = __array__ = __getattr__ = _use


def _multiple_test(cases: Sequence[Mapping[str, Any]], target: Callable[..., Any]) -> None:
    """Judge a function by cases, as the course's ``test_utils`` does: by type, shape or values."""
    checks: dict[str, Callable[..., bool]] = {
        "datatype_check": lambda got, want: isinstance(got, type(want)),
        "shape_check": lambda got, want: np.shape(got) == np.shape(want),
    }
    for case in cases:
        pairs = _leaves(target(*copy.deepcopy(case["input"])), case["expected"])
        if not all(starmap(checks.get(case["name"], np.allclose), pairs)):
            raise AssertionError(f"{case.get('error')} for {case['name']}")


def _leaves(got: Any, want: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each array that is wanted with what there is of it."""
    if isinstance(want, Mapping | tuple | list):
        keys = want if isinstance(want, Mapping) else range(len(want))
        for key in keys:
            yield from _leaves(got[key], want[key])
    else:
        yield got, want


def _print_feedback(cases: Sequence[Any]) -> None:
    print(f"{sum(bool(case.failed) for case in cases)} tests failed")


class _Case:
    """A case of the course's grader, which a test marks as failed, and a mark of otter's tests."""

    def __init__(self, *_: Any, **__: Any) -> None:
        self.failed = False

    def __call__(self, test: Any) -> Any:
        return test


KNOWN: dict[str, Any] = {"multiple_test": _multiple_test, "single_test": _multiple_test}
KNOWN |= {"test_case": _Case, "print_feedback": _print_feedback}
"""What graders have that public tests import."""


def _stand_in(name: str) -> ModuleType:
    """Put a module in the place of one that is not there."""
    module = ModuleType(name)

    def other(attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        found = helper(attribute, [name])
        return _Absent(f"{name}.{attribute}") if found is None else found

    vars(module).update(KNOWN, __getattr__=other, __path__=[])
    sys.modules[name] = module
    return module


def _module(path: str) -> ModuleType:
    """Return an author's file as a module, with stand-ins for the modules that are not there."""
    with open(path, "rb") as file:
        code = compile(file.read(), path, "exec")
    while True:
        module = ModuleType(os.path.basename(path).removesuffix(".py"))
        sys.modules[module.__name__] = module
        module.__file__ = path
        try:
            exec(code, vars(module))  # noqa: S102 - the author asks for it
            return module
        except ModuleNotFoundError as error:
            if not error.name or error.name in sys.modules:
                raise
            _stand_in(error.name)


def _patch(replace: str, module: ModuleType, target: Target) -> None:
    """Put the target in the place of a function, wherever a module has it."""
    where, _, name = replace.rpartition(".")
    owner = pkgutil.resolve_name(where) if where else module
    if not hasattr(owner, name):
        raise NameError(f"{where or os.path.basename(str(module.__file__))} has no {name}")
    was = getattr(owner, name)
    setattr(owner, name, target)
    # Under another name it may be what the test compares with.
    for held in list(sys.modules.values()):
        if getattr(held, "__dict__", {}).get(name) is was:
            setattr(held, name, target)


Converse = Callable[[Callable[[], str]], None]
"""What is given a way to run the test, which returns what it complains of."""


def _directly(load: Load, target: Target, converse: Converse) -> None:
    """Run a function, or a method of a class, that needs nothing of a runner."""
    where, _, name = load.replace.rpartition(".")
    if where:
        try:
            pkgutil.resolve_name(where)
        except ImportError:
            setattr(_stand_in(where), name, target)
    module = _module(load.path)
    if load.replace:
        _patch(load.replace, module, target)
    *outer, name = load.names
    owner = getattr(module, outer[0]) if outer else module
    if isinstance(owner, type) and issubclass(owner, unittest.TestCase):

        def run() -> str:
            result = unittest.TestResult()
            unittest.TestSuite([owner(name)]).run(result)
            said = [*result.errors, *result.failures]
            return said[0][1].strip().splitlines()[-1] if said else ""

        converse(run)
        return
    test = getattr(owner() if isinstance(owner, type) else owner, name)
    wanted = list(inspect.signature(test).parameters.values())
    wanted = [one for one in wanted if one.default is one.empty]
    if len(wanted) != (not load.replace):
        takes = ", ".join(one.name for one in wanted) or "nothing"
        raise NameError(f"{name} takes {takes}; name the function under test with --replace")
    given = () if load.replace else (target,)
    converse(lambda: _complaint(test(*given)))


def _complaint(returned: Any) -> str:
    """Return what a test complains of by what it returns: False, or cases that have failed."""
    cases = returned if isinstance(returned, tuple | list) else [returned]
    failed = [case for case in cases if case is False or getattr(case, "failed", False)]
    return f"it returned {failed[0]}" if failed else ""


def _by_pytest(load: Load, target: Target, converse: Converse) -> None:
    """Run a test as pytest does, with its fixtures, parameters and classes."""
    import pytest
    from _pytest.runner import runtestprotocol

    flaws: list[str] = []
    apart: list[str] = []

    class Plugin:
        def pytest_runtest_logreport(self, report: Any) -> None:
            # Only subtests are reported so, since the test itself is not logged.
            if report.failed:
                apart.append(str(report.longrepr))

        def pytest_collectreport(self, report: Any) -> None:
            if report.failed:
                flaws.append(str(report.longrepr).strip().splitlines()[-1].removeprefix("E "))

        def pytest_fixture_setup(self, fixturedef: Any, request: Any) -> Any:
            if fixturedef.argname != load.replace:
                return None
            fixturedef.cached_result = (target, fixturedef.cache_key(request), None)
            return target

        def pytest_runtestloop(self, session: Any) -> bool:
            fixtures = {name for item in session.items for name in item.fixturenames}
            if session.items and load.replace not in fixtures:
                _patch(load.replace, session.items[0].module, target)

            def run() -> str:
                apart.clear()
                for item in session.items:
                    item._initrequest()
                    for report in runtestprotocol(item, log=False, nextitem=None):
                        if report.failed:
                            crash = getattr(report.longrepr, "reprcrash", None)
                            return str(crash.message if crash else report.longrepr)
                return apart[0] if apart else ""

            if session.items:
                converse(run)
            return True

    node = "::".join((load.path, *load.names))
    # Without tracebacks and words for a failing assert, it takes half the time.
    quick = ("--assert=plain", "--tb=no", "-o", "addopts=", "-p", "no:xdist")
    quiet = ("-q", "-s", "-p", "no:cacheprovider", *quick)
    pytest.main([node, *quiet], plugins=[Plugin()])
    raise NameError(flaws[0].strip() if flaws else "pytest finds no such test")


def _attempt(run: Callable[[], str], target: Target, ask: Ask) -> dict[str, Any]:
    """Run the test once; return what it complains of, and how it called the function."""
    target.becomes(ask)
    _USED.clear()
    np.random.seed(0)  # noqa: NPY002 - the author's generator
    random.seed(0)
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said), warnings.catch_warnings(action="ignore"):
        try:
            complaint = run()
        except SystemExit as error:
            complaint = f"SystemExit: {error.code}" if error.code else ""
        except BaseException as error:
            complaint = traceback.format_exception_only(error)[-1].strip()
    found = PRINTED.search(ANSI.sub("", said.getvalue()))
    complaint = complaint or (found[0].strip() if found else "")
    return {"complaint": complaint[:200], "calls": target.told, "used": _USED[:1]}


def _offline(*_: Any, **__: Any) -> NoReturn:
    _USED.append("the network")
    raise OSError("there is no network for a test that is audited")


def main() -> None:
    """Load a test and run it as often as it is asked for."""
    asked, told, leave = received(), os.fdopen(os.dup(1), "w"), os._exit
    print(file=told, flush=True)
    null = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(null, stream)
    # Above all for what would wait: an author's test is run hundreds of times.
    socket.socket.connect = socket.getaddrinfo = _offline  # type: ignore[method-assign]
    load: Load = asked()
    sys.path[:0] = [os.path.dirname(load.path)]
    target = Target()

    def tell(one: Mapping[str, Any]) -> None:
        told.write(json.dumps(one) + "\n")
        told.flush()

    def converse(run: Callable[[], str]) -> None:
        tell({})
        while True:
            tell(_attempt(run, target, asked()))

    try:
        (_by_pytest if load.by_pytest else _directly)(load, target, converse)
    except BaseException as error:
        name = getattr(error, "name", None) or ""
        tell({"problem": traceback.format_exception_only(error)[-1].strip(), "used": [name]})
    leave(0)
