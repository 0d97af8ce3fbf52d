"""What a learner pastes, and what they are told."""

import contextlib
import json
import random
import re
import resource
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from backcheck import fixtures
from backcheck.diagnosis.diagnose import diagnose
from backcheck.diagnosis.placing import most_likely, most_used, placings
from backcheck.diagnosis.reading import read
from backcheck.diagnosis.result import Diagnosis, differs, matches
from backcheck.diagnosis.search import explanations
from backcheck.fixtures import Fixture, load
from backcheck.mutants.fair import make
from backcheck.mutants.mistakes import occurrences
from backcheck.mutants.mutant import Mutant
from backcheck.mutants.mutate import mutants, mutated, second_changes
from backcheck.mutants.operators import expression
from backcheck.program import Program, Tree, compiled, parse
from backcheck.showing.words import covered
from chapters import ROOT
from pace import allowed
from posts import DRAWN, OF_TWO_TESTS, RIGHT_OR_OLDER, all_off

WEEK_3, HIDDEN = "c1w3_bp_notebook_v2", "c1w3_bp_public_c"
WEEK_4 = "c1w4_L_model_backward_v2"
LINEAR, ACTIVATION = "c1w4_linear_backward_v4a", "c1w4_linear_activation_backward_v2"


def named(arrays: Mapping[str, Any]) -> str:
    return "\n".join(f"{name} = {value}" for name, value in arrays.items())


def printed(id: str, *names: str, **forms: str) -> str:
    """Print outputs as a notebook does, after changing some steps."""
    values = load(id).run(**forms)
    return named({name: values[name] for name in names or load(id).expected})


def tree_of(text: str) -> Tree:
    return parse(f"x = {text}").steps[0].expression


def changed(found: Diagnosis) -> dict[str, str]:
    return {step: now for step, _, now in found.candidates[0].changed}


def test_right_numbers_beside_an_array_that_cannot_be_read_are_not_all_that_is_expected() -> None:
    right = printed(WEEK_4, "dW2", "db2", "dW1")
    found = diagnose(f"{right}\ndA1 = [[[0.25 0.5]\n  [0.75 1.5]]]")
    assert found.title == "dW2, db2, dW1 are as expected, and an array beside could not be read."
    assert "brackets around a number" in found.remarks[0]
    assert not found.candidates


def test_an_array_that_cannot_be_read_is_named_where_the_rest_explains_nothing() -> None:
    broken = printed(WEEK_3, "dW1").replace("0.00257968", "0.0:257968")
    found = diagnose(broken, changes=1)
    assert found.verdict == "unexplained"
    assert found.remarks[0] == (
        "Line 2: '0.0:257968' inside the brackets is not a number; "
        "paste the array as numpy prints it."
    )


def test_numbers_of_course_1_that_nothing_explains_are_not_given_to_course_2() -> None:
    # With rows left out, their shape fits both.
    found = diagnose("dW1 = [[ 0.00301023 -0.00747267]\n ...\n [ 0.70652037  0.01618243]]", None, 1)
    assert found.verdict == "unexplained"
    assert found.fixture.course.startswith("Course 1")


def test_a_broken_paste_leaves_few_places_to_search_for_two_changes() -> None:
    # Two rows of a matrix stand alone; each of them could be a row of twenty steps.
    broken = read(printed(WEEK_3, "dW1").replace("0.00257968", "0.0:257968"))
    placed = [one for id in fixtures.ids("Course 1") for one in placings(broken, load(id))]
    likely = most_likely(most_used(placed))
    assert len(placed) <= 100
    assert len(likely) <= 20


def test_the_week_4_thread_gets_its_answer() -> None:
    found = diagnose("dZ2 = [[0.78862847 0.43650985]]")
    assert (found.verdict, found.fixture) == ("explained", load(WEEK_4))
    first = found.candidates[0]
    assert changed(found) == {"dZ2": "AL - Y"}
    assert (first.verdict, first.outcome.word) == ("equivalent", "fails")
    assert (first.name, first.page) == ("the shortcut A - Y", "a-minus-y-fails#a-minus-y-why")
    # The test cannot tell it from the product with the derivative written from A.
    alike = {candidate.changed[0][2] for candidate in found.groups[0]}
    assert "dAL * AL * (1 - AL)" in alike


def test_the_week_3_thread_gets_its_answer() -> None:
    found = diagnose(printed(WEEK_3, "dW1"))
    assert (found.verdict, found.fixture) == ("expected", load(WEEK_3))
    assert "dZ1 = dA1 * (1 - tanh(Z1) ** 2)" in repr(found)
    (remark,) = [remark for remark in found.remarks if "If public_tests.py" in remark]
    assert "Wrong values for dW1" in remark
    assert "printed-values-match-but-test-fails" in remark


def test_the_hidden_week_3_numbers_of_that_thread_name_the_form() -> None:
    found = diagnose(printed(HIDDEN, dZ1="dA1 * (1 - tanh(Z1) ** 2)"))
    assert changed(found) == {"dZ1": "dA1 * (1 - tanh(Z1) ** 2)"}
    assert found.candidates[0].verdict == "equivalent"
    assert found.candidates[0].name == "the derivative written from Z"


