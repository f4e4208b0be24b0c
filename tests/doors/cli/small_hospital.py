"""A supervisor over three small programs, to be run, interrupted and killed by the tests.

`python -m tests.doors.cli.small_hospital FOLDER [--stubborn] [--broken] [--grandchild]`
"""

import asyncio
import os
import sys
import time
from pathlib import Path

from ehospital.cli.failure import CommandFailed
from ehospital.cli.supervisor import board, control, pids
from ehospital.cli.supervisor.child import Launch
from ehospital.cli.supervisor.parts import Part, Step
from ehospital.cli.supervisor.watch import Watch

# Each small program notes its start and its clean end, and then waits for a signal.
PROGRAM = """
import pathlib, signal, subprocess, sys, time
folder, name, stubborn, grandchild = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3] == "1", sys.argv[4] == "1"
def ended(*_):
    if not stubborn:
        with (folder / "order").open("a") as file: file.write(f"-{name}\\n")
        sys.exit(0)
signal.signal(signal.SIGTERM, ended)
if grandchild:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    (folder / f"{name}.grandchild").write_text(str(child.pid))
with (folder / "order").open("a") as file: file.write(f"+{name}\\n")
(folder / f"{name}.up").write_text("up")
while True: time.sleep(60)
"""


def main() -> int:
    """Supervise until told to stop; exit 1 with one line when a part does not start."""
    folder, wishes = Path(sys.argv[1]), set(sys.argv[2:])
    folder.mkdir(exist_ok=True)
    notes, run = folder / "notes", folder
    pids.sweep(notes)
    pids.note(notes, "supervisor", os.getpid())

    def part(name: str, *needs: str) -> Part:
        stubborn, grandchild = "--stubborn" in wishes, "--grandchild" in wishes
        program = [sys.executable, "-c", PROGRAM, str(folder), name, "01"[stubborn], "01"[grandchild]]
        if "--broken" in wishes and name == "door":
            program = [sys.executable, "-c", "import sys; sys.exit('the door is jammed')"]
        up = folder / f"{name}.up"

        def prepare() -> Launch:
            up.unlink(missing_ok=True)
            return Launch(name, tuple(program), log=folder / f"{name}.log", notes=notes)

        return Part(name, prepare, up.exists, needs=needs, patience_s=20)

    def step() -> Launch:
        program = (
            sys.executable,
            "-c",
            "import sys; open(sys.argv[1], 'a').write('+tables\\n')",
            str(folder / "order"),
        )
        return Launch("tables", program, log=folder / "tables.log", notes=notes)

    watch = Watch([part("engine"), Step("tables", step, needs=("engine",)), part("door", "engine", "tables")])
    began = time.time()
    watch.on_change = lambda _standing: board.write(run, watch.standings, began)

    async def watched() -> None:
        async with control.listening(run, watch, began):
            await watch.run(lambda: print("ready", flush=True), lambda: print("stopping", flush=True))

    try:
        asyncio.run(watched())
    except CommandFailed as failure:
        print(failure, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
