"""What each database role may do, and the triggers that keep history: laid down anew after every migration.

The models say it (an `AppendOnlyModel` may be added to and read, nothing else; an app's `stream_grant` says what the
stream process may do there, a model may say less), so no migration can forget it. A model whose `refiled_by` names a
trigger function may change in whose patient's record it stands, as far as that function allows, and in nothing else.
"""

from typing import Any

from django.apps import AppConfig, apps
from django.db import connections, models
from django.db.backends.utils import CursorWrapper

from ehospital.foundation import history_triggers

WEB, STREAM, WORKER = "ehospital_web", "ehospital_stream", "ehospital_worker"
_STREAM_GRANTS = {"": "", "read": "SELECT", "write": "SELECT, INSERT, UPDATE, DELETE"}

_HISTORY_STAYS = """
CREATE OR REPLACE FUNCTION foundation_history_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: write a correcting row that points back', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$
"""

# The number of a row's transaction decides which seal covers it, so no process may choose it. Numbers of transactions
# begin anew in another database server: what was sealed before a restore must stay below whatever is written after it.
_AUDIT_NUMBERS = """
CREATE OR REPLACE FUNCTION foundation_audit_offset() RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT {offset}::bigint $$
"""
_AUDIT_STAMP = """
CREATE OR REPLACE FUNCTION foundation_audit_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.transaction := pg_current_xact_id()::text::bigint + foundation_audit_offset();
    NEW.recorded_at := now();
    RETURN NEW;
END $$
"""
_STAMPED = (
    "CREATE OR REPLACE TRIGGER audit_stamp BEFORE INSERT ON foundation_auditevent "
    "FOR EACH ROW EXECUTE FUNCTION foundation_audit_stamp()"
)
AFTER_RESTORE = 10_000_000
"""How far beyond the last seal numbers go on in another server: more than was written in the last minute before."""


def after_migrate(sender: AppConfig, using: str, **_: Any) -> None:
    """Lay the guards down once, when every app's tables stand."""
    if sender.label == "foundation" and connections[using].vendor == "postgresql":
        with connections[using].cursor() as cursor:
            lay(cursor)


def before_migrate(sender: AppConfig, using: str, **_: Any) -> None:
    """Take away what would hold up a migration; it is laid anew after it."""
    if sender.label == "foundation" and connections[using].vendor == "postgresql":
        with connections[using].cursor() as cursor:
            history_triggers.forget_views(cursor)


def lay(cursor: CursorWrapper) -> None:
    """Grant each role exactly what it needs, and arm the triggers of append-only tables; repeatable."""
    cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [[WEB, STREAM, WORKER]])
    roles = {name for (name,) in cursor.fetchall()}
    for role in roles & {WEB, WORKER}:
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")
    for role in roles:
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")
    cursor.execute(_HISTORY_STAYS)
    for model in apps.get_models():
        if model._meta.managed and model.__module__.startswith("ehospital."):
            _guard(cursor, model, roles)
    _stamp_audit(cursor)
    history_triggers.lay(cursor)
    for role in roles & {WEB, WORKER}:
        cursor.execute(f"GRANT USAGE ON SCHEMA {history_triggers.PAST} TO {role}")
        cursor.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {history_triggers.PAST} TO {role}")


def _stamp_audit(cursor: CursorWrapper) -> None:
    """Have the database number audit events, above everything that is sealed: also in a server that began anew."""
    cursor.execute("SELECT EXISTS (SELECT FROM pg_proc WHERE proname = 'foundation_audit_offset')")
    offset = 0
    if cursor.fetchone()[0]:
        cursor.execute("SELECT foundation_audit_offset()")
        (offset,) = cursor.fetchone()
    cursor.execute(
        "SELECT coalesce(max(next_transaction), 0), pg_current_xact_id()::text::bigint FROM foundation_auditseal"
    )
    sealed, now = cursor.fetchone()
    if now + offset < sealed:
        offset = sealed + AFTER_RESTORE - now
    cursor.execute(_AUDIT_NUMBERS.format(offset=int(offset)))
    cursor.execute(_AUDIT_STAMP)
    cursor.execute(_STAMPED)


def _guard(cursor: CursorWrapper, model: type[models.Model], roles: set[str]) -> None:
    table = f'"{model._meta.db_table}"'
    append_only = getattr(model, "append_only", False)
    stream = _STREAM_GRANTS[getattr(model, "stream_grant", getattr(model._meta.app_config, "stream_grant", ""))]
    if STREAM in roles:
        cursor.execute(f"REVOKE ALL ON {table} FROM {STREAM}")
        if stream:
            grant = "SELECT, INSERT" if append_only and "INSERT" in stream else stream
            cursor.execute(f"GRANT {grant} ON {table} TO {STREAM}")
    if append_only:
        for role in roles & {WEB, WORKER}:
            cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role}")
        if WEB in roles and getattr(model, "web_only_reads", False):
            cursor.execute(f"REVOKE INSERT ON {table} FROM {WEB}")
        for role in roles if getattr(model, "written_by_triggers", False) else ():
            cursor.execute(f"REVOKE INSERT ON {table} FROM {role}")
        refiling = getattr(model, "refiled_by", "")
        cursor.execute(
            f"CREATE OR REPLACE TRIGGER history_stays BEFORE {'DELETE' if refiling else 'UPDATE OR DELETE'} ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION foundation_history_stays()"
        )
        if refiling:
            cursor.execute(
                f"CREATE OR REPLACE TRIGGER refiled_only BEFORE UPDATE ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {refiling}()"
            )
            for role in roles & {WEB, WORKER}:
                cursor.execute(f"GRANT UPDATE (patient_id) ON {table} TO {role}")
