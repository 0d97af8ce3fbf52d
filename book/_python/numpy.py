"""A small numpy in plain Python: what a backward pass uses of it, for MicroPython in the page.

An array is a list of numbers that it may share with others, the place of its first entry there,
and for each axis a length and a stride: so slices and transposes are views, as they are in numpy.
Numbers are of three types, float64, int64 and bool. Values, shapes, types, printing and the words
of exceptions are held to numpy's own on random expressions; warnings are not given. What numpy has
and this has not raises `Lacking`, and nothing is guessed.
"""

import builtins
import math

pi, e, inf, nan, newaxis = math.pi, math.e, float("inf"), float("nan"), None
abs_ = builtins.abs

WORDS = {"names": {}, "keywords": {}}
"""What numpy has: names of modules and arrays, and keywords of functions; runner.py fills it in."""


class Lacking(AttributeError):
    """Raised for what numpy has and this one has not."""

    def __init__(self, what):
        super().__init__(f"the Python of this page has no {what}; run it with `backcheck run`")
        self.what = what


AxisError = type("AxisError", (ValueError,), {})
UFuncTypeError = type("UFuncTypeError", (TypeError,), {})


def _missing(name, place, owner, shown):
    """Return the exception for a name that is not here: lacking, or misspelled."""
    names = WORDS["names"].get(place)
    if name[:2] != "__" and (names is None or name in names):
        return Lacking(f"{shown}.{name}")
    return AttributeError(f"{owner} has no attribute '{name}'")


def __getattr__(name):
    if name == "bool":
        # Python's own is needed here by its name.
        return bool_
    raise _missing(name, "numpy", "module 'numpy'", "np")


def _refuse(function, keyword):
    """Refuse a keyword: as lacking if numpy has it, and else as numpy does."""
    known = WORDS["keywords"].get(function)
    if known is None or keyword in known:
        raise Lacking(f"np.{function}(..., {keyword}=...)")
    raise TypeError(f"{function}() got an unexpected keyword argument '{keyword}'")


# ---- The types of numbers.


class dtype:
    """A type of numbers; the later ones of `TYPES` hold those before."""

    def __init__(self, name, rank, code, plain):
        self.name, self.rank, self.str, self.kind, self.plain = name, rank, code, code[1], plain

    def __eq__(self, other):
        try:
            return self is _dtype(other)
        except (TypeError, Lacking):
            return False

    def __hash__(self):
        return self.rank

    def __str__(self):
        return self.name

    def __repr__(self):
        return f"dtype('{self.name}')"


BOOL, INT = dtype("bool", 0, "|b1", bool), dtype("int64", 1, "<i8", int)
FLOAT = dtype("float64", 2, "<f8", float)
TYPES = (BOOL, INT, FLOAT)


def _dtype(given):
    for one in TYPES:
        if given is one or given is one.plain or given is SCALARS[one.rank]:
            return one
        if isinstance(given, str) and given in (one.name, one.str, one.str[1:], one.plain.__name__):
            return one
    if isinstance(given, (str, type)):
        raise Lacking(f"numbers of type {given if isinstance(given, str) else given.__name__}")
    raise TypeError(f"Cannot interpret '{given!r}' as a data type")


def _highest(*types):
    return TYPES[builtins.max([one.rank for one in types])]


def _wrapped(number):
    """Return an integer as 64 bits hold it."""
    return (number + 2**63) % 2**64 - 2**63


def _converted(values, old, new):
    if old is new:
        return values
    if new is BOOL:
        return [value != 0 for value in values]
    if new is INT and old is FLOAT and not builtins.all([abs_(one) < 2**63 for one in values]):
        # What becomes of it is the processor's choice.
        raise Lacking("whole numbers made of nan, of inf or of numbers beyond 64 bits")
    return list(map(new.plain, values))


# ---- Shapes, and places in a list.


def _count(shape):
    count = 1
    for length in shape:
        count *= length
    return count


def _rows(shape):
    """Return the strides of an array that fills its list row by row."""
    strides = [1]
    for length in reversed(shape):
        strides.append(strides[-1] * length)
    return tuple(reversed(strides[:-1]))


def _places(shape, strides, start=0):
    """Return where the entries are, row by row."""
    places = [start]
    for length, stride in zip(shape, strides):
        steps = [stride * n for n in range(length)]
        places = [place + step for place in places for step in steps]
    return places


def _text(shape):
    return f"({','.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


def _broadcast(*shapes):
    """Return the shape that several shapes have in common, or None."""
    ndim = builtins.max(map(len, shapes))
    common = [1] * ndim
    for shape in shapes:
        for axis, length in enumerate(shape, ndim - len(shape)):
            if common[axis] == 1:
                common[axis] = length
            elif length not in (1, common[axis]):
                return None
    return tuple(common)


def _stripped(shape, ndim):
    """Return a shape without the leading ones that are more than so many axes."""
    while len(shape) > ndim and shape[0] == 1:
        shape = shape[1:]
    return shape


def _common(arrays, out=None):
    shape = _broadcast(*[one._shape for one in arrays])
    shown = arrays if out is None else arrays + [out]
    if shape is None or _broadcast(*[one._shape for one in shown]) is None:
        shapes = " ".join([_text(one._shape) for one in shown])
        raise ValueError(f"operands could not be broadcast together with shapes {shapes} ")
    return shape


def _whole(number):
    if isinstance(number, (int, int64)):
        return int(number)
    kind = type(number).__name__
    kind = kind if type(number) is float else f"numpy.{kind}" if kind in NAMES else kind
    raise TypeError(f"'{kind}' object cannot be interpreted as an integer")


NAMES = ("ndarray", "float64", "int64", "ufunc", "_ArrayFunctionDispatcher")
"""The types that are numpy's in messages."""


def _axes(axis, ndim):
    """Return axes as they are counted from the first one."""
    axes = []
    for one in axis if isinstance(axis, tuple) else (axis,):
        if not -ndim <= _whole(one) < ndim:
            raise AxisError(f"axis {one} is out of bounds for array of dimension {ndim}")
        axes.append(int(one) % ndim)
    return axes


def _lenient(axis, ndim):
    """Return axes; of numbers, which have none, some functions of numpy take the first one."""
    return [] if not ndim and axis in (0, -1) else _axes(axis, ndim)


def _shape(given):
    if isinstance(given, ndarray) and given._shape:
        given = given.tolist()
    return tuple(map(_whole, given if isinstance(given, (tuple, list)) else (given,)))


