"""A small numpy in plain Python: what a backward pass uses of it, for MicroPython in the page.

An array is a list of numbers that it may share with other arrays, the place of its first entry
there, and for each axis a length and a stride, so that slices and transposes are views as they
are in numpy. Numbers are of three types, float64, int64 and bool. Values, shapes, types, printing
and the sentences of exceptions are held to numpy's own by tests, on random expressions; warnings
are not given. What it lacks it names, with `Lacking`, and it never guesses.
"""

import builtins
import math

pi, e, inf, nan, newaxis = math.pi, math.e, float("inf"), float("nan"), None

WORDS = {"names": {}, "keywords": {}}
"""What numpy itself has: the names of its modules and arrays, and the keywords of its functions; whoever runs this module fills it in."""


class Lacking(AttributeError):
    """Raised for what numpy has and this one has not."""

    def __init__(self, what):
        super().__init__(
            "the Python of this page has no {}; run it with `backcheck run`".format(what)
        )
        self.what = what


class AxisError(ValueError):
    """An axis that an array does not have."""


class UFuncTypeError(TypeError):
    """An operator that numpy does not have for these types."""


def _missing(name, place, owner, shown):
    """Return the exception for a name that is not here: lacking, or misspelled."""
    names = WORDS["names"].get(place)
    if name[:2] != "__" and (names is None or name in names):
        return Lacking("{}.{}".format(shown, name))
    return AttributeError("{} has no attribute '{}'".format(owner, name))


def __getattr__(name):
    raise _missing(name, "numpy", "module 'numpy'", "np")


def _refuse(function, others):
    """Refuse keywords: those that numpy has as lacking, others as numpy does."""
    for name in others:
        known = WORDS["keywords"].get(function)
        if known is None or name in known:
            raise Lacking("np.{}(..., {}=...)".format(function, name))
        raise TypeError("{}() got an unexpected keyword argument '{}'".format(function, name))


# ---- The types of numbers.


class dtype:
    """A type of numbers; the later ones of `TYPES` hold those before."""

    def __init__(self, name, kind, rank, code, plain):
        self.name, self.kind, self.rank, self.str, self.plain = name, kind, rank, code, plain

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
        return "dtype('{}')".format(self.name)


BOOL = dtype("bool", "b", 0, "|b1", bool)
INT = dtype("int64", "i", 1, "<i8", int)
FLOAT = dtype("float64", "f", 2, "<f8", float)
TYPES = (BOOL, INT, FLOAT)


def _dtype(given):
    for one in TYPES:
        if given is one or given is one.plain or given is SCALARS[one.rank]:
            return one
        if isinstance(given, str) and given in (one.name, one.str, one.str[1:], one.plain.__name__):
            return one
    if isinstance(given, str) and not given.isalpha():
        raise Lacking("numbers of type {}".format(given))
    raise Lacking("numbers of type {}".format(getattr(given, "__name__", given)))


def _wrapped(number):
    """Return an integer as 64 bits hold it."""
    return (number + 2**63) % 2**64 - 2**63


def _converted(values, old, new):
    if old is new:
        return values
    if new is BOOL:
        return [value != 0 for value in values]
    if old is FLOAT:
        return [_wrapped(int(v)) if abs(v) < 2**63 else -(2**63) for v in values]
    return list(map(new.plain, values))


def _highest(*types):
    return TYPES[builtins.max(one.rank for one in types)]


# ---- Places in a list.


def _count(shape):
    count = 1
    for length in shape:
        count *= length
    return count


def _rows(shape):
    """Return the strides of an array that fills its list row by row."""
    strides, step = [], 1
    for length in reversed(shape):
        strides.append(step)
        step *= length
    return tuple(reversed(strides))


def _places(shape, strides, start=0):
    """Return where the entries are, row by row."""
    places = [start]
    for length, stride in zip(shape, strides):
        steps = [stride * n for n in range(length)]
        places = [place + step for place in places for step in steps]
    return places


def _text(shape):
    return "({})".format(",".join(map(str, shape)) + ("," if len(shape) == 1 else ""))


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


def _axis(axis, ndim):
    if not isinstance(axis, (int, int64)) or isinstance(axis, bool):
        kind = type(axis).__name__
        raise TypeError("'{}' object cannot be interpreted as an integer".format(kind))
    axis = int(axis)
    if not -ndim <= axis < ndim:
        text = "axis {} is out of bounds for array of dimension {}"
        raise AxisError(text.format(axis, ndim))
    return axis % ndim


def _shape(given):
    if isinstance(given, (int, int64)):
        given = (given,)
    if isinstance(given, ndarray):
        given = given.tolist()
    for one in given:
        if isinstance(one, (float, float64)):
            kind = "numpy.float64" if isinstance(one, float64) else "float"
            raise TypeError("'{}' object cannot be interpreted as an integer".format(kind))
    return tuple(map(int, given))


# ---- Arrays and single numbers.


class _Operand:
    """The operators and methods that arrays and single numbers share."""

    def __add__(self, other):
        return add(self, other)

    def __radd__(self, other):
        return add(other, self)

    def __sub__(self, other):
        return subtract(self, other)

    def __rsub__(self, other):
        return subtract(other, self)

    def __mul__(self, other):
        return multiply(self, other)

    def __rmul__(self, other):
        return multiply(other, self)

    def __truediv__(self, other):
        return divide(self, other)

    def __rtruediv__(self, other):
        return divide(other, self)

    def __floordiv__(self, other):
        return floor_divide(self, other)

    def __rfloordiv__(self, other):
        return floor_divide(other, self)

    def __mod__(self, other):
        return remainder(self, other)

    def __rmod__(self, other):
        return remainder(other, self)

    def __pow__(self, other):
        return power(self, other)

    def __rpow__(self, other):
        return power(other, self)

    def __matmul__(self, other):
        return matmul(self, other)

    def __rmatmul__(self, other):
        return matmul(other, self)

    def __and__(self, other):
        return bitwise_and(self, other)

    def __rand__(self, other):
        return bitwise_and(other, self)

    def __or__(self, other):
        return bitwise_or(self, other)

    def __ror__(self, other):
        return bitwise_or(other, self)

    def __xor__(self, other):
        return bitwise_xor(self, other)

    def __rxor__(self, other):
        return bitwise_xor(other, self)

    def __lt__(self, other):
        return less(self, other)

    def __le__(self, other):
        return less_equal(self, other)

    def __gt__(self, other):
        return greater(self, other)

    def __ge__(self, other):
        return greater_equal(self, other)

    def __eq__(self, other):
        return equal(self, other)

    def __ne__(self, other):
        return not_equal(self, other)

    def __neg__(self):
        return negative(self)

    def __pos__(self):
        return positive(self)

    def __invert__(self):
        return invert(self)

    def __abs__(self):
        return absolute(self)

    def __getattr__(self, name):
        kind = type(self).__name__
        owner = "'numpy.{}' object".format(kind)
        raise _missing(name, "numpy.ndarray", owner, "array" if kind == "ndarray" else kind)

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

    def reshape(self, *shape, **others):
        _refuse("reshape", others)
        return reshape(self, shape[0] if len(shape) == 1 else shape)

    def ravel(self):
        return ravel(self)

    def flatten(self):
        return ravel(self).copy()

    def squeeze(self, axis=None):
        return squeeze(self, axis)

    def copy(self):
        return array(self)

    def astype(self, dtype, copy=True):
        return array(self, dtype=dtype, copy=copy or None)

    def dot(self, other):
        return dot(self, other)

    def sum(self, axis=None, keepdims=False, **others):
        return sum(self, axis, keepdims=keepdims, **others)

    def mean(self, axis=None, keepdims=False, **others):
        return mean(self, axis, keepdims=keepdims, **others)

    def max(self, axis=None, keepdims=False, **others):
        return max(self, axis, keepdims=keepdims, **others)

    def min(self, axis=None, keepdims=False, **others):
        return min(self, axis, keepdims=keepdims, **others)

    def any(self, axis=None, keepdims=False, **others):
        return any(self, axis, keepdims=keepdims, **others)

    def all(self, axis=None, keepdims=False, **others):
        return all(self, axis, keepdims=keepdims, **others)

    def argmax(self, axis=None, keepdims=False, **others):
        return argmax(self, axis, keepdims=keepdims, **others)

    def argmin(self, axis=None, keepdims=False, **others):
        return argmin(self, axis, keepdims=keepdims, **others)

    def round(self, decimals=0):
        return round(self, decimals)


