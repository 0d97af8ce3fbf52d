"""What can be typed over is whole without its script: on the page, in the notebook, in the list."""

import gzip
import json
import re
from pathlib import Path

import pytest

import live
import typed
from backcheck.fixtures import Fixture, ids, load, prefix
from backcheck.mutants.roles import role
from building import parsed

FORMULAS = list(live.formulas())


def test_the_pages_where_forms_are_compared_have_one_to_type_over() -> None:
    assert {page for page, *_ in FORMULAS} >= {
        *("index", "a-minus-y-fails", "printed-values-match-but-test-fails", "sigmoid", "tanh"),
        *("relu", "output-shortcut", "week-3", "week-4", "loss-times-output"),
        "off-the-forward-pass",
    }


@pytest.mark.parametrize("formula", FORMULAS, ids=lambda formula: f"{formula[0]}-{formula[2]}")
def test_a_page_shows_what_the_package_says_of_each_form(
    html: Path, formula: tuple[str, str, str, str, list[str]]
) -> None:
    name, test, step, shown, forms = formula
    (block,) = parsed(html / f"{name}.html").select(f'.live[data-step="{step}"]')
    assert [field.get_text() for field in block.select(".live-text")] == forms
    assert not block.select("textarea, input")
    assert re.fullmatch(r"_static/live\.js\?v=[0-9a-f]{8}", str(block["data-src"]))
    for form, box in zip(forms, block.select(".live-form + pre"), strict=True):
        told = live.said(test, step, form, shown.split(", "))
        assert box.get_text() == "".join(told["numbers"])
        assert [mark.get_text() for mark in box.select("mark")] == told["numbers"][1::2]
        lines = [
            (one["class"][0], one.get_text().strip()) for one in box.find_next("ul").select("li")
        ]
        assert lines == [tuple(line) for line in told["lines"]]
    notebook = json.loads((html / f"notebooks/{name}.ipynb").read_text(encoding="utf-8"))
    text = "\n".join(cell["source"] for cell in notebook["cells"])
    for form in forms:
        assert f"`{step} = {form}`" in text
        assert "".join(live.said(test, step, form, shown.split(", "))["numbers"]) in text


def computed(fixture: Fixture, step: str) -> tuple[str, str]:
    """Return what a step computes, and of which activation."""
    kind, layer = role(fixture, step)
    return kind, (layer.activation if layer else "") or prefix(step).rstrip("_")


def test_every_edition_of_every_test_with_the_step_is_named() -> None:
    for test in ("c1w4_L_model_backward_v2", "c1w3_bp_public_c"):
        for step in ("dZ1", "dZ2"):
            (slot,) = (one for one in load(test).program.steps if one.name == step)
            told = typed.said_of(load(test), step, str(slot).partition(" = ")[2])
            text = "\n".join(line for _, line in told.tests)
            for other, *_ in typed.same_step(load(test), step):
                assert typed.test_of(other) in text
    for test, step in {(test, step) for _, test, step, *_ in FORMULAS}:
        there = {other.id for other, *_ in typed.same_step(load(test), step)}
        for other in map(load, set(ids("Course 1")) - there):
            assert computed(load(test), step) not in [
                computed(other, one.name) for one in other.program.steps
            ], other.id
    there = {other.id for other, *_ in typed.same_step(load("c1w4_L_model_backward_v2"), "dZ2")}
    assert there == {id for id in ids("Course 1") if "linear_backward" not in id}


def test_the_script_and_its_data_are_one_small_file(html: Path) -> None:
    assert len(gzip.compress((html / "_static/live.js").read_bytes(), 9)) < 25_000
    named = [
        file.name for file in html.glob("*.html") if 'src="_static/live.js' in file.read_text()
    ]
    assert {f"{page}.html" for page, *_ in FORMULAS} <= set(named)
    assert "typed-array" not in (html / "_static/site.js").read_text(encoding="utf-8")
    source = (html / "_static/live.js").read_text(encoding="utf-8")
    assert not re.search(r"\beval\(|new Function|innerHTML|fetch\(|Worker|import\(", source)
