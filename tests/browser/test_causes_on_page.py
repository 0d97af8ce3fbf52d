"""The causes of exceptions, on the page and in the package."""

import pytest
from playwright.sync_api import Page as BrowserPage
from test_diagnose_page import RUN, engine, essence  # noqa: F401 - pytest looks for engine here

from backcheck.diagnose import diagnose
from exceptions import pasted, stops

STYLES = ("plain", "older", "newer")


@pytest.mark.parametrize("style", STYLES)
def test_page_and_package_tell_the_same_causes(engine: BrowserPage, style: str) -> None:  # noqa: F811
    for stop in [stop for stop in stops() if stop.key][::11]:
        text = pasted(stop, style)
        assert essence(engine.evaluate(RUN, text)) == essence(diagnose(text).to_dict()), text
