"""What is taken out of a notebook or a file, and what is said where that cannot be done."""

import json
import re
from pathlib import Path

import pytest

from backcheck.__main__ import main
from backcheck.diagnosis.calling import helper
from backcheck.diagnosis.sources import Cell, cells, take
from backcheck.fixtures import load
from exceptions import functions
from programs import learners

ID = "c1w4_linear_backward_v4a"
HEAD = "def linear_backward(dZ, cache):\n    A_prev, W, b = cache\n    m = A_prev.shape[1]\n"
STEPS = "    from_program = own(dZ, A_prev, W)\n    return from_program\n"
OWN = (
    "def own(dZ, A_prev, W):\n    m = A_prev.shape[1]\n    dW = dZ @ A_prev.T\n    dW /= m\n"
    "    return W.T @ dZ, dW, np.mean(dZ, axis=1, keepdims=True)\n"
)
MARKS = {
    "none": "    ### START CODE HERE ### (≈ 3 lines of code)\n    dW = None\n    db = None\n"
    "    dA_prev = None\n    ### END CODE HERE ###\n    assert (dW.shape == W.shape)\n",
    "empty": "    # dW = ...\n    # YOUR CODE STARTS HERE\n\n\n    # YOUR CODE ENDS HERE\n",
}
FILLED = {one.name: one for one in learners() if re.search("never|filled", one.name)}
BACK = "    return dA_prev, dW, db\n"


def notebook(*cells: str) -> str:
    made = [
        {"cell_type": "code", "source": cell, "execution_count": n}
        for n, cell in enumerate(cells, 1)
    ]
    return json.dumps({"cells": made, "nbformat": 4})


def ran(
    text: str | bytes, tmp_path: Path, capfd: pytest.CaptureFixture[str], name: str = "own.ipynb"
) -> tuple[int, str]:
    file = tmp_path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    code = main(["run", ID, f"{file}:linear_backward"])
    told = capfd.readouterr()
    return code, told.out + told.err


