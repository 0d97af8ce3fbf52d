"""What a message says when there are no numbers: a failed assert, or an exception."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any

import numpy as np

from backcheck.diagnosis.helpers import written_calls
from backcheck.diagnosis.pasted import (
    agreeing,
    each_alone,
    line_that_stops,
    lines_of,
    step_of,
    written,
)
from backcheck.diagnosis.placing import courses
from backcheck.diagnosis.reading import NOTHING, NOWHERE, Frame, Paste, course_spelling
from backcheck.fixtures import PREFIXES, Fixture, ids, load, prefix, table_of
from backcheck.forward import networks
from backcheck.mutants.formulas import FAILURES, Values
from backcheck.mutants.mistakes import names_of, occurrences
from backcheck.mutants.mutant import Mutant, distinct, frequency
from backcheck.mutants.mutate import mutants
from backcheck.over_time import cell_of
from backcheck.program import OPERATIONS, Tree, compiled, names, parts
from backcheck.showing.words import covered, pattern, say

Clash = tuple[bool, tuple[int, ...], tuple[int, ...]]
"""Whether a matrix product stopped, and its two shapes; -1 is a size that numpy does not name."""

MOST = 4
"""How many causes of an exception are told."""


WRITTEN_ON_CALLS = ("arguments", "helper")
"""The causes that nobody can miss who sees the call."""


@dataclass(frozen=True)
class Cause:
    """What may be behind an exception, and how many of the programs that stopped so had it."""

    id: str
    says: str
    programs: int
    of: int


def exceptions() -> dict[str, Any]:
    """Return what ``exceptions.toml`` has."""
    return table_of("diagnosis/exceptions.toml")


def evidence_of(error: str, frame: Frame) -> tuple[str, str, str, str] | None:
    """Return the kind of a message, what its groups catch, and the place; None if unknown."""
    for kind, wanted in exceptions()["kinds"].items():
        if found := re.search(wanted, error):
            return kind, " ".join(filter(None, found.groups())), frame.function, frame.kind
    return None


def known_causes(error: str, frame: Frame = NOWHERE) -> tuple[Cause, ...]:
    """Return the likely causes of an exception that is not about shapes, most frequent first.

    Only programs that stopped in the same place are counted, if there are any.

    Examples
    --------
    >>> frame = Frame("linear_backward", "A_prev, W, b = cache")
    >>> error = "ValueError: not enough values to unpack (expected 3, got 2)"
    >>> [cause.id for cause in known_causes(error, frame)]
    ['cache-whole']
    """
    evidence = evidence_of(error, frame)
    if evidence is None:
        return ()
    kind, caught, function, statement = evidence
    table = exceptions()
    seen = [(key, entry) for key, some in table["seen"].get(kind, {}).items() for entry in some]
    if function not in ("", "cell"):
        # What stops the cell that calls a function does not stop the function.
        seen = [(key, entry) for key, entry in seen if entry[1] != "cell"]
    # What a statement does tells more than the function it stands in.
    for place, value in ((0, caught), (2, statement), (1, function)):
        seen = [(key, entry) for key, entry in seen if entry[place] == value] or seen
    counts: Counter[str] = Counter()
    for key, (*_, count) in seen:
        counts[key] += count
    says = table["causes"] | table["also"].get(kind, {})
    return tuple(
        Cause(key, says[key], count, counts.total()) for key, count in counts.most_common()
    )


def told(
    error: str,
    frame: Frame = NOWHERE,
    printed: bool = False,
    lines: Sequence[tuple[str, str]] = (),
    source: str = "",
) -> tuple[str, ...]:
    """Return what the calls show, the first few causes, how many there are beside, and a page.

    Where numbers were `printed` above, the dictionary that holds them was made. Pasted `lines` are
    read where no arrow points at one. The `source` of the function that stopped can refute causes.
    """
    if name := _none_in(error, frame):
        is_sure = printed or "has no attribute" in error
        return (say("none-here", name=name), *([] if is_sure else [say("none-or-return")]))
    if made := _none_apart(error, frame):
        return (made,)
    if placed := _in_place(error, frame, lines) or _other_key(error, frame):
        return (placed,)
    refuted = _refuted(error, source)
    if {"order", "spelling"} <= {*refuted}:
        return (say("not-made", name=error.split("'")[1]),)
    plain = [one for one in exceptions()["plain"].values() if re.search(one["pattern"], error)]
    # The call of a cell or of a test is handed out, so that it has none of a learner's mistakes.
    if frame.function == "cell" and any(handed := [one for one in plain if "handed_out" in one]):
        return (handed[0]["says"],)
    shown = [
        say("call-says", statement=call, says=says)
        for call in (frame.statement, *frame.calls)
        for wanted, says, _ in written_calls("calls")
        if re.search(wanted, call)
    ]
    # What a call would show is wrong, if it were, needs no other cause, or is none.
    is_called = any("_backward(" in call for call in frame.calls)
    kind, *_ = evidence_of(error, frame) or ("",)
    unseen = (*(WRITTEN_ON_CALLS if is_called else ()), *_of_layers(kind, error, frame))
    unseen += refuted
    causes = [] if shown else [c for c in known_causes(error, frame) if c.id not in unseen]
    rest = len(causes) - MOST
    more = (say("rarer-causes", n=rest),) if rest > 0 else ()
    kind = kind if causes else ""
    page = exceptions()["read"].get(kind)
    read = (say("read-page", page=page),) if page else ()
    says = [cause.says for cause in causes[:MOST]]
    means = exceptions()["means"].get(kind)
    several = [*filter(None, [means]), *([say("likely-causes")] if says[1:] else [])]
    return (*shown, *several, *says, *more, *read) or tuple(one["says"] for one in plain[:1])


def _in_place(error: str, frame: Frame, lines: Sequence[tuple[str, str]]) -> str:
    """Return what a message says beside one of the statements that led to it, or ``""``."""
    pasted = () if frame.statement else (f"{name} = {form}" for name, form in lines)
    statements = (frame.statement, *frame.calls, *pasted)
    for one in exceptions()["here"].values():
        for statement in statements:
            if found := re.search(one["pattern"], f"{frame.function}: {statement}\n{error}"):
                parts = (part or "" for part in found.groups())
                return str(one["says"].format(found[0], *parts))
    return ""


@cache
def keys_of_cells() -> dict[str, dict[str, None]]:
    """Return the keys of what the cell of each loop over time returns."""
    tests = [*chain.from_iterable(courses())]
    loops = dict.fromkeys(test.function for test in tests if test.last)
    keys = {loop: [t.expected for t in tests if t.function == cell_of(loop)] for loop in loops}
    return {loop: dict.fromkeys(chain.from_iterable(some)) for loop, some in keys.items()}


def _other_key(error: str, frame: Frame) -> str:
    """Return what to know where a loop over time asks its cell for a key that is not there."""
    asked = re.search(r"^KeyError: '(\w+)'", error)
    own = keys_of_cells().get(frame.function, {}) if asked else {}
    if not asked or not own:
        return ""
    key, cell = asked[1], cell_of(frame.function)
    if key in own:
        return say("key-absent", asked=key, cell=cell)

    def plain(name: str) -> str:
        return re.sub("_|t$", "", name.lower())

    alike = [one for one in own if plain(one) == plain(key)]
    return say("key-alike", asked=key, own=alike[0], cell=cell) if alike else ""


def _of_layers(kind: str, error: str, frame: Frame) -> tuple[str, ...]:
    """Return the causes that speak of layers, where a message comes from what has none."""
    table = exceptions()["no_layers"]
    place = "\n".join((frame.function, frame.statement, error))
    return tuple(table.get(kind, ())) if re.search(table["pattern"], place) else ()


def _refuted(error: str, source: str) -> tuple[str, ...]:
    """Return the causes of an unknown name that need a line which the function does not have."""
    found = re.search(r"(NameError|UnboundLocalError).*?'(\w+)'", error)
    source = pattern("string").sub("", pattern("comment").sub("", source))
    # What is only called, or asked for a part, is a function or a module: no line makes it.
    if not found or not re.search(rf"(?<![\w.]){found[2]}\b(?![ \t]*[.(])", source):
        return ()
    kind, name = found.groups()
    plain = name.lower().replace("_", "")
    is_made = _makes(name, source)
    words = {word.lower().replace("_", "") for word in {*re.findall(r"\w+", source)} - {name}}
    further_down = ("name",) if kind == "UnboundLocalError" else ()
    return (
        *(() if is_made else ("order", *further_down)),
        *(() if is_made and pattern("branch").search(source) else ("string",)),
        *(() if plain in words else ("spelling",)),
    )


def _makes(name: str, source: str) -> bool:
    """Return whether a line or a parameter makes a name; one that adds to it does not."""
    own = rf"\b{name}\b"
    targets = r"[ \t)\]]*(?:,(?:[^=\n]|(?<=,)[ \t]*\n)*)?=(?!=)"
    ways = (f"{own}{targets}(?!.*{own})", rf"def \w+ *\([^)]*{own}", rf"(?:\bfor\b|\bas\b).*{own}")
    return any(re.search(way, source) for way in ways)


def _none_in(error: str, frame: Frame) -> str:
    """Return what a statement shows to be None where it is read, or ``""``."""
    attribute = re.search(r"'NoneType' object has no attribute '(\w+)'", error)
    if attribute:
        found = pattern("read-of").finditer(frame.statement)
        named = {one["of"] for one in found if one["attribute"] == attribute[1]}
    elif "'NoneType' object is not subscriptable" in error:
        named = {one["of"] for one in pattern("entry-of-key").finditer(frame.statement)}
    else:
        return ""
    return named.pop() if len(named) == 1 else ""


def _none_apart(error: str, frame: Frame) -> str:
    """Return what a statement shows that takes None apart: its own None, or a cache; or ``""``."""
    if not re.search(r"non-iterable NoneType|'NoneType' object is not iterable", error):
        return ""
    if pattern("left-open").fullmatch(frame.statement):
        return say("none-in-line", statement=frame.statement)
    if not (cache := pattern("cache-apart").fullmatch(frame.statement)):
        return ""
    forward = frame.function.replace("backward", "forward")
    known = forward if forward != frame.function else "the forward function"
    return say("none-in-cache", name=cache["name"], forward=known)


@np.errstate(all="ignore")
def _by_lines(
    found: list[Mutant], paste: Paste, fixture: Fixture, says: Callable[[Mutant], bool]
) -> list[Mutant]:
    """Keep the changes with which a program does what pasted lines do, on the test and off it.

    If none does, the lines themselves are the change, where this says the same.
    """
    if not (lines := lines_of(paste, fixture)):
        return found
    kept = agreeing(found, lines, fixture)
    own = written(paste, fixture)
    if not own or not says(own):
        return kept or found
    network, *_ = networks(fixture, own_shapes=False)[0]
    scope = Values({**network, **fixture.program.run(network)})
    alone = sorted(each_alone(own), key=lambda one: not says(one))
    # Where a line itself stops in any case, others that stop there say nothing of it.
    if kept and any(scope[tree] is None for tree in lines.values()):
        return [one for one in alone if says(one)] or kept
    return kept or alone


def tested_by(paste: Paste, tests: Sequence[Fixture]) -> Sequence[Fixture]:
    """Keep the tests that a message can come from, if there are any."""
    tests = [test for test in tests if test.function == paste.function] or tests
    if any(kind == "values" for kind, _ in paste.failing) and not paste.error:
        # Only the tests that use np.allclose speak of wrong values.
        return [test for test in tests if test.comparisons[-1].rule == "allclose"] or tests
    return tests


def _is_foreign(paste: Paste) -> bool:
    """Return whether a text has lines of code, and no name and no function of a test.

    One line that assigns another name says nothing, if it reads what a test has.
    """
    is_code = pattern("identifier").search(paste.frame.statement) or len(paste.lines) > 1
    return bool(is_code) and not _is_ours(paste)


def _is_ours(paste: Paste) -> bool:
    """Return whether a text has a name or a function of a test."""
    words = (word[0] for word in pattern("identifier").finditer(paste.frame.statement))
    names = (*words, *(name for name, _ in paste.lines))
    is_called = bool(paste.function) or paste.frame.function not in ("", "cell")
    return is_called or any(name in known_steps() or course_spelling(name) for name in names)


Likely = tuple[Fixture | None, tuple[Mutant, ...], tuple[str, ...]]
"""A test, what changes make it or numpy say what was pasted, and remarks on them."""


def _of_assert(frame: Frame, tests: Sequence[Fixture]) -> Likely | None:
    """Return what gives an array the shape that the learner's own assert refused."""
    refused = pattern("own-shape").search(frame.statement)
    if not refused:
        kind = pattern("own-type").search(frame.statement)
        return (None, (), of_type(**kind.groupdict())) if kind else None
    name, said = refused["name"], say("own-shape", **refused.groupdict())
    for test in tests:
        known = test.function == frame.function or frame.function in ("", "cell")
        for before in ("", *PREFIXES) if known else ():
            if found := failing_alike(test, (("shape", before + name),)):
                like = say("own-shape-like", title=test.title, name=name)
                return test, tuple(found), (said, like)
    return None, (), (said, say("own-shape-else"))


