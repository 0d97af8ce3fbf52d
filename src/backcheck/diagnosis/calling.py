"""How a test calls a function, read both ways: what it hands over, and what it takes apart."""

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Any

import numpy as np

from backcheck import gradient_check
from backcheck.activations import ACTIVATIONS
from backcheck.arrays import Array
from backcheck.fixtures import Fixture, ids, load, parsed, prefix
from backcheck.forward import kind_and_shape
from backcheck.program import GATES, Program
from backcheck.showing.words import pattern, say

HANDING = "with_own_forward"
"""The function that hands the cache of a forward pass to the backward one."""

MANY = 99
"""More arguments than any test has."""

NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five"}


def called(fixture: Fixture) -> str:
    """Return how a test calls its function, without what it takes apart."""
    text = fixture.call[0].rpartition(" = ")[2]
    return text if "[" not in text else text[: text.index("([")] + "caches)"


def can_be_called(text: str, fixture: Fixture) -> bool:
    """Return whether a text has a test's function, written, with as many parameters, no method."""
    _, given = next(iter(parsed(fixture)))
    for found in pattern("signature").finditer(text):
        if found["function"] != fixture.function:
            continue
        least, most = _taken(found["parameters"])
        if least <= len(given) <= most and _is_written(text, found.start(), found.end()):
            return True
    return False


def has_lost_margins(text: str, fixture: Fixture) -> bool:
    """Return whether the first line of a test's function is not indented, as forums leave it."""
    own = (
        one for one in pattern("signature").finditer(text) if one["function"] == fixture.function
    )
    return any(
        _margin(next(filter(str.strip, text[one.end() :].split("\n")[1:]), ""))
        <= one.start() - text.rfind("\n", 0, one.start()) - 1
        for one in own
    )


def _margin(line: str) -> int:
    return len(line) - len(line.lstrip())


def _taken(parameters: str) -> tuple[int, int]:
    """Return how many arguments a function takes at least and at most; of a method none fits."""
    nested = pattern("nested")
    own = list(filter(None, map(str.strip, nested.sub("", parameters).split(","))))
    if own[:1] in (["self"], ["cls"]):
        return 0, -1
    any_more = any(one.startswith("*") for one in own)
    own = [one for one in own if one[0] not in "*/"]
    return sum("=" not in one for one in own), MANY if any_more else len(own)


def _is_written(text: str, start: int, end: int) -> bool:
    """Return whether somebody has written what a function does, between the marks if it has any."""
    column = start - text.rfind("\n", 0, start) - 1
    first, *lines = text[end:].split("\n")
    indents = [_margin(line) for line in lines if line.strip()]
    # Where a forum has taken away the margins, the next function ends it, or the fence it is in.
    deeper = bool(indents) and indents[0] > column
    ends = ("```", "def ") if text.count("```", 0, start) % 2 else "def "
    body = [first]
    for line in lines:
        if line.lstrip().startswith(ends) or (deeper and line.strip() and _margin(line) <= column):
            break
        body.append(line)
    code = pattern("docstring").sub("", "\n".join(body))
    parts = [found["part"] for found in pattern("own-part").finditer(code)] or [code]
    return any(pattern("own-line").search(part) for part in parts)


def calls(
    fixture: Fixture, arrays: Mapping[str, Any] | None = None
) -> Iterator[tuple[ast.expr, tuple[Any, ...]]]:
    """Yield what each call of a test is taken apart into, and its arguments, by default its own."""
    values = fixture.arrays if arrays is None else arrays
    for taken, given in parsed(fixture):
        yield taken, tuple(_argument(fixture, values, node) for node in given)


def handing(fixture: Fixture) -> tuple[str, list[ast.expr]]:
    """Return the forward function that a notebook hands the cache from, and what that is given."""
    _, given = next(parsed(replace(fixture, call=(fixture.handed_by,))))
    return fixture.handed_by.partition("(")[0], given


