"""`backcheck run` and `backcheck diagnose` agree, and the line that is named is the one changed."""

import ast
import random
from collections import Counter
from functools import cache

import numpy as np
import pytest

from backcheck.diagnosis.child import answers
from backcheck.diagnosis.diagnose import diagnose
from backcheck.diagnosis.passing import beside_passing
from backcheck.diagnosis.result import Diagnosis
from backcheck.diagnosis.returned import first_complaint, unusable
from backcheck.diagnosis.running import Ran, asked, diagnosed, line_of, ran
from backcheck.fixtures import load
from exceptions import functions, mistakes

TESTS = [
    "c1w3_bp_notebook_v2", "c1w3_bp_public_c", "c1w4_linear_backward_v4a",
    "c1w4_linear_activation_backward_v2", "c1w4_L_model_backward_v2",
    "c2w1_backward_regularization", "c2w1_backward_dropout",
]  # fmt: skip
EACH = 4


@cache
def wrong(id: str) -> list[tuple[str, str, Ran]]:
    """Return functions with one mistake that come back and fail: the changed line, text and all."""
    fixture = load(id)
    own = {name: ast.unparse(ast.parse(text)) for name, text in functions(fixture).items()}
    every = [
        (name, text) for name in own for _, text in mistakes(ast.parse(own[name]).body[0])  # type: ignore[arg-type]
    ]  # fmt: skip
    random.Random(id).shuffle(every)  # noqa: S311
    found: list[tuple[str, str, Ran]] = []
    for name, text in every:
        lines, before = text.split("\n"), own[name].split("\n")
        changed = [line for line in lines if line not in before]
        whole = "import numpy as np\n" + "\n\n".join({**own, name: text}.values())
        asks = asked(fixture, "own.py", whole, fixture.function)
        try:
            done = ran(asks, list(answers(asks.job)))
        except ValueError:
            continue
        if changed and done.outputs and first_complaint(fixture, done.outputs):
            found.append((changed[0], whole, done))
        if len(found) == EACH:
            break
    return found


FOUND: dict[int, Diagnosis] = {}


def told(done: Ran) -> Diagnosis:
    """Return a diagnosis, which takes seconds, once for both tests."""
    if id(done) not in FOUND:
        FOUND[id(done)] = diagnosed(done)
    return FOUND[id(done)]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("id", TESTS)
def test_what_is_returned_is_diagnosed_as_what_is_printed(id: str) -> None:
    for _, text, done in wrong(id):
        usable = {n: one.array for n, one in done.outputs.items() if not unusable(load(id), n, one)}
        printed = "\n".join(f"{name} = {value}" for name, value in usable.items())
        if not usable or any(np.max(np.abs(value)) < 1e-3 for value in usable.values()):
            continue
        by_run, by_text = told(done), diagnose(printed, id)
        # Right numbers beside an output that is none are not all that the test expects.
        lacks = len(usable) < len(done.outputs) and by_text.verdict == "expected"
        assert by_run.verdict == ("unexplained" if lacks else by_text.verdict), text
        if lacks:
            continue
        best = [[one.changed for one in found.candidates[:1]] for found in (by_run, by_text)]
        assert best[0] == best[1], text


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("id", TESTS)
def test_the_line_that_is_named_is_the_one_with_the_mistake(id: str) -> None:
    said: Counter[str] = Counter()
    for changed, text, done in wrong(id):
        line = line_of(done, told(done))
        lines = text.split("\n")
        at = lines[line["line"] - 1] if line else ""
        said["nothing" if not line else "right" if at == changed else "wrong"] += 1
    # Where an array is made in two lines, the other of them may be named.
    assert said["wrong"] <= 1, said
    assert said["right"] >= 3, said


@pytest.mark.parametrize("id", TESTS)
def test_a_right_function_is_acquitted_on_networks_of_every_size(id: str) -> None:
    fixture = load(id)
    whole = "import numpy as np\n" + "\n\n".join(functions(fixture).values())
    asks = asked(fixture, "own.py", whole, fixture.function)
    done = ran(asks, list(answers(asks.job)))
    assert [len(some) for some in done.traces.values()] == [4] * len(done.traces)
    assert not any(one.error for some in done.traces.values() for one in some)
    assert beside_passing(done) == ""
