"""The database's own word that nobody writes to a merged record: laid down anew after every migration.

Each table that names a patient gets a trigger. It holds the patient's row until the writer commits, so that a merge
waits for whoever came first and takes the row along; and it refuses whoever comes after the merge.
"""

from typing import Any, Final

from django.apps import AppConfig, apps
from django.db import connections

from ehospital.people.actions.ledger import patient_columns

REFUSED: Final = "patient_was_merged"
"""The name in the database's refusal."""

UNGUARDED: Final = {
    "foundation.AuditEvent": "tells of merged records too",
    "foundation.RowChange": "tells what happened to rows, of merged records too",
    "people.PatientMerge": "the ledger itself",
    "people.DuplicatePair": "tells of two records, merged or not",
    "people.Account": "stays with its record; who signs in sees the record that it points to",
    "people.RegisterRow": "tells which row of a file a record came from, merged or not",
    "people.PatientTraits": "a copy of what the other tables say",
    "people.Patient": "a patient's own row is locked by whoever merges it",
    "monitoring.VitalFrame": "thousands a second; read together with the record into which its patient was merged",
    "monitoring.DeviceObservation": "the same",
}

# One function for each name of such a column: to ask a row for a column by a name that is not known takes ten times as
# long, and an import of a hospital writes a million rows.
_FUNCTION = """
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.{column} IS NULL THEN RETURN NEW; END IF;
    PERFORM FROM people_patient WHERE id = NEW.{column} AND merged_into_id IS NULL FOR KEY SHARE;
    IF NOT FOUND AND EXISTS (SELECT FROM people_patient WHERE id = NEW.{column}) THEN
        RAISE EXCEPTION 'this record was merged into another one: open it again and write there'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = '{refused}';
    END IF;
    RETURN NEW;
END $$
"""
_TRIGGER = """
CREATE OR REPLACE TRIGGER {function} BEFORE INSERT OR UPDATE OF {column} ON {table}
FOR EACH ROW EXECUTE FUNCTION {function}()
"""


def after_migrate(sender: AppConfig, using: str, **_: Any) -> None:
    """Lay the triggers down once, when every app's tables stand."""
    if sender.label != "people" or connections[using].vendor != "postgresql":
        return
    with connections[using].cursor() as cursor:
        present = set(connections[using].introspection.table_names(cursor))
        quote = connections[using].ops.quote_name
        for model in apps.get_models():
            ours = model._meta.managed and model.__module__.startswith("ehospital.")
            if not ours or model._meta.label in UNGUARDED or model._meta.db_table not in present:
                continue
            for field in patient_columns(model):
                names = {
                    "function": f"people_refuse_merged_{field.column}",
                    "column": quote(str(field.column)),
                    "table": quote(model._meta.db_table),
                    "refused": REFUSED,
                }
                cursor.execute(_FUNCTION.format(**names))
                cursor.execute(_TRIGGER.format(**names))
