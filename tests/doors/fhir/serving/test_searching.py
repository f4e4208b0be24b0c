"""Search: only what may be read, page by page, each patient in the answer written down once."""

from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ehospital.clinical import actions
from ehospital.clinical.details import Moment
from ehospital.foundation.models import AuditEvent
from ehospital.people import actions as people_actions
from ehospital.people.details import NameDetails, PatientDetails
from tests.doors.fhir.serving.conftest import Json, System, in_care, told, words
from tests.factories import clinical, people

pytestmark = pytest.mark.django_db


def ids(answer: object) -> list[str]:
    """The ids of a Bundle's matches."""
    bundle: Json = told(answer)  # type: ignore[arg-type]
    assert bundle["resourceType"] == "Bundle", bundle
    return [one["resource"]["id"] for one in bundle.get("entry", []) if one["search"]["mode"] == "match"]


def person(given: str, family: str, born: date, at: datetime, precision: str = "day") -> PatientDetails:
    return PatientDetails(names=(NameDetails(given, family),), birth_on=born, birth_precision=precision)


@pytest.fixture
def three(system: System, now: datetime) -> list[str]:
    """Three patients of the unit, and a fourth of nobody."""
    by = people.machinery(now)
    born = [
        person("Ida Marie", "Müller", date(1961, 4, 2), now),
        person("Jon", "van der Berg", date(1961, 1, 1), now, "year"),
        person("Maria", "Østby", date(1990, 12, 31), now),
    ]
    keys = [people_actions.register_patient(one, by=by, at=now) for one in born]
    for key in keys:
        in_care(system.unit_id, key, at=now)
    people_actions.register_patient(person("Ida", "Muller", date(1961, 4, 2), now), by=by, at=now)
    return [str(key) for key in keys]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", "012"),
        ("family=muller", "0"),
        ("family=Mül", "0"),
        ("family=BERG", "1"),
        ("family=van der", "1"),
        ("family=ost", "2"),
        ("family:exact=Müller", "0"),
        ("family:exact=Muller", ""),
        ("family:contains=ller", "0"),
        ("given=marie", "0"),
        ("given=mari", "02"),
        ("given=mari&family=ost", "2"),
        ("name=ida", "0"),
        ("name=ida,jon", "01"),
        ("name=;--", ""),
        ("birthdate=1961", "01"),
        ("birthdate=1961-04-02", "0"),
        ("birthdate=1961-04", "0"),
        ("birthdate=gt1961", "2"),
        ("birthdate=ge1961-04-02", "012"),
        ("birthdate=lt1961-04-02", "1"),
        ("birthdate=le1961-04-02", "01"),
        ("birthdate=sa1961-04-02", "2"),
        ("birthdate=eb1990-12-31", "01"),
        ("birthdate=ne1961", "2"),
        ("birthdate=ge1961&birthdate=lt1962", "01"),
        ("gender=unknown", "012"),
        ("gender:not=unknown", ""),
        ("active=true", "012"),
        ("_sort=birthdate", "102"),
        ("_sort=-birthdate", "201"),
    ],
)
def test_patients_are_found_as_fhir_says(system: System, three: list[str], query: str, found: str) -> None:
    got = ids(system.get(f"Patient?{query}"))
    wanted = [three[int(place)] for place in found]
    assert (got if "_sort" in query else sorted(got)) == (wanted if "_sort" in query else sorted(wanted))
    seen = AuditEvent.objects.filter(action="patient.read").values_list("patient_id", flat=True)
    assert sorted(str(key) for key in seen) == sorted(wanted)


def test_a_patient_is_found_by_number_and_issuer(system: System, now: datetime) -> None:
    key = str(in_care(system.unit_id, at=now, number="777"))
    for query, found in (
        ("777", [key]), ("urn:test:national|777", [key]), ("urn:other|777", []), ("|777", []), ("7", []),
    ):  # fmt: skip
        assert ids(system.get(f"Patient?identifier={query}")) == found, query
    assert ids(system.get(f"Patient?_id={key}")) == [key]
    assert ids(system.get("Patient?_id=nobody")) == []


