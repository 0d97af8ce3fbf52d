"""The index of public tests: what each accepts and rejects, why, and what a repaired one would."""

import html
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache

from backcheck import forward
from backcheck.auditing.report import listed, why
from backcheck.fixtures import Fixture, completed
from backcheck.mutants.audit import Audit, audit
from backcheck.mutants.fair import repaired
from backcheck.showing.tables import Table

REASONS = {
    "open": "shapes left open",
    "zero": "zeros",
    "shape": "sizes",
    "tolerance": "tolerance",
    "numbers": "numbers",
}
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


def accepted(found: Audit) -> list[tuple[str, str]]:
    """Return a mistake that a test accepts for each operator and reason, with the reason."""
    # All of an operator together would read as a solution with one thing wrong in each line.
    first = {(one.mutant.operators, one.details): one for one in reversed(found.survivors)}
    return [(str(one.mutant), one.details) for one in reversed(first.values())]


@dataclass(frozen=True)
class Index:
    """Public tests as a table, with the programs behind each count."""

    tests: Sequence[Fixture]

    def __repr__(self) -> str:
        return repr(Table(HEADER, self._rows(), "words"))

    def _repr_html_(self) -> str:
        table = Table(HEADER, self._rows(), "words")._repr_html_()
        for found in map(audit, self.tests):
            title = html.escape(found.fixture.title)
            lines = (
                f"Found in {found.fixture.found_in}.",
                *listed("Rejected although equivalent", rejected(found)),
                *listed("Accepted although a mistake, the first by each operator", accepted(found)),
            )
            text = html.escape("\n".join(lines))
            folded = f'<details><summary>{title}</summary><pre tabindex="0">{text}</pre></details>'
            table = table.replace(f">{title}</th>", f">{folded}</th>", 1)
        return table

    def _rows(self) -> Iterator[tuple[str, ...]]:
        for found in map(audit, self.tests):
            counts = again.counts if (again := twin(found.fixture)) else ("", "")
            hides = ", ".join(f"{REASONS[one]}: {n}" for one, n in found.reasons.most_common())
            yield found.fixture.title, *found.counts, *counts, hides
