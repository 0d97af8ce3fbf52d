"""What a function needs of a notebook or a file, found in the text: nothing of it is run here.

`cells` needs json and regular expressions, all else a parser's tree.
"""

import ast
import builtins
import copy
import difflib
import json
import re
import warnings
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from backcheck.showing.words import say

CELL = re.compile(r"(?m)^# ?(?:In ?\[[ \d*]*\]:?|%%.*|<codecell>|COMMAND -+)[ \t]*$")
"""How exports of a notebook begin a cell: those of Jupyter, VS Code, nbformat 2 and Databricks."""

MAGIC = re.compile(r"(?m)^([ \t]*)(?:[%!?](?:.*\\\n)*.*|[\w.]+\?{1,2}[ \t]*|\w+ *= *[%!].*)$")
"""What Python cannot read, but a notebook can."""

RAW = re.compile(r"(?m)^(\"{3}|'{3})")
"""Where an export has the text between cells as a string, whose backslashes are those of LaTeX."""

FENCE = re.compile(r"(?m)^[ \t]*```.*$")
"""What code of a forum post stands between."""

CODE = re.compile(
    r"(?P<margin>[ \t]*)(?:(?P<block>(?:async +)?def +\w+ *\(|class +\w+ *[(:]|@\w)"
    r"|import +[\w.]+(?: *,| +as\b|[ \t]*$)|from +[\w.]+ +import\b)"
)
"""How code begins in a text that has sentences around it."""

GOES_ON = re.compile(r"(?:else|elif|except|finally)\b|[)\]}]")
"""What begins no statement, but goes on with one."""

BEGINS = re.compile(r"#.*\b(?:START CODE|CODE STARTS) HERE")
ENDS = re.compile(r"#.*\b(?:END CODE|CODE ENDS) HERE")
"""Between what marks an exercise wants something written."""

TO_FILL = re.compile(r"(?:np\.|numpy\.)?(?:zeros|ones|empty|full)(?:_like)?")
"""What makes an array that is filled later."""

IMPORTS = (ast.Import, ast.ImportFrom)
SETTINGS = (ast.Constant, ast.UnaryOp, ast.Lambda)


SPOKEN = ("sigmoid_backward", "relu_backward")
"""Helpers whose names learners put together of the word for the activation."""


class Cell(NamedTuple):
    """A cell: what readers call it, and its text with the lines above it in a file empty."""

    label: str
    text: str


class Piece(NamedTuple):
    """A statement that is taken, and the cell it stands in."""

    cell: Cell
    node: ast.stmt


@dataclass(frozen=True)
class Taken:
    """What a function needs, in the order in which it stands there."""

    pieces: tuple[Piece, ...]
    names: tuple[str, ...] = ()  # of the functions and classes among them
    missing: tuple[str, ...] = ()  # what it reads and nothing defines
    modules: tuple[str, ...] = ()  # every module that is imported anywhere
    futures: tuple[ast.stmt, ...] = field(default=(), repr=False)
    uncalled: tuple[str, ...] = ()  # the functions beside it that it does not need


def cells(path: Path, text: str) -> list[Cell]:
    """Return the cells of a notebook of format 3 or 4, of an export of one, or of a forum post.

    >>> [cell.label for cell in cells(Path("own.py"), "x = 1")]
    ['own.py']
    """
    if path.suffix != ".ipynb":
        is_file = path.suffix == ".py"
        # A docstring of Python can have such fences too.
        fences = [] if is_file else list(FENCE.finditer(text))
        marks = [one.start() for one in CELL.finditer(text)]
        inside = zip(fences[::2], [*(f.start() for f in fences[1::2]), len(text)], strict=False)
        parts = [(fence.end(), end) for fence, end in inside]
        parts = parts or [*pairwise((0, *marks, len(text)))]
        whole = [Cell(path.name, "\n" * text.count("\n", 0, a) + text[a:b]) for a, b in parts]
        return whole if is_file else list(map(_of_post, whole))
    try:
        notebook = json.loads(text)
        sheets = notebook.get("worksheets", [notebook])
        found = [cell for sheet in sheets for cell in sheet["cells"] if cell["cell_type"] == "code"]
        sources = ["".join(cell.get("source", cell.get("input", ""))) for cell in found]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ValueError(say("no-notebook", path=path.name)) from None
    counts = [cell.get("execution_count", cell.get("prompt_number")) for cell in found]
    return [
        Cell(f"{path.name}, {f'In [{count}]' if count else f'code cell {place}'}", source)
        for place, (count, source) in enumerate(zip(counts, sources, strict=True), start=1)
    ]


