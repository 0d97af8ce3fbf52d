"""The page and the package on numbers, messages and code that stand beside each other."""

import pytest
from test_engine import agree

from beside import (
    BESIDE,
    FAILS,
    IN_ONE_LINE,
    KEPT_COSTS,
    LATEX,
    LINES,
    LOST_COSTS,
    NAMES,
    NO_EXPONENTIALS,
    NO_NOTES,
    NOT_STRICT,
    NOTES,
    OF_EXPONENTIALS,
    OWN_CODE,
    ROWS,
    SEVERAL_LINES,
    TRAINED,
    TWICE,
    WORKS,
)

# Where the package's tests make the same diagnoses.
pytestmark = pytest.mark.xdist_group("beside")

MESSAGE = "ValueError: operands could not be broadcast together with shapes (1,3) (3,4)"


@pytest.mark.parametrize("name", BESIDE)
def test_page_and_package_agree_on_what_stands_beside_each_other(name: str) -> None:
    agree((BESIDE[name],))


def test_page_and_package_agree_on_notes_behind_numbers_and_on_numbers_in_one_line() -> None:
    notes = [f"dxt[1][2] = 3.4001061 {note}" for note in (*NOTES, *NO_NOTES)]
    beside = "da_prev[2][3] = -0.06396214197109236\n"
    texts = [*(beside + one for one in notes), *IN_ONE_LINE, ROWS]
    agree(*((text, None, 1) for text in texts))


def test_page_and_package_agree_on_lines_of_code_alone() -> None:
    agree(
        *((f"Is this right?\n{lines}\n",) for lines in LINES),
        *((one,) for one in (*SEVERAL_LINES, *OWN_CODE, *TWICE, *NOT_STRICT)),
    )


def test_page_and_package_agree_on_arrays_of_latex() -> None:
    rows = r"0.00078841 & 0.01765429 & -8.4166 \times 10^{-4} & -0.01022527"
    agree(*((form.format(name, rows),) for form, name in zip(LATEX, NAMES, strict=False)))


def test_page_and_package_agree_on_what_stands_there_and_what_does_not() -> None:
    agree(
        *((f"{said}\n{TRAINED}",) for said in (*FAILS, *WORKS)),
        (f"{FAILS[0]}\n{TRAINED}dW2 = np.dot(dZ2, A1.T) / m\n",),
        *((text,) for text in (*LOST_COSTS, *KEPT_COSTS, *OF_EXPONENTIALS, *NO_EXPONENTIALS)),
        ("Why does rnn_backward need both gradients?",),
        ("Week 5. Section 6.3 Why is that so?",),
        ("My score = 0.75 in v2.0, section 6.3",),
        (f"dW2 = [[0.125 0.5]\n [0.25 0.5]]\n{MESSAGE}",),
    )
