"""An author's own test, judged as it stands: their file, run once for each backward pass.

The test is a black box. What it hands to the function under test says which backward pass it is
about; then each mutant of that one is the function under test, and the verdict is what the test
says. See `backcheck.auditing.attempts` for the process in which it runs.
"""

import ast
import json
import os
import pickle
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from backcheck import forward
from backcheck.auditing.attempts import Ask, Load
from backcheck.diagnosis.returned import decoded
from backcheck.diagnosis.running import ended, source_of
from backcheck.fixtures import Fixture, ids, load, parsed
from backcheck.mutants.audit import (
    SAME,
    Audit,
    Survivor,
    counted,
    gap,
    judged_mutants,
    percent,
    survivor,
)
from backcheck.mutants.mutant import Mutant
from backcheck.program import Program, parse

CHILD = (
    "import sys; sys.path[:] = sys.argv[1:]; from backcheck.auditing.attempts import main; main()"
)

COPIED = 1_000_000
"""Files beside a test up to this size are copied for it; others it reads where they are."""

SHOWN = 6
"""How many programs are listed that share a reason; as JSON, all of them are."""

SINGLE = 1e-4
"""Largest residual that the rounding of single precision explains."""

UNSEEN = 1e-2
"""Relative differences above this are not accepted by any tolerance, but where nobody looks."""

BLIND = {"it does not look at {}": "{0} + 1000", "it sees {} as a mean alone": "{0} * 0 + sum({0})"}
"""What a test does not see of an output, and the form of it that shows so."""


@dataclass(frozen=True)
class Report:
    """What an author's test says of every mutant, and why."""

    audit: Audit
    cases: tuple[Fixture, ...]  # the known test, with the arrays of each call of this one
    complaint: str  # of the backward pass itself
    blind: Mapping[str, str]  # what the test does not see of an output

    @property
    def fairness(self) -> float:
        """Share of the equivalent programs that pass."""
        return self.audit.fairness

    @property
    def strength(self) -> float:
        """Share of the mistakes that fail."""
        return self.audit.strength

    @property
    def rejected(self) -> list[tuple[str, str]]:
        """The right programs that fail, each with the reason."""
        return [(str(mutant), why(self.cases, mutant)) for mutant in self.audit.rejected]

    @property
    def survivors(self) -> list[Survivor]:
        """The mistakes that pass, each with the reason."""
        return [self._survivor(mutant) for mutant in self.audit.missed]

    def _survivor(self, mutant: Mutant) -> Survivor:
        case = max(self.cases, key=lambda one: gap(one, mutant, one.arrays))
        found = forward.errors(mutant.program, case, case.arrays, case.program.run(case.arrays))
        off = dict(zip(case.expected, found, strict=False))
        wrong = [name for name, one in off.items() if one > SAME]
        if wrong and self.blind.keys() >= {*wrong}:
            return Survivor(mutant, "unseen", ", ".join(self.blind[name] for name in wrong))
        if turned := [name for name in wrong if np.isinf(off[name])]:
            said = "another shape, and the comparison broadcasts"
            return Survivor(mutant, "unseen", f"{' and '.join(turned)}: {said}")
        if wrong and max(off.values()) > UNSEEN:
            said = f"{max(off, key=lambda name: off[name])} is off by {max(off.values()):.1g}"
            return Survivor(mutant, "unseen", f"{said} of its largest entry, where nothing looks")
        return survivor(case, mutant)

    def __repr__(self) -> str:
        found, title = self.audit, self.cases[0].title
        right, wrong = found.counts
        lines = [
            f"## `{title}`",
            "",
            f"- fairness {percent(found.fairness)}: accepts {right} equivalent programs",
            f"- strength {percent(found.strength)}: rejects {wrong} mistakes",
            "",
            f"Judged as `{self.cases[0].function}` ({self.cases[0].id}).",
        ]
        if self.complaint:
            lines += ["It rejects the backward pass it is judged by as well:", self.complaint]
        if broken := dict(_broken(self.cases)):
            lines += ["", "The arrays that it hands over do not come from a forward pass:", ""]
            lines += [f"- {said}" for said in broken.values()]
        lines += listed("Rejected although equivalent", self.rejected)
        accepted = [(str(one.mutant), one.details) for one in self.survivors]
        lines += listed("Accepted although a mistake", accepted)
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain lists and dictionaries, with the keys of an audit."""
        details = [{"changed": changed, "details": why} for changed, why in self.rejected]
        kept = replace(self.audit, missed=())
        told = kept.to_dict() | {"test": self.cases[0].title, "strength": self.audit.strength}
        told["mistakes"]["accepted"] = len(self.audit.missed)
        told["survivors"] = [one.to_dict() for one in self.survivors]
        return told | {"rejected": details, "complaint": self.complaint}


def listed(heading: str, found: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield programs by the reason that they share, with the first of many."""
    by_reason: dict[str, list[str]] = {}
    for changed, why in found:
        by_reason.setdefault(why, []).append(changed)
    yield from ("", f"### {heading}") if by_reason else ()
    for why, some in sorted(by_reason.items(), key=lambda one: -len(one[1])):
        yield from ("", f"{why}:", "", *(f"- `{changed}`" for changed in some[:SHOWN]))
        yield from [f"- and {len(some) - SHOWN} more"] * (len(some) > SHOWN)


