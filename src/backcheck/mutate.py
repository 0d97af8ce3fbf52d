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
from backcheck.operators import expression, put, rewrites
from backcheck.program import (
    SLOPES,
    Program,
    Step,
    Tree,
    compiled,
    evaluate,
    names,
    write,
)

SHORT = 5
"""Most nodes of a form that is tried in layers whose steps are not alike."""

FAILURES = (ValueError, TypeError, ArithmeticError, IndexError)
"""What numpy raises where arrays do not fit each other."""


@dataclass(frozen=True)
class Form:
    """One expression a slot can take, ready to be evaluated often.

    Parameters
    ----------
    tree : tuple, str or float
        The expression.
    operator : str
        The operator of mutation that makes it, by name.
    """

    tree: Tree
    operator: str = ""

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
    for step in fixture.program.steps:
        forms = chain(_rewritten(fixture, step.name, step.expression), _without_parentheses(step))
        slots.append(_slot(fixture, step.name, step.expression, forms))
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
    slot = _slot_of(fixture, name)
    once = {form.tree for form in (slot.original, *slot.forms)}
    return tuple(tree for tree in _twice(fixture, name) if tree not in once)


@cache
def _twice(fixture: Fixture, name: str) -> dict[Tree, str]:
    """Return what two changes of one step lead to, and the operators of both."""
    slot = _slot_of(fixture, name)
    if slot.is_array:
        return {}
    found: dict[Tree, str] = {}
    for form in (*slot.forms, *slot.stuck):
        for operator, tree in _rewritten(fixture, name, form.tree):
            found.setdefault(tree, f"{form.operator} and {operator}")
    return found


def operators_of(fixture: Fixture, changes: Mapping[str, Tree]) -> tuple[str, ...]:
    """Return the operators that make each changed slot, by name, each once; ``""`` for unknown.

    Examples
    --------
    >>> from backcheck.fixtures import load
    >>> operators_of(load("c1w3_bp_public_c"), {"dA1": ("@", "W2", "dZ2")})
    ('transpose dropped',)
    """
    found: dict[str, None] = {}
    for name, tree in changes.items():
        slot = _slot_of(fixture, name)
        once = {form.tree: form.operator for form in (*slot.forms, *slot.stuck)}
        found[once.get(tree) or _twice(fixture, name).get(tree, "")] = None
    return tuple(found)


def _slot_of(fixture: Fixture, name: str) -> Slot:
    return next(slot for slot in mutants(fixture).slots if slot.name == name)


def _rewritten(fixture: Fixture, name: str, tree: Tree) -> Iterator[tuple[str, Tree]]:
    """Yield what one change of a step leads to, if it does not read the step itself."""
    found = rewrites(tree, families(fixture, name))
    # Only m is read without being among the known names.
    return (one for one in found if "m" not in names(one[1])) if name == "m" else found


@cache
def families(fixture: Fixture, step: str) -> dict[str, tuple[Tree, ...]]:
    """Return what each word of the table of operators stands for at one step.

    Examples
    --------
    >>> from backcheck.fixtures import load
    >>> found = families(load("c1w3_bp_public_c"), "dZ2")
    >>> found["$above"], found["$difference"][4]
    (('dA2',), ('-', 'A1', 'Y'))
    """
    steps = [one.name for one in fixture.program.steps]
    known = (*array_order(fixture), *(one for one in steps[: steps.index(step)] if one != "m"))
    slopes = slopes_of(fixture)
    *_, output = activated(fixture) or ("",)
    is_dZ = "dZ" in step
    values: list[Tree] = []
    for name in activated(fixture):
        values += [name, *((function, name) for function in ACTIVATIONS)]
    above = tuple(name for name in known if "dA" in name) if is_dZ else ()
    difference: tuple[Tree, ...] = ()
    if "Y" in known and is_dZ:
        difference = tuple(("-", value, "Y") for value in values)
    elif "Y" in known and step == f"d{output}":
        difference = (("-", output, "Y"), ("-", "Y", output))
    steep = tuple(_times("$x", slope) for slope in slopes)
    return {
        "$name": known,
        "$another": known,
        "$count": counts_of(fixture, step),
        "$slope": slopes,
        "$another_slope": slopes,
        "$x_slope": steep,
        "$x_another": steep,
        "$step_slope": tuple(_times("$step", slope) for slope in slopes) if is_dZ else (),
        "$early_slope": tuple(_times("$step", slope) for slope in early_slopes(fixture, step)),
        "$above": above,
        "$above_slope": tuple(_times(name, slope) for name in above for slope in slopes),
        "$value": tuple(values) if is_dZ else (),
        "$difference": difference,
    }


