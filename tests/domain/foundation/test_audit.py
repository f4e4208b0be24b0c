"""The audit trail: one row with the act, append-only, and every tampering shows."""

import time
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from django.conf import LazySettings
from django.db import DatabaseError, IntegrityError, connection, transaction

from ehospital.foundation import audit, guards, sealing
from ehospital.foundation.models import AppendOnlyError, AuditEvent, AuditSeal
from tests.engines import Clone
from tests.factories import people

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def keys_of_this_test(tmp_path: Path, settings: LazySettings) -> None:
    settings.DATA = tmp_path


def write(*actions: str) -> list[int]:
    """Write one event a transaction, and return their ids."""
    for action in actions:
        with transaction.atomic():
            audit.record(action, by=people.machinery(), at=AT)
    return list(AuditEvent.objects.order_by("id").values_list("id", flat=True))


def seal(events: int) -> None:
    """Seal until so many events are under a seal.

    A seal waits for every transaction of the whole server, also of tests beside this one in databases of their own.
    """
    deadline = time.monotonic() + 30
    while sum(AuditSeal.objects.values_list("events", flat=True)) < events:
        assert time.monotonic() < deadline, "the events of finished transactions were never sealed"
        sealing.seal(at=AT)


def tamper(sql: str, *values: object) -> None:
    """Do what a database superuser can: switch the guards off and edit."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE foundation_auditevent DISABLE TRIGGER USER")
        cursor.execute(sql, values)
        cursor.execute("ALTER TABLE foundation_auditevent ENABLE TRIGGER USER")


def kinds() -> list[tuple[str, int | None]]:
    return [(finding.kind, finding.event) for finding in sealing.verify()]


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused() -> None:
    with pytest.raises(audit.NotInTransaction, match=r"^chart\.read must be recorded inside"):
        audit.record("chart.read", by=people.machinery(), at=AT)
    assert AuditEvent.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_an_event_falls_with_its_transaction() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        audit.record("chart.read", by=people.machinery(), at=AT)
        _ = 1 / 0
    assert AuditEvent.objects.count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("action", "category"),
    [("chart.read", "R"), ("patient.registered", "C"), ("patient.updated", "U"), ("account.signed_in", "E")],
)
def test_the_verb_decides_the_category(action: str, category: str) -> None:
    write(action)
    assert AuditEvent.objects.get().category == category


@pytest.mark.django_db(transaction=True)
def test_python_and_the_database_both_refuse_to_change_history() -> None:
    write("chart.read")
    event = AuditEvent.objects.get()
    with pytest.raises(AppendOnlyError):
        event.save()
    with pytest.raises(AppendOnlyError):
        AuditEvent.objects.all().delete()
    for sql in ("UPDATE foundation_auditevent SET actor_id = 'x'", "DELETE FROM foundation_auditevent"):
        with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
            cursor.execute(sql)
    assert AuditEvent.objects.get().actor_id == event.actor_id


@pytest.mark.django_db(transaction=True)
def test_every_finished_event_is_sealed_once_and_verifies() -> None:
    write("a.read", "b.read", "c.read")
    seal(3)
    assert sealing.seal(at=AT) == 0
    write("d.read")
    seal(4)
    seals = list(AuditSeal.objects.order_by("number"))
    assert [one.number for one in seals] == list(range(1, len(seals) + 1))
    assert sum(one.events for one in seals) == 4
    assert sealing.verify() == []


@pytest.mark.django_db(transaction=True)
def test_an_edited_event_is_named() -> None:
    events = write("a.read", "b.read", "c.read")
    seal(3)
    tamper("UPDATE foundation_auditevent SET actor_name = 'Nobody' WHERE id = %s", events[1])
    assert kinds() == [("edited", events[1])]


@pytest.mark.django_db(transaction=True)
def test_a_deleted_event_is_named() -> None:
    events = write("a.read", "b.read", "c.read")
    seal(3)
    tamper("DELETE FROM foundation_auditevent WHERE id = %s", events[0])
    assert kinds() == [("deleted", events[0])]


@pytest.mark.django_db(transaction=True)
def test_an_inserted_event_is_named() -> None:
    write("a.read", "b.read")
    seal(2)
    tamper(
        "INSERT INTO foundation_auditevent (id, transaction, at, action, category, actor_kind, actor_id, actor_name,"
        " subject, purpose, request, details) SELECT 999, transaction, at, 'z.read', category, actor_kind, actor_id,"
        " actor_name, subject, purpose, request, details FROM foundation_auditevent ORDER BY id LIMIT 1"
    )
    assert kinds() == [("inserted", 999)]


@pytest.mark.django_db(transaction=True)
def test_an_event_moved_to_another_place_is_named() -> None:
    events = write("a.read", "b.read")
    seal(2)
    write("c.read")
    seal(3)
    last = AuditEvent.objects.order_by("-id").values_list("transaction", flat=True)[0]
    tamper("UPDATE foundation_auditevent SET transaction = %s WHERE id = %s", last, events[0])
    assert kinds() == [("reordered", events[0])]


@pytest.mark.django_db(transaction=True)
def test_cutting_off_the_end_shows_even_when_its_seal_goes_too() -> None:
    write("a.read")
    seal(1)
    events = write("b.read")
    seal(2)
    tamper("DELETE FROM foundation_auditevent WHERE id = %s", events[1])
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE foundation_auditseal DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM foundation_auditseal WHERE number = 2")
        cursor.execute("ALTER TABLE foundation_auditseal ENABLE TRIGGER USER")
    assert kinds() == [("truncated", None)]


@pytest.mark.django_db(transaction=True)
def test_a_seal_made_with_another_key_is_not_believed(tmp_path: Path, settings: LazySettings) -> None:
    write("a.read")
    seal(1)
    anchor = (tmp_path / "keys" / "audit-anchor").read_text()
    settings.DATA = tmp_path / "elsewhere"
    (settings.DATA / "keys").mkdir(parents=True)
    sealing._signing_key(may_make=True)
    (settings.DATA / "keys" / "audit-anchor").write_text(anchor)
    assert kinds() == [("forged", None)]


@pytest.mark.django_db(transaction=True)
def test_a_lost_key_is_said_and_never_replaced(tmp_path: Path) -> None:
    write("a.read")
    seal(1)
    (tmp_path / "keys" / "audit-seal.pem").unlink()
    with pytest.raises(sealing.NoSealingKey, match=r"restore it from the backup$"):
        sealing.verify()
    write("b.read")
    with pytest.raises(sealing.NoSealingKey):
        sealing.seal(at=AT)
    assert AuditSeal.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_key_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    write("a.read")
    seal(1)
    assert (tmp_path / "keys" / "audit-seal.pem").stat().st_mode & 0o777 == 0o600


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_is_still_open_is_left_for_the_next_seal() -> None:
    """An event of a slow transaction has a lower number than its neighbours' seal: it must still be sealed."""
    from django.db import connections

    slow = connection.copy()
    try:
        slow.set_autocommit(False)
        with slow.cursor() as cursor:
            cursor.execute(
                "INSERT INTO foundation_auditevent (at, action, category, actor_kind, actor_id, actor_name, subject,"
                " purpose, request, details) VALUES (now(), 'slow.read', 'R', 'system', 's', 's', '', '', '', '{}')"
            )
        write("quick.read")
        assert sealing.seal(at=AT) == 0
        slow.commit()
        seal(2)
        assert sealing.verify() == []
    finally:
        slow.close()
        connections["default"].close()


