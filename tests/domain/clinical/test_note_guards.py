"""What the database itself refuses to do to a signed note, and what the web's role can do with notes."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connections

from ehospital.clinical import actions, queries
from ehospital.people.row_security import granting
from tests.engines import Clone
from tests.factories import clinical, people
from tests.factories.people import NOON


def test_the_web_role_changes_no_signed_note_in_sql(own_database: Clone) -> None:
    patient = people.patient()
    doctor = clinical.carer(patient).actor
    key = clinical.note(patient, "words", by=doctor)
    for role in ("ehospital_web", "ehospital_worker", "ehospital_stream"):
        with psycopg.connect(own_database.url(role), autocommit=True) as connection:
            for sql in (
                "UPDATE clinical_note SET text = 'x'",
                "DELETE FROM clinical_note",
                "TRUNCATE clinical_note CASCADE",
                "ALTER TABLE clinical_note DISABLE TRIGGER history_stays",
                "UPDATE clinical_correction SET reason = 'x'",
                f"INSERT INTO clinical_note (id, text) VALUES ('{key}', 'x') ON CONFLICT (id) DO UPDATE SET text = 'x'",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(sql)
    with psycopg.connect(own_database.url(), autocommit=True) as connection:  # not even the owner, by a slip
        with pytest.raises(psycopg.errors.RestrictViolation):
            connection.execute("UPDATE clinical_note SET text = 'x'")
        assert connection.execute("SELECT text FROM clinical_note").fetchall() == [("words",)]


def test_the_web_role_begins_signs_and_marks(own_database: Clone, as_web: None) -> None:
    patient = people.patient()
    doctor = clinical.carer(patient).actor
    with granting.request_transaction(only_reads=False):
        note = clinical.note(patient, "words", by=doctor)
        clinical.note(patient, "more", by=doctor, amends=note)
        actions.undo_error(actions.enter_in_error("notes", note, reason="slip", by=doctor, at=NOON), by=doctor, at=NOON)
    with granting.request_transaction(only_reads=True):
        assert len(queries.note(patient, note, viewer=doctor, at=NOON).addenda.all()) == 1


@pytest.fixture
def as_web(own_database: Clone) -> Iterator[None]:
    """Let Django be the web role for a while."""
    settings = connections.settings["default"]
    before = {name: settings[name] for name in ("USER", "PASSWORD")}
    parts = psycopg.conninfo.conninfo_to_dict(own_database.url("ehospital_web"))
    connections["default"].close()
    connections["default"].close_pool()  # type: ignore[attr-defined]
    settings |= {"USER": parts["user"], "PASSWORD": parts["password"]}
    yield
    connections["default"].close()
    connections["default"].close_pool()  # type: ignore[attr-defined]
    settings |= before
