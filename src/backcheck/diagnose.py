"""From pasted numbers to the programs that print them.

`diagnose` reads a text or a dictionary of gradients, finds the fixture they come from, and
searches the mutants of its backward pass, the simplest first, for all that print exactly those
digits. What it finds is judged by the referee, not by the test.
"""

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from backcheck import consistent
from backcheck.fixtures import Fixture, Outcome, ids, load
from backcheck.mistakes import Mistake, names_of, occurrences, table
from backcheck.mutate import FAILURES, fingerprint, formula, mutants, program, role
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
    def values(self) -> dict[str, Any]:
        """The value of each step on the fixture, as far as numpy gets."""
        scope = dict(load(self.id).arrays)
        values = {}
        with np.errstate(all="ignore"):
            for step in self.program.steps:
                try:
                    values[step.name] = scope[step.name] = evaluate(step.expression, scope)
                except (*FAILURES, KeyError):
                    break
        return values

    @cached_property
    def verdict(self) -> str:
        """``"equivalent"`` or ``"mistake"``, as the referee finds on fresh networks."""
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
        often = _frequency(load(self.id).function)
        order = [often[found.id] for found in self.named]
        return (self.changes, not self.named, len(self.forms), order, len(text), text)

    @cached_property
    def outputs_key(self) -> tuple[Any, ...]:
        """A key shared by the candidates whose tested outputs are equal on the fixture."""
        values = self.values
        return tuple(fingerprint(values.get(name, ())) for name in load(self.id).expected)

    def matches(self, seen: Mapping[str, Observed]) -> dict[str, bool]:
        """Return, for each pasted output, whether the program prints it."""
        return {
            step: step in self.values
            and any(pattern.matches(self.values[step], loose) for loose in (False, True))
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
        # Without numbers the candidates are only likely, and that has to be said first.
        lines += [] if self.seen else ["", *self.remarks]
        if self.verdict == "expected":
            others = self.candidates[1:]
            lines += ["", "These forms print them too:"] if others else []
            for other in others[:MOST]:
                said = ", ".join(f"{step} = {now}" for step, _, now in other.changed)
                lines.append(f"    {said} ({other.verdict})")
            lines += [f"    and {len(others) - MOST} more"] if others[MOST:] else []
        else:
            for group in self.groups[:MOST]:
                lines += ["", *_described(group)]
            if len(self.groups) > MOST:
                lines += ["", f"... and {len(self.groups) - MOST} more groups of programs."]
        lines += ["", *self.remarks] if self.remarks and self.seen else []
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
        The test cannot tell it from dZ2 = dAL * AL * (1 - AL); dZ2 = relu(AL) - Y.
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
    recognised: int = 0
    renamed: Mapping[str, str] = field(default_factory=dict)

    @property
    def fitting(self) -> int:
        """How many arrays have the shape of the step they are taken for."""
        values = reference(self.id)
        return sum(seen.shape in (None, np.shape(values[step])) for step, seen in self.seen.items())

    @property
    def partial(self) -> bool:
        """Whether an array may be a part of one, or its decimals differ."""
        return any(seen.shape is None or seen.uneven for seen in self.seen.values())


def _explain(paste: Paste, wanted: tuple[str, ...], changes: int) -> Diagnosis | None:
    """Return the simplest explanation on any of the fixtures."""
    readings = [reading for id in wanted for reading in _readings(paste, id)]
    readings = _best_named(readings) or [
        reading for id in wanted for reading in _readings(paste, id, named=False)
    ]
    if not readings:
        return None
    moved = [other for reading in readings if (other := _moved(reading))]
    plan: list[tuple[int, bool, list[_Reading]]] = [(0, False, readings), (1, False, readings)]
    plan += [(0, False, moved), (0, True, readings), (1, True, readings)]
    if changes == 2:
        most_fitting = max(reading.fitting for reading in readings)
        near = [reading for reading in readings if reading.fitting == most_fitting]
        near = list({_same_search(reading): reading for reading in near}.values())
        plan += [(2, False, near), (2, True, [reading for reading in near if reading.partial])]
    for most, loose, tried in plan:
        if most > changes:
            continue
        found: dict[str, Diagnosis] = {}
        for reading in tried:
            if reading.id not in found and (one := _found(reading, most, loose)):
                remarks = (*_older_names(reading), *one.remarks)
                found[reading.id] = replace(one, remarks=remarks)
        if found:
            return _chosen(list(found.values()), paste)
    best = max(readings, key=lambda reading: _agreement(reading))
    return Diagnosis("unexplained", best.id, (), tuple(_remains(best, paste)), best.seen)


def _moved(reading: _Reading) -> _Reading | None:
    """Take each array for the output it equals, if all do and some under another name."""
    values = reference(reading.id)
    taken: dict[str, Observed] = {}
    for step, seen in reading.seen.items():
        places = [step, *load(reading.id).expected, *values]
        found = [name for name in places if name not in taken and seen.matches(values[name])]
        if not found:
            return None
        taken[found[0]] = seen
    names = {step: str(seen.name) for step, seen in taken.items() if seen.name not in (None, step)}
    return _Reading(reading.id, taken, names) if names else None


def _older_names(reading: _Reading) -> Iterator[str]:
    """Yield what to know where an older edition calls steps by other names."""
    said = [
        f"{name} is what the test today calls {step}"
        for step, name in reading.renamed.items()
        if step != name and not step.endswith(name)
    ]
    if said:
        yield f"Read with the names of an older notebook: {', and '.join(said)}."


def _same_search(reading: _Reading) -> Any:
    """Return a key shared by readings whose search would be the same."""
    fixture = load(reading.id)
    arrays = tuple(fingerprint(value) for value in fixture.arrays.values())
    return str(fixture.program), arrays, tuple(reading.seen), tuple(map(id, reading.seen.values()))


def _best_named(readings: list[_Reading]) -> list[_Reading]:
    """Keep the readings that can make use of the most of the pasted arrays."""
    used = [len(reading.seen) + reading.recognised for reading in readings]
    return [reading for reading, n in zip(readings, used, strict=True) if n == max(used)]


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
            (name, formula(candidate.id, tree)) for name, tree in sorted(candidate.forms.items())
        )
        if key not in kept or candidate.rank < kept[key].rank:
            kept[key] = candidate
    return list(kept.values())


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
        remarks.append(f"They are also those of: {'; '.join(same)}.")
    if len(best.groups) > 1 and best.verdict == "explained":
        left = [name for name in load(str(best.fixture)).expected if name not in best.seen]
        if left:
            remarks.append(f"Paste {' and '.join(left[:2])} too, and fewer programs remain.")
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


