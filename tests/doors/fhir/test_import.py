"""From files to charts and back to the account: what arrives, what does not, and that it is told."""

import json
from copy import deepcopy
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ehospital.clinical import models
from ehospital.fhir.references import row_id
from ehospital.foundation import files
from ehospital.people.models import Organisation, Patient, PatientIdentifier, StaffMember
from tests.doors.fhir.conftest import Importing, everything, reasons
from tests.factories import fhir
from tests.factories.fhir import key

pytestmark = pytest.mark.django_db


def line(kind: str, name: str) -> str:
    """The id of the row that a resource of the fixtures becomes."""
    return row_id("test", kind, key(name))


def test_a_bundle_arrives_whole(imported: Importing, tmp_path: Path) -> None:
    report = imported(fhir.write(tmp_path / "ida.json", fhir.whole()))
    assert (report.patients, report.bundles) == (1, 1)
    assert {kind: counts["imported"] for kind, counts in report.counts.items() if kind != "Claim"} == {
        "Patient": 1, "Practitioner": 1, "Organization": 1, "Encounter": 1, "Condition": 1, "AllergyIntolerance": 1,
        "Observation": 2, "DiagnosticReport": 1, "Procedure": 1, "Immunization": 1, "MedicationRequest": 1,
        "CarePlan": 1, "Goal": 1, "DocumentReference": 1, "Flag": 1,
    }  # fmt: skip
    assert reasons(report) == {
        "Claim": ["money is not part of the clinical record; the accounts of another system stay there"]
    }
    patient = Patient.objects.get(pk=line("Patient", "ida"))
    assert (patient.name_text, patient.birth_on, patient.birth_precision) == (
        "SOLBERG, Ida Marie",
        date(1961, 4, 2),
        "day",
    )
    assert {name.family for name in patient.names.all()} == {"Solberg", "Lund"}
    assert (patient.language, patient.marital_status) == ("nb", "Married")
    assert patient.addresses.get().lines == "1 Main Street\nFlat 2"
    assert (patient.contacts.get().name, patient.contacts.get().next_of_kin) == ("Jon Solberg", True)
    assert dict(report.extensions) == {"http://example.org/race": 1}


def test_the_parts_of_a_chart_are_linked(imported: Importing, tmp_path: Path) -> None:
    imported(fhir.write(tmp_path / "ida.json", fhir.whole()))
    visit = models.Encounter.objects.get()
    assert visit.clinician == StaffMember.objects.get(family="House", external=True)
    assert visit.organisation == Organisation.objects.get(name="CLINIC")
    for model in (models.Problem, models.Procedure, models.Immunisation, models.MedicineTaken, models.Document):
        assert model.objects.get().encounter_id == visit.id
    assert models.DiagnosticReport.objects.get().result_ids == [line("Observation", "ida potassium")]
    assert models.Goal.objects.get().care_plan_id == models.CarePlan.objects.get().id
    assert models.Procedure.objects.get().reason == models.CarePlan.objects.get().reason == "Asthma"
    assert models.MedicineTaken.objects.get().recorded_by.family == "House"
    assert files.load(models.Document.objects.get().file_key) == b"Dear colleague"
    parts = models.Observation.objects.exclude(panel=None).order_by("position")
    assert [(part.display, str(part.value), part.ucum) for part in parts] == [
        ("Systolic", "120", "mm[Hg]"),
        ("Diastolic", "80", "mm[Hg]"),
    ]


