"""The index of public tests: what each accepts and rejects, why, and what a repaired one would."""

import html
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from backcheck import forward
from backcheck.auditing.report import SHOWN, why
from backcheck.fixtures import Fixture, completed
from backcheck.mutants.audit import Audit, audit
from backcheck.mutants.fair import repaired
from backcheck.showing.tables import Table

REASONS = {"zero": "zeros", "shape": "sizes", "tolerance": "tolerance", "numbers": "numbers"}
"""What hides mistakes, in the words of a table."""

HEADER = ("test", "right accepted", "wrong rejected", "repaired: right", "repaired: wrong", "hides")


@cache
def twin(test: Fixture) -> Audit | None:
    """Return the audit of a repaired test; of one that expects no gradient there is none.

    What spells out its arrays may be drawn anew, in the same shapes, if that rejects more.
    """
    tests = [test]
    if test.seed is None and test.call:
        drawn = forward.draw(test, 1, test.sizes)
        given = {name: drawn[name] for name in test.given if name in test.arrays}
        tests.append(completed(replace(test, arrays=given), test.arrays))
    with suppress(ValueError):
        return max((audit(repaired(one)) for one in tests), key=lambda found: found.strength)
    return None


def rejected(found: Audit) -> list[tuple[str, str]]:
    """Return the right programs that a test rejects, each with the reason."""
    demands = "" if found.fixture.is_gradient else "it expects something else than the gradient"
    return [(str(one), demands or why((found.fixture,), one)) for one in found.rejected]


@dataclass(frozen=True)
class Index:
    """Public tests as a table, with the programs behind each count."""

    tests: Iterable[Fixture]

    @property
    def _audits(self) -> list[Audit]:
        return list(map(audit, self.tests))

    def __repr__(self) -> str:
        return repr(Table(HEADER, self._rows(), "words"))

    def _repr_html_(self) -> str:
        table = Table(HEADER, self._rows(), "words")._repr_html_()
        for found in self._audits:
            title = html.escape(found.fixture.title)
            folded = f"<details><summary>{title}</summary>{_lists(found)}</details>"
            table = table.replace(f">{title}</th>", f">{folded}</th>", 1)
        return table

    def _rows(self) -> Iterator[tuple[str, ...]]:
        for found in self._audits:
            counts = again.counts if (again := twin(found.fixture)) else ("", "")
            hides = ", ".join(f"{n} {REASONS[one]}" for one, n in found.reasons.most_common())
            yield found.fixture.title, *found.counts, *counts, hides

    def to_dict(self) -> list[dict[str, Any]]:
        """Return it as plain lists and dictionaries, with the keys of an audit and more."""
        return [
            {**_told(found), "repaired": _counts(twin(found.fixture))} for found in self._audits
        ]


def _told(found: Audit) -> dict[str, Any]:
    of = {key: getattr(found.fixture, key) for key in ("title", "course", "function", "found_in")}
    why = [{"changed": changed, "details": reason} for changed, reason in rejected(found)]
    return {**of, **found.to_dict(), "rejected": why}


def _counts(found: Audit | None) -> dict[str, Any] | None:
    told = found.to_dict() if found else {}
    return {key: told[key] for key in ("equivalent", "mistakes")} if found else None


def _lists(found: Audit) -> str:
    """Return what is folded under a title."""
    accepted = [(str(one.mutant), one.details) for one in found.survivors]
    by: dict[str, list[str]] = {}
    for verb, some in (("rejected, and right", rejected(found)), ("accepted, and wrong", accepted)):
        for changed, reason in some:
            by.setdefault(f"{verb}: {reason}", []).append(
                f"<li><code>{html.escape(changed)}</code>"
            )
    texts = [f"<p>{html.escape(found.fixture.found_in)}</p>"]
    for said, items in sorted(by.items(), key=lambda one: (one[0][0] != "r", -len(one[1]))):
        shown = "".join(f"{item}</li>" for item in items[:SHOWN])
        more = f"<li>and {len(items) - SHOWN} more</li>" if items[SHOWN:] else ""
        texts.append(f"<p>{html.escape(said)}</p><ul>{shown}{more}</ul>")
    return "".join(texts)