def _expected(reading: _Reading, loose: bool) -> Diagnosis:
    """Return the diagnosis of right numbers: what else prints them, and what rejects that."""
    found = [
        Candidate(reading.id, forms, changes)
        for changes, forms in explanations(reading.id, reading.seen, 1, loose)
    ]
    named = [one for one in _distinct(found) if one.named and one.outcome.word == "passes"]
    others = sorted(named, key=lambda candidate: candidate.rank)
    candidates = (Candidate(reading.id, {}, 0), *others)
    return Diagnosis(
        "expected", reading.id, candidates, tuple(_hidden(reading.id, others)), reading.seen
    )


def _hidden(id: str, candidates: list[Candidate]) -> Iterator[str]:
    """Yield what the newest test of the same function says of forms that print the same."""
    fixture = load(id)
    hidden = [other for other in ids() if load(other).function == fixture.function][-1]
    if hidden == id or load(hidden).program != fixture.program:
        return
    rejected = []
    for candidate in candidates:
        outcome = _outcome(hidden, program(load(hidden), candidate.forms))
        if outcome.word != "passes" and candidate.verdict == "equivalent":
            rejected.append((candidate, outcome))
    if rejected:
        first, outcome = rejected[0]
        step, _, now = first.changed[0]
        others = len(rejected) - 1
        more = f" So do {others} other equivalent forms." if others > 1 else ""
        yield (
            f"Does the hidden test still fail? {step} = {now} prints these numbers too and is "
            f"equivalent, but {load(hidden).title} hands over a cache that is no forward pass, "
            f"where it {outcome}.{more} Read {first.page}."
        )


