"""`backcheck run` on functions that misbehave: one clear sentence each, and no wrong verdict."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from backcheck.__main__ import main
from backcheck.diagnosis.running import run
from backcheck.fixtures import load
from programs import learner
from told import told_by_run

ID = "c1w4_linear_backward_v4a"

OWN = """
import os, sys, threading, time
import numpy as np

def right(dZ, cache):
    A_prev, W, b = cache
    m = dZ.shape[1]
    return W.T @ dZ, dZ @ A_prev.T / m, dZ.sum(axis=1, keepdims=True) / m

def returned(value):
    def function(dZ, cache):
        dA_prev, dW, db = right(dZ, cache)
        return dA_prev, value(dW), db
    return function

class Evil(BaseException):
    pass

class Tensor:
    def __init__(self, *numbers):
        pass
    def __array__(self, *given, **named):
        raise RuntimeError("Can't call numpy() on Tensor that requires grad.")

class Mapping(dict):
    def items(self):
        raise OSError("no items")

class Network:
    def linear_backward(self, dZ, cache):
        return right(dZ, cache)
    @staticmethod
    def static(dZ, cache):
        return right(dZ, cache)

def outer():
    def within(dZ, cache):
        return right(dZ, cache)

def evil(dZ, cache):
    raise Evil("boo")
def generator_exit(dZ, cache):
    raise GeneratorExit
def interrupt(dZ, cache):
    raise KeyboardInterrupt
def deep(dZ, cache):
    return deep(dZ, cache)
def coloured(dZ, cache):
    raise ValueError("\\x1b[31mred\\x1b]0;title\\x07")
def endless(dZ, cache):
    while True:
        pass
def sleeps(dZ, cache):
    time.sleep(3600)
def leaves(dZ, cache):
    os._exit(0)
async def later(dZ, cache):
    return right(dZ, cache)
def asks(dZ, cache):
    input("dW? ")

empty = returned(lambda dW: np.zeros((0, 3)))
deeper = returned(lambda dW: dW[:, :, None])
word = returned(lambda dW: "dW")
nothing = returned(lambda dW: None)
hidden = returned(lambda dW: np.ma.masked_less(dW, 0))
imaginary = returned(lambda dW: dW + 0j)
tensor = returned(Tensor)
mapping = returned(lambda dW: Mapping(dW=dW))
ragged = returned(lambda dW: [[1.0], [1.0, 2.0]])
large = returned(lambda dW: np.zeros((3000, 3000)))

def single(dZ, cache):
    return tuple(value.astype(np.float32) for value in right(dZ, cache))
def closes(dZ, cache):
    sys.stdout.close()
    return right(dZ, cache)
def chatters(dZ, cache):
    print("dZ =", dZ)
    os.write(1, b"below Python")
    return right(dZ, cache)
def thread(dZ, cache):
    threading.Thread(target=time.sleep, args=(3600,)).start()
    return right(dZ, cache)
def child(dZ, cache):
    if os.fork() == 0:
        time.sleep(3600)
    return right(dZ, cache)
def patches(dZ, cache):
    dA_prev, dW, db = right(dZ, cache)
    np.abs = lambda x: 0 * x
    np.allclose = lambda *given, **named: True
    json = sys.modules["json"]
    json.dumps = lambda *given, **named: "{}"
    return dA_prev, 2 * dW, db
