"""A test of another signature is one TOML file: two of them, which came in so."""

import re
from pathlib import Path
from runpy import run_path

import numpy as np
import pytest

from backcheck import forward, referee
from backcheck.diagnosis.courses import read
from backcheck.diagnosis.diagnose import diagnose
from backcheck.fixtures import Fixture, ids, load
from backcheck.mutants.audit import audit, published
from backcheck.mutants.fair import repaired, write
from backcheck.mutants.mutant import Mutant
from backcheck.mutants.mutate import mutants
from backcheck.program import parse
from chapters import ROOT
from exceptions import call

PUBLISHED = ROOT / "src/backcheck/published"
FILES = {
    "logistic-regression": "c1w2_propagate_2021_cell",
    "recurrent-cell": "c5w1_rnn_cell_backward_new",
}

each = pytest.mark.parametrize("file", FILES)


def of(file: str) -> Fixture:
    return load(FILES[file])


@each
def test_a_course_of_another_signature_is_one_file(file: str) -> None:
    fixture = of(file)
    assert fixture.broken() == {}
    assert fixture.check().word == "passes"
    assert forward.verdict(fixture.program, fixture) == "equivalent"
    assert forward.verdict(fixture.program, fixture, own_shapes=True) == "equivalent"


def test_the_published_numbers_of_the_recurrent_cell_come_out() -> None:
    # What the notebook prints.
    found = of("recurrent-cell").run()
    assert found["dxt"][1][2] == pytest.approx(-1.3872130506, rel=1e-10)
    assert found["da_prev"][2][3] == pytest.approx(-0.152399493774, rel=1e-10)
    assert found["dWax"][3][1] == pytest.approx(0.410772824935, rel=1e-10)
    assert found["dWaa"][1][2] == pytest.approx(1.15034506685, rel=1e-10)
    assert found["dba"][4] == pytest.approx(0.20023491, abs=1e-8)


def test_the_relation_of_the_recurrent_cell_is_its_line() -> None:
    fixture = of("recurrent-cell")
    assert list(fixture.residuals()) == ["a_next = tanh(Wax xt + Waa a_prev + ba)"]
    tampered = {**fixture.arrays, "ba": fixture.arrays["ba"] + 1}
    assert len(forward.broken(tampered, fixture.forward)) == 1


@each
def test_the_referees_gradients_are_centred_differences_of_the_cost(file: str) -> None:
    fixture = of(file)
    arrays = forward.draw(fixture, seed=7)
    found = forward.gradients(fixture, arrays)
    for name, value in found.items():
        if name[1:] not in fixture.given:
            assert name in ("dz", "dZ", "cost")
            continue

        def cost(changed: np.ndarray, of: str = name[1:]) -> float:
            return float(fixture.forward.run({**arrays, of: changed})["J"])

        assert np.allclose(value, referee.centred_difference(cost, arrays[name[1:]]), atol=1e-8)


FORMS = [
    ("logistic-regression", {"dw": "(X @ A.T - X @ Y.T) / m"}, "equivalent"),
    ("logistic-regression", {"Z": "(X.T @ w + b).T"}, "equivalent"),
    ("logistic-regression", {"dw": "X @ dZ.T"}, "mistake"),
    ("logistic-regression", {"db": "sum(-dZ) / m"}, "mistake"),
    ("logistic-regression", {"db": "sum(dZ)"}, "mistake"),
    ("recurrent-cell", {"dz": "(1 - tanh(Wax @ xt + Waa @ a_prev + ba) ** 2) * da_next"},
     "equivalent"),
    ("recurrent-cell", {"dWaa": "(a_prev @ dz.T).T"}, "equivalent"),
    ("recurrent-cell", {"dz": "da_next * (1 - a_next)"}, "mistake"),
    ("recurrent-cell", {"dba": "sum(dz, axis=1, keepdims=True) / m"}, "mistake"),
    ("recurrent-cell", {"da_prev": "Waa @ dz"}, "mistake"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "forms", "verdict"), FORMS)
