"""The last step of a build: from Sphinx's pages to the site that readers get.

Sphinx and the theme write pages that load nine stylesheets, six scripts and whole fonts, with
styles and scripts inside the text. Once all pages are written,

- one stylesheet and one script take the place of all, without the rules no page uses; the fonts
  of the mathematics come in a second stylesheet, on the pages that have any;
- styles inside the text become classes, so that a content security policy can forbid them;
- the fonts of the mathematics keep only the signs the book uses;
- pictures lose what no browser needs, and become part of their page;
- formulas, code and what it prints break their lines where they can be read: see ``breaking.py``;
- what the theme leaves out for screen readers and keyboards is added;
- every page says in its head what it is and how to cite it, and has a picture for forums;
- every address that was published leads somewhere.

Sphinx writes only the pages that change, so each one is kept as Sphinx wrote it, and all are
finished again from there. Without the tools (see ``node/package.json``) they stay as they are.
"""

import base64
import hashlib
import json
import posixpath
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from html import escape
from io import BytesIO
from logging import getLogger
from pathlib import Path
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode
from sphinx.application import Sphinx
from sphinx.util import logging

import breaking
import cards
import citing
import drawings
import feed
import katex_renderer
import permalinks
import previews
import searching

TOOLS = Path(__file__).parent / "node"

LOCK = "package-lock.json"
"""Which versions of the tools are installed."""

STYLE, SCRIPT, FONTS = "_static/site.css", "_static/site.js", "_static/fonts"
"""Where the stylesheet, the one script and the fonts of the site go."""

SIGNS = "_static/signs.css"
"""The stylesheet with the fonts of the mathematics, for the pages that have any."""

ALONE = ("diagnose", "live", "search.js")
"""The scripts that one page alone needs, by how they begin: they stay files of their own."""

LEFT_OUT = ("searchtools", "language_data", "searchindex")
"""Those of Sphinx's search, in whose place is ours: see ``searching.py``."""

DIAGNOSIS, LATER = "_static/diagnose.js", "_static/diagnose-run.js"
"""What diagnoses, and what it loads for a reader's function."""

OTHERS, LOOPS = "_static/diagnose-others.js", "_static/diagnose-loops.js"
"""The tests of other courses and loops over time, which it loads for texts that call for them."""

LIVE = "_static/live.js"
"""The script for what can be typed over, which pages load when a reader takes it."""

LIVE_NAMES = (
    "textarea mark live-status live-error live-old equivalent mistake passes fails error absent"
)
"""What it makes that no page may have."""

LARGE = (DIAGNOSIS, LATER, LIVE)
"""Those that are worth the work of making them smaller."""

PYTHON = "_static/python.js"
"""What the page that diagnoses loads to run code; it says so itself, so no page names it."""

NAMING = ("diagnose.js", "diagnose-run.js", "cite.js")
"""The scripts that make elements, so that their words may be names of classes."""

REPLACED = {"_static/scripts/furo.js": TOOLS / "theme.js"}
"""The theme's script, which measures every heading while the page loads, and ours, which waits."""

WITHIN = {
    "KaTeX_Main-Regular": ("1em KaTeX_Main", ".katex-html"),
    "KaTeX_Main-Bold": ("bold 1em KaTeX_Main", ".mathbf"),
    "KaTeX_Math-Italic": ("italic 1em KaTeX_Math", ".mathnormal"),
    **{f"KaTeX_Size{n}-Regular": (f"1em KaTeX_Size{n}", ".katex-html") for n in (1, 2, 3, 4)},
}
"""The fonts of most formulas, which come within a stylesheet: how a script asks for each, and
where its signs are. A font that is not listed stays a file, with every sign of the book."""

