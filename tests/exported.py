"""Notebooks of exercises in the layouts that people export and keep, put together by builders.

Their functions are those of `exceptions.functions`, so that none of them stands here as a whole.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from backcheck.fixtures import load
from exceptions import functions

PLOTS = (
    "%matplotlib inline\nplt.rcParams['figure.figsize'] = (5.0, 4.0)\n\n"
    "%load_ext autoreload\n%autoreload 2\n\nnp.random.seed(1)"
)

IMPORTS = {
    "planar": "import numpy as np\nimport matplotlib.pyplot as plt\nfrom testCases import *\n"
    "import sklearn\nimport sklearn.datasets\nimport sklearn.linear_model\n"
    "from planar_utils import plot_decision_boundary, sigmoid, load_planar_dataset\n\n"
    "%matplotlib inline\n\nnp.random.seed(1) # set a seed so that the results are consistent",
    "planar-2021": "# Package imports\nimport numpy as np\nimport copy\n"
    "import matplotlib.pyplot as plt\nfrom testCases_v2 import *\nfrom public_tests import *\n"
    f"import sklearn\nfrom planar_utils import sigmoid, load_extra_datasets\n\n{PLOTS}",
    "dnn": "import numpy as np\nimport h5py\nimport matplotlib.pyplot as plt\n"
    "from testCases_v4 import *\n"
    f"from dnn_utils_v2 import sigmoid, sigmoid_backward, relu, relu_backward\n\n{PLOTS}",
    "dnn-star": "import numpy as np\nimport h5py\nfrom dnn_utils import *\n"
    f"from testCases import *\nimport matplotlib.pyplot as plt\n\n{PLOTS}",
    "dnn-2021": "import numpy as np\nimport h5py\nimport matplotlib.pyplot as plt\n"
    "from testCases import *\nfrom dnn_utils import sigmoid, sigmoid_backward, relu, "
    f"relu_backward\nfrom public_tests import *\n\nimport copy\n{PLOTS}",
    "reg": "# import packages\nimport numpy as np\nimport matplotlib.pyplot as plt\n"
    "from reg_utils import sigmoid, relu, plot_decision_boundary, load_2D_dataset\n"
    "from reg_utils import compute_cost, predict, forward_propagation, backward_propagation\n"
    f"import sklearn\nimport scipy.io\nfrom testCases import *\n\n{PLOTS}",
}
"""The first cell of each exercise, in the words of its editions."""

BEFORE = [
    "X, Y = load_planar_dataset()\ntrain_X, train_Y, test_X, test_Y = load_2D_dataset()",
    "!pip install h5py\n?np.dot",
    "%%time\nplt.scatter(X[0, :], X[1, :], c=Y, s=40)",
    "def compute_cost(A2, Y, parameters):\n    logprobs = (np.log(A2)\n    return cost",
    "%%html\n<b>not Python</b>",
]
"""Cells around, of which none can run here, and two are not Python."""

AFTER = [
    "parameters = nn_model(X, Y, n_h = 4, num_iterations = 10000, print_cost=True)",
    "predictions = predict(parameters, X)\nprint ('Accuracy: %d' % float(np.dot(Y,predictions.T)))",
]


@dataclass(frozen=True)
class Notebook:
    """One file: its layout, its first cell, the test, and what is wrong in it."""

    layout: str
    imports: str
    test: str
    was: str = ""
    now: str = ""
    without: tuple[str, ...] = ()  # what the course supplies, and the notebook does not write
    says: str = ""  # of the line that is wrong

    @property
    def cells(self) -> list[str]:
        """The text of each cell."""
        own = functions(load(self.test))
        wanted = own[load(self.test).function]
        if self.was:
            at = next(name for name in reversed(own) if self.was in own[name])
            own[at] = own[at].replace(self.was, self.now, 1)
            assert own[at] != wanted or not self.was
        graded = [f"# GRADED FUNCTION: {n}\n\n{t}" for n, t in own.items() if n not in self.without]
        return [IMPORTS[self.imports], *BEFORE, *graded, *AFTER]

    @property
    def file(self) -> str:
        """The name of the file."""
        return "exercise.py" if self.layout in SCRIPTS else "exercise.ipynb"

    @property
    def text(self) -> str:
        """The file itself."""
        return LAYOUTS[self.layout](self.cells)


def _outputs(place: int) -> list[dict[str, object]]:
    return [{"output_type": "stream", "name": "stdout", "text": [f"dW{place} = [[0.1 0.2]]\n"]}]


def _code(place: int, source: str, listed: bool) -> dict[str, object]:
    lines = source.splitlines(keepends=True)
    return {
        "cell_type": "code",
        "execution_count": place,
        "metadata": {"collapsed": False},
        "outputs": _outputs(place),
        "source": lines if listed else source,
    }


def _prose(place: int) -> dict[str, object]:
    return {"cell_type": "markdown", "metadata": {}, "source": [f"### {place} - Exercise\n"]}


def jupyter(cells: Sequence[str]) -> str:
    """Return format 4, as Jupyter saves it."""
    all_cells = [one for n, c in enumerate(cells, 1) for one in (_prose(n), _code(n, c, True))]
    return json.dumps({"cells": all_cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 2})


def colab(cells: Sequence[str]) -> str:
    """Return format 4, as Colab saves it: no counts, and what a cell shows as HTML."""
    made = [{**_code(0, c, False), "execution_count": None, "outputs": []} for c in cells]
    about = {"colab": {"name": "exercise.ipynb", "provenance": []}, "accelerator": "GPU"}
    return json.dumps({"cells": made, "metadata": about, "nbformat": 4, "nbformat_minor": 0})


def older(cells: Sequence[str]) -> str:
    """Return format 3, of notebooks before 2015."""
    made = [
        {"cell_type": "code", "input": c.splitlines(keepends=True), "prompt_number": n,
         "language": "python", "outputs": [], "collapsed": False}
        for n, c in enumerate(cells, 1)
    ]  # fmt: skip
    return json.dumps({"metadata": {"name": ""}, "nbformat": 3, "worksheets": [{"cells": made}]})


def _as_script(cell: str) -> str:
    if cell.startswith("%%"):
        kind, _, rest = cell.partition("\n")
        return f"get_ipython().run_cell_magic({kind[2:]!r}, '', {rest!r})"
    lines = []
    for line in cell.split("\n"):
        if line.startswith("%"):
            word, _, rest = line[1:].partition(" ")
            lines.append(f"get_ipython().run_line_magic({word!r}, {rest!r})")
        elif line.startswith("!"):
            lines.append(f"get_ipython().system({line[1:]!r})")
        elif line.startswith("?"):
            lines.append(f"get_ipython().run_line_magic('pinfo', {line[1:]!r})")
        else:
            lines.append(line)
    return "\n".join(lines)


def nbconvert(cells: Sequence[str]) -> str:
    """Return the script that Jupyter writes."""
    parts = [f"# In[{n}]:\n\n\n{_as_script(cell)}\n\n\n" for n, cell in enumerate(cells, 1)]
    prose = "# # Exercise\n# \n# Welcome: it's *time* to build.\n\n"
    return "#!/usr/bin/env python\n# coding: utf-8\n\n" + prose.join(["", *parts])


def magics(cells: Sequence[str]) -> str:
    """Return a script that somebody copied together, magics and all."""
    return "".join(f"# In[ ]:\n{cell}\n\n" for cell in cells)


def percent(cells: Sequence[str]) -> str:
    """Return the cells as VS Code and Spyder write them."""
    return "".join(f"# %%\n{_as_script(cell)}\n\n" for cell in cells)


LAYOUTS: dict[str, Callable[[Sequence[str]], str]] = {
    "jupyter": jupyter,
    "colab": colab,
    "older": older,
    "nbconvert": nbconvert,
    "magics": magics,
    "percent": percent,
}
SCRIPTS = ("nbconvert", "magics", "percent")

WEEK_3, LINEAR = "c1w3_bp_public_c", "c1w4_linear_backward_v4a"
LAYER, MODEL = "c1w4_linear_activation_backward_v2", "c1w4_L_model_backward_v2"
PENALTY, DROPOUT = "c2w1_backward_regularization", "c2w1_backward_dropout"
SLOPES = ("sigmoid_backward", "relu_backward")

NOTEBOOKS = [
    Notebook("jupyter", "planar", "c1w3_bp_notebook_v2"),
    Notebook("older", "planar", "c1w3_bp_notebook_v1", "(1 - A1 ** 2)", "(1 - A1)", says="dZ1"),
    Notebook("colab", "planar-2021", WEEK_3),
    Notebook("nbconvert", "planar-2021", WEEK_3, "1 - A1 ** 2", "1 - np.tanh(cache['Z1']) ** 2",
             says="dZ1: right, and the test's cache is not"),
    Notebook("percent", "planar-2021", "c1w3_bp_public_b", "X.shape[1]", "X.shape[0]", says="m: "),
    Notebook("magics", "planar", "c1w3_bp_public_a", "dZ1 @ X.T / m", "dZ1 @ X.T", says="dW1: "),
    Notebook("jupyter", "dnn", "c1w4_linear_backward_v1"),
    Notebook("older", "dnn-star", "c1w4_linear_backward_v2", "/ m", "", says="dW: "),
    Notebook("colab", "dnn-2021", LINEAR, "axis=1", "axis=0", says="db: "),
    Notebook("nbconvert", "dnn", LINEAR),
    Notebook("percent", "dnn-star", LAYER, without=SLOPES),
    Notebook("jupyter", "dnn-2021", LAYER, "= W.T", "= m * W.T", without=SLOPES, says="dA_prev: "),
    Notebook("magics", "dnn", "c1w4_linear_activation_backward_v1", without=SLOPES),
    Notebook("colab", "dnn", LAYER, "dZ[Z <= 0] = 0", "dZ[Z < 0] = 1", says="dZ: "),
    Notebook("jupyter", "dnn-2021", MODEL, without=SLOPES),
    Notebook("nbconvert", "dnn-star", MODEL, "(1 - Y) / (1 - AL) - Y / AL", "AL - Y",
             without=SLOPES, says="dAL: "),
    Notebook("percent", "dnn", MODEL, '"dA" + str(l + 1)]', '"dA" + str(l + 1)] / m',
             without=SLOPES, says="dA_prev_temp: "),
    Notebook("jupyter", "reg", PENALTY),
    Notebook("nbconvert", "reg", PENALTY, "lambd * W2 / m", "lambd * W2", says="dW2: "),
    Notebook("colab", "reg", DROPOUT, "@ dZ2 * D1 / keep_prob", "@ dZ2 / keep_prob", says="dA1: "),
    Notebook("jupyter", "reg", DROPOUT),
]  # fmt: skip
