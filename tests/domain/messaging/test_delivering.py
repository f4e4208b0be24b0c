"""Messages that leave once, fail with their reason, are tried again, and never stop the next channel or step."""

import json
from datetime import time, timedelta

import pytest
from django.core import mail

from ehospital.foundation.models import AuditEvent
from ehospital.messaging import actions, queries
from ehospital.messaging.actions import Step
from ehospital.messaging.channels import sms
from ehospital.messaging.models import Channel, Delivery, Notice, NoticeStep, Wishes
from ehospital.people import access
from tests.domain.messaging.listeners import Listener
from tests.factories import messaging as make
from tests.factories import people
from tests.factories.messaging import MINUTE
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
NUMBER = "+4741234567"


def sent(one: Delivery, at=NOON) -> bool:
    return actions.deliver(one.id, by=people.machinery(at), at=at)


def of(channel: str, who: people.Staff, position: int = 0) -> Delivery:
    return Delivery.objects.get(channel=channel, staff_id=who.id, position=position)


def wishes(who: people.Staff, **said: object) -> None:
    Wishes.objects.update_or_create(staff_id=who.id, defaults=said)


def gateway(settings, other_end: Listener) -> None:
    settings.SMS_GATEWAY = "ehospital.messaging.channels.sms.HttpGateway"
    settings.SMS_URL, settings.SMS_TOKEN, settings.SMS_FROM = f"{other_end.url}/v1", "s3cret", "+4721000000"


def test_a_letter_leaves_once_and_names_no_patient() -> None:
    me = make.colleague(username="me", email="me@example.org")
    make.announced(*make.ladder([me.id]), patient_id=people.patient())
    one = of(Channel.EMAIL, me)
    assert (sent(one), sent(one)) == (True, False)
    (letter,) = mail.outbox
    assert letter.to == ["me@example.org"]
    assert letter.subject == "Critical: A critical result waits"
    for word in ("Okafor", "OKAFOR", "Amina", "/staff/results"):
        assert word not in letter.subject + letter.body
    one.refresh_from_db()
    assert (one.state, one.attempts, one.sent_at, one.next_at, one.why) == ("sent", 1, NOON, None, "")
    assert NoticeStep.objects.get().reached is True


def test_what_could_not_be_sent_at_all_says_why_and_the_screen_counts() -> None:
    me, nobody = make.colleague(username="me"), make.colleague()
    make.announced(*make.ladder([me.id, nobody.id]))
    assert [(one.channel, one.state, one.why) for one in Delivery.objects.filter(staff_id=me.id).order_by("id")] == [
        ("screen", "sent", ""),
        ("email", "left_out", "no_address"),
        ("sms", "left_out", "no_sms"),
        ("push", "left_out", "no_push"),
    ]
    assert of(Channel.SCREEN, nobody).why == "no_account"
    assert NoticeStep.objects.get().reached is True


def test_a_failing_mail_server_escalates_at_once_and_is_tried_again(no_mail_server: None) -> None:
    me, next_one = make.colleague(username="me", email="me@example.org"), make.colleague(username="next")
    notice = make.announced(*make.ladder([me.id], [next_one.id]))
    assert queries.unread_count(viewer=next_one.actor) == 0
    one = of(Channel.EMAIL, me)
    assert not sent(one, NOON + SECOND)
    one.refresh_from_db()
    assert (one.state, one.attempts, one.next_at) == ("queued", 1, NOON + 31 * SECOND)
    assert one.why == "ConnectionRefusedError: nobody listens on port 25"
    assert queries.unread_count(viewer=next_one.actor) == 1
    assert list(NoticeStep.objects.order_by("position").values_list("reached", flat=True)) == [False, True]
    assert AuditEvent.objects.filter(action="notice.reached_nobody", subject=f"notice:{notice.id}").count() == 1
    at = one.next_at
    for _ in range(7):
        sent(one, at)
        one.refresh_from_db()
        at = one.next_at or at
    assert (one.state, one.attempts, one.next_at) == ("failed", 8, None)
    assert NoticeStep.objects.count() == 2


def test_one_channel_that_fails_does_not_keep_the_others_from_reaching(no_mail_server, settings, other_end) -> None:
    gateway(settings, other_end)
    me, later = make.colleague(username="me", email="me@example.org"), make.colleague(username="later")
    wishes(me, mobile=NUMBER)
    notice = make.announced(*make.ladder([me.id], [later.id]))
    sent(of(Channel.EMAIL, me))
    assert NoticeStep.objects.get().reached is None
    assert sent(of(Channel.SMS, me))
    assert NoticeStep.objects.get().reached is True
    notice.refresh_from_db()
    assert notice.next_at == NOON + 10 * MINUTE


def test_a_text_goes_to_the_gateway_as_it_wants_it_and_names_no_patient(settings, other_end: Listener) -> None:
    gateway(settings, other_end)
    me = make.colleague(username="me")
    wishes(me, mobile=NUMBER)
    make.announced(*make.ladder([me.id]), patient_id=people.patient())
    assert sent(of(Channel.SMS, me))
    (call,) = other_end.calls
    assert (call.path, call.headers["authorization"]) == ("/v1", "Bearer s3cret")
    said = json.loads(call.body)
    assert (said["to"], said["from"]) == (NUMBER, "+4721000000")
    assert said["text"].startswith("Critical: A critical result waits. E-Hospital: sign in")
    assert "OKAFOR" not in said["text"].upper()
    assert len(said["text"]) <= sms.LONGEST_TEXT


