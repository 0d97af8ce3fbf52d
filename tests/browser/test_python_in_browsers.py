"""Python in the page, opened from disk under the page's own policy."""

import gzip
import json
from pathlib import Path

from playwright.sync_api import Browser

from browsing import complaints_of
from pages_python import IN_BROWSERS, check_in_browsers


def test_a_function_runs_or_raises_and_an_endless_loop_is_ended(
    html: Path, browser: Browser
) -> None:
    page = browser.new_page()
    complaints = complaints_of(page)
    page.goto((html / "diagnose.html").as_uri())
    page.evaluate(f"() => {{ {IN_BROWSERS} }}")
    page.wait_for_function("() => window.told", timeout=60_000)
    check_in_browsers(json.loads(page.evaluate("window.told")))
    page.close()
    assert [one for one in complaints if "blob:" not in one] == []


def test_the_script_is_as_light_as_it_is_said_to_be_and_names_its_licence(html: Path) -> None:
    script = (html / "_static/python.js").read_bytes()
    assert len(script) <= 545_000
    assert len(gzip.compress(script)) <= 290_000
    assert script.startswith(b"/*! MicroPython, (c) Damien P. George")
    assert b"Permission is hereby granted" in script[:2000]
