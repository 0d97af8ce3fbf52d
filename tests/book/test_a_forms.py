"""When an A-form exists: sympy finds those of the page, and pairs that leave none."""

import math

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from backcheck.referee import centred_difference, complex_step

z, a = sp.symbols("z a", real=True)
ALPHA = sp.symbols("alpha", positive=True)

SMOOTH = {
    "sigmoid": (1 / (1 + sp.exp(-z)), a * (1 - a)),
    "tanh": (sp.tanh(z), 1 - a**2),
    "softplus": (sp.log(1 + sp.exp(z)), 1 - sp.exp(-a)),
    "ELU, left of 0": (ALPHA * (sp.exp(z) - 1), a + ALPHA),
    "leaky relu, left of 0": (ALPHA * z, ALPHA),
    "arctan": (sp.atan(z), sp.cos(a) ** 2),
    "coth": (sp.coth(z), 1 - a**2),
    "softsign, right of 0": (z / (1 + z), (1 - a) ** 2),
}


@pytest.mark.parametrize("name", SMOOTH)
def test_sympy_proves_each_a_form_of_the_page(name: str) -> None:
    value, phi = SMOOTH[name]
    difference = sp.diff(value, z) - phi.subs(a, value)
    assert sp.simplify(difference.rewrite(sp.exp)) == 0


KINKED = {
    "relu": (lambda x: np.where(np.real(x) > 0, x, 0), lambda a: 1.0 * (a > 0)),
    "leaky relu": (
        lambda x: np.where(np.real(x) > 0, x, 0.1 * x),
        lambda a: np.where(a > 0, 1, 0.1),
    ),
    "ELU": (
        lambda x: np.where(np.real(x) > 0, x, 0.7 * np.expm1(x)),
        lambda a: np.where(a > 0, 1, a + 0.7),
    ),
}


@pytest.mark.parametrize("name", KINKED)
@given(x=st.floats(-20, 20))
def test_the_a_forms_with_a_kink_are_the_derivative_with_the_value_from_the_left(
    name: str, x: float
) -> None:
    g, phi = KINKED[name]
    derivative = complex_step(lambda y: g(y).sum(), [x])
    assert phi(g(np.array([x]))) == pytest.approx(derivative, abs=1e-15)


def silu(x):
    return x / (1 + np.exp(-x))


def gelu(x):
    return x * (1 + np.vectorize(math.erf)(np.asarray(x) / math.sqrt(2))) / 2


@pytest.mark.parametrize(("g", "level"), [(silu, -0.2), (gelu, -0.1)], ids=["SiLU", "GELU"])
def test_two_points_have_one_activation_and_derivatives_of_opposite_sign(g, level: float) -> None:
    grid = np.linspace(-8, 0, 80001)
    values = g(grid)
    turn = int(np.argmin(values))
    left = np.interp(-level, -values[: turn + 1], grid[: turn + 1])
    right = np.interp(level, values[turn:], grid[turn:])
    assert g(left) == pytest.approx(level, abs=1e-8)
    assert g(right) == pytest.approx(level, abs=1e-8)
    falls, rises = (float(centred_difference(g, x)) for x in (left, right))
    assert falls < -0.05 < 0.05 < rises


def test_any_other_value_at_its_kink_leaves_relu_without_an_a_form() -> None:
    for c in (0.0, 0.5, 1.0):
        derivative_where_a_is_zero = {0.0 if x < 0 else c for x in (-2.0, -1.0, 0.0)}
        assert (len(derivative_where_a_is_zero) == 1) == (c == 0)
