"""What Python says of an exception, from what MicroPython says of it, in other and fewer words."""

import re

import numpy as np

SIGNS = {
    "add": "+", "sub": "-", "mul": "*", "matmul": "@", "truediv": "/", "floordiv": "//",
    "mod": "%", "pow": "** or pow()", "and": "&", "or": "|", "xor": "^",
    "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "neg": "-", "pos": "+", "invert": "~",
}  # fmt: skip
"""The operators, by what their methods are called."""

TWO = re.compile(r"^unsupported types for __(i?)(\w+)__: '(\w+)', '(\w+)'$")
ONE = re.compile(r"^unsupported type for __(\w+)__: '(\w+)'$")
FEW = re.compile(r"^need more than (\d+) values to unpack$")
TAKES = re.compile(r"^(\w+)\(\) takes (\d+) positional arguments but (\d+) were given$")
NOT = re.compile(r"^(.*)'(\w+)'( object)? isn't (.*)$")

PYTHONS = {
    "local variable referenced before assignment": "UnboundLocalError",
    "maximum recursion depth exceeded": "RecursionError",
}
"""What MicroPython has no exception of its own for."""

SCALAR = "only integer scalar arrays can be converted to a scalar index"
WORDINGS = (
    ("divide by zero", "division by zero"),
    (" doesn't support ", " does not support "),
    ("invalid syntax for integer", "invalid literal for int()"),
    ("list indices must be integers, not ndarray", SCALAR),
    ("tuple indices must be integers, not ndarray", SCALAR),
    ("indices must be integers, not", "indices must be integers or slices, not"),
)


def said_of(error, sources=(), frame=("", 0, "", "")):
    """Return the last line of a traceback, of an error in a frame, as Python words it."""
    line = frame[3]
    kind, said = type(error).__name__, str(error).strip()
    kind = PYTHONS.get(said, kind)
    for own, pythons in WORDINGS:
        said = said.replace(own, pythons)
    left = line.partition("=")[0].strip()
    names = left.split(",") if "(" not in left and not left.startswith("for ") else []
    if isinstance(error, KeyError) and error.args:
        said = repr(error.args[0])
    elif kind == "UnboundLocalError":
        name = _unbound(sources, frame)
        where = "where it is not associated with a value"
        said = f"cannot access local variable '{name}' {where}" if name else said
    elif TWO.match(said):
        place, sign, one, other = [TWO.match(said).group(n) for n in range(1, 5)]
        said = _two(SIGNS.get(sign, sign) + ("=" if place else ""), _named(one), _named(other))
    elif ONE.match(said):
        sign, of = [ONE.match(said).group(n) for n in (1, 2)]
        said = f"bad operand type for unary {SIGNS.get(sign, sign)}: '{_named(of)}'"
    elif FEW.match(said):
        said = (
            f"not enough values to unpack (expected {len(names)}, got {FEW.match(said).group(1)})"
        )
    elif TAKES.match(said):
        name, most, given = [TAKES.match(said).group(n) for n in (1, 2, 3)]
        if int(given) < int(most):
            said = _missing(name, int(most) - int(given), int(given), sources)
    elif said.startswith("unexpected keyword argument"):
        keyword = said.split("'")[1]
        called = re.search(r"(\w+)\([^()]*" + keyword + " *=", line)
        said = f"{called.group(1)}() got an {said}" if called else said
    elif said.startswith("object of type") and "reversed(" in line:
        said = said.split("'")[1]
        said = f"'{said}' object is not reversible"
    elif said == "'type' object isn't subscriptable":
        named = [word for word in ("str", "int", "float", "range", "list") if word + "[" in line]
        said = f"type '{(named + ['type'])[0]}' is not subscriptable"
    elif NOT.match(said):
        what, of, _, adjective = [NOT.match(said).group(n) for n in range(1, 5)]
        if what:
            said = f"{what}'{of}' is not {adjective}"
        elif adjective == "iterable" and len(names) > 1:
            said = f"cannot unpack non-iterable {_named(of)} object"
        else:
            said = f"'{_named(of)}' object is not {adjective}"
    return f"{kind}: {said}" if said else kind


def _unbound(sources, frame):
    """Return which name a line reads before it has a value, or "" where that is not sure.

    A name may have none if no line above assigns it that has surely run: one of the same block,
    or of a block around it.
    """
    label, number, function, line = frame
    for own, text, above, _ in sources:
        lines = text.split("\n")
        if own == label and above < number <= above + len(lines):
            break
    at = number - above - 1
    indent, sure, assigned = _indent(lines[at]), [], {}
    for place in range(at - 1, -1, -1):
        words = _words(lines[place])
        if words and _indent(lines[place]) <= indent:
            indent = _indent(lines[place])
            sure.extend(words)
            if words[:2] == ["def", function]:
                break
    for place, one in enumerate(lines):
        words = _words(one.partition("=")[0]) if "=" in one else []
        for name in _words(one)[1:2] if _words(one)[:1] == ["for"] else words:
            assigned.setdefault(name, []).append(place)
    left, equals, right = line.partition("=")
    read = _words(right) + _words(left.partition("[")[2]) if equals else _words(line)
    read = [name for name in read if name in assigned and name not in sure]
    return read[0] if len({str(assigned[name]) for name in read}) == 1 else ""


def _words(line):
    """Return the names in a line, without those in texts and comments."""
    line = re.sub("\"[^\"]*\"|'[^']*'", " ", line).partition("#")[0]
    return re.sub(r"\W", " ", line).split()


def _indent(line):
    return len(line) - len(line.lstrip())


def _missing(name, count, given, sources):
    """Say which arguments a call lacks, by the head of the function that it calls."""
    said = f"{name}() missing {count} required positional argument{'s' if count > 1 else ''}"
    heads = [re.search(rf"def {name}\(([^)]*)\)", text) for _, text, *_ in sources]
    heads = [head.group(1).split(",") for head in heads if head]
    names = [one.split(":")[0].strip() for one in heads[-1]] if heads else []
    names = [repr(one) for one in names[given : given + count] if one and one[0] != "*"]
    if len(names) != count:
        return said
    last = f"{',' if count > 2 else ''} and {names[-1]}" if count > 1 else names[-1]
    return f"{said}: {', '.join(names[:-1])}{last}"


def _two(sign, left, right):
    """Say that an operator is not for objects of two types."""
    if sign in ("<", "<=", ">", ">="):
        return f"'{sign}' not supported between instances of '{left}' and '{right}'"
    some = ("str", "list", "tuple")
    if sign in ("*", "*=") and (left in some or right in some):
        return f"can't multiply sequence by non-int of type '{right if left in some else left}'"
    if sign in ("+", "+=") and left in some:
        return f'can only concatenate {left} (not "{right}") to {left}'
    return f"unsupported operand type(s) for {sign}: '{left}' and '{right}'"


def _named(kind):
    """Return what Python calls a type, with its module if that is numpy."""
    kind = {"closure": "function", "OrderedDict": "dict"}.get(kind, kind)
    return f"numpy.{kind}" if kind in np.NAMES else kind
