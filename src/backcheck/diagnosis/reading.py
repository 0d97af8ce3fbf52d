"""Reading what people paste: printed arrays, whole tracebacks around them, cut-off rows.

The reader knows numbers, brackets and the names of gradients. Everything else in the text
is skipped; none of it is ever executed. Each array becomes a **pattern**: for every number
the interval of values that print that way, and gaps where something was left out.

The page of the form reads the same way, by the same patterns (`backcheck.words`); a corpus of
texts is run through both.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from itertools import chain, islice, pairwise
from operator import gt
from typing import Any

import numpy as np

from backcheck.arrays import numeric
from backcheck.diagnosis.helpers import Call, calls_in
from backcheck.diagnosis.subjects import spoken_of, subjects_of
from backcheck.fixtures import PREFIXES, Fixture, ids, load, prefix
from backcheck.showing.words import (
    cleaned,
    covered,
    gradients_of,
    pattern,
    put_right,
    say,
    spellings,
)

LIMIT = 1_000_000
"""Longest text that is read, in bytes."""

MOST_ARRAYS, MOST_NUMBERS = 100, 5000
"""How much is read at most; no function of the course prints so many."""

LONGEST = 2000
"""Longest line that is looked at for a number without brackets, or for a statement."""

SLACK = 1e-9
"""Relative error a printed number is allowed besides its rounding: two right ways to compute
one number differ in its last bits, and full precision prints those."""

EXACT = 8
"""Decimals meant by a number that numpy printed without any: its default precision."""

# The place of a part of which it is not said which one.
_SOMEWHERE = (-1,)

# Marks for numbers whose decimals are their own, and for those that numpy trimmed altogether.
_OWN, _TRIMMED = -1, -2


@dataclass(frozen=True)
class PrintedNumber:
    """One printed number: its value, its own decimals, and those it has with trimmed zeros."""

    value: float
    own: int
    decimals: int

    def covers(self, value: float, loose: bool = False) -> bool:
        """Return whether `value` prints as this number."""
        return abs(value - self.value) <= self.width(loose)

    def width(self, loose: bool = False) -> float:
        """Return how far from the printed number a value may lie."""
        # Digits that were cut off, not rounded, leave a whole unit of the last place.
        unit = 10.0 ** -max(-300, self.own if loose else self.decimals)
        return unit * (1.0 if loose else 0.5) * (1 + 1e-6) + SLACK * abs(self.value)


Row = tuple[PrintedNumber | None, ...]
"""The numbers of a row; None where some were left out."""


@dataclass(frozen=True)
class PrintedArray:
    """One array read from a text."""

    name: str | None  # in the course's spelling
    rows: tuple[Row | None, ...]  # None where rows were left out
    dimensions: int  # how many brackets stood around a number
    line: int
    whole: bool = False  # a bare row or a cut-off array is not
    context: str = ""  # "sigmoid" or "relu" if such a heading stands above it
    expected: bool = False  # whether the text calls it the expected output
    at: tuple[int, ...] = ()  # where it stands in a larger array, as dW[3][1] does
    around: tuple[int, ...] | None = None  # the shape of that array, if it was printed
    bare: bool = False  # whether it stood without the brackets that it is read with

    @cached_property
    def shape(self) -> tuple[int, ...] | None:
        """The shape, if nothing was left out."""
        if self.at:
            return None
        rows = [row for row in self.rows if row is not None]
        if not self.whole or len(rows) < len(self.rows) or any(None in row for row in rows):
            return None
        if self.dimensions > 2:
            return self.around
        return ((), (len(rows[0]),), (len(rows), len(rows[0])))[self.dimensions]

    def fits(self, shape: tuple[int, ...], loose: bool = False) -> bool:
        """Return whether it has a shape, or can be (if `loose`, in any case) a part of one."""
        if self.at:
            inside = len(self.at) <= len(shape) and all(map(gt, shape, self.at))
            return (
                inside and self.around in (None, shape) and self._entry.fits(shape[len(self.at) :])
            )
        if len(shape) > 2 or (self.shape is not None and not loose):
            return self.has(shape)
        height, width = (1, 1, *shape)[-2:]
        rows = [row for row in self.rows if row is not None]
        return len(rows) <= height and all(
            len(row) == width
            if self.dimensions and None not in row
            else sum(number is not None for number in row) <= width
            for row in rows
        )

    def has(self, shape: tuple[int, ...]) -> bool:
        """Return whether it has a shape; np.squeeze leaves no brackets around one number."""
        return self.shape == shape or (self.shape == () and shape == (1,))

    def at_step(self, place: int) -> "PrintedArray | None":
        """Return what one step has put into an array whose last axis is time, if that is known."""
        rows = [row for row in self.rows if row and place < len(row) and None not in row]
        axes = len(self.at) + self.dimensions if self.dimensions else 0
        if axes != 3 or not self.whole or len(rows) < len(self.rows):
            return None
        column = tuple(row[place] for row in rows)
        height, width = (self.around or ())[:2] if self.dimensions > 2 else (1, len(column))
        table = tuple(column[n * width : (n + 1) * width] for n in range(height))
        return replace(self, rows=table, dimensions=self.dimensions - 1, around=None)

    @cached_property
    def _entry(self) -> "PrintedArray":
        return replace(self, at=())

    @cached_property
    def cells(self) -> tuple[PrintedNumber, ...]:
        """The printed numbers, row after row, each with its decimals."""
        return _numbers_of(self.rows)

    @property
    def numbers(self) -> tuple[float, ...]:
        """The values of the printed numbers, row after row."""
        return tuple(number.value for number in self.cells)

    @property
    def uneven(self) -> bool:
        """Whether its numbers do not all have the same decimals."""
        return any(number.own != number.decimals for number in self.cells)

    @cached_property
    def centre(self) -> Any:
        """The printed numbers themselves, as an array."""
        return np.array(self.numbers).reshape(-1 if self.shape is None else self.shape)

    @cached_property
    def _widths(self) -> dict[bool, Any]:
        return {
            loose: np.reshape([cell.width(loose) for cell in self.cells], self.centre.shape)
            for loose in (False, True)
        }

    def matches(self, value: Any, loose: bool = False) -> bool:
        """Return whether an array prints this way.

        If `loose`, the brackets are those of a part, and each number has its own digits.
        """
        array = np.asarray(value, dtype=float)
        if self.at:
            return self.fits(array.shape) and self._entry.matches(array[self.at], loose)
        first = self.cells[0]
        # Most candidates are told apart by one number, which is quicker to look for.
        if self.shape is not None and (self.has(array.shape) or not loose):
            return (
                self.has(array.shape)
                and first.covers(array.item(0), loose)
                and bool(_near(array, self.centre, self._widths[loose]).all())
            )
        if array.ndim > 2 or not _near(array, first.value, first.width(loose)).any():
            return False
        table = np.atleast_2d(array).tolist()
        return _fits((None, *self.rows, None), table, lambda row, line: self._row(row, line, loose))

    def is_close(self, value: Any) -> bool:
        """Return whether np.allclose accepts its numbers for an array."""
        array = np.asarray(value, dtype=float)
        if self.at:
            return self.fits(array.shape) and self._entry.is_close(array[self.at])
        is_whole = self.shape is not None and self.has(array.shape)
        return is_whole and np.allclose(self.numbers, array.ravel())

    def _row(self, row: Row, line: Sequence[float], loose: bool) -> bool:
        # A row without its own brackets may have lost numbers at either end.
        part = self.dimensions == 0 and not self.whole
        wanted = (None, *row, None) if part else row
        return _fits(wanted, line, lambda number, value: number.covers(value, loose))


def _near(values: Any, centre: Any, width: Any) -> Any:
    with np.errstate(invalid="ignore"):
        return np.abs(values - centre) <= width


DEEPEST = 8
"""Of the frames above the last one so many are read: who calls it with what."""


@dataclass(frozen=True)
class Frame:
    """Where an exception was raised: the function (or ``"cell"``) and the statement, or ``""``."""

    function: str = ""
    statement: str = ""
    calls: tuple[str, ...] = ()  # the statements that led there, the last one first

    @property
    def kind(self) -> str:
        """What the statement does, in a word; ``""`` if its first line does not tell."""
        if "_test_case(" in self.statement:
            return "case"
        if pattern("course-call").search(self.statement):
            return "call"
        if pattern("unpacking").fullmatch(self.statement):
            return "name"
        if pattern("entry").search(self.statement.replace("shape[", "")):
            return "entry"
        return "formula" if pattern("formula").search(self.statement) else ""


NOWHERE = Frame()
"""The frame of an exception of which the last line is all that is known."""


def frame_of(function: str, statement: str) -> Frame:
    """Return the frame of a function and its statement, in the names that the evidence has.

    Examples
    --------
    >>> frame_of("L_model_backward_test", 'assert grads["dA0"].shape == (4, 2)  # shape').function
    'cell'
    >>> frame_of("helper", "dZ = dA").function
    ''
    """
    statement = pattern("comment").sub("", statement).strip()
    if function.endswith("_test") or function in ("", "print_grads", "cell"):
        return Frame("cell", statement)
    return Frame(function if pattern("course-function").fullmatch(function) else "", statement)


@dataclass(frozen=True)
class Paste:
    """What a text holds."""

    arrays: tuple[PrintedArray, ...]
    failing: tuple[tuple[str, str], ...] = ()  # "shape", "type", "values" or "output", and which
    function: str = ""  # the function that was tested
    error: str = ""  # the last line of a traceback that is not a test's own
    problem: str = ""  # what could not be read, and where
    frame: Frame = NOWHERE
    shapes: tuple[tuple[str, tuple[int, ...]], ...] = ()  # that are printed, with their names
    quoted: tuple[PrintedArray, ...] = ()  # what the text calls expected beside other arrays
    lines: tuple[tuple[str, str], ...] = ()  # the names that code assigns, and what
    lost: tuple[str, ...] = ()  # the names of what is nan or inf, in whole or in part
    hints: tuple[str, ...] = ()  # on code of the learner's own
    nothing: tuple[str, ...] = ()  # what is said where neither numbers nor a message stand there
    calls: tuple[Call, ...] = ()  # of the course's helpers
    source: str = ""  # the functions that stand there, if each is whole
    stored: Mapping[str, str] = field(default_factory=dict)  # under which key stands which name
    rejected: bool = False  # whether it says that tests failed, and not in what
    right: tuple[str, ...] = ()  # the names of what its sentences call right
    unpacked: tuple[str, ...] = ()  # the names that a cache is taken apart into
    defined: tuple[str, ...] = ()  # the functions that it has


NOTHING = Paste(())
"""A text that says nothing."""


def assigned_in(text: str) -> tuple[tuple[str, str], ...]:
    r"""Return the names that lines of code assign, each with the expression.

    What is written into a part of an array begins with a sign, and so it is no expression.

    >>> assigned_in("---> 54 dZ1 = dA1 * W1  # no\ndZ1 *= A1\ndZ1[0] = 1")
    (('dZ1', 'dA1 * W1'), ('dZ1', 'dZ1 * (A1)'), ('dZ1', '= 1'))
    """
    code = put_right(pattern("comment").sub("", text), "rewritten")
    found = pattern("assigned").finditer(code)
    return tuple((one["name"], _assigned(**one.groupdict())) for one in found)


def has_code(lines: Iterable[tuple[str, str]]) -> bool:
    """Return whether lines assign more than numbers."""
    return any(pattern("code").match(form) for _, form in lines)


def with_own_code(hints: Iterable[str], lines: Sequence[tuple[str, str]]) -> list[str]:
    """Return what to do with lines that compute no step of a known test."""
    passes_back = len(lines) > 1 and has_code(lines) and _passes_back(lines)
    learning = [say("own-learning")] if passes_back else []
    of_own = [say("own-network"), *learning, say("paste-whole")]
    return [*dict.fromkeys([*hints, *of_own])]


def _passes_back(lines: Iterable[tuple[str, str]]) -> bool:
    """Return whether lines have the derivative of an activation, or a gradient by a product."""
    slopes = (
        pattern("sigmoid-slope"),
        pattern("tanh-slope"),
        pattern("sigmoid-of-z"),
        pattern("tanh-of-z"),
        pattern("slope-called"),
    )
    return any(
        any(slope.search(form) for slope in slopes)
        or (pattern("own-gradient").fullmatch(name) and pattern("from-product").search(form))
        for name, form in lines
    )


def of_lines(hints: Iterable[str]) -> list[str]:
    """Return the hints that say what one line does, whatever else is known."""
    return [one for one in hints if "#relu-strict" in one or "keeps it nowhere" in one]


def hints_in(text: str, lines: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Return what can be said of code whose lines are those of no known test."""
    code = "\n".join(form for _, form in lines)
    hints = [*_of_slopes(text, lines)]
    passes = any(pattern("own-gradient").fullmatch(name) for name, _ in lines)
    if passes and pattern("relu-used").search(text) and not pattern("relu-derived").search(text):
        hints.append(say("relu-slope"))
    hints += over_relu(text, lines)
    kept_nowhere = pattern("unkept").search(text) if passes else None
    hints += [say("unkept", line=kept_nowhere["line"])] if kept_nowhere else []
    hints += [say("exp-quotient")] if _overflows(text, lines) else []
    hints += [say("sum-of-all")] if pattern("sum-of-all").search(text) else []
    hints += [say("dot-slope")] if pattern("dot-slope").search(text) else []
    backwards = pattern("forward-function").sub("", text)
    hints += [say("mask-drawn")] if passes and pattern("mask-drawn").search(backwards) else []
    hints += [say("third-argument")] if pattern("third-argument").search(text) else []
    down = [next(filter(None, found.groups())) for found in pattern("goes-down").finditer(code)]
    steep = {found[1] for found in pattern("times-slope").finditer(code)}
    hints += [say("error-goes-down", name=name) for name in dict.fromkeys(down) if name in steep]
    is_training = has_code(lines) and pattern("fails-to-learn").search(text)
    hints += [say("own-learning")] if is_training else []
    return tuple(hints)


