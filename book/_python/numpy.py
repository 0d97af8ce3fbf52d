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

WORDS = {"names": {}, "keywords": {}}
"""What numpy has: names of modules and arrays, and keywords of functions; runner.py fills it in."""


class Lacking(AttributeError):
    """Raised for what numpy has and this one has not."""

    def __init__(self, what):
        super().__init__(f"the Python of this page has no {what}; run it with `backcheck run`")
        self.what = what


class AxisError(ValueError):
    """An axis that an array does not have."""


class UFuncTypeError(TypeError):
    """An operation that numpy does not have for these types."""


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
    if old is FLOAT:
        return [int(value) if abs_(value) < 2**63 else -(2**63) for value in values]
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


def _common(arrays, out=None):
    shape, shown = _broadcast(*[one._shape for one in arrays]), arrays
    if out is not None:
        shown = arrays + [out]
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

    @property
    def ndim(self):
        return len(self.shape)

    @property
    def size(self):
        return _count(self.shape)

    @property
    def T(self):
        return transpose(self)

    def transpose(self, *axes):
        return transpose(self, axes[0] if len(axes) == 1 else axes or None)

    def reshape(self, *shape, **named):
        return reshape(self, shape[0] if len(shape) == 1 else shape, **named)

    def astype(self, dtype, copy=True):
        found = array(self, dtype=dtype, copy=copy or None)
        return found[()] if isinstance(self, generic) else found

    def flatten(self):
        return array(ravel(self))

    def __copy__(self):
        return _copied(self)

    def __deepcopy__(self, memo):
        return _copied(self)

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
        return self._strides == _rows(self._shape) or self.size < 2

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
        given = value._shape
        while len(given) > len(shape) and given[0] == 1:
            given = given[1:]
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

    def __contains__(self, value):
        return bool(any(equal(self, value)))

    def __bool__(self):
        if self.size == 1:
            return bool(self.item())
        raise ValueError(
            "The truth value of an array with more than one element is ambiguous. "
            "Use a.any() or a.all()"
            if self.size
            else "The truth value of an empty array is ambiguous. "
            "Use `array.size > 0` to check that an array is not empty."
        )

    def item(self):
        if self.size != 1:
            raise ValueError("can only convert an array of size 1 to a Python scalar")
        return self._values()[0]

    def tolist(self):
        return [asarray(one).tolist() for one in self] if self._shape else self.item()

    def fill(self, value):
        self[...] = value

    def __getitem__(self, key):
        places, shape, view = _chosen(self, key)
        if view is None:
            return ndarray([self._memory[place] for place in places], shape, self.dtype)
        return view if view._shape or _has_ellipsis(key) else _scalar(view.item(), self.dtype)

    def __setitem__(self, key, value):
        if self.dtype is INT and isinstance(value, (float, float64)):
            value = array(value, int)
        if self.dtype is BOOL and isinstance(value, (list, tuple)):
            raise Lacking("booleans that become a list")
        value = asarray(value)

        def check(shape):
            if _broadcast(shape, value._shape) == shape:
                return
            mask = isinstance(key, (ndarray, list)) and asarray(key).dtype is BOOL
            if mask and asarray(key)._shape == self._shape:
                text = "NumPy boolean array indexing assignment"
                if value.ndim > 1:
                    given = f"input has {value.ndim} dimensions"
                    raise TypeError(f"{text} requires a 0 or 1-dimensional input, {given}")
                raise ValueError(
                    f"{text} cannot assign {value.size} input values to the {shape[0]} output "
                    "values where the mask is true"
                )
            raise ValueError(
                f"shape mismatch: value array of shape {_text(value._shape)} could not be "
                f"broadcast to indexing result of shape {_text(shape)}"
            )

        places, shape, view = _chosen(self, key, check)
        if view is not None:
            if value.ndim and not view._shape and not _has_ellipsis(key):
                raise ValueError("setting an array element with a sequence.")
            places, shape = view._at(), view._shape
        self._store(places, shape, value)

    def __str__(self):
        return _printed(self, " ", "") if self._shape else str(_scalar(self.item(), self.dtype))

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


