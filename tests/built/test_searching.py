"""What the page for searching finds, run by Node on the data of the built site."""

import gzip
import json
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from building import parsed
from chapters import ROOT, chapters
from katex_renderer import node

FIRST = {
    # Those that a newcomer tried.
    "wrong values for dW1": "printed-values-match-but-test-fails",
    "keepdims": "linear-step#linear-step-keepdims",
    "dA_prev": "linear-step",
    "0.78862847": "a-minus-y-fails",
    "broadcast": "operands-9-7",
    "dropout": "penalty-and-dropout",
    "gradient check": "gradient-check",
    "relu": "relu",
    "sum axis": "mistakes#mistake-sum-axis",
    "L_model_backward": "a-minus-y-fails",
    # Words of the course and of numpy.
    "elementwise": "linear-step#linear-step-dot-or-star",
    "np.multiply": "linear-step#linear-step-dot-or-star",
    "np.dot": "linear-step#linear-step-dot-or-star",
    "np.sum axis=1": "linear-step#linear-step-keepdims",
    "sech": "tanh",
    "gradapprox": "difference-0-285",
    "theta_plus": "difference-0-285",
    "sigmoid_backward": "why-da",
    "logistic regression": "propagate",
    "dz3": "two-layers",
    "lstm": "recurrent-cells#recurrent-cells-lstm",
    "softmax": "loss-times-output#loss-times-output-softmax",
    "dead relu": "relu#relu-dead",
    "transposed": "mistakes",
    "multiply or dot": "linear-step#linear-step-dot-or-star",
    "lstm_cell_backward": "recurrent-cells",
    "rnn_cell_backward": "recurrent-cells",
    "linear_backward": "linear-step",
    "linear_cache": "values-to-unpack#values-to-unpack-from",
    "linear_forward": "values-to-unpack#values-to-unpack-from",
    "linear_activation_forward": "values-to-unpack#values-to-unpack-from",
    "arctanh": "tanh",
    "dA_prev_temp": "why-da",
    "conv_backward": "diagnose#diagnose-covered",
    "which courses are covered": "diagnose#diagnose-covered",
    "regularization lambd": "penalty-and-dropout",
    "lambd": "penalty-and-dropout",
    "L2": "penalty-and-dropout",
    "L2 regularization dW": "penalty-and-dropout#penalty-and-dropout-l2",
    "sum over W": "penalty-and-dropout#penalty-and-dropout-l2",
    "weight decay": "penalty-and-dropout#penalty-and-dropout-exercises",
    "keep_prob": "penalty-and-dropout",
    "backward_propagation_with_dropout": "penalty-and-dropout",
    "BPTT": "backpropagation-through-time",
    "dcct": "recurrent-cells",
    "dc_prev": "recurrent-cells",
    "grad_b1": "back-prop-nlp#back-prop-nlp-b1",
    "gradient_descent off": "back-prop-nlp",
    "gradient descent update": "training",
    "XOR": "training#training-xor",
    "my network does not learn": "training#training-xor",
    "network not learning": "training#training-xor",
    "sigmoid applied twice": "sigmoid#sigmoid-fed-with-a",
    "vanishing gradient relative error": "gradient-check#gradient-check-tiny",
    "reshape(-1, 1)": "notation",
    "softmax nan": "cost-is-nan",
    "when is it np.dot and when * in the backward pass": "linear-step#linear-step-dot-or-star",
    "does the transpose move the error backward": "linear-step#linear-step-derivation",
    "Sigmoid layer class that stores x in forward": "sigmoid",
    "output delta without the sigmoid derivative": "loss-times-output",
    "is dZ2 = (1/m)(A2 - Y) a typo": "one-over-m",
    "dW2 * 2 and 4./m in backward_propagation_n": "difference-0-285#difference-0-285-planted",
    # What is wrong, in words.
    "values match but test fails": "printed-values-match-but-test-fails",
    "dW2 right but dW1 wrong": "printed-values-match-but-test-fails",
    "dW1 numbers too large": "one-over-m",
    "cost is negative": "propagate",
    "db shape (3,)": "linear-step",
    "cost function return double the expected value": "propagate",
    "why the transpose": "linear-step#linear-step-derivation",
    "weight update order": "training#training-trials",
    "predicting the contrary": "training#training-opposite",
    "always the same result": "training#training-one-unit",
    "cost decreasing but predictions not getting closer": "training#training-targets",
    "hidden_error": "training#training-trials",
    "mask on the input": "penalty-and-dropout#penalty-and-dropout-input",
    "same gradient for every epsilon": "gradient-check#gradient-check-exact",
    "truncated BPTT": "backpropagation-through-time#backpropagation-through-time-loop",
    "derivation of back-propagation equations 1/m inconsistent": "one-over-m",
    "cost increases": "training#training-mistakes",
    "relu derivative of output x>=0": "relu#relu-strict",
    "cache Z backprop relu": "a-forms#a-forms-caches",
    "softmax gradient does not match numerical": "gradient-check#gradient-check-ratio",
    "sign of dw": "propagate#propagate-sign",
    "is A - Y dZ or dA": "output-shortcut",
    "output layer rnn softmax": "backpropagation-through-time",
    "rnn_backward all outputs are zero": (
        "backpropagation-through-time#backpropagation-through-time-zeros"
    ),
    "da_prevt zeros all gradients zero": (
        "backpropagation-through-time#backpropagation-through-time-zeros"
    ),
    "output relu dead prediction 0": "relu#relu-output",
    "relu output layer regression": "relu#relu-output",
    "loss increases with larger learning rate": "training#training-rate",
    "weight initialization large randn tanh saturated": "training#training-rate",
    "bias per example shape": "cost-is-nan#cost-is-nan-regression",
    "loss diverges nan linear output regression": "cost-is-nan#cost-is-nan-regression",
    "db1 sum without axis": "linear-step#linear-step-keepdims",
    "perceptron examples as rows": "propagate#propagate-rows",
    "grad_b1 is the square of the expected one": "back-prop-nlp",
    "g1_prime times Z1 shapes not aligned": "slide-or-tip#slide-or-tip-look-at",
    "dW1 off by 0.00000001 rounding": (
        "printed-values-match-but-test-fails#printed-values-what-you-see"
    ),
    "weights of dropped out neurons unchanged": "penalty-and-dropout#penalty-and-dropout-dropout",
    "softmax_backward diagflat": "loss-times-output#loss-times-output-softmax",
    "square of the expected one": "back-prop-nlp#back-prop-nlp-prints",
    # Lines of code, and sizes.
    "np.squeeze": "linear-step#linear-step-squeeze",
    "isinstance float": "linear-step#linear-step-squeeze",
    "np.concatenate": "recurrent-cells#recurrent-cells-stacked",
    "concatenation axis must match": "recurrent-cells#recurrent-cells-stacked",
    "np.int64(A1 > 0)": "penalty-and-dropout#penalty-and-dropout-which-a",
    "c = a both point to the same array lstm_forward": (
        "backpropagation-through-time#backpropagation-through-time-in-place"
    ),
    "lstm_backward da[:, :, t] + da_prevt": (
        "backpropagation-through-time#backpropagation-through-time-loop"
    ),
    "dxt np.dot Wax dtanh": "recurrent-cells#recurrent-cells-rnn",
    "shapes (10,4) (5,10)": "operands-9-7#operands-9-7-table",
    # Messages, whole and as people remember them.
    "There is a mistake in the backward propagation": "difference-0-285",
    "Wrong values for cost": "propagate",
    "KeyError: 'dA0'": "cite#cite-key-error-da",
    "operands could not be broadcast together with shapes (1,3) (3,4)": "operands-9-7",
    "operands could not be broadcast together with shapes (9,7) (7,9)": "operands-9-7",
    "shapes (3,4) (3,1) not aligned": "operands-9-7",
    "not enough values to unpack (expected 2, got 0)": "values-to-unpack",
    "divide by zero encountered in log": "cost-is-nan",
    "cost is nan": "cost-is-nan",
    "why 1/m": "one-over-m",
    # Numbers with a sign, cut, rounded, in their brackets.
    "-0.1261204": "a-minus-y-fails",
    "-0.12612": "a-minus-y-fails",
    "0.78863": "a-minus-y-fails",
    "dZ2 = [[0.78862847 0.43650985]]": "a-minus-y-fails",
    "difference = 0.2850931567761623": "difference-0-285",
    "-0.9666039194818195": "mistakes#mistake-cost-log-outside",
    "difference = 0.333333347899": "difference-0-285",
    "0.333333347899": "difference-0-285",
    "0.17344196893145924": "difference-0-285",
    "12.519827193591217 != 2.0424567983978403": "propagate",
}

