"""What other programs read of a page: cards in a forum, reference managers, search engines.

It comes from ``CITATION.cff``, from the page's own title and description, and from ``cards.py``.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import yaml
from selectolax.lexbor import LexborHTMLParser

import repository
from execution import digest_of

ROOT = Path(__file__).resolve().parents[2]

SITE = "When the Cache Lies"

BOOK = "when-the-cache-lies"
"""The name of the files that hold the whole book, without its ending."""

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
"""The licence of the prose and the figures; the code has its own."""


@cache
def citation() -> dict[str, Any]:
    """Return what the file for citations says of the book."""
    said: dict[str, Any] = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    return said


def head_of(
    tree: LexborHTMLParser, name: str, address: str, picture: Mapping[str, str] | None = None
) -> str:
    """Return the elements of a page's head that say what it is and how to cite it.

    Parameters
    ----------
    tree : LexborHTMLParser
        The page.
    name : str
        Its file, such as ``sigmoid.html``.
    address : str
        The site's address; empty leaves out what has to be absolute.
    picture : mapping, optional
        What there is to say of the page's picture, such as ``og:image``: see ``cards.py``.

    Returns
    -------
    str
        Nothing for a page without a description.
    """
    description = description_of(tree)
    if not description:
        return ""
    title, book = title_of(tree), citation()
    authors = [author["name"] for author in book["authors"]]
    date, version = str(book["date-released"]), str(book["version"])
    cards = {
        "og:type": "article",
        "og:site_name": SITE,
        "og:title": title,
        "og:description": description,
        "article:published_time": date,
    }
    cited = {
        "twitter:card": "summary",
        "citation_title": title,
        "citation_inbook_title": SITE,
        "citation_publication_date": date.replace("-", "/"),
        "citation_language": "en",
    }
    data = {
        "@context": "https://schema.org",
        "@type": "Chapter",
        "name": title,
        "description": description,
        "isPartOf": {"@type": "Book", "name": SITE, "version": version},
        "author": [{"@type": "Organization", "name": author} for author in authors],
        "datePublished": date,
        "version": version,
        "license": LICENCE,
        "inLanguage": "en",
    }
    if address:
        cards["og:url"] = cited["citation_public_url"] = data["url"] = address + name
    if picture:
        cards |= picture
        cited["twitter:card"] = "summary_large_image"
    pairs = [
        *(("property", key, value) for key, value in cards.items()),
        *(("name", "citation_author", author) for author in authors),
        *(("name", key, value) for key, value in cited.items()),
    ]
    tags = [f'<meta {kind}="{key}" content="{escape(value)}">' for kind, key, value in pairs]
    tags.append(f'<link rel="alternate" type="text/markdown" href="{name}.md">')
    # In a script, "<" could end it.
    text = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    return "".join([*tags, f'<script type="application/ld+json">{text}</script>'])


def description_of(tree: LexborHTMLParser) -> str:
    """Return what a page says of itself; empty for one that is there to be used and not cited."""
    described = tree.css_first('meta[name="description"]')
    return (described and described.attributes["content"]) or ""


def title_of(tree: LexborHTMLParser) -> str:
    """Return the title of a page, without its number and the sign of its link."""
    heading = LexborHTMLParser("".join(found.html or "" for found in tree.css("article h1")))
    for found in heading.css(".section-number, .headerlink, .katex-html, annotation"):
        found.decompose()
    return " ".join(heading.text().split())


def forms() -> dict[str, str]:
    """Return the files that hold the whole book, if they will be made once the pages are."""
    return {"PDF": f"{BOOK}.pdf", "EPUB": f"{BOOK}.epub"} if os.environ.get("FORMS") else {}


def answers(root: Path) -> str:
    """Return the element that holds the ready answer for each named mistake.

    Making them takes seconds, so they are kept beside the site until the package changes.
    """
    kept = root.parent / ".answers.json"
    files = [file for file in (ROOT / "src").rglob("*") if file.suffix in (".py", ".toml", ".txt")]
    digest = digest_of(ROOT, files)
    known = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    if known.get("digest") != digest:
        # The package is not installed where the book is built.
        if str(ROOT / "src") not in sys.path:
            sys.path.insert(0, str(ROOT / "src"))
        from backcheck.diagnosis.answers import answer
        from backcheck.mutants.mistakes import table

        told = {}
        for id in table():
            # There is none for a form that every test accepts.
            with suppress(ValueError):
                told[f"mistake-{id}"] = answer(id).text
        known = {"digest": digest, "answers": told}
        kept.write_text(json.dumps(known), encoding="utf-8")
    text = json.dumps(known["answers"], ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/json" id="ready-answers">{text}</script>'


@cache
def changed() -> Mapping[str, str]:
    """Return when each page was changed last, where git knows."""
    git = shutil.which("git")

    def told(*command: str) -> str:
        if git is None:
            return ""
        done = subprocess.run(  # noqa: S603 - our own words
            [git, "-C", str(ROOT), *command], capture_output=True, encoding="utf-8"
        )
        return done.stdout if done.returncode == 0 else ""

    if told("rev-parse", "--is-shallow-repository").strip() != "false":
        return {}
    dates: dict[str, str] = {}
    date = ""
    for line in told("log", "--format=%cs", "--name-only", "--", "book/*.md").splitlines():
        if line.startswith("book/"):
            dates.setdefault(Path(line).stem, date)
        else:
            date = line or date
    return dates


def show_version(tree: LexborHTMLParser, root: Path, name: str, address: str = "") -> None:
    """Say at the foot of a page its version, how to cite it, and in which other forms it is there.

    Parameters
    ----------
    tree : LexborHTMLParser
        The page.
    root : Path
        The folder of the site; a page has a notebook if it is there.
    name : str
        The page's file.
    address : str
        The site's address, if it is known.
    """
    version = citation()["version"]
    lines = [f"Version {version}"]
    # The page for lost readers stands at any address, so that it names no other file.
    if description_of(tree):
        stem = name.removesuffix(".html")
        if (root / "changelog.html").is_file():
            lines[0] = f'Version <a href="changelog.html">{version}</a>'
        if (root / "changelog.xml").is_file():
            lines[0] += ' · <a href="changelog.xml">Feed</a>'
        lines[0] += ' · <a href="cite.html">Cite the book</a>'
        lines[0] += f" · Page changed {date}" if (date := changed().get(stem)) else ""
        own = {
            "source": f"_sources/{stem}.md",
            "Markdown with outputs": f"{name}.md",
            "notebook": f"notebooks/{stem}.ipynb",
        }
        own = {form: file for form, file in own.items() if (root / file).is_file()}
        lines += [_links("This page", own)] if own else []
        opened = repository.opened(stem) if "notebook" in own else {}
        lines += [_links("Run it in", opened)] if opened else []
        whole = {"repository": url} if (url := repository.configured()[0]) else {}
        lines += [_links("The whole book", {**whole, **forms()})] if whole or forms() else []
        wheels = (root / "notebooks").glob("*.whl")
        lines += [_links("The command", {file.name: f"notebooks/{file.name}"}) for file in wheels]
        if place := repository.report(title_of(tree), f"{address}{name}", version):
            lines.append(
                f'<a class="report" href="{escape(place)}">Report an error on this page</a>'
            )
    for foot in tree.css(".copyright"):
        text = "".join(f"<div>{line}</div>" for line in lines)
        for line in reversed(LexborHTMLParser(text).css("div")):
            foot.insert_after(line)


def _links(what: str, files: Mapping[str, str]) -> str:
    # A browser would show a notebook as text.
    links = (
        f'<a href="{file}"{" download" * file.endswith(".ipynb")}>{form}</a>'
        for form, file in files.items()
    )
    return f"{what}: {', '.join(links)}"
