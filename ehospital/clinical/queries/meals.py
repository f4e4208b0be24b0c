"""Who eats what: the newest diet order of each patient, what they must not get, and who is kept fasting."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef

from ehospital.clinical.models import FilledForm, SafetyFlag
from ehospital.clinical.models.corrections import standing
from ehospital.clinical.queries import allergy_states
from ehospital.clinical.queries.allergy_states import AllergyList
from ehospital.clinical.queries.confidential import shown
from ehospital.clinical.queries.wards import safety_flags_of
from ehospital.people import access

DIET: Final = "urn:ehospital:form:diet"


@dataclass(frozen=True, slots=True)
class Meal:
    """What the kitchen must know of one patient. `diet` is the newest edition of the order, None without one.

    `fasting` is the flag “nil by mouth”, whoever raised it: it stands over every order.
    """

    patient_id: UUID
    diet: FilledForm | None
    fasting: SafetyFlag | None
    allergies: AllergyList


def meals(patient_ids: Iterable[UUID], *, viewer: access.Actor, at: datetime) -> dict[UUID, Meal]:
    """Return the meal of each patient whose chart the viewer may open; others are absent.

    The list that shows them records the look: one event for each patient.
    """
    flags = safety_flags_of(patient_ids, viewer=viewer, at=at)
    return {key: _meal(key, flags[key], viewer) for key in flags}


def _meal(patient_id: UUID, flags: Iterable[SafetyFlag], viewer: access.Actor) -> Meal:
    fasting = next((one for one in flags if one.kind == SafetyFlag.Kind.NIL_BY_MOUTH), None)
    return Meal(patient_id, _newest(patient_id, viewer), fasting, allergy_states.read(patient_id))


def _newest(patient_id: UUID, viewer: access.Actor) -> FilledForm | None:
    """Return the newest edition of the newest diet order that nobody entered in error."""
    marked = standing().filter(kind="forms", patient_id=OuterRef("patient_id"), entry_id=OuterRef("pk"))
    orders = FilledForm.objects.filter(~Exists(marked), patient_id=patient_id, amends=None, definition__url=DIET)
    newest = shown(orders, viewer=viewer, patient_id=patient_id).order_by("-answered_at", "-id").first()
    if newest is None:
        return None
    last = FilledForm.objects.filter(amends=newest).select_related("definition").order_by("-edition").first()
    return last or newest
