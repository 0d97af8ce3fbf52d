"""Tasks side by side, each processor with its own copy of this process."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from multiprocessing import current_process, get_context
from multiprocessing.connection import Connection
from typing import Any, TypeVar

Result = TypeVar("Result")


def side_by_side(tasks: Sequence[Callable[[], Iterable[Result]]]) -> Iterator[Result]:
    """Yield what some tasks yield, in their order.

    On Linux each processor has a fork of this process, which takes the next task whenever it
    has done one. Elsewhere one task runs after the other; so it is beside other threads, which
    a fork would lose, and in a daemon, which may have none. What a task changes in memory may
    be lost.

    Parameters
    ----------
    tasks : sequence of callable
        Each returns an iterable of results, which can be pickled.

    Examples
    --------
    >>> list(side_by_side([lambda: "ab", lambda: "c"]))
    ['a', 'b', 'c']
    """
    done: dict[int, list[Result]] = {}
    helpers = min(processors(), len(tasks)) - 1
    if helpers > 0 and threading.active_count() == 1 and not current_process().daemon:
        done = _forked(tasks, helpers)
    for number, task in enumerate(tasks):
        # A helper that was killed has answered nothing, so its tasks are done here.
        yield from done[number] if number in done else task()


def processors() -> int:
    """Return how many processors this process may use for forks of itself."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1


def _forked(tasks: Sequence[Callable[[], Iterable[Result]]], helpers: int) -> dict[int, Any]:
    """Return the results by the number of the task."""
    context = get_context("fork")
    counter = context.Value("i", 0)

    def work() -> dict[int, list[Result]]:
        done: dict[int, list[Result]] = {}
        while True:
            with counter.get_lock():
                number = counter.value
                counter.value += 1
            if number >= len(tasks):
                return done
            done[number] = list(tasks[number]())

    def answer(sender: Connection) -> None:
        # Ctrl-C reaches every process, and one of them says so.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        sender.send(work())

    started = []
    for _ in range(helpers):
        receiver, sender = context.Pipe(duplex=False)
        helper = context.Process(target=answer, args=(sender,), daemon=True)
        helper.start()
        sender.close()
        started.append((helper, receiver))
    done = work()
    for helper, receiver in started:
        with suppress(EOFError):
            done |= receiver.recv()
        helper.join()
    return done
