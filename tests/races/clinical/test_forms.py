"""Two at one form at the same moment: one draft, one finished form, each observation once, one flag."""

from datetime import timedelta

from ehospital.clinical import actions, models
from ehospital.clinical.actions import Filled
from tests.domain.clinical.test_races import together
from tests.engines import Clone
from tests.factories import clinical, forms, people
from tests.factories.people import NOON

ROUNDS = 8
ANSWERS = Filled(forms.falls("vision", age="65-or-older"), 1)


def test_a_form_is_begun_and_finished_once(own_database: Clone) -> None:
    for number in range(ROUNDS):
        patient = people.patient(f"Patient{number}")
        at = NOON + timedelta(minutes=number)
        one, other = (clinical.carer(patient, at=at).actor for _ in range(2))
        assert (
            together(
                lambda patient=patient, one=one, at=at: actions.begin_form(patient, forms.FALLS, by=one, at=at),  # type: ignore[misc]
                lambda patient=patient, other=other, at=at: actions.begin_form(patient, forms.FALLS, by=other, at=at),  # type: ignore[misc]
            )
            == []
        )
        draft = models.FormDraft.objects.get(patient_id=patient).pk
        raised = together(
            lambda draft=draft, one=one, at=at: actions.finish_form(draft, ANSWERS, by=one, at=at),  # type: ignore[misc]
            lambda draft=draft, other=other, at=at: actions.finish_form(draft, ANSWERS, by=other, at=at),  # type: ignore[misc]
        )
        assert [type(error) for error in raised] == [actions.FormFinished]
        for table in (models.FilledForm, models.Observation, models.SafetyFlag):
            assert table.objects.filter(patient_id=patient).count() == 1


def test_of_two_answers_at_once_one_is_told_of_the_other(own_database: Clone) -> None:
    patient = people.patient()
    one, other = (clinical.carer(patient).actor for _ in range(2))
    draft = actions.begin_form(patient, forms.FALLS, by=one, at=NOON)
    for version in range(1, ROUNDS + 1):
        mine, theirs = (Filled({"note": [f"{who} {version}"]}, version, who, version) for who in ("mine", "theirs"))
        raised = together(
            lambda mine=mine: actions.keep_form(draft, mine, by=one, at=NOON),  # type: ignore[misc]
            lambda theirs=theirs: actions.keep_form(draft, theirs, by=other, at=NOON),  # type: ignore[misc]
        )
        assert [type(error) for error in raised] == [actions.DraftChanged]
        row = models.FormDraft.objects.get()
        assert (row.version, row.answers["note"][0].split()[0]) == (version + 1, row.editor)
