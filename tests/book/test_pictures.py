import inspect
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from functools import cache

import matplotlib as mpl
import numpy as np
import pytest

from backcheck import network, program
from backcheck.activations import sigmoid, tanh
from backcheck.showing import figures
from backcheck.showing.tables import Digits, Table
from chapters import ROOT


def both_passes() -> figures.Picture:
    X, Y, parameters = network.random_network((2, 2, 1), examples=2, seed=0)
    given = {"Y": Y, **parameters, **network.forward(X, parameters, [tanh, sigmoid])}
    found = program.backward(["tanh", "sigmoid"]).run(given)
    return figures.every_number(given | found, [tanh, sigmoid])


PICTURES = {
    "activation_curves": lambda: figures.activation_curves(tanh),
    "cache_plane": lambda: figures.cache_plane(sigmoid, [[0.5, -1.0]], [[1.5, 0.2]]),
    "shortcut": lambda: figures.shortcut_against_general(0.65, 1, 1.79),
    "fairness": lambda: figures.fairness_against_strength(
        {"one": [("old", 1.0, 0.9), ("new", 0.0, 0.95)], "other": [("", 0.5, 0.99)]}
    ),
    "saturation": lambda: figures.saturation(
        [-800.0, -30.0, 0.0, 40.0],
        {"Y = 0": {"one": [0.0, 1e-16, 1e-16, np.nan], "other": [np.inf, 1e-3, 1e-16, 1.0]}},
    ),
    "every_number": both_passes,
    "separation": lambda: figures.separation(
        {"equivalent": [1e-16, 1e-12], "mistake": [0.1, 2.0]}, 1e-7
    ),
    "derivative_over_activation": lambda: figures.derivative_over_activation(
        {
            "tanh": ([-0.5, 0, 0.5], [0.75, 1, 0.75]),
            "fold": ([0, -0.2, 0.3], [-0.1, 0, 0.5]),
        },
        level=-0.1,
    ),
    "moved_curves": lambda: figures.moved_curves(
        tanh, lambda a: lambda u: (a + np.tanh(u)) / (1 + a * np.tanh(u)), [2.2, -1.1], [0.4, 1.5]
    ),
}
every = pytest.mark.parametrize("name", PICTURES)


@cache
def drawn(name: str) -> str:
    return PICTURES[name]().svg


@every
def test_a_picture_is_the_same_bytes_whatever_the_readers_settings(name: str) -> None:
    with mpl.rc_context({"lines.linewidth": 9, "svg.hashsalt": None, "font.size": 30}):
        assert PICTURES[name]().svg == drawn(name)


@every
def test_a_picture_is_transparent_svg_that_names_no_host_and_no_date(name: str) -> None:
    svg = drawn(name)
    root = ET.fromstring(svg)  # noqa: S314
    assert root.tag.endswith("svg")
    assert "<dc:date>" not in svg
    assert "DOCTYPE" not in svg
    for colour in ("#ffffff", "white"):
        assert f"fill: {colour}" not in svg


@every
def test_every_colour_of_a_picture_has_a_counterpart_for_dark_mode(name: str) -> None:
    style, drawing = drawn(name).split("</style>", 1)
    assert "prefers-color-scheme:dark" in style
    used = {part[:7] for part in drawing.split(": ") if part.startswith("#")}
    assert used <= set(figures.DARK), used - set(figures.DARK)


def test_drawing_leaves_the_readers_matplotlib_alone() -> None:
    before = dict(mpl.rcParams)
    figures.activation_curves(sigmoid)
    assert dict(mpl.rcParams) == before


