"""Coming to a bed, moving and leaving: no device watches who is gone, no alert is left that nobody can end."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from ehospital.estate import actions as estate
from ehospital.estate.models import Occupancy
from ehospital.foundation.models import AuditEvent, OutboxMessage
from ehospital.journeys import stays
from ehospital.monitoring import actions, queries
from ehospital.monitoring.models import Alert, AlertEvent, DeviceAssociation, PatientState, Quarantine, VitalFrame
from ehospital.people import access
from tests.factories import monitoring as make
from tests.factories import people
from tests.factories.monitoring import ILL, frame, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def ward(now):
    """Two patients in A1 and A2; the monitor m1 stands at A1 and has told that its patient is very ill."""
    built = make.ward(now)
    make.device("m1", patient_id=built.patient_ids[0], since=now - timedelta(minutes=30))
    before = now - timedelta(seconds=10)
    send("m1", frame(1, before, ILL), at=before)
    actions.sweep(by=make.stream(now), at=now)
    assert Alert.objects.get().state == "open"
    return built


def immediate() -> None:
    """Ask now what the database asks when a transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def watching() -> list[tuple[str, UUID]]:
    running = DeviceAssociation.objects.filter(during__upper_inf=True)
    return list(running.order_by("device_id").values_list("device_id", "patient_id"))


def test_who_leaves_lets_go_of_the_monitor_and_leaves_no_alert(ward, now):
    gone = ward.patient_ids[0]
    stays.leave_bed(patient_id=gone, reason="discharged home", by=ward.nurse.actor, at=now)
    immediate()
    assert watching() == []
    assert not Occupancy.objects.filter(patient_id=gone, during__upper_inf=True).exists()
    assert not access.may(access.later(ward.nurse.actor, now), access.Permission.CHART_READ, patient_id=gone)
    alert = Alert.objects.get()
    assert (alert.state, alert.closed_at) == ("closed", now)
    last = AlertEvent.objects.order_by("at", "id").last()
    assert (last.kind, last.note, last.actor_id) == ("closed", "discharged home", str(ward.nurse.id))
    assert AuditEvent.objects.filter(action="alert.closed", patient_id=gone).count() == 1
    changed = OutboxMessage.objects.filter(subject="event.monitoring.ViewsChanged").order_by("id").last()
    assert f"{alert.id}:closed" in str(changed.__dict__)


def test_the_next_patients_frames_never_go_to_who_lay_there_before(ward, now):
    gone, second = ward.patient_ids
    stays.leave_bed(patient_id=gone, reason="discharged", by=ward.nurse.actor, at=now)
    later = now + timedelta(seconds=5)
    send("m1", frame(2, later, ILL), at=later)
    assert Quarantine.objects.get().reason == "unpaired"
    stays.change_bed(patient_id=second, bed_id=ward.bed_ids[0], by=ward.nurse.actor, at=later)
    actions.pair_device("m1", patient_id=second, by=ward.nurse.actor, at=later)
    after = later + timedelta(seconds=1)
    send("m1", frame(3, after, ILL), at=after)
    assert list(VitalFrame.objects.order_by("seq").values_list("seq", "patient_id")) == [(1, gone), (3, second)]
    assert DeviceAssociation.objects.get(during__upper_inf=True).bed_id == ward.bed_ids[0]


def test_what_arrives_late_of_who_has_left_is_stored_and_calls_nobody(ward, now):
    gone = ward.patient_ids[0]
    stays.leave_bed(patient_id=gone, reason="discharged", by=ward.nurse.actor, at=now)
    send("m1", *[frame(n, now - timedelta(seconds=9 - n), ILL) for n in (2, 3, 4)], at=now + timedelta(seconds=1))
    assert VitalFrame.objects.filter(patient_id=gone).count() == 4
    for seconds in (6, 12, 60):
        moment = now + timedelta(seconds=seconds)
        PatientState.objects.update(check_at=moment, monitored=True)
        actions.sweep(by=make.stream(moment), at=moment)
    assert not Alert.objects.filter(closed_at=None).exists()


