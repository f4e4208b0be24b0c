"""History written by hand: added, changed as it was seen, worked out, and told by the schedule."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from ehospital.algorithms.immunisation_schedule import State
from ehospital.algorithms.obstetrics import Counted
from ehospital.clinical import actions, queries, schedules
from ehospital.clinical.details import (
    Code,
    FamilyHistoryDetails,
    ImmunisationDetails,
    Moment,
    PregnancyDetails,
    ProcedureDetails,
    Record,
)
from ehospital.clinical.models import FamilyHistory, Immunisation, Pregnancy, Procedure
from ehospital.foundation.models import AuditEvent, OutboxMessage
from ehospital.kernel.codes import CVX
from ehospital.people import access
from ehospital.people.models import Patient
from tests.factories import clinical, forms, people
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FATHER = FamilyHistoryDetails(code=Code("", "", "Gout"), relation="FTH", onset_age=50)
OPERATION = ProcedureDetails(
    code=Code("", "", "Appendicectomy"), performed=Moment(datetime(2001, 1, 1, tzinfo=UTC), "year")
)
PREGNANT = PregnancyDetails(outcome="ongoing", last_period_on=NOON.date() - 100 * DAY)
MEASLES = ImmunisationDetails(code=Code(CVX, "05", "Measles"), given=Moment(NOON - 30 * DAY, "day"), lot="A1")
LINES = {
    "family_history": (FamilyHistory, FATHER), "procedures": (Procedure, OPERATION),
    "pregnancies": (Pregnancy, PREGNANT), "immunisations": (Immunisation, MEASLES),
}  # fmt: skip


@pytest.fixture
def patient() -> UUID:
    return people.patient()


@pytest.fixture
def nurse(patient: UUID) -> access.Actor:
    return clinical.carer(patient, access.Role.NURSE).actor


def traces() -> tuple[object, ...]:
    rows = [list(model.objects.order_by("id").values()) for model, _ in LINES.values()]
    return (*rows, AuditEvent.objects.exclude(action="chart.read").count(), OutboxMessage.objects.count())


@pytest.mark.parametrize("kind", LINES)
def test_a_line_is_written_read_and_changed_as_it_was_seen(patient, nurse, kind) -> None:
    model, details = LINES[kind]
    key = actions.record_history(kind, patient, details, by=nurse, at=NOON)
    line = queries.history_line(patient, kind, key, viewer=nurse, at=NOON)
    assert (line.version, line.recorded_by_id, line.recorded_at) == (1, nurse.staff_id, NOON)
    known = queries.history_details(line)
    assert {name: getattr(known, name) for name in known.__dataclass_fields__ if name not in _ENTRY} == {
        name: getattr(details, name) for name in details.__dataclass_fields__ if name not in _ENTRY
    }
    changed = type(known)(**{**_values(known), "note": "Told by his sister."})
    actions.revise_history(kind, key, changed, seen_version=1, by=nurse, at=NOON + HOUR)
    line = model.objects.get()
    assert (line.version, line.note, line.revised_at, line.recorded_at) == (2, "Told by his sister.", NOON + HOUR, NOON)
    told = AuditEvent.objects.filter(action__endswith=".revised").get()
    assert told.details["changed"] == ["note"]
    stranger, other = people.staff(access.Role.NURSE).actor, people.patient("Other")
    before = traces()
    with pytest.raises(actions.EntryChanged):
        actions.revise_history(kind, key, known, seen_version=1, by=nurse, at=NOON)
    for line_id, by in ((key, stranger), (uuid4(), nurse)):
        with pytest.raises(actions.UnknownEntry):
            actions.revise_history(kind, line_id, known, seen_version=2, by=by, at=NOON)
    with pytest.raises(access.NotPermitted):
        actions.record_history(kind, patient, details, by=stranger, at=NOON)
    with pytest.raises(access.NotPermitted):
        queries.history_line(other, kind, key, viewer=nurse, at=NOON)
    assert traces() == before
    actions.enter_in_error(kind, key, reason="Another patient's.", by=nurse, at=NOON)
    before = traces()
    with pytest.raises(actions.UnknownEntry):
        actions.revise_history(kind, key, known, seen_version=3, by=nurse, at=NOON)
    with pytest.raises(access.NotPermitted):
        queries.history_line(patient, kind, key, viewer=nurse, at=NOON)
    assert traces() == before


_ENTRY = ("id", "recorded_at", "recorded_by_id", "recorded_by_text")


def _values(details: object) -> dict[str, object]:
    return {name: getattr(details, name) for name in details.__dataclass_fields__}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("kind", "details"),
    [
        ("procedures", ProcedureDetails(code=Code("", "", "x"), performed=Moment(NOON + DAY))),
        ("immunisations", ImmunisationDetails(code=Code("", "", "x"), given=Moment(NOON + DAY))),
        ("pregnancies", PregnancyDetails(outcome="live-birth", ended=Moment(NOON + DAY))),
        ("pregnancies", PregnancyDetails(outcome="ongoing", last_period_on=NOON.date() + 2 * DAY)),
    ],
)
def test_no_history_lies_in_the_future(patient, nurse, kind, details) -> None:
    before = traces()
    with pytest.raises(actions.InTheFuture):
        actions.record_history(kind, patient, details, by=nurse, at=NOON)
    assert traces() == before


def test_nobody_is_pregnant_twice(patient, nurse) -> None:
    key = actions.record_history("pregnancies", patient, PREGNANT, by=nurse, at=NOON)
    lost = PregnancyDetails(outcome="miscarriage", weeks=9, ended=Moment(NOON - 900 * DAY, "month"))
    other = actions.record_history("pregnancies", patient, lost, by=nurse, at=NOON)
    before = traces()
    with pytest.raises(actions.PregnantAlready):
        actions.record_history("pregnancies", patient, PregnancyDetails(outcome="ongoing"), by=nurse, at=NOON)
    with pytest.raises(actions.PregnantAlready):
        actions.revise_history("pregnancies", other, PREGNANT, seen_version=1, by=nurse, at=NOON)
    assert traces() == before
    found = queries.obstetric_history(patient, viewer=nurse, at=NOON)
    assert (found.counted, found.weeks) == (Counted(2, 0, 1, 0), (14, 2))
    assert found.due == NOON.date() + 180 * DAY
    born = PregnancyDetails(outcome="live-birth", weeks=40, ended=Moment(NOON, "day"), delivery="vaginal")
    actions.revise_history("pregnancies", key, born, seen_version=1, by=nurse, at=NOON)
    assert queries.obstetric_history(patient, viewer=nurse, at=NOON).counted == Counted(2, 1, 1, 0)


def test_a_later_import_leaves_what_was_changed_here_alone(patient, nurse) -> None:
    by = people.machinery()
    actions.import_record(patient, Record(immunisations=(MEASLES,)), by=by, at=NOON)
    key = Immunisation.objects.get().pk
    known = queries.history_details(queries.history_line(patient, "immunisations", key, viewer=nurse, at=NOON))
    ours = ImmunisationDetails(**{**_values(known), "lot": "B2"})
    actions.revise_history("immunisations", key, ours, seen_version=1, by=nurse, at=NOON)
    again = ImmunisationDetails(**{**_values(MEASLES), "lot": "C3"})
    written = actions.import_record(patient, Record(immunisations=(again,)), by=by, at=NOON)
    assert (Immunisation.objects.get().lot, written.revised) == ("B2", frozenset({key}))


def of_child(patient: UUID, days: int) -> None:
    Patient.objects.filter(pk=patient).update(birth_on=NOON.date() - days * DAY, birth_precision="day", sex="female")


def states(patient: UUID, nurse: access.Actor) -> dict[tuple[str, int], State]:
    found = queries.vaccination_schedule(patient, viewer=nurse, at=NOON)
    return {(one.standing.series.key, one.number): one.standing.state for one in found}


def test_the_schedule_tells_what_is_due(patient, nurse) -> None:
    of_child(patient, 300)
    before = states(patient, nurse)
    assert len(before) == 28
    assert (before["measles", 1], before["measles", 2], before["hpv", 1]) == (State.DUE, State.LATER, State.LATER)
    assert before["bcg", 1] == State.OVERDUE
    key = actions.record_history("immunisations", patient, MEASLES, by=nurse, at=NOON)
    refused = ImmunisationDetails(code=Code(CVX, "19", "BCG"), status="not-done", status_reason="Declined")
    actions.record_history("immunisations", patient, refused, by=nurse, at=NOON)
    after = states(patient, nurse)
    assert (after["measles", 1], after["bcg", 1]) == (State.GIVEN, State.OVERDUE)
    actions.enter_in_error("immunisations", key, reason="Her brother's.", by=nurse, at=NOON)
    assert states(patient, nurse) == before


def test_adults_and_the_dead_have_no_schedule(patient, nurse) -> None:
    of_child(patient, 365 * 18)
    assert states(patient, nurse)
    of_child(patient, 365 * 18 + 10)
    assert not states(patient, nurse)
    of_child(patient, 300)
    Patient.objects.filter(pk=patient).update(deceased=True)
    assert not states(patient, nurse)


def test_a_country_follows_its_own_table(patient, nurse, settings, tmp_path: Path) -> None:
    table = tmp_path / "national.csv"
    table.write_text(f"# Ours\n{HEADER}\nflu,Influenza,,1,6m,0d,1y,99y,140\n")
    settings.IMMUNISATION_SCHEDULE = str(table)
    of_child(patient, 300)
    assert (states(patient, nurse), schedules.source()) == ({("flu", 1): State.DUE}, "Ours")
    settings.IMMUNISATION_SCHEDULE = str(tmp_path / "gone.csv")
    with pytest.raises(schedules.UnusableSchedule, match=r"gone\.csv"):
        states(patient, nurse)


HEADER = "series,name,sex,dose,at,interval,grace,until,vaccines"


def test_social_history_is_the_newest_of_each_and_no_mistake(patient, nurse) -> None:
    first = forms.filled(patient, forms.social(), by=nurse, url=forms.SOCIAL)
    told = [(one.code, one.value_code) for one in queries.social_history(patient, viewer=nurse, at=NOON)]
    assert told == [("72166-2", "8517006"), ("401201003", "")]
    forms.filled(patient, forms.social("449868002", None), by=nurse, url=forms.SOCIAL, at=NOON + HOUR)
    told = [(one.code, one.value_code) for one in queries.social_history(patient, viewer=nurse, at=NOON)]
    assert told == [("72166-2", "449868002"), ("401201003", "")]
    actions.enter_in_error("forms", first, reason="Not hers.", by=nurse, at=NOON + HOUR)
    told = [(one.code, one.value_code) for one in queries.social_history(patient, viewer=nurse, at=NOON)]
    assert told == [("72166-2", "449868002")]
