"""Tables that read well in a terminal, in a notebook and on a page."""

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

FORMS = {
    "shortcut": re.compile(r"(?:\bA\w*|\)) - Y$"),
    "z-form": re.compile(r"[(]-?Z\w*[)]|\bZ\w* > "),
    "a-form": re.compile(r"1 - A\w*|\bA\w* > "),
}
"""How to tell the three ways to write a step, the shortcut first: it may read Z as well."""

LONG = 32
"""Cells of more signs may stand on several lines."""

NARROW = 32
"""So many signs fit beside the names of rows on a phone."""


@dataclass(frozen=True)
class Table:
    """Rows of text under a header; the first cell of each row names the row.

    `named_by` says what the first cells hold, ``"code"``, ``"form"`` or ``"words"``: a page sets
    them accordingly, and gives each form its colour.

    Examples
    --------
    >>> Table(("form", "test"), [("A2 - Y", "passes"), ("sigmoid(Z2) - Y", "fails")])
    form             test
    ---------------  ------
    A2 - Y           passes
    sigmoid(Z2) - Y  fails
    """

    header: Sequence[str]
    rows: Iterable[Sequence[object]]
    named_by: str = "code"

    def __post_init__(self) -> None:
        rows = tuple(tuple(map(str, row)) for row in self.rows)
        for number, row in enumerate(rows, start=1):
            if len(row) != len(self.header):
                raise ValueError(
                    f"Row {number} has {len(row)} cells, but the header has {len(self.header)}."
                )
        object.__setattr__(self, "rows", rows)

    def __repr__(self) -> str:
        lines = [[str(cell) for cell in line] for line in (self.header, *self.rows)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        lines.insert(1, ["-" * width for width in widths])
        return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col">{html.escape(title)}</th>' for title in self.header)
        body = "".join(f"<tr>{self._cells(row)}</tr>\n" for row in self.rows)
        kind = "docutils stacked" if self._is_wide else "docutils"
        return (
            f'<div class="table-wrapper" tabindex="0"><table class="{kind}">\n'
            f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table></div>"
        )

    @cached_property
    def _is_wide(self) -> bool:
        """Whether a phone has no room for the longest word of each column beside the first."""
        columns = list(zip(self.header, *self.rows, strict=True))[1:]
        words = (max(map(len, " ".join(map(str, column)).split())) for column in columns)
        return sum(words) + 2 * len(columns) > NARROW

    def _cells(self, row: Sequence[object]) -> str:
        first, *others = map(str, row)
        kind = self.named_by if self.named_by != "form" else f"code {form_of(first)}".strip()
        # A name too long for its column breaks at its underscores, and any other stays whole.
        long = re.compile(rf"\w{{{LONG},}}")
        name = long.sub(lambda word: word[0].replace("_", "_<wbr/>"), html.escape(first))
        cells = f'<th scope="row" class="{kind}">{name}</th>'
        for title, text in zip(self.header[1:], others, strict=True):
            # Outcomes carry their word as a class, so that a page can colour them.
            word = text if text in ("passes", "fails", "error") else "long" * (len(text) > LONG)
            kind = word and f' class="{word}"'
            kind += f' data-of="{html.escape(title)}"' * self._is_wide
            cells += f"<td{kind}>{html.escape(text)}</td>"
        return cells


def form_of(code: str) -> str:
    """Say which way to write a step an expression is, by its key in `FORMS`, or ``""``."""
    return next((name for name, sign in FORMS.items() if sign.search(code)), "")


@dataclass(frozen=True)
class Digits:
    """Arrays below each other, and in each the digits that are not those of the first.

    Examples
    --------
    >>> Digits({"expected": [[-0.1261204, 0.42987761]], "A - Y": [[0.78862847, 0.43650985]]})
    expected  [[-0.12612040  0.42987761]]
    A - Y     [[ 0.78862847  0.43650985]]
                 ^^^^^^^^^^     ^^^^^^^
    """

    arrays: Mapping[str, ArrayLike]

    def __post_init__(self) -> None:
        found = {name: np.atleast_2d(array) for name, array in self.arrays.items()}
        if not found:
            raise ValueError("There is no array to show; give at least one by name.")
        (first, one), *others = found.items()
        if one.ndim > 2:
            raise ValueError(f"{first} has {one.ndim} axes; give arrays with one or two.")
        for name, other in others:
            if other.shape != one.shape:
                raise ValueError(f"{name} has shape {other.shape}, but {first} has {one.shape}.")
        object.__setattr__(self, "arrays", found)

    def __repr__(self) -> str:
        lines = []
        for before, entries, after in self._rows():
            lines.append(before + " ".join(same + other for same, other in entries) + after)
            below = " ".join(" " * len(same) + "^" * len(other) for same, other in entries)
            lines += [(" " * len(before) + below).rstrip()] if below.strip() else []
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        lines = []
        for before, entries, after in self._rows():
            marked = (same + (f"<mark>{other}</mark>" if other else "") for same, other in entries)
            lines.append(html.escape(before) + " ".join(marked) + after)
        text = "\n".join(lines)
        return f'<pre class="digits" tabindex="0">{text}</pre>'

    def _rows(self) -> Iterator[tuple[str, list[tuple[str, str]], str]]:
        """Yield each row: what comes before it, its entries in two parts, and what comes after."""
        texts = {
            name: [[f"{entry:.8f}" for entry in row] for row in np.asarray(array)]
            for name, array in self.arrays.items()
        }
        width = max(len(entry) for rows in texts.values() for row in rows for entry in row)
        names = max(map(len, texts))
        first = next(iter(texts.values()))
        for name, rows in texts.items():
            for number, (row, same) in enumerate(zip(rows, first, strict=True)):
                label = (name if number == 0 else "").ljust(names)
                before = f"{label}  {' [' if number else '[['}"
                pairs = zip(row, same, strict=True)
                entries = [_split(one.rjust(width), other.rjust(width)) for one, other in pairs]
                yield before, entries, "]" if number < len(rows) - 1 else "]]"


def _split(entry: str, same: str) -> tuple[str, str]:
    """Return the part of an entry that is the same as in the first array, and the rest."""
    pairs = enumerate(zip(entry, same, strict=True))
    place = next((place for place, (one, other) in pairs if one != other), len(entry))
    if place < len(entry):
        place = max(place, len(entry) - len(entry.lstrip()))
    return entry[:place], entry[place:]
