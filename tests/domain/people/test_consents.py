"""What patients allow and refuse, and that it holds in the one predicate."""

import random
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from ehospital.foundation.models import AuditEvent
from ehospital.people import access, actions, queries
from ehospital.people.access import Permission, Role
from ehospital.people.actions import Word
from ehospital.people.models import Account, BrokenGlass, CareRelationship, Consent, Patient, UnitMembership
from tests.factories import people
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
DENY = Word("treatment", "deny")


@pytest.fixture
def clinic() -> UUID:
    return actions.add_unit(name="Clinic 1", by=people.machinery(), at=NOON)


def care(patient: UUID, *, kind: str = "clinic", **whose: UUID) -> None:
    actions.begin_care(
        patient_id=patient, kind=CareRelationship.Kind(kind), source=f"test:{uuid4()}", by=people.machinery(), at=NOON,
        **whose,
    )  # fmt: skip


@pytest.fixture
def patient(clinic: UUID) -> UUID:
    key = people.patient()
    care(key, unit_id=clinic)
    return key


@pytest.fixture
def scribe(patient: UUID) -> access.Actor:
    """A doctor who cares for the patient by name and writes their words down."""
    one = people.staff(Role.DOCTOR, family="Lind")
    care(patient, kind="named", staff_id=one.id)
    return one.actor


@pytest.fixture
def witness() -> people.Staff:
    return people.staff(Role.NURSE, family="Moen")


def sees(who: access.Actor, patient: UUID, minutes: int = 1) -> bool:
    """Whether they may open the chart, and whether lists say the same."""
    actor = access.later(who, NOON + minutes * MINUTE)
    may = access.may(actor, Permission.CHART_READ, patient_id=patient)
    assert access.visible_patients(actor, Permission.CHART_READ).filter(pk=patient).exists() == may
    return may


def said(word: Word, witness: people.Staff) -> Word:
    return replace(word, way="verbal", witness_id=witness.id)


def test_a_refused_person_is_out_and_their_colleagues_are_not(clinic, patient, scribe, witness) -> None:
    one, other = (people.staff(Role.DOCTOR, unit_id=clinic, family=name) for name in ("Berg", "Dahl"))
    key = actions.record_consent(patient, said(replace(DENY, staff_id=one.id), witness), by=scribe, at=NOON)
    assert (sees(one.actor, patient), sees(other.actor, patient)) == (False, True)
    assert actions.withdraw_consent(key, by=scribe, at=NOON + 5 * MINUTE)
    assert not actions.withdraw_consent(key, by=scribe, at=NOON + 6 * MINUTE)
    assert sees(one.actor, patient, 7)
    held = Consent.objects.get()
    assert (held.during.upper, held.withdrawn_at, held.withdrawn_by) == (
        NOON + 5 * MINUTE, NOON + 5 * MINUTE, "Tove Lind",
    )  # fmt: skip
    assert list(AuditEvent.objects.filter(action__startswith="consent.").values_list("action", flat=True)) == [
        "consent.recorded", "consent.withdrawn",
    ]  # fmt: skip


def test_a_refused_unit_is_out_also_where_its_people_are_named(clinic, patient, scribe, witness) -> None:
    """A refusal beats care by name: whoever works in the unit is out, however else they would see the record."""
    one = people.staff(Role.DOCTOR, unit_id=clinic)
    care(patient, kind="named", staff_id=one.id)
    actions.record_consent(patient, said(replace(DENY, unit_id=clinic), witness), by=scribe, at=NOON)
    assert (sees(one.actor, patient), sees(scribe, patient)) == (False, True)


def test_the_ward_where_the_patient_lies_answers_alarms_though_a_person_of_it_may_be_refused(
    clinic, patient, scribe, witness
) -> None:
    ward = actions.add_unit(name="Ward 4", by=people.machinery(), at=NOON)
    nurse, other = (people.staff(Role.NURSE, unit_id=ward, family=name) for name in ("Berg", "Dahl"))
    actions.record_consent(patient, said(replace(DENY, unit_id=ward), witness), by=scribe, at=NOON)
    care(patient, kind="ward", unit_id=ward)
    assert (sees(nurse.actor, patient), sees(other.actor, patient)) == (True, True)
    with pytest.raises(actions.UnusableConsent, match="answer the alarms"):
        actions.record_consent(patient, said(replace(DENY, unit_id=ward), witness), by=scribe, at=NOON + MINUTE)
    actions.record_consent(patient, said(replace(DENY, staff_id=nurse.id), witness), by=scribe, at=NOON)
    assert (sees(nurse.actor, patient), sees(other.actor, patient)) == (False, True)


