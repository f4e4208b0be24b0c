"""`make check`: style, types, floors, the rules of the house, templates, migrations, translations and locks.

No database, no broker, no network. One line for each check as it ends; what is broken is printed at the end.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from tests.house.rules.__main__ import FROM_DJANGO, FROM_SOURCE, OFFLINE
from tests.house.tree import ROOT

BIN = Path(sys.executable).parent
PYTHON = (sys.executable, "-m")

# djlint knows faults of HTML that Django does not; layout and the empty defaults of components are not among them.
LAYOUT = "H015,H020,H025,H026,H043"
PLACE = "{filename}:{line}: {code} {message} {match}"


@dataclass(frozen=True)
class Check:
    """One command; with `rules` it answers in JSON, one line for each of these rules of the house."""

    name: str
    command: tuple[str, ...]
    rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What became of one check: its name, its seconds, and its words when it is broken."""

    name: str
    seconds: float
    broken: str = ""

    def __str__(self) -> str:
        return f"  {'BROKEN' if self.broken else 'ok':8}{self.seconds:6.1f} s  {self.name}"


# The longest first, so that two cores end together. mypy reads everything anew: its cache keeps errors of modules that
# were missing when it was written.
CHECKS = (
    Check("types (mypy)", (*PYTHON, "mypy", "--no-error-summary", "--no-incremental")),
    Check("rules that ask Django", (*PYTHON, "tests.house.rules", "--json", *FROM_DJANGO), FROM_DJANGO),
    Check("rules that read the source", (*PYTHON, "tests.house.rules", "--json", *FROM_SOURCE), FROM_SOURCE),
    Check("translations in step", (*PYTHON, "tests.house.messages")),
    Check("floors (import-linter)", (str(BIN / "lint-imports"), "--no-logo")),
    Check("html (djlint)", (str(BIN / "djlint"), "ehospital", "--lint", "--profile", "django", "--quiet",
                            "--ignore", LAYOUT, "--linter-output-format", PLACE)),
    Check("style (ruff check)", (str(BIN / "ruff"), "check", "--quiet", "--output-format", "concise", ".")),
    Check("format (ruff format; mend with make format)", (str(BIN / "ruff"), "format", "--check", ".")),
)  # fmt: skip


def run(check: Check) -> list[Outcome]:
    """Run one check to its end."""
    started = time.perf_counter()
    process = subprocess.run(
        check.command, cwd=ROOT, env={**os.environ, **OFFLINE}, capture_output=True, text=True, check=False
    )
    seconds, words = time.perf_counter() - started, f"{process.stdout}{process.stderr}".strip()
    if check.rules:
        told = list(_rules(process.stdout))
        complete = len(told) == len(check.rules)
        return told if complete else [*told, Outcome(check.name, seconds, process.stderr or "it broke off")]
    failed = process.returncode != 0
    return [Outcome(check.name, seconds, words or f"exit code {process.returncode}" if failed else "")]


def _rules(lines: str) -> Iterator[Outcome]:
    for line in lines.splitlines():
        told = json.loads(line)
        yield Outcome(f"rule: {told['rule']}", told["seconds"], "\n".join(one["text"] for one in told["findings"]))


def main(checks: tuple[Check, ...] = CHECKS) -> int:
    """Run every check, as many at a time as there are cores, and return the exit code."""
    started = time.perf_counter()
    outcomes: list[Outcome] = []
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
        for ended in as_completed([pool.submit(run, check) for check in checks]):
            for outcome in ended.result():
                outcomes.append(outcome)
                print(outcome, flush=True)
    broken = [outcome for outcome in outcomes if outcome.broken]
    for outcome in broken:
        print(f"\n{outcome.name}\n{'-' * len(outcome.name)}\n{outcome.broken}")
    took = time.perf_counter() - started
    print(f"\n{len(outcomes)} checks in {took:.1f} s, {len(broken) or 'none'} broken")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