def _of_post(cell: Cell) -> Cell:
    """Return a cell without the sentences around its code, if it cannot be read with them."""
    return (
        Cell(cell.label, without_prose(cell.text)) if isinstance(_tree(cell), Exception) else cell
    )


def without_prose(text: str) -> str:
    r"""Return as many lines, of which those that begin no statement are empty.

    >>> without_prose("Here is\nmy code.\ndef f(x):\n    return x\nThank you.")
    '\n\ndef f(x):\n    return x\n'
    """
    lines = text.split("\n")
    first = next(filter(None, map(CODE.match, lines)), None)
    if not first:
        return text
    margin = len(first["margin"])
    kept: list[str] = []
    # Whether the lines of the last statement are kept, and a text of three quotes is open in it.
    keeps = quotes = False
    for whole in lines:
        line = whole[margin:]
        if whole[:margin].strip():
            line, keeps = "", False
        elif line[:1].strip() and not quotes:
            keeps = _begins_statement(line) or (keeps and bool(GOES_ON.match(line)))
        quotes ^= keeps and bool((line.count('"""') + line.count("'''")) % 2)
        kept.append(line if keeps else "")
    return "\n".join(kept)


def _begins_statement(line: str) -> bool:
    """Return whether a line can be one of code: a function is taken even where it is broken."""
    begun = CODE.match(line)
    if begun and begun["block"]:
        return True
    head = line.partition("#")[0].rstrip()
    with (
        warnings.catch_warnings(action="ignore"),
        suppress(SyntaxError, ValueError, RecursionError),
    ):
        ast.parse(f"{head} pass" if head.endswith(":") else head)
        return True
    return False


def take(cells: list[Cell], wanted: str) -> Taken:
    """Return what a function, ``f`` or ``Class.f``, needs; of several definitions the last one."""
    defined: dict[str, Piece] = {}
    broken: dict[str, tuple[Cell, Exception]] = {}
    stars, futures, modules = [], [], []
    for cell in cells:
        tree = _tree(cell)
        if isinstance(tree, Exception):
            defs = re.findall(r"(?m)^(?:async +)?(?:def|class)\s+(\w+)", cell.text)
            broken |= dict.fromkeys(defs, (cell, tree))
            continue
        for name, node in _definitions(tree.body):
            broken.pop(name, None)
            if isinstance(node, ast.ImportFrom):
                modules.append(node.module or "")
            if isinstance(node, ast.ImportFrom) and node.module == "__future__":
                futures.append(node)
            elif name == "*":
                stars.append(Piece(cell, node))
            else:
                defined[name] = Piece(cell, node)
    first, _, method = wanted.partition(".")
    kept: dict[str, Piece] = {}
    missing: dict[str, None] = {}
    waiting = [(first, first)]
    while waiting:
        name, reader = waiting.pop()
        if name in broken:
            cell, error = broken[name]
            where = f"{cell.label}, line {getattr(error, 'lineno', None) or 1}"
            said = getattr(error, "msg", str(error))
            of = {"where": where, "kind": type(error).__name__, "said": said}
            of |= {"reader": reader, "name": name}
            raise ValueError(say("no-python" if name == first else "no-python-for", **of))
        if name not in defined and not hasattr(builtins, name):
            missing[name] = None
        if name in kept or name not in defined:
            continue
        piece = defined[name]
        if name != first and not _is_simple(piece.node, defined):
            where = f"{piece.cell.label}, line {piece.node.lineno}"
            raise ValueError(say("reads-outside", reader=reader, name=name, where=where))
        kept[name] = piece
        waiting += [(other, name) for other in reversed(_read(piece.node))]
        waiting += [(other, name) for other in SPOKEN if _puts_names_together(piece.node)]
    if first in missing:
        raise ValueError(_nowhere(wanted, cells, defined))
    if method:
        _check_method(kept[first].node, first, method)
    order = {id(cell): place for place, cell in enumerate(cells)}
    pieces = sorted(
        {id(one.node): one for one in kept.values()}.values(),
        key=lambda one: (not isinstance(one.node, IMPORTS), order[id(one.cell)], one.node.lineno),
    )
    own = [n for n, piece in kept.items() if isinstance(piece.node, ast.FunctionDef | ast.ClassDef)]
    functions = [n for n, piece in defined.items() if isinstance(piece.node, ast.FunctionDef)]
    uncalled = tuple(name for name in functions if name not in kept)
    found = (tuple(own), tuple(missing), tuple(modules), tuple(futures), uncalled)
    return Taken((*stars, *pieces), *found)


