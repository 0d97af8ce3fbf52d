"""What would solve a graded function: whole functions, and lines that can be run.

A line is compared by what it computes and not by how it is spelled: expressions are read with
Python's own parser, every way to write a product, a sum or the factor 1/m becomes one normal form,
and names become the part they play, such as dZ of some layer.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from typing import Any

from backcheck.fixtures import ids, load
from backcheck.program import write

FUNCTIONS = {
    "backward_propagation": ("parameters", "cache", "X", "Y"),
    "forward_propagation": ("X", "parameters"),
    "propagate": ("w", "b", "X", "Y"),
    "linear_backward": ("dZ", "cache"),
    "linear_activation_backward": ("dA", "cache", "activation"),
    "L_model_backward": ("AL", "Y", "caches"),
    "sigmoid_backward": ("dA", "cache"),
    "relu_backward": ("dA", "cache"),
    "backward_propagation_with_regularization": ("X", "Y", "cache", "lambd"),
    "backward_propagation_with_dropout": ("X", "Y", "cache", "keep_prob"),
}
"""The graded functions, with what each one takes."""

ROLES = (
    ("dZ", re.compile(r"(?:sigmoid_|relu_)?dZ_?(\d|[lL])?")),
    # What a network puts out is the input of no layer: A[L] as one is a mistake.
    ("A", re.compile(r"A_?(prev|\d|l)?|X")),
    ("W", re.compile(r"W_?(\d|[lL])?")),
    ("D", re.compile(r"D_?(\d|[lL])?")),
)
"""The part that an array plays, by its name; the group is its layer."""

SCALARS = ("m", "lambd", "keep_prob")

ELEMENTWISE = {"sigmoid", "tanh", "relu", "exp", "log", "cosh", "square", "maximum", "array"}
"""Functions whose argument is a part of an expression, and no expression of its own."""

PRODUCTS = {"dot", "matmul"}
ENTRYWISE = {"multiply": ast.Mult(), "divide": ast.Div(), "add": ast.Add(), "subtract": ast.Sub()}
SUMS = {"sum", "mean"}
ALIKE = {"transpose", "reshape"}

Key = Any
"""An array, or what is computed from arrays, in one normal form."""

Term = tuple[tuple[tuple[str, int], ...], tuple[Key, ...]]
"""The powers of single numbers in front of a product, and the arrays multiplied by entries."""

Sum = dict[Term, Fraction]
"""Terms with their numeric factors."""


# ---- Normal forms.


def number(value: Any) -> Sum:
    return {((), ()): Fraction(str(+value))} if value else {}


def array(key: Key) -> Sum:
    return {((), (key,)): Fraction(1)}


def scalar(name: str, power: int = 1) -> Sum:
    return {(((name, power),), ()): Fraction(1)}


def times(left: Sum, right: Sum) -> Sum | None:
    """Return a product; sums of several terms are multiplied out by single ones."""
    if len(left) != 1 and len(right) != 1:
        return None
    found: Sum = {}
    for (powers, factors), coefficient in left.items():
        for (others, more), other in right.items():
            together: dict[str, int] = {}
            for name, power in (*powers, *others):
                together[name] = together.get(name, 0) + power
            kept = tuple(sorted((name, power) for name, power in together.items() if power))
            term = (kept, tuple(sorted((*factors, *more), key=repr)))
            found[term] = found.get(term, Fraction(0)) + coefficient * other
    return found


def inverse(value: Sum) -> Sum | None:
    """Return 1 / value, where it is a number or a product of names."""
    if len(value) != 1:
        return None
    (((powers, factors), coefficient),) = value.items()
    if not coefficient or not all(factor[0] == "name" for factor in factors):
        return None
    below = [*((name, -power) for name, power in powers), *((key[1], -1) for key in factors)]
    return {(tuple(sorted(below)), ()): 1 / coefficient}


def plus(left: Sum, right: Sum, sign: int) -> Sum:
    found = dict(left)
    for term, coefficient in right.items():
        found[term] = found.get(term, Fraction(0)) + sign * coefficient
    return {term: coefficient for term, coefficient in found.items() if coefficient}


def split(value: Sum) -> tuple[Sum, Key] | None:
    """Return a single term as what is in front of it, and the array that is left."""
    if len(value) != 1:
        return None
    (((powers, factors), coefficient),) = value.items()
    if not factors:
        return None
    key = factors[0] if len(factors) == 1 else ("entries", *factors)
    return {(powers, ()): coefficient}, key


def turned(key: Key) -> Key:
    if key[0] == "T":
        return key[1]
    if key[0] == "product":
        return ("product", turned(key[2]), turned(key[1]))
    return ("T", key)


def applied(value: Sum, change: Any) -> Sum | None:
    """Return a linear operation on a single array, numbers in front left alone."""
    parts = split(value)
    return times(parts[0], array(change(parts[1]))) if parts else None


def product(left: Sum, right: Sum) -> Sum | None:
    first, second = split(left), split(right)
    if not first or not second:
        return None
    front = times(first[0], second[0])
    if second[1] == ("ones",):
        return front and times(front, array(("row sums", first[1])))
    return front and times(front, array(("product", first[1], second[1])))


def normal(node: ast.expr) -> Sum:
    """Return what an expression computes; what is not known stays as it is written."""
    found = _normal(node)
    return array(("other", ast.dump(node))) if found is None else found


def _normal(node: ast.expr) -> Sum | None:
    match node:
        case ast.Constant(value=int() | float() as value):
            return number(value)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return times(number(-1), normal(operand))
        case ast.BinOp(left=left, op=op, right=right):
            return pair(op, left, right)
        case ast.Attribute(value=value, attr="T"):
            return applied(normal(value), turned)
        case ast.Subscript(value=ast.Attribute(attr="shape"), slice=ast.Constant(value=1)):
            return scalar("m")
        case ast.Subscript(value=value, slice=ast.Tuple(elts=[ast.Slice(), new])) if is_new(new):
            return applied(normal(value), kept)
        case ast.Call():
            return called(node)
    name = name_of(node)
    if not name:
        return None
    return scalar(name) if name in SCALARS else array(("name", name))


def pair(op: ast.operator, left: ast.expr, right: ast.expr) -> Sum | None:
    first, second = normal(left), normal(right)
    match op:
        case ast.Add() | ast.Sub():
            return plus(first, second, 1 if isinstance(op, ast.Add) else -1)
        case ast.Mult():
            return times(first, second)
        case ast.Div():
            below = inverse(second)
            return times(first, below) if below else None
        case ast.MatMult():
            return product(first, second)
    return None


def called(node: ast.Call) -> Sum | None:
    name = function_of(node)
    # A method's array is its first argument.
    of = [node.func.value] if is_method(node) and isinstance(node.func, ast.Attribute) else []
    given = [*of, *node.args]
    options = {str(word.arg): ast.unparse(word.value) for word in node.keywords}
    if name in PRODUCTS and len(given) == 2:
        return product(normal(given[0]), normal(given[1]))
    if name in ENTRYWISE and len(given) == 2:
        return pair(ENTRYWISE[name], *given)
    if name == "transpose" and len(given) == 1:
        return applied(normal(given[0]), turned)
    if name == "reshape" and [ast.unparse(one) for one in given[1:]] in (["-1", "1"], ["(-1, 1)"]):
        return applied(normal(given[0]), kept)
    if name == "ones":
        return array(("ones",))
    if name == "float" and len(given) == 1:
        return normal(given[0])
    if name == "einsum" and len(given) == 3 and isinstance(given[0], ast.Constant):
        return einsum(str(given[0].value), normal(given[1]), normal(given[2]))
    if name in SUMS and given:
        options |= dict(zip(("axis",), [ast.unparse(one) for one in given[1:]], strict=False))
        over = times(normal(given[0]), scalar("m", -1)) if name == "mean" else normal(given[0])
        if options.get("axis") not in ("1", "-1") or over is None:
            return None
        summed = "row sums" if options.get("keepdims") == "True" else "flat row sums"
        return applied(over, lambda key: (summed, key))
    return None


def kept(key: Key) -> Key:
    return ("row sums", key[1]) if key[0] == "flat row sums" else ("column", key)


def is_new(node: ast.expr) -> bool:
    return ast.unparse(node) in ("None", "np.newaxis")


def einsum(pattern: str, left: Sum, right: Sum) -> Sum | None:
    """Return the matrix product that a pattern such as ik,jk->ij stands for."""
    found = re.fullmatch(r"(\w)(\w),(\w)(\w)->(\w)(\w)", pattern.replace(" ", ""))
    if not found:
        return None
    a, b, c, d, *out = found.groups()
    (shared,) = {a, b} & {c, d} or {""}
    first = applied(left, turned) if a == shared else left
    second = right if c == shared else applied(right, turned)
    whole = product(first, second) if first and second else None
    straight = [b if a == shared else a, d if c == shared else c]
    if whole and out == straight[::-1]:
        return applied(whole, turned)
    return whole if out == straight else None


def name_of(node: ast.expr) -> str:
    """Return the name of an array, wherever it is kept: `A1`, or `cache["A1"]`."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=str() as key)):
            return key
        case ast.Subscript(slice=ast.JoinedStr(values=[ast.Constant(value=str() as key), *_])):
            return key
        case ast.Subscript(slice=ast.BinOp(left=ast.Constant(value=str() as key))):
            return key
    return ""


