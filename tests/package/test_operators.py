import pytest

from backcheck.fixtures import ids, load
from backcheck.mutants.families import families
from backcheck.mutants.mutate import mutants
from backcheck.mutants.operators import OPERATORS, Operator, expression, rewrites, rules

WEEK_3 = load("c1w3_bp_public_c")


@pytest.mark.parametrize("row", OPERATORS, ids=lambda row: f"{row.before} to {row.after}")
def test_each_row_of_the_table_makes_of_its_example_what_it_says(row: Operator) -> None:
    made = {
        found
        for step in ("dA1", "dZ1", "dW1", "A1")
        for found in rewrites(expression(row.example), families(WEEK_3, step))
    }
    assert (row.name, expression(row.changed)) in made


def test_no_two_rows_of_the_table_make_the_same_rule() -> None:
    sides = [(before, after) for _, before, after in rules()]
    assert len(sides) == len(set(sides))


@pytest.mark.parametrize("id", ids())
def test_every_mutant_knows_the_name_of_its_operator(id: str) -> None:
    names = {row.name for row in OPERATORS}
    names.add("parentheses dropped")
    for slot in mutants(load(id)).slots:
        assert {form.operator for form in (*slot.forms, *slot.stillborn)} <= names
