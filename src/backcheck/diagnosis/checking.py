"""A reader's own gradient check, called on the right gradient of the notebook's network."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from backcheck import gradient_check
from backcheck.diagnosis import differences
from backcheck.diagnosis.child import Job
from backcheck.diagnosis.result import Diagnosis
from backcheck.diagnosis.returned import decoded
from backcheck.diagnosis.running import source_of, told_by
from backcheck.diagnosis.sources import cells, take
from backcheck.showing.words import say


def checked(path: str, name: str, seconds: float, waiting: Callable[[], None]) -> Diagnosis:
    """Call a gradient check with the right gradient, and say what the number it returns tells.

    A ValueError says in one sentence what keeps it from being called, or from returning a number.
    """
    test = gradient_check.fixture()
    outputs = test.comparisons[-1].outputs
    parameters = {output[1:]: test.arrays[output[1:]] for output in outputs}
    given = (parameters, test.values, test.arrays["A0"], test.arrays["Y"])
    taken = take(cells(Path(path), source_of(Path(path))), name)
    first, *_ = told_by(Job(path, ((taken, name, (given,)),)), seconds, waiting)
    if "problem" in first:
        raise ValueError(first["problem"])
    if "error" in first:
        where = "\n".join(f"  {label}, line {n}: {text}" for label, n, _, text in first["frames"])
        raise ValueError(f"{say('raised')}\n{where}\n{first['error']}")
    (told,) = first["returned"]
    value = decoded(told)
    number = getattr(value, "array", None)
    if number is None or np.size(number) != 1 or number.dtype.kind == "c":
        raise ValueError(say("no-difference", name=name, kind=told["kind"]))
    verdict, remarks = differences.said_of_number(repr(float(np.ravel(number)[0])), name)
    return Diagnosis(verdict, None, (), remarks[1:], headline=remarks[0])