def of_type(name: str, of: str) -> tuple[str, str]:
    """Return what to know where the learner's own assert refused the type of an array."""
    is_db = name.removeprefix(prefix(name)).startswith("db")
    number = say("own-type-db" if is_db else "own-type-float", name=name)
    if of.endswith("float64") and name in ("db", "cost"):
        number = say("own-type-float64", name=name)
    other = say("own-type-else", name=name)
    return say("own-type", name=name, of=of), number if re.search("float(64)?$", of) else other


def likely_mutants(paste: Paste, tests: Sequence[Fixture]) -> Likely | None:
    """Return what may have made a test, numpy or the learner's own assert say what was pasted."""
    if clash := clash_of(paste.error):
        if of_loop := _other_slice(clash, paste) or _added_up(clash, paste):
            return None, (), (of_loop,)
        is_in_place = _is_in_place(clash, paste.error)
        in_place = [say("in-place", own=clash[1], other=clash[2])] if is_in_place else []
        possible = () if _is_foreign(paste) else tests
        stopping = {test: clashing(test, clash, paste) for test in possible}
        stopping = {test: found for test, found in stopping.items() if found}
        if not stopping:
            # Where a factor is none, its shape says nothing.
            flat = [] if say("third-argument") in paste.hints else _flat(clash, paste)
            none = in_place or [say("no-clash") if clash[0] else say("no-clash-by-entry")]
            none += [say("bias-column")] if _is_beside_bias(clash) else []
            operands = filter(None, (_operand(test, clash, paste) for test in possible))
            said = [of] if (of := next(operands, "")) else [*none, *paste.hints, *flat]
            return None, (), (*said, covered())
        # Pasted lines are of the test that has the most of them.
        read = {test: len(lines_of(paste, test)) for test in stopping}
        stopping = {t: found for t, found in stopping.items() if read[t] == max(read.values())}
        best = min(stopping, key=lambda test: stopping[test][0].rank[:4])
        is_product, left, right = clash
        turned = (say("turned"),) if not is_product and left == right[::-1] else ()
        unlike = [t for t in reversed(stopping) if t.function != best.function]
        others = {t.function: t for t in unlike if not paste.frame.statement}
        also = [
            say("clash-too", title=test.title, changes="; ".join(stopping[test][0].shown))
            for test in others.values()
        ]
        beside = (say("clash", title=best.title), *in_place, *turned, *also)
        return best, tuple(stopping[best]), beside
    for test in tests:
        if failing := failing_alike(test, paste.failing, paste):
            return test, tuple(failing), (say("complaint", title=test.title),)
    return None if paste.error or paste.failing else _of_assert(paste.frame, tests)


