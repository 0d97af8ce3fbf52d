"""The engine of the page, run by Node, against the package it follows; and how it is built.

Some of these take minutes; `make check` leaves them out.
"""

import json
import random
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple

import numpy as np
import pytest

import diagnose_data
from backcheck.diagnosis.differences import known
from backcheck.diagnosis.reading import read
from backcheck.fixtures import ids, load
from backcheck.mutants.mistakes import occurrences
from backcheck.mutants.mutant import Mutant
from backcheck.mutants.mutate import mutants, operator_of, second_changes
from backcheck.mutants.operators import expression
from backcheck.program import compiled, parse, write
from backcheck.showing.handout import equation
from chapters import ROOT
from joined import DEFINED, IMPORTED, joined, joined_later
from katex_renderer import node
from pace import allowed
from questions import OTHER_DIFFERENCES, TOLD_DIFFERENCES
from told import told

MODULES = ROOT / "book/_static/diagnose"
CORPUS = sorted((ROOT / "tests/corpus").glob("*.txt"))
TOOLS = ROOT / "book/_ext/node"

LAYERS = (
    *(
        "util",
        "words",
        "values",
        "program",
        "steps",
        "handout",
        "numbers",
        "traceback",
        "subjects",
        "hints",
        "helpers",
        "labels",
        "reading",
        "operators",
        "fixtures",
    ),
    *(
        "mistakes",
        "mutate",
        "workshop",
        "attainable",
        "effort",
        "search",
        "mutant",
        "placing",
        "parts",
        "apart",
    ),
    *(
        "pasted",
        "beside",
        "shapes",
        "causes",
        "symptoms",
        "judged",
        "uncovered",
        "clues",
        "uses",
        "differences",
        "chosen",
        "explain",
        "lost",
        "messages",
        "diagnose",
        "links",
        "printing",
        "cards",
        "page",
    ),
    *("prose", "sources", "recorded", "calling", "returned", "lines"),
    *("running", "passing", "showing"),
)
"""The modules, from the ground up: each may import those before it."""

CHUNKS = 5
"""In so many parts the random programs are compared, for processes that work side by side."""


@cache
def data() -> dict[str, Any]:
    own, others, loops = diagnose_data.data()
    return {"data": own, "others": others, "loops": loops}


