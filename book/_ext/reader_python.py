"""The script with which the page runs a reader's own function: Python, and a numpy of our own.

The page loads ``_static/python.js`` when there is code. All of it is made here: MicroPython, the
grammar of Python, our modules of ``_python``, and what the package knows of the course.
"""

import ast
import hashlib
import inspect
import json
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
from sphinx.application import Sphinx

import finish

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "book/_python"
UFUNC = ("out", "where", "casting", "order", "dtype", "subok", "signature")


def files() -> dict[str, str]:
    """Return the files that MicroPython finds in the page, by their names."""
    modules = {file.name: file.read_text(encoding="utf-8") for file in SOURCES.glob("*.py")}
    data = {"course.json": course(), "numpy.json": numpys_words()}
    return modules | {name: json.dumps(one) for name, one in data.items()}


def course() -> dict[str, Any]:
    """Return what the functions that have a test do: their calls taken apart, and a program."""
    from backcheck.fixtures import ids, load, parsed

    found: dict[str, Any] = {}
    for test in map(load, ids()):
        if test.call:
            program, outputs = str(test.program), list(test.expected)
            found[test.function] = [
                [_pattern(into), [_pattern(one) for one in given], program, outputs]
                for into, given in parsed(test)
            ]
    return found


def _pattern(node: ast.expr) -> Any:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Constant(value=word):
            return {"is": word}
        case ast.Set(elts=parts):
            return {"keys": list(map(_pattern, parts))}
        case ast.Tuple(elts=parts):
            return list(map(_pattern, parts))
    return {}


def numpys_words() -> dict[str, Any]:
    """Return the names that numpy has, so that ours tells what it lacks from what is misspelled."""
    places = {"numpy": np, "numpy.linalg": np.linalg, "numpy.ndarray": np.ndarray}
    names = {place: [n for n in dir(one) if n[0] != "_"] for place, one in places.items()}
    ours = re.findall(r"^(?:def )?(\w+)", (SOURCES / "numpy.py").read_text("utf-8"), re.MULTILINE)
    keywords: dict[str, tuple[str, ...]] = {}
    for name in names["numpy"]:
        one = getattr(np, name)
        if isinstance(one, np.ufunc):
            keywords[name] = UFUNC
        elif name in ours and callable(one):
            try:
                keywords[name] = tuple(inspect.signature(one).parameters)
            except (ValueError, TypeError):
                continue
    return {"names": names, "keywords": keywords}


def write_script(app: Sphinx) -> None:
    """Write the script, unless the one of an earlier build was made of the same."""
    if app.builder.name != "html" or not finish.installed():
        return
    if str(ROOT / "src") not in sys.path:
        sys.path.insert(0, str(ROOT / "src"))
    question = json.dumps(files(), sort_keys=True)
    texts = [question, *(one.read_text(encoding="utf-8") for one in sorted(SOURCES.glob("*.js")))]
    texts += [(finish.TOOLS / name).read_text("utf-8") for name in ("python.js", finish.LOCK)]
    digest = hashlib.sha256("\0".join(texts).encode()).hexdigest()
    script, record = Path(app.outdir) / finish.PYTHON, Path(app.outdir).parent / "python-digest.txt"
    if script.exists() and record.exists() and record.read_text(encoding="utf-8") == digest:
        return
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(finish.asked("python.js", question), encoding="utf-8", newline="\n")
    record.write_text(digest, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Install the step."""
    app.connect("builder-inited", write_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
