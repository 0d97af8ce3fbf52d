"""Loops over time as one place of mutation: a changed line of one is changed at every step.

So the lines of the step that a backward pass begins with stand for those of all, and so do the
arrays of its cache. What a change reads of another step is as far from each step, and before the
first one is the last, as ``caches[t - 1]`` is for t = 0.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache, reduce
from itertools import combinations

from backcheck.fixtures import Fixture, ids, load
from backcheck.forward import lines_of
from backcheck.over_time import stem, time
from backcheck.program import Tree, names, put

Forms = dict[str, Tree]
"""An expression for each of some names."""


def is_place(fixture: Fixture, name: str) -> bool:
    """Return whether a step or an array can be changed, and does not follow another one."""
    # A loop that is no gradient is two mistakes at once, whose changes say nothing.
    return (fixture.is_gradient or not fixture.last) and time(name) in (0, fixture.last)


@cache
def sound(fixture: Fixture) -> Fixture:
    """Return a test, or the edition of it that accepts a gradient."""
    if fixture.is_gradient:
        return fixture
    others = [test for test in map(load, ids()) if test.function == fixture.function]
    # A function can be called with arrays of several sizes.
    same = [test for test in others if test.shapes == fixture.shapes]
    return next(test for test in (*same, *others) if test.is_gradient)


def first_of(fixture: Fixture, name: str) -> str:
    """Return the name of the slot that stands for one: that of the step which is run first."""
    stands = f"{stem(name)}_t{fixture.last}"
    return stands if 0 < time(name) < fixture.last and stands in fixture.values else name


def is_at_hand(fixture: Fixture, step: str, name: str) -> bool:
    """Return whether a name can be read by mistake in a step: it is of the same step of a loop.

    After the loop, that is the one run last, or any where another one is read.
    """
    if time(step):
        return time(name) in (0, time(step), time(step) + 1)
    reads = next((s.reads for s in fixture.program.steps if s.name == step), ())
    return time(name) < 2 or stem(name) in map(stem, reads)


def at_each_step(fixture: Fixture, forms: Mapping[str, Tree]) -> Mapping[str, Tree]:
    """Return a change with what it is at the other steps of a loop."""
    found = dict(forms)
    for name, tree in forms.items():
        for earlier in range(1, fixture.last) if time(name) == fixture.last else ():
            found.setdefault(
                f"{stem(name)}_t{fixture.last - earlier}", moved(fixture, tree, earlier)
            )
    return found


def moved(fixture: Fixture, tree: Tree, earlier: int) -> Tree:
    """Return what an expression of a loop is some steps earlier."""
    return put(tree, _moves(fixture, earlier))


@cache
def _moves(fixture: Fixture, earlier: int) -> dict[Tree, Tree]:
    known = (*fixture.arrays, *(step.name for step in fixture.program.steps))
    most = {stem(name): time(name) for name in sorted(known, key=time)}
    found: dict[Tree, Tree] = {}
    for name in filter(time, known):
        at = time(name) - earlier
        found[name] = f"{stem(name)}_t{at if at > 0 else at + most[stem(name)]}"
    for name in known:
        found |= {("slice", name, n): ("slice", name, n - earlier) for n in range(fixture.last)}
    return found


def loop_changes(fixture: Fixture) -> dict[str, tuple[Forms, ...]]:
    """Return what is done to a loop as a whole, by the idea behind it."""
    later = fixture.last + 1
    body = _lines(fixture, fixture.last) if fixture.is_gradient else {}
    own = {name: part for name, tree in body.items() if (part := _own(tree, later))}
    sums = {name: own[name] for name in own if f"{stem(name)}_t{later}" in names(body[name])}
    carries = [(name, own[name]) for name in own if name not in sums]
    biases = {name: sums[name] for name in sums if not name.startswith("dW")}
    kept: Forms = {name: f"{stem(name)}_t{later}" for name in sums}
    doubled: Forms = {name: ("+", ("+", sum, sum), sums[name]) for name, sum in kept.items()}
    handed = [name for name in body if stem(name).endswith("_prev")]
    added: Forms = {name: ("+", f"{stem(name)}_t{later}", body[name]) for name in handed}
    # The first of them is returned as it is carried, or as the step that runs last has it.
    last = {f"{stem(name)}_t1": moved(fixture, body[name], fixture.last - 1) for name in handed}
    returned = {s.name: last[s.expression] for s in fixture.program.steps if s.expression in last}
    unset = other_first(fixture).get("da0-unset", {})
    left_out = [dict(c) for n in range(len(carries)) for c in combinations(carries, n + 1)]
    adding: list[Forms] = [*(dict([one]) for one in added.items()), added]
    found: dict[str, list[Forms]] = {
        # What is never set in the loop is often returned, too.
        "carry": [
            *left_out,
            *(c | unset for c in left_out if unset and f"da_next_t{later - 1}" in c),
        ],
        "step-alone": [one for some in (sums, kept) for one in _some_of(some, biases)],
        "sum-doubled": [*_some_of(doubled, biases)],
        "other-sum": [
            {name: ("+", other, biases[name]) for name in list(biases)[place + 1 :]}
            for place, other in enumerate(biases)
        ],
        "carry-added": [
            form
            for some in adding
            for form in (some, some | returned if {*handed[:1]} <= some.keys() else {})
        ],
        "other-step": list(other_steps(fixture).values()),
        "other-first": list(other_first(fixture).values()),
        "stored-once": list(stored_once(fixture).values()),
        "returned-early": list(returned_early(fixture).values()),
        "other-forward": list(other_forwards(fixture).values()),
    }
    once = {idea: {tuple(one.items()): one for one in some if one} for idea, some in found.items()}
    return {idea: tuple(some.values()) for idea, some in once.items()}


def _some_of(sums: Forms, biases: Iterable[str]) -> Iterator[Forms]:
    """Yield each change of a sum alone, with that of its bias, of all weights, biases, and all."""
    yield from ({name: tree} for name, tree in sums.items())
    for name in sums:
        both = (name, name.replace("dW", "db", 1))
        if both[1] in sums and name not in biases:
            yield {one: sums[one] for one in both}
    yield {name: tree for name, tree in sums.items() if name not in biases}
    yield {name: tree for name, tree in sums.items() if name in biases}
    yield sums


@cache
def other_steps(fixture: Fixture) -> dict[str, Forms]:
    """Return the loops that read another step's cache or da, begin with da, or run otherwise.

    They go by the key of the sentence that says so.
    """
    if not (fixture.is_gradient and fixture.last):
        return {}
    last = fixture.last
    every = range(1, last + 1)
    carried: Forms = {f"da_next_t{at}": f"da_prev_t{at + 1}" for at in range(1, last)}
    slices: list[Tree] = [("slice", "da", float(at)) for at in range(last)]

    def loop(cache: Callable[[int], int], da: Callable[[int], int]) -> Forms:
        changed = {stem(n) for at in every for n in _reading(fixture, at, cache(at), da(at))}
        lines = (_reading(fixture, at, cache(at), da(at), changed) for at in every)
        return {name: tree for some in lines for name, tree in some.items()}

    found: dict[str, Forms] = {
        "cache-before": _reading(fixture, last, last - 1, last),
        "cache-after": _reading(fixture, last, last + 1, last),
        "da-before": _reading(fixture, last, last, last - 1),
        "both-before": _reading(fixture, last, last - 1, last - 1),
        "cache-last": loop(lambda at: last, lambda at: at),
        "cache-first": loop(lambda at: 1, lambda at: at),
        "da-last": loop(lambda at: at, lambda at: last),
        "da-first": loop(lambda at: at, lambda at: 1),
        "cache-reversed": loop(lambda at: last + 1 - at, lambda at: at),
        "da-last-alone": {f"da_next_t{at}": slices[-1] for at in every},
        "da-first-alone": {f"da_next_t{at}": slices[0] for at in every},
        "da-once": carried,
        "da-first-once": carried | {f"da_next_t{last}": ("slice", "da", 0.0)},
        "da-summed": carried | {f"da_next_t{last}": reduce(lambda x, y: ("+", x, y), slices)},
        "begun-last": {f"da_prev_t{last + 1}": slices[-1]},
        "begun-first": {f"da_prev_t{last + 1}": slices[0]},
        "forwards": loop(lambda at: last + 1 - at, lambda at: last + 1 - at),
        "without-first": _left_out(fixture, 1),
        "without-last": _left_out(fixture, last),
    }
    for step in fixture.program.steps:
        match step.expression:
            case ("dstack", *parts):
                found["forwards"][step.name] = ("dstack", *reversed(parts))
    known = {*fixture.arrays, *(step.name for step in fixture.program.steps)}
    return {
        key: forms
        for key, forms in found.items()
        if forms and all(known.issuperset(names(tree)) for tree in forms.values())
    }


def said_of(fixture: Fixture, forms: Mapping[str, Tree]) -> tuple[list[str], Forms]:
    """Return the keys of the sentences on how a loop runs with some changes, and the rest.

    The sentence that says most of them comes first.
    """
    keys, rest = list[str](), dict(forms)
    for key, said in sorted(sayings(fixture).items(), key=lambda one: -len(one[1])):
        if said.items() <= rest.items():
            keys.append(key)
            rest = {name: tree for name, tree in rest.items() if name not in said}
    return keys, rest


def sayings(fixture: Fixture) -> dict[str, Forms]:
    """Return what is done to a loop in either direction, by the key of the sentence that says it.

    Behind a key may stand the step that it names.
    """
    first = other_first(fixture) | stored_once(fixture) | returned_early(fixture)
    return other_steps(fixture) | first | other_forwards(fixture)


def other_first(fixture: Fixture) -> dict[str, Forms]:
    """Return what is handed back for da0 in place of what the loop ends with."""
    if not (fixture.is_gradient and fixture.last):
        return {}
    return {
        "da0-unset": {"da0": f"da_prev_t{fixture.last + 1}"},
        "da0-da": {"da0": ("slice", "da", 0.0)},
    }


def stored_once(fixture: Fixture) -> dict[str, Forms]:
    """Return dx as one dxt alone, beside zeros, or with the steps in the order of the turns."""
    zeros: Forms = {}
    alone: Forms = {}
    turned: Forms = {}
    for step in fixture.program.steps if fixture.is_gradient else ():
        match step.expression:
            case ("dstack", first, *others):
                zeros[step.name] = ("dstack", first, *(("*", 0.0, one) for one in others))
                alone[step.name] = first
                turned[step.name] = ("dstack", *others[::-1], first)
    found = {"dx-once": zeros, "dx-whole": alone, "dx-turned": turned}
    return found if zeros else {}


def returned_early(fixture: Fixture) -> dict[str, Forms]:
    """Return what a loop hands back that ends with its first turn."""
    found: Forms = {}
    for step in fixture.program.steps if fixture.is_gradient and fixture.last else ():
        match step.expression:
            case ("dstack", *others, first):
                found[step.name] = ("dstack", *(("*", 0.0, one) for one in others), first)
            case str(name) if not time(step.name):
                found[step.name] = f"{stem(name)}_t{fixture.last}"
    return {"returned-early": found} if found else {}


@cache
def other_forwards(fixture: Fixture) -> dict[str, Forms]:
    """Return the caches of a forward loop that reads another state or input than its own."""
    if not (fixture.is_gradient and fixture.last):
        return {}
    every = range(1, fixture.last + 1)
    lines = lines_of(fixture.arrays, fixture.forward)

    def cache(instead: Forms) -> Forms:
        found: Forms = {}
        for line in lines:
            if line.name in instead:
                found[line.name] = instead[line.name]
            elif time(line.name) in every and not found.keys().isdisjoint(line.reads):
                found[line.name] = line.expression
        return found

    made: dict[str, Forms] = {
        "forward-a0": cache({f"a_prev_t{at}": "a0" for at in every[1:]}),
        "forward-zero": cache({"a_prev_t1": ("*", 0.0, "a0")}),
        "forward-last": {"a_prev_t1": f"a_next_t{fixture.last}"},
    }
    for n in range(fixture.last):
        made[f"forward-x {n}"] = cache({f"xt_t{at}": ("slice", "x", float(n)) for at in every})
    steps = sorted(time(name) for name in fixture.arrays if stem(name) == "c_next")
    made |= {f"forward-view {at - 1}": {"c_prev_t1": f"c_next_t{at}"} for at in steps}
    return made


def _left_out(fixture: Fixture, at: int) -> Forms:
    """Return a loop that leaves out a step: what comes from the later one is handed on."""
    # A change of the step that runs first would be made at the others too.
    kept = range(1, fixture.last) if at == fixture.last else ()
    found = {name: tree for other in kept for name, tree in _lines(fixture, other).items()}
    left_out = _lines(fixture, at)
    later = {name for tree in left_out.values() for name in names(tree) if time(name) == at + 1}
    for name, tree in left_out.items():
        before = f"{stem(name)}_t{at + 1}"
        found[name] = before if before in later else ("*", 0.0, tree)
    return found


def _own(tree: Tree, later: int) -> Tree:
    """Return what a step adds to what comes from the later one, or ``""``."""
    match tree:
        case ("+", str(carried), (str() | tuple()) as own) if time(carried) == later:
            return own
        case ("+", (str() | tuple()) as own, str(carried)) if time(carried) == later:
            return own
    return ""


def _lines(fixture: Fixture, at: int) -> Forms:
    return {s.name: s.expression for s in fixture.program.steps if time(s.name) == at > 0}


def _reading(
    fixture: Fixture, at: int, cache: int, da: int, changed: Collection[str] = ()
) -> Forms:
    """Return the lines of a step that are others with the cache and the da of other steps.

    Those that are `changed` at another step stay as they are, or they would be so here.
    """
    to: dict[Tree, Tree] = {("slice", "da", float(at - 1)): ("slice", "da", float(da - 1))}
    to |= {name: f"{stem(name)}_t{cache}" for name in fixture.arrays if time(name) == at}
    lines = {name: (tree, put(tree, to)) for name, tree in _lines(fixture, at).items()}
    return {n: now for n, (was, now) in lines.items() if now != was or stem(n) in changed}
