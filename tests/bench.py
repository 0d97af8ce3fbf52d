"""Measure diagnosis and audit: mutants, groups, times, bytes. Run by ``make bench``.

With ``--exhaustive`` every single mutant of every fixture, and every double of the smallest
ones, is printed and pasted back, and a hundred thousand mangled texts are read, here and in the
page; this takes about two hours.
"""

import gzip
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import combinations, product
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from playwright.sync_api import Page, sync_playwright

from backcheck import forward
from backcheck.diagnosis.diagnose import diagnose
from backcheck.diagnosis.reading import read
from backcheck.fixtures import ids, load
from backcheck.mutants.audit import audit, published
from backcheck.mutants.fair import repaired, write
from backcheck.mutants.formulas import fingerprint
from backcheck.mutants.mutate import mutants, mutated, second_changes
from backcheck.program import Tree
from backcheck.showing.tables import Table
from browsing import chromium
from chapters import ROOT

SITE = ROOT / "_build" / "html"
SHOWN = ("c1w3_bp_notebook_v2", "c1w3_bp_public_c", "c1w4_linear_backward_v4a",
         "c1w4_linear_activation_backward_v2", "c1w4_L_model_backward_v2")  # fmt: skip


def timed(function: Callable[..., Any], *arguments: Any) -> tuple[float, Any]:
    start = time.perf_counter()
    value = function(*arguments)
    return time.perf_counter() - start, value


def outputs(id: str, forms: dict[str, Tree]) -> dict[str, Any] | None:
    """Return the outputs of a mutant, or None where numpy stops."""
    try:
        values = mutated(load(id), forms).run(load(id).arrays)
    except ValueError:
        return None
    return {name: np.asarray(values[name], dtype=float) for name in load(id).expected}


def text_of(values: dict[str, Any]) -> str:
    return "\n".join(f"{name} = {value}" for name, value in values.items())


def singles(id: str) -> Iterator[dict[str, Tree]]:
    for slot in mutants(load(id)).slots:
        for form in slot.forms:
            yield {slot.name: form.tree}
    yield from (dict(change) for change in mutants(load(id)).higher_order)


def doubles(id: str, number: int) -> Iterator[dict[str, Tree]]:
    generator = random.Random(id)  # noqa: S311
    steps = [slot for slot in mutants(load(id)).slots if not slot.is_array]
    while number:
        if generator.random() < 0.5:
            step = generator.choice(steps).name
            forms = {step: generator.choice(list(second_changes(load(id), step)))}
        else:
            forms = {s.name: generator.choice(s.forms).tree for s in generator.sample(steps, 2)}
        if outputs(id, forms):
            number -= 1
            yield forms


def count(id: str) -> tuple[object, ...]:
    spent, found = timed(mutants, load(id))
    twice_spent, twice = timed(
        lambda: sum(len(second_changes(load(id), slot.name)) for slot in found.slots)
    )
    values = [value for forms in singles(id) if (value := outputs(id, forms))]
    groups = {tuple(fingerprint(v) for v in value.values()) for value in values}
    return (id, len(found), len(found.higher_order), len(groups), f"{spent:.2f} s", twice,
            f"{twice_spent:.2f} s")  # fmt: skip


