"""What the page for searching looks into: every section of the site, and every number it prints.

Sphinx's own search knows pages and not sections, drops digits, and reads the other pages for what
it quotes, which a page opened from disk may not. So a script holds the text of all sections, and
MiniSearch indexes it once the page for searching is open: see ``book/_static/search.js``.
"""

import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

import citing
from forms import shared
from sources import not_covered

DATA = "_static/search-{}.js"
"""Where the data goes: the places, their texts, and the numbers printed there."""

HERE = Path(__file__).resolve().parent

WORDS = HERE / "search.toml"
"""Words that readers search a place by, and that it does not have."""

COVERED = "diagnose#diagnose-covered"
"""The place that says which exercises are covered."""

SCRIPT = "_static/search.js"
"""What looks into it, and the library that it needs."""

SOURCES = (
    HERE / "node/node_modules/minisearch/dist/umd/index.js",
    HERE.parent / SCRIPT,
)

FILES = (SCRIPT, *map(DATA.format, ("places", "texts", "numbers")))

FORM = f"""<h1>Search</h1>
<form action="search.html" class="search-form"><input type="search" id="search-box" name="q"
aria-label="Words, messages or printed numbers" placeholder="Words, a message, or printed numbers"
autocomplete="off"></form>
<p id="search-status" role="status"></p>
<script src="{SCRIPT}" defer></script>"""
"""What the page for searching has above its results."""

DROPPED = ".headerlink, .section-number, annotation, .katex-html, button, nav, style, script, svg"
"""What is no text of a section."""

NUMBER = re.compile(r"(?<![\w.])(\d+)(?:\.(\d+))?(?:e([+-]\d+))?(?![\w]|\.\d)")
"""A number as the pages print it; its sign is no part of it."""

NOT_QUOTED = re.compile(
    r"-(?:reading|answer)$|^audit-(?:operators|picture|repaired|scoreboard|words)$|^index-contents$|^one-network-picture$|^equivalence-(?:margin|more-networks|wrong)$|^off-the-forward-pass-(?:luck|speed|picture|planes)$|^audit-your-test-(?:styles|safe|ci|example|network)$|^training-faster$|^command-line-(?:install|json|codes|show|audit|python)$|^(?:colophon|changelog|portability|cite)-|^(?:bibliography|threads)"
)
"""The places that are found by their titles alone: what others say, and notes on the building."""

EXACT = 15
"""So many digits a browser knows exactly."""

DIGITS = 5
"""The least number of digits of a number that can be searched by them."""

NO_PROSE = (
    ".cell_input, .cell_output pre, .cell_output details, summary, .exercise, .solution"
    ", .live pre, .live ul"
)
"""What is no sentence, or asks and does not answer: found by its names and numbers alone."""

FIGURES = re.compile(r"(?=\D*\d)[\d.,e+−\[\]\s-]+")
"""A cell of a table with numbers alone, which are found as numbers and not quoted."""

PLACES = "section[id], dl.glossary dt[id]"
"""What is found: sections, and words of the glossary."""

SPACED = "=+−≠≈<>≤≥∈⊙∗×→⇒⇔"


def script() -> str:
    """Return the script of the page for searching."""
    return "\n;".join(source.read_text(encoding="utf-8") for source in SOURCES)


def write(root: Path, pages: Mapping[str, LexborHTMLParser]) -> None:
    """Write the data that the page for searching reads, as scripts for it to load at need."""
    also = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    # What is not covered is said where all that is covered stands.
    also[COVERED] = f"{also.get(COVERED, '')} {' '.join(not_covered())}"
    files: dict[str, list[Any]] = {"places": [], "texts": [], "numbers": []}
    for part, names in shared.parts():
        for name in names:
            # What is taken out of the copy is wanted on the page itself.
            articles = pages[f"{name}.html"].css("article")
            copy = LexborHTMLParser("".join(article.html or "" for article in articles))
            sections = list(_sections(copy, name, also))[::-1]
            title = citing.title_of(pages[f"{name}.html"])
            files["places"].append([name, title, part, [section[:2] for section in sections]])
            files["texts"].append([section[2:5] for section in sections])
            files["numbers"].append([section[5] for section in sections])
    for what, told in files.items():
        text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        file = root / DATA.format(what)
        file.write_text(f"globalThis.searched_{what} = {text};\n", encoding="utf-8")