# ---- Arrays and single numbers.


class _Operand:
    """What arrays and single numbers share; operators and methods are put in below."""

    ndim = property(lambda self: len(self.shape))
    size = property(lambda self: _count(self.shape))
    T = property(lambda self: transpose(self))

    def astype(self, dtype, copy=True):
        found = array(self, dtype=dtype, copy=copy or None)
        return found[()] if isinstance(self, generic) else found

    def __getattr__(self, name):
        kind = type(self).__name__
        shown = "array" if kind == "ndarray" else f"np.{kind}"
        raise _missing(name, "numpy.ndarray", f"'numpy.{kind}' object", shown)


class ndarray(_Operand):
    """An array; `array` and its like make them."""

    def __init__(self, memory, shape, dtype, start=0, strides=None):
        self._memory, self._shape, self._start, self.dtype = memory, tuple(shape), start, dtype
        self._strides = _rows(self._shape) if strides is None else tuple(strides)

    def __hash__(self):
        raise TypeError("unhashable type: 'numpy.ndarray'")

    @property
    def shape(self):
        return self._shape

    @shape.setter
    def shape(self, shape):
        raise Lacking("array.shape = ...")

    def _at(self):
        return _places(self._shape, self._strides, self._start)

    def _is_in_rows(self):
        rows = zip(self._shape, self._strides, _rows(self._shape))
        return self.size < 2 or builtins.all([n == 1 or own == row for n, own, row in rows])

    def _values(self):
        """Return the entries, row by row."""
        if self._is_in_rows():
            return self._memory[self._start : self._start + self.size]
        memory = self._memory
        return [memory[place] for place in self._at()]

    def _spread(self, shape):
        """Return the entries of the array as it is broadcast to a shape."""
        if shape == self._shape:
            return self._values()
        if self.size == 1:
            return self._values() * _count(shape)
        strides = [0 if n == 1 else step for n, step in zip(self._shape, self._strides)]
        strides = [0] * (len(shape) - self.ndim) + strides
        memory = self._memory
        return [memory[place] for place in _places(shape, strides, self._start)]

    def _view(self, shape, strides, start=None):
        start = self._start if start is None else start
        return ndarray(self._memory, shape, self.dtype, start, strides)

    def _store(self, places, shape, value):
        """Write a value, broadcast to a shape, to places."""
        value = asarray(value)
        given = _stripped(value._shape, len(shape))
        if _broadcast(shape, given) != shape:
            shapes = f"from shape {_text(given)} into shape {_text(shape)}"
            raise ValueError(f"could not broadcast input array {shapes}")
        values = _converted(reshape(value, given)._spread(shape), value.dtype, self.dtype)
        for place, one in zip(places, values):
            self._memory[place] = one

    def __imatmul__(self, other):
        raise Lacking("operator @=")

    def __len__(self):
        if not self._shape:
            raise TypeError("len() of unsized object")
        return self._shape[0]

    def __iter__(self):
        if not self._shape:
            raise TypeError("iteration over a 0-d array")
        return iter([self[n] for n in range(len(self))])

    def __index__(self):
        if self._shape or self.dtype is not INT:
            raise TypeError("only integer scalar arrays can be converted to a scalar index")
        return self.item()

    def __bool__(self):
        if self.size == 1:
            return bool(self.item())
        text = "The truth value of an array with more than one element is ambiguous. "
        text += "Use a.any() or a.all()"
        if not self.size:
            text = "The truth value of an empty array is ambiguous. "
            text += "Use `array.size > 0` to check that an array is not empty."
        raise ValueError(text)

    def item(self):
        if self.size != 1:
            raise ValueError("can only convert an array of size 1 to a Python scalar")
        return self._values()[0]

    def tolist(self):
        return [asarray(one).tolist() for one in self] if self._shape else self.item()

    def __getitem__(self, key):
        places, shape, view = _chosen(self, key)
        if view is None:
            return ndarray([self._memory[place] for place in places], shape, self.dtype)
        return view if view._shape or _has_ellipsis(key) else _result([view.item()], (), self.dtype)

    def __setitem__(self, key, value):
        several = isinstance(value, (list, tuple))
        value = asarray(value, self.dtype if several else None)

        def check(shape):
            mask = isinstance(key, (ndarray, list)) and asarray(key).dtype is BOOL
            mask = mask and asarray(key)._shape == self._shape
            given = value._shape if mask else _stripped(value._shape, len(shape))
            if _broadcast(shape, given) == shape:
                return
            if not mask:
                text = f"{_text(value._shape)} could not be broadcast to indexing result of shape"
                raise ValueError(f"shape mismatch: value array of shape {text} {_text(shape)}")
            text = "NumPy boolean array indexing assignment"
            if value.ndim > 1:
                given = f"input has {value.ndim} dimensions"
                raise TypeError(f"{text} requires a 0 or 1-dimensional input, {given}")
            text = f"{text} cannot assign {value.size} input values to the {shape[0]} output"
            raise ValueError(f"{text} values where the mask is true")

        places, shape, view = _chosen(self, key, check)
        if view is not None:
            places, shape = view._at(), view._shape
            text = "setting an array element with a sequence."
            if value.ndim and not shape and not _has_ellipsis(key):
                if self.dtype is BOOL or (several and self.dtype is INT):
                    raise Lacking(f"an entry of type {self.dtype} that becomes an array")
                raise ValueError(text)
            if several and value.ndim > len(shape):
                most = f"would exceed the maximum number of dimension of {len(shape)}."
                raise ValueError(f"{text} The requested array {most}")
        self._store(places, shape, value)

    def __str__(self):
        return _printed(self, " ", "") if self._shape else str(self[()])

    def __repr__(self):
        extras = [] if self.size else [f"dtype={self.dtype}"]
        if self.size > MOST or (not self.size and self._shape != (0,)):
            extras = [f"shape={self._shape}"] + extras
        text, rest = f"array({_printed(self, ', ', 'array(')}", ", ".join(extras) + ")"
        if not extras:
            return text + rest
        fits = len(text) - text.rfind("\n") + len(rest) < 75
        return f"{text},{' ' if fits else NEW_LINE}{rest}"


