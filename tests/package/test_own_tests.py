"""`backcheck audit FILE.py::test`: an author's file as it stands, whatever it is made of."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent, indent

import numpy as np
import pytest

from backcheck.__main__ import main
from backcheck.auditing.described import described
from backcheck.auditing.report import Report, report
from backcheck.fixtures import Fixture, load
from backcheck.forward import draw
from backcheck.mutants.audit import audit
from backcheck.program import parse
from chapters import source_of

WEEK_3, WEEK_4 = "c1w3_bp_public_c", "c1w4_L_model_backward_v2"
LAYER = "c1w4_linear_activation_backward_v2"

Files = Callable[..., Path]


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    """Write an author's files into an empty folder, which becomes the current one."""
    monkeypatch.chdir(tmp_path)

    def written(**texts: str) -> Path:
        for name, text in texts.items():
            ending = ".toml" if name == "net" else ".py"
            (tmp_path / f"{name}{ending}").write_text(dedent(text), encoding="utf-8")
        return tmp_path

    return written


def numbers(values: dict[str, np.ndarray]) -> str:
    """Return arrays as the text of a dictionary."""
    rows = (f"{name!r}: np.array({value.tolist()})," for name, value in values.items())
    return "{\n" + indent("\n".join(rows), "    ") + "\n}"


def given(fixture: Fixture) -> str:
    arrays, expected = numbers(fixture.arrays), numbers(fixture.expected)
    return f"import numpy as np\nGIVEN = {arrays}\nWANT = {expected}\n"


# The layout of Week 3: dictionaries, one assert for each output.
WEEK_3_TEST = """
from outputs import *
from test_utils import multiple_test


def of(*names):
    return {name: np.array(GIVEN[name]) for name in names}


def backward_propagation_test(target):
    parameters, cache = of("W1", "b1", "W2", "b2"), of("A1", "A2", "Z1", "Z2")
    grads = target(parameters, cache, GIVEN["X"], GIVEN["Y"])
    for name, want in WANT.items():
        assert type(grads[name]) == np.ndarray, f"Wrong type for {name}"
        assert grads[name].shape == want.shape, f"Wrong shape for {name}"
        assert np.allclose(grads[name], want), f"Wrong values for {name}"
    print("All tests passed.")
"""

# The layout of Week 4: nested tuples, and cases that are counted.
WEEK_4_TEST = """
from dnn_utils import sigmoid, relu
from test_utils import single_test, multiple_test


def L_model_backward_test(target):
    g = GIVEN
    caches = (((g["A0"], g["W1"], g["b1"]), g["Z1"]), ((g["A1"], g["W2"], g["b2"]), g["Z2"]))
    checks = ("datatype_check", "shape_check", "equation_output_check")
    multiple_test(
        [{"name": one, "input": [g["AL"], g["Y"], caches], "expected": WANT, "error": "Wrong"}
         for one in checks],
        target,
    )
"""

LAYER_TEST = """
def linear_activation_backward_test(target):
    cache = ((GIVEN["A_prev"], GIVEN["W"], GIVEN["b"]), GIVEN["Z"])
    for activation in ("sigmoid", "relu"):
        got = target(GIVEN["dA"], cache, activation=activation)
        for name, value in zip(("dA_prev", "dW", "db"), got):
            want = WANT[f"{activation}_{name}"]
            assert value.shape == want.shape
            np.testing.assert_array_almost_equal(value, want)
"""


@pytest.mark.parametrize(
    ("id", "text"), [(WEEK_3, WEEK_3_TEST), (WEEK_4, WEEK_4_TEST), (LAYER, LAYER_TEST)]
)
def test_a_file_in_the_layout_of_a_course_has_the_counts_of_its_fixture(
    id: str, text: str, files: Files
) -> None:
    files(public_tests=given(load(id)) + text)
    found = report("public_tests.py")
    assert found.audit.counts == audit(load(id)).counts
    assert found.complaint == ""
    assert [one.function for one in found.cases] == [load(id).function]


