"""What tests print and what is pasted beside a function, for the package and for the page."""

import re
from collections.abc import Iterable

import numpy as np

from backcheck.fixtures import Fixture, ids, load
from backcheck.mutants.mutant import Mutant
from backcheck.mutants.operators import expression

TESTS = [load(id) for id in ids()]
BARE = [test for test in TESTS if test.numbers]
WRONG = [test for test in TESTS if not test.is_gradient]

POSTS = {
    "numbers of another exercise": ("dQ = [[0.29255464 -0.390686 -3.50343312 2.95053448]]\n", ""),
    "a shape that no test has": ("dW = [[0.29255464 -0.390686]\n [0.1234567 0.7654321]]\n", ""),
    "numbers and a message": (
        "dW = [[0.29255464 -0.390686]\n [0.1234567 0.7654321]]\nKeyError: 'dA0'\n",
        "Another name stands in the key",
    ),
    "a message": ("KeyError: 'dA0'\n", "Another name stands in the key"),
}


def as_printed(test: Fixture, **instead: object) -> str:
    """Return what the notebook of a test prints, a number that it expects without brackets."""
    values = {
        name: value.item() if name in test.numbers else value
        for name, value in test.expected.items()
    }
    return "\n".join(f"{name} = {value}" for name, value in {**values, **instead}.items())


def as_changed(test: str, **forms: str) -> str:
    """Return what the notebook of a test prints where some steps are changed."""
    fixture = load(test)
    values = fixture.run(**forms)
    return as_printed(fixture, **{name: values[name] for name in fixture.expected})


STORED = [
    (as_changed("c5w1_lstm_cell_backward", dWi="dzf @ concat.T"), True),
    (as_changed("c1w4_L_model_backward_v2", dW1="dZ2 @ A0.T / m", db1="sum(dZ2) / m"), False),
    (as_changed("c2w1_backward_regularization", dZ2="dA2"), False),
    (as_changed("c5w1_rnn_cell_backward_new", dxt="Waa.T @ dz", dWax="dz @ a_prev.T"), False),
]
"""Outputs that are another one's, and whether a wrong key alone could have put them there."""

_DROPOUT = load("c2w1_backward_dropout")
_MASKED = f"dA2 = {_DROPOUT.expected['dA2']}\n1 Tests passed\n2 Tests failed\n"
_SHALLOW = as_printed(load("c1w3_bp_notebook_v2"))


def _dictionary(names: Iterable[str], **others: str) -> str:
    entries = {name: name for name in names} | others
    return f"gradients = {{{', '.join(f'{key!r}: {name}' for key, name in entries.items())}}}"


_OUTPUTS = dict.fromkeys(_DROPOUT.expected)
KEPT = {
    _MASKED + _dictionary(_OUTPUTS, D1="D1"): [
        "The dictionary has D1 besides, and this test accepts no key but its own."
    ],
    _MASKED + _dictionary([n for n in _OUTPUTS if n != "db2"]): [
        'The dictionary has no key "db2", and the test reads it.'
    ],
    _SHALLOW + "\n" + _dictionary(["dW1", "dW2", "db2"], dB1="db1"): [
        'The dictionary has the key "dB1", where the test reads "db1".'
    ],
    _SHALLOW + "\n" + _dictionary(["dW1", "db1", "dW2"], db2="db1"): [
        'The dictionary has db1 under the key "db2".'
    ],
    "backward_propagation(parameters, cache, X, Y)\n"
    + _dictionary(["dW1", "db1", "dW2"], db_2="db2")
    + "\nKeyError: 'db2'": ['The dictionary has the key "db_2", where the test reads "db2".'],
}
"""Texts with the dictionary that a function returns, and what is wrong with it."""

_WRONG_LAYER = as_changed("c1w3_bp_notebook_v2", dZ1="dA1 * (1 - A1 ** 2) / m")
_FIRST_LAYER = "\n".join(re.findall(r"(?s)d[Wb]1 = .*?\]\]", _WRONG_LAYER))
SAID_RIGHT = {
    f"dW2 and db2 match with the expected results, dW1 and db1 do not.\n{_FIRST_LAYER}": "dW2, db2",
    f"db2, dW2 are OK\n{_FIRST_LAYER}": "db2, dW2",
    f"dW2 and all db2 are the same as theirs\n{_FIRST_LAYER}": "dW2, db2",
    f"dW2 db2 match, and why not these?\n{_FIRST_LAYER}": "dW2, db2",
    f"dW2 is not right\n{_FIRST_LAYER}": "",
    f"I do not think dW2 is right\n{_FIRST_LAYER}": "",
    f"not sure that dW2, db2 are ok\n{_FIRST_LAYER}": "",
    f"Are dW2 and db2 right?\n{_FIRST_LAYER}": "",
    _FIRST_LAYER: "",
}
"""A hidden layer's numbers, and of which others the text says that they are right."""

