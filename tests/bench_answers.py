"""Measure how often a diagnosis is wrong, on numbers whose program is known.

Run by ``make bench`` and ``make bench-answers``. It takes five minutes, prints every false
explanation and a table, and writes ``book/answers.json``, from which the page ``colophon`` has its
figures.
"""

import json
import platform
import random
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from itertools import combinations, product
from pathlib import Path
from statistics import median, median_high
from typing import Any

import numpy as np

from backcheck.diagnosis.diagnose import diagnose
from backcheck.diagnosis.result import Diagnosis
from backcheck.fixtures import PREFIXES, Fixture, ids, load
from backcheck.mutants.formulas import fingerprint
from backcheck.mutants.mutant import Mutant
from backcheck.mutants.mutate import mutants, mutated
from backcheck.program import Tree, parse, write
from backcheck.showing.tables import Table
from backcheck.showing.words import say
from chapters import ROOT

RESULT = ROOT / "book" / "answers.json"

MISTAKES, DOUBLES, RANDOM, NETWORKS = 20, 2, 20, 2
"""How many programs of each exercise have one mistake and two, how many texts are random of each
kind, and how many networks run each program that is not ours."""

DECIMALS = (2, 4, 8)
SIZES = ("one number", "one array", "all outputs")
OUTCOMES = ("right", "listed", "perhaps chance", "no program", "refused", "false")
NAMES = ("our names", "their names", "no names")

CHANCE = re.compile(say("chance", n=2, digits="", more="").split(",")[0])

CORPUS: dict[str, tuple[str, str]] = {
    "bare-rows": ("c1w3_bp_notebook_v2", "dZ1 = dA1 * (1 - A1)"),
    "colon-labels": ("c1w3_bp_notebook_v2", "dW1 = dZ1 @ X.T"),
    "commented-rows": ("c1w3_bp_notebook_v2", "dW1 = dZ1 @ X.T"),
    "editor-lines": ("c1w4_L_model_backward_v2", "dZ2 = AL - Y"),
    "ellipsis-rows": ("c1w3_bp_public_c", "dZ1 = dA1 * (1 - tanh(Z1) ** 2)"),
    "forum-quote": ("c1w4_L_model_backward_v2", "dZ2 = AL - Y"),
    "got-and-expected": ("c1w2_propagate_public_2021", "dw = X @ dZ.T"),
    "html-breaks": ("c1w4_L_model_backward_v2", "dAL = (Y - 1) / (1 - AL) - Y / AL"),
    "list-of-zeros": ("c1w3_bp_notebook_v2", "db1 = sum(b1, axis=1, keepdims=True) / m"),
    "markdown-table": ("c1w3_bp_notebook_v2", ""),
    "matlab-rows": ("c1w4_linear_backward_v4a", "dW = (dZ @ A_prev.T / m).T"),
    "numpy-print": ("c1w4_L_model_backward_v2", "dZ2 = AL - Y"),
    "numpy-repr-dict": ("c1w4_L_model_backward_v2", "dZ2 = AL - Y"),
    "old-names": ("c1w4_L_model_backward_v2", ""),
    "old-names-mistake": ("c1w4_L_model_backward_v2", "dZ1 = dA1 * (AL > 0)"),
    "one-dimension-db": ("c1w4_linear_backward_v4a", "db = sum(dZ, axis=1) / m"),
    "scientific": ("c1w3_bp_notebook_v2", "dZ2 = (A2 - Y) / m\ndW1 = dZ1 @ X.T / m / m"),
    "traceback-around": ("c1w3_bp_public_c", "A2 = sigmoid(Z2)"),
    "two-changes": ("c1w4_L_model_backward_v2", "dZ2 = AL - Y\ndW1 = dZ1 @ A0.T"),
    "unicode-minus": ("c1w3_bp_notebook_v2", "dZ1 = dA1 * (1 - A1) ** 2"),
    "visible-test": ("c1w3_bp_notebook_v2", ""),
    "whole-thread": ("c1w4_L_model_backward_v2", "dZ2 = AL - Y"),
    "with-sigmoid-with-relu": (
        "c1w4_linear_activation_backward_v2",
        "sigmoid_dZ = dA * sigmoid(Z)",
    ),
    "wrong-shape": ("c1w4_linear_backward_v4a", "dW = (dZ @ A_prev.T / m).T"),
}
"""The program behind each text of the corpus that has the numbers of one of ours, by its changes:
the other texts have no numbers of a program."""


