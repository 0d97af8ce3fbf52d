import html
import re
from collections.abc import Callable, Iterator
from itertools import product

import numpy as np
import pytest

from backcheck import fixtures
from backcheck.diagnosis import catalogue
from backcheck.diagnosis.catalogue import Place, Shared, entry, overview
from backcheck.diagnosis.clues import named_on
from backcheck.diagnosis.diagnose import diagnose
from backcheck.fixtures import load, prefix
from backcheck.forward import networks
from backcheck.mutants.mistakes import occurrences, table
from backcheck.mutants.mutant import Mutant
from backcheck.mutants.mutate import mutants
from backcheck.mutants.roles import role
from backcheck.program import names
from chapters import source_of

SOURCE = source_of("mistakes")


SYMBOLS = {"A", "dA", "dW", "db", "m", "keepdims"}
"""First words of names that are code, which a heading leaves as they are."""

NUMBER = re.compile(r"-?\d+\.\d{5,}(?:e[+-]\d+)?")


def test_every_named_form_has_a_section_with_its_name_and_its_page() -> None:
    sections = re.findall(
        r"\(mistake-([\w-]+)\)=\n### (.+)\n\n(?:.+\n)+More: \{ref\}`([\w-]+)`(?: and .+)?\.\n\n"
        r"```\{code-cell\} ipython3\n:tags: \[remove-input\]\n\ncatalogue\.entry\(\"([\w-]+)\"\)",
        SOURCE,
    )
    assert {id for id, *_ in sections} == set(table())
    for id, heading, page, key in sections:
        name = table()[id].name
        symbol = name.split()[0] in SYMBOLS
        expected = name if symbol else name[0].upper() + name[1:]
        assert (heading, page, key) == (expected, table()[id].page, id)


def test_gradients_of_the_squared_error_are_called_so_where_they_are_a_mistake() -> None:
    for id in ("slope-twice", "error-for-da"):
        section = SOURCE.split(f"(mistake-{id})=\n")[1].split("\n(")[0]
        assert "squared error" in section
        assert "{ref}`loss-times-output`" in section


def test_the_overview_computes_its_verdicts() -> None:
    verdicts = dict(zip(table(), (str(row[1]) for row in overview().rows), strict=True))
    assert verdicts["shortcut"] == verdicts["slope-from-z"] == "equivalent"
    assert verdicts["keepdims"] == verdicts["average-missing"] == "mistake"
    # relu's derivative is 0 or 1, and its own square.
    assert verdicts["slope-twice"] == "equivalent or mistake"


def test_the_section_on_equivalent_forms_holds_exactly_the_equivalent_ones() -> None:
    section = SOURCE.split("## Equivalent forms\n")[1].split("\n## ")[0]
    verdicts = dict(zip(table(), (str(row[1]) for row in overview().rows), strict=True))
    assert set(re.findall(r"\(mistake-([\w-]+)\)=", section)) == {
        id for id, verdict in verdicts.items() if verdict == "equivalent"
    }


@pytest.mark.parametrize("id", ["keepdims", "square", "other-cache", "average-missing"])
def test_what_an_entry_prints_is_diagnosed_to_that_entry(id: str) -> None:
    for place in entry(id).places[:2]:
        if place.printed.startswith("numpy stops"):
            continue
        found = diagnose(place.printed, fixture=place.mutant.fixture)
        names = {named.id for candidate in found.candidates for named in candidate.named}
        assert id in names, (place.changes, names)


def outputs_of(place: Place) -> Iterator[tuple[str, set[str]]]:
    if place.says != "stops":
        for name, array in re.findall(r"(?ms)^(\w+) = (.*?)(?=^\w+ = |\Z)", place.printed):
            yield name, set(NUMBER.findall(array))


def headings_of_each_number() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for id in table():
        for place in entry(id).places:
            for _, numbers in outputs_of(place):
                for number in numbers:
                    found.setdefault(number, set()).add(id)
    return found


def remark_of(place: Place, output: str) -> Shared:
    nothing = Shared((output,), (), (), ())
    return next((one for one in place.shared if output in one.outputs), nothing)