_BIASED = "db2 = np.sum(dZ2, axis=1, keepdims=True) / m + lambd * b2 / m"
BY_THEIR_LINES = {
    as_printed(load("c2w1_backward_regularization")).partition("db2")[0] + _BIASED: "db[2] = 1/m",
    as_changed("c1w4_linear_backward_v4a", dW="tanh(dZ * 2 - 1) @ A_prev.T / m / 3")
    + "\ndW = np.dot(np.tanh(dZ * 2 - 1), A_prev.T) / m / 3": "dW = tanh(dZ * 2 - 1) @",
}
"""Numbers that a line beside them explains, and what is shown of it."""

_DRAWN = "dA2 = np.dot(W3.T, dZ3)\nD2 = np.random.rand(*A2.shape) < keep_prob\ndA2 = dA2 * D2\n"
AROUND_NUMBERS = {
    "(a_next, a_prev, parameters, xt) = cache\n"
    + as_changed("c5w1_rnn_cell_backward_new", dz="da_next * a_next * xt[:1]"): (
        "has parameters, xt where the forward function puts xt, parameters"
    ),
    "(a_next, a_prev, xt, parameters) = cache\n"
    + as_changed("c5w1_rnn_cell_backward_new", dz="da_next * a_next * xt[:1]"): "",
    _DRAWN + as_changed("c2w1_backward_dropout", dA2="W3.T @ dZ3 * sigmoid(D2) * 0.7"): (
        "The masks of the forward pass are drawn anew here"
    ),
}
"""Numbers of no known program below code, and what is said of it."""

_RELU = as_changed("c1w4_linear_activation_backward_v2", relu_dZ="dA")
BRANCHES = {
    f"sigmoid is fine, relu not:\n{_RELU[_RELU.index('relu_dA_prev') :]}": True,
    f"the sigmoid part works\n{_RELU[_RELU.index('relu_dA_prev') :]}": False,
}
"""Numbers of one branch below a sentence on the other one, and whether that calls it right."""

_DBA = load("c5w1_rnn_backward").expected["dba"]
_DW = load("c1w2_propagate_2021_cell").expected["dw"]
_L2 = as_changed("c2w1_backward_regularization", dZ2="dA2")
_OLDER = load("c1w4_L_model_backward_v2").expected
LOSING = """L_model_backward
dA0 = [[ 0.          0.29446813]
 [ 0.         -0.18421654]
 [ 0.         -0.18071357]
 [ 0.         -0.41742892]]
dA1 = [[        nan -0.24801527]
 [        nan  0.2722632 ]
 [        nan -0.03195382]]
dW1 = [[0.23108732 0.04399282 0.07775287 0.05917868]
 [0.         0.         0.         0.        ]
 [0.02977286 0.00566795 0.01001753 0.00762447]]
dW2 = [[nan nan nan]]
db1 = [[-0.12400763]
 [ 0.        ]
 [-0.01597691]]
db2 = [[nan]]
"""
"""What a function prints that divides by 1 - Y: of its outputs some stay finite."""

TURNED = """def lstm_cell_backward(da_next, dc_next, cache):
    t = np.tanh(c_next)
    dit = (dc_next + da_next * ot * (1 - t ** 2)) * cct * it * (1 - it)
    dot = da_next * t * ot
    concat = np.concatenate((a_prev, xt), axis=0).T
    dWi = np.dot(dit, concat)
    dWo = np.dot(dot, concat)
"""
"""Lines that keep an array the other way round and read it so, and one that is wrong."""