MISTAKES = [
    ("1/m twice", WEEK_3, {"dW1": "dZ1 @ X.T / m / m"}, "average-twice"),
    ("no 1/m", WEEK_4, {"dW2": "dZ2 @ A1.T"}, "average-missing"),
    ("* for @", WEEK_3, {"dW2": "dZ2 * A1 / m"}, "elementwise"),
    ("dW transposed", HIDDEN, {"dW1": "X @ dZ1.T / m"}, "dw-transposed"),
    ("the cache of the wrong layer", WEEK_4, {"dZ1": "dA1 * (Z2 > 0)"}, "other-cache"),
    ("the gradient of the wrong layer", WEEK_4, {"dZ1": "dAL * (Z1 > 0)"}, "other-gradient"),
    ("keepdims", WEEK_3, {"db1": "sum(dZ1, axis=1) / m"}, "keepdims"),
    ("axis 0", WEEK_3, {"db1": "sum(dZ1, axis=0, keepdims=True) / m"}, "sum-axis"),
    ("the sign", WEEK_3, {"dZ2": "Y - A2"}, "output-sign"),
    ("tanh of A", HIDDEN, {"dZ1": "dA1 * (1 - tanh(A1) ** 2)"}, "activation-of-a"),
    ("1 - Z^2", HIDDEN, {"dZ1": "dA1 * (1 - Z1 ** 2)"}, "a-form-of-z"),
    ("a lost square", WEEK_3, {"dZ1": "dA1 * (1 - A1)"}, "square"),
    ("times Z", WEEK_3, {"dZ1": "dA1 * (1 - A1 ** 2) * Z1"}, "times-z"),
    ("dW for W", WEEK_3, {"dA1": "dW2.T @ dZ2"}, "gradient-for-weights"),
]  # fmt: skip


@pytest.mark.parametrize(("mistake", "id", "forms", "name"), MISTAKES, ids=[m[0] for m in MISTAKES])
def test_a_mistake_is_named(mistake: str, id: str, forms: dict[str, str], name: str) -> None:
    found = diagnose(printed(id, **forms))
    assert found.verdict == "explained"
    first = found.candidates[0]
    assert first.verdict == "mistake"
    assert [named.id for named in first.named] == [name]
    assert not any(candidate.changes < first.changes for candidate in found.candidates)


def test_two_mistakes_are_both_named() -> None:
    found = diagnose(printed(WEEK_4, dZ2="AL - Y", db1="sum(dZ1, axis=1) / m"), fixture=WEEK_4)
    assert changed(found) == {"dZ2": "AL - Y", "db1": "sum(dZ1, axis=1) / m"}
    assert found.candidates[0].changes == 2
    assert "the shortcut A - Y and keepdims left out of the sum" in repr(found)


def test_one_mistake_in_a_helper_function_is_one_change() -> None:
    found = diagnose(printed(WEEK_4, db1="sum(dZ1, axis=1) / m", db2="sum(dZ2, axis=1) / m"))
    assert found.candidates[0].changes == 1
    assert changed(found) == {"db1": "sum(dZ1, axis=1) / m", "db2": "sum(dZ2, axis=1) / m"}


@pytest.mark.parametrize("names", [("dW1",), ("dZ2",), ("dA1", "db1")])
def test_any_subset_of_the_outputs_will_do(names: tuple[str, ...]) -> None:
    found = diagnose(printed(WEEK_4, *names, dZ2="Y - AL"))
    assert {"dZ2": "Y - AL"} in [
        {step: now for step, _, now in candidate.changed} for candidate in found.candidates
    ]


@pytest.mark.parametrize("id", [HIDDEN, WEEK_4])
def test_numbers_without_names_find_their_place_by_shape_and_value(id: str) -> None:
    values = load(id).run(dZ2="Y - A2" if id == HIDDEN else "Y - AL")
    found = diagnose(f"{values['dW1']}\n{values['db1']}\n{values['dW2']}")
    assert found.fixture is load(id)
    assert list(found.arrays) == ["dW1", "db1", "dW2"]
    assert changed(found)["dZ2"].startswith("Y - A")


def test_a_bare_row_is_enough() -> None:
    row = load(HIDDEN).run(dZ1="dA1 * (1 - A1)")["dW1"][4]
    found = diagnose(str(row))
    assert found.fixture is load(HIDDEN)
    assert changed(found) == {"dZ1": "dA1 * (1 - A1)"}


def test_older_notebooks_number_the_same_gradient_differently() -> None:
    values = load(WEEK_4).run()
    text = f"dW1 = {values['dW1']}\ndb1 = {values['db1']}\ndA1 = {values['dA0']}"
    found = diagnose(text)
    assert found.verdict == "expected"
    assert "dA1 is what the test today calls dA0" in found.remarks[0]


def test_a_result_under_another_key_is_noticed() -> None:
    values = load(WEEK_4).run()
    found = diagnose(f"dW1 = {values['dW2']}\ndb1 = {values['db2']}")
    assert "Check the index" in repr(found) or "under their own name" in repr(found)
    only = diagnose(f"dW2 = {values['dW1']}", fixture=WEEK_4)
    assert only.candidates[0].printed_as == {"dW1": "dW2"}
    assert "What is called dW2 is dW1 of this test." in repr(only)


def test_wrong_shapes_are_evidence_and_no_error() -> None:
    found = diagnose(printed(HIDDEN, "dW1", dW1="X @ dZ1.T / m"))
    assert found.candidates[0].named[0].id == "dw-transposed"


def test_the_expected_numbers_quoted_beside_ones_own_are_set_aside() -> None:
    own = printed(WEEK_3, "dW2", dW2="dZ2 @ A1.T")
    found = diagnose(f"{own}\n\n{printed(WEEK_3, 'dW2')}")
    assert found.candidates[0].named[0].id == "average-missing"


