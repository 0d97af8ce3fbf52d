"""Reading what people paste: printed arrays, whole tracebacks around them, cut-off rows.

The reader knows numbers, brackets and the names of gradients. Everything else in the text
is skipped; none of it is ever executed. Each array becomes a **pattern**: for every number
the interval of values that print that way, and gaps where something was left out.

``diagnose.js`` of the book's site reads the same way; a corpus of texts is run through both.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from backcheck.arrays import numeric
from backcheck.fixtures import prefix

LIMIT = 1_000_000
"""Longest text that is read, in bytes."""

SLACK = 1e-9
"""Relative error a printed number is allowed besides its rounding: two right ways to compute
one number differ in its last bits, and full precision prints those."""

EXACT = 8
"""Decimals meant by a number that numpy printed without any: its default precision."""

# Marks for numbers whose decimals are their own, and for those that numpy trimmed altogether.
_OWN, _TRIMMED = -1, -2

_NUMBER = (
    r"(?:[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?(?![\w.])"
    r"|[-+]?(?:nan|NaN|inf|Inf|infinity)\b)"
)
_TOKEN = re.compile(rf"[\s,;]+|\[|\]|\.\.\.|(?P<number>{_NUMBER})|(?P<truth>True|False)\b")
_PLAIN_LINE = re.compile(rf"[\s,;\[\]]*(?:(?:{_NUMBER}|\.\.\.)[\s,;\[\]]*)+")
_NAME = re.compile(
    r"(?<![A-Za-z0-9])(?:(?:sigmoid|relu)_)?"
    r"(?:(?P<d>[dD])_?(?P<of>[AWZBawzb])_?\[?(?P<which>prev(?:_temp)?|[lL]|\d)?"
    r"|(?P<array>A\d|Z\d|W\d|b\d|AL|ZL|A_prev|X|Y))\]?(?![A-Za-z0-9])"
)
_SCALAR = re.compile(rf"(?P<label>[^=:\n]{{1,60}})[=:]\s*\(?(?P<numbers>(?:{_NUMBER}[\s,;]*)+)\)?")
_REPLACED: tuple[tuple[str, str], ...] = (
    ("[\u2212\u2010-\u2014\ufe63\uff0d]", "-"),
    ("[\u2018\u2019\u201a\u201b\u2032`\u00b4]", "'"),
    ("[\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb]", '"'),
    ("[\u200b-\u200f\u2060\ufeff]|\x1b\\[[0-9;]*[A-Za-z]", ""),
    ("[\u00a0\u2000-\u200a\u202f\u205f\u3000\t\f\v]", " "),
    ("[\u2026\u22ef]", "..."),
    ("\r\n?|\\\\n|<br */?>", "\n"),
    (r"\b(?:np|numpy)\.float\d+\(([^()\n]*)\)", r"\1"),
    (r"\b(?:np|numpy)\.(nan|inf)\b", r"\1"),
    (r"\b(?:In|Out) ?\[[ \d*]*\]:", " "),
    (r"(?m)^ *(?:>+ )+", ""),
    (r"\*\*", " "),
)


@dataclass(frozen=True)
class Cell:
    """One printed number: the value, and how many decimals it vouches for.

    Parameters
    ----------
    value : float
        The number as printed; nan and inf are kept.
    own : int
        Decimals of the number itself.
    decimals : int
        Decimals counted when the zeros numpy trims are put back.
    """

    value: float
    own: int
    decimals: int

    def covers(self, value: float, loose: bool = False) -> bool:
        """Return whether `value` prints as this number.

        Examples
        --------
        >>> Cell(0.25, 2, 2).covers(0.2549), Cell(0.25, 2, 2).covers(0.26)
        (True, False)
        """
        if not math.isfinite(self.value):
            return value == self.value or (math.isnan(value) and math.isnan(self.value))
        return abs(value - self.value) <= self.width(loose)

    def width(self, loose: bool = False) -> float:
        """Return how far from the printed number a value may lie."""
        if not math.isfinite(self.value):
            return 0.0
        # Digits that were cut off, not rounded, leave a whole unit of the last place.
        unit = 10.0 ** -max(-300, self.own if loose else self.decimals)
        return unit * (1.0 if loose else 0.5) * (1 + 1e-6) + SLACK * abs(self.value)


Row = tuple[Cell | None, ...]
"""The numbers of a row; None where some were left out."""

# Where in a text something cannot be read, and what is wrong with it.
_Bad = tuple[int, str] | None


@dataclass(frozen=True)
class Observed:
    """One array read from a text.

    Parameters
    ----------
    name : str or None
        The gradient or array it was printed as, in the course's spelling.
    context : str
        "sigmoid" or "relu" if such a heading stands above it, else "".
    rows : tuple
        Rows of cells; None where rows were left out. A scalar or a vector is one row.
    dimensions : int
        How many brackets stood around a number: 0, 1 or 2.
    whole : bool
        Whether every bracket was there; a bare row or a cut-off array is not whole.
    expected : bool
        Whether the text calls it the expected output.
    line : int
        Where it starts.
    """

    name: str | None
    context: str
    rows: tuple[Row | None, ...]
    dimensions: int
    whole: bool
    expected: bool
    line: int

    @cached_property
    def shape(self) -> tuple[int, ...] | None:
        """The shape, if nothing was left out."""
        rows = [row for row in self.rows if row is not None]
        if not self.whole or len(rows) < len(self.rows) or any(None in row for row in rows):
            return None
        return ((), (len(rows[0]),), (len(rows), len(rows[0])))[self.dimensions]

    def fits(self, shape: tuple[int, ...]) -> bool:
        r"""Return whether it has a shape, or can be a part of an array that has.

        Examples
        --------
        >>> part = read("dW = [[0.25 0.5]\n ...").arrays[0]
        >>> part.fits((3, 2)), part.fits((2, 1))
        (True, False)
        """
        if self.shape is not None:
            return self.shape == shape
        height, width = (1, 1, *shape)[-2:]
        rows = [row for row in self.rows if row is not None]
        return len(rows) <= height and all(
            len(row) == width
            if self.dimensions and None not in row
            else sum(cell is not None for cell in row) <= width
            for row in rows
        )

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """The printed numbers, row after row, each with its decimals."""
        return _cells_of(self.rows)

    @property
    def numbers(self) -> tuple[float, ...]:
        """The printed numbers, row after row."""
        return tuple(cell.value for cell in self.cells)

    @property
    def uneven(self) -> bool:
        """Whether its numbers do not all have the same decimals."""
        return any(cell.own != cell.decimals for cell in self.cells)

    @cached_property
    def centre(self) -> Any:
        """The printed numbers themselves, as an array."""
        return np.array(self.numbers).reshape(self.shape or -1)

    @cached_property
    def _widths(self) -> dict[bool, Any]:
        return {
            loose: np.array([cell.width(loose) for cell in self.cells]).reshape(self.shape or -1)
            for loose in (False, True)
        }

    def matches(self, value: Any, loose: bool = False) -> bool:
        """Return whether an array prints this way.

        Parameters
        ----------
        value : array_like
            The array in question.
        loose : bool
            Take the brackets for a part of the array, and each number by its own digits.

        Examples
        --------
        >>> seen = read("dW = [[0.25, 0.5]]").arrays[0]
        >>> seen.matches([[0.2500000001, 0.5]]), seen.matches([[0.26, 0.5]])
        (True, False)
        >>> seen.matches([[0.25, 0.5], [1.0, 2.0]], loose=True)
        True
        """
        array = np.asarray(value, dtype=float)
        if self.shape is not None and (array.shape == self.shape or not loose):
            return array.shape == self.shape and self._agrees(array, loose)
        if array.ndim > 2 or not self._holds_first(array, loose).any():
            return False
        table = np.atleast_2d(array).tolist()
        return _fits((None, *self.rows, None), table, lambda row, line: self._row(row, line, loose))

    def _holds_first(self, values: Any, loose: bool) -> Any:
        # Most candidates are told apart by one number, which is quicker to look for.
        first = self.cells[0]
        if not math.isfinite(first.value):
            return ~np.isfinite(values)
        with np.errstate(invalid="ignore"):
            return np.abs(values - first.value) <= first.width(loose)

    def _agrees(self, array: Any, loose: bool) -> bool:
        return self.cells[0].covers(array.item(0), loose) and bool(self._near(array, loose).all())

    def _near(self, values: Any, loose: bool) -> Any:
        centre = self.centre
        with np.errstate(invalid="ignore"):
            near = np.abs(values - centre) <= self._widths[loose]
        return near | (values == centre) | (np.isnan(values) & np.isnan(centre))

    def _row(self, row: Row, line: Sequence[float], loose: bool) -> bool:
        # A row without its own brackets may have lost numbers at either end.
        part = self.dimensions == 0 and not self.whole
        pattern = (None, *row, None) if part else row
        return _fits(pattern, line, lambda cell, value: cell.covers(value, loose))


_HELD = re.compile(r" *(?:File |<?ipython|~|/|Input In|Cell In|[A-Z]:\\)|.*\.py\S* in \w+\(")
_ARROW = re.compile(r" *-+> ?\d+ (?P<statement>.*)")
_COURSE = re.compile(r"backward_propagation\w*|\w+_backward")
_CALL = re.compile(r"\b(?:\w+_backward|backward_propagation\w*|target)\(")


@dataclass(frozen=True)
class Frame:
    """Where an exception was raised, as far as a traceback shows it.

    Parameters
    ----------
    function : str
        The function, ``"cell"`` for a cell of the notebook or a test, or ``""``.
    statement : str
        The first line of the statement, or ``""``.
    """

    function: str = ""
    statement: str = ""

    @property
    def kind(self) -> str:
        """What the statement does, in a word.

        It may ask a test case, call a function of the course, take a named cache apart, look up
        an entry, or compute by a formula; ``""`` if its first line does not tell.

        Examples
        --------
        >>> Frame("linear_backward", "A_prev, W, b = cache").kind
        'name'
        """
        if "_test_case(" in self.statement:
            return "case"
        if _CALL.search(self.statement):
            return "call"
        if re.fullmatch(r"[\w, ()]*= *\(?[A-Za-z]\w*\)?", self.statement):
            return "name"
        if re.search(r"[\w\])]\[", self.statement.replace("shape[", "")):
            return "entry"
        return "formula" if re.search(r"= *\S|return|\(.*\)|:$", self.statement) else ""


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
    statement = re.sub(r"\s+#.*|;\s*$", "", statement).strip()
    if function.endswith("_test") or function in ("", "print_grads", "cell"):
        return Frame("cell", statement)
    return Frame(function if _COURSE.fullmatch(function) else "", statement)


@dataclass(frozen=True)
class Paste:
    """What a text holds.

    Parameters
    ----------
    arrays : tuple of Observed
        The printed arrays.
    failing : tuple of tuple
        What the test complained of: ``"shape"``, ``"type"``, ``"values"`` or ``"output"``, in
        its own word, and the output.
    function : str
        The function that was tested, if the text names it, else "".
    error : str
        The last line of a traceback that is not a test's own, else "".
    problem : str
        What could not be read, and where, else "".
    frame : Frame
        Where that exception was raised.
    """

    arrays: tuple[Observed, ...]
    failing: tuple[tuple[str, str], ...] = ()
    function: str = ""
    error: str = ""
    problem: str = ""
    frame: Frame = NOWHERE


def read(text: str) -> Paste:
    """Read every array of a pasted text, and what the test said about them.

    Raises
    ------
    ValueError
        If the text is longer than `LIMIT`, or there is nothing in it to read; the message
        says what is wrong, and on which line.

    Examples
    --------
    >>> seen = read("dW1 = [[ 0.00301023 -0.00747267]]").arrays[0]
    >>> seen.name, seen.shape
    ('dW1', (1, 2))
    >>> read("AssertionError: Wrong values for dW1").failing
    (('values', 'dW1'),)
    >>> read("It does not work!")
    Traceback (most recent call last):
        ...
    ValueError: There are no printed numbers in this text; paste what your function printed, \
