"""What a hospital on one machine consists of, and what is known about each part while it runs."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from enum import StrEnum

from ehospital.cli.supervisor.child import Child, Launch


class State(StrEnum):
    """Where a part stands."""

    WAITING = "waiting"  # for the parts it needs
    STARTING = "starting"
    READY = "ready"
    UNREADY = "unready"  # alive, but something that it needs does not answer
    RESTARTING = "restarting"  # died; the next start is due at `next_start_at`
    DONE = "done"  # a step that has ended well
    STOPPED = "stopped"


@dataclass(frozen=True)
class Part:
    """A process that is kept alive.

    `prepare` says how to start it; it is asked again only when a start failed before the part ever was ready. `ready`
    answers quickly whether it does its work, and may block for a second or two. `after_ready` runs once, after
    the first time. `mourn` is given a child that ended before it was ready, and says why. All are called outside the
    main thread.
    """

    name: str
    prepare: Callable[[], Launch]
    ready: Callable[[], bool]
    needs: tuple[str, ...] = ()
    after_ready: Callable[[], None] | None = None
    mourn: Callable[[Child], str] = Child.last_words
    patience_s: float = 60.0


@dataclass(frozen=True)
class Step:
    """A program that runs once, to its end, before the parts that need it. Returns how to start it, or None to skip."""

    name: str
    prepare: Callable[[], Launch | None]
    needs: tuple[str, ...] = ()


@dataclass
class Standing:
    """What the status file and the tour page tell about a part. Instants are seconds since 1970."""

    name: str
    state: State = State.WAITING
    pid: int | None = None
    restarts: int = 0
    since: float = field(default_factory=time.time)
    last_exit: str = ""
    next_start_at: float | None = None
    took_s: float | None = None

    def enter(self, state: State, child: Child | None = None) -> None:
        """Note a new state."""
        self.state, self.since = state, time.time()
        self.pid = child.pid if child and child.alive else None
        if state is not State.RESTARTING:
            self.next_start_at = None

    def as_json(self) -> dict[str, object]:
        """The plain values for the status file."""
        return asdict(self)
