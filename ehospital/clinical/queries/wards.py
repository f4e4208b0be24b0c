"""What a board of many patients needs from their charts."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from ehospital.algorithms import encounter_course
from ehospital.clinical.models import Encounter, SafetyFlag
from ehospital.people import access


def safety_flags_of(
    patient_ids: Iterable[UUID], *, viewer: access.Actor, at: datetime
) -> dict[UUID, tuple[SafetyFlag, ...]]:
    """Return, in two queries, the flags that stand at that moment for each patient whose chart the viewer may open.

    The board that shows them records the look (`ward.read`): one event a board, not one a bed. Patients without a flag
    have an empty tuple; patients whom the viewer may not see are absent.
    """
    openable = access.open_charts(viewer, access.Permission.CHART_READ, patient_ids)
    found: dict[UUID, list[SafetyFlag]] = {key: [] for key in openable}
    standing = SafetyFlag.objects.filter(patient_id__in=list(found), entered_in_error=False, started_at__lte=at)
    for flag in standing.exclude(ended_at__lte=at).order_by("kind", "started_at", "id"):
        found[flag.patient_id].append(flag)
    return {key: tuple(flags) for key, flags in found.items()}


def reasons_for_stay(patient_ids: Iterable[UUID], *, viewer: access.Actor) -> dict[UUID, str]:
    """Return, in two queries, why each patient is in hospital: the reason of the newest running inpatient encounter.

    Patients without one, and patients whom the viewer may not see, are absent.
    """
    openable = access.open_charts(viewer, access.Permission.CHART_READ, patient_ids)
    running = Encounter.objects.filter(
        patient_id__in=openable,
        status__in=encounter_course.HERE,
        setting__in=[Encounter.Setting.INPATIENT, Encounter.Setting.EMERGENCY],
    )
    newest_last = running.order_by("patient_id", "started_at", "id").values_list("patient_id", "reason", "display")
    return {key: reason or display for key, reason, display in newest_last}
