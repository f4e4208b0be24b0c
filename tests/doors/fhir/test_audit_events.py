"""The trail of one patient as FHIR AuditEvent."""

from uuid import uuid4

import pytest
from django.db import transaction

from ehospital.fhir import audit_events
from ehospital.foundation import audit
from ehospital.foundation.models import AuditEvent
from tests.factories import people
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db


def told(action: str, **more: object) -> dict:
    with transaction.atomic():
        audit.record(action, by=people.machinery(), at=NOON, **more)  # type: ignore[arg-type]
    return audit_events.write(AuditEvent.objects.latest("id"), hospital="Harbour")


def test_a_look_says_who_when_and_whose_record() -> None:
    key = uuid4()
    event = told("chart.read", patient_id=key, subject="problems:1", purpose="glass-emergency")
    assert event == {
        "resourceType": "AuditEvent",
        "id": str(AuditEvent.objects.get().pk),
        "type": audit_events._TYPE,
        "subtype": [
            {"system": "http://hl7.org/fhir/restful-interaction", "code": "read"},
            {"system": "urn:ehospital:audit-action", "code": "chart.read"},
        ],
        "action": "R",
        "recorded": "2026-03-02T12:00:00+00:00",
        "outcome": "0",
        "agent": [
            {"who": {"identifier": {"system": "urn:ehospital:system", "value": "tests"}, "display": "tests"},
             "requestor": True},
        ],
        "source": {"observer": {"display": "Harbour"}},
        "purposeOfEvent": [{"coding": [{"system": "urn:ehospital:audit-purpose", "code": "glass-emergency"}]}],
        "entity": [
            {"what": {"reference": f"Patient/{key}"},
             "type": {"system": "http://terminology.hl7.org/CodeSystem/audit-entity-type", "code": "1"},
             "role": {"system": "http://terminology.hl7.org/CodeSystem/object-role", "code": "1"}},
            {"what": {"identifier": {"system": "urn:ehospital:subject", "value": "problems:1"}},
             "type": {"system": "http://terminology.hl7.org/CodeSystem/audit-entity-type", "code": "2"},
             "role": {"system": "http://terminology.hl7.org/CodeSystem/object-role", "code": "4"}},
        ],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("action", "category", "outcome"),
    [("page.refused", "E", "4"), ("account.failed", "E", "4"), ("consent.recorded", "C", "0"), ("x.updated", "U", "0")],
)
def test_the_action_and_the_outcome_are_those_of_fhir(action: str, category: str, outcome: str) -> None:
    event = told(action)
    assert (event["outcome"], "entity" in event) == (outcome, False)
    assert event["action"] in {"C", "R", "U", "D", "E"}
    if not action.startswith("consent"):
        assert event["action"] == category
