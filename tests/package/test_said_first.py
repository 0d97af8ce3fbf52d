"""What an answer says first, what it leaves out, and what is true of the test that it speaks of."""

import json
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from backcheck.__main__ import main
from backcheck.diagnosis.diagnose import diagnose
from backcheck.diagnosis.lines import same
from backcheck.diagnosis.result import described
from backcheck.fixtures import Fixture, load
from backcheck.mutants.mistakes import names_of, occurrences
from backcheck.mutants.mutant import Mutant
from backcheck.mutants.mutate import mutants
from backcheck.mutants.operators import USUAL
from backcheck.program import parse
from posts import BARE, POSTS, STORED, WRONG, as_printed

LINEAR = """
import numpy as np

def linear_backward(dZ, cache):
    A_prev, W, b = cache
    db = {db}
    return W.T @ dZ, dZ @ A_prev.T / dZ.shape[1], db
"""
MEAN = "np.sum(dZ, axis=1, keepdims=True) / dZ.shape[1]"

WORDS = """
import numpy as np

def back_prop(x, yhat, y, h, W1, W2, b1, b2, batch_size):
    l1 = np.maximum(0, W2.T @ (yhat - y))
    sums = (np.sum(one, axis=1, keepdims=True) / batch_size for one in (l1, yhat - y))
    return l1 @ x.T / batch_size, (yhat - y) @ h.T / batch_size, *sums
"""


def ran(capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str, *command: str) -> str:
    """Return in one line what a command says of a file."""
    file = tmp_path / "own.txt"
    file.write_text(text, encoding="utf-8")
    main([*command, str(file)])
    told = capsys.readouterr()
    return " ".join((told.out + told.err).split())


@pytest.mark.parametrize("test", BARE, ids=lambda test: test.id)
def test_the_number_that_a_notebook_printed_without_brackets_is_what_it_expects(
    test: Fixture,
) -> None:
    found = diagnose(as_printed(test))
    assert (found.verdict, found.fixture) == ("expected", test)
    assert f"takes {' and '.join(test.numbers)} for one number" in found.notice
    name = test.numbers[-1]
    wrong = diagnose(as_printed(test, **{name: 2 * test.expected[name].item()}), test)
    assert wrong.verdict == "explained"
    assert "the average over m left out" in [one.name for one in wrong.candidates]
    assert not [one for one in wrong.candidates if "everything" in one.name]
    flat = str(test.program).replace(", axis=1, keepdims=True", "")
    assert test.judge(parse(flat)).word == "passes"


