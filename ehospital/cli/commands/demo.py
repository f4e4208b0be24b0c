"""`ehospital demo`: PostgreSQL, NATS, every process and an invented hospital with bedside devices, on one machine."""

from pathlib import Path
from typing import Annotated

import typer

from ehospital.cli.hospital.options import Options, data_folder

app = typer.Typer(add_completion=False)


@app.command()
def demo(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Of the pages; a free one replaces a taken one.")] = 8000,
    data: Annotated[Path | None, typer.Option(file_okay=False, help="Data folder (default: var/demo).")] = None,
    patients: Annotated[int | None, typer.Option(min=1, help="How many people to invent.")] = None,
    beds: Annotated[int | None, typer.Option(min=1, help="How many monitored beds.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Throw the data folder's hospital away first.")] = False,
    no_devices: Annotated[bool, typer.Option("--no-devices", help="Without simulated bedside devices.")] = False,
) -> None:
    """Start a living hospital and print its address and sign-ins; Ctrl-C stops all of it."""
    from ehospital.cli.hospital import running

    options = Options(data=data_folder(data), port=port, patients=patients, beds=beds, devices=not no_devices)
    running.run(options, fresh=fresh)
