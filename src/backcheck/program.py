"""A backward pass as text that reads like the algebra, and its evaluation.

A program is a list of steps, one assignment a line::

    m = Y.shape[1]
    dZ2 = A2 - Y
    dW2 = dZ2 @ A1.T / m

The text is parsed with Python's own parser into a syntax tree, and the tree is
evaluated node by node. Nothing is ever handed to ``eval`` or ``exec``: a program can
use the arrays it is given, the operators and functions listed here, and nothing else.
"""

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from backcheck.activations import by_name, relu, sigmoid, tanh

OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.MatMult: np.matmul,
    ast.Pow: np.power,
    ast.USub: np.negative,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
}

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "sigmoid": sigmoid,
    "tanh": tanh,
    "relu": relu,
    "exp": np.exp,
    "log": np.log,
    "cosh": np.cosh,
    "sum": np.sum,
}


SLOPES = {
    "sigmoid": {"A": "{A} * (1 - {A})", "Z": "sigmoid({Z}) * (1 - sigmoid({Z}))"},
    "tanh": {"A": "(1 - {A} ** 2)", "Z": "(1 - tanh({Z}) ** 2)"},
    "relu": {"A": "({A} > 0)", "Z": "({Z} > 0)"},
}
"""The slope of each activation, written from A and from Z."""


@dataclass(frozen=True)
class Step:
    """One assignment of a program: a name and the expression that gives its value."""

    name: str
    expression: ast.expr

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """The names of the arrays the expression uses, from left to right, each once."""
        nodes = [node for node in ast.walk(self.expression) if isinstance(node, ast.Name)]
        nodes.sort(key=lambda node: (node.lineno, node.col_offset))
        return tuple(dict.fromkeys(node.id for node in nodes if node.id not in FUNCTIONS))

    def __str__(self) -> str:
        return f"{self.name} = {ast.unparse(self.expression)}"


@dataclass(frozen=True)
class Program:
    """A backward pass: steps that run in order, each seeing the arrays before it."""

    steps: tuple[Step, ...]

    def __str__(self) -> str:
        return "\n".join(str(step) for step in self.steps)

    def replace(self, **forms: str) -> "Program":
        """Return the program with some steps written in another form.

        Parameters
        ----------
        **forms : str
            The new expression for each named step.

        Raises
        ------
        KeyError
            If the program has no step of that name.
        ValueError
            If an expression cannot be parsed.

        Examples
        --------
        >>> print(parse("dZ = A - Y").replace(dZ="sigmoid(Z) - Y"))
        dZ = sigmoid(Z) - Y
        """
        names = [step.name for step in self.steps]
        for name in forms:
            if name not in names:
                raise KeyError(f"The program has no step {name}; it has {', '.join(names)}.")
        return Program(
            tuple(
                parse(f"{step.name} = {forms[step.name]}").steps[0] if step.name in forms else step
                for step in self.steps
            )
        )

    def run(self, arrays: Mapping[str, ArrayLike]) -> dict[str, Any]:
        """Evaluate every step and return the value of each, by name.

        Parameters
        ----------
        arrays : mapping
            The arrays the steps may use.

        Raises
        ------
        KeyError
            If a step uses a name that is not known there.
        ValueError
            If numpy cannot carry a step out; the message names the step and repeats what
            numpy said.

        Examples
        --------
        >>> parse("dZ = A - Y").run({"A": np.array([[0.75]]), "Y": np.array([[1]])})
        {'dZ': array([[-0.25]])}
        >>> parse("dZ = A - Y").run({"A": np.ones((9, 7)), "Y": np.ones((7, 9))})
        Traceback (most recent call last):
            ...
        ValueError: dZ: operands could not be broadcast together with shapes (9,7) (7,9)
        """
        scope: dict[str, Any] = dict(arrays)
        values: dict[str, Any] = {}
        for step in self.steps:
            for name in step.reads:
                if name not in scope:
                    known = ", ".join(scope)
                    raise KeyError(
                        f"{step.name} uses {name}, which is not known there; known: {known}."
                    )
            try:
                with np.errstate(all="ignore"):
                    values[step.name] = scope[step.name] = _evaluate(step.expression, scope)
            except (ValueError, TypeError, ArithmeticError) as error:
                raise ValueError(f"{step.name}: {error}".strip()) from None
        return values


def parse(text: str) -> Program:
    """Read a program from its text.

    Parameters
    ----------
    text : str
        One assignment ``name = expression`` a line; blank lines and ``#`` comments are
        allowed. Expressions use array names, numbers, ``+ - * / @ **``, comparisons,
        ``.T``, ``.shape[0]``, ``.shape[1]``, and the functions sigmoid, tanh, relu,
        exp, log, cosh and ``sum(x, axis=1, keepdims=True)``.

    Raises
    ------
    ValueError
        If a line is not an assignment of this kind; the message gives its number.

    Examples
    --------
    >>> print(parse("dA = W.T @ dZ  # one layer down"))
    dA = W.T @ dZ
    >>> parse("import os")
    Traceback (most recent call last):
        ...
    ValueError: Line 1 is not an assignment such as dZ2 = A2 - Y.
    """
    try:
        body = ast.parse(text).body
    except SyntaxError as error:
        raise ValueError(f"Line {error.lineno} cannot be read: {error.msg}.") from None
    if not body:
        raise ValueError("The program is empty; write at least one step such as dZ2 = A2 - Y.")
    return Program(tuple(_step(statement) for statement in body))


