"""A vital sign that another system posts for somebody in a bed is scored like one from a monitor."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from ehospital.clinical.models import Observation
from ehospital.monitoring.models import Alert, PatientState
from tests.doors.fhir.serving.conftest import Json, Register, System, in_care, told
from tests.doors.fhir.serving.test_creating import about, everything
from tests.factories import fhir as make
from tests.factories import monitoring

pytestmark = pytest.mark.django_db

NAMES = {
    "9279-1": "Respiratory rate", "59408-5": "Oxygen saturation", "3151-8": "Oxygen", "8867-4": "Heart rate",
    "8310-5": "Body temperature", "8480-6": "Systolic",
}  # fmt: skip


@pytest.fixture
def ward(now: datetime) -> monitoring.WardOfTests:
    from ehospital.monitoring import actions

    actions.make_partitions(at=now)
    return monitoring.ward(now, patients=1, beds=1)


@pytest.fixture
def lab(register: Register, ward: monitoring.WardOfTests) -> System:
    return register(unit_id=ward.unit_id).sign_in()


def vital(key: UUID, at: datetime, code: str, value: str, unit: str, **more: Any) -> Json:
    return about(
        "Observation",
        key,
        status="final",
        category=[make.coded(f"{make.STATUS}observation-category", "vital-signs", "Vital signs")],
        code=make.coded(make.LOINC, code, NAMES[code]),
        **{
            "effectiveDateTime": at.isoformat(),
            "valueQuantity": {"value": make.Digits(value), "unit": unit, "system": make.UCUM, "code": unit},
            **more,
        },
    )


def state(key: UUID) -> PatientState | None:
    return PatientState.objects.filter(patient_id=key).first()


def test_it_stands_in_the_chart_and_calls_the_ward(lab: System, ward: monitoring.WardOfTests, now: datetime) -> None:
    (key,) = ward.patient_ids
    before = now - timedelta(minutes=2)
    for code, value, unit in (
        ("9279-1", "30", "/min"), ("59408-5", "88", "%"), ("8867-4", "140", "/min"), ("8310-5", "102.2", "[degF]"),
    ):  # fmt: skip
        answer = lab.post("Observation", vital(key, before, code, value, unit))
        assert answer.status_code == 201, answer.content
    assert Observation.objects.filter(patient_id=key).count() == 4
    standing = state(key)
    assert standing is not None and {"rr", "spo2", "hr", "temp"} <= set(standing.current)
    assert Alert.objects.filter(patient_id=key).exists()


@pytest.mark.parametrize(
    ("code", "value", "unit"), [("8867-4", "999", "/min"), ("59408-5", "97", "mm[Hg]"), ("8310-5", "37", "furlong")]
)
def test_what_cannot_be_scored_is_refused_whole(
    lab: System, ward: monitoring.WardOfTests, now: datetime, code: str, value: str, unit: str
) -> None:
    (key,) = ward.patient_ids
    before = everything()
    answer = lab.post("Observation", vital(key, now, code, value, unit))
    assert answer.status_code == 422, answer.content
    assert told(answer)["issue"][0]["expression"][0].startswith("Observation.valueQuantity")
    assert everything() == before
    assert not Alert.objects.exists()


@pytest.mark.parametrize("why", ["not in a bed", "yesterday", "a laboratory's", "preliminary", "a limit"])
def test_what_is_no_fresh_vital_sign_of_an_inpatient_stands_in_the_chart_alone(
    lab: System, ward: monitoring.WardOfTests, now: datetime, why: str
) -> None:
    key = in_care(ward.unit_id, at=now) if why == "not in a bed" else ward.patient_ids[0]
    at = now - timedelta(hours=25) if why == "yesterday" else now
    sent = vital(key, at, "8867-4", "190", "/min")
    if why == "a laboratory's":
        sent["category"] = [make.coded(f"{make.STATUS}observation-category", "laboratory", "Laboratory")]
    elif why == "preliminary":
        sent["status"] = "preliminary"
    elif why == "a limit":
        sent["valueQuantity"]["comparator"] = ">"
    assert lab.post("Observation", sent).status_code == 201
    assert Observation.objects.filter(patient_id=key).count() == 1
    standing = state(key)
    assert standing is None or not standing.current
    assert not Alert.objects.exists()
