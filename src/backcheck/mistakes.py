"""Names for the forms people really write: a table, and its use on every layer of a fixture.

The table `mistakes.toml` writes each form in the symbols of one layer. Here it is applied to
every layer where it can occur, and a mutant that is the same formula gets its name. The name
says nothing about right or wrong: that is the verdict, and `backcheck.consistent` computes it.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from backcheck.fixtures import Fixture, load, prefix
from backcheck.mutate import array_order, formula, mutants, renamed, role, symbols
from backcheck.program import SLOPES, Tree, names, parse
from backcheck.relations import Layer


@dataclass(frozen=True)
class Mistake:
    """A form with a name. Some are equivalent: the verdict of each mutant says which.

    Parameters
    ----------
    id : str
        Its name in links.
    name : str
        What it is called on the pages.
    hint : str
        One line on what to look at; never the graded line.
    page : str
        The page that explains it.
    layer : str
        Where it can occur: ``"any"``, ``"output"`` or ``"hidden"``.
    activation : str
        The activation of the layers it is about, or "" for all.
    steps, arrays : dict
        Expressions, in the symbols of one layer, for steps and for cached arrays.
    special : str
        Set for the changes of several steps that no single expression describes.
    found : dict
        In how many public threads and notebooks a learner had it, by the tested function.
    section : dict
        What its section of the book says, of which part, and after which other one it stands.
    """

    id: str
    name: str
    hint: str
    page: str
    layer: str = "any"
    activation: str = ""
    steps: Mapping[str, tuple[str, ...]] | None = None
    arrays: Mapping[str, tuple[str, ...]] | None = None
    special: str = ""
    found: Mapping[str, int] | None = None
    section: Mapping[str, str] | None = None


@cache
def table() -> dict[str, Mistake]:
    """Return every named form, in the order of the table.

    Examples
    --------
    >>> table()["keepdims"].name
    'keepdims left out of the sum'
    """
    text = (resources.files("backcheck") / "mistakes.toml").read_text(encoding="utf-8")
    return {id: Mistake(id=id, **entry) for id, entry in tomllib.loads(text).items()}


@cache
def occurrences(id: str) -> tuple[tuple[str, dict[str, Tree]], ...]:
    """Return where each named form can be made in a fixture: its id, and the changed slot.

    Examples
    --------
    >>> from backcheck.program import write
    >>> [write(form["dZ2"]) for name, form in occurrences("c1w4_L_model_backward_v2")
    ...  if name == "shortcut"]
    ['AL - Y']
    """
    fixture = load(id)
    found: list[tuple[str, dict[str, Tree]]] = []
    for mistake in table().values():
        found += [(mistake.id, change) for change in _single(fixture, mistake)]
        if mistake.special:
            whole = mutants(load(id)).special[mistake.special]
            found += [(mistake.id, dict(change)) for change in whole]
    return tuple(found)


def names_of(id: str, changes: Mapping[str, Tree]) -> tuple[Mistake, ...]:
    """Return the named forms that a mutant consists of, or none if a part has no name.

    Parameters
    ----------
    id : str
        The fixture.
    changes : mapping
        The new expression of each changed slot.

    Examples
    --------
    >>> [found.id for found in names_of("c1w4_linear_backward_v2", {"db": ("sum1_keep", "dZ")})]
    ['average-missing']
    """
    wholes, slots = _named(id)
    if whole := wholes.get(frozenset(changes.items())):
        return (table()[whole],)
    found = [slots.get((slot, formula(load(id), tree))) for slot, tree in changes.items()]
    if not found or None in found:
        return ()
    return tuple(table()[name] for name in dict.fromkeys(found) if name)


@cache
def _named(id: str) -> tuple[dict[frozenset[Any], str], dict[tuple[str, Any], str]]:
    """Return the names of changes of several slots, and of those of one slot, by formula."""
    wholes: dict[frozenset[Any], str] = {}
    slots: dict[tuple[str, Any], str] = {}
    for name, change in occurrences(id):
        if len(change) > 1:
            wholes.setdefault(frozenset(change.items()), name)
        for slot, tree in change.items() if len(change) == 1 else ():
            slots.setdefault((slot, formula(load(id), tree)), name)
    return wholes, slots


def _single(fixture: Fixture, mistake: Mistake) -> Iterator[dict[str, Tree]]:
    known = set(fixture.arrays)
    for step in fixture.program.steps:
        computes, layer = role(fixture, step.name)
        if step.name == "m" and "m" in (mistake.steps or {}):
            computes, layer = "m", fixture.layers[0]
        if layer is None and step.name == f"d{fixture.layers[-1].A}":
            computes, layer = "dA", fixture.layers[-1]
        templates = (mistake.steps or {}).get(computes, ())
        activation = layer and (layer.activation or prefix(step.name)[:-1])
        if layer and mistake.activation in ("", activation) and _occurs(fixture, layer, mistake):
            for tree in _trees(fixture, layer, prefix(step.name), templates):
                if computes == "m":
                    # In a form of m, m is what it should have been.
                    tree = renamed(tree, {"m": step.expression})
                # A - Y is an idea of the output layer; a hidden one has no labels.
                hidden = computes != "m" and "Y" in names(tree) and layer != fixture.layers[-1]
                fits = set(names(tree)) <= known and not hidden
                if fits and not _same(fixture, tree, step.expression):
                    yield {step.name: tree}
        known.add(step.name)
    for layer in fixture.layers:
        for symbol, templates in (mistake.arrays or {}).items():
            name = {"A": layer.A, "Z": layer.Z}[symbol]
            if name in fixture.arrays and _occurs(fixture, layer, mistake):
                for tree in _trees(fixture, layer, "", templates):
                    if set(names(tree)) <= fixture.arrays.keys():
                        yield {name: tree}


def _same(fixture: Fixture, tree: Tree, other: Tree) -> bool:
    return bool(formula(fixture, tree) == formula(fixture, other))


def _occurs(fixture: Fixture, layer: Layer, mistake: Mistake) -> bool:
    output = "Y" in fixture.arrays and layer == fixture.layers[-1]
    return mistake.layer == "any" or (mistake.layer == "output") == output


def _trees(
    fixture: Fixture, layer: Layer, prefix: str, templates: tuple[str, ...]
) -> Iterator[Tree]:
    """Yield the expressions that templates stand for in one layer, if its arrays are known."""
    activation = layer.activation or prefix[:-1]
    others: list[Layer | None] = [other for other in fixture.layers if other != layer]
    for template in templates:
        # Most forms are about one layer only, and the same whichever the other one is.
        yield from dict.fromkeys(
            renamed(parse(f"x = {text}").steps[0].expression, to)
            for to in (_back(fixture, layer, other, prefix) for other in others or [None])
            for text in _filled(template, activation, fixture)
        )


def _back(fixture: Fixture, layer: Layer, other: Layer | None, prefix: str) -> dict[str, str]:
    """Return the name in the fixture of each symbol a template may use."""
    to = {symbol: name for name, symbol in symbols(layer, prefix).items()}
    if other:
        to |= {f"{symbol}_k": name for name, symbol in symbols(other, prefix).items()}
    below = next((low for low in fixture.layers if layer.input == low.A and low.A), None)
    if below:
        to["Z_below"] = below.Z
    # Where the gradient from above is handed over, it goes by its plain name.
    return {"dA": "dA", **to}


def _filled(template: str, activation: str, fixture: Fixture) -> Iterator[str]:
    if "{array}" in template:
        yield from (template.format(array=name) for name in array_order(fixture))
        return
    if not activation:
        if "{" not in template:
            yield template
        return
    own = SLOPES[activation]
    filling = {
        "own": activation,
        "own_A": own["A"].format(A="A"),
        "own_Z": own["Z"].format(Z="Z"),
        "own_ZA": own["Z"].format(Z="A"),
        "own_AZ": own["A"].format(A="Z"),
        "own_Ak": own["A"].format(A="A_k"),
        "own_Zk": own["Z"].format(Z="Z_k"),
    }
    for other, slope in SLOPES.items():
        if other != activation:
            filling |= {"other_A": slope["A"].format(A="A"), "other_Z": slope["Z"].format(Z="Z")}
            yield template.format(**filling)
            if "{other" not in template:
                return