def failing_alike(
    fixture: Fixture, failing: tuple[tuple[str, str], ...], paste: Paste = NOTHING
) -> list[Mutant]:
    """Return the named forms with which a test complains of exactly these outputs.

    Lines of code beside the complaint rule out what does not compute the same.
    """
    comparison = fixture.comparisons[-1]
    outputs = comparison.outputs
    # A test of several returned values numbers them.
    numbered = {str(place): name for place, name in enumerate(outputs)}
    said_of = [(kind, numbered.get(name, name)) for kind, name in failing]
    wanted = {name for _, name in said_of}
    if not wanted or not wanted <= set(outputs):
        return []
    found: dict[str, Mutant] = {}
    shapes = {name for kind, name in said_of if kind == "shape"}
    valued = {name for kind, name in said_of if kind == "values"}
    # A text is read with the spellings of the first course.
    sizes = {n: size for n in shapes for name, size in paste.shapes if n.lower() == name.lower()}

    def complains(mutant: Mutant) -> bool:
        failures = mutant.outcome.failures
        said = [failure.split()[-1] for failure in failures]
        said = said[:1] if comparison.rule == "allclose" else said
        wrong_shape = {failure.split()[-1] for failure in failures if "shape" in failure}
        # A test that asks for the shape first does not come to the values of another shape.
        if comparison.rule == "allclose" and wrong_shape & valued:
            return False
        is_sized = all(np.shape(mutant.values.get(n, 0)) == shape for n, shape in sizes.items())
        return set(said) == wanted and shapes <= wrong_shape and is_sized

    everywhere = [(names_of(fixture, forms), forms) for forms in mutants(fixture).higher_order]
    joint = [(named[0].id, forms) for named, forms in everywhere if len(named) == 1]
    for key, forms in (*occurrences(fixture), *joint):
        mutant = Mutant(fixture, forms)
        if complains(mutant):
            # For a list of likely causes one place of each form will do: where it does least.
            known = found.setdefault(key, mutant)
            if len(mutant.outcome.failures) < len(known.outcome.failures):
                found[key] = mutant
    often = frequency(fixture.function)
    likely = [found[key] for key in sorted(found, key=lambda key: often[key])]
    return _by_lines(likely, paste, fixture, complains)


