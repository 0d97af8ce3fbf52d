"""What can be said of some numbers, and how an answer shows it."""

import html
import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from backcheck.diagnosis.reading import PrintedArray
from backcheck.fixtures import Fixture
from backcheck.mutants.mutant import Mutant
from backcheck.mutants.operators import USUAL
from backcheck.mutants.steps import sound
from backcheck.over_time import stem
from backcheck.program import names
from backcheck.showing.words import covered, say

MOST, FEW = 6, 3
"""How many groups of candidates a printed answer shows, and how many without a name beside them."""

WIDTH = 88
"""Where the lines of a printed answer wrap."""


@dataclass(frozen=True)
class Diagnosis:
    """What can be said of some numbers."""

    verdict: str  # "expected" by the test, "explained" by a mutant, or "unexplained"
    fixture: Fixture | None  # the test they belong to
    candidates: tuple[Mutant, ...] = ()  # every program found, the simplest first
    remarks: tuple[str, ...] = ()  # what else can be said, a sentence each
    # The pasted arrays, by the step they were taken for.
    arrays: Mapping[str, PrintedArray] = field(default_factory=dict)
    headline: str = ""  # the title, where the answer is not about an array

    @cached_property
    def groups(self) -> tuple[tuple[Mutant, ...], ...]:
        """The candidates, those together that no output of the fixture tells apart."""
        groups: dict[Any, list[Mutant]] = {}
        for mutant in self.candidates:
            groups.setdefault(mutant.outputs_key, []).append(mutant)
        return tuple(map(tuple, groups.values()))

    @property
    def listed(self) -> tuple[Sequence[tuple[Mutant, ...]], Sequence[tuple[Mutant, ...]]]:
        """The groups that are told in full, and those without a name that stand beside some."""
        named = [group for group in self.groups if group[0].named]
        bare = [step for step, array in self.arrays.items() if array.shape == ()]
        # What has brackets around a number does not print the same, though they may be left out.
        others = [
            group
            for group in self.groups
            if not group[0].named and not any(np.ndim(group[0].values[step]) for step in bare)
        ]
        return (named, others) if named and self.verdict == "explained" else (self.groups, ())

    @property
    def is_foreign(self) -> bool:
        """Whether there are arrays, and they are of no known test."""
        return bool(self.verdict == "unexplained" and self.arrays) and not self.fixture

    @property
    def title(self) -> str:
        """The answer in one line."""
        if self.headline or self.is_foreign:
            return self.headline or say("not-tried")
        if self.verdict == "unexplained" and not self.arrays:
            is_silent = covered() in self.remarks or not self.remarks
            return say("only-a-message") if is_silent else say("behind-message")
        where = ""
        if self.fixture:
            key = "for-test" if self.verdict == "unexplained" else "of-test"
            where = say(key, title=self.fixture.title, id=self.fixture.id)
        spent = say(f"spent-{min((mutant.changes for mutant in self.candidates), default=0)}")
        return say(self.verdict, where=where, spent=spent)

    @property
    def said(self) -> str:
        """The answer in one line, with the change that explains the numbers."""
        changes = "; ".join(self.candidates[0].shown) if self.verdict == "explained" else ""
        return f"{self.title[:-1]}: {changes}" if changes else self.title

    @property
    def notice(self) -> str:
        """What the test accepts that is no gradient, or for its own shapes alone; or ``""``."""
        test, bare = self.fixture, [name for name, array in self.arrays.items() if array.bare]
        if test and self.arrays and not test.is_gradient:
            of = sound(test)
            return say("no-gradient", title=of.title, id=of.id, page=test.page)
        return say("takes-numbers", names=" and ".join(bare)) if bare else ""

    def __repr__(self) -> str:
        notice = ["", self.notice] if self.notice else []
        return f"{_wrapped([self.title, *notice])}\n{self.body}"

    @property
    def body(self) -> str:
        """The answer without its title."""
        return _wrapped(self._lines())

    def _lines(self) -> Iterator[str]:
        # Without numbers the candidates are only likely, which has to be said first, and so has
        # what a test may complain of where the numbers are right.
        is_first = not self.arrays or self.verdict == "expected"
        if is_first and self.remarks:
            yield from ("", *self.remarks)
        if self.verdict == "expected":
            others = self.candidates[1:]
            yield from ("", say("other-forms")) if others else ()
            yield from (f"    {other} ({other.verdict})" for other in others[:MOST])
            if others[MOST:]:
                yield f"    {say('more-forms', n=len(others) - MOST)}"
        else:
            groups, unnamed = self.listed
            for group in groups[:MOST]:
                yield from ("", *described(group))
            if unnamed:
                changes = "; ".join(", ".join(first.shown) for first, *_ in unnamed[:FEW])
                yield from ("", say("less-usual", changes=changes.removesuffix(".")))
            left = len(groups[MOST:]) + len(unnamed[FEW:])
            if left:
                yield from ("", f"... {say('more-groups', n=left)}")
        if self.remarks and not is_first:
            yield from ("", *self.remarks)

    def _repr_html_(self) -> str:
        items = []
        for first, *_ in self.listed[0][:MOST]:
            changes = "<br>".join(
                f"<code>{html.escape(statement)}</code> {html.escape(expected)}"
                for statement, expected in zip(first.shown, first.expects, strict=True)
            )
            name = html.escape(sentence(first))
            items.append(f"<li>{changes or say('as-it-stands')}<br>{name}</li>")
        parts = [f"<p><strong>{html.escape(self.title)}</strong></p>"]
        parts += [f"<p>{html.escape(self.notice)}</p>"] if self.notice else []
        parts += [f"<ol>{''.join(items)}</ol>"] if items else []
        parts += [f"<p>{html.escape(remark)}</p>" for remark in self.remarks]
        return f'<div class="diagnosis">{"".join(parts)}</div>'

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain lists and dictionaries, for programs.

        ``program`` and ``was`` are no texts for readers: a statement of a test is a solution.
        """
        return {
            "verdict": self.verdict,
            "fixture": self.fixture.id if self.fixture else None,
            "candidates": [
                {
                    "program": str(mutant.program).split("\n"),
                    "changed": [
                        {"step": step, "was": was, "now": now} for step, was, now in mutant.changed
                    ],
                    "changes": mutant.changes,
                    "printed_as": dict(mutant.printed_as),
                    "verdict": mutant.verdict,
                    "name": mutant.name,
                    "operators": list(mutant.operators),
                    "hint": " ".join(mistake.hint for mistake in mutant.named),
                    "page": mutant.page,
                    "matches": matches(mutant, self.arrays),
                }
                for mutant in self.candidates
            ],
            "remarks": [*filter(None, [self.headline, self.notice]), *self.remarks],
        }

    def to_json(self) -> str:
        """Return `to_dict` as JSON."""
        return json.dumps(self.to_dict(), indent=2)


def _wrapped(lines: Iterable[str]) -> str:
    return "\n".join(
        textwrap.fill(line, WIDTH, subsequent_indent=indent, break_on_hyphens=False)
        for line in lines
        for indent in [line[: len(line) - len(line.lstrip())]]
    )


def matches(mutant: Mutant, arrays: Mapping[str, PrintedArray]) -> dict[str, bool]:
    """Return, for each pasted output, whether the program may print it."""
    values = mutant.values
    return {
        step: step in values and (array.matches(values[step]) or array.matches(values[step], True))
        for step, array in arrays.items()
    }


def sentence(mutant: Mutant) -> str:
    """Return the name of a change, its verdict, and what the test makes of it."""
    outcome, wrong = mutant.outcome.word, mutant.verdict == "mistake"
    surprise = outcome == ("passes" if wrong else "error")
    test = say("but-test" if surprise else "and-test", says=say(outcome))
    narrow = say("narrow") if wrong and mutant.right_here else ""
    return f"{mutant.described}: {mutant.verdict}{narrow}, {test}"


def differs(mutant: Mutant) -> Iterator[str]:
    """Yield which arrays a changed operand reads, and the test does not, or the reverse."""
    if not any("operand" in operator for operator in mutant.operators):
        return
    was, now = (
        {stem(name): None for tree in trees for name in names(tree) if name != "m"}
        for trees in ([mutant.originals[name] for name in mutant.forms], mutant.forms.values())
    )
    out, into = ([n for n in one if n not in other] for one, other in ((was, now), (now, was)))
    of = {"was": ", ".join(out), "now": ", ".join(into)}
    if out and into:
        yield say("stands-for", n=len(into), **of)
    elif out:
        yield say("is-missing", n=len(out), **of)
    elif into:
        yield say("is-added", n=len(into), **of)


def described(group: Sequence[Mutant]) -> Iterator[str]:
    """Yield the lines that tell a reader of candidates no output can tell apart."""
    first = group[0]
    for statement, expected in zip(first.shown, first.expects, strict=True):
        yield statement
        yield f"    {expected}"
    for name, step in [] if first.exchanged else first.called:
        yield say("called", name=name, step=step)
    if first.printed_as and not first.forms:
        yield first.exchanged or f"    {say('own-name')}"
        return
    yield f"    {sentence(first)}"
    hints = [mistake.hint for mistake in first.named] or differs(first)
    yield from (f"    {hint}" for hint in hints)
    if first.page:
        yield f"    {say('read-page', page=first.page)}"
    if others := [one for one in group[1:] if one.shown != first.shown]:
        # Other forms without a name are none that anybody is known to write.
        usual = USUAL | {*first.operators}
        known = [m for m in others if m.name or (m.operators and {*m.operators} <= usual)][:3]
        rest = len(others) - len(known)
        some = (", ".join(one.removesuffix(".") for one in m.shown) for m in known)
        listed = filter(None, ["; ".join(some), say("alike-others", n=rest) if rest else ""])
        yield f"    {say('alike', others=' or '.join(listed))}"


def telling(remarks: Iterable[str]) -> tuple[str, ...]:
    """Return the remarks that say more than that nothing is known."""
    keys = (
        "no-numbers",
        "asked",
        "question",
        "no-test-fits",
        "nothing-said",
        "unknown-message",
        "lines-unread",
        "paste-whole",
    )
    silent = {"", covered(), *map(say, (*keys, "own-network", "own-learning", "stopped"))}
    return tuple(remark for remark in remarks if remark not in silent)


def led_by(found: Diagnosis, defined: str) -> Diagnosis:
    """Return an answer with what to do with a function of the text: first, unless numbers tell."""
    if found.verdict != "unexplained":
        return replace(found, remarks=(defined, *found.remarks))
    # That nothing prints these numbers is told where they are known to be of a test.
    first = found.title if found.arrays and found.fixture else found.headline
    return replace(found, headline=defined, remarks=telling([first, *found.remarks]))
