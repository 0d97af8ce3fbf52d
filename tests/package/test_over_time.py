"""The loops over time of Course 5 Week 1: read once, changed at every step, and diagnosed."""

import random
import re
import time
from collections.abc import Mapping
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from backcheck import forward, referee
from backcheck.__main__ import main
from backcheck.diagnosis.diagnose import diagnose
from backcheck.diagnosis.parts import OF_LOOPS
from backcheck.fixtures import Fixture, load
from backcheck.mutants.audit import audit
from backcheck.mutants.joint import own_replaced
from backcheck.mutants.mistakes import occurrences, table
from backcheck.mutants.mutant import Mutant
from backcheck.mutants.mutate import mutants
from backcheck.mutants.operators import expression
from backcheck.mutants.steps import at_each_step, other_forwards, sayings
from backcheck.over_time import in_loop, unrolled
from backcheck.program import Tree, parse, write
from backcheck.showing.words import say
from pace import allowed
from posts import GATES, NAMED, WRONG_GATES, of_the_cell
from programs import learner
from told import told, told_by_run

RNN, LSTM, OLD = "c5w1_rnn_backward", "c5w1_lstm_backward_new", "c5w1_lstm_backward_old"
CELL_TEST = "c5w1_lstm_cell_backward"
OTHERS = ("dWi", "dWc", "dWo", "dbf", "dbi", "dbc", "dbo")
each = pytest.mark.parametrize("id", [RNN, LSTM])


def printed(fixture: Fixture, values: Mapping[str, np.ndarray]) -> str:
    """What the notebook's cell prints: an entry of each gradient, of dx a row over time."""
    lines = dict.fromkeys(re.sub(r"^(dx.+)\[\d\]$", r"\1", place) for place in fixture.entries)
    said = []
    for place in lines:
        name, *index = re.findall(r"\w+", place)
        keys = "".join(f"[{key}]" for key in index)
        said.append(f'gradients["{name}"]{keys} = {values[name][tuple(map(int, index))]}')
        said.append(f'gradients["{name}"].shape = {values[name].shape}')
    return "\n".join(said)


def changed(id: str, **forms: str) -> Mutant:
    """The program with lines of its loop changed, which are given for the step that runs first."""
    fixture = load(id)
    trees = {f"{name}_t{fixture.last}": expression(form) for name, form in forms.items()}
    return Mutant(fixture, trees)


def named(id: str) -> list[tuple[str, Mapping[str, Tree]]]:
    kinds = ("carry", "step-alone", "other-sum", "other-step", "other-forward", "misprinted")
    kinds += ("carry-added", "sum-doubled", "other-first")
    return [(kind, forms) for kind in kinds for forms in mutants(load(id)).joint[kind]]


def nothing_carried(fixture: Fixture) -> Mapping[str, Tree]:
    """Every gradient that is carried left out, and da0 as the last step has it."""
    return [one for one in mutants(fixture).joint["carry"] if "da0" not in one][-1]


def test_a_loop_is_written_once_and_read_as_its_steps() -> None:
    text = "a = x\nfor t in 1, 0:\n    b[t] = a[t-1] + c[t+1]\n    d[t] = x[:, :, t].shape[1]\n"
    text += "e = b[0]\n"
    assert str(parse(unrolled(text))).split("\n") == [
        "a = x",
        "b_t2 = a_t1 + c_t3",
        "d_t2 = x[:, :, 1].shape[1]",
        "b_t1 = a_t0 + c_t2",
        "d_t1 = x[:, :, 0].shape[1]",
        "e = b_t1",
    ]
    assert (
        in_loop("b_t2 = a_t1 + c_t3 * x[:, :, 1]", "b_t2") == "b[t] = a[t-1] + c[t+1] * x[:, :, t]"
    )
    assert in_loop("e = b_t1", "e") == "e = b[0]"
    stacked = "dstack((x_t1, x_t2, x_t3))[:, :, 1]"
    assert write(expression(stacked)) == stacked


