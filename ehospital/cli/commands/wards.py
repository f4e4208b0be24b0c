"""`ehospital wards add`: a ward with its rooms and beds."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from ehospital.cli.failure import CommandFailed
from ehospital.cli.hospital.record import record

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def wards() -> None:
    """Build the hospital's wards."""


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="As people say it: Ward 4.")],
    room: Annotated[list[str], typer.Option(help="A room and its beds, `Bay A=A1,A2,A3`; may be repeated.")],
    specialty: Annotated[str, typer.Option(help="What it treats.")] = "",
    site: Annotated[str, typer.Option(help="The building; made when it is new.")] = "Main building",
    data: Annotated[Path | None, typer.Option(file_okay=False, help="Data folder (default: var/demo).")] = None,
) -> None:
    """Add a ward; those who work there see its board and open its patients' charts."""
    rooms = [_room(text) for text in room]
    with record(role="worker", data=data):
        _add(name, specialty, site, rooms)
    typer.echo(f"{name}: {sum(len(beds) for _, beds in rooms)} beds in {len(rooms)} rooms.")
    typer.echo(f"Staff join it by `ehospital accounts add … --unit '{name}'`.")


def _room(text: str) -> tuple[str, list[str]]:
    name, _, codes = text.partition("=")
    beds = [code.strip() for code in codes.split(",") if code.strip()]
    if not name.strip() or not beds or len(set(beds)) != len(beds):
        raise CommandFailed(f"{text!r} is no room with its beds", next_step="Write it as 'Bay A=A1,A2,A3'")
    return name.strip(), beds


def _add(name: str, specialty: str, site: str, rooms: list[tuple[str, list[str]]]) -> None:
    from django.conf import settings
    from django.db import transaction

    from ehospital.estate import actions, queries
    from ehospital.people import access
    from ehospital.people import actions as people

    at = datetime.now(UTC)
    by = access.system("ehospital wards", at=at)
    if any(ward.name.casefold() == name.casefold() for ward in queries.wards(viewer=by)):
        raise CommandFailed(f"There is a ward {name!r} already", next_step="Choose another name")
    with transaction.atomic():
        known = queries.site_called(site, viewer=by)
        if known is None:
            organisation_id = people.add_organisation(name=settings.HOSPITAL_NAME, kind="Hospital", by=by, at=at)
            known = actions.add_site(name=site, organisation_id=organisation_id, by=by, at=at)
        ward_id = actions.add_ward(name=name, specialty=specialty, site_id=known, by=by, at=at)
        for room, beds in rooms:
            actions.add_room(ward_id=ward_id, name=room, beds=beds, by=by, at=at)
