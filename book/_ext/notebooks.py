r"""Each chapter as a notebook, for Colab, Binder and any Jupyter.

A build writes ``notebooks/NAME.ipynb`` for the pages with cells, and beside them the package
itself as a wheel: a notebook needs nothing of the book but this one file, in ten years as well.

Notebooks know plain Markdown and standard TeX alone. Text cells are therefore written from the
resolved document, where every reference is text and target already, and not from the source.
A page that only the book's folder can run is named by ``notebook_exclude`` in ``_config.yml``.
"""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from textwrap import indent
from typing import Any
from urllib.parse import urljoin

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx_exercise.nodes import exercise_enumerable_node, solution_node
from sphinx_proof.nodes import NODE_TYPES, proof_node

import citing
import repository
from execution import as_notebook, digest_of, has_cells
from form_colours import CLASSES

ROOT = Path(__file__).resolve().parents[2]

FOLDER = "notebooks"
"""Where in the site the notebooks and the package are."""

PROPOSITIONS = tuple(NODE_TYPES.values())

NOTHING = (
    addnodes.index, nodes.comment, nodes.compound, nodes.meta, nodes.substitution_definition,
    nodes.target,
)  # fmt: skip
"""What a reader does not see, and the lists of pages, which only the site needs."""

PARTS = (nodes.admonition, nodes.container, nodes.document, nodes.list_item, nodes.entry)
"""What only holds other blocks."""

SIGNS = re.compile(r"[\\`*_$<|]")
"""What Markdown would not take for itself."""

COLOURED = re.compile(
    rf"\\(?:{'|'.join(CLASSES)})\{{((?:[^{{}}]|\{{(?:[^{{}}]|\{{[^{{}}]*\}})*\}})*)\}}"
)
"""What has a colour in a formula, by macros that only the book knows; as in node/render.js."""

Cell = dict[str, Any]

Piece = str | Cell
"""A block of text, or a code cell."""

HIDDEN: Cell = {"cellView": "form", "jupyter": {"source_hidden": True}}
"""How Colab and Jupyter say that the code of a cell waits to be shown."""

TAGS: dict[str, Cell] = {
    "hide-input": HIDDEN,
    "remove-input": HIDDEN,
    "hide-output": {"jupyter": {"outputs_hidden": True}},
}
"""What the tags of the chapters' cells are to Colab and Jupyter."""

INSTALL = """\
# Install what the cells below need, if it is not there yet.
try:
    import {modules}
except ImportError:
{checked}    %pip install --quiet {packages}
"""

CHECKED = """\
    from pathlib import Path

    if not Path("{wheel}").exists():
        raise FileNotFoundError(
            "Put {wheel}, which lies beside this notebook on the "
            "site of the book, into the folder of this notebook, and run this cell again."
        ) from None
"""
"""What a notebook does that does not know the address of its site."""

BEGINNINGS = ("#", "**Exercise ")
"""What begins a text cell of its own: a section folds, and an exercise has room for an answer."""

NAMED = ("LICENSE", "README.md", "pyproject.toml")
"""What is in the package besides its folder."""


logger = logging.getLogger(__name__)


def notebook_of(env: BuildEnvironment, page: str) -> str:
    """Return where the notebook of a page is in the site; empty if the page has none."""
    wanted = page not in env.config.notebook_exclude
    return f"{FOLDER}/{page}.ipynb" if wanted and has_cells(Path(env.doc2path(page))) else ""


