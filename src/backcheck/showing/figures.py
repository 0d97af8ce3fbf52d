"""Every picture of the book, as SVG that reads in light and in dark.

Each function returns a `Picture`, which a notebook shows by itself. The same input gives
the same bytes: no date, no random ids, no settings of the reader's own matplotlib.

Colours mean the same wherever a form or a cache is drawn: blue is the A-form, orange the
Z-form, green the shortcut, purple a cached pair, red a broken relation; other series have other
colours. A second sign (line style, marker, label) says the same.
"""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from inspect import Signature, signature
from itertools import cycle, pairwise
from typing import Any, Concatenate, ParamSpec

import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import LogLocator, MultipleLocator, PercentFormatter
from numpy.typing import ArrayLike

from backcheck.activations import Activation, sigmoid
from backcheck.arrays import Array, finite
from backcheck.fixtures import Fixture
from backcheck.network import cross_entropy
from backcheck.program import Program

Point = tuple[float, float]
P = ParamSpec("P")

FAR = 10.0
"""How far from its beginning a curve that runs into a pole is drawn."""

INK, FAINT = "#24292f", "#8c959f"
A_FORM, Z_FORM, SHORTCUT = "#0969b3", "#b84a08", "#0b7a4b"
CACHED, BROKEN = "#8250df", "#b3261e"

FORMS = (Z_FORM, A_FORM, SHORTCUT)
"""The colours of the three ways to write a step."""

SIGNS = ("o", "s", "^", "D", "v", "X")
"""The signs that tell series of points apart besides their colour."""

RUNS = (INK, "#a3286f", "#7a6000", "#0b7285", "#8a5a44", FAINT, "#5c4b8a")
"""The colours of other series, none of which is one that means something."""

DASHES = ("solid", "dashed", "dashdot", "dotted", (0, (5, 1)), (0, (1, 4)), (0, (8, 4)))

DARK = {
    INK: "#d8dee4",
    FAINT: "#768390",
    A_FORM: "#6cb6ff",
    Z_FORM: "#f69d50",
    SHORTCUT: "#57c98a",
    CACHED: "#c297ff",
    BROKEN: "#ff8a80",
    **dict(zip(RUNS[1:5], ("#f58ac4", "#d9b44a", "#4fc3d9", "#cfa088"), strict=True)),
    RUNS[6]: "#b3a4e0",
}
"""What each colour becomes where the reader's scheme is dark."""

SIZE = 10
"""Points of all text; a phone shows a figure at nine tenths of its width."""

STYLE = {
    "svg.hashsalt": "when-the-cache-lies",
    "svg.fonttype": "none",
    "font.sans-serif": ["DejaVu Sans"],
    "lines.linewidth": 2,
    "axes.titlelocation": "left",
    "axes.edgecolor": FAINT,
    **dict.fromkeys(("font.size", "axes.titlesize"), SIZE),
    **dict.fromkeys(("xtick.labelsize", "ytick.labelsize", "legend.fontsize"), SIZE),
    **dict.fromkeys(("text.color", "axes.labelcolor", "xtick.color", "ytick.color"), INK),
    **dict.fromkeys(("axes.spines.top", "axes.spines.right", "legend.frameon"), False),
    **dict.fromkeys(("figure.facecolor", "axes.facecolor", "savefig.facecolor"), "none"),
}

# Points: the height of a line, the length of an arrow, the width of a digit.
_ROW, _GAP, _DIGIT = 13.0, 22.0, 6.3

_DERIVATIVES = {
    "sigmoid": ("σ", ("σ({Z}) σ(−{Z})", "{A} (1 − {A})")),
    "tanh": ("tanh", ("1 − tanh²({Z})", "1 − {A}²")),
    "relu": ("relu", ("1 where {Z} > 0", "1 where {A} > 0")),
}


@dataclass(frozen=True)
class Picture:
    """A drawing, as the text of an SVG file."""

    svg: str

    def __repr__(self) -> str:
        return f"<Picture, {len(self.svg)} characters of SVG>"

    def _repr_svg_(self) -> str:
        return self.svg


