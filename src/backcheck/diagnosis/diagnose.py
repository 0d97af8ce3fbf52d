"""From pasted numbers to the programs that print them.

`diagnose` reads a text or a dictionary of gradients, finds the fixture they come from, and
searches the mutants of its backward pass, the simplest first, for all that print exactly those
digits. What it finds is judged by the referee, not by the test.
"""

import html
import json
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from backcheck.diagnosis import differences
from backcheck.diagnosis.apart import apart, in_quoted_edition
from backcheck.diagnosis.beside import as_told, of_cache, of_failing, of_keys, of_other_edition
from backcheck.diagnosis.helpers import said_of
from backcheck.diagnosis.judged import judged
from backcheck.diagnosis.parts import Part, in_parts, of_lines, of_loop
from backcheck.diagnosis.pasted import each_alone, written
from backcheck.diagnosis.placing import (
    CHANCE,
    HOPELESS,
    Placing,
    chance,
    courses,
    elsewhere,
    evidence,
    fits_any,
    is_entry,
    most_likely,
    most_used,
    newest,
    placed_on,
    placings,
    spelled,
)
from backcheck.diagnosis.reading import (
    Paste,
    PrintedArray,
    from_arrays,
    has_code,
    read,
    with_own_code,
)
from backcheck.diagnosis.search import (
    FEW_TRIED,
    MOST_TRIED,
    SOME_TRIED,
    Effort,
    explanations,
    is_right,
)
from backcheck.diagnosis.shapes import misshapen, undivided
from backcheck.diagnosis.subjects import subjects
from backcheck.diagnosis.symptoms import Likely, clash_of, likely_mutants, tested_by, told
from backcheck.diagnosis.uncovered import not_covered
from backcheck.diagnosis.uses import at_uses, reading_later
from backcheck.fixtures import Fixture, load
from backcheck.mutants.formulas import fingerprint
from backcheck.mutants.mistakes import occurrences
from backcheck.mutants.mutant import Mutant, distinct
from backcheck.mutants.operators import USUAL
from backcheck.mutants.steps import sound
from backcheck.over_time import cell_of, stem, time
from backcheck.program import names
from backcheck.showing.words import covered, pattern, say

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


def diagnose(
    grads: str | Mapping[str, ArrayLike],
    fixture: str | Fixture | None = None,
    changes: int = 2,
    before_two_changes: Callable[[], None] = lambda: None,
) -> Diagnosis:
    """Find the backward programs that print some numbers.

    Parameters
    ----------
    grads : str or mapping
        A pasted text, or computed gradients by name; any of the outputs will do.
    fixture : str or Fixture, optional
        The test the numbers come from, or its id; found from names, shapes and values if not
        given.
    changes : int
        Look no further than this many changes: 0, 1 or 2.
    before_two_changes : callable, optional
        Called before two changes are tried, which takes seconds.

    Examples
    --------
    >>> diagnose("dZ2 = [[0.78862847 0.43650985]]")
    Explained by one change in the backward pass of Week 4 L_model_backward
    (c1w4_L_model_backward_v2).
    <BLANKLINE>
    dZ2 = AL - Y
        where the test expects dZ[2] = dA[L] * σ'(Z[2])
        the shortcut A - Y: equivalent, and this test rejects it
        Equal to dA times the derivative where A is the sigmoid of Z: check the cache.
        Read a-minus-y-fails#a-minus-y-why.
        The test cannot tell it from dZ2 = dAL * AL * (1 - AL) or 2 other programs.
    """
    if changes not in (0, 1, 2):
        raise ValueError(f"changes is {changes}, but programs have 0, 1 or 2.")
    asked = load(fixture) if isinstance(fixture, str) else fixture
    tests = (asked,) if asked else courses()[0]
    if isinstance(grads, str) and (said := differences.said_of(grads)):
        verdict, (headline, *remarks) = said
        return Diagnosis(verdict, None, (), tuple(remarks), headline=headline)
    if isinstance(grads, str) and not asked and (refusal := not_covered(grads)):
        own_check = (say("own-check"), covered())
        return Diagnosis("unexplained", None, (), own_check, headline=refusal)
    if not isinstance(grads, str | Mapping):
        kind = type(grads).__name__
        raise ValueError(f"Numbers are read from a text or a dictionary of arrays, not a {kind}.")
    every = (*tests, *(test for others in courses() for test in others if test not in tests))
    wanted = tests if asked else every
    paste = read(grads, tests) if isinstance(grads, str) else from_arrays(dict(grads), every)
    effort = Effort(MOST_TRIED, before_two_changes)
    # A function that the text names comes before tests that print alike.
    own = [] if asked else [test for test in every if test.function == paste.function]
    own = in_quoted_edition(paste, own)
    named = _explain(paste, own, changes, effort) if own else None
    found = named if named and named.candidates else None
    # Two changes take seconds, and are not tried again where the function's own tests fit.
    most = min(changes, 1) if named and named.fixture else changes
    found = found or _by_test(paste, tests, most, effort) or _explain(paste, tests, most, effort)
    if not found and len(first := _first_of_each(paste)) < len(paste.arrays):
        # A message that is cut off quotes arrays of another call.
        found = _explain(replace(paste, arrays=first), tests, changes, effort)
    if not found or found.verdict == "unexplained":
        found = _elsewhere(paste, asked, most, effort, found) or found
    if named and named.fixture and not (found and found.candidates):
        found = named
    if found and found.verdict == "expected":
        found = _still_open(found, paste, tests) or found
    if found and found.is_foreign and (not found.headline or paste.error):
        found = _message_first(found, paste, tests) or _of_code(paste, wanted) or found
    elif found and paste.error:
        found = _with_message(found, paste)
    found = found or _without_numbers(paste, tests, wanted)
    found = _with_beside(_with_lines(_with_calls(found, paste), paste), paste, every)
    found = _with_lost(found, paste.lost) if paste.lost else found
    return _with_problem(_with_gates(found), paste.problem)


