"""The page's engine on the loops over time of Course 5 Week 1, against the package it follows."""

import random
import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pytest
from test_engine import agree, ask, printed, single_mutants
from test_other_courses import as_learners_print, have_the_same_changes, of_slots

from backcheck.diagnosis.placing import courses
from backcheck.fixtures import Fixture, load
from backcheck.mutants.mutant import Mutant
from backcheck.mutants.mutate import mutants, second_changes
from backcheck.mutants.operators import expression
from backcheck.mutants.steps import other_forwards, sayings
from backcheck.program import parse, write
from posts import GATES, NAMED, WRONG_GATES, of_the_cell
from programs import LSTM, RNN

LOOPS = [test for some in courses()[1:] for test in some if test.last]
each = pytest.mark.parametrize("test", [load(RNN), load(LSTM)], ids=lambda test: test.id)


def as_the_notebook_prints(fixture: Fixture, values: Mapping[str, Any]) -> str:
    """Print the notebook's entries, of dx a row over time."""
    first, *lines = as_learners_print(fixture, dict(values)).split("\n")
    row = re.sub(r"\[\d\] = .*", f" = {values['dx'][1][2]}", first)
    return "\n".join([row, *(line for line in lines if "dx" not in line)])


def random_texts(fixture: Fixture, number: int, changes: int) -> Iterator[str]:
    """Print programs with so many changes that keep the shapes, by entries or whole."""
    rng = random.Random(f"{fixture.id} {changes}")  # noqa: S311 - the same sample in every run
    found = mutants(fixture)
    slots = [slot for slot in found.slots if slot.forms]
    while number:
        some = rng.sample(slots, changes)
        forms: Mapping[str, Any] = {slot.name: rng.choice(slot.forms).tree for slot in some}
        forms = rng.choice(found.higher_order) if changes == 1 and rng.random() < 0.3 else forms
        values = Mutant(fixture, forms, changes).values
        if any(
            np.shape(values.get(name)) != np.shape(want) or not np.isfinite(values[name]).all()
            for name, want in fixture.expected.items()
        ):
            continue
        number -= 1
        if rng.random() < 0.3:
            names = rng.sample(list(fixture.expected), 3)
            yield printed(values, *names)
        else:
            prints = rng.choice((as_learners_print, as_the_notebook_prints))
            yield prints(fixture, values)


def test_page_and_package_agree_on_the_output_that_another_edition_expects_below() -> None:
    right, old = load(LSTM), load("c5w1_lstm_backward_old")
    values = Mutant(right, mutants(right).joint["carry"][-1]).values
    below = as_the_notebook_prints(old, old.values)
    agree((f"{as_the_notebook_prints(right, values)}\n\nIt should print\n{below}", None, 1))


@pytest.mark.xdist_group("lines")
def test_page_and_package_agree_on_a_function_that_a_text_names() -> None:
    agree(*((place.format(entries=of_the_cell()),) for place in NAMED))


@each
def test_page_and_package_agree_on_one_change_of_a_loop(test: Fixture) -> None:
    agree(*((text, None, 1) for text in random_texts(test, 6, 1)))


def test_page_and_package_agree_on_two_changes_of_a_loop() -> None:
    forms = {"dz_t4": "da_next_t4 * (1 - a_next_t4)", "dba_sum_t4": "dba_t4"}
    mutant = Mutant(load(RNN), {name: expression(form) for name, form in forms.items()}, 2)
    found = as_the_notebook_prints(mutant.fixture, mutant.values)
    agree(*((text,) for text in (found, *random_texts(load(LSTM), 1, 2))))


def test_page_and_package_agree_on_a_mistake_of_the_cell_beside_what_is_not_carried() -> None:
    fixture = load(LSTM)
    joint = mutants(fixture).joint
    alone = {"dc_prev_t4": expression("dc_t4")}
    texts = [
        as_the_notebook_prints(fixture, Mutant(fixture, {**joint["carry"][0], **cell}).values)
        for cell in (alone, joint["reads-part"][0])
    ]
    agree(*((text,) for text in texts))


def test_page_and_package_agree_on_derivatives_of_gates_left_out_on_the_way_down() -> None:
    cell, loop = load("c5w1_lstm_cell_backward"), load(LSTM)
    some = mutants(cell).joint["gate-slope"][::4]
    joint = mutants(loop).joint
    both = {**joint["gate-slope"][-1], **joint["step-alone"][-1]}
    texts = [printed(Mutant(cell, forms).values, *cell.expected) for forms in some]
    agree(*((text, None, 1) for text in texts))
    below = Mutant(loop, joint["stored-once"][0]).values
    agree(*((as_the_notebook_prints(loop, v),) for v in (Mutant(loop, both).values, below)))