def backward(activations: Sequence[str], form: str = "Z") -> Program:
    """Write the backward pass of a dense network under cross-entropy.

    For l = L ... 1: dZ[l] = dA[l] * g'(Z[l]), dW[l] = dZ[l] A[l-1].T / m,
    db[l] = the row sums of dZ[l] / m, dA[l-1] = W[l].T dZ[l].

    Parameters
    ----------
    activations : sequence of str
        g1 ... gL by name; the last one is the output's and should be ``"sigmoid"``.
    form : {"Z", "A"}
        Whether slopes are written from the pre-activation or from the activation.

    Returns
    -------
    Program
        Reads ``Y``, the weights and the arrays of a `backcheck.network.forward` cache:
        ``A0``, ``W1``, ``Z1``, ``A1`` and so on. Biases are not read.

    Raises
    ------
    ValueError
        If an activation or the form is unknown, or there is no layer.

    Examples
    --------
    >>> print(backward(["sigmoid"], form="A"))
    m = Y.shape[1]
    dA1 = (1 - Y) / (1 - A1) - Y / A1
    dZ1 = dA1 * A1 * (1 - A1)
    dW1 = dZ1 @ A0.T / m
    db1 = sum(dZ1, axis=1, keepdims=True) / m
    dA0 = W1.T @ dZ1
    """
    if not activations or form not in ("A", "Z"):
        raise ValueError(
            f"There is no backward pass of activations {list(activations)} in form {form!r}; "
            "give at least one activation, and form 'A' or 'Z'."
        )
    last = len(activations)
    lines = ["m = Y.shape[1]", f"dA{last} = (1 - Y) / (1 - A{last}) - Y / A{last}"]
    for n in range(last, 0, -1):
        slope = SLOPES[by_name(activations[n - 1]).name][form].format(A=f"A{n}", Z=f"Z{n}")
        lines += [
            f"dZ{n} = dA{n} * {slope}",
            f"dW{n} = dZ{n} @ A{n - 1}.T / m",
            f"db{n} = sum(dZ{n}, axis=1, keepdims=True) / m",
            f"dA{n - 1} = W{n}.T @ dZ{n}",
        ]
    return parse("\n".join(lines))


def _step(statement: ast.stmt) -> Step:
    if not (
        isinstance(statement, ast.Assign)
        and len(statement.targets) == 1
        and isinstance(statement.targets[0], ast.Name)
    ):
        raise ValueError(f"Line {statement.lineno} is not an assignment such as dZ2 = A2 - Y.")
    for node in ast.walk(statement.value):
        if isinstance(node, ast.expr) and not _allowed(node):
            raise ValueError(
                f"Line {statement.lineno} uses {ast.unparse(node)!r}, which a program cannot "
                "use; see backcheck.program.parse for what it can."
            )
    return Step(statement.targets[0].id, statement.value)


def _allowed(node: ast.expr) -> bool:
    match node:
        case ast.Name() | ast.Constant(value=bool() | int() | float()):
            return True
        case ast.BinOp(op=op) | ast.UnaryOp(op=op) | ast.Compare(ops=[op]):
            return type(op) in OPERATORS
        case ast.Attribute(attr="T" | "shape"):
            return True
        case ast.Subscript(value=ast.Attribute(attr="shape"), slice=ast.Constant(value=0 | 1)):
            return True
        case ast.Call(func=ast.Name(id="sum"), args=[_], keywords=keywords):
            return all(
                word.arg in ("axis", "keepdims") and isinstance(word.value, ast.Constant)
                for word in keywords
            )
        case ast.Call(func=ast.Name(id=name), args=[_], keywords=[]):
            return name in FUNCTIONS
    return False


def _evaluate(node: ast.expr, scope: Mapping[str, Any]) -> Any:
    match node:
        case ast.Constant(value=value):
            # As a float, a long row of digits is just inf, never a long computation.
            return float(value)  # type: ignore[arg-type]
        case ast.Name(id=name):
            return scope[name]
        case ast.BinOp(left=left, op=op, right=right):
            return OPERATORS[type(op)](_evaluate(left, scope), _evaluate(right, scope))
        case ast.UnaryOp(op=op, operand=operand):
            return OPERATORS[type(op)](_evaluate(operand, scope))
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return OPERATORS[type(op)](_evaluate(left, scope), _evaluate(right, scope))
        case ast.Attribute(value=value, attr=attribute):
            return getattr(np.asarray(_evaluate(value, scope)), attribute)
        case ast.Subscript(value=value, slice=index):
            return _evaluate(value, scope)[ast.literal_eval(index)]
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=keywords):
            options = {str(word.arg): ast.literal_eval(word.value) for word in keywords}
            return FUNCTIONS[name](_evaluate(argument, scope), **options)
    raise ValueError(f"{ast.unparse(node)!r} cannot be evaluated")
