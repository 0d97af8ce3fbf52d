"""The page that diagnoses pasted numbers, in Chromium; its engine is tested in Node."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from backcheck.diagnosis.diagnose import diagnose
from backcheck.fixtures import load
from browsing import complaints_of
from pace import allowed

WEEK_3 = load("c1w3_bp_notebook_v2")
WEEK_4 = load("c1w4_L_model_backward_v2")


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[tuple[Page, list[str]]]:
    """Give one tab for all tests, as a new one takes longer than the page, and its complaints."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    yield page, complaints_of(page)
    context.close()


@pytest.fixture
def empty(tab: tuple[Page, list[str]]) -> tuple[Page, list[str]]:
    """Leave what was opened in the tab before, and what it complained of."""
    page, complaints = tab
    page.goto("about:blank")
    page.set_viewport_size({"width": 1280, "height": 900})
    complaints.clear()
    return page, complaints


@pytest.fixture
def opened(html: Path, empty: tuple[Page, list[str]]) -> Iterator[Page]:
    """Open the page from disk; whatever it complains of or asks for elsewhere fails the test."""
    page, complaints = empty
    page.goto((html / "diagnose.html").as_uri())
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    yield page
    assert complaints == []


def paste(page: Page, text: str) -> str:
    """Paste a text and return the headline of the answer, when it has settled."""
    before = page.locator("#diagnose-status").inner_text()
    page.fill("#diagnose-text", text)
    page.wait_for_function(
        "before => { const now = document.querySelector('#diagnose-status').textContent;"
        " return now && now !== before && !now.endsWith('…'); }",
        arg=before,
        timeout=60_000,
    )
    return page.locator("#diagnose-status").inner_text()


def printed(values: dict[str, Any], *names: str) -> str:
    return "\n".join(f"{name} = {np.asarray(values[name], dtype=float)}" for name in names)


def test_week_4_numbers_of_the_shortcut_are_named_and_equivalent(opened: Page) -> None:
    title = paste(opened, "dZ2 = [[0.78862847 0.43650985]]")
    assert title.startswith("Explained by one change in the backward pass of Week 4")
    card = opened.locator(".diagnose-card").first.inner_text()
    assert "dZ2 = AL - Y" in card
    assert "where the test expects dZ[2] = dA[L] * σ'(Z[2])" in card
    assert "equivalent, and this test rejects it" in card
    link = opened.locator(".diagnose-card a").first
    assert link.get_attribute("href") == "a-minus-y-fails.html#a-minus-y-why"


def test_expected_week_3_numbers_come_with_a_word_on_public_tests(opened: Page) -> None:
    title = paste(opened, printed(WEEK_3.run(), "dW1"))
    assert title.startswith("These are the expected numbers of Week 3 notebook")
    shown = opened.locator("#diagnose-result").inner_text()
    assert "If public_tests.py rejects your function all the same:" in shown


def test_what_takes_a_while_can_be_stopped_and_tried_again(opened: Page) -> None:
    # Pressed as soon as it is there, however fast the machine.
    opened.evaluate("""new MutationObserver((_, seen) => {
      const stop = document.querySelector("#diagnose-result progress ~ button");
      if (stop) { seen.disconnect(); stop.click(); }
    }).observe(document.querySelector("#diagnose-result"), { childList: true })""")
    two = printed(WEEK_4.run(dZ2="AL - Y", dW1="dZ1 @ A0.T"), "dA1", "dW2", "dW1", "db1")
    opened.fill("#diagnose-text", two)
    opened.get_by_text("Stopped.").wait_for()
    assert opened.evaluate("document.activeElement.id") == "diagnose-text"
    assert "two changes" in paste(opened, two + "\n")


def test_a_mistake_is_called_one(opened: Page) -> None:
    paste(opened, printed(WEEK_3.run(dW1="dZ1 @ X.T"), "dW1", "db1"))
    card = opened.locator(".diagnose-card").first.inner_text()
    assert "dW1 = dZ1 @ X.T" in card
    assert "where the test expects dW[1] = 1/m dZ[1] Xᵀ" in card
    assert "mistake, and this test rejects it" in card


@pytest.mark.parametrize(
    ("forms", "name"),
    [
        ({"cost": "-sum(Y.T * log(A) + (1 - Y.T) * log(1 - A)) / m"}, "cost"),
        ({"dw": "X @ A.T / m"}, "dw"),
    ],
)
def test_changes_without_a_name_are_told_as_the_package_tells_them(
    opened: Page, forms: dict[str, str], name: str
) -> None:
    text = printed(load("c1w2_propagate_2021_cell").run(**forms), name)
    paste(opened, text)
    told = re.compile(r"[^\n]*(?:without a name print|stands in place of)[^\n]*")
    package = told.findall(diagnose(text).body)
    page = told.findall(opened.inner_text("#diagnose-result"))
    assert package
    assert ["".join(one.split()) for one in page] == ["".join(one.split()) for one in package]