@each
def test_the_loop_is_the_gradient_by_complex_step_and_by_centred_differences(id: str) -> None:
    fixture = load(id)
    assert forward.verdict(fixture.program, fixture) == "equivalent"
    arrays = forward.draw(fixture, seed=4)
    found = fixture.program.run(arrays)
    for name in ("da0", *(one for one in fixture.expected if one.startswith("dW"))):

        def cost(value: np.ndarray, of: str = name[1:]) -> float:
            return float(fixture.forward.run({**arrays, of: value})["J"])

        centred = referee.centred_difference(cost, arrays[name[1:]])
        assert referee.relative_error(found[name], centred) < 1e-8


def test_the_old_numbers_of_lstm_backward_take_two_slips_and_are_no_gradient() -> None:
    old, new = load(OLD), load(LSTM)
    assert not old.is_gradient
    assert forward.verdict(old.program, old) == "mistake"
    carry, sums = nothing_carried(new), mutants(new).joint["other-sum"][0]
    words = [old.judge(Mutant(new, forms).program).word for forms in (carry, sums, carry | sums)]
    assert words == ["fails", "fails", "passes"]
    assert old.judge(new.program).word == "fails"


@each
def test_a_change_of_a_line_is_made_at_every_step(id: str) -> None:
    fixture = load(id)
    name = f"dxt_t{fixture.last}"
    forms = at_each_step(fixture, {name: f"da_prev_t{fixture.last + 1}"})
    assert list(forms.items()) == [(f"dxt_t{t}", f"da_prev_t{t + 1}") for t in (4, 3, 2, 1)]
    back = at_each_step(fixture, {"da_next_t4": ("slice", "da", 2.0)})
    assert [tree[2] for tree in back.values()] == [2, 1, 0, -1]


@each
def test_each_named_mistake_of_the_loop_is_found_from_what_the_notebook_prints(id: str) -> None:
    fixture = load(id)
    for kind, forms in named(id):
        mutant = Mutant(fixture, forms)
        found = diagnose(printed(fixture, mutant.program.run(fixture.arrays)))
        assert found.verdict == "explained", (kind, mutant)
        if fixture.judge(mutant.program).word == "passes":
            continue
        assert any(one.outputs_key == mutant.outputs_key for one in found.candidates), kind
        assert found.candidates[0].name, (kind, mutant)


@each
def test_what_is_carried_and_never_set_is_told_in_full_before_other_forms_with_zeros(
    id: str,
) -> None:
    fixture = load(id)
    unset = sayings(fixture)["da0-unset"]
    left_out = [one for one in mutants(fixture).joint["carry"] if unset.items() <= one.items()]
    assert left_out
    for forms in left_out:
        mutant = Mutant(fixture, forms)
        found = diagnose(printed(fixture, mutant.program.run(fixture.arrays)))
        assert say("da0-unset") in found.candidates[0].shown
        assert not {*found.candidates[0].forms} - {*forms}
        assert ".," not in found.body


def sums_of(id: str, is_kept: bool) -> Mapping[str, Tree]:
    """The sums of a loop that stay as they were, or that each step overwrites."""
    found = mutants(load(id)).joint["step-alone"]
    return [one for one in found if len(one) == len(found[-1])][is_kept]


@each
@pytest.mark.parametrize("is_kept", [True, False])
@pytest.mark.parametrize("is_carried", [True, False])
def test_sums_of_zeros_or_of_one_step_are_never_called_right_under_another_name(
    id: str, is_kept: bool, is_carried: bool
) -> None:
    fixture, sums = load(id), sums_of(id, is_kept)
    carry = {} if is_carried else mutants(fixture).joint["carry"][-1]
    text = printed(fixture, Mutant(fixture, sums | carry).values)
    found = diagnose(text)
    assert (found.verdict, found.fixture) == ("explained", fixture)
    assert found.candidates[0].forms == carry | sums
    assert "not added up" in found.candidates[0].name
    assert not re.search(r"_t\d|under their own name", repr(found))


@each
def test_zeros_in_every_output_of_a_loop_are_most_likely_a_da_that_is_never_read(id: str) -> None:
    never = changed(id, da_next="da_prev_t5")
    assert "most likely da is never read" in repr(diagnose(printed(never.fixture, never.values)))
    assert "da is never read" not in repr(diagnose('gradients["da0"][2][3] = 0.0'))


