"""Calls with other arguments: the steps of one layer as one place of mutation.

Learners call a helper for each layer, or copy the block of one for the next. Either way a slip in
an argument shows in every step that reads it. An argument is an array of the cache, the gradient
from above, the activation, or the dZ that the linear steps are given.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations, product
from typing import NamedTuple

from backcheck.fixtures import Fixture, prefix
from backcheck.forward import Layer
from backcheck.mutants.families import gradients_of
from backcheck.mutants.operators import expression
from backcheck.mutants.roles import entries, named, role
from backcheck.program import SLOPES, Tree, names, put

Forms = dict[str, Tree]
"""An expression for each of some names."""


class Call(NamedTuple):
    """The steps of one layer, and what they read."""

    layer: Layer
    names: dict[str, str]  # by symbol
    steps: Forms  # from dZ down to dA_prev
    block: Forms  # from the gradient from above to db, as blocks are copied


def calls(fixture: Fixture) -> tuple[Call, ...]:
    """Return the call of each layer, once for each prefix."""
    found = []
    plain = {step.name: step.expression for step in fixture.program.steps}
    for layer in fixture.layers:
        own = [step for step in plain if role(fixture, step)[1] == layer]
        above = [other for other in fixture.layers if other.input == layer.A]
        for around in dict.fromkeys(map(prefix, own)):
            called = {"dA": "dA", "mask": layer.mask, **named(layer, around)}
            for symbol in ("W", "dZ") if above else ():
                called[f"{symbol}_above"] = named(above[0], around)[symbol]
            steps = {name: plain[name] for name in own if prefix(name) == around}
            block = {name: tree for name, tree in steps.items() if name != called["dA_prev"]}
            if called["dA"] in plain:
                block[called["dA"]] = plain[called["dA"]]
            found.append(Call(layer, called, steps, block))
    return tuple(found)


def other_arguments(fixture: Fixture) -> Iterator[tuple[str, Forms]]:
    """Yield each call with other arguments, and the idea behind it."""
    every = calls(fixture)
    for call in every:
        dZ, functions = call.names["dZ"], tuple(dict.fromkeys(_functions(call, every)))
        for idea, to in _arguments(fixture, call, every):
            changed = {name: put(tree, to) for name, tree in (call.steps | call.block).items()}
            for place, function in enumerate(functions):
                changed[dZ] = put(function, to)
                for steps in (call.steps, call.block):
                    forms = {name: changed[name] for name in steps}
                    yield "other-argument" if place and idea == "other-cache" else idea, forms
    # A helper that is handed its two arguments in the other order, in one call or in each.
    turned = [_exchanged(call) for call in every]
    for forms in (*turned, {name: tree for some in turned for name, tree in some.items()}):
        if forms:
            yield "other-argument", forms
    # An index that is one too high or too low in a loop over the hidden layers.
    for shift, linear in product((1, -1), (True, False)):
        loop: Forms = {}
        for place, call in enumerate(every[:-1]):
            to = _cache(call, every[(place + shift) % len(every)], linear)
            loop |= {name: put(tree, to) for name, tree in call.steps.items()}
        yield "other-cache", loop


def _exchanged(call: Call) -> Forms:
    """Return the steps of a layer with the gradient from above and Z in each other's place."""
    dA, Z = call.names["dA"], call.names.get("Z", "")
    is_read = {dA, Z} <= {name for tree in call.steps.values() for name in names(tree)}
    return {n: put(tree, {dA: Z, Z: dA}) for n, tree in call.steps.items()} if is_read else {}


def _cache(call: Call, other: Call, linear: bool) -> Forms:
    """Return the arrays of another layer's cache in place of one's own, or the linear part."""
    kept = {call.layer.Z, call.layer.A} if linear else set()
    pairs = zip(entries(call.layer), entries(other.layer), strict=True)
    return {name: to for name, to in pairs if name and to and name not in kept}


def _arguments(fixture: Fixture, call: Call, every: Sequence[Call]) -> Iterator[tuple[str, Forms]]:
    """Yield what is read in place of the names of one layer, and the idea behind it."""
    read = {name for tree in (call.steps | call.block).values() for name in names(tree)}
    caches: list[Forms] = [{}]
    for other in every:
        if other.layer == call.layer:
            continue
        symbols = [s for s, name in call.names.items() if name in read and s in other.names]
        for count in {1, 2, *range(max(len(symbols) - 2, 0), len(symbols) + 1)}:
            for chosen in combinations(symbols, count):
                cached = {"A_prev", "W", "b", "Z", "A"}.issuperset(chosen)
                to: Forms = {call.names[symbol]: other.names[symbol] for symbol in chosen}
                yield "other-cache" if cached else "other-argument", to
        caches += [_cache(call, other, True), _cache(call, other, False)]
        yield "other-call", {**caches[-1], call.names["dA"]: other.names["dA"]}
    gradients = gradients_of(fixture, prefix(call.names["dZ"]))
    for symbol, gradient, cache in product(("dA", "dZ"), gradients, caches):
        yield "other-argument", {**cache, call.names[symbol]: gradient}


def _functions(call: Call, every: Sequence[Call]) -> Iterator[Tree]:
    """Yield what a layer can do to dA: its own step, that of another layer or activation."""
    dZ, Z, A = (call.names.get(symbol, "") for symbol in ("dZ", "Z", "A"))
    own = call.steps.get(dZ, "")
    yield own
    for other in every:
        to = {
            name: call.names[symbol] for symbol, name in other.names.items() if symbol in call.names
        }
        yield put(other.steps.get(other.names["dZ"], own), to)
    for slope, (form, name) in product(SLOPES.values(), (("A", A), ("Z", Z))):
        if name and name in names(own):
            yield expression(f"{call.names['dA']} * {slope[form].format(A=A, Z=Z)}")
