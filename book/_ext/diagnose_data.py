"""The script and the data of the page that diagnoses pasted numbers.

The script searches the same mutants as `backcheck.diagnose`. What it needs for that is computed
here, by the same package, and written to ``_static/diagnose-data.js`` as one assignment: a script
opened from disk may load another script, but may not fetch anything. Nor may it load modules, so
those of ``_static/diagnose`` become one script, ``_static/diagnose.js``.
"""

import ast
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from hashlib import sha256
from importlib import import_module
from itertools import chain
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

from joined import joined, joined_later
from sources import source_of

if TYPE_CHECKING:
    from backcheck.fixtures import Fixture
    from backcheck.mutants.mutate import Form, Slot
    from backcheck.program import Program

ROOT = Path(__file__).resolve().parents[2]
PAGE = "diagnose"
DATA, SCRIPT, LATER = "diagnose-data.js", "diagnose.js", "diagnose-run.js"
OTHERS, LOOPS = "diagnose-others.js", "diagnose-loops.js"
MODULES = "diagnose"

COURSE = "Course 1"
"""The tests of this course come with the page; those of the others when a text calls for them."""

ASKED = (
    "apart",
    "arrays",
    "calling",
    "differences",
    "explain",
    "families",
    "fixtures",
    "formulas",
    "forward",
    "handout",
    "helpers",
    "mistakes",
    "mutant",
    "mutate",
    "operators",
    "parts",
    "placing",
    "program",
    "reading",
    "roles",
    "running",
    "search",
    "steps",
    "subjects",
    "symptoms",
    "uncovered",
    "words",
)
"""The modules of the package that are asked here."""

IN_TERMINAL = (
    *("no-file", "no-text", "inside-class", "no-method", "out-of-time", "died", "waiting"),
    *("defined-here", "defined-flat", "may-be-absent", "not-covered"),
    *("run-check", "no-difference", "older-accepts"),
)
"""What the command alone says."""

COARSE = 4
"""Significant digits of numbers that only have to differ from each other, as in networks."""

FINE, EXACT = 9, 15
"""Significant digits of numbers that are held against printed ones, loosely or to the last."""

WEIGHTS, DISTINCT = 128, 6
"""The most numbers that an array of a mutant has here, and more; the digits of their weights."""


@cache
def _package() -> SimpleNamespace:
    # The package is not installed where the book is built, so nothing is imported before.
    return SimpleNamespace(**{name: import_module(f"backcheck.{name}") for name in ASKED})


class Shared:
    """Parts that several fixtures have in common, each kept once."""

    def __init__(self) -> None:
        self.parts: list[Any] = []
        self._places: dict[str, int] = {}

    def place(self, part: Any) -> int:
        """Return where a part is kept."""
        key = json.dumps(part)
        if key not in self._places:
            self._places[key] = len(self.parts)
            self.parts.append(part)
        return self._places[key]

    def array(self, value: Any, digits: int | None = None) -> int:
        """Keep a matrix: rows, columns, whether it is of booleans, and its numbers.

        A bare number has no rows. One of three axes has its shape in place of these.
        """
        numbers = [_number(number, digits) for number in value.ravel().tolist()]
        if value.ndim > 2:
            return self.place([list(value.shape), *numbers])
        rows, columns = value.shape or (0, 0)
        return self.place([rows, columns, int(value.dtype == bool), *numbers])

    def arrays(self, values: Mapping[str, Any], digits: int | None = None) -> int:
        """Keep several matrices by name."""
        return self.place({name: self.array(value, digits) for name, value in values.items()})


