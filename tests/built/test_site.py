"""What the last step of a build promises: light pages, a policy, and nothing for axe to find."""

import base64
import gzip
import hashlib
import io
import json
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont

from backcheck.fixtures import ids, load, table_of
from backcheck.mutants.mistakes import table
from backcheck.mutants.mutant import PAGES
from building import EVERY, parsed
from chapters import ROOT, chapters


def soup_of(html: Path, name: str) -> BeautifulSoup:
    return parsed(html / f"{name}.html")


@pytest.mark.parametrize("name", EVERY)
def test_the_policy_allows_no_script_or_style_that_it_does_not_name(html: Path, name: str) -> None:
    soup = soup_of(html, name)
    (policy,) = [
        str(tag["content"]) for tag in soup.select('[http-equiv="Content-Security-Policy"]')
    ]
    # Firefox fetches the next page ahead by the first rule.
    assert policy.startswith("default-src 'self'; object-src 'none'; frame-src 'none'; ")
    # The page that runs code compiles a program, and evaluates no text.
    runs = name == "diagnose"
    assert ("'wasm-unsafe-eval'" in policy, policy.endswith("; worker-src blob:")) == (runs, runs)
    assert "unsafe" not in policy.replace("'wasm-unsafe-eval'", "")
    assert soup.select("[style], style") == []
    for tag in soup.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on")], tag
    # What is data and no program needs no permission.
    for script in soup.select('script:not([src], [type^="application/"])'):
        digest = base64.b64encode(hashlib.sha256(script.text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


@pytest.mark.parametrize("name", EVERY)
def test_a_page_loads_one_stylesheet_and_one_script_and_fonts_only_for_formulas(
    html: Path, name: str
) -> None:
    soup = soup_of(html, name)
    sheets = [str(tag["href"]).split("?")[0] for tag in soup.select('link[rel="stylesheet"]')]
    signs = ["_static/signs.css"] if soup.select(".katex") else []
    assert [sheet.lstrip("/") for sheet in sheets] == ["_static/site.css", *signs]
    shared = [tag for tag in soup.select("script[src]") if "site.js" in str(tag["src"])]
    assert len(shared) == 1
    assert all(tag.has_attr("defer") for tag in soup.select("script[src]"))


def test_every_style_that_became_a_class_has_its_rule(html: Path) -> None:
    css = (html / "_static/site.css").read_text(encoding="utf-8")
    pages = [(html / f"{name}.html").read_text(encoding="utf-8") for name in EVERY]
    classes = {
        name
        for text in pages
        for value in re.findall(r'class="([^"]*)"', text)
        for name in value.split()
        if re.fullmatch("s[0-9a-f]{6}", name)
    }
    assert len(classes) > 100
    assert {name for name in classes if not re.search(rf"\.{name}\b[^{{}}]*{{", css)} == set()
    written = (html.parent / ".written" / "sigmoid.html").read_text(encoding="utf-8")
    heights = set(re.findall(r'style="height:0(\.\d+)em;', written))
    assert len(heights) > 3
    assert all(re.search(rf"height:{re.escape(height)}0*em!important", css) for height in heights)


def test_no_file_of_the_site_is_there_for_nothing(html: Path) -> None:
    texts = "\n".join(
        file.read_text(encoding="utf-8")
        for file in html.rglob("*")
        if file.suffix in (".html", ".css", ".js")
    )
    for file in html.glob("_static/**/*"):
        if file.is_file():
            assert file.name in texts, f"{file.name} is not named anywhere"
            assert file.suffix != ".map"


def test_the_fonts_of_the_formulas_hold_every_sign_the_book_uses(html: Path) -> None:
    css = (html / "_static/signs.css").read_text(encoding="utf-8")
    within = {
        (family, weight): data
        for family, weight, data in re.findall(
            r"font-family:KaTeX_(\w+);[^}]*font-weight:(\d+);[^}]*base64,([\w+/=]+)", css
        )
    }
    full = ROOT / "book/_ext/node/node_modules/katex/dist/fonts"
    for family, name, selector in (
        (("Math", "400"), "KaTeX_Math-Italic", ".katex-html .mathnormal"),
        (("Main", "400"), "KaTeX_Main-Regular", ".katex-html"),
        (("Main", "700"), "KaTeX_Main-Bold", ".katex-html .mathbf"),
        (("Size2", "400"), "KaTeX_Size2-Regular", ".katex-html"),
    ):
        kept = set(TTFont(io.BytesIO(base64.b64decode(within[family]))).getBestCmap())
        drawn = set(TTFont(full / f"{name}.woff2").getBestCmap())
        used = {
            ord(sign)
            for page in chapters()
            for formula in soup_of(html, page).select(selector)
            for sign in formula.get_text()
        }
        assert used & drawn <= kept
        assert kept < drawn


def test_every_picture_is_part_of_its_page_with_its_size_its_words_and_the_pages_colours(
    html: Path,
) -> None:
    count = 0
    for name in EVERY:
        soup = soup_of(html, name)
        assert soup.select("img") == []
        for picture in soup.select("article svg.picture"):
            count += 1
            assert picture["role"] == "img"
            assert 100 < int(str(picture["width"])) < 470
            assert int(str(picture["height"])) > 50
            assert "#" not in re.sub(r'(?:id|href|clip-path)="[^"]*"', "", str(picture))
            ids = {str(tag["id"]) for tag in picture.select("[id]")}
            named = {
                found
                for pair in re.findall(r'url\(#([^)]*)|href="#([^"]*)', str(picture))
                for found in pair
            }
            assert named - {""} <= ids, name
        pictures = soup.article.select("svg.picture")
        assert all(picture.select("text") for picture in pictures)
    assert count > 15


def test_a_picture_keeps_its_size_and_colours_and_loses_a_fifth_of_its_bytes(html: Path) -> None:
    pictures = sorted((html / "_images").glob("*.svg"))
    assert len(pictures) > 15
    for file in pictures:
        drawn = (html.parent / "jupyter_execute" / file.name).read_text(encoding="utf-8")
        shown = file.read_text(encoding="utf-8")
        for seen in (r'<svg[^>]* width="[\d.]+pt" height="[\d.]+pt"', r"(?:fill|stroke): #\w{6}"):
            assert set(re.findall(seen, shown)) == set(re.findall(seen, drawn)) != set()
        lighter, before = (len(gzip.compress(text.encode(), 9)) for text in (shown, drawn))
        assert lighter < 0.8 * before


def test_every_section_that_an_answer_leads_to_is_in_the_site(html: Path) -> None:
    words, differences = (
        table_of(name) for name in ("showing/words.toml", "diagnosis/differences.toml")
    )
    pages = {fixture.page for fixture in map(load, ids())} | {*PAGES.values()}
    pages |= {mistake.page for mistake in table().values()}
    said = json.dumps([words["sentences"], differences, sorted(pages)])
    places = {*re.findall(r"([\w-]+)#([\w-]+)", said)}
    assert len(places) > 30
    for page, label in sorted(places):
        assert parsed(html / f"{page}.html").find(id=label), f"{page}#{label}"
    # The page that answers knows the heading of each, as soon as the script comes that leads there.
    known: set[str] = set()
    for name in ("data", "others", "loops"):
        data = (html / f"_static/diagnose-{name}.js").read_text(encoding="utf-8")
        known |= json.loads(data.partition("=")[2].rstrip(";\n"))["pages"].keys()
    assert known >= {f"{page}#{label}" for page, label in places}
