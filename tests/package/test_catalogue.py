import html
import re
from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
import pytest

from backcheck import fixtures
from backcheck.diagnosis import catalogue
from backcheck.diagnosis.catalogue import Place, Shared, entry, overview
from backcheck.diagnosis.clues import SIGHTS, named_on, sight
from backcheck.diagnosis.diagnose import diagnose
from backcheck.fixtures import Comparison, load, prefix
from backcheck.forward import networks
from backcheck.mutants.mistakes import table
from backcheck.mutants.mutant import Mutant
from backcheck.mutants.mutate import mutants
from backcheck.mutants.operators import expression
from backcheck.mutants.roles import role
from backcheck.program import names, parse
from chapters import ROOT, chapters, source_of

SOURCE = source_of("mistakes")


NUMBER = re.compile(r"-?\d+\.\d{5,}(?:e[+-]\d+)?")


def test_every_named_form_has_a_section_under_its_name_with_its_symbols_as_they_are() -> None:
    sections = re.findall(
        r"\(mistake-([\w-]+)\)=\n### (.+)\n\n(?:.+\n)+More: .+\.\n\n"
        r"```\{code-cell\} ipython3\n:tags: \[remove-input\]\n\ncatalogue\.entry\(\"([\w-]+)\"\)",
        SOURCE,
    )
    assert {id for id, *_ in sections} == set(table())
    for id, heading, key in sections:
        plain, name = heading.replace("`", ""), table()[id].name
        assert plain == name if heading[0] == "`" else plain == name[0].upper() + name[1:]
        assert key == id
        code = re.findall("`(.*?)`", heading)
        symbols = re.findall(r"\bd(?:[AWZ]|b|a0)\b|\bkeepdims\b|\bm\b|A - Y|\bxt\b|\w+_\w+", name)
        assert {*symbols} <= {*code} <= {*symbols, "A", "W", "Z", "b"}, heading


def test_what_a_mistake_leads_to_is_the_section_that_answers_and_no_page() -> None:
    sources = "".join(map(source_of, chapters()))
    sections = {*re.findall(r"^\(([\w-]+)\)=\n(?:\([\w-]+\)=\n)*##+ ", sources, re.MULTILINE)}
    for id in table():
        (more,) = re.findall(rf"\(mistake-{id}\)=\n(?:.*\n)*?More: (.+)\.\n", SOURCE)
        labels = re.findall(r"\{ref\}`(?:[^`<]+<)?([\w-]+)>?`", more)
        assert labels, id
        assert {*labels} <= sections, (id, more)


def test_gradients_of_the_squared_error_are_called_so_where_they_are_a_mistake() -> None:
    for id in ("slope-twice", "error-for-da"):
        section = SOURCE.split(f"(mistake-{id})=\n")[1].split("\n(")[0]
        assert "squared error" in section
        assert "<loss-times-output-table>" in section


def looks(mutant: Mutant) -> set[str]:
    """Every way in which the wrong outputs of a changed pass can look, from their numbers."""
    fixture = mutant.fixture
    if mutant.outcome.error:
        return {"stops"}
    failed = {failure.split()[-1] for failure in mutant.outcome.failures}
    failed |= {
        name
        for name in fixture.comparisons[-1].of_any_shape
        if np.shape(mutant.values[name]) != fixture.expected[name].shape
    }
    wrong = {
        name: (np.asarray(mutant.values[name], float), np.asarray(fixture.values[name], float))
        for name in failed
    }
    found = set()
    m = float(fixture.values["m"])
    for now, was in wrong.values():
        if now.shape != was.shape:
            found.add("other shape")
            continue
        found |= {"0"} if not now.round(9).any() else set()
        found |= {"-1"} if np.allclose(abs(now), abs(was), 1e-4, 1e-9) else set()
        factors = {"m": m, "1/m": 1 / m, "m squared": m * m}
        named = {kind for kind, one in factors.items() if np.allclose(now, one * was, 1e-4, 1e-9)}
        (place, *_) = np.argwhere(abs(was) > 1e-9)
        constant = now[tuple(place)] / was[tuple(place)]
        same = now.size > 1 and np.allclose(now, constant * was, 1e-4, 1e-9)
        found |= named or ({"another constant"} if same else {"other"})
    return found


