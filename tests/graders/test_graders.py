"""Written tests, run by the tools they are written for: otter-grader and nbgrader."""

import json
import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from backcheck.fixtures import Fixture
from backcheck.mutants.fair import make, write
from chapters import ROOT

BIN = ROOT / ".venv-graders" / ("Scripts" if os.name == "nt" else "bin")

WRONG = {"dZ2": "(A2 - Y) * A2 * (1 - A2)"}
"""A mistake, and what a learner who made it has to read."""

SAID = "in dZ2, the derivative applied twice. Look at what dZ already contains"


@cache
def fixture() -> Fixture:
    return make()


def solution(**forms: str) -> str:
    """Return a function, as a learner writes one, with some steps in another form."""
    program = str(fixture().program.replace(**forms))
    return (
        f"from backcheck.program import parse\nPROGRAM = parse({program!r})\n"
        "def backward(arrays):\n    return PROGRAM.run(arrays)\n"
    )


def graded(tool: str, folder: Path) -> dict[str, Any]:
    """Return what a tool makes of a right and of a wrong function."""
    if not BIN.exists():
        pytest.skip(f"{tool} is not installed, so the test written for it was not run: make test")
    done = subprocess.run(
        [BIN / "python", "-W", "ignore", ROOT / "tests/graders/grading.py", tool, "backward"],
        input=json.dumps({"right": solution(), "wrong": solution(**WRONG)}),
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT / "src"),
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        },
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_otter_runs_the_test_and_shows_the_name_of_the_mistake(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/backward.py").write_text(write(fixture(), "otter"), encoding="utf-8")
    found = graded("otter", tmp_path)
    assert [found["right"][0], found["wrong"][0]] == [1, 0]
    assert "Wrong values for dW2" in found["wrong"][1]
    assert SAID in found["wrong"][1]


def test_nbgrader_hands_the_notebook_out_and_grades_it(tmp_path: Path) -> None:
    (tmp_path / "backward.ipynb").write_text(write(fixture(), "nbgrader"), encoding="utf-8")
    found = graded("nbgrader", tmp_path)
    assert [found["right"][0], found["wrong"][0]] == [1, 0]
    assert "Wrong values for dW2" in found["wrong"][1]
    assert SAID in found["wrong"][1]
