"""Forms: a draft is everybody's and never lost, a finished form never changes, what follows from it follows once."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from ehospital.algorithms.questionnaires import State
from ehospital.clinical import actions, queries
from ehospital.clinical.actions import Filled
from ehospital.clinical.details import Code, EncounterDetails
from ehospital.clinical.models import Correction, FilledForm, FormDefinition, FormDraft, Observation, SafetyFlag
from ehospital.foundation.models import AppendOnlyError, AuditEvent, OutboxMessage
from ehospital.people import access
from tests.factories import clinical, forms, people
from tests.factories.forms import ADMISSION, FALLS, PRESSURE, SOCIAL
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def patient() -> UUID:
    return people.patient()


@pytest.fixture
def nurse(patient: UUID) -> access.Actor:
    return clinical.carer(patient, access.Role.NURSE).actor


@pytest.fixture
def draft(patient: UUID, nurse: access.Actor) -> UUID:
    return actions.begin_form(patient, FALLS, by=nurse, at=NOON)


def traces() -> tuple[object, ...]:
    tables = (FilledForm, FormDraft, FormDefinition, Observation, SafetyFlag, Correction)
    return (
        *(list(one.objects.order_by("id").values()) for one in tables),
        AuditEvent.objects.count(),
        OutboxMessage.objects.count(),
    )


def flags() -> list[tuple[str, str, bool]]:
    return [
        (one.kind, one.words, one.ended_at is None and not one.entered_in_error)
        for one in SafetyFlag.objects.order_by("id")
    ]


def test_a_form_is_begun_kept_finished_and_read(patient, nurse, draft) -> None:
    assert FormDefinition.objects.get().url == FALLS
    version, settled = actions.keep_form(draft, Filled({"age": [forms.own("under-50")]}, 1), by=nurse, at=NOON)
    assert (version, ("judged",) in settled.open, ("plan",) in settled.open) == (2, True, False)
    answers = forms.falls("vision", "balance")
    key = actions.finish_form(draft, Filled(answers, 2), by=nurse, at=NOON + HOUR)
    made = FilledForm.objects.get()
    assert (key, made.pk, made.edition, made.amends_id) == (draft, draft, 1, None)
    assert made.result == "Not regarded as at risk of falling; Risk factors found: 2 (plan an action for each)"
    assert made.answers["actions"] == [
        forms.own("low-bed", "Bed at its lowest, brakes on"), "Sits near the desk"
    ]  # fmt: skip
    assert (made.author_name, made.answered_at, made.finished_at) == (nurse.name, NOON + HOUR, NOON + HOUR)
    assert not FormDraft.objects.exists()
    told = list(AuditEvent.objects.filter(action__startswith="form").order_by("id").values_list("action", flat=True))
    assert told == ["form_definition.loaded", "form_draft.opened", "form.finished"]
    (line,) = [one for one in queries.forms(patient, viewer=nurse, at=NOON + HOUR) if one.url == FALLS]
    assert (line.latest, line.draft, line.task.state) == (made, None, State.NONE)
    assert [one.title for one in queries.timeline(patient, viewer=nurse, at=NOON).lines if one.kind == "form"] == [
        "Falls risk"
    ]


def test_answers_of_closed_questions_are_never_stored(patient, nurse, draft) -> None:
    told = {**forms.falls(), "actions": ["Forged"], "told": [True], "nothing": ["x"], "risk": [7]}
    actions.finish_form(draft, Filled(told, 1), by=nurse, at=NOON)
    assert FilledForm.objects.get().answers.keys() == forms.falls().keys() | {"risk", "count"}
    assert FilledForm.objects.get().answers["risk"] == [0]


def test_what_is_missing_is_told_and_nothing_is_kept(patient, nurse, draft) -> None:
    before = traces()
    with pytest.raises(actions.FormIncomplete) as found:
        actions.finish_form(
            draft, Filled({"age": [forms.own("65-or-older")], "note": ["x" * 2001]}, 1), by=nurse, at=NOON
        )
    missing = [(one.path[-1], one.why) for one in found.value.findings]
    assert missing[0] == ("history", "required") and ("judged", "required") not in missing
    assert missing[-1] == ("note", "too_long")
    assert traces() == before
    with pytest.raises(actions.FormTooLong):
        actions.keep_form(draft, Filled({"note": ["x" * 200_001]}, 1), by=nurse, at=NOON)
    assert traces() == before


def test_two_may_fill_one_draft_and_nobody_overwrites_the_other(patient, nurse, draft) -> None:
    colleague = clinical.carer(patient).actor
    assert actions.begin_form(patient, FALLS, by=colleague, at=NOON) == draft
    assert actions.keep_form(draft, Filled(forms.falls("vision"), 1, "a", 1), by=nurse, at=NOON)[0] == 2
    before = traces()
    for act in (
        lambda: actions.keep_form(draft, Filled(forms.falls("balance"), 1, "b", 1), by=colleague, at=NOON),
        lambda: actions.finish_form(draft, Filled(forms.falls("balance"), 1), by=colleague, at=NOON),
        lambda: actions.discard_form(draft, seen_version=1, by=colleague, at=NOON),
    ):
        with pytest.raises(actions.DraftChanged):
            act()
    assert traces() == before
    assert actions.keep_form(draft, Filled(forms.falls("balance"), 2, "b", 1), by=colleague, at=NOON)[0] == 3
    assert FormDraft.objects.get().kept_by == colleague.name
    late = actions.keep_form(draft, Filled(forms.falls("vision"), 1, "b", 1), by=colleague, at=NOON)
    assert late[0] == 3 and FormDraft.objects.get().answers["vision"][0]["code"] == "no"
    assert actions.keep_form(draft, Filled(forms.falls("vision"), 1, "b", 2), by=colleague, at=NOON)[0] == 4


def test_a_stranger_gets_nowhere(patient, nurse, draft) -> None:
    stranger = people.staff(access.Role.NURSE).actor
    form = forms.filled(patient, forms.social(), by=nurse, url=SOCIAL)
    before = traces()
    for act in (
        lambda: actions.keep_form(draft, Filled({}, 1), by=stranger, at=NOON),
        lambda: actions.finish_form(draft, Filled({}, 1), by=stranger, at=NOON),
        lambda: actions.discard_form(draft, seen_version=1, by=stranger, at=NOON),
        lambda: actions.begin_amendment(form, by=stranger, at=NOON),
        lambda: actions.keep_form(uuid4(), Filled({}, 1), by=nurse, at=NOON),
        lambda: actions.keep_form(form, Filled({}, 1), by=stranger, at=NOON),
    ):
        with pytest.raises(actions.UnknownEntry):
            act()
    for act in (
        lambda: actions.begin_form(patient, FALLS, by=stranger, at=NOON),
        lambda: actions.begin_form(patient, FALLS, by=people.machinery(), at=NOON),
        lambda: queries.forms(patient, viewer=stranger, at=NOON),
        lambda: queries.form(patient, form, viewer=stranger, at=NOON),
        lambda: queries.form_draft(patient, draft, viewer=stranger, at=NOON),
        lambda: queries.forms(patient, viewer=access.of_patient(patient, name="Amina", at=NOON), at=NOON),
        lambda: actions.load_definition({}, by=nurse, at=NOON),
    ):
        with pytest.raises(access.NotPermitted):
            act()
    with pytest.raises(actions.UnknownForm):
        actions.begin_form(patient, "urn:nothing", by=nurse, at=NOON)
    assert traces() == before


def test_a_finished_form_changes_neither_in_python_nor_twice(patient, nurse, draft) -> None:
    actions.finish_form(draft, Filled(forms.falls(), 1), by=nurse, at=NOON)
    before = traces()
    with pytest.raises(actions.FormFinished):
        actions.finish_form(draft, Filled(forms.falls("vision"), 1), by=nurse, at=NOON)
    with pytest.raises(actions.FormFinished):
        actions.keep_form(draft, Filled({}, 1), by=nurse, at=NOON)
    with pytest.raises(AppendOnlyError):
        FilledForm.objects.update(answers={})
    with pytest.raises(AppendOnlyError):
        FilledForm.objects.get().save()
    assert traces() == before


def test_an_amendment_is_another_edition_and_the_first_stays(patient, nurse) -> None:
    first = forms.filled(patient, forms.falls(), by=nurse)
    draft = actions.begin_amendment(first, by=nurse, at=NOON)
    assert actions.begin_amendment(first, by=nurse, at=NOON) == draft
    assert FormDraft.objects.get().answers == FilledForm.objects.get().answers
    second = actions.finish_form(draft, Filled(forms.falls("vision"), 1), reason=" Glasses. ", by=nurse, at=NOON + HOUR)
    third = forms.amended(second, forms.falls("vision", "balance"), by=nurse, at=NOON + 2 * HOUR)
    rows = FilledForm.objects.order_by("edition").values_list("pk", "amends_id", "edition", "reason", "answered_at")
    assert list(rows) == [
        (first, None, 1, "", NOON),
        (second, first, 2, "Glasses.", NOON),
        (third, first, 3, "Asked again.", NOON),
    ]
    found = queries.form(patient, second, viewer=nurse, at=NOON)
    assert (found.pk, queries.latest_edition(found).pk, found.answers["vision"][0]["code"]) == (first, third, "no")
    lines = [one for one in queries.timeline(patient, viewer=nurse, at=NOON).lines if one.kind == "form"]
    assert [one.id for one in lines] == [third]
    with pytest.raises(IntegrityError, match="form_edition_once"), transaction.atomic():
        FilledForm(**{**FilledForm.objects.filter(pk=third).values()[0], "id": uuid4()}).save()


def test_the_result_raises_and_lowers_the_flag_with_its_reason(patient, nurse) -> None:
    forms.filled(patient, forms.falls(age="65-or-older"), by=nurse)
    words = "Falls risk: At risk of falling"
    assert flags() == [("falls", words, True)]
    forms.filled(patient, forms.falls(judged="yes"), by=nurse, at=NOON + HOUR)
    assert flags() == [("falls", words, True)], "raised once"
    forms.filled(patient, forms.falls("vision"), by=nurse, at=NOON + 2 * HOUR)
    assert flags() == [("falls", words, False)]
    told = AuditEvent.objects.get(action="flag.lowered")
    assert told.details["why"] == "Falls risk: Not regarded as at risk of falling"
    forms.filled(patient, forms.falls("vision"), by=nurse, at=NOON + 3 * HOUR)
    assert len(flags()) == 1


def observed() -> list[tuple[object, ...]]:
    rows = Observation.objects.order_by("recorded_at", "code")
    return [(one.code, one.value, one.unit, one.value_code or one.value_text, one.category, one.status) for one in rows]


def test_coded_answers_are_observations_once_and_follow_an_amendment(patient, nurse) -> None:
    form = forms.filled(patient, forms.social(), by=nurse, url=SOCIAL)
    smoking = ("72166-2", None, "", "8517006", "social-history", "final")
    assert observed() == [("401201003", Decimal("12.5"), "pack-years", "", "social-history", "final"), smoking]
    kept = Observation.objects.get(code="72166-2").pk
    newest = forms.amended(form, forms.social(pack_years="20"), by=nurse, at=NOON + HOUR)
    assert [one for one in observed() if one[0] == "72166-2"] == [smoking]
    packs = [(one[1], one[5]) for one in observed() if one[0] == "401201003"]
    assert packs == [(Decimal("12.5"), "entered-in-error"), (Decimal(20), "final")]
    assert kept in FilledForm.objects.get(pk=newest).observation_ids
    assert set(Observation.objects.values_list("effective_at", flat=True)) == {NOON}
    forms.amended(form, forms.social("266919005", None), by=nurse, at=NOON + 2 * HOUR)
    assert [one[3] for one in observed() if one[5] == "final"] == ["266919005"]


def test_a_form_in_error_takes_along_what_came_from_it_and_an_undo_brings_it_back(patient, nurse) -> None:
    forms.filled(patient, forms.falls(age="65-or-older"), by=nurse)
    key = FilledForm.objects.get().pk
    newest = forms.amended(key, forms.falls("vision", age="65-or-older"), by=nurse)
    mark = actions.enter_in_error("forms", newest, reason="Another patient's.", by=nurse, at=NOON + HOUR)
    assert flags() == [("falls", "Falls risk: At risk of falling", False)]
    assert {one[5] for one in observed()} == {"entered-in-error"}
    assert not [one for one in queries.forms(patient, viewer=nurse, at=NOON) if one.latest]
    assert [one for one in queries.timeline(patient, viewer=nurse, at=NOON).lines if one.kind == "form"] == []
    found = queries.entered_in_error(patient, viewer=nurse, at=NOON)
    assert [(one.entry.kind, one.entry.id) for one in found if one.entry.kind == "forms"] == [("forms", key)]
    with pytest.raises(access.NotPermitted):
        queries.form(patient, key, viewer=nurse, at=NOON)
    with pytest.raises(actions.FormInError):
        actions.begin_amendment(newest, by=nurse, at=NOON)
    actions.undo_error(mark, by=nurse, at=NOON + 2 * HOUR)
    assert flags() == [("falls", "Falls risk: At risk of falling", True)]
    assert [one[5] for one in observed()] == ["final"]
    assert queries.form(patient, key, viewer=nurse, at=NOON).pk == key


def test_a_draft_that_amends_what_was_marked_meanwhile_is_not_finished(patient, nurse) -> None:
    key = forms.filled(patient, forms.falls(), by=nurse)
    draft = actions.begin_amendment(key, by=nurse, at=NOON)
    actions.enter_in_error("forms", key, reason="Wrong.", by=nurse, at=NOON)
    before = traces()
    with pytest.raises(actions.FormInError):
        actions.finish_form(draft, Filled(forms.falls("vision"), 1), by=nurse, at=NOON)
    assert traces() == before


def test_what_is_due_follows_the_stay(patient, nurse) -> None:
    actions.open_encounter(patient, EncounterDetails(code=Code("", "", "Stay"), setting="IMP"), by=nurse, at=NOON)

    def states(at_h: float) -> dict[str, State]:
        return {one.url: one.task.state for one in queries.forms(patient, viewer=nurse, at=NOON + at_h * HOUR)}

    due = {url for url, state in states(1).items() if state != State.NONE}
    assert due == {ADMISSION, FALLS, PRESSURE} and states(7)[PRESSURE] == State.OVERDUE
    assert states(25)[FALLS] == State.OVERDUE
    forms.filled(patient, forms.falls(), by=nurse, at=NOON + HOUR)
    assert (states(2)[FALLS], states(170)[FALLS]) == (State.DONE, State.OVERDUE)
    assert queries.forms(patient, viewer=nurse, at=NOON + HOUR)[0].url == ADMISSION


def test_a_new_version_changes_nothing_that_was_answered(patient, nurse) -> None:
    by = people.machinery()
    old = forms.filled(patient, forms.falls(), by=nurse)
    content = FormDefinition.objects.get().content
    assert actions.load_definition(content, by=by, at=NOON) == (FormDefinition.objects.get().pk, False)
    with pytest.raises(actions.VersionDiffers):
        actions.load_definition({**content, "title": "Other"}, by=by, at=NOON)
    assert actions.load_definition({**content, "version": "0.9", "title": "Older"}, by=by, at=NOON)[1]
    assert actions.load_definition({**content, "version": "1.10.0", "title": "Falls, new"}, by=by, at=NOON)[1]
    assert actions.load_definition({**content, "version": "1.9.0", "title": "Between"}, by=by, at=NOON)[1]
    assert queries.newest_definitions()[FALLS].form.title.plain == "Falls, new"
    assert queries.definition_of(queries.form(patient, old, viewer=nurse, at=NOON)).version == "1.0.0"
    newest = forms.amended(old, forms.falls("vision"), by=nurse)
    assert FilledForm.objects.get(pk=newest).definition.version == "1.0.0"
    again = forms.filled(patient, forms.falls(), by=nurse)
    assert FilledForm.objects.get(pk=again).title == "Falls, new"
    actions.load_definition({**content, "version": "2", "status": "retired"}, by=by, at=NOON)
    with pytest.raises(actions.UnknownForm):
        actions.begin_form(patient, FALLS, by=nurse, at=NOON)
    (line,) = [one for one in queries.forms(patient, viewer=nurse, at=NOON) if one.url == FALLS]
    assert (line.usable, line.latest is not None, len(line.earlier)) == (False, True, 1)
