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


TEXTS = {
    "runs": "def f(A):\n    print(A.shape)\n    return A * (0 < A)\n",
    "raises": "def f(A):\n    B = A.T\n    return A @ A\n",
    "loops": "def f(A):\n    while True:\n        A += 1\n",
}

IN_BROWSERS = (
    f"const TEXTS = {json.dumps(TEXTS)};"
    + """
  const found = {};
  const script = document.createElement("script");
  script.src = "_static/python.js";
  script.onload = async () => {
    const python = window.PYTHON.start();
    for (const [name, text] of Object.entries(TEXTS)) {
      const calls = [[{ shape: [1, 2], data: [1.5, -2] }]];
      const start = performance.now();
      const programs = [{ sources: [["cell", text]], name: "f", calls }];
      found[name] = await python.run({ programs }, 1);
      found[name].seconds = (performance.now() - start) / 1000;
    }
    const job = { programs: [{ sources: [["cell", TEXTS.loops]], name: "f", calls: [[1]] }] };
    const stopped = python.run(job, 60);
    setTimeout(() => python.end(), 300);
    found.stopped = await stopped;
    found.parsed = window.PYTHON.parse("A * B").topNode.firstChild.name;
    window.told = JSON.stringify(found);
  };
  document.head.append(script);
"""
)
"""Loads the script, as the page does when there is code, and runs a job for each text."""


def check_in_browsers(found: dict[str, Any]) -> None:
    """Assert that a function ran, that another one raised, and that an endless loop was ended."""
    (runs,) = found["runs"]["answers"]
    assert runs["returned"][0]["data"] == [1.5, 0]
    assert runs["printed"] == "(1, 2)\n"
    (raises,) = found["raises"]["answers"]
    assert raises["error"].startswith("ValueError: matmul: Input operand 1 has a mismatch")
    assert raises["frames"] == [["cell", 3, "f", "return A @ A"]]
    assert [found[name]["late"] for name in ("runs", "raises", "loops")] == [False, False, True]
    assert found["loops"]["answers"] == []
    assert 1 <= found["loops"]["seconds"] < 20
    assert found["stopped"] == {"answers": [], "late": False}
    assert found["parsed"] == "ExpressionStatement"
