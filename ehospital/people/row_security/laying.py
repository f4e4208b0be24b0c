"""Laying the row-level security down after every migration, from the models themselves, so that no table is forgotten.

A table is guarded when its app says so (`guards_charts` of the AppConfig) or the model does; a model of such an app
that holds nothing of any patient says `guards_charts = False`, with its reason. Its rows belong to the patient in the
column `patient_id`; a table without one hangs on a guarded table that it points to; any other is shut for the web.

Policies of a table are written anew only when they differ, in one transaction: no reader ever finds it without them.
"""

import hashlib
from typing import Any, Final

from django.apps import AppConfig, apps
from django.conf import settings
from django.db import connections, models, transaction
from django.db.backends.utils import CursorWrapper

from ehospital.foundation import guards, history_triggers
from ehospital.foundation.models import AuditEvent, RowChange
from ehospital.people.row_security import functions, granting

_BLOCK: Final = 64
POLICIES: Final = ("machinery", "charts_read", "charts_add", "charts_change", "charts_remove")


def guarded() -> list[type[models.Model]]:
    """Return the models whose rows the database guards, by table."""
    found = [
        one
        for one in apps.get_models()
        if one._meta.managed and getattr(one, "guards_charts", getattr(one._meta.app_config, "guards_charts", False))
    ]
    return sorted(found, key=lambda one: one._meta.db_table)


def condition(model: type[models.Model], deed: str) -> str:
    """Return when the web role may read or write a row of this table, as SQL."""
    column = history_triggers.patient_column(model)
    if column:
        mine = f"{column} = ANY ((SELECT charts.granted('{deed}'))::uuid[])"
        ruled = f"{column} IN (SELECT charts.granted_by_rule('{deed}'))"
        # Rows that a merge moved and that were moved back have changes under both patients: they are read as one.
        moved = " OR charts.once_of_opened(table_name::text, row_key::text)" if model is RowChange else ""
        # What is written down of no patient tells of accounts and machines; whoever answers for looks reads all of it.
        trail = f"{column} IS NULL OR (SELECT charts.trail_open()) OR " if model is AuditEvent else ""
        return f"{trail}{mine} OR {ruled}{moved}"
    for field in model._meta.concrete_fields:
        held = field.related_model
        if isinstance(held, type) and held in guarded() and held is not model:
            target = held._meta.pk
            assert target is not None
            return (
                f'EXISTS (SELECT FROM public."{held._meta.db_table}" held '
                f'WHERE held."{target.column}" = "{model._meta.db_table}"."{field.column}" '
                f"AND {condition_of_held(held, deed)})"
            )
    return f"charts.granted('{deed}') IS NULL"  # it never is: nobody, and an error where nothing was opened


def condition_of_held(held: type[models.Model], deed: str) -> str:
    """Return the part that a table hanging on another adds: its own patient must be one that may be written."""
    column = history_triggers.patient_column(held)
    if not column:
        return "true"
    return (
        f"(held.{column} = ANY ((SELECT charts.granted('{deed}'))::uuid[]) "
        f"OR held.{column} IN (SELECT charts.granted_by_rule('{deed}')))"
    )


def after_migrate(sender: AppConfig, using: str, **_: Any) -> None:
    """Lay everything down once, when every app's tables stand."""
    if sender.label == "people" and connections[using].vendor == "postgresql":
        with transaction.atomic(using=using), connections[using].cursor() as cursor:
            present = set(connections[using].introspection.table_names(cursor))
            lay(cursor, [one for one in guarded() if one._meta.db_table in present])


def lay(cursor: CursorWrapper, tables: list[type[models.Model]]) -> None:
    """Teach the database the functions and guard these tables; repeatable."""
    cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [[guards.WEB, guards.STREAM, guards.WORKER]])
    roles = {name for (name,) in cursor.fetchall()}
    cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {functions.SCHEMA}")
    cursor.execute(functions.TABLES)
    _keep_secrets(cursor)
    _keep_table(cursor)
    for statement in (*functions.INNER, *functions.OUTER):
        cursor.execute(statement)
    cursor.execute("REVOKE ALL ON ALL FUNCTIONS IN SCHEMA charts FROM PUBLIC")
    cursor.execute("REVOKE ALL ON ALL TABLES IN SCHEMA charts FROM PUBLIC")
    for role in sorted(roles):
        cursor.execute(f"GRANT USAGE ON SCHEMA charts TO {role}")
        for name in functions.CALLED:
            cursor.execute(f"GRANT EXECUTE ON FUNCTION charts.{name} TO {role}")
    cursor.execute("DELETE FROM charts.guarded")
    guarding: list[type[models.Model]] = [*tables, AuditEvent]
    for model in guarding:
        cursor.execute("INSERT INTO charts.guarded VALUES (%s)", [model._meta.db_table])
        _guard(cursor, model, roles)