def test_inputs_of_the_test_are_recognised_and_not_explained() -> None:
    text = "AL = array([[1.78862847, 0.43650985]])\n[[0.78862847 0.43650985]]"
    found = diagnose(text)
    assert (found.fixture, changed(found)) == (load(WEEK_4), {"dZ2": "AL - Y"})


def test_numbers_beyond_two_changes_get_an_honest_answer() -> None:
    values = load(HIDDEN).run()
    text = f"dW1 = {7.5 * values['dW1']}\ndW2 = {values['dW2']}\ndb2 = {values['db2'] + 0.1234}"
    found = diagnose(text)
    assert (found.verdict, found.candidates) == ("unexplained", ())
    said = " ".join(found.remarks)
    assert "dW2, dZ2 are as expected and dW1, db2 are not: look at db2, dA1 first" in said
    assert "dW1 is 7.5 times the expected one" in said


@pytest.mark.parametrize("test", DRAWN, ids=lambda test: test.id)
def test_where_nothing_is_right_an_input_is_given_to_compare(test: Fixture) -> None:
    off = all_off(test)
    compared = "print {name}[{place}], which is {value} there".format(**test.drawn_last)
    assert compared in diagnose(off, test, 0).remarks[-2]
    first = next(iter(test.expected))
    assert compared not in repr(diagnose(off | {first: test.expected[first]}, test, 0))
    # It is the last of what is drawn, so that one number stands for all draws.
    last = np.random.RandomState(test.seed)
    for one in test.draws:
        numbers = one.get("scale", 1) * last.randn(*one["shape"])
        if one["name"] == test.drawn_last["name"]:
            assert f"{numbers.flat[0]:.8f}" == test.drawn_last["value"]


def test_numbers_of_another_test_are_recognised_as_such() -> None:
    found = diagnose(printed(HIDDEN, "dW1"), fixture=WEEK_3)
    assert found.verdict == "unexplained"
    assert "edition C" in " ".join(found.remarks)


def test_only_an_assertion_line_gives_the_likely_causes_most_frequent_first() -> None:
    found = diagnose("AssertionError: Wrong values for dW1")
    assert (found.verdict, found.fixture) == ("unexplained", load(HIDDEN))
    assert found.candidates[0].named[0].id == "slope-from-z"
    for candidate in found.candidates:
        assert candidate.outcome.failures[0].endswith("dW1")


def test_the_complaints_of_the_week_4_tests_point_at_what_causes_exactly_them() -> None:
    text = (
        "Error: Wrong shape for variable 2.\nError: Wrong output for variable 2.\n"
        "AssertionError: Not all tests were passed for linear_backward. Check your equations"
    )
    found = diagnose(text)
    assert found.fixture is load("c1w4_linear_backward_v4a")
    assert {c.named[0].id for c in found.candidates} >= {"keepdims", "sum-all", "sum-missing"}
    for candidate in found.candidates:
        assert {failure.split()[-1] for failure in candidate.outcome.failures} == {"db"}


BROADCAST = "ValueError: operands could not be broadcast together with shapes"


@pytest.mark.parametrize(
    ("error", "form"),
    [
        (f"{BROADCAST} (1,3) (3,4) ", "dW2 = dZ2 * A1.T / m"),
        (f"{BROADCAST} (7,9) (9,7)", "dZ1 = dA1 * (1 - tanh(Z1) ** 2)"),
        (
            "ValueError: shapes (4,3) and (4,3) not aligned: 3 (dim 1) != 4 (dim 0)",
            "dZ1 = dA1 @ (1 - A1 ** 2)",
        ),
    ],
)
def test_the_shapes_numpy_complains_of_point_at_a_product(error: str, form: str) -> None:
    found = diagnose(f"backward_propagation(parameters, cache, X, Y)\n{error}")
    assert " = ".join(found.candidates[0].changed[0][::2]) == form


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        ("TypeError: The numpy boolean negative, the `-` operator, is not supported", "booleans"),
        ("KeyError: 'dA0'", "another number"),
        ("ValueError: not enough values to unpack (expected 4, got 3)", "edition"),
        ("NameError: name 'dZ2' is not defined", "spelled in two ways"),
    ],
)
def test_other_exceptions_get_their_likely_cause(error: str, cause: str) -> None:
    assert cause in " ".join(diagnose(error).remarks)


@cache
def samples(id: str, doubles: bool) -> list[dict[str, Tree]]:
    """Draw mutants of a fixture that numpy can carry out: one change, or two."""
    generator = random.Random(f"{id} {doubles}")  # noqa: S311
    slots = [slot for slot in mutants(load(id)).slots if slot.forms]
    found: list[dict[str, Tree]] = []
    while len(found) < (2 if doubles else 40):
        if not doubles:
            slot = generator.choice(slots)
            forms = {slot.name: generator.choice(slot.forms).tree}
            if generator.random() < 0.1 and mutants(load(id)).higher_order:
                forms = dict(generator.choice(mutants(load(id)).higher_order))
        elif generator.random() < 0.4:
            step = generator.choice([slot.name for slot in slots if not slot.is_array])
            forms = {step: generator.choice(list(second_changes(load(id), step)))}
        else:
            pair = generator.sample(slots, 2)
            forms = {slot.name: generator.choice(slot.forms).tree for slot in pair}
        try:
            mutated(load(id), forms).run(load(id).arrays)
        except ValueError:
            continue
        found.append(forms)
    return found


