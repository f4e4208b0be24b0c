"""What both engines are: a server below a data folder that is started, waited for and stopped."""

import abc
import time
from pathlib import Path
from typing import Self

from ehospital.cli.failure import CommandFailed
from ehospital.cli.supervisor.child import Child, Launch

PORT_ATTEMPTS = 3
POLL_S = 0.02


class Engine(abc.ABC):
    """A server that is a child of ours; as a context it runs inside the block.

    Attributes:
        title: its name for people.
        log: what it says.
        child: its process, once it was started here.
    """

    title: str
    stop_patience_s: float
    log: Path
    child: Child | None = None

    @abc.abstractmethod
    def prepare(self) -> Launch:
        """Write what it needs, choose its ports, and return how to start it."""

    @abc.abstractmethod
    def ready(self) -> bool:
        """Whether it can be used."""

    @abc.abstractmethod
    def leave_taken_ports(self, child: Child) -> bool:
        """Whether somebody took a port between choice and start; then `prepare` chooses others the next time."""

    def reason(self, child: Child) -> str:
        """Why it did not start, in its own last words."""
        return child.last_words()

    def mourn(self, child: Child) -> str:
        """Say why it did not start; where somebody took a port meanwhile, `prepare` chooses others the next time."""
        why = self.reason(child)
        self.leave_taken_ports(child)
        return why

    def wait_ready(self, child: Child, *, patience_s: float = 60.0) -> None:
        """Return once it can be used; a recovery after a power cut takes its time.

        Raises:
            CommandFailed: it ended, or `patience_s` seconds passed.
        """
        deadline = time.monotonic() + patience_s
        while not self.ready():
            if not child.alive or time.monotonic() > deadline:
                raise CommandFailed(
                    f"{self.title} did not start", why=self.reason(child), next_step=f"Look into {self.log}"
                )
            time.sleep(POLL_S)

    def start(self) -> Self:
        """Start it as our own child and return when it can be used; a taken port is replaced."""
        for attempt in range(PORT_ATTEMPTS):
            self.child = Child(self.prepare())
            self.child.start()
            try:
                self.wait_ready(self.child)
                break
            except CommandFailed:
                self.stop()
                if attempt + 1 == PORT_ATTEMPTS or not self.leave_taken_ports(self.child):
                    raise
        return self

    def stop(self) -> None:
        """End it; all that was committed or acknowledged is on the disk."""
        if self.child:
            self.child.stop(patience_s=self.stop_patience_s)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
