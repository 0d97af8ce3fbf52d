"""The tests of another course, read from a file of your own and checked before they are used."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from backcheck.diagnosis.calling import calls
from backcheck.fixtures import DIFFERENCE, RULES, Fixture, from_table
from backcheck.forward import COST, KEEP, SIZES, kind_and_shape, size, variable, verdict
from backcheck.over_time import unrolled
from backcheck.program import parse

TEXT = ("title", "course", "function", "found_in", "forward", "program")
REQUIRED: dict[str, type] = dict.fromkeys(TEXT, str)
REQUIRED |= {"sources": list, "given": dict, "comparisons": list}
KEYS = REQUIRED | {"based_on": str, "gradient_of": str, "seed": int, "listed": bool, "page": str}
KEYS |= {"is_gradient": bool, "instead": str, "handed_by": str}
KEYS |= dict.fromkeys(("draws", "computed", "call", "also_called", "misprinted"), list)
KEYS |= dict.fromkeys(("literals", "expected", "entries", "explains", "deeper"), dict)
KEYS |= {"notebook_names": dict}
"""What a table can say, and of what kind it is; see `backcheck.fixtures.from_table`."""

COMPARED: dict[str, type] = {"edition": str, "rule": str, "outputs": list, "exact_keys": bool}
COMPARED |= {"near": list, "step": float, "bare": bool, "of_any_shape": list}


def read(path: str | Path) -> tuple[Fixture, ...]:
    """Read the tests of a TOML file, each a table as in ``published/*.toml``.

    Everything is checked, down to whether a backward pass is the gradient of its forward pass.
    A ValueError says in one sentence what is the matter with the first table that is not sound.
    """
    tables = table_in(path)
    known: dict[str, dict[str, Any]] = {}
    found = []
    for id, table in tables.items():
        base = table.get("based_on", id) if isinstance(table, dict) else id
        known[id] = {**known.get(base, {}), **table} if isinstance(table, dict) else {}
        flaw = "" if base in known else f"it is based on {base!r}, but no table above is called so."
        try:
            flaw = flaw or next(_of_table(known[id]), "")
            if not flaw:
                found.append(from_table(id, known[id]))
                flaw = next(flaws(found[-1]), "")
        except (ValueError, KeyError) as error:
            flaw = str(error.args[0])
        if flaw:
            raise ValueError(f"{id}: {flaw.removesuffix('.')}.")
    return tuple(found)


def table_in(path: str | Path) -> dict[str, Any]:
    """Return what a TOML file holds, or say in a ValueError why it cannot be read."""
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"{path} cannot be read ({error.strerror}).") from None
    except ValueError as error:
        raise ValueError(f"{path} is not a TOML file: {error}.") from None


def _of_table(table: Mapping[str, Any]) -> Iterator[str]:
    """Yield what makes a table unreadable."""
    yield from (f"the key {key!r} is missing." for key in REQUIRED if key not in table)
    yield from of_keys(table, KEYS)
    yield from of_keys(table.get("deeper", {}), KEYS)
    for entry in table["comparisons"]:
        yield from of_keys(entry, COMPARED)
        missing = [key for key in ("edition", "rule", "outputs") if key not in entry]
        yield from (f"one of its comparisons lacks the key {key!r}." for key in missing)
    if ("seed" in table) != bool(table.get("draws")):
        yield "it needs both a seed and draws, or neither."
    draws = table.get("draws", ())
    if not all(isinstance(one, dict) and {"name", "shape"} <= one.keys() for one in draws):
        yield "each of its draws needs a name and a shape."
    for key in {"forward", "program", "instead", "gradient_of"} & table.keys():
        try:
            parse(unrolled(table[key].lstrip("\n")))
        except ValueError as error:
            yield f"its {key} is no program. {error}"


def of_keys(entry: Any, known: Mapping[str, type]) -> Iterator[str]:
    """Yield which keys of a table are none, or hold what they cannot."""
    if not isinstance(entry, dict):
        yield f"{entry!r} stands where a table is needed, such as one with {', '.join(known)}."
        return
    for key, value in entry.items():
        if key not in known:
            yield f"there is no key {key!r}; use {', '.join(known)}."
        elif not isinstance(value, known[key]):
            words = {str: "text", list: "a list", dict: "a table", bool: "true or false"}
            yield f"{key} has to be {words.get(known[key], 'a number')}."


def flaws(fixture: Fixture) -> Iterator[str]:
    """Yield what makes a test unsound, the first cause first."""
    lines = [step.name for step in fixture.forward.steps]
    if lines[0] != "m" or fixture.program.steps[0].name != "m":
        yield "its forward and its program have to begin with a line such as m = X.shape[1]."
    if not any(name.endswith(COST) for name in lines):
        yield f"its forward has no line for a cost, such as {COST} = sum(dZ * Z) / m."
    for name, said in fixture.given.items():
        yield from of_given(fixture, name, said)
    for name in fixture.arrays:
        if name not in (*fixture.given, *lines):
            yield f"{name} is neither given nor computed by a line of its forward."
    for comparison in fixture.comparisons:
        if comparison.rule not in (*RULES, DIFFERENCE):
            known = ", ".join((*RULES, DIFFERENCE))
            yield f"there is no rule {comparison.rule!r} to compare by; use one of {known}."
        for name in comparison.outputs:
            if name not in fixture.expected:
                yield f"{name} is compared, but there is no such expected output."
            if name not in (step.name for step in fixture.program.steps):
                yield f"{name} is compared, but its program has no such step."
            if name not in lines and not variable(fixture, name)[1]:
                yield f"{name} is compared, but is no line of its forward, nor d and a name."
    tuple(calls(fixture))
    outcome = fixture.judge(fixture.program)
    if outcome.word != "passes":
        yield f"its own program does not pass: it {outcome}."
    if (verdict(fixture.program, fixture) == "equivalent") != fixture.is_gradient:
        does = "does not compute" if fixture.is_gradient else "does compute"
        yield f"its program {does} the gradient of the cost of its forward."
    if fixture.deeper:
        yield from (f"deeper, {flaw}" for flaw in flaws(fixture.deeper))


def of_given(fixture: Fixture, name: str, said: str) -> Iterator[str]:
    """Yield what makes what a test says of something given unsound."""
    kind, symbols = kind_and_shape(said)
    sizes = [one for symbol in symbols for one in symbol.split("+")]
    if not all(one in SIZES or one.isdigit() for one in sizes):
        yield f"{name} is given as {said!r}, but a size is a number or one of {', '.join(SIZES)}."
    elif kind == "mask" and KEEP not in fixture.given:
        yield f"{name} is given as a mask, but {KEEP}, its probability, is not given before it."
    elif name in fixture.arrays:
        shape = fixture.arrays[name].shape
        wanted = tuple(size(one, fixture.sizes) for one in symbols)
        if shape != wanted:
            own = ", ".join(f"{symbol} is {size}" for symbol, size in fixture.sizes.items())
            yield f"{name} is given as {said!r}, but has shape {shape} where {own}."