def outputs_text(id: str, forms: dict[str, Tree]) -> str:
    values = mutated(load(id), forms).run(load(id).arrays)
    return "\n".join(
        f"{name} = {np.asarray(values[name], dtype=float)}" for name in load(id).expected
    )


def test_two_mistakes_made_in_every_layer_are_two_changes() -> None:
    mistakes = {f"db{n}": f"sum(dZ{n}, axis=1) / m" for n in (1, 2)}
    mistakes |= {f"dW{n}": f"dZ{n} @ A{n - 1}.T" for n in (1, 2)}
    found = diagnose(printed(WEEK_4, **mistakes), fixture=WEEK_4)
    assert changed(found) == mistakes
    assert found.candidates[0].changes == 2
    assert "keepdims" in found.candidates[0].name


def test_a_wrong_gradient_that_only_a_changed_step_reads_is_found() -> None:
    # The program takes the shortcut and never reads dA2; the learner's dZ2 does.
    mistakes = {"dA2": "Y / A2 + (1 - Y) / (1 - A2)", "dZ2": "dA2 * A2 * (1 - A2)"}
    found = diagnose(printed(WEEK_3, **mistakes))
    assert found.verdict == "explained"
    assert {"dA2", "dZ2"} in [set(candidate.forms) for candidate in found.candidates]


def test_a_divisor_counted_from_another_array_in_both_averages_is_one_change() -> None:
    mistakes = {
        "dW": "dZ @ A_prev.T / A_prev.shape[0]",
        "db": "sum(dZ, axis=1, keepdims=True) / A_prev.shape[0]",
    }
    found = diagnose(printed(LINEAR, **mistakes), fixture=LINEAR)
    assert found.candidates[0].changes == 1


def test_activations_run_again_on_the_cached_z_are_one_change() -> None:
    mistakes = {"A1": "tanh(Z1)", "A2": "sigmoid(Z2)"}
    scope = dict(load(HIDDEN).arrays)
    values = mutated(load(HIDDEN), {name: tree_of(text) for name, text in mistakes.items()}).run(
        scope
    )
    text = "\n".join(f"{name} = {values[name]}" for name in load(HIDDEN).expected)
    assert mistakes in [
        {step: now for step, _, now in candidate.changed} for candidate in diagnose(text).candidates
    ]


def test_a_whole_thread_with_inputs_quotations_and_prose_gets_its_answer() -> None:
    thread = (ROOT / "tests/corpus/whole-thread.txt").read_text(encoding="utf-8")
    assert changed(diagnose(thread)) == {"dZ2": "AL - Y"}


@pytest.mark.parametrize("doubles", [False, True], ids=["one change", "two changes"])
@pytest.mark.parametrize("id", [WEEK_3, HIDDEN, WEEK_4, LINEAR, ACTIVATION])
def test_every_mutant_is_diagnosed_to_itself_or_to_programs_that_print_the_same(
    id: str, doubles: bool
) -> None:
    for forms in samples(id, doubles):
        text = outputs_text(id, forms)
        found = diagnose(text, fixture=id)
        if re.search("nan|inf", text):
            assert not found.candidates, (forms, text)
            continue
        if not re.search("[1-9]", re.sub("d[AWZb]\\d", "", text)):
            assert found.verdict == "unexplained"
            continue
        assert found.verdict in ("expected", "explained"), (forms, text)
        for candidate in found.candidates[:40]:
            assert all(matches(candidate, found.arrays).values()), (forms, candidate.changed)
        if found.verdict == "explained" and found.candidates[0].changes == (2 if doubles else 1):
            values = [mutated(load(id), forms).run(load(id).arrays)[n] for n in load(id).expected]
            assert any(
                all(
                    np.allclose(candidate.values[name], value, equal_nan=True)
                    for name, value in zip(load(id).expected, values, strict=True)
                )
                for candidate in found.candidates
            )


def test_the_search_finds_what_running_every_mutant_finds() -> None:
    id = "c1w4_linear_backward_v4a"
    fixture = load(id)
    wanted = fixture.run(dA_prev="W.T @ dZ / m")
    (seen,) = diagnose(f"dA_prev = {wanted['dA_prev']}", fixture=id).arrays.values()
    found = {str(forms) for forms in explanations(load(id), {"dA_prev": seen}, 1)}
    by_hand = set()
    for slot in mutants(load(id)).slots:
        for form in slot.forms:
            changes = {slot.name: form.tree}
            try:
                value = mutated(fixture, changes).run(fixture.arrays)["dA_prev"]
            except ValueError:
                continue
            if seen.matches(value):
                by_hand.add(str(changes))
    assert found == by_hand
    assert found


def test_a_vector_that_a_second_change_multiplies_is_not_a_row() -> None:
    id = "c1w4_linear_backward_v4a"
    forms = parse("dW = sum(dZ @ A_prev.T, axis=1) / m\ndA_prev = W.T @ dW")
    text = outputs_text(id, {step.name: step.expression for step in forms.steps})
    found = diagnose(text, fixture=id)
    assert found.verdict == "explained"
    assert changed(found)["dA_prev"] == "W.T @ dW"


def test_a_second_change_is_found_beside_an_array_of_another_shape() -> None:
    forms = parse("A1 = Z2\ndZ2 = A2 - tanh(Y)")
    text = outputs_text("c1w3_bp_public_b", {s.name: s.expression for s in forms.steps})
    found = diagnose(text)
    assert any("dZ2 = A2 - tanh(Y)" in str(one) for one in found.candidates)
    assert all("A1 = Z2" in str(one) for one in found.candidates)


