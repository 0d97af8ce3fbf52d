"""Names for the forms people really write: a table, and its use on every layer of a fixture.

The table `mistakes.toml` writes each form in the symbols of one layer. Here it is applied to
every layer where it can occur, and a mutant that is the same formula gets its name. The name
says nothing about right or wrong: that is the verdict, and `backcheck.forward` computes it.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
from typing import Any

from backcheck.fixtures import Fixture, prefix, text_of
from backcheck.forward import Layer
from backcheck.mutants.formulas import formula
from backcheck.mutants.mutate import mutants
from backcheck.mutants.operators import expression
from backcheck.mutants.roles import array_order, known_at, named, role
from backcheck.program import SLOPES, Tree, names, parts, put

PARTS = (
    *("1/m", "products", "db", "activation", "time", "output layer", "helper calls"),
    *("right forms", "cost"),
)
"""The parts of the page of mistakes, in its order."""


USUAL = {"dA_prev": ("W.T @ dZ",), "dW": ("dZ @ A_prev.T / m",)}
"""Steps without a mask and without a penalty, in the symbols of a layer."""


@dataclass(frozen=True)
class Mistake:
    """A form with a name. Some are equivalent: the verdict of each mutant says which."""

    id: str
    name: str
    hint: str  # one line on what to look at; never the graded line
    section: Mapping[str, str]  # of the page of mistakes
    layer: str = "any"  # or "output" or "hidden", or what its b is: "column" or "number"
    activation: str = ""  # of the layers it is about, or "" for all
    # The name and the hint where there are gates, or several inputs, and no layers.
    in_cell: Mapping[str, str] = field(default_factory=dict)
    # Expressions, in the symbols of one layer, for steps and for cached arrays.
    steps: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    arrays: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    whole: bool = False  # whether the steps are written with what regularises, and not without
    joint: str = ""  # the kind of a change of several steps
    # In how many public threads and notebooks a learner had it, by the tested function.
    found: Mapping[str, int] = field(default_factory=dict)
    # What the printed numbers are to the expected ones, by `backcheck.diagnosis.clues.CAUSES`.
    ratios: tuple[str, ...] = ("not constant", "other shape")

    @property
    def page(self) -> str:
        """The section of the book that answers, behind the name of its page."""
        return self.section.get("see", "").rpartition("<")[2].rstrip(">")

    def on(self, fixture: Fixture) -> "Mistake":
        """Return it in the words for a fixture."""
        own = self.in_cell if fixture.is_cell else {}
        return replace(self, name=own["name"], hint=own["hint"]) if own else self


def in_order(part: str, sections: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Yield the keys of a part in the order of the table, but for what says after which it goes."""

    def beginning_with(key: str) -> Iterator[str]:
        yield key
        for other in here:
            if sections[other].get("after") == key:
                yield from beginning_with(other)

    here = [key for key, section in sections.items() if section["part"] == part]
    for first in here:
        if "after" not in sections[first]:
            yield from beginning_with(first)


@cache
def table() -> dict[str, Mistake]:
    """Return every named form, in the order of the table."""
    return read(text_of("mutants/mistakes.toml"))


def read(text: str) -> dict[str, Mistake]:
    """Return the named forms of a text; a ValueError says which key of which is not as needed."""
    tables = tomllib.loads(text)
    keys = [one.name for one in fields(Mistake) if one.name != "id"]
    for id, entry in tables.items():
        of = f"{id}, in mistakes.toml"
        if unknown := [key for key in entry if key not in keys]:
            raise ValueError(f"{of}: there is no key {unknown[0]!r}; use {', '.join(keys)}.")
        if missing := [key for key in ("name", "hint", "section") if key not in entry]:
            raise ValueError(f"{of}: the key {missing[0]!r} is missing.")
    return {id: Mistake(id=id, **entry) for id, entry in tables.items()}


