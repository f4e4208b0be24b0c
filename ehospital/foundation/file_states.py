"""What a kept file may become, and the only place that writes it down: `KeptFile` has its rows changed nowhere else.

    waiting ──┬─▶ clean               unchecked ─▶ the same four
              ├─▶ infected ─▶ (its content removed) ─▶ waiting, when the same content comes again
              ├─▶ too large ─▶ clean or infected, once the scanner takes it
              └─▶ lost ─▶ any of these, once its content is there again

A content is named in three steps: its bytes are kept (no lock, the store may be far away), its row is held (`name`),
the rows that name it are written. Nobody waits for a network under the lock of a row.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.conf import settings
from django.db import connection, transaction

from ehospital.foundation import listening, locks
from ehospital.foundation.events import FileWasInfected
from ehospital.foundation.models.files import FileState, KeptFile

FIRST_WAIT: Final = timedelta(minutes=1)
"""Longer than a look into the largest file takes: until then nobody else takes it up."""
LONGEST_WAIT: Final = timedelta(minutes=5)
LOST_WAIT: Final = timedelta(hours=1)
"""A content that is not there may be restored from a backup: so long until somebody looks again."""

_NAMING: Final[dict[str, set[str]]] = {}


class InfectedFile(RuntimeError):
    """The virus scanner found `name` in the file: it is kept nowhere, and opened by nobody."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the scanner found {name}")
        self.name = name


class Verdict(StrEnum):
    """What became of showing a file to the scanner, besides that something was found."""

    CLEAN = "clean"
    TOO_LARGE = "too-large"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Kept:
    """A content that lies in the store. `removed` says when it was judged, if an infected one comes again."""

    key: str
    removed: datetime | None = None


def wait_after(tries: int) -> timedelta:
    """Return when a file is taken up again after so many tries, from 1: 1, 2, 4, then 5 minutes."""
    return min(FIRST_WAIT * 2 ** min(tries - 1, 10), LONGEST_WAIT)


def names(table: str, *columns: str) -> None:
    """Say, when the apps are ready, which columns hold keys of files."""
    _NAMING.setdefault(table, set()).update(columns)


def removed_before(keys: Iterable[str]) -> dict[str, datetime]:
    """Return which of these contents were infected and removed, and when they were judged.

    Raises:
        InfectedFile: one is infected, and about to be removed: what is kept now could go with it.
    """
    rows = KeptFile.objects.filter(pk__in=list(keys), state=FileState.INFECTED).order_by("pk")
    found: dict[str, datetime] = {}
    for row in rows:
        if row.due_at is not None or row.looked_at is None:
            raise InfectedFile(row.found)
        found[row.key] = row.looked_at
    return found


def name(kept: Sequence[Kept], *, at: datetime, first: FileState) -> None:
    """Hold the rows of contents until the caller's transaction ends, and have them follow what is known by now.

    Raises:
        InfectedFile: one was judged since it was kept; the caller's transaction must end.
    """
    told = {"looked_at": at, "due_at": None} if first is FileState.CLEAN else {"looked_at": None, "due_at": at}
    with transaction.atomic():
        new = [KeptFile(key=key, state=first, **told) for key in sorted({one.key for one in kept})]
        KeptFile.objects.bulk_create(new, ignore_conflicts=True)
        held = {row.key: row for row in locks.rows(KeptFile.objects.all(), [one.key for one in kept])}
        for one in kept:
            row = held[one.key]
            if row.state == FileState.INFECTED:
                if row.due_at is not None or row.looked_at != one.removed:
                    raise InfectedFile(row.found)
                # Scanners err, and learn: what comes again is judged anew.
                _become(row, FileState.CLEAN if first is FileState.CLEAN else FileState.WAITING, at=at)
            elif first is FileState.CLEAN and row.state != FileState.CLEAN:
                _become(row, FileState.CLEAN, at=at)
            elif row.state in (FileState.LOST, FileState.TOO_LARGE):
                _become(row, FileState.WAITING, at=at)


