"""Treatment plans on the pages: made, adapted, followed by the team and by the patient."""

import re
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import pytest
from django.test import Client

from ehospital.clinical import actions as clinical
from ehospital.clinical.details import ProblemDetails
from ehospital.clinical.models import CareActivityEvent, CarePlan, PlanChange
from ehospital.kernel.codes import ICD10, Code
from ehospital.people import access, actions
from tests.doors.web.conftest import PASSWORD, SignedIn
from tests.factories import clinical as charts
from tests.factories import monitoring as wards
from tests.factories import people, plans

pytestmark = pytest.mark.django_db
Fields = dict[str, str]
_INPUT = re.compile(r"<(input|textarea|select)\b([^>]*)>(.*?)(?=<(?:input|textarea|select|/fieldset|/form))", re.DOTALL)


def typed(page: str) -> Fields:
    """What a browser would send of the plan's form as it is shown."""
    found: Fields = {}
    for kind, marks, rest in _INPUT.findall(page):
        name = re.search(r'name="((?:goal|task)-[^"]+|title|description|because|version)"', marks)
        if name is None or ('type="checkbox"' in marks and "checked" not in marks):
            continue
        if kind == "select":
            chosen = re.search(r'value="([^"]*)" selected', rest)
            found[name[1]] = chosen[1] if chosen else ""
        elif kind == "textarea":
            found[name[1]] = re.sub(r"</textarea>.*", "", rest, flags=re.DOTALL).strip()
        else:
            value = re.search(r'value="([^"]*)"', marks)
            found[name[1]] = value[1] if value else ""
    return found


@pytest.fixture
def patient_id(ward: wards.WardOfTests) -> UUID:
    return ward.patient_ids[0]


@pytest.fixture
def plan(patient_id: UUID, doctor: SignedIn, now: datetime) -> CarePlan:
    details = plans.small(tasks=(plans.WALK, plans.TURN))
    return plans.running(patient_id, by=access.later(doctor.member.actor, now), at=now, details=details)


@pytest.fixture
def portal(patient_id: UUID, now: datetime) -> Callable[..., Client]:
    """A function that signs the patient in, or a proxy of some extent."""

    def enter(extent: str = "") -> Client:
        by = people.machinery(now)
        name = extent or "myself"
        owner = {} if extent else {"patient_id": patient_id}
        actions.give_account(username=name, password=PASSWORD, by=by, at=now, **owner)
        client = Client()
        if extent:
            said = {"relation": "carer", "extent": extent, "evidence": "their word"}
            key = actions.give_proxy(patient_id, username=name, **said, by=by, at=now)
        client.post("/accounts/login/", {"login": name, "password": PASSWORD})
        if extent:
            client.post("/portal/proxies/choose/", {"proxy": str(key)})
        return client

    return enter


def test_a_plan_is_made_from_a_template_adapted_and_activated(
    doctor: SignedIn, chart: str, patient_id: UUID, now: datetime
) -> None:
    problem = plans.hypertension(patient_id, by=access.later(doctor.member.actor, now), at=now)
    choose = doctor.client.get(chart + "plans/choose/").content.decode()
    address = f"{chart}plans/make/?template=hypertension&problem={problem}"
    assert address.replace("&", "&amp;") in choose
    sent = typed(doctor.client.get(address).content.decode())
    assert (sent["goal-0-measure"], sent["goal-0-high"], sent["task-0-who"]) == ("8480-6", "139", "patient")
    assert (sent["task-0-times"], sent["task-0-unit"], sent["goal-INITIAL_FORMS"]) == ("3", "wk", "2")

    refused = doctor.client.post(address, {**sent, "goal-0-high": "160"})
    assert refused.status_code == 422 and "outside what the template calls usual" in refused.content.decode()
    assert not CarePlan.objects.exists()
    answer = doctor.client.post(
        address, {**sent, "goal-0-high": "160", "goal-0-reason": "Falls <b>", "task-4-drop": "on"}, follow=True
    )
    page = answer.content.decode()
    plan = CarePlan.objects.get()
    assert answer.redirect_chain == [(f"{chart}plans/{plan.pk}/", 302)]
    assert "at most 160 mmHg" in page and "“<bdi>Falls &lt;b&gt;</bdi>”" in page and "version 1" in page
    assert list(PlanChange.objects.order_by("id").values_list("step", "field")) == [
        ("made", ""), ("adapted", "target"), ("adapted", "dropped"),
    ]  # fmt: skip
    moved = doctor.client.post(
        f"{chart}plans/{plan.pk}/move/", {"to": "active", "version": str(plan.version)}, follow=True
    )
    plan.refresh_from_db()
    assert plan.status == "active" and "Essential hypertension" in moved.content.decode()