def _of_slopes(text: str, lines: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield what is said of derivatives of an activation that are fed with the other array."""
    lines = [line for line in lines if has_code([line])]
    sigmoid = _fed(pattern("sigmoid-slope"), pattern("sigmoid-of-z"), text, lines)
    tanh = _fed(pattern("tanh-slope"), pattern("tanh-of-z"), text, lines)
    for names, says in ((sigmoid[0], say("sigmoid-slope")), (tanh[0], say("tanh-slope"))):
        if any(_is_input(name, lines) for name in names):
            yield says
    if twice := [*dict.fromkeys(name for name in sigmoid[1] if _is_output(name, lines))]:
        yield say("sigmoid-twice", names=", ".join(twice), first=twice[0], n=len(twice))
    if twice := [*dict.fromkeys(name for name in tanh[1] if _is_output(name, lines))]:
        yield say("tanh-twice", names=", ".join(twice), first=twice[0], n=len(twice))


def over_relu(text: str, lines: Iterable[tuple[str, str]]) -> list[str]:
    """Return what is said of a derivative of relu that lets every unit through."""
    names = dict.fromkeys(
        found["name"]
        for line in text.split("\n")
        if ("<" in line or ">=" in line) and len(line) <= LONGEST
        if pattern("of-gradient").search(line)
        for found in pattern("not-strict").finditer(line)
    )
    forms = {name: [form for own, form in lines if own == name] for name in names}
    known = (
        name
        for name, some in forms.items()
        if any(pattern("from-relu").fullmatch(_outside(form)) for form in some)
        or (pattern("course-output").fullmatch(name) and not any(map(_from_activation, some)))
    )
    return [say("relu-strict", name=name) for name in islice(known, 1)]


def _overflows(text: str, lines: Iterable[tuple[str, str]]) -> bool:
    """Return whether overflow is spoken of, and the line it is of may be a quotient of two inf."""
    if not pattern("overflowed").search(text) or not re.search(r"(?:exp|cosh)\(", text):
        return False
    made = [n for n, f in lines if pattern("from-exp").fullmatch(_outside(f)) and "max" not in f]
    names = "|".join(dict.fromkeys(made))
    warned = pattern("warned-line").search(text)
    # A line without an exponential has another cause than one elsewhere.
    is_other = warned and "exp(" not in warned["line"]
    for line in [warned["line"]] if warned and is_other else text.split("\n"):
        if "/" in line and "max" not in line and len(line) <= LONGEST:
            whole = re.sub(rf"\b(?:{names})\b", "exp()", line) if names else line
            if pattern("exp-quotient").search(whole):
                return True
    return False


def _fed(
    of_a: re.Pattern[str], of_z: re.Pattern[str], text: str, lines: Sequence[tuple[str, str]]
) -> tuple[list[str], list[str]]:
    """Return what a derivative from A is fed with in lines, and what one from Z is."""
    code = "\n".join(form for _, form in lines)
    found = [_last(of_a, code), [*_last(of_z, code), *_activated(_last(of_a, code), lines)]]
    for made in pattern("slope-function").finditer(text):
        inside = assigned_in(made[0])
        from_z = [*_last(of_z, made[0]), *_activated(_last(of_a, made[0]), inside)]
        # A function that is both the activation and its derivative is told which of them to be.
        flag = r", *(?:\w+ *= *)?(?:True|1) *" if made["flag"] else "[,)]"
        call = rf"\b{made['function']}\( *(?:self\.)?([A-Za-z_]\w*(?:\[\w+\])*) *{flag}"
        for place, names in enumerate((_last(of_a, made[0]), from_z)):
            if any(name.partition("[")[0] == made["of"] for name in names):
                found[place] += re.findall(call, code)
    return found[0], found[1]


def _last(slope: re.Pattern[str], code: str) -> list[str]:
    return [found[found.lastindex or 0] for found in slope.finditer(code)]


def _activated(names: Iterable[str], lines: Iterable[tuple[str, str]]) -> list[str]:
    """Return what goes into the activation of which some names are the output."""
    wanted = {*names}
    made = (pattern("activated").fullmatch(form) for name, form in lines if name in wanted)
    return [found[found.lastindex or 0] for found in made if found]


def _outside(form: str) -> str:
    """Return a form without what stands in the parentheses of its calls."""
    inner = pattern("within").sub(r"\1", form)
    return form if inner == form else _outside(inner)


def _is_output(name: str, lines: Iterable[tuple[str, str]]) -> bool:
    """Return whether a name is that of an activation's output: by all its lines, or as in A1."""
    base = name.partition("[")[0]
    forms = [form for own, form in lines if own == base]
    known = forms or pattern("course-output").fullmatch(base)
    return bool(known) and all(map(_from_activation, forms))


def _is_input(name: str, lines: Sequence[tuple[str, str]]) -> bool:
    """Return whether a name is that of an activation's input: by a line of the text, or as in z."""
    base = name.partition("[")[0]
    forms = [form for own, form in lines if own == base]
    if any(map(_from_activation, forms)):
        return False
    products = (pattern("from-product").search(_outside(form)) for form in forms)
    is_fed = base in _activated({own for own, _ in lines}, lines)
    return any(products) or is_fed or bool(pattern("input-name").fullmatch(base))


def _from_activation(form: str) -> bool:
    is_slope = pattern("slope-called").search(form) or "True" in form
    return not is_slope and bool(pattern("from-activation").fullmatch(_outside(form)))


def _assigned(name: str, own: str | None, form: str) -> str:
    sign = (own or "").strip()
    if not sign:
        return form.strip()
    return f"= {form.strip()}" if sign[0] == "[" else f"{name} {sign} ({form.strip()})"


def read(text: str, fixtures: Iterable[Fixture] = ()) -> Paste:
    """Read every array of a pasted text, and what the test said about them.

    The names of gradients are those of the published tests, and of further `fixtures`.

    Examples
    --------
    >>> printed = read("dW1 = [[ 0.00301023 -0.00747267]]").arrays[0]
    >>> printed.name, printed.shape
    ('dW1', (1, 2))
    >>> read("AssertionError: Wrong values for dW1").failing
    (('values', 'dW1'),)
    """
    size = len(text.encode("utf-8", "replace"))
    if size > LIMIT:
        raise ValueError(say("too-long", size=f"{size / 1e6:.1f}"))
    # A number that begins a line may be that of the line.
    rejected = bool(pattern("rejected").search(text))
    text = cleaned(text)
    names = pattern("name", gradients_of(fixtures))
    failing, function, error = _complaints(text)
    output = without_quoted_code(text)
    many = next(islice(pattern("number").finditer(output), MOST_NUMBERS, None), None)
    groups, rest, problem = _brackets("" if many else output, names)
    arrays = sorted([*groups, *_unbracketed(rest, names)], key=lambda array: array.line)
    printed = list(_printed_shapes(output, names))
    arrays = [replace(one, around=_shape_below(one, printed)) if one.at else one for one in arrays]
    shapes = {name: shape for _, name, shape in printed}
    spelled = (course_spelling(one["name"], names) for one in pattern("lost").finditer(output))
    cost = ["cost"] if pattern("lost-cost").search(output) else []
    single = tuple(dict.fromkeys([*filter(None, spelled), *cost]))
    arrays, lost = _finite(arrays, single)
    if many or len(arrays) > MOST_ARRAYS:
        arrays, problem = [], say("too-many", arrays=MOST_ARRAYS, numbers=f"{MOST_NUMBERS:,}")
    # Where only some arrays are called expected, those are not the learner's, nor is a quotation.
    quoted = {array.numbers for array in arrays if array.expected}
    own = [array for array in arrays if not array.expected]
    own = [array for array in own if array.name or array.numbers not in quoted] or own or arrays
    # Zeros that a complaint quotes say nothing beside it.
    own = [one for one in own if one.name or any(one.numbers) or not failing]
    shapes |= {one.name: one.around for one in own if one.name and one.at and one.around}
    frame = _frame(text)
    lines = assigned_in(text)
    steps = not problem and any(
        names.fullmatch(name) and pattern("code").match(form) for name, form in lines
    )
    speaks = any((own, failing, error, frame.statement))
    calls = calls_in(text)
    nothing = () if speaks or problem else _nothing_in(text, lines)
    is_asked = nothing[:1] == (say("asked"),)
    if not any((speaks, function, shapes, steps, lost, calls, is_asked)):
        raise ValueError(problem or " ".join([*nothing, covered()]))
    wanted = tuple(array for array in arrays if array.expected and array not in own)
    said = (failing, function, error, problem, frame, tuple(shapes.items()), wanted)
    hints, source = hints_in(text, lines), _source(output)
    *_, apart = (None, *pattern("unpacked").finditer(output))
    unpacked = tuple(re.findall(r"\w+", apart["names"])) if apart else ()
    defined = tuple(found["function"] for found in pattern("signature").finditer(output))
    kept = (stored_in(output), rejected, tuple(_called_right(output)), unpacked, defined)
    return Paste(tuple(own), *said, lines, lost, hints, nothing, calls, source, *kept)


def stored_in(text: str) -> dict[str, str]:
    """Return the keys of the last dictionary of gradients in a text, and the names under them.

    >>> stored_in('grads = {"dW1": dW1, "db1": dW1.sum()}')
    {'dW1': 'dW1', 'db1': ''}
    """
    found: dict[str, str] = {}
    for whole in pattern("dictionary").finditer(text):
        entries = {one["key"]: one["value"] or "" for one in pattern("kept").finditer(whole[0])}
        if sum(bool(pattern("gradient").search(key)) for key in entries) > 1:
            found = entries
    return found


def _called_right(text: str) -> Iterator[str]:
    """Yield the names of the arrays that a text calls right."""
    for said in pattern("called-right").finditer(text):
        if pattern("doubted-before").search(text[max(0, said.start() - 60) : said.start()]):
            continue
        if said["branch"]:
            yield from (f"{said['branch']}_{name}" for name in ("dA_prev", "dW", "db"))
        for name in re.findall(r"\w+", said["names"] or ""):
            if spelling := course_spelling(name):
                yield spelling


def _source(text: str) -> str:
    """Return the functions of a text, each to its last return; ``""`` if a line may be missing."""
    starts = [found.start() for found in pattern("function-start").finditer(text)]
    parts = (text[start:end] for start, end in pairwise([*starts, len(text)]))
    whole = [pattern("to-return").match(part) for part in parts]
    if not all(whole) or pattern("elided").search(text):
        return ""
    return "\n".join(one[0] for one in whole if one)


def _shape_below(
    array: PrintedArray, printed: Sequence[tuple[int, str, tuple[int, ...]]]
) -> tuple[int, ...] | None:
    """Return the shape that is printed of an array: from its line on, or else the last above."""
    own = [(line, shape) for line, name, shape in printed if name == array.name]
    below = [shape for line, shape in own if line >= array.line]
    return below[0] if below else own[-1][1] if own else None


def _printed_shapes(
    text: str, names: re.Pattern[str]
) -> Iterator[tuple[int, str, tuple[int, ...]]]:
    """Yield the shapes that a text prints beside entries, with their lines and arrays' names."""
    for found in pattern("printed-shape").finditer(text):
        label = text[max(0, found.start() - 60) : found.start()].rpartition("\n")[2]
        if named := list(names.finditer(label)):
            sizes = tuple(map(int, filter(None, found.groups())))
            name = course_spelling(named[-1][0], names)
            if name:
                yield text.count("\n", 0, found.start()) + 1, name, sizes


def _nothing_in(text: str, lines: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Say that a text has no numbers, or none that is printed under a known name."""
    # Of a function, and of code that is not the course's, the sentences around it ask.
    is_around = "def " in text or (has_code(lines) and not pattern("known-function").search(text))
    subjects = spoken_of(text) if is_around else subjects_of(text)
    if has_code(lines) and (is_around or not subjects):
        own = with_own_code(hints_in(text, lines), lines)
        return say("only-code"), *dict.fromkeys((*subjects, *own))
    if subjects:
        return say("asked"), *subjects, say("question")
    decimal = (line for line in text.split("\n") if "." in line and re.search("[0-9]", line))
    plain = (pattern("numbering").sub(" ", line) for line in decimal)
    numbers = chain.from_iterable(map(pattern("number").finditer, plain))
    found = next((one for one in numbers if "." in one[0]), None)
    return say("other-numbers", first=found[0]) if found else say("no-numbers"), say("question")


def _finite(
    arrays: Iterable[PrintedArray], lost: tuple[str, ...] = ()
) -> tuple[list[PrintedArray], tuple[str, ...]]:
    """Return the arrays without nan and inf, and the names of what holds such, the lost included.

    Other numbers under the name of a lost one are the expected ones.
    """
    arrays = list(arrays)
    bad = [array for array in arrays if not np.isfinite(array.numbers).all()]
    lost_too = {(array.name, array.context) for array in bad if array.name}
    kept = [one for one in arrays if one.name not in lost and one not in bad]
    kept = [one for one in kept if (one.name, one.context) not in lost_too]
    return kept, tuple(dict.fromkeys((*lost, *(one.name or say("some-numbers") for one in bad))))


def from_arrays(grads: dict[str, Any], fixtures: Iterable[Fixture] = ()) -> Paste:
    """Turn a dictionary of computed arrays into the patterns of their full precision."""
    names = pattern("name", gradients_of(fixtures))
    arrays = []
    for line, (name, value) in enumerate(grads.items(), start=1):
        if not isinstance(name, str):
            raise ValueError(f"{name!r} is no name of an array, but a {type(name).__name__}.")
        array = numeric(name, value)
        # Under one name of a test stands another output of it by mistake.
        beside = (one for t in fixtures if name in t.expected for one in t.expected.values())
        most = max([2, *map(np.ndim, beside)])
        if array.ndim > most:
            raise ValueError(
                f"{name} has {array.ndim} dimensions, but a gradient has at most {most}."
            )
        if not array.size:
            raise ValueError(f"{name} has shape {array.shape}, so there is no number in it.")
        table = np.atleast_2d(array.astype(float))
        table = table.reshape(-1, table.shape[-1])
        rows = _untrimmed([tuple(map(_number, map(repr, row))) for row in table.tolist()])
        # What was computed is whole: every number of it has the digits of the longest.
        rows = tuple(tuple(n and replace(n, own=n.decimals) for n in r or ()) for r in rows)
        if array.dtype.kind == "f" and array.dtype.itemsize < 8:
            # What a short float computes may be wrong in its last two digits.
            size = np.max(np.abs(table), where=np.isfinite(table), initial=1e-30)
            own = int(-np.log10(100 * np.finfo(array.dtype).eps * size))
            rows = tuple(
                tuple(n and replace(n, own=own, decimals=own) for n in r or ()) for r in rows
            )
        spelling = course_spelling(name, names)
        one = PrintedArray(spelling, rows, array.ndim, line, whole=True)
        arrays.append(replace(one, around=array.shape) if array.ndim > 2 else one)
    finite, lost = _finite(arrays)
    return Paste(tuple(finite), lost=lost)


def without_quoted_code(text: str) -> str:
    """Return a text in which the lines of code that a traceback shows are empty.

    Those are the lines below the one that names a file or a cell, up to the arrow, what follows
    the arrow, and the line below a File.
    """
    if "->" not in text and 'File "' not in text:
        return text
    lines = text.split("\n")
    above: list[int] | None = None
    goes_on = False
    for place, line in enumerate(lines):
        held = len(line) <= LONGEST and pattern("held").match(line)
        if held or not line.strip() or pattern("exception").match(line):
            above, goes_on = ([] if held else None), False
        elif len(line) <= LONGEST and pattern("arrow").match(line):
            for quoted in (*(above or ()), place):
                lines[quoted] = ""
            above, goes_on = None, True
        elif goes_on or (place and lines[place - 1].lstrip().startswith('File "')):
            lines[place] = ""
        elif above is not None:
            above.append(place)
    return "\n".join(lines)


def _frame(text: str) -> Frame:
    """Return the last frame of a traceback that is in a function of the course, or in a cell."""
    last = NOWHERE
    function: str | None = None
    previous = ""
    asserts: list[str] = []
    for line in filter(None, text.split("\n")):
        if len(line) > LONGEST:
            continue
        if pattern("held").match(line):
            named = pattern("held-by").search(line)
            function = named[1] if named else ""
        elif (arrow := pattern("arrow").match(line)) or previous.startswith('File "'):
            statement = arrow["statement"] if arrow else line
            # Without the line that names the function, its statement is all there is.
            frame = frame_of("-" if function is None else function, statement)
            if frame.function or function is None:
                last = replace(frame, calls=(last.statement, *last.calls[: DEEPEST - 1]))
        elif quoted := pattern("quoted-assert").match(line):
            asserts.append(quoted["statement"])
        previous = line.strip()
    # Where the arrow is lost, an assert that stands alone is the one that failed.
    return frame_of(function or "-", asserts[0]) if last is NOWHERE and len(asserts) == 1 else last


def _complaints(text: str) -> tuple[tuple[tuple[str, str], ...], str, str]:
    """Return which outputs the test complained of, the function, and the exception."""
    # A traceback quotes the asserts around the one that failed.
    text = pattern("assertion").sub("", text)
    failing = [found for found in pattern("complaint").findall(text) if found[1] != "the"]
    # The last function named is the one whose test speaks.
    function = ["", *pattern("tested").findall(text)][-1]
    own = [
        error
        for error in pattern("exception").findall(text)
        if not error.startswith("AssertionError") and "Traceback (most recent" not in error
    ]
    # Forums eat the name of the exception, but not what numpy says of shapes.
    own = own or pattern("of-shapes").findall(text) or pattern("warning").findall(text)[:1]
    # What cannot be read is not run, so that its names are unknown later.
    unread = [error for error in own if re.match("(?:Syntax|Indentation|Tab)Error", error)]
    error = next(iter(unread), own[-1] if own else "")
    return tuple(dict.fromkeys(failing)), function, error.strip()[:LONGEST]


def _brackets(text: str, names: re.Pattern[str]) -> tuple[list[PrintedArray], str, str]:
    """Return the bracketed arrays, the text with them blanked out, and what went wrong."""
    found: list[PrintedArray] = []
    problem = ""
    left = list(text)
    position = after = counted = 0
    line = 1
    while (start := text.find("[", position)) >= 0:
        position = start + 1
        if text[position : position + 1].isalpha() and text[position] not in "nNiITF":
            continue
        group = _group(text, start)
        position = max(group.end, start + 1)
        before = text[max(0, start - 200) : start]
        if not _numbers_of(group.rows):
            continue
        indexed = pattern("indexed").match(before[-1:])
        # Whole numbers alone are an array only where one is assigned; elsewhere they are
        # footnotes, indices and layer numbers.
        printed = pattern("fractional").search(text, start, group.end)
        given = before.rstrip().endswith(("=", ":", "(", "|"))
        if not printed and (indexed or not given):
            continue
        name, at, context, expected = _label(text, after, start, names)
        if name is None and (not printed or pattern("truths").fullmatch(text, start, group.end)):
            continue
        line += text.count("\n", counted, start)
        counted = start
        # What code makes an array of was never printed.
        skipped = name == "" or (name is None and pattern("written-array").search(before))
        wrong = None if skipped else next(_wrong_in(text, start, group, name or ""), None)
        if wrong:
            below = text.count("\n", start, wrong[0])
            problem = problem or say("at-line", line=line + below, said=wrong[1])
        elif not skipped:
            around = _around(group, name)
            rows, dimensions = _untrimmed(group.rows), min(group.deepest, 3 if around else 2)
            alone = dimensions < 2 and name is None and text[start - 1] != "("
            whole = not group.depth and not alone and at != _SOMEWHERE
            part = PrintedArray(name, rows, dimensions, line, whole, context, expected)
            found.append(replace(part, at=at, around=around) if whole else part)
        after = group.end
        left[start:after] = [" " if char != "\n" else char for char in text[start:after]]
    return found, "".join(left), problem


@dataclass(frozen=True)
class _Group:
    """A bracketed group: where it ends, how many brackets stayed open, and the most of them."""

    rows: list[Row | None]
    end: int
    depth: int
    deepest: int
    tables: int  # how many matrices stand in it


@cache
def _of_three_axes() -> frozenset[str]:
    every = map(load, ids())
    return frozenset(name for test in every for name, v in test.expected.items() if v.ndim > 2)


def _around(group: _Group, name: str | None) -> tuple[int, ...] | None:
    """Return the shape of an array of three axes, where the one of that name has as many."""
    widths = {len(row) if row and None not in row else 0 for row in group.rows}
    height, odd = divmod(len(group.rows), group.tables or 1)
    if name not in _of_three_axes() or group.deepest != 3 or len(widths) > 1 or 0 in widths or odd:
        return None
    return group.tables, height, *widths


def _group(text: str, start: int) -> _Group:
    rows: list[Row | None] = []
    row: list[PrintedNumber | None] = []
    depth = deepest = tables = 0
    position = start
    next_token = pattern("token").match
    while token := next_token(text, position):
        position = token.end()
        word = token[0]
        if token.lastgroup:
            row.append(_number(word))
        elif word == "[":
            depth += 1
            # In a text of brackets alone this is all there is to do.
            if depth > deepest:
                deepest = depth
        elif word == "--" or (word == "..." and depth == deepest):
            # A masked entry, or what numpy left out.
            row.append(None)
        elif word == "...":
            rows.append(None)
        elif word == "]" or (";" in word and depth == 1 and row):
            rows += [tuple(row)] if row else []
            row = []
            # In MATLAB rows end with a semicolon.
            deepest = max(deepest, 1 if word == "]" else 2)
            depth -= word == "]"
            tables += word == "]" and depth == 1
            if depth == 0:
                break
    if depth and position == len(text) and row:
        # Cut off in the middle of a row, and perhaps of a number.
        row[-1] = None
    rows += [tuple(row)] if row else []
    return _Group(rows, position, depth, deepest, tables)


def _wrong_in(text: str, start: int, group: _Group, name: str) -> Iterator[tuple[int, str]]:
    """Yield where something in a group cannot be read, and what is wrong with it."""
    end = group.end
    rest = text[end : end + 40]
    if "." not in text[start:end] and pattern("comma").search(text, start, end):
        yield start, say("comma")
    if pattern("truths").fullmatch(text, start, end) and pattern("gradient").search(name):
        yield start, say("booleans", name=name)
    line_begun = text[max(0, end - 200) : end].rpartition("\n")[2].strip()
    if group.depth and rest and line_begun:
        begun = pattern("begun").findall(text[max(0, end - 40) : end])[0]
        yield end, say("not-a-number", word=repr(begun + rest.split()[0]))
    widths = sorted({len(row) for row in group.rows if row is not None and None not in row})
    if not group.depth and len(widths) > 1:
        yield start, say("unlike-rows", fewest=widths[0], most=widths[-1])
    if group.deepest > 2 and len(group.rows) > 1 and not _around(group, name):
        yield start, say("too-deep", n=group.deepest)


def _numbers_of(rows: Sequence[Row | None]) -> tuple[PrintedNumber, ...]:
    return tuple(number for row in rows for number in row or () if number is not None)


def _number(word: str) -> PrintedNumber:
    if word in ("True", "False"):
        return PrintedNumber(float(word == "True"), EXACT, EXACT)
    mantissa, _, exponent = word.lower().partition("e")
    if "n" in mantissa:
        return PrintedNumber(float(word), 0, 0)
    digits = len(mantissa.partition(".")[2])
    if exponent:
        scale = max(-400, min(400, int(exponent[:5])))
        return PrintedNumber(float(word), digits - scale, _OWN)
    return PrintedNumber(float(mantissa), digits or EXACT, digits or _TRIMMED)


def _untrimmed(rows: Sequence[Row | None]) -> tuple[Row | None, ...]:
    """Give every number of an array the decimals of its finest one: numpy trims zeros."""
    numbers = _numbers_of(rows)
    finest = max((n.decimals for n in numbers if n.decimals >= 0), default=EXACT)
    if finest == 1 and not any(number.value for number in numbers):
        # Python writes a 0 as 0.0, which nobody has rounded.
        exact = PrintedNumber(0.0, EXACT, EXACT)
        return tuple(row and tuple(number and exact for number in row) for row in rows)

    def decimals(number: PrintedNumber) -> int:
        return number.own if number.decimals == _OWN else finest

    return tuple(row and tuple(n and replace(n, decimals=decimals(n)) for n in row) for row in rows)


def _label(
    text: str, after: int, start: int, names: re.Pattern[str]
) -> tuple[str | None, tuple[int, ...], str, bool]:
    """Return the name before an array, where in it that stands, the heading, and "expected".

    The name is "" where it is that of another gradient, or the array is a measure of one.
    """
    above = text[max(0, start - 2000) : start]
    headings = {known[:-1]: above.lower().rfind(known[:-1]) for known in PREFIXES}
    context = max(headings, key=lambda heading: headings[heading])
    lines = [
        line
        for line in text[max(after, start - 400) : start].split("\n")
        if re.search(r"[A-Za-z]", pattern("not-prose").sub("", line))
    ]
    near = lines[-1][-80:] if lines else ""
    name, before, behind = _last_name(near, names)
    measure = pattern("measured-before").search(before) or pattern("measured-after").match(behind)
    if measure or (name is None and pattern("foreign").search(near)):
        name = ""
    # The last line of prose above may speak of expected numbers.
    prose = (pattern("word").findall(names.sub(" ", line)) for line in reversed(above.split("\n")))
    words = next(filter(None, prose), [])
    expected = any(word.lower().startswith("expect") for word in words)
    return name, _place(behind), context if headings[context] >= 0 else "", expected


def _place(behind: str) -> tuple[int, ...]:
    """Return which entry or row of an array is meant, by the index behind its name."""
    if found := pattern("place").match(behind):
        return tuple(map(int, re.findall(r"\d+", found["index"])))
    return _SOMEWHERE if pattern("part-of").match(behind) else ()


def _last_name(text: str, names: re.Pattern[str]) -> tuple[str | None, str, str]:
    """Return the last name of a text in the course's spelling, and what stands around it."""
    *_, found = (None, *names.finditer(text))
    if not found:
        return None, "", ""
    return course_spelling(found[0], names), text[: found.start()], text[found.end() :]


def course_spelling(name: str, names: re.Pattern[str] | None = None) -> str | None:
    """Return the course's spelling of a name, or None if no array of a backward pass has it."""
    match = (names or pattern("name")).fullmatch(name)
    if not match:
        return name if pattern("own-name").fullmatch(name) else None
    if match["array"]:
        return match["array"]
    letter = match["of"].upper().replace("B", "b")
    which = (match["which"] or "").replace("l", "L")
    return f"{prefix(name)}d{letter}{'_prev' if which == 'prev' else which}"


def _unbracketed(text: str, names: re.Pattern[str]) -> list[PrintedArray]:
    """Read numbers that stand without brackets: ``db2 = -0.17``, or bare rows."""
    found: list[PrintedArray] = []
    block: list[Row] = []
    for line_number, line in enumerate([*text.split("\n"), "end"], start=1):
        if len(line) > LONGEST:
            continue
        if line and pattern("plain-line").fullmatch(line) and "." in line.replace("...", ""):
            block.append(_row_of(line))
            continue
        if block:
            first = line_number - len(block)
            found.append(PrintedArray(None, _untrimmed(block), 0, first))
            block = []
        if line and (named := _named_number(line, names)):
            name, rows, at = named
            is_row = bool(at) and len(rows[0]) > 1
            whole = at != _SOMEWHERE and (is_row or [*map(len, rows)] == [1])
            part = PrintedArray(name, _untrimmed(rows), int(whole and is_row), line_number, whole)
            found.append(replace(part, at=at) if whole else part)
    return found


def _named_number(
    line: str, names: re.Pattern[str]
) -> tuple[str, list[Row], tuple[int, ...]] | None:
    """Return the name, the rows, and where in it they stand, of ``name = number``.

    Nothing but the name, spelled as the tests have it, may stand before the sign, as a key or
    an attribute: of anything else, such as the mean of dW, the number says nothing here.
    """
    match = pattern("scalar").fullmatch(line.strip())
    if not match or "." not in match["numbers"]:
        return None
    name, before, behind = _last_name(match["label"], names)
    alone = pattern("alone-before").fullmatch(before) and pattern("alone-after").fullmatch(behind)
    label = re.sub(r"[\[\]_]", "", match["label"])
    if not name or not alone or not any(one in label for one in spellings(name)):
        return None
    row, at = _row_of(match["numbers"]), _place(behind)
    # Of a bias, and of the weights of one unit, several numbers are a column.
    is_column = not at and pattern("column-name").search(label)
    return name, [(one,) for one in row] if is_column else [row], at


def _row_of(text: str) -> Row:
    return tuple(_number(word.group()) for word in pattern("number").finditer(text))


def _fits(wanted: Sequence[Any], items: Sequence[Any], same: Callable[[Any, Any], bool]) -> bool:
    """Return whether items match what is wanted, in which None stands for any run of them."""
    reached = {0}
    for part in wanted:
        if part is None:
            reached = set(range(min(reached), len(items) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(items) and same(part, items[at])}
        if not reached:
            return False
    return len(items) in reached
