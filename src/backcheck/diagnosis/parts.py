"""Several mistakes at once, each told by the arrays that it makes wrong.

One change after the other is looked for that explains one more of the wrong arrays and leaves as
they are those that are right or explained. So more of them are found than can be tried together.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import reduce
from itertools import chain, product
from operator import or_
from typing import NamedTuple

import numpy as np

from backcheck.diagnosis.placing import CHANCE, Placing, chance
from backcheck.diagnosis.reading import PrintedArray
from backcheck.diagnosis.search import CARRIES, Effort, Search
from backcheck.fixtures import Fixture
from backcheck.mutants.mistakes import occurrences
from backcheck.mutants.mutant import Mutant, distinct
from backcheck.mutants.mutate import Form
from backcheck.program import Tree

MOST = 6
"""How many changes are put together."""

OF_LOOPS = (
    CARRIES,
    ("other-step", "gate-slope"),
    ("other-forward", "other-first"),
    ("step-alone", "sum-doubled", "other-sum"),
)
"""The mistakes of a whole loop, by where they are: in what is handed on, in the cell or what it
reads, in the sums."""


class Part(NamedTuple):
    """A change, the program with all changes up to it, and the arrays that it explains."""

    own: Mutant
    whole: Mutant
    steps: list[str]


def in_parts(placing: Placing) -> Iterator[Part]:
    """Yield what explains the wrong arrays, one change after the other, as far as it goes."""
    fixture, arrays = placing.fixture, placing.arrays
    known = {step: arrays[step] for step in placing.right}

    def printed_by(some: Mutant) -> set[str]:
        values = some.values
        return {n for n, one in arrays.items() if n in values and one.matches(values[n], True)}

    left = [step for step in arrays if step not in known]
    forms: dict[str, Tree] = {}
    changes = 0
    while left and changes < MOST:
        telling = (step for step in left if _tells(placing, step))
        tried = (_one_more(fixture, forms, {**known, step: arrays[step]}) for step in telling)
        if not (found := next(filter(None, tried), [])):
            return
        changes += 1
        printed = printed_by(found[0])
        steps = [step for step in left if step in printed]
        own = {name: tree for name, tree in found[0].forms.items() if name not in forms}
        # Of changes in several steps those are told that these arrays show.
        for name in [*own] if len(own) > 1 else ():
            fewer = {other: tree for other, tree in own.items() if other != name}
            if printed_by(Mutant(fixture, {**forms, **fewer})).issuperset((*known, *steps)):
                own = fewer
        forms |= own
        whole = Mutant(fixture, forms, changes)
        yield Part(Mutant(fixture, own), whole, steps)
        known |= {step: arrays[step] for step in steps}
        left = [step for step in left if step not in steps]


def of_lines(placing: Placing) -> list[Mutant]:
    """Return what prints some arrays of which two are wrong, each by a mistake in its own line."""
    parts = list(in_parts(placing))
    explained = [step for part in parts for step in part.steps]
    is_apart = len(parts) == 2 and all([*part.own.forms] == part.steps for part in parts)
    is_all = {*explained, *placing.right} == {*placing.arrays}
    return [parts[-1].whole] if is_apart and is_all else []


@np.errstate(all="ignore")
def of_loop(placing: Placing) -> list[Mutant]:
    """Return what prints some arrays with two or three mistakes of a whole loop, one of each kind.

    They act on all arrays at once, so none of them is told by an array of its own.
    """
    fixture = placing.fixture
    *flows, sums = (
        [{}, *(of for key, of in occurrences(fixture) if key in some)] for some in OF_LOOPS
    )
    search = Search(fixture, placing.arrays, loose=True, effort=Effort(10**9))
    summed = {name for of in sums for name in of}
    bits = reduce(or_, (search.shop.bits[search.shop.place[name]] for name in summed), 0)
    apart = [place for place in sorted(search.printed) if not search.shop.reaching[place] & bits]
    found: list[Mutant] = []
    for ways in product(*flows):
        flow = dict(chain.from_iterable(one.items() for one in ways))
        several = sum(map(bool, ways))
        # Who changes all three has no more than the sums to tell them apart.
        if several == len(ways) or len(flow) < sum(map(len, ways)):
            continue
        run = search.shop.run({name: Form(tree) for name, tree in flow.items()})
        places = filter(search.asked(run.forms).__contains__, apart)
        if not all(search.accepts(p, run.at(p)) for p in places):
            continue
        for last in sums:
            changes = several + bool(last)
            forms = flow | last
            is_new = changes > 1 and last.keys().isdisjoint(run.forms)
            if is_new and search.prints({name: Form(tree) for name, tree in forms.items()}):
                found.append(Mutant(fixture, forms, changes))
    return distinct(found)


def _tells(placing: Placing, step: str) -> bool:
    """Return whether one change that prints an array is no chance."""
    return chance([replace(placing, arrays={step: placing.arrays[step]})], 1) <= CHANCE


@np.errstate(all="ignore")
def _one_more(
    fixture: Fixture, forms: Mapping[str, Tree], printed: Mapping[str, PrintedArray]
) -> list[Mutant]:
    """Return what prints some arrays with one more change, the most likely first.

    Of a loop what has a name is tried, since all else takes seconds.
    """
    search = Search(fixture, printed, loose=True, effort=Effort(10**9))
    run = search.shop.run({name: Form(tree) for name, tree in forms.items()})
    if fixture.last:
        named = (of for _, of in occurrences(fixture) if forms.keys().isdisjoint(of))
        found = [{**run.forms, **{n: Form(tree) for n, tree in of.items()}} for of in named]
    elif forms:
        beside = search.besides(run, run.reaching, 0)
        found = [*map(dict, beside), *map(dict, search.joined(run, search.shop.several))]
    else:
        found = [*map(dict, search.one())]
    kept = [{n: form.tree for n, form in some.items()} for some in filter(search.prints, found)]
    return distinct([Mutant(fixture, some) for some in kept])
