"""The hook and the workflow of the page on auditing a test: what they call is there."""

import re
import shlex

import yaml

from backcheck.__main__ import _parser
from chapters import ROOT, source_of

PAGE = source_of("audit-your-test")
SHOWN = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)]


def test_the_hook_of_the_page_is_published_and_calls_the_audit() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    (used,) = SHOWN[0]["repos"][0]["hooks"]
    assert used["id"] == hook["id"]
    program, *arguments = shlex.split(hook["entry"])
    asked = _parser().parse_args([*arguments, *used["args"]])
    assert (program, asked.fail_under_fairness) == ("backcheck", 1)
    assert asked.fixtures == ["public_tests.py::backward_test"]


def test_the_workflow_of_the_page_calls_the_audit() -> None:
    (job,) = SHOWN[1]["jobs"].values()
    _, *arguments = shlex.split(job["steps"][-1]["run"])
    assert _parser().parse_args(arguments).fail_under_fairness == 1
    assert len(job["steps"]) == 3


def test_every_command_of_the_page_is_one_that_the_parser_takes() -> None:
    commands = [line for line in PAGE.split("\n") if line.startswith("backcheck ")]
    assert len(commands) == 3
    for command in commands:
        assert _parser().parse_args(shlex.split(command)[1:]).fixtures
