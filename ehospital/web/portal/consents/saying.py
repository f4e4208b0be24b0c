"""What a patient can say about whom, each with the plain words of what it means."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from ehospital.people.actions import Word
from ehospital.people.models import Consent
from ehospital.people.queries import Choices

Scope, Decision = Consent.Scope, Consent.Decision


@dataclass(frozen=True)
class Saying:
    """One thing to say: its name in an address, about whom, what it means, and the word that it becomes."""

    name: str
    whom: str
    means: str
    word: Word

    @property
    def allows(self) -> bool:
        """Whether it allows something."""
        return self.word.decision == Decision.PERMIT


def sayings(offered: Choices) -> list[Saying]:
    """Return everything that this patient can say, those about everybody first."""
    return [
        *_about_all(),
        *(_of_hospital(f"unit-{one.pk}", one.name, unit_id=one.pk) for one in offered.units),
        *(_of_hospital(f"person-{one.pk}", one.name_text, staff_id=one.pk) for one in offered.staff),
        *(_of_system(one.pk, one.name) for one in offered.clients),
    ]


def _about_all() -> list[Saying]:
    research = _(
        "Researchers of the hospital may use your record, without your name, to find out what helps patients. Your own "
        "care is the same whether you allow this or not. You can take it back at any time; what was used until then "
        "stays in the studies."
    )
    outside = _(
        "No system outside the hospital reads your record any more: not your practice, not an outside laboratory. They "
        "will not see results, allergies or what you suffer from, and you may have to bring papers yourself."
    )
    proxies = _(
        "Nobody who acts for you in the portal sees your record any more, from now on. They can no longer help you "
        "with it. You can take this back at any time."
    )
    return [
        Saying("research", _("Use for research"), research, Word(Scope.RESEARCH, Decision.PERMIT)),
        Saying("systems", _("All systems outside the hospital"), outside, Word(Scope.SHARING, Decision.DENY)),
        Saying("proxies", _("Everybody who acts for me"), proxies, Word(Scope.PROXIES, Decision.DENY)),
    ]


def _of_hospital(name: str, whom: str, *, unit_id: UUID | None = None, staff_id: UUID | None = None) -> Saying:
    means = _(
        "{whom} will not see your record any more, neither what is in it nor what comes. If they treat you later, they "
        "do not know your illnesses, your medicines or your results, and they may have to ask and examine you again. "
        "If your life is in danger, a clinician can still open the record with a reason; you will see who it was, and "
        "somebody checks it. If you lie on a ward, its nurses see your record so that they can answer alarms."
    )
    word = Word(Scope.TREATMENT, Decision.DENY, unit_id=unit_id, staff_id=staff_id)
    return Saying(name, whom, means.format(whom=whom), word)


def _of_system(client_id: UUID, whom: str) -> Saying:
    means = _(
        "The system “{whom}” will not read your record any more, and sends nothing into it. Whoever works with it may "
        "miss your allergies and results."
    )
    return Saying(
        f"system-{client_id}", whom, means.format(whom=whom), Word(Scope.SHARING, Decision.DENY, client_id=client_id)
    )
