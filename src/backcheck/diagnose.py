"""From pasted numbers to the programs that print them.

`diagnose` reads a text or a dictionary of gradients, finds the fixture they come from, and
searches the mutants of its backward pass, the simplest first, for all that print exactly those
digits. What it finds is judged by the referee, not by the test.
"""

import html
import json
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from backcheck.candidates import Candidate, described, distinct, sentence
from backcheck.fixtures import ids, load
from backcheck.mutate import program
from backcheck.placing import Placing, elsewhere, most_likely, most_used, placings
from backcheck.reading import Observed, Paste, from_arrays, read
from backcheck.search import explanations, reference
from backcheck.symptoms import clash_of, clashing, failing_alike, in_line, known_causes, told

TURNED = (
    "One of the two shapes is the other one turned round, so an array is transposed: your own, "
    "or one that the test hands over. Print the shape of each factor. Read operands-9-7."
)
"""What two shapes tell that differ by their order only."""

WORDS = ("no change", "one change", "two changes")


MOST = 6
"""How many groups of candidates a printed answer shows."""

WIDTH = 88
"""Where the lines of a printed answer wrap."""


def _wrapped(line: str) -> str:
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.fill(line, WIDTH, subsequent_indent=indent, break_on_hyphens=False)


@dataclass(frozen=True)
class Diagnosis:
    """What can be said of some numbers.

    Parameters
    ----------
    verdict : str
        ``"expected"`` if the test asks for exactly these numbers, ``"explained"`` if a mutant
        prints them, else ``"unexplained"``.
    fixture : str or None
        The fixture they belong to.
    candidates : tuple of Candidate
        Every program found, the simplest first.
    remarks : tuple of str
        What else can be said, a sentence each.
    seen : dict
        The pasted arrays, by the step they were taken for.
    """

    verdict: str
    fixture: str | None
    candidates: tuple[Candidate, ...]
    remarks: tuple[str, ...]
    seen: Mapping[str, Observed] = field(repr=False)

    @cached_property
    def groups(self) -> tuple[tuple[Candidate, ...], ...]:
        """The candidates, those together that no output of the fixture tells apart."""
        groups: dict[Any, list[Candidate]] = {}
        for candidate in self.candidates:
            groups.setdefault(candidate.outputs_key, []).append(candidate)
        return tuple(tuple(group) for group in groups.values())

    @property
    def title(self) -> str:
        """The answer in one line."""
        where = f" of {load(self.fixture).title} ({self.fixture})" if self.fixture else ""
        if self.verdict == "expected":
            return f"These are the expected numbers{where}."
        if self.verdict == "explained":
            how = WORDS[min(candidate.changes for candidate in self.candidates)]
            return f"Explained by {how} in the backward pass{where}."
        if self.seen:
            tried = where.replace(" of", " for", 1)
            return f"None of the programs tried{tried} prints these numbers."
        return "There are no numbers here to explain, only a message."

    def __repr__(self) -> str:
        lines = [self.title]
        # Without numbers the candidates are only likely, and that has to be said first.
        lines += [] if self.seen else ["", *self.remarks]
        if self.verdict == "expected":
            others = self.candidates[1:]
            lines += ["", "These forms print them too:"] if others else []
            for other in others[:MOST]:
                lines.append(f"    {other.statements} ({other.verdict})")
            lines += [f"    and {len(others) - MOST} more"] if others[MOST:] else []
        else:
            for group in self.groups[:MOST]:
                lines += ["", *described(group)]
            if len(self.groups) > MOST:
                lines += ["", f"... and {len(self.groups) - MOST} more groups of programs."]
        lines += ["", *self.remarks] if self.remarks and self.seen else []
        return "\n".join(map(_wrapped, lines))

    def _repr_html_(self) -> str:
        parts = [f"<p><strong>{html.escape(self.title)}</strong></p>"]
        for group in self.groups[:MOST]:
            first = group[0]
            changes = "<br>".join(
                f"<code>{html.escape(statement)}</code> {html.escape(expected)}"
                for statement, expected in zip(first.shown, first.expects, strict=True)
            )
            name = f"<br>{html.escape(sentence(first))}"
            parts.append(f"<li>{changes or 'The backward pass as it stands.'}{name}</li>")
        parts = [parts[0], f"<ol>{''.join(parts[1:])}</ol>"] if parts[1:] else parts
        parts += [f"<p>{html.escape(remark)}</p>" for remark in self.remarks]
        return f'<div class="diagnosis">{"".join(parts)}</div>'

    def to_dict(self) -> dict[str, Any]:
        """Return the diagnosis as plain lists and dictionaries.

        Returns
        -------
        dict
            ``verdict``, ``fixture``, ``remarks``, and ``candidates``: each with ``program``
            (every statement, evaluable as printed), ``changed`` (step, was, now),
            ``changes``, ``verdict``, ``name``, ``hint``, ``page``, and ``matches`` by output.
            ``program`` and ``was`` are for programs: a text for readers shows what a test
            expects as `Candidate.expects` does, since a statement would be a solution.
        """
        return {
            "verdict": self.verdict,
            "fixture": self.fixture,
            "candidates": [
                {
                    "program": str(candidate.program).split("\n"),
                    "changed": [
                        {"step": step, "was": was, "now": now}
                        for step, was, now in candidate.changed
                    ],
                    "changes": candidate.changes,
                    "printed_as": dict(candidate.printed_as),
                    "verdict": candidate.verdict,
                    "name": candidate.name,
                    "hint": " ".join(found.hint for found in candidate.named),
                    "page": candidate.page,
                    "matches": candidate.matches(self.seen),
                }
                for candidate in self.candidates
            ],
            "remarks": list(self.remarks),
        }

    def to_json(self) -> str:
        """Return `to_dict` as JSON."""
        return json.dumps(self.to_dict(), indent=2)


