"""Confidential lines: who sees them, that they leave every list for others, and that checks keep them."""

from datetime import timedelta
from uuid import UUID

import pytest

from ehospital.algorithms import confidential_codes
from ehospital.clinical import actions, queries
from ehospital.clinical.details import Code, Moment, ObservationDetails, Record, loinc, quantity
from ehospital.clinical.models import Observation, Problem
from ehospital.clinical.policies import mistakes
from ehospital.clinical.policies.confidential import KINDS, confidential
from ehospital.clinical.queries import lists, past
from ehospital.clinical.queries.confidential import hidden_from
from ehospital.people import access
from ehospital.people import actions as people_actions
from ehospital.people.access import Role
from ehospital.people.actions import Word
from ehospital.people.models import Account, CareRelationship, ConfidentialEntry
from ehospital.people.queries import my_proxies
from tests.factories import clinical as charts
from tests.factories import people, portal
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db

HIV = Code("http://hl7.org/fhir/sid/icd-10", "B20", "Hidden immunodeficiency")
ASTHMA = Code("http://hl7.org/fhir/sid/icd-10", "J45.9", "Asthma")
VIRAL_LOAD = loinc("20447-9", "Hidden viral load")


@pytest.fixture
def clinic() -> UUID:
    return people_actions.add_unit(name="Clinic 1", by=people.machinery(), at=NOON)


@pytest.fixture
def patient(clinic) -> UUID:
    """A patient on a clinic's list with an HIV problem and result, asthma, potassium, a note and a document."""
    key = people.patient()
    people_actions.begin_care(
        patient_id=key, unit_id=clinic, kind=CareRelationship.Kind.CLINIC, source="test", by=people.machinery(), at=NOON
    )
    record = Record(
        problems=tuple(charts.details.ProblemDetails(code=code) for code in (HIV, ASTHMA)),
        observations=(
            charts.potassium("4.1", NOON),
            ObservationDetails(code=VIRAL_LOAD, effective=Moment(NOON), value=quantity("50", "mg/L"), recorded_at=NOON),
            charts.pressure(128, 76, NOON - timedelta(hours=1)),
        ),
        documents=(portal.document("Hidden letter", "text/plain", b"Dear you"),),
        allergies=(charts.allergy("Nuts"),),
    )
    actions.import_record(key, record, by=people.machinery(), at=NOON)
    return key


def now(who: people.Staff | access.Actor) -> access.Actor:
    """The actor of another request, who remembers nothing."""
    return access.later(who.actor if isinstance(who, people.Staff) else who, NOON + timedelta(minutes=1))


def problems(who: people.Staff | access.Actor, patient: UUID) -> set[str]:
    return {one.display for one in queries.problems(patient, viewer=now(who), at=NOON)}


def test_the_table_of_codes() -> None:
    icd, of = "http://hl7.org/fhir/sid/icd-10", confidential_codes.categories_of
    told = {
        "F20.0": "mental-health", "F69": "mental-health", "F99": "mental-health", "X60": "mental-health",
        "X84": "mental-health", "B20": "hiv", "B24": "hiv", "Z21": "hiv", "A50": "sexual-health",
        "A64": "sexual-health", "F10.2": "substances", "F19": "substances", "T74.1": "violence", "Y07": "violence",
    }  # fmt: skip
    assert {code: set(of([(icd, code)])) for code in told} == {code: {name} for code, name in told.items()}
    for code in ("F00", "F09", "F17.2", "F70", "F89", "B19", "B25", "A49", "A65", "X59", "X85", "T73", "Y08", "J45"):
        assert of([(icd, code)]) == frozenset(), code
    assert of([("http://snomed.info/sct", "86406008")]) == {"hiv"}
    assert of([("http://snomed.info/sct", "864060081"), ("urn:x", "B20"), ("", "")]) == frozenset()
    assert of([(f"{icd}-cm", "B20"), ("http://loinc.org", "44261-6")]) == {"hiv", "mental-health"}