def _is_beside_bias(clash: Clash) -> bool:
    """Say whether two arrays multiplied by entry have as many columns, and one has a row more."""
    is_product, left, right = clash
    by_entry = not is_product and len(left) == len(right) == 2 and left[1] == right[1]
    return by_entry and abs(left[0] - right[0]) == 1


def _flat(clash: Clash, paste: Paste) -> list[str]:
    """Return what shapes say of a flat array: one has a single size, or became a square."""
    is_product, *shapes = clash
    axes = [len(shape) for shape in shapes]
    if 1 in axes:
        # Numbers of classes are flat as they should be, and beside them one-hot labels are not.
        is_open = pattern("compares").search(paste.frame.statement) or not _is_ours(paste)
        either = is_open and not is_product and max(axes) > 1
        return [say("one-axis-or-two") if either else say("one-axis")]
    square = any(shape[0] == shape[-1] > 1 for shape in shapes if shape)
    return [say("flat-square")] if square and any(1 in shape for shape in shapes) else []


def _shapes_in(error: str) -> list[tuple[int, ...]]:
    return [tuple(map(int, filter(None, sizes))) for sizes in pattern("shape").findall(error)]


def clash_of(error: str) -> Clash | None:
    """Return whether a matrix product stopped, and the two shapes that did not fit."""
    if sizes := pattern("matmul").search(error):
        return True, (-1, int(sizes[2])), (int(sizes[1]), -1)
    shapes = _shapes_in(error)
    if len(shapes) < 2 or not pattern("clash").search(error):
        return None
    return "broadcast" not in error, shapes[0], shapes[1]


