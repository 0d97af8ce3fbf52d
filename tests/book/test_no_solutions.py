"""Nothing that the book shows solves a graded function."""

import html as html_entities
import random
import re
from collections.abc import Iterator

import pytest

from backcheck.diagnosis import answers
from backcheck.diagnosis.catalogue import entry
from backcheck.diagnosis.diagnose import diagnose
from backcheck.diagnosis.result import Diagnosis, described
from backcheck.fixtures import ids, load
from backcheck.mutants.fair import make, repaired, write
from backcheck.mutants.mistakes import occurrences, table
from backcheck.mutants.mutant import Mutant
from backcheck.mutants.mutate import mutants
from backcheck.showing.handout import equation
from chapters import ROOT, chapters, source_of
from solutions import FUNCTIONS, assert_none, graded, parts_of, solutions

SOURCES = {
    **{file.stem: file.read_text(encoding="utf-8") for file in sorted(ROOT.glob("*.md"))},
    **{name: source_of(name) for name in chapters()},
}


def as_text(found: Diagnosis) -> str:
    return html_entities.unescape(re.sub("<[^>]*>", "\n", found._repr_html_()))


def said_of(id: str, candidate: Mutant) -> Iterator[str]:
    """Yield what an answer says of one program, in a terminal and in a notebook."""
    found = Diagnosis("explained", load(id), (candidate,))
    yield repr(found)
    yield as_text(found)


SPELLINGS = [
    "{dZ} @ {A}.T / m",
    "1 / m * np.dot({dZ}, {A}.T)",
    "(1. / m) * {dZ}.dot({A}.T)",
    "np.matmul({dZ}, {A}.T) / {A}.shape[1]",
    "np.dot({dZ} / m, np.transpose({A}))",
    "({A} @ {dZ}.T).T / m",
    "np.einsum('ik,jk->ij', {dZ}, {A}) / m",
    "np.sum({dZ}, axis=1, keepdims=True) / m",
    "sum({dZ}, axis=1, keepdims=True) / m",
    "1/m * {dZ}.sum(axis=1, keepdims=True)",
    "np.mean({dZ}, axis=1, keepdims=True)",
    "np.sum({dZ}, 1).reshape(-1, 1) / m",
    "{dZ} @ np.ones((m, 1)) / m",
    "{W}.T @ {dZ}",
    "np.dot({W}.T, {dZ})",
    "{W}.T.dot({dZ})",
    "({dZ}.T @ {W}).T",
    "1./m * np.dot({dZ}, {A}.T) + (lambd / m) * {W}",
    "np.dot({W}.T, {dZ}) * D / keep_prob",
]

NAMES = [
    {"dZ": "dZ2", "A": "A1", "W": "W2"},
    {"dZ": "dZ1", "A": "X", "W": 'parameters["W1"]'},
    {"dZ": "dZ", "A": "A_prev", "W": "W"},
    {"dZ": "relu_dZ", "A": "A_prev", "W": "W"},
    {"dZ": 'grads["dZ2"]', "A": 'cache["A1"]', "W": "W2"},
]


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("names", NAMES, ids=lambda names: names["dZ"])
def test_a_graded_line_is_recognised_however_it_is_spelled(
    spelling: str, names: dict[str, str]
) -> None:
    line = spelling.format(**names)
    for text in (
        line,
        f"dQ = {line}",
        f"The line is `dQ = {line}`, which passes.",
        f"dQ = {line}    passes   0.5",
        f"print({line})",
        f"fixture.run(dQ={line!r})",
        f"forms = [('name', {line!r})]",
    ):
        assert solutions(text), text


@pytest.mark.parametrize(
    "line",
    [
        "X @ dZ.T / m",
        "dw = np.dot(X, (A - Y).T) / m",
        "1/m * np.dot(X, (A - Y).T)",
        "X.dot(dz.T) / m",
    ],
)
def test_the_gradient_of_propagate_is_recognised(line: str) -> None:
    assert solutions(line) == ["dw of propagate"]


@pytest.mark.parametrize(
    "line",
    [
        "dW2 = dZ2 @ A1.T",
        "dw = X @ dZ.T",
        "dW1 = dZ1 @ A1.T / m",
        "dW = dZ @ A_prev / m",
        "dW2 = dZ2 @ A1.T / (m * W2.shape[0])",
        "db1 = sum(dZ2, axis=1, keepdims=True) / m",
        "the line `db1 = sum(dZ2, axis=1, keepdims=True) / m` prints",
        "dW2 = dZ2 @ AL.T / m",
        "db2 = sum(dZ2, axis=1) / m",
        "db2 = sum(dZ2, axis=0, keepdims=True) / m",
        "db2 = np.sum(dZ2) / m",
        "db = (sum(dZ, axis=1, keepdims=True) / m).T",
        "dA1 = W2.T @ dZ2 / m",
        "dA1 = W2 @ dZ2",
        "dZ2 = A2 - Y",
        "dZ1 = dA1 * (1 - A1 ** 2)",
        "$dW^{[2]} = \\frac{1}{m} dZ^{[2]} A^{[1]\\top}$ and $dA = W^{\\top} dZ$",
    ],
)
def test_a_line_with_a_mistake_and_a_formula_are_not_solutions(line: str) -> None:
    assert solutions(line) == []


