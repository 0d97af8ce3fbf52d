"""Every picture of the book, as SVG that reads in light and in dark.

Each function returns a `Picture`, which a notebook shows by itself. The same input gives
the same bytes: no date, no random ids, no settings of the reader's own matplotlib.

Colours mean the same wherever a form or a cache is drawn: blue is the A-form, orange the
Z-form, green the shortcut, purple a cached pair, red a broken relation. A second sign
(line style, marker, label) says the same.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator, PercentFormatter
from numpy.typing import ArrayLike

from backcheck.activations import Activation, sigmoid
from backcheck.arrays import Array, finite
from backcheck.fixtures import Fixture
from backcheck.program import Program

INK, FAINT = "#24292f", "#8c959f"
A_FORM, Z_FORM, SHORTCUT = "#0969b3", "#b84a08", "#0b7a4b"
CACHED, BROKEN = "#8250df", "#b3261e"

FORMS = (Z_FORM, A_FORM, SHORTCUT)
"""The colours of the three ways to write a step."""

SIGNS = ("o", "s", "^", "D", "v", "X")
"""The signs that tell series of points apart besides their colour."""

RUNS = (INK, Z_FORM, A_FORM, SHORTCUT, CACHED, BROKEN, FAINT)

DARK = {
    INK: "#d8dee4",
    FAINT: "#768390",
    A_FORM: "#6cb6ff",
    Z_FORM: "#f69d50",
    SHORTCUT: "#57c98a",
    CACHED: "#c297ff",
    BROKEN: "#ff8a80",
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
        a = np.linspace(float(activation(-50.0)), min(float(activation(50.0)), 5), 401)
        value.plot(z, activation(z), color=INK)
        value.set(title=f"a = {activation.name}(z)", xlabel="z")
        from_z.plot(z, activation.derivative_from_z(z), color=Z_FORM)
        from_z.set(title="Z-form: g′ from z", xlabel="z")
        from_a.plot(a, activation.derivative_from_a(a), color=A_FORM, linestyle="--")
        from_a.set(title="A-form: g′ from a", xlabel="a", ylim=from_z.get_ylim())
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


def form_planes(activation: Activation) -> Picture:
    """Draw each form of the slope as a function on the whole (z, a) plane.

    Lines join points of equal slope: vertical lines for the Z-form, which ignores a, and
    horizontal ones for the A-form, which ignores z. The thick curve is a = g(z); there a
    line of either panel stands for the same slope.
    """
    low, high = (float(activation(end)) for end in (-50.0, 50.0))
    margin = 0.25 * (high - low)
    z, a = np.meshgrid(np.linspace(-4, 4, 161), np.linspace(low - margin, high + margin, 161))
    levels = np.array([0.2, 0.5, 0.8]) * float(activation.derivative_from_z(0.0))

    def draw(figure: Figure) -> None:
        left, right = figure.subplots(1, 2, sharey=True)
        forms = (
            (left, activation.derivative_from_z(z), Z_FORM, "solid", "Z-form"),
            (right, activation.derivative_from_a(a), A_FORM, "dashed", "A-form"),
        )
        for axes, slope, colour, style, name in forms:
            lines = axes.contour(z, a, slope, levels, colors=colour, linestyles=style)
            axes.clabel(lines, fmt="%.2f", fontsize=8, colors=INK)
            axes.plot(z[0], activation(z[0]), color=INK)
            axes.set(title=f"{name}: lines of equal slope", xlabel="z")
        left.set_ylabel("a")

    return _picture((4.8, 3.2), draw)


def cache_graph(fixture: Fixture) -> Picture:
    """Draw a fixture's cache as a chain of arrays; a broken relation is a broken arrow.

    Each arrow is one relation of the forward pass, with its residual beside it.
    """
    sizes, broken = fixture.residuals(), fixture.broken()

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        _box(axes, 0, 0, fixture.layers[0].input)
        for row, (relation, residual) in enumerate(sizes.items(), start=1):
            target, formula = relation.split(" = ")
            colour = BROKEN if relation in broken else INK
            style = (0, (2, 3)) if relation in broken else "solid"
            axes.annotate(
                "", (0, -row + 0.22), (0, -row + 0.78), annotation_clip=False,
                arrowprops={"arrowstyle": "-|>", "color": colour, "linestyle": style, "lw": 2},
            )  # fmt: skip
            if relation in broken:
                axes.plot(0, -row + 0.52, marker="x", color=BROKEN, markersize=10, mew=2.5)
            size = "shapes differ" if np.isinf(residual) else f"residual {residual:.1e}"
            axes.text(0.35, -row + 0.5, formula, color=INK, va="center")
            axes.text(2.1, -row + 0.5, size, color=colour, va="center")
            _box(axes, 0, -row, target)
        axes.set(xlim=(-0.6, 3.4), ylim=(-len(sizes) - 0.3, 0.3))
        axes.axis("off")

    return _picture((4.4, 0.75 * (len(sizes) + 1)), draw)


def dependency_graph(program: Program) -> Picture:
    """Draw which step of a backward pass reads which array, from the program's own text.

    Steps stand one below the other in the order of the program; a line leads from a step
    to each earlier step it reads, and the given arrays that it reads stand beside it.
    """
    steps = [step for step in program.steps if step.reads and step.name != "m"]
    height = {step.name: -row for row, step in enumerate(steps)}

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        for step in steps:
            y = height[step.name]
            given = [name for name in step.reads if name not in height and name != "m"]
            for name in step.reads:
                if name in height:
                    # A neighbour is reached straight down, a farther step around its left.
                    near = height[name] - y == 1
                    start, end = (0.0, height[name] - 0.27), (0.0, y + 0.27)
                    if not near:
                        start, end = (-0.3, float(height[name])), (-0.3, float(y))
                    axes.annotate(
                        "", end, start,
                        arrowprops={
                            "arrowstyle": "-|>", "color": INK, "lw": 1.2,
                            "connectionstyle": f"arc3,rad={0 if near else 0.4}",
                        },
                    )  # fmt: skip
            _box(axes, 0, y, step.name)
            axes.text(0.9, y, "also reads: " + ", ".join(given) if given else "", va="center")
        axes.set(xlim=(-1.3, 3), ylim=(-len(steps) + 0.5, 0.5))
        axes.axis("off")

    return _picture((4.8, 0.55 * len(steps)), draw)


def drift(t: ArrayLike, measured: ArrayLike, first_order: ArrayLike, what: str) -> Picture:
    """Draw how far two forms part as A moves from g(Z) (t = 0) to its cached value (t = 1).

    Parameters
    ----------
    t, measured, first_order : array_like, shape (n,)
        Where along the way, the difference of the forms there, and what the derivative at
        t = 0 predicts.
    what : str
        What the vertical axis measures.
    """

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        axes.plot(t, measured, color=CACHED, label="measured")
        axes.plot(t, first_order, color=INK, linestyle="--", label="first order")
        axes.set(xlabel="t (0: A = g(Z), 1: published cache)", ylabel=what)
        _legend_above(axes)

    return _picture((4.8, 3.2), draw)


def step_size_curves(h: ArrayLike, errors: Mapping[str, ArrayLike]) -> Picture:
    """Draw the relative error of numerical derivatives over their step size, log-log.

    Parameters
    ----------
    h : array_like, shape (n,)
        Step sizes.
    errors : mapping
        The errors at these steps, for each of at most three methods by name; zeros are
        drawn at 1e-17.
    """
    _at_most(len(FORMS), errors, "methods")

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        looks = zip(FORMS, ("o", "s", "^"), errors.items(), strict=False)
        for colour, marker, (name, values) in looks:
            shown = np.maximum(np.asarray(values, dtype=float), 1e-17)
            axes.loglog(h, shown, color=colour, marker=marker, markersize=4, label=name)
        axes.set(xlabel="step size h", ylabel="relative error")
        _legend_above(axes)

    return _picture((4.8, 3.4), draw)


def training_curves(losses: Mapping[str, ArrayLike], colours: Sequence[str] = RUNS) -> Picture:
    """Draw the cost over the steps of gradient descent, one line for each run.

    A run that coincides with the first one is drawn inside it as a thinner line; the others
    differ in colour and in dashes.

    Parameters
    ----------
    losses : mapping
        The costs of each run, by name.
    colours : sequence of str
        One for each run, such as `FORMS` for runs that differ in form.

    Raises
    ------
    ValueError
        If there are more runs than colours, or than the seven kinds of dashes.
    """
    first = next(iter(losses.values()))
    together = [name for name, values in losses.items() if np.allclose(values, first, rtol=1e-6)]
    styles = ("solid", "dashed", "dashdot", "dotted", (0, (5, 1)), (0, (1, 4)), (0, (8, 4)))
    _at_most(min(len(colours), len(styles)), losses, "runs")

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        looks = zip(colours, styles, losses.items(), strict=False)
        for colour, style, (name, values) in looks:
            nested = together[::-1].index(name) if name in together else 0
            style = "solid" if name in together else style
            axes.plot(values, color=colour, linestyle=style, label=name, linewidth=2 + 3 * nested)
        axes.set(xlabel="step", ylabel="cost", yscale="log")
        _legend_above(axes)

    return _picture((4.8, 4.2), draw)


def saturation(z: ArrayLike, curves: Mapping[str, ArrayLike]) -> Picture:
    """Draw the relative error of forms of dZ as the sigmoid saturates.

    Parameters
    ----------
    z : array_like, shape (n,)
        Pre-activations.
    curves : mapping
        The relative error of each form at z, of at most three; where it is nan or inf the
        line ends in a cross.
    """
    _at_most(len(FORMS), curves, "forms")

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        looks = zip(FORMS, ("--", "-.", "-"), curves.items(), strict=False)
        for colour, style, (name, values) in looks:
            error = np.asarray(values, dtype=float)
            axes.semilogy(z, np.maximum(error, 1e-17), style, color=colour, label=name)
            if not np.isfinite(error).all():
                end = int(np.isfinite(error).sum()) - 1
                x, y = np.ravel(z)[end], max(error[end], 1e-17)
                axes.plot([x], [y], "x", color=colour, markersize=10, mew=2.5)
        axes.set(xlabel="Z, with Y = 0", ylabel="relative error of dZ")
        _legend_above(axes)

    return _picture((4.8, 3.4), draw)


def derivative_over_activation(
    curves: Mapping[str, tuple[ArrayLike, ArrayLike]], level: float | None = None
) -> Picture:
    """Draw g'(z) over a = g(z), one panel for each activation.

    Where g only rises, each a has one derivative, and the curve is the A-form. Where g falls
    and rises again, the curve folds back, and its falling part is drawn in a colour of its own.

    Parameters
    ----------
    curves : mapping
        For each of at most two activations by name, the arrays g(z) and g'(z) over increasing z.
    level : float, optional
        An a at which both derivatives of a folded curve are marked.
    """
    _at_most(2, curves, "activations")

    def draw(figure: Figure) -> None:
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
                axes.legend(loc="upper left")
            if turn and level is not None:
                falling = np.interp(level, a[turn::-1], derivative[turn::-1])
                rising = np.interp(level, a[turn:], derivative[turn:])
                axes.plot([level, level], [falling, rising], "o-", color=FAINT, linewidth=1)
            axes.set(title=name, xlabel="a = g(z)")
        panels[0].set_ylabel("g′(z)")

    return _picture((4.8, 3.0), draw)


def separation(errors: Mapping[str, ArrayLike], threshold: float) -> Picture:
    """Draw how many programs have which relative error, by verdict, on two logarithmic scales.

    Parameters
    ----------
    errors : mapping
        The relative errors of the programs of each of two verdicts; what is not finite is left
        out, and zero is drawn at 1e-17.
    threshold : float
        Where the verdict changes.
    """
    _at_most(2, errors, "verdicts")
    bins = [float(power) for power in range(-17, 2)]

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        looks = ((INK, True, ""), (FAINT, False, "////"))
        for (colour, fill, hatch), (name, values) in zip(looks, errors.items(), strict=False):
            found = np.ravel(np.asarray(values, dtype=float))
            size = np.log10(np.maximum(found[np.isfinite(found)], 1e-17))
            axes.hist(
                size, bins, label=name, edgecolor=colour, color=colour, fill=fill, hatch=hatch
            )
        axes.axvline(np.log10(threshold), color=INK, linestyle=":", label="threshold")
        axes.set(xlabel="relative error, as a power of ten")
        axes.set(ylabel="programs", yscale="log", ylim=(0.5, None))
        axes.xaxis.set_major_locator(MultipleLocator(4))
        _legend_above(axes)

    return _picture((4.8, 3.2), draw)


def heat_maps(matrices: Mapping[str, ArrayLike]) -> Picture:
    """Draw matrices of one shape side by side, on one scale, each entry as a square.

    The area of a square is the size of the entry; filled squares are positive, open ones
    negative, so the picture needs no colour to be read.
    """
    arrays = {name: finite(name, value) for name, value in matrices.items()}
    scale = max(float(np.abs(array).max()) for array in arrays.values())

    def draw(figure: Figure) -> None:
        panels = figure.subplots(1, len(arrays), sharey=True, squeeze=False)[0]
        for axes, (name, array) in zip(panels, arrays.items(), strict=True):
            rows, columns = np.mgrid[: array.shape[0], : array.shape[1]]
            for positive, fill in ((True, CACHED), (False, "none")):
                chosen = (array > 0) == positive
                area = 220 * np.abs(array[chosen]) / scale
                axes.scatter(
                    columns[chosen], rows[chosen], area, marker="s",
                    facecolors=fill, edgecolors=CACHED,
                )  # fmt: skip
            axes.set(title=name, xticks=range(array.shape[1]), yticks=range(array.shape[0]))
            axes.set(xlim=(-0.7, array.shape[1] - 0.3), ylim=(array.shape[0] - 0.3, -0.7))
        panels[0].set_ylabel("row")
        for axes in panels:
            axes.set_xlabel("column")

    return _picture((4.8, 4.2), draw)


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
        axes.plot(grid, general(grid), color=Z_FORM, linestyle="--", label="dA * σ′(Z)")
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


def fairness_against_strength(tests: Mapping[str, Sequence[tuple[str, float, float]]]) -> Picture:
    """Draw what share of right programs tests accept, and of wrong ones they reject.

    Parameters
    ----------
    tests : mapping
        For each tested function, its editions in order of time: what to call the edition,
        its fairness and its strength. Arrows lead from each edition to the next one.

    Raises
    ------
    ValueError
        If there are more functions than signs to tell them apart.
    """
    _at_most(len(SIGNS), tests, "functions")

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        for (function, editions), sign, colour in zip(tests.items(), SIGNS, RUNS, strict=False):
            places: dict[tuple[float, float], list[str]] = {}
            for edition, fairness, strength in editions:
                places.setdefault((fairness, strength), []).append(edition)
            axes.plot(*zip(*places, strict=True), sign, color=colour, label=function)
            for start, end in pairwise(places):
                axes.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": colour})
            for place, called in places.items():
                axes.annotate(
                    ", ".join(called), place, (6, 6), textcoords="offset points", color=colour
                )
        axes.set(xlabel="fairness: right programs accepted", xlim=(-0.05, 1.2))
        axes.set(ylabel="strength: mistakes rejected", xticks=np.linspace(0, 1, 6))
        axes.margins(y=0.1)
        axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        _legend_above(axes)

    return _picture((4.8, 4.4), draw)


def _forward_curve(axes: Axes, activation: Activation, z: Array) -> None:
    reach = max(3.0, float(np.max(np.abs(z))) * 1.05)
    grid = np.linspace(-reach, reach, 401)
    axes.plot(grid, activation(grid), color=INK, label=f"forward pass: a = {activation.name}(z)")


def _at_most(limit: int, items: Mapping[str, object], what: str) -> None:
    if len(items) > limit:
        raise ValueError(f"{len(items)} {what} do not fit into one picture; draw at most {limit}.")


def _box(axes: Axes, x: float, y: float, text: str) -> None:
    frame = {"boxstyle": "round,pad=0.3", "facecolor": "none", "edgecolor": FAINT}
    axes.text(x, y, text, ha="center", va="center", bbox=frame)


def _legend_above(axes: Axes, height: float = 1.0) -> None:
    _, labels = axes.get_legend_handles_labels()
    columns = 2 if max(map(len, labels)) < 22 else 1
    axes.legend(loc="lower left", bbox_to_anchor=(0, height), borderaxespad=0.2, ncols=columns)


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
