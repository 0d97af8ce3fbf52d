"""The promises of the lock file, the Makefile and the supported Pythons."""

import importlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import backcheck
from chapters import ROOT

LOCKS = {
    name: (ROOT / name).read_text(encoding="utf-8")
    for name in ("requirements.txt", "tests/graders.txt")
}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def pins(*names: str) -> dict[str, list[str]]:
    """Return the locked versions of each distribution, in some locks or in all."""
    found: dict[str, list[str]] = {}
    text = "\n".join(LOCKS[name] for name in names or LOCKS)
    for name, version in re.findall(r"^([a-z0-9_.-]+)==([^\s;]+)", text, flags=re.MULTILINE):
        found.setdefault(name, []).append(version)
    return found


def short_lists() -> list[Requirement]:
    """Return what pyproject.toml asks for, all lists together."""
    project = PROJECT["project"]
    lists = [
        project["dependencies"],
        *project["optional-dependencies"].values(),
        *PROJECT["dependency-groups"].values(),
    ]
    return [Requirement(text) for entries in lists for text in entries]


@pytest.mark.parametrize("requirement", short_lists(), ids=str)
def test_the_lock_holds_a_version_that_each_short_list_allows(requirement: Requirement) -> None:
    versions = pins()[requirement.name]
    assert all(version in requirement.specifier for version in versions)


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_version_carries_hashes_and_no_address(name: str) -> None:
    blocks = re.split(r"^(?=[a-z0-9_.-]+==)", LOCKS[name], flags=re.MULTILINE)[1:]
    assert len(blocks) == sum(map(len, pins(name).values()))
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in LOCKS[name]
    assert "make lock" in LOCKS[name].splitlines()[1]


def test_the_graders_add_to_the_environment_of_the_book_and_change_nothing_in_it() -> None:
    assert pins("tests/graders.txt").keys().isdisjoint(pins("requirements.txt"))


def test_the_katex_lock_pins_by_integrity_and_names_no_address_to_download_from() -> None:
    text = (ROOT / "book/_ext/node/package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in text
    assert text.count('"integrity": "sha512-') == text.count('"node_modules/')


def test_an_old_python_is_told_in_one_sentence_what_is_needed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sys, "version_info", (3, 10, 13))
        with pytest.raises(ImportError) as error:
            importlib.reload(backcheck)
    importlib.reload(backcheck)
    assert str(error.value) == (
        "backcheck needs Python 3.11 or newer, and this is Python 3.10.13: "
        "make the environment again with a newer Python."
    )


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_without_a_new_enough_python_says_so_in_one_sentence(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "requirements.txt").touch()
    (tmp_path / "book/_ext/node").mkdir(parents=True)
    (tmp_path / "book/_ext/node/package-lock.json").touch()
    done = subprocess.run(
        ["make", "book", "CANDIDATES=false"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        # What an outer make was told is not for this one.
        env={k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS", "PYTHON"))},
    )
    assert done.returncode != 0
    assert done.stderr.splitlines()[0] == (
        "This book needs Python 3.11 or newer, and none was found: "
        "install one, or name it with 'make book PYTHON=/path/to/python3'."
    )
    assert not (tmp_path / ".venv").exists()


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_what_make_runs_keeps_the_modules_that_it_compiles() -> None:
    print_it = "include Makefile\nprint: ; @echo kept$$PYTHONDONTWRITEBYTECODE"
    done = subprocess.run(
        ["make", "--silent", "--file=-", "print"],
        cwd=ROOT,
        input=print_it,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.stdout == "kept\n"


def test_what_ci_would_skip_in_a_run_of_everything_fails(tmp_path: Path) -> None:
    assert "\ntest: export NO_SKIPS := $(CI)\n" in (ROOT / "Makefile").read_text(encoding="utf-8")
    shutil.copy(ROOT / "tests/conftest.py", tmp_path)
    (tmp_path / "test_lacks.py").write_text(
        "import pytest\n\ndef test_lacks():\n    pytest.skip('no browser')\n"
        "\n@pytest.mark.skipif(True, reason='no zip')\ndef test_has_none():\n    pass\n"
    )
    folders = " ".join(str(ROOT / folder) for folder in ("book/_ext", "tests"))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-o", f"pythonpath={folders}", tmp_path],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "NO_SKIPS": "true"},
    )
    assert "1 failed, 1 error" in done.stdout
    assert "no browser" in done.stdout


side_by_side = pytest.mark.skipif(
    "PYTEST_XDIST_WORKER" not in os.environ, reason="the tests run one by one"
)


@side_by_side
@pytest.mark.parametrize("id", ["c1w3_bp_public_a", "c1w3_bp_public_c"])
def test_what_takes_the_mutants_of_editions_of_a_test_runs_in_one_process(
    request: pytest.FixtureRequest, id: str
) -> None:
    assert request.node.nodeid.endswith(f"[{id}]@c1w3_bp_public")


@side_by_side
@pytest.mark.xdist_group("together")
def test_tests_that_share_what_takes_long_run_in_one_process(
    request: pytest.FixtureRequest,
) -> None:
    # The name is how pytest-xdist knows; where pytest hides it, they run apart without a word.
    assert request.node.nodeid.endswith("@together")