def _with_problem(found: Diagnosis, problem: str) -> Diagnosis:
    """Return an answer with what could not be read, which it says nothing of."""
    if not problem or found.verdict != "expected":
        return replace(found, remarks=(problem, *found.remarks)) if problem else found
    right, n = ", ".join(found.arrays), len(found.arrays)
    headline = say("right-but-unread", right=right, is_right=say("is", n=n))
    return Diagnosis("unexplained", found.fixture, (), (problem,), found.arrays, headline)


def _with_lines(found: Diagnosis, paste: Paste) -> Diagnosis:
    """Return an answer that knows of lines that print these numbers and are not the test's."""
    test, arrays = found.fixture, found.arrays
    if found.verdict == "explained" or not test or not arrays or paste.error:
        return found
    own = written(paste, test)
    if not own or not all(matches(own, arrays).values()) or own.outcome.word == "passes":
        return found
    if found.verdict == "unexplained":
        return Diagnosis("explained", test, (own,), (), arrays)
    headline = say("right-but-line", **_right(found, test))
    return Diagnosis("explained", test, each_alone(own), (), arrays, headline)


def _with_beside(found: Diagnosis, paste: Paste, tests: Sequence[Fixture]) -> Diagnosis:
    """Return an answer that knows the dictionary that is returned, and what a test complains of."""
    test = found.fixture or newest().get(paste.function)
    wrong = tuple(of_keys(paste.stored, test)) if test else ()
    if found.verdict != "expected" and test:
        drawn = [one for one in paste.hints if one == say("mask-drawn")]
        wrong += (*of_cache(paste.unpacked, test), *drawn)
    if wrong and "KeyError" in paste.error:
        return replace(found, remarks=wrong)
    if found.verdict != "expected" or not found.fixture:
        return replace(found, remarks=(*wrong, *found.remarks))
    arrays = found.arrays
    others = of_other_edition(paste, arrays.values(), found.fixture, tests)
    if not wrong:
        failing = of_failing(paste, arrays, found.fixture)
        return replace(found, remarks=(*failing, *others, *found.remarks))
    headline = say("right-but-stored", **_right(found, found.fixture))
    return Diagnosis("unexplained", found.fixture, (), (*wrong, *others), arrays, headline)


def _right(found: Diagnosis, test: Fixture) -> dict[str, Any]:
    """Return what a sentence says of the arrays that are right, and for which test they are."""
    where = say("for-test", title=test.title, id=test.id)
    return {"right": ", ".join(found.arrays), "n": len(found.arrays), "where": where}


def _with_gates(found: Diagnosis) -> Diagnosis:
    """Return an answer that says where its names of gradients are not those of the notebook."""
    first = found.candidates[:1]
    lines = [*found.remarks, *(line for one in first for line in (*one.shown, *one.expects))]
    own = found.fixture and found.fixture.function.startswith("lstm")
    is_told = own and any(pattern("gate").search(line) for line in lines)
    return replace(found, remarks=(*found.remarks, say("gate-names"))) if is_told else found


def _message_first(found: Diagnosis, paste: Paste, tests: Sequence[Fixture]) -> Diagnosis | None:
    """Return what a message says beside numbers of no known test, if it is understood."""
    if not (of := _of_message(paste, tests)):
        return None
    own = [one for one in (*of.remarks, *_telling(found.remarks)) if one != covered()]
    remarks = (*own, covered())
    return replace(of, remarks=remarks, headline=say("message-first"))


def _causes(paste: Paste, printed: bool) -> tuple[str, ...]:
    """Return the causes of a message: of an overflow, exponentials where they can be the one."""
    if (said := say("exp-quotient")) in paste.hints and pattern("overflowed").search(paste.error):
        return (said,)
    of = paste.frame.function
    # What stopped in the cell, or in a function that is not shown, did not stop in these.
    is_shown = not of or re.search(rf"\bdef +{of} *\(", paste.source)
    source = paste.source if is_shown else ""
    return told(paste.error, paste.frame, printed, paste.lines, source)


def _with_message(found: Diagnosis, paste: Paste) -> Diagnosis:
    """Return an answer with the causes of a message that stands beside the numbers."""
    causes = _causes(paste, printed=True)
    beside = say("message-too", error=paste.error[:80])
    if found.verdict == "expected" and found.fixture and not pattern("warning").match(paste.error):
        right, n = ", ".join(found.arrays), len(found.arrays)
        where = say("for-test", title=found.fixture.title, id=found.fixture.id)
        of = {"right": right, "n": n, "where": where, "error": paste.error[:80]}
        headline = say("right-but-stopped", **of)
        return replace(
            found, verdict="unexplained", candidates=(), remarks=causes, headline=headline
        )
    return replace(found, remarks=(*_telling(found.remarks), beside, *causes)) if causes else found


def _with_calls(found: Diagnosis, paste: Paste) -> Diagnosis:
    """Return an answer that explains nothing with what the calls of helpers show."""
    if found.verdict != "unexplained":
        return found
    spoke = bool(paste.error or paste.failing or found.arrays)
    if not (said := said_of(paste.calls, found.remarks, only_wrong=spoke)):
        return found
    if spoke or found.candidates or _telling([found.headline]):
        last = [one for one in found.remarks if one == covered()]
        rest = [one for one in found.remarks if one not in last]
        return replace(found, remarks=(*rest, *said, *last))
    others = (*said[1:], *_telling(found.remarks), say("lines-only"), say("paste-whole"))
    return replace(found, headline=said[0], remarks=others)


