"""The folders of the package: which may import which, and that chapters need not know them."""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import backcheck

PACKAGE = Path(backcheck.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
FLOORS = ("", *backcheck.ROOMS)


def floor_of(module: str) -> int:
    room = module.removeprefix("backcheck").removeprefix(".").partition(".")[0]
    return FLOORS.index(room) if room in FLOORS else 0


def imports_of(file: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("backcheck"):
            found += [f"{node.module}.{name.name}" for name in node.names]
    return found


@pytest.mark.parametrize("file", MODULES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_no_module_imports_from_a_room_above_its_own(file: Path) -> None:
    if file.name == "__main__.py":
        return
    room = file.parent.relative_to(PACKAGE).as_posix()
    own = FLOORS.index("" if room == "." else room)
    assert [name for name in imports_of(file) if floor_of(name) > own] == []


@pytest.mark.parametrize("room", backcheck.ROOMS)
def test_a_module_of_a_room_is_the_same_one_by_its_short_name(room: str) -> None:
    for file in sorted((PACKAGE / room).glob("[a-z]*.py")):
        if file.stem == "figures":
            pytest.importorskip("matplotlib")
        full = import_module(f"backcheck.{room}.{file.stem}")
        assert import_module(f"backcheck.{file.stem}") is full
        assert full.__name__ == f"backcheck.{room}.{file.stem}"


def test_no_module_of_one_room_has_the_name_of_another() -> None:
    names = [file.stem for file in MODULES if file.stem != "__init__"]
    assert len(names) == len(set(names))


def test_the_core_alone_needs_no_room() -> None:
    core = [file.stem for file in PACKAGE.glob("[a-z]*.py")]
    code = (
        f"import sys, importlib; [importlib.import_module('backcheck.' + n) for n in {core}]; "
        f"print([n for n in sys.modules if n.startswith('backcheck') and n.count('.') > 1])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(PACKAGE.parent)},
    )
    assert done.stdout.strip() == "[]"


def test_a_module_that_there_is_not_is_missed_as_python_misses_it() -> None:
    with pytest.raises(ModuleNotFoundError, match=r"No module named 'backcheck\.nothing'"):
        import_module("backcheck.nothing")
