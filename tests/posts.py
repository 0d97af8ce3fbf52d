"""What tests print and what is pasted beside a function, for the package and for the page."""

from backcheck.fixtures import Fixture, ids, load

TESTS = [load(id) for id in ids()]
BARE = [test for test in TESTS if test.numbers]
WRONG = [test for test in TESTS if not test.is_gradient]

POSTS = {
    "numbers of another exercise": ("dQ = [[0.29255464 -0.390686 -3.50343312 2.95053448]]\n", ""),
    "a shape that no test has": ("dW = [[0.29255464 -0.390686]\n [0.1234567 0.7654321]]\n", ""),
    "numbers and a message": (
        "dW = [[0.29255464 -0.390686]\n [0.1234567 0.7654321]]\nKeyError: 'dA0'\n",
        "Another name stands in the key",
    ),
    "a message": ("KeyError: 'dA0'\n", "Another name stands in the key"),
}


def as_printed(test: Fixture, **instead: object) -> str:
    """Return what the notebook of a test prints, a number that it expects without brackets."""
    values = {
        name: value.item() if name in test.numbers else value
        for name, value in test.expected.items()
    }
    return "\n".join(f"{name} = {value}" for name, value in {**values, **instead}.items())
