"""The site as a web server hands it out: compressed, and with its types."""

import gzip
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext

LONG_ENOUGH_TO_PAINT = 0.3
"""Seconds."""

SETTLED = """() => document.fonts.ready.then(() =>
  new Promise((done) => requestIdleCallback(() => requestIdleCallback(done))))"""
"""What waits until a page that has loaded has nothing more to do."""

COMPRESSED = (".html", ".css", ".js", ".svg", ".xml", ".txt")


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    by_halves = False

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path.split("?")[0]))
        path = path / "index.html" if path.is_dir() else path
        found = path.is_file()
        path = path if found else Path(self.directory) / "404.html"
        body = path.read_bytes() if path.is_file() else b""
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Cache-Control", "max-age=600")
        by_halves = self.by_halves and path.suffix == ".html"
        if path.suffix in COMPRESSED and not by_halves:
            body = gzip.compress(body, 9, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        middle = body.find(b"</tr>", body.find(b"<td")) if by_halves else len(body)
        self.wfile.write(body[:middle])
        self.wfile.flush()
        if by_halves:
            time.sleep(LONG_ENOUGH_TO_PAINT)
            self.wfile.write(body[middle:])

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


class _HalvingHandler(_Handler):
    by_halves = True


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a browser that is closed while it loads."""


@contextmanager
def served(folder: Path, by_halves: bool = False) -> Iterator[str]:
    """Serve a folder while the block runs, and give its address.

    By halves, a page stops for a while after the first row of its first table.
    """
    handler = partial(_HalvingHandler if by_halves else _Handler, directory=str(folder))
    server = _Server(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def weights(context: BrowserContext, addresses: list[str]) -> list[int]:
    """Return the bytes that come over the network for each of the pages opened in turn."""
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    received: list[float] = []
    within: set[str] = set()
    open_ones: set[str] = set()

    def ask(event: dict[str, Any]) -> None:
        # A font that is part of a stylesheet has come with it.
        if event["request"]["url"].startswith("data:"):
            within.add(event["requestId"])
        open_ones.add(event["requestId"])

    def finish(event: dict[str, Any]) -> None:
        open_ones.discard(event["requestId"])
        if event["requestId"] not in within:
            received.append(event.get("encodedDataLength", 0))

    session.on("Network.requestWillBeSent", ask)
    session.on("Network.loadingFinished", finish)
    session.on("Network.loadingFailed", finish)
    found = []
    for address in addresses:
        received.clear()
        page.goto(address)
        page.evaluate(SETTLED)
        while open_ones:
            page.evaluate(SETTLED)
        found.append(int(sum(received)))
    page.close()
    return found
