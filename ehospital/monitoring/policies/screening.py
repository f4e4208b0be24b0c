"""The memory of the artefact check as it is stored with a device."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ehospital.algorithms.artefacts import EMPTY, Memory, Seen
from ehospital.monitoring.policies.freshness import instant, ms


def to_json(memory: Memory) -> dict[str, Any]:
    """Return the memory as plain JSON values."""
    return {
        "believed": {alias: [seen.value, ms(seen.at)] for alias, seen in memory.believed.items()},
        "held": {alias: [seen.value, ms(seen.at)] for alias, seen in memory.held.items()},
        "off": sorted(list(pair) for pair in memory.off),
    }


def from_json(stored: Mapping[str, Any]) -> Memory:
    """Return the memory that `to_json` stored; empty for an empty mapping."""
    if not stored:
        return EMPTY
    return Memory(
        believed=MappingProxyType(
            {alias: Seen(value, instant(at)) for alias, (value, at) in stored["believed"].items()}
        ),
        held=MappingProxyType({alias: Seen(value, instant(at)) for alias, (value, at) in stored["held"].items()}),
        off=frozenset((first, second) for first, second in stored["off"]),
    )
