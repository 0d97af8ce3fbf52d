"""Fair tests: made from a forward pass, proved by the audit, written as a file of their own."""

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import islice, pairwise
from string import Template
from textwrap import indent
from typing import Any

import numpy as np

from backcheck.activations import by_name
from backcheck.fixtures import RULES, Fixture, completed, drawn, from_table, text_of
from backcheck.forward import Layer, kind_and_shape
from backcheck.mutants.audit import audit
from backcheck.mutants.fingerprints import fingerprints
from backcheck.mutants.formats import WIDTH, named, notebook, parts
from backcheck.program import LEAKY, SLOPES, Program, backward, forward
from backcheck.program import parts as operations

MOST_UNITS, MOST_LAYERS, MOST_EXAMPLES = 20, 3, 50
"""Sizes a test can have: a reader has to be able to look at its numbers."""

TRIES = 200
"""How many seeds are looked at before a maker gives up."""

FLATTEST = 0.05
"""Smallest derivative of a sigmoid or tanh unit in a spread forward pass; that of a saturated unit
is almost 0, and hides whatever is multiplied by it."""

NEAREST = 0.01
"""Smallest distance of a relu's pre-activation, and of a bias, from zero."""


def make(
    units: Sequence[int] = (4, 5, 3),
    activations: Sequence[str] = ("tanh", "sigmoid"),
    m: int = 6,
    seed: int = 1,
    among: int = 1,
) -> Fixture:
    """Make a test of a backward pass that accepts every equivalent program.

    Inputs and parameters are drawn from a seed, the cache is the forward pass they define,
    and only the gradients of the parameters are asked for. From `seed` on, the first seed is
    taken whose forward pass is spread: no saturated unit, no zero bias, no relu at its kink or
    dead in every example, both labels in every row of Y. `among` several such seeds, that one is
    taken whose written test names most mistakes alone, by what they return.

    Parameters
    ----------
    units, activations : sequence of int, sequence of str
        n0 ... nL, and g1 ... gL by name; the last one is the sigmoid, since the cost is the
        cross-entropy.
    m, seed : int
        Examples, and the first seed to try.
    among : int
        How many seeds with a spread forward pass are compared.

    Examples
    --------
    >>> audit(make(units=(3, 4, 2), m=5)).fairness
    1.0
    """
    for complaint in _complaints(units, activations, m, seed):
        raise ValueError(complaint)
    return chosen(partial(_from_seed, units, activations, m), seed, among)


def chosen(drawn_from: Callable[[int], Fixture], seed: int, among: int = 1) -> Fixture:
    """Return a test of the first seeds whose forward pass is spread; see `make`."""
    tried = map(drawn_from, range(seed, seed + TRIES))
    if spread := [*islice(filter(_is_spread, tried), among)]:
        return max(map(_proved, spread), key=_named) if among > 1 else _proved(spread[0])
    raise ValueError(
        f"None of the seeds {seed} to {seed + TRIES - 1} gives a forward pass that is spread; "
        "take fewer units or fewer examples."
    )


def _named(fixture: Fixture) -> int:
    return fingerprints(fixture).own


def repaired(fixture: Fixture) -> Fixture:
    """Return a published test with the cache of a forward pass.

    Biases that are all zero are drawn after the published draws, which stay as they are. Names,
    shapes, asserts and tolerance are those of the published test; the expected outputs follow.

    Examples
    --------
    >>> from backcheck.fixtures import load
    >>> week4 = repaired(load("c1w4_L_model_backward_v2"))
    >>> week4.broken()
    {}
    >>> print(week4.check(dZ2="AL - Y"))
    passes
    """
    draws, arrays = fixture.draws, fixture.arrays
    if fixture.seed is not None:
        biases = {name for name, said in fixture.given.items() if said.endswith(" 1")}
        zero = {name for name, value in arrays.items() if name in biases and not np.any(value)}
        draws += tuple({"name": n, "shape": list(arrays[n].shape)} for n in arrays if n in zero)
        arrays = {**arrays, **drawn(fixture.seed, draws)}
    again = replace(fixture, draws=draws, arrays=arrays)
    named = replace(again, id=f"{fixture.id}_repaired", title=f"{fixture.title}, repaired")
    return _proved(completed(named, fixture.arrays))


def _complaints(
    units: Sequence[int], activations: Sequence[str], m: int, seed: int
) -> Iterator[str]:
    """Yield what is wrong with what a reader asks for."""
    limits = [("units holds", size, 1, MOST_UNITS) for size in units]
    limits += [("m is", m, 2, MOST_EXAMPLES), ("seed is", seed, 0, 2**32 - TRIES)]
    for what, number, least, most in limits:
        if not isinstance(number, int | np.integer) or not least <= number <= most:
            yield f"{what} {number}, but has to be a whole number from {least} to {most}."
    layers = len(units) - 1
    if not 1 <= layers <= MOST_LAYERS:
        yield (
            f"units has {len(units)} sizes, but a test needs inputs and 1 to {MOST_LAYERS} layers, "
            "such as 4 5 3."
        )
    if len(activations) != layers:
        yield (
            f"There are {layers} layers in units and {len(activations)} activations; "
            "give one activation for each layer."
        )
    for name in activations:
        by_name(name)
    if activations[-1] != "sigmoid":
        yield f"The last activation is {activations[-1]}, but the cross-entropy needs a sigmoid."


