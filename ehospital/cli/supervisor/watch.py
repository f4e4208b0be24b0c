"""Starts parts in the order of their needs, keeps them alive, and ends them in the reverse order.

One asyncio loop in the main thread: Linux ties the leash of a child to the thread that started it.
"""

import asyncio
import os
import random
import signal
import time
from collections.abc import Callable, Sequence

from ehospital.cli.failure import CommandFailed
from ehospital.cli.supervisor.child import Child
from ehospital.cli.supervisor.parts import Part, Standing, State, Step

POLL_S = 0.1
HEALTH_EVERY_S = 3.0
FIRST_STARTS = 3  # a part that never was ready is given up after so many starts
BACK_OFF_S = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
CALM_S = 60.0  # so long alive, and the next death counts as the first


class Watch:
    """The supervisor itself.

    Args:
        parts: in the order in which they are to be ended last to first.
        on_change: called in the loop at every change of a standing.
    """

    def __init__(
        self,
        parts: Sequence[Part | Step],
        *,
        on_change: Callable[[Standing], None] = lambda _standing: None,
    ) -> None:
        self.parts = list(parts)
        self.standings = {part.name: Standing(part.name) for part in parts}
        self.children: dict[str, Child] = {}
        self.on_change = on_change
        self._passed = {part.name: asyncio.Event() for part in parts}
        self._stopping = asyncio.Event()
        self._failure: CommandFailed | None = None

    async def run(
        self, when_ready: Callable[[], None] = lambda: None, when_stopping: Callable[[], None] = lambda: None
    ) -> None:
        """Start everything, call `when_ready` once all is up, and watch until `stop()` or a signal.

        Raises:
            CommandFailed: a part could not be started at all, or a step failed. Everything is stopped before.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._asked_to_stop)
        tasks = [asyncio.create_task(self._guarded(part), name=part.name) for part in self.parts]
        ready = asyncio.create_task(self._announce(when_ready))
        await self._stopping.wait()
        when_stopping()
        for task in (*tasks, ready):
            task.cancel()
        await asyncio.gather(*tasks, ready, return_exceptions=True)
        await self._end()
        if self._failure:
            raise self._failure

    def stop(self) -> None:
        """End everything and let `run()` return."""
        self._stopping.set()

    def kill(self, name: str) -> int:
        """SIGKILL to a part, as if the power of its machine had gone; return the pid. It is started again.

        Raises:
            KeyError: no part of that name is alive.
        """
        child = self.children.get(name)
        if child is None or not child.alive or child.pid is None:
            raise KeyError(name)
        os.killpg(child.pid, signal.SIGKILL)
        return child.pid

    def _asked_to_stop(self) -> None:
        if self._stopping.is_set():  # the second Ctrl-C: at once
            for child in self.children.values():
                if child.alive and child.pid:
                    os.killpg(child.pid, signal.SIGKILL)
        self._stopping.set()

    async def _announce(self, when_ready: Callable[[], None]) -> None:
        for passed in self._passed.values():
            await passed.wait()
        await asyncio.to_thread(when_ready)

    async def _guarded(self, part: Part | Step) -> None:
        """Run a part's life; what goes wrong ends the whole hospital with its reason."""
        try:
            for needed in part.needs:
                await self._passed[needed].wait()
            await (self._keep(part) if isinstance(part, Part) else self._once(part))
        except CommandFailed as failure:
            self._failure = self._failure or failure
            self._stopping.set()
        except Exception as error:
            self._failure = self._failure or CommandFailed(f"{part.name} failed", why=repr(error))
            self._stopping.set()

    async def _once(self, step: Step) -> None:
        began = time.monotonic()
        launch = await asyncio.to_thread(step.prepare)
        if launch:
            child = self._start(Child(launch))
            while child.alive:
                await asyncio.sleep(POLL_S)
            child.kill()
            if child.exit_code:
                look = f"Look into {launch.log}" if launch.log else ""
                raise CommandFailed(f"{step.name} failed", why=child.last_words(), next_step=look)
        self._stand(step.name, State.DONE, took_s=time.monotonic() - began)
        self._passed[step.name].set()

    async def _keep(self, part: Part) -> None:
        child = Child(await asyncio.to_thread(part.prepare))
        deaths = 0
        while True:
            began = time.monotonic()
            why = await self._one_life(part, child)
            deaths = 1 if time.monotonic() - began > CALM_S else deaths + 1
            if not self._passed[part.name].is_set() and deaths >= FIRST_STARTS:
                raise CommandFailed(f"{part.name} did not start", why=why, next_step=f"Look into {child.launch.log}")
            await self._back_off(part, deaths)
            if not self._passed[part.name].is_set():  # a port may have been taken meanwhile: choose again
                child = Child(await asyncio.to_thread(part.prepare))

    async def _one_life(self, part: Part, child: Child) -> str:
        """From a start to its end; return how it ended."""
        began = time.monotonic()
        try:
            self._start(child)
        except OSError as error:  # no memory, no process numbers: that may pass
            self.standings[part.name].last_exit = str(error)
            return str(error)
        was_ready = await self._until_ready(part, child)
        if was_ready:
            await self._first_ready(part, child, began)
            await self._while_alive(part, child)
        why = self._buried(part, child)
        return why if was_ready else f"{why} · {await asyncio.to_thread(part.mourn, child)}"

    def _start(self, child: Child) -> Child:
        name = child.launch.name
        child.start()
        self.children[name] = child
        self._stand(name, State.STARTING, child)
        return child

    async def _until_ready(self, part: Part, child: Child) -> bool:
        deadline = time.monotonic() + part.patience_s
        while child.alive and time.monotonic() < deadline:
            if await asyncio.to_thread(part.ready) and child.alive:
                return True
            await asyncio.sleep(POLL_S)
        return False

    async def _first_ready(self, part: Part, child: Child, began: float) -> None:
        if part.after_ready and not self._passed[part.name].is_set():
            await asyncio.to_thread(part.after_ready)
        self._stand(part.name, State.READY, child, took_s=time.monotonic() - began)
        self._passed[part.name].set()

    async def _while_alive(self, part: Part, child: Child) -> None:
        """Look at the process often and at its health now and then; an unready part is shown, not killed.

        What it needs may be away; it recovers alone, and a restart would only lose what it holds.
        """
        next_look = time.monotonic() + HEALTH_EVERY_S
        while child.alive:
            await asyncio.sleep(POLL_S)
            if time.monotonic() >= next_look:
                ready = await asyncio.to_thread(part.ready)
                wanted = State.READY if ready else State.UNREADY
                if child.alive and self.standings[part.name].state is not wanted:
                    self._stand(part.name, wanted, child)
                next_look = time.monotonic() + HEALTH_EVERY_S

    def _buried(self, part: Part, child: Child) -> str:
        """Note how it ended, and make sure that nothing of it is left before it is started again."""
        slow = child.alive
        child.kill()
        code = child.exit_code or 0
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        why = f"not ready after {part.patience_s:.0f} s" if slow else how
        self.standings[part.name].last_exit = why
        return why

    async def _back_off(self, part: Part, deaths: int) -> None:
        pause = BACK_OFF_S[min(deaths - 1, len(BACK_OFF_S) - 1)] * random.uniform(0.8, 1.2)
        standing = self.standings[part.name]
        standing.restarts += 1
        standing.next_start_at = time.time() + pause
        self._stand(part.name, State.RESTARTING)
        await asyncio.sleep(pause)

    async def _end(self) -> None:
        """Doors first, engines last: what is under way can still be written. Engines are what nobody needs."""
        needed = {name for part in self.parts for name in part.needs}
        doors = [child for name, child in self.children.items() if name not in needed]
        rest = [child for name, child in reversed(self.children.items()) if name in needed]
        await self._end_all(doors)
        for child in rest:
            await self._end_all([child])

    async def _end_all(self, children: Sequence[Child]) -> None:
        for child in children:
            child.ask_to_stop()
        deadline = time.monotonic() + 10.0
        while any(child.alive for child in children) and time.monotonic() < deadline:
            await asyncio.sleep(POLL_S)
        for child in children:
            child.kill()
            if self.standings[child.launch.name].state is not State.DONE:
                self._stand(child.launch.name, State.STOPPED)

    def _stand(self, name: str, state: State, child: Child | None = None, *, took_s: float | None = None) -> None:
        standing = self.standings[name]
        standing.enter(state, child)
        standing.took_s = took_s if took_s is not None else standing.took_s
        self.on_change(standing)
