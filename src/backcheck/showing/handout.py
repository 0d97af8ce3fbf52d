"""A step of a backward pass in the notation of the course's handout, as mathematics.

What a test expects is shown next to what somebody wrote. As a statement it would be the solution
of a graded function, so it is written as the handout writes it: a formula to understand, which
Python does not run. Two matrices side by side are a matrix product, ``*`` multiplies by entries.
"""

from collections.abc import Iterable, Iterator, Mapping

from backcheck.over_time import in_loop, stem
from backcheck.program import FUNCTIONS, GATES, ROWS, SUMS, Tree, names, parts, write
from backcheck.showing.words import pattern, say

SYMBOLS = {"lambd": "λ", "sigmoid": "σ"}
"""What the handout calls by another symbol."""

SCALARS = ("m", "lambd", "keep_prob")
"""Names of single numbers: these stand before an array without a sign between."""

# How tightly each sign binds: a sum is weaker than a product of matrices, which has no sign.
_PLUS, _TIMES, _SUM, _PRODUCT, _POWER, _ATOM = range(6)

_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def equation(name: str, tree: Tree) -> str:
    """Return a step as an equation of the handout, with what its sums run over."""
    said = f"{symbol(name)} = {mathematics(tree)}"
    sums = (operation for operation, *_ in parts(tree) if operation in SUMS)
    over = dict.fromkeys(say(operation.removesuffix("_keep")) for operation in sums)
    return in_loop(f"{said} ({', '.join(over)})" if over else said, name)


def expects(name: str, tree: Tree, others: Iterable[str] = ()) -> str:
    """Return what a test has where a program has something else, and so in other steps."""
    if tree == name:
        return say("as-given", symbol=in_loop(symbol(name), name))
    said = say("expects", equation=equation(name, tree))
    names = ", ".join(map(stem, others))
    return say("and-so", said=said, names=names) if names else said


def statements(forms: Mapping[str, Tree]) -> tuple[str, ...]:
    """Return changed statements as readers see them.

    They are code, as somebody may have written them. What contains a graded line is mathematics:
    the linear steps of a forward pass, where one after the other is computed again, and the right
    product or sum of a backward step with more around it, or with the 1/m in another step.
    """
    return tuple(
        equation(name, tree)
        if _gives_away(name, forms)
        else in_loop(f"{name} = {write(tree)}", name)
        for name, tree in forms.items()
    )


def told_once(was: Mapping[str, Tree], now: Mapping[str, Tree]) -> dict[str, list[str]]:
    """Return the changed steps that are told, each with the other sums of a loop changed alike."""
    found: dict[str, list[str]] = {}
    for name, tree in now.items():
        own, text = stem(name).removesuffix("_sum"), f"{name} = {write(tree)} {write(was[name])}"
        is_sum = own != stem(name)
        found.setdefault(text.replace(own, "") if is_sum else text, []).append(name)
    return {first: others for first, *others in found.values()}


def replaced_names(was: Mapping[str, Tree], now: Mapping[str, Tree]) -> dict[str, Tree]:
    """Return what several statements read in place of each name, if nothing else has changed."""
    found: dict[str, Tree] = {}
    for name, tree in now.items() if len(now) > 1 else ():
        for before, after in _leaves(was[name], tree):
            if not isinstance(before, str) or found.setdefault(before, after) != after:
                return {}
    return {before: after for before, after in found.items() if before != after}


def _leaves(was: Tree, now: Tree) -> Iterator[tuple[Tree, Tree]]:
    """Yield the names of an expression with what stands in their places, and what differs else."""
    match was, now:
        case (first, *parts), (second, *others) if first == second and len(parts) == len(others):
            for part, other in zip(parts, others, strict=True):
                yield from _leaves(part, other)
        case _ if isinstance(was, str) or was != now:
            yield was, now


def _gives_away(name: str, forms: Mapping[str, Tree]) -> bool:
    """Return whether a changed statement, written as code, would show a graded line."""
    code = write(forms[name])
    found = pattern("right-step").search(code)
    if not found:
        # The linear step of a forward pass, Z = W A + b.
        match forms[name]:
            case ("+", ("@", str() as weights, str()), str() as bias):
                return weights.startswith("W") and bias.startswith("b")
        return False
    # The product or the sum alone lacks the 1/m, unless that is taken in another step.
    averaged = any("m" in names(tree) for step, tree in forms.items() if step != name)
    return averaged or found[0] != code or code.startswith("W")


