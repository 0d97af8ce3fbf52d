"""What each array and step of a backward pass is to its layer."""

from functools import cache

from backcheck.fixtures import Fixture, prefix
from backcheck.forward import Layer
from backcheck.mutants.steps import is_at_hand, is_place
from backcheck.over_time import time


def activated(fixture: Fixture) -> tuple[str, ...]:
    """Return what a forward pass computes and a backward pass is handed or computes, as Z and A."""
    layered = {name for layer in fixture.layers for name in (layer.Z, layer.A)}
    known = {step.name for step in fixture.program.steps if step.name in layered}
    known |= fixture.arrays.keys()
    steps = (step.name for step in fixture.forward.steps if step.name in known)
    return tuple(name for name in steps if is_place(fixture, name))


@cache
def array_order(fixture: Fixture) -> tuple[str, ...]:
    """Return the names of the arrays so that what a forward pass computes first comes first."""
    computed = [name for name in activated(fixture) if name in fixture.arrays]
    return (*(name for name in fixture.arrays if name not in computed), *computed)


@cache
def known_at(fixture: Fixture, step: str) -> tuple[str, ...]:
    """Return the names of the arrays, and of the steps before one."""
    steps = [one.name for one in fixture.program.steps]
    before = (*array_order(fixture), *steps[: steps.index(step)])
    return tuple(name for name in before if is_at_hand(fixture, step, name))


@cache
def role(fixture: Fixture, step: str) -> tuple[str, Layer | None]:
    """Return what a step computes, such as ``"dW"``, and the layer it belongs to."""
    for layer in fixture.layers:
        called = named(layer, prefix(step))
        for symbol in ("dA_prev", "dW", "db", "dZ"):
            if called[symbol] == step:
                return symbol, layer
    return "", None


def named(layer: Layer, prefix: str = "") -> dict[str, str]:
    """Return the name of each array and gradient of a layer, by its symbol, which has no number."""
    symbols = ("A_prev", "W", "b", "Z", "A")
    plain = {symbol: name for symbol, name in zip(symbols, entries(layer), strict=True) if name}
    at = f"_t{time(layer.Z)}" if time(layer.Z) else ""
    own = {symbol: name.removesuffix(at) + at for symbol, name in plain.items()}
    return plain | {f"d{symbol}": f"{prefix}d{name}" for symbol, name in own.items()}


def entries(layer: Layer) -> tuple[str, ...]:
    """Return the names of a layer's arrays, from its input to its A."""
    return (layer.input, layer.W, layer.b, layer.Z, layer.A)
