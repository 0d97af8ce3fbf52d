"""Tests that are made here, and the files they are written to."""

import importlib.util
import subprocess
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backcheck.fixtures import RULES, Fixture, ids, load
from backcheck.mutants.audit import audit
from backcheck.mutants.fair import FLATTEST, make, margins, repaired, write
from backcheck.program import Program
from chapters import ROOT

WEEK_3, WEEK_4 = "c1w3_bp_public_c", "c1w4_L_model_backward_v2"
RUFF = Path(sys.executable).with_name("ruff")


def module_of(fixture: Fixture, folder: Path) -> ModuleType:
    file = folder / "made_test.py"
    file.write_text(write(fixture), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("made_test", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def passes(module: ModuleType, program: Program) -> bool:
    try:
        module.check(program.run)
    except (AssertionError, ValueError):
        return False
    return True


MADE = {
    "tanh, three output units": lambda: make(),
    "relu, one output unit": lambda: make((3, 4, 1), ("relu", "sigmoid"), 5, seed=3),
    "three layers": lambda: make((3, 4, 3, 2), ("relu", "tanh", "sigmoid"), 5),
    "Week 3 repaired": lambda: mended(WEEK_3),
    "Week 4 repaired": lambda: mended(WEEK_4),
}


@cache
def made(name: str) -> Fixture:
    return MADE[name]()


@cache
def mended(id: str) -> Fixture:
    return repaired(load(id))


# Each is made, and audited, in one process.
every_made = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.xdist_group(f"made {name}")) for name in MADE]
)
# The loop of the LSTM, whose audit takes a minute, is repaired by `make bench BENCH=--exhaustive`;
# here are its cell, and the other loop.
every_mended = pytest.mark.parametrize(
    "id", [id for id in ids() if load(id).is_gradient and id != "c5w1_lstm_backward_new"]
)


def test_a_seed_whose_bias_is_nearly_zero_is_passed_over() -> None:
    made = make(seed=5)
    assert made.seed == 11
    assert min(np.min(np.abs(made.arrays[name])) for name in ("b1", "b2")) > 0.01


@every_made
def test_a_written_test_passes_every_equivalent_program_and_kills_what_it_claims(
    name: str, tmp_path: Path
) -> None:
    fixture = made(name)
    found, module = audit(fixture), module_of(fixture, tmp_path)
    assert found.rejected == ()
    assert passes(module, fixture.program)
    for mutant in found.accepted:
        assert passes(module, mutant.program), mutant
    # Every third, since a file names a mistake slowly; `audit` above judged them all.
    for mutant in found.killed[::3]:
        assert not passes(module, mutant.program), mutant
    for survivor in found.survivors:
        assert passes(module, survivor.mutant.program), survivor
        assert str(survivor) in module.__doc__


@every_mended
def test_the_file_of_a_repaired_test_has_its_arrays_and_passes_its_program(
    id: str, tmp_path: Path
) -> None:
    fixture = mended(id)
    module = module_of(fixture, tmp_path)
    made = module.inputs()
    assert made.keys() == fixture.arrays.keys()
    for name, value in fixture.arrays.items():
        np.testing.assert_allclose(made[name] * 1.0, value, atol=1e-14)
    assert passes(module, fixture.program)


