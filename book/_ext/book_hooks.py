"""The Sphinx hooks that belong to this book alone.

- Chapters live in ``book/``, and their addresses do not say so: ``/sigmoid.html``.
- Cells import the package in ``src/`` without installing it.
- A change of the package, the lock file, or Python runs every cell again.
- A traceback in an output is a warning, and with ``-W`` a failed build.
"""

import hashlib
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util import logging

ROOT = Path(__file__).resolve().parents[2]

logger = logging.getLogger(__name__)


def execution_digest(root: Path) -> str:
    """Return a digest of all that decides what the cells print, besides the cells."""
    digest = hashlib.sha256(sys.version.encode())
    package = root / "src" / "backcheck"
    files = [*sorted(package.rglob("*.py")), *sorted(package.rglob("*.toml"))]
    for file in [*files, root / "requirements.txt"]:
        digest.update(file.relative_to(root).as_posix().encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def forget_stale_outputs(build: Path, digest: str) -> None:
    """Delete the cache of executed cells if it was filled under another digest.

    The cache's own key is the text of the cells alone, so without this a changed formula
    in ``src/`` would leave yesterday's numbers on the page.
    """
    record = build / "execution-digest.txt"
    if record.exists() and record.read_text(encoding="utf-8") == digest:
        return
    shutil.rmtree(build / ".jupyter_cache", ignore_errors=True)
    build.mkdir(parents=True, exist_ok=True)
    record.write_text(digest, encoding="utf-8")


def prepare_kernels(build: Path) -> None:
    """Let the kernels find the package, and keep the user's own IPython settings out."""
    paths = [str(ROOT / "src"), *filter(None, [os.environ.get("PYTHONPATH")])]
    os.environ["PYTHONPATH"] = os.pathsep.join(paths)
    profile = build / ".ipython" / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    # Errors only: each kernel warns that it talks over TCP, which here is the machine to itself.
    settings = "c = get_config()\nc.IPKernelApp.log_level = 'ERROR'\n"
    (profile / "ipython_kernel_config.py").write_text(settings, encoding="utf-8")
    os.environ["IPYTHONDIR"] = str(profile.parent)


def report_tracebacks(app: Sphinx, doctree: nodes.document) -> None:
    """Warn of each traceback in an output.

    An exception raised while a result is displayed comes back as an output and not as a
    failed cell, so the notebook runner lets it pass.
    """
    for output in doctree.findall(nodes.literal_block):
        if "traceback" in output["classes"]:
            last_line = output.astext().strip().splitlines()[-1]
            logger.warning("a cell's output is a traceback: %s", last_line, location=output)


def setup(app: Sphinx) -> dict[str, Any]:
    """Install the hooks."""
    if sys.version_info < (3, 11):  # noqa: UP036 - the lock installs only what it can
        raise ExtensionError("This book needs Python 3.11 or newer.")
    app.srcdir = type(app.srcdir)(ROOT / "book")
    build = Path(app.outdir).parent
    digest = execution_digest(ROOT)
    forget_stale_outputs(build, digest)
    prepare_kernels(build)
    # Sphinx reads every page again when a value registered for "env" changes.
    app.add_config_value("execution_digest", digest, "env", [str])
    app.connect("doctree-read", report_tracebacks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
