"""Opening a chart outside of care, closing it again, and judging afterwards whether that was justified."""

import secrets
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from ehospital.foundation import audit, locks, outbox
from ehospital.people import access, events
from ehospital.people.models import BrokenGlass, Patient, Restriction, StaffAsPatient
from ehospital.people.models.glass import OPEN_FOR, SHORTEST_REASON


class UnusableReason(ValueError):
    """The reason says nothing: it is too short, or of no known kind; nothing was opened."""


class GlassNotNeeded(RuntimeError):
    """The patient is in the actor's care: the chart opens without a reason."""


class AlreadyReviewed(RuntimeError):
    """A colleague has judged it meanwhile; nothing was written. The message says who."""


class OwnRecord(PermissionError):
    """It is the actor's own record: it opens in the portal, never as staff."""


class NoSuchCode(LookupError):
    """No opening waits for a second clinician under that code; the code may be used up or out of date."""


class OwnGlass(PermissionError):
    """Nobody judges what they opened themselves."""


class NoteNeeded(ValueError):
    """A verdict needs a note that says why; nothing was written."""


@transaction.atomic
def break_glass(patient_id: UUID, *, kind: str, reason: str, by: access.Actor, at: datetime) -> UUID:
    """Open the chart of a patient outside the actor's care for 60 minutes; the privacy officers are told.

    While it is open, opening it again changes nothing and returns the same id. A sealed record opens only once a second
    clinician has agreed (`agree_glass`), and for 60 minutes from then on.

    Args:
        kind: one of `BrokenGlass.Kind`.
        reason: at least ten characters, blanks at the ends and between words not counted twice.
    Raises:
        NotPermitted: `by` is no clinician, or there is no such patient.
        UnusableReason: no such kind, or too few words.
        GlassNotNeeded: the chart is open to `by` anyway.
        OwnRecord: the patient is `by` themselves.
    """
    staff_id, by = _clinician(patient_id, by, at)
    said = " ".join(reason.split())
    if kind not in BrokenGlass.Kind.values or len(said) < SHORTEST_REASON:
        raise UnusableReason(f"choose why, and say it in {SHORTEST_REASON} characters or more")
    if StaffAsPatient.objects.filter(staff_id=staff_id, patient_id=patient_id).exists():
        raise OwnRecord(f"{by.name} reads their own record in the portal")
    running = BrokenGlass.objects.filter(staff_id=staff_id, patient_id=patient_id, during__contains=at).first()
    if running is not None:
        return running.id
    if access.may(by, access.Permission.CHART_READ, patient_id=patient_id):
        raise GlassNotNeeded(f"{by.name} cares for the patient")
    during = DateTimeTZRange(at, at + OPEN_FOR)
    kept = Restriction.objects.filter(patient_id=patient_id, during__contains=at, level=Restriction.Level.SEALED)
    sealed = kept.exists()
    made = BrokenGlass.objects.create(
        staff_id=staff_id, patient_id=patient_id, kind=kind, reason=said, opened_at=at, during=during,
        needs_second=sealed, against_refusal=access.refused(by, patient_id),
        code=f"{secrets.randbelow(10**6):06}" if sealed else "",
    )  # fmt: skip
    by.glass.clear()
    against = {"against_refusal": True} if made.against_refusal else {}
    audit.record("glass.broken", by=by, at=at, patient_id=patient_id, subject=f"glass:{made.id}", details=against)
    outbox.publish(events.GlassWasBroken(glass_id=made.id, patient_id=patient_id, staff_id=staff_id, at=at))
    return made.id


