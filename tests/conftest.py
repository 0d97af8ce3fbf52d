"""What every folder of tests has: the same examples in every run, and the built site if asked for.

What a fixture needs is imported when it is asked for: the tests of the package need numpy, pytest
and hypothesis alone.
"""

import gc
import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from chapters import chapters

# A failure seen once can be seen again.
settings.register_profile("book", derandomize=True, deadline=None)
settings.load_profile("book")

# What is kept, mutants above all, is much: looking through it so often would take a third longer.
gc.set_threshold(100_000, 20, 100)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In CI, try again once what a slow machine can fail: browsers, and tests of seconds.

    What takes the mutants of one published test, or of another edition of it, is run by one
    process, which has them, and what reads the built pages by one that has parsed them.
    """
    again = os.environ.get("CI") and config.pluginmanager.hasplugin("rerunfailures")
    by_several = config.pluginmanager.hasplugin("xdist")
    for item in items:
        if again and (item.path.parent.name == "browser" or item.get_closest_marker("timed")):
            item.add_marker(pytest.mark.flaky(reruns=1))
        id = str(getattr(getattr(item, "callspec", None), "params", {}).get("id", ""))
        together = "pages" if item.path.parent.name == "built" else id.rpartition("_")[0]
        if together and by_several and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(together))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport]:
    """Where CI runs everything, fail what would be skipped: a browser is lacking, or a program."""
    report = yield
    if os.environ.get("NO_SKIPS") and report.skipped:
        report.outcome, report.longrepr = "failed", f"{item.nodeid} was skipped: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def html(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site as ``make book`` does and return the folder of its pages."""
    import building

    return building.site(tmp_path_factory.getbasetemp().parent / "book.lock")


@pytest.fixture(params=chapters())
def page(request: pytest.FixtureRequest, html: Path) -> Any:
    """Give each built page in turn."""
    import building

    path = html / f"{request.param}.html"
    return building.Page(request.param, path, building.parsed(path))


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Start the system's Chromium, one for each process of tests."""
    import browsing

    with browsing.started() as browser:
        yield browser
