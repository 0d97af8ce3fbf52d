"""Networks by a short description in TOML, or by two programs, as tests to be judged or made.

::

    function = "backward"
    inputs = 4
    layers = [
        { units = 5, activation = "leaky_relu", slope = 0.1 },
        { units = 3, activation = "tanh", dropout = true },
        { units = 2, activation = "softmax" },
    ]
    cost = "cross-entropy"
    l2 = true
    call = "backward({W1, b1, W2, b2, W3, b3}, (Z1, A1, Z2, D2, A2, A3), X, Y, lambd, keep_prob)"

Forward pass, cost and backward pass follow from it. Where it cannot say what a network is, it has
``given``, ``forward`` and ``program``, as the tables in ``published/*.toml``.
"""

import ast
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from backcheck import forward
from backcheck.diagnosis.courses import flaws, of_given, of_keys, read, table_in
from backcheck.fixtures import Comparison, Fixture, completed
from backcheck.program import LEAKY, SLOPES, parse

COST = "cross-entropy"
COSTS = {
    (COST, "softmax"): "-sum(Y * log({A})) / m",
    (COST, "sigmoid"): "-sum(Y * log({A}) + (1 - Y) * log(1 - {A})) / m",
    ("squared error", ""): "sum(({A} - Y) ** 2) / (2 * m)",
    ("mean squared error", ""): "sum(({A} - Y) ** 2) / m",
}
"""The cost of an output A, by its name and the activation that it needs."""

ACTIVATIONS = (*SLOPES, LEAKY, "linear", "softmax")
"""What a layer can have; softmax is for the output."""

NETWORK: dict[str, type] = {"title": str, "function": str, "call": str, "cost": str, "inputs": int}
NETWORK |= {"layers": list, "examples": int, "l2": object}
LAYER: dict[str, type] = {"units": int, "activation": str, "slope": float, "dropout": bool}
ALGEBRA: dict[str, type] = dict.fromkeys(("title", "function", "forward", "program"), str)
ALGEBRA |= {"call": object, "given": dict, "gradient_of": str, "sizes": dict}


def described(path: str, seed: int = 1, most: int | None = None) -> list[Fixture]:
    """Return the tests that a file describes: one for each form of the derivatives, or at `most`.

    A ValueError says in one sentence what is the matter with the file.
    """
    table = table_in(path)
    if table and all(isinstance(one, dict) for one in table.values()):
        return list(read(path))
    is_algebra = bool(table.keys() & {"forward", "program"})
    known = ALGEBRA if is_algebra else NETWORK
    required = ("given", "forward", "program", "call") if is_algebra else ("inputs", "layers")
    missing = (f"the key {key!r} is missing" for key in required if key not in table)
    flaw = next(iter((*of_keys(table, known), *missing)), "")
    if flaw:
        raise ValueError(f"{path}: {flaw.removesuffix('.')}.")
    try:
        tables = list(_tables(table)) if not is_algebra else [table]
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    found, errors = [], []
    for one in tables[:most]:
        try:
            found.append(_test(Path(path).stem, one, seed))
        except (ValueError, KeyError) as error:
            errors.append(f"{path}: {error.args[0]}")
    if not found:
        raise ValueError(errors[0])
    return found


