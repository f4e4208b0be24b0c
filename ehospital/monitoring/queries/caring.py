"""The patients in somebody's care, with how they are."""

from dataclasses import dataclass
from datetime import datetime

from ehospital.estate.models import Occupancy
from ehospital.foundation import audit
from ehospital.monitoring.models import PatientState
from ehospital.monitoring.policies import ages
from ehospital.monitoring.queries.views import BoardPatient, Vitals
from ehospital.monitoring.queries.vitals import vitals_of
from ehospital.monitoring.queries.watching import watches
from ehospital.people import access

# What is not known stands before what is known to be well: somebody must look.
_SICKEST = {"high": 0, "medium": 1, "lowmed": 2, "unknown": 3, "low": 4, "zero": 5}


@dataclass(frozen=True, slots=True)
class InCare:
    """One patient in my care who lies in the hospital now."""

    patient: BoardPatient
    ward_name: str
    bed_code: str
    vitals: Vitals


def in_my_care(*, viewer: access.Actor, at: datetime) -> list[InCare]:
    """Return the patients in the viewer's care who lie in a bed, the sickest first; audited for every patient shown."""
    visible = access.visible_patients(viewer, access.Permission.CHART_READ, with_charts=False)
    lying = list(
        Occupancy.objects.filter(during__contains=at, patient__in=visible.values("pk"))
        .select_related("patient", "bed__room__ward")
        .order_by("bed__room__ward__name", "bed__room__name", "bed__code", "id")
    )
    keys = [held.patient_id for held in lying]
    audit.record_listed("care.read", keys, by=viewer, at=at)
    states, watching = PatientState.objects.in_bulk(keys), watches(keys, at=at)
    found = []
    for held in lying:
        who, key = held.patient, held.patient_id
        state = states.get(key) or PatientState(patient_id=key)
        vitals = vitals_of(state, age=ages.age(who, at=at), watching=watching.get(key, []), at=at)
        patient = BoardPatient(id=key, name=who.name_text, age_years=who.age_at(at), sex=who.sex, reason="")
        found.append(InCare(patient, held.bed.room.ward.name, held.bed.code, vitals))
    return sorted(found, key=_rank)


def _rank(one: InCare) -> tuple[object, ...]:
    band = "unknown" if one.vitals.signal == "silent" else one.vitals.news.band
    return (_SICKEST.get(band, 3), -(one.vitals.news.score or 0), one.ward_name, one.bed_code)
