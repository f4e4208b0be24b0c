"""Relatives who come again with fewer conditions: what their source no longer says is an error, never kept silently."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ehospital.clinical import actions
from ehospital.clinical.models import FamilyHistory
from ehospital.fhir.importing.report import Report
from ehospital.foundation.models import AuditEvent
from ehospital.people.models import Patient
from tests.doors.fhir.conftest import NOW, Importing, reasons
from tests.doors.fhir.test_histories import kin
from tests.factories import clinical
from tests.factories import fhir as make

pytestmark = pytest.mark.django_db
Telling = Callable[..., Report]


@pytest.fixture
def tell(imported: Importing, tmp_path: Path) -> Telling:
    """A function that imports one relative with these conditions."""

    def run(*names: str, **more: Any) -> Report:
        told = kin(condition=[{"code": {"text": name}} for name in names], **more)
        return imported(make.write(tmp_path / "in.json", make.bundle([make.patient("ida"), told])))

    return run


def chart() -> list[str]:
    return sorted(FamilyHistory.objects.filter(entered_in_error=False).values_list("display", flat=True))


def wrong() -> list[str]:
    return sorted(FamilyHistory.objects.filter(entered_in_error=True).values_list("display", flat=True))


@pytest.mark.parametrize("gone", ["Asthma", "Gout", "Stroke"])
def test_one_that_is_gone_leaves_the_chart_and_stays_on_record(tell: Telling, gone: str) -> None:
    every = ("Asthma", "Gout", "Stroke")
    tell(*every)
    ids = dict(FamilyHistory.objects.values_list("display", "pk"))
    report = tell(*(name for name in every if name != gone))
    assert (chart(), wrong()) == ([name for name in every if name != gone], [gone])
    assert dict(FamilyHistory.objects.values_list("display", "pk")) == ids, "the others are the lines that they were"
    assert report.counts["FamilyMemberHistory"]["updated"] == 1
    assert (
        AuditEvent.objects.filter(action="record.imported").order_by("at", "pk").last().details["family_history"] == 1
    )  # type: ignore[union-attr]
    again = tell(*(name for name in every if name != gone))
    assert again.counts["FamilyMemberHistory"]["unchanged"] == 1
    tell(*every)
    assert (chart(), wrong()) == (list(every), []), "the source says it again"
    assert FamilyHistory.objects.count() == 3


def test_all_of_them_gone(tell: Telling) -> None:
    tell("Asthma", "Gout")
    report = tell()
    assert "relatives without a condition are not kept" in reasons(report)["FamilyMemberHistory"][0]
    assert (chart(), wrong()) == ([], ["Asthma", "Gout"])


def test_a_mistake_marked_here_does_not_slip_to_another_condition(tell: Telling) -> None:
    tell("Asthma", "Gout")
    doctor = clinical.carer(Patient.objects.get().pk).actor
    actions.enter_in_error(
        "family_history", FamilyHistory.objects.get(display="Asthma").pk, reason="An aunt's", by=doctor, at=NOW
    )
    tell("Gout")
    assert (chart(), wrong()) == (["Gout"], ["Asthma"])
    tell("Stroke", "Gout", "Asthma")
    assert (chart(), wrong()) == (["Gout", "Stroke"], ["Asthma"])


def test_what_was_revised_here_stands_though_its_source_is_silent(tell: Telling) -> None:
    tell("Asthma", "Gout")
    FamilyHistory.objects.filter(display="Gout").update(revised_at=NOW)
    tell("Asthma")
    assert (chart(), wrong()) == (["Asthma", "Gout"], [])


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.lists(st.sampled_from("ABCDE"), max_size=20), min_size=2, max_size=4))
def test_the_chart_says_what_the_source_said_last(tell: Telling, steps: list[list[str]]) -> None:
    for names in steps:
        tell(*names)
        assert chart() == sorted(names)
