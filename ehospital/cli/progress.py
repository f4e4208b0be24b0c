"""How long work shows itself: a bar on a terminal, a line every five seconds elsewhere. Always on stderr."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator

LINE_EVERY_S = 5.0

Told = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is (0 when nobody knows)."""


@contextlib.contextmanager
def shown() -> Iterator[Told]:
    """Give the function that work calls as often as it likes."""
    if sys.stderr.isatty():
        with _bars() as told:
            yield told
    else:
        yield _lines()


@contextlib.contextmanager
def _bars() -> Iterator[Told]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks = {}

        def told(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total or None)
            bars.update(tasks[what], completed=done, total=total or None)

        yield told


def _lines() -> Told:
    began = spoke = time.monotonic()

    def told(what: str, done: int, total: int) -> None:
        nonlocal spoke
        now = time.monotonic()
        if now - spoke >= LINE_EVERY_S:
            of = f" of {total}" if total else ""
            sys.stderr.write(f"{now - began:.0f} s · {what}: {done}{of}\n")
            sys.stderr.flush()
            spoke = now

    return told