@cache
def occurrences(fixture: Fixture) -> tuple[tuple[str, dict[str, Tree]], ...]:
    """Return where each named form can be made in a fixture: its key, and the changed slots."""
    found: list[tuple[str, dict[str, Tree]]] = []
    for mistake in table().values():
        found += [(mistake.id, form) for form in _single(fixture, mistake)]
        if mistake.joint:
            whole = mutants(fixture).joint[mistake.joint]
            found += [(mistake.id, dict(forms)) for forms in whole]
    return tuple(found)


def names_of(fixture: Fixture, forms: Mapping[str, Tree]) -> tuple[Mistake, ...]:
    """Return the named forms that a mutant consists of, or none if a part has no name."""
    named_as = _names_of_changes(fixture)
    if whole := named_as.get(frozenset(forms.items())):
        return (table()[whole].on(fixture),)
    keys = [named_as.get((slot, formula(fixture, tree))) for slot, tree in forms.items()]
    if None not in keys:
        return tuple(table()[key].on(fixture) for key in dict.fromkeys(keys) if key)
    found, left = partly_named(fixture, forms)
    return () if left else found


def partly_named(
    fixture: Fixture, forms: Mapping[str, Tree]
) -> tuple[tuple[Mistake, ...], dict[str, Tree]]:
    """Return the named forms among some changes, the largest first, and what has no name."""
    named_as = _names_of_changes(fixture)
    keys: list[str] = []
    left = dict(forms)
    for change, key in _of_several_slots(fixture):
        if change <= left.items():
            keys.append(key)
            left = {slot: tree for slot, tree in left.items() if (slot, tree) not in change}
    alone = {slot: named_as.get((slot, formula(fixture, tree))) for slot, tree in left.items()}
    keys += filter(None, alone.values())
    return tuple(table()[key].on(fixture) for key in dict.fromkeys(keys)), {
        slot: tree for slot, tree in left.items() if not alone[slot]
    }


@cache
def _of_several_slots(fixture: Fixture) -> list[tuple[frozenset[Any], str]]:
    changes = _names_of_changes(fixture).items()
    several = [(change, key) for change, key in changes if isinstance(change, frozenset)]
    return sorted(several, key=lambda one: -len(one[0]))


@cache
def _names_of_changes(fixture: Fixture) -> dict[Any, str]:
    """Return the name of each change of several slots, and of one slot by its formula."""
    found: dict[Any, str] = {}
    for key, forms in occurrences(fixture):
        (slot, tree), *others = forms.items()
        change = frozenset(forms.items()) if others else (slot, formula(fixture, tree))
        found.setdefault(change, key)
    return found


def _single(fixture: Fixture, mistake: Mistake) -> Iterator[dict[str, Tree]]:
    """Yield the changes of one slot that a mistake is, layer by layer."""
    # A mistake is written in the symbols of a layer, and not every forward pass has one.
    for step in fixture.program.steps if fixture.layers else ():
        computes, layer = _place(fixture, step.name, mistake)
        if not layer or not _is_about(mistake, fixture, layer):
            continue
        around = prefix(step.name)
        if mistake.activation not in ("", layer.activation or around[:-1]):
            continue
        known = {*known_at(fixture, step.name)}
        trees = _trees(fixture, layer, around, mistake.steps.get(computes, ()))
        usual = next(_trees(fixture, layer, around, USUAL.get(computes, ())), "")
        own = parts(step.expression) if usual != step.expression else ()
        is_regularised = any(part == usual for part in own)
        if mistake.whole and not is_regularised:
            continue
        if computes in ("dW", "db") and "m" not in step.reads:
            trees = filter(None, map(_as_sum, trees))
        for tree in trees:
            if is_regularised and not mistake.whole:
                # A mistake in the gradient leaves the mask or the penalty as it is.
                tree = put(step.expression, {usual: tree})
            if computes == "m":
                # In a form of m, m is what it should have been.
                tree = put(tree, {"m": step.expression})
            if computes == "dW" and layer.is_turned:
                tree = _transposed(tree)
            if computes == "db" and fixture.given.get(layer.b) == "number":
                tree = put(tree, {("sum1_keep", name): ("sum", name) for name in names(tree)})
            # A - Y is an idea of the output layer; a hidden one has no labels.
            hidden = computes != "m" and "Y" in names(tree) and layer != fixture.layers[-1]
            fits = known.issuperset(names(tree)) and not hidden
            if fits and formula(fixture, tree) != formula(fixture, step.expression):
                yield {step.name: tree}
    for layer in fixture.layers:
        for symbol, templates in mistake.arrays.items():
            name = {"A": layer.A, "Z": layer.Z}[symbol]
            if name in fixture.arrays and _is_about(mistake, fixture, layer):
                for tree in _trees(fixture, layer, "", templates):
                    if set(names(tree)) <= fixture.arrays.keys():
                        yield {name: tree}


