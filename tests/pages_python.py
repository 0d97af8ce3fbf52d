"""The Python of the page, run by Node: MicroPython, our numpy, and what calls a reader's code."""

import json
import subprocess
from functools import cache
from typing import Any

import numpy as np

import reader_python
from chapters import ROOT
from katex_renderer import node


@cache
def files() -> dict[str, str]:
    return reader_python.files()


def answers(*programs: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what comes of programs, all run by one interpreter."""
    done = subprocess.run(
        [node(), str(ROOT / "tests/python.mjs")],
        input=json.dumps({"files": files(), "programs": programs}),
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def program(text: str, name: str, *calls: tuple[Any, ...], **more: Any) -> dict[str, Any]:
    """Return a program of one cell, which is called with such arguments."""
    given = [[argument(one) for one in call] for call in calls]
    return {"sources": [["own.py", text]], "name": name, "calls": given, **more}


def argument(value: Any) -> Any:
    match value:
        case np.ndarray():
            return {"shape": value.shape, "data": value.ravel().tolist(), "dtype": str(value.dtype)}
        case tuple() | list():
            return {type(value).__name__: [argument(one) for one in value]}
        case dict():
            return {"dict": [[argument(key), argument(one)] for key, one in value.items()]}
        case int() if not isinstance(value, bool):
            return {"int": value}
    return value


def decoded(told: dict[str, Any]) -> Any:
    """Return a value that came back."""
    if "entries" in told:
        return {key: decoded(one) for key, one in told["entries"]}
    if "items" in told:
        return (tuple if told["kind"] == "tuple" else list)(map(decoded, told["items"]))
    if "number" in told:
        return float(told["number"])
    if "data" in told:
        return np.array(told["data"], float).astype(told["dtype"]).reshape(told["shape"])
    return told["kind"]
