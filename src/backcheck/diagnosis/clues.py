"""What a wrong number tells before any formula is known: its ratio, and which outputs differ.

Both are measured: every named form is made on a published test, and what it prints is held
against what is expected there.
"""

from collections import Counter
from functools import cache

import numpy as np

from backcheck.arrays import Array
from backcheck.diagnosis.search import workshop
from backcheck.diagnosis.symptoms import stopped
from backcheck.fixtures import Fixture, load, table_of
from backcheck.mutants.mistakes import occurrences, table
from backcheck.mutants.mutant import Mutant
from backcheck.mutants.mutate import mutants
from backcheck.showing.tables import Table
from backcheck.showing.words import pattern

ZERO, FOUR_DIGITS = 1e-9, 1e-4
"""Numbers below the one are 0, and ratios are alike that differ by less than the other."""

CAUSES = {
    "-1": "a sign",
    "1/m": "divided by m twice, or already in dZ",
    "m": "not divided by m, or by a size of 1",
    "m squared": "multiplied by m",
    "another constant": "m read from the wrong axis or array",
    "not constant": "a derivative, or a wrong array",
    "other shape": "a product, a sum, or a wrong array",
}
"""What a ratio of printed to expected numbers speaks for."""

SIGHTS = table_of("diagnosis/sights.toml")
"""What a learner sees of a changed pass."""


def ratio(mutant: Mutant, output: str) -> str:
    """Return what the printed numbers of an output are to the expected ones: a key of `CAUSES`.

    Where 0 is expected there is no ratio, and any other number there makes it ``"not constant"``.

    >>> from backcheck.program import parse
    >>> whole = parse("dW2 = dZ2 @ A1.T").steps[0].expression
    >>> ratio(Mutant(load("c1w4_L_model_backward_v2"), {"dW2": whole}), "dW2")
    'm'
    """
    printed, expected = _pair(mutant, output)
    if printed.shape != expected.shape:
        return "other shape"
    there = np.abs(expected) > ZERO
    if np.any(np.abs(printed[~there]) > ZERO):
        return "not constant"
    ratios = printed[there] / expected[there]
    if not np.allclose(ratios, ratios[0], rtol=FOUR_DIGITS, atol=0):
        return "not constant"
    m = float(mutant.fixture.values["m"])
    known = {"-1": -1, "1/m": 1 / m, "m": m, "m squared": m**2}
    near = (name for name, one in known.items() if np.isclose(ratios[0], one, rtol=FOUR_DIGITS))
    return next(near, "another constant")


def _pair(mutant: Mutant, output: str) -> tuple[Array, Array]:
    """Return an output as it is printed, and as it is expected."""
    values = (mutant.values[output], mutant.fixture.values[output])
    printed, expected = (np.asarray(value, dtype=float) for value in values)
    return printed, expected


@cache
def named_on(fixture: Fixture) -> tuple[tuple[str, Mutant], ...]:
    """Return every named form that can have an effect on a test, wherever it can be made."""
    reaching = workshop(fixture).slots_reaching(fixture.expected)
    return tuple(
        (key, Mutant(fixture, forms))
        for key, forms in occurrences(fixture)
        if not reaching.isdisjoint(forms)
    )


def wrong_outputs(mutant: Mutant) -> list[str]:
    """Return the outputs that a test finds wrong, in the order in which they are computed."""
    named = {failure.split()[-1] for failure in mutant.outcome.failures}
    return [step.name for step in mutant.fixture.program.steps if step.name in named]


def sight(mutant: Mutant) -> tuple[str, str]:
    """Return what a learner sees of a changed pass, a key of `SIGHTS` or "", and where."""
    if error := mutant.outcome.error:
        said = pattern("matmul").sub(r"a product whose inner sizes are \2 and \1", error)
        return "stops", f"numpy stops at {said}"
    wrong = {name: _pair(mutant, name) for name in wrong_outputs(mutant)}
    # Brackets are seen where the test leaves them open, too.
    free = {name: _pair(mutant, name) for name in mutant.fixture.comparisons[-1].of_any_shape}
    for name, (now, was) in (wrong | free).items():
        if now.shape != was.shape:
            said = f"{SIGHTS['other shape']}, {now.shape} where {was.shape} is expected"
            return "other shape", f"{name}: {said}"
    for kind, times in (("0", 0), ("-1", 1)):
        for name, (now, was) in wrong.items():
            if np.allclose(np.abs(now), times * np.abs(was), FOUR_DIGITS, ZERO):
                return kind, f"{name}: {SIGHTS[kind]}"
    if not wrong:
        return "", "the numbers that the test expects"
    # Of a single number every ratio is constant.
    name = next((name for name in wrong if wrong[name][0].size > 1), next(iter(wrong)))
    now, was = (one[np.abs(wrong[name][1]) > ZERO] for one in wrong[name])
    first, last = (f"{one:.4g}" for one in (min(now / was), max(now / was)))
    kind, m = ratio(mutant, name), mutant.fixture.values["m"]
    if kind in ("m", "1/m", "m squared") or (kind == "another constant" and now.size > 1):
        return kind, f"{name}: {SIGHTS[kind]}, {first} times what is expected, and m is {m:g}"
    every = len(wrong) == len(mutant.fixture.expected)
    span = first if first == last else f"from {first} to {last}, by entry"
    said = f"wrong: {', '.join(wrong)}; printed / expected in {name}: {span}"
    return "one" if len(wrong) == 1 else "all" if every else "some", said


