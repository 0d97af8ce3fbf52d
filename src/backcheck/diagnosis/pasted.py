"""Pasted lines of code: the steps of a test that they compute."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import takewhile
from typing import Any

import numpy as np

from backcheck.diagnosis.lines import same
from backcheck.diagnosis.reading import Paste, course_spelling
from backcheck.fixtures import Fixture
from backcheck.forward import networks
from backcheck.mutants.formulas import Values
from backcheck.mutants.mutant import Mutant
from backcheck.mutants.operators import expression
from backcheck.program import Tree, names, put
from backcheck.showing.words import pattern


def _steps(fixture: Fixture) -> set[str]:
    return {step.name for step in fixture.program.steps} - {"m"}


def _of_steps(fixture: Fixture) -> dict[str, str]:
    """Return the names of steps that the notebook gives to other steps."""
    steps = _steps(fixture)
    return {name: own for name, own in fixture.notebook_names.items() if name in steps}


def step_of(name: str, fixture: Fixture) -> str:
    """Return the step of a fixture that a learner's name is the name of, or ``""``."""
    names = (name, fixture.notebook_names.get(name), course_spelling(name))
    return next((one for one in names if one in _steps(fixture)), "")


def line_that_stops(lines: Mapping[str, Tree], statement: str, fixture: Fixture) -> Tree:
    """Return what a statement among the lines computes for a step, in its own words; or ``""``."""
    name, *_ = statement.partition("=")
    tree = lines.get(step_of(name.strip(), fixture), "")
    words = (word[0] for word in pattern("identifier").finditer(statement))
    said = {step_of(word, fixture) for word in words}
    # What the test computes in a step of its own stands in this line.
    unsaid = (one for one in fixture.program.steps if one.name not in said)
    return put(tree, {one.name: one.expression for one in unsaid})


def steps_in(paste: Paste, fixture: Fixture) -> list[str]:
    """Return the steps of a fixture that pasted lines assign, each once."""
    steps = (step_of(name, fixture) for name, _ in _meant(paste.lines, fixture))
    return list(dict.fromkeys(filter(None, steps)))


@np.errstate(all="ignore")
def _meant(lines: Sequence[tuple[str, str]], fixture: Fixture) -> Iterator[tuple[str, str]]:
    """Yield lines with the names of the steps that they mean.

    Where the notebook gives the name of one step to another, as dft to dzf, it is the other one
    unless the line computes the first.
    """
    # Who assigns both has a name for each.
    means = {n: own for n, own in _of_steps(fixture).items() if own not in dict(lines)}
    scope = Values({**fixture.values, **fixture.arrays})
    now = dict(means)
    for name, text in lines:
        # The name of a function, such as np.dot, is none of an array.
        read = re.sub(r"(?<!\.)\b\w+\b(?!\()", lambda word: now.get(word[0], word[0]), text)
        if name in means:
            now[name] = means[name]
            with suppress(ValueError):
                tree = expression(read)
                is_plain = scope.keys() >= {*names(tree)} and same(scope[tree], scope[name])
                now[name] = name if is_plain else means[name]
        yield now.get(name, name), read


def lines_of(paste: Paste, fixture: Fixture) -> dict[str, Tree]:
    """Return the steps of a fixture that pasted lines compute, in one way each."""
    steps = _steps(fixture)
    found: dict[str, Tree] = {}
    # What the lines above compute under names of their own.
    above: dict[Tree, Tree] = dict(fixture.notebook_names.items() - _of_steps(fixture).items())
    values = Values({**fixture.values, **fixture.arrays})
    as_due = {one.name: one.expression for one in fixture.program.steps}
    for name, text in _meant(paste.lines, fixture):
        step = step_of(name, fixture)
        if pattern("reshapes").match(text) or name in fixture.arrays or name == "m":
            continue
        # What was printed under a name is no way to compute it.
        if text[:1] != "=" and not pattern("code").match(text):
            continue
        # A step stands for itself where it is computed in two ways, or in none that is read.
        tree: Tree = step or name
        again = False
        with suppress(ValueError):
            tree = expression(text)
            again = step in found and step in names(tree)
            tree = put(tree, {**above, step: found[step]} if again else above)
        # What is kept the other way round is read so.
        if step and _is_turned(tree, step, values, fixture):
            above[step], found[step] = ("T", step), as_due[step]
            continue
        if not step:
            above[name] = tree
            continue
        # What the test computes in a step of its own has that step's name, unless that is another.
        others = (one for one in fixture.program.steps if one.name != step)
        alike = (s for s in others if found.get(s.name, s.expression) == s.expression)
        tree = put(tree, {one.expression: one.name for one in alike})
        is_known = {*names(tree)} <= {*fixture.arrays, *steps, "m"} - {step}
        is_one = again or found.get(step, tree) == tree
        found[step] = tree if is_known and is_one else step
    return {step: tree for step, tree in found.items() if tree != step}