def _is_in_place(clash: Clash, error: str) -> bool:
    """Return whether numpy names the shape of what is changed in place beside the two."""
    shapes = _shapes_in(error)
    return len(shapes) == 3 and not clash[0] and shapes[0] == shapes[2] != shapes[1]


def _loops_spoken_of(paste: Paste) -> Iterator[Fixture]:
    """Yield the tests of a loop over time that a message can come from, or from its cell."""
    called = (paste.frame.function, paste.function, paste.frame.statement, *paste.frame.calls)
    for test in chain.from_iterable(courses()):
        own = (test.function, cell_of(test.function))
        if test.last and any(name in one for one in called for name in own):
            yield test


def _added_up(clash: Clash, paste: Paste) -> str:
    """Return what three shapes say of a line that adds up what the steps of a loop compute."""
    for test in _loops_spoken_of(paste) if _is_in_place(clash, paste.error) else ():
        shapes = {name: value.shape for name, value in test.expected.items()}
        sums = [name for name, shape in shapes.items() if shape == clash[1]]
        others = [name for name, shape in shapes.items() if shape == clash[2]]
        of = {"own": clash[1], "other": clash[2], "title": test.title}
        if sums and others:
            names = {"names": ", ".join(sums), "others": " or ".join(others), "n": len(sums)}
            return say("added-up", **names, **of)
        if others:
            return say("added-to-none", others=", ".join(others), n=len(others), **of)
    return ""


