"""Claims of comparison are computed, proven or sourced: each one is listed with what it stands on.

`claims/PAGE.toml` has a table `[[claim]]` for each. `says` is a part of the sentence as the page's
source has it, without formulas and inline code, and one of these keys is its ground:

- `cell`: words of an output on the same page that show it;
- `proof`: the label of the proposition it follows from;
- `test`: the test that holds it, as ``file::function``;
- `source`: the key of the citation it is taken from;
- `means`: why it is no statement of fact, but a definition, an instruction or an exercise.
"""

import re
from functools import cache

import pytest

from chapters import CLAIMS, READERS, ROOT, chapters, prose_of, source_of

COMPARES = re.compile(
    r"\b(only|never|always|none|nothing|exactly|cannot|no other|no network|no test|no right|"
    r"not one|one cause|stronger|weaker|if and only if|impossible)\b",
    re.IGNORECASE,
)


def sentences(name: str) -> list[str]:
    """Return the sentences of a page that compare, its description among them."""
    source = source_of(name)
    description = re.search(r'^description: "(.*)"$', source, re.MULTILINE)
    # A proposition and its proof are their own ground.
    prose = re.sub(r"^```\{prf:.*?^```$", "", prose_of(name), flags=re.MULTILINE | re.DOTALL)
    bare = re.sub(r"^(?:---|```|:{3,}|:\w[\w-]*:).*$", "", prose, flags=re.MULTILINE)
    lines = [description[1] if description else "", *bare.splitlines()]
    pieces = [piece for line in lines for piece in re.split(r"(?<=[.?;])\s+", line)]
    return [piece.strip() for piece in pieces if COMPARES.search(piece)]


@pytest.mark.parametrize("name", READERS)
def test_every_claim_of_comparison_is_listed_with_what_it_stands_on(name: str) -> None:
    entries = [entry["says"] for entry in CLAIMS.get(name, [])]
    unlisted = [one for one in sentences(name) if not any(says in one for says in entries)]
    assert not unlisted, (
        f"{unlisted[0]!r} compares: list it in tests/claims/{name}.toml with what it stands on, "
        "or reword it."
    )
    stale = [says for says in entries if not any(says in one for one in sentences(name))]
    assert not stale, (
        f"tests/claims/{name}.toml lists {stale[0]!r}, which no sentence of the page says now: "
        "write it as the page does, or drop it."
    )


@cache
def whole_book() -> str:
    return "".join(map(source_of, chapters()))


@pytest.mark.parametrize("name", READERS)
def test_the_ground_of_a_claim_exists(name: str) -> None:
    book = whole_book()
    sources = (ROOT / "book/references.bib").read_text(encoding="utf-8")
    for entry in CLAIMS.get(name, []):
        (ground,) = entry.keys() - {"says"}
        value = entry[ground]
        if ground == "proof":
            assert re.search(rf"\{{prf:proposition\}}.*\n:label: {value}$", book, re.M), entry
        elif ground == "test":
            file, _, function = value.partition("::")
            (found,) = (ROOT / "tests").rglob(file)
            assert f"def {function}(" in found.read_text(encoding="utf-8"), entry
        elif ground == "source":
            assert f"{{{value}," in sources, entry
        else:
            assert ground in ("cell", "means"), entry
            assert value, entry


def test_claims_are_listed_for_pages_that_exist() -> None:
    lost = set(CLAIMS) - set(chapters())
    assert not lost, f"tests/claims has a file for {lost}, but no page has such a name."