@pytest.mark.parametrize("code", ["B20", "B25", "F17", "F32.1", "A64", "Z91.5", "Z9145"])
@pytest.mark.parametrize("among_others", [False, True])
def test_the_database_finds_what_the_table_says(code, among_others) -> None:
    """The same expression decides in Python and in SQL, by the first code and by the others."""
    key, coded = people.patient(), Code("http://hl7.org/fhir/sid/icd-10", code, 'Words, with "quotes"')
    words = charts.problem("Words")
    line = charts.details.ProblemDetails(code=words.code, other_codes=(coded,)) if among_others else (
        charts.details.ProblemDetails(code=coded)
    )  # fmt: skip
    actions.import_record(key, Record(problems=(line,)), by=people.machinery(), at=NOON)
    expected = confidential_codes.categories_of([(coded.system, coded.code)])
    found = {
        name for name in confidential_codes.CATEGORIES if Problem.objects.filter(confidential(Problem, [name])).exists()
    }
    assert found == expected


def test_the_ward_named_clinicians_and_the_patient_see_it_and_the_clinic_does_not(clinic, patient) -> None:
    ward = people_actions.add_unit(name="Ward 4", by=people.machinery(), at=NOON)
    people_actions.begin_care(
        patient_id=patient, unit_id=ward, kind=CareRelationship.Kind.WARD, source="w", by=people.machinery(), at=NOON
    )
    whole = {"Hidden immunodeficiency", "Asthma"}
    doctor, nurse = people.staff(Role.DOCTOR, unit_id=clinic), people.staff(Role.NURSE, unit_id=ward)
    assert problems(doctor, patient) == {"Asthma"}
    assert problems(nurse, patient) == whole
    assert problems(charts.carer(patient), patient) == whole
    assert problems(access.of_patient(patient, name="Amina", at=NOON), patient) == whole
    reason = {"kind": "emergency", "reason": "Found unconscious."}
    stranger = people.staff(Role.DOCTOR)
    people_actions.break_glass(patient, **reason, by=stranger.actor, at=NOON)
    assert problems(stranger, patient) == whole


def test_every_list_leaves_it_out_and_the_head_says_so(clinic, patient) -> None:
    doctor = now(people.staff(Role.DOCTOR, unit_id=clinic))
    chart = queries.open_chart(patient, viewer=doctor, at=NOON)
    assert chart.restricted
    told = repr((
        chart, queries.results(patient, viewer=doctor, at=NOON), queries.timeline(patient, viewer=doctor, at=NOON),
        [one.changes for one in past.changes(patient, viewer=doctor, at=NOON)],
        past.record_as_it_was(patient, NOON + timedelta(days=9999), viewer=doctor, at=NOON, most=20),
    ))  # fmt: skip
    assert "Asthma" in told
    assert "Potassium" in told
    assert "Hidden immunodeficiency" not in told
    assert "Hidden viral load" not in told
    assert {one.latest.display for one in chart.results} == {"Potassium", "Blood pressure"}
    assert not queries.series(patient, "http://loinc.org|20447-9", viewer=doctor, at=NOON)
    assert queries.open_head(patient, viewer=doctor, at=NOON, part="notes").restricted
    # An allergy harms whoever does not know it, and checks read every line.
    assert [one.display for one in chart.allergies.active] == ["Nuts"]
    assert {one.display for one in lists.problems_of(patient)} == {"Hidden immunodeficiency", "Asthma"}


def test_a_line_is_neither_read_nor_changed_by_its_id(clinic, patient) -> None:
    doctor = now(people.staff(Role.DOCTOR, unit_id=clinic))
    hidden = Problem.objects.get(display="Hidden immunodeficiency").id
    with pytest.raises(access.NotPermitted):
        queries.problem(patient, hidden, viewer=doctor, at=NOON)
    with pytest.raises(access.NotPermitted):
        queries.entry(patient, "problems", hidden, viewer=doctor, at=NOON)
    with pytest.raises(actions.UnknownEntry):
        actions.enter_in_error("problems", hidden, reason="Wrong.", by=doctor, at=NOON)
    with pytest.raises(actions.UnknownEntry):
        actions.confide("problems", hidden, category="hiv", open=True, by=doctor, at=NOON)
    assert Problem.objects.get(pk=hidden).verification == "confirmed"
    assert not ConfidentialEntry.objects.exists()


