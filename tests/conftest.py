"""Order of the tests, and the built site that some of them read."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from filelock import FileLock
from hypothesis import settings
from playwright.sync_api import Browser, Request, sync_playwright
from playwright.sync_api import Page as BrowserPage

import sources

ROOT = Path(__file__).resolve().parents[1]
STRICT = ("-W", "-n", "--keep-going")

# The same examples in every run: a failure seen once can be seen again.
settings.register_profile("book", derandomize=True, deadline=None)
settings.load_profile("book")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what is fast first, then what needs the built site, then the browser."""
    items.sort(
        key=lambda item: (
            item.get_closest_marker("browser") is not None,
            item.get_closest_marker("site") is not None,
        )
    )


def build(
    root: Path, *options: str, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run ``jupyter-book build`` in a folder and return what it said, colours removed."""
    script = Path(sys.executable).with_name("jupyter-book")
    done = subprocess.run(
        [str(script), "build", ".", *options],
        cwd=root,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": "", **(environment or {})},
    )
    done.stdout = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)
    return done


def copy_book(folder: Path) -> None:
    """Copy every file that git knows, and lend the tools that Node runs."""
    files = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout.split("\0")
    for file in filter(None, files):
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, folder / file)
    lend_tools(folder)


def lend_tools(folder: Path) -> None:
    """Let a copy of the book use what is installed here."""
    modules = "book/_ext/node/node_modules"
    if not (ROOT / modules).exists():
        pytest.fail("KaTeX is not installed: run make book once.")
    (folder / modules).symlink_to(ROOT / modules)


@dataclass(frozen=True)
class Page:
    """One built page: its name in the table of contents, and its parsed HTML."""

    name: str
    path: Path
    soup: BeautifulSoup

    @property
    def source(self) -> str:
        return source_of(self.name)

    @property
    def outputs(self) -> str:
        return "\n".join(output.get_text(" ") for output in self.soup.select(".cell_output"))


def source_of(name: str) -> str:
    """Return the source of a page as a build reads it."""
    return sources.source_of(ROOT / "book" / f"{name}.md")


def chapters() -> list[str]:
    """Return the name of every page in the table of contents, in order."""
    toc = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    return re.findall(r"(?:file|root): (\S+)", toc)


@pytest.fixture(scope="session")
def html(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site as ``make book`` does and return the folder of its pages."""
    if not (ROOT / "book/_ext/node/node_modules/katex").exists():
        pytest.exit("KaTeX is not installed, so the site cannot be judged: run make book.", 1)
    # Where tests run side by side, each process asks for it, and the first one builds it.
    with FileLock(tmp_path_factory.getbasetemp().parent / "book.lock"):
        done = build(ROOT, *STRICT)
    if done.returncode:
        pytest.exit(f"The book does not build.\n{done.stdout}", 1)
    return ROOT / "_build" / "html"


@cache
def parsed(path: Path) -> BeautifulSoup:
    """Return a built page; who changes it takes a copy."""
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


@pytest.fixture(params=chapters())
def page(request: pytest.FixtureRequest, html: Path) -> Page:
    """Give each built page in turn."""
    path = html / f"{request.param}.html"
    return Page(request.param, path, parsed(path))


def complaints_of(page: BrowserPage, site: str = "file:") -> list[str]:
    """Return a list that fills with what a page complains of or asks for outside its site."""
    complaints: list[str] = []

    def check(request: Request) -> None:
        if not request.url.startswith((site, "data:")):
            complaints.append(f"asked for {request.url}")

    page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(f"failed: {request.url}"))
    page.on("request", check)
    return complaints


def chromium() -> str | None:
    """Return where the system's Chromium is, if it has one."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def needs_chromium() -> str:
    """Return where the system's Chromium is; a machine without one skips, and CI fails."""
    path = chromium()
    if path is None:
        message = "Chromium is not installed, so the site was not opened in a browser"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(message)
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the system's Chromium."""
    path = needs_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()