def diagnose(
    grads: str | Mapping[str, ArrayLike],
    fixture: str | None = None,
    changes: int = 2,
    before_two_changes: Callable[[], None] = lambda: None,
) -> Diagnosis:
    """Find the backward programs that print some numbers.

    Parameters
    ----------
    grads : str or mapping
        A pasted text, or computed gradients by name; any of the outputs will do.
    fixture : str, optional
        Id of the fixture the numbers come from; found from names, shapes and values if not
        given.
    changes : int
        Look no further than this many changes: 0, 1 or 2.
    before_two_changes : callable, optional
        Called before two changes are tried, which takes seconds.

    Raises
    ------
    ValueError
        If there is nothing to read in the text.
    KeyError
        If there is no such fixture.

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
        Read a-minus-y-fails.
        The test cannot tell it from dZ2 = dAL * AL * (1 - AL); dZ2 = relu(AL) - Y.
    """
    paste = read(grads) if isinstance(grads, str) else from_arrays(dict(grads))
    known = tuple(reversed(ids("Course 1")))
    wanted = (load(fixture).id,) if fixture else known
    found = _explain(paste, wanted, changes, before_two_changes)
    if found and found.verdict != "unexplained":
        return found
    if fixture and (elsewhere := _explain(paste, known, min(changes, 1))):
        remark = f"They do belong elsewhere: {elsewhere.title}"
        if elsewhere.verdict != "unexplained":
            found = found or Diagnosis("unexplained", fixture, (), (), {})
            remarks = (*found.remarks, remark)
            return Diagnosis("unexplained", fixture, (), remarks, found.seen)
    if not fixture and not (found and found.candidates):
        fitting = _fitting(paste, "Course 2")
        # Two changes take long there, so only numbers that fit no test of Course 1 as well.
        likely = max(fitting.values(), default=0) > max(
            _fitting(paste, "Course 1").values(), default=0
        )
        most = changes if likely else min(changes, 1)
        other = _explain(paste, tuple(fitting), most, before_two_changes)
        if other and (other.candidates or likely):
            found = other
    found = found or _without_numbers(paste, wanted)
    if paste.problem and found.verdict == "unexplained":
        return replace(found, remarks=(paste.problem, *found.remarks))
    return found


