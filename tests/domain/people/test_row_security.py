"""The database guards the charts by itself: asked directly, as the web role, past every line of the program."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.apps import apps
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from psycopg import sql
from pytest_django import DjangoDbBlocker

from ehospital.cli.engines.postgres import Postgres
from ehospital.clinical import actions as clinical
from ehospital.foundation import history_triggers
from ehospital.people import access, actions
from ehospital.people.access import Permission, Role
from ehospital.people.models import Account, CareRelationship, ClientApplication, ClientUnit, Consent, Proxy
from ehospital.people.row_security import granting, laying
from tests.engines import Clone, elsewhere
from tests.factories import clinical as charts
from tests.factories import people, portal

Refused = psycopg.errors.InsufficientPrivilege
MODELS = laying.guarded()
TABLES = [one._meta.db_table for one in MODELS]
TRAIL = "foundation_auditevent"
NOTHING_OPEN = "no chart is open in this transaction"
Web = psycopg.Connection[Any]


@dataclass(frozen=True)
class Hospital:
    """Two full charts, and the doctor who cares for the first of them."""

    clone: Clone
    mine: UUID
    other: UUID
    doctor: access.Actor
    refusal: "Refusal"


@dataclass(frozen=True)
class Refusal:
    """A patient who lies in a ward, comes to a clinic, and refused a nurse of the ward, the clinic, and more."""

    patient: UUID
    nurse: access.Actor
    colleague: access.Actor
    clinic_doctor: access.Actor
    proxy: access.Actor
    system: access.Actor


@pytest.fixture(scope="module")
def hospital(postgres: Postgres, migrated_template: str, django_db_blocker: DjangoDbBlocker) -> Iterator[Hospital]:
    """A database for the tests of this file, none of which commits."""
    clone = Clone(f"guarded_{secrets.token_hex(4)}", postgres)
    run = "CREATE DATABASE {} TEMPLATE {} OWNER ehospital_owner"
    with psycopg.connect(postgres.url("postgres", "postgres"), autocommit=True) as server:
        server.execute(sql.SQL(run).format(sql.Identifier(clone.name), sql.Identifier(migrated_template)))
        with elsewhere(clone.name), django_db_blocker.unblock():
            yield _filled(clone)
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(clone.name)))


def _filled(clone: Clone) -> Hospital:
    at = datetime.now(UTC)
    keys = [people.patient(given, at=at) for given in ("Amina", "Hamid")]
    doctors = [charts.carer(key, Role.DOCTOR, at=at).actor for key in keys]
    for key, doctor in zip(keys, doctors, strict=True):
        portal.fill(key)
        charts.note(key, "Walks again.", by=doctor)
        clinical.start_note(key, "ward-round", by=doctor, at=at)
        clinical.raise_flag(key, "falls", by=doctor, at=at)
        clinical.enter_in_error(
            "flags", clinical.raise_flag(key, "wandering", by=doctor, at=at), reason="Of another.", by=doctor, at=at
        )
    return Hospital(clone, *keys, doctors[0], _refused(at))


def _refused(at: datetime) -> Refusal:
    by = people.machinery(at)
    key = people.patient("Noor", at=at)
    ward, clinic = (actions.add_unit(name=name, by=by, at=at) for name in ("Ward 7", "Clinic 7"))
    client = ClientApplication.objects.create(name="Elsewhere", scopes=["system/*.read"], registered_at=at)
    ClientUnit.objects.create(client=client, unit_id=ward)
    nurse, colleague = (people.staff(Role.NURSE, unit_id=ward, at=at) for _ in range(2))
    doctor = people.staff(Role.DOCTOR, unit_id=clinic, at=at)
    for kind, unit in (("ward", ward), ("clinic", clinic)):
        actions.begin_care(
            patient_id=key, unit_id=unit, kind=CareRelationship.Kind(kind), source="test:7", by=by, at=at
        )
    proxy = Proxy.objects.create(
        patient_id=key, holder=Account.objects.create(username="niece"), relation="carer", extent="act",
        evidence="A letter.", during=DateTimeTZRange(at, None),
    )  # fmt: skip
    clinical.record_allergy(key, charts.allergy("Latex"), by=colleague.actor, at=at)
    for scope, about in (
        ("treatment", {"staff_id": nurse.id}),
        ("treatment", {"unit_id": clinic}),
        ("treatment", {"unit_id": ward}),
        ("sharing", {}),
        ("proxies", {}),
    ):
        Consent.objects.create(
            patient_id=key, scope=scope, decision="deny", during=DateTimeTZRange(at, None), way="written",
            document="Folder 7", recorded_at=at, recorded_by="Tove", **about,
        )  # fmt: skip
    actors = (nurse.actor, colleague.actor, doctor.actor)
    outside = access.of_client(client.id, name="Elsewhere", at=at)
    return Refusal(key, *actors, access.of_proxy(proxy, name="A niece", at=at), outside)


@pytest.fixture
def web(hospital: Hospital) -> Iterator[Web]:
    """A connection as the web role, in a transaction that is rolled back."""
    with psycopg.connect(hospital.clone.url("ehospital_web")) as connection:
        yield connection
        connection.rollback()


def one(web: Web, statement: str, *values: object) -> Any:
    row = web.execute(statement, values).fetchone()
    assert row is not None
    return row[0]


def claim_of(web: Web, actor: access.Actor, patients: object, permission: Permission, deed: str = "write") -> str:
    who = access._who(actor)
    assert who is not None
    number = one(web, "SELECT pg_current_xact_id()::text")
    ids = patients if isinstance(patients, str) else "{" + str(patients) + "}"
    return f"{number}|{who.kind}|{who.id}|{who.at.isoformat()}|{permission.name}|{deed}|{ids}"


def opened(web: Web, actor: access.Actor, patients: object, permission: Permission = Permission.CHART_READ) -> Any:
    """Claim charts as the application does, and return whose are open."""
    claim = claim_of(web, actor, patients, permission)
    return one(web, "SELECT charts.open(%s, %s)", claim, granting.proof_of(claim))


def count(web: Web, table: str) -> int:
    found: int = one(web, f'SELECT count(*) FROM "{table}"')
    return found


def refused(web: Web, statement: str, *values: object, words: str | None = None) -> None:
    with pytest.raises(Refused, match=words), web.transaction():
        web.execute(statement, values)


def test_every_table_of_a_chart_is_guarded(hospital: Hospital) -> None:
    mine = set(apps.get_app_config("clinical").get_models()) | {apps.get_model("foundation.RowChange")}
    of_nobody = {apps.get_model("clinical.SourceIdentifier"), apps.get_model("clinical.FormDefinition")}
    assert mine - set(MODELS) == of_nobody
    with psycopg.connect(hospital.clone.url()) as owner:
        held = owner.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity").fetchall()
        assert {name for (name,) in held} == {*TABLES, TRAIL}
        open_to_web = (
            "SELECT tablename FROM pg_policies WHERE 'ehospital_web' = ANY (roles) OR 'public' = ANY (roles) "
            "AND coalesce(qual, with_check) NOT LIKE '%charts.granted%'"
        )
        assert {name for (name,) in owner.execute(open_to_web).fetchall()} == {*TABLES, TRAIL}
        views = owner.execute(
            "SELECT relname, reloptions FROM pg_class WHERE relnamespace = 'past'::regnamespace AND relkind = 'v'"
        )
        assert {tuple(options or ()) for _, options in views.fetchall()} == {("security_invoker=true",)}


def test_without_anything_opened_a_chart_is_an_error_and_never_empty(hospital: Hospital, web: Web) -> None:
    with psycopg.connect(hospital.clone.url()) as owner:
        full = [table for table in TABLES if count(owner, table)]
    assert len(full) >= 15
    for table in full:
        refused(web, f'SELECT * FROM "{table}" LIMIT 1', words=NOTHING_OPEN)
        refused(web, f'DELETE FROM "{table}"')
    refused(web, "INSERT INTO clinical_noteDraft SELECT * FROM clinical_notedraft", words=NOTHING_OPEN)


def test_where_none_is_opened_on_purpose_every_chart_is_empty(web: Web) -> None:
    web.execute("SELECT charts.open_none()")
    assert [count(web, table) for table in TABLES] == [0] * len(TABLES)


def test_an_opened_chart_shows_its_patient_alone(hospital: Hospital, web: Web) -> None:
    assert opened(web, hospital.doctor, hospital.mine) == [hospital.mine]
    shown = set()
    for model in MODELS:
        column = history_triggers.patient_column(model)
        for (key,) in web.execute(f'SELECT DISTINCT {column} FROM "{model._meta.db_table}"').fetchall():
            assert key == hospital.mine
            shown.add(model._meta.db_table)
    assert len(shown) >= 15


def test_whoever_is_not_in_care_is_not_opened(hospital: Hospital, web: Web) -> None:
    assert opened(web, hospital.doctor, hospital.other) == []
    assert count(web, "clinical_allergy") == 0
    assert opened(web, hospital.doctor, "{" + f"{hospital.mine},{hospital.other},{uuid4()}" + "}") == [hospital.mine]
    assert opened(web, hospital.doctor, hospital.other, Permission.PATIENT_SEARCH) == [hospital.other]
    assert one(web, "SELECT count(*) FROM clinical_allergy WHERE patient_id = %s", hospital.other) == 0


@pytest.mark.parametrize(
    ("who", "permission"),
    [
        ("nurse", Permission.CHART_READ),
        ("nurse", Permission.CHART_WRITE),
        ("clinic_doctor", Permission.CHART_READ),
        ("clinic_doctor", Permission.PRESCRIBE),
        ("system", Permission.CHART_READ),
        ("proxy", Permission.OWN_RECORD_READ),
    ],
)
def test_whom_the_patient_refused_the_database_does_not_let_in(
    hospital: Hospital, web: Web, who: str, permission: Permission
) -> None:
    refusal = hospital.refusal
    actor = getattr(refusal, who)
    assert opened(web, actor, refusal.patient, permission) == []
    assert count(web, "clinical_allergy") == 0
    assert opened(web, actor, "*", permission) is None
    assert [count(web, table) for table in TABLES] == [0] * len(TABLES)
    assert opened(web, refusal.colleague, refusal.patient) == [refusal.patient]  # the ward, although it was refused
    assert count(web, "clinical_allergy") == 1


def test_broken_glass_opens_against_a_refusal(hospital: Hospital, web: Web) -> None:
    refusal, at = hospital.refusal, hospital.refusal.nurse.at
    web.execute(
        "INSERT INTO people_brokenglass (id, staff_id, patient_id, kind, reason, opened_at, during, needs_second, "
        "code, verdict, review_note, against_refusal) VALUES (gen_random_uuid(), %s, %s, 'emergency', 'Unconscious.', "
        "%s, tstzrange(%s, %s), false, '', '', '', true)",
        [refusal.nurse.staff_id, refusal.patient, at, at, at + timedelta(hours=1)],
    )
    assert opened(web, refusal.nurse, refusal.patient, Permission.CONSENT_RECORD) == []
    assert opened(web, refusal.nurse, refusal.patient) == [refusal.patient]


def test_a_rule_shows_every_patient_in_care_and_nobody_else(hospital: Hospital, web: Web) -> None:
    assert opened(web, hospital.doctor, "*") is None
    found = web.execute("SELECT DISTINCT patient_id FROM clinical_problem").fetchall()
    assert found == [(hospital.mine,)]


@pytest.mark.parametrize(
    "claimed",
    [
        "{}|staff|{me}|{at}|CHART_READ|read|{{{other}}}",
        "{}|staff|{me}|{at}|PATIENT_MERGE|write|{{{mine}}}",
        "{}|patient|{other}|{at}|OWN_RECORD_READ|read|{{{other}}}",
        "1|staff|{me}|{at}|CHART_READ|read|{{{mine}}}",
        "{}|staff|{me}|2020-01-01T00:00:00+00:00|CHART_READ|read|{{{mine}}}",
        "{}|system|{me}|{at}|CHART_READ|write|*",
        "",
        "||||||",
    ],
)
def test_a_claim_that_the_application_did_not_sign_opens_nothing(hospital: Hospital, web: Web, claimed: str) -> None:
    number, at = one(web, "SELECT pg_current_xact_id()::text"), hospital.doctor.at.isoformat()
    good = claim_of(web, hospital.doctor, hospital.mine, Permission.CHART_READ)
    told = claimed.format(number, me=hospital.doctor.staff_id, at=at, mine=hospital.mine, other=hospital.other)
    for proof in (granting.proof_of(good), "", "0" * 64, None):
        refused(web, "SELECT charts.open(%s, %s)", told, proof, words="not made by the application")
    refused(web, "SELECT count(*) FROM clinical_allergy", words=NOTHING_OPEN)


def test_a_grant_written_by_hand_is_worth_nothing(hospital: Hospital, web: Web) -> None:
    by_hand = "{" + str(hospital.mine) + "}"
    for said in (
        by_hand,
        f"{by_hand}|{by_hand}||",
        f"{by_hand}|{by_hand}||{'0' * 64}",
        f"{by_hand}|{by_hand}|write,staff,{hospital.doctor.staff_id},now,CHART_READ|{'0' * 64}",
        "|||",
    ):
        web.execute("SELECT set_config('ehospital.charts', %s, true)", [said])
        refused(web, "SELECT count(*) FROM clinical_allergy", words="was not opened in it")
        refused(web, "SELECT charts.open_none()", words="was not opened in it")


def test_a_grant_is_not_carried_into_another_transaction(hospital: Hospital, web: Web) -> None:
    claim = claim_of(web, hospital.doctor, hospital.mine, Permission.CHART_READ)
    proof = granting.proof_of(claim)
    web.execute("SELECT charts.open(%s, %s)", [claim, proof])
    grant = one(web, "SELECT current_setting('ehospital.charts')")
    assert count(web, "clinical_allergy") > 0
    web.commit()  # nothing was written
    refused(web, "SELECT count(*) FROM clinical_allergy", words=NOTHING_OPEN)
    web.execute("SELECT set_config('ehospital.charts', %s, false)", [grant])
    refused(web, "SELECT count(*) FROM clinical_allergy", words="was not opened in it")
    refused(web, "SELECT charts.open(%s, %s)", claim, proof)
    web.commit()  # the setting stays with the session now, and helps nobody
    refused(web, "SELECT count(*) FROM clinical_allergy", words="was not opened in it")


def test_an_injection_into_an_opened_transaction_stays_with_its_patient(hospital: Hospital, web: Web) -> None:
    opened(web, hospital.doctor, hospital.mine)
    stolen = web.execute(
        "SELECT display, patient_id FROM clinical_problem WHERE patient_id = %s "
        "UNION ALL SELECT display, patient_id FROM clinical_allergy "
        "UNION ALL SELECT text, patient_id FROM clinical_note "
        "UNION ALL SELECT before::text, patient_id FROM foundation_rowchange",
        [hospital.mine],
    ).fetchall()
    assert {key for _, key in stolen} == {hospital.mine}
    assert one(web, "SELECT count(*) FROM clinical_note WHERE patient_id <> %s OR true OR 1/0 = 1", hospital.mine) == 1


def test_nobody_becomes_somebody_else_or_lifts_the_rules(web: Web) -> None:
    for statement in (
        "SET ROLE ehospital_owner",
        "SET ROLE ehospital_worker",
        "SET SESSION AUTHORIZATION ehospital_owner",
        "ALTER TABLE clinical_allergy DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE clinical_allergy NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY charts_read ON clinical_allergy",
        "CREATE POLICY mine ON clinical_allergy USING (true)",
        "ALTER POLICY charts_read ON clinical_allergy USING (true)",
        "ALTER FUNCTION charts.granted(text) SECURITY INVOKER",
        "CREATE FUNCTION charts.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE FUNCTION public.uuid_in(text) RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'",
        "TRUNCATE clinical_allergy",
    ):
        refused(web, statement)
    with web.transaction(force_rollback=True):
        web.execute("SET LOCAL row_security = off")
        refused(web, "SELECT count(*) FROM clinical_allergy")


def test_the_inner_functions_and_the_secrets_are_shut(hospital: Hospital, web: Web) -> None:
    opened(web, hospital.doctor, hospital.mine)
    who = f"'staff', '{hospital.doctor.staff_id}', now(), 'CHART_READ'"
    for statement in (
        "SELECT * FROM charts.secret",
        "SELECT * FROM charts.allowed",
        "INSERT INTO charts.allowed VALUES ('doctor', 'AUDIT_READ', 'ALL', 'write')",
        "UPDATE charts.allowed SET scope = 'ALL'",
        "DELETE FROM charts.guarded",
        "SELECT charts.signed('grant', 'x')",
        f"SELECT charts.keep('{{{hospital.other}}}', '{{}}', '')",
        f"SELECT charts.permitted({who}, NULL)",
        "SELECT charts.opened()",
        f"SELECT charts.scopes({who})",
        "SELECT charts.one_person('{}')",
        "SELECT charts.patient_of('people_account', gen_random_uuid())",
    ):
        refused(web, statement)


def test_no_row_is_written_for_somebody_else(hospital: Hospital, web: Web) -> None:
    opened(web, hospital.doctor, hospital.mine, Permission.CHART_WRITE)
    copy = (
        "INSERT INTO clinical_notedraft (id, patient_id, kind, text, begun_with, author_id, version, editor, turn, "
        "started_at, kept_at) SELECT gen_random_uuid(), %s, 'other', '', '', author_id, 1, '', 0, now(), now() "
        "FROM clinical_notedraft LIMIT 1"
    )
    refused(web, copy, hospital.other, words="violates row-level security policy")
    refused(web, "UPDATE clinical_notedraft SET patient_id = %s", hospital.other, words="violates row-level security")
    assert web.execute("UPDATE clinical_notedraft SET text = 'x' WHERE patient_id = %s", [hospital.other]).rowcount == 0
    assert web.execute("DELETE FROM clinical_notedraft WHERE patient_id = %s", [hospital.other]).rowcount == 0
    assert web.execute(copy, [hospital.mine]).rowcount == 1
    assert web.execute("UPDATE clinical_notedraft SET text = 'x'").rowcount == 2


def test_who_reads_does_not_write(hospital: Hospital, web: Web) -> None:
    opened(web, hospital.doctor, hospital.mine, Permission.CHART_READ)
    looked = claim_of(web, hospital.doctor, hospital.mine, Permission.CHART_WRITE, deed="read")
    web.execute("SELECT charts.open(%s, %s)", [looked, granting.proof_of(looked)])
    assert count(web, "clinical_notedraft") == 1
    for statement in (
        "UPDATE clinical_notedraft SET text = 'x'",
        "DELETE FROM clinical_notedraft",
        "SELECT * FROM clinical_notedraft FOR UPDATE",
    ):
        refused(web, statement, words="no chart is open for writing")


def test_the_past_and_the_history_are_the_patients_own(hospital: Hospital, web: Web) -> None:
    refused(web, "SELECT * FROM foundation_rowchange", words=NOTHING_OPEN)
    opened(web, hospital.doctor, hospital.mine)
    shown = web.execute("SELECT DISTINCT patient_id FROM foundation_rowchange").fetchall()
    assert shown == [(hospital.mine,)]
    for name in ("ehospital.past_moment", "ehospital.past_patient"):
        value = "2020-01-01" if name.endswith("moment") else str(hospital.other)
        web.execute("SELECT set_config(%s, %s, true)", [name, value])
    assert count(web, "clinical_problem") > 0
    assert one(web, "SELECT count(*) FROM past.clinical_problem WHERE patient_id = %s", hospital.other) == 0


def test_a_chart_brings_its_own_part_of_the_audit_trail(hospital: Hospital, web: Web) -> None:
    of_somebody = f"SELECT count(*) FROM {TRAIL} WHERE patient_id IS NOT NULL"
    refused(web, of_somebody, words=NOTHING_OPEN)
    opened(web, hospital.doctor, hospital.mine)
    whose = web.execute(f"SELECT DISTINCT patient_id FROM {TRAIL} WHERE patient_id IS NOT NULL").fetchall()
    assert whose == [(hospital.mine,)]
    assert one(web, f"SELECT count(*) FROM {TRAIL} WHERE patient_id = %s", hospital.other) == 0
    assert opened(web, hospital.refusal.nurse, hospital.refusal.patient) == []
    assert one(web, f"SELECT count(*) FROM {TRAIL} WHERE patient_id = %s", hospital.refusal.patient) == 0


@pytest.mark.parametrize("permission", sorted(access.OPENS_TRAIL))
def test_who_answers_for_looks_reads_the_whole_trail_and_no_chart(
    hospital: Hospital, web: Web, permission: Permission
) -> None:
    at = hospital.doctor.at
    with web.transaction(force_rollback=True):
        assert opened(web, hospital.doctor, "*", permission) is None
        refused(web, f"SELECT count(*) FROM {TRAIL} WHERE patient_id IS NOT NULL", words=NOTHING_OPEN)
    web.execute(
        "INSERT INTO people_staffrole (id, staff_id, role, during) VALUES (gen_random_uuid(), %s, %s, %s)",
        [hospital.doctor.staff_id, str(Role.PRIVACY_OFFICER), DateTimeTZRange(at, None)],
    )
    assert opened(web, hospital.doctor, "*", permission) is None
    whose = web.execute(f"SELECT DISTINCT patient_id FROM {TRAIL} WHERE patient_id IS NOT NULL").fetchall()
    assert {hospital.mine, hospital.other, hospital.refusal.patient} <= {key for (key,) in whose}
    assert [count(web, table) for table in TABLES] == [0] * len(TABLES)
    refused(web, "UPDATE clinical_notedraft SET text = 'x'", words="no chart is open for writing")


def test_everybody_writes_into_the_trail_of_whomever(hospital: Hospital, web: Web) -> None:
    added = (
        f"INSERT INTO {TRAIL} (at, action, category, actor_kind, actor_id, actor_name, patient_id, subject, purpose, "
        "request, details) VALUES (now(), 'page.refused', 'E', 'staff', '1', 'Tove', %s, '', '', '', '{}')"
    )
    for key in (hospital.mine, hospital.other, None):
        assert web.execute(added, [key]).rowcount == 1
    refused(web, added + " RETURNING id", hospital.other, words=NOTHING_OPEN)
    refused(web, f"UPDATE {TRAIL} SET action = 'x'")
    refused(web, f"DELETE FROM {TRAIL}")


def test_copying_and_statistics_tell_nothing_more(hospital: Hospital, web: Web) -> None:
    with (
        pytest.raises(Refused, match=NOTHING_OPEN),
        web.transaction(),
        web.cursor().copy("COPY clinical_problem TO STDOUT") as out,
    ):
        list(out)
    opened(web, hospital.doctor, hospital.mine)
    with web.cursor().copy("COPY clinical_problem (patient_id) TO STDOUT") as out:
        assert {bytes(line).decode().strip() for line in out} == {str(hospital.mine)}
    with (
        pytest.raises(psycopg.errors.FeatureNotSupported),
        web.transaction(),
        web.cursor().copy("COPY clinical_problem FROM STDIN"),
    ):
        pass
    with psycopg.connect(hospital.clone.url(), autocommit=True) as owner:
        owner.execute("ANALYZE clinical_problem")
        assert owner.execute("SELECT count(*) > 0 FROM pg_stats WHERE tablename = 'clinical_problem'").fetchone() == (
            False,
        )
    assert one(web, "SELECT count(*) FROM pg_stats WHERE tablename = ANY (%s)", TABLES) == 0
    refused(web, "SELECT * FROM pg_statistic")


def test_a_leaky_function_sees_no_hidden_row(hospital: Hospital, web: Web) -> None:
    opened(web, hospital.doctor, hospital.mine)
    web.execute(
        "CREATE FUNCTION pg_temp.leak(held uuid) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS "
        "$$ BEGIN RAISE NOTICE '%', held; RETURN true; END $$"
    )
    heard: list[str] = []
    web.add_notice_handler(lambda notice: heard.append(str(notice.message_primary)))
    for table in ("clinical_problem", "clinical_allergy", "foundation_rowchange"):
        web.execute(f"SELECT count(*) FROM {table} WHERE pg_temp.leak(patient_id)")
    assert set(heard) == {str(hospital.mine)}
    web.execute("CREATE TEMP VIEW peep AS SELECT * FROM clinical_problem")
    assert web.execute("SELECT DISTINCT patient_id FROM peep").fetchall() == [(hospital.mine,)]


@pytest.mark.parametrize("role", ["ehospital_worker", "ehospital_stream", "ehospital_owner"])
def test_the_machinery_works_on_as_before(hospital: Hospital, role: str) -> None:
    with psycopg.connect(hospital.clone.url(role)) as connection:
        assert {
            key for (key,) in connection.execute("SELECT DISTINCT patient_id FROM clinical_problem").fetchall()
        } == {
            hospital.mine,
            hospital.other,
        }


def test_a_second_migration_lays_no_policy_anew(hospital: Hospital) -> None:
    from django.db import connection

    with psycopg.connect(hospital.clone.url()) as owner:
        before = owner.execute("SELECT polrelid, oid, xmin::text FROM pg_policy ORDER BY oid").fetchall()
    with connection.cursor() as cursor:
        laying.lay(cursor, MODELS)
    with psycopg.connect(hospital.clone.url()) as owner:
        assert owner.execute("SELECT polrelid, oid, xmin::text FROM pg_policy ORDER BY oid").fetchall() == before
