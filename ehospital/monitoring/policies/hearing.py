"""What a device says of itself in its messages: its clock, its battery, its leads, and which readings to believe."""

from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType

from ehospital.algorithms import artefacts
from ehospital.algorithms.artefacts import TOGETHER
from ehospital.kernel.readings import Frame, Status
from ehospital.monitoring.models.devices import DeviceState
from ehospital.monitoring.policies import screening
from ehospital.monitoring.policies.folding import Arrival
from ehospital.monitoring.policies.freshness import AHEAD_LIMIT, LATE_AFTER, SKEW_LIMIT

_LONGEST = 300


class Hearing:
    """Takes the messages of one device, in their order, into its row, which the caller holds locked."""

    def __init__(self, state: DeviceState, continuous: bool) -> None:
        self.state = state
        self.continuous = continuous
        self._memory = screening.from_json(state.memory)
        self._last_at = max((seen.at for seen in self._memory.believed.values()), default=None)
        self._ahead: timedelta | None = None

    def hear(self, told: Frame | Status, *, received_at: datetime, own: bool) -> Arrival | None:
        """Take one message; return what it measured, None for a status or a time that cannot be believed.

        Args:
            own: it was measured on the patient whom the device watches now; others' readings pass without the
                artefact check, which remembers one body alone.
        """
        state = self.state
        state.seen_at, state.boot = max(state.seen_at, received_at), told.boot
        ahead = told.at - received_at
        # The least delayed message of a batch tells most about the clock; the others only waited.
        self._ahead = ahead if self._ahead is None else max(self._ahead, ahead)
        if told.rejected:
            last = told.rejected[-1]
            state.rejected += len(told.rejected)
            state.rejection = f"{last.code} {last.value}: {last.reason}"[:_LONGEST]
        if isinstance(told, Status):
            self._hear_status(told)
            return None
        state.frame_at = max(state.frame_at or received_at, received_at)
        if ahead > AHEAD_LIMIT:
            return None
        return self._readings(told, received_at, own)

    def finish(self, at: datetime) -> None:
        """Lay what was heard into the row."""
        if self._ahead is not None:
            self.state.clock_ahead_ms = self._ahead // timedelta(milliseconds=1)
            off = abs(self._ahead) > SKEW_LIMIT
            self.state.skewed_since_at = (self.state.skewed_since_at or at) if off else None
        self.state.memory = screening.to_json(self._memory)

    def release(self, now: datetime, *, since: datetime) -> list[Arrival]:
        """Believe readings that were held back and that nothing has confirmed or refuted in their time.

        Args:
            since: since when the device watches its patient; what is older was never theirs and is forgotten.
        """
        held = {alias: seen for alias, seen in self._memory.held.items() if seen.at >= since}
        self._memory = replace(self._memory, held=MappingProxyType(held))
        screened = artefacts.release(self._memory, now=now)
        self._memory = screened.memory
        self.state.memory = screening.to_json(self._memory)
        return [
            Arrival(
                values={alias: value},
                gone=(),
                at=held[alias].at,
                received_at=held[alias].at,
                source=self.state.device_id,
                late=False,
                continuous=False,
            )
            for alias, value in screened.readings.items()
        ]

    def _hear_status(self, told: Status) -> None:
        state = self.state
        if told.battery_percent is not None:
            state.battery_percent = told.battery_percent
        if told.lead_off is not None:
            state.lead_off = told.lead_off
        state.error = told.error or ""

    def _readings(self, told: Frame, received_at: datetime, own: bool) -> Arrival:
        taken_at = min(told.at, received_at)
        late = received_at - told.at > LATE_AFTER
        gone = set(told.missing)
        values: dict[str, float | str] = dict(told.readings)
        if own and not late and (self._last_at is None or taken_at > self._last_at):
            screened = artefacts.screen(self._memory, told.readings, at=taken_at)
            self._memory, self._last_at = screened.memory, taken_at
            values = dict(screened.readings)
            gone |= {alias for pair in TOGETHER if pair in screened.memory.off for alias in pair}
            if screened.lead_off is not None:
                self.state.lead_off = screened.lead_off
        if told.consciousness is not None:
            values["consciousness"] = told.consciousness
        return Arrival(
            values=values,
            gone=tuple(gone - set(values)),
            at=taken_at,
            received_at=received_at,
            source=self.state.device_id,
            late=late,
            continuous=self.continuous,
        )