class ndarray(_Operand):
    """An array; `array` and its like make them."""

    def __init__(self, memory, shape, dtype, start=0, strides=None):
        self._memory, self._shape, self._start, self.dtype = memory, shape, start, dtype
        self._strides = _rows(shape) if strides is None else strides

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
        return self._strides == _rows(self._shape) or not self.size

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
        memory, new = self._memory, len(shape) - self.ndim
        strides = [0 if n == 1 else step for n, step in zip(self._shape, self._strides)]
        return [memory[place] for place in _places(shape, [0] * new + strides, self._start)]

    def _view(self, shape, strides, start=None):
        start = self._start if start is None else start
        return ndarray(self._memory, tuple(shape), self.dtype, start, tuple(strides))

    def _store(self, places, shape, value):
        """Write a value, broadcast to a shape, to places."""
        value = asarray(value)
        given = value._shape
        while len(given) > len(shape) and given[0] == 1:
            given = given[1:]
        if _broadcast(shape, given) != tuple(shape):
            text = "could not broadcast input array from shape {} into shape {}"
            raise ValueError(text.format(_text(value._shape), _text(shape)))
        values = value.reshape(given)._spread(tuple(shape)) if value.size else []
        values = _converted(values, value.dtype, self.dtype)
        memory = self._memory
        for place, one in zip(places, values):
            memory[place] = one

    def _in_place(self, function, other):
        result = asarray(function(self, other))
        if result._shape != self._shape:
            text = "non-broadcastable output operand with shape {} doesn't match the broadcast shape {}"
            raise ValueError(text.format(_text(self._shape), _text(result._shape)))
        if result.dtype.rank > self.dtype.rank:
            text = "Cannot cast ufunc '{}' output from {!r} to {!r} with casting rule 'same_kind'"
            raise UFuncTypeError(text.format(function.name, result.dtype, self.dtype))
        self._store(self._at(), self._shape, result)
        return self

    def __iadd__(self, other):
        return self._in_place(add, other)

    def __isub__(self, other):
        return self._in_place(subtract, other)

    def __imul__(self, other):
        return self._in_place(multiply, other)

    def __itruediv__(self, other):
        return self._in_place(divide, other)

    def __ifloordiv__(self, other):
        return self._in_place(floor_divide, other)

    def __imod__(self, other):
        return self._in_place(remainder, other)

    def __ipow__(self, other):
        return self._in_place(power, other)

    def __iand__(self, other):
        return self._in_place(bitwise_and, other)

    def __ior__(self, other):
        return self._in_place(bitwise_or, other)

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

    def __contains__(self, value):
        return bool(any(equal(self, value)))

    def __bool__(self):
        if self.size == 1:
            return bool(self._values()[0])
        if self.size:
            raise ValueError(
                "The truth value of an array with more than one element is ambiguous. "
                "Use a.any() or a.all()"
            )
        raise ValueError(
            "The truth value of an empty array is ambiguous. "
            "Use `array.size > 0` to check that an array is not empty."
        )

    def item(self):
        if self.size != 1:
            raise ValueError("can only convert an array of size 1 to a Python scalar")
        return self._values()[0]

    def tolist(self):
        if not self._shape:
            return self.item()
        return [asarray(one).tolist() for one in self]

    def fill(self, value):
        self[...] = value

    def __getitem__(self, key):
        places, shape, view = _chosen(self, key)
        if view is not None:
            return view if view._shape or _has_ellipsis(key) else _scalar(view.item(), self.dtype)
        return ndarray([self._memory[place] for place in places], shape, self.dtype)

    def __setitem__(self, key, value):
        places, shape, view = _chosen(self, key)
        if view is not None:
            # The value may be a view of the same list.
            view._store(view._at(), view._shape, value)
            return
        value = asarray(value)
        mask = key if isinstance(key, ndarray) and key.dtype is BOOL else None
        if (
            mask is not None
            and mask.ndim == self.ndim
            and value.ndim == 1
            and value.size not in (1, len(places))
        ):
            text = "NumPy boolean array indexing assignment cannot assign {} input values to the {} output values where the mask is true"
            raise ValueError(text.format(value.size, len(places)))
        if _broadcast(shape, value._shape) != shape:
            text = "shape mismatch: value array of shape {} could not be broadcast to indexing result of shape {}"
            raise ValueError(text.format(_text(value._shape), _text(shape)))
        self._store(places, shape, value)

    def __str__(self):
        return _printed(self, " ", "") if self._shape else str(_scalar(self.item(), self.dtype))

    def __repr__(self):
        extras = ""
        if self.size > 1000 or (not self.size and self._shape != (0,)):
            extras = ", shape={}".format(self._shape)
        if not self.size:
            return "array([]{}, dtype={})".format(extras, self.dtype)
        return "array({}{})".format(_printed(self, ", ", "array("), extras)


class generic(_Operand):
    """A single number, such as a sum."""

    shape = ()

    def __init__(self, value=0):
        if isinstance(value, (str, dict)) or value is None:
            raise Lacking("a number of {!r}".format(value))
        (self._value,) = _converted(asarray(value)._spread((1,)), asarray(value).dtype, self.dtype)

    def __hash__(self):
        return hash(self._value)

    def __bool__(self):
        return bool(self._value)

    def __len__(self):
        raise TypeError("object of type 'numpy.{}' has no len()".format(type(self).__name__))

    def __getitem__(self, key):
        if key is Ellipsis or key == ():
            return asarray(self)
        raise IndexError("invalid index to scalar variable.")

    def item(self):
        return self._value

    tolist = item

    def copy(self):
        return _scalar(self._value, self.dtype)

    def __str__(self):
        return _float_text(self._value) if self.dtype is FLOAT else str(self._value)

    def __repr__(self):
        return "np.{}({})".format(self.dtype.name, self)


class number(generic):
    """A number that is no boolean."""


class floating(number):
    """A number with decimals."""