def test_broken_glass_opens_it_all_the_same_and_says_that_the_patient_refused(clinic, patient, scribe, witness) -> None:
    one, stranger = people.staff(Role.DOCTOR, unit_id=clinic), people.staff(Role.DOCTOR)
    actions.record_consent(patient, said(replace(DENY, staff_id=one.id), witness), by=scribe, at=NOON)
    reason = {"kind": "emergency", "reason": "Found unconscious at the lift."}
    for who in (one, stranger):
        actions.break_glass(patient, **reason, by=access.later(who.actor, NOON + MINUTE), at=NOON + MINUTE)
    told = dict(BrokenGlass.objects.values_list("staff_id", "against_refusal"))
    assert told == {one.id: True, stranger.id: False}
    actor = access.later(one.actor, NOON + 2 * MINUTE)
    assert sees(actor, patient, 2)
    glass = access.glass_of(actor, patient)
    assert glass is not None and glass.refused
    # The chart is open; the patient's word is not in the hands of whom it refuses.
    with pytest.raises(access.NotPermitted):
        actions.withdraw_consent(Consent.objects.get().id, by=actor, at=actor.at)
    assert Consent.objects.get().withdrawn_at is None


def test_an_outside_system_is_out_by_itself_by_its_unit_and_with_all_others(clinic, patient, scribe, witness) -> None:
    by = people.machinery()
    key, _secret = actions.add_client(
        name="Laboratory", scopes=["system/*.read"], unit_ids=[clinic], by=by, at=NOON
    )  # fmt: skip
    client = access.of_client(key, name="Laboratory", at=NOON)
    assert sees(client, patient)
    for word in (
        Word("sharing", "deny", client_id=key), Word("sharing", "deny"), replace(DENY, unit_id=clinic),
    ):  # fmt: skip
        made = actions.record_consent(patient, said(word, witness), by=scribe, at=NOON)
        assert not sees(client, patient)
        actions.withdraw_consent(made, by=scribe, at=NOON)
        assert sees(client, patient)


def test_whoever_acts_for_the_patient_is_out_when_the_patient_says_so(patient) -> None:
    by = people.machinery()
    holder = actions.give_account(username="carer", password="x", by=by, at=NOON)
    actions.give_proxy(
        patient, username="carer", relation="carer", extent="read", evidence="their word", by=by, at=NOON
    )
    (proxy,) = queries.my_proxies(Account.objects.get(pk=holder), at=NOON)
    actor = access.of_proxy(proxy, name="carer", at=NOON)
    myself = access.of_patient(patient, name="Amina", at=NOON)
    own = Permission.OWN_RECORD_READ
    assert access.may(actor, own, patient_id=patient)
    actions.record_consent(patient, Word("proxies", "deny"), by=myself, at=NOON)
    assert not access.may(access.later(actor, NOON), own, patient_id=patient)
    assert access.may(access.later(myself, NOON), own, patient_id=patient)


def test_the_last_word_about_the_same_stands_and_a_refusal_of_research_beats_a_permit(patient) -> None:
    myself = access.of_patient(patient, name="Amina", at=NOON)
    every = Patient.objects.all()
    assert not queries.consents_to_research(every, at=NOON).exists()
    actions.record_consent(patient, Word("research", "permit"), by=myself, at=NOON)
    assert queries.consents_to_research(every, at=NOON + MINUTE).get().id == patient
    actions.record_consent(patient, Word("research", "deny"), by=myself, at=NOON + 2 * MINUTE)
    assert not queries.consents_to_research(every, at=NOON + 3 * MINUTE).exists()
    assert Consent.objects.filter(withdrawn_at=None).count() == 1


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"scope": "curious"}, "choose what it is about"),
        ({"category": "secret"}, "choose what it is about"),
        ({}, "one unit or one person"),
        ({"scope": "research", "unit_id": "clinic"}, "nobody in particular"),
        ({"scope": "research", "category": "hiv"}, "whole record"),
        ({"unit_id": "clinic", "decision": "permit"}, "care needs no permission"),
        ({"scope": "sharing", "until": NOON}, "end is past"),
        ({"scope": "sharing", "witness_id": None}, "needs a witness"),
        ({"scope": "sharing", "way": "written", "document": " "}, "where the signed form is"),
        ({"scope": "sharing", "way": "portal"}, "how it was given"),
        ({"scope": "sharing", "giver": "guardian"}, "name who gave it"),
        ({"unit_id": UUID(int=1)}, "that are offered"),
    ],
)
def test_what_cannot_be_kept_says_why_and_writes_nothing(clinic, patient, scribe, witness, more, words) -> None:
    more = {name: clinic if value == "clinic" else value for name, value in more.items()}
    with pytest.raises(actions.UnusableConsent, match=words):
        actions.record_consent(patient, replace(said(DENY, witness), **more), by=scribe, at=NOON)
    assert not Consent.objects.exists()
    assert not AuditEvent.objects.filter(action="consent.recorded").exists()