class number(generic):
    """A number that is no boolean."""


class floating(number):
    """A number with decimals."""


class integer(number):
    """A whole number."""

    def __index__(self):
        return self._value

    __int__ = __index__


class float64(floating):
    """A number of 64 bits."""

    dtype = FLOAT


class int64(integer):
    """A whole number of 64 bits."""

    dtype = INT


bool_ = type("bool", (generic,), {"dtype": BOOL})
SCALARS = (bool_, int64, float64)


def _scalar(value, dtype):
    return SCALARS[dtype.rank](value)


def _result(values, shape, dtype):
    """Return what a function gives: an array, or a number if it has no axes."""
    return ndarray(values, shape, dtype) if shape else _scalar(values[0], dtype)


# ---- What makes arrays.


class _Foreign(Exception):
    """What is no array and no number."""


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
        raise _Foreign(given)
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
        raise ValueError(
            "setting an array element with a sequence. The requested array has an inhomogeneous "
            f"shape after {len(common)} dimensions. The detected shape was {tuple(common)} + "
            "inhomogeneous part."
        )
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
    try:
        values, shape, kind = _nested(object)
    except _Foreign as foreign:
        raise Lacking(f"arrays of {type(foreign.args[0]).__name__}") from None
    new = kind if dtype is None else _dtype(dtype)
    if new is INT and kind is FLOAT and not isinstance(object, ndarray):
        for value in values:
            if value != value:
                raise ValueError("cannot convert float NaN to integer")
            if math.isinf(value):
                raise OverflowError("cannot convert float infinity to integer")
    return ndarray(list(_converted(values, kind, new)), shape, new)


def asarray(a, dtype=None):
    return array(a, dtype=dtype, copy=None)


def copy(a):
    return array(a)


def _copied(a):
    return a if isinstance(a, generic) else array(a)


def full(shape, fill_value, dtype=None):
    shape, value = _shape(shape), asarray(fill_value, dtype)
    if builtins.any([length < 0 for length in shape]):
        raise ValueError("negative dimensions are not allowed")
    made = ndarray([value.dtype.plain(0)] * _count(shape), shape, value.dtype)
    made[...] = value
    return made


def zeros(shape, dtype=float):
    return full(shape, 0, dtype)


def ones(shape, dtype=float):
    return full(shape, 1, dtype)


def full_like(a, fill_value, dtype=None):
    a = asarray(a)
    return full(a._shape, fill_value, a.dtype if dtype is None else dtype)


def zeros_like(a, dtype=None):
    return full_like(a, 0, dtype)


def ones_like(a, dtype=None):
    return full_like(a, 1, dtype)


def eye(N, M=None):
    N, M = _whole(N), _whole(N if M is None else M)
    return ndarray([float(i == j) for i in range(N) for j in range(M)], (N, M), FLOAT)


def arange(start, stop=None, step=1, dtype=None):
    if stop is None:
        start, stop = 0, start
    given = [asarray(one) for one in (start, stop, step)]
    kind = _highest(INT, *[one.dtype for one in given])
    start, stop, step = [one.item() for one in given]
    if step == 0:
        raise ZeroDivisionError("division by zero")
    count = builtins.max(0, math.ceil((stop - start) / step))
    # Numpy takes the difference of the first two numbers, as they are rounded.
    step = start + step - start
    made = ndarray([kind.plain(start + n * step) for n in range(count)], (count,), kind)
    return made if dtype is None else made.astype(dtype)


def linspace(start, stop, num=50):
    if ndim(start) or ndim(stop):
        raise Lacking("np.linspace of arrays")
    start, stop = float(asarray(start).item()), float(asarray(stop).item())
    step = (stop - start) / builtins.max(num - 1, 1)
    values = [start + n * step for n in range(num)]
    return ndarray(values[: num - 1] + [stop] if num > 1 else values, (num,), FLOAT)


# ---- Indices.


class _Slices:
    """Makes slices, which MicroPython makes between brackets alone."""

    def __getitem__(self, key):
        return key


