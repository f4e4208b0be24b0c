"""The board of a ward: every bed, who lies in it and how they are, in a fixed number of queries."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from ehospital.estate import queries as estate
from ehospital.estate.models import Occupancy
from ehospital.foundation import audit
from ehospital.monitoring.models import Alert, PatientState
from ehospital.monitoring.policies import ages
from ehospital.monitoring.queries.alerts import views
from ehospital.monitoring.queries.series import sparks
from ehospital.monitoring.queries.views import AlertView, BedView, Board, BoardPatient
from ehospital.monitoring.queries.vitals import vitals_of
from ehospital.monitoring.queries.watching import watches
from ehospital.people import access

SPARK_METRICS = ("hr", "spo2")
_BANDS = ("high", "medium", "lowmed", "low", "zero", "unknown", "empty")


def ward_board(
    ward_id: UUID, *, viewer: access.Actor, at: datetime, reasons: Mapping[UUID, str] | None = None
) -> Board:
    """Return everything that the board of a ward shows at that moment; audited for every patient on it.

    Args:
        reasons: why each patient is here, by patient, from whoever knows encounters.
    Raises:
        NotPermitted: `viewer` may not see this board, or there is no such ward.
    """
    ward = estate.ward(ward_id, viewer=viewer)
    lying = {held.bed_id: held for held in estate.occupancies(ward_id, at=at)}
    patient_ids = [held.patient_id for held in lying.values()]
    audit.record_listed("ward.read", patient_ids, by=viewer, at=at, subject=f"ward:{ward_id}")
    states = PatientState.objects.in_bulk(patient_ids)
    watching = watches(patient_ids, at=at)
    traces = sparks(patient_ids, metrics=SPARK_METRICS, until=at)
    alerts = views(Alert.objects.filter(closed_at=None, patient_id__in=patient_ids), at=at)
    beds = []
    for bed in estate.beds(ward_id):
        held = lying.get(bed.id)
        if held is None:
            beds.append(BedView(bed_id=bed.id, code=bed.code, room=bed.room.name, state="empty"))
            continue
        key = held.patient_id
        patient = _patient(held, at, (reasons or {}).get(key, ""))
        state = states.get(key) or PatientState(patient_id=key)
        vitals = vitals_of(state, age=ages.age(held.patient, at=at), watching=watching.get(key, []), at=at)
        beds.append(
            BedView(
                bed_id=bed.id,
                code=bed.code,
                room=bed.room.name,
                state=vitals.signal,
                patient=patient,
                vitals=vitals,
                spark=traces.get(key, {}),
                alerts=_of(key, alerts),
            )
        )
    return Board(
        ward_id=ward.id,
        ward_name=ward.name,
        at=at,
        beds=tuple(beds),
        tally={band: Counter(map(_tallied, beds))[band] for band in _BANDS},
        late=sum(bed.vitals.late for bed in beds if bed.vitals),
        alerts=tuple(alerts),
    )


def _of(patient_id: UUID, alerts: list[AlertView]) -> tuple[AlertView, ...]:
    return tuple(one for one in alerts if one.patient_id == patient_id)


def _patient(held: Occupancy, at: datetime, reason: str) -> BoardPatient:
    who = held.patient
    return BoardPatient(id=who.id, name=who.name_text, age_years=who.age_at(at), sex=who.sex, reason=reason)


def _tallied(bed: BedView) -> str:
    """A bed without signal, or whose score proves nothing, is never counted as well."""
    if bed.vitals is None:
        return "empty"
    return "unknown" if bed.state == "silent" else bed.vitals.news.band