INSERT = (
    "INSERT INTO foundation_auditevent (transaction, recorded_at, at, action, category, actor_kind, actor_id,"
    " actor_name, subject, purpose, request, details)"
    " VALUES (%s, '2001-01-01Z', now(), 'z.read', 'R', 's', 's', 's', '', '', '', '{}')"
)


@pytest.mark.parametrize("number", [-5, 2**60])
def test_a_process_cannot_choose_the_number_by_which_an_event_is_sealed(own_database: Clone, number: int) -> None:
    write("a.read")
    with psycopg.connect(own_database.url("ehospital_web"), autocommit=True) as web:
        web.execute(INSERT, [number])
    forged = AuditEvent.objects.get(action="z.read")
    honest = AuditEvent.objects.get(action="a.read")
    assert honest.transaction < forged.transaction < honest.transaction + 1_000_000
    assert forged.recorded_at >= honest.recorded_at
    seal(2)
    assert sealing.verify() == []


@pytest.mark.parametrize("sealed", [True, False])
def test_an_event_that_no_seal_would_ever_cover_is_named(own_database: Clone, sealed: bool) -> None:
    """With its guards switched off, a database takes any number; what is out of every range still shows."""
    if sealed:
        write("a.read")
        seal(1)
    with pytest.raises(IntegrityError, match="audit_transaction_positive"):
        tamper(INSERT, -5)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE foundation_auditevent DROP CONSTRAINT audit_transaction_positive")
    tamper(INSERT, -5)
    tamper(INSERT, 2**60)
    low, high = AuditEvent.objects.filter(action="z.read").order_by("transaction").values_list("id", flat=True)
    assert kinds() == [("inserted", low), ("inserted", high)]
    with transaction.atomic():
        audit.record("b.read", by=people.machinery(), at=AT)
        assert kinds() == [("inserted", low), ("inserted", high)]


def count_from(number: int) -> None:
    """Let transactions count as in a server that began at this number."""
    with connection.cursor() as cursor:
        cursor.execute(guards._AUDIT_NUMBERS.format(offset=number))


def test_after_a_restore_into_another_server_sealing_goes_on(own_database: Clone) -> None:
    """There transactions count from low numbers again, below everything that was sealed in the old server."""
    old = 5_000_000_000
    count_from(old)
    write("a.read", "b.read")
    seal(2)
    count_from(0)
    assert sealing.verify() == []

    with pytest.raises(sealing.NumbersBehind, match="ehospital django migrate"):
        sealing.seal(at=AT)
    with connection.cursor() as cursor:
        guards.lay(cursor)
        guards.lay(cursor)

    write("c.read")
    assert AuditEvent.objects.get(action="c.read").transaction > old
    seal(3)
    assert sealing.verify() == []
    tamper(INSERT, 2**60)
    assert [kind for kind, _ in kinds()] == ["inserted"]


def test_the_web_process_makes_no_seals(own_database: Clone) -> None:
    with psycopg.connect(own_database.url("ehospital_web"), autocommit=True) as web:
        assert web.execute("SELECT count(*) FROM foundation_auditseal").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            web.execute("INSERT INTO foundation_auditseal (number) VALUES (1)")


def test_the_anchor_never_goes_back_when_two_sealers_overtake_each_other(
    own_database: Clone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    anchored = sealing._write_anchor

    def overtaken(newest: AuditSeal) -> None:
        """The first has committed its seal; before it anchors that, another seals and anchors."""
        monkeypatch.setattr(sealing, "_write_anchor", anchored)
        write("b.read")
        seal(2)
        anchored(newest)

    monkeypatch.setattr(sealing, "_write_anchor", overtaken)
    write("a.read")
    seal(2)
    assert (tmp_path / "keys" / "audit-anchor").read_text().split()[0] == str(AuditSeal.objects.count())
    assert sealing.verify() == []