SLICE = _Slices()
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
        raise IndexError(
            f"too many indices for array: array is {array.ndim}-dimensional, "
            f"but {used} were indexed"
        )
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
            raise IndexError(
                f"boolean index did not match indexed array along axis {place}; size of axis is "
                f"{array._shape[place]} but size of corresponding boolean axis is {length}"
            )
    return nonzero(index)


# ---- Functions of each entry.


class ufunc:
    """A function of each entry: of which type it is computed, and of which type it is."""

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
        kind, found = self.rule(self, _highest(*[one.dtype for one in arrays]))
        if out is not None and found.rank > out.dtype.rank:
            raise UFuncTypeError(
                f"Cannot cast ufunc '{self.name}' output from {found!r} to {out.dtype!r} with "
                "casting rule 'same_kind'"
            )
        shape = _common(arrays, out)
        if out is not None and _broadcast(shape, out._shape) != out._shape:
            raise ValueError(
                f"non-broadcastable output operand with shape {_text(out._shape)} doesn't match "
                f"the broadcast shape {_text(shape)}"
            )
        values = [_converted(one._spread(shape), one.dtype, kind) for one in arrays]
        values = list(map(self.apply, *values))
        values = list(map(_wrapped, values)) if found is INT else values
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
            kind = type(one).__name__
            raise TypeError(
                f"loop of ufunc does not support argument 0 of type {kind} which has no callable "
                f"{self.name} method"
            )
        if self.sign in ("==", "!="):
            (other,) = [asarray(some) for some in given if some is not one]
            return _result([self.sign == "!="] * other.size, other.shape, BOOL)
        names = [
            one.dtype.plain.__name__ if isinstance(one, (ndarray, generic)) else type(one).__name__
            for one in given
        ]
        if self.sign in ("<", "<=", ">", ">="):
            between = f"instances of '{names[0]}' and '{names[1]}'"
            raise TypeError(f"'{self.sign}' not supported between {between}")
        types = f"'{names[0]}' and '{names[1]}'"
        raise TypeError(f"unsupported operand type(s) for {self.sign}: {types}")


def _as_they_are(of, kind):
    """A sum of booleans is *or*, their product *and*, and they have no difference."""
    if kind is BOOL and of.name == "subtract":
        raise TypeError(
            "numpy boolean subtract, the `-` operator, is not supported, use the bitwise_xor, the "
            "`^` operator, or the logical_xor function instead."
        )
    if kind is BOOL and of.name == "negative":
        raise TypeError(
            "The numpy boolean negative, the `-` operator, is not supported, use the `~` operator "
            "or the logical_not function instead."
        )
    return kind, kind


def _numbers(of, kind):
    """Of booleans, numpy computes these in integers of eight bits."""
    if kind is BOOL:
        raise Lacking(f"np.{of.name} of booleans alone")
    return kind, kind


def _decimals(of, kind):
    """Of booleans, numpy computes functions in half precision."""
    if kind is BOOL and of.name != "divide":
        raise Lacking(f"np.{of.name} of booleans")
    return FLOAT, FLOAT


def _tests(of, kind):
    return kind, BOOL


def _truths(of, kind):
    return BOOL, BOOL


def _bits(of, kind):
    if kind is FLOAT:
        raise TypeError(
            f"ufunc '{of.name}' not supported for the input types, and the inputs could not be "
            "safely coerced to any supported types according to the casting rule ''safe''"
        )
    return kind, kind


abs_ = builtins.abs


def _divide(x, y):
    if y:
        return x / y
    return nan if x != x or not x else math.copysign(inf, x) * math.copysign(1, y)


def _floor_divide(x, y):
    if isinstance(x, int):
        return x // y if y else 0
    if not y:
        return _divide(x, y)
    if x != x or y != y or math.isinf(x):
        return nan
    rest = math.fmod(x, y)
    whole = (x - rest) / y - (1 if rest and (rest < 0) != (y < 0) else 0)
    if not whole:
        return math.copysign(0.0, x / y)
    return whole if math.isinf(whole) else float(math.floor(whole + 0.5))


