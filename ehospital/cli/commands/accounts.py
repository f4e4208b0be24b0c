"""`ehospital accounts`: a member of staff with roles, units and a way to sign in, the first one too; and who leaves."""

import json
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from ehospital.cli.failure import CommandFailed
from ehospital.cli.hospital.record import record

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def accounts() -> None:
    """Give members of staff a way to sign in, and take it back when they leave."""


@app.command()
def add(
    username: Annotated[str, typer.Argument(help="What they type to sign in.")],
    given: Annotated[str, typer.Option(help="Given name.")],
    family: Annotated[str, typer.Option(help="Family name.")],
    role: Annotated[list[str], typer.Option(help="doctor, nurse, administrator, …; may be repeated.")],
    unit: Annotated[list[str] | None, typer.Option(help="A ward or clinic that they work in; may be repeated.")] = None,
    email: Annotated[str, typer.Option(help="Where a forgotten password is reset.")] = "",
    title: Annotated[str, typer.Option(help="As colleagues say it: ward sister, consultant.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="A JSON object, for machines.")] = False,
    data: Annotated[Path | None, typer.Option(file_okay=False, help="Data folder (default: var/demo).")] = None,
) -> None:
    """Employ somebody, and print their first password: it is shown now and kept nowhere."""
    with record(role="worker", data=data):
        password = secrets.token_urlsafe(12)
        _add(username, password, given, family, role, unit or [], email, title)
    told = {"username": username, "password": password, "roles": role, "units": unit or []}
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    typer.echo(f"{given} {family} signs in as {username} with the password {password}")
    typer.echo("They set up a second factor at the first sign-in, and choose a password of their own under Security.")


@app.command()
def end(
    username: Annotated[str, typer.Argument(help="What they type to sign in.")],
    on: Annotated[
        datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="Their last day here, if it is past.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON object, for machines.")] = False,
    data: Annotated[Path | None, typer.Option(file_okay=False, help="Data folder (default: var/demo).")] = None,
) -> None:
    """Let somebody leave: roles, work in units, account and sessions end; say what waits for others now."""
    with record(role="worker", data=data):
        waiting = _end(username, on)
    if as_json:
        typer.echo(json.dumps({"username": username, "results_for_others": waiting}))
        return
    typer.echo(f"{username} does not work here any more, and does not sign in any more.")
    typer.echo(f"Unread results that wait for somebody else now: {waiting}")


def _end(username: str, on: datetime | None) -> int:
    from ehospital.clinical import queries as clinical
    from ehospital.foundation.days import end_of_day
    from ehospital.people import access, actions, queries

    at = datetime.now(UTC)
    by = access.system("ehospital accounts", at=at)
    account = queries.account_called(username, viewer=by)
    if account is None or account.staff_id is None:
        raise CommandFailed(
            f"Nobody who works here signs in as {username!r}", next_step="Look the name up in their mail"
        )
    try:
        actions.end_employment(staff_id=account.staff_id, ended_at=end_of_day(on.date()) if on else None, by=by, at=at)
    except actions.UnusableEnd:
        raise CommandFailed(
            "That day is not over, or lies before they began", next_step="Name a past day, or leave --on out for now"
        ) from None
    return sum(one.recipient_id == account.staff_id for one in clinical.answers_for_others(at=at))


def _add(
    username: str, password: str, given: str, family: str, roles: list[str], units: list[str], email: str, title: str
) -> None:
    from django.db import IntegrityError, transaction

    from ehospital.people import access, actions, queries

    at = datetime.now(UTC)
    by = access.system("ehospital accounts", at=at)
    known = [role.value for role in access.Role]
    if unknown := [role for role in roles if role not in known]:
        raise CommandFailed(f"There is no role {unknown[0]!r}", next_step=f"Choose among {', '.join(known)}")
    try:
        with transaction.atomic():
            unit_ids = [queries.unit_called(name, viewer=by).id for name in units]
            staff_id = actions.employ(given=given, family=family, title=title, email=email, by=by, at=at)
            for role in dict.fromkeys(roles):
                actions.give_role(staff_id=staff_id, role=role, by=by, at=at)
            for unit_id in dict.fromkeys(unit_ids):
                actions.join_unit(staff_id=staff_id, unit_id=unit_id, by=by, at=at)
            actions.give_account(username=username, password=password, email=email, staff_id=staff_id, by=by, at=at)
    except queries.NoSuchUnit as error:
        raise CommandFailed(str(error), next_step="Add it first: `ehospital wards add`") from None
    except IntegrityError as error:
        if "account_name_is_unique" not in str(error):
            raise
        raise CommandFailed(f"Somebody signs in as {username!r} already", next_step="Choose another name") from None
