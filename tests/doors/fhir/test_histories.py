"""What others send of families, pregnancies, plans and forms: kept as far as it can be, and told where it cannot."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ehospital.clinical import models
from ehospital.fhir.importing.report import Report
from ehospital.foundation import files
from ehospital.people.models import Patient
from tests.doors.fhir.conftest import Importing, reasons
from tests.factories import fhir as make

pytestmark = pytest.mark.django_db

OURS = "urn:ehospital:pregnancy"


@pytest.fixture
def brought(imported: Importing, tmp_path: Path) -> Any:
    """A function that imports a patient with some resources."""

    def run(*resources: make.Json) -> Report:
        lines = [make.patient("ida"), make.practitioner("house"), *resources]
        return imported(make.write(tmp_path / "in.json", make.bundle(lines)))

    return run


def kin(name: str = "kin", code: str = "MTH", **more: Any) -> make.Json:
    condition = more.pop("condition", [{"code": {"text": "Asthma"}}])
    relation = {"coding": [{"system": f"{make.STATUS}v3-RoleCode", "code": code}], "text": f"words of {code}"}
    found = {"status": "completed", "relationship": relation, "condition": condition, **more}
    return make.about("FamilyMemberHistory", name, "ida", **found)


def parts(report: Report) -> set[str]:
    return {reason for _, reason in report.in_part}


@pytest.mark.parametrize(
    ("code", "relation", "note"),
    [
        ("MTH", "MTH", ""), ("NBRO", "BRO", ""), ("PGRFTH", "PGRFTH", ""), ("72705000", "MTH", ""),
        ("MAUNT", "AUNT", ""), ("GRMTH", "FAMMEMB", "words of GRMTH"),
    ],
)  # fmt: skip
def test_relatives_whom_the_record_knows_and_others_in_words(brought: Any, code: str, relation: str, note: str) -> None:
    brought(kin(code=code))
    row = models.FamilyHistory.objects.get()
    assert (row.relation, row.note, row.display) == (relation, note, "Asthma")


def age(value: float, unit: str) -> make.Json:
    return {"value": value, "unit": unit}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({}, ("", None, None)),
        ({"deceasedBoolean": False}, ("no", None, None)),
        ({"deceasedBoolean": True}, ("yes", None, None)),
        ({"deceasedAge": age(70, "a")}, ("yes", 70, None)),
        ({"deceasedAge": age(30, "mo")}, ("yes", 2, None)),
        ({"deceasedAge": age(3, "wk")}, ("yes", None, "deceasedAge: not an age in years or months; not kept")),
        ({"deceasedAge": age(131, "a")}, ("yes", None, "deceasedAge: not an age in years or months; not kept")),
        ({"deceasedRange": {}}, ("yes", None, "deceasedRange: not kept as an age")),
        ({"deceasedString": "young"}, ("yes", None, None)),
    ],
)
def test_whether_a_relative_has_died(brought: Any, told: make.Json, expected: tuple[Any, ...]) -> None:
    report = brought(kin(**told))
    row = models.FamilyHistory.objects.get()
    assert (row.deceased, row.death_age) == expected[:2]
    assert parts(report) == ({f"FamilyMemberHistory.{expected[2]}"} if expected[2] else set())
    assert row.note == ("young" if told.get("deceasedString") else "")


def test_each_condition_is_a_line_and_what_cannot_be_is_told(brought: Any) -> None:
    early = {"code": {"text": "Gout"}, "onsetAge": age(80, "a")}
    late = {"code": {"text": "Stroke"}, "onsetAge": age(60, "a"), "contributedToDeath": True, "note": [{"text": "x"}]}
    report = brought(kin(condition=[early, late], deceasedAge=age(70, "a")))
    rows = models.FamilyHistory.objects.order_by("display")
    assert [(one.display, one.onset_age, one.death_age, one.died_of_it, one.note) for one in rows] == [
        ("Gout", 80, None, False, ""), ("Stroke", 60, 70, True, "x"),
    ]  # fmt: skip
    assert any("lies after the death" in one for one in parts(report))
    again = brought(kin(condition=[early, late], deceasedAge=age(70, "a")))
    assert again.counts["FamilyMemberHistory"]["unchanged"] == 1 and rows.count() == 2


def test_relatives_without_a_condition_or_a_relationship_are_left_out(brought: Any) -> None:
    report = brought(kin("a", condition=[]), kin("b") | {"relationship": {}}, kin("c") | {"status": "health-unknown"})
    told = reasons(report)["FamilyMemberHistory"]
    assert any("relatives without a condition are not kept" in one for one in told) and len(told) == 2
    assert models.FamilyHistory.objects.count() == 1


def test_a_mistake_of_elsewhere_stays_one(brought: Any) -> None:
    brought(kin(status="entered-in-error"), make.pregnancy("ida") | {"status": "entered-in-error"})
    assert models.FamilyHistory.objects.get().entered_in_error and models.Pregnancy.objects.get().entered_in_error


def part(code: str, **value: Any) -> make.Json:
    return {"code": make.coded(OURS, code, code), **value}


@pytest.mark.parametrize(
    ("outcome", "component", "why"),
    [
        ("ongoing", part("ended", valueDateTime="2020"), "has not ended"),
        ("ongoing", part("delivery", valueCodeableConcept=make.coded(OURS, "vaginal", "x")), "has not ended"),
        ("live-birth", part("children", valueInteger=10), "a number that no pregnancy has"),
        ("live-birth", part("children", valueInteger=0), "a number that no pregnancy has"),
        ("live-birth", {"code": make.coded(make.LOINC, "49051-6", "W"), "valueQuantity": age(46, "wk")}, "no pregn"),
        ("born", part("children", valueInteger=1), "says no outcome"),
    ],
)  # fmt: skip
def test_what_can_be_no_pregnancy_is_left_out_and_the_patient_is_not(
    brought: Any, outcome: str, component: make.Json, why: str
) -> None:
    value = {"valueCodeableConcept": make.coded(OURS, outcome, outcome)}
    report = brought(make.pregnancy("ida") | value | {"component": [component]})
    assert why in reasons(report)["Observation"][0]
    assert not models.Pregnancy.objects.exists() and Patient.objects.count() == 1


def test_a_status_of_pregnancy_that_others_send_stays_an_observation(brought: Any) -> None:
    status = make.coded(make.LOINC, "82810-3", "Pregnancy status")
    brought(make.observation("status", "ida") | {"code": status, "encounter": None})
    assert models.Observation.objects.get().code == "82810-3" and not models.Pregnancy.objects.exists()


def goal(**target: Any) -> make.Json:
    found = make.about("Goal", "goal", "ida", lifecycleStatus="active", description={"text": "Lower"})
    return found | {"target": [target]}


NONE = (None, None, "")
PRESSURE = make.coded(make.LOINC, "8480-6", "Systolic")


def quantity(value: float, unit: str = "mm[Hg]", **more: Any) -> make.Json:
    return {"value": value, "unit": unit, "system": make.UCUM, "code": unit, **more}


@pytest.mark.parametrize(
    ("target", "low", "high"),
    [
        ({"measure": PRESSURE, "detailRange": {"low": quantity(100), "high": quantity(139)}}, 100, 139),
        ({"measure": PRESSURE, "detailQuantity": quantity(139, comparator="<=")}, None, 139),
        ({"measure": PRESSURE, "detailQuantity": quantity(100, comparator=">=")}, 100, None),
        ({"measure": PRESSURE, "detailQuantity": quantity(120)}, 120, 120),
        ({"measure": PRESSURE, "detailRange": {"low": quantity(139), "high": quantity(100)}}, None, None),
        ({"measure": PRESSURE, "detailQuantity": {"value": 7}}, None, None),
        ({"measure": PRESSURE, "detailString": "low"}, None, None),
        ({"measure": {"text": "How it feels"}, "detailQuantity": quantity(7)}, None, None),
        ({"dueDate": "2026-05-01"}, None, None),
    ],
)
def test_targets_that_can_be_measured(brought: Any, target: make.Json, low: Any, high: Any) -> None:
    report = brought(goal(**target))
    row = models.Goal.objects.get()
    assert (row.target_low, row.target_high) == (low, high)
    assert bool(parts(report)) is (low is None and high is None and "dueDate" not in target)


GLUCOSE = make.coded(make.LOINC, "14749-6", "Glucose")


@pytest.mark.parametrize(
    ("target", "kept", "told"),
    [
        ({"measure": PRESSURE, "detailQuantity": quantity(139, comparator="<")}, (None, "139", "mm[Hg]"), "“<=”"),
        ({"measure": PRESSURE, "detailQuantity": quantity(139, comparator="ad")}, NONE, "comparator: ad is none"),
        ({"measure": PRESSURE, "detailQuantity": quantity(80, "kg")}, NONE, "kg is no unit of Systolic"),
        ({"measure": PRESSURE, "detailQuantity": quantity(80, "mm[Hg]") | {"unit": "kPa"}}, None, "says kPa"),
        ({"measure": PRESSURE, "detailRange": {"low": quantity(14, "kPa"), "high": quantity(18, "kPa")}},
         ("14", "18", "kPa"), ""),
        ({"measure": GLUCOSE, "detailRange": {"low": quantity(5, "mmol/L"), "high": quantity(8000, "umol/L")}},
         ("5", "8", "mmol/L"), ""),
        ({"measure": GLUCOSE, "detailRange": {"low": quantity(5, "mmol/L"), "high": quantity(126, "mg/dL")}}, NONE,
         "detailRange: its ends are in two units: 126 mg/dL is no finite number of mmol/L"),
        ({"measure": GLUCOSE, "detailRange": {"low": quantity(5, "mmol/L"), "high": {"value": 8}}}, NONE,
         "detailRange: an end is in no UCUM unit"),
    ],
)  # fmt: skip
def test_targets_in_other_units_mean_the_same_or_are_not_kept(
    brought: Any, target: make.Json, kept: tuple[str | None, ...] | None, told: str
) -> None:
    report = brought(goal(**target))
    words = [*parts(report), *reasons(report).get("Goal", [])]
    assert told in " ".join(words) and bool(words) is bool(told)
    if kept is None:
        assert not models.Goal.objects.exists()
        return
    row = models.Goal.objects.get()
    assert (row.target_low, row.target_high) == tuple(Decimal(one) if one else None for one in kept[:2])
    assert row.target_unit == kept[2]


@pytest.mark.parametrize(
    ("scheduled", "timing", "told"),
    [
        ({"scheduledTiming": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}}}, 2, False),
        ({"scheduledTiming": {"repeat": {"frequency": 1, "period": 8, "periodUnit": "h"}}}, None, True),
        ({"scheduledTiming": {"repeat": {"frequency": 1, "period": 1.5, "periodUnit": "d"}}}, None, True),
        ({"scheduledTiming": {"repeat": {"frequency": 3, "period": 48.0, "periodUnit": "h"}}}, 3, False),
        ({"scheduledTiming": {"repeat": {"dayOfWeek": [["mon"]], "periodUnit": "wk"}}}, None, True),
        ({"scheduledPeriod": {"start": "2026-01-01"}}, None, False),
    ],
)
def test_how_often_an_activity_is_done(brought: Any, scheduled: make.Json, timing: int | None, told: bool) -> None:
    plan = make.care_plan("ida") | {"goal": [], "addresses": [{"display": "Loneliness"}]}
    plan["activity"] = [{"detail": {"code": {"text": "Walk"}, "status": "in-progress", **scheduled}}]
    report = brought(plan)
    row = models.CareActivity.objects.get()
    assert (row.timing or {}).get("frequency") == timing and bool(parts(report)) is told
    assert models.CarePlan.objects.get().reason == "Loneliness" and not models.PlanProblem.objects.exists()


def response(**more: Any) -> make.Json:
    items = [
        {"linkId": "1", "text": "Smokes", "answer": [{"valueBoolean": True}]},
        {"linkId": "2", "text": "Group", "item": [{"linkId": "3", "answer": [{"valueCoding": {"display": "Never"}}]}]},
        {"linkId": "4", "text": "Weight", "answer": [{"valueQuantity": {"value": make.Digits("70.50"), "unit": "kg"}}]},
        {"linkId": "5", "text": "Not asked"},
    ]
    told = {
        "status": "completed",
        "authored": make.WHEN,
        "questionnaire": "http://example.org/q/social|1",
        "item": items,
    }
    return make.about("QuestionnaireResponse", "form", "ida", **told) | more


def test_answers_become_a_document_in_plain_words(brought: Any) -> None:
    brought(response(author=make.urn("house")))
    row = models.Document.objects.get()
    assert (row.title, row.code, row.recorded_by.family) == ("social", "74465-6", "House")
    assert files.load(row.file_key).decode() == "Smokes: yes\nGroup\n  3: Never\nWeight: 70.50 kg"


def test_forms_that_are_not_finished_are_left_out(brought: Any) -> None:
    report = brought(response(status="in-progress"))
    assert "not finished" in reasons(report)["QuestionnaireResponse"][0]
    empty = brought(response(item=[]))
    assert "holds no answer" in reasons(empty)["QuestionnaireResponse"][0]
    assert not models.Document.objects.exists()