@dataclass
class Counts:
    """What came of some texts."""

    found: list[str] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def row(self) -> dict[str, Any]:
        """Return the numbers that the page shows."""
        said = {"texts": len(self.found)}
        said |= {outcome: self.found.count(outcome) for outcome in OUTCOMES}
        return said | {
            "answers": median_high(self.answers or [0]),
            "seconds": round(median(self.seconds), 2),
            "slowest": round(max(self.seconds), 1),
        }


Outputs = Mapping[str, Any]


@dataclass(frozen=True)
class Planted:
    """A program behind a text: the test that ran it, its changes, its outputs, what is pasted."""

    fixture: Fixture
    forms: Mapping[str, Tree]
    outputs: Outputs
    paste: Callable[[Outputs], str]

    def parts(self) -> Iterator[tuple[Mapping[str, Tree], Outputs]]:
        """Yield the changes and outputs of the program, and fewer changes that print its text.

        Of a mistake that is made in every layer, one array may show that of one layer.
        """
        yield self.forms, self.outputs
        for number in range(1, len(self.forms)):
            for steps in combinations(self.forms, number):
                forms = {step: self.forms[step] for step in steps}
                found = outputs_of(self.fixture, forms)
                if found and _bare(self.paste(found)) == _bare(self.paste(self.outputs)):
                    yield forms, found


def _signless(text: str) -> str:
    # A zero and what rounds to it from below are the same number.
    return re.sub(r"-(0\.0+)(?!\d)", r"\1", re.sub(r" +", " ", text.replace("[ ", "[")))


def _bare(text: str) -> str:
    # Quoted by hand, one number has any number of brackets.
    return re.sub(r"\[+([^][ ]+)\]+$", r"\1", text, flags=re.MULTILINE)


Asked = tuple[tuple[str, ...], str, int, Planted | None]
"""The rows a text counts in, the text, the changes looked for, and the program behind it."""


def prints(mutant: Mutant, outputs: Outputs) -> bool:
    """Return whether a candidate has these outputs, under their names."""
    names = mutant.printed_as
    values = mutant.values | {name: mutant.values.get(step) for step, name in names.items()}
    return any(
        all(
            values.get(f"{part}{name}") is not None
            and fingerprint(np.asarray(values[f"{part}{name}"], dtype=float)) == fingerprint(value)
            for name, value in outputs.items()
        )
        for part in ("", *PREFIXES)
    )


def is_program(mutant: Mutant, planted: Planted) -> bool:
    """Return whether a candidate is the program behind a text, or has its outputs on either test.

    Some numbers are those of several tests.
    """
    there = [mutant]
    if mutant.fixture.function == planted.fixture.function:
        there.append(replace(mutant, fixture=planted.fixture))
    return any(
        mutant.forms == forms or any(prints(one, outputs) for one in there)
        for forms, outputs in planted.parts()
    )


def outcome(found: Diagnosis | None, planted: Planted | None) -> str:
    """Return what an answer is worth, if this program printed the text."""
    if not found or found.verdict == "unexplained":
        return "no program" if found and found.fixture else "refused"
    if any(map(CHANCE.match, found.remarks)):
        return "perhaps chance"
    right = [
        planted is not None and any(is_program(one, planted) for one in group)
        for group in found.groups
    ]
    return "right" if right[:1] == [True] else "listed" if any(right) else "false"


