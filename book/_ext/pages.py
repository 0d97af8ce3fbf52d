"""What is mended in a page while Sphinx reads and writes it.

- Chapters live in ``book/``, and their addresses do not say so: ``/sigmoid.html``.
- The labels and sections that nobody writes are put into its source; see ``sources.py``.
- A traceback in an output is a warning, and with ``-W`` a failed build, every time.
- A heading's address is its explicit label, so rewording it breaks no link.
- The description of a page stands where Jupyter Book 2 reads it as well.
- Solutions fold away without a script.
- A word that no page has any more leaves the search index.
"""

import gc
import os
import re
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator
from sphinx_exercise.nodes import solution_node

from execution import ROOT, digest_of
from sources import CHANGELOG, CHANGES, source_of, whole

logger = logging.getLogger(__name__)


def page_digest(root: Path) -> str:
    """Return a digest of what decides, besides cells and sources, what a page shows."""
    extension = root / "book" / "_ext"
    return digest_of(root, [*extension.glob("*.py"), *extension.glob("node/*.js*")])


def complete(app: Sphinx, page: str, source: list[str]) -> None:
    """Write what is not written by hand into the source that is about to be read."""
    if CHANGES.search(source[0]):
        app.env.note_dependency(str(CHANGELOG))
    source[0] = whole(page, source[0])


def complete_copies(app: Sphinx, error: Exception | None) -> None:
    """Write the same into the copies of the sources that readers are given."""
    for copy in (Path(app.outdir) / "_sources").glob("*.md"):
        copy.write_text(source_of(Path(app.env.doc2path(copy.stem))), encoding="utf-8")


def take_address(app: Sphinx, config: Config) -> None:
    """Take the address of the site from the environment, for what has to be absolute.

    Raises
    ------
    ExtensionError
        If it is no address of a folder on the web.
    """
    address = os.environ.get("SITE_ADDRESS", "")
    if address and not re.fullmatch(r"https?://[^/\s]+(/[^\s?#]*)?/", address):
        raise ExtensionError(
            f"SITE_ADDRESS is {address!r}, but an address such as https://example.org/book/ is "
            "needed, with a slash at its end."
        )
    config.html_baseurl = address
    config.notfound_urls_prefix = urlsplit(address).path or "/"
    if not address:
        logger.info("SITE_ADDRESS is not set: the site has no sitemap and no canonical links.")


def match_dark_code(app: Sphinx) -> None:
    """Give code in dark mode the style that it has in light mode.

    The theme defines this setting only while the builder starts, too late for _config.yml.
    """
    if "pygments_dark_style" in app.config:
        app.config["pygments_dark_style"] = app.config["pygments_style"]


def describe(
    app: Sphinx, name: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Say in the head of a page what its front matter says of it."""
    if description := (context.get("meta") or {}).get("description"):
        context["metatags"] += f'<meta content="{escape(description)}" name="description">\n'


def report_tracebacks(app: Sphinx, doctree: nodes.document) -> None:
    """Warn of each traceback in an output.

    An exception raised while a result is displayed comes back as an output and not as a
    failed cell, so the notebook runner lets it pass.
    """
    for output in doctree.findall(nodes.literal_block):
        if "traceback" in output["classes"]:
            last_line = output.astext().strip().splitlines()[-1]
            logger.warning("a cell's output is a traceback: %s", last_line, location=output)


def keep_explicit_addresses(app: Sphinx, doctree: nodes.document) -> None:
    """Let a labelled heading answer to its label alone, not to its wording as well."""
    explicit = {name for name, given in doctree.nametypes.items() if given}
    for section in doctree.findall(nodes.section):
        labels = dict.fromkeys(
            doctree.nameids[name] for name in section["names"] if name in explicit
        )
        if labels:
            section["ids"] = list(labels)


class UnwrapContents(SphinxPostTransform):
    """Take the body of exercises, solutions and proofs out of its unnamed section.

    The extensions wrap each body in a section whose id is the same every time; ids must
    be unique on a page, and a body is no section of it.
    """

    default_priority = 900

    def run(self, **kwargs: Any) -> None:
        """Unwrap every body, and drop the id all proofs share."""
        shared = (["proof-content"], ["exercise-content"], ["solution-content"])
        for section in list(self.document.findall(nodes.section)):
            if section["ids"] in shared:
                section.parent.replace(section, section.children)
        for proof in self.document.findall(nodes.admonition):
            if proof["ids"] == ["proof"]:
                proof["ids"] = []


def visit_solution(self: HTML5Translator, node: nodes.Element) -> None:
    """Open a solution that the reader unfolds."""
    for title in [child for child in node if isinstance(child, nodes.title)]:
        node.remove(title)
    self.body.append(self.starttag(node, "details", CLASS="solution"))
    self.body.append("<summary>Solution</summary>\n")


def depart_solution(self: HTML5Translator, node: nodes.Element) -> None:
    """Close a solution."""
    self.body.append("</details>\n")


def forget_unused_words(app: Sphinx) -> list[Any]:
    """Take words out of the search index that stood in earlier versions of pages alone.

    Sphinx keeps them with an empty list of pages, so a site that grew page by page would not
    be that of one cold build.
    """
    index = getattr(app.builder, "indexer", None)
    for words in (index._mapping, index._title_mapping) if index else ():
        for word in [word for word, pages in words.items() if not pages]:
            del words[word]
    return []


def setup(app: Sphinx) -> dict[str, Any]:
    """Install the hooks."""
    # Trees of pages are large, and looking through them so often takes a third of a later build.
    gc.set_threshold(100_000, 20, 100)
    app.srcdir = type(app.srcdir)(ROOT / "book")
    app.connect("config-inited", take_address)
    # Sphinx reads every page again when a value registered for "env" changes.
    app.add_config_value("page_digest", page_digest(ROOT), "env", [str])
    # It writes every page again, and copies the stylesheet, when one for "html" changes.
    style = digest_of(ROOT, filter(Path.is_file, (ROOT / "book/_static").rglob("*")))
    app.add_config_value("style_digest", style, "html", [str])
    app.connect("builder-inited", match_dark_code, priority=100)
    app.connect("source-read", complete)
    app.connect("build-finished", complete_copies)
    app.connect("html-page-context", describe)
    # The last event before the search index is written.
    app.connect("html-collect-pages", forget_unused_words)
    app.connect("doctree-read", report_tracebacks)
    # Before the collectors (at 500) note which address belongs to which heading.
    app.connect("doctree-read", keep_explicit_addresses, priority=400)
    app.add_post_transform(UnwrapContents)
    app.add_node(solution_node, override=True, html=(visit_solution, depart_solution))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
