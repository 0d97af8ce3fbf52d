"""A reader's own function in the page that diagnoses, in a browser, with its Python in a worker."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from test_diagnose_page import paste

from browsing import complaints_of
from programs import learners

LEARNERS = {one.name: one for one in learners()}
ENDLESS = "def propagate(w, b, X, Y):\n    while True:\n        pass\n"


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[tuple[Page, list[str]]]:
    """Give one tab for all tests, as a new one takes longer than the page, and its complaints."""
    context = browser.new_context(viewport={"width": 390, "height": 800}, offline=True)
    page = context.new_page()
    yield page, complaints_of(page)
    context.close()


@pytest.fixture
def opened(html: Path, tab: tuple[Page, list[str]]) -> Iterator[Page]:
    """Open the page from disk; whatever it complains of or asks for elsewhere fails the test."""
    page, complaints = tab
    page.goto("about:blank")
    complaints.clear()
    page.goto((html / "diagnose.html").as_uri())
    yield page
    stored = page.evaluate("[document.cookie, localStorage.length, sessionStorage.length]")
    assert complaints == []
    assert stored == ["", 0, 0]


@pytest.mark.parametrize(
    ("name", "title", "line", "quoted"),
    [
        ("thread", "edition C: your backward_propagation fails first with: Wrong values for dW1",
         "line 12, dZ1: right, and the test's cache is not",
         '12 dZ1 = dA1 * (1 - np.tanh(cache["Z1"]) ** 2)'),
        ("m from the wrong axis", "your backward_propagation fails first with: Wrong values",
         "line 4, m: m read from the wrong axis or array", "4 m = X.shape[0]"),
        ("model, the shortcut of the thread", "L_model_backward fails first with: Wrong values",
         "In [7], line 4, dZL: right, and the test's cache is not", "4 dZL = AL - Y"),
        ("a key that is not there", "Your code raised an exception:",
         """line 7: A2 = cache["A3"]\nKeyError: 'A3'""", ""),
    ],
)  # fmt: skip
def test_a_function_is_called_and_its_line_is_named(
    opened: Page, name: str, title: str, line: str, quoted: str
) -> None:
    assert title in paste(opened, LEARNERS[name].pasted)
    shown = opened.locator("#diagnose-result").inner_text()
    assert line in shown
    assert quoted in shown
    assert opened.evaluate("document.documentElement.scrollWidth") <= 390


def test_what_a_function_prints_is_shown_as_its_own(opened: Page) -> None:
    paste(opened, LEARNERS["the same sum twice"].text)
    opened.get_by_text("What it printed").click()
    assert (
        opened.locator("#diagnose-result details")
        .last.inner_text()
        .startswith("What it printed\ndZ2 (1, 7)\ndW2 (1, 9)")
    )


def test_an_endless_loop_is_stopped_and_the_next_function_runs(
    html: Path, browser: Browser
) -> None:
    page = browser.new_page()
    page.clock.install()
    page.goto((html / "diagnose.html").as_uri())
    page.wait_for_selector("html[data-diagnose=ready]", timeout=60_000)

    def comes(text: str) -> bool:
        # How soon a slow machine has read the scripts, the clock of the page does not know.
        for _ in range(200):
            if page.get_by_text(text).is_visible():
                return True
            page.clock.run_for(300)
            page.wait_for_timeout(200)
        return False

    page.fill("#diagnose-text", ENDLESS)
    assert comes("Your function is running")
    assert comes("had run for 5 s when it was stopped")
    page.fill("#diagnose-text", LEARNERS["no 1/m"].text)
    assert comes("line 13, dW1: the average over m left out")
    page.close()


def test_numbers_are_answered_without_python(opened: Page) -> None:
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    paste(opened, "dZ2 = [[0.78862847 0.43650985]]")
    assert not [url for url in asked if url.endswith(".js")]
    paste(opened, LEARNERS["right"].text)
    names = {url.rpartition("/")[2].partition("?")[0] for url in asked}
    assert {"python.js", "diagnose-run.js"} < names


def test_numbers_beside_a_function_that_cannot_be_read_are_diagnosed(opened: Page) -> None:
    text = LEARNERS["right"].text.replace("X.shape[1]", "X.shape[1")
    assert paste(opened, text).startswith("your code, line 4: SyntaxError: '[' was never closed.")
    title = paste(opened, f"{text}\ndZ2 = [[0.78862847 0.43650985]]")
    assert title.startswith("Explained by one change in the backward pass of Week 4")
    assert "your code, line 4" in opened.locator("#diagnose-result").inner_text()


def test_the_scripts_for_a_function_are_small_and_no_page_names_them(html: Path) -> None:
    later = [html / "_static" / name for name in ("diagnose-run.js", "python.js")]
    assert [len(gzip.compress(file.read_bytes())) < 310_000 for file in later] == [True, True]
    assert len(gzip.compress(later[0].read_bytes())) <= 16_000
    pages = [file.read_text("utf-8") for file in html.glob("*.html")]
    assert not [text for text in pages if "diagnose-run.js" in text or "python.js" in text]
    assert not re.search(r"\bfetch\(|innerHTML|XMLHttpRequest", later[0].read_text("utf-8"))