def _of_code(paste: Paste, every: Sequence[Fixture]) -> Diagnosis | None:
    """Return what lines of code compute, where neither a message nor a gradient stands there."""
    if not has_code(paste.lines) or paste.error or paste.failing or paste.problem or paste.lost:
        return None
    # What code assigns to other names than those of gradients are inputs.
    if any((one.name or "").startswith("d") for one in paste.arrays):
        return None
    own = [test for test in every if test.function == paste.function]
    if not (lines := judged(paste, own or every)):
        return None
    test, candidates, (headline, *more) = lines
    # What a question names says more than that none of its lines is read.
    if test is None and paste.nothing[:1] == (say("asked"),):
        return None
    of_any = [hint for hint in paste.hints if hint == say("own-learning") or "#relu-strict" in hint]
    more += of_any if test else [covered()]
    more += [says for _, says, _ in subjects() if says in paste.nothing]
    return Diagnosis("unexplained", test, candidates, tuple(more), headline=headline)


def _of_message(paste: Paste, tests: Sequence[Fixture]) -> Diagnosis | None:
    """Return the likely causes of what a test or numpy said, if they are known."""
    if causes := _causes(paste, bool(paste.arrays)):
        return Diagnosis("unexplained", None, (), causes)
    likely = _stored_whole(paste) or likely_mutants(paste, _tested(paste, tests))
    return Diagnosis("unexplained", *likely) if likely else None


def _stored_whole(paste: Paste) -> Likely | None:
    """Return what numpy says of an array that is stored with the rows of two, or of another."""
    clash, stored = clash_of(paste.error), pattern("stored").match(paste.frame.statement)
    if not clash or not stored or "input array" not in paste.error:
        return None
    alone = replace(paste, arrays=(), shapes=((stored["name"], clash[1]),))
    single = [test for some in courses() for test in some if not test.last]
    return undivided(alone, single) or misshapen(alone, _called(paste, single))


def _called(paste: Paste, tests: Iterable[Fixture]) -> list[Fixture]:
    """Return the tests of the function that a frame is of, or of the cell that its loop calls."""
    own = paste.frame.function
    return [test for test in tests if test.function in (own, cell_of(own))]


def _tested(paste: Paste, tests: Sequence[Fixture]) -> Sequence[Fixture]:
    """Return the tests that a message can come from."""
    spoken_of = (paste.frame.function, paste.function)
    elsewhere = [t for other in courses()[1:] for t in other if t.function in spoken_of]
    return tested_by(paste, elsewhere or tests)


def _first_of_each(paste: Paste) -> tuple[PrintedArray, ...]:
    """Return the first array of each name, and those without one."""
    named = {one.name: one for one in reversed(paste.arrays)}
    return tuple(one for one in paste.arrays if not one.name or named[one.name] is one)


def _without_expected(paste: Paste, tests: Iterable[Fixture]) -> Paste:
    """Leave out what stands there again if it is all that a test expects: a text quotes that."""
    first = _first_of_each(paste)
    own = {*map(id, first)}
    again = [array for array in paste.arrays if id(array) not in own]

    def expects(test: Fixture, array: PrintedArray) -> bool:
        name = str(array.name)
        step = name if name in test.expected else spelled(name, test.expected)
        return bool(step) and is_right(test, step, array, loose=True)

    is_quoted = again and any(all(expects(test, one) for one in again) for test in tests)
    return replace(paste, arrays=first) if is_quoted else paste


def _with_lost(found: Diagnosis, lost: Sequence[str]) -> Diagnosis:
    """Return an answer that knows which outputs are nan or inf."""
    own = found.fixture.expected if found.fixture else {}
    steps = [name if name in own else spelled(name, own) or name for name in lost]
    steps = [*(name for name in own if name in steps), *(n for n in steps if n not in own)]
    names, n = ", ".join(steps), len(steps)

    def loses(mutant: Mutant) -> bool:
        values = (mutant.values.get(step, np.nan) for step in steps if step in own)
        return not any(np.isfinite(value).all() for value in values)

    is_told = any("cost-is-nan" in one for one in found.remarks)
    page = (say("read-page", page="cost-is-nan"),) if "cost" in steps and not is_told else ()
    # What is nan need not be asked for.
    left = [name for name in own if name not in found.arrays]
    asks, rest = _asked_for(found, left), found.remarks
    if asks in rest:
        again = _asked_for(found, [name for name in left if name not in steps])
        rest = (*(one for one in rest if one != asks), *filter(None, [again]))
    if not own.keys().isdisjoint(steps) and (kept := tuple(filter(loses, found.candidates))):
        return replace(
            found, candidates=kept, remarks=(say("lost", names=names, n=n), *page, *rest)
        )
    begins = tuple(_where_lost(found, steps))
    tells = say("not-finite", names=names, n=n)
    if not found.arrays and not found.headline:
        return replace(found, headline=tells, remarks=(*page, *rest))
    if found.verdict != "expected":
        return replace(found, remarks=(tells, *begins, *page, *rest))
    right, is_right = ", ".join(found.arrays), say("is", n=len(found.arrays))
    said = say("right-but-lost", right=right, is_right=is_right, names=names, n=n)
    # What a test accepts beside the right numbers says nothing of those that are lost.
    remarks = (*begins, *page) if page else (tells, *begins)
    return Diagnosis("unexplained", found.fixture, (), remarks, found.arrays, headline=said)