def _from_seed(units: Sequence[int], activations: Sequence[str], m: int, seed: int) -> Fixture:
    draws: list[dict[str, Any]] = [{"name": "A0", "shape": [units[0], m]}]
    given = {"A0": "n0 m"}
    for n, (n_in, n_out) in enumerate(pairwise(units), start=1):
        given |= {f"W{n}": f"n{n} n{n - 1}", f"b{n}": f"n{n} 1"}
        # Weights shrink with the number of inputs, or Z would grow and saturate the units.
        scale = round(1 / math.sqrt(n_in), 2)
        draws.append({"name": f"W{n}", "shape": [n_out, n_in], "scale": scale})
        draws.append({"name": f"b{n}", "shape": [n_out, 1], "scale": 0.5})
    draws.append({"name": "Y", "shape": [units[-1], m], "greater_than": 0, "integer": True})
    # From the output down: the first gradient that is wrong is the one to look at.
    outputs = tuple(f"d{letter}{n}" for n in range(len(activations), 0, -1) for letter in "Wb")
    table = {
        "title": f"Fair test, units {' '.join(map(str, units))}, m = {m}",
        "course": "",
        "function": "backward",
        "found_in": "made by backcheck.mutants.fair.make",
        "sources": (),
        "seed": seed,
        "draws": draws,
        "given": given | {"Y": f"label n{len(activations)} m"},
        "forward": str(forward(tuple(activations))),
        "program": str(backward(activations, "A")),
        "comparisons": [{"edition": "made", "rule": "absolute", "outputs": outputs}],
        "computed": [f"{letter}{n}" for n in range(1, len(units)) for letter in "ZA"],
    }
    return from_table(f"fair_{'_'.join(map(str, units))}_m{m}_seed{seed}", table)


def _is_spread(fixture: Fixture) -> bool:
    """Return whether nothing in a forward pass hides mistakes; see `make`."""
    labels = fixture.arrays["Y"]
    is_label = kind_and_shape(fixture.given["Y"])[0] != "normal"
    holds = [not is_label or np.all(labels.any(axis=1) & ~labels.all(axis=1))]
    for layer in filter(partial(_is_whole, fixture), fixture.layers):
        Z, bias = fixture.arrays[layer.Z], fixture.arrays[layer.b]
        holds.append(np.min(np.abs(bias)) >= NEAREST)
        if layer.activation in ("relu", LEAKY):
            holds.append(np.min(np.abs(Z)) >= NEAREST and np.any(Z < 0))
            holds.append(np.all((Z > 0).any(axis=1)))
        elif layer.activation in SLOPES:
            holds.append(np.min(by_name(layer.activation).derivative_from_z(Z)) >= FLATTEST)
    return all(holds)


def _is_whole(fixture: Fixture, layer: Layer) -> bool:
    """Return whether a layer's Z is handed over, with all that it is computed from."""
    return {layer.input, layer.W, layer.b, layer.Z} <= fixture.arrays.keys()


def _proved(fixture: Fixture) -> Fixture:
    found = audit(fixture)
    if found.rejected:
        raise ValueError(
            f"{fixture.title} would reject {len(found.rejected)} equivalent programs, such as "
            f"{found.rejected[0]}; take another seed, or smaller layers."
        )
    return fixture


def write(fixture: Fixture, format: str = "plain") -> str:
    r"""Write a test, whose cache has to be a forward pass, as a Python file that needs numpy alone.

    The file draws the inputs, runs the forward pass, and holds the expected outputs to 8
    digits, and a fingerprint of what each mistake returns, by which it names the mistake. Its
    docstring says what the audit found, and names every mistake that survives.

    Parameters
    ----------
    fixture : Fixture
        A test made here, or a published one that was repaired.
    format : str
        The tool that runs it: "pytest", "unittest", "dlai" for a function as in public_tests.py,
        "otter", or "nbgrader" for a notebook; a "plain" file has the function ``check`` alone.

    Examples
    --------
    >>> print(write(make(units=(2, 2), activations=["sigmoid"], m=3)).split("\n")[0][3:])
    Fair test, units 2 2, m = 3.
    """
    if fixture.broken():
        raise ValueError(
            f"{fixture.title} breaks {next(iter(fixture.broken()))}: repair it before you write it."
        )
    found = audit(fixture)
    right, wrong = found.counts
    survivors = "".join(f"    {survivor}\n" for survivor in found.survivors)
    absolute, relative = RULES[fixture.comparisons[-1].rule]
    noise, nearest = margins(fixture)
    outputs = fixture.comparisons[-1].outputs
    reads = {step.name: ", ".join(step.reads) for step in fixture.program.steps}
    text = Template(text_of("mutants/fair_test.txt")).substitute(
        **named(fingerprints(fixture)),
        **parts(fixture, format),
        title=fixture.title,
        right=right,
        wrong=wrong,
        survivors=survivors and f"These survive, for the reason beside them:\n\n{survivors}\n",
        activations=_activations(fixture),
        layers=_bracketed(_layers(fixture)),
        generator=f"    generator = np.random.RandomState({fixture.seed})\n" * bool(fixture.draws),
        given=indent("\n".join(_given(fixture)), "    "),
        expected="\n".join(
            _entry(name, _listed(fixture.expected[name].tolist())) for name in outputs
        ),
        noise=f"{noise:.1e}",
        nearest=f"{nearest:.1e}",
        absolute=absolute,
        relative=relative,
        made_of="\n".join(_entry(name, f'"{reads[name]}"') for name in outputs),
    )
    return notebook(fixture, text) if format == "nbgrader" else text


