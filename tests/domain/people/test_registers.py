"""A register on its way into use, and back: exactly what is written, what stays, and what a second time changes."""

import io
import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from openpyxl import Workbook

from ehospital.algorithms import register_match
from ehospital.foundation.models import AuditEvent
from ehospital.people import access, actions, comparing, queries, tasks
from ehospital.people.access import Role
from ehospital.people.actions import registers
from ehospital.people.actions.registers import taking
from ehospital.people.details import AddressDetails, NameDetails, PatientDetails, TelecomDetails
from ehospital.people.models import (
    Patient,
    PatientAddress,
    PatientContact,
    PatientIdentifier,
    PatientName,
    PatientTelecom,
    PatientTraits,
    RegisterImport,
    RegisterRow,
)
from ehospital.people.queries.duplicates import candidates
from ehospital.people.queries.register_candidates import Inside, candidates_of_many
from tests.factories import people
from tests.factories import registers as make
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db

RECORD = (Patient, PatientName, PatientIdentifier, PatientTelecom, PatientAddress, PatientContact, PatientTraits)
ROWS = [
    [1, "Okafor", "Amina", "F", "25/03/1980", "0163 2960123", "Harrowmere"],
    [2, "Karimi", "Hamid", "M", "03/04/1975", "", "Lund"],
    [3, "Berg", "Tove", "F", "1962", "", ""],
]


@pytest.fixture
def clerk() -> access.Actor:
    return people.staff(Role.ADMINISTRATOR).actor


