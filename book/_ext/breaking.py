"""Where the lines of a page may break: in formulas, in code, and in what cells print."""

import re
from typing import cast

from selectolax.lexbor import LexborHTMLParser, LexborNode

COLUMN = 78
"""So many signs of code fit the column of the text; what is longer takes the margin as well."""

NARROW, SMALL = 40, 59
"""On a phone so many signs fit at their size, and so many in smaller letters."""

ALIGNED = re.compile(r".*\S {2,}\S|  *\[")
"""What a line in columns has: a gap, or the beginning of another row of an array."""

TORN = re.compile(r"^ +\[|^[^\[\n]*\]|-{3,} +-{3,}", re.MULTILINE)
"""What no line may break in: another row of an array, or a table."""

ARRAY = re.compile(r"\[[^\[\]]+\]+")
"""A row of an array."""

TITLES = "article :is(h1, h2, h3, h4), .sidebar-tree a, .toc-tree a, .related-pages .title"

FORMULA = re.compile(r"[^\s<>]+(?: [-=+*] [^\s<>]+)+|\b(?:Course|Week) \d\b")
"""What stays on one line of a title."""

NAME = re.compile(r"\w{18,}")
"""What may break at its underscores, since a phone has no line for it."""

SHORT = 16
"""So many signs of it fit any line."""


def mend(tree: LexborHTMLParser) -> None:
    """Mend the lines of a page."""
    for box in tree.css("article pre"):
        lines = box.text().splitlines()
        _name(box, "wide", max(map(len, lines), default=0) > COLUMN)
    # Columns would be torn if their lines broke.
    for box in tree.css("article :is(.cell_output pre, pre.digits)"):
        _fit(box)
    for formula in tree.css("article :not(.katex-display) > .katex"):
        _join(formula)
    # What a cell shows stands before the code that is folded away.
    for fold in tree.css("div.cell > details.hide"):
        if fold.parent and fold.parent.css_matches(".cell_output"):
            fold.parent.insert_child(fold)
            fold.decompose()


def _fit(box: LexborNode) -> None:
    """Say how columns can be read on a phone: in smaller letters, or broken between arrays.

    Digits that are compared keep their size.
    """
    lines = box.text().splitlines()
    if len(list(filter(ALIGNED.match, lines))) < 2:
        return
    _name(box, "columns", True)
    if box.parent and box.parent.tag == "details":
        return  # The digits of a mistake, which are many: the page would grow.
    signs, whole = max(map(len, lines)), bool(TORN.search(box.text()))
    compared = box.css_matches("pre.digits") and not whole
    if NARROW < signs <= SMALL and not compared:
        _name(box, "small", True)
        box.attrs["style"] = f"--signs:{signs}"
    elif signs > NARROW and not whole:
        _name(box, "broken", True)
        box.inner_html = ARRAY.sub(r'<span class="joined">\g<0></span>', box.inner_html or "")


def _name(box: LexborNode, name: str, is_so: bool) -> None:
    if is_so:
        box.attrs["class"] = f"{box.attributes.get('class') or ''} {name}".strip()


def mend_titles(tree: LexborHTMLParser) -> None:
    """Mend the lines of titles, once nothing reads their words any more."""
    for title in tree.css(TITLES):
        if not title.css_matches(".katex"):
            _mend_title(title)


def _mend_title(title: LexborNode) -> None:
    for code in title.css("code"):
        _name(code, "joined", " " in code.text() and len(code.text()) <= SHORT)

    def joined(found: re.Match[str]) -> str:
        return f'<span class="joined">{found[0]}</span>' if len(found[0]) <= SHORT else found[0]

    def mended(text: re.Match[str]) -> str:
        kept = FORMULA.sub(joined, text[0])
        return NAME.sub(lambda name: name[0].replace("_", "_<wbr>"), kept)

    before = title.inner_html or ""
    after = re.sub(r"(?<![^>])[^<]+", mended, before)
    if after != before:
        title.inner_html = after


def _join(formula: LexborNode) -> None:
    """Let no line break inside parentheses of a formula, or before what comes after it."""
    depth, joined = 0, None
    for piece in formula.css(".katex-html > .katex-base"):
        signs = "".join(found.text() for found in piece.css(".mopen, .mclose"))
        opened = sum((sign in "([") - (sign in ")]") for sign in signs)
        if joined is not None:
            joined.insert_child(piece)
            piece.decompose()
        elif opened > 0:
            joined = _around(piece)
        depth += opened
        joined = joined if depth > 0 else None
    after = formula.next
    found = re.match(r"[.,;:!?)’”]+", after.text() if after and after.is_text_node else "")
    if after and found:
        whole = _around(formula)
        whole.insert_child(found[0])
        for piece in whole.css(".katex-html > *")[1:]:
            piece.insert_before(_made("wbr"))
        after.replace_with(after.text()[found.end() :])


def _around(found: LexborNode) -> LexborNode:
    """Put an element around another one, and return it."""
    found.insert_before(_made("span", "joined"))
    joined = cast("LexborNode", found.prev)
    joined.insert_child(found)
    found.decompose()
    return joined


def _made(tag: str, name: str = "") -> LexborNode:
    (made,) = LexborHTMLParser(f'<{tag} class="{name}">').css(tag)
    return made
