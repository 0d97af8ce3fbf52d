"""The published tests, as data, with their arrays regenerated from seed and draw order.

A **fixture** is what a published test hands over: inputs, a cache, and the outputs it
expects. Each one is a table in ``published/*.toml``; this module reads it, draws its random
numbers in the published order, and compares outputs by the test's own rule.
"""

import difflib
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from backcheck.arrays import Array, numeric
from backcheck.program import Known, Program, parse
from backcheck.relations import Layer, broken, residuals

RULES = {
    # np.allclose with its defaults, as in the asserts of Week 3 edition C.
    "allclose": (1e-8, 1e-5),
    # np.testing.assert_array_almost_equal with its default of 6 decimals.
    "decimal": (1.5e-6, 0.0),
    # Printed by the notebook and compared by eye: equal up to one unit of the 8th decimal,
    # which the rounding of the cached literals can cause by itself.
    "printed": (1e-8, 0.0),
    # The tests made by backcheck.fair: twenty times the rounding of 8 decimals.
    "absolute": (1e-7, 0.0),
}
"""The absolute and relative tolerance by which tests decide that an output equals the
expected one: abs(got - want) <= absolute + relative * abs(want), for every entry."""


PREFIXES = ("sigmoid_", "relu_")
"""How outputs and steps are told apart where one test runs a layer once for each activation."""


def prefix(name: str) -> str:
    """Return the member of `PREFIXES` that a name starts with, or ``""``.

    Examples
    --------
    >>> prefix("relu_dW"), prefix("dW1")
    ('relu_', '')
    """
    return next((known for known in PREFIXES if name.startswith(known)), "")


