"""The built site in Chromium, opened from disk by double click."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from browsing import complaints_of
from chapters import chapters

# Other widths and schemes are walked through in test_site_in_browser, over a server.
SCREENS = [(1280, "light"), (320, "dark")]


@pytest.fixture(scope="module", params=SCREENS, ids=lambda screen: f"{screen[0]} {screen[1]}")
def screen(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """Give one tab for all pages: a new one takes twice as long as a page in it."""
    width, scheme = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True
    )
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def complaints(screen: Page) -> list[str]:
    return complaints_of(screen)


# At 1280 pixels the pages are looked at in test_site_in_browser.
@pytest.mark.parametrize("screen", SCREENS[1:], ids=["320 dark"], indirect=True)
@pytest.mark.parametrize("name", chapters())
def test_a_page_opens_without_complaint_and_fits_the_narrowest_screen(
    html: Path, screen: Page, complaints: list[str], name: str
) -> None:
    # What the page before still says is not said of this one.
    screen.goto("about:blank")
    complaints.clear()
    screen.goto((html / f"{name}.html").as_uri())
    screen.evaluate("document.fonts.ready")
    assert complaints == []
    width = screen.viewport_size["width"]
    assert screen.evaluate("document.documentElement.scrollWidth") <= width


def test_mathematics_is_drawn_with_the_fonts_of_the_site(html: Path, screen: Page) -> None:
    screen.goto((html / "sigmoid.html").as_uri())
    screen.evaluate("document.fonts.ready")
    loaded = screen.evaluate(
        "[...document.fonts].filter(f => f.status == 'loaded').map(f => f.family)"
    )
    assert any("KaTeX_Math" in family for family in loaded)
    assert screen.locator(".katex math").count() > 10


def test_a_formula_takes_the_focus_where_it_scrolls_in_its_own_box(
    html: Path, screen: Page
) -> None:
    screen.goto((html / "gradient-check.html").as_uri())
    formula = screen.locator("#equation-taylor .formula").first
    scrolls = screen.viewport_size["width"] < 400
    formula.locator(f"xpath=self::*[{'@tabindex' if scrolls else 'not(@tabindex)'}]").wait_for()
    formula.focus()
    assert formula.evaluate("box => box.scrollWidth > box.clientWidth") == scrolls
    assert formula.evaluate("box => box === document.activeElement") == scrolls


BELOW = """[...document.querySelectorAll(".joined > .katex")].filter((formula) => {
  const sign = document.createRange();
  sign.selectNode(formula.nextSibling);
  const end = [...formula.querySelectorAll(".katex-base")].at(-1).getBoundingClientRect();
  return sign.getBoundingClientRect().top > end.bottom;
}).map((formula) => formula.textContent)"""


def test_no_line_begins_with_what_comes_after_a_formula(html: Path, screen: Page) -> None:
    for name in ("sigmoid", "linear-step", "notation"):
        screen.goto((html / f"{name}.html").as_uri())
        screen.evaluate("document.fonts.ready")
        assert screen.locator(".joined > .katex").count() > 10
        assert screen.evaluate(BELOW) == []


def test_the_header_of_a_narrow_screen_is_large_enough_for_a_thumb(
    html: Path, screen: Page
) -> None:
    screen.goto((html / "sigmoid.html").as_uri())
    screen.locator("html:not(.waits)").wait_for()
    for button in screen.locator(".mobile-header button:visible").all():
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= 44


def test_a_solution_is_folded_until_the_reader_opens_it_by_keyboard(
    html: Path, screen: Page
) -> None:
    screen.goto((html / "sigmoid.html").as_uri())
    solution = screen.locator("details.solution").first
    body = solution.locator("p").first
    assert not body.is_visible()
    solution.locator("summary").focus()
    screen.keyboard.press("Enter")
    assert body.is_visible()


def test_the_reader_can_switch_to_dark_and_figures_follow(html: Path, browser: Browser) -> None:
    page = browser.new_page(color_scheme="light")
    page.goto((html / "tanh.html").as_uri())
    figure = page.locator("figure .picture").first
    light = figure.screenshot()
    for _ in range(3):
        if page.evaluate("document.body.dataset.theme") != "dark":
            page.locator("button.theme-toggle:visible").first.click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
    # Dark ink on a dark page would leave the picture without a bright pixel.
    assert brightest(light) > 240
    assert brightest(figure.screenshot()) > 200
    page.close()


def brightest(png: bytes) -> int:
    # In grey: a saturated colour is bright in one channel and still dark on a dark page.
    return Image.open(io.BytesIO(png)).convert("L").getextrema()[1]


def test_a_search_from_disk_quotes_and_follows_what_is_typed(html: Path, browser: Browser) -> None:
    page = browser.new_page()
    page.goto((html / "search.html").as_uri())
    page.get_by_text("Type a word, a message, or a number").wait_for()
    page.locator("#search-box").fill("qqqqqqqq")
    page.get_by_text("Try one word of it").wait_for()
    assert page.locator("#search-results a[href='checklist.html']").is_visible()
    page.goto((html / "search.html").as_uri() + "?q=broadcast")
    first = page.locator("#search-results li").first
    first.locator("p.context mark").first.wait_for()
    assert "operands-9-7.html" in first.locator("a").first.get_attribute("href")
    assert re.fullmatch(r"\d+ pages for “broadcast”\.", page.get_by_role("status").inner_text())
    page.locator("#search-box").fill("0.78862847 0.43650985")
    page.get_by_text("dZ2 = A2 - Y fails in").first.wait_for()
    first.locator("a").first.click()
    page.wait_for_url("**/a-minus-y-fails.html*")
    page.close()


def test_a_link_shows_what_it_leads_to_for_pointer_and_keyboard(
    html: Path, browser: Browser
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    complaints = complaints_of(page)
    page.goto((html / "two-layers.html").as_uri())
    page.locator("html:not(.waits)").wait_for()
    shown = page.get_by_role("tooltip")
    for link in ("glossary.html#term-", "#equation-", ".html#equation-"):
        found = page.locator(f"article a[href*='{link}']:not(.headerlink)").first
        found.hover()
        shown.wait_for()
        assert len(shown.inner_text()) > 3
        assert found.get_attribute("aria-describedby") == "preview"
        page.keyboard.press("Escape")
        shown.wait_for(state="hidden")
        page.mouse.move(0, 0)
        found.focus()
        shown.wait_for()
        box, at = shown.bounding_box(), found.bounding_box()
        assert box["y"] >= at["y"] + at["height"] - 1 or box["y"] + box["height"] <= at["y"] + 1
        page.evaluate("document.activeElement.blur()")
        shown.wait_for(state="hidden")
    assert complaints == []
    page.close()


def test_a_key_leads_to_the_box_for_searching_or_to_its_page(html: Path, browser: Browser) -> None:
    for width, key in ((1280, "/"), (1280, "Control+k"), (390, "Control+k")):
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.goto((html / "tanh.html").as_uri())
        page.locator("html:not(.waits)").wait_for()
        page.keyboard.press(key)
        if width < 400:
            page.wait_for_url("**/search.html")
        page.wait_for_function("document.activeElement.name === 'q'")
        page.close()


HIDDEN = """["katex-html", "picture", "cell_output"]
  .flatMap((kind) => [...document.querySelectorAll(`article .${kind}:not(details *)`)].slice(0, 3))
  .filter((part) => {
    const { width, height } = part.getBoundingClientRect();
    return !(width && height && part.checkVisibility({ visibilityProperty: true }));
  })
  .map((part) => part.outerHTML.slice(0, 200))"""


@pytest.fixture(scope="module")
def without_javascript(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 900})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", chapters())
def test_a_page_reads_fully_without_javascript(
    html: Path, without_javascript: Page, name: str
) -> None:
    without_javascript.goto((html / f"{name}.html").as_uri())
    assert without_javascript.locator("article h1").is_visible()
    assert without_javascript.evaluate(HIDDEN) == []
