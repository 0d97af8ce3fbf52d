"""Write the index of public tests, which the page ``audit`` hands out, in half a minute.

Run by ``make bench-index`` where an operator or a test was added.
"""

import csv
import io
import json
import time
from typing import Any

from backcheck.auditing.index import rejected, twin
from backcheck.fixtures import Fixture
from backcheck.mutants.audit import audit, published
from chapters import ROOT

JSON, CSV = ROOT / "book/public-tests.json", ROOT / "book/public-tests.csv"

ABOUT = ("title", "course", "function", "found_in")
COLUMNS = ("fixture", "title", "course", "function")
COUNTS = ("right accepted", "right", "mistakes rejected", "mistakes")
HEADER = (*COLUMNS, *COUNTS, *(f"{one}, repaired" for one in COUNTS))


def entry(test: Fixture) -> dict[str, Any]:
    """Return what the files have of a test: the keys of an audit, and more."""
    found, again = audit(test), twin(test)
    told = {key: getattr(test, key) for key in ABOUT} | found.to_dict()
    told["rejected"] = [{"changed": text, "details": why} for text, why in rejected(found)]
    counts = again.to_dict() if again else {}
    told["repaired"] = {key: counts[key] for key in ("equivalent", "mistakes") if again} or None
    return told


def texts(entries: list[dict[str, Any]]) -> tuple[str, str]:
    """Return what both files have."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(HEADER)
    for one in entries:
        numbers = [
            counts[verdict][said] if said else sum(counts[verdict].values())
            for counts in (one, *filter(None, [one["repaired"]]))
            for verdict, saids in (("equivalent", ("accepted", "")), ("mistakes", ("rejected", "")))
            for said in saids
        ]
        missing = [""] * (2 * len(COUNTS) - len(numbers))
        rows.writerow([*(one[key] for key in COLUMNS), *numbers, *missing])
    return f"{json.dumps(entries, indent=1, ensure_ascii=False)}\n", out.getvalue()


def main() -> None:
    """Write both files, and print the seconds of each test."""
    for test in published().values():
        begun = time.perf_counter()
        audit(test)
        print(f"{time.perf_counter() - begun:6.2f} s  {test.title}", flush=True)
    begun = time.perf_counter()
    every = list(map(entry, published().values()))
    for file, text in zip((JSON, CSV), texts(every), strict=True):
        file.write_text(text, encoding="utf-8", newline="\n")
    print(f"{time.perf_counter() - begun:6.2f} s  the repaired ones")


if __name__ == "__main__":
    main()