def measured(texts: Iterator[Asked]) -> dict[str, dict[str, Any]]:
    """Ask, and count by row; print what was explained falsely."""
    counts: defaultdict[tuple[int, str], Counts] = defaultdict(Counts)
    for rows, text, changes, program in texts:
        start = time.process_time()
        try:
            found = diagnose(text, None, changes)
        except ValueError:
            found = None
        spent = time.process_time() - start
        said = outcome(found, program)
        if said == "false":
            print(f"FALSE ({', '.join(rows)})\n{text}\n{found}\n", flush=True)
            if program:
                forms = ", ".join(f"{k} = {write(v)}" for k, v in program.forms.items())
                print(f"PLANTED on {program.fixture.id}: {forms}\n", flush=True)
        for row in enumerate(rows):
            counts[row].found.append(said)
            counts[row].seconds.append(spent)
            if found and found.candidates:
                counts[row].answers.append(len(found.groups))
    return {row: counts[place, row].row() for place, row in sorted(counts, key=lambda key: key[0])}


def written(name: str, value: Any, decimals: int) -> str:
    """Return the line that prints an output with some decimals."""
    if np.ndim(value) == 0:
        return f"{name} = {float(value):.{decimals}f}"
    text = np.array2string(np.asarray(value), precision=decimals, floatmode="fixed",
                           suppress_small=True)  # fmt: skip
    return f"{name} = {text}"


def lines(outputs: Outputs, name: str, place: tuple[int, ...] | None, decimals: int) -> str:
    """Return what is pasted: all outputs, one of them, or one of its numbers."""
    if not name:
        return "\n".join(written(one, value, decimals) for one, value in outputs.items())
    if place is None:
        return written(name, outputs[name], decimals)
    if np.ndim(outputs[name]) != len(place) or np.any(np.array(place) >= outputs[name].shape):
        return ""
    return written(name + "".join(f"[{i}]" for i in place), outputs[name][place], decimals)


def pastes(
    outputs: Outputs, right: Outputs, size: str, decimals: int, seed: str
) -> Callable[[Outputs], str] | None:
    """Return what pastes so much of outputs that are not right, or None if none of it shows."""
    generator = random.Random(seed)  # noqa: S311
    names = [""] if size == "all outputs" else list(outputs)
    every: list[Callable[[Outputs], str]] = []
    for name in names:
        single = size == "one number" and np.size(outputs[name]) > 1
        for place in np.ndindex(np.shape(outputs[name])) if single else [None]:
            paste = partial(lines, name=name, place=place, decimals=decimals)
            if _signless(paste(outputs)) != _signless(paste(right)):
                every.append(paste)
    return generator.choice(every) if every else None


def outputs_of(fixture: Fixture, forms: Mapping[str, Tree]) -> dict[str, Any] | None:
    """Return the outputs of a mutant, or None where numpy stops or a number is not finite."""
    try:
        values = mutated(fixture, forms).run(fixture.arrays)
    except ValueError:
        return None
    found = {name: np.asarray(values[name], dtype=float) for name in fixture.expected}
    return found if all(np.isfinite(value).all() for value in found.values()) else None


def told_apart(fixture: Fixture, outputs: Outputs) -> Outputs:
    """Return outputs as an edition tells them apart: a number it expects has no brackets."""
    bare = [name for name in fixture.numbers if np.size(outputs[name]) == 1]
    return {**outputs, **{name: np.reshape(outputs[name], ()) for name in bare}}


def right_of(fixture: Fixture) -> Outputs:
    """Return the outputs of the program that a test accepts."""
    return outputs_of(fixture, {}) or {}


def by_function() -> dict[str, list[Fixture]]:
    """Return the tests of each function; an edition that expects no gradient has no mistakes."""
    found: dict[str, list[Fixture]] = {}
    for fixture in map(load, ids()):
        if any(slot.forms for slot in mutants(fixture).slots):
            found.setdefault(fixture.function, []).append(fixture)
    return found


