"""The pages of a chart's past: who changed what, and the chart as it was known."""

import re
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from ehospital.clinical import actions
from ehospital.clinical.models import Problem
from ehospital.foundation.history_triggers import kept, patient_column
from ehospital.foundation.models import AuditEvent
from ehospital.people.access import Role
from ehospital.web.staff.chart_past.words import FIELDS, KINDS, NOT_OF_THE_CHART, UNTOLD
from tests.doors.web.conftest import SignedIn, SignIn
from tests.factories import clinical, people
from tests.factories import monitoring as wards


def text_of(page: str) -> str:
    """What a person reads: no tags, single blanks."""
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"<svg.*?</svg>", "", page, flags=re.DOTALL)).split())


def test_every_kept_field_of_a_patient_has_words_or_is_left_untold_on_purpose() -> None:
    for model in kept():
        if patient_column(model) and model._meta.label not in NOT_OF_THE_CHART:
            assert model._meta.label in KINDS, model
            names = {field.attname for field in model._meta.concrete_fields}
            assert names - set(FIELDS) - UNTOLD == set(), model


@pytest.mark.django_db(transaction=True)
def test_who_changed_what_stands_in_words(ward: wards.WardOfTests, chart: str, nurse: SignedIn) -> None:
    patient_id = ward.patient_ids[0]
    key = actions.record_problem(patient_id, clinical.problem("<b>Asthma</b>"), by=ward.nurse.actor, at=ward.at)
    with transaction.atomic():
        Problem.objects.filter(pk=key).update(display="COPD", severity="severe")
    page = nurse.client.get(f"{chart}changes/").content.decode()
    words = text_of(page)
    assert "Changed Problem COPD" in words
    assert "Past the program, as ehospital_owner of the database" in words
    assert "In words <b>Asthma</b> → COPD" in words.replace("&lt;", "<").replace("&gt;", ">")
    assert "Severity – → Severe" in words
    assert "Added Problem" in words
    assert ward.nurse.actor.name in words
    assert "<b>Asthma</b>" not in page


@pytest.mark.django_db(transaction=True)
def test_the_chart_of_then_is_shown(ward: wards.WardOfTests, chart: str, nurse: SignedIn) -> None:
    patient_id = ward.patient_ids[0]
    actions.record_problem(patient_id, clinical.problem("Asthma"), by=people.machinery(), at=ward.at)
    with connection.cursor() as cursor:  # what happened today happened an hour ago
        cursor.execute("ALTER TABLE foundation_rowchange DISABLE TRIGGER USER")
        cursor.execute("UPDATE foundation_rowchange SET at = at - interval '1 hour'")
        cursor.execute("ALTER TABLE foundation_rowchange ENABLE TRIGGER USER")
    Problem.objects.update(display="COPD")
    then = timezone.localtime() - timedelta(minutes=10)
    shown = text_of(nurse.client.get(f"{chart}past/?at={then:%Y-%m-%dT%H:%M}").content.decode())
    assert "You are looking at the past." in shown
    assert "Asthma" in shown
    assert "COPD" not in shown
    assert "COPD" in text_of(nurse.client.get(chart).content.decode())
    before = timezone.localtime() - timedelta(hours=3)
    assert "was not registered at that moment" in text_of(
        nurse.client.get(f"{chart}past/?at={before:%Y-%m-%dT%H:%M}").content.decode()
    )
    looks = AuditEvent.objects.filter(patient_id=patient_id, action="chart.read", details__part="past")
    assert looks.count() == 2


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("tomorrow", "Enter a valid date/time."),
        ("2999-01-01T00:00", "That moment has not come yet: choose an earlier one."),
    ],
)
@pytest.mark.django_db
def test_a_moment_that_cannot_be_shown_is_said(nurse: SignedIn, chart: str, asked: str, words: str) -> None:
    answer = nurse.client.get(f"{chart}past/?at={asked}")
    assert answer.status_code == 422
    assert words in text_of(answer.content.decode())


@pytest.mark.parametrize("page", ["changes/", "past/?at=2026-11-01T12:00", "changes/?before=99999999999999999999"])
@pytest.mark.django_db
def test_who_may_not_open_the_chart_sees_nothing_of_its_past(sign_in: SignIn, chart: str, page: str) -> None:
    stranger = sign_in(Role.DOCTOR)
    assert stranger.client.get(f"{chart}{page}").status_code == 404
    assert AuditEvent.objects.filter(action="chart.read").count() == 0
