"""What a person sees while an import runs: a bar on a terminal, elsewhere a line every 5 s."""

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from ehospital.fhir.importing.importer import Progress as HowFar

QUIET_S = 5.0


class Shown:
    """Shows progress on standard error; nothing at all when `quiet` and there is no terminal."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._bar: Progress | None = None
        self._silent = quiet and not sys.stderr.isatty()
        self._spoke = self._drawn = time.monotonic()
        if self._console.is_terminal:
            columns = (BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TextColumn("{task.description}"))
            self._bar = Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=self._console)
            self._task = self._bar.add_task("reading", total=None)

    def __enter__(self) -> "Shown":
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    def show(self, progress: "HowFar") -> None:
        """Called often; speaks rarely."""
        now = time.monotonic()
        if self._bar and now - self._drawn > 0.1:
            words = f"{progress.patients:,} patients" + (" · finishing" if progress.finishing else "")
            self._bar.update(
                self._task, completed=progress.bytes_read, total=progress.bytes_total or None, description=words
            )
            self._drawn = now
        elif not self._bar and not self._silent and now - self._spoke >= QUIET_S:
            share = 100 * progress.bytes_read / progress.bytes_total if progress.bytes_total else 100
            what = "writing what waited" if progress.finishing else f"{share:.0f} % read"
            self._console.print(f"{what}, {progress.patients:,} patients, {progress.resources:,} resources")
            self._spoke = now