class integer(number):
    """A whole number."""


class float64(floating):
    """A number of 64 bits."""

    dtype = FLOAT


class int64(integer):
    """A whole number of 64 bits."""

    dtype = INT

    def __int__(self):
        return self._value

    __index__ = __int__


class bool_(generic):
    """True or False."""

    dtype = BOOL

    def __repr__(self):
        return "np.{}".format(self)


bool_.__name__ = "bool" if hasattr(bool_, "__module__") else bool_.__name__
SCALARS = (bool_, int64, float64)
double, float_, int_ = float64, float64, int64


def _scalar(value, dtype):
    return SCALARS[dtype.rank](value)


def _array(values, shape, dtype):
    """Return a result: an array, or a number if it has no axes."""
    return ndarray(values, tuple(shape), dtype) if shape else _scalar(values[0], dtype)


# ---- What makes arrays.


class _Foreign(Exception):
    """What is no array and no number."""


def _nested(given):
    """Return the entries, the shape and the type of an argument."""
    if isinstance(given, ndarray):
        return given._values(), given._shape, given.dtype
    if isinstance(given, generic):
        return [given._value], (), given.dtype
    if isinstance(given, bool):
        return [given], (), BOOL
    if isinstance(given, float):
        return [given], (), FLOAT
    if isinstance(given, int):
        if not -(2**63) <= given < 2**63:
            raise OverflowError("Python int too large to convert to C long")
        return [given], (), INT
    if not isinstance(given, (list, tuple, range)):
        raise _Foreign(given)
    parts = [_nested(one) for one in given]
    if not parts:
        return [], (0,), FLOAT
    shapes = [shape for _, shape, _ in parts]
    for shape in shapes:
        if shape != shapes[0]:
            _complain_of_rows(len(given), shapes)
    kind = _highest(*[kind for _, _, kind in parts])
    values = []
    for own, _, old in parts:
        values.extend(_converted(own, old, kind))
    return values, (len(parts),) + shapes[0], kind


def _complain_of_rows(count, shapes):
    common = [count]
    for lengths in zip(*shapes):
        if len(set(lengths)) > 1:
            break
        common.append(lengths[0])
    raise ValueError(
        "setting an array element with a sequence. The requested array has an inhomogeneous shape "
        "after {} dimensions. The detected shape was {} + inhomogeneous part.".format(
            len(common), _text(common).replace(",", ", ").replace(", )", ",)")
        )
    )


def array(object, dtype=None, copy=True, **others):
    _refuse("array", others)
    if isinstance(object, ndarray) and not copy and dtype in (None, object.dtype):
        return object
    if copy is False:
        raise Lacking("np.array(..., copy=False)")
    try:
        values, shape, kind = _nested(object)
    except _Foreign as error:
        raise Lacking("arrays of {}".format(type(error.args[0]).__name__))
    new = kind if dtype is None else _dtype(dtype)
    return ndarray(list(_converted(values, kind, new)), shape, new)


def asarray(a, dtype=None, **others):
    _refuse("asarray", others)
    return array(a, dtype=dtype, copy=None)


def copy(a, **others):
    _refuse("copy", others)
    return array(a)


def full(shape, fill_value, dtype=None, **others):
    _refuse("full", others)
    value = asarray(fill_value, dtype)
    shape = _shape(shape)
    for length in shape:
        if length < 0:
            raise ValueError("negative dimensions are not allowed")
    made = ndarray([value.dtype.plain(0)] * _count(shape), shape, value.dtype)
    made[...] = value
    return made


def zeros(shape, dtype=float, **others):
    _refuse("zeros", others)
    return full(shape, 0, dtype)


def ones(shape, dtype=float, **others):
    _refuse("ones", others)
    return full(shape, 1, dtype)


def empty(shape, dtype=float, **others):
    _refuse("empty", others)
    return full(shape, 0, dtype)


def zeros_like(a, dtype=None, **others):
    _refuse("zeros_like", others)
    return full_like(a, 0, dtype)


def ones_like(a, dtype=None, **others):
    _refuse("ones_like", others)
    return full_like(a, 1, dtype)


def full_like(a, fill_value, dtype=None, **others):
    _refuse("full_like", others)
    a = asarray(a)
    return full(a._shape, fill_value, a.dtype if dtype is None else dtype)


def eye(N, M=None, **others):
    _refuse("eye", others)
    M = N if M is None else M
    return ndarray([float(i == j) for i in range(N) for j in range(M)], (int(N), int(M)), FLOAT)


identity = eye


def arange(start, stop=None, step=1, dtype=None, **others):
    _refuse("arange", others)
    if stop is None:
        start, stop = 0, start
    start, stop, step = [asarray(one) for one in (start, stop, step)]
    kind = _highest(start.dtype, stop.dtype, step.dtype, INT)
    start, stop, step = [one.item() for one in (start, stop, step)]
    if step == 0:
        raise ZeroDivisionError("division by zero")
    count = builtins.max(0, math.ceil((stop - start) / step))
    # As numpy does, with the difference of the first two as they are rounded.
    step = start + step - start
    made = ndarray([kind.plain(start + n * step) for n in range(count)], (count,), kind)
    return made if dtype is None else made.astype(dtype)


def linspace(start, stop, num=50, **others):
    _refuse("linspace", others)
    start, stop = float(asarray(start).item()), float(asarray(stop).item())
    step = (stop - start) / (num - 1) if num > 1 else 0.0
    values = [start + n * step for n in range(num)]
    if num > 1:
        values[-1] = stop
    return ndarray(values, (num,), FLOAT)


# ---- Indices.


class _Slice:
    """Makes slices, which MicroPython makes between brackets alone."""

    def __getitem__(self, key):
        return key


SLICE = _Slice()
WHOLE = SLICE[:]


def _has_ellipsis(key):
    return key is Ellipsis or (isinstance(key, tuple) and builtins.any(k is Ellipsis for k in key))


def _indices(array, key):
    """Return the parts of a key, one for each axis it speaks of, without ellipses."""
    parts = []
    for one in key if isinstance(key, tuple) else (key,):
        if one is None or one is Ellipsis or isinstance(one, slice):
            parts.append(one)
        elif isinstance(one, (int, int64)) and not isinstance(one, bool):
            parts.append(int(one))
        elif isinstance(one, (ndarray, list, bool, bool_)):
            found = asarray(one)
            if found.dtype is FLOAT and found.size:
                text = "arrays used as indices must be of integer (or boolean) type"
                raise IndexError(text if isinstance(one, ndarray) else ONLY)
            parts.append(found.astype(int) if found.dtype is FLOAT else found)
        else:
            raise IndexError(ONLY)
    used = builtins.sum(_axes_of(one) for one in parts)
    if used > array.ndim:
        text = "too many indices for array: array is {}-dimensional, but {} were indexed"
        raise IndexError(text.format(array.ndim, used))
    dots = [place for place, one in enumerate(parts) if one is Ellipsis]
    if len(dots) > 1:
        raise IndexError("an index can only have a single ellipsis ('...')")
    at = dots[0] if dots else len(parts)
    return parts[:at] + [WHOLE] * (array.ndim - used) + parts[at + 1 :]


