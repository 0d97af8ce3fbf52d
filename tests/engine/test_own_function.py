"""A reader's own function in the page's engine, and in `backcheck run`: the same answers."""

import contextlib
import io
import json
import subprocess
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from test_engine import data, essence

import reader_python
from backcheck.diagnosis.calling import calls, helper
from backcheck.diagnosis.child import _recorder, answers, encoded
from backcheck.diagnosis.passing import beside_passing, wrong_on
from backcheck.diagnosis.returned import first_complaint
from backcheck.diagnosis.running import asked, diagnosed, line_of, ran
from backcheck.diagnosis.sources import read_from_outside
from backcheck.fixtures import load
from chapters import ROOT
from katex_renderer import node
from programs import MODEL, WEEK_3, Learner, learners

LEARNERS = list(learners())

# One process of Node answers for all of them.
pytestmark = pytest.mark.xdist_group("functions")

ODD = '''
import numpy as np
class Slope:
    two = 2
    @staticmethod
    def of(x):
        y = x * Slope.two
        return y
def told(g):
    def inner(*a, **k):
        r = g(*a, **k)
        return r
    return inner
if True:
    K = 3; R = K
@told
def L_model_backward(AL, Y, caches):
    """A text { } with ; in it."""
    grads = {}; L = len(caches)   # two
    (a, W1, b1), Z1 = caches[0]
    [p, (q, *r)] = 1, (2, 3, 4)
    w: float = 3.5
    u = v = np.sum(AL); s = f"{u:.2f} {p}"
    grads["dA" + str(0)], grads['x'] = AL, (
        Y +
        1.)
    x = np.zeros((2, 2)); x[0, 1] = 3; x[:, 0] = 2
    x[0][1] = 4
    x += 1; x[0, 0] -= 2
    A = [None, None]; A[1] = x; D = {}; D[1] = 2. * x
    for i in range(2): x = x * 2; y = x
    if p: z = {"k": 3, "m" "n": x, 5: {"o": AL, **{}}, (1, 2): 3, None: 4, True: R}
    else: z = None
    t = lambda q, w=1: q + w
    c = [k for k in range(3) if k]
    with open("/dev/null") as g: h = 3
    try:
        d = 1 / 0
    except ZeroDivisionError as e: d = Slope.of(3)
    while d > 1: d -= 1
    def inner(x):
        return x, {"r": x}
    (grads["a"]) = inner(u)[0]
    o = p if q else w; n = (m := 3)
    return ({"dA0": x, "dW1": W1,
       "z": AL if p else Y, "one": np.float64(3), **grads})
'''
"""Statements as learners do not write them, or hardly ever."""