class Chapter:
    """A page, and its blocks as a notebook has them.

    Parameters
    ----------
    env : BuildEnvironment
        What Sphinx knows of the book.
    page : str
        The name of the page.
    address : str
        The site's address; without it, links within the book become plain text.
    """

    def __init__(self, env: BuildEnvironment, page: str, address: str) -> None:
        self.page, self.address, self.is_linked = page, address, bool(address)
        self.numbers = env.toc_fignumbers.get(page, {})
        self.number = env.toc_secnumbers.get(page, {}).get("", ())
        self.cells = as_notebook(Path(env.doc2path(page))).cells

    def pieces(self, node: nodes.Element, level: int = 0) -> Iterator[Piece]:
        """Yield the blocks of text and the code cells of a part of the page, in order."""
        match node:
            case nodes.section():
                yield from self._children(node, level + 1)
            case nodes.container(attributes={"nb_element": "cell_code"}):
                yield self._cell(node)
                yield from (self._caption(found) for found in node.findall(nodes.caption))
            case nodes.title():
                yield f"{'#' * level} {self._text(node)}"
            case nodes.paragraph():
                yield self._text(node)
            case nodes.math_block():
                yield self._formula(node)
            case nodes.literal_block():
                yield fenced(node.astext(), node.get("language", ""))
            case nodes.bullet_list() | nodes.enumerated_list():
                yield self._list(node)
            case nodes.table():
                yield self._table(node)
            case exercise_enumerable_node():
                yield f"**Exercise {self._number(node, 'exercise')}**"
                yield from self._children(node[1:], level)
            case solution_node():
                yield from _folded(self._children(node[1:], level))
            case proof_node():
                text = "\n\n".join(map(str, self._children(node, level)))
                end = "\n\n∎" if text.endswith("$$") else " ∎"
                yield text.replace("Proof.", "*Proof.*", 1) + end
            case _ if isinstance(node, PROPOSITIONS):
                kind, title = node["realtype"], self._text(node[0])
                yield f"**{kind.title()} {self._number(node, kind)}** {title}".rstrip()
                yield from self._children(node[1:], level)
            case nodes.raw():
                yield f"*Here {self._link('the page', '')} has what no notebook can hold.*"
            case _ if isinstance(node, PARTS):
                yield from self._children(node, level)
            case _ if not isinstance(node, NOTHING):
                yield from self._unknown(node)

    def _children(self, parts: Iterable[nodes.Node], level: int = 0) -> Iterator[Piece]:
        for part in parts:
            yield from self.pieces(part, level)

    def _cell(self, node: nodes.container) -> Cell:
        cell = self.cells[node["cell_index"]]
        metadata: Cell = {}
        for tag in cell.metadata.get("tags", []):
            metadata |= TAGS.get(tag, {})
        return _code(cell.source, metadata)

    def _caption(self, node: nodes.caption) -> str:
        return f"*Fig. {self._number(node.parent, 'figure')}* {self._text(node)}"

    def _number(self, node: nodes.Element, kind: str) -> str:
        return ".".join(map(str, self.numbers.get(kind, {}).get(node["ids"][0], ())))

    def _formula(self, node: nodes.math_block) -> str:
        lines = [line.strip() for line in _standard(node.astext()).strip().splitlines()]
        if node["number"]:
            lines.append(rf"\tag{{{self._number(node, 'displaymath')}}}")
        return "\n".join(["$$", *lines, "$$"])

    def _list(self, node: nodes.Element) -> str:
        ordered = isinstance(node, nodes.enumerated_list)
        items = [list(map(str, self._children(item))) for item in node]
        lines = []
        for number, item in enumerate(items, start=node.get("start", 1)):
            mark = f"{number}. " if ordered else "- "
            lines.append(mark + indent("\n\n".join(item), " " * len(mark)).lstrip())
        return ("\n\n" if any(len(item) > 1 for item in items) else "\n").join(lines)

    def _table(self, node: nodes.table) -> str:
        rows = [
            [" ".join(map(str, self._children(entry))) for entry in row]
            for row in node.findall(nodes.row)
        ]
        rows.insert(1, ["---"] * len(rows[0]))
        return "\n".join(f"| {' | '.join(row)} |" for row in rows)

    def _text(self, node: nodes.Element) -> str:
        return "".join(map(self._inline, node)).strip()

    def _inline(self, node: nodes.Node) -> str:
        match node:
            case nodes.Text():
                return SIGNS.sub(r"\\\g<0>", str(node))
            case nodes.math():
                return f"${_standard(node.astext()).strip()}$"
            case nodes.literal():
                return f"`{node.astext()}`"
            case nodes.strong():
                return f"**{self._text(node)}**"
            case nodes.emphasis():
                return f"*{self._text(node)}*"
            case nodes.reference():
                return self._reference(node)
            case nodes.inline():
                return "".join(map(self._inline, node))
        return "".join(self._unknown(node))

    def _unknown(self, node: nodes.Node) -> Iterator[str]:
        """Yield what there is to show of a node without a rule: here nothing, but a warning."""
        logger.warning(
            "no notebook can hold a <%s> yet: give it a rule in notebooks.py, or write "
            "the page into 'notebook_exclude' of _config.yml.", node.tagname, location=node,
        )  # fmt: skip
        yield from ()

    def _reference(self, node: nodes.reference) -> str:
        text = "".join(map(self._inline, node))
        if not node.get("internal"):
            # A broken one, of which Sphinx warns, has no address.
            return f"[{text}]({node['refuri']})" if "refuri" in node else text
        titled = isinstance(node[0], nodes.inline) and "std-ref" in node[0]["classes"]
        if titled and not self.is_linked:
            # The title of a page or section has to stand out where it is no link.
            return f"*{text}*"
        return self._link(text, node.get("refuri") or f"#{node['refid']}")

    def _link(self, text: str, place: str) -> str:
        page = urljoin(self.address, f"{self.page}.html")
        return f"[{text}]({urljoin(page, place)})" if self.is_linked else text

    def about(self) -> str:
        """Say what the notebook is, and where it comes from."""
        number = f"Chapter {'.'.join(map(str, self.number))}" if self.number else "A page"
        book = self._link(citing.SITE, "index.html")
        page = f"\n{self._link('Its page', '')} has all the outputs." if self.address else ""
        return (
            f"*{number} of the book {book}, version {citing.citation()['version']}, as a notebook."
            f"{page}\n"
            f"The prose is under [CC BY 4.0]({citing.LICENCE}), the code under the MIT licence.*"
        )