WAIT = """{
  const page = document.documentElement.classList;
  page.remove("no-js");
  page.add("waits");
  const fonts = FONTS.map(font => document.fonts.load(font));
  const whole = new Promise(read => document.addEventListener("readystatechange", read));
  Promise.allSettled([whole, ...fonts]).then(() => page.remove("waits"));
}"""
"""Shows the page when it has arrived as a whole and the fonts are read, so that nothing moves: a
table of which half has arrived has other columns, a formula in another font another width, and
the switch of the theme, which no page without scripts has, takes room of its own. The fonts come
within a stylesheet. Fetched ahead as files they would do as well, but a browser refuses that, and
says so, to a page opened from disk."""

POLICY = (
    "default-src 'self'; object-src 'none'; frame-src 'none'; script-src 'self'{scripts}; "
    "style-src 'self'; img-src 'self' data:; font-src 'self' data:; "
    "form-action 'self' file:; base-uri 'none'"
)
"""What a page may load: files of the site, and the inline scripts with these digests.

Firefox fetches the next page ahead by the first rule, and knows no file by the name of 'self'."""

COMPILES, RUNS = " 'wasm-unsafe-eval'", "; worker-src blob:"
"""What the page that diagnoses may besides: compile WebAssembly, and run it in a worker."""

VIEWPORT = 'meta[name="viewport"]'

MAINTAINERS = "For maintainers"
"""The part of the contents that the list beside the pages leaves out."""

LOST = "404.html"
"""The page for addresses that lead nowhere."""

FACE = r"@font-face\s*{[^}]*}"
"""The rule that names a font."""

MARK = '<meta http-equiv="Content-Security-Policy"'
"""What a finished page has, and Sphinx's own has not."""

logger = logging.getLogger(__name__)


def finish(app: Sphinx, error: Exception | None) -> None:
    """Finish every page of the site."""
    if error is not None or app.builder.name != "html" or not installed():
        return
    root = Path(app.outdir)
    pages = {name: LexborHTMLParser(text) for name, text in _as_written(root).items()}
    permalinks.keep(root, pages)
    _lighten_pictures(root)
    for name, tree in pages.items():
        _draw_pictures(root, tree, Path(name).stem)
        breaking.mend(tree)
    searching.write(root, pages)
    styles = {class_of(text): text for tree in pages.values() for text in _inline_styles(tree)}
    css, js, alone = _bundle(root, pages, styles)
    signs = "".join(re.findall(FACE, css))
    signs, css = _with_fonts(root, signs, pages.values()), re.sub(FACE, "", css)
    for file, text in ((STYLE, css), (SIGNS, signs), (SCRIPT, js), *alone.items()):
        _write(root / file, text)
    version = _digest(css, signs, js)[:8]
    for tree in pages.values():
        _classify(tree)
    shown = previews.embedded({name: tree for name, tree in pages.items() if name != LOST})
    address = app.config.html_baseurl
    if not address:
        logger.info("SITE_ADDRESS is not set: no pictures are drawn for links to the pages.")
    feed.write(root, pages, address)
    for name, tree in pages.items():
        # The server shows this page at any address, so that its links are absolute.
        base = app.config.notfound_urls_prefix if name == LOST else ""
        picture = cards.tags(root, name, tree, address)
        about = citing.head_of(tree, name, address, picture)
        about += feed.LINK if about and (root / feed.FILE).is_file() else ""
        citing.show_version(tree, root, name, address)
        more = shown.get(name, "")
        if tree.css_matches("section[id^='mistake-']"):
            more += citing.answers(root)
        for found in tree.css("[data-src]"):
            found.attrs["data-src"] = f"{LIVE}?v={_digest(alone[LIVE])[:8]}"
        breaking.mend_titles(tree)
        text = finished(tree, version, base, about)
        _write(root / name, text.replace("</body>", f"{more}</body>", 1))
    _write_map(root, address, sorted(pages.keys() - {LOST, "search.html"}))
    _drop_unused(root, pages)
    for form in root.glob(f"{citing.BOOK}.*"):
        # It is of the pages of an earlier build.
        form.unlink()


def installed() -> bool:
    """Say whether the tools are there."""
    return (TOOLS / "node_modules" / "esbuild").is_dir()