def test_the_package_imports_numpy_alone_and_matplotlib_only_for_figures() -> None:
    code = (
        "import sys; before = set(sys.modules);"
        "import backcheck.fixtures, backcheck.network, backcheck.referee, backcheck.showing.tables;"
        "loaded = {name.split('.')[0] for name in set(sys.modules) - before};"
        # Old numpy loads cython's bookkeeping under names of its own.
        "print(sorted(n for n in loaded - sys.stdlib_module_names if 'cython' not in n))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )
    assert done.stdout.strip() == "['backcheck', 'numpy']"


def test_what_a_picture_asks_for_is_what_its_reader_gives() -> None:
    assert list(inspect.signature(figures.cache_plane).parameters) == ["activation", "z", "a"]


def test_a_cache_with_nan_is_not_drawn() -> None:
    with pytest.raises(ValueError, match="z holds 1 entry that is nan or inf"):
        figures.cache_plane(tanh, [np.nan], [0.0])


def test_a_table_escapes_what_it_shows_and_names_rows_and_columns() -> None:
    table = Table(("form", "test"), [("A < B & C", "passes")])
    html = table._repr_html_()
    assert '<th scope="row" class="code">A &lt; B &amp; C</th>' in html
    assert '<td class="passes">passes</td>' in html
    assert html.count('<th scope="col">') == 2


def test_a_table_too_wide_for_a_phone_says_in_each_cell_what_it_is_of() -> None:
    names = ("mistake", "dxt[1][2]", "dWax[3][1]", "dWaa[1][2]", "dba[4]")
    wide = Table(names, [("sign", "-1.387", "410.794", "1.1503", "200.0")])._repr_html_()
    assert "stacked" in wide
    assert '<td data-of="dWaa[1][2]">1.1503</td>' in wide
    narrow = Table(("form", "test"), [("A2 - Y", "passes")])._repr_html_()
    assert "stacked" not in narrow
    assert "data-of" not in narrow


def test_pictures_of_one_activation_have_the_same_axes() -> None:
    z = np.linspace(-2.5, 2.5, 9)
    drawn = [figures.cache_plane(tanh, z, a).svg for a in (np.tanh(z), -np.tanh(z) * 2)]
    ticks = [re.findall(r"<text[^>]*>([^<]*)</text>", svg) for svg in drawn]
    assert ticks[0] == ticks[1]


def test_a_curve_that_climbs_leaves_room_for_the_others() -> None:
    svg = figures.training_curves({"climbs": [0.5, 1e6], "falls": [0.5, 0.05]}).svg
    assert "1e0" in svg
    assert "1e6" not in svg


def test_a_table_refuses_a_row_of_another_length() -> None:
    with pytest.raises(ValueError, match="Row 2 has 1 cells, but the header has 2"):
        Table(("a", "b"), [("x", "y"), ("z",)])


def test_a_table_of_forms_gives_each_its_colour() -> None:
    forms = ("A2 - Y", "sigmoid(Z2) - Y", "dA2 * A2 * (1 - A2)", "dA1 * (1 - tanh(Z1) ** 2)", "1")
    html = Table(("form",), [(form,) for form in forms], named_by="form")._repr_html_()
    found = re.findall(r'<th scope="row" class="code ?([\w-]*)">', html)
    assert found == ["shortcut", "shortcut", "a-form", "z-form", ""]


def test_forms_have_one_colour_on_the_page_and_in_pictures() -> None:
    style = (ROOT / "book/_static/book.css").read_text(encoding="utf-8")
    names = {"a-form": figures.A_FORM, "z-form": figures.Z_FORM, "shortcut": figures.SHORTCUT}
    names |= {"fail": figures.BROKEN, "ink": figures.INK, "faint": figures.FAINT}
    names |= {"cached": figures.CACHED}
    names |= {f"run-{n}": colour for n, colour in enumerate(figures.RUNS) if n not in (0, 5)}
    assert set(names.values()) == set(figures.DARK)
    for name, light in names.items():
        colours = re.findall(rf"--{name}: (#\w+);", style)
        assert colours == [light, figures.DARK[light], figures.DARK[light]], name


def test_series_of_other_things_have_none_of_the_colours_that_mean_something() -> None:
    meant = {*figures.FORMS, figures.CACHED, figures.BROKEN}
    drawn = figures.training_curves({str(n): [1.0, 0.5 / (n + 1)] for n in range(7)}).svg
    drawn += figures.step_size_curves([1e-3, 1e-2], {str(n): [1e-9, 1e-8] for n in range(3)}).svg
    drawn += PICTURES["fairness"]().svg
    assert not {colour for colour in meant if f"stroke: {colour}" in drawn}


def test_digits_are_marked_from_where_they_differ() -> None:
    shown = Digits({"a": [[0.125, 3.0]], "b": [[0.15, 3.0]], "<c>": [[-0.125, 3.0]]})
    assert "0.1<mark>5000000</mark>  3.00000000]]" in shown._repr_html_()
    assert "<mark>-0.12500000</mark>  3.00000000]]" in shown._repr_html_()
    assert "&lt;c&gt;" in shown._repr_html_()


def test_digits_of_other_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match=r"mine has shape \(1, 3\), but expected has \(1, 2\)"):
        Digits({"expected": [[1.0, 2.0]], "mine": [[1.0, 2.0, 3.0]]})


def test_digits_of_nothing_and_of_more_than_a_matrix_are_refused() -> None:
    with pytest.raises(ValueError, match="There is no array to show; give at least one by name"):
        Digits({})
    with pytest.raises(ValueError, match="cube has 3 axes; give arrays with one or two"):
        Digits({"cube": [[[1.0]]]})
