"""The command line, as a reader calls it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from backcheck.__main__ import main
from backcheck.diagnosis.courses import read
from backcheck.fixtures import ids, load
from backcheck.mutants.audit import published, scoreboard
from chapters import ROOT, source_of
from programs import learner

HIDDEN, WEEK_4 = "c1w3_bp_public_c", "c1w4_L_model_backward_v2"
GRADIENT_CHECK = "c2w1_gradient_check_n"
SHORTCUT = "dZ2 = [[0.78862847 0.43650985]]"

OWN = """
import numpy as np

def from_z(parameters, cache, X, Y):
    m = X.shape[1]
    dZ2 = cache["A2"] - Y
    dZ1 = parameters["W2"].T @ dZ2 * (1 - np.tanh(cache["Z1"]) ** 2)
    return {
        "dW1": dZ1 @ X.T / m, "db1": dZ1.sum(axis=1, keepdims=True) / m,
        "dW2": dZ2 @ cache["A1"].T / m, "db2": dZ2.sum(axis=1, keepdims=True) / m,
    }

def float_db(dZ, cache):
    A_prev, W, b = cache
    return W.T @ dZ, dZ @ A_prev.T / dZ.shape[1], np.sum(dZ) / dZ.shape[1]

def right(dZ, cache):
    A_prev, W, b = cache
    A_prev += 0  # the test's arrays may be changed
    return W.T @ dZ, dZ @ A_prev.T / dZ.shape[1], dZ.sum(axis=1, keepdims=True) / dZ.shape[1]

def minus_y(parameters, cache, X, Y):
    return {"dW1": (-Y) / cache["A2"]}

def misfit(parameters, cache, X, Y):
    return parameters["W2"] @ (cache["A2"] - Y)

def returns_nothing(dZ, cache):
    W = cache

def leaves(dZ, cache):
    raise SystemExit("bye")
