"""Lines of code that stand alone: what they compute in the tests that have such steps."""

from collections.abc import Iterable, Sequence

from backcheck.diagnosis.pasted import lines_of, steps_in, written
from backcheck.diagnosis.reading import Paste, with_own_code
from backcheck.diagnosis.symptoms import Likely
from backcheck.fixtures import Fixture
from backcheck.showing.words import say


def judged(paste: Paste, tests: Sequence[Fixture]) -> Likely | None:
    """Return what pasted lines are in the tests that have the most of them, and the next step.

    One in which they are right comes first, then one in which they are as good, then one in which
    they are a mistake that has a name.
    """
    if not paste.lines:
        return None
    read = {test: lines_of(paste, test) for test in tests}
    # One test is handed what another computes on the way, so gradients count first.
    counts = {test: (len(_gradients(read[test], test)), len(read[test]) > 0) for test in tests}
    most = max(counts.values(), default=(0, False))
    if not any(most):
        return None, (), (say("lines-unread"), *with_own_code(paste.lines))
    newest: dict[str, Fixture] = {}
    for test in tests:
        if counts[test] == most:
            newest.setdefault(test.function, test)
    own = {test: written(paste, test) for test in newest.values()}
    right = [test for test in own if not own[test]]
    changed = sorted(
        filter(None, own.values()), key=lambda one: (one.verdict == "mistake", not one.name)
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
    return first, () if right else (changed[0],), (*said, say("lines-only"), say("paste-whole"))


def _gradients(steps: Iterable[str], test: Fixture) -> list[str]:
    """Leave out what the forward pass computes too."""
    forward = {step.name for step in test.forward.steps}
    return [step for step in steps if step not in forward]


def _titles(tests: Sequence[Fixture]) -> str:
    return " and in ".join(test.title for test in tests[:2])
