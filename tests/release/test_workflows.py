"""What the linters do not see in the workflows: what they may do, and what their steps do."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from chapters import ROOT, chapters

FILES = sorted((ROOT / ".github/workflows").glob("*.yml"))
WORKFLOWS: dict[str, dict[str, Any]] = {
    file.stem: yaml.safe_load(file.read_text(encoding="utf-8")) for file in FILES
}
JOBS = [(name, job) for name, workflow in WORKFLOWS.items() for job in workflow["jobs"]]

# A hook of git that runs these tests says where its repository is; they make their own.
OUTSIDE = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="these steps run on Linux alone")


def steps(workflow: str, job: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = WORKFLOWS[workflow]["jobs"][job]["steps"]
    return found


def step(
    workflow: str, name: str, folder: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run one named step of the job that builds, as a runner does."""
    (script,) = [step["run"] for step in steps(workflow, "build") if step.get("name") == name]
    assert WORKFLOWS[workflow]["defaults"]["run"]["shell"] == "bash"
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script],
        cwd=folder,
        env=OUTSIDE | environment,
        capture_output=True,
        encoding="utf-8",
    )


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_action_is_pinned_by_a_commit_and_says_its_version(file: Path) -> None:
    uses = re.findall(r"uses: (.+)", file.read_text(encoding="utf-8"))
    assert uses
    for action in uses:
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action)


def test_one_version_of_an_action_is_used_everywhere() -> None:
    pins: dict[str, set[str]] = {}
    for file in FILES:
        for action, pin in re.findall(r"uses: (\S+?)@(.+)", file.read_text(encoding="utf-8")):
            pins.setdefault(action, set()).add(pin)
    assert {action: pin for action, pin in pins.items() if len(pin) > 1} == {}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_may_do_nothing_but_what_a_job_asks_for(name: str) -> None:
    assert WORKFLOWS[name]["permissions"] == {}


def test_only_the_jobs_that_publish_may_write_and_they_run_nothing_of_the_repository() -> None:
    writing = {}
    for name, job in JOBS:
        rights = WORKFLOWS[name]["jobs"][job].get("permissions", {})
        if may_write := {right for right, much in rights.items() if much == "write"}:
            writing[name, job] = may_write
    assert writing == {
        ("pages", "deploy"): {"pages", "id-token"},
        ("pages", "notebooks"): {"contents"},
        ("release", "publish"): {"contents", "actions", "id-token", "attestations"},
    }
    for place in writing:
        assert not [step for step in steps(*place) if "checkout" in step.get("uses", "")]


@pytest.mark.parametrize(("name", "job"), JOBS)
def test_a_job_ends_by_itself(name: str, job: str) -> None:
    assert WORKFLOWS[name]["jobs"][job]["timeout-minutes"] <= 60
    assert "group" in WORKFLOWS[name]["concurrency"]


@pytest.mark.parametrize(
    ("name", "job", "wanted"),
    [
        ("test", "book", ["make book", "make test"]),
        ("test", "elsewhere", ["make book"]),
        ("pages", "build", ["make book", "make test", "make forms"]),
        ("release", "build", ["make book", "make test", "make forms"]),
    ],
)
def test_the_book_is_built_and_tested_by_the_commands_of_the_readme(
    name: str, job: str, wanted: list[str]
) -> None:
    run = [step["run"] for step in steps(name, job) if step.get("run", "").startswith("make ")]
    assert run == wanted
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(re.search(rf"^{command} +#", readme, re.MULTILINE) for command in run)


def test_what_the_tests_open_and_run_is_installed_before_them_everywhere() -> None:
    for name, job in JOBS:
        runs = [step.get("run", "") for step in steps(name, job)]
        if "make test" in runs:
            assert ".ci/programs" in runs[: runs.index("make test")]
    assert "\n.ci/programs\n" in (ROOT / ".ci/run").read_text(encoding="utf-8")