def function_of(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def is_method(node: ast.Call) -> bool:
    """Return whether a function is called as a method of an array, and not of a module."""
    return isinstance(node.func, ast.Attribute) and not (
        isinstance(node.func.value, ast.Name) and node.func.value.id in ("np", "numpy", "math")
    )


# ---- Expressions in a text.


def expressions(tree: ast.AST) -> Iterator[ast.expr]:
    """Yield the whole expressions of a program, and those in its strings, none of their parts."""
    yield from _expressions(tree, inside=False)


def _expressions(node: ast.AST, inside: bool) -> Iterator[ast.expr]:
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            yield from in_text(node.value)
        return
    arithmetic = isinstance(node, ast.BinOp | ast.UnaryOp) or is_part(node)
    if arithmetic and not inside and isinstance(node, ast.expr):
        yield node
    for child in ast.iter_child_nodes(node):
        # Which row of an array is taken is not part of a formula.
        yield from _expressions(child, inside=arithmetic)


def is_part(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr == "T" or node.attr in PRODUCTS | SUMS | ALIKE
    known = ELEMENTWISE | PRODUCTS | SUMS | ALIKE | ENTRYWISE.keys() | {"einsum"}
    return isinstance(node, ast.Call) and function_of(node) in known


@cache
def in_text(text: str) -> tuple[ast.expr, ...]:
    """Return the expressions in a text: a program, or prose with pieces of code."""
    if not may_hold(text):
        return ()
    if tree := parsed(text):
        return tuple(expressions(tree))
    return tuple(found for line in text.split("\n") for found in in_line(line))


def may_hold(text: str) -> bool:
    return bool(re.search(r"@|\b(?:dot|matmul|einsum|sum|mean|ones)\b", text))


def parsed(text: str) -> ast.AST | None:
    try:
        return ast.parse(text.strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


@cache
def in_line(line: str) -> tuple[ast.expr, ...]:
    if not may_hold(line):
        return ()
    return tuple(found for piece in pieces(line) for found in in_piece(piece))


SEPARATOR = re.compile(
    r"`|;|\$|\s{2,}|\s=\s|:\s|,\s(?=\w+\s=\s)|\s(?:or|and|is|not|where)\s|[\"“”]"
)


def pieces(line: str) -> Iterator[str]:
    """Yield what stands between separators that are not inside brackets."""
    depth, start, at = 0, 0, 0
    while at < len(line):
        depth = max(0, depth + (line[at] in "([{") - (line[at] in ")]}"))
        found = SEPARATOR.match(line, at)
        if found and (depth == 0 or line[at] == "`"):
            yield line[start:at]
            start = at = found.end()
        else:
            at += 1
    yield line[start:]


TOKEN = re.compile(r"[A-Za-z_]\w*|\d+\.?\d*|\*\*|\S")


@cache
def in_piece(piece: str) -> tuple[ast.expr, ...]:
    """Return the expressions in a piece of prose: the longest runs that Python can read."""
    if not may_hold(piece):
        return ()
    for end in (piece, piece.rstrip(" .,:;)"), piece.strip(" .,:;(")):
        if tree := parsed(end):
            return tuple(expressions(tree))
    found: list[ast.expr] = []
    tokens = list(TOKEN.finditer(piece))
    at = 0
    while at < len(tokens):
        if not re.match(r"[\w(\-]", tokens[at][0]):
            at += 1
            continue
        for end in range(min(len(tokens), at + 40), at, -1):
            text = piece[tokens[at].start() : tokens[end - 1].end()]
            if tree := parsed(text):
                found += expressions(tree)
                at = end
                break
        else:
            at += 1
    return tuple(found)


# ---- What solves something.


def role(name: str) -> tuple[str, int | None]:
    """Return the part an array plays, and the number of the layer it belongs to."""
    for part, pattern in ROLES:
        if found := pattern.fullmatch(name):
            layer = found[1] or ("0" if name == "X" else "")
            # The input of a layer, and the mask on it, have the number of the layer below.
            above = 1 if part in ("A", "D") else 0
            return part, int(layer) + above if layer.isdecimal() else None
    return name, None


def in_roles(value: Sum) -> tuple[frozenset[Any], set[int]]:
    """Return a normal form with parts for names, and the layers they belong to."""
    layers: set[int] = set()

    def replaced(key: Key) -> Key:
        if key[0] == "name":
            part, layer = role(key[1])
            layers.update([] if layer is None else [layer])
            return part
        return (key[0], *(replaced(one) if isinstance(one, tuple) else one for one in key[1:]))

    terms = [
        (coefficient, powers, tuple(sorted(map(replaced, factors), key=repr)))
        for (powers, factors), coefficient in value.items()
    ]
    return frozenset(terms), layers


@cache
def graded() -> dict[frozenset[Any], str]:
    """Return the right-hand sides of dW, db and dA_prev in the program of every fixture."""
    found = {}
    # The gradients of `propagate` look like mistakes of the others: `is_of_propagate` is for them.
    for id in (one for one in ids() if load(one).function != "propagate"):
        for step in load(id).program.steps:
            name = re.sub(r"^(?:sigmoid|relu)_", "", step.name)
            if not re.fullmatch(r"dW\d?|db\d?|dA\d|dA_prev", name):
                continue
            tree = ast.parse(write(step.expression), mode="eval").body
            if may_hold(ast.unparse(tree)):
                found[in_roles(normal(tree))[0]] = name
    return found


PROPAGATE = re.compile(
    r"(?:1\.? ?/ ?m\)? ?\* ?)?(?:np\.dot\()?"
    r"\bX(?:, ?| @ |\.dot\()\(?(?:d[Zz]|A - Y)\)?\.T\)*(?: / m)?"
)
"""The product in the gradient of `propagate`, with a factor 1/m before or after it."""


def is_of_propagate(text: str) -> bool:
    return any("/" in found for found in PROPAGATE.findall(text))


def is_graded(node: ast.expr) -> bool:
    form, layers = in_roles(normal(node))
    # dZ of one layer with the input of another is a mistake.
    return form in graded() and len(layers) <= 1


def is_of_another_layer(name: str, node: ast.expr) -> bool:
    """Return whether a gradient of one layer is computed from the arrays of another."""
    found = re.fullmatch(r"d([WbA])(\d)", name)
    _, layers = in_roles(normal(node))
    return bool(found and layers) and layers != {int(found[2]) + (found[1] == "A")}


@dataclass
class Block:
    """What a piece of a program computes: all whole expressions, and those that get a name."""

    found: list[ast.expr] = field(default_factory=list)
    named: list[tuple[str, ast.expr]] = field(default_factory=list)

    @property
    def has_linear_backward(self) -> bool:
        """Whether dW, db and dA_prev of one array are there, whatever they are called."""
        products, sums = set(), set()
        for node in self.found:
            for _, factors in normal(node):
                for key in factors:
                    if key[0] == "product" and key[2][0] == "T":
                        products.add(("weights", repr(key[1])))
                    if key[0] == "product" and key[1][0] == "T":
                        products.add(("below", repr(key[2])))
                    if key[0] == "row sums":
                        sums.add(repr(key[1]))
        # The three steps with dA in place of dZ are a mistake, the derivative left out.
        mistaken = {one for one in sums if re.search(r"'d[AWb]", one)}
        return any({("weights", one), ("below", one)} <= products for one in sums - mistaken)

    @property
    def has_forward_propagation(self) -> bool:
        """Whether two linear steps follow each other with an activation between them."""
        affine: dict[str, str] = {}
        activated: dict[str, str] = {}
        for name, node in self.named:
            match node:
                case ast.Call(args=[argument]) if name_of(argument) in affine:
                    activated[name] = name_of(argument)
                case ast.BinOp(op=ast.Add()):
                    inputs = [key[2] for _, (key, *_) in _factored(node) if key[0] == "product"]
                    if inputs:
                        if any(key[0] == "name" and key[1] in activated for key in inputs):
                            return True
                        affine[name] = repr(inputs)
        return False


def _factored(node: ast.expr) -> list[Term]:
    return [term for term in normal(node) if term[1]]


def block(tree: ast.AST) -> Block:
    """Return what a program computes, statements in its strings included."""
    found = Block(list(expressions(tree)))
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[target], value=value):
                found.named.append((name_of(target), value))
            case ast.keyword(arg=str() as name, value=ast.Constant(value=str() as text)):
                found.named += _statement(name, text)
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    if isinstance(key, ast.Constant) and isinstance(value, ast.Constant):
                        found.named += _statement(str(key.value), str(value.value))
    return found


def _statement(name: str, text: str) -> list[tuple[str, ast.expr]]:
    tree = parsed(text)
    match tree:
        case ast.Module(body=[ast.Expr(value=value)]):
            return [(name, value)]
    return []


STATEMENTS = re.compile(r"\b(\w+) = ((?:[^,;\n(]|\([^()]*(?:\([^()]*\)[^()]*)*\))+)")


def stated(text: str) -> Block:
    """Return what the statements in a text compute, one a line or several in a row."""
    # What is divided by another number than that of the examples is a mistake.
    text = re.sub(r".*\bm \(the number of .*", "", text)
    found = Block(list(in_text(text)))
    for line in text.split("\n"):
        for name, said in STATEMENTS.findall(line):
            within = [(name, node) for node in in_piece(said)[:1]]
            found.named += _statement(name, said.strip()) or within
    return found


def solutions(text: str) -> list[str]:
    """Return what in a program, or in prose with code, solves a graded function.

    Each is told with the words that do it.
    """
    found: list[str] = []
    tree = parsed(text)
    if tree:
        found += [f"function {name}" for name in _functions(tree)]
    elif "def " in text:
        found += [
            f"function {name}" for name in re.findall(r"\bdef (\w+)\(", text) if name in FUNCTIONS
        ]
    found += ["dw of propagate"] if is_of_propagate(text) else []
    if not may_hold(text):
        return found
    every = block(tree) if tree else stated(text)
    wrong = {ast.dump(node) for name, node in every.named if is_of_another_layer(name, node)}
    lines = [node for node in every.found if is_graded(node) and ast.dump(node) not in wrong]
    found += [f"line {ast.unparse(node)}" for node in lines]
    found += ["every step of linear_backward"] if every.has_linear_backward else []
    found += ["every step of forward_propagation"] if every.has_forward_propagation else []
    return found


def _functions(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            takes = tuple(argument.arg for argument in node.args.args)
            if node.name in FUNCTIONS or takes in FUNCTIONS.values():
                yield node.name
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "def " in node.value:
            inner = parsed(node.value)
            yield from _functions(inner) if inner else ()


CELL = re.compile(r"^```\{code-cell\}[^\n]*\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FENCE = re.compile(r"^`{3,}[^\n]*\n(.*?)^`{3,}$", re.DOTALL | re.MULTILINE)
OPTIONS = re.compile(r"\A---\n.*?^---\n|\A(?::[^\n]*\n)+", re.DOTALL | re.MULTILINE)


@cache
def cached_solutions(text: str) -> tuple[str, ...]:
    return tuple(solutions(text))


def assert_none(texts: Iterator[str]) -> None:
    found = [(solution, text[:200]) for text in texts for solution in cached_solutions(text)]
    assert found == [], found


def parts_of(source: str) -> Iterator[str]:
    """Yield the cells of a page's source, its other fenced texts, and its prose line by line."""
    for cell in CELL.findall(source):
        yield OPTIONS.sub("", cell)
    prose = CELL.sub("", source)
    yield from FENCE.findall(prose)
    yield from prose.split("\n")