@pytest.fixture
def results(system: System, now: datetime) -> tuple[str, list[str]]:
    """A patient with five potassiums, an hour apart, and one of which only the month is known."""
    key = in_care(system.unit_id, at=now)
    carer = clinical.carer(key, at=now).actor
    noon = datetime(2024, 3, 1, 11, tzinfo=UTC)
    lines = [clinical.potassium(f"4.{hour}", noon + timedelta(hours=hour)) for hour in range(5)]
    month = clinical.potassium("5", noon)
    lines.append(type(month)(**{**{name: getattr(month, name) for name in month.__dataclass_fields__},
                                "id": clinical.potassium("5", noon).id,
                                "effective": Moment(datetime(2024, 2, 1, tzinfo=UTC), "month")}))  # fmt: skip
    return str(key), [str(one) for one in actions.record_results(key, lines, by=carer, at=now)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("code=2823-3", "012345"),
        ("code=http://loinc.org|2823-3", "012345"),
        ("code=http://snomed.info/sct|2823-3", ""),
        ("code=1,2823-3", "012345"),
        ("category=laboratory", "012345"),
        ("category:not=laboratory", ""),
        ("category:not=laboratory,vital-signs", ""),
        ("status=final", "012345"),
        ("date=2024-03-01", "01234"),
        ("date=2024-02", "5"),
        ("date=2024-02-10", ""),
        ("date=gt2024-02-10", "012345"),
        ("date=gt2024-03-01T12:00:00Z", "234"),
        ("date=ge2024-03-01T12:00:00Z", "1234"),
        ("date=le2024-03-01T12:00:00Z", "015"),
        ("date=2024-03-01T12:00:00+00:00", "1"),
        ("date=2024-03-01T12:00Z", "1"),
        ("date=sa2024-03-01T12:00:00Z", "234"),
        ("date=eb2024-03-01", "5"),
        ("date=ge2024&date=lt2024-03-01", "5"),
        ("encounter=Encounter/01999999-0000-7000-8000-000000000000", ""),
        ("_lastUpdated=gt2020", "012345"),
        ("_lastUpdated=lt2020", ""),
        ("_sort=-date", "432105"),
        ("_sort=date", "501234"),
    ],
)
def test_observations_are_found_as_fhir_says(
    system: System, results: tuple[str, list[str]], query: str, found: str
) -> None:
    key, lines = results
    wanted = [lines[int(place)] for place in found]
    for patient in (f"patient={key}&", f"subject=Patient/{key}&", f"subject:Patient={key}&", ""):
        got = ids(system.get(f"Observation?{patient}{query.replace('+', '%2B')}"))
        assert (got if "_sort" in query else sorted(got)) == (wanted if "_sort" in query else sorted(wanted))


def test_pages_go_on_where_the_last_one_ended_also_when_lines_come(
    system: System, results: tuple[str, list[str]], now: datetime
) -> None:
    key, lines = results
    seen: list[str] = []
    path = f"Observation?patient={key}&_sort=-date&_count=2"
    for place in range(4):
        answer = told(system.get(path))
        seen += [one["resource"]["id"] for one in answer.get("entry", [])]
        links = {one["relation"]: one["url"] for one in answer["link"]}
        if "next" not in links:
            break
        path = urlsplit(links["next"])._replace(scheme="", netloc="").geturl().removeprefix("/fhir/")
        if place == 0:  # one that is newer than everything comes meanwhile
            actions.record_result(key, clinical.potassium("9", now), by=people.machinery(now), at=now)  # type: ignore[arg-type]
    assert seen == [lines[place] for place in (4, 3, 2, 1, 0, 5)]


def test_a_cursor_belongs_to_its_search_and_its_client(
    system: System, results: tuple[str, list[str]], register: object
) -> None:
    first = told(system.get("Observation?_count=2"))
    cursor = next(one["url"] for one in first["link"] if one["relation"] == "next").partition("_cursor=")[2]
    assert system.get(f"Observation?_count=2&_cursor={cursor}").status_code == 200
    for path in (
        f"Observation?_count=2&status=final&_cursor={cursor}",
        f"Condition?_count=2&_cursor={cursor}",
        f"Observation?_count=2&_cursor={cursor}x",
        "Observation?_cursor=nonsense",
    ):
        assert system.get(path).status_code == 410, path
    other = register("Other", unit_id=system.unit_id).sign_in()  # type: ignore[operator]
    assert other.get(f"Observation?_count=2&_cursor={cursor}").status_code == 410


def test_counting_can_be_spared(system: System, results: tuple[str, list[str]]) -> None:
    bundle = told(system.get("Observation?_total=none&_count=2"))
    assert "total" not in bundle and len(bundle["entry"]) == 2
    assert told(system.get("Observation?_total=accurate&_count=2"))["total"] == 6
    assert system.get("Observation?_total=some").status_code == 400


def test_a_form_goes_on_with_the_cursor_too(system: System, results: tuple[str, list[str]]) -> None:
    kind, seen, cursor = "application/x-www-form-urlencoded", list[str](), ""
    for _ in range(3):
        form = f"patient={results[0]}&_count=2{cursor}"
        bundle = system.send("post", "Observation/_search", data=form, content_type=kind)
        seen += ids(bundle)
        following = [one["url"] for one in told(bundle)["link"] if one["relation"] == "next"]
        cursor = "&_cursor=" + following[0].partition("_cursor=")[2] if following else ""
    assert sorted(seen) == sorted(results[1]) and not cursor


