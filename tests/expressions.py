"""Random programs of numpy, and what comes of them, for holding our small numpy to the real one."""

import math
import re
import warnings
from typing import Any

import numpy as np
from hypothesis import strategies as st

SCOPE = {
    "A": "np.array([[0.5, -1.25], [3.0, 1e-3], [-0.0, 2.75]])",
    "B": "np.array([[1.0, 2.0], [-3.0, 0.1], [7.0, 1 / 3]])",
    "C": "np.array([[0.3, -0.7, 12345.678], [1.0, 0.25, -2.0]])",
    "S": "np.array([[0.1, 0.7], [-0.3, 1.9]])",
    "u": "np.array([1.5, -0.25, 0.0])",
    "v": "np.array([0.2, 4.0])",
    "c": "np.array([[0.9], [-1.1], [2.2]])",
    "r": "np.array([[1e-9, 5.5]])",
    "w": "np.array([float('nan'), float('inf'), -float('inf'), 1.5])",
    "x": "np.array([[0.12345678901, 1e8, 3.0]])",
    "I": "np.array([[1, 2], [0, -3], [40, 5]])",
    "K": "np.array([3, -1, 2])",
    "J": "np.array([2**62, 3, -(2**62) - 1])",
    "h": "np.arange(150.0) / 7",
    "Y": "np.array([[1, 0, 1]])",
    "M": "np.array([[True, False], [False, True], [True, True]])",
    "m": "np.array([True, False, True])",
    "D": "np.arange(12.0).reshape(2, 3, 2)",
    "E": "np.zeros((0, 2))",
    "o": "np.array(2.5)",
    "f": "np.float64(-0.75)",
    "i": "np.int64(2)",
    "l": "[0.5, 1.5]",
}
"""The names of the programs: matrices, vectors, whole numbers, truths, and corners."""

LITERALS = ("0", "1", "2", "-1", "3", "0.5", "2.0", "-1.5", "0.0", "1e-8", "True", "[1, 2]")
BINARY = ("+", "-", "*", "/", "@", "**", "//", "%", "<", "<=", ">", ">=", "==", "!=", "&", "|", "^")
OFTEN = ("+", "-", "*", "/", "@", "*", ">")
PAIRS = (
    *("add", "subtract", "multiply", "divide", "power", "maximum", "minimum", "dot", "matmul"),
    *("outer", "greater", "less_equal", "equal", "logical_and", "logical_or", "allclose"),
    *("isclose"),
)
SINGLE = (
    *("exp", "log", "tanh", "sqrt", "square", "abs", "negative", "squeeze", "ravel", "transpose"),
    *("copy", "array", "asarray", "zeros_like", "ones_like", "isnan", "isinf", "isfinite", "shape"),
    *("ndim", "size", "cosh", "sign", "logical_not", "round", "float64", "int64"),
)
ALONG = ("sum", "mean", "max", "min", "any", "all")
AXES = ("", "axis=0", "axis=1", "axis=-1", "axis=2", "axis=None", "axis=(0, 1)", "1", "0")
KEYS = (
    *("0", "-1", "1", "5", ":", "::-1", "1:", ":1", "...", "None", "0, 1", ":, 0", "0, :"),
    *(":, None", "..., 0", ":, ::-1", "1:, :1", "None, :", "0, 0, 0", "[0, 1]", "[0, -1], 0"),
    *("[[0], [1]], [0, 1]", "m", "M", "K > 0", "A > 0", "0.5", "'a'", "[True, False, True]", "i"),
    *("m, 0", ":, [1, 0]", "[0, 1], :, 0", "-4", "u", "1, ..., None", "()", "0, [0, 1]", "-3:-1"),
)
SHAPES = (
    *("-1", "(3, 2)", "(2, 3)", "2, 3", "(-1, 1)", "(1, -1)", "(6,)", "(3, 1, 2)", "3", "(0, -1)"),
)
METHODS = (
    *("T", "copy()", "ravel()", "flatten()", "squeeze()", "sum()", "tolist()", "item()", "shape"),
    *("size", "ndim", "astype(int)", "astype(float)", "astype(bool)", "dot(B)"),
)
ARGUMENTS = ("axis=0", "axis=1", "axis=-1", "axis=2", "axis=None")


