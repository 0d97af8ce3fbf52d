"""Course 2, Week 4 of the Natural Language Processing Specialization: softmax, and two editions."""

import numpy as np
import pytest

from backcheck import referee
from backcheck.diagnosis.calling import calls
from backcheck.diagnosis.diagnose import diagnose
from backcheck.fixtures import Fixture, ids, load
from backcheck.forward import draw, verdict
from backcheck.mutants.audit import audit
from backcheck.program import parse
from quoted_editions import COMPLAINTS

FIRST, SMALL_FIRST, PRESENT, SMALL = (
    f"nlp_c2w4_back_prop_{name}" for name in ("v1", "small_v1", "v2", "small_v2")
)
WORDS = [(FIRST, PRESENT), (SMALL_FIRST, SMALL)]


def said_of(fixture: Fixture, **forms: str) -> str:
    """Return what the published test prints of a wrong program."""
    found = fixture.run(**forms)
    return "".join(
        f"Wrong output values for gradient of {name[1:]} {'matrix' if name[1] == 'W' else 'vector'}"
        f".\n\t Expected: {want} \n\tGot: {found[name]}.\n"
        for name, want in fixture.expected.items()
        if not np.allclose(found[name], want)
    )


def test_softmax_is_that_of_each_column_and_never_overflows() -> None:
    Z = np.array([[1.0, 1000.0], [2.0, 1001.0], [-3.0, 998.0]])
    found = parse("A = softmax(Z)").run({"Z": Z})["A"]
    powers = np.exp(Z - [2.0, 1001.0])
    assert np.allclose(found, powers / powers.sum(axis=0), rtol=1e-15)


def test_dZ_is_A_minus_Y_for_softmax_with_cross_entropy_where_each_example_has_one_class() -> None:
    arrays = draw(load(PRESENT), seed=3)
    assert np.array_equal(arrays["Y"].sum(axis=0), np.ones(6))
    scope = {**arrays, "Z2": arrays["W2"] @ arrays["A1"] + arrays["b2"]}
    cost = parse("A2 = softmax(Z2)\nJ = -sum(Y * log(A2))")
    slope = referee.complex_step(lambda Z: cost.run({**scope, "Z2": Z})["J"], scope["Z2"])
    assert referee.relative_error(slope, arrays["A2"] - arrays["Y"]) < 1e-14


def test_the_weights_are_those_of_numpys_seeded_rand_to_the_printed_digit() -> None:
    for id, seed, unit in ((PRESENT, 1, 5e-10), (SMALL, 5, 5e-9)):
        arrays, generator = load(id).arrays, np.random.RandomState(seed)
        for name in ("W1", "W2", "b1", "b2"):
            gap = np.abs(generator.rand(*arrays[name].shape) - arrays[name]).max()
            assert gap <= (unit if name[0] == "W" else 5e-9), (id, name)


def test_the_input_is_zero_and_every_unit_is_on_and_every_column_is_the_same() -> None:
    for id in ids("NLP"):
        arrays = load(id).arrays
        assert not arrays["X"].any()
        assert (arrays["A1"] > 0).all()
        for name in ("A1", "A2", "Y"):
            assert np.ptp(arrays[name], axis=1).max() == 0


@pytest.mark.parametrize(("first", "present"), WORDS)
def test_the_first_edition_expects_what_is_no_gradient(first: str, present: str) -> None:
    old, new = load(first), load(present)
    assert verdict(old.program, old) == "mistake"
    assert verdict(new.program, new) == "equivalent"
    assert old.check(dZ1="dA1 * (Z1 > 0)").failures == ("Wrong values for db1",)
    assert new.check(dZ1="relu(dA1)").failures == ("Wrong values for db1",)
    # On the programs that the present edition faces as well.
    assert audit(old).counts == ("0 of 10", "616 of 619")


def test_the_first_edition_is_as_far_from_the_gradient_as_was_measured() -> None:
    gaps = [np.abs(load(a).expected["db1"] - load(b).expected["db1"]).max() for a, b in WORDS]
    errors = [
        referee.relative_error(load(a).expected["db1"], load(b).expected["db1"]) for a, b in WORDS
    ]
    assert [f"{gap:.3f}" for gap in gaps] == ["0.518", "0.356"]
    assert [f"{error:.2f}" for error in errors] == ["0.91", "1.00"]


def test_the_two_calls_of_the_present_edition_accept_the_same_programs() -> None:
    both = [audit(load(id)) for id in (PRESENT, SMALL)]
    assert len({tuple(map(str, found.missed)) for found in both}) == 1
    assert [found.counts for found in both] == [("10 of 10", "561 of 619")] * 2


def test_a_call_is_handed_the_number_of_examples() -> None:
    ((_, given),) = calls(load(PRESENT))
    assert given[-1] == 4
    assert [np.shape(one) for one in given[:3]] == [(10, 4)] * 3


MISTAKES = {
    "the gradient from above put through relu": {"dZ1": "relu(dA1)"},
    "the sign of the output error turned round": {"dZ2": "Y - A2"},
    "the average over m left out": {"db2": "sum(dZ2, axis=1, keepdims=True)"},
}


@pytest.mark.parametrize("name", MISTAKES)
def test_what_the_test_prints_is_explained_by_its_name(name: str) -> None:
    for texts in ([PRESENT], [SMALL], [PRESENT, SMALL]):
        text = "".join(said_of(load(id), **MISTAKES[name]) for id in texts)
        found = diagnose(text)
        assert found.verdict == "explained"
        assert found.fixture is load(texts[0])
        assert name in [mutant.name for mutant in found.candidates]
        assert found.candidates[0].page == "back-prop-nlp#back-prop-nlp-relu"


def test_the_numbers_that_the_first_edition_expects_are_called_a_mistake() -> None:
    first = load(FIRST)
    printed, published = (
        "\n".join(f"grad_{name[1:]} = {values[name]}" for name in first.expected)
        for values in (first.run(), first.expected)
    )
    found = diagnose(printed)
    assert (found.verdict, found.fixture) == ("explained", load(PRESENT))
    assert found.candidates[0].verdict == "mistake"
    # Their last digit is that of arrays before they were rounded.
    for said in (diagnose(published), diagnose(printed, FIRST)):
        assert (said.verdict, said.fixture) == ("expected", first)
        assert "not the gradient" in said.notice


def test_right_numbers_are_right_and_the_first_edition_rejects_them() -> None:
    text = f"grad_b1 = {load(PRESENT).run()['db1']}"
    assert diagnose(text).verdict == "expected"
    found = diagnose(text, FIRST)
    assert {(one.verdict, one.outcome.word) for one in found.candidates} >= {
        ("equivalent", "fails")
    }


def test_a_number_where_an_array_is_expected_is_not_taken_for_the_expected_one() -> None:
    found = diagnose(said_of(load(PRESENT), db1="sum(dZ1) / m"))
    assert found.verdict != "expected"
    assert "the sum taken over everything" in [mutant.name for mutant in found.candidates]


def test_the_expected_numbers_that_a_complaint_prints_choose_the_edition() -> None:
    for text, (id, says) in COMPLAINTS.items():
        found = diagnose(text)
        assert found.fixture is load(id), text
        assert says in repr(found), text
        assert "has shape" not in repr(found), text
