"""The programs that print some arrays, on any of the tests that have such."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from dataclasses import replace
from functools import cache, partial
from typing import Any

import numpy as np

from backcheck.diagnosis.beside import as_told
from backcheck.diagnosis.parts import in_parts, of_lines, of_loop
from backcheck.diagnosis.placing import (
    CHANCE,
    HOPELESS,
    Placing,
    chance,
    elsewhere,
    evidence,
    most_likely,
    most_used,
    newest,
    placed_on,
    spelled,
)
from backcheck.diagnosis.reading import Paste, PrintedArray
from backcheck.diagnosis.remains import remains, repeats
from backcheck.diagnosis.result import Diagnosis, matches
from backcheck.diagnosis.search import (
    FEW_TRIED,
    MOST_TRIED,
    SOME_TRIED,
    Effort,
    explanations,
    is_right,
)
from backcheck.diagnosis.uses import at_uses, reading_later
from backcheck.fixtures import Fixture
from backcheck.mutants.formulas import fingerprint
from backcheck.mutants.mistakes import occurrences
from backcheck.mutants.mutant import Mutant, distinct
from backcheck.mutants.steps import sound
from backcheck.over_time import stem
from backcheck.showing.words import covered, say

ROUNDED = 6
"""So many decimals, or fewer, are printed where fewer are asked for than numpy's eight."""


def explain(
    paste: Paste, tests: Sequence[Fixture], changes: int, effort: Effort
) -> Diagnosis | None:
    """Return the simplest explanation on any of the tests; None if none has such arrays."""
    paste = _without_expected(paste, tests)
    placed = placed_on(paste, tests, named=True)
    named = bool(placed)
    placed = placed or placed_on(paste, tests, named=False)
    placed = most_used([placing for placing in placed if placing.possible])
    if not placed:
        return None
    search = cache(partial(_search, effort=effort))
    remarks: list[str] = []

    def is_known(one: Placing) -> bool:
        return one.is_known(paste, named)

    def is_likely(one: Placing) -> bool:
        return is_known(one) or (named and one.named and one.fitting > 0)

    best = max(placed, key=lambda placing: (len(placing.right), placing.fitting))
    best = _on_gradient(best, placed)
    alike = {test.function: test for test in _as_close(best, placed)}
    for tried, loose, some in _plan(placed, is_likely, changes):
        if tried == 2 and not loose and changes and (quick := _quick(best, changes, alike)):
            return quick
        random = chance(some, tried, loose)
        if random > HOPELESS:
            said = _too_little("too-few", some[0], paste)
            if tried < 2:
                arrays = by_name(paste)
                return Diagnosis("unexplained", None, (), (covered(),), arrays, headline=said)
            remarks = [said]
            break
        if tried == 2 and some:
            known = list(filter(is_known, some))
            named_too = any(one.named for one in known)
            effort.begin(MOST_TRIED if named_too else SOME_TRIED if known else FEW_TRIED)
        found: dict[Fixture, Diagnosis] = {}
        for placing in some:
            answer = _answer(placing, tried, loose, search)
            before = found.get(placing.fixture)
            if answer and (not before or answer.candidates[0].rank < before.candidates[0].rank):
                found[placing.fixture] = answer
                # Two changes take long, so the first place that explains the numbers is kept.
                if tried == 2:
                    break
        if tried == 2 and effort.spent:
            remarks = [say("stopped")]
        if found:
            doubted = some[:1] if random > CHANCE else _doubted(some, tried, loose)
            unsure = [_too_little("chance", some[0], paste, one) for one in doubted[:1]]
            answer = _chosen(list(found.values()), paste)
            return replace(answer, remarks=(*unsure, *answer.remarks, *remarks))
    if changes == 2 and (used := _used(best, 2)):
        return used
    parts = list(in_parts(best)) if len(best.arrays) > 1 else []
    if changes == 2 and parts and all(matches(parts[-1].whole, best.arrays).values()):
        return Diagnosis("explained", best.fixture, (parts[-1].whole,), (), best.arrays)
    if not best.fitting and len(tests) > 1:
        return None
    foreign = not best.named or (not is_known(best) and 2 * best.fitting < len(best.arrays))
    if len(tests) > 1 and not best.right and foreign:
        return Diagnosis("unexplained", None, (), (*remarks, covered()), by_name(paste))
    told = list(remains(best, paste, parts))
    alike = {} if best.right else alike
    # What is right, or explained in part, is so by the cache of the test.
    remarks += told or ([] if len(alike) > 1 else of_inputs(best.fixture))
    remarks += [] if best.right else [covered()]
    named_as = " and ".join(f"{one.title} ({one.id})" for one in alike.values())
    closest = say("closest", tests=named_as, n=len(alike)) if alike else ""
    headline = "" if len(alike) < 2 and (len(tests) < 2 or is_known(best)) else closest
    return Diagnosis(
        "unexplained", best.fixture, (), tuple(remarks), best.arrays, headline=headline
    )


