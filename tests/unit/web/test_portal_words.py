"""What a patient reads of a result and of a look: exact words, and nothing reassures that is not known."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.utils import translation

from ehospital.algorithms.result_standing import Standing
from ehospital.clinical.queries import Result
from ehospital.people.queries import Looked
from ehospital.web.portal.answering import called
from ehospital.web.portal.curves import LARGE, curve
from ehospital.web.portal.plain_results import concept_of, key_of, plain, plain_words
from ehospital.web.portal.plain_tests import PLAIN_TESTS
from ehospital.web.portal.record.documents import decoded
from ehospital.web.portal.who_looked.visits import DEEDS, deed, visits

ROOT = Path(__file__).resolve().parents[3] / "ehospital"
SAID = re.compile(r'''(?:audit\.(?:record|event)\(\s*|what = |what=)"([a-z0-9_]+\.[a-z_]+)"''')
# What is done to the house or to its staff belongs to no patient's trail.
OF_NOBODY = {
    "site",
    "ward",
    "room",
    "bed",
    "organisation",
    "unit",
    "staff",
    "role",
    "membership",
    "outsiders",
    "issuer",
    "client",
    "computer",
    "badge",
    "browser",
    "form_definition",
    "wishes",
}
NOT_SHOWN = {
    "fhir.searched", "fhir.refused", "account.pin_set", "glass.told", "look.messages_made",
    "device.registered", "device.secret_renewed", "device.revoked", "patient.searched", "account.signed_in",
    "account.failed", "notice.announced", "notice.reached_nobody", "notice.seen", "notice.settled", "notice.told",
}  # fmt: skip
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def result(value: str | None = "4.1", **more: Any) -> Result:
    known = {
        "id": UUID(int=1), "concept": "http://loinc.org|2823-3", "code_system": "http://loinc.org", "code": "2823-3",
        "display": "Potassium [Moles/volume] in Serum", "category": "laboratory", "status": "final",
        "effective_at": NOON, "effective_precision": "time", "issued_at": None,
        "value": None if value is None else Decimal(value), "comparator": "", "unit": "mmol/L", "ucum": "mmol/L",
        "value_text": "", "absent_reason": "", "interpretation": "", "reference_low": None, "reference_high": None,
        "reference_text": "", "note": "", "recorded_by_text": "", "panel_id": None, "position": 0,
    }  # fmt: skip
    return Result(**{**known, **more})


LOW, HIGH = {"reference_low": Decimal("3.5")}, {"reference_high": Decimal("5.3")}
BOTH = {**LOW, **HIGH}


def test_a_result_without_a_range_says_so_and_nothing_else() -> None:
    told = plain(result("4.1"))
    assert (told.words, told.usual, told.out_of_range, told.urgent) == ("no usual range given", "", False, False)


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        (BOTH, "3.5 – 5.3 mmol/L"),
        (LOW, "≥ 3.5 mmol/L"),
        (HIGH, "≤ 5.3 mmol/L"),
        ({"reference_text": "negative"}, "negative"),
        ({"reference_low": Decimal("0.10"), "reference_high": Decimal("1E+3")}, "0.10 – 1000 mmol/L"),
    ],
)
def test_the_usual_range_is_written_out(more: dict[str, Any], wanted: str) -> None:
    assert plain(result(**more)).usual == wanted


@pytest.mark.parametrize(
    ("unit", "wanted"),
    [("mm[Hg]", "mmHg"), ("Cel", "°C"), ("{score}", ""), ("mL/min/{1.73_m2}", "mL/min/1.73 m²"),
     ("/min", "/min"), ("{breaths}/min", "/min"),
     ("10*9/L", "10⁹/L"), ("", "")],
)  # fmt: skip
def test_units_are_those_of_people(unit: str, wanted: str) -> None:
    assert plain(result("3", unit=unit, ucum="")).unit == wanted


def test_values_keep_their_digits_and_their_limits() -> None:
    assert plain(result("3.10")).value == "3.10"
    assert plain(result("5", comparator="<=")).value == "≤ 5"
    assert plain(result(None, absent_reason="haemolysed")).text == "No value: haemolysed"
    assert plain(result(None)).known is False


@pytest.mark.parametrize(
    ("value", "wanted"),
    [("0.9618480066544322", "0.9618"), ("137.13696235113144", "137.1"), ("12345.678912", "12346"), ("250000", "250000"),
     ("12345678", "12345678"), ("123.456", "123.456"), ("0.0000012345678", "0.000001235"), ("-3.14159265", "-3.142")],
)  # fmt: skip
def test_digits_that_nobody_measures_are_left_out(value: str, wanted: str) -> None:
    told = plain(result(value))
    assert (told.value, told.rounded) == (wanted, wanted != value)


def test_the_exact_number_decides_where_a_result_stands() -> None:
    told = plain(result("5.30000001", **BOTH))
    assert (told.value, told.standing) == ("5.300", Standing.HIGH)


def test_a_blood_pressure_is_written_as_people_write_it() -> None:
    upper = result("142", code="8480-6", unit="mm[Hg]", display="Systolic")
    lower = result("88", code="8462-4", unit="mm[Hg]", display="Diastolic")
    for parts in ((upper, lower), (lower, upper)):
        told = plain(result(None, code="85354-9", parts=parts))
        assert (told.value, told.unit, told.name) == ("142/88", "mmHg", "Blood pressure")
    assert plain(result(None, code="85354-9", parts=(upper, result(None, code="8462-4")))).value == ""


def test_an_urgent_part_makes_the_whole_urgent() -> None:
    part = result("250", code="8480-6", interpretation="HH")
    assert plain(result(None, parts=(part,))).urgent is True


def test_words_for_machines_are_left_out_and_nothing_becomes_empty() -> None:
    assert plain_words("Asthma (disorder)") == "Asthma"
    assert (
        plain_words("Leukocytes [#/\u200bvolume] in Blood by Automated count")
        == "Leukocytes in Blood by Automated count"
    )
    assert plain_words("Plan (of my own)") == "Plan (of my own)"
    assert plain_words("[Mass/volume]") == "[Mass/volume]"


def test_every_plain_test_has_words_in_every_language() -> None:
    assert len(PLAIN_TESTS) > 60
    for language in ("fr", "ar"):
        with translation.override(language):
            same = {code for code, one in PLAIN_TESTS.items() if str(one.about).isascii() and language == "ar"}
            assert same == set()


@pytest.mark.parametrize("concept", ["http://loinc.org|2823-3", "text|größe", "a" * 200])
def test_an_address_of_a_test_leads_back_to_it(concept: str) -> None:
    assert concept_of(key_of(concept)) == concept


@pytest.mark.parametrize("key", ["", "x", "AAAA", "____", "é"])
def test_a_strange_address_leads_nowhere(key: str) -> None:
    assert concept_of(key) in {"", "\ufeff"} or concept_of(key).isprintable()


def days(*values: str, **more: Any) -> list[Result]:
    return [result(value, effective_at=NOON + timedelta(days=day), **more) for day, value in enumerate(values)]


def test_a_course_needs_two_exact_numbers_of_one_unit() -> None:
    assert curve(days("4")) is None
    assert curve([]) is None
    limits = [result("4", comparator="<"), result("5")]
    assert curve(limits) is None
    other_unit = [result("70", unit="mg/dL"), result("4", effective_at=NOON + timedelta(days=1))]
    assert curve(other_unit) is None


def test_a_stable_result_looks_stable() -> None:
    drawn = curve(days("4.1", "4.2", "4.1", **BOTH), box=LARGE)
    assert drawn is not None
    heights = [float(dot.y) for dot in drawn.dots]
    assert max(heights) - min(heights) < LARGE.height / 20
    assert [dot.outside for dot in drawn.dots] == [False, False, False]
    assert len(drawn.edges) == 2
    top, height = (float(part) for part in drawn.band or ("0", "0"))
    assert top < min(heights) < max(heights) < top + height


def test_a_value_far_out_stays_in_the_picture_and_is_marked() -> None:
    drawn = curve(days("4.1", "60", **BOTH), box=LARGE)
    assert drawn is not None
    assert [dot.outside for dot in drawn.dots] == [False, True]
    assert all(0 <= float(dot.y) <= LARGE.height for dot in drawn.dots)
    assert (drawn.lowest, drawn.highest, drawn.unit) == ("4.1", "60", "mmol/L")


def test_a_course_of_one_moment_is_drawn_without_a_fall() -> None:
    assert curve([result("4"), result("5")]) is not None
    assert curve([result("0"), result("0", effective_at=NOON + timedelta(days=1))]) is not None


def look(action: str, minutes_ago: int, name: str = "Berg", **more: Any) -> Looked:
    kind = more.pop("kind", "staff")
    return Looked(NOON - timedelta(minutes=minutes_ago), action, more.pop("category", "R"), name, kind, False, **more)


def test_what_one_person_did_in_one_go_is_one_line() -> None:
    lines = [
        look("result.recorded", 0, category="C"),
        look("chart.read", 10),
        look("chart.read", 20),
        look("chart.read", 36),
        look("chart.read", 37, "Lind"),
    ]
    told = visits(lines)
    assert [(one.name, one.deeds) for one in told] == [
        ("Berg", ("opened your record", "wrote down results")),
        ("Berg", ("opened your record",)),
        ("Lind", ("opened your record",)),
    ]
    assert (told[0].begun_at, told[0].ended_at, told[0].icon) == (NOON - timedelta(minutes=20), NOON, "plus")


def test_who_it_was_is_said_without_guessing() -> None:
    roles = [visits([line])[0].role for line in (
        look("chart.read", 0, roles=("nurse", "doctor")), look("chart.read", 0), look("chart.read", 0, kind="system"),
        look("chart.read", 0, kind="device"), look("chart.read", 0, kind="new"),
    )]  # fmt: skip
    assert roles == [
        "Nurse · Doctor", "Member of staff", "The hospital's computers", "A monitor or other device", "Somebody else",
    ]  # fmt: skip


def test_a_deed_without_words_is_told_by_its_kind() -> None:
    assert deed(look("thing.mended", 0, category="U")) == "changed something in your record"
    assert deed(look("thing.mended", 0, category="")) == "did something with your record"
    assert deed(look("flag.entered_in_error", 0, category="U")) == "marked something as written by mistake"
    assert deed(look("flag.error_undone", 0, category="U")) == "took back that something was written by mistake"


@pytest.mark.parametrize(("name", "wanted"), [("OKAFOR, Amina", "Amina"), ("OKAFOR", "OKAFOR"), ("Amina", "Amina")])
def test_people_are_called_by_their_given_name(name: str, wanted: str) -> None:
    assert called(name) == wanted


def test_text_of_old_systems_is_read_whole() -> None:
    assert decoded("naïve".encode()) == "naïve"
    assert decoded("naïve".encode("latin-1")) == "naïve"
    assert decoded(b"\xef\xbb\xbfHello") == "Hello"


def test_every_deed_that_touches_a_patient_has_words() -> None:
    """Audit actions are written out in the actions; whoever adds one gives it words here."""
    said = {action for path in sorted(ROOT.glob("*/*/*.py")) for action in SAID.findall(path.read_text())}
    elsewhere = {action for action in said if action.split(".")[0] in OF_NOBODY} | NOT_SHOWN
    assert len(said) > 30
    assert said - elsewhere - set(DEEDS) == set()
