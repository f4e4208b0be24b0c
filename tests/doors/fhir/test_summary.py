"""The International Patient Summary keeps the rules of its guide, and never leaves open what is not known."""

import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from ehospital.clinical import actions as clinical
from ehospital.clinical.details import (
    ActivityDetails,
    CarePlanDetails,
    Code,
    FlagDetails,
    GoalDetails,
    ImmunisationDetails,
    MedicineDetails,
    Moment,
    NoKnownAllergiesDetails,
    ObservationDetails,
    PregnancyDetails,
    ProcedureDetails,
    Record,
    Value,
    loinc,
)
from ehospital.clinical.models import Observation
from ehospital.fhir.exporting import summary
from ehospital.foundation.models import AuditEvent
from ehospital.people import access
from ehospital.people import actions as people_actions
from ehospital.people.access import NotPermitted, Role
from tests.factories import ips, people, portal, r4
from tests.factories.clinical import allergy, carer, potassium, pressure, problem
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script> & ]]> \u0007 \x0b"


def words(text: str) -> Code:
    return Code("", "", text)


def document(key: UUID, **more: Any) -> ips.Json:
    viewer = more.pop("viewer", None) or people.machinery()
    found: ips.Json = json.loads(summary.file(key, viewer=viewer, at=NOON, **more))
    assert ips.problems(found) == []
    resources = [one["resource"] for one in found["entry"] if one["resource"]["resourceType"] in r4.ELEMENTS]
    assert [wrong for one in resources for wrong in r4.resource(one)] == []
    return found


def full(key: UUID) -> None:
    """Something in every section."""
    plan = CarePlanDetails(code=words("Asthma care"), started_at=NOON, activities=(ActivityDetails(words("Inhale")),))
    record = Record(
        problems=(problem("Asthma"), problem(HOSTILE)),
        allergies=(allergy("Penicillin", criticality="high"),),
        medicines=(
            MedicineDetails(code=words("Ramipril"), dosage_text="one a day", started=Moment(NOON)),
            MedicineDetails(code=words("Aspirin"), kind="statement", status="unknown"),
        ),
        immunisations=(ImmunisationDetails(code=words("Flu"), given=Moment(NOON, "year")),),
        procedures=(ProcedureDetails(code=words("Appendectomy")),),
        observations=(
            potassium("6.9", NOON, interpretation="HH"), potassium("4.1", NOON - timedelta(days=9)),
            pressure(120, 80, NOON),
            ObservationDetails(
                code=loinc("72166-2", "Smoking"), category="social-history", effective=Moment(NOON),
                value=Value(text="Never"),
            ),
            ObservationDetails(
                code=loinc("82810-3", "Pregnancy status"), category="exam", effective=Moment(NOON),
                value=Value(text="Not pregnant"),
            ),
        ),
        care_plans=(plan,),
        goals=(GoalDetails(code=words("No attacks"), care_plan_id=plan.id),),
        flags=(
            FlagDetails(kind="falls", started_at=NOON), FlagDetails(kind="dnacpr", started_at=NOON, words="told"),
        ),
    )  # fmt: skip
    clinical.import_record(key, record, by=people.machinery(), at=NOON)


def test_a_full_record_is_a_summary_with_every_section() -> None:
    key = portal.portal_patient()
    full(key)
    found = document(key)
    assert set(ips.sections(found)) == set(ips.ENTRIES)
    results = ips.held(found, ips.RESULTS)
    assert [one["valueQuantity"]["value"] for one in results] == [6.9]  # the latest of each test
    assert {one["resourceType"] for one in ips.held(found, ips.MEDICINES)} == {
        "MedicationRequest", "MedicationStatement",
    }  # fmt: skip
    (directive,) = ips.held(found, "42348-3")
    assert directive["code"]["coding"][0]["code"] == "dnacpr"


def test_pregnancies_are_told_with_the_day_of_delivery_of_the_one_that_runs() -> None:
    key = people.patient()
    running = PregnancyDetails(outcome="ongoing", last_period_on=date(2026, 1, 5))
    ended = PregnancyDetails(outcome="live-birth", ended=Moment(NOON - timedelta(days=900), "year"))
    clinical.import_record(key, Record(pregnancies=(running, ended)), by=people.machinery(), at=NOON)
    found = document(key)
    first, second = ips.held(found, "10162-6")
    assert [one["code"] for one in first["code"]["coding"]] == ["82810-3", "pregnancy"]
    assert [one["code"] for one in first["valueCodeableConcept"]["coding"]] == ["77386006", "ongoing"]
    due = {one["fullUrl"]: one["resource"] for one in found["entry"]}[first["hasMember"][0]["reference"]]
    assert (due["code"]["coding"][0]["code"], due["valueDateTime"]) == ("11779-6", "2026-10-12")
    assert [one["code"] for one in second["code"]["coding"]] == ["pregnancy"] and "hasMember" not in second


