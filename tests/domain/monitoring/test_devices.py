"""The registry of devices, what the doors are told of it, the board's queries, and the partitions."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import DataError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from ehospital.foundation.models import AppendOnlyError, AuditEvent
from ehospital.monitoring import actions, queries
from ehospital.monitoring.models import Device, DeviceAssociation, PatientState, VitalFrame
from ehospital.people import access
from ehospital.wire.devices_directory import hash_secret
from ehospital.wire.subjects import BadName
from tests.factories import monitoring as make
from tests.factories.monitoring import WELL, frame, send
from tests.factories.people import machinery, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def ward(now):
    return make.ward(now, patients=4, beds=6)


def test_registering_returns_the_secret_once_and_keeps_a_hash(now):
    secret = actions.register_device("m1", metrics=["hr"], by=machinery(now), at=now)
    device = Device.objects.get()
    assert len(secret) == 43
    assert device.secret_hash == hash_secret(secret, settings.SECRET_KEY)
    assert secret not in str(list(AuditEvent.objects.values()))
    job = ProcrastinateJob.objects.get()
    assert (job.task_name, job.args) == ("ehospital.monitoring.tasks.tell_doors_of_device", {"device_id": "m1"})


def test_a_device_is_registered_once(now):
    actions.register_device("m1", by=machinery(now), at=now)
    with pytest.raises(actions.DeviceKnown):
        actions.register_device("m1", by=machinery(now), at=now)
    assert ProcrastinateJob.objects.count() == 1


@pytest.mark.parametrize("name", ["", "m 1", "m.1", "m>", "ü", "x" * 65])
def test_a_name_that_could_reach_another_topic_is_refused(now, name):
    with pytest.raises(BadName):
        actions.register_device(name, by=machinery(now), at=now)
    with pytest.raises((IntegrityError, DataError)), transaction.atomic():
        Device.objects.create(id=name, secret_hash="", registered_at=now)


def test_only_who_manages_devices_registers_and_revokes_them(ward, now):
    with pytest.raises(access.NotPermitted):
        actions.register_device("m1", by=ward.nurse.actor, at=now)
    actions.register_device("m1", by=staff("administrator", at=now - timedelta(hours=1)).actor, at=now)
    with pytest.raises(access.NotPermitted):
        actions.revoke_device("m1", by=ward.nurse.actor, at=now)
    assert not Device.objects.get().revoked


def test_a_nurse_pairs_a_device_with_a_patient_of_hers_alone(ward, now):
    actions.register_device("m1", by=machinery(now), at=now)
    with pytest.raises(access.NotPermitted):
        actions.pair_device("m1", patient_id=ward.patient_ids[0], by=ward.stranger.actor, at=now)
    actions.pair_device("m1", patient_id=ward.patient_ids[0], by=ward.nurse.actor, at=now)
    with pytest.raises(actions.DevicePaired):
        actions.pair_device("m1", patient_id=ward.patient_ids[1], by=ward.nurse.actor, at=now)
    later = now + timedelta(minutes=1)
    assert actions.unpair_device("m1", by=ward.nurse.actor, at=later) == ward.patient_ids[0]
    assert actions.unpair_device("m1", by=ward.nurse.actor, at=later) is None
    actions.pair_device("m1", patient_id=ward.patient_ids[1], by=ward.nurse.actor, at=later)
    assert DeviceAssociation.objects.count() == 2


@pytest.mark.parametrize("change", [{"revoked": True}, {"state": Device.State.REPAIR}])
def test_an_unusable_device_is_paired_with_nobody(ward, now, change):
    actions.register_device("m1", by=machinery(now), at=now)
    Device.objects.update(**change)
    with pytest.raises(actions.DeviceUnusable):
        actions.pair_device("m1", patient_id=ward.patient_ids[0], by=ward.nurse.actor, at=now)
    with pytest.raises(actions.DeviceUnusable):
        actions.pair_device("nobody", patient_id=ward.patient_ids[0], by=ward.nurse.actor, at=now)


def test_the_device_list_shows_a_patient_only_to_who_may_open_the_chart(ward, now):
    make.device("m1", patient_id=ward.patient_ids[0], since=now - timedelta(minutes=5))
    make.device("m2", since=now)
    send("m1", frame(1, now), at=now)
    mine = queries.devices(viewer=ward.nurse.actor, at=now)
    assert [(one.id, one.heard, one.paired) for one in mine] == [("m1", "live", True), ("m2", "never", False)]
    assert mine[0].patient_id == ward.patient_ids[0]
    foreign = queries.devices(viewer=ward.stranger.actor, at=now)
    assert (foreign[0].paired, foreign[0].patient_id, foreign[0].patient_name) == (True, None, "")
    with pytest.raises(access.NotPermitted):
        queries.devices(viewer=staff("cashier", at=now - timedelta(hours=1)).actor, at=now)
    later = now + timedelta(minutes=1)
    assert queries.devices(viewer=ward.nurse.actor, at=later)[0].heard == "silent"


def test_the_board_takes_eight_queries_whatever_the_beds_and_is_audited_once_a_look(ward, now):
    for number, patient_id in enumerate(ward.patient_ids):
        make.device(f"m{number}", patient_id=patient_id, since=now - timedelta(minutes=5))
        send(f"m{number}", frame(1, now, WELL | {"hr": 60 + number}), at=now)
    for _ in range(2):  # the board stands open: what was written down already is not written again
        with CaptureQueriesContext(connection) as captured:
            board = queries.ward_board(
                ward.id, viewer=ward.nurse.actor, at=now, reasons={ward.patient_ids[0]: "Sepsis"}
            )
    statements = [query["sql"] for query in captured.captured_queries]
    assert len([sql for sql in statements if "foundation_cache" in sql]) == 1
    assert len(statements) == 8, statements
    assert [bed.state for bed in board.beds] == ["live"] * 4 + ["empty"] * 2
    assert board.beds[0].patient.reason == "Sepsis"
    assert board.beds[3].vitals.values["hr"].value == 63.0
    assert board.beds[0].spark["hr"][-1][1] == 60.0
    assert board.tally == {"high": 0, "medium": 0, "lowmed": 0, "low": 0, "zero": 4, "unknown": 0, "empty": 2}
    looked = AuditEvent.objects.filter(action="ward.read").values_list("patient_id", flat=True)
    assert sorted(looked) == sorted(ward.patient_ids)


def test_nobody_sees_the_board_of_another_ward(ward, now):
    for ward_id in (ward.id, uuid4()):
        with pytest.raises(access.NotPermitted):
            queries.ward_board(ward_id, viewer=ward.stranger.actor, at=now)
    assert not AuditEvent.objects.filter(action="ward.read").exists()


def test_a_patient_sees_the_own_values_and_nobody_elses(ward, now):
    first, second = ward.patient_ids[:2]
    me = access.of_patient(first, name="Me", at=now)
    assert queries.current_vitals(first, viewer=me, at=now).patient_id == first
    for ask in (queries.current_vitals, lambda key, **more: queries.series(key, metrics=["hr"], **span(now), **more)):
        with pytest.raises(access.NotPermitted):
            ask(second, viewer=me, **({"at": now} if ask is queries.current_vitals else {}))


def span(now: datetime) -> dict[str, datetime]:
    return {"since": now - timedelta(hours=1), "until": now + timedelta(seconds=1)}


def test_a_curve_keeps_the_peak_of_one_second(ward, now):
    patient_id = ward.patient_ids[0]
    make.device("m1", patient_id=patient_id, since=now - timedelta(hours=1))
    start = now - timedelta(minutes=50)
    send(
        "m1",
        *[frame(n, start + timedelta(seconds=n), {"hr": 190 if n == 1234 else 70, "rr": 16}) for n in range(2500)],
        at=now,
    )
    curve = queries.series(patient_id, metrics=["hr", "spo2"], points=50, viewer=ward.nurse.actor, **span(now))
    assert len(curve.at_s) <= 50
    assert max(value for value in curve.columns["hr"] if value is not None) == 190.0
    assert set(curve.columns["spo2"]) == {None}
    assert list(curve.at_s) == sorted(curve.at_s)
    assert len(curve.at_s) == len(curve.columns["hr"]) == len(curve.columns["spo2"])


@pytest.mark.parametrize("name", ["hr; DROP TABLE people_patient", "consciousness", "patient_id", ""])
def test_a_curve_that_does_not_exist_is_refused(ward, now, name):
    with pytest.raises(ValueError, match="there is no curve"):
        queries.series(ward.patient_ids[0], metrics=[name], viewer=ward.nurse.actor, **span(now))


def test_partitions_are_made_ahead_once(now):
    actions.make_partitions(at=now)
    assert actions.make_partitions(at=now) == 0
    far = now + timedelta(days=10)
    assert actions.make_partitions(at=far) == 2 * 10
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [f"vital_frame_{far + timedelta(days=3):%Y%m%d}"])
        assert cursor.fetchone()[0]


def test_what_was_measured_is_never_changed(ward, now):
    make.device("m1", patient_id=ward.patient_ids[0], since=now - timedelta(minutes=5))
    send("m1", frame(1, now), at=now)
    with pytest.raises(AppendOnlyError):
        VitalFrame.objects.update(hr=60)
    with pytest.raises(Exception, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE vital_frame SET hr = 60")


def test_old_windows_and_quarantine_are_cleared(ward, now):
    make.device("m1", patient_id=ward.patient_ids[0], since=now - timedelta(minutes=5))
    send("m1", frame(1, now), at=now)
    send("ghost", frame(1, now), at=now)
    assert actions.clear_intake(at=now + timedelta(days=13)) == 0
    assert actions.clear_intake(at=now + timedelta(days=31)) == 3
    assert PatientState.objects.filter(score=0).exists()
