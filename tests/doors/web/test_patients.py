"""Finding, registering and correcting patients, as the desk does it."""

from datetime import datetime

import pytest
from django.test import Client

from ehospital.foundation.models import AuditEvent
from ehospital.people import actions, queries
from ehospital.people.access import Permission, Role
from ehospital.people.models import Patient, PatientIdentifier, PatientName
from tests.doors.web.conftest import SignIn
from tests.factories import monitoring, people

pytestmark = pytest.mark.django_db

AMINA = {"family": "Okafor", "given": "Amina", "birth": "14-03-1957", "sex": "female", "phone": "555 0100"}


def test_the_desk_finds_a_patient_and_sees_no_way_into_the_chart(sign_in: SignIn) -> None:
    people.patient()
    answer = sign_in(Role.RECEPTIONIST).client.get("/staff/patients/", {"q": "okafor"})
    page = answer.content.decode()
    assert "OKAFOR, Amina" in page
    assert "14-Mar-1957" in page
    assert "Open chart" not in page


def test_typing_refreshes_the_list_alone(sign_in: SignIn) -> None:
    people.patient()
    answer = sign_in(Role.RECEPTIONIST).client.get("/staff/patients/", {"q": "okafor"}, headers={"HX-Request": "true"})
    assert b"<html" not in answer.content
    assert b"OKAFOR, Amina" in answer.content


def test_registering_writes_everything_that_was_typed(sign_in: SignIn) -> None:
    desk = sign_in(Role.RECEPTIONIST)
    typed = {**AMINA, "former_family": "Eze", "kin_name": "Chidi Okafor", "kin_phone": "555 0101", "city": "Oslo"}
    answer = desk.client.post("/staff/patients/register/", typed)
    key = Patient.objects.get().id
    assert (answer.status_code, answer["Location"]) == (302, f"/staff/patients/{key}/edit/")
    patient = queries.patient(key, viewer=desk.member.actor, permission=Permission.PATIENT_EDIT)
    assert (patient.name_text, str(patient.birth_on), patient.birth_precision) == ("OKAFOR, Amina", "1957-03-14", "day")
    assert {name.use: name.family for name in patient.names.all()} == {"official": "Okafor", "maiden": "Eze"}
    assert [(one.name, one.next_of_kin) for one in patient.contacts.all()] == [("Chidi Okafor", True)]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("1957", ("1957-01-01", "year")), ("03-1957", ("1957-03-01", "month")), ("", ("None", "unknown"))],
)
def test_a_birth_date_may_be_known_in_part(sign_in: SignIn, typed: str, stored: tuple[str, str]) -> None:
    sign_in(Role.RECEPTIONIST).client.post("/staff/patients/register/", {**AMINA, "birth": typed})
    patient = Patient.objects.get()
    assert (str(patient.birth_on), patient.birth_precision) == stored


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"family": "", "given": ""}, "Type a name"),
        ({"birth": "31-02-1957"}, "This is no date"),
        ({"birth": "²"}, "This is no date"),
        ({"birth": "195²"}, "This is no date"),
        ({"birth": "0000"}, "This is no date"),
        ({"birth": "1870"}, "Nobody born then is alive"),
        ({"birth": "01-01-0001"}, "Nobody born then is alive"),
        ({"birth": "14-03-2157"}, "lies in the future"),
        ({"email": "nonsense"}, "valid email"),
    ],
)
def test_what_cannot_be_is_said_in_words_and_what_was_typed_stays(sign_in: SignIn, change: dict, words: str) -> None:
    answer = sign_in(Role.RECEPTIONIST).client.post("/staff/patients/register/", {**AMINA, **change})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert "555 0100" in page
    assert Patient.objects.count() == 0


def test_a_like_person_must_be_ruled_out_first(sign_in: SignIn) -> None:
    people.patient()
    desk = sign_in(Role.RECEPTIONIST)
    answer = desk.client.post("/staff/patients/register/", AMINA)
    assert answer.status_code == 422
    assert "Is it one of these?" in answer.content.decode()
    assert Patient.objects.count() == 1
    page = answer.content.decode()
    assert "same birth date, same family name, same given name" in page
    assert 'value="555 0100"' in page
    shown = str(Patient.objects.get().id)
    assert f'name="nobody_alike" value="{shown}"' in page.replace("\n", " ")
    desk.client.post("/staff/patients/register/", {**AMINA, "nobody_alike": shown})
    assert Patient.objects.count() == 2