def test_two_changes_are_found_while_the_page_says_so(opened: Page) -> None:
    values = WEEK_4.run(dZ2="AL - Y", dW1="dZ1 @ A0.T")
    opened.fill("#diagnose-text", printed(values, *WEEK_4.comparisons[-1].outputs))
    opened.wait_for_function(
        "() => document.querySelector('#diagnose-status').textContent.includes('…')"
    )
    opened.wait_for_selector(".diagnose-card", timeout=60_000)
    card = opened.locator(".diagnose-card").first.inner_text()
    assert "dZ2 = AL - Y" in card
    assert "dW1 = dZ1 @ A0.T" in card


def test_newer_text_stops_an_older_search(opened: Page) -> None:
    values = WEEK_4.run(dZ2="AL - Y", dW1="dZ1 @ A0.T")
    opened.fill("#diagnose-text", printed(values, *WEEK_4.comparisons[-1].outputs))
    opened.wait_for_function(
        "() => document.querySelector('#diagnose-status').textContent.includes('…')"
    )
    assert "one change" in paste(opened, "dZ2 = [[0.78862847 0.43650985]]")
    opened.wait_for_timeout(500)
    assert "one change" in opened.locator("#diagnose-status").inner_text()


def test_a_shared_link_shows_its_diagnosis_without_any_paste(html: Path, browser: Browser) -> None:
    page = browser.new_page()
    address = (html / "diagnose.html").as_uri()
    page.goto(f"{address}#c1w4_L_model_backward_v2&dZ2=AL%20-%20Y")
    card = page.locator(".diagnose-card").inner_text()
    for part in ("dZ2 = AL - Y", "equivalent", "the shortcut A - Y", "Equal to dA times", "fails:"):
        assert part in card
    assert printed(WEEK_4.run(dZ2="AL - Y"), "dZ2", "dA1") in re.sub(
        "\ndW2[^]]*]]", "", card
    ).replace("\ndb2 = [[0.61256916]]", "")
    page.close()


def test_a_paste_from_before_the_script_came_is_diagnosed(html: Path, browser: Browser) -> None:
    page = browser.new_page()
    page.add_init_script("""
        document.addEventListener("readystatechange", () => {
          const text = document.getElementById("diagnose-text");
          if (!text.value) text.value = "dZ2 = [[0.78862847 0.43650985]]";
        });
    """)
    page.goto((html / "diagnose.html").as_uri())
    page.wait_for_selector(".diagnose-card")
    assert "dZ2 = AL - Y" in page.locator("#diagnose-result").inner_text()
    page.close()


@pytest.mark.parametrize(
    ("hash", "sentence"),
    [
        ("c9w9_nothing&dZ2=AL", "names the test c9w9_nothing, which is not known here"),
        ("c1w4_L_model_backward_v2&dQ=AL", "changes dQ, which is not a step"),
        ("c1w4_L_model_backward_v2&dZ2=AL%20-", "gives dZ2 an expression that cannot be read"),
        ("c1w4_L_model_backward_v2&dZ2=AL%20neg%20Y", "cannot be read"),
        ("c1w4_L_model_backward_v2&dZ2=AL%20>%20Y%20>%20A0", "cannot be read"),
        ("c1w4_L_model_backward_v2&dZ2=AL%20-%20Q", "uses Q, which c1w4_L_model_backward_v2"),
        ("c1w4_L_model_backward_v2&dZ2=%E0%A4", "This link is damaged"),
        ("c1w4_L_model_backward_v2&dZ2=" + "(" * 3000, "cannot be read"),
    ],
)
def test_a_malformed_link_gives_one_sentence(
    html: Path, empty: tuple[Page, list[str]], hash: str, sentence: str
) -> None:
    page, complaints = empty
    page.goto(f"{(html / 'diagnose.html').as_uri()}#{hash}")
    assert sentence in page.locator("#diagnose-status").inner_text()
    assert page.locator("#diagnose-result").inner_text() == ""
    assert complaints == []


def test_a_copied_link_leads_to_the_same_diagnosis(opened: Page) -> None:
    opened.evaluate("navigator.clipboard.writeText = async text => { window.copied = text; }")
    paste(opened, "dZ2 = [[0.78862847 0.43650985]]")
    opened.get_by_role("button", name="Copy link").first.click()
    opened.get_by_text("Link copied.").wait_for()
    link = opened.evaluate("window.copied")
    assert link.endswith("diagnose.html#c1w4_L_model_backward_v2&dZ2=AL%20-%20Y")


