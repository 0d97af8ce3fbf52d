import re

import numpy as np
import pytest

from backcheck import fixtures, forward, referee
from backcheck.activations import by_name
from backcheck.fixtures import load
from backcheck.forward import residuals
from backcheck.mutants.formulas import formula
from backcheck.mutants.mistakes import names_of, occurrences, read, table
from backcheck.mutants.mutant import Mutant
from backcheck.mutants.mutate import mutants, mutated, second_changes
from backcheck.mutants.operators import expression
from backcheck.program import Tree, parse
from chapters import chapters

WEEK_3, WEEK_4 = "c1w3_bp_public_c", "c1w4_L_model_backward_v2"


def tree(text: str) -> Tree:
    return parse(f"x = {text}").steps[0].expression


def same(id: str, one: Tree, other: Tree) -> bool:
    return bool(formula(load(id), one) == formula(load(id), other))


def singles(id: str, step: str) -> list[Tree]:
    slot = next(slot for slot in mutants(load(id)).slots if slot.name == step)
    return [form.tree for form in (*slot.forms, *slot.stillborn)]


@pytest.mark.parametrize(
    ("operator", "step", "form"),
    [
        ("operand replaced", "dW2", "dZ2 @ A2.T / m"),
        ("operand replaced by a gradient", "dA1", "dW2.T @ dZ2"),
        ("operator replaced", "dW2", "dZ2 * A1.T / m"),
        ("operands swapped", "dZ2", "Y - A2"),
        ("factor dropped", "dW2", "dZ2 @ A1.T"),
        ("divided by m once more", "dW2", "dZ2 @ A1.T / m / m"),
        ("multiplied by m", "dZ2", "(A2 - Y) * m"),
        ("times Z", "dZ1", "dA1 * (1 - A1 ** 2) * Z1"),
        ("negated", "dZ2", "-(A2 - Y)"),
        ("square dropped", "dZ1", "dA1 * (1 - A1)"),
        ("square added", "dZ1", "dA1 ** 2 * (1 - A1 ** 2)"),
        ("function added", "dZ1", "dA1 * (1 - tanh(A1) ** 2)"),
        ("term dropped", "dZ1", "dA1 * A1 ** 2"),
        ("term added", "db2", "sum(dZ2, axis=1, keepdims=True) / m + b2"),
        ("transpose dropped", "dA1", "W2 @ dZ2"),
        ("transpose added", "dW1", "(dZ1 @ X.T / m).T"),
        ("axis changed", "db1", "sum(dZ1, axis=0, keepdims=True) / m"),
        ("keepdims dropped", "db1", "sum(dZ1, axis=1) / m"),
        ("sum dropped", "db1", "dZ1 / m"),
        ("derivative of another activation", "dZ1", "dA1 * A1 * (1 - A1)"),
        ("derivative from Z", "dZ1", "dA1 * (1 - tanh(Z1) ** 2)"),
        ("derivative of the wrong argument", "dZ1", "dA1 * (1 - A2 ** 2)"),
        ("derivative twice", "dZ1", "dA1 * (1 - A1 ** 2) * (1 - A1 ** 2)"),
        ("derivative not at all", "dZ1", "dA1"),
        ("derivative on top of the shortcut", "dZ2", "(A2 - Y) * A2 * (1 - A2)"),
        ("parenthesis closed early", "dZ1", "dA1 * 1 - A1 ** 2"),
        ("gradient of another layer", "dZ1", "dA2 * (1 - A1 ** 2)"),
        ("general rule for the shortcut", "dZ2", "dA2 * sigmoid(Z2) * (1 - sigmoid(Z2))"),
        ("entry by entry, without the transpose", "dW2", "dZ2 * A1 / m"),
        ("another count", "dW2", "dZ2 @ A1.T / X.shape[0]"),
        ("the count of all numbers", "db1", "sum(dZ1, axis=1, keepdims=True) / (m * W1.shape[0])"),
        ("derivative of the layer below", "dA1", "W2.T @ dZ2 * (1 - A1 ** 2)"),
        ("derivative with Z computed again", "dZ1", "dA1 * (1 - tanh(W1 @ X + b1) ** 2)"),
        ("m of the wrong axis", "m", "X.shape[0]"),
        ("m of both axes", "m", "X.shape[0] * X.shape[1]"),
        ("no average at all", "m", "1"),
        ("array misread", "A1", "A2"),
        ("array computed again", "A1", "tanh(Z1)"),
        ("linear step again", "Z1", "W1 @ X + b1"),
    ],
)
def test_one_change_reaches(operator: str, step: str, form: str) -> None:
    assert any(same(WEEK_3, tree(form), found) for found in singles(WEEK_3, step)), operator


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("every-layer", {"db2": "sum(dZ2, axis=1) / m", "db1": "sum(dZ1, axis=1) / m"}),
        ("every-layer", {"dW2": "dZ2 @ A1.T", "dW1": "dZ1 @ A0.T"}),
        ("forward-again", {"Z1": "W1 @ A0 + b1", "Z2": "W2 @ A1 + b2"}),
        ("other-cache", {"dW1": "dZ1 @ A1.T / m", "dA0": "W2.T @ dZ1"}),
        (
            "other-count",
            {"dW1": "dZ1 @ A0.T", "db1": "sum(dZ1, axis=1, keepdims=True)"},
        ),
    ],
)
def test_one_idea_changes_several_steps_at_once(kind: str, changes: dict[str, str]) -> None:
    wanted = {step: tree(form) for step, form in changes.items()}
    assert wanted in mutants(load(WEEK_4)).joint[kind]


