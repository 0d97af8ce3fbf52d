"""The picture that a forum or a chat shows of a page: its title, and a number that it prints.

The number is never typed: it is one that a cell of the page has printed, if there is one, first
of all one that the page's description or its first paragraphs quote. With the line that it was
printed in, it says which digits the page is about.

Pictures are named by whole addresses, so without the site's address none is drawn. A drawn one is
kept beside the build under a digest of all that decides what it looks like.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from selectolax.lexbor import LexborHTMLParser

import citing

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

WIDTH, HEIGHT = 1200, 630
"""Pixels; forums show half of them, so that nothing is smaller than a page's own text then."""

FOLDER = "_static/cards"
"""Where the pictures go."""

INK, SOFT, RULE, PAPER, POINT = "#24292f", "#57606a", "#d0d7de", "#ffffff", "#8250df"
"""The colours of the site's light scheme; the point is that of the wordmark."""

TITLE, TEXT = "STIXGeneralBol", "STIXGeneral"
CODE, NAME = "DejaVuSansMono", "DejaVuSans"
"""Fonts that come with matplotlib: those of the machine would give every machine other bytes."""

MARGIN = 72
"""Pixels on the left and on the right."""

ROOM = WIDTH - 2 * MARGIN
"""Pixels in a line."""

ADVANCE = 0.602
"""How wide every sign of the font for code is, for its size."""

LONGEST = 64
"""Characters of a printed line: more of them do not fit beside each other."""

SHADES = 8
"""Of each colour, at the edges of letters; more make larger files, not better ones."""

DPI = 100
"""What matplotlib turns points into pixels with."""

NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+(?:e[-+]?\d+)?|e[-+]?\d+)(?: ?%)?(?!\.?\w)")
"""A number with decimals, or in scientific notation."""


@dataclass(frozen=True)
class Card:
    """What a card says.

    Parameters
    ----------
    title : str
        The page's.
    number : str
        A number that a cell of the page printed; empty if there is none.
    line : str
        The line that it was printed in, or the sentence that quotes it; without a number, the
        first sentence of the page's description.
    printed : bool
        Whether `line` is what a cell printed.
    """

    title: str
    number: str
    line: str
    printed: bool

    @property
    def alt(self) -> str:
        """The same in words, for those who do not see it."""
        if not self.number:
            return f"{self.title}. {self.line}"
        if self.printed:
            return f"{self.title}. The page prints {self.number}, in the line: {self.line}"
        return f"{self.title}. The page prints {self.number}. {self.line}"


def card_of(tree: LexborHTMLParser) -> Card | None:
    """Return what the card of a page says; a page without a description has none."""
    description = citing.description_of(tree)
    article = tree.css_first("article")
    if not description or article is None:
        return None
    # What is taken out below is wanted on the page itself.
    copy = LexborHTMLParser(article.html or "")
    for found in copy.css(".katex-html, annotation, .headerlink"):
        found.decompose()
    printed = [(number, line) for line in _printed_lines(copy) for number in _numbers(line)]
    for found in copy.css(".cell"):
        found.decompose()
    lead = [_plain(found.text()) for found in copy.css("article > section > p")]
    prose = _plain(copy.text())
    number, line, is_printed = _picked([description, *lead], prose, printed)
    line = line or _sentences(description)[0]
    return Card(citing.title_of(tree), number, line, is_printed)


def _picked(
    lead: Iterable[str], prose: str, printed: list[tuple[str, str]]
) -> tuple[str, str, bool]:
    """Choose a number, and what says what it is.

    Parameters
    ----------
    lead : iterable of str
        What the page says of itself, the most important first.
    prose : str
        All it says outside its cells.
    printed : list of tuple of str
        Every number its cells printed, with the line around it.

    Returns
    -------
    tuple
        The number, the line or sentence with it, and whether that is a printed line.
    """
    numbers = {number for number, _ in printed}
    named = [(number, line) for number, line in printed if _names_something(line)]
    lines = dict(reversed(named))
    for sentence in (one for text in lead for one in _sentences(text)):
        for number in _numbers(sentence):
            if number in lines:
                return number, lines[number], True
            if number in numbers:
                return number, sentence, False
    # A number with all the digits that numpy prints is one that readers have in front of them.
    for number in _numbers(prose):
        if number in lines and re.search(r"\.\d{7}", number):
            return number, lines[number], True
    for number, line in named:
        if _tells(number):
            return number, line, True
    return "", "", False


def _printed_lines(tree: LexborHTMLParser) -> Iterator[str]:
    """Yield the lines that the cells of a page printed; of a table, its entries by their heads."""
    for found in tree.css(".cell_output pre, .cell_output table"):
        if found.tag == "pre":
            yield from (_plain(line) for line in found.text().splitlines())
            continue
        heads = [_plain(head.text()) for head in found.css("thead th")]
        for row in found.css("tbody tr"):
            first, *entries = [_plain(entry.text()) for entry in row.css("th, td")] or [""]
            for head, entry in zip(heads[1:], entries, strict=False):
                yield f"{first}, {head}: {entry}"


