"""The real engines and the gateway under the real supervisor, as `ehospital serve all` starts them.

`python -m tests.doors.cli.engine_hospital DATA`: everything of the plan that needs no table.
"""

import asyncio
import sys
import time
from pathlib import Path

from ehospital.cli.hospital.options import Options
from ehospital.cli.hospital.plan import plan
from ehospital.cli.hospital.surroundings import Surroundings
from ehospital.cli.supervisor import board, control, pids
from ehospital.cli.supervisor.watch import Watch

PARTS = ("postgres", "nats", "gateway")


def main() -> None:
    """Supervise until told to stop."""
    around = Surroundings.of(Options(data=Path(sys.argv[1]), demo=False, devices=False))
    swept = pids.sweep(around.place.notes)
    watch = Watch([part for part in plan(around) if part.name in PARTS])
    began, run = time.time(), around.place.run
    watch.on_change = lambda _standing: board.write(run, watch.standings, began)

    async def watched() -> None:
        async with control.listening(run, watch, began):
            await watch.run(lambda: print("ready", *swept, flush=True))

    asyncio.run(watched())


if __name__ == "__main__":
    main()
