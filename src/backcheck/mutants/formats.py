"""What a written test has besides its numbers: the mistakes it names, and the form of a tool."""

import ast
import json
import math
from collections.abc import Iterator, Sequence
from string import Template
from textwrap import indent, wrap
from typing import Any

from backcheck.fixtures import Fixture, parsed, table_of, text_of
from backcheck.forward import kind_and_shape
from backcheck.mutants.fingerprints import Fingerprints
from backcheck.program import Program

WIDTH = 83
"""How long a line of a test file may be, before it is indented by four."""


def formats() -> tuple[str, ...]:
    """Return the name of every tool that a test can be written for."""
    return tuple(table_of("mutants/formats.toml"))


def parts(fixture: Fixture, format: str) -> dict[str, str]:
    """Return the parts of a written test that depend on the tool: imports, framework and tail."""
    if format not in formats():
        raise ValueError(f"There is no format {format!r}; use one of {', '.join(formats())}.")
    called = {"dlai": "target"}.get(format, fixture.function)
    tested = f"by_name({called})" if fixture.call else called
    own = table_of("mutants/formats.toml")[format]
    filled = {
        part: Template(own.get(part, "")).substitute(function=fixture.function, tested=tested)
        for part in ("imports", "framework", "tail")
    }
    filled["imports"] += "\n" * bool(filled["imports"])
    filled["framework"] += "\n" * bool(filled["framework"])
    is_called = fixture.call and format != "plain"
    adaptor = f"\n\n\n{_by_name(fixture)}\n" if is_called else "\n"
    return filled | {"tail": (adaptor + filled["tail"]).rstrip("\n")}


def named(found: Fingerprints) -> dict[str, str]:
    """Return the parts of a written test that name mistakes."""
    blocks = []
    for what, prints in found.table.items():
        lines = wrap(what, WIDTH, break_on_hyphens=False)
        for where, known in prints.items():
            start = f"    {where}: "
            whole = wrap(" ".join(known), WIDTH - len(start), break_long_words=False)
            lines += [start + some for some in whole]
        blocks.append("\n".join(lines))
    return {
        "own": f"{found.own} of {found.killed}",
        "shared": str(found.shared),
        "rounding": f"{10.0 ** math.floor(math.log10(found.rounding)):.0e}",
        "chance": f"{10.0 ** math.ceil(math.log10(found.chance or 1)):.0e}",
        "mistakes": "\n\n".join(blocks),
        "scale": f"{found.scale:g}",
        "fingerprints": text_of("mutants/fingerprints.txt"),
    }


def notebook(fixture: Fixture, text: str) -> str:
    """Return the notebook for nbgrader that has a test in cells of its own."""
    call = fixture.call or (f"{fixture.function}(arrays), with a dictionary of the inputs",)
    lines = [f"# Write {fixture.function} here; it is called as", *(f"# {one}" for one in call)]
    solution = "\n".join((*lines, "### BEGIN SOLUTION", "### END SOLUTION"))
    tested = f"by_name({fixture.function})" if fixture.call else fixture.function
    cells = [
        _cell(fixture.function, solution, solution=True, locked=False),
        _cell(f"inputs_of_{fixture.function}", text.rstrip("\n")),
        _cell(f"test_{fixture.function}", f"check({tested})", grade=True, points=1),
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    whole = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def _cell(id: str, source: str, **said: bool | int) -> dict[str, Any]:
    plain = {"grade": False, "solution": False, "locked": True, "task": False, "schema_version": 3}
    return {
        "cell_type": "code",
        "id": id.replace("_", "-"),
        "execution_count": None,
        "metadata": {"nbgrader": {"grade_id": id, **plain, **said}},
        "outputs": [],
        "source": source,
    }


def _by_name(fixture: Fixture) -> str:
    """Return the function of the file that calls another one as the exercise does."""
    return "\n".join(
        (
            "def by_name(target):",
            '    """Return a function of the inputs by name that calls the one of the exercise."""',
            "",
            "    def backward(arrays):",
            *(indent(line, " " * 8) for line in _calls(fixture)),
            "",
            "    return backward",
        )
    )


def _calls(fixture: Fixture) -> Iterator[str]:
    """Yield the lines that call the function, and give what it returns the names of the test."""
    made = [
        (taken, _joined("target(", [_argument(fixture, one) for one in given], ")"))
        for taken, given in parsed(fixture)
    ]
    if ast.unparse(made[0][0]) == "{}":
        yield f"return {made[0][1]}"
        return
    yield "grads = {}"
    for taken, call in made:
        yield f"returned = {call}"
        for place, one in enumerate(taken.elts if isinstance(taken, ast.Tuple) else [taken]):
            value = f"returned[{place}]" if isinstance(taken, ast.Tuple) else "returned"
            if isinstance(one, ast.Dict | ast.Set):
                yield f"grads.update({value})"
            else:
                yield f'grads["{ast.unparse(one)}"] = {value}'
            for key, name in _renamed(one):
                yield f'grads["{name}"] = {value}["{key}"]'
    yield "return grads"


def _renamed(taken: ast.expr) -> Iterator[tuple[str, str]]:
    """Yield the keys of a dictionary that a test calls otherwise, with its own names."""
    if isinstance(taken, ast.Dict):
        for key, name in zip(taken.keys, taken.values, strict=True):
            yield str(getattr(key, "value", None)), ast.unparse(name)


def _argument(fixture: Fixture, node: ast.expr) -> str:
    """Return an argument of a call, or raise a ValueError where a file cannot put it together."""
    match node:
        case ast.Name(id=name) if name in fixture.arrays:
            own = f'arrays["{name}"]'
            return own if fixture.arrays[name].ndim else f"float({own})"
        case ast.Name(id=name) if name in fixture.given:
            # It is handed over and not read.
            _, symbols = kind_and_shape(fixture.given[name])
            return f"np.zeros({tuple(fixture.sizes.get(one, 1) for one in symbols)})"
        case ast.Name(id="m"):
            return str(int(Program(fixture.program.steps[:1]).run(fixture.arrays)["m"]))
        case ast.Tuple(elts=nodes):
            return _joined("(", [_argument(fixture, one) for one in nodes], ")")
        case ast.List(elts=nodes):
            return _joined("[", [_argument(fixture, one) for one in nodes], "]")
        case ast.Set(elts=nodes):
            values = [f'"{ast.unparse(one)}": {_argument(fixture, one)}' for one in nodes]
            return _joined("{", values, "}")
        case ast.Dict(keys=keys, values=nodes):
            words = [ast.unparse(key or node) for key, node in zip(keys, nodes, strict=True)]
            values = [_argument(fixture, node) for node in nodes]
            pairs = [f"{word}: {one}" for word, one in zip(words, values, strict=True)]
            return _joined("{", pairs, "}")
        case ast.Constant(value=str(word)):
            return f'"{word}"'
    raise ValueError(
        f"{fixture.function} takes {ast.unparse(node)!r}, which a file cannot put together; "
        "write it plain, and wrap the function yourself."
    )


def _joined(before: str, some: Sequence[str], after: str) -> str:
    """Return what is bracketed on one line, or an entry a line where that is too long."""
    line = f"{before}{', '.join(some)}{',' * (before == '(' and len(some) == 1)}{after}"
    if len(line) < WIDTH - 32 and "\n" not in line:
        return line
    rows = "".join(f"{one},\n" for one in some)
    return f"{before}\n{indent(rows, '    ')}{after}"
