"""Rewrites of a backward pass: the mutants.

A **mutant** is a backward program with one or more changes. The changes come from a
handful of operators known from mutation testing, applied at every place of every step
where they fit; none of them knows a particular mistake. A change can be

- in one expression: an operand, an operator, a factor, a transpose, a sum, a count, a derivative;
- in one array as it comes out of the cache, before any step reads it;
- in several steps at once, where one idea causes them: the same mistake in every layer, the
  cache of another layer, the forward pass run again, the average taken elsewhere.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import chain
from typing import Any

import numpy as np

from backcheck.activations import ACTIVATIONS
from backcheck.fixtures import Fixture, prefix
from backcheck.forward import KEEP, Layer
from backcheck.program import (
    SLOPES,
    SUMS,
    Program,
    Step,
    Tree,
    compiled,
    evaluate,
    names,
    parse,
    write,
)

SHORT = 5
"""Most nodes of a form that is tried in layers whose steps are not alike."""

BINARY = ("+", "-", "*", "/", "@")

FAILURES = (ValueError, TypeError, ArithmeticError, IndexError)
"""What numpy raises where arrays do not fit each other."""


@dataclass(frozen=True)
class Form:
    """One expression a slot can take, ready to be evaluated often.

    Parameters
    ----------
    tree : tuple, str or float
        The expression.
    """

    tree: Tree

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """The names it uses."""
        return names(self.tree)

    @cached_property
    def value_in(self) -> Callable[..., Any]:
        """The function of a scope that evaluates it."""
        return compiled(self.tree)


@dataclass(frozen=True)
class Slot:
    """One place of a program where a change can be made, with every way to make it.

    Parameters
    ----------
    name : str
        The step; or the array, for a change to what comes out of the cache.
    original : Form
        The expression as it stands; for an array, its own name.
    forms : tuple of Form
        What one change leads to, without the expressions that are the same formula.
    stuck : tuple of Form
        Those that numpy cannot carry out on these shapes, unless a second change helps.
    """

    name: str
    original: Form
    forms: tuple[Form, ...] = field(repr=False)
    stuck: tuple[Form, ...] = field(repr=False)

    @property
    def is_array(self) -> bool:
        """Whether it stands for an array as it comes out of the cache."""
        return self.original.tree == self.name


@dataclass(frozen=True)
class Mutants:
    """Every single change of one fixture's backward pass.

    Parameters
    ----------
    slots : tuple of Slot
        Arrays first, then steps, in the order in which they run.
    special : dict
        Changes that touch several slots at once, by the idea behind them: the new
        expression of each slot.
    """

    slots: tuple[Slot, ...]
    special: dict[str, tuple[dict[str, Tree], ...]]

    @cached_property
    def together(self) -> tuple[dict[str, Tree], ...]:
        """All changes of several slots."""
        return tuple(change for changes in self.special.values() for change in changes)

    def __len__(self) -> int:
        return sum(len(slot.forms) for slot in self.slots) + len(self.together)


def program(fixture: Fixture, changes: Mapping[str, Tree]) -> Program:
    """Return the fixture's program with some slots changed.

    Examples
    --------
    >>> from backcheck.fixtures import load
    >>> print(program(load("c1w4_linear_backward_v2"), {"dZ": ("neg", "dZ"), "dW": "W"}))
    dZ = -dZ
    m = A_prev.shape[1]
    dW = W
    db = sum(dZ, axis=1, keepdims=True) / m
    dA_prev = W.T @ dZ
    """
    order = [name for name in array_order(fixture) if name in changes]
    first = [Step(name, changes[name]) for name in order]
    rest = [
        Step(s.name, changes[s.name]) if s.name in changes else s for s in fixture.program.steps
    ]
    return Program((*first, *rest))


@cache
def mutants(fixture: Fixture) -> Mutants:
    """Return every single change of the backward pass of a fixture.

    Two expressions that agree on unrelated numbers of the fixture's shapes are the same
    formula; only the shorter one is kept. So fixtures that differ in their numbers alone have
    the same mutants.

    Examples
    --------
    >>> from backcheck.fixtures import load
    >>> found = mutants(load("c1w4_linear_backward_v2"))
    >>> [slot.name for slot in found.slots]
    ['dZ', 'A_prev', 'W', 'b', 'm', 'dW', 'db', 'dA_prev']
    >>> ("@", "dZ", ("T", "A_prev")) in [form.tree for form in found.slots[5].forms]
    True
    """
    shapes = tuple((name, np.shape(value)) for name, value in fixture.arrays.items())
    return _mutants(_alike.setdefault((fixture.program, fixture.forward, shapes), fixture))


_alike: dict[Any, Fixture] = {}
"""A fixture for each backward pass, forward pass and shapes."""


@cache
def _mutants(fixture: Fixture) -> Mutants:
    arrays = array_order(fixture)
    slots = [_slot(fixture, name, name, _misread(fixture, name)) for name in arrays]
    known = list(arrays)
    for step in fixture.program.steps:
        forms = chain(
            _rewritten(fixture, step.name, step.expression, known),
            _without_parentheses(step),
        )
        slots.append(_slot(fixture, step.name, step.expression, forms))
        if step.name != "m":
            known.append(step.name)
    return Mutants(
        tuple(slots),
        {
            "forward-again": _once(fixture, _forward_again(fixture)),
            "other-cache": _once(fixture, _other_cache(fixture)),
            "average-elsewhere": _once(fixture, _average_elsewhere(fixture)),
            "other-count": _once(fixture, _other_count(fixture)),
            "every-layer": _once(fixture, _every_layer(fixture, slots)),
        },
    )


@cache
def second_changes(fixture: Fixture, name: str) -> tuple[Tree, ...]:
    """Return what two changes of one step lead to.

    Spellings of one formula are kept: to tell them apart takes longer than to try them.

    Examples
    --------
    >>> from backcheck.fixtures import load
    >>> ("@", ("T", "dZ"), "W") in second_changes(
    ...     load("c1w4_linear_backward_v4a"), "dA_prev"
    ... )
    True
    """
    steps = [step.name for step in fixture.program.steps]
    if name not in steps:
        return ()
    known = [*array_order(fixture), *(s for s in steps[: steps.index(name)] if s != "m")]
    slot = next(slot for slot in mutants(fixture).slots if slot.name == name)
    twice = {
        tree: None
        for form in (*slot.forms, *slot.stuck)
        for tree in _rewritten(fixture, name, form.tree, known)
    }
    once = {form.tree for form in (slot.original, *slot.forms)}
    return tuple(tree for tree in twice if tree not in once)


def _rewritten(fixture: Fixture, name: str, tree: Tree, known: list[str]) -> Iterator[Tree]:
    """Yield what one change of a step leads to, if it does not read the step itself."""
    forms = chain(
        rewrites(tree, known),
        _inside(tree, lambda node: counts_of(fixture, name) if node == "m" else ()),
        _slope_forms(fixture, name, tree, known),
    )
    # Only m is read without being among the known names.
    return (form for form in forms if "m" not in names(form)) if name == "m" else forms


def _without_parentheses(step: Step) -> Iterator[Tree]:
    """Yield the expression with one pair of its parentheses left out, and with none of them."""
    text = write(step.expression)
    pairs = []
    opened: list[int] = []
    for place, sign in enumerate(text):
        if sign == "(":
            opened.append(place)
        elif sign == ")":
            start = opened.pop()
            # The parentheses of a function stay.
            if start == 0 or not text[start - 1].isalnum():
                pairs.append({start, place})
    for left_out in (*pairs, set[int]().union(*pairs)):
        kept = "".join(sign for place, sign in enumerate(text) if place not in left_out)
        yield parse(f"{step.name} = {kept}").steps[0].expression


def rewrites(tree: Tree, known: list[str]) -> Iterator[Tree]:
    """Yield every expression that one change of `tree` leads to.

    Parameters
    ----------
    tree : tuple, str or float
        The expression.
    known : list of str
        The names an operand can be replaced by.

    Examples
    --------
    >>> from backcheck.program import write
    >>> forms = [write(form) for form in rewrites(("-", "A2", "Y"), ["A2", "Y"])]
    >>> [form for form in forms if len(form) < 7]
    ['A2 + Y', 'A2 * Y', 'A2 / Y', 'A2 @ Y', 'Y - A2', 'A2', 'Y', 'Y - Y']
    """
    yield from _around(tree, known)
    yield from _inside(tree, lambda node: _at_node(node, known))


def _around(tree: Tree, known: list[str]) -> Iterator[Tree]:
    """Yield what can be done to a whole expression: a factor or a term more."""
    yield from (("neg", tree), ("T", tree), ("**", tree, 2.0), ("-", 1.0, tree))
    yield from (("*", tree, "m"), ("/", tree, "m"), ("*", tree, 2.0), ("/", tree, 2.0))
    for name in known:
        yield from ((operator, tree, name) for operator in ("+", "-", "*"))
    yield from ((sum, tree) for sum in SUMS)


def _inside(tree: Tree, changes: Callable[[Tree], Iterable[Tree]]) -> Iterator[Tree]:
    """Yield what can be done at each node, the rest of the expression left alone."""
    yield from changes(tree)
    if isinstance(tree, tuple):
        for place in range(1, len(tree)):
            for form in _inside(tree[place], changes):
                yield (*tree[:place], form, *tree[place + 1 :])


def _at_node(tree: Tree, known: list[str]) -> Iterator[Tree]:
    match tree:
        case str() if tree in known:
            yield from (name for name in known if name != tree)
            yield from ((function, tree) for function in ACTIVATIONS)
            yield from (("neg", tree), ("T", tree), ("**", tree, 2.0), ("-", 1.0, tree))
            yield from (("*", tree, "m"), ("/", tree, "m"))
        case float():
            yield tree + 1
        case (operator, left, right) if operator in BINARY or operator in ("**", ">"):
            yield from _at_pair(operator, left, right)
        case ("shape0" | "shape1" as shape, operand):
            yield ("shape1" if shape == "shape0" else "shape0", operand)
            # All entries of the array.
            yield ("*", ("shape0", operand), ("shape1", operand))
            yield 1.0
        case (operation, operand):
            yield operand
            for family in (ACTIVATIONS, SUMS):
                if operation in family:
                    yield from ((other, operand) for other in family if other != operation)
                    # The parenthesis closed early: f(a + b) becomes f(a) + b.
                    if isinstance(operand, tuple) and operand[0] in BINARY:
                        yield (operand[0], (operation, operand[1]), operand[2])


def _at_pair(operator: str, left: Tree, right: Tree) -> Iterator[Tree]:
    if operator in BINARY:
        yield from ((other, left, right) for other in BINARY if other != operator)
        yield (operator, right, left)
    if operator == "@":
        # Entry by entry, the shapes fit without the transpose.
        match left, right:
            case ("T", plain), _:
                yield ("*", plain, right)
            case _, ("T", plain):
                yield ("*", left, plain)
    if operator == "**":
        yield from (("*", left, right), ("**", right, left))
    yield from (left, right)
    # Parentheses moved: a * (b - c) becomes a * b - c, and the other way round.
    if isinstance(right, tuple) and len(right) == 3:
        yield (right[0], (operator, left, right[1]), right[2])
    if isinstance(left, tuple) and len(left) == 3:
        yield (left[0], left[1], (operator, left[2], right))
    # The parenthesis closed late: f(a) + b becomes f(a + b).
    if isinstance(left, tuple) and (left[0] in ACTIVATIONS or left[0] in SUMS):
        yield (left[0], (operator, left[1], right))


@cache
def counts_of(fixture: Fixture, name: str) -> tuple[Tree, ...]:
    """Return what a step can take for m: the units of a layer, or all numbers of its own dZ.

    Examples
    --------
    >>> from backcheck.fixtures import load
    >>> from backcheck.program import write
    >>> [write(count) for count in counts_of(load("c1w4_linear_backward_v4a"), "db")]
    ['A_prev.shape[0]', 'W.shape[0]', 'm * W.shape[0]']
    """
    arrays = [name for layer in fixture.layers for name in (layer.input, layer.W)]
    _, own = role(fixture, name)
    together: list[Tree] = [("*", "m", ("shape0", own.W))] if own else []
    return (*(("shape0", name) for name in arrays), *together)


@cache
def slopes_of(fixture: Fixture) -> tuple[Tree, ...]:
    """Return the derivative of every activation at every Z and A of a fixture, right or wrong.

    Each layer's own derivative can have its Z computed again.
    """
    texts = [
        form.format(A=name, Z=name)
        for slope in SLOPES.values()
        for form in slope.values()
        for name in activated(fixture)
    ]
    texts += [
        SLOPES[layer.activation]["Z"].format(Z=f"({write(_linear(layer))})")
        for layer in fixture.layers
        if layer.activation and {layer.Z, layer.input, layer.b} <= fixture.arrays.keys()
    ]
    return tuple(dict.fromkeys(parse(f"slope = {text}").steps[0].expression for text in texts))


@cache
def early_slopes(fixture: Fixture, name: str) -> tuple[Tree, ...]:
    """Return the derivatives at the array below that a step can meet too early, if it is dA_prev.

    Examples
    --------
    >>> from backcheck.fixtures import load
    >>> from backcheck.program import write
    >>> fixture = load("c1w4_linear_backward_v2")
    >>> [write(slope) for slope in early_slopes(fixture, "dA_prev")]
    ['A_prev * (1 - A_prev)', '1 - A_prev ** 2', 'A_prev > 0']
    """
    computes, layer = role(fixture, name)
    if not layer or computes != "dA_prev":
        return ()
    texts = (slope["A"].format(A=layer.input) for slope in SLOPES.values())
    return tuple(parse(f"slope = {text}").steps[0].expression for text in texts)


def activated(fixture: Fixture) -> tuple[str, ...]:
    """Return the names of what a forward pass computes, such as Z and A, layer by layer.

    Examples
    --------
    >>> from backcheck.fixtures import load
    >>> activated(load("c1w4_L_model_backward_v2"))
    ('Z1', 'A1', 'Z2', 'AL')
    """
    return tuple(step.name for step in fixture.forward.steps if step.name in fixture.arrays)


def _slope_forms(fixture: Fixture, name: str, tree: Tree, known: list[str]) -> Iterator[Tree]:
    """Yield the forms of a step that multiplies by a derivative, or that stands for doing so.

    Any other derivative, of any array; the derivative applied twice; the shortcut in place of the
    product and the product in place of the shortcut.
    """
    slopes = slopes_of(fixture)
    yield from _other_slopes(tree, slopes)
    *_, last = activated(fixture) or ("",)
    if "Y" in known and name == f"d{last}":
        yield from (("-", last, "Y"), ("-", "Y", last))
    yield from (_times(tree, slope) for slope in early_slopes(fixture, name))
    if "dZ" not in name:
        return
    yield from (_times(tree, slope) for slope in slopes)
    values = [form for array in activated(fixture) for form in _instead(array)]
    for upstream in (name for name in known if "dA" in name):
        yield upstream
        yield from (_times(upstream, slope) for slope in slopes)
        yield from (("*", upstream, value) for value in values)
    if "Y" in known:
        for array in activated(fixture):
            yield ("-", array, "Y")
            yield from (("-", (function, array), "Y") for function in ACTIVATIONS)


def _instead(array: str) -> Iterator[Tree]:
    """Yield what is mistaken for a derivative: a value, or what is left of it to one."""
    values: list[Tree] = [array, *((function, array) for function in ACTIVATIONS)]
    for value in values:
        yield value
        yield ("-", 1.0, value)


def _times(tree: Tree, slope: Tree) -> Tree:
    """Return a product with a derivative, written from the left: dA * A * (1 - A)."""
    match slope:
        case ("*", first, second):
            return ("*", ("*", tree, first), second)
    return ("*", tree, slope)


def _other_slopes(tree: Tree, slopes: tuple[Tree, ...]) -> Iterator[Tree]:
    if tree in slopes:
        yield from slopes
    elif isinstance(tree, tuple):
        # A product a * s * (1 - s) reads (a * s) * (1 - s): the derivative is not a node of it.
        match tree:
            case ("*", ("*", left, first), second) if ("*", first, second) in slopes:
                yield from (_times(left, slope) for slope in slopes)
            case ("*", left, slope) if slope in slopes:
                yield from (_times(left, slope) for slope in slopes)
                return
        for place in range(1, len(tree)):
            for form in _other_slopes(tree[place], slopes):
                yield (*tree[:place], form, *tree[place + 1 :])


def _misread(fixture: Fixture, name: str) -> Iterator[Tree]:
    """Yield what an array can be taken for, or computed again as, before any step runs."""
    yield from (other for other in array_order(fixture) if other != name)
    yield ("T", name)
    yield from ((function, name) for function in ACTIVATIONS)
    for layer in fixture.layers:
        if name == layer.Z and {layer.W, layer.input, layer.b} <= fixture.arrays.keys():
            yield _linear(layer)
        if name == layer.A and layer.Z in fixture.arrays:
            yield from ((function, layer.Z) for function in ACTIVATIONS)
            if layer.mask:
                yield from (_activation(layer, function) for function in ACTIVATIONS)
    for line in fixture.forward.steps:
        if name == line.name and set(line.reads) <= fixture.arrays.keys():
            yield line.expression


def _once(fixture: Fixture, changes: Iterable[dict[str, Tree]]) -> tuple[dict[str, Tree], ...]:
    """Keep each change of several steps once, if no step reads what comes after it."""
    kept = {}
    for change in changes:
        known = set(fixture.arrays)
        for step in fixture.program.steps:
            if not known.issuperset(names(change.get(step.name, step.expression))):
                break
            known.add(step.name)
        else:
            if len(change) > 1:
                kept[str(change)] = change
    return tuple(kept.values())


def _forward_again(fixture: Fixture) -> Iterator[dict[str, Tree]]:
    """Yield the forward pass run again, as a whole and for Z or A alone."""
    lines = {step.name: step.expression for step in fixture.forward.steps}
    again = {name: lines[name] for name in activated(fixture)}
    from_below = {layer.Z for layer in fixture.layers}
    yield again
    yield {name: tree for name, tree in again.items() if name in from_below}
    yield {name: tree for name, tree in again.items() if name not in from_below}


def _other_cache(fixture: Fixture) -> Iterator[dict[str, Tree]]:
    """Yield the steps of one layer fed with the cache of another, or done as that one."""
    for own in fixture.layers:
        for other in fixture.layers:
            if own is other:
                continue
            steps = {
                step.name: step.expression
                for step in fixture.program.steps
                if role(fixture, step.name)[1] == own
            }
            taken = dict(zip(_entries(own), _entries(other), strict=True))
            for kept in (set[str](), {own.A}, {own.A, own.Z}, {own.A, own.W}):
                swap = {name: to for name, to in taken.items() if name not in kept}
                fed = {name: renamed(tree, swap) for name, tree in steps.items()}
                yield {name: tree for name, tree in fed.items() if tree != steps[name]}
            alike = {f"d{theirs}": f"d{mine}" for mine, theirs in taken.items()}
            alike = {theirs: mine for theirs, mine in alike.items() if theirs != f"d{other.A}"}
            done = {
                alike[step.name]: renamed(step.expression, alike)
                for step in fixture.program.steps
                if alike.get(step.name) in steps
            }
            yield {name: tree for name, tree in done.items() if tree != steps[name]}


def _every_layer(fixture: Fixture, slots: list[Slot]) -> Iterator[dict[str, Tree]]:
    """Yield the same form of the same step in every layer, as one helper function makes it."""
    layered = {name for layer in fixture.layers for name in _entries(layer)}
    shared = {"m", *(name for name in fixture.arrays if name not in layered)}
    by_role: dict[str, list[tuple[Slot, dict[str, str]]]] = {}
    for slot in slots:
        computes, layer = role(fixture, slot.name)
        if layer:
            around = symbols(layer, prefix(slot.name))
            by_role.setdefault(computes, []).append((slot, around))
    for group in by_role.values():
        if len(group) < 2:
            continue
        (first, own), *others = group
        plain = renamed(first.original.tree, own)
        alike = all(renamed(slot.original.tree, to) == plain for slot, to in others)
        for form in first.forms:
            # Where the layers differ, a short form can be common to them: dZ = dA in all.
            if not alike and _size(form.tree) > SHORT:
                continue
            plain = renamed(form.tree, own)
            back = [{symbol: name for name, symbol in to.items()} for _, to in others]
            if all(set(names(plain)) - shared <= to.keys() for to in back):
                changed = {first.name: form.tree}
                for (slot, _), to in zip(others, back, strict=True):
                    changed[slot.name] = renamed(plain, to)
                yield changed


def _average_elsewhere(fixture: Fixture) -> Iterator[dict[str, Tree]]:
    """Yield the division by m made wherever a gradient starts, and not in dW and db."""
    changed: dict[str, Tree] = {}
    below: set[str] = set()
    for step in fixture.program.steps:
        inherits = not below.isdisjoint(step.reads)
        is_dZ = role(fixture, step.name)[0] == "dZ"
        if inherits:
            changed[step.name] = _undivided(step.expression, below)
        elif is_dZ:
            # The first of its branch; what is below inherits the division.
            changed[step.name] = ("/", step.expression, "m")
        if inherits or is_dZ:
            below.add(step.name)
    plain = {step.name: step.expression for step in fixture.program.steps}
    yield {name: tree for name, tree in changed.items() if tree != plain[name]}


def _undivided(tree: Tree, inherited: set[str]) -> Tree:
    """Return an expression that divides by m only what has not inherited the division."""
    if not isinstance(tree, tuple):
        return tree
    operation, *operands = tree
    if operation == "/" and operands[1] == "m" and not inherited.isdisjoint(names(operands[0])):
        whole: Tree = operands[0]
        return whole
    return (operation, *(_undivided(operand, inherited) for operand in operands))


def _other_count(fixture: Fixture) -> Iterator[dict[str, Tree]]:
    """Yield other divisors than m: in the steps of one layer, or, counted anew, in every layer."""
    every = _averages(fixture)
    by_layer = [
        [one for one in every if role(fixture, one[0].name)[1] == u] for u in fixture.layers
    ]
    for own in (*by_layer, every):
        yield {step.name: whole for step, whole in own}
        yield {step.name: ("/", step.expression, "m") for step, _ in own}
    for symbol in ("dZ", "A_prev", "W", "b", "Z"):
        for shape in ("shape0", "shape1"):
            changed: dict[str, Tree] = {}
            for step, whole in every:
                _, near = role(fixture, step.name)
                around = symbols(near, prefix(step.name)) if near else {}
                counted = [name for name, plain in around.items() if plain == symbol]
                if counted:
                    changed[step.name] = ("/", whole, (shape, counted[0]))
            yield changed


def _averages(fixture: Fixture) -> list[tuple[Step, Tree]]:
    """Return the steps that divide by m, each with what it divides."""
    found = []
    for step in fixture.program.steps:
        match step.expression:
            case ("/", whole, "m"):
                found.append((step, whole))
    return found


def _linear(layer: Layer) -> Tree:
    return ("+", ("@", layer.W, layer.input), layer.b)


def _activation(layer: Layer, function: str) -> Tree:
    """Return A computed from Z, masked and scaled where the layer drops units."""
    values = (function, layer.Z)
    return ("/", ("*", values, layer.mask), KEEP) if layer.mask else values


def _entries(layer: Layer) -> tuple[str, ...]:
    return (layer.input, layer.W, layer.b, layer.Z, layer.A)


def role(fixture: Fixture, step: str) -> tuple[str, Layer | None]:
    """Return what a step computes, such as ``"dW"``, and the layer it belongs to.

    Examples
    --------
    >>> from backcheck.fixtures import load
    >>> found, layer = role(load("c1w4_L_model_backward_v2"), "dA1")
    >>> found, layer.Z
    ('dA_prev', 'Z2')
    """
    bare = step.removeprefix(prefix(step))
    for layer in fixture.layers:
        for name, symbol in zip(_entries(layer), ("dA_prev", "dW", "db", "dZ"), strict=False):
            if bare == f"d{name}":
                return symbol, layer
    return "", None


def symbols(layer: Layer, prefix: str = "") -> dict[str, str]:
    """Return the symbol, free of the layer's number, of each array and gradient of a layer.

    Examples
    --------
    >>> from backcheck.fixtures import load
    >>> symbols(load("c1w3_bp_public_c").layers[0])["dX"]
    'dA_prev'
    """
    plain = dict(zip(_entries(layer), ("A_prev", "W", "b", "Z", "A"), strict=True))
    plain.pop("", None)
    return plain | {f"{prefix}d{name}": f"d{symbol}" for name, symbol in plain.items()}


def renamed(tree: Tree, to: Mapping[str, Tree]) -> Tree:
    """Return an expression with its names replaced.

    Examples
    --------
    >>> renamed(("-", "A2", "Y"), {"A2": "AL"})
    ('-', 'AL', 'Y')
    """
    if isinstance(tree, str):
        return to.get(tree, tree)
    if isinstance(tree, tuple):
        return (tree[0], *(renamed(operand, to) for operand in tree[1:]))
    return tree


def array_order(fixture: Fixture) -> tuple[str, ...]:
    """Return the names of the arrays so that what a forward pass computes first comes first.

    Examples
    --------
    >>> from backcheck.fixtures import load
    >>> array_order(load("c1w4_linear_activation_backward_v2"))
    ('dA', 'A_prev', 'W', 'b', 'Z')
    """
    computed = activated(fixture)
    return (*(name for name in fixture.arrays if name not in computed), *computed)


@cache
def unrelated(fixture: Fixture, seed: int = 0) -> dict[str, Any]:
    """Return unrelated random numbers, in the fixture's shapes, for every name of a program."""
    rng = np.random.default_rng(seed)
    values = {**fixture.arrays, **fixture.program.run(fixture.arrays)}
    scope = {name: rng.standard_normal(np.shape(value)) for name, value in values.items()}
    return scope | {"m": 7.0}