def test_a_form_is_judged_by_the_referee(file: str, forms: dict[str, str], verdict: str) -> None:
    fixture = of(file)
    assert forward.verdict(fixture.program.replace(**forms), fixture) == verdict


@each
def test_its_layers_are_found_and_its_mutants_made_and_judged(file: str) -> None:
    fixture = of(file)
    assert {layer.W for layer in fixture.layers} == {
        "logistic-regression": {"w"},
        "recurrent-cell": {"Wax", "Waa"},
    }[file]
    assert len(mutants(fixture)) > 200
    found = audit(fixture)
    assert found.rejected == ()
    assert found.strength > 0.99
    assert str(found).startswith(fixture.title)


def test_the_mutants_of_the_recurrent_cell_run_its_forward_pass_again() -> None:
    said = {str(mutant) for mutant in audit(of("recurrent-cell")).accepted}
    assert any("tanh(Wax" in one for one in said), said


@each
def test_it_is_repaired_and_written_as_a_file(file: str, tmp_path: Path) -> None:
    fixture = repaired(of(file))
    (tmp_path / "made.py").write_text(write(fixture), encoding="utf-8")
    check = run_path(str(tmp_path / "made.py"))["check"]
    check(fixture.program.run)
    last = fixture.comparisons[-1].outputs[-1]
    off = {last: fixture.expected[last] + 1}
    with pytest.raises(AssertionError, match=f"Wrong values for {last}"):
        check(lambda arrays: fixture.program.run(arrays) | off)


PASTED = [
    ("logistic-regression", {}, "expected"),
    ("logistic-regression", {"dw": "X @ dZ.T"}, "dw = X @ dZ.T"),
    ("recurrent-cell", {"dz": "da_next * (1 - a_next)"}, "dz = da_next * (1 - a_next)"),
    ("recurrent-cell", {"dWaa": "dz @ xt.T"}, "The numbers called dWaa are the right dWax"),
]


@pytest.mark.parametrize(("file", "forms", "said"), PASTED)
def test_pasted_numbers_of_a_new_course_are_diagnosed(
    file: str, forms: dict[str, str], said: str
) -> None:
    fixture = of(file)
    values = fixture.run(**forms)
    pasted = "\n".join(f"{name} = {values[name]}" for name in fixture.expected)
    found = diagnose(pasted, fixture)
    assert found.verdict == ("explained" if forms else "expected")
    assert said in repr(found)


@each
def test_the_page_of_such_a_test_is_named_for_its_steps(file: str) -> None:
    fixture = of(file)
    step = next(iter(fixture.expected))
    values = {name: str(value) for name, value in fixture.run(**{step: f"2 * {step[1:]}"}).items()}
    found = diagnose("\n".join(f"{name} = {values[name]}" for name in fixture.expected), fixture)
    assert found.fixture is fixture
    for mutant in mutants(fixture).slots:
        for form in mutant.forms[:3]:
            page = Mutant(fixture, {mutant.name: form.tree}).page
            assert page.partition("#")[0] == fixture.page.partition("#")[0]


def test_a_function_of_each_is_called_as_its_test_calls_it() -> None:
    fixture = of("logistic-regression")

    def propagate(w, b, X, Y):
        values = fixture.program.run({"w": w, "b": b, "X": X, "Y": Y})
        return {"dw": values["dw"], "db": values["db"]}, values["cost"]

    outputs = call(fixture, propagate)
    assert list(outputs) == ["dw", "db", "cost"]
    assert fixture.compare(outputs).word == "passes"
    with pytest.raises(
        ValueError, match=r"return two values \(a dictionary, cost\), and yours returned None"
    ):
        call(fixture, lambda *given: None)
    with pytest.raises(ValueError, match="a dictionary with dw, db, and yours returned a list of"):
        call(fixture, lambda *given: ([0.0], 0.1))

    cell = of("recurrent-cell")

    def rnn_cell_backward(da_next, cache):
        a_next, a_prev, xt, parameters = cache
        assert list(parameters) == ["Wax", "Waa", "Wya", "ba", "by"]
        given = {"da_next": da_next, "a_next": a_next, "a_prev": a_prev, "xt": xt}
        return cell.program.run({**given, **parameters})

    assert cell.compare(call(cell, rnn_cell_backward)).word == "passes"