def finished(tree: LexborHTMLParser, version: str, base: str = "", about: str = "") -> str:
    """Return the text of a finished page.

    With `base` before the names of files and pages, and `about` in its head.
    """
    fetched = 'link:is([rel="stylesheet"], [rel="prefetch"])'
    for found in tree.css(f"{fetched}, style, {VIEWPORT} ~ {VIEWPORT}"):
        found.decompose()
    for found, file in _files(tree, "script[src]", "src"):
        if _is_alone(file) and not Path(file).name.startswith(LEFT_OUT):
            found.attrs["defer"] = ""
        else:
            found.decompose()
    if base:
        for found in tree.css("a[href], form[action]"):
            key = "href" if found.tag == "a" else "action"
            address = found.attributes[key] or ""
            if re.match(r"[\w-]+\.html", address):
                found.attrs[key] = base + address
    for repair in REPAIRS:
        repair(tree)
    sheets, fonts = [STYLE], []
    if tree.css_matches(".katex"):
        sheets, fonts = [STYLE, SIGNS], [font for font, _ in WITHIN.values()]
    wait = WAIT.replace("FONTS", json.dumps(fonts))
    scripts = [wait, *(script.text() for script in tree.css("script:not([src])"))]
    digests = "".join(f" 'sha256-{_sha256(text)}'" for text in dict.fromkeys(scripts))
    policy = POLICY.format(scripts=digests)
    if tree.css_matches(f'script[src*="{DIAGNOSIS}"]'):
        policy = POLICY.format(scripts=digests + COMPILES) + RUNS
    policy = escape(policy, quote=False)
    head = f'{MARK} content="{policy}">'
    for sheet in sheets:
        head += f'<link rel="stylesheet" href="{base}{sheet}?v={version}">'
    head += f"<script>{wait}</script>"
    head += f'<script src="{base}{SCRIPT}?v={version}" defer></script>{about}'
    charset = '<meta charset="utf-8">'
    return str(tree.html).replace(charset, charset + head, 1)


def _classify(tree: LexborHTMLParser) -> None:
    """Give what has a style of its own the class that takes its place."""
    for found in tree.css("[style]"):
        _add_class(found, class_of(found.attributes["style"] or ""))
        del found.attrs["style"]


def class_of(style: str) -> str:
    """Return the name of the class that takes the place of a style inside the text."""
    return "s" + _digest(style)[:6]


def rule_of(style: str) -> str:
    """Return the rule of that class; it has to win over every other, as the style did."""
    declarations = [one.strip() for one in style.split(";") if one.strip()]
    return f".{class_of(style)}{{{';'.join(f'{one}!important' for one in declarations)}}}"


def _as_written(root: Path) -> dict[str, str]:
    """Return the pages as Sphinx wrote them, now or in an earlier build."""
    store = root.parent / ".written"
    texts = {}
    for page in sorted(root.glob("*.html")):
        kept = store / page.name
        if MARK not in page.read_text(encoding="utf-8"):
            _copy(page, kept)
        # A page that only leads to another one is no page of Sphinx's.
        if kept.exists():
            texts[page.name] = kept.read_text(encoding="utf-8")
    return texts


def _written(root: Path, file: str) -> str:
    """Return a stylesheet or script as Sphinx wrote it, now or earlier, or ours in its place."""
    if file in REPLACED:
        return REPLACED[file].read_text(encoding="utf-8")
    kept = root.parent / ".written" / file
    if (root / file).exists():
        _copy(root / file, kept)
    return kept.read_text(encoding="utf-8")


def _write(file: Path, text: str) -> None:
    """Write a file, unless it says that already: somebody may be reading it."""
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        file.write_text(text, encoding="utf-8")


def _copy(file: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, to)


