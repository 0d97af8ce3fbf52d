"""Check your backward pass: caches, numbers and formulas behind backpropagation tests.

The package of the book *When the Cache Lies*. Ground floor first:

- `activations`: sigmoid, tanh and relu, each derivative written from Z and from A
- `network`: the forward pass of a dense network, its cache and its loss
- `program`: a forward or backward pass as text that reads like the algebra
- `fixtures`: the published tests, as data
- `referee`: derivatives of the loss that know none of our formulas
- `forward`: a forward pass as a program: its relations, fresh networks, and the verdict
- `gradient_check`: the published gradient check, and what its assert accepts
- `mutate`: rewrites of a backward pass by general operators
- `mistakes`: names for the forms people really write
- `mutant`: a changed backward pass, with all that can be said of it
- `words`: the sentences and patterns that the page of the form has too
- `reading`: numbers out of whatever people paste
- `search`: the mutants whose steps print what was pasted
- `placing`, `symptoms`, `diagnose`: from a paste to its explanation
- `clues`: what the ratio of a wrong number and the outputs that differ speak for
- `catalogue`: every named form with the numbers it prints
- `running`: a reader's own function, called as the test calls it
- `training`: gradient descent with the gradients a program computes
- `tables`, `figures`: what the chapters show
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - src/ is importable without installing it
    raise ImportError(
        "backcheck needs Python 3.11 or newer, and this is Python "
        + ".".join(str(part) for part in sys.version_info[:3])
        + ": make the environment again with a newer Python."
    )

__version__ = "0.2.0"
