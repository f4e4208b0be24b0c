"""A patient with something behind every kind of id that an address takes."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from ehospital.clinical import actions as clinical
from ehospital.clinical.details import Code, EncounterDetails, FamilyHistoryDetails, Moment, Record
from ehospital.clinical.models import Document
from ehospital.foundation.days import hospital_day
from ehospital.foundation.models import AuditEvent
from ehospital.journeys import merging
from ehospital.kernel.codes import ICD10
from ehospital.monitoring import actions as monitoring
from ehospital.monitoring.models import Alert
from ehospital.monitoring.queries import recorded_sets
from ehospital.people import access, actions
from ehospital.people.access import Role
from ehospital.people.models import Account, CareRelationship, DuplicatePair
from ehospital.web.portal.plain_results import key_of
from tests.factories import clinical as charts
from tests.factories import forms, orders, people, plans, portal, registers
from tests.factories import messaging as messages
from tests.factories import monitoring as make
from tests.factories.files import picture


@dataclass
class Subject:
    """One patient with something behind every kind of id, by the parameter's name."""

    patient_id: UUID
    ids: dict[str, Any]
    event: int


def written(key: UUID, unit_id: UUID, at: datetime) -> dict[str, Any]:
    """What a doctor of the unit wrote into the chart, by the parameter's name."""
    by = people.staff(Role.DOCTOR, unit_id=unit_id, at=at, account=True).actor
    problem = clinical.record_problem(key, charts.problem("Asthma"), by=by, at=at)
    mistaken = clinical.record_problem(key, charts.problem("Gout"), by=by, at=at)
    long_high = charts.problem("Hypertension", onset=Moment(at - timedelta(days=60)))
    clinical.record_problem(key, replace(long_high, code=Code(ICD10, "I10", "Hypertension")), by=by, at=at)
    visit = EncounterDetails(code=Code("", "", "Visit"), started_at=at)
    draft = clinical.start_note(key, "outpatient", by=by, at=at)
    order, _more = orders.placed(key, "glucose", "ecg", by=by, at=at)  # a test for laboratory and bedside
    orders.answered(order, by=people.staff(Role.LAB_TECHNICIAN, at=at).actor, glucose="1.9", at=at)
    plan = plans.running(key, by=by, at=at, details=plans.small(tasks=(replace(plans.WALK, starts_on=None),)))
    myself = access.of_patient(key, name="Amina", at=at)
    return {
        "order_id": order,
        "kind": "problems",
        "problem_id": problem,
        "entry_id": problem,
        "correction_id": clinical.enter_in_error("problems", mistaken, reason="Another patient's.", by=by, at=at),
        "allergy_id": clinical.record_allergy(key, charts.allergy("Nuts"), by=by, at=at),
        "encounter_id": clinical.open_encounter(key, visit, by=by, at=at),
        "note_id": clinical.sign_note(draft, clinical.Typed("Well.", 1), by=by, at=at),
        "draft_id": clinical.start_note(key, "ward-round", by=by, at=at),
        "line_kind": "family",
        "line_id": clinical.record_history(
            "family_history", key, FamilyHistoryDetails(code=Code("", "", "Gout"), relation="FTH"), by=by, at=at
        ),
        "form_id": forms.filled(key, forms.falls(), by=by, at=at),
        "form_draft_id": clinical.begin_form(key, forms.FALLS, by=by, at=at),
        "plan_id": plan.pk,
        "goal_id": plan.goals.get().pk,
        "activity_id": plans.activity(plan),
        "event_id": clinical.tick(plans.activity(plan), "done", on=hospital_day(at), by=myself, at=at),
    }


def observed(key: UUID, by: access.Actor, at: datetime) -> UUID:
    """A set that was observed at the bedside."""
    monitoring.record_observations(key, {"temp": 36.6}, by=by, at=at)
    return recorded_sets(key, viewer=by, at=at)[0].id