def test_numbers_dates_and_codes_arrive_exactly(imported: Importing, tmp_path: Path) -> None:
    value = "0.1000000000000000055511151231257827"
    resources = [fhir.patient(), *fhir.chart(), fhir.observation("exact", "ida", value)]
    imported(fhir.write(tmp_path / "ida.json", fhir.bundle(resources)))
    assert str(models.Observation.objects.get(pk=line("Observation", "ida potassium")).value) == "5.40"
    assert str(models.Observation.objects.get(pk=line("Observation", "ida exact")).value) == value
    allergy, problem = models.Allergy.objects.get(), models.Problem.objects.get()
    assert allergy.recorded_at == datetime(2001, 4, 30, 22, 0, tzinfo=UTC)  # the first of May begins in Oslo
    assert (problem.onset_at, problem.onset_precision) == (datetime(1979, 12, 31, 23, 0, tzinfo=UTC), "year")
    potassium = models.Observation.objects.get(pk=line("Observation", "ida potassium"))
    assert potassium.effective_at == datetime(2024, 3, 1, 9, 0, tzinfo=UTC)
    assert (potassium.code_system, potassium.code, potassium.concept) == (
        fhir.LOINC,
        "2823-3",
        "http://loinc.org|2823-3",
    )


def test_a_second_import_changes_nothing(imported: Importing, tmp_path: Path) -> None:
    path = fhir.write(tmp_path / "ida.json", fhir.whole())
    imported(path)
    before = everything()
    report = imported(path)
    assert everything() == before
    assert (report.total("imported"), report.total("updated"), report.total("unchanged")) == (0, 0, 16)


def test_what_the_source_changed_is_updated_and_the_rest_left_alone(imported: Importing, tmp_path: Path) -> None:
    imported(fhir.write(tmp_path / "ida.json", fhir.whole()))
    changed = fhir.whole()
    by_kind = {one["resource"]["resourceType"]: one["resource"] for one in changed["entry"]}
    by_kind["Condition"]["clinicalStatus"] = fhir.coded("x", "resolved", "Resolved")
    by_kind["Patient"]["gender"] = "other"
    by_kind["Practitioner"]["name"][0]["given"] = ["Gregor"]
    by_kind["Condition"]["meta"] = {"versionId": "2"}
    by_kind["Procedure"]["meta"] = {"versionId": "2"}  # nothing that we keep
    report = imported(fhir.write(tmp_path / "ida.json", changed))
    assert {kind for kind, counts in report.counts.items() if counts["updated"]} == {
        "Condition",
        "Patient",
        "Practitioner",
    }
    assert models.Problem.objects.get().status == "resolved"
    assert (Patient.objects.get().sex, Patient.objects.get().version) == ("other", 2)
    assert StaffMember.objects.get().given == "Gregor"


def test_a_bulk_export_divided_by_type_is_the_same_record(imported: Importing, tmp_path: Path) -> None:
    """Files in the worst order: everything before the patient, clinicians last."""
    resources = [*fhir.chart("ida"), fhir.patient("ida"), *fhir.chart("bo"), fhir.patient("bo")]
    resources += [fhir.organisation(), fhir.practitioner()]
    folder = tmp_path / "export"
    folder.mkdir()
    for kind in {one["resourceType"] for one in resources}:
        lines = [relative(one) for one in resources if one["resourceType"] == kind]
        fhir.write_lines(folder / f"{'zz' if kind in ('Patient', 'Practitioner') else kind}.{kind}.ndjson", lines)
    report = imported(folder)
    assert (report.patients, report.total("left_out"), report.total("imported")) == (2, 0, 30)
    assert models.Encounter.objects.exclude(clinician=None).exclude(organisation=None).count() == 2
    assert models.Goal.objects.exclude(care_plan=None).count() == 2
    before = everything()
    assert imported(folder).total("unchanged") == 30
    assert everything() == before


def relative(resource: fhir.Json) -> fhir.Json:
    """The resource with references as servers write them."""
    kinds = {"house": "Practitioner", "clinic": "Organization"}
    for who in ("ida", "bo"):
        kinds |= {one["id"]: one["resourceType"] for one in [fhir.patient(who), *fhir.chart(who)]}
    text = fhir.text(resource)
    for name, kind in kinds.items():
        found = name if "-" in name else key(name)
        text = text.replace(f"urn:uuid:{found}", f"{kind}/{found}")
    return json.loads(text)


