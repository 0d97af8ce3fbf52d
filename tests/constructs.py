"""What the chapters are written with: front matter, directives, options, roles, formulas."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import takewhile
from typing import Any

import yaml
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.mdit_to_docutils.base import DocutilsRenderer
from myst_parser.parsers.mdit import create_md_parser

from chapters import ROOT, chapters, source_of
from form_colours import CLASSES

EXTENSIONS = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["parse"]
PARSER = create_md_parser(
    MdParserConfig(enable_extensions=set(EXTENSIONS["myst_enable_extensions"])), DocutilsRenderer
)

COMMON = re.compile(
    "text|inline|(soft|hard)break|paragraph|heading|fence|code_(inline|block)|blockquote|hr|link|"
    "image|em|strong|(bullet_|ordered_)?list(_item)?|thead|tbody|tr|th|td"
)
"""What every Markdown has, and the inside of tables."""

NAMES = {
    "myst_target": "syntax (label)=",
    "math_inline": "syntax formula",
    "math_block": "syntax formula, displayed",
    "math_block_label": "syntax formula (label)",
    "table": "syntax | table |",
}

NUMBER = re.compile(r"\s*-?\d+(\^\{?-?\d+\}?)?\s*")
"""A formula that Jupyter Book 2 writes as text, so that nobody sees there that it was one."""

VERBATIM = ("code-cell", "raw", "live")
"""The directives whose content is not Markdown."""


def constructs(text: str) -> Counter[str]:
    """Count each construct that a chapter uses."""
    return Counter(_constructs(PARSER.parse(text)))


def used() -> dict[str, Counter[str]]:
    """Return the constructs of each chapter."""
    return {name: constructs(source_of(name)) for name in chapters()}


def recounted() -> dict[str, tuple[int, int]]:
    """Return how often each construct is used, and on how many pages."""
    pages = used().values()
    total, places = sum(pages, Counter()), Counter(name for page in pages for name in page)
    return {name: (total[name], places[name]) for name in sorted(total)}


def _constructs(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        kind = re.sub("_open$", "", token.type)
        if directive := re.match(r"\{([\w:-]+)\}", token.info):
            yield from _directive(directive[1], token.content)
        elif kind == "front_matter":
            yield from (f"front matter {key}" for key in yaml.safe_load(token.content))
        elif kind == "myst_role":
            yield f"role {token.meta['name']}"
        elif kind == "math_inline" and NUMBER.fullmatch(token.content):
            continue
        elif token.nesting >= 0 and not COMMON.fullmatch(kind):
            yield NAMES.get(kind, f"syntax {kind}")
        if kind.startswith("math"):
            yield from (f"macro {name}" for name in CLASSES if f"\\{name}{{" in token.content)
        yield from _constructs(token.children or [])


def _directive(name: str, body: str) -> Iterator[str]:
    # The long way to write an exercise: its start and its end are directives of their own.
    if name.endswith("-end"):
        return
    name = name.removesuffix("-start")
    yield f"directive {name}"
    for option, value in options(body).items():
        if option == "tags":
            yield from (f"cell tag {tag}" for tag in value)
        elif option == "mystnb":
            yield from (f"cell {name}" for name in _flat(value))
        else:
            yield f"option {option} of {name}"
    if name not in VERBATIM:
        yield from _constructs(PARSER.parse(body))


def _flat(tree: dict[str, Any]) -> Iterator[str]:
    for key, value in tree.items():
        inside = value if isinstance(value, dict) else {}
        yield from [f"{key} {name}" for name in _flat(inside)] or [key]


def options(body: str) -> dict[str, Any]:
    """Return the options at the beginning of a directive."""
    if body.startswith("---\n"):
        return dict(yaml.safe_load(body.split("---\n")[1]))
    lines = takewhile(lambda line: line.startswith(":"), body.splitlines())
    return dict(yaml.safe_load("\n".join(line[1:] for line in lines)) or {})