def _files(
    tree: LexborHTMLParser, selector: str, attribute: str
) -> Iterator[tuple[LexborNode, str]]:
    """Yield elements with the file of the site they name, without its version."""
    for found in tree.css(selector):
        address = found.attributes.get(attribute) or ""
        if address and "//" not in address and not address.startswith("#"):
            file = re.split("[?#]", address)[0]
            # The page for lost readers names files from the root of the server.
            yield found, file[file.index("_static/") :] if "/_static/" in file else file


def _is_alone(file: str) -> bool:
    return Path(file).name.startswith((*ALONE, *LEFT_OUT))


def _inline_styles(tree: LexborHTMLParser) -> set[str]:
    return {found.attributes["style"] or "" for found in tree.css("[style]")}


def _bundle(
    root: Path, pages: dict[str, LexborHTMLParser], styles: dict[str, str]
) -> tuple[str, str, dict[str, str]]:
    """Return the one stylesheet, the one script, and those that pages load for themselves."""
    sheets = _in_order(pages, 'link[rel="stylesheet"]', "href")
    inside = dict.fromkeys(style.text() for tree in pages.values() for style in tree.css("style"))
    rules = [rule_of(style) for _, style in sorted(styles.items())]
    css = [_written(root, file) for file in sheets]
    scripts = _in_order(pages, "script[src]", "src")
    scripts += [LATER] if DIAGNOSIS in scripts else []
    # Typed over, a form is answered by a script that no page names as one.
    is_live = any(tree.css_matches("[data-src]") for tree in pages.values())
    scripts += [LIVE] if is_live else []
    naming = [_written(root, file) for file in scripts if file.endswith(NAMING)]
    question = {
        "css": "\n".join([*css, *inside, *rules]),
        "js": "\n;".join(_written(root, file) for file in scripts if not _is_alone(file)),
        "alone": {
            searching.SCRIPT: searching.script(),
            **{name: _written(root, name) for name in LARGE if name in scripts},
        },
        "words": "\n".join(
            [
                WAIT,
                LIVE_NAMES if is_live else "",
                searching.SOURCES[-1].read_text(encoding="utf-8"),
                *naming,
            ]
        ),
        "used": sorted({*styles, *(name for tree in pages.values() for name in _names(tree))}),
    }
    answer = _remembered(root.parent / ".bundle.json", json.dumps(question))
    return answer["css"], answer["js"], answer["alone"]


def _in_order(pages: dict[str, LexborHTMLParser], selector: str, attribute: str) -> list[str]:
    found = (file for tree in pages.values() for _, file in _files(tree, selector, attribute))
    return list(dict.fromkeys(found))


def _names(tree: LexborHTMLParser) -> Iterator[str]:
    """Yield whatever a selector could name in a page."""
    for found in tree.css("*"):
        yield found.tag or ""
        for name, value in found.attributes.items():
            yield name
            if name in ("class", "id", "type", "role", "rel", "scope"):
                yield from (value or "").split()
            yield from re.findall(r"var\((--[\w-]+)", value or "")


def _remembered(record: Path, question: str) -> dict[str, Any]:
    """Ask the tools, unless they were asked the same before."""
    tools = [(TOOLS / name).read_text(encoding="utf-8") for name in ("bundle.js", LOCK)]
    key = _digest(question, *tools)
    if record.exists():
        known: dict[str, Any] = json.loads(record.read_text(encoding="utf-8"))
        if known["key"] == key:
            return known
    answer: dict[str, Any] = {"key": key, **asked("bundle.js", question)}
    record.write_text(json.dumps(answer), encoding="utf-8")
    return answer


def asked(script: str, question: str) -> Any:
    """Return what one of our scripts answers, run by Node."""
    done = subprocess.run(  # noqa: S603 - our own script, no reader's text
        [katex_renderer.node(), str(TOOLS / script)],
        input=question, capture_output=True, check=True, encoding="utf-8",
    )  # fmt: skip
    return json.loads(done.stdout)


