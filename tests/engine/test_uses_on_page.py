"""The page's engine on mistakes in one line, or in several that no other line reads."""

import pytest
from test_engine import agree

from posts import (
    LSTM_CELL,
    READING_LATER,
    SEVERAL_MISTAKES,
    USED_ALIKE,
    USED_OTHERWISE,
    of_program,
)

# Where the package's tests make the same diagnoses.
pytestmark = pytest.mark.xdist_group("lines")


@pytest.mark.parametrize(
    "several", [[*USED_OTHERWISE.items(), *READING_LATER.items()], [*SEVERAL_MISTAKES.values()]]
)
def test_page_and_package_agree_on_mistakes_in_single_lines(
    several: list[tuple[str, dict[str, str]]],
) -> None:
    agree(*((of_program(id, changes), id) for id, changes in several))


def test_page_and_package_agree_on_one_slip_in_every_gate() -> None:
    agree(*((of_program(LSTM_CELL, forms), LSTM_CELL) for forms in USED_ALIKE.values()))


def test_page_and_package_agree_on_a_line_beside_a_loop_that_carries_nothing() -> None:
    line = "sum(da_next_t4 * a_next_t4, axis=1, keepdims=True)"
    agree((of_program("c5w1_rnn_backward", {"da_next_t4": "da[:, :, 3]", "dba_t4": line}),))


def test_page_and_package_agree_on_pasted_lines_that_read_a_gradient_computed_below_them() -> None:
    agree(("dWaa = np.dot(dtanh, da_prev.T)",), ("dW = dZ @ dA_prev.T / m",))