def _drawn(
    width: float, height: float
) -> Callable[[Callable[Concatenate[Figure, P], None]], Callable[P, Picture]]:
    """Let a function that draws into a figure, its first argument, return a picture instead."""

    def decorate(draw: Callable[Concatenate[Figure, P], None]) -> Callable[P, Picture]:
        @wraps(draw)
        def picture(*args: P.args, **kwargs: P.kwargs) -> Picture:
            # Figure without pyplot: no display, no state shared with the reader's session.
            with matplotlib.style.context(["default", STYLE], after_reset=True):
                figure = Figure(figsize=(width, height), layout="constrained")
                draw(figure, *args, **kwargs)
                buffer = io.StringIO()
                figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
            return Picture(_with_dark_colours(buffer.getvalue()))

        # What it takes, as help and tools read it, is without the figure.
        _, *taken = signature(draw).parameters.values()
        vars(picture)["__signature__"] = Signature(taken, return_annotation=Picture)
        return picture

    return decorate


def _with_dark_colours(svg: str) -> str:
    rules = "".join(
        f'[style*="{part}: {light}"]{{{part}:{dark}!important}}'
        for light, dark in DARK.items()
        for part in ("stroke", "fill")
        if f"{part}: {light}" in svg
    )
    style = f"<style>@media (prefers-color-scheme:dark){{{rules}}}</style>"
    # matplotlib's XML prolog names a DTD on another host, which no SVG reader needs.
    body = svg[svg.index("<svg") :]
    opening_end = body.index(">") + 1
    return body[:opening_end] + style + body[opening_end:]


@_drawn(4.0, 3.8)
def activation_curves(figure: Figure, activation: Activation) -> None:
    """Draw g over z, and its derivative over z (Z-form) and over a (A-form)."""
    panels = figure.subplot_mosaic("vv;za")
    value, from_z, from_a = panels["v"], panels["z"], panels["a"]
    z = np.linspace(-5, 5, 401)
    a = np.linspace(*_values(activation), 401)
    value.plot(z, activation(z), color=INK)
    value.set(title=f"a = {activation.name}(z)", xlabel="z")
    from_z.plot(z, activation.derivative_from_z(z), color=Z_FORM)
    from_z.set(title="Z-form: g′ from z", xlabel="z")
    from_a.plot(a, activation.derivative_from_a(a), color=A_FORM, linestyle="--")
    from_a.set(title="A-form: g′ from a", xlabel="a", ylim=from_z.get_ylim())
    slope = float(activation.derivative_from_z(1.0))
    for axes, x in ((from_z, 1.0), (from_a, float(activation(1.0)))):
        axes.plot([x], [slope], marker="o", color=INK)
        axes.axhline(slope, color=FAINT, linewidth=1, linestyle=":", zorder=0)


@_drawn(4.0, 3.0)
def cache_plane(figure: Figure, activation: Activation, z: ArrayLike, a: ArrayLike) -> None:
    """Draw the cached pairs (z, a) against the curve a = g(z) of every forward pass."""
    z, a = finite("z", z).ravel(), finite("a", a).ravel()
    axes = figure.subplots()
    reach = max(3.0, float(np.max(np.abs(z))) * 1.05)
    grid = np.linspace(-reach, reach, 401)
    axes.plot(grid, activation(grid), color=INK, label=f"forward pass: a = {activation.name}(z)")
    axes.vlines(z, a, activation(z), color=FAINT, linewidth=0.8, zorder=1)
    axes.plot(z, a, "o", markersize=5, color=CACHED, label="cached pair")
    # Two caches of one activation are compared on the same axes, if their pairs allow it.
    low, high = _values(activation)
    reach = 0.65 * (high - low)
    axes.set_ylim(min(low - reach, a.min() - 0.1), max(high + reach, a.max() + 0.1))
    _labelled(axes, "z, cached", "a, cached")


