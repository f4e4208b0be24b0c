"""`ehospital export`: what leaves the hospital in files."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from ehospital.cli.failure import CommandFailed
from ehospital.cli.hospital.record import record

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def export() -> None:
    """Write what is asked for into a file."""


@app.command()
def seals(
    out: Annotated[Path, typer.Option(dir_okay=False, help="The file; one that is there is replaced.")],
    data: Annotated[Path | None, typer.Option(file_okay=False, help="Data folder (default: var/demo).")] = None,
) -> None:
    """Write the seals over the audit trail for somebody else to keep and verify: docs/guide/audit.md."""
    with record(role="worker", data=data):
        from ehospital.foundation import seal_files, sealing

        try:
            done = seal_files.export(out, at=datetime.now(UTC))
        except sealing.NoSealingKey as missing:
            raise CommandFailed(str(missing), next_step="Nothing was written") from None
        except OSError as why:
            raise CommandFailed(f"{out} cannot be written: {why}", next_step="Choose another file") from None
    typer.echo(f"{done.seals} seals over {done.events} events. The newest: {done.newest or 'none yet'}")


@app.command()
def audit(
    patient: Annotated[UUID, typer.Option(help="The id of the patient, as in the address of the chart.")],
    out: Annotated[Path, typer.Option(dir_okay=False, help="The file; one that is there is replaced.")],
    data: Annotated[Path | None, typer.Option(file_okay=False, help="Data folder (default: var/demo).")] = None,
) -> None:
    """Write who did what to one patient's record as FHIR AuditEvent, one a line, the oldest first."""
    with record(role="worker", data=data):
        from django.conf import settings
        from django.db import transaction

        from ehospital.fhir import audit_events
        from ehospital.foundation import audit as trail
        from ehospital.people import access, queries

        at = datetime.now(UTC)
        by = access.system("export", at=at)
        found = queries.audit_trail(viewer=by, patient_id=patient).order_by("id")
        lines = [json.dumps(audit_events.write(one, hospital=settings.HOSPITAL_NAME)) for one in found.iterator()]
        if not lines:
            raise CommandFailed(f"Nothing is written down of a patient {patient}", next_step="Look at the id again")
        with transaction.atomic():
            trail.record("audit.read", by=by, at=at, patient_id=patient, details={"lines": len(lines)})
        out.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    typer.echo(f"{len(lines)} events")
