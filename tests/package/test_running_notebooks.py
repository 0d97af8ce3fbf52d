"""`backcheck run` takes what a learner has: notebooks of every edition, as they are exported."""

import json
from pathlib import Path

import pytest

from backcheck.__main__ import main
from backcheck.fixtures import load
from exported import IMPORTS, LAYOUTS, NOTEBOOKS, Notebook

EXPORTED = pytest.mark.parametrize(
    "notebook", NOTEBOOKS, ids=[f"{n}-{one.layout}-{one.test}" for n, one in enumerate(NOTEBOOKS)]
)


@EXPORTED
def test_an_exported_notebook_is_run_and_its_wrong_line_is_named(
    notebook: Notebook, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / notebook.file
    file.write_text(notebook.text, encoding="utf-8")
    code = main(["run", "--json", notebook.test, f"{file}:{load(notebook.test).function}"])
    said = capfd.readouterr()
    told = json.loads(said.out)
    assert said.err == ""
    if not notebook.was:
        assert (code, told["test"], told["line"]) == (0, "passes", None)
        assert told["verdict"] == "expected"
        return
    assert code == 1, told
    line = told["line"]
    assert f"{line['name']}: {line['says']}".startswith(notebook.says)
    cells = line["where"].partition(", ")[2]
    if file.suffix == ".py":
        assert cells == ""
        text = notebook.text
    else:
        place = int(cells.rpartition(" ")[2].strip("[]"))
        text = notebook.cells[place - 1]
    assert notebook.now.strip() in text.split("\n")[line["line"] - 1]


def test_the_notebooks_are_in_every_layout_and_of_every_edition() -> None:
    assert len(NOTEBOOKS) >= 20
    assert {one.layout for one in NOTEBOOKS} == set(LAYOUTS)
    assert {one.imports for one in NOTEBOOKS} == set(IMPORTS)
    assert {one.was != "" for one in NOTEBOOKS} == {True, False}
