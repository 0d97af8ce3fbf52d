"""A backward program that prints some numbers, with all that can be said of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

import numpy as np

from backcheck import forward
from backcheck.fixtures import Outcome, load
from backcheck.formulas import FAILURES, fingerprint, formula
from backcheck.handout import expects, statements
from backcheck.mistakes import Mistake, names_of, table
from backcheck.mutate import mutants, program
from backcheck.program import Program, Tree, write
from backcheck.reading import Observed
from backcheck.roles import role

PAGES = {"dZ": "two-layers", "dA": "output-shortcut", "m": "notation", "": "linear-step"}
"""Where a step without a named form is explained, by what it computes."""


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
        """The step, what it was and what it is now, for each change.

        Both are statements for programs. What it was is a solution of the step: to readers it
        is shown as `expects` has it.
        """
        was = self._originals
        return tuple((name, write(was[name]), write(now)) for name, now in self._different.items())

    @property
    def expects(self) -> tuple[str, ...]:
        """What the test has in place of each change, in the notation of the handout."""
        return tuple(expects(name, self._originals[name]) for name in self._different)

    @property
    def shown(self) -> tuple[str, ...]:
        """Each changed statement as readers see it; see `backcheck.handout.statements`."""
        return statements(self._different)

    @cached_property
    def _different(self) -> dict[str, Tree]:
        # An idea that touches several steps can leave one of them as it was.
        was = self._originals
        return {name: tree for name, tree in self.forms.items() if tree != was[name]}

    @cached_property
    def _originals(self) -> dict[str, Tree]:
        return {slot.name: slot.original.tree for slot in mutants(load(self.id)).slots}

    @property
    def statements(self) -> str:
        """The changed statements, in one line."""
        return ", ".join(self.shown)

    @cached_property
    def values(self) -> dict[str, Any]:
        """The value of each step on the fixture, as far as numpy gets."""
        scope = dict(load(self.id).arrays)
        values = {}
        with np.errstate(all="ignore"):
            for step in self.program.steps:
                try:
                    values[step.name] = scope[step.name] = step.value_in(scope)
                except FAILURES:
                    break
        return values

    @cached_property
    def verdict(self) -> str:
        """``"equivalent"`` or ``"mistake"``, as the referee finds on fresh networks."""
        return forward.verdict(self.program, load(self.id))

    @property
    def moved(self) -> tuple[tuple[str, str], ...]:
        """The steps whose result was stored under another name."""
        return tuple(self.printed_as.items())

    @cached_property
    def right_here(self) -> bool:
        """Whether it is right on every network of the fixture's own shapes."""
        found = forward.verdict(self.program, load(self.id), own_shapes=True)
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
        return load(self.id).judge(self.program)

    @cached_property
    def rank(self) -> tuple[Any, ...]:
        """A key that sorts the simplest explanation first."""
        text = " ".join(f"{step} {now}" for step, _, now in self.changed)
        often = frequency(load(self.id).function)
        order = [often[found.id] for found in self.named]
        # What a step computes says more to a learner than what an array was taken for.
        misread = not load(self.id).arrays.keys().isdisjoint(self.forms)
        return (self.changes, not self.named, len(self.forms), order, misread, len(text), text)

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


def distinct(candidates: list[Candidate]) -> list[Candidate]:
    """Keep one spelling of each formula, the shortest."""
    kept: dict[Any, Candidate] = {}
    for candidate in candidates:
        key = tuple(
            (name, formula(load(candidate.id), tree))
            for name, tree in sorted(candidate.forms.items())
        )
        if key not in kept or candidate.rank < kept[key].rank:
            kept[key] = candidate
    return list(kept.values())


@cache
def frequency(function: str) -> dict[str, tuple[int, int]]:
    """Return a key for each named form that sorts the most frequent in a function first."""
    return {
        found.id: (-(found.found or {}).get(function, 0), place)
        for place, found in enumerate(table().values())
    }


def sentence(candidate: Candidate) -> str:
    """Return the name of a change, its verdict, and what the test makes of it.

    Examples
    --------
    >>> sentence(Candidate("c1w4_L_model_backward_v2", {"dZ2": ("-", "AL", "Y")}, 1))
    'the shortcut A - Y: equivalent, and this test rejects it'
    """
    test, wrong = candidate.outcome.word, candidate.verdict == "mistake"
    says = {"passes": "accepts it", "fails": "rejects it", "error": "stops with an error"}[test]
    joint = "but" if test == ("passes" if wrong else "error") else "and"
    narrow = " (right for these shapes only)" if wrong and candidate.right_here else ""
    name = candidate.name or "a change without a name"
    return f"{name}: {candidate.verdict}{narrow}, {joint} this test {says}"


def described(group: tuple[Candidate, ...]) -> Iterator[str]:
    """Yield the lines that tell a reader of candidates no output can tell apart."""
    first = group[0]
    for statement, expected in zip(first.shown, first.expects, strict=True):
        yield statement
        yield f"    {expected}"
    for step, name in first.moved:
        yield f"What is called {name} is {step} of this test."
    if first.moved and not first.forms:
        yield "    The numbers are right, and the test looks for them under their own name."
        return
    yield f"    {sentence(first)}"
    for found in first.named:
        yield f"    {found.hint}"
    yield f"    Read {first.page}."
    if len(group) > 1:
        said = [one.statements for one in group[1:]]
        rest = len(said) - 3
        more = f" or {rest} other{'s' if rest > 1 else ''}" if rest > 0 else ""
        yield f"    The test cannot tell it from {'; '.join(said[:3])}{more}."
