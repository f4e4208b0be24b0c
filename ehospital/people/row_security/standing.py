"""Whether the row-level security is in force for the process that asks."""

from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_hex
from typing import Any, Final

from ehospital.people.row_security import granting

Ask = Callable[[str, list[str]], tuple[Any, ...] | None]
"""Runs a statement with its values and returns the first row."""

_MIGRATE: Final = "Run `ehospital migrate`, with EHOSPITAL_DATABASE_OWNER_URL and the same EHOSPITAL_SECRET_KEY"
_ROLE: Final = """
SELECT current_user::text, rolsuper OR rolbypassrls,
    EXISTS (SELECT FROM pg_class WHERE oid = to_regclass('people_patient') AND pg_has_role(relowner, 'MEMBER')),
    to_regprocedure('charts.not_in_force()') IS NOT NULL
FROM pg_roles WHERE rolname = current_user
"""


@dataclass(frozen=True)
class Gap:
    """Why the database does not guard the charts, and what to do."""

    seen: str
    fix: str


def gap(ask: Ask, *, secret: str) -> Gap | None:
    """Return what keeps the database from guarding the charts from this connection, None when it does.

    Args:
        secret: the EHOSPITAL_SECRET_KEY of the process: it signs what it asks the database to open.
    """
    role, above, owns, laid = ask(_ROLE, []) or ("nobody", True, True, False)
    if above:
        return Gap(f"{role} stands above row-level security", f"ALTER ROLE {role} NOSUPERUSER NOBYPASSRLS")
    if owns:
        return Gap(
            f"{role} owns the tables", "Connect as ehospital_web; only `ehospital migrate` connects as the owner"
        )
    if not laid:
        return Gap("the tables lie open", _MIGRATE)
    bare = (ask("SELECT string_agg(name, ', ') FROM charts.not_in_force() name", []) or (None,))[0]
    if bare:
        return Gap(f"open to everybody: {bare}", _MIGRATE)
    nonce = token_hex(16)
    proof = granting.signature(f"fits|{nonce}", secret)
    if not (ask("SELECT charts.fits(%s, %s)", [nonce, proof]) or (False,))[0]:
        return Gap("the database knows another EHOSPITAL_SECRET_KEY, so it opens no chart to this process", _MIGRATE)
    return None