def test_the_report_of_a_file_says_which_relation_each_right_program_needs(files: Files) -> None:
    files(public_tests=given(load(WEEK_3)) + WEEK_3_TEST)
    found = report("public_tests.py::backward_propagation_test")
    why = dict(found.rejected)
    assert why["dZ1 = dA1 * (1 - tanh(Z1) ** 2)"] == "`A1 = tanh(Z1)` is off by 2.4"
    assert why["A2 = sigmoid(Z2)"].startswith("`A2 = sigmoid(Z2)` is off")
    reasons = {one.details for one in found.survivors}
    assert {"b2 is zero", "hidden by 1 output unit"} <= reasons
    shown = repr(found).split("\n")
    assert shown[0] == "## `public_tests.py::backward_propagation_test`"
    assert "- fairness 0.0 %: accepts 0 of 10 equivalent programs" in shown
    assert "- `A1 = tanh(Z1)` is off by 2.4" in shown


SOFTMAX = """
function = "backward"
inputs = 4
layers = [
    { units = 5, activation = "leaky_relu", slope = 0.1 },
    { units = 3, activation = "tanh" },
    { units = 2, activation = "softmax" },
]
l2 = true
call = "backward({W1, b1, W2, b2, W3, b3}, {Z1, A1, Z2, A2, Z3, A3}, X, Y, lambd)"
"""

# The author's own function, and random numbers in place of a forward pass.
SOLUTION = """
import numpy as np


def backward(params, cache, X, Y, lambd):
    m, grads, dZ = X.shape[1], {}, cache["A3"] - Y
    for n in (3, 2, 1):
        below = cache[f"A{n - 1}"] if n > 1 else X
        grads[f"dW{n}"] = (dZ @ below.T + lambd * params[f"W{n}"]) / m
        grads[f"db{n}"] = dZ.mean(axis=1, keepdims=True)
        dA = params[f"W{n}"].T @ dZ
        dZ = dA * (1 - below**2) if n == 3 else dA * np.where(below > 0, 1, 0.1)
    return grads


def inputs():
    draw = np.random.default_rng(1).normal
    params, cache, units = {}, {}, [4, 5, 3, 2]
    for n in (1, 2, 3):
        params |= {f"W{n}": draw(size=(units[n], units[n - 1])), f"b{n}": draw(size=(units[n], 1))}
        cache |= {f"Z{n}": draw(size=(units[n], 6)), f"A{n}": draw(size=(units[n], 6))}
    return params, cache, draw(size=(4, 6)), np.eye(2)[:, [0, 1, 1, 0, 0, 1]], 0.7
"""

COURSERA = """
import numpy as np
from dlai_grader.grading import print_feedback, test_case
from solution import backward, inputs


def backward_test(target):
    cases = []
    given = inputs()
    grads = target(*given)
    for name, want in backward(*given).items():
        case = test_case()
        case.failed = not np.allclose(grads[name], want)
        cases.append(case)
    print_feedback(cases)
"""

PYTEST = """
import pytest
from solution import backward, inputs

WANT = backward(*inputs())


@pytest.fixture
def under_test():
    return backward


@pytest.fixture(scope="module")
def handed():
    return inputs()


def test_backward(under_test, handed):
    params, cache, X, Y, lambd = handed
    for name, got in under_test(params, cache, lambd=lambd, Y=Y, X=X).items():
        assert got == pytest.approx(WANT[name])
"""


@pytest.fixture
def network(files: Files) -> Path:
    return files(solution=SOLUTION, net=SOFTMAX, public_tests=COURSERA, test_own=PYTEST)


def test_a_softmax_network_with_a_penalty_is_judged_alike_in_both_styles(network: Path) -> None:
    candidates = described("net.toml")
    found = report("public_tests.py", candidates)
    by_pytest = report("test_own.py", candidates, "under_test")
    assert found.audit.counts == by_pytest.audit.counts
    assert 0 < found.fairness < 1
    assert found.strength == 1
    assert "A3 = softmax(Z3)" in dict(found.rejected)


