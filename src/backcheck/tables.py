"""Tables that read well in a terminal, in a notebook and on a page."""

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """Rows of text under a header; the first cell of each row names the row.

    Parameters
    ----------
    header : sequence of str
        One title a column.
    rows : iterable of sequence
        One cell a column; anything `str` can turn into text.
    named_by : str
        What the first cells hold, ``"code"`` or ``"words"``: a page sets them accordingly.

    Raises
    ------
    ValueError
        If a row has not as many cells as the header.

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
        rows = tuple(tuple(str(cell) for cell in row) for row in self.rows)
        for number, row in enumerate(rows, start=1):
            if len(row) != len(self.header):
                raise ValueError(
                    f"Row {number} has {len(row)} cells, but the header has {len(self.header)}."
                )
        object.__setattr__(self, "rows", rows)

    def __repr__(self) -> str:
        lines = [tuple(self.header), *self.rows]
        widths = [max(len(str(cell)) for cell in column) for column in zip(*lines, strict=True)]
        lines.insert(1, tuple("-" * width for width in widths))
        return "\n".join(
            "  ".join(str(cell).ljust(w) for cell, w in zip(line, widths, strict=True)).rstrip()
            for line in lines
        )

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col">{html.escape(title)}</th>' for title in self.header)
        body = "".join(f"<tr>{self._cells(row)}</tr>\n" for row in self.rows)
        return (
            '<div class="table-wrapper" tabindex="0"><table class="docutils">\n'
            f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table></div>"
        )

    def _cells(self, row: Sequence[object]) -> str:
        first, *others = (html.escape(str(cell)) for cell in row)
        head = f'<th scope="row" class="{self.named_by}">{first}</th>'
        return head + "".join(_cell(cell) for cell in others)


def _cell(text: str) -> str:
    # Outcomes carry their word as a class, so that a page can colour them.
    kind = f' class="{text}"' if text in ("passes", "fails", "error") else ""
    return f"<td{kind}>{text}</td>"
