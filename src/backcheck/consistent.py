"""Fresh networks for a fixture: a real forward pass, and the gradients the referee finds.

Whether a rewritten backward pass is right is never read off a published test, whose cache
may be no forward pass at all. It is decided here: the arrays of the fixture are drawn anew,
each Z and A is computed from the layer below, and the referee differentiates the loss.
"""

import math
from collections.abc import Iterator, Mapping
from functools import cache, partial
from types import MappingProxyType
from typing import Any

import numpy as np

from backcheck.activations import by_name
from backcheck.arrays import Array
from backcheck.fixtures import Fixture, prefix
from backcheck.network import cross_entropy
from backcheck.program import Known, Program
from backcheck.referee import complex_step, relative_error
from backcheck.relations import KEEP, Layer, masked

UNITS = (4, 5, 3, 2)
EXAMPLES = 6
"""Sizes of the networks that decide a verdict: n0, n1 and so on, as many as a fixture has
layers, and m. No two are equal and the output has several units, because equal sizes and
single units hide wrong formulas."""

NUMBERS = (0.4, 0.9)
"""Range of the single numbers a fixture hands over: the weight of a penalty, and the
probability of keeping a unit, which must not be so low that a mask drops nearly all."""

PENALTY = "lambd"
"""What a fixture calls the weight of its L2 penalty, if its cost has one."""

SEEDS = (1, 2)
"""Two networks decide together, so that no verdict hangs on one draw."""

AGREES = 1e-7
"""Largest relative error between a right gradient and the referee's."""


def draw(fixture: Fixture, seed: int, own_shapes: bool = False) -> dict[str, Array]:
    """Draw the arrays of a fixture anew, as a real forward pass.

    Parameters
    ----------
    fixture : Fixture
        The published test whose arrays are wanted, by the same names.
    seed : int
        Seed of a generator of its own.
    own_shapes : bool
        Whether to keep the fixture's shapes, rather than those of `UNITS`.

    Examples
    --------
    >>> from backcheck.fixtures import load
    >>> arrays = draw(load("c1w3_bp_public_c"), seed=1)
    >>> float(abs(arrays["A1"] - np.tanh(arrays["Z1"])).max())
    0.0
    """
    rng = np.random.default_rng(seed)
    first = fixture.arrays[fixture.layers[0].input]
    units = list(UNITS)
    m = EXAMPLES
    if own_shapes:
        m = first.shape[1]
        units = [first.shape[0], *(fixture.arrays[layer.W].shape[0] for layer in fixture.layers)]
    arrays: dict[str, Array] = {fixture.layers[0].input: rng.standard_normal((units[0], m))}
    for name, value in fixture.arrays.items():
        if value.ndim == 0:
            arrays[name] = np.array(rng.uniform(*NUMBERS))
    for layer, n_in, n_out in zip(fixture.layers, units[:-1], units[1:], strict=False):
        arrays[layer.W] = rng.standard_normal((n_out, n_in))
        arrays[layer.b] = rng.standard_normal((n_out, 1))
        if layer.mask:
            arrays[layer.mask] = _mask(rng, (n_out, m), float(arrays[KEEP]))
        arrays |= layer_values(layer, arrays)
        last = (n_out, m)
    for given in ("dZ", "dA"):
        if given in fixture.arrays:
            arrays[given] = rng.standard_normal(last)
    if "Y" in fixture.arrays:
        labels = rng.integers(0, 2, last)
        arrays["Y"] = labels > 0 if fixture.arrays["Y"].dtype == bool else labels
    return arrays


