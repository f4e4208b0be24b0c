"""`ehospital issuers set|list`: who gives numbers to patients, and what such a number looks like."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from ehospital.cli.failure import CommandFailed
from ehospital.cli.hospital.record import record

app = typer.Typer(add_completion=False, no_args_is_help=True)
Data = Annotated[Path | None, typer.Option(file_okay=False, help="Data folder (default: var/demo).")]


@app.callback()
def issuers() -> None:
    """Issuers of patients' numbers."""


@app.command("set")
def set_(
    system: Annotated[str, typer.Argument(help="The issuer's URI: https://fhir.nhs.uk/Id/nhs-number.")],
    name: Annotated[str, typer.Argument(help="What the desk calls the number: NHS number.")],
    kind: Annotated[str, typer.Option(help="HL7 v2-0203: NI, SS, PPN.")] = "",
    pattern: Annotated[str, typer.Option(help=r"A regular expression of the whole number: \d{10}.")] = "",
    check: Annotated[str, typer.Option(help="none, luhn, nhs, mod97, iso7064-11-2, iso7064-11,10, …")] = "none",
    data: Data = None,
) -> None:
    """Set up an issuer, or change it: registration asks for its number and checks it."""
    with record(role="worker", data=data):
        from ehospital.people import access, actions

        at = datetime.now(UTC)
        by = access.system("ehospital issuers", at=at)
        try:
            actions.set_issuer(system, name=name, kind=kind, pattern=pattern, check_digit=check, by=by, at=at)
        except actions.UnusableIssuer as error:
            raise CommandFailed(str(error), next_step="See `ehospital issuers set --help`") from error
    typer.echo(f"{name}: asked for at registration.")


@app.command("list")
def list_(data: Data = None) -> None:
    """Show the issuers."""
    with record(role="worker", data=data):
        from ehospital.people import queries

        for one in queries.issuers():
            typer.echo("\t".join((one.name, one.system, one.pattern or "any form", one.check_digit)))
