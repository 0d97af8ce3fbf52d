"""Lines of code that stand alone: what they compute in the tests that have such steps."""

from collections.abc import Sequence

from backcheck.diagnosis.reading import Paste
from backcheck.diagnosis.symptoms import Likely, lines_of, written
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
    most = max(map(len, read.values()), default=0)
    if not most:
        unread = (say("lines-unread"), say("paste-whole"))
        return None, (), (*unread, say("own-network"), say("own-learning"))
    newest: dict[str, Fixture] = {}
    for test in tests:
        if len(read[test]) == most:
            newest.setdefault(test.function, test)
    own = {test: written(paste, test) for test in newest.values()}
    right = [test for test in own if not own[test]]
    changed = sorted(
        filter(None, own.values()), key=lambda one: (one.verdict == "mistake", not one.name)
    )
    first = right[0] if right else changed[0].fixture
    of = {"title": first.title, "id": first.id, "names": ", ".join(read[first]), "n": most}
    said = [say("lines-right" if right else "lines-change", **of)]
    if right[1:]:
        said.append(say("lines-too", titles=_titles(right[1:]), n=most))
    if right and changed:
        titles = _titles([one.fixture for one in changed])
        said.append(say("lines-else", titles=titles, names=of["names"]))
    return first, () if right else (changed[0],), (*said, say("lines-only"), say("paste-whole"))


def _titles(tests: Sequence[Fixture]) -> str:
    return " and in ".join(test.title for test in tests[:2])
