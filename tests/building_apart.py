"""Builds by forks of a process that has imported what every build imports, which takes seconds."""

import multiprocessing
import os
import re
import sys
import sysconfig
from pathlib import Path
from subprocess import CompletedProcess
from tempfile import TemporaryDirectory
from types import ModuleType
from unittest.mock import patch

IMPORTED = (
    "jupyter_book.cli.main",
    "myst_nb.sphinx_ext",
    "sphinx_exercise",
    "sphinx_proof",
    "sphinxcontrib.bibtex",
)


def build(
    root: Path, *options: str, environment: dict[str, str] | None = None
) -> "CompletedProcess[str]":
    """Do what the command ``jupyter-book build`` does, and return what it said."""
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", ".", *options]
    with TemporaryDirectory() as folder:
        said = Path(folder) / "said"
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([*IMPORTED])
        place = {**os.environ, "PYTHONPATH": "", **(environment or {})}
        process = context.Process(target=_build, args=(root, command, place, said))
        # A test before may have left a main module whose file is gone.
        with patch.dict(sys.modules, {"__main__": ModuleType("__main__")}):
            process.start()
        process.join()
        code, out = process.exitcode, said.read_text(encoding="utf-8")
    return CompletedProcess(command, code or 0, re.sub(r"\x1b\[[0-9;]*m", "", out))


def _build(root: Path, command: list[str], place: dict[str, str], said: Path) -> None:
    out = os.open(said, os.O_WRONLY | os.O_CREAT)
    for stream in (1, 2):
        os.dup2(out, stream)
    os.chdir(root)
    os.environ.clear()
    os.environ.update(place)
    sys.argv = command
    # The book's modules are those of the folder, not those of the tests.
    paths = sysconfig.get_paths()
    sys.path[:] = [one for one in sys.path if one.startswith((paths["stdlib"], paths["purelib"]))]

    from jupyter_book.cli.main import main

    main()
