"""The site in Firefox, from disk and served: what it complains of, and what it does otherwise."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from browsing import needs_firefox
from building import EVERY
from marionette import Firefox, started
from pages_python import IN_BROWSERS, check_in_browsers
from programs import learners
from serving import served

# One Firefox for all of them.
pytestmark = pytest.mark.xdist_group("firefox")

# What Firefox complains of in its own files, such as a tab that has gone on, is not ours.
SAID = """return Services.console.getMessageArray().map(String).filter((said) =>
  said.includes(arguments[0]) && !said.includes('{file: "resource://') &&
  !said.includes("on MathML elements is deprecated"))"""

CLEAR = "Services.console.reset()"

MEDIUM = "gBrowser.selectedBrowser.browsingContext.top.mediumOverride = arguments[0]"

ENTER, TAB, ESCAPE = "\ue007", "\ue004", "\ue00c"

PASTE = """const box = document.getElementById("diagnose-text");
box.value = arguments[0];
box.dispatchEvent(new Event("input"))"""

STYLES = """return arguments[0].map(([selector, property]) =>
  getComputedStyle(document.querySelector(selector))[property])"""


@pytest.fixture(scope="module")
def fox() -> Iterator[Firefox]:
    with started(needs_firefox()) as firefox:
        yield firefox


def test_pages_complain_of_nothing_when_served(fox: Firefox, html: Path) -> None:
    fox.evaluate_inside(CLEAR)
    with served(html) as address:
        for name in EVERY[::3]:
            fox.goto(f"{address}/{name}.html")
        assert fox.evaluate_inside(SAID, address) == []


def test_pages_complain_of_nothing_when_opened_from_disk(fox: Firefox, html: Path) -> None:
    fox.evaluate_inside(CLEAR)
    for name in ("index", "sigmoid", "mistakes", "diagnose", "search"):
        fox.goto((html / f"{name}.html").as_uri())
    assert fox.evaluate_inside(SAID, html.as_uri()) == []


@pytest.mark.parametrize("from_disk", [True, False])
def test_a_function_is_called_from_disk_and_served(
    fox: Firefox, html: Path, from_disk: bool
) -> None:
    fox.evaluate_inside(CLEAR)
    with served(html) as address:
        fox.goto(f"{html.as_uri() if from_disk else address}/diagnose.html")
        fox.evaluate(PASTE, next(one.text for one in learners() if one.name == "thread"))
        told = fox.wait_for("document.querySelector('.diagnose-card')?.textContent")
        assert told.startswith("line 12, dZ1: right, and the test's cache is not")
        assert fox.evaluate_inside(SAID, "diagnose") == []


def test_a_search_from_disk_is_sent_from_any_page_and_finds(fox: Firefox, html: Path) -> None:
    fox.goto((html / "sigmoid.html").as_uri())
    fox.evaluate("document.querySelector('input[name=q]').focus()")
    fox.press(*"broadcast", ENTER)
    found = fox.wait_for(
        "[...document.querySelectorAll('#search-results li a')].map((a) => a.href).join(' ')"
    )
    assert "operands-9-7.html" in found


def test_pictures_and_the_wordmark_follow_the_readers_switch(fox: Firefox, html: Path) -> None:
    fox.goto((html / "sigmoid.html").as_uri())
    asked = [["article .picture text", "fill"], [".sidebar-logo g", "stroke"], ["body", "color"]]
    inks = {}
    for scheme in ("light", "dark"):
        fox.evaluate("document.body.dataset.theme = arguments[0]", scheme)
        inks[scheme] = fox.evaluate(STYLES, asked)
    assert inks["light"][0] == inks["light"][1] == "rgb(36, 41, 47)"
    assert inks["dark"][0] == inks["dark"][1] == "rgb(216, 222, 228)"


def test_paper_has_light_ink_and_no_link_to_the_content_and_breaks_between_lines(
    fox: Firefox, html: Path
) -> None:
    fox.goto((html / "sigmoid.html").as_uri())
    fox.evaluate("document.body.dataset.theme = 'dark'")
    fox.evaluate_inside(MEDIUM, "print")
    asked = [
        ["article .picture text", "fill"],
        [".a-form", "color"],
        [".skip-to-content", "display"],
    ]
    asked += [[box, "display"] for box in (".page", ".main", ".content")]
    told = fox.evaluate(STYLES, asked)
    fox.evaluate_inside(MEDIUM, "")
    assert told == ["rgb(36, 41, 47)", "rgb(9, 105, 179)", "none", "block", "block", "block"]


def test_a_closed_drawer_takes_no_focus_and_opens_and_closes_by_keyboard(
    fox: Firefox, html: Path
) -> None:
    fox.tell("SetWindowRect", width=500, height=900)
    fox.goto((html / "sigmoid.html").as_uri())
    where = (
        "const at = document.activeElement;"
        "return [at.className, Boolean(at.closest('.sidebar-drawer, .toc-drawer'))]"
    )
    for button, drawer in (
        ("nav-overlay-icon", ".sidebar-drawer"),
        ("toc-overlay-icon", ".toc-drawer"),
    ):
        fox.evaluate("document.activeElement.blur()")
        for _ in range(12):
            fox.press(TAB)
            name, within = fox.evaluate(where)
            assert not within, drawer
            if button in name:
                break
        assert button in name
        fox.press(ENTER)
        assert fox.evaluate(f"return document.activeElement.closest('{drawer}') !== null")
        fox.press(ESCAPE)
        assert button in fox.evaluate(where)[0]
        assert fox.evaluate(STYLES, [[drawer, "visibility"]]) == ["hidden"]
    fox.tell("SetWindowRect", width=1280, height=900)


def test_a_finger_takes_the_dot_of_a_plane_and_the_page_stays(fox: Firefox, html: Path) -> None:
    fox.goto((html / "off-the-forward-pass.html").as_uri())
    fox.evaluate("document.querySelector('.plane').scrollIntoView({ block: 'center' })")
    place = """const box = document.querySelector(arguments[0]).getBoundingClientRect();
      return [box.x + box.width / 2, box.y + box.height / 2, scrollY]"""
    # The first touch loads the script that moves the dot.
    for across, down in ((-20, 30), (40, -50)):
        x, y, scrolled = fox.evaluate(place, ".plane-point")
        path = [(round(x + across * n / 8), round(y + down * n / 8)) for n in range(9)]
        moves = [{"type": "pointerMove", "x": at, "y": to} for at, to in path]
        actions = [moves[0], {"type": "pointerDown", "button": 0}, *moves[1:]]
        actions.append({"type": "pointerUp", "button": 0})
        finger = {"type": "pointer", "id": "finger", "parameters": {"pointerType": "touch"}}
        fox.tell("PerformActions", actions=[{**finger, "actions": actions}])
        fox.wait_for("document.documentElement.dataset.live === 'ready'")
    new_x, new_y, still = fox.evaluate(place, ".plane-point")
    assert new_x == pytest.approx(x + across, abs=2)
    assert new_y == pytest.approx(y + down, abs=8)
    assert still == pytest.approx(scrolled, abs=2)


def test_printed_numbers_are_diagnosed(fox: Firefox, html: Path) -> None:
    fox.goto((html / "diagnose.html").as_uri())
    fox.wait_for("document.documentElement.dataset.diagnose === 'ready'")
    fox.evaluate("document.querySelector('textarea').focus()")
    fox.press(*"dZ2 = [[0.78862847 0.43650985]]")
    card = "document.querySelector('#diagnose-result .diagnose-card')?.textContent"
    assert "AL - Y" in fox.wait_for(card)


def test_a_function_runs_or_raises_and_an_endless_loop_is_ended(fox: Firefox, html: Path) -> None:
    fox.goto((html / "diagnose.html").as_uri())
    fox.evaluate(IN_BROWSERS)
    check_in_browsers(json.loads(fox.wait_for("window.told")))