def with_mistakes(
    fixture: Fixture, seed: str, changes: int
) -> Iterator[tuple[dict[str, Tree], Outputs]]:
    """Yield programs with so many mistakes, and their outputs."""
    generator = random.Random(seed)  # noqa: S311
    slots = mutants(fixture).slots
    every = [{slot.name: form.tree} for slot in slots for form in slot.forms]
    every += [dict(change) for change in mutants(fixture).higher_order]
    while True:
        parts = generator.sample(every, changes)
        forms = {name: tree for part in parts for name, tree in part.items()}
        outputs = outputs_of(fixture, forms)
        right = told_apart(fixture, right_of(fixture))
        if outputs and pastes(told_apart(fixture, outputs), right, "all outputs", 8, seed):
            yield forms, outputs


def planted() -> Iterator[Asked]:
    """Yield texts of programs of ours with one mistake."""
    for function, tests in by_function().items():
        for number in range(MISTAKES):
            fixture, seed = tests[number % len(tests)], f"{function} {number}"
            forms, outputs = next(with_mistakes(fixture, seed, 1))
            for size, decimals in product(SIZES, DECIMALS):
                if paste := pastes(outputs, right_of(fixture), size, decimals, seed):
                    rows = function, f"{size}, {decimals} decimals"
                    yield rows, paste(outputs), 1, Planted(fixture, forms, outputs, paste)


def twice() -> Iterator[Asked]:
    """Yield texts of programs of ours with two mistakes."""
    for function, tests in by_function().items():
        for number in range(DOUBLES):
            fixture, seed = tests[number % len(tests)], f"{function} twice {number}"
            forms, outputs = next(with_mistakes(fixture, seed, 2))
            if paste := pastes(outputs, right_of(fixture), "all outputs", 8, seed):
                program = Planted(fixture, forms, outputs, paste)
                yield ("all outputs, 8 decimals",), paste(outputs), 2, program


def at_random() -> Iterator[Asked]:
    """Yield random numbers as outputs of a test, with its names and without."""
    rng = np.random.default_rng(19)
    for size, decimals, names in product(SIZES, DECIMALS, ("our names", "no names")):
        for number in range(RANDOM):
            fixture = load(ids()[rng.integers(len(ids()))])
            outputs = {name: rng.normal(size=v.shape) for name, v in fixture.expected.items()}
            paste = pastes(outputs, right_of(fixture), size, decimals, f"{number}")
            text = paste(outputs) if paste else ""
            text = without_names(text) if names == "no names" else text
            yield (f"{size}, {decimals} decimals", names), text, 1, None


def without_names(text: str) -> str:
    return re.sub(r"^[^=\n]+ = ", "", text, flags=re.MULTILINE)


def dense(rng: Any, sizes: Mapping[str, int]) -> tuple[Any, ...]:
    n0, n1, n2, m = (sizes[name] for name in ("n0", "n1", "n2", "m"))
    return (rng.normal(size=(n0, m)), rng.normal(size=(n1, n0)), rng.normal(size=(n1, 1)),
            rng.normal(size=(n2, n1)), rng.normal(size=(n2, 1)))  # fmt: skip


def two_layers(rng: Any, sizes: Mapping[str, int], hidden: str, last: str) -> dict[str, Any]:
    """Return the gradients of a network with two layers that no test of ours has."""
    X, W1, b1, W2, b2 = dense(rng, sizes)
    m = X.shape[1]
    Z1 = W1 @ X + b1
    if hidden == "leaky relu":
        A1, slope = np.where(Z1 > 0, Z1, 0.01 * Z1), np.where(Z1 > 0, 1, 0.01)
    elif hidden == "relu":
        A1, slope = np.maximum(Z1, 0), (Z1 > 0) * 1.0
    else:
        A1, slope = np.tanh(Z1), 1 - np.tanh(Z1) ** 2
    Z2 = W2 @ A1 + b2
    if last == "softmax":
        Y = np.eye(len(Z2))[:, rng.integers(len(Z2), size=m)]
        dZ2 = np.exp(Z2) / np.exp(Z2).sum(axis=0) - Y
    elif last == "sigmoid":
        dZ2 = 1 / (1 + np.exp(-Z2)) - rng.integers(2, size=Z2.shape)
    else:
        dZ2 = 2 * (Z2 - rng.normal(size=Z2.shape))
    dZ1 = W2.T @ dZ2 * slope
    return {"W1": dZ1 @ X.T / m, "b1": dZ1.mean(axis=1, keepdims=True),
            "W2": dZ2 @ A1.T / m, "b2": dZ2.mean(axis=1, keepdims=True)}  # fmt: skip