@pytest.mark.parametrize("id", fixtures.ids("Course 2"))
def test_a_paste_of_course_2_is_placed_without_being_told(id: str) -> None:
    values = load(id).run(db1="dZ1 / m")
    found = diagnose("\n".join(f"{name} = {values[name]}" for name in load(id).expected))
    assert (found.verdict, found.fixture) == ("explained", load(id))
    assert changed(found) == {"db1": "dZ1 / m"}


def test_a_shape_that_no_test_has_is_answered_with_those_they_have() -> None:
    fixture = load("c1w3_bp_notebook_v2")
    entrywise = fixture.program.replace(dW2="(dZ2 * A1 / m).T").run(fixture.arrays)["dW2"]
    for asked in (f"dW2 = {entrywise}", "grads['dW2'].shape is (3, 4)"):
        found = diagnose(asked)
        assert "(3, 4)" in found.title
        assert "(1, 4) in Week 3 public_tests.py, edition A" in found.title
        forms = [candidate.forms for candidate in found.candidates]
        assert forms == [{"dW2": parse("x = dZ2 * A1 / m").steps[0].expression}]


def test_of_numbers_in_a_shape_that_no_test_has_no_mistake_is_told_that_prints_others() -> None:
    found = diagnose(named({"dW2": drawn((3, 4))[0]}))
    assert "(3, 4), which no test known here gives it" in found.title
    assert found.candidates == ()
    assert covered() in found.remarks


def test_a_shape_turned_round_or_of_another_layer_is_called_so() -> None:
    said = " ".join(diagnose("dW1.shape = (2, 4)").remarks)
    assert "turned round" in said
    said = " ".join(diagnose("dW2.shape = (9, 3)").remarks)
    assert "shape of dW1 in Week 3 public_tests.py, edition C" in said
    # What a test has needs no word, and what is no gradient is none of its names.
    assert not diagnose("dW1.shape = (4, 2)").candidates
    with pytest.raises(ValueError, match="o printed numbers"):
        diagnose("logits.shape = (9, 9)")


def test_numbers_that_fit_no_test_are_not_called_missing() -> None:
    found = diagnose("\n".join(f"dW{n % 3 + 1} = [[1 2 3 4 5 {n}]]" for n in range(15)))
    assert found.title.startswith("dW1 has the shape (1, 6), which no test known here gives it")
    assert "not among" not in repr(found)


def test_the_json_is_complete_and_its_programs_run_as_printed() -> None:
    found = diagnose(printed(WEEK_4, dZ2="AL - Y"))
    told = json.loads(found.to_json())
    assert set(told) == {"verdict", "fixture", "candidates", "remarks"}
    for candidate in told["candidates"]:
        keys = "program changed changes printed_as verdict name operators hint page matches"
        assert set(candidate) == set(keys.split())
        assert set(candidate["matches"]) == set(load(WEEK_4).expected)
        assert all(candidate["matches"].values())
        values = parse("\n".join(candidate["program"])).run(load(WEEK_4).arrays)
        assert np.allclose(values["dW2"], load(WEEK_4).run(dZ2="AL - Y")["dW2"])


def test_a_dictionary_of_gradients_is_diagnosed_like_its_print() -> None:
    grads = {name: load(HIDDEN).run(dZ2="Y - A2")[name] for name in load(HIDDEN).expected}
    found = diagnose(grads)
    assert changed(found) == changed(diagnose(str(grads)))
    with pytest.raises(ValueError, match="dW1 is not an array of numbers"):
        diagnose({"dW1": "none"})


def test_in_a_notebook_nothing_of_the_paste_becomes_markup() -> None:
    found = diagnose("<script>alert(1)</script> dZ2 = [[0.78862847 0.43650985]]")
    assert "<script" not in found._repr_html_()
    assert "&lt;" not in found._repr_html_()


def test_what_a_step_computes_is_told_before_what_an_array_was_taken_for() -> None:
    found = diagnose(printed(WEEK_3, "dW1", dW1="dZ1 @ Y.T / m"), fixture=WEEK_3, changes=1)
    told = [str(candidate) for candidate in found.candidates]
    assert told.index("dW1 = dZ1 @ Y.T / m") == 0 < told.index("X = Y")


def test_each_likely_cause_of_a_complaint_is_shown_where_it_does_least() -> None:
    found = diagnose("AssertionError: Wrong values for dW1", fixture=HIDDEN)
    shown = {candidate.named[0].id: candidate.outcome.failures for candidate in found.candidates}
    several = set()
    for key, forms in occurrences(load(HIDDEN)):
        failures = Mutant(load(HIDDEN), forms).outcome.failures
        if key in shown and failures and failures[0] == "Wrong values for dW1":
            assert len(shown[key]) <= len(failures), key
            several |= {key} if len(shown[key]) < len(failures) else set()
    assert several


def test_numbers_are_explained_on_a_test_that_is_made_here() -> None:
    made = make()
    values = made.run(dW1="dZ1 @ A0.T")
    found = diagnose("\n".join(f"{name} = {values[name]}" for name in made.expected), fixture=made)
    assert (found.verdict, found.fixture) == ("explained", made)
    assert changed(found) == {"dW1": "dZ1 @ A0.T"}
    assert found.to_dict()["fixture"] == made.id


