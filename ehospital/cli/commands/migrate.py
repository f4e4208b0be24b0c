"""`ehospital migrate`: tables and grants by the owner's role, and the static files of the pages."""

from pathlib import Path
from typing import Annotated

import typer

from ehospital.cli.hospital.record import record

app = typer.Typer(add_completion=False)


@app.command()
def migrate(
    data: Annotated[Path | None, typer.Option(file_okay=False, help="Data folder (default: var/demo).")] = None,
    mark: Annotated[str, typer.Option(hidden=True)] = "",
) -> None:
    """Bring tables, database roles and static files up to date; repeatable."""
    with record(role="owner", data=data, migrated=False):
        from django.conf import settings
        from django.core.management import call_command

        call_command("migrate", interactive=False, verbosity=1)
        call_command("collectstatic", interactive=False, verbosity=0)
        if mark:
            (Path(settings.DATA) / "prepared").write_text(mark)