def _keep_secrets(cursor: CursorWrapper) -> None:
    """Keep the key of the application's claims, and a secret of the database's own, made once."""
    cursor.execute(
        "INSERT INTO charts.secret VALUES ('door', %s, %s) "
        "ON CONFLICT (purpose) DO UPDATE SET inner_key = EXCLUDED.inner_key, outer_key = EXCLUDED.outer_key",
        _blocks(granting.key(settings.SECRET_KEY)),
    )
    cursor.execute("SELECT EXISTS (SELECT FROM charts.secret WHERE purpose = 'grant')")
    if not cursor.fetchone()[0]:
        # Eight random identifiers of 122 bits each.
        cursor.execute("SELECT sha256(string_agg(uuid_send(gen_random_uuid()), NULL)) FROM generate_series(1, 8)")
        (secret,) = cursor.fetchone()
        cursor.execute("INSERT INTO charts.secret VALUES ('grant', %s, %s)", _blocks(bytes(secret)))


def _blocks(key: bytes) -> list[bytes]:
    padded = key.ljust(_BLOCK, b"\0")
    return [bytes(one ^ pad for one in padded) for pad in (0x36, 0x5C)]


def _keep_table(cursor: CursorWrapper) -> None:
    """Copy the table of `people.access`: it is the one place where permissions are given."""
    from ehospital.people import access  # which opens charts itself, and so imports this package

    rows = [
        (role, permission.name, scope.name, access.deed(permission))
        for role, given in access.TABLE.items()
        if role != "system"  # the machinery has database roles of its own
        for permission, scope in given.items()
    ]
    cursor.execute("DELETE FROM charts.allowed")
    cursor.executemany("INSERT INTO charts.allowed VALUES (%s, %s, %s, %s)", rows)


def _guard(cursor: CursorWrapper, model: type[models.Model], roles: set[str]) -> None:
    table = f'public."{model._meta.db_table}"'
    wanted = [f"CREATE POLICY machinery ON {table} TO {_machinery(cursor, roles)} USING (true) WITH CHECK (true)"]
    web = f"TO {guards.WEB}"
    if guards.WEB in roles and model is AuditEvent:
        # Everybody writes, of whomever: what was refused is written down too. The grants let nobody change a row.
        wanted += [
            f"CREATE POLICY charts_read ON {table} FOR SELECT {web} USING ({condition(model, 'read')})",
            f"CREATE POLICY charts_add ON {table} FOR INSERT {web} WITH CHECK (true)",
        ]
    elif guards.WEB in roles:
        reads, writes = condition(model, "read"), condition(model, "write")
        wanted += [
            f"CREATE POLICY charts_read ON {table} FOR SELECT {web} USING ({reads})",
            f"CREATE POLICY charts_add ON {table} FOR INSERT {web} WITH CHECK ({writes})",
            f"CREATE POLICY charts_change ON {table} FOR UPDATE {web} USING ({writes}) WITH CHECK ({writes})",
            f"CREATE POLICY charts_remove ON {table} FOR DELETE {web} USING ({writes})",
        ]
    mark = hashlib.sha256("\n".join(wanted).encode()).hexdigest()
    if _stands(cursor, model._meta.db_table, mark, len(wanted)):
        return
    cursor.execute(
        "SELECT polname FROM pg_policy WHERE polrelid = %s::regclass ORDER BY polname", [model._meta.db_table]
    )
    for (name,) in cursor.fetchall():
        cursor.execute(f'DROP POLICY "{name}" ON {table}')
    for statement in wanted:
        cursor.execute(statement)
    cursor.execute(f"COMMENT ON POLICY machinery ON {table} IS '{mark}'")
    cursor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")


def _machinery(cursor: CursorWrapper, roles: set[str]) -> str:
    """Return the roles for which rows are no question: the owner, and processes that no person talks to."""
    cursor.execute("SELECT quote_ident(current_user)")
    return ", ".join([cursor.fetchone()[0], *sorted(roles - {guards.WEB})])


def _stands(cursor: CursorWrapper, table: str, mark: str, policies: int) -> bool:
    """Return whether exactly these policies stand and are in force: a migration then locks nothing."""
    cursor.execute(
        "SELECT held.relrowsecurity AND held.relforcerowsecurity AND count(*) = %s "
        "AND bool_or(obj_description(rule.oid, 'pg_policy') = %s) "
        "FROM pg_class held JOIN pg_policy rule ON rule.polrelid = held.oid WHERE held.oid = %s::regclass "
        "GROUP BY held.oid",
        [policies, mark, table],
    )
    found = cursor.fetchone()
    return bool(found and found[0])
