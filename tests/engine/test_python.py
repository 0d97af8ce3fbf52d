"""What the Python of the page makes of a reader's code, run by Node, against Python itself."""

import contextlib
import copy
import io
import traceback
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings

import exceptions
from backcheck.diagnosis import calling, child, returned
from backcheck.diagnosis.sources import RECORD
from backcheck.fixtures import Fixture, ids, load
from expressions import SCOPE, outcome, programs, same
from pages_python import answers, argument, decoded, program

A = np.array([[1.0, -2.0, 0.5], [0.25, 3.0, -1.0]])
B = np.array([[0.5], [-1.5]])
W = np.array([[0.1, 0.2], [0.3, -0.4], [0.5, 0.6]])


def in_python(text: str, *given: Any) -> tuple[Any, str]:
    """Return what a function f returns or says, and what it prints."""
    scope: dict[str, Any] = {"np": np}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(compile(text, "own.py", "exec"), scope)  # noqa: S102
            found = scope["f"](*copy.deepcopy(given))
        except Exception as error:
            return error, printed.getvalue()
    return found, printed.getvalue()


def test_random_expressions_come_out_as_in_numpy() -> None:
    drawn: list[str] = []

    @settings(max_examples=200, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(programs())
    def draw(text: str) -> None:
        drawn.append(text)

    draw()
    names = [["scope", "\n".join(f"{name} = {text}" for name, text in SCOPE.items())]]
    ends = "    print(q, repr(q))\n    return q"
    cells = [["own.py", f"def go():\n{indented(text)}\n{ends}"] for text in drawn]
    told = answers(*({"sources": [*names, cell], "name": "go", "calls": [[]]} for cell in cells))
    wrong = [
        (text, found, outcome(text, np))
        for text, found in zip(drawn, told, strict=True)
        if "lacks" not in found and not agree(found, outcome(text, np))
    ]
    assert wrong == []


def agree(told: dict[str, Any], expected: Any) -> bool:
    """Return whether an answer of the page is numpy's, with what it says and prints."""
    if isinstance(expected, Exception) or "error" in told:
        said = told.get("error", "").partition(": ")[2].replace("numpy.", "")
        return said == str(expected).strip().replace("numpy.", "")
    if len(expected) != 6:
        return True
    _, shape, kind, entries, text, code = expected
    value = decoded(told["returned"][0])
    if not isinstance(value, np.ndarray):
        return False
    if value.tolist() == entries and told["printed"] != f"{text} {code}\n":
        return False
    found = [value.shape, str(value.dtype), value.tolist()]
    return same(found, [shape, kind, entries])


def indented(text: str) -> str:
    # A name that is assigned anywhere in a function is of the function everywhere.
    return "\n".join(f"    {line}" for line in ("global q, p", *text.split("\n")))


MISTAKES = [
    "return A @ A",
    "return np.dot(A, A)",
    "return A + B.T",
    "return A[0, 5]",
    "return A[:, :, 0]",
    "A += B @ A.T",
    "return undefined",
    "return np.sum(A, axis=2)",
    "return np.sum(A, axes=1)",
    "return np.summ(A)",
    "return A.TT",
    "return A.T()",
    "return None * A",
    "return A - None",
    "return np.dot(A, None)",
    "return None.T",
    "return None[0]",
    "return {'dW1': A}['dW2']",
    "return {'dW1': A} + 1",
    "return {'dW1': 1}.A",
    "return dict(3)",
    "return [A][1]",
    "return [A][A > 0]",
    "return (A,)['W']",
    "a, b, c = (A, B)\n    return a",
    "a, b = (A, B, A)\n    return a",
    "a, b = 3\n    return a",
    "return 'dW' + 1",
    "return g(A)\ndef g(a, b):\n    return a",
    "return g(A, B, A)\ndef g(a, b):\n    return a",
    "return A(B)",
    "return 3(B)",
    "return (A > 0) - (A < 0)",
    "return -(A > 0)",
    "return 1 if A > 0 else 2",
    "return float(A)",
    "return A.reshape(4, 2)",
    "return A[1.5]",
    "return A['Z']",
    "return np.zeros(2, 3)",
    "return A[[True, False, True]]",
    "return np.concatenate((A, B.T), axis=0)",
    "return -(A, B)",
    "return (A, B) < 3",
    "return len(5)",
    "return 5[0]",
    "return np.exp[0]",
    "for l in 3: pass",
    "raise ValueError('mine', 2)",
    "assert A.shape == (2, 2), 'shape of A'",
    "return 1 / 0",
    "return int('x')",
    "return f(A, B)",
    "return A.shape[2]",
    "return A @ 3",
    "return np.array([A, B])",
    "return [1, 2] * np.float64(2)",
]


@pytest.fixture(scope="module")
def of_mistakes() -> dict[str, Any]:
    texts = [f"def f(A, B):\n    {one}\n" for one in MISTAKES]
    return dict(
        zip(MISTAKES, answers(*(program(text, "f", (A, B)) for text in texts)), strict=True)
    )


@pytest.mark.parametrize("mistake", MISTAKES)
def test_an_exception_is_worded_as_python_words_it_and_has_its_line(
    of_mistakes: dict[str, Any], mistake: str
) -> None:
    told = of_mistakes[mistake]
    error, _ = in_python(f"def f(A, B):\n    {mistake}\n", A, B)
    said = traceback.format_exception_only(error)[-1].strip()
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == "own.py"]
    assert told["error"].replace("numpy.", "") == said.replace("numpy.", "").replace(
        "exceptions.", ""
    )
    assert told["frames"][-1][1] == frames[-1].lineno


