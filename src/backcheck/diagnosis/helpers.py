"""Lines that call helpers of the course or read by a key: which are right, and what is wrong.

`exceptions.toml` has how they look, in the course's own names.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from backcheck.fixtures import table_of
from backcheck.showing.words import pattern, say


class Call(NamedTuple):
    """A call as it is written, the same with the caches that its names stand for, and its loop."""

    statement: str
    meant: str
    loop: str


def calls_in(text: str) -> tuple[Call, ...]:
    """Return the calls of helpers in a text, each once, with the head of the loop above it.

    >>> calls_in("for l in range(2): cache = caches[l]; linear_backward(dZ, cache)")[0].meant
    'linear_backward(dZ, caches[l])'
    """
    found: dict[Call, None] = {}
    kept: list[tuple[str, str]] = []
    loop, caches = "", dict[str, str]()
    for place in pattern("helper-call").finditer(text) if "_backward(" in text else ():
        if place["own"]:
            loop, caches = "", {}
        elif place["loop"]:
            loop = place["loop"]
        elif place["entry"]:
            caches[place["name"]] = place["entry"]
        elif place["kept"]:
            kept.append((place["kept"], loop))
        else:
            statement = meant = re.sub(r"\s+", " ", place["call"])
            for name, entry in caches.items():
                meant = re.sub(rf"\b{name}\b", entry, meant)
            found[Call(statement, meant, loop)] = None
    beside = [
        Call(line, f"{line} beside {call.meant}", loop)
        for line, loop in kept
        for call in found
        if loop and call.loop == loop
    ]
    return (*found, *beside, *_under_other_names(text))


def _under_other_names(text: str) -> Iterator[Call]:
    """Yield the lines that read by a key what another line reads under that key's own name."""
    read = [(one["name"], one["key"], one[0]) for one in pattern("read-by-key").finditer(text)]
    both = {(name, key) for name, key, _ in read}
    for name, key, statement in read:
        is_own = name.removeprefix("d") == key.removeprefix("d")
        if not is_own and {(key, key), (key, name)} & both:
            yield Call(statement, statement, "")


def written_calls(kind: str) -> list[tuple[str, str, str]]:
    """Return how calls look, what is said of them, and their loops.

    They are those that are ``"wrong"`` or ``"right"`` in any text, or the ``"calls"`` beside a
    message.
    """
    table = table_of("diagnosis/exceptions.toml")
    found = table[kind]
    if kind == "wrong":
        also = {key: one for key, one in table["calls"].items() if "alone" in one}
        found = {key: {**one, "pattern": one["alone"]} for key, one in also.items()} | found
    return [
        (one["pattern"], one.get("says") or table["causes"][key], one.get("loop", ""))
        for key, one in found.items()
    ]


def said_of(calls: Sequence[Call], said: Sequence[str] = (), only_wrong: bool = False) -> list[str]:
    """Return what there is to say of each call, if anything is, and was not `said` before."""
    found: dict[tuple[str, str], str] = {}
    for call in calls:
        wrong = list(_matching(call, "wrong"))
        right = [] if wrong or only_wrong else list(_matching(call, "right"))
        new = [one for one in (*wrong, *right) if not any(one in before for before in said)]
        of = {"statement": call.statement, "says": " ".join(new)}
        is_call = "_backward(" in call.statement
        # What holds of one line of a loop holds of those like it.
        place = "" if call.loop and not is_call else call.statement
        if new:
            suspect = say("call-suspect", **of) if is_call else say("line-suspect", **of)
            found.setdefault((place, of["says"]), suspect if wrong else say("call-right", **of))
    return list(found.values())


def _matching(call: Call, kind: str) -> Iterator[str]:
    is_line = " beside " in call.meant
    for wanted, says, loop in written_calls(kind):
        # What is wrong with the call beside a line is no fault of the line.
        if is_line and not (wanted.startswith("^") or " beside " in wanted):
            continue
        if re.search(wanted, call.meant) and re.search(loop, call.loop):
            yield says
