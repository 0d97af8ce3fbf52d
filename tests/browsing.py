"""The system's Chromium and Firefox, in which tests open the site."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Request, sync_playwright
from playwright.sync_api import Page as BrowserPage


def complaints_of(page: BrowserPage, site: str = "file:") -> list[str]:
    """Return a list that fills with what a page complains of or asks for outside its site."""
    complaints: list[str] = []

    def check(request: Request) -> None:
        if not request.url.startswith((site, "data:", "blob:")):
            complaints.append(f"asked for {request.url}")

    def fail(request: Request) -> None:
        # A page that is left or closed gives up what it was still asking for, such as its icon.
        if request.failure != "net::ERR_ABORTED":
            complaints.append(f"failed: {request.url}: {request.failure}")

    page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", fail)
    page.on("request", check)
    return complaints


def chromium() -> str | None:
    """Return where the system's Chromium is, if it has one."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def needs_chromium() -> str:
    """Return where the system's Chromium is; a machine without one skips."""
    return chromium() or pytest.skip("Chromium is not installed, so it did not open the site")


def needs_firefox() -> str:
    """Return where the system's Firefox is; a machine without one skips."""
    found = shutil.which("firefox-esr") or shutil.which("firefox")
    return found or pytest.skip("Firefox is not installed, so it did not open the site")


@contextmanager
def started() -> Iterator[Browser]:
    """Start the system's Chromium."""
    path = needs_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()
