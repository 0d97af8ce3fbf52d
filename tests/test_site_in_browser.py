"""The served site in Chromium: what it weighs, what axe says, what moves, paper and keyboard."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from playwright.sync_api import Page as BrowserPage

from conftest import ROOT, chapters
from serving import served
from test_site import EVERY

pytestmark = [pytest.mark.site, pytest.mark.browser]

AXE = ROOT / "book/_ext/node/node_modules/axe-core/axe.min.js"

FIRST_VIEW, LATER_VIEW = 100_000, 30_000

# Two pages are about their bytes, the numbers of every named form and the data of the search,
# and one has six figures.
HEAVIER = {"mistakes": 110_000, "diagnose": 200_000, "off-the-forward-pass": 100_000}


@pytest.fixture(scope="module")
def address(html: Path) -> Iterator[str]:
    with served(html) as address:
        yield address


@pytest.fixture(params=[(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")])
def screen(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserPage]:
    width, scheme = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
    )
    yield context.new_page()
    context.close()


def test_axe_finds_nothing_in_any_page(address: str, screen: BrowserPage) -> None:
    axe = AXE.read_text(encoding="utf-8")
    # Only the contrast can differ between the two schemes.
    dark = screen.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    options = {"resultTypes": ["violations"], **({"runOnly": ["color-contrast"]} if dark else {})}
    found = []
    for name in EVERY:
        screen.goto(f"{address}/{name}.html")
        screen.evaluate(axe)
        told = screen.evaluate("options => axe.run(document, options)", options)
        found += [
            f"{name}: {one['id']}: {one['nodes'][0]['html'][:120]}" for one in told["violations"]
        ]
    assert found == []


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_moves_while_a_page_loads(address: str, browser: Browser, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    context.add_init_script(
        "window.moved = 0; new PerformanceObserver(list => {"
        "for (const one of list.getEntries()) window.moved += one.value;"
        "}).observe({type: 'layout-shift', buffered: true});"
    )
    for name in EVERY:
        page = context.new_page()
        page.goto(f"{address}/{name}.html")
        page.evaluate("document.fonts.ready")
        page.wait_for_timeout(150)
        assert page.evaluate("window.moved") < 0.01, name
        page.close()
    context.close()


def test_no_page_complains_or_asks_elsewhere_when_served(address: str, browser: Browser) -> None:
    page = browser.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda error: told.append(f"{page.url}: {error}"))
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((address, "data:"))
            else told.append(f"{page.url} asked for {request.url}")
        ),
    )
    for name in EVERY:
        page.goto(f"{address}/{name}.html", wait_until="load")
    page.goto(f"{address}/search.html?q=broadcast")
    page.wait_for_selector("#search-results li p.context")
    assert told == []
    page.close()


def test_a_first_view_is_light_and_a_later_one_lighter(address: str, browser: Browser) -> None:
    first = {name: weights(browser, [f"{address}/{name}.html"])[0] for name in chapters()}
    assert {n: w for n, w in first.items() if w > HEAVIER.get(n, FIRST_VIEW)} == {}
    _, *later = weights(browser, [f"{address}/{name}.html" for name in ("search", *chapters())])
    more = dict(zip(chapters(), later, strict=True))
    assert {n: w for n, w in more.items() if w > LATER_VIEW}.keys() <= HEAVIER.keys()
    data = (ROOT / "_build/html/_static").glob("diagnose*.js")
    assert sum(len(gzip.compress(file.read_bytes(), 9)) for file in data) < 150_000


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


def test_the_diagnosis_is_reached_and_left_by_keyboard(address: str, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{address}/index.html")
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('href')") == "diagnose.html":
            break
    page.keyboard.press("Enter")
    page.wait_for_selector("html[data-diagnose=ready]")
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "TEXTAREA":
            break
    page.keyboard.insert_text("dZ2 = [[0.78862847 0.43650985]]")
    page.wait_for_selector("#diagnose-result .diagnose-card")
    assert "AL - Y" in page.locator("#diagnose-result").inner_text()
    page.go_back()
    page.wait_for_url("**/index.html")
    page.close()


def test_a_cell_is_copied_by_its_button(address: str, browser: Browser) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{address}/sigmoid.html")
    page.locator("div.cell_input").first.hover()
    page.locator("button.copybtn").first.click()
    page.wait_for_timeout(200)
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("from backcheck.activations import sigmoid")
    context.close()


def weights(browser: Browser, addresses: list[str]) -> list[int]:
    """Return the bytes that come over the network for each of the pages opened in turn."""
    context = browser.new_context(viewport={"width": 412, "height": 823})
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    received: list[float] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    found = []
    for address in addresses:
        received.clear()
        page.goto(address)
        page.wait_for_timeout(100)
        found.append(int(sum(received)))
    context.close()
    return found
