"""Opening a chart with a reason, as a clinician and a privacy officer do it."""

import re
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.utils import timezone

from ehospital.foundation.models import AuditEvent
from ehospital.messaging import actions as messaging
from ehospital.people import access
from ehospital.people.access import Role
from ehospital.people.models import BrokenGlass
from ehospital.web.staff.broken_glass import offers
from tests.doors.web.conftest import SignedIn, SignIn
from tests.factories import people

pytestmark = pytest.mark.django_db

SAID = {"kind": "emergency", "reason": "Found unconscious at the lift."}


def offer(who: SignedIn) -> str:
    """The address that the search offers."""
    page = who.client.get("/staff/patients/", {"q": "okafor"}).content.decode()
    found = re.search(r'href="(/staff/broken-glass/open/[^"]+)"', page)
    return found[1] if found else ""


def test_a_doctor_opens_a_chart_with_a_reason_and_closes_it(sign_in: SignIn) -> None:
    patient, doctor = people.patient(), sign_in(Role.DOCTOR)
    chart = f"/staff/patients/{patient}/"
    assert doctor.client.get(chart).status_code == 404
    address = offer(doctor)
    assert "OKAFOR, Amina" in doctor.client.get(address).content.decode()
    answer = doctor.client.post(address, SAID, follow=True)
    assert answer.redirect_chain[-1] == (chart, 302)
    for part in ("", "observations/", "results/", "medicines/", "history/", "documents/", "timeline/"):
        page = doctor.client.get(chart + part).content.decode()
        assert "Opened with a reason, outside of your care, until " in page
        assert "Close now" in page
    reads = AuditEvent.objects.filter(patient_id=patient, action="chart.read")
    assert {one.purpose for one in reads} == {"glass-emergency"}
    assert doctor.client.get(f"{chart}edit/").status_code == 404
    glass = BrokenGlass.objects.get()
    assert doctor.client.post(f"/staff/broken-glass/{glass.id}/close/").status_code == 302
    assert doctor.client.get(chart).status_code == 404


def test_a_reason_too_short_opens_nothing_and_keeps_what_was_typed(sign_in: SignIn) -> None:
    people.patient()
    doctor = sign_in(Role.DOCTOR)
    answer = doctor.client.post(offer(doctor), {"kind": "wish", "reason": "too short"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Say it in 10 characters or more" in page
    assert "too short</textarea>" in page
    assert not BrokenGlass.objects.exists()


@pytest.mark.parametrize("role", [Role.RECEPTIONIST, Role.CASHIER, Role.LAB_TECHNICIAN, Role.PRIVACY_OFFICER])
def test_who_is_no_clinician_is_offered_nothing(sign_in: SignIn, role: Role) -> None:
    people.patient()
    who = sign_in(role)
    assert offer(who) == ""
    assert who.client.get("/staff/broken-glass/open/x/").status_code == 403


def test_an_address_works_for_whom_it_was_made_only(sign_in: SignIn) -> None:
    patient, doctor, nurse = people.patient(), sign_in(Role.DOCTOR), sign_in(Role.NURSE)
    foreign = doctor.client.get(offer(nurse))
    made_up = doctor.client.get("/staff/broken-glass/open/made-up/")
    assert (foreign.status_code, made_up.status_code) == (404, 404)
    unknown = doctor.client.get(f"/staff/patients/{uuid4()}/")
    known = doctor.client.get(f"/staff/patients/{patient}/")
    hide = lambda answer: re.sub(rb"<code>\w+</code>", b"", answer.content)  # noqa: E731
    assert hide(foreign) == hide(made_up) == hide(unknown) == hide(known)


def test_a_second_factor_is_asked_for_where_staff_have_one(sign_in: SignIn, settings: LazySettings) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal import auth

    from ehospital.people.models import Account

    patient, doctor = people.patient(), sign_in(Role.DOCTOR)
    account = Account.objects.get(staff_id=doctor.member.id)
    auth.TOTP.activate(account, auth.generate_totp_secret())
    codes = RecoveryCodes.activate(account)
    settings.DEMO = False
    address = offer(doctor)
    asked = doctor.client.post(address, SAID)
    assert (asked.status_code, asked["Location"].split("?")[0]) == (302, "/accounts/2fa/reauthenticate/")
    assert not BrokenGlass.objects.exists()
    shown = doctor.client.post(asked["Location"], {"code": codes.get_unused_codes()[0]})
    glass = BrokenGlass.objects.get(patient_id=patient)
    assert (shown.status_code, shown["Location"]) == (302, f"/staff/broken-glass/{glass.id}/second/")
    assert glass.reason == SAID["reason"]


def test_the_privacy_officer_reviews_it(sign_in: SignIn) -> None:
    people.patient()
    doctor, officer = sign_in(Role.DOCTOR), sign_in(Role.PRIVACY_OFFICER)
    assert "Nothing waits" in officer.client.get("/staff/broken-glass/").content.decode()
    doctor.client.post(offer(doctor), SAID, follow=True)
    glass = BrokenGlass.objects.get()
    now = datetime.now(UTC)
    messaging.glass_was_broken(glass.id, by=people.machinery(now), at=now)
    assert "unread" in officer.client.get("/staff/notices/bell/").content.decode()
    listed = officer.client.get("/staff/broken-glass/").content.decode()
    assert SAID["reason"] in listed
    address = f"/staff/broken-glass/{glass.id}/"
    assert "chart.read" in officer.client.get(address).content.decode()
    assert officer.client.post(address, {"verdict": "justified", "note": ""}).status_code == 422
    done = officer.client.post(address, {"verdict": "justified", "note": "The team asked for her."})
    assert (done.status_code, done["Location"]) == (302, "/staff/broken-glass/")
    glass.refresh_from_db()
    assert (glass.verdict, glass.reviewed_by_id) == ("justified", officer.member.id)
    late = officer.client.post(address, {"verdict": "not-justified", "note": "No."}, follow=True)
    assert "A colleague has reviewed it meanwhile" in late.content.decode()
    assert doctor.client.get("/staff/broken-glass/").status_code == 403


def test_a_refused_page_is_written_down_alike_for_a_foreign_and_an_unknown_patient(sign_in: SignIn) -> None:
    patient, unknown, nurse = people.patient(), uuid4(), sign_in(Role.NURSE)
    for key in (patient, unknown):
        assert nurse.client.get(f"/staff/patients/{key}/results/").status_code == 404
    rows = AuditEvent.objects.filter(action="page.refused").order_by("id")
    assert [(one.patient_id, one.subject, one.category) for one in rows] == [
        (patient, "chart_results", "E"), (unknown, "chart_results", "E"),
    ]  # fmt: skip


def test_an_old_address_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    actor = people.staff(Role.DOCTOR, at=timezone.now()).actor
    token = offers.address(people.patient(), actor).rstrip("/").rsplit("/", 1)[-1]
    offers.offer_of(token, actor)
    monkeypatch.setattr(offers, "GOOD_FOR", 0)
    monkeypatch.setattr("django.core.signing.time.time", lambda: timezone.now().timestamp() + 5)
    with pytest.raises(access.NotPermitted):
        offers.offer_of(token, actor)
