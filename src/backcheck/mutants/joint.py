"""Changes of several slots at once, where one idea causes them.

They are mutants of higher order that people really write: the same mistake in every layer, the
cache of another layer, the forward pass run again, the average taken elsewhere.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import permutations, product

from backcheck.fixtures import Fixture, prefix
from backcheck.mutants.formulas import size
from backcheck.mutants.roles import entries, known_at, named, role
from backcheck.program import Tree, names, put

SHORT = 5
"""Most nodes of a form that is tried in layers whose steps are not alike."""


def joint_changes(
    fixture: Fixture, forms: Mapping[str, tuple[Tree, ...]]
) -> dict[str, tuple[dict[str, Tree], ...]]:
    """Return the new expression of each changed slot, by the idea behind the change.

    `forms` has for each slot the original expression, and then those that one change makes.
    """
    found = {
        "forward-again": _forward_again(fixture),
        "other-cache": _other_cache(fixture),
        "average-elsewhere": _average_elsewhere(fixture),
        "other-count": _other_count(fixture),
        "every-layer": _every_layer(fixture, forms),
    }
    return {idea: _once(fixture, changes) for idea, changes in found.items()}


def _once(fixture: Fixture, changes: Iterable[dict[str, Tree]]) -> tuple[dict[str, Tree], ...]:
    """Keep each change of several steps once, if no step reads what comes after it."""
    known = {step.name: {*known_at(fixture, step.name)} for step in fixture.program.steps}
    kept = {}
    for change in changes:
        steps = change.keys() & known.keys()
        if len(change) > 1 and all(known[step].issuperset(names(change[step])) for step in steps):
            kept[str(change)] = change
    return tuple(kept.values())


def _forward_again(fixture: Fixture) -> Iterator[dict[str, Tree]]:
    """Yield the forward pass run again, as a whole and for Z or A alone."""
    lines = fixture.forward.steps
    again = {line.name: line.expression for line in lines if line.name in fixture.arrays}
    from_below = {layer.Z for layer in fixture.layers}
    yield again
    yield {name: tree for name, tree in again.items() if name in from_below}
    yield {name: tree for name, tree in again.items() if name not in from_below}


def _other_cache(fixture: Fixture) -> Iterator[dict[str, Tree]]:
    """Yield the steps of one layer fed with the cache of another, or done as that one."""
    for own, other in permutations(fixture.layers, 2):
        steps = {
            step.name: step.expression
            for step in fixture.program.steps
            if role(fixture, step.name)[1] == own
        }
        taken = dict(zip(entries(own), entries(other), strict=True))
        for kept in (set[str](), {own.A}, {own.A, own.Z}, {own.A, own.W}):
            swap = {name: to for name, to in taken.items() if name not in kept}
            fed = {name: put(tree, swap) for name, tree in steps.items()}
            yield {name: tree for name, tree in fed.items() if tree != steps[name]}
        alike = {f"d{theirs}": f"d{mine}" for mine, theirs in taken.items() if theirs != other.A}
        done = {
            alike[step.name]: put(step.expression, alike)
            for step in fixture.program.steps
            if alike.get(step.name) in steps
        }
        yield {name: tree for name, tree in done.items() if tree != steps[name]}


def _every_layer(
    fixture: Fixture, forms: Mapping[str, tuple[Tree, ...]]
) -> Iterator[dict[str, Tree]]:
    """Yield the same form of the same step in every layer, as one helper function makes it."""
    layered = {name for layer in fixture.layers for name in entries(layer)}
    shared = {"m", *(name for name in fixture.arrays if name not in layered)}
    by_role: dict[str, dict[str, dict[str, str]]] = {}
    for slot in forms:
        computes, layer = role(fixture, slot)
        if layer:
            by_role.setdefault(computes, {})[slot] = named(layer, prefix(slot))
    for group in by_role.values():
        (first, own), *others = group.items()
        symbols = {name: symbol for symbol, name in own.items()}
        alike = all(forms[slot][0] == put(put(forms[first][0], symbols), to) for slot, to in others)
        for form in forms[first][1:] if others else ():
            # Where the layers differ, a short form can be common to them: dZ = dA in all.
            if not alike and size(form) > SHORT:
                continue
            plain = put(form, symbols)
            if all(set(names(plain)) - shared <= to.keys() for _, to in others):
                yield {first: form, **{slot: put(plain, to) for slot, to in others}}


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
    divided: dict[str, Tree] = {}
    for step in fixture.program.steps:
        match step.expression:
            case ("/", whole, "m"):
                divided[step.name] = whole
    by_layer = [
        {name: whole for name, whole in divided.items() if role(fixture, name)[1] == layer}
        for layer in fixture.layers
    ]
    for own in (*by_layer, divided):
        yield own
        yield {name: ("/", ("/", whole, "m"), "m") for name, whole in own.items()}
    for symbol, shape in product(("dZ", "A_prev", "W", "b", "Z"), ("shape0", "shape1")):
        changed: dict[str, Tree] = {}
        for name, whole in divided.items():
            _, layer = role(fixture, name)
            if layer:
                changed[name] = ("/", whole, (shape, named(layer, prefix(name))[symbol]))
        yield changed