def data(root: Path = ROOT) -> tuple[dict[str, Any], ...]:
    """Return all that the page needs to know, what of other courses, and what of their loops."""
    package = _package()
    first, *others = (
        [test for test in some if not test.last] for some in package.placing.courses()
    )
    loops = [[test for test in some if test.last] for some in package.placing.courses()[1:]]
    # Changes of several steps are alike from test to test: kept together, they pack well.
    shared, several, named = kept = Shared(), Shared(), Shared()
    tests = [_fixture(fixture, *kept) for fixture in reversed(first)]
    parts = {"shared": shared, "several": several, "named": named}

    def later(courses: list[list["Fixture"]]) -> dict[str, Any]:
        before = {key: len(one.parts) for key, one in parts.items()}
        tests = [[_fixture(fixture, *kept) for fixture in some] for some in courses]
        return {"courses": tests, **{key: one.parts[before[key] :] for key, one in parts.items()}}

    own = {key: len(one.parts) for key, one in parts.items()}
    elsewhere, over_time = later(others), later(loops)
    found = {
        "fixtures": tests,
        "others": [
            [one.id, one.title, one.function, one.last]
            for some in zip(others, loops, strict=True)
            for one in chain(*some)
        ],
        "loops": sorted({name.lower() for one in chain(*loops) for name in one.expected}),
        "three_axes": sorted(
            {name for one in chain(*loops) for name, v in one.expected.items() if v.ndim > 2}
        ),
        **{key: one.parts[: own[key]] for key, one in parts.items()},
        # What these numbers mean depends on the parts that are here.
        "version": sha256((written(elsewhere) + written(over_time)).encode()).hexdigest()[:8],
        **_of_every_test(),
    }
    pages = {**titles(root), **sections(json.dumps(found), root)}
    for some in (elsewhere, over_time):
        own_pages = sections(json.dumps(some), root).items()
        some["pages"] = {place: title for place, title in own_pages if place not in pages}
    return {**found, "pages": pages}, elsewhere, over_time


def _of_every_test() -> dict[str, Any]:
    package = _package()
    return {
        "mistakes": {
            id: [entry.name, entry.hint, entry.page, dict(entry.found), *entry.in_cell.values()]
            for id, entry in package.mistakes.table().items()
        },
        "exceptions": _exceptions(package.symptoms.exceptions()),
        "written_calls": {
            kind: package.helpers.written_calls(kind) for kind in ("calls", "wrong", "right")
        },
        # Nobody writes out the steps of a loop.
        "known_steps": [n for n in sorted(package.symptoms.known_steps()) if "_t" not in n],
        "plain": [
            [one["pattern"], one["says"], "handed_out" in one]
            for one in package.symptoms.exceptions()["plain"].values()
        ],
        "here": [[*one.values()] for one in package.symptoms.exceptions()["here"].values()],
        "no_layers": package.symptoms.exceptions()["no_layers"]["pattern"],
        "keys_of_cells": {loop: [*keys] for loop, keys in package.symptoms.keys_of_cells().items()},
        "differences": _differences(),
        "uncovered": [*map(list, package.uncovered.exercises())],
        "subjects": package.subjects.subjects(),
        "longest_question": package.subjects.LONGEST,
        "most_subjects": package.subjects.MOST,
        "explains": package.mutant.PAGES,
        "operators": [
            [name, _tree(before), _tree(after)] for name, before, after in package.operators.rules()
        ],
        "words": words(),
        **facts(),
        "weights": [_number(one, DISTINCT) for one in package.formulas.WEIGHTS[:WEIGHTS].tolist()],
    }


def facts() -> dict[str, Any]:
    """Return what else both engines go by."""
    package = _package()
    return {
        "rules": package.fixtures.RULES,
        "prefixes": package.fixtures.PREFIXES,
        "agrees": package.forward.AGREES,
        "symbols": package.handout.SYMBOLS,
        "scalars": package.handout.SCALARS,
        "functions": list(package.program.FUNCTIONS),
        # What only a forward pass calls, of one argument.
        "gates": ["softmax"],
        "calls": package.program.CALLS,
        "binding": {sign: binding for sign, (*_, binding) in package.program.OPERATORS.items()},
        "sums": {
            name: "".join(f", {option}={value}" for option, value in options.items())
            for name, options in package.program.SUMS.items()
        },
        "limit": package.reading.LIMIT,
        "longest": package.reading.LONGEST,
        "most_arrays": package.reading.MOST_ARRAYS,
        "most_numbers": package.reading.MOST_NUMBERS,
        "coarse": package.placing.COARSE,
        "most_parts": package.parts.MOST,
        "of_loops": package.parts.OF_LOOPS,
        "usual": sorted(package.operators.USUAL),
        "sure": package.apart.SURE,
        "four_digits": package.running.FOUR_DIGITS,
        "larger": package.running.LARGER,
        "cases": package.running.CASES,
        "most_lines": package.running.MOST_LINES,
        "rounded": package.explain.ROUNDED,
        "chance": [package.placing.CHANCE, package.placing.HOPELESS],
        "effort": [
            package.search.MOST_TRIED,
            package.search.SOME_TRIED,
            package.search.FEW_TRIED,
            package.search.DENSE,
        ],
        "most_causes": package.symptoms.MOST,
        "written_on_calls": package.symptoms.WRITTEN_ON_CALLS,
    }


