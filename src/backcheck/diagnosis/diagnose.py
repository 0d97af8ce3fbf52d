"""From pasted numbers to the programs that print them.

`diagnose` reads a text or a dictionary of gradients, finds the fixture they come from, and
searches the mutants of its backward pass, the simplest first, for all that print exactly those
digits. What it finds is judged by the referee, not by the test.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from numpy.typing import ArrayLike

from backcheck.diagnosis import differences
from backcheck.diagnosis.apart import apart, in_quoted_edition
from backcheck.diagnosis.beside import of_cache, of_failing, of_keys, of_other_edition
from backcheck.diagnosis.explain import by_name, explain, first_of_each
from backcheck.diagnosis.helpers import said_of
from backcheck.diagnosis.judged import judged
from backcheck.diagnosis.lost import with_lost
from backcheck.diagnosis.pasted import each_alone, written
from backcheck.diagnosis.placing import courses, fits_any, is_entry, newest, placings
from backcheck.diagnosis.reading import (
    Paste,
    from_arrays,
    has_code,
    of_lines,
    read,
    with_own_code,
)
from backcheck.diagnosis.result import Diagnosis, matches, telling
from backcheck.diagnosis.search import MOST_TRIED, Effort
from backcheck.diagnosis.shapes import misshapen, undivided
from backcheck.diagnosis.subjects import subjects
from backcheck.diagnosis.symptoms import Clash, Likely, clash_of, likely_mutants, tested_by, told
from backcheck.diagnosis.uncovered import not_covered
from backcheck.fixtures import Fixture, load
from backcheck.mutants.steps import sound
from backcheck.over_time import cell_of
from backcheck.showing.words import covered, pattern, say


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
    named = explain(paste, own, changes, effort) if own else None
    found = named if named and named.candidates else None
    # Two changes take seconds, and are not tried again where the function's own tests fit.
    most = min(changes, 1) if named and named.fixture else changes
    found = found or _by_test(paste, tests, most, effort) or explain(paste, tests, most, effort)
    if not found and len(first := first_of_each(paste)) < len(paste.arrays):
        # A message that is cut off quotes arrays of another call.
        found = explain(replace(paste, arrays=first), tests, changes, effort)
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
    found = with_lost(found, paste.lost) if paste.lost else found
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
    if found.verdict == "unexplained" or not found.fixture:
        return replace(found, remarks=(*wrong, *found.remarks))
    arrays = found.arrays
    # What is printed besides may be explained as well, as of another call.
    beside = paste if found.verdict == "expected" else replace(paste, arrays=())
    others = of_other_edition(beside, arrays.values(), found.fixture, tests)
    if found.verdict == "explained":
        remarks = (*wrong, *of_lines(paste.hints), *others, *found.remarks)
        return replace(found, remarks=remarks)
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
    own = [one for one in (*of.remarks, *telling(found.remarks)) if one != covered()]
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
        of = _right(found, found.fixture)
        headline = say("right-but-stopped", error=paste.error[:80], **of)
        return replace(
            found, verdict="unexplained", candidates=(), remarks=causes, headline=headline
        )
    return replace(found, remarks=(*telling(found.remarks), beside, *causes)) if causes else found


def _with_calls(found: Diagnosis, paste: Paste) -> Diagnosis:
    """Return an answer that explains nothing with what the calls of helpers show."""
    if found.verdict != "unexplained":
        return found
    spoke = bool(paste.error or paste.failing or found.arrays)
    if not (said := said_of(paste.calls, found.remarks, only_wrong=spoke)):
        return found
    if spoke or found.candidates or telling([found.headline]):
        last = [one for one in found.remarks if one == covered()]
        rest = [one for one in found.remarks if one not in last]
        # Of numbers that nothing explains, a call that is wrong says most.
        told = (*said, *rest) if found.arrays else (*rest, *said)
        return replace(found, remarks=(*told, *last))
    others = (*said[1:], *telling(found.remarks), say("lines-only"), say("paste-whole"))
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
    ahead = {step.name for step in test.forward.steps} if test else {}
    is_ahead = all(step in ahead for one in candidates for step in one.forms)
    is_own = paste.defined and not any(map(_is_of_course, paste.defined))
    if test and is_own and is_ahead:
        said = (*with_own_code(paste.hints, paste.lines), covered())
        return Diagnosis("unexplained", None, (), said, headline=say("own-functions"))
    learning = [hint for hint in paste.hints if hint == say("own-learning")]
    more += [*of_lines(paste.hints), *learning] if test else [covered()]
    more += [says for _, says, _ in subjects() if says in paste.nothing]
    return Diagnosis("unexplained", test, candidates, tuple(more), headline=headline)


def _is_of_course(function: str) -> bool:
    """Return whether a function has the name of one that a notebook has."""
    known = (pattern("known-function"), pattern("course-function"))
    return any(one.fullmatch(function) for one in known)


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
    called = _called(paste, single)
    other = _for_another(stored["name"], clash, called)
    return undivided(alone, single) or misshapen(alone, called) or other


def _for_another(name: str, clash: Clash, tests: Iterable[Fixture]) -> Likely | None:
    """Return that an array has its own shape, and stands where another has to."""
    _, own, due = clash
    for test in tests:
        shapes = {step: value.shape for step, value in test.expected.items()}
        others = [step for step, shape in shapes.items() if shape == due]
        if shapes.get(name) == own and others:
            of = {"name": name, "own": own, "due": due, "others": " or ".join(others)}
            return None, (), (say("stored-other", **of),)
    return None


def _called(paste: Paste, tests: Iterable[Fixture]) -> list[Fixture]:
    """Return the tests of the function that a frame is of, or of the cell that its loop calls."""
    own = paste.frame.function
    return [test for test in tests if test.function in (own, cell_of(own))]


def _tested(paste: Paste, tests: Sequence[Fixture]) -> Sequence[Fixture]:
    """Return the tests that a message can come from."""
    spoken_of = (paste.frame.function, paste.function)
    elsewhere = [t for other in courses()[1:] for t in other if t.function in spoken_of]
    return tested_by(paste, elsewhere or tests)


def _by_test(
    paste: Paste, tests: Sequence[Fixture], changes: int, effort: Effort
) -> Diagnosis | None:
    """Return what the arrays of each test are, if they are of several or a message names one."""
    groups = apart(paste, tests)
    tried = (explain(some, its, changes, effort) for its, some in groups.items())
    found = _in_common(list(filter(None, tried)))
    if not found or (len(groups) == 1 and found[0].verdict == "unexplained"):
        return None
    first, *others = found
    of = ((", ".join(answer.arrays), len(answer.arrays), answer.said) for answer in others)
    remarks = (say("other-call", names=names, n=n, said=said) for names, n, said in of)
    return replace(first, remarks=(*first.remarks, *remarks))


def _in_common(found: list[Diagnosis]) -> list[Diagnosis]:
    """Return explanations of several calls with the changes that explain all, if there are any."""
    if any(one.verdict != "explained" for one in found) or len(found) < 2:
        return found
    shown = [{candidate.shown for candidate in one.candidates} for one in found]
    common = set.intersection(*shown)
    kept = [tuple(c for c in one.candidates if c.shown in common) for one in found]
    pairs = zip(found, kept, strict=True)
    return [replace(one, candidates=some) for one, some in pairs] if common else found


def _still_open(found: Diagnosis, paste: Paste, tests: Sequence[Fixture]) -> Diagnosis | None:
    """Return what a message says beside right arrays, which no longer speaks of these."""
    left = [name for _, name in paste.failing if name not in found.arrays]
    if not left and _causes(paste, printed=True):
        return None
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
    other = explain(paste, others, min(changes, 1), effort)
    if not other or not other.candidates:
        return None
    found = found or Diagnosis("unexplained", asked)
    return replace(found, remarks=(*telling(found.remarks), say("elsewhere", title=other.title)))


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
            found = explain(paste, some, few, effort)
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
    tested, arrays = _tested(paste, tests), by_name(paste)
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
