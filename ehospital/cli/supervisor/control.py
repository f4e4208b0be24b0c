"""The supervisor's ear: a Unix socket in a folder that only its owner may enter.

One JSON object a line, one answer a line: `{"do": "status"}`, `{"do": "kill", "name": "stream"}`, `{"do": "stop"}` →
`{"ok": true, …}` or `{"ok": false, "why": "…"}`. There is no other way to end a process from a page, and a killed
part is always started again.
"""

import asyncio
import contextlib
import hashlib
import json
import os
import socket
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from ehospital.cli.engines.places import own_folder
from ehospital.cli.failure import CommandFailed
from ehospital.cli.supervisor import board
from ehospital.cli.supervisor.watch import Watch

FILE = "control.sock"
LONGEST_PATH = 100  # the kernel's limit is 104 bytes on macOS, 108 on Linux
LINE_BYTES = 4096


def socket_path(run: Path) -> Path:
    """Where the supervisor of this run folder listens; a folder with a very long name gets a shorter one."""
    path = run / FILE
    if len(os.fsencode(path)) <= LONGEST_PATH:
        return path
    short = hashlib.sha256(os.fsencode(run)).hexdigest()[:12]
    return own_folder(Path(tempfile.gettempdir()) / f"ehospital-{os.geteuid()}-{short}", mode=0o700) / FILE


@contextlib.asynccontextmanager
async def listening(run: Path, watch: Watch, started_at: float) -> AsyncIterator[Path]:
    """Answer on the socket of `run` while the block runs."""
    path = socket_path(run)
    path.unlink(missing_ok=True)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, TimeoutError, ValueError):
            async with asyncio.timeout(5):
                asked = await reader.readline()
                writer.write(json.dumps(_done(asked, watch, started_at)).encode() + b"\n")
                await writer.drain()
        writer.close()

    server = await asyncio.start_unix_server(answer, path, limit=LINE_BYTES)
    path.chmod(0o600)
    try:
        yield path
    finally:
        server.close()
        path.unlink(missing_ok=True)


def ask(run: Path, request: dict[str, Any], *, timeout_s: float = 5.0) -> dict[str, Any]:
    """Send one request to the supervisor of `run` and return its answer.

    Raises:
        CommandFailed: nobody listens there.
    """
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(timeout_s)
            line.connect(str(socket_path(run)))
            line.sendall(json.dumps(request).encode() + b"\n")
            with line.makefile("r") as answers:
                answer: dict[str, Any] = json.loads(answers.readline())
                return answer
    except (OSError, ValueError):
        raise CommandFailed(
            "No hospital runs on this data folder", next_step="Start one with `ehospital demo`, or name it with --data"
        ) from None


def _done(asked: bytes, watch: Watch, started_at: float) -> dict[str, Any]:
    try:
        request = json.loads(asked)
        do = request["do"]
        if do == "status":
            return {"ok": True, **board.as_json(watch.standings, started_at)}
        if do == "stop":
            watch.stop()
            return {"ok": True}
        if do == "kill":
            return {"ok": True, "pid": watch.kill(str(request["name"]))}
    except KeyError as missing:
        return {"ok": False, "why": f"nothing alive is called {missing}"}
    except (ValueError, TypeError):
        return {"ok": False, "why": "not understood"}
    return {"ok": False, "why": "status, kill or stop"}