def _fitting(paste: Paste, course: str) -> dict[str, int]:
    """Return the tests of a course that have most of the pasted shapes: how many of them."""
    fitting = {
        id: max((one.fitting for one in placings(paste, id)), default=0) for id in ids(course)
    }
    return {id: fits for id, fits in fitting.items() if 2 * fits > len(paste.arrays)}


def _explain(
    paste: Paste,
    wanted: tuple[str, ...],
    changes: int,
    before_two_changes: Callable[[], None] = lambda: None,
) -> Diagnosis | None:
    """Return the simplest explanation on any of the fixtures."""
    placed = [placing for id in wanted for placing in placings(paste, id)]
    placed = most_used(placed) or [
        placing for id in wanted for placing in placings(paste, id, named=False)
    ]
    if not placed:
        return None
    moved = [other for placing in placed if (other := elsewhere(placing))]
    plan: list[tuple[int, bool, list[Placing]]] = [(0, False, placed), (1, False, placed)]
    plan += [(0, False, moved), (0, True, placed), (1, True, placed)]
    if changes == 2:
        near = most_likely(placed)
        plan += [(2, False, near), (2, True, [placing for placing in near if placing.partial])]
    for most, loose, tried in plan:
        if most > changes:
            continue
        if most == 2 and not loose:
            before_two_changes()
        found: dict[str, Diagnosis] = {}
        for placing in tried:
            # Two changes take long, so the first place that explains the numbers is kept.
            if found and most == 2:
                break
            one = _found(placing, most, loose)
            if one and (placing.id not in found or _simpler(one, found[placing.id])):
                remarks = (*_older_names(placing), *one.remarks)
                found[placing.id] = replace(one, remarks=remarks)
        if found:
            return _chosen(list(found.values()), paste)
    best = max(placed, key=_agreement)
    return Diagnosis("unexplained", best.id, (), tuple(_remains(best)), best.seen)


def _simpler(one: Diagnosis, other: Diagnosis) -> bool:
    return bool(one.candidates[0].rank < other.candidates[0].rank)


def _older_names(placing: Placing) -> Iterator[str]:
    """Yield what to know where an older edition calls steps by other names."""
    said = [
        f"{name} is what the test today calls {step}"
        for step, name in placing.renamed.items()
        if step != name and not step.endswith(name)
    ]
    if said:
        yield (
            f"Read with the names of an older notebook: {', and '.join(said)}. "
            "The test of today accepts its own names only."
        )


def _found(placing: Placing, most: int, loose: bool) -> Diagnosis | None:
    spent = len(placing.printed_as) > 0
    candidates = [
        Candidate(placing.id, forms, changes + spent, dict(placing.printed_as))
        for changes, forms in placing.explanations(most, loose)
        if changes == most or most == 0
    ]
    if not candidates:
        return None
    if most == 0 and not spent:
        return _expected(placing, loose)
    ordered = sorted(distinct(candidates), key=lambda candidate: candidate.rank)
    return Diagnosis("explained", placing.id, tuple(ordered), (), placing.seen)