def _remainder(x, y):
    if isinstance(x, int):
        return x % y if y else 0
    if not y or math.isinf(x) or x != x or y != y:
        return nan
    rest = math.fmod(x, y)
    if rest:
        return rest + y if (rest < 0) != (y < 0) else rest
    return math.copysign(0.0, y)


def _power(x, y):
    if isinstance(x, int):
        if y < 0:
            raise ValueError("Integers to negative integer powers are not allowed.")
        return pow(x, y, 2**64)
    if y == 2:
        return x * x
    if y == 0 or x == 1:
        return 1.0
    if x != x or y != y:
        return nan
    if x < 0 and not math.isinf(x) and not math.isinf(y) and y != math.floor(y):
        return nan
    try:
        found = math.pow(abs_(x), y) if x else (inf if y < 0 else 0.0)
    except (ValueError, OverflowError):
        found = inf
    return -found if math.copysign(1, x) < 0 and not math.isinf(y) and y % 2 == 1 else found


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
    if x != x or math.isinf(x):
        return x
    low = math.floor(x)
    up = x - low > 0.5 or (x - low == 0.5 and low % 2)
    return math.copysign(float(low + up), x)


def _both(of_numbers, of_booleans):
    """Return a function that MicroPython would make an integer of booleans."""
    return lambda x, *y: (of_booleans if isinstance(x, bool) else of_numbers)(x, *y)


def _and(x, y):
    return x and y


def _or(x, y):
    return x or y


def _not(x):
    return not x


def _unlike(x, y):
    return x != y


def _larger(x, y):
    return x if x != x or x >= y else y


def _smaller(x, y):
    return x if x != x or x <= y else y


add = ufunc("add", _as_they_are, _both(lambda x, y: x + y, _or), sign="+")
subtract = ufunc("subtract", _as_they_are, lambda x, y: x - y, sign="-")
multiply = ufunc("multiply", _as_they_are, _both(lambda x, y: x * y, _and), sign="*")
divide = ufunc("divide", _decimals, _divide, sign="/")
floor_divide = ufunc("floor_divide", _numbers, _floor_divide, sign="//")
remainder = ufunc("remainder", _numbers, _remainder, sign="%")
power = ufunc("power", _numbers, _power, sign="** or pow()")
maximum = ufunc("maximum", _as_they_are, _larger, sign=">=")
minimum = ufunc("minimum", _as_they_are, _smaller, sign="<=")
less = ufunc("less", _tests, lambda x, y: x < y, sign="<")
less_equal = ufunc("less_equal", _tests, lambda x, y: x <= y, sign="<=")
greater = ufunc("greater", _tests, lambda x, y: x > y, sign=">")
greater_equal = ufunc("greater_equal", _tests, lambda x, y: x >= y, sign=">=")
equal = ufunc("equal", _tests, lambda x, y: x == y, sign="==")
not_equal = ufunc("not_equal", _tests, _unlike, sign="!=")
logical_and, logical_or = ufunc("logical_and", _truths, _and), ufunc("logical_or", _truths, _or)
bitwise_and = ufunc("bitwise_and", _bits, _both(lambda x, y: x & y, _and), sign="&")
bitwise_or = ufunc("bitwise_or", _bits, _both(lambda x, y: x | y, _or), sign="|")
bitwise_xor = ufunc("bitwise_xor", _bits, _both(lambda x, y: x ^ y, _unlike), sign="^")