def _differences() -> dict[str, Any]:
    """Return what is known of the number of a gradient check, each sentence once."""
    package = _package().differences
    says: dict[str, int] = {}
    known = [
        [
            _number(one.value, EXACT),
            _number(one.ideal - one.value, COARSE),
            one.function,
            *(says.setdefault(said, len(says)) for said in one.says),
        ]
        for one in package.known()
    ]
    return {
        "says": list(says),
        "known": known,
        "most_rounded": package.MOST_ROUNDED,
        "most_off": package.MOST_OFF,
        "near": package.NEAR,
        "exact": [package.EXACT, package.SMALLEST],
        "one_sided": [_number(package.one_sided(), FINE), package.ONE_SIDED],
        "right": [[_number(one, FINE) for one in package.right()], package.ALIKE],
        "steps": [[e, _number(one, FINE)] for e, one in package.other_steps().items()],
        "threshold": package.THRESHOLD,
        "rounding": package.ROUNDING,
        "digits": package.DIGITS,
        "most": package.MOST,
        "sections": package.table_of(package.FILE)["sections"],
    }


def words() -> dict[str, Any]:
    """Return the sentences and the patterns, these as source and flags in JavaScript."""
    package = _package()
    texts = package.words.texts()
    said = {name.lower(): getattr(package.fixtures, name) for name in ("WRONG", "ABSENT", "BEYOND")}
    own = {"covered": package.words.covered()} | said
    here = {key: text for key, text in texts["sentences"].items() if key not in IN_TERMINAL}
    return {
        "sentences": here | own,
        "prefixes": list(package.fixtures.PREFIXES),
        "small": package.words.small_names(),
        "patterns": {
            key: in_javascript(package.words.pattern(key).pattern) for key in texts["patterns"]
        },
        **{
            key: [
                [*in_javascript(entry["pattern"]), re.sub(r"\\(\d)", r"$\1", entry["by"])]
                for entry in texts[key]
            ]
            for key in ("replaced", "rewritten")
        },
    }


def in_javascript(text: str) -> list[str]:
    r"""Return the source and the flags of a pattern: there ``\w`` does not know every letter."""
    source, flags = text.removeprefix("(?m)"), "mu" if text.startswith("(?m)") else "u"
    source = re.sub(r"\(\?P=(\w+)\)", r"\\k<\1>", source.replace("(?P<", "(?<"))
    parts = re.split(r"(\\.|\[|\])", source)
    inside = False
    for place, part in enumerate(parts):
        if part in "[]" and part:
            inside = part == "["
        if part == r"\w":
            parts[place] = r"\p{L}\p{N}_" if inside else r"[\p{L}\p{N}_]"
    return ["".join(parts), flags]


def _exceptions(table: Mapping[str, Any]) -> list[list[Any]]:
    """Return each kind of message: its pattern, what is said of each cause, the counts, a page.

    What comes last are the causes that speak of layers, and what the message itself says.
    """
    says = {kind: table["causes"] | table["also"].get(kind, {}) for kind in table["kinds"]}
    return [
        [
            pattern,
            says[kind],
            table["seen"][kind],
            table["read"].get(kind, ""),
            table["no_layers"].get(kind, []),
            table["means"].get(kind, ""),
        ]
        for kind, pattern in table["kinds"].items()
    ]