def test_a_stranger_lets_nobody_leave_or_come_and_nothing_is_written(ward, now):
    gone = ward.patient_ids[0]
    events = OutboxMessage.objects.count()
    free = ward.bed_ids[2]
    for refused in (
        lambda: stays.leave_bed(patient_id=gone, reason="", by=ward.stranger.actor, at=now),
        lambda: stays.change_bed(patient_id=gone, bed_id=free, by=ward.stranger.actor, at=now),
        lambda: stays.take_bed(patient_id=gone, bed_id=free, by=ward.stranger.actor, at=now),
        lambda: estate.vacate(patient_id=gone, by=ward.stranger.actor, at=now),
        lambda: estate.place_patient(patient_id=gone, bed_id=free, by=ward.stranger.actor, at=now),
        lambda: actions.let_go(gone, by=ward.stranger.actor, at=now),
        lambda: actions.clear_bed(free, for_patient_id=gone, by=ward.stranger.actor, at=now),
        lambda: actions.close_alerts(gone, reason="", by=ward.stranger.actor, at=now),
        lambda: actions.hand_over_alerts(gone, reason="", by=ward.stranger.actor, at=now),
    ):
        with pytest.raises(access.NotPermitted):
            refused()
    assert watching() == [("m1", gone)]
    assert Occupancy.objects.filter(during__upper_inf=True).count() == 2
    assert Alert.objects.get().state == "open"
    assert OutboxMessage.objects.count() == events


def test_the_database_refuses_to_empty_a_bed_whose_monitor_goes_on_watching(ward, now):
    with pytest.raises(IntegrityError, match="still watches somebody who does not lie there"), transaction.atomic():
        estate.vacate(patient_id=ward.patient_ids[0], by=ward.nurse.actor, at=now)
        immediate()
    assert Occupancy.objects.filter(during__upper_inf=True).count() == 2


def test_a_device_stands_where_its_patient_lies_or_nowhere(ward, now):
    make.device("m2", since=now)
    with pytest.raises(actions.NotInBed):
        actions.pair_device("m2", patient_id=ward.patient_ids[1], bed_id=ward.bed_ids[3], by=ward.nurse.actor, at=now)
    actions.pair_device("m2", patient_id=ward.patient_ids[1], by=ward.nurse.actor, at=now)
    assert DeviceAssociation.objects.get(device_id="m2").bed_id == ward.bed_ids[1]
    with pytest.raises(IntegrityError, match="does not lie there"), transaction.atomic():
        DeviceAssociation.objects.filter(device_id="m2").update(bed_id=ward.bed_ids[3])
        immediate()


def test_whoever_comes_to_a_bed_ends_a_watch_that_was_left_there(ward, now):
    """As a record written before the database refused it."""
    gone, second = ward.patient_ids
    by = people.machinery(now)
    immediate()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE estate_occupancy DISABLE TRIGGER no_stale_watch")
    estate.vacate(patient_id=gone, by=by, at=now)
    estate.vacate(patient_id=second, by=by, at=now)
    immediate()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE estate_occupancy ENABLE TRIGGER no_stale_watch")
    assert watching() == [("m1", gone)]
    later = now + timedelta(seconds=1)
    stays.take_bed(patient_id=second, bed_id=ward.bed_ids[0], by=by, at=later)
    immediate()
    assert watching() == []
    assert DeviceAssociation.objects.get().during.upper == later


def test_an_alert_goes_along_to_the_new_ward_and_must_be_taken_there(ward, now):
    other = make.ward(now, patients=0, name="Ward 5")
    moved = ward.patient_ids[0]
    alert = Alert.objects.get()
    actions.acknowledge(alert.id, by=ward.nurse.actor, at=now)
    by = people.machinery(now)
    stays.change_bed(patient_id=moved, bed_id=other.bed_ids[0], with_devices=["m1"], by=by, at=now)
    immediate()
    assert watching() == [("m1", moved)]
    assert DeviceAssociation.objects.get(during__upper_inf=True).bed_id == other.bed_ids[0]
    assert queries.open_alerts(viewer=access.later(ward.nurse.actor, now), at=now) == []
    (shown,) = queries.open_alerts(viewer=access.later(other.nurse.actor, now), at=now, ward_id=other.id)
    assert (shown.id, shown.state, shown.owner, shown.owner_is_person) == (alert.id, "open", "Ward 5", False)
    assert AlertEvent.objects.order_by("at", "id").last().note == "moved to another bed"


def test_within_the_ward_an_alert_stays_with_who_took_it_and_the_monitor_stays_behind(ward, now):
    alert = Alert.objects.get()
    actions.acknowledge(alert.id, by=ward.nurse.actor, at=now)
    stays.change_bed(patient_id=ward.patient_ids[0], bed_id=ward.bed_ids[3], by=ward.nurse.actor, at=now)
    immediate()
    assert (Alert.objects.get().state, Alert.objects.get().owner_staff_id) == ("acknowledged", ward.nurse.id)
    assert watching() == []


def test_a_bed_that_is_taken_changes_nothing(ward, now):
    with pytest.raises(estate.BedTaken):
        stays.change_bed(patient_id=ward.patient_ids[0], bed_id=ward.bed_ids[1], by=ward.nurse.actor, at=now)
    assert watching() == [("m1", ward.patient_ids[0])]
    assert Occupancy.objects.filter(during__upper_inf=True).count() == 2