def test_whoever_was_not_shown_yet_is_asked_about_even_after_others_were_ruled_out(sign_in: SignIn) -> None:
    people.patient()
    desk = sign_in(Role.RECEPTIONIST)
    shown = str(Patient.objects.get().id)
    people.patient("Amina", "Okafor")
    answer = desk.client.post("/staff/patients/register/", {**AMINA, "nobody_alike": shown})
    assert (answer.status_code, Patient.objects.count()) == (422, 2)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"family": "Okafro", "given": "Amina", "birth": "14-03-1957"}, "family name differs by a slip"),
        ({"family": "Amina", "given": "Okafor", "birth": "14-03-1957"}, "family and given name swapped"),
        ({"family": "Okafor", "given": "Amina", "birth": "14-03-1975"}, "birth date differs by one figure"),
        ({"family": "Okafor", "given": "Amina", "birth": "14-"}, "Possibly the same person"),
    ],
)
def test_while_typing_the_form_shows_who_may_be_meant(sign_in: SignIn, typed: dict, words: str) -> None:
    people.patient()
    answer = sign_in(Role.RECEPTIONIST).client.post("/staff/patients/register/check/", typed)
    page = answer.content.decode()
    assert (answer.status_code, "<html" in page) == (200, False)
    assert "OKAFOR, Amina" in page
    assert words in page
    assert "Open chart" not in page
    assert "Open this record" in page


@pytest.mark.parametrize(
    "typed", [{}, {"family": "Ok"}, {"family": "Karimi", "given": "Hamid"}, {"birth": "14-03-1957"}]
)
def test_while_nothing_speaks_of_anybody_nothing_is_shown(sign_in: SignIn, typed: dict) -> None:
    people.patient()
    desk = sign_in(Role.RECEPTIONIST)
    assert desk.client.post("/staff/patients/register/check/", typed).content.strip() == b""
    assert Patient.objects.count() == 1


def test_a_nurse_sees_who_may_be_meant_but_no_way_to_strangers(sign_in: SignIn) -> None:
    people.patient()
    page = sign_in(Role.NURSE).client.post("/staff/patients/register/check/", AMINA).content.decode()
    assert "OKAFOR, Amina" in page
    assert "<a " not in page


def test_the_check_is_for_those_who_register(sign_in: SignIn) -> None:
    assert sign_in(Role.CASHIER).client.post("/staff/patients/register/check/", AMINA).status_code == 403
    assert sign_in(Role.RECEPTIONIST).client.get("/staff/patients/register/check/").status_code == 405


def test_a_record_is_archived_with_a_reason_found_by_its_number_and_brought_back(sign_in: SignIn) -> None:
    key, desk = people.patient(), sign_in(Role.RECEPTIONIST).client
    place = f"/staff/patients/{key}/archive/"
    assert f'href="{place}"' in desk.get(f"/staff/patients/{key}/edit/").content.decode()
    nameless = desk.post(place, {"version": "1", "reason": " "})
    assert (nameless.status_code, "Say why" in nameless.content.decode()) == (422, True)
    late = desk.post(place, {"version": "7", "reason": "made twice"})
    assert "Somebody else has changed this record" in late.content.decode()
    assert Patient.objects.get().active
    assert desk.post(place, {"version": "1", "reason": "made for a test"}).status_code == 302
    assert (Patient.objects.get().active, Patient.objects.get().version) == (False, 2)
    assert "Nobody found" in desk.get("/staff/patients/", {"q": "okafor"}).content.decode()
    number = PatientIdentifier.objects.get().value
    assert "Archived" in desk.get("/staff/patients/", {"q": number}).content.decode()
    page = desk.get(f"/staff/patients/{key}/edit/").content.decode()
    assert "Reason: made for a test" in page
    desk.post(f"/staff/patients/{key}/edit/", {**AMINA, "version": "2"})
    assert Patient.objects.get().archived_reason == "made for a test"
    assert desk.post(place, {"version": "3"}).status_code == 302
    assert (Patient.objects.get().active, Patient.objects.get().archived_reason) == (True, "")
    told = AuditEvent.objects.filter(action__in=["patient.archived", "patient.restored"]).order_by("id")
    assert [one.action for one in told] == ["patient.archived", "patient.restored"]


def test_nobody_in_a_bed_is_archived_and_no_nurse_archives(sign_in: SignIn, now: datetime) -> None:
    ward = monitoring.ward(now)
    key = ward.patient_ids[0]
    sent = {"version": "1", "reason": "made twice"}
    answer = sign_in(Role.RECEPTIONIST).client.post(f"/staff/patients/{key}/archive/", sent)
    assert (answer.status_code, "lies in a bed" in answer.content.decode()) == (422, True)
    assert 'value="made twice"' in answer.content.decode()
    assert sign_in(Role.NURSE).client.post(f"/staff/patients/{key}/archive/", sent).status_code == 403
    assert Patient.objects.get(pk=key).active


