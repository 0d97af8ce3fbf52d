"""The first use of a word of this book's own on a page leads to the glossary."""

import re
from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

from form_colours import within
from live import live

WORDS = re.compile(r"(?<![\w-])(form|fixture|edition|referee|mutant)s?\b")
"""The words that mean something here that they mean nowhere else."""

LEFT_ALONE = (
    nodes.title,
    nodes.literal,
    nodes.FixedTextElement,
    nodes.math,
    nodes.reference,
    pending_xref,
    nodes.term,
    live,
)


class LinkFirstUse(SphinxTransform):
    """Make a link of the first use of each word on a page."""

    default_priority = 790

    def apply(self, **kwargs: Any) -> None:
        """Replace the first use of each word."""
        if self.env.docname in self.config.glossary_links_exclude:
            return
        linked: set[str] = set()
        for text in list(self.document.findall(nodes.Text)):
            if isinstance(text.parent, nodes.TextElement) and not within(text, LEFT_ALONE):
                parts = self._linked(text.astext(), linked)
                if len(parts) > 1:
                    text.parent.replace(text, parts)

    def _linked(self, text: str, linked: set[str]) -> list[nodes.Node]:
        parts: list[nodes.Node] = []
        end = 0
        for match in WORDS.finditer(text):
            if match[1] not in linked:
                linked.add(match[1])
                parts += [nodes.Text(text[end : match.start()]), self._link(match)]
                end = match.end()
        return [*parts, nodes.Text(text[end:])]

    def _link(self, match: re.Match[str]) -> pending_xref:
        return pending_xref(
            "", nodes.inline("", match[0], classes=["std", "std-term"]), refdomain="std",
            reftype="term", reftarget=match[1], refexplicit=True, refwarn=True,
            refdoc=self.env.docname,
        )  # fmt: skip


def setup(app: Sphinx) -> dict[str, Any]:
    """Install the transform."""
    app.add_config_value("glossary_links_exclude", [], "env", [list])
    app.add_transform(LinkFirstUse)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
