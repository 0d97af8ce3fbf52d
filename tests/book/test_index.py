"""What the page `audit` hands out of the index of public tests is what the audits find."""

import csv
import json

import pytest

from backcheck.auditing.index import Index
from backcheck.fixtures import Fixture, ids
from backcheck.mutants.audit import published
from bench_index import CSV, JSON, entry, texts

RECORD = json.loads(JSON.read_text(encoding="utf-8"))

QUICK = [
    test for test in published().values() if test.course.startswith(("Course 1 Week 4", "NLP"))
]


def test_every_public_test_is_in_both_files() -> None:
    assert [one["fixture"] for one in RECORD] == list(published())
    _, *rows = csv.reader(CSV.read_text(encoding="utf-8").splitlines())
    assert [row[0] for row in rows] == list(published())
    assert CSV.read_text(encoding="utf-8") == texts(RECORD)[1]


@pytest.mark.parametrize("test", QUICK, ids=lambda test: test.id)
def test_an_entry_of_the_files_is_what_the_audit_finds(test: Fixture) -> None:
    assert entry(test) in RECORD, "run make bench-index, and commit book/public-tests.json and .csv"


def test_the_table_has_a_row_for_each_test_and_the_programs_behind_its_counts() -> None:
    tests = [test for test in QUICK if test.id in ("c1w4_L_model_backward_v2", ids("NLP")[0])]
    text, page = repr(Index(tests)), Index(tests)._repr_html_()
    assert "3 of 18" in text
    assert "0 of 10" in text
    assert page.count("<details>") == len(tests) == 2
    assert "it expects something else than the gradient" in page
    assert "`A1 = relu(Z1)` is off by 2.4" in page
    assert "dZ2 = AL - Y" in page
