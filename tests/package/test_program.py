import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backcheck.program import FUNCTIONS, ROWS, SUMS, Tree, parse, write

A = np.arange(6.0).reshape(2, 3)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x = A @ A.T / 2", A @ A.T / 2),
        ("x = -(A ** 2) + 1", 1 - A**2),
        ("x = sum(A, axis=1, keepdims=True)", A.sum(axis=1, keepdims=True)),
        ("x = sum(A)", A.sum()),
        ("x = A * (A > 2)", np.where(A > 2, A, 0)),
        ("x = A.shape[1]", 3),
        ("x = A[:1]", A[:1]),
        ("x = A.T[A.shape[0]:]", A.T[2:]),
        ("x = concatenate((A, A + 1))", np.concatenate((A, A + 1), axis=0)),
        ("x = tanh(A) - log(exp(A)) / cosh(A)", np.tanh(A) - A / np.cosh(A)),
    ],
)
def test_a_program_computes_what_numpy_computes(text: str, value: np.ndarray) -> None:
    assert np.allclose(parse(text).run({"A": A})["x"], value)


@given(st.floats(-10, 10), st.floats(-10, 10))
def test_steps_see_the_values_of_the_steps_before_them(a: float, b: float) -> None:
    values = parse("c = a - b\nd = c * c").run({"a": a, "b": b})
    assert values["d"] == (a - b) ** 2


def test_replacing_a_step_leaves_the_others_alone() -> None:
    program = parse("dZ = A - Y\ndW = dZ / m")
    assert str(program.replace(dZ="A")) == "dZ = A\ndW = dZ / m"
    with pytest.raises(KeyError, match="no step dX; it has dZ, dW"):
        program.replace(dX="A")


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('echo')",
        "x = __import__('os')",
        "x = A.__class__",
        "x = (lambda: 1)()",
        "x = [1, 2]",
        "x = A[0]",
        "x = A[:, :2]",
        "x = A[::2]",
        "x = A[0:1]",
        "x = A[:]",
        "x = concatenate((A, A, A))",
        "x = concatenate((A, A), axis=1)",
        "x = A.shape[7]",
        "x = open('file')",
        "x = sum(A, out=A)",
        "x = sum(A, axis=5)",
        "x = A + " + "9" * 400,
        "x = 'text'",
        "x = A if A else A",
        "x: int = 1",
        "x, y = A, A",
        "for i in A: x = i",
        "x = (y := A)",
        "import os",
    ],
)
def test_nothing_but_algebra_is_accepted(text: str) -> None:
    with pytest.raises(ValueError, match=r"^Line 1 (is not an assignment|uses )") as error:
        parse(text)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [("x = (A", "Line 1 cannot be read"), ("", "The program is empty"), ("# note", "empty")],
)
def test_unreadable_programs_are_refused_in_one_sentence(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = A @ A", r"^x: matmul: .*mismatch"),
        ("x = A + A.T", r"^x: operands could not be broadcast .*\(2,3\) \(3,2\)$"),
        ("x = -(A > 1)", r"^x: .*negative"),
    ],
)
def test_a_step_that_cannot_be_carried_out_is_named(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse(text).run({"A": A})


def test_an_unknown_array_is_named_with_those_that_are_known() -> None:
    with pytest.raises(KeyError, match=r"x uses B, which is not known there; known: A\."):
        parse("x = A + B").run({"A": A})


def test_huge_numbers_cost_no_time() -> None:
    assert np.isinf(parse("x = 9.0 ** 9 ** 9").run({"A": A})["x"])


names = st.sampled_from(["A1", "Z2", "dW1"])
numbers = st.integers(0, 50).map(float) | st.floats(0, 1e200)
trees = st.recursive(
    names | numbers,
    lambda smaller: st.one_of(
        st.tuples(
            st.sampled_from(["+", "-", "*", "/", "@", "**", ">", "<=", *ROWS]), smaller, smaller
        ),
        st.tuples(st.sampled_from(["neg", "T", "shape1", *FUNCTIONS, *SUMS]), smaller),
    ),
    max_leaves=8,
)


@given(trees)
def test_a_tree_written_out_reads_back_as_the_same_tree(tree: Tree) -> None:
    assert parse(f"x = {write(tree)}").steps[0].expression == tree
