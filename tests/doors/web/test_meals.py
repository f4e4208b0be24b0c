"""The kitchen's list: who eats what, who fasts, who has no order, and who may not read it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from ehospital.clinical import actions, queries
from ehospital.clinical.models import FilledForm, SafetyFlag
from ehospital.foundation.models import AuditEvent
from ehospital.people import access
from ehospital.people.access import Role
from tests.doors.web.conftest import SignedIn, SignIn
from tests.factories import forms
from tests.factories import monitoring as wards
from tests.factories.forms import own

pytestmark = pytest.mark.django_db
DIET = "urn:ehospital:form:diet"


@pytest.fixture
def meals(ward: wards.WardOfTests) -> str:
    return f"/staff/wards/{ward.id}/meals/"


def acting(who: SignedIn, at: datetime) -> access.Actor:
    return access.of_staff(who.member.id, name=who.member.actor.name, at=at)


def order(patient: UUID, nurse: SignedIn, at: datetime, **more: Any) -> UUID:
    told = {"eats": [own("yes")], "diet": [own("low-salt")], "texture": [own("4")], "drinks": [own("2")],
            "help": [own("fed")], "wishes": ["No <b>fish</b>"], "limit": [1200]}  # fmt: skip
    return forms.filled(patient, told | more, by=acting(nurse, at), url=DIET, at=at)


def test_the_newest_order_counts(nurse: SignedIn, meals: str, patient: UUID, now: datetime) -> None:
    assert "No diet ordered" in nurse.client.get(meals).content.decode()
    order(patient, nurse, now - timedelta(minutes=20))
    newest = order(patient, nurse, now - timedelta(minutes=10), diet=[own("vegan"), "No nuts"])
    page = nurse.client.get(meals).content.decode()
    assert "vegan, No nuts" in page and "low in salt" not in page and "4 puréed" in page and "at most 1200 ml" in page
    assert "No &lt;b&gt;fish&lt;/b&gt;" in page and "vegan, No nuts · 4 puréed" in page
    actions.enter_in_error("forms", newest, reason="Wrong.", by=acting(nurse, now), at=now)
    assert "low in salt" in nurse.client.get(meals).content.decode(), "the one before it stands again"
    looks = AuditEvent.objects.filter(action="ward.meals_listed", patient_id=patient)
    assert looks.count() == 1, "once in ten minutes to the same viewer"


def test_nil_by_mouth_stands_over_every_order(nurse: SignedIn, meals: str, patient: UUID, now: datetime) -> None:
    order(patient, nurse, now - timedelta(minutes=20))
    actions.raise_flag(patient, "nil-by-mouth", words="Before the scan.", by=acting(nurse, now), at=now)
    page = nurse.client.get(meals).content.decode()
    assert "Nil by mouth" in page and "Before the scan." in page and "low in salt" not in page


def test_an_order_raises_and_lowers_the_flag(nurse: SignedIn, patient: UUID, now: datetime) -> None:
    fasting = {"eats": [own("fasting")], "why": ["Operation."], "sips": [own("yes")]}
    forms.filled(patient, fasting, by=acting(nurse, now), url=DIET, at=now - timedelta(minutes=20))
    flag = SafetyFlag.objects.get(patient_id=patient, kind="nil-by-mouth")
    assert (flag.ended_at, flag.words) == (None, "Diet order: nil by mouth")
    order(patient, nurse, now - timedelta(minutes=10))
    flag.refresh_from_db()
    assert flag.ended_at is not None


def test_others_do_not_get_the_list(sign_in: SignIn, meals: str) -> None:
    for role in (Role.NURSE, Role.RECEPTIONIST, Role.PHARMACIST):
        assert sign_in(role).client.get(meals).status_code in (403, 404)


def test_a_consent_with_a_thumbprint_has_a_witness_and_lines_to_sign(
    nurse: SignedIn, patient: UUID, chart: str, now: datetime
) -> None:
    url = "urn:ehospital:form:consent-procedure"
    told = {
        "what": ["Mending the hernia"], "side": [own("left")], "benefit": ["No more pain."], "risks": ["Bleeding."],
        "other": ["A truss."], "anaesthesia": [own("local")], "blood": [own("not-asked")], "language": [own("yes")],
        "reads": [own("read-aloud")], "decides": [own("patient")], "decision": [own("consents")],
        "given-as": [own("thumbprint")], "thumb": [own("left")], "witness-name": ["A neighbour"],
        "witness-is": ["Neighbour"],
    }  # fmt: skip
    with pytest.raises(actions.FormIncomplete) as missing:
        forms.filled(patient, told, by=acting(nurse, now), url=url, at=now)
    assert [one.path for one in missing.value.findings] == [("witness-other",)]
    assert not FilledForm.objects.filter(definition__url=url).exists()
    key = forms.filled(patient, told | {"witness-other": [True]}, by=acting(nurse, now), url=url, at=now)
    page = nurse.client.get(f"{chart}forms/{key}/").content.decode()
    assert page.count('class="sign"') == 3 and "signature or thumbprint" in page


def test_a_birth_is_the_first_point_of_the_growth_chart(nurse: SignedIn, patient: UUID, now: datetime) -> None:
    told = {
        "born": ["2026-03-02T10:15:00+00:00"], "weeks": ["39.57"], "mode": [own("vaginal")], "place": [own("single")],
        "weight": ["3.42"], "length": ["50.5"], "head": ["35"], "apgar-1": [8], "apgar-5": [9],
        "band-mother": ["A-17"], "band-child": ["A-17"], "bands-same": [own("yes")], "bands-who": ["Two midwives"],
        "notified": [own("not-yet")],
    }  # fmt: skip
    forms.filled(patient, told, by=acting(nurse, now), url="urn:ehospital:form:birth", at=now)
    found = queries.measured_growth(patient, viewer=access.system("test", at=now), at=now)
    assert found.gestation_days == 277
    (day,) = found.days
    assert (day.measured.weight_kg, day.measured.height_cm, day.measured.lying, day.measured.head_cm) == (
        3.42, 50.5, True, 35.0,
    )  # fmt: skip