def test_a_number_under_several_headings_names_all_others_beside_each_output_it_stands_in() -> None:
    headings = headings_of_each_number()
    several = {number for number, ids in headings.items() if len(ids) > 1}
    assert len(several) > 500
    for id in table():
        for place in entry(id).places:
            for output, numbers in outputs_of(place):
                remark = remark_of(place, output)
                others = set().union(*(headings[number] for number in numbers)) - {id}
                assert {*remark.others, *remark.partly} == others, (id, place.changes, output)
                whole = {
                    other
                    for other in others
                    if any(
                        numbers <= array
                        for where in entry(other).places
                        for _, array in outputs_of(where)
                    )
                }
                assert {*remark.others} == whole, (id, place.changes, output)
                for other in remark.others:
                    name = table()[other].name
                    assert name in repr(remark)
                    link = f'<a href="#mistake-{other}">{name}</a>'
                    assert link in html.unescape(entry(id)._repr_html_())


def right_numbers() -> dict[str, set[tuple[str, str]]]:
    """Each number of an array that a test hands over, expects, or has computed on the way."""
    found: dict[str, set[tuple[str, str]]] = {}
    for id in fixtures.ids("Course 1"):
        fixture = fixtures.load(id)
        every = (fixture.arrays, fixture.expected, fixture.program.run(fixture.arrays))
        for name, value in (pair for arrays in every for pair in arrays.items()):
            for number in NUMBER.findall(str(np.asarray(value, dtype=float))):
                found.setdefault(number.lstrip("-"), set()).add((fixture.title, name))
    return found


def test_no_expected_number_stands_under_a_heading_without_being_called_so() -> None:
    right = right_numbers()
    said = 0
    for id in table():
        for place in entry(id).places:
            own = place.mutant.fixture.title
            for output, numbers in outputs_of(place):
                remarks = {
                    (title or own, name)
                    for _, name, title in re.findall(
                        r"the (expected|given) (\w+)(?: of (Week .*?))?(?: with .*)?$",
                        "\n".join(remark_of(place, output).right),
                        re.MULTILINE,
                    )
                }
                for number in numbers:
                    if arrays := right.get(number.lstrip("-")):
                        assert arrays & remarks, (id, place.changes, output, number)
                        said += 1
    assert said > 100


def test_the_expected_dZ2_of_week_4_is_not_taken_for_a_wrong_db2() -> None:
    (place,) = [one for one in entry("sum-missing").places if "-0.1261204 " in one.printed]
    assert repr(place.shared[0]).startswith("db2: the expected dZ2")
    assert "db2: the expected dZ2" in entry("sum-missing")._repr_html_()


def test_an_array_is_called_the_expected_one_only_if_it_has_all_of_its_numbers() -> None:
    for id in table():
        for place in entry(id).places:
            values = place.mutant.fixture.program.run(place.mutant.fixture.arrays)
            for one in place.shared:
                for kind, name in re.findall(r"(?m)^the (expected) (\w+)$", "\n".join(one.right)):
                    for output in one.outputs:
                        printed = np.abs(np.unique(np.abs(place.mutant.values[output])))
                        known = np.unique(np.abs(np.asarray(values[name], dtype=float)))
                        far = [x for x in known if np.min(np.abs(printed - x)) > 1e-8]
                        assert not far, (id, output, name, kind)


def test_what_a_place_says_of_a_test_holds_for_each_of_its_editions_by_its_own_rule() -> None:
    by_title = {load(id).title: load(id) for id in fixtures.ids("Course 1")}
    checked = 0
    for id in table():
        for place in entry(id).places:
            for title in place.tests:
                fixture = by_title[title]
                known = [
                    Mutant(fixture, forms, 1) for name, forms in occurrences(fixture) if name == id
                ]
                same = [one for one in known if catalogue._change(id, one) in place.changes]
                assert same, (id, title)
                for candidate, edition in product(same, fixture.comparisons):
                    outcome = candidate.outcome
                    if not outcome.error:
                        values = {name: candidate.values[name] for name in edition.outputs}
                        outcome = fixture.compare(values, edition.edition)
                    word = {"error": "stops"}.get(outcome.word, outcome.word)
                    if _prints(candidate) == place.printed:
                        assert word == place.says, (id, place.changes, title, edition.edition)
                        assert candidate.verdict == place.mutant.verdict
                        checked += 1
    assert checked > 1000


def _prints(candidate: Mutant) -> str:
    return Place(candidate, candidate.outcome.word).printed


