"""A made-up patient with something in every list of the record, and an account for the portal."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from ehospital.clinical import actions, details
from ehospital.clinical.details import (
    ActivityDetails,
    Code,
    Moment,
    ObservationDetails,
    ReactionDetails,
    Record,
    Reference,
    loinc,
    quantity,
)
from ehospital.foundation import files
from ehospital.people import actions as people_actions
from ehospital.people.details import AddressDetails, ContactDetails, NameDetails, PatientDetails, TelecomDetails
from tests.factories import people
from tests.factories.people import NOON

LETTER = "Dear Mrs Okafor,\n\nyour blood tests are as we hoped. مع التحية.\n\nTove Berg\n"
PDF = b"%PDF-1.4 made up for a test"
PAGE = b"<html><script>alert(1)</script>nothing runs here</html>"
DAY = timedelta(days=1)


def words(display: str) -> Code:
    """A concept in words alone."""
    return Code("", "", display)


def portal_patient(
    username: str = "amina",
    password: str = "",
    *,
    given: str = "Amina",
    family: str = "Okafor",
    street: str = "4 Harbour Lane",
) -> UUID:
    """Register a patient with demographics and, when a password is given, an account."""
    known = PatientDetails(
        names=(NameDetails(given, family), NameDetails(given, "Eze", use="maiden")),
        sex="female",
        birth_on=people.details().birth_on,
        birth_precision="day",
        telecoms=(TelecomDetails("phone", "555 0100"), TelecomDetails("email", "amina@example.org")),
        addresses=(AddressDetails(lines=street, city="Harrowmere", postal_code="1207"),),
        contacts=(ContactDetails(f"Chidi {family}", "Brother", "555 0101", next_of_kin=True),),
        language="fr",
    )
    key = people_actions.register_patient(known, by=people.machinery(), at=NOON)
    if password:
        people_actions.give_account(
            username=username, password=password, patient_id=key, by=people.machinery(), at=NOON
        )
    return key


def document(name: str, kind: str, content: bytes | None, **more: str) -> details.DocumentDetails:
    """A document of the record, its content stored; None when only the source has it."""
    return details.DocumentDetails(
        code=words(name), written_at=NOON - DAY, content_type=kind, size_bytes=len(content or b""),
        file_key="" if content is None else files.store(content, at=NOON), file_name=more.pop("file_name", ""), **more,
    )  # fmt: skip


def potassium(value: str, days_ago: int, **more: object) -> ObservationDetails:
    """One potassium with its usual range."""
    return ObservationDetails(
        code=loinc("2823-3", "Potassium [Moles/volume] in Serum or Plasma"),
        effective=Moment(NOON - days_ago * DAY),
        value=quantity(value, "mmol/L"),
        reference=Reference(low=Decimal("3.5"), high=Decimal("5.3")),
        **more,  # type: ignore[arg-type]
    )


def _results() -> tuple[ObservationDetails, ...]:
    ferritin = ObservationDetails(
        code=loinc("2276-4", "Ferritin"), effective=Moment(NOON - 3 * DAY), value=quantity("4", "ug/L"),
        interpretation="LL", reference=Reference(low=Decimal(13), high=Decimal(150)),
    )  # fmt: skip
    pressures = (
        ObservationDetails(
            code=loinc("85354-9", "Blood pressure panel"), category="vital-signs", effective=Moment(NOON - days * DAY),
            parts=(
                details.PartDetails(code=loinc("8480-6", "Systolic"), value=quantity(142 - days, "mm[Hg]")),
                details.PartDetails(code=loinc("8462-4", "Diastolic"), value=quantity(88, "mm[Hg]")),
            ),
        )
        for days in (1, 30)
    )  # fmt: skip
    bilirubin = ObservationDetails(
        code=loinc("1975-2", "Bilirubin.total"), effective=Moment(NOON - 12 * DAY),
        value=quantity("0.9618480066544322", "mg/dL"),
    )  # fmt: skip
    smoking = ObservationDetails(
        code=loinc("72166-2", "Tobacco smoking status"), category="social-history", effective=Moment(NOON - 9 * DAY),
        value=details.Value(code=words("Never smoked"), text="Never smoked"),
    )  # fmt: skip
    many = (
        ObservationDetails(
            code=loinc(f"9{place}-1", f"Analyte number {place} [Mass/volume] in Blood"),
            effective=Moment(NOON - (20 + place + 90 * turn) * DAY), value=quantity(place + turn, "mg/L"),
        )
        for place in range(30)
        for turn in range(3)
    )  # fmt: skip
    course = tuple(potassium(f"4.{place % 10}", 10 + 7 * place) for place in range(40))
    return (potassium("5.6", 1), *course, ferritin, bilirubin, *pressures, smoking, *many)


def full_record() -> Record:
    """Lines in every list; more visits than a page holds."""
    visits = tuple(
        details.EncounterDetails(
            code=words("Encounter for check up (procedure)"), started_at=NOON - 30 * place * DAY, place="Clinic 4",
            clinician_text="Dr Priya Iyer",
        )
        for place in range(1, 41)
    )  # fmt: skip
    stay = details.EncounterDetails(
        code=words("Hospital admission"), setting="IMP", status="in-progress", started_at=NOON - 2 * DAY,
        reason=words("Pneumonia"), place="Ward 7",
    )  # fmt: skip
    ahead = details.EncounterDetails(
        code=words("Follow-up visit"), status="planned", started_at=NOON + 14 * DAY, place="Clinic 4"
    )
    return Record(
        encounters=(stay, ahead, *visits),
        problems=(
            details.ProblemDetails(code=words("Diabetes mellitus type 2 (disorder)"), onset=Moment(NOON, "year")),
            details.ProblemDetails(code=words("Viral sinusitis (disorder)"), status="resolved"),
        ),
        allergies=(
            details.AllergyDetails(
                code=words("Penicillin"), criticality="high", reactions=(ReactionDetails(("Hives",), "severe"),)
            ),
        ),
        observations=_results(),
        medicines=(
            details.MedicineDetails(
                code=words("Metformin hydrochloride 500 mg tablets"), dosage_text="1 tablet twice a day with meals",
                started=Moment(NOON - 400 * DAY, "month"),
            ),
            details.MedicineDetails(code=words("Salbutamol 100 micrograms inhaler"), as_needed=True, status="on-hold"),
            details.MedicineDetails(code=words("Amoxicillin"), status="completed"),
        ),
        immunisations=(details.ImmunisationDetails(code=words("Influenza, seasonal"), given=Moment(NOON - 90 * DAY)),),
        procedures=(
            details.ProcedureDetails(code=words("Chest X-ray (procedure)"), performed=Moment(NOON - 5 * DAY)),
        ),
        documents=(
            document("Clinic letter", "text/plain; charset=utf-8", LETTER.encode(), title="Letter after your visit"),
            document("Discharge summary", "application/pdf", PDF, file_name="summary\r\n../x.pdf"),
            document("Old page", "text/html", PAGE),
            document("Report kept elsewhere", "application/pdf", None),
        ),
        care_plans=(
            details.CarePlanDetails(
                code=words("Diabetes self management plan"), started_at=NOON - 100 * DAY,
                activities=(ActivityDetails(words("Diabetic diet")), ActivityDetails(words("Gone"), "cancelled")),
            ),
        ),
    )  # fmt: skip


def fill(patient_id: UUID) -> None:
    """Write the full record into a patient's chart."""
    actions.import_record(patient_id, full_record(), by=people.machinery(), at=NOON)