def test_what_a_learner_sees_of_a_mistake_is_so_in_its_numbers() -> None:
    rows: dict[str, set[str]] = {kind: set() for kind in SIGHTS}
    for key, mutant in catalogue._newest():
        kind, _ = sight(mutant)
        possible = looks(mutant)
        wrong = len(mutant.outcome.failures)
        if kind == "":
            assert not possible, str(mutant)
            continue
        rows[kind].add(key)
        if kind in ("one", "some", "all"):
            assert not possible & {"stops", "other shape", "0", "-1"}, str(mutant)
            many = {1: "one", len(mutant.fixture.expected): "all"}.get(wrong, "some")
            assert kind == many, str(mutant)
            assert "other" in possible, str(mutant)
        else:
            assert kind in possible, (str(mutant), possible)
            first = next(one for one in SIGHTS if one in possible)
            assert kind == first or first not in ("stops", "other shape", "0", "-1")
    said = {str(label): str(names) for label, names in overview().rows}
    assert [*said] == [*SIGHTS.values()]
    for kind, keys in rows.items():
        parts = [line.partition(": ")[2] for line in said[SIGHTS[kind]].split(" | ")]
        names = "; ".join(parts).split("; ")
        assert sorted(names) == sorted(table()[key].name for key in keys), kind


def test_the_table_of_what_is_seen_stands_in_parts_and_leads_to_each_entry() -> None:
    shown = overview()._repr_html_()
    for id, mistake in table().items():
        name = re.sub("^(?:the|an?) ", "", mistake.name)
        assert f'<a href="#mistake-{id}">{html.escape(name)}</a>' in shown, id
        assert f"<b>{mistake.section['part']}</b>: " in shown


def test_each_row_of_the_table_names_its_mistakes_in_the_order_of_the_page() -> None:
    at = {table()[id].name: SOURCE.index(f"(mistake-{id})=") for id in table()}
    for _, cells in overview().rows:
        parts = [line.partition(": ")[2] for line in str(cells).split(" | ")]
        places = [at[name] for name in "; ".join(parts).split("; ")]
        assert places == sorted(places)


def test_an_entry_says_first_whether_it_is_a_mistake_and_shows_it_without_colour() -> None:
    for id in table():
        shown, verdicts = entry(id)._repr_html_(), entry(id).verdicts
        assert f"<p><b>{verdicts.capitalize()}.</b> " in shown.partition("<details>")[0]
        assert shown.startswith(f'<div class="catalogue {verdicts.replace(" or ", " ")}">')
    style = (ROOT / "book/_static/book.css").read_text(encoding="utf-8")
    borders = re.findall(r"^\.catalogue(?:\.\w+)? \{ border-left: \S+ (\w+)", style, re.MULTILINE)
    assert len(set(borders)) == len(borders) == 2


def test_a_short_changed_step_that_no_test_asks_for_is_found_by_its_digits() -> None:
    for id in ("shortcut", "slope-from-a"):
        assert "dZ2 = [[0.78862847 0.43650985]], which is not returned" in repr(entry(id))
        assert id in catalogue.printed_by()["0.78862847"]


@pytest.mark.parametrize("id", table())
def test_the_example_of_a_mistake_computes_what_that_mistake_prints(id: str) -> None:
    example = entry(id).example
    assert (id, example.forms) in [(key, one.forms) for key, one in named_on(example.fixture)]
    pair, seen, hint = entry(id).told
    wrong, _, due = pair.partition("\n    ")
    assert due.startswith("where ")
    assert seen.startswith(f"In {example.fixture.title}: ")
    assert hint == table()[id].hint
    scope = {**example.fixture.arrays, **example.fixture.values}
    try:
        (step,) = parse(wrong).steps
        is_read = scope.keys() >= {*names(step.expression)}
    except ValueError:
        is_read = False
    if not is_read:
        assert set(table()[id].section) >= {"form", "due"} or id == "other-activation", wrong
        return
    if example.outcome.error:
        with pytest.raises(ValueError, match=r"shape|dimension"):
            step.value_in(scope)
    else:
        assert np.allclose(step.value_in(scope), example.values[step.name])


