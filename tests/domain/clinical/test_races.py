"""Two at the same chart at the same time: one record, never an allergy beside "none known", never two flags."""

import threading
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid5

import pytest
from django.db import connection

from ehospital.clinical import actions, models
from ehospital.clinical.details import Record
from ehospital.people.actions import IdentifierTaken
from ehospital.people.details import PatientDetails
from ehospital.people.models import Patient
from tests.domain.clinical.test_import_record import ANNA, whole_record
from tests.engines import Clone
from tests.factories import clinical, people
from tests.factories.people import NOON

ROUNDS = 15


def together(*acts: Callable[[], object]) -> list[BaseException]:
    """Do all at once, each in a thread with a connection of its own, and return what they raised."""
    raised: list[BaseException] = []
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        try:
            start.wait(20)
            act()
        except BaseException as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return raised


def test_two_imports_of_one_record_write_it_once(own_database: Clone) -> None:
    by, record, details = people.machinery(), whole_record(), people.details()
    written: list[actions.Written] = []

    def act() -> None:
        written.append(actions.import_record(ANNA, record, by=by, at=NOON, patient=details))

    assert together(act, act, act) == []
    assert sorted(len(one.imported) for one in written) == [0, 0, 15]
    assert sorted(len(one.unchanged) for one in written) == [0, 15, 15]
    assert (Patient.objects.count(), models.Observation.objects.count(), models.AllergyReaction.objects.count()) == (
        1,
        4,
        2,
    )


def test_an_allergy_and_the_statement_that_none_is_known_never_both_stand(own_database: Clone) -> None:
    by = people.machinery()
    for number in range(ROUNDS):
        patient = people.patient(f"Patient{number}")
        at = NOON + timedelta(minutes=number)
        raised = together(
            lambda patient=patient, at=at: actions.record_allergy(patient, clinical.allergy("Nuts"), by=by, at=at),  # type: ignore[misc]
            lambda patient=patient, at=at: actions.state_no_known_allergies(patient, by=by, at=at),  # type: ignore[misc]
        )
        assert not [error for error in raised if not isinstance(error, actions.AllergiesOnRecord)], raised
        assert models.Allergy.objects.filter(patient_id=patient).count() == 1
        assert not models.NoKnownAllergies.objects.filter(patient_id=patient, ended_at=None).exists()


def test_a_flag_raised_by_two_stands_once_and_one_of_them_is_told(own_database: Clone) -> None:
    by = people.machinery()
    for number in range(ROUNDS):
        patient = people.patient(f"Patient{number}")
        act = lambda patient=patient: actions.raise_flag(patient, "falls", by=by, at=NOON)  # type: ignore[misc]  # noqa: E731
        raised = together(act, act)
        assert [type(error) for error in raised] == [actions.FlagRaised]
        assert models.SafetyFlag.objects.filter(patient_id=patient, ended_at=None).count() == 1


def test_patients_who_share_a_number_come_in_together_and_one_keeps_it(own_database: Clone) -> None:
    by = people.machinery()
    for number in range(ROUNDS):
        keys = [uuid5(ANNA, f"{number} {place}") for place in range(2)]
        details = people.details(number=f"shared-{number}")

        def act(key: UUID, details: PatientDetails = details) -> None:
            for _ in range(3):  # as the importer does
                try:
                    actions.import_record(key, Record(), by=by, at=NOON, patient=details)
                    return
                except IdentifierTaken:
                    continue
            pytest.fail("taken three times")

        assert together(*[lambda key=key: act(key) for key in keys]) == []  # type: ignore[misc]
        kept = Patient.objects.filter(pk__in=keys, identifiers__value=f"shared-{number}")
        assert (Patient.objects.filter(pk__in=keys).count(), kept.count()) == (2, 1)
