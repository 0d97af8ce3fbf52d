"""The published tests, as data: two programs and some numbers.

A **fixture** is what a published test hands over: inputs, a cache, and the outputs it expects,
with the forward pass that a cache should come from and the backward pass that the test accepts.
Each one is a table in ``published/*.toml``; this module reads it, draws its random numbers in the
published order, and compares outputs by the test's own rule.
"""

import ast
import difflib
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from backcheck import forward as passes
from backcheck.arrays import Array, numeric
from backcheck.forward import SIZES, Layer, kind_and_shape, layers_in
from backcheck.over_time import stem, time, unrolled
from backcheck.program import Known, Program, Tree, parse, write

RULES = {
    # np.allclose with its defaults, as in the asserts of Week 3 edition C.
    "allclose": (1e-8, 1e-5),
    # np.testing.assert_array_almost_equal with its default of 6 decimals.
    "decimal": (1.5e-6, 0.0),
    # Printed by the notebook and compared by eye: equal up to one unit of the 8th decimal,
    # which the rounding of the cached literals can cause by itself.
    "printed": (1e-8, 0.0),
    # The tests made by backcheck.mutants.fair: twenty times the rounding of 8 decimals.
    "absolute": (1e-7, 0.0),
}
"""The absolute and relative tolerance by which tests decide that an output equals the
expected one: abs(got - want) <= absolute + relative * abs(want), for every entry."""

WRONG = "Wrong {what} for {name}"
ABSENT, BEYOND = "No output {name}", "Unexpected output {name}"
"""What a test says of an output."""

DIFFERENCE = "difference"
"""The rule of a gradient check: one number for all outputs, their distance from centred
differences of the cost, has to be close to one of those in `Comparison.near`."""

PREFIXES = ("sigmoid_", "relu_")
"""How outputs and steps are told apart where one test runs a layer once for each activation."""


def prefix(name: str) -> str:
    """Return the member of `PREFIXES` that a name starts with, or ``""``."""
    return next((known for known in PREFIXES if name.startswith(known)), "")


@dataclass(frozen=True)
class Comparison:
    """How one edition of a test judges outputs."""

    edition: str
    rule: str
    outputs: tuple[str, ...]  # in the order of the asserts: learners see the first failure
    bare: bool = False  # whether an output of one entry is expected as a number, without brackets
    # Numbers whose values alone it asserts: np.allclose takes an array for them, entry by entry.
    of_any_shape: tuple[str, ...] = ()
    exact_keys: bool = False  # whether an output beyond them fails the test too
    near: tuple[float, ...] = ()  # of a gradient check, as is the step
    step: float = 0.0