@pytest.mark.parametrize(
    "text",
    [
        "It does not work.",
        "dW1 = [[0.25 0.5]\n [0.75 oops]]",
        "dW1 = [[0.25 0.5]\n [0.75]]",
        "0" * 1_100_000,
    ],
)
def test_what_cannot_be_read_is_refused_in_the_words_of_the_package(
    opened: Page, text: str
) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        diagnose(text)
    said = paste(opened, text)
    # A place stands there as a link with its title.
    for link in opened.locator("#diagnose-status a").all():
        place = str(link.get_attribute("href")).replace(".html", "")
        said = said.replace(f"Read {link.inner_text()}", f"Read {place}")
    assert said == str(refused.value)


def test_markup_in_a_paste_stays_text(opened: Page) -> None:
    bad = "<img src=x onerror=document.title='hacked'>"
    paste(opened, f"{bad}\ndZ2 = [[0.1 {bad}]]")
    paste(opened, f"dZ2 {bad} = [[0.78862847 0.43650985]]\n{bad}")
    assert opened.locator("#diagnose-app img").count() == 0
    opened.goto(
        f"{opened.url.split('#')[0]}#c1w4_L_model_backward_v2&dZ2={bad.replace(' ', '%20')}"
    )
    opened.wait_for_timeout(200)
    assert opened.locator("#diagnose-app img").count() == 0
    assert "hacked" not in opened.title()


def test_the_page_works_by_keyboard_alone(opened: Page) -> None:
    opened.evaluate("navigator.clipboard.writeText = async () => {}")
    opened.focus("#diagnose-text")
    # At once: while it is typed, answers replace each other.
    opened.keyboard.insert_text("dZ2 = [[0.78862847 0.43650985]]")
    opened.wait_for_selector(".diagnose-card")
    passed = []
    for _ in range(15):
        opened.keyboard.press("Tab")
        tag, text = opened.evaluate(
            "[document.activeElement.tagName, document.activeElement.textContent]"
        )
        passed.append(tag)
        outline = opened.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", text
        if tag == "SUMMARY":
            opened.keyboard.press("Enter")
        if text == "Copy link":
            opened.keyboard.press("Enter")
            break
    assert passed[0] == "SELECT"
    assert {"BUTTON", "A", "SUMMARY", "PRE"} <= set(passed)
    opened.get_by_text("Link copied.").wait_for()


def test_labels_and_one_live_region(opened: Page) -> None:
    assert opened.get_by_label("What your function printed").count() == 1
    assert opened.get_by_label("Which test it belongs to").input_value() == ""
    assert opened.locator("#diagnose-app [role=status]").count() == 1
    assert opened.locator("#diagnose-app [aria-live]").count() == 0


@pytest.mark.parametrize("example", range(4))
def test_answers_fit_the_screen(opened: Page, example: int) -> None:
    opened.locator("#diagnose-examples button:not(#diagnose-clear)").nth(example).click()
    opened.wait_for_selector(".diagnose-card", timeout=60_000)
    for summary in opened.locator("#diagnose-result summary").all():
        summary.click()
    for width in (1280, 390, 320):
        opened.set_viewport_size({"width": width, "height": 900})
        assert opened.evaluate("document.documentElement.scrollWidth") <= width


def test_on_a_phone_an_example_brings_its_answer_onto_the_screen(opened: Page) -> None:
    opened.set_viewport_size({"width": 390, "height": 844})
    opened.locator("#diagnose-examples button").nth(1).click()
    opened.locator(".diagnose-card").first.wait_for()
    opened.wait_for_function(
        "() => { const { top } = document.querySelector('.diagnose-card').getBoundingClientRect();"
        " return top >= 0 && top < innerHeight * 0.7; }"
    )


def test_only_this_page_loads_the_script(html: Path) -> None:
    users = [file.name for file in html.glob("*.html") if "diagnose.js" in file.read_text("utf-8")]
    assert users == ["diagnose.html"]
    source = (html / "_static/diagnose.js").read_text(encoding="utf-8")
    assert not re.search(r"\beval\(|new Function|innerHTML|fetch\(|Worker|import\(", source)


def test_script_and_data_are_two_small_files_and_those_of_other_courses_and_loops_two_more(
    html: Path,
) -> None:
    files = sorted((html / "_static").glob("diagnose*"))
    names = [file.name.removeprefix("diagnose").lstrip("-") for file in files]
    assert names == ["data.js", "loops.js", "others.js", "run.js", ".js"]
    data, loops, others, _, script = (len(gzip.compress(file.read_bytes())) for file in files)
    assert data + script <= 148_500
    assert others <= 75_000
    assert loops <= 115_000
    page = (html / "diagnose.html").read_text(encoding="utf-8")
    assert not re.search("diagnose-(?:others|loops)", page)