"""


@pytest.fixture
def own(tmp_path: Path) -> str:
    file = tmp_path / "own.py"
    file.write_text(OWN, encoding="utf-8")
    return str(file)


def test_a_file_is_diagnosed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "numbers.txt"
    file.write_text(SHORTCUT, encoding="utf-8")
    assert main(["diagnose", str(file)]) == 1
    assert "dZ2 = AL - Y" in capsys.readouterr().out


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_whatever_a_shell_redirects_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], encoding: str
) -> None:
    file = tmp_path / "numbers.txt"
    file.write_text(SHORTCUT, encoding=encoding)
    assert main(["diagnose", str(file)]) == 1
    assert "dZ2 = AL - Y" in capsys.readouterr().out


def test_bytes_that_are_no_text_are_refused_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "picture.png"
    file.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR 0.5 [1.5 2.5] \xff\xd8" * 500)
    assert main(["diagnose", str(file)]) == 2
    said = capsys.readouterr().err
    assert "picture.png' holds bytes that are no text; give a text file" in said
    assert said.count("\n") == 1


def test_the_exit_code_tells_the_verdict(tmp_path: Path) -> None:
    file = tmp_path / "numbers.txt"
    for text, code in [
        (f"dZ2 = {load(WEEK_4).run()['dZ2']}", 0),
        (SHORTCUT, 1),
        ("nothing", 2),
        ("AssertionError: Wrong values for dW1", 3),
    ]:
        file.write_text(text, encoding="utf-8")
        assert main(["diagnose", str(file)]) == code, text


def test_the_module_reads_what_is_piped_in_and_writes_json() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "backcheck", "diagnose", "--json", "-"],
        input=SHORTCUT, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == ""
    told = json.loads(done.stdout)
    assert told["candidates"][0]["changed"][0]["now"] == "AL - Y"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows closes a pipe in another way")
def test_a_reader_that_stops_listening_is_not_an_error() -> None:
    command = f"{sys.executable} -m backcheck show {WEEK_4} | head -1"
    done = subprocess.run(
        ["sh", "-c", command], capture_output=True, text=True,
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert done.stdout.startswith("Week 4 L_model_backward")
    assert done.stderr == ""


STEP = "    d = y - out\n    return d @ x.T\n"
UNCALLED = {
    "a method": f"class Net:\n  def back_prop(self, x, y):\n{STEP}",
    "a method with the arguments of the test": f"def linear_backward(self, dZ, cache):\n{STEP}",
    "other parameters": f"def back_prop(x, y):\n{STEP}",
    "fewer without defaults": f"def linear_backward(dZ, cache, rate, *, more=(1, 2)):\n{STEP}",
    "nothing written": "def linear_backward(dZ, cache):\n    pass\n",
}
START, END = "### START CODE HERE ###", "### END CODE HERE ###"
HEAD = "def linear_backward(dZ: np.ndarray, cache):\n"
STUBS = {
    "an ellipsis": f"{HEAD}    ...\n\n",
    "comments and a docstring": f'{HEAD}    """Return dW.\n\n    dW = what?"""\n    # dW = ?\n\n',
    "words": f"{HEAD}    YOUR CODE\n\n",
    "the marks alone": (
        f"{HEAD}    A, W, b = cache\n    {START} (≈ 3 lines)\n    {END}\n    return dW\n\n"
    ),
    "taken away, and the margins": (
        f"```\n{HEAD}A, W, b = cache\n{START}\n[removed (see FAQ)]\n{END}\nreturn dW\n```\n"
    ),
}
UNKNOWN = "dW = [[0.11 0.12 0.13 0.14 0.15]\n [0.2 0.3 0.4 0.5 0.6]\n [0.7 0.8 0.9 0.1 0.2]]\n"


@pytest.mark.parametrize("function", ["rnn_backward", "L_model_backward"])
@pytest.mark.parametrize("numbers", ["", SHORTCUT])
def test_diagnose_of_a_function_gives_the_command_that_calls_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], function: str, numbers: str
) -> None:
    file = tmp_path / "own.txt"
    takes = {"rnn_backward": "da, caches", "L_model_backward": "AL, Y, caches"}[function]
    file.write_text(f"def {function}({takes}):\n    return {{}}\n{numbers}", encoding="utf-8")
    id = [id for id in ids() if load(id).function == function][-1]
    assert main(["diagnose", str(file)]) == (1 if numbers else 2)
    said = capsys.readouterr()
    text = " ".join((said.out if numbers else said.err).split())
    assert f"{function} is defined in this text" in text
    assert f"backcheck run {id} FILE:{function} calls it" in text


@pytest.mark.parametrize("docstring", ["", '\u201c\u201d\u201d\nSays\n```\nwhat it does\n"""\n'])
def test_a_function_whose_margins_a_forum_has_eaten_is_recognised_and_has_to_be_indented(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], docstring: str
) -> None:
    lines = "dx = np.zeros((n_x, m, T_x))\nfor t in reversed(range(T_x)):\ndx[:, :, t] = grow(t)\n"
    file = tmp_path / "own.txt"
    text = f"All is zero. Why?\n\ndef rnn_backward(da, caches):\n\n{docstring}{lines}return dx\n"
    file.write_text(text, encoding="utf-8")
    main(["diagnose", str(file)])
    said = " ".join("".join(capsys.readouterr()).split())
    assert "rnn_backward is defined in this text, and its lines have lost their indentation" in said
    assert "No known test" not in said


@pytest.mark.parametrize("text", UNCALLED.values(), ids=UNCALLED)
def test_a_function_that_no_test_can_call_is_not_sent_to_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    file = tmp_path / "own.txt"
    file.write_text(text, encoding="utf-8")
    main(["diagnose", str(file)])
    said = capsys.readouterr()
    assert "backcheck run" not in said.out + said.err


@pytest.mark.parametrize("text", STUBS.values(), ids=STUBS)
def test_beside_a_function_that_is_not_written_it_is_said_that_no_program_was_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    file = tmp_path / "own.txt"
    file.write_text(text + UNKNOWN, encoding="utf-8")
    assert main(["diagnose", str(file)]) == 3
    said = " ".join(capsys.readouterr().out.split())
    assert said.startswith("None of the programs tried for Week 4 linear_backward")
    assert "backcheck run" not in said


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["diagnose", "no/such/file"], "'no/such/file' cannot be read (No such file or directory)"),
        (["diagnose", "."], "'.' cannot be read (Is a directory)"),
        (["show", "week4"], "There is no fixture 'week4'; known, nearest first:"),
        (["run", "week4", "own.py:f"], "There is no fixture 'week4'"),
        (["show", "c1w4"], "There is no fixture 'c1w4'; known, nearest first: c1w4_"),
        (["show", GRADIENT_CHECK], f"{GRADIENT_CHECK} compares one number for all gradients, and"),
        (["run", HIDDEN, "no.py:f"], "There is no file 'no.py'; give the path of a file with code"),
        (["run", HIDDEN, "no.py:f", "--seconds", "0"], "--seconds is 0, but has to be a positive"),
    ],
)
def test_bad_input_gets_one_sentence_and_no_traceback(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"backcheck: {message}")
    assert error.count("\n") == 1


