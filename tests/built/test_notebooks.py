"""A notebook is its chapter, reads like it, and runs wherever Jupyter does."""

import importlib
import json
import os
import re
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import nbformat
import pytest
import yaml
from bs4 import BeautifulSoup, NavigableString, Tag
from docutils import nodes
from jupyter_cache import get_cache
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from building import parsed
from chapters import ROOT, chapters, source_of
from execution import as_notebook
from running_notebooks import KINDS
from serving import served

RUNNER = ROOT / "tests" / "running_notebooks.py"

MARKDOWN = MarkdownIt("commonmark").enable("table").use(dollarmath_plugin, allow_labels=False)

KATEX = """
const katex = require("./node_modules/katex");
const formulas = JSON.parse(require("fs").readFileSync(0));
const fails = tex => {
  try { katex.renderToString(tex, {displayMode: true, strict: "error"}); return []; }
  catch (error) { return [error.message]; }
};
console.log(JSON.stringify(formulas.flatMap(fails)));
"""


WITHOUT = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["sphinx"]["config"][
    "notebook_exclude"
]

NAMES = [name for name in chapters() if "```{code-cell}" in source_of(name) and name not in WITHOUT]

every_notebook = pytest.mark.parametrize("name", NAMES)


@cache
def read(file: Path) -> nbformat.NotebookNode:
    return nbformat.read(file, as_version=4)


def cells(html: Path, name: str, kind: str) -> list[nbformat.NotebookNode]:
    every = read(html / f"notebooks/{name}.ipynb").cells
    return [cell for cell in every if cell.cell_type == kind]


def text_of(html: Path, name: str) -> str:
    return "\n\n".join(cell.source for cell in cells(html, name, "markdown"))


def test_every_chapter_with_cells_has_a_notebook_unless_the_configuration_names_it(
    html: Path,
) -> None:
    assert {file.stem for file in (html / "notebooks").glob("*.ipynb")} == set(NAMES)
    assert len(NAMES) > 20


@every_notebook
def test_a_notebook_is_valid_and_has_no_outputs_yet(html: Path, name: str) -> None:
    notebook = read(html / f"notebooks/{name}.ipynb")
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"
    assert [cell.id for cell in notebook.cells] == [
        f"{name}-{number}" for number in range(1, len(notebook.cells) + 1)
    ]
    for cell in notebook.cells:
        assert cell.cell_type == "markdown" or not cell.outputs
        assert cell.metadata.keys() <= {"cellView", "jupyter"}


@every_notebook
def test_its_code_is_the_code_of_the_chapter(html: Path, name: str) -> None:
    written = re.findall(r"```\{code-cell\} ipython3\n(.*?)\n?```", source_of(name), re.DOTALL)
    options = r"\A(---\n(.*\n)*?---\n|(:\w+:.*\n)+\n)"
    codes = [re.sub(options, "", code) for code in written]
    _, *rest = cells(html, name, "code")
    assert [cell.source for cell in rest] == codes
    hidden = [cell.metadata.get("cellView") == "form" for cell in rest]
    for code, whole, is_hidden in zip(codes, written, hidden, strict=True):
        assert is_hidden or "-input]" not in whole.removesuffix(code)


def page_text(node: Tag) -> Iterator[str]:
    """Yield the words and formulas of a part of a page, without what cells print."""
    for child in node.children:
        if isinstance(child, NavigableString):
            yield str(child)
            continue
        kinds = set(child.get("class") or [])
        if "katex" in kinds:
            yield child.find("annotation").get_text()
        elif "cell_output" in kinds:
            for caption in child.select("figcaption"):
                yield from page_text(caption)
        elif not kinds & {"headerlink", "section-number", "cell_input", "hide", "toctree-wrapper"}:
            yield from page_text(child)


