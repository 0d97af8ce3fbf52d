"""Check your backward pass: caches, numbers and formulas behind backpropagation tests.

The package of the book *When the Cache Lies*. Its ground floor, which the chapters that derive
and reproduce import, is this folder:

- `activations`: sigmoid, tanh and relu, each derivative written from Z and from A
- `program`: a forward or backward pass as text that reads like the algebra
- `network`: the forward pass of a dense network and its loss
- `referee`: derivatives of the loss that know none of our formulas
- `forward`: the forward pass of a test: its relations, fresh networks, and the verdict
- `fixtures`: the published tests, as data
- `gradient_check`: the published gradient check, and what its assert accepts
- `training`: gradient descent with the gradients a program computes
- `arrays`: what every array has to pass

On it stand four rooms, each on those before it: `showing`, `mutants`, `diagnosis` and `auditing`.
A module of a room can be imported without the room's name: ``from backcheck.audit import audit``.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - src/ is importable without installing it
    raise ImportError(
        "backcheck needs Python 3.11 or newer, and this is Python "
        + ".".join(str(part) for part in sys.version_info[:3])
        + ": make the environment again with a newer Python."
    )

from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any

__version__ = "0.16.0"

ROOMS = ("showing", "mutants", "diagnosis", "auditing")


class _ShortNames(MetaPathFinder, Loader):
    """Finds ``backcheck.audit`` in its room, as the one module ``backcheck.mutants.audit``."""

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        package, _, module = name.rpartition(".")
        places = [f"{package}.{room}.{module}" for room in ROOMS if package == __name__]
        found = next((place for place in places if find_spec(place)), None)
        return ModuleSpec(name, self, origin=found) if found else None

    def exec_module(self, module: ModuleType) -> None:
        """Put the module of that room in the place of an empty one."""
        origin = module.__spec__.origin if module.__spec__ else ""
        sys.modules[module.__name__] = import_module(str(origin))


sys.meta_path.append(_ShortNames())