def _without_expected(paste: Paste, tests: Iterable[Fixture]) -> Paste:
    """Leave out what stands there again if it is all that a test expects: a text quotes that."""
    first = first_of_each(paste)
    own = {*map(id, first)}
    again = [array for array in paste.arrays if id(array) not in own]

    def expects(test: Fixture, array: PrintedArray) -> bool:
        name = str(array.name)
        step = name if name in test.expected else spelled(name, test.expected)
        return bool(step) and is_right(test, step, array, loose=True)

    is_quoted = again and any(all(expects(test, one) for one in again) for test in tests)
    return replace(paste, arrays=first) if is_quoted else paste


def first_of_each(paste: Paste) -> tuple[PrintedArray, ...]:
    """Return the first array of each name, and those without one."""
    named = {one.name: one for one in reversed(paste.arrays)}
    return tuple(one for one in paste.arrays if not one.name or named[one.name] is one)


def by_name(paste: Paste) -> dict[str, PrintedArray]:
    """Return the pasted arrays by their names, or their places."""
    arrays = enumerate(paste.arrays, 1)
    return {array.name or say("nameless", place=place): array for place, array in arrays}


def _as_close(best: Placing, placed: Sequence[Placing]) -> Iterator[Fixture]:
    """Yield the tests of which as many arrays are right and fit, the newest of a function last."""
    yield best.fixture
    of = (len(best.right), best.fitting)
    yield from (one.fixture for one in reversed(placed) if (len(one.right), one.fitting) == of)


def _used(placing: Placing, changes: int) -> Diagnosis | None:
    """Return the mistakes at places of use, which what is right beside them tells."""
    fixture, arrays, right = placing.fixture, placing.arrays, placing.right
    wrong = {step: array for step, array in arrays.items() if step not in right}
    is_open = wrong and (right or changes == 2)
    if not is_open or chance([replace(placing, arrays=wrong)], changes, True) > CHANCE:
        return None
    if not (found := at_uses(fixture, arrays, changes)):
        return None
    candidates = distinct([Mutant(fixture, use.forms, changes) for use in found])
    lines = [*map(stem, found[0].lines)]
    of = {"source": stem(found[0].source), "lines": ", ".join(lines)}
    said = say("at-use", **of, n=len(lines))
    return Diagnosis("explained", fixture, tuple(candidates), (said,), arrays)


def _quick(placing: Placing, changes: int, alike: Sized) -> Diagnosis | None:
    """Return what takes no search for two changes: each in a line of its own, or of a loop.

    What fits the tests of several functions `alike` is looked for in all of them.
    """
    if used := _used(placing, 1):
        return used
    fixture, arrays = placing.fixture, placing.arrays

    def is_told(spent: int) -> bool:
        return chance([placing], spent, True) <= CHANCE

    if is_told(1) and (later := reading_later(fixture, arrays)):
        return Diagnosis("explained", fixture, tuple(later), (), arrays)
    several = of_loop if fixture.last else of_lines
    if changes == 2 and len(alike) == 1 and is_told(2) and (found := several(placing)):
        return Diagnosis("explained", fixture, tuple(found), (say("stopped"),), arrays)
    return None