def test_the_second_of_two_who_adapt_sees_what_the_first_did(doctor: SignedIn, chart: str, plan: CarePlan) -> None:
    address = f"{chart}plans/{plan.pk}/adapt/"
    sent = typed(doctor.client.get(address).content.decode())
    doctor.client.post(address, {**sent, "goal-0-high": "145"})
    answer = doctor.client.post(address, {**sent, "title": "Mine"})
    page = answer.content.decode()
    plan.refresh_from_db()
    assert answer.status_code == 422 and plan.display == "A small plan"
    assert "at most 145 mmHg" in page and "at most 139 mmHg" in page and f'value="{plan.version}"' in page
    doctor.client.post(address, {**sent, "title": "Mine", "goal-0-high": "145", "version": str(plan.version)})
    plan.refresh_from_db()
    assert (plan.display, plan.goals.get().target_high) == ("Mine", 145)


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""}, {"goal-0-measure": ""}, {"goal-0-unit": "mmol/L"}, {"goal-0-low": "150"},
        {"goal-0-high": "many"}, {"goal-0-counts_for_days": "0"}, {"task-0-times": "25"}, {"task-0-weekdays": "mon"},
        {"task-0-who": "nobody"}, {"task-0-ends_on": "2001-01-01"}, {"goal-0-due_on": "31-02-2026"},
        {"goal-0-drop": "on", "task-0-drop": "on", "task-1-drop": "on"}, {"version": "0"}, {"version": "x"},
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_in_words_and_changes_nothing(
    doctor: SignedIn, chart: str, plan: CarePlan, wrong: Fields
) -> None:
    address = f"{chart}plans/{plan.pk}/adapt/"
    sent = typed(doctor.client.get(address).content.decode())
    answer = doctor.client.post(address, {**sent, "because": "Kept words", **wrong})
    assert answer.status_code == 422
    assert "Please look at this again" in answer.content.decode() and "Kept words" in answer.content.decode()
    assert CarePlan.objects.get().version == plan.version


def test_a_broken_management_form_is_no_accident(doctor: SignedIn, chart: str, plan: CarePlan) -> None:
    for sent in ({}, {"title": "x"}, {"title": "x", "goal-TOTAL_FORMS": "-1", "goal-INITIAL_FORMS": "9" * 20}):
        answer = doctor.client.post(f"{chart}plans/{plan.pk}/adapt/", sent)
        assert answer.status_code == 422
    assert CarePlan.objects.get().version == plan.version


def test_the_nurse_ticks_off_todays_list_and_undoes(
    nurse: SignedIn, chart: str, plan: CarePlan, patient_id: UUID
) -> None:
    page = nurse.client.get("/staff/plans/").content.decode()
    turn, walk = plans.activity(plan, "Turn"), plans.activity(plan)
    assert f'data-activity="{turn}"' in page and f'data-activity="{walk}"' not in page
    address = f"{chart}plans/{plan.pk}/tick/{turn}/"
    for _time in range(3):
        answer = nurse.client.post(address, {"outcome": "done", "back": "tasks"}, follow=True)
    assert "All that was due is said already" in answer.content.decode()
    assert CareActivityEvent.objects.count() == 2
    event = CareActivityEvent.objects.order_by("at").last()
    answer = nurse.client.post(f"{chart}plans/{plan.pk}/undo/{event.pk}/", {"back": "tasks"}, follow=True)
    assert "Taken back." in answer.content.decode() and CareActivityEvent.objects.count() == 3
    answer = nurse.client.post(address, {"outcome": "missed", "words": " "}, follow=True)
    assert "Say why" in answer.content.decode() and CareActivityEvent.objects.count() == 3


