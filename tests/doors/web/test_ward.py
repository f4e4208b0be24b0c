"""The ward board, the alerts on it, my patients and the devices: what they say, and to whom."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ehospital.foundation.models import AuditEvent
from ehospital.monitoring import actions as monitoring
from ehospital.monitoring.models import Alert
from ehospital.people import actions as people_actions
from ehospital.people.access import Role
from ehospital.wire import tickets
from tests.doors.web.conftest import SignedIn, SignIn
from tests.factories import monitoring as wards
from tests.factories import people

pytestmark = pytest.mark.django_db


def chart(ward: wards.WardOfTests, patient: int, values: dict[str, object]) -> None:
    monitoring.record_observations(
        ward.patient_ids[patient],
        values,
        by=people.machinery(ward.at),
        at=ward.at,  # type: ignore[arg-type]
    )


def test_a_nurse_of_one_ward_is_at_its_board_at_once(nurse: SignedIn, ward: wards.WardOfTests) -> None:
    answer = nurse.client.get("/", follow=True)
    assert answer.redirect_chain[-1][0] == f"/staff/wards/{ward.id}/"
    page = answer.content.decode()
    assert page.count("data-bed=") == 4
    assert page.count('class="bed vacant"') == page.count('data-state="empty"') == 2
    assert page.count('data-patient="') == page.count("data-vitals") == 2, "a free bed is nobody's card"
    assert "data-live-url=" in page


def test_a_bed_without_signal_says_so_and_is_never_counted_as_well(nurse: SignedIn, ward: wards.WardOfTests) -> None:
    wards.device("mon-1", patient_id=ward.patient_ids[0], since=ward.at - timedelta(minutes=30))
    wards.send("mon-1", wards.frame(1, ward.at - timedelta(minutes=20)), at=ward.at - timedelta(minutes=20))
    answer = nurse.client.get(f"/staff/wards/{ward.id}/")
    counts = {one.news.band: one.count for one in answer.context["board"].tally}
    assert counts == {"high": 0, "medium": 0, "lowmed": 0, "low": 0, "unknown": 2, "zero": 0}
    first = answer.context["board"].rows[0].beds[0]
    assert (first.news.text, first.state, first.state_words) == ("?", "silent", "No signal 20 min")


def test_a_sick_bed_shows_its_alert_with_an_owner(nurse: SignedIn, ward: wards.WardOfTests) -> None:
    chart(ward, 0, wards.ILL)
    page = nurse.client.get(f"/staff/wards/{ward.id}/").content.decode()
    alert = Alert.objects.get()
    assert f'data-alert-id="{alert.id}"' in page
    assert "Emergency response" in page
    assert "NEWS2 9" in page
    assert "Owner: Ward 4" in page


def test_acknowledging_gives_the_alert_my_name(nurse: SignedIn, ward: wards.WardOfTests) -> None:
    chart(ward, 0, wards.ILL)
    alert = Alert.objects.get()
    answer = nurse.client.post(f"/staff/alerts/{alert.id}/acknowledge/", headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert "Owner: Tove Berg-nurse" in page
    assert "Acknowledge" not in page
    assert Alert.objects.get().owner_staff_id == nurse.member.id


def test_a_second_nurse_is_told_that_a_colleague_was_faster(
    nurse: SignedIn, ward: wards.WardOfTests, sign_in: SignIn
) -> None:
    chart(ward, 0, wards.ILL)
    alert = Alert.objects.get()
    monitoring.acknowledge(alert.id, by=ward.nurse.actor, at=ward.at)
    page = nurse.client.post(f"/staff/alerts/{alert.id}/acknowledge/", follow=True).content.decode()
    assert "A colleague was faster" in page
    assert Alert.objects.get().owner_staff_id == ward.nurse.id


def test_the_sickest_come_first_and_the_unknown_before_the_well(nurse: SignedIn, ward: wards.WardOfTests) -> None:
    chart(ward, 0, wards.WELL)
    answer = nurse.client.get(f"/staff/wards/{ward.id}/", {"order": "sick"})
    assert [bed.news.band for bed in answer.context["board"].rows[0].beds if bed.news] == ["unknown", "zero"]


def test_the_parts_of_the_board_come_alone(nurse: SignedIn, ward: wards.WardOfTests) -> None:
    for part, mark in (("alerts", 'id="alerts"'), ("board", 'id="board"')):
        page = nurse.client.get(f"/staff/wards/{ward.id}/", {"part": part}).content.decode()
        assert mark in page
        assert "<html" not in page


def test_a_foreign_ward_answers_like_one_that_does_not_exist(ward: wards.WardOfTests, sign_in: SignIn) -> None:
    stranger = sign_in(Role.NURSE)
    for where in (ward.id, "00000000-0000-7000-8000-000000000000"):
        assert stranger.client.get(f"/staff/wards/{where}/").status_code == 404
        assert stranger.client.get(f"/staff/wards/{where}/ticket/").status_code == 404


def test_the_ticket_opens_this_ward_and_ones_own_notices_alone(
    nurse: SignedIn, ward: wards.WardOfTests, settings
) -> None:
    url = nurse.client.get(f"/staff/wards/{ward.id}/ticket/").json()["url"]
    ticket = tickets.read(url.partition("ticket=")[2], now=datetime.now(UTC), secret=settings.SECRET_KEY)
    assert ticket.subjects == (f"live.ward.{ward.id}", f"live.staff.{nurse.member.id}")


def test_the_board_asks_the_database_as_often_for_four_patients_as_for_one(now: datetime, sign_in: SignIn) -> None:
    asked = []
    for number, patients in enumerate((1, 4)):
        ward = wards.ward(now, patients=patients, name=f"Ward {number}")
        nurse = sign_in(Role.NURSE, unit_id=ward.unit_id, username=f"nurse-{number}")
        for patient in range(patients):
            chart(ward, patient, wards.ILL)
        nurse.client.get(f"/staff/wards/{ward.id}/")  # whatever a process asks once has been asked
        with CaptureQueriesContext(connection) as queries:
            assert nurse.client.get(f"/staff/wards/{ward.id}/").status_code == 200
        asked.append([one["sql"] for one in queries])
    assert len(asked[0]) == len(asked[1]), "\n".join(sql[:90] for sql in asked[1])


def test_every_patient_on_the_board_is_audited(nurse: SignedIn, ward: wards.WardOfTests) -> None:
    nurse.client.get(f"/staff/wards/{ward.id}/")
    seen = AuditEvent.objects.filter(action="ward.read", actor_id=str(nurse.member.id))
    assert set(seen.values_list("patient_id", flat=True)) == set(ward.patient_ids)


def test_a_board_that_stands_open_writes_each_patient_down_once(nurse: SignedIn, ward: wards.WardOfTests) -> None:
    for part in ("", "?part=alerts", "?part=board", ""):
        nurse.client.get(f"/staff/wards/{ward.id}/{part}")
    assert AuditEvent.objects.filter(action="ward.read").count() == len(ward.patient_ids)


def test_my_patients_are_those_in_my_care(nurse: SignedIn, ward: wards.WardOfTests) -> None:
    chart(ward, 1, wards.ILL)
    people.patient("Somebody", "Else")
    answer = nurse.client.get("/staff/mine/")
    assert [line["one"].bed_code for line in answer.context["lines"]] == ["A2", "A1"]


def test_open_alerts_are_listed_for_those_who_care(nurse: SignedIn, ward: wards.WardOfTests, sign_in: SignIn) -> None:
    chart(ward, 0, wards.ILL)
    assert "NEWS2 9" in nurse.client.get("/staff/alerts/").content.decode()
    assert "NEWS2 9" not in sign_in(Role.DOCTOR).client.get("/staff/alerts/").content.decode()


def test_how_many_alerts_wait_stands_in_what_is_refreshed(nurse: SignedIn, ward: wards.WardOfTests) -> None:
    for patient in range(2):
        chart(ward, patient, wards.ILL)

    def refreshed() -> str:
        page = nurse.client.get("/staff/alerts/").content.decode()
        return page[page.index('id="list"') : page.index("</section>")]

    assert "2 wait to be taken on." in refreshed()
    nurse.client.post(f"/staff/alerts/{Alert.objects.order_by('id')[0].id}/acknowledge/")
    assert "1 waits to be taken on." in refreshed()


def test_a_device_says_what_it_is_in_words(ward: wards.WardOfTests, sign_in: SignIn) -> None:
    wards.device("mon-1", since=ward.at)
    page = sign_in(Role.ADMINISTRATOR).client.get("/staff/devices/").content.decode()
    assert "Bedside monitor" in page


def test_a_device_list_tells_no_name_to_whom_it_does_not_concern(ward: wards.WardOfTests, sign_in: SignIn) -> None:
    wards.device("mon-1", patient_id=ward.patient_ids[0], since=ward.at)
    administrator = sign_in(Role.ADMINISTRATOR)
    page = administrator.client.get("/staff/devices/").content.decode()
    assert "mon-1" in page
    assert "a patient not in your care" in page
    assert "OKAFOR" not in page


def test_revoking_asks_first_and_only_the_administrator_may(ward: wards.WardOfTests, sign_in: SignIn) -> None:
    wards.device("mon-1", patient_id=ward.patient_ids[0], since=ward.at)
    administrator, doctor = sign_in(Role.ADMINISTRATOR), sign_in(Role.DOCTOR)
    assert doctor.client.post("/staff/devices/mon-1/revoke/").status_code == 403
    assert "Revoke mon-1?" in administrator.client.get("/staff/devices/mon-1/revoke/").content.decode()
    administrator.client.post("/staff/devices/mon-1/revoke/")
    assert "Revoked" in administrator.client.get("/staff/devices/").content.decode()
    assert administrator.client.post("/staff/devices/nothing/revoke/").status_code == 404


def test_a_named_doctor_sees_the_patient(ward: wards.WardOfTests, sign_in: SignIn) -> None:
    doctor = sign_in(Role.DOCTOR)
    people_actions.begin_care(
        patient_id=ward.patient_ids[0],
        staff_id=doctor.member.id,
        kind="named",  # type: ignore[arg-type]
        source="test:1",
        by=people.machinery(ward.at),
        at=ward.at - timedelta(minutes=1),
    )
    assert len(doctor.client.get("/staff/mine/").context["lines"]) == 1


def test_a_refresh_moves_no_bed_under_a_finger(nurse: SignedIn, ward: wards.WardOfTests) -> None:
    chart(ward, 0, wards.WELL)
    url = f"/staff/wards/{ward.id}/"
    first = nurse.client.get(url, {"order": "sick"})
    keep = [str(bed.id) for bed in first.context["board"].rows[0].beds]
    chart(ward, 0, wards.ILL)
    refreshed = nurse.client.get(url, {"order": "sick", "part": "board", "keep": keep})
    assert [str(bed.id) for bed in refreshed.context["board"].rows[0].beds] == keep
    asked_again = nurse.client.get(url, {"order": "sick"})
    assert [str(bed.id) for bed in asked_again.context["board"].rows[0].beds] != keep