def test_where_the_editions_of_a_test_disagree_the_place_names_them() -> None:
    forms = {"db": ("+", ("/", ("sum1_keep", "dZ"), "m"), 1e-7)}
    assert catalogue._said_by_each_edition(Mutant(load("c1w4_linear_backward_v4a"), forms, 1)) == {
        "fails": "Week 4 linear_backward, public_tests.py (notebook)",
        "passes": "Week 4 linear_backward, public_tests.py (public_tests)",
    }


def test_no_entry_writes_out_a_line_that_the_test_accepts() -> None:
    for id in table():
        for place in entry(id).places:
            candidate = place.mutant
            for step, was, now in candidate.changed:
                assert now != was, (id, step)
            if id == "forward-again":
                assert all(change.endswith(" computed again") for change in place.changes)


def test_two_tests_that_share_their_numbers_can_judge_them_differently() -> None:
    places = [
        place
        for place in entry("a-form-of-z").places
        if place.changes == ("dZ1 = dA1 * (1 - Z1 ** 2)",)
    ]
    says = {test: place.says for place in places for test in place.tests}
    assert says["Week 3 public_tests.py, edition A"] == "passes"
    assert says["Week 3 notebook"] == "fails"


FACTORS = [
    ("average-missing", lambda m: {1.0, m}),
    ("average-twice", lambda m: {1.0, 1 / m}),
    ("average-elsewhere", lambda m: {1.0, 1 / m}),
    ("times-m", lambda m: {1.0, m**2}),
    ("output-sign", lambda m: {-1.0}),
]


@pytest.mark.parametrize(("id", "factors"), FACTORS, ids=[id for id, _ in FACTORS])
@pytest.mark.parametrize("fixture", fixtures.ids("Course 1"))
def test_on_a_forward_pass_every_output_is_as_much_too_large_as_the_heading_says(
    id: str, factors: Callable[[float], set[float]], fixture: str
) -> None:
    arrays, right, _ = networks(load(fixture), False)[0]
    m = load(fixture).program.run(arrays)["m"]
    for name, candidate in named_on(load(fixture)):
        if name == id:
            values = candidate.program.run(arrays)
            # A wrong gradient leaves the cost of `propagate` alone.
            for output in load(fixture).expected.keys() - ({"cost"} if id == "output-sign" else {}):
                known = (one * right[output] for one in factors(m))
                assert any(np.allclose(values[output], one) for one in known), str(candidate)


@pytest.mark.parametrize("id", fixtures.ids())
def test_where_the_average_is_taken_in_dZ_dW_and_db_are_right_and_every_dA_is_m_times_smaller(
    id: str,
) -> None:
    right = load(id).values
    for forms in mutants(load(id)).joint["average-elsewhere"]:
        values = Mutant(load(id), forms, 1).values
        for step in load(id).program.steps:
            bare = step.name.removeprefix(prefix(step.name))
            if bare.startswith(("dW", "db")):
                assert np.allclose(values[step.name], right[step.name])
            elif bare.startswith("dA") and step.name in load(id).expected:
                assert np.allclose(values[step.name] * right["m"], right[step.name])


@pytest.mark.parametrize("id", fixtures.ids())
def test_the_forward_pass_run_again_is_right_wherever_it_is_named(id: str) -> None:
    right = "equivalent" if load(id).is_gradient else "mistake"
    for forms in mutants(load(id)).joint["forward-again"]:
        assert Mutant(load(id), forms, 1).verdict == right


@pytest.mark.parametrize("id", fixtures.ids())
def test_what_is_called_the_cache_of_another_layer_reads_that_layers_arrays(id: str) -> None:
    fixture = load(id)
    for forms in mutants(fixture).joint["other-cache"]:
        for step in fixture.program.steps:
            changed = forms.get(step.name, step.expression)
            if changed != step.expression:
                _, own = role(fixture, step.name)
                others = [layer for layer in fixture.layers if layer != own]
                arrays = {name for u in others for name in (u.input, u.W, u.b, u.Z, u.A)}
                arrays |= {f"d{name}" for name in arrays}
                assert arrays & ({*names(changed)} - {*step.reads}), (forms, step.name)


def test_an_unknown_form_is_refused_with_the_known_ones() -> None:
    with pytest.raises(KeyError, match="There is no named form 'typo'; there are "):
        entry("typo")