def test_references_by_number_find_clinicians_and_organisations(imported: Importing, tmp_path: Path) -> None:
    visit = fhir.chart()[0]
    visit["participant"] = [{"individual": {"reference": f"Practitioner?identifier={fhir.NPI}|77-house"}}]
    visit["serviceProvider"] = {
        "identifier": {"system": "urn:test:organisations", "value": "O-clinic"},
        "type": "Organization",
    }
    fhir.write(tmp_path / "a.json", fhir.bundle([fhir.patient(), visit]))
    fhir.write(tmp_path / "b.json", fhir.bundle([fhir.organisation(), fhir.practitioner()]))
    imported(tmp_path)
    found = models.Encounter.objects.get()
    assert (found.clinician.family, found.organisation.name) == ("House", "CLINIC")
    before = everything()
    imported(tmp_path)
    assert everything() == before


def test_a_patient_is_found_by_a_number_that_only_they_have(imported: Importing, tmp_path: Path) -> None:
    imported(fhir.write(tmp_path / "ida.json", fhir.whole()))
    late = fhir.observation("late", "ida") | {"subject": {"reference": "Patient?identifier=urn:test:number|N-ida"}}
    nobody = fhir.observation("lost", "ida") | {"subject": {"reference": "Patient?identifier=urn:test:number|N-none"}}
    report = imported(fhir.write_lines(tmp_path / "late.ndjson", [late, nobody]))
    assert models.Observation.objects.get(pk=line("Observation", "ida late")).patient_id == line("Patient", "ida")
    assert reasons(report) == {"Observation": ["names a patient who is neither in the input nor in the record"]}


def test_contained_resources_give_their_names(imported: Importing, tmp_path: Path) -> None:
    contained = [
        {"resourceType": "Practitioner", "id": "p", "name": [{"family": "Cox", "given": ["Perry"]}]},
        {"resourceType": "Medication", "id": "m", "code": fhir.coded(fhir.RXNORM, "1191", "Aspirin")},
    ]
    medicine = fhir.about("MedicationRequest", "aspirin", "ida", status="active", intent="order", contained=contained)
    medicine |= {"medicationReference": {"reference": "#m"}, "requester": {"reference": "#p"}}
    imported(fhir.write(tmp_path / "ida.json", fhir.bundle([fhir.patient(), medicine])))
    found = models.MedicineTaken.objects.get()
    assert (found.display, found.code, found.recorded_by_text) == ("Aspirin", "1191", "Perry Cox")


def test_a_medication_of_another_file_names_what_is_taken(imported: Importing, tmp_path: Path) -> None:
    medicine = fhir.about("MedicationStatement", "aspirin", "ida", status="active")
    medicine |= {
        "medicationReference": {"reference": "Medication/m1"},
        "subject": {"reference": f"Patient/{key('ida')}"},
    }
    fhir.write(tmp_path / "a.json", fhir.bundle([fhir.patient(), medicine]))
    medication = {"resourceType": "Medication", "id": "m1", "code": fhir.coded(fhir.RXNORM, "1191", "Aspirin")}
    fhir.write_lines(tmp_path / "b.ndjson", [medication])
    report = imported(tmp_path)
    assert models.MedicineTaken.objects.get().display == "Aspirin"
    assert reasons(report) == {"Medication": ["kept as the name of what the patient takes, not by itself"]}


@pytest.mark.parametrize(
    ("change", "kept", "told"),
    [
        (
            lambda chart: chart[3].update(encounter={"reference": "Encounter/none"}),
            lambda: models.Observation.objects.get(pk=line("Observation", "ida potassium")).encounter_id is None,
            ("Observation", "the Encounter that it refers to is neither in the input nor in the record"),
        ),
        (
            lambda chart: chart[0].update(
                participant=[{"individual": {"reference": "Practitioner/9", "display": "Dr. No"}}]
            ),
            lambda: models.Encounter.objects.get().clinician_text == "Dr. No",
            ("Encounter", "the clinician that it refers to is neither in the input nor in the record"),
        ),
        (
            lambda chart: chart[5].update(result=[fhir.urn("nothing"), fhir.urn("ida potassium")]),
            lambda: models.DiagnosticReport.objects.get().result_ids == [line("Observation", "ida potassium")],
            ("DiagnosticReport", "the Observation that it refers to is neither in the input nor in the record"),
        ),
    ],
)
def test_what_leads_nowhere_is_stored_without_the_link_and_told(
    imported: Importing, tmp_path, change, kept, told
) -> None:
    chart = fhir.chart()
    change(chart)
    resources = [fhir.patient(), fhir.practitioner(), fhir.organisation(), *chart]
    path = fhir.write(tmp_path / "ida.json", fhir.bundle(resources))
    report = imported(path)
    assert kept()
    notes = [(kind, reason) for kind, reason in report.in_part if "stored without the link" in reason]
    assert len(notes) == 1
    assert (notes[0][0], notes[0][1].startswith(told[1])) == (told[0], True)
    before = everything()
    assert imported(path).total("updated") == 0
    assert everything() == before


