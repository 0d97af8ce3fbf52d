"""Printed arrays and shapes that no test has."""

from collections.abc import Iterator, Sequence

import numpy as np

from backcheck.diagnosis.placing import spelled
from backcheck.diagnosis.reading import Paste, PrintedArray
from backcheck.diagnosis.symptoms import Likely
from backcheck.fixtures import Fixture
from backcheck.mutants.mistakes import occurrences
from backcheck.mutants.mutant import Mutant, distinct
from backcheck.program import Tree, compiled
from backcheck.showing.words import say


def misshapen(paste: Paste, tests: Sequence[Fixture]) -> Likely | None:
    """Return what gives the first named array a shape that no test has, and which they have."""
    printed = [(str(one.name), one.shape, one) for one in paste.arrays if one.dimensions < 3]
    for name, shape, array in [*printed, *((*one, None) for one in paste.shapes)]:
        steps = {test: step for test in tests if (step := _step_called(name, test))}
        known: dict[tuple[int, ...], Fixture] = {}
        for test, step in steps.items():
            known.setdefault(np.shape(test.values[step]), test)
        if not shape or not known or shape in known:
            continue
        places = [say("shape-in", shape=size, title=test.title) for size, test in known.items()]
        said = [say("shape-nowhere", name=name, shape=shape, shapes=", ".join(places))]
        if turned := known.get(shape[::-1]):
            said.append(say("shape-turned", name=name, title=turned.title))
        found = [one for test, step in steps.items() for one in of_shape(test, step, shape)]
        if array:
            found = [one for one in found if _prints(one, steps[one.fixture], array)]
        for test in () if found and array else tests:
            alike = [one for one in test.expected if np.shape(test.values[one]) == shape]
            if other := next((one for one in alike if one[:2].lower() == name[:2].lower()), ""):
                said.append(say("shape-other", name=other, title=test.title))
                break
        if found:
            said.append(say("shape-exact" if array else "shape-like", name=name))
        return None, tuple(distinct(found)), tuple(said)
    return None


def undivided(paste: Paste, tests: Sequence[Fixture]) -> Likely | None:
    """Return what a shape says that has the rows of two arrays, where a test takes those of one."""
    printed = [(str(one.name), one.shape) for one in paste.arrays]
    for name, shape in [*printed, *paste.shapes]:
        for test in tests:
            for step in () if test.last else test.program.steps:
                both = _with_all_rows(step.expression)
                if (
                    both != step.expression
                    and step.name[:2].lower() == name[:2].lower()
                    and np.shape(compiled(both)(test.values)) == shape
                ):
                    of = {"name": name, "shape": shape, "step": step.name, "title": test.title}
                    return None, (), (say("shape-rows", **of),)
    return None


def _with_all_rows(tree: Tree) -> Tree:
    if not isinstance(tree, tuple):
        return tree
    operation, *operands = tree
    if operation in ("head", "tail"):
        return _with_all_rows(operands[0])
    return (operation, *map(_with_all_rows, operands))


def of_shape(fixture: Fixture, step: str, shape: tuple[int, ...]) -> Iterator[Mutant]:
    """Yield the named forms that give a step a shape, or that shape turned round."""
    for _, forms in occurrences(fixture):
        value = Mutant(fixture, forms).values.get(step) if {*forms} == {step} else None
        own = np.shape(fixture.values[step])
        if value is not None and np.shape(value) in {shape, shape[::-1]} - {own}:
            yield Mutant(fixture, forms)


def _prints(mutant: Mutant, step: str, array: PrintedArray) -> bool:
    value = mutant.values[step]
    return array.matches(value) or array.matches(np.transpose(value))


def _step_called(name: str, fixture: Fixture) -> str:
    """Return the step that a name of a gradient is for, by its spelling in a test, or ``""``."""
    name = next(iter(fixture.also_called), {}).get(name, name)
    return spelled(name, (step.name for step in fixture.program.steps))