@pytest.mark.parametrize("form", ["dbi_sum_t5", "dbi_t4 * 1.7"])
def test_what_one_step_of_a_loop_has_is_no_name_for_numbers(form: str) -> None:
    mutant = changed(LSTM, dbi_sum=form, dzf="dft_t4 * 3.3", dWc_sum="dWc_t4 * 7.1")
    found = diagnose(printed(mutant.fixture, mutant.values), LSTM, 1)
    assert found.verdict == "unexplained"
    assert not re.search(r"_t\d", repr(found))


def test_a_loop_that_runs_otherwise_is_said_in_a_sentence() -> None:
    fixture = load(RNN)
    for key, forms in sayings(fixture).items():
        mutant = Mutant(fixture, forms)
        found = diagnose(printed(fixture, mutant.values))
        assert key.startswith(("da0", "dx")) or repr(found).count(" step") > 1, key
        assert say(key.split()[0], t=key.split()[-1])[:-1] in " ".join(repr(found).split())
        assert "_t" not in repr(found)
    assert "The loop runs from the first step to the last." in repr(
        diagnose(printed(fixture, Mutant(fixture, sayings(fixture)["forwards"]).values))
    )


@each
def test_a_wrong_cache_is_found_beside_a_loop_that_carries_nothing(id: str) -> None:
    fixture = load(id)
    carry, cache = mutants(fixture).joint["carry"][-1], [*other_forwards(fixture).values()][-1]
    found = diagnose(printed(fixture, Mutant(fixture, {**carry, **cache}).values))
    assert found.verdict == "explained"
    assert "forward loop" in repr(found)
    assert "da_next[t] = da[:, :, t]" in repr(found)
    assert not re.search(r"_t\d", repr(found))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("loop, da of the first step", "reads the da of the first step, da[:, :, 0]."),
        ("loop, da of the first step alone", "reads da[:, :, 0], and nothing is carried."),
        ("loop, the first cache", "reads the cache of the first step, caches[0]."),
    ],
)
def test_an_index_that_stays_in_the_loop_is_told_of_what_a_function_returns(
    name: str, said: str, tmp_path: Path
) -> None:
    assert said in told_by_run(learner(name), tmp_path)


def test_sums_that_are_changed_alike_are_told_once_with_the_names_of_the_others() -> None:
    fixture = load(LSTM)
    mutant = Mutant(fixture, mutants(fixture).joint["sum-doubled"][-1])
    assert mutant.shown == ("dWf_sum[t] = dWf_sum[t+1] + dWf_sum[t+1] + dWf[t]",)
    (expected,) = mutant.expects
    assert expected.endswith("and so in " + ", ".join(f"{n}_sum" for n in OTHERS))


@each
def test_three_mistakes_of_a_whole_loop_are_told_at_once(id: str) -> None:
    fixture, rng = load(id), random.Random(3)  # noqa: S311
    occurring = [(key, forms) for key, forms in occurrences(fixture) if key != "other-sum"]
    kinds = [[forms for key, forms in occurring if key in some] for some in OF_LOOPS]
    for _ in range(8):
        *flows, last = (rng.choice(some) for some in kinds)
        first, other = rng.sample(flows, 2)
        if first.keys() & other or (first.keys() | other) & last.keys():
            continue
        mutant = Mutant(fixture, {**first, **other, **last}, 3)
        found = diagnose(printed(fixture, mutant.values))
        assert found.verdict == "explained", mutant
        shown = {candidate.outputs_key for candidate in found.candidates}
        # Some of three may change nothing that is printed.
        assert mutant.outputs_key in shown or found.candidates[0].changes < 3, mutant


@pytest.mark.parametrize(
    ("carry", "forms"),
    [
        (0, {"dc_prev": "dc_t4"}),
        (1, {"da_prev": "Wf.T[:a_prev_t4.shape[0]] @ dzf_t4 + Wi.T[:a_prev_t4.shape[0]] @ dzi_t4"}),
        (2, {"dcct": "dc_t4 * it_t4 * it_t4"}),
    ],
)
def test_a_mistake_of_the_cell_is_found_beside_what_is_not_carried(
    carry: int, forms: dict[str, str]
) -> None:
    mutant = changed(LSTM, **forms)
    both = Mutant(mutant.fixture, {**mutants(mutant.fixture).joint["carry"][carry], **mutant.forms})
    found = diagnose(printed(mutant.fixture, both.values))
    assert both.outputs_key in [one.outputs_key for one in found.candidates]