@_drawn(4.0, 2.8)
def form_planes(figure: Figure, activation: Activation) -> None:
    """Draw each form of the derivative on the whole (z, a) plane, by lines of equal derivative.

    They stand upright for the Z-form, which ignores a, and lie for the A-form, which ignores z.
    """
    low, high = _values(activation)
    margin = 0.25 * (high - low)
    z, a = np.meshgrid(np.linspace(-4, 4, 161), np.linspace(low - margin, high + margin, 161))
    levels = np.array([0.2, 0.5, 0.8]) * float(activation.derivative_from_z(0.0))
    left, right = figure.subplots(1, 2, sharey=True)
    # Names stand at the left and above, where the curve is not, and none beside another one.
    apart = np.array([0.75, 0.45, 0.15])
    forms = (
        (left, activation.derivative_from_z(z), Z_FORM, "solid", "Z-form", 1, a.max() * apart),
        (right, activation.derivative_from_a(a), A_FORM, "dashed", "A-form", 0, z.min() * apart),
    )
    for axes, derivative, colour, style, name, across, places in forms:
        lines = axes.contour(z, a, derivative, levels, colors=colour, linestyles=style)
        at = np.array([parts[-1][0] for parts in lines.allsegs])
        at[:, across] = places
        axes.clabel(lines, fmt="%.2f", fontsize=SIZE, colors=INK, manual=[*map(tuple, at)])
        axes.plot(z[0], activation(z[0]), color=INK)
        axes.set(title=f"{name}: equal values", xlabel="z")
    left.set_ylabel("a")


@_drawn(4.0, 3.4)
def moved_curves(
    figure: Figure,
    activation: Activation,
    through: Callable[[float], Callable[[Array], Array]],
    z: ArrayLike,
    a: ArrayLike,
) -> None:
    """Draw the two curves through each cached pair (z, a) whose derivatives the forms take.

    The Z-form's curve is a = g(z) moved up or down. The A-form's obeys the differential equation
    of g, such as a' = 1 - a^2: `through` takes the a of a pair, and returns the curve as a
    function of the distance from its z. Dots continue both tangents.
    """
    z, a = np.ravel(z), np.ravel(a)
    grid = np.linspace(z.min() - 2, z.max() + 2, 481)
    panels = figure.subplots(1, len(z), sharey=True, squeeze=False)[0]
    for axes, x, y in zip(panels, z, a, strict=True):
        moved = activation(grid) + y - activation(x)
        solution = _before_poles(through(y)(grid - x), int(np.argmin(np.abs(grid - x))))
        from_z, from_a = activation.derivative_from_z(x), activation.derivative_from_a(y)
        curves = (
            (moved, from_z, Z_FORM, "-", "constant added (Z-form)"),
            (solution, from_a, A_FORM, "--", "constant inside (A-form)"),
        )
        near = np.array([-0.9, 0.9])
        axes.plot(grid, activation(grid), color=INK, label=f"a = {activation.name}(z)")
        for values, slope, colour, style, name in curves:
            axes.plot(grid, values, style, color=colour, label=name)
            axes.plot(x + near, y + slope * near, ":", color=colour, linewidth=1.2)
        axes.plot([x], [y], "o", color=CACHED, zorder=3, label="cached pair")
        axes.set(xlabel="z", ylim=(min(-1.2, *(a - 0.8)), max(1.2, *(a + 0.8))))
        axes.xaxis.get_major_locator().set_params(integer=True)
    panels[0].set_ylabel("a")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper left")


