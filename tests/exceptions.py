"""What programs with one mistake say when they stop, measured by running thousands of them.

The learner's functions are put together in the shape the course has them, from the text of the
fixtures' programs, so that none of them stands here as a whole. Each operator makes one kind of
mistake at every place of a function. What a changed function raises on the arrays of a test, and
in which function and at which kind of statement, is the evidence in ``exceptions.toml``.
"""

import ast
import copy
import json
import math
import re
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from types import CodeType
from typing import Any

import numpy as np

from backcheck.diagnosis.calling import by_name
from backcheck.diagnosis.calling import calls as calls_of
from backcheck.diagnosis.reading import Frame, frame_of
from backcheck.diagnosis.symptoms import evidence_of, exceptions
from backcheck.fixtures import Fixture, ids, load
from backcheck.program import names, write

CONTAINED = {"caches": {"current_cache"}, "cache": {"linear_cache", "activation_cache"}}
"""Which cache holds which, by the names the course gives them."""

HELPERS = ("linear_backward", "linear_activation_backward", "sigmoid_backward", "relu_backward")

MODELLED = ("Course 1 Week 3", "Course 1 Week 4", "Course 2 Week 1")
"""The courses whose functions are put together here."""

KNOWN = {"np", "str", "len", "range", "reversed", *HELPERS}
"""Names that are not those of arrays, and are not exchanged."""


@dataclass(frozen=True)
class Stop:
    """How one program stopped.

    Parameters
    ----------
    operator : str
        The mistake that was made in it.
    changed : str
        The function that has it.
    test : str
        The fixture it ran on.
    error : str
        The last line of the traceback.
    frame : Frame
        Where it stopped.
    program : str
        The text that has the mistake.
    """

    operator: str
    changed: str
    test: str
    error: str
    frame: Frame
    program: str

    @property
    def key(self) -> tuple[str, str, str, str] | None:
        """The kind of message, what it names, and the place; None if the book knows no kind."""
        return evidence_of(self.error, self.frame)


# ---- The functions, put together. ----


def _function(name: str, arguments: str, body: Sequence[str]) -> str:
    return "\n".join([f"def {name}({arguments}):", *(f"    {line}" for line in body)])


def _lines(fixture: Fixture, wanted: Sequence[str], prefix: str = "") -> list[str]:
    """Return the steps that some outputs need, as a learner writes them."""
    needed = {prefix + name for name in wanted}
    lines: list[str] = []
    for step in reversed(fixture.program.steps):
        if step.name in needed:
            needed |= set(names(step.expression))
            text = f"{step.name} = {write(step.expression)}".replace("sum(", "np.sum(")
            lines.insert(0, text.replace(prefix, "") if prefix else text)
    return lines


def _taken(names_taken: Sequence[str], source: str) -> list[str]:
    return [f'{name} = {source}["{name}"]' for name in names_taken]


def _returned(fixture: Fixture) -> list[str]:
    outputs = fixture.comparisons[-1].outputs
    return [
        "grads = {" + ", ".join(f'"{name}": {name}' for name in outputs) + "}",
        "return grads",
    ]


def _two_layers(fixture: Fixture) -> dict[str, str]:
    steps = _lines(fixture, fixture.comparisons[-1].outputs)
    read = set(re.findall(r"\b[AZW]\d", "\n".join(steps)))
    body = [
        steps[0],
        *_taken(sorted(name for name in read if name[0] == "W"), "parameters"),
        *_taken(sorted(name for name in read if name[0] != "W"), "cache"),
        *steps[1:],
        *_returned(fixture),
    ]
    return {fixture.function: _function(fixture.function, "parameters, cache, X, Y", body)}


def _flat(fixture: Fixture) -> dict[str, str]:
    entries = [name for u in fixture.layers for name in (u.Z, u.mask, u.A, u.W, u.b) if name]
    steps = _lines(fixture, fixture.comparisons[-1].outputs)
    number = next(name for name, value in fixture.arrays.items() if value.ndim == 0)
    body = [steps[0], f"{', '.join(entries)} = cache", *steps[1:], *_returned(fixture)]
    return {fixture.function: _function(fixture.function, f"X, Y, cache, {number}", body)}


def _linear() -> dict[str, str]:
    outputs = ["dA_prev", "dW", "db"]
    steps = _lines(load("c1w4_linear_backward_v2"), outputs)
    body = ["A_prev, W, b = cache", *steps, f"return {', '.join(outputs)}"]
    return {"linear_backward": _function("linear_backward", "dZ, cache", body)}


def _branches() -> dict[str, str]:
    fixture = load("c1w4_linear_activation_backward_v2")
    (slope,) = _lines(fixture, ["dZ"], "sigmoid_")
    given = {
        "sigmoid_backward": ["s = 1 / (1 + np.exp(-Z))", slope.replace("sigmoid(Z)", "s")],
        "relu_backward": ["dZ = np.array(dA, copy=True)", "dZ[Z <= 0] = 0"],
    }
    found = {
        name: _function(name, "dA, cache", ["Z = cache", *body, "return dZ"])
        for name, body in given.items()
    }
    outputs = "dA_prev, dW, db"
    body = ["linear_cache, activation_cache = cache"]
    for word, name in (("if", "relu"), ("elif", "sigmoid")):
        body += [
            f'{word} activation == "{name}":',
            f"    dZ = {name}_backward(dA, activation_cache)",
            f"    {outputs} = linear_backward(dZ, linear_cache)",
        ]
    name = "linear_activation_backward"
    arguments = "dA, cache, activation"
    return {**_linear(), **found, name: _function(name, arguments, [*body, f"return {outputs}"])}


def _loop(fixture: Fixture, older: bool = False) -> dict[str, str]:
    (first,) = [line for line in _lines(fixture, ["dAL"]) if line.startswith("dAL")]
    temporary = [f"{name}_temp" for name in ("dA_prev", "dW", "db")]

    def layer(upstream: str, place: str, number: str, activation: str) -> list[str]:
        # The first notebooks stored dA with the number of the layer that was left.
        below = number if older else number.removesuffix(" + 1")
        below = f"{below} - 1" if below == "L" and not older else below
        keys = zip("AWb", (below, number, number), temporary, strict=True)
        call = f'linear_activation_backward({upstream}, current_cache, "{activation}")'
        return [
            f"current_cache = caches[{place}]",
            f"{', '.join(temporary)} = {call}",
            *(f'grads["d{letter}" + str({at})] = {name}' for letter, at, name in keys),
        ]

    above = 'grads["dA" + str(l + 2)]' if older else 'grads["dA" + str(l + 1)]'
    body = [
        "grads = {}",
        "L = len(caches)",
        "m = AL.shape[1]",
        "Y = Y.reshape(AL.shape)",
        first,
        *layer("dAL", "L - 1", "L", "sigmoid"),
        "for l in reversed(range(L - 1)):",
        *(f"    {line}" for line in layer(above, "l", "l + 1", "relu")),
        "return grads",
    ]
    return {**_branches(), fixture.function: _function(fixture.function, "AL, Y, caches", body)}


def functions(fixture: Fixture) -> dict[str, str]:
    """Return the text of each function that the test of a fixture runs, by name."""
    makers: dict[str, Callable[[], dict[str, str]]] = {
        "backward_propagation": lambda: _two_layers(fixture),
        "linear_backward": _linear,
        "linear_activation_backward": _branches,
        "L_model_backward": lambda: _loop(fixture),
    }
    return makers.get(fixture.function, lambda: _flat(fixture))()


