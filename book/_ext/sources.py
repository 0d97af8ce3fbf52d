"""The source of a page as it is read: with the labels and the sections that nobody has to write.

- A heading without a label gets that of its words, ``page-words-of-the-heading``, and the title of
  a page the page's name. A label is written only where an address is to be another, for instance
  because the heading was reworded since.
- The sections of the named mistakes come from ``mistakes.toml``. A page says where
  those of one part go: ```` ```{mistakes} part ````.
- Which exercises are covered, and which not, comes from the tests that are published in the
  package. A page has a line for it, ``{scope}``.
- The page of changes has the repository's list of them, at ``{changelog}``.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]

PACKAGE = ROOT / "src/backcheck"

PUBLISHED, UNCOVERED = PACKAGE / "published", PACKAGE / "diagnosis/uncovered.toml"

LABEL = re.compile(r"\([\w-]+\)=")

HEADING = re.compile(r"(#+) (.+)")

FENCE = re.compile(r"(`{3,}|:{3,})")

SHORT = {
    "an answer to paste": "answer",
    "a worked number": "number",
    "the referee's verdict": "referee",
    "when the two forms agree": "forms",
}
"""Headings that many pages have, and what their addresses call them."""

PLACE = re.compile(r"^```\{mistakes\} (.+)\n```\n", re.MULTILINE)

COVERED = re.compile(r"^\{scope\}$", re.MULTILINE)

CHANGES, CHANGELOG = re.compile(r"^\{changelog\}$", re.MULTILINE), ROOT / "CHANGELOG.md"

EXERCISE = re.compile(r"(\w+) \((Course \d+ Week \d+)\)")
"""The title of an exercise of the Deep Learning Specialization that is not covered."""

SCOPE = """\
**Covered**: {known} ({{ref}}`every function <diagnose-covered>`).
**Not covered**: {others}other courses."""

NEEDED = ("part", "says", "wrong", "see")
"""What a section says of a mistake."""

KEYS = (*NEEDED, "form", "due", "more", "after")
"""What it may say: the form that its example is where the course writes that otherwise."""

PAGE = re.compile(r"[\w-]+#")
"""The page that an address of a section begins with."""

SYMBOL = re.compile(r"\b(?:A - Y|da0|xt|[a-z]+_[a-z]+|d?[AWZ]|d?b|m|keepdims)\b(?!-)")
"""What is code in a name."""

SECTION = """\
(mistake-{id})=
### {heading}

{says}
More: {more}.

```{{code-cell}} ipython3
:tags: [remove-input]

catalogue.entry("{id}")
```
"""


def source_of(file: Path) -> str:
    """Return the source of a page with all of its labels and sections."""
    return whole(file.stem, file.read_text(encoding="utf-8"))


def whole(page: str, source: str) -> str:
    """Write the labels and sections that are not written by hand into the source of a page."""
    source = COVERED.sub(lambda place: scope(), _with_sections(source))
    return _with_labels(page, CHANGES.sub(lambda place: changes(), source))


def changes() -> str:
    """Return what every version has brought, each under a label of its number."""
    _, _, text = CHANGELOG.read_text(encoding="utf-8").partition("\n\n")

    def labelled(heading: re.Match[str]) -> str:
        return f"(changelog-{heading[1].replace('.', '-')})=\n{heading[0]}"

    return re.sub(r"^## ([\d.]+)\b", labelled, text.rstrip(), flags=re.MULTILINE)


def scope() -> str:
    """Return the line that says which exercises are covered, and which are not."""
    tables = (table for file in PUBLISHED.glob("*.toml") for table in _read(file).values())
    weeks = {table["course"] for table in tables if "course" in table}
    known: dict[str, list[str]] = {}
    for course, _, week in sorted(one.rpartition(" Week ") for one in weeks):
        known.setdefault(course, []).append(week)
    others: dict[str, list[str]] = {}
    for exercise in _read(UNCOVERED).values():
        if found := EXERCISE.fullmatch(exercise["title"]):
            others.setdefault(found[2], []).append(f"`{found[1]}`")
    return SCOPE.format(
        known=_listed(
            f"{course} Week{'s' * (len(some) > 1)} {_listed(some)}"
            for course, some in known.items()
        ),
        others="".join(f"{_listed(some)} ({week}), " for week, some in others.items())
        + "and " * bool(others),
    )


def not_covered() -> Iterator[str]:
    """Yield the names of the exercises that are known by name alone."""
    for exercise in _read(UNCOVERED).values():
        yield exercise["title"].partition(" (")[0]


def _listed(parts: Iterable[str]) -> str:
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


def _read(file: Path) -> dict[str, Any]:
    return _parsed(file.read_text(encoding="utf-8"))


@cache
def _parsed(text: str) -> dict[str, Any]:
    """Return what a file says; every page that is read asks for all of them."""
    return tomllib.loads(text)


def label_of(page: str, mark: str, heading: str) -> str:
    """Return the label of a heading that has none of its own."""
    if mark == "#":
        return page
    if heading.lower() in SHORT:
        return f"{page}-{SHORT[heading.lower()]}"
    plain = re.sub(r"\{\w+\}|\$[^$]*\$|'s\b|^(?:An?|The|Further) ", "", heading)
    return "-".join([page, *re.findall(r"[a-z0-9]+", plain.lower())])


def _with_labels(page: str, source: str) -> str:
    """Put each label into the blank line above its heading, so that all lines keep their number."""
    lines = ["", *source.split("\n")]
    fence = ""
    for number, (above, line) in enumerate(pairwise(lines)):
        if found := FENCE.match(line):
            if not fence:
                fence = found[1]
            elif line == fence:
                fence = ""
        elif not fence and (found := HEADING.fullmatch(line)) and not LABEL.fullmatch(above):
            lines[number] = f"{above}\n({label_of(page, *found.groups())})=".lstrip("\n")
    return "\n".join(lines if lines[0] else lines[1:])


def _with_sections(source: str) -> str:
    if not PLACE.search(source):
        return source
    table = _read(PACKAGE / "mutants/mistakes.toml")
    for flaw in flaws(table, PLACE.findall(source)):
        raise ValueError(flaw)
    return PLACE.sub(lambda place: "\n".join(_sections(place[1], table)), source)


def flaws(table: Mapping[str, Mapping[str, Any]], parts: Sequence[str]) -> Iterator[str]:
    """Yield what makes a mistake's section one that cannot be written, a sentence each."""
    for id, entry in table.items():
        section = entry.get("section", {})
        of = f"The section of {id}, in mistakes.toml,"
        for key in (key for key in section if key not in KEYS):
            yield f"{of} has an unknown key {key!r}; the keys are {', '.join(KEYS)}."
        for key in NEEDED:
            if key not in section:
                yield f"{of} lacks the key {key!r}; the keys are {', '.join(KEYS)}."
        if (part := section.get("part")) not in (None, *parts):
            yield f"{of} has the part {part!r}, but the page has the parts {', '.join(parts)}."


def _sections(part: str, table: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    # The other pages are read without the package.
    from backcheck.mutants.mistakes import in_order

    for id in in_order(part, {id: entry["section"] for id, entry in table.items()}):
        section = table[id]["section"]
        heading = SYMBOL.sub(r"`\g<0>`", table[id]["name"])
        yield SECTION.format(
            id=id,
            heading=heading[0].upper() + heading[1:],
            says=section["says"],
            more=" and ".join(
                f"{{ref}}`{PAGE.sub('', section[key])}`"
                for key in ("see", "more")
                if key in section
            ),
        )
