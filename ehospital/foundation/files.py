"""Files of the record: kept once, and opened only when their row says that they may be.

`load` is the one way to a file's content. It opens what the virus scanner found clean, and what came where no scanner
was named; what waits for the scanner, what is infected and what has no row is opened by nobody. The scanner's own view
of a file that waits is `foundation.quarantine`.
"""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from ehospital.foundation import contents, locks, quarantine, scanning
from ehospital.foundation.contents import DamagedFile, StoreAway, UnknownFile, key_of
from ehospital.foundation.models.files import OPEN_STATES, FileState, KeptFile

__all__ = [
    "DamagedFile", "FileWaiting", "InfectedFile", "StoreAway", "UnknownFile", "found_in", "key_of",
    "load", "look", "state_of", "still_infected", "store", "store_all",
]  # fmt: skip


class FileWaiting(RuntimeError):
    """The virus scanner has not looked into the file yet; it opens by itself when it was found clean."""


class InfectedFile(RuntimeError):
    """The virus scanner found `name` in the file: it is kept nowhere, and opened by nobody."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the scanner found {name}")
        self.name = name


def look(content: bytes, *, at: datetime) -> FileState:
    """Show content to the scanner before it is kept, and return with which state it may be stored.

    CLEAN when it was looked at, WAITING while the scanner is away, UNCHECKED where none is named. The same content that
    was kept earlier gets the answer too.

    Raises:
        InfectedFile: something was found; keep it nowhere.
    """
    if settings.ANTIVIRUS is None:
        return FileState.UNCHECKED
    try:
        found = scanning.scan(content)
    except scanning.ScannerAway:
        return FileState.WAITING
    quarantine.settle(key_of(content), found, at=at)
    if found is not None:
        raise InfectedFile(found)
    return FileState.CLEAN


def store(content: bytes, *, at: datetime, state: FileState | None = None) -> str:
    """Keep one content and return its key; as `store_all`."""
    (key,) = store_all([content], at=at, state=state)
    return key


def store_all(kept: Iterable[bytes], *, at: datetime, state: FileState | None = None) -> list[str]:
    """Keep contents and return their keys, in the same order; the same content is kept once.

    Call it in the transaction that writes the rows that name them: their state cannot change before it ends, so whoever
    hears that one was found infected finds those rows. Call it before that transaction locks anything else.

    Args:
        state: as `look` told. Without, nobody has looked: it waits for the scanner, where one is named.
    Raises:
        StoreAway: the store is another machine's, and does not take them; no row was written.
    """
    every = list(kept)
    keys = [contents.keep(content) for content in every]
    first = state or (FileState.UNCHECKED if settings.ANTIVIRUS is None else FileState.WAITING)
    told = {"looked_at": at, "due_at": None} if first is FileState.CLEAN else {"looked_at": None, "due_at": at}
    with transaction.atomic():
        new = [KeptFile(key=key, state=first, **told) for key in sorted(set(keys))]
        KeptFile.objects.bulk_create(new, ignore_conflicts=True)
        held = {row.key: row for row in locks.rows(KeptFile.objects.all(), keys)}
        for key, content in zip(keys, every, strict=True):
            _again(held[key], content, first, at)
    return keys


def load(key: str) -> bytes:
    """Return the content of a key that may be opened.

    Raises:
        FileWaiting: the virus scanner has not looked into it yet.
        InfectedFile: the virus scanner found something in it.
        UnknownFile: no such file.
        DamagedFile: what is stored has another hash.
        StoreAway: the store is another machine's, and does not answer.
    """
    row = KeptFile.objects.filter(pk=key).first()
    if row is None:
        raise UnknownFile(f"no file has the key {key[:80]!r}")
    if row.state == FileState.INFECTED:
        raise InfectedFile(row.found)
    if row.state not in OPEN_STATES:
        raise FileWaiting(f"the virus scanner has not looked into {key}")
    return contents.read(key)


def still_infected(key: str) -> bool:
    """Return, and hold until the caller's transaction ends, whether a file is infected; call it before other locks."""
    return any(row.state == FileState.INFECTED for row in locks.rows(KeptFile.objects.all(), [key]))


def state_of(field: str) -> Coalesce:
    """Return, for a query, the state of the file that a column names; empty when it names none."""
    return _told("state", field)


def found_in(field: str, *, since: datetime) -> Coalesce:
    """Return, for a query, what was found since then in the file that a column names; empty when nothing was."""
    return _told("found", field, looked_at__gte=since)


def _told(what: str, field: str, **only: object) -> Coalesce:
    told = KeptFile.objects.filter(pk=OuterRef(field), **only).values(what)[:1]
    return Coalesce(Subquery(told), Value(""), output_field=CharField())


def _again(row: KeptFile, content: bytes, state: FileState, at: datetime) -> None:
    """Have a content that came before follow what is known of it now."""
    if row.state == FileState.INFECTED:
        # Removed, or about to be: it is put there again under the lock, and judged anew. Scanners err, and learn.
        contents.keep(content)
        quarantine.reopen(row, clean=state is FileState.CLEAN, at=at)
    elif state is FileState.CLEAN and row.state != FileState.CLEAN:
        quarantine.mark_clean(row, at=at)
