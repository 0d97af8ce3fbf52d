"""A forward or backward pass as text that reads like the algebra, and its evaluation.

A program is a list of steps, one assignment a line::

    m = Y.shape[1]
    dZ2 = A2 - Y
    dW2 = dZ2 @ A1.T / m

The text is parsed with Python's own parser into a small tree of our own, and the tree is
evaluated node by node. Nothing is ever handed to ``eval`` or ``exec``: a program can use
the arrays it is given, the operators and functions listed here, and nothing else.
"""

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial
from operator import itemgetter
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from backcheck.activations import ACTIVATIONS, by_name

Tree = str | float | tuple[Any, ...]
"""An expression: the name of an array, a number, or a tuple of an operation of
`OPERATIONS` and its operands, such as ``("-", "A2", "Y")`` for ``A2 - Y``."""

_Function = Callable[..., Any]

OPERATORS: dict[str, tuple[type[ast.AST], _Function, int]] = {
    "+": (ast.Add, np.add, 1),
    "-": (ast.Sub, np.subtract, 1),
    "*": (ast.Mult, np.multiply, 2),
    "/": (ast.Div, np.divide, 2),
    "@": (ast.MatMult, np.matmul, 2),
    "neg": (ast.USub, np.negative, 3),
    "**": (ast.Pow, np.power, 4),
    ">": (ast.Gt, np.greater, 0),
    ">=": (ast.GtE, np.greater_equal, 0),
    "<": (ast.Lt, np.less, 0),
    "<=": (ast.LtE, np.less_equal, 0),
}
"""The operators a program may use, by what a tree calls them: what Python's parser calls them,
what they do, and how tightly they bind when a tree is written out."""

SYMBOLS = {node: symbol for symbol, (node, _, _) in OPERATORS.items()}

# How tightly functions and names bind.
_ATOM = 5


def _softmax(Z: Any) -> Any:
    powers = np.exp(Z - np.max(np.real(Z), axis=0))
    return powers / np.sum(powers, axis=0)


FUNCTIONS: dict[str, _Function] = {
    **ACTIVATIONS,
    "exp": np.exp,
    "log": np.log,
    "cosh": np.cosh,
    "ones": np.ones_like,
}
"""The functions a program may use, besides ``sum``; ``ones`` has the shape of its argument."""

LEAKY = "leaky_relu"
GATES: dict[str, _Function] = {
    **ACTIVATIONS,
    "softmax": _softmax,
    LEAKY: lambda z, slope: np.where(np.real(z) > 0, z, slope * z),
}
"""What a layer can be activated by; a leaky relu has its slope as a second operand."""

SUMS: dict[str, dict[str, Any]] = {
    "sum": {},
    "sum0": {"axis": 0},
    "sum1": {"axis": 1},
    "sum_keep": {"keepdims": True},
    "sum0_keep": {"axis": 0, "keepdims": True},
    "sum1_keep": {"axis": 1, "keepdims": True},
}
"""The six ways to sum, and the options each one stands for."""


def _of_numbers(function: _Function) -> _Function:
    # numpy would compute tanh of booleans in half precision.
    def applied(value: Any) -> Any:
        array = np.asarray(value)
        return function(array.astype(float) if array.dtype == bool else array)

    return applied


def _count(n: Any) -> int:
    if np.ndim(n):
        raise TypeError("only a number can be the end of a slice")
    return int(n)


ROWS: dict[str, _Function] = {
    "head": lambda value, n: value[: _count(n)],
    "tail": lambda value, n: value[_count(n) :],
    "slice": lambda value, n: value[:, :, _count(n)],
    "concatenate": lambda *parts: np.concatenate(parts),
    "dstack": lambda *parts: np.dstack(parts),
}
"""What takes parts and puts them together: ``x[:n]`` and ``x[n:]``, by ``concatenate((x, y))``,
and ``x[:, :, n]``, by ``dstack((x, y, ...))``."""


CALLS = {"dot": "@", "matmul": "@", "power": "**", "multiply": "*", "divide": "/"} | {
    "add": "+",
    "subtract": "-",
}
"""What numpy calls the operators, for readers who write ``np.multiply(x, y)`` for ``x * y``."""