def cell_test(**names: str) -> Fixture:
    """The linear step of Week 4, with other names for its arrays and gradients."""

    def to(name: str) -> str:
        plain = name.removeprefix("d")
        return f"{'d' if name.startswith('d') else ''}{names.get(plain, plain)}"

    def program(text: Program) -> Program:
        return parse(re.sub(r"\bd?(?:W|b|A_prev)\b", lambda match: to(match[0]), str(text)))

    linear = load(LINEAR)
    newest = linear.comparisons[-1]
    return replace(
        linear,
        id="cell",
        given={to(name): said for name, said in linear.given.items()},
        forward=program(linear.forward),
        program=program(linear.program),
        arrays={to(name): value for name, value in linear.arrays.items()},
        expected={to(name): value for name, value in linear.expected.items()},
        comparisons=(replace(newest, outputs=tuple(map(to, newest.outputs))),),
        also_called=(),
    )


@pytest.mark.parametrize(
    ("weights", "pasted"), [("Wax", "dWax"), ("w", "dw"), ("w", "dW"), ("W", "dw")]
)
def test_a_test_brings_its_own_names_of_gradients(weights: str, pasted: str) -> None:
    cell = cell_test(W=weights, b="ba", A_prev="xt")
    step = f"d{weights}"
    wrong = cell.run(**{step: "dZ @ xt.T"})[step]
    right = cell.run()["dba"]
    found = diagnose(f"{pasted} = {wrong}\ndba = {right}", fixture=cell)
    assert (found.verdict, set(found.arrays)) == ("explained", {step, "dba"})
    assert (found.candidates[0].printed_as, found.arrays["dba"].name) == ({}, "dba")
    assert changed(found) == {step: "dZ @ xt.T"}


def test_an_unknown_fixture_is_refused_in_one_sentence() -> None:
    with pytest.raises(KeyError, match="There is no fixture 'week4'"):
        diagnose("dZ2 = [[0.5 0.5]]", fixture="week4")


@pytest.mark.parametrize("id", fixtures.ids("Course 1"))
def test_the_expected_numbers_of_every_test_are_recognised(id: str) -> None:
    text = "\n".join(f"{name} = {value}" for name, value in load(id).expected.items())
    found = diagnose(text)
    assert found.verdict == "expected"
    same = {tuple(map(str, found.fixture.expected.values()))}
    assert tuple(map(str, load(id).expected.values())) in same


def test_a_candidate_prints_what_it_says_it_prints() -> None:
    candidate = Mutant(load(WEEK_4), {"dZ2": ("-", "AL", "Y")}, 1)
    want = compiled(("-", "AL", "Y"))(load(WEEK_4).values)
    assert np.array_equal(candidate.values["dZ2"], want)


@pytest.mark.parametrize(
    "text",
    ["1.0", "dW1 = [[0.05]]", "db = 0.37", "dw: 0.3", "dA_mean = 0.5", "db2 = [[-0.17]]"],
)
def test_no_number_of_one_or_two_digits_is_explained_or_called_expected(text: str) -> None:
    with contextlib.suppress(ValueError):
        found = diagnose(text)
        assert (found.verdict, found.candidates) == ("unexplained", ())
        assert "Known are the tests of" in repr(found)


@pytest.mark.parametrize("text", ["1.0604", "0.3366", "0.1234"])
def test_a_bare_number_that_may_be_any_entry_is_not_called_expected_without_a_word(
    text: str,
) -> None:
    found = diagnose(text, changes=1)
    assert found.verdict == "unexplained" or "could be chance" in repr(found)


def test_random_numbers_are_not_explained_but_as_perhaps_chance() -> None:
    rng = np.random.default_rng(19)
    for decimals in (1, 2, 3, 4, 6):
        for shape in [(1, 1), (1, 2), (3, 1), (4, 2)]:
            text = f"dW1 = {rng.normal(size=shape).round(decimals)}"
            found = diagnose(text, changes=1)
            assert found.verdict == "unexplained" or "could be chance" in repr(found), text


def test_zeros_are_not_explained() -> None:
    found = diagnose({"dW1": np.zeros((4, 2)), "db1": np.zeros((4, 1))})
    assert found.title.startswith("Zeros say nothing")


@pytest.mark.parametrize("zero", ["0", "0.", "0.0"])
def test_zeros_beside_right_numbers_are_wrong_however_they_are_written(zero: str) -> None:
    fixture = load("c1w3_bp_notebook_v2")
    text = "".join(f"{name} = {fixture.values[name]}\n" for name in ("dW1", "dW2", "db2"))
    found = diagnose(f"{text}db1 = [[{zero}], [{zero}], [{zero}], [{zero}]]", fixture)
    assert found.verdict != "expected"
    values = {name: fixture.values[name] for name in fixture.expected}
    assert diagnose(values | {"db1": np.zeros((4, 1))}, fixture).verdict != "expected"


def test_an_array_of_zeros_where_others_are_expected_is_called_so() -> None:
    fixture = load("c1w3_bp_notebook_v2")
    values = fixture.run(dW1="2.5 * dZ1 @ X.T") | {"db1": np.zeros((4, 1))}
    found = diagnose({name: values[name] for name in fixture.expected}, fixture, 1)
    assert "db1 is 0 in every entry." in found.remarks


