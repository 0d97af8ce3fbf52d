"""What a reader's code has in place of what MicroPython takes otherwise than Python.

`WORDS` are names of its scope; those with a prefix are put there by adapted.js.
"""

import math
import sys
from collections import OrderedDict
from copy import deepcopy

import numpy as np

NUMBERS = (np.ndarray, np.generic)


class _Left:
    """What stands on the left of a comparison; see adapted.js."""

    def __init__(self, value):
        self.value = value

    def __lt__(self, other):
        other = getattr(other, "value", other)
        return other > self.value if isinstance(other, NUMBERS) else self.value < other

    def __le__(self, other):
        other = getattr(other, "value", other)
        return other >= self.value if isinstance(other, NUMBERS) else self.value <= other

    def __gt__(self, other):
        other = getattr(other, "value", other)
        return other < self.value if isinstance(other, NUMBERS) else self.value > other

    def __ge__(self, other):
        other = getattr(other, "value", other)
        return other <= self.value if isinstance(other, NUMBERS) else self.value >= other


UPDATES = {
    "mul": lambda one, other: one * other,
    "truediv": lambda one, other: one / other,
    "floordiv": lambda one, other: one // other,
    "mod": lambda one, other: one % other,
    "pow": lambda one, other: one**other,
    "matmul": lambda one, other: one @ other,
    "and": lambda one, other: one & other,
    "or": lambda one, other: one | other,
    "xor": lambda one, other: one ^ other,
}
"""What changes an object in place, by what its methods are called."""


class _Update:
    """What is multiplied in place, and the like; MicroPython adds and subtracts in place alone."""

    def __init__(self, name, value):
        self.name, self.value = name, value

    def __radd__(self, other):
        return UPDATES[self.name](other, self.value)


def _updated(add, update):
    """Return what adds, or does with an update what it says."""
    return lambda self, other: (update if isinstance(other, _Update) else add)(self, other)


np.ndarray.__iadd__ = _updated(
    np.ndarray.__iadd__, lambda self, other: getattr(self, f"__i{other.name}__")(other.value)
)
np.generic.__add__ = _updated(np.generic.__add__, lambda self, other: other.__radd__(self))


NATIVE = dict


class dict(OrderedDict):
    """A dictionary that keeps its order, as those of Python do; made of others and of pairs."""

    def __init__(self, *some, **named):
        super().__init__()
        self.update(*some, **named)

    @classmethod
    def fromkeys(cls, keys, value=None):
        return cls([(key, value) for key in keys])

    def update(self, *some, **named):
        for one in some + (named,):
            for key, value in one.items() if isinstance(one, NATIVE) else one:
                self[key] = value

    def __repr__(self):
        entries = [f"{key!r}: {value!r}" for key, value in self.items()]
        return "{" + ", ".join(entries) + "}"

    __str__ = __repr__

    def __eq__(self, other):
        if not isinstance(other, NATIVE) or len(self) != len(other):
            return False
        return all([key in other and other[key] == value for key, value in self.items()])

    def __or__(self, other):
        return dict(self, other)

    def __iadd__(self, update):
        if not isinstance(update, _Update) or update.name != "or":
            return NATIVE() + update
        self.update(update.value)
        return self

    def copy(self):
        return dict(self)

    __copy__ = copy

    def __deepcopy__(self, memo):
        return dict([(key, deepcopy(value, memo)) for key, value in self.items()])


class _Steps:
    """A list, a tuple or a text, of which MicroPython makes no slice with a step."""

    def __init__(self, value):
        self.value = value

    def __getitem__(self, key):
        some = [self.value[n] for n in range(*key.indices(len(self.value)))]
        kind = type(self.value)
        return "".join(some) if kind is str else kind(some)


def _plain(value):
    """Return a number of numpy's as one of Python's, alone or in a tuple."""
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    return value.item() if isinstance(value, np.generic) else value


def _number(kind):
    def made(*given):
        if given and isinstance(given[0], np.ndarray):
            if given[0].ndim:
                raise TypeError("only 0-dimensional arrays can be converted to Python scalars")
            given = (given[0].item(),)
        return kind(*map(_plain, given))

    return made


def _extreme(choose):
    def chosen(*given, key=None, **others):
        some = given[0] if len(given) == 1 else given
        keys = [_Key(key(one) if key else one) for one in some]
        if not keys:
            return choose((), **others)
        best = choose(range(len(keys)), key=lambda place: keys[place])
        return list(some)[best]

    return chosen


class _Key:
    """What max and min compare."""

    def __init__(self, value):
        self.value = value

    def __lt__(self, other):
        return bool(_Left(self.value) < other.value)

    def __gt__(self, other):
        return bool(_Left(self.value) > other.value)


def _isinstance(value, kinds):
    kinds = kinds if isinstance(kinds, tuple) else (kinds,)
    kinds = tuple([NATIVE if kind is dict else kind for kind in kinds])
    if (isinstance(value, bool) and int in kinds) or (
        isinstance(value, np.float64) and float in kinds
    ):
        return True
    return isinstance(value, kinds)


def _round(number, digits=None):
    if isinstance(number, np.ndarray):
        raise TypeError("type numpy.ndarray doesn't define __round__ method")
    if digits is None or not isinstance(number, (float, np.float64)):
        return round(_plain(number)) if digits is None else number
    return np.rounded(_plain(number), digits)


class _Math:
    """Module math, for numbers of numpy's as well."""

    def __getattr__(self, name):
        found = getattr(math, name)
        if not callable(found):
            return found
        return lambda *given: found(*[_number(lambda one: one)(one) for one in given])


WORDS = {
    "__backcheck_left": lambda value: value if isinstance(value, NUMBERS) else _Left(value),
    "__backcheck_steps": lambda value: (
        _Steps(value) if type(value) in (list, tuple, str) else value
    ),
    "__backcheck_update": _Update,
    "__backcheck_list": lambda *some: list(some),
    "__backcheck_tuple": lambda *some: some,
    "__backcheck_dict": dict,
    "__backcheck_plain": _plain,
    "__backcheck_format": lambda text, *given, **named: text.format(
        *map(_plain, given), **{name: _plain(value) for name, value in named.items()}
    ),
    "__backcheck_float": _number(float),
    "__backcheck_int": _number(int),
    "dict": dict,
    "isinstance": _isinstance,
    "max": _extreme(max),
    "min": _extreme(min),
    "round": _round,
}
"""What a reader's code has in place of MicroPython's own, which knows no numbers of numpy's."""


class _Hint:
    """What hints of types are made of."""

    def __getattr__(self, name):
        return self

    def __getitem__(self, key):
        return self


sys.modules["math"] = _Math()
sys.modules["typing"] = sys.modules["__future__"] = _Hint()
