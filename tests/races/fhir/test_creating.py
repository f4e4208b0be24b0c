"""Two systems' requests at once: with the same If-None-Exist one of them creates, and the other is told of it."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.http import HttpResponse

from ehospital.clinical.models import Problem
from ehospital.fhir.serving import creating
from ehospital.people import actions
from tests.doors.fhir.serving.conftest import EVERYTHING, System, in_care, told
from tests.doors.fhir.serving.test_creating import condition
from tests.engines import Clone
from tests.factories import people
from tests.races.monitoring.test_readings import Stage


def signed_in(at: datetime) -> tuple[System, UUID]:
    by = people.machinery(at)
    unit = actions.add_unit(name="Ward 4", by=by, at=at)
    key, secret = actions.add_client("Laboratory", scopes=EVERYTHING, unit_ids=[unit], by=by, at=at)
    return System(key, "Laboratory", secret, unit).sign_in(), in_care(unit, at=at)


def test_the_same_if_none_exist_creates_once(own_database: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    system, ida = signed_in(datetime.now(UTC))
    stage = Stage()
    stage.stops_at(monkeypatch, creating, "_stored")

    def post() -> HttpResponse:
        return system.post("Condition", condition(ida), If_None_Exist=f"patient={ida}&code=195967001")

    first, second = stage.both(post, post)
    assert (first.result().status_code, second.result().status_code) == (201, 200)
    assert told(first.result())["id"] == told(second.result())["id"]
    assert Problem.objects.count() == 1
