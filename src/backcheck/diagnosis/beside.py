"""What a text shows beside its numbers: the dictionary that is returned, and numbers it quotes."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from backcheck.diagnosis.lines import same
from backcheck.diagnosis.pasted import agreeing, lines_of
from backcheck.diagnosis.placing import spelled
from backcheck.diagnosis.reading import Paste, PrintedArray
from backcheck.diagnosis.search import is_right
from backcheck.diagnosis.symptoms import of_type
from backcheck.fixtures import Fixture
from backcheck.mutants.mutant import Mutant
from backcheck.showing.words import pattern, say


def of_keys(stored: Mapping[str, str], test: Fixture) -> Iterator[str]:
    """Yield what is wrong with a dictionary that holds most of what a test reads."""
    asked = [name for name in test.expected if pattern("gradient").search(name)]
    missing = [name for name in asked if name not in stored]
    if 2 * len(missing) >= len(asked):
        return
    for key, name in stored.items():
        if key in asked and name in asked and name != key:
            yield say("key-of-other", stored=key, name=name)
    others = [key for key in stored if key not in test.expected]
    like = {name: next((k for k in others if _plain(k) == _plain(name)), "") for name in missing}
    for name, key in like.items():
        yield say("key-spelled" if key else "key-missing", name=name, stored=key)
    beyond = [key for key in others if key not in like.values()]
    if beyond and test.comparisons[-1].exact_keys:
        yield say("keys-beyond", names=", ".join(beyond), n=len(beyond))


def of_cache(unpacked: Sequence[str], test: Fixture) -> Iterator[str]:
    """Yield where a line takes the cache of a test apart in another order."""
    # A test that is made here may have no call.
    call = "".join(test.call[:1])
    handed = re.search(r"(?<=, )\(((?:\w+|\{[^{}]*\})(?:, (?:\w+|\{[^{}]*\}))+)\)", call)
    due = re.findall(r"\w+", re.sub(r"\{[^{}]*\}", "parameters", handed[1])) if handed else []
    off = [
        place for place, (own, name) in enumerate(zip(unpacked, due, strict=False)) if own != name
    ]
    if off and sorted(unpacked) == sorted(due):
        own, names = (", ".join(some[off[0] : off[-1] + 1]) for some in (unpacked, due))
        yield say("cache-order", names=own, due=names)


def _plain(name: str) -> str:
    return name.lower().replace("_", "")


def of_other_edition(
    paste: Paste, arrays: Collection[PrintedArray], test: Fixture, tests: Sequence[Fixture]
) -> Iterator[str]:
    """Yield of which test those numbers are that a text has besides those it has from `test`.

    A number that the text expects may be another output of the test, under an older name.
    """
    own = {array.numbers for array in arrays}
    others = [one for one in (*paste.arrays, *paste.quoted) if one.numbers not in own]

    for one in others:
        steps = (n for n in test.expected if n != one.name and one.matches(test.values[n]))
        if one.name in test.expected and one.expected and (step := next(steps, "")):
            yield say("older-expected", name=one.name, step=step)
            return

    def expects(other: Fixture) -> bool:
        steps = [(spelled(one.name or "", other.expected), one) for one in others]
        return all(step and is_right(other, step, one, loose=True) for step, one in steps)

    if len(others) > 1 and not expects(test):
        for other in [one for one in tests if expects(one)][:1]:
            of = {"title": other.title, "id": other.id}
            right = say("other-edition", **of)
            yield right if other.is_gradient else say("other-edition-wrong", **of, page=other.page)


def as_told(
    mutants: Sequence[Mutant], paste: Paste, fixture: Fixture
) -> tuple[Sequence[Mutant], str]:
    """Keep the programs that do what pasted lines do and leave right what a text calls right.

    Behind them stands what is to be known of that, or ``""``.
    """
    kept = agreeing(mutants, lines, fixture) if (lines := lines_of(paste, fixture)) else []
    kept = kept or [*mutants]
    steps = [spelled(name, fixture.expected) for name in paste.right]
    right = [step for step in steps if step]
    told = [
        one
        for one in kept
        if all(
            step in one.values and same(one.values[step], fixture.values[step]) for step in right
        )
    ]
    if not told or len(told) == len(kept):
        return kept, ""
    return told, say("told-right", names=", ".join(right), n=len(right))


def of_failing(paste: Paste, arrays: Collection[str], test: Fixture) -> Iterator[str]:
    """Yield what it means that a test complains where the printed numbers are right."""
    if kind := pattern("own-type").search(paste.frame.statement):
        yield from of_type(**kind.groupdict())
    said = [f"Wrong {kind} for {name}" for kind, name in paste.failing if name in arrays]
    if said and paste.failing[0][0] == "values":
        yield say("other-inputs", said=said[0])
    elif paste.rejected:
        left = [name for name in test.expected if name not in arrays]
        also = f"{', '.join(left)}, " if left else ""
        yield say("more-compared", also=also)
