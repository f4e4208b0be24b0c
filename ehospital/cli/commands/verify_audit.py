"""`ehospital verify-audit`: read every seal and every event, and say where somebody changed the past."""

import json
from pathlib import Path
from typing import Annotated

import typer

from ehospital.cli.failure import CommandFailed
from ehospital.cli.hospital.record import record

app = typer.Typer(add_completion=False)


@app.command()
def verify_audit(
    data: Annotated[Path | None, typer.Option(file_okay=False, help="Data folder (default: var/demo).")] = None,
    against: Annotated[
        Path | None, typer.Option(dir_okay=False, exists=True, help="A file of `ehospital export seals`.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Check the chained, signed seals over the audit trail; exit 1 when something does not fit."""
    with record(role="worker", data=data):
        from ehospital.foundation import seal_files, sealing

        try:
            findings = [*sealing.verify(), *(seal_files.compare(against) if against else ())]
        except seal_files.UnusableSealFile as unusable:
            raise CommandFailed(str(unusable), next_step="Take another copy of the file") from None
        except sealing.NoSealingKey as missing:
            raise CommandFailed(str(missing), next_step="Nothing was checked") from None
    if as_json:
        told = [{"kind": one.kind, "event": one.event, "why": one.why} for one in findings]
        typer.echo(json.dumps({"ok": not findings, "findings": told}))
        raise typer.Exit(1 if findings else 0)
    for finding in findings:
        typer.echo(f"{finding.kind}: event {finding.event}, {finding.why}")
    if findings:
        raise CommandFailed(
            f"The audit trail was changed in {len(findings)} places",
            next_step="Keep the database and the seals as found",
        )
    typer.echo("The audit trail is whole.")