@np.errstate(all="ignore")
def _is_turned(tree: Tree, step: str, values: Values, fixture: Fixture) -> bool:
    """Return whether a line gives a step that is no output the other way round."""
    is_output = step in fixture.expected or np.ndim(values[step]) < 2
    is_known = {*names(tree)} <= values.keys() - {step}
    if is_output or not is_known or same(values[tree], values[step]):
        return False
    return same(np.transpose(values[tree]), values[step])


@np.errstate(all="ignore")
def written(paste: Paste, fixture: Fixture) -> Mutant | None:
    """Return the program that has pasted lines in place of its own, where these differ."""
    network, *_ = networks(fixture, own_shapes=False)[0]
    every = ((fixture.values, fixture.arrays), (fixture.program.run(network), network))
    passes = [Values({**values, **arrays}) for values, arrays in every]
    lines = lines_of(paste, fixture).items()
    own = {
        step: tree
        for step, tree in lines
        if not all(_computes(tree, step, scope, fixture) for scope in passes)
    }
    own = _narrowed(own, fixture)
    own = {step: _in_steps(tree, step, own, fixture) for step, tree in own.items()}
    return Mutant(fixture, own, len(own)) if own else None


def _narrowed(forms: dict[str, Tree], fixture: Fixture) -> dict[str, Tree]:
    """Return changes with one step in place of all that read it, where these differ in it alone."""
    for step in reversed(fixture.program.steps):
        read_by = {one.name: one for one in fixture.program.steps if step.name in one.reads}
        is_own = step.name in fixture.expected or step.name in forms
        if is_own or not read_by or not read_by.keys() <= forms.keys():
            continue
        stands = {
            tree
            for name, one in read_by.items()
            for tree in _standing(step.name, one.expression, forms[name])
        }
        if len(stands) == 1 and (tree := stands.pop()) and step.name not in names(tree):
            rest = {name: form for name, form in forms.items() if name not in read_by}
            return _narrowed({**rest, step.name: tree}, fixture)
    return forms


def _in_steps(tree: Tree, step: str, changed: Container[str], fixture: Fixture) -> Tree:
    """Return an expression with the names of the steps above that stand in it as the test has."""
    above = takewhile(lambda one: one.name != step, fixture.program.steps)
    return put(tree, {one.expression: one.name for one in above if one.name not in changed})


def _standing(name: str, was: Tree, now: Tree) -> set[Tree]:
    """Return what stands in an expression where a name stood; ``""`` if more differs."""
    if was == name:
        return {now}
    if isinstance(was, tuple) and isinstance(now, tuple) and len(was) == len(now):
        pairs = zip(was, now, strict=True)
        return set().union(*(_standing(name, *pair) for pair in pairs))
    return set() if was == now else {""}


@np.errstate(all="ignore")
def agreeing(
    mutants: Iterable[Mutant], lines: Mapping[str, Tree], fixture: Fixture
) -> list[Mutant]:
    """Keep the programs that do what pasted lines do, on the test and off it."""
    network, *_ = networks(fixture, own_shapes=False)[0]

    def does(mutant: Mutant, arrays: Mapping[str, Any]) -> bool:
        own = mutant.values_on(arrays)
        scope = Values({**arrays, **own})
        computed = ((step, t) for step, t in lines.items() if {*names(t)} <= scope.keys())
        return all(
            own.get(step) is scope[tree] is None or same(own.get(step), scope[tree])
            for step, tree in computed
        )

    return [one for one in mutants if does(one, fixture.arrays) and does(one, network)]


def _computes(tree: Tree, step: str, scope: Values, fixture: Fixture) -> bool:
    """Return whether a line gives a step; a cost in brackets is squeezed by the template below."""
    got, want = scope[tree], scope[step]
    is_one = got is not None and np.size(got) == 1 and fixture.is_cost(step)
    return same(np.ravel(got)[0] if is_one else got, want)


def each_alone(mutant: Mutant) -> tuple[Mutant, ...]:
    """Return its changes one by one, since some can be right, unless one name is of all."""
    alone = tuple(Mutant(mutant.fixture, {step: tree}) for step, tree in mutant.forms.items())
    return (mutant,) if len(mutant.named) == 1 else alone
