"""Every picture of the book, as SVG that reads in light and in dark.

Each function returns a `Picture`, which a notebook shows by itself. The same input gives
the same bytes: no date, no random ids, no settings of the reader's own matplotlib.

Colours mean the same everywhere: blue is the A-form, orange the Z-form, green the
shortcut, purple a cached pair. A second sign (line style, marker, label) says the same.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass

import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from backcheck.activations import Activation, sigmoid
from backcheck.arrays import Array, finite

INK, FAINT = "#24292f", "#8c959f"
A_FORM, Z_FORM, SHORTCUT = "#0969b3", "#c2510a", "#0b7a4b"
CACHED = "#8250df"

DARK = {
    INK: "#d8dee4",
    FAINT: "#768390",
    A_FORM: "#6cb6ff",
    Z_FORM: "#f69d50",
    SHORTCUT: "#57c98a",
    CACHED: "#c297ff",
}
"""What each colour becomes where the reader's scheme is dark."""

STYLE = {
    "svg.hashsalt": "when-the-cache-lies",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
    "lines.linewidth": 2,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
}


@dataclass(frozen=True)
class Picture:
    """A drawing, as the text of an SVG file."""

    svg: str

    def __repr__(self) -> str:
        return f"<Picture, {len(self.svg)} characters of SVG>"

    def _repr_svg_(self) -> str:
        return self.svg


def activation_curves(activation: Activation) -> Picture:
    """Draw g over z, and its derivative over z (Z-form) and over a (A-form).

    The two lower panels share their height: moving along a forward pass from z to
    a = g(z) leads from a point of the left curve to the same height on the right.
    """

    def draw(figure: Figure) -> None:
        panels = figure.subplot_mosaic("vv;za")
        value, from_z, from_a = panels["v"], panels["z"], panels["a"]
        z = np.linspace(-5, 5, 401)
        a = np.linspace(float(activation(-50.0)), float(activation(50.0)), 201)
        value.plot(z, activation(z), color=INK)
        value.set(title=f"a = {activation.name}(z)", xlabel="z")
        from_z.plot(z, activation.derivative_from_z(z), color=Z_FORM)
        from_z.set(title="Z-form: slope from z", xlabel="z")
        from_a.plot(a, activation.derivative_from_a(a), color=A_FORM, linestyle="--")
        from_a.set(title="A-form: slope from a", xlabel="a", ylim=from_z.get_ylim())
        for axes, x in ((from_z, 1.0), (from_a, float(activation(1.0)))):
            slope = float(activation.derivative_from_z(1.0))
            axes.plot([x], [slope], marker="o", color=INK)
            axes.axhline(slope, color=FAINT, linewidth=1, linestyle=":", zorder=0)

    return _picture((4.8, 4.4), draw)


def cache_plane(activation: Activation, z: ArrayLike, a: ArrayLike) -> Picture:
    """Draw the cached pairs (z, a) against the curve a = g(z) of every forward pass.

    Parameters
    ----------
    activation : Activation
        g.
    z, a : array_like
        Cached pre-activations and activations of one shape; a faint line leads from each
        pair to the curve.
    """
    z, a = finite("z", z).ravel(), finite("a", a).ravel()

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        _forward_curve(axes, activation, z)
        axes.vlines(z, a, activation(z), color=FAINT, linewidth=0.8, zorder=1)
        axes.plot(z, a, "o", markersize=5, color=CACHED, label="cached pair")
        axes.set(xlabel="z, cached", ylabel="a, cached")
        _legend_above(axes)

    return _picture((4.8, 3.4), draw)


def shortcut_against_general(z: float, y: int, a: float | None = None) -> Picture:
    """Draw A - Y and dA sigma'(Z) over A, for one example with fixed Z and Y.

    Parameters
    ----------
    z : float
        The cached pre-activation Z.
    y : int
        The label, 0 or 1.
    a : float, optional
        A cached activation, marked on both curves.
    """
    s = float(sigmoid(z))
    ends = (0.06, 0.94) if a is None else (min(0.2, a / 2), max(0.94, a * 1.08))

    def general(activation: ArrayLike) -> Array:
        A = np.asarray(activation)
        dA = (A - y) / (A * (1 - A))
        return np.asarray(dA * sigmoid.derivative_from_z(z))

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        grid = np.linspace(*ends, 400)
        # The curve has a pole at A = 1 - y; the other pole cancels.
        grid = grid[np.abs(grid - (1 - y)) > 0.02]
        axes.plot(grid, grid - y, color=SHORTCUT, label="A − Y")
        axes.plot(grid, general(grid), color=Z_FORM, linestyle="--", label="dA · σ′(Z)")
        crossings = axes.secondary_xaxis("top")
        crossings.set_xticks([s, 1 - s], labels=["σ(Z)", "1 − σ(Z)"])
        crossings.spines["top"].set_visible(False)
        for x in (s, 1 - s):
            axes.axvline(x, color=FAINT, linewidth=1, linestyle=":", zorder=0)
        if a is not None:
            axes.plot([a, a], [a - y, float(general(a))], color=FAINT, linewidth=1)
            axes.plot([a], [a - y], marker="o", color=SHORTCUT)
            axes.plot([a], [general(a)], marker="s", color=Z_FORM)
        axes.set(xlabel="A, cached", ylabel="dZ")
        _legend_above(axes, height=1.1)

    return _picture((4.8, 3.4), draw)


def _forward_curve(axes: Axes, activation: Activation, z: Array) -> None:
    reach = max(3.0, float(np.max(np.abs(z))) * 1.05)
    grid = np.linspace(-reach, reach, 401)
    axes.plot(grid, activation(grid), color=INK, label=f"forward pass: a = {activation.name}(z)")


def _legend_above(axes: Axes, height: float = 1.0) -> None:
    axes.legend(loc="lower left", bbox_to_anchor=(0, height), borderaxespad=0.2, ncols=2)


def _picture(size: tuple[float, float], draw: Callable[[Figure], None]) -> Picture:
    # Figure without pyplot: no display, no state shared with the reader's session.
    with matplotlib.style.context(["default", STYLE], after_reset=True):
        figure = Figure(figsize=size, layout="constrained")
        draw(figure)
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return Picture(_with_dark_colours(buffer.getvalue()))


def _with_dark_colours(svg: str) -> str:
    rules = "".join(
        f'[style*="{part}: {light}"]{{{part}:{dark}!important}}'
        for light, dark in DARK.items()
        for part in ("stroke", "fill")
    )
    style = f"<style>@media (prefers-color-scheme:dark){{{rules}}}</style>"
    # matplotlib's XML prolog names a DTD on another host, which no SVG reader needs.
    body = svg[svg.index("<svg") :]
    opening_end = body.index(">") + 1
    return body[:opening_end] + style + body[opening_end:]