def test_windows_builds_the_book_by_the_commands_for_those_without_make() -> None:
    job = WORKFLOWS["test"]["jobs"]["elsewhere"]
    assert job["strategy"]["matrix"]["system"] == ["macos-latest", "windows-latest"]
    (script,) = [step["run"] for step in job["steps"] if "Windows" in step.get("if", "")]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"```sh\n{script.replace('Scripts', 'bin')}```" in readme


def test_the_package_is_tested_on_every_python_it_names() -> None:
    jobs = WORKFLOWS["test"]["jobs"]
    pythons = jobs["locked"]["strategy"]["matrix"]["python"]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"Python {', '.join(pythons[:-1])} or {pythons[-1]}" in readme
    rows = jobs["unlocked"]["strategy"]["matrix"]["include"]
    assert {row["python"] for row in rows} <= set(pythons)


@on_linux
def test_a_tag_has_to_be_the_version_of_each_file(tmp_path: Path) -> None:
    named = ("pyproject.toml", "CITATION.cff", "CHANGELOG.md")
    for file in named:
        shutil.copy(ROOT / file, tmp_path)
    (version,) = re.findall(
        r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE
    )
    tag, check = f"v{version}", "Refuse a tag that is not the version"
    done = step("release", check, tmp_path, TAG=tag)
    assert (done.returncode, done.stdout) == (0, "")
    for other in ("v9.9.9", tag[:-1], f"{tag}0", tag.replace(".", "x")):
        assert step("release", check, tmp_path, TAG=other).returncode == 1
    for file in named:
        text = (tmp_path / file).read_text(encoding="utf-8")
        (tmp_path / file).write_text(text.replace(version, "9.9.9", 1), encoding="utf-8")
        done = step("release", check, tmp_path, TAG=tag)
        assert done.returncode == 1
        assert f"{file} is not of version {version}." in done.stdout
        (tmp_path / file).write_text(text, encoding="utf-8")


@on_linux
def test_a_release_has_the_whole_book_under_its_version(tmp_path: Path) -> None:
    site, files = tmp_path / "_build/html", tmp_path / "_build/release/files"
    for folder in (site, files):
        folder.mkdir(parents=True)
    for form in ("pdf", "epub"):
        (site / f"when-the-cache-lies.{form}").write_text(form, encoding="utf-8")
    beside = "Put the whole book beside it"
    assert step("release", beside, tmp_path, TAG="v1.2.3").returncode == 0
    names = sorted(file.name for file in files.iterdir())
    assert names == ["when-the-cache-lies-1.2.3.epub", "when-the-cache-lies-1.2.3.pdf"]
    (site / "when-the-cache-lies.pdf").unlink()
    assert step("release", beside, tmp_path, TAG="v1.2.3").returncode != 0


@on_linux
def test_a_site_that_lacks_a_page_is_not_published(tmp_path: Path) -> None:
    check = "Refuse a site that lacks a page of the table of contents"
    site = tmp_path / "_build/html"
    site.mkdir(parents=True)
    (tmp_path / "_toc.yml").write_text("format: jb-book\n", encoding="utf-8")
    assert step("pages", check, tmp_path).returncode == 1
    shutil.copy(ROOT / "_toc.yml", tmp_path)
    for name in chapters():
        (site / f"{name}.html").write_text("a page", encoding="utf-8")
    assert step("pages", check, tmp_path).returncode == 0
    (site / "tanh.html").unlink()
    (site / "relu.html").write_text("", encoding="utf-8")
    done = step("pages", check, tmp_path)
    assert done.returncode == 1
    assert re.findall(r"::error::(\S+)\.html is not there", done.stdout) == ["tanh", "relu"]


def test_what_is_released_is_signed_before_and_each_file_of_it() -> None:
    published = steps("release", "publish")
    (signs,) = [at for at, one in enumerate(published) if "actions/attest@" in one.get("uses", "")]
    (releases,) = [at for at, one in enumerate(published) if "gh release" in one.get("run", "")]
    assert signs < releases
    files = published[signs]["with"]["subject-path"]
    assert published[releases]["run"].split()[-1] == files == "release/files/*"


