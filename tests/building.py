"""The built site that tests read, and builds of their own."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup
from filelock import FileLock

from chapters import ROOT, chapters, source_of

STRICT = ("-W", "-n", "--keep-going")

EVERY = [*chapters(), "search", "404"]
"""Every page of the site."""

CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))


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


def head_of(page: Page) -> dict[str, str]:
    return {
        str(tag.get("property") or tag.get("name")): str(tag["content"])
        for tag in page.soup.select("head meta[content]")
        if tag.get("property") or tag.get("name")
    }


def site(lock: Path) -> Path:
    """Build the site, unless ``make test`` has, and return the folder of its pages."""
    if not (ROOT / "book/_ext/node/node_modules/katex").exists():
        pytest.exit("KaTeX is not installed, so the site cannot be judged: run make book.", 1)
    if os.environ.get("SITE_IS_BUILT"):
        return ROOT / "_build" / "html"
    # Where tests run side by side, each process asks for it, and the first one builds it.
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", "")
    with FileLock(lock):
        if not run or not lock.with_name(run).exists():
            done = build(ROOT, *STRICT)
            if done.returncode:
                pytest.exit(f"The book does not build.\n{done.stdout}", 1)
            if run:
                lock.with_name(run).touch()
    return ROOT / "_build" / "html"


@cache
def parsed(path: Path) -> BeautifulSoup:
    """Return a built page; who changes it takes a copy."""
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
