"""Changes of several slots at once, where one idea causes them.

They are mutants of higher order that people really write: the same mistake in every layer, the
cache of another layer, the forward pass run again, the average taken elsewhere.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache, partial, reduce
from itertools import combinations, permutations, product
from typing import Any

import numpy as np

from backcheck.fixtures import Fixture, prefix
from backcheck.forward import lines_of
from backcheck.mutants.calls import Forms, calls, other_arguments
from backcheck.mutants.formulas import formula, size, stops, unrelated
from backcheck.mutants.operators import changed_throughout, expression, shaping_changes
from backcheck.mutants.roles import array_order, entries, known_at, named, role
from backcheck.mutants.steps import is_at_hand, is_place, loop_changes
from backcheck.over_time import stem
from backcheck.program import Program, Step, Tree, names, put, write

SHORT = 5
"""Most nodes of a form that is tried in layers whose steps are not alike."""


def joint_changes(
    fixture: Fixture, forms: Mapping[str, tuple[Tree, ...]]
) -> dict[str, tuple[dict[str, Tree], ...]]:
    """Return the new expression of each changed slot, by the idea behind the change.

    `forms` has for each slot the original expression, and then those that one change makes.
    """
    called: dict[str, list[Forms]] = {"other-cache": [], "other-call": [], "other-argument": []}
    for idea, change in other_arguments(fixture):
        called[idea].append(change)
    found = {
        "forward-again": _forward_again(fixture),
        **called,
        "overwritten": _overwritten(fixture),
        "rows": _rows(fixture),
        "average-elsewhere": _average_elsewhere(fixture),
        "other-count": _other_count(fixture),
        "every-layer": _every_layer(fixture, forms),
        "each-own": _each_own(fixture),
        "every-step": _every_step(fixture),
        "brackets": _without_brackets(fixture),
        "reads-part": _reading_a_part(fixture),
        "other-cut": _cut_the_other_way(fixture),
        "cut-in-part": _cut_in_part(fixture),
        "misprinted": [
            {step.name: step.expression for step in lines.steps} for lines in fixture.misprinted
        ],
        "gate-slope": _without_slopes(fixture),
        "penalty-on-b": _penalty_on_b(fixture),
    }
    once = {idea: _once(fixture, changes) for idea, changes in found.items()}
    alone = ("overwritten", "misprinted", "other-cut", "cut-in-part", "penalty-on-b")
    several = {i: tuple(c for c in once[i] if len(c) > 1 or i in alone) for i in once}
    *named, rest = called
    known = {tuple(change.items()) for idea in named for change in several[idea]}
    others = [c for idea in called for c in once[idea] if tuple(c.items()) not in known]
    return several | {rest: _possible(fixture, others, forms)} | loop_changes(fixture)


def _once(fixture: Fixture, changes: Iterable[Forms]) -> tuple[Forms, ...]:
    """Keep each change of several steps once, if no step reads what comes after it."""
    known = {step.name: {*known_at(fixture, step.name)} for step in fixture.program.steps}
    plain = {step.name: step.expression for step in fixture.program.steps}
    slots = (name for name in (*array_order(fixture), *known) if is_place(fixture, name))
    place = {name: number for number, name in enumerate(dict.fromkeys(slots))}
    kept: dict[Any, Forms] = {}
    for change in changes:
        changed = sorted(change.keys() & place.keys(), key=place.__getitem__)
        new = {name: change[name] for name in changed if plain.get(name) != change[name]}
        steps = new.keys() & known.keys()
        if new and all(known[step].issuperset(names(new[step])) for step in steps):
            kept.setdefault(tuple(new.items()), new)
    return tuple(kept.values())


def _possible(
    fixture: Fixture, changes: Iterable[Forms], forms: Mapping[str, tuple[Tree, ...]]
) -> tuple[Forms, ...]:
    """Keep one spelling of each change that numpy can carry out, and that no operator makes."""
    scope = unrelated(fixture)
    known = fixture.program.known(scope)
    key = cache(partial(formula, fixture))
    made = {((name, key(tree)),) for name, trees in forms.items() for tree in trees}
    kept: dict[Any, Forms] = {}
    for change in changes:
        new = {name: Step(name, tree) for name, tree in change.items()}
        program = Program(tuple(new.get(step.name, step) for step in fixture.program.steps))
        with suppress(ValueError):
            program.run(scope, known)
            kept.setdefault(tuple((n, key(t)) for n, t in change.items()), change)
    return tuple(change for keys, change in kept.items() if keys not in made)


def _forward_again(fixture: Fixture) -> Iterator[dict[str, Tree]]:
    """Yield the forward pass run again, as a whole and for Z or A alone."""
    lines = lines_of(fixture.arrays, fixture.forward)
    again = {
        line.name: line.expression
        for line in lines
        if fixture.arrays.keys() >= {*line.reads}
        and np.ndim(fixture.arrays.get(line.reads[0], 0)) < 3
        and all(is_at_hand(fixture, line.name, name) for name in line.reads)
    }
    from_below = {layer.Z for layer in fixture.layers}
    for kept in (again.keys(), from_below, again.keys() - from_below):
        yield {name: tree for name, tree in again.items() if name in kept}


def _overwritten(fixture: Fixture) -> Iterator[Forms]:
    """Yield what is seen where a part of a step is written over an array that it reads."""
    steps = {name: tree for name, tree in _places(fixture).items() if name != "m"}
    whole: Forms = {}
    for step, tree in steps.items():
        for part, name in _written_over(tree):
            key = formula(fixture, part)
            others = {n: t for n, t in steps.items() if n != step and name in names(t)}
            is_seen = others or name in fixture.expected
            if not is_seen or key[0][0] != np.shape(fixture.values[name]):
                continue
            seen = {n: put(t, {name: part}) for n, t in others.items()}
            if name in steps:
                seen = {name: put(part, {name: steps[name]}), step: put(tree, {part: name})}
                # Where a second time changes nothing, the step can stay as it was.
                if formula(fixture, put(part, {name: part})) == key:
                    del seen[step]
                whole |= seen if part == tree else {}
            yield seen
    yield whole


def _written_over(tree: Tree) -> Iterator[tuple[Tree, str]]:
    """Yield the parts of an expression with the name they can be written over, as x by 1 - x."""
    for part in tree[1:] if isinstance(tree, tuple) else ():
        yield from _written_over(part)
    first = tree
    while isinstance(first, tuple) and first[0] in ("+", "-", "*", "/", "**"):
        first = first[2] if isinstance(first[1], float) else first[1]
    # Labels are integers, and numpy writes no others into those.
    if isinstance(first, str) and first not in (tree, "Y"):
        yield tree, first


def _rows(fixture: Fixture) -> Iterator[Forms]:
    """Yield the counts and the sums as they are where examples are rows."""
    texts = {step.name: write(step.expression) for step in fixture.program.steps}
    for axis in ("axis=0", "axis=0, keepdims=True"):
        rows = {n: text.replace("axis=1, keepdims=True", axis) for n, text in texts.items()}
        yield {n: expression(text.replace(".shape[1]", ".shape[0]")) for n, text in rows.items()}
        # Or each layer counts the rows of its own input.
        yield {
            name: put(expression(rows[name]), {"m": ("shape0", call.layer.input)})
            for call in calls(fixture)
            for name in call.steps
        }


def _every_layer(
    fixture: Fixture, forms: Mapping[str, tuple[Tree, ...]]
) -> Iterator[dict[str, Tree]]:
    """Yield the same form of the same step in all layers, or in all where the step is alike."""
    masks = {layer.A: layer.mask for layer in fixture.layers if layer.mask}
    layered = {name for layer in fixture.layers for name in (*entries(layer), layer.mask)}
    shared = {"m", *(name for name in fixture.arrays if name not in layered)}
    by_role: dict[str, dict[str, dict[str, str]]] = {}
    for slot in forms:
        computes, layer = role(fixture, slot)
        if layer:
            below = {"mask": masks[layer.input]} if layer.input in masks else {}
            by_role.setdefault(computes, {})[slot] = named(layer, prefix(slot)) | below
    # Which layer is the first matters: equal sizes can make two forms one in it, such as one unit.
    for first, some in ((slot, group) for group in by_role.values() for slot in group):
        symbols = {name: symbol for symbol, name in some[first].items()}
        usual = put(forms[first][0], symbols)
        others = {slot: to for slot, to in some.items() if slot != first}
        alike = {slot: to for slot, to in others.items() if forms[slot][0] == put(usual, to)}
        for form in forms[first][1:]:
            plain = put(form, symbols)
            # Where the layers differ, a short form can be common to them: dZ = dA in all.
            for group in (others, alike) if size(form) <= SHORT else (alike,):
                if all(set(names(plain)) - shared <= to.keys() for to in group.values()):
                    yield {first: form, **{slot: put(plain, to) for slot, to in group.items()}}


def own_replaced(fixture: Fixture, slot: str, tree: Tree) -> dict[tuple[str, str], Tree]:
    """Return a step that reads an array of several layers with another one of each, by symbols."""
    layers = [named(layer, prefix(slot)) for layer in fixture.layers]
    reads, known = {*names(tree)}, {*known_at(fixture, slot)}
    found: dict[tuple[str, str], Tree] = {}
    for was, now in permutations(dict.fromkeys(symbol for own in layers for symbol in own), 2):
        both = [own for own in layers if was in own and now in own and own[was] in reads]
        to = {own[was]: own[now] for own in both}
        if len(to) > 1 and known.issuperset(to.values()):
            found[was, now] = put(tree, to)
    return found


def _each_own(fixture: Fixture) -> Iterator[Forms]:
    """Yield what `own_replaced` does in all steps at once."""
    alike: dict[tuple[str, str], Forms] = {}
    for name, tree in _places(fixture).items():
        for symbols, form in own_replaced(fixture, name, tree).items():
            alike.setdefault(symbols, {})[name] = form
    for forms in alike.values():
        yield {name: tree for name, tree in forms.items() if not stops(fixture, tree)}


def _without_slopes(fixture: Fixture) -> Iterator[Forms]:
    """Yield lines that add up what gates hand down, without the derivative of some or of all."""
    alike: dict[tuple[str, ...], Forms] = {}
    for name, tree in _places(fixture).items():
        reads, known = {*names(tree)}, {*known_at(fixture, name)}
        gates = [named(layer, prefix(name)) for layer in fixture.layers]
        gates = [one for one in gates if one["dZ"] in reads and one.get("dA") in known]
        own = {one["dZ"]: one["dA"] for one in gates}
        for n in range(1, len(own) + 1) if len(own) > 1 else ():
            for some in combinations(own, n):
                alike.setdefault(some, {})[name] = put(tree, {one: own[one] for one in some})
    yield from alike.values()


def _penalty_on_b(fixture: Fixture) -> Iterator[Forms]:
    """Yield each db, and all of them, with what the penalty adds to the dW of its layer."""
    steps = {role(fixture, name): (name, tree) for name, tree in _places(fixture).items()}
    found: Forms = {}
    for layer in fixture.layers:
        db = steps.get(("db", layer), ("", ""))
        match steps.get(("dW", layer), ("", ""))[1]:
            case ("+", _, penalty) if db[0] and layer.W in names(penalty):
                found[db[0]] = ("+", db[1], put(penalty, {layer.W: layer.b}))
    yield found
    yield from ({name: tree} for name, tree in found.items())


def _places(fixture: Fixture) -> Forms:
    """Return the steps that are changed: in a loop, those of one turn."""
    steps = fixture.program.steps
    return {one.name: one.expression for one in steps if is_place(fixture, one.name)}


def _every_step(fixture: Fixture) -> Iterator[Forms]:
    """Yield the transposes or slices of a whole program changed by one operator."""
    steps = fixture.program.steps
    for changes in shaping_changes().values():
        whole = {step.name: changed_throughout(step.expression, changes) for step in steps}
        yield {name: tree for name, tree in whole.items() if not stops(fixture, tree)}


def sums_apart(fixture: Fixture, slot: str) -> dict[Any, Tree]:
    """Return a step with the brackets left out of a sum that it takes from an earlier step.

    With (x + y) as that sum, (x + y) * f * g becomes x + y * f * g or x * f + y * f * g, or so
    with x and y exchanged, or with one of the factors lost on the way; the keys say how many steps
    above it stands, and which of them it is.
    """
    steps = {step.name: step.expression for step in fixture.program.steps}
    tree, factors, above = steps[slot], list[Any](), 0
    while tree in steps or (isinstance(tree, tuple) and tree[0] in ("*", "/")):
        if isinstance(tree, tuple):
            operation, tree, factor = tree
            factors.insert(0, (operation, factor))
        else:
            tree, above = steps[tree], above + 1
    if not above or not isinstance(tree, tuple) or tree[0] not in ("+", "-"):
        return {}

    def times(one: Tree, some: list[Any]) -> Tree:
        return reduce(lambda whole, by: (by[0], whole, by[1]), some, one)

    sign, x, y = tree
    found: dict[Any, Tree] = {}
    lost = [(None, factors), *((n, [*factors[:n], *factors[n + 1 :]]) for n in range(len(factors)))]
    for n, some in enumerate(factors[:n] for n in range(len(factors))):
        for without, kept in lost:
            found[above, n, without, 0] = (sign, times(x, some), times(y, kept))
            found[above, n, without, 1] = (sign, times(x, kept), times(y, some))
    return found


def _reading_a_part(fixture: Fixture) -> Iterator[Forms]:
    """Yield the lines of a cell that read one part of a sum, where what is handed back has both."""
    steps = [step for step in fixture.program.steps if is_place(fixture, step.name)]
    for source in steps:
        match source.expression:
            case ("+", *both):
                readers = [s for s in steps if source.name in names(s.expression)]
                some = [s for s in readers if not stem(s.name).endswith("_prev")]
                for part in both if 1 < len(some) < len(readers) else ():
                    yield {s.name: put(s.expression, {source.name: part}) for s in some}


def _cuts(fixture: Fixture) -> dict[tuple[Any, ...], Tree]:
    """Return what the parts of stacked arrays are if the other array stands on top."""
    cuts: dict[tuple[Any, ...], Tree] = {}
    for step in fixture.program.steps:
        match step.expression:
            case ("concatenate", above, below):
                first, second = ("shape0", above), ("shape0", below)
                cuts[("head", "$x", first)] = ("tail", "$x", second)
                cuts[("tail", "$x", first)] = ("head", "$x", second)
    return cuts


def _cut_the_other_way(fixture: Fixture) -> Iterator[Forms]:
    """Yield the parts of stacked arrays, or one of them, as if the other array stood on top."""
    cuts = _cuts(fixture)
    alike: dict[str, Forms] = {}
    for step in fixture.program.steps:
        tree = changed_throughout(step.expression, cuts)
        if tree != step.expression:
            alike.setdefault(stem(step.name), {})[step.name] = tree
    yield from alike.values()
    yield {name: tree for forms in alike.values() for name, tree in forms.items()}


def _cut_in_part(fixture: Fixture) -> Iterator[Forms]:
    """Yield the same in some of the terms that a line adds up."""
    cuts = _cuts(fixture)
    for name, tree in _places(fixture).items() if cuts else ():
        terms = _terms(tree)
        turned = {one: changed_throughout(one, cuts) for one in terms}
        for n in range(1, len(terms)):
            for some in combinations(terms, n):
                if all(turned[one] != one for one in some):
                    yield {name: put(tree, {one: turned[one] for one in some})}


def _terms(tree: Tree) -> tuple[Tree, ...]:
    """Return what a sum adds up."""
    match tree:
        case ("+", *both):
            return tuple(term for one in both for term in _terms(one))
    return (tree,)


def _without_brackets(fixture: Fixture) -> Iterator[Forms]:
    """Yield the same brackets left out in all lines that read a sum, and in those below it."""
    alike: dict[Any, Forms] = {}
    for name in _places(fixture):
        for key, tree in sums_apart(fixture, name).items():
            alike.setdefault(key, {})[name] = tree
    for forms in alike.values():
        yield forms
        yield {name: tree for name, tree in forms.items() if name not in fixture.expected}


def _average_elsewhere(fixture: Fixture) -> Iterator[dict[str, Tree]]:
    """Yield the division by m made wherever a gradient starts, and not in dW and db."""
    if not any("m" in step.reads for step in fixture.program.steps):
        return
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
    """Yield other divisors than m, in the steps of one layer or of all, and one where none is."""
    divided: dict[str, Tree] = {}
    for step in fixture.program.steps:
        match step.expression:
            case ("/", whole, "m"):
                divided[step.name] = whole
    if not divided:
        steps = [one for one in fixture.program.steps if role(fixture, one.name)[0] in ("dW", "db")]
        yield {step.name: ("/", step.expression, "m") for step in steps}
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
