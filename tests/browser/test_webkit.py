"""The site in Safari's engine, from disk: what it draws, finds and runs otherwise than others."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pages_python import IN_BROWSERS, check_in_browsers
from programs import learners
from webkit import WebKit, started

# One WebKit for all of them.
pytestmark = pytest.mark.xdist_group("webkit")

READY = "document.documentElement.dataset.{} === 'ready'"

STYLES = """return arguments[0].map(([selector, property]) =>
  getComputedStyle(document.querySelector(selector))[property])"""

TYPE = """const field = document.querySelector(arguments[0]);
field.value = arguments[1];
field.dispatchEvent(new Event("input"))"""


@pytest.fixture(scope="module")
def webkit() -> Iterator[WebKit]:
    with started() as browser:
        yield browser


def test_pictures_and_the_wordmark_follow_the_readers_switch(webkit: WebKit, html: Path) -> None:
    webkit.goto((html / "sigmoid.html").as_uri())
    asked = [["article .picture text", "fill"], [".sidebar-logo g", "stroke"]]
    inks = {}
    for scheme in ("light", "dark"):
        webkit.evaluate("document.body.dataset.theme = arguments[0]", scheme)
        inks[scheme] = webkit.evaluate(STYLES, asked)
    assert inks == {"light": ["rgb(36, 41, 47)"] * 2, "dark": ["rgb(216, 222, 228)"] * 2}


def test_a_search_from_disk_finds(webkit: WebKit, html: Path) -> None:
    webkit.goto((html / "sigmoid.html").as_uri())
    webkit.evaluate("document.querySelector('input[name=q]').focus()")
    webkit.press("broadcast\ue007")
    results = "[...document.querySelectorAll('#search-results li a')].map((a) => a.href).join(' ')"
    assert "operands-9-7.html" in webkit.wait_for(results)


def test_a_function_is_called_from_disk(webkit: WebKit, html: Path) -> None:
    webkit.goto((html / "diagnose.html").as_uri())
    webkit.wait_for(READY.format("diagnose"))
    text = next(one.text for one in learners() if one.name == "thread")
    webkit.evaluate(TYPE, "#diagnose-text", text)
    told = webkit.wait_for("document.querySelector('.diagnose-card')?.textContent")
    assert told.startswith("line 12, dZ1: right, and the test's cache is not")


def test_an_endless_loop_is_ended_and_an_exception_has_its_line(webkit: WebKit, html: Path) -> None:
    webkit.goto((html / "diagnose.html").as_uri())
    webkit.evaluate(IN_BROWSERS)
    check_in_browsers(json.loads(webkit.wait_for("window.told")))


def test_a_form_is_typed_over(webkit: WebKit, html: Path) -> None:
    webkit.goto((html / "week-4.html").as_uri())
    webkit.evaluate("document.querySelector('.live textarea').focus()")
    webkit.wait_for(READY.format("live"))
    webkit.evaluate(TYPE, ".live textarea", "sigmoid(Z2) - Y")
    verdict = webkit.evaluate("return document.querySelector('.live ul').textContent")
    assert "equivalent, as the referee finds on fresh networks" in verdict
