"""Allergies as a patient reads them: three different facts, and nothing written down never reassures."""

from dataclasses import dataclass
from datetime import datetime

from ehospital.clinical.queries import AllergyList, AllergyState
from ehospital.web.portal import lines
from ehospital.web.portal.lines import RecordLine


@dataclass(frozen=True, slots=True)
class KnownAllergies:
    """What is known. `statements` are (what was asked about, when) without finding anything."""

    state: str
    active: tuple[RecordLine, ...]
    past: tuple[RecordLine, ...]
    statements: tuple[tuple[str, datetime], ...]


_STATES = {
    AllergyState.RECORDED: "listed",
    AllergyState.NONE_KNOWN: "none",
    AllergyState.NOT_RECORDED: "unknown",
}


def known_allergies(found: AllergyList) -> KnownAllergies:
    """Return the allergies of a chart in words."""
    return KnownAllergies(
        state=_STATES[found.state],
        active=tuple(lines.allergy(one) for one in found.active),
        past=tuple(lines.allergy(one) for one in found.past),
        statements=tuple((one.scope, one.recorded_at) for one in found.statements),
    )