def _where_lost(found: Diagnosis, lost: Sequence[str]) -> Iterator[str]:
    """Yield the first step that goes into all outputs that are lost, and into none that is not."""
    steps = found.fixture.program.steps if found.fixture and found.arrays else ()
    order = {one.name: {*one.reads} for one in steps}
    if not order.keys() >= {*lost}:
        return
    common = set.intersection(*(_above([step], order) for step in lost)) & order.keys()
    common -= _above(found.arrays, order)
    first = [name for name in order if name in common and common.isdisjoint(order[name])]
    if names := [*dict.fromkeys(map(stem, first))]:
        yield say("lost-first", names=", ".join(names), n=len(names))


def _telling(remarks: Iterable[str]) -> tuple[str, ...]:
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
    return replace(found, headline=defined, remarks=_telling([first, *found.remarks]))


def _by_name(paste: Paste) -> dict[str, PrintedArray]:
    """Return the pasted arrays by their names, or their places."""
    arrays = enumerate(paste.arrays, 1)
    return {array.name or say("nameless", place=place): array for place, array in arrays}


def _by_test(
    paste: Paste, tests: Sequence[Fixture], changes: int, effort: Effort
) -> Diagnosis | None:
    """Return what the arrays of each test are, if they are of several or a message names one."""
    groups = apart(paste, tests)
    tried = (_explain(some, its, changes, effort) for its, some in groups.items())
    found = list(filter(None, tried))
    if not found or (len(groups) == 1 and found[0].verdict == "unexplained"):
        return None
    first, *others = found
    of = ((", ".join(answer.arrays), len(answer.arrays), answer.said) for answer in others)
    remarks = (say("other-call", names=names, n=n, said=said) for names, n, said in of)
    return replace(first, remarks=(*first.remarks, *remarks))


def _still_open(found: Diagnosis, paste: Paste, tests: Sequence[Fixture]) -> Diagnosis | None:
    """Return what a message says beside right arrays, which no longer speaks of these."""
    left = [name for _, name in paste.failing if name not in found.arrays]
    likely = likely_mutants(paste, tested_by(paste, tests)) if left or paste.error else None
    if not likely or not (own := found.fixture):
        return None
    said = say("right-but", left=", ".join(left) or paste.error[:80], **_right(found, own))
    test, mutants, remarks = likely
    kept = [m for m in mutants if all(matches(replace(m, fixture=own), found.arrays).values())]
    return Diagnosis("unexplained", test, tuple(kept or mutants), remarks, headline=said)


def _elsewhere(
    paste: Paste, asked: Fixture | None, changes: int, effort: Effort, found: Diagnosis | None
) -> Diagnosis | None:
    """Return what another course makes of numbers, or tests that were not asked for."""
    if not asked:
        return _in_other_course(paste, changes, effort)
    others = courses()[0] if asked.is_gradient else (sound(asked),)
    other = _explain(paste, others, min(changes, 1), effort)
    if not other or not other.candidates:
        return None
    found = found or Diagnosis("unexplained", asked)
    return replace(found, remarks=(*_telling(found.remarks), say("elsewhere", title=other.title)))


def _in_other_course(paste: Paste, changes: int, effort: Effort) -> Diagnosis | None:
    first, *others = (_fitting(paste, tests) for tests in courses())
    for fitting in others:
        best, at_home = (max(some.values(), default=(0, 0)) for some in (fitting, first))
        likely = best > at_home
        # Two changes take long there, so only names with numbers that fit the first course less.
        named = any(array.name for array in paste.arrays)
        most = changes if best[0] > at_home[0] and named else min(changes, 1)
        every = tuple(fitting)
        # What a test demands that is no gradient, a change on another edition explains.
        gradients = tuple(test for test in every if test.is_gradient or test.last)
        one = min(most, 1)
        plans = [(gradients, one), (every, one)] if len(gradients) < len(every) else []
        for some, few in (*plans, (gradients, most)):
            found = _explain(paste, some, few, effort)
            if found and found.candidates:
                return found
        if found and likely:
            return found
    return None


def _fitting(paste: Paste, tests: Iterable[Fixture]) -> dict[Fixture, tuple[int, int]]:
    """Return the tests that have most of the pasted shapes, or all without names: how many.

    The second number is that of the entries that the notebook of a test prints.
    """
    # An entry is that of its test, whatever shape is printed beside it.
    arrays = tuple(replace(one, around=None) if one.at else one for one in paste.arrays)
    paste = replace(paste, arrays=arrays)
    # A test that calls the function twice prints each name twice.
    count = len({array.name or id(array) for array in paste.arrays})
    named = any(array.name for array in paste.arrays)
    enough = count // 2 + 1 if named else count
    fitting = {
        test: max((placing.fitting for placing in placings(paste, test)), default=0)
        for test in tests
        # Where a notebook prints single entries, there are no numbers without a name.
        if (named or not test.entries)
        and sum(fits_any(array, test) for array in paste.arrays) >= enough
    }
    return {
        test: (fits, sum(is_entry(array, test) for array in paste.arrays))
        for test, fits in fitting.items()
        if fits >= enough
    }


