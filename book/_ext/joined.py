"""One script out of modules: a page that is opened from disk may not load modules.

The modules stay as they are, but for imports, exports and comments, each after those it imports.
Names are unique over all of them, so that one scope holds them all.
"""

import re
from pathlib import Path

DEFINED = re.compile(r"^(?:export )?(?:async )?(?:class|const|let|function\*?) (\w+)", re.MULTILINE)
IMPORTED = re.compile(r'^import [^"]* from "(?:\./)?([\w./]+)";\n', re.MULTILINE)


def joined(entry: Path) -> str:
    """Return the script of a module and of all that it imports."""
    texts: dict[Path, str] = {}
    homes: dict[str, Path] = {}

    def add(module: Path) -> None:
        if module in texts:
            return
        text = module.read_text(encoding="utf-8")
        texts[module] = ""  # in work
        for name in IMPORTED.findall(text):
            add((module.parent / name).resolve())
        for name in DEFINED.findall(text):
            if homes.setdefault(name, module) != module:
                raise ValueError(f"{homes[name].name} and {module.name} both define {name}.")
        del texts[module]
        texts[module] = re.sub(r"^export ", "", IMPORTED.sub("", text), flags=re.MULTILINE)

    add(entry)
    script = re.sub(r"^ *(?:/\*.*?\*/|//.*?$)\n", "", "".join(texts.values()), flags=re.M | re.S)
    return f'(() => {{\n"use strict";\n{script}}})();\n'