def _other_slice(clash: Clash, paste: Paste) -> str:
    """Return what two shapes say that are those of a step and of a slice along another axis."""
    is_product, *shapes = clash
    for test in _loops_spoken_of(paste):
        for name, value in () if is_product else test.arrays.items():
            step, others = value.shape[:2], (value.shape[1:], value.shape[::2])
            other = next((one for one in shapes if one in others), None)
            if value.ndim == 3 and step in shapes and other and other != step:
                return say("other-slice", title=test.title, other=other, name=name, due=step)
    return ""


@cache
def _sizes_of(fixture: Fixture) -> frozenset[int]:
    """Return how long the axes of a test's arrays are; -1 is what numpy does not name."""
    arrays = (*fixture.arrays.values(), *fixture.values.values())
    return frozenset((-1, 1, *(size for one in arrays for size in np.shape(one))))


def _is_clash(
    clash: Clash, stopped: tuple[str, list[tuple[int, ...]]], as_printed: bool = False
) -> bool:
    """Return whether numpy stops at two shapes, in their order where the line is `as_printed`."""
    is_product, left, right = clash
    operation, shapes = stopped
    if (operation == "@") != is_product or len(shapes) != 2:
        return False

    def meets(sizes: tuple[int, ...], got: tuple[int, ...]) -> bool:
        return len(sizes) == len(got) and all(a in (-1, b) for a, b in zip(sizes, got, strict=True))

    # A product of entries can be written either way round.
    ways = [(left, right)] if is_product or as_printed else [(left, right), (right, left)]
    return any(all(map(meets, way, shapes)) for way in ways)


def clashing(fixture: Fixture, clash: Clash, paste: Paste = NOTHING) -> list[Mutant]:
    """Return the single changes with which numpy stops at these shapes, the simplest first.

    Those that the lines cannot have made are left out. A size that no array of the test has comes
    of none.
    """
    if not {*clash[1], *clash[2]} <= _sizes_of(fixture):
        return []
    if (above := _above_line(fixture, clash, paste)) is not None:
        return above
    changes = [
        (slot.name, form.tree)
        for slot in mutants(fixture).slots
        for form in (*slot.forms, *slot.stillborn)
    ]
    for _, forms in occurrences(fixture):
        changes += forms.items() if len(forms) == 1 else ()

    def stops(mutant: Mutant) -> bool:
        trees = mutant.forms.values()
        return any(_is_clash(clash, stopped(tree, fixture.values)) for tree in trees)

    found = distinct([one for change in changes if stops(one := Mutant(fixture, dict([change])))])
    return _by_lines(_in_line(found, paste.frame.statement), paste, fixture, stops)