NOWHERE = ("-0.7716049382716049", "0.98765432101")
"""Numbers that no page prints."""

NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?:e[+-]\d+)?(?!\w|\.\d)")


def found(html: Path, queries: list[str]) -> list[Any]:
    done = subprocess.run(
        [node(), str(ROOT / "tests/searching.mjs"), str(html)],
        input=json.dumps(queries), capture_output=True, check=True, encoding="utf-8",
    )  # fmt: skip
    return json.loads(done.stdout)


def test_each_of_many_searches_has_the_page_that_answers_first(html: Path) -> None:
    wrong = {}
    for (query, wanted), pages in zip(FIRST.items(), found(html, list(FIRST)), strict=True):
        first = pages[0] if pages else {"page": "", "places": [{"id": ""}]}
        got = (first["page"], f"{first['page']}#{first['places'][0]['id']}")
        if wanted not in got:
            wrong[query] = got
    assert wrong == {}


def test_a_number_that_no_page_prints_is_not_taken_for_another_one(html: Path) -> None:
    assert found(html, list(NOWHERE)) == [[]] * len(NOWHERE)


def test_words_are_given_to_places_that_are_there(html: Path) -> None:
    given = tomllib.loads((ROOT / "book/_ext/search.toml").read_text(encoding="utf-8"))
    for place in given:
        name, _, id = place.partition("#")
        assert parsed(html / f"{name}.html").find(id=id), place