@pytest.mark.parametrize("id", [CELL_TEST, LSTM])
def test_a_sum_that_the_gates_read_in_part_is_told_where_what_is_handed_back_has_it_whole(
    id: str,
) -> None:
    fixture = load(id)
    parts = mutants(fixture).joint["reads-part"]
    assert len(parts) == 2
    for forms in parts:
        mutant = Mutant(fixture, forms)
        assert {step.partition("_")[0] for step in forms} == {"dft", "dit", "dcct"}
        found = diagnose(printed(fixture, mutant.values))
        assert mutant.outputs_key in [one.outputs_key for one in found.candidates]


CELL = [
    (RNN, {"dz": "da_next_t4 * (1 - a_next_t4)"}, "the square in the derivative of tanh lost"),
    (RNN, {"dz": "da_next_t4 * (1 - tanh(a_next_t4) ** 2)"}, "1 - tanh(a_next[t]) ** 2"),
    (RNN, {"da_prev": "dWaa_t4.T @ dz_t4"}, "dW in place of W"),
    (RNN, {"da_prev": "Waa @ dz_t4"}, "da_prev[t] = Waa @ dz[t]"),
    (RNN, {"dba": "sum(dz_t4, axis=1, keepdims=True) / m"}, "dba[t] = "),
    (LSTM, {"dzc": "dcct_t4 * (1 - cct_t4)"}, "the square in the derivative of tanh lost"),
    (LSTM, {"dzf": "dft_t4 * ft_t4"}, "dzf[t] = dft[t] * ft[t]"),
    (LSTM, {"dot": "da_next_t4 * c_next_t4"}, "dot[t] = da_next[t] * c_next[t]"),
]


@pytest.mark.parametrize(("id", "forms", "said"), CELL)
def test_a_mistake_of_the_cell_is_found_in_the_loop(
    id: str, forms: dict[str, str], said: str
) -> None:
    mutant = changed(id, **forms)
    found = diagnose(printed(mutant.fixture, mutant.values))
    assert mutant.forms.items() in [one.forms.items() for one in found.candidates]
    assert said in repr(found)
    assert found.candidates[0].page.partition("#")[0] == "backpropagation-through-time"


@pytest.mark.parametrize("id", [CELL_TEST, LSTM])
def test_one_array_of_each_gate_in_place_of_another_is_found_as_one_change(id: str) -> None:
    fixture = load(id)
    names = list(mutants(fixture).joint["each-own"][0])
    steps = {step.name: step.expression for step in fixture.program.steps if step.name in names}
    alone = [{n: form} for n in steps for form in own_replaced(fixture, n, steps[n]).values()]
    for forms in [*alone, *mutants(fixture).joint["each-own"]]:
        values = Mutant(fixture, forms).values
        wanted = fixture.expected.items()
        if any(np.shape(values.get(name)) != want.shape for name, want in wanted):
            continue
        found = diagnose(printed(fixture, values))
        assert forms in [dict(one.forms) for one in found.candidates], Mutant(fixture, forms)


@pytest.mark.parametrize("id", [CELL_TEST, LSTM])
def test_derivatives_left_out_of_some_or_all_gates_on_the_way_down_have_one_name(id: str) -> None:
    fixture = load(id)
    subsets = mutants(fixture).joint["gate-slope"]
    assert len(subsets) == 2**4 - 1
    for forms in subsets:
        found = diagnose(printed(fixture, Mutant(fixture, forms).values), id, 1)
        assert [one.name for one in found.candidates[0].named] == [table()["gate-slope"].name]
        assert say("gate-names") in found.remarks


