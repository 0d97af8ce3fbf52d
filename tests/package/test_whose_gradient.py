"""Each form is the exact gradient of a network that has the very cache, whatever the cache."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backcheck import fixtures
from backcheck.activations import by_name
from backcheck.network import forward, random_network
from backcheck.program import Program, backward
from backcheck.referee import complex_step

# The page has one formula for every solution of an equation such as f' = 1 - f^2; here stand
# the curves themselves, one for each branch, so that the two cannot share a mistake.
CURVES = {
    "tanh": np.tanh,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "relu": lambda z: np.where(np.real(z) > 0, z, 0),
}
OTHER_BRANCHES = {
    "tanh": lambda z: 1 / np.tanh(z),
    "sigmoid": lambda z: 1 / (1 - np.exp(-z)),
    # relu's equation has the constants at and below zero as its other solutions.
    "relu": lambda z: 0 * z,
}


def places(name, A):
    """Return where on its branch each entry of A lies, and which entries lie on the curve of g."""
    if name == "relu":
        return A, A > 0
    on_curve = np.abs(A) < 1 if name == "tanh" else (A > 0) & (A < 1)
    if name == "tanh":
        return np.arctanh(np.where(on_curve, A, 1 / A)), on_curve
    return np.log(np.abs(A / (1 - A))), on_curve


def inside(name, Z, A):
    """Return the activation with its constants inside."""
    place, on_curve = places(name, A)
    C = place - Z

    def value(z):
        # Each branch is asked for where it is defined alone.
        g = CURVES[name](np.where(on_curve, z + C, 1.0))
        other = OTHER_BRANCHES[name](np.where(on_curve, 1.0, z + C))
        return np.where(on_curve, g, other + (A if name == "relu" else 0))

    return value


def after(name, Z, A):
    """Return the activation with its constants after it."""
    g = CURVES[name]
    return lambda z: g(z) + (A - g(Z))


KINDS = {"Z": after, "A": inside}


def log_abs(x):
    return np.log(x**2) / 2


class Network:
    """The network with constants whose forward pass is the given cache."""

    def __init__(self, arrays, names, functions):
        self.Y = np.asarray(arrays["Y"]).astype(float)
        self.functions = functions
        self.p = {"A0": arrays[names[0][0]]}
        for n, (before, Z, A) in enumerate(names, start=1):
            W, b = arrays[f"W{n}"], arrays[f"b{n}"]
            E = arrays[Z] - W @ arrays[before] - b
            self.p |= {f"W{n}": W, f"b{n}": b, f"Z{n}": E, f"A{n}": np.zeros_like(arrays[A])}

    def forward(self, p):
        a = p["A0"]
        passed = {}
        for n, f in enumerate(self.functions, start=1):
            z = p[f"W{n}"] @ a + p[f"b{n}"] + p[f"Z{n}"]
            a = f(z) + p[f"A{n}"]
            passed |= {f"Z{n}": z, f"A{n}": a}
        return passed

    def cost(self, p):
        A = self.forward(p)[f"A{len(self.functions)}"]
        return -np.sum(self.Y * log_abs(A) + (1 - self.Y) * log_abs(1 - A)) / self.Y.shape[1]

    def gradient(self, name):
        """Return what the course calls d and the name: by an array, m times, by a parameter."""
        found = complex_step(lambda value: self.cost(self.p | {name: value}), self.p[name])
        return found * (1 if name[0] in "Wb" else self.Y.shape[1])


def of_fixture(id, kinds):
    fixture = fixtures.load(id)
    names = [(layer.input, layer.Z, layer.A) for layer in fixture.layers]
    functions = [
        KINDS[kind](layer.activation, fixture.arrays[layer.Z], fixture.arrays[layer.A])
        for kind, layer in zip(kinds, fixture.layers, strict=True)
    ]
    return fixture, Network(fixture.arrays, names, functions)


WEEK_3, WEEK_4 = "c1w3_bp_public_c", "c1w4_L_model_backward_v2"
ACCEPTED = [(WEEK_3, "AA"), (WEEK_4, "ZZ")]
REJECTED = [
    (WEEK_3, "ZA", {"dZ1": "dA1 * (1 - tanh(Z1) ** 2)"}),
    (WEEK_4, "ZA", {"dZ2": "AL - Y"}),
]


@pytest.mark.parametrize(("id", "kinds"), [*ACCEPTED, *(case[:2] for case in REJECTED)])
def test_the_forward_pass_of_each_network_is_the_published_cache(id, kinds) -> None:
    fixture, network = of_fixture(id, kinds)
    passed = network.forward(network.p)
    for n, layer in enumerate(fixture.layers, start=1):
        np.testing.assert_allclose(passed[f"Z{n}"], fixture.arrays[layer.Z], atol=1e-13)
        np.testing.assert_allclose(passed[f"A{n}"], fixture.arrays[layer.A], atol=1e-13)


@pytest.mark.parametrize(("id", "kinds"), ACCEPTED)
def test_the_published_outputs_are_the_gradient_of_one_network_to_every_digit(id, kinds) -> None:
    fixture, network = of_fixture(id, kinds)
    for name, value in fixture.expected.items():
        assert np.abs(network.gradient(name[1:]) - value).max() < 5e-9, name


@pytest.mark.parametrize(("id", "kinds", "form"), REJECTED)
def test_the_rejected_outputs_are_the_gradient_of_another(id, kinds, form) -> None:
    fixture, network = of_fixture(id, kinds)
    values = fixture.run(**form)
    assert fixture.check(**form).word == "fails"
    for name in fixture.expected:
        np.testing.assert_allclose(network.gradient(name[1:]), values[name], atol=1e-12)


def test_both_values_of_dz2_in_the_week_4_thread_are_such_derivatives() -> None:
    for kinds, dZ2 in (("ZZ", [-0.1261204, 0.42987761]), ("ZA", [0.78862847, 0.43650985])):
        _, network = of_fixture(WEEK_4, kinds)
        assert np.abs(network.gradient("Z2")[0] - dZ2).max() < 5e-9


def test_the_dropout_outputs_are_the_gradient_of_a_network_with_constants() -> None:
    fixture = fixtures.load("c2w1_backward_dropout")
    c = fixture.arrays
    g, sigmoid = CURVES["relu"], CURVES["sigmoid"]

    def dropped(Z, A, D):
        return lambda z: g(z) * D / c["keep_prob"] + (A - g(Z) * D / c["keep_prob"])

    functions = [dropped(c[f"Z{n}"], c[f"A{n}"], c[f"D{n}"]) for n in (1, 2)]
    functions.append(lambda z: sigmoid(z) + (c["A3"] - sigmoid(c["Z3"])))
    names = [(layer.input, layer.Z, layer.A) for layer in fixture.layers]
    network = Network(c, names, functions)
    for name in ("dW1", "db1", "dW2", "db2", "dW3", "db3", "dZ1", "dZ2", "dZ3"):
        assert np.abs(network.gradient(name[1:]) - fixture.expected[name]).max() < 1e-8, name


@st.composite
def networks(draw):
    """A dense network with an unrelated cache, and for each layer where its constants are."""
    hidden = draw(st.lists(st.sampled_from(sorted(CURVES)), max_size=2))
    activations = [*hidden, "sigmoid"]
    sizes = [draw(st.integers(1, 3)) for _ in activations] + [1]
    kinds = [draw(st.sampled_from("ZA")) for _ in activations]
    m, seed = draw(st.integers(1, 3)), draw(st.integers(0, 10**6))
    return activations, kinds, *random_network(sizes, m, seed), np.random.default_rng(seed + 1)


def mixed(activations, kinds) -> Program:
    """Return the general rule, with the derivative of each layer in its own form."""
    forms = {kind: {step.name: step for step in backward(activations, kind).steps} for kind in "ZA"}
    return Program(
        tuple(
            forms[kinds[int(name[2:]) - 1]][name] if name.startswith("dZ") else step
            for name, step in forms["Z"].items()
        )
    )


def names_of(activations):
    return [(f"A{n - 1}", f"Z{n}", f"A{n}") for n in range(1, len(activations) + 1)]


@given(networks())
def test_on_any_cache_each_form_is_the_gradient_of_a_network_that_has_it(case) -> None:
    activations, kinds, X, Y, parameters, rng = case
    cache = {
        name: rng.standard_normal(value.shape)
        for name, value in forward(X, parameters, [by_name(g) for g in activations]).items()
    }
    arrays = {"Y": Y, **parameters, **cache}
    functions = [
        KINDS[kind](g, cache[f"Z{n}"], cache[f"A{n}"])
        for n, (g, kind) in enumerate(zip(activations, kinds, strict=True), start=1)
    ]
    network = Network(arrays, names_of(activations), functions)
    values = mixed(activations, kinds).run(arrays)
    for name in network.p:
        np.testing.assert_allclose(network.gradient(name), values[f"d{name}"], 1e-7, 1e-9)


@given(networks())
def test_on_a_forward_pass_the_constants_are_zero_and_the_networks_one(case) -> None:
    activations, _, X, Y, parameters, _ = case
    cache = forward(X, parameters, [by_name(g) for g in activations])
    arrays = {"Y": Y, **parameters, **cache}
    made = []
    for kind in KINDS.values():
        pairs = [(g, cache[f"Z{n}"], cache[f"A{n}"]) for n, g in enumerate(activations, start=1)]
        made.append(Network(arrays, names_of(activations), [kind(*pair) for pair in pairs]))
        for g, Z, A in pairs:
            # Farther from 0, so that no step crosses the kink of relu.
            z = Z + 1e-3 * np.sign(Z)
            np.testing.assert_allclose(kind(g, Z, A)(z), CURVES[g](z), atol=1e-8)
    for name, constant in made[0].p.items():
        if name[0] == "Z":
            assert np.abs(constant).max() < 1e-12
        np.testing.assert_allclose(made[0].gradient(name), made[1].gradient(name), 1e-6, 1e-9)


@given(networks())
def test_any_array_at_all_is_the_derivative_of_some_network_with_the_cache(case) -> None:
    activations, _, X, Y, parameters, rng = case
    layers = range(1, len(activations) + 1)
    shapes = forward(X, parameters, [by_name(g) for g in activations])
    cache = {name: rng.standard_normal(value.shape) for name, value in shapes.items()}
    slopes = {f"S{n}": rng.standard_normal(shapes[f"Z{n}"].shape) for n in layers}
    arrays = {"Y": Y, **parameters, **cache, **slopes}
    lines = [
        lambda z, Z=cache[f"Z{n}"], A=cache[f"A{n}"], S=slopes[f"S{n}"]: A + S * (z - Z)
        for n in layers
    ]
    network = Network(arrays, names_of(activations), lines)
    steps = {f"dZ{n}": f"dA{n} * S{n}" for n in layers}
    values = backward(activations).replace(**steps).run(arrays)
    for name in network.p:
        np.testing.assert_allclose(network.gradient(name), values[f"d{name}"], 1e-7, 1e-9)