def stopping(fixture: Fixture, one: exceptions.Program) -> dict[str, Any]:
    """Return a program of a mistake, and the cell that calls it, for the page."""
    arguments = one.arguments[0]
    has_number = "number" in one.caller or fixture.function == "linear_activation_backward"
    case = f"{fixture.function}_test_case"
    lines = ["global number", "number = last", f"global {case}", f"{case} = lambda: given"]
    lines = lines[:2] if "test_case" in one.texts else lines
    body = "\n".join(f"    {line}" for line in [*lines, *one.caller.split("\n")])
    texts = [[f"<{name}>", text] for name, text in one.texts.items() if text]
    cell = ["<cell>", f"import math\ndef go(given, last):\n{body}"]
    given = [tuple(arguments[:-1] if has_number else arguments), arguments[-1]]
    calls = [[argument(part) for part in given]]
    return {"sources": [*texts, cell], "name": "go", "calls": calls}


def test_programs_with_a_mistake_stop_at_the_line_and_with_the_words_of_python() -> None:
    some = [
        (fixture, one)
        for fixture in map(load, ids())
        if fixture.course in exceptions.MODELLED
        for one in exceptions.programs(fixture)
        if "np" not in one.texts
    ]
    some = some[:: 1 + len(some) // 150]
    with np.errstate(all="ignore"):
        stops = [exceptions.run(one, fixture) for fixture, one in some]
    told = answers(*(stopping(fixture, one) for fixture, one in some))
    unsure, wrong = 0, []
    for stop, found in zip(stops, told, strict=True):
        said = found.get("error", "").replace("numpy.", "")
        expected = stop.error.replace("numpy.", "").strip() if stop else ""
        unsure += said.endswith("referenced before assignment") or "lacks" in found
        line = found["frames"][-1][3] if said else ""
        if said.endswith("referenced before assignment") or "lacks" in found:
            said = expected
        if said != expected or (stop and line != stop.frame.statement):
            wrong.append((expected, found))
    assert wrong == []
    assert unsure <= len(some) / 50


WORDS = [
    "return 0 < A, 0.5 >= A, 1 == A, 2.0 != A",
    "return 2.0 * A, 1 / A, 2 ** A, [1, 2, 3] * A, [1.0, 0.0, 2.0] - A",
    "s = np.sum(A)\n    return 2.0 * s, 0 < s, 1.0 / s, [s][0], s / 0, max(s, 0), min(0.0, s)",
    "s = np.sum(A)\n    print(f'{s:.3f} {s!r} {s} {s:>8.2f}', '%.2f and %d' % (s, 3))",
    "s = np.mean(A)\n    print('{:.4f} {}'.format(s, A.shape), round(s, 2), float(s), int(s))",
    "print(A, B > 0, A.shape, A.dtype, [np.sum(A)], (A[0, 0],), {'a': A[0]})",
    "print(1e-5 * A, A * 1e9, A / 3, np.array([1e-10, 1]), np.arange(3), np.zeros((0, 2)))",
    "print(np.float64(0.1) + 0.2, np.float64(1e22), np.float64(1e-7), np.int64(3), A[0, 0] > 0)",
    "print([np.sqrt(n) / 7 for n in range(1, 90)], np.float64(5e-324), np.float64(0.1) * 3)",
    "print([np.float64(n) ** -7 for n in range(1, 90)], np.float64(1e16), np.float64(123456789.1))",
    "return [A, B][::-1], 'abc'[::-1], (1, 2, 3, 4)[::2], A[::-1]",
    "return isinstance(np.sum(A), float), isinstance(A, np.ndarray), isinstance(True, int)",
    "x = 0\n    for l in reversed(range(3)):\n        x += l * (0 <= l < 2)\n    return x",
    "dZ = np.array(A, copy=True)\n    dZ[A <= 0] = 0\n    return dZ, A",
    "b = A.T\n    b[0] = 7\n    A *= 2\n    return A, b",
    "import math\n    return math.sqrt(np.float64(4.0)), math.exp(A[0, 0]), math.pi",
    "import math\n    from math import sqrt\n    return sqrt(A[1, 1])",
    "def g(*a, **k):\n        return a, k\n    return g(1, *[2], x=A)",
    "grads = {}\n    grads['dW' + str(1)] = A\n    grads[f'db{2}'] = B\n    return grads",
    "a, (b, c) = A, (B, 3)\n    return c, b, a",
    "return np.squeeze(np.sum(A)), np.squeeze(B), float(np.squeeze(np.array([[2.5]])))",
    "m = A.shape[1]\n    return 1. / m * np.sum(A), (1 / m) * A @ A.T, np.divide(A, m)",
    "return sum([A, A]), sum(A), abs(A), len(A), list(A[0])",
    "return np.where(A > 0, A, 0), np.maximum(0, A), (A > 0) * A, (A > 0).astype(int)",
    "import copy\n    C = {'A': A, 'l': [B]}\n    D = copy.deepcopy(C)\n    D['A'][0] = 9\n"
    "    return C, D",
    "import copy\n    C = copy.copy(A)\n    C += 1\n    return A, C, copy.deepcopy(np.sum(A))",
    "from typing import Dict, List\n    x: Dict[str, List[int]] = {}\n    return x, np.bool",
    "t = A.tolist()\n    t[0][0] = 5\n    return t, A, A.T.tolist(), np.array(t) + A",
    "return [a * b for a, b in zip(A, A[::-1])], dict(a=A)",
    "return [*map(len, (A, B)), 1], (*A.shape, 2), [*A[0]], {**{'a': 1}}",
    "A[A < 0] *= 2\n    A[:, 1] -= 1\n    B[:] = 7\n    A[0] += A[1]\n    return A, B",
    "l = [1]\n    l += [2]\n    s = 'a'\n    s *= 3\n    n = 7\n    n //= 2\n"
    "    n **= 2\n    return l, s",
    "d = {'x': A}\n    d['x'] *= 2\n    d['y'] = d['x']\n    d['y'] /= 4\n    return A, d",
    "return '%s' % A.shape[0], '%.3f' % A[0, 0], '%d rows' % A.shape[0], str(A.shape)",
    "d = {'z': 1, 'a': A, 'k': {'y': 2, 'b': {}}, (1, 2): 0}\n    d['c'] = 1\n    d.pop('z')\n"
    "    d['z'] = 2\n    print(d, list(d), [key for key in d['k']], {**d, 'k': 3})",
    "d = dict(z=1, dW = A, b=dict(y=0, x=1))\n    for key, value in d.items():\n"
    "        print(key, value)\n    print(dict(d, q=0), dict(zip('zab', A[0])), d.copy(), dict())",
    "d = {f'd{name}': l for l, name in enumerate('WbZA')}\n    d.update({'q': 1, 'a': 2})\n"
    "    d |= {'y': 3}\n    print(d, d | {'W': 0}, *d, {l: {'z': l, 'a': {}} for l in range(3)})",
    "d = {'z': 1, 'a': 2}\n    print(d == {'a': 2, 'z': 1}, {} != d, d == 1, type(d))\n"
    "    print(type(d) is dict, isinstance(d, dict))\n    def g(**k):\n"
    "        return isinstance(k, dict), k['a']\n    return g(**d)",
    "import copy\n    d = {'z': A, 'a': [B]}\n    e = copy.deepcopy(d)\n    e['z'][0] = 9\n"
    "    print(e, copy.copy(d), dict.fromkeys('zab'), d.setdefault('k', 3), f'{d}')",
    "return A[0] is None, A is not None, A.any(), (A == A).all(), not np.all(A)",
]


@pytest.fixture(scope="module")
def of_words() -> dict[str, Any]:
    texts = [program(f"def f(A, B):\n    {one}\n", "f", (A, B)) for one in WORDS]
    return dict(zip(WORDS, answers(*texts), strict=True))


@pytest.mark.parametrize("words", WORDS)
def test_what_micropython_takes_otherwise_comes_out_as_in_python(
    of_words: dict[str, Any], words: str
) -> None:
    value, printed = in_python(f"def f(A, B):\n    {words}\n", A, B)
    assert "error" not in of_words[words], of_words[words]
    assert of_words[words]["printed"] == printed
    (found,) = of_words[words]["returned"]
    assert plain(found) == plain(child.encoded(value))


def plain(told: dict[str, Any]) -> Any:
    """Return what was told of a value without what both sides write in another way."""
    if "entries" in told:
        return {key: plain(one) for key, one in told["entries"]}
    if "items" in told:
        return told["kind"], [plain(one) for one in told["items"]]
    if "data" not in told:
        return told
    if isinstance(told["data"], str):
        array = returned.decoded(told).array
        told = {**told, "dtype": array.dtype.name, "data": array.ravel().tolist()}
    data = [round(float(one), 12) for one in told["data"]]
    return told["kind"], told["dtype"], list(told["shape"]), data


FUNCTIONS = Path(__file__).with_name("functions.txt").read_text(encoding="utf-8")
"""Functions as learners write them, each with some of what numpy and Python have."""


def test_functions_of_all_kinds_print_and_fail_as_in_numpy_or_name_what_is_lacking() -> None:
    texts = FUNCTIONS.split("\n====\n")
    lacking, wrong = 0, []
    for text, told in zip(
        texts, answers(*(program(f"{one}\n", "f", ()) for one in texts)), strict=True
    ):
        with np.printoptions():
            value, printed = in_python(text)
        said = f"{type(value).__name__}: {value}".strip() if isinstance(value, Exception) else ""
        found = told.get("error", "").replace("numpy.", ""), told["printed"]
        lacking += "lacks" in told
        if "lacks" not in told and found != (said.replace("numpy.", ""), printed):
            wrong.append((text, found, said, printed))
    assert wrong == []
    assert lacking == 9


HELPERS = {
    "sigmoid": (A * 300,),
    "tanh": (A,),
    "relu": (A,),
    "sigmoid_backward": (A, A),
    "tanh_backward": (A, A),
    "relu_backward": (A, A),
    "linear_backward": (A, (W, A @ np.ones((3, 3)) @ np.ones((3, 3)), B)),
    "linear_activation_backward": (A, ((W, A @ W @ np.ones((2, 3)), B), A), "relu"),
}


def test_the_courses_helpers_do_what_they_do_beside_the_package() -> None:
    given = dict(HELPERS)
    given["linear_backward"] = (A, (np.ones((2, 3)), np.ones((2, 2)), B))
    given["linear_activation_backward"] = (A, (given["linear_backward"][1], A), "relu")
    for id in ("c1w3_bp_public_c", "c1w4_L_model_backward_v2", "c2w1_backward_dropout"):
        test = load(id)
        ((_, arguments),) = calling.calls(test)
        given[test.function] = arguments
    texts = [
        program(f"def f(*a):\n    return {name}(*a)\n", "f", one, helpers=[name])
        for name, one in given.items()
    ]
    for (name, one), told in zip(given.items(), answers(*texts), strict=True):
        expected = child.encoded(calling.helper(name)(*one))
        assert plain(told["returned"][0]) == plain(expected), name


def test_week_4s_module_hands_the_cache_back() -> None:
    text = "from dnn_utils import sigmoid, relu\n"
    sources = [["own.py", line] for line in ("from dnn_utils import sigmoid", "from x import *")]
    sources.append(["own.py", "def f(A):\n    return sigmoid(A)\n"])
    more = {"name": "f", "calls": [[1.0]], "modules": ["dnn_utils"]}
    (told,) = answers({"sources": sources, **more})
    assert [one["kind"] for one in told["returned"][0]["items"]] == ["float64", "float"], text


def test_what_it_records_is_what_the_package_records() -> None:
    text = f"""def f(A):
    Z = 2 * A
    {RECORD}([2, 'f', 'Z'], Z)
    grads, dZ = {{'dW': A, 'n': 3}}, [Z, None]
    {RECORD}([4, 'f', 'grads'], grads, 'dW')
    {RECORD}([5, 'f', 'dZ'], dZ, 0)
    {RECORD}([6, 'f', 'dZ'], dZ, 1)
    {RECORD}([7, 'f', 'n'], grads['n'])
    {RECORD}([8, 'f', 'big'], np.zeros(2000))
    return {RECORD}([9, 'f', 'return 0'], Z)
"""
    records: list[Any] = []
    scope = {"np": np, RECORD: child._recorder(records)}
    exec(text, scope)  # noqa: S102
    scope["f"](A)
    (told,) = answers(program(text, "f", (A,), (A + 1,)))
    ours = [one and [*one[:3], plain(one[3])] for one in told["records"]]
    theirs = [[*one[:3], plain(one[3])] for one in records]
    assert ours[: len(theirs) + 1] == [*theirs, None]
    assert len(ours) == 2 * len(ours[: len(theirs) + 1])
    places = [one[4] for one in told["records"][: len(theirs)]]
    assert places[0] == places[2] == places[-1] != places[1]


LACKING = {
    "np.linalg.svd(A)": "np.linalg",
    "np.random.randn(2)": "np.random",
    "np.sum(A, dtype=int)": "np.sum(..., dtype=...)",
    "np.add(A, A, where=A)": "np.add(..., where=...)",
    "A.std()": "array.std",
    "A.astype(np.float32)": "np.float32",
    "np.einsum('ij->i', A)": "np.einsum",
    "np.array([None])": "arrays of NoneType",
}


def test_what_it_lacks_is_named() -> None:
    texts = [program(f"def f(A):\n    return {line}\n", "f", (A,)) for line in LACKING]
    for told, (line, lacks) in zip(answers(*texts), LACKING.items(), strict=True):
        assert told["lacks"] == lacks
        assert told["error"].endswith(f"has no {lacks}; run it with `backcheck run`")
        assert told["frames"] == [["own.py", 2, "f", f"return {line}"]]


def test_a_method_without_an_instance_is_called_by_its_class() -> None:
    text = (
        "class Net:\n    rate = 2\n    @staticmethod\n    def f(A):\n        return A * Net.rate\n"
    )
    (told,) = answers(program(text, "Net.f", (A,)))
    assert plain(told["returned"][0]) == plain(child.encoded(2 * A))


def test_lines_are_those_of_the_cell_and_programs_do_not_see_each_other() -> None:
    above = {"sources": [["own.py", "x = 1\n"], ["own.py", "def f():\n    return y\n", 9]]}
    first, second = answers(
        {**above, "name": "f", "calls": [[]]},
        program("def f():\n    print('a', end='')\n    return x\n", "f", ()),
    )
    assert first["frames"] == [["own.py", 11, "f", "return y"]]
    assert second["error"] == "NameError: name 'x' is not defined"
    assert second["printed"] == "a"


def test_a_module_that_is_not_there_is_a_problem_with_its_name() -> None:
    text = [["own.py", "import h5py"], ["own.py", "def f():\n    return h5py\n"]]
    (told,) = answers({"sources": text, "name": "f", "calls": [[]]})
    assert told["problem"] == ["absent", {"function": "f", "used": "h5py", "module": "h5py"}]
