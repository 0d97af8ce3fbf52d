"""What a reader sees before scrolling, on the screen of a phone."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

WIDTH, HEIGHT = 390, 844

ANSWERS = {
    "printed-values-match-but-test-fails": "that is right as well",
    "a-minus-y-fails": "is right as well",
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


@pytest.mark.parametrize("size", [(WIDTH, HEIGHT), (1280, 800)])
def test_the_front_page_shows_every_way_to_go_in_its_first_screen(
    html: Path, browser: Browser, size: tuple[int, int]
) -> None:
    context = browser.new_context(viewport=dict(zip(("width", "height"), size, strict=True)))
    page = context.new_page()
    page.goto((html / "index.html").as_uri())
    page.evaluate("document.fonts.ready")
    links = page.locator("#index-symptoms > section a:not(.headerlink)")
    boxes = [link.bounding_box() for link in links.all()]
    shown = [box is not None and box["y"] + box["height"] <= size[1] for box in boxes]
    led_to = {str(link.get_attribute("href")).partition("#")[0] for link in links.all()}
    context.close()
    assert led_to == {
        *(f"{name}.html" for name in ANSWERS), "difference-0-285.html", "diagnose.html",
        "checklist.html", "cite.html",
    }  # fmt: skip
    assert all(shown)
