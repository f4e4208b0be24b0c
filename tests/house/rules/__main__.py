"""Run rules over a tree: `python -m tests.house.rules [--root FOLDER] [--json] [RULE…]`, without a name all of them."""

import argparse
import json
import os
import sys
import time
import traceback
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from tests.house.tree import PACKAGE, ROOT, Finding, House

FROM_SOURCE = ("writes", "sizes", "names", "clocks", "purity", "properties", "traces", "documents", "locks")
FROM_DJANGO = ("foreign_keys", "privacy", "urls", "migrations", "templates")

# Nothing here connects to anything: the settings only have to read.
OFFLINE = {
    "DJANGO_SETTINGS_MODULE": "ehospital.config.settings",
    "EHOSPITAL_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
    "EHOSPITAL_SECRET_KEY": "for checking the source only; no process starts with it",
}


def run(names: tuple[str, ...], house: House) -> Iterator[tuple[str, float, list[Finding]]]:
    """Run rules one after the other: each with its seconds and what it found."""
    asleep: Exception | None = None
    for name in names:
        started = time.perf_counter()
        try:
            if name in FROM_DJANGO:
                asleep = asleep or start_django()
                if asleep:
                    raise asleep
            rule = import_module(f"tests.house.rules.{name}")
            findings = sorted(rule.check(house))
        except Exception as error:  # a house that does not even import breaks every rule that must import it
            findings = [_crash(name, house, error)]
        yield name, time.perf_counter() - started, findings


def _crash(name: str, house: House, error: Exception) -> Finding:
    """Point at the deepest line of the house itself that was running when a rule broke off."""
    frames = [(Path(frame.filename), frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    inside = [(path, line) for path, line in frames if path.is_relative_to(house.root / PACKAGE)]
    path, line = inside[-1] if inside else frames[-1]
    shown = path.relative_to(house.root).as_posix() if path.is_relative_to(house.root) else path.name
    what = f"{name} could not be asked: {type(error).__name__}: {error}"
    return Finding(shown, line or 1, name, what, "Mend this first")


def start_django() -> Exception | None:
    """Load settings and apps, without a database; return why they do not load, which a second try would hide."""
    for name, value in OFFLINE.items():
        os.environ.setdefault(name, value)
    import django

    try:
        django.setup()
    except Exception as error:  # any module of the house runs here
        return error
    return None


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.house.rules", description=__doc__)
    parser.add_argument("--root", type=Path, default=ROOT)
    parser.add_argument("--json", action="store_true", help="one JSON line for each rule")
    parser.add_argument("rules", nargs="*", metavar="RULE", help="; ".join(FROM_SOURCE + FROM_DJANGO))
    arguments = parser.parse_args()
    names = tuple(arguments.rules) or FROM_SOURCE + FROM_DJANGO
    if unknown := set(names) - {*FROM_SOURCE, *FROM_DJANGO}:
        parser.error(f"no such rule: {', '.join(sorted(unknown))}")
    broken = 0
    for name, seconds, findings in run(names, House(arguments.root.resolve())):
        broken += len(findings)
        if arguments.json:
            told = [vars(finding) | {"text": str(finding)} for finding in findings]
            print(json.dumps({"rule": name, "seconds": round(seconds, 2), "findings": told}), flush=True)
        else:
            print("\n".join(map(str, findings)) or f"{name}: kept", flush=True)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
