"""Row history laid into the database: a trigger that no code path goes around, and the past as a schema of views.

Every inserting, changing and deleting of a row that belongs to the record leaves one `RowChange`, written by the
database with the row as it was before. Nothing else is needed to know the past: the state of a row at a moment is what
its earliest later change found, or the row itself when there was none. The views of the schema `past` say exactly that
under the names of the tables, so a transaction that puts `past` first in its search path reads the record of that
moment with the very queries that read today's (see `foundation.history`).
"""

from typing import Final

from django.apps import apps
from django.db import models
from django.db.backends.utils import CursorWrapper

PAST: Final = "past"
MOMENT, PATIENT = "ehospital.past_moment", "ehospital.past_patient"

# The numbers of transactions are those of the audit trail: what was written down with a change is found by them.
_BORN = """
CREATE OR REPLACE FUNCTION foundation_row_born() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    EXECUTE format(
        'INSERT INTO foundation_rowchange (at, transaction, table_name, row_key, patient_id, operation, by_role)
         SELECT now(), pg_current_xact_id()::text::bigint + foundation_audit_offset(), %L, fresh.%I::text, %s, %L, %L
         FROM fresh', TG_TABLE_NAME, TG_ARGV[0],
        CASE TG_ARGV[1] WHEN '' THEN 'NULL::uuid' ELSE format('fresh.%I', TG_ARGV[1]) END, 'I', session_user);
    RETURN NULL;
END $$
"""
_CHANGED = """
CREATE OR REPLACE FUNCTION foundation_row_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    before jsonb := to_jsonb(OLD);
BEGIN
    INSERT INTO foundation_rowchange (at, transaction, table_name, row_key, patient_id, operation, by_role, before)
    VALUES (now(), pg_current_xact_id()::text::bigint + foundation_audit_offset(), TG_TABLE_NAME, before->>TG_ARGV[0],
            (before->>TG_ARGV[1])::uuid, left(TG_OP, 1), session_user, before);
    RETURN NULL;
END $$
"""
_LATER = f"change.at > current_setting('{MOMENT}')::timestamptz"
_VIEW = f"""
CREATE VIEW {PAST}.{{table}} WITH (security_invoker = true) AS
SELECT present.* FROM public.{{table}} present
WHERE NOT EXISTS (
    SELECT FROM public.foundation_rowchange change
    WHERE change.table_name = '{{name}}' AND change.row_key = present.{{key}}::text AND {_LATER})
UNION ALL
SELECT (jsonb_populate_record(NULL::public.{{table}}, found.before)).* FROM (
    SELECT DISTINCT ON (change.row_key) change.operation, change.before FROM public.foundation_rowchange change
    WHERE change.table_name = '{{name}}' AND {_LATER} AND change.row_key IN (
        SELECT change.row_key FROM public.foundation_rowchange change
        WHERE change.patient_id = current_setting('{PATIENT}')::uuid AND change.table_name = '{{name}}' AND {_LATER})
    ORDER BY change.row_key, change.id
) found WHERE found.operation <> 'I'
"""  # noqa: S608  names of our own tables


def keeps_history(model: type[models.Model]) -> bool:
    """Return whether changes of this table are kept: as its app says, unless the model itself says otherwise."""
    default = getattr(model._meta.app_config, "keeps_history", False)
    return model._meta.managed and getattr(model, "keeps_history", default)


def patient_column(model: type[models.Model]) -> str:
    """Return the column that names the patient of a row, empty when it belongs to none."""
    if model._meta.label == "people.Patient":
        return "id"
    return next(
        (
            field.column
            for field in model._meta.concrete_fields
            if field.name in ("patient", "patient_id") and field.column
        ),
        "",
    )


def kept() -> list[type[models.Model]]:
    """Return the models whose changes are kept, by table."""
    return sorted((one for one in apps.get_models() if keeps_history(one)), key=lambda one: one._meta.db_table)


def seen_in_the_past() -> list[type[models.Model]]:
    """Return the models that a look into the past shows as they were. Who may look is judged by today's tables."""
    return [one for one in kept() if patient_column(one) and not getattr(one, "decides_access", False)]


def lay(cursor: CursorWrapper) -> None:
    """Arm the triggers of every kept table and write the views of the past anew; repeatable."""
    cursor.execute(_BORN)
    cursor.execute(_CHANGED)
    for model in kept():
        assert model._meta.pk is not None
        table = f'"{model._meta.db_table}"'
        told = f"'{model._meta.pk.column}', '{patient_column(model)}'"
        cursor.execute(
            f"CREATE OR REPLACE TRIGGER row_born AFTER INSERT ON {table} REFERENCING NEW TABLE AS fresh "
            f"FOR EACH STATEMENT EXECUTE FUNCTION foundation_row_born({told})"
        )
        cursor.execute(
            f"CREATE OR REPLACE TRIGGER row_changed AFTER UPDATE ON {table} FOR EACH ROW "
            f"WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION foundation_row_changed({told})"
        )
        cursor.execute(
            f"CREATE OR REPLACE TRIGGER row_deleted AFTER DELETE ON {table} FOR EACH ROW "
            f"EXECUTE FUNCTION foundation_row_changed({told})"
        )
    forget_views(cursor)
    cursor.execute(f"CREATE SCHEMA {PAST}")
    for model in seen_in_the_past():
        assert model._meta.pk is not None
        name = model._meta.db_table
        cursor.execute(_VIEW.format(table=f'"{name}"', name=name, key=f'"{model._meta.pk.column}"'))


def forget_views(cursor: CursorWrapper) -> None:
    """Drop the views of the past, which would hold up a migration of the tables below them."""
    cursor.execute(f"DROP SCHEMA IF EXISTS {PAST} CASCADE")
