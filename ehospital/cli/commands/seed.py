"""`ehospital seed`: invent the demo hospital in an empty record; `ehospital demo` does it by itself."""

from pathlib import Path
from typing import Annotated

import typer

from ehospital.cli import progress
from ehospital.cli.failure import CommandFailed
from ehospital.cli.hospital.record import record

app = typer.Typer(add_completion=False)


@app.command()
def seed(
    patients: Annotated[int | None, typer.Option(min=1, help="How many people to invent.")] = None,
    beds: Annotated[int | None, typer.Option(min=1, help="How many monitored beds.")] = None,
    data: Annotated[Path | None, typer.Option(file_okay=False, help="Data folder (default: var/demo).")] = None,
) -> None:
    """Make the demo hospital unless this data folder has one; everything or nothing."""
    with record(role="worker", data=data):
        from ehospital.simulation import seed as simulation

        try:
            with progress.shown() as told:
                made = simulation.seed(
                    patients=patients or simulation.PATIENTS, beds=beds or simulation.BEDS, progress=told
                )
        except simulation.SignInsLost as lost:
            raise CommandFailed(str(lost)) from None
        except simulation.TooSmall as small:
            raise CommandFailed(str(small), next_step="Choose with --patients and --beds") from None
    if made.made:
        typer.echo(f"{made.patients} patients with {made.lines:,} entries in {made.seconds:.1f} s")
