"""Restricting records, and letting somebody act for a patient: the desk, the officer, the portal."""

import re

import pytest
from django.test import Client

from ehospital.foundation.models import AuditEvent
from ehospital.people import actions
from ehospital.people.access import Role
from ehospital.people.models import BrokenGlass, Proxy, Restriction, StaffAsPatient
from tests.doors.web.conftest import PASSWORD, SignIn
from tests.doors.web.test_broken_glass import SAID, offer
from tests.factories import people
from tests.factories.people import NOON
from tests.factories.portal import portal_patient

pytestmark = pytest.mark.django_db


def enter(username: str) -> Client:
    """A browser in which the holder of an account has signed in."""
    client = Client()
    assert client.post("/accounts/login/", {"login": username, "password": PASSWORD}).status_code == 302
    return client


def child() -> object:
    from datetime import date

    return people.patient("Ada", born=date(2018, 5, 1))


def test_the_desk_lets_a_mother_act_and_sees_no_restrictions(sign_in: SignIn) -> None:
    ada, desk = child(), sign_in(Role.RECEPTIONIST)
    mother = portal_patient("ngozi", PASSWORD, given="Ngozi")
    page = desk.client.get(f"/staff/patients/{ada}/access/").content.decode()
    assert "Nobody acts for the patient in the portal." in page
    assert "Restrict or seal" not in page
    said = {"username": "ngozi", "relation": "mother", "extent": "act", "evidence": ""}
    refused = desk.client.post(f"/staff/patients/{ada}/access/proxies/", said)
    assert refused.status_code == 422
    assert "ngozi" in refused.content.decode()
    answer = desk.client.post(f"/staff/patients/{ada}/access/proxies/", said | {"evidence": "birth certificate"})
    assert answer.status_code == 302
    proxy = Proxy.objects.get()
    assert (proxy.patient_id, proxy.holder.patient_id, str(proxy.during.upper)[:7]) == (ada, mother, "2034-04") or (
        str(proxy.during.upper)[:10] == "2034-05-01"
    )
    assert desk.client.post(f"/staff/patients/{ada}/access/restrict/", {}).status_code == 403
    assert not Restriction.objects.exists()


def test_a_mother_looks_at_the_childs_record_and_every_page_and_row_says_so(sign_in: SignIn) -> None:
    ada = child()
    portal_patient("ngozi", PASSWORD, given="Ngozi")
    key = actions.give_proxy(
        ada, username="ngozi", relation="mother", extent="read", evidence="birth certificate",  # type: ignore[arg-type]
        by=people.machinery(), at=NOON,
    )  # fmt: skip
    mother = enter("ngozi")
    assert "OKAFOR, Ada" in mother.get("/portal/proxies/").content.decode()
    assert mother.post("/portal/proxies/choose/", {"proxy": str(key)})["Location"] == "/portal/"
    for address in ("/portal/", "/portal/record/", "/portal/access/", "/portal/details/", "/portal/proxies/"):
        page = mother.get(address)
        assert page.status_code == 200
        words = re.sub(r"<[^>]+>", "", page.content.decode())
        assert "You are looking at the record of OKAFOR, Ada, as mother" in words
    rows = AuditEvent.objects.filter(patient_id=ada, actor_kind="patient")
    assert {(one.purpose, one.details["proxy"]) for one in rows} == {("proxy-mother", str(key))}
    assert AuditEvent.objects.filter(patient_id=ada, action="chart.read").exists()
    mother.post("/portal/proxies/choose/", {"proxy": ""})
    assert "You are looking at" not in mother.get("/portal/record/").content.decode()


def test_what_has_ended_shows_ones_own_record_again(sign_in: SignIn) -> None:
    ada = child()
    portal_patient("ngozi", PASSWORD, given="Ngozi")
    by = people.machinery()
    said = {"username": "ngozi", "relation": "mother", "extent": "read", "evidence": "birth certificate"}
    key = actions.give_proxy(ada, **said, by=by, at=NOON)  # type: ignore[arg-type]
    mother = enter("ngozi")
    mother.post("/portal/proxies/choose/", {"proxy": str(key)})
    assert "Ada" in mother.get("/portal/details/").content.decode()
    actions.end_proxy(key, by=by, at=NOON)
    page = mother.get("/portal/details/").content.decode()
    assert "Ada" not in page
    assert "Ngozi" in page


