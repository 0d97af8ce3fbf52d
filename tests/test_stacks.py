"""An operation on a stack is numpy's own operation on each of its arrays."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backcheck.mutate import FAILURES
from backcheck.program import OPERATIONS
from backcheck.stacks import STACKED, Stack, matrices

SHAPES = [(), (1,), (2,), (3,), (1, 1), (1, 3), (2, 1), (2, 3), (3, 2), (3, 3)]
BINARY = ("+", "-", "*", "/", "@", "**", ">", ">=", "<", "<=")
HEIGHT = 4


@st.composite
def operands(draw: st.DrawFn) -> tuple[Any, list[Any]]:
    """Draw one value that all programs share, or a stack; with the array of each program."""
    shape = draw(st.sampled_from(SHAPES))
    truth = draw(st.booleans())
    numbers = np.random.default_rng(draw(st.integers(0, 50))).standard_normal((HEIGHT, *shape))
    arrays = list(numbers > 0 if truth else numbers)
    if draw(st.booleans()):
        return arrays[0], [arrays[0]] * HEIGHT
    return Stack(np.array([matrices(array) for array in arrays]), len(shape)), arrays


def outcome(function: Any, *values: Any) -> Any:
    try:
        with np.errstate(all="ignore"):
            return function(*values)
    except FAILURES:
        return None


def agrees(name: str, given: list[tuple[Any, list[Any]]]) -> None:
    got = outcome(STACKED[name], *(stack for stack, _ in given))
    each = [
        outcome(OPERATIONS[name], *arrays)
        for arrays in zip(*(arrays for _, arrays in given), strict=True)
    ]
    if got is None:
        assert each == [None] * HEIGHT
    elif isinstance(got, Stack):
        assert got.arrays.dtype == each[0].dtype
        np.testing.assert_allclose(got.arrays, np.array(each), rtol=1e-12)
    else:
        for value in each:
            np.testing.assert_array_equal(got, value)


@pytest.mark.parametrize("name", BINARY)
@given(first=operands(), second=operands())
def test_two_operands_give_what_numpy_gives_for_each_array(
    name: str, first: tuple[Any, list[Any]], second: tuple[Any, list[Any]]
) -> None:
    agrees(name, [first, second])


@pytest.mark.parametrize("name", sorted(OPERATIONS.keys() - set(BINARY)))
@given(operand=operands())
def test_one_operand_gives_what_numpy_gives_for_each_array(
    name: str, operand: tuple[Any, list[Any]]
) -> None:
    agrees(name, [operand])
