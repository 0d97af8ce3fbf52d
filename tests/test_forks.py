"""Tasks run side by side give what they give one after the other."""

import subprocess
import sys
import textwrap

import pytest

from backcheck.fixtures import load
from backcheck.forks import processors, side_by_side
from backcheck.mutate import mutants

linux = pytest.mark.skipif(processors() < 2, reason="needs Linux and two processors")


def printed_by(script: str) -> list[str]:
    """Return what a script prints in a process of its own, which has no other threads."""
    start = "import os, signal, threading, time\nfrom backcheck.forks import side_by_side\n"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", start + textwrap.dedent(script)],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert not done.stderr
    return done.stdout.splitlines()


@linux
def test_results_come_in_the_order_of_the_tasks_and_from_more_than_one_process():
    lines = printed_by("""
        def task(number):
            time.sleep(0.02 * (number % 3))
            return [(number, os.getpid()), (number, os.getpid())]
        found = list(side_by_side([lambda n=n: task(n) for n in range(9)]))
        print([number for number, _ in found] == [n for n in range(9) for _ in "ab"])
        print(len({process for _, process in found}) > 1)
    """)
    assert lines == ["True", "True"]


@linux
def test_what_a_killed_helper_had_taken_is_done_all_the_same():
    lines = printed_by("""
        own = os.getpid()
        def task(number):
            if os.getpid() != own:
                os.kill(os.getpid(), signal.SIGKILL)
            time.sleep(0.05)
            return [number]
        print(list(side_by_side([lambda n=n: task(n) for n in range(5)])))
    """)
    assert lines == ["[0, 1, 2, 3, 4]"]


def test_beside_other_threads_no_process_is_forked():
    lines = printed_by("""
        end = threading.Event()
        threading.Thread(target=end.wait).start()
        print(set(side_by_side([lambda: [os.getpid()]] * 3)) == {os.getpid()})
        end.set()
    """)
    assert lines == ["True"]


@linux
def test_in_a_daemon_which_may_have_no_children_the_tasks_run_one_after_the_other():
    lines = printed_by("""
        from multiprocessing import get_context
        def work():
            print(set(side_by_side([lambda: [os.getpid()]] * 3)) == {os.getpid()}, flush=True)
        daemon = get_context("fork").Process(target=work, daemon=True)
        daemon.start()
        daemon.join()
    """)
    assert lines == ["True"]


def test_no_tasks_give_no_results():
    assert list(side_by_side([])) == []


def test_fixtures_of_one_program_and_the_same_shapes_have_the_same_mutants():
    one, other = load("c1w3_bp_notebook_v1"), load("c1w3_bp_public_a")
    assert mutants(one) is mutants(other)
    assert mutants(one) is not mutants(load("c1w3_bp_public_b"))