@pytest.mark.parametrize("id", [RNN, LSTM])
def test_dx_that_is_stored_below_the_loop_is_told_as_such(id: str) -> None:
    fixture = load(id)
    once, whole, turned = mutants(fixture).joint["stored-once"]
    values = Mutant(fixture, once).values
    assert np.any(values["dx"][..., 0])
    assert not np.any(values["dx"][..., 1:])
    assert "stored once, below the loop" in repr(diagnose(printed(fixture, values), changes=1))
    values = Mutant(fixture, whole).values
    assert "writes over the whole of dx" in repr(diagnose(printed(fixture, values), changes=1))
    assert "writes over the whole of dx" in repr(diagnose({"dx": values["dx"]}, fixture))
    values = Mutant(fixture, turned).values
    assert np.array_equal(values["dx"][..., -1], Mutant(fixture, whole).values["dx"])
    said = repr(diagnose(printed(fixture, values), changes=1))
    assert say("dx-turned") in " ".join(said.split())


@pytest.mark.parametrize("id", [RNN, LSTM])
def test_a_loop_whose_carried_gradient_begins_as_da_is_told_as_such(id: str) -> None:
    fixture = load(id)
    for key in ("begun-last", "begun-first"):
        (first,) = diagnose(
            printed(fixture, Mutant(fixture, sayings(fixture)[key]).values), changes=1
        ).candidates
        assert first.shown == (say(key),)
        assert first.expects == ("where the test begins with zeros",)


@pytest.mark.parametrize("id", [RNN, LSTM])
def test_a_function_that_returns_in_the_first_turn_of_the_loop_is_told_as_such(id: str) -> None:
    fixture = load(id)
    (forms,) = mutants(fixture).joint["returned-early"]
    values = Mutant(fixture, forms).values
    assert not np.any(values["dx"][..., :-1])
    assert np.array_equal(values["da0"], fixture.values["da_prev_t4"])
    found = diagnose(printed(fixture, values), changes=1)
    assert found.candidates[0].shown == (say("returned-early"),)


def test_a_derivative_left_out_of_a_gate_is_told_beside_sums_that_are_not_added_up() -> None:
    fixture = load(LSTM)
    joint = mutants(fixture).joint
    for gates, sums in product(
        joint["gate-slope"][::5], (joint["step-alone"][0], joint["step-alone"][-1])
    ):
        found = diagnose(printed(fixture, Mutant(fixture, {**gates, **sums}).values))
        assert (found.verdict, found.candidates[0].changes) == ("explained", 2)
        names = {one.id for one in found.candidates[0].named}
        assert names == {"gate-slope", "step-alone"}


def test_the_formulas_that_the_first_notebooks_misprint_are_named_where_they_are_typed() -> None:
    fixture = load(CELL_TEST)
    whole, *_ = misprints = mutants(fixture).joint["misprinted"]
    assert {*whole} == {"dzf", "dzi", "dzc"}
    for forms in misprints:
        (first, *_) = diagnose(printed(fixture, Mutant(fixture, forms).values)).candidates
        assert dict(first.forms) == forms
        assert first.name == table()["misprinted"].name


@pytest.mark.xdist_group("lines")
@pytest.mark.parametrize("place", NAMED)
def test_a_function_that_a_text_names_comes_before_a_loop_that_prints_the_same_names(
    place: str,
) -> None:
    found = told(place.format(entries=of_the_cell()))
    assert found.fixture is load(CELL_TEST)
    assert found.verdict == "explained"


def test_the_expected_output_of_another_edition_below_the_own_one_is_left_out() -> None:
    right, old = load(LSTM), load(OLD)
    carry = Mutant(right, mutants(right).joint["carry"][-1])
    text = f"{printed(right, carry.values)}\n\nIt should print\n{printed(old, old.values)}"
    found = diagnose(text)
    assert found.fixture is right
    assert found.candidates[0].forms == carry.forms


def test_two_changes_are_not_tried_where_an_array_has_a_shape_that_no_program_prints() -> None:
    deep: list[str] = []
    values = {
        "dx": np.full((10, 3), 0.2718),
        "dWax": np.full((5, 3), 0.5772),
        "dba": [[0.1414]] * 5,
    }
    text = "\n".join(f"{name} = {np.array(value).tolist()}" for name, value in values.items())
    found = diagnose(text, before_two_changes=lambda: deep.append("deep"))
    assert "dx has shape (10, 3), and (3, 10, 4) is expected." in found.remarks
    assert deep == []


