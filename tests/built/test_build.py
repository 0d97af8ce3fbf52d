"""The build is strict, and never shows numbers that the package no longer computes."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from jupyter_cache import get_cache
from test_notebooks import WITHOUT

import building
from building import STRICT, copy_book, lend_tools
from building_apart import build
from chapters import ROOT
from execution import as_notebook, has_cells

# One after another: a build takes all processors.
pytestmark = pytest.mark.xdist_group("builds")

HEAD = (ROOT / "book/tanh.md").read_text(encoding="utf-8").split("---\n\n", 1)[0] + "---\n\n"

# The exception is raised while the finished figure is drawn, after its cell has succeeded.
BROKEN_FIGURE = r"""
import matplotlib.pyplot as plt

plt.title(r"$\nosuchcommand$")
plt.show()
"""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Copy what a build needs, with a table of contents of one page called `index`."""
    for folder in ("src", "book/_ext", "book/_python", "book/_static"):
        shutil.copytree(
            ROOT / folder,
            tmp_path / folder,
            ignore=shutil.ignore_patterns("node_modules"),
        )
    package = ("LICENSE", "README.md", "pyproject.toml")
    read = (
        "_config.yml",
        "requirements.txt",
        "CITATION.cff",
        "CHANGELOG.md",
        "book/references.bib",
    )
    for file in (*package, *read):
        shutil.copy(ROOT / file, tmp_path / file)
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: index\n", encoding="utf-8")
    return tmp_path


def write(book: Path, text: str) -> None:
    (book / "book/index.md").write_text(f"{HEAD}# Page\n\n{text}\n", encoding="utf-8")


def cell(code: str) -> str:
    return f"```{{code-cell}} ipython3\n{code}\n```"


def printed(page: Path) -> str:
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    return soup.select_one(".cell_output").get_text().strip()


def test_a_change_of_package_or_lock_runs_every_cell_again_and_one_of_style_is_copied(
    book: Path,
) -> None:
    write(book, cell("from backcheck.activations import tanh\nprint(tanh.derivative_from_z(0.0))"))
    page = book / "_build/html/index.html"

    first = build(book, *STRICT)
    assert first.returncode == 0, first.stdout
    assert "Ran index.md" in first.stdout
    assert printed(page) == "1.0"

    unchanged = build(book, *STRICT)
    assert unchanged.returncode == 0, unchanged.stdout
    assert "Ran index.md" not in unchanged.stdout

    source = book / "src/backcheck/activations.py"
    text = source.read_text(encoding="utf-8")
    assert "1 - np.tanh(z) ** 2" in text
    source.write_text(text.replace("1 - np.tanh(z) ** 2", "7 - np.tanh(z) ** 2"), encoding="utf-8")
    changed = build(book, *STRICT)
    assert changed.returncode == 0, changed.stdout
    assert printed(page) == "7.0"

    stylesheet = book / "book/_static/book.css"
    stylesheet.write_text("/* changed */\n", encoding="utf-8")
    assert "Ran index.md" not in build(book, *STRICT).stdout
    assert (book / "_build/html/_static/book.css").read_text(encoding="utf-8") == "/* changed */\n"

    with (book / "requirements.txt").open("a", encoding="utf-8") as lock:
        lock.write("# changed\n")
    assert "Ran index.md" in build(book, *STRICT).stdout


@pytest.mark.parametrize(
    ("page", "message"),
    [
        (
            cell("1 / 0"),
            r"index\.md: CellExecutionError: (?s:.*)ZeroDivisionError: division by zero",
        ),
        (cell("import time\ntime.sleep(120)"), r"index\.md: CellTimeoutError: A cell timed out"),
        (cell("import os\nos._exit(1)"), r"index\.md: DeadKernelError: Kernel died"),
    ],
    ids=["raises", "hangs", "kills its kernel"],
)
def test_a_cell_that_does_not_finish_fails_even_the_plain_build(
    book: Path, page: str, message: str
) -> None:
    config = book / "_config.yml"
    text = config.read_text(encoding="utf-8")
    assert "timeout: 120" in text
    config.write_text(text.replace("timeout: 120", "timeout: 5"), encoding="utf-8")
    write(book, page)
    done = build(book)
    assert done.returncode != 0
    assert re.search(message, done.stdout)


