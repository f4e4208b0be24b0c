"""`ehospital dead-letters list|show|replay`: messages that could not be understood, kept as they came."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from ehospital.cli.failure import CommandFailed
from ehospital.cli.hospital.record import broker_url

app = typer.Typer(add_completion=False, no_args_is_help=True)
Data = Annotated[Path | None, typer.Option("--data", file_okay=False, help="Data folder (default: var/demo).")]
Json = Annotated[bool, typer.Option("--json", help="A JSON object a line, for machines.")]
Number = Annotated[int, typer.Argument(min=1, help="The letter's number, from `list`.")]


@app.command("list")
def list_letters(
    reason: Annotated[str | None, typer.Option(help="Only these, for instance malformed.")] = None,
    after: Annotated[int, typer.Option(min=0, help="Only letters with a larger number.")] = 0,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 100,
    as_json: Json = False,
    data: Data = None,
) -> None:
    """List dead letters, oldest first."""
    from ehospital.wire import dead_letters

    async def work(client: Any) -> None:
        async for letter in dead_letters.letters(client, reason=reason, after=after, limit=limit):
            _say(letter, as_json=as_json, whole=False)

    _with_broker(work, data)


@app.command()
def show(number: Number, as_json: Json = False, data: Data = None) -> None:
    """Show one letter with its bytes."""
    from ehospital.wire import dead_letters

    async def work(client: Any) -> None:
        _say(await dead_letters.show(client, number), as_json=as_json, whole=True)

    _with_broker(work, data)


@app.command()
def replay(
    numbers: Annotated[list[int], typer.Argument(min=1, help="The letters' numbers, from `list`.")], data: Data = None
) -> None:
    """Send letters in again; one that is still bad comes back as a new letter."""
    from ehospital.wire import dead_letters

    async def work(client: Any) -> None:
        for number in numbers:
            typer.echo(f"{number} → {await dead_letters.replay(client, number)}")

    _with_broker(work, data)


def _say(letter: Any, *, as_json: bool, whole: bool) -> None:
    text = letter.raw.decode("utf-8", "backslashreplace")
    told = {"number": letter.number, "at": letter.at.isoformat(timespec="milliseconds"), "reason": letter.reason}
    told |= {"detail": letter.detail, "subject": letter.subject, "origin": letter.origin, "cut_from": letter.cut_from}
    if as_json:
        typer.echo(json.dumps(told | {"raw": text}))
    elif whole:
        typer.echo("\n".join(f"{name}: {value}" for name, value in told.items()) + f"\n\n{text}")
    else:
        typer.echo(f"{letter.number:>6}  {told['at']}  {letter.reason}  {letter.subject}  {letter.detail}")


def _with_broker(work: Callable[[Any], Awaitable[None]], data: Path | None) -> None:
    from nats.errors import Error as NatsError

    from ehospital.wire import dead_letters
    from ehospital.wire.connection import Connection

    async def connected(url: str) -> None:
        client = Connection(url, "operator")
        try:
            await asyncio.wait_for(client.open(), 10)
            await work(client)
        finally:
            await client.end()

    with broker_url(data) as url:
        try:
            asyncio.run(connected(url))
        except (dead_letters.NoSuchLetter, dead_letters.CannotReplay) as refused:
            raise CommandFailed(str(refused), next_step="See `ehospital dead-letters list`") from None
        except (NatsError, TimeoutError, OSError) as error:
            raise CommandFailed(
                "The broker does not answer", why=str(error) or type(error).__name__, next_step="Run `ehospital check`"
            ) from None
