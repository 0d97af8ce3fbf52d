"""The engine of Safari, WebKitGTK's, driven by WebDriver on a screen that nobody sees."""

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

BROWSERS = "/usr/lib"
"""Debian's package webkit2gtk-driver puts a browser without anything around the page there."""


class WebKit:
    """A WebKit that runs."""

    def __init__(self, port: int, browser: Path) -> None:
        self._address = f"http://127.0.0.1:{port}/session"
        options = {"binary": str(browser), "args": ["--automation"]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        found = self._tell("POST", "", {"capabilities": wanted})
        self._address += f"/{found['sessionId']}"

    def _tell(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(self._address + path, data, method=method)  # noqa: S310
        try:
            with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(json.load(error)["value"]["message"]) from None

    def goto(self, address: str) -> None:
        """Open an address, and wait until it is loaded."""
        self._tell("POST", "/url", {"url": address})

    def evaluate(self, script: str, *arguments: Any) -> Any:
        """Run the body of a function in the page."""
        return self._tell("POST", "/execute/sync", {"script": script, "args": arguments})

    def wait_for(self, expression: str) -> Any:
        """Wait until an expression in the page has a value, and return it."""
        for _ in range(1500):
            if found := self.evaluate(f"return {expression}"):
                return found
            time.sleep(0.02)
        raise TimeoutError(expression)

    def press(self, text: str) -> None:
        """Press keys, one after another, wherever the page has its focus."""
        steps = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
        keys = {"type": "key", "id": "keys", "actions": steps}
        self._tell("POST", "/actions", {"actions": [keys]})

    def close(self) -> None:
        """End the session, and with it the browser."""
        self._tell("DELETE", "")


@contextmanager
def started() -> Iterator[WebKit]:
    """Start a WebKit; a machine without one skips."""
    browsers = sorted(Path(BROWSERS).glob("*/webkit2gtk-4.*/MiniBrowser"))
    driver, screen = shutil.which("WebKitWebDriver"), shutil.which("Xvfb")
    if not (browsers and driver and screen):
        pytest.skip("WebKitWebDriver and Xvfb are not installed, so WebKit did not open the site")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen(
        [screen, "-displayfd", "1", "-screen", "0", "1400x1000x24", "-nolisten", "tcp"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as seen:  # fmt: skip
        assert seen.stdout is not None
        # In a container there is nothing that its sandbox could be made of.
        place = {"DISPLAY": f":{seen.stdout.readline().strip()}"}
        place["WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS"] = "1"
        with subprocess.Popen(
            [driver, f"--port={port}"], env={**os.environ, **place},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        ) as process:  # fmt: skip
            try:
                _wait_for(port)
                webkit = WebKit(port, browsers[-1])
                try:
                    yield webkit
                finally:
                    webkit.close()
            finally:
                process.terminate()
                seen.terminate()


def _wait_for(port: int) -> None:
    for _ in range(600):
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError("WebKitWebDriver")