def test_chapters_run_side_by_side_and_a_failing_one_is_still_named(book: Path) -> None:
    toc = "format: jb-book\nroot: index\nchapters:\n- file: second\n- file: third\n"
    (book / "_toc.yml").write_text(toc, encoding="utf-8")
    write(book, cell("print(6 * 7)"))
    for name, code in (("second", "print('fine')"), ("third", "1 / 0")):
        text = f"{HEAD}# {name}\n\n{cell(code)}\n"
        (book / f"book/{name}.md").write_text(text, encoding="utf-8")
    failed = build(book, *STRICT)
    assert failed.returncode != 0
    assert re.findall(r"Ran (\w+)\.md", failed.stdout) == ["index", "second"]
    assert re.search(r"third\.md: CellExecutionError: (?s:.*)ZeroDivisionError", failed.stdout)

    (book / "book/third.md").write_text(f"{HEAD}# third\n\n{cell('1 / 1')}\n", encoding="utf-8")
    mended = build(book, *STRICT)
    assert mended.returncode == 0, mended.stdout
    assert re.findall(r"Ran (\w+)\.md", mended.stdout) == ["third"]


def test_a_word_that_no_page_has_any_more_leaves_the_search_index(book: Path) -> None:
    index = book / "_build/html/searchindex.js"
    write(book, "Gradients.")
    assert build(book, *STRICT).returncode == 0
    before = index.read_bytes()
    write(book, "Gradients, and an armadillo.")
    assert build(book, *STRICT).returncode == 0
    assert b"armadillo" in index.read_bytes()
    write(book, "Gradients.")
    assert build(book, *STRICT).returncode == 0
    assert index.read_bytes() == before


def test_a_module_that_cannot_be_imported_fails_only_the_cells_that_need_it(book: Path) -> None:
    (book / "src/backcheck/training.py").write_text("raise OSError('broken')\n", encoding="utf-8")
    write(book, cell("from backcheck.activations import tanh\nprint(tanh(0.0))"))
    done = build(book, *STRICT)
    assert done.returncode == 0, done.stdout
    assert printed(book / "_build/html/index.html") == "0.0"
    write(book, cell("import backcheck.training"))
    assert re.search(r"index\.md: CellExecutionError: (?s:.*)OSError: broken", build(book).stdout)


def test_an_output_that_arrives_in_pieces_is_shown_as_one(book: Path) -> None:
    write(book, cell("import time\nprint('a', end=' ', flush=True)\ntime.sleep(0.5)\nprint('b')"))
    assert build(book, *STRICT).returncode == 0
    assert printed(book / "_build/html/index.html") == "a b"


def test_everything_else_that_is_broken_fails_the_strict_build_and_is_located(book: Path) -> None:
    lend_tools(book)
    write(
        book,
        "\n\n".join(
            [
                cell("import warnings\nwarnings.warn('on stderr')"),
                cell(BROKEN_FIGURE),
                "{ref}`nowhere`",
                "{eq}`no-equation`",
                "{cite:p}`no-source`",
                "[a link](no-page.md)",
                "Inline $\\nosuchcommand$ mathematics.",
                "$$\n\\frac{1}{\n$$ (broken-formula)",
                "![A picture](missing.png)",
            ]
        ),
    )
    done = build(book, *STRICT)
    assert done.returncode != 0
    assert build(book, *STRICT).returncode != 0, "the second try must not pass"
    located = r"index\.md:\d+: (?:WARNING|ERROR): "
    for message in (
        r"index\.md.*stderr was found in the cell outputs",
        located + r"a cell's output is a traceback: ParseFatalException",
        located + r"undefined label: 'nowhere'",
        located + r"equation not found: no-equation",
        located + r"could not find bibtex key \"no-source\"",
        located + r".*cross-reference target not found: 'no-page.md'",
        located + r"TeX error: KaTeX parse error: Undefined control sequence: \\nosuchcommand",
        located + r"TeX error: KaTeX parse error: Unexpected end of input",
        located + r"image file not readable: missing.png",
    ):
        assert re.search(message, done.stdout), f"{message}\n{done.stdout}"


def test_without_katex_the_book_builds_with_mathjax_and_says_so_in_one_line(book: Path) -> None:
    write(book, "$$\n\\aform{a^2}\n$$ (square)")
    done = build(book, *STRICT)
    assert done.returncode == 0, done.stdout
    notice = "KaTeX is not installed: mathematics will load MathJax from the web."
    assert done.stdout.splitlines().count(notice) == 1
    page = (book / "_build/html/index.html").read_text(encoding="utf-8")
    assert "mathjax" in page.lower()
    assert "\\\\class{a-form}{#1}" in page, "a macro that MathJax does not know"