TERM = "da_next * ot * (1 - tanh(c_next) ** 2)"


@pytest.mark.parametrize(
    ("id", "step", "form"),
    [
        ("c1w2_propagate_2017", "cost", "-sum(Y * log(A) + (1 - Y) * (1 - log(A))) / m"),
        ("c2w1_backward_regularization", "dW2", "dZ2 @ A1.T / m + lambd * sum(W2) / m"),
        ("c5w1_lstm_cell_backward", "dcct", f"dc_next + {TERM} * it"),
        ("c5w1_lstm_cell_backward", "dzc", f"dc_next * it + {TERM} * it * (1 - cct ** 2)"),
        ("c5w1_lstm_cell_backward", "dzc", f"dc_next * it * (1 - cct ** 2) + {TERM} * it"),
    ],
)
def test_one_change_reaches_what_brackets_around_a_call_or_a_sum_leave_out(
    id: str, step: str, form: str
) -> None:
    assert any(same(id, tree(form), found) for found in singles(id, step))


@pytest.mark.parametrize("turned", ["Wf", "Wi", "Wc", "Wo", "all"])
def test_one_change_leaves_the_part_of_a_weight_as_it_stands_in_one_term_or_in_all(
    turned: str,
) -> None:
    id = "c5w1_lstm_cell_backward"
    part = {name: f"{name}.T[:a_prev.shape[0]]" for name in ("Wf", "Wi", "Wc", "Wo")}
    parts = {n: f"{p}.T" if turned in (n, "all") else p for n, p in part.items()}
    form = " + ".join(f"{one} @ dz{name[1]}" for name, one in parts.items())
    assert any(same(id, tree(form), found) for found in singles(id, "da_prev"))


def test_the_brackets_of_a_sum_are_left_out_in_all_lines_alike() -> None:
    factors = {"dzf": "c_prev * (ft * (1 - ft))", "dzc": "it * (1 - cct ** 2)"}
    wanted = {step: tree(f"dc_next + {TERM} * {factors[step]}") for step in factors}
    id = "c5w1_lstm_cell_backward"
    (found,) = (
        change
        for change in mutants(load(id)).joint["brackets"]
        if change.keys() == {"dzf", "dzi", "dzc"}
        and all(same(id, change[step], wanted[step]) for step in wanted)
    )
    assert len(found) == 3


def test_no_single_change_is_the_same_formula_as_another_or_as_the_original() -> None:
    for slot in mutants(load(WEEK_4)).slots:
        trees = [slot.original.tree, *(form.tree for form in slot.forms)]
        for place, one in enumerate(trees[:40]):
            assert not any(same(WEEK_4, one, other) for other in trees[:place]), (slot.name, one)


def test_two_changes_of_one_step_are_reached_even_through_one_that_numpy_refuses() -> None:
    # W2 @ dZ2 does not fit, and becomes computable with the transpose moved.
    found = second_changes(load(WEEK_3), "dA1")
    assert ("T", ("@", ("T", "dZ2"), "W2")) in found or ("@", ("T", "dZ2"), "W2") in found


@pytest.mark.parametrize("id", fixtures.ids())
def test_the_program_of_every_fixture_is_the_gradient_or_it_says_that_it_is_none(id: str) -> None:
    wanted = "equivalent" if load(id).is_gradient else "mistake"
    assert forward.verdict(load(id).program, load(id)) == wanted
    assert forward.verdict(load(id).program, load(id), own_shapes=True) == wanted


@pytest.mark.parametrize("own_shapes", [False, True])
@pytest.mark.parametrize("id", fixtures.ids())
def test_the_networks_that_decide_a_verdict_are_real_forward_passes(
    id: str, own_shapes: bool
) -> None:
    arrays = forward.draw(load(id), 3, load(id).sizes if own_shapes else forward.SIZES)
    assert all(size < 1e-12 for size in residuals(arrays, load(id).forward).values())
    if own_shapes and id != "c1w3_bp_public_b":
        shapes = {name: value.shape for name, value in load(id).arrays.items()}
        assert {name: arrays[name].shape for name in shapes} == shapes


@pytest.mark.parametrize("id", [WEEK_3, WEEK_4])
def test_the_referees_gradients_of_a_fixture_agree_with_centred_differences(id: str) -> None:
    fixture = load(id)
    arrays = forward.draw(fixture, seed=5)
    X, Y = arrays[fixture.layers[0].input], arrays["Y"]
    weights = {name: arrays[name] for name in ("W1", "b1", "W2", "b2")}
    activations = [by_name(layer.activation) for layer in fixture.layers]
    true = referee.gradients(X, Y, weights, activations, referee.centred_difference)
    found = forward.gradients(fixture, arrays)
    for name in ("dW1", "db1", "dW2", "db2"):
        assert referee.relative_error(found[name], true[name]) < 1e-7


