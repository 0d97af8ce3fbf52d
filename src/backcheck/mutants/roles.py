"""What each array and step of a backward pass is to its layer."""

from backcheck.fixtures import Fixture, prefix
from backcheck.forward import Layer


def activated(fixture: Fixture) -> tuple[str, ...]:
    """Return the names of what a forward pass computes, such as Z and A, layer by layer."""
    return tuple(step.name for step in fixture.forward.steps if step.name in fixture.arrays)


def array_order(fixture: Fixture) -> tuple[str, ...]:
    """Return the names of the arrays so that what a forward pass computes first comes first."""
    computed = activated(fixture)
    return (*(name for name in fixture.arrays if name not in computed), *computed)


def role(fixture: Fixture, step: str) -> tuple[str, Layer | None]:
    """Return what a step computes, such as ``"dW"``, and the layer it belongs to."""
    bare = step.removeprefix(prefix(step))
    for layer in fixture.layers:
        for name, symbol in zip(entries(layer), ("dA_prev", "dW", "db", "dZ"), strict=False):
            if bare == f"d{name}":
                return symbol, layer
    return "", None


def symbols(layer: Layer, prefix: str = "") -> dict[str, str]:
    """Return the symbol, free of the layer's number, of each array and gradient of a layer."""
    plain = dict(zip(entries(layer), ("A_prev", "W", "b", "Z", "A"), strict=True))
    plain.pop("", None)
    return plain | {f"{prefix}d{name}": f"d{symbol}" for name, symbol in plain.items()}


def entries(layer: Layer) -> tuple[str, ...]:
    """Return the names of a layer's arrays, from its input to its A."""
    return (layer.input, layer.W, layer.b, layer.Z, layer.A)