def test_two_changes_of_a_loop_are_found_within_seconds() -> None:
    mutant = changed(LSTM, dzc="dcct_t4 * (1 - cct_t4)", dbo_sum="dbo_t4")
    begun = time.process_time()
    found = diagnose(printed(mutant.fixture, mutant.values))
    assert time.process_time() - begun < allowed(15)
    assert mutant.forms.items() in [one.forms.items() for one in found.candidates]


@pytest.mark.parametrize(
    ("entry", "function"), [("da0[2][3]", "lstm_backward"), ("da_prev[2][3]", "lstm_cell_backward")]
)
def test_an_entry_that_one_notebook_prints_is_not_taken_for_an_array_of_another(
    entry: str, function: str
) -> None:
    name, _, place = entry.partition("[")
    found = diagnose(f'gradients["{name}"][{place} = 0.36136164521813085')
    assert found.verdict == "unexplained"
    assert found.fixture is not None
    assert found.fixture.function == function


@pytest.mark.parametrize(("id", "names"), [(RNN, "a_next"), (LSTM, "c_next and a_next")])
def test_where_a_loop_is_not_explained_the_forward_pass_is_named_too(id: str, names: str) -> None:
    fixture = load(id)
    forward = fixture.function.replace("backward", "forward")
    cause = f"{fixture.function} can be right and its cache wrong, since your own {forward}"
    outputs = {name: fixture.values[name] * 1.3 + 0.1 for name in fixture.expected}
    said = " ".join(repr(diagnose(printed(fixture, outputs), changes=1)).split())
    assert cause in said
    assert f"print {names} of {forward} " in said
    # What is right is computed from the cache of the test.
    values = fixture.values | {"da0": fixture.values["da0"] * 1.3}
    assert cause not in " ".join(repr(diagnose(printed(fixture, values), changes=1)).split())


def test_numbers_of_no_program_of_a_loop_are_not_explained() -> None:
    mutant = changed(RNN, dz="da_next_t4 * (1 - a_next_t4) * 3.3", dWax_sum="dWax_t4 * 7.1")
    assert diagnose(printed(mutant.fixture, mutant.values)).verdict == "unexplained"


@pytest.mark.parametrize(
    ("id", "form", "is_carried"),
    [
        (RNN, {"da_prev": "Waa @ dz_t4 * 3.3"}, True),
        (RNN, {"dz": "da_next_t4 * (1 - a_next_t4) * 3.3"}, False),
        (LSTM, {"dc_prev": "dc_t4 * it_t4 * 3.3"}, True),
        (LSTM, {"dft": "dc_t4 * c_prev_t4 * 3.3"}, False),
    ],
)
def test_dx_that_is_right_at_the_last_step_alone_points_at_what_is_carried(
    id: str, form: dict[str, str], is_carried: bool
) -> None:
    mutant = changed(id, **form)
    dx = np.where(np.arange(4) < 3, mutant.values["dx"] * 1.1, mutant.values["dx"])
    found = diagnose(f'gradients["dx"][1][2] = {dx[1, 2]}', id, 1)
    assert ("as expected at the last step and at no other" in repr(found)) == is_carried


def test_dx_that_is_right_at_the_last_steps_alone_points_at_how_it_is_carried_on() -> None:
    right = load(RNN).values["dx"]
    dx = np.where(np.arange(4) < 2, right * 1.37 + 0.2, right)
    said = " ".join(repr(diagnose(f'gradients["dx"][1][2] = {dx[1, 2]}', RNN, 1)).split())
    assert "dx is as expected at the last 2 steps and at no other. What is carried is" in said
    # Where one step alone is off, what is carried has come down to it.
    dx = np.where(np.arange(4) < 1, right * 1.37 + 0.2, right)
    said = " ".join(repr(diagnose(f'gradients["dx"][1][2] = {dx[1, 2]}', RNN, 1)).split())
    assert "as expected at every step but t = 0" in said