@np.errstate(all="ignore")
def _above_line(fixture: Fixture, clash: Clash, paste: Paste) -> list[Mutant] | None:
    """Return the changes above a printed line with which it stops, or None if it stops by itself.

    A line above that is printed too is taken as it stands.
    """
    lines = lines_of(paste, fixture)
    tree = line_that_stops(lines, paste.frame.statement, fixture)
    if not tree or stopped(tree, fixture.values)[0]:
        return None
    found = []
    for slot in mutants(fixture).slots:
        forms = [lines[slot.name]] if slot.name in lines else [form.tree for form in slot.forms]
        for form in forms if slot.name in names(tree) else ():
            with suppress(*FAILURES):
                scope = {**fixture.values, slot.name: compiled(form)(fixture.values)}
                if _is_clash(clash, stopped(tree, scope), as_printed=True):
                    found.append(Mutant(fixture, {slot.name: form}))
    return distinct(found)


@np.errstate(all="ignore")
def _operand(fixture: Fixture, clash: Clash, paste: Paste) -> str:
    """Return what to know of the one array that comes with another shape into a printed line."""
    tree = line_that_stops(lines_of(paste, fixture), paste.frame.statement, fixture)
    for part in () if stopped(tree, fixture.values)[0] else parts(tree):
        if len(part) != 3 or (part[0] == "@") != clash[0]:
            continue
        due = [np.shape(compiled(one)(fixture.values)) for one in part[1:]]
        unlike = [n for n in range(2) if due[n] != clash[1 + n]]
        if len(unlike) == 1 and len(read := [*names(part[1 + unlike[0]])]) == 1:
            of = {"name": read[0], "shape": clash[1 + unlike[0]], "due": due[unlike[0]]}
            return " ".join([say("operand-shape", **of), *_made_by(read[0], fixture, paste)])
    return ""


def _made_by(step: str, fixture: Fixture, paste: Paste) -> Iterator[str]:
    """Yield which line makes a step last above the statement that stops, if several do."""
    target = paste.frame.statement.partition("=")[0].strip()
    stops = [place for place, (name, _) in enumerate(paste.lines) if name == target]
    above = paste.lines[: stops[-1]] if stops else ()
    made = [f"{name} = {form}" for name, form in above if step_of(name, fixture) == step]
    if made[1:]:
        yield say("operand-made", name=step, statement=made[-1])


def _in_line(found: list[Mutant], statement: str) -> list[Mutant]:
    """Keep the changes of what a statement assigns and, if there are any, to what it reads."""
    words = [word[0] for word in pattern("identifier").finditer(statement)]
    if not words:
        return found
    assigned = words[0] if "=" in statement else ""
    found = [mutant for mutant in found if assigned in mutant.forms] or (
        [] if assigned in known_steps() else found
    )
    if read := [mutant for mutant in found if _new_names(mutant) <= {*words}]:
        return read
    reads_z = pattern("reads-z").search(statement)
    without = [mutant for mutant in found if not any(n[0] == "Z" for n in _new_names(mutant))]
    return found if reads_z else without or found


@cache
def known_steps() -> frozenset[str]:
    """Return the name of every line of a published test, so that no other one is meant by it."""
    tests = [load(id) for id in ids()]
    return frozenset(
        step.name
        for test in tests
        for program in (test.program, test.forward)
        for step in program.steps
    )


def _new_names(mutant: Mutant) -> set[str]:
    """Return the names that a change reads and the original does not."""
    return {
        name
        for step, tree in mutant.forms.items()
        for name in {*names(tree)} - {*names(mutant.originals[step])}
    }


def stopped(tree: Tree, scope: Mapping[str, Any]) -> tuple[str, list[tuple[int, ...]]]:
    """Return the operation at which numpy stops, and the shapes it was given, or nothing."""
    if not isinstance(tree, tuple):
        return "", []
    for operand in tree[1:]:
        if (inner := stopped(operand, scope))[0]:
            return inner
    with np.errstate(all="ignore"):
        values = [compiled(operand)(scope) for operand in tree[1:]]
        try:
            OPERATIONS[tree[0]](*values)
        except FAILURES:
            return tree[0], list(map(np.shape, values))
    return "", []
