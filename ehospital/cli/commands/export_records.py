"""`ehospital export`: what leaves the hospital in files."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

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