def test_the_form_asks_for_the_numbers_of_each_issuer_and_checks_them(sign_in: SignIn) -> None:
    nhs, insurer = "https://fhir.nhs.uk/Id/nhs-number", "urn:insurer"
    by = people.machinery()
    actions.set_issuer(nhs, name="NHS number", pattern=r"\d{10}", check_digit="nhs", by=by, at=people.NOON)
    actions.set_issuer(insurer, name="Health plan", by=by, at=people.NOON)
    desk = sign_in(Role.RECEPTIONIST).client
    page = desk.get("/staff/patients/register/").content.decode()
    assert page.index("Health plan") < page.index("NHS number")
    assert "National number" not in page
    wrong = desk.post("/staff/patients/register/", {**AMINA, "number_0": "ab 1", "number_1": "943 476 5918"})
    assert wrong.status_code == 422
    assert "The check digit is wrong" in wrong.content.decode()
    assert 'value="943 476 5918"' in wrong.content.decode()
    assert Patient.objects.count() == 0
    right = desk.post("/staff/patients/register/", {**AMINA, "number_0": "ab 1", "number_1": "943 476 5919"})
    numbers = dict(PatientIdentifier.objects.values_list("system", "value"))
    assert (numbers[nhs], numbers[insurer]) == ("9434765919", "AB1")
    assert 'value="9434765919"' in desk.get(right["Location"]).content.decode()
    twin = {**AMINA, "given": "Ngozi", "number_0": "AB1", "nobody_alike": str(Patient.objects.get().id)}
    taken = desk.post("/staff/patients/register/", twin).content.decode()
    assert "AB1 is the number of OKAFOR, Amina" in taken


def test_a_newborn_is_registered_from_the_mothers_page(sign_in: SignIn) -> None:
    mother, desk = people.patient(), sign_in(Role.RECEPTIONIST).client
    place = f"/staff/patients/register/?mother={mother}"
    assert f'href="{place}"' in desk.get(f"/staff/patients/{mother}/edit/").content.decode()
    page = desk.get(place).content.decode()
    assert "A newborn of OKAFOR, Amina" in page
    assert 'value="Okafor"' in page
    born = {"family": "Okafor", "sex": "female", "birth": "01-03-2026", "mother": str(mother)}
    assert desk.post("/staff/patients/register/", {**born, "nobody_alike": str(mother)}).status_code == 302
    child = Patient.objects.get(mother_id=mother)
    assert (child.name_text, str(child.birth_on)) == ("OKAFOR", "2026-03-01")
    impossible = desk.post("/staff/patients/register/", {**born, "given": "Ada", "birth": "01-03-1950"})
    assert "the mother was born later than her child" in impossible.content.decode()
    assert Patient.objects.count() == 2
    foreign = sign_in(Role.NURSE).client.get(place)
    assert foreign.status_code == 404


UNKNOWN = {"sex": "male", "age_years": "40", "where": "bed 4", "marks": "red coat"}


def test_somebody_unknown_is_registered_by_what_is_seen_and_named_later(sign_in: SignIn) -> None:
    desk = sign_in(Role.RECEPTIONIST)
    assert "Nobody knows who it is" in desk.client.get("/staff/patients/register/").content.decode()
    answer = desk.client.post("/staff/patients/register/unknown/", UNKNOWN)
    patient = Patient.objects.get()
    assert (answer.status_code, patient.name_text) == (302, "UNKNOWN, male, about 40, bed 4, red coat")
    assert (patient.sex, patient.birth_precision, patient.birth_on.month) == ("male", "year", 1)
    page = desk.client.get(answer["Location"]).content.decode()
    assert 'value="male, about 40, bed 4, red coat"' in page
    kept = {"family": "Unknown", "given": "male, about 40, bed 4, red coat", "sex": "male", "version": "1"}
    desk.client.post(answer["Location"], {**kept, "phone": "555 0100"})
    assert [(name.use, name.family) for name in PatientName.objects.all()] == [("temp", "Unknown")]
    desk.client.post(answer["Location"], {**AMINA, "version": "2"})
    assert Patient.objects.get().name_text == "OKAFOR, Amina"
    assert set(PatientName.objects.values_list("use", "family")) == {("official", "Okafor"), ("temp", "Unknown")}


def test_nothing_need_be_known_of_somebody_unknown(sign_in: SignIn) -> None:
    desk = sign_in(Role.RECEPTIONIST).client
    desk.post("/staff/patients/register/unknown/", {"sex": "unknown"})
    assert (Patient.objects.get().name_text, Patient.objects.get().birth_on) == ("UNKNOWN", None)
    refused = desk.post("/staff/patients/register/unknown/", {"sex": "unknown", "age_years": "400", "where": "bed 9"})
    assert refused.status_code == 422
    assert 'value="bed 9"' in refused.content.decode()
    assert Patient.objects.count() == 1


