"""A chart that was written here, by hand, in every kind: out as FHIR, into an empty house, and out again."""

import json
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from ehospital.clinical import actions, models
from ehospital.clinical.details import Code, FamilyHistoryDetails, Moment, PregnancyDetails
from ehospital.clinical.order_details import ResultDetails
from ehospital.clinical.plan_details import Doer, Task
from ehospital.fhir.exporting import folders
from ehospital.fhir.importing.report import Report
from ehospital.foundation import files
from ehospital.kernel.timing import WEEK, Timing
from ehospital.people import access
from ehospital.people import actions as people_actions
from ehospital.people.actions import Word
from ehospital.people.models import Patient
from tests.doors.fhir.conftest import NOW, Importing
from tests.factories import clinical as charts
from tests.factories import forms, orders, people, plans, r4, visits
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=400)
Json = dict[str, Any]
NOT_TAKEN = {"ServiceRequest": 2, "Consent": 2, "RelatedPerson": 1, "Questionnaire": 1}


@pytest.fixture(autouse=True)
def oslo(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Oslo"


def written() -> UUID:
    """A chart in which a doctor wrote a line of every kind that the pages offer."""
    key = people.patient()
    doctor = charts.carer(key).actor
    _histories(key, doctor)
    _ordered(key, doctor)
    form = forms.filled(key, forms.falls("balance"), by=doctor)
    forms.amended(form, forms.falls("balance", "vision"), by=doctor)
    charts.note(key, "Well today.", by=doctor)
    actions.record_allergy(key, charts.allergy("Nuts", criticality="high"), by=doctor, at=NOON)
    actions.raise_flag(key, "isolation", words="Norovirus", by=doctor, at=NOON)
    plans.running(key, by=doctor, details=_plan(plans.hypertension(key, by=doctor), doctor))
    begun = visits.begin(key, doctor, at=NOON)
    first = actions.prescribe(key, visits.order(), encounter_id=begun, by=doctor, at=NOON)
    taken = models.Prescription.objects.get(pk=first).medicine_id
    again = visits.order(dose="2 tablets", replaces_id=taken, days=30, supply="60 tablets")
    actions.prescribe(key, again, encounter_id=begun, by=doctor, at=NOON)
    _wishes(key)
    return key


def _histories(key: UUID, doctor: access.Actor) -> None:
    by: Any = {"by": doctor, "at": NOON}
    heart = Code("http://snomed.info/sct", "22298006", "Heart attack")
    told = {"onset_age": 61, "deceased": "yes", "death_age": 70, "died_of_it": True, "note": "Smoked."}
    wrong = FamilyHistoryDetails(code=Code("", "", "Not theirs"), relation="SIS")
    for one in (
        FamilyHistoryDetails(code=heart, relation="FTH", **told),
        FamilyHistoryDetails(code=Code("", "", "Asthma"), relation="COUSN", deceased="no"),
        wrong,
    ):
        actions.record_history("family_history", key, one, **by)
    actions.enter_in_error("family_history", wrong.id, reason="Another patient's.", **by)
    born = PregnancyDetails(
        outcome="live-birth", ended=Moment(NOON - timedelta(days=2000), "month"), weeks=39, children=2,
        delivery="caesarean", note="Twins.",
    )  # fmt: skip
    running = PregnancyDetails(outcome="ongoing", last_period_on=(NOON - timedelta(days=70)).date())
    for one in (born, running):
        actions.record_history("pregnancies", key, one, **by)


def _ordered(key: UUID, doctor: access.Actor) -> None:
    order = orders.one(key, by=doctor, reason="Palpitations", note="Fasting.")
    first = orders.answered(order.pk, potassium="4.4")
    amended = ResultDetails(measured=orders.numbers(potassium="4.5").measured, amend_reason="Typing.")
    actions.enter_result(order.pk, amended, seen=first, by=orders.technician(), at=NOON)
    cancelled = orders.one(key, "sodium", by=doctor)
    actions.cancel_order(cancelled.pk, reason="Not needed.", seen_version=cancelled.version, by=doctor, at=NOON)


def _plan(problem: UUID, doctor: access.Actor) -> Any:
    staff = Task("Call", doer=Doer("staff", staff_id=doctor.staff_id), timing=Timing(), ends_on=plans.TODAY)
    relative = Task("Cook", doer=Doer("carer"), timing=Timing(1, 1, WEEK, ("mon", "fri")), starts_on=plans.TODAY)
    return plans.small(problem_ids=(problem,), tasks=(plans.WALK, plans.TURN, staff, relative))


def _wishes(key: UUID) -> None:
    myself = access.of_patient(key, name="Amina", at=NOON)
    for word in (Word("research", "permit"), Word("sharing", "deny", category="hiv")):
        people_actions.record_consent(key, word, by=myself, at=NOON)
    people_actions.give_account(username="carer", password="x", by=people.machinery(), at=NOON)
    said = {"relation": "carer", "extent": "read", "evidence": "their word"}
    people_actions.give_proxy(key, username="carer", **said, by=people.machinery(), at=NOON)


def exported(key: UUID, path: Path) -> Json:
    folders.write_bundle(key, path, by=access.system("fhir export", at=LATER), at=LATER)
    found: Json = json.loads(path.read_text())
    assert r4.problems(found) == []
    return found


@pytest.fixture
def moved(imported: Importing, tmp_path: Path) -> tuple[Json, Json, Report]:
    """What left the first house, what left the second one, and the account of the second one's import."""
    with transaction.atomic():
        before = exported(written(), tmp_path / "before.json")
        transaction.set_rollback(True)
    assert not Patient.objects.exists()
    report = imported(tmp_path / "before.json", at=LATER)
    return before, exported(Patient.objects.get().pk, tmp_path / "after.json"), report


def of(bundle: Json, *kinds: str) -> list[Json]:
    return [one["resource"] for one in bundle["entry"] if one["resource"]["resourceType"] in kinds]


def told(bundle: Json, kind: str) -> Counter[str]:
    """What the resources of a type say, but for ids, and with what references lead to in words."""
    named = {one["fullUrl"]: _named(one["resource"]) for one in bundle["entry"]}
    without = {"id", "issued_by"} | ({"basedOn"} if kind == "DiagnosticReport" else set())
    found = [{name: value for name, value in one.items() if name not in without} for one in of(bundle, kind)]
    return Counter(json.dumps(_said(one, named), sort_keys=True) for one in found)


def _named(one: Json) -> str:
    words = one.get("code", one.get("description", {}))
    return f"{one['resourceType']} {words.get('text', '') if isinstance(words, dict) else words}"


def _said(value: Any, named: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_said(one, named) for one in value]
    if not isinstance(value, dict):
        return value
    found = {name: _said(one, named) for name, one in value.items() if name not in ("identifier",)}
    return found | ({"reference": named[value["reference"]]} if "reference" in value else {})


KINDS = (
    "Encounter", "Condition", "AllergyIntolerance", "CarePlan", "Goal", "Observation", "DiagnosticReport",
    "MedicationRequest", "Flag", "FamilyMemberHistory",
)  # fmt: skip


def test_what_was_written_here_leaves_comes_back_and_leaves_again_the_same(moved) -> None:
    before, after, _ = moved
    for kind in KINDS:
        first, second = told(before, kind), told(after, kind)
        if kind == "MedicationRequest":  # the prescription itself stays with whoever signed it
            assert sum(first.values()) == sum(second.values()) == 2
            continue
        if kind == "Flag":  # our own kinds are raised by our own people
            assert [one["code"]["text"] for one in (*of(before, kind), *of(after, kind))] == [
                "Isolation: Norovirus", "Isolation: Norovirus",
            ]  # fmt: skip
            continue
        assert (first - second, second - first) == (Counter(), Counter()), kind
    assert [kind for kind in KINDS if not of(before, kind)] == []
    assert "Not theirs" not in json.dumps(before)


def test_what_is_not_taken_is_counted_with_its_reason(moved) -> None:
    before, _, report = moved
    left = Counter(kind for kind, _ in report.left_out)
    assert left.keys() == NOT_TAKEN.keys()
    assert {kind: report.counts[kind]["left_out"] for kind in NOT_TAKEN} == NOT_TAKEN
    assert {kind: len(of(before, kind)) for kind in NOT_TAKEN} == NOT_TAKEN
    reasons = dict(report.left_out.keys())
    assert "orders of another hospital" in reasons["ServiceRequest"]
    assert "ask again here" in reasons["Consent"]
    assert "decided here" in reasons["RelatedPerson"]
    parts = {(kind, reason) for kind, reason in report.in_part}
    assert ("DiagnosticReport", "DiagnosticReport.basedOn: the order that it answers is not kept") in parts
    assert any(kind == "Flag" and "kept in words" in reason for kind, reason in parts)
    assert any(kind == "MedicationRequest" and "priorPrescription" in reason for kind, reason in parts)


def test_a_form_comes_back_in_plain_words(moved) -> None:
    before, _, _ = moved
    (form,) = of(before, "QuestionnaireResponse")
    assert form["status"] == "amended"
    document = models.Document.objects.get(code="74465-6")
    assert document.title == form["_questionnaire"]["extension"][0]["valueString"]
    words = files.load(document.file_key).decode()
    asked = [one for one in form["item"] if one.get("answer")]
    assert all(one["text"] in words for one in asked) and "Sits near the desk" in words


def test_the_rows_of_histories_and_plans_come_back(moved) -> None:
    family = models.FamilyHistory.objects.order_by("relation").values_list(
        "relation", "display", "onset_age", "deceased", "death_age", "died_of_it", "note", "recorded_by__family"
    )
    assert list(family) == [
        ("COUSN", "Asthma", None, "no", None, False, "", "Berg"),
        ("FTH", "Heart attack", 61, "yes", 70, True, "Smoked.", "Berg"),
    ]
    pregnancies = models.Pregnancy.objects.order_by("outcome").values_list(
        "outcome", "weeks", "children", "delivery", "ended_precision", "note"
    )
    assert list(pregnancies) == [
        ("live-birth", 39, 2, "caesarean", "month", "Twins."), ("ongoing", None, 1, "", "time", ""),
    ]  # fmt: skip
    goal = models.Goal.objects.get()
    assert (goal.measure_code, goal.target_high, goal.target_unit, goal.counts_for_days) == (
        "8480-6",
        139,
        "mm[Hg]",
        30,
    )
    activities = models.CareActivity.objects.order_by("position").values_list("display", "who", "role", "timing")
    assert list(activities) == [
        ("Walk", "patient", "", {"frequency": 1, "period": 1, "periodUnit": "d"}),
        ("Turn", "role", "nurse", {"frequency": 2, "period": 1, "periodUnit": "d"}),
        ("Call", "staff", "", {"count": 1}),
        ("Cook", "carer", "", {"frequency": 1, "period": 1, "periodUnit": "wk", "dayOfWeek": ["mon", "fri"]}),
    ]
    assert models.PlanProblem.objects.get().problem.display == "Essential hypertension"


def test_the_structure_is_held_against_something() -> None:
    good = {
        "resourceType": "Flag",
        "id": "1",
        "status": "active",
        "code": {"text": "Falls"},
        "subject": {"display": "A"},
    }
    assert r4.resource(good) == []
    for wrong, words in (
        ({"status": "superseded"}, "Flag.status is superseded"),
        ({"colour": "red"}, "Flag knows no colour"),
        ({"subject": {}}, "Flag.subject is empty"),
        ({"id": "a b"}, "Flag.id is none"),
        ({"code": {"coding": [{"display": "x"}]}}, "Flag.code.coding[0] is no Coding: ['display']"),
    ):
        assert words in r4.resource(good | wrong)
    assert r4.resource({name: value for name, value in good.items() if name != "code"}) == ["Flag.code is missing"]