@cache
def _frequency(function: str) -> dict[str, tuple[int, int]]:
    """Return a key for each named form that sorts the most frequent in a function first."""
    return {
        found.id: (-(found.found or {}).get(function, 0), place)
        for place, found in enumerate(table().values())
    }


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
    computed = [seen for seen in paste.arrays if not _is_input(seen, fixture)]
    own = _unquoted(computed, fixture)
    if not own:
        return
    given = [seen for seen in paste.arrays if seen not in computed]
    recognised = len(computed) - len(own) + sum(_is_value(seen, fixture) for seen in given)
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
            renamed = {step: str(seen.name) for step, seen in taken.items() if number > 1}
            yield _Reading(id, {**taken, **filled}, moved, recognised, renamed)


def _unquoted(arrays: list[Observed], fixture: Fixture) -> list[Observed]:
    """Leave out the expected numbers where a text quotes them beside the learner's own."""
    values = [reference(fixture.id)[step.name] for step in fixture.program.steps]
    right = [seen for seen in arrays if any(seen.matches(value) for value in values)]
    if len(right) == len(arrays):
        return arrays
    names = [seen.name for seen in arrays]
    twice = [seen for seen in right if seen.name is None or names.count(seen.name) > 1]
    return [seen for seen in arrays if seen not in twice]


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
    choices = islice(_choices(options), 30)
    yield from (dict(zip(choice, free, strict=True)) for choice in choices)