@st.composite
def expressions(draw: Any, depth: int = 3) -> str:
    pick = lambda some: draw(st.sampled_from(some))  # noqa: E731
    part = lambda: draw(expressions(depth - 1))  # noqa: E731
    if depth == 0 or pick((True, False, False, False)):
        return pick(tuple(SCOPE)) if pick((True, True, True, False)) else pick(LITERALS)
    match pick(("binary", "binary", "pair", "single", "along", "index", "shape", "method", "more")):
        case "binary":
            return f"({part()} {pick(BINARY) if pick((True, False)) else pick(OFTEN)} {part()})"
        case "pair":
            return f"np.{pick(PAIRS)}({part()}, {part()})"
        case "single":
            return f"np.{pick(SINGLE)}({part()})"
        case "along":
            options = ", ".join(filter(None, (pick(AXES), pick(("", "keepdims=True")))))
            if pick((True, False)):
                return f"np.{pick(ALONG)}({part()}{', ' * bool(options)}{options})"
            return f"({part()}).{pick(ALONG)}({options})"
        case "index":
            return f"({part()})[{pick(KEYS)}]"
        case "shape":
            return f"({part()}).reshape({pick(SHAPES)})"
        case "method":
            return f"({part()}).{pick(METHODS)}"
    return pick(
        (
            lambda: f"np.where({part()}, {part()}, {part()})",
            lambda: f"np.concatenate(({part()}, {part()}), {pick(ARGUMENTS)})",
            lambda: f"np.squeeze({part()}, {pick(ARGUMENTS)})",
            lambda: f"np.array([{part()}, {part()}])",
            lambda: f"np.full(({pick(SHAPES)}), {part()})",
            lambda: f"np.arange({pick(('1', '5', '2, 7', '0, 1, 0.25', '3, 0, -1', '7.0'))})",
            lambda: f"(-({part()}))",
            lambda: f"(~({part()}))",
            lambda: f"len({part()})",
            lambda: f"list({part()})",
            lambda: f"bool({part()})",
            lambda: f"np.clip({part()}, -1, 1)",
            lambda: f"np.round({part()}, {pick(('0', '1', '3'))})",
            lambda: f"np.zeros(({pick(SHAPES)}))",
            lambda: f"({part()} in {pick(('A', 'I', 'u'))})",
            lambda: f"sum({part()})",
            lambda: f"np.transpose({part()}, (1, 0))",
            lambda: f"np.sum({part()}, keepdim=True)",
            lambda: f"np.dot({part()}, {part()}, axis=1)",
            lambda: f"np.multiply({part()}, {part()}, out=A)",
            lambda: f"np.add({part()}, {part()}, I)",
            lambda: f"({part()}).TT",
        )
    )()


VIEWS = ("{0}.T", "{0}[0]", "{0}[1:]", "{0}[:, 0]", "{0}[::-1]", "{0}.reshape(-1)", "{0}.ravel()")
VIEWS = (*VIEWS, "{0}.squeeze()", "{0}[None]", "{0}", "{0}.T.reshape(-1)", "{0}.copy()", "{0} + 0")
VIEWS = (*VIEWS, "{0}.flatten()", "np.array({0})", "np.asarray({0})", "{0}[[0, 1]]", "{0}[..., :1]")
VIEWS = (*VIEWS, "{0}.T[0].reshape(-1, 1)", "{0}[:, :1].reshape(-1)")


@st.composite
def programs(draw: Any) -> str:
    """Draw statements that write to an array by other names, or an expression."""
    pick = lambda some: draw(st.sampled_from(some))  # noqa: E731
    if pick((True, True, True, False)):
        return f"q = {draw(expressions())}"
    lines = [f"q = {pick(('A', 'B', 'C', 'u', 'I', 'D', 'M', 'c'))}.copy()", "p = q"]
    views = [pick(VIEWS).format(pick(("p", "q"))) for _ in range(pick((1, 2)))]
    lines += [f"p = {view}" for view in views]
    value = draw(expressions(1))
    if pick((True, False)):
        lines.append(f"p[{pick(KEYS)}] {pick(('=', '=', '+=', '*='))} {value}")
    else:
        lines.append(f"p {pick(('+=', '-=', '*=', '/=', '**=', '//=', '%=', '&='))} {value}")
    return "\n".join([*lines, "q = (q, p)"])


def told(value: Any, numpy: Any) -> Any:
    """Return all that has to be the same of a value."""
    if isinstance(value, (tuple, list)):
        return [type(value).__name__, *(told(one, numpy) for one in value)]
    if isinstance(value, (numpy.ndarray, numpy.generic)):
        kind = type(value).__name__
        return [kind, value.shape, str(value.dtype), value.tolist(), str(value), repr(value)]
    return [type(value).__name__, value, str(value)]


def outcome(program: str, numpy: Any) -> Any:
    scope: dict[str, Any] = {"np": numpy}
    for name in SCOPE.keys() & set(re.findall(r"\w+", program)):
        scope[name] = eval(SCOPE[name], scope)  # noqa: S307
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            exec(program, scope)  # noqa: S102
            return told(scope["q"], numpy)
    except Exception as error:
        return error


def same(ours: Any, theirs: Any) -> bool:
    """Return whether two values are the same, numbers to twelve digits."""
    if isinstance(ours, float) and isinstance(theirs, float):
        near = math.isclose(ours, theirs, rel_tol=1e-12, abs_tol=1e-12)
        if ours == theirs == 0:
            return math.copysign(1, ours) == math.copysign(1, theirs)
        return near or (ours != ours and theirs != theirs)
    if isinstance(ours, (list, tuple)) and isinstance(theirs, (list, tuple)):
        if len(ours) == 6 and isinstance(ours[0], str) and repr(ours[3]) != repr(theirs[3]):
            # Printing may differ as the last digits do.
            ours, theirs = ours[:4], theirs[:4]
        elif len(ours) == 3 and isinstance(ours[1], float):
            ours, theirs = ours[:2], theirs[:2]
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    return type(ours) is type(theirs) and bool(ours == theirs)
