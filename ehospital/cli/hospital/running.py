"""Runs a hospital on this machine until it is told to stop."""

import asyncio
import contextlib
import os
import time

from ehospital.cli.engines.places import place_for
from ehospital.cli.failure import CommandFailed
from ehospital.cli.hospital import demo_file, engines_file
from ehospital.cli.hospital.console import Told
from ehospital.cli.hospital.options import Options
from ehospital.cli.hospital.plan import plan
from ehospital.cli.hospital.surroundings import Surroundings
from ehospital.cli.supervisor import board, control, lock, pids
from ehospital.cli.supervisor.watch import Watch


def run(options: Options, *, fresh: bool = False) -> None:
    """Start everything, print where it is, and watch until Ctrl-C or SIGTERM.

    Args:
        fresh: throw the old data away first.

    Raises:
        CommandFailed: another hospital runs on this data folder, or a part did not start; nothing is left running.
    """
    told = Told()
    place = place_for(options.data)
    with lock.owner(place.run) as ours:
        if not ours:
            raise CommandFailed(
                f"Something already runs on {place.data}",
                next_step="Stop it first, or name another folder with --data",
            )
        told.swept(pids.sweep(place.notes))
        engines_file.remove(place.run)
        demo_file.remove(place.data)
        if fresh:
            place.empty()
        around = Surroundings.of(options)
        pids.note(place.notes, "supervisor", os.getpid())
        try:
            asyncio.run(_watch(around, told))
        finally:
            demo_file.remove(place.data)
            board.remove(place.run)
            engines_file.remove(place.run)
            pids.forget(place.notes, "supervisor")


async def _watch(around: Surroundings, told: Told) -> None:
    started_at = time.time()
    run_folder = around.place.run
    watch = Watch(plan(around))

    def changed(standing: object) -> None:
        board.write(run_folder, watch.standings, started_at)
        told.changed(standing)  # type: ignore[arg-type]

    def ready() -> None:
        told.ready(demo_file.write(around))

    async def murmur() -> None:
        while True:
            await asyncio.sleep(0.5)
            told.still_waiting(watch.standings)

    watch.on_change = changed
    murmuring = asyncio.create_task(murmur())
    try:
        async with control.listening(run_folder, watch, started_at):
            await watch.run(ready, told.stopping)
    finally:
        murmuring.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await murmuring