def report(
    target: str,
    candidates: Iterable[Fixture] = (),
    replaced: str = "",
    seconds: float = 30.0,
    progress: Callable[[str], None] = lambda said: None,
) -> Report:
    """Judge a test of a file, ``FILE.py::test`` or ``FILE.py::Class::test``.

    It is judged as one of the `candidates`, by default the published tests, and has some
    `seconds` for each run. `replaced` names the function under test where it is no argument. A
    ValueError says in one sentence what keeps the test from being judged.
    """
    loaded = _loaded(target, replaced)
    name = "::".join((os.path.basename(loaded.path), *loaded.names))
    with _process(loaded, name, seconds) as run:
        cases, complaint = _chosen(run, name, list(candidates) or _known())
        fixture = cases[0]
        every = judged_mutants(fixture)
        passing = []
        for place, mutant in enumerate(every, start=1):
            progress(f"{name}: program {place} of {len(every)}")
            passing.append(not run(_ask(fixture, mutant.program), str(mutant))["complaint"])
        if all(passing):
            raise ValueError(
                f"{name} accepts each of {len(every)} backward passes, right or wrong: it compares "
                "nothing, or the function with itself."
            )
        blind = {} if complaint else dict(_blind(run, fixture))
    return Report(counted(fixture, every, passing), cases, complaint, blind)


def _loaded(target: str, replaced: str) -> Load:
    """Return what is to be run of a file; a ValueError says why there is nothing."""
    path, *names = target.split("::")
    text = source_of(Path(path))
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError) as error:
        raise ValueError(f"{path} is no Python: {error}.") from None
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    own = [
        (*outer, node.name)
        for outer, body in [((), tree.body), *(((one.name,), one.body) for one in classes)]
        for node in body
        if isinstance(node, ast.FunctionDef)
        and re.search("(?i)test", node.name)
        and not any("fixture" in ast.unparse(mark) for mark in node.decorator_list)
    ]
    if not names and len(own) == 1:
        names = list(own[0])
    if not names or not any(tuple(names) == one for one in own):
        known = ", ".join(f"{path}::{'::'.join(one)}" for one in own) or "no function called a test"
        raise ValueError(f"{target} names no test; {path} has {known}.")
    folder = Path(path).resolve().parent
    needs = bool(re.search(r"(?m)^\s*(?:import|from) pytest\b", text))
    needs |= any((one / "conftest.py").exists() for one in (folder, *folder.parents))
    return Load(str(Path(path).resolve()), tuple(names), replaced, bool(replaced) and needs)


Run = Callable[..., dict[str, Any]]
"""What runs a test with a backward pass, and is told what to call that one."""


