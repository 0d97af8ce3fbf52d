"""Where the repository of the book is, and what pages can offer because of it.

Its address comes from the environment, where the workflow that publishes the book puts it as
``REPOSITORY``, or from ``repository: url`` of ``_config.yml``. An address for mail may stand beside
that, ``mail``, for reports of errors where there is no repository. Without both, nothing shows.
"""

import os
import re
from functools import cache
from pathlib import Path
from urllib.parse import quote

import yaml
from sphinx.errors import ExtensionError

ROOT = Path(__file__).resolve().parents[2]

BRANCH = "notebooks"
"""The branch with the notebooks alone, which the workflow that publishes the book pushes."""

GITHUB = re.compile(r"https://github\.com/([\w.-]+/[\w.-]+)")
"""What Colab and Binder open notebooks from."""


@cache
def configured() -> tuple[str, str]:
    """Return the addresses of the repository and for mail, each empty where there is none."""
    said = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8")).get("repository", {})
    url = (os.environ.get("REPOSITORY") or said.get("url") or "").rstrip("/")
    mail = said.get("mail") or ""
    if url and not re.fullmatch(r"https://[\w.-]+(/[\w.-]+){2,}", url):
        raise ExtensionError(
            f"The repository is {url!r}, but an address such as https://github.com/owner/name is "
            "needed."
        )
    if mail and not re.fullmatch(r"[^@\s?&]+@[^@\s?&]+", mail):
        raise ExtensionError(f"The address for mail is {mail!r}, but one with an @ is needed.")
    return url, mail


def report(name: str, place: str, version: str) -> str:
    """Return where to report an error of a page, with its place filled in; empty if nowhere.

    The text begins with the address of the page, to which a script adds that of a heading.
    """
    url, mail = configured()
    title, text = quote(f"Error on {name}"), quote(f"{place}\nVersion {version}\n\n", safe="")
    if url:
        return f"{url}/issues/new?title={title}&body={text}"
    return f"mailto:{mail}?subject={title}&body={text}" if mail else ""


def opened(page: str) -> dict[str, str]:
    """Return where the notebook of a page can be opened and run, by name."""
    if not (found := GITHUB.fullmatch(configured()[0])):
        return {}
    colab = "https://colab.research.google.com/github"
    return {
        "Colab": f"{colab}/{found[1]}/blob/{BRANCH}/{page}.ipynb",
        "Binder": f"https://mybinder.org/v2/gh/{found[1]}/{BRANCH}?labpath={page}.ipynb",
    }