def test_a_confidential_part_is_left_out_of_its_panel() -> None:
    key, clinic = people.patient(), people_actions.add_unit(name="Clinic", by=people.machinery(), at=NOON)
    people_actions.begin_care(
        patient_id=key, unit_id=clinic, kind="clinic", source="c", by=people.machinery(), at=NOON
    )  # fmt: skip
    clinical.import_record(key, Record(observations=(pressure(120, 80, NOON),)), by=people.machinery(), at=NOON)
    part = Observation.objects.get(display="Systolic")
    clinical.confide("observations", part.pk, category="violence", by=carer(key).actor, at=NOON)
    (shown,) = ips.held(document(key, viewer=people.staff(Role.DOCTOR, unit_id=clinic).actor), "8716-3")
    assert [one["code"]["text"] for one in shown["component"]] == ["Diastolic"]


def test_what_is_not_known_is_said_in_a_code() -> None:
    found = document(people.patient(born=None))
    told = {
        code: [one for resource in ips.held(found, code) for one in codes(resource)]
        for code in ips.REQUIRED | ips.RECOMMENDED - {ips.RESULTS, ips.DEVICES}
    }
    assert told == {
        ips.ALLERGIES: ["no-allergy-info"],
        ips.PROBLEMS: ["no-problem-info"],
        ips.MEDICINES: ["no-medication-info"],
        ips.IMMUNISATIONS: ["no-immunization-info"],
        ips.PROCEDURES: ["no-procedure-info"],
    }
    assert ips.sections(found)[ips.RESULTS]["emptyReason"]["coding"][0]["code"] == "unavailable"
    (patient,) = (one["resource"] for one in found["entry"] if one["resource"]["resourceType"] == "Patient")
    assert "birthDate" not in patient and "_birthDate" in patient


def codes(resource: ips.Json) -> list[str]:
    return [one["code"] for name in ("code", "vaccineCode", "medicationCodeableConcept")
            for one in resource.get(name, {}).get("coding", [])]  # fmt: skip


@pytest.mark.parametrize(
    ("scope", "code"),
    [
        ("all", "no-known-allergies"), ("medication", "no-known-medication-allergies"),
        ("food", "no-known-food-allergies"), ("environment", "no-known-environmental-allergies"),
        ("latex", "716184000"),
    ],
)  # fmt: skip
def test_that_none_is_known_is_another_statement_than_nothing_written(scope: str, code: str) -> None:
    key = people.patient()
    statement = NoKnownAllergiesDetails(scope=scope)
    clinical.import_record(key, Record(no_known_allergies=(statement,)), by=people.machinery(), at=NOON)
    found = document(key)
    assert [one for resource in ips.held(found, ips.ALLERGIES) for one in codes(resource)] == [code]
    said = "Nobody has written down whether there are allergies" in ips.sections(found)[ips.ALLERGIES]["text"]["div"]
    assert said is (scope != "all")


def test_script_in_a_name_or_a_problem_is_text() -> None:
    key = people.patient("<b>Amina", "O'Kafor & <script>")
    full(key)
    found = document(key)
    told = ips.sections(found)[ips.PROBLEMS]["text"]["div"]
    assert "<script" not in told and "&lt;script&gt;alert(1)&lt;/script&gt; &amp; ]]&gt;" in told


def test_it_is_on_record_and_only_for_whom_it_may_concern() -> None:
    key = people.patient()
    doctor, stranger, pharmacist = carer(key), people.staff(Role.DOCTOR), carer(key, Role.PHARMACIST)
    for viewer, asked in ((stranger.actor, key), (pharmacist.actor, key), (doctor.actor, uuid4())):
        with pytest.raises(NotPermitted):
            summary.file(asked, viewer=viewer, at=NOON)
    assert not AuditEvent.objects.filter(action="chart.exported").exists()
    document(key, viewer=doctor.actor, reason="elsewhere")
    told = AuditEvent.objects.get(action="chart.exported")
    assert (told.patient_id, told.actor_id) == (key, str(doctor.id))
    assert told.details == {"form": "ips", "reason": "elsewhere"}


def test_patients_take_along_what_the_portal_shows_them() -> None:
    key = people.patient()
    full(key)
    found = document(key, viewer=access.of_patient(key, name="Amina", at=NOON))
    assert not {"104605-1", "42348-3"} & set(ips.sections(found))
    assert "Falls" not in json.dumps(found)


def test_the_rules_are_held_against_something() -> None:
    found = document(people.patient())
    assert ips.problems({**found, "type": "collection"}) == ["is no document"]
    without = {**found, "entry": [one for one in found["entry"] if one["resource"]["resourceType"] != "Condition"]}
    assert any("leads nowhere" in one for one in ips.problems(without))
    composition = found["entry"][0]["resource"]
    composition["section"] = composition["section"][1:]
    assert "section 11450-4 is missing" in ips.problems(found)