def test_a_text_over_one_megabyte_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "numbers.txt"
    file.write_text("0.1 " * 300_000, encoding="utf-8")
    assert main(["diagnose", str(file)]) == 2
    assert "at most 1 MB is read" in capsys.readouterr().err


def test_a_function_is_called_as_the_test_calls_it_and_its_first_failure_is_shown(
    own: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", HIDDEN, f"{own}:from_z"]) == 1
    said = capsys.readouterr().out
    assert "fails first with: Wrong values for dW1 (largest difference 0.685)" in said
    assert "dZ1 = dA1 * (1 - tanh(Z1) ** 2)" in said
    assert main(["run", "c1w3_bp_notebook_v2", f"{own}:from_z"]) == 0
    assert "your from_z passes." in capsys.readouterr().out


@pytest.mark.parametrize(
    "id", ["c1w4_linear_backward_v1", "c1w4_linear_backward_v2", "c1w4_linear_backward_v4a"]
)
def test_a_right_function_passes_every_edition(id: str, own: str) -> None:
    assert main(["run", id, f"{own}:right"]) == 0


def test_a_bare_number_is_a_wrong_type_first(own: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "c1w4_linear_backward_v4a", f"{own}:float_db"]) == 1
    said = capsys.readouterr().out
    assert "fails first with: Wrong type for db: float64" in said
    assert "the sum taken over everything" in said


def test_an_exception_is_shown_as_the_readers_with_its_likely_cause(
    own: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", HIDDEN, f"{own}:minus_y"]) == 4
    said = capsys.readouterr().out
    assert 'own.py, line 23: return {"dW1": (-Y) / cache["A2"]}' in said
    assert "TypeError: The numpy boolean negative" in said
    assert "A minus stands in front of booleans" in said
    assert "backcheck" not in said
    assert main(["run", HIDDEN, f"{own}:misfit"]) == 4
    assert "dA1 = W2 @ dZ2" in capsys.readouterr().out
    assert main(["run", "c1w4_linear_backward_v2", f"{own}:leaves"]) == 4
    assert "SystemExit: bye" in capsys.readouterr().out


def test_a_file_may_be_written_as_modules_are(tmp_path: Path) -> None:
    (tmp_path / "an_average.py").write_text("def over(m):\n    return 1 / m\n", encoding="utf-8")
    file = tmp_path / "own.py"
    file.write_text(
        "from __future__ import annotations\n"
        "from dataclasses import dataclass\n\n"
        "@dataclass\nclass Step:\n    dW: float\n\n"
        "def right(dZ, cache):\n"
        "    from an_average import over\n"
        "    @dataclass\n    class Share:\n        of: int\n"
        "    A_prev, W, b = cache\n"
        "    step = Step(dZ @ A_prev.T * over(Share(dZ.shape[1]).of))\n"
        "    return W.T @ dZ, step.dW, dZ.sum(axis=1, keepdims=True) * over(dZ.shape[1])\n",
        encoding="utf-8",
    )
    before = sys.path[:]
    assert main(["run", "c1w4_linear_backward_v2", f"{file}:right"]) == 0
    assert sys.path == before


def test_what_the_function_takes_along_and_cannot_be_run_is_shown_as_the_readers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "broken.py"
    file.write_text("x = 1\nhalf = x / 0\n\ndef f(*given):\n    return half\n", "utf-8")
    assert main(["run", HIDDEN, f"{file}:f"]) == 4
    said = capsys.readouterr().out
    assert "broken.py, line 2: half = x / 0" in said
    assert "ZeroDivisionError" in said


@pytest.mark.parametrize(
    ("function", "message"),
    [
        ("returns_nothing", "yours returned None"),
        ("from_a", "has no function 'from_a'; it has from_z"),
    ],
)
def test_what_is_not_an_answer_is_said(
    own: str, function: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "c1w4_linear_backward_v2", f"{own}:{function}"]) == 2
    assert message in capsys.readouterr().err


