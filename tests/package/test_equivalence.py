"""Who decides what is equivalent: what the page says of two random networks, measured."""

from collections.abc import Iterable

import numpy as np
import pytest

from backcheck import forward
from backcheck.fixtures import Fixture, ids, load
from backcheck.mutants import audit

MORE = (3, 4, 5)
"""Seeds of networks that have no say in a verdict."""

SATURATED = 1e-9
"""How near to 1 an output has to be before 1 - A keeps fewer digits than a verdict needs."""

TOO_FLAT = {("c2w1_backward_dropout", 4)}
"""The networks of `MORE` whose output is saturated."""


def once(tests: Iterable[Fixture]) -> list[str]:
    """Return one edition of each function: all of them share their mutants, and so their errors."""
    found = {
        (str(one.program), one.forward, one.comparisons[-1].outputs, frozenset(one.arrays)): one.id
        for one in tests
    }
    return [*found.values()]


def nearest_to_one(fixture: Fixture, seed: int) -> float:
    if not fixture.layers or not fixture.given.get("Y", "").startswith("label"):
        return 1.0
    return float((1 - forward.draw(fixture, seed)[fixture.layers[-1].A]).min())


def test_ten_powers_of_ten_lie_between_the_verdicts() -> None:
    errors = audit.errors_by_verdict()
    right, wrong = (errors[verdict].max(axis=1) for verdict in ("equivalent", "mistake"))
    assert right.size > 50
    assert wrong.size > 5000
    assert right.max() < 1e-11
    assert wrong.min() > 0.003


def test_the_errors_say_what_the_verdicts_say() -> None:
    week4 = load("c1w4_L_model_backward_v2")
    errors = audit.errors_by_verdict([week4])
    verdicts = [mutant.verdict for mutant in audit.judged_mutants(week4)]
    for verdict, found in errors.items():
        assert len(found) == verdicts.count(verdict)
        assert ((found.max(axis=1) <= forward.AGREES) == (verdict == "equivalent")).all()


@pytest.mark.parametrize("id", once(audit.published().values()))
def test_a_third_a_fourth_and_a_fifth_network_change_no_verdict(id: str) -> None:
    fixture = audit.published()[id]
    errors = audit.errors_by_verdict([fixture], MORE)
    fine = [nearest_to_one(fixture, seed) > SATURATED for seed in MORE]
    assert fine == [(id, seed) not in TOO_FLAT for seed in MORE]
    assert (errors["equivalent"][:, fine] <= forward.AGREES).all()
    assert (errors["mistake"][:, fine].max(axis=1) > forward.AGREES).all()


def test_the_networks_that_decide_are_not_saturated() -> None:
    for fixture in audit.published().values():
        for seed in forward.SEEDS:
            assert nearest_to_one(fixture, seed) > 1000 * SATURATED


def test_a_saturated_network_calls_right_programs_mistakes() -> None:
    errors = audit.errors_by_verdict([load("c2w1_backward_dropout")], (4,))["equivalent"]
    assert (errors > forward.AGREES).any()


def test_a_dead_layer_hides_what_is_wrong_below_it() -> None:
    fixture = load("c2w1_backward_regularization")
    alive, dead = 1, 9
    errors = audit.errors_by_verdict([fixture], (alive, dead))["mistake"]
    assert not (forward.draw(fixture, dead)["Z2"] > 0).any()
    missed_alive, missed_dead = (errors <= forward.AGREES).sum(axis=0)
    assert missed_alive == 0
    assert missed_dead > 100


@pytest.mark.parametrize(("units", "examples"), [((3, 6, 4, 5), 7), ((2, 4, 3, 6), 9)])
@pytest.mark.parametrize("id", once(map(load, ids("Course 1"))))
def test_other_sizes_change_no_verdict(
    monkeypatch: pytest.MonkeyPatch, id: str, units: tuple[int, ...], examples: int
) -> None:
    fixture = load(id)
    verdicts = [mutant.verdict for mutant in audit.judged_mutants(fixture)]
    sizes = {f"n{layer}": size for layer, size in enumerate(units)} | {"m": examples}
    monkeypatch.setattr(forward, "SIZES", sizes)
    monkeypatch.setattr(forward, "networks", forward.networks.__wrapped__)
    errors = audit.errors_by_verdict([fixture], MORE)
    assert len(errors["mistake"]) == verdicts.count("mistake")
    assert (errors["equivalent"] <= forward.AGREES).all()
    assert (errors["mistake"].max(axis=1) > forward.AGREES).all()


def test_one_network_with_one_relu_unit_misses_the_forgotten_derivative_half_of_the_time() -> None:
    x, w, b = np.random.default_rng(1).standard_normal((3, 100_000))
    assert np.mean(w * x + b > 0) == pytest.approx(0.5, abs=0.005)