class generic(_Operand):
    """A single number, such as a sum."""

    shape = ()

    def __new__(cls, value=0):
        several = isinstance(value, (ndarray, list, tuple)) and ndim(value)
        return array(value, cls) if several else object.__new__(cls)

    def __init__(self, value=0):
        if type(value) is not self.dtype.plain:
            (value,) = _converted([asarray(value).item()], asarray(value).dtype, self.dtype)
        self._value = value

    def __hash__(self):
        return hash(self._value)

    def __bool__(self):
        return bool(self._value)

    def __getitem__(self, key):
        try:
            return asarray(self)[key]
        except IndexError:
            raise IndexError("invalid index to scalar variable.") from None

    def __setitem__(self, key, value):
        kind = type(self).__name__
        raise TypeError(f"'numpy.{kind}' object does not support item assignment")

    def __len__(self):
        raise TypeError(f"object of type 'numpy.{type(self).__name__}' has no len()")

    def __iter__(self):
        raise TypeError(f"'numpy.{type(self).__name__}' object is not iterable")

    def item(self):
        return self._value

    tolist = item

    def __str__(self):
        return _float_text(self._value) if self.dtype is FLOAT else str(self._value)

    def __repr__(self):
        return f"np.{self}_" if self.dtype is BOOL else f"np.{self.dtype}({self})"


number = type("number", (generic,), {})
floating, integer = type("floating", (number,), {}), type("integer", (number,), {})
float64 = type("float64", (floating,), {"dtype": FLOAT})
int64 = type("int64", (integer,), {"dtype": INT})
bool_ = type("bool", (generic,), {"dtype": BOOL})
integer.__index__ = integer.__int__ = generic.item
SCALARS = (bool_, int64, float64)


def _result(values, shape, dtype):
    """Return what a function gives: an array, or a number if it has no axes."""
    return ndarray(values, shape, dtype) if shape else SCALARS[dtype.rank](values[0])


# ---- What makes arrays.


class _ArrayFunctionDispatcher:
    """A function of numpy, which says what is the matter with a keyword."""

    def __init__(self, name, function):
        self.name, self.function = name, function

    def __call__(self, *given, **named):
        try:
            return self.function(*given, **named)
        except TypeError as error:
            said = str(error)
            if "unexpected keyword argument" in said:
                _refuse(self.name, said.split("'")[1])
            raise


function = _ArrayFunctionDispatcher


def _nested(given):
    """Return the entries, the shape and the type of an argument."""
    if isinstance(given, (ndarray, generic)):
        values = given._values() if isinstance(given, ndarray) else [given._value]
        return values, given.shape, given.dtype
    for one in TYPES:
        if type(given) is one.plain:
            if one is INT and _wrapped(given) != given:
                raise OverflowError("Python int too large to convert to C long")
            return [given], (), one
    if not isinstance(given, (list, tuple, range)):
        raise Lacking(f"arrays of {type(given).__name__}")
    parts = [_nested(one) for one in given]
    if not parts:
        return [], (0,), FLOAT
    shapes = [shape for _, shape, _ in parts]
    if builtins.any([shape != shapes[0] for shape in shapes]):
        common = [len(given)]
        for lengths in zip(*shapes):
            if len(set(lengths)) > 1:
                break
            common.append(lengths[0])
        text = f"after {len(common)} dimensions. The detected shape was {tuple(common)} + inhomog"
        text = f"The requested array has an inhomogeneous shape {text}eneous part."
        raise ValueError(f"setting an array element with a sequence. {text}")
    kind = _highest(*[kind for _, _, kind in parts])
    values = []
    for own, _, old in parts:
        values.extend(_converted(own, old, kind))
    return values, (len(parts),) + shapes[0], kind


def array(object, dtype=None, copy=True):
    if isinstance(object, ndarray) and not copy and dtype in (None, object.dtype):
        return object
    if copy is False:
        raise Lacking("np.array(..., copy=False)")
    values, shape, kind = _nested(object)
    new = kind if dtype is None else _dtype(dtype)
    return ndarray(list(_converted(values, kind, new)), shape, new)


def asarray(a, dtype=None):
    return array(a, dtype=dtype, copy=None)


def full(shape, fill_value, dtype=None):
    shape, value = _shape(shape), asarray(fill_value, dtype)
    if builtins.any([length < 0 for length in shape]):
        raise ValueError("negative dimensions are not allowed")
    made = ndarray([value.dtype.plain(0)] * _count(shape), shape, value.dtype)
    made[...] = value
    return made


def full_like(a, fill_value, dtype=None):
    a = asarray(a)
    return full(a._shape, fill_value, a.dtype if dtype is None else dtype)


zeros_like = function("zeros_like", lambda a, dtype=None: full_like(a, 0, dtype))
ones_like = function("ones_like", lambda a, dtype=None: full_like(a, 1, dtype))
zeros = function("zeros", lambda shape, dtype=float: full(shape, 0, dtype))
ones = function("ones", lambda shape, dtype=float: full(shape, 1, dtype))
copy = function("copy", lambda a: array(a))


def arange(start, stop=None, step=1, dtype=None):
    if stop is None:
        start, stop = 0, start
    given = [asarray(one) for one in (start, stop, step)]
    kind = _highest(INT, *[one.dtype for one in given])
    start, stop, step = [one.item() for one in given]
    count = builtins.max(0, math.ceil((stop - start) / step))
    # Numpy takes the difference of the first two numbers, as they are rounded.
    step = start + step - start
    made = ndarray([kind.plain(start + n * step) for n in range(count)], (count,), kind)
    return made if dtype is None else made.astype(dtype)


# ---- Indices.


SLICE = type("", (), {"__getitem__": lambda self, key: key})()
"""Makes slices, which MicroPython makes between brackets alone."""

WHOLE = SLICE[:]

ONLY = (
    "only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or boolean "
    "arrays are valid indices"
)


def _has_ellipsis(key):
    return builtins.any([one is Ellipsis for one in (key if isinstance(key, tuple) else (key,))])