def test_a_link_to_something_left_out_is_not_kept(imported: Importing, tmp_path: Path) -> None:
    chart = fhir.chart()
    chart[0]["status"] = "nonsense"
    report = imported(fhir.write(tmp_path / "ida.json", fhir.bundle([fhir.patient(), fhir.practitioner(), *chart])))
    assert reasons(report) == {"Encounter": ["Encounter.status is “nonsense”, which is none of its codes"]}
    assert models.Problem.objects.get().encounter_id is None
    assert any("the Encounter that it refers to was left out" in reason for _, reason in report.in_part)


def test_the_first_of_two_with_one_id_stands_in_every_run(imported: Importing, tmp_path: Path) -> None:
    first, second = fhir.whole(), fhir.whole()
    second["entry"][4]["resource"]["code"] = fhir.coded(fhir.SNOMED, "1", "Something else")
    second["entry"].append({"resource": fhir.observation("more", "ida")})
    third = deepcopy(second)
    fhir.write(tmp_path / "a.json", first)
    fhir.write(tmp_path / "b.json", second)
    fhir.write(tmp_path / "c.json", third)
    report = imported(tmp_path)
    assert models.Problem.objects.get().display == "Asthma"
    assert models.Observation.objects.filter(pk=line("Observation", "ida more")).exists()
    assert report.counts["Observation"] == {"read": 8, "imported": 3, "left_out": 5}
    assert "the same id came before in this input; the first stands" in reasons(report)["Observation"]
    before = everything()
    assert imported(tmp_path).total("updated") == 0
    assert everything() == before


def test_a_clinician_of_two_minds_stays_as_first_told(imported: Importing, tmp_path: Path) -> None:
    other = fhir.practitioner() | {"name": [{"family": "Wilson"}]}
    fhir.write_lines(tmp_path / "a.ndjson", [fhir.practitioner(), other, fhir.practitioner()])
    for _ in range(2):
        report = imported(tmp_path)
        assert StaffMember.objects.get().family == "House"
        assert (report.counts["Practitioner"]["left_out"], report.counts["Practitioner"]["updated"]) == (1, 0)


def test_a_number_of_another_patient_is_told_and_not_kept(imported: Importing, tmp_path: Path) -> None:
    shared = fhir.patient("bo")
    shared["identifier"][1]["value"] = "L-ida"
    fhir.write(tmp_path / "a.json", fhir.bundle([fhir.patient("ida")]))
    fhir.write(tmp_path / "b.json", fhir.bundle([shared]))
    for _ in range(2):
        report = imported(tmp_path)
        (told,) = report.in_part
        assert told == (
            "Patient",
            "a number issued by urn:test:licence belongs to another patient already; perhaps a duplicate",
        )
    assert PatientIdentifier.objects.get(value="L-ida").patient_id == line("Patient", "ida")