ONLY = (
    "only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or boolean "
    "arrays are valid indices"
)


def _axes_of(part):
    """Return of how many axes a part of a key speaks."""
    if part is None or part is Ellipsis:
        return 0
    return part.ndim if isinstance(part, ndarray) and part.dtype is BOOL else 1


def _at(index, length, axis):
    if not -length <= index < length:
        text = "index {} is out of bounds for axis {} with size {}"
        raise IndexError(text.format(index, axis, length))
    return index % length


def _chosen(array, key):
    """Return what a key chooses: places and their shape, or a view if it is one."""
    shape, strides, start = [], [], array._start
    fancy, first, split, axis = [], None, False, 0
    parts = _indices(array, key)
    mixed = builtins.any(isinstance(one, ndarray) for one in parts)
    for one in parts:
        if one is None:
            shape.append(1)
            strides.append(0)
            continue
        if isinstance(one, slice):
            begin, end, step = one.indices(array._shape[axis])
            shape.append(len(range(begin, end, step)))
            strides.append(array._strides[axis] * step)
            start += array._strides[axis] * begin if shape[-1] else 0
            axis += 1
            continue
        if not mixed:
            start += array._strides[axis] * _at(one, array._shape[axis], axis)
            axis += 1
            continue
        # Indices that stand side by side leave their axes where they were; else those come first.
        split = split or (first is not None and last != len(shape))
        first = len(shape) if first is None else first
        last = len(shape)
        for index in _masked(array, one, axis):
            fancy.append((index, axis))
            axis += 1
    if not mixed:
        return None, None, array._view(shape, strides, start)
    common = _broadcast(*[index._shape for index, _ in fancy])
    if common is None:
        shapes = " ".join(_text(index._shape) for index, _ in fancy)
        text = "shape mismatch: indexing arrays could not be broadcast together with shapes {} "
        raise IndexError(text.format(shapes))
    offsets = [0] * _count(common)
    for index, axis in fancy:
        length, stride = array._shape[axis], array._strides[axis]
        own = [_at(n, length, axis) * stride for n in index._spread(common)]
        offsets = [offset + one for offset, one in zip(offsets, own)]
    at = 0 if split else first
    before = _places(shape[:at], strides[:at], start)
    after = _places(shape[at:], strides[at:])
    places = [a + b + c for a in before for b in offsets for c in after]
    return places, tuple(shape[:at]) + common + tuple(shape[at:]), None


def _masked(array, index, axis):
    """Return an index as integers, those of a mask for each of its axes."""
    index = asarray(index)
    if index.dtype is not BOOL:
        return [index]
    for place, length in enumerate(index._shape):
        if array._shape[axis + place] != length:
            raise IndexError(
                "boolean index did not match indexed array along axis {0}; size of axis is {1} "
                "but size of corresponding boolean axis is {2}".format(
                    axis + place, array._shape[axis + place], length
                )
            )
    if not index.ndim:
        raise Lacking("an index of True or False")
    return nonzero(index)


# ---- Functions of each entry.


class ufunc:
    """A function of one or two arguments, entry by entry."""

    def __init__(self, name, apply, of=None, rule=None, sign=""):
        self.name, self.apply, self.of, self.rule, self.sign = name, apply, of, rule, sign or name

    def __repr__(self):
        return "<ufunc '{}'>".format(self.name)

    def __getattr__(self, name):
        raise _missing(name, "numpy.ufunc", "'numpy.ufunc' object", "np." + self.name)

    def __call__(self, *given, **others):
        _refuse(self.name, others)
        wanted = 1 if self.rule in UNARY else 2
        if len(given) == wanted + 1:
            raise Lacking("np.{}(..., out=...)".format(self.name))
        if len(given) != wanted:
            text = "{}() takes from {} to {} positional arguments but {} were given"
            counts = (self.name, wanted, wanted + 1, len(given))
            raise TypeError(text.format(*counts))
        try:
            arrays = [asarray(one) for one in given]
        except Lacking:
            return self._foreign(given)
        types = [one.dtype for one in arrays]
        kind, result = self.rule(self, *types)
        shape = _broadcast(*[one._shape for one in arrays])
        if shape is None:
            shapes = " ".join(_text(one._shape) for one in arrays)
            text = "operands could not be broadcast together with shapes {} "
            raise ValueError(text.format(shapes))
        values = [_converted(one._spread(shape), one.dtype, kind) for one in arrays]
        found = list(map(self.apply, *values))
        return _array(list(map(_wrapped, found)) if result is INT else found, shape, result)

    def _foreign(self, given):
        """Complain as numpy does of what is no array."""
        for one in given:
            if isinstance(one, str):
                raise UFuncTypeError(
                    "ufunc '{}' did not contain a loop with signature matching types".format(
                        self.name
                    )
                )
        if len(given) == 1:
            kind = type(given[0]).__name__
            text = "loop of ufunc does not support argument 0 of type {} which has no callable {} method"
            raise TypeError(text.format(kind, self.name))
        if self.name in ("equal", "not_equal"):
            other = [one for one in given if isinstance(one, (ndarray, generic))]
            return (
                full(shape(other[0]), self.name == "not_equal")
                if shape(other[0])
                else _scalar(self.name == "not_equal", BOOL)
            )
        names = [_entry(one) for one in given]
        if self.sign in ("<", "<=", ">", ">="):
            text = "'{}' not supported between instances of '{}' and '{}'"
        else:
            text = "unsupported operand type(s) for {}: '{}' and '{}'"
        raise TypeError(text.format(self.sign, *names))


def _entry(one):
    """Return the type of the entries, in Python's words."""
    if isinstance(one, (ndarray, generic)):
        return one.dtype.plain.__name__
    return type(one).__name__


def _same(of, *types):
    kind = _highest(*types)
    return kind, kind


def _number(of, *types):
    """Booleans are added as 0 and 1 nowhere: their sum is *or*, and they have no difference."""
    kind = _highest(*types)
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


def _whole(of, *types):
    """In numpy, these make booleans integers of eight bits."""
    kind = _highest(*types)
    if kind is BOOL:
        raise Lacking("np.{} of booleans".format(of.name))
    return kind, kind


def _real(of, *types):
    """In numpy, a function of booleans computes in half precision."""
    if _highest(*types) is BOOL and of.name != "divide":
        raise Lacking("np.{} of booleans".format(of.name))
    return FLOAT, FLOAT


def _compared(of, *types):
    return _highest(*types), BOOL


def _logical(of, *types):
    return BOOL, BOOL


def _bitwise(of, *types):
    kind = _highest(*types)
    if kind is FLOAT:
        raise TypeError(
            "ufunc '{}' not supported for the input types, and the inputs could not be safely "
            "coerced to any supported types according to the casting rule ''safe''".format(of.name)
        )
    return kind, kind


def _one_same(of, kind):
    return _number(of, kind)


def _one_real(of, kind):
    return _real(of, kind)


def _one_whole(of, kind):
    return _whole(of, kind)


def _one_test(of, kind):
    return kind, BOOL


def _one_logical(of, kind):
    return BOOL, BOOL


def _one_bitwise(of, kind):
    return _bitwise(of, kind)


UNARY = (_one_same, _one_real, _one_whole, _one_test, _one_logical, _one_bitwise)


