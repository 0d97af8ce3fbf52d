"""How the cells of the chapters are run, and when they are run again.

- Cells import the package in ``src/`` without installing it.
- A change of the package, the lock file, or Python runs every cell again.
- Chapters run side by side; on Linux their kernels are forks of one process.
"""

import hashlib
import os
import shutil
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from importlib import import_module
from logging import getLogger
from pathlib import Path
from typing import Any

from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn, JupyterCacheAbstract
from jupyter_cache.executors.utils import single_nb_execution
from myst_nb.core.read import read_myst_markdown_notebook
from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util import logging

from forked_kernels import ForkedKernels
from sources import source_of

ROOT = Path(__file__).resolve().parents[2]

ATTEMPTS, NOT_STARTED = 3, "Kernel died before replying to kernel_info"
"""Of kernels that start together, one may find its port taken by another: it is started again."""

MANY = 10
"""From so many chapters on it pays to make before what half of them ask for."""

logger = logging.getLogger(__name__)


def digest_of(root: Path, files: Iterable[Path]) -> str:
    """Return a digest of the names and contents of files, and of Python's version."""
    digest = hashlib.sha256(sys.version.encode())
    for file in sorted(files):
        digest.update(file.relative_to(root).as_posix().encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def execution_digest(root: Path) -> str:
    """Return a digest of all that decides what a cell shows, besides its source."""
    package = root / "src" / "backcheck"
    own = [root / "book" / "_ext" / name for name in (Path(__file__).name, "forked_kernels.py")]
    read = [root / "requirements.txt", *(root / "book").glob("*.json")]
    source = [file for kind in ("*.py", "*.toml", "*.txt") for file in package.rglob(kind)]
    return digest_of(root, [*source, *own, *read])


def forget_stale_outputs(build: Path, digest: str) -> None:
    """Delete the cache of executed cells if it was filled under another digest.

    The cache's own key is the text of the cells alone, so without this a changed formula
    in ``src/`` would leave yesterday's numbers on the page.
    """
    record = build / "execution-digest.txt"
    if record.exists() and record.read_text(encoding="utf-8") == digest:
        return
    if (build / ".jupyter_cache").exists():
        shutil.rmtree(build / ".jupyter_cache")
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
    # The notebook client announces every kernel; the hook below says which chapter has run.
    getLogger("traitlets").setLevel("WARNING")
    # The book's matrices are small: threads inside numpy only take turns with other kernels.
    for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(name, "1")


# The server of a build, while it gets ready.
_kernels: dict[Path, ForkedKernels] = {}


def start_kernels(app: Sphinx) -> None:
    """Let the server of kernels get ready while Sphinx does, if all chapters will run."""
    build = Path(app.outdir).parent
    if sys.platform == "linux" and not (build / ".jupyter_cache").exists():
        os.environ["MPLCONFIGDIR"] = str(build / ".matplotlib")
        _kernels[build] = ForkedKernels(build, many=len(list(ROOT.glob("book/*.md"))) >= MANY)


def stop_kernels(app: Sphinx, error: Exception | None) -> None:
    """End a server that was not used."""
    for server in _kernels.values():
        server.close()
    _kernels.clear()


def run_side_by_side(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Run the chapters that are about to be read, and put their outputs into the cache.

    MyST-NB itself runs one chapter at a time, and shows a cell's output differently when the
    kernel happens to send it in pieces; it takes from the cache what is there already.

    Raises
    ------
    ExtensionError
        If a chapter fails; the message names every one that does, with its exception.
    """
    build = Path(app.outdir).parent
    cache = get_cache(build / ".jupyter_cache")
    paths = [Path(env.doc2path(name)) for name in docnames]
    notebooks = {path: as_notebook(path) for path in paths if has_cells(path)}
    pending = {path: book for path, book in notebooks.items() if not _cached(cache, book)}
    if not pending:
        return
    if build not in _kernels:
        _prepare_fonts(build)

    def run(path: Path) -> tuple[Path, float, Exception | None]:
        settings = {"timeout": app.config.nb_execution_timeout, "allow_errors": False}
        for attempt in range(ATTEMPTS):
            try:
                result = single_nb_execution(
                    pending[path], cwd=str(path.parent), coalesce_streams=True, **settings
                )
                break
            except RuntimeError as error:
                if NOT_STARTED not in str(error) or attempt == ATTEMPTS - 1:
                    return path, 0.0, error
            except Exception as error:  # a kernel that dies, for one
                return path, 0.0, error
        return path, result.time, result.err

    failures = []
    # More threads than processors: a notebook often waits for its kernel, and not on it.
    with _kernels.pop(build, nullcontext()), ThreadPoolExecutor(2 * (os.cpu_count() or 1)) as pool:
        for number, (path, seconds, error) in enumerate(pool.map(run, pending), start=1):
            if error is not None:
                failures.append(f"{path}: {type(error).__name__}: {error}")
                continue
            logger.info("Ran %s in %.1f s (%d of %d)", path.name, seconds, number, len(pending))
            bundle = CacheBundleIn(pending[path], str(path), data={"execution_seconds": seconds})
            cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
    if failures:
        raise ExtensionError("\n\n".join(failures))


def _prepare_fonts(build: Path) -> None:
    """Let matplotlib list the machine's fonts once, here, where its notice reaches no page."""
    os.environ["MPLCONFIGDIR"] = str(build / ".matplotlib")
    import_module("matplotlib.font_manager")


def has_cells(path: Path) -> bool:
    """Say whether a chapter has code to run."""
    return "```{code-cell}" in source_of(path)


def as_notebook(path: Path) -> NotebookNode:
    """Return a chapter as MyST-NB reads it, with all of its sections."""
    notebook: NotebookNode = read_myst_markdown_notebook(
        source_of(path), add_source_map=True, path=str(path)
    )
    return notebook


def _cached(cache: JupyterCacheAbstract, notebook: NotebookNode) -> bool:
    try:
        cache.match_cache_notebook(notebook)
    except KeyError:
        return False
    return True


def forget_failed_build(app: Sphinx, error: Exception | None) -> None:
    """Make the build after one with warnings read every page again, and warn again.

    Sphinx keeps the pages that it has read, warnings or not, so that a strict build that
    fails would succeed at the second try.
    """
    if error is not None or app._warncount:
        (Path(app.doctreedir) / "environment.pickle").unlink(missing_ok=True)


def setup(app: Sphinx) -> dict[str, Any]:
    """Install the hooks."""
    if sys.version_info < (3, 11):  # noqa: UP036 - the lock installs only what it can
        raise ExtensionError("This book needs Python 3.11 or newer.")
    build = Path(app.outdir).parent
    digest = execution_digest(ROOT)
    forget_stale_outputs(build, digest)
    prepare_kernels(build)
    # Sphinx reads every page again when a value registered for "env" changes.
    app.add_config_value("execution_digest", digest, "env", [str])
    # Before the data of the diagnosis are computed, which takes seconds on one processor.
    app.connect("builder-inited", start_kernels, priority=100)
    app.connect("build-finished", stop_kernels)
    app.connect("env-before-read-docs", run_side_by_side)
    app.connect("build-finished", forget_failed_build)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