def plain(fixture: "Fixture", shared: Shared, digits: int | None = COARSE) -> dict[str, Any]:
    """Return a test without its mutants: what it hands over and expects, and its networks.

    These have so many significant digits; what is given will do, since the page computes the rest.
    """
    package = _package()

    def networks(own_shapes: bool, digits: int | None) -> list[int]:
        sizes = fixture.sizes if own_shapes else package.forward.SIZES
        drawn = (package.forward.draw(fixture, seed, sizes) for seed in package.forward.SEEDS)
        return [
            shared.arrays({name: arrays[name] for name in fixture.given}, digits)
            for arrays in drawn
        ]

    return _programs(fixture, shared) | {
        "arrays": shared.arrays(fixture.arrays),
        "sound": shared.place(_steps(package.steps.sound(fixture).program)),
        "expected": shared.arrays(fixture.expected),
        "networks": networks(False, digits),
        "own": networks(True, COARSE),
    }


def _programs(fixture: "Fixture", shared: Shared) -> dict[str, Any]:
    newest = fixture.comparisons[-1]
    return {
        "id": fixture.id,
        "title": fixture.title,
        "function": fixture.function,
        "page": fixture.page,
        "explains": dict(fixture.explains),
        "order": list(_package().roles.array_order(fixture)),
        "steps": shared.place(_steps(fixture.program)),
        "forward": shared.place(_steps(fixture.forward)),
        "rule": newest.rule,
        "of_any_shape": list(newest.of_any_shape),
        "outputs": list(newest.outputs),
        "numbers": list(fixture.numbers),
        "drawn": fixture.drawn_last,
        "unrelated": shared.place({}),
    }


def _fixture(fixture: "Fixture", shared: Shared, several: Shared, named: Shared) -> dict[str, Any]:
    package = _package()
    mutants = package.mutate.mutants(fixture)
    rewritten: dict[str, dict[Any, int]] = {}

    def written(slot: "Slot") -> list[Any]:
        is_place = package.steps.is_place(fixture, slot.name)
        words = package.families.families(fixture, slot.name) if is_place else {}
        places = rewritten[slot.name] = {}
        for place, (_, tree) in enumerate(package.operators.rewrites(slot.original.tree, words)):
            places.setdefault(tree, place)
        return [
            slot.name,
            _tree(slot.original.tree),
            _picked(slot.forms, places),
            _picked(slot.stillborn, places),
            {word: shared.place([_tree(one) for one in trees]) for word, trees in words.items()},
        ]

    slots = [shared.place(written(slot)) for slot in mutants.slots]

    # Where a change of several makes a rewrite, its place stands for it, from -1 down.
    def change(forms: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: -1 - rewritten[name][tree] if tree in rewritten[name] else _tree(tree)
            for name, tree in forms.items()
        }

    places = {str(forms): place for place, forms in enumerate(mutants.higher_order)}
    higher_order = [change(forms) for forms in mutants.higher_order]
    occurrences = [
        [id, places.get(str(forms), change(forms))]
        for id, forms in package.mistakes.occurrences(fixture)
    ]
    said = [
        [key, places.get(str(forms), change(forms))]
        for key, forms in package.steps.sayings(fixture).items()
    ]
    # In a loop there are so many that the page counts them when it has to.
    counted = () if fixture.last else mutants.slots
    spread = package.search.workshop(fixture).spread
    unrelated = {
        name: value for name, value in package.formulas.unrelated(fixture).items() if name != "m"
    }
    return plain(fixture, shared) | {
        "changes": shared.place(
            [slots, several.place(higher_order), named.place(occurrences), said]
        ),
        "roles": {
            slot.name: role
            for slot in mutants.slots
            if (role := package.roles.role(fixture, slot.name)[0])
        },
        "also": list(fixture.also_called),
        "notebook": fixture.notebook_names,
        "byKey": not any(" = " in call for call in fixture.call),
        "spread": shared.place(
            {
                slot.name: [[list(shape), n] for shape, n in sorted(spread(slot.name).items())]
                for slot in counted
            }
        ),
        **({"last": fixture.last} if fixture.last else {}),
        **({"cell": True} if fixture.is_cell else {}),
        "gradient": fixture.is_gradient,
        "entries": [name.lower() for name in fixture.entries],
        "printed": any(entry.rule == "printed" for entry in fixture.comparisons),
        "unrelated": shared.arrays(unrelated, COARSE),
        **_called(fixture, shared),
    }


