"""What was entered in error stays, says who and why, and shows in nothing but the one view that is for it."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import QuerySet

from ehospital.clinical import actions, queries
from ehospital.clinical.actions.columns import TABLES
from ehospital.clinical.details import (
    ActivityDetails,
    CarePlanDetails,
    Code,
    DocumentDetails,
    EncounterDetails,
    FamilyHistoryDetails,
    FlagDetails,
    GoalDetails,
    ImmunisationDetails,
    MedicineDetails,
    Moment,
    NoKnownAllergiesDetails,
    PregnancyDetails,
    ProcedureDetails,
    Provenance,
    ReactionDetails,
    Record,
    ReportDetails,
)
from ehospital.clinical.models import (
    ChartEntry,
    Correction,
    FilledForm,
    NoKnownAllergies,
    Note,
    Observation,
    Order,
    SafetyFlag,
)
from ehospital.clinical.policies.mistakes import KINDS
from ehospital.clinical.queries import whole_record
from ehospital.foundation.models import AuditEvent, OutboxMessage
from ehospital.people import access
from tests.factories import clinical, forms, orders, people
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
SEEN_AT = NOON + 2 * HOUR


def marked(kind: str) -> Code:
    """Words that no other line has."""
    return Code("", "", f"Zebra {kind}")


def everything() -> Record:
    """One line of every kind; each but the flag and the statement carries its own words."""
    plan = CarePlanDetails(
        code=marked("care_plans"), started_at=NOON, activities=(ActivityDetails(marked("activity")),)
    )
    return Record(
        encounters=(EncounterDetails(code=marked("encounters"), status="in-progress", setting="IMP", started_at=NOON),),
        documents=(DocumentDetails(code=marked("documents"), written_at=NOON),),
        care_plans=(plan, CarePlanDetails(code=Code("", "", "Standing plan"), started_at=NOON)),
        problems=(
            clinical.problem("Zebra problems", onset=Moment(NOON)),
            clinical.problem("Zebra refuted", verification="refuted"),
        ),
        allergies=(clinical.allergy("Zebra allergies", reactions=(ReactionDetails(("Zebra rash",)),)),),
        no_known_allergies=(NoKnownAllergiesDetails(scope="latex"),),
        observations=(clinical.potassium("4.4", NOON), clinical.pressure(120, 80, NOON)),
        reports=(ReportDetails(code=marked("reports"), effective=Moment(NOON)),),
        procedures=(ProcedureDetails(code=marked("procedures"), performed=Moment(NOON)),),
        immunisations=(ImmunisationDetails(code=marked("immunisations"), given=Moment(NOON)),),
        medicines=(MedicineDetails(code=marked("medicines")),),
        goals=(GoalDetails(code=marked("goals")),),
        flags=(FlagDetails(kind="falls", words="Zebra flags", started_at=NOON),),
        family_history=(FamilyHistoryDetails(code=marked("family_history"), relation="MTH"),),
        pregnancies=(PregnancyDetails(outcome="live-birth", note="Zebra pregnancies"),),
    )


@pytest.fixture
def patient() -> UUID:
    return people.patient()


@pytest.fixture
def doctor(patient: UUID) -> access.Actor:
    return clinical.carer(patient).actor


@pytest.fixture
def record(patient: UUID, doctor: access.Actor) -> Record:
    whole = everything()
    actions.import_record(patient, whole, by=people.machinery(), at=NOON)
    clinical.note(patient, "Zebra note", by=doctor)
    forms.plain(patient, "Plain form", by=doctor)
    orders.placed(patient, "daily_weight", by=doctor, reason="Zebra order")
    return whole


def lines(record: Record) -> list[tuple[str, UUID]]:
    found = [(name, one.id) for name in TABLES for one in getattr(record, name) if one.id != _standing_plan(record)]
    written = (("notes", Note), ("forms", FilledForm), ("orders", Order))
    return [*found, *((kind, key) for kind, model in written for key in model.objects.values_list("pk", flat=True))]


def _standing_plan(record: Record) -> UUID:
    return record.care_plans[1].id


def words(value: Any) -> str:
    """Everything that a query answered, as one text."""
    if isinstance(value, QuerySet | list | tuple | set):
        return " ".join(map(words, value))
    if isinstance(value, Mapping):
        return " ".join(f"{words(key)} {words(held)}" for key, held in value.items())
    if is_dataclass(value):
        return " ".join(words(getattr(value, one.name)) for one in fields(value))
    if isinstance(value, models.Model):
        own = " ".join(str(getattr(value, field.attname)) for field in value._meta.concrete_fields)
        parts = [name for name in ("activities", "goals", "reactions", "addenda") if hasattr(value, name)]
        return f"{type(value).__name__} {own} {' '.join(words(getattr(value, name).all()) for name in parts)}"
    return str(value)


Read = Callable[[UUID, access.Actor], object]


def simple(name: str) -> Read:
    return lambda patient, viewer: getattr(queries, name)(patient, viewer=viewer, at=SEEN_AT)


READS: dict[str, Read] = {
    name: simple(name)
    for name in (
        "allergies", "asked", "care_plans", "current_medicines", "documents", "encounters", "family_history", "flags",
        "forms", "immunisations", "medicines", "notes", "obstetric_history", "open_chart", "orders", "pregnancies",
        "problems", "procedures", "reports", "results", "ruled_out_problems", "timeline",
    )
} | {
    "open_head": lambda patient, viewer: queries.open_head(patient, viewer=viewer, at=SEEN_AT, part="x"),
    "series": lambda patient, viewer: [
        queries.series(patient, concept, viewer=viewer, at=SEEN_AT)
        for concept in Observation.objects.order_by("id").values_list("concept", flat=True)
    ],
    "safety_flags_of": lambda patient, viewer: queries.safety_flags_of([patient], viewer=viewer, at=SEEN_AT),
    "meals": lambda patient, viewer: queries.meals([patient], viewer=viewer, at=SEEN_AT),
    "reasons_for_stay": lambda patient, viewer: queries.reasons_for_stay([patient], viewer=viewer),
    "taken_out": lambda patient, viewer: queries.taken_out(patient, viewer=viewer, at=SEEN_AT, form="pdf"),
    "open_record": lambda patient, viewer: whole_record.open_record(patient, viewer=viewer, at=SEEN_AT, most=50),
}  # fmt: skip
# Asked for by the id of a line: tried below.
BY_ID = {"document_content", "entry", "problem", "allergy", "note", "mark", "form", "history_line", "waits_for_scanner"}
# Of one visit, of medicines in words, or of one's own; tried in test_visits.py.
BY_ID |= {"open_visit", "visit_paper", "has_visit", "allergies_against", "my_visits"}
SHAPES = {"problem_details", "allergy_details", "definition_of", "latest_edition", "history_details"}
# What forms ask, of nobody.
ASKED = {"newest_definitions"}
# What waits for somebody: tried in orders/test_worklists.py and orders/test_duty.py.
WAITING = {
    "answers_for_others", "behind_a_reason", "lately", "nobodys_results", "open_criticals", "order", "order_to_perform",
    "orders_to_perform", "referrals", "results_to_see", "results_waiting",
}  # fmt: skip
# Worked out from lines that are asked for here; their own tests tell that a mistake counts for nothing.
WORKED_OUT = {"social_history", "vaccination_schedule", "measured_growth", "fluid_day"}
# What shows mistakes on purpose: tried below, and in test_infected.py.
MISTAKES = {"entered_in_error", "infected_documents"}
# What an author has not signed is no part of the record yet.
UNSIGNED = {"draft", "drafts", "form_draft"}


def test_every_kind_of_line_can_be_a_mistake() -> None:
    entries = {model for model in apps.get_models() if issubclass(model, ChartEntry)}
    assert entries <= {kind.model for kind in KINDS.values()}
    assert {name: kind.model for name, kind in KINDS.items()} == {
        **{name: pair[0] for name, pair in TABLES.items()},
        "notes": Note,
        "forms": FilledForm,
        "orders": Order,
    }


def test_every_query_of_the_chart_is_asked_here() -> None:
    asked = {name for name in queries.__all__ if inspect.isfunction(getattr(queries, name))}
    named = READS.keys() - {"open_record"}
    assert asked == named | BY_ID | SHAPES | ASKED | UNSIGNED | WAITING | WORKED_OUT | MISTAKES


@pytest.mark.parametrize("name", READS)
def test_a_mistake_is_in_no_reading_query(name, patient, doctor, record) -> None:
    seen = words(READS[name](patient, doctor))
    ids = [str(key) for _, key in lines(record)]
    assert "Zebra" in seen or any(key in seen for key in ids), "shows nothing even before: the test would be blind"
    for kind, key in lines(record):
        actions.enter_in_error(kind, key, reason="not hers", by=doctor, at=NOON + HOUR)
    seen = words(READS[name](patient, doctor))
    assert "Zebra" not in seen
    assert [key for key in ids if key in seen] == []


def test_a_document_in_error_is_not_given_out_and_no_line_is_marked_twice(patient, doctor, record) -> None:
    for kind, key in lines(record):
        assert queries.entry(patient, kind, key, viewer=doctor, at=NOON).id == key
        actions.enter_in_error(kind, key, reason="not hers", by=doctor, at=NOON + HOUR)
        with pytest.raises(access.NotPermitted):
            queries.entry(patient, kind, key, viewer=doctor, at=NOON)
    with pytest.raises(access.NotPermitted):
        queries.document_content(record.documents[0].id, viewer=doctor, at=NOON)
    with pytest.raises(access.NotPermitted):
        queries.problem(patient, record.problems[0].id, viewer=doctor, at=NOON)
    with pytest.raises(access.NotPermitted):
        queries.allergy(patient, record.allergies[0].id, viewer=doctor, at=NOON)


def test_the_view_of_mistakes_says_who_when_and_why(patient, doctor, record) -> None:
    assert queries.entered_in_error(patient, viewer=doctor, at=NOON) == ()
    for place, (kind, key) in enumerate(lines(record)):
        actions.enter_in_error(kind, key, reason=f"why {kind}", by=doctor, at=NOON + place * HOUR)
    colleague = clinical.carer(patient).actor
    found = queries.entered_in_error(patient, viewer=colleague, at=SEEN_AT)
    assert [(one.entry.kind, one.entry.id) for one in found] == lines(record)[::-1]
    assert {one.mark.reason for one in found} == {f"why {kind}" for kind in KINDS}
    assert {(one.mark.by_name, one.own) for one in found} == {("Tove Berg", False)}
    titles = {
        one.entry.kind: (one.entry.title, one.entry.detail) for one in found if one.entry.title != "Zebra refuted"
    }
    assert titles["problems"] == ("Zebra problems", "")
    assert titles["flags"] == ("Falls risk", "Zebra flags")
    assert titles["no_known_allergies"] == ("No known latex allergy", "")
    details = {one.entry.detail for one in found if one.entry.kind == "observations"}
    assert details == {"4.4 mmol/L", ""}
    assert all(one.own for one in queries.entered_in_error(patient, viewer=doctor, at=SEEN_AT))


def test_patients_are_not_shown_mistakes(patient, doctor, record) -> None:
    with pytest.raises(access.NotPermitted):
        queries.entered_in_error(patient, viewer=access.of_patient(patient, name="Amina", at=NOON), at=NOON)


def rows() -> dict[str, list[dict[str, object]]]:
    """Every row of every kind; how often it was changed is apart."""
    return {
        name: [{**row, "version": None} for row in kind.model.objects.order_by("id").values()]
        for name, kind in KINDS.items()
    }


def test_undoing_restores_every_column_and_keeps_both_acts(patient, doctor, record) -> None:
    before = rows()
    marks = [actions.enter_in_error(kind, key, reason="slip", by=doctor, at=NOON) for kind, key in lines(record)]
    for mark in marks:
        actions.undo_error(mark, by=doctor, at=NOON + HOUR)
    assert rows() == before
    assert queries.entered_in_error(patient, viewer=doctor, at=NOON) == ()
    assert (Correction.objects.filter(undoes=None).count(), Correction.objects.exclude(undoes=None).count()) == (20, 20)
    assert AuditEvent.objects.filter(action__endswith=".error_undone", patient_id=patient).count() == 20


def traces() -> tuple[int, ...]:
    return tuple(table.objects.count() for table in (Correction, AuditEvent, OutboxMessage))


def test_refusals_write_nothing(patient, doctor) -> None:
    key = actions.record_problem(patient, clinical.problem("Gout"), by=doctor, at=NOON)
    stranger = people.staff(access.Role.DOCTOR).actor
    before = traces()
    for kind, entry_id, by in (("problems", key, stranger), ("problems", uuid4(), doctor), ("nothing", key, doctor)):
        with pytest.raises(actions.UnknownEntry):
            actions.enter_in_error(kind, entry_id, reason="x", by=by, at=NOON)
    with pytest.raises(actions.ReasonMissing):
        actions.enter_in_error("problems", key, reason=" \n ", by=doctor, at=NOON)
    assert traces() == before
    mark = actions.enter_in_error("problems", key, reason="x", by=doctor, at=NOON)
    colleague = clinical.carer(patient).actor
    before = traces()
    with pytest.raises(actions.NotYourMark):
        actions.undo_error(mark, by=colleague, at=NOON)
    for wrong, by in ((mark, stranger), (uuid4(), doctor)):
        with pytest.raises(actions.UnknownEntry):
            actions.undo_error(wrong, by=by, at=NOON)
    assert traces() == before
    actions.undo_error(mark, by=doctor, at=NOON)
    before = traces()
    with pytest.raises(actions.TakenBackBefore):
        actions.undo_error(mark, by=doctor, at=NOON)
    with pytest.raises(IntegrityError, match="correction_has_reason"), transaction.atomic():
        Correction(
            patient_id=patient, kind="problems", entry_id=key, reason=" ", at=NOON, by_id="x", by_name="x"
        ).save()
    assert traces() == before


def test_a_part_takes_its_panel_along(patient, doctor) -> None:
    panel = actions.record_result(patient, clinical.pressure(120, 80, NOON), by=doctor, at=NOON)
    part = Observation.objects.filter(panel_id=panel).order_by("position")[0]
    mark = actions.enter_in_error("observations", part.pk, reason="wrong cuff", by=doctor, at=NOON)
    assert set(Observation.objects.values_list("status", flat=True)) == {"entered-in-error"}
    assert Correction.objects.get(pk=mark).entry_id == panel
    assert len(queries.entered_in_error(patient, viewer=doctor, at=NOON)) == 1


def test_a_flag_in_error_is_told_to_the_boards_and_may_be_raised_again(patient, doctor) -> None:
    flag = actions.raise_flag(patient, "falls", by=doctor, at=NOON)
    mark = actions.enter_in_error("flags", flag, reason="other bed", by=doctor, at=NOON)
    assert OutboxMessage.objects.filter(subject="event.clinical.SafetyFlagsWereChanged").count() == 2
    actions.raise_flag(patient, "falls", by=doctor, at=NOON)
    before = traces()
    with pytest.raises(actions.FlagRaised):
        actions.undo_error(mark, by=doctor, at=NOON)
    assert traces() == before
    assert SafetyFlag.objects.get(pk=flag).entered_in_error


def test_none_known_and_an_allergy_never_both_stand_after_an_undo(patient, doctor) -> None:
    statement = actions.state_no_known_allergies(patient, by=doctor, at=NOON)
    mark = actions.enter_in_error("no_known_allergies", statement, reason="not asked", by=doctor, at=NOON)
    allergy = actions.record_allergy(patient, clinical.allergy("Nuts"), by=doctor, at=NOON)
    before = traces()
    with pytest.raises(actions.AllergiesOnRecord, match="Nuts"):
        actions.undo_error(mark, by=doctor, at=NOON)
    assert traces() == before
    wrong = actions.enter_in_error("allergies", allergy, reason="her sister's", by=doctor, at=NOON)
    actions.undo_error(mark, by=doctor, at=NOON)
    actions.undo_error(wrong, by=doctor, at=NOON + HOUR)
    assert NoKnownAllergies.objects.get(pk=statement).ended_at == NOON + HOUR
    assert queries.allergies(patient, viewer=doctor, at=NOON).state == queries.AllergyState.RECORDED


def test_what_was_marked_here_stays_marked_when_its_source_sends_it_again(patient, doctor, record) -> None:
    for kind, key in lines(record):
        actions.enter_in_error(kind, key, reason="not hers", by=doctor, at=NOON + HOUR)
    source = Provenance("elsewhere")
    again = Record(
        **{
            name: tuple(type(one)(**{**_values(one), "recorded_by_text": "Dr. Again"}) for one in getattr(record, name))
            for name in TABLES
            if name != "encounters"
        }
    )
    written = actions.import_record(patient, again, provenance=source, by=people.machinery(), at=NOON + 2 * HOUR)
    assert len(written.updated) == 17
    seen = words([read(patient, doctor) for read in READS.values()])
    assert "Zebra" not in seen
    assert [str(key) for _, key in lines(record) if str(key) in seen] == []


def _values(one: Any) -> dict[str, Any]:
    return {field.name: getattr(one, field.name) for field in fields(one)}