@pytest.mark.parametrize(
    ("status", "state", "why"),
    [
        (400, "failed", "400 no such number"),
        (429, "queued", "429 no such number"),
        (408, "queued", "408 no such number"),
        (302, "failed", "302 no such number"),
        (500, "queued", "500 no such number"),
        (200, "sent", ""),
        (202, "sent", ""),
    ],
)
def test_what_the_gateway_answers(settings, other_end: Listener, status: int, state: str, why: str) -> None:
    gateway(settings, other_end)
    other_end.answers, other_end.headers = [(status, "no such number")], {"Location": f"{other_end.url}/elsewhere"}
    me = make.colleague(username="me")
    wishes(me, mobile=NUMBER)
    make.announced(*make.ladder([me.id]))
    sent(of(Channel.SMS, me))
    one = of(Channel.SMS, me)
    assert (one.state, one.why, len(other_end.calls)) == (state, why, 1)


def test_a_gateway_that_is_away_is_tried_again(settings) -> None:
    settings.SMS_GATEWAY = "ehospital.messaging.channels.sms.HttpGateway"
    settings.SMS_URL = "http://127.0.0.1:9/"
    me = make.colleague(username="me")
    wishes(me, mobile=NUMBER)
    make.announced(*make.ladder([me.id]))
    assert not sent(of(Channel.SMS, me))
    one = of(Channel.SMS, me)
    assert (one.state, one.next_at) == ("queued", NOON + 30 * SECOND)
    assert one.why.startswith("the gateway does not answer")


def test_without_a_gateway_nothing_is_written_and_it_says_so() -> None:
    outcome = sms.NoGateway().send(NUMBER, "x")
    assert (outcome.sent, outcome.why, outcome.final) == (False, "no_sms", True)


def test_quiet_hours_hold_back_what_can_wait_and_nothing_else() -> None:
    me = make.colleague("privacy_officer", "me", email="me@example.org")
    wishes(me, quiet_from=time(11), quiet_to=time(15))
    for number, kind in enumerate(Notice.Kind.values):
        make.announced(*make.ladder([me.id]), kind=Notice.Kind(kind), subject=f"s:{number}")
    waits = {one.notice.kind: (one.next_at, one.why) for one in Delivery.objects.filter(channel=Channel.EMAIL)}
    over = NOON + timedelta(hours=3)
    assert waits == {
        "critical_result": (NOON, ""), "broken_glass": (NOON, ""), "patient_question": (over, "quiet"),
        "infected_document": (over, "quiet"),
    }  # fmt: skip
    held = Delivery.objects.get(channel=Channel.EMAIL, notice__kind="patient_question")
    assert NoticeStep.objects.get(notice=held.notice).reached is True
    assert not sent(held, over - SECOND)
    assert sent(held, over)


def test_who_wants_which_channel_for_what_and_what_the_step_demands() -> None:
    me = make.colleague("privacy_officer", "me", email="me@example.org")
    wishes(me, email="critical")
    for kind, demanded, wanted in (
        ("critical_result", (), True),
        ("broken_glass", (), False),
        ("broken_glass", (Channel.EMAIL,), True),
        ("patient_question", (), False),
    ):
        subject = f"{kind}:{demanded}"
        step = Step(timedelta(0), staff_ids=(me.id,), channels=demanded)
        notice = make.announced(step, kind=Notice.Kind(kind), subject=subject)
        assert Delivery.objects.filter(notice=notice, channel=Channel.EMAIL).exists() is wanted, subject
    wishes(me, email="never")
    notice = make.announced(*make.ladder([me.id]), subject="s:never")
    assert not Delivery.objects.filter(notice=notice, channel=Channel.EMAIL).exists()


def test_a_worker_that_died_while_sending_is_followed_by_another(settings) -> None:
    me = make.colleague(username="me", email="me@example.org")
    make.announced(*make.ladder([me.id]))
    one = of(Channel.EMAIL, me)
    Delivery.objects.filter(pk=one.pk).update(state="sending", attempts=1, next_at=NOON + 2 * MINUTE)
    assert not sent(one, NOON + 2 * MINUTE - SECOND)
    assert sent(one, NOON + 2 * MINUTE)
    one.refresh_from_db()
    assert (one.state, one.attempts) == ("sent", 2)


def test_only_the_machinery_sends() -> None:
    me = make.colleague("administrator", "me", email="me@example.org")
    make.announced(*make.ladder([me.id]))
    for act in (
        lambda: actions.deliver(of(Channel.EMAIL, me).id, by=me.actor, at=NOON),
        lambda: actions.sweep(by=me.actor, at=NOON),
        lambda: actions.clear(by=me.actor, at=NOON),
    ):
        with pytest.raises(access.NotPermitted):
            act()
    assert of(Channel.EMAIL, me).state == "queued"
    assert mail.outbox == []
