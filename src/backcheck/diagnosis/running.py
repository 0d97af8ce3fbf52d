"""A reader's own function, called as the published test calls it."""

import ast
import copy
import difflib
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import numpy as np

from backcheck.diagnosis.reading import NOWHERE, Frame, frame_of
from backcheck.fixtures import Fixture, prefix
from backcheck.forward import kind_and_shape

NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five"}


@dataclass(frozen=True)
class Failure:
    """An exception in the reader's code, with the lines of their file it passed through."""

    error: str
    where: tuple[str, ...]
    frame: Frame = NOWHERE

    def __str__(self) -> str:
        return "\n".join(["Your code raised an exception:", *self.where, self.error])


def load_function(path: str, name: str) -> Callable[..., Any] | Failure:
    """Run a reader's file, and return a function of it, or the exception that it raised."""
    file = Path(path)
    if not file.is_file() or file.suffix != ".py":
        raise ValueError(
            f"There is no Python file {path!r}; give the path of a .py file, such as "
            "backward.py:backward_propagation (a notebook can be saved as one)."
        )
    spec = spec_from_file_location("__backcheck_reader__", file)
    if spec is None or spec.loader is None:
        raise ValueError(f"{path!r} cannot be loaded as a Python file.")
    module = module_from_spec(spec)
    # A dataclass looks up the module that it is written in, as long as the code runs.
    sys.modules[spec.name] = module
    try:
        with _neighbours_of(file):
            spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        return _failure(error, file)
    names = vars(module)
    found = names.get(name)
    if not callable(found):
        own = [key for key, value in names.items() if callable(value) and key[0] != "_"]
        nearest = ", ".join(difflib.get_close_matches(name, own, n=3, cutoff=0.0))
        it_has = f"; it has {nearest}" if nearest else ""
        raise ValueError(f"{path} has no function {name!r}{it_has}.")
    function: Callable[..., Any] = found
    return function


def call(fixture: Fixture, function: Callable[..., Any], path: str) -> dict[str, Any] | Failure:
    """Call a function, of the file `path`, as the test does; return its outputs by their names."""
    outputs: dict[str, Any] = {}
    for into, arguments in calls(fixture):
        try:
            with _neighbours_of(Path(path)):
                returned = function(*copy.deepcopy(arguments))
        except (Exception, SystemExit) as error:
            return _failure(error, Path(path))
        outputs |= _by_name(fixture, into, returned)
    return outputs


@contextmanager
def _neighbours_of(file: Path) -> Iterator[None]:
    """Let the reader's code import what lies beside its file, as it may when Python runs it."""
    folder = str(file.resolve().parent)
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        with suppress(ValueError):
            sys.path.remove(folder)


def calls(fixture: Fixture) -> Iterator[tuple[ast.expr, tuple[Any, ...]]]:
    """Yield what each call of the test is taken apart into, and its arguments."""
    for text in fixture.call:
        into, _, call = text.rpartition(" = ")
        try:
            taken, made = (ast.parse(one, mode="eval").body for one in (into or "{}", call))
        except SyntaxError:
            taken = made = ast.Constant(None)
        known = isinstance(taken, ast.Name | ast.Dict | ast.Tuple)
        if not known or not isinstance(made, ast.Call) or made.keywords:
            raise ValueError(f"{text!r} is no call such as 'dW, db = linear_backward(dZ, A)'.")
        yield taken, tuple(_argument(fixture, node) for node in made.args)


def _argument(fixture: Fixture, node: ast.expr) -> Any:
    match node:
        case ast.Name(id=name) if name in fixture.arrays:
            value = fixture.arrays[name]
            return np.array(value) if value.ndim else float(value)
        case ast.Name(id=name) if name in fixture.given:
            # The first notebook's test of the linear step spells out no bias, which is not read.
            _, symbols = kind_and_shape(fixture.given[name])
            return np.zeros([fixture.sizes.get(symbol, 1) for symbol in symbols])
        case ast.Constant(value=str(word)):
            return word
        case ast.Tuple(elts=nodes):
            return tuple(_argument(fixture, one) for one in nodes)
        case ast.Set(elts=nodes):
            return {ast.unparse(one): _argument(fixture, one) for one in nodes}
    raise ValueError(f"{fixture.function} cannot be called with {ast.unparse(node)!r}.")


def _by_name(fixture: Fixture, into: ast.expr, returned: Any) -> dict[str, Any]:
    match into:
        case ast.Name(id=name):
            return {name: returned} if name in fixture.expected else {}
        case ast.Dict() if isinstance(returned, Mapping):
            return {str(name): value for name, value in returned.items()}
        case ast.Dict():
            wanted = f"a dictionary with {', '.join(fixture.expected)}"
        case ast.Tuple(elts=parts):
            if isinstance(returned, tuple | list) and len(returned) == len(parts):
                found: dict[str, Any] = {}
                for part, value in zip(parts, returned, strict=True):
                    found |= _by_name(fixture, part, value)
                return found
            names = [ast.unparse(part) for part in parts]
            plain = ", ".join(name.removeprefix(prefix(name)) for name in names)
            things = "values" if "{}" in names else "arrays"
            plain = plain.replace("{}", "a dictionary")
            wanted = f"{NUMBERS.get(len(parts), len(parts))} {things} ({plain})"
        case _:
            wanted = ast.unparse(into)
    raise ValueError(
        f"The test expects {fixture.function} to return {wanted}, "
        f"and yours returned {_kind(returned)}."
    )


def _kind(value: Any) -> str:
    if value is None:
        return "None, as a function without a return statement does"
    if isinstance(value, tuple | list):
        return f"a {type(value).__name__} of {len(value)}"
    return f"a {type(value).__name__}"


def _failure(error: BaseException, file: Path) -> Failure:
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if file.name and Path(frame.filename).name == file.name]
    where = tuple(f"  {file.name}, line {frame.lineno}: {frame.line}" for frame in own)
    said = traceback.format_exception_only(error)[-1].strip()
    last = frame_of(own[-1].name.strip("<>"), own[-1].line or "") if own else NOWHERE
    return Failure(said, where, last)
