"""What the elements of a resource become, one by one; no database needed."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from ehospital.clinical.details import Code, Moment, Reference, Value
from ehospital.fhir.elements import Concept, Element, LeftOut, Reading, concept, moment
from ehospital.fhir.mapping import encounters, medicines, observations, outsiders, problems
from ehospital.fhir.references import Target, id_of, parse, row_id, target

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
KEY = UUID(int=1)


class NoLinks:
    """A resource that stands alone."""

    def entry(self, kind: str, reference: Element | None) -> UUID | None:
        return None

    def entries(self, kind: str, references: list[Element]) -> tuple[UUID, ...]:
        return ()

    def staff(self, *references: Element | None) -> tuple[UUID | None, str]:
        return None, ""

    def organisation(self, reference: Element | None) -> UUID | None:
        return None

    def medicine(self, reference: Element | None) -> Concept | None:
        return None

    def words(self, reference: Element) -> str:
        return reference.text("display", 250)

    def care_plan_of(self, goal: UUID) -> UUID | None:
        return None


def element(**json: Any) -> Element:
    return Element(json, "R", Reading(NOW, ZoneInfo("Europe/Oslo")))


def observed(**json: Any) -> Any:
    given = element(status="final", code={"text": "x"}, effectiveDateTime="2024-01-01", **json)
    return observations.read(given, KEY, NoLinks())


MG = {"unit": "mg/dL", "system": "http://unitsofmeasure.org", "code": "mg/dL"}


@pytest.mark.parametrize(
    ("json", "value"),
    [
        (
            {"valueQuantity": {"value": Decimal("5.40"), **MG}},
            Value(number=Decimal("5.40"), unit="mg/dL", ucum="mg/dL"),
        ),
        (
            {"valueQuantity": {"value": 5, "comparator": "<", **MG}},
            Value(number=Decimal(5), comparator="<", unit="mg/dL", ucum="mg/dL"),
        ),
        ({"valueQuantity": {"value": 5, "unit": "mmHg"}}, Value(number=Decimal(5), unit="mmHg", ucum="mm[Hg]")),
        ({"valueQuantity": {"value": 5, "unit": "furlongs"}}, Value(number=Decimal(5), unit="furlongs")),
        ({"valueQuantity": {"value": 5}}, Value(number=Decimal(5))),
        ({"valueQuantity": {"unit": "mg"}}, Value(absent_reason="a quantity without a number")),
        ({"valueInteger": 3}, Value(number=Decimal(3))),
        ({"valueString": " Normal "}, Value(text="Normal")),
        ({"valueBoolean": False}, Value(code=Code("", "false", "no"))),
        ({"valueCodeableConcept": {"text": "Positive"}}, Value(code=Code("", "", "Positive"))),
        (
            {"valueRange": {"low": {"value": 1, "unit": "mg"}, "high": {"value": 2, "unit": "mg"}}},
            Value(text="1 mg – 2 mg"),
        ),
        ({"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 128}}}, Value(text="1 : 128")),
        ({"valueTime": "08:30:00"}, Value(text="08:30:00")),
        ({"valuePeriod": {"start": "2020", "end": "2021"}}, Value(text="2020 – 2021")),
        ({"dataAbsentReason": {"text": "Haemolysed"}}, Value(absent_reason="Haemolysed")),
        ({}, Value()),
    ],
)
def test_every_kind_of_value(json: dict[str, Any], value: Value) -> None:
    assert observed(**json).value == value


def ranges(*given: dict[str, Any]) -> Reference:
    return observed(valueQuantity={"value": 5, "unit": "mg"}, referenceRange=list(given)).reference


def test_a_reference_range_is_kept_only_in_the_unit_of_the_value() -> None:
    low, high = {"value": 1, "unit": "mg"}, {"value": 2, "unit": "mg"}
    assert ranges({"low": low, "high": high}) == Reference(low=Decimal(1), high=Decimal(2))
    assert ranges({"low": {"value": 1}}) == Reference(low=Decimal(1))
    assert ranges({"low": low, "high": {"value": 2, "unit": "g"}}) == Reference(text="1 mg – 2 g")
    assert ranges({"low": high, "high": low}) == Reference(text="2 mg – 1 mg")
    assert ranges({"low": low, "appliesTo": [{"text": "Men"}]}, {"high": high}) == Reference(text="– 2 mg".strip(" –"))
    assert ranges() == Reference()


@pytest.mark.parametrize(
    ("text", "at", "precision"),
    [
        ("1980", datetime(1979, 12, 31, 23, 0, tzinfo=UTC), "year"),
        ("1980-07", datetime(1980, 6, 30, 22, 0, tzinfo=UTC), "month"),
        ("2024-07-01", datetime(2024, 6, 30, 22, 0, tzinfo=UTC), "day"),
        ("2024-07-01T08:30:00+02:00", datetime(2024, 7, 1, 6, 30, tzinfo=UTC), "time"),
        ("2024-07-01T08:30Z", datetime(2024, 7, 1, 8, 30, tzinfo=UTC), "time"),
        ("2024-07-01T08:30:00.123456789Z", datetime(2024, 7, 1, 8, 30, 0, 123456, tzinfo=UTC), "time"),
        ("2024-07-01T08:30:00", datetime(2024, 7, 1, 6, 30, tzinfo=UTC), "time"),
    ],
)
def test_dates_with_what_is_known_of_them(text: str, at: datetime, precision: str) -> None:
    assert moment(text, Reading(NOW, ZoneInfo("Europe/Oslo")), "R") == Moment(at, precision)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "80",
        "1980-13",
        "2024-02-30",
        "2024-07-01T25:00:00Z",
        "2024-07-01 08:30",
        "1492",
        "9999",
        "２０２４",
        "2024-1-1",
    ],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        moment(text, Reading(NOW, ZoneInfo("UTC")), "R")


def test_an_end_of_which_only_the_year_is_known_may_be_the_year_of_the_start() -> None:
    read = lambda end: problems.read(  # noqa: E731
        element(code={"text": "x"}, onsetDateTime="2020-05-03", abatementDateTime=end), KEY, NoLinks()
    )
    assert read("2020").abated == Moment(read("2020").onset.at, "year")
    assert (read("2021").abated.precision, read("2021").status) == ("year", "resolved")
    for end in ("2019", "2020-04", "2020-05-02"):
        with pytest.raises(LeftOut, match="lies before the start"):
            read(end)


def test_the_preferred_vocabulary_wins_and_the_others_are_kept() -> None:
    codings = [
        {"system": "b", "code": "2", "display": "Two"},
        {"system": "a", "code": "1"},
        {"code": "3", "userSelected": True},
    ]
    plain = concept(element(coding=codings[:2]))
    assert plain == Concept(Code("b", "2", "Two"), (Code("a", "1", ""),))
    assert concept(element(coding=codings[:2]), ("a",)).code == Code("a", "1", "Two")
    assert concept(element(coding=codings, text="Words")).code == Code("", "3", "Words")
    assert concept(element(coding=[{"system": "a", "code": "1"}])).code == Code("a", "1", "1")
    assert concept(element(coding=[{}])) is None


@pytest.mark.parametrize(
    ("dosage", "words"),
    [
        ({"text": "as directed", "asNeededBoolean": True}, "as directed"),
        (
            {
                "doseAndRate": [{"doseQuantity": {"value": Decimal("1.0"), "unit": "tablet"}}],
                "timing": {"repeat": {"frequency": 2, "period": Decimal("1.0"), "periodUnit": "d"}},
                "asNeededBoolean": True,
            },
            "1 tablet, 2 × per 1 d, as needed",
        ),
        ({"doseAndRate": [{"doseQuantity": {"value": Decimal("1E+2"), "unit": "mg"}}]}, "100 mg"),
        ({"timing": {"repeat": {"frequency": 1, "frequencyMax": 2, "period": 1, "periodUnit": "d"}}}, ""),
        ({"timing": {"code": {"text": "BID"}}}, "BID"),
        ({}, ""),
    ],
)
def test_a_dosage_says_only_what_is_beyond_doubt(dosage: dict[str, Any], words: str) -> None:
    given = element(status="active", medicationCodeableConcept={"text": "x"}, dosageInstruction=[dosage])
    assert medicines.read_request(given, KEY, NoLinks()).dosage_text == words


@pytest.mark.parametrize(
    ("json", "why"),
    [
        ({"doNotPerform": True, "medicationCodeableConcept": {"text": "x"}}, "an order not to give"),
        ({}, "names no medicine"),
        (
            {
                "medicationCodeableConcept": {"text": "x"},
                "dosageInstruction": [{"a": {"b": [[[[[[[[[[[[1]]]]]]]]]]]]}}],
            },
            "nested deeper than any dosage",
        ),
        ({"medicationCodeableConcept": {"text": "x"}, "dosageInstruction": [{"a": 10**60}]}, "beyond any measurement"),
    ],
)
def test_a_prescription_that_could_be_misread_is_left_out(json: dict[str, Any], why: str) -> None:
    with pytest.raises(LeftOut, match=why):
        medicines.read_request(element(status="active", **json), KEY, NoLinks())


@pytest.mark.parametrize(
    ("code", "setting"), [("AMB", "AMB"), ("ACUTE", "IMP"), ("emergency", "EMER"), ("XX", "OTHER"), (None, "OTHER")]
)
def test_settings_of_encounters(code: str | None, setting: str) -> None:
    given = element(status="planned", **({"class": {"code": code}} if code else {}))
    assert encounters.read(given, KEY, NoLinks()).setting == setting


def test_outsiders_need_a_name_and_bring_their_numbers() -> None:
    numbers = [{"system": "npi", "value": "1"}, {"value": "2"}, {"system": "x"}]
    details, found = outsiders.read_practitioner(element(name=[{"text": "Dr. House"}], identifier=numbers))
    assert (details.name_text, details.identifier, found) == ("Dr. House", "1", (("npi", "1"), ("", "2")))
    place, _ = outsiders.read_location(element(name="Ward 1", type=[{"text": "Ward"}], address={"city": "Bergen"}))
    assert (place.kind, place.address) == ("place: Ward", "Bergen")
    for read in (outsiders.read_practitioner, outsiders.read_organisation, outsiders.read_location):
        with pytest.raises(LeftOut, match="name is missing"):
            read(element())


@pytest.mark.parametrize(
    ("text", "leads_to"),
    [
        ("Patient/1", Target("Patient", id="1")),
        ("Patient/1/_history/3", Target("Patient", id="1")),
        ("https://example.org/fhir/r4/Patient/a.b-c", Target("Patient", id="a.b-c")),
        ("urn:uuid:5", Target("", urn="urn:uuid:5")),
        ("#p", Target("", contained="p")),
        ("Practitioner?identifier=http://npi|77", Target("Practitioner", number=("http://npi", "77"))),
        ("Practitioner?identifier=http%3A%2F%2Fnpi%7C77", Target("Practitioner", number=("http://npi", "77"))),
        ("Practitioner?identifier=77", Target("Practitioner", number=("", "77"))),
        ("Practitioner?name=x", None),
        ("#", None),
        ("patient/1", None),
        ("Patient", None),
        ("Patient/", None),
    ],
)
def test_references_of_every_form(text: str, leads_to: Target | None) -> None:
    assert parse(text) == leads_to


def test_logical_references_and_ids() -> None:
    logical = {"type": "Organization", "identifier": {"system": "s", "value": "v"}}
    assert target(logical) == Target("Organization", number=("s", "v"))
    assert target({"display": "Somebody"}) is None
    assert target("Patient/1") is None
    assert (id_of("1", ""), id_of(None, "urn:uuid:5"), id_of(None, "http://x/Patient/7")) == ("1", "5", "7")
    assert [id_of(given, "urn:uuid:5") for given in ("", "a b", "a\0", 5, "x" * 201)] == [""] * 5


def test_the_id_of_a_row_never_changes() -> None:
    """These are in the records of hospitals: another algorithm would import everything a second time."""
    assert str(row_id("fhir", "Patient", "1")) == "809a1309-aa83-52eb-bfa1-e8656c154ae1"
    assert row_id("fhir", "Patient", "1") != row_id("other", "Patient", "1") != row_id("fhir", "Group", "1")
