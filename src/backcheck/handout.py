"""A step of a backward pass in the notation of the course's handout, as mathematics.

What a test expects is shown next to what somebody wrote. As a statement it would be the solution
of a graded function, so it is written as the handout writes it: a formula to understand, which
Python does not run.
"""

from collections.abc import Mapping
from typing import Any

from backcheck.program import FUNCTIONS, SUMS, Tree, names, write
from backcheck.words import pattern, say

SYMBOLS = {"lambd": "λ", "sigmoid": "σ"}
"""What the handout calls by another symbol."""

SCALARS = ("m", "lambd", "keep_prob")
"""Names of single numbers: these stand before an array without a sign between."""

# How tightly each sign binds: a sum is weaker than a product of matrices, which has no sign.
_PLUS, _TIMES, _SUM, _PRODUCT, _POWER, _ATOM = range(6)

_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def equation(name: str, tree: Tree) -> str:
    """Return a step as an equation of the handout, with what its sums run over.

    Examples
    --------
    >>> from backcheck.fixtures import load
    >>> for step in load("c1w4_L_model_backward_v2").program.steps[2:7]:
    ...     print(equation(step.name, step.expression))
    dZ[2] = dA[L] * σ'(Z[2])
    dW[2] = 1/m dZ[2] A[1]ᵀ
    db[2] = 1/m Σ dZ[2] (sum over the examples)
    dA[1] = W[2]ᵀ dZ[2]
    dZ[1] = dA[1] * relu'(Z[1])
    """
    said = f"{symbol(name)} = {mathematics(tree)}"
    over = dict.fromkeys(say(operation.removesuffix("_keep")) for operation in _sums(tree))
    return f"{said} ({', '.join(over)})" if over else said


def expects(name: str, tree: Tree) -> str:
    """Return what a test has where a program has something else.

    Examples
    --------
    >>> expects("dW", ("/", ("@", "dZ", ("T", "A_prev")), "m"))
    'where the test expects dW = 1/m dZ A_prevᵀ'
    >>> expects("A1", "A1")
    'where the test takes A[1] as it is given'
    """
    if tree == name:
        return say("as-given", symbol=symbol(name))
    return say("expects", equation=equation(name, tree))


def statements(forms: Mapping[str, Tree]) -> tuple[str, ...]:
    """Return changed statements as readers see them.

    They are code, as somebody may have written them. What contains a graded line is mathematics:
    the linear steps of a forward pass, where one after the other is computed again, and the right
    product or sum of a backward step with more around it, or with the 1/m in another step.

    Examples
    --------
    >>> statements({"dW": ("@", "dZ", ("T", "A_prev"))})
    ('dW = dZ @ A_prev.T',)
    >>> statements({"dW": ("/", ("/", ("@", "dZ", ("T", "A_prev")), "m"), "m")})
    ('dW = 1/m (1/m dZ A_prevᵀ)',)
    >>> statements({"Z1": ("+", ("@", "W1", "X"), "b1"), "A1": ("tanh", "Z1")})
    ('Z[1] = W[1] X + b[1]', 'A1 = tanh(Z1)')
    """
    return tuple(
        equation(name, tree) if _gives_away(name, forms) else f"{name} = {write(tree)}"
        for name, tree in forms.items()
    )


def _gives_away(name: str, forms: Mapping[str, Tree]) -> bool:
    """Return whether a changed statement, written as code, would show a graded line."""
    code = write(forms[name])
    found = pattern("right-step").search(code)
    if not found:
        return _is_linear_step(forms[name])
    # The product or the sum alone lacks the 1/m, unless that is taken in another step.
    averaged = any("m" in names(tree) for step, tree in forms.items() if step != name)
    return averaged or found[0] != code or code.startswith("W")


def _is_linear_step(tree: Tree) -> bool:
    """Return whether an expression is W A + b, for arrays of these names."""
    match tree:
        case ("+", ("@", str() as weights, str()), str() as bias):
            return weights.startswith("W") and bias.startswith("b")
    return False


def symbol(name: str) -> str:
    """Return the handout's symbol for a name of a program.

    Examples
    --------
    >>> symbol("dW2"), symbol("AL"), symbol("A_prev"), symbol("relu_dZ"), symbol("lambd")
    ('dW[2]', 'A[L]', 'A_prev', 'dZ', 'λ')
    """
    plain = name.removeprefix("sigmoid_").removeprefix("relu_")
    if found := pattern("numbered").fullmatch(plain):
        return f"{found[1]}[{found[2]}]"
    return SYMBOLS.get(plain, plain)


