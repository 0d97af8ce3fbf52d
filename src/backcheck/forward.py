"""The forward pass of a test as a program, and all that follows from it.

::

    m = X.shape[1]
    Z1 = W1 @ X + b1
    A1 = tanh(Z1)
    ...
    J = -sum(Y * log(A2) + (1 - Y) * log(1 - A2)) / m

Each line whose arrays a cache holds is a **relation**, and its **residual** is the largest
absolute difference between its two sides. A cache is **consistent** when no residual exceeds
what the rounding of its printed numbers explains; see `TOLERANCE`.

Whether a rewritten backward pass is right is never read off a published test, whose cache may be
no forward pass at all. It is decided here, on **fresh networks**: what the test gives is drawn
anew, the lines are run, and the referee differentiates the cost J.
"""

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from backcheck.arrays import Array, finite
from backcheck.over_time import time
from backcheck.program import GATES, Known, Program, Step, Tree, compiled, put
from backcheck.referee import centred_difference, complex_step, distance, relative_gap

if TYPE_CHECKING:
    from backcheck.fixtures import Fixture

TOLERANCE = 1e-7
"""Largest residual of a consistent cache. Literals printed to 8 decimals leave residuals
of a few 1e-8 at most; the broken relations of the published tests exceed 1."""

KEEP = "keep_prob"
"""What a cache calls the probability of keeping a unit, by which a masked layer is divided."""

COST = "J"
"""How the name of a cost ends; where a test runs a layer once for each activation, there is one
cost for each, such as ``relu_J`` for the gradients ``relu_dW`` and ``relu_db``."""

UNITS = (4, 5, 3, 2, 7)
EXAMPLES = 6
SIZES = {**{f"n{layer}": units for layer, units in enumerate(UNITS)}, "m": EXAMPLES}
"""Sizes of the networks that decide a verdict. No two are equal and the output has several units,
because equal sizes and single units hide wrong formulas."""

NUMBERS = (0.4, 0.9)
"""Range of the single numbers a fixture hands over: the weight of a penalty, and the
probability of keeping a unit, which must not be so low that a mask drops nearly all."""

KINDS = ("normal", "label", "one-hot", "mask", "number")
"""What a test can be given: standard normal numbers, labels 0 and 1, columns with a single 1, a
dropout mask that keeps something of every unit and example, and a number out of `NUMBERS`."""

SEEDS = (1, 2)
"""Two networks decide together, so that no verdict hangs on one draw."""

AGREES = 1e-7
"""Largest relative error between a right gradient and the referee's."""

_VARIED = "the varied array"


@dataclass(frozen=True)
class Layer:
    """The names of a layer Z = W @ input + b, A = activation(Z) * mask / keep_prob, or ``""``.

    Where Z is a sum of products, as in a recurrent cell, there is one for each of its inputs.
    """

    input: str
    W: str
    b: str
    Z: str
    A: str = ""
    activation: str = ""
    mask: str = ""
    is_turned: bool = False  # whether W is a column for each unit, so that Z = W.T @ input + b


def layers_in(forward: Program) -> tuple[Layer, ...]:
    """Return the layers that the lines of a forward pass spell out."""
    found: list[Layer] = []
    for step in forward.steps:
        activated: dict[str, dict[str, Any]] = {}
        match step.expression:
            case ("+", products, str(b)):
                found += [
                    Layer(below, W, b, step.name, is_turned=turned)
                    for W, below, turned in _products(products)
                ]
            case str(Z):
                activated[Z] = {"A": step.name}
            case (str(function), str(Z), *_) if function in GATES:
                activated[Z] = {"A": step.name, "activation": function}
            case ("/", ("*", (str(function), str(Z), *_), str(mask)), str(keep)) if keep == KEEP:
                activated[Z] = {"A": step.name, "activation": function, "mask": mask}
        found = [replace(layer, **activated.get(layer.Z, {})) for layer in found]
    return tuple(found)


def _products(tree: Tree) -> Iterator[tuple[str, str, bool]]:
    """Yield the weights and the input of each product in a sum, and whether W is transposed."""
    match tree:
        case ("+", left, right):
            yield from _products(left)
            yield from _products(right)
        case ("@", str(W), str(below)):
            yield W, below, False
        case ("@", ("T", str(W)), str(below)):
            yield W, below, True


def residuals(cache: Mapping[str, ArrayLike], forward: Program) -> dict[str, float]:
    """Return the residual of every relation whose arrays a cache holds, by the relation's line.

    It is ``inf`` where the shapes of the two sides do not fit.

    Examples
    --------
    >>> from backcheck.program import parse
    >>> residuals({"Z": [[3.0]], "A": [[1.5]]}, parse("A = relu(Z)"))
    {'A = relu(Z)': 1.5}
    """
    if not cache:
        raise ValueError("The cache is empty; pass the arrays of a forward pass by name.")
    arrays = {name: finite(name, value) for name, value in cache.items()}
    found = {}
    for step in lines_of(arrays, forward):
        if arrays.keys() >= {*step.reads}:
            relation, held = str(step).replace(" @ ", " "), arrays[step.name]
            found[relation] = math.inf
            with suppress(ValueError):
                value = step.value_in(arrays)
                if held.shape == np.shape(value):
                    found[relation] = float(np.max(np.abs(held - value)))
    return found


