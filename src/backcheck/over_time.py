r"""Loops over time, which are written once and read as the lines of every step.

::

    for t in 2, 1, 0:
        da_prev[t] = Waa.T @ dz[t]

What a loop calls ``x[t]`` is ``x_t1`` at the first step, where t is 0, as the course's x<1>, and
``x_t0`` is what stands before it.
"""

import re
from functools import cache
from textwrap import dedent

_AT = re.compile(r"_t(\d+)$")


def unrolled(text: str) -> str:
    r"""Return a text with its loops over time written out.

    >>> print(unrolled("for t in 1, 0:\n    dx[t] = da[:, :, t] + dx[t+1]\n"), end="")
    dx_t2 = da[:, :, 1] + dx_t3
    dx_t1 = da[:, :, 0] + dx_t2
    """

    def steps(loop: re.Match[str]) -> str:
        return "".join(re.sub(r"\bt\b", t, dedent(loop[2])) for t in loop[1].split(", "))

    text = re.sub(r"for t in (.+):\n((?: .*\n)+)", steps, text)
    at = re.compile(r"(?<!shape)\[(-?\d)([+-]1)?\]")
    return at.sub(lambda found: f"_t{int(found[1]) + int(found[2] or 0) + 1}", text)


@cache
def time(name: str) -> int:
    """Return the number of the step that a name belongs to, 0 for none."""
    found = _AT.search(name)
    return int(found[1]) if found else 0


def stem(name: str) -> str:
    """Return the name that a loop has for what a step of it computes."""
    return _AT.sub("", name) if time(name) else name


def cell_of(function: str) -> str:
    """Return the name of the function that a loop over time calls at each step.

    >>> cell_of("rnn_backward")
    'rnn_cell_backward'
    """
    return function.replace("_backward", "_cell_backward")


def in_loop(text: str, name: str) -> str:
    """Return a line as its loop has it, by the name it computes; after a loop, step by step.

    >>> in_loop("da_next_t2 = da[:, :, 1] + da_prev_t3", "da_next_t2")
    'da_next[t] = da[:, :, t] + da_prev[t+1]'
    """
    own = time(name)

    def index(number: int) -> str:
        return f"t{number - own:+}".removesuffix("+0") if own else str(number - 1)

    # No \b: in mathematics a power follows.
    text = re.sub(r"_t([0-9]+)", lambda found: f"[{index(int(found[1]))}]", text)
    return re.sub(r"(?<=\[:, :, )\d+", lambda found: index(int(found[0]) + 1), text)