def of_inputs(fixture: Fixture) -> list[str]:
    """Return what to compare where nothing is right: what was drawn last, and a loop's cache."""
    said = [say("inputs-first", **first)] if (first := fixture.drawn_last) else []
    if fixture.last:
        made = dict.fromkeys(stem(name) for name in fixture.arrays if stem(name).endswith("_next"))
        own = fixture.function
        of = {"function": own, "forward": own.replace("backward", "forward")}
        said.append(say("cache-first-wrong", names=" and ".join(made), **of))
    return said


def _on_gradient(best: Placing, placed: Iterable[Placing]) -> Placing:
    """Return the placing on the edition that accepts a gradient, if nothing is of the other alone.

    What is right in the other one may be what the gradient prints where nothing is carried.
    """
    of = sound(best.fixture)
    others = [placing for placing in placed if placing.fixture is of]
    if best.fixture is of or not others or not of.last:
        return best
    *_, carry = (forms for key, forms in occurrences(of) if key == "carry-left-out")
    values = Mutant(of, carry).values
    is_own = any(not best.arrays[step].matches(values[step], True) for step in best.right)
    return best if is_own else others[0]


def _doubted(placed: Iterable[Placing], changes: int, loose: bool) -> list[Placing]:
    """Return the wrong arrays of each placing, if they could be chance where the others are right.

    Programs that leave right arrays as they are print the other ones, whatever these are.
    """
    wrong = (
        replace(one, arrays={n: array for n, array in one.arrays.items() if n not in one.right})
        for one in placed
        if one.right
    )
    said = (one for one in wrong if changes and one.arrays and evidence(one)["n"])
    return [one for one in said if chance([one], changes, loose) > CHANCE]


def _too_little(key: str, placing: Placing, paste: Paste, telling: Placing | None = None) -> str:
    """Return the sentence that says how little some numbers pin down, and what to paste."""
    left = [name for name in placing.fixture.expected if name not in placing.arrays]
    named = left and any(array.name for array in paste.arrays)
    more = say("more-outputs", outputs=" and ".join(left[:2])) if named else say("more-digits")
    found = evidence(telling or placing)
    if not found["n"]:
        return say("zeros-of-loop" if placing.fixture.last and not left else "zeros", more=more)
    return say(key, more=more, **found)


def _plan(
    placed: list[Placing], is_likely: Callable[[Placing], bool], changes: int
) -> Iterator[tuple[int, bool, list[Placing]]]:
    """Yield what is tried, the simplest first: how many changes, whether loosely, and where.

    Two changes take seconds, and are tried where a name, or all else, speaks for the test.
    """
    few = range(min(changes, 1) + 1)
    yield from ((tried, False, placed) for tried in few)
    yield 0, False, [other for placing in placed if (other := elsewhere(placing))]
    yield from ((tried, True, placed) for tried in few)
    likely = filter(is_likely, most_likely(placed)) if changes == 2 else ()
    near = [placing for placing in likely if placing.can_be_printed]
    yield 2, False, near
    yield 2, True, [placing for placing in near if placing.partial]


def _search(placing: Placing, changes: int, effort: Effort) -> list[Mutant]:
    """Return what prints strictly or loosely: one search does for both."""
    fixture, names = placing.fixture, placing.printed_as
    loose = changes < 2 or placing.partial
    found = explanations(fixture, placing.arrays, changes, loose, effort)
    return [Mutant(fixture, forms, changes + bool(names), names) for forms in found]


