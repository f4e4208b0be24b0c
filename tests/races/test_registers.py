"""Two workers at one register, or a worker and a clerk at one moment: every row is written once."""

import random
from datetime import timedelta

from ehospital.people import actions
from ehospital.people.actions import registers
from ehospital.people.models import Patient, RegisterImport
from tests.domain.clinical.test_races import together
from tests.engines import Clone
from tests.factories import people
from tests.factories import registers as make
from tests.factories.people import NOON

ROWS, AT_ONCE, WORKERS = 60, 10, 4


def test_several_workers_write_every_row_once(own_database: Clone) -> None:
    clerk, by = people.staff("administrator").actor, people.machinery()
    chance = random.Random(1)
    content = make.text([make.row(number, chance) for number in range(1, ROWS + 1)])
    register = make.checked(content, by=clerk, at=NOON)
    registers.take_register(register.pk, seen_version=register.version, by=clerk, at=NOON)

    def worker() -> None:
        while registers.take_rows(register.pk, by=by, at=NOON, most=AT_ONCE):
            pass

    assert together(*[worker] * WORKERS) == []
    register.refresh_from_db()
    assert register.state == "imported"
    assert Patient.objects.count() == ROWS
    assert register.rows.filter(outcome="made").count() == ROWS


def test_of_two_clerks_who_undo_and_take_one_wins(own_database: Clone) -> None:
    clerk = people.staff("administrator").actor
    for number in range(5):
        register = make.checked(
            make.text([[number, "Okafor", f"Amina{number}", "F", "1980", "", ""]]), by=clerk, at=NOON
        )
        seen = register.version

        def take(key: object = register.pk, seen: int = seen) -> None:
            registers.take_register(key, seen_version=seen, by=clerk, at=NOON)  # type: ignore[arg-type]

        def discard(key: object = register.pk, seen: int = seen) -> None:
            registers.discard_register(key, seen_version=seen, by=clerk, at=NOON)  # type: ignore[arg-type]

        raised = together(take, discard)
        assert [type(error) for error in raised] == [registers.RegisterMoved], raised


def test_a_record_that_is_used_while_it_is_undone_stays_or_was_never_used(own_database: Clone) -> None:
    clerk, by, nurse = people.staff("administrator").actor, people.machinery(), people.staff("nurse")
    for number in range(8):
        rows = [[number, "Berg", f"Tove{number}", "F", f"{1950 + number}", "", ""]]
        register = make.taken(make.text(rows), by=clerk, at=NOON)
        (key,) = register.rows.filter(outcome="made").values_list("made", flat=True)
        registers.undo_register(register.pk, seen_version=register.version, by=clerk, at=NOON)

        def care(key: object = key) -> None:
            actions.begin_care(patient_id=key, staff_id=nurse.id, kind="named", source=f"race:{key}", by=by, at=NOON)  # type: ignore[arg-type]

        def undo(pk: object = register.pk) -> None:
            registers.undo_rows(pk, by=by, at=NOON + timedelta(minutes=1))  # type: ignore[arg-type]

        raised = together(care, undo)
        stays = Patient.objects.filter(pk=key).exists()
        kept = RegisterImport.objects.get(pk=register.pk).rows.filter(outcome="kept").exists()
        assert stays == kept
        assert stays or raised, "somebody was taken into care who is not there any more"