def _indices(array, key):
    """Return the parts of a key, without ellipses: None, slices, integers, arrays."""
    parts, used, dots = [], 0, []
    for one in key if isinstance(key, tuple) else (key,):
        if one is Ellipsis:
            dots.append(len(parts))
        elif one is None or isinstance(one, slice):
            parts.append(one)
            used += one is not None
        elif isinstance(one, (int, int64)) and not isinstance(one, bool):
            parts.append(int(one))
            used += 1
        elif isinstance(one, (ndarray, list, bool, bool_)):
            found = asarray(one)
            if found.dtype is FLOAT and found.size:
                text = "arrays used as indices must be of integer (or boolean) type"
                raise IndexError(text if isinstance(one, ndarray) else ONLY)
            if found.dtype is BOOL and not found.ndim:
                raise Lacking("an index that is True or False")
            parts.append(found if found.dtype is BOOL else found.astype(int))
            used += found.ndim if found.dtype is BOOL else 1
        else:
            raise IndexError(ONLY)
    if used > array.ndim:
        text = f"array is {array.ndim}-dimensional, but {used} were indexed"
        raise IndexError(f"too many indices for array: {text}")
    if len(dots) > 1:
        raise IndexError("an index can only have a single ellipsis ('...')")
    at = dots[0] if dots else len(parts)
    return parts[:at] + [WHOLE] * (array.ndim - used) + parts[at:]


def _chosen(array, key, check=None):
    """Return what a key chooses: places and their shape, or a view where there is one."""
    parts = _indices(array, key)
    mixed = builtins.any([isinstance(one, ndarray) for one in parts])
    shape, strides, start, axis = [], [], array._start, 0
    fancy, at, before, apart = [], None, None, False
    for place, one in enumerate(parts):
        if one is None:
            shape.append(1)
            strides.append(0)
        elif isinstance(one, slice):
            begin, end, step = one.indices(array._shape[axis])
            shape.append(len(range(begin, end, step)))
            strides.append(array._strides[axis] * step)
            start += array._strides[axis] * begin if shape[-1] else 0
            axis += 1
        elif not mixed:
            start += array._strides[axis] * _counted(one, array._shape[axis], axis)
            axis += 1
        else:
            # The axes of arrays side by side stay where they were; of others they come first.
            apart = apart or before not in (None, place - 1)
            at, before = len(shape) if at is None else at, place
            for index in _masked(array, asarray(one), axis):
                fancy.append((index, axis))
                axis += 1
    if not mixed:
        return None, None, array._view(shape, strides, start)
    common = _broadcast(*[index._shape for index, _ in fancy])
    if common is None:
        shapes = " ".join([_text(index._shape) for index, _ in fancy])
        text = "shape mismatch: indexing arrays could not be broadcast together with shapes"
        raise IndexError(f"{text} {shapes} ")
    at = 0 if apart else at
    chosen = tuple(shape[:at]) + common + tuple(shape[at:])
    if check:
        check(chosen)
    offsets = [0] * _count(common)
    for index, axis in fancy:
        length, stride = array._shape[axis], array._strides[axis]
        own = [_counted(n, length, axis) * stride for n in index._spread(common)]
        offsets = [offset + one for offset, one in zip(offsets, own)]
    before, after = _places(shape[:at], strides[:at], start), _places(shape[at:], strides[at:])
    places = [a + b + c for a in before for b in offsets for c in after]
    return places, chosen, None


def _counted(index, length, axis):
    """Return an index as it is counted from the first one."""
    if not -length <= index < length:
        raise IndexError(f"index {index} is out of bounds for axis {axis} with size {length}")
    return index % length


def _masked(array, index, axis):
    """Return an index as integers, those of a mask for each of its axes."""
    if index.dtype is not BOOL:
        return [index]
    for place, length in enumerate(index._shape, axis):
        if array._shape[place] != length:
            text = f"{array._shape[place]} but size of corresponding boolean axis is {length}"
            text = f"along axis {place}; size of axis is {text}"
            raise IndexError(f"boolean index did not match indexed array {text}")
    return nonzero(index)


# ---- Functions of each entry.


class ufunc:
    """A function of each entry, with a rule for the types: see `_kinds`."""

    def __init__(self, name, rule, apply, of=2, sign=""):
        self.name, self.rule, self.apply, self.of, self.sign = name, rule, apply, of, sign or name

    def __repr__(self):
        return f"<ufunc '{self.name}'>"

    def __call__(self, *given, out=None, **named):
        for keyword in named:
            _refuse(self.name, keyword)
        if len(given) == self.of + 1:
            given, out = given[:-1], given[-1]
        if out is not None and not isinstance(out, ndarray):
            raise TypeError("return arrays must be of ArrayType")
        return self.found(given, out)

    def found(self, given, out):
        """Return the result, or write it to an array."""
        if len(given) != self.of:
            takes = f"from {self.of} to {self.of + 1} positional arguments"
            raise TypeError(f"{self.name}() takes {takes} but {len(given)} were given")
        for one in given:
            if one is None or isinstance(one, (str, dict)) or callable(one):
                return self._foreign(given, one)
        if builtins.any([getattr(one, "dtype", None) is FLOAT for one in given]):
            # A float takes any integer beside it, of more bits than 64 as well.
            given = [float(one) if type(one) is int else one for one in given]
        arrays = [asarray(one) for one in given]
        kind, found = self._kinds(_highest(*[one.dtype for one in arrays]))
        if out is not None and found.rank > out.dtype.rank:
            if out.dtype is BOOL and self.name == "power":
                # Numpy squares where the exponent is 2, and names other types then.
                raise Lacking("operator **= of booleans")
            text = f"from {found!r} to {out.dtype!r} with casting rule 'same_kind'"
            raise UFuncTypeError(f"Cannot cast ufunc '{self.name}' output {text}")
        shape = _common(arrays, out)
        if out is not None and _broadcast(shape, out._shape) != out._shape:
            text = f"doesn't match the broadcast shape {_text(_broadcast(shape, out._shape))}"
            text = f"{_text(out._shape)} {text}"
            raise ValueError(f"non-broadcastable output operand with shape {text}")
        values = [_converted(one._spread(shape), one.dtype, kind) for one in arrays]
        values = list(map(self.apply, *values))
        if found is not FLOAT:
            values = list(map(bool if found is BOOL else _wrapped, values))
        if out is None:
            return _result(values, shape, found)
        out._store(out._at(), out._shape, ndarray(values, shape, found))
        return out

    def _foreign(self, given, one):
        """Complain, as numpy does, of what is no array."""
        if isinstance(one, str):
            text = "did not contain a loop with signature matching types"
            raise UFuncTypeError(f"ufunc '{self.name}' {text}")
        if self.of == 1:
            text = f"{type(one).__name__} which has no callable {self.name} method"
            raise TypeError(f"loop of ufunc does not support argument 0 of type {text}")
        if self.sign in ("==", "!="):
            (other,) = [asarray(some) for some in given if some is not one]
            return _result([self.sign == "!="] * other.size, other.shape, BOOL)
        plain = lambda some: getattr(getattr(some, "dtype", None), "plain", type(some))  # noqa: E731
        left, right = [f"'{plain(some).__name__}'" for some in given]
        if self.sign in ("<", "<=", ">", ">="):
            between = f"instances of {left} and {right}"
            raise TypeError(f"'{self.sign}' not supported between {between}")
        raise TypeError(f"unsupported operand type(s) for {self.sign}: {left} and {right}")

    def _kinds(self, kind):
        """Return the type that is computed with, and that of what comes out."""
        if kind is BOOL and self.name in NO_BOOLEANS:
            raise TypeError(NO_BOOLEANS[self.name])
        if kind is FLOAT and self.rule == "whole":
            text = "the inputs could not be safely coerced to any supported types according to the"
            text = f"not supported for the input types, and {text} casting rule ''safe''"
            raise TypeError(f"ufunc '{self.name}' {text}")
        if kind is BOOL and self.rule in ("numbers", "decimals") and self.name != "divide":
            # Numpy takes shorter numbers then.
            raise Lacking(f"np.{self.name} of booleans")
        if kind is FLOAT and self.sign in ("//", "%"):
            raise Lacking(f"operator {self.sign} of decimals")
        kind = {"decimals": FLOAT, "truths": BOOL}.get(self.rule, kind)
        return kind, BOOL if self.rule == "tests" else kind


