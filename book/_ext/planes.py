"""The plane of (z, a), with a dot to take: on the curve both derivatives agree, off it they part.

A page says ```` ```{plane} tanh ````, with ``:test:`` and the name of a test, whose cached pairs of
a layer with this activation are shown; the dot begins at the one that ``:pair:`` counts, or the
first. ``_static/live/plane.js`` moves it, draws what depends on it and says the same.
"""

import math
from collections.abc import Iterator, Sequence
from html import escape
from importlib import import_module
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

from live import name, parts, visit_block

WIDTH, HEIGHT, HALF = 480, 320, 60
"""Of the picture, and how far each way a tangent goes, in pixels."""

GRID = 48
"""The curve has so many corners."""

FORMS = {
    "sigmoid": ("σ(z)", "σ(z) (1 - σ(z))", "a (1 - a)"),
    "tanh": ("tanh(z)", "1 - tanh(z)^2", "1 - a^2"),
}
"""How the value, and its derivative from z and from a, are written."""


class plane(nodes.container):  # type: ignore[misc]  # noqa: N801
    """A plane with a dot to take."""


class Plane(SphinxDirective):
    """```` ```{plane} ACTIVATION ````, with ``:test: ID``, ``:pair: N`` and ``:name: ADDRESS``."""

    required_arguments = 1
    option_spec = {"test": str, "pair": int, "name": str}  # noqa: RUF012

    def run(self) -> list[nodes.Node]:
        """Draw the plane, and say what holds at its dot."""
        activation = self.arguments[0]
        fixture = import_module("backcheck.fixtures").load(self.options["test"])
        (layer,) = (one for one in fixture.layers if one.activation == activation)
        zs, values = (fixture.arrays[name].ravel().tolist() for name in (layer.Z, layer.A))
        reach = max(3.0, math.ceil(max(map(abs, zs)) * 2) / 2)
        low = min(-1.0, math.floor(min(values) * 2) / 2)
        high = max(1.5, math.ceil(max(values) * 2) / 2 + 0.5)
        drawn = Drawing(activation, reach, low, high)
        pairs = list(zip(zs, values, strict=True))
        z, a = pairs.pop(self.options.get("pair", 1) - 1)
        place = {"z": z, "a": a, "reach": reach, "low": low, "high": high}
        says = f"The plane of z and a, with the curve a = {activation}(z)"
        block = plane(activation=activation, label=says, **place)
        name(self, block, activation)
        block["ids"] = [self.options.get("name") or block["ids"][0]]
        svg = "\n".join(drawn.lines(z, a, pairs))
        block += nodes.raw("", svg, format="html")
        told = [*said_at(activation, z, a)]
        block += parts("", "".join(text for text, _ in told), parts=[list(one) for one in told])
        return [block]


class Drawing:
    """A plane in pixels."""

    def __init__(self, activation: str, reach: float, low: float, high: float) -> None:
        self.g = import_module("backcheck.activations").by_name(activation)
        self.name, self.reach, self.low, self.high = activation, reach, low, high
        self.wide, self.tall = WIDTH / (2 * reach), HEIGHT / (high - low)

    def at(self, z: float, a: float) -> tuple[float, float]:
        """Return where a point is."""
        return round((z + self.reach) * self.wide, 1), round((self.high - a) * self.tall, 1)

    def line(self, kind: str, start: Sequence[float], end: Sequence[float]) -> str:
        """Return a line."""
        (x1, y1), (x2, y2) = start, end
        return f'<line class="{kind}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>'

    def tangent(self, kind: str, z: float, a: float, slope: float) -> str:
        """Return a line of one length through a point, with a derivative as its slope."""
        x, y = self.at(z, a)
        length = HALF / math.hypot(self.wide, slope * self.tall)
        right, down = round(self.wide * length, 1), round(-slope * self.tall * length, 1)
        ends = (round(x - right, 1), round(y - down, 1)), (round(x + right, 1), round(y + down, 1))
        return self.line(kind, *ends)

    def lines(self, z: float, a: float, others: Sequence[tuple[float, float]]) -> Iterator[str]:
        """Yield the lines of the picture, with the dot at a point and other points around it."""
        says = f"A dot at z = {z:.2f} and a = {a:.2f}, away from the curve, with two tangents."
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
            f'role="group" aria-label="{says}">'
        )
        yield self.line("plane-axis", self.at(-self.reach, 0), self.at(self.reach, 0))
        yield self.line("plane-axis", self.at(0, self.low), self.at(0, self.high))
        steps = [self.reach * (2 * step / GRID - 1) for step in range(GRID + 1)]
        curve = " ".join("{},{}".format(*self.at(one, float(self.g(one)))) for one in steps)
        yield f'<polyline class="plane-curve" points="{curve}"/>'
        for text, spot in (
            ("z", self.at(self.reach - 0.15, 0.08)),
            ("a", self.at(0.12, self.high - 0.2)),
            (f"a = {FORMS[self.name][0]}", self.at(self.reach * 0.62, float(self.g(9)) + 0.1)),
            *((str(one), self.at(one, -0.2)) for one in (-2, -1, 1, 2)),
            *((str(one), self.at(-0.2, one - 0.04)) for one in (-1, 1)),
        ):
            yield '<text x="{}" y="{}">{}</text>'.format(*spot, escape(text))
        dots = "".join("M{} {}h0".format(*self.at(*one)) for one in others)
        yield f'<path class="plane-pairs" d="{dots}"/>'
        yield self.line("plane-gap", self.at(z, a), self.at(z, float(self.g(z))))
        yield self.tangent("plane-z", z, a, float(self.g.derivative_from_z(z)))
        yield self.tangent("plane-a", z, a, float(self.g.derivative_from_a(a)))
        x, y = self.at(z, a)
        yield (
            f'<g class="plane-dot" transform="translate({x} {y})" aria-label="The point (z, a)" '
            f'aria-valuemin="{-self.reach}" aria-valuemax="{self.reach}" aria-valuenow="{z:.2f}">'
            '<circle class="plane-hold" r="24"/><circle class="plane-point" r="7"/></g></svg>'
        )


def said_at(activation: str, z: float, a: float) -> Iterator[tuple[str, str]]:
    """Yield what is said of a point in parts, each with its class."""
    g: Any = import_module("backcheck.activations").by_name(activation)
    value, from_z, from_a = FORMS[activation]
    width = max(len(from_z), len(from_a))
    slopes = float(g.derivative_from_z(z)), float(g.derivative_from_a(a))
    first = ("z", f"{z:.2f}"), ("  a", f"{a:.2f}"), (f"  {value}", f"{float(g(z)):.4f}")
    for text, number in first:
        yield from ((text, ""), (number.rjust(8), "n"))
    for text, slope, kind in (
        (f"\nfrom z  {from_z:{width}}", slopes[0], "z-form"),
        (f"\nfrom a  {from_a:{width}}", slopes[1], "a-form"),
        (f"\napart   {'':{width}}", abs(slopes[0] - slopes[1]), ""),
    ):
        yield from ((text, kind), (f"{slope:.4f}".rjust(8), f"n {kind}".strip()))


def depart_plane(self: HTML5Translator, node: nodes.Element) -> None:
    """End it."""
    self.body.append("</div>\n")


def setup(app: Sphinx) -> dict[str, Any]:
    """Install the directive."""
    app.add_directive("plane", Plane)
    app.add_node(plane, html=(visit_block, depart_plane))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