def _without_numbers(paste: Paste, tests: Sequence[Fixture], every: Sequence[Fixture]) -> Diagnosis:
    """Return the likely causes of what a test said, or of what numpy said."""
    if found := _of_message(paste, tests):
        return replace(found, headline=say("message-first") if paste.arrays else "")
    tested, arrays = _tested(paste, tests), _by_name(paste)
    if not paste.error and (shaped := undivided(paste, every) or misshapen(paste, tested)):
        _, candidates, (headline, *more) = shaped
        beside = (*more, covered())
        return Diagnosis("unexplained", None, candidates, beside, headline=headline)
    if found := _of_code(paste, every):
        return found
    fixture = tested[0] if paste.function else None
    unread = paste.problem or paste.lost
    if paste.nothing and not unread:
        headline, *more = paste.nothing
        remarks = (*more, covered())
        return Diagnosis("unexplained", fixture, (), remarks, headline=headline)
    said = say("unknown-message" if paste.error else "no-test-fits" if arrays else "nothing-said")
    is_own = has_code(paste.lines) and not paste.error
    own = with_own_code(paste.hints, paste.lines) if is_own else []
    remarks = () if unread and not arrays else (said, *own, covered())
    return Diagnosis("unexplained", fixture, (), remarks, arrays)


def _explain(
    paste: Paste, tests: Sequence[Fixture], changes: int, effort: Effort
) -> Diagnosis | None:
    """Return the simplest explanation on any of the tests; None if none has such arrays."""
    paste = _without_expected(paste, tests)
    placed = placed_on(paste, tests, named=True)
    named = bool(placed)
    placed = placed or placed_on(paste, tests, named=False)
    placed = most_used([placing for placing in placed if placing.possible])
    if not placed:
        return None
    search = cache(partial(_search, effort=effort))
    remarks: list[str] = []

    def is_known(one: Placing) -> bool:
        return one.is_known(paste, named)

    def is_likely(one: Placing) -> bool:
        return is_known(one) or (named and one.named and one.fitting > 0)

    best = max(placed, key=lambda placing: (len(placing.right), placing.fitting))
    best = _on_gradient(best, placed)
    alike = {test.function: test for test in _as_close(best, placed)}
    for tried, loose, some in _plan(placed, is_likely, changes):
        if tried == 2 and not loose and changes and (quick := _quick(best, changes, alike)):
            return quick
        random = chance(some, tried, loose)
        if random > HOPELESS:
            said = _too_little("too-few", some[0], paste)
            if tried < 2:
                arrays = _by_name(paste)
                return Diagnosis("unexplained", None, (), (covered(),), arrays, headline=said)
            remarks = [said]
            break
        if tried == 2 and some:
            known = list(filter(is_known, some))
            named_too = any(one.named for one in known)
            effort.begin(MOST_TRIED if named_too else SOME_TRIED if known else FEW_TRIED)
        found: dict[Fixture, Diagnosis] = {}
        for placing in some:
            answer = _answer(placing, tried, loose, search)
            before = found.get(placing.fixture)
            if answer and (not before or answer.candidates[0].rank < before.candidates[0].rank):
                found[placing.fixture] = answer
                # Two changes take long, so the first place that explains the numbers is kept.
                if tried == 2:
                    break
        if tried == 2 and effort.spent:
            remarks = [say("stopped")]
        if found:
            doubted = some[:1] if random > CHANCE else _doubted(some, tried, loose)
            unsure = [_too_little("chance", some[0], paste, one) for one in doubted[:1]]
            answer = _chosen(list(found.values()), paste)
            return replace(answer, remarks=(*unsure, *answer.remarks, *remarks))
    if changes == 2 and (used := _used(best, 2)):
        return used
    parts = list(in_parts(best)) if len(best.arrays) > 1 else []
    if changes == 2 and parts and all(matches(parts[-1].whole, best.arrays).values()):
        return Diagnosis("explained", best.fixture, (parts[-1].whole,), (), best.arrays)
    if not best.fitting and len(tests) > 1:
        return None
    foreign = not best.named or (not is_known(best) and 2 * best.fitting < len(best.arrays))
    if len(tests) > 1 and not best.right and foreign:
        return Diagnosis("unexplained", None, (), (*remarks, covered()), _by_name(paste))
    told = list(_remains(best, paste, parts))
    alike = {} if best.right else alike
    # What is right, or explained in part, is so by the cache of the test.
    remarks += told or ([] if len(alike) > 1 else of_inputs(best.fixture))
    remarks += [] if best.right else [covered()]
    named_as = " and ".join(f"{one.title} ({one.id})" for one in alike.values())
    closest = say("closest", tests=named_as, n=len(alike)) if alike else ""
    headline = "" if len(alike) < 2 and (len(tests) < 2 or is_known(best)) else closest
    return Diagnosis(
        "unexplained", best.fixture, (), tuple(remarks), best.arrays, headline=headline
    )


def _as_close(best: Placing, placed: Sequence[Placing]) -> Iterator[Fixture]:
    """Yield the tests of which as many arrays are right and fit, the newest of a function last."""
    yield best.fixture
    of = (len(best.right), best.fitting)
    yield from (one.fixture for one in reversed(placed) if (len(one.right), one.fitting) == of)


def _used(placing: Placing, changes: int) -> Diagnosis | None:
    """Return the mistakes at places of use, which what is right beside them tells."""
    fixture, arrays, right = placing.fixture, placing.arrays, placing.right
    wrong = {step: array for step, array in arrays.items() if step not in right}
    is_open = wrong and (right or changes == 2)
    if not is_open or chance([replace(placing, arrays=wrong)], changes, True) > CHANCE:
        return None
    if not (found := at_uses(fixture, arrays, changes)):
        return None
    candidates = distinct([Mutant(fixture, use.forms, changes) for use in found])
    lines = [*map(stem, found[0].lines)]
    of = {"source": stem(found[0].source), "lines": ", ".join(lines)}
    said = say("at-use", **of, n=len(lines))
    return Diagnosis("explained", fixture, tuple(candidates), (said,), arrays)