VERDICTS = [
    ("dZ2", "AL - Y", "equivalent"),
    ("dZ2", "dAL * AL * (1 - AL)", "equivalent"),
    ("dZ2", "sigmoid(Z2) - Y", "equivalent"),
    ("dZ1", "dA1 * (A1 > 0)", "equivalent"),
    ("dZ2", "Y - AL", "mistake"),
    ("dZ1", "dA1", "mistake"),
    ("dW1", "dZ1 @ A0.T", "mistake"),
    ("db1", "sum(dZ1, axis=1) / m", "mistake"),
    ("dA1", "W2 @ dZ2", "mistake"),
]


@pytest.mark.parametrize(("step", "form", "verdict"), VERDICTS)
def test_a_verdict_is_about_mathematics_and_not_about_the_test(
    step: str, form: str, verdict: str
) -> None:
    week4 = load(WEEK_4)
    assert forward.verdict(week4.program.replace(**{step: form}), week4) == verdict


def test_a_formula_that_is_right_for_one_output_unit_only_is_a_mistake_and_said_to_be_narrow() -> (
    None
):
    week4 = load(WEEK_4)
    narrow = week4.program.replace(db2="sum(dZ2, keepdims=True) / m")
    assert forward.verdict(narrow, week4) == "mistake"
    assert forward.verdict(narrow, week4, own_shapes=True) == "equivalent"


@pytest.mark.parametrize("id", fixtures.ids())
def test_every_named_form_gets_its_own_name_back(id: str) -> None:
    for name, changes in occurrences(load(id)):
        named = [found.id for found in names_of(load(id), changes)]
        # One formula can have two names; the first in the table wins.
        assert len(named) == 1, (name, changes)
        if named != [name]:
            assert any(
                other == named[0]
                and changes.keys() == form.keys()
                and all(same(id, form[slot], changes[slot]) for slot in form)
                for other, form in occurrences(load(id))
            ), (name, changes)


def test_every_name_occurs_on_a_fixture_and_has_a_hint_and_a_section_of_the_book() -> None:
    used = {name for id in fixtures.ids() for name, _ in occurrences(load(id))}
    assert used == set(table())
    for found in table().values():
        assert found.page.partition("#")[0] in chapters(), found.id
        assert "#" in found.page, found.id
        assert found.hint.endswith(".")
        assert len(found.hint) < 160
        # A hint says where to look; a formula would be the graded line.
        assert "=" not in found.hint
        assert not any(sign in found.hint for sign in ("@", "np.", "**"))


@pytest.mark.parametrize("id", fixtures.ids())
def test_no_name_or_hint_speaks_of_layers_where_gates_or_inputs_stand_side_by_side(id: str) -> None:
    fixture = load(id)
    assert fixture.is_cell == fixture.function.startswith(("rnn", "lstm"))
    for _, changes in occurrences(fixture) if fixture.is_cell else ():
        for found in names_of(fixture, changes):
            assert "layer" not in f"{found.name} {found.hint}"


def test_a_changed_program_runs_as_it_is_printed() -> None:
    week4 = load(WEEK_4)
    changed = mutated(week4, {"A1": tree("relu(Z1)"), "dZ2": tree("AL - Y")})
    again = parse(str(changed)).run(week4.arrays)
    assert np.allclose(again["dW1"], changed.run(week4.arrays)["dW1"])
    assert str(changed).split("\n")[0] == "A1 = relu(Z1)"


@pytest.mark.parametrize(
    ("hint", "sentence"),
    [
        (
            'hnt = "Look."',
            "there is no key 'hnt'; use name, hint, section, layer, activation, in_cell, steps, "
            "arrays, whole, joint, found, ratios.",
        ),
        ("", "the key 'hint' is missing."),
    ],
)
def test_a_table_of_a_mistake_that_cannot_be_read_is_refused_in_one_sentence_with_its_name(
    hint: str, sentence: str
) -> None:
    whole = re.escape(f"bias-forgotten, in mistakes.toml: {sentence}")
    with pytest.raises(ValueError, match=f"^{whole}$"):
        read(f'[bias-forgotten]\nname = "the bias left out"\nsection.see = "linear-step"\n{hint}')


def test_a_product_that_stops_has_its_name_wherever_its_average_stands() -> None:
    fixture = load("c1w3_bp_notebook_v2")
    for text in ("dZ2 * A1.T / m", "1 / m * dZ2 * A1.T", "(1 / m) * (A1.T * dZ2)"):
        mutant = Mutant(fixture, {"dW2": expression(text)})
        assert mutant.name == "an entry-by-entry product in place of a matrix product", text
    assert not Mutant(fixture, {"dW2": expression("A1.T @ dZ2 @ A1.T / m")}).name