def _add(x, y):
    return x or y if isinstance(x, bool) else x + y


def _multiply(x, y):
    return x and y if isinstance(x, bool) else x * y


def _divide(x, y):
    if y:
        return x / y
    return nan if x != x or not x else math.copysign(inf, x) * math.copysign(1, y)


def _floor_divide(x, y):
    if not y:
        return _divide(x, y) if isinstance(x, float) else 0
    if isinstance(x, int):
        return x // y
    if math.isinf(x) or x != x or y != y:
        return nan
    if math.isinf(y):
        return -1.0 if x and (x < 0) != (y < 0) else math.copysign(0.0, x) * math.copysign(1, y)
    return x // y


def _remainder(x, y):
    if isinstance(x, int):
        return x % y if y else 0
    if not y or math.isinf(x) or x != x or y != y:
        return nan
    if math.isinf(y):
        return x if not x or (x < 0) == (y < 0) else y
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
    odd = y == math.floor(y) and y % 2 == 1
    if x < 0 and y != math.floor(y) and not math.isinf(x):
        return nan
    try:
        found = math.pow(abs_(x), y) if x else (inf if y < 0 else 0.0)
    except (ValueError, OverflowError):
        found = inf
    return -found if odd and math.copysign(1, x) < 0 else found


abs_ = builtins.abs


def _larger(x, y):
    return x if x != x or x >= y else y


def _smaller(x, y):
    return x if x != x or x <= y else y


def _guarded(function):
    """Return a function that goes on where Python's raises an exception."""

    def applied(x):
        if x != x:
            return nan
        try:
            return function(x)
        except (ValueError, OverflowError):
            return inf if x > 0 else nan

    return applied


def _logarithm(function):
    return _guarded(lambda x: function(x) if x else -inf)


def _sign(x):
    return x if x != x else type(x)((x > 0) - (x < 0))


def _rint(x):
    if x != x or math.isinf(x):
        return x
    low = math.floor(x)
    up = x - low > 0.5 or (x - low == 0.5 and low % 2)
    return math.copysign(float(low + up), x)


def _integral(function):
    return lambda x: (
        x
        if not isinstance(x, float) or x != x or math.isinf(x)
        else math.copysign(float(function(x)), x)
        if not function(x)
        else float(function(x))
    )


add = ufunc("add", _add, rule=_number, sign="+")
subtract = ufunc("subtract", lambda x, y: x - y, rule=_number, sign="-")
multiply = ufunc("multiply", _multiply, rule=_number, sign="*")
divide = ufunc("divide", _divide, rule=_real, sign="/")
floor_divide = ufunc("floor_divide", _floor_divide, rule=_whole, sign="//")
remainder = ufunc("remainder", _remainder, rule=_whole, sign="%")
power = ufunc("power", _power, rule=_whole, sign="** or pow()")
maximum = ufunc("maximum", _larger, rule=_same, sign=">=")
minimum = ufunc("minimum", _smaller, rule=_same, sign="<=")
less = ufunc("less", lambda x, y: x < y, rule=_compared, sign="<")
less_equal = ufunc("less_equal", lambda x, y: x <= y, rule=_compared, sign="<=")
greater = ufunc("greater", lambda x, y: x > y, rule=_compared, sign=">")
greater_equal = ufunc("greater_equal", lambda x, y: x >= y, rule=_compared, sign=">=")
equal = ufunc("equal", lambda x, y: x == y, rule=_compared, sign="==")
not_equal = ufunc("not_equal", lambda x, y: x != y, rule=_compared, sign="!=")
logical_and = ufunc("logical_and", lambda x, y: x and y, rule=_logical)
logical_or = ufunc("logical_or", lambda x, y: x or y, rule=_logical)
logical_xor = ufunc("logical_xor", lambda x, y: x != y, rule=_logical)
bitwise_and = ufunc("bitwise_and", lambda x, y: x & y, rule=_bitwise, sign="&")
bitwise_or = ufunc("bitwise_or", lambda x, y: x | y, rule=_bitwise, sign="|")
bitwise_xor = ufunc("bitwise_xor", lambda x, y: x ^ y, rule=_bitwise, sign="^")
true_divide, mod = divide, remainder

negative = ufunc("negative", lambda x: -x, rule=_one_same)
positive = ufunc("positive", lambda x: x, rule=_one_same)
absolute = ufunc("absolute", lambda x: x if isinstance(x, bool) else abs_(x), rule=_one_same)
square = ufunc("square", lambda x: _multiply(x, x), rule=_one_same)
sign = ufunc("sign", _sign, rule=_one_whole)
invert = ufunc("invert", lambda x: not x if isinstance(x, bool) else ~x, rule=_one_bitwise)
logical_not = ufunc("logical_not", lambda x: not x, rule=_one_logical)
isnan = ufunc("isnan", lambda x: x != x, rule=_one_test)
isinf = ufunc("isinf", lambda x: x in (inf, -inf), rule=_one_test)
isfinite = ufunc("isfinite", lambda x: x == x and x not in (inf, -inf), rule=_one_test)
exp = ufunc("exp", _guarded(lambda x: 0.0 if x == -inf else math.exp(x)), rule=_one_real)
log = ufunc("log", _logarithm(math.log), rule=_one_real)
log2 = ufunc("log2", _logarithm(math.log2), rule=_one_real)
log10 = ufunc("log10", _logarithm(math.log10), rule=_one_real)
sqrt = ufunc("sqrt", _guarded(math.sqrt), rule=_one_real)
tanh = ufunc("tanh", _guarded(math.tanh), rule=_one_real)
cosh = ufunc("cosh", _guarded(lambda x: math.cosh(abs_(x))), rule=_one_real)
sin = ufunc("sin", _guarded(math.sin), rule=_one_real)
cos = ufunc("cos", _guarded(math.cos), rule=_one_real)
rint = ufunc("rint", _rint, rule=_one_real)
floor = ufunc("floor", _integral(math.floor), rule=_one_same)
ceil = ufunc("ceil", _integral(math.ceil), rule=_one_same)
abs = absolute


def where(condition, *choices):
    """Return one entry or the other; with a condition alone, where it is true."""
    if not choices:
        return tuple(nonzero(condition))
    if len(choices) == 1:
        raise ValueError("either both or neither of x and y should be given")
    parts = [asarray(one) for one in (condition,) + choices]
    shape = _broadcast(*[one._shape for one in parts])
    if shape is None:
        shapes = " ".join(_text(one._shape) for one in parts)
        raise ValueError("operands could not be broadcast together with shapes {} ".format(shapes))
    kind = _highest(parts[1].dtype, parts[2].dtype)
    asked, one, other = [part._spread(shape) for part in parts]
    one, other = _converted(one, parts[1].dtype, kind), _converted(other, parts[2].dtype, kind)
    return ndarray([x if c else y for c, x, y in zip(asked, one, other)], shape, kind)