def test_a_fair_test_of_the_same_description_is_written_and_accepts_every_right_program(
    network: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["fair-test", "net.toml", "--format", "dlai", "--output", "repaired.py"]
    assert main(asked) == 0
    assert "fairness 100.0 %" in capsys.readouterr().out
    found = report("repaired.py::backward_test", described("net.toml"))
    assert (found.fairness, found.strength, found.complaint) == (1, 1, "")
    assert "do not come from a forward pass" not in repr(found)


def test_a_written_test_runs_whatever_the_network(files: Files) -> None:
    hidden = '{ units = 3, activation = "leaky_relu", dropout = true }'
    layers = f'[{hidden}, {{ units = 2, activation = "linear" }}]'
    call = "\"{'w': dW1, 'b': db2} = f({'x': X, 'y': Y}, (A1, D1, A2, W2), keep_prob)\""
    files(net=net(layers=layers, cost='"squared error"', call=call))
    assert main(["fair-test", "net.toml", "--format", "dlai", "--output", "written.py"]) == 0
    found = report("written.py", described("net.toml"))
    assert (found.fairness, found.complaint) == (1, "")
    assert found.strength > 0.9


def test_a_description_and_a_size_exclude_each_other(
    network: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fair-test", "net.toml", "--units", "3", "2"]) == 2
    assert "net.toml says which network it is" in capsys.readouterr().err


SMALL = """
inputs = 2
layers = [{ units = 3, activation = "sigmoid" }]
call = "dW1, db1 = backward(X, Y, A1)"
"""

ANY = """
import numpy as np

draw = np.random.RandomState(1).rand
X, Y, A1 = draw(2, 4) + 1, np.ones((3, 4)), draw(3, 4)
WANT = ((A1 - Y) @ X.T / 4, (A1 - Y).mean(axis=1, keepdims=True))


def test_it(target):
{}
"""

COMPARED = "    dW, db = target(X, Y, A1)\n    assert np.allclose(dW, WANT[0])\n"


@pytest.fixture(scope="module")
def asserted(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Return the counts of a test that compares one output by an assert."""
    folder = tmp_path_factory.mktemp("asserted")
    body = indent(dedent(COMPARED).strip("\n"), "    ")
    (folder / "net.toml").write_text(SMALL, encoding="utf-8")
    (folder / "test_small.py").write_text(ANY.format(body), encoding="utf-8")
    return report(f"{folder}/test_small.py", described(f"{folder}/net.toml")).audit.counts


# One test in every style: what it calls is named, wherever the test has it from.
STYLES = """
import unittest

import numpy as np
import pytest
import solution
from solution import backward
from solution import backward as reference
from test_small import A1, WANT, X, Y


def close(got):
    np.testing.assert_allclose(got[0], WANT[0])


def test_plain():
    close(backward(X, Y, A1))


@pytest.mark.parametrize("turned", [False, True])
def test_with_parameters(turned):
    close(solution.backward(X, Y=Y, A1=A1) if turned else backward(X, Y, A1))


@pytest.fixture
def of_the_author():
    return reference


def test_of_a_fixture(of_the_author):
    close(of_the_author(X, Y, A1))


class OfAClass:
    def test_method(self, target):
        close(target(X, Y, A1))


class OfUnittest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cases = [(X, Y, A1)]

    def setUp(self):
        self.given = self.cases[0]

    def test_backward(self):
        with self.subTest("values"):
            close(backward(*self.given))
"""


@pytest.mark.parametrize(
    ("test", "replaced"),
    [
        ("test_plain", "solution.backward"),
        ("test_plain", "backward"),
        ("test_with_parameters", "solution.backward"),
        ("test_of_a_fixture", "of_the_author"),
        ("OfAClass::test_method", ""),
        ("OfUnittest::test_backward", "solution.backward"),
    ],
)
@pytest.mark.parametrize("plain", [False, True], ids=["pytest", "plain"])
def test_one_test_has_the_same_counts_in_every_style(
    test: str, replaced: str, plain: bool, files: Files, asserted: tuple[str, str]
) -> None:
    text = STYLES
    if plain and ("parameters" in test or "fixture" in test):
        return
    if plain:
        text = "\n".join(line for line in text.split("\n") if "pytest" not in line)
    small(files, COMPARED)
    files(styles=text, solution="def backward(X, Y, A1):\n    return None")
    found = report(f"styles.py::{test}", described("net.toml"), replaced)
    assert found.audit.counts == asserted


def test_a_function_that_is_not_there_is_replaced_all_the_same(
    files: Files, asserted: tuple[str, str]
) -> None:
    small(files, COMPARED)
    text = "import student\nfrom test_small import *\n\ndef test_own():\n    test_it(student.f)"
    files(own=text)
    found = report("own.py", described("net.toml"), "student.f")
    assert found.audit.counts == asserted


def small(files: Files, body: str, before: str = "") -> None:
    files(net=SMALL, test_small=before + ANY.format(indent(dedent(body).strip("\n"), "    ")))


def judged(**options: float) -> Report:
    return report("test_small.py::test_it", described("net.toml"), **options)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("pass", "never calls the function; name the one it tests with --replace"),
        ("target(X, Y, A1)", "ignores what the function returns: it passes with None"),
        ("raise KeyError('x')", "stops before it calls the function: KeyError: 'x'"),
        ("import urllib.request as u; u.urlopen('http://a.org')", "needs the network"),
        ("np.allclose(target(X, Y, A1)[0], want)", "cannot be run: NameError: name 'want'"),
        ("target(X, Y, A1=A1, more=(X, 'all'))", "A1=array of shape (3, 4), more=(array of shape"),
        ("import time; target(X, Y, A1); time.sleep(60)", "did not come back within 0.5 seconds"),
        ("import os; target(X, Y, A1); os._exit(0)", "ended its process when it was given"),
        (
            "assert np.shape(target(X, Y, A1)[1]) == np.shape(target(X, Y, A1)[1])",
            "accepts each of",
        ),
    ],
)
def test_a_test_that_says_nothing_is_refused_in_one_sentence(
    body: str, said: str, files: Files
) -> None:
    small(files, body)
    with pytest.raises(ValueError, match=r"^test_small\.py::test_it ") as error:
        judged(seconds=0.5 if "0.5" in said else 30)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_the_program_with_which_a_test_hangs_is_named(files: Files) -> None:
    small(files, "dW, db = target(X, Y, A1)\nwhile dW[0, 0] > 0:\n    pass\nassert not dW")
    with pytest.raises(ValueError, match=r"when it was given `d[WZ]1 = ") as error:
        judged(seconds=1.5)
    assert "did not come back" in str(error.value)


def test_a_module_that_is_not_there_is_named_where_the_test_uses_it(files: Files) -> None:
    small(files, "assert np.allclose(target(X, Y, A1)[0], outputs.want)", "import outputs\n")
    with pytest.raises(ValueError, match=r"uses outputs\.want, but there is no module outputs"):
        judged()


def test_what_a_test_does_not_look_at_is_said_of_the_mistakes_it_accepts(files: Files) -> None:
    small(files, COMPARED + "    assert np.isclose(db.mean(), WANT[1].mean())")
    assert {one.details for one in judged().survivors} >= {"it sees db1 as a mean alone"}
    small(files, COMPARED)
    found = judged()
    assert {one.reason for one in found.survivors if "db1" in one.details} == {"unseen"}
    assert "it does not look at db1:" in repr(found)


@pytest.mark.parametrize(
    "ends",
    [
        "print('1 Tests failed' if np.abs(dW - WANT[0]).max() > 1e-6 else 'All tests passed')",
        "return np.allclose(dW, WANT[0])",
        "sys.exit(not np.allclose(dW, WANT[0]))",
    ],
)
def test_a_test_fails_by_what_it_prints_returns_or_exits_with(
    ends: str, files: Files, asserted: tuple[str, str]
) -> None:
    small(files, COMPARED.partition("\n")[0] + f"\n    {ends}\n", "import sys\n")
    assert judged().audit.counts == asserted


def test_what_a_test_prints_and_writes_stays_apart(
    files: Files, capfd: pytest.CaptureFixture[str]
) -> None:
    body = 'print("noise")\nos.system("echo noise")\nopen("left.txt", "w").write("x")\n' + COMPARED
    small(files, f"assert open('read.txt').read()\n{body}".replace("\n    ", "\n"), "import os\n")
    Path("read.txt").write_text("data", encoding="utf-8")
    before = sorted(Path().iterdir())
    judged()
    assert sorted(Path().iterdir()) == before
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("limits", "code"),
    [([], 0), (["--fail-under-fairness", "1"], 0), (["--fail-under-strength", "1"], 5)],
)
def test_the_exit_code_says_whether_a_share_is_below_its_limit(
    limits: list[str], code: int, files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    small(files, COMPARED)
    assert main(["audit", "test_small.py", "--program", "net.toml", "--json", *limits]) == code
    (told,) = json.loads(capsys.readouterr().out)
    assert told["test"] == "test_small.py::test_it"
    page = source_of("command-line")
    assert [key for key in told if f"`{key}`" not in page] == []


def test_the_keys_of_an_own_test_are_those_of_a_known_one(files: Files) -> None:
    small(files, COMPARED)
    assert judged().to_dict().keys() >= audit(load(WEEK_4)).to_dict().keys()


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("nowhere.py::test_it", "", "nowhere.py"),
        (
            "test_small.py::other",
            "def test_it(f): pass",
            "test_small.py has test_small.py::test_it",
        ),
        ("test_small.py", "def test_a(f): pass\ndef test_b(f): pass", "test_small.py::test_b"),
        ("test_small.py", "x = 1", "has no function called a test"),
        ("test_small.py", "def test_a(:", "is no Python"),
        ("test_small.py", "def test_a(f, g): pass", "takes f, g; name the function under test"),
        ("test_small.py", "def test_a(): pass", "takes nothing; name the function under test"),
        ("test_small.py", "import sys; sys.exit(3)\ndef test_a(f): pass", "SystemExit: 3"),
    ],
)
def test_a_file_without_a_test_to_judge_is_refused_in_one_sentence(
    name: str, text: str, said: str, files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    files(test_small=text)
    assert main(["audit", name]) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert (told.out, told.err.count("\n")) == ("", 1)


def net(**changes: str) -> str:
    """Return a description with some of its lines changed."""
    lines = {"inputs": "2", "layers": '[{ units = 3, activation = "sigmoid" }]'} | changes
    return "\n".join(f"{key} = {value}" for key, value in lines.items() if value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the key 'inputs' is missing"),
        (net(layers=""), "the key 'layers' is missing"),
        (net(inputs=""), "the key 'inputs' is missing"),
        (net(hidden="3"), "there is no key 'hidden'; use title"),
        (net(inputs="0"), "inputs is 0, but has to be from 1 to 50"),
        (net(layers='[{ units = 3, activation = "gelu" }]'), "layer 1 has activation 'gelu'; use"),
        (net(layers='[{ activation = "sigmoid" }]'), "layer 1 has no units"),
        (net(layers="[]"), "it has 0 layers, but has to have 1 to 4"),
        (net(layers='[{ units = 3, activation = "tanh" }]'), "needs a softmax or sigmoid output"),
        (net(cost='"hinge"'), "there is no cost 'hinge'; use cross-entropy"),
        (net(l2='"yes"'), "l2 has to be true"),
        (
            net(layers='[{ units = 3, activation = "sigmoid", dropout = true }]'),
            "only a hidden",
        ),
        (net(call='"f(X, -Y, A1)"'), "backward cannot be called with '-Y'"),
        (net(call='"backward(X, Y)"'), "but 'backward(X, Y)' has none"),
        (net(call='"dW9 = backward(X, Y, A1)"'), "has dW9, but its backward pass has no such step"),
        ("inputs = [", "is not a TOML file"),
    ],
)
def test_a_flaw_of_a_description_is_told_in_one_sentence(
    text: str, said: str, files: Files
) -> None:
    files(net=text)
    with pytest.raises(ValueError, match=r"^net\.toml") as error:
        described("net.toml")
    assert said in str(error.value)
    assert "\n" not in str(error.value)


ALGEBRA = """
function = "backward"
given = { X = "n0 m", W = "n1 n0", b = "n1 1", Y = "n1 m" }
forward = '''
m = X.shape[1]
Z = W @ X + b
A = where(Z > 0, Z, 0.2 * Z)
J = mean((A - Y) ** 2)
'''
program = '''
m = X.shape[1]
dA = 2 * (A - Y) / A.shape[0]
dZ = dA * where(Z > 0, 1, 0.2)
dW = dZ @ X.T / m
db = mean(dZ, axis=1, keepdims=True)
'''
call = "{'weights': dW, 'bias': db} = backward({'X': X, 'Y': Y}, (Z, A))"
"""


def test_two_programs_of_algebra_describe_what_no_table_does(files: Files) -> None:
    (test,) = described(files(net=ALGEBRA).joinpath("net.toml"))
    assert audit(test).fairness == 1
    assert test.comparisons[-1].outputs == ("dW", "db")


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("dA = 2 *", "dA = 3 *", "does not compute the gradient of the cost"),
        ("where(Z > 0, Z, 0.2 * Z)", "maximum(Z, 0.2 * Z)", "which a program cannot use"),
        ('Y = "n1 m" }', 'Y = "units m" }', "a size is a number or one of n0"),
        ("program = '''", "backward = '''", "there is no key 'backward'"),
    ],
)
def test_what_the_algebra_cannot_say_is_refused_in_one_sentence(
    was: str, now: str, said: str, files: Files
) -> None:
    files(net=ALGEBRA.replace(was, now))
    with pytest.raises(ValueError, match=r"^net\.toml: ") as error:
        described("net.toml")
    assert said in str(error.value)
    assert "\n" not in str(error.value)


HIDDEN = ("relu", "tanh", "sigmoid", "leaky_relu", "linear")


@pytest.mark.parametrize(
    ("output", "cost"),
    [
        ("softmax", "cross-entropy"),
        ("sigmoid", "cross-entropy"),
        ("linear", "squared error"),
        ("tanh", "mean squared error"),
    ],
)
@pytest.mark.parametrize("hidden", HIDDEN)
def test_every_described_network_is_the_gradient_of_its_cost(
    hidden: str, output: str, cost: str, files: Files
) -> None:
    layers = (
        f'[{{ units = 3, activation = "{hidden}", dropout = true }}, '
        f'{{ units = 2, activation = "{output}" }}]'
    )
    files(net=net(layers=layers, cost=f'"{cost}"', l2="0.3"))
    for test in described("net.toml"):
        assert test.broken() == {}
        assert set(np.unique(draw(test, 3)["D1"])) <= {0, 1}
        if hidden != "linear":
            assert [layer.activation for layer in test.layers] == [
                hidden,
                output.replace("linear", ""),
            ]


def test_the_words_of_other_networks_are_read_and_written() -> None:
    text = "A = leaky_relu(Z, 0.2)\nB = softmax(Z)"
    assert str(parse(text)) == text
    values = parse(f"{text}\nC = leaky_relu(Z)\nD = mean(Z, axis=0)\nE = np.mean(Z)").run(
        {"Z": np.array([[-1.0, 700.0], [3.0, 800.0]])}
    )
    assert values["A"].tolist() == [[-0.2, 700.0], [3.0, 800.0]]
    assert values["B"].sum(axis=0).tolist() == [1.0, 1.0]
    assert values["C"][0, 0] == -0.01
    assert (values["D"].tolist(), values["E"]) == ([1.0, 750.0], 375.5)


def test_a_described_test_stands_on_the_same_numbers_each_time(files: Files) -> None:
    files(net=SOFTMAX)
    first, again = described("net.toml")[0], described("net.toml")[0]
    other = described("net.toml", seed=2)[0]
    assert all(np.array_equal(again.arrays[name], value) for name, value in first.arrays.items())
    assert not np.array_equal(first.arrays["W1"], other.arrays["W1"])
    assert re.fullmatch(r"3 layers, softmax output", first.title)


def test_a_shape_that_numpy_broadcasts_is_said_of_the_mistakes_it_lets_through(
    files: Files,
) -> None:
    lines = (line for line in WEEK_3_TEST.split("\n") if "shape" not in line and "type" not in line)
    files(public_tests=given(load(WEEK_3)) + "\n".join(lines))
    found = {str(one.mutant): one.details for one in report("public_tests.py").survivors}
    assert found["db2 = sum(dZ2) / m"].startswith("db2: another shape")
