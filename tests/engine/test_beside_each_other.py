"""The page and the package on numbers, messages and code that stand beside each other."""

import pytest
from test_engine import agree

from beside import BESIDE, LINES, OWN_CODE, SEVERAL_LINES


@pytest.mark.parametrize("name", BESIDE)
def test_page_and_package_agree_on_what_stands_beside_each_other(name: str) -> None:
    agree((BESIDE[name],))


def test_page_and_package_agree_on_lines_of_code_alone() -> None:
    agree(
        *((f"Is this right?\n{lines}\n",) for lines in LINES),
        *((one,) for one in (*SEVERAL_LINES, *OWN_CODE)),
    )
