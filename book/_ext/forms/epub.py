"""The whole book as an EPUB: Sphinx's own, with what its builder leaves to be wished for.

The chapters come from the pages that the site has read already, so that no cell runs again. A page
is as plain as it can be, since a reading device has its own style and runs no script: everything
is unfolded, formulas are MathML, and the file is the same bytes whenever it is made.
"""

import re
import shutil
import uuid
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from docutils import nodes
from lxml import etree
from sphinx.application import Sphinx
from sphinx.builders.epub3 import Epub3Builder
from sphinx.config import Config
from sphinx.errors import ExtensionError

import citing
from forms import shared

XHTML = "{http://www.w3.org/1999/xhtml}"
MATHML = "{http://www.w3.org/1998/Math/MathML}"

PAGE = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" lang="en" xml:lang="en">
<head><meta charset="utf-8"/><title>{title}</title>
<link rel="stylesheet" type="text/css" href="_static/epub.css"/></head>
<body>{body}</body>
</html>
"""

ACCESS = {
    "accessMode": ("textual", "visual"),
    "accessModeSufficient": ("textual",),
    "accessibilityFeature": ("alternativeText", "MathML", "tableOfContents"),
    "accessibilityHazard": ("none",),
    "accessibilitySummary": ("Formulas are MathML, and every figure has a description.",),
}
"""What libraries tell readers who cannot see, or cannot see well."""


class Epub(Epub3Builder):
    """Sphinx's builder, for plain pages without a theme."""

    def init(self) -> None:
        """Begin with an empty folder, since what is in it gets into the book."""
        shutil.rmtree(self.outdir)
        Path(self.outdir).mkdir()
        super().init()

    def get_refnodes(self, doctree: nodes.Node, result: list[dict[str, Any]]) -> Any:
        """Give the table of contents the numbers that the headings have."""
        before = len(result)
        found = super().get_refnodes(doctree, result)
        if isinstance(doctree, nodes.reference) and len(result) > before:
            number = ".".join(map(str, doctree.get("secnumber") or ()))
            result[-1]["text"] = f"{number}. {result[-1]['text']}" if number else result[-1]["text"]
        return found

    def handle_page(self, pagename: str, addctx: dict[str, Any], *args: Any, **named: Any) -> None:
        """Write a page."""
        page = PAGE.format(
            title=_plain(addctx["title"]), body=addctx["body"].replace("<br>", "<br/>")
        )
        try:
            tree = etree.fromstring(page.encode())
        except etree.XMLSyntaxError as error:
            raise ExtensionError(
                f"{pagename}.md has an output that is no XML, which an EPUB needs: {error}"
            ) from error
        _make_readable(tree)
        file = Path(self.outdir) / f"{pagename}{self.out_suffix}"
        file.write_bytes(etree.tostring(tree.getroottree(), encoding="utf-8", xml_declaration=True))

    def gen_pages_from_extensions(self) -> None:
        """Leave out pages that are none of the book."""

    def gen_additional_pages(self) -> None:
        """Write the title page."""
        body = f'<div class="title-page">{shared.title_page(self.config.html_baseurl)}</div>'
        self.handle_page("title", {"title": self.config.epub_title, "body": body})

    def copy_static_files(self) -> None:
        """Write the stylesheet and the wordmark."""
        folder = Path(self.outdir) / "_static"
        folder.mkdir()
        shutil.copyfile(Path(__file__).with_name("epub.css"), folder / "epub.css")
        shutil.copyfile(Path(self.srcdir) / "_static" / "wordmark.svg", folder / "wordmark.svg")

    def content_metadata(self) -> dict[str, Any]:
        """Return what the book says of itself, with the date of its version."""
        return super().content_metadata() | {
            "date": f"{citing.citation()['date-released']}T00:00:00Z",
            "version": citing.citation()["version"],
        }

    def toc_metadata(self, *args: Any) -> dict[str, Any]:
        """Return what the older table of contents says, with the identifier of the book."""
        return super().toc_metadata(*args) | {"uid": self.config.epub_identifier}

    def build_content(self) -> None:
        """Write the list of files, and say which of them have formulas."""
        for picture in (Path(self.outdir) / "_images").glob("*.svg"):
            # Shops refuse a path without its data, as matplotlib writes what lies outside a frame.
            drawn = re.sub(r"<path(?![^>]*\sd=)", '<path d=""', picture.read_text(encoding="utf-8"))
            picture.write_text(drawn, encoding="utf-8")
        super().build_content()
        file = Path(self.outdir) / "content.opf"
        access = "".join(
            f'<meta property="schema:{name}">{value}</meta>\n'
            for name, values in ACCESS.items()
            for value in values
        )
        text = file.read_text(encoding="utf-8").replace("</metadata>", f"{access}</metadata>")
        # Sphinx takes the first file for the contents.
        text = text.replace('Contents" href="title.xhtml"', 'Contents" href="nav.xhtml"')
        for name in self.files:
            page = (file.parent / name).read_bytes()
            holds = [
                kind for kind, sign in (("mathml", b"<math"), ("svg", b"<svg")) if sign in page
            ]
            if holds:
                properties = f'href="{name}" properties="{" ".join(holds)}"'
                text = text.replace(f'href="{name}"', properties)
        file.write_text(text, encoding="utf-8", newline="\n")

    def build_epub(self) -> None:
        """Pack the files, all of them as old as the version."""
        root = Path(self.outdir)
        date = citing.citation()["date-released"].timetuple()[:3]
        names = [
            "mimetype",
            "META-INF/container.xml",
            "content.opf",
            "toc.ncx",
            *sorted(self.files),
        ]
        with ZipFile(root / f"{self.config.epub_basename}.epub", "w") as file:
            for name in names:
                info = ZipInfo(name, (*date, 0, 0, 0))
                info.create_system, info.external_attr = 3, 0o644 << 16
                method = ZIP_STORED if name == "mimetype" else ZIP_DEFLATED
                file.writestr(info, (root / name).read_bytes(), method)


