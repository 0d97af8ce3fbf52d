"""What MicroPython does in the page with a reader's code: it calls it, and tells what came of it.

`told` does what `backcheck.diagnosis.child` does, in the words of MicroPython.
"""

import binascii
import io
import json
import re
import sys
from array import array

import course
import numpy as np
from said import said_of
from stand_ins import WORDS

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
        return WORDS["dict"]([(_given(key), _given(value)) for key, value in told["dict"]])
    if "int" in told:
        return told["int"]
    return np.array(told["data"], dtype=told.get("dtype", "float64")).reshape(tuple(told["shape"]))


def _recorder(records):
    """Return what an instrumented program calls with each value that it gives a name."""
    alive = []  # or another array could be given the place of one that is gone

    def record(where, value, key=None):
        try:
            name, held = where[-1], value
            if key is not None and isinstance(value, (dict, list)):
                name = f"[{key}]" if isinstance(key, str) else f"{name}[{key}]"
                held = value[key]
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
    told = {"kind": "dict" if isinstance(value, dict) else type(value).__name__}
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
        told["why"], told["error"] = "unreadable", said_of(error)
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
    answer["error"] = said_of(error, sources, frames[-1] if frames else ["", 0, "", ""])
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