negative = ufunc("negative", _as_they_are, lambda x: -x, 1, "-")
absolute = ufunc("absolute", _as_they_are, _both(abs_, bool), 1)
square = ufunc("square", _numbers, lambda x: x * x, 1)
sign = ufunc("sign", _numbers, lambda x: x if x != x else type(x)((x > 0) - (x < 0)), 1)
invert = ufunc("invert", _bits, _both(lambda x: ~x, _not), 1, "~")
logical_not = ufunc("logical_not", _truths, _not, 1)
isnan = ufunc("isnan", _tests, lambda x: x != x, 1)
isinf = ufunc("isinf", _tests, lambda x: x in (inf, -inf), 1)
isfinite = ufunc("isfinite", _tests, lambda x: x == x and x not in (inf, -inf), 1)
exp = ufunc("exp", _decimals, _guarded(math.exp), 1)
log = ufunc("log", _decimals, _guarded(lambda x: math.log(x) if x else -inf), 1)
sqrt = ufunc("sqrt", _decimals, _guarded(math.sqrt), 1)
tanh = ufunc("tanh", _decimals, _guarded(math.tanh), 1)
cosh = ufunc("cosh", _decimals, lambda x: _guarded(math.cosh)(abs_(x)), 1)
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
    a = a if a_min is None else maximum(a, a_min)
    return a if a_max is None else minimum(a, a_max)


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


def _reduced(a, axis, keepdims, function, kind=None):
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
    return _result(found, shape, kind or a.dtype)


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
    if a is None:
        return None
    a = asarray(a)
    a = a.astype(int) if a.dtype is BOOL else a
    return _reduced(a, axis, keepdims, lambda values: a.dtype.plain(_total(values)))


def mean(a, axis=None, keepdims=False):
    a = asarray(a).astype(float)
    if axis is not None:
        _axes(axis, a.ndim)
    return _reduced(a, axis, keepdims, lambda some: _total(some) / len(some) if some else nan)


def _fold(choose, empty):
    """Return a function that chooses one entry of a list."""

    def found(values):
        if not values:
            raise ValueError(empty)
        best = values[0]
        for value in values[1:]:
            best = choose(best, value)
        return best

    return found


NONE = "zero-size array to reduction operation {} which has no identity"


def max(a, axis=None, keepdims=False):
    return _reduced(a, axis, keepdims, _fold(_larger, NONE.format("maximum")))


def min(a, axis=None, keepdims=False):
    return _reduced(a, axis, keepdims, _fold(_smaller, NONE.format("minimum")))


def _first(a, axis, keepdims, name, choose):
    """Return the first place of the entry that is chosen, or of nan."""
    best = _fold(choose, f"attempt to get {name} of an empty sequence")

    def place(values):
        chosen = best(values)
        return [n for n, one in enumerate(values) if one == chosen or one != one][0]  # noqa: RUF015

    if isinstance(axis, tuple):
        raise TypeError("'tuple' object cannot be interpreted as an integer")
    if axis is not None and not ndim(a):
        (axis,) = _axes(axis, 1)
    return _reduced(a, axis, keepdims, place, INT)


def argmax(a, axis=None, keepdims=False):
    return _first(a, axis, keepdims, "argmax", _larger)


def argmin(a, axis=None, keepdims=False):
    return _first(a, axis, keepdims, "argmin", _smaller)


def any(a, axis=None, keepdims=False):
    return _reduced(asarray(a).astype(bool), axis, keepdims, builtins.any)


def all(a, axis=None, keepdims=False):
    return _reduced(asarray(a).astype(bool), axis, keepdims, builtins.all)


# ---- Shapes.


def shape(a):
    return asarray(a)._shape


def ndim(a):
    return asarray(a).ndim


def size(a, axis=None):
    return asarray(a).size if axis is None else shape(a)[axis]


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


def expand_dims(a, axis):
    a = asarray(a)
    new = _axes(axis, a.ndim + (len(axis) if isinstance(axis, tuple) else 1))
    if len(set(new)) < len(new):
        raise ValueError("repeated axis")
    key = [None if n in new else WHOLE for n in range(a.ndim + len(new))]
    return a[tuple(key) + (Ellipsis,)]


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
            raise ValueError(
                "all the input arrays must have same number of dimensions, but the array at index "
                f"0 has {first.ndim} dimension(s) and the array at index {n} has {one.ndim} "
                "dimension(s)"
            )
        for place, length in enumerate(one._shape):
            if place != axis and length != first._shape[place]:
                raise ValueError(
                    "all the input array dimensions except for the concatenation axis must match "
                    f"exactly, but along dimension {place}, the array at index 0 has size "
                    f"{first._shape[place]} and the array at index {n} has size {length}"
                )
    lengths = [one._shape[axis] for one in parts]
    shape = first._shape[:axis] + (builtins.sum(lengths),) + first._shape[axis + 1 :]
    made, at = zeros(shape, _highest(*[one.dtype for one in parts])), 0
    for length, one in zip(lengths, parts):
        made[(WHOLE,) * axis + (SLICE[at : at + length],)] = one
        at += length
    return made


