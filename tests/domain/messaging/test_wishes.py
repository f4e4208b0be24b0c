"""How somebody wants to be told: every refusal changes nothing, and two windows do not overwrite each other."""

from dataclasses import replace
from datetime import time

import pytest
from django.db import IntegrityError, transaction

from ehospital.foundation.models import AuditEvent
from ehospital.messaging import actions, queries
from ehospital.messaging.actions import WishDetails
from ehospital.messaging.models import Wishes
from ehospital.people import access
from tests.factories import messaging as make
from tests.factories import people
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db
SAID = WishDetails("everything", "critical", "urgent", "+47 412 34-567", time(22), time(7))


def test_kept_as_said_and_the_number_in_its_international_form() -> None:
    me = make.colleague(username="me")
    before = queries.wishes(viewer=me.actor)
    assert (before.email, before.sms, before.push, before.mobile, before.edition) == (
        "everything", "critical", "everything", "", 1,
    )  # fmt: skip
    actions.wish(SAID, edition=1, by=me.actor, at=NOON)
    kept = queries.wishes(viewer=me.actor)
    assert (kept.push, kept.mobile, kept.quiet_from, kept.quiet_to, kept.edition) == (
        "urgent", "+4741234567", time(22), time(7), 2,
    )  # fmt: skip
    assert AuditEvent.objects.filter(action="wishes.changed").count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"mobile": "41234567"}, "mobile"),
        ({"mobile": "+0123456789"}, "mobile"),
        ({"mobile": "+47123"}, "mobile"),
        ({"mobile": "+4712345678901234"}, "mobile"),
        ({"mobile": "+47 call me"}, "mobile"),
        ({"quiet_from": None}, "quiet_from"),
        ({"quiet_to": None}, "quiet_to"),
        ({"quiet_to": time(22)}, "quiet_to"),
        ({"sms": "sometimes"}, "sms"),
    ],
)
def test_what_makes_no_sense_is_refused(change: dict[str, object], field: str) -> None:
    me = make.colleague(username="me")
    with pytest.raises(actions.UnusableWishes) as refused:
        actions.wish(replace(SAID, **change), edition=1, by=me.actor, at=NOON)
    assert refused.value.field == field
    assert not Wishes.objects.exists()


def test_the_second_window_is_told_and_overwrites_nothing() -> None:
    me = make.colleague(username="me")
    actions.wish(SAID, edition=1, by=me.actor, at=NOON)
    with pytest.raises(actions.ChangedMeanwhile):
        actions.wish(replace(SAID, mobile=""), edition=1, by=me.actor, at=NOON)
    assert queries.wishes(viewer=me.actor).mobile == "+4741234567"


def test_only_staff_have_wishes() -> None:
    for who in (people.machinery(), access.of_patient(people.patient(), name="x", at=NOON)):
        with pytest.raises(access.NotPermitted):
            actions.wish(SAID, edition=1, by=who, at=NOON)
        with pytest.raises(access.NotPermitted):
            queries.wishes(viewer=who)
    assert not Wishes.objects.exists()


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"mobile": "41234567"}, "mobile_in_international_form"),
        ({"quiet_from": None}, "quiet_hours_whole"),
        ({"quiet_to": time(22)}, "quiet_hours_whole"),
    ],
)
def test_the_database_holds_the_rules(change: dict[str, object], constraint: str) -> None:
    me = make.colleague(username="me")
    actions.wish(SAID, edition=1, by=me.actor, at=NOON)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Wishes.objects.update(**change)