def margins(fixture: Fixture) -> tuple[float, float]:
    """Return how far programs are from the expected outputs, in two numbers.

    The first is the largest difference of an equivalent program that the test accepts, the
    second the smallest of a mistake that it rejects for its values; inf if there is none.

    Examples
    --------
    >>> noise, nearest = margins(make())
    >>> noise < 1e-8 < 1e-4 < nearest
    True
    """
    found = audit(fixture)
    own = _distance(fixture, fixture.program)
    accepted = [_distance(fixture, mutant.program) for mutant in found.accepted]
    killed = [_distance(fixture, mutant.program) for mutant in found.killed]
    return max(accepted, default=own), min(killed, default=math.inf)


def _distance(fixture: Fixture, changed: Program) -> float:
    """Return the largest difference from an expected output; inf where there is none."""
    with suppress(ValueError):
        values = fixture.values_of(changed)
        if all(np.shape(values[name]) == want.shape for name, want in fixture.expected.items()):
            gaps = [np.max(np.abs(values[name] - want)) for name, want in fixture.expected.items()]
            return float(np.nan_to_num(np.max(gaps), nan=math.inf))
    return math.inf


def _layers(fixture: Fixture) -> Iterator[str]:
    """Yield the rows of the file's table of layers, which one loop reads whatever they are.

    Written out layer by layer, it would be the function that the course asks for.
    """
    for layer in fixture.layers:
        if _is_whole(fixture, layer):
            A = layer.A if layer.A in fixture.arrays else ""
            name = " ".join(map(str, (layer.activation, *_leak(fixture, layer))))
            names = (layer.input, layer.W, layer.b, layer.Z, A, name, layer.mask)
            yield f"({', '.join(map(json.dumps, names))}),"


def _leak(fixture: Fixture, layer: Layer) -> tuple[float, ...]:
    """Return the slope of a leaky relu, or nothing."""
    own = [part for step in fixture.forward.steps for part in operations(step.expression)]
    return next((part[2:] for part in own if part[:2] == (LEAKY, layer.Z)), ())


def _activations(fixture: Fixture) -> str:
    """Return the entries of the activations that a written file has beside the course's."""
    found = {}
    for layer in fixture.layers:
        leak = _leak(fixture, layer)
        if layer.activation == "softmax":
            found["softmax"] = "lambda Z: np.exp(Z) / np.exp(Z).sum(axis=0)"
        elif leak:
            found[f"{LEAKY} {leak[0]}"] = f"lambda Z: np.where(Z > 0, Z, {leak[0]} * Z)"
        elif not layer.activation and layer.A:
            found[""] = "np.positive"
    return "".join(f"{_entry(name, value)}\n" for name, value in found.items())


def _given(fixture: Fixture) -> Iterator[str]:
    """Yield the entries of what is drawn, and of what is neither drawn nor computed."""
    yield from (_entry(one["name"], _draw(one)) for one in fixture.draws)
    layers = [layer for layer in fixture.layers if _is_whole(fixture, layer)]
    known = {str(one["name"]) for one in fixture.draws}
    known |= {name for layer in layers for name in (layer.Z, layer.A)}
    for name, value in fixture.arrays.items():
        if name not in known:
            listed = _listed(value.tolist())
            inner = f"\n{indent(listed, '    ')}\n" if value.ndim > 1 else listed
            yield _entry(name, f"np.array({inner})")


def _entry(name: str, value: str) -> str:
    """Return an entry of a dictionary."""
    return indent(f'"{name}": {value},', "    ")


def _listed(value: Any) -> str:
    """Return an array or a list of it, a row a line, or a number a line where that is too long."""
    if np.ndim(value) < 2 and len(str(value)) <= WIDTH:
        return str(value)
    return _bracketed(f"{_listed(one)}," for one in value)


def _bracketed(lines: Iterable[str]) -> str:
    inside = indent("\n".join(lines), "    ")
    return f"[\n{inside}\n]" if inside else "[]"


def _draw(one: Mapping[str, Any]) -> str:
    text = f"generator.randn({', '.join(map(str, one['shape']))})"
    if "scale" in one:
        text = f"{one['scale']} * {text}"
    if "greater_than" in one:
        text = f"{text} > {one['greater_than']}"
        text = f"({text}).astype(int)" if one.get("integer") else text
    return text