def _chosen(found: list[Diagnosis], paste: Paste) -> Diagnosis:
    """Return the best of several explanations, and mention the other fixtures."""
    best = min(
        found,
        key=lambda one: (
            _other_test(one, paste),
            one.candidates[0].rank[:3],
            _translated(one),
            _unprinted(one),
        ),
    )
    others = [one for one in found if one is not best]
    same = [
        load(str(one.fixture)).title
        for one in others
        if one.candidates[0].changed == best.candidates[0].changed
    ]
    remarks = list(best.remarks)
    if best.verdict == "explained":
        remarks += _misplaced(best)
    if same:
        remarks.append(f"The numbers are also those of: {'; '.join(same)}.")
    if len(best.groups) > 1 and best.verdict == "explained":
        left = [name for name in load(str(best.fixture)).expected if name not in best.seen]
        if left:
            remarks.append(f"Paste {' and '.join(left[:2])} too, and fewer programs may remain.")
    return replace(best, remarks=tuple(remarks))


def _misplaced(one: Diagnosis) -> Iterator[str]:
    """Yield which of the arrays are right, but are those of another output."""
    values = reference(str(one.fixture))
    for step, seen in one.seen.items():
        for name in load(str(one.fixture)).expected:
            if name != step and seen.name == step and seen.matches(values[name]):
                yield f"The numbers called {step} are the right {name}: is it stored under its key?"


def _translated(one: Diagnosis) -> int:
    """Return how many arrays were taken for steps of another name."""
    return sum(seen.name not in (None, step) for step, seen in one.seen.items())


def _unprinted(one: Diagnosis) -> bool:
    """Return whether learners never see this fixture's outputs printed."""
    return all(entry.rule != "printed" for entry in load(str(one.fixture)).comparisons)


def _other_test(one: Diagnosis, paste: Paste) -> bool:
    return bool(paste.function) and load(str(one.fixture)).function != paste.function


def _expected(placing: Placing, loose: bool) -> Diagnosis:
    """Return the diagnosis of right numbers: what else prints them, and what rejects that."""
    found = [
        Candidate(placing.id, forms, changes)
        for changes, forms in explanations(placing.id, placing.seen, 1, loose)
    ]
    named = [one for one in distinct(found) if one.named and one.outcome.word == "passes"]
    others = sorted(named, key=lambda candidate: candidate.rank)
    candidates = (Candidate(placing.id, {}, 0), *others)
    return Diagnosis(
        "expected", placing.id, candidates, tuple(_hidden(placing.id, others)), placing.seen
    )


def _hidden(id: str, candidates: list[Candidate]) -> Iterator[str]:
    """Yield what the newest test of the same function says of forms that print the same."""
    fixture = load(id)
    hidden = [other for other in ids() if load(other).function == fixture.function][-1]
    if hidden == id or load(hidden).program != fixture.program:
        return
    rejected = []
    for candidate in candidates:
        outcome = load(hidden).judge(program(load(hidden), candidate.forms))
        if outcome.word != "passes" and candidate.verdict == "equivalent":
            rejected.append((candidate, outcome))
    if rejected:
        first, outcome = rejected[0]
        step, _, now = first.changed[0]
        others = len(rejected) - 1
        more = f" So do {others} other equivalent forms." if others > 1 else ""
        yield (
            f"If public_tests.py rejects your function all the same: {step} = {now} prints these "
            f"numbers too and is equivalent, but the cache of {load(hidden).title} does not come "
            f"from a forward pass, and there it {outcome}.{more} Read {first.page}."
        )


def _agreement(placing: Placing) -> tuple[int, int]:
    values = reference(placing.id)
    right = sum(seen.matches(values[step]) for step, seen in placing.seen.items())
    shaped = sum(seen.shape == np.shape(values[step]) for step, seen in placing.seen.items())
    return right, shaped


def _remains(placing: Placing) -> Iterator[str]:
    """Yield what can be said of numbers that none of the programs tried prints."""
    values = reference(placing.id)
    right = [step for step, seen in placing.seen.items() if seen.matches(values[step])]
    wrong = [step for step in placing.seen if step not in right]
    if right:
        yield (
            f"{', '.join(right)} {'is' if len(right) == 1 else 'are'} as expected and "
            f"{', '.join(wrong)} {'is' if len(wrong) == 1 else 'are'} not: look at the steps "
            f"up to {wrong[0]}."
        )
    for step in wrong:
        yield from _likeness(step, placing.seen[step], values)
    for step in wrong if len(placing.seen) > 1 else ():
        alone = [
            Candidate(placing.id, forms, changes)
            for changes, forms in explanations(placing.id, {step: placing.seen[step]}, 1)
        ]
        if alone:
            best = min(alone, key=lambda candidate: candidate.rank)
            yield f"Taken alone, {step} is explained by {'; '.join(best.shown)}."


