"""Allergies, and the statement that none is known: never both at once."""

from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from ehospital.clinical.actions import revising, rows, writing
from ehospital.clinical.details import AllergyDetails, NoKnownAllergiesDetails
from ehospital.clinical.models import Allergy, NoKnownAllergies
from ehospital.clinical.models.problems import Verification
from ehospital.people import access


class AllergyOnRecord(ValueError):
    """That allergy is on record already; nothing was written. Change that line instead."""


_UNTRUE = (Verification.REFUTED, Verification.ENTERED_IN_ERROR)


class AllergiesOnRecord(ValueError):
    """The chart has an allergy of that kind; look at it before you state that none is known."""


@transaction.atomic
def record_allergy(patient_id: UUID, details: AllergyDetails, *, by: access.Actor, at: datetime) -> UUID:
    """Write an allergy and return its id; a statement that nothing of its kind is known ends now.

    Raises:
        NotPermitted: `by` may not write into this chart.
        InTheFuture, ForeignEncounter, AllergyOnRecord: nothing is written.
    """
    _check_times(details, at)
    writing.lock_chart(patient_id)
    access.require(by, access.Permission.CHART_WRITE, patient_id=patient_id)
    _refuse_twice(patient_id, details)
    key = writing.write_line("allergies", patient_id, details, what="allergy.recorded", by=by, at=at)
    rows.write_reactions([details], [], patient_id=patient_id)
    end_disproved(Allergy.objects.get(pk=key), by=by, at=at)
    return key


@transaction.atomic
def revise_allergy(
    allergy_id: UUID, details: AllergyDetails, *, seen_version: int, by: access.Actor, at: datetime
) -> None:
    """Change an allergy and its reactions; what the hospital has changed here, a later import leaves alone.

    Args:
        details: all of it; who wrote it down when stays as it was.
        seen_version: the version that `by` read; of an older one nothing is overwritten.
    Raises:
        UnknownEntry: no such allergy that `by` may write to, or it was entered in error.
        EntryChanged: somebody has changed it since; nothing is written.
        InTheFuture, ForeignEncounter, AllergyOnRecord: nothing is written.
    """
    _check_times(details, at)
    allergy = revising.opened(Allergy, allergy_id, seen_version=seen_version, by=by)
    _refuse_twice(allergy.patient_id, details, but=allergy_id)
    kept = revising.write("allergies", allergy, details, what="allergy.revised", by=by, at=at)
    rows.write_reactions([kept], [allergy_id], patient_id=allergy.patient_id)
    end_disproved(Allergy.objects.get(pk=allergy_id), by=by, at=at)


def _check_times(details: AllergyDetails, at: datetime) -> None:
    for moment, words in ((details.onset, "the onset"), (details.last_reaction, "the last reaction")):
        writing.not_after(moment.at if moment else None, at, words)


def _refuse_twice(patient_id: UUID, details: AllergyDetails, *, but: UUID | None = None) -> None:
    if details.status != Allergy.Status.ACTIVE or details.verification in _UNTRUE:
        return
    same = Allergy.objects.filter(
        patient_id=patient_id, status=Allergy.Status.ACTIVE, display__iexact=details.code.display
    )
    if same.exclude(verification__in=_UNTRUE).exclude(pk__in=[but] if but else []).exists():
        raise AllergyOnRecord(f"{details.code.display} is on record")


def end_disproved(allergy: Allergy, *, by: access.Actor, at: datetime) -> None:
    """End the statements that nothing of its kind is known, if the allergy is true."""
    if allergy.status != Allergy.Status.ACTIVE or allergy.verification in _UNTRUE:
        return
    disproved = ["all", *allergy.categories] if allergy.categories else NoKnownAllergies.Scope.values
    standing = NoKnownAllergies.objects.filter(
        patient_id=allergy.patient_id, ended_at=None, entered_in_error=False, scope__in=disproved
    )
    for statement in standing.order_by("pk"):
        statement.ended_at = max(at, statement.recorded_at)
        statement.save(update_fields=["ended_at"])
        writing.noted(statement, "no_known_allergies.ended", by=by, at=at)


def refuse_contradiction(patient_id: UUID, scope: str) -> None:
    """Return when nothing on record contradicts that none of this scope is known.

    Raises:
        AllergiesOnRecord: an allergy does.
    """
    active = Allergy.objects.filter(patient_id=patient_id, status=Allergy.Status.ACTIVE)
    active = active.exclude(verification__in=_UNTRUE)
    if scope in Allergy.Category.values:
        active = active.filter(categories__contains=[scope]) | active.filter(categories=[])
    if scope != NoKnownAllergies.Scope.LATEX and (found := active.order_by("display").first()):
        raise AllergiesOnRecord(f"{found.display} is on record")


@transaction.atomic
def state_no_known_allergies(patient_id: UUID, *, scope: str = "all", by: access.Actor, at: datetime) -> UUID:
    """State that somebody asked and no allergy of that scope is known; stated twice, it is one statement.

    Args:
        scope: a word of `NoKnownAllergies.Scope`.
    Raises:
        NotPermitted: `by` may not write into this chart.
        AllergiesOnRecord: there is one; nothing is written.
    """
    writing.lock_chart(patient_id)
    access.require(by, access.Permission.CHART_WRITE, patient_id=patient_id)
    standing = NoKnownAllergies.objects.filter(
        patient_id=patient_id, scope=scope, ended_at=None, entered_in_error=False
    ).first()
    if standing:
        return standing.id
    refuse_contradiction(patient_id, scope)
    details = NoKnownAllergiesDetails(id=uuid5(patient_id, f"nothing known {scope} {at.isoformat()}"), scope=scope)
    what = "no_known_allergies.recorded"
    return writing.write_line("no_known_allergies", patient_id, details, what=what, by=by, at=at)
