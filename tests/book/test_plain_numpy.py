"""The lines to paste into a learner's own notebook, and the answers to paste into a forum."""

import ast
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import numpy as np
import pytest

from chapters import chapters, source_of

LABELS = {
    "a-minus-y-fails": "a-minus-y-numpy",
    "printed-values-match-but-test-fails": "printed-values-numpy",
    "week-3": "week-3-numpy",
    "week-4": "week-4-numpy",
}
"""Where a page has its plain lines."""

WEEK_3 = ("-0.24468458", "0.35757901")
WEEK_4 = ("0.78862847", "0.43650985", "-0.1261204", "0.42987761")
DIGITS = {
    "a-minus-y-fails": (*WEEK_4, "1.78862847", "0.41186261"),
    "printed-values-match-but-test-fails": WEEK_3,
    "week-3": WEEK_3,
    "week-4": WEEK_4,
}
"""What the plain lines print, and the page quotes."""

KEYS = {
    "a-minus-y-fails": WEEK_4,
    "printed-values-match-but-test-fails": WEEK_3,
    "why-da": WEEK_4,
    "slide-or-tip": WEEK_3,
    "nearly-right": ("1.0154282", "-6.2530", *WEEK_4),
    "one-over-m": ("7 times too small", "7 times too large", "half as large"),
    "no-a0": ("(4, 2)", "(3, 2)"),
}
"""What a reader of an answer compares with the own screen."""

FORBIDDEN_CALLS = {"dot", "matmul", "einsum", "tensordot", "inner", "outer", "sum"}

PAGES = {name: source_of(name) for name in chapters()}
ANSWERS = {
    name: re.findall(r"^\(([a-z0-9-]+)-answer\)=\n## (.*)\n\n```text\n(.*?)```", text, re.M | re.S)
    for name, text in PAGES.items()
    if re.search(r"^\([a-z0-9-]+-answer\)=$", text, re.M)
}


def plain_lines(name: str) -> str:
    """Return the cell of the section with the plain lines."""
    section = PAGES[name].split(f"({LABELS[name]})=")[1].split("\n(")[0]
    (code,) = re.findall(r"```\{code-cell\} ipython3\n(.*?)```", section, re.S)
    return str(code)


@pytest.fixture(scope="module")
def numpy_alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder from which numpy can be imported, and nothing else."""
    folder = tmp_path_factory.mktemp("numpy-alone")
    installed = Path(np.__file__).parent
    for source in (installed, installed.with_name("numpy.libs")):
        if source.exists():
            (folder / source.name).symlink_to(source)
    return folder


def run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run code in a Python that knows its standard library and this folder."""
    before = f"import sys; sys.path.append({str(folder)!r})\n"
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", before + code],
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def test_the_environment_of_the_plain_lines_has_numpy_and_no_other_package(
    numpy_alone: Path,
) -> None:
    paths = run("print(sys.path)", numpy_alone).stdout
    assert sysconfig.get_path("purelib") not in paths
    assert run("import numpy", numpy_alone).returncode == 0
    for package in ("backcheck", "matplotlib", "IPython"):
        assert "ModuleNotFoundError" in run(f"import {package}", numpy_alone).stderr


@pytest.mark.parametrize("name", LABELS)
def test_the_plain_lines_print_the_digits_that_the_page_quotes(
    name: str, numpy_alone: Path
) -> None:
    code = plain_lines(name)
    done = run(code, numpy_alone)
    assert not done.stderr
    quoting = PAGES[name].replace(code, "")
    for digits in DIGITS[name]:
        assert re.search(rf"(?<![\d.-]){digits}0*(?!\d)", done.stdout), digits
        assert digits in quoting


@pytest.mark.parametrize("name", LABELS)
def test_the_plain_lines_are_ten_at_most_and_import_numpy_alone(name: str) -> None:
    code = plain_lines(name)
    assert len([line for line in code.splitlines() if line.strip()]) <= 10
    imports = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Import)]
    assert [ast.unparse(node) for node in imports] == ["import numpy as np"]
    assert not any(isinstance(node, ast.ImportFrom) for node in ast.walk(ast.parse(code)))


@pytest.mark.parametrize("name", LABELS)
def test_the_plain_lines_hold_no_function_and_no_graded_line(name: str) -> None:
    for node in ast.walk(ast.parse(plain_lines(name))):
        assert not isinstance(node, ast.FunctionDef | ast.Lambda | ast.MatMult)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            assert not re.match(r"d[AWbZ]", node.id), node.id
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"T", *FORBIDDEN_CALLS}, node.attr


def test_every_section_that_ends_in_answer_is_one_text_to_paste() -> None:
    assert set(KEYS) <= set(ANSWERS)
    for name, found in ANSWERS.items():
        assert [heading for _, heading, _ in found] == ["An answer to paste"], name


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_to_paste_has_40_to_120_words(name: str) -> None:
    for _, _, answer in ANSWERS[name]:
        assert 40 <= len(answer.split()) <= 120, len(answer.split())


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_to_paste_has_its_formulas_between_single_dollars(name: str) -> None:
    for _, _, answer in ANSWERS[name]:
        assert "$$" not in answer
        assert answer.count("$") % 2 == 0
        assert answer.count("`") % 2 == 0
        outside = re.sub(r"\$[^$]*\$|`[^`]*`", "", answer)
        assert not re.search(r"\\|\{|\^", outside), outside


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_to_paste_has_the_digits_that_a_reader_can_compare(name: str) -> None:
    for _, _, answer in ANSWERS[name]:
        flat = " ".join(answer.split())
        for digits in KEYS.get(name, ()):
            assert digits in flat, digits
        numbers = set(re.findall(r"\d+(?:\.\d+)?", flat))
        assert numbers & set(re.findall(r"\d+(?:\.\d+)?", PAGES[name].split("\n## ")[0]))
