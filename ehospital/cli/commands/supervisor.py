"""`ehospital supervisor status|kill|stop`: what runs on a data folder, and pull the plug on a part of it."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from ehospital.cli.engines.places import place_for
from ehospital.cli.failure import CommandFailed
from ehospital.cli.hospital.options import data_folder
from ehospital.cli.supervisor import control

app = typer.Typer(add_completion=False, no_args_is_help=True)
Data = Annotated[Path | None, typer.Option("--data", file_okay=False, help="Data folder (default: var/demo).")]


@app.command()
def status(data: Data = None, as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False) -> None:
    """Show every part: its state, process number, restarts and last end."""
    told = _asked(data, {"do": "status"})
    if as_json:
        typer.echo(json.dumps(told, indent=1))
        return
    for part in told["parts"]:
        pid, ended = part["pid"] or "", part["last_exit"] and f"last ended by {part['last_exit']}"
        typer.echo(f"{part['name']:<10} {part['state']:<11} {pid!s:>8}  {part['restarts']} restarts  {ended}".rstrip())


@app.command()
def kill(name: Annotated[str, typer.Argument(help="The part, for instance stream.")], data: Data = None) -> None:
    """SIGKILL to a part, as if its power had gone; the supervisor starts it again."""
    typer.echo(f"{name} ({_asked(data, {'do': 'kill', 'name': name})['pid']}) is killed")


@app.command()
def stop(data: Data = None) -> None:
    """Stop the hospital, as Ctrl-C does."""
    _asked(data, {"do": "stop"})


def _asked(data: Path | None, request: dict[str, str]) -> dict[str, Any]:
    answer = control.ask(place_for(data_folder(data)).run, request)
    if not answer["ok"]:
        raise CommandFailed(str(answer["why"]), next_step="See `ehospital supervisor status`")
    return answer
