"""Treatment plans: made, adapted, moved, followed; nothing overwritten, every refusal without a trace."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from ehospital.clinical import actions, models
from ehospital.clinical.details import ActivityDetails, CarePlanDetails, Code, GoalDetails, Provenance, Record
from ehospital.clinical.plan_details import Aim, Because, Doer, PlanDetails, Task
from ehospital.clinical.policies.planned import plan_details
from ehospital.foundation.models import AuditEvent, OutboxMessage
from ehospital.people import access
from tests.factories import clinical, people, plans
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TABLES = (
    models.CarePlan, models.Goal, models.CareActivity, models.PlanProblem, models.PlanChange, models.CareActivityEvent,
)  # fmt: skip


@pytest.fixture
def patient() -> UUID:
    return people.patient()


@pytest.fixture
def doctor(patient: UUID) -> access.Actor:
    return clinical.carer(patient).actor


@pytest.fixture
def plan(patient: UUID, doctor: access.Actor) -> models.CarePlan:
    return plans.running(patient, by=doctor)


def myself(patient: UUID) -> access.Actor:
    return access.of_patient(patient, name="Amina Okafor", at=NOON)


def traces() -> tuple[object, ...]:
    rows = [list(table.objects.order_by("id").values()) for table in TABLES]
    return (*rows, AuditEvent.objects.count(), OutboxMessage.objects.count())


def standing(plan: models.CarePlan) -> PlanDetails:
    """A plan as a form would send it back unchanged."""
    return plan_details(plan, plan.goals.order_by("recorded_at", "id"), plan.activities.order_by("position"))


def told(plan_id: UUID) -> list[tuple[str, str, str, object, object, str]]:
    rows = models.PlanChange.objects.filter(care_plan_id=plan_id).order_by("at", "id")
    return [(one.step, one.about, one.field, one.before, one.after, one.reason) for one in rows]


def test_a_template_is_made_into_a_draft_that_remembers_where_it_comes_from(patient, doctor) -> None:
    problem = plans.hypertension(patient, by=doctor)
    key = actions.make_plan(patient, plans.proposed(problem), by=doctor, at=NOON)
    plan = models.CarePlan.objects.get(pk=key)
    assert (plan.status, plan.template, plan.template_version, plan.reason) == (
        "draft", "hypertension", "1", "Essential hypertension",
    )  # fmt: skip
    assert list(plan.for_problems.values_list("problem_id", "patient_id")) == [(problem, patient)]
    goal = plan.goals.get(template_key="pressure")
    assert (goal.status, goal.measure_code, goal.target_high, goal.target_unit) == (
        "proposed", "8480-6", Decimal(139), "mm[Hg]",
    )  # fmt: skip
    activity = plan.activities.get(template_key="measure")
    assert (activity.status, activity.who, activity.timing) == (
        "not-started", "patient", {"frequency": 3, "period": 1, "periodUnit": "wk"},
    )  # fmt: skip
    assert told(key) == [("made", "", "", None, None, "")]
    assert AuditEvent.objects.filter(action="plan.recorded", patient_id=patient).count() == 1


def test_what_differs_from_the_template_is_kept_with_its_reason(patient, doctor) -> None:
    proposed = plans.proposed(plans.hypertension(patient, by=doctor))
    first, *others = proposed.aims
    milder = replace(first, high=Decimal(150))
    swim = Task("Swim", doer=Doer("patient"))
    adapted = replace(proposed, aims=(milder, *others), tasks=(*proposed.tasks[:-1], swim))
    key = actions.make_plan(
        patient, adapted, because=Because(lines={"pressure": "Dizzy when standing."}), by=doctor, at=NOON
    )
    target = {"high": "139", "unit": "mm[Hg]", "measure": "8480-6"}
    assert told(key)[1:] == [
        ("adapted", first.words, "target", target, {**target, "high": "150"}, "Dizzy when standing."),
        ("adapted", "Swim", "added", None, "Swim", ""),
        ("adapted", proposed.tasks[-1].words, "dropped", proposed.tasks[-1].words, None, ""),
    ]


@pytest.mark.parametrize(("high", "usual"), [("120", True), ("150", True), ("119", False), ("151", False)])
def test_a_target_outside_the_templates_bounds_needs_a_reason(patient, doctor, high: str, usual: bool) -> None:
    proposed = plans.proposed(plans.hypertension(patient, by=doctor))
    adapted = replace(proposed, aims=(replace(proposed.aims[0], high=Decimal(high)), *proposed.aims[1:]))
    before = traces()
    if usual:
        actions.make_plan(patient, adapted, by=doctor, at=NOON)
        return
    with pytest.raises(actions.ReasonMissing) as caught:
        actions.make_plan(patient, adapted, by=doctor, at=NOON)
    assert (caught.value.keys, traces()) == (("pressure",), before)
    actions.make_plan(patient, adapted, because=Because(lines={"pressure": "Because."}), by=doctor, at=NOON)


def test_activating_adapting_and_closing(patient, doctor, plan) -> None:
    assert (plan.status, plan.started_at, plan.goals.get().status) == ("active", NOON, "active")
    assert set(plan.activities.values_list("status", flat=True)) == {"in-progress"}
    stands = standing(plan)
    goal = replace(stands.aims[0], high=Decimal(145))
    told_now = replace(stands, aims=(goal,), tasks=(stands.tasks[0], Task("Swim")))
    actions.adapt_plan(
        plan.pk, told_now, because=Because("Agreed with her."), seen_version=plan.version, by=doctor, at=NOON + HOUR
    )
    rows = [(one.display, one.status, one.position) for one in plan.activities.order_by("position")]
    assert rows == [("Walk", "in-progress", 0), ("Turn", "cancelled", 1), ("Swim", "in-progress", 2)]
    assert plan.goals.get().target_high == 145
    assert [(field, reason) for _, _, field, _, _, reason in told(plan.pk)[-3:]] == [
        ("target", "Agreed with her."), ("added", "Agreed with her."), ("dropped", "Agreed with her."),
    ]  # fmt: skip
    for to, reason in (("on-hold", "In hospital."), ("active", ""), ("completed", ""), ("active", "It came again.")):
        plan.refresh_from_db()
        actions.move_plan(plan.pk, to, reason=reason, seen_version=plan.version, by=doctor, at=NOON + 2 * HOUR)
    plan.refresh_from_db()
    assert (plan.status, plan.status_reason, plan.ended_at, plan.started_at) == (
        "active", "It came again.", None, NOON,
    )  # fmt: skip


def test_what_is_read_and_sent_back_changes_nothing(doctor, plan) -> None:
    before = traces()
    actions.adapt_plan(plan.pk, standing(plan), seen_version=plan.version, by=doctor, at=NOON)
    assert traces() == before


def test_the_second_of_two_sees_the_firsts_change(doctor, plan) -> None:
    first, second = (replace(standing(plan), title=words) for words in ("First", "Second"))
    actions.adapt_plan(plan.pk, first, seen_version=plan.version, by=doctor, at=NOON)
    before = traces()
    with pytest.raises(actions.EntryChanged):
        actions.adapt_plan(plan.pk, second, seen_version=plan.version, by=doctor, at=NOON)
    with pytest.raises(actions.EntryChanged):
        actions.move_plan(plan.pk, "completed", seen_version=plan.version, by=doctor, at=NOON)
    with pytest.raises(actions.EntryChanged):
        actions.judge_goal(plan.goals.get().pk, "achieved", seen_version=plan.version, by=doctor, at=NOON)
    assert traces() == before


def test_a_goal_that_nothing_measures_is_judged(doctor, plan) -> None:
    goal = plan.goals.get()
    actions.judge_goal(goal.pk, "achieved", words="Seen.", seen_version=plan.version, by=doctor, at=NOON)
    goal.refresh_from_db()
    plan_now = models.CarePlan.objects.get(pk=plan.pk)
    assert (goal.achievement, plan_now.version) == ("achieved", plan.version + 1)
    assert told(plan.pk)[-1] == ("judged", goal.display, "achievement", "", "achieved", "Seen.")


def test_done_could_not_and_taken_back_are_events(patient, doctor, plan) -> None:
    walk, turn = plans.activity(plan), plans.activity(plan, "Turn")
    own = actions.tick(walk, "missed", on=plans.TODAY, words="Raining.", by=myself(patient), at=NOON)
    actions.tick(turn, "done", on=plans.TODAY, by=doctor, at=NOON)
    with pytest.raises(actions.NothingLeft):
        actions.tick(walk, "done", on=plans.TODAY, by=myself(patient), at=NOON)
    actions.take_back_tick(own, by=myself(patient), at=NOON + HOUR)
    actions.tick(walk, "done", on=plans.TODAY, by=myself(patient), at=NOON + HOUR)
    rows = models.CareActivityEvent.objects.order_by("at", "id")
    assert [(one.outcome, one.said_by, one.words, one.undoes_id) for one in rows] == [
        ("missed", "patient", "Raining.", None), ("done", "team", "", None), ("missed", "patient", "", own),
        ("done", "patient", "", None),
    ]  # fmt: skip
    with pytest.raises(actions.UntickedBefore):
        actions.take_back_tick(own, by=myself(patient), at=NOON)


def test_a_note_to_the_team(patient, plan) -> None:
    actions.write_to_team(plan.pk, " My knee hurts. ", by=myself(patient), at=NOON)
    row = models.CareActivityEvent.objects.get()
    assert (row.outcome, row.words, row.said_by, row.activity_id) == ("note", "My knee hurts.", "patient", None)


def test_refusals_write_nothing(patient, doctor, plan) -> None:
    stranger, me = people.staff(access.Role.DOCTOR).actor, myself(patient)
    nurse = clinical.carer(patient, access.Role.PHARMACIST).actor
    other = people.patient("Hamid", "Karimi")
    foreign = plans.hypertension(other, by=clinical.carer(other).actor)
    walk, goal = plans.activity(plan), plan.goals.get()
    mine = actions.tick(walk, "done", on=plans.TODAY, by=me, at=NOON)
    before = traces()
    for by in (stranger, nurse, me):
        with pytest.raises(access.NotPermitted):
            actions.make_plan(patient, plans.small(), by=by, at=NOON)
        with pytest.raises(actions.UnknownEntry):
            actions.adapt_plan(plan.pk, plans.small(), seen_version=plan.version, by=by, at=NOON)
        with pytest.raises(actions.UnknownEntry):
            actions.move_plan(plan.pk, "completed", seen_version=plan.version, by=by, at=NOON)
    somebody = myself(other)
    for by in (stranger, nurse, somebody):
        for write in (
            lambda by=by: actions.tick(walk, "done", on=plans.TODAY, by=by, at=NOON),
            lambda by=by: actions.take_back_tick(mine, by=by, at=NOON),
            lambda by=by: actions.write_to_team(plan.pk, "words", by=by, at=NOON),
            lambda by=by: actions.judge_goal(goal.pk, "achieved", seen_version=plan.version, by=by, at=NOON),
        ):
            with pytest.raises(actions.UnknownEntry):
                write()
    wrong = [
        (actions.ForeignProblem, plans.small(problem_ids=(foreign,))),
        (actions.ForeignProblem, plans.small(problem_ids=(uuid4(),))),
        (actions.NothingPlanned, PlanDetails(title="Nothing")),
        (actions.NothingPlanned, plans.small(title=" ")),
        (actions.NothingPlanned, plans.small(tasks=(plans.WALK,) * 41)),
        (actions.UnusableTarget, plans.small(aims=(replace(plans.PRESSURE, low=Decimal(150)),))),
        (actions.UnusableTarget, plans.small(aims=(replace(plans.PRESSURE, unit="mmol/L"),))),
        (actions.UnusableTarget, plans.small(aims=(Aim("words", high=Decimal(1)),))),
        (actions.UnknownDoer, plans.small(tasks=(replace(plans.WALK, doer=Doer("unit", unit_id=uuid4())),))),
        (actions.UnknownDoer, plans.small(tasks=(replace(plans.WALK, doer=Doer("staff", staff_id=uuid4())),))),
    ]
    for refusal, details in wrong:
        with pytest.raises(refusal):
            actions.make_plan(patient, details, by=doctor, at=NOON)
    for refusal, to, reason in ((actions.NoSuchMove, "draft", "x"), (actions.ReasonMissing, "revoked", " ")):
        with pytest.raises(refusal):
            actions.move_plan(plan.pk, to, reason=reason, seen_version=plan.version, by=doctor, at=NOON)
    with pytest.raises(actions.NoSuchAchievement):
        actions.judge_goal(goal.pk, "splendid", seen_version=plan.version, by=doctor, at=NOON)
    assert traces() == before


def test_what_cannot_be_said_writes_nothing(patient, doctor, plan) -> None:
    me = myself(patient)
    walk, turn = plans.activity(plan), plans.activity(plan, "Turn")
    done = actions.tick(turn, "done", on=plans.TODAY, by=doctor, at=NOON)
    mine = actions.tick(walk, "done", on=plans.TODAY, by=me, at=NOON)
    before = traces()
    said = [
        (actions.UnknownEntry, turn, "done", plans.TODAY, "", me),  # the team's own
        (actions.UnknownEntry, turn, "splendid", plans.TODAY, "", doctor),
        (actions.ReasonMissing, turn, "missed", plans.TODAY, " ", doctor),
        (actions.NotRunning, turn, "done", plans.TODAY + DAY, "", doctor),
        (actions.NotRunning, turn, "done", plans.TODAY - DAY, "", doctor),  # before the plan began
        (actions.NothingLeft, walk, "done", plans.TODAY, "", me),
    ]
    for refusal, key, outcome, on, words, by in said:
        with pytest.raises(refusal):
            actions.tick(key, outcome, on=on, words=words, by=by, at=NOON)
    for event, by in ((done, me), (mine, doctor)):
        with pytest.raises(actions.NotYourWord):
            actions.take_back_tick(event, by=by, at=NOON)
    with pytest.raises(actions.ReasonMissing):
        actions.write_to_team(plan.pk, " ", by=me, at=NOON)
    assert traces() == before


def test_a_plan_that_rests_or_is_over_takes_nothing(patient, doctor, plan) -> None:
    walk = plans.activity(plan)
    actions.move_plan(plan.pk, "on-hold", reason="Away.", seen_version=plan.version, by=doctor, at=NOON)
    with pytest.raises(actions.NotRunning):
        actions.tick(walk, "done", on=plans.TODAY, by=myself(patient), at=NOON)
    plan.refresh_from_db()
    actions.move_plan(plan.pk, "completed", seen_version=plan.version, by=doctor, at=NOON)
    plan.refresh_from_db()
    before = traces()
    with pytest.raises(actions.PlanOver):
        actions.adapt_plan(plan.pk, plans.small(), seen_version=plan.version, by=doctor, at=NOON)
    with pytest.raises(actions.NotRunning):
        actions.write_to_team(plan.pk, "words", by=myself(patient), at=NOON)
    assert traces() == before


def test_a_plan_in_error_is_gone_for_everybody(patient, doctor, plan) -> None:
    walk = plans.activity(plan)
    actions.enter_in_error("care_plans", plan.pk, reason="Another patient's.", by=doctor, at=NOON)
    for write in (
        lambda: actions.tick(walk, "done", on=plans.TODAY, by=doctor, at=NOON),
        lambda: actions.move_plan(plan.pk, "completed", seen_version=plan.version, by=doctor, at=NOON),
        lambda: actions.write_to_team(plan.pk, "words", by=doctor, at=NOON),
    ):
        with pytest.raises(actions.UnknownEntry):
            write()


@pytest.mark.parametrize(
    ("table", "change"),
    [
        (models.Goal, {"target_low": Decimal(200)}), (models.Goal, {"target_unit": ""}),
        (models.Goal, {"counts_for_days": 0}), (models.CareActivity, {"who": "role"}),
        (models.CareActivity, {"who": "nobody"}), (models.CareActivity, {"role": "nurse", "who": "patient"}),
        (models.CareActivity, {"starts_on": date(2026, 3, 2), "ends_on": date(2026, 3, 1)}),
    ],
)  # fmt: skip
def test_the_database_refuses_what_cannot_be(plan, table, change) -> None:
    row = table.objects.filter(care_plan=plan).order_by("id").first()
    with pytest.raises(IntegrityError), transaction.atomic():
        table.objects.filter(pk=row.pk).update(**change)


def test_what_was_said_cannot_be_rewritten_and_the_database_counts_versions(patient, doctor, plan) -> None:
    actions.tick(plans.activity(plan), "done", on=plans.TODAY, by=doctor, at=NOON)
    for statement in ("UPDATE clinical_careactivityevent SET words = 'x'", "DELETE FROM clinical_planchange"):
        with pytest.raises(Exception, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE clinical_careplan SET description = 'by hand', version = 1")
    assert models.CarePlan.objects.get(pk=plan.pk).version == plan.version + 1


def imported(status: str = "in-progress", title: str = "Old plan") -> Record:
    key, goal = UUID(int=7), UUID(int=8)
    steps = (ActivityDetails(Code("", "", title), status),)
    return Record(
        care_plans=(CarePlanDetails(id=key, code=Code("", "", title), status="unknown", activities=steps),),
        goals=(GoalDetails(id=goal, code=Code("", "", title), care_plan_id=key),),
    )


def test_imports_go_on_as_before_and_leave_alone_what_is_followed_here(patient, doctor) -> None:
    source = Provenance("elsewhere")
    by = people.machinery()
    actions.import_record(patient, imported(), by=by, at=NOON, provenance=source)
    again = actions.import_record(patient, imported(title="Newer"), by=by, at=NOON, provenance=source)
    assert (len(again.updated), len(again.revised)) == (2, 0)
    plan = models.CarePlan.objects.get()
    assert (plan.status, plan.display, plan.activities.get().who, plan.activities.get().timing) == (
        "unknown", "Newer", "", None,
    )  # fmt: skip
    models.CarePlan.objects.filter(pk=plan.pk).update(status="active")
    actions.tick(plan.activities.get().pk, "done", on=plans.TODAY, by=doctor, at=NOON)
    third = actions.import_record(patient, imported(title="Third"), by=by, at=NOON, provenance=source)
    assert (third.revised, models.CarePlan.objects.get().display) == (frozenset({UUID(int=7), UUID(int=8)}), "Newer")
    assert models.Goal.objects.get().display == "Newer"