def _choices(options: list[list[str]], taken: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the ways to choose one of each list of options, none of them twice."""
    if len(taken) == len(options):
        yield taken
        return
    for step in options[len(taken)]:
        if step not in taken:
            yield from _choices(options, (*taken, step))


def _is_input(seen: Observed, fixture: Fixture) -> bool:
    """Return whether a pasted array is handed over by the test, not computed."""
    if seen.name and not re.search(r"(^|_)d[AWZb]", seen.name):
        return True
    return seen.name is None and _is_value(seen, fixture)


def _is_value(seen: Observed, fixture: Fixture) -> bool:
    """Return whether an array is one of those the test hands over."""
    return any(value.size > 1 and seen.matches(value) for value in fixture.arrays.values())


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
            return
    for other in ids():
        for name, value in reference(other).items():
            if np.size(value) > 1 and seen.matches(value) and value is not values.get(name):
                yield f"The numbers called {step} are {name} of {load(other).title}."
                return


def likely_causes(error: str, id: str) -> tuple[str, ...]:
    """Return what may be behind an exception that a function raised on a fixture.

    Examples
    --------
    >>> likely_causes("KeyError: 'dA0'", "c1w4_L_model_backward_v2")[0][:51]
    'The gradient is stored under another number: dA wit'
    """
    known = tuple(_known_errors(error))
    clash = _clash(error)
    if known or not clash:
        return known
    found = sorted(_clashing(id, clash), key=lambda candidate: candidate.rank)
    said = [f"{step} = {now}" for one in found[:3] for step, _, now in one.changed]
    return (f"numpy stops at these shapes with: {'; '.join(said)}.",) if said else ()


def _without_numbers(paste: Paste, wanted: tuple[str, ...]) -> Diagnosis:
    """Return the likely causes of what a test said, or of what numpy said, without numbers."""
    known_cause = tuple(_known_errors(paste.error))
    if known_cause:
        return Diagnosis("unexplained", None, (), known_cause, {})
    tested = [id for id in wanted if load(id).function == paste.function] or list(wanted)
    if any(kind == "values" for kind, _ in paste.failing):
        # Only the tests that use np.allclose speak of wrong values.
        tested = [id for id in tested if load(id).comparisons[-1].rule == "allclose"] or tested
    clash = _clash(paste.error)
    causes = {
        id: sorted(_clashing(id, clash), key=lambda candidate: candidate.rank)
        if clash
        else _failing(id, paste.failing)
        for id in tested
    }
    found = [id for id in tested if causes[id]]
    if found:
        best = min(found, key=lambda id: causes[id][0].rank[:2]) if clash else found[0]
        remark = "These changes make numpy stop at these shapes, the simplest first."
        if not clash:
            remark = (
                "These changes make the test say this, the most frequent first; "
                "paste the printed numbers, and they can be told apart."
            )
        return Diagnosis("unexplained", best, tuple(causes[best]), (remark,), {})
    remarks = ("Nothing here says which numbers came out; paste what your function printed.",)
    return Diagnosis("unexplained", tested[0] if paste.function else None, (), remarks, {})


def _failing(id: str, failing: tuple[tuple[str, str], ...]) -> list[Candidate]:
    """Return the named forms with which a test complains of exactly these outputs."""
    comparison = load(id).comparisons[-1]
    outputs = comparison.outputs
    # A test of several returned values numbers them.
    said_of = [
        (kind, outputs[int(name)] if name.isdigit() and int(name) < len(outputs) else name)
        for kind, name in failing
    ]
    names = {name for _, name in said_of}
    if not names or not names <= set(outputs):
        return []
    found: dict[str, Candidate] = {}
    shapes = {name for kind, name in said_of if kind == "shape"}
    for name, forms in occurrences(id):
        candidate = Candidate(id, forms, 1)
        failures = candidate.outcome.failures
        said = [failure.split()[-1] for failure in failures]
        said = said[:1] if comparison.rule == "allclose" else said
        wrong_shape = {failure.split()[-1] for failure in failures if "shape" in failure}
        if set(said) == names and shapes <= wrong_shape:
            # For a list of likely causes one place of each form will do: where it does least.
            known = found.setdefault(name, candidate)
            if len(failures) < len(known.outcome.failures):
                found[name] = candidate
    often = _frequency(load(id).function)
    return [found[name] for name in sorted(found, key=lambda name: often[name])]


Shape = tuple[int, ...]
"""A shape; -1 stands for a size that numpy does not name."""

_SHAPES = re.compile(r"\((\d+), ?(\d*)\)")


def _clash(error: str) -> tuple[bool, Shape, Shape] | None:
    """Return whether a matrix product stopped, and the two shapes that did not fit."""
    shapes = [tuple(int(part) for part in found if part) for found in _SHAPES.findall(error)]
    if sizes := re.search(r"matmul.*\(size (\d+) is different from (\d+)\)", error):
        return True, (-1, int(sizes[2])), (int(sizes[1]), -1)
    if len(shapes) < 2 or not re.search("not aligned|broadcast", error):
        return None
    return "not aligned" in error, shapes[0], shapes[1]


def _is_clash(clash: tuple[bool, Shape, Shape], stopped: tuple[str, tuple[Shape, ...]]) -> bool:
    matrix, left, right = clash
    operation, shapes = stopped
    if (operation == "@") != matrix or len(shapes) != 2:
        return False
    # A product of entries can be written either way round.
    ways = [(left, right)] if matrix else [(left, right), (right, left)]
    return any(
        len(one) == len(got) and all(a in (-1, b) for a, b in zip(one, got, strict=True))
        for way in ways
        for one, got in [(sum(way, ()), sum(shapes, ()))]
    )


def _clashing(id: str, clash: tuple[bool, Shape, Shape]) -> list[Candidate]:
    """Return the single changes with which numpy stops at these shapes."""
    found = []
    scope = reference(id)
    changes = [
        {slot.name: form.tree} for slot in mutants(id).slots for form in (*slot.forms, *slot.stuck)
    ]
    changes += [forms for _, forms in occurrences(id) if len(forms) == 1]
    for forms in changes:
        (tree,) = forms.values()
        stopped = _stopped(tree, scope)
        if stopped and _is_clash(clash, stopped):
            found.append(Candidate(id, forms, 1))
    return _distinct(found)


def _stopped(tree: Tree, scope: Mapping[str, Any]) -> tuple[str, tuple[Shape, ...]] | None:
    """Return the operation at which numpy stops, and the shapes it was given."""
    if not isinstance(tree, tuple):
        return None
    for operand in tree[1:]:
        if inner := _stopped(operand, scope):
            return inner
    with np.errstate(all="ignore"):
        values = [evaluate(operand, scope) for operand in tree[1:]]
        try:
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
    for step, was, now in first.changed:
        yield f"{step} = {now}"
        yield f"    instead of {was}"
    for step, name in first.moved:
        yield f"What is called {name} is {step} of this test."
    if first.moved and not first.forms:
        yield "    The numbers are right, and the test looks for them under their own name."
        return
    yield f"    {_sentence(first)}"
    for found in first.named:
        yield f"    {found.hint}"
    yield f"    Read {first.page}."
    if len(group) > 1:
        said = [", ".join(f"{step} = {now}" for step, _, now in one.changed) for one in group[1:]]
        more = f" or {len(said) - 3} others" if len(said) > 3 else ""
        yield f"    The test cannot tell it from {'; '.join(said[:3])}{more}."