def test_keys_of_an_older_notebook_do_not_hide_a_mistake(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (own,) = [one for one in learners() if one.name == "model, all sigmoid by the older keys"]
    file = tmp_path / "own.py"
    file.write_text(own.text)
    main(["run", own.id, f"{file}:{own.function}"])
    told = " ".join(capfd.readouterr().out.split())
    assert "Explained by one change" in told
    assert "dZ1 = dA1 * sigmoid(Z1) * (1 - sigmoid(Z1))" in told
    assert "dA2 is what the test today calls dA1" in told


@pytest.mark.parametrize(
    "cells",
    [
        (OWN, HEAD + STEPS),
        (HEAD + STEPS, "import numpy as xp", OWN.replace("np.", "xp.")),
        ("from numpy import mean", OWN.replace("np.mean", "mean"), HEAD + STEPS),
        ("own = lambda *given: 1 / 0", OWN, HEAD + STEPS),
        ("import torch\nimport h5py\nplt.plot(", OWN, HEAD + STEPS),
        (OWN, "def linear_backward(dZ, cache):\n    return (1\n", HEAD + STEPS),
        (f"%%time\n%matplotlib inline\n{OWN}\n!ls \\\n  -l\nfiles = !ls\n?np.dot\nnp.mean??",
         HEAD + STEPS),
        ("average = np.mean", OWN.replace("np.mean", "average"), HEAD + STEPS),
        ("ONE = 1", OWN.replace("axis=1", "axis=ONE"), HEAD + STEPS),
        ("try:\n    import numpy as np\nexcept ImportError:\n    pass\nif True:\n    K = [1]",
         OWN.replace("axis=1", "axis=K[0]"), HEAD + STEPS),
    ],
)  # fmt: skip
def test_what_the_function_needs_is_taken_wherever_it_stands_and_the_last_of_its_name(
    cells: tuple[str, ...], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert ran(notebook(*cells), tmp_path, capfd)[0] == 0


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        (notebook(HEAD + MARKS["none"] + BACK), 4, "out: dW = None (own.ipynb, In [1], line 5)"),
        (notebook(HEAD + "    dW = None\n" + MARKS["none"] + BACK), 4, "In [1], line 4"),
        (notebook(HEAD + MARKS["empty"] + BACK), 4, "between the marks of the exercise (own.ipynb"),
        (notebook("import numpy as np", "def linear_backward(dZ, cache):\n    return (1\n"), 2,
         "own.ipynb, In [2], line 2: SyntaxError: '(' was never closed."),
        (notebook("A_prev, W, b = test_case()", "def linear_backward(dZ, cache):\n    return W"), 2,
         "linear_backward reads W, which is made outside of it (own.ipynb, In [1], line 1)"),
        (notebook("dW = make()", "def linear_backward(dZ, cache):\n    return dW"), 2,
         "dW has to come from its arguments or from a line of its own, such as a call"),
        (notebook("import torch_geometric_xyz as t", HEAD + "    return t.matmul(W, dZ)"), 2,
         "linear_backward uses torch_geometric_xyz, which is not installed here"),
        (notebook("from xyz_utils import relu6", HEAD + "    return relu6(dZ)"), 2,
         "linear_backward uses relu6 of xyz_utils, which is not installed here"),
        (notebook("from xyz_utils import *", HEAD + "    return relu6(dZ)"), 4,
         "xyz_utils is not installed here; if it has the name that is missing"),
        (notebook("def half(x):\n    print x\n    return x", HEAD + "    return half(dZ)"), 2,
         "half, which linear_backward reads, stands there, so linear_backward cannot be run"),
        ("version https://git-lfs.github.com/spec/v1", 2, "own.ipynb is no notebook that Jupyter"),
        ("{}", 2, "own.ipynb is no notebook that Jupyter"),
        (notebook("x = 1"), 2, "own.ipynb has no function 'linear_backward'."),
    ],
)  # fmt: skip
def test_what_cannot_be_run_is_told_with_its_cell_and_line(
    text: str, code: int, says: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    got, told = ran(text, tmp_path, capfd)
    assert says in told
    assert got == code


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"# caf\xe9\n" + HEAD.encode(), "own.py, line 1: this is not text that Python reads"),
        (b"# coding: klingon\n", "own.py, line 1: this is not text that Python reads (unknown enc"),
        (HEAD.encode() + b"\tx = 1\n", "own.py, line 4: TabError: inconsistent use of tabs"),
        (HEAD.encode() + b"\0", "SyntaxError: source code string cannot contain null bytes"),
        (b"", "own.py has no function 'linear_backward'."),
    ],
)
def test_a_file_that_is_no_python_is_told_with_its_line(
    data: bytes, says: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code, told = ran(data, tmp_path, capfd, "own.py")
    assert code == 2
    assert says in told
    assert told.count("\n") == 1


def test_the_course_supplies_its_helpers_and_a_sigmoid_as_its_module_has_it() -> None:
    layer = load("c1w4_linear_activation_backward_v2")
    dA, Z = layer.arrays["dA"], layer.arrays["Z"]
    cache = tuple(layer.arrays[name] for name in ("A_prev", "W", "b"))
    for name in ("sigmoid", "relu"):
        slope = helper(f"{name}_backward")(dA, Z)
        assert slope == pytest.approx(layer.values[f"{name}_dZ"])
        found = helper("linear_backward")(slope, cache)
        again = helper("linear_activation_backward")(dA, (cache, Z), activation=name)
        for one, other, output in zip(found, again, ("dA_prev", "dW", "db"), strict=True):
            assert one == pytest.approx(layer.values[f"{name}_{output}"])
            assert other == pytest.approx(one)
    assert len(helper("sigmoid", ["dnn_utils_v2"])(Z)) == 2
    assert helper("sigmoid", ["planar_utils"])(Z).shape == Z.shape
    assert helper("softmax")(Z).sum(axis=0) == pytest.approx(1)
    assert helper("cost_of") is None


def test_names_of_the_function_itself_are_not_looked_for_outside() -> None:
    cell = Cell("own.py", "X = load()\nY = load()\ndef f(X):\n    for Y in X:\n        pass\n")
    assert take([cell], "f").names == ("f",)


@pytest.mark.parametrize(
    ("helper_text", "line", "name"),
    [
        ("def relu_backward(dA, cache):\n    dA[cache <= 0] = 0\n    return dA\n", 2, "dA"),
        ("def relu_backward(dA, cache):\n    dA *= cache > 0\n    return dA\n", 2, "dA"),
    ],
)
def test_a_line_that_writes_into_what_is_stored_already_is_named(
    helper_text: str, line: int, name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    model = load("c1w4_L_model_backward_v2")
    own = functions(model) | {"relu_backward": helper_text}
    file = tmp_path / "own.py"
    file.write_text(helper_text + "\n\n".join(own.values()).replace(helper_text, ""), "utf-8")
    main(["run", "--json", model.id, f"{file}:{model.function}"])
    told = json.loads(capfd.readouterr().out)["line"]
    assert (told["line"], told["name"]) == (line, name)
    assert told["says"] == "writes into dA1 as well, which is the same array"


@pytest.mark.parametrize("name", FILLED)
def test_the_line_that_makes_an_array_to_be_filled_is_never_the_one_that_is_named(
    name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file, own = tmp_path / "own.py", FILLED[name]
    file.write_text(own.text, "utf-8")
    main(["run", "--json", own.id, f"{file}:{own.function}"])
    told = json.loads(capfd.readouterr().out)["line"]
    assert told["says"] == "the first value that is not right"
    assert "= np.zeros" not in own.text.split("\n")[told["line"] - 1]
    assert told["name"] in own.text.split("\n")[told["line"] - 1]


def test_what_a_function_reads_from_another_cell_is_said_first_where_it_fails(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    cell = HEAD + "    return W_tmp.T @ dZ + b_tmp, dZ @ A_prev.T / m, K * dZ[:, :1]\n"
    values = "W_tmp = np.ones((3, 5))\nb_tmp = np.zeros((5, 1))"
    code, told = ran(notebook("import numpy as np\nK = 2", values, cell), tmp_path, capfd)
    assert code != 0
    assert "linear_backward reads W_tmp, b_tmp, which are made outside of it" in told
    assert told.index("made outside of it (own.ipynb, In [2], line 1)") < told.index(
        "In [3], line 4"
    )
    right = cell.replace("W_tmp", "W").replace(
        "K * dZ[:, :1]", "np.mean(dZ, axis=1, keepdims=True)"
    )
    assert ran(notebook("import numpy as np", values, right), tmp_path, capfd)[0] == 0
    stops = HEAD + "    return made['W'].T @ dZ, dZ, dZ\n"
    code, told = ran(notebook("import numpy as np\nmade = {}", stops), tmp_path, capfd)
    assert "KeyError: 'W' linear_backward reads made, which is made outside" in " ".join(
        told.split()
    )


def test_a_function_of_another_exercise_is_told_how_the_test_calls_it(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    text = "def linear_backward(X, Y, cache, lambd):\n    return {}\n"
    code, told = ran(text, tmp_path, capfd, "own.py")
    assert code == 4
    assert "The test calls it as linear_backward(dZ, (A_prev, W, b)); is this the" in told


def test_the_code_of_a_forum_post_is_what_stands_between_its_fences() -> None:
    post = "I can't see why it's wrong:\n\n```python\ndef f(x):\n    return x\n```\nIsn't it?\n"
    (cell,) = cells(Path("post.md"), post)
    assert take([cell], "f").names == ("f",)
    # Lines are counted from the top of the post, and a fence may lack its end.
    assert cell.text.split("\n")[3] == "def f(x):"
    own = 'def f(x):\n    """Do so:\n    ```\n    f(1)\n    ```\n    """\n    return x\n'
    assert [one.text for one in cells(Path("own.py"), own)] == [own]
    (same,) = cells(Path("post.md"), post.rpartition("```")[0])
    assert same.text.split() == cell.text.split()


@pytest.mark.parametrize("above", ["I get wrong values.", "This is for linear_backward:", "Help"])
@pytest.mark.parametrize("below", ["Thanks a lot.", "dA_prev = [[0.1 0.2]\n [0.3 0.4]]", ""])
@pytest.mark.parametrize("margin", ["", "    "])
def test_sentences_around_a_function_do_not_hide_it(
    above: str, below: str, margin: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code = f"import numpy as np\n\n{HEAD}{OWN.partition(chr(10))[2]}"
    inside = "".join(f"{margin}{line}\n" for line in code.splitlines())
    post = f"My question\n{above}\n{inside}{below}\n"
    assert "your linear_backward passes." in ran(post, tmp_path, capfd, "post.txt")[1]


def test_a_broken_line_of_a_function_is_no_sentence(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for broken in ("    dW = dZ A_prev\n", "dW = dZ @ A_prev.T\n"):
        post = f"My code.\n{HEAD}{broken}    return dW, dW, dW\n"
        code, told = ran(post, tmp_path, capfd, "post.txt")
        assert code == 2
        assert "Your function stands there" in told


def test_a_helper_whose_name_is_put_together_is_taken_or_supplied(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code = (
        "from dnn_utils import sigmoid, relu\n\n"
        "def linear_activation_backward(dA, cache, activation):\n"
        "    linear_cache, Z = cache\n"
        '    dZ = eval(activation + "_backward")(dA, Z)\n'
        "    return linear_backward(dZ, linear_cache)\n"
    )
    own = "def relu_backward(dA, Z):\n    return 2 * dA * (Z > 0)\n\n"
    for text, says in ((code, "passes."), (own + code, "fails first")):
        (file := tmp_path / "own.py").write_text(text)
        main(["run", str(file)])
        assert f"your linear_activation_backward {says}" in capfd.readouterr().out