@transaction.atomic
def agree_glass(code: str, *, by: access.Actor, at: datetime) -> UUID:
    """Agree, as the second clinician, that a sealed record is opened; its hour begins now.

    Args:
        code: what the screen of the first clinician shows.
    Raises:
        NotPermitted: `by` is no clinician.
        NoSuchCode: nothing waits under that code, or only what `by` wants to open alone.
    """
    access.require(by, access.Permission.GLASS_BREAK)
    waiting = BrokenGlass.objects.filter(code=code, needs_second=True, second=None, during__contains=at)
    found = locks.rows(BrokenGlass.objects.all(), waiting.exclude(staff_id=by.staff_id).values_list("pk", flat=True))
    if code == "" or len(found) != 1 or found[0].second_id is not None:
        raise NoSuchCode("nothing waits under that code; ask for the code that the screen shows now")
    (broken,) = found
    broken.second_id, broken.opened_at, broken.during = by.staff_id, at, DateTimeTZRange(at, at + OPEN_FOR)
    broken.save(update_fields=["second", "opened_at", "during"])
    audit.record("glass.agreed", by=by, at=at, patient_id=broken.patient_id, subject=f"glass:{broken.id}")
    return broken.id


@transaction.atomic
def close_glass(glass_id: UUID, *, by: access.Actor, at: datetime) -> bool:
    """Close a chart before its hour is over, and return whether it was open.

    Raises:
        NotPermitted: `by` did not open it, or there is no such opening.
    """
    broken = _locked(glass_id)
    if broken is None or by.staff_id is None or broken.staff_id != by.staff_id:
        raise access.NotPermitted(f"{by.name} may not {access.Permission.GLASS_BREAK.value}")
    if not _end(broken, at):
        return False
    audit.record("glass.closed", by=by, at=at, patient_id=broken.patient_id, subject=f"glass:{glass_id}")
    by.glass.clear()
    by.hidden.clear()
    by.permitted.clear()
    return True


@transaction.atomic
def review_glass(glass_id: UUID, *, verdict: str, note: str, by: access.Actor, at: datetime) -> None:
    """Judge an opening; one that is not justified and still open ends at once.

    Args:
        verdict: one of `BrokenGlass.Verdict`.
    Raises:
        NotPermitted: `by` is no privacy officer, or there is no such opening.
        OwnGlass: `by` opened it.
        NoteNeeded: no verdict, or no note.
        AlreadyReviewed: a colleague was faster.
    """
    broken = _locked(glass_id)
    access.require(by, access.Permission.GLASS_REVIEW)
    if broken is None:
        raise access.NotPermitted(f"{by.name} may not {access.Permission.GLASS_REVIEW.value}")
    if broken.staff_id == by.staff_id:
        raise OwnGlass(f"{by.name} opened this chart: a colleague reviews it")
    if broken.verdict:
        raise AlreadyReviewed(f"{broken.reviewed_by.name_text if broken.reviewed_by else 'somebody'} has reviewed it")
    if verdict not in BrokenGlass.Verdict.values or not note.strip():
        raise NoteNeeded("choose whether it was justified, and say why")
    if verdict == BrokenGlass.Verdict.NOT_JUSTIFIED:
        _end(broken, at)
    broken.verdict, broken.review_note = verdict, note.strip()
    broken.reviewed_by_id, broken.reviewed_at = by.staff_id, at
    broken.save(update_fields=["verdict", "review_note", "reviewed_by", "reviewed_at"])
    audit.record(
        "glass.reviewed", by=by, at=at, patient_id=broken.patient_id, subject=f"glass:{glass_id}",
        details={"verdict": verdict},
    )  # fmt: skip
    outbox.publish(events.GlassWasReviewed(glass_id=glass_id, patient_id=broken.patient_id, verdict=verdict, at=at))


def _clinician(patient_id: UUID, by: access.Actor, at: datetime) -> tuple[UUID, access.Actor]:
    """Lock the patient, so that openings and restrictions come after each other; return who opens, judged now."""
    known = locks.rows(Patient.objects.all(), [patient_id])
    access.require(by, access.Permission.GLASS_BREAK)
    if by.staff_id is None or not known:
        raise access.NotPermitted(f"{by.name} may not {access.Permission.GLASS_BREAK.value}")
    return by.staff_id, access.later(by, at)


def _locked(glass_id: UUID) -> BrokenGlass | None:
    return next(iter(locks.rows(BrokenGlass.objects.select_related("reviewed_by"), [glass_id])), None)


def _end(broken: BrokenGlass, at: datetime) -> bool:
    if at >= broken.ends_at:
        return False
    broken.during = DateTimeTZRange(broken.opened_at, max(at, broken.opened_at))
    broken.save(update_fields=["during"])
    return True
