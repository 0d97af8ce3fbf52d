"""The served site in Chromium: what it weighs, what axe says, what moves, paper and keyboard."""

import gzip
import re
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from selectolax.lexbor import LexborHTMLParser

from browsing import complaints_of
from building import EVERY
from chapters import ROOT, chapters
from serving import served, weights

AXE = ROOT / "book/_ext/node/node_modules/axe-core/axe.min.js"

# Bytes of the first page a reader opens, and of one opened later.
FIRST_VIEW, LATER_VIEW = 100_000, 30_000

# The numbers and the answer of every named form, the data of a diagnosis, two drawings of every
# number, and four figures.
HEAVIER = {
    "mistakes": (147_000, 114_500),
    "diagnose": (190_000, 158_000),
    "one-network": (FIRST_VIEW, 42_000),
    "training": (FIRST_VIEW, 34_500),
    "whose-gradient": (FIRST_VIEW, 38_000),
}

# The cumulative layout shift.
MOVES = 0.01

Arrivals = dict[str, tuple[float, list[str]]]
"""How much each page moved while it arrived, and what it complained of."""


@pytest.fixture(scope="module")
def address(html: Path) -> Iterator[str]:
    with served(html) as address:
        yield address


WATCH_MOVES = """
window.moved = 0;
new PerformanceObserver(list => {
  for (const shift of list.getEntries()) window.moved += shift.value;
}).observe({type: "layout-shift", buffered: true});
"""


# What scrolls sideways, in a word: what may, where the screen is narrow, or why it may not.
SCROLLING = """[document.querySelector(".content"), ...document.querySelectorAll("article *")]
  .filter((box) => box.scrollWidth > box.clientWidth + 1 && box.clientWidth > 9
    && !box.closest(".katex-mathml, svg") && getComputedStyle(box).overflowX !== "visible"
    && box.checkVisibility())
  .map((box) => !box.matches(".columns:not(.small, .broken), .formula, .table-wrapper")
    ? box.outerHTML.slice(0, 80)
    : !getComputedStyle(box).backgroundImage.startsWith("linear-gradient") ? "has no cue"
    : box.tabIndex ? "takes no focus" : "may")"""

# What an article hides, and what of it another width shows.
VISIBLE = "part.checkVisibility({ visibilityProperty: true })"
HIDE = f"""() => {{
  window.hidden = [...document.querySelectorAll("article *")].filter((part) => !{VISIBLE});
}}"""
SHOWN = f"hidden.filter((part) => {VISIBLE}).map((part) => part.outerHTML.slice(0, 80))"

# The words that stand on several lines.
BROKEN = r"""[...document.querySelectorAll(CELLS)].flatMap((cell) => {
  const [texts, range, found] = [document.createTreeWalker(cell, 4), new Range(), []];
  while (texts.nextNode())
    for (const word of texts.currentNode.data.matchAll(/[^\s_-]+[_-]?/g)) {
      range.setStart(texts.currentNode, word.index);
      range.setEnd(texts.currentNode, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map((one) => one.top)).size > 1) found.push(word[0]);
    }
  return found;
})"""

# Names of rows break in a phone, where they have no room, and titles nowhere but at underscores.
TITLES = '"article :is(h1, h2, h3, h4)"'
BROKEN_IN = {
    1280: BROKEN.replace("CELLS", """'th[scope="row"]:not(.code)'"""),
    390: BROKEN.replace("CELLS", TITLES),
}

# The lines of titles that begin or end with a sign between two symbols, or hold a number alone.
TITLE_LINES = r"""[...document.querySelectorAll(TITLES)].flatMap((title) => {
  const [texts, range, lines] = [document.createTreeWalker(title, 4), new Range(), new Map()];
  while (texts.nextNode())
    for (const word of texts.currentNode.data.matchAll(/[^\s¶]+/g)) {
      if (texts.currentNode.parentNode.closest("button")) continue;
      range.setStart(texts.currentNode, word.index);
      range.setEnd(texts.currentNode, word.index + 1);
      const line = Math.round(range.getBoundingClientRect().bottom / 16);
      lines.set(line, `${lines.get(line) ?? ""} ${word[0]}`.trim());
    }
  return [...lines.values()].filter((line) => /^[\d.]+$|^[-+*=] | [-+*]$/.test(line));
})""".replace("TITLES", TITLES)

# The least size of text in pictures, in pixels of the screen.
SMALLEST = """Math.min(99, ...[...document.querySelectorAll(".picture text")].map((text) => {
  const { a, b } = text.getScreenCTM();
  return parseFloat(getComputedStyle(text).fontSize) * Math.hypot(a, b);
}))"""

