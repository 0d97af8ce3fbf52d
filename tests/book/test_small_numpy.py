"""The numpy of the page is numpy: random expressions, run by Python itself on both.

`EXPRESSIONS` in the environment gives another number of them; 100 000 take some minutes.
"""

import os
from collections import Counter
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from chapters import ROOT
from expressions import outcome, programs, same

SMALL = ROOT / "book/_python/numpy.py"
COUNT = int(os.environ.get("EXPRESSIONS", "1000"))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Load the module, under a name that is not numpy's."""
    spec = spec_from_file_location("small_numpy", SMALL)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    module.WORDS["names"] = {
        "numpy": dir(np),
        "numpy.linalg": dir(np.linalg),
        "numpy.ndarray": dir(np.ndarray),
    }
    module.WORDS["keywords"] = {"sum": ("a", "axis", "dtype", "out", "keepdims"), "dot": ("a", "b")}
    return module


def plain(error: Exception) -> str:
    """Return what an exception says, without the module that types of numpy have in CPython."""
    return str(error).replace("numpy.", "")


def test_random_programs_come_out_as_in_numpy(small: Any) -> None:
    counts: Counter[str] = Counter()

    @settings(
        max_examples=COUNT,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(programs())
    def compare(program: str) -> None:
        theirs, ours = outcome(program, np), outcome(program, small)
        if isinstance(ours, small.Lacking):
            counts["lacking"] += 1
        elif isinstance(theirs, Exception):
            counts["exceptions"] += 1
            assert isinstance(ours, Exception), program
            assert plain(ours) == plain(theirs), program
            kinds = [kind.__name__ for kind in type(theirs).__mro__]
            assert type(ours).__name__ in kinds, program
        else:
            counts["values"] += 1
            assert not isinstance(ours, Exception), (program, ours)
            assert same(ours, theirs), (program, ours, theirs)

    compare()
    assert counts["values"] > COUNT / 5
    assert counts["exceptions"] > COUNT / 5
    assert counts["lacking"] < COUNT / 20


PRINTED = [
    [0.1, 1e-5, 3.0],
    [1e8, 1.0],
    [99999999.0, 1.0],
    [123456.789012345, 0.5],
    [1.0, 2.5, float("nan"), float("inf")],
    [-0.0, 1e-10],
    [1e300, -1e-300],
    [0.123456785, 0.123456775, 0.5],
    [5e-324, 1.0],
    [2.0**0.5 / 7**n for n in range(30)],
    list(np.linspace(-1, 1, 41)),
    list(np.arange(1200.0)),
    [True, False],
    [10, -200, 3],
    list(range(1001)),
    *([n % top for n in range(120)] for top in (10, 11, 101)),
    *([n % top / 8 for n in range(120)] for top in (9, 80, 81)),
]


@pytest.mark.parametrize("values", PRINTED, ids=range(len(PRINTED)))
def test_arrays_are_printed_as_numpy_prints_them(small: Any, values: list[Any]) -> None:
    plain = [value.item() if isinstance(value, np.generic) else value for value in values]
    theirs, ours = np.array(plain), small.array(plain)
    assert (str(ours), repr(ours)) == (str(theirs), repr(theirs))
    for one, other in zip(ours, theirs, strict=True):
        assert (str(one), repr(one)) == (str(other), repr(other))
    if len(values) % 2 == 0:
        shape = (2, -1)
        assert repr(ours.reshape(shape)) == repr(theirs.reshape(shape))


def test_it_is_one_file_without_anything_but_python(small: Any) -> None:
    imports = [line for line in SMALL.read_text("utf-8").splitlines() if "import " in line[:12]]
    assert imports == ["import builtins", "import math"]
    assert Path(small.__file__).parent.name == "_python"
