"""What the words of the table of operators stand for, at one step of one test."""

import re
from functools import cache

from backcheck.activations import ACTIVATIONS
from backcheck.fixtures import Fixture, prefix
from backcheck.forward import KEEP, lines_of
from backcheck.mutants.operators import expression
from backcheck.mutants.roles import activated, array_order, known_at, role
from backcheck.mutants.steps import is_place
from backcheck.program import SLOPES, Tree, names


@cache
def families(fixture: Fixture, slot: str) -> dict[str, tuple[Tree, ...]]:
    """Return what each word stands for, marked by a dollar.

    For a step:

    - ``name``, ``another``: every array and gradient that is known there
    - ``count``: what can be taken for m
    - ``derivative``, ``another_derivative``: the derivative of any activation, at any Z or A
    - ``x_derivative``, ``x_another``: x times one of them, written from the left
    - ``step_derivative``: the whole step times one; ``early_derivative``: one of the layer below
    - ``above``, ``above_derivative``: a gradient from above, alone and times a derivative
    - ``value``: an A or Z, as it is or activated
    - ``difference``: A - Y, with what can be taken for A

    For an array as it comes out of the cache: ``other``, any other one, and ``again``, what the
    forward pass can compute in its place.
    """
    arrays, layers = array_order(fixture), fixture.layers
    if slot in arrays:
        others = tuple(name for name in arrays if name != slot and is_place(fixture, name))
        return {"$array": (slot,), "$other": others, "$again": _computed_again(fixture, slot)}
    known = tuple(name for name in known_at(fixture, slot) if name != "m")
    computes, own = role(fixture, slot)
    # What can be taken for m: the units of a layer, or all numbers of the step's own dZ.
    counts: list[Tree] = [
        ("shape0", name) for layer in layers for name in (layer.input, layer.W) if name in known
    ]
    counts += [("*", "m", ("shape0", own.W))] if own and own.W in known else []
    below = own.input if own and computes == "dA_prev" and own.input in known else ""
    early = (expression(slope["A"].format(A=below)) for slope in SLOPES.values() if below)
    slopes, is_dZ = slopes_of(fixture), "dZ" in slot
    *_, output = activated(fixture) or ("",)
    values: tuple[Tree, ...] = ()
    for name in activated(fixture) if is_dZ else ():
        values += (name, *((function, name) for function in ACTIVATIONS))
    upstream = gradients_of(fixture, prefix(slot)) if is_dZ else ()
    above = tuple(tree for tree in upstream if {*names(tree)} <= {*known})
    difference: tuple[Tree, ...] = ()
    if "Y" in known and is_dZ:
        difference = tuple(("-", value, "Y") for value in values)
    elif "Y" in known and slot == f"d{output}":
        difference = (("-", output, "Y"), ("-", "Y", output))
    steep = tuple(_times("$x", slope) for slope in slopes)
    return {
        "$step": (),
        "$name": known,
        "$another": known,
        "$count": tuple(counts),
        "$derivative": slopes,
        "$another_derivative": slopes,
        "$x_derivative": steep,
        "$x_another": steep,
        "$step_derivative": tuple(_times("$step", slope) for slope in slopes) if is_dZ else (),
        "$early_derivative": tuple(_times("$step", slope) for slope in early),
        "$above": above,
        "$above_derivative": tuple(_times(one, slope) for one in above for slope in slopes),
        "$value": values,
        "$difference": difference,
    }


def _computed_again(fixture: Fixture, name: str) -> tuple[Tree, ...]:
    lines = {line.name: line for line in lines_of(fixture.arrays, fixture.forward)}
    again: list[Tree] = []
    if name in lines and set(lines[name].reads) <= fixture.arrays.keys():
        again.append(lines[name].expression)
    for layer in fixture.layers:
        if name == layer.A and layer.Z in fixture.arrays:
            values = [(function, layer.Z) for function in ACTIVATIONS]
            again += values
            if layer.mask:
                again += [("/", ("*", value, layer.mask), KEEP) for value in values]
    return tuple(again)


@cache
def slopes_of(fixture: Fixture) -> tuple[Tree, ...]:
    """Return the derivatives of all activations at every Z and A, and their own with Z again."""
    texts = [
        form.format(A=name, Z=name)
        for slope in SLOPES.values()
        for form in slope.values()
        for name in activated(fixture)
    ]
    texts += [
        SLOPES[layer.activation]["Z"].format(Z=f"({layer.W} @ {layer.input} + {layer.b})")
        for layer in fixture.layers
        if layer.activation in SLOPES
        and {layer.Z, layer.W, layer.input, layer.b} <= fixture.arrays.keys()
    ]
    return tuple(dict.fromkeys(expression(text) for text in texts))


@cache
def gradients_of(fixture: Fixture, around: str = "") -> tuple[Tree, ...]:
    """Return what a call can take for the gradient from above: any dA or dZ, and A - Y."""
    steps = {step.name: step.expression for step in fixture.program.steps}
    found: list[Tree] = [
        name for name in (*fixture.arrays, *steps) if re.match(f"({around})?d[AZ]", name)
    ]
    shortcut = ("-", fixture.layers[-1].A, "Y") if fixture.layers else ""
    if {*shortcut[1:]} <= fixture.arrays.keys() and shortcut and shortcut not in steps.values():
        found.append(shortcut)
    return tuple(found)


def _times(tree: Tree, slope: Tree) -> Tree:
    """Return a product with a derivative, written from the left: dA * A * (1 - A)."""
    match slope:
        case ("*", first, second):
            return ("*", ("*", tree, first), second)
    return ("*", tree, slope)