OPERATIONS: dict[str, _Function] = {
    **{name: function for name, (_, function, _) in OPERATORS.items()},
    "T": np.transpose,
    "shape0": lambda value: np.shape(value)[0],
    "shape1": lambda value: np.shape(value)[1],
    **GATES,
    **{name: _of_numbers(function) for name, function in FUNCTIONS.items()},
    **{name: partial(np.add.reduce, **{"axis": None, **how}) for name, how in SUMS.items()},
    **ROWS,
}
"""What each operation of a tree does."""

SLOPES = {
    "sigmoid": {"A": "{A} * (1 - {A})", "Z": "sigmoid({Z}) * (1 - sigmoid({Z}))"},
    "tanh": {"A": "(1 - {A} ** 2)", "Z": "(1 - tanh({Z}) ** 2)"},
    "relu": {"A": "({A} > 0)", "Z": "({Z} > 0)"},
}
"""The derivative of each activation, written from A and from Z."""


@dataclass(frozen=True)
class Step:
    """One assignment of a program: a name and the expression that gives its value."""

    name: str
    expression: Tree

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """The names of the arrays the expression uses, from left to right, each once."""
        return names(self.expression)

    @cached_property
    def value_in(self) -> Callable[[Mapping[str, Any]], Any]:
        """The function of a scope that evaluates the expression."""
        return compiled(self.expression)

    def __str__(self) -> str:
        return f"{self.name} = {write(self.expression)}"


Known = Mapping[str, tuple[Step, Any]]
"""Steps with their values, by name."""


@dataclass(frozen=True)
class Program:
    """A pass: steps that run in order, each seeing the arrays before it."""

    steps: tuple[Step, ...]

    def __str__(self) -> str:
        return "\n".join(str(step) for step in self.steps)

    def replace(self, **forms: str) -> "Program":
        """Return the program with the expressions of some steps, by name, written anew.

        >>> print(parse("dZ = A - Y").replace(dZ="sigmoid(Z) - Y"))
        dZ = sigmoid(Z) - Y
        """
        names = [step.name for step in self.steps]
        for name in forms:
            if name not in names:
                raise KeyError(f"The program has no step {name}; it has {', '.join(names)}.")
        new = {name: parse(f"{name} = {form}").steps[0] for name, form in forms.items()}
        return Program(tuple(new.get(step.name, step) for step in self.steps))

    def known(self, arrays: Mapping[str, ArrayLike]) -> Known:
        """Return each step with its value, for programs that have steps in common with this one."""
        values = self.run(arrays)
        return {step.name: (step, values[step.name]) for step in self.steps}

    @np.errstate(all="ignore")
    def run(
        self, arrays: Mapping[str, ArrayLike], known: Known = MappingProxyType({})
    ) -> dict[str, Any]:
        """Evaluate every step and return the value of each, by name.

        A step that `known`, what `known` returned for the same arrays, has as well, and that
        reads nothing which differs, is not evaluated again.

        >>> parse("dZ = A - Y").run({"A": np.ones((9, 7)), "Y": np.ones((7, 9))})
        Traceback (most recent call last):
            ...
        ValueError: dZ: operands could not be broadcast together with shapes (9,7) (7,9)
        """
        scope: dict[str, Any] = dict(arrays)
        values: dict[str, Any] = {}
        differ: set[str] = set()
        for step in self.steps:
            before, value = known.get(step.name, (None, None))
            if before is step and differ.isdisjoint(step.reads):
                values[step.name] = scope[step.name] = value
                continue
            differ.add(step.name)
            for name in step.reads:
                if name not in scope:
                    raise KeyError(
                        f"{step.name} uses {name}, which is not known there; "
                        f"known: {', '.join(scope)}."
                    )
            try:
                values[step.name] = scope[step.name] = step.value_in(scope)
            except (ValueError, TypeError, ArithmeticError, IndexError) as error:
                raise ValueError(f"{step.name}: {error}".strip()) from None
        return values