def notebook(chapter: Chapter, document: nodes.document, wheel: str) -> Cell:
    """Return a page as a notebook."""
    title, *pieces = chapter.pieces(document)
    code = "\n".join(piece["source"] for piece in pieces if not isinstance(piece, str))
    drawing = bool(re.search(r"\b(figures|matplotlib)\b", code))
    cells = [
        _markdown(f"{title}\n\n{chapter.about()}"),
        _code(installing(chapter.address, wheel, drawing), {}),
    ]
    for piece in pieces:
        if not isinstance(piece, str):
            cells.append(piece)
        elif cells[-1]["cell_type"] == "code" or piece.startswith(BEGINNINGS):
            cells.append(_markdown(piece))
        else:
            cells[-1]["source"] += f"\n\n{piece}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {
        "cells": [{**cell, "id": f"{chapter.page}-{n}"} for n, cell in enumerate(cells, start=1)],
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _markdown(source: str) -> Cell:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def _code(source: str, metadata: Cell) -> Cell:
    not_run: Cell = {"execution_count": None, "outputs": []}
    return {"cell_type": "code", "metadata": metadata, "source": source, **not_run}


def installing(address: str, wheel: str, drawing: bool) -> str:
    """Return the code that installs the package where it is missing, and matplotlib for figures.

    It comes from the site, else from the repository, else from the file beside the notebook.
    """
    url, _ = repository.configured()
    source = f"backcheck @ git+{url}" if url else wheel
    source = urljoin(address, f"{FOLDER}/{wheel}") if address else source
    return INSTALL.format(
        modules="backcheck, matplotlib" if drawing else "backcheck",
        packages=f'"{source}" matplotlib' if drawing else f'"{source}"',
        checked="" if address or url else CHECKED.format(wheel=wheel),
    ).strip()


def _standard(tex: str) -> str:
    return COLOURED.sub(r"\1", tex)


def fenced(text: str, language: str) -> str:
    """Return a block of code, in a fence that the code does not end."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}{language}\n{text}\n{fence}"


def _folded(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Fold the text of a solution, and hide its code; one fold cannot hold both."""
    name = "Solution"
    for is_text, group in groupby(pieces, lambda piece: isinstance(piece, str)):
        if is_text:
            body = "\n\n".join(map(str, group))
            yield f"<details>\n<summary>{name}</summary>\n\n{body}\n\n</details>"
        else:
            if name == "Solution":
                yield "*Solution, as a cell:*"
            yield from ({**cell, "metadata": HIDDEN} for cell in group if isinstance(cell, dict))
        name = "More of the solution"


def build_package(app: Sphinx) -> None:
    """Put the package into the site, unless it is there already."""
    if app.builder.name != "html":
        return
    folder, record = _folder(app), Path(app.outdir).parent / "package-digest.txt"
    files = [file for file in (ROOT / "src").rglob("*") if file.is_file() and file.suffix != ".pyc"]
    digest = digest_of(ROOT, [*files, *(ROOT / name for name in NAMED)])
    known = record.read_text(encoding="utf-8") if record.exists() else ""
    if digest == known and list(folder.glob("*.whl")):
        return
    # A moment of imports that only a changed package needs.
    from hatchling.builders.wheel import WheelBuilder

    for old in folder.glob("*.whl"):
        old.unlink()
    list(WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"]))
    record.write_text(digest, encoding="utf-8")


def write_notebook(app: Sphinx, document: nodes.document, page: str) -> None:
    """Write the notebook of a page that is about to be written."""
    if app.builder.name != "html" or not notebook_of(app.env, page):
        return
    (wheel,) = _folder(app).glob("*.whl")
    chapter = Chapter(app.env, page, app.config.html_baseurl)
    made = notebook(chapter, document, wheel.name)
    text = json.dumps(made, ensure_ascii=False, indent=1, sort_keys=True)
    (_folder(app) / f"{page}.ipynb").write_text(text + "\n", encoding="utf-8")


def drop_unused(app: Sphinx, error: Exception | None) -> None:
    """Delete the notebooks of pages that have none any more."""
    for file in _folder(app).glob("*.ipynb"):
        if file.stem not in app.env.found_docs or not notebook_of(app.env, file.stem):
            file.unlink()


def _folder(app: Sphinx) -> Path:
    return Path(app.outdir) / FOLDER


def setup(app: Sphinx) -> dict[str, Any]:
    """Install the steps."""
    # Sphinx writes every page again when this changes: notebooks name the version and the place
    # that they install the package from.
    digest = digest_of(ROOT, [ROOT / "CITATION.cff"]) + repository.configured()[0]
    app.add_config_value("notebook_digest", digest, "html", [str])
    app.add_config_value("notebook_exclude", [], "html", [list])
    app.connect("builder-inited", build_package)
    app.connect("doctree-resolved", write_notebook)
    app.connect("build-finished", drop_unused)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