def ask(*questions: tuple[Any, ...]) -> list[Any]:
    """Put programs to the engine, all to one process."""
    question = {**data(), "files": reader_python.files(), "questions": questions}
    done = subprocess.run(
        [node(), str(ROOT / "tests/functions.mjs")],
        input=json.dumps(question),
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    found: list[Any] = json.loads(done.stdout)
    return found


@cache
def by_page() -> dict[str, Any]:
    """Return what the page says of each learner's program and of each text, by their names."""
    asked_of = {one.name: (one.pasted, one.id) for one in LEARNERS}
    asked_of |= {name: (text, None) for name, (text, _) in ASKED.items()}
    return dict(zip(asked_of, ask(*asked_of.values()), strict=True))


def by_command(learner: Learner) -> dict[str, Any]:
    """Return what the command says, without a process of its own."""
    try:
        asks = asked(load(learner.id), "own.py", learner.text, learner.function)
        with contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
            done = ran(asks, list(answers(asks.job)))
        complaint = "" if done.error else first_complaint(done.fixture, done.outputs)
        found = diagnosed(done)
    except ValueError as error:
        return {"error": str(error)}
    passes = not (done.error or complaint)
    beside = filter(None, [beside_passing(done) if passes else read_from_outside(done.taken)])
    found = replace(found, remarks=(*beside, *found.remarks))
    line = None if passes and not wrong_on(done) else line_of(done, found)
    return {**found.to_dict(), "test": done.error or complaint or "passes", "line": line}


@pytest.mark.parametrize("learner", LEARNERS, ids=lambda one: one.name)
def test_page_and_command_say_the_same_of_a_learners_function(learner: Learner) -> None:
    got, wanted = by_page()[learner.name], json.loads(json.dumps(by_command(learner)))
    assert essence(got) == essence(wanted)
    if "error" in wanted:
        return
    assert got["test"] == wanted["test"]
    here, there = got["line"], wanted["line"]
    assert (here is None) == (there is None)
    if here:
        quoted = (one["where"].startswith("own.py, In") for one in (here, there))
        same = ("name", "says") if any(quoted) else ("name", "says", "line", "where")
        moved = learner.pasted.find("import numpy") if "import" in learner.pasted else 0
        here["line"] -= learner.pasted[: max(0, moved)].count("\n")
        assert {key: here[key] for key in same} == {key: there[key] for key in same}


def test_the_corpus_has_learners_of_every_kind() -> None:
    told = [by_page()[one.name] for one in LEARNERS]
    assert len(LEARNERS) >= 50
    assert sum(one.get("test") == "passes" for one in told) >= 10
    assert sum("error" in one for one in told) >= 1
    lines = [one["line"] for one in told if one.get("line")]
    assert len(lines) >= 30
    assert sum(line["says"] == "right, and the test's cache is not" for line in lines) >= 5


def test_larger_networks_are_left_to_functions_that_pass_and_to_tell_programs_apart() -> None:
    ran = {one.name: by_page()[one.name].get("ran") for one in LEARNERS}
    # Five functions, each on two forward passes, on the larger one and on its test.
    assert ran["model, right"] == 1 + 5 * 4
    assert ran["model, the shortcut as dAL"] == 1 + 5 * 3
    assert ran["layer, squeezed"] == ran["layer, squeezed for the first notebook"] == 1 + 4
    assert ran["layer, too few names"] == 1


def test_what_is_recorded_line_by_line_is_what_the_package_records() -> None:
    texts = [(one.text, one.function) for one in LEARNERS if one.id == MODEL][:6]
    texts += [(one.text, one.function) for one in LEARNERS if one.id == WEEK_3][:12]
    texts.append((ODD, "L_model_backward"))
    made = ask(*((text, None, name) for text, name in texts))
    for (text, name), program in zip(texts, made, strict=True):
        fixture = load(MODEL if name == "L_model_backward" else WEEK_3)
        given = tuple(arguments for _, arguments in calls(fixture))
        job = asked(fixture, "own.py", text, name).job
        *_, wanted = answers(type(job)("own.py", (job.programs[-1],)))
        if "error" in wanted:
            continue
        records: list[Any] = []
        scope = {"np": np, "__backcheck_record__": _recorder(records)}
        scope |= {one: helper(one) for one in program["missing"] if helper(one)}
        for label, source, above in program["sources"]:
            exec(compile("\n" * above + source, label, "exec"), scope)  # noqa: S102
        returned = []
        for arguments in given:
            returned.append(encoded(scope[name](*arguments)))  # type: ignore[operator]
            records.append(None)
        assert [one and one[:4] for one in records] == [
            one and one[:4] for one in wanted["records"]
        ], text
        assert returned == wanted["returned"]


def changed(name: str, *edits: tuple[str, str]) -> str:
    """Return a learner's program with other texts in place of some."""
    text = next(one.text for one in LEARNERS if one.name == name)
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    return text


def indented(text: str, above: str) -> str:
    return above + "\n".join(f"    {line}" for line in text.split("\n"))


M = ("X.shape[1]", "X.shape[0]")
AXIS = "m read from the wrong axis or array"
ASKED = {
    "numbered": (
        "\n".join(f"{n:3} {line}" for n, line in enumerate(changed("right", M).split("\n"), 1)),
        ("line", AXIS)),
    "a forum's quotes and fences": (
        "Hi!\n```python\n" + changed("right", M, ('"', "\u201d")) + "```\nWhat is wrong?",
        ("line", AXIS)),
    "after a sentence": (
        "My results are wrong.\nPlease help:\n" + changed("right", M), ("line", AXIS)),
    "indented between sentences": (
        indented(changed("right", M), "I do not see it, help.\n") + "\nThanks.\nAll the best",
        ("line", AXIS)),
    "broken after a sentence": (
        "It stops here:\n" + changed("right", ("dZ1 @ X.T", "dZ1 X.T")),
        ("error", "SyntaxError: invalid syntax. Your function stands there")),
    "Windows and tabs": (changed("right", M, ("    ", "\t"), ("\n", "\r\n")), ("line", AXIS)),
    "with the words of the exercise": (
        changed("right", M, ("def ", "# GRADED FUNCTION (\u2248 6 lines)\n%%time\ndef "),
                ("    grads =", "    # YOUR CODE ENDS HERE\n    grads =")), ("line", AXIS)),
    "with types from a module": (
        changed("right", M, ("\ndef", "from typing import Dict\nD = Dict[str, int]\ndef"),
                ("X, Y)", "X: D, Y) -> D")), ("line", AXIS)),
    "with modules that are not there": (
        changed("right", M, ("\ndef", "from testCases_v2 import *\nimport h5py\ndef")),
        ("line", AXIS)),
    "a static method": (
        indented(changed("right", M, ("import numpy as np\n", "@staticmethod")), "class Net:\n"),
        ("line", AXIS)),
    "a method": (
        indented(changed("right", ("import numpy as np", ""), ("(p", "(self, p")), "class Net:"),
        ("error", "Net.backward_propagation needs an object of its class")),
    "an activation alone": (
        "def relu_backward(dA, cache):\n    return dA * (cache < 0)\n",
        ("test", "Wrong values for relu_dZ")),
    "what this numpy lacks": (
        changed("right", ("dZ1 @ X.T", 'np.einsum("ij,kj->ik", dZ1, X)')),
        ("error", "line 13: this page does not have np.einsum; backcheck run in a terminal has")),
    "a module that is not there": (
        changed("right", ("as np", "as np, torch"), ("W2.T @ dZ2", "torch.mm(W2.T, dZ2)")),
        ("error", "backward_propagation uses torch, which this page does not have")),
    "Python 2": (
        changed("right", ("    return grads", "    print dW1\n    return grads")),
        ("error", "own.py, line 16: SyntaxError: Missing parentheses in call to 'print'.")),
    "Python 2 in a helper": (
        "def half(x):\n    print x\n    return x / 2\n"
        "def linear_backward(dZ, cache):\n    return half(dZ), dZ, dZ\n",
        ("error", "half, which linear_backward reads, stands there, so linear_backward cannot")),
    "an open bracket": (
        changed("right", ("X.shape[1]", "X.shape[1")),
        ("error", "own.py, line 4: SyntaxError: '[' was never closed.")),
    "another course": (
        "def backward_propagation_with_dropout(X, Y, cache, keep_prob):\n    return {}\n",
        ("test", "No output dZ3")),
    "a step of a loop": (
        "def rnn_cell_backward(da_next, cache):\n"
        "    a_next, a_prev, xt, parameters = cache\n"
        "    dz = da_next * (1 - a_next) ** 2\n"
        '    g = {"dxt": parameters["Wax"].T @ dz, "da_prev": parameters["Waa"].T @ dz}\n'
        '    g["dWax"], g["dWaa"] = dz @ xt.T, dz @ a_prev.T\n'
        '    g["dba"] = dz.sum(axis=1, keepdims=True)\n    return g\n',
        ("line", "the square in the derivative of tanh lost or misplaced")),
    "a dense layer over words": (
        "def back_prop(x, yhat, y, h, W1, W2, b1, b2, batch_size):\n"
        "    l1 = np.maximum(0, np.dot(W2.T, yhat - y))\n"
        "    return (np.dot(l1, x.T) / batch_size, np.dot(yhat - y, h.T) / batch_size,\n"
        "            np.sum(l1, axis=1, keepdims=True) / batch_size,\n"
        "            np.sum(yhat - y, axis=1, keepdims=True) / batch_size)\n",
        ("line", "the gradient from above put through relu")),
    "a right dense layer over words": (
        "def back_prop(x, yhat, y, h, W1, W2, b1, b2, batch_size):\n"
        "    l1 = np.dot(W2.T, yhat - y) * (np.dot(W1, x) + b1 > 0)\n"
        "    return (np.dot(l1, x.T) / batch_size, np.dot(yhat - y, h.T) / batch_size,\n"
        "            np.sum(l1, axis=1, keepdims=True) / batch_size,\n"
        "            np.sum(yhat - y, axis=1, keepdims=True) / batch_size)\n",
        ("test", "passes")),
    "a loop over time": (
        changed("loop, right", ("da[:, :, t] +", "da[:, :, t + 1] +")),
        ("test", "IndexError: index 4 is out of bounds for axis 2 with size 4")),
    "a loop over a single step": (
        "def rnn_backward(da, caches):\n    return rnn_cell_backward(da, caches[0])\n",
        ("test", "TypeError: ")),
    "a function taken out of a class": (
        "def linear_backward(self, dZ, cache):\n    return self.W.T @ dZ, dZ, dZ\n",
        ("remarks", "linear_backward takes self first, as a method does")),
    "nothing that a test calls": (
        "def load_data(path):\n    return path\n",
        ("error", "No test known here calls load_data:")),
    "a network of one's own": (
        "class Net:\n  def back_prop(self, x, y):\n    d = y - x\n    return d @ x.T\n",
        ("remarks", "No line here could be read as one")),
    "a function of other parameters": (
        "def back_prop(x, y):\n    d = y - x\n    return d @ x.T\n",
        ("remarks", "No line here could be read as one")),
    "a name that the exercise leaves open twice": (
        "def linear_backward(dZ, cache):\n    dZ = dZ * 1\n    dW = None\n    db = None\n"
        "    dW = None\n    return dZ, dW, db\n",
        ("remarks", "Still as the exercise hands it out: dW = None (own.py, line 3)")),
    "numbers beside a function that nobody has written": (
        "def linear_backward(dZ, cache):\n    # YOUR CODE\n    pass\n\n"
        "dW = [[0.11 0.12 0.13 0.14 0.15]\n [0.2 0.3 0.4 0.5 0.6]\n [0.7 0.8 0.9 0.1 0.2]]\n",
        ("fixture", "c1w4_linear_backward_v4a")),
    "a name from around": (
        changed("right", ("\ndef", "X = load()\ndef"), ("cache, X, Y", "cache, x, Y")),
        ("error", "backward_propagation reads X, which is made outside of it (own.py, line 2)")),
}  # fmt: skip
"""What is pasted, and what is told of it."""


@pytest.mark.parametrize("name", ASKED)
def test_a_pasted_text_is_read_as_its_reader_means_it(name: str) -> None:
    key, says = ASKED[name][1]
    told = by_page()[name]
    said = told["line"]["says"] if key == "line" else told[key]
    assert says in (said if isinstance(said, str) else " ".join(said)), told


def test_a_right_function_that_is_handed_m_is_right_on_every_size_in_the_page() -> None:
    told = by_page()["a right dense layer over words"]
    assert (told["test"], told["line"]) == ("passes", None)
