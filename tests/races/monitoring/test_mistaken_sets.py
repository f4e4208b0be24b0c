"""A set is marked while the stream scores a new frame: nothing that came is lost, nothing marked comes back."""

from datetime import UTC, datetime, timedelta

import pytest

from ehospital.monitoring import actions, queries
from ehospital.monitoring.actions import mistaking, recording
from ehospital.monitoring.models import MistakenSet
from tests.engines import Clone
from tests.factories import monitoring as make
from tests.factories.monitoring import ILL, WELL, frame, send
from tests.races.monitoring.test_readings import Stage

NOW = datetime.now(UTC).replace(microsecond=0)
LATER = NOW + timedelta(seconds=2)


@pytest.mark.parametrize("first", ["mark", "stream"])
def test_marking_while_the_stream_scores(own_database: Clone, monkeypatch: pytest.MonkeyPatch, first: str) -> None:
    ward = make.ward(NOW)
    patient, nurse = ward.patient_ids[0], ward.nurse.actor
    make.device("m1", patient_id=patient, since=NOW - timedelta(minutes=30))
    before = NOW - timedelta(minutes=10)
    actions.record_observations(patient, {"temp": 36.5, "consciousness": "A"}, by=nurse, at=before)
    actions.record_observations(patient, {"temp": 40.5, "hr": 150.0, "consciousness": "U"}, by=nurse, at=NOW)
    (wrong, _) = queries.recorded_sets(patient, viewer=nurse, at=NOW)
    monitored = {name: WELL[name] for name in ("rr", "spo2", "hr")}
    stage = Stage()

    def mark() -> None:
        actions.mark_set_in_error(patient, wrong.id, reason="wrong patient", by=nurse, at=LATER)

    def stream() -> None:
        send("m1", frame(1, LATER, monitored), at=LATER)

    if first == "mark":
        stage.stops_at(monkeypatch, mistaking, "settle")
        results = stage.both(mark, stream)
    else:
        stage.stops_at(monkeypatch, recording, "announce")
        results = stage.both(stream, mark)
    assert [one.exception() for one in results] == [None, None]
    vitals = queries.current_vitals(patient, viewer=nurse, at=LATER)
    values = {name: value.value for name, value in vitals.values.items()}
    assert values == {"temp": 36.5, "consciousness": "A", **monitored}
    assert vitals.observed_at == before


def test_a_set_marked_by_two_at_once_is_marked_once(own_database: Clone) -> None:
    from tests.domain.clinical.test_races import together

    ward = make.ward(NOW)
    patient, nurse = ward.patient_ids[0], ward.nurse.actor
    actions.record_observations(patient, ILL, by=nurse, at=NOW)  # type: ignore[arg-type]
    (wrong,) = queries.recorded_sets(patient, viewer=nurse, at=NOW)

    def act() -> None:
        actions.mark_set_in_error(patient, wrong.id, reason="x", by=nurse, at=LATER)

    assert [type(error) for error in together(act, act, act)] == [actions.SetMarkedBefore] * 2
    assert MistakenSet.objects.count() == 1
