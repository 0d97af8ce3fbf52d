"""What is said of texts and of functions, for several tests."""

import io
from contextlib import redirect_stdout
from functools import cache
from pathlib import Path

from backcheck.__main__ import main
from backcheck.diagnosis.diagnose import diagnose
from backcheck.diagnosis.result import Diagnosis
from programs import Learner


@cache
def told(text: str, test: str | None = None, changes: int = 2) -> Diagnosis:
    """Return what is said of a text, made once in a process, since that takes seconds."""
    return diagnose(text, test, changes)


def told_by_run(own: Learner, folder: Path) -> str:
    """Return what the command says of a learner's function, in one line."""
    (folder / "own.py").write_text(own.text, encoding="utf-8")
    with redirect_stdout(io.StringIO()) as said:
        main(["run", own.id, f"{folder / 'own.py'}:{own.function}"])
    return " ".join(said.getvalue().split())