def test_a_coloured_formula_is_copied_as_tex_that_any_forum_understands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "book/_ext"))
    from katex_renderer import Katex

    katex = Katex()
    shown = katex.render(
        r"\aform{1 - \frac{a}{b_{i}}} = \zform{z} + \shortcut{A - Y}", display=True
    )
    katex.close()
    assert all(f'class="enclosing {name}"' in shown for name in ("a-form", "z-form", "shortcut"))
    copied = re.findall(r"<annotation[^>]*>([^<]*)", shown)
    assert copied == [r"1 - \frac{a}{b_{i}} = z + A - Y"]


def test_with_the_addresses_of_site_and_repository_there_are_a_map_a_feed_and_links_that_work(
    book: Path,
) -> None:
    write(book, cell("print(1)"))
    shutil.copy(ROOT / "book/changelog.md", book / "book")
    contents = "format: jb-book\nroot: index\nparts:\n- caption: All\n  chapters:\n"
    (book / "_toc.yml").write_text(f"{contents}  - file: changelog\n", encoding="utf-8")
    lend_tools(book)
    address = "https://example.org/book/"
    repository = "https://github.com/some/one"
    environment = {"SITE_ADDRESS": address, "REPOSITORY": repository}
    done = build(book, *STRICT, environment=environment)
    assert done.returncode == 0, done.stdout
    site = book / "_build/html"
    assert f"<loc>{address}index.html</loc>" in (site / "sitemap.xml").read_text(encoding="utf-8")
    assert f"Sitemap: {address}sitemap.xml" in (site / "robots.txt").read_text(encoding="utf-8")
    page = (site / "index.html").read_text(encoding="utf-8")
    assert f'rel="canonical" href="{address}index.html"' in page
    head = BeautifulSoup(page, "html.parser").head
    assert head.select_one('meta[property="og:url"]')["content"] == f"{address}index.html"
    url = head.select_one('meta[name="citation_public_url"]')["content"]
    assert url == json.loads(head.select_one('script[type$="json"]').text)["url"]
    assert url == f"{address}index.html"
    foot = BeautifulSoup(page, "html.parser").select_one(".left-details")
    led = {link.get_text(): str(link["href"]) for link in foot.select("a")}
    colab = "https://colab.research.google.com/github/some/one/blob/notebooks/index.ipynb"
    assert led["Colab"] == colab
    assert led["Binder"] == "https://mybinder.org/v2/gh/some/one/notebooks?labpath=index.ipynb"
    report = urlsplit(led["Report an error on this page"])
    assert report.path == "/some/one/issues/new"
    assert led["repository"] == repository
    assert parse_qs(report.query)["body"][0].startswith(f"{address}index.html\nVersion ")
    assert head.select_one('link[type="application/atom+xml"]')["href"] == led["Feed"]
    feed = ElementTree.parse(site / led["Feed"]).getroot()  # noqa: S314 - our own
    atom = {"": "http://www.w3.org/2005/Atom"}
    versions = re.findall(
        r"^## (\S+), (\S+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    told = [
        (entry.findtext("title", "", atom).split()[-1], entry.findtext("updated", "", atom)[:10])
        for entry in feed.findall("entry", atom)
    ]
    assert told == versions
    ids = [found.text or "" for found in feed.findall("entry/id", atom)]
    for id in ids:
        assert f'id="{id.partition("#")[2]}"' in (site / "changelog.html").read_text()
    assert feed.findtext("updated", "", atom) == f"{versions[0][1]}T00:00:00Z"
    assert feed.findtext("author/name", "", atom)
    assert all(found.text for found in feed.findall("entry/content", atom))
    lost = BeautifulSoup((site / "404.html").read_text(encoding="utf-8"), "html.parser")
    assert lost.select_one('article form[action="/book/search.html"] input[name="q"]')
    for tag in lost.select("link[href], script[src], a[href], form[action]"):
        file = str(tag.get("href") or tag.get("src") or tag.get("action"))
        assert file.startswith(("/book/", "#", "https://")), tag


@pytest.fixture
def listed(book: Path) -> Path:
    """Return the list of addresses, still to be written, of a book with two of them."""
    write(book, "(page-one)=\n## One\n\nText.")
    lend_tools(book)
    return book / "book/permalinks.txt"