PAINTED = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100)))"
"""What waits until what has been laid out is on the screen, and its moves are told."""


# Of each part of the frame around an article, one page that has it.
FRAMES = ("index", "tanh", "diagnose", "search", "404")


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    """Give one tab for all pages, without the policy, which lets no test bring its own script."""
    page = browser.new_page(bypass_csp=True)
    yield page
    page.close()


@pytest.fixture(scope="module")
def in_colour(html: Path) -> set[str]:
    """Choose pages that together have every class of every tag, the one with most new ones first.

    What formulas and pictures consist of is left out: axe looks at none of it.
    """
    kinds = {}
    for name in EVERY:
        text = (html / f"{name}.html").read_text(encoding="utf-8")
        parts = LexborHTMLParser(text).css("body :not(.katex, .katex *, svg *)")
        kinds[name] = {
            (part.tag, kind)
            for part in parts
            for kind in (part.attributes.get("class") or "").split() or [""]
        }
    missing, chosen = set().union(*kinds.values()), set()
    while missing:
        best = max(EVERY, key=lambda name: len(kinds[name] & missing))
        missing -= kinds[best]
        chosen.add(best)
    assert 5 < len(chosen) < len(EVERY)
    return chosen


# Formulas have the colour of the text around them, and axe takes a second for each ten: a box of
# their size is enough for what stands beside them.
BOXES = """() => {
  const formulas = [...document.querySelectorAll(".katex-html")];
  const sizes = formulas.map((one) => one.getBoundingClientRect());
  formulas.forEach((one, n) => {
    const { width, height } = sizes[n];
    one.replaceChildren();
    one.style.cssText = `display: inline-block; width: ${width}px; height: ${height}px`;
  });
}"""

AXE_TELLS = """options => axe.run({exclude: [".katex-html"]}, options).then(({ violations }) =>
  violations.map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 120)}`))"""


@pytest.mark.parametrize("name", EVERY)
def test_axe_finds_nothing_and_nothing_sticks_out(
    address: str, tab: Page, in_colour: set[str], name: str
) -> None:
    page = tab
    faults = []

    def show(width: int, scheme: str) -> None:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        # What scrolls now takes the focus once the page has been laid out anew.
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")

    show(1280, "light")
    page.goto(f"{address}/{name}.html")
    for width in (1280, 390):
        show(width, "light")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            faults.append(f"wider than {width}")
        if width > 400:
            page.evaluate(HIDE)
        elif shown := page.evaluate(SHOWN):
            faults.append(f"only {width} shows {shown}")
        may = {"may"} if width < 400 else set()
        faults += [f"{width}: {box}" for box in set(page.evaluate(SCROLLING)) - may]
        faults += [f"{width}: {word} is cut" for word in page.evaluate(BROKEN_IN[width])]
    # The page is still that of a phone.
    assert page.evaluate(SMALLEST) >= 9
    # As wide as a window of 1280 pixels at four times its size.
    page.set_viewport_size({"width": 320, "height": 640})
    faults += [f"320: a line of a title is {line}" for line in page.evaluate(TITLE_LINES)]

    page.evaluate(AXE.read_text(encoding="utf-8"))
    # No colour depends on the width, and of what an article shows all that scrolls on a phone has
    # been looked at, but the frame has other parts there.
    for width, scheme in product((390, 1280) if name in FRAMES else (1280,), ("light", "dark")):
        if scheme == "light" or name in in_colour or name in FRAMES:
            show(width, scheme)
            if width > 400:
                page.evaluate(BOXES)
            # Only the contrast can differ between the two schemes, and it takes most of the time.
            options: dict[str, Any] = {"resultTypes": ["violations"]}
            options |= {"runOnly": ["color-contrast"]} if scheme == "dark" else {}
            if name not in in_colour and name not in FRAMES:
                options["rules"] = {"color-contrast": {"enabled": False}}
            faults += [f"{width} {scheme}: {one}" for one in page.evaluate(AXE_TELLS, options)]
    assert faults == []


def test_no_colour_of_a_text_depends_on_the_width() -> None:
    for file in (ROOT / "book/_static").glob("*.css"):
        css = file.read_text(encoding="utf-8")
        # A rule of several lines ends with a brace at the beginning of one.
        for block in re.findall(
            r"^@media[^{]*width[^{]*\{(?:.*\}$|(?:.*\n)*?\})", css, re.MULTILINE
        ):
            rules = re.findall(r"([^{}]+)\{([^{}]*)\}", block.partition("{")[2])
            coloured = [of for of, says in rules if re.search(r"\b(?:color|background)\b", says)]
            assert rules
            # What stands before a cell is none of the page's text, and a tool never sees it.
            assert [of for of in coloured if "::before" not in of] == [], file.name