def _quick(placing: Placing, changes: int, alike: Sized) -> Diagnosis | None:
    """Return what takes no search for two changes: each in a line of its own, or of a loop.

    What fits the tests of several functions `alike` is looked for in all of them.
    """
    if used := _used(placing, 1):
        return used
    fixture, arrays = placing.fixture, placing.arrays

    def is_told(spent: int) -> bool:
        return chance([placing], spent, True) <= CHANCE

    if is_told(1) and (later := reading_later(fixture, arrays)):
        return Diagnosis("explained", fixture, tuple(later), (), arrays)
    several = of_loop if fixture.last else of_lines
    if changes == 2 and len(alike) == 1 and is_told(2) and (found := several(placing)):
        return Diagnosis("explained", fixture, tuple(found), (say("stopped"),), arrays)
    return None


def of_inputs(fixture: Fixture) -> list[str]:
    """Return what to compare where nothing is right: what was drawn last, and a loop's cache."""
    said = [say("inputs-first", **first)] if (first := fixture.drawn_last) else []
    if fixture.last:
        made = dict.fromkeys(stem(name) for name in fixture.arrays if stem(name).endswith("_next"))
        own = fixture.function
        of = {"function": own, "forward": own.replace("backward", "forward")}
        said.append(say("cache-first-wrong", names=" and ".join(made), **of))
    return said


def _on_gradient(best: Placing, placed: Iterable[Placing]) -> Placing:
    """Return the placing on the edition that accepts a gradient, if nothing is of the other alone.

    What is right in the other one may be what the gradient prints where nothing is carried.
    """
    of = sound(best.fixture)
    others = [placing for placing in placed if placing.fixture is of]
    if best.fixture is of or not others or not of.last:
        return best
    *_, carry = (forms for key, forms in occurrences(of) if key == "carry-left-out")
    values = Mutant(of, carry).values
    is_own = any(not best.arrays[step].matches(values[step], True) for step in best.right)
    return best if is_own else others[0]


def _doubted(placed: Iterable[Placing], changes: int, loose: bool) -> list[Placing]:
    """Return the wrong arrays of each placing, if they could be chance where the others are right.

    Programs that leave right arrays as they are print the other ones, whatever these are.
    """
    wrong = (
        replace(one, arrays={n: array for n, array in one.arrays.items() if n not in one.right})
        for one in placed
        if one.right
    )
    said = (one for one in wrong if changes and one.arrays and evidence(one)["n"])
    return [one for one in said if chance([one], changes, loose) > CHANCE]


def _too_little(key: str, placing: Placing, paste: Paste, telling: Placing | None = None) -> str:
    """Return the sentence that says how little some numbers pin down, and what to paste."""
    left = [name for name in placing.fixture.expected if name not in placing.arrays]
    named = left and any(array.name for array in paste.arrays)
    more = say("more-outputs", outputs=" and ".join(left[:2])) if named else say("more-digits")
    found = evidence(telling or placing)
    if not found["n"]:
        return say("zeros-of-loop" if placing.fixture.last and not left else "zeros", more=more)
    return say(key, more=more, **found)


def _plan(
    placed: list[Placing], is_likely: Callable[[Placing], bool], changes: int
) -> Iterator[tuple[int, bool, list[Placing]]]:
    """Yield what is tried, the simplest first: how many changes, whether loosely, and where.

    Two changes take seconds, and are tried where a name, or all else, speaks for the test.
    """
    few = range(min(changes, 1) + 1)
    yield from ((tried, False, placed) for tried in few)
    yield 0, False, [other for placing in placed if (other := elsewhere(placing))]
    yield from ((tried, True, placed) for tried in few)
    likely = filter(is_likely, most_likely(placed)) if changes == 2 else ()
    near = [placing for placing in likely if placing.can_be_printed]
    yield 2, False, near
    yield 2, True, [placing for placing in near if placing.partial]


def _search(placing: Placing, changes: int, effort: Effort) -> list[Mutant]:
    """Return what prints strictly or loosely: one search does for both."""
    fixture, names = placing.fixture, placing.printed_as
    loose = changes < 2 or placing.partial
    found = explanations(fixture, placing.arrays, changes, loose, effort)
    return [Mutant(fixture, forms, changes + bool(names), names) for forms in found]


def _answer(
    placing: Placing, changes: int, loose: bool, search: Callable[[Placing, int], list[Mutant]]
) -> Diagnosis | None:
    fixture, arrays = placing.fixture, placing.arrays
    found = search(placing, changes)
    if not loose:
        found = [
            mutant
            for mutant in found
            if all(
                step in mutant.values and array.matches(mutant.values[step])
                for step, array in arrays.items()
            )
        ]
    if not found:
        return None
    remarks = tuple(_names_to_know(placing))
    if changes or placing.printed_as:
        found = sorted(distinct(found), key=lambda one: _unlikely(one, arrays))
        return Diagnosis("explained", fixture, tuple(found), remarks, arrays)
    others = [
        mutant
        for mutant in _one_change(fixture, arrays, loose)
        if mutant.named and mutant.outcome.word == "passes"
    ]
    candidates = (Mutant(fixture, {}, 0), *others)
    return Diagnosis("expected", fixture, candidates, (*remarks, *_hidden(fixture, others)), arrays)


