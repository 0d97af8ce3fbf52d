"""Functions as learners write them, right and wrong, made of the right ones by exchanging text.

No right function stands here: those of `exceptions.functions` are put together from the programs
of the tests, and each learner writes some lines of them in another way, or wrongly.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from backcheck.fixtures import Fixture, load
from backcheck.program import write
from exceptions import functions

WEEK_2, WEEK_3 = "c1w2_propagate_public_2021", "c1w3_bp_public_c"
LINEAR, LAYER = "c1w4_linear_backward_v4a", "c1w4_linear_activation_backward_v2"
MODEL = "c1w4_L_model_backward_v2"
RNN, LSTM = "c5w1_rnn_backward", "c5w1_lstm_backward_new"

SQUEEZED = "np.squeeze(np.sum(dZ, axis=1, keepdims=True))"

Edit = tuple[str, str] | Callable[[str], str]
"""A text and another in its place, or what does more than that."""


@dataclass(frozen=True)
class Learner:
    """What a learner wrote, as a file for the command and as it is pasted into the page."""

    name: str
    id: str
    function: str
    text: str
    pasted: str


def learner(name: str) -> Learner:
    """Return one of the programs."""
    return next(one for one in learners() if one.name == name)


def propagate(fixture: Fixture) -> str:
    """Return the function of Week 2 as its notebook has it."""
    steps = [f"    {step.name} = {write(step.expression)}" for step in fixture.program.steps]
    body = re.sub(r"\b(sum|log)\(", r"np.\1(", "\n".join(steps))
    last = '    cost = np.squeeze(np.array(cost))\n    return {"dw": dw, "db": db}, cost'
    return f"def propagate(w, b, X, Y):\n{body}\n{last}"


def loop(fixture: Fixture) -> str:
    """Return a loop over time that calls the helper of one step."""
    carried = ["da_prevt", *(["dc_prevt"] if "dWf" in fixture.expected else [])]
    sums = [name for name in fixture.expected if name not in ("dx", "da0")]
    given = ", ".join(["da[:, :, t] + da_prevt", *carried[1:], "caches[t]"])
    keys = ", ".join(f'"{name}": {name}' for name in sums)
    lines = [
        f"def {fixture.function}(da, caches):",
        "    caches, x = caches",
        "    n_a, m, T_x = da.shape",
        "    dx = np.zeros((x.shape[0], m, T_x))",
        *(f"    {name} = np.zeros((n_a, m))" for name in carried),
        *(f"    {name} = 0" for name in sums),
        "    for t in reversed(range(T_x)):",
        f"        one = {fixture.function.replace('_', '_cell_')}({given})",
        '        dx[:, :, t] = one["dxt"]',
        *(f'        {name} = one["{name[:-1]}"]' for name in carried),
        *(f'        {name} += one["{name}"]' for name in sums),
        f'    return {{"dx": dx, "da0": da_prevt, {keys}}}',
    ]
    return "\n".join(lines)


def with_forward(text: str) -> str:
    """Write the forward pass above a loop, which keeps what the loop is handed."""
    rnn = "def rnn_" in text
    cell = load("c5w1_rnn_cell_backward_new" if rnn else "c5w1_lstm_cell_backward")
    states = "a_next" if rnn else "a_next, c_next"
    _, head, parameters = re.split(r"(?=\()| *\{", cell.handed_by.rstrip(")}"))
    steps = [f"    {one.name} = {write(one.expression)}" for one in cell.forward.steps[1:-1]]
    body = re.sub(r"\b(?=tanh|concatenate)", "np.", "\n".join(steps))
    cache = re.sub(r"\{.*\}", "parameters", cell.call[0][cell.call[0].rindex(", (") + 2 : -1])
    return "\n".join([
        text.partition("\n\n")[0] + "\n",
        f"def {cell.handed_by.partition('(')[0]}{head} parameters):",
        *(f'    {one} = parameters["{one}"]' for one in parameters.split(", ")),
        body,
        f"    return {states}, softmax(Wy{'a' * rnn} @ a_next + by), {cache}\n",
        f"def {'rnn' if rnn else 'lstm'}_forward(x, a0, parameters):",
        "    a = np.zeros((*a0.shape, x.shape[2]))",
        "    c, caches, a_next = np.zeros(a.shape), [], a0",
        *([] if rnn else ["    c_next = np.zeros(a0.shape)"]),
        "    for t in range(x.shape[2]):",
        f"        {states}, y, cache = {cell.handed_by.partition('(')[0]}"
        f"(x[:, :, t], {states}, parameters)",
        "        a[:, :, t] = a_next",
        *([] if rnn else ["        c[:, :, t] = c_next"]),
        "        caches.append(cache)",
        "    return a, c, (caches, x)\n",
        text.partition("\n\n")[2],
    ])  # fmt: skip


def dots(text: str) -> str:
    """Write products as the course does."""
    return re.sub(r"([\w.]+) @ ([\w.]+)", r"np.dot(\1, \2)", text)


def calls(text: str) -> str:
    """Write powers and products of entries as functions."""
    text = re.sub(r"(\w+) \*\* 2", r"np.power(\1, 2)", text)
    return re.sub(r"(= )(\w+) \* (\(.*\))$", r"\1np.multiply(\2, \3)", text, flags=re.MULTILINE)


def entries(text: str) -> str:
    """Read the arrays out of the cache wherever they are needed."""
    for line, name, source in re.findall(r'(    (\w+) = (cache|parameters)\["\2"\]\n)', text):
        text = re.sub(rf"\b{name}\b(?!\")", f'{source}["{name}"]', text.replace(line, ""))
    return text


def in_place(text: str) -> str:
    """Divide by m in a line of its own."""
    return re.sub(r"( +)(d[Wb]\d?) = (.*) / m$", r"\1\2 = \3\n\1\2 /= m", text, flags=re.MULTILINE)


def f_strings(text: str) -> str:
    """Write the keys of the gradients as f-strings."""
    return re.sub(r'"(d\w)" \+ str\((.+?)\)\]', r'f"\1{\2}"]', text)


def hints(text: str) -> str:
    """Say of which type things are."""
    text = re.sub(r"def (\w+)\((.*)\):", r'def \1(\2) -> "dict":\n    """Gradients."""', text)
    return re.sub(r"^(    m) = ", r"\1: int = ", text, flags=re.MULTILINE)


def prints(text: str) -> str:
    """Print the shape of each gradient."""
    return re.sub(
        r"^( +)(d[AWZ]\d) = (.*)$", r'\1\2 = \3\n\1print(f"\2 {\2.shape}")', text, flags=re.M
    )


def numbers_in_front(text: str) -> str:
    """Write 1 / m in front."""
    return re.sub(r"= (.*) / m$", r"= 1. / m * \1", text, flags=re.MULTILINE)


LAYERS = """
    W, A = {2: parameters["W2"]}, {0: X, 1: cache["A1"], 2: cache["A2"]}
    dZ, grads = {2: A[2] - Y}, {}
    for l in range(2, 0, -1):
        if l < 2:
            dZ[l] = (W[l + 1].T @ dZ[l + 1]) * (1 - {slope})
        grads["dW" + str(l)] = dZ[l] @ A[l - 1].T / m
        grads[f"db{l}"] = np.sum(dZ[l], axis=1, keepdims=True) / m
    return grads
