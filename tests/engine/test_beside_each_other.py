"""The page and the package on numbers, messages and code that stand beside each other."""

import pytest
from test_engine import agree

from beside import BESIDE


@pytest.mark.parametrize("name", BESIDE)
def test_page_and_package_agree_on_what_stands_beside_each_other(name: str) -> None:
    agree((BESIDE[name],))