def _call(fixture: "Fixture", shared: Shared) -> dict[str, Any]:
    package = _package()
    taken_apart = list(package.fixtures.parsed(fixture))
    arguments = package.calling.calls(fixture)
    # The first notebook's test spells out no bias: a call is given zeros.
    filled = {
        node.id: package.arrays.numeric(node.id, value)
        for (_, nodes), (_, given) in zip(taken_apart, arguments, strict=True)
        for node, value in _leaves(nodes, given)
        if node.id not in fixture.arrays
    }
    forward, given = package.calling.handing(fixture) if fixture.handed_by else ("", [])
    return {
        "call": list(fixture.call),
        "calls": [[_pattern(into), [*map(_pattern, nodes)]] for into, nodes in taken_apart],
        **({"handed": [forward, [*map(_pattern, given)]]} if fixture.handed_by else {}),
        "filled": shared.arrays(filled),
        "integers": [name for name, value in fixture.arrays.items() if value.dtype.kind in "iu"],
    }


def _called(fixture: "Fixture", shared: Shared) -> dict[str, Any]:
    """Return how a test calls a function, what it compares, and what it is run on beside."""
    fresh = [
        shared.arrays({name: arrays[name] for name in fixture.given}, COARSE)
        for arrays in _package().running.fresh(fixture)
    ]
    return _call(fixture, shared) | {
        "exact": fixture.comparisons[-1].exact_keys,
        "broken": bool(fixture.broken()),
        "fresh": fresh,
        "deeper": fixture.deeper and _deeper(fixture.deeper, shared),
    }


def _deeper(fixture: "Fixture", shared: Shared) -> dict[str, Any]:
    """Return a test on whose forward pass alone something is run: what is given, and shapes."""
    given = {name: fixture.arrays[name] for name in fixture.given}
    shapes = {name: value * 0 for name, value in fixture.expected.items()}
    steps = {"sound": shared.place(_steps(fixture.program)), "networks": [], "own": []}
    arrays = {"arrays": shared.place({}), "expected": shared.arrays(shapes)}
    fresh = {"fresh": [shared.arrays(given, COARSE)]}
    return {**_programs(fixture, shared), **_call(fixture, shared), **steps, **arrays, **fresh}


def _leaves(nodes: Iterable[ast.expr], values: Iterable[Any]) -> Iterator[tuple[ast.Name, Any]]:
    """Yield each name of a call with what is given for it."""
    for node, value in zip(nodes, values, strict=True):
        if isinstance(node, ast.Name):
            yield node, value
        elif isinstance(node, ast.Tuple | ast.List):
            yield from _leaves(node.elts, value)


