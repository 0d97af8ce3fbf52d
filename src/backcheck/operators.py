"""The operators of mutation: a table of what an expression is before a change, and after it.

The table is ``operators.txt``, a row an operator, its two sides written as a program is. In
them stand

- x, y, z for any expressions, and ``step`` for the whole expression of a step;
- a word of `Families`, such as ``name`` or ``slope``, for each member it has at that step;
- ``{o}`` and the other letters of `CHOICES` for each operation they list.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from itertools import product
from typing import NamedTuple

from backcheck.activations import ACTIVATIONS
from backcheck.program import SUMS, Tree, names, parse

Families = Mapping[str, Sequence[Tree]]
"""What each word, marked by a dollar, can stand for at one step:

- ``name``, ``another``: every array and gradient that is known there
- ``count``: what can be taken for m
- ``slope``, ``another_slope``: the derivative of any activation, at any Z or A
- ``x_slope``, ``x_another``: x times one of them, written from the left
- ``step_slope``: the whole step times one; ``early_slope``: times one of the layer below
- ``above``, ``above_slope``: the gradient from above, alone and times a derivative
- ``value``: an A or Z, as it is or activated
- ``difference``: A - Y, with what can be taken for A
"""

CHOICES: Mapping[str, tuple[str, ...]] = {
    "o": ("+", "-", "*", "/", "@"),
    "p": ("+", "-", "*", "/", "@"),
    "i": ("+", "-", "*", "/", "@", "**", ">"),
    "j": ("+", "-", "*", "/", "@", "**", ">", ">=", "<", "<="),
    "f": tuple(ACTIVATIONS),
    "g": tuple(ACTIVATIONS),
    "h": (*ACTIVATIONS, "exp", "log", "cosh"),
    "s": tuple(SUMS),
    "t": tuple(SUMS),
    "c": (*ACTIVATIONS, *SUMS),
}


class Operator(NamedTuple):
    """A row of the table, with an example of an expression before the change and after it."""

    name: str
    before: str
    after: str
    example: str
    changed: str


TABLE = (resources.files("backcheck") / "operators.txt").read_text(encoding="utf-8")

OPERATORS = tuple(
    Operator(*(part.strip() for part in row.split("|"))) for row in TABLE.splitlines()[1:]
)
"""Every operator that changes one expression, in the order in which they are tried."""


@cache
def rules() -> tuple[tuple[str, Tree, Tree], ...]:
    """Return the name, the tree before and the tree after of every row, with its choices made."""
    found: dict[tuple[str, Tree, Tree], None] = {}
    for name, before, after, *_ in OPERATORS:
        letters = [letter for letter in CHOICES if f"{{{letter}}}" in before + after]
        for made in product(*(CHOICES[letter] for letter in letters)):
            choice = dict(zip(letters, made, strict=True))
            sides = [_pattern(side.format(**choice)) for side in (before, after)]
            if sides[0] != sides[1]:
                found[name, sides[0], sides[1]] = None
    return tuple(found)


def expression(text: str) -> Tree:
    """Return the tree of an expression."""
    return parse(f"value = {text}").steps[0].expression


def _pattern(text: str) -> Tree:
    """Return the tree of one side of a row, its words marked, as no array's name is."""
    tree = expression(text)
    return put(tree, {word: f"${word}" for word in names(tree) if word != "m"})


def rewrites(tree: Tree, families: Families) -> Iterator[tuple[str, Tree]]:
    """Yield what each operator makes of an expression, with the operator's name.

    Examples
    --------
    >>> from backcheck.program import write
    >>> known = {"$name": ("A2", "Y"), "$another": ("A2", "Y")}
    >>> found = [(name, write(form)) for name, form in rewrites(("-", "A2", "Y"), known)]
    >>> [form for name, form in found if name in ("operator replaced", "operands swapped")]
    ['A2 + Y', 'A2 * Y', 'A2 / Y', 'A2 @ Y', 'Y - A2']
    """
    for name, after in _rules_at("step")["$step"]:
        yield from ((name, form) for form in _filled(after, families, {"$step": tree}))
    yield from _inside(tree, families)


@cache
def _rules_at(operation: str) -> dict[Tree, list[tuple[str, Tree]]]:
    """Return the right sides that fit a node, by left side: those of its operation, and of words.

    ``"step"`` has those of whole expressions.
    """
    found: dict[Tree, list[tuple[str, Tree]]] = {}
    for name, before, after in rules():
        whole = before == "$step"
        fits = before[0] == operation if isinstance(before, tuple) else operation != "step"
        if whole if operation == "step" else fits and not whole:
            found.setdefault(before, []).append((name, after))
    return found


def _inside(tree: Tree, families: Families) -> Iterator[tuple[str, Tree]]:
    """Yield what can be done at each node, the rest of the expression left alone."""
    for before, afters in _rules_at(tree[0] if isinstance(tree, tuple) else "").items():
        for bound in _bound(before, tree, families, {}):
            for name, after in afters:
                yield from ((name, form) for form in _filled(after, families, bound))
    if isinstance(tree, tuple):
        for place in range(1, len(tree)):
            for name, form in _inside(tree[place], families):
                yield name, (*tree[:place], form, *tree[place + 1 :])


def _bound(
    pattern: Tree, tree: Tree, families: Families, bound: Mapping[str, Tree]
) -> Iterator[Mapping[str, Tree]]:
    """Yield what the words of a pattern stand for where an expression looks like it."""
    if isinstance(pattern, tuple):
        if isinstance(tree, tuple) and pattern[0] == tree[0]:
            found: list[Mapping[str, Tree]] = [bound]
            for part, operand in zip(pattern[1:], tree[1:], strict=True):
                found = [more for one in found for more in _bound(part, operand, families, one)]
            yield from found
    elif pattern in ("$x", "$y", "$z"):
        yield {**bound, str(pattern): tree}
    elif isinstance(pattern, str) and pattern in families:
        for member in families[pattern]:
            if member == tree:
                yield {**bound, pattern: tree}
            elif isinstance(member, tuple):
                yield from _bound(member, tree, {}, {**bound, pattern: tree})
    elif pattern == tree:
        yield bound


def _filled(pattern: Tree, families: Families, bound: Mapping[str, Tree]) -> Iterator[Tree]:
    """Yield a right side with what its words stand for, once for each member of an unbound one."""
    unbound = [word for word in names(pattern) if word in families and word not in bound]
    for chosen in product(*([put(one, bound) for one in families[word]] for word in unbound)):
        yield put(pattern, {**bound, **dict(zip(unbound, chosen, strict=True))})


def put(tree: Tree, to: Mapping[str, Tree]) -> Tree:
    """Return an expression with its names replaced.

    Examples
    --------
    >>> put(("-", "A2", "Y"), {"A2": "AL"})
    ('-', 'AL', 'Y')
    """
    if isinstance(tree, str):
        return to.get(tree, tree)
    return (tree[0], *(put(part, to) for part in tree[1:])) if isinstance(tree, tuple) else tree
