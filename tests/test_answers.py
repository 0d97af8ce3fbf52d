"""Ready answers and the texts to cite a place with."""

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser
from test_citing import CITATION

from backcheck import answers
from backcheck.answers import WORDS, Answer, answer, most_frequent
from backcheck.catalogue import Entry, entry
from backcheck.diagnose import diagnose
from backcheck.mistakes import table
from backcheck.program import write
from backcheck.reading import NOWHERE
from backcheck.symptoms import evidence_of
from conftest import Page, chapters, complaints_of, source_of

FORMS = [id for id in table() if any(place.says != "passes" for place in entry(id).places)]

FENCED = re.compile(r"```text\n(.*?)\n```", re.DOTALL)


@pytest.fixture(params=FORMS)
def ready(request: pytest.FixtureRequest) -> Answer:
    return answer(request.param)


def test_an_answer_is_short_enough_for_a_forum(ready: Answer) -> None:
    assert 30 <= len(ready.text.split()) <= WORDS


def test_an_answer_gives_no_graded_line_away(ready: Answer) -> None:
    program = ready.place.mutant.fixture.program
    statements = {f"{step.name} = {write(step.expression)}" for step in program.steps}
    said = set(re.findall(r"`([\w\[\]]+ = [^`]*)`", ready.text))
    assert said
    assert not said & statements
    assert not re.search(r"np\.|\bdef\b", ready.text)


def test_an_answer_names_the_other_forms_that_print_its_digits(ready: Answer) -> None:
    if ready.place.says == "stops":
        return
    output = FENCED.findall(ready.text)[0].split(" = ")[0]
    found = [one for one in ready.place.shared if output in one.outputs]
    names = [table()[id].name for one in found for id in one.others]
    assert ("prints this too" in ready.text or "print this too" in ready.text) == bool(names)
    assert all(name in ready.text for name in names)


def test_an_answer_blames_a_cache_only_where_it_does_not_come_from_a_forward_pass(
    ready: Answer,
) -> None:
    blamed = "the cache of this test does not come from one" in ready.text
    assert blamed == (ready.place.mutant.verdict == "equivalent")
    if blamed:
        assert ready.place.mutant.fixture.broken()


def test_the_digits_of_an_answer_are_what_the_change_prints_and_what_the_test_expects(
    ready: Answer,
) -> None:
    if ready.place.says == "stops":
        assert re.search(r"^at \w+: ", FENCED.findall(ready.text)[0])
        return
    printed, expected = FENCED.findall(ready.text)
    name = printed.split(" = ")[0]
    fixture = ready.place.mutant.fixture
    assert name in fixture.expected
    for shown, value in (
        (printed, ready.place.mutant.values[name]),
        (expected, fixture.expected[name]),
    ):
        numbers = re.findall(r"[-+]?\d[\d.e+-]*", shown.split(" = ")[1])
        first = np.atleast_2d(value)[0]
        assert np.allclose([float(number) for number in numbers], first, atol=1e-7)
    assert printed != expected


def test_the_first_row_of_an_answer_is_diagnosed_to_its_program() -> None:
    for id in most_frequent():
        ready = answer(id)
        if ready.place.says == "fails":
            (printed, _) = FENCED.findall(ready.text)
            found = diagnose(printed, fixture=ready.place.mutant.fixture)
            printing = {candidate.outputs_key for candidate in found.candidates}
            assert ready.place.mutant.outputs_key in printing, (id, str(found))


def test_a_form_that_every_test_accepts_has_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    accepted = Entry(table()["shortcut"], ())
    monkeypatch.setattr(answers, "entry", lambda id: accepted)
    with pytest.raises(ValueError, match="Every published test accepts the shortcut A - Y"):
        answer("shortcut")


def test_the_page_answers_exceptions_with_several_causes_the_most_frequent_first() -> None:
    source = source_of("cite")
    messages = re.findall(r'^answers\.error\("(.*)"\)$', source, re.MULTILINE)
    assert len({evidence_of(message, NOWHERE) for message in messages}) == len(messages)
    for message in messages:
        ready = answers.error(message)
        assert len(ready.text.split()) <= WORDS
        first = ready.text.index(ready.causes[0].says)
        assert all(ready.text.find(cause.says, first) for cause in ready.causes[1:])


def test_an_exception_without_a_known_cause_has_no_answer() -> None:
    with pytest.raises(ValueError, match="The book knows no cause of 'Oops'"):
        answers.error("Oops")


@pytest.mark.site
def test_the_page_has_the_answers_for_the_most_frequent_mistakes_in_their_order(
    html: Path,
) -> None:
    source = source_of("cite")
    assert re.findall(r'^answers\.answer\("(.*)"\)$', source, re.MULTILINE) == most_frequent()
    mistakes, _ = source.split("(cite-errors)=")
    assert re.findall(r"^\(cite-(.*)\)=\n### ", mistakes, re.MULTILINE) == most_frequent()
    names = re.findall(r"^### (.*)$", mistakes, re.MULTILINE)
    assert [name.lower() for name in names] == [table()[id].name.lower() for id in most_frequent()]
    for id in most_frequent():
        assert f'id="mistake-{id}"' in (html / "mistakes.html").read_text(encoding="utf-8")


def test_the_entry_for_the_whole_book_says_what_the_citation_file_says() -> None:
    source = source_of("cite")
    fields = dict(re.findall(r"^  (\w+) += \{(.*?)\},?$", source, re.MULTILINE))
    (author,) = CITATION["authors"]
    assert fields == {
        "title": CITATION["title"],
        "author": f"{{{author['name']}}}",
        "year": str(CITATION["date-released"])[:4],
        "note": f"Version {CITATION['version']}",
    }


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


@pytest.mark.browser
@pytest.mark.parametrize("name", chapters())
def test_every_place_of_a_page_can_be_cited(html: Path, browser: Browser, name: str) -> None:
    page = browser.new_page()
    complaints = complaints_of(page)
    page.goto((html / f"{name}.html").as_uri())
    address = page.url
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
        assert 1 <= len(said.split()) <= WORDS, (place, said)
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
    page.close()


@pytest.mark.browser
def test_a_place_is_cited_by_keyboard_and_a_screen_reader_is_told(
    html: Path, browser: Browser
) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto((html / "tanh.html").as_uri())
    page.locator("html:not(.waits)").wait_for()
    page.locator("h2 .headerlink").first.focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "cite"
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
    assert page.evaluate("document.activeElement.className") == "cite"
    context.close()


@pytest.mark.browser
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


@pytest.mark.site
def test_a_page_names_the_page_that_says_how_to_cite(page: Page) -> None:
    assert page.soup.select_one('footer a[href="cite.html"]') is not None
