"""What MicroPython does in the page with a reader's code: it calls it, and tells what came of it.

`told` does what `backcheck.diagnosis.child` does, in the words of MicroPython.
"""

import binascii
import io
import json
import math
import re
import sys
from array import array

import course
import numpy as np

with open("numpy.json") as file:
    np.WORDS.update(json.load(file))

BIG = 100_000
"""Of arrays with more entries than this only the shape goes back."""

MOST = 2000
"""How many assignments of a program are told."""

SMALL = 1000
"""Arrays with more entries than this are not told when they are assigned."""

DEEPEST = 4
"""How deep tuples, lists and dictionaries are looked into."""

IMPORT = re.compile(r"^\s*(from\s+([\w.]+)\s+)?import\s+([\w.*]+)(\s+as\s+(\w+))?\s*(#.*)?$")
"""A statement that imports one name."""


def told(question):
    """Return, as JSON, what the calls of a program return and record, or how it failed."""
    program = json.loads(question)
    records, absent = [], []
    try:
        answer = _run(program, records, absent)
    except BaseException as error:
        answer = _failure(error, program["sources"])
        answer["absent"] = absent
    print()
    return json.dumps(answer)


def _run(program, records, absent):
    scope = {
        "__name__": "__main__",
        "np": np,
        "numpy": np,
        "__backcheck_record__": _recorder(records),
    }
    scope.update(WORDS)
    modules = program.get("modules", [])
    for name in program.get("helpers", []):
        supplied = course.helper(name, modules)
        if supplied is not None:
            scope[name] = supplied
    for label, _, above, text in program["sources"]:
        try:
            exec(compile("\n" * above + text, label, "exec"), scope)
        except ImportError:
            problem = _import(text, program["name"], modules, scope, absent)
            if problem:
                return {"problem": problem}
    function = None
    for place, part in enumerate(program["name"].split(".")):
        function = getattr(function, part) if place else scope[part]
    if not callable(function):
        return {"problem": ["no-callable", {"name": program["name"]}]}
    returned = []
    for given in program["calls"]:
        returned.append(encoded(function(*map(_given, given))))
        records.append(None)
    return {"returned": returned, "records": records}


def _import(text, function, modules, scope, absent):
    """Find a place for what cannot be imported; return the sentence that there is none."""
    found = IMPORT.match(text)
    if not found:
        raise ImportError(text.strip())
    source, name, other = found.group(2), found.group(3), found.group(5)
    supplied = course.helper(name, modules) if source else None
    if name == "*":
        absent.append(source)
    elif supplied is not None:
        scope[other or name] = supplied
    else:
        used = "{} of {}".format(name, source) if source else name
        return ["absent", {"function": function, "used": used, "module": source or name}]
    return None


def _given(told):
    """Return an argument, made anew for each call."""
    if not isinstance(told, dict):
        return float(told) if isinstance(told, int) and not isinstance(told, bool) else told
    if "tuple" in told:
        return tuple(map(_given, told["tuple"]))
    if "list" in told:
        return list(map(_given, told["list"]))
    if "dict" in told:
        return {_given(key): _given(value) for key, value in told["dict"]}
    if "int" in told:
        return told["int"]
    return np.array(told["data"], dtype=told.get("dtype", "float64")).reshape(tuple(told["shape"]))


def _recorder(records):
    """Return what an instrumented program calls with each value that it gives a name."""
    alive = []  # or another array could be given the place of one that is gone

    def record(where, value, key=None):
        try:
            name, held = where[-1], value
            if key is not None and isinstance(value, dict):
                name, held = "[{}]".format(key), value[key]
            told = encoded(held) if len(records) < MOST and np.size(held) <= SMALL else {}
            if "data" in told or "number" in told:
                records.append([where[0], where[1], name, told, id(held)])
                alive.append(held)
        except Exception:
            # What cannot be told is none of the reader's trouble.
            pass
        return value

    return record