def ratios(*tests: str, output: str = "") -> Table:
    """Return how often a ratio of printed to expected numbers tells the cause.

    Every named mistake that a test rejects is made on it, and the wrong output computed first has
    the ratio, or `output` where that is wrong.

    Examples
    --------
    >>> ratios("c1w4_linear_backward_v4a").rows[1][:2]
    ('1/m', 'divided by m twice, or already in dZ')
    """
    fixtures = [load(test) for test in tests]
    # For each ratio and test, whether each mistake that has it has its cause.
    hits: dict[str, list[list[bool]]] = {kind: [[] for _ in fixtures] for kind in CAUSES}
    for place, fixture in enumerate(fixtures):
        for key, mutant in named_on(fixture):
            wrong = wrong_outputs(mutant) if mutant.verdict == "mistake" else []
            for divided in [name for name in wrong if name == output] if output else wrong[:1]:
                kind = ratio(mutant, divided)
                hits[kind][place].append(kind in table()[key].ratios)
    counts = {kind: [f"{sum(one)} of {len(one)}" for one in hits[kind]] for kind in CAUSES}
    rows = [(kind, said, *counts[kind]) for kind, said in CAUSES.items()]
    return Table(("ratio", "cause", *(fixture.title for fixture in fixtures)), rows, "words")


def differing(test: str) -> Table:
    """Return which outputs differ, and what has been changed in the named forms that do it.

    Examples
    --------
    >>> differing("c1w4_linear_backward_v4a").rows[0]
    ('dW', 'dW (6)', '0')
    """
    fixture = load(test)
    slots = [slot.name for slot in mutants(fixture).slots]
    changed: dict[tuple[str, ...], Counter[str]] = {}
    right: Counter[tuple[str, ...]] = Counter()
    for _, mutant in named_on(fixture):
        if wrong := tuple(wrong_outputs(mutant)):
            first = min(mutant.forms, key=slots.index)
            changed.setdefault(wrong, Counter())[first] += mutant.verdict == "mistake"
            right[wrong] += mutant.verdict == "equivalent"
    order = sorted(changed, key=lambda wrong: (len(wrong), [slots.index(name) for name in wrong]))
    rows = []
    for wrong in order:
        counts = (f"{name} ({count})" for name, count in changed[wrong].most_common() if count)
        rows.append((", ".join(wrong), ", ".join(counts), right[wrong]))
    return Table(("these differ", "changed first (named mistakes)", "equivalent forms"), rows)


def stopping(*tests: str) -> Table:
    r"""Return the shapes at which numpy stops in a named form, the step, and what the form is.

    Examples
    --------
    >>> stopping("c1w4_linear_backward_v4a").rows[-1]
    ('(5,3)\xa0(3,4)', 'dA_prev', 'an entry-by-entry product in place of a matrix product')
    """
    rows: dict[tuple[str, str], dict[str, None]] = {}
    for fixture in map(load, tests):
        for key, mutant in named_on(fixture):
            if len(mutant.values) == len(mutant.program.steps):
                continue
            step = mutant.program.steps[len(mutant.values)]
            _, shapes = stopped(step.expression, {**fixture.arrays, **mutant.values})
            if len(shapes) == 2:
                # No line of a page breaks between the two.
                said = "\N{NO-BREAK SPACE}".join(f"({','.join(map(str, one))})" for one in shapes)
                rows.setdefault((said, step.name), {})[table()[key].name] = None
    listed = ((*place, ", or ".join(names)) for place, names in sorted(rows.items()))
    return Table(("shapes", "line", "what may be wrong in it"), listed)
