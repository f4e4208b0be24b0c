"""`ehospital check`: can this installation run?"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ehospital.cli import checks
from ehospital.cli.failure import CommandFailed
from ehospital.cli.hospital.options import data_folder

app = typer.Typer(add_completion=False)


@app.command()
def check(
    data: Annotated[Path | None, typer.Option(file_okay=False, help="Data folder (default: var/demo).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Look at every dependency and say how to mend what is missing; exit 1 when something is."""
    seen = []
    for one in checks.all_of(data_folder(data)):
        seen.append(one)
        if not as_json:
            typer.echo(f"{'✓' if one.ok else '✗'} {one.name}: {one.seen}" + ("" if one.ok else f"\n  → {one.fix}"))
    bad = [one.name for one in seen if not one.ok]
    if as_json:
        typer.echo(json.dumps({"ok": not bad, "checks": [asdict(one) for one in seen]}))
    if bad:
        raise CommandFailed(
            f"{', '.join(bad)} must be mended before E-Hospital can run", next_step="See the lines above"
        )
