"""Numbers that others give: their form, their check digit, and whose they are."""

from dataclasses import replace

import pytest

from ehospital.foundation.models import AuditEvent
from ehospital.people import access, actions, numbers, queries
from ehospital.people.access import Role
from ehospital.people.details import IdentifierDetails, PatientDetails
from ehospital.people.models import IdentifierIssuer, Patient
from tests.factories import people
from tests.factories.people import NOON

NHS = "https://fhir.nhs.uk/Id/nhs-number"


@pytest.mark.parametrize(
    ("number", "pattern", "check", "wrong"),
    [
        ("9434765919", r"\d{10}", "nhs", ""), ("9434765918", r"\d{10}", "nhs", "check"),
        ("943476591", r"\d{10}", "nhs", "form"), ("94347659190", r"\d{10}", "nhs", "form"),
        ("79927398713", "", "luhn", ""), ("79927398710", "", "luhn", "check"),
        ("ANYTHING", "", "none", ""), ("1" * 40, "", "none", ""), ("1" * 41, "", "none", "form"),
        ("079", "", "iso7064-11-2", ""), ("078", "", "iso7064-11-2", "check"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_number(number: str, pattern: str, check: str, wrong: str) -> None:
    assert numbers.trouble(number, pattern=pattern, check=check) == wrong


def test_every_check_digit_that_can_be_chosen_is_known() -> None:
    assert set(IdentifierIssuer.Check.values) == set(numbers.CHECKS)
    assert numbers.written(" ab 12\t3 ") == "AB123"


def with_number(value: str) -> PatientDetails:
    return replace(people.details(), identifiers=(IdentifierDetails(NHS, value, "NI"),))


@pytest.fixture
def issuer(db: None) -> None:
    by = people.staff(Role.ADMINISTRATOR).actor
    actions.set_issuer(NHS, name="NHS number", kind="NI", pattern=r"\d{10}", check_digit="nhs", by=by, at=NOON)


@pytest.mark.parametrize(("value", "why"), [("9434765918", "check"), ("94347", "form")])
def test_a_mistyped_number_is_refused_and_nothing_is_written(issuer: None, value: str, why: str) -> None:
    with pytest.raises(actions.MalformedNumber) as refused:
        actions.register_patient(with_number(value), by=people.machinery(), at=NOON)
    assert (refused.value.why, refused.value.number.value) == (why, value)
    assert Patient.objects.count() == 0


def test_a_number_that_stands_already_is_not_in_the_way(db: None) -> None:
    key = actions.register_patient(with_number("94347"), by=people.machinery(), at=NOON)
    actions.set_issuer(NHS, name="NHS number", pattern=r"\d{10}", check_digit="nhs", by=people.machinery(), at=NOON)
    actions.revise_patient(
        key, replace(with_number("94347"), sex="other"), seen_version=1, by=people.machinery(), at=NOON
    )
    with pytest.raises(actions.MalformedNumber):
        actions.revise_patient(key, with_number("94348"), seen_version=2, by=people.machinery(), at=NOON)
    assert Patient.objects.get().version == 2


@pytest.mark.parametrize(
    "change",
    [
        {"name": " "},
        {"pattern": "("},
        {"check_digit": "magic"},
        {"system": "urn:ehospital:patient-number"},
        {"system": ""},
    ],
)
def test_an_issuer_that_cannot_be_is_refused(db: None, change: dict) -> None:
    told = {"system": NHS, "name": "NHS number", **change}
    with pytest.raises(actions.UnusableIssuer):
        actions.set_issuer(told.pop("system"), **told, by=people.machinery(), at=NOON)
    assert queries.issuers() == []
    assert AuditEvent.objects.count() == 0


def test_an_issuer_is_changed_in_place_and_only_by_administrators(issuer: None) -> None:
    actions.set_issuer(NHS, name="NHS no.", by=people.machinery(), at=NOON)
    assert [(one.name, one.check_digit) for one in queries.issuers()] == [("NHS no.", "none")]
    with pytest.raises(access.NotPermitted):
        actions.set_issuer(NHS, name="x", by=people.staff(Role.RECEPTIONIST).actor, at=NOON)
    assert queries.issuers()[0].name == "NHS no."
