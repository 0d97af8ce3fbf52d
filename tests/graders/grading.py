"""Grades functions by a real tool, in the environment of the graders.

Called as `python grading.py TOOL FUNCTION` in a folder that has the written test. Solutions come in
by the standard input, by name, as JSON; what the tool makes of each goes out so: a score, and what
the test said.
"""

import json
import sys
from pathlib import Path
from typing import Any

MARK = "### END SOLUTION"


def otter(function: str, solutions: dict[str, str]) -> dict[str, Any]:
    """Run ``tests/FUNCTION.py`` as a notebook does by ``grader.check``."""
    from otter import Notebook

    found = {}
    for name, source in solutions.items():
        scope: dict[str, Any] = {}
        exec(source, scope)  # noqa: S102 - our own solution
        result = Notebook(tests_dir="tests").check(function, global_env=scope)
        found[name] = [result.score, str(result)]
    return found


def nbgrader(function: str, solutions: dict[str, str]) -> dict[str, Any]:
    """Make an assignment of ``FUNCTION.ipynb``, submit each solution, and grade it."""
    from nbgrader.apps import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config

    config = Config()
    config.CourseDirectory.root, config.CourseDirectory.course_id = str(Path.cwd()), "course"
    api = NbGraderAPI(CourseDirectory(config=config), config=config)
    _put("source/one", Path(f"{function}.ipynb").read_text(encoding="utf-8"), solutions["right"])
    _done(api.generate_assignment("one"))
    handed_out = Path("release/one/one.ipynb").read_text(encoding="utf-8")
    found = {}
    for name, source in solutions.items():
        _put(f"submitted/{name}/one", handed_out, source)
        _done(api.autograde("one", name))
        graded = json.loads(Path(f"autograded/{name}/one/one.ipynb").read_text(encoding="utf-8"))
        said = [output.get("evalue") for cell in graded["cells"] for output in cell["outputs"]]
        with api.gradebook as gradebook:
            found[name] = [gradebook.find_submission("one", name).score, str(said)]
    return found


def _put(folder: str, notebook: str, source: str) -> None:
    """Write a notebook with a solution where the assignment asks for one."""
    made = json.loads(notebook)
    asked = "".join(made["cells"][0]["source"])
    stub = "raise NotImplementedError()"
    assert stub in asked or MARK in asked
    made["cells"][0]["source"] = asked.replace(stub, source).replace(MARK, f"{source}\n{MARK}")
    Path(folder).mkdir(parents=True)
    (Path(folder) / "one.ipynb").write_text(json.dumps(made), encoding="utf-8")


def _done(result: dict[str, Any]) -> None:
    if not result["success"]:
        raise RuntimeError(result["log"])


if __name__ == "__main__":
    _, tool, function = sys.argv
    print(json.dumps(globals()[tool](function, json.load(sys.stdin))))