def _unlikely(mutant: Mutant, arrays: Mapping[str, PrintedArray]) -> tuple[bool, bool]:
    """Return a key that sorts last what prints one number with brackets that were left out.

    Before it comes what a test would first blame for the shape of an output that is not pasted.
    """
    shapes = {name: np.shape(value) for name, value in mutant.values.items()}
    others = ((n, one.shape) for n, one in mutant.fixture.expected.items() if n not in arrays)
    is_bare = any(shapes[step] for step, array in arrays.items() if array.shape == ())
    return is_bare, any(shapes.get(name) != shape for name, shape in others)


def _one_change(
    fixture: Fixture, arrays: Mapping[str, PrintedArray], loose: bool = False
) -> list[Mutant]:
    return distinct([Mutant(fixture, forms) for forms in explanations(fixture, arrays, 1, loose)])


def _names_to_know(placing: Placing) -> Iterator[str]:
    """Yield what to know of older names."""
    said = [say("older-name", name=name, step=step) for step, name in placing.renamed.items()]
    if said:
        yield say("older-names", names=", and ".join(said))


def _chosen(found: list[Diagnosis], paste: Paste) -> Diagnosis:
    """Return the best of several explanations, and mention the other tests."""
    best = min(found, key=lambda answer: _preference(answer, paste))
    others = [answer for answer in found if answer is not best]
    remarks = list(best.remarks)
    if best.verdict == "explained" and best.fixture:
        kept, said = as_told(best.candidates, paste, best.fixture)
        best = replace(best, candidates=tuple(kept))
        remarks += [said] if said else []
    first, arrays = best.candidates[0], best.arrays
    if best.verdict == "explained":
        remarks += _misplaced(first, arrays)
    same = [
        answer.candidates[0].fixture.title
        for answer in others
        if answer.candidates[0].changed == first.changed
    ]
    if same:
        remarks.append(say("same-numbers", titles="; ".join(same)))
    left = [name for name in first.fixture.expected if name not in arrays]
    if best.verdict == "expected" and _ends_early(first.fixture, arrays, len(left)):
        remarks.append(say("ends-early", outputs=", ".join(left), are=say("is", n=len(left))))
    if best.verdict == "explained" and (asks := _asked_for(best, left)):
        remarks.append(asks)
    return replace(best, remarks=tuple(remarks))


def _asked_for(answer: Diagnosis, left: Sequence[str]) -> str:
    """Return the sentence that asks for what tells the candidates apart best, or ``""``."""
    firsts = [first for first, *_ in answer.groups]
    kinds = {name: len({fingerprint(one.values.get(name, ())) for one in firsts}) for name in left}
    telling = sorted((name for name in left if kinds[name] > 1), key=lambda name: -kinds[name])
    return say("paste-more", outputs=" and ".join(telling[:2])) if telling else ""


def _ends_early(fixture: Fixture, arrays: Mapping[str, PrintedArray], n: int) -> bool:
    """Return whether the outputs that are computed last are left out, and nothing else."""
    order = [step.name for step in fixture.program.steps if step.name in fixture.expected]
    return n > 1 and len(arrays) > 2 and {*order[:-n]} == arrays.keys()


def _preference(answer: Diagnosis, paste: Paste) -> tuple[Any, ...]:
    """Return a key: the test that is named, few changes, few names that differ, printed outputs."""
    first = answer.candidates[0]
    other_test = bool(paste.function) and first.fixture.function != paste.function
    translated = sum(array.name not in (None, step) for step, array in answer.arrays.items())
    unprinted = all(entry.rule != "printed" for entry in first.fixture.comparisons)
    return other_test, first.rank[:3], translated, unprinted


def _misplaced(mutant: Mutant, arrays: Mapping[str, PrintedArray]) -> Iterator[str]:
    """Yield which of the arrays are right, but are those of another output.

    What other lines read, or is wrong because of another line, is not wrong by its key alone.
    """
    fixture, values = mutant.fixture, mutant.fixture.values
    read = {name for step in fixture.program.steps for name in step.reads}
    own = mutant.forms.keys() - read if len(mutant.forms) == mutant.changes else set()
    for step, array in ((step, array) for step, array in arrays.items() if step in own):
        for name in fixture.expected:
            if name != step and array.name == step and array.matches(values[name]):
                yield say("misplaced", step=step, name=name)


def _hidden(fixture: Fixture, candidates: list[Mutant]) -> Iterator[str]:
    """Yield what the newest test of the same function says of forms that print the same."""
    today = newest().get(fixture.function, fixture)
    if today is fixture or today.program != fixture.program:
        return
    equivalent = (mutant for mutant in candidates if mutant.verdict == "equivalent")
    judged = ((mutant, Mutant(today, mutant.forms).outcome) for mutant in equivalent)
    if rejected := [one for one in judged if one[1].word != "passes"]:
        first, outcome = rejected[0]
        step, _, now = first.changed[0]
        rest = len(rejected) - 1
        more = say("hidden-more", n=rest) if rest > 1 else ""
        filling = {"title": today.title, "outcome": outcome, "more": more, "page": first.page}
        yield say("hidden-test", step=step, now=now, **filling)


