"""From pasted numbers to the programs that print them.

`diagnose` reads a text or a dictionary of gradients, finds the fixture they come from, and
searches the mutants of its backward pass, the simplest first, for all that print exactly those
digits. What it finds is judged by the referee, not by the test.
"""

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from backcheck import consistent
from backcheck.fixtures import Fixture, Outcome, ids, load
from backcheck.mistakes import Mistake, names_of, occurrences
from backcheck.mutate import FAILURES, fingerprint, mutants, program, role, unrelated
from backcheck.program import OPERATIONS, Program, Tree, evaluate, write
from backcheck.reading import Observed, Paste, from_arrays, read
from backcheck.search import explanations, reference

PAGES = {"dZ": "two-layers", "dA": "output-shortcut", "m": "notation", "": "linear-step"}
"""Where a step without a named form is explained, by what it computes."""

WORDS = ("no change", "one change", "two changes")

MOST = 6
"""How many groups of candidates a printed answer shows."""


@dataclass(frozen=True)
class Candidate:
    """One backward program that prints the given numbers.

    Parameters
    ----------
    id : str
        The fixture it ran on.
    forms : dict
        The new expression of each changed slot.
    changes : int
        How many changes lead to it.
    printed_as : dict
        For each step that was printed under another name: that name.
    """

    id: str
    forms: Mapping[str, Tree]
    changes: int
    printed_as: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def program(self) -> Program:
        """The whole backward pass."""
        return program(load(self.id), self.forms)

    @cached_property
    def changed(self) -> tuple[tuple[str, str, str], ...]:
        """The step, what it was and what it is now, for each change."""
        was = {slot.name: slot.original.tree for slot in mutants(self.id).slots}
        return tuple((name, write(was[name]), write(now)) for name, now in self.forms.items())

    @cached_property
    def verdict(self) -> str:
        """``"equivalent"`` or ``"mistake"``, as the referee finds on fresh networks."""
        if any(load(self.id).expected.keys() & {step, name} for step, name in self.moved):
            return "mistake"
        return consistent.verdict(self.program, load(self.id))

    @property
    def moved(self) -> tuple[tuple[str, str], ...]:
        """The steps whose result was stored under another name."""
        return tuple(self.printed_as.items())

    @cached_property
    def right_here(self) -> bool:
        """Whether it is right on every network of the fixture's own shapes."""
        found = consistent.verdict(self.program, load(self.id), own_shapes=True)
        return not self.printed_as and found == "equivalent"

    @cached_property
    def named(self) -> tuple[Mistake, ...]:
        """The named forms it consists of, or none."""
        return names_of(self.id, self.forms)

    @property
    def name(self) -> str:
        """What the change is called, or ``""`` if it has no name."""
        if self.printed_as and not self.forms:
            return "the right numbers under another name"
        return " and ".join(found.name for found in self.named)

    @property
    def page(self) -> str:
        """The page that explains the change."""
        if self.named:
            return self.named[0].page
        steps = [step for step in self.forms if step.startswith(("d", "m", "sigmoid_", "relu_"))]
        if not steps:
            return "notation"
        computes = steps[0] if steps[0] == "m" else role(load(self.id), steps[0])[0] or "dA"
        return PAGES.get(computes, PAGES[""])

    @cached_property
    def outcome(self) -> Outcome:
        """What the newest edition of the test says of it."""
        return _outcome(self.id, self.program)

    @cached_property
    def rank(self) -> tuple[Any, ...]:
        """A key that sorts the simplest explanation first."""
        text = " ".join(f"{step} {now}" for step, _, now in self.changed)
        order = [list(_order()).index(found.id) for found in self.named] or [len(_order())]
        return (self.changes, not self.named, len(self.forms), order, len(text), text)

    @cached_property
    def outputs_key(self) -> tuple[Any, ...]:
        """A key shared by the candidates whose tested outputs are equal on the fixture."""
        values = self.program.run(load(self.id).arrays)
        return tuple(fingerprint(values[name]) for name in load(self.id).expected)

    def matches(self, seen: Mapping[str, Observed]) -> dict[str, bool]:
        """Return, for each pasted output, whether the program prints it."""
        values = self.program.run(load(self.id).arrays)
        return {
            step: pattern.matches(values[step]) or pattern.matches(values[step], loose=True)
            for step, pattern in seen.items()
        }


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
            return f"No program within two changes prints these numbers{where}."
        return "There are no numbers here to explain, only what the test said."

    def __repr__(self) -> str:
        lines = [self.title]
        for group in self.groups[:MOST]:
            lines += ["", *_described(group)]
        if len(self.groups) > MOST:
            lines += ["", f"... and {len(self.groups) - MOST} more groups of programs."]
        lines += ["", *self.remarks] if self.remarks else []
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        parts = [f"<p><strong>{html.escape(self.title)}</strong></p>"]
        for group in self.groups[:MOST]:
            first = group[0]
            changes = "<br>".join(
                f"<code>{html.escape(step)} = {html.escape(now)}</code> instead of "
                f"<code>{html.escape(was)}</code>"
                for step, was, now in first.changed
            )
            name = f"<br>{html.escape(_sentence(first))}"
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
    grads: str | Mapping[str, ArrayLike], fixture: str | None = None, changes: int = 2
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

    Raises
    ------
    ValueError
        If there is nothing to read in the text.
    KeyError
        If there is no such fixture.

    Examples
    --------
    >>> diagnose("dZ2 = [[0.78862847 0.43650985]]")
    Explained by one change in the backward pass of Week 4 L_model_backward \
