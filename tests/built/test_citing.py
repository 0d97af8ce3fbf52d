"""What forums, reference managers and search engines read of the site."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

from backcheck.diagnosis.answers import most_frequent
from backcheck.mutants.mistakes import table
from building import CITATION, Page, head_of
from chapters import ROOT, source_of


def test_a_card_of_a_page_has_a_title_and_a_description_that_are_not_cut(page: Page) -> None:
    head = head_of(page)
    assert head["og:description"] == head["description"]
    assert 50 <= len(head["og:description"]) <= 250
    assert 5 <= len(head["og:title"]) <= 80
    assert not re.search(r"[\\$¶]|^\d", head["og:title"] + head["og:description"])
    assert head["og:site_name"] == "When the Cache Lies"
    assert head["twitter:card"] == "summary"
    assert "og:url" not in head


def test_a_reference_manager_finds_title_author_date_and_version_of_a_page(page: Page) -> None:
    head = head_of(page)
    data = json.loads(page.soup.select_one('head script[type="application/ld+json"]').text)
    assert head["citation_title"] == data["name"] == head["og:title"]
    assert head["citation_author"] == data["author"][0]["name"] == CITATION["authors"][0]["name"]
    date = str(CITATION["date-released"])
    assert head["citation_publication_date"] == date.replace("-", "/")
    assert data["datePublished"] == head["article:published_time"] == date
    assert data["version"] == CITATION["version"]
    assert data["description"] == head["description"]


def test_a_page_says_at_its_foot_which_version_it_belongs_to(page: Page) -> None:
    assert f"Version {CITATION['version']}" in page.soup.select_one("footer").get_text()


def test_a_page_says_when_it_was_changed_last_where_git_knows(page: Page) -> None:
    def git(*command: str) -> str:
        return subprocess.run(["git", *command], cwd=ROOT, capture_output=True, text=True).stdout

    date = git("log", "-1", "--format=%cs", "--", f"book/{page.name}.md").strip()
    is_known = git("rev-parse", "--is-shallow-repository").strip() == "false"
    said = page.soup.select_one("footer").get_text()
    assert (f"Page changed {date}" in said) == (bool(date) and is_known)


def test_the_foot_of_a_page_leads_to_every_form_that_is_there_and_to_no_other(
    page: Page, html: Path
) -> None:
    forms = {
        f"_sources/{page.name}.md": "source",
        f"{page.name}.html.md": "Markdown with outputs",
        f"notebooks/{page.name}.ipynb": "notebook",
        "when-the-cache-lies.pdf": "PDF",
        "when-the-cache-lies.epub": "EPUB",
    }
    named = {str(link["href"]): link.get_text() for link in page.soup.select(".left-details a")}
    there = {file: form for file, form in forms.items() if (html / file).exists()}
    assert {file: form for file, form in named.items() if file in forms} == there
    assert f"_sources/{page.name}.md" in there
    # A browser would show a notebook as text.
    assert all("download" in link.attrs for link in page.soup.select("footer a[href$='.ipynb']"))
    (wheel,) = (html / "notebooks").glob("*.whl")
    assert named[f"notebooks/{wheel.name}"] == wheel.name
    # Of a site and a repository that nobody has told of there is nothing to see.
    absent = {"Colab", "Binder", "Feed", "repository", "Report an error on this page"}
    assert not absent & {*named.values()}


def test_every_file_that_names_a_version_names_the_same() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (version, date), *_ = re.findall(
        r"^## (\S+), (\S+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert version == project["version"] == CITATION["version"]
    assert date == str(CITATION["date-released"])


def test_the_list_of_addresses_has_every_heading_figure_formula_and_word() -> None:
    lines = (ROOT / "book/permalinks.txt").read_text(encoding="utf-8").splitlines()
    assert lines == sorted(set(lines))
    for place in (
        "sigmoid#sigmoid-forms", "mistakes#mistake-slope-twice", "week-4#week-4-plane",
        "two-layers#equation-week-4-pass", "glossary#term-cache", "linear-step#linear-step-unique",
        "audit#audit-own-form",
    ):  # fmt: skip
        assert place in lines


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


def test_a_page_names_the_page_that_says_how_to_cite(page: Page) -> None:
    assert page.soup.select_one('footer a[href="cite.html"]') is not None