def _without_parentheses(step: Step) -> Iterator[tuple[str, Tree]]:
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
        yield "parentheses dropped", expression(kept)


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
    return tuple(dict.fromkeys(expression(text) for text in texts))


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
    return tuple(expression(text) for text in texts)


def activated(fixture: Fixture) -> tuple[str, ...]:
    """Return the names of what a forward pass computes, such as Z and A, layer by layer.

    Examples
    --------
    >>> from backcheck.fixtures import load
    >>> activated(load("c1w4_L_model_backward_v2"))
    ('Z1', 'A1', 'Z2', 'AL')
    """
    return tuple(step.name for step in fixture.forward.steps if step.name in fixture.arrays)


def _times(tree: Tree, slope: Tree) -> Tree:
    """Return a product with a derivative, written from the left: dA * A * (1 - A)."""
    match slope:
        case ("*", first, second):
            return ("*", ("*", tree, first), second)
    return ("*", tree, slope)


def _misread(fixture: Fixture, name: str) -> Iterator[tuple[str, Tree]]:
    """Yield what an array can be taken for, or computed again as, before any step runs."""
    yield from (("array misread", other) for other in array_order(fixture) if other != name)
    yield "transpose added", ("T", name)
    yield from (("function added", (function, name)) for function in ACTIVATIONS)
    again: list[Tree] = []
    for layer in fixture.layers:
        if name == layer.Z and {layer.W, layer.input, layer.b} <= fixture.arrays.keys():
            again.append(_linear(layer))
        if name == layer.A and layer.Z in fixture.arrays:
            again += [(function, layer.Z) for function in ACTIVATIONS]
            if layer.mask:
                again += [_activation(layer, function) for function in ACTIVATIONS]
    yield from (("array computed again", tree) for tree in again)


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
                fed = {name: put(tree, swap) for name, tree in steps.items()}
                yield {name: tree for name, tree in fed.items() if tree != steps[name]}
            alike = {f"d{theirs}": f"d{mine}" for mine, theirs in taken.items()}
            alike = {theirs: mine for theirs, mine in alike.items() if theirs != f"d{other.A}"}
            done = {
                alike[step.name]: put(step.expression, alike)
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
        plain = put(first.original.tree, own)
        alike = all(put(slot.original.tree, to) == plain for slot, to in others)
        for form in first.forms:
            # Where the layers differ, a short form can be common to them: dZ = dA in all.
            if not alike and _size(form.tree) > SHORT:
                continue
            plain = put(form.tree, own)
            back = [{symbol: name for name, symbol in to.items()} for _, to in others]
            if all(set(names(plain)) - shared <= to.keys() for to in back):
                changed = {first.name: form.tree}
                for (slot, _), to in zip(others, back, strict=True):
                    changed[slot.name] = put(plain, to)
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


def _slot(fixture: Fixture, name: str, tree: Tree, forms: Iterable[tuple[str, Tree]]) -> Slot:
    """Sort forms into those that differ from `tree` and each other, and those that are stuck."""
    kept: dict[object, Form] = {}
    stuck: dict[Tree, Form] = {}
    original = formula(fixture, tree)
    for operator, form in forms:
        key = formula(fixture, form)
        if key == form:
            stuck.setdefault(form, Form(form, operator))
        elif key != original and (key not in kept or _size(form) < _size(kept[key].tree)):
            kept[key] = Form(form, operator)
    return Slot(name, Form(tree), tuple(kept.values()), tuple(stuck.values()))


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