def test_a_number_that_is_taken_says_whose_it_is(sign_in: SignIn) -> None:
    desk = sign_in(Role.RECEPTIONIST)
    desk.client.post("/staff/patients/register/", {**AMINA, "national_number": "77 12"})
    first = Patient.objects.get()
    other = {"family": "Karimi", "given": "Hamid", "sex": "male", "national_number": "7712", "phone": "555 0199"}
    ruled_out = {**other, "nobody_alike": str(first.id)}
    page = desk.client.post("/staff/patients/register/", ruled_out).content.decode()
    assert "7712 is the number of OKAFOR, Amina (hospital no. " in page
    assert "555 0199" in page
    assert Patient.objects.count() == 1
    second = people.patient("Hamid", "Karimi")
    answer = desk.client.post(f"/staff/patients/{second}/edit/", {**other, "version": "1"})
    assert answer.status_code == 422
    assert "is the number of OKAFOR, Amina" in answer.content.decode()
    assert Patient.objects.get(pk=second).version == 1


def test_an_edit_of_an_outdated_page_is_refused_and_shows_what_stands(sign_in: SignIn) -> None:
    key, desk = people.patient(), sign_in(Role.RECEPTIONIST)
    first = {**AMINA, "version": "1", "given": "Amina Rose"}
    assert desk.client.post(f"/staff/patients/{key}/edit/", first).status_code == 302
    answer = desk.client.post(f"/staff/patients/{key}/edit/", {**AMINA, "version": "1", "given": "Lost"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Somebody else has changed this patient meanwhile" in page
    assert "Amina Rose" in page
    assert 'value="Lost"' in page
    assert PatientName.objects.get(patient_id=key).given == "Amina Rose"


def test_an_edit_keeps_what_the_form_does_not_show(sign_in: SignIn) -> None:
    from dataclasses import replace

    from ehospital.people.details import AddressDetails, IdentifierDetails, NameDetails

    known = replace(
        people.details(),
        names=(NameDetails("Amina", "Okafor"), NameDetails("Ami", "Old", use="anonymous")),
        identifiers=(IdentifierDetails("urn:insurer", "77", "SN"),),
        addresses=(AddressDetails(city="Oslo"), AddressDetails(city="Lagos", use="old")),
    )
    key = actions.register_patient(known, by=people.machinery(), at=people.NOON)
    desk = sign_in(Role.RECEPTIONIST)
    assert (
        desk.client.post(f"/staff/patients/{key}/edit/", {**AMINA, "version": "1", "city": "Bergen"}).status_code == 302
    )
    patient = queries.patient(key, viewer=desk.member.actor, permission=Permission.PATIENT_EDIT)
    assert {name.use for name in patient.names.all()} == {"official", "anonymous"}
    assert "urn:insurer" in {number.system for number in patient.identifiers.all()}
    assert {address.city for address in patient.addresses.all()} == {"Bergen", "Lagos"}


def test_a_foreign_patient_and_a_missing_one_answer_the_same(sign_in: SignIn) -> None:
    key, nurse = people.patient(), sign_in(Role.NURSE)
    foreign = nurse.client.get(f"/staff/patients/{key}/edit/")
    missing = nurse.client.get("/staff/patients/00000000-0000-7000-8000-000000000000/edit/")
    assert foreign.status_code == missing.status_code == 404


def test_roles_without_the_permission_are_told_so(sign_in: SignIn) -> None:
    assert sign_in(Role.ADMINISTRATOR).client.get("/staff/patients/").status_code == 403
    assert Client().get("/staff/patients/").status_code == 302


def test_a_name_that_is_a_script_is_shown_as_text(sign_in: SignIn) -> None:
    people.patient("<script>alert(1)</script>", "Okafor")
    page = sign_in(Role.RECEPTIONIST).client.get("/staff/patients/", {"q": "okafor"}).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;" in page


def test_only_the_privacy_officer_opens_the_trail(sign_in: SignIn) -> None:
    key = people.patient()
    officer, doctor = sign_in(Role.PRIVACY_OFFICER), sign_in(Role.DOCTOR)
    page = officer.client.get("/staff/audit/", {"patient": str(key)}).content.decode()
    assert "patient.registered" in page
    number = queries.hospital_number(
        queries.patient(key, viewer=people.machinery(), permission=Permission.PATIENT_EDIT)
    )
    assert f'<a href="?patient={key}"><bdi>OKAFOR, Amina</bdi></a>' in page
    assert f'<bdi dir="ltr">{number}</bdi>' in page
    assert "the hospital&#x27;s computers" in page
    assert doctor.client.get("/staff/audit/").status_code == 403
    assert officer.client.get("/staff/audit/", {"patient": "x", "since": "y"}).status_code == 200
