"""One script out of modules: a page that is opened from disk may not load modules.

The modules stay as they are, but for imports, exports and comments, each after those it imports.
Names are unique over all of them, so that one scope holds them all. A script that is loaded later
is lent what it imports from the modules of the first one.
"""

import re
from pathlib import Path

DEFINED = re.compile(r"^(?:export )?(?:async )?(?:class|const|let|function\*?) (\w+)", re.MULTILINE)
IMPORTED = re.compile(r'^import [^"]* from "(?:\./)?([\w./]+)";\n', re.MULTILINE)
UNPACKED = re.compile(r"^const [\[{]([^=]*)[\]}] =", re.MULTILINE)
NAMES = re.compile(r'^import \{([^}]*)\} from "\./(.+)";\n', re.MULTILINE)

LENT = "globalThis.backcheck"
"""Where the first script leaves what later ones are lent."""


def joined(entry: Path, later: Path | None = None) -> str:
    """Return the script of a module and of all that it imports; `later` is that of another one."""
    lent = _lent(entry, later) if later else ""
    return _script(_texts(entry), after=f"Object.assign({LENT}, {{ {lent} }});\n" if lent else "")


def joined_later(entry: Path, first: Path) -> str:
    """Return the script of a module and of what it imports, but for what `first` has already."""
    known = _texts(first)
    texts = {module: text for module, text in _texts(entry).items() if module not in known}
    return _script(texts, before=f"const {{ {_lent(first, entry)} }} = {LENT};\n")


def _lent(first: Path, entry: Path) -> str:
    """Return the names that a later script imports from the modules of the first one."""
    known = {module.name for module in _texts(first)}
    found = {
        name.strip()
        for module in _texts(entry)
        if module.name not in known
        for names, of in NAMES.findall(module.read_text(encoding="utf-8"))
        if of in known
        for name in names.split(",")
        if name.strip()
    }
    return ", ".join(sorted(found))


def _texts(entry: Path) -> dict[Path, str]:
    """Return the text of a module and of all that it imports, each after those it needs."""
    texts: dict[Path, str] = {}
    homes: dict[str, Path] = {}

    def add(module: Path) -> None:
        if module in texts:
            return
        text = module.read_text(encoding="utf-8")
        texts[module] = ""  # in work
        for name in IMPORTED.findall(text):
            add((module.parent / name).resolve())
        unpacked = re.findall(r"(\w+)(?=\s*(?:,|$))", ", ".join(UNPACKED.findall(text)))
        for name in [*DEFINED.findall(text), *unpacked]:
            if homes.setdefault(name, module) != module:
                raise ValueError(f"{homes[name].name} and {module.name} both define {name}.")
        del texts[module]
        texts[module] = re.sub(r"^export ", "", IMPORTED.sub("", text), flags=re.MULTILINE)

    add(entry)
    return texts


def _script(texts: dict[Path, str], before: str = "", after: str = "") -> str:
    script = re.sub(r"^ *(?:/\*.*?\*/|//.*?$)\n", "", "".join(texts.values()), flags=re.M | re.S)
    return f'(() => {{\n"use strict";\n{before}{script}{after}}})();\n'
