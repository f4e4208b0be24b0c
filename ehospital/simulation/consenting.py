"""What a patient of the demo has said about who sees their record."""

from datetime import datetime, timedelta

from ehospital.people import access
from ehospital.people import actions as people
from ehospital.people.actions import Word
from ehospital.simulation.arriving import Arrived

SAID = ((20, Word("research", "permit")), (3, Word("sharing", "deny", category="mental-health")))
"""How many days ago, and what: research is allowed, outside systems see nothing of mental health."""


def say(one: Arrived, *, at: datetime) -> None:
    """Let one patient allow and refuse."""
    name = one.history.person.details.names[0]
    myself = access.of_patient(one.id, name=f"{name.given} {name.family}", at=at)
    for days, word in SAID:
        people.record_consent(one.id, word, by=myself, at=at - timedelta(days=days))