def mathematics(tree: Tree) -> str:
    """Return an expression as mathematics in Unicode.

    Two matrices side by side are a matrix product, and ``*`` multiplies entry by entry.

    Examples
    --------
    >>> print(mathematics(("-", 1.0, ("**", ("tanh", "Z1"), 2.0))))
    tanh'(Z[1])
    >>> print(mathematics(("*", "dA1", ("-", 1.0, ("**", "A1", 2.0)))))
    dA[1] * (1 - A[1]²)
    """
    return _write(tree, _PLUS)


def _write(tree: Tree, binding: int) -> str:
    text, own = _written(tree)
    return f"({text})" if own < binding else text


def _written(tree: Tree) -> tuple[str, int]:
    """Return the text of an expression, and how tightly it binds."""
    if isinstance(tree, str):
        return symbol(tree), _ATOM
    if not isinstance(tree, tuple):
        return str(int(tree)) if tree == int(tree) else repr(tree), _ATOM
    if derivative := _derivative(tree):
        function, operand = derivative
        return f"{SYMBOLS.get(function, function)}'({_write(operand, _PLUS)})", _ATOM
    operation, *operands = tree
    if len(operands) == 2:
        return _pair(operation, operands[0], operands[1])
    (operand,) = operands
    if operation in SUMS:
        return f"Σ {_write(operand, _SUM)}", _SUM
    if operation in FUNCTIONS:
        return f"{SYMBOLS.get(operation, operation)}({_write(operand, _PLUS)})", _ATOM
    if operation == "T":
        return f"{_write(operand, _ATOM)}ᵀ", _ATOM
    if operation == "neg":
        return f"-{_write(operand, _PRODUCT)}", _PLUS
    return say(operation, array=_write(operand, _ATOM)), _PLUS


def _pair(operation: str, left: Tree, right: Tree) -> tuple[str, int]:
    if operation in (">", ">=", "<", "<="):
        return f"1[{_write(left, _PLUS)} {operation} {_write(right, _PLUS)}]", _ATOM
    if operation == "**":
        # A power of a power keeps its brackets on both sides.
        power = _write(right, _ATOM)
        power = power.translate(_SUPERSCRIPTS) if power.isdecimal() else f"^{power}"
        return f"{_write(left, _ATOM)}{power}", _POWER
    if operation == "@" or (operation == "*" and left in SCALARS):
        return f"{_write(left, _PRODUCT)} {_write(right, _PRODUCT + 1)}", _PRODUCT
    if operation == "/" and right == "m":
        return _over_m(left), _TIMES
    if operation == "*" and (product := _with_derivative(left, right)):
        return product, _TIMES
    own = _PLUS if operation in "+-" else _TIMES
    return f"{_write(left, own)} {operation} {_write(right, own + 1)}", own


def _over_m(tree: Tree) -> str:
    """Return an expression over m, with the fraction in front as the handout has it."""
    if isinstance(tree, int | float):
        return f"{_write(tree, _ATOM)}/m"
    if isinstance(tree, tuple) and tree[0] == "*" and tree[1] in SCALARS:
        return f"{symbol(tree[1])}/m {_write(tree[2], _SUM)}"
    return f"1/m {_write(tree, _SUM)}"


def _with_derivative(left: Tree, right: Tree) -> str:
    """Return a * s * (1 - s) for a sigmoid s as a * σ', or "" for any other product."""
    if isinstance(left, tuple) and left[0] == "*":
        (_, upstream, value) = left
        if derivative := _derivative(("*", value, right)):
            return f"{_write(upstream, _TIMES)} * σ'({_write(derivative[1], _PLUS)})"
    return ""


def _derivative(tree: Tree) -> tuple[str, Tree] | None:
    """Return the activation whose derivative an expression is, and where, if it is one."""
    match tree:
        case ("*", ("sigmoid", operand) as value, ("-", 1.0, other)) if value == other:
            return "sigmoid", operand
        case ("-", 1.0, ("**", ("tanh", operand), 2.0)):
            return "tanh", operand
        case (">", str() as operand, 0.0) if operand.startswith("Z"):
            return "relu", operand
    return None


def _sums(tree: Tree) -> list[str]:
    """Return the sums in an expression, the outermost first."""
    if not isinstance(tree, tuple):
        return []
    operands: tuple[Any, ...] = tree[1:]
    inner = [operation for operand in operands for operation in _sums(operand)]
    return [tree[0], *inner] if tree[0] in SUMS else inner