def lines_of(known: Collection[str], forward: Program) -> tuple[Step, ...]:
    """Return the lines that compute known arrays, with those of other arrays put into them."""
    found: list[Step] = []
    unknown: dict[str, Tree] = {}
    for step in forward.steps:
        tree = put(step.expression, unknown)
        if step.name in known:
            found.append(Step(step.name, tree))
        else:
            unknown[step.name] = tree
    return tuple(found)


def broken(cache: Mapping[str, ArrayLike], forward: Program) -> dict[str, float]:
    """Return the relations, with their residuals, that the cache breaks; see `residuals`."""
    return {name: size for name, size in residuals(cache, forward).items() if not size <= TOLERANCE}


def kind_and_shape(said: str) -> tuple[str, tuple[str, ...]]:
    """Return what a fixture says of something given, as "label n2 m": its kind, and its sizes."""
    first, *rest = said.split()
    return (first, tuple(rest)) if first in KINDS else ("normal", (first, *rest))


def size(said: str, sizes: Mapping[str, int]) -> int:
    """Return the size that a symbol, a number or a sum of them says, such as "n1+n0"."""
    return sum(sizes[one] if one in sizes else int(one) for one in said.split("+"))


def draw(fixture: "Fixture", seed: int, sizes: Mapping[str, int] = SIZES) -> dict[str, Array]:
    """Draw the arrays of a fixture anew, by the same names, as a real forward pass.

    The generator is one of its own; `sizes` are units n0, n1 ... and examples m, and
    `Fixture.sizes` those of the fixture's own arrays.

    Examples
    --------
    >>> from backcheck.fixtures import load
    >>> arrays = draw(load("c1w3_bp_public_c"), seed=1)
    >>> float(abs(arrays["A1"] - np.tanh(arrays["Z1"])).max())
    0.0
    """
    rng = np.random.default_rng(seed)
    arrays: dict[str, Array] = {}
    for name, said in fixture.given.items():
        kind, symbols = kind_and_shape(said)
        shape = tuple(size(one, sizes) for one in symbols)
        if kind == "number":
            arrays[name] = np.array(rng.uniform(*NUMBERS))
        elif kind == "mask":
            mask = np.zeros(shape, dtype=int)
            while not (mask.any(axis=0).all() and mask.any(axis=1).all()):
                mask = (rng.random(shape) < arrays[KEEP]).astype(int)
            arrays[name] = mask
        elif kind == "one-hot":
            arrays[name] = np.eye(shape[0], dtype=int)[:, rng.integers(0, shape[0], shape[1])]
        elif kind == "label":
            labels = rng.integers(0, 2, shape)
            is_bool = name in fixture.arrays and fixture.arrays[name].dtype == bool
            arrays[name] = labels > 0 if is_bool else labels
        else:
            arrays[name] = rng.standard_normal(shape)
    # The counts and costs that the lines compute on the way are no arrays of a cache.
    computed = fixture.forward.run(arrays).items()
    return arrays | {name: value for name, value in computed if np.ndim(value)}


def variable(fixture: "Fixture", gradient: str) -> tuple[Tree, str]:
    """Return what a gradient is the derivative by, and of which cost, or empty strings."""
    known = {*fixture.given, *(step.name for step in fixture.forward.steps)}
    for cost in (step.name for step in fixture.forward.steps if step.name.endswith(COST)):
        before, d, of = gradient.partition(f"{cost.removesuffix(COST)}d")
        if d and not before and (of in known or gradient in fixture.gradient_of):
            return fixture.gradient_of.get(gradient, of), cost
    return "", ""


