"""The command line: ``backcheck diagnose``, ``run``, ``show``, ``audit`` and their like.

Exit codes: 0 if the numbers are the expected ones (or the command had only to show
something), 1 if they are explained, 2 if something could not be read, 3 if they are not
explained, 4 if the reader's own function raised an exception, 5 if a test is less fair or less
strong than it has to be.
"""

import argparse
import gc
import io
import json
import math
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

import backcheck
from backcheck import gradient_check
from backcheck.auditing.described import described
from backcheck.auditing.report import Report, report
from backcheck.diagnosis.calling import can_be_called, has_lost_margins
from backcheck.diagnosis.checking import checked
from backcheck.diagnosis.courses import read
from backcheck.diagnosis.diagnose import diagnose
from backcheck.diagnosis.passing import beside_passing, wrong_on
from backcheck.diagnosis.reading import LIMIT, without_quoted_code
from backcheck.diagnosis.result import led_by
from backcheck.diagnosis.returned import first_complaint
from backcheck.diagnosis.running import diagnosed, line_of, shown, source_of
from backcheck.diagnosis.running import run as run_function
from backcheck.diagnosis.sources import cells, read_from_outside
from backcheck.diagnosis.uncovered import not_covered
from backcheck.fixtures import Fixture, ids, load, unknown
from backcheck.mutants.audit import Audit, audit, published, scoreboard
from backcheck.mutants.fair import chosen, make, repaired, write
from backcheck.mutants.fingerprints import fingerprints
from backcheck.mutants.formats import formats
from backcheck.mutants.mistakes import occurrences
from backcheck.mutants.mutant import Mutant
from backcheck.showing.tables import Table
from backcheck.showing.words import say

SEEDS = 3
"""How many seeds a test is chosen from, by how many mistakes it names alone."""

CHECK = gradient_check.fixture()
"""The test that compares one number, the difference of a gradient check."""