def _likeness(step: str, seen: Observed, values: Mapping[str, Any]) -> Iterator[str]:
    """Yield how an array resembles the expected one: a factor, a transpose, another output."""
    if seen.shape is None:
        return
    got, want = seen.centre, np.asarray(values[step], dtype=float)
    if got.shape == want.shape and got.size > 1:
        with np.errstate(all="ignore"):
            ratios = (got / want)[np.abs(want) > 1e-6]
        steady = ratios.size > 1 and bool(np.all(np.isfinite(ratios)))
        steady = steady and float(np.ptp(ratios)) <= 1e-4 * abs(ratios[0])
        if steady and abs(ratios[0] - 1) > 1e-4:
            yield f"{step} is {ratios[0]:.6g} times the expected one, entry by entry."
        elif np.allclose(np.abs(got), np.abs(want), atol=1e-7):
            yield f"{step} has the expected sizes, and some signs are turned round."
    elif got.shape == want.T.shape and got.shape != want.shape:
        if seen.matches(want.T):
            yield f"{step} is the expected one, transposed."
    elif got.shape != want.shape:
        yield f"{step} has shape {got.shape}, and {want.shape} is expected."
    for name, value in values.items():
        if name != step and np.size(value) > 1 and seen.matches(value):
            yield f"The numbers called {step} are {name} of the test."
            return
    for other in ids("Course 1"):
        for name, value in reference(other).items():
            if np.size(value) > 1 and seen.matches(value) and value is not values.get(name):
                yield f"The numbers called {step} are {name} of {load(other).title}."
                return


def _without_numbers(paste: Paste, wanted: tuple[str, ...]) -> Diagnosis:
    """Return the likely causes of what a test said, or of what numpy said, without numbers."""
    known_cause = told(known_causes(paste.error, paste.frame))
    if known_cause:
        return Diagnosis("unexplained", None, (), known_cause, {})
    tested = [id for id in wanted if load(id).function == paste.function] or list(wanted)
    if any(kind == "values" for kind, _ in paste.failing):
        # Only the tests that use np.allclose speak of wrong values.
        tested = [id for id in tested if load(id).comparisons[-1].rule == "allclose"] or tested
    clash = clash_of(paste.error)
    causes = {
        id: sorted(in_line(clashing(id, clash), paste.frame), key=lambda candidate: candidate.rank)
        if clash
        else failing_alike(id, paste.failing)
        for id in tested
    }
    found = [id for id in tested if causes[id]]
    if found:
        best = min(found, key=lambda id: causes[id][0].rank[:2]) if clash else found[0]
        where = f"In {load(best).title} these changes make"
        remark = f"{where} numpy stop at these shapes, the simplest first."
        if not clash:
            remark = (
                f"{where} the test say this, the most frequent first; "
                "paste the printed numbers, and fewer may remain."
            )
        turned = clash and not clash[0] and clash[1] == clash[2][::-1]
        remarks = (remark, TURNED) if turned else (remark,)
        return Diagnosis("unexplained", best, tuple(causes[best]), remarks, {})
    remark = "Nothing here says which numbers came out; paste what your function printed."
    if paste.arrays:
        remark = "No test known here has these names or shapes; paste what one function printed."
    seen = {array.name or f"array {place}": array for place, array in enumerate(paste.arrays, 1)}
    return Diagnosis("unexplained", tested[0] if paste.function else None, (), (remark,), seen)