DEFECTS = [
    ('title = "Week 2 propagate, first notebook"\n', "", "the key 'title' is missing"),
    ('title = "Week 2 propagate, first notebook"', "title = 2", "title has to be text"),
    ("title =", "heading = 'x'\ntitle =", "there is no key 'heading'"),
    ("m = X.shape[1]\nZ = w", "Z = w", "have to begin with a line such as m ="),
    (
        "A = sigmoid(Z)\nJ",
        "A = swish(Z)\nJ",
        "its forward is no program.",
    ),
    ("dw = X @", "import os\ndw = X @", "its program is no program. Line 6 is not an assignment"),
    ("J = -sum", "g = -sum", "no line for a cost, such as J ="),
    (
        "w.T @ X + b\nA = sigmoid(Z)\nJ",
        "w.T @ X + c\nA = sigmoid(Z)\nJ",
        "Z uses c, which is not known there",
    ),
    ("w.T @ X + b\nA = sigmoid(Z)\nJ", "w @ X + b\nA = sigmoid(Z)\nJ", "Z: matmul: "),
    ('w = "n0 1"', 'w = "n0 k"', "w is given as 'n0 k', but a size is a number or one of n0, n1"),
    ('w = "n0 1"', 'w = "n0 2"', "w is given as 'n0 2', but has shape (2, 1) where n0 is 2"),
    ('w = "n0 1"', 'w = "n0"', "w is given as 'n0', but has shape (2, 1)"),
    ('Y = "label 1 m"', 'Y = "mask 1 m"', "Y is given as a mask, but keep_prob, its probability"),
    (', Y = "label 1 m"', "", "Y is neither given nor computed by a line of its forward"),
    ('rule = "printed"', 'rule = "close"', "there is no rule 'close' to compare by; use one of"),
    ('rule = "printed", ', "", "one of its comparisons lacks the key 'rule'"),
    (
        '["dw", "db", "cost"] }',
        '["dw", "dv"] }',
        "dv is compared, but there is no such expected output",
    ),
    ("db = sum(dZ) / m", "g = sum(dZ) / m", "its program has no such step"),
    ("db = 0.49993523062470574", "db = 0.49993523062470574, A = 1", None),
    ("propagate(w, b, X, Y)", "propagate(w, b, X, Q)", "propagate cannot be called with 'Q'"),
    ("propagate(w, b, X, Y)", "propagate", "is no call such as"),
    ("propagate(w, b, X, Y)", "propagate(w,", "is no call such as"),
    ("propagate(w, b, X, Y)", "propagate(w, b, X, Y=Y)", "is no call such as"),
    ("{}, cost = prop", "[cost] = prop", "is no call such as"),
    (
        "db = sum(dZ) / m",
        "db = sum(-dZ) / m",
        "its own program does not pass: it fails",
    ),
    ("J = -sum(Y * log(A)", "J = -sum(2 * Y * log(A)", "does not compute the gradient of the cost"),
    ("sources =", "seed = 3\nsources =", "it needs both a seed and draws, or neither"),
    ("sources =", "seed = 3\ndraws = [3]\nsources =", "each of its draws needs a name and a shape"),
    ("sources =", 'based_on = "c9"\nsources =', "it is based on 'c9', but no table above is"),
    ("sources =", "deeper = 3\nsources =", "deeper has to be a table"),
    ("sources =", "deeper = { depth = 3 }\nsources =", "there is no key 'depth'"),
    (
        "sources =",
        "deeper = { expected = { dw = [[1.0], [2.0]], db = 1.0, cost = 1.0 } }\nsources =",
        "deeper, its own program does not pass: it fails",
    ),
    ("[c1w2_propagate_2017]", "[c1w2_propagate_2017", "is not a TOML file"),
    ("comparisons = [", "comparisons = [3, ", "3 stands where a table is needed"),
    (
        "literals = { w = [[1.0], [2.0]],",
        "literals = { w = [[1.0], [2.0, 3.0]],",
        "w is not an",
    ),
]