class _Network:
    """What the lines of a described network are made of."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        if flaw := next(_of_layers(table), ""):
            raise ValueError(flaw)
        self.layers: list[dict[str, Any]] = table["layers"]
        self.last, self.cost = len(self.layers), table.get("cost", COST)
        self.masked = [n for n, layer in enumerate(self.layers, 1) if layer.get("dropout")]
        l2 = table.get("l2", False)
        self.weight = "lambd" if l2 is True else str(l2 or "")
        self.numbers = ["lambd"] * (l2 is True) + [forward.KEEP] * bool(self.masked)
        own = ", ".join(f"W{n}, b{n}" for n in range(1, self.last + 1))
        cache = [f"Z{n}, A{n}" + f", D{n}" * (n in self.masked) for n in range(1, self.last + 1)]
        given = ", ".join(["X", "Y", *self.numbers])
        name = table.get("function", "backward")
        self.call = table.get("call", f"{name}({{{own}}}, {{{', '.join(cache)}}}, {given})")
        named = _names(self.call)
        self.below = ["A0" if "A0" in named else "X", *(f"A{n}" for n in range(1, self.last))]
        self.output = f"A{self.last}" if f"A{self.last}" in named else self.activated(self.last)

    def name(self, n: int) -> str:
        return str(self.layers[n - 1]["activation"])

    def activated(self, n: int) -> str:
        """Return a layer's activation, as an expression."""
        leak = f", {self.layers[n - 1].get('slope', 0.01)}" if self.name(n) == LEAKY else ""
        return f"Z{n}" if self.name(n) == "linear" else f"{self.name(n)}(Z{n}{leak})"

    def slopes(self, n: int) -> tuple[str, ...]:
        """Return a layer's derivative as a factor, in each form that is right."""
        if self.name(n) == "linear" or (n == self.last and self.cost == COST):
            return ("",)
        forms = SLOPES.get(self.name(n))
        if not forms:
            slope = self.layers[n - 1].get("slope", 0.01)
            forms = {x: f"(({x}{n} > 0) + {slope} * ({x}{n} <= 0))" for x in "AZ"}
        # What dropout has scaled is no value of tanh or sigmoid any more.
        kept = "Z" if n in self.masked and self.name(n) in ("sigmoid", "tanh") else "AZ"
        return tuple(f" * {forms[form].format(A=f'A{n}', Z=f'Z{n}')}" for form in kept)

    def dropped(self, n: int) -> str:
        return f" * D{n} / {forward.KEEP}" if n in self.masked else ""

    def given(self) -> dict[str, str]:
        found = {self.below[0]: "n0 m"} | dict.fromkeys(self.numbers, "number")
        for n in range(1, self.last + 1):
            found |= {f"W{n}": f"n{n} n{n - 1}", f"b{n}": f"n{n} 1"}
            found |= {f"D{n}": f"mask n{n} m"} if n in self.masked else {}
        kind = {"softmax": "one-hot ", "sigmoid": "label "}.get(self.name(self.last), "")
        return found | {"Y": f"{kind if self.cost == COST else ''}n{self.last} m"}

    def forward(self) -> str:
        lines = [f"m = {self.below[0]}.shape[1]"]
        for n, below in enumerate(self.below, start=1):
            lines += [
                f"Z{n} = W{n} @ {below} + b{n}",
                f"A{n} = {self.activated(n)}{self.dropped(n)}",
            ]
        squares = " + ".join(f"sum(W{n} ** 2)" for n in range(1, self.last + 1))
        penalty = f" + {self.weight} * ({squares}) / (2 * m)" if self.weight else ""
        J = COSTS[self.cost, self.name(self.last) if self.cost == COST else ""]
        return "\n".join([*lines, f"J = {J.format(A=f'A{self.last}')}{penalty}"])

    def backward(self, slopes: tuple[str, ...]) -> str:
        last, X = self.last, self.below[0]
        twice = "2 * ({})" if self.cost.startswith("mean") else "{}"
        lines = [f"m = {X}.shape[1]", f"d{{}}{last} = {twice.format(f'{self.output} - Y')}"]
        lines[-1] = lines[-1].format("A" if slopes[-1] else "Z")
        for n in range(last, 0, -1):
            lines += [f"dZ{n} = dA{n}{slopes[n - 1]}"] if n < last or slopes[-1] else []
            penalty = f" + {self.weight} * W{n} / m" if self.weight else ""
            lines += [f"dW{n} = dZ{n} @ {self.below[n - 1]}.T / m{penalty}"]
            lines += [f"db{n} = sum(dZ{n}, axis=1, keepdims=True) / m"]
            if n > 1 or f"d{X}" in _names(self.call.rpartition(" = ")[0]):
                lines += [f"d{self.below[n - 1]} = W{n}.T @ dZ{n}{self.dropped(n - 1)}"]
        return "\n".join(lines)


