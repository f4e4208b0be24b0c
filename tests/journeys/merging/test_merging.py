"""Two records become one, and two again: nothing is lost, and undoing restores every table exactly."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.apps import apps
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ehospital.clinical import actions as clinical_actions
from ehospital.clinical import models as clinical_models
from ehospital.clinical.details import Record
from ehospital.estate import actions as estate
from ehospital.estate.models import Occupancy
from ehospital.foundation.models import AppendOnlyModel, AuditEvent
from ehospital.journeys import merging
from ehospital.monitoring import actions as monitoring_actions
from ehospital.monitoring import queries as monitoring_queries
from ehospital.monitoring.models import Alert, DeviceAssociation, PatientState
from ehospital.people import access, actions, queries, signing_in, surviving
from ehospital.people.access import Role
from ehospital.people.actions import CannotMerge, ledger
from ehospital.people.actions.merging import NOT_MOVED
from ehospital.people.details import (
    AddressDetails,
    ContactDetails,
    IdentifierDetails,
    NameDetails,
    PatientDetails,
    TelecomDetails,
)
from ehospital.people.models import (
    Account,
    DuplicatePair,
    MergedRow,
    Patient,
    PatientIdentifier,
    PatientMerge,
)
from tests.factories import clinical, people, snapshots
from tests.factories import monitoring as make
from tests.factories.monitoring import ILL, WELL, frame, send
from tests.journeys.merging.records import FULL, RISING, SHORT, chart, everything, merge, refused, register

pytestmark = pytest.mark.django_db

READ_WITH_ALL_RECORDS = {
    "foundation.AuditEvent": "who looked at me asks for every record of the person",
    "foundation.RowChange": "tells what happened to rows, of merged records too",
    "monitoring.VitalFrame": "curves ask for every record of the person",
    "monitoring.DeviceObservation": "no page reads it yet; it stays filed as it was taken",
    "monitoring.MistakenSet": "sets are read with the marks of every record of the person",
    "monitoring.ScoreEntry": "no page reads it yet; it stays filed as it was scored",
    "people.PatientMerge": "the ledger itself",
}
"""Append-only tables that name a patient: they do not move, so whoever reads them asks `queries.one_person`."""


def test_after_a_merge_everything_is_in_the_survivors_chart(both, desk, now) -> None:
    merge_id = merge(both, desk, now)
    survivor, absorbed = (Patient.objects.get(pk=key) for key in both)
    for model, count in (
        (clinical_models.Problem, 2),
        (clinical_models.Observation, 8),
        (clinical_models.Encounter, 2),
    ):
        assert model.objects.filter(patient=survivor).count() == count
        assert not model.objects.filter(patient=absorbed).exists()
    assert (survivor.active, absorbed.active, absorbed.merged_into_id) == (True, False, survivor.id)
    assert (survivor.name_text, str(survivor.birth_on), survivor.birth_precision) == (
        "OKAFOR, Amina",
        "1957-03-14",
        "day",
    )
    assert survivor.communication_needs == "Hears badly on the left."
    assert survivor.language == "fr"
    assert sorted(survivor.telecoms.values_list("value", flat=True)) == ["555 0100", "555 0999", "amina@example.org"]
    assert {(name.given, name.use) for name in survivor.names.all()} == {
        ("Amina", "official"), ("Amina", "maiden"), ("Aminah", "old"),
    }  # fmt: skip
    told = AuditEvent.objects.filter(action="patient.merged").order_by("id")
    assert [(one.patient_id, one.details["with"]) for one in told] == [
        (both[0], str(both[1])), (both[1], str(both[0])),
    ]  # fmt: skip
    assert PatientMerge.objects.get().id == merge_id


@pytest.mark.parametrize(
    "choices",
    [
        {},
        {"names": "absorbed", "birth": "absorbed", "telecoms": "absorbed"},
        {"sex": "absorbed", "telecoms": "survivor", "contacts": "absorbed", "addresses": "absorbed"},
    ],
)
def test_merge_and_unmerge_restore_every_table_exactly(both, desk, now, choices) -> None:
    before = everything()
    merge_id = merge(both, desk, now, **choices)
    assert snapshots.differences(before, everything())
    merging.unmerge(merge_id, reason="two people after all", by=desk.actor, at=now)
    assert snapshots.differences(before, everything()) == {}
    assert [Patient.objects.get(pk=key).version for key in both] == [3, 3]


details = st.builds(
    PatientDetails,
    names=st.lists(
        st.builds(
            NameDetails, st.sampled_from(["Amina", "Ngozi"]), st.sampled_from(["Okafor", "Eze"]),
            st.sampled_from(["official", "maiden", "temp", "usual"]),
        ), min_size=1, max_size=3,
    ).map(tuple),
    sex=st.sampled_from(["female", "male", "unknown"]),
    telecoms=st.lists(st.builds(TelecomDetails, st.just("phone"), st.sampled_from("123")), max_size=3).map(tuple),
    addresses=st.lists(st.builds(AddressDetails, city=st.sampled_from("AB")), max_size=2).map(tuple),
    contacts=st.lists(st.builds(ContactDetails, st.sampled_from("CD")), max_size=2).map(tuple),
    language=st.sampled_from(["", "fr", "ar"]),
    interpreter_needed=st.booleans(),
)  # fmt: skip
any_choices = st.fixed_dictionaries(
    {},
    optional={
        **{field: st.sampled_from(["survivor", "absorbed"]) for field in ("names", *surviving.SCALARS)},
        **{field: st.sampled_from(["survivor", "absorbed", "both"]) for field in ("telecoms", "addresses", "contacts")},
    },
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(details, details, any_choices)
def test_whatever_is_known_and_chosen_undoing_restores_it(desk, now, one, other, choices) -> None:
    with transaction.atomic():
        both = (
            register(replace(one, identifiers=(IdentifierDetails("urn:a", "1"),)), now),
            register(replace(other, identifiers=(IdentifierDetails("urn:b", "2"),)), now),
        )
        before = everything()
        merge_id = merge(both, desk, now, **choices)
        merging.unmerge(merge_id, by=desk.actor, at=now)
        assert snapshots.differences(before, everything()) == {}
        transaction.set_rollback(True)


def test_what_is_written_after_the_merge_stays_with_the_survivor(both, desk, now) -> None:
    merge_id = merge(both, desk, now)
    chart(both[0], now, "later")
    merging.unmerge(merge_id, by=desk.actor, at=now)
    problems = clinical_models.Problem.objects.order_by("display").values_list("display", "patient_id")
    assert list(problems) == [("Asthma later", both[0]), ("Asthma one", both[0]), ("Asthma two", both[1])]


def test_details_revised_after_the_merge_stay_and_the_other_record_is_whole_again(both, desk, now) -> None:
    held = snapshots.tables(without=RISING)
    merge_id = merge(both, desk, now)
    revised = replace(FULL, names=(NameDetails("Amina Rose", "Okafor"), NameDetails("Aminah", "Okafor", use="old")))
    actions.revise_patient(both[0], revised, seen_version=2, by=desk.actor, at=now)
    merging.unmerge(merge_id, by=desk.actor, at=now)
    assert Patient.objects.get(pk=both[0]).name_text == "OKAFOR, Amina Rose"
    after = snapshots.tables(without=RISING)
    for table in ("people.PatientName", "people.PatientTelecom", "people.PatientIdentifier", "people.Patient"):
        theirs = [row for row in held[table] if str(both[1]) in row]
        assert theirs
        assert [row for row in after[table] if str(both[1]) in row] == theirs


def test_a_form_opened_before_or_between_cannot_be_saved_afterwards(both, desk, now) -> None:
    merge_id = merge(both, desk, now)
    with pytest.raises(actions.PatientChanged):
        actions.revise_patient(both[0], FULL, seen_version=1, by=desk.actor, at=now)
    merging.unmerge(merge_id, by=desk.actor, at=now)
    with pytest.raises(actions.PatientChanged):
        actions.revise_patient(both[0], FULL, seen_version=2, by=desk.actor, at=now)


def test_the_absorbed_record_is_found_by_its_number_and_opens_the_survivor(both, desk, now) -> None:
    old = PatientIdentifier.objects.get(patient_id=both[1], system="urn:ehospital:patient-number").value
    merge(both, desk, now)
    assert [one.id for one in queries.find_patients(old, viewer=desk.actor, at=now)] == [both[0]]
    assert [one.id for one in queries.find_patients("Aminah", viewer=desk.actor, at=now)] == [both[0]]
    assert queries.standing_id(both[1]) == both[0]
    for permission in access.Permission:
        assert not access.may(people.machinery(now), permission, patient_id=both[1]) or permission.name == "NONE_NEEDED"


def test_whoever_cares_for_one_cares_for_the_survivor(both, now, desk) -> None:
    carer = clinical.carer(both[1], at=now - timedelta(hours=1))
    merge(both, desk, now)
    assert access.may(access.later(carer.actor, now), access.Permission.CHART_READ, patient_id=both[0])


def test_an_account_of_the_absorbed_record_sees_the_survivor(both, desk, now) -> None:
    actions.give_account(
        username="amina", password="a long and odd one 7", patient_id=both[1], by=people.machinery(now), at=now
    )
    merge(both, desk, now)
    actor = signing_in.actor_of(Account.objects.get(), at=now)
    assert actor.patient_id == both[0]
    assert access.may(actor, access.Permission.OWN_RECORD_READ, patient_id=both[0])


def test_who_looked_at_me_includes_the_looks_at_the_merged_record(both, desk, now) -> None:
    queries.find_patients("Aminah", viewer=desk.actor, at=now)
    looker = clinical.carer(both[1], at=now - timedelta(hours=1))
    queries.patient(both[1], viewer=access.later(looker.actor, now), permission=access.Permission.CHART_READ)
    merge(both, desk, now)
    me = access.of_patient(both[0], name="Amina", at=now)
    seen = queries.who_looked(both[0], viewer=me, at=now)
    numbers = [line.number for line in seen if line.action == "patient.read"]
    assert actions.question_look(both[0], numbers[0], by=me, at=now), "and asks why"
    officer = people.staff(Role.PRIVACY_OFFICER, at=now - timedelta(days=1))
    trail = queries.audit_trail(viewer=access.later(officer.actor, now), patient_id=both[0], action="patient.read")
    assert [one.patient_id for one in trail] == [both[1]]


def test_a_newborn_of_the_absorbed_mother_is_the_survivors(both, desk, now) -> None:
    child = register(replace(SHORT, names=(NameDetails("", "Okafor"),), mother_id=both[1]), now)
    merge_id = merge(both, desk, now)
    assert Patient.objects.get(pk=child).mother_id == both[0]
    merging.unmerge(merge_id, by=desk.actor, at=now)
    assert Patient.objects.get(pk=child).mother_id == both[1]


def test_the_pair_leaves_the_worklist_and_after_undoing_it_is_two_people(both, desk, now) -> None:
    actions.find_duplicates(by=people.machinery(now), at=now)
    assert DuplicatePair.objects.get().state == "open"
    merge_id = merge(both, desk, now)
    assert (DuplicatePair.objects.get().state, DuplicatePair.objects.get().decided_by_id) == ("merged", desk.id)
    merging.unmerge(merge_id, by=desk.actor, at=now)
    assert DuplicatePair.objects.get().state == "different"


def test_three_records_become_one_and_only_the_latest_merge_is_undone_first(both, desk, now) -> None:
    third = register(replace(FULL, identifiers=()), now)
    first = merge(both, desk, now)
    second = merging.merge(survivor_id=third, absorbed_id=both[0], choices={}, by=desk.actor, at=now)
    assert queries.standing_id(both[1]) == third
    assert set(queries.one_person([third])[third]) == {third, *both}
    with pytest.raises(CannotMerge, match="undo that first") as refused:
        merging.unmerge(first, by=desk.actor, at=now)
    assert refused.value.why == "merged-since"
    merging.unmerge(second, by=desk.actor, at=now)
    merging.unmerge(first, by=desk.actor, at=now)
    assert Patient.objects.filter(merged_into=None, active=True).count() == 3


def test_what_cannot_be_merged_is_refused_and_nothing_changes(both, desk, now) -> None:
    refused("same-record", (both[0], both[0]), desk, now)
    refused("changed", both, desk, now, seen_versions=(1, 7))
    child = register(replace(SHORT, mother_id=both[0]), now)
    refused("mother-and-child", (both[0], child), desk, now)


def test_a_merged_record_is_nobodys_to_merge_again(both, desk, now) -> None:
    merge_id = merge(both, desk, now)
    before = snapshots.tables()
    for pair in (both, both[::-1]):
        with pytest.raises(access.NotPermitted):
            merge(pair, replace(desk, actor=access.later(desk.actor, now)), now)
    assert snapshots.differences(before, snapshots.tables()) == {}
    merging.unmerge(merge_id, by=desk.actor, at=now)
    with pytest.raises(CannotMerge, match="undone before"):
        merging.unmerge(merge_id, by=desk.actor, at=now)


@pytest.mark.parametrize("role", [Role.NURSE, Role.DOCTOR, Role.CASHIER, Role.PRIVACY_OFFICER])
def test_others_neither_merge_nor_undo(both, desk, now, role) -> None:
    stranger = people.staff(role, at=now - timedelta(days=1))
    merge_id = merge(both, desk, now)
    before = snapshots.tables()
    with pytest.raises(access.NotPermitted):
        merging.unmerge(merge_id, by=stranger.actor, at=now)
    with pytest.raises(access.NotPermitted):
        queries.merge(merge_id, viewer=stranger.actor)
    assert snapshots.differences(before, snapshots.tables()) == {}


def test_a_choice_that_cannot_be_is_refused_and_nothing_changes(both, desk, now) -> None:
    before = snapshots.tables()
    for choices in ({"shoes": "survivor"}, {"sex": "both"}, {"names": "nobody"}):
        with pytest.raises(surviving.UnknownChoice):
            merge(both, desk, now, **choices)
    assert snapshots.differences(before, snapshots.tables()) == {}


def test_nobody_writes_to_a_merged_record_by_any_way(both, desk, now) -> None:
    merge(both, desk, now)
    problem = clinical_models.Problem.objects.first()
    with pytest.raises(DatabaseError, match="was merged into another one"), transaction.atomic():
        clinical_models.Problem.objects.filter(pk=problem.pk).update(patient_id=both[1])
    with pytest.raises(DatabaseError, match="was merged into another one"), transaction.atomic():
        Occupancy.objects.create(bed_id=_bed(now), patient_id=both[1], during=(now, None))


def _bed(now: datetime) -> UUID:
    return make.ward(now, patients=0, beds=1).bed_ids[0]


def test_an_import_of_the_absorbed_record_goes_to_the_survivor(both, desk, now) -> None:
    merge(both, desk, now)
    line = clinical.problem("Gout")
    written = clinical_actions.import_record(
        both[1], Record(problems=(line,)), patient=SHORT, by=people.machinery(now), at=now
    )
    assert clinical_models.Problem.objects.get(display="Gout").patient_id == both[0]
    assert (written.imported, written.unchanged) == (frozenset({line.id}), frozenset({both[1]}))


# In a bed and watched.


@pytest.fixture
def ward(now: datetime) -> make.WardOfTests:
    """The patient of A1 is watched by m1 and very ill; A2 has a patient too."""
    built = make.ward(now)
    make.device("m1", patient_id=built.patient_ids[0], since=now - timedelta(minutes=30))
    earlier = now - timedelta(seconds=10)
    send("m1", frame(1, earlier, ILL), at=earlier)
    monitoring_actions.sweep(by=make.stream(now), at=now)
    assert Alert.objects.get().state == "open"
    return built


def test_an_unknown_patient_in_a_bed_becomes_somebody_known(ward, desk, now) -> None:
    """The stay, the monitor, the alert and the curve come along; undone, they go back."""
    unknown, known = ward.patient_ids[0], register(FULL, now - timedelta(days=300))
    before = everything()
    merge_id = merge((known, unknown), desk, now)
    assert Occupancy.objects.get(during__upper_inf=True, bed_id=ward.bed_ids[0]).patient_id == known
    assert DeviceAssociation.objects.get().patient_id == known
    assert Alert.objects.get().patient_id == known
    state = PatientState.objects.get()
    assert (state.patient_id, state.score) == (known, 9)
    nurse = access.later(ward.nurse.actor, now)
    curve = monitoring_queries.series(
        known, metrics=["hr"], since=now - timedelta(hours=1), until=now + timedelta(hours=1), viewer=nurse
    )
    assert 132 in curve.columns["hr"]
    merging.unmerge(merge_id, by=desk.actor, at=now)
    assert snapshots.differences(before, everything()) == {}


def test_what_the_monitor_told_since_follows_it_when_the_merge_is_undone(ward, desk, now) -> None:
    unknown, known = ward.patient_ids[0], register(FULL, now - timedelta(days=300))
    merge_id = merge((known, unknown), desk, now)
    later = now + timedelta(seconds=20)
    send("m1", frame(2, later, WELL), at=later)
    assert PatientState.objects.get().patient_id == known
    merging.unmerge(merge_id, by=desk.actor, at=later)
    assert PatientState.objects.get().patient_id == unknown
    assert PatientState.objects.get().current["hr"][0] == 72
    send("m1", frame(3, later + timedelta(seconds=1), WELL), at=later + timedelta(seconds=1))


def test_two_who_both_lie_in_a_bed_are_refused_in_words(ward, desk, now) -> None:
    refused("stays", (ward.patient_ids[0], ward.patient_ids[1]), desk, now)


def test_two_who_were_in_two_beds_at_once_are_refused(ward, desk, now) -> None:
    for key in ward.patient_ids:
        monitoring_actions.let_go(key, by=people.machinery(now), at=now)
        monitoring_actions.close_alerts(key, reason="home", by=people.machinery(now), at=now)
        estate.vacate(patient_id=key, by=people.machinery(now), at=now)
    refused("stays", (ward.patient_ids[0], ward.patient_ids[1]), desk, now)


def test_open_alerts_of_one_cause_are_refused(ward, desk, now) -> None:
    other = register(FULL, now)
    Alert.objects.create(
        patient_id=other,
        cause=Alert.objects.get().cause,
        kind="clinical",
        priority="high",
        opened_at=now,
        updated_at=now,
    )
    refused("alerts", (other, ward.patient_ids[0]), desk, now)


# Nothing is forgotten.


def test_every_table_that_names_a_patient_is_carried_or_read_with_all_records() -> None:
    """A new model with a patient fails here until its domain moves it, or its reads ask for all records."""
    domains = {"people", "estate", "messaging", "clinical", "monitoring"}
    for model in apps.get_models():
        if not model.__module__.startswith("ehospital."):
            continue
        columns = list(ledger.patient_columns(model))
        label = model._meta.label
        if not columns:
            continue
        assert model._meta.app_label in domains or label in READ_WITH_ALL_RECORDS, (
            f"{label} names a patient: let its domain hand it over, and call that in journeys/merging.py"
        )
        if issubclass(model, AppendOnlyModel) and not hasattr(model, "refiled_by"):
            assert label in READ_WITH_ALL_RECORDS, (
                f"{label} is append-only and names a patient: read it with queries.one_person, and list it here"
            )
        else:
            assert {field for moved, field in ledger.carried([model])} == set(columns)


def test_what_is_not_moved_is_still_there() -> None:
    for label, name in NOT_MOVED:
        assert apps.get_model(label)._meta.get_field(name) in set(ledger.patient_columns(apps.get_model(label)))


def test_the_ledger_is_append_only(both, desk, now) -> None:
    merge(both, desk, now)
    with pytest.raises(TypeError):
        MergedRow.objects.all().delete()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        MergedRow.objects.all()._raw_delete("default")
