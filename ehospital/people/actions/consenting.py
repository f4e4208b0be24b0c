"""Writing down what a patient allows and refuses, and taking it back; what was said stays on record."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from ehospital.foundation import audit, locks
from ehospital.people import access
from ehospital.people.models import (
    CareRelationship,
    ClientApplication,
    Consent,
    Patient,
    Sensitivity,
    StaffMember,
    Unit,
)

Scope, Decision = Consent.Scope, Consent.Decision
_ABOUT = ("unit_id", "staff_id", "client_id", "category", "scope")


class UnusableConsent(ValueError):
    """What was said cannot be kept so; the message says what is missing, and nothing was written."""


class OneselfConcerned(PermissionError):
    """The word is about whoever would write it down or take it back: a colleague must; nothing was written."""


@dataclass(frozen=True)
class Word:
    """What a patient said: words of `Consent`, about one unit, person or system, or about all of the scope."""

    scope: str
    decision: str
    unit_id: UUID | None = None
    staff_id: UUID | None = None
    client_id: UUID | None = None
    category: str = ""
    way: str = Consent.Way.PORTAL
    giver: str = Consent.Giver.PATIENT
    giver_name: str = ""
    document: str = ""
    witness_id: UUID | None = None
    note: str = ""
    until: datetime | None = None


@transaction.atomic
def record_consent(patient_id: UUID, word: Word, *, by: access.Actor, at: datetime) -> UUID:
    """Write down what a patient allows or refuses from now on, and return its id.

    What stood about the same (the same unit, person or system, and the same category) ends: the last word counts.

    Raises:
        NotPermitted: `by` neither records consents of this patient nor is the patient, or there is no such patient.
        OneselfConcerned: the word permits `by` themselves something, or `by` would be its own witness.
        UnusableConsent: something is missing or does not fit; the message says what.
    """
    _required(patient_id, by)
    _check(word, by=by, at=at)
    _stays_possible(patient_id, word, at)
    same = {name: getattr(word, name) for name in _ABOUT}
    standing = Consent.objects.filter(patient_id=patient_id, during__contains=at, **same)
    for old in locks.rows(Consent.objects.all(), standing.values_list("pk", flat=True)):
        _end(old, by=by, at=at)
    made = Consent.objects.create(
        patient_id=patient_id, **same, decision=word.decision, way=word.way, giver=word.giver,
        giver_name=word.giver_name.strip(), document=word.document.strip(), witness_id=word.witness_id,
        note=word.note.strip(), during=DateTimeTZRange(at, word.until), recorded_at=at, recorded_by=by.name[:200],
    )  # fmt: skip
    _noted("consent.recorded", made, by=by, at=at)
    return made.id


@transaction.atomic
def withdraw_consent(consent_id: UUID, *, by: access.Actor, at: datetime) -> bool:
    """Take a word back from now on, and return whether it stood: the patient may, and whoever records consents.

    Raises:
        NotPermitted: neither, or there is no such word.
        OneselfConcerned: it refuses `by` themselves.
    """
    patient_id = Consent.objects.filter(pk=consent_id).values_list("patient_id", flat=True).first()
    if patient_id is None:
        raise access.NotPermitted(f"{by.name} may not {access.Permission.CONSENT_RECORD.value}")
    _required(patient_id, by)
    (held,) = locks.rows(Consent.objects.all(), [consent_id])
    if by.staff_id is not None and held.staff_id == by.staff_id:
        raise OneselfConcerned(f"it is about {by.name}: a colleague takes it back")
    if at not in held.during:
        return False
    _end(held, by=by, at=at)
    _noted("consent.withdrawn", held, by=by, at=at)
    return True


def _required(patient_id: UUID, by: access.Actor) -> None:
    """Lock the patient, so that words and broken glass come after each other; require one of the permissions."""
    locks.rows(Patient.objects.all(), [patient_id])
    asked = access.Permission.OWN_CONSENT if by.kind == "patient" else access.Permission.CONSENT_RECORD
    access.require(by, asked, patient_id=patient_id)


def _check(word: Word, *, by: access.Actor, at: datetime) -> None:
    """Say in words what the database would refuse."""
    told = word.scope in Scope.values and word.decision in Decision.values
    if not told or (word.category and word.category not in Sensitivity.values):
        raise UnusableConsent("choose what it is about, and whether it allows or refuses")
    about = [one for one in (word.unit_id, word.staff_id, word.client_id) if one is not None]
    if word.scope == Scope.TREATMENT and (len(about) != 1 or word.client_id):
        raise UnusableConsent("choose one unit or one person of the hospital")
    if word.scope != Scope.TREATMENT and about and (word.scope != Scope.SHARING or word.client_id is None):
        raise UnusableConsent("this is about nobody in particular: leave unit and person empty")
    named = ((Unit, word.unit_id), (StaffMember, word.staff_id), (ClientApplication, word.client_id))
    if not all(key is None or model._default_manager.filter(pk=key).exists() for model, key in named):
        raise UnusableConsent("choose one of those that are offered")
    if word.scope == Scope.RESEARCH and word.category:
        raise UnusableConsent("a word on research is about the whole record")
    if word.decision == Decision.PERMIT and not word.category and word.scope in (Scope.TREATMENT, Scope.PROXIES):
        raise UnusableConsent("care needs no permission: choose the category that they may see")
    if word.until is not None and word.until <= at:
        raise UnusableConsent("the end is past")
    if by.kind != "patient" and word.decision == Decision.PERMIT and by.staff_id == word.staff_id and word.staff_id:
        raise OneselfConcerned("a colleague must write down what is allowed to you")
    _check_giving(word, by)


def _check_giving(word: Word, by: access.Actor) -> None:
    if (by.kind == "patient") != (word.way == Consent.Way.PORTAL) or word.way not in Consent.Way.values:
        raise UnusableConsent("say how it was given")
    if word.way == Consent.Way.VERBAL and word.witness_id is None:
        raise UnusableConsent("name who heard it: a spoken word needs a witness")
    if word.way == Consent.Way.VERBAL and word.witness_id == by.staff_id:
        raise OneselfConcerned("somebody else must have heard it: you write it down")
    if word.way == Consent.Way.WRITTEN and len(word.document.strip()) < 3:
        raise UnusableConsent("say where the signed form is")
    if word.giver not in Consent.Giver.values or (
        word.giver != Consent.Giver.PATIENT and len(word.giver_name.strip()) < 2
    ):
        raise UnusableConsent("name who gave it")


def _stays_possible(patient_id: UUID, word: Word, at: datetime) -> None:
    """Refuse to shut out the ward where the patient lies: its nurses answer the alarms."""
    if word.decision == Decision.DENY and word.unit_id and not word.category:
        ward = CareRelationship.objects.filter(patient_id=patient_id, unit_id=word.unit_id, during__contains=at)
        if ward.filter(kind=CareRelationship.Kind.WARD).exists():
            raise UnusableConsent("the patient lies on this ward, whose nurses answer the alarms: move them first")


def _end(held: Consent, *, by: access.Actor, at: datetime) -> None:
    held.during = DateTimeTZRange(held.during.lower, max(at, held.during.lower))
    held.withdrawn_at, held.withdrawn_by = at, by.name[:200]
    held.save(update_fields=["during", "withdrawn_at", "withdrawn_by"])


def _noted(what: str, word: Consent, *, by: access.Actor, at: datetime) -> None:
    said = {"scope": word.scope, "decision": word.decision}
    audit.record(what, by=by, at=at, patient_id=word.patient_id, subject=f"consent:{word.id}", details=said)
