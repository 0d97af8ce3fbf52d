r"""One colour for each way to write a step: A-form, Z-form and shortcut.

The words carry their colour wherever the text has them, and formulas by ``\aform{...}``,
``\zform{...}`` and ``\shortcut{...}``. The colours are those of ``book.css`` and the pictures.
Tables of forms colour themselves (see ``backcheck.showing.tables``).
"""

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

CLASSES = {"aform": "a-form", "zform": "z-form", "shortcut": "shortcut"}
"""The class of what stands in each macro."""

WORDS = re.compile(r"\b(A-form|Z-form|shortcut)s?\b")

LEFT_ALONE = (nodes.literal, nodes.literal_block, nodes.math, nodes.reference, nodes.title)
"""Where a word is code, or has a colour of its own."""


class ColourForms(SphinxPostTransform):
    """Give the words for the three forms their class."""

    default_priority = 850
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Wrap each word."""
        for text in list(self.document.findall(nodes.Text)):
            if WORDS.search(text) and not within(text, LEFT_ALONE):
                text.parent.replace(text, _coloured(text.astext()))


def _coloured(text: str) -> list[nodes.Node]:
    found: list[nodes.Node] = []
    end = 0
    for match in WORDS.finditer(text):
        found += [nodes.Text(text[end : match.start()])] if match.start() > end else []
        found.append(nodes.inline("", match[0], classes=[match[1].lower()]))
        end = match.end()
    return [*found, nodes.Text(text[end:])] if end < len(text) else found


def within(node: nodes.Node, kinds: tuple[type[nodes.Node], ...]) -> bool:
    """Say whether a node stands in one of some kinds."""
    while node.parent is not None:
        node = node.parent
        if isinstance(node, kinds):
            return True
    return False


def setup(app: Sphinx) -> dict[str, Any]:
    """Install the transform, and the macros for MathJax, which takes KaTeX's place without it."""
    macros = {name: [f"\\class{{{css}}}{{#1}}", 1] for name, css in CLASSES.items()}
    app.config["mathjax3_config"] = {"tex": {"macros": macros}}
    app.add_post_transform(ColourForms)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
