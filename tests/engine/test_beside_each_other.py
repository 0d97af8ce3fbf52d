"""The page and the package on numbers, messages and code that stand beside each other."""

import pytest
from test_engine import agree

from beside import BESIDE, LATEX, LINES, NAMES, OWN_CODE, SEVERAL_LINES


@pytest.mark.parametrize("name", BESIDE)
def test_page_and_package_agree_on_what_stands_beside_each_other(name: str) -> None:
    agree((BESIDE[name],))


def test_page_and_package_agree_on_lines_of_code_alone() -> None:
    agree(
        *((f"Is this right?\n{lines}\n",) for lines in LINES),
        *((one,) for one in (*SEVERAL_LINES, *OWN_CODE)),
    )


def test_page_and_package_agree_on_arrays_of_latex() -> None:
    rows = r"0.00078841 & 0.01765429 & -8.4166 \times 10^{-4} & -0.01022527"
    agree(*((form.format(name, rows),) for form, name in zip(LATEX, NAMES, strict=False)))