def parse(text: str) -> Program:
    """Read a program, one assignment ``name = expression`` a line, from its text.

    Expressions use array names, numbers, ``+ - * / @ **``, comparisons, ``.T``, ``.shape[0]``,
    ``.shape[1]``, what `ROWS` and `GATES` list, the functions exp, log, cosh and ones, ``where``,
    and ``sum`` and ``mean`` of one argument, an axis and keepdims. Functions may stand after
    ``np.``, and operators as numpy's functions. Blank lines and ``#`` comments are allowed.

    Examples
    --------
    >>> print(parse("dA = np.dot(W.T, dZ)  # one layer down"))
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
    steps = []
    for line in body:
        match line:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                steps.append(Step(name, _tree(value)))
            case _:
                raise ValueError(f"Line {line.lineno} is not an assignment such as dZ2 = A2 - Y.")
    return Program(tuple(steps))


@cache
def forward(activations: tuple[str, ...]) -> Program:
    """Write the forward pass of a dense network, down to its cross-entropy cost J.

    For l = 1 ... L: Z[l] = W[l] A[l-1] + b[l], A[l] = g[l](Z[l]); `activations` as for `backward`.

    Examples
    --------
    >>> print(forward(("sigmoid",)))
    m = A0.shape[1]
    Z1 = W1 @ A0 + b1
    A1 = sigmoid(Z1)
    J = -sum(Y * log(A1) + (1 - Y) * log(1 - A1)) / m
    """
    lines = ["m = A0.shape[1]"]
    for n, name in enumerate(activations, start=1):
        lines += [f"Z{n} = W{n} @ A{n - 1} + b{n}", f"A{n} = {by_name(name).name}(Z{n})"]
    A = f"A{len(activations)}"
    return parse("\n".join([*lines, f"J = -sum(Y * log({A}) + (1 - Y) * log(1 - {A})) / m"]))


def backward(activations: Sequence[str], form: str = "Z") -> Program:
    """Write the backward pass of a dense network under cross-entropy.

    For l = L ... 1: dZ[l] = dA[l] * g'(Z[l]), dW[l] = dZ[l] A[l-1].T / m,
    db[l] = the row sums of dZ[l] / m, dA[l-1] = W[l].T dZ[l].

    Parameters
    ----------
    activations : sequence of str
        g1 ... gL by name; the last one is the output's and should be ``"sigmoid"``.
    form : {"Z", "A"}
        Whether derivatives are written from the pre-activation or from the activation.

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


@cache
def names(tree: Tree) -> tuple[str, ...]:
    """Return the names of the arrays a tree uses, from left to right, each once."""
    if isinstance(tree, str):
        return (tree,)
    operands = tree[1:] if isinstance(tree, tuple) else ()
    return tuple(dict.fromkeys(name for operand in operands for name in names(operand)))


def parts(tree: Tree) -> Iterator[tuple[Any, ...]]:
    """Yield the operations in a tree, the outermost first."""
    if isinstance(tree, tuple):
        yield tree
        for operand in tree[1:]:
            yield from parts(operand)


def put(tree: Tree, to: Mapping[Any, Tree]) -> Tree:
    """Return a tree with some of its parts replaced, wherever they stand."""
    if tree in to:
        return to[tree]
    if not isinstance(tree, tuple):
        return tree
    # Most have two operands, which takes half the time without a list.
    if len(tree) == 3:
        return (tree[0], put(tree[1], to), put(tree[2], to))
    return (tree[0], *[put(part, to) for part in tree[1:]])


def compiled(tree: Tree) -> Callable[[Mapping[str, Any]], Any]:
    """Return the function of a scope that gives the value of an expression."""
    if isinstance(tree, str):
        return itemgetter(tree)
    if not isinstance(tree, tuple):
        return lambda scope: tree
    operation = OPERATIONS[tree[0]]
    operands = [compiled(operand) for operand in tree[1:]]
    first, second = operands[0], operands[-1]
    if len(operands) == 1:
        return lambda scope: operation(first(scope))
    if len(operands) == 2:
        return lambda scope: operation(first(scope), second(scope))
    return lambda scope: operation(*(operand(scope) for operand in operands))


def write(tree: Tree, binding: int = 0) -> str:
    """Return an expression as text that `parse` reads back, with the brackets that it needs."""
    if isinstance(tree, str):
        return tree
    if not isinstance(tree, tuple):
        digits = str(int(tree)) if tree == int(tree) else repr(tree)
        return f"({digits})" if binding == _ATOM else digits
    operation, *operands = tree
    if operation in SUMS:
        options = [f"{key}={value}" for key, value in SUMS[operation].items()]
        return f"sum({', '.join([write(operands[0]), *options])})"
    if operation in FUNCTIONS or operation in GATES:
        return f"{operation}({', '.join(map(write, operands))})"
    if operation == "T":
        return f"{write(operands[0], _ATOM)}.T"
    if operation in ("shape0", "shape1"):
        return f"{write(operands[0], _ATOM)}.shape[{operation[-1]}]"
    if operation in ("concatenate", "dstack"):
        return f"{operation}(({', '.join(map(write, operands))}))"
    if operation in ROWS:
        rows = {"head": "[:{}]", "tail": "[{}:]", "slice": "[:, :, {}]"}[operation]
        return write(operands[0], _ATOM) + rows.format(write(operands[1]))
    _, _, own = OPERATORS[operation]
    if operation == "neg":
        text = f"-{write(operands[0], own)}"
    else:
        # Python reads a - b - c from the left, but a ** b ** c from the right.
        left, right = (own + 1, own) if operation == "**" else (own, own + 1)
        text = f"{write(operands[0], left + (own == 0))} {operation} {write(operands[1], right)}"
    return f"({text})" if own < binding else text