def batch_norm(rng: Any, sizes: Mapping[str, int]) -> dict[str, Any]:
    """Return the gradients of batch normalisation, in the rows of CS231n."""
    x, dout = rng.normal(size=(2, sizes["m"] + 2, sizes["n1"]))
    gamma, std = rng.normal(size=sizes["n1"]), x.std(axis=0)
    normal = (x - x.mean(axis=0)) / std
    dnormal = dout * gamma
    dx = (dnormal - dnormal.mean(axis=0) - normal * (dnormal * normal).mean(axis=0)) / std
    return {"W": dx, "b": dout.sum(axis=0), "A_prev": (dout * normal).sum(axis=0)}


FOREIGN = {
    "softmax": (lambda rng, sizes: two_layers(rng, sizes, "tanh", "softmax"), "grad_{}"),
    "leaky relu": (lambda rng, sizes: two_layers(rng, sizes, "leaky relu", "sigmoid"), "{}_grad"),
    "squared error": (lambda rng, sizes: two_layers(rng, sizes, "tanh", "none"), "g_{}"),
    "ours, of another size": (
        lambda rng, sizes: two_layers(rng, {**sizes, "n0": 6, "m": 12}, "relu", "sigmoid"),
        "grads['d{}']",
    ),
    "batch norm": (batch_norm, "grad_{}"),
}
"""Programs that none of the tests runs, and how their own authors call a gradient."""


def foreign() -> Iterator[Asked]:
    """Yield outputs of programs that are not here, under their names, ours and none."""
    for program, (run, theirs) in FOREIGN.items():
        for number, names, decimals in product(range(NETWORKS), NAMES, (4, 8)):
            rng = np.random.default_rng([number, 19])
            # As small as the networks of the tests, so that many shapes agree.
            sizes = dict(zip(("n0", "n1", "n2", "m"), rng.integers(1, 6, size=4), strict=True))
            called = theirs if names == "their names" else "d{}"
            lines = [
                written(called.format(name), value, decimals)
                for name, value in run(rng, sizes).items()
            ]
            text = "\n".join(lines)
            text = without_names(text) if names == "no names" else text
            yield (program, names), text, 2, None


def corpus() -> Iterator[Asked]:
    """Yield the texts of the corpus, each with what its program prints."""
    for file in sorted((ROOT / "tests" / "corpus").glob("*.txt")):
        program = None
        if file.stem in CORPUS:
            id, changes = CORPUS[file.stem]
            steps = parse(changes).steps if changes else ()
            forms = {step.name: step.expression for step in steps}
            outputs = outputs_of(load(id), forms) or {}
            paste = partial(lines, name="", place=None, decimals=8)
            program = Planted(load(id), forms, outputs, paste)
        yield ("corpus",), file.read_text(encoding="utf-8"), 2, program


KINDS = {
    "planted": planted,
    "twice": twice,
    "random": at_random,
    "foreign": foreign,
    "corpus": corpus,
}


def main() -> None:
    """Ask, print and record, all kinds of texts or those that are named."""
    asked = [kind for kind in KINDS if kind in sys.argv] or list(KINDS)
    found = json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.exists() else {}
    for kind in asked:
        start = time.process_time()
        found[kind] = [{"of": row, **counts} for row, counts in measured(KINDS[kind]()).items()]
        print(f"{kind}: {time.process_time() - start:.0f} s", flush=True)
        print(Table(tuple(found[kind][0]), (tuple(row.values()) for row in found[kind])), "\n")
        found |= {"date": f"{date.today()}", "numpy": np.__version__}
        found["Python"] = platform.python_version()
        RESULT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main()