def of_own_forward(fixture: Fixture, name: str) -> tuple[str, Fixture]:
    """Return a backward function called with what the forward one keeps, and a test that calls it.

    It is a function of the arguments of both, as text, and makes of them what the test expects.
    """
    (forward, forwards), (_, (*backwards, _)) = handing(fixture), next(parsed(fixture))
    ins, outs = (
        [f"{kind}{at}" for at, _ in enumerate(some)]
        for kind, some in (("forward", forwards), ("backward", backwards))
    )
    # A notebook's forward function returns its cache last.
    cache = f"{forward}({', '.join(ins)})[-1]"
    text = (
        f"def {HANDING}({', '.join([*outs, *ins])}):\n"
        f"    return {name}({', '.join([*outs, cache])})\n"
    )
    given = ", ".join(map(ast.unparse, [*backwards, *forwards]))
    return text, replace(fixture, call=(f"{HANDING}({given})",))


def _argument(fixture: Fixture, arrays: Mapping[str, Any], node: ast.expr) -> Any:
    match node:
        case ast.Name(id=name) if name in arrays:
            value = arrays[name]
            return np.array(value) if value.ndim else float(value)
        case ast.Name(id=name) if name in fixture.given:
            # The first notebook's test of the linear step spells out no bias, which is not read.
            _, symbols = kind_and_shape(fixture.given[name])
            return np.zeros([fixture.sizes.get(symbol, 1) for symbol in symbols])
        case ast.Name(id="m"):
            return int(Program(fixture.program.steps[:1]).run(arrays)["m"])
        case ast.Constant(value=str(word)):
            return word
        case ast.Tuple(elts=nodes):
            return tuple(_argument(fixture, arrays, one) for one in nodes)
        case ast.List(elts=nodes):
            return [_argument(fixture, arrays, one) for one in nodes]
        case ast.Set(elts=nodes):
            return {ast.unparse(one): _argument(fixture, arrays, one) for one in nodes}
        case ast.Dict(keys=keys, values=nodes):
            words = [getattr(key, "value", None) for key in keys]
            return {k: _argument(fixture, arrays, n) for k, n in zip(words, nodes, strict=True)}
    raise ValueError(f"{fixture.function} cannot be called with {ast.unparse(node)!r}.")


def by_name(fixture: Fixture, into: ast.expr, returned: Any) -> dict[str, Any]:
    """Return what a function returned by the names of the test."""
    match into:
        case ast.Name(id=name):
            return {name: returned} if name in fixture.expected else {}
        case ast.Dict() | ast.Set() if isinstance(returned, Mapping):
            keys = zip(getattr(into, "keys", ()), getattr(into, "values", ()), strict=True)
            called = {getattr(key, "value", None): ast.unparse(part) for key, part in keys}
            return {called.get(key, str(key)): value for key, value in returned.items()}
        case ast.Dict() | ast.Set():
            nodes = (node for taken, _ in parsed(fixture) for node in ast.walk(taken))
            beside = {node.id for node in nodes if isinstance(node, ast.Name)}
            names = [name for name in fixture.expected if name not in beside]
            wanted = say("a-dictionary-with", names=", ".join(names))
        case ast.Tuple(elts=parts):
            order = ", ".join(map(_called, parts))
            due = [not isinstance(part, ast.Name) for part in parts]
            if isinstance(returned, tuple | list) and len(returned) == len(parts):
                is_dict = [isinstance(one, Mapping) for one in returned]
                if is_dict != due and sum(is_dict) == sum(due):
                    raise ValueError(say("returned-order", function=fixture.function, order=order))
                found: dict[str, Any] = {}
                for part, value in zip(parts, returned, strict=True):
                    found |= by_name(fixture, part, value)
                return found
            key = "some-values" if any(due) else "some-arrays"
            wanted = say(key, number=NUMBERS.get(len(parts), len(parts)), names=order)
        case _:
            wanted = ast.unparse(into)
    got = _kind(returned)
    raise ValueError(say("returns-else", function=fixture.function, wanted=wanted, got=got))


def _called(part: ast.expr) -> str:
    """Return what a part of what is returned is called: its name, or what it is."""
    if isinstance(part, ast.Name):
        return part.id.removeprefix(prefix(part.id))
    return say("a-dictionary")