def test_nobody_writes_down_what_concerns_themselves(patient, scribe, witness) -> None:
    refused = replace(said(DENY, witness), staff_id=scribe.staff_id)
    for word in (
        replace(refused, decision="permit", category="hiv"),
        replace(refused, staff_id=witness.id, witness_id=scribe.staff_id),
    ):
        with pytest.raises(actions.OneselfConcerned):
            actions.record_consent(patient, word, by=scribe, at=NOON)
    assert not Consent.objects.exists()


def test_only_who_cares_the_officer_and_the_patient_write_words_down(clinic, patient, witness) -> None:
    word = said(replace(DENY, unit_id=clinic), witness)
    for role in set(Role) - {Role.PRIVACY_OFFICER}:
        with pytest.raises(access.NotPermitted):
            actions.record_consent(patient, word, by=people.staff(role).actor, at=NOON)
    other = access.of_patient(people.patient("Hamid"), name="Hamid", at=NOON)
    for who in (other, people.staff(Role.PRIVACY_OFFICER).actor):
        with pytest.raises(access.NotPermitted):
            actions.record_consent(patient if who is other else uuid4(), word, by=who, at=NOON)
    assert not Consent.objects.exists()


def test_the_database_refuses_what_the_words_say(clinic, patient, witness) -> None:
    plain = {
        "patient_id": patient, "scope": "treatment", "decision": "deny", "unit_id": clinic, "way": "portal",
        "recorded_at": NOON, "recorded_by": "x", "during": (NOON, None),
    }  # fmt: skip
    for more in (
        {"unit_id": None}, {"staff_id": witness.id}, {"scope": "research"}, {"decision": "permit"}, {"way": "verbal"},
        {"way": "written"}, {"giver": "legal"}, {"withdrawn_at": NOON},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            Consent.objects.create(**{**plain, **more})
    Consent.objects.create(**plain)


@dataclass
class Standing:
    """How one patient stands, in plain sets: who cares by name, wards and other units, and who is refused."""

    named: set[UUID] = field(default_factory=set)
    wards: set[UUID] = field(default_factory=set)
    units: set[UUID] = field(default_factory=set)
    refused: set[UUID] = field(default_factory=set)
    restricted: bool = False

    def opens_to(self, staff_id: UUID, works_in: set[UUID]) -> bool:
        """The rule of ADR 0024, said once more without a database."""
        if staff_id in self.refused:
            return False
        if self.wards & works_in:
            return True
        if self.refused & works_in:
            return False
        return staff_id in self.named or (bool(self.units & works_in) and not self.restricted)


@pytest.mark.parametrize("seed", range(3))
def test_in_a_hospital_made_at_random_the_predicate_says_what_the_rule_says(seed: int) -> None:
    dice, by = random.Random(seed), people.machinery()
    units = [actions.add_unit(name=f"Unit {place}", by=by, at=NOON) for place in range(3)]
    staff = {people.staff(Role.DOCTOR, unit_id=dice.choice([*units, None])).id: set[UUID]() for _ in range(4)}
    for row in UnitMembership.objects.filter(staff_id__in=staff):
        staff[row.staff_id].add(row.unit_id)
    officer = people.staff(Role.PRIVACY_OFFICER).actor
    stands: dict[UUID, Standing] = {}
    for _ in range(20):
        key, one = people.patient(), Standing()
        stands[key] = one
        myself = access.of_patient(key, name="x", at=NOON)
        for _refusal in range(dice.randrange(3)):
            whom = dice.choice([*units, *staff])
            about = {"unit_id" if whom in units else "staff_id": whom}
            actions.record_consent(key, Word("treatment", "deny", **about), by=myself, at=NOON)
            one.refused.add(whom)
        for _care in range(dice.randrange(4)):
            kind, unit, person = dice.choice(["ward", "clinic", "named"]), dice.choice(units), dice.choice([*staff])
            care(key, kind=kind, **({"staff_id": person} if kind == "named" else {"unit_id": unit}))
            {"ward": one.wards, "clinic": one.units, "named": one.named}[kind].add(person if kind == "named" else unit)
        if dice.random() < 0.3:
            actions.restrict_record(key, level="restricted", kind="wish", by=officer, at=NOON)
            one.restricted = True
    for staff_id, works_in in staff.items():
        actor = access.of_staff(staff_id, name="x", at=NOON + MINUTE)
        seen = set(access.visible_patients(actor, Permission.CHART_READ).values_list("pk", flat=True))
        assert seen == {key for key, one in stands.items() if one.opens_to(staff_id, works_in)}
        assert seen == {key for key in stands if access.may(actor, Permission.CHART_READ, patient_id=key)}