def _lighten_pictures(root: Path) -> None:
    """Take out of the pictures what no browser needs, now or as in an earlier build."""
    tools = [(TOOLS / name).read_text(encoding="utf-8") for name in ("pictures.js", LOCK)]
    store = root.parent / ".pictures" / _digest(*tools)[:8]
    store.mkdir(parents=True, exist_ok=True)
    pictures = sorted((root / "_images").glob("*.svg"))
    # The name of a picture is the digest of what its cell drew.
    new = [picture for picture in pictures if not (store / picture.name).exists()]
    if new:
        question = json.dumps([picture.read_text(encoding="utf-8") for picture in new])
        for picture, text in zip(new, asked("pictures.js", question), strict=True):
            (store / picture.name).write_text(text, encoding="utf-8")
    for picture in pictures:
        _write(picture, (store / picture.name).read_text(encoding="utf-8"))


def _with_fonts(root: Path, css: str, pages: Iterable[LexborHTMLParser]) -> str:
    """Write the fonts that a stylesheet names, and put the most used ones inside it."""
    trees = list(pages)
    (root / FONTS).mkdir(parents=True, exist_ok=True)
    for name in sorted(set(re.findall(r"fonts/([\w-]+)\.woff2", css))):
        _, selector = WITHIN.get(name, ("", ".katex-html"))
        data = _subset(root.parent, name, _signs(trees, selector))
        if name in WITHIN:
            text = base64.b64encode(data).decode()
            css = css.replace(f"fonts/{name}.woff2", f"data:font/woff2;base64,{text}")
        else:
            (root / FONTS / f"{name}.woff2").write_bytes(data)
    return css


def _signs(trees: Iterable[LexborHTMLParser], selector: str) -> str:
    signs = {sign for tree in trees for found in tree.css(selector) for sign in found.text()}
    return "".join(sorted(signs))


def _subset(build: Path, name: str, signs: str) -> bytes:
    """Return a font with these signs alone, as fonttools made it now or in an earlier build."""
    source = katex_renderer.DIST / "fonts" / f"{name}.woff2"
    original = hashlib.sha256(source.read_bytes()).hexdigest()
    kept = build / ".fonts" / f"{name}-{_digest(signs, original)[:8]}.woff2"
    if not kept.exists():
        # A second of imports that only a changed formula needs.
        from fontTools import subset
        from fontTools.ttLib import TTFont

        font = TTFont(source, recalcTimestamp=False)
        subsetter = subset.Subsetter(subset.Options(hinting=False))
        subsetter.populate(text=signs)
        subsetter.subset(font)
        font.flavor = "woff2"
        data = BytesIO()
        font.save(data, reorderTables=False)
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(data.getvalue())
    return kept.read_bytes()


def _draw_pictures(root: Path, tree: LexborHTMLParser, page: str) -> None:
    """Put the pictures of a page into it, each with ids of its own in the whole book."""
    for place, (image, file) in enumerate(list(_files(tree, "img[src$='.svg']", "src"))):
        name, alt = image.attributes.get("class") or "", image.attributes.get("alt") or ""
        is_logo = file.startswith("_static")
        text = ((drawings.BOOK if is_logo else root) / file).read_text(encoding="utf-8")
        svg = drawings.inlined(text, citing.SITE if is_logo else alt, f"{page}-{place}")
        (drawn,) = LexborHTMLParser(svg).css("svg")
        _add_class(drawn, name)
        image.insert_before(drawn)
        image.decompose()