def symbol(name: str) -> str:
    """Return the handout's symbol for a name of a program, such as ``dW[2]`` for ``dW2``."""
    plain = name.removeprefix("sigmoid_").removeprefix("relu_")
    if found := pattern("numbered").fullmatch(plain):
        return f"{found[1]}[{found[2]}]"
    return SYMBOLS.get(plain, plain)


def mathematics(tree: Tree, binding: int = _PLUS) -> str:
    """Return an expression as mathematics in Unicode, in brackets where it binds too weakly."""
    text, own = _written(tree)
    return f"({text})" if own < binding else text


def _written(tree: Tree) -> tuple[str, int]:
    """Return the text of an expression, and how tightly it binds."""
    if isinstance(tree, str):
        return symbol(tree), _ATOM
    if not isinstance(tree, tuple):
        return str(int(tree)) if tree == int(tree) else repr(tree), _ATOM
    if derivative := _derivative(tree):
        return derivative, _ATOM
    operation, operand, *right = tree
    if operation in FUNCTIONS or operation in GATES:
        inside = ", ".join(map(mathematics, tree[1:]))
        return f"{SYMBOLS.get(operation, operation)}({inside})", _ATOM
    if right:
        return _pair(operation, operand, right[-1])
    if operation in SUMS:
        return f"Σ {mathematics(operand, _SUM)}", _SUM
    if operation == "T":
        return f"{mathematics(operand, _ATOM)}ᵀ", _ATOM
    if operation == "neg":
        return f"-{mathematics(operand, _PRODUCT)}", _PLUS
    return say(operation, array=mathematics(operand, _ATOM)), _PLUS


def _pair(operation: str, left: Tree, right: Tree) -> tuple[str, int]:
    """Return the text of an operation on two operands, and how tightly it binds."""
    if operation in (">", ">=", "<", "<="):
        return f"1[{mathematics(left)} {operation} {mathematics(right)}]", _ATOM
    if operation in ROWS:
        # As many rows as an array has are the rows of the array.
        rows = right[1] if isinstance(right, tuple) and right[0] == "shape0" else right
        of = {"left": mathematics(left, _ATOM), "right": mathematics(rows, _ATOM)}
        return say(operation, **of), _ATOM if operation in ("head", "tail") else _PLUS
    if operation == "**":
        # A power of a power keeps its brackets on both sides.
        power = mathematics(right, _ATOM)
        power = power.translate(_SUPERSCRIPTS) if power.isdecimal() else f"^{power}"
        return f"{mathematics(left, _ATOM)}{power}", _POWER
    if operation == "@" or (operation == "*" and left in SCALARS):
        return f"{mathematics(left, _PRODUCT)} {mathematics(right, _PRODUCT + 1)}", _PRODUCT
    match operation, left, right:
        # The fraction stands in front, as the handout has it.
        case "/", int() | float(), "m":
            return f"{mathematics(left)}/m", _TIMES
        case "/", ("*", scalar, array), "m" if scalar in SCALARS:
            return f"{symbol(scalar)}/m {mathematics(array, _SUM)}", _TIMES
        case "/", ("neg", whole), "m":
            return f"-1/m {mathematics(whole, _SUM)}", _PLUS
        case "/", _, "m":
            return f"1/m {mathematics(left, _SUM)}", _TIMES
        case "*", ("*", upstream, value), _ if slope := _derivative(("*", value, right)):
            return f"{mathematics(upstream, _TIMES)} * {slope}", _TIMES
    own = _PLUS if operation in "+-" else _TIMES
    return f"{mathematics(left, own)} {operation} {mathematics(right, own + 1)}", own


def _derivative(tree: Tree) -> str:
    """Return the derivative of an activation that an expression is, or "" for any other."""
    match tree:
        case ("*", ("sigmoid", operand) as value, ("-", 1.0, other)) if value == other:
            return f"σ'({mathematics(operand)})"
        case ("-", 1.0, ("**", ("tanh", operand), 2.0)):
            return f"tanh'({mathematics(operand)})"
        case (">", str() as operand, 0.0) if operand.startswith("Z"):
            return f"relu'({symbol(operand)})"
    return ""
