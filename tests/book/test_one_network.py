"""The drawing of one tiny network holds every number of both passes, and they are right."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike

from backcheck.activations import Activation, relu, sigmoid, tanh
from backcheck.arrays import Array
from backcheck.showing import figures
from chapters import source_of

PAGE = source_of("one-network")
CELLS = re.findall(r"```\{code-cell\} ipython3\n(.*?)```", PAGE, flags=re.DOTALL)
NUMBER = re.compile(r"−?\d+(?:\.\d+)?")

# The two hidden layers of the page: the value and the derivative, in numpy alone.
HIDDEN: dict[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "tanh": (np.tanh, lambda z: 1 / np.cosh(z) ** 2),
    "relu": (lambda z: np.maximum(z, 0), lambda z: np.where(z > 0, 1.0, 0.0)),
}
each = pytest.mark.parametrize("hidden", HIDDEN)


@cache
def page() -> tuple[dict[str, Any], dict[str, str]]:
    """Run the cells of the page; return its names, and what it draws by the hidden layer."""
    scope: dict[str, Any] = {}
    drawings: dict[str, str] = {}
    draw = figures.every_number

    def kept(values: Mapping[str, ArrayLike], activations: Sequence[Activation]) -> None:
        drawings[activations[0].name] = draw(values, activations).svg

    with np.printoptions(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "every_number", kept)
        for cell in CELLS:
            exec(re.sub(r"\A---\n.*?---\n", "", cell, flags=re.DOTALL), scope)  # noqa: S102
    return scope, drawings


def drawing(hidden: str) -> str:
    return page()[1][hidden]


def plain(hidden: str) -> dict[str, Array]:
    """Both passes in numpy alone, example by example and entry by entry."""
    scope, _ = page()
    W1, b1, W2, b2, X, Y = (scope[name] for name in ("W1", "b1", "W2", "b2", "X", "Y"))
    g, derivative = HIDDEN[hidden]
    out = {"A0": X, "Y": Y, "W1": W1, "b1": b1, "W2": W2, "b2": b2}
    out["Z1"] = np.einsum("ij,jk->ik", W1, X) + b1
    out["A1"] = g(out["Z1"])
    out["Z2"] = np.einsum("ij,jk->ik", W2, out["A1"]) + b2
    out["A2"] = 1 / (1 + np.exp(-out["Z2"]))
    out["J"] = np.array([[np.mean(np.log(1 + np.exp(out["Z2"])) - Y * out["Z2"])]])
    out["dA2"] = (out["A2"] - Y) / (out["A2"] - out["A2"] ** 2)
    out["dZ2"] = out["A2"] - Y
    out["dA1"] = np.outer(W2[0], out["dZ2"][0])
    out["dZ1"] = out["dA1"] * derivative(out["Z1"])
    out["dA0"] = np.einsum("ij,ik->jk", W1, out["dZ1"])
    for layer, below in (("2", out["A1"]), ("1", X)):
        each_example = [np.outer(dz, a) for dz, a in zip(out["dZ" + layer].T, below.T, strict=True)]
        out["dW" + layer] = np.mean(each_example, axis=0)
        out["db" + layer] = np.mean(out["dZ" + layer], axis=1)[:, None]
    return out


def written(svg: str) -> list[str]:
    """Every text of a drawing, in order."""
    texts = re.findall(r"<text[^>]*>(.*?)</text>", svg)
    return [text.replace("&gt;", ">") for text in texts]


def numbers_below(svg: str, title: str) -> list[list[float]]:
    """For each box of this title, its numbers, column by column as they are drawn."""
    texts = written(svg)
    found = []
    for place, text in enumerate(texts):
        if text.split(" = ")[0] == title:
            box: list[float] = []
            for entry in texts[place + 1 :]:
                if not NUMBER.fullmatch(entry):
                    break
                box.append(float(entry.replace("−", "-")))
            found.append(box)
    return found


@each
def test_every_number_of_both_passes_stands_in_the_drawing_and_is_right(hidden: str) -> None:
    expected = plain(hidden)
    assert len(expected) == 20
    for name, array in expected.items():
        (box,) = numbers_below(drawing(hidden), name)
        assert box == pytest.approx(array.T.ravel(), abs=5.1e-5), name


@each
def test_both_forms_of_each_derivative_and_the_shortcut_stand_there_as_equal_numbers(
    hidden: str,
) -> None:
    expected, svg = plain(hidden), drawing(hidden)
    pairs = {
        "tanh": ("1 − tanh²(Z1)", "1 − A1²"),
        "relu": ("1 where Z1 > 0", "1 where A1 > 0"),
    }
    for titles, want in (
        (pairs[hidden], HIDDEN[hidden][1](expected["Z1"])),
        (("σ(Z2) σ(−Z2)", "A2 (1 − A2)"), expected["A2"] * (1 - expected["A2"])),
        (("dZ2", "shortcut A2 − Y"), expected["dZ2"]),
    ):
        for title in titles:
            assert numbers_below(svg, title) == [pytest.approx(want.T.ravel(), abs=5.1e-5)], title
    assert written(svg).count("=") == 3
    assert "≠" not in written(svg)


def test_the_upstream_and_the_local_gradient_are_named_at_every_step() -> None:
    texts = written(drawing("tanh"))
    for layer, below in ((1, 0), (2, 1)):
        for local in (f"local W{layer}ᵀ", f"local A{below}ᵀ"):
            assert texts.count(local) == 1
    assert texts.count("local 1") == 2
    assert {"local gradient tanh′(Z1)", "local gradient σ′(Z2)"} <= set(texts)
    assert texts.count("upstream") == texts.count("upstream * local") == 2


def test_a_cache_that_breaks_its_relations_is_drawn_with_signs_that_say_so() -> None:
    values = plain("tanh") | {"A1": np.array([[0.3, -0.2], [0.6, 0.9]])}
    texts = written(figures.every_number(values, [tanh, sigmoid]).svg)
    assert texts.count("≠") == 1
    assert texts.count("=") == 2


@each
def test_the_drawing_can_be_read_on_a_phone_and_nothing_leaves_the_sheet(hidden: str) -> None:
    svg = drawing(hidden)
    width, height = (float(size) for size in re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)[0])
    assert width == pytest.approx(345.6)
    texts = re.findall(
        r'<text style="[^"]*font-size: (\d+)px;[^"]*text-anchor: (\w+);[^"]*" '
        r'x="([\d.]+)" y="([\d.]+)"[^>]*>(.*?)</text>',
        svg,
    )
    assert len(texts) == len(written(svg))
    for size, anchor, x, y, letters in texts:
        assert int(size) == 10
        # Seven tenths of the size is as wide as letters of any font are on average.
        wide = 7 * len(letters.replace("&gt;", ">"))
        start = float(x) - {"start": 0, "middle": wide / 2, "end": wide}[anchor]
        assert start + 0.15 * wide >= 0
        assert start + 0.85 * wide < width, letters
        assert 8 < float(y) < height
    outlines = re.sub(r"<defs>.*?</defs>", "", svg, flags=re.DOTALL)
    places = re.findall(r"\b[MLQ] ([-\d.]+) ([-\d.]+)", outlines)
    assert len(places) > 100
    assert all(0 <= float(x) <= width and 0 <= float(y) <= height for x, y in places)


def test_an_array_that_does_not_fit_is_refused_with_its_shape() -> None:
    values = plain("relu") | {"W1": np.ones((3, 2))}
    with pytest.raises(ValueError, match=r"W1 has shape \(3, 2\); two rows and columns can be"):
        figures.every_number(values, [relu, sigmoid])


def test_each_drawing_on_the_page_says_in_words_what_is_to_be_seen() -> None:
    drawings = [cell for cell in CELLS if "figures.every_number" in cell]
    assert len(drawings) == 2
    for cell in drawings:
        (alt,) = re.findall(r"^    alt: (.+)$", cell, flags=re.MULTILINE)
        assert len(alt) > 20
    for name in ("A0", "W1", "b1", "Z1", "A1", "W2", "b2", "Z2", "A2", "Y", "J"):
        assert re.search(rf"\b{name}\b", drawings[0]), name
    for name in ("dA2", "dZ2", "dW2", "db2", "dA1", "dZ1", "dW1", "db1", "dA0"):
        assert re.search(rf"alt: .*\b{name}\b", drawings[0]), name
