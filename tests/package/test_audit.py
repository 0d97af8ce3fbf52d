"""How fair and how strong the tests are."""

import json
import random
import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from backcheck.fixtures import ids, load
from backcheck.mutants.audit import Audit, audit, judged_mutants, scoreboard
from backcheck.mutants.formulas import unrelated

NUMBERS = "on these numbers it gives the same values"
VISIBLE, HIDDEN, WEEK_4 = "c1w3_bp_notebook_v2", "c1w3_bp_public_c", "c1w4_L_model_backward_v2"


@cache
def of(id: str) -> Audit:
    return audit(load(id))


def texts(mutants: object) -> set[str]:
    return {str(mutant) for mutant in mutants}  # type: ignore[attr-defined]


def test_the_visible_week_3_test_is_fair_and_the_hidden_one_accepts_no_other_form() -> None:
    assert (of(VISIBLE).fairness, of("c1w3_bp_public_a").fairness) == (1.0, 1.0)
    assert of(HIDDEN).fairness == of("c1w3_bp_public_b").fairness == 0.0
    assert "dZ1 = dA1 * (1 - tanh(Z1) ** 2)" in texts(of(HIDDEN).rejected)


def test_week_3_public_tests_is_not_stronger_than_the_notebook() -> None:
    assert texts(of(HIDDEN).killed) == texts(of(VISIBLE).killed)


def test_week_4_rejects_the_shortcut_and_its_first_notebook_accepted_it() -> None:
    assert "dZ2 = AL - Y" in texts(of(WEEK_4).rejected)
    assert of("c1w4_L_model_backward_v1").fairness == 1.0
    assert of(WEEK_4).fairness < 0.5


@pytest.mark.parametrize("id", ids())
def test_a_test_accepts_its_own_program_and_its_shares_are_those_of_its_lists(id: str) -> None:
    found = of(id)
    assert load(id).judge(load(id).program).word == "passes"
    equivalent = [m for m in found.mutants if m.verdict == "equivalent"]
    assert len(found.accepted) + len(found.rejected) == len(equivalent)
    assert len(found.killed) + len(found.survivors) == len(found.mutants) - len(equivalent)
    assert np.isnan(found.fairness) == (not equivalent)
    assert found.strength == len(found.killed) / (len(found.killed) + len(found.survivors))


@pytest.mark.parametrize("id", [HIDDEN, WEEK_4])
def test_the_comparison_is_the_one_of_the_published_test(id: str) -> None:
    fixture = load(id)
    compare = np.allclose
    if fixture.comparisons[-1].rule == "decimal":

        def compare(got: object, want: object) -> bool:
            try:
                np.testing.assert_array_almost_equal(got, want)
            except AssertionError:
                return False
            return True

    passing = (*of(id).accepted, *(survivor.mutant for survivor in of(id).survivors))
    for mutant in random.Random(1).sample(of(id).mutants, 150):  # noqa: S311
        try:
            values = mutant.program.run(fixture.arrays)
        except ValueError:
            assert mutant not in passing
            continue
        passes = all(
            np.shape(values[name]) == want.shape and compare(values[name], want)
            for name, want in fixture.expected.items()
        )
        assert passes == (mutant in passing), mutant


def test_editions_of_one_function_are_judged_on_the_same_mutants() -> None:
    assert judged_mutants(load(VISIBLE)) is judged_mutants(load(HIDDEN))


def test_no_mutant_is_the_accepted_program_in_other_words() -> None:
    fixture = load(WEEK_4)
    arrays = {name: unrelated(fixture, 5)[name] for name in fixture.arrays} | {"Y": [[1, 0]]}
    right = fixture.program.run(arrays)
    names = fixture.comparisons[-1].outputs
    for mutant in of(WEEK_4).accepted:
        values = mutant.program.run(arrays)
        assert any(not np.allclose(values[name], right[name]) for name in names), mutant


@pytest.mark.parametrize(
    ("id", "mistake", "reason", "details"),
    [
        (HIDDEN, "db2 = sum(dZ2, keepdims=True) / m", "shape", "hidden by 1 output unit"),
        (HIDDEN, "dZ2 = A2 - Y + b2", "zero", "b2 is zero"),
        (
            "c1w3_bp_public_a",
            "dZ1 = dA1 * (1 - tanh(A1) ** 2)",
            "tolerance",
            "off by 2e-06 of the largest entry",
        ),
        ("c1w4_linear_activation_backward_v1", "relu_dZ = dA", "numbers", NUMBERS),
    ],
)
def test_a_mistake_survives_for_a_reason_that_can_be_checked(
    id: str, mistake: str, reason: str, details: str
) -> None:
    found = {str(survivor.mutant): survivor for survivor in of(id).survivors}
    assert (found[mistake].reason, found[mistake].details) == (reason, details)


def test_a_bias_that_is_not_zero_kills_what_zero_hid() -> None:
    fixture = load(HIDDEN)
    hidden = [survivor for survivor in of(HIDDEN).survivors if survivor.reason == "zero"]
    assert hidden
    arrays = {**fixture.arrays, "b1": fixture.arrays["b1"] + 0.5, "b2": fixture.arrays["b2"] + 0.5}
    for survivor in hidden:
        values = survivor.mutant.program.run(arrays)
        assert any(
            not np.allclose(values[name], fixture.expected[name]) for name in fixture.expected
        )


def test_a_share_is_called_whole_only_if_it_is() -> None:
    table = str(scoreboard([load("c1w4_linear_backward_v4a"), load(WEEK_4)]))
    shares = re.findall(r"(\d+) of (\d+) +([\d.]+) %", table)
    for some, all_, share in shares:
        assert float(share) == 1000 * int(some) // int(all_) / 10
    assert {share == "100.0" for *_, share in shares} == {True, False}
    assert all((share == "100.0") == (some == all_) for some, all_, share in shares)


def test_the_json_of_an_audit_is_complete() -> None:
    found = json.loads(json.dumps(of(WEEK_4).to_dict()))
    assert found["fixture"] == WEEK_4
    assert found["fairness"] == of(WEEK_4).fairness
    assert found["equivalent"]["rejected"] == len(found["unfairly_rejected"])
    assert found["mistakes"]["accepted"] == len(found["survivors"])
    assert {one["reason"] for one in found["survivors"]} <= {"shape", "zero", "numbers"}
    assert of("c1w4_linear_backward_v4a").to_dict()["fairness"] is None


@pytest.mark.parametrize("missing", sorted(load(WEEK_4).arrays.keys() - {"b1", "b2"}))
def test_a_test_that_lacks_an_array_is_told_which_one(missing: str) -> None:
    arrays = {name: value for name, value in load(WEEK_4).arrays.items() if name != missing}
    with pytest.raises(KeyError, match=rf"uses {missing}, which is not known there; known: "):
        audit(replace(load(WEEK_4), arrays=arrays))
