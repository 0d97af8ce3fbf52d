"""What the page's script says of a typed form, run by Node, against what the build says of it."""

import json
import random
import subprocess
from functools import cache
from typing import Any

import pytest

import live
import planes
from backcheck.fixtures import load
from backcheck.mutants.mutate import mutants
from backcheck.program import parse, write
from chapters import ROOT
from katex_renderer import node

FORMULAS = list(live.formulas())

Question = tuple[str, str, str, list[str]]
"""A test, a step, a form, and the arrays that are shown."""


@cache
def data() -> dict[str, Any]:
    return live.data()


def ask(forms: list[Question], points: list[tuple[str, float, float]]) -> dict[str, Any]:
    """Put questions to the script of the page."""
    done = subprocess.run(
        [node(), str(ROOT / "tests/live.mjs")],
        input=json.dumps({"data": data(), "forms": forms, "points": points}),
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def agree(forms: list[Question]) -> list[dict[str, Any]]:
    """Compare what both say, and return it."""
    told = ask(forms, [])["forms"]
    for question, answer in zip(forms, told, strict=True):
        assert answer == live.said(*question), question
    return told


def questions() -> list[Question]:
    """Every form that can be typed over, on every page."""
    return [
        (test, step, form, shown.split(", "))
        for _, test, step, shown, forms in FORMULAS
        for form in forms
    ]


def test_the_first_rendering_of_every_live_formula_is_that_of_the_build_digit_by_digit() -> None:
    told = agree(questions())
    assert len(told) >= 2
    assert all(answer["numbers"] and not answer["error"] for answer in told)


def test_every_live_form_is_written_as_a_program_writes_it() -> None:
    for _, step, form, _ in questions():
        (only,) = parse(f"{step} = {form}").steps
        assert write(only.expression) == form


def test_mutants_that_are_typed_in_are_judged_alike() -> None:
    rng = random.Random(7)  # noqa: S311 - the same sample in every run
    asked: list[Question] = []
    for test, step in sorted({(test, step) for test, step, *_ in questions()}):
        (slot,) = (one for one in mutants(load(test)).slots if one.name == step)
        shown = [step, *load(test).comparisons[-1].outputs[:2]]
        sample = rng.sample([*slot.forms, *slot.stillborn], 25)
        right = [one.expression for one in load(test).program.steps if one.name == step]
        trees = [*right, *(form.tree for form in sample)]
        asked += [(test, step, write(tree), shown) for tree in trees]
    told = agree(asked)
    assert {lines[0][0] for answer in told if (lines := answer["lines"])} == {
        "equivalent",
        "mistake",
    }


AS_LEARNERS_WRITE = [
    "np.dot(W2.T, dZ2) * (1 - np.power(A1, 2))",
    "np.multiply(dA1, 1 - np.square(np.tanh(Z1)))",
    "dZ1 = dA1*(1-A1**2)   # mine",
    "dA1 −\n A1 ;",
    "np.sum(dZ2, axis = 1, keepdims=True)",
    "sum(dZ2, keepdims=True, axis=0)",
    "numpy.sum(dA1, keepdims=False)",
    "A3 - Y",
    "softmax(Z1)",
    "dA1 (1 - A1)",
    "dA1 * np.foo",
    "dA1.sum()",
    "1e400 * A1",
    "exp(exp(Z1 * 9))",
    "0 * dA1 - 0",
    "log(0 * A1)",
    "2",
    "dA1.T",
    "A1; A2",
    "",
    "(" * 150 + "A1",
    "A1 " * 200,
    "dW1",
    "dZ1",
    "A1 == A2",
    "import os",
    "`A1`",
    "np.dot(A1)",
    "square(A1, 2)",
    "tanh(A1, axis=1)",
    "True * A1",
    "not A1",
    "01 * A1",
    "None",
]


def test_what_learners_type_is_read_and_refused_in_the_same_words() -> None:
    told = agree([("c1w3_bp_public_c", "dZ1", text, ["dZ1", "db1"]) for text in AS_LEARNERS_WRITE])
    refused = [answer["error"] for answer in told]
    assert refused[:7] == [""] * 7
    assert refused[7].startswith("A3 is no array of this test; it has X, ")
    assert refused[8].startswith("softmax is no function here; there are sigmoid, tanh, relu")
    assert all(text.startswith("This cannot be read here") for text in refused[19:22])


def test_any_text_is_answered_in_the_same_words() -> None:
    rng = random.Random(8)  # noqa: S311
    words = (
        "A1|Z2|AL|Y|dAL|m|W2|b2|A0|(|)|(|)| - | * | / | @ | + |-|**|.T|tanh(|np.exp(|sigmoid(|2|"
    )
    words += "0.5|, |sum(|, axis=1|>|<=|[:|]|dot(| |.shape[0]|AL|Y|Z2"
    texts = ["".join(rng.choices(words.split("|"), k=rng.randint(1, 9))) for _ in range(1500)]
    told = agree([("c1w4_L_model_backward_v2", "dZ2", text, ["dZ2", "dW2"]) for text in texts])
    assert 20 < sum(not answer["error"] for answer in told) < 380


@pytest.mark.parametrize("activation", sorted(planes.FORMS))
def test_the_plane_says_of_every_point_what_the_build_says_of_it(activation: str) -> None:
    rng = random.Random(9)  # noqa: S311
    points = [(0.0, 0.0), *((rng.uniform(-3, 3), rng.uniform(-2, 2)) for _ in range(200))]
    told = ask([], [(activation, *point) for point in points])["points"]
    for point, answer in zip(points, told, strict=True):
        built = [
            text.strip() for text, kind in planes.said_at(activation, *point) if kind[:1] == "n"
        ]
        assert [text.replace("-0.0000", "0.0000") for text in built] == answer
