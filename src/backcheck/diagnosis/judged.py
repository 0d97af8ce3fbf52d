"""Lines of code that stand alone: what they compute in the tests that have such steps."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from backcheck.diagnosis.pasted import each_alone, lines_of, step_of, steps_in, written
from backcheck.diagnosis.reading import Paste, with_own_code
from backcheck.diagnosis.symptoms import Likely
from backcheck.fixtures import Fixture
from backcheck.mutants.mutant import Mutant
from backcheck.program import Tree, names, parts
from backcheck.showing.words import say

MOST_WAYS = 4
"""So many lines for one name are read one by one."""


def judged(paste: Paste, tests: Sequence[Fixture]) -> Likely | None:
    """Return what pasted lines are in the tests that have the most of them, and the next step.

    One in which they are right comes first, then one in which most of them are, or are as good, or
    a mistake that has a name, then one with steps that are most like them.
    """
    if not paste.lines:
        return None
    if found := _each_way(paste, tests):
        return found
    read = {test: lines_of(paste, test) for test in tests}
    # One test is handed what another computes on the way, so gradients count first.
    counts = {test: (len(_gradients(read[test], test)), len(read[test]) > 0) for test in tests}
    most = max(counts.values(), default=(0, False))
    if not any(most):
        return None, (), (say("lines-unread"), *with_own_code(paste.hints, paste.lines))
    newest: dict[str, Fixture] = {}
    for test in tests:
        if counts[test] == most:
            newest.setdefault(test.function, test)
    own = {test: written(paste, test) for test in newest.values()}
    right = [test for test in own if not own[test]]
    changed = sorted(
        filter(None, own.values()),
        key=lambda one: (len(one.forms), one.verdict == "mistake", not one.name, -_kept(one)),
    )
    first = right[0] if right else changed[0].fixture
    n = len(read[first])
    of = {"title": first.title, "id": first.id, "names": ", ".join(read[first]), "n": n}
    said = [say("lines-right" if right else "lines-change", **of)]
    if right[1:]:
        said.append(say("lines-too", titles=_titles(right[1:]), n=n))
    if right and changed:
        titles = _titles([one.fixture for one in changed])
        said.append(say("lines-else", titles=titles, names=of["names"]))
    if left := [name for name in steps_in(paste, first) if name not in read[first]]:
        said.append(say("lines-left", names=", ".join(left)))
    wrong = () if right else each_alone(changed[0])
    return first, wrong, (*said, say("lines-only"), say("paste-whole"))


def _each_way(paste: Paste, tests: Sequence[Fixture]) -> Likely | None:
    """Judge each of several lines for one name by itself, where all of them can be read."""
    names, ways = _ways(paste.lines)
    if not 1 < len(ways) <= MOST_WAYS:
        return None
    pastes = [replace(paste, lines=way) for way in ways]
    found = [judged(way, tests) for way in pastes]
    known = [(one[0], one[1]) for one in found if one and one[0]]
    if len(known) < len(found):
        return None
    test = next((test for test, changes in known if not changes), known[0][0])
    said: dict[str, None] = {}
    changed = []
    for way in pastes:
        own, read = written(way, test), lines_of(way, test)
        changed += [own] if own else []
        for name, form in way.lines:
            step = step_of(name, test)
            if name in names and step not in read:
                return None
            of = {"line": f"{name} = {form}", "name": step}
            is_change = own is not None and step in own.forms
            says = say("lines-way-change" if is_change else "lines-way-right", **of)
            said |= {says: None} if name in names else {}
    headline = say("lines-ways", names=", ".join(names), title=test.title, id=test.id)
    return test, tuple(changed), (headline, *said, say("lines-only"))


def _ways(lines: Sequence[tuple[str, str]]) -> tuple[list[str], list[tuple[tuple[str, str], ...]]]:
    """Return the names of which several lines stand there, and the lines with one of each."""
    forms: dict[str, list[str]] = {}
    for name, form in dict.fromkeys(lines):
        forms.setdefault(name, []).append(form)
    # What goes on from the line above it is no second way.
    several = {
        name: some
        for name, some in forms.items()
        if some[1:] and not any(re.search(rf"^=|\b{name}\b", form) for form in some)
    }
    ways = [
        tuple(
            (name, form)
            for name, form in lines
            if name not in several or form == several[name][min(place, len(several[name]) - 1)]
        )
        for place in range(max(map(len, several.values()), default=0))
    ]
    return [*several], ways


def _kept(mutant: Mutant) -> int:
    """Return how many operations and names its changed steps have in common with the test's."""

    def inside(tree: Tree) -> set[Any]:
        return {*parts(tree), *names(tree)}

    was = mutant.originals
    return sum(len(inside(now) & inside(was[name])) for name, now in mutant.forms.items())


def _gradients(steps: Iterable[str], test: Fixture) -> list[str]:
    """Leave out what the forward pass computes too."""
    forward = {step.name for step in test.forward.steps}
    return [step for step in steps if step not in forward]


def _titles(tests: Sequence[Fixture]) -> str:
    return " and in ".join(test.title for test in tests[:2])
