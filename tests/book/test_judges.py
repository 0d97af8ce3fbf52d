"""Judges that share no code with the formulas they judge: sympy, autograd, complex step."""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
import sympy as sp
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from backcheck import network, program, referee
from backcheck.activations import ACTIVATIONS

z, a, y, t, d = sp.symbols("z a y t d", real=True)
SIGMOID, TANH = 1 / (1 + sp.exp(-z)), sp.tanh(z)
S = sp.symbols("s", real=True)

IDENTITIES = {
    "sigmoid' = sigma(z) (1 - sigma(z))": (sp.diff(SIGMOID, z), SIGMOID * (1 - SIGMOID)),
    "sigmoid' = sigma(z) sigma(-z)": (sp.diff(SIGMOID, z), SIGMOID * SIGMOID.subs(z, -z)),
    "sigma(-z) = 1 - sigma(z)": (SIGMOID.subs(z, -z), 1 - SIGMOID),
    "tanh' = 1 - tanh^2": (sp.diff(TANH, z), 1 - TANH**2),
    "tanh' = 1 / cosh^2": (sp.diff(TANH, z), 1 / sp.cosh(z) ** 2),
    "tanh = 2 sigma(2z) - 1": (TANH, 2 * SIGMOID.subs(z, 2 * z) - 1),
    "gap of the sigmoid": (a * (1 - a) - S * (1 - S), (a - S) * (1 - S - a)),
    "gap of tanh": ((1 - a**2) - (1 - TANH**2), (TANH - a) * (TANH + a)),
    "dA of cross-entropy": (
        sp.diff(-(y * sp.log(a) + (1 - y) * sp.log(1 - a)), a),
        (a - y) / (a * (1 - a)),
    ),
    "general rule = shortcut on a forward pass": (
        (SIGMOID - y) / (SIGMOID * (1 - SIGMOID)) * sp.diff(SIGMOID, z),
        SIGMOID - y,
    ),
    "general rule with the derivative from A = shortcut": (
        (-(y / a) + (1 - y) / (1 - a)) * a * (1 - a),
        a - y,
    ),
    "drift of tanh": (
        (1 - (TANH + t * d) ** 2) - (1 - TANH**2),
        -2 * t * d * TANH - t**2 * d**2,
    ),
    "first order of the output's drift": (
        sp.diff((a - y) * (S * (1 - S) / (a * (1 - a)) - 1), a).subs(a, S),
        -(S - y) * (1 - 2 * S) / (S * (1 - S)),
    ),
    "cross-entropy from z": (
        -(y * sp.log(SIGMOID) + (1 - y) * sp.log(1 - SIGMOID)),
        sp.log(1 + sp.exp(z)) - y * z,
    ),
}

DIFFERENT = {
    "1 - tanh(a)^2 is not the derivative of tanh": (1 - sp.tanh(TANH) ** 2, sp.diff(TANH, z)),
    "the derivative of the sigmoid is not that of tanh": (
        SIGMOID * (1 - SIGMOID),
        sp.diff(TANH, z),
    ),
    "A-form and Z-form of tanh differ off the curve": (1 - a**2, 1 - TANH**2),
    "A-form and Z-form of the sigmoid differ off the curve": (
        a * (1 - a),
        SIGMOID * (1 - SIGMOID),
    ),
    "shortcut and general rule differ off the curve": (
        a - y,
        (a - y) / (a * (1 - a)) * SIGMOID * (1 - SIGMOID),
    ),
}


@pytest.mark.parametrize("name", IDENTITIES)
def test_sympy_proves_each_identity_of_the_book(name: str) -> None:
    left, right = IDENTITIES[name]
    difference = sp.simplify(sp.expand_log((left - right).rewrite(sp.exp), force=True))
    assert difference == 0


@pytest.mark.parametrize("name", DIFFERENT)
def test_sympy_refutes_each_non_identity_of_the_book(name: str) -> None:
    left, right = DIFFERENT[name]
    point = {z: sp.Rational(1, 2), a: sp.Rational(1, 3), y: 1}
    assert abs(sp.N((left - right).subs(point), 30)) > sp.Rational(1, 100)


def test_sympy_finds_the_curve_and_its_mirror_image_and_no_third_solution() -> None:
    assert set(sp.solve(sp.Eq(a * (1 - a), S * (1 - S)), a)) == {S, 1 - S}
    T = sp.symbols("T", real=True)
    assert set(sp.solve(sp.Eq(1 - a**2, 1 - T**2), a)) == {T, -T}


# The forward pass once more, in autograd's numpy and without a line of the package.
AUTOGRAD = {
    "sigmoid": lambda x: 1 / (1 + anp.exp(-x)),
    "tanh": anp.tanh,
    "relu": lambda x: anp.where(x > 0, x, 0),
}


def autograd_gradients(X, Y, parameters, names):
    def cost(parameters):
        A = X
        for layer, name in enumerate(names, start=1):
            A = AUTOGRAD[name](anp.dot(parameters[f"W{layer}"], A) + parameters[f"b{layer}"])
        return -anp.sum(Y * anp.log(A) + (1 - Y) * anp.log(1 - A)) / X.shape[1]

    return autograd.grad(cost)(parameters)


@settings(max_examples=200)
@given(
    hidden=st.lists(st.sampled_from(sorted(ACTIVATIONS)), min_size=0, max_size=3),
    widths=st.lists(st.integers(1, 8), min_size=5, max_size=5),
    examples=st.integers(1, 9),
    seed=st.integers(0, 2**16),
    form=st.sampled_from(["A", "Z"]),
)
def test_autograd_and_complex_step_confirm_the_backward_pass_of_every_network(
    hidden: list[str], widths: list[int], examples: int, seed: int, form: str
) -> None:
    names = [*hidden, "sigmoid"]
    sizes = [*widths[: len(names)], widths[-1]]
    X, Y, parameters = network.random_network(sizes, examples, seed)
    activations = [ACTIVATIONS[name] for name in names]
    cache = network.forward(X, parameters, activations)
    output = cache[f"A{len(names)}"]
    # Where the output saturates, cross-entropy itself has no digits left to compare.
    assume(np.all((output > 1e-3) & (output < 1 - 1e-3)))
    found = program.backward(names, form).run({"Y": Y, **parameters, **cache})
    by_autograd = autograd_gradients(X, Y, parameters, names)
    by_complex_step = referee.gradients(X, Y, parameters, activations)
    for name in parameters:
        assert referee.relative_error(found[f"d{name}"], by_autograd[name]) < 1e-10
        assert referee.relative_error(found[f"d{name}"], by_complex_step[f"d{name}"]) < 1e-10