(c1w4_L_model_backward_v2).
    <BLANKLINE>
    dZ2 = AL - Y
        instead of dAL * sigmoid(Z2) * (1 - sigmoid(Z2))
        the shortcut A - Y: equivalent, and this test rejects it
        Equal to dA times the slope only if A is the sigmoid of Z.
        Read a-minus-y-fails.
        The test cannot tell it from dZ2 = dAL * AL * (1 - AL).
    """
    paste = read(grads) if isinstance(grads, str) else from_arrays(dict(grads))
    known = tuple(reversed(ids()))
    wanted = (load(fixture).id,) if fixture else known
    found = _explain(paste, wanted, changes)
    if found and found.verdict != "unexplained":
        return found
    if fixture and (elsewhere := _explain(paste, known, min(changes, 1))):
        remark = f"They do belong elsewhere: {elsewhere.title}"
        if elsewhere.verdict != "unexplained":
            found = found or Diagnosis("unexplained", fixture, (), (), {})
            remarks = (*found.remarks, remark)
            return Diagnosis("unexplained", fixture, (), remarks, found.seen)
    return found or _without_numbers(paste, wanted)


@dataclass(frozen=True)
class _Reading:
    """One way to take the arrays of a paste for the steps of a fixture."""

    id: str
    seen: Mapping[str, Observed]
    printed_as: Mapping[str, str] = field(default_factory=dict)

    @property
    def fits(self) -> bool:
        """Whether an array has the shape of the step it is taken for."""
        values = reference(self.id)
        return any(
            pattern.shape in (None, np.shape(values[step])) for step, pattern in self.seen.items()
        )


def _explain(paste: Paste, wanted: tuple[str, ...], changes: int) -> Diagnosis | None:
    """Return the simplest explanation on any of the fixtures."""
    readings = [reading for id in wanted for reading in _readings(paste, id)]
    readings = _best_named(readings) or [
        reading for id in wanted for reading in _readings(paste, id, named=False)
    ]
    if not readings:
        return None
    moved = [
        reading
        for reading in (other for id in wanted for other in _readings(paste, id, named=False))
        if reading.printed_as
    ]
    plan: list[tuple[int, bool, list[_Reading]]] = [(0, False, readings), (1, False, readings)]
    plan += [(0, False, moved), (0, True, readings), (1, True, readings), (1, False, moved)]
    if changes == 2:
        near = [reading for reading in readings if reading.fits] or readings
        plan += [(2, False, near), (2, True, near)]
    for most, loose, tried in plan:
        if most > changes:
            continue
        found: dict[str, Diagnosis] = {}
        for reading in tried:
            if reading.id not in found and (one := _found(reading, most, loose)):
                found[reading.id] = one
        if found:
            return _chosen(list(found.values()), paste)
    best = max(readings, key=lambda reading: _agreement(reading))
    return Diagnosis("unexplained", best.id, (), tuple(_remains(best, paste)), best.seen)


def _best_named(readings: list[_Reading]) -> list[_Reading]:
    """Keep the readings that use the most of the pasted arrays."""
    most = max((len(reading.seen) for reading in readings), default=0)
    return [reading for reading in readings if len(reading.seen) == most]


def _found(reading: _Reading, most: int, loose: bool) -> Diagnosis | None:
    spent = len(reading.printed_as) > 0
    candidates = [
        Candidate(reading.id, forms, changes + spent, dict(reading.printed_as))
        for changes, forms in explanations(reading.id, reading.seen, most, loose)
        if changes == most or most == 0
    ]
    if not candidates:
        return None
    if most == 0 and not spent:
        return _expected(reading, loose)
    ordered = sorted(_distinct(candidates), key=lambda candidate: candidate.rank)
    return Diagnosis("explained", reading.id, tuple(ordered), (), reading.seen)


def _distinct(candidates: list[Candidate]) -> list[Candidate]:
    """Keep one spelling of each formula, the shortest."""
    kept: dict[Any, Candidate] = {}
    for candidate in candidates:
        key = tuple(
            (name, _formula(candidate.id, tree)) for name, tree in sorted(candidate.forms.items())
        )
        if key not in kept or candidate.rank < kept[key].rank:
            kept[key] = candidate
    return list(kept.values())


def _formula(id: str, tree: Tree) -> Any:
    try:
        with np.errstate(all="ignore"):
            return fingerprint(evaluate(tree, unrelated(id)))
    except FAILURES:
        return tree


def _chosen(found: list[Diagnosis], paste: Paste) -> Diagnosis:
    """Return the best of several explanations, and mention the other fixtures."""
    best = min(found, key=lambda one: (_other_test(one, paste), one.candidates[0].rank[:3]))
    others = [one for one in found if one is not best]
    same = [
        load(str(one.fixture)).title
        for one in others
        if one.candidates[0].changed == best.candidates[0].changed
    ]
    remarks = list(best.remarks)
    if same:
        remarks.append(f"They are also those of: {'; '.join(same)}.")
    if len(best.groups) > 1 and best.verdict == "explained":
        left = [name for name in load(str(best.fixture)).expected if name not in best.seen]
        if left:
            remarks.append(f"Paste {' and '.join(left[:2])} too, and fewer programs remain.")
    return Diagnosis(best.verdict, best.fixture, best.candidates, tuple(remarks), best.seen)


def _other_test(one: Diagnosis, paste: Paste) -> bool:
    return bool(paste.function) and load(str(one.fixture)).function != paste.function


def _expected(reading: _Reading, loose: bool) -> Diagnosis:
    """Return the diagnosis of right numbers: what else prints them, and what rejects that."""
    candidates = [Candidate(reading.id, {}, 0)]
    others = [
        Candidate(reading.id, forms, changes)
        for changes, forms in explanations(reading.id, reading.seen, 1, loose)
        if changes
    ]
    named = [other for other in _distinct(others) if other.named]
    candidates += sorted(named, key=lambda candidate: candidate.rank)
    remarks = list(_hidden(reading.id, candidates[1:]))
    return Diagnosis("expected", reading.id, tuple(candidates), tuple(remarks), reading.seen)


def _hidden(id: str, candidates: list[Candidate]) -> Iterator[str]:
    """Yield what the newest test of the same function says of forms that print the same."""
    fixture = load(id)
    hidden = [other for other in ids() if load(other).function == fixture.function][-1]
    if hidden == id or load(hidden).program != fixture.program:
        return
    for candidate in candidates:
        outcome = _outcome(hidden, program(load(hidden), candidate.forms))
        if outcome.word != "passes" and candidate.verdict == "equivalent":
            step, _, now = candidate.changed[0]
            yield (
                f"Does the hidden test still fail? {step} = {now} prints these numbers too, is "
                f"equivalent, and {outcome} on {load(hidden).title}, whose cache is no forward "
                f"pass. Read {candidate.page}."
            )


@cache
def _order() -> dict[str, int]:
    from backcheck.mistakes import table

    return {id: place for place, id in enumerate(table())}


def _outcome(id: str, mutant: Program) -> Outcome:
    fixture = load(id)
    try:
        values = mutant.run(fixture.arrays)
    except (KeyError, ValueError) as error:
        return Outcome((), error=str(error))
    return fixture.compare({name: values[name] for name in fixture.comparisons[-1].outputs})


def _readings(paste: Paste, id: str, named: bool = True) -> Iterator[_Reading]:
    """Yield the ways to take the pasted arrays for steps of one fixture."""
    fixture = load(id)
    steps = [step.name for step in fixture.program.steps if step.name != "m"]
    own = [seen for seen in paste.arrays if not _is_input(seen, fixture)]
    if not own:
        return
    known = [seen for seen in own if seen.name] if named else []
    free = [seen for seen in own if seen not in known]
    maps: list[dict[str, str]] = [{}, *fixture.also_called]
    for number, names in enumerate(maps if known else maps[:1]):
        taken = _by_name(known, steps, names, maps[number + 1 :])
        if taken is None:
            continue
        for filled in _by_shape(free, [step for step in steps if step not in taken], fixture):
            moved = {
                step: str(seen.name)
                for step, seen in filled.items()
                if seen.name and seen.name != step
            }
            yield _Reading(id, {**taken, **filled}, moved)


def _by_name(
    known: list[Observed], steps: list[str], names: dict[str, str], later: list[dict[str, str]]
) -> dict[str, Observed] | None:
    taken: dict[str, Observed] = {}
    for seen in known:
        name = str(seen.name)
        options = [f"{seen.context}_{name}", names.get(name, name)]
        # A second array of the same name is the next function's, where a test runs several.
        options += [other[name] for other in later if name in other and names]
        step = next((s for s in options if s in steps and s not in taken), None)
        if step is None:
            if any(option in steps for option in options):
                continue
            return None
        taken[step] = seen
    return taken


def _by_shape(
    free: list[Observed], steps: list[str], fixture: Fixture
) -> Iterator[dict[str, Observed]]:
    """Yield the ways to give unnamed arrays to steps, in order, by shape where one fits."""
    if not free:
        yield {}
        return
    if len(free) > len(steps):
        return
    values = reference(fixture.id)
    options = [
        [step for step in steps if seen.shape in (None, np.shape(values[step]))] or steps
        for seen in free
    ]
    tried = 0
    for choice in permutations(steps, len(free)):
        if all(step in fitting for step, fitting in zip(choice, options, strict=True)):
            yield dict(zip(choice, free, strict=True))
            tried += 1
            if tried == 30:
                return


def _is_input(seen: Observed, fixture: Fixture) -> bool:
    """Return whether a pasted array is handed over by the test, not computed."""
    if seen.name and not re.search(r"(^|_)d[AWZb]", seen.name):
        return True
    return seen.name is None and any(
        value.size > 1 and seen.matches(value) for value in fixture.arrays.values()
    )


def _agreement(reading: _Reading) -> tuple[int, int]:
    values = reference(reading.id)
    right = sum(seen.matches(values[step]) for step, seen in reading.seen.items())
    shaped = sum(seen.shape == np.shape(values[step]) for step, seen in reading.seen.items())
    return right, shaped


def _remains(reading: _Reading, paste: Paste) -> Iterator[str]:
    """Yield what can be said of numbers that no program within two changes prints."""
    values = reference(reading.id)
    right = [step for step, seen in reading.seen.items() if seen.matches(values[step])]
    wrong = [step for step in reading.seen if step not in right]
    if right:
        yield (
            f"{', '.join(right)} {'is' if len(right) == 1 else 'are'} right and "
            f"{', '.join(wrong)} {'is' if len(wrong) == 1 else 'are'} not: look at the steps "
            f"from the first to {wrong[0]}."
        )
    for step in wrong:
        yield from _likeness(step, reading.seen[step], values)
    for step in wrong if len(reading.seen) > 1 else ():
        alone = [
            Candidate(reading.id, forms, changes)
            for changes, forms in explanations(reading.id, {step: reading.seen[step]}, 1)
        ]
        if alone:
            best = min(alone, key=lambda candidate: candidate.rank)
            said = "; ".join(f"{name} = {now}" for name, _, now in best.changed)
            yield f"Taken alone, {step} is explained by {said}."


def _likeness(step: str, seen: Observed, values: Mapping[str, Any]) -> Iterator[str]:
    """Yield how an array resembles the expected one: a factor, a transpose, another output."""
    if seen.shape is None:
        return
    got, want = seen.centre, np.asarray(values[step], dtype=float)
    if got.shape == want.shape and got.size > 1:
        with np.errstate(all="ignore"):
            ratios = (got / want)[np.abs(want) > 1e-6]
        if ratios.size > 1 and np.ptp(ratios) <= 1e-4 * abs(ratios[0]):
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


def _without_numbers(paste: Paste, wanted: tuple[str, ...]) -> Diagnosis:
    """Return the likely causes of what a test said, or of what numpy said, without numbers."""
    tested = [id for id in wanted if load(id).function == paste.function] or list(wanted)
    clash = _clash(paste.error)
    for id in tested:
        candidates: list[Candidate] = []
        if clash:
            candidates = _clashing(id, clash)
        elif paste.failing:
            candidates = _failing(id, paste.failing)
        if candidates:
            ordered = tuple(sorted(_distinct(candidates), key=lambda candidate: candidate.rank))
            remark = (
                "These changes make the test say this, the most frequent first; "
                "paste the printed numbers, and one of them can be named."
            )
            if clash:
                remark = "These changes make numpy stop with these shapes, the simplest first."
            return Diagnosis("unexplained", id, ordered, (remark,), {})
    remarks = tuple(_known_errors(paste.error)) or (
        "Nothing here says which numbers came out; paste what your function printed.",
    )
    return Diagnosis("unexplained", tested[0] if paste.function else None, (), remarks, {})


def _failing(id: str, failing: tuple[tuple[str, str], ...]) -> list[Candidate]:
    """Return the named forms with which a test complains of exactly these outputs."""
    fixture = load(id)
    outputs = fixture.comparisons[-1].outputs
    names = [
        outputs[int(name)] if name.isdigit() and int(name) < len(outputs) else name
        for _, name in failing
    ]
    if not set(names) <= set(outputs):
        return []
    found = []
    for _, forms in occurrences(id):
        candidate = Candidate(id, forms, 1)
        failures = [failure.split()[-1] for failure in candidate.outcome.failures]
        shapes = {name for kind, name in failing if kind == "shape"}
        wrong_shape = {f.split()[-1] for f in candidate.outcome.failures if "shape" in f}
        stops_at_first = fixture.comparisons[-1].rule == "allclose"
        said = failures[:1] if stops_at_first else failures
        if sorted(said) == sorted(dict.fromkeys(names)) and shapes <= wrong_shape:
            found.append(candidate)
    return found


_SHAPES = re.compile(r"\((\d+), ?(\d*)\)")


def _clash(error: str) -> tuple[str, tuple[tuple[int, ...], ...]] | None:
    """Return the operation and the two shapes that numpy could not bring together."""
    shapes = tuple(tuple(int(part) for part in found if part) for found in _SHAPES.findall(error))
    if len(shapes) < 2:
        return None
    if "not aligned" in error:
        return "@", shapes[:2]
    return ("broadcast", shapes[:2]) if "broadcast" in error else None


def _clashing(id: str, clash: tuple[str, tuple[tuple[int, ...], ...]]) -> list[Candidate]:
    """Return the single changes with which numpy stops at these shapes."""
    found = []
    scope = reference(id)
    for slot in mutants(id).slots:
        for form in slot.stuck:
            stopped = _stopped(form.tree, scope)
            if stopped and (stopped[0] == "@") == (clash[0] == "@") and stopped[1] == clash[1]:
                found.append(Candidate(id, {slot.name: form.tree}, 1))
    return found


def _stopped(
    tree: Tree, scope: Mapping[str, Any]
) -> tuple[str, tuple[tuple[int, ...], ...]] | None:
    """Return the operation at which numpy stops, and the shapes it was given."""
    if not isinstance(tree, tuple):
        return None
    for operand in tree[1:]:
        if inner := _stopped(operand, scope):
            return inner
    values = [evaluate(operand, scope) for operand in tree[1:]]
    try:
        with np.errstate(all="ignore"):
            OPERATIONS[tree[0]](*values)
    except FAILURES:
        return tree[0], tuple(np.shape(value) for value in values)
    return None


def _known_errors(error: str) -> Iterator[str]:
    """Yield the likely cause of an exception that is not about shapes."""
    for pattern, cause in ERRORS.items():
        if re.search(pattern, error):
            yield cause


ERRORS = {
    r"KeyError: '?dA\d": (
        "The gradient is stored under another number: dA with the number l belongs to A of layer "
        "l, so the gradient of the input is dA0, and older notebooks called it dA1."
    ),
    r"negative operator|unary -|numpy boolean": (
        "Y is an array of booleans here, and numpy has no minus for booleans: let the minus act on "
        "a number, for instance on the quotient."
    ),
    r"boolean index|index \d+ is out of bounds": (
        "The gradient that comes in has not the shape of this layer's Z: check which layer's dA "
        "you pass down in the loop."
    ),
    r"boolean subtract": (
        "numpy does not subtract booleans: one of the two must be an array of numbers."
    ),
    r"not enough values to unpack|too many values to unpack": (
        "The cells are of one edition of the notebook and the test of another: the test hands over "
        "a different number of things."
    ),
    r"NameError|UnboundLocalError": (
        "A name is used before it has a value: check its spelling, and run the cells above again."
    ),
    r"NoneType": "A line still holds the None it started with.",
}
"""Likely causes of exceptions, by a pattern of their last line."""


def _sentence(candidate: Candidate) -> str:
    test = candidate.outcome.word
    says = {"passes": "accepts it", "fails": "rejects it", "error": "stops with an error"}[test]
    but = "but" if (test == "passes") == (candidate.verdict == "mistake") else "and"
    name = candidate.name or "a change without a name"
    narrow = ""
    if candidate.verdict == "mistake" and candidate.right_here:
        narrow = " (right for these shapes only)"
    joint = "and" if candidate.verdict == "equivalent" and test == "fails" else but
    return f"{name}: {candidate.verdict}{narrow}, {joint} this test {says}"


def _described(group: tuple[Candidate, ...]) -> Iterator[str]:
    first = group[0]
    if not first.forms and not first.printed_as:
        yield "The backward pass of the test prints them."
        others = [other for other in group[1:] if other.changed]
        for other in others[:MOST]:
            step, _, now = other.changed[0]
            yield f"    So does {step} = {now} ({other.verdict}: {other.name})."
        return
    for step, was, now in first.changed:
        yield f"{step} = {now}"
        yield f"    instead of {was}"
    for step, name in first.moved:
        yield f"what is called {name} is {step}"
    yield f"    {_sentence(first)}"
    for found in first.named:
        yield f"    {found.hint}"
    yield f"    Read {first.page}."
    if len(group) > 1:
        said = [", ".join(f"{step} = {now}" for step, _, now in one.changed) for one in group[1:]]
        more = f" or {len(said) - 3} others" if len(said) > 3 else ""
        yield f"    The test cannot tell it from {'; '.join(said[:3])}{more}."