def _pattern(node: ast.expr) -> Any:
    """Return a part of a call: a name, a word, or the kind of brackets and what is in them."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Constant):
        return {"word": node.value}
    brackets = {ast.Tuple: "()", ast.List: "[]"}
    return [
        brackets.get(type(node), "{}"),
        *map(_pattern, getattr(node, "elts", [])),
    ]


def _picked(forms: Iterable["Form"], places: Mapping[Any, int]) -> list[Any]:
    """Return which of all rewrites are meant: how far each is from the one before it.

    The page makes all of them in the same order. What is none of them is written out, with the
    operator that makes it.
    """
    found: list[Any] = []
    before = 0
    for form in forms:
        place = places.get(form.tree, before)
        found.append(place - before if form.tree in places else [_tree(form.tree), form.operator])
        before = place
    return found


def _steps(program: "Program") -> list[Any]:
    return [[step.name, _tree(step.expression)] for step in program.steps]


def _tree(tree: Any) -> Any:
    if isinstance(tree, tuple):
        return [tree[0], *map(_tree, tree[1:])]
    return tree if isinstance(tree, str) else _number(tree, None)


def _number(number: float, digits: int | None) -> float:
    value = float(f"{number:.{digits}g}") if digits else float(number)
    return int(value) if value == int(value) else value


def titles(root: Path = ROOT) -> dict[str, str]:
    """Return the title of each chapter without its mathematics marked up."""
    found = {}
    for page in sorted((root / "book").glob("*.md")):
        source = page.read_text(encoding="utf-8")
        if title := re.search(r"^# (.+)$", source, flags=re.MULTILINE):
            found[page.stem] = unmarked(title.group(1))
    return found


def sections(text: str, root: Path = ROOT) -> dict[str, str]:
    """Return the heading of each section whose address a text has, or the title of its page."""
    found, source = {}, cache(source_of)
    for page, label in sorted({*re.findall(r"([\w-]+)#([\w-]+)(?=[\"\. ])", text)}):
        if (file := root / f"book/{page}.md").exists():
            labelled = rf"^\({label}\)=\n+#+ (.+)$"
            heading = re.search(labelled, source(file), flags=re.MULTILINE)
            found[f"{page}#{label}"] = unmarked(heading[1]) if heading else titles(root)[page]
    return found


def unmarked(heading: str) -> str:
    """Return a heading without its mathematics marked up, and quoted as the pages quote."""
    plain = re.sub(r"\{\w+\}|[`$\\]|\*(?=\w)|(?<=\w)\*", "", heading)
    return re.sub('"([^"]*)"', r"“\1”", plain).replace("'", "’")


def written(found: Mapping[str, Any], name: str = "BACKCHECK") -> str:
    """Return the script that hands the data over."""
    return f"window.{name}={json.dumps(found, separators=(',', ':'))};\n"


def leave_modules(app: Sphinx, config: Config) -> None:
    """Keep the modules out of the static files of the site."""
    config.exclude_patterns.append(MODULES)


def write_static(app: Sphinx) -> None:
    """Write the script beside the other static files, and the data unless they are there."""
    if app.builder.name != "html" or not (Path(app.srcdir) / f"{PAGE}.md").exists():
        return
    # The package is not installed where the book is built.
    if str(ROOT / "src") not in sys.path:
        sys.path.insert(0, str(ROOT / "src"))
    file = Path(app.outdir) / "_static" / DATA
    file.parent.mkdir(parents=True, exist_ok=True)
    page, showing = (ROOT / "book/_static" / MODULES / f"{name}.js" for name in ("page", "showing"))
    # What calls a reader's function is loaded when there is one.
    scripts = {SCRIPT: joined(page, later=showing), LATER: joined_later(showing, first=page)}
    for name, script in scripts.items():
        file.with_name(name).write_text(script, encoding="utf-8", newline="\n")
    record = Path(app.outdir).parent / "diagnose-data-digest.txt"
    decisive = [getattr(app.config, f"{name}_digest", "") for name in ("execution", "page")]
    digest = json.dumps([*decisive, titles()])
    if (
        file.exists()
        and file.with_name(OTHERS).exists()
        and file.with_name(LOOPS).exists()
        and record.exists()
        and record.read_text(encoding="utf-8") == digest
    ):
        return
    own, *later = data()
    file.write_text(written(own), encoding="utf-8", newline="\n")
    for name, some in zip((OTHERS, LOOPS), later, strict=True):
        text = written(some, f"BACKCHECK_{name[9:-3].upper()}")
        file.with_name(name).write_text(text, encoding="utf-8", newline="\n")
    record.write_text(digest, encoding="utf-8")


def load_here(
    app: Sphinx, name: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Let the one page that diagnoses load its script, its data and its style."""
    if name == PAGE:
        app.add_css_file("diagnose.css")
        app.add_js_file(DATA, loading_method="defer")
        app.add_js_file(SCRIPT, loading_method="defer")


def setup(app: Sphinx) -> dict[str, Any]:
    """Install the hooks."""
    app.connect("config-inited", leave_modules)
    app.connect("builder-inited", write_static)
    app.connect("html-page-context", load_here)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