def formula(fixture: Fixture, tree: Tree) -> Any:
    """Return a key that two expressions share when they are the same formula.

    They are evaluated on unrelated numbers of the fixture's shapes. Where numpy cannot do
    that, the expression itself is the key.

    Examples
    --------
    >>> from backcheck.fixtures import load
    >>> fixture = load("c1w4_linear_backward_v2")
    >>> formula(fixture, ("-", "W", "dZ")) == ("-", "W", "dZ")
    True
    >>> formula(fixture, ("*", "m", "W")) == formula(fixture, ("*", "W", "m"))
    True
    """
    # Comparisons look at signs only, and few signs agree by chance: those need more draws.
    draws = 8 if _compares(tree) else 1
    try:
        with np.errstate(all="ignore"):
            return tuple(
                fingerprint(evaluate(tree, unrelated(fixture, seed))) for seed in range(draws)
            )
    except FAILURES:
        return tree


def _compares(tree: Tree) -> bool:
    if not isinstance(tree, tuple):
        return False
    return tree[0] in (">", "relu") or any(map(_compares, tree[1:]))


def _slot(fixture: Fixture, name: str, tree: Tree, forms: Iterable[Tree]) -> Slot:
    """Sort forms into those that differ from `tree` and each other, and those that are stuck."""
    kept: dict[object, Tree] = {}
    stuck: dict[Tree, None] = {}
    original = formula(fixture, tree)
    for form in forms:
        key = formula(fixture, form)
        if key == form:
            stuck[form] = None
        elif key != original and (key not in kept or _size(form) < _size(kept[key])):
            kept[key] = form
    return Slot(name, Form(tree), tuple(map(Form, kept.values())), tuple(map(Form, stuck)))


# What a fingerprint weighs the entries of an array with.
WEIGHTS = np.random.default_rng(3).standard_normal(4096)


def fingerprint(value: Any) -> tuple[tuple[int, ...], str]:
    """Return a key that two arrays share when they are equal up to rounding.

    Examples
    --------
    >>> fingerprint([[0.1 + 0.2]]) == fingerprint([[0.3]])
    True
    """
    array = np.asarray(value, dtype=float)
    with np.errstate(all="ignore"):
        mixed = float(array.ravel() @ WEIGHTS[: array.size])
        if not math.isfinite(mixed):
            tame = np.nan_to_num(array, nan=0.5, posinf=1e9, neginf=-1e9)
            mixed = float(np.clip(tame, -1e9, 1e9).ravel() @ WEIGHTS[: array.size])
            return array.shape, f"not finite {mixed:.10e}"
    return array.shape, f"{mixed:.10e}"


def _size(tree: Tree) -> int:
    return 1 + sum(map(_size, tree[1:])) if isinstance(tree, tuple) else 1