@dataclass(frozen=True)
class Comparison:
    """How one edition of a test judges outputs.

    Parameters
    ----------
    edition : str
        Which edition of the test.
    rule : str
        A key of `RULES`.
    outputs : tuple of str
        The outputs in the order of the asserts: the first failure is what a learner sees.
    exact_keys : bool
        Whether an output beyond `outputs` fails the test too.
    """

    edition: str
    rule: str
    outputs: tuple[str, ...]
    exact_keys: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a test says of some outputs.

    Parameters
    ----------
    failures : tuple of str
        The failing asserts, in the order of `Comparison.outputs`.
    error : str
        The exception that stopped the function before any assert, or "".

    Examples
    --------
    >>> print(Outcome(()))
    passes
    >>> print(Outcome(("Wrong values for dW1", "Wrong values for db1")))
    fails: Wrong values for dW1, Wrong values for db1
    """

    failures: tuple[str, ...]
    error: str = ""

    @property
    def word(self) -> str:
        """The outcome in one word: passes, fails, or error."""
        if self.error:
            return "error"
        return "fails" if self.failures else "passes"

    def __str__(self) -> str:
        details = self.error or ", ".join(self.failures)
        return f"{self.word}: {details}" if details else self.word


@dataclass(frozen=True, eq=False)
class Fixture:
    """One test: a published one, or one made here.

    Parameters
    ----------
    id : str
        Its name in this package, such as ``"c1w4_L_model_backward_v2"``.
    title, course, function, found_in : str
        What it is called here, where it belongs, what it tests, and where it was found.
    sources : tuple of str
        Public copies and forum threads that show it.
    seed : int or None
        Seed of numpy's legacy generator, or None if every array is spelled out.
    draws : tuple of dict
        Name and shape of each ``randn`` draw, in order, with ``scale`` where it is
        multiplied by a number, ``greater_than`` where the test turns the draw into booleans,
        ``integer`` where these become 0 and 1, and ``published_as`` where the test names
        the array differently.
    layers : tuple of Layer
        What the arrays are to each other in a forward pass.
    program : Program
        The backward pass whose outputs the test accepts.
    comparisons : tuple of Comparison
        The editions of the test, oldest first.
    arrays : dict
        The regenerated inputs and cache, read-only. A single number, such as ``keep_prob``,
        is an array without axes.
    expected : dict
        The published outputs, read-only.
    also_called : tuple of dict
        Other names a step is printed under, one dict for each habit or older edition.
    """

    id: str
    title: str
    course: str
    function: str
    found_in: str
    sources: tuple[str, ...]
    seed: int | None
    draws: tuple[dict[str, Any], ...]
    layers: tuple[Layer, ...]
    program: Program
    comparisons: tuple[Comparison, ...]
    arrays: dict[str, Array] = field(repr=False)
    expected: dict[str, Array] = field(repr=False)
    also_called: tuple[dict[str, str], ...] = ()

    def residuals(self) -> dict[str, float]:
        """Return the residual of each relation the arrays can be held against."""
        return residuals(self.arrays, self.layers)

    def broken(self) -> dict[str, float]:
        """Return the relations of a forward pass that this fixture breaks."""
        return broken(self.arrays, self.layers)

    def run(self, **forms: str) -> dict[str, Any]:
        """Run the backward pass on this fixture, with some steps in another form.

        Parameters
        ----------
        **forms : str
            The new expression for each named step; see `backcheck.program.parse`.

        Returns
        -------
        dict
            The value of every step, by name.

        Examples
        --------
        >>> week4 = load("c1w4_L_model_backward_v2")
        >>> week4.run(dZ2="AL - Y")["dZ2"]
        array([[0.78862847, 0.43650985]])
        """
        return self.program.replace(**forms).run(self.arrays)

    def check(self, **forms: str) -> Outcome:
        """Run the backward pass as `run` does and say how the newest edition judges it.

        A step that numpy cannot carry out on these arrays makes the outcome an error, as it
        would stop the test.

        Raises
        ------
        KeyError
            If the program has no step of a given name, or a form uses an unknown array.
        ValueError
            If a form cannot be parsed.

        Examples
        --------
        >>> print(load("c1w4_L_model_backward_v2").check())
        passes
        >>> print(load("c1w3_bp_public_b").check(dZ1="dA1 * (1 - tanh(Z1) ** 2)"))
        error: dZ1: operands could not be broadcast together with shapes (9,7) (7,9)
        """
        return self.judge(self.program.replace(**forms))

    def judge(self, program: Program) -> Outcome:
        """Run any backward pass on this fixture and say how the newest edition judges it.

        Raises
        ------
        KeyError
            If a step uses an unknown array.

        Examples
        --------
        >>> week4 = load("c1w4_L_model_backward_v2")
        >>> print(week4.judge(week4.program))
        passes
        """
        try:
            values = program.run(self.arrays, self._known)
        except ValueError as error:
            return Outcome((), error=str(error))
        return self.compare({name: values[name] for name in self.comparisons[-1].outputs})

    @cached_property
    def _known(self) -> Known:
        return self.program.known(self.arrays)

    def compare(self, outputs: Mapping[str, ArrayLike], edition: str | None = None) -> Outcome:
        """Judge names, shapes and values by the test's own rule.

        The published tests also assert types first, and all shapes before any value; here
        each output is judged once, in the order in which its value is asserted.

        Parameters
        ----------
        outputs : mapping
            What the learner's function returned, by name.
        edition : str, optional
            Which edition of the test; the newest if not given.

        Raises
        ------
        KeyError
            If there is no such edition.
        ValueError
            If an output is not an array of numbers; nan and inf are wrong values, not errors.

        Examples
        --------
        >>> week4 = load("c1w4_L_model_backward_v2")
        >>> print(week4.compare(week4.expected))
        passes
        >>> print(week4.compare({**week4.expected, "dA2": [[0.0]]}))
        fails: Unexpected output dA2
        """
        comparison = self._comparison(edition)
        failures = [self._failure(name, outputs, comparison) for name in comparison.outputs]
        if comparison.exact_keys:
            extra = [name for name in outputs if name not in comparison.outputs]
            failures += [f"Unexpected output {name}" for name in extra]
        return Outcome(tuple(failure for failure in failures if failure))

    def _failure(
        self, name: str, outputs: Mapping[str, ArrayLike], comparison: Comparison
    ) -> str | None:
        if name not in outputs:
            return f"No output {name}"
        got, want = numeric(name, outputs[name]), self.expected[name]
        if got.shape != want.shape:
            return f"Wrong shape for {name}"
        absolute, relative = RULES[comparison.rule]
        near = np.abs(got - want) <= absolute + relative * np.abs(want)
        return None if np.all(near) else f"Wrong values for {name}"

    def _comparison(self, edition: str | None) -> Comparison:
        if edition is None:
            return self.comparisons[-1]
        for comparison in self.comparisons:
            if comparison.edition == edition:
                return comparison
        known = ", ".join(comparison.edition for comparison in self.comparisons)
        raise KeyError(f"{self.id} has no edition {edition!r}; it has {known}.")


def ids(course: str = "") -> tuple[str, ...]:
    """Return the id of every fixture, week by week and oldest edition first.

    Parameters
    ----------
    course : str
        Keep only the fixtures of this course, or of this week of it.

    Examples
    --------
    >>> ids()[:2]
    ('c1w3_bp_notebook_v1', 'c1w3_bp_notebook_v2')
    >>> ids("Course 2 Week 1")
    ('c2w1_backward_regularization', 'c2w1_backward_dropout')
    """
    return tuple(id for id, table in _tables().items() if table["course"].startswith(course))


def unknown(id: str, known: Collection[str]) -> KeyError:
    """Return the error for an id that no fixture has, with the known ones, nearest first.

    Examples
    --------
    >>> unknown("c1w4", ["c1w3_bp", "c1w4_L"])
    KeyError("There is no fixture 'c1w4'; known, nearest first: c1w4_L, c1w3_bp.")
    """
    nearest = ", ".join(difflib.get_close_matches(id, known, n=len(known), cutoff=0.0))
    return KeyError(f"There is no fixture {id!r}; known, nearest first: {nearest}.")


@cache
def load(id: str) -> Fixture:
    """Return the fixture called `id`, its arrays drawn from its seed.

    The draws come from a generator of their own: numpy's global random state is neither
    read nor changed. Later calls return the same, read-only fixture.

    Raises
    ------
    KeyError
        If there is no such fixture; the message names the known ones, nearest first.

    Examples
    --------
    >>> load("c1w4_L_model_backward_v2").arrays["AL"]
    array([[1.78862847, 0.43650985]])
    """
    tables = _tables()
    if id not in tables:
        raise unknown(id, tables)
    table = tables[id]
    return Fixture(
        id=id,
        title=table["title"],
        course=table["course"],
        function=table["function"],
        found_in=table["found_in"],
        sources=tuple(table["sources"]),
        seed=table.get("seed"),
        draws=tuple(table.get("draws", ())),
        layers=tuple(Layer(**layer) for layer in table.get("layers", ())),
        program=parse(table["program"]),
        comparisons=tuple(
            Comparison(**{**entry, "outputs": tuple(entry["outputs"])})
            for entry in table["comparisons"]
        ),
        arrays=_arrays(table),
        expected={name: _frozen(value) for name, value in table["expected"].items()},
        also_called=tuple(table.get("also_called", ())),
    )


@cache
def _tables() -> dict[str, dict[str, Any]]:
    tables: dict[str, dict[str, Any]] = {}
    folder = resources.files("backcheck") / "published"
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            for id, table in tomllib.loads(file.read_text(encoding="utf-8")).items():
                tables[id] = {**tables.get(table.get("based_on", ""), {}), **table}
    return tables


def _arrays(table: Mapping[str, Any]) -> dict[str, Array]:
    arrays = drawn(table["seed"], table["draws"]) if "seed" in table else {}
    return arrays | {name: _frozen(value) for name, value in table["literals"].items()}


def drawn(seed: int, draws: Iterable[Mapping[str, Any]]) -> dict[str, Array]:
    """Return the arrays that a test draws, by name; see `Fixture.draws`.

    Examples
    --------
    >>> drawn(1, [{"name": "Y", "shape": [1, 3], "greater_than": 0}])["Y"]
    array([[ True, False, False]])
    """
    # RandomState is the generator behind np.random.seed and np.random.randn; numpy keeps
    # its stream frozen, so the same seed gives these digits in every version.
    generator = np.random.RandomState(seed)
    arrays = {}
    for one in draws:
        value = one.get("scale", 1) * generator.randn(*one["shape"])
        if "greater_than" in one:
            value = value > one["greater_than"]
            value = value.astype(int) if one.get("integer") else value
        arrays[one["name"]] = _frozen(value)
    return arrays


def _frozen(value: ArrayLike) -> Array:
    array = np.array(value)
    array.setflags(write=False)
    return array
