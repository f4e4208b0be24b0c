"""The bell, the page of notices, and how somebody wants to be told."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ehospital.messaging import actions as messaging
from ehospital.messaging.models import Notice, PushSubscription, ToldPerson, Wishes
from ehospital.people import actions
from ehospital.people.access import Role
from ehospital.wire import tickets
from tests.doors.web.conftest import SignIn
from tests.factories import messaging as make
from tests.factories import people
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db
SAID = {"email": "everything", "sms": "critical", "push": "never", "mobile": "+47 412 34 567", "edition": "1"}


def test_the_bell_counts_and_the_page_leads_on(sign_in: SignIn) -> None:
    doctor = sign_in(Role.DOCTOR)
    assert "unread" not in doctor.client.get("/staff/notices/bell/").content.decode()
    notice = make.announced(*make.ladder([doctor.member.id]))
    assert ">1<" in doctor.client.get("/staff/notices/bell/").content.decode()
    page = doctor.client.get("/staff/notices/").content.decode()
    assert "A critical result waits" in page
    assert f'data-notice="{notice.id}"' in page
    # Nothing stands behind /staff/results/1/ here: no button leads there.
    assert 'name="open"' not in page
    Notice.objects.update(url="/staff/mine/")
    assert 'name="open"' in doctor.client.get("/staff/notices/").content.decode()
    answer = doctor.client.post(f"/staff/notices/{notice.id}/seen/", {"open": "yes"})
    assert (answer.status_code, answer["Location"]) == (302, "/staff/mine/")
    assert ToldPerson.objects.get().seen_at is not None
    assert "unread" not in doctor.client.get("/staff/notices/bell/").content.decode()
    assert "seen by you" in doctor.client.get("/staff/notices/").content.decode()
    colleague = people.staff(Role.DOCTOR, family="Lind")
    messaging.settle(
        kind=Notice.Kind.CRITICAL_RESULT, subject="result:1", by=colleague.actor, at=doctor.member.actor.at
    )
    Notice.objects.update(settled_at=make.now())
    assert "Done by Tove Lind" in doctor.client.get("/staff/notices/").content.decode()


def test_what_nobody_got_is_said(sign_in: SignIn) -> None:
    doctor = sign_in(Role.DOCTOR)
    notice = make.announced(*make.ladder([doctor.member.id]))
    Notice.objects.filter(pk=notice.pk).update(unreached_at=NOON)
    assert "has reached anybody" in doctor.client.get("/staff/notices/").content.decode()


def test_who_only_needs_to_know_gets_no_button(sign_in: SignIn) -> None:
    admin = sign_in(Role.ADMINISTRATOR)
    key = actions.break_glass(
        people.patient(), kind="emergency", reason="Found unconscious.", by=people.staff(Role.DOCTOR).actor, at=NOON
    )
    messaging.glass_was_broken(key, by=people.machinery(), at=NOON)
    page = admin.client.get("/staff/notices/").content.decode()
    assert "A chart was opened outside of care" in page
    assert 'name="open"' not in page
    assert "OKAFOR" not in page


def test_another_persons_notice_is_no_notice(sign_in: SignIn) -> None:
    doctor, nurse = sign_in(Role.DOCTOR), sign_in(Role.NURSE)
    notice = make.announced(*make.ladder([doctor.member.id]))
    assert nurse.client.post(f"/staff/notices/{notice.id}/seen/").status_code == 404
    assert nurse.client.get(f"/staff/notices/{notice.id}/seen/").status_code == 405
    assert str(notice.id) not in nurse.client.get("/staff/notices/").content.decode()
    assert ToldPerson.objects.get().seen_at is None


def test_the_ticket_opens_ones_own_notices_only(sign_in: SignIn, settings) -> None:
    nurse = sign_in(Role.NURSE)
    url = nurse.client.get("/staff/notices/ticket/").json()["url"]
    found = tickets.read(url.partition("ticket=")[2], now=make.now(), secret=settings.SECRET_KEY)
    assert found.subjects == (f"live.staff.{nurse.member.id}",)


def test_wishes_are_kept_refused_in_words_and_not_overwritten(sign_in: SignIn) -> None:
    nurse = sign_in(Role.NURSE)
    page = nurse.client.get("/staff/notices/settings/").content.decode()
    assert 'name="edition" value="1"' in page
    refused = nurse.client.post("/staff/notices/settings/", SAID | {"mobile": "412", "quiet_from": "22:00"})
    assert refused.status_code == 422
    assert "Write the number with + and the country" in refused.content.decode()
    assert not Wishes.objects.exists()
    answer = nurse.client.post("/staff/notices/settings/", SAID, follow=True)
    assert "Saved. This is how you are told from now on." in answer.content.decode()
    assert 'value="+4741234567"' in answer.content.decode()
    late = nurse.client.post("/staff/notices/settings/", SAID | {"mobile": ""}, follow=True)
    assert "You changed this in another window meanwhile." in late.content.decode()
    assert Wishes.objects.get().mobile == "+4741234567"


def test_a_browser_is_chosen_with_consent_and_never_a_shared_one(sign_in: SignIn, settings) -> None:
    settings.VAPID_KEY = "A" * 42 + "E"
    nurse = sign_in(Role.NURSE)
    said = {"endpoint": "https://push.example/1", "p256dh": "A" * 87, "auth": "A" * 22, "name": "Firefox · Linux"}
    assert re.search(r'data-key="[\w-]{87}"', nurse.client.get("/staff/notices/settings/").content.decode())
    refused = nurse.client.post("/staff/notices/browsers/", said, follow=True).content.decode()
    assert "Tick that you agree first." in refused
    bad = nurse.client.post("/staff/notices/browsers/", said | {"agreed": "yes", "endpoint": "http://x/"}, follow=True)
    assert "no push service that can be used" in bad.content.decode()
    assert not PushSubscription.objects.exists()
    page = nurse.client.post("/staff/notices/browsers/", said | {"agreed": "yes"}, follow=True).content.decode()
    assert "Firefox · Linux" in page
    admin = sign_in(Role.ADMINISTRATOR)
    admin.client.post("/staff/computers/", {"name": "Desk", "idle_minutes": "5"})
    shared = admin.client.post(
        "/staff/notices/browsers/", said | {"agreed": "yes", "endpoint": "https://push.example/2"}
    )
    assert shared.status_code == 302
    assert PushSubscription.objects.count() == 1
    key = PushSubscription.objects.get().pk
    assert admin.client.post(f"/staff/notices/browsers/{key}/off/").status_code == 404
    nurse.client.post(f"/staff/notices/browsers/{key}/off/")
    assert not PushSubscription.objects.exists()


def test_many_notices_cost_no_more_queries(sign_in: SignIn) -> None:
    doctor = sign_in(Role.DOCTOR)
    counts = []
    for many in (1, 12):
        for number in range(many):
            make.announced(*make.ladder([doctor.member.id]), subject=f"{many}:{number}")
        with CaptureQueriesContext(connection) as asked:
            doctor.client.get("/staff/notices/")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 20