"""


def layers(slope: str) -> Callable[[str], str]:
    """Write two layers as a loop, with a slope."""

    def written(text: str) -> str:
        head = text.split("    W2 = ")[0].rstrip("\n")
        return head + LAYERS.replace("{slope}", slope)

    return written


def cells(text: str) -> str:
    """Return a notebook with a cell for each function, and cells around."""
    texts = ["import numpy as np\n%matplotlib inline", *re.split(r"\n(?=def )", text), "plt.plot("]
    made = [
        {"cell_type": "code", "source": text, "execution_count": n, "outputs": []}
        for n, text in enumerate(texts, 1)
    ]
    return json.dumps({"cells": made, "nbformat": 4})


def prompts(text: str) -> str:
    """Return a text as IPython shows it."""
    first, *others = text.split("\n")
    return "\n".join([f"In [3]: {first}", *(f"   ...: {line}" for line in others)])


def shell(text: str) -> str:
    """Return a text as Python shows it, quoted in a forum."""
    return "\n".join(
        f"> {'>>>' if line[:1].strip() else '...'} {line}" for line in text.split("\n")
    )


TANH = "(1 - A1 ** 2)"
COPY = "    dZ = np.array(dA, copy=True)\n    dZ[Z <= 0] = 0\n"
OWN_TANH = ("def back", "def slope(A):\n    return 1 - A ** 2\n\ndef back")
SHORTCUT: list[Edit] = [
    ("    L = len(caches)", "    L = len(caches)\n    dZL = AL - Y"),
    (
        'linear_activation_backward(dAL, current_cache, "s',
        'linear_backward(dZL, current_cache[0]) # "s',
    ),
]

FILLED = "    dW = np.zeros_like(W)\n    for i in range(m):\n        dW[:, :] += "

WRITTEN: dict[str, tuple[str, list[Edit]]] = {
    # Week 3, right
    "right": (WEEK_3, []),
    "right, in the words of the course": (WEEK_3, [numbers_in_front, dots, calls, prints]),
    "right, out of the cache": (WEEK_3, [dots, entries]),
    "right, in place": (WEEK_3, [in_place]),
    "right, with types": (WEEK_3, [hints]),
    "right, with a function of its own": (WEEK_3, [OWN_TANH, (TANH, "slope(A1)")]),
    "right, by the order of the cache": (
        WEEK_3, [('A1 = cache["A1"]', "A1, A2, Z1, Z2 = cache.values()")]),
    "right, as a loop": (WEEK_3, [layers("A[l] ** 2")]),
    # Week 3, both forms of the thread
    "thread": (WEEK_3, [(TANH, '(1 - np.tanh(cache["Z1"]) ** 2)'), dots]),
    "thread, with np.power": (WEEK_3, [(TANH, '(1-np.power(np.tanh(cache["Z1"]),2))'), entries]),
    "thread, as a loop": (WEEK_3, [layers("np.tanh(cache['Z1']) ** 2")]),
    "thread, with a function": (
        WEEK_3, [OWN_TANH, ("slope(A):\n    return 1 - A", "slope(Z):\n    return 1 - np.tanh(Z)"),
                 (TANH, "slope(cache['Z1'])")]),
    # Week 3, wrong
    "m from the wrong axis": (WEEK_3, [("X.shape[1]", "X.shape[0]"), numbers_in_front]),
    "m of the units": (WEEK_3, [("X.shape[1]", "len(X)"), in_place, dots]),
    "no derivative": (WEEK_3, [(f" * {TANH}", "")]),
    "another derivative": (WEEK_3, [(TANH, "A1 * (1 - A1)"), dots]),
    "a relu that stops no unit": (WEEK_3, [(TANH, "(A1 >= 0)"), dots]),
    "a relu of Z": (WEEK_3, [(TANH, "(cache['Z1'] >= 0)")]),
    "no 1/m": (WEEK_3, [("dZ1 @ X.T / m", "dZ1 @ X.T"), dots]),
    "1/m twice": (WEEK_3, [("A2 - Y", "(A2 - Y) / m")]),
    "another sign": (WEEK_3, [("A2 - Y", "Y - A2"), entries]),
    "another key": (WEEK_3, [('"dW1": dW1', '"dw_1": dW1')]),
    "exchanged keys": (WEEK_3, [('"dW1": dW1, "db1": db1', '"dW1": db1, "db1": dW1')]),
    "the other axis": (WEEK_3, [("np.sum(dZ1, axis=1", "np.sum(dZ1, axis=0")]),
    "no keepdims": (WEEK_3, [("np.sum(dZ1, axis=1, keepdims=True)", "np.sum(dZ1, axis=1)")]),
    "the whole sum": (WEEK_3, [("np.sum(dZ2, axis=1, keepdims=True) / m", "np.mean(dZ2)")]),
    "the same sum twice": (WEEK_3, [("np.sum(dZ1, axis", "np.sum(dZ2, axis"), prints]),
    "returned too early": (WEEK_3, [("    dA1", '    return {"dW2": dW2, "db2": db2}\n    dA1')]),
    "nothing is returned": (WEEK_3, [("    return grads", "    grads")]),
    "a key that is not there": (WEEK_3, [('cache["A2"]', 'cache["A3"]')]),
    "two arrays of one key": (WEEK_3, [('cache["A2"]', 'cache["A1"]')]),
    "a name that is not there": (WEEK_3, [("dZ1 @ X.T", "dZ_1 @ X.T")]),
    "weights without transpose": (WEEK_3, [("W2.T @ dZ2", "W2 @ dZ2"), dots]),
    "an activation overwritten": (WEEK_3, [("    dZ1", "    A1 **= 2\n    dZ1"), (TANH, "(1 - A1)"),
                                           ("    dZ2 = A2 - Y", "    A2 -= Y\n    dZ2 = A2")]),
    "an own assert": (WEEK_3, [("    grads =", "    assert dW1.shape == X.shape\n    grads =")]),
    "under another name": (WEEK_3, [("def backward_propagation", "def my_backprop"), (TANH, "A1")]),
    # Week 2
    "Week 2, right": (WEEK_2, [numbers_in_front, dots]),
    "Week 2, no 1/m": (WEEK_2, [("dw = X @ dZ.T / m", "dw = X @ dZ.T")]),
    "Week 2, a cost in brackets": (WEEK_2, [("np.squeeze(np.array(cost))", "np.array([[cost]])")]),
    "Week 2, a cost that is A - Y": (WEEK_2, [("np.array(cost)", "A - Y")]),
    "Week 2, the cost first": (
        WEEK_2, [('return {"dw": dw, "db": db}, cost', 'return cost, {"dw": dw, "db": db}')]),
    "Week 2, small letters and others": (WEEK_2, [('"dw": dw', '"dW": dw')]),
    "Week 2, a cost of one sign": (WEEK_2, [("-np.sum(", "np.sum(")]),
    # Week 4, one layer
    "layer, right": (LINEAR, [dots, numbers_in_front]),
    "layer, an axis lost": (LINEAR, [("np.sum(dZ, axis=1, keepdims=True)", SQUEEZED)]),
    "layer, gradients of zeros": (
        LINEAR, [("return dA_prev, dW, db", "return 0 * A_prev, 0 * W, 0 * b")]),
    "layer, m of the units": (LINEAR, [("A_prev.shape[1]", "W.shape[1]")]),
    "layer, one sum for all units": (
        "c1w4_linear_backward_v2", [("axis=1, keepdims=True", "keepdims=True")]),
    "layer, squeezed": (
        "c1w4_linear_backward_v2", [("np.sum(dZ, axis=1, keepdims=True)", SQUEEZED)]),
    "layer, squeezed for the first notebook": (
        "c1w4_linear_backward_v1", [("np.sum(dZ, axis=1, keepdims=True)", SQUEEZED)]),
    "layer, weights of another cell": (
        LINEAR, [("def ", "rate, W_tmp = 0.1, np.ones((3, 5))\n\ndef "), ("W.T @", "W_tmp.T @")]),
    "layer, a setting from around": (
        LINEAR, [("def ", "scale = 2.0\n\ndef "), ("W.T @ dZ", "scale * W.T @ dZ")]),
    "layer, a name of a cell that is not an array": (
        LINEAR, [("def ", "held = {}\n\ndef "), ("W.T @ dZ", 'held["W"].T @ dZ')]),
    "layer, filled example by example": (
        LINEAR, [("    dW = dZ @ A_prev.T / m\n", f"{FILLED}dW\n")]),
    "layer, another order": (LINEAR, [("return dA_prev, dW, db", "return dW, db, dA_prev")]),
    "layer, too few names": (LINEAR, [("A_prev, W, b = cache", "A_prev, W = cache")]),
    "layer, still None": (LINEAR, [("W.T @ dZ", "None")]),
    "activation, right": (LAYER, [hints, dots]),
    "activation, exchanged": (LAYER, [("dZ = relu_backward(dA", "dZ = sigmoid_backward(dA")]),
    "activation, the words exchanged": (
        LAYER, [('"relu"', '"X"'), ('"sigmoid"', '"relu"'), ('"X"', '"sigmoid"')]),
    "activation, another word": (LAYER, [('activation == "relu"', 'activation == "ReLU"')]),
    "activation, the caches exchanged": (
        LAYER, [("linear_cache, activation_cache = c", "activation_cache, linear_cache = c")]),
    # Week 4, all layers
    "model, right": (MODEL, [f_strings]),
    "model, the shortcut of the thread": (MODEL, SHORTCUT),
    "model, the shortcut as dAL": (MODEL, [(r"(1 - Y) / (1 - AL) - Y / AL", "AL - Y"), f_strings]),
    "model, all sigmoid": (MODEL, [('current_cache, "relu"', 'current_cache, "sigmoid"')]),
    "model, keys off by one": (MODEL, [('"dA" + str(l)]', '"dA" + str(l + 1)]'), f_strings]),
    "model, all sigmoid by the older keys": (
        MODEL, [('"dA" + str(l + 1)], c', '"dA" + str(l + 2)], c'),
                ('"dA" + str(L - 1)]', '"dA" + str(L)]'), ('"dA" + str(l)]', '"dA" + str(l + 1)]'),
                ('current_cache, "relu"', 'current_cache, "sigmoid"')]),
    "model, the upstream gradient": (MODEL, [('grads["dA" + str(l + 1)], c', "dAL, c")]),
    "model, the cache of another layer": (MODEL, [("caches[l]", "caches[L - 2 - l]")]),
    "model, the gradient of the first turn": (
        MODEL, [('grads["dA" + str(l + 1)], c', 'grads["dA" + str(L - 1)], c')]),
    "model, the cache of the layer below": (MODEL, [("caches[l]", "caches[l - 1]")]),
    "model, a turn for one layer": (MODEL, [("caches[l]", "caches[0]"), f_strings]),
    "model, one argument": (MODEL, [('(dAL, current_cache, "sigmoid")', "(dAL, current_cache)")]),
    "model, a helper in place": (
        MODEL, [(COPY, "    dA[Z <= 0] = 0\n    dZ = dA\n")]),
    "model, a layer that is not called": (MODEL, [("dZ @ A_prev.T / m", "dZ @ A_prev.T")]),
    # Course 2
    "dropout, right": ("c2w1_backward_dropout", [dots]),
    "dropout, times keep_prob": (
        "c2w1_backward_dropout", [(f"D{n} / keep_prob", f"D{n} * keep_prob") for n in (1, 2)]),
    "penalty, halved": ("c2w1_backward_regularization", [("lambd * W", "lambd / 2 * W"), dots]),
    "layer, an axis too many": (LINEAR, [("dA_prev, dW,", "dA_prev, dW[:, :, None],")]),
    # Course 5, over time
    "loop, right": (RNN, []),
    "loop, nothing carried": (RNN, [("da[:, :, t] + da_prevt", "da[:, :, t]")]),
    "loop, da of the first step": (RNN, [("da[:, :, t] + da_prevt", "da[:, :, 0] + da_prevt")]),
    "loop, da of the first step alone": (RNN, [("da[:, :, t] + da_prevt", "da[:, :, 0]")]),
    "loop, the first cache": (RNN, [("caches[t]", "caches[0]")]),
    "loop, one step of a sum": (RNN, [("dWax +=", "dWax =")]),
    "loop, all steps at once": (RNN, [("da[:, :, t] +", "da +")]),
    "loop, forwards": (RNN, [("reversed(range(T_x))", "range(T_x)")]),
    "loop, da never read": (RNN, [("da[:, :, t] + da_prevt", "da_prevt")]),
    "loop, an array never filled": (RNN, [('= one["dxt"]', "= dx[:, :, t]")]),
    "loop, da of all steps": (RNN, [('"da0": da_prevt', '"da0": da')]),
    "loop, of another gradient": (RNN, [("da[:, :, t] + da_prevt", "da[:, :, t] ** 3 + 0.37")]),
    "loop, a sum without its zeros": (
        RNN, [("    dba = 0\n", ""), ("dba += one", "dba = dba + one")]),
    "loop, two axes": (RNN, [("dx[:, :, t]", "dx")]),
    "lstm loop, right": (LSTM, []),
    "lstm loop, one gradient carried": (LSTM, [("prevt, dc_prevt,", "prevt, 0,")]),
    "lstm loop, one bias for all": (LSTM, [('one["dbi"]', 'one["dbf"]')]),
    "lstm loop, another name": (LSTM, [("def lstm_backward", "def my_backprop")]),
    "loop, its forward pass right": (RNN, [with_forward]),
    "loop, a forward pass without tanh": (RNN, [with_forward, ("np.tanh(z)", "z")]),
    "loop, a forward pass that stops": (RNN, [with_forward, ("np.tanh(z)", "tanh_of(z)")]),
    "lstm loop, its forward pass right": (LSTM, [with_forward]),
    "lstm loop, a view in its forward pass": (
        LSTM, [with_forward, ("c_next = np.zeros(a0.shape)", "c_next = c[:, :, 0]")]),
    "lstm loop, a forward pass from ones": (
        LSTM, [with_forward, ("c_next = np.zeros(a0.shape)", "c_next = 1 + 0 * a0")]),
}  # fmt: skip
"""By name the test, and in which ways the right functions are written differently."""

PASTED: dict[str, Callable[[str], str]] = {
    "thread": prompts,
    "right, in the words of the course": cells,
    "another derivative": shell,
    "model, the shortcut of the thread": cells,
    "no keepdims": lambda text: text.replace("\n", "\n    "),
    "m of the units": lambda text: (
        "Why is it wrong?\n\n" + text + "\n\nThanks a lot for your help!"
    ),
}
"""How some of them come into the page."""

SUPPLIED = ("activation, another word", "model, all sigmoid", "model, one argument")
"""Those that call what the course has written for them."""

WITHOUT = {"model, a layer that is not called": "linear_activation_backward"}
"""What is lacking of others: the function that calls the rest."""


def learners() -> Iterator[Learner]:
    """Yield every program."""
    for name, (id, edits) in WRITTEN.items():
        fixture = load(id)
        made = {WEEK_2: propagate, RNN: loop, LSTM: loop}.get(id)
        texts = {fixture.function: made(fixture)} if made else functions(fixture)
        own = [one for one in texts if one != WITHOUT.get(name)]
        own = [fixture.function] if name in SUPPLIED else own
        text = "import numpy as np\n\n" + "\n\n".join(texts[one] for one in own) + "\n"
        for edit in edits:
            changed = edit(text) if callable(edit) else text.replace(*edit)
            if changed == text:
                raise ValueError(f"{name}: {edit} changes nothing.")
            text = changed
        function = "my_backprop" if "my_backprop" in text else fixture.function
        yield Learner(name, id, function, text, PASTED.get(name, str)(text))
