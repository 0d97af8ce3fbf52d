"""What the page on Jupyter Book 2 promises: all that the chapters are written with was tried."""

import json

from chapters import ROOT, source_of
from constructs import constructs, recounted

RECORD = json.loads((ROOT / "book/portability.json").read_text(encoding="utf-8"))

COMMAND = "run make bench-portability, and commit book/portability.json"


def test_no_chapter_uses_a_construct_of_which_nobody_knows_whether_jupyter_book_2_reads_it() -> (
    None
):
    known = {row["construct"] for row in RECORD["constructs"]}
    new = recounted().keys() - known
    assert not new, f"{sorted(new)}: say in READ what it becomes, and {COMMAND}."


def test_the_record_names_nothing_that_no_chapter_uses_any_more() -> None:
    gone = sorted({row["construct"] for row in RECORD["constructs"]} - recounted().keys())
    assert not gone, f"No longer used: {gone}; {COMMAND}."


def test_the_page_names_all_that_would_have_to_be_made_anew() -> None:
    lost = {row["construct"] for row in RECORD["constructs"] if row["rewritten"] < row["uses"]}
    words = {
        "directive raw": "form that takes pasted numbers",
        **dict.fromkeys(
            ("directive live", "option test of live", "option shown of live"),
            "forms that can be typed over",
        ),
        **dict.fromkeys(
            (
                "directive plane",
                "option test of plane",
                "option pair of plane",
                "option name of plane",
            ),
            "plane with a dot",
        ),
        "cell image alt": "descriptions of pictures",
        "cell code_prompt_show": "words that unfold one cell",
        "cell code_prompt_hide": "words that unfold one cell",
    }
    assert lost == words.keys()
    page = source_of("portability")
    assert all(word in page for word in words.values())


def test_a_construct_is_seen_wherever_a_chapter_can_have_it() -> None:
    text = """---
description: "Words."
---

(page)=
# Title with $x$

```{exercise-start}
:label: page-exercise
```

| a |
|---|
| {ref}`page` |

```{code-cell} ipython3
---
tags: [hide-input]
mystnb:
  figure:
    name: page-figure
---
"{eq}`no role` $no$ formula"
```

```{exercise-end}
```

% a note

:::{note}
Within $\\aform{A}$ and $10^{-8}$.
:::
"""
    assert constructs(text) == {
        "front matter description": 1,
        "syntax (label)=": 1,
        "syntax formula": 2,
        "directive exercise": 1,
        "option label of exercise": 1,
        "syntax | table |": 1,
        "role ref": 1,
        "directive code-cell": 1,
        "cell tag hide-input": 1,
        "cell figure name": 1,
        "syntax myst_line_comment": 1,
        "directive note": 1,
        "macro aform": 1,
    }
