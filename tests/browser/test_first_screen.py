"""What a reader sees before scrolling, on the screen of a phone."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

WIDTH, HEIGHT = 390, 844

ANSWERS = {
    "printed-values-match-but-test-fails": "right, and so is",
    "a-minus-y-fails": "Both",
}


def bottom_of(html: Path, browser: Browser, name: str, selector: str) -> tuple[float, str]:
    """Return how far down the first such element of a page ends, in pixels, and its text."""
    context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, offline=True)
    page = context.new_page()
    page.goto((html / f"{name}.html").as_uri())
    page.evaluate("document.fonts.ready")
    found = page.locator(selector).first
    box, text = found.bounding_box(), found.inner_text()
    context.close()
    assert box is not None
    return box["y"] + box["height"], text


@pytest.mark.parametrize("name", ANSWERS)
def test_which_of_the_two_is_right_is_answered_in_the_first_screen_of_a_phone(
    html: Path, browser: Browser, name: str
) -> None:
    bottom, text = bottom_of(html, browser, name, "article h1 ~ p")
    assert ANSWERS[name] in text
    assert bottom <= HEIGHT


def test_the_front_page_names_the_first_symptom_in_the_first_screen_of_a_phone(
    html: Path, browser: Browser
) -> None:
    link = 'article a[href^="printed-values-match-but-test-fails.html"]'
    bottom, text = bottom_of(html, browser, "index", link)
    assert "Wrong values for dW1" in text
    assert bottom <= HEIGHT