LINEAR = """
def f(a, b, c):
    n = b.shape[1]
    return {"u": np.dot(a, b.T) / n, "v": np.sum(a, axis=1, keepdims=True) / n, "w": c.T @ a}
"""

FORWARD = """
P = W1 @ X + b1
Q = np.tanh(P)
R = np.dot(W2, Q) + b2
"""


def test_a_complete_function_is_recognised_whatever_its_names() -> None:
    assert solutions(LINEAR) == ["every step of linear_backward"]
    assert solutions(f"own.write_text('''{LINEAR}''')") == ["every step of linear_backward"]
    assert solutions(FORWARD) == ["every step of forward_propagation"]
    assert solutions(f"So:\n{FORWARD}") == ["every step of forward_propagation"]
    assert solutions("Z = W @ A + b") == []
    derivative_left_out = (
        "dW = dA @ X.T / m, db = sum(dA, axis=1, keepdims=True) / m, dX = W.T @ dA"
    )
    assert solutions(derivative_left_out) == []
    for name, takes in FUNCTIONS.items():
        assert solutions(f"def {name}(anything):\n    pass") == [f"function {name}"]
        assert solutions(f"def mine({', '.join(takes)}):\n    pass") == ["function mine"]


def test_every_graded_step_of_every_fixture_is_among_those_looked_for() -> None:
    forms = {re.sub(r"\d", "", name) for name in graded().values()}
    assert {"dW", "db", "dA"} <= forms
    for fixture in map(load, ids()):
        found = solutions(str(fixture.program))
        wanted = {"every step of linear_backward", "dw of propagate"}
        # The backward cells of Course 5 are not graded.
        graded_there = fixture.layers and not fixture.course.startswith("Course 5")
        assert wanted & set(found) or not graded_there, fixture.id


@pytest.mark.parametrize("name", SOURCES)
def test_no_source_of_a_page_solves_a_graded_function(name: str) -> None:
    assert_none(parts_of(SOURCES[name]))


def test_no_example_of_a_mistake_solves_a_graded_function() -> None:
    for id in table():
        assert_none(iter(entry(id).told))


def test_no_ready_answer_solves_a_graded_function() -> None:
    for id in table():
        if any(place.says != "passes" for place in entry(id).places):
            assert_none(iter([answers.answer(id).text]))


@pytest.mark.parametrize("id", ids())
def test_no_diagnosis_of_a_named_mistake_solves_a_graded_function(id: str) -> None:
    for _, forms in occurrences(load(id)):
        assert_none(said_of(id, Mutant(load(id), forms, 1)))


@pytest.mark.parametrize("id", ids())
def test_no_diagnosis_of_a_change_without_a_name_solves_a_graded_function(id: str) -> None:
    rng = random.Random(24)  # noqa: S311 - the same sample in every run
    for slot in mutants(load(id)).slots:
        for form in rng.sample(slot.forms, min(3, len(slot.forms))):
            assert_none(said_of(id, Mutant(load(id), {slot.name: form.tree}, 1)))


@pytest.mark.parametrize("id", ids("Course 1"))
def test_no_whole_diagnosis_solves_a_graded_function(id: str) -> None:
    fixture = load(id)
    step = next(one for one in fixture.program.steps if "dw" in one.name.lower())
    for forms in ({}, {step.name: ("*", step.expression, "m")}):
        values = Mutant(load(id), forms, len(forms)).values
        found = diagnose({name: values[name] for name in fixture.expected}, fixture=id)
        assert_none(iter([repr(found), as_text(found)]))


@pytest.mark.parametrize("id", ids())
def test_what_a_test_expects_is_mathematics_that_python_does_not_run(id: str) -> None:
    for step in load(id).program.steps:
        said = equation(step.name, step.expression)
        assert solutions(said) == []
        # What a loop over time adds up is a line of no graded function.
        if re.search("dW|db|dA_prev", step.name) and re.search(r"@|sum\(", str(step)):
            with pytest.raises(SyntaxError):
                compile(said, "handout", "exec")


def test_an_answer_shows_what_the_test_expects_in_the_notation_of_the_handout() -> None:
    week4 = "c1w4_L_model_backward_v2"
    changes = {
        "dW2": ("@", "dZ2", ("T", "A1")),
        "A1": ("relu", "Z1"),
    }
    assert list(described((Mutant(load(week4), changes, 2),)))[:4] == [
        "dW2 = dZ2 @ A1.T",
        "    where the test expects dW[2] = 1/m dZ[2] A[1]ᵀ",
        "A1 = relu(Z1)",
        "    where the test takes A[1] as it is given",
    ]


def test_a_fair_test_holds_no_solution() -> None:
    for fixture in (
        make(),
        make((3, 4, 3, 2), ("relu", "tanh", "sigmoid"), 5),
        make((3, 4, 1), ("relu", "sigmoid"), 5, seed=3),
        *map(repaired, map(load, ids("Course 1 Week 3")[-1:] + ids("Course 1 Week 4")[-1:])),
    ):
        assert_none(iter([write(fixture)]))
