"""The pages as plain Markdown, with what their cells print."""

import re
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from building import Page
from chapters import chapters

NUMBER = re.compile(r"(?<![\w.])\d+\.\d{4,}(?:e[+-]\d+)?(?!\w|\.\d)")


def plain(text: str) -> str:
    return re.sub(r"[\\`*]", "", text).strip()


def test_the_markdown_of_a_page_has_every_number_and_heading_that_the_page_has(
    page: Page, html: Path
) -> None:
    text = (html / f"{page.name}.html.md").read_text(encoding="utf-8")
    (article,) = LexborHTMLParser(page.path.read_text(encoding="utf-8")).css("article")
    for twice in article.css(".katex-html, .headerlink, .section-number, svg, #diagnose-app"):
        twice.decompose()
    printed = set(NUMBER.findall(article.text(separator=" ")))
    assert printed - set(NUMBER.findall(text)) == set()
    headings = [one.text() for one in article.css("h2, h3") if not one.css("math")]
    lines = [line.lstrip("# ") for line in text.splitlines() if line.startswith("#")]
    assert {*map(plain, headings)} <= {*map(plain, lines)}
    assert not re.search(r"</?(?:div|span|table|pre|p)\b|\\(?:aform|zform|shortcut)\b", text)
    assert text.startswith("# ")


def test_a_page_leads_to_its_markdown_from_head_and_foot(page: Page, html: Path) -> None:
    file = f"{page.name}.html.md"
    assert (html / file).is_file()
    (link,) = page.soup.select('head link[rel="alternate"][type="text/markdown"]')
    assert link["href"] == file
    assert page.soup.select_one(f'.left-details a[href="{file}"]')


def test_the_lists_for_assistants_name_every_page_and_hold_every_text(html: Path) -> None:
    listed = (html / "llms.txt").read_text(encoding="utf-8")
    assert listed.startswith("# When the Cache Lies\n\n> ")
    assert re.findall(r"^- \[.+\]\((.+)\.html\.md\): .{50}", listed, re.M) == chapters()
    whole = (html / "llms-full.txt").read_text(encoding="utf-8")
    for name in chapters():
        assert (html / f"{name}.html.md").read_text(encoding="utf-8") in whole