class Engine(NamedTuple):
    """A process of the page's engine, and what it complains of."""

    process: "subprocess.Popen[str]"
    complaints: IO[str]

    def put(self, value: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{json.dumps(value)}\n")
        self.process.stdin.flush()


def fresh() -> Engine:
    """Start an engine, as a page does that has just been opened."""
    complaints = TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115
    process = subprocess.Popen(
        [node(), str(ROOT / "tests/engine.mjs")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=complaints,
        encoding="utf-8",
    )
    begun = Engine(process, complaints)
    begun.put(data())
    return begun


@cache
def engine() -> Engine:
    """Return the engine that all tests share, since it keeps what it has worked out."""
    return fresh()


def ask(*questions: tuple[Any, ...]) -> list[Any]:
    """Put questions to the engine."""
    shared = engine()
    shared.put(questions)
    assert shared.process.stdout is not None
    if line := shared.process.stdout.readline():
        found: list[Any] = json.loads(line)
        return found
    # It has stopped, and the next test begins another.
    engine.cache_clear()
    shared.process.wait()
    shared.complaints.seek(0)
    raise AssertionError(shared.complaints.read())


def essence(found: dict[str, Any]) -> dict[str, Any]:
    """Return what page and package must agree on."""
    if "error" in found:
        return found
    first = found["candidates"][0] if found["candidates"] else {}
    return {
        "verdict": found["verdict"],
        "fixture": found["fixture"],
        "candidates": len(found["candidates"]),
        "first": {key: first.get(key) for key in ("changed", "verdict", "name", "operators")},
        "remarks": found["remarks"],
    }


def agree(*questions: tuple[Any, ...]) -> None:
    """Compare the answers to pasted texts, asked as `diagnose` is."""
    for question, given in zip(
        questions, ask(*(("diagnose", *question) for question in questions)), strict=True
    ):
        try:
            wanted = told(*question).to_dict()
        except ValueError as error:
            wanted = {"error": str(error)}
        assert essence(given) == essence(json.loads(json.dumps(wanted))), question


def printed(values: dict[str, Any], *names: str) -> str:
    return "\n".join(f"{name} = {np.asarray(values[name], dtype=float)}" for name in names)


def random_programs(seed: int, number: int) -> Iterator[str]:
    """Print outputs of programs with one change as learners paste them, from all steps of all
    tests, one test after another, with some of their digits."""
    rng = random.Random(seed)  # noqa: S311 - the same sample in every run
    tests = cycle(ids("Course 1"))
    while number:
        id = next(tests)
        slot = rng.choice([slot for slot in mutants(load(id)).slots if slot.forms])
        values = Mutant(load(id), {slot.name: rng.choice(slot.forms).tree}, 1).values
        outputs = [name for name in load(id).comparisons[-1].outputs if name in values]
        if not outputs:
            continue
        chosen = [rng.choice(outputs)] if rng.random() < 0.4 else outputs
        with np.printoptions(precision=rng.choice((8, 8, 8, 5, 6, 12))):
            if rng.random() < 0.2:
                yield str({name: values[name] for name in chosen})
            elif rng.random() < 0.1 and (arrays := [n for n in chosen if np.ndim(values[n])]):
                # Without names, one bare number below another is a column.
                yield "\n".join(str(values[name]) for name in arrays)
            else:
                yield printed(values, *chosen)
        number -= 1


def test_differences_of_a_gradient_check_are_answered_as_the_package_answers_them() -> None:
    numbers = [repr(one.value) for one in known()]
    numbers += ["0.0", "1.0", "0.333333347899", "1.19e-07", "2e-06", "nan", "0.28", "0.4343434343"]
    texts = [f"a mistake in the backward propagation! difference = {one}" for one in numbers]
    texts += [f"The gradient is wrong!\ndifference = {one}" for one in numbers[::7]]
    works = "backward propagation works perfectly fine! difference = "
    small = [f"{works}{one}" for one in ("3.1e-09", "1.19e-07", "1.2807e-08", "7.814075e-11")]
    beside = (
        "",
        "gradient_check_n",
        "I haven\u2019t fixed backward_propagation_n yet.",
        "I could not fix the mistake in backward_propagation_n.",
        "The expected difference is 0.285.",
        "    numerator = np.linalg.norm(grad[i] - gradapprox[i])",
        "        total = total + (grad[i] - gradapprox[i]) ** 2",
    )
    texts += [f"{words}\n{one}" for words in beside for one in small]
    texts += [*TOLD_DIFFERENCES, *OTHER_DIFFERENCES]
    agree(*((text,) for text in texts))


def double_mutants(number: int) -> list[str]:
    """Print all outputs of mutants with two changes, some of them in one step."""
    rng = random.Random(21)  # noqa: S311
    texts: list[str] = []
    while len(texts) < number:
        id = rng.choice(ids("Course 1"))
        first, other = rng.sample([slot for slot in mutants(load(id)).slots if slot.forms], 2)
        forms = {slot.name: rng.choice(slot.forms).tree for slot in (first, other)}
        if len(texts) % 5 == 0 and (twice := second_changes(load(id), first.name)):
            forms = {first.name: rng.choice(list(twice))}
        values = Mutant(load(id), forms, 2).values
        outputs = load(id).comparisons[-1].outputs
        if set(outputs) <= values.keys() and all(np.isfinite(values[n]).all() for n in outputs):
            texts.append(printed(values, *outputs))
    return texts


def test_page_and_package_agree_on_the_corpus() -> None:
    agree(*((file.read_text(encoding="utf-8"),) for file in CORPUS))


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_page_and_package_agree_on_1_000_random_programs(chunk: int) -> None:
    agree(*((text, None, 1) for text in random_programs(CHUNKS + chunk, 1000 // CHUNKS)))


def test_page_and_package_agree_on_single_mutants_where_two_changes_are_allowed() -> None:
    agree(*((text,) for text in random_programs(20, 40)))


def test_page_and_package_agree_on_double_mutants() -> None:
    agree(*((text,) for text in double_mutants(10)))


@pytest.mark.parametrize(
    ("id", "given"),
    [("c1w3_bp_public_a", (slice(4), slice(2))), ("c1w4_L_model_backward_v2", (slice(1, 3),))],
)
def test_page_and_package_leave_off_at_one_place_where_no_program_prints_the_numbers(
    id: str, given: tuple[slice, ...]
) -> None:
    rng, outputs = np.random.default_rng(5), ("dW1", "db1", "dW2", "db2")
    values = {name: rng.normal(size=np.shape(load(id).expected[name])) for name in outputs}
    agree(*((printed(values, *outputs[some]),) for some in given))


def test_page_and_package_write_the_same_mathematics() -> None:
    asked, wanted = [], []
    for id in ids("Course 1"):
        for slot in mutants(load(id)).slots:
            trees = [slot.original.tree, *(form.tree for form in slot.forms[:40])]
            asked += [("equation", slot.name, write(tree)) for tree in trees]
            wanted += [
                equation(slot.name, parse(f"x = {write(tree)}").steps[0].expression)
                for tree in trees
            ]
    assert len(asked) > 1000
    assert ask(*asked) == wanted


def test_every_form_is_read_as_it_is_written() -> None:
    slots = [slot for id in ids("Course 1") for slot in mutants(load(id)).slots]
    codes = list(dict.fromkeys(write(form.tree) for slot in slots for form in slot.forms))
    assert len(codes) > 2000
    assert ask(*(("parse", code) for code in codes)) == codes


def shapes(id: str) -> tuple[object, ...]:
    test = load(id)
    return test.program, test.forward, *((n, value.shape) for n, value in test.arrays.items())


# Tests that differ in their numbers alone have the same mutants; of those the last one stands.
unlike = pytest.mark.parametrize("id", {shapes(id): id for id in ids("Course 1")}.values())


@unlike
def test_page_and_package_have_the_same_changes_of_one_step_and_of_several(id: str) -> None:
    found = mutants(load(id))
    several, *slots = ask(("several", id), *(("forms", id, slot.name) for slot in found.slots))
    assert several == [[[n, write(t)] for n, t in forms.items()] for forms in found.higher_order]
    for slot, given in zip(found.slots, slots, strict=True):
        kinds = (slot.forms, slot.stillborn)
        assert given == [[write(form.tree) for form in forms] for forms in kinds], slot.name


@unlike
def test_page_and_package_make_the_same_two_changes_of_every_kind_of_step(id: str) -> None:
    """Of the same step in several layers the last one stands."""
    slots = mutants(load(id)).slots
    names = {re.sub(r"\d", "", write(slot.original.tree)): slot.name for slot in slots}.values()
    for name, given in zip(names, ask(*(("second_changes", id, n) for n in names)), strict=True):
        assert set(given) == {write(tree) for tree in second_changes(load(id), name)}, name


def test_page_and_package_tell_the_same_operators() -> None:
    asked, wanted = [], []
    for id in ids("Course 1"):
        for slot in mutants(load(id)).slots:
            trees = [form.tree for form in (*slot.forms, *slot.stillborn)]
            trees += list(second_changes(load(id), slot.name))[::1000]
            asked.append(("operators", id, slot.name, trees))
            wanted.append([operator_of(load(id), slot.name, tree) for tree in trees])
    assert ask(*asked) == wanted


def single_mutants(id: str) -> list[Mutant]:
    found = mutants(load(id))
    forms = [{slot.name: form.tree} for slot in found.slots for form in slot.forms]
    return [Mutant(load(id), one) for one in (*forms, *found.higher_order)]


def test_page_and_package_judge_a_sample_of_1_500_programs_alike() -> None:
    rng = random.Random(25)  # noqa: S311
    every = [mutant for id in ids("Course 1") for mutant in single_mutants(id)]
    sample = rng.sample(every, 1500)
    for id in ids("Course 1"):
        own = [mutant for mutant in sample if mutant.fixture.id == id]
        (given,) = ask(("verdicts", id, [dict(mutant.forms) for mutant in own]))
        assert given == [[mutant.verdict, mutant.right_here] for mutant in own], id


def test_page_and_package_show_changed_statements_and_what_is_expected_alike() -> None:
    candidates = [
        Mutant(load(id), forms, 1) for id in ids("Course 1") for _, forms in occurrences(load(id))
    ]
    given = ask(*(("shown", one.fixture.id, dict(one.forms)) for one in candidates))
    assert given == [[list(one.shown), list(one.expects)] for one in candidates]


def test_rows_are_taken_and_put_together_as_numpy_does() -> None:
    rng = np.random.default_rng(8)
    questions, wanted = [], []
    for _ in range(300):
        first, other = (rng.normal(size=rng.integers(1, 5, rng.integers(0, 3))) for _ in "xy")
        scope = {"x": first, "y": other, "n": np.array(float(rng.integers(-3, 6)))}
        code = rng.choice(
            ["x[:n]", "x[n:]", "x.T[:2]", "concatenate((x, y))", "(x @ y)[1:] + x[:1]", "x[y:]"]
        )
        try:
            value = np.asarray(compiled(expression(code))(scope))
            wanted.append([list(value.shape), value.ravel()])
        except (ValueError, TypeError, IndexError):
            wanted.append(None)
        given = {}
        for name, one in scope.items():
            given[name] = [[*one.shape], *one.ravel().tolist()]
        questions.append(("value", code, given))
    assert sum(one is not None for one in wanted) > 100
    for question, given, want in zip(questions, ask(*questions), wanted, strict=True):
        assert (given is None) == (want is None), question
        if want is not None:
            assert given[0] == want[0], question
            assert np.allclose(given[1], want[1]), question


def test_numbers_are_printed_as_numpy_prints_them() -> None:
    for id, given in zip(
        ids("Course 1"), ask(*(("printed", id) for id in ids("Course 1"))), strict=True
    ):
        values = load(id).run()
        del given["m"]
        assert given == {name: str(values[name]) for name in given}


def mangled(rng: random.Random, text: str, slips: int, letters: str) -> str:
    found = list(text)
    for _ in range(slips):
        found[rng.randrange(len(found))] = rng.choice(letters)
    return "".join(found)


def test_mangled_texts_are_read_alike() -> None:
    rng = random.Random(23)  # noqa: S311
    sources = [file.read_text(encoding="utf-8") for file in CORPUS]
    texts = [
        mangled(rng, rng.choice(sources), rng.choice((1, 3, 30)), "[]().,=-:eE5 \n…−dW")
        for _ in range(200)
    ]
    given = ask(*(("read", text) for text in texts))
    for text, found in zip(texts, given, strict=True):
        assert found == read_by_package(text), json.dumps(text)


SIGNS = ("# ", "//", "% ", "| ", "-- ", ";; ", "* ", "'", '"', "- ", "1. ", "12 | ", "> # ")


def test_commented_texts_are_read_alike() -> None:
    sources = [file.read_text(encoding="utf-8") for file in CORPUS]
    signed = [
        "\n".join(sign + line for line in text.split("\n")) for text in sources for sign in SIGNS
    ]
    signed += [text.translate({n: n + 0xFEE0 for n in range(0x21, 0x7F)}) for text in sources]
    signed += [text.replace("]\n [", "]; [").replace("]\n", ";\n") for text in sources]
    signed += [text.encode("utf-16-le").decode("latin-1") for text in sources]
    for text, found in zip(signed, ask(*(("read", text) for text in signed)), strict=True):
        assert found == read_by_package(text), json.dumps(text)


LONG = ("[0.1]", "[0.1 ", "[a ", "[[", "0.1\n", "0.1 ", "# dW1 = [[0.1]\n#  [0.2]]\n", "\n", "# ")
LONG += ("Expected output:\ndW1 = [[0.1 0.2]]\n", "a.py.py in f(", "9", "dW1 = 0.5\n", "1 | ")
LONG += ("Wrong shape for dw. (3, 4) ", "gradient check not ")


def test_a_text_of_1_mb_is_read_within_a_second() -> None:
    texts = [piece * (10**6 // len(piece)) for piece in LONG]
    enough = allowed(1000)
    assert max(ask(*(("read_spent", text, enough) for text in texts))) <= enough


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("[0.69314718 0.64643212 0.61930001]", 2),
        ("tensor([[ 0.15, -0.22],\n        [-0.03,  0.09]])\ntensor([ 0.33, -0.07])", 2),
        ("[[-0.3  1.2  0.7]\n [ 1.3  0.3 -0.8]]\n[[0.4]\n [-0.4]]", 2),
        ("dA0 = [[-0.35  1.20]\n [ 1.39  0.31]\n [ 0.41 -0.48]\n [ 0.91 -0.90]]", 8),
        ("[[-0.35  1.20]\n [ 1.39  0.31]\n [ 0.41 -0.48]]\n[[-0.91 -0.90 -0.99]]", 8),
    ],
)
def test_the_page_answers_before_its_reader_gives_up(text: str, seconds: float) -> None:
    def spent() -> float:
        page = fresh()
        with page.complaints, page.process:
            page.put([("diagnose_spent", text)])
            (found,) = json.loads(page.process.communicate()[0])
        return float(found)

    assert any(spent() < allowed(1000 * seconds) for _ in range(3))


def read_by_package(text: str) -> Any:
    try:
        arrays = read(text).arrays
    except ValueError as error:
        return {"error": str(error)}
    return [
        [
            *(seen.name, seen.context, seen.dimensions, seen.whole, seen.line),
            None if seen.shape is None else list(seen.shape),
            list(seen.at),
            [[number(cell.value), cell.own, cell.decimals] for cell in seen.cells],
        ]
        for seen in arrays
    ]


def number(value: float) -> float | str:
    if np.isfinite(value):
        return value
    return "NaN" if np.isnan(value) else f"{'-' * (value < 0)}Infinity"


def test_mangled_texts_are_read_quickly_and_without_an_exception() -> None:
    rng = random.Random(22)  # noqa: S311
    sources = [file.read_text(encoding="utf-8") for file in CORPUS]
    texts = []
    for _ in range(300):
        text = "".join(rng.choices(sources, k=40))[:10_000]
        slips = rng.choice((5, 200, 3000))
        texts.append(mangled(rng, text, slips, "[]().,=-:eEn0123456789 \n…−dWbZA\\\"'"))
    enough = allowed(20)
    assert max(ask(*(("read_spent", text, enough) for text in texts))) <= enough


def sources() -> dict[str, str]:
    return {file.stem: file.read_text(encoding="utf-8") for file in MODULES.glob("*.js")}


def test_modules_are_small_and_import_only_what_is_below_them() -> None:
    assert sources().keys() == set(LAYERS)
    for name, text in sources().items():
        assert len(text.splitlines()) <= 330, name
        for below in IMPORTED.findall(text):
            assert LAYERS.index(below.removesuffix(".js")) < LAYERS.index(name), (name, below)


def test_every_import_of_a_module_is_one_that_the_script_is_joined_by() -> None:
    for name, text in sources().items():
        assert len(IMPORTED.findall(text)) == len(
            re.findall(r"^import\b|\bimport\(", text, re.M)
        ), name


def scripts() -> list[str]:
    page, showing = MODULES / "page.js", MODULES / "showing.js"
    return [joined(page, later=showing), joined_later(showing, first=page)]


def test_the_joined_scripts_have_every_definition_once_and_no_import() -> None:
    found = [name for script in scripts() for name in DEFINED.findall(script)]
    every = [name for text in sources().values() for name in DEFINED.findall(text)]
    assert sorted(found) == sorted(every)
    assert not re.search(r"^\s*(?:import|export)\b", "".join(scripts()), re.MULTILINE)


def test_the_second_script_is_lent_what_it_takes_of_the_first() -> None:
    first, later = scripts()
    (lent,) = re.findall(r"Object\.assign\(globalThis\.backcheck, \{ (.*) \}\);\n\}\)", first)
    assert f"const {{ {lent} }} = globalThis.backcheck;" in later
    assert set(lent.split(", ")) <= set(DEFINED.findall(first))


def test_a_browser_can_read_the_joined_scripts(tmp_path: Path) -> None:
    for script in scripts():
        (tmp_path / "joined.js").write_text(script, encoding="utf-8")
        subprocess.run([node(), "--check", str(tmp_path / "joined.js")], check=True)


@pytest.mark.parametrize("defined", ["same = 1", "[low, same] = [1, 2]", "{ low, of: same } = low"])
def test_a_name_that_two_modules_define_is_refused(tmp_path: Path, defined: str) -> None:
    (tmp_path / "low.js").write_text(f"const {defined};\nexport {{ same }};\n")
    (tmp_path / "high.js").write_text('import { low } from "./low.js";\nfunction same() {}\n')
    with pytest.raises(ValueError, match=r"low\.js and high\.js both define same\."):
        joined(tmp_path / "high.js")
