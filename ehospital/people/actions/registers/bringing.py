"""What a person does with a register: bring it, say what its columns are, have it checked, taken in, and undone."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from ehospital.foundation import audit, files, jobs, locks
from ehospital.foundation.models.files import FileState
from ehospital.foundation.scanning import ScannerAway
from ehospital.foundation.sheets import kinds
from ehospital.people import access
from ehospital.people.access import Permission
from ehospital.people.models import RegisterImport, RegisterRow
from ehospital.people.policies import register_settings
from ehospital.people.policies.register_settings import RegisterSettings
from ehospital.people.queries.register_questions import birth_question

SILENT: Final = timedelta(minutes=1)
JOB: Final = "ehospital.people.tasks.work_on_register"
State = RegisterImport.State


class RegisterMoved(RuntimeError):
    """The register stands elsewhere than it was seen; nothing was written."""


class Unsaid(ValueError):
    """Something has to be said first; `what` are codes of `register_settings.troubles`."""

    def __init__(self, what: Collection[str]) -> None:
        super().__init__(", ".join(what))
        self.what = tuple(what)


def bring_register(content: bytes, *, file_name: str, by: access.Actor, at: datetime) -> UUID:
    """Keep a file and have it read; return the id of the import.

    What the virus scanner cannot look into now is not taken: whoever brings it still has it.

    Raises:
        NotPermitted: `by` may not import records.
        UnusableSheet: it is none that holds a table; nothing is kept.
        InfectedFile, TooLarge, ScannerAway, StoreAway: nothing is kept.
    """
    access.require(by, Permission.RECORD_IMPORT)
    kinds.kind_of(content)
    state = files.look(content, at=at)
    if state is FileState.WAITING:
        raise ScannerAway("the file was not looked into")
    with transaction.atomic():
        register = RegisterImport.objects.create(
            file_name=file_name[-200:],
            file_key=files.store(content, at=at, state=state),
            file_bytes=len(content),
            begun_by_id=by.staff_id,
            begun_by_name=by.name[:200],
            begun_at=at,
            worked_at=at,
        )
        audit.record(
            "register.brought", by=by, at=at, subject=f"register:{register.pk}", details={"bytes": len(content)}
        )
        work_soon(register.pk)
    return register.pk


@transaction.atomic
def describe_register(
    register_id: UUID, settings: RegisterSettings, *, seen_version: int, by: access.Actor, at: datetime
) -> None:
    """Keep what somebody says of the columns; another sheet, encoding or separator has the file read anew.

    Raises:
        NotPermitted: `by` may not import records, or there is no such register.
        RegisterMoved: somebody else described it since, or it is beyond this step; nothing is written.
    """
    register = _seen(register_id, seen_version, (State.READ, State.JUDGED), by=by)
    before = RegisterSettings.from_json(register.settings)
    anew = any(getattr(before, name) != getattr(settings, name) for name in ("sheet", "encoding", "separator"))
    register.settings = settings.as_json()
    _moved(register, State.READING if anew else State.READ, at)
    if anew:
        work_soon(register.pk)


@transaction.atomic
def check_register(register_id: UUID, *, seen_version: int, by: access.Actor, at: datetime) -> None:
    """Have every row understood and compared with the record: the dry run. Nothing of it is written to any patient.

    Raises:
        NotPermitted, RegisterMoved: as for describing.
        Unsaid: the settings leave something open.
    """
    register = _seen(register_id, seen_version, (State.READ,), by=by)
    settings = RegisterSettings.from_json(register.settings)
    asked = birth_question(register, settings)
    if missing := register_settings.troubles(settings, asks_order=asked.needs_order, has_serials=bool(asked.serials)):
        raise Unsaid(missing)
    register.rows.update(
        verdict="", decision="", details={}, problems=[], print="", probability=0, reasons=[], like=None, like_row=None
    )
    register.counts = {}
    _moved(register, State.JUDGING, at)
    work_soon(register.pk)


@transaction.atomic
def describe_again(register_id: UUID, *, seen_version: int, by: access.Actor, at: datetime) -> None:
    """Go back from the check to the columns; what was said of them stands.

    Raises:
        NotPermitted, RegisterMoved: as for describing.
    """
    _moved(_seen(register_id, seen_version, (State.JUDGED,), by=by), State.READ, at)


@transaction.atomic
def decide_row(register_id: UUID, number: int, decision: str, *, by: access.Actor, at: datetime) -> None:
    """Decide about one row instead of the check: the same person, another one, or leave it out; "" as checked.

    Raises:
        NotPermitted: `by` may not import records, or there is no such register.
        RegisterMoved: rows are no longer to be decided, there is no such row, or nobody to be the same as.
    """
    register = _held(register_id, by=by)
    row = register.rows.filter(number=number).first()
    if register.state != State.JUDGED or row is None or not row.details:
        raise RegisterMoved("this row is not to be decided now")
    wanted = RegisterRow.Decision(decision)
    if wanted == RegisterRow.Decision.SAME and row.like is None and row.like_row is None:
        raise RegisterMoved("there is nobody whom it is like")
    row.decision = wanted
    row.save(update_fields=["decision"])
    audit.record(
        "register.row_decided", by=by, at=at, patient_id=row.like, subject=f"register:{register.pk}",
        details={"row": number, "decision": decision},
    )  # fmt: skip


@transaction.atomic
def take_register(register_id: UUID, *, seen_version: int, by: access.Actor, at: datetime) -> None:
    """Have the checked rows written.

    Raises:
        NotPermitted, RegisterMoved: as for describing.
    """
    register = _seen(register_id, seen_version, (State.JUDGED,), by=by)
    _moved(register, State.IMPORTING, at)
    audit.record("register.begun", by=by, at=at, subject=f"register:{register.pk}", details=register.counts)
    work_soon(register.pk)


@transaction.atomic
def undo_register(register_id: UUID, *, seen_version: int, by: access.Actor, at: datetime) -> None:
    """Have everything taken back that the import wrote; what was used since stays, and is listed.

    Raises:
        NotPermitted, RegisterMoved: as for describing.
    """
    register = _seen(register_id, seen_version, (State.IMPORTING, State.IMPORTED), by=by)
    register.imported_at = register.imported_at or at
    register.ended_by_name = by.name[:200]
    _moved(register, State.UNDOING, at)
    audit.record("register.undo_begun", by=by, at=at, subject=f"register:{register.pk}")
    work_soon(register.pk)


@transaction.atomic
def discard_register(register_id: UUID, *, seen_version: int, by: access.Actor, at: datetime) -> None:
    """Forget a register of which nothing was written, with all its rows.

    Raises:
        NotPermitted, RegisterMoved: as for describing.
    """
    standing = (State.READING, State.READ, State.JUDGING, State.JUDGED, State.REFUSED)
    register = _seen(register_id, seen_version, standing, by=by)
    register.rows.all().delete()
    register.ended_by_name, register.ended_at = by.name[:200], at
    register.rows_total, register.shape, register.settings, register.counts = 0, {}, {}, {}
    _moved(register, State.DISCARDED, at)
    audit.record("register.discarded", by=by, at=at, subject=f"register:{register.pk}")


def work_soon(register_id: UUID) -> None:
    """Have the worker go on with a register when the caller's transaction commits."""
    jobs.defer(JOB, {"register_id": str(register_id)})


def resume(*, at: datetime) -> int:
    """Have the worker go on with registers whose work shows no sign of life; return how many."""
    silent = RegisterImport.objects.filter(state__in=RegisterImport.WORKING, worked_at__lt=at - SILENT)
    with transaction.atomic():
        keys = list(silent.order_by("pk").values_list("pk", flat=True))
        for key in keys:
            work_soon(key)
    return len(keys)


def _held(register_id: UUID, *, by: access.Actor) -> RegisterImport:
    access.require(by, Permission.RECORD_IMPORT)
    held = locks.rows(RegisterImport.objects.all(), [register_id])
    if not held:
        raise access.NotPermitted(f"{by.name} may not {Permission.RECORD_IMPORT.value}")
    return held[0]


def _seen(register_id: UUID, version: int, standing: Collection[str], *, by: access.Actor) -> RegisterImport:
    register = _held(register_id, by=by)
    if register.version != version or register.state not in standing:
        raise RegisterMoved(f"version {version} was seen, but it is at {register.version}, {register.state}, by now")
    return register


def _moved(register: RegisterImport, state: str, at: datetime) -> None:
    register.state, register.rows_done, register.worked_at = state, 0, at
    register.version += 1
    register.save()
