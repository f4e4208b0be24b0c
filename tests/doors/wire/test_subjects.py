"""Subjects: every name that could reach another subject is refused."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehospital.wire import subjects
from ehospital.wire.subjects import BadName, Observed

WARD = UUID("0190f0f0-0000-7000-8000-000000000001")


def test_the_subjects_of_the_contract() -> None:
    assert subjects.vital("bed-7", "frame") == "v1.vit.bed-7.frame"
    assert subjects.mqtt_topic(subjects.vital("bed-7", "frame")) == "v1/vit/bed-7/frame"
    assert subjects.acknowledgement("bed_7") == "v1.ack.bed_7"
    assert subjects.gateway("http", "bed-7", "status") == "gw.v1.http.bed-7.status"
    assert subjects.live_ward(WARD) == f"live.ward.{WARD}"
    assert subjects.live_patient(WARD) == f"live.patient.{WARD}"
    assert subjects.event("people", "PatientWasRegistered") == "event.people.PatientWasRegistered"
    assert subjects.technical("gateway", "refused") == "tech.gateway.refused"
    assert subjects.dead("malformed") == "dead.malformed"
    assert subjects.observations(0) == "obs.0.>"
    assert subjects.observations(subjects.PARTITIONS - 1) == f"obs.{subjects.PARTITIONS - 1}.>"


def test_the_subject_of_an_observation_is_read_back() -> None:
    assert subjects.observed("obs.3.mqtt.bed-7.frame") == Observed(3, "mqtt", "bed-7", "frame")


BAD = ["", " ", "a b", "a.b", "*", ">", "a/b", "bett-ä", "a\n", "a" * 65, "$SYS", "+", "#", "a\x00"]


@pytest.mark.parametrize("name", BAD)
def test_a_name_that_could_reach_elsewhere_is_refused(name: str) -> None:
    for build in (subjects.acknowledgement, subjects.dead, lambda bad: subjects.gateway("http", bad, "frame")):
        with pytest.raises(BadName):
            build(name)


@given(st.text(max_size=80))
def test_whatever_is_accepted_is_one_token(name: str) -> None:
    try:
        subject = subjects.vital(name, "frame")
    except BadName:
        return
    assert subject.split(".") == ["v1", "vit", name, "frame"] and name.isascii() and len(name) <= 64


@pytest.mark.parametrize(
    "subject", ["", "obs", "obs.x.mqtt.a.frame", "obs.1.mqtt.a", "obs.1.mqtt.a.b.c", "gw.1.mqtt.a.b", "obs.1.mqtt..b"]
)
def test_other_subjects_are_no_observations(subject: str) -> None:
    with pytest.raises(BadName):
        subjects.observed(subject)


def test_partitions_outside_the_range_do_not_exist() -> None:
    for number in (-1, subjects.PARTITIONS):
        with pytest.raises(BadName):
            subjects.observations(number)