@pytest.mark.parametrize(
    "db", [f"np.squeeze({MEAN})", f"np.squeeze({MEAN}) / 1", f"({MEAN}).item()"]
)
def test_one_number_passes_where_the_edition_expected_one_and_is_no_wrong_type_elsewhere(
    db: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "own.py"
    file.write_text(LINEAR.format(db=db), encoding="utf-8")
    first, second, today = ("c1w4_linear_backward_" + name for name in ("v1", "v2", "v4a"))
    assert main(["run", first, str(file)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "your linear_backward passes. It is a mistake all the same" in said
    assert "on forward passes with other numbers of units and examples" in said
    assert "This edition takes db for one number" in said
    assert main(["run", second, str(file)]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "fails first with: Wrong shape for db (yours (), expected (1, 1))" in said
    assert main(["run", today, str(file)]) == (4 if "item" in db else 1)


def test_run_tells_programs_apart_that_the_test_cannot(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One unit is not enough to tell np.squeeze, or a flat sum, from a sum over everything."""
    names = {"np.sum(dZ) / dZ.shape[1]": "the sum taken over everything"}
    names[f"np.squeeze({MEAN})"] = "keepdims left out of the sum"
    for db, name in names.items():
        (tmp_path / "own.py").write_text(LINEAR.format(db=db), encoding="utf-8")
        main(["run", "--json", "c1w4_linear_backward_v2", str(tmp_path / "own.py")])
        told = json.loads(capsys.readouterr().out)
        assert [one["name"] for one in told["candidates"]] == [name]


@pytest.mark.parametrize("id", ["c1w4_linear_backward_v1", "c5w1_rnn_cell_backward_new"])
def test_of_programs_that_a_test_cannot_tell_apart_those_are_listed_that_somebody_writes(
    id: str,
) -> None:
    groups: dict[object, list[Mutant]] = {}
    for slot in mutants(load(id)).slots:
        for form in slot.forms:
            one = Mutant(load(id), {slot.name: form.tree})
            groups.setdefault(one.outputs_key, []).append(one)
    many = [sorted(some, key=lambda one: one.rank) for some in groups.values() if len(some) > 1]
    assert len(many) > 10
    counted = 0
    for group in many:
        *_, said = described(group)
        usual = USUAL | {*group[0].operators}
        written = [one for one in group[1:] if one.name or {*one.operators} <= usual]
        named = [str(one) for one in written][:3]
        odd = [str(one) for one in group[1:] if one not in written and str(one) not in named]
        listed = said.partition("cannot tell it from ")[2].removesuffix(".")
        assert not [one for one in odd if one in listed.split("; ")], said
        assert all(one in listed for one in named), said
        rest = len(group) - 1 - len(named)
        assert listed.endswith(f"{rest} other program{'s' if rest > 1 else ''}") == (rest > 0)
        counted += rest > 0
    assert counted >= 10


def test_the_usual_operators_are_those_of_which_a_third_of_the_forms_has_a_name() -> None:
    made: Counter[str] = Counter()
    named: Counter[str] = Counter()
    for id in ("c1w3_bp_public_c", "c1w4_linear_backward_v4a", "c5w1_rnn_cell_backward_new"):
        for slot in mutants(load(id)).slots:
            made.update(form.operator for form in slot.forms)
            named.update(
                form.operator
                for form in slot.forms
                if form.operator and names_of(load(id), {slot.name: form.tree})
            )
    assert all(3 * named[operator] >= made[operator] > 0 for operator in USUAL)
    # What adds a transpose, or puts another sign between two arrays, seldom has one.
    for odd in ("transpose added", "operator replaced", "doubled", "function added"):
        assert 5 * named[odd] < made[odd]
        assert odd not in USUAL


def test_of_many_right_steps_a_few_are_listed_and_the_others_counted() -> None:
    test = load("c5w1_rnn_backward")
    wrong = {**test.expected, "dx": 3.7 * test.expected["dx"] + 0.1}
    found = diagnose(wrong, test, 1)
    said = next(one for one in found.remarks if "as expected" in one)
    right, _, first = said.partition(" are as expected")
    assert all(name in right for name in test.expected if name != "dx")
    assert len(right.split(", ")) <= max(6, len(test.expected) - 1)
    assert " other" in right
    # A line of a loop is spoken of once.
    assert "look at dxt first" in first
    assert "_t" not in said


@pytest.mark.parametrize("test", [*WRONG, *BARE], ids=lambda test: test.id)
def test_that_a_test_accepts_a_mistake_is_said_before_anything_else(test: Fixture) -> None:
    says = "This edition takes " if test.numbers else "This test expects a mistake"
    right = {n: v.item() if n in test.numbers else v for n, v in test.expected.items()}
    wrong = {name: 3.7 * value + 1 for name, value in right.items() if name not in test.numbers}
    for values in (right, right | wrong) if not test.last else (right,):
        found = diagnose(values, test, 0)
        _, first, *_ = str(found).split("\n\n")
        assert found.notice.startswith(says)
        assert first.startswith(says)
        assert found.to_dict()["remarks"][0] == found.notice
        assert not [one for one in found.remarks if one.startswith(says)]


def test_run_says_it_right_after_that_the_function_passes_and_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "own.py").write_text(WORDS, encoding="utf-8")
    for id in ("nlp_c2w4_back_prop_v1", "nlp_c2w4_back_prop_small_v1"):
        assert main(["run", id, f"{tmp_path}/own.py"]) == 0
        said = capsys.readouterr().out
        assert "your back_prop passes. This test expects a mistake" in said
        assert said.count("expects a mistake") == 1


FUNCTION = LINEAR.format(db=MEAN)
SILENT = (
    "No program is known here",
    "No test known here",
    "Known are the tests",
    "A small network",
)


@pytest.mark.parametrize("post", POSTS)
def test_a_function_that_can_be_judged_goes_before_numbers_that_nothing_explains(
    post: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    beside, says = POSTS[post]
    text = f"Hi, what is wrong?\n{FUNCTION}\nIt prints\n{beside}"
    said = ran(capsys, tmp_path, text, "diagnose")
    assert said.startswith("linear_backward is defined in this text")
    assert says in said
    assert not [one for one in SILENT if one in said], said


def test_that_no_program_prints_the_numbers_is_said_beside_a_function_that_can_be_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    numbers = np.array2string(np.random.default_rng(1).normal(size=(3, 5)))
    said = ran(capsys, tmp_path, f"{FUNCTION}\nIt prints\ndW = {numbers}", "diagnose")
    assert said.startswith("linear_backward is defined in this text")
    assert "None of the programs tried for Week 4 linear_backward" in said


def test_numbers_that_are_explained_go_before_a_function_that_can_be_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = load("c1w4_linear_backward_v4a").run(dW="dZ @ A_prev.T")["dW"]
    said = ran(capsys, tmp_path, f"{FUNCTION}\ndW = {np.array2string(whole)}", "diagnose")
    assert said.startswith("Explained by one change")
    assert "linear_backward is defined in this text" in said


def test_what_says_nothing_is_left_out_where_a_message_has_causes() -> None:
    numbers = np.random.default_rng(1).normal(size=(3, 5))
    found = diagnose(f"dW = {numbers}\nKeyError: 'dA0'", changes=1)
    assert found.fixture == load("c1w4_linear_backward_v4a")
    assert any("Another name stands in the key" in one for one in found.remarks)
    assert not [one for one in found.remarks if one.startswith(SILENT)]


@pytest.mark.parametrize(("text", "asked"), STORED)
def test_that_right_numbers_stand_under_another_key_is_asked_where_a_key_alone_could_be_wrong(
    text: str, asked: bool
) -> None:
    found = diagnose(text)
    assert found.verdict == "explained"
    assert any("is it stored under its key?" in one for one in found.remarks) == asked


@pytest.mark.parametrize("test", ["c1w4_linear_backward_v4a", "c1w4_L_model_backward_v2"])
def test_what_is_asked_for_tells_the_groups_of_programs_apart(test: str) -> None:
    fixture = load(test)
    asked = 0
    for _, forms in occurrences(fixture):
        values = Mutant(fixture, forms).values
        off = [n for n in fixture.expected if not same(values.get(n), fixture.expected[n])]
        for name in [n for n in off if n in values][:1]:
            found = diagnose(f"{name} = {values[name]}", fixture, changes=1)
            sentences = [one for one in found.remarks if "fewer programs may remain" in one]
            outputs = re.findall(r"\bd\w+", sentences[0]) if sentences else []
            for output in outputs:
                printed = {str(first.values.get(output)) for first, *_ in found.groups}
                assert len(printed) > 1, (name, output)
            asked += len(outputs)
    assert asked
