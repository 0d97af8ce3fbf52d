"""The forms in which a test is written, each run by its own tool."""

import ast
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from backcheck.diagnosis.calling import helper
from backcheck.fixtures import Fixture, ids, load
from backcheck.mutants.audit import audit
from backcheck.mutants.fair import make, repaired, write
from backcheck.mutants.fingerprints import fingerprints
from backcheck.mutants.formats import formats, parts
from chapters import ROOT

WEEK_3, WEEK_4 = ids("Course 1 Week 3")[-1], ids("Course 1 Week 4")[-1]
RUFF = Path(sys.executable).with_name("ruff")
WRONG = {"dZ2": "(A2 - Y) * A2 * (1 - A2)"}
SAID = "in dZ2, the derivative applied twice. Look at what dZ already contains"


@cache
def made() -> Fixture:
    return make()


@cache
def published(id: str) -> Fixture:
    return repaired(load(id))


def put(folder: Path, format: str, **forms: str) -> Path:
    """Write a test, and beside it the function that it imports."""
    program = str(made().program.replace(**forms))
    (folder / "solution.py").write_text(
        f"from backcheck.program import parse\n\nPROGRAM = parse({program!r})\n\n\n"
        "def backward(arrays):\n    return PROGRAM.run(arrays)\n",
        encoding="utf-8",
    )
    file = folder / "test_made.py"
    file.write_text(write(made(), format), encoding="utf-8")
    return file


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT / "src"), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
    )


@pytest.mark.parametrize(
    ("format", "command"),
    [
        ("pytest", ("pytest", "-q", "-p", "no:cacheprovider", "test_made.py")),
        ("unittest", ("unittest", "test_made")),
    ],
)
def test_its_tool_runs_a_test_and_shows_the_name_of_the_mistake(
    format: str, command: tuple[str, ...], tmp_path: Path
) -> None:
    put(tmp_path, format)
    done = run(tmp_path, *command)
    assert done.returncode == 0, done.stdout + done.stderr
    put(tmp_path, format, **WRONG)
    done = run(tmp_path, *command)
    assert done.returncode == 1
    assert "Wrong values for dW2, by up to 0.12. " in done.stdout + done.stderr
    assert SAID in done.stdout + done.stderr


def own(id: str) -> tuple[str, Callable[..., Any]]:
    """Return the name of the function in the repaired file of a published test, and it."""
    scope: dict[str, Any] = {}
    exec(write(published(id), "dlai"), scope)  # noqa: S102 - our own file
    name = f"{load(id).function}_test"
    return name, scope[name]


def changed(id: str, forms: dict[str, str]) -> Callable[..., Any]:
    """Return a function with the signature of the exercise, some of its steps in another form."""
    called = helper(load(id).function)
    fixture = load(id)

    def target(*given: Any) -> dict[str, Any]:
        (pattern,) = fixture.call
        names = re.findall(r"\w+", pattern.partition("(")[2])
        flat = dict(zip(names, _leaves(given), strict=True))
        values = fixture.program.replace(**forms).run(flat)
        return {name: values[name] for name in fixture.expected}

    return target if forms else called


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return [leaf for one in value for leaf in _leaves(one)] if isinstance(value, tuple) else [value]


@pytest.mark.parametrize("id", [WEEK_3, WEEK_4])
def test_a_repaired_edition_calls_a_function_as_the_published_one_does(
    id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    name, test = own(id)
    assert name in ("backward_propagation_test", "L_model_backward_test")
    test(changed(id, {}))
    assert capsys.readouterr().out == "\033[92mAll tests passed\n"
    # Right programs that the published edition rejects.
    for forms in ({"dZ2": f"{load(id).layers[-1].A} - Y"}, {"dZ1": _from_z(id)}):
        test(changed(id, forms))
    shortened = {"dW1": f"({write_step(id, 'dW1')}) / m"}
    with pytest.raises(AssertionError, match="in dW1, the average over m taken twice"):
        test(changed(id, shortened))
    with pytest.raises(AssertionError, match="Return the gradients by name, in a dictionary"):
        test(lambda *given: None)


def _from_z(id: str) -> str:
    return "dA1 * (1 - tanh(Z1) ** 2)" if id == WEEK_3 else "dA1 * (Z1 > 0)"


def write_step(id: str, name: str) -> str:
    return next(str(s).partition(" = ")[2] for s in load(id).program.steps if s.name == name)


@pytest.mark.parametrize("id", [WEEK_3, WEEK_4])
def test_a_repaired_edition_accepts_right_programs_and_names_nearly_every_mistake(
    id: str,
) -> None:
    found = fingerprints(published(id))
    assert audit(published(id)).rejected == ()
    assert found.own + found.shared >= 0.98 * found.killed


@pytest.mark.parametrize("id", ids())
def test_the_call_of_every_exercise_is_written_as_python_3_7_reads_it(id: str) -> None:
    text = parts(load(id), "dlai")["tail"].lstrip("\n")
    ast.parse(text, feature_version=(3, 7))
    assert f"def {load(id).function}_test(target):" in text
    assert max(map(len, text.splitlines())) <= 88


@pytest.mark.skipif(not RUFF.exists(), reason="ruff is not installed")
def test_every_form_is_clean_and_formatted_by_our_rules_and_by_ruffs_own(tmp_path: Path) -> None:
    for fixture in (made(), published(WEEK_3), published(WEEK_4)):
        for format in formats():
            suffix = "ipynb" if format == "nbgrader" else "py"
            file = tmp_path / f"{fixture.id}_{format}.{suffix}"
            file.write_text(write(fixture, format), encoding="utf-8")
    # It has docstrings that list statements, and asserts; a notebook has its test in a cell.
    ours = ["--config", str(ROOT / "pyproject.toml")]
    for command in (
        ["check", "--ignore", "E501,S101,D1,F821", *ours],
        ["format", "--check", *ours],
        ["check", "--isolated", "--ignore", "F821"],
        ["format", "--check", "--isolated"],
    ):
        done = subprocess.run(
            [RUFF, *command, "--no-cache", tmp_path], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout


def test_a_format_that_is_not_known_is_refused_in_one_sentence() -> None:
    with pytest.raises(ValueError, match=r"^There is no format 'dla'; use one of plain, pytest, "):
        write(made(), "dla")
