"""A written test names the mistake whose numbers a function returns, and no other one."""

import random
import re
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from typing import Any

import numpy as np
import pytest

from backcheck.fixtures import Fixture, ids, load
from backcheck.mutants.audit import audit
from backcheck.mutants.fair import make, repaired, write
from backcheck.mutants.fingerprints import described, fingerprints, made_in
from backcheck.mutants.mistakes import table
from backcheck.mutants.mutant import Mutant
from backcheck.mutants.mutate import mutants, second_changes

Outputs = dict[str, Any]

MADE: dict[str, Callable[[], Fixture]] = {
    "tanh, three output units": make,
    "Week 3 repaired": lambda: repaired(load(ids("Course 1 Week 3")[-1])),
    "Week 4 repaired": lambda: repaired(load(ids("Course 1 Week 4")[-1])),
}
NAMED = "|".join(re.escape(mistake.name) for mistake in table().values())
every_test = pytest.mark.parametrize("name", MADE)


@cache
def made(name: str) -> Fixture:
    return MADE[name]()


@cache
def written(name: str) -> dict[str, Any]:
    """Return what the file of a test has, run once."""
    scope: dict[str, Any] = {}
    exec(write(made(name)), scope)  # noqa: S102 - our own file
    return scope


def complaint(name: str, outputs: Mapping[str, Any]) -> str:
    with pytest.raises(AssertionError) as failed:
        written(name)["check"](lambda arrays: dict(outputs))
    return str(failed.value)


@cache
def mistakes(name: str) -> list[tuple[Mutant, Outputs]]:
    """Return the mistakes that a test rejects for what they return."""
    found, arrays = [], written(name)["inputs"]()
    for mutant in audit(made(name)).killed:
        with suppress(ValueError):
            values = mutant.program.run(arrays)
            found.append((mutant, {one: values[one] for one in written(name)["EXPECTED"]}))
    return found


def says(message: str, mutant: Mutant) -> bool:
    """Return whether a message has the name of a mistake, and the step it is made in."""
    before, found, _ = message.partition(f", {described(mutant)}")
    return (
        bool(found)
        and re.search(rf" (in|or) {re.escape(made_in(mutant))}( or .*)?$", before) is not None
    )


@every_test
def test_a_mistake_is_named_with_its_step_after_the_output_that_fails(name: str) -> None:
    for mutant, outputs in mistakes(name)[::6]:
        message = complaint(name, outputs)
        assert re.match("Wrong values for d|d.* has shape", message)
        others = "All are right to 4 digits|There is nan or inf|Or one of [0-9]+ more"
        # What has a name of its own goes before a change without one.
        others += "" if mutant.named else f"|{NAMED}"
        assert says(message, mutant) or re.search(others, message), message


def test_a_written_test_says_how_many_mistakes_it_names() -> None:
    name = "tanh, three output units"
    found, hint = fingerprints(made(name)), written(name)["hint"]
    said = Counter(hint(list(outputs.values())).split(":")[0] for _, outputs in mistakes(name))
    assert said["A mistake returns your numbers"] == found.own >= 0.9 * found.killed
    assert said["Each of these mistakes returns your numbers"] == found.shared
    assert f"{found.own} of {found.killed},\nand {found.shared} more" in written(name)["__doc__"]


@every_test
@pytest.mark.parametrize("relative", [1e-9, None])
def test_rounding_of_every_entry_leaves_the_name_as_it_is(
    name: str, relative: float | None
) -> None:
    found, hint = fingerprints(made(name)), written(name)["hint"]
    size = relative or 0.99 * found.rounding
    assert size > 1e-7 or relative
    rng = np.random.default_rng(5)
    for mutant, outputs in mistakes(name)[::8]:
        signs = {one: rng.choice([-1, 1], np.shape(value)) for one, value in outputs.items()}
        off = [value * (1 + size * signs[one]) for one, value in outputs.items()]
        assert hint(list(outputs.values())) == hint(off), mutant


@every_test
def test_numbers_of_no_known_mistake_get_no_name(name: str) -> None:
    rng = np.random.default_rng(6)
    for _ in range(20):
        outputs = {
            one: rng.standard_normal(value.shape) for one, value in made(name).expected.items()
        }
        assert "your numbers" not in complaint(name, outputs)
    assert fingerprints(made(name)).chance < 1e-9


def test_two_changes_are_named_only_where_they_return_a_mistakes_numbers_to_4_digits() -> None:
    name, rng = "tanh, three output units", random.Random(7)  # noqa: S311 - one sample for all
    fixture = made(name)
    known = mistakes(name)
    scale, named = written(name)["SCALE"], 0
    for step in fixture.expected:
        for tree in rng.sample(list(second_changes(fixture, step)), 150):
            values = Mutant(fixture, {step: tree}, 2).values
            if fixture.judge(Mutant(fixture, {step: tree}, 2).program).word != "fails":
                continue
            message = complaint(name, {one: values[one] for one in fixture.expected})
            if "your numbers" in message:
                named += 1
                assert any(_alike(values, outputs, scale) for _, outputs in known), message
    assert named


def _alike(values: Outputs, outputs: Outputs, scale: float) -> bool:
    """Return whether no entry is further away than a step of the grid."""
    return all(
        np.shape(values[one]) == np.shape(value)
        and np.all(np.abs(values[one] - value) <= 1.01e-4 * np.hypot(value, scale))
        for one, value in outputs.items()
    )


def test_right_numbers_of_too_few_digits_are_told_from_a_mistake() -> None:
    name = "tanh, three output units"
    off = {one: value * (1 + 2e-6) for one, value in made(name).expected.items()}
    told = "by up to 3.1e-07. All are right to 4 digits: look for rounding, such as float32."
    assert told in complaint(name, off)


def test_single_precision_can_lose_a_name_and_never_gives_another() -> None:
    name = "tanh, three output units"
    hint, lost = written(name)["hint"], 0
    arrays = {one: np.float32(value) for one, value in written(name)["inputs"]().items()}
    chosen = [(mutant, outputs) for mutant, outputs in mistakes(name)[::3] if len(outputs) == 4]
    for mutant, outputs in chosen:
        values = mutant.program.run(arrays)
        off = hint([np.asarray(values[one], float) for one in outputs])
        assert off in ("", hint([np.asarray(value, float) for value in outputs.values()]))
        lost += not off
    assert lost < 0.01 * len(chosen)


def test_nan_is_told_from_a_mistake() -> None:
    name = "tanh, three output units"
    outputs = {**made(name).expected, "db1": np.full((5, 1), np.nan)}
    assert "There is nan or inf: look for log(0)" in complaint(name, outputs)


def test_of_several_seeds_that_one_is_taken_that_names_most_mistakes_alone() -> None:
    units, activations = (2, 3, 1), ("tanh", "sigmoid")
    first, best = make(units, activations, 4), make(units, activations, 4, among=3)
    assert (first.seed, best.seed) == (4, 10)
    assert fingerprints(best).own > fingerprints(first).own


def test_a_hint_names_steps_and_gives_no_formula() -> None:
    for name in MADE:
        slots = {slot.name for slot in mutants(made(name)).slots}
        for what, prints in fingerprints(made(name)).table.items():
            assert "@" not in what
            assert "**" not in what
            steps = {re.sub(r" and \d+ more", "", where) for where in prints}
            assert {step for where in steps for step in where.split(", ")} <= slots