def _answer(
    placing: Placing, changes: int, loose: bool, search: Callable[[Placing, int], list[Mutant]]
) -> Diagnosis | None:
    fixture, arrays = placing.fixture, placing.arrays
    found = search(placing, changes)
    if not loose:
        found = [
            mutant
            for mutant in found
            if all(
                step in mutant.values and array.matches(mutant.values[step])
                for step, array in arrays.items()
            )
        ]
    if not found:
        return None
    remarks = tuple(_names_to_know(placing))
    if changes or placing.printed_as:
        found = sorted(distinct(found), key=lambda one: _unlikely(one, arrays))
        return Diagnosis("explained", fixture, tuple(found), remarks, arrays)
    others = [
        mutant
        for mutant in _one_change(fixture, arrays, loose)
        if mutant.named and mutant.outcome.word == "passes"
    ]
    candidates = (Mutant(fixture, {}, 0), *others)
    return Diagnosis("expected", fixture, candidates, (*remarks, *_hidden(fixture, others)), arrays)


def _unlikely(mutant: Mutant, arrays: Mapping[str, PrintedArray]) -> tuple[bool, bool]:
    """Return a key that sorts last what prints one number with brackets that were left out.

    Before it comes what a test would first blame for the shape of an output that is not pasted.
    """
    shapes = {name: np.shape(value) for name, value in mutant.values.items()}
    others = ((n, one.shape) for n, one in mutant.fixture.expected.items() if n not in arrays)
    is_bare = any(shapes[step] for step, array in arrays.items() if array.shape == ())
    return is_bare, any(shapes.get(name) != shape for name, shape in others)


def _one_change(
    fixture: Fixture, arrays: Mapping[str, PrintedArray], loose: bool = False
) -> list[Mutant]:
    return distinct([Mutant(fixture, forms) for forms in explanations(fixture, arrays, 1, loose)])


def _names_to_know(placing: Placing) -> Iterator[str]:
    """Yield what to know of older names."""
    said = [say("older-name", name=name, step=step) for step, name in placing.renamed.items()]
    if said:
        yield say("older-names", names=", and ".join(said))


def _chosen(found: list[Diagnosis], paste: Paste) -> Diagnosis:
    """Return the best of several explanations, and mention the other tests."""
    best = min(found, key=lambda answer: _preference(answer, paste))
    others = [answer for answer in found if answer is not best]
    remarks = list(best.remarks)
    if best.verdict == "explained" and best.fixture:
        kept, said = as_told(best.candidates, paste, best.fixture)
        best = replace(best, candidates=tuple(kept))
        remarks += [said] if said else []
    first, arrays = best.candidates[0], best.arrays
    if best.verdict == "explained":
        remarks += [*_misplaced(first, arrays), *_nearly(first, arrays)]
    same = [
        answer.candidates[0].fixture.title
        for answer in others
        if answer.candidates[0].changed == first.changed
    ]
    if same:
        remarks.append(say("same-numbers", titles="; ".join(same)))
    told = [spelled(name, first.fixture.expected) for name in paste.right]
    left = [n for n in first.fixture.expected if n not in arrays and n not in told]
    if best.verdict == "expected" and _ends_early(first.fixture, arrays, len(left)):
        remarks.append(say("ends-early", outputs=", ".join(left), are=say("is", n=len(left))))
    if flat := _flattened(best):
        return flat
    own = [cell.own for array in arrays.values() for cell in array.cells if cell.value]
    digits = max(own, default=0)
    if best.verdict == "expected" and 1 < digits <= ROUNDED and 2 * own.count(digits) >= len(own):
        remarks.append(say("rounded", digits=digits))
    if best.verdict == "explained" and (asks := asked_for(best, left)):
        remarks.append(asks)
    return replace(best, remarks=tuple(remarks))


def asked_for(answer: Diagnosis, left: Sequence[str]) -> str:
    """Return the sentence that asks for what tells the candidates apart best, or ``""``."""
    firsts = [first for first, *_ in answer.groups]
    kinds = {name: len({fingerprint(one.values.get(name, ())) for one in firsts}) for name in left}
    telling = sorted((name for name in left if kinds[name] > 1), key=lambda name: -kinds[name])
    return say("paste-more", outputs=" and ".join(telling[:2])) if telling else ""


