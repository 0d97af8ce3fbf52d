"""What a page says that nobody has to write: labels by a rule, and a section for each mistake."""

import re
from pathlib import Path

import pytest

import sources
from backcheck.mutants.mistakes import table
from chapters import ROOT, chapters

TABLE = "src/backcheck/mutants/mistakes.toml"

NEW = """
[bias-forgotten]
name = "the bias left out"
hint = "Look at what the layer adds."
page = "linear-step"
section.part = "layers"
section.after = "other-weights"
section.says = "A layer adds its bias."
steps.dW = ["dZ"]
"""


def test_a_new_mistake_has_its_section_when_its_table_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = tmp_path / TABLE
    copied.parent.mkdir(parents=True)
    copied.write_text((ROOT / TABLE).read_text(encoding="utf-8") + NEW, encoding="utf-8")
    before = sources.source_of(ROOT / "book/mistakes.md")
    monkeypatch.setattr(sources, "ROOT", tmp_path)
    after = sources.source_of(ROOT / "book/mistakes.md")
    labels = re.findall(r"\(mistake-([\w-]+)\)=", after)
    assert labels.count("bias-forgotten") == 1
    assert labels[labels.index("bias-forgotten") - 1] == "other-weights"
    start = after.index("(mistake-bias-forgotten)=")
    section = after[start : after.index("(mistake-other-dz)=")]
    assert after.replace(section, "") == before
    assert "### The bias left out\n\nA layer adds its bias.\nMore: {ref}`linear-step`.\n" in section
    assert 'catalogue.entry("bias-forgotten")' in section


def test_every_part_of_the_page_of_mistakes_has_some_and_every_mistake_is_of_such_a_part() -> None:
    page = (ROOT / "book/mistakes.md").read_text(encoding="utf-8")
    parts = sources.PLACE.findall(page)
    assert set(parts) == {mistake.section["part"] for mistake in table().values()}
    assert len(set(parts)) == len(parts)


@pytest.mark.parametrize(
    ("heading", "label"),
    [
        ("# Anything", "page"),
        ("## Exercises", "page-exercises"),
        ("## Further reading", "page-reading"),
        ("### The referee's verdict", "page-referee"),
        ("### A layer's input", "page-layer-input"),
        ("## `backcheck run`, or $A$ and {ref}`tanh`", "page-backcheck-run-or-and-tanh"),
    ],
)
def test_a_heading_without_a_label_has_that_of_its_words_on_the_line_above(
    heading: str, label: str
) -> None:
    assert sources.whole("page", f"Text.\n\n{heading}\n\nMore.") == (
        f"Text.\n({label})=\n{heading}\n\nMore."
    )
    assert sources.whole("page", heading) == f"({label})=\n{heading}"
    assert sources.whole("page", f"Text.\n{heading}") == f"Text.\n({label})=\n{heading}"


def test_a_label_that_is_written_stays_the_only_one_and_code_has_none() -> None:
    labelled = "Text.\n\n(page-own)=\n## Own\n\n```{code-cell} ipython3\n# A comment\n```\n"
    assert sources.whole("page", labelled) == labelled


@pytest.mark.parametrize("name", chapters())
def test_no_label_is_written_that_the_rule_gives_anyway(name: str) -> None:
    source = (ROOT / f"book/{name}.md").read_text(encoding="utf-8")
    for label, mark, heading in re.findall(r"^\(([\w-]+)\)=\n(#+) (.+)$", source, re.MULTILINE):
        assert label != sources.label_of(name, mark, heading)
