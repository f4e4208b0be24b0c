"""Web push against a push service on this machine that decrypts what it gets and checks who signed it."""

import base64
import json
from datetime import timedelta

import http_ece
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

from ehospital.cli.engines.secret_store import _signing_key
from ehospital.foundation.models import AuditEvent
from ehospital.messaging import actions, queries
from ehospital.messaging.channels import public_web, push
from ehospital.messaging.models import Channel, Delivery, PushSubscription
from ehospital.people import access
from tests.domain.messaging.listeners import Call, Listener
from tests.factories import messaging as make
from tests.factories import people
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw(words: str) -> bytes:
    return base64.urlsafe_b64decode(words + "=" * (-len(words) % 4))


class Browser:
    """What a browser does: it makes a key, subscribes, and decrypts."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.auth = b"0123456789abcdef"

    @property
    def p256dh(self) -> str:
        form = serialization.PublicFormat.UncompressedPoint
        return text(self.key.public_key().public_bytes(serialization.Encoding.X962, form))

    def subscribe(self, who: people.Staff, endpoint: str) -> PushSubscription:
        return actions.choose_browser(
            endpoint=endpoint, p256dh=self.p256dh, auth=text(self.auth), name="Firefox on Linux", by=who.actor, at=NOON
        )

    def read(self, call: Call) -> dict[str, str]:
        plain = http_ece.decrypt(call.body, private_key=self.key, auth_secret=self.auth, version="aes128gcm")
        found: dict[str, str] = json.loads(plain)
        return found


def signed_by(call: Call) -> tuple[str, dict[str, object]]:
    """Verify the VAPID signature; return the public key and the claims."""
    scheme, _, rest = call.headers["authorization"].partition(" ")
    assert scheme == "vapid"
    parts = dict(one.strip().split("=", 1) for one in rest.split(","))
    head, body, signature = parts["t"].split(".")
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw(parts["k"]))
    r, s = (int.from_bytes(raw(signature)[at : at + 32]) for at in (0, 32))
    key.verify(utils.encode_dss_signature(r, s), f"{head}.{body}".encode(), ec.ECDSA(hashes.SHA256()))
    return parts["k"], json.loads(raw(body))


@pytest.fixture
def configured(settings) -> None:
    settings.VAPID_KEY, settings.VAPID_CONTACT = _signing_key(), "mailto:it@hospital.example"
    settings.PUSH_LOOPBACK = True


def announced(me: people.Staff, **more: object) -> Delivery:
    make.announced(*make.ladder([me.id]), **more)
    return Delivery.objects.get(channel=Channel.PUSH)


def sent(one: Delivery) -> bool:
    return actions.deliver(one.id, by=people.machinery(), at=NOON)


def test_the_browser_can_read_it_it_is_signed_and_names_no_patient(configured, other_end: Listener) -> None:
    me, browser = make.colleague(username="me"), Browser()
    browser.subscribe(me, f"{other_end.url}/push/1")
    one = announced(me, patient_id=people.patient())
    assert sent(one)
    (call,) = other_end.calls
    assert call.path == "/push/1"
    said = browser.read(call)
    assert said == {
        "title": "Critical: A critical result waits",
        "body": "E-Hospital: sign in and open “Notices” to see what it is about, and to act on it.",
        "url": "/staff/notices/",
        "tag": str(one.notice_id),
    }
    key, claims = signed_by(call)
    assert key == push.public_key()
    assert (claims["aud"], claims["sub"]) == (other_end.url, "mailto:it@hospital.example")
    assert claims["exp"] == int((NOON + timedelta(hours=12)).timestamp())
    assert (call.headers["ttl"], call.headers["urgency"]) == ("43200", "high")
    assert b"OKAFOR" not in call.body.upper()


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_has_ended_is_removed(configured, other_end: Listener, status: int) -> None:
    me = make.colleague(username="me")
    Browser().subscribe(me, f"{other_end.url}/gone")
    kept = Browser().subscribe(me, f"{other_end.url}/kept")
    other_end.answers = [(status, "gone")]
    assert sent(announced(me))
    assert len(other_end.calls) == 2
    assert list(PushSubscription.objects.values_list("pk", flat=True)) == [kept.pk]


def test_when_the_only_browser_is_gone_it_has_failed_for_good(configured, other_end: Listener) -> None:
    me = make.colleague(username="me")
    Browser().subscribe(me, f"{other_end.url}/gone")
    other_end.answers = [(410, "unsubscribed")]
    one = announced(me)
    assert not sent(one)
    one.refresh_from_db()
    assert (one.state, one.why) == ("failed", "410 unsubscribed")
    assert not PushSubscription.objects.exists()


def test_a_service_in_trouble_is_tried_again(configured, other_end: Listener) -> None:
    me = make.colleague(username="me")
    Browser().subscribe(me, f"{other_end.url}/x")
    other_end.answers = [(503, "later")]
    one = announced(me)
    assert not sent(one)
    one.refresh_from_db()
    assert (one.state, one.why) == ("queued", "503 later")
    assert PushSubscription.objects.count() == 1


def test_a_service_that_sends_elsewhere_is_not_followed(configured, other_end: Listener) -> None:
    me = make.colleague(username="me")
    Browser().subscribe(me, f"{other_end.url}/x")
    other_end.answers, other_end.headers = [(307, "")], {"Location": f"{other_end.url}/inside"}
    one = announced(me)
    assert not sent(one)
    assert len(other_end.calls) == 1
    one.refresh_from_db()
    assert one.state == "queued"


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_in_production_no_call_reaches_this_machine(configured, settings, other_end: Listener, scheme: str) -> None:
    me = make.colleague(username="me")
    Browser().subscribe(me, other_end.url.replace("http:", f"{scheme}:"))
    settings.PUSH_LOOPBACK = False
    one = announced(me)
    assert not sent(one)
    one.refresh_from_db()
    assert one.state == "queued"
    assert ("no machine of the public internet" if scheme == "https" else "InvalidSchema") in one.why
    assert other_end.calls == []


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2001:4860:4860::8888", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::a00:1", False),
        ("64:ff9b::808:808", True),
        ("2002:7f00:1::", False),
        ("2002:808:808::", True),
    ],
)
def test_which_machines_are_public(address: str, public: bool) -> None:
    assert public_web.is_public(address) is public


def test_without_a_key_there_is_no_push() -> None:
    me = make.colleague(username="me")
    assert push.public_key() == ""
    assert announced(me).why == "no_push"


def test_a_browser_is_chosen_taken_over_and_dropped(configured) -> None:
    me, other, browser = make.colleague(username="me"), make.colleague(username="other"), Browser()
    mine = browser.subscribe(me, "https://push.example/1")
    assert browser.subscribe(other, "https://push.example/1").pk == mine.pk
    assert queries.browsers(viewer=me.actor) == []
    with pytest.raises(access.NotPermitted):
        actions.drop_browser(mine.pk, by=me.actor, at=NOON)
    assert [one.name for one in queries.browsers(viewer=other.actor)] == ["Firefox on Linux"]
    actions.drop_browser(mine.pk, by=other.actor, at=NOON)
    assert queries.browsers(viewer=other.actor) == []
    assert AuditEvent.objects.filter(action__startswith="browser.").count() == 3


@pytest.mark.parametrize(
    "change",
    [
        {"endpoint": "http://push.example/1"},
        {"endpoint": "https://user:word@push.example/1"},
        {"endpoint": "javascript:alert(1)"},
        {"endpoint": "https://[::1"},
        {"endpoint": "https:///1"},
        {"endpoint": "https://push.example/" + "x" * 1000},
        {"p256dh": "AAAA"},
        {"p256dh": "!"},
        {"auth": "AAAA"},
        {"auth": ""},
    ],
)
def test_what_is_no_subscription_is_refused(change: dict[str, str]) -> None:
    me, browser = make.colleague(username="me"), Browser()
    good = {"endpoint": "https://push.example/1", "p256dh": browser.p256dh, "auth": text(browser.auth), "name": "x"}
    with pytest.raises(actions.UnusableBrowser):
        actions.choose_browser(**{**good, **change}, by=me.actor, at=NOON)
    assert not PushSubscription.objects.exists()


def test_ten_browsers_are_enough() -> None:
    me = make.colleague(username="me")
    for number in range(10):
        Browser().subscribe(me, f"https://push.example/{number}")
    with pytest.raises(actions.UnusableBrowser):
        Browser().subscribe(me, "https://push.example/11")
    assert PushSubscription.objects.count() == 10
