"""What no value of an array can print is not searched behind that array, and nothing is lost."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backcheck.diagnosis.attainable import is_attainable
from backcheck.diagnosis.reading import PrintedArray, read
from backcheck.diagnosis.search import Effort, Search, explanations
from backcheck.fixtures import Fixture, load
from backcheck.mutants.mutant import Mutant
from backcheck.mutants.operators import expression
from backcheck.program import Step

WEEK_3, WEEK_4 = load("c1w3_bp_public_a"), load("c1w4_L_model_backward_v2")


def pasted(fixture: Fixture, name: str, value: Any) -> PrintedArray:
    with np.printoptions(threshold=10**6):
        (array,) = read(f"{name} = {value}", (fixture,)).arrays
    return array


def step_of(fixture: Fixture, name: str) -> Step:
    return next(step for step in fixture.program.steps if step.name == name)


READS = [
    (fixture, step.name, read)
    for fixture in (WEEK_3, WEEK_4, load("c2w1_backward_dropout"))
    for step in fixture.program.steps
    if step.name in fixture.expected
    for read in step.reads
]


@pytest.mark.parametrize(
    ("fixture", "name", "read"), READS, ids=[f"{test.id} {n} {r}" for test, n, r in READS]
)
@given(seed=st.integers(0, 99))
def test_what_some_value_of_an_array_gives_is_never_called_out_of_reach(
    fixture: Fixture, name: str, read: str, seed: int
) -> None:
    step, rng = step_of(fixture, name), np.random.default_rng(seed)

    def given_by(value: Any) -> Any:
        with np.errstate(all="ignore"):
            return step.value_in({**fixture.values, read: value})

    usual = fixture.values[read]
    printed = given_by(rng.normal(size=np.shape(usual)))
    seen = pasted(fixture, name, printed)
    assert is_attainable(given_by, usual, fixture, seen, loose=False)


def hopeless(fixture: Fixture, name: str, value: Any) -> list[str]:
    search = Search(fixture, {name: pasted(fixture, name, value)}, False, Effort(0))
    shop = search.shop
    with np.errstate(all="ignore"):
        return [shop.slots[place].name for place in search.hopeless(shop.place[name])]


@pytest.mark.parametrize(
    ("fixture", "name", "beyond"),
    [
        # Four numbers of dW2, and the three of dZ2.
        (WEEK_3, "dW2", ["dZ2"]),
        (WEEK_4, "dW2", ["dZ2"]),
        # One row makes all rows of dA1, each of them a multiple of it.
        (WEEK_4, "dA1", ["W2", "dZ2"]),
        # A sum takes any value.
        (WEEK_4, "db2", []),
    ],
)
def test_numbers_that_are_more_than_a_step_is_free_in_are_out_of_reach(
    fixture: Fixture, name: str, beyond: list[str]
) -> None:
    shape = np.shape(fixture.values[name])
    found = hopeless(fixture, name, np.random.default_rng(0).normal(size=shape))
    assert sorted(found) == sorted(beyond)


PLANTED: tuple[tuple[Fixture, dict[str, str]], ...] = (
    (WEEK_3, {"dZ2": "A2 - Y * m", "dW1": "dZ1 @ X.T"}),
    (WEEK_3, {"A1": "Z1", "db2": "sum(dZ2) / m"}),
)


@pytest.mark.parametrize(("fixture", "forms"), PLANTED)
def test_two_changes_are_found_as_they_are_where_nothing_is_out_of_reach(
    fixture: Fixture, forms: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    trees = {name: expression(form) for name, form in forms.items()}
    values = Mutant(fixture, trees, 2).values
    seen = {name: pasted(fixture, name, values[name]) for name in ("dW1", "db1", "dW2", "db2")}

    def found() -> list[dict[str, Any]]:
        return list(explanations(fixture, seen, 2))

    some = found()
    monkeypatch.setattr(Search, "_hopeless", lambda self, place: [])
    assert trees in some
    assert some == found()