def _tables(table: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a description as two programs.

    A test that is not fair accepts one form of each layer's derivative, and which one it says.
    """
    net = _Network(table)
    units = [table["inputs"], *(layer["units"] for layer in net.layers)]
    before = "\n".join(f"dA{n} = {net.activated(n)}" for n in net.masked)
    for slopes in product(*(net.slopes(n) for n in range(1, net.last + 1))):
        own = {f"n{n}": size for n, size in enumerate(units)}
        yield {
            "title": table.get("title", f"{net.last} layers, {net.name(net.last)} output"),
            "function": table.get("function", "backward"),
            "given": net.given(),
            "forward": net.forward(),
            "program": net.backward(slopes),
            "call": net.call,
            "sizes": own | {"m": table.get("examples", forward.EXAMPLES)},
            **({"gradient_of": before} if before else {}),
        }


def _of_layers(table: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is the matter with the layers of a description."""
    layers, cost = table["layers"], table.get("cost", COST)
    if not 1 <= len(layers) < len(forward.UNITS):
        yield f"it has {len(layers)} layers, but has to have 1 to {len(forward.UNITS) - 1}."
    for n, layer in enumerate(layers, start=1):
        yield from (f"layer {n}: {flaw}" for flaw in of_keys(layer, LAYER))
        yield from (
            f"layer {n} has no {key}." for key in ("units", "activation") if key not in layer
        )
        known = ACTIVATIONS if n == len(layers) else ACTIVATIONS[:-1]
        if layer["activation"] not in known:
            said = f"has activation {layer['activation']!r}; use {', '.join(known)}"
            yield f"layer {n} {said}, or write the two programs as lines of algebra."
    l2 = table.get("l2", False)
    if not isinstance(l2, bool | int | float):
        yield "l2 has to be true, where lambd is an argument, or its number."
    if layers[-1].get("dropout"):
        yield "the output layer has dropout, but only a hidden one can."
    if cost not in {name for name, _ in COSTS}:
        yield f"there is no cost {cost!r}; use {', '.join(dict.fromkeys(n for n, _ in COSTS))}."
    output = layers[-1]["activation"]
    if cost == COST and (cost, output) not in COSTS:
        yield f"its cost is {cost}, which needs a softmax or sigmoid output, and not {output}."
    if cost != COST and output == "softmax":
        yield f"its output is softmax, and the {cost} of that has to be written as algebra."
    for name, size in [("inputs", table["inputs"]), *(("units", one["units"]) for one in layers)]:
        if not 1 <= size <= 50:
            yield f"{name} is {size}, but has to be from 1 to 50."


def _names(call: str) -> set[str]:
    """Return the names in a call."""
    found: set[str] = set()
    for half in filter(None, call.split(" = ")):
        with suppress(SyntaxError):
            found |= {one.id for one in ast.walk(ast.parse(half)) if isinstance(one, ast.Name)}
    return found


def _test(id: str, table: Mapping[str, Any], seed: int) -> Fixture:
    """Return a test of two programs, its arrays a forward pass drawn from a seed."""
    call = table["call"]
    calls = (call,) if isinstance(call, str) else tuple(call)
    lines, program = (parse(table[key].strip("\n")) for key in ("forward", "program"))
    steps = [step.name for step in program.steps]
    into = set().union(*(_names(call.rpartition(" = ")[0]) for call in calls))
    parameters = (f"d{name}" for name in table["given"])
    outputs = [step for step in steps if step in into] or [p for p in parameters if p in steps]
    by = parse(table["gradient_of"]).steps if "gradient_of" in table else ()
    test = Fixture(
        id=id,
        title=table.get("title", id),
        course="",
        function=table.get("function", "backward"),
        found_in="",
        sources=(),
        given=dict(table["given"]),
        forward=lines,
        program=program,
        comparisons=(Comparison("", "absolute", tuple(sorted(outputs, key=steps.index))),),
        arrays={},
        expected={},
        call=calls,
        gradient_of={step.name: step.expression for step in by},
    )
    named = set().union(*(_names(call.rpartition(" = ")[2]) for call in calls))
    if missing := {name for name in into if name not in steps}:
        raise ValueError(
            f"{calls[0]!r} has {min(missing)}, but its backward pass has no such step."
        )
    for name, said in test.given.items():
        for flaw in of_given(test, name, said):
            raise ValueError(flaw)
    for step in program.steps:
        if unknown := {*step.reads} - {*steps, *named}:
            raise ValueError(f"its backward pass reads {min(unknown)}, but {calls[0]!r} has none.")
    drawn = forward.draw(test, seed, {**forward.SIZES, **table.get("sizes", {})})
    small = {name: drawn[name] for name in test.given}
    for layer in test.layers:
        # Weights shrink with the number of inputs, or Z would grow and saturate the units.
        small[layer.W] = drawn[layer.W] / np.sqrt(drawn[layer.W].shape[1])
    rounded = {name: np.round(value, 4) for name, value in small.items()}
    computed = [step.name for step in lines.steps if step.name in named]
    kept = completed(replace(test, arrays=rounded), computed)
    held = {name: value for name, value in kept.arrays.items() if name in named}
    test = replace(kept, arrays=held)
    if flaw := next(flaws(test), ""):
        raise ValueError(flaw)
    return test