def test_every_number_that_a_page_prints_leads_to_it_with_or_without_its_last_digit(
    html: Path,
) -> None:
    printed: dict[str, set[str]] = {}
    for name in chapters():
        (article,) = LexborHTMLParser((html / f"{name}.html").read_text(encoding="utf-8")).css(
            "article"
        )
        for twice in article.css(".katex-html, annotation, .headerlink, svg"):
            twice.decompose()
        for number in NUMBER.findall(article.text(separator=" ")):
            if len(re.sub(r"e.*|\D", "", number)) >= 5:
                printed.setdefault(number, set()).add(name)
    assert len(printed) > 3000
    cut = {
        number[:-1]: names for number, names in printed.items() if re.search(r"\.\d{5,}$", number)
    }
    asked = [*printed.items(), *cut.items()]
    answers = found(html, [number for number, _ in asked])
    lost = [
        (number, name)
        for (number, names), pages in zip(asked, answers, strict=True)
        for name in names - {one["page"] for one in pages}
    ]
    assert lost == []


def test_a_quotation_has_no_formula_twice_and_no_words_glued(html: Path) -> None:
    for pages in found(html, ["sigmoid", "dA_prev", "keepdims", "broadcast", "chain rule", "m"]):
        for page in pages:
            for place in page["places"]:
                text = "".join(place["pieces"])
                assert not re.search(r"\\[a-z]|¶", text), text
                assert not re.search(r"([A-Za-zσ]{1,2}[=(][^ ]{3,})\1", text), text


def test_a_search_costs_nothing_on_other_pages_and_little_on_its_own(html: Path) -> None:
    for name in ("index", "mistakes"):
        scripts = [str(tag["src"]) for tag in parsed(html / f"{name}.html").select("script[src]")]
        assert not [script for script in scripts if "search" in script]
    size = {
        file.stem: len(gzip.compress(file.read_bytes(), 9))
        for file in (html / "_static").glob("search*.js")
    }
    shared = size["search"] + size["search-places"]
    assert shared + size["search-texts"] < 120_000
    assert shared + size["search-numbers"] < 60_000


def test_the_page_for_searching_loads_only_our_own_search(html: Path) -> None:
    soup = parsed(html / "search.html")
    scripts = [str(tag["src"]).split("?")[0] for tag in soup.select("script[src]")]
    assert scripts == ["_static/site.js", "_static/search.js"]
