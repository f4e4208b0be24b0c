"""Allergies in three states, because "nothing written" must never look like "nothing known"."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from ehospital.clinical.models import Allergy, NoKnownAllergies
from ehospital.clinical.models.problems import Verification
from ehospital.clinical.queries.opening import look
from ehospital.people import access

_SEVEREST_FIRST = {"high": 0, "unable-to-assess": 1, "": 2, "low": 3}


class AllergyState(StrEnum):
    """What is known of a patient's allergies."""

    RECORDED = "recorded"
    NONE_KNOWN = "none known"
    NOT_RECORDED = "not recorded"


@dataclass(frozen=True)
class AllergyList:
    """The allergies of one patient.

    `active` come the most dangerous first, `past` are inactive, resolved or refuted ones. `statements` say what was
    asked about without finding anything: with the state NOT_RECORDED they cover only some kinds (medicines, say), and
    the reader must see which.
    """

    state: AllergyState
    active: tuple[Allergy, ...]
    past: tuple[Allergy, ...]
    statements: tuple[NoKnownAllergies, ...]


def allergies(patient_id: UUID, *, viewer: access.Actor, at: datetime) -> AllergyList:
    """Return the allergies with their reactions.

    Raises:
        NotPermitted: `viewer` may not open this chart.
    """
    look(patient_id, viewer=viewer, at=at, part="allergies")
    return read(patient_id)


def read(patient_id: UUID) -> AllergyList:
    """Return the allergies of a chart that is open already."""
    found = list(
        Allergy.objects.filter(patient_id=patient_id)
        .exclude(verification=Verification.ENTERED_IN_ERROR)
        .prefetch_related("reactions")
        .order_by("display", "id")
    )
    present = [one for one in found if one.status == "active" and one.verification != Verification.REFUTED]
    present.sort(key=lambda one: _SEVEREST_FIRST[one.criticality])
    standing = NoKnownAllergies.objects.filter(patient_id=patient_id, ended_at=None, entered_in_error=False)
    statements = list(standing.order_by("-recorded_at", "-id"))
    if present:
        state, statements = (
            AllergyState.RECORDED,
            [one for one in statements if one.scope != NoKnownAllergies.Scope.ALL],
        )
    elif any(one.scope == NoKnownAllergies.Scope.ALL for one in statements):
        state = AllergyState.NONE_KNOWN
    else:
        state = AllergyState.NOT_RECORDED
    past = tuple(one for one in found if one not in present)
    return AllergyList(state, tuple(present), past, tuple(statements))
