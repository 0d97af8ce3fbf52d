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
section.part = "helper calls"
section.after = "other-weights"
section.says = "A layer adds its bias."
section.wrong = "dW = dZ"
section.see = "linear-step#linear-step-proposition"
steps.dW = ["dZ"]
"""


def add(text: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the pages be read with a table of mistakes that has more."""
    copied = folder / TABLE
    copied.parent.mkdir(parents=True)
    copied.write_text((ROOT / TABLE).read_text(encoding="utf-8") + text, encoding="utf-8")
    monkeypatch.setattr(sources, "PACKAGE", folder / "src/backcheck")


def test_a_new_mistake_has_its_section_when_its_table_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sources.source_of(ROOT / "book/mistakes.md")
    add(NEW, tmp_path, monkeypatch)
    after = sources.source_of(ROOT / "book/mistakes.md")
    labels = re.findall(r"\(mistake-([\w-]+)\)=", after)
    assert labels.count("bias-forgotten") == 1
    assert labels[labels.index("bias-forgotten") - 1] == "other-weights"
    start = after.index("(mistake-bias-forgotten)=")
    section = after[start : after.index("(mistake-other-dz)=")]
    assert after.replace(section, "") == before
    assert (
        "### The bias left out\n\nA layer adds its bias.\nMore: {ref}`linear-step-proposition`.\n"
        in section
    )
    assert 'catalogue.entry("bias-forgotten")' in section


def test_every_part_of_the_page_of_mistakes_has_some_and_every_mistake_is_of_such_a_part() -> None:
    page = (ROOT / "book/mistakes.md").read_text(encoding="utf-8")
    parts = sources.PLACE.findall(page)
    sources.whole("mistakes", page)  # refuses a mistake of another part, by its name
    used = {mistake.section["part"] for mistake in table().values()}
    empty = set(parts) - used
    assert not empty, f"The page of mistakes has the parts {empty}, and no mistake is of them."
    assert len(set(parts)) == len(parts), f"The page of mistakes has a part twice: {parts}."


@pytest.mark.parametrize(
    ("written", "instead", "sentence"),
    [
        (
            'section.says = "A layer adds its bias."',
            "",
            f"lacks the key 'says'; the keys are {', '.join(sources.KEYS)}.",
        ),
        (
            "after =",
            "afer =",
            f"has an unknown key 'afer'; the keys are {', '.join(sources.KEYS)}.",
        ),
        (
            '"helper calls"',
            '"calls"',
            "has the part 'calls', but the page has the parts 1/m, products, db, activation, "
            "time, output layer, helper calls, right forms, cost.",
        ),
    ],
)
def test_a_section_that_cannot_be_written_is_refused_in_one_sentence_with_its_entry(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    written: str,
    instead: str,
    sentence: str,
) -> None:
    add(NEW.replace(written, instead), tmp_path, monkeypatch)
    whole = re.escape(f"The section of bias-forgotten, in mistakes.toml, {sentence}")
    with pytest.raises(ValueError, match=f"^{whole}$"):
        sources.source_of(ROOT / "book/mistakes.md")


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
        assert label != sources.label_of(name, mark, heading), (
            f"{name}.md: drop the line '({label})=': the rule gives this address."
        )
