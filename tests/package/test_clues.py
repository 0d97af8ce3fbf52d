"""What a ratio and the outputs that differ speak for, and what the checklist says of it."""

import re
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest

from backcheck.activations import sigmoid, tanh
from backcheck.diagnosis.clues import CAUSES, differing, named_on, ratio, ratios
from backcheck.diagnosis.placing import newest
from backcheck.fixtures import load
from backcheck.mutants.mistakes import table
from backcheck.mutants.mutant import Mutant
from backcheck.network import cross_entropy
from chapters import source_of

WEEK_3, WEEK_4 = "c1w3_bp_public_c", "c1w4_L_model_backward_v2"

CHECKLIST = source_of("checklist")


def hits(id: str, **options: str) -> dict[str, tuple[int, int]]:
    rows = [[str(cell) for cell in row] for row in ratios(id, **options).rows]
    return {row[0]: (int(row[2].split()[0]), int(row[2].split()[2])) for row in rows}


def failing(id: str) -> Iterator[tuple[str, Mutant, list[str]]]:
    """Each named form that the test finds wrong, with the wrong outputs as they are computed."""
    for name, candidate in named_on(load(id)):
        if candidate.outcome.word == "fails":
            wrong = {failure.split()[-1] for failure in candidate.outcome.failures}
            yield name, candidate, [s.name for s in load(id).program.steps if s.name in wrong]


@pytest.mark.parametrize("id", [fixture.id for fixture in newest().values()])
def test_every_named_mistake_that_a_test_rejects_is_counted_under_one_ratio(id: str) -> None:
    rejected = [one for _, one, _ in failing(id) if one.verdict == "mistake"]
    assert sum(count for _, count in hits(id).values()) == len(rejected) > 0


@pytest.mark.parametrize("id", [WEEK_3, "c1w4_linear_backward_v4a", WEEK_4])
def test_the_ratio_of_the_output_computed_first_names_the_cause_in_three_of_four_mistakes(
    id: str,
) -> None:
    for kind, (right, count) in hits(id).items():
        assert 4 * right >= 3 * count, (
            f"{count} named forms print {kind} of what {id} expects, and {right} say so: "
            "write `ratios` for the others in mistakes.toml."
        )


def test_a_constant_ratio_of_dW1_in_week_4_says_nothing_of_the_cause() -> None:
    right, count = hits(WEEK_4, output="dW1")["another constant"]
    assert 4 * right < count


def test_any_wrong_dZ2_of_week_4_leaves_one_ratio_in_layer_1() -> None:
    checked = Counter[str]()
    for _, candidate, wrong in failing(WEEK_4):
        shape = np.shape(candidate.values["dZ2"]) == (1, 2)
        if shape and set(candidate.forms) <= {"dZ2", "dAL", "AL"}:
            for output in {"dW1", "db1", "dA0"} & {*wrong}:
                assert ratio(candidate, output) not in ("not constant", "other shape")
                checked[output] += 1
    assert min(checked.values()) > 20


def test_what_gives_one_mth_in_week_4_by_chance_is_a_count_of_four_rows() -> None:
    chance = [
        " ".join(now for _, _, now in candidate.changed)
        for name, candidate, wrong in failing(WEEK_4)
        if candidate.verdict == "mistake"
        and ratio(candidate, wrong[0]) == "1/m"
        and "1/m" not in table()[name].ratios
    ]
    assert chance
    assert all("A0.shape[0]" in change for change in chance)
    assert load(WEEK_4).arrays["A0"].shape == (4, 2)


@pytest.mark.parametrize("id", [WEEK_3, WEEK_4])
def test_the_table_of_differing_outputs_counts_every_rejected_named_form(id: str) -> None:
    counted: Counter[str] = Counter()
    for _, said, right in [[str(cell) for cell in row] for row in differing(id).rows]:
        counted["mistake"] += sum(int(count) for count in re.findall(r"\((\d+)\)", said))
        counted["equivalent"] += int(right)
    assert counted == Counter(candidate.verdict for _, candidate, _ in failing(id))


def test_what_the_checklist_says_of_differing_outputs_is_what_the_tables_count() -> None:
    rows = {id: {row[0]: str(row[1]) for row in differing(id).rows} for id in (WEEK_3, WEEK_4)}
    for id in rows:
        for output in load(id).expected:
            if output in rows[id]:
                assert re.fullmatch(rf"{output} \(\d+\)", rows[id][output])
    assert rows[WEEK_3]["dW1, db1"].startswith("dZ1 (")
    found = [name for name, _, wrong in failing(WEEK_4) if wrong == ["dA1", "dA0"]]
    assert found == ["average-elsewhere"]


def test_every_ratio_of_a_named_form_is_one_that_speaks_for_a_cause() -> None:
    assert set().union(*(mistake.ratios for mistake in table().values())) == set(CAUSES)


def test_the_lines_for_every_weight_find_a_right_pass_right_and_a_wrong_line_wrong() -> None:
    (lines,) = re.findall(r"```text\n(for name, array in .*?)```", CHECKLIST, re.DOTALL)
    rng = np.random.default_rng(4)
    shapes = {"W1": (4, 3), "b1": (4, 1), "W2": (2, 4), "b2": (2, 1)}
    parameters = {name: rng.standard_normal(shape) for name, shape in shapes.items()}
    X, Y = rng.standard_normal((3, 5)), rng.integers(0, 2, (2, 5))

    def forward() -> dict[str, np.ndarray]:
        p = parameters
        arrays = {"X": X, "Y": Y, **p, "Z1": p["W1"] @ X + p["b1"]}
        arrays["A1"] = tanh(arrays["Z1"])
        arrays["Z2"] = p["W2"] @ arrays["A1"] + p["b2"]
        return arrays | {"A2": sigmoid(arrays["Z2"])}

    for step, wrong in (
        ({}, set()),
        ({"dW2": "dZ2 @ A1.T"}, {"W2"}),
        (
            {"dZ1": "dA1 * (1 - A1)"},
            {"W1", "b1"},
        ),
    ):
        grads = load(WEEK_3).program.replace(**step).run(forward())
        printed: list[tuple[str, float, float]] = []
        scope = {"np": np, "parameters": parameters, "grads": grads}
        scope["cost"] = lambda: cross_entropy(forward()["A2"], Y)
        scope["print"] = lambda name, place, *two, to=printed: to.append((name, *two))
        exec(lines, scope)  # noqa: S102 - these are the lines a learner is given
        assert len(printed) == sum(array.size for array in parameters.values())
        assert {name for name, found, own in printed if abs(found - own) > 1e-6} == wrong


def test_only_the_second_example_of_week_4_reaches_layer_1() -> None:
    assert not np.any(load(WEEK_4).values["dZ1"][:, 0])
    assert np.any(load(WEEK_4).values["dZ1"][:, 1])