def gradients(fixture: "Fixture", arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Return the referee's value of every gradient the fixture's program computes.

    For parameters, such as ``dW`` and ``db``, it is the derivative of the cost J. For what has a
    column for each example, such as ``dA`` and ``dZ``, it is m times that where J is an average,
    since the course averages only in dW and db. For a layer with a dropout mask, ``dA`` is the
    derivative by g(Z), before it is masked and scaled: this is what the course calls dA there,
    while the cached A is what comes after. Where a test hands over the gradient of the layer
    above instead of labels, J is the linear function with that gradient, (1/m) sum of dA * A.
    An output that is a line of the forward pass itself, such as the cost, has that line's value.

    >>> from backcheck.fixtures import load
    >>> fixture = load("c1w4_linear_backward_v2")
    >>> arrays = draw(fixture, seed=1)
    >>> bool(np.allclose(gradients(fixture, arrays)["dA_prev"], arrays["W"].T @ arrays["dZ"]))
    True
    """
    scope = {**arrays, **fixture.forward.run(arrays)}
    averages = {step.name for step in fixture.forward.steps if "m" in step.reads}
    found = {}
    for step in fixture.program.steps:
        of, cost = variable(fixture, step.name)
        if cost and not time(step.name):
            slope = _slope(fixture.forward, scope, of, cost)
            has_examples = fixture.given.get(str(of), "m").endswith("m")
            found[step.name] = slope * scope["m"] if cost in averages and has_examples else slope
        elif step.name in fixture.expected:
            found[step.name] = np.asarray(scope[step.name])
    return found


def _slope(forward: Program, scope: Mapping[str, Any], of: Tree, cost: str) -> Array:
    """Return the derivative of a cost by an array, or by what a part of a line computes."""
    lines, reached = [], {_VARIED}
    for step in forward.steps:
        line = Step(step.name, put(step.expression, {of: _VARIED}))
        # Only what the varied array reaches is computed again.
        if step.name != of and not reached.isdisjoint(line.reads):
            lines.append(line)
            reached.add(step.name)
    after = Program(tuple(lines))
    start = np.asarray(compiled(of)(scope), dtype=float)
    return complex_step(lambda value: after.run({**scope, _VARIED: value}).get(cost, 0.0), start)


def verdict(program: Program, fixture: "Fixture", own_shapes: bool = False) -> str:
    """Say whether a backward pass is ``"equivalent"`` to the gradient or a ``"mistake"``.

    It is equivalent when the outputs the test asks for agree with the referee on every
    fresh network, whatever they are on the fixture itself. With `own_shapes`, the networks keep
    the fixture's shapes: a formula that is right for one output unit and wrong for two is
    equivalent in that narrow sense only.

    Examples
    --------
    >>> from backcheck.fixtures import load
    >>> week4 = load("c1w4_L_model_backward_v2")
    >>> verdict(week4.program.replace(dZ2="AL - Y"), week4)
    'equivalent'
    """
    decided_by = networks(fixture, own_shapes)
    found = (error for network in decided_by for error in errors(program, fixture, *network))
    return "equivalent" if all(error <= AGREES for error in found) else "mistake"


def errors(
    program: Program,
    fixture: "Fixture",
    arrays: Mapping[str, Array],
    true: Mapping[str, Array],
    known: Known = MappingProxyType({}),
) -> Iterator[float]:
    """Yield the relative error of each output the test asks for, next to the true ones.

    It is inf where an output cannot be computed, has another shape, or is not finite.
    """
    try:
        values = program.run(arrays, known)
    except (KeyError, ValueError):
        yield math.inf
        return
    for name in fixture.comparisons[-1].outputs:
        value = np.asarray(values.get(name))
        if name in fixture.numbers and not value.ndim:
            value = np.reshape(value, [1] * true[name].ndim)
        alike = value.shape == true[name].shape and np.isfinite(value).all()
        yield relative_gap(value, true[name]) if alike else math.inf


@cache
def networks(
    fixture: "Fixture", own_shapes: bool, seeds: tuple[int, ...] = SEEDS
) -> tuple[tuple[dict[str, Array], dict[str, Array], Known], ...]:
    """Return fresh networks: the arrays of each, the referee's gradients, and `Program.known`."""
    drawn = (draw(fixture, seed, fixture.sizes if own_shapes else SIZES) for seed in seeds)
    return tuple((one, gradients(fixture, one), fixture.program.known(one)) for one in drawn)


Cost = Callable[[Mapping[str, Array]], Any]
"""A cost as a function of the arrays by name."""


@np.errstate(all="ignore")
def difference(
    fixture: "Fixture", outputs: Mapping[str, Any], eps: float, cost: Cost | None = None
) -> float:
    """Return the distance between gradients and centred differences of a cost, as one vector.

    The outputs the test asks for say by what the cost, J if left out, is differentiated.
    """
    asked = fixture.comparisons[-1].outputs
    for name in asked:
        wanted, shape = fixture.arrays[name[1:]].shape, np.shape(outputs[name])
        if shape != wanted:
            raise ValueError(f"{name} has shape {shape}, but {name[1:]} has {wanted}.")
    gradient = np.concatenate([np.ravel(outputs[name]) for name in asked])
    return distance(gradient, _differences(fixture, eps, cost))


@cache
def _differences(fixture: "Fixture", eps: float, cost: Cost | None) -> Array:
    def cost_with(value: Array, name: str) -> Any:
        arrays = {**fixture.arrays, name: value}
        return cost(arrays) if cost else fixture.forward.run(arrays)[COST]

    names = [output[1:] for output in fixture.comparisons[-1].outputs]
    by = [centred_difference(partial(cost_with, name=n), fixture.arrays[n], eps) for n in names]
    return np.concatenate(list(map(np.ravel, by)))
