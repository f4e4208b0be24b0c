"""Taking a reading into what is known of a patient: the newest of each metric stands."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from ehospital.monitoring.policies.freshness import Kept, ms


@dataclass(frozen=True, slots=True)
class Arrival:
    """Readings of one moment.

    Attributes:
        values: metric → value.
        gone: metrics for which the device now says that it has no reading.
        at: when they were taken; never after `received_at`, whatever the device's clock says.
        source: the device's id, empty for a person.
        late: they came too late to call anybody.
        continuous: they come from a device that sends all the time, so the patient is heard.
    """

    values: Mapping[str, float | str]
    gone: Collection[str]
    at: datetime
    received_at: datetime
    source: str
    late: bool
    continuous: bool


def fold(current: dict[str, Kept], arrival: Arrival) -> None:
    """Change `current`: what is newer than what stands replaces it, what is older is left out."""
    at_ms = ms(arrival.at)
    for metric, value in arrival.values.items():
        kept = current.get(metric)
        if kept is None or at_ms >= kept[1]:
            current[metric] = [value, at_ms, arrival.source, None, int(arrival.late)]
    for metric in arrival.gone:
        kept = current.get(metric)
        # Only the device whose reading stands may say that it is gone; another one's empty plug says nothing.
        if kept is not None and kept[2] == arrival.source and kept[3] is None and at_ms > kept[1]:
            kept[3] = at_ms
