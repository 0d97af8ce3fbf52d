"""Every page where people land says which exercises the book covers, from one source."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

import sources
from backcheck import audit
from backcheck.diagnosis.uncovered import exercises
from backcheck.fixtures import ids, load
from chapters import ROOT, source_of

TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))

LANDED_ON = [
    "index", "diagnose", "mistakes", "checklist",
    *(one["file"] for part in TOC["parts"] if part["caption"] == "Symptoms"
      for one in part["chapters"]),
]  # fmt: skip


@pytest.mark.parametrize("name", LANDED_ON)
def test_a_page_where_people_land_says_which_exercises_are_covered(name: str) -> None:
    written = (ROOT / f"book/{name}.md").read_text(encoding="utf-8")
    assert written.count("\n{scope}\n") == 1
    assert sources.scope() in source_of(name)


def test_the_line_names_each_week_with_a_published_test_and_no_other() -> None:
    covered, _ = sources.scope().split("**Not covered**")
    said = re.search(r"\*\*: (.*) \(", covered)[1]
    weeks = [
        f"{course.strip().removeprefix('and ')} Week {number}"
        for course, numbers in re.findall(r"([A-Za-z ]*Course \d+) Weeks? ([\d, and]*\d)", said)
        for number in re.findall(r"\d+", numbers)
    ]
    assert set(weeks) == {test.course for test in audit.published().values()}
    assert len(weeks) == len(set(weeks))


def test_what_is_not_covered_is_refused_by_name_too() -> None:
    _, others = sources.scope().split("**Not covered**")
    names = re.findall(r"`(\w+)`", others)
    assert names
    for name in names:
        assert any(re.search(known, name) for known, *_ in exercises())
        assert name not in {test.function for test in audit.published().values()}


def test_a_new_test_and_a_new_refusal_change_the_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "PUBLISHED", tmp_path)
    monkeypatch.setattr(sources, "UNCOVERED", tmp_path / "uncovered")
    (tmp_path / "one.toml").write_text(
        '[a]\ncourse = "Course 9 Week 3"\n[b]\nbased_on = "a"\n[c]\ncourse = "Course 9 Week 1"\n'
    )
    (tmp_path / "uncovered").write_text('[d]\ntitle = "d_backward (Course 8 Week 2)"\n')
    said = " ".join(sources.scope().split())
    assert "**Covered**: Course 9 Weeks 1 and 3 (" in said
    assert "**Not covered**: `d_backward` (Course 8 Week 2), and other courses." in said


def test_the_list_of_functions_has_each_one_whose_numbers_are_known() -> None:
    _, below = source_of("diagnose").split("(diagnose-covered)=\n")
    cell = re.findall(r"```\{code-cell\} ipython3\n:tags:.*?\n\n(.*?)```", below, re.DOTALL)[0]
    scope: dict[str, Any] = {}
    exec(cell, scope)  # noqa: S102 - the cell of a page
    listed = {row[0] for row in scope["rows"]}
    assert listed == {load(id).function for id in ids()} | {"gradient_check_n"}
