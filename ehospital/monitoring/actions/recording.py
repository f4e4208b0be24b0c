"""The one way of readings into the record: the stream's batches end here, and so do those of every other door."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from ehospital.foundation import outbox
from ehospital.kernel.readings import Frame
from ehospital.monitoring import events, locks
from ehospital.monitoring.actions import storing
from ehospital.monitoring.actions.messages import Position, Recorded, Taken, Unread
from ehospital.monitoring.actions.settling import Settled, settle
from ehospital.monitoring.actions.states import locked_device_states, locked_windows
from ehospital.monitoring.actions.storing import AsideRow, FrameRow
from ehospital.monitoring.models import DeviceState, ReplayWindow
from ehospital.monitoring.policies import clocks
from ehospital.monitoring.policies.admission import Known, Pairing, owner_or_reason
from ehospital.monitoring.policies.folding import Arrival
from ehospital.monitoring.policies.freshness import AHEAD_LIMIT, LATE_AFTER
from ehospital.monitoring.policies.hearing import Hearing
from ehospital.monitoring.policies.windows import Window
from ehospital.monitoring.queries.watching import CONTINUOUS
from ehospital.people import access

_KNOWN = """
SELECT device.id, device.type, device.revoked, pairing.patient_id, lower(pairing.during), upper(pairing.during)
FROM monitoring_device AS device
LEFT JOIN monitoring_deviceassociation AS pairing
    ON pairing.device_id = device.id AND (upper_inf(pairing.during) OR upper(pairing.during) > %s)
WHERE device.id = ANY(%s)
ORDER BY device.id, pairing.id
"""

Message = Taken | Unread
Key = tuple[str, str]


@transaction.atomic
def record_readings(
    batch: Sequence[Message], *, by: access.Actor, at: datetime, checkpoint: Sequence[Position] | None = None
) -> Recorded:
    """Store a batch, score the patients, open and close alerts, and move the checkpoints: all of it or nothing.

    A repeat of any message, in this batch or in another, changes nothing.

    Args:
        batch: in the order in which the messages came, per device.
        at: now; what was taken more than a minute before its door took it calls nobody.
        checkpoint: how far the batch reaches in the stream. Without it (another door than the stream), browsers are
            told through the outbox.
    Raises:
        NotPermitted: `by` may not record observations.
        Fenced: a partition has another owner by now; nothing was written.
    """
    access.require(by, access.Permission.OBSERVATION_RECORD)
    if checkpoint:
        storing.advance(checkpoint)
    recorded = Recorded()
    if not batch:
        return recorded
    windows = locked_windows(_window_keys(batch), at=at)
    # Whoever pairs a device holds its row: only what is read after that is whom it watches while this batch is filed.
    heard = locks.device_states({message.device_id for message in batch})
    work = _Sorting(_known(batch), windows, heard, at, recorded)
    for message in batch:
        work.take(message)
    storing.update_windows(_window_row(key, window, at) for key, window in windows.items())
    said = work.hear()
    storing.copy_frames(work.frames)
    if work.aside:
        storing.copy_aside(work.aside)
    recorded.quarantined = Counter(row[1] for row in work.aside)
    recorded.acknowledgements = {device: (boot, windows[device, boot].safe) for device, boot in work.last_boot.items()}
    settled = settle(work.arrivals, by=by, at=at, said=said)
    recorded.live = settled.live
    recorded.opened = [str(alert.id) for alert, state in settled.alerts if state == "opened"]
    if checkpoint is None:
        announce(work.arrivals, settled, at=at)
    return recorded


def announce(patient_ids: Iterable[UUID], settled: Settled, *, at: datetime) -> None:
    """Have the stream process tell the browsers, when the caller's transaction commits: only it may."""
    for key in patient_ids:
        alerts = tuple(f"{alert.id}:{state}" for alert, state in settled.alerts if alert.patient_id == key)
        outbox.publish(events.ViewsChanged(patient_id=key, alerts=alerts, at=at))


