"""A steady flow of frames into a pipe, and the comparison of what was taken with what is stored."""

import asyncio
from datetime import UTC, datetime

from tests.doors.stream.pipe import Pipe, eventually
from tests.factories.monitoring import payload

RATE = 200
DEVICES = 4


class Flow:
    """Frames at a steady rate; remembers each that became durable. Every twentieth is sent twice."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe
        self.taken: set[tuple[str, int]] = set()
        self._next = dict.fromkeys((f"m{number}" for number in range(DEVICES)), 0)

    async def run(self, seconds: float) -> None:
        """Send for so long."""
        loop = asyncio.get_running_loop()
        began, sent = loop.time(), 0
        under_way: set[asyncio.Task[None]] = set()
        while loop.time() - began < seconds:
            while sent < (loop.time() - began) * RATE:
                device = f"m{sent % DEVICES}"
                self._next[device] += 1
                task = asyncio.create_task(self._one(device, self._next[device], twice=sent % 20 == 0))
                under_way.add(task)
                task.add_done_callback(under_way.discard)
                sent += 1
            await asyncio.sleep(0.01)
        await asyncio.gather(*under_way)

    async def _one(self, device: str, seq: int, *, twice: bool) -> None:
        raw = payload(seq, datetime.now(UTC))
        await self._pipe.send(device, raw)
        self.taken.add((device, seq))
        if twice:
            await self._pipe.send(device, raw)

    async def all_stored_once(self) -> None:
        """Wait until the record has as many frames as were taken, and compare one by one."""
        await self._pipe.stored(len(self.taken), seconds=60)
        await eventually(
            lambda: all(self._pipe.safe(device) == seq for device, seq in self._next.items()),
            "every device hears that everything is safe",
        )
        rows = self._pipe.rows("SELECT device_id, seq FROM vital_frame")
        assert len(rows) == len(set(rows)), "a frame is stored twice"
        assert set(rows) == self.taken

    async def goes_on(self) -> None:
        """Wait until a good number of new frames is stored: the flow is under way."""
        before = self._pipe.frames()
        await self._pipe.stored(before + 100)
