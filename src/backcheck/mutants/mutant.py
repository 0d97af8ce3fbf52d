"""A changed backward pass, with all that can be said of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

import numpy as np

from backcheck import forward
from backcheck.fixtures import Fixture, Outcome, prefix
from backcheck.mutants.formulas import FAILURES, fingerprint, formula
from backcheck.mutants.mistakes import Mistake, names_of, partly_named, table
from backcheck.mutants.mutate import mutants, mutated, operator_of
from backcheck.mutants.roles import role
from backcheck.mutants.steps import said_of
from backcheck.over_time import in_loop
from backcheck.program import Program, Tree, names, parts, put, write
from backcheck.showing.handout import expects, replaced_names, statements, symbol, told_once
from backcheck.showing.words import say

PAGES = {
    "dZ": "two-layers#two-layers-derivation",
    "dA": "output-shortcut#output-shortcut-derivation",
    "m": "notation#notation-symbols",
    "": "linear-step#linear-step-derivation",
}
"""Where a step without a named form is explained, by what it computes."""


@dataclass(frozen=True)
class Mutant:
    """One changed backward pass."""

    fixture: Fixture
    forms: Mapping[str, Tree]  # the new expression of each changed slot
    changes: int = 1
    # The name of each step whose result stands under another output's name, or is of another call.
    printed_as: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def program(self) -> Program:
        """The whole backward pass."""
        return mutated(self.fixture, self.forms)

    def __str__(self) -> str:
        return ", ".join(self.shown)

    @property
    def shown(self) -> tuple[str, ...]:
        """Each changed statement as readers see it; see `backcheck.showing.handout.statements`.

        Those of one layer that differ in what they read are one line, as are sums changed alike.
        """
        keys, rest = said_of(self.fixture, self.forms)
        if keys:
            told = (key.partition(" ") for key in keys)
            return (*self._statements(rest), *(say(key, t=t) for key, _, t in told))
        if not (read := self._replaced):
            return self._statements(self.forms)
        names = ", ".join(write(tree) for tree in read.values())
        said = say("computed-with", steps=", ".join(self.forms), names=names)
        return (in_loop(said, next(iter(self.forms))),)

    @property
    def expects(self) -> tuple[str, ...]:
        """What the test has in place of each change, in the notation of the handout."""
        keys, rest = said_of(self.fixture, self.forms)
        if keys:
            where = {
                "forward": say("forward-expects"),
                "begun": say("begun-expects"),
                "da0": say("da0-expects"),
                "dx": say("dx-expects"),
            }
            loop = say("loop-expects")
            return (*self._expected(rest), *(where.get(k.partition("-")[0], loop) for k in keys))
        if read := self._replaced:
            said = say("takes", symbols=", ".join(map(symbol, read)))
            return (in_loop(said, next(iter(self.forms))),)
        return tuple(self._expected(self.forms))

    def _statements(self, forms: Mapping[str, Tree]) -> tuple[str, ...]:
        told = told_once(self.originals, forms)
        both = zip(forms, statements(forms), strict=True)
        return tuple(statement for name, statement in both if name in told)

    def _expected(self, forms: Mapping[str, Tree]) -> Iterator[str]:
        for name, others in told_once(self.originals, forms).items():
            yield expects(name, self._in_its_words(name, forms[name]), others)

    def _in_its_words(self, name: str, now: Tree) -> Tree:
        """Return what a test computes in a step, without the steps that a change writes out."""
        was, said = self.originals[name], {*names(now)}
        done = {part[0] for part in parts(now)}
        steps = {one.name: one.expression for one in self.fixture.program.steps}
        out = {n: steps[n] for n in names(was) if n in steps and n not in said}

        def is_written(tree: Tree) -> bool:
            return {*names(tree)} <= said and {part[0] for part in parts(tree)} <= done

        return put(was, {n: tree for n, tree in out.items() if is_written(tree)})

    @cached_property
    def _replaced(self) -> dict[str, Tree]:
        roles = [role(self.fixture, name)[0] for name in self.forms]
        is_call = self.changes == 1 and len({*roles}) == len(roles)
        return replaced_names(self.originals, self.forms) if is_call else {}

    @cached_property
    def changed(self) -> tuple[tuple[str, str, str], ...]:
        """The step, what it was (a solution: for programs only) and what it is, by change."""
        was = self.originals
        new = {name: now for name, now in self.forms.items() if now != was[name]}
        return tuple((name, write(was[name]), write(now)) for name, now in new.items())

    @cached_property
    def originals(self) -> dict[str, Tree]:
        """What each slot is where nothing has changed."""
        return {slot.name: slot.original.tree for slot in mutants(self.fixture).slots}

    @cached_property
    def values(self) -> dict[str, Any]:
        """The value of each step on the fixture, as far as numpy gets."""
        return self.values_on(self.fixture.arrays)

    def values_on(self, arrays: Mapping[str, Any]) -> dict[str, Any]:
        """Return the value of each step on some arrays, as far as numpy gets."""
        scope = dict(arrays)
        values = {}
        with np.errstate(all="ignore"):
            for step in self.program.steps:
                try:
                    values[step.name] = scope[step.name] = step.value_in(scope)
                except (*FAILURES, KeyError):
                    # Two changed steps may read each other.
                    break
        return values

    @cached_property
    def verdict(self) -> str:
        """``"equivalent"`` or ``"mistake"``, as the referee finds on fresh networks."""
        return forward.verdict(self.program, self.fixture)

    @cached_property
    def right_here(self) -> bool:
        """Whether it is right on every network of the fixture's own shapes."""
        found = forward.verdict(self.program, self.fixture, own_shapes=True)
        return not self.printed_as and found == "equivalent"

    @cached_property
    def outcome(self) -> Outcome:
        """What the newest edition of the test says of it."""
        return self.fixture.judge(self.program)

    @cached_property
    def named(self) -> tuple[Mistake, ...]:
        """The named forms it consists of, or none."""
        return names_of(self.fixture, self.forms)

    @property
    def name(self) -> str:
        """What the change is called, or ``""`` if it has no name."""
        if self.printed_as and not self.forms:
            return self.exchanged or say("other-name")
        return " and ".join(mistake.name for mistake in self.named)

    @cached_property
    def unnamed(self) -> dict[str, Tree]:
        """The changes that neither have a name nor are a part of what has one."""
        return {} if self.named else partly_named(self.fixture, self.forms)[1]

    @property
    def described(self) -> str:
        """Its name, or the names of its parts and the operators that make what has none."""
        if self.name:
            return self.name
        named, _ = partly_named(self.fixture, self.forms)
        made = (operator_of(self.fixture, *one, self.changes) for one in self.unnamed.items())
        words = (*(mistake.name for mistake in named), *filter(None, made))
        return " and ".join(dict.fromkeys(words)) or say("unnamed")

    @property
    def exchanged(self) -> str:
        """What is said where one call of a test prints what another one should, or ``""``."""
        ways = {(prefix(name), prefix(step)): None for step, name in self.printed_as.items()}
        if len(self.printed_as) < 2 or any(not all(way) or way[0] == way[1] for way in ways):
            return ""
        name, step = (before.strip("_") for before in next(iter(ways)))
        return say("exchanged-calls", name=name, step=step, n=len(ways))

    @property
    def called(self) -> list[tuple[str, str]]:
        """The names that stand in place of others, each with the call it is printed by."""

        def shown(name: str) -> str:
            before = prefix(name)
            of = {"name": name.removeprefix(before), "call": before.strip("_")}
            return say("in-call", **of) if before else name

        names = self.printed_as.items()
        return [(shown(name), shown(step)) for step, name in names if name != step]

    @cached_property
    def operators(self) -> tuple[str, ...]:
        """The operators of mutation that make it, by name, each once."""
        # What has a name need not be one of the many forms that two changes of a step lead to.
        changes = 1 if self.named else self.changes
        found = [operator_of(self.fixture, *form, changes) for form in self.forms.items()]
        return tuple(dict.fromkeys(filter(None, found)))

    @property
    def page(self) -> str:
        """The section that explains the change, or ``""`` where the book has none."""
        own, named = self.fixture.page, self.named[0].page if self.named else ""
        # A test with a page of its own has its own orientation, and maybe no layers.
        if own and own.partition("#")[0] != named.partition("#")[0]:
            return own
        if named:
            return named
        plain = {name: name.removeprefix(prefix(name)) for name in self.forms}
        steps = [name for name in plain if name == "m" or plain[name].startswith("d")]
        if not steps:
            return PAGES["m"]
        if steps[0] != "m" and not self.fixture.layers:
            return ""
        computes = "m" if steps[0] == "m" else role(self.fixture, steps[0])[0] or "dA"
        pages = {**PAGES, **self.fixture.explains}
        return pages.get(computes, pages[""])

    @cached_property
    def outputs_key(self) -> tuple[Any, ...]:
        """A key shared by the mutants whose tested outputs are equal on the fixture."""
        return tuple(fingerprint(self.values.get(name, ())) for name in self.fixture.expected)

    @cached_property
    def rank(self) -> tuple[Any, ...]:
        """A key that sorts the simplest explanation first: the shortest, unless it is rarer."""
        text = " ".join(f"{step} {now}" for step, _, now in self.changed)
        often = frequency(self.fixture.function)
        order = [often[mistake.id][0] for mistake in self.named]
        # What a step computes says more to a learner than what an array was taken for.
        misread = not self.fixture.arrays.keys().isdisjoint(self.forms)
        unnamed = len(self.unnamed)
        return (self.changes, unnamed, len(self.forms), order, misread, len(text), text)


def distinct(candidates: list[Mutant]) -> list[Mutant]:
    """Keep one spelling of each formula, the shortest; the simplest comes first."""
    kept: dict[Any, Mutant] = {}
    for mutant in candidates:
        key = tuple(
            (name, formula(mutant.fixture, tree)) for name, tree in sorted(mutant.forms.items())
        )
        if key not in kept or mutant.rank < kept[key].rank:
            kept[key] = mutant
    return sorted(kept.values(), key=lambda mutant: mutant.rank)


@cache
def frequency(function: str) -> dict[str, tuple[int, int]]:
    """Return a key for each named form that sorts the most frequent in a function first."""
    return {
        key: (-mistake.found.get(function, 0), place)
        for place, (key, mistake) in enumerate(table().items())
    }