def likely(key: UUID, username: str, at: datetime) -> dict[str, Any]:
    """A record that was merged into the patient's, and one that may be the patient's too."""
    by = people.machinery(at)
    twin, other = (people.patient(username.title(), f"{name} {username}", at=at) for name in ("Twin", "Likely"))
    first, second = sorted((key, other))
    pair = DuplicatePair.objects.create(first_id=first, second_id=second, found_at=at, version="test", probability=0.9)
    merged = merging.merge(survivor_id=key, absorbed_id=twin, choices={}, by=by, at=at)
    return {"pair_id": pair.id, "merge_id": merged}


def badge_of(username: str, at: datetime) -> UUID:
    """A badge of somebody who works here."""
    by, member = people.machinery(at), people.staff(Role.NURSE, at=at)
    account = actions.give_account(username=f"{username}-badge", password="x", staff_id=member.id, by=by, at=at)
    return actions.enrol_badge(Account.objects.get(pk=account), f"badge-of-{username}", by=by, at=at)


def register_of(username: str, at: datetime) -> UUID:
    """A register of one row that was taken into use."""
    content = registers.text([[1, username, "Row", "F", "25/03/1980", "", ""]])
    return registers.taken(content, by=people.machinery(at), at=at).pk


def filled(unit_id: UUID, ward_id: UUID, at: datetime, username: str) -> Subject:
    """A patient in the unit's care with something behind every kind of id."""
    by = people.machinery(at)
    key = people.patient(username.title(), at=at)
    actions.give_account(username=username, password="x", patient_id=key, by=by, at=at)
    actions.begin_care(
        patient_id=key, unit_id=unit_id, kind=CareRelationship.Kind.WARD, source=f"test:{username}", by=by, at=at
    )
    record = Record(
        documents=(portal.document("Letter", "text/plain", b"Dear you"),), observations=(portal.potassium("4.1", 3),)
    )
    clinical.import_record(key, record, by=by, at=at)
    alert = Alert.objects.create(
        patient_id=key, cause="news_high", kind="clinical", priority="high", opened_at=at, updated_at=at,
        ward_id=ward_id, owner_unit_id=unit_id,
    )  # fmt: skip
    stranger, officer = people.staff(Role.DOCTOR, at=at), people.staff(Role.PRIVACY_OFFICER, at=at)
    glass = actions.break_glass(key, kind="wish", reason="The patient asks.", by=stranger.actor, at=at)
    event = AuditEvent.objects.get(action="glass.broken", patient_id=key).pk
    myself = access.of_patient(key, name=username, at=at)
    holder = f"{username}-carer"
    actions.give_account(username=holder, password="x", by=by, at=at)
    said = {"relation": "carer", "extent": "read", "evidence": "their word"}
    told = messages.colleague("doctor", f"{username}-told", at=at)
    notice = messages.announced(*messages.ladder([told.id]), subject=f"test:{username}", patient_id=key, at=at)
    ids = {
        "patient_id": key,
        "notice_id": notice.id,
        "browser_id": messages.browser(told, f"https://push.example/{username}", at=at),
        "document_id": Document.objects.get(patient_id=key).id,
        "alert_id": alert.id,
        "ward_id": ward_id,
        "glass_id": glass,
        "register_id": register_of(username, at),
        "row_number": 2,
        "step": "undo",
        "recall": "hypertension",
        "restriction_id": actions.restrict_record(key, level="restricted", kind="wish", by=officer.actor, at=at),
        "proxy_id": actions.give_proxy(key, username=holder, **said, by=by, at=at),
        "consent_id": actions.record_consent(key, actions.Word("research", "permit"), by=myself, at=at),
        "question_id": actions.question_look(key, event, by=myself, at=at),
        "request_id": clinical.ask_for_correction(key, wrong="My name.", by=myself, at=at),
        "device_id": f"monitor-{username}",
        "computer_id": actions.add_shared_computer(name="Desk", idle_minutes=5, by=by, at=at),
        "badge_id": badge_of(username, at),
        "photo_id": actions.take_photo(key, picture(), consent="given", by=by, at=at),
        "size": "small",
        "key": key_of("http://loinc.org|2823-3"),
        "slug": "medicines",
        "table": "icd10",
        "kind": "problems",
        "token": "made-up",
        **written(key, unit_id, at),
        **likely(key, username, at),
    }
    ids["set_id"] = observed(key, by, at)
    make.device(ids["device_id"], since=at)
    return Subject(key, ids, event)