NO_BOOLEANS = {
    "subtract": "numpy boolean subtract, the `-` operator, is not supported, use the bitwise_xor, "
    "the `^` operator, or the logical_xor function instead.",
    "negative": "The numpy boolean negative, the `-` operator, is not supported, use the `~` "
    "operator or the logical_not function instead.",
}


def _divide(x, y):
    if y:
        return x / y
    return nan if x != x or not x else math.copysign(inf, x) * math.copysign(1, y)


def _power(x, y):
    if isinstance(x, int):
        if y < 0:
            raise ValueError("Integers to negative integer powers are not allowed.")
        return pow(x, y, 2**64) if y else 1
    if y == 2:
        return x * x
    if y == 0.5 and (x == -inf or (not x and _sign(x))):
        # Numpy takes a root in some arrays and a power in others.
        raise Lacking("-0. or -inf to the power 0.5")
    try:
        return math.pow(x, y)
    except (ValueError, OverflowError):
        if x < 0 and y != math.floor(y):
            return nan
        return math.copysign(inf, x) if y % 2 == 1 else inf


def _guarded(function):
    """Return a function of floats that goes on where Python's raises an exception."""

    def applied(x):
        try:
            return function(x) if x == x else nan
        except (ValueError, OverflowError):
            return inf if x > 0 else nan

    return applied


def _rint(x):
    """Return the nearest whole number, of two the even one."""
    if x - x != 0:
        return x
    low = math.floor(x)
    up = x - low > 0.5 or (x - low == 0.5 and low % 2)
    return math.copysign(float(low + up), x)


def _larger(x, y):
    return x if x != x or x > y else y


def _smaller(x, y):
    return x if x != x or x < y else y


