"""`ehospital devices register|renew|revoke`: the credentials of bedside devices."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ehospital.cli.failure import CommandFailed
from ehospital.cli.hospital.record import record

if TYPE_CHECKING:
    from ehospital.people import access

app = typer.Typer(add_completion=False, no_args_is_help=True)
Number = Annotated[str, typer.Argument(metavar="DEVICE", help="Its user name and client id: letters, digits, - and _.")]
Data = Annotated[Path | None, typer.Option("--data", file_okay=False, help="Data folder (default: var/demo).")]
Json = Annotated[bool, typer.Option("--json", help="A JSON object, for machines.")]


@app.callback()
def devices() -> None:
    """Let devices in, and put them out."""


@app.command()
def register(
    device: Number,
    type: Annotated[str, typer.Option(help="monitor, wearable, spot_check, glucose_meter, …")] = "monitor",
    model: Annotated[str, typer.Option(help="Maker and model.")] = "",
    serial: Annotated[str, typer.Option(help="Serial number.")] = "",
    ward: Annotated[str, typer.Option(help="Where it belongs.")] = "",
    as_json: Json = False,
    data: Data = None,
) -> None:
    """Register a device and print its secret: it is shown now and kept nowhere."""

    def work(by: "access.Actor", at: datetime) -> str:
        from ehospital.estate import queries
        from ehospital.monitoring import actions
        from ehospital.monitoring.models import Device

        ward_ids = [one.pk for one in queries.wards(viewer=by) if one.name.casefold() == ward.casefold()]
        if ward and not ward_ids:
            raise CommandFailed(f"There is no ward {ward!r}", next_step="Add it first: `ehospital wards add`")
        kinds = {kind.value: kind for kind in Device.Type}
        if type not in kinds:
            raise CommandFailed(f"There is no type {type!r}", next_step=f"Choose among {', '.join(kinds)}")
        ward_id = ward_ids[0] if ward_ids else None
        return actions.register_device(
            device, type=kinds[type], model=model, serial=serial, ward_id=ward_id, by=by, at=at
        )

    _tell(device, _done(work, data), as_json=as_json)


@app.command()
def renew(device: Number, as_json: Json = False, data: Data = None) -> None:
    """Give a device a new secret; the old one opens no door any more."""

    def work(by: "access.Actor", at: datetime) -> str:
        from ehospital.monitoring import actions

        return actions.renew_secret(device, by=by, at=at)

    _tell(device, _done(work, data), as_json=as_json)


@app.command()
def revoke(device: Number, data: Data = None) -> None:
    """Take a device's credentials back; one that is connected is put out."""

    def work(by: "access.Actor", at: datetime) -> None:
        from ehospital.monitoring import actions

        actions.revoke_device(device, by=by, at=at)

    _done(work, data)
    typer.echo(f"{device} comes in no more.")


def _done(work: "Callable[[access.Actor, datetime], Any]", data: Path | None) -> Any:
    with record(role="worker", data=data):
        from ehospital.monitoring import actions
        from ehospital.people import access
        from ehospital.wire.subjects import BadName

        at = datetime.now(UTC)
        try:
            return work(access.system("ehospital devices", at=at), at)
        except BadName:
            raise CommandFailed("That is no name of a device", next_step="Use letters, digits, - and _") from None
        except actions.DeviceKnown as error:
            raise CommandFailed(str(error), next_step="Give it a new secret: `ehospital devices renew`") from None
        except actions.DeviceUnusable as error:
            raise CommandFailed(str(error), next_step="Add it first: `ehospital devices register`") from None


def _tell(device: str, secret: str, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"id": device, "password": secret}))
        return
    typer.echo(f"{device} comes in with the password {secret}")
    typer.echo("A worker that runs tells the doors within a second.")