def _kind(value: Any) -> str:
    kind = getattr(value, "kind", type(value).__name__)
    if kind == "NoneType":
        return say("returned-none")
    if isinstance(value, tuple | list):
        return say("returned-several", kind=kind, number=len(value))
    return say("returned-one", kind=kind)


def helper(name: str, modules: Sequence[str] = ()) -> Any:
    """Return what the exercises import or have had written before, or None.

    A function with a test of its own computes what that test's program does.
    """
    slope = ACTIVATIONS.get(name.removesuffix("_backward"))
    if slope and slope.name != name:
        return lambda dA, cache: dA * slope.derivative_from_z(cache)
    if slope:
        # The module of Week 4 hands the cache back as well, those of the other weeks do not.
        with_cache = any(module.startswith("dnn_") for module in modules)
        return (lambda Z: (slope(Z), Z)) if with_cache else slope
    if name == "softmax":
        return GATES[name]
    if name in (own := _of_gradient_check()):
        return own[name]
    tests = [test for test in map(load, ids()) if test.function == name and test.call]
    return partial(_published, tests[-1]) if tests else None


@cache
def _of_gradient_check() -> Mapping[str, Callable[..., Any]]:
    """Return the functions that the notebook imports for its gradient check, by name."""
    test = gradient_check.fixture()
    names = [output[1:] for output in test.comparisons[-1].outputs]
    shapes = {name: test.arrays[name].shape for name in names}
    cuts = np.cumsum([test.arrays[name].size for name in names])[:-1]

    def in_one_column(arrays: Mapping[str, Array], before: str = "") -> Array:
        return np.concatenate([np.reshape(arrays[before + name], (-1, 1)) for name in names])

    def dictionary_to_vector(parameters: Mapping[str, Array]) -> tuple[Array, list[str]]:
        return in_one_column(parameters), [n for n in names for _ in range(parameters[n].size)]

    def vector_to_dictionary(theta: Array) -> dict[str, Array]:
        parts = zip(names, np.split(np.ravel(theta), cuts), strict=True)
        return {name: part.reshape(shapes[name]) for name, part in parts}

    def gradients_to_vector(gradients: Mapping[str, Array]) -> Array:
        return in_one_column(gradients, "d")

    def forward_propagation_n(X: Array, Y: Array, parameters: Mapping[str, Array]) -> Any:
        found = test.forward.run({"A0": X, "Y": Y, **parameters})
        kept = [f"{letter}{n}" for n in (1, 2, 3) for letter in "ZAWb"]
        return found["J"], tuple({**found, **parameters}[name] for name in kept)

    own = (dictionary_to_vector, vector_to_dictionary, gradients_to_vector, forward_propagation_n)
    return {one.__name__: one for one in own}


def _published(fixture: Fixture, *given: Any, **named: Any) -> Any:
    for into, patterns in parsed(fixture):
        arrays: dict[str, Any] = {}
        if not bound(ast.Tuple(patterns), (*given, *named.values()), arrays):
            continue
        try:
            values = fixture.program.run(arrays)
        except ValueError as error:
            # The name of the step is none of the reader's.
            raise ValueError(str(error).partition(": ")[2]) from None
        if isinstance(into, ast.Tuple):
            return tuple(values[ast.unparse(part)] for part in into.elts)
        return {name: values[name] for name in fixture.expected}
    raise TypeError(f"{fixture.function} is not called so")


def bound(pattern: ast.expr, value: Any, arrays: dict[str, Any]) -> bool:
    """Take a value apart as a call of a test is put together; return whether it fits."""
    match pattern:
        case ast.Name(id=name):
            arrays[name] = value
            return True
        case ast.Constant(value=word):
            return bool(word == value)
        case ast.Set(elts=parts):
            value = [value[ast.unparse(part)] for part in parts]
        case ast.Dict(keys=keys, values=parts):
            value = [value[getattr(key, "value", None)] for key in keys]
        case ast.Tuple(elts=parts) | ast.List(elts=parts) if isinstance(value, tuple | list):
            pass
        case _:
            return False
    return len(parts) == len(value) and all(
        bound(part, one, arrays) for part, one in zip(parts, value, strict=True)
    )
