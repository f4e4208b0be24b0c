"""A patient who was corrected at the desk and then comes again from the source: the desk's word stands."""

from pathlib import Path
from uuid import UUID

from ehospital.foundation.models import AuditEvent
from ehospital.people import actions
from ehospital.people.details import ContactDetails, IdentifierDetails, NameDetails, PatientDetails
from ehospital.people.models import Patient, PatientContact, PatientIdentifier, PatientName, PatientTelecom
from tests.doors.fhir.conftest import NOW, Importing, everything
from tests.factories import fhir
from tests.factories.people import machinery

NOTE = "kept in part: the hospital's own correction stands"
PHONE = [{"system": "phone", "value": "555 0199"}]


def corrected_at_the_desk() -> UUID:
    """Add next of kin, a number, needs and a married name, as the desk's form does."""
    patient = Patient.objects.get()
    known = PatientDetails(
        names=(NameDetails("Ida", "Desk-Lind"),),
        sex=patient.sex,
        birth_on=patient.birth_on,
        birth_precision=patient.birth_precision,
        identifiers=(IdentifierDetails("urn:test:desk", "77", "NI"),),
        contacts=(ContactDetails("Kin", "sister", "555 0100", next_of_kin=True),),
        interpreter_needed=True,
        communication_needs="reads lips",
    )
    actions.revise_patient(patient.id, known, seen_version=patient.version, by=machinery(NOW), at=NOW)
    return patient.id


def test_what_the_desk_added_stands_and_what_is_new_is_added(imported: Importing, tmp_path: Path, db: None) -> None:
    imported(fhir.write(tmp_path / "ida.json", fhir.whole()))
    key = corrected_at_the_desk()
    changed = fhir.write(tmp_path / "ida.json", fhir.whole(telecom=PHONE))
    report = imported(changed)

    found = Patient.objects.get(pk=key)
    assert (found.interpreter_needed, found.communication_needs) == (True, "reads lips")
    assert PatientName.objects.get(patient_id=key).family == "Desk-Lind"
    assert PatientContact.objects.filter(patient_id=key, name="Kin").count() == 1
    assert PatientIdentifier.objects.filter(patient_id=key, system="urn:test:desk").exists()
    assert PatientTelecom.objects.filter(patient_id=key, value="555 0199").count() == 1
    assert ("Patient", NOTE) in report.in_part
    event = AuditEvent.objects.filter(action="patient.updated", patient_id=key).order_by("-id")[0]
    assert event.details == {"kept": "the hospital's own corrections"}

    before = everything()
    imported(changed)
    assert everything() == before
    imported(fhir.write(tmp_path / "ida.json", fhir.whole(telecom=PHONE, gender="other")))
    assert PatientTelecom.objects.filter(patient_id=key, value="555 0199").count() == 1
    assert PatientContact.objects.filter(patient_id=key, name="Kin").count() == 1


def test_without_a_correction_the_source_replaces_what_it_said(imported: Importing, tmp_path: Path, db: None) -> None:
    imported(fhir.write(tmp_path / "ida.json", fhir.whole(telecom=PHONE)))
    for number in ("555 0200", "555 0300"):
        phone = [PHONE[0] | {"value": number}]
        report = imported(fhir.write(tmp_path / "ida.json", fhir.whole(telecom=phone)))
        assert [one.value for one in PatientTelecom.objects.all()] == [number]
        assert ("Patient", NOTE) not in report.in_part
