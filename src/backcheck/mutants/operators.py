"""The operators of mutation: a table of what an expression is before a change, and after it.

The table is ``operators.txt``, a row an operator, its two sides written as a program is. In
them stand

- x, y, z for any expressions, ``step`` for the whole of a step, ``array`` for one of the cache;
- other words, such as ``name`` or ``derivative``, for each member of a family; see `families`;
- ``{o}`` and the other letters of `CHOICES` for each operation they list.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import product
from typing import Any, NamedTuple

from backcheck.activations import ACTIVATIONS
from backcheck.fixtures import text_of
from backcheck.forward import KEEP
from backcheck.program import ROWS, SUMS, Tree, names, parse, parts, put

Families = Mapping[str, Sequence[Tree]]
"""What each word of the table can stand for in one place; see `backcheck.mutants.families`."""

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


OPERATORS = tuple(
    Operator(*(part.strip() for part in row.split("|")))
    for row in text_of("mutants/operators.txt").splitlines()[1:]
)
"""Every operator that changes one expression, in the order in which they are tried."""


USUAL = {"divided by m", "count replaced", "sum replaced", "sum dropped", "transpose dropped"}
USUAL |= {"axis changed", "derivative dropped", "array computed again"}
"""The operators of which a third of the forms or more have a name, since learners write them."""


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


@cache
def expression(text: str) -> Tree:
    """Return the tree of an expression."""
    return parse(f"value = {text}").steps[0].expression


def _pattern(text: str) -> Tree:
    """Return the tree of one side of a row, its words marked, as no array's name is."""
    tree = expression(text)
    return put(tree, {word: f"${word}" for word in names(tree) if word not in ("m", KEEP)})


Rewrites = dict[Tree, list[tuple[str, Tree]]]
"""What the operators make of some expressions, with the operators' names."""


def rewrites(
    tree: Tree, families: Families, known: Rewrites | None = None
) -> Iterator[tuple[str, Tree]]:
    """Yield what each operator makes of an expression; `known` keeps what they make of parts."""
    whole = {"$step": (tree,)} if "$step" in families else {}
    yield from _at(tree, {**families, **whole})
    yield from _below(tree, families, {} if known is None else known)


def throughout(tree: Tree, families: Families) -> Iterator[tuple[str, Tree]]:
    """Yield what an operator makes of all transposes, slices or uses of a name at once."""
    for name, changes in shaping_changes().items():
        operations = {before[0] for before in changes}
        if sum(part[0] in operations for part in parts(tree)) > 1:
            yield name, changed_throughout(tree, changes)
    leaves = Counter(operand for part in parts(tree) for operand in part[1:])
    for leaf in [name for name in names(tree) if leaves[name] > 1]:
        for name, form in _at(leaf, families):
            if isinstance(form, str) or (
                isinstance(form, tuple) and form[0] in ("T", *ACTIVATIONS)
            ):
                yield name, put(tree, {leaf: form})


@cache
def shaping_changes() -> dict[str, dict[tuple[Any, ...], Tree]]:
    """Return what each operator makes of transposes and slices."""
    found: dict[str, dict[tuple[Any, ...], Tree]] = {}
    for name, before, after in rules():
        if isinstance(before, tuple) and before[0] in ("T", *ROWS):
            found.setdefault(name, {})[before] = after
    return found


def changed_throughout(tree: Tree, changes: Mapping[tuple[Any, ...], Tree]) -> Tree:
    """Return an expression with each operation changed that can be, from the inside out."""
    if not isinstance(tree, tuple):
        return tree
    tree = (tree[0], *(changed_throughout(part, changes) for part in tree[1:]))
    fits = (put(changes[b], bound) for b in changes for bound in _bound(b, tree, {}, {}))
    return next(fits, tree)


@cache
def _rules_at(operation: str) -> dict[Tree, list[tuple[str, Tree]]]:
    """Return the right sides that fit a node, by left side: of its operation, and of words."""
    found: dict[Tree, list[tuple[str, Tree]]] = {}
    for name, before, after in rules():
        if not isinstance(before, tuple) or before[0] == operation:
            found.setdefault(before, []).append((name, after))
    return found


def _at(tree: Tree, families: Families) -> Iterator[tuple[str, Tree]]:
    """Yield what can be done with the whole of an expression."""
    for before, afters in _rules_at(tree[0] if isinstance(tree, tuple) else "").items():
        for bound in _bound(before, tree, families, {}):
            for name, after in afters:
                yield from ((name, form) for form in _filled(after, families, bound))


def _below(tree: Tree, families: Families, known: Rewrites) -> Iterator[tuple[str, Tree]]:
    """Yield what can be done with each part of an expression, the rest left alone."""
    if not isinstance(tree, tuple):
        return
    for place, part in enumerate(tree[1:], 1):
        if part not in known:
            known[part] = [*_at(part, families), *_below(part, families, known)]
        for name, form in known[part]:
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
