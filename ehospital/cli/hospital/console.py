"""What a person sees while a hospital starts and runs: lines at changes, and one every 5 s."""

import time
from collections.abc import Mapping
from datetime import timedelta

from rich.console import Console
from rich.table import Table

from ehospital.cli.supervisor.parts import Standing, State

WORDS = {"tables": "tables and static files", "seed": "the invented hospital", "devices": "bedside devices"}
STYLES = {State.READY: "green", State.DONE: "green", State.RESTARTING: "bold red", State.UNREADY: "yellow"}
SPEAK_THEMSELVES = ("seed",)  # they show their own progress
QUIET_S = 5.0


class Told:
    """Turns the changes of standings into lines."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False)
        self._began = time.monotonic()
        self._spoke = time.monotonic()
        self._all_up = False

    def changed(self, standing: Standing) -> None:
        """A part has a new state."""
        line = self._line(standing)
        if line:
            self._say(f"[{STYLES.get(standing.state, 'dim')}]{line}[/]")

    def still_waiting(self, standings: Mapping[str, Standing]) -> None:
        """Called now and then during the start; speaks when nothing was said for 5 s."""
        if self._all_up or time.monotonic() - self._spoke < QUIET_S:
            return
        if any(standings[name].state is State.STARTING for name in SPEAK_THEMSELVES if name in standings):
            return
        names = [WORDS.get(name, name) for name, standing in standings.items() if standing.state is State.STARTING]
        seconds = timedelta(seconds=round(time.monotonic() - self._began))
        self._say(f"[dim]{seconds} · starting {', '.join(names) or '…'}[/]")

    def ready(self, content: Mapping[str, object]) -> None:
        """Everything is up: the address and the sign-ins."""
        self._all_up = True
        self._say(f"\n[bold]E-Hospital is ready at {content['base_url']}[/] · {time.monotonic() - self._began:.1f} s")
        sign_ins = content.get("sign_ins")
        if isinstance(sign_ins, Mapping) and sign_ins:
            table = Table("sign in as", "user name", "password", box=None, padding=(0, 3, 0, 0))
            for role, one in sign_ins.items():
                table.add_row(str(role).replace("_", " "), str(one.get("username", "")), str(one.get("password", "")))
            self.console.print(table)
        self._say("[dim]Ctrl-C stops everything.[/]")

    def swept(self, names: list[str]) -> None:
        """What a killed run had left behind is gone."""
        if names:
            self._say(f"[yellow]Ended what an earlier run left behind: {', '.join(names)}[/]")

    def stopping(self) -> None:
        """Asked to stop."""
        self._say("[dim]Stopping …[/]")

    def _say(self, line: str) -> None:
        self.console.print(line)
        self._spoke = time.monotonic()

    def _line(self, standing: Standing) -> str:
        name = WORDS.get(standing.name, standing.name)
        match standing.state:
            case State.READY if standing.restarts:
                return f"✓ {name} is back"
            case State.READY | State.DONE:
                return f"✓ {name} ({standing.took_s or 0:.1f} s)"
            case State.UNREADY:
                return f"! {name} is not ready: something that it needs does not answer"
            case State.RESTARTING:
                pause = max(0.0, (standing.next_start_at or 0) - time.time())
                when = "now" if pause < 0.1 else f"in {pause:.1f} s"
                return f"✗ {name} ended ({standing.last_exit}); starting it again {when}"
        return ""
