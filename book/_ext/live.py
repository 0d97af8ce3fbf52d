"""Forms that a reader can type over.

A page says ```` ```{live} dZ2 ````, with ``:test:`` and a form a line; planes.py has the plane.
What stands there is rendered here, by the package, and is the page without a script, on paper, in
the EPUB and in the notebook. ``_static/live.js``, which comes when a reader takes something, says
the same of what is typed (see typed.py), with data of its own before it.
"""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

import diagnose_data
from joined import joined

ROOT = Path(__file__).resolve().parents[2]
SCRIPT, MODULES = "live.js", "live"

PLACE = re.compile(r"^```\{live\} (\S+)\n:test: (\S+)\n((?::.*\n)*)([^`]*)```", re.MULTILINE)
"""A form that can be typed over, as a page has it."""

ROWS = 3
"""An array shows so many rows."""

WIDTH = 11
"""Signs of a number, at the least, so that arrays stand below each other."""


class live(nodes.container):  # type: ignore[misc]  # noqa: N801 - docutils names nodes so
    """Some forms of a step, and what is said of each."""


class form(nodes.paragraph):  # type: ignore[misc]  # noqa: N801
    """A form that can be typed over."""


class parts(nodes.literal_block):  # type: ignore[misc]  # noqa: N801
    """Text in parts, each with the class that it has, or none."""


def formulas(root: Path = ROOT) -> Iterator[tuple[str, str, str, str, list[str]]]:
    """Yield the page, the test, the step, what is shown and the forms of each on the pages."""
    for page in sorted((root / "book").glob("*.md")):
        for found in PLACE.finditer(page.read_text(encoding="utf-8")):
            shown = re.search(r":shown: (.*)", found[3])
            forms = found[4].strip().splitlines()
            yield page.stem, found[2], found[1], shown[1] if shown else found[1], forms


def printed(
    values: Mapping[str, Any], wanted: Mapping[str, Any], shown: Sequence[str]
) -> list[str]:
    """Return arrays as text in parts: every second one is of digits that are not the wanted ones.

    Only the first rows of an array are shown.
    """
    numpy, say = import_module("numpy"), import_module("backcheck.words").say
    found = [""]

    def add(text: str, marked: str = "") -> None:
        found[-1] += text
        if marked:
            found.extend([marked, ""])

    names = max(map(len, shown))
    for name in shown:
        shape, expected = numpy.shape(values[name]), numpy.shape(wanted[name])
        add("\n" if found != [""] else "")
        if shape != expected:
            add(say("typed-shape", name=name, shape=shape, expected=expected))
            continue
        rows, wants = (
            [[_number(one) for one in row] for row in numpy.atleast_2d(one[name]).tolist()]
            for one in (values, wanted)
        )
        width = max(WIDTH, *(len(one) for row in (*rows[:ROWS], *wants[:ROWS]) for one in row))
        for at, (row, want) in enumerate(zip(rows[:ROWS], wants, strict=False)):
            add("\n" if at else "")
            add(f"{name if not at else '':{names}}  {' [' if at else '[['}")
            for place, pair in enumerate(zip(row, want, strict=True)):
                one, other = (number.rjust(width) for number in pair)
                same = next((n for n in range(width) if one[n] != other[n]), width)
                same = max(same, width - len(pair[0])) if same < width else width
                add((" " if place else "") + one[:same], one[same:])
            add("]]" if at == len(rows) - 1 else "]")
        add(f"\n{'':{names}}   ..." if len(rows) > ROWS else "")
    return found


def _number(number: float) -> str:
    text = f"{number:.8e}" if 1e5 <= abs(number) < float("inf") else f"{number:.8f}"
    return "0.00000000" if text == "-0.00000000" else text


def said(test: str, step: str, text: str, shown: Sequence[str]) -> dict[str, Any]:
    """Return what the page says of a form: an error, or numbers, and lines with their class."""
    found = import_module("typed").said_of(
        import_module("backcheck.fixtures").load(test), step, text
    )
    if found.error:
        return {"error": found.error, "numbers": [], "lines": []}
    wanted = import_module("backcheck.fixtures").load(test).values
    numbers = [found.stop] if found.stop else printed(found.values, wanted, shown)
    return {"error": "", "numbers": numbers, "lines": [[*found.verdict], *map(list, found.tests)]}


class Live(SphinxDirective):
    """```` ```{live} STEP ````, with ``:test: ID``, ``:shown: NAMES`` and a form a line."""

    required_arguments = 1
    has_content = True
    option_spec = {"test": directives.unchanged_required, "shown": directives.unchanged}  # noqa: RUF012

    def run(self) -> list[nodes.Node]:
        """Render each form."""
        step, test = self.arguments[0], self.options["test"]
        shown = re.split(r",\s*", self.options.get("shown") or step)
        fixture = import_module("backcheck.fixtures").load(test)
        form_of = import_module("backcheck.tables").form_of
        block = live(test=test, step=step, shown=" ".join(shown), label=f"Forms of {step}")
        name(self, block, step)
        block += nodes.paragraph("", f"What {fixture.title} accepts:", classes=["live-wanted"])
        block += _parts(printed(fixture.values, fixture.values, shown))
        for text in self.content:
            told = said(test, step, text, shown)
            if told["error"]:
                raise self.error(told["error"])
            line = form("", step=step, written=text, kind=form_of(text))
            line += nodes.literal("", f"{step} = {text}")
            verdicts = (nodes.list_item("", nodes.paragraph("", one), classes=[kind])
                        for kind, one in told["lines"])  # fmt: skip
            block += [line, _parts(told["numbers"]), nodes.bullet_list("", *verdicts)]
        return [block]


