"""What the colophon says of how often a diagnosis is wrong was measured, and is little."""

import json

import pytest

from backcheck.fixtures import ids, load
from chapters import ROOT

RECORD = json.loads((ROOT / "book/answers.json").read_text(encoding="utf-8"))

KINDS = ("planted", "twice", "random", "foreign", "corpus")

COMMAND = "run make bench-answers, and commit book/answers.json"


def test_the_diagnosis_was_measured_on_every_exercise_that_it_knows() -> None:
    rows = {row["of"] for row in RECORD["planted"]}
    new = {load(id).function for id in ids()} - rows
    assert not new, f"{sorted(new)}: {COMMAND}."


@pytest.mark.parametrize("kind", KINDS)
def test_each_text_that_was_measured_has_one_outcome(kind: str) -> None:
    for row in RECORD[kind]:
        outcomes = ("right", "listed", "perhaps chance", "no program", "refused", "false")
        assert sum(row[outcome] for outcome in outcomes) == row["texts"] > 0


@pytest.mark.parametrize("kinds", [("planted", "twice"), ("random", "foreign"), ("corpus",)])
def test_at_most_1_percent_of_the_measured_texts_are_explained_falsely(
    kinds: tuple[str, ...],
) -> None:
    rows = [row for kind in kinds for row in RECORD[kind]]
    share = sum(row["false"] for row in rows) / sum(row["texts"] for row in rows)
    assert share <= 0.01, f"{share:.1%} of {kinds} are explained falsely."


def test_the_measurement_names_no_path_and_no_machine() -> None:
    assert RECORD.keys() == {"date", "numpy", "Python", *KINDS}
    assert "/" not in json.dumps(RECORD)
