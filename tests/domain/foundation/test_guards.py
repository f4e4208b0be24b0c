"""Database roles: each process may do exactly what it needs."""

import psycopg
import pytest

from tests.engines import Clone

ADD_EVENT = (
    "INSERT INTO foundation_auditevent (at, action, category, actor_kind, actor_id, actor_name, subject, purpose,"
    " request, details) VALUES (now(), 'a.read', 'R', 's', 's', 's', '', '', '', '{}')"
)


@pytest.mark.parametrize("role", ["ehospital_web", "ehospital_worker", "ehospital_stream"])
def test_history_may_be_added_to_and_nothing_else(own_database: Clone, role: str) -> None:
    with psycopg.connect(own_database.url(role), autocommit=True) as connection:
        connection.execute(ADD_EVENT)
        for sql in (
            "UPDATE foundation_auditevent SET actor_id = 'x'",
            "DELETE FROM foundation_auditevent",
            "TRUNCATE foundation_auditevent",
            "ALTER TABLE foundation_auditevent DISABLE TRIGGER history_stays",
            "DROP TABLE foundation_auditevent",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(sql)
        row = connection.execute("SELECT count(*) FROM foundation_auditevent").fetchone()
        assert row == (1,)


def test_the_stream_reads_patients_and_changes_none(own_database: Clone) -> None:
    with psycopg.connect(own_database.url("ehospital_stream"), autocommit=True) as connection:
        connection.execute("SELECT id FROM people_patient")
        for sql in (
            "DELETE FROM people_patient",
            "UPDATE people_patient SET active = false",
            "SELECT * FROM people_account",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(sql)


@pytest.mark.parametrize("role", ["ehospital_web", "ehospital_worker", "ehospital_stream", "ehospital_owner"])
def test_no_role_of_ours_can_become_more(own_database: Clone, role: str) -> None:
    with psycopg.connect(own_database.url(role), autocommit=True) as connection:
        row = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolreplication FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        assert row == (False, False, False, False)