@_drawn(4.0, 1)
def cache_graph(figure: Figure, fixture: Fixture) -> None:
    """Draw a fixture's cache as a chain of arrays: each relation, broken or not, is an arrow."""
    sizes, broken = fixture.residuals(), fixture.broken()
    figure.set_figheight(0.75 * (len(sizes) + 1))
    axes = figure.subplots()
    _box(axes, 0, 0, fixture.layers[0].input)
    for row, (relation, residual) in enumerate(sizes.items(), start=1):
        target, formula = relation.split(" = ")
        colour, style = (BROKEN, (0, (2, 3))) if relation in broken else (INK, "solid")
        look = {"arrowstyle": "-|>", "color": colour, "linestyle": style, "lw": 2}
        start, end = (0, -row + 0.78), (0, -row + 0.22)
        axes.annotate("", end, start, annotation_clip=False, arrowprops=look)
        if relation in broken:
            axes.plot(0, -row + 0.52, marker="x", color=BROKEN, markersize=10, mew=2.5)
        size = "shapes differ" if np.isinf(residual) else f"residual {residual:.1e}"
        axes.text(0.35, -row + 0.5, formula, color=INK, va="center")
        axes.text(2.1, -row + 0.5, size, color=colour, va="center")
        _box(axes, 0, -row, target)
    axes.set(xlim=(-0.6, 3.4), ylim=(-len(sizes) - 0.3, 0.3))
    axes.axis("off")


@_drawn(4.0, 1)
def dependency_graph(figure: Figure, program: Program) -> None:
    """Draw which step of a backward pass reads which earlier step, and which given arrays."""
    steps = [step for step in program.steps if step.reads and step.name != "m"]
    height = {step.name: -row for row, step in enumerate(steps)}
    figure.set_figheight(0.55 * len(steps))
    axes = figure.subplots()
    for step in steps:
        y = height[step.name]
        given = [name for name in step.reads if name not in height and name != "m"]
        for name in step.reads:
            if name in height:
                # A neighbour is reached straight down, a farther step around its left.
                near = height[name] - y == 1
                x, gap, bend = (0.0, 0.27, 0) if near else (-0.2, 0.0, 0.4)
                look = {"arrowstyle": "-|>", "color": INK, "lw": 1.2}
                look["connectionstyle"] = f"arc3,rad={bend}"
                axes.annotate("", (x, y + gap), (x, height[name] - gap), arrowprops=look)
        _box(axes, 0, y, step.name)
        axes.text(0.9, y, "also reads: " + ", ".join(given) if given else "", va="center")
    axes.set(xlim=(-1.3, 3), ylim=(-len(steps) + 0.5, 0.5))
    axes.axis("off")