def _plain(title: str) -> str:
    return re.sub(r"<[^>]+>", "", title)


def _make_readable(page: etree._Element) -> None:
    """Unfold what waits for a click, and give formulas their TeX for devices without MathML."""
    for form in page.iterfind(f".//{XHTML}div[@id='diagnose-app']"):
        (note,) = page.iterfind(f".//{XHTML}noscript")
        note.tag = f"{XHTML}div"
        form.getparent().remove(form)
    for details in page.iter(f"{XHTML}details"):
        details.tag = f"{XHTML}div"
        summary = details.find(f"{XHTML}summary")
        if "hide" in details.get("class", "").split():
            details.remove(summary)
        else:
            summary.tag = f"{XHTML}p"
    # The role that docutils gives each source is one that EPUB has given up.
    for source in page.iterfind(".//*[@role='doc-biblioentry']"):
        source.set("role", "listitem")
    for link in page.iterfind(f".//{XHTML}a[@href]"):
        link.set("href", re.sub(r"^([\w-]+)\.html", r"\1.xhtml", link.get("href")))
    for tex in list(page.iter(f"{MATHML}annotation")):
        semantics = tex.getparent()
        semantics.getparent().set("alttext", tex.text)
        semantics.remove(tex)


def describe(app: Sphinx, config: Config) -> None:
    """Take what the book says of itself from the file for citations."""
    said = citing.citation()
    authors = ", ".join(author["name"] for author in said["authors"])
    config.epub_basename = citing.BOOK
    config.epub_title = said["title"]
    config.epub_author = config.epub_publisher = config.epub_contributor = authors
    config.epub_description = " ".join(said["abstract"].split())
    config.version = said["version"]
    config.epub_copyright = f"{shared.RIGHTS} {citing.LICENCE}"
    config.epub_identifier = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, citing.BOOK)}"
    config.epub_uid = "book"
    config.epub_pre_files = [("title.xhtml", "Title page")]
    config.epub_tocscope, config.epub_tocdup = "includehidden", False
    config.epub_show_urls = "no"


def setup(app: Sphinx) -> dict[str, Any]:
    """Install the builder."""
    app.add_builder(Epub, override=True)
    app.connect("config-inited", describe)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
