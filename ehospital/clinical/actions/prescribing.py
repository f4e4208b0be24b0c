"""Prescriptions: looked at for recorded allergies, signed, and from then on what the patient takes."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ehospital.algorithms import allergy_match
from ehospital.clinical.actions import writing
from ehospital.clinical.actions.medicines import NotTaken
from ehospital.clinical.details import MedicineDetails, Moment, PrescriptionDetails
from ehospital.clinical.models import MedicineTaken, Prescription
from ehospital.clinical.policies import prescriptions as policy
from ehospital.clinical.queries import allergy_states
from ehospital.foundation import audit
from ehospital.kernel.codes import Code
from ehospital.people import access

LONGEST_DAYS = 366


class DoseMissing(ValueError):
    """A prescription without medicine or dose says nothing that could be given; nothing was written."""

    def __init__(self, medicine: str) -> None:
        super().__init__(f"{medicine or 'a medicine'}: no dose")
        self.medicine = medicine


class AllergySpeaksAgainst(ValueError):
    """A recorded allergy speaks against the medicine, and no reason was given; nothing was written."""

    def __init__(self, medicine: str, allergies: tuple[str, ...]) -> None:
        super().__init__(f"{medicine}: {', '.join(allergies)}")
        self.medicine, self.allergies = medicine, allergies


@transaction.atomic
def prescribe(
    patient_id: UUID, order: PrescriptionDetails, *, encounter_id: UUID, by: access.Actor, at: datetime
) -> UUID:
    """Sign a prescription and return its id; from now on the patient takes the medicine as it says.

    What it replaces (a repeat, another dose) ends now, and stands again when this one was entered in error.

    Raises:
        NotPermitted: `by` may not prescribe for this patient, or is no member of staff.
        UnknownEntry: there is no such medicine to replace in this chart.
        NotTaken: what it should replace was stopped meanwhile.
        DoseMissing, AllergySpeaksAgainst, ForeignEncounter: nothing is written.
    """
    writing.lock_chart(patient_id)
    access.require(by, access.Permission.PRESCRIBE, patient_id=patient_id)
    if by.staff_id is None:
        raise access.NotPermitted(f"{by.name} signs no prescriptions")
    prior = _prior(patient_id, order.replaces_id, at=at)
    code, others = _concept(order, prior)
    if not code.display.strip() or not order.dose.strip():
        raise DoseMissing(code.display)
    active = allergy_states.read(patient_id).active
    speaking = tuple(one.allergy for one in policy.speaking_against(code, others, active))
    if speaking and not order.despite.strip():
        raise AllergySpeaksAgainst(code.display, tuple(one.display for one in speaking))
    line = MedicineDetails(
        code=code,
        other_codes=others,
        intent="order",
        dosage_text=policy.dosage_words(order),
        dosage=policy.dosage(order),
        reason=order.reason,
        started=Moment(prior.started_at, prior.started_precision) if prior and prior.started_at else Moment(at),
        encounter_id=encounter_id,
    )
    permission = access.Permission.PRESCRIBE
    writing.write_line("medicines", patient_id, line, what="medicine.prescribed", permission=permission, by=by, at=at)
    if prior is not None:
        _close(prior, at=at)
    signed = Prescription(
        patient_id=patient_id, encounter_id=encounter_id, medicine_id=line.id, replaces=prior,
        code_system=code.system, code=code.code, display=code.display,
        other_codes=[[one.system, one.code, one.display] for one in others],
        dose=order.dose.strip(), route=order.route, frequency=order.frequency, days=order.days, supply=order.supply,
        reason=order.reason, allergies_found=[one.display for one in speaking],
        despite_reason=order.despite.strip() if speaking else "", check_version=allergy_match.VERSION,
        prescriber_id=by.staff_id, prescriber_name=by.name[:200], signed_at=at,
    )  # fmt: skip
    signed.save()
    writing.noted(signed, "prescription.signed", by=by, at=at, details={"despite_allergy": bool(speaking)})
    return signed.pk


def give_back(medicine: MedicineTaken, *, by: access.Actor, at: datetime) -> dict[str, str]:
    """Let stand again what a mistaken prescription replaced, in the transaction that marks it.

    Return what the status of that line was, for whoever takes the mark back.
    """
    signed = Prescription.objects.filter(medicine=medicine).select_related("replaces").first()
    prior = signed.replaces if signed else None
    if prior is None or prior.status != MedicineTaken.Status.COMPLETED:
        return {}
    prior.status, prior.ended_at = MedicineTaken.Status.ACTIVE, None
    prior.save(update_fields=["status", "ended_at"])
    subject = f"medicinetaken:{prior.pk}"
    audit.record("medicine.stands_again", by=by, at=at, patient_id=prior.patient_id, subject=subject)
    return {str(prior.pk): MedicineTaken.Status.COMPLETED.value}


def take_over_again(medicine: MedicineTaken, before: dict[str, str]) -> dict[str, str]:
    """End again what a prescription replaced, as its mark is taken back; return the statuses that are to be restored.

    What was stopped by somebody since stays stopped, with their reason.
    """
    signed = Prescription.objects.filter(medicine=medicine).select_related("replaces").first()
    prior = signed.replaces if signed else None
    if signed is None or prior is None or str(prior.pk) not in before:
        return before
    if prior.status != MedicineTaken.Status.ACTIVE:
        return {key: value for key, value in before.items() if key != str(prior.pk)}
    _close(prior, at=signed.signed_at)
    return before


def _prior(patient_id: UUID, key: UUID | None, *, at: datetime) -> MedicineTaken | None:
    if key is None:
        return None
    found = MedicineTaken.objects.filter(pk=key, patient_id=patient_id).first()
    if found is None:
        raise writing.UnknownEntry(f"no medicine {key}")
    if found.status not in policy.TAKEN or (found.ended_at is not None and found.ended_at <= at):
        raise NotTaken(f"the medicine is {found.get_status_display()}")
    return found


def _concept(order: PrescriptionDetails, prior: MedicineTaken | None) -> tuple[Code, tuple[Code, ...]]:
    if prior is None:
        return order.code, order.other_codes
    return Code(prior.code_system, prior.code, prior.display), tuple(Code(*one) for one in prior.other_codes)


def _close(prior: MedicineTaken, *, at: datetime) -> None:
    prior.status = MedicineTaken.Status.COMPLETED
    prior.ended_at = max(at, prior.started_at) if prior.started_at else at
    prior.save(update_fields=["status", "ended_at"])