LOOKED_AT = {
    f"rnn_backward\ngradients['dba'][4] = {np.repeat(_DBA[4], 10)}\n"
    "gradients['dba'].shape = (5, 10)": "Each column of dba is the expected one",
    f"propagate\ndw = {_DW.ravel()}\ndb = -0.1250040450043965": "The numbers of dw are right",
    f"dW1 = {_OLDER['dW1']}\ndA1 = {_OLDER['dA1']}\nExpected:\ndW1 = {_OLDER['dW1']}\n"
    f"dA1 = {_OLDER['dA0']}": "The dA1 that this text expects is what the test of today calls dA0",
    f"dZ2 = np.multiply(dA2, np.int64(A2 >= 0))\n{_L2[_L2.index('dW2') :]}": "A2 >= 0 is True",
    "in backward_propagation_with_dropout(X, Y, cache, keep_prob)\n     18     dA1 = np.dot(W2.T, "
    "dZ2)\n     19     dA1 = dA1 * D1\n     20     dA1 = dA2 / keep_prob\n---> 21     dZ1 = "
    "np.multiply(dA1, np.int64(A1 > 0))\n\nValueError: operands could not be broadcast together "
    "with shapes (3,5) (2,5)": "The last line above it that makes dA1 is dA1 = dA2 / keep_prob",
    f"dW1 = {np.round(_OLDER['dW1'], 4)}\ndb1 = {np.round(_OLDER['db1'], 4)}": "with 4 decimals",
    "dA2 = np.dot(W3.T, dZ3)\ndA2 = dA2 * D2\n    dA2 / keep_prob\n"
    "dZ2 = np.multiply(dA2, np.int64(A2 > 0))": "The line dA2 / keep_prob computes a value",
    "def forward(X, p):\n    D1 = np.random.rand(4, 5) < 0.5\ndef backward(X, Y, p, D1, A2):\n"
    "    m = X.shape[1]\n    dZ2 = A2 - Y\n    return dZ2": "of a network of your own",
}
"""Texts, and what is said of their shapes, names or lines."""

NARROWED = {
    "# back_prop\nl1 = np.dot(W1, yhat - y)\nz1 = np.dot(W1, x) + b1\n"
    "l1[z1 < 0] = 0\ngrad_W1 = np.dot(l1, x.T) / batch_size\n"
    "grad_b1 = np.sum(l1, axis=1, keepdims=True) / batch_size": ("dA1 = W1 @ dZ2",),
    "dZ1 = np.dot(W1.T, dZ2) * (1 - np.power(A1, 2))\n"
    "ValueError: shapes (2,4) and (1,3) not aligned: 4 (dim 1) != 1 (dim 0)": ("dA1 = W1.T @ dZ2",),
}
"""Lines that write out a step of their own, and the change that is shown."""

EXCHANGED = as_changed(
    "c1w4_linear_activation_backward_v2",
    sigmoid_dZ="Z * sigmoid(dA) * (1 - sigmoid(dA))",
    relu_dZ="Z * (dA > 0)",
)
"""Helpers that are handed their two arguments in the other order."""

NEARLY = as_changed("c1w3_bp_notebook_v2", dZ1="dA1 * (1 - Z1 ** 2)")
"""A derivative fed with Z, where Z is small."""

ENTRIES_TOLD = {
    "dWf[3][1]  0.011325   -0.147955": ("dWf", (3, 1), (0.011325,)),
    "My da_prev[2][3] I have 0.0461 and it should be -0.1524": ("dA_prev", (2, 3), (0.0461,)),
    "For dWf[3][1] my number is 0.25, the rest is fine": ("dWf", (3, 1), (0.25,)),
    "dbo[4] comes out as -1.75. Why?": ("dbo", (4,), (-1.75,)),
    "dxt[1][2]  mine -0.3302  notebook 3.2306": ("dxt", (1, 2), (-0.3302,)),
    "dbc[4]: should be 0.2559, but mine is -2.1873 (LSTM)": ("dbc", (4,), (-2.1873,)),
    "dba[4] = -0.7474 -> 0.8005": ("dba", (4,), (-0.7474,)),
    "| dWaa | [1][2] | 2.3033 | (5, 5) |": ("dWaa", (1, 2), (2.3033,)),
    "dWc[3][1] - got -0.97974, expected 2.30456": ("dWc", (3, 1), (-0.97974,)),
    "da_prev[2][3] (expected -0.06396) I get -1.12594": ("dA_prev", (2, 3), (-1.12594,)),
}
"""Sentences with an entry of a gradient, and what it is."""

_NEW, _OLD = load("c5w1_lstm_backward_new"), load("c5w1_lstm_backward_old")