def python_times(id: str, number: int) -> tuple[object, ...]:
    generator = random.Random(id)  # noqa: S311
    every = [value for forms in singles(id) if (value := outputs(id, forms))]
    chosen = generator.sample(every, number)
    once = [timed(diagnose, text_of(value))[0] for value in chosen]
    pairs = [outputs(id, forms) for forms in doubles(id, number // 3)]
    twice = [timed(diagnose, text_of(value))[0] for value in pairs if value]
    return (id, f"{median(once):.2f} s", f"{max(once):.2f} s", f"{median(twice):.2f} s",
            f"{max(twice):.2f} s")  # fmt: skip


def command_times() -> Iterator[tuple[object, ...]]:
    week4 = load("c1w4_L_model_backward_v2")
    for name, forms in (
        ("one change", {"dZ2": "AL - Y"}),
        ("two changes", {"dZ2": "AL - Y", "db1": "sum(dZ1, axis=1) / m"}),
    ):
        values = week4.run(**forms)
        text = text_of({name: values[name] for name in week4.expected})
        command = [sys.executable, "-m", "backcheck", "diagnose", "-"]
        spent, _ = timed(
            lambda text=text, command=command: subprocess.run(
                command, input=text, text=True, capture_output=True, check=False
            )
        )
        yield name, f"{spent:.2f} s"


def audits() -> Iterator[tuple[object, ...]]:
    """Judge each test on every single change, and on a sample of programs with two."""
    for id, fixture in published().items():
        spent, found = timed(audit, fixture)
        judged = []
        # The gradient check is not a fixture that programs with two changes are made for.
        for forms in doubles(id, 200) if id in ids() else ():
            changed = mutated(fixture, forms)
            passes = fixture.judge(changed).word == "passes"
            judged.append((forward.verdict(changed, fixture), passes))
        twice = [
            f"{judged.count((verdict, passes))} of {sum(word == verdict for word, _ in judged)}"
            for verdict, passes in (("equivalent", True), ("mistake", False))
        ]
        yield (id, f"{spent:.2f} s", *found.counts, *twice)


def bytes_shipped() -> Iterator[tuple[object, ...]]:
    total = 0
    for file in sorted(SITE.glob("_static/diagnose*")):
        size = len(gzip.compress(file.read_bytes(), 9, mtime=0))
        total += size
        yield file.name, f"{file.stat().st_size / 1000:.0f} KB", f"{size / 1000:.1f} KB"
    yield "together", "", f"{total / 1000:.1f} KB"


@contextmanager
def diagnosis_page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = browser.new_page()
        page.goto((SITE / "diagnose.html").as_uri())
        page.wait_for_selector("html[data-diagnose=ready]", timeout=60_000)
        # Nobody pastes without it.
        page.focus("#diagnose-text")
        page.wait_for_timeout(300)
        yield page
        browser.close()


def page_times() -> Iterator[tuple[object, ...]]:
    with diagnosis_page() as page:
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
        for id in SHOWN:
            generator = random.Random(id)  # noqa: S311
            every = [value for forms in singles(id) if (value := outputs(id, forms))]
            once = [
                page.evaluate(TIME_OF_ANSWER, text_of(value))
                for value in generator.sample(every, 12)
            ]
            pairs = [outputs(id, forms) for forms in doubles(id, 3)]
            twice = [page.evaluate(TIME_OF_ANSWER, text_of(value)) for value in pairs if value]
            yield (id, f"{median(once):.0f} ms", f"{max(once):.0f} ms", f"{median(twice):.0f} ms",
                   f"{max(twice):.0f} ms")  # fmt: skip


TIME_OF_ANSWER = """text => {
  const start = performance.now();
  window.backcheck.diagnose(text);
  return performance.now() - start;
}"""


def every_double(id: str) -> Iterator[dict[str, Tree]]:
    slots = mutants(load(id)).slots
    for slot in slots:
        yield from ({slot.name: tree} for tree in second_changes(load(id), slot.name))
    for one, other in combinations(slots, 2):
        for form, second in product(one.forms, (*other.forms, *other.stillborn)):
            yield {one.name: form.tree, other.name: second.tree}


def alike(one: Any, other: Any) -> bool:
    # Quoted by hand, a column or row of one number has any number of brackets.
    return np.size(one) == np.size(other) and np.allclose(
        np.ravel(one), np.ravel(other), equal_nan=True
    )


def pasted_back(id: str, every: Iterator[dict[str, Tree]], changes: int) -> str:
    """Print the outputs of mutants and count the texts whose diagnosis prints otherwise."""
    tried, texts, missed = 0, set(), 0
    for forms in every:
        values = outputs(id, forms)
        if values is None:
            continue
        tried += 1
        text = text_of(values)
        if text in texts:
            continue
        texts.add(text)
        found = diagnose(text, fixture=id, changes=changes)
        missed += found.verdict != "expected" and not any(
            bool(c.printed_as) or all(alike(c.values[n], value) for n, value in values.items())
            for c in found.candidates
            if c.values.keys() >= values.keys()
        )
    return f"{tried} of them, {len(texts)} texts, {missed} not found"


def exhaustive() -> None:
    for id in ids("Course 1"):
        print(f"  {id}, one change: {pasted_back(id, singles(id), 1)}")
    for id in ids("Course 1"):
        if load(id).function == "linear_backward":
            print(f"  {id}, two changes: {pasted_back(id, every_double(id), 2)}")
    # `repaired` refuses a test that is not fair, and the file runs its own program.
    test, scope = repaired(load("c5w1_lstm_backward_new")), {"__name__": "made_test"}
    exec(write(test), scope)  # noqa: S102 - our own file
    scope["check"](test.program.run)  # type: ignore[operator]
    print(f"  {test.id}: accepts {audit(test).counts[0]}, and its file passes its program")


def mangled(number: int) -> Iterator[str]:
    """Yield texts cut, shuffled and spliced from what people paste."""
    generator = random.Random(7)  # noqa: S311
    sources = [file.read_text(encoding="utf-8") for file in (ROOT / "tests/corpus").glob("*.txt")]
    signs = "[](){}.,;:=-+eE0123456789 \n\t'\"<>&naif\u2212\u2026\x00"
    for _ in range(number):
        text = generator.choice(sources)[: generator.choice((40, 400, 4000))]
        for _ in range(generator.randrange(1, 12)):
            at = generator.randrange(len(text) + 1)
            cut = generator.randrange(0, 9)
            text = text[:at] + "".join(generator.choices(signs, k=cut)) + text[at + cut :]
        yield text


def fuzz_package(number: int) -> None:
    worst = 0.0
    for text in mangled(number):
        start = time.process_time()
        with suppress(ValueError):
            read(text)
        worst = max(worst, time.process_time() - start)
    print(f"  {number} mangled texts read by the package, the slowest in {1000 * worst:.0f} ms")


def fuzz_page(number: int) -> None:
    with diagnosis_page() as page:
        worst, other, batch = 0.0, 0, []
        for text in mangled(number):
            batch.append(text)
            if len(batch) == 2000:
                slowest, unexpected = page.evaluate(READ_ALL, batch)
                worst, other, batch = max(worst, slowest), other + unexpected, []
    print(f"  {number} read by the page, the slowest in {worst:.0f} ms, {other} other exceptions")


READ_ALL = """texts => {
  let slowest = 0;
  let unexpected = 0;
  for (const text of texts) {
    const start = performance.now();
    try { window.backcheck.read(text); } catch (error) {
      if (["TypeError", "RangeError", "ReferenceError"].includes(error.name)) unexpected++;
    }
    slowest = Math.max(slowest, performance.now() - start);
  }
  return [slowest, unexpected];
}"""


def main() -> None:
    header = ("fixture", "single", "of several steps", "groups", "time", "two in a step", "time")
    print(Table(header, [count(id) for id in ids("Course 1")]), "\n")
    header = ("diagnosis in Python", "single, median", "worst", "double, median", "worst")
    print(Table(header, [python_times(id, 12) for id in SHOWN]), "\n")
    print(Table(("command line", "time"), command_times()), "\n")
    header = ("audit", "time", "accepts, equivalent", "rejects, mistakes",
              "two changes: equivalent", "mistakes")  # fmt: skip
    print(Table(header, audits()), "\n")
    if (SITE / "diagnose.html").exists():
        print(Table(("shipped", "plain", "gzip"), bytes_shipped()), "\n")
        header = ("page, CPU slowed 4 times", "single, median", "worst", "double, median", "worst")
        print(Table(header, page_times()), "\n")
    else:
        print("The page is not measured: run make book first.\n")
    if "--exhaustive" in sys.argv:
        fuzz_package(100_000)
        fuzz_page(100_000)
        exhaustive()


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main()