def _numbers(text: str) -> list[str]:
    return NUMBER.findall(text)


def _tells(number: str) -> bool:
    """Say whether a number could be of this page only: it is not 0, and no 0.1 either."""
    digits = re.sub(r"e.*|\D", "", number).strip("0")
    return bool(digits) and ("e" in number or len(re.sub(r"\D", "", number).lstrip("0")) > 1)


def _names_something(line: str) -> bool:
    """Say whether a line fits, and says of its numbers more than what became of them."""
    rest = re.sub("passes|fails", "", NUMBER.sub("", line))
    return len(line) <= LONGEST and re.search("[A-Za-z]", rest) is not None


def _plain(text: str) -> str:
    """Return a text in one line, with the sign that cells print for minus.

    Two spaces stay, because they keep columns apart; signs that only a formula needs go.
    """
    text = text.replace("−", "-").replace("\u2061", "").strip()
    return re.sub(r"\s", " ", re.sub(r"[^\S\n]{2,}", "  ", text))


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.?!]) +(?=[A-Z])", text)


def tags(root: Path, name: str, tree: LexborHTMLParser, address: str) -> dict[str, str]:
    """Write the card of a page, and return what its head says of it.

    Parameters
    ----------
    root : Path
        The folder of the site.
    name : str
        The page's file, such as ``sigmoid.html``.
    tree : LexborHTMLParser
        The page.
    address : str
        The site's address.

    Returns
    -------
    dict
        Nothing without an address, and for a page without a description.
    """
    card = card_of(tree) if address else None
    if card is None:
        return {}
    file = f"{FOLDER}/{name.removesuffix('.html')}.png"
    picture = _kept(root.parent, card)
    (root / file).parent.mkdir(parents=True, exist_ok=True)
    (root / file).write_bytes(picture)
    # Who keeps a picture by its address asks again when it is another one.
    digest = hashlib.sha256(picture).hexdigest()[:8]
    return {
        "og:image": f"{address}{file}?v={digest}",
        "og:image:type": "image/png",
        "og:image:width": str(WIDTH),
        "og:image:height": str(HEIGHT),
        "og:image:alt": card.alt,
    }


def _kept(build: Path, card: Card) -> bytes:
    """Return the picture of a card as it was drawn now or in an earlier build."""
    said = json.dumps([astuple(card), version("matplotlib"), version("pillow")])
    drawing = Path(__file__).read_bytes()
    digest = hashlib.sha256(said.encode() + drawing).hexdigest()
    kept = build / ".cards" / f"{digest[:16]}.png"
    if not kept.exists():
        # A build must not write into the reader's home: see execution.py.
        os.environ.setdefault("MPLCONFIGDIR", str(build / ".matplotlib"))
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(drawn(card))
    return kept.read_bytes()


def drawn(card: Card) -> bytes:
    """Return the picture of a card, as the bytes of a PNG file."""
    # A second of imports that only a changed page needs.
    import matplotlib.style
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from PIL import Image

    # The reader's own settings of matplotlib stay out.
    with matplotlib.style.context("default", after_reset=True):
        figure = Figure(figsize=(WIDTH / DPI, HEIGHT / DPI), dpi=DPI, facecolor=PAPER)
        # matplotlib does not say what most methods of a canvas take.
        canvas: Any = FigureCanvasAgg(figure)
        _Drawing(figure, canvas.get_renderer()).draw(card)
        canvas.draw()
        pixels = Image.frombytes("RGBA", (WIDTH, HEIGHT), bytes(canvas.buffer_rgba()))
    colours = Image.new("P", (1, 1))
    colours.putpalette(_palette())
    few = pixels.convert("RGB").quantize(palette=colours, dither=Image.Dither.NONE)
    data = BytesIO()
    few.save(data, format="PNG")
    return data.getvalue()


def _palette() -> list[int]:
    """Return the few colours of a card: each ink, and how its edges fade into the paper."""
    paper, *inks = [bytes.fromhex(colour[1:]) for colour in (PAPER, INK, SOFT, RULE, POINT)]
    # Shades that are nearly the paper's would be taken for it: of the faint ink there are two.
    return list(paper) + [
        round(light + (dark - light) * step / shades)
        for ink, shades in zip(inks, (SHADES, SHADES, 2, SHADES), strict=True)
        for step in range(1, shades + 1)
        for light, dark in zip(paper, ink, strict=True)
    ]