def test_page_and_package_agree_on_sums_that_are_not_added_up() -> None:
    texts = []
    for test in (load(RNN), load(LSTM)):
        joint = mutants(test).joint
        for sums in [one for one in joint["step-alone"] if len(one) > 2]:
            values = Mutant(test, sums).values
            texts += [printed(values, *test.expected), as_the_notebook_prints(test, values)]
    overwritten = Mutant(load(RNN), joint_of_two(load(RNN))).values
    agree(*((text, None, 1) for text in texts))
    agree((as_the_notebook_prints(load(RNN), overwritten),))


@each
def test_page_and_package_agree_on_three_mistakes_of_a_whole_loop(test: Fixture) -> None:
    joint = mutants(test).joint
    some = [joint["carry"][-1], other_forwards(test)["forward-x 1"], joint["step-alone"][-1]]
    others = [joint["carry-added"][-1], joint["sum-doubled"][-1]]
    both = [{n: tree for of in ways for n, tree in of.items()} for ways in (some, others)]
    agree(*((as_the_notebook_prints(test, Mutant(test, forms).values),) for forms in both))


def test_page_and_package_agree_on_the_edition_of_numbers_that_none_explains() -> None:
    new, old = load(LSTM), load("c5w1_lstm_backward_old")
    carried = Mutant(new, mutants(new).joint["carry"][-1]).values
    wrong = {"da0": new.values["da0"] * 1.3, "dWc": new.values["dWc"] + 0.1}
    texts = [as_the_notebook_prints(new, {**own, **wrong}) for own in (carried, old.values)]
    agree(*((text, None, 1) for text in texts))


def test_page_and_package_agree_on_the_names_of_the_gates() -> None:
    agree(*((text,) for text in (*GATES.values(), *WRONG_GATES)))


def test_page_and_package_agree_on_zeros_of_a_loop() -> None:
    test = load(RNN)
    zeros = {name: 0.0 * value for name, value in test.values.items()}
    agree(*((text,) for text in (as_the_notebook_prints(test, zeros), printed(zeros, "dx", "da0"))))


def joint_of_two(test: Fixture) -> dict[str, Any]:
    joint = mutants(test).joint
    return {**joint["carry"][-1], **joint["step-alone"][-1]}


def test_page_and_package_agree_on_what_each_edition_of_a_loop_expects() -> None:
    texts = [as_the_notebook_prints(test, test.values) for test in LOOPS]
    texts += [as_learners_print(test, dict(test.values)) for test in LOOPS]
    texts += [printed(dict(test.values), *test.expected) for test in LOOPS]
    agree(*((text, None, 1) for text in texts), (texts[0], LOOPS[1].id, 1))


@pytest.mark.parametrize(
    "text",
    [
        'gradients["dx"][1][2][3] = 0.01483317',
        'gradients["dx"][1][2] = [-2.07101689 -0.59255627 0.02466855]',
        'gradients["dx"].shape = (8, 10, 4)\ngradients["dx"][1][2] = [0.1 0.2 0.3 0.4]',
        'gradients["da0"][2][3] = 0.4',
        "dx = [[[ 1.5 2.5]\n  [ 3.5 4.5]]\n\n [[ 0.5 1.5]\n  [ 2.5 3.5]]]",
        "dx = [[[ 1.5 2.5]\n  [ 3.5 4.5]]\n\n [[ 0.5 1.5]]]",
        "dxt = [[[ 1.5 2.5]\n  [ 3.5 4.5]]]",
        "dx shape is (8,10), expected (3,10)\n"
        "dxt = np.dot(Wf.T, dft) + np.dot(Wi.T, dit) + np.dot(Wc.T, dcct) + np.dot(Wo.T, dot)",
        "dxt.shape = (9,10)",
        "rnn_backward: dx shape is (8,10), expected (3,10)",
        "<ipython-input-1> in rnn_backward(da, caches)\n"
        "---> 12 gradients = rnn_cell_backward(da[:, :, t] + da_prevt, caches[t])\n"
        "ValueError: operands could not be broadcast together with shapes (5,10) (5,10,4)",
        "<ipython-input-1> in lstm_backward(da, caches)\n---> 30 dWf = dWf + dzf @ concat\n"
        "ValueError: shapes (5,10) and (8,10) not aligned: 10 (dim 1) != 8 (dim 0)",
        'gradients["dx"][1][2] = [-2.1 -0.6 0.025 0.01483317]',
        'gradients["dx"][1][2] = [-2.07101689 -0.59255627 0.12466855 0.01483317]',
        "dba += gradients['dba']\nda0 = da_prevt\ndx = np.zeros((n_x, m, T_x))",
        'gradients["dx"][1][2] = [-2.07101689 -0.59255627  0.02466855  0.01483317]\n'
        'gradients["da0"][2][3] = -0.17268893183890018\n'
        'gradients["dWax"][3][1] = 11.264104496527777\n'
        'gradients["dWaa"][1][2] = 2.303333126579893\ngradients["dba"][4] = [-0.74747722]',
    ],
)
def test_page_and_package_agree_on_what_stands_beside_a_loop(text: str) -> None:
    agree((text, None, 1))