def _remains(placing: Placing, paste: Paste, parts: Iterable[Part]) -> Iterator[str]:
    """Yield what can be said of numbers that none of the programs tried prints."""
    fixture, arrays, right = placing.fixture, placing.arrays, placing.right
    wrong = [step for step in arrays if step not in right]
    # What nobody named may be another array than the one it was taken for.
    places = {id(array): place for place, array in enumerate(paste.arrays, 1)}
    called = {
        step: step if array.name else say("taken-for", place=places[id(array)], step=step)
        for step, array in arrays.items()
    }
    if right and wrong:
        order = {one.name: {*one.reads} for one in fixture.program.steps}
        # What a right array is computed from was right when it was read, if it is not 0, though
        # another one may stand under its name; the first that is not right reads only such.
        telling = [step for step in right if np.any(fixture.values[step])]
        proved, open_ = _above(telling, order) - {*wrong}, _above(wrong, order)
        first = [n for n in order if n in open_ - proved and order[n] & order.keys() <= proved]
        # A line of a loop is right if it is so at every step.
        off = {*map(stem, order.keys() - proved)}
        also = [n for n in map(stem, order) if n not in off and pattern("gradient").search(n)]
        known = [*dict.fromkeys([*right, *also])]
        listed, more = ", ".join(known[: max(MOST, len(right))]), len(known) - max(MOST, len(right))
        yield say(
            "right-and-wrong",
            right=say("and-others", names=listed, n=more) if more > 0 else listed,
            is_right=say("is", n=len(known)),
            wrong=", ".join(called[step] for step in wrong),
            is_wrong=say("is", n=len(wrong)),
            first=_names_of_lines(first),
        )
    for step in wrong:
        yield from _likeness(step, called[step], arrays[step], fixture)
    named: dict[str, list[Part]] = {}
    for part in parts:
        named.setdefault(part.own.described, []).append(part)
    for place, (name, some) in enumerate(named.items()):
        steps = [called[step] for part in some for step in part.steps]
        changes = "; ".join(line for part in some for line in part.own.shown).removesuffix(".")
        of = {"steps": ", ".join(steps), "n": len(steps), "changes": changes, "name": name}
        yield say("beside", **of) if place else say("alone", **of)


def _names_of_lines(steps: Iterable[str]) -> str:
    """Return the lines that some steps are, by the names that learners give them."""
    known = [stem(step).removesuffix("_sum") for step in steps]
    gradients = [name for name in known if pattern("gradient").search(name)]
    return ", ".join(dict.fromkeys(gradients or known))


def _above(names: Iterable[str], reads: Mapping[str, set[str]]) -> set[str]:
    """Return some steps with all that they are computed from."""
    found = set(names)
    for name in reversed([*reads]):
        found |= reads[name] if name in found else set()
    return found


def _likeness(step: str, called: str, array: PrintedArray, fixture: Fixture) -> Iterator[str]:
    """Yield how an array resembles the expected one: a factor, a transpose, another output."""
    expected = np.shape(fixture.values[step])
    if array.around not in (None, expected):
        yield say("other-shape", step=step, shape=array.around, expected=expected)
        if whole := undivided(Paste((), shapes=((step, array.around),)), [fixture]):
            yield from whole[-1]
    yield from _partly(step, called, array, fixture)
    if array.shape is None or array.at:
        return
    got, want = array.centre, np.asarray(fixture.values[step], dtype=float)
    if got.shape == want.shape:
        yield from _like_sizes(called, got, want)
    elif got.shape != want.T.shape:
        if array.name:
            yield say("other-shape", step=step, shape=got.shape, expected=want.shape)
    elif array.matches(want.T):
        yield say("transposed", step=called)
    others = (("other-test", test) for test in courses()[0] if test is not fixture)
    for key, test in (("other-array", fixture), *others):
        for name, value in test.values.items():
            itself = test is fixture and name == step
            telling = np.size(value) > 1 and not time(name)
            if telling and not itself and array.matches(value):
                yield say(key, step=called, name=name, title=test.title)
                return


def _partly(step: str, called: str, array: PrintedArray, fixture: Fixture) -> Iterator[str]:
    """Yield where an array is wrong, if that is one row, column or step of time alone."""
    want = np.asarray(fixture.values[step], dtype=float)[array.at or ...]
    if len(array.cells) != want.size or array.shape not in (None, want.shape):
        return
    cells = zip(array.cells, want.flat, strict=True)
    off = np.reshape([not cell.covers(value) for cell, value in cells], want.shape)
    if np.any(off) and np.any(want[~off]):
        lines = {one.name: str(one.expression) for one in fixture.program.steps}
        over_time = "dstack" in lines.get(step, "")
        places = [{*found.tolist()} for found in np.nonzero(off)]
        right = np.size(off, -1) - len(places[-1])
        if (
            over_time
            and right
            and len(places[-1]) > 1
            and places[-1] == {*range(np.size(off, -1) - right)}
        ):
            yield say("last-steps-right", step=called, n=right)
            return
        for axis, found in enumerate(places):
            if len(found) == 1 < off.shape[axis]:
                where = [str(*found) if one == axis else ":" for one in range(off.ndim)]
                is_time = axis == off.ndim - 1 and over_time
                of = {"step": called, "t": where[axis], "where": ", ".join(where)}
                yield say("step-differs" if is_time else "part-differs", **of)
                return


def _like_sizes(step: str, got: Any, want: Any) -> Iterator[str]:
    """Yield whether numbers have one ratio to the expected ones, or their sizes."""
    with np.errstate(all="ignore"):
        ratios = (got / want)[np.abs(want) > 1e-6]
        finite = ratios.size > 1 and np.isfinite(ratios).all()
        steady = finite and np.ptp(ratios) <= 1e-4 * abs(ratios[0])
    if steady and abs(ratios[0] - 1) > 1e-4:
        zero = not ratios[0]
        yield say("all-zero" if zero else "times", step=step, ratio=f"{ratios[0]:.6g}")
    elif np.any(got * want < 0) and got.size > 1 and np.allclose(abs(got), abs(want), atol=1e-7):
        yield say("signs", step=step)