def test_numbers_of_short_floats_and_typed_ones_are_the_expected_ones() -> None:
    for id in ("c1w3_bp_notebook_v2", HIDDEN, WEEK_4, LINEAR):
        values = {name: load(id).values[name] for name in load(id).expected}
        short = {name: value.astype(np.float32) for name, value in values.items()}
        assert diagnose(short, fixture=id).verdict == "expected"
        assert diagnose(load(id).expected, fixture=id).verdict == "expected"


def test_a_dictionary_and_its_print_are_diagnosed_alike() -> None:
    for id in (WEEK_3, WEEK_4, LINEAR):
        for forms in samples(id, doubles=False)[:12]:
            values = mutated(load(id), forms).run(load(id).arrays)
            grads = {name: np.asarray(values[name]) for name in load(id).expected}
            grads = {name: one.squeeze() if one.size == 1 else one for name, one in grads.items()}
            text = "\n".join(f"{name} = {value}" for name, value in grads.items())
            by_text, by_value = diagnose(text, id, 1), diagnose(grads, id, 1)
            assert by_text.verdict == by_value.verdict, (forms, text)
            if by_text.verdict == "explained":
                assert changed(by_text) == changed(by_value), (forms, text)


@pytest.mark.parametrize(
    ("id", "forms", "spent"),
    [(WEEK_4, {}, 1), (WEEK_4, {"dZ2": "Y - AL"}, 2), (WEEK_3, {"dZ2": "Y - A2"}, 2)],
)
def test_a_key_that_the_test_does_not_look_for_is_told(
    id: str, forms: dict[str, str], spent: int
) -> None:
    values = load(id).run(**forms)
    grads = {name: values[name] for name in load(id).expected}
    grads = {{"dW2": "dWL", "db2": "dbL"}.get(name, name): one for name, one in grads.items()}
    found = diagnose(grads, fixture=id)
    assert found.verdict == "explained"
    assert found.candidates[0].printed_as == {"dW2": "dWL", "db2": "dbL"}
    assert "What is called dWL is dW2 of this test." in repr(found)
    assert found.candidates[0].changes >= spent


def test_an_array_without_a_name_is_not_called_by_one() -> None:
    rng = np.random.default_rng(5)
    right = load(WEEK_4).values["dW1"]
    found = diagnose(f"{right}\n\n{rng.normal(size=(1, 3))}", fixture=WEEK_4, changes=1)
    said = " ".join(found.remarks)
    assert "array 2 (taken for dW2)" in said
    assert not re.search(r"dW2 (?:is|has)\b", said)


def test_a_shorter_program_comes_before_a_longer_one_that_is_not_more_frequent() -> None:
    found = diagnose(printed(WEEK_4, dAL="AL - Y"), fixture=WEEK_4)
    assert changed(found) == {"dAL": "AL - Y"}


@pytest.mark.parametrize(
    ("id", "forms", "said"),
    [
        ("c1w2_propagate_2021_cell", {"Z": "w.T @ X"}, "b is missing there."),
        ("c1w2_propagate_2021_cell", {"dw": "X @ A.T / m"}, "A stands in place of dZ."),
        (
            "c5w1_rnn_cell_backward_new",
            {"dxt": "Waa.T @ dz"},
            "Waa stands in place of Wax.",
        ),
    ],
)
def test_a_changed_operand_without_a_name_is_told_by_what_it_reads(
    id: str, forms: dict[str, str], said: str
) -> None:
    mutant = Mutant(load(id), {name: expression(form) for name, form in forms.items()})
    assert not mutant.named
    assert list(differs(mutant)) == [said]
    outputs = {name: mutant.values[name] for name in mutant.fixture.expected}
    assert said in repr(diagnose(outputs, id, 1)).split("\n    ")


def test_beside_a_change_with_a_name_those_without_one_are_told_in_a_sentence() -> None:
    cost = "-sum(Y.T * log(A) + (1 - Y.T) * log(1 - A)) / m"
    found = diagnose(printed("c1w2_propagate_public_2021", "cost", cost=cost))
    with_a_name = [bool(group[0].named) for group in found.groups]
    assert {*with_a_name} == {True, False}
    assert repr(found).count("where the test expects") == sum(with_a_name)
    assert "Changes without a name print the same: A = sigmoid(Z).T; Y = Y.T." in repr(found)


def test_a_search_for_two_changes_ends_after_so_many_programs_and_says_so() -> None:
    start = time.process_time()
    found = diagnose(dict(zip(("dW1", "db1"), drawn((4, 2), (4, 1)), strict=True)))
    assert "too many programs with two changes" in repr(found)
    assert time.process_time() - start < 8


@pytest.mark.parametrize("shapes", [[(1, 2)], [(2, 3), (2, 1)], [(4, 2), (4, 1), (4, 5)]], ids=str)
def test_two_changes_are_not_tried_where_neither_names_nor_a_whole_paste_speak_for_a_test(
    shapes: list[tuple[int, int]],
) -> None:
    begun: list[bool] = []
    found = diagnose("\n".join(map(str, drawn(*shapes))), None, 2, lambda: begun.append(True))
    assert (found.verdict, begun) == ("unexplained", [])


def test_two_changes_are_tried_where_all_without_names_fits_a_test() -> None:
    begun: list[bool] = []
    text = "\n".join(map(str, drawn((1, 3), (1, 1), (3, 2))))
    with pytest.raises(StopIteration):
        diagnose(text, "c1w4_linear_backward_v1", 2, lambda: next(iter(begun)))


