"""The page's engine on the tests of the other courses, which it takes in when a text needs them.

Samples: what is held against the package for Course 1 in full is the same code here.
"""

import random
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from test_engine import agree, ask, printed, single_mutants

from backcheck.diagnosis.placing import courses
from backcheck.fixtures import Fixture, load
from backcheck.mutants.mistakes import occurrences
from backcheck.mutants.mutant import Mutant
from backcheck.mutants.mutate import mutants, operator_of
from backcheck.program import parse, write
from backcheck.showing.handout import equation

OTHERS = [test for some in courses()[1:] for test in some if not test.last]


def as_learners_print(fixture: Fixture, values: dict[str, Any], precision: int = 8) -> str:
    """Print outputs by the names of the notebook, or its single entries where it has these."""
    if fixture.entries:
        places = ((name, *re.findall(r"\w+", name)) for name in fixture.entries)
        return "\n".join(
            f'gradients["{of}"]{name[len(of) :]} = {values[of][tuple(map(int, at))]}'
            for name, of, *at in places
        )
    names = {step: name for one in fixture.also_called[:1] for name, step in one.items()}
    asked = fixture.comparisons[-1].outputs
    with np.printoptions(precision=precision):
        return printed(
            {names.get(n, n): values[n] for n in asked}, *(names.get(n, n) for n in asked)
        )


def random_texts(fixture: Fixture, number: int, changes: int = 1) -> Iterator[str]:
    """Print programs with so many changes that keep the shapes."""
    rng = random.Random(f"{fixture.id} {changes}")  # noqa: S311 - the same sample in every run
    slots = [slot for slot in mutants(fixture).slots if slot.forms]
    while number:
        forms = {slot.name: rng.choice(slot.forms).tree for slot in rng.sample(slots, changes)}
        values = Mutant(fixture, forms, changes).values
        right = {name: fixture.values[name] for name in fixture.expected}
        # What is 0 but for rounding depends on the order of a sum.
        if all(
            np.shape(values.get(name)) == np.shape(one)
            and np.all(np.isfinite(values[name]))
            and not np.any((values[name] != 0) & (np.abs(values[name]) < 1e-12))
            for name, one in right.items()
        ):
            yield as_learners_print(fixture, values, rng.choice((8, 6, 12)))
            number -= 1


def test_page_and_package_agree_on_right_numbers_one_change_and_two() -> None:
    texts = [as_learners_print(test, dict(test.values)) for test in OTHERS]
    texts += [text for test in OTHERS for text in random_texts(test, 2)]
    agree(*((text, None, 1) for text in texts))
    small = [test for test in OTHERS if test.id in ("c5w1_rnn_cell_backward_new", OTHERS[0].id)]
    agree(*((text,) for test in small for text in random_texts(test, 1, 2)))


@pytest.mark.parametrize(
    "text",
    [
        "backward_propagation_with_dropout_test: AssertionError: Wrong values for dA2",
        "ValueError: shapes (5,10) and (5,10) not aligned: 10 (dim 1) != 5 (dim 0)",
        "<ipython-input-1> in lstm_cell_backward(da_next, dc_next, cache)\n"
        "---> 12 dWf = dft @ concat\n"
        "ValueError: shapes (5,10) and (8,10) not aligned: 10 (dim 1) != 8 (dim 0)",
        "Wrong output values for gradient of b1 vector",
        "dTheta = [[0.123456 0.334578] [0.98714 0.876541]]",
        'gradients["dxt"].shape = (5, 10)\ngradients["dxt"][1][2] = 0.12345678',
        'gradients["da_prev"][2][3] = 0.5123456',
    ],
)
def test_page_and_package_agree_on_messages_and_on_numbers_of_no_test(text: str) -> None:
    agree((text,))


def test_a_test_that_is_asked_for_is_told_from_the_edition_that_accepts_a_gradient() -> None:
    old, new = (load(f"nlp_c2w4_back_prop_{edition}") for edition in ("v1", "v2"))
    text = as_learners_print(new, dict(new.values))
    theirs = as_learners_print(old, dict(old.values))
    changed = as_learners_print(new, dict(new.run(dW2="dZ2 @ A1.T")))
    agree((text, old.id), (theirs, old.id), (text, new.id), (changed, old.id, 1))
    right, other = ask(("diagnose", theirs, old.id), ("diagnose", changed, old.id, 1))
    assert right["remarks"][0].startswith("This test expects a mistake")
    assert "They do belong elsewhere" in other["remarks"][-1]


def have_the_same_changes(test: Fixture) -> None:
    """Hold every single change that the page makes of a test against the package's."""
    found = mutants(test)
    asked = (("forms", test.id, slot.name) for slot in found.slots)
    several, *slots = ask(("several", test.id), *asked)
    assert several == [[[n, write(t)] for n, t in forms.items()] for forms in found.higher_order]
    wanted = [
        [[write(f.tree) for f in some] for some in (s.forms, s.stillborn)] for s in found.slots
    ]
    assert slots == wanted


def of_slots(test: Fixture, one_in: int) -> tuple[list[tuple[Any, ...]], list[Any]]:
    """Return questions on how some forms of each slot are written, and the package's answers."""
    questions: list[tuple[Any, ...]] = []
    wanted: list[Any] = []
    for slot in mutants(test).slots:
        trees = [slot.original.tree, *(form.tree for form in slot.forms[::one_in])]
        questions += [("equation", slot.name, write(tree)) for tree in trees]
        steps = (parse(f"x = {write(tree)}").steps[0] for tree in trees)
        wanted += [equation(slot.name, step.expression) for step in steps]
        questions.append(("operators", test.id, slot.name, trees[1:]))
        wanted.append([operator_of(test, slot.name, tree) for tree in trees[1:]])
    return questions, wanted


@pytest.mark.parametrize("test", OTHERS, ids=lambda test: test.id)
def test_page_and_package_have_the_same_changes_there(test: Fixture) -> None:
    have_the_same_changes(test)


def test_page_and_package_name_judge_and_show_a_sample_of_changes_alike() -> None:
    rng = random.Random(5)  # noqa: S311
    questions: list[tuple[Any, ...]] = []
    wanted: list[Any] = []
    for test in OTHERS:
        some = rng.sample(single_mutants(test.id), 12)
        questions.append(("verdicts", test.id, [dict(one.forms) for one in some]))
        wanted.append([[one.verdict, one.right_here] for one in some])
        for _, forms in rng.sample(list(occurrences(test)), 20):
            named = Mutant(test, forms, 1)
            questions.append(("shown", test.id, dict(forms)))
            wanted.append([list(named.shown), list(named.expects)])
        asked, answers = of_slots(test, 40)
        questions += asked
        wanted += answers
    assert ask(*questions) == wanted


def test_page_and_package_agree_on_two_mistakes_in_lines_of_their_own() -> None:
    fixture = load("c2w1_backward_regularization")
    forms = {
        "dW1": "dZ1 @ X.T / m + lambd * sum(W1 ** 2) / m",
        "dW2": "dZ2 @ A1.T / m + lambd / 2 * W2 / m",
    }
    steps = parse("\n".join(f"{name} = {form}" for name, form in forms.items())).steps
    mutant = Mutant(fixture, {step.name: step.expression for step in steps})
    agree((printed(mutant.values, "dW1", "dW2", "dW3", "dZ3"),))
