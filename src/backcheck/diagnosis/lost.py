"""What an answer says of outputs that hold nan or inf."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from backcheck.diagnosis.explain import asked_for
from backcheck.diagnosis.placing import spelled
from backcheck.diagnosis.remains import above, reads_of
from backcheck.diagnosis.result import Diagnosis
from backcheck.mutants.mutant import Mutant
from backcheck.over_time import stem
from backcheck.showing.words import covered, say


def with_lost(found: Diagnosis, lost: Sequence[str]) -> Diagnosis:
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
    asks, rest = asked_for(found, left), found.remarks
    if asks in rest:
        again = asked_for(found, [name for name in left if name not in steps])
        rest = (*(one for one in rest if one != asks), *filter(None, [again]))
    if not own.keys().isdisjoint(steps) and (kept := tuple(filter(loses, found.candidates))):
        return replace(
            found, candidates=kept, remarks=(say("lost", names=names, n=n), *page, *rest)
        )
    begins = tuple(_where_lost(found, steps))
    tells = say("not-finite", names=names, n=n)
    if not found.arrays and not found.headline:
        known = [] if found.fixture or covered() in rest else [covered()]
        return replace(found, headline=tells, remarks=(*page, *rest, *known))
    outputs = [name for name in steps if name in own]
    # What begins behind the change comes of another one.
    if not begins and any(_is_above(one, outputs) for one in found.candidates):
        found = replace(found, verdict="unexplained", candidates=(), headline="")
    if found.verdict != "expected":
        return replace(found, remarks=(tells, *begins, *page, *rest))
    right, is_right = ", ".join(found.arrays), say("is", n=len(found.arrays))
    said = say("right-but-lost", right=right, is_right=is_right, names=names, n=n)
    # What a test accepts beside the right numbers says nothing of those that are lost.
    remarks = (*begins, *page) if page else (tells, *begins)
    return Diagnosis("unexplained", found.fixture, (), remarks, found.arrays, headline=said)


def _where_lost(found: Diagnosis, lost: Sequence[str]) -> Iterator[str]:
    """Yield the first step that goes into all outputs that are lost, and into none that is not."""
    order = reads_of(found.fixture) if found.fixture and found.arrays else {}
    if not order.keys() >= {*lost}:
        return
    common = set.intersection(*(above([step], order) for step in lost)) & order.keys()
    common -= above(found.arrays, order)
    first = [name for name in order if name in common and common.isdisjoint(order[name])]
    if names := [*dict.fromkeys(map(stem, first))]:
        yield say("lost-first", names=", ".join(names), n=len(names))


def _is_above(mutant: Mutant, names: Sequence[str]) -> bool:
    """Return whether a change is above all of some outputs: none of them comes of another one."""
    order = reads_of(mutant.fixture)
    return bool(names) and all(not above([n], order).isdisjoint(mutant.forms) for n in names)
