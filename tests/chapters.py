"""The chapters as they are written."""

import re
import tomllib
from pathlib import Path

import sources

ROOT = Path(__file__).resolve().parents[1]

CLAIMS = {
    file.stem: tomllib.loads(file.read_text(encoding="utf-8"))["claim"]
    for file in sorted((ROOT / "tests/claims").glob("*.toml"))
}
"""What each claim of comparison stands on; see test_claims.py."""


def chapters() -> list[str]:
    """Return the name of every page in the table of contents, in order."""
    toc = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    return re.findall(r"(?:file|root): (\S+)", toc)


def source_of(name: str) -> str:
    """Return the source of a page as a build reads it."""
    return sources.source_of(ROOT / "book" / f"{name}.md")


READERS = [name for name in chapters() if name not in ("colophon", "changelog", "portability")]


def prose_of(name: str) -> str:
    """Return the source of a page without front matter, code, formulas and HTML."""
    source = source_of(name)
    source = re.sub(r"\A---\n.*?\n---\n", "", source, flags=re.DOTALL)
    code = r"^( *)(`{3,})\{?(?:code-cell|raw|text|python).*?^\1\2$"
    source = re.sub(code, "", source, flags=re.M | re.S)
    source = re.sub(r"^ *\$\$.*?^ *\$\$.*?$", "", source, flags=re.M | re.S)
    return re.sub(r"\$[^$]*\$|(?<!`)`[^`\n]+`(?!`)|\([\w-]+\)=", " ", source)
