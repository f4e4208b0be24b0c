"""The one form in which a score enters the history of scores."""

from datetime import datetime
from uuid import UUID

from ehospital.algorithms import early_warning
from ehospital.monitoring.models import ScoreEntry
from ehospital.monitoring.policies.picture import Picture


def score_entry(patient_id: UUID, seen: Picture, *, at: datetime) -> ScoreEntry:
    """Return, unsaved, how a patient was scored at a moment; without a score too: that is what stood then."""
    return ScoreEntry(
        patient_id=patient_id,
        at=at,
        score=seen.points,
        band=seen.band,
        partial=seen.partial,
        missing=list(seen.missing),
        parts=dict(seen.parts),
        version=seen.score.version if seen.score else early_warning.VERSION,
    )