def nonzero(a):
    a = asarray(a)
    found = [n for n, value in enumerate(a._values()) if value]
    steps = _rows(a._shape)
    return tuple(
        ndarray([n // step % length for n in found], (len(found),), INT)
        for step, length in zip(steps, a._shape)
    )


def clip(a, a_min=None, a_max=None, **others):
    _refuse("clip", others)
    a = a if a_min is None else maximum(a, a_min)
    return a if a_max is None else minimum(a, a_max)


def rounded(value, decimals):
    """Return a float as numpy rounds it: scaled, to the nearest even, and back."""
    scale = 10.0 ** abs_(decimals)
    found = _rint(value * scale if decimals >= 0 else value / scale)
    return found / scale if decimals >= 0 else found * scale


def round(a, decimals=0, **others):
    _refuse("round", others)
    a = asarray(a)
    if a.dtype is FLOAT:
        return _array([rounded(value, int(decimals)) for value in a._values()], a._shape, FLOAT)
    if a.dtype is BOOL or decimals < 0:
        raise Lacking("np.round of such numbers")
    return a.copy()


around = round


# ---- Functions of an axis.


def _reduced(a, axis, keepdims, function, result, whole=None):
    """Apply a function to the entries along some axes."""
    a = asarray(a)
    if axis is None:
        axes = tuple(range(a.ndim))
    else:
        axes = tuple(_axis(one, a.ndim) for one in (axis if isinstance(axis, tuple) else (axis,)))
        if len(set(axes)) < len(axes):
            raise ValueError("duplicate value in 'axis'")
    kept = [n for n in range(a.ndim) if n not in axes]
    values = transpose(a, tuple(kept) + axes)._values()
    count = _count([a._shape[n] for n in axes])
    groups = _count([a._shape[n] for n in kept])
    found = [function(values[n * count : (n + 1) * count]) for n in range(groups)]
    shape = [1 if n in axes else a._shape[n] for n in range(a.ndim) if keepdims or n not in axes]
    return _array(found, shape, result or a.dtype)


def _total(values):
    """Add numbers in the order in which numpy adds those of a row."""
    if len(values) < 8:
        return builtins.sum(values)
    if len(values) > 128:
        half = len(values) // 2
        half -= half % 8
        return _total(values[:half]) + _total(values[half:])
    last = len(values) - len(values) % 8
    r = [builtins.sum([values[m] for m in range(n + 8, last, 8)], values[n]) for n in range(8)]
    found = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]))
    return builtins.sum(values[last:], found)


def sum(a, axis=None, keepdims=False, **others):
    _refuse("sum", others)
    if a is None:
        return None
    a = asarray(a)
    a = a.astype(int) if a.dtype is BOOL else a
    zero = a.dtype.plain(0)
    return _reduced(a, axis, keepdims, lambda values: _total(values) if values else zero, None)


def mean(a, axis=None, keepdims=False, **others):
    _refuse("mean", others)
    found = lambda values: _total(values) / len(values) if values else nan  # noqa: E731
    return _reduced(asarray(a).astype(float), axis, keepdims, found, FLOAT)


def _extreme(name, choose):
    def found(values):
        if not values:
            text = "zero-size array to reduction operation {} which has no identity"
            raise ValueError(text.format(name))
        best = values[0]
        for value in values[1:]:
            best = choose(best, value)
        return best

    return found


def max(a, axis=None, keepdims=False, **others):
    _refuse("max", others)
    return _reduced(a, axis, keepdims, _extreme("maximum", _larger), None)


def min(a, axis=None, keepdims=False, **others):
    _refuse("min", others)
    return _reduced(a, axis, keepdims, _extreme("minimum", _smaller), None)


amax, amin = max, min


def _best(name, choose):
    def found(values):
        if not values:
            raise ValueError("attempt to get {} of an empty sequence".format(name))
        best = values[0]
        for value in values[1:]:
            best = choose(best, value)
        return [n for n, value in enumerate(values) if value == best or value != value][0]

    return found


def argmax(a, axis=None, keepdims=False, **others):
    _refuse("argmax", others)
    return _reduced(a, axis, keepdims, _best("argmax", _larger), INT)


def argmin(a, axis=None, keepdims=False, **others):
    _refuse("argmin", others)
    return _reduced(a, axis, keepdims, _best("argmin", _smaller), INT)


def any(a, axis=None, keepdims=False, **others):
    _refuse("any", others)
    return _reduced(asarray(a).astype(bool), axis, keepdims, builtins.any, BOOL)


def all(a, axis=None, keepdims=False, **others):
    _refuse("all", others)
    return _reduced(asarray(a).astype(bool), axis, keepdims, builtins.all, BOOL)


def count_nonzero(a, **others):
    _refuse("count_nonzero", others)
    return _scalar(len([value for value in asarray(a)._values() if value]), INT)


# ---- Shapes.


def shape(a):
    return asarray(a)._shape


def ndim(a):
    return asarray(a).ndim


def size(a, axis=None):
    return asarray(a).size if axis is None else shape(a)[axis]


def transpose(a, axes=None):
    a = asarray(a)
    order = tuple(reversed(range(a.ndim))) if axes is None else _shape(axes)
    if len(order) != a.ndim:
        raise ValueError("axes don't match array")
    order = [_axis(one, a.ndim) for one in order]
    if len(set(order)) < len(order):
        raise ValueError("repeated axis in transpose")
    return a._view([a._shape[n] for n in order], [a._strides[n] for n in order])


def reshape(a, shape, **others):
    _refuse("reshape", others)
    a = asarray(a)
    shape = list(_shape(shape))
    text = "cannot reshape array of size {} into shape {}".format(a.size, _text(shape))
    if shape.count(-1) > 1:
        raise ValueError("can only specify one unknown dimension")
    if builtins.any(length < -1 for length in shape):
        raise Lacking("reshape with a negative length")
    if -1 in shape:
        at, rest = shape.index(-1), _count([n for n in shape if n != -1])
        if not rest or a.size % rest:
            raise ValueError(text)
        shape[at] = a.size // rest
    if _count(shape) != a.size:
        raise ValueError(text)
    strides = _rows(shape) if a._is_in_rows() else _regrouped(a._shape, a._strides, shape)
    if strides is None:
        return ndarray(a._values(), tuple(shape), a.dtype)
    return a._view(shape, strides)


def _regrouped(old, steps, new):
    """Return the strides with which a view has a new shape, or None if it has to be a copy."""
    pairs = [(n, step) for n, step in zip(old, steps) if n != 1]
    strides, left = [], list(new)
    while pairs:
        lengths, group = 1, []
        (have, step), pairs = pairs[0], pairs[1:]
        while not group or have != lengths:
            if left and (lengths < have or left[0] == 1):
                group.append(left[0])
                lengths *= left.pop(0)
            elif pairs and lengths > have:
                # Two axes are one if the first steps over the whole of the second.
                if step != pairs[0][0] * pairs[0][1]:
                    return None
                (more, step), pairs = pairs[0], pairs[1:]
                have *= more
            else:
                return None
        strides += [step * one for one in _rows(group)]
    return strides + [0] * len(left)


def ravel(a, **others):
    _refuse("ravel", others)
    a = asarray(a)
    if a._is_in_rows():
        return a._view((a.size,), (1,))
    return ndarray(a._values(), (a.size,), a.dtype)


