"""What a test expects is said in the notation of the handout, and no graded line is code."""

import pytest

from backcheck.program import parse
from backcheck.showing.handout import equation, expects, mathematics, statements, symbol

PRODUCT = ("@", "dZ", ("T", "A_prev"))


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("dA1 * (1 - tanh(Z1) ** 2)", "dA[1] * tanh'(Z[1])"),
        ("dA1 * (1 - A1 ** 2)", "dA[1] * (1 - A[1]²)"),
        ("dA * sigmoid(Z) * (1 - sigmoid(Z))", "dA * σ'(Z)"),
        ("dA1 * (Z1 > 0)", "dA[1] * relu'(Z[1])"),
        ("dZ @ A_prev.T / m + lambd * W / m", "1/m dZ A_prevᵀ + λ/m W"),
        ("-(Y / AL - (1 - Y) / (1 - AL))", "-(Y / A[L] - (1 - Y) / (1 - A[L]))"),
        ("1 / m * dZ", "1/m * dZ"),
        ("(dZ @ W) ** 0.5 / X.shape[0]", "(dZ W)^0.5 / (the number of rows of X)"),
    ],
)
def test_an_expression_is_written_as_the_handout_writes_it(code: str, said: str) -> None:
    assert mathematics(parse(f"x = {code}").steps[0].expression) == said


def test_names_become_symbols() -> None:
    names = ("dW2", "AL", "A_prev", "relu_dZ", "lambd")
    assert [symbol(name) for name in names] == ["dW[2]", "A[L]", "A_prev", "dZ", "λ"]


def test_what_a_test_expects_is_a_step_or_an_array_as_it_is_given() -> None:
    assert expects("dW", ("/", PRODUCT, "m")) == "where the test expects dW = 1/m dZ A_prevᵀ"
    assert expects("A1", "A1") == "where the test takes A[1] as it is given"
    assert equation("db", ("sum", ("sum0_keep", "dZ"))).endswith(
        "(sum of all entries, sum over the units)"
    )


def test_a_changed_statement_is_code_unless_it_contains_a_graded_line() -> None:
    assert statements({"dW": PRODUCT}) == ("dW = dZ @ A_prev.T",)
    twice = ("/", ("/", PRODUCT, "m"), "m")
    assert statements({"dW": twice}) == ("dW = 1/m (1/m dZ A_prevᵀ)",)
    again = {"Z1": ("+", ("@", "W1", "X"), "b1"), "A1": ("tanh", "Z1")}
    assert statements(again) == ("Z[1] = W[1] X + b[1]", "A1 = tanh(Z1)")