def _tree(node: ast.expr) -> Tree:
    match node:
        case ast.Name(id=name):
            return name
        # As floats, numbers never make a long computation; those that are too long are refused.
        case ast.Constant(value=bool() | int() | float() as value) if abs(value) < 1e300:
            return float(value)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in SYMBOLS:
            return (SYMBOLS[type(op)], _tree(left), _tree(right))
        case ast.UnaryOp(op=op, operand=operand) if type(op) in SYMBOLS:
            return (SYMBOLS[type(op)], _tree(operand))
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in SYMBOLS:
            return (SYMBOLS[type(op)], _tree(left), _tree(right))
        case ast.Attribute(value=value, attr="T"):
            return ("T", _tree(value))
        case ast.Subscript(
            value=ast.Attribute(value=value, attr="shape"), slice=ast.Constant(value=0 | 1 as axis)
        ):
            return ("shape1" if axis else "shape0", _tree(value))
        case ast.Subscript(value=value, slice=ast.Slice(lower=None, upper=n, step=None)) if n:
            return ("head", _tree(value), _tree(n))
        case ast.Subscript(value=value, slice=ast.Slice(lower=n, upper=None, step=None)) if n:
            return ("tail", _tree(value), _tree(n))
        case ast.Subscript(value=value, slice=ast.Tuple(elts=[ast.Slice(), ast.Slice(), n])):
            return ("slice", _tree(value), _tree(n))
        case ast.Call(func=ast.Attribute(value=ast.Name(id="np" | "numpy"), attr=name)):
            plain = ast.copy_location(ast.Name(name), node)
            return _tree(ast.Call(plain, node.args, node.keywords, lineno=node.lineno))
        case ast.Call(func=ast.Name(id=name), args=[left, right], keywords=[]) if name in CALLS:
            return (CALLS[name], _tree(left), _tree(right))
        case ast.Call(func=ast.Name(id="leaky_relu"), args=[argument, *slope], keywords=[]):
            return (LEAKY, _tree(argument), _tree(slope[0]) if slope else 0.01)
        case ast.Call(func=ast.Name(id="where"), args=[condition, one, other], keywords=[]):
            chosen, else_ = _tree(condition), _tree(other)
            kept = ("*", chosen, _tree(one))
            return ("+", kept, ("*", ("-", 1.0, chosen), else_)) if else_ else kept
        case ast.Call(func=ast.Name(id="mean"), args=[argument], keywords=keywords):
            total: Any = _tree(ast.Call(ast.Name("sum"), [argument], keywords, lineno=node.lineno))
            sizes = {"0": ("shape0", total[1]), "1": ("shape1", total[1])}
            return ("/", total, sizes.get(total[0][3:4], ("*", *sizes.values())))
        case ast.Call(func=ast.Name(id="square"), args=[argument], keywords=[]):
            return ("**", _tree(argument), 2.0)
        case ast.Call(
            func=ast.Name("concatenate" | "dstack" as name),
            args=[ast.Tuple(elts=[_, _, *others] as some)],
            keywords=[],
        ) if name == "dstack" or not others:
            return (name, *map(_tree, some))
        case ast.Call(func=ast.Name(id="sum"), args=[argument], keywords=keywords):
            options = {str(word.arg): getattr(word.value, "value", ...) for word in keywords}
            options = {k: v for k, v in options.items() if str(v) not in ("None", "False")}
            for name, known in SUMS.items():
                if options == known:
                    return (name, _tree(argument))
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]):
            if name in FUNCTIONS or name in SUMS or name in GATES:
                return (name, _tree(argument))
    raise ValueError(
        f"Line {node.lineno} uses {ast.unparse(node)[:60]!r}, which a program cannot use; "
        "see backcheck.program.parse for what it can."
    )