@every_notebook
def test_its_text_reads_as_the_page_does(html: Path, name: str) -> None:
    """Every word, number and formula, once a Markdown reader that knows no MyST has read it."""
    article = parsed(html / f"{name}.html").select_one("article")
    expected = "".join(page_text(article))
    of_the_site = (
        "#diagnose-app, .live-more, .plane svg, noscript, .solution > .admonition-title, "
        "p:-soup-contains('What was here is now')"
    )
    for part in article.select(of_the_site):
        expected = expected.replace("".join(page_text(part)), "", 1)
    about = BeautifulSoup(MARKDOWN.render(cells(html, name, "markdown")[0].source), "html.parser")
    read = BeautifulSoup(MARKDOWN.render(text_of(html, name)), "html.parser").get_text()
    read = read.replace(about.select("p")[0].get_text(), "")
    read = re.sub(r"\\tag\{([\d.]+)\}", r"(\1)", read).replace("Solution, as a cell:", "Solution")
    for sign in ("∎", "More of the solution", "Here the page has what no notebook can hold."):
        read = read.replace(sign, "")
    assert re.sub(r"\s", "", read) == re.sub(r"\s", "", expected)


@every_notebook
def test_no_myst_is_left_and_no_link_that_leads_nowhere(html: Path, name: str) -> None:
    text = text_of(html, name)
    assert not re.search(r"\{[\w:-]+\}`|:::|```\{|^\([\w-]+\)=", text, re.MULTILINE)
    # In a formula a layer in brackets stands before an example in parentheses.
    bare = re.sub(r"\${1,2}[^$]*\${1,2}", "", text)
    assert re.findall(r"\]\((?!https?://)[^)]*\)", bare) == []


def formulas(tokens: list) -> Iterator[str]:
    for token in tokens:
        if token.type.startswith("math"):
            yield token.content
        yield from formulas(token.children or [])


def test_every_formula_is_standard_tex(html: Path, extension: ModuleType) -> None:
    found = [tex for name in NAMES for tex in formulas(MARKDOWN.parse(text_of(html, name)))]
    assert len(found) > 500
    done = subprocess.run(
        [importlib.import_module("katex_renderer").node(), "-e", KATEX],
        input=json.dumps(found), cwd=ROOT / "book/_ext/node", capture_output=True, check=True,
        encoding="utf-8",
    )  # fmt: skip
    assert json.loads(done.stdout) == []


@pytest.fixture(scope="module")
def extension() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "book/_ext"))
        yield importlib.import_module("notebooks")


def chapter_of(extension: ModuleType) -> Any:
    env = SimpleNamespace(
        toc_fignumbers={},
        toc_secnumbers={"tanh": {"": (4,)}},
        doc2path=lambda page: str(ROOT / f"book/{page}.md"),
    )
    return extension.Chapter(env, "tanh", "https://example.org/book/")


def test_with_the_address_of_the_site_a_notebook_leads_there(extension: ModuleType) -> None:
    chapter = chapter_of(extension)
    places = (
        {"internal": True, "refuri": "week-4.html#week-4-plane"},
        {"internal": True, "refid": "tanh-gap"},
        {"refuri": "https://numpy.org/"},
    )
    paragraph = nodes.paragraph("", "", *(nodes.reference("", "x_1", **one) for one in places))
    assert re.findall(r"\[x\\_1\]\((.*?)\)", *chapter.pieces(paragraph)) == [
        "https://example.org/book/week-4.html#week-4-plane",
        "https://example.org/book/tanh.html#tanh-gap",
        "https://numpy.org/",
    ]
    assert "Chapter 4 of the book [When" in chapter.about()
    assert "[Its page](https://example.org/book/tanh.html)" in chapter.about()


