import math
import re

import numpy as np
import pytest

from backcheck import fixtures
from backcheck.fixtures import ids, load

every = pytest.mark.parametrize("id", fixtures.ids())
WEEK_3 = [id for id in fixtures.ids() if id.startswith("c1w3")]

# Residuals measured independently when the fixtures were collected.
RESIDUALS = {
    "c1w3_bp_public_b": [math.inf, math.inf, 3.4896308554874604, 1.891580295257984],
    "c1w3_bp_public_c": [
        4.326550798285284,
        2.4357125733019824,
        3.4896308554874604,
        1.891580295257984,
    ],
    "c1w4_linear_activation_backward_v2": [6.418224614396021],
    "c1w4_L_model_backward_v2": [
        2.367697509074894,
        2.4190831731786697,
        4.678220130111111,
        1.1323675805664881,
    ],
    "c2w1_backward_dropout": [3.120074560000001, 3.078936005],
}


def test_every_published_test_of_course_1_is_here() -> None:
    assert fixtures.ids("Course 1") == (
        "c1w2_propagate_2017",
        "c1w2_propagate_v5_v6",
        "c1w2_propagate_2021_cell",
        "c1w2_propagate_public_2021",
        "c1w3_bp_notebook_v1",
        "c1w3_bp_notebook_v2",
        "c1w3_bp_public_a",
        "c1w3_bp_public_b",
        "c1w3_bp_public_c",
        "c1w4_linear_backward_v1",
        "c1w4_linear_backward_v2",
        "c1w4_linear_backward_v4a",
        "c1w4_linear_activation_backward_v1",
        "c1w4_linear_activation_backward_v2",
        "c1w4_L_model_backward_v1",
        "c1w4_L_model_backward_v2",
    )


@every
def test_the_regenerated_outputs_are_the_published_ones_to_the_printed_digit(id: str) -> None:
    fixture = load(id)
    values = fixture.run()
    # One test cuts its numbers off where the others round, and one hands over rounded arrays.
    units = {"c1w2_propagate_v5_v6": 1e-8} | dict.fromkeys(ids("NLP"), 1.1e-8)
    unit = units.get(id, 0.5000001e-8)
    for name, published in fixture.expected.items():
        assert np.abs(values[name] - published).max() <= unit, name


@every
def test_the_single_entries_that_a_notebook_prints_come_out_to_the_printed_digit(id: str) -> None:
    fixture = load(id)
    values = fixture.run()
    for place, published in fixture.entries.items():
        name, *index = re.findall(r"\w+", place)
        entry = values[name][tuple(map(int, index))].item()
        rounded = name == "dx" or name[1] == "b"
        assert entry == pytest.approx(published, rel=5e-12, abs=5e-9 if rounded else 0), place


@every
def test_every_edition_of_a_test_accepts_its_own_backward_pass(id: str) -> None:
    fixture = load(id)
    values = fixture.run()
    outputs = {name: values[name] for name in fixture.expected}
    for comparison in fixture.comparisons:
        assert fixture.compare(outputs, comparison.edition).word == "passes"
        assert set(comparison.outputs) == set(fixture.expected)


@every
def test_every_edition_rejects_each_output_changed_in_one_entry(id: str) -> None:
    fixture = load(id)
    for comparison in fixture.comparisons:
        for name, value in fixture.expected.items():
            wrong = value.copy()
            wrong.flat[0] += 1e-4
            outcome = fixture.compare({**fixture.expected, name: wrong}, comparison.edition)
            assert outcome.failures == (f"Wrong values for {name}",)


@every
def test_broken_relations_are_the_ones_measured_when_the_fixtures_were_collected(id: str) -> None:
    broken = load(id).broken()
    assert list(broken.values()) == pytest.approx(RESIDUALS.get(id, []), rel=1e-12)


@every
def test_regenerating_a_fixture_leaves_numpys_global_random_state_alone(id: str) -> None:
    np.random.seed(0)  # noqa: NPY002 - this is the state that must not change
    before = np.random.get_state()  # noqa: NPY002
    load.__wrapped__(id)
    after = np.random.get_state()  # noqa: NPY002
    assert before[0] == after[0]
    assert np.array_equal(before[1], after[1])
    assert before[2:] == after[2:]


@every
def test_the_arrays_are_those_of_numpys_seeded_global_generator(id: str) -> None:
    fixture = load(id)
    if fixture.seed is None:
        assert not fixture.draws
        return
    np.random.seed(fixture.seed)  # noqa: NPY002 - this is what the published tests do
    for draw in fixture.draws:
        value = np.random.randn(*draw["shape"])  # noqa: NPY002
        if "greater_than" in draw:
            value = value > draw["greater_than"]
        if (id, draw["name"]) == ("c5w1_rnn_cell_backward_old", "ba"):
            # The cell does not use what it draws.
            assert not np.array_equal(fixture.arrays["ba"], value)
            continue
        assert np.array_equal(fixture.arrays[draw["name"]], value)


@every
def test_a_fixture_cannot_be_changed_by_accident(id: str) -> None:
    fixture = load(id)
    for array in (*fixture.arrays.values(), *fixture.expected.values()):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