def _as_sum(tree: Tree) -> Tree | None:
    """Return a form without its one division by m; None for one that is about that division."""
    divided = {part: part[1] for part in parts(tree) if part[0] == "/" and part[2] == "m"}
    return put(tree, divided) if len(divided) == 1 else None


def _transposed(tree: Tree) -> Tree:
    """Return the transpose of an expression, as somebody writes it."""
    match tree:
        case ("T", str(operand)):
            return operand
        case ("@", left, right):
            return ("@", _transposed(right), _transposed(left))
        # Entry by entry, nobody transposes both.
        case ("*", str(left), str(right)) if right != "m":
            return ("*", right, left)
        case (("/" | "*") as sign, left, right):
            return (sign, _transposed(left), _transposed(right))
        case "m" | float() | ("shape0" | "shape1", _):
            return tree
    return ("T", tree)


def _place(fixture: Fixture, step: str, mistake: Mistake) -> tuple[str, Layer | None]:
    """Return what a step computes, and the layer in whose symbols a mistake writes it."""
    computes, layer = role(fixture, step)
    if step == "m":
        is_read = any("m" in one.reads for one in fixture.program.steps)
        return "m", fixture.layers[0] if is_read else None
    if layer is None and step in mistake.steps:
        return step, fixture.layers[-1]
    if layer is None and step == f"d{fixture.layers[-1].A}":
        return "dA", fixture.layers[-1]
    return computes, layer


def _is_about(mistake: Mistake, fixture: Fixture, layer: Layer) -> bool:
    if mistake.layer in ("column", "number"):
        return (fixture.given.get(layer.b) == "number") == (mistake.layer == "number")
    output = "Y" in fixture.arrays and layer == fixture.layers[-1]
    return mistake.layer == "any" or (mistake.layer == "output") == output


def _trees(
    fixture: Fixture, layer: Layer, around: str, templates: tuple[str, ...]
) -> Iterator[Tree]:
    """Yield the expressions that templates stand for in one layer, if its arrays are known."""
    activation = layer.activation or around[:-1]
    others: list[Layer | None] = [other for other in fixture.layers if other.Z != layer.Z]
    for template in templates:
        # Most forms are about one layer only, and the same whichever the other one is.
        yield from dict.fromkeys(
            put(expression(text), to)
            for to in (_names(fixture, layer, other, around) for other in others or [None])
            for text in _filled(template, activation, fixture)
        )


def _names(fixture: Fixture, layer: Layer, other: Layer | None, around: str) -> dict[str, str]:
    """Return the name in the fixture of each symbol a template may use."""
    # Where the gradient from above is handed over, it goes by its plain name.
    to = {"dA": "dA", **named(layer, around)}
    if other:
        to |= {f"{symbol}_k": name for symbol, name in named(other, around).items()}
    for below in fixture.layers:
        if below.A and layer.input == below.A:
            to |= {"Z_below": below.Z} | ({"D": below.mask} if below.mask else {})
    return to


def _filled(template: str, activation: str, fixture: Fixture) -> Iterator[str]:
    """Yield what a template stands for with each array, or each other activation, in its gaps."""
    if "{array}" in template:
        yield from (template.format(array=name) for name in array_order(fixture))
    elif "{" not in template:
        yield template
    elif activation in SLOPES:
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
        for name in (name for name in SLOPES if name != activation):
            other = {f"other_{form}": SLOPES[name][form].format(A="A", Z="Z") for form in "AZ"}
            yield template.format(**filling, **other)