def test_the_page_of_mistakes_is_no_longer_on_a_phone_than_its_entries_need(
    address: str, tab: Page
) -> None:
    page = tab
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{address}/mistakes.html")
    entries = page.locator("section[id^='mistake-']")
    tall = entries.evaluate_all("all => all.map((one) => one.clientHeight)")
    assert len(tall) > 50
    assert sum(tall) / len(tall) < 420


@pytest.fixture(
    scope="module",
    params=[
        # Pages take a minute to arrive by halves, so that the tests of a width share them.
        pytest.param(width, marks=pytest.mark.xdist_group(f"arrivals {width}"))
        for width in (1280, 390)
    ],
)
def arrivals(html: Path, browser: Browser, request: pytest.FixtureRequest) -> Arrivals:
    context = browser.new_context(viewport={"width": request.param, "height": 900})
    context.add_init_script(WATCH_MOVES)
    found = {}
    with served(html, by_halves=True) as address:
        opened = [context.new_page() for _ in range(6)]
        tabs = [(tab, complaints_of(tab, address)) for tab in opened]
        # What takes long is the halt between the halves, so that some arrive side by side.
        for first in range(0, len(EVERY), len(tabs)):
            pages = dict(zip(EVERY[first:], tabs, strict=False))
            for tab, told in pages.values():
                # What the page before still says is not said of this one.
                tab.goto("about:blank")
                told.clear()
            for name, (tab, _) in pages.items():
                tab.goto(f"{address}/{name}.html", wait_until="commit")
            for tab, _ in pages.values():
                tab.wait_for_load_state()
                tab.evaluate("() => new Promise(requestAnimationFrame)")
            tab.evaluate(PAINTED)
            for name, (tab, told) in pages.items():
                found[name] = (tab.evaluate("window.moved"), [*told])
    context.close()
    return found


def test_nothing_moves_while_a_page_arrives_by_halves(arrivals: Arrivals) -> None:
    assert {name: by for name, (by, _) in arrivals.items() if by >= MOVES} == {}


def test_no_page_complains_or_asks_elsewhere_when_served(arrivals: Arrivals) -> None:
    assert {name: told for name, (_, told) in arrivals.items() if told} == {}


def test_a_search_complains_of_nothing_and_asks_nobody_else(address: str, browser: Browser) -> None:
    page = browser.new_page()
    told = complaints_of(page, address)
    page.goto(f"{address}/search.html?q=broadcast")
    page.wait_for_selector("#search-results li p.context")
    assert told == []
    page.close()


def test_a_first_view_is_light_and_a_later_one_lighter(address: str, browser: Browser) -> None:
    def opened(*names: str) -> list[int]:
        context = browser.new_context(viewport={"width": 412, "height": 823})
        found = weights(context, [f"{address}/{name}.html" for name in names])
        context.close()
        return found

    _, *later = opened("index", *chapters())
    more = dict(zip(chapters(), later, strict=True))
    heaviest = sorted(chapters(), key=lambda name: more[name])[-6:]
    for name in chapters():
        first_view, later_view = HEAVIER.get(name, (FIRST_VIEW, LATER_VIEW))
        assert more[name] <= later_view, name
        assert name not in heaviest or opened(name)[0] <= first_view, name
    data = (ROOT / "_build/html/_static").glob("diagnose*.js")
    assert sum(len(gzip.compress(file.read_bytes(), 9)) for file in data) < 346_000


def test_a_printed_page_shows_what_is_folded_and_leaves_out_the_navigation(
    address: str, browser: Browser
) -> None:
    for script in (True, False):
        context = browser.new_context(java_script_enabled=script)
        page = context.new_page()
        page.emulate_media(media="print")
        page.goto(f"{address}/sigmoid.html")
        solution = page.locator("details.solution p").first
        if script:
            page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        assert solution.is_visible()
        assert not page.locator(".sidebar-drawer").is_visible()
        assert page.evaluate(
            "[...document.images].every(i => i.clientWidth <= document.body.clientWidth)"
        )
        context.close()