def test_the_tests_of_other_courses_come_when_a_text_calls_for_them(opened: Page) -> None:
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    paste(opened, "dZ2 = [[0.78862847 0.43650985]]")
    assert not any("diagnose-others" in url for url in asked)
    dropout = load("c2w1_backward_dropout")
    values = dropout.run(dA2="W3.T @ dZ3 * D2 * keep_prob")
    title = paste(opened, printed(values, *dropout.comparisons[-1].outputs))
    assert title.startswith("Explained by one change in the backward pass of Course 2 Week 1")
    assert sum("diagnose-others.js?v=" in url for url in asked) == 1
    title = paste(opened, 'gradients["dxt"][1][2] = -1.38721305\ngradients["dba"][4] = 0.20023491')
    assert title.startswith("These are the expected numbers of Course 5 Week 1")
    assert sum("diagnose-others.js?v=" in url for url in asked) == 1


def test_the_loops_over_time_come_when_a_text_may_be_of_one(opened: Page) -> None:
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    dropout = load("c2w1_backward_dropout")
    paste(opened, printed(dropout.run(), *dropout.comparisons[-1].outputs))
    assert not any("diagnose-loops" in url for url in asked)
    loop = load("c5w1_rnn_backward")
    title = paste(opened, printed(loop.run(), "dba", "da0"))
    assert title.startswith("These are the expected numbers of Course 5 Week 1, rnn_backward")
    paste(opened, printed(loop.run(da_prev_t4="Waa @ dz_t4"), "da0"))
    assert sum("diagnose-loops.js?v=" in url for url in asked) == 1
    assert sum("diagnose-others.js?v=" in url for url in asked) == 1


def test_a_test_of_another_course_can_be_chosen_and_linked_to(html: Path, browser: Browser) -> None:
    page = browser.new_page()
    complaints = complaints_of(page)
    page.goto((html / "diagnose.html").as_uri() + "#c2w1_backward_dropout&dA2=W3.T%20%40%20dZ3")
    page.locator(".diagnose-card").wait_for()
    assert "Course 2 Week 1" in page.locator("#diagnose-status").inner_text()
    page.select_option("#diagnose-test", "c5w1_rnn_cell_backward_new")
    title = paste(page, 'gradients["dxt"][1][2] = -1.38721305\ngradients["dba"][4] = 0.20023491')
    assert title.startswith("These are the expected numbers of Course 5 Week 1")
    page.close()
    assert complaints == []


@pytest.mark.timed
def test_a_single_change_is_answered_at_once_on_a_slow_machine(
    html: Path, browser: Browser
) -> None:
    texts = [
        "dZ2 = [[0.78862847 0.43650985]]",
        "[[0.78862847 0.43650985]]",
        printed(WEEK_3.run(dW1="dZ1 @ X.T"), "dW1", "db1"),
        printed(WEEK_4.run(dZ1="dA1"), *WEEK_4.comparisons[-1].outputs),
    ]
    best = [float("inf")] * len(texts)
    for _ in range(8):
        page = browser.new_page()
        page.goto((html / "diagnose.html").as_uri())
        page.wait_for_selector("html[data-diagnose=ready]", timeout=60_000)
        # Nobody pastes before the box has the focus, and there the page rehearses an answer.
        page.focus("#diagnose-text")
        page.wait_for_timeout(500)
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
        for number, text in enumerate(texts):
            spent = page.evaluate(
                "text => { const start = performance.now(); window.backcheck.diagnose(text);"
                " return performance.now() - start; }",
                text,
            )
            best[number] = min(best[number], spent)
        page.close()
        if max(best) <= allowed(100):
            return
    pytest.fail(f"milliseconds: {best}")


def test_every_place_that_an_answer_says_to_read_is_a_link(opened: Page) -> None:
    paste(opened, "Where does this product come from?")
    places = opened.locator("#diagnose-status a")
    assert [one.get_attribute("href") for one in places.all()] == ["index.html", "checklist.html"]
    paste(opened, "Where does the transpose come from?")
    link = '#diagnose-app a[href="linear-step.html#linear-step-derivation"]'
    assert opened.locator(link).count() == 1
    paste(opened, "d = y - out\ndW7 = np.dot(d, h.T)\nstep = lr * dW7")
    answer = opened.locator("#diagnose-app").inner_text()
    assert "checklist#checklist-check" not in answer
    assert opened.locator('#diagnose-app a[href="checklist.html#checklist-check"]').count()
