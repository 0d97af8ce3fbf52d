"""Labels of citations that can be told apart: authors and year, the same in text and list.

pybtex has no such style, and the one in the index of packages has not changed since 2019.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from pybtex.database import Entry
from pybtex.plugin import register_plugin
from pybtex.style.formatting.plain import Style as Plain
from pybtex.style.labels import BaseLabelStyle
from sphinx.application import Sphinx

NAME = "author-and-year"


class AuthorAndYear(BaseLabelStyle):  # type: ignore[misc]
    """``Lyness and Moler 1967``; a letter after the year where two would be the same."""

    def format_labels(self, sorted_entries: Iterable[Entry]) -> Iterator[str]:
        """Yield the label of each entry."""
        labels = [_label(entry) for entry in sorted_entries]
        several = {label for label, count in Counter(labels).items() if count > 1}
        seen: Counter[str] = Counter()
        for label in labels:
            seen[label] += 1
            yield label + ("abcdefgh"[seen[label] - 1] if label in several else "")


def _label(entry: Entry) -> str:
    surnames = [" ".join(person.last_names) for person in entry.persons["author"]]
    names = " and ".join(surnames) if len(surnames) < 3 else f"{surnames[0]} et al."
    names = names.translate({ord("{"): "", ord("}"): ""})
    # Of a thread the number tells it apart, and a year behind it would read as another one.
    return names if names[-1].isdigit() else f"{names} {entry.fields.get('year', '')}".strip()


class Style(Plain):  # type: ignore[misc]
    """The plain style with these labels."""

    default_label_style = AuthorAndYear


def setup(app: Sphinx) -> dict[str, Any]:
    """Make the style known."""
    register_plugin("pybtex.style.formatting", NAME, Style)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
