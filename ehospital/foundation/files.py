"""Files of the record: kept once, and opened only when their row says that they may be.

`load` is the one way to a file's content. It opens what the virus scanner found clean, and what came where no scanner
was named; what waits for the scanner, what is infected and what has no row is opened by nobody. The scanner's own view
of a file that waits is `foundation.quarantine`; what a file may become, `foundation.file_states`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import Case, CharField, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce

from ehospital.foundation import contents, file_states, locks, scanning
from ehospital.foundation.contents import DamagedFile, StoreAway, UnknownFile, key_of
from ehospital.foundation.file_states import InfectedFile, Kept, Verdict
from ehospital.foundation.models.files import OPEN_STATES, FileState, KeptFile
from ehospital.foundation.scanning import TooLarge

__all__ = [
    "DamagedFile", "FileWaiting", "InfectedFile", "Kept", "StoreAway", "TooLarge", "UnknownFile", "found_in", "keep",
    "key_of", "load", "look", "name", "state_of", "still_infected", "store", "store_all",
]  # fmt: skip


class FileWaiting(RuntimeError):
    """The virus scanner has not looked into the file yet; it opens by itself when it was found clean."""


def look(content: bytes, *, at: datetime) -> FileState:
    """Show content to the scanner before it is kept, and return with which state it may be stored.

    CLEAN when it was looked at, WAITING while the scanner is away, UNCHECKED where none is named. The same content that
    was kept earlier gets the answer too.

    Raises:
        InfectedFile: something was found; keep it nowhere.
        TooLarge: the scanner takes no file of that size; keep it nowhere.
    """
    if settings.ANTIVIRUS is None:
        return FileState.UNCHECKED
    try:
        found = scanning.scan(content)
    except scanning.ScannerAway:
        return FileState.WAITING
    file_states.settle(key_of(content), found or Verdict.CLEAN, at=at)
    if found is not None:
        raise InfectedFile(found)
    return FileState.CLEAN


def keep(every: Iterable[bytes]) -> list[Kept]:
    """Put contents into the store, in the same order; the same content is kept once. `name` them afterwards.

    Call it before the transaction that writes the rows that name them, or before that one locks anything: the store may
    be another machine's, and slow.

    Raises:
        InfectedFile: one is about to be removed.
        StoreAway: the store does not take them.
    """
    held = list(every)
    removed = file_states.removed_before([key_of(content) for content in held])
    kept = [contents.keep(content) for content in held]
    return [Kept(key, removed.get(key)) for key in kept]


def name(kept: Sequence[Kept], *, at: datetime, state: FileState | None = None) -> list[str]:
    """Hold the rows of what was kept, and return the keys.

    Call it in the transaction that writes the rows that name them: their state cannot change before it ends, so whoever
    hears that one was found infected finds those rows. Call it before that transaction locks anything else.

    Args:
        state: as `look` told. Without, nobody has looked: it waits for the scanner, where one is named.
    Raises:
        InfectedFile: one was judged since it was kept; the transaction must end.
    """
    first = state or (FileState.UNCHECKED if settings.ANTIVIRUS is None else FileState.WAITING)
    file_states.name(kept, at=at, first=first)
    return [one.key for one in kept]


def store(content: bytes, *, at: datetime, state: FileState | None = None) -> str:
    """Keep and name one content, and return its key; where nothing is locked."""
    (key,) = store_all([content], at=at, state=state)
    return key


def store_all(every: Iterable[bytes], *, at: datetime, state: FileState | None = None) -> list[str]:
    """Keep and name contents, and return their keys; where nothing is locked."""
    return name(keep(every), at=at, state=state)


def load(key: str) -> bytes:
    """Return the content of a key that may be opened.

    Raises:
        FileWaiting: the virus scanner has not looked into it yet, or nobody has a row of it.
        TooLarge: the virus scanner takes no file of that size.
        InfectedFile: the virus scanner found something in it.
        UnknownFile: no such file.
        DamagedFile: what is stored has another hash.
        StoreAway: the store is another machine's, and does not answer.
    """
    contents.check(key)
    row = KeptFile.objects.filter(pk=key).first()
    if row is None:
        raise FileWaiting(f"nobody has looked into {key}: the worker takes it up")
    if row.state == FileState.INFECTED:
        raise InfectedFile(row.found)
    if row.state == FileState.TOO_LARGE:
        raise TooLarge(f"the virus scanner takes no file of the size of {key}")
    if row.state == FileState.LOST:
        raise UnknownFile(f"no content lies under the key {key}")
    if row.state not in OPEN_STATES:
        raise FileWaiting(f"the virus scanner has not looked into {key}")
    return contents.read(key)


def still_infected(key: str) -> bool:
    """Return, and hold until the caller's transaction ends, whether a file is infected; call it before other locks."""
    return any(row.state == FileState.INFECTED for row in locks.rows(KeptFile.objects.all(), [key]))


def state_of(field: str) -> Case:
    """Return, for a query, the state of the file that a column names; empty when it names none.

    A file without a row waits: the worker gives it one.
    """
    known = Coalesce(_told("state", field), Value(FileState.WAITING.value), output_field=CharField())
    return Case(When(**{field: ""}, then=Value("")), default=known, output_field=CharField())


def found_in(field: str, *, since: datetime) -> Coalesce:
    """Return, for a query, what was found since then in the file that a column names; empty when nothing was."""
    return Coalesce(_told("found", field, looked_at__gte=since), Value(""), output_field=CharField())


def _told(what: str, field: str, **only: object) -> Subquery:
    return Subquery(KeptFile.objects.filter(pk=OuterRef(field), **only).values(what)[:1])
