"""Ready answers and the texts to cite a place with."""

import re

import numpy as np
import pytest

from backcheck.diagnosis import answers
from backcheck.diagnosis.answers import WORDS, Answer, answer, most_frequent
from backcheck.diagnosis.catalogue import Entry, printed_on
from backcheck.diagnosis.diagnose import diagnose
from backcheck.diagnosis.reading import NOWHERE
from backcheck.diagnosis.symptoms import evidence_of
from backcheck.mutants.mistakes import table
from backcheck.program import write
from chapters import source_of

FENCED = re.compile(r"```text\n(.*?)\n```", re.DOTALL)


@pytest.fixture(params=table())
def ready(request: pytest.FixtureRequest) -> Answer:
    return answer(request.param)


def test_an_answer_is_short_enough_for_a_forum(ready: Answer) -> None:
    assert 30 <= len(ready.text.split()) <= WORDS


def test_an_answer_gives_no_graded_line_away(ready: Answer) -> None:
    program = ready.place.mutant.fixture.program
    statements = {f"{step.name} = {write(step.expression)}" for step in program.steps}
    said = set(re.findall(r"`([\w\[\]]+ = [^`]*)`", ready.text))
    assert said or "computed with" in ready.text or re.search(r"(of the|forward) loop", ready.text)
    assert not said & statements
    assert not re.search(r"np\.|\bdef\b", ready.text)


def test_an_answer_names_the_other_forms_that_print_its_digits(ready: Answer) -> None:
    if ready.place.says == "stops":
        return
    output = FENCED.findall(ready.text)[0].split(" = ")[0]
    found = [one for one in ready.place.shared if output in one.outputs]
    names = [table()[id].name for one in found for id in one.others]
    assert ("prints this too" in ready.text or "print this too" in ready.text) == bool(names)
    # Where there is no room for them all, their number has to do.
    assert all(name in ready.text for name in names) or f"{len(names)} other forms" in ready.text


def test_an_answer_blames_a_cache_only_where_it_does_not_come_from_a_forward_pass(
    ready: Answer,
) -> None:
    blamed = "the cache of this test does not come from one" in ready.text
    assert blamed == (ready.place.mutant.verdict == "equivalent")
    if blamed:
        assert ready.place.mutant.fixture.broken()


def test_the_digits_of_an_answer_are_what_the_change_prints_and_what_the_test_expects(
    ready: Answer,
) -> None:
    if ready.place.says == "stops":
        assert re.search(r"^at \w+: ", FENCED.findall(ready.text)[0])
        return
    printed, expected = FENCED.findall(ready.text)
    name = printed.split(" = ")[0]
    fixture = ready.place.mutant.fixture
    if fixture.last:
        # A notebook with a loop prints single entries.
        right = printed_on(fixture, fixture.values)[name]
        assert [printed, expected] == [f"{name} = {ready.place.outputs[name]}", f"{name} = {right}"]
        return
    assert name in fixture.expected
    for shown, value in (
        (printed, ready.place.mutant.values[name]),
        (expected, fixture.expected[name]),
    ):
        numbers = re.findall(r"[-+]?\d[\d.e+-]*", shown.split(" = ")[1])
        first = np.atleast_2d(value)[0]
        assert np.allclose([float(number) for number in numbers], first, atol=1e-7)
    assert printed != expected


def test_the_first_row_of_an_answer_is_diagnosed_to_its_program() -> None:
    for id in most_frequent():
        ready = answer(id)
        if ready.place.says == "fails":
            (printed, _) = FENCED.findall(ready.text)
            found = diagnose(printed, fixture=ready.place.mutant.fixture)
            printing = {candidate.outputs_key for candidate in found.candidates}
            assert ready.place.mutant.outputs_key in printing, (id, str(found))


def test_a_form_that_every_test_accepts_has_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    accepted = Entry(table()["shortcut"], ())
    monkeypatch.setattr(answers, "entry", lambda id: accepted)
    with pytest.raises(ValueError, match="Every published test accepts the shortcut A - Y"):
        answer("shortcut")


def test_the_page_answers_exceptions_with_several_causes_the_most_frequent_first() -> None:
    source = source_of("cite")
    messages = re.findall(r'^answers\.error\("(.*)"\)$', source, re.MULTILINE)
    assert len({evidence_of(message, NOWHERE) for message in messages}) == len(messages)
    for message in messages:
        ready = answers.error(message)
        assert len(ready.text.split()) <= WORDS
        first = ready.text.index(ready.causes[0].says)
        assert all(ready.text.find(cause.says, first) for cause in ready.causes[1:])


def test_an_exception_without_a_known_cause_has_no_answer() -> None:
    with pytest.raises(ValueError, match="The book knows no cause of 'Oops'"):
        answers.error("Oops")


def test_an_answer_counts_the_forms_that_it_has_no_room_to_name() -> None:
    names = ["a form with a name of many words"] * 20
    assert answers._shared(names) == (
        "20 other forms print this too. Compare more outputs before you decide.\n"
    )
    assert answers._shared(names[:1]).startswith("1 other form prints this too.")