def test_fixtures_are_listed_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fixtures"]) == 0
    assert "c1w4_L_model_backward_v2" in capsys.readouterr().out
    assert main(["show", WEEK_4]) == 0
    said = capsys.readouterr().out
    assert "A1 = relu(Z1)" in said
    assert "broken" in said
    rows = [line.split("  ") for line in said.split("\n") if line.startswith("dZ2 = ")]
    assert {row[0] for row in rows} >= {"dZ2 = AL - Y", "dZ2 = dAL * AL * (1 - AL)"}
    assert all(row[-1] == "fails" for row in rows)


def test_the_audit_without_a_name_is_the_scoreboard_of_every_published_test(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["audit"]) == 0
    told = capsys.readouterr().out
    assert told.rstrip("\n") == repr(scoreboard())
    assert len(told.splitlines()) == 2 + len(published())


def test_the_audit_of_named_tests_lists_what_is_behind_their_shares(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["audit", WEEK_4, "c2w1_gradient_check_n"]) == 0
    told = capsys.readouterr().out
    assert "    dZ2 = AL - Y\n" in told
    assert "Course 2 Week 1, gradient check" in told


def test_the_audit_as_json_holds_what_is_documented(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "--json", HIDDEN]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    page = source_of("command-line")
    assert told["fixture"] == HIDDEN
    for key in told:
        assert f"`{key}`" in page, key


def test_the_audit_of_an_unknown_test_names_the_known_ones(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["audit", "c1w3_bp_public_d"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "There is no fixture 'c1w3_bp_public_d'; known, nearest first: c1w3_bp_publ" in told.err


def test_a_fair_test_is_written_to_a_new_file_and_runs_without_this_package(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "test_backward.py"
    asked = ["fair-test", "--units", "3", "2", "1", "--examples", "4", "--output", str(file)]
    assert main(asked) == 0
    told = capsys.readouterr().out
    assert "fairness 100.0 %" in told
    assert re.search(r"^names \d+ of \d+ mistakes, and \d+ more", told, re.MULTILINE)
    done = subprocess.run([sys.executable, "-I", str(file)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    before = file.read_bytes()
    assert main(asked) == 2
    assert "exists already; give the name of a new file" in capsys.readouterr().err
    assert file.read_bytes() == before


def test_a_published_test_is_repaired_to_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fair-test", "--repair", WEEK_4]) == 0
    told = capsys.readouterr().out
    assert told.startswith('"""Week 4 L_model_backward, repaired.')
    compile(told, "repaired.py", "exec")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--format", "dla"], "There is no format 'dla'; use one of plain, pytest, "),
        (["--units", "3", "0", "1"], "units holds 0, but has to be a whole number from 1 to 20"),
        (["--activations", "swish", "sigmoid"], "There is no activation called 'swish'"),
        (["--examples", "1"], "m is 1, but has to be a whole number from 2 to 50"),
        (["--repair", "c1w9"], "There is no fixture 'c1w9'"),
        (["--output", "no/such/folder/test.py"], "cannot be written"),
        (["--output", ""], "--output is empty"),
        (["--repair", HIDDEN, "--units", "4", "3", "2"], "--repair keeps the sizes of its test"),
    ],
)
def test_what_makes_no_fair_test_is_refused_in_one_sentence_and_writes_nothing(
    arguments: list[str],
    sentence: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    output = [] if "--output" in arguments else ["--output", "test_backward.py"]
    assert main(["fair-test", *arguments, *output]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert sentence in told.err
    assert told.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


COURSE = ROOT / "src/backcheck/published/c1-week-2.toml"


def test_every_command_takes_a_test_of_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    course = str(COURSE)
    test = read(course)[-1]
    for arguments in (["audit", course], ["show", f"{course}:{test.id}"]):
        assert main(arguments) == 0
        assert test.title in capsys.readouterr().out
    pasted = tmp_path / "pasted.txt"
    values = test.run()
    pasted.write_text("\n".join(f"{n} = {values[n]}" for n in test.expected), encoding="utf-8")
    assert main(["diagnose", str(pasted), "--fixture", course]) == 0
    assert main(["fair-test", "--repair", course, "--output", str(tmp_path / "fair.py")]) == 0
    own = tmp_path / "own.py"
    own.write_text("def wrong(*arguments):\n    return None\n", encoding="utf-8")
    assert main(["run", course, f"{own}:wrong"]) == 2
    assert f"yours returned {None}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nowhere.toml", "nowhere.toml cannot be read"),
        (f"{COURSE}:week3", "There is no fixture 'week3'"),
    ],
)
def test_a_file_that_has_not_the_test_is_refused_in_one_sentence(
    name: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", name]) == 2
    assert message in capsys.readouterr().err


NAMED = OWN.replace("def from_z(", "def backward_propagation(").replace(
    "def float_db(", "def linear_backward("
)


def test_run_calls_every_function_of_a_file_that_has_a_test_by_its_newest_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (own := tmp_path / "own.py").write_text(NAMED)
    assert main(["run", str(own)]) == 1
    said = capsys.readouterr().out
    first, second = (said.index(f"your {name} fails") for name in WITH_TESTS)
    assert first < second
    assert load(HIDDEN).title in said[:second]
    for name in WITH_TESTS:
        assert main(["run", f"{own}:{name}"]) == 1
        assert capsys.readouterr().out.strip() in said


WITH_TESTS = ("backward_propagation", "linear_backward")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["run", "{own}", "--json"], "name one of them, as FILE:FUNCTION"),
        (["run", "{own}:right"], "No known test is of right"),
        (["run", "{other}"], "has no function of a known test, such as L_model_backward"),
        (["run", "{missing}"], "There is no file"),
    ],
)
def test_run_without_a_test_says_in_one_sentence_what_it_needs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], given: list[str], says: str
) -> None:
    (tmp_path / "own.py").write_text(NAMED)
    (tmp_path / "other.py").write_text("def something(x):\n    return x\n")
    files = {name: tmp_path / f"{name}.py" for name in ("own", "other", "missing")}
    assert main([one.format(**files) for one in given]) == 2
    out, err = capsys.readouterr()
    assert says in err
    assert out == ""