class _Dot(ast.NodeTransformer):
    """The course writes a matrix product as np.dot, and learners write either."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.MatMult):
            return _parsed(f"np.dot({ast.unparse(node.left)}, {ast.unparse(node.right)})")
        return node


def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


# ---- The cell or test that calls the function. ----


def caller(fixture: Fixture) -> str:
    """Return the cell of the notebook, or the test, that runs a function."""
    name = fixture.function
    arguments = {
        "backward_propagation": "parameters, cache, t_X, t_Y",
        "linear_backward": "t_dZ, t_linear_cache",
        "linear_activation_backward": "t_dAL, t_linear_activation_cache",
        "L_model_backward": "t_AL, t_Y_assess, grads_caches",
    }.get(name, "t_X, t_Y, cache")
    made = f"{arguments} = {name}_test_case()"
    outputs = fixture.comparisons[-1].outputs
    looks = [f'print("{output} = " + str(grads["{output}"]))' for output in outputs]
    if name == "linear_backward":
        call = [f"t_dA_prev, t_dW, t_db = {name}({arguments})"]
        looks = [f"print({output}.shape)" for output in ("t_dA_prev", "t_dW", "t_db")]
    elif name == "linear_activation_backward":
        call = [
            f't_dA_prev, t_dW, t_db = {name}({arguments}, activation="{kind}")'
            for kind in ("sigmoid", "relu")
        ]
        looks = [f"print({output}.shape)" for output in ("t_dA_prev", "t_dW", "t_db")]
    elif name.startswith("backward_propagation_with"):
        call = [f"grads = {name}({arguments}, number)"]
    else:
        call = [f"grads = {name}({arguments})"]
    body = [made, *call, *looks]
    if fixture.comparisons[-1].rule == "printed":
        return "\n".join(body)
    return _function(f"{name}_test", "", body) + f"\n{name}_test()"


# ---- The operators: each yields the function with one mistake, at every place. ----

Place = tuple[ast.AST, str, int | None]
"""A parent, a field of it, and where in the field's list."""


def _places(tree: ast.AST) -> Iterator[tuple[Place, ast.AST]]:
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if isinstance(value, ast.AST):
                yield (parent, field, None), value
            elif isinstance(value, list):
                for at, child in enumerate(value):
                    if isinstance(child, ast.AST):
                        yield (parent, field, at), child


def _with(place: Place, new: ast.AST | list[ast.AST], tree: ast.AST) -> str:
    """Return the text of a tree with one node exchanged, and leave the tree as it was."""
    parent, field, at = place
    kept = getattr(parent, field)
    if at is None:
        setattr(parent, field, new)
    else:
        several = new if isinstance(new, list) else [new]
        setattr(parent, field, [*kept[:at], *several, *kept[at + 1 :]])
    try:
        return ast.unparse(tree)
    finally:
        setattr(parent, field, kept)


def _scope(tree: ast.FunctionDef) -> list[tuple[int, str]]:
    """Return each name that the function has, and the line from which it has it."""
    found = [(0, argument.arg) for argument in tree.args.args]
    found += [
        (node.lineno, node.id)
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]
    return found