def squeeze(a, axis=None, **others):
    _refuse("squeeze", others)
    a = asarray(a)
    axes = axis if isinstance(axis, tuple) else (axis,)
    gone = [_axis(one, a.ndim) for one in axes if one is not None]
    if axis is None:
        gone = [n for n, length in enumerate(a._shape) if length == 1]
    for one in gone:
        if a._shape[one] != 1:
            raise ValueError("cannot select an axis to squeeze out which has size not equal to one")
    kept = [n for n in range(a.ndim) if n not in gone]
    return a._view([a._shape[n] for n in kept], [a._strides[n] for n in kept])


def expand_dims(a, axis):
    a = asarray(a)
    axes = axis if isinstance(axis, tuple) else (axis,)
    new = [_axis(one, a.ndim + len(axes)) for one in axes]
    if len(set(new)) < len(new):
        raise ValueError("repeated axis")
    pairs = list(zip(a._shape, a._strides))
    pairs = [(1, 0) if n in new else pairs.pop(0) for n in range(a.ndim + len(axes))]
    return a._view([length for length, _ in pairs], [step for _, step in pairs])


def concatenate(arrays, axis=0, **others):
    _refuse("concatenate", others)
    parts = [asarray(one) for one in arrays]
    if not parts:
        raise ValueError("need at least one array to concatenate")
    if axis is None:
        parts, axis = [one.ravel() for one in parts], 0
    first = parts[0]
    if builtins.any(not one.ndim for one in parts):
        raise ValueError("zero-dimensional arrays cannot be concatenated")
    axis = _axis(axis, first.ndim)
    for n, one in enumerate(parts):
        if one.ndim != first.ndim:
            raise ValueError(
                "all the input arrays must have same number of dimensions, but the array at index "
                "0 has {} dimension(s) and the array at index {} has {} dimension(s)".format(
                    first.ndim, n, one.ndim
                )
            )
        for place in range(one.ndim):
            if place != axis and one._shape[place] != first._shape[place]:
                raise ValueError(
                    "all the input array dimensions except for the concatenation axis must match "
                    "exactly, but along dimension {}, the array at index 0 has size {} and the "
                    "array at index {} has size {}".format(
                        place, first._shape[place], n, one._shape[place]
                    )
                )
    shape = list(first._shape)
    shape[axis] = builtins.sum(one._shape[axis] for one in parts)
    made = zeros(shape, _highest(*[one.dtype for one in parts]))
    at = 0
    for one in parts:
        made[(WHOLE,) * axis + (SLICE[at : at + one._shape[axis]],)] = one
        at += one._shape[axis]
    return made


def stack(arrays, axis=0, **others):
    _refuse("stack", others)
    parts = [asarray(one) for one in arrays]
    if not parts:
        raise ValueError("need at least one array to stack")
    if len({one._shape for one in parts}) > 1:
        raise ValueError("all input arrays must have the same shape")
    return concatenate([expand_dims(one, axis) for one in parts], _axis(axis, parts[0].ndim + 1))


def _in_two(a):
    a = asarray(a)
    return a.reshape((1, a.size)) if a.ndim < 2 else a


def vstack(tup, **others):
    _refuse("vstack", others)
    return concatenate([_in_two(one) for one in tup], 0)


def hstack(tup, **others):
    _refuse("hstack", others)
    parts = [asarray(one) for one in tup]
    parts = [one if one.ndim else one.reshape((1,)) for one in parts]
    return concatenate(parts, 0 if parts and parts[0].ndim == 1 else 1)


# ---- Products.


def _product(a, b):
    """Return the product of two matrices."""
    (n, k), m = a._shape, b._shape[1]
    kind = _highest(a.dtype, b.dtype)
    left = _converted(a._values(), a.dtype, kind)
    right = _converted(b.T._values(), b.dtype, kind)
    rows = [left[i * k : (i + 1) * k] for i in range(n)]
    columns = [right[j * k : (j + 1) * k] for j in range(m)]
    if kind is BOOL:
        values = [
            builtins.any(x and y for x, y in zip(row, column)) for row in rows for column in columns
        ]
        return ndarray(values, (n, m), kind)
    zero = kind.plain(0)
    values = [
        builtins.sum([x * y for x, y in zip(row, column)], zero)
        for row in rows
        for column in columns
    ]
    return ndarray(list(map(_wrapped, values)) if kind is INT else values, (n, m), kind)


def _multiplied(a, b):
    """Return the product of vectors and matrices whose lengths agree."""
    rows = a if a.ndim == 2 else a.reshape((1, a.size))
    columns = b if b.ndim == 2 else b.reshape((b.size, 1))
    found = _product(rows, columns)
    return _array(found._memory, a._shape[:-1] + b._shape[1:], found.dtype)


def dot(a, b, **others):
    _refuse("dot", others)
    if isinstance(a, (type(None), dict)) or isinstance(b, (type(None), dict)):
        return multiply(a, b)
    a, b = asarray(a), asarray(b)
    if not a.ndim or not b.ndim:
        return multiply(a, b)
    if a._shape[-1] != b._shape[-2:][0]:
        raise ValueError(
            "shapes {} and {} not aligned: {} (dim {}) != {} (dim {})".format(
                _text(a._shape),
                _text(b._shape),
                a._shape[-1],
                a.ndim - 1,
                b._shape[-2:][0],
                builtins.max(0, b.ndim - 2),
            )  # fmt: skip
        )
    if a.ndim > 2 or b.ndim > 2:
        raise Lacking("np.dot of more than two axes")
    return _multiplied(a, b)


SIGNATURE = "(n?,k),(k,m?)->(n?,m?)"


def matmul(a, b, **others):
    _refuse("matmul", others)
    a, b = [asarray(1) if one is None or isinstance(one, dict) else asarray(one) for one in (a, b)]
    for place, one in enumerate((a, b)):
        if not one.ndim:
            raise ValueError(
                "matmul: Input operand {} does not have enough dimensions (has 0, gufunc core "
                "with signature {} requires 1)".format(place, SIGNATURE)
            )
    if a._shape[-1] != b._shape[-2:][0]:
        raise ValueError(
            "matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature "
            "{} (size {} is different from {})".format(SIGNATURE, b._shape[-2:][0], a._shape[-1])
        )
    if a.ndim > 2 or b.ndim > 2:
        raise Lacking("operator @ of more than two axes")
    return _multiplied(a, b)


def outer(a, b, **others):
    _refuse("outer", others)
    return multiply(ravel(a).reshape((-1, 1)), ravel(b).reshape((1, -1)))


class _Linalg:
    """Module numpy.linalg."""

    def norm(self, x, ord=None, axis=None, keepdims=False):
        x = asarray(x)
        if ord is not None and not (ord == 2 and (x.ndim == 1 or isinstance(axis, int))):
            raise Lacking("np.linalg.norm(..., ord={!r})".format(ord))
        if isinstance(axis, tuple) and len(axis) > 2:
            raise ValueError("Improper number of dimensions to norm.")
        return sqrt(sum(square(x.astype(float)), axis, keepdims=keepdims))

    def __getattr__(self, name):
        raise _missing(name, "numpy.linalg", "module 'numpy.linalg'", "np.linalg")


linalg = _Linalg()


# ---- Comparisons of whole arrays.


def isclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    a, b = asarray(a), asarray(b)
    both = logical_and(isnan(a), isnan(b)) if equal_nan else False
    near = less_equal(
        absolute(subtract(a.astype(float), b)), atol + rtol * absolute(b.astype(float))
    )
    finite = logical_or(logical_and(near, isfinite(b)), equal(a, b))
    return logical_or(finite, both)


def allclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    return bool(all(isclose(a, b, rtol, atol, equal_nan)))


def array_equal(a1, a2, **others):
    _refuse("array_equal", others)
    a1, a2 = asarray(a1), asarray(a2)
    return a1._shape == a2._shape and bool(all(equal(a1, a2)))


class errstate:
    """Numpy's warnings are not given here, so there is nothing to switch off."""

    def __init__(self, **others):
        pass

    def __enter__(self):
        return None

    def __exit__(self, *error):
        return False


# ---- Printing.


def _exact(x, decimals):
    """Return a float times a power of ten, rounded to the nearest even, without any error."""
    mantissa, exponent = math.frexp(abs_(x))
    above = int(mantissa * 2**53) * 10 ** builtins.max(decimals, 0)
    above, below = above * 2 ** builtins.max(exponent - 53, 0), 2 ** builtins.max(53 - exponent, 0)
    below *= 10 ** builtins.max(-decimals, 0)
    whole, rest = divmod(above, below)
    return whole + (2 * rest > below or (2 * rest == below and whole % 2))


def _digits(x):
    """Return the fewest digits that tell a float from all others, and the power of the first."""
    mantissa, _, exponent = repr(abs_(x)).partition("e")
    whole, _, decimals = mantissa.partition(".")
    digits = (whole + decimals).lstrip("0")
    power = int(exponent or 0) + len(whole) - 1 - (len(whole + decimals) - len(digits))
    if len(digits) > 15:
        # The repr of MicroPython has sometimes a digit too many.
        for count in range(1 if abs_(x) < 1e-300 else 15, 18):
            found = str(_exact(x, count - 1 - power))
            if float("{}e{}".format(found, power + 1 - count)) == abs_(x):
                power += len(found) - count
                digits = found
                break
    return digits.rstrip("0") or "0", power


def _float_text(x):
    """Return a float as Python and numpy write it alone."""
    if x != x or math.isinf(x):
        return "nan" if x != x else "inf" if x > 0 else "-inf"
    sign = "-" if math.copysign(1, x) < 0 else ""
    digits, power = _digits(x) if x else ("0", 0)
    if not -4 <= power < 16:
        rest = "." + digits[1:] if len(digits) > 1 else ""
        return "{}{}{}e{}{}".format(sign, digits[0], rest, "-" if power < 0 else "+", _two(power))
    if power < 0:
        return sign + "0." + "0" * (-power - 1) + digits
    digits += "0" * (power + 1 - len(digits))
    return sign + digits[: power + 1] + "." + (digits[power + 1 :] or "0")


def _two(power):
    power = str(abs_(power))
    return "0" * (2 - len(power)) + power


def _padded(left, text, right=0):
    return " " * (left - len(text)) + text + " " * right


def _formats(values, kind, alone):
    """Return the function that writes each entry of an array, all as wide."""
    if kind is BOOL:
        return lambda value: str(value) if alone else _padded(5, str(value))
    if kind is INT:
        wide = builtins.max(len(str(value)) for value in values)
        return lambda value: _padded(wide, str(value))
    some = [value for value in values if value == value and not math.isinf(value)]
    sizes = [abs_(value) for value in some if value]
    powers = bool(sizes) and (
        builtins.max(sizes) >= 1e8
        or builtins.min(sizes) < 1e-4
        or builtins.max(sizes) / builtins.min(sizes) > 1000
    )
    parts = {value: (_scientific(value) if powers else _positional(value)) for value in some}
    before = builtins.max([len(_signed(v, one[0])) for v, one in parts.items()] + [0])
    after = builtins.max([len(one[1]) for one in parts.values()] + [0])
    tail = builtins.max([len(one[2]) for one in parts.values()] + [0])
    others = [_float_text(value) for value in values if value != value or math.isinf(value)]
    before = builtins.max([before] + [len(text) - after - tail - 1 for text in others])

    def written(value):
        if value not in parts:
            return _padded(before + after + tail + 1, _float_text(value))
        whole, decimals, exponent = parts[value]
        whole = _signed(value, whole)
        if powers:
            return (
                _padded(before, whole) + "." + decimals + "0" * (after - len(decimals)) + exponent
            )
        return _padded(before, whole) + "." + decimals + " " * (after - len(decimals))

    return written


def _signed(value, whole):
    return ("-" if math.copysign(1, value) < 0 else "") + whole


def _positional(x):
    """Return a float before and after its point, to eight decimals at most."""
    digits, power = _digits(x) if x else ("0", 0)
    if len(digits) - 1 - power > 8:
        digits = str(_exact(x, 8))
        digits = "0" * (9 - len(digits)) + digits
        return digits[:-8], digits[-8:].rstrip("0"), ""
    digits = "0" * -power + digits if power < 0 else digits + "0" * (power + 1 - len(digits))
    whole = builtins.max(power, 0) + 1
    return digits[:whole], digits[whole:].rstrip("0"), ""


def _scientific(x):
    """Return a float before and after the point of its mantissa, and the exponent."""
    digits, power = _digits(x) if x else ("0", 0)
    if len(digits) > 9:
        digits = str(_exact(x, 8 - power))
        power += len(digits) - 9
        digits = digits.rstrip("0")
    return digits[0], digits[1:], "e{}{}".format("-" if power < 0 else "+", _two(power))


def _printed(array, separator, prefix):
    """Return the text of an array, in lines of 75 signs."""
    most, edge = 1000, 3
    if not array.size:
        return "[]"
    short = array.size > most
    shown = array
    if short:
        for axis, length in enumerate(array._shape):
            if length > 2 * edge:
                kept = list(range(edge)) + list(range(length - edge, length))
                shown = shown[(WHOLE,) * axis + (kept,)]
    written = _formats(shown._values(), array.dtype, not array.ndim)
    width = 75 - (1 if prefix else 0)

    def lines(part, indent, width):
        if not part.ndim:
            return written(part.item())
        rows = [asarray(part[n]) for n in range(len(part))]
        gap = short and array._shape[array.ndim - part.ndim] > 2 * edge
        words = [lines(row, indent + " ", width - 1) for row in rows]
        if gap:
            words[edge:edge] = ["..."]
        text = ""
        if part.ndim == 1:
            line, room = indent, width - builtins.max(len(separator.rstrip()), 1)
            for n, word in enumerate(words):
                if len(line) + len(word) > room and len(line) > len(indent):
                    text += line.rstrip() + "\n"
                    line = indent
                line += word + (separator if n < len(words) - 1 else "")
            text += line
        else:
            between = separator.rstrip() + "\n" * (part.ndim - 1)
            for n, word in enumerate(words):
                last = n == len(words) - 1
                end = "" if last else "\n" * (part.ndim - 1) if word == "..." else between
                if word == "...":
                    end = between
                text += indent + word + end
        return "[" + text[len(indent) :] + "]"

    return lines(shown, " " + " " * len(prefix), width)