class _Sorting:
    """Sorts the messages of one batch into what is stored, put aside, or known already."""

    def __init__(
        self,
        known: dict[str, Known],
        windows: dict[Key, Window],
        heard: Iterable[DeviceState],
        at: datetime,
        recorded: Recorded,
    ) -> None:
        self.known, self.windows, self.at, self.recorded = known, windows, at, recorded
        self.states = {state.device_id: state for state in heard}
        self.frames: list[FrameRow] = []
        self.aside: list[AsideRow] = []
        self.arrivals: dict[UUID, list[Arrival]] = defaultdict(list)
        self.last_boot: dict[str, str] = {}
        self.unseen: list[tuple[Taken, UUID | None]] = []

    def take(self, message: Message) -> None:
        """Deal with one message."""
        if isinstance(message, Unread):
            self._take_unread(message)
            return
        told = message.message
        self.last_boot[message.device_id] = told.boot
        window = self.windows[message.device_id, told.boot]
        if not window.take(told.seq):
            self.recorded.repeated += 1
            return
        device = self.known.get(message.device_id)
        window.clock.hear(told.seq, taken_at=told.at, received_at=message.received_at)
        span = window.clock.span(told.seq, taken_at=told.at, received_at=message.received_at)
        patient_id, reason = owner_or_reason(
            device, taken_at=told.at, received_at=message.received_at, now=self.at, span=span
        )
        if reason is not None and (isinstance(told, Frame) or device is None):
            self.aside.append(
                (message.device_id, reason.value, told.boot, told.seq, told.at, message.received_at, message.raw)
            )
            patient_id = None
        elif patient_id is not None and isinstance(told, Frame):
            self.frames.append((patient_id, message.device_id, message.received_at, told))
            self.recorded.stored += 1
            self.recorded.late += message.received_at - told.at > LATE_AFTER
        else:
            self.recorded.statuses += 1
        self.unseen.append((message, patient_id))

    def hear(self) -> dict[str, DeviceState]:
        """Let what the devices said change what is remembered of them, and become arrivals for their patients."""
        registered = {message.device_id for message, _ in self.unseen if message.device_id in self.known}
        fresh = locked_device_states(registered - self.states.keys(), at=self.at)  # it never spoke before
        states = {key: state for key, state in self.states.items() if key in registered}
        states |= {state.device_id: state for state in fresh}
        hearings = {key: Hearing(state, self.known[key].continuous) for key, state in states.items()}
        for message, patient_id in self.unseen:
            hearing = hearings.get(message.device_id)
            if hearing is None:
                continue
            watched = self.known[message.device_id].patient_at(self.at)
            # What the artefact check remembers is of the body on the device now: nobody else's readings go there.
            own = patient_id is not None and patient_id == watched
            arrival = hearing.hear(message.message, received_at=message.received_at, own=own)
            if arrival is not None and patient_id is not None:
                self.arrivals[patient_id].append(arrival)
            # Whatever a device says may raise or end a technical alert: whom it watches now is looked at again.
            if watched is not None:
                self.arrivals.setdefault(watched, [])
        for hearing in hearings.values():
            hearing.finish(self.at)
        storing.update_devices(states.values())
        return states

    def _take_unread(self, message: Unread) -> None:
        boot = message.boot or self.last_boot.get(message.device_id) or self._latest_boot(message.device_id)
        if boot is None:
            return
        window = self.windows[message.device_id, boot]
        self.last_boot.setdefault(message.device_id, boot)
        if message.seq is None:
            window.take_unreadable()
        else:
            window.take_dead(message.seq)

    def _latest_boot(self, device_id: str) -> str | None:
        return next((boot for device, boot in self.windows if device == device_id), None)


def _window_keys(batch: Sequence[Message]) -> set[Key]:
    keys: set[Key] = set()
    nameless: set[str] = set()
    for message in batch:
        if isinstance(message, Taken):
            keys.add((message.device_id, message.message.boot))
        elif message.boot:
            keys.add((message.device_id, message.boot))
        else:
            nameless.add(message.device_id)
    if nameless:
        latest = ReplayWindow.objects.filter(device_id__in=nameless).order_by("device_id", "-touched_at", "boot")
        keys |= set(latest.distinct("device_id").values_list("device_id", "boot"))
    return keys


def _window_row(key: Key, window: Window, at: datetime) -> dict[str, object]:
    return {
        "device_id": key[0],
        "boot": key[1],
        "safe_seq": window.safe,
        "seen": window.seen,
        "dead": window.dead,
        "last_seq": window.last,
        "unreadable": window.unreadable,
        "clock": clocks.to_json(window.clock),
        "touched_at": at,
    }


def _known(batch: Sequence[Message]) -> dict[str, Known]:
    """Return the registered devices of a batch, with whom each watched while the readings were taken."""
    taken = [message for message in batch if isinstance(message, Taken)]
    if not taken:
        return {}
    # A clock that is ahead by what we still believe may name a moment that was as much earlier.
    first = min(min(message.message.at, message.received_at) for message in taken) - AHEAD_LIMIT
    found: dict[str, Known] = {}
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [first, list({message.device_id for message in taken})])
        for device_id, kind, revoked, patient_id, since, until in cursor.fetchall():
            known = found.setdefault(device_id, Known(device_id, kind in CONTINUOUS, revoked, []))
            if patient_id is not None:
                known.pairings.append(Pairing(patient_id, since, until))
    return found