@pytest.mark.parametrize("grads", [None, 5, b"dW1", [1.0, 2.0], np.ones((4, 2)), {1: [[0.5]]}])
def test_what_is_no_text_and_no_dictionary_of_arrays_is_refused_in_a_sentence(grads: Any) -> None:
    with pytest.raises(ValueError, match=r"^.*\.$"):
        diagnose(grads)


def test_a_network_of_ones_own_is_not_said_to_be_a_test_whose_shapes_it_lacks() -> None:
    some = {"dW1": (3, 2), "db1": (3, 1), "dW2": (1, 3), "db2": (1, 1)}
    found = diagnose(named(dict(zip(some, drawn(*some.values()), strict=True))))
    assert "closest test is" in found.title
    most = {"dW1": (5, 2), "db1": (5, 1), "dW2": (1, 5), "db2": (1, 1)}
    assert diagnose(named(dict(zip(most, drawn(*most.values()), strict=True)))).fixture is None


FOREIGN_LIMIT, OUR_LIMIT = 2, 8


def drawn(*shapes: tuple[int, ...]) -> list[Any]:
    rng = np.random.default_rng(20)
    return [rng.normal(size=shape) for shape in shapes]


FOREIGN = {
    "costs": "[0.693147, 0.646432, 0.6193, 0.5711, 0.5243, 0.4931, 0.4601, 0.4382]",
    "three costs": "[0.69314718 0.64643212 0.61930001]",
    "torch": "tensor([[0.0213, -0.0411, 0.0087], [-0.0132, 0.0421, 0.0171]])\n"
    "tensor([0.0342, -0.0771])",
    "torch, with a loss": "tensor([[ 0.15, -0.22,  0.04],\n        [-0.03,  0.09,  0.31]], "
    "grad_fn=<MmBackward0>)\ntensor([[0.33],\n        [-0.07]])\ntensor(0.6931)",
    "weights": json.dumps({"W": drawn((2, 3))[0].tolist(), "b": drawn((2, 1))[0].tolist()}),
    "own network": named(dict(zip(("dW1", "dW2"), drawn((4, 3), (1, 4)), strict=True))),
    "own network, no names": "\n".join(map(str, drawn((2, 2), (2, 1), (1, 2), (1, 1)))),
    "one number, no name": "[[0.00189053]]",
    "a column and a number, no names": "\n".join(map(str, drawn((2, 1), (1, 1)))),
    "two arrays that many tests have, no names": "\n".join(map(str, drawn((2, 3), (2, 1)))),
    "a layer and what no test has": "\n".join(map(str, drawn((4, 2), (4, 1), (4, 5)))),
    "own layer, no names": "\n".join(map(str, drawn((5, 4), (5, 1), (2, 5), (2, 1)))),
}


def unlike(id: str, *outputs: str, noise: int = 20) -> str:
    """Return what a test prints, these outputs replaced by numbers that no program of it has."""
    expected, rng = load(id).expected, np.random.default_rng(noise)
    return named({n: rng.normal(size=np.shape(v)) if n in outputs else v
                  for n, v in expected.items()})  # fmt: skip


OURS = {
    "dropout": printed("c2w1_backward_dropout", dA1="W2.T @ dZ2 * D1", dA2="W3.T @ dZ3"),
    "two layers": printed(WEEK_4, "dW1", "db1", dZ1="dA1 * A1 * (Z1 > 0) / m"),
    "one output": named({"dA0": drawn((4, 2))[0]}),
    "three outputs of a cell": unlike("c5w1_lstm_cell_backward", "dxt", "da_prev", "dc_prev"),
    "weights of a cell": unlike("c5w1_lstm_cell_backward", "dWf", "dWi", "dWc", "dWo"),
    "no names": "\n".join(map(str, drawn((3, 2), (1, 3)))),
}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        *(pytest.param(text, FOREIGN_LIMIT, id=kind) for kind, text in FOREIGN.items()),
        *(pytest.param(text, OUR_LIMIT, id=kind) for kind, text in OURS.items()),
    ],
)
def test_a_text_is_answered_before_its_reader_gives_up(text: str, seconds: float) -> None:
    def spent() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        ask = [sys.executable, "-m", "backcheck", "diagnose"]
        answer = subprocess.run(ask, input=text, capture_output=True, text=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert answer.stdout, answer.stderr
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    # A processor that is shared takes longer than one that is not.
    assert any(spent() < allowed(seconds) for _ in range(3))


def test_right_numbers_without_those_of_the_lower_layer_are_said_to_lack_them() -> None:
    found = load("c1w4_L_model_backward_v2").run()
    upper = {name: found[name] for name in ("dA1", "dW2", "db2")}
    (said,) = diagnose(upper).remarks
    assert said.startswith("dA0, dW1, db1 are not among these numbers.")
    assert not diagnose(upper | {name: found[name] for name in ("dA0", "dW1", "db1")}).remarks


@pytest.mark.parametrize("name", RIGHT_OR_OLDER)
def test_a_number_that_is_right_by_its_own_name_has_no_older_name(name: str) -> None:
    said = repr(diagnose(RIGHT_OR_OLDER[name]))
    assert ("older notebook" in said) is (name == "older")


def test_numbers_that_fit_the_tests_of_two_functions_are_given_to_neither() -> None:
    found = diagnose(OF_TWO_TESTS)
    assert "the closest tests are" in found.title
    assert "c2w1_backward_dropout" in found.title
    assert "c2w1_backward_regularization" in found.title
    assert not any("the inputs may be others" in said for said in found.remarks)
