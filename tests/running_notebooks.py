"""Run notebooks as Jupyter does, each in a process of its own, and say what they print.

A script of its own, because the package must be the one that ``PYTHONPATH`` names:
``python -S running_notebooks.py NOTEBOOK ...``, in the folder where they are to run.
"""

import contextlib
import gc
import json
import multiprocessing
import sys
from importlib import import_module
from pathlib import Path

import nbformat
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

IMPORTED = (
    "matplotlib.pyplot",
    "backcheck.catalogue",
    "backcheck.fair",
    "backcheck.training",
)
"""What takes long to import: once is enough where processes are forks."""

KINDS = ("text/plain", "image/svg+xml")
"""What of an output has to be as on the page."""


def run(file: str) -> dict[str, object]:
    """Return what each cell prints and shows, the error that ends it, and the package's place."""
    shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    printed, shown, error = [], [], ""
    for cell in nbformat.read(file, as_version=4).cells:
        if cell.cell_type == "code":
            with capture_output() as captured:
                # What displays the value of a last line is the shell's own business.
                shell.display_trap.hook = sys.displayhook
                result = shell.run_cell(cell.source)
            if not result.success:
                failure = result.error_before_exec or result.error_in_exec
                error = f"{type(failure).__name__}: {failure}"
                break
            printed.append(captured.stdout)
            outputs = [] if cell.source.endswith(";") else captured.outputs
            shown.append([[output.data.get(kind) for kind in KINDS] for output in outputs])
    package = getattr(sys.modules.get("backcheck"), "__file__", "")
    return {"printed": printed, "shown": shown, "error": error, "package": package}


if __name__ == "__main__":
    gc.disable()  # As where chapters run; each process ends anyway.
    if multiprocessing.get_start_method() == "fork":
        with contextlib.suppress(ImportError):
            for name in IMPORTED:
                import_module(name)
            fixtures = import_module("backcheck.fixtures")
            mutate = import_module("backcheck.mutate")
            # Of a notebook that runs alone, half ask for none of them.
            for id in fixtures.ids() if len(sys.argv) > 2 else ():
                mutate.mutants(fixtures.load(id))
    with multiprocessing.Pool(maxtasksperchild=1) as pool:
        found = pool.map(run, sys.argv[1:], chunksize=1)
    json.dump({Path(f).stem: one for f, one in zip(sys.argv[1:], found, strict=True)}, sys.stdout)