def encoded(value, depth=0):
    """Return what goes back of a value: its type, and its numbers or why there are none."""
    told = {"kind": type(value).__name__}
    if isinstance(value, dict):
        told["entries"] = [[str(key), encoded(one, depth + 1)] for key, one in value.items()]
        return told
    if isinstance(value, (tuple, list)) and depth < DEEPEST:
        told["items"] = [encoded(one, depth + 1) for one in value]
        return told
    if isinstance(value, (bool, int, float)):
        told["number"] = _packed("d", [float(value)])
        return told
    if not isinstance(value, (np.ndarray, np.generic, tuple, list)):
        told["why"] = "no-array"
        return told
    try:
        found = np.asarray(value)
    except Exception as error:
        told["why"], told["error"] = "unreadable", _said(error)
        return told
    told["dtype"], told["shape"] = str(found.dtype), found.shape
    if found.size <= BIG:
        told["data"] = _packed(CODES[told["dtype"]], found.ravel().tolist())
    return told


CODES = {"float64": "d", "int64": "q", "bool": "B"}
"""What module array calls the kinds of numbers."""


def _packed(code, numbers):
    return binascii.b2a_base64(bytes(array(code, numbers))).decode().strip()


def _failure(error, sources):
    """Return what is told of an exception: what was said, and the reader's own lines."""
    stream = io.StringIO()
    sys.print_exception(error, stream)
    frames = []
    for line in stream.getvalue().split("\n"):
        if line.startswith('  File "'):
            label, place = line[8:].rsplit('", line ', 1)
            number, _, inside = place.partition(", in ")
            text = _line(sources, label, int(number))
            if text is not None:
                frames.append([label, int(number), inside or "<module>", text])
    answer = {"frames": frames[:3] + frames[3:][-2:]}
    answer["error"] = _said(error, sources, frames[-1] if frames else ["", 0, "", ""])
    if isinstance(error, np.Lacking):
        answer["lacks"] = error.what
    if isinstance(error, SyntaxError):
        # Whoever asks has read the code with a grammar of Python.
        answer["lacks"] = "the syntax of this line"
    return answer


def _line(sources, label, number):
    """Return a line of the reader's, or None if it is of no source."""
    for own, text, above, _ in sources:
        lines = text.split("\n")
        if own == label and above < number <= above + len(lines):
            return lines[number - above - 1].strip()
    return None


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

WORDINGS = (
    ("divide by zero", "division by zero"),
    ("invalid syntax for integer", "invalid literal for int()"),
    ("indices must be integers, not", "indices must be integers or slices, not"),
)


def _said(error, sources=(), frame=("", 0, "", "")):
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
    kind = "function" if kind == "closure" else kind
    return f"numpy.{kind}" if kind in np.NAMES else kind


NUMBERS = (np.ndarray, np.generic)


class _Left:
    """What stands on the left of a comparison; see adapted.js."""

    def __init__(self, value):
        self.value = value

    def __lt__(self, other):
        other = getattr(other, "value", other)
        return other > self.value if isinstance(other, NUMBERS) else self.value < other

    def __le__(self, other):
        other = getattr(other, "value", other)
        return other >= self.value if isinstance(other, NUMBERS) else self.value <= other

    def __gt__(self, other):
        other = getattr(other, "value", other)
        return other < self.value if isinstance(other, NUMBERS) else self.value > other

    def __ge__(self, other):
        other = getattr(other, "value", other)
        return other <= self.value if isinstance(other, NUMBERS) else self.value >= other


UPDATES = {
    "mul": lambda one, other: one * other,
    "truediv": lambda one, other: one / other,
    "floordiv": lambda one, other: one // other,
    "mod": lambda one, other: one % other,
    "pow": lambda one, other: one**other,
    "matmul": lambda one, other: one @ other,
    "and": lambda one, other: one & other,
    "or": lambda one, other: one | other,
    "xor": lambda one, other: one ^ other,
}
"""What changes an object in place, by what its methods are called."""