"""


@pytest.fixture
def own(tmp_path: Path) -> str:
    file = tmp_path / "own.py"
    file.write_text(OWN, encoding="utf-8")
    return str(file)


@pytest.mark.parametrize(
    ("function", "codes", "says"),
    [
        ("evil", 4, "Evil: boo"),
        ("generator_exit", 4, "GeneratorExit"),
        ("interrupt", 4, "KeyboardInterrupt"),
        ("deep", 4, "RecursionError: maximum recursion depth exceeded"),
        ("coloured", 4, "ValueError:  [31mred ]0;title "),
        ("asks", 4, "EOFError"),
        ("empty", 1, "dW has shape (0, 3), so there is no number in it."),
        ("deeper", 1, "dW has 3 axes, and a gradient of this test has 2 at most."),
        ("word", 1, "dW is a str, not an array of numbers; return a numpy array."),
        ("nothing", 1, "dW is None: it was never computed, or what computes it has no return."),
        ("hidden", 1, "dW is a masked array, which hides some of its numbers"),
        ("imaginary", 0, "dW holds complex numbers, and a gradient is real"),
        ("tensor", 1, "dW is a Tensor that gives no numpy array (RuntimeError: Can't call"),
        ("mapping", 1, "dW is a Mapping that gives no numpy array (OSError: no items)"),
        ("ragged", 1, "dW is a list, not an array of numbers; return a numpy array."),
        ("large", 1, "dW has shape (3000, 3000), which is too large for any step of this test."),
    ],
)
def test_what_is_no_gradient_is_said_in_one_sentence(
    function: str, codes: int, says: str, own: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", ID, f"{own}:{function}"]) in ((codes,) if codes != 1 else (1, 3))
    told = capfd.readouterr()
    assert says in " ".join(told.out.split("\n"))
    assert not (codes and "These are the expected numbers" in told.out)
    assert "backcheck" not in told.out + told.err
    assert "\x1b" not in told.out
    assert len(told.out.split("\n")) < 30


@pytest.mark.parametrize(
    ("function", "says"),
    [
        ("leaves", "Your function ended Python itself (exit code 0)"),
        ("later", "yours returned a coroutine"),
        ("Network.linear_backward", "Network.linear_backward needs an object of its class"),
        ("Network.forward", "Network has no method 'forward'"),
        ("linear_backward", "linear_backward is a method of the class Network (own.py, line 30)"),
        ("within", "within stands inside of the function outer (own.py, line 37)"),
    ],
)
def test_what_cannot_be_called_is_said_in_one_sentence(
    function: str, says: str, own: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", ID, f"{own}:{function}"]) == 2
    told = capfd.readouterr()
    assert told.out == ""
    assert told.err.startswith("backcheck: ")
    assert says in told.err
    assert told.err.count("\n") == 1


@pytest.mark.parametrize(
    "function", ["right", "single", "closes", "thread", "child", "Network.static"]
)
def test_what_passes_passes_whatever_else_it_does(
    function: str, own: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "--seconds", "600", ID, f"{own}:{function}"]) == 0
    assert f"your {function} passes." in capfd.readouterr().out


@pytest.mark.parametrize("function", ["endless", "sleeps"])
def test_a_function_that_does_not_come_back_is_stopped(
    function: str, own: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "--seconds", "2.5", ID, f"{own}:{function}"]) == 2
    assert "Your function has run for 2.5 s and was stopped" in capfd.readouterr().err


def test_the_verdict_is_not_that_of_functions_the_reader_has_changed(
    own: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", ID, f"{own}:patches"]) == 1
    assert "Wrong values for dW (largest difference 0.979)" in capfd.readouterr().out


def test_json_stands_alone_and_what_the_function_prints_goes_to_the_error_stream_once(
    own: str, capfd: pytest.CaptureFixture[str]
) -> None:
    for function, verdict in (("chatters", "expected"), ("evil", "unexplained")):
        main(["run", "--json", ID, f"{own}:{function}"])
        told = capfd.readouterr()
        assert json.loads(told.out)["verdict"] == verdict
        assert told.err.count("below Python") == (function == "chatters")
    assert json.loads(told.out)["test"] == "Evil: boo"
    assert json.loads(told.out)["line"]["says"] == 'raise Evil("boo")'


def test_a_terminal_is_told_once_that_a_function_still_runs(own: str) -> None:
    told: list[str] = []
    with pytest.raises(ValueError, match=r"has run for 2\.2 s and was stopped"):
        run(load(ID), own, "endless", 2.2, lambda: told.append("still running"))
    assert told == ["still running"]
    run(load(ID), own, "right", 30, lambda: told.append("still running"))
    assert len(told) <= 2


WAITS = """
import os, time