def test_an_id_of_one_patient_never_moves_to_another(imported: Importing, tmp_path: Path) -> None:
    imported(fhir.write(tmp_path / "ida.json", fhir.whole("ida")))
    stolen = fhir.chart("ida")
    for one in stolen:
        one["patient" if "patient" in one else "subject"] = fhir.urn("bo")
    before = everything()
    report = imported(fhir.write(tmp_path / "bo.json", fhir.bundle([fhir.patient("bo"), *stolen])))
    assert report.counts["Patient"]["imported"] == 1
    assert report.total("left_out") == 13
    assert {reason for found in reasons(report).values() for reason in found} == {
        "the id belongs to another patient's record already"
    }
    after = everything()
    for table in ("Encounter", "Observation", "Problem", "Document", "AllergyReaction", "CareActivity"):
        assert after[table] == before[table]


def test_two_systems_with_the_same_ids_do_not_meet(imported: Importing, tmp_path: Path) -> None:
    one = {"resourceType": "Patient", "id": "1", "name": [{"family": "Berg"}], "birthDate": "1950-01-01"}
    other = {"resourceType": "Patient", "id": "1", "name": [{"family": "Chen"}], "birthDate": "1988-02-02"}
    imported(fhir.write(tmp_path / "one.json", one), source="north")
    report = imported(fhir.write(tmp_path / "other.json", other), source="north")
    assert "the same id stands for another person here already" in reasons(report)["Patient"][0]
    imported(tmp_path / "other.json", source="south")
    assert set(Patient.objects.values_list("name_text", flat=True)) == {"BERG", "CHEN"}
    married = one | {"name": [{"family": "Dahl"}]}
    assert imported(fhir.write(tmp_path / "one.json", married), source="north").counts["Patient"]["updated"] == 1


def test_a_bundle_of_several_patients_is_divided(imported: Importing, tmp_path: Path) -> None:
    both = [
        fhir.patient("ida"),
        *fhir.chart("ida"),
        fhir.practitioner(),
        fhir.organisation(),
        fhir.patient("bo"),
        *fhir.chart("bo"),
    ]
    report = imported(fhir.write(tmp_path / "both.json", fhir.bundle(both)))
    assert (report.patients, report.total("left_out")) == (2, 0)
    assert not report.in_part or {reason for _, reason in report.in_part} <= {
        "Encounter.class: “AMB” is kept as another setting"
    }


def test_a_transaction_without_ids_is_known_by_its_urls(imported: Importing, tmp_path: Path) -> None:
    found = fhir.whole()
    for one in found["entry"]:
        del one["resource"]["id"]
    path = fhir.write(tmp_path / "ida.json", found)
    assert imported(path).total("left_out") == 1  # the claim
    assert models.DiagnosticReport.objects.get().result_ids == [line("Observation", "ida potassium")]
    before = everything()
    imported(path)
    assert everything() == before


def test_urls_that_differ_from_ids_are_followed(imported: Importing, tmp_path: Path) -> None:
    found = json.loads(fhir.text(fhir.whole()))
    for place, one in enumerate(found["entry"]):
        one["resource"]["id"] = f"n{place}"
    path = fhir.write(tmp_path / "ida.json", found)
    report = imported(path)
    assert report.in_part == {}
    visit = models.Encounter.objects.get()
    assert (visit.clinician.family, visit.organisation.name) == ("House", "CLINIC")
    assert models.Observation.objects.filter(encounter=visit).count() == 4


def test_the_report_lists_every_single_one(imported: Importing, tmp_path: Path) -> None:
    found = fhir.whole()
    found["entry"] += [{"resource": fhir.about("Claim", f"claim {place}", "ida")} for place in range(30)]
    report = imported(fhir.write(tmp_path / "ida.json", found))
    report.write(tmp_path / "report.json")
    told = json.loads((tmp_path / "report.json").read_text())
    listed = [one for one in told["every_one"] if one["what"] == "left_out"]
    assert len(listed) == 31
    assert {one["id"] for one in listed} >= {key(f"ida claim {place}") for place in range(30)}
    assert listed[0]["where"] == "ida.json#17"
    (why,) = told["left_out"]
    assert (why["type"], why["count"], len(why["examples"])) == ("Claim", 31, 5)
    for counts in told["resources"].values():
        assert counts["read"] == counts["imported"] + counts["updated"] + counts["unchanged"] + counts["left_out"]
    assert told["totals"]["read"] == 47
