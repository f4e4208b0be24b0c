"""What people tell, and which job of messages hears it."""

from ehospital.foundation import listening
from ehospital.people import events


def listen() -> None:
    """Have a job run for each of these events, in the queue with the commit of the change itself."""
    listening.hear(events.GlassWasBroken, "ehospital.messaging.tasks.glass_was_broken")
    listening.hear(events.GlassWasReviewed, "ehospital.messaging.tasks.glass_was_reviewed")
    listening.hear(events.LookWasQuestioned, "ehospital.messaging.tasks.look_was_questioned")
    listening.hear(events.LookWasAnswered, "ehospital.messaging.tasks.look_was_answered")