def test_a_view_of_any_step_in_the_cache_is_told_by_its_index() -> None:
    fixture = load(LSTM)
    for n in (0, 1, 5):
        forms = other_forwards(fixture)[f"forward-view {n}"]
        found = diagnose(printed(fixture, Mutant(fixture, forms).values))
        assert f"c_next = c[:, :, {n}]" in " ".join(repr(found).split())


def test_what_prints_dx_right_at_the_last_step_alone_changes_what_is_carried_or_added() -> None:
    fixture, last = load(RNN), []
    for forms in [{slot.name: one.tree} for slot in mutants(fixture).slots for one in slot.forms]:
        mutant = Mutant(fixture, forms)
        if np.shape(dx := mutant.values.get("dx")) == fixture.values["dx"].shape:
            wrong = ~np.isclose(dx, fixture.values["dx"], 1e-4).all(axis=(0, 1))
            last += [mutant] if wrong.tolist() == [True, True, True, False] else []
    assert len(last) > 50
    for mutant in last:
        assert re.search(r"da_prev|da_next|Waa", f"{[*mutant.forms]} {mutant.shown}"), mutant.shown


@pytest.mark.parametrize("id", [RNN, LSTM, OLD])
def test_the_expected_numbers_of_each_edition_are_told_from_the_others(id: str) -> None:
    fixture = load(id)
    text = printed(fixture, fixture.run())
    found = diagnose(text)
    assert (found.verdict, found.fixture) == ("expected", fixture)
    assert ("not the gradient" in repr(found)) is not fixture.is_gradient
    arrays = {name: fixture.values[name] for name in fixture.expected}
    assert diagnose(arrays).fixture is fixture


def test_what_nothing_carried_prints_beside_other_numbers_is_of_the_gradient() -> None:
    new = load(LSTM)
    values = Mutant(new, nothing_carried(new)).values
    text = printed(new, values | {"da0": values["da0"] * 1.3})
    found = diagnose(text, changes=1)
    assert (found.verdict, found.fixture) == ("unexplained", new)
    said = " ".join(repr(found).split())
    assert "dbi, dbc, dbo are explained by da_next[t] = da[:, :, t]; dc[t]" in said


def test_what_the_old_edition_alone_prints_beside_other_numbers_is_of_it() -> None:
    old = load(OLD)
    found = diagnose(printed(old, old.values | {"da0": old.values["da0"] * 1.3}), changes=1)
    assert (found.verdict, found.fixture) == ("unexplained", old)


def test_right_numbers_asked_of_the_old_edition_are_called_right() -> None:
    found = diagnose(printed(load(LSTM), load(LSTM).run()), OLD)
    said = " ".join(repr(found).split())
    assert "These are the expected numbers of Course 5 Week 1, lstm_backward (" in said


def test_an_audit_of_the_loop_accepts_every_right_program() -> None:
    found = audit(load(RNN))
    assert found.rejected == ()
    assert found.strength > 0.99


@pytest.mark.parametrize(
    ("name", "said", "code"),
    [
        ("right", "your rnn_backward passes", 0),
        ("nothing carried", "the gradient carried from the later step left out", 1),
        ("one step of a sum", "line 15, dWax", 1),
        ("da of all steps", "where the test expects da0 = da_prev[0]", 1),
        ("all steps at once", "An array of all steps meets one of a single step", 4),
    ],
)
def test_a_function_that_calls_the_helper_of_one_step_is_run_and_diagnosed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, said: str, code: int
) -> None:
    file = tmp_path / "own.py"
    text = learner(f"loop, {name}").text
    file.write_text(text, encoding="utf-8")
    assert main(["run", RNN, str(file)]) == code
    assert said in capsys.readouterr().out


@pytest.mark.parametrize("text", GATES.values(), ids=GATES)
def test_right_lines_of_the_gates_are_right_by_the_names_of_the_notebook(text: str) -> None:
    found = diagnose(text)
    assert "as the test expects" in repr(found).replace("\n", " ")
    assert not found.candidates


@pytest.mark.parametrize("text", WRONG_GATES)
def test_a_wrong_line_of_a_gate_is_the_only_one_that_is_called_so(text: str) -> None:
    assert [{*one.forms} for one in diagnose(text).candidates] == [{WRONG_GATES[text]}]
