"""What is said of a reader's function that its test accepts."""

from dataclasses import replace

import numpy as np

from backcheck.diagnosis.calling import handing
from backcheck.diagnosis.diagnose import diagnose
from backcheck.diagnosis.lines import Trace, first_wrong
from backcheck.diagnosis.returned import first_complaint, unusable
from backcheck.diagnosis.running import CASES, FOUR_DIGITS, LARGER, Ran
from backcheck.fixtures import ids, load
from backcheck.showing.words import pattern, say


def wrong_on(ran: Ran) -> Trace | None:
    """Return how a function fails on a real forward pass, whatever its test says, or None."""
    made = ran.traces.get(ran.name, []) if ran.fixture.is_gradient else []
    return first_wrong([_as_numbers(one) for one in made[: CASES - 1]], FOUR_DIGITS)


def _as_numbers(trace: Trace) -> Trace:
    """Return what a function did with the brackets left out that its test leaves open."""
    free = trace.test.comparisons[-1].of_any_shape
    numbers = {n: v.reshape(()) for n, v in trace.outputs.items() if n in free and v.size == 1}
    return replace(trace, outputs={**trace.outputs, **numbers})


def beside_passing(ran: Ran) -> str:
    """Return what a test that accepts a function does not see: a mistake, or what was supplied."""
    if wrong := wrong_on(ran):
        where, more = say("other-passes"), ""
        if not any(wrong.arrays is one.arrays for one in ran.traces[ran.name][:LARGER]):
            where = say("other-sizes")
            if deeper := ran.fixture.deeper:
                where, more = deeper.title, say("loop-runs-once")
        does = say(
            "stops-with" if wrong.error else "other-gradient", name=ran.name, error=wrong.error
        )
        return f"{say('passes-wrongly', where=where, does=does)} {more}".rstrip()
    free = ran.fixture.comparisons[-1].of_any_shape
    if single := [n for n in free if np.shape(ran.outputs[n].array) > ()]:
        return say("left-open", names=" and ".join(single), n=len(single))
    if of_forward := _beside_own_forward(ran):
        return of_forward
    tested = {load(id).function for id in ids()}
    names = [one for one in ran.taken.missing if one in tested]
    if not names:
        return ""
    supplied = say("supplied", names=" and ".join(names), n=len(names), name=ran.name)
    # What is supplied calls none of the reader's own.
    left = [one for one in ran.taken.uncalled if pattern("layer-helper").fullmatch(one)]
    beside = [say("uncalled", names=" and ".join(left), n=len(left))] if left else []
    return " ".join([supplied, *beside])


def _beside_own_forward(ran: Ran) -> str:
    """Return what a function does with the cache of the reader's own forward function, if wrong."""
    fixture, own = ran.fixture, ran.of_forward
    complaint = first_complaint(fixture, own) if own else ""
    if not complaint:
        return ""
    forward, _ = handing(fixture)
    usable = {name: one.array for name, one in own.items() if not unusable(fixture, name, one)}
    found = diagnose(usable, fixture, 1) if usable else None
    causes = [line for one in found.candidates[:1] for line in one.shown] if found else []
    said = say("own-forward", name=ran.name, forward=forward, complaint=complaint)
    return " ".join([said, *(causes or [say("own-forward-look", forward=forward)])])
