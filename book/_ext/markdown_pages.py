"""Each page as plain Markdown with what its cells print, for people's tools and assistants.

``NAME.html.md`` lies beside ``NAME.html``; ``llms.txt`` lists the pages, and ``llms-full.txt`` is
all of them. The text comes from the resolved document, as that of the notebooks does.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from docutils import nodes
from selectolax.lexbor import LexborHTMLParser, LexborNode
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

import citing
from forms import shared
from notebooks import Chapter, Piece, fenced

ABOUT = """# {site}

> {abstract}

Each page is also there as Markdown, with what its cells print; all of them are in \
[llms-full.txt]({address}llms-full.txt).
The prose is under CC BY 4.0, the code under the MIT licence. Version {version}.
"""


def file_of(page: str) -> str:
    """Return the name of the Markdown of a page."""
    return f"{page}.html.md"


class Text(Chapter):
    """A page as Markdown: text, code, and what it prints."""

    def __init__(self, env: BuildEnvironment, page: str, address: str) -> None:
        super().__init__(env, page, address)
        self.is_linked = True

    def pieces(self, node: nodes.Element, level: int = 0) -> Iterator[Piece]:
        """Yield the blocks of a part of the page, in order."""
        match node:
            case nodes.container(attributes={"nb_element": "cell_code"}):
                cell = self.cells[node["cell_index"]]
                if "remove-input" not in cell.metadata.get("tags", []):
                    yield fenced(cell.source, "python")
                for part in node.findall(nodes.container):
                    if part.get("nb_element") == "cell_code_output":
                        yield from self._outputs(part)
                yield from (self._caption(found) for found in node.findall(nodes.caption))
            case nodes.definition_list_item():
                yield "\n\n".join([f"**{node[0].astext()}**:", *map(str, self._children(node[1:]))])
            case nodes.raw():
                yield f"*Here {self._link('the page', '')} has what a browser alone can show.*"
            case (
                nodes.definition()
                | nodes.definition_list()
                | addnodes.glossary()
                | nodes.citation()
            ):
                yield from self._children(node)
            case nodes.label():
                yield f"[{node.astext()}]"
            case _:
                yield from super().pieces(node, level)

    def _outputs(self, node: nodes.Element) -> Iterator[str]:
        for found in node.findall():
            match found:
                case nodes.literal_block():
                    yield fenced(found.astext().rstrip(), "text")
                case nodes.image():
                    yield f"![{found.get('alt', '')}](_images/{Path(found['uri']).name})"
                case nodes.raw(attributes={"format": "html"}):
                    yield from _from_html(found.astext())

    def _unknown(self, node: nodes.Node) -> Iterator[str]:
        yield node.astext()

    def about(self) -> str:
        """Say where the page is."""
        version = citing.citation()["version"]
        return f"*{self._link('This page', '')} of {citing.SITE}, version {version}.*"


def _from_html(text: str) -> Iterator[str]:
    """Yield what a cell shows as HTML, block by block."""
    for found in LexborHTMLParser(text).css("p, table, pre, summary"):
        if found.tag == "table":
            yield _table(found)
        elif found.tag == "pre":
            yield fenced(found.text().strip("\n"), "text")
        else:
            yield f"**{_line(found)}**" if found.tag == "summary" else _line(found)


def _table(table: LexborNode) -> str:
    rows = [
        [_line(cell).replace("|", "\\|") for cell in row.css("th, td")] for row in table.css("tr")
    ]
    rows.insert(1, ["---"] * len(rows[0]))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _line(node: LexborNode) -> str:
    return " ".join(node.text().split())


def write_page(app: Sphinx, document: nodes.document, page: str) -> None:
    """Write the Markdown of a page that is about to be written."""
    if app.builder.name != "html":
        return
    text = Text(app.env, page, app.config.html_baseurl)
    title, *pieces = map(str, text.pieces(document))
    whole = "\n\n".join([title, text.about(), *(piece for piece in pieces if piece)])
    (Path(app.outdir) / file_of(page)).write_text(whole + "\n", encoding="utf-8")


def write_lists(app: Sphinx, error: Exception | None) -> None:
    """Write the list of the pages, and all of them as one file."""
    if error is not None or app.builder.name != "html":
        return
    root, address = Path(app.outdir), app.config.html_baseurl
    book = citing.citation()
    lines = [ABOUT.format(
        site=citing.SITE, abstract=" ".join(book["abstract"].split()), address=address,
        version=book["version"],
    )]  # fmt: skip
    texts = []
    for part, names in shared.parts():
        lines += [f"## {part}\n"] if part else []
        for name in filter(app.env.found_docs.__contains__, names):
            title = app.env.titles[name].astext()
            about = app.env.metadata[name].get("description", "")
            lines.append(f"- [{title}]({urljoin(address, file_of(name))}): {about}".rstrip(": "))
            texts.append((root / file_of(name)).read_text(encoding="utf-8"))
        lines.append("")
    (root / "llms.txt").write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
    (root / "llms-full.txt").write_text("\n\n".join(texts), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Install the steps."""
    app.connect("doctree-resolved", write_page)
    app.connect("build-finished", write_lists)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