def _puts_names_together(node: ast.AST) -> bool:
    """Return whether code looks up names that it makes, as ``eval(word + "_backward")`` does."""
    calls = (one.func for one in ast.walk(node) if isinstance(one, ast.Call))
    return any(isinstance(one, ast.Name) and one.id in ("eval", "globals") for one in calls)


def _tree(cell: Cell) -> ast.Module | Exception:
    plain = MAGIC.sub(r"\1pass", cell.text)
    for text in (cell.text, plain, RAW.sub(r"r\1", plain)):
        try:
            with warnings.catch_warnings(action="ignore"):
                tree = ast.parse(text)
                compile(text, cell.label, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
            return tree
        except (SyntaxError, ValueError, RecursionError) as error:
            found = error
    return found


def _definitions(body: list[ast.stmt]) -> Iterator[tuple[str, ast.stmt]]:
    """Yield each name that statements define, those inside of if, with, try and for included."""
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name, node
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                for one in names:
                    alone = copy.copy(node)
                    alone.names = [one]
                    yield one.asname or one.name.partition(".")[0], alone
            case ast.If(test=test) if "__name__" in ast.unparse(test):
                pass
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
                for part in ast.walk(node):
                    if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                        yield part.id, node
            case _:
                for block in ("body", "handlers", "orelse", "finalbody"):
                    yield from _definitions(getattr(node, block, []))


def _read(node: ast.AST) -> list[str]:
    """Return the names that a definition takes from outside."""
    loads: dict[str, None] = {}
    stores: set[str] = set()
    for one in ast.walk(node):
        match one:
            case ast.Name(id=name, ctx=ast.Load()):
                loads[name] = None
            case ast.Name(id=name) | ast.arg(arg=name) | ast.ExceptHandler(name=str(name)):
                stores.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) if one is not node:
                stores.add(name)
            case ast.alias(name=name, asname=asname):
                stores.add(asname or name.partition(".")[0])
            case ast.Global(names=some):
                loads |= dict.fromkeys(some)
                stores -= set(some)
    return [name for name in loads if name not in stores]


def _is_simple(node: ast.stmt, defined: dict[str, Piece]) -> bool:
    """Return whether a statement can be run for itself: it calls what modules have, if anything."""
    value = getattr(node, "value", None)
    if not isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) or value is None:
        return True
    later = {id(n) for one in ast.walk(value) if isinstance(one, ast.Lambda) for n in ast.walk(one)}
    for one in ast.walk(value):
        if isinstance(one, ast.Call) and id(one) not in later:
            root: Any = one.func
            while isinstance(root, ast.Attribute):
                root = root.value
            name = getattr(root, "id", "")
            piece = defined.get(name)
            if not (isinstance(piece.node, IMPORTS) if piece else hasattr(builtins, name)):
                return False
    return True


def _nowhere(wanted: str, cells: list[Cell], defined: dict[str, Piece]) -> str:
    """Say that there is no such function, and where one of its name stands, or which there are."""
    name, path = wanted.rpartition(".")[2], cells[0].label.partition(",")[0] if cells else ""
    for outer, piece in defined.items():
        for one in ast.walk(piece.node):
            if isinstance(one, ast.FunctionDef) and one.name == name and one is not piece.node:
                is_class = isinstance(piece.node, ast.ClassDef)
                where = f"{piece.cell.label}, line {one.lineno}"
                of = {"name": name, "outer": outer, "where": where}
                return say("inside-class" if is_class else "inside-function", **of)
    own = [n for n, p in defined.items() if isinstance(p.node, ast.FunctionDef) and n[0] != "_"]
    nearest = ", ".join(difflib.get_close_matches(name, own, n=3, cutoff=0.0))
    return say("no-function", path=path, name=wanted, has=f"; it has {nearest}" if nearest else "")


def _check_method(node: ast.stmt, outer: str, method: str) -> None:
    found = [one for one in getattr(node, "body", []) if getattr(one, "name", "") == method]
    if not isinstance(node, ast.ClassDef) or not found:
        raise ValueError(say("no-method", outer=outer, name=method))
    marks = {getattr(mark, "id", "") for mark in found[-1].decorator_list}
    if not marks & {"staticmethod", "classmethod"}:
        raise ValueError(say("is-method", name=f"{outer}.{method}"))


