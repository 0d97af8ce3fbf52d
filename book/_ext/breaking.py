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
    _name_boxes(tree)
    _join_formulas(tree)
    _put_code_last(tree)


def _name_boxes(tree: LexborHTMLParser) -> None:
    """Name the code that is wider than the column, and what would be torn if its lines broke."""
    for box in tree.css("article pre"):
        lines = box.text().splitlines()
        names = (box.attributes.get("class") or "").split()
        names += ["wide"] * (max(map(len, lines), default=0) > COLUMN)
        is_table = not _is_within(box, "answer") and (
            "digits" in names or _is_within(box, "cell_output")
        )
        names += ["columns"] * (is_table and len(list(filter(ALIGNED.match, lines))) > 1)
        if names:
            box.attrs["class"] = " ".join(names)


def _join_formulas(tree: LexborHTMLParser) -> None:
    """Let no line of text break inside parentheses of a formula, or before what comes after it."""
    for formula in tree.css("article .katex"):
        if _is_within(formula, "katex-display"):
            continue
        _join_parentheses(formula)
        after = formula.next
        found = re.match(r"[.,;:!?)’”]+", after.text() if after and after.is_text_node else "")
        if after and found:
            joined = _around(formula)
            joined.insert_child(found[0])
            for piece in joined.css(".katex-html > *")[1:]:
                piece.insert_before(_made("wbr"))
            after.replace_with(after.text()[found.end() :])


def _put_code_last(tree: LexborHTMLParser) -> None:
    """Let what a cell shows stand before the code that is folded away."""
    for fold in tree.css("div.cell > details.hide"):
        if fold.parent and fold.parent.css_matches(".cell_output"):
            fold.parent.insert_child(fold)
            fold.decompose()


def _join_parentheses(formula: LexborNode) -> None:
    """Join the pieces between which a formula may break where a parenthesis is open."""
    depth, joined = 0, None
    for piece in formula.css(".katex-html > .katex-base"):
        if joined is not None:
            joined.insert_child(piece)
        opened = _count(piece, ".mopen", "([") - _count(piece, ".mclose", ")]")
        if depth == 0 and opened > 0:
            joined = _around(piece)
        elif joined is not None:
            piece.decompose()
        depth += opened
        joined = joined if depth > 0 else None


def _count(piece: LexborNode, selector: str, signs: str) -> int:
    return sum(found.text().count(sign) for found in piece.css(selector) for sign in signs)


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


def _is_within(found: LexborNode, name: str) -> bool:
    parent = found.parent
    while parent is not None and name not in (parent.attributes.get("class") or "").split():
        parent = parent.parent
    return parent is not None
