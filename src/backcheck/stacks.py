"""Many arrays of one shape at once, so that numpy carries an operation out for all of them.

A program that is run again and again with one step changed spends its time between numpy's
calls, not in them: the arrays have a dozen entries. A `Stack` puts the arrays of many programs
one behind the other. `STACKED` has every operation of `backcheck.program.OPERATIONS` for
stacks, with numpy's own rules for vectors and numbers, which are not those for matrices.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from backcheck.arrays import Array
from backcheck.program import OPERATIONS, SUMS


@dataclass(frozen=True, eq=False, slots=True)
class Stack:
    """Arrays of one shape.

    Parameters
    ----------
    matrices : numpy.ndarray
        The arrays along the first axis, each written as a matrix: a vector as a row, a number
        as a single entry.
    axes : int
        How many axes each array has: 2, or 1 for vectors, or 0 for numbers.
    """

    matrices: Array
    axes: int

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of each array.

        Examples
        --------
        >>> Stack(np.zeros((5, 1, 3)), axes=1).shape
        (3,)
        """
        return self.matrices.shape[3 - self.axes :]

    @property
    def arrays(self) -> Array:
        """The arrays as they are, along the first axis."""
        return self.matrices.reshape(-1, *self.shape)

    def __len__(self) -> int:
        return len(self.matrices)

    def __getitem__(self, places: Any) -> "Stack":
        return Stack(self.matrices[places], self.axes)


def matrices(value: Any) -> Any:
    """Return the matrices of a stack; or an array as a matrix, which is the same for all."""
    return value.matrices if isinstance(value, Stack) else np.atleast_2d(value)


def axes(value: Any) -> int:
    """Return how many axes an array has, or each array of a stack."""
    return value.axes if isinstance(value, Stack) else np.ndim(value)


def _entrywise(operation: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *operands: Stack(operation(*map(matrices, operands)), max(map(axes, operands)))


def _product(left: Any, right: Any) -> Stack:
    if not axes(left) or not axes(right):
        raise ValueError("Numbers have no matrix product.")
    if axes(right) == 2:
        return Stack(matrices(left) @ matrices(right), axes(left))
    # A vector on the right is a column, and what comes out is a vector again.
    columns = matrices(left) @ np.swapaxes(matrices(right), -1, -2)
    return Stack(np.swapaxes(columns, -1, -2), axes(left) - 1)


def _transpose(stack: Stack) -> Stack:
    return Stack(np.swapaxes(stack.matrices, -1, -2), 2) if stack.axes == 2 else stack


def _length(axis: int) -> Callable[[Stack], int]:
    return lambda stack: stack.shape[axis]


def _sum(axis: int | None = None, keepdims: bool = False) -> Callable[[Stack], Stack]:
    def summed(stack: Stack) -> Stack:
        if axis == 1 and stack.axes < 2:
            raise ValueError("There is no axis 1 to sum over.")
        over = (-2, -1) if axis is None or stack.axes < 2 else axis - 2
        total = np.sum(stack.matrices, axis=over, keepdims=True)
        if keepdims:
            return Stack(total, stack.axes)
        if over == -1:
            return Stack(np.swapaxes(total, -1, -2), 1)
        return Stack(total, 1 if over == -2 else 0)

    return summed


def _or_plain(name: str, operation: Callable[..., Any]) -> Callable[..., Any]:
    def applied(*operands: Any) -> Any:
        stacked = any(isinstance(operand, Stack) for operand in operands)
        return (operation if stacked else OPERATIONS[name])(*operands)

    return applied


STACKED: dict[str, Callable[..., Any]] = {
    **{name: _entrywise(operation) for name, operation in OPERATIONS.items()},
    "@": _product,
    "T": _transpose,
    "shape0": _length(0),
    "shape1": _length(1),
    **{name: _sum(**options) for name, options in SUMS.items()},
}
STACKED = {name: _or_plain(name, operation) for name, operation in STACKED.items()}
"""What each operation of a tree does where some of its operands are stacks."""