def test_what_the_patient_says_stands_as_said_by_the_patient(
    doctor: SignedIn, chart: str, plan: CarePlan, portal: Callable[..., Client]
) -> None:
    myself, walk = portal(), plans.activity(plan)
    page = myself.get("/portal/plans/").content.decode()
    assert f'data-activity="{walk}"' in page and "Half an hour." in page and "What your care team does" in page
    empty = myself.post(f"/portal/plans/done/{walk}/", {"outcome": "missed", "words": ""}, follow=True)
    assert "Write a word on why" in empty.content.decode() and not CareActivityEvent.objects.exists()
    said = myself.post(f"/portal/plans/done/{walk}/", {"outcome": "missed", "words": "Rain <b>"}, follow=True)
    assert "Noted." in said.content.decode() and "Rain &lt;b&gt;" in said.content.decode()
    myself.post(f"/portal/plans/{plan.pk}/note/", {"words": "My knee hurts."})
    seen = doctor.client.get(f"{chart}plans/{plan.pk}/").content.decode()
    assert "said by the patient" in seen and "Rain &lt;b&gt;" in seen and "My knee hurts." in seen
    event = CareActivityEvent.objects.get(outcome="missed")
    theirs = doctor.client.post(f"{chart}plans/{plan.pk}/undo/{event.pk}/", follow=True)
    assert "only they take it back" in theirs.content.decode()
    myself.post(f"/portal/plans/undo/{event.pk}/")
    assert CareActivityEvent.objects.filter(undoes=event).count() == 1
    again = myself.post(f"/portal/plans/undo/{event.pk}/", follow=True)
    assert "taken back already" in again.content.decode()


def test_a_proxy_who_acts_ticks_off_and_one_who_reads_does_not(plan: CarePlan, portal: Callable[..., Client]) -> None:
    walk, reads, acts = plans.activity(plan), portal("read"), portal("act")
    page = reads.get("/portal/plans/").content.decode()
    assert f'data-activity="{walk}"' in page and "/portal/plans/done/" not in page and "/note/" not in page
    for address in (f"/portal/plans/done/{walk}/", f"/portal/plans/{plan.pk}/note/"):
        assert reads.post(address, {"words": "words"}).status_code == 403
    assert not CareActivityEvent.objects.exists()
    acts.post(f"/portal/plans/done/{walk}/", {"outcome": "done"})
    assert CareActivityEvent.objects.get().said_by == "proxy"


def test_the_patient_sees_no_draft_and_ticks_off_nothing_of_the_teams(
    doctor: SignedIn, patient_id: UUID, plan: CarePlan, portal: Callable[..., Client], now: datetime
) -> None:
    by = access.later(doctor.member.actor, now)
    draft = clinical.make_plan(patient_id, plans.small(title="Not agreed on"), by=by, at=now)
    myself = portal()
    for address in ("/portal/plans/", "/portal/record/plans/", "/portal/record/"):
        assert "Not agreed on" not in myself.get(address).content.decode(), address
    assert myself.post(f"/portal/plans/done/{plans.activity(plan, 'Turn')}/").status_code == 404
    other = charts.carer(people.patient("Hamid", "Karimi", at=now), at=now)
    assert other and myself.post(f"/portal/plans/undo/{draft}/").status_code == 404


def test_cautions_stand_beside_their_lines(doctor: SignedIn, chart: str, patient_id: UUID, now: datetime) -> None:
    address = chart + "plans/make/?template=type-2-diabetes"
    assert "agree on the exercise first" not in doctor.client.get(address).content.decode()
    failing = ProblemDetails(code=Code(ICD10, "I50.9", "Heart failure"))
    clinical.record_problem(patient_id, failing, by=access.later(doctor.member.actor, now), at=now)
    page = doctor.client.get(address).content.decode()
    places = [page.index(words) for words in ("<bdi>Walk briskly", "agree on the exercise first", "<bdi>Measure the")]
    assert places == sorted(places)
    assert doctor.client.get(chart + "plans/make/?template=nothing").status_code == 404


def test_a_goal_is_judged_and_a_plan_stopped_with_a_reason(doctor: SignedIn, chart: str, plan: CarePlan) -> None:
    address = f"{chart}plans/{plan.pk}/"
    goal = plan.goals.get()
    sent = {"achievement": "achieved", "words": "Seen.", "version": str(plan.version)}
    doctor.client.post(f"{address}judge/{goal.pk}/", sent)
    again = doctor.client.post(f"{address}judge/{goal.pk}/", sent, follow=True)
    assert "Somebody else has changed this plan" in again.content.decode()
    plan.refresh_from_db()
    stopped = {"to": "revoked", "reason": " ", "version": str(plan.version)}
    assert "Say why" in doctor.client.post(f"{address}move/", stopped, follow=True).content.decode()
    page = doctor.client.post(f"{address}move/", {**stopped, "reason": "Moved away."}, follow=True).content.decode()
    assert "Moved away." in page and "Take it up again" not in page and "Make it a draft again" in page
    assert "Earlier plans" in doctor.client.get(f"{chart}plans/").content.decode()
