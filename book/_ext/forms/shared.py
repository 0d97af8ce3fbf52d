"""What the book on paper and in an e-reader have in common."""

import re
from html import escape

import yaml

import citing

RIGHTS = "Prose and figures are under CC BY 4.0, the code is under the MIT licence."
"""What a reader may do, in a sentence."""

FORM = re.compile(r'<div id="diagnose-app">.*<noscript>(.*)</noscript>', re.DOTALL)
"""What needs a script, and what the page says where none runs."""


def parts() -> list[tuple[str, list[str]]]:
    """Return the pages of the book in their order, by the caption of their part."""
    toc = yaml.safe_load((citing.ROOT / "_toc.yml").read_text(encoding="utf-8"))
    chapters = [(part["caption"], part["chapters"]) for part in toc.get("parts", [])]
    return [("", [toc["root"]])] + [(name, [one["file"] for one in all]) for name, all in chapters]


def unfolded(text: str) -> str:
    """Return the text of a page with everything open that waits for a click."""
    return FORM.sub(r"\1", text).replace("<details", '<details open="open"')


def title_page(address: str = "") -> str:
    """Return what stands on the first page: the book, its authors, version, date and licences."""
    said = citing.citation()
    title, _, subtitle = said["title"].partition(": ")
    authors = ", ".join(author["name"] for author in said["authors"])
    rights = f'{RIGHTS} <a href="{citing.LICENCE}">{citing.LICENCE}</a>'
    home = f'<p><a href="{address}">{address}</a></p>' if address else ""
    return (
        f'<p class="title"><img src="_static/wordmark.svg" alt="{escape(title)}" /></p>'
        f'<p class="subtitle">{escape(subtitle[:1].upper() + subtitle[1:])}</p>'
        f"<p>{escape(authors)}</p>"
        f"<p>Version {said['version']}, {said['date-released']}</p>{home}"
        f'<p class="rights">{rights}</p>'
    )