@pytest.mark.skipif(not RUFF.exists(), reason="ruff is not installed")
@every_made
def test_a_written_test_is_clean_and_formatted(name: str, tmp_path: Path) -> None:
    file = tmp_path / "made_test.py"
    file.write_text(write(made(name)), encoding="utf-8")
    # Its docstring lists statements, and a test consists of asserts.
    for command in (["check", "--ignore", "E501,S101"], ["format", "--check"]):
        done = subprocess.run(
            [RUFF, *command, "--config", ROOT / "pyproject.toml", file],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout


def test_several_output_units_leave_no_mistake_alive() -> None:
    assert audit(make()).strength == 1.0


def test_one_output_unit_hides_what_sums_over_units_and_nothing_else() -> None:
    survivors = audit(make((4, 5, 1))).survivors
    assert {survivor.details for survivor in survivors} == {"hidden by 1 output unit"}


def test_a_written_test_needs_numpy_and_no_other_package(tmp_path: Path) -> None:
    file = tmp_path / "made_test.py"
    file.write_text(write(make()), encoding="utf-8")
    script = (
        "import importlib, sys; sys.path.insert(0, sys.argv[1]); "
        "test = importlib.import_module('made_test'); "
        "assert 'backcheck' not in sys.modules; "
        "test.check(lambda arrays: {name: value for name, value in test.EXPECTED.items()})"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", script, str(tmp_path)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_the_first_complaint_names_the_gradient_nearest_to_the_output(tmp_path: Path) -> None:
    fixture = make()
    module = module_of(fixture, tmp_path)
    wrong = fixture.program.replace(dZ2="dA2 * A2 * A2 + 3")
    with pytest.raises(AssertionError, match=r"Wrong values for dW2, by up to .* made of dZ2, A1"):
        module.check(wrong.run)
    with pytest.raises(AssertionError, match="There is no dW2"):
        module.check(lambda arrays: {"dW1": 0})
    with pytest.raises(AssertionError, match=r"db1 has shape \(5,\), but \(5, 1\) is expected"):
        module.check(fixture.program.replace(db1="sum(dZ1, axis=1) / m").run)


def test_a_function_that_changes_its_inputs_cannot_spoil_the_next_call(tmp_path: Path) -> None:
    fixture = make()
    module = module_of(fixture, tmp_path)

    def careless(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        values = fixture.program.run(arrays)
        arrays["A1"] *= 0
        return values

    module.check(careless)
    module.check(careless)


def test_a_written_test_leaves_no_array_behind_for_a_function_to_read(tmp_path: Path) -> None:
    names = vars(module_of(make(), tmp_path)).keys()
    assert names.isdisjoint(make().arrays)


@every_made
def test_the_tolerance_lies_between_rounding_and_the_nearest_mistake(name: str) -> None:
    fixture = made(name)
    noise, nearest = margins(fixture)
    absolute, relative = RULES[fixture.comparisons[-1].rule]
    largest = max(float(np.max(np.abs(value))) for value in fixture.expected.values())
    assert noise <= absolute
    assert absolute + relative * largest < nearest


@settings(max_examples=12)
@given(
    units=st.lists(st.integers(1, 5), min_size=2, max_size=3),
    hidden=st.sampled_from(["tanh", "relu", "sigmoid"]),
    m=st.integers(2, 6),
    seed=st.integers(0, 50),
)
def test_what_can_be_made_is_spread_and_fair(
    units: list[int], hidden: str, m: int, seed: int
) -> None:
    fixture = make(units, [hidden] * (len(units) - 2) + ["sigmoid"], m, seed)
    assert audit(fixture).rejected == ()
    assert fixture.broken() == {}
    output = fixture.arrays[fixture.layers[-1].A]
    assert np.min(output * (1 - output)) >= FLATTEST


@every_mended
def test_a_repaired_test_is_a_forward_pass_with_the_published_shapes_and_asserts(id: str) -> None:
    old, new = load(id), mended(id)
    assert new.broken() == {}
    assert audit(new).rejected == ()
    assert new.comparisons == old.comparisons
    assert {name: value.shape for name, value in new.expected.items()} == {
        name: value.shape for name, value in old.expected.items()
    }
    kept = {draw["name"] for draw in old.draws} - {
        name for layer in old.layers for name in (layer.Z, layer.A)
    }
    # Repaired, the cell has the bias that it draws and does not use.
    for name in kept - ({"ba"} if id == "c5w1_rnn_cell_backward_old" else set()):
        np.testing.assert_array_equal(new.arrays[name], old.arrays[name])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"units": (3, 0, 1)}, "units holds 0, but has to be a whole number from 1 to 20"),
        ({"units": (3, 21, 1)}, "units holds 21"),
        ({"units": (3, 2.5, 1)}, "units holds 2.5"),
        ({"units": (3,)}, "units has 1 sizes"),
        ({"units": (3, 4)}, "There are 1 layers in units and 2 activations"),
        ({"activations": ("tanh", "relu")}, "The last activation is relu"),
        ({"activations": ("swish", "sigmoid")}, "There is no activation called 'swish'"),
        ({"m": 1}, "m is 1, but has to be a whole number from 2 to 50"),
        ({"seed": -1}, "seed is -1"),
        ({"units": (20, 20, 20), "m": 50}, "gives a forward pass that is spread"),
    ],
)
def test_what_makes_no_test_is_refused_in_one_sentence(
    arguments: dict[str, object], sentence: str
) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        make(**arguments)  # type: ignore[arg-type]
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_test_whose_cache_does_not_come_from_a_forward_pass_is_not_written() -> None:
    with pytest.raises(ValueError, match=r"breaks .*: repair it before you write it"):
        write(load(WEEK_4))


def test_a_test_that_would_not_be_fair_is_refused_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Without a tolerance, the rounding of another right formula fails the test.
    monkeypatch.setitem(RULES, "absolute", (0.0, 0.0))
    with pytest.raises(
        ValueError, match=r"^Fair test, .* would reject \d+ equivalent programs, "
    ) as e:
        make((2, 3, 2), m=5, seed=40)
    assert "\n" not in str(e.value)