def test_nobody_chooses_anothers_proxy(sign_in: SignIn) -> None:
    ada = child()
    portal_patient("ngozi", PASSWORD, given="Ngozi")
    portal_patient("other", PASSWORD, given="Other")
    key = actions.give_proxy(
        ada, username="ngozi", relation="mother", extent="read", evidence="birth certificate",  # type: ignore[arg-type]
        by=people.machinery(), at=NOON,
    )  # fmt: skip
    other = enter("other")
    answers = [other.post("/portal/proxies/choose/", {"proxy": value}) for value in (str(key), str(ada), "nonsense")]
    assert [one.status_code for one in answers] == [404, 404, 404]
    bodies = {one.content.decode().replace(one["X-Request-Number"], "") for one in answers}
    assert len(bodies) == 1
    assert other.post(f"/portal/proxies/{key}/end/").status_code == 404


def test_an_adult_ends_a_proxy_in_the_portal(sign_in: SignIn) -> None:
    me = portal_patient("amina", PASSWORD)
    portal_patient("carer", PASSWORD, given="Carer")
    key = actions.give_proxy(
        me, username="carer", relation="carer", extent="read", evidence="her word", by=people.machinery(), at=NOON
    )
    mine = enter("amina")
    assert "as carer" in mine.get("/portal/proxies/").content.decode()
    mine.post(f"/portal/proxies/{key}/end/")
    assert "Nobody acts for you" in mine.get("/portal/proxies/").content.decode()
    assert "ended that somebody acts for you" in mine.get("/portal/access/").content.decode()


def test_somebody_who_is_no_patient_acts_for_one(sign_in: SignIn) -> None:
    me, by = portal_patient("amina", PASSWORD), people.machinery()
    actions.give_account(username="lawyer", password=PASSWORD, by=by, at=NOON)
    assert enter("lawyer").get("/portal/proxies/").status_code == 403
    key = actions.give_proxy(
        me, username="lawyer", relation="legal", extent="act", evidence="court order", by=by, at=NOON
    )
    lawyer = enter("lawyer")
    assert lawyer.get("/")["Location"] == "/portal/proxies/"
    assert lawyer.get("/portal/record/").status_code == 403
    lawyer.post("/portal/proxies/choose/", {"proxy": str(key)})
    assert lawyer.get("/portal/record/").status_code == 200


def test_the_officer_restricts_seals_and_lifts(sign_in: SignIn) -> None:
    patient, officer, doctor = people.patient(), sign_in(Role.PRIVACY_OFFICER), sign_in(Role.DOCTOR)
    page = f"/staff/patients/{patient}/access/"
    assert "None: everybody who cares" in officer.client.get(page).content.decode()
    sealed = {"r-level": "sealed", "r-kind": "violence"}
    answer = officer.client.post(f"{page}restrict/", sealed)
    assert answer.status_code == 422
    assert "name a clinician first" in answer.content.decode()
    assert officer.client.post(f"{page}restrict/", sealed | {"r-named": "nobody"}).status_code == 422
    assert officer.client.post(f"{page}restrict/", sealed | {"r-named": "doctor"}).status_code == 302
    assert doctor.client.get(f"/staff/patients/{patient}/").status_code == 200
    key = Restriction.objects.get().id
    assert officer.client.post(f"{page}restrictions/{key}/").status_code == 302
    assert doctor.client.get(f"/staff/patients/{patient}/").status_code == 404
    assert officer.client.post(f"{page}staff/", {"s-staff": "doctor"}).status_code == 302
    assert StaffAsPatient.objects.get().staff_id == doctor.member.id
    own = doctor.client.post(offer(doctor), SAID)
    assert own.status_code == 422
    assert "This is your own record" in own.content.decode()


def test_a_sealed_record_opens_with_a_second_clinician(sign_in: SignIn) -> None:
    patient, named = people.patient(), people.staff(Role.DOCTOR)
    actions.restrict_record(
        patient, level="sealed", kind="wish", named=[named.id], by=people.staff(Role.PRIVACY_OFFICER).actor, at=NOON
    )
    doctor, nurse = sign_in(Role.DOCTOR), sign_in(Role.NURSE)
    waiting = doctor.client.post(offer(doctor), SAID, follow=True)
    code = BrokenGlass.objects.get().code
    assert code in waiting.content.decode()
    assert doctor.client.get(f"/staff/patients/{patient}/").status_code == 404
    assert nurse.client.post("/staff/broken-glass/agree/", {"code": "12"}).status_code == 422
    assert doctor.client.post("/staff/broken-glass/agree/", {"code": code}).status_code == 422
    assert nurse.client.post("/staff/broken-glass/agree/", {"code": f" {code} "}).status_code == 302
    assert doctor.client.get(waiting.request["PATH_INFO"])["Location"] == f"/staff/patients/{patient}/"
    assert doctor.client.get(f"/staff/patients/{patient}/").status_code == 200
    assert nurse.client.get(f"/staff/patients/{patient}/").status_code == 404