def test_a_count_of_zero_tells_the_number_alone(system: System, results: tuple[str, list[str]]) -> None:
    bundle = told(system.get("Observation?_count=0"))
    assert (bundle["total"], "entry" in bundle) == (6, False)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("Patient?birthdate=yesterday", "birthdate"),
        ("Patient?birthdate=1961-13", "birthdate"),
        ("Patient?birthdate=ap1961", "birthdate"),
        ("Patient?_has:Observation:patient:code=1234-5", "_has"),
        ("Observation?patient.name=ida", "patient.name"),
        ("Observation?subject:Patient.family=ida", "subject:Patient.family"),
        ("Patient?family:above=x", "family:above"),
        ("Observation?subject:Group=1", "subject:Group"),
        ("Patient?_sort=family", "_sort"),
        ("Patient?_count=many", "_count"),
        ("Patient?active=perhaps", "active"),
        ("Observation?code=|", "code"),
    ],
)
def test_what_means_nothing_is_refused_by_name(system: System, path: str, said: str) -> None:
    answer = system.get(path)
    assert answer.status_code == 400
    assert said in words(answer)


def test_an_unknown_parameter_is_reported_or_refused_as_the_client_prefers(system: System, three: list[str]) -> None:
    lenient = told(system.get("Patient?family=muller&shoe-size=44"))
    assert [one["search"]["mode"] for one in lenient["entry"]] == ["match", "outcome"]
    assert "shoe-size" in lenient["entry"][1]["resource"]["issue"][0]["diagnostics"]
    assert "shoe-size" not in lenient["link"][0]["url"]
    strict = system.get("Patient?family=muller&shoe-size=44", Prefer="handling=strict")
    assert strict.status_code == 400 and "shoe-size" in words(strict)


def test_a_search_by_form_keeps_the_parameters_out_of_the_address(system: System, three: list[str]) -> None:
    kind = "application/x-www-form-urlencoded"
    answer = system.send("post", "Patient/_search", data="family=muller", content_type=kind)
    assert ids(answer) == [three[0]]
    assert system.send("post", "Patient/_search", data="{}", content_type="application/json").status_code == 415


def test_a_search_that_shows_nobody_is_written_down_too(system: System) -> None:
    assert ids(system.get("Condition")) == []
    event = AuditEvent.objects.get(action="fhir.searched")
    assert (event.patient_id, event.details) == (None, {"type": "Condition"})


def test_two_tables_of_allergies_are_one_list(system: System, now: datetime) -> None:
    for place in range(3):
        at = now + timedelta(minutes=place)
        key = in_care(system.unit_id, at=now, given=f"P{place}")
        by = people.machinery(at)
        actions.state_no_known_allergies(key, by=by, at=at)
        actions.record_allergy(key, clinical.allergy("Nuts", recorded_at=at + timedelta(seconds=30)), by=by, at=at)
    for sort in ("date", "-date", "_id", "-_id"):
        path, seen = f"AllergyIntolerance?_count=1&_sort={sort}", []
        while path:
            bundle = told(system.get(path))
            seen += [one["resource"] for one in bundle["entry"]]
            following = [one["url"] for one in bundle["link"] if one["relation"] == "next"]
            path = following[0].partition("/fhir/")[2] if following else ""
        assert len({one["id"] for one in seen}) == len(seen) == 6 == bundle["total"]
        keys = [one["recordedDate" if "date" in sort else "id"] for one in seen]
        assert keys == sorted(keys, reverse=sort.startswith("-"))


def test_last_updated_tells_of_a_correction(system: System, results: tuple[str, list[str]], now: datetime) -> None:
    from uuid import UUID

    later = now + timedelta(hours=1)
    by = people.machinery(later)
    actions.enter_in_error("observations", UUID(results[1][0]), reason="wrong tube", by=by, at=later)
    since = (now + timedelta(minutes=30)).isoformat().replace("+", "%2B")
    query = f"Observation?_lastUpdated=ge{since}&status=final,entered-in-error"
    assert ids(system.get(query)) == [results[1][0]]
    assert len(ids(system.get(query.replace("=ge", "=lt")))) == 5


@pytest.mark.parametrize(("query", "counts"), [("", 0), ("_count=3", 0), ("_count=2", 1)])
def test_what_was_read_whole_is_not_counted_again(three: list[str], system: System, query: str, counts: int) -> None:
    with CaptureQueriesContext(connection) as asked:
        answer = told(system.get(f"Patient?{query}"))
    assert answer["total"] == 3
    assert sum('COUNT(*) AS "__count" FROM "people_patient"' in one["sql"] for one in asked.captured_queries) == counts