def name(directive: SphinxDirective, block: nodes.Element, of: str) -> None:
    """Give a block an address: the page, what it is, and of what; later ones are counted."""
    first = f"{directive.env.docname}-{type(block).__name__}-{of.lower()}"
    taken = directive.env.temp_data.setdefault("live", [])
    taken.append(first)
    count = taken.count(first)
    block["ids"].append(first if count == 1 else f"{first}-{count}")


def _parts(texts: Sequence[str]) -> parts:
    kinds = [[text, "mark" if at % 2 else ""] for at, text in enumerate(texts)]
    return parts("", "".join(texts), parts=kinds)


def visit_block(self: HTML5Translator, node: nodes.Element) -> None:
    """Begin a block, with what its script has to know."""
    kind = type(node).__name__
    known = {f"data-{key}": str(node[key]) for key in node.attributes if key in KNOWN}
    known["aria-label"] = node["label"]
    if self.builder.name == "html":
        known["data-src"] = f"_static/{SCRIPT}"
    self.body.append(self.starttag(node, "div", CLASS=kind, role="group", **known))


KNOWN = ("test", "step", "shown", "activation", "z", "a", "reach", "low", "high")


def depart_live(self: HTML5Translator, node: nodes.Element) -> None:
    """End it, with a button for a form of the reader's own."""
    if self.builder.name == "html":
        self.body.append('<p class="live-more"><button type="button">Add a form</button></p>')
    self.body.append("</div>\n")


def visit_form(self: HTML5Translator, node: nodes.Element) -> None:
    """Write a form where a script can put a field in its place."""
    kind = f"live-text {node['kind']}".strip()
    text = self.encode(node["written"])
    self.body.append(f'<p class="live-form"><code class="live-step">{node["step"]} =</code> '
                     f'<code class="{kind}">{text}</code></p>\n')  # fmt: skip
    raise nodes.SkipNode


def visit_parts(self: HTML5Translator, node: nodes.Element) -> None:
    """Write text in parts."""
    self.body.append('<pre class="digits">')
    for text, kind in node["parts"]:
        if kind == "mark":
            self.body.append(f"<mark>{self.encode(text)}</mark>")
        else:
            span = f'<span class="{kind}">' if kind else ""
            self.body.append(f"{span}{self.encode(text)}{'</span>' if kind else ''}")
    self.body.append("</pre>\n")
    raise nodes.SkipNode


def data(root: Path = ROOT) -> dict[str, Any]:
    """Return what the script needs to know: the tests that have the steps, and their networks."""
    typed, tables = import_module("typed"), import_module("backcheck.tables")
    fixtures, words = import_module("backcheck.fixtures"), diagnose_data.words()
    shared = diagnose_data.Shared()
    steps = sorted({(test, step) for _, test, step, *_ in formulas(root)})
    same = {
        f"{test} {step}": [
            (other.id, theirs, called)
            for other, theirs, called in typed.same_step(fixtures.load(test), step)
        ]
        for test, step in steps
    }
    ids = dict.fromkeys(id for tests in same.values() for id, *_ in tests)
    found = [fixtures.load(id) for id in fixtures.ids() if id in ids]
    said = {key: one for key, one in words["sentences"].items() if key.startswith("typed-")}
    said |= {key: words["sentences"][key] for key in ("narrow", "wrong")}
    return {
        **diagnose_data.facts(),
        "fixtures": [diagnose_data.plain(fixture, shared, None) for fixture in found],
        "shared": shared.parts,
        "operators": [],
        "weights": [],
        "words": {
            "sentences": said,
            "patterns": {key: words["patterns"][key] for key in ("remark", "no-form", "called")},
            "replaced": [],
            "rewritten": [],
        },
        "live": {
            "callable": typed.CALLABLE,
            "longest": typed.LONGEST,
            "rows": ROWS,
            "width": WIDTH,
            "forms": {name: sign.pattern for name, sign in tables.FORMS.items()},
            "same": same,
            "editions": {
                one.id: (
                    typed.test_of(one),
                    [(c.rule, typed.label(one, c)) for c in one.comparisons],
                )
                for one in found
            },
        },
    }


def leave_modules(app: Sphinx, config: Config) -> None:
    """Keep the modules out of the static files of the site."""
    config.exclude_patterns.append(MODULES)


def write_static(app: Sphinx) -> None:
    """Write the script, its data first."""
    # The package is not installed where the book is built.
    if str(ROOT / "src") not in sys.path:
        sys.path.insert(0, str(ROOT / "src"))
    pages = (page.read_text(encoding="utf-8") for page in (ROOT / "book").glob("*.md"))
    if app.builder.name == "html" and any(map(re.compile(r"```\{(?:live|plane)\}").search, pages)):
        file = Path(app.outdir) / "_static" / SCRIPT
        file.parent.mkdir(parents=True, exist_ok=True)
        script = joined(ROOT / "book/_static" / MODULES / SCRIPT)
        file.write_text(diagnose_data.written(data()) + script, encoding="utf-8", newline="\n")


def setup(app: Sphinx) -> dict[str, Any]:
    """Install the directives, and what writes them."""
    app.add_directive("live", Live)
    app.add_node(live, html=(visit_block, depart_live))
    app.add_node(form, html=(visit_form, None))
    app.add_node(parts, html=(visit_parts, None))
    app.connect("config-inited", leave_modules)
    app.connect("builder-inited", write_static)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