def _sections(article: LexborHTMLParser, name: str, also: Mapping[str, str]) -> Iterator[list[str]]:
    """Yield of each place, the last one first, id, title, text, code, other words and numbers."""
    for found in article.css(DROPPED):
        found.decompose()
    for formula in article.css(".katex"):
        (math,) = formula.css("math")
        formula.replace_with(" ".join(readable(math).split()))
    for cell in article.css("td, th"):
        cell.insert_child(" · ")
    # What a page says of all that the book covers is found where that is listed.
    for scope in article.css("p:has(> strong:first-child)"):
        if name != COVERED.partition("#")[0] and scope.text().startswith("Covered"):
            scope.decompose()
    # From the innermost outwards, so that each has left what is its own.
    for place in reversed(article.css(PLACES)):
        within = place if place.tag == "section" else _definition(place)
        headings = place.css("h1, h2, h3, h4, h5") if place.tag == "section" else [place]
        title = _plain(headings[0]) if headings else ""
        numbers = _coded(_numbers(within.text(separator=" ")))
        code = " ".join(_plain(cell) for cell in within.css(".cell_input, .notranslate"))
        for cell in [*headings, *within.css(NO_PROSE)]:
            cell.decompose()
        id = place.id or ""
        text = "" if NOT_QUOTED.search(id) else _worded(_plain(within))
        names = " ".join(_names(code, text))
        within.decompose()
        yield [id, title, text, names, also.get(f"{name}#{id}", ""), numbers]


def _definition(term: LexborNode) -> LexborNode:
    node = term.next
    while node is not None and node.tag != "dd":
        node = node.next
    return node or term


def readable(node: LexborNode) -> str:
    """Return a formula as a line of text, from its MathML."""
    parts = [readable(child) for child in node.iter()]
    match node.tag, parts:
        case "mfrac", [above, below]:
            return f"{_grouped(above)}/{_grouped(below)}"
        case "msup", [base, "⊤" | "T"]:
            return f"{base}ᵀ"
        case "msup", [base, power]:
            return f"{base}{power}" if power[:1] in "[′(" else f"{base}^{_grouped(power)}"
        case "msub", [base, index]:
            return f"{base}_{_grouped(index)}"
        case "mtr", _:
            return f"{' '.join(parts)}; "
        case "mrow" | "math", _:
            # A minus with nothing before it is a sign.
            return re.sub(r"(^|[(=,;⋅/]\s*) − ", r"\1−", "".join(parts))
        case (("mo" | "mi" | "mn" | "mtext"), _):
            text = node.text().replace("\u2061", "")
            return f" {text} " if text and text in SPACED else text
    return "".join(parts)


def _grouped(text: str) -> str:
    text = text.strip()
    return text if len(text) < 2 or text.isalnum() else f"({text})"


def _plain(node: LexborNode) -> str:
    return re.sub(r" ([.,:;?!)\]])", r"\1", " ".join(node.text(separator=" ").split()))


def _worded(text: str) -> str:
    return " · ".join(cell for cell in text.split(" · ") if not FIGURES.fullmatch(cell))


def _names(code: str, text: str) -> Iterable[str]:
    """Yield numpy's names and those of several words, of code, that the text does not have."""
    names = dict.fromkeys(re.findall(r"[A-Za-z]\w*(?:[._]\w+)+", code.replace(". ", ".")))
    return (n for n in names if (n.startswith("np.") or "_" in n) and n not in text)


def _numbers(text: str) -> Iterator[tuple[str, str]]:
    """Yield each number that is long enough: its digits, and what follows them."""
    for whole, decimals, power in NUMBER.findall(text):
        if len(whole + decimals) >= DIGITS:
            kept = decimals[: EXACT - len(whole)]
            yield whole + kept, f"{len(kept)}{f'e{int(power)}' if power else ''}"


def _coded(numbers: Iterable[tuple[str, str]]) -> str:
    """Write numbers of a kind as steps from one to the next, in base 36."""
    kinds = defaultdict(set)
    for digits, kind in numbers:
        kinds[kind].add(int(digits))
    lines = []
    for kind, found in sorted(kinds.items()):
        last, steps = 0, []
        for number in sorted(found):
            steps.append(_base36(number - last))
            last = number
        lines.append(f"{kind}:{' '.join(steps)}")
    return ";".join(lines)


def _base36(number: int) -> str:
    signs = ""
    while number:
        number, rest = divmod(number, 36)
        signs = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + signs
    return signs or "0"