@pytest.mark.parametrize(("old", "new", "sentence"), DEFECTS)
def test_a_defect_of_such_a_file_is_told_in_one_sentence(
    tmp_path: Path, old: str, new: str, sentence: str | None
) -> None:
    whole = (PUBLISHED / "c1-week-2.toml").read_text(encoding="utf-8")
    text = whole.split("\n[c1w2_propagate_v5_v6]")[0]
    assert old in text
    file = tmp_path / "course.toml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    if sentence is None:
        assert read(file)
        return
    with pytest.raises(ValueError, match=r"^.*\.$") as refused:
        read(file)
    said = str(refused.value)
    assert sentence in said
    assert "\n" not in said
    assert re.match(r"c1w2_propagate_2017: |/", said)


def test_a_file_that_is_not_there_is_told_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"none\.toml cannot be read \(No such file"):
        read(tmp_path / "none.toml")


def test_the_published_files_are_sound_by_the_same_checks() -> None:
    files = (ROOT / "src/backcheck/published").glob("*.toml")
    assert {fixture.id for file in files for fixture in read(file)} == {*published(), *ids()}


def of_gates(weights: str) -> str:
    """Return the sum over the gates of an LSTM, of weights such as W.T."""
    return " + ".join(f"{weights.replace('W', f'W{gate}')} @ dz{gate}" for gate in "fico")


HABITS = {
    "every weight unsplit in one step": {"dxt": of_gates("W.T")},
    "every weight unsplit in both": {"da_prev": of_gates("W.T"), "dxt": of_gates("W.T")},
    "the other slices": {"dxt": of_gates("W.T[:a_prev.shape[0]]")},
    "rows counted of another array": {"da_prev": of_gates("W.T[:xt.shape[0]]")},
    "no derivative in the gates alike": {f"dz{gate}": f"d{gate}t" for gate in "fi"}
    | {"dzo": "dot"},
    "the inputs put together in the other order": {"concat": "concatenate((xt, a_prev))"},
}
"""What one habit makes of the cell of an LSTM."""


@pytest.mark.parametrize("habit", HABITS)
def test_a_habit_in_many_places_of_a_cell_is_one_change(habit: str) -> None:
    fixture = load("c5w1_lstm_cell_backward")
    forms = {n: parse(f"{n} = {form}").steps[0].expression for n, form in HABITS[habit].items()}
    values = Mutant(fixture, forms).values
    lines = []
    for entry in fixture.entries:
        name, *place = re.findall(r"\w+", entry)
        shown = values[name][tuple(map(int, place))]
        lines += [f'gradients["{name}"]{entry.removeprefix(name)} = {shown}']
        lines += [f'gradients["{name}"].shape = {values[name].shape}']
    first = diagnose("\n".join(lines)).candidates[0]
    assert (first.changes, dict(first.forms)) == (1, forms)


def test_the_same_slip_in_two_layers_with_dropout_is_one_change() -> None:
    fixture = load("c2w1_backward_dropout")
    found = diagnose(fixture.run(dA2="W3.T @ dZ3 * D2", dA1="W2.T @ dZ2 * D1"), fixture)
    assert [change[0] for change in found.candidates[0].changed] == ["dA2", "dA1"]
    assert found.candidates[0].changes == 1