def _write_map(root: Path, address: str, names: list[str]) -> None:
    """Tell search engines what there is; the list of pages needs the site's address."""
    lines = ["User-agent: *", "Allow: /"]
    if address:
        lines.append(f"Sitemap: {address}sitemap.xml")
        places = "".join(f"<url><loc>{address}{name}</loc></url>\n" for name in names)
        (root / "sitemap.xml").write_text(
            '<?xml version="1.0" encoding="utf-8"?>\n'
            f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{places}</urlset>\n',
            encoding="utf-8",
        )
    (root / "robots.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _drop_unused(root: Path, pages: Iterable[str]) -> None:
    """Delete the static files that nothing names any more, source maps included."""
    named = {STYLE, SIGNS, SCRIPT, LATER, OTHERS, LOOPS, PYTHON, *searching.FILES}
    for sheet in (STYLE, SIGNS):
        addresses = re.findall(r"url\(\"?([\w./-]+)", (root / sheet).read_text(encoding="utf-8"))
        named |= {posixpath.normpath(posixpath.join("_static", one)) for one in addresses}
    for page in pages:
        text = (root / page).read_text(encoding="utf-8")
        named |= set(re.findall(r'(?:src|href|content)="[^"]*?(_static/[^"?#]+)', text))
    for file in sorted((root / "_static").rglob("*"), reverse=True):
        if file.is_dir():
            if not any(file.iterdir()):
                file.rmdir()
        elif file.relative_to(root).as_posix() not in named:
            file.unlink()


def _label_headings(tree: LexborHTMLParser) -> None:
    # The parts of the table of contents are headings without a level.
    for caption in tree.css('.caption[role="heading"]'):
        caption.attrs["aria-level"] = "2"


def _label_landmarks(tree: LexborHTMLParser) -> None:
    for selector, label in ((".sidebar-drawer", "The book"), (".toc-drawer", "This page")):
        for aside in tree.css(selector):
            aside.attrs["aria-label"] = label
    # A window's own tools are no part of any landmark.
    for tools in tree.css(".content-icon-container"):
        tools.attrs["role"] = "region"
        tools.attrs["aria-label"] = "Tools"


def _name_summaries(tree: LexborHTMLParser) -> None:
    # Their text says it better than the label that hides it.
    for summary in tree.css("summary[aria-label]"):
        del summary.attrs["aria-label"]


def _list_references(tree: LexborHTMLParser) -> None:
    for reference in tree.css('[role="doc-biblioentry"]'):
        reference.attrs["role"] = "listitem"


def _focus_boxes(tree: LexborHTMLParser) -> None:
    # The script takes this away again where nothing has to be scrolled.
    for box in tree.css("article :is(pre, .table-wrapper)"):
        box.attrs["tabindex"] = "0"


def _offer_search(tree: LexborHTMLParser) -> None:
    for results in tree.css("#search-results"):
        for part in LexborHTMLParser(searching.FORM).css("body > *"):
            results.insert_before(part)


def _link_blocks(tree: LexborHTMLParser) -> None:
    # Headings, figures and formulas have such a sign; these can be linked to as well.
    for block in tree.css("article :is(.proof, .exercise)[id]"):
        for title in block.css("p.admonition-title"):
            sign = f'<a class="headerlink" href="#{block.id}" title="Link to this">¶</a>'
            (link,) = LexborHTMLParser(sign).css("a")
            title.insert_child(link)


def _hide_maintainers(tree: LexborHTMLParser) -> None:
    # Readers get to these pages from those that speak of them.
    for caption in tree.css(".sidebar-tree .caption"):
        if caption.text(strip=True) == MAINTAINERS:
            pages = caption.next
            while pages is not None and pages.tag != "ul":
                pages = pages.next
            if pages is not None:
                pages.decompose()
            caption.decompose()


REPAIRS = (
    _hide_maintainers,
    _link_blocks,
    _label_headings,
    _label_landmarks,
    _name_summaries,
    _list_references,
    _focus_boxes,
    _offer_search,
)
"""What the theme and the extensions leave out for readers of all kinds, or put in their way."""


def _add_class(found: LexborNode, name: str) -> None:
    found.attrs["class"] = f"{found.attributes.get('class') or ''} {name}".strip()


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def _sha256(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def setup(app: Sphinx) -> dict[str, Any]:
    """Install the step."""
    getLogger("fontTools").setLevel("WARNING")
    if not installed():
        logger.info("The tools are not installed: the site is larger, and has no policy.")
    app.connect("build-finished", finish, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
