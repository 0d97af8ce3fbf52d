"""A reader's own gradient check is called on the right gradient, and its number is explained."""

from pathlib import Path

import pytest

from backcheck.__main__ import main

CHECK = """
import numpy as np
import gc_utils
from testCases import *

def gradient_check_n(parameters, gradients, X, Y, epsilon=1e-7, print_msg=False):
    parameters_values, _ = gc_utils.dictionary_to_vector(parameters)
    grad = gradients_to_vector(gradients)
    n = parameters_values.shape[0]
    J_plus, J_minus, gradapprox = (np.zeros((n, 1)) for _ in range(3))
    for i in range(n):
        theta_plus = np.copy(parameters_values)
        theta_plus[i] = theta_plus[i] + epsilon
        J_plus[i], _ = forward_propagation_n(X, Y, gc_utils.vector_to_dictionary(theta_plus))
        theta_minus = np.copy(parameters_values)
        theta_minus[i] = theta_minus[i] - epsilon
        J_minus[i], _ = forward_propagation_n(X, Y, gc_utils.vector_to_dictionary(theta_minus))
        gradapprox[i] = (J_plus[i] - J_minus[i]) / (2 * epsilon)
    numerator = np.linalg.norm(grad - gradapprox)
    return numerator / (np.linalg.norm(grad) + np.linalg.norm(gradapprox))
"""

ONCE = "        theta_plus = np.copy(parameters_values)\n"
CHECKS = {
    "right": ([], 0, "1.189"),
    "half of 2 * epsilon": ([("(2 * epsilon)", "epsilon")], 1, "not by twice epsilon"),
    "no copy": ([("np.copy(parameters_values)", "parameters_values")], 1, "for want of a copy"),
    "returned in the loop": (
        [("    numerator", "        numerator"), ("    return", "        return")],
        1,
        "stand inside the loop",
    ),
    "copied once": (
        [
            (ONCE, ""),
            (ONCE.replace("plus", "minus"), ""),
            ("    for i", f"{ONCE[4:]}{ONCE[4:].replace('plus', 'minus')}    for i"),
        ],
        1,
        "made once, above the loop",
    ),
    "one norm": ([(" + np.linalg.norm(gradapprox)", "")], 1, "the norm of grad alone"),
    "another epsilon": ([("epsilon=1e-7", "epsilon=1e-4")], 1, "epsilon = 1e-4"),
}


def written(edits: list[tuple[str, str]]) -> str:
    text = CHECK
    for before, after in edits:
        assert before in text
        text = text.replace(before, after)
    return text


@pytest.mark.parametrize("named", ["{file}", "{file}:gradient_check_n"])
@pytest.mark.parametrize("name", CHECKS)
def test_the_number_that_a_check_returns_of_the_right_gradient_is_explained(
    name: str, named: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edits, code, says = CHECKS[name]
    (file := tmp_path / "own.py").write_text(written(edits))
    assert main(["run", named.format(file=file)]) == code
    said = capsys.readouterr().out
    assert "called with the right gradient of the notebook's network" in said
    assert says in said.replace("\n", " ")


@pytest.mark.parametrize(
    ("edits", "says"),
    [
        ([("    return numerator", "    return grad - gradapprox\n    numerator")], "a ndarray"),
        ([("np.linalg.norm(grad - gradapprox)", "grad['dW1']")], "IndexError"),
        ([("gc_utils.dictionary_to_vector", "gc_utils.to_vector")], "so it has no to_vector"),
    ],
)
def test_a_check_that_returns_no_number_is_told_why(
    edits: list[tuple[str, str]], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (file := tmp_path / "own.py").write_text(written(edits))
    assert main(["run", "c2w1_gradient_check_n", str(file)]) == 2
    assert says in capsys.readouterr().err
