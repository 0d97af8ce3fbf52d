"""Diagnoses that take seconds, each made once for all tests that read it in a process."""

from functools import cache

from backcheck.diagnosis.diagnose import Diagnosis, diagnose


@cache
def told(text: str, test: str | None = None, changes: int = 2) -> Diagnosis:
    """Return what is said of a text."""
    return diagnose(text, test, changes)
