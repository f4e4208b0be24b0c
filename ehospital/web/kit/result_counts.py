"""The number on the results bell, which stands on every page.

What waits for somebody by themselves is counted anew each time. Who reads for those who cannot any more is worked out
for the whole hospital, so all pages share it for half a minute; the page behind the bell asks anew.
"""

from typing import Final

from django.core.cache import cache

from ehospital.clinical import queries
from ehospital.people.access import Actor, Role

_KEY: Final = "answers-for-others"
_SECONDS: Final = 30


def waiting(actor: Actor) -> int:
    """Return how many results wait for somebody, to be acknowledged or taken over."""
    if Role.DOCTOR not in actor.roles:
        return queries.results_waiting(viewer=actor)
    others = cache.get(_KEY)
    if others is None:
        others = queries.answers_for_others(at=actor.at)
        cache.set(_KEY, others, _SECONDS)
    return queries.results_waiting(viewer=actor, others=others)


def forget() -> None:
    """Have the next page work it out anew: somebody has taken an answer over."""
    cache.delete(_KEY)
