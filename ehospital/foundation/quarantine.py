"""Files that wait for the virus scanner, shown to it by a worker until it has answered.

The row of the file is the queue: there is no job that could be lost. A worker takes up what is due by moving its next
turn into the future, so a worker that dies meanwhile costs that wait, and a scanner that is away nothing else. Whoever
has an answer writes it under the lock of the row, where it counts once.
"""

import logging
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction

from ehospital.foundation import contents, listening, locks, scanning
from ehospital.foundation.events import FileWasInfected
from ehospital.foundation.models.files import FileState, KeptFile

log = logging.getLogger(__name__)
FIRST_WAIT: Final = timedelta(minutes=1)
"""Longer than a look into the largest file takes: until then nobody else takes it up."""
LONGEST_WAIT: Final = timedelta(minutes=5)


def wait_after(tries: int) -> timedelta:
    """Return when a file is taken up again after so many tries, from 1: 1, 2, 4, then 5 minutes."""
    return min(FIRST_WAIT * 2 ** min(tries - 1, 10), LONGEST_WAIT)


def next_turn(*, at: datetime) -> bool:
    """Show the file that is due first to the scanner, or remove one that is infected.

    Returns:
        Whether it is worth going on: not when nothing is due, nor while the scanner or the store is away.
    """
    row = _taken_up(at)
    if row is None:
        return False
    try:
        if row.state == FileState.INFECTED:
            _remove(row.key)
        else:
            settle(row.key, scanning.scan(contents.read(row.key)), at=at)
    except (scanning.ScannerAway, contents.StoreAway) as why:
        log.warning("the file %s waits: %s", row.key, why)
        return False
    except (contents.UnknownFile, contents.DamagedFile) as why:
        log.error("the file %s cannot be shown to the scanner: %s; restore it from a backup", row.key, why)
    return True


def settle(key: str, found: str | None, *, at: datetime) -> bool:
    """Write down what the scanner answered; return whether that was news.

    Once infected, a content stays so until it comes again. Whoever names an infected file hears of it as a job.
    """
    with transaction.atomic():
        for row in locks.rows(KeptFile.objects.all(), [key]):
            if row.state == FileState.INFECTED or (found is None and row.state == FileState.CLEAN):
                return False
            if found is None:
                mark_clean(row, at=at)
            else:
                row.state, row.found, row.looked_at, row.due_at = FileState.INFECTED, found[:200], at, at
                row.save(update_fields=["state", "found", "looked_at", "due_at"])
                listening.tell(FileWasInfected, {"key": key, "found": row.found})
            return True
    return False


def mark_clean(row: KeptFile, *, at: datetime) -> None:
    """Open a file whose row the caller has locked."""
    row.state, row.looked_at, row.due_at = FileState.CLEAN, at, None
    row.save(update_fields=["state", "looked_at", "due_at"])


def reopen(row: KeptFile, *, clean: bool, at: datetime) -> None:
    """Let an infected content that came again be judged anew; the caller has locked its row and put it there."""
    row.found, row.tries = "", 0
    row.state = FileState.CLEAN if clean else FileState.WAITING
    row.looked_at, row.due_at = (at, None) if clean else (None, at)
    row.save(update_fields=["found", "tries", "state", "looked_at", "due_at"])


def _taken_up(at: datetime) -> KeptFile | None:
    """Take up what is due first, so that no other worker does: what waits before what is open without a look."""
    waiting = [[FileState.INFECTED]] if settings.ANTIVIRUS is None else [
        [FileState.INFECTED, FileState.WAITING], [FileState.UNCHECKED],
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


def _remove(key: str) -> None:
    """Remove an infected content, under the lock: it may have come again, and wait for another look."""
    with transaction.atomic():
        for row in locks.rows(KeptFile.objects.filter(state=FileState.INFECTED), [key]):
            contents.remove(key)
            row.due_at = None
            row.save(update_fields=["due_at"])
