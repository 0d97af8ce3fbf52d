import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backcheck import referee
from backcheck.activations import ACTIVATIONS, Activation, by_name, relu, sigmoid, tanh

smooth = pytest.mark.parametrize("activation", [sigmoid, tanh], ids=lambda a: a.name)
every = pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=ACTIVATIONS)
reals = st.floats(-30, 30)
anything = st.floats(-5, 5)


@every
@given(z=reals)
def test_the_forms_of_a_derivative_are_equal_on_a_forward_pass(
    activation: Activation, z: float
) -> None:
    from_z = activation.derivative_from_z(z)
    from_a = activation.derivative_from_a(activation(z))
    assert from_a == pytest.approx(from_z, rel=0, abs=1e-15)


@smooth
@given(z=st.floats(-8, 8))
def test_the_derivative_is_what_the_complex_step_finds(activation: Activation, z: float) -> None:
    slope = referee.complex_step(lambda x: activation(x).sum(), [z])
    assert referee.relative_error(activation.derivative_from_z([z]), slope) < 1e-9


@given(z=anything, a=anything)
def test_the_gap_of_the_sigmoid_forms_factors_as_the_page_says(z: float, a: float) -> None:
    s = sigmoid(z)
    gap = sigmoid.derivative_from_a(a) - sigmoid.derivative_from_z(z)
    assert gap == pytest.approx((a - s) * (1 - s - a), abs=1e-13)


@given(z=anything, a=anything)
def test_the_gap_of_the_tanh_forms_factors_as_the_page_says(z: float, a: float) -> None:
    t = np.tanh(z)
    gap = tanh.derivative_from_a(a) - tanh.derivative_from_z(z)
    assert gap == pytest.approx((t - a) * (t + a), abs=1e-13)


@given(z=reals)
def test_the_mirror_image_has_the_same_derivative(z: float) -> None:
    assert sigmoid.derivative_from_a(sigmoid(-z)) == pytest.approx(
        sigmoid.derivative_from_z(z), abs=1e-15
    )
    assert tanh.derivative_from_a(-tanh(z)) == tanh.derivative_from_z(z)


@given(z=anything, a=st.floats(0.01, 3), y=st.sampled_from([0, 1]))
def test_general_rule_equals_shortcut_exactly_where_the_proposition_says(
    z: float, a: float, y: int
) -> None:
    for activation in (float(sigmoid(z)), float(sigmoid(-z))):
        dA = -(y / activation) + (1 - y) / (1 - activation)
        assert dA * sigmoid.derivative_from_z(z) == pytest.approx(activation - y, abs=1e-12)
    if min(abs(a - sigmoid(z)), abs(a - sigmoid(-z)), abs(a - 1), abs(a - y)) > 1e-3:
        dA = -(y / a) + (1 - y) / (1 - a)
        assert abs(dA * sigmoid.derivative_from_z(z) - (a - y)) > 1e-9


@pytest.mark.parametrize("z", [-1000.0, -40.0, 40.0, 1000.0])
def test_the_sigmoid_does_not_overflow_and_keeps_a_tiny_derivative(z: float) -> None:
    with np.errstate(over="raise", invalid="raise"):
        assert 0 <= sigmoid(z) <= 1
        assert (sigmoid.derivative_from_z(z) > 0) == (abs(z) < 700)


def test_the_derivative_of_relu_at_zero_is_zero() -> None:
    assert relu.derivative_from_z(0.0) == relu.derivative_from_a(0.0) == 0.0


def test_an_unknown_activation_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"no activation called 'swish'; use one of sigmoid, tanh"):
        by_name("swish")