def waits(dZ, cache):
    told = os.open("told", os.O_WRONLY)
    os.write(told, b"here")
    while True:
        pass

def test_it(backward):
    waits(None, None)
"""

NET = """
inputs = 2
layers = [{ units = 3, activation = "sigmoid" }]
call = "dW1, db1 = backward(X, Y, A1)"
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipe that is a file")
@pytest.mark.parametrize(
    "command", [["run", ID, "own.py:waits"], ["audit", "own.py::test_it", "--program", "net.toml"]]
)
def test_what_a_command_has_started_ends_with_it_however_that_ends(
    command: list[str], tmp_path: Path
) -> None:
    (tmp_path / "own.py").write_text(WAITS, encoding="utf-8")
    (tmp_path / "net.toml").write_text(NET, encoding="utf-8")
    os.mkfifo(tmp_path / "told")
    told = os.open(tmp_path / "told", os.O_RDONLY | os.O_NONBLOCK)

    def wait_for(sign: bytes) -> None:
        for _ in range(1200):
            try:
                if os.read(told, 9) == sign:
                    return
            except BlockingIOError:
                pass
            time.sleep(0.05)
        pytest.fail(f"no {sign!r}")

    asked = [sys.executable, "-m", "backcheck", *command]
    path = os.pathsep.join(map(os.path.abspath, sys.path))
    with subprocess.Popen(asked, cwd=tmp_path, env={**os.environ, "PYTHONPATH": path}) as process:
        try:
            wait_for(b"here")
        finally:
            process.kill()
    # Who has the pipe open holds back its end.
    wait_for(b"")
    os.close(told)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("lstm loop, a view in its forward pass", "begins with c_next = c[:, :, 0], a view"),
        ("lstm loop, a forward pass from ones", "Print what lstm_forward keeps at each step"),
        ("loop, a forward pass without tanh", "Print what rnn_forward keeps at each step"),
        ("lstm loop, its forward pass right", ""),
        ("loop, its forward pass right", ""),
        ("loop, a forward pass that stops", ""),
    ],
)
def test_a_function_that_passes_is_run_with_the_cache_of_the_forward_pass_beside_it(
    name: str, said: str, tmp_path: Path
) -> None:
    told = told_by_run(learner(name), tmp_path)
    assert "passes" in told
    assert ("With the cache of your own" in told) == bool(said)
    assert said in told


def test_a_number_in_brackets_passes_where_the_published_test_compares_its_value(
    tmp_path: Path,
) -> None:
    said = told_by_run(learner("Week 2, a cost in brackets"), tmp_path)
    assert "your propagate passes. cost is one number in brackets" in said
    assert "not the gradient" not in said


def test_a_cost_that_holds_another_array_of_the_function_is_told_as_such(tmp_path: Path) -> None:
    said = told_by_run(learner("Week 2, a cost that is A - Y"), tmp_path)
    assert "fails first with: Wrong values for cost" in said
    assert "What is called cost is dZ of this test." in said


def test_what_is_returned_in_another_order_is_told_with_the_order_that_is_due(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told_by_run(learner("Week 2, the cost first"), tmp_path)
    said = capsys.readouterr().err
    assert "in this order: a dictionary, cost. Yours returns the same in another order." in said


def test_keys_that_differ_by_the_case_of_a_letter_are_told(tmp_path: Path) -> None:
    said = told_by_run(learner("Week 2, small letters and others"), tmp_path)
    assert "Keys: dW, where the test looks for dw; capital and small letters" in said


def test_gradients_of_zeros_are_told_as_such_and_nothing_is_asked_for(tmp_path: Path) -> None:
    said = told_by_run(learner("layer, gradients of zeros"), tmp_path)
    assert "Every number that linear_backward returns is 0" in said
    assert "paste" not in said


def test_a_sum_that_keeps_its_axis_is_not_said_to_lack_keepdims(tmp_path: Path) -> None:
    said = told_by_run(learner("layer, an axis lost"), tmp_path)
    assert "db: keeps an axis in the sum and loses it again" in said
