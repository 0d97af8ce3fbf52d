"""Mistakes at some places of use: a step is right, and lines that use it have it otherwise.

Who writes a step out again in each line that needs it, such as 1 - A ** 2, can mistype one of them,
or copy the slip from one gate to the next.
The outputs that are computed from the same step and are right tell that from a mistake in the step.
"""

from collections.abc import Iterator, Mapping
from functools import reduce
from itertools import product
from operator import or_
from typing import NamedTuple

import numpy as np

from backcheck.diagnosis.reading import PrintedArray
from backcheck.diagnosis.search import Effort, Search
from backcheck.fixtures import Fixture
from backcheck.mutants.mistakes import occurrences
from backcheck.mutants.mutant import Mutant, distinct
from backcheck.mutants.mutate import Form
from backcheck.over_time import time
from backcheck.program import Tree, names, put


class Use(NamedTuple):
    """The step that is written out, the lines that have it otherwise, and all that is changed."""

    source: str
    lines: tuple[str, ...]
    forms: dict[str, Tree]


@np.errstate(all="ignore")
def at_uses(fixture: Fixture, printed: Mapping[str, PrintedArray], changes: int) -> list[Use]:
    """Return the mistakes at places of use that print some numbers, alone or beside a name."""
    search = Search(fixture, printed, loose=True, effort=Effort(10**9))
    firsts = [forms for _, forms in occurrences(fixture)] if changes == 2 else [{}]
    return [use for first in firsts for use in _beside(search, first, changes)]


@np.errstate(all="ignore")
def reading_later(fixture: Fixture, printed: Mapping[str, PrintedArray]) -> list[Mutant]:
    """Return the lines that read a gradient which is computed below them, by what they print."""
    search = Search(fixture, printed, loose=True, effort=Effort(10**9))
    shop = search.shop
    found: list[Mutant] = []
    wrong = search.printed.keys() - search.right
    for line, slot in enumerate(shop.slots):
        is_free = slot.forms and not slot.is_array
        if not is_free or not all(shop.reaching[p] & shop.bits[line] for p in wrong):
            continue
        later = [
            other.name
            for place, other in enumerate(shop.slots[line:], line)
            if not shop.reaching[place] & shop.bits[line] and time(other.name) == time(slot.name)
        ]
        for read, now in product(names(slot.original.tree), later):
            if np.shape(shop.scope[read]) == np.shape(shop.scope[now]):
                tree = put(slot.original.tree, {read: now})
                if search.prints({slot.name: Form(tree)}):
                    found.append(Mutant(fixture, {slot.name: tree}))
    return distinct(found)


def _beside(search: Search, first: Mapping[str, Tree], changes: int) -> Iterator[Use]:
    shop = search.shop
    run = shop.run({name: Form(tree) for name, tree in first.items()})
    right = {place for place in search.printed if search.accepts(place, run.at(place))}
    wrong = search.printed.keys() - right
    if not wrong or (changes == 2 and len(right) <= len(search.right)):
        return
    telling = [run.reaching[place] for place in right if np.any(run.at(place))]
    free = [place for place, s in enumerate(shop.slots) if s.forms and s.name not in ("m", *first)]
    for read in (place for place in free if not shop.slots[place].is_array):
        source = shop.slots[read]
        using = [line for line in free if shop.reads[line] >> read & 1]
        # Who writes it out with one slip does so in each line that needs it, or in all but some.
        spoilt = [line for line in using if not any(some & shop.bits[line] for some in telling)]
        for lines in (*([line] for line in using), *([spoilt] if spoilt[1:] else [])):
            bits = reduce(or_, (shop.bits[line] for line in lines))
            # The step is right if it leads to what is right another way.
            is_right = any(some & shop.bits[read] and not some & bits for some in telling)
            if not is_right or not all(run.reaching[place] & bits for place in wrong):
                continue
            for form in source.forms:
                trees = {
                    slot.name: put(slot.original.tree, {source.name: form.tree})
                    for slot in (shop.slots[line] for line in lines)
                }
                if search.prints({**run.forms, **{name: Form(t) for name, t in trees.items()}}):
                    yield Use(source.name, tuple(trees), {**first, **trees})