def test_what_no_rule_turns_into_markdown_is_a_warning_and_broken_references_are_text(
    extension: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    warn = SimpleNamespace(warning=lambda text, *words, location: said.append(text % words))
    monkeypatch.setattr(extension, "logger", warn)
    chapter = chapter_of(extension)
    assert list(chapter.pieces(nodes.topic())) == []
    broken = nodes.paragraph("", "", nodes.reference("", "there"), nodes.problematic("", "bad"))
    assert list(chapter.pieces(broken)) == ["there"]
    assert [text.split(":")[0] for text in said] == [
        "no notebook can hold a <topic> yet",
        "no notebook can hold a <problematic> yet",
    ]


def run(
    folder: Path, *paths: Path, files: list[Path], **environment: str
) -> dict[str, SimpleNamespace]:
    """Run notebooks in a folder, with these folders and the locked packages alone to import."""
    importable = os.pathsep.join(map(str, [*paths, sysconfig.get_path("purelib")]))
    quiet = {"IPYTHONDIR": str(folder.parent / ".ipython"), "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-S", str(RUNNER), *map(str, files)],
        cwd=folder, capture_output=True, encoding="utf-8",
        env={**os.environ, **quiet, "PYTHONPATH": importable, **environment},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return {name: SimpleNamespace(**one) for name, one in json.loads(done.stdout).items()}


@pytest.fixture(scope="module")
def ran(html: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, SimpleNamespace]:
    """Run every notebook in an empty folder, with the package of the site and no other.

    The order of sets, the language and the home are another user's: no output is left to chance.
    """
    root = tmp_path_factory.mktemp("notebooks")
    (root / "empty").mkdir()
    (wheel,) = (html / "notebooks").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(root / "package")
    files = [html / f"notebooks/{name}.ipynb" for name in NAMES]
    other = {"PYTHONHASHSEED": "77", "LC_ALL": "C", "LANG": "de_DE.UTF-8", "HOME": str(root)}
    found = run(root / "empty", root / "package", files=files, **other)
    assert not any((root / "empty").iterdir()), "a notebook leaves something behind"
    for one in found.values():
        assert Path(one.package).is_relative_to(root / "package")
    return found


# One process runs them all, and all tests read what came of it.
@pytest.mark.xdist_group("notebooks")
@every_notebook
def test_it_runs_anywhere_with_the_package_of_the_site_and_prints_what_the_page_shows(
    html: Path, ran: dict[str, SimpleNamespace], name: str
) -> None:
    assert ran[name].error == ""
    _, *printed = ran[name].printed
    _, *shown = ran[name].shown
    cached = get_cache(html.parent / ".jupyter_cache")
    record = cached.match_cache_notebook(as_notebook(ROOT / f"book/{name}.md"))
    page = cached.get_cache_bundle(record.pk).nb
    outputs = [cell.outputs for cell in page.cells if cell.cell_type == "code"]
    assert printed == ["".join(one.get("text", "") for one in cell) for cell in outputs]
    of_the_page = [[one.data for one in cell if "data" in one] for cell in outputs]
    assert shown == [[[one.get(kind) for kind in KINDS] for one in cell] for cell in of_the_page]
    drawn = any("image/svg+xml" in one.get("data", ()) for cell in outputs for one in cell)
    install, *_ = cells(html, name, "code")
    assert ("matplotlib" in install.source) == drawn


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """Return an empty folder to run in, beside one that pip may install into."""
    for name in ("here", "installed"):
        (tmp_path / name).mkdir()
    return tmp_path / "here"


def installed(fresh: Path, code: str) -> SimpleNamespace:
    """Run the first cell of a notebook where nothing can be had from an index."""
    first, then = map(nbformat.v4.new_code_cell, (code, "import backcheck.showing.figures"))
    file = fresh.with_name("first.ipynb")
    nbformat.write(nbformat.v4.new_notebook(cells=[first, then]), file)
    target = fresh.with_name("installed")
    pip = {"PIP_TARGET": str(target), "PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1"}
    return run(fresh, target, files=[file], NO_PROXY="127.0.0.1", **pip)["first"]


def test_the_first_cell_installs_the_package_from_the_site(
    html: Path, fresh: Path, extension: ModuleType
) -> None:
    (wheel,) = (html / "notebooks").glob("*.whl")
    with served(html) as address:
        done = installed(fresh, extension.installing(f"{address}/", wheel.name, drawing=False))
    assert done.error == ""
    assert Path(done.package).is_relative_to(fresh.with_name("installed"))


def test_the_first_cell_installs_the_package_that_lies_beside_the_notebook(
    html: Path, fresh: Path
) -> None:
    (wheel,) = (html / "notebooks").glob("*.whl")
    (fresh / wheel.name).symlink_to(wheel)
    install, *_ = cells(html, "notation", "code")
    done = installed(fresh, install.source)
    assert done.error == ""
    assert Path(done.package).is_relative_to(fresh.with_name("installed"))


def test_the_first_cell_says_in_one_sentence_what_is_missing(html: Path, fresh: Path) -> None:
    (wheel,) = (html / "notebooks").glob("*.whl")
    install, *_ = cells(html, "sigmoid", "code")
    assert installed(fresh, install.source).error == (
        f"FileNotFoundError: Put {wheel.name}, which lies beside this notebook on the site of the "
        "book, into the folder of this notebook, and run this cell again."
    )