@_drawn(4.8, 1)
def every_number(
    figure: Figure, values: Mapping[str, ArrayLike], activations: Sequence[Activation]
) -> None:
    """Draw every number of both passes of a small network: a sigmoid output, cross-entropy.

    `values` has ``Y``, the parameters, the cache from ``A0`` on, and the steps of the backward
    pass, such as ``dZ2``. A sign between two forms says whether their printed decimals agree.
    """
    arrays = {name: np.atleast_2d(finite(name, given)) for name, given in values.items()}
    for name, value in arrays.items():
        if max(value.shape) > 2:
            raise ValueError(f"{name} has shape {value.shape}; two rows and columns can be drawn.")
    last = len(activations)
    arrays["J"] = np.array([[cross_entropy(arrays[f"A{last}"], arrays["Y"])]])
    # One unit is one point, so that what is written and what is framed fit each other.
    figure.set_layout_engine("none")
    axes = figure.add_axes((0, 0, 1, 1))
    left, right = 2.0, 122.0
    down, lane, inner = left + 20, right + 8, right + 20

    def array(x: float, y: float, title: str) -> Point:
        return _matrix(axes, x, y, arrays[title.split()[0]], title)

    axes.text(left, -1, "forward pass ↓", va="top", weight="bold")
    axes.text(right, -1, "backward pass ↑", va="top", weight="bold")
    array(left, -_ROW - 6, "A0 = X")
    _, y = array(right, -_ROW - 6, "dA0 = W1ᵀ dZ1")
    for n, activation in enumerate(activations, start=1):
        A, Z, W, b = (f"{name}{n}" for name in "AZWb")
        above, y = y, y - _GAP
        _arrow(axes, (down, above), (down, y))
        axes.text(lane + 6, above - _GAP / 2, f"local {W}ᵀ", va="center")
        end, _ = array(left, y, W)
        array(end + 8, y, b)
        array(inner, y, f"d{W} = d{Z} A{n - 1}ᵀ/m")
        _, y = array(inner + 112, y, f"d{b} = Σd{Z}/m")
        _arrow(axes, (down, y), (down, y - _GAP), f"{W} A{n - 1} + {b}")
        _arrow(axes, (inner + 26, y - _GAP), (inner + 26, y), f"local A{n - 1}ᵀ", dashed=True)
        _arrow(axes, (inner + 94, y - _GAP), (inner + 128, y), dashed=True)
        axes.text(inner + 126, y - _GAP / 2, "local 1", va="center")
        y -= _GAP
        _arrow(axes, (lane, y), (lane, above), dashed=True)
        array(left, y, Z)
        name, forms = _DERIVATIVES[activation.name]
        end, above = array(right, y, f"d{Z} = d{A} * {name}′({Z})")
        if n == last:
            short = arrays[A] - arrays["Y"]
            _equal(axes, end, above, arrays[f"d{Z}"], short)
            title = f"shortcut {A} − Y"
            _matrix(axes, end + 18, y, short, title, colour=SHORTCUT, style="dotted")
        y = above - _GAP
        _arrow(axes, (lane, y), (lane, above), "upstream * local", dashed=True)
        axes.text(right, y, f"local gradient {name}′({Z})", va="top")
        y -= _ROW
        from_z = activation.derivative_from_z(arrays[Z])
        from_a = activation.derivative_from_a(arrays[A])
        z_form, a_form = (form.format(Z=Z, A=A) for form in forms)
        end, bottom = _matrix(axes, right, y, from_z, "Z-form", z_form, colour=Z_FORM)
        end = max(end, right + 88)
        _equal(axes, end, bottom, from_z, from_a)
        _matrix(axes, end + 18, y, from_a, "A-form", a_form, colour=A_FORM, style="dashed")
        y = bottom - _GAP
        _arrow(axes, (down, above), (down, y), f"{name}({Z})")
        _arrow(axes, (lane, y), (lane, bottom), "upstream", dashed=True)
        array(left, y, A)
        loss = f"−Y/{A} + (1 − Y)/(1 − {A})"
        _, y = array(right, y, f"d{A} = " + (loss if n == last else f"W{n + 1}ᵀ dZ{n + 1}"))
    _arrow(axes, (down, y), (down, y - _GAP))
    _arrow(axes, (lane, y - _GAP), (lane, y), dashed=True)
    end, _ = array(left, y - _GAP, "Y")
    _, y = array(right, y - _GAP, "J = cross-entropy, the cost")
    _arrow(axes, (end + 4, y + 10), (right - 2, y + 10))
    figure.set_figheight((4 - y) / 72)
    axes.set(xlim=(0, 345.6), ylim=(y - 4, 0))
    axes.axis("off")


@_drawn(4.0, 2.8)
def drift(
    figure: Figure, t: ArrayLike, measured: ArrayLike, first_order: ArrayLike, what: str
) -> None:
    """Draw how far two forms part as A moves from g(Z) (t = 0) to its cached value (t = 1)."""
    axes = figure.subplots()
    axes.plot(t, measured, color=CACHED, label="measured")
    axes.plot(t, first_order, color=INK, linestyle="--", label="first order")
    _labelled(axes, "t (0: A = g(Z), 1: published cache)", what)


@_drawn(4.0, 3.0)
def step_size_curves(figure: Figure, h: ArrayLike, errors: Mapping[str, ArrayLike]) -> None:
    """Draw the relative error of numerical derivatives over their step size, log-log."""
    axes = figure.subplots()
    for name, values, colour, marker in _with_looks(errors, RUNS, SIGNS):
        shown = np.maximum(np.asarray(values, dtype=float), 1e-17)
        axes.loglog(h, shown, color=colour, marker=marker, markersize=4, label=name)
    axes.xaxis.set_major_locator(LogLocator(numticks=6))
    _name_powers(axes.xaxis, axes.yaxis)
    _labelled(axes, "step size h", "relative error")