@every
def test_a_fixture_says_where_it_was_found(id: str) -> None:
    fixture = load(id)
    assert fixture.sources
    assert fixture.found_in
    assert fixture.title


def test_the_numbers_of_both_forum_threads() -> None:
    week4, week3 = load("c1w4_L_model_backward_v2"), load("c1w3_bp_public_c")
    published = {
        "dAL * sigmoid(Z2) * (1 - sigmoid(Z2))": "[[-0.1261204   0.42987761]]",
        "AL - Y": "[[0.78862847 0.43650985]]",
        "dAL * AL * (1 - AL)": "[[0.78862847 0.43650985]]",
        "sigmoid(Z2) - Y": "[[-0.34373911  0.41186261]]",
    }
    for form, printed in published.items():
        assert str(week4.run(dZ2=form)["dZ2"]) == printed
    rows = {
        "1 - A1 ** 2": "[-0.24468458 -0.24371232  0.15959609]",
        "1 - tanh(Z1) ** 2": "[0.35757901 0.01106911 0.0254732 ]",
        "1 - tanh(A1) ** 2": "[ 0.1265948  -0.04032667  0.14407448]",
    }
    for slope, printed in rows.items():
        assert str(week3.run(dZ1=f"dA1 * ({slope})")["dW1"][0]) == printed


OUTPUT_FORMS = [
    "A2 - Y",
    "dA2 * A2 * (1 - A2)",
    "dA2 * sigmoid(Z2) * (1 - sigmoid(Z2))",
    "sigmoid(Z2) - Y",
]


def test_no_natural_output_form_passes_both_weeks() -> None:
    week4, week3 = load("c1w4_L_model_backward_v2"), load("c1w3_bp_public_c")
    words = [
        (week3.check(dZ2=form).word, week4.check(dZ2=form.replace("A2", "AL")).word)
        for form in OUTPUT_FORMS
    ]
    assert ("passes", "passes") not in words
    assert {first for first, _ in words} == {second for _, second in words} == {"passes", "fails"}


@pytest.mark.parametrize("id", WEEK_3[:3])
@pytest.mark.parametrize(
    "form",
    [
        {"dZ1": "dA1 * (1 - tanh(Z1) ** 2)"},
        {"dZ1": "dA1 / cosh(Z1) ** 2"},
        *({"dZ2": form} for form in OUTPUT_FORMS),
    ],
    ids=str,
)
def test_the_week_3_tests_of_a_forward_pass_accept_every_natural_form(
    id: str, form: dict[str, str]
) -> None:
    assert load(id).check(**form).word == "passes"


def test_the_first_week_4_notebook_accepts_every_natural_output_form() -> None:
    first = load("c1w4_L_model_backward_v1")
    for form in OUTPUT_FORMS:
        in_first = form.replace("A2", "AL").replace("Z2", "Z1")
        assert first.check(dZ1=in_first).word == "passes"


def test_a_form_that_is_not_a_program_is_refused_and_not_counted_as_a_failing_test() -> None:
    week4 = load("c1w4_L_model_backward_v2")
    with pytest.raises(ValueError, match="Line 1 cannot be read"):
        week4.check(dZ2="AL -")
    with pytest.raises(KeyError, match="dZ2 uses A9, which is not known there"):
        week4.check(dZ2="A9 - Y")


def test_an_unknown_fixture_names_the_known_ones_nearest_first() -> None:
    with pytest.raises(KeyError) as error:
        load("c1w4_L_model_v2")
    message = error.value.args[0]
    assert message.startswith(
        "There is no fixture 'c1w4_L_model_v2'; known, nearest first: c1w4_L_"
    )
    assert len(re.findall(r"\b(?:nlp_)?c\dw\d_\w+", message)) == 1 + 6
    assert "\n" not in message


def test_an_unknown_edition_names_the_known_ones() -> None:
    with pytest.raises(KeyError, match=r"no edition 'B3'; it has B1, B2"):
        load("c1w3_bp_public_b").compare({}, "B3")


def test_outputs_are_judged_by_name_shape_and_value() -> None:
    week4 = load("c1w4_L_model_backward_v2")
    renamed = dict(week4.expected)
    renamed["dA2"] = renamed.pop("dA1")
    assert week4.compare(renamed).failures == ("No output dA1", "Unexpected output dA2")
    flat = {**week4.expected, "db1": week4.expected["db1"].ravel()}
    assert week4.compare(flat).failures == ("Wrong shape for db1",)
    undefined = {**week4.expected, "db1": week4.expected["db1"] * np.nan}
    assert week4.compare(undefined).failures == ("Wrong values for db1",)
    with pytest.raises(ValueError, match="db1 is not an array of numbers"):
        week4.compare({**week4.expected, "db1": "none"})


def test_asserts_fail_in_the_order_of_the_published_test() -> None:
    failures = load("c1w3_bp_public_c").check(dZ2="sigmoid(Z2) - Y").failures
    assert [failure.split()[-1] for failure in failures] == ["dW1", "db1", "dW2", "db2"]