def _entry(test: Fixture, name: str, *index: int) -> str:
    return f'gradients["{name}"]{"".join(f"[{n}]" for n in index)} = {test.expected[name][index]}'


_PLACES: tuple[tuple[str, *tuple[int, ...]], ...] = (("dx", 1, 2), ("da0", 2, 3), ("dWf", 3, 1))
IN_HTML = "\n".join(
    [
        *(_entry(_NEW, *one) for one in _PLACES),
        "<table>",
        *(
            f"<tr><td>**{_entry(_OLD, *o).replace(' = ', '** = </td><td>')}</td></tr>"
            for o in _PLACES
        ),
        "</table>",
    ]
)
"""The numbers of today's loop above the table of the first notebooks."""

_WITHOUT_B = {
    test: load(test).run(Z="w.T @ X")
    for test in ("c1w2_propagate_public_2021", "c1w2_propagate_2021_cell")
}
BELOW_A_MESSAGE = "\n".join(
    [
        f"AssertionError: Wrong values for grads['dw']. "
        f"{_WITHOUT_B['c1w2_propagate_public_2021']['dw']} != "
        f"{load('c1w2_propagate_public_2021').expected['dw']}",
        "and the cell above prints",
        *(
            f"{name} = {_WITHOUT_B['c1w2_propagate_2021_cell'][name]}"
            for name in ("dw", "db", "cost")
        ),
    ]
)
"""A message of the public test, and below it what the notebook's cell printed."""

COMPLAINED = {
    _SHALLOW + "\nAssertionError: Wrong values for dW1": "with other inputs than the cell",
    _MASKED: "compares more than that: dZ3, dW3",
    as_printed(load("c5w1_rnn_cell_backward_new"))
    + "\nexpected\n"
    + as_printed(
        load("c5w1_rnn_cell_backward_old")
    ): "those of Course 5 Week 1, rnn_cell_backward, first",
}
"""Right numbers beside a complaint, or beside those of another edition, and what is said first."""

DRAWN = [*{t.function: t for t in TESTS if t.drawn_last and t.is_gradient and not t.last}.values()]
"""The newest test of each function whose inputs are drawn, without loops, which take seconds."""


def all_off(test: Fixture) -> dict[str, object]:
    """Return numbers in the place of each output that no program prints."""
    return {name: value * 1.37 + 0.21 for name, value in test.expected.items()}


NAMED = ("lstm_cell_backward\n{entries}", "{entries}\nThis is lstm_cell_backward(). Why?")
"""Texts with numbers, which name their function."""


def of_the_cell() -> str:
    """Entries of two mistakes in the cell, under names that a loop prints as well."""
    forms = {"dzi": expression("dit * (1 - it ** 2)"), "dzc": expression("dcct * cct * (1 - cct)")}
    values = Mutant(load("c5w1_lstm_cell_backward"), forms).values
    return f"dWi[1][2] = {values['dWi'][1, 2]}\ndbc[4] = {values['dbc'][4]}"


USED_OTHERWISE = {
    "c1w3_bp_public_c": {"dW2": "(A2 * Y) @ A1.T / m"},
    "c5w1_rnn_cell_backward_new": {"dxt": "Wax.T @ (da_next * (1 - a_next) ** 2)"},
    "c5w1_lstm_cell_backward": {"dWi": "(dit * it * (1 - ft)) @ concat.T"},
    "c5w1_rnn_backward": {"dba_t4": "sum(da_next_t4 * (1 - a_next_t4), axis=1, keepdims=True)"},
}
"""By test a line in which a step is written out otherwise than it stands."""


def _in_gates(slope: str) -> dict[str, str]:
    """Return the lines of the three gates with dc written out, its slope in another way."""
    dc = f"(dc_next + da_next * ot * {slope})"
    return {"dft": f"{dc} * c_prev", "dit": f"{dc} * cct", "dcct": f"{dc} * it"}


USED_ALIKE = {
    "the square of c_next": _in_gates("(1 - c_next ** 2)"),
    "tanh twice": _in_gates("(1 - tanh(a_next) ** 2)"),
    "no derivative": {
        "dft": "(dc_next + da_next * ot) * c_prev",
        "dit": "(dc_next + da_next * ot) * cct",
        "dcct": "(dc_next + da_next * ot) * it",
    },
}
"""Lines of lstm_cell_backward that have dc written out with the same slip; dc_prev is right."""

