"""`ehospital clients add|renew|revoke|list`: the credentials of other systems at the FHIR door."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from ehospital.cli.failure import CommandFailed
from ehospital.cli.hospital.record import record

if TYPE_CHECKING:
    from ehospital.people import access

app = typer.Typer(add_completion=False, no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="NAME", help="What the system is called: Harbour Laboratory.")]
Data = Annotated[Path | None, typer.Option("--data", file_okay=False, help="Data folder (default: var/demo).")]
Json = Annotated[bool, typer.Option("--json", help="JSON, for machines.")]


@app.callback()
def clients() -> None:
    """Let other systems in at the FHIR door, and put them out."""


@app.command()
def add(
    name: Name,
    scope: Annotated[list[str], typer.Option(help="system/Patient.read, system/*.read …; may be repeated.")],
    unit: Annotated[list[str], typer.Option(help="A ward or clinic whose patients it sees; may be repeated.")],
    as_json: Json = False,
    data: Data = None,
) -> None:
    """Register a system and print its secret, once. The first unit takes over the patients that it registers."""

    def work(by: "access.Actor", at: datetime) -> tuple[UUID, str]:
        from ehospital.people import actions, queries

        unit_ids = [queries.unit_called(one, viewer=by).id for one in unit]
        return actions.add_client(name, scopes=scope, unit_ids=unit_ids, by=by, at=at)

    _tell(name, *_done(work, data), as_json=as_json)


@app.command()
def renew(name: Name, as_json: Json = False, data: Data = None) -> None:
    """Give a system a new secret; the old one and every token are dead at once."""

    def work(by: "access.Actor", at: datetime) -> tuple[UUID, str]:
        from ehospital.people import actions

        return actions.renew_client(name, by=by, at=at)

    _tell(name, *_done(work, data), as_json=as_json)


@app.command()
def revoke(name: Name, data: Data = None) -> None:
    """Put a system out; tokens that it holds are dead at once."""

    def work(by: "access.Actor", at: datetime) -> None:
        from ehospital.people import actions

        actions.revoke_client(name, by=by, at=at)

    _done(work, data)
    typer.echo(f"{name} comes in no more.")


@app.command("list")
def list_clients(as_json: Json = False, data: Data = None) -> None:
    """Show every system: what it may do, whose patients it sees, and whether it is revoked."""

    def work(by: "access.Actor", _at: datetime) -> list[dict[str, Any]]:
        from ehospital.people import queries

        return [
            {
                "name": one.name,
                "client_id": str(one.id),
                "scopes": one.scopes,
                "units": one.units,
                "revoked_at": one.revoked_at.isoformat() if one.revoked_at else None,
            }
            for one in queries.clients(viewer=by)
        ]

    found = _done(work, data)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    for one in found:
        state = f"revoked {one['revoked_at']}" if one["revoked_at"] else "active"
        typer.echo(
            f"{one['name']}  {one['client_id']}  {state}\n  {' '.join(one['scopes'])}\n  {', '.join(one['units'])}"
        )
    if not found:
        typer.echo("No system comes in yet. Add one: `ehospital clients add`")


def _done(work: "Callable[[access.Actor, datetime], Any]", data: Path | None) -> Any:
    with record(role="worker", data=data):
        from ehospital.people import access, actions, queries, smart

        at = datetime.now(UTC)
        try:
            return work(access.system("ehospital clients", at=at), at)
        except smart.UnknownScope as error:
            raise CommandFailed(str(error), next_step=f"The types are {', '.join(smart.KINDS)} and *") from None
        except queries.NoSuchUnit as error:
            raise CommandFailed(str(error), next_step="Add it first: `ehospital wards add`") from None
        except actions.ClientKnown as error:
            raise CommandFailed(str(error), next_step="Give it a new secret: `ehospital clients renew`") from None
        except actions.NoSuchClient as error:
            raise CommandFailed(str(error), next_step="See who is there: `ehospital clients list`") from None


def _tell(name: str, client_id: UUID, secret: str, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"client_id": str(client_id), "client_secret": secret}))
        return
    typer.echo(f"{name} comes in with the client id {client_id} and the secret {secret}")
    typer.echo("The secret is shown now and kept nowhere. Tokens are given at /fhir/token.")
