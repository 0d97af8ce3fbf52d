"""A reader's own function, called as the published test calls it."""

import copy
import difflib
import importlib.util
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from backcheck.fixtures import Fixture
from backcheck.reading import NOWHERE, Frame, frame_of


@dataclass(frozen=True)
class Failure:
    """An exception in the reader's code, told as theirs.

    Parameters
    ----------
    error : str
        Its type and message, as the last line of a traceback gives them.
    where : tuple of str
        The lines of their file it passed through, outermost first.
    frame : Frame
        The last of them.
    """

    error: str
    where: tuple[str, ...]
    frame: Frame = NOWHERE

    def __str__(self) -> str:
        return "\n".join(["Your code raised an exception:", *self.where, self.error])


def load_function(path: str, name: str) -> Callable[..., Any] | Failure:
    """Run a reader's file and return a function of it.

    Parameters
    ----------
    path : str
        A Python file. It is run, as importing it would run it.
    name : str
        The function.

    Returns
    -------
    callable or Failure
        The function, or the exception that running the file raised.

    Raises
    ------
    ValueError
        If there is no such file, or no such function in it.
    """
    file = Path(path)
    if not file.is_file() or file.suffix != ".py":
        raise ValueError(
            f"There is no Python file {path!r}; give the path of a .py file, such as "
            "backward.py:backward_propagation (a notebook can be saved as one)."
        )
    spec = importlib.util.spec_from_file_location("__backcheck_reader__", file)
    if spec is None or spec.loader is None:
        raise ValueError(f"{path!r} cannot be loaded as a Python file.")
    module = importlib.util.module_from_spec(spec)
    # A dataclass looks up the module that it is written in.
    sys.modules[spec.name] = module
    try:
        with _neighbours_of(file):
            spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        return _failure(error, file)
    function = getattr(module, name, None)
    if not callable(function):
        raise ValueError(f"{path} has no function {name!r}{_nearest(module, name)}.")
    found: Callable[..., Any] = function
    return found


def call(fixture: Fixture, function: Callable[..., Any], path: str) -> dict[str, Any] | Failure:
    """Call a function as the test does and return its outputs by the test's names.

    Parameters
    ----------
    fixture : Fixture
        The test; its arrays are handed over as copies that may be changed.
    function : callable
        The reader's function.
    path : str
        Their file, for the lines of an exception.

    Raises
    ------
    ValueError
        If what the function returns is not of the kind the test expects.

    Examples
    --------
    >>> from backcheck.fixtures import load
    >>> def linear_backward(dZ, cache):
    ...     return cache[0], cache[1], dZ
    >>> sorted(call(load("c1w4_linear_backward_v2"), linear_backward, ""))
    ['dA_prev', 'dW', 'db']
    """
    outputs: dict[str, Any] = {}
    for prefix, arguments in _arguments(fixture):
        try:
            with _neighbours_of(Path(path)):
                returned = function(*copy.deepcopy(arguments))
        except (Exception, SystemExit) as error:
            return _failure(error, Path(path))
        outputs |= _by_name(fixture, prefix, returned)
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


def wrong_types(outputs: Mapping[str, Any]) -> list[str]:
    """Return the complaints of a test that asks for arrays, such as about a bare number.

    Examples
    --------
    >>> wrong_types({"db": 0.5, "dW": np.ones((1, 3))})
    ['Wrong type for db: float']
    """
    return [
        f"Wrong type for {name}: {type(value).__name__}"
        for name, value in outputs.items()
        if not isinstance(value, np.ndarray)
    ]


def _arguments(fixture: Fixture) -> list[tuple[str, tuple[Any, ...]]]:
    """Return the arguments of each call the test makes, and the prefix of its outputs."""
    arrays = {name: np.array(value) for name, value in fixture.arrays.items()}
    for layer in fixture.layers:
        # The first notebook's test of the linear step spells out no bias, which is not read.
        if layer.W in arrays and layer.b not in arrays:
            arrays[layer.b] = np.zeros((arrays[layer.W].shape[0], 1))
    caches = [
        ((arrays[u.input], arrays[u.W], arrays[u.b]), arrays.get(u.Z)) for u in fixture.layers
    ]
    if fixture.function == "backward_propagation":
        parameters = {name: arrays[name] for name in arrays if name[0] in "Wb"}
        cache = {name: arrays[name] for name in arrays if name[0] in "AZ"}
        return [("", (parameters, cache, arrays["X"], arrays["Y"]))]
    if fixture.function == "linear_backward":
        return [("", (arrays["dZ"], caches[0][0]))]
    if fixture.function == "linear_activation_backward":
        return [(f"{name}_", (arrays["dA"], caches[0], name)) for name in ("sigmoid", "relu")]
    if fixture.function.startswith("backward_propagation_with"):
        # One flat cache, layer by layer, and the single number that the fixture holds.
        entries = [name for u in fixture.layers for name in (u.Z, u.mask, u.A, u.W, u.b) if name]
        (number,) = (float(value) for value in fixture.arrays.values() if value.ndim == 0)
        cache_of_all = tuple(arrays[name] for name in entries)
        return [("", (arrays["X"], arrays["Y"], cache_of_all, number))]
    return [("", (arrays["AL"], arrays["Y"], tuple(caches)))]


def _by_name(fixture: Fixture, prefix: str, returned: Any) -> dict[str, Any]:
    names = [name for name in fixture.expected if name.startswith(prefix)]
    if fixture.function.startswith("linear"):
        if not isinstance(returned, tuple | list) or len(returned) != 3:
            raise ValueError(
                f"The test expects {fixture.function} to return three arrays (dA_prev, dW, db), "
                f"and yours returned {_kind(returned)}."
            )
        order = sorted(names, key=lambda name: ("dA" not in name, "dW" not in name))
        return dict(zip(order, returned, strict=True))
    if not isinstance(returned, Mapping):
        raise ValueError(
            f"The test expects {fixture.function} to return a dictionary with {', '.join(names)}, "
            f"and yours returned {_kind(returned)}."
        )
    return {str(name): value for name, value in returned.items()}


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


def _nearest(module: ModuleType, name: str) -> str:
    names = [key for key, value in vars(module).items() if callable(value) and key[0] != "_"]
    nearest = difflib.get_close_matches(name, names, n=3, cutoff=0.0)
    return f"; it has {', '.join(nearest)}" if nearest else ""