@contextmanager
def _process(loaded: Load, name: str, seconds: float) -> Iterator[Run]:
    """Load a test in a process of its own, in a folder of its own, with what stands beside it."""
    with TemporaryDirectory() as folder, ThreadPoolExecutor(1) as pool:
        for one in {*Path(loaded.path).parent.iterdir(), *Path.cwd().iterdir()}:
            here = Path(folder) / one.name
            with suppress(OSError):
                if one.is_file() and one.stat().st_size <= COPIED:
                    shutil.copy(one, here)
                else:
                    here.symlink_to(one.resolve())
        process: Any = subprocess.Popen(  # noqa: S603 - this Python, which runs our own module
            [sys.executable, "-c", CHILD, *map(os.path.abspath, sys.path)],
            cwd=folder,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "MPLBACKEND": "Agg"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        to, out = process.stdin, process.stdout

        def run(asked: Ask | Load, given: str = "") -> dict[str, Any]:
            when = f"when it was given `{given}`" if given else "while it was loaded"
            with suppress(OSError):
                pickle.dump(asked, to)
                to.flush()
            try:
                line = pool.submit(out.readline).result(seconds)
            except TimeoutError:
                raise ValueError(
                    f"{name} did not come back within {seconds:g} seconds {when}; "
                    "--seconds gives it more."
                ) from None
            if not line:
                raise ValueError(f"{name} ended its process {when}.")
            told: dict[str, Any] = json.loads(line)
            return told

        try:
            # How long Python takes to start is not the test's time.
            out.readline()
            if problem := run(loaded).get("problem"):
                raise ValueError(f"{name} cannot be run: {problem.rstrip('.')}.")
            yield run
        finally:
            ended(process)
            process.wait()
            for pipe in (to, out):
                with suppress(OSError):
                    pipe.close()


def _known() -> list[Fixture]:
    """Return the published tests, the newest first, one for each backward pass."""
    found: dict[Any, Fixture] = {}
    for test in map(load, reversed(ids())):
        if test.call:
            found.setdefault((test.program, test.call), test)
    return list(found.values())


def _ask(fixture: Fixture, program: Program, tell: bool = False) -> Ask:
    calls = tuple(parsed(fixture))
    beside = {n.id for into, _ in calls for n in ast.walk(into) if isinstance(n, ast.Name)}
    outputs = tuple(name for name in fixture.comparisons[-1].outputs if name not in beside)
    steps = tuple((step.name, step.expression) for step in program.steps)
    return Ask(fixture.function, calls, outputs, steps, tell)


def _chosen(run: Run, name: str, candidates: list[Fixture]) -> tuple[tuple[Fixture, ...], str]:
    """Return the candidate that a test is about, with the arrays of each call, and its complaint.

    It is called as the test calls the function, and if several are, the test accepts it, its
    shapes are those of a forward pass, and its name stands in that of the test.
    """
    found: list[tuple[tuple[bool, ...], tuple[Fixture, ...], str]] = []
    for candidate in candidates:
        told = run(_ask(candidate, candidate.program, tell=True), candidate.function)
        complaint = told["complaint"]
        if flaw := _flaw(told):
            raise ValueError(f"{name} {flaw}.")
        arrays = [call["arrays"] for call in told["calls"] if "arrays" in call]
        if len(arrays) < len(told["calls"]):
            continue
        cases = tuple(_cases(name, candidate, arrays))
        fits = all(map(_fits, cases))
        called = candidate.function in name
        found.append(((bool(complaint), not fits, not called), cases, complaint))
    if not found:
        call = told["calls"][0]["call"]
        known = f"none that is known is called so, as {candidates[0].call[0]} is"
        raise ValueError(f"{name} calls the function with {call}, but {known}; use --program FILE.")
    _, cases, complaint = min(found, key=lambda one: one[0])
    if not run(Ask(cases[0].function, (), ()), "a function that returns None")["complaint"]:
        raise ValueError(f"{name} ignores what the function returns: it passes with None.")
    return cases, complaint


def _flaw(told: Mapping[str, Any]) -> str:
    """Return why a test says nothing of the function that it is given, or ``""``."""
    complaint = told["complaint"]
    if told["used"] == ["the network"]:
        return "needs the network, and an audit has none"
    for absent in told["used"]:
        module = absent.rpartition(".")[0]
        return f"uses {absent}, but there is no module {module}; put its file beside the test"
    if complaint.startswith(("NameError", "ModuleNotFoundError")):
        return f"cannot be run: {complaint}"
    if not told["calls"]:
        said = f"stops before it calls the function: {complaint}" if complaint else ""
        return said or "never calls the function; name the one it tests with --replace"
    return ""


def _cases(name: str, fixture: Fixture, arrays: Iterable[Mapping[str, Any]]) -> Iterator[Fixture]:
    """Yield a fixture with each set of arrays that a test hands over."""
    kept: list[dict[str, Any]] = []
    for told in arrays:
        values = {key: decoded(one).array for key, one in told.items() if key != "m"}
        if any(all(np.array_equal(one[key], values[key]) for key in one) for one in kept):
            continue
        kept.append(values)
        expected: dict[str, Any] = {}
        with suppress(ValueError):
            found = fixture.program.run(values)
            expected = {key: np.asarray(found[key]) for key in fixture.comparisons[-1].outputs}
        yield replace(fixture, title=name, arrays=values, expected=expected)


def _fits(case: Fixture) -> bool:
    """Return whether the arrays have the shapes of one forward pass."""
    with suppress(ValueError, KeyError):
        drawn = forward.draw(case, 0, {**forward.SIZES, **case.sizes})
        return all(drawn[n].shape == a.shape for n, a in case.arrays.items() if n in drawn)
    return False


def _blind(run: Run, fixture: Fixture) -> Iterator[tuple[str, str]]:
    """Yield the outputs that a test does not look at, or not at their entries."""
    for name, value in fixture.expected.items():
        for said, form in BLIND.items():
            if "mean" in said and np.ptp(value) == 0:
                continue
            form = form.format(name) + (f" / sum(ones({name}))" if "mean" in said else "")
            steps = (*fixture.program.steps, *parse(f"{name} = {form}").steps)
            if not run(_ask(fixture, Program(steps)), f"{name} = {form}")["complaint"]:
                yield name, said.format(name)
                break


def _broken(cases: Iterable[Fixture]) -> Iterator[tuple[str, str]]:
    """Yield the relations that the arrays break, and by how much; labels that are none as well."""
    for case in cases:
        yield from ((one, _off_by(one, off)) for one, off in _off(case).items())
        for name, said in case.given.items():
            held, kind = case.arrays.get(name), forward.kind_and_shape(said)[0]
            if held is not None and kind == "one-hot" and not np.all(held.sum(axis=0) == 1):
                yield name, f"`{name}` has columns that are not one-hot"


def why(cases: Iterable[Fixture], mutant: Mutant) -> str:
    """Say why a right program is rejected: by which relations that do not hold it shows."""
    for case in cases:
        if not case.is_gradient:
            return "the test expects what is no gradient"
        if gap(case, mutant, case.arrays) <= SAME:
            continue
        off = _off(case)
        needed = list(off)
        if _differs(case, mutant, needed):
            return "on these arrays it gives other values"
        for relation in off:
            fewer = [one for one in needed if one != relation]
            needed = needed if _differs(case, mutant, fewer) else fewer
        return " and ".join(_off_by(one, off[one]) for one in needed)
    return "it gives the same values up to rounding, which is not what decides"


def _differs(case: Fixture, mutant: Mutant, relations: Collection[str]) -> bool:
    """Return whether a right program shows where some relations are made to hold."""
    with suppress(ValueError):  # Of arrays in two shapes, some are of no use to each other.
        return gap(case, mutant, _mended(case, relations)) > SAME
    return True


def _mended(case: Fixture, relations: Collection[str]) -> dict[str, Any]:
    """Return the arrays of a test with some relations of the forward pass made to hold."""
    arrays = dict(case.arrays)
    for step in forward.lines_of(arrays, case.forward):
        if str(step).replace(" @ ", " ") in relations:
            with suppress(ValueError):
                arrays[step.name] = np.asarray(step.value_in(arrays))
    return arrays


def _off(case: Fixture) -> dict[str, float]:
    """Return the relations that are broken, and not by the rounding of single precision alone."""
    single = any(array.dtype == np.float32 for array in case.arrays.values())
    return {one: off for one, off in case.broken().items() if not off <= SINGLE * single}


def _off_by(relation: str, off: float) -> str:
    return f"`{relation}` {f'is off by {off:.2g}' if np.isfinite(off) else 'has two shapes'}"