def release(folder: Path, version: str) -> Path:
    """Make the packed site of a release with its checksums."""
    folder.mkdir(parents=True)
    packed = folder / f"when-the-cache-lies-{version}.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(f"{packed.stem}/index.html", version)
    digest = hashlib.sha256(packed.read_bytes()).hexdigest()
    (folder / "SHA256SUMS").write_text(f"{digest}  {packed.name}\n{'0' * 64}  other.pdf\n")
    return packed


# In place of GitHub: it lists the tags and their files, copies what is downloaded, and knows what
# was signed. Its arguments count, so that a step that asks otherwise fails.
GITHUB = """#!/bin/sh
case "$1 $2" in
  "release list") ls releases ;;
  "release view") ls "releases/$3" ;;
  "release download")
    test "$4 $6 $8" = "--pattern --pattern --dir" && mkdir -p "$9" &&
      cp "releases/$3/$5" "releases/$3/$7" "$9" ;;
  "attestation verify")
    test "$4 $5 $6" = "--repo a/b --cert-identity" && grep -qxF "$(basename "$3") $7" signed ;;
  *) false ;;
esac
"""
PUT = "Put the released versions beside it"
SIGNER = "https://github.com/a/b/.github/workflows/release.yml@refs/tags/"


@pytest.fixture
def github(tmp_path: Path) -> dict[str, str]:
    """Put the stand-in into the folder, and give the environment of a step."""
    (tmp_path / "_build/html").mkdir(parents=True)
    (tmp_path / "signed").touch()
    (tmp_path / "gh").write_text(GITHUB, encoding="utf-8")
    (tmp_path / "gh").chmod(0o755)
    path = f"{tmp_path}:{Path(sys.executable).parent}:{OUTSIDE['PATH']}"
    return {"PATH": path, "GH_REPO": "a/b", "GITHUB_SERVER_URL": "https://github.com"}


@on_linux
def test_the_newest_release_of_each_version_is_published_beside_the_book(
    tmp_path: Path, github: dict[str, str]
) -> None:
    unsigned, signed = ("0.6.10", "0.6.9", "0.7.0"), ("0.7.1", "0.10.0", "1.0.0")
    packed = {one: release(tmp_path / f"releases/v{one}", one) for one in unsigned + signed}
    lines = [f"{packed[version].name} {SIGNER}v{version}\n" for version in signed]
    (tmp_path / "signed").write_text("".join(lines))
    # Made by hand: without files, and without checksums.
    (tmp_path / "releases/v1.1.0").mkdir()
    release(tmp_path / "releases/v1-test", "1-test").with_name("SHA256SUMS").unlink()
    done = step("pages", PUT, tmp_path, **github)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.findall(r"::warning::The release (\S+) has no", done.stdout) == ["v1-test", "v1.1.0"]
    copies = tmp_path / "_build/html/v"
    assert {copy.name: (copy / "index.html").read_text() for copy in copies.iterdir()} == {
        "0.6": "0.6.10",
        "0.7": "0.7.1",
        "0.10": "0.10.0",
        "1.0": "1.0.0",
    }


@on_linux
@pytest.mark.parametrize(
    ("version", "signer", "said"),
    [
        ("0.7.0", SIGNER + "v0.7.0", "has not the checksum of SHA256SUMS"),
        ("0.7.1", "", "is not signed"),
        ("0.7.1", SIGNER + "v0.7.0", "is not signed"),
        ("0.7.1", SIGNER.replace("release", "test") + "v0.7.1", "is not signed"),
    ],
)
def test_what_the_workflow_did_not_build_is_not_published(
    tmp_path: Path, github: dict[str, str], version: str, signer: str, said: str
) -> None:
    packed = release(tmp_path / f"releases/v{version}", version)
    (tmp_path / "signed").write_text(f"{packed.name} {signer}\n")
    if "checksum" in said:
        packed.write_bytes(packed.read_bytes() + b" ")
    done = step("pages", PUT, tmp_path, **github)
    assert done.returncode == 1
    (told,) = re.findall("::error::(.+)", done.stdout)
    assert told.startswith(f"{packed.name} of the release v{version} {said}")
    assert not (tmp_path / "_build/html/v/0.7").exists()