def test_a_line_is_marked_by_hand_with_its_parts_and_opened_again(clinic, patient) -> None:
    carer, doctor = charts.carer(patient), people.staff(Role.DOCTOR, unit_id=clinic)
    panel = Observation.objects.get(patient_id=patient, display="Blood pressure")
    note = charts.note(patient, "Told in confidence.", by=carer.actor)
    added = charts.note(patient, "And more.", by=carer.actor, amends=note)
    for kind, key in (("observations", panel.id), ("notes", note)):
        actions.confide(kind, key, category="violence", by=now(carer), at=NOON)
    hidden = hidden_from(now(doctor), patient)
    assert set(Observation.objects.filter(panel=panel).values_list("pk", flat=True)) <= hidden
    assert {note, added} <= hidden
    assert not queries.notes(patient, viewer=now(doctor), at=NOON).exists()
    assert queries.notes(patient, viewer=now(carer), at=NOON).count() == 1
    known = Problem.objects.get(display="Hidden immunodeficiency").id
    actions.confide("problems", known, category="hiv", open=True, by=now(carer), at=NOON)
    actions.confide("notes", note, category="violence", open=True, by=now(carer), at=NOON)
    assert problems(doctor, patient) == {"Hidden immunodeficiency", "Asthma"}
    assert queries.notes(patient, viewer=now(doctor), at=NOON).count() == 1
    for kind in ("allergies", "flags", "nothing"):
        with pytest.raises(actions.UnknownEntry):
            actions.confide(kind, known, category="hiv", by=now(carer), at=NOON)


def test_whoever_wrote_a_line_sees_it(clinic, patient) -> None:
    doctor, colleague = (people.staff(Role.DOCTOR, unit_id=clinic) for _ in range(2))
    line = charts.details.ProblemDetails(code=Code(HIV.system, "F32.1", "Low mood"))
    actions.record_problem(patient, line, by=doctor.actor, at=NOON)
    assert problems(doctor, patient) == {"Low mood", "Asthma"}
    assert problems(colleague, patient) == {"Asthma"}


def test_the_patient_allows_and_refuses_single_categories(clinic, patient) -> None:
    myself = access.of_patient(patient, name="Amina", at=NOON)
    doctor, carer = people.staff(Role.DOCTOR, unit_id=clinic), charts.carer(patient)
    permit = Word("treatment", "permit", unit_id=clinic, category="hiv")
    people_actions.record_consent(patient, permit, by=myself, at=NOON)
    assert problems(doctor, patient) == {"Hidden immunodeficiency", "Asthma"}
    refusal = Word("treatment", "deny", staff_id=carer.id, category="hiv")
    people_actions.record_consent(patient, refusal, by=myself, at=NOON)
    assert problems(carer, patient) == {"Asthma"}
    both = Word("treatment", "deny", staff_id=doctor.id, category="hiv")
    people_actions.record_consent(patient, both, by=myself, at=NOON)
    assert problems(doctor, patient) == {"Asthma"}, "a refusal beats a permission"


def test_who_acts_for_the_patient_sees_it_only_when_the_patient_allows_it(patient) -> None:
    by = people.machinery()
    holder = people_actions.give_account(username="carer", password="x", by=by, at=NOON)
    said = {"relation": "carer", "extent": "read", "evidence": "their word"}
    people_actions.give_proxy(patient, username="carer", **said, by=by, at=NOON)
    proxy = access.of_proxy(my_proxies(Account.objects.get(pk=holder), at=NOON)[0], name="carer", at=NOON)
    assert problems(proxy, patient) == {"Asthma"}
    myself = access.of_patient(patient, name="Amina", at=NOON)
    people_actions.record_consent(patient, Word("proxies", "permit", category="hiv"), by=myself, at=NOON)
    assert problems(proxy, patient) == {"Hidden immunodeficiency", "Asthma"}


def test_those_who_see_everything_ask_one_question_more(patient, django_assert_num_queries) -> None:
    carer = now(charts.carer(patient))
    access.patient(carer, access.Permission.CHART_READ, patient)
    with django_assert_num_queries(1):
        assert hidden_from(carer, patient) == frozenset()
        assert hidden_from(carer, patient) == frozenset()


def test_every_kind_that_may_be_marked_is_a_kind_of_line() -> None:
    assert {name: kind.model for name, kind in mistakes.KINDS.items() if name in KINDS} == KINDS
    assert set(mistakes.KINDS) - set(KINDS) == {"allergies", "no_known_allergies", "flags", "goals"}