def test_no_two_entries_have_one_name_and_none_has_a_name_for_two_forms_of_the_cost() -> None:
    assert len({mistake.name for mistake in table().values()}) == len(table())
    fixture = load("c1w2_propagate_public_2021")
    logs = ("Y * log(A) + (1 - Y) * log(A)", "Y * log(A) + (1 - Y) * (1 - log(A))")
    made = [Mutant(fixture, {"cost": expression(f"-sum({of}) / m")}) for of in logs]
    assert [one.name for one in made] == [
        "the logarithm of A in both terms of the cost",
        "1 - log(A) in place of log(1 - A) in the cost",
    ]


def test_the_section_on_right_forms_holds_exactly_the_equivalent_ones() -> None:
    right = {id for id, mistake in table().items() if mistake.section["part"] == "right forms"}
    assert right == {id for id in table() if entry(id).verdicts == "equivalent"}
    # relu's derivative is 0 or 1, and its own square.
    assert entry("slope-twice").verdicts == "equivalent or mistake"


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


TOLERANCES = {"allclose": (1e-8, 1e-5), "decimal": (1.5e-6, 0), "printed": (1e-8, 0)}


def judged(mutant: Mutant, edition: Comparison) -> str:
    """What one edition says of a changed pass, from its rule and the published numbers."""
    if mutant.outcome.error:
        return "stops"
    absolute, relative = TOLERANCES[edition.rule]
    for name in edition.outputs:
        got, want = np.asarray(mutant.values[name], float), mutant.fixture.expected[name]
        want = want[0, 0] if edition.bare and (got.shape, want.shape) == ((), (1, 1)) else want
        alike = got.shape == want.shape or name in edition.of_any_shape
        near = alike and abs(got - want) <= absolute + relative * abs(want)
        if not np.all(near):
            return "fails"
    return "passes"


def said_on_the_page(id: str) -> dict[tuple[str, str], set[str]]:
    """What the page says of each change on each test: its verdict, what the test says, digits."""
    found: dict[tuple[str, str], set[str]] = {}
    for block in entry(id)._repr_html_().split("</summary>")[1].split("<p><code>")[1:]:
        changes, _, rest = block.partition("</code></p>")
        for text in re.findall("<pre.*?>(.*?)</pre>", rest, re.DOTALL):
            for part in html.unescape(text).split("\n\n"):
                head, _, printed = part.partition("\n")
                tests, _, verdict = head.rpartition(": ")
                for change in html.unescape(changes).split("</code> or <code>"):
                    for test in tests.split("; "):
                        found.setdefault((change, test), set()).add(f"{verdict}\n{printed}")
    return found


@cache
def by_the_rules() -> dict[str, dict[tuple[str, str], set[str]]]:
    """What is to be said of each mistake, from the rule of each edition of each test."""
    wanted: dict[str, dict[tuple[str, str], set[str]]] = {id: {} for id in table()}
    for fixture, id, mutant in catalogue._made():
        says = {one.edition: judged(mutant, one) for one in fixture.comparisons}
        for edition, word in says.items():
            title, place = fixture.title, Place(mutant, word)
            if len({*says.values()}) > 1:
                alike = [one for one in says if says[one] == says[edition]]
                title += f" ({' and '.join(alike)})"
            said = wanted[id].setdefault((catalogue._change(id, mutant), title), set())
            said.add(f"{place.judged}\n{place.printed}")
    return wanted


@pytest.mark.parametrize("id", table())
def test_what_the_page_says_of_a_mistake_on_an_edition_is_what_its_own_rule_gives(id: str) -> None:
    assert {test.id for test, *_ in catalogue._made()} >= {*fixtures.ids("Course 1")}
    assert by_the_rules()[id]
    assert said_on_the_page(id) == by_the_rules()[id]


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