@on_linux
def test_the_notebooks_are_pushed_as_one_commit_of_their_own_branch(tmp_path: Path) -> None:
    folder, remote = tmp_path / "notebooks", tmp_path / "a/b.git"
    folder.mkdir()
    subprocess.run(["git", "init", "--quiet", "--bare", remote], check=True, env=OUTSIDE)
    (tmp_path / "gh").write_text("#!/bin/sh\n")
    (tmp_path / "gh").chmod(0o755)
    (script,) = [step["run"] for step in steps("pages", "notebooks") if "run" in step]
    told = {"GITHUB_SERVER_URL": str(tmp_path), "GITHUB_REPOSITORY": "a/b", "GITHUB_SHA": "f00"}
    for n in (1, 2):
        shutil.rmtree(folder / ".git", ignore_errors=True)
        (folder / "tanh.ipynb").write_text(f"{n}")
        path = f"{tmp_path}:{OUTSIDE['PATH']}"
        run = ["bash", "-e", "-o", "pipefail", "-c", script]
        subprocess.run(run, cwd=folder, env=OUTSIDE | told | {"PATH": path}, check=True)
    log = ["git", "-C", remote, "log", "--format=%s", "--name-only", "notebooks"]
    said = subprocess.run(log, capture_output=True, text=True, check=True, env=OUTSIDE).stdout
    assert said.split("\n\n") == ["The notebooks of f00", "tanh.ipynb\n"]


@on_linux
@pytest.mark.skipif(shutil.which("zip") is None, reason="zip is not installed")
def test_the_site_is_packed_into_the_same_bytes_each_time(tmp_path: Path) -> None:
    digests = []
    for folder, umask, zone in (("one", 0o022, "UTC"), ("two", 0o077, "Asia/Tokyo")):
        # A repository of its own: what is packed has the time of the commit.
        root = tmp_path / folder
        root.mkdir()
        commit = "git init -q && git -c user.name=a -c user.email=a@example.org commit -q"
        subprocess.run(
            ["sh", "-c", f"{commit} --allow-empty -m one --date=@1700000001"],
            cwd=root,
            env=OUTSIDE | {"GIT_COMMITTER_DATE": "@1700000001 +0000"},
            check=True,
        )
        before = os.umask(umask)
        try:
            for name in ("b.html", "_static/a.css", "a.html"):
                (root / "_build/html" / name).parent.mkdir(parents=True, exist_ok=True)
                (root / "_build/html" / name).write_text(name, encoding="utf-8")
            done = step("release", "Pack the site", root, TAG="v1.2.3", TZ=zone)
        finally:
            os.umask(before)
        assert done.returncode == 0, done.stderr
        (packed,) = (root / "_build/release/files").iterdir()
        assert packed.name == "when-the-cache-lies-1.2.3.zip"
        with zipfile.ZipFile(packed) as archive:
            names = archive.namelist()
        assert names == [f"{packed.stem}/{name}" for name in ("_static/a.css", "a.html", "b.html")]
        digests.append(hashlib.sha256(packed.read_bytes()).hexdigest())
    assert digests[0] == digests[1]


@on_linux
def test_a_release_says_what_the_changelog_says_of_its_version(tmp_path: Path) -> None:
    files = tmp_path / "_build/release/files"
    files.mkdir(parents=True)
    (files / "site.zip").write_text("site", encoding="utf-8")
    log = "# Changelog\n\nAll.\n\n## 2.0, today\n\nNew.\n\n- Much.\n\n## 1.0, before\n\nOld.\n"
    (tmp_path / "CHANGELOG.md").write_text(log, encoding="utf-8")
    done = step("release", "Write the checksums and what the changelog says", tmp_path)
    assert done.returncode == 0, done.stderr
    notes = (files.parent / "notes.md").read_text(encoding="utf-8")
    assert notes.strip() == "New.\n\n- Much."
    digest = hashlib.sha256(b"site").hexdigest()
    assert (files / "SHA256SUMS").read_text(encoding="utf-8") == f"{digest}  site.zip\n"