def settle(key: str, found: str | Verdict, *, at: datetime) -> bool:
    """Write down what the scanner answered, under the lock of the row; return whether that was news.

    Once infected, a content stays so until it comes again. Whoever names an infected file hears of it as a job.

    Args:
        found: a verdict, or what was found.
    """
    with transaction.atomic():
        for row in locks.rows(KeptFile.objects.all(), [key]):
            if row.state == FileState.INFECTED or (isinstance(found, Verdict) and row.state == found.value):
                return False
            if not isinstance(found, Verdict):
                _become(row, FileState.INFECTED, at=at, found=found[:200])
                listening.tell(FileWasInfected, {"key": key, "found": row.found})
            elif found is Verdict.CLEAN or row.state not in (FileState.CLEAN, FileState.UNCHECKED):
                _become(row, FileState(found.value), at=at)
            else:
                return False
            return True
    return False


def put_off(key: str, *, at: datetime) -> None:
    """Let an open file that the scanner cannot judge, or that is not there, wait for long."""
    with transaction.atomic():
        for row in locks.rows(KeptFile.objects.filter(due_at__isnull=False), [key]):
            row.due_at = at + LOST_WAIT
            row.save(update_fields=["due_at"])


def taken_up(at: datetime) -> KeptFile | None:
    """Take up what is due first, so that no other worker does: what waits before what is open without a look."""
    waiting = [[FileState.INFECTED]] if settings.ANTIVIRUS is None else [
        [FileState.INFECTED, FileState.WAITING], [FileState.UNCHECKED, FileState.LOST],
    ]  # fmt: skip
    with transaction.atomic():
        for states in waiting:
            due = KeptFile.objects.filter(state__in=states, due_at__lte=at).order_by("due_at", "key")
            if (row := locks.first_free(due)) is not None:
                row.tries += 1
                row.due_at = at + wait_after(row.tries)
                row.save(update_fields=["tries", "due_at"])
                return row
    return None


def removed(key: str) -> None:
    """Note down that the content of an infected file is gone."""
    with transaction.atomic():
        for row in locks.rows(KeptFile.objects.filter(state=FileState.INFECTED), [key]):
            row.due_at = None
            row.save(update_fields=["due_at"])


def adopt(*, at: datetime) -> int:
    """Give a row to every file that something names and nobody knows, and return how many there were.

    A dump that was restored, or rows written by hand: nobody has looked into such a file, so it waits where a scanner
    is named.
    """
    first = FileState.UNCHECKED if settings.ANTIVIRUS is None else FileState.WAITING
    done = 0
    with connection.cursor() as cursor:
        for table, columns in sorted(_NAMING.items()):
            for column in sorted(columns):
                cursor.execute(
                    f"INSERT INTO foundation_keptfile (key, state, found, tries, due_at)"  # noqa: S608 (said in code)
                    f" SELECT DISTINCT {column}, %s, '', 0, %s::timestamptz FROM {table} AS named"
                    f" WHERE {column} <> '' AND NOT EXISTS"
                    f" (SELECT FROM foundation_keptfile AS known WHERE known.key = named.{column})"
                    " ON CONFLICT DO NOTHING",
                    [first, at],
                )
                done += cursor.rowcount
    return done


def _become(row: KeptFile, state: FileState, *, at: datetime, found: str = "") -> None:
    """Write a new state into a row that the caller has locked."""
    judged = state in (FileState.CLEAN, FileState.INFECTED, FileState.TOO_LARGE)
    due = {
        FileState.INFECTED: at, FileState.WAITING: at, FileState.UNCHECKED: at, FileState.LOST: at + LOST_WAIT,
        FileState.CLEAN: None, FileState.TOO_LARGE: None,
    }  # fmt: skip
    if state == FileState.WAITING:
        row.tries = 0
    row.state, row.found, row.looked_at, row.due_at = state, found, at if judged else None, due[state]
    row.save(update_fields=["state", "found", "tries", "looked_at", "due_at"])
