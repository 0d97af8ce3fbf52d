"""What a wrong number tells before any formula is known: its ratio, and which outputs differ.

Both are measured: every named form is made on a published test, and what it prints is held
against what is expected there.
"""

from collections import Counter
from collections.abc import Iterator

import numpy as np

from backcheck.candidates import Candidate
from backcheck.fixtures import load
from backcheck.mistakes import occurrences, table
from backcheck.mutate import mutants
from backcheck.search import reference, workshop
from backcheck.tables import Table

ZERO, FOUR_DIGITS = 1e-9, 1e-4
"""Numbers below the one are 0, and ratios are alike that differ by less than the other."""

NEWEST = (
    "c1w3_bp_public_c",
    "c1w4_linear_backward_v4a",
    "c1w4_linear_activation_backward_v2",
    "c1w4_L_model_backward_v2",
)
"""The newest test of each function of Course 1."""

_AVERAGES = {"average-missing", "average-twice", "average-elsewhere", "times-m", "wrong-m"}
_SIGNS = {"output-sign", "loss-sign"}

CAUSES: dict[str, tuple[str, set[str]]] = {
    "-1": ("a sign", _SIGNS),
    "1/m": ("divided by m twice, or already in dZ", {"average-twice", "average-elsewhere"}),
    "m": ("not divided by m, or by a size of 1", {"average-missing", "wrong-m"}),
    "m squared": ("multiplied by m", {"times-m"}),
    "another constant": ("m read from the wrong axis or array", {"wrong-m"}),
    "not constant": ("a derivative, or a wrong array", set(table()) - _AVERAGES - _SIGNS),
    "other shape": ("a product, a sum, or a wrong array", set(table()) - _AVERAGES - _SIGNS),
}
"""What a ratio of printed to expected numbers speaks for, and the named forms that are it."""


def ratio(candidate: Candidate, output: str) -> str:
    """Return what the printed numbers of an output are to the expected ones: a key of `CAUSES`.

    Where 0 is expected there is no ratio, and any other number there makes it
    ``"not constant"``. An output of one number has one ratio, which is constant.

    Examples
    --------
    >>> from backcheck.program import parse
    >>> whole = parse("dW2 = dZ2 @ A1.T").steps[0].expression
    >>> ratio(Candidate("c1w4_L_model_backward_v2", {"dW2": whole}, 1), "dW2")
    'm'
    """
    expected = np.asarray(reference(candidate.id)[output], dtype=float)
    printed = np.asarray(candidate.values[output], dtype=float)
    if printed.shape != expected.shape:
        return "other shape"
    there = np.abs(expected) > ZERO
    if np.any(np.abs(printed[~there]) > ZERO):
        return "not constant"
    ratios = printed[there] / expected[there]
    if not np.allclose(ratios, ratios[0], rtol=FOUR_DIGITS, atol=0):
        return "not constant"
    m = float(reference(candidate.id)["m"])
    known = {"-1": -1, "1/m": 1 / m, "m": m, "m squared": m**2}
    near = (name for name, one in known.items() if np.isclose(ratios[0], one, rtol=FOUR_DIGITS))
    return next(near, "another constant")


def named_on(id: str) -> Iterator[tuple[str, Candidate]]:
    """Yield every named form that has an effect on a test, wherever it can be made.

    Examples
    --------
    >>> [found.statements for id, found in named_on("c1w4_L_model_backward_v2")
    ...  if id == "error-for-da"]
    ['dAL = AL - Y', 'dAL = Y - AL']
    """
    felt = needed(id)
    for name, forms in occurrences(id):
        if felt & forms.keys():
            yield name, Candidate(id, forms, 1)


def _wrong(candidate: Candidate) -> tuple[str, ...]:
    """Return the outputs that a test finds wrong, in the order in which they are computed."""
    if candidate.outcome.error:
        return ()
    named = {failure.split()[-1] for failure in candidate.outcome.failures}
    return tuple(step.name for step in load(candidate.id).program.steps if step.name in named)


def first_wrong(candidate: Candidate) -> str:
    """Return the wrong output that is computed first, or ``""`` where numbers are right or none.

    Examples
    --------
    >>> first_wrong(Candidate("c1w4_L_model_backward_v2", {"dZ2": ("-", "AL", "Y")}, 1))
    'dW2'
    """
    return next(iter(_wrong(candidate)), "")


def ratios(*tests: str, output: str = "") -> Table:
    """Return how often a ratio of printed to expected numbers tells the cause.

    Every named mistake is made on each test. Those at which numpy stops, and those that a
    test accepts, have no ratio and are left out.

    Parameters
    ----------
    *tests : str
        The fixtures.
    output : str
        The output to divide, where it is wrong; the wrong output computed first if not given.

    Examples
    --------
    >>> ratios("c1w4_linear_backward_v4a").rows[1]
    ('1/m', 'divided by m twice, or already in dZ', '3 of 3')
    """
    columns = [_hits(test, output) for test in tests]
    rows = [
        (kind, said, *(f"{column[kind][0]} of {column[kind][1]}" for column in columns))
        for kind, (said, _) in CAUSES.items()
    ]
    return Table(("ratio", "cause", *(load(test).title for test in tests)), rows, "words")


def _hits(id: str, output: str) -> dict[str, tuple[int, int]]:
    """Return for each ratio how many named mistakes have its cause, and how many have it."""
    found: dict[str, list[bool]] = {kind: [] for kind in CAUSES}
    for name, candidate in named_on(id):
        wrong = _wrong(candidate)
        divided = output or first_wrong(candidate)
        if candidate.verdict == "mistake" and divided in wrong:
            kind = ratio(candidate, divided)
            found[kind].append(name in CAUSES[kind][1])
    return {kind: (sum(hits), len(hits)) for kind, hits in found.items()}


def differing(id: str) -> Table:
    """Return which outputs differ, and what has been changed in the named forms that do it.

    Examples
    --------
    >>> differing("c1w4_linear_backward_v4a").rows[0]
    ('dW', 'dW (6)', '0')
    """
    steps = [slot.name for slot in mutants(load(id)).slots]
    changed: dict[tuple[str, ...], Counter[str]] = {}
    right: Counter[tuple[str, ...]] = Counter()
    for _, candidate in named_on(id):
        if wrong := _wrong(candidate):
            first = min(candidate.forms, key=steps.index)
            changed.setdefault(wrong, Counter())[first] += candidate.verdict == "mistake"
            right[wrong] += candidate.verdict == "equivalent"
    outputs = [step.name for step in load(id).program.steps if step.name in load(id).expected]
    order = sorted(changed, key=lambda wrong: (len(wrong), [outputs.index(one) for one in wrong]))
    return Table(
        ("these differ", "changed first (named mistakes)", "equivalent forms"),
        [(", ".join(one), _counted(changed[one]), right[one]) for one in order],
    )


def _counted(found: Counter[str]) -> str:
    return ", ".join(f"{name} ({count})" for name, count in found.most_common() if count)


def needed(id: str) -> set[str]:
    """Return the slots of a fixture that can have an effect on an expected output.

    Examples
    --------
    >>> sorted({"b", "A_prev", "dW"} & needed("c1w4_linear_backward_v2"))
    ['A_prev', 'dW']
    """
    shop = workshop(id)
    felt = 0
    for name in load(id).expected:
        felt |= shop.reach[shop.place[name]]
    return {slot.name for place, slot in enumerate(shop.slots) if felt >> place & 1}