def everything(models: Iterable[Any] = RECORD) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the record, but for the times and versions of patients, which only rise."""
    rising = {"version", "changed_at", "imported_version", "compared"}
    return {
        model.__name__: sorted(
            map(
                str,
                model.objects.values_list(*[f.attname for f in model._meta.concrete_fields if f.name not in rising]),
            )
        )
        for model in models
    }


def verdicts(register: RegisterImport) -> dict[int, str]:
    return dict(register.rows.filter(number__gt=1).values_list("number", "verdict"))


def test_a_register_comes_into_use_whole(clerk: access.Actor) -> None:
    register = make.taken(make.text(ROWS), by=clerk, at=NOON)
    assert register.state == "imported"
    assert register.counts["new"] == 3 and register.counts["row-made"] == 3
    amina = Patient.objects.get(name_text="OKAFOR, Amina")
    assert (str(amina.birth_on), amina.birth_precision, amina.sex) == ("1980-03-25", "day", "female")
    numbers = dict(amina.identifiers.values_list("system", "value"))
    assert numbers["urn:ehospital:register:clinic-book"] == "1"
    assert len(numbers["urn:ehospital:patient-number"]) >= 5
    assert amina.telecoms.get().value == "0163 2960123" and amina.addresses.get().city == "Harrowmere"
    assert Patient.objects.get(name_text="BERG, Tove").birth_precision == "year"
    assert Patient.objects.get(name_text="KARIMI, Hamid").birth_on.isoformat() == "1975-04-03"  # type: ignore[union-attr]
    assert AuditEvent.objects.filter(action="register.imported", subject=f"register:{register.pk}").count() == 1
    assert AuditEvent.objects.get(action="patient.imported", patient_id=amina.pk).subject == f"register:{register.pk}"


def test_nothing_is_written_by_the_check(clerk: access.Actor) -> None:
    people.patient()
    before = everything()
    register = make.checked(make.text(ROWS), by=clerk, at=NOON)
    assert register.state == "judged" and register.counts == {"new": 3}
    assert everything() == before


def test_a_repeat_changes_nothing(clerk: access.Actor) -> None:
    rows = [*ROWS, [4, "Okafor", "Amina", "F", "25/03/1980", "", ""], [5, "Only", "Name", "", "", "", ""]]
    make.taken(make.text(rows), by=clerk, at=NOON)
    before = everything()
    again = make.taken(make.text(rows), by=clerk, at=NOON)
    assert everything() == before
    assert again.counts == {"repeat": 5, "row-filled": 0, "row-kept": 0, "row-made": 0, "row-nothing": 5, "row-out": 0,
                            "row-undone": 0}  # fmt: skip


def test_undoing_leaves_nothing(clerk: access.Actor) -> None:
    known = replace(people.details(), telecoms=(TelecomDetails("phone", "0700 111222"),))
    actions.register_patient(known, by=people.machinery(), at=NOON)
    bare = PatientDetails(names=(NameDetails("Hamid", "Karimi"),), birth_on=known.birth_on, birth_precision="day")
    actions.register_patient(bare, by=people.machinery(), at=NOON)
    before = everything()
    rows = [*ROWS, [7, "Karimi", "Hamid", "M", "14/03/1957", "0163 555666", "Lund"]]
    register = make.taken(make.text(rows), by=clerk, at=NOON)
    assert everything() != before
    assert register.counts["row-filled"] == 1
    undone = make.undone(register, by=clerk, at=NOON)
    assert undone.state == "undone" and everything() == before
    assert undone.counts["row-undone"] == 4 and undone.counts["row-kept"] == 0
    assert make.taken(make.text(rows), by=clerk, at=NOON).counts["row-made"] == 3


def test_who_is_known_is_filled_in_and_never_overwritten(clerk: access.Actor) -> None:
    key = actions.register_patient(
        PatientDetails(
            names=(NameDetails("Amina", "Okafor"),), birth_on=people.details().birth_on, birth_precision="day",
            telecoms=(TelecomDetails("phone", "0700 111222"),), sex="female",
        ),
        by=people.machinery(), at=NOON,
    )  # fmt: skip
    row = [1, "Okafor", "Amina", "F", "14/03/1957", "0163 2960123", "Harrowmere"]
    register = make.taken(make.text([row]), by=clerk, at=NOON)
    held = register.rows.get(number=2)
    assert (held.verdict, held.outcome, held.patient_id) == ("same", "filled", key)
    assert [one.value for one in PatientTelecom.objects.filter(patient_id=key)] == ["0700 111222"]
    assert PatientAddress.objects.get(patient_id=key).city == "Harrowmere"
    assert ["record-differs", -1, "telecoms"] in held.problems
    assert Patient.objects.count() == 1


def test_the_same_person_twice_in_the_file_is_one_record(clerk: access.Actor) -> None:
    rows = [ROWS[0], [9, "OKAFOR", "Amina", "f", "1980-03-25", "", ""], ROWS[1]]
    rows[1][6] = ""
    register = make.taken(make.text(rows), by=clerk, at=NOON)
    assert verdicts(register) == {2: "new", 3: "inside", 4: "new"}
    assert Patient.objects.count() == 2
    assert register.rows.get(number=3).patient_id == register.rows.get(number=2).patient_id


def test_what_is_unsure_becomes_a_record_and_a_pair_on_the_worklist(clerk: access.Actor) -> None:
    key = people.patient("Amina", "Okafor")
    register = make.taken(make.text([[1, "Okafor", "Amina", "F", "1957", "", ""]]), by=clerk, at=NOON)
    row = register.rows.get(number=2)
    assert (row.verdict, row.outcome, row.like) == ("unsure", "made", key)
    actions.find_duplicates(by=people.machinery(), at=NOON)
    (pair,) = queries.duplicate_pairs(viewer=people.machinery(), at=NOON)
    assert {pair.first.id, pair.second.id} == {key, row.patient_id}


def test_what_a_person_decides_counts(clerk: access.Actor) -> None:
    key = people.patient("Amina", "Okafor")
    rows = [[1, "Okafor", "Amina", "F", "1957", "", ""], [3, "Okafor", "Amina", "F", "14/03/1957", "", ""], ROWS[1]]
    register = make.checked(make.text(rows), by=clerk, at=NOON)
    assert verdicts(register) == {2: "unsure", 3: "same", 4: "new"}
    for number, decision in ((2, "same"), (3, "new"), (4, "out")):
        registers.decide_row(register.pk, number, decision, by=clerk, at=NOON)
    registers.take_register(register.pk, seen_version=register.version, by=clerk, at=NOON)
    make.work(register.pk, at=NOON)
    outcomes = dict(register.rows.filter(number__gt=1).values_list("number", "outcome"))
    assert outcomes == {2: "filled", 3: "made", 4: "out"}
    assert register.rows.get(number=2).patient_id == key
    assert Patient.objects.count() == 2


def test_a_number_of_somebody_else_is_not_taken(clerk: access.Actor) -> None:
    rows = [ROWS[0], [1, "Lindqvist", "Per", "M", "12/12/1950", "", ""]]
    register = make.taken(make.text(rows), by=clerk, at=NOON)
    assert verdicts(register) == {2: "new", 3: "bad"}
    assert register.rows.get(number=3).problems[-1][0] == "number-twice"
    more = make.taken(make.text([[1, "Zhang", "Xiu", "F", "11/12/1950", "", ""]]), by=clerk, at=NOON)
    assert more.rows.get(number=2).problems == [["number-taken", -1, "1"]]
    assert Patient.objects.count() == 1


def test_undoing_keeps_who_was_used_since_and_says_why(clerk: access.Actor) -> None:
    register = make.taken(make.text(ROWS), by=clerk, at=NOON)
    corrected, cared, free = (register.rows.get(number=number).patient_id for number in (2, 3, 4))
    details = replace(people.details("Amina", "Okafor-Lind"), addresses=(AddressDetails("1 Mill Lane"),))
    actions.revise_patient(corrected, details, seen_version=1, by=people.machinery(), at=NOON)
    ward = people.staff(Role.NURSE)
    actions.begin_care(patient_id=cared, staff_id=ward.id, kind="named", source="test", by=people.machinery(), at=NOON)
    undone = make.undone(register, by=clerk, at=NOON)
    kept = dict(undone.rows.filter(outcome="kept").values_list("number", "why_kept"))
    assert kept == {2: "corrected", 3: "people.CareRelationship"}
    assert set(Patient.objects.values_list("pk", flat=True)) == {corrected, cared}
    assert not Patient.objects.filter(pk=free).exists()
    assert undone.counts["row-kept"] == 2 and undone.counts["row-undone"] == 1


def test_a_killed_import_goes_on_where_it_stopped(clerk: access.Actor) -> None:
    chance = random.Random(7)
    rows = [make.row(number, chance) for number in range(1, 61)]
    register = make.checked(make.text(rows), by=clerk, at=NOON)
    registers.take_register(register.pk, seen_version=register.version, by=clerk, at=NOON)
    by = people.machinery()
    assert registers.take_rows(register.pk, by=by, at=NOON, most=25) == 25
    assert Patient.objects.count() == 25
    make.work(register.pk, at=NOON)
    register.refresh_from_db()
    assert register.state == "imported" and Patient.objects.count() == 60
    assert register.rows.filter(outcome="made").values("made").distinct().count() == 60


def test_a_killed_check_goes_on_where_it_stopped(clerk: access.Actor) -> None:
    chance = random.Random(7)
    rows = [make.row(number, chance) for number in range(1, 41)]
    rows += [[number + 100, *row[1:]] for number, row in enumerate(rows)]
    register = make.brought(make.text(rows), by=clerk, at=NOON)
    whole = make.checked(make.text(rows), by=clerk, at=NOON)
    settings = whole.settings
    RegisterImport.objects.filter(pk=register.pk).update(settings=settings, state="judging")
    by = people.machinery()
    assert registers.check_rows(register.pk, Inside(), by=by, at=NOON, most=30) == 30
    make.work(register.pk, at=NOON)  # a process that knows nothing of the first
    assert verdicts(register) == verdicts(whole)
    assert whole.counts == {"inside": 40, "new": 40}


def test_who_was_registered_after_the_check_is_not_made_twice(clerk: access.Actor) -> None:
    register = make.checked(make.text(ROWS), by=clerk, at=NOON)
    born = PatientDetails(
        names=(NameDetails("Hamid", "Karimi"),), sex="male", birth_on=people.details().birth_on, birth_precision="day"
    )
    key = actions.register_patient(
        replace(born, birth_on=born.birth_on.replace(1975, 4, 3)), by=people.machinery(), at=NOON  # type: ignore[union-attr]
    )  # fmt: skip
    registers.take_register(register.pk, seen_version=register.version, by=clerk, at=NOON)
    make.work(register.pk, at=NOON)
    assert register.rows.get(number=3).patient_id == key
    assert Patient.objects.count() == 3


def test_days_that_can_be_read_both_ways_are_asked_for(clerk: access.Actor) -> None:
    register = make.brought(make.text([ROWS[1]]), by=clerk, at=NOON)
    settings = make.RegisterSettings.from_json(register.settings)
    settings = replace(settings, register="Book")
    registers.describe_register(register.pk, settings, seen_version=register.version, by=clerk, at=NOON)
    with pytest.raises(registers.Unsaid) as refused:
        registers.check_register(register.pk, seen_version=register.version + 1, by=clerk, at=NOON)
    assert refused.value.what == ("order",)
    register.refresh_from_db()
    assert register.state == "read" and verdicts(register) == {2: ""}


def test_only_administrators_bring_registers(clerk: access.Actor) -> None:
    desk = people.staff(Role.RECEPTIONIST).actor
    with pytest.raises(access.NotPermitted):
        registers.bring_register(make.text(ROWS), file_name="r.csv", by=desk, at=NOON)
    assert not RegisterImport.objects.exists()
    register = make.checked(make.text(ROWS), by=clerk, at=NOON)
    with pytest.raises(access.NotPermitted):
        registers.take_register(register.pk, seen_version=register.version, by=desk, at=NOON)
    with pytest.raises(registers.RegisterMoved):
        registers.take_register(register.pk, seen_version=register.version - 1, by=clerk, at=NOON)
    register.refresh_from_db()
    assert register.state == "judged"


def test_discarding_forgets_every_row(clerk: access.Actor) -> None:
    register = make.checked(make.text(ROWS), by=clerk, at=NOON)
    registers.discard_register(register.pk, seen_version=register.version, by=clerk, at=NOON)
    register.refresh_from_db()
    assert register.state == "discarded" and not RegisterRow.objects.exists()


def test_many_at_once_find_what_one_at_a_time_finds(clerk: access.Actor) -> None:
    chance = random.Random(3)
    names, towns = ["Okafor", "Okafro", "Lind", "Berg"], ["Lund", "Harrowmere"]

    def person() -> PatientDetails:
        return PatientDetails(
            names=(NameDetails(chance.choice(["Amina", "Aminah", "Tove"]), chance.choice(names)),),
            sex=chance.choice(["male", "female", "unknown"]),
            birth_on=people.details().birth_on.replace(chance.choice([1957, 1958]), chance.choice([1, 3]), chance.choice([1, 14])),  # type: ignore[union-attr]  # noqa: E501
            birth_precision=chance.choice(["day", "year", "month"]),
            telecoms=(TelecomDetails("phone", chance.choice(["0700 111222", "0163 2960123"])),),
            addresses=(AddressDetails("1 Mill Lane", chance.choice(towns), postal_code=chance.choice(["A1", "B2"])),),
        )  # fmt: skip

    for _ in range(60):
        actions.register_patient(person(), by=people.machinery(), at=NOON)
    asked = {number: comparing.person(person()) for number in range(60)}
    many = candidates_of_many(asked)
    for number, told in asked.items():
        one = register_match.judge(told, records=candidates(told), rows=())
        at_once: Any = register_match.judge(told, records=many[number], rows=())
        assert (one.finding, one.record) == (at_once.finding, at_once.record)
        if one.match and at_once.match and one.match.probability >= 0.5:
            assert one.match == at_once.match


def test_the_check_uses_the_index(clerk: access.Actor) -> None:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN SELECT patient_id FROM people_patienttraits WHERE keys && ARRAY['x']::text[]")
        assert cursor.fetchall()
    assert taking.AT_ONCE <= 1000


def test_work_that_fell_silent_is_woken(clerk: access.Actor) -> None:
    register = make.checked(make.text(ROWS), by=clerk, at=NOON)
    registers.take_register(register.pk, seen_version=register.version, by=clerk, at=NOON)
    assert registers.resume(at=NOON + timedelta(seconds=59)) == 0
    assert registers.resume(at=NOON + timedelta(seconds=61)) == 1
    assert tasks.work_on_register(str(register.pk)) == 1
    register.refresh_from_db()
    assert register.state == "imported"
    assert registers.resume(at=NOON + timedelta(days=1)) == 0


def test_a_file_that_cannot_be_read_otherwise_stands_as_it_was(clerk: access.Actor) -> None:
    register = make.brought("Name\tBorn\r\nZoé\t1980".encode("utf-16"), by=clerk, at=NOON)
    before = list(register.rows.values_list("number", "cells"))
    wrong = make.RegisterSettings(encoding="cp1252", separator=",")
    registers.describe_register(register.pk, wrong, seen_version=register.version, by=clerk, at=NOON)
    make.work(register.pk, at=NOON)
    register.refresh_from_db()
    assert (register.state, register.settings["encoding"], register.shape["failed"]) == ("read", "utf-16", "no-table")
    assert list(register.rows.values_list("number", "cells")) == before


def test_the_first_sheet_in_which_something_stands_is_read(clerk: access.Actor) -> None:
    book = Workbook()
    book.active.title = "Notes"  # type: ignore[union-attr]
    book.create_sheet("Patients").append(["Family name", "First name"])
    book["Patients"].append(["Okafor", "Amina"])
    held = io.BytesIO()
    book.save(held)
    register = make.brought(held.getvalue(), by=clerk, at=NOON, name="r.xlsx")
    assert register.settings["sheet"] == "Patients" and register.rows.count() == 2


def test_a_file_that_holds_nothing_is_refused_and_says_why(clerk: access.Actor) -> None:
    register = make.brought(make.workbook([]), by=clerk, at=NOON, name="r.xlsx")
    assert (register.state, register.why) == ("refused", "empty")
    registers.discard_register(register.pk, seen_version=register.version, by=clerk, at=NOON)