@_drawn(4.0, 3.8)
def training_curves(figure: Figure, losses: Mapping[str, ArrayLike]) -> None:
    """Draw the cost over the steps of descent."""
    axes = figure.subplots()
    for name, values, colour, style in _with_looks(losses, RUNS, DASHES):
        axes.plot(values, color=colour, linestyle=style, label=name)
    # What climbs leaves the picture, so that the others have room.
    first = max(float(np.ravel(values)[0]) for values in losses.values())
    axes.set(yscale="log", ylim=(None, 2 * first))
    _name_powers(axes.yaxis)
    _labelled(axes, "step", "cost")


@_drawn(4.0, 5.0)
def saturation(figure: Figure, z: ArrayLike, panels: Mapping[str, Mapping[str, ArrayLike]]) -> None:
    """Draw the relative error of forms of dZ over rising Z, for each label a panel by its title.

    Errors below 1e-16 are drawn there; where one turns nan or inf, its line ends in a cross.
    """
    z = np.ravel(z)
    rows = figure.subplots(len(panels), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    for axes, (title, curves) in zip(rows, panels.items(), strict=True):
        for name, values, colour, width in _with_looks(curves, FORMS, (6, 3.5, 1.5)):
            error = np.maximum(np.asarray(values, dtype=float), 1e-16)
            axes.plot(z, error, color=colour, linewidth=width, label=name)
            shown = np.flatnonzero(np.isfinite(error))
            ends = [end for end in (shown[0], shown[-1]) if 0 < end < len(z) - 1]
            axes.plot(z[ends], error[ends], "x", color=colour, markersize=11, mew=3)
        axes.set(title=title, yscale="log", ylabel="relative error of dZ")
        _name_powers(axes.yaxis)
        axes.set_xscale("symlog", linthresh=20, linscale=1.5)
    rows[-1].set(xlabel="Z", xticks=[-700, -100, -20, 0, 37])
    rows[-1].xaxis.set_major_formatter("{x:.0f}")
    figure.legend(*rows[0].get_legend_handles_labels(), loc="outside upper left")


@_drawn(4.0, 2.7)
def derivative_over_activation(
    figure: Figure, curves: Mapping[str, tuple[ArrayLike, ArrayLike]], level: float
) -> None:
    """Draw g'(z) over a = g(z), each given over rising z; it folds back where g falls and rises.

    At `level`, an a, both derivatives of a folded curve are marked.
    """
    panels = figure.subplots(1, len(curves), squeeze=False)[0]
    for axes, (name, curve) in zip(panels, curves.items(), strict=True):
        a, derivative = (np.asarray(values, dtype=float) for values in curve)
        axes.axhline(0, color=FAINT, linewidth=1, zorder=0)
        turn = int(np.argmin(a))
        if turn == 0:
            axes.plot(a, derivative, "--", color=A_FORM)
        else:
            axes.plot(a[: turn + 1], derivative[: turn + 1], ":", color=BROKEN, label="g falls")
            axes.plot(a[turn:], derivative[turn:], color=INK, label="g rises")
            axes.legend(loc="center right", handlelength=1.2)
            falling = np.interp(level, a[turn::-1], derivative[turn::-1])
            rising = np.interp(level, a[turn:], derivative[turn:])
            axes.plot([level, level], [falling, rising], "o-", color=FAINT, linewidth=1)
        axes.set(title=name, xlabel="a = g(z)")
    panels[0].set_ylabel("g′(z)")


@_drawn(4.0, 2.8)
def separation(figure: Figure, errors: Mapping[str, ArrayLike], threshold: float) -> None:
    """Draw how many programs have which relative error, by verdict, on two logarithmic scales."""
    bins = [float(power) for power in range(-17, 2)]
    axes = figure.subplots()
    for name, values, colour, fill in _with_looks(errors, (INK, FAINT), (True, False)):
        found = np.ravel(np.asarray(values, dtype=float))
        size = np.log10(np.maximum(found[np.isfinite(found)], 1e-17))
        axes.hist(size, bins, label=name, edgecolor=colour, color=colour, fill=fill)
    axes.axvline(np.log10(threshold), color=INK, linestyle=":", label="threshold")
    axes.set(yscale="log", ylim=(0.5, None))
    _name_powers(axes.yaxis)
    axes.xaxis.set_major_locator(MultipleLocator(4))
    _labelled(axes, "relative error, as a power of ten", "programs")


@_drawn(4.0, 3.8)
def heat_maps(figure: Figure, matrices: Mapping[str, ArrayLike]) -> None:
    """Draw matrices of one shape: each entry is a square of its size, open if it is negative."""
    arrays = {name: np.asarray(value) for name, value in matrices.items()}
    scale = max(float(np.abs(array).max()) for array in arrays.values())
    panels = figure.subplots(1, len(arrays), sharey=True, squeeze=False)[0]
    for axes, (name, array) in zip(panels, arrays.items(), strict=True):
        rows, columns = np.mgrid[: array.shape[0], : array.shape[1]]
        for positive, fill in ((True, CACHED), (False, "none")):
            chosen = (array > 0) == positive
            area = 220 * np.abs(array[chosen]) / scale
            look = {"marker": "s", "facecolors": fill, "edgecolors": CACHED}
            axes.scatter(columns[chosen], rows[chosen], area, **look)
        height, width = array.shape
        axes.set(title=name, xlabel="column", xticks=range(width), yticks=range(height))
        axes.set(xlim=(-0.7, width - 0.3), ylim=(height - 0.3, -0.7))
    panels[0].set_ylabel("row")


@_drawn(4.0, 3.0)
def shortcut_against_general(figure: Figure, z: float, y: int, a: float) -> None:
    """Draw A - Y and dA sigma'(Z) over A, for one example with fixed Z and Y."""
    s = float(sigmoid(z))

    def general(A: Any) -> Any:
        return (A - y) / (A * (1 - A)) * sigmoid.derivative_from_z(z)

    axes = figure.subplots()
    grid = np.linspace(min(0.2, a / 2), max(0.94, a * 1.08), 400)
    # The curve has a pole at A = 1 - y; the other pole cancels.
    grid = grid[np.abs(grid - (1 - y)) > 0.02]
    axes.plot(grid, grid - y, color=SHORTCUT, label="A − Y")
    axes.plot(grid, general(grid), color=Z_FORM, linestyle="--", label="dA * σ′(Z)")
    crossings = axes.secondary_xaxis("top")
    crossings.set_xticks([s, 1 - s], labels=["σ(Z)", "1 − σ(Z)"])
    crossings.spines["top"].set_visible(False)
    for x in (s, 1 - s):
        axes.axvline(x, color=FAINT, linewidth=1, linestyle=":", zorder=0)
    two = [a - y, general(a)]
    axes.plot([a, a], two, color=FAINT, linewidth=1)
    axes.plot([a], two[:1], marker="o", color=SHORTCUT)
    axes.plot([a], two[1:], marker="s", color=Z_FORM)
    _labelled(axes, "A, cached", "dZ", height=1.1)


@_drawn(4.0, 3.8)
def fairness_against_strength(
    figure: Figure, tests: Mapping[str, Sequence[tuple[str, float, float]]]
) -> None:
    """Draw what share of right programs tests accept, and of wrong ones they reject.

    Each function has its editions in order of time: name, fairness, strength.
    """
    axes = figure.subplots()
    named: set[tuple[int, int]] = set()
    for function, editions, sign, colour in _with_looks(tests, SIGNS, RUNS):
        places: dict[tuple[float, float], list[str]] = {}
        for edition, fairness, strength in editions:
            places.setdefault((fairness, strength), []).append(edition)
        single = f" {editions[0][0]}" if len(editions) == 1 else ""
        axes.plot(*zip(*places, strict=True), sign, color=colour, label=function + single)
        for start, end in pairwise(places):
            axes.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": colour})
        for place, called in () if single else places.items():
            name = ", ".join(called)
            near = (round(10 * place[0]), round(50 * place[1]))
            at = (6, -14 if near in named else 6)
            named.add(near)
            axes.annotate(name, place, at, textcoords="offset points", color=colour)
    axes.set(xlim=(-0.05, 1.2), xticks=np.linspace(0, 1, 3))
    axes.margins(y=0.1)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(1, decimals=0))
    _labelled(axes, "fairness: right programs accepted", "strength: mistakes rejected")


