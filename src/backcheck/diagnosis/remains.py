"""What can be said of numbers that none of the programs tried prints."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from backcheck.diagnosis.parts import Part
from backcheck.diagnosis.placing import Placing, courses
from backcheck.diagnosis.reading import Paste, PrintedArray
from backcheck.diagnosis.result import MOST
from backcheck.diagnosis.shapes import undivided
from backcheck.fixtures import Fixture
from backcheck.over_time import stem, time
from backcheck.showing.words import pattern, say


def remains(placing: Placing, paste: Paste, parts: Iterable[Part]) -> Iterator[str]:
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
        order = reads_of(fixture)
        # What a right array is computed from was right when it was read, if it is not 0, though
        # another one may stand under its name; the first that is not right reads only such.
        telling = [step for step in right if np.any(fixture.values[step])]
        proved, open_ = above(telling, order) - {*wrong}, above(wrong, order)
        first = [n for n in order if n in open_ - proved and order[n] & order.keys() <= proved]
        # A line of a loop is right if it is so at every step.
        off = {*map(stem, order.keys() - proved)}
        also = [n for n in map(stem, order) if n not in off and pattern("gradient").search(n)]
        # A sum goes by the name of what it adds up.
        also = [re.sub(r"_sum(?:_t\d+)?$", "", name) for name in also]
        known = [*dict.fromkeys([*right, *(name for name in also if name not in wrong)])]
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


def reads_of(fixture: Fixture) -> dict[str, set[str]]:
    """Return what each step of a test reads, in their order."""
    return {one.name: {*one.reads} for one in fixture.program.steps}


def above(names: Iterable[str], reads: Mapping[str, set[str]]) -> set[str]:
    """Return some steps with all that they are computed from."""
    found = set(names)
    for name in reversed([*reads]):
        found |= reads[name] if name in found else set()
    return found


def _likeness(step: str, called: str, array: PrintedArray, fixture: Fixture) -> Iterator[str]:
    """Yield how an array resembles the expected one: a factor, a transpose, another output."""
    expected = np.shape(fixture.values[step])
    if shape := repeats(array, np.asarray(fixture.values[step], dtype=float)):
        yield say("repeated", step=called, shape=shape, expected=expected)
        return
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
        # Where a notebook prints one entry, its brackets are those of a row.
        is_entry = got.size == 1 and any(one.startswith(f"{step}[") for one in fixture.entries)
        if array.name and not is_entry:
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


def repeats(array: PrintedArray, want: Any) -> tuple[int, ...] | None:
    """Return the shape of an array each column of which is the expected one, or None."""
    shape = array.around if array.at else array.shape
    if not shape or len(shape) != 2 or want.shape != (shape[0], 1) or shape[1] < 2:
        return None
    wanted = np.broadcast_to(want, shape)[array.at or ...].ravel()
    is_whole = len(array.cells) == wanted.size
    is_alike = all(cell.covers(one) for cell, one in zip(array.cells, wanted, strict=False))
    return shape if is_whole and is_alike else None


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
