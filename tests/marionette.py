"""The system's Firefox, driven by the protocol that it speaks itself.

Playwright drives a Firefox of its own build, Selenium needs a program beside it that comes from
no package index, and Mozilla's own client imports a module that Python 3.13 has no more. Marionette
takes commands of WebDriver as lines of JSON, each after its length.
"""

import json
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PREFERENCES = {
    "marionette.port": 0,
    "app.update.disabledForTesting": True,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "toolkit.telemetry.enabled": False,
}
"""What keeps a fresh Firefox from asking anybody anything; port 0 is one that is free."""


class Firefox:
    """A Firefox that runs."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._stream = self._socket.makefile("rwb")
        self._count = 0
        self._read()
        self.tell("NewSession")
        self.tell("SetTimeouts", script=10_000)

    def _read(self) -> Any:
        length = b""
        while (sign := self._stream.read(1)) != b":":
            length += sign
        return json.loads(self._stream.read(int(length)))

    def tell(self, command: str, of: str = "WebDriver", **parameters: Any) -> Any:
        """Send a command, and return what comes of it."""
        self._count += 1
        message = json.dumps([0, self._count, f"{of}:{command}", parameters]).encode()
        self._stream.write(b"%d:%s" % (len(message), message))
        self._stream.flush()
        _, _, error, result = self._read()
        if error:
            raise RuntimeError(f"{command}: {error['message']}")
        return result.get("value", result) if isinstance(result, dict) else result

    def goto(self, address: str) -> None:
        """Open an address, and wait until it is loaded."""
        self.tell("Navigate", url=address)

    def evaluate(self, script: str, *arguments: Any) -> Any:
        """Run the body of a function in the page."""
        return self.tell("ExecuteScript", script=script, args=arguments)

    def wait_for(self, expression: str) -> Any:
        """Wait until an expression in the page has a value, and return it."""
        for _ in range(1500):
            if found := self.evaluate(f"return {expression}"):
                return found
            time.sleep(0.02)
        raise TimeoutError(expression)

    def evaluate_inside(self, script: str, *arguments: Any) -> Any:
        """Run the body of a function in the browser itself."""
        self.tell("SetContext", of="Marionette", value="chrome")
        try:
            return self.evaluate(script, *arguments)
        finally:
            self.tell("SetContext", of="Marionette", value="content")

    def press(self, *keys: str) -> None:
        """Press keys, one after another."""
        steps = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self.tell("PerformActions", actions=[{"type": "key", "id": "keys", "actions": steps}])

    def close(self) -> None:
        """End the connection."""
        self._stream.close()
        self._socket.close()


@contextmanager
def started(path: str) -> Iterator[Firefox]:
    """Start a Firefox with a profile of its own."""
    profile = Path(tempfile.mkdtemp())
    lines = [f"user_pref({json.dumps(key)}, {json.dumps(to)});" for key, to in PREFERENCES.items()]
    (profile / "user.js").write_text("\n".join(lines), encoding="utf-8")
    command = [
        path,
        "--headless",
        "--marionette",
        "--remote-allow-system-access",
        "--profile",
        str(profile),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        port = profile / "MarionetteActivePort"
        for _ in range(600):
            if port.exists() and port.read_text():
                break
            time.sleep(0.05)
        firefox = Firefox(int(port.read_text()))
        try:
            yield firefox
        finally:
            firefox.close()
            process.terminate()
    shutil.rmtree(profile, ignore_errors=True)