class _Drawing:
    """A card on its way: everything is in pixels, from the top left corner."""

    def __init__(self, figure: "Figure", renderer: Any) -> None:
        self.figure, self.renderer = figure, renderer

    def draw(self, card: Card) -> None:
        """Draw the title on top, the number below it, and the book's name at the foot."""
        self._mark(922, 214, 210)
        bottom = self._paragraph(card.title, TITLE, {76: 2, 64: 3, 54: 3}, INK, first=115)
        if card.number:
            self._write(MARGIN, 392, card.number, CODE, _size(card.number, 112, 800), INK)
        if card.printed:
            self._write(MARGIN, 462, card.line, CODE, _size(card.line, 34, ROOM), SOFT)
        elif card.number:
            self._paragraph(card.line, TEXT, {36: 2, 32: 2, 28: 2}, SOFT, first=454)
        else:
            self._paragraph(card.line, TEXT, {40: 5, 36: 5}, SOFT, first=bottom + 80, room=800)
        self._stroke([(MARGIN, 534), (WIDTH - MARGIN, 534)], RULE, 2)
        self._write(MARGIN, 587, citing.SITE, NAME, 30, INK)

    def _paragraph(
        self,
        text: str,
        font: str,
        sizes: dict[int, int],
        ink: str,
        first: float,
        room: float = ROOM,
    ) -> float:
        """Draw a text as large as it can be.

        Parameters
        ----------
        text, font, ink : str
            What to write, and how it looks.
        sizes : dict
            The sizes it may have, in pixels, each with how many lines there may be then.
        first : float
            Where its first line stands.
        room : float
            How long a line may be.

        Returns
        -------
        float
            Where its last line stands.
        """
        for size, most in sizes.items():
            lines = self._lines(text, font, size, room)
            if len(lines) <= most:
                break
        else:
            last = lines[most - 1]
            while self._width(f"{last} …", font, size) > room:
                last = last.rpartition(" ")[0]
            lines = [*lines[: most - 1], f"{last} …"]
        for place, line in enumerate(lines):
            self._write(MARGIN, first + place * 1.16 * size, line, font, size, ink)
        return first + (len(lines) - 1) * 1.16 * size

    def _lines(self, text: str, font: str, size: float, room: float) -> list[str]:
        """Break a text into as few lines as there must be, of much the same length."""
        words = text.split()
        widths = {word: self._width(word, font, size) for word in words}
        space = self._width("n n", font, size) - self._width("nn", font, size)

        def broken(room: float) -> list[list[str]]:
            lines: list[list[str]] = [[]]
            used = 0.0
            for word in words:
                used += space + widths[word]
                if used > room + space and lines[-1]:
                    lines.append([])
                    used = space + widths[word]
                lines[-1].append(word)
            return lines

        few = narrow = broken(room)
        while len(narrow) == len(few) > 1:
            few, room = narrow, room - 20
            narrow = broken(room)
        return [" ".join(line) for line in few]

    def _width(self, text: str, font: str, size: float) -> float:
        width, _, _ = self.renderer.get_text_width_height_descent(
            text, _font(font, size), ismath=False
        )
        return float(width)

    def _mark(self, left: float, top: float, size: float) -> None:
        """Draw the book's mark, a point off its curve, as favicon.svg has it."""
        from matplotlib.patches import Circle
        from matplotlib.transforms import IdentityTransform

        unit = size / 32

        def at(*points: tuple[float, float]) -> list[tuple[float, float]]:
            return [(left + x * unit, top + y * unit) for x, y in points]

        self._stroke(at((2, 26), (14, 26), (16, 8), (30, 8)), RULE, 2 * unit, curved=True)
        for y in (12, 14.2, 16.4):
            self._stroke(at((11, y), (11, y + 1)), SOFT, unit / 2)
        ((x, y),) = at((11, 7))
        self.figure.add_artist(
            Circle((x, HEIGHT - y), 3 * unit, color=POINT, transform=IdentityTransform())
        )

    def _write(self, x: float, y: float, text: str, font: str, size: float, ink: str) -> None:
        self.figure.text(
            x / WIDTH, 1 - y / HEIGHT, text, fontproperties=_font(font, size), color=ink,
            verticalalignment="baseline", parse_math=False,
        )  # fmt: skip

    def _stroke(
        self, points: list[tuple[float, float]], ink: str, width: float, curved: bool = False
    ) -> None:
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path as Line
        from matplotlib.transforms import IdentityTransform

        codes = [Line.MOVETO, *[Line.CURVE4 if curved else Line.LINETO] * (len(points) - 1)]
        self.figure.add_artist(
            PathPatch(
                Line([(x, HEIGHT - y) for x, y in points], codes),
                transform=IdentityTransform(), fill=False, edgecolor=ink,
                linewidth=_points(width), capstyle="round",
            )
        )  # fmt: skip


def _size(text: str, most: float, room: float) -> float:
    """Return the size of a line of code in a room; its signs are a whole number of pixels wide."""
    return min(int(most * ADVANCE), room // len(text)) / ADVANCE


def _points(pixels: float) -> float:
    return pixels * 72 / DPI


def _font(name: str, size: float) -> "FontProperties":
    import matplotlib
    from matplotlib.font_manager import FontProperties

    file = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / f"{name}.ttf"
    return FontProperties(fname=str(file), size=_points(size))