@each
def test_page_and_package_have_the_same_changes_of_a_loop(test: Fixture) -> None:
    have_the_same_changes(test)


def test_page_and_package_make_the_same_two_changes_of_each_line_of_a_loop() -> None:
    names = [slot.name for slot in mutants(load(RNN)).slots]
    for name, given in zip(names, ask(*(("second_changes", RNN, n) for n in names)), strict=True):
        assert set(given) == {write(tree) for tree in second_changes(load(RNN), name)}, name


@each
def test_page_and_package_judge_and_show_changes_of_a_loop_alike(test: Fixture) -> None:
    rng = random.Random(7)  # noqa: S311
    some = [one.forms for one in rng.sample(single_mutants(test.id), 12)]
    some += sayings(test).values()
    some.append({**mutants(test).joint["carry"][-1], **other_forwards(test)["forward-x 1"]})
    shown = [Mutant(test, forms) for forms in some]
    questions: list[tuple[Any, ...]] = [("verdicts", test.id, [dict(forms) for forms in some])]
    wanted: list[Any] = [[[one.verdict, one.right_here] for one in shown]]
    questions += [("shown", test.id, dict(forms)) for forms in some]
    wanted += [[list(one.shown), list(one.expects)] for one in shown]
    asked, answers = of_slots(test, 60)
    assert ask(*questions, *asked) == wanted + answers


def test_arrays_of_three_axes_are_computed_with_as_numpy_does() -> None:
    rng = np.random.default_rng(11)
    codes = (
        "x + y", "x - y", "x * y", "x / y", "x @ y", "y @ x", "x.T", "y.T @ x", "tanh(x)", "-x",
        "x.shape[0]", "x.shape[1]", "sum(x)", "sum(x, axis=0)", "sum(x, axis=1)",
        "sum(x, keepdims=True)", "sum(x, axis=0, keepdims=True)", "sum(x, axis=1, keepdims=True)",
        "x[:2]", "x[1:]", "x[:, :, 1]", "x[:, :, 0 - 1]", "x[:, :, n]", "concatenate((x, y))",
        "dstack((x, y))", "dstack((x, y, x))", "(x > y) + (y > x)", "x ** 2",
    )  # fmt: skip
    shapes = [(2, 3, 2), (2, 3, 2), (1, 3, 2), (2, 1, 2), (2, 3), (3, 2), (3, 3), (2,), (3,), ()]
    questions, wanted = [], []
    for code in codes:
        for _ in range(40):
            x, y = (rng.normal(size=shapes[rng.integers(len(shapes))]) for _ in "xy")
            scope = {"x": x, "y": y, "n": np.array(float(rng.integers(-3, 3)))}
            questions.append(("value", code, {name: unpacked(one) for name, one in scope.items()}))
            wanted.append(value_of(code, scope))
    for question, got, want in zip(questions, ask(*questions), wanted, strict=True):
        assert (got is None) == (want is None), question
        if want is not None:
            assert got[0] == list(np.shape(want)), question
            assert np.allclose(got[1], np.ravel(want).astype(float), rtol=1e-12), question


def value_of(code: str, scope: Mapping[str, Any]) -> Any:
    try:
        return parse(f"z = {code}").run(scope)["z"]
    except (ValueError, TypeError, IndexError):
        return None


def unpacked(value: Any) -> list[Any]:
    return [list(np.shape(value)), *np.ravel(value).tolist()]