READING_LATER = {
    "c5w1_rnn_cell_backward_new": {"dWax": "dz @ dxt.T"},
    "c1w4_linear_backward_v2": {"dW": "dZ @ dA_prev.T / m"},
    "c1w3_bp_public_c": {"dW2": "dZ2 @ dA1.T / m"},
    "c5w1_rnn_backward": {"dWaa_t4": "dz_t4 @ da_prev_t4.T"},
}
"""By test a line that reads a gradient of its own shape which is computed below it."""

LSTM_CELL = "c5w1_lstm_cell_backward"
SLOPE = "da_next * ot * (1 - tanh(c_next) ** 2)"

SEVERAL_MISTAKES = {
    "in lines that no other reads": (
        "c1w4_L_model_backward_v2",
        {"db2": "dZ2 / m", "dW1": "dZ1 @ A0.T", "dA0": "W1.T @ dA1"},
    ),
    "in lines of a cell that no other reads": (
        LSTM_CELL,
        {"dWf": "-dzf @ concat.T", "dbo": "sum(dot, axis=1, keepdims=True)", "dc_prev": "dc * it"},
    ),
    "in gates and in what reads them": (
        LSTM_CELL,
        {
            "dzf": f"dc_next * c_prev * ft + {SLOPE} * c_prev * (1 - ft)",
            "dzi": f"dc_next * cct + {SLOPE} * cct * it",
            "dxt": "Wf.T[a_prev.shape[0]:] @ dzf + Wc.T[a_prev.shape[0]:] @ dzc"
            " + Wo.T[a_prev.shape[0]:] @ dzo",
        },
    ),
}
"""Mistakes that each make an output wrong, by where they are, with the test."""


def of_program(id: str, changes: dict[str, str], names: tuple[str, ...] = ()) -> str:
    """Print outputs of a test's program with some lines changed, all but if some are named."""
    values = Mutant(load(id), {name: expression(form) for name, form in changes.items()}).values
    outputs = names or tuple(load(id).expected)
    return "\n".join(f"{name} = {values[name].tolist()}" for name in outputs)


_SUM = "axis=1, keepdims=True)"
GATES = {
    "the notebook's names": "dot = da_next * np.tanh(c_next) * ot * (1 - ot)\n"
    "dft = dc * c_prev * ft * (1 - ft)\ndWf = np.dot(dft, concat.T)\n"
    f"dbo = np.sum(dot, {_SUM}",
    "a name for each": "dot = da_next * np.tanh(c_next)\ndzo = dot * ot * (1 - ot)\n"
    "dWo = dzo @ concat.T",
    "one name for both": f"dit = dc * cct\ndit = dit * it * (1 - it)\ndbi = np.sum(dit, {_SUM}",
    "a use alone": "dWc = np.dot(dcct, np.concatenate((a_prev, xt), axis=0).T)",
    "a list": "dc_prev = dc * ft\ndWi = dit @ np.concatenate([a_prev, xt], axis=0).T",
}
"""Right lines of lstm_cell_backward: the names of the gates with the derivative, and without."""

WRONG_GATES = {
    "dft = dc * c_prev * ft * (1 - it)\ndWf = dft @ concat.T": "dzf",
    "dcct = dc * it * (1 - np.tanh(cct) ** 2)\ndbc = np.sum(dcct, axis=1, keepdims=True)": "dzc",
    "dot = da_next * c_next\ndzo = dot * ot * (1 - ot)\ndWo = dzo @ concat.T": "dot",
}
"""Lines of which one is wrong, and the step that it computes."""

_MODEL = load("c1w4_L_model_backward_v2").values
RIGHT_OR_OLDER = {
    "right": f"dW1 = {_MODEL['dW2']}\ndb1 = 0.151878607808\ndA1 = {_MODEL['dA1']}",
    "older": f"dA2 = {_MODEL['dA1']}\ndA1 = {_MODEL['dA0']}",
}
"""Numbers of which dA1 is right by its own name, or by that of an older notebook."""

_PENALTY = load("c2w1_backward_regularization")
OF_TWO_TESTS = as_printed(_PENALTY, **{n: v * 1.37 + 0.2 for n, v in _PENALTY.expected.items()})
"""Numbers that no program prints, by names and in shapes that the tests of two functions have."""
