"""The schedule of vaccinations in words, the same for staff and patients."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ehospital.algorithms.immunisation_schedule import State
from ehospital.clinical.queries import Vaccination

WORDS: Final[dict[State, Promise]] = {
    State.OVERDUE: _("overdue"),
    State.DUE: _("due now"),
    State.LATER: _("later"),
    State.GIVEN: _("given"),
    State.TOO_LATE: _("not given at this age any more"),
    State.NOT_KNOWN: _("not known: the birth date is not exact enough"),
}
_RANK: Final = {state: place for place, state in enumerate(WORDS)}


@dataclass(frozen=True, slots=True)
class DoseTold:
    """One dose: against what, which of how many, how it stands, and its day."""

    name: str
    number: int
    doses: int
    state: str
    words: Promise
    on: date | None


def told(found: Sequence[Vaccination]) -> list[DoseTold]:
    """Return a schedule in words, what is overdue first and then in the order of the days."""
    language = get_language() or "en"
    lines = [
        DoseTold(
            one.name.said(language), one.number, one.doses, one.standing.state.value, WORDS[one.standing.state],
            one.standing.on,
        )
        for one in found
    ]  # fmt: skip
    return sorted(lines, key=lambda one: (_RANK[State(one.state)], one.on or date.max, one.name, one.number))


def counts(lines: Sequence[DoseTold]) -> list[tuple[str, Promise, int]]:
    """Return how many doses stand how: (state, words, number), what needs somebody first."""
    number = Counter(one.state for one in lines)
    wanted = (State.OVERDUE, State.DUE, State.NOT_KNOWN)
    return [(state.value, WORDS[state], number[state.value]) for state in wanted if number[state.value]]
