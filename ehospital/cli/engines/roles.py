"""Database roles from the first day: one owns, three work, none is a superuser."""

import psycopg
from psycopg import sql

from ehospital.cli.engines import secret_store
from ehospital.cli.engines.postgres import DATABASE, SUPERUSER, Postgres

EXTENSIONS = ("btree_gist", "pg_trgm", "unaccent", "fuzzystrmatch")
OWNER = "ehospital_owner"


def provision(server: Postgres) -> None:
    """Make the roles, the database and its extensions, and set the passwords of `DATA/secrets.json`.

    In a throwaway cluster the owner may also create databases, and every new one is born with the extensions.
    """
    with psycopg.connect(server.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        for role in secret_store.ROLES:
            _role(connection, role, server.secrets[role], may_create=server.throwaway and role == OWNER)
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if not found:
            name, owner = sql.Identifier(DATABASE), sql.Identifier(OWNER)
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, owner))
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(DATABASE)))
        workers = sql.SQL(", ").join(sql.Identifier(role) for role in secret_store.ROLES)
        connection.execute(
            sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(sql.Identifier(DATABASE), workers)
        )
    for database in [DATABASE, *(["template1"] if server.throwaway else [])]:
        with psycopg.connect(server.url(SUPERUSER, database), autocommit=True) as connection:
            for extension in EXTENSIONS:
                connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))


def _role(connection: psycopg.Connection, role: str, password: str, *, may_create: bool) -> None:
    exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    connection.execute(
        sql.SQL("{} ROLE {} WITH LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION {} PASSWORD {}").format(
            sql.SQL("ALTER" if exists else "CREATE"),
            sql.Identifier(role),
            sql.SQL("CREATEDB" if may_create else "NOCREATEDB"),
            sql.Literal(password),
        )
    )