def _ends_early(fixture: Fixture, arrays: Mapping[str, PrintedArray], n: int) -> bool:
    """Return whether the outputs that are computed last are left out, and nothing else."""
    order = [step.name for step in fixture.program.steps if step.name in fixture.expected]
    return n > 1 and len(arrays) > 2 and {*order[:-n]} == arrays.keys()


def _preference(answer: Diagnosis, paste: Paste) -> tuple[Any, ...]:
    """Return a key: the test that is named, few changes, few names that differ, printed outputs."""
    first = answer.candidates[0]
    other_test = bool(paste.function) and first.fixture.function != paste.function
    translated = sum(array.name not in (None, step) for step, array in answer.arrays.items())
    unprinted = all(entry.rule != "printed" for entry in first.fixture.comparisons)
    return other_test, first.rank[:3], translated, unprinted


def _misplaced(mutant: Mutant, arrays: Mapping[str, PrintedArray]) -> Iterator[str]:
    """Yield which of the arrays are right, but are those of another output.

    What other lines read, or is wrong because of another line, is not wrong by its key alone.
    """
    fixture, values = mutant.fixture, mutant.fixture.values
    read = {name for step in fixture.program.steps for name in step.reads}
    own = mutant.forms.keys() - read if len(mutant.forms) == mutant.changes else set()
    for step, array in ((step, array) for step, array in arrays.items() if step in own):
        for name in fixture.expected:
            if name != step and array.name == step and array.matches(values[name]):
                yield say("misplaced", step=step, name=name)


def _flattened(found: Diagnosis) -> Diagnosis | None:
    """Return what is said of right numbers that have lost an axis, unless a change has a name."""
    test, arrays = found.fixture, found.arrays
    if not test or found.verdict != "explained" or any(one.named for one in found.candidates):
        return None
    values = {step: np.asarray(test.values[step], dtype=float) for step in arrays}
    flat = [step for step, one in arrays.items() if one.shape == (values[step].size,)]
    as_due = {step: array.matches(values[step]) for step, array in arrays.items()}
    for step in flat:
        as_due[step] |= arrays[step].matches(values[step].ravel())
    lost = [step for step in flat if values[step].ndim > 1]
    again = {step: shape for step, one in arrays.items() if (shape := repeats(one, values[step]))}
    if not (lost or again) or not all(as_due[step] or step in again for step in arrays):
        return None
    for step, repeated in again.items():
        said = say("repeated", step=step, shape=repeated, expected=values[step].shape)
        return Diagnosis("unexplained", test, (), (), arrays, said)
    names, shape = ", ".join(lost), arrays[lost[0]].shape
    expected = values[lost[0]].shape
    headline = say("flat-right", names=names, n=len(lost), shape=shape, expected=expected)
    return Diagnosis("unexplained", test, (), (), arrays, headline)


def _nearly(mutant: Mutant, arrays: Mapping[str, PrintedArray]) -> Iterator[str]:
    """Yield that np.allclose accepts all numbers, where none is quite right."""
    values = mutant.fixture.values
    if mutant.verdict == "mistake" and all(arrays[step].is_close(values[step]) for step in arrays):
        yield say("nearly")


def _hidden(fixture: Fixture, candidates: list[Mutant]) -> Iterator[str]:
    """Yield what the newest test of the same function says of forms that print the same."""
    today = newest().get(fixture.function, fixture)
    if today is fixture or today.program != fixture.program:
        return
    equivalent = (mutant for mutant in candidates if mutant.verdict == "equivalent")
    judged = ((mutant, Mutant(today, mutant.forms).outcome) for mutant in equivalent)
    if rejected := [one for one in judged if one[1].word != "passes"]:
        first, outcome = rejected[0]
        step, _, now = first.changed[0]
        rest = len(rejected) - 1
        more = say("hidden-more", n=rest) if rest > 1 else ""
        filling = {"title": today.title, "outcome": outcome, "more": more, "page": first.page}
        yield say("hidden-test", step=step, now=now, **filling)