add = ufunc("add", "same", lambda x, y: x + y, sign="+")
subtract = ufunc("subtract", "same", lambda x, y: x - y, sign="-")
multiply = ufunc("multiply", "same", lambda x, y: x * y, sign="*")
divide = ufunc("divide", "decimals", _divide, sign="/")
floor_divide = ufunc("floor_divide", "numbers", lambda x, y: x // y if y else 0, sign="//")
remainder = ufunc("remainder", "numbers", lambda x, y: x % y if y else 0, sign="%")
power = ufunc("power", "numbers", _power, sign="** or pow()")
maximum = ufunc("maximum", "same", _larger, sign=">=")
minimum = ufunc("minimum", "same", _smaller, sign="<=")
less = ufunc("less", "tests", lambda x, y: x < y, sign="<")
less_equal = ufunc("less_equal", "tests", lambda x, y: x <= y, sign="<=")
greater = ufunc("greater", "tests", lambda x, y: x > y, sign=">")
greater_equal = ufunc("greater_equal", "tests", lambda x, y: x >= y, sign=">=")
equal = ufunc("equal", "tests", lambda x, y: x == y, sign="==")
not_equal = ufunc("not_equal", "tests", lambda x, y: x != y, sign="!=")
logical_and = ufunc("logical_and", "truths", lambda x, y: x and y)
logical_or = ufunc("logical_or", "truths", lambda x, y: x or y)
bitwise_and = ufunc("bitwise_and", "whole", lambda x, y: x & y, sign="&")
bitwise_or = ufunc("bitwise_or", "whole", lambda x, y: x | y, sign="|")
bitwise_xor = ufunc("bitwise_xor", "whole", lambda x, y: x ^ y, sign="^")

negative = ufunc("negative", "same", lambda x: -x, 1, "-")
absolute = ufunc("absolute", "same", abs_, 1)
square = ufunc("square", "numbers", lambda x: x * x, 1)
sign = ufunc("sign", "numbers", lambda x: x if x != x else type(x)((x > 0) - (x < 0)), 1)
invert = ufunc("invert", "whole", lambda x: not x if isinstance(x, bool) else ~x, 1, "~")
logical_not = ufunc("logical_not", "truths", lambda x: not x, 1)
isnan = ufunc("isnan", "tests", lambda x: x != x, 1)
isinf = ufunc("isinf", "tests", lambda x: x in (inf, -inf), 1)
isfinite = ufunc("isfinite", "tests", lambda x: x == x and x not in (inf, -inf), 1)
exp = ufunc("exp", "decimals", _guarded(math.exp), 1)
log = ufunc("log", "decimals", _guarded(lambda x: math.log(x) if x else -inf), 1)
sqrt = ufunc("sqrt", "decimals", _guarded(math.sqrt), 1)
tanh = ufunc("tanh", "decimals", _guarded(math.tanh), 1)
cosh = ufunc("cosh", "decimals", lambda x: _guarded(math.cosh)(abs_(x)), 1)
abs, mod, true_divide = absolute, remainder, divide


def where(condition, *choices):
    """Return entries of the one or of the other; of a condition alone, where it is true."""
    if not choices:
        return nonzero(condition)
    if len(choices) == 1:
        raise ValueError("either both or neither of x and y should be given")
    asked, *arrays = [asarray(one) for one in (condition,) + choices]
    shape, kind = _common([asked] + arrays), _highest(*[one.dtype for one in arrays])
    one, other = [_converted(some._spread(shape), some.dtype, kind) for some in arrays]
    found = [x if c else y for c, x, y in zip(asked._spread(shape), one, other)]
    return ndarray(found, shape, kind)


def nonzero(a):
    a = asarray(a)
    found = [n for n, value in enumerate(a._values()) if value]
    axes = zip(_rows(a._shape), a._shape)
    return tuple([asarray([n // step % length for n in found], int) for step, length in axes])


def clip(a, a_min=None, a_max=None):
    a = a if a_min is None else maximum(a_min, a)
    return a if a_max is None else minimum(a_max, a)


def rounded(x, decimals):
    """Return a float as numpy rounds it: scaled, to the nearest whole number, and back."""
    scale = 10.0 ** abs_(decimals)
    return _rint(x * scale) / scale if decimals >= 0 else _rint(x / scale) * scale


def round(a, decimals=0):
    a = asarray(a)
    if a.dtype is BOOL or (a.dtype is INT and decimals < 0):
        raise Lacking(f"np.round of {a.dtype}")
    values = a._values()
    values = values if a.dtype is INT else [rounded(value, decimals) for value in values]
    return _result(list(values), a._shape, a.dtype)


# ---- Functions of an axis.


def _reduced(a, axis, keepdims, function):
    """Apply a function to the lists of entries along some axes."""
    a = asarray(a)
    axes = list(range(a.ndim)) if axis is None else _lenient(axis, a.ndim)
    if len(set(axes)) < len(axes):
        raise ValueError("duplicate value in 'axis'")
    kept = [n for n in range(a.ndim) if n not in axes]
    values = transpose(a, tuple(kept + axes))._values()
    count = _count([a._shape[n] for n in axes])
    groups = _count([a._shape[n] for n in kept])
    found = [function(values[n * count : (n + 1) * count]) for n in range(groups)]
    shape = [1 if n in axes else a._shape[n] for n in range(a.ndim) if keepdims or n not in axes]
    return _result(found, shape, a.dtype)


def _total(values):
    """Add numbers in the order in which numpy adds those of a row."""
    if len(values) < 8:
        return builtins.sum(values)
    if len(values) > 128:
        half = len(values) // 16 * 8
        return _total(values[:half]) + _total(values[half:])
    last = len(values) // 8 * 8
    r = [builtins.sum([values[m] for m in range(n, last, 8)]) for n in range(8)]
    found = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]))
    return builtins.sum(values[last:], found)


def sum(a, axis=None, keepdims=False):
    a = asarray(a)
    a = a.astype(int) if a.dtype is BOOL else a
    finish = _wrapped if a.dtype is INT else float
    return _reduced(a, axis, keepdims, lambda values: finish(_total(values)))


def mean(a, axis=None, keepdims=False):
    a = asarray(a).astype(float)
    if axis is not None:
        _axes(axis, a.ndim)
    return _reduced(a, axis, keepdims, lambda some: _total(some) / len(some) if some else nan)


def _best(name, choose):
    """Return a function that chooses one entry of each list."""

    def best(values):
        if not values:
            text = "which has no identity"
            raise ValueError(f"zero-size array to reduction operation {name}imum {text}")
        best = values[0]
        for value in values[1:]:
            best = choose(best, value)
        return best

    return function(name, lambda a, axis=None, keepdims=False: _reduced(a, axis, keepdims, best))


def _of_truths(name, chosen):
    def found(a, axis=None, keepdims=False):
        return _reduced(asarray(a).astype(bool), axis, keepdims, chosen)

    return function(name, found)


max, min = _best("max", _larger), _best("min", _smaller)
any, all = _of_truths("any", builtins.any), _of_truths("all", builtins.all)


# ---- Shapes.

shape = function("shape", lambda a: asarray(a)._shape)
ndim = function("ndim", lambda a: asarray(a).ndim)
size = function("size", lambda a: asarray(a).size)


def transpose(a, axes=None):
    a = a if isinstance(a, generic) else asarray(a)
    if axes is not None and len(_shape(axes)) != a.ndim:
        raise ValueError("axes don't match array")
    order = list(reversed(range(a.ndim))) if axes is None else _axes(_shape(axes), a.ndim)
    if len(set(order)) < len(order):
        raise ValueError("repeated axis in transpose")
    if isinstance(a, generic):
        return a
    return a._view([a._shape[n] for n in order], [a._strides[n] for n in order])


def reshape(a, shape):
    a, shape = asarray(a), _shape(shape)
    told = f"cannot reshape array of size {a.size} into shape "
    told += _text(["newaxis" if length == -1 else length for length in shape])
    if builtins.any([length < -1 for length in shape]):
        raise Lacking("reshape with a negative length")
    if shape.count(-1) > 1:
        raise ValueError("can only specify one unknown dimension")
    rest = _count([length for length in shape if length != -1])
    if -1 in shape:
        if not rest or a.size % rest:
            raise ValueError(told)
        shape = [a.size // rest if length == -1 else length for length in shape]
    if _count(shape) != a.size:
        raise ValueError(told)
    strides = _rows(shape) if a._is_in_rows() else _regrouped(a, shape)
    if strides is None:
        return ndarray(a._values(), shape, a.dtype)
    return a._view(shape, strides)


def _regrouped(a, shape):
    """Return the strides with which a view has a shape, or None if there has to be a copy."""
    old = [(length, step) for length, step in zip(a._shape, a._strides) if length != 1]
    new, strides = list(shape), []
    while old:
        have, step = old.pop(0)
        group = [new.pop(0)]
        while _count(group) != have:
            if _count(group) < have:
                group.append(new.pop(0))
                continue
            length, below = old.pop(0)
            if step != length * below:
                return None
            have, step = have * length, below
        strides += [step * n for n in _rows(group)]
    return strides + [0] * len(new)


def ravel(a):
    a = asarray(a)
    return reshape(a, -1) if a._is_in_rows() else ndarray(a._values(), (a.size,), a.dtype)


def squeeze(a, axis=None):
    number, a = isinstance(a, generic), asarray(a)
    gone = [n for n, length in enumerate(a._shape) if length == 1]
    gone = gone if axis is None else _lenient(axis, a.ndim)
    if builtins.any([a._shape[n] != 1 for n in gone]):
        raise ValueError("cannot select an axis to squeeze out which has size not equal to one")
    kept = [n for n in range(a.ndim) if n not in gone]
    found = a._view([a._shape[n] for n in kept], [a._strides[n] for n in kept])
    return found[()] if number else found


def concatenate(arrays, axis=0):
    parts = [asarray(one) for one in arrays]
    if not parts:
        raise ValueError("need at least one array to concatenate")
    if axis is None:
        parts, axis = [ravel(one) for one in parts], 0
    first = parts[0]
    if not first.ndim:
        raise ValueError("zero-dimensional arrays cannot be concatenated")
    (axis,) = _axes(axis, first.ndim)
    for n, one in enumerate(parts):
        if one.ndim != first.ndim:
            text = f"but the array at index 0 has {first.ndim} dimension(s) and the array at index"
            text = f"have same number of dimensions, {text} {n} has {one.ndim} dimension(s)"
            raise ValueError(f"all the input arrays must {text}")
        for place, length in enumerate(one._shape):
            if place != axis and length != first._shape[place]:
                text = f"{first._shape[place]} and the array at index {n} has size {length}"
                raise ValueError(
                    "all the input array dimensions except for the concatenation axis must match "
                    f"exactly, but along dimension {place}, the array at index 0 has size {text}"
                )
    lengths = [one._shape[axis] for one in parts]
    shape = first._shape[:axis] + (builtins.sum(lengths),) + first._shape[axis + 1 :]
    made, at = zeros(shape, _highest(*[one.dtype for one in parts])), 0
    for length, one in zip(lengths, parts):
        made[(WHOLE,) * axis + (SLICE[at : at + length],)], at = one, at + length
    return made


# ---- Products.


def _product(a, b, told):
    """Return the product of vectors and matrices, or complain of their lengths."""
    k, inner = a._shape[-1], builtins.max(b.ndim - 2, 0)
    if k != b._shape[inner]:
        shown = {"a": _text(a._shape), "b": _text(b._shape), "at": a.ndim - 1, "inner": inner}
        raise ValueError(told.format(k=k, n=b._shape[inner], **shown))
    if a.ndim > 2 or b.ndim > 2:
        raise Lacking("products of more than two axes")
    kind = _highest(a.dtype, b.dtype)
    left = _converted(a._values(), a.dtype, kind)
    right = _converted(transpose(b)._values(), b.dtype, kind)
    rows = [left[n * k : (n + 1) * k] for n in range(_count(a._shape[:-1]))]
    columns = [right[n * k : (n + 1) * k] for n in range(_count(b._shape[1:]))]
    found = [builtins.sum([x * y for x, y in zip(one, other)]) for one in rows for other in columns]
    found = list(map(_wrapped if kind is INT else kind.plain, found))
    return _result(found, a._shape[:-1] + b._shape[1:], kind)


def dot(a, b):
    if a is None or b is None or not ndim(a) or not ndim(b):
        found = multiply(a, b)
        # Numpy adds several such products to zeros, and none of them is -0. then.
        several = found.size > 1 and found.ndim < 3 and found.dtype is FLOAT
        return found + 0.0 if several else found
    told = "shapes {a} and {b} not aligned: {k} (dim {at}) != {n} (dim {inner})"
    return _product(asarray(a), asarray(b), told)


def matmul(a, b):
    # Numpy takes None for an array without axes.
    a, b = [asarray(0 if one is None else one) for one in (a, b)]
    signature, told = "signature (n?,k),(k,m?)->(n?,m?)", "matmul: Input operand"
    for place, one in enumerate((a, b)):
        if not one.ndim:
            lacks = f"does not have enough dimensions (has 0, gufunc core with {signature}"
            raise ValueError(f"{told} {place} {lacks} requires 1)")
    told = f"{told} 1 has a mismatch in its core dimension 0, with gufunc {signature} (size"
    return _product(a, b, told + " {n} is different from {k})")


outer = function("outer", lambda a, b: multiply(reshape(a, (-1, 1)), reshape(b, (1, -1))))


def isclose(a, b, rtol=1e-05, atol=1e-08):
    a, b = asarray(a).astype(float), asarray(b).astype(float)
    return less_equal(absolute(a - b), atol + rtol * absolute(b)) & isfinite(b) | equal(a, b)


allclose = function("allclose", lambda a, b, **named: bool(all(isclose(a, b, **named))))


errstate = type("errstate", (), {"__init__": lambda self, **named: None})
errstate.__enter__ = errstate.__exit__ = lambda self, *error: None
"""Numpy's warnings are not given here, so there is nothing to switch off."""


# ---- What is numpy's of all this: functions, operators and methods.


for _name in (
    "arange", "array", "asarray", "clip", "concatenate", "dot", "full", "full_like", "isclose",
    "matmul", "mean", "nonzero", "ravel", "reshape", "round", "squeeze", "sum", "transpose",
    "where",
):  # fmt: skip
    globals()[_name] = function(_name, globals()[_name])


def _copied(a):
    return a if isinstance(a, generic) else array(a)


def _operators(name, function):
    owner = ndarray if function is matmul else _Operand
    setattr(owner, f"__{name}__", lambda self, other: function(self, other))
    setattr(owner, f"__r{name}__", lambda self, other: function(other, self))
    if function is not matmul:
        setattr(ndarray, f"__i{name}__", lambda self, other: function.found((self, other), self))


def _method(owner, name, function):
    setattr(owner, name, lambda *given, **named: function(*given, **named))


for _name, _function in (
    ("add", add), ("sub", subtract), ("mul", multiply), ("truediv", divide),
    ("floordiv", floor_divide), ("mod", remainder), ("pow", power), ("matmul", matmul),
    ("and", bitwise_and), ("or", bitwise_or), ("xor", bitwise_xor),
):  # fmt: skip
    _operators(_name, _function)

for _name, _function in (
    ("__lt__", less), ("__le__", less_equal), ("__gt__", greater), ("__ge__", greater_equal),
    ("__eq__", equal), ("__ne__", not_equal), ("__neg__", negative), ("__abs__", absolute),
    ("__pos__", lambda one: multiply(one, 1)), ("__invert__", invert),
    ("__contains__", lambda a, value: bool(any(equal(a, value)))),
    ("__copy__", _copied), ("__deepcopy__", lambda one, memo: _copied(one)),
    ("all", all), ("any", any), ("clip", clip),
    ("copy", _copied), ("max", max), ("mean", mean), ("min", min), ("nonzero", nonzero),
    ("ravel", ravel), ("round", round), ("squeeze", squeeze), ("sum", sum),
    ("flatten", lambda a: array(ravel(a))),
    ("transpose", lambda a, *axes: transpose(a, axes[0] if len(axes) == 1 else axes or None)),
    ("reshape", lambda a, *n, **named: reshape(a, n[0] if len(n) == 1 else n, **named)),
):  # fmt: skip
    _method(_Operand, _name, _function)

_method(ndarray, "dot", dot)


def _times(self, other):
    """A list times a number of numpy's is what it is with a number of Python's."""
    if not isinstance(other, (list, tuple, str)):
        return multiply(self, other)
    if self.dtype is INT:
        return other * self._value
    kind = type(self).__name__
    raise TypeError(f"can't multiply sequence by non-int of type 'numpy.{kind}'")


generic.__mul__ = generic.__rmul__ = _times


# ---- Printing.


def _exact(x, decimals):
    """Return a float times a power of ten, rounded to the nearest even, without any error."""
    mantissa, exponent = math.frexp(abs_(x))
    above = int(mantissa * 2**53) * 10 ** builtins.max(decimals, 0)
    above *= 2 ** builtins.max(exponent - 53, 0)
    below = 2 ** builtins.max(53 - exponent, 0) * 10 ** builtins.max(-decimals, 0)
    whole, rest = divmod(above, below)
    return whole + (2 * rest > below or (2 * rest == below and whole % 2 == 1))


def _digits(x):
    """Return the fewest digits that tell a float from all others, and the power of the first."""
    if not x:
        return "0", 0
    mantissa, _, exponent = repr(abs_(x)).partition("e")
    whole, _, decimals = mantissa.partition(".")
    digits = (whole + decimals).lstrip("0")
    power = int(exponent or 0) + len(whole) - 1 - (len(whole + decimals) - len(digits))
    # The repr of MicroPython has sometimes a digit too many.
    for count in range(1 if abs_(x) < 1e-300 else 15, 18):
        found = str(_exact(x, count - 1 - power))
        if len(digits) > 15 and float(f"{found}e{power + 1 - count}") == abs_(x):
            return found.rstrip("0"), power + len(found) - count
    return digits.rstrip("0"), power


def _power_text(power):
    return f"e{'-' if power < 0 else '+'}{abs_(power):02d}"


def _float_text(x):
    """Return a float as Python and numpy write it alone."""
    if x != x or math.isinf(x):
        return str(x)
    digits, power = _digits(x)
    if -4 <= power < 16:
        whole, decimals = _apart(digits, power)
        return f"{_sign(x)}{whole}.{decimals or '0'}"
    return f"{_sign(x)}{digits[0]}{'.' if digits[1:] else ''}{digits[1:]}{_power_text(power)}"


def _sign(x):
    return "-" if math.copysign(1, x) < 0 else ""


def _apart(digits, power):
    """Return digits before and after the point."""
    digits = "0" * -power + digits + "0" * (power + 1 - len(digits))
    whole = builtins.max(power, 0) + 1
    return digits[:whole], digits[whole:].rstrip("0")


def _parts(x, powers):
    """Return a float before and after its point, with eight decimals at most, and its exponent."""
    digits, power = _digits(x)
    most = 8 - power if powers else 8
    if len(digits) - 1 - power > most:
        digits = str(_exact(x, most))
        digits = "0" * (9 - len(digits)) + digits
        power = len(digits) - 1 - most
    whole, decimals = _apart(digits, 0 if powers else power)
    return _sign(x) + whole, decimals, _power_text(power) if powers else ""


def _writer(values, kind):
    """Return the function that writes each entry of an array, all as wide."""
    if kind is not FLOAT:
        wide = 5 if kind is BOOL else builtins.max([len(str(value)) for value in values])
        return lambda value: " " * (wide - len(str(value))) + str(value)
    finite = [value for value in values if value - value == 0]
    sizes = [abs_(value) for value in finite if value] or [1]
    least, most = builtins.min(sizes), builtins.max(sizes)
    powers = most >= 1e8 or least < 1e-4 or most / least > 1000

    sizes = [list(map(len, _parts(value, powers))) for value in finite] or [(0, 0, 0)]
    before, after, tail = [builtins.max(some) for some in zip(*sizes)]
    others = [len(str(value)) for value in values if value - value != 0]
    before = builtins.max([before] + [length - after - tail - 1 for length in others])
    fill = "0" if powers else " "

    def written(value):
        if value - value != 0:
            return " " * (before + 1 + after + tail - len(str(value))) + str(value)
        whole, decimals, exponent = _parts(value, powers)
        whole = " " * (before - len(whole)) + whole
        decimals += fill * (after - len(decimals))
        return f"{whole}.{decimals}{exponent[:2]}{'0' * (tail - len(exponent))}{exponent[2:]}"

    return written


NEW_LINE = "\n" + " " * len("array(")

EDGE, MOST = 3, 1000
"""Of an array with more entries than this, so many of each axis are shown at both ends."""


def _printed(array, separator, prefix):
    """Return the text of an array, in lines of 75 signs."""
    if not array.size:
        return "[]"
    if not array.ndim:
        return _writer([array.item()], array.dtype)(array.item()).strip()
    gaps, shown = [array.size > MOST and length > 2 * EDGE for length in array._shape], array
    for axis, length in enumerate(array._shape):
        if gaps[axis]:
            ends = list(range(EDGE)) + list(range(length - EDGE, length))
            shown = shown[(WHOLE,) * axis + (ends,)]
    written = _writer(shown._values(), array.dtype)

    def lines(part, indent, width):
        if not isinstance(part, ndarray):
            return written(part.item())
        words = [lines(one, indent + " ", width - 1) for one in part]
        if gaps[array.ndim - part.ndim]:
            words[EDGE:EDGE] = ["..."]
        if part.ndim > 1:
            between = separator.rstrip() + "\n" * (part.ndim - 1) + indent
            return f"[{between.join(words)}]"
        text, line = "", indent
        for n, word in enumerate(words):
            if len(line) + len(word) > width - 1 and len(line) > len(indent):
                text, line = text + line.rstrip() + "\n", indent
            line += word + (separator if n < len(words) - 1 else "")
        return f"[{(text + line)[len(indent) :]}]"

    return lines(shown, " " * (len(prefix) + 1), 75 - (1 if prefix else 0))