class _Update:
    """What is multiplied in place, and the like; MicroPython adds and subtracts in place alone."""

    def __init__(self, name, value):
        self.name, self.value = name, value

    def __radd__(self, other):
        return UPDATES[self.name](other, self.value)


def _updated(add, update):
    """Return what adds, or does with an update what it says."""
    return lambda self, other: (update if isinstance(other, _Update) else add)(self, other)


np.ndarray.__iadd__ = _updated(
    np.ndarray.__iadd__, lambda self, other: getattr(self, f"__i{other.name}__")(other.value)
)
np.generic.__add__ = _updated(np.generic.__add__, lambda self, other: other.__radd__(self))


class _Steps:
    """A list, a tuple or a text, of which MicroPython makes no slice with a step."""

    def __init__(self, value):
        self.value = value

    def __getitem__(self, key):
        some = [self.value[n] for n in range(*key.indices(len(self.value)))]
        kind = type(self.value)
        return "".join(some) if kind is str else kind(some)


def _plain(value):
    """Return a number of numpy's as one of Python's, alone or in a tuple."""
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    return value.item() if isinstance(value, np.generic) else value


def _number(kind):
    def made(*given):
        if given and isinstance(given[0], np.ndarray):
            if given[0].ndim:
                raise TypeError("only 0-dimensional arrays can be converted to Python scalars")
            given = (given[0].item(),)
        return kind(*map(_plain, given))

    return made


def _extreme(choose):
    def chosen(*given, key=None, **others):
        some = given[0] if len(given) == 1 else given
        keys = [_Key(key(one) if key else one) for one in some]
        if not keys:
            return choose((), **others)
        best = choose(range(len(keys)), key=lambda place: keys[place])
        return list(some)[best]

    return chosen


class _Key:
    """What max and min compare."""

    def __init__(self, value):
        self.value = value

    def __lt__(self, other):
        return bool(_Left(self.value) < other.value)

    def __gt__(self, other):
        return bool(_Left(self.value) > other.value)


def _isinstance(value, kinds):
    kinds = kinds if isinstance(kinds, tuple) else (kinds,)
    if (isinstance(value, bool) and int in kinds) or (
        isinstance(value, np.float64) and float in kinds
    ):
        return True
    return isinstance(value, kinds)


def _round(number, digits=None):
    if isinstance(number, np.ndarray):
        raise TypeError("type numpy.ndarray doesn't define __round__ method")
    if digits is None or not isinstance(number, (float, np.float64)):
        return round(_plain(number)) if digits is None else number
    return np.rounded(_plain(number), digits)


class _Math:
    """Module math, for numbers of numpy's as well."""

    def __getattr__(self, name):
        found = getattr(math, name)
        if not callable(found):
            return found
        return lambda *given: found(*[_number(lambda one: one)(one) for one in given])


WORDS = {
    "__backcheck_left": lambda value: value if isinstance(value, NUMBERS) else _Left(value),
    "__backcheck_steps": lambda value: (
        _Steps(value) if type(value) in (list, tuple, str) else value
    ),
    "__backcheck_update": _Update,
    "__backcheck_list": lambda *some: list(some),
    "__backcheck_tuple": lambda *some: some,
    "__backcheck_dict": lambda *some: {key: one[key] for one in some for key in one},
    "__backcheck_plain": _plain,
    "__backcheck_format": lambda text, *given, **named: text.format(
        *map(_plain, given), **{name: _plain(value) for name, value in named.items()}
    ),
    "__backcheck_float": _number(float),
    "__backcheck_int": _number(int),
    "isinstance": _isinstance,
    "max": _extreme(max),
    "min": _extreme(min),
    "round": _round,
}
"""What a reader's code has in place of MicroPython's own, which knows no numbers of numpy's."""


class _Hint:
    """What hints of types are made of."""

    def __getattr__(self, name):
        return self

    def __getitem__(self, key):
        return self


sys.modules["math"] = _Math()
sys.modules["typing"] = sys.modules["__future__"] = _Hint()
