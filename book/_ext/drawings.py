"""Pictures as part of their page, whose colours they take: in light, in dark and on paper.

A picture in a file of its own follows the scheme of the system at best, and not the reader's
switch. Inside the page its colours are those of the stylesheet, and its text is text.
"""

import re
from collections.abc import Mapping
from functools import cache
from html import escape
from pathlib import Path

BOOK = Path(__file__).resolve().parents[1]

STYLESHEET = BOOK / "_static" / "book.css"

FONT = "font-family"
"""What the page decides."""


@cache
def colours() -> Mapping[str, str]:
    """Return the name that the stylesheet gives to each colour of the light scheme."""
    (light,) = re.findall(r"^:root \{(.*?)^\}", STYLESHEET.read_text(encoding="utf-8"), re.M | re.S)
    return {colour: name for name, colour in re.findall(r"--([\w-]+): (#\w{6});", light)}


def inlined(svg: str, alt: str, prefix: str) -> str:
    """Return a drawing as an element of a page.

    Parameters
    ----------
    svg : str
        The drawing, as a file.
    alt : str
        What it shows, in words.
    prefix : str
        What makes its ids its own.
    """
    opening, body = re.sub(r"<style.*?</style>", "", svg, flags=re.S).split(">", 1)
    (box,) = re.findall(r' viewBox="[^"]*"', opening)
    # 96 pixels of a stylesheet are 72 points.
    size = "".join(
        f' {name}="{round(float(points) * 96 / 72)}"'
        for name, points in re.findall(r' (width|height)="([\d.]+)pt"', opening)
    )
    body = re.sub(r' style="([^"]*)"', lambda found: _attributes(found[1]), body)
    body = re.sub(r'(fill|stroke)="(#\w{6})"', _coloured, body)
    body = re.sub(r'(id="|url\(#|href="#)', rf"\g<1>{prefix}-", body)
    return f'<svg class="picture" role="img" aria-label="{escape(alt)}"{box}{size}>{body}'


def _attributes(style: str) -> str:
    pairs = (declaration.split(":", 1) for declaration in style.split(";") if declaration.strip())
    named = ((name.strip(), value.strip()) for name, value in pairs)
    return "".join(f' {name}="{value}"' for name, value in named if name != FONT)


def _coloured(found: re.Match[str]) -> str:
    return f'{found[1]}="var(--{colours()[found[2]]})"'