def vstack(tup):
    parts = [asarray(one) for one in tup]
    return concatenate([one if one.ndim > 1 else reshape(one, (1, -1)) for one in parts])


def hstack(tup):
    parts = [one if one.ndim else ravel(one) for one in map(asarray, tup)]
    return concatenate(parts, 0 if parts and parts[0].ndim == 1 else 1)


# ---- Products.


def _product(a, b):
    """Return the product of vectors and matrices whose lengths agree."""
    kind, k = _highest(a.dtype, b.dtype), a._shape[-1]
    left = _converted(a._values(), a.dtype, kind)
    right = _converted(transpose(b)._values(), b.dtype, kind)
    rows = [left[n * k : (n + 1) * k] for n in range(_count(a._shape[:-1]))]
    columns = [right[n * k : (n + 1) * k] for n in range(_count(b._shape[1:]))]
    found = [
        kind.plain(builtins.sum([x * y for x, y in zip(row, column)]))
        for row in rows
        for column in columns
    ]
    found = list(map(_wrapped, found)) if kind is INT else found
    return _result(found, a._shape[:-1] + b._shape[1:], kind)


def dot(a, b):
    if a is None or b is None:
        return multiply(a, b)
    a, b = asarray(a), asarray(b)
    if not a.ndim or not b.ndim:
        return multiply(a, b)
    inner = builtins.max(b.ndim - 2, 0)
    if a._shape[-1] != b._shape[inner]:
        raise ValueError(
            f"shapes {_text(a._shape)} and {_text(b._shape)} not aligned: "
            f"{a._shape[-1]} (dim {a.ndim - 1}) != {b._shape[inner]} (dim {inner})"
        )
    if a.ndim > 2 or b.ndim > 2:
        raise Lacking("np.dot of more than two axes")
    return _product(a, b)


SIGNATURE = "gufunc signature (n?,k),(k,m?)->(n?,m?)"


def matmul(a, b):
    # Numpy takes None for an array without axes.
    a, b = [asarray(0 if one is None else one) for one in (a, b)]
    for place, one in enumerate((a, b)):
        if not one.ndim:
            raise ValueError(
                f"matmul: Input operand {place} does not have enough dimensions "
                f"(has 0, {SIGNATURE.replace('signature', 'core with signature')} requires 1)"
            )
    inner = builtins.max(b.ndim - 2, 0)
    if a._shape[-1] != b._shape[inner]:
        raise ValueError(
            f"matmul: Input operand 1 has a mismatch in its core dimension 0, with {SIGNATURE} "
            f"(size {b._shape[inner]} is different from {a._shape[-1]})"
        )
    if a.ndim > 2 or b.ndim > 2:
        raise Lacking("operator @ of more than two axes")
    return _product(a, b)


def outer(a, b):
    return multiply(reshape(a, (-1, 1)), reshape(b, (1, -1)))


class _Linalg:
    """Module numpy.linalg."""

    def norm(self, x, ord=None, axis=None, keepdims=False):
        x = asarray(x)
        if ord is not None and (ord != 2 or x.ndim != 1):
            raise Lacking(f"np.linalg.norm(..., ord={ord!r})")
        return sqrt(sum(square(x.astype(float)), axis, keepdims=keepdims))

    def __getattr__(self, name):
        raise _missing(name, "numpy.linalg", "module 'numpy.linalg'", "np.linalg")


linalg = _Linalg()


def isclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    a, b = asarray(a).astype(float), asarray(b).astype(float)
    near = less_equal(absolute(a - b), atol + rtol * absolute(b)) & isfinite(b) | equal(a, b)
    return near | (isnan(a) & isnan(b)) if equal_nan else near


def allclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    return bool(all(isclose(a, b, rtol, atol, equal_nan)))


def array_equal(a1, a2):
    a1, a2 = asarray(a1), asarray(a2)
    return a1._shape == a2._shape and bool(all(equal(a1, a2)))


class errstate:
    """Numpy's warnings are not given here, so there is nothing to switch off."""

    def __init__(self, **named):
        pass

    def __enter__(self):
        return None

    def __exit__(self, *error):
        return False


# ---- What is numpy's of all this: functions, operators and methods.


class _ArrayFunctionDispatcher:
    """A function of numpy, which says what is the matter with a keyword."""

    def __init__(self, function):
        self.function = function

    def __call__(self, *given, **named):
        try:
            return self.function(*given, **named)
        except TypeError as error:
            said = str(error)
            if "unexpected keyword argument" in said:
                _refuse(self.function.__name__, said.split("'")[1])
            raise


for _name in (
    "array", "asarray", "copy", "full", "zeros", "ones", "full_like", "zeros_like", "ones_like",
    "eye", "arange", "linspace", "where", "nonzero", "clip", "round", "sum", "mean", "max", "min",
    "argmax", "argmin", "any", "all", "shape", "ndim", "size", "transpose", "reshape", "ravel",
    "squeeze", "expand_dims", "concatenate", "vstack", "hstack", "dot", "matmul", "outer",
    "isclose", "allclose", "array_equal",
):  # fmt: skip
    globals()[_name] = _ArrayFunctionDispatcher(globals()[_name])


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
    ("all", all), ("any", any), ("argmax", argmax), ("argmin", argmin), ("clip", clip),
    ("copy", _copied), ("max", max), ("mean", mean), ("min", min), ("nonzero", nonzero),
    ("ravel", ravel), ("round", round), ("squeeze", squeeze), ("sum", sum),
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
        return "nan" if x != x else "inf" if x > 0 else "-inf"
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


def _positional(x):
    """Return a float before and after its point, with eight decimals at most, and nothing."""
    digits, power = _digits(x)
    if len(digits) - power > 9:
        digits, power = str(_exact(x, 8)), 0
        digits = "0" * (9 - len(digits)) + digits
        power = len(digits) - 9
    return _apart(digits, power) + ("",)


def _scientific(x):
    """Return a float before and after the point of its mantissa, and its exponent."""
    digits, power = _digits(x)
    if len(digits) > 9:
        digits = str(_exact(x, 8 - power))
        power += len(digits) - 9
    return digits[0], digits[1:].rstrip("0"), _power_text(power)


def _writer(values, kind):
    """Return the function that writes each entry of an array, all as wide."""
    if kind is not FLOAT:
        wide = 5 if kind is BOOL else builtins.max([len(str(value)) for value in values])
        return lambda value: " " * (wide - len(str(value))) + str(value)
    finite = [value for value in values if value == value and not math.isinf(value)]
    sizes = [abs_(value) for value in finite if value] or [1]
    least, most = builtins.min(sizes), builtins.max(sizes)
    powers = most >= 1e8 or least < 1e-4 or most / least > 1000

    def parts(value):
        whole, decimals, exponent = (_scientific if powers else _positional)(value)
        return _sign(value) + whole, decimals, exponent

    sizes = [list(map(len, parts(value))) for value in finite] or [(0, 0, 0)]
    before, after, tail = [builtins.max(some) for some in zip(*sizes)]
    for value in values:
        if value != value or math.isinf(value):
            before = builtins.max(before, len(_float_text(value)) - after - tail - 1)
    fill = "0" if powers else " "

    def written(value):
        if value != value or math.isinf(value):
            text = _float_text(value)
            return " " * (before + 1 + after + tail - len(text)) + text
        whole, decimals, exponent = parts(value)
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
    gaps = [array.size > MOST and length > 2 * EDGE for length in array._shape]
    shown = array
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