def left_as_handed_out(pieces: tuple[Piece, ...]) -> str:
    """Return the first line that an exercise left to be written and nobody has, or ``""``."""
    for cell, node in pieces:
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            continue
        assigned = [one for one in ast.walk(node) if isinstance(one, ast.Assign)]
        names = [ast.unparse(one.targets[0]) for one in assigned]
        # What has a value elsewhere may begin as None.
        pairs = list(zip(assigned, names, strict=True))
        made = {name for one, name in pairs if not set(ast.unparse(one.value)) <= set("None(), ")}
        for one, name in pairs:
            if name not in made:
                where = f"{cell.label}, line {one.lineno}"
                return say("left-none", where=where, statement=ast.unparse(one))
        lines = cell.text.split("\n")[: node.end_lineno]
        begun = 0
        for at, line in enumerate(lines[node.lineno :], start=node.lineno + 1):
            if begun and ENDS.search(line):
                return say("left-empty", where=f"{cell.label}, line {begun}")
            written = line.partition("#")[0].strip()
            begun = 0 if written else at if BEGINS.search(line) else begun
    return ""


def read_from_outside(taken: Taken) -> str:
    """Return which arrays a function reads from outside, and where they are made, or ``""``."""
    made: dict[str, Piece] = {}
    for piece in taken.pieces:
        value = getattr(piece.node, "value", None)
        if isinstance(piece.node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            own = [one for one in ast.walk(piece.node) if isinstance(one, ast.Name)]
            names = [one.id for one in own if isinstance(one.ctx, ast.Store)]
            # A number or a function of one line is the same in every cell.
            made |= dict.fromkeys([] if isinstance(value, SETTINGS) else names, piece)
    for _, node in taken.pieces:
        read = _read(node)
        names = [name for name in made if name in read]
        if isinstance(node, ast.FunctionDef) and names:
            cells = {made[name].cell.label: made[name].node for name in reversed(names)}
            places = [f"{label}, line {one.lineno}" for label, one in reversed(cells.items())]
            of = {"names": ", ".join(names), "n": len(names), "where": "; ".join(places)}
            return say("made-outside", function=node.name, **of)
    return ""


RECORD = "__backcheck_record__"
"""What an instrumented program calls with each value that it gives a name."""


class _Recorded(ast.NodeTransformer):
    """Has assignments, entries of a dictionary and what is returned tell their values."""

    def __init__(self) -> None:
        self.function = ""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        outer, self.function = self.function, node.name
        self.generic_visit(node)
        self.function = outer
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST | list[ast.stmt]:
        self.generic_visit(node)
        # What is made to be filled holds no value yet.
        if isinstance(node.value, ast.Call) and TO_FILL.fullmatch(ast.unparse(node.value.func)):
            return node
        return [node, *(told for target in node.targets for told in self._told(target, node))]

    def visit_AugAssign(self, node: ast.AugAssign) -> list[ast.stmt]:
        self.generic_visit(node)
        return [node, *self._told(node.target, node)]

    def visit_Dict(self, node: ast.Dict) -> ast.AST:
        self.generic_visit(node)
        for place, key in enumerate(node.keys):
            if isinstance(key, ast.Constant):
                node.values[place] = self._call(f"[{key.value!s}]", node.values[place], key)
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.value, ast.Tuple):
            parts = enumerate(node.value.elts)
            node.value.elts = [self._call(f"return {n}", part, part) for n, part in parts]
        elif node.value and not isinstance(node.value, ast.Dict):
            node.value = self._call("return 0", node.value, node)
        return node

    def _told(self, target: ast.expr, at: ast.stmt) -> Iterator[ast.stmt]:
        match target:
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                for part in parts:
                    yield from self._told(part, at)
            case ast.Name(id=name):
                yield ast.Expr(self._call(name, ast.Name(name, ast.Load()), at))
            case ast.Subscript(value=ast.Name(id=name), slice=key):
                # A slice is no value, and then the whole array is told.
                whole = any(isinstance(one, ast.Slice) for one in ast.walk(key))
                keys = () if whole else (key,)
                yield ast.Expr(self._call(name, ast.Name(name, ast.Load()), at, *keys))

    def _call(self, name: str, value: ast.expr, at: Any, *key: ast.expr) -> ast.expr:
        if isinstance(value, ast.Starred):
            return value
        where = ast.List([*map(ast.Constant, (at.lineno, self.function, name))], ast.Load())
        return ast.Call(ast.Name(RECORD, ast.Load()), [where, value, *key], [])


def instrumented(taken: Taken) -> Taken:
    """Return the same program, which also tells the value of each assignment."""
    pieces = [
        piece._replace(node=_Recorded().visit(copy.deepcopy(piece.node)))
        if isinstance(piece.node, ast.FunctionDef | ast.ClassDef)
        else piece
        for piece in taken.pieces
    ]
    for piece in pieces:
        ast.fix_missing_locations(piece.node)
    return replace(taken, pieces=tuple(pieces))
