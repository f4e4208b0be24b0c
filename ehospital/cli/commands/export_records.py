"""`ehospital export`: what leaves the hospital in files: records as FHIR R4, seals, trails of audit."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from ehospital.cli.failure import CommandFailed
from ehospital.cli.hospital.record import record
from ehospital.cli.progress import shown

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def exports() -> None:
    """Write what is asked for into a file."""


@app.command()
def fhir(
    out: Annotated[Path, typer.Option(help="A file for one patient, a folder for all; it must not be there yet.")],
    patient: Annotated[str, typer.Option(help="The id of one patient.")] = "",
    every: Annotated[bool, typer.Option("--all", help="Every patient: a file of lines for each type.")] = False,
    summary: Annotated[
        bool, typer.Option("--summary", help="Of one patient, the International Patient Summary alone.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was written as JSON.")] = False,
    data: Annotated[Path | None, typer.Option(file_okay=False, help="Data folder (default: var/demo).")] = None,
) -> None:
    """Export FHIR R4: one patient's record as a bundle, or all as .ndjson. Every leaving is audited."""
    if bool(patient) == every or (summary and every):
        raise typer.BadParameter("name one patient with --patient, or all with --all; a summary is of one patient")
    key = _key(patient) if patient else None
    if not out.absolute().parent.is_dir():
        raise CommandFailed(f"There is no folder {out.absolute().parent}", next_step="Make it, or name another")
    with record(role="worker", data=data):
        counts = _written(key, out, summary=summary, quiet=as_json)
    if as_json:
        typer.echo(json.dumps({"out": str(out), "written": counts}))
        return
    for kind, number in counts.items():
        typer.echo(f"{kind:<24}{number:>10,}")
    typer.echo(f"Written to {out}. It holds health data: keep it as you keep the record.")


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise typer.BadParameter(f"{text} is no id of a patient: it stands in the address of the chart") from None


def _written(key: UUID | None, out: Path, *, summary: bool, quiet: bool) -> dict[str, int]:
    from ehospital.fhir.exporting import folders, records
    from ehospital.people import access

    at = datetime.now(UTC)
    by = access.system("fhir export", at=at)
    try:
        if key is None:
            keys = records.patient_ids()
            with shown() as told:
                return folders.write_folder(
                    keys, out, by=by, at=at, progressed=lambda done: told("patients", done, len(keys))
                )
        if summary:
            return folders.write_summary(key, out, by=by, at=at)
        return folders.write_bundle(key, out, by=by, at=at)
    except folders.NotEmpty as error:
        raise CommandFailed(str(error), next_step="Name a place where nothing is: nothing is overwritten") from None
    except records.UnknownPatient as error:
        raise CommandFailed(str(error), next_step="The id stands in the address of the patient's chart") from None
    except OSError as error:
        raise CommandFailed(f"{out} cannot be written", why=str(error.strerror or error)) from None


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
