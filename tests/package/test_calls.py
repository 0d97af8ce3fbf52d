"""Slips in the arguments of a call, as learners write them, are explained."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import learners
from backcheck.diagnosis.diagnose import diagnose
from backcheck.diagnosis.result import Diagnosis
from backcheck.diagnosis.running import calls
from backcheck.fixtures import Fixture, load
from backcheck.mutants.mutant import Mutant

WEEK_4 = load("c1w4_L_model_backward_v2")


def elsewhere(fixture: Fixture) -> Fixture:
    """Return a test with other numbers of the same shapes."""
    rng = np.random.default_rng(11)
    kept = [name for name, value in fixture.arrays.items() if not value.ndim or name[0] in "DY"]
    drawn = {name: rng.uniform(-1, 1, value.shape) for name, value in fixture.arrays.items()}
    return replace(fixture, arrays=drawn | {name: fixture.arrays[name] for name in kept})


def outputs(fixture: Fixture, function: Callable[..., Any]) -> dict[str, Any] | None:
    """Return what a function computes on a test; None where it stops."""
    try:
        (found,) = (function(*copy.deepcopy(arguments)) for _, arguments in calls(fixture))
    except (ValueError, NameError):
        return None
    return dict(found)


def is_explained(found: Diagnosis, away: Fixture, real: Mapping[str, Any]) -> bool:
    """Return whether one of the first programs is the function on other numbers too."""
    for mutant in found.groups[0]:
        values = Mutant(away, mutant.forms).values
        # A sum without keepdims is found in either of its shapes.
        if values.keys() >= real.keys() and all(
            np.size(values[name]) == np.size(value)
            and np.allclose(np.ravel(values[name]), np.ravel(value))
            for name, value in real.items()
        ):
            return True
    return False


def wrongly_told(fixture: Fixture, sources: Mapping[str, str]) -> tuple[int, list[str]]:
    """Return how many of some functions print wrong numbers, and those not explained."""
    tried, wrong = 0, []
    away = elsewhere(fixture)
    for slip, source in sources.items():
        function = learners.function(source, fixture.function)
        printed, real = outputs(fixture, function), outputs(away, function)
        if printed is None or real is None:
            continue
        found = diagnose(printed, fixture=fixture, changes=1)
        if found.verdict == "expected":
            continue
        tried += 1
        if not found.groups or not is_explained(found, away, real):
            wrong.append(slip)
    return tried, wrong


def test_every_slip_in_a_call_or_a_helper_of_L_model_backward_is_explained_by_one_change() -> None:
    sources = {str(slip): learners.model(slip) for slip in learners.model_slips()}
    tried, wrong = wrongly_told(WEEK_4, sources)
    assert not wrong
    assert tried >= 30, tried


@pytest.mark.parametrize(
    ("id", "number"),
    [
        ("c1w3_bp_public_c", 9),
        ("c2w1_backward_regularization", 20),
        ("c2w1_backward_dropout", 20),
    ],
)
def test_every_copied_block_with_numbers_of_another_layer_is_explained_by_one_change(
    id: str, number: int
) -> None:
    tried, wrong = wrongly_told(load(id), dict(learners.copied(load(id).function)))
    assert not wrong
    assert tried >= number, tried


@pytest.mark.parametrize(
    ("id", "lines"),
    [
        (
            "c1w3_bp_public_c",
            {"    dW2 =": "    np.power(A1, 2, out=A1)\n    dW2 =", "np.power(A1, 2))": "A1)"},
        ),
        (
            "c2w1_backward_regularization",
            {"np.multiply(dA2, np.int64(A2 > 0))": "dA2; dZ2[A2 <= 0] = 0"},
        ),
        (
            "c2w1_backward_dropout",
            {"np.multiply(dA1, np.int64(A1 > 0))": "np.multiply(dA1, A1 > 0, out=dA1)"},
        ),
    ],
)
def test_a_step_that_writes_into_an_array_it_reads_is_told_first(
    id: str, lines: dict[str, str]
) -> None:
    fixture = load(id)
    source = learners.BLOCKS[fixture.function]
    for before, after in lines.items():
        assert before in source
        source = source.replace(before, after)
    printed = outputs(fixture, learners.function(source, fixture.function))
    assert printed is not None
    found = diagnose(printed, fixture=fixture).candidates[0]
    assert [mistake.id for mistake in found.named] == ["overwritten"]


def test_a_helper_that_writes_into_its_argument_is_told_first() -> None:
    source = learners.model({"relu": "np.multiply(dA, Z > 0, out=dA)"})
    printed = outputs(WEEK_4, learners.function(source, WEEK_4.function))
    assert printed is not None
    found = diagnose(printed, fixture=WEEK_4)
    assert [mistake.id for mistake in found.candidates[0].named] == ["overwritten"]
    assert np.array_equal(printed["dA1"], WEEK_4.values["dZ1"])


def test_examples_in_rows_have_a_name_and_a_hint_that_says_so() -> None:
    source = learners.model({"m": "A_prev.shape[0]", "db": "np.sum(dZ, axis=0) / m"})
    printed = outputs(WEEK_4, learners.function(source, WEEK_4.function))
    assert printed is not None
    (mistake,) = diagnose(printed, fixture=WEEK_4).candidates[0].named
    assert mistake.id == "rows"
    assert "CS231n" in mistake.hint
    stopped = "ValueError: shapes (2,3) and (4,2) not aligned: 3 (dim 1) != 4 (dim 0)"
    likely = diagnose(f"L_model_backward\n{stopped}", fixture=WEEK_4).candidates
    assert "rows" in [found.id for mutant in likely for found in mutant.named]