def _is_load(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in KNOWN


def mistakes(tree: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    """Yield every mistake of a function: the operator, and the text that has it."""
    scope = _scope(tree)
    for place, node in list(_places(tree)):
        parent, field, _ = place
        for operator, new in _exchanged(node, parent, scope):
            yield operator, _with(place, new, tree)
        if isinstance(node, ast.stmt):
            yield from _statements(tree, place, node)
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Name(id="cache")):
                keyed = [f"{ast.unparse(one)} = cache['{ast.unparse(one)}']" for one in names]
                yield "cache-keys", _with(place, [*ast.parse("\n".join(keyed)).body], tree)
        if isinstance(node, ast.Tuple) and isinstance(parent, ast.Assign | ast.Return):
            side = "target" if field == "targets" else "returned"
            for other in range(len(node.elts)):
                rest = [one for n, one in enumerate(node.elts) if n != other]
                made = ast.Tuple(rest, node.ctx) if len(rest) > 1 else rest[0]
                yield f"{side}-fewer", _with(place, made, tree)
            more = [*node.elts, ast.Name("more" if side == "target" else node.elts[0].id, node.ctx)]
            yield f"{side}-more", _with(place, ast.Tuple(more, node.ctx), tree)
        if isinstance(node, ast.Dict):
            for other in range(len(node.keys)):
                keys, values = ([*part] for part in (node.keys, node.values))
                del keys[other], values[other]
                yield "left-out", _with(place, ast.Dict(keys, values), tree)


def _exchanged(
    node: ast.AST, parent: ast.AST, scope: list[tuple[int, str]]
) -> Iterator[tuple[str, ast.AST]]:
    """Yield what an expression can be by mistake."""
    match node:
        case ast.Name(id=name) if _is_load(node):
            if scope[1] != (0, "cache") or (0, "parameters") not in scope:
                yield from _caches(name)
            seen = {other for line, other in scope if line < node.lineno and other != name}
            for other in sorted(seen):
                relation = _cache_relation(name, other)
                # Nobody types a dictionary for an array: names are exchanged within a kind.
                if relation or _kind(name) == _kind(other):
                    yield relation or "name", ast.Name(other, node.ctx)
            swapped = name.swapcase() if len(name) == 1 else name[0].swapcase() + name[1:]
            for misspelt in (swapped, name.replace("_", "") + "s"):
                yield "spelling", ast.Name(misspelt, node.ctx)
            if _is_array(name) and not isinstance(parent, ast.Attribute):
                yield "minus", ast.UnaryOp(ast.USub(), node)
        case ast.Name(id=name) if name in HELPERS:
            yield "spelling", ast.Name(f"{name}s", node.ctx)
            for other in HELPERS:
                if other != name:
                    yield "helper", ast.Name(other, node.ctx)
        case ast.Call(func=func, args=args) if len(args) > 1 and ast.unparse(func) != "np.dot":
            for one in range(len(args) - 1):
                swapped_args = [*args]
                swapped_args[one], swapped_args[one + 1] = args[one + 1], args[one]
                yield "arguments", ast.Call(func, swapped_args, node.keywords)
            for one in range(len(args)):
                rest = [other for n, other in enumerate(args) if n != one]
                yield "arguments", ast.Call(func, rest, node.keywords)
        case ast.Subscript(value=ast.Attribute(attr="shape"), slice=ast.Constant(value=axis)):
            for other in (0, 1, 2):
                if other != axis:
                    yield "shape", ast.Subscript(node.value, ast.Constant(other), node.ctx)
            yield "shape", node.value
        case ast.Subscript(value=ast.Name(id="caches"), slice=index):
            for sign in "+-":
                place = _parsed(f"{ast.unparse(index)} {sign} 1")
                yield "index", ast.Subscript(node.value, place, node.ctx)
        case ast.Call(func=ast.Name(id="str"), args=[number]):
            for sign in "+-":
                shifted = _parsed(f"{ast.unparse(number)} {sign} 1")
                yield "key-number", ast.Call(node.func, [shifted], [])
            yield "str-left-out", number
            yield "brackets", ast.Subscript(node.func, number, ast.Load())
        case ast.Call(func=ast.Name(id="range"), args=[count]):
            for other in ("L", "L + 1", "L - 2", "1, L", "1, L - 1"):
                if other != ast.unparse(count):
                    yield "loop", _parsed(f"range({other})")
            yield "range-left-out", count
            yield "brackets", ast.Subscript(node.func, count, ast.Load())
        case ast.Call(func=ast.Name(id="reversed"), args=[inner]):
            yield "loop", inner
        case ast.Constant(value=str(text)) if re.fullmatch(r"[dDAZWbX]+\d?", text):
            if text[-1].isdigit():
                for number in (int(text[-1]) - 1, int(text[-1]) + 1):
                    yield "key-number", ast.Constant(f"{text[:-1]}{number}")
            turned = text.translate(str.maketrans("AZWb", "ZWbA"))
            yield "key-letter", ast.Constant(turned)
            yield "key-letter", ast.Constant(text.swapcase() if text[-1] == "b" else text.lower())
        case ast.Constant(value=str(text)):
            for other in (text.capitalize(), text[:-1], f"{text} ", text.upper()):
                yield "string", ast.Constant(other)
        case ast.BinOp(left=left, op=ast.Sub(), right=ast.Name(id=name)) if _is_array(name):
            yield "minus", _parsed(f"-{name} + {ast.unparse(left)}")
        case ast.Compare(ops=[ast.Gt()]):
            yield "minus", ast.UnaryOp(ast.USub(), node)
        case ast.BinOp(left=left, op=ast.MatMult(), right=right):
            yield "product", ast.BinOp(left, ast.Mult(), right)
            yield "sign-left-out", ast.Call(left, [right], [])
        case ast.BinOp(left=left, op=ast.Div(), right=ast.Name(id="m")):
            for mean in ("1 / m", "(1 / m)"):
                yield "sign-left-out", _parsed(f"{mean}({ast.unparse(left)})")
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            yield "product", ast.BinOp(left, ast.MatMult(), right)
            yield "sign-left-out", ast.Call(left, [right], [])
        case ast.Attribute(value=value, attr="T"):
            yield "transpose", value
            yield "transpose", ast.Call(node, [], [])
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            yield "one-number", _parsed(f"math.pow({ast.unparse(left)}, {ast.unparse(right)})")
        case ast.Dict(keys=[]):
            yield "list", ast.List([], ast.Load())
        case ast.keyword(arg="axis"):
            for axis in (0, 2):
                yield "axis", ast.keyword("axis", ast.Constant(axis))
        case ast.keyword(arg="keepdims"):
            yield "axis", ast.keyword("keepdims", ast.Constant(False))
    if isinstance(node, ast.keyword):
        yield "keyword", ast.keyword(str(node.arg)[:-1], node.value)
    if isinstance(node, ast.Attribute):
        yield "attribute", ast.Attribute(node.value, f"{node.attr}s", node.ctx)
        yield "attribute", ast.Attribute(node.value, node.attr.swapcase(), node.ctx)
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "linear_activation_backward":
        *first, last = node.args
        yield "keyword", ast.Call(node.func, first, [ast.keyword("activations", last)])
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ("np.sum", "np.dot"):
        index = node.args[0] if len(node.args) == 1 else ast.Tuple(node.args, ast.Load())
        yield "brackets", ast.Subscript(node.func, index, ast.Load())
        yield "one-number", ast.Call(ast.Name("float"), [node], [])
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "np.dot":
        left, right = node.args
        yield "product", ast.BinOp(left, ast.Mult(), right)
        yield "np-left-out", ast.Call(ast.Name("dot"), node.args, node.keywords)
    is_array = _is_load(node) and not isinstance(parent, ast.Subscript | ast.Attribute)
    if is_array and re.fullmatch(r"d?[AWZ]\w*", node.id):  # type: ignore[attr-defined]
        yield "transpose", ast.Attribute(node, "T")  # type: ignore[arg-type]


def _caches(name: str) -> Iterator[tuple[str, ast.AST]]:
    if name in CONTAINED or name in ("current_cache", "linear_cache"):
        for place in (0, 1):
            yield "cache-part", _parsed(f"{name}[{place}]")


def _kind(name: str) -> str:
    if "cache" in name:
        return "cache"
    if name in ("L", "l", "m", "lambd", "keep_prob"):
        return "number"
    return "array" if re.fullmatch(r"d?[AWZDbXYs]\w*", name) else name


def _is_array(name: str) -> bool:
    return _kind(name) == "array"


def _cache_relation(name: str, other: str) -> str:
    if name in CONTAINED.get(other, ()):
        return "cache-whole"
    if other in CONTAINED.get(name, ()):
        return "cache-part"
    both = {name, other}
    return "cache-other" if both <= {"linear_cache", "activation_cache"} else ""


def _statements(tree: ast.AST, place: Place, node: ast.stmt) -> Iterator[tuple[str, str]]:
    parent, field, at = place
    if at is None or isinstance(parent, ast.Module):
        return
    body = getattr(parent, field)
    operator = "return-left-out" if isinstance(node, ast.Return) else "left-out"
    yield operator, _with(place, [] if len(body) > 1 else ast.Pass(), tree)
    if isinstance(node, ast.Return) and ast.unparse(node) == "return grads":
        held = {name for _, name in _scope(tree)} & {"dW1", "db1", "dW_temp", "db_temp"}  # type: ignore[arg-type]
        several = _parsed(f"({', '.join(sorted(held))})")
        yield "returned-else", _with((node, "value", None), several, tree)
        for one in sorted(held):
            yield "returned-else", _with((node, "value", None), _parsed(one), tree)
    if isinstance(node, ast.Assign) and not isinstance(node.targets[0], ast.Subscript):
        # The notebook's template has None wherever a line is to be written.
        nothing = ast.Constant(None)
        target = node.targets[0]
        if isinstance(target, ast.Tuple):
            nothing = ast.Tuple([nothing] * len(target.elts), ast.Load())  # type: ignore[assignment]
        yield "none", _with((node, "value", None), nothing, tree)
    if at + 1 < len(body) and not isinstance(body[at + 1], ast.Return | ast.If):
        setattr(parent, field, [*body[:at], body[at + 1], node, *body[at + 2 :]])
        try:
            yield "order", ast.unparse(tree)
        finally:
            setattr(parent, field, body)


# ---- Running. ----


def call(fixture: Fixture, function: Callable[..., Any]) -> dict[str, Any]:
    """Call a function as a test does; return its outputs by their names."""
    outputs: dict[str, Any] = {}
    for into, given in calls_of(fixture):
        outputs |= by_name(fixture, into, function(*given))
    return outputs


@dataclass(frozen=True)
class Program:
    """One program with one mistake: texts by function, and what calls them."""

    operator: str
    changed: str
    texts: Mapping[str, str]
    caller: str
    arguments: Sequence[tuple[Any, ...]]


def programs(fixture: Fixture) -> Iterator[Program]:
    """Yield every program of a fixture's function with one mistake."""
    calls = [arguments for _, arguments in calls_of(fixture)]
    cell = caller(fixture)
    own = functions(fixture)
    seen: set[str] = set()
    # The loop runs over a tuple in the test, and over a list in training.
    forms = [calls]
    if fixture.function == "L_model_backward":
        forms.append([(AL, Y, list(caches)) for AL, Y, caches in calls])
    name = fixture.function
    for dot in (False, True):
        tree = ast.parse(own[name])
        texts = {**own}
        if dot:
            tree = ast.parse(ast.unparse(ast.fix_missing_locations(_Dot().visit(tree))))
        texts[name] = ast.unparse(tree)
        (function,) = tree.body
        assert isinstance(function, ast.FunctionDef)
        for operator, text in mistakes(function):
            if text in seen or text == texts[name]:
                continue
            seen.add(text)
            for arguments in forms:
                yield Program(operator, name, {**texts, name: text}, cell, arguments)
    yield from _around(fixture, own, cell, calls)


def _around(
    fixture: Fixture, own: dict[str, str], cell: str, calls: list[tuple[Any, ...]]
) -> Iterator[Program]:
    """Yield what goes wrong outside of the function: cells not run, and other editions."""
    name = fixture.function
    for missing in own:
        rest = {other: text for other, text in own.items() if other != missing}
        yield Program("not-run", name, rest, cell, calls)
    yield Program("not-run", name, {**own, "np": ""}, cell, calls)
    yield Program("not-run", name, {**own, "test_case": ""}, cell, calls)
    made, rest = cell.split(" = ", 1)
    first = made.split("\n")[-1].split(", ")
    for targets in (first[:-1], [*first, "t_more"]):
        other = ", ".join(part.strip() for part in targets)
        indent = "    " if "def " in made else ""
        changed = made.replace(made.split("\n")[-1], indent + other, 1)
        yield Program("edition", name, own, f"{changed} = {rest}", calls)
    if name == "L_model_backward":
        yield Program("edition", name, _loop(fixture, older=True), cell, calls)
        older = re.sub(r"dA(\d)", lambda key: f"dA{int(key[1]) + 1}", cell)
        yield Program("edition", name, own, older, calls)
    sibling = {
        "backward_propagation_with_regularization": "c2w1_backward_dropout",
        "backward_propagation_with_dropout": "c2w1_backward_regularization",
    }.get(name)
    if sibling:
        X, Y, _, number = calls[0]
        ((_, (_, _, foreign, _)),) = calls_of(load(sibling))
        yield Program("cache-foreign", name, own, cell, [(X, Y, foreign, number)])
        (line,) = re.findall(r"(?m)^.* = cache$", functions(load(sibling))[load(sibling).function])
        copied = re.sub(r"(?m)^.* = cache$", line, own[name])
        yield Program("cache-foreign", name, {**own, name: copied}, cell, calls)


@cache
def _compiled(text: str, name: str) -> CodeType:
    return compile(text, f"<{name}>", "exec")


def run(program: Program, fixture: Fixture) -> Stop | None:
    """Return how a program stops, or None if it does not."""
    namespace: dict[str, Any] = {"np": np, "math": math, "print": lambda *said: None}
    if "np" in program.texts:
        del namespace["np"]
    sources: dict[str, list[str]] = {"<cell>": program.caller.split("\n")}
    arguments = copy.deepcopy(program.arguments[0])
    given = arguments[:-1] if len(program.caller.split("number")) > 1 else arguments
    if fixture.function == "linear_activation_backward":
        given = arguments[:-1]
    if "test_case" not in program.texts:
        namespace[f"{fixture.function}_test_case"] = lambda: given
    namespace["number"] = arguments[-1]
    for name, text in program.texts.items():
        if text:
            sources[f"<{name}>"] = text.split("\n")
            with suppress(SyntaxError):
                exec(_compiled(text, name), namespace)  # noqa: S102
    try:
        exec(_compiled(program.caller, "cell"), namespace)  # noqa: S102
    except Exception as error:
        own = [
            frame
            for frame in traceback.extract_tb(error.__traceback__)
            if frame.filename in sources
        ]
        last = own[-1]
        statement = sources[last.filename][(last.lineno or 1) - 1].strip()
        said = f"{type(error).__name__}: {error}"
        where = "cell" if last.filename == "<cell>" else last.name
        text = program.texts.get(program.changed, "")
        return Stop(
            program.operator, program.changed, fixture.id, said, frame_of(where, statement), text
        )
    return None


@cache
def stops() -> tuple[Stop, ...]:
    """Run every program and return how it stopped; each program counts once for each message."""
    found: dict[Any, Stop] = {}
    with np.errstate(all="ignore"):
        for id in ids():
            fixture = load(id)
            for program in programs(fixture) if fixture.course in MODELLED else ():
                stop = run(program, fixture)
                if stop:
                    key = (stop.program, program.caller, stop.operator, stop.key or stop.error)
                    found.setdefault(key, stop)
    return tuple(found.values())


def counted(stopped: Sequence[Stop]) -> Counter[tuple[str, ...]]:
    """Count programs by kind of message, what it names, place, and operator."""
    return Counter((*stop.key, stop.operator) for stop in stopped if stop.key)


def pasted(stop: Stop, style: str) -> str:
    """Return what a learner pastes: the last frames of a traceback and its last line."""
    name, statement = stop.frame.function, stop.frame.statement
    called = f"{stop.changed}({', '.join('ab')})"
    cell = f"----> 3 grads = {called}"
    own = f"---> 16     {statement}"
    kind = stop.error.split(":")[0]
    if style == "plain":
        where = "<module>" if name == "cell" else name
        return (
            'Traceback (most recent call last):\n  File "own.py", line 30, in <module>\n'
            f'    grads = {called}\n  File "own.py", line 16, in {where}\n'
            f"    {statement}\n    ^^^^^^^^\n{stop.error}"
        )
    if style == "older":
        first, second = "<ipython-input-8-0a1> in <module>", f"<ipython-input-7-0a1> in {name}(a)"
    else:
        first, second = "Cell In[8], line 3", f"Cell In[7], line 16, in {name}(a, b)"
    frames = [first, own] if name == "cell" else [first, cell, "", second, "     15     m", own]
    head = f"{kind:40}Traceback (most recent call last)"
    return "\n".join([head, *frames, "     17 ", "", stop.error])


WRONG_CALLS = {
    "dZ = relu_backward(dA, linear_cache)": "cache-other",
    "dZ = sigmoid_backward(dA, linear_cache[0])": "cache-other",
    "dA_prev, dW, db = linear_backward(dZ, activation_cache)": "cache-other",
    "dA_prev, dW, db = linear_backward(dZ, cache[1])": "cache-other",
    "dZ = relu_backward(dA, cache)": "cache-whole",
    'a, b, c = linear_activation_backward(dAL, caches, "sigmoid")': "cache-whole",
    'a, b, c = linear_activation_backward(dAL, current_cache[0], "sigmoid")': "cache-part",
    "dZ = sigmoid_backward(activation_cache, dA)": "arguments",
    "dZ = linear_backward(dA, cache[0])": "helper",
    'dZ = relu_backward(dA, current_cache, "relu")': "helper",
    'a, b, c = linear_activation_backward(dAL, current_cache, "relu")': "output",
    "one = rnn_cell_backward(da[:, :, t] + da_prevt, caches)": "steps",
    "g = lstm_cell_backward(da[:,:,t]+da_prevt,dc_prevt,caches )": "steps",
}
"""Calls of the course's helpers that show what is wrong, and which cause it is."""


IN_LOOP = "for l in reversed(range(L - 1)):\n    "

CALLS_WRONG = {
    f'{IN_LOOP}x, y, z = linear_activation_backward(dAL, caches[l], "relu")': 'meets "relu"',
    "My turn is `dW = linear_backward(relu_backward(dAL, cache[1]), cache[0])` in the for loop, or "
    "inside the loop `linear_backward(relu_backward(dAL, cache[1]), cache[0])`": "turn before has",
    f'{IN_LOOP}a, b, c = linear_activation_backward(grads["dA" + str(l + 1)], caches[l], "sigmoid")'
    "": "The sigmoid belongs",
    "for k in reversed(range(0, L-1)):\na = linear_activation_backward(grads['dA' + str(L - 1)],\n"
    "    caches[k], activation='relu')": "has L and no l",
    f"{IN_LOOP}a = linear_activation_backward(grads[f'dA{{L}}'], caches[l], 'relu')": "L and no l",
    f'{IN_LOOP}linear_activation_backward(grads["dA" + str(l + 2)], caches[-1], "relu")': (
        "in most turns"
    ),
    f"{IN_LOOP}c_cache = caches[L - 2 - l]\n"
    'a, b = linear_activation_backward(grads["dA" + str(l + 1)], c_cache, "relu")': "in most turns",
    'linear_backward(relu_backward(grads["dA1"], caches[1]), caches[0])': "two halves of one cache",
    "Is `g = rnn_cell_backward(da[:, :, t], caches[t])` right?": "It passes da[:, :, t] alone",
    "g = lstm_cell_backward(da[:,:,t], dc_prevt, caches[t])  # so?": "It passes da[:, :, t] alone",
    "for t in reversed(range(T_x)): g = rnn_cell_backward(da_prevt, caches[t])": "gradient alone",
    "we have lstm_cell_backward(da_prev, dc_prev, caches[t]) there": "the carried gradient alone",
    "for l in range(L): linear_activation_backward(grads['dA' + str(l + 1)], caches[l], 'relu')": (
        "from the first layer up"
    ),
    "for k in range(0, L - 1):\n  c = caches[k]\n"
    '  linear_activation_backward(grads["dA" + str(k + 2)], c, "relu")': "first layer up",
    "for t in range(T_x): g = rnn_cell_backward(da[:, :, t] + da_prevt, caches[t])": (
        "from the first step to the last"
    ),
    "g = lstm_cell_backward(dc_prevt, da[:, :, t] + da_prevt, caches[t])": "that of c stands first",
    "g = rnn_cell_backward(da[:, t] + da_prevt, caches[t])": "The last axis of da is time",
    "g = rnn_cell_backward(da[:, :, t] + da_prevt, caches)": "the list of all steps",
}
"""Texts with a call and no message, and what of the call is wrong."""

CALLS_RIGHT = (
    "    one for each layer (they are caches[l], for l in range(L - 1) i.e. l = 0...L-2)\n"
    '    linear_activation_backward(dAL, caches[L - 1], activation = "sigmoid")',
    "is linear_activation_backward(dAL, caches[L - 1], activation = 'sigmoid') wrong?",
    "now = caches[-1]; linear_backward(sigmoid_backward(dAL, current_cache[1]), current_cache[0])",
    f'{IN_LOOP}linear_activation_backward(grads["dA" + str(l + 2)], caches[l], "relu")',
    "for i in range(L - 2, -1, -1):\n  the_cache = caches[i]\n"
    "  a, b, c = linear_activation_backward(grads['dA' + str(i + 1)], the_cache, 'relu')",
    "g = rnn_cell_backward(da_prevt + da[:,:,t], caches[t])",
    "for t in reversed(range(T_x)): lstm_cell_backward(da[:, :, t]+da_prevt, dc_prevt, caches[t])",
)
"""Texts whose calls are right, in today's notebook or in the first ones."""

UNKNOWN_CALLS = (
    f"{IN_LOOP}linear_activation_backward(grads['dA' + str(l + 3)], caches[l], 'relu')",
    "for l in range(L - 1): linear_activation_backward(x, caches[L - 2 - l], 'relu')",
    "g = rnn_cell_backward(da_next, cache)",
    "dZ = relu_backward(dA, cache)",
    "def linear_activation_backward(dA, cache, activation):",
    "for l in range(1, L): pass\ndef f(): linear_activation_backward(A, caches[l], 'sigmoid')",
)
"""Texts with calls that are neither: the loop or the names are others."""

OTHER_KEYS = {
    "Z1 = cache['Z1']\nA1 = cache['Z1']\ndZ1 = dA1 * A1\nAssertionError: Wrong values for dZ1": (
        "A1 = cache['Z1']"
    ),
    'W1 = parameters["W2"]\nW2 = parameters["W1"]\ndA1 = W2.T @ dZ2\n\n'
    "ValueError: shapes (2,4) and (1,3) not aligned: 4 (dim 1) != 1 (dim 0)": (
        'W1 = parameters["W2"]'
    ),
    'dW1 = grads["dW1"]\ndW2 = grads["dW1"]\nKeyError: \'dW2\'': 'dW2 = grads["dW1"]',
}
"""Texts with a line that reads an array under the name of another one, and that line."""

OWN_KEYS = (
    'W1 = params["W0"]\nW2 = params["W1"]\ndA1 = W2.T @ A1\nAssertionError: Wrong values for dW1',
    'W1 = params["W1"]\ndW1 = grads["W1"]\nAssertionError: Wrong values for dW1',
    'A1 = cache["A1"]\nA2 = cache["A1"] + A1\nAssertionError: Wrong values for dW1',
)
"""Texts with keys of another numbering or for gradients, or with more than what is read."""

OVER_TIME = (
    "def rnn_backward(da, caches):\n    for t in reversed(range(T_x)):\n"
    "        one = rnn_cell_backward(da[:, :, t] + da_prevt, caches[t])\n"
)
OVER_LAYERS = (
    "def L_model_backward(AL, Y, caches):\n    for l in reversed(range(L - 1)):\n"
    '        own = linear_activation_backward(grads["dA" + str(l + {})], caches[l], "relu")\n'
)
MANY_AT_ONCE = (
    "def L_model_backward(AL, Y, caches):\n    for l in reversed(range(L - 1)):\n"
    "        cache = caches[l]\n"
    '        grads[f"dA{{l + {}}}"], grads[f"dW{{l + 1}}"], grads[f"db{{l + 1}}"] = '
    "linear_activation_backward(grads[f'dA{{l + 1}}'], cache, 'relu')\n"
)

KEPT_WRONG = {
    f"{OVER_TIME}        dWaa = one['dWaat']\n": "with = the step that runs last",
    f'{OVER_TIME}        dba = one["dba"]  # of each step\n': "with = the step that runs last",
    f'{OVER_LAYERS.format(1)}        grads["dA" + str(l + 1)] = own[0]\n': "kept under l + 1",
    MANY_AT_ONCE.format(1): "kept under l + 1",
}
"""Loops that keep what a helper returns in a wrong way, and what is said of it."""

KEPT_RIGHT = (
    f"{OVER_TIME}        dWaa += one['dWaa']\n",
    f"{OVER_TIME}        dWaa = dWaa + one['dWaa']\n    dWax = one['dWax']\n",
    f'{OVER_LAYERS.format(1)}        grads["dA" + str(l)] = own[0]\n',
    f'{OVER_LAYERS.format(2)}        grads["dA" + str(l + 1)] = own[0]\n',
    MANY_AT_ONCE.format(0),
)
"""Loops that keep it as they should, in either numbering, or of which nothing is known."""

CUT = "ValueError: operands could not be broadcast together with shapes "

OTHER_SLICES = {
    f"in rnn_backward(a, b)\n---> 8   g = rnn_cell_backward(d, c)\n\n{CUT}(10,4) (5,10)": "da",
    f"in lstm_backward(da, caches)\n---> 8     d_next = da_prevt + part\n\n{CUT}(5,10) (5,4)": "da",
    f"in rnn_backward(da, caches)\n---> 8     x_t = xt + part\n\n{CUT}(3,10) (3,4)": "x",
}
"""Messages of a loop over time in which an array is cut along another axis, and which array."""

ADDED_UP = {
    f"in rnn_backward: {CUT}(5,5) (5,3) (5,5)": "Either a line adds to dWaa what the step returns "
    "for dWax, or the zeros",
    f"in lstm_backward(da, caches)\n---> 9    dWf += g['dxt']\n\n{CUT}(5,8) (3,10) (5,8)": "",
    f"in rnn_backward(da, caches)\n---> 9    dWax += g['dWaat']\n\n{CUT}(5,3) (5,5) (5,3)": (
        "adds to dWax what the step returns for dWaa"
    ),
    f"W1 -= rate * dW1\n{CUT}(7,6) (6,7) (7,6)": "",
    f"in lstm_backward(da, caches)\n---> 9    dWi += g['dWi']\n\n{CUT}(5,5) (5,8) (5,5)": (
        "no output has (5, 5), so look at the sizes of the zeros that these begin as"
    ),
}
"""Messages of a line that changes an array in place, and what is said where a loop adds up."""

STORED = "ValueError: could not broadcast input array from shape "

STORED_WHOLE = {
    f"in lstm_backward(a, b)\n---> 9     dx[:,:,t] = g\n\n{STORED}(8,10) into shape (3,10)": "dx",
}
"""Messages of an array that is stored with the rows of two, and which array it is."""

PRINTED_WHOLE = (
    'gradients["dxt"][1][2] = 22.75\ngradients["dxt"].shape = (8, 10)\n'
    'gradients["da_prev"][2][3] = -0.639621\ngradients["da_prev"].shape = (5, 10)\n'
    'gradients["dc_prev"][2][3] = 0.7975220387970015\ngradients["dc_prev"].shape = (5, 10)'
)
"""What a cell prints that has not split its product."""

SHAPE_WHOLE = {
    "My da_prev has the shape (8, 10), why?": "A_prev",
    "dxt has the shape (8, 10)": "xt",
}
"""Shapes in a sentence with the rows of two, and what the array is the gradient of."""

STORED_OTHER = (
    f"in rnn_backward(da, c)\n---> 9     dx[:,:,t] = dxt\n\n{STORED}(5,10) into shape (3,10)",
    f'in lstm_backward(da, c)\n---> 9     dx[:,:,t] = g["dxt"]\n\n{STORED}(5,10) into shape (3,10)',
)
"""Messages of an array that is stored with the rows of another."""

STORED_FOR_ANOTHER = {
    f"in rnn_backward(da, caches)\n---> 9    dx[:, :, t] = g['da_prev']\n\n{STORED}(5,10) into "
    "shape (3,10)": "The right side is da_prev",
    f"in lstm_backward(da, caches)\n---> 9    dx[:,:,t] = g['dc_prev']\n\n{STORED}(5,10) into "
    "shape (3,10)": "which is the shape of dxt",
}
"""Messages of a loop that keeps one output of its cell in the place of another."""

STORED_ELSE = (
    f"in lstm_backward(a, b)\n---> 9     dx[:,:,t] = g\n\n{STORED}(7,10) into shape (3,10)",
    f"in own(a, b)\n---> 9     grid[:, :, t] = g\n\n{STORED}(8,10) into shape (3,10)",
)
"""Other messages of an array that is stored."""

NO_SLICES = (
    f"in backward_propagation(a)\n---> 8     dZ1 = part * d\n\n{CUT}(10,4) (5,10)",
    f"in rnn_backward(da, caches)\n---> 8     g = a * d\n\n{CUT}(7,4) (5,10)",
    "in rnn_backward(a, b)\n---> 8   d = a @ b\n\nValueError: shapes (10,4) and (5,10) not aligned",
)
"""Other messages with such shapes."""

NONE_APART = {
    ("lstm_cell_backward", "n_a, m = None"): "The line that stopped still holds the None",
    ("lstm_backward", "(a1, c1, *_, x1, parameters) = caches[0]"): (
        "caches[0] is None, and what stands there is made in the forward pass: look whether "
        "lstm_forward appends None"
    ),
    ("linear_activation_backward", "first, second = cache"): "whether linear_activation_forward",
    ("rnn_cell_backward", "(a_next, a_prev, xt, parameters) = cache"): "whether rnn_cell_forward",
    ("backward_propagation", "Z1, A1, Z2, A2 = cache"): "whether forward_propagation appends",
}
"""Functions and lines of them that take None apart, and what is said of each."""


def none_apart(function: str, statement: str, error: str = "cannot unpack non-iterable") -> str:
    """Return what a learner pastes where such a line stops."""
    lines = f"Cell In[7], line 2, in {function}(a, b)\n---> 2     {statement}\n\n"
    return f"{lines}TypeError: {error} NoneType object"


_CHECK = "Cell In[9], line 14, in gradient_check_n(parameters, gradients, X, Y)\n---> 14     "
_LOOP = "Cell In[9], line 14, in {}_backward(da, caches)\n---> 14     "
_UNMADE = "\n\nUnboundLocalError: local variable '{}' referenced before assignment"
_LAYER = "<ipython-input-3-a> in L_model_backward(AL, Y, caches)\n---> 14     "
_DA = "dA, dW, db = linear_activation_backward(grads['dA' + str(l + 1)], cache, 'relu')"
_PRINTS = "Cell In[9], line 14\n---> 14 print('an entry:', grads"
_STEP = "grads = {}_cell_backward(da[:, :, t] + da_prevt, caches[{}])"

IN_PLACE = {
    "<ipython-input-3-a> in rnn_cell_backward(da_next, cache)\n----> 9     dx = Wax.T @ (da_next * "
    "a_next_tmp)\n\nNameError: name 'a_next_tmp' is not defined": "a_next_tmp is a name of",
    "<ipython-input-3-a> in propagate(w, b, X, Y)\n----> 9     dw = np.dot(t_X, dz.T) / m\n\n"
    "ValueError: shapes (2,3) and (4,1) not aligned: 3 (dim 1) != 4 (dim 0)": "t_X is a name of",
    "<ipython-input-3-a> in lstm_cell_backward(d, c, cache)\n----> 9     both = np.concatenate("
    "a_prev, xt)\n\nTypeError: only integer scalar arrays can be converted to a scalar index": (
        "np.concatenate takes the arrays together"
    ),
    "<ipython-input-3-a> in rnn_cell_backward(da_next, cache)\n----> 9     dxt = Wax.T @ dtanh\n\n"
    "NameError: name 'Wax' is not defined": "No line of this function makes Wax",
    "<ipython-input-3-a> in lstm_backward(da, caches)\n----> 9     dc_prev = dc_next * ft\n\n"
    "NameError: name 'dc_next' is not defined": "dc_next is a name inside of the function of one",
    "<ipython-input-3-a> in rnn_backward(da, caches)\n----> 9     dxt = gradients['dxt']\n\n"
    "TypeError: tuple indices must be integers or slices, not str": "gradients is a tuple here",
    f"{_CHECK}J_minus[i], _ = cost_of(X, Y, theta=theta_plus){_UNMADE.format('theta_plus')}": (
        "The line that makes J_minus reads theta_plus"
    ),
    "thetaminus[i] = thetaplus[i] - epsilon\n\nNameError: name 'thetaplus' is not defined": (
        "The line that makes thetaminus reads thetaplus"
    ),
    f"{_CHECK}d = np.sum(np.square(gradients))\n\nTypeError: unsupported operand type(s) for ** or "
    "pow(): 'dict' and 'int'": "gradients is a dictionary",
    f"{_CHECK}num = norm(gradapprox-gradients)\n\nTypeError: unsupported operand type(s) for -: "
    "'float' and 'dict'": "gradients is a dictionary",
    f"{_CHECK}n = parameters.shape[0]\n\nAttributeError: 'dict' object has no attribute 'shape'": (
        "parameters is a dictionary"
    ),
    f"{_CHECK}theta_minus[i] -= epsilon\n\nIndexError: too many indices for array: array is "
    "0-dimensional, but 1 were indexed": "np.copy of a dictionary, such as parameters",
    f"{_LOOP.format('lstm')}{_STEP.format('lstm', 't')}\n\nIndexError: list index out of range": (
        "caches has no entry with this number"
    ),
    f"{_LOOP.format('rnn')}{_STEP.format('rnn', 't')}\n\nIndexError: tuple index out of range": (
        "caches is still a tuple here"
    ),
    f"{_CHECK}thetaplus[i] += epsilon\n\nKeyError: 0": "thetaplus is read by a number",
    f"{_LOOP.format('rnn')}a, b, c, d = caches[0]\n\nIndexError: list index out of range": (
        "caches has no first entry"
    ),
    f"{_LOOP.format('lstm')}dbo += gradients['dBo']\n\nKeyError: 'dBo'": (
        "returns has the key dbo, and this line asks for dBo"
    ),
    f"{_LOOP.format('rnn')}dx[:, :, t] = g['dx']\n\nKeyError: 'dx'": (
        "rnn_cell_backward returns has the key dxt"
    ),
    f"{_LOOP.format('rnn')}da_prevt = g['da_prevt']\n\nKeyError: 'da_prevt'": "has the key da_prev",
    f"{_LOOP.format('lstm')}dc_prevt = g['dc_prev']\n\nKeyError: 'dc_prev'": (
        "dc_prev is the key that the notebook's lstm_cell_backward has"
    ),
    f"{_LOOP.format('lstm')}g = lstm_cell_backward(da[:, :, t] + da_prevt, caches[t])\n\n"
    "TypeError: lstm_cell_backward() missing 1 required positional argument: 'cache'": (
        "dc_prevt stands between da and the cache"
    ),
    "<ipython-input-3-a> in linear_activation_backward(dA, cache, activation)\n---> 9     "
    "dA_prev, dW, db = linear_backward(dZ)\n\nTypeError: linear_backward() missing 1 required "
    "positional argument: 'cache'": "The call of linear_backward hands over fewer arguments",
    "<ipython-input-3-a> in backward_propagation(parameters, cache, X, Y)\n---> 9     "
    "dZ1 = dA1 * (1 - A1^2)\n\nTypeError: ufunc 'bitwise_xor' not supported for the input types": (
        "In Python ^ is no power"
    ),
    f"{_CHECK}J_minus[i] = forward_propagation_n(X, Y, vector_to_dictionary(theta_minus))\n\n"
    "ValueError: setting an array element with a sequence.": "returns two things, the cost and",
    f"{_LAYER}{_DA}\n\nKeyError: 'dA2'": "so l is 1 here",
    f"{_LAYER}{_DA}\n\nKeyError: 'dA1'": "stored that under another number",
    f"{_PRINTS}['dbo'][4])\n\nIndexError: invalid index to scalar variable.": (
        "dbo is a single number"
    ),
    f"{_PRINTS}['dxt'][1][2])\n\nKeyError: 'dxt'": "returns has no key dxt, which this cell reads",
    f"{_PRINTS}['dWax'][3][1])\n\nTypeError: 'numpy.float64' object is not subscriptable": (
        "look at the line that makes dWax"
    ),
    f"{_PRINTS}['db'][2])\n\nIndexError: index 2 is out of bounds for axis 0 with size 1": (
        "db has size 1 along axis 0"
    ),
    f"{_PRINTS}['dxt'][4][1])\n\nIndexError: index 4 is out of bounds for axis 0 with size 3": (
        "dxt has size 3 along axis 0"
    ),
    f"{_LOOP.format('rnn')}{_STEP.format('rnn', 't')}\n\nIndexError: index 9 is out of bounds for "
    "axis 2 with size 4": "has 4 steps, counted from 0",
    f"{_LOOP.format('rnn')}n_x, m = x.shape\n\nValueError: too many values to unpack (expected 2"
    ")": ("The shape of x has one number for each of its axes, and not 2"),
    f"{_LOOP.format('lstm')}n_a, m, T_x = caches[0][0].shape\n\nValueError: not enough values to "
    "unpack (expected 3, got 2)": "The shape of caches[0][0] has one number for each",
    "Cell In[9], line 3, in forward_propagation_n(X, Y, parameters)\n---> 3  W2 = parameters['W2']"
    "\n\nIndexError: only integers, slices (`:`) are valid indices": "through vector_to_dictionary",
    f"{_LOOP.format('rnn')}dxt = gradients['dxt']\n\nIndexError: only integers, slices (`:`)": (
        "gradients is an array here, and only a dictionary has the key dxt"
    ),
    f"{_LOOP.format('lstm')}g = lstm_cell_backward(da_prevt + da[:,:,t], dc_prevt, caches[t])\n\n"
    f"{CUT}(5,10,4) (5,10)": "da_prevt has three axes here",
    f"{_CHECK}if difference > 2e-7:\n\nValueError: The truth value of an array with more than one "
    "element is ambiguous.": "np.linalg.norm, which makes one number of a vector, is missing",
    f"{_LAYER}dA, dW, db = linear_activation_backward(grads[f'dA{{l+2}}'], cache, 'relu')\n\n"
    "KeyError: 'dA3'": "as the first notebooks numbered it",
    "in backward_propagation(parameters, cache, X, Y)\n---> 9     A2 = parameters['A2']\n\n"
    "KeyError: 'A2'": "from parameters, which holds the weights and biases",
    "in backward_propagation(parameters, cache, X, Y)\n---> 9     W2 = cache['W2']\n\n"
    "KeyError: 'W2'": "the weights and biases are in parameters",
    f"{_LOOP.format('lstm')}n_x, m = x1.shape\n\nAttributeError: 'tuple' object has no attribute "
    "'shape'": "x1 is not an array here, but one of the caches",
    '  File "<ipython-input-9-a>", line 8\n    dW3 = dZ3 @ A2.T + (lambda/m) * W3\n'
    "                       ^\nSyntaxError: invalid syntax\n\n"
    "NameError: name 'backward_propagation_with_regularization' is not defined": "called lambd",
    f"{_LOOP.format('lstm')}dx[:,:,t] = g['dxt']\n\nIndexError: index 4 is out of bounds for axis "
    "2 with size 4": "or it begins one step too far",
}
"""Messages in a gradient check, in a loop over time or in a cell, and what is said of each."""

NO_LAYERS = (
    f"{_CHECK}J_minus[i], _ = cost_of(X, Y, theta_minus){_UNMADE.format('theta_minus')}",
    f"{_CHECK}c = J_plus[i] - J_minus[i]{_UNMADE.format('J_minus')}",
    f"{_CHECK}a = theta_plus\n\nNameError: name 'theta_plus' is not defined",
    f"{_LOOP.format('rnn')}T_x = da.shape[3]\n\nIndexError: tuple index out of range",
    f"{_LOOP.format('lstm')}dWi += g['Wi']\n\nKeyError: 'Wi'",
    f"{_LOOP.format('lstm')}dWi += g['W']\n\nKeyError: 'W'",
)
"""Others there, of which the causes are told that do not speak of layers, if any are."""

_SUMS = """

def rnn_backward(da, caches):
    \"\"\"Return dba, the sum over the steps.\"\"\"
    caches, x = caches
    for t in reversed(range(x.shape[2])):
        step = rnn_cell_backward(da[:, :, t], caches[t])  # dba = 0 above
{}    return {{"dba": dba}}
"""
_ADDED = _SUMS.format("        dba += step['dba']\n")
_LATE, _CUT = "    x = dba\n    dba = 0\n", "    ...\n"
_BRANCH = """

def pick(kind, dA):
    if kind == "Relu":
        (Z,
         dA_prev) = dA
    return dA_prev
"""

_NO_LINE = "The function has no line that makes dba"
_NO_BRANCH, _ORDER, _DOWN = "fits neither branch", "in the wrong order", "only further down"

REFUTING = {
    f"{_UNMADE.format('dba')}{_ADDED}": ((_NO_LINE,), ("likely", _ORDER, _NO_BRANCH, _DOWN)),
    f"NameError: name 'dba' is not defined{_SUMS.format('')}": ((_NO_LINE,), ("likely", _ORDER)),
    f"{_UNMADE.format('dA_prev')}{_BRANCH}": ((_NO_BRANCH, _DOWN), ("no line",)),
    f"{_UNMADE.format('dba')}{_ADDED.replace('dba +=', 'd_ba =')}": (
        ("is missing",),
        ("no line", _ORDER),
    ),
    f"{_UNMADE.format('dba')}{_SUMS.format(_LATE)}": (
        (_ORDER, _DOWN),
        (_NO_BRANCH,),
    ),
    # A parameter and a helper are made elsewhere, and a function that is cut short shows nothing.
    f"NameError: name 'da' is not defined{_ADDED}": ((), ("no line",)),
    f"NameError: name 'reversed' is not defined{_ADDED}": ((), ("no line",)),
    f"{_UNMADE.format('dba')}{_SUMS.format(_CUT)}": ((_ORDER,), ("no line",)),
    f"{_UNMADE.format('dba')}{_ADDED.partition('    return')[0]}": ((_ORDER,), ("no line",)),
    f"Cell In[2], line 1\n----> 1 print(dba)\n{_UNMADE.format('dba')}{_ADDED}": ((), ("no line",)),
}
"""Messages beside the function, and what is said and not said where its lines refute causes."""

FOREIGN = (
    f"err = t - o\nstep = np.dot(err, h)\n{CUT}(3,) (3,2)",
    f"delta = w.T @ delta\nnabla = delta @ inner.T\n{CUT}(9,7) (7,9)",
    f'Traceback\n  File "own.py", line 7, in <module>\n    print(p + q)\n{CUT}(2,3) (3,2)',
)
"""Messages beside lines of code that have no name of a test."""

CLASSES = (
    f'File "score.py", line 4\n    right = np.argmax(out, axis=0) == onehot\n{CUT}(40,) (40,6)',
    f"---> 7     hits = labels != y_hat\n{CUT}(12,4) (12,)",
    f'File "own.py", line 9\n    gap = guess - target\n{CUT}(20,) (20,3)',
    f"{CUT}(64,) (64,7)",
)
"""Messages beside a comparison, or without a name of a test, where either array may be flat."""

EDITIONS = (
    "propagate() missing 1 required positional argument: 'Y'",
    "linear_activation_backward() missing 1 required positional argument: 'cache'",
    "gradient_check_n() takes from 4 to 5 positional arguments but 6 were given",
    "gradient_check() got an unexpected keyword argument 'print_msg'",
)
"""What is said of calls that the notebook or a test hands out."""

FLAT = (
    "shapes (3,) and (5,) not aligned: 3 (dim 0) != 5 (dim 0)",
    "shapes (4,6) and (4,) not aligned: 6 (dim 1) != 4 (dim 0)",
    "operands could not be broadcast together with shapes (8,) (3,)",
    "shapes (2,2) and (1,1) not aligned: 2 (dim 1) != 1 (dim 0)",
    "shapes (6,6) and (1,8) not aligned: 6 (dim 1) != 1 (dim 0)",
)
"""What numpy says where a flat vector stands, or has become a square beside a column."""

NOT_FLAT = (
    "shapes (300,40) and (50,4) not aligned: 40 (dim 1) != 50 (dim 0)",
    "shapes (6,6) and (8,5) not aligned: 6 (dim 1) != 8 (dim 0)",
    "shapes (1,1) and (6,8) not aligned: 1 (dim 1) != 6 (dim 0)",
    "matmul: Input operand 1 has a mismatch in its core dimension 0 (size 6 is different from 50)",
)
"""What it says elsewhere."""


BESIDE_BIAS = (
    "operands could not be broadcast together with shapes (6,1) (5,1)",
    "operands could not be broadcast together with shapes (25,40) (26,40)",
)
"""What numpy says where a column of biases has not been left out of the weights."""

NOT_BESIDE_BIAS = (
    "operands could not be broadcast together with shapes (6,1) (4,1)",
    "operands could not be broadcast together with shapes (7,41) (6,40)",
    "shapes (6,40) and (5,40) not aligned: 40 (dim 1) != 5 (dim 0)",
)
"""What it says elsewhere."""


def below(call: str) -> str:
    """Return what a learner pastes where a helper stops that such a call has led to."""
    return (
        f"Cell In[7], line 12, in linear_activation_backward(dA, cache, activation)\n"
        f"---> 12     {call}\n\n"
        "Cell In[6], line 3, in relu_backward(dA, cache)\n---> 3     dZ[Z <= 0] = 0\n\n"
        "TypeError: '<=' not supported between instances of 'tuple' and 'int'"
    )


MARK = "# ---- Counted by tests/exceptions.py. ----"


def written(counts: Counter[tuple[str, ...]]) -> str:
    """Return the counts as the last part of ``exceptions.toml``."""
    lines = [MARK]
    for kind in exceptions()["kinds"]:
        of_kind = {key[1:]: count for key, count in counts.items() if key[0] == kind}
        totals: Counter[str] = Counter()
        for (*_, operator), count in of_kind.items():
            totals[operator] += count
        lines += ["", f"[seen.{kind}]"]
        for operator, _ in sorted(totals.items(), key=lambda one: (-one[1], one[0])):
            entries = sorted(
                (-count, *place) for (*place, last), count in of_kind.items() if last == operator
            )
            lines.append(f"{operator} = [")
            for count, *place in entries:
                lines.append(f"    [{', '.join(map(json.dumps, place))}, {-count}],")
            lines.append("]")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    file = Path(str(resources.files("backcheck.diagnosis") / "exceptions.toml"))
    head, *_ = file.read_text(encoding="utf-8").partition(MARK)
    file.write_text(f"{head.rstrip()}\n\n{written(counted(stops()))}", encoding="utf-8")


def stopping(function: str, error: str, *lines: str) -> str:
    """Return the end of a traceback that stops at the last of some lines of a function."""
    *above, last = lines
    quoted = [f"     {number} {line}" for number, line in enumerate(above, start=41)]
    arrow = f"---> {41 + len(above)} {last}"
    return "\n".join([f"<ipython-input-7-0a1b2c> in {function}(*args)", *quoted, arrow, "", error])


_GATES = (("f", "ft"), ("i", "it"), ("c", "cct"), ("o", "ot"))
ABOVE = {
    stopping(
        "backward_propagation_with_dropout",
        "ValueError: operands could not be broadcast together with shapes (3,5) (2,5) ",
        "    dA1 = dA2 / keep_prob",
        "    dZ1 = np.multiply(dA1, np.int64(A1 > 0))",
    ): "dA1 = dA2 / keep_prob",
    stopping(
        "backward_propagation",
        "ValueError: shapes (4,1) and (3,3) not aligned: 1 (dim 1) != 3 (dim 0)",
        "    dZ2 = A2 - Y.T",
        "    dZ1 = np.dot(W2.T, dZ2) * (1 - np.power(A1, 2))",
    ): "dZ2 = A2 - Y.T",
    stopping(
        "backward_propagation_with_dropout",
        "ValueError: operands could not be broadcast together with shapes (3,5) (2,5) ",
        "    dZ1 = np.multiply(dA1, np.int64(A1 > 0))",
    ): "dA1 comes into it with the shape (3, 5), where (2, 5) is due",
    stopping(
        "backward_propagation_with_dropout",
        "ValueError: operands could not be broadcast together with shapes (2,5) (3,5) ",
        "    dA1 = np.dot(W2.T, dZ2)",
        "    dA1 = dA1 * D2",
    ): "dA[1] = W[2]ᵀ dZ[2] * D[2]",
    stopping(
        "lstm_cell_backward",
        "ValueError: shapes (5,3) and (5,10) not aligned: 3 (dim 1) != 5 (dim 0)",
        "    dxt = " + " + ".join(f"np.dot(parameters['W{g}'][:, n_a:], d{d})" for g, d in _GATES),
    ): "dxt = Wf.T[a_prev.shape[0]:].T @ dzf + Wi.T[a_prev.shape[0]:].T @ dzi +",
    stopping(
        "L_model_backward",
        "IndexError: tuple index out of range",
        "    current_cache = caches[L - l]",
    ): "the index L - l reaches L",
    stopping(
        "L_model_backward", "IndexError: list index out of range", "    current_cache = caches[L]"
    ): "the index L reaches L",
}
"""Tracebacks whose line is right or speaks for itself, and what is said of them."""

SHAPED = {
    "Wrong shape for grads['dw']. (3, 4) != (3, 1)": ["dw = X * dZ / m"],
    "Wrong shape for grads['dw']. (1, 3) != (3, 1)": ["dw = 1/m dZ Xᵀ"],
    "Wrong output shape for gradient of W2 matrix.\n\t Expected: (5, 10) \n\tGot: (10, 5).\nWrong "
    "output values for gradient of W2 matrix.\n\t Expected: [[0. 0. 0. ...": [
        "dW2 = A1 @ dZ2.T / m"
    ],
    "Wrong output shape for gradient of W2 matrix.\n\t Expected: (5, 10) \n\tGot: (10, 5).": [
        "dW2 = A1 @ dZ2.T / m"
    ],
}
"""Complaints of a test with the two shapes, and the changes of one line that give the first."""

OWN_SHAPE = """gradients["dba"][4] = 0.2002349138798538
gradients["dba"].shape = (5,)
# expected
# gradients["dba"][4] = [0.20023491]
# gradients["dba"].shape = (5, 1)
"""
"""An entry whose array has lost an axis, above what is expected of it."""

CALLED = """        dA_prev_temp, dW_temp, db_temp = linear_activation_backward(
            grads["dA" + str(l + 1)], current_cache, "relu")
        dA, dW, db = linear_activation_backward(grads["dA2"], current_cache, "relu")
"""
"""A loop over layers that calls a helper, which has an exercise of its own."""