def _values(activation: Activation) -> tuple[float, float]:
    """Return between which values an activation is drawn."""
    return float(activation(-50.0)), min(float(activation(50.0)), 5.0)


def _name_powers(*axes: Axis) -> None:
    """Write powers of ten as code does: raised exponents are too small for a phone."""
    for axis in axes:
        axis.set_major_formatter(lambda value, _: f"1e{round(np.log10(value))}")


def _before_poles(values: Array, start: int) -> Array:
    """Return a curve as far as it runs from one of its points to the first pole on each side."""
    beyond = np.abs(values - values[start]) > FAR
    beyond[start:] = np.logical_or.accumulate(beyond[start:])
    beyond[: start + 1] = np.logical_or.accumulate(beyond[start::-1])[::-1]
    return np.where(beyond, np.nan, values)


def _with_looks(items: Mapping[str, Any], *looks: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    """Yield the name, the values and the looks of each item; after the last comes the first."""
    for item, *look in zip(items.items(), *map(cycle, looks), strict=False):
        yield (*item, *look)


def _box(axes: Axes, x: float, y: float, text: str) -> None:
    frame = {"boxstyle": "round,pad=0.3", "facecolor": "none", "edgecolor": FAINT}
    axes.text(x, y, text, ha="center", va="center", bbox=frame)


def _entry(value: float) -> str:
    # What is exact is short, a zero has no sign, and the minus is matplotlib's own.
    exact = round(value, 4) == value
    return (f"{value + 0.0:g}" if exact else f"{value:.4f}").replace("-", "−")


def _matrix(
    axes: Axes,
    x: float,
    y: float,
    array: Array,
    *titles: str,
    colour: str = "",
    style: str = "solid",
) -> Point:
    """Write titles and a framed matrix below; return where its frame ends, right and down."""
    for title in titles:
        axes.text(x, y, title, va="top", color=colour or INK)
        y -= _ROW
    entries = [[_entry(value) for value in row] for row in array]
    edge = x + 4
    for column in zip(*entries, strict=True):
        edge += _DIGIT * max(map(len, column))
        for number, text in enumerate(column):
            axes.text(edge, y - 5 - _ROW * number, text, ha="right", va="top")
        edge += 8
    width, height = edge - 4 - x, _ROW * len(entries) + 7
    frame = Rectangle((x, y - height), width, height, fill=False, linestyle=style)
    frame.set_edgecolor(colour or FAINT)
    axes.add_patch(frame)
    return x + width, y - height


def _equal(axes: Axes, end: float, bottom: float, one: Array, other: Array) -> None:
    sign = "=" if np.allclose(one, other, rtol=0, atol=5e-5) else "≠"
    axes.text(end + 9, bottom + (_ROW * len(one) + 7) / 2, sign, ha="center", va="center")


def _arrow(axes: Axes, start: Point, end: Point, label: str = "", dashed: bool = False) -> None:
    look = {"arrowstyle": "-|>", "color": INK, "lw": 1.2, "linestyle": "--" if dashed else "-"}
    axes.annotate("", end, start, arrowprops={**look, "shrinkA": 1, "shrinkB": 1})
    axes.text(start[0] + 6, (start[1] + end[1]) / 2, label, va="center")


def _labelled(axes: Axes, x: str, y: str, height: float = 1.0) -> None:
    """Say what the axes are, and above them what the lines are."""
    axes.set(xlabel=x, ylabel=y)
    _, labels = axes.get_legend_handles_labels()
    columns = 2 if max(map(len, labels)) < 18 else 1
    axes.legend(loc="lower left", bbox_to_anchor=(0, height), borderaxespad=0.2, ncols=columns)