def test_one_function_that_cannot_be_called_does_not_keep_the_others_from_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = "def propagate(w, b, X, Y):\n    import no_such_module\n    return no_such_module.f(w)\n"
    endless = (
        "def linear_activation_backward(dA, cache, activation):\n    while True:\n        pass\n"
    )
    (own := tmp_path / "own.py").write_text(f"{endless}\n{lost}\n{NAMED}")
    assert main(["run", str(own), "--seconds", "3"]) == 2
    said = capsys.readouterr().out
    assert "linear_activation_backward: " in said
    assert "No module named 'no_such_module'" in said
    assert "your linear_backward fails" in said


def test_a_function_that_an_older_test_of_another_program_accepts_is_told_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = load("nlp_c2w4_back_prop_small_v1").program
    steps = [f"    {line}" for line in str(first).split("\n") if not line.startswith("m =")]
    text = "\n".join([
        "import numpy as np\n",
        "def relu(x):\n    return np.maximum(0, x)\n",
        "def back_prop(x, yhat, y, h, W1, W2, b1, b2, batch_size):",
        "    X, A2, Y, A1, m = x, yhat, y, h, batch_size",
        *steps,
        "    return dW1, dW2, db1, db2",
    ])  # fmt: skip
    own = tmp_path / "own.py"
    own.write_text(text.replace(" sum(", " np.sum("), encoding="utf-8")
    assert main(["run", str(own)]) == 1
    assert "(nlp_c2w4_back_prop_small_v1) accepts it" in capsys.readouterr().out
    own.write_text(own.read_text(encoding="utf-8").replace("A1.T", "X.T"), encoding="utf-8")
    main(["run", str(own)])
    assert "accepts it:" not in capsys.readouterr().out


def test_run_does_not_tell_of_an_older_test_that_lets_a_mistake_through(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # All labels of the first notebook's test are 1, so that it reads no 1 - Y.
    text = learner("model, right").text.replace("/ (1 - AL)", "/ AL")
    (own := tmp_path / "own.py").write_text(text, encoding="utf-8")
    assert main(["run", "c1w4_L_model_backward_v1", str(own)]) == 0
    capsys.readouterr()
    assert main(["run", f"{own}:L_model_backward"]) == 1
    assert "accepts it:" not in capsys.readouterr().out
