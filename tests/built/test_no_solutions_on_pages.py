"""Nothing that a page or a notebook shows solves a graded function."""

import html as html_entities
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from bs4 import NavigableString, Tag

from building import parsed
from chapters import chapters
from solutions import assert_none, parts_of

BLOCKS = {"p", "div", "li", "dt", "dd", "td", "th", "tr", "br", "summary", "figcaption", "h1", "h2"}


def texts_of(tag: Tag) -> Iterator[str]:
    """Yield each preformatted text of a built page whole, and the rest line by line."""
    for text in tag.select("pre"):
        yield text.get_text()
    words = [
        "\n" if isinstance(one, Tag) else str(one)
        for one in tag.descendants
        if isinstance(one, NavigableString) or (isinstance(one, Tag) and one.name in BLOCKS)
    ]
    yield from "".join(words).split("\n")
    for one in tag.find_all(attrs={"alt": True}):
        yield str(one["alt"])


def shown(outputs: list[nbformat.NotebookNode]) -> Iterator[str]:
    """Yield the texts of a cell's outputs."""
    for output in outputs:
        yield output.get("text", "")
        for kind, data in output.get("data", {}).items():
            if kind.startswith("text/"):
                yield html_entities.unescape(re.sub("<[^>]*>", "\n", data))


@pytest.mark.parametrize("name", chapters())
def test_no_built_page_solves_a_graded_function(html: Path, name: str) -> None:
    soup = parsed(html / f"{name}.html")
    assert_none(texts_of(soup.select_one("article") or soup))


def test_no_notebook_solves_a_graded_function(html: Path) -> None:
    files = sorted((html / "notebooks").glob("*.ipynb"))
    assert files
    for file in files:
        for cell in nbformat.read(file, as_version=4).cells:
            if cell.cell_type == "code":
                assert_none(iter([cell.source]))
                assert_none(shown(cell.outputs))
            else:
                assert_none(parts_of(cell.source))