@dataclass(frozen=True)
class Outcome:
    """What a test says of some outputs: the failing asserts, or the exception that stopped it."""

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
    """One test: a published one, or one made here. Its arrays are read-only."""

    id: str
    title: str
    course: str
    function: str
    found_in: str
    sources: tuple[str, ...]  # the public copies and forum threads that show it
    # What the forward pass starts from: its shape, such as "n1 m", after its kind, a member of
    # `backcheck.forward.KINDS`, unless that is "normal".
    given: dict[str, str]
    forward: Program  # down to its cost
    program: Program  # the backward pass whose outputs the test accepts
    comparisons: tuple[Comparison, ...]  # the editions of the test, oldest first
    arrays: dict[str, Array] = field(repr=False)  # inputs and cache; a number has no axes
    expected: dict[str, Array] = field(repr=False)
    seed: int | None = None  # of numpy's legacy generator, or None if every array is spelled out
    # Name and shape of each randn draw, in order; see `drawn`.
    draws: tuple[dict[str, Any], ...] = ()
    # How the test calls the function, such as "dW, db = linear_backward(dZ, (A, W, b))": braces
    # stand for a dictionary by name, and without a left side one is returned.
    call: tuple[str, ...] = ()
    # How the notebook calls the learner's own forward function, whose last output is the cache.
    handed_by: str = ""
    # What a gradient is the derivative by where its name does not say it.
    gradient_of: dict[str, Tree] = field(default_factory=dict)
    # Other names a step is printed under, one dict for each habit or older edition.
    also_called: tuple[dict[str, str], ...] = ()
    # What the notebook's function calls arrays and steps, where these have other names here.
    notebook_names: dict[str, str] = field(default_factory=dict)
    # Lines as an early notebook printed their formulas, where it printed them wrong.
    misprinted: tuple[Program, ...] = ()
    # The single entries that a notebook prints, such as dxt[1][2], where it prints no more.
    entries: dict[str, float] = field(default_factory=dict)
    page: str = ""  # of the book, where its steps are not those of the other tests
    # Where the book explains what its steps compute and those of the other tests do not.
    explains: Mapping[str, str] = field(default_factory=dict)
    is_gradient: bool = True  # whether the numbers it accepts are the gradient of anything
    # Where its function is a loop over layers, a test of it with more of them.
    deeper: "Fixture | None" = None

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """The layers that the forward pass spells out; of a loop, those of its last step."""
        own = layers_in(self.forward)
        return tuple(layer for layer in own if time(layer.Z) == self.last)

    @property
    def is_cell(self) -> bool:
        """Whether it has several gates or inputs, and none of them stands above another."""
        computed = {layer.A for layer in self.layers}
        return len(self.layers) > 1 and computed.isdisjoint(layer.input for layer in self.layers)

    @cached_property
    def last(self) -> int:
        """The number of steps of its loop over time, which a backward pass begins with."""
        # The one after it is what the loop starts from.
        return max(0, *(time(step.name) - 1 for step in self.program.steps))

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of its own arrays, by their names."""
        return {name: np.shape(array) for name, array in self.arrays.items()}

    @cached_property
    def sizes(self) -> dict[str, int]:
        """The sizes of its own arrays: units n0, n1 ... and examples m."""
        found = {
            symbol: size
            for name, said in self.given.items()
            if name in self.arrays
            for symbol, size in zip(kind_and_shape(said)[1], self.arrays[name].shape, strict=False)
        }
        return {symbol: found[symbol] for symbol in SIZES if symbol in found}

    @property
    def drawn_last(self) -> dict[str, str]:
        """The first entry of the last array that its test draws, which depends on all before."""
        names = [one["name"] for one in self.draws if "greater_than" not in one]
        if not names:
            return {}
        value = self.arrays[names[-1]]
        place = ", ".join("0" * value.ndim)
        return {"name": names[-1], "place": place, "value": f"{value.flat[0]:.8f}"}

    def residuals(self) -> dict[str, float]:
        """Return the residual of each relation the arrays can be held against."""
        return passes.residuals(self.arrays, self.forward)

    def broken(self) -> dict[str, float]:
        """Return the relations of a forward pass that this fixture breaks."""
        return passes.broken(self.arrays, self.forward)

    def run(self, **forms: str) -> dict[str, Any]:
        """Return the value of every step on this fixture, some of them in another form, by name.

        >>> load("c1w4_L_model_backward_v2").run(dZ2="AL - Y")["dZ2"]
        array([[0.78862847, 0.43650985]])
        """
        return self.program.replace(**forms).run(self.arrays)

    def check(self, **forms: str) -> Outcome:
        """Run the backward pass as `run` does and say how the newest edition judges it.

        Where numpy cannot carry a step out, the outcome is an error, as it would stop the test.

        >>> print(load("c1w3_bp_public_b").check(dZ1="dA1 * (1 - tanh(Z1) ** 2)"))
        error: dZ1: operands could not be broadcast together with shapes (9,7) (7,9)
        """
        return self.judge(self.program.replace(**forms))

    @cached_property
    def values(self) -> dict[str, Any]:
        """Its arrays, and the value of every step of its program."""
        return {**self.arrays, **self.program.run(self.arrays)}

    def judge(self, program: Program) -> Outcome:
        """Run any backward pass on this fixture and say how the newest edition judges it."""
        try:
            values = self.values_of(program)
            return self.compare({name: values[name] for name in self.comparisons[-1].outputs})
        except ValueError as error:
            return Outcome((), error=str(error))

    def values_of(self, program: Program) -> dict[str, Any]:
        """Return the value of each step of any backward pass; those of its own are known."""
        return program.run(self.arrays, self._known)

    @cached_property
    def _known(self) -> Known:
        return self.program.known(self.arrays)

    def compare(self, outputs: Mapping[str, ArrayLike], edition: str | None = None) -> Outcome:
        """Judge names, shapes and values by the rule of one edition, the newest if not given.

        The published tests also assert types first, and all shapes before any value; here each
        output is judged once, in the order in which its value is asserted.

        >>> week4 = load("c1w4_L_model_backward_v2")
        >>> print(week4.compare({**week4.expected, "dA2": [[0.0]]}))
        fails: Unexpected output dA2
        """
        editions = {comparison.edition: comparison for comparison in self.comparisons}
        if edition not in (None, *editions):
            raise KeyError(f"{self.id} has no edition {edition!r}; it has {', '.join(editions)}.")
        comparison = self.comparisons[-1] if edition is None else editions[edition]
        return Outcome(tuple(self._failures(outputs, comparison)))

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """The outputs that the newest edition expects as numbers, without brackets."""
        bare = self.comparisons[-1].bare
        return tuple(name for name, value in self.expected.items() if bare and value.size == 1)

    def is_cost(self, name: str) -> bool:
        """Return whether a step is a number that is no gradient."""
        return np.ndim(self.values[name]) == 0 and not name.startswith("d")

    def _failures(self, outputs: Mapping[str, ArrayLike], comparison: Comparison) -> Iterator[str]:
        asked, rule = comparison.outputs, comparison.rule
        if rule == DIFFERENCE and set(asked) <= outputs.keys():
            found = passes.difference(self, outputs, comparison.step)
            if not np.any(np.isclose(found, comparison.near)):
                yield f"Wrong difference {found:.2g}"
        for name in asked:
            if name not in outputs:
                yield ABSENT.format(name=name)
            elif rule in RULES:
                got, want = numeric(name, outputs[name]), self.expected[name]
                absolute, relative = RULES[rule]
                is_number = name in comparison.of_any_shape or (
                    not got.ndim and name in self.numbers
                )
                if got.shape != want.shape and not is_number:
                    yield WRONG.format(what="shape", name=name)
                elif not np.all(np.abs(got - want) <= absolute + relative * np.abs(want)):
                    yield WRONG.format(what="values", name=name)
        if comparison.exact_keys:
            yield from (BEYOND.format(name=name) for name in outputs if name not in asked)


def ids(course: str = "") -> tuple[str, ...]:
    """Return the id of every fixture of a course, or of a week of it, oldest edition first.

    Examples
    --------
    >>> ids("Course 2 Week 1")
    ('c2w1_backward_regularization', 'c2w1_backward_dropout')
    """
    return tuple(
        id
        for id, table in _tables().items()
        if table.get("listed", True) and table["course"].startswith(course)
    )


def unknown(id: str, known: Collection[str]) -> KeyError:
    """Return the error for an id that no fixture has, with those that begin so or are near."""
    close = difflib.get_close_matches(id, known, n=len(known), cutoff=0.0)
    nearest = sorted(close, key=lambda one: not one.startswith(id))[:6]
    return KeyError(f"There is no fixture {id!r}; known, nearest first: {', '.join(nearest)}.")


@cache
def load(id: str) -> Fixture:
    """Return the fixture called `id`, its arrays drawn from its seed.

    The draws come from a generator of their own: numpy's global random state is neither
    read nor changed. Later calls return the same, read-only fixture.

    Examples
    --------
    >>> load("c1w4_L_model_backward_v2").arrays["AL"]
    array([[1.78862847, 0.43650985]])
    """
    if id not in ids():
        raise unknown(id, ids())
    return unlisted(id)


def unlisted(id: str) -> Fixture:
    """Return a published fixture, made anew, whether it is listed or not."""
    return from_table(id, _tables()[id])


Call = tuple[ast.expr, list[ast.expr]]
"""What a call is taken apart into, and its arguments."""


def parsed(fixture: Fixture) -> Iterator[Call]:
    """Yield what each call of a test is taken apart into, and its arguments."""
    for text in fixture.call:
        into, _, call = text.rpartition(" = ")
        try:
            taken, made = (ast.parse(one, mode="eval").body for one in (into or "{}", call))
        except SyntaxError:
            taken = made = ast.Constant(None)
        known = isinstance(taken, ast.Name | ast.Dict | ast.Set | ast.Tuple)
        if not known or not isinstance(made, ast.Call) or made.keywords:
            raise ValueError(f"{text!r} is no call such as 'dW, db = linear_backward(dZ, A)'.")
        yield taken, made.args


def completed(fixture: Fixture, computed: Collection[str]) -> Fixture:
    """Return a test with some arrays computed by its forward pass, and the outputs to expect."""
    computed = {step.name for step in fixture.forward.steps if stem(step.name) in computed}
    needed = set(computed)
    for step in reversed(fixture.forward.steps):
        if step.name in needed:
            needed.update(name for name in step.reads if name not in fixture.arrays)
    lines = tuple(step for step in fixture.forward.steps if step.name in needed)
    found = Program(lines).run(fixture.arrays)
    arrays = {**fixture.arrays, **{name: found[name] for name in found if name in computed}}
    values = fixture.program.run(arrays)
    outputs = fixture.comparisons[-1].outputs
    expected = {name: _frozen(np.round(values[name], 8)) for name in outputs if name in values}
    arrays = {name: _frozen(value) for name, value in arrays.items()}
    return replace(fixture, arrays=arrays, expected=expected)


def drawn(seed: int, draws: Iterable[Mapping[str, Any]]) -> dict[str, Array]:
    """Return the arrays that a test draws, by name; see `Fixture.draws`."""
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


def text_of(file: str) -> str:
    """Return a file of the package, such as ``mutants/operators.txt``."""
    return (resources.files("backcheck") / file).read_text(encoding="utf-8")


@cache
def table_of(file: str) -> dict[str, Any]:
    """Return what a TOML file of the package has."""
    return tomllib.loads(text_of(file))


@cache
def _tables() -> dict[str, dict[str, Any]]:
    tables: dict[str, dict[str, Any]] = {}
    files = (file.name for file in (resources.files("backcheck") / "published").iterdir())
    for file in sorted(name for name in files if name.endswith(".toml")):
        for id, table in table_of(f"published/{file}").items():
            tables[id] = {**tables.get(table.get("based_on", ""), {}), **table}
    return tables


def from_table(id: str, table: Mapping[str, Any]) -> Fixture:
    """Return the fixture that a table describes.

    Its keys are named as the attributes of a fixture; `literals` are the arrays it spells out,
    and `computed` those that the test itself computes by a forward pass. Without `expected`, the
    program says what to expect. In texts `unrolled` writes loops out, and lines of `instead` are
    read in place of the program's. What is not `listed` is audited, but cannot be diagnosed.
    """
    own = {key: _plain(value) for key, value in table.items()}
    instead = parse(unrolled(own["instead"])).steps if "instead" in own else ()
    changed = {step.name: write(step.expression) for step in instead}
    by = parse(own["gradient_of"]).steps if "gradient_of" in own else ()
    drawn_first = drawn(own["seed"], own["draws"]) if "seed" in own else {}
    own |= {
        "id": id,
        "forward": parse(unrolled(own["forward"])),
        "program": parse(unrolled(own["program"])).replace(**changed),
        "call": tuple(map(unrolled, own.get("call", ()))),
        "comparisons": tuple(Comparison(**_plain(entry)) for entry in own["comparisons"]),
        "arrays": drawn_first | _literal(own.get("literals", {})),
        "expected": _literal(own.get("expected", {})),
        "misprinted": tuple(parse(unrolled(lines)) for lines in own.get("misprinted", ())),
        "gradient_of": {step.name: step.expression for step in by},
        "deeper": from_table(f"{id}_deeper", {**table, "deeper": {}, **table["deeper"]})
        if table.get("deeper")
        else None,
    }
    fixture = Fixture(**{key: own[key] for key in Fixture.__dataclass_fields__ if key in own})
    return fixture if fixture.expected else completed(fixture, own.get("computed", ()))


def _literal(values: Mapping[str, ArrayLike]) -> dict[str, Array]:
    return {name: _frozen(numeric(name, value)) for name, value in values.items()}


def _plain(value: Any) -> Any:
    """Return what cannot be changed in place of a list, and of those in a table."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return tuple(value) if isinstance(value, list) else value


def _frozen(value: ArrayLike) -> Array:
    array = np.array(value)
    array.setflags(write=False)
    return array