EXIT = {"expected": 0, "explained": 1, "unreadable": 2, "unexplained": 3, "raised": 4, "below": 5}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    if arguments is None:
        gc.disable()  # A fifth of the time would go to it, and the process ends anyway.
    try:
        code: int = options.command(options)
        sys.stdout.flush()
        return code
    except (ValueError, KeyError) as error:
        print(f"backcheck: {error.args[0]}", file=sys.stderr)
        return EXIT["unreadable"]
    except BrokenPipeError:
        # The reader of the output has seen enough, as in `backcheck fixtures | head -3`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="backcheck",
        description="Name the backward program behind printed gradients.",
        epilog="Exit codes: 0 expected, 1 explained, 2 bad input, 3 unexplained, "
        "4 your function raised an exception, 5 a share below --fail-under.",
    )
    parser.add_argument("--version", action="version", version=f"backcheck {backcheck.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[..., int], help: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=help)
        one.set_defaults(command=run)
        return one

    ask = command("diagnose", _diagnose, "name the program that prints some numbers")
    ask.add_argument(
        "file", nargs="?", default="-", metavar="FILE", help="a text file; - reads stdin"
    )
    ask.add_argument("--fixture", metavar="ID", help="the test the numbers come from, or FILE.toml")
    ask.add_argument("--json", action="store_true", help="print the diagnosis as JSON")
    run = command("run", _run, "call your own function as a test does, and diagnose it")
    run.add_argument(
        "fixture",
        nargs="?",
        metavar="FIXTURE",
        help="the id of a test, or FILE.toml; the newest test of the function if left out",
    )
    run.add_argument(
        "target",
        metavar="FILE[:FUNCTION]",
        help="in a .py file or an .ipynb notebook; every function that has a test if left out",
    )
    run.add_argument("--seconds", type=float, default=30, metavar="N", help="how long it may take")
    run.add_argument("--json", action="store_true", help="print the diagnosis as JSON")
    command("fixtures", _fixtures, "list the published tests")
    show = command("show", _show, "show what a test hands over and what it accepts")
    show.add_argument("fixture", metavar="FIXTURE", help="the id of a test, or FILE.toml")
    judge = command("audit", _audit, "how fair and how strong the tests are")
    judge.add_argument(
        "fixtures",
        nargs="*",
        metavar="FIXTURE",
        help="tests in detail, by id, as FILE.toml or as FILE.py::test; all in a table",
    )
    judge.add_argument("--program", metavar="FILE.toml", help="the network that FILE.py is about")
    judge.add_argument("--replace", metavar="NAME", help="the function under test: module.function")
    judge.add_argument("--seconds", type=float, default=30, metavar="N", help="for one run of it")
    for share in ("fairness", "strength"):
        judge.add_argument(f"--fail-under-{share}", type=float, default=0, metavar="SHARE")
    judge.add_argument("--json", action="store_true", help="print the audits as JSON")
    make = command("fair-test", _fair_test, "write a test that accepts every right program")
    make.add_argument(
        "network", nargs="?", metavar="NETWORK.toml", help="a description of another network"
    )
    make.add_argument("--units", nargs="+", type=int, metavar="N", help="by default 4 5 3")
    make.add_argument("--activations", nargs="+", metavar="NAME", help="by default tanh sigmoid")
    make.add_argument("--examples", type=int, dest="m", metavar="M", help="by default 6")
    make.add_argument("--seed", type=int, help="the first seed to try, by default 1")
    make.add_argument("--repair", metavar="FIXTURE", help="repair a published test instead")
    make.add_argument(
        "--format", default="plain", metavar="TOOL", help=f"{', '.join(formats())}: what runs it"
    )
    make.add_argument("--output", metavar="FILE", help="a new file; the terminal if left out")
    return parser


def _test(name: str) -> Fixture:
    """Return a published test by its id, or one of a file: FILE.toml:ID, or its last one."""
    file, is_file, id = name.partition(".toml")
    if not is_file and name in published() and name not in ids():
        raise ValueError(
            f"{name} compares one number for all gradients, and takes no function: "
            "print the difference of your check, and give it to diagnose."
        )
    if not is_file:
        return load(name)
    own = {test.id: test for test in read(file + is_file)}
    if not own:
        raise ValueError(f"{name} has no test; write a table for each.")
    id = id.removeprefix(":") or list(own)[-1]
    if id not in own:
        raise unknown(id, own)
    return own[id]


def _diagnose(options: argparse.Namespace) -> int:
    fixture = _test(options.fixture) if options.fixture else None
    text = _read(options.file)
    own = without_quoted_code(text)
    tests = [test for test in map(load, ids()) if can_be_called(own, test)]
    tests = [] if not_covered(text) else tests

    def defined_in(test: Fixture) -> str:
        of = {"id": test.id, "function": test.function}
        is_flat = has_lost_margins(own, test)
        return say("defined-flat", **of) if is_flat else say("defined-here", **of)

    try:
        found = diagnose(text, fixture, 2, _looking_further)
    except ValueError as error:
        raise ValueError(defined_in(tests[-1]) if tests else error) from None
    # The edition whose numbers stand beside the function tells most of it.
    editions = [test for test in tests if test is found.fixture] or tests[-1:]
    said = "".join(map(defined_in, editions))
    found = led_by(found, said) if said else found
    if said and not (found.arrays or found.candidates or found.remarks):
        raise ValueError(said)
    print(found.to_json() if options.json else repr(found))
    return EXIT[found.verdict]


def _looking_further() -> None:
    _progress("Looking at programs with two changes")


def _read(name: str) -> str:
    """Return the text of a file, or of the standard input, whatever its encoding."""
    if name == "-":
        if sys.stdin.isatty():
            print("Paste the numbers, then press Ctrl-D (Ctrl-Z on Windows).", file=sys.stderr)
        data = sys.stdin.buffer.read(LIMIT + 1)
    else:
        try:
            with Path(name).open("rb") as file:
                data = file.read(LIMIT + 1)
        except OSError as error:
            raise ValueError(
                f"{name!r} cannot be read ({error.strerror}); give a text file, or - to paste."
            ) from None
    # PowerShell writes UTF-16 when it redirects.
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    text = data.decode(encoding, errors="replace")
    if "\0" in text and "\ufffd" in text:
        held = "What is piped in" if name == "-" else repr(name)
        raise ValueError(f"{held} holds bytes that are no text; give a text file, as UTF-8.")
    return text


def _run(options: argparse.Namespace) -> int:
    path, name = _target(options.target)
    if options.fixture == CHECK.id:
        return _check(path, name or CHECK.function, options)
    if options.fixture:
        fixture = _test(options.fixture)
        return _run_one(fixture, path, name or fixture.function, options)
    names = [name] if name else _with_tests(path)
    if options.json and names[1:]:
        raise ValueError(f"{path} has {', '.join(names)}: name one of them, as FILE:FUNCTION.")
    codes: list[int] = []
    for one in names:
        print(end="\n" if codes else "")
        try:
            codes.append(_run_newest(path, one, options))
        except ValueError as error:
            # What keeps one function from being called says nothing of the others.
            if not names[1:]:
                raise
            print(f"{one}: {error}")
            codes.append(EXIT["unreadable"])
    return next(filter(None, codes), EXIT["expected"])


def _target(name: str) -> tuple[str, str]:
    """Return the file and the function of FILE:FUNCTION, which is "" where no such is named."""
    path, _, function = name.rpartition(":")
    is_function = path and all(map(str.isidentifier, function.split(".")))
    return (path, function) if is_function else (name, "")


def _with_tests(path: str) -> list[str]:
    """Return the functions of a file that have a test, in its order."""
    known = {CHECK.function, *_newest()}
    parts = cells(Path(path), source_of(Path(path)))
    every = (re.findall(r"(?m)^[ \t]*def\s+(\w+)", part.text) for part in parts)
    if found := [name for name in dict.fromkeys(chain.from_iterable(every)) if name in known]:
        return found
    raise ValueError(f"{path} has no function of a known test, such as {', '.join(sorted(known))}.")


def _run_newest(path: str, name: str, options: argparse.Namespace) -> int:
    """Call a function as the newest test of its name does."""
    function = name.rpartition(".")[2]
    if function == CHECK.function:
        return _check(path, name, options)
    if not (test := _newest().get(function)):
        raise ValueError(
            f"No known test is of {name}; give the id of one: backcheck run FIXTURE FILE."
        )
    code = _run_one(test, path, name, options)
    if code in (EXIT["explained"], EXIT["unexplained"]) and not options.json:
        for older in _accepting(test, path, name, options):
            print(f"\n{say('older-accepts', title=older.title, id=older.id)}")
    return code


def _accepting(
    test: Fixture, path: str, name: str, options: argparse.Namespace
) -> Iterator[Fixture]:
    """Yield the older test of another program that a function rightly passes, if there is one."""
    every = [one for one in map(load, ids()) if one.function == test.function]
    for older in [one for one in every if one.program != test.program][-1:]:
        ran = run_function(older, path, name, _seconds(options))
        accepts = not ran.error and not first_complaint(older, ran.outputs)
        # A mistake that an older test lets through is no program of an older notebook.
        if accepts and not wrong_on(ran):
            yield older


def _newest() -> dict[str, Fixture]:
    """Return the newest test of each function, of all courses."""
    return {test.function: test for test in map(load, ids())}


def _check(path: str, name: str, options: argparse.Namespace) -> int:
    found = checked(path, name, _seconds(options), lambda: _progress(say("waiting")))
    head = say("run-check", title=CHECK.title, name=name)
    print(found.to_json() if options.json else f"{head}\n\n{found!r}")
    return EXIT[found.verdict]


def _run_one(fixture: Fixture, path: str, name: str, options: argparse.Namespace) -> int:
    ran = run_function(fixture, path, name, _seconds(options), lambda: _progress(say("waiting")))
    complaint = "" if ran.error else first_complaint(fixture, ran.outputs)
    found = diagnosed(ran, _looking_further)
    passes = not (ran.error or complaint)
    beside = beside_passing(ran) if passes else read_from_outside(ran.taken)
    order = 1 if wrong_on(ran) else -1
    first = " ".join(filter(None, [beside, found.notice][::order])) if passes else beside
    line = None if passes and not wrong_on(ran) else line_of(ran, found)
    if options.json:
        test = ran.error or complaint or "passes"
        answer = replace(found, remarks=(*filter(None, [beside]), *found.remarks)).to_dict()
        print(json.dumps({**answer, "test": test, "line": line}, indent=2))
    elif ran.error:
        print("\n".join(filter(None, [ran.raised, first, found.body])))
    else:
        # The test may compare fewer digits than a diagnosis does, so its word counts first.
        of = {"title": fixture.title, "name": name, "complaint": complaint}
        says = say("run-fails" if complaint else "run-passes", **of)
        print(f"{says}{' ' if passes else chr(10)}{first}".rstrip())
        print(f"{shown(line, path)}\n" if line else "")
        titled = f"{found.title}\n{found.body}" if passes else repr(found)
        print(titled if found.arrays else found.body.lstrip("\n"))
    if ran.error:
        return EXIT["raised"]
    return (EXIT[found.verdict] or EXIT["explained"]) if complaint else EXIT["expected"]


def _seconds(options: argparse.Namespace) -> float:
    if not 0 < options.seconds < math.inf:
        raise ValueError(f"--seconds is {options.seconds:g}, but has to be a positive number.")
    return float(options.seconds)


def _fixtures(options: argparse.Namespace) -> int:
    tests = map(load, ids())
    rows = [(test.id, test.title, "no" if test.broken() else "yes") for test in tests]
    print(Table(("id", "test", "consistent"), rows))
    return 0


def _audit(options: argparse.Namespace) -> int:
    every = published()
    is_own = re.compile(r"\.py(::|$)")
    for name in options.fixtures:
        if ".toml" not in name and not is_own.search(name) and name not in (*every, *ids()):
            raise unknown(name, every)
    found: list[Audit | Report] = []
    for name in options.fixtures or every:
        if is_own.search(name):
            found.append(_own_test(name, options))
        else:
            fixture = every.get(name) or _test(name)
            _progress(f"Judging {fixture.title}")
            found.append(audit(fixture))
    if options.json:
        print(json.dumps([one.to_dict() for one in found], indent=2))
    elif options.fixtures:
        print("\n\n".join(map(repr, found)))
    else:
        print(scoreboard())
    least = (options.fail_under_fairness, options.fail_under_strength)
    below = any(one.fairness < least[0] or one.strength < least[1] for one in found)
    return EXIT["below"] if below else 0


def _own_test(name: str, options: argparse.Namespace) -> Report:
    candidates = described(options.program) if options.program else ()
    return report(name, candidates, options.replace or "", _seconds(options), _progress)


def _fair_test(options: argparse.Namespace) -> int:
    asked = {key: getattr(options, key) for key in ("units", "activations", "m", "seed")}
    asked = {key: value for key, value in asked.items() if value is not None}
    if options.repair and asked:
        raise ValueError("--repair keeps the sizes of its test; leave out what says others.")
    if options.network and (options.repair or asked.keys() - {"seed"}):
        raise ValueError(f"{options.network} says which network it is; leave out what says others.")
    if options.output == "":
        raise ValueError("--output is empty; give the name of a new file.")
    target = Path(options.output) if options.output else None
    if target and target.exists():
        raise ValueError(f"{options.output!r} exists already; give the name of a new file.")
    _progress("Making the test and judging it")
    if options.network:
        first = asked.get("seed", 1)
        fixture = chosen(lambda one: described(options.network, one, 1)[0], first, SEEDS)
    else:
        fixture = repaired(_test(options.repair)) if options.repair else make(**asked, among=SEEDS)
    text = write(fixture, options.format)
    if target is None:
        print(text, end="")
        return 0
    try:
        target.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise ValueError(f"{options.output!r} cannot be written ({error.strerror}).") from None
    print(f"{audit(fixture)!r}\nnames {fingerprints(fixture)}")
    return 0


def _progress(doing: str) -> None:
    if sys.stderr.isatty():
        print(f"{doing} ...", file=sys.stderr)


def _show(options: argparse.Namespace) -> int:
    fixture = _test(options.fixture)
    print(f"{fixture.title}: {fixture.function}, {fixture.course}")
    print(f"Found in: {fixture.found_in}\n")
    for name, value in fixture.arrays.items():
        print(f"{name} =\n{value}")
    if residuals := fixture.residuals():
        broken = fixture.broken()
        rows = [
            (relation, f"{size:.3g}", "broken" if relation in broken else "holds")
            for relation, size in residuals.items()
        ]
        print(f"\n{Table(('relation', 'residual', ''), rows)}")
    named = (Mutant(fixture, forms) for _, forms in occurrences(fixture) if len(forms) == 1)
    right = (mutant for mutant in named if mutant.verdict == "equivalent")
    accepted = [(mutant, mutant.verdict, mutant.outcome.word) for mutant in right]
    print(f"\n{Table(('form', 'verdict', 'this test'), accepted)}")
    return 0


def run() -> None:
    """Run the command as the script ``backcheck`` does."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Not every terminal has the handout's symbols.
        sys.stdout.reconfigure(errors="replace")
    sys.exit(main())


if __name__ == "__main__":
    run()