def gradients(fixture: Fixture, arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Return the referee's value of every gradient the fixture's program computes.

    Parameters
    ----------
    fixture : Fixture
        Its program says which gradients are wanted.
    arrays : mapping
        Arrays of a forward pass, as `draw` gives them.

    Returns
    -------
    dict
        For ``dW`` and ``db`` the derivative of the cost J. For ``dA`` and ``dZ`` it is m
        times that of J, since the course averages over the examples only in dW and db. For
        a layer with a dropout mask, ``dA`` is the derivative by g(Z), before it is masked
        and scaled: this is what the course calls dA there, while the cached A is what comes
        after.

    Notes
    -----
    J is the cross-entropy of the output, plus lambd / 2m times the sum of the squared weights
    where the test hands over a ``lambd``. Where a test hands over the gradient of the layer
    above instead of labels, J is the linear function with that gradient, such as
    (1/m) sum of dA * A.

    Examples
    --------
    >>> from backcheck.fixtures import load
    >>> fixture = load("c1w4_linear_backward_v2")
    >>> arrays = draw(fixture, seed=1)
    >>> true = gradients(fixture, arrays)["dA_prev"]
    >>> bool(np.allclose(true, arrays["W"].T @ arrays["dZ"]))
    True
    """
    found = {}
    parameters = {name for layer in fixture.layers for name in (layer.W, layer.b)}
    for step in fixture.program.steps:
        if step.name == "m":
            continue
        branch = prefix(step.name)
        of = step.name.removeprefix(branch).removeprefix("d")
        value = _varied(fixture, arrays, of).astype(float)
        slope = complex_step(partial(_cost, fixture, arrays, branch, of), value)
        found[step.name] = slope if of in parameters else slope * value.shape[1]
    return found


def verdict(program: Program, fixture: Fixture, own_shapes: bool = False) -> str:
    """Say whether a backward pass is ``"equivalent"`` to the gradient or a ``"mistake"``.

    It is equivalent when the outputs the test asks for agree with the referee on every
    fresh network, whatever they are on the fixture itself.

    Parameters
    ----------
    program : Program
        A backward pass for the arrays of the fixture.
    fixture : Fixture
        Where the names of the arrays and the tested outputs come from.
    own_shapes : bool
        Whether the networks keep the fixture's shapes. A formula that is right for one
        output unit and wrong for two is equivalent in that narrow sense only.

    Examples
    --------
    >>> from backcheck.fixtures import load
    >>> week4 = load("c1w4_L_model_backward_v2")
    >>> verdict(week4.program.replace(dZ2="AL - Y"), week4)
    'equivalent'
    >>> verdict(week4.program.replace(dZ2="Y - AL"), week4)
    'mistake'
    """
    decided_by = zip(networks(fixture, own_shapes), _known(fixture, own_shapes), strict=True)
    agrees = all(
        error <= AGREES
        for network, known in decided_by
        for error in errors(program, fixture, network, known)
    )
    return "equivalent" if agrees else "mistake"


def errors(
    program: Program,
    fixture: Fixture,
    network: tuple[Mapping[str, Array], Mapping[str, Array]],
    known: Known = MappingProxyType({}),
) -> Iterator[float]:
    """Yield the relative error of each output the test asks for, on one fresh network.

    Parameters
    ----------
    program : Program
        A backward pass for the arrays of the fixture.
    fixture : Fixture
        Where the names of the tested outputs come from.
    network : tuple
        The arrays of a forward pass, and the referee's gradients there: a member of
        `networks`.
    known : mapping
        What `Program.known` returned for these arrays and another program.

    Yields
    ------
    float
        inf where an output cannot be computed, has another shape, or is not finite.

    Examples
    --------
    >>> from backcheck.fixtures import load
    >>> week4 = load("c1w4_L_model_backward_v2")
    >>> network = networks(week4, False)[0]
    >>> max(errors(week4.program.replace(dZ2="AL - Y"), week4, network)) < 1e-12
    True
    """
    arrays, true = network
    try:
        values = program.run(arrays, known)
    except (KeyError, ValueError):
        yield math.inf
        return
    for name in fixture.comparisons[-1].outputs:
        value = np.asarray(values.get(name))
        alike = value.shape == true[name].shape and np.all(np.isfinite(value))
        yield relative_error(value, true[name]) if alike else math.inf


@cache
def networks(
    fixture: Fixture, own_shapes: bool, seeds: tuple[int, ...] = SEEDS
) -> tuple[tuple[dict[str, Array], dict[str, Array]], ...]:
    """Return fresh networks, each with the referee's gradients; by default those that decide.

    Parameters
    ----------
    fixture : Fixture
        Whose arrays they have.
    own_shapes : bool
        Whether they keep the fixture's shapes.
    seeds : tuple of int
        One for each network.

    Examples
    --------
    >>> from backcheck.fixtures import load
    >>> len(networks(load("c1w4_linear_backward_v2"), False)) == len(SEEDS)
    True
    """
    drawn = [draw(fixture, seed, own_shapes) for seed in seeds]
    return tuple((arrays, gradients(fixture, arrays)) for arrays in drawn)


def layer_values(
    layer: Layer, arrays: Mapping[str, Any], given: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return Z and A of one layer, as a forward pass computes them.

    Parameters
    ----------
    layer : Layer
        Its names; without an activation there is only Z.
    arrays : mapping
        Input, weights and bias, and the mask where the layer has one.
    given : mapping, optional
        Values to keep: a Z given here is not computed, an A given here stands for g(Z).

    Examples
    --------
    >>> layer = Layer("X", "W", "b", "Z", "A", "relu")
    >>> ones = np.ones((1, 1))
    >>> layer_values(layer, {"X": ones, "W": ones, "b": -3 * ones})
    {'Z': array([[-2.]]), 'A': array([[0.]])}
    """
    given = given or {}
    Z = given.get(layer.Z, arrays[layer.W] @ arrays[layer.input] + arrays[layer.b])
    if not layer.activation:
        return {layer.Z: Z}
    values = given.get(layer.A, by_name(layer.activation)(Z))
    return {layer.Z: Z, layer.A: masked(layer, values, arrays)}


@cache
def _known(fixture: Fixture, own_shapes: bool) -> tuple[Known, ...]:
    return tuple(fixture.program.known(arrays) for arrays, _ in networks(fixture, own_shapes))


def _varied(fixture: Fixture, arrays: Mapping[str, Array], name: str) -> Array:
    """Return the array a gradient differentiates by: g(Z) for an A that is masked and scaled."""
    for layer in fixture.layers:
        if layer.mask and name == layer.A:
            return by_name(layer.activation)(arrays[layer.Z])
    return arrays[name]


def _mask(rng: np.random.Generator, shape: tuple[int, int], keep: float) -> Array:
    """Draw a mask that keeps something of every unit and of every example."""
    while True:
        mask = (rng.random(shape) < keep).astype(int)
        if mask.any(axis=0).all() and mask.any(axis=1).all():
            return mask


def _cost(fixture: Fixture, arrays: Mapping[str, Any], branch: str, name: str, value: Any) -> Any:
    given = {name: value}
    scope = {**arrays, **given}
    for layer in fixture.layers:
        scope |= layer_values(layer, scope, given)
    last = fixture.layers[-1]
    if "Y" in arrays:
        data = cross_entropy(scope[last.A], arrays["Y"])
        return data + _penalty(fixture, scope) if PENALTY in arrays else data
    upstream = arrays["dA"] if branch else arrays["dZ"]
    reached = by_name(branch[:-1])(scope[last.Z]) if branch else scope[last.Z]
    return np.sum(upstream * reached) / upstream.shape[1]


def _penalty(fixture: Fixture, scope: Mapping[str, Any]) -> Any:
    # Squares and no absolute values: the complex step needs an analytic cost.
    squares = sum(np.sum(scope[layer.W] ** 2) for layer in fixture.layers)
    return scope[PENALTY] * squares / (2 * scope["Y"].shape[1])
