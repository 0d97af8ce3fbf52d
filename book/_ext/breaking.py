"""Where the lines of a page may break: in formulas, in code, and in what cells print."""

import re
from typing import cast

from selectolax.lexbor import LexborHTMLParser, LexborNode

COLUMN = 78
"""So many signs of code fit the column of the text; what is longer takes the margin as well."""

ALIGNED = re.compile(r".*\S {2,}\S|  *\[")
"""What a line in columns has: a gap, or the beginning of another row of an array."""


def mend(tree: LexborHTMLParser) -> None:
    """Mend the lines of a page."""
    for box in tree.css("article pre"):
        lines = box.text().splitlines()
        _name(box, "wide", max(map(len, lines), default=0) > COLUMN)
    # Columns would be torn if their lines broke.
    for box in tree.css("article :is(.cell_output pre, pre.digits)"):
        _name(box, "columns", len(list(filter(ALIGNED.match, box.text().splitlines()))) > 1)
    for formula in tree.css("article :not(.katex-display) > .katex"):
        _join(formula)
    # What a cell shows stands before the code that is folded away.
    for fold in tree.css("div.cell > details.hide"):
        if fold.parent and fold.parent.css_matches(".cell_output"):
            fold.parent.insert_child(fold)
            fold.decompose()


def _name(box: LexborNode, name: str, is_so: bool) -> None:
    if is_so:
        box.attrs["class"] = f"{box.attributes.get('class') or ''} {name}".strip()


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
