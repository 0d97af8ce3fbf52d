"""The dialog that cites a place of a page."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from backcheck.diagnosis.answers import WORDS, answer
from browsing import complaints_of
from building import CITATION
from chapters import chapters

# Fewer words are no answer.
FEWEST = 25

# Pages on the book and its tools, where what is said need not be a number.
OF_THE_BOOK = ("changelog", "cite", "colophon", "command-line", "portability")

# What points to a place of the page that is not copied.
POINTS = re.compile(r"\b(?:cell|table|number|picture|figure|list)s? (?:above|below)\b(?! \d)", re.I)

# Where a dialog opens a hundred times, layout takes longer than all the rest.
TEXTS = """() => (
  HTMLDialogElement.prototype.showModal = HTMLDialogElement.prototype.close = () => {},
  navigator.clipboard.writeText = async () => {},
  [...document.querySelectorAll("article .headerlink")].map((link) => {
  link.dispatchEvent(new FocusEvent("focusin", { bubbles: true }));
  const place = link.closest(".citable");
  if (!place) return [link.hash];
  place.querySelector(".cite").click();
  const texts = [...document.querySelectorAll(".citing-choices button")].map((choice) => {
    choice.click();
    return document.querySelector(".citing textarea").value;
  });
  document.querySelector(".citing").close();
  return [link.hash, document.querySelector(".citing h2").textContent, ...texts];
}))"""


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[tuple[Page, list[str]]]:
    """Give one tab for all pages, and what they complain of."""
    page = browser.new_page()
    yield page, complaints_of(page)
    page.close()


@pytest.mark.parametrize("name", chapters())
def test_every_place_of_a_page_can_be_cited(
    html: Path, tab: tuple[Page, list[str]], name: str
) -> None:
    page, complaints = tab
    page.goto("about:blank")
    complaints.clear()
    page.goto((html / f"{name}.html").as_uri())
    address = page.url
    ready_ones = page.evaluate("JSON.parse(document.querySelector('#ready-answers')?.text ?? '{}')")
    assert (len(ready_ones) > 40) == (name == "mistakes")
    found = page.evaluate(TEXTS)
    assert found
    for place, *texts in found:
        assert len(texts) == 5, place
        heading, link, ready, entry, plain = texts
        assert heading.startswith("Cite ")
        assert re.fullmatch(
            r"\[When the Cache Lies: [^\n]+\]\(" + re.escape(address + place) + r"\)", link
        )
        said, _, last = ready.rpartition("\n\n")
        assert FEWEST <= len(said.split()) <= WORDS, (place, said)
        assert re.search(r"[\d$]", said) or name in OF_THE_BOOK, (place, said)
        assert not said.endswith(":"), (place, said)
        assert not POINTS.search(said), (place, said)
        if place[1:] in ready_ones:
            assert said == answer(place.removeprefix("#mistake-")).text
        assert re.fullmatch(r"\[When the Cache Lies: [^\n]+\]\(file:[^ )]+#[\w-]+\)", last)
        assert not said.endswith("¶")
        assert "\\zform" not in said
        assert said.count("$") % 2 == 0
        assert entry.startswith(f"@misc{{when-the-cache-lies-{place[1:]},\n")
        assert not re.search(r"(?<!\\)_", re.sub(r"\$[^$]*\$", "", entry.splitlines()[1]))
        assert f"version {CITATION['version']}" in entry
        assert address + place in entry
        assert plain.endswith(address + place)
        assert str(CITATION["date-released"]) in plain
    assert complaints == []


SEEN = """[...document.querySelectorAll("article :is(h1, h2, h3):has(.headerlink)")].map((one) =>
  one.querySelector(".cite")).filter((button) => !button?.checkVisibility({opacityProperty: true})
  || button.clientHeight < 22 || button.getBoundingClientRect().right > innerWidth).length"""


def test_each_heading_shows_that_it_can_be_cited_before_anybody_points_at_it(
    html: Path, browser: Browser
) -> None:
    for width in (1280, 390):
        page = browser.new_page(viewport={"width": width, "height": 900}, has_touch=width < 400)
        page.goto((html / "tanh.html").as_uri())
        page.locator("html:not(.waits)").wait_for()
        assert page.locator("h2 > .cite").count() > 3
        assert page.evaluate(SEEN) == 0
        (
            page.locator("h2 > .cite").first.tap
            if width < 400
            else page.locator("h1 > .cite").click
        )()
        page.get_by_role("button", name="BibTeX").wait_for()
        page.close()


def test_a_place_is_cited_by_keyboard_and_a_screen_reader_is_told(
    html: Path, browser: Browser
) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto((html / "tanh.html").as_uri())
    page.locator("html:not(.waits)").wait_for()
    page.locator("h2 .headerlink").first.focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.classList.contains('cite')")
    assert page.evaluate("document.activeElement.ariaLabel").startswith("Cite ")
    page.keyboard.press("Enter")
    assert page.locator(".citing").evaluate("dialog => dialog.matches(':modal')")
    page.get_by_role("button", name="BibTeX").focus()
    page.keyboard.press("Enter")
    page.get_by_text("BibTeX: copied.").wait_for()
    assert page.get_by_role("status").inner_text() == "BibTeX: copied."
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.get_by_label("Text to copy").input_value()
    assert copied.startswith("@misc{")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.classList.contains('cite')")
    context.close()


def test_a_browser_that_does_not_let_a_page_copy_has_the_text_selected(
    html: Path, browser: Browser
) -> None:
    page = browser.new_page()
    page.goto((html / "tanh.html").as_uri())
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error()); }")
    page.locator("h1").hover()
    page.get_by_role("button", name="Cite ", exact=False).first.click()
    page.get_by_role("button", name="Plain text").click()
    page.get_by_text("is selected").wait_for()
    selected = "box => box.value.slice(box.selectionStart, box.selectionEnd) === box.value"
    assert page.locator(".citing textarea").evaluate(selected)
    page.close()


def test_an_error_is_reported_at_its_place_where_somebody_takes_reports(
    html: Path, browser: Browser
) -> None:
    page = browser.new_page()
    source = (html / "tanh.html").read_text(encoding="utf-8")
    report = '<a class="report" href="mailto:a@example.org?body=b%2Ftanh.html%0AVersion">Report</a>'
    page.route("**/tanh.html", lambda route: route.fulfill(body=source, content_type="text/html"))
    for told in ("", report):
        source = source.replace("</footer>", f"{told}</footer>", 1)
        page.goto((html / "tanh.html").as_uri())
        page.locator("html:not(.waits)").wait_for()
        page.locator("#tanh-forms").get_by_role("button", name="Cite ", exact=False).first.click()
        link = page.get_by_role("link", name="Report an error here")
        assert link.count() == bool(told)
        if told:
            body = "mailto:a@example.org?body=b%2Ftanh.html%23tanh-forms%0AVersion"
            assert link.get_attribute("href") == body
    page.close()