def test_a_place_that_was_published_cannot_go_without_saying_where(
    book: Path, listed: Path
) -> None:
    listed.write_text("index#index\nindex#page-one\nindex#page-two\nold#page\n", encoding="utf-8")
    done = build(book, *STRICT)
    assert done.returncode != 0
    for place in ("index#page-two", "old#page"):
        label = place.split("#")[1]
        assert (
            f"{place} was published and is gone: give it back, by the line '({label})=' "
            in done.stdout
        )
    listed.write_text(
        "index#index\nindex#page-one\nindex#page-two -> index#page-one\nold#page -> index#index\n",
        encoding="utf-8",
    )
    for _ in range(2):
        done = build(book, *STRICT)
        assert done.returncode == 0, done.stdout
        site = book / "_build/html"
        page = BeautifulSoup((site / "index.html").read_text(encoding="utf-8"), "html.parser")
        (note,) = page.select("article #page-two")
        assert note.a["href"] == "index.html#page-one"
        moved = (site / "old.html").read_text(encoding="utf-8")
        assert 'href="index.html#index"' in moved
        assert "url=index.html" in moved


def test_a_place_that_is_not_listed_yet_is_listed_by_one_command(book: Path, listed: Path) -> None:
    listed.write_text("index#index\n", encoding="utf-8")
    done = build(book, *STRICT)
    assert done.returncode != 0
    assert "index#page-one is not in permalinks.txt: 'make permalinks' adds it." in done.stdout
    done = build(book, *STRICT, environment={"PERMALINKS": "record"})
    assert done.returncode == 0, done.stdout
    assert "Addresses added to permalinks.txt: 1 (index#page-one)" in done.stdout
    assert listed.read_text(encoding="utf-8") == "index#index\nindex#page-one\n"


def test_an_address_that_is_none_is_refused_in_one_sentence(book: Path) -> None:
    write(book, "Text.")
    done = build(book, environment={"SITE_ADDRESS": "example.org"})
    assert done.returncode != 0
    assert "SITE_ADDRESS is 'example.org', but an address such as https://" in done.stdout


def lend_outputs(html: Path, folder: Path) -> None:
    """Let a copy of the book take what cells showed, but those of chapters without a notebook."""
    for name in (".jupyter_cache", "execution-digest.txt"):
        copy = shutil.copytree if name.startswith(".") else shutil.copy
        copy(html.parent / name, folder / name)
    cache = get_cache(folder / ".jupyter_cache")
    for name in WITHOUT:
        if has_cells(file := ROOT / f"book/{name}.md"):
            cache.remove_cache(cache.match_cache_notebook(as_notebook(file)).pk)


def test_two_cold_builds_are_the_same_bytes(html: Path, tmp_path: Path) -> None:
    """Another folder, another user's language and home, another order of sets.

    What cells print and draw so is run once, as notebooks: see test_notebooks.
    """
    copy_book(tmp_path)
    (tmp_path / "_build").mkdir()
    lend_outputs(html, tmp_path / "_build")
    home = tmp_path / "home"
    home.mkdir()
    other = {"PYTHONHASHSEED": "77", "LC_ALL": "C", "LANG": "de_DE.UTF-8", "HOME": str(home)}
    # When a page was changed is known to git alone.
    other["GIT_DIR"] = subprocess.run(
        ["git", "rev-parse", "--absolute-git-dir"],
        cwd=ROOT, capture_output=True, check=True, text=True,
    ).stdout.strip()  # fmt: skip
    done = building.build(tmp_path, *STRICT, environment=other)
    assert done.returncode == 0, done.stdout
    ran = {name for name in WITHOUT if has_cells(ROOT / f"book/{name}.md")}
    assert {*re.findall(r"Ran (\S+)\.md", done.stdout)} == ran
    again = tmp_path / "_build/html"
    names = {file.relative_to(again) for file in again.rglob("*") if file.is_file()}
    assert len(names) > 80
    assert [
        name for name in names if (html / name).read_bytes() != (again / name).read_bytes()
    ] == []
    # A folder that was built into before can hold pictures of an earlier text.
    if os.environ.get("CI"):
        made = {file.relative_to(html) for file in html.rglob("*") if file.is_file()}
        assert {file for file in made if file.stem != "when-the-cache-lies"} == names