such as dW1 = [[0.1 0.2]].
    """
    size = len(text.encode("utf-8", "replace"))
    if size > LIMIT:
        raise ValueError(
            f"The text is {size / 1e6:.1f} MB long, but at most 1 MB is read; "
            "paste the printed gradients alone."
        )
    for pattern, replacement in _REPLACED:
        text = re.sub(pattern, replacement, text)
    failing, function, error = _complaints(text)
    groups, rest, problem = _brackets(text)
    arrays = sorted([*groups, *_unbracketed(rest)], key=lambda seen: seen.line)
    # Where only some arrays are called expected, those are not the learner's, nor is a quotation.
    quoted = {seen.numbers for seen in arrays if seen.expected}
    own = [seen for seen in arrays if not seen.expected]
    own = [seen for seen in own if seen.name or seen.numbers not in quoted] or own or arrays
    if not own and not failing and not function and not error:
        raise ValueError(
            problem
            or "There are no printed numbers in this text; paste what your function printed, "
            "such as dW1 = [[0.1 0.2]]."
        )
    return Paste(tuple(own), failing, function, error, problem, _frame(text))


def from_arrays(grads: dict[str, Any]) -> Paste:
    """Turn a dictionary of computed arrays into the patterns of their full precision.

    Raises
    ------
    ValueError
        If a value is not an array of numbers with at most two dimensions.
    """
    arrays = []
    for line, (name, value) in enumerate(grads.items(), start=1):
        array = numeric(name, value)
        if array.ndim > 2:
            raise ValueError(f"{name} has {array.ndim} dimensions, but a gradient has at most 2.")
        table = np.atleast_2d(array.astype(float)).tolist()
        rows = tuple(tuple(Cell(number, 15, 15) for number in row) for row in table)
        arrays.append(Observed(_canonical(name), "", rows, array.ndim, True, False, line))
    return Paste(tuple(arrays))


def _frame(text: str) -> Frame:
    """Return the last frame of a traceback that is in a function of the course, or in a cell."""
    found = NOWHERE
    function: str | None = None
    previous = ""
    for line in text.split("\n"):
        if _HELD.match(line):
            named = re.search(r"\bin (\w+)", line)
            function = named[1] if named else ""
        elif (arrow := _ARROW.match(line)) or previous.startswith('File "'):
            statement = arrow["statement"] if arrow else line
            # Without the line that names the function, its statement is all there is.
            one = frame_of("-" if function is None else function, statement)
            found = one if one.function or function is None else found
        previous = line.strip()
    return found


def _complaints(text: str) -> tuple[tuple[tuple[str, str], ...], str, str]:
    """Return which outputs the test complained of, the function, and the exception."""
    # A traceback quotes the asserts around the one that failed.
    text = re.sub(r"(?m)^.*\bassert [^\n]*", "", text)
    failing = [
        (kind, name)
        for kind, name in re.findall(
            r"(?:Wrong|Error: Data) (type|shape|values|output)[^\n]{0,40}? (?:for|in) "
            r"(?:the )?(?:variable )?(\w+)",
            text,
        )
        if name != "the"
    ]
    functions = re.findall(
        r"\b(backward_propagation|linear_backward|linear_activation_backward|L_model_backward)"
        r"(?:_test)?\b",
        text,
    )
    # The last function named is the one whose test speaks.
    function = functions[-1] if functions else ""
    errors = re.findall(r"(?m)^[ \t]*(?:\w+\.)*((?:[A-Z]\w*(?:Error|Exception))\b[^\n]*)", text)
    own = [error.strip() for error in errors if not error.startswith("AssertionError")]
    own = [error for error in own if "Traceback (most recent" not in error]
    # Forums eat the name of the exception, but not what numpy says of shapes.
    own = own or re.findall(
        r"(?:shapes \([\d, ]*\) and|operands could not be broadcast)[^\n]*", text
    )
    return tuple(dict.fromkeys(failing)), function, own[-1].strip() if own else ""


def _brackets(text: str) -> tuple[list[Observed], str, str]:
    """Return the bracketed arrays, the text with them blanked out, and what went wrong."""
    found: list[Observed] = []
    problem = ""
    left = list(text)
    position = after = 0
    while (start := text.find("[", position)) >= 0:
        rows, dimensions, end, closed, bad = _group(text, start)
        position = max(end, start + 1)
        if not _cells_of(rows):
            continue
        index = start > 0 and (text[start - 1].isalnum() or text[start - 1] in "_])'\"")
        name, context, expected = _label(text, after, start)
        # Whole numbers alone are an array only where one is assigned; elsewhere they are
        # footnotes, indices and layer numbers.
        printed = any(char in text[start:end] for char in ".eEn")
        given = text[max(0, start - 200) : start].rstrip().endswith(("=", ":", "("))
        line = text.count("\n", 0, start) + 1
        if not printed and (index or not name or not given):
            continue
        if bad:
            place, said = bad
            problem = problem or "Line {}: {}".format(text.count("\n", 0, place) + 1, said)
        else:
            table = _untrimmed(rows)
            whole = closed and (dimensions == 2 or name is not None or text[start - 1] == "(")
            found.append(Observed(name, context, table, dimensions, whole, expected, line))
        after = end
        left[start:end] = [" " if char != "\n" else char for char in text[start:end]]
    return found, "".join(left), problem


def _group(text: str, start: int) -> tuple[list[Row | None], int, int, bool, _Bad]:
    """Read one bracketed group; say where it ends, whether it closed, and what is bad in it."""
    rows: list[Row | None] = []
    row: list[Cell | None] = []
    depth = deepest = 0
    position = start
    while token := _TOKEN.match(text, position):
        position = token.end()
        word = token.group()
        if word == "[":
            depth += 1
            deepest = max(deepest, depth)
        elif word == "]" or word == "...":
            if word == "..." and depth == deepest:
                row.append(None)
            elif word == "...":
                rows.append(None)
            else:
                if row:
                    rows.append(tuple(row))
                row = []
                depth -= 1
                if depth == 0:
                    break
        elif token.lastgroup:
            row.append(_cell(word))
    if depth and position == len(text) and row:
        # Cut off in the middle of a row, and perhaps of a number.
        row[-1] = None
    if row:
        rows.append(tuple(row))
    bad: _Bad = None
    rest = text[position : position + 40]
    at_line_start = not text[text.rfind("\n", 0, position) + 1 : position].strip()
    if depth and rest and not at_line_start:
        begun = re.findall(r"[^\s,;\[\]]*$", text[max(0, position - 40) : position])[0]
        said = (
            f"{begun + rest.split()[0]!r} inside the brackets is not a number; "
            "paste the array as numpy prints it."
        )
        bad = position, said
    widths = sorted({len(row) for row in rows if row is not None and None not in row})
    if not depth and not bad and len(widths) > 1:
        said = (
            f"the rows of this array hold {widths[0]} and {widths[-1]} numbers; "
            "paste every row whole, or write ... where numbers are left out."
        )
        bad = start, said
    if deepest > 2 and len(rows) > 1 and not bad:
        said = f"this array has {deepest} brackets around a number; paste one matrix at a time."
        bad = start, said
    return rows, min(deepest, 2), position, depth == 0, bad


def _cells_of(rows: Sequence[Row | None]) -> tuple[Cell, ...]:
    return tuple(cell for row in rows for cell in row or () if cell is not None)


def _cell(word: str) -> Cell:
    if word in ("True", "False"):
        return Cell(float(word == "True"), EXACT, EXACT)
    mantissa, _, exponent = word.lower().partition("e")
    if "n" in mantissa:
        return Cell(float(word), 0, 0)
    digits = len(mantissa.partition(".")[2])
    if exponent:
        scale = max(-400, min(400, int(exponent[:5])))
        return Cell(float(word), digits - scale, _OWN)
    return Cell(float(mantissa), digits or EXACT, digits or _TRIMMED)


def _untrimmed(rows: Sequence[Row | None]) -> tuple[Row | None, ...]:
    """Give every number of an array the decimals of its finest one: numpy trims zeros."""
    finest = max((c.decimals for c in _cells_of(rows) if c.decimals >= 0), default=EXACT)

    def whole(cell: Cell | None) -> Cell | None:
        if cell is None:
            return None
        return replace(cell, decimals=cell.own if cell.decimals == _OWN else finest)

    return tuple(row and tuple(map(whole, row)) for row in rows)


def _label(text: str, after: int, start: int) -> tuple[str | None, str, bool]:
    """Return the name, the heading and whether "expected" stands before an array."""
    before = text[max(after, start - 400) : start]
    lines = [line for line in before.split("\n") if _letters(line)]
    near = lines[-1][-80:] if lines else ""
    names = list(_NAME.finditer(near))
    name = _canonical(names[-1].group()) if names else None
    heading = text[max(0, start - 2000) : start].lower()
    context = max(("sigmoid", "relu"), key=heading.rfind)
    context = context if heading.rfind(context) >= 0 else ""
    return name, context, _called_expected(text[:start][-2000:])


def _called_expected(before: str) -> bool:
    """Return whether the last line of prose before an array speaks of expected numbers."""
    for line in reversed(before.split("\n")):
        words = re.findall(r"[A-Za-z]{3,}", _NAME.sub(" ", line))
        words = [word for word in words if word not in ("array", "prev", "sigmoid", "relu")]
        if words:
            return any(word.lower().startswith("expect") for word in words)
    return False


def _letters(text: str) -> bool:
    return bool(re.search(r"[A-Za-z]", re.sub(r"\b(?:np|numpy|array|matrix|tensor)\b", "", text)))


def _canonical(name: str) -> str | None:
    """Return the course's spelling of a name, or None if no array of a backward pass has it.

    Examples
    --------
    >>> _canonical("dw_1"), _canonical("DA_prev"), _canonical("grads")
    ('dW1', 'dA_prev', None)
    """
    match = _NAME.fullmatch(name)
    if not match:
        return name if re.fullmatch(r"\w+_d[AWZb]\w*", name) else None
    if match["array"]:
        return match["array"]
    letter = match["of"].upper().replace("B", "b")
    which = (match["which"] or "").replace("_temp", "").replace("l", "L")
    return f"{prefix(name)}d{letter}{'_prev' if which == 'prev' else which}"


def _unbracketed(text: str) -> list[Observed]:
    """Read numbers that stand without brackets: ``db2 = -0.17``, or bare rows."""
    found: list[Observed] = []
    block: list[Row] = []
    for number, line in enumerate([*text.split("\n"), "end"], start=1):
        if _PLAIN_LINE.fullmatch(line) and "." in line.replace("...", ""):
            block.append(tuple(_cell(word.group()) for word in re.finditer(_NUMBER, line)))
            continue
        if block:
            found.append(
                Observed(None, "", _untrimmed(block), 0, False, False, number - len(block))
            )
            block = []
        match = _SCALAR.fullmatch(line.strip()) if len(line) < 2000 else None
        names = list(_NAME.finditer(match["label"])) if match else []
        if match and names and "." in match["numbers"]:
            row = tuple(_cell(word.group()) for word in re.finditer(_NUMBER, match["numbers"]))
            table = _untrimmed([row])
            name, single = _canonical(names[-1].group()), len(row) == 1
            found.append(Observed(name, "", table, 0, single, False, number))
    return found


def _fits(pattern: Sequence[Any], items: Sequence[Any], same: Callable[[Any, Any], bool]) -> bool:
    """Return whether items match a pattern in which None stands for any run of them."""
    reached = {0}
    for part in pattern:
        if part is None:
            reached = set(range(min(reached), len(items) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(items) and same(part, items[at])}
        if not reached:
            return False
    return len(items) in reached