def press_tab_until(page: Page, arrived: str) -> None:
    """Move the focus on until it is where this function says."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate(f"({arrived})(document.activeElement)"):
            return
    pytest.fail(f"Tab never got where {arrived}")


def test_the_diagnosis_is_reached_and_left_by_keyboard(address: str, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{address}/index.html")
    press_tab_until(page, "focused => focused.getAttribute('href') === 'diagnose.html'")
    page.keyboard.press("Enter")
    page.wait_for_selector("html[data-diagnose=ready]")
    press_tab_until(page, "focused => focused.tagName === 'TEXTAREA'")
    page.keyboard.insert_text("dZ2 = [[0.78862847 0.43650985]]")
    page.wait_for_selector("#diagnose-result .diagnose-card")
    assert "AL - Y" in page.locator("#diagnose-result").inner_text()
    page.go_back()
    page.wait_for_url("**/index.html")
    page.close()


def test_nothing_moves_when_the_script_comes_late(address: str, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 412, "height": 823})
    page.add_init_script(WATCH_MOVES)
    page.route("**/site.js*", lambda route: (time.sleep(0.5), route.continue_()))
    for name in ("index", "relu", "sigmoid", "mistakes"):
        page.goto(f"{address}/{name}.html")
        page.evaluate(PAINTED)
        assert page.evaluate("moved") < MOVES, name
    page.close()


def test_marked_digits_can_be_read_where_the_system_chooses_the_colours(
    address: str, browser: Browser
) -> None:
    for scheme in ("light", "dark"):
        page = browser.new_page(forced_colors="active", color_scheme=scheme)
        page.goto(f"{address}/index.html")
        ink, mark = page.locator(".digits:has(mark)").first.evaluate(
            "block => [block, block.querySelector('mark')].map(one => getComputedStyle(one).color)"
        )
        assert mark == ink, scheme
        page.close()


def test_a_link_to_a_place_shows_it_below_the_bar_of_a_phone(address: str, tab: Page) -> None:
    page = tab
    page.set_viewport_size({"width": 390, "height": 844})
    for place in ("sigmoid-forms", "mistake-slope-twice", "week-4-dz2"):
        name = "mistakes" if place.startswith("mistake-") else place.rpartition("-")[0]
        page.goto(f"{address}/{name}.html#{place}")
        bar, top = page.evaluate(
            "id => [document.querySelector('.mobile-header'), document.getElementById(id)]"
            ".map(one => one.getBoundingClientRect()).map((box, at) => at ? box.top : box.bottom)",
            place,
        )
        assert 0 <= top - bar < 32, f"{place}: {top}, below a bar that ends at {bar}"


def test_a_link_to_a_place_shows_that_place_and_marks_it_in_the_contents(
    address: str, tab: Page
) -> None:
    page = tab
    page.set_viewport_size({"width": 1600, "height": 900})
    for name in ("sigmoid", "mistakes", "week-4"):
        page.goto(f"{address}/{name}.html")
        places = page.locator("article section section[id]").evaluate_all(
            "all => all.map(s => s.id)"
        )
        for place in places[:: len(places) // 4]:
            page.goto("about:blank")
            page.goto(f"{address}/{name}.html#{place}")
            page.wait_for_selector(".scroll-current", state="attached")
            top, end = page.evaluate(
                "id => [document.getElementById(id).getBoundingClientRect().top"
                " - parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop),"
                " scrollY + innerHeight - document.documentElement.scrollHeight]",
                place,
            )
            assert abs(top) < 2 or abs(end) < 2, f"{name}#{place}: {top}"
        marked = page.locator(".scroll-current a").get_attribute("href") or ""
        box = page.locator(marked).bounding_box()
        # The part of the window that counts as its top: see theme.js.
        assert box["y"] < 0.12 * 900, marked
        assert box["y"] + box["height"] >= 0, marked


def test_the_way_back_to_the_top_shows_on_the_way_up(address: str, tab: Page) -> None:
    page = tab
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{address}/week-4.html")
    for distance, shown in ((1500, False), (-300, True), (-1150, False)):
        page.mouse.wheel(0, distance)
        expect(page.locator(".back-to-top")).to_be_visible(visible=shown)


def test_a_formula_is_copied_as_its_tex_once(address: str, browser: Browser) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{address}/sigmoid.html")
    page.locator("html:not(.waits)").wait_for()
    page.evaluate("getSelection().selectAllChildren(document.querySelector('article h1 ~ p'))")
    page.keyboard.press("Control+c")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.count(r"$\sigma(Z)(1 - \sigma(Z))$") == 1
    assert "σ" not in copied
    context.close()


def test_a_cell_is_copied_by_its_button(address: str, browser: Browser) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{address}/sigmoid.html")
    page.locator("div.cell_input").first.hover()
    page.locator("button.copybtn").first.click()
    page.locator("button.copybtn.success").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("from backcheck.activations import sigmoid")
    context.close()
