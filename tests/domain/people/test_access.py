"""Who may do what: denied unless the table says otherwise; a list shows exactly what could be opened."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ehospital.foundation.models import AuditEvent
from ehospital.people import access, actions
from ehospital.people.access import Permission, Role
from ehospital.people.models import (
    Account,
    BrokenGlass,
    CareRelationship,
    ClientApplication,
    ClientUnit,
    Consent,
    Patient,
    Proxy,
    Restriction,
    StaffAsPatient,
)
from ehospital.people.row_security import granting
from tests.factories import people
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db


def care_for(patient_id, *, unit_id=None, staff_id=None, until=None, by=None, kind=CareRelationship.Kind.WARD):
    actions.begin_care(
        patient_id=patient_id,
        unit_id=unit_id,
        staff_id=staff_id,
        kind=kind,
        source="test:1",
        by=by or people.machinery(),
        at=NOON,
        until=until,
    )


def break_glass(staff_id, patient_id, minutes, second, other):
    """Somebody opened the chart so many minutes ago, alone or with a second clinician."""
    since = NOON - timedelta(minutes=minutes)
    BrokenGlass.objects.create(
        staff_id=staff_id, patient_id=patient_id, kind="emergency", reason="Found unconscious.", opened_at=since,
        during=DateTimeTZRange(since, since + timedelta(hours=1)), needs_second=second != "not needed",
        second_id=other if second == "there" else None,
    )  # fmt: skip


def unit():
    return actions.add_unit(name="Ward 4", by=people.machinery(), at=NOON)


def test_nobody_may_nothing() -> None:
    for permission in set(Permission) - {Permission.NONE_NEEDED}:
        assert not access.may(None, permission)
        assert not access.visible_patients(None, permission).exists()


def test_an_unknown_role_may_nothing() -> None:
    people.patient()
    stranger = access.Actor(kind="staff", id="x", name="x", roles=frozenset({"wizard"}), at=NOON)
    assert not any(access.holds(stranger, permission) for permission in set(Permission) - {Permission.NONE_NEEDED})


def test_a_nurse_opens_the_charts_of_her_unit_only() -> None:
    ward = unit()
    mine, other = people.patient(), people.patient("Hamid", "Karimi")
    nurse = people.staff(Role.NURSE, unit_id=ward)
    care_for(mine, unit_id=ward)
    assert access.may(nurse.actor, Permission.CHART_READ, patient_id=mine)
    assert not access.may(nurse.actor, Permission.CHART_READ, patient_id=other)
    with pytest.raises(access.NotPermitted, match=r"^Tove Berg may not open a chart$"):
        access.require(nurse.actor, Permission.CHART_READ, patient_id=other)


def test_a_foreign_patient_and_one_that_does_not_exist_answer_the_same() -> None:
    nurse, other = people.staff(Role.NURSE), people.patient()
    answers = []
    for key in (other, uuid4()):
        with pytest.raises(access.NotPermitted) as refusal:
            access.require(nurse.actor, Permission.CHART_READ, patient_id=key)
        answers.append(str(refusal.value))
    assert answers[0] == answers[1]


def test_a_relationship_ends_with_its_period() -> None:
    doctor, patient = people.staff(Role.DOCTOR), people.patient()
    care_for(patient, staff_id=doctor.id, until=NOON + timedelta(hours=1))
    at_the_end = access.later(doctor.actor, NOON + timedelta(hours=1))
    just_before = access.later(doctor.actor, NOON + timedelta(minutes=59))
    assert access.may(just_before, Permission.CHART_READ, patient_id=patient)
    assert not access.may(at_the_end, Permission.CHART_READ, patient_id=patient)


def test_ending_care_closes_the_chart() -> None:
    doctor, patient = people.staff(Role.DOCTOR), people.patient()
    care_for(patient, staff_id=doctor.id)
    assert actions.end_care(source="test:1", by=people.machinery(), at=NOON + timedelta(minutes=5)) == 1
    later = access.later(doctor.actor, NOON + timedelta(minutes=6))
    assert not access.may(later, Permission.CHART_READ, patient_id=patient)


@pytest.mark.parametrize("role", [Role.NURSE, Role.DOCTOR, Role.ADMINISTRATOR, Role.CASHIER])
def test_nobody_lets_themselves_into_a_chart_by_stating_care(role: Role) -> None:
    patient, ward = people.patient(), unit()
    member = people.staff(role, unit_id=ward)
    before = AuditEvent.objects.count()
    with pytest.raises(access.NotPermitted, match=r"^Tove Berg may not place a patient in beds and clinics$"):
        care_for(patient, unit_id=ward, by=member.actor)
    assert not CareRelationship.objects.exists()
    assert AuditEvent.objects.count() == before


def test_only_who_may_place_a_patient_ends_their_care() -> None:
    patient, ward = people.patient(), unit()
    nurse, stranger = people.staff(Role.NURSE, unit_id=ward), people.staff(Role.NURSE)
    care_for(patient, unit_id=ward, by=people.staff(Role.RECEPTIONIST).actor)
    with pytest.raises(access.NotPermitted):
        actions.end_care(source="test:1", by=stranger.actor, at=NOON + timedelta(minutes=5))
    assert CareRelationship.objects.get().during.upper is None
    assert actions.end_care(source="test:1", by=nurse.actor, at=NOON + timedelta(minutes=5)) == 1


def test_a_patient_is_received_by_those_who_import_only() -> None:
    patient, ward, source = people.patient(), unit(), "import:test"
    with pytest.raises(access.NotPermitted):
        actions.receive(
            patient_id=patient, unit_id=ward, source=source, by=people.staff(Role.RECEPTIONIST).actor, at=NOON
        )
    assert not CareRelationship.objects.exists()
    importer = people.staff(Role.ADMINISTRATOR).actor
    actions.receive(patient_id=patient, unit_id=ward, source=source, by=importer, at=NOON)
    assert CareRelationship.objects.get().source == source


def test_a_patient_reads_nothing_but_the_own_record() -> None:
    me, other = people.patient(), people.patient("Hamid", "Karimi")
    actor = access.of_patient(me, name="Amina", at=NOON)
    assert access.may(actor, Permission.OWN_RECORD_READ, patient_id=me)
    assert not access.may(actor, Permission.OWN_RECORD_READ, patient_id=other)
    assert not access.may(actor, Permission.CHART_READ, patient_id=me)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.CASHIER, Role.PRIVACY_OFFICER, Role.RECEPTIONIST])
def test_roles_without_patients_open_no_chart(role: Role) -> None:
    patient, member = people.patient(), people.staff(role)
    care_for(patient, staff_id=member.id)
    assert not access.may(member.actor, Permission.CHART_READ, patient_id=patient)


def test_a_role_held_yesterday_gives_nothing_today() -> None:
    nurse = people.staff(Role.NURSE)
    before = access.of_staff(nurse.id, name="Tove", at=NOON - timedelta(days=1))
    assert before.roles == frozenset()


@dataclass(frozen=True)
class Said:
    """What a patient allowed or refused; `whom` is a key of the people and units of the test, minutes are from now."""

    scope: str
    whom: str
    decision: str
    category: str
    begins: int
    ends: int | None

    @property
    def refuses(self) -> bool:
        """Whether it is a refusal of the whole record that stands now."""
        stands = self.begins <= 0 and (self.ends is None or self.ends > 0)
        return stands and self.decision == "deny" and not self.category


def _possible(said: Said) -> bool:
    """Whether the database takes such a word."""
    opens_all = said.decision == "permit" and not said.category and said.scope in ("treatment", "proxies")
    lasts = said.ends is None or said.begins < said.ends
    return lasts and not opens_all and not (said.scope == "research" and said.category)


ABOUT = {"treatment": ["me", "colleague", "our unit", "other unit"], "sharing": ["all", "system", "other system"]}
# Half of the words are of the kind that matters most, so that each of their targets comes up with each kind of care.
REFUSALS = [
    Said(scope, whom, "deny", "", 0, None)
    for scope in ("treatment", "sharing", "proxies")
    for whom in ABOUT.get(scope, ["all"])
]
WORDS = st.one_of(
    st.sampled_from(REFUSALS),
    st.sampled_from(Consent.Scope.values).flatmap(
        lambda scope: st.builds(
            Said,
            scope=st.just(scope),
            whom=st.sampled_from(ABOUT.get(scope, ["all"])),
            decision=st.sampled_from(Consent.Decision.values),
            category=st.sampled_from(["", "", "", "hiv", "mental-health"]),
            begins=st.sampled_from([-60, 0, 1]),
            ends=st.sampled_from([None, 0, 1]),
        )
    ),
).filter(_possible)


def say(said: Said, patient_id: UUID, about: dict[str, dict[str, UUID]]) -> None:
    """Write a word down as it is, past the action that would refuse some of them."""
    end = None if said.ends is None else NOON + timedelta(minutes=said.ends)
    Consent.objects.create(
        patient_id=patient_id, scope=said.scope, decision=said.decision, category=said.category,
        during=DateTimeTZRange(NOON + timedelta(minutes=said.begins), end), way="written", document="Folder 7",
        recorded_at=NOON, recorded_by="Tove", **about.get(said.whom, {}),
    )  # fmt: skip


@dataclass(frozen=True)
class Case:
    """How one patient stands to the member of staff who asks."""

    unit_cares: str | None
    named: bool
    minutes: int | None
    second: str
    level: str | None
    staff: str | None
    words: tuple[Said, ...] = ()

    def refuses(self, *whom: str) -> bool:
        """Whether the patient keeps one of these people or units of the hospital out."""
        return any(one.refuses and one.scope == "treatment" and one.whom in whom for one in self.words)


CASES = st.builds(
    Case,
    unit_cares=st.sampled_from([None, "ward", "clinic"]),
    named=st.booleans(),
    minutes=st.sampled_from([None, 0, 59, 60, 90]),
    second=st.sampled_from(["not needed", "missing", "there"]),
    level=st.sampled_from([None, "restricted", "sealed"]),
    staff=st.sampled_from([None, "colleague", "me"]),
    words=st.lists(WORDS, max_size=3).map(tuple),
)


def arrange(case: Case, key, member, ward, others) -> None:
    """Bring a patient into a case."""
    if case.unit_cares:
        care_for(key, unit_id=ward, kind=CareRelationship.Kind(case.unit_cares))
    if case.named:
        care_for(key, staff_id=member.id)
    if case.minutes is not None:
        break_glass(member.id, key, case.minutes, case.second, others[0])
    if case.level:
        Restriction.objects.create(patient_id=key, level=case.level, kind="wish", during=DateTimeTZRange(NOON, None))
    if case.staff:
        StaffAsPatient.objects.create(patient_id=key, staff_id=member.id if case.staff == "me" else others.pop())


def expected(case: Case, scopes) -> bool:
    """Whether the chart opens, as a person would say it."""
    if access.Scope.ALL in scopes:
        return True
    if not scopes & {access.Scope.RELATED, access.Scope.REACHED, access.Scope.UNKEPT} or case.staff == "me":
        return False
    kept = case.level is not None or case.staff is not None or case.refuses("me", "our unit")
    if access.Scope.UNKEPT in scopes and not kept:
        return True
    if case.named and not case.refuses("me", "our unit"):
        return True
    if case.unit_cares == "ward" and not case.refuses("me"):
        return True
    if case.unit_cares == "clinic" and case.level is None and case.staff is None and not case.refuses("me", "our unit"):
        return True
    opened = case.minutes is not None and case.minutes < 60 and case.second != "missing"
    return bool(scopes & {access.Scope.REACHED, access.Scope.UNKEPT}) and opened


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    roles=st.sets(st.sampled_from(list(Role)), max_size=2),
    permission=st.sampled_from(sorted(set(Permission) - {Permission.NONE_NEEDED})),
    cases=st.lists(CASES, min_size=3, max_size=3).filter(lambda cases: [one.staff for one in cases].count("me") < 2),
)
def test_a_list_shows_exactly_what_could_be_opened(roles, permission, cases) -> None:
    judged_alike(roles, permission, cases)


@pytest.mark.parametrize("word", REFUSALS, ids=lambda word: f"{word.scope}-{word.whom}")
def test_every_refusal_is_judged_alike_in_every_kind_of_care(word: Said) -> None:
    care = [(None, True), ("ward", False), ("clinic", False)]
    cases = [Case(unit, named, None, "not needed", None, None, (word,)) for unit, named in care]
    judged_alike({Role.NURSE}, Permission.CHART_READ, cases)


def judged_alike(roles, permission, cases) -> None:
    """Ask the list, the single check, the expectation and the database about the same patients."""
    from django.db import transaction

    with transaction.atomic():
        ward = unit()
        member = people.staff(Role.CASHIER, unit_id=ward)
        for role in roles - {Role.CASHIER}:
            actions.give_role(staff_id=member.id, role=role, by=people.machinery(), at=NOON)
        others = [people.staff(Role.CASHIER).id for _ in range(4)]
        keys = [people.patient(f"P{number}") for number in range(3)]
        about = whom(me={"staff_id": member.id}, colleague={"staff_id": others[0]}, our_unit={"unit_id": ward})
        for key, case in zip(keys, cases, strict=True):
            arrange(case, key, member, ward, others)
            for word in case.words:
                say(word, key, about)
        actor = access.of_staff(member.id, name="Tove", at=NOON)
        listed = set(access.visible_patients(actor, permission).values_list("pk", flat=True))
        opened = {
            key for key in Patient.objects.values_list("pk", flat=True) if access.may(actor, permission, patient_id=key)
        }
        assert listed == opened
        scopes = {access.TABLE[role].get(permission) for role in roles | {Role.CASHIER}}
        assert listed == {key for key, case in zip(keys, cases, strict=True) if expected(case, scopes)}
        for key, case in zip(keys, cases, strict=True):
            under = case.minutes is not None and case.minutes < 60 and case.second != "missing"
            clinician = roles & {Role.DOCTOR, Role.NURSE, Role.PHARMACIST}
            assert bool(access.glass_of(access.later(actor, NOON), key)) is bool(under and clinician)
        assert by_the_database(actor, permission, keys) == (listed, listed)
        transaction.set_rollback(True)


def whom(**known: dict[str, UUID]) -> dict[str, dict[str, UUID]]:
    """Return about whom a word may be, by the names of `ABOUT`: those who are given, and others."""
    by, other = people.machinery(), people.staff(Role.CASHIER)
    client = ClientApplication.objects.create(name="Elsewhere", scopes=["system/*.read"], registered_at=NOON)
    return {
        "me": {"staff_id": other.id},
        "colleague": {"staff_id": other.id},
        "our unit": {"unit_id": actions.add_unit(name="Ward 5", by=by, at=NOON)},
        "other unit": {"unit_id": actions.add_unit(name="Ward 6", by=by, at=NOON)},
        "system": {"client_id": client.id},
        "other system": {"client_id": client.id},
    } | {name.replace("_", " "): keys for name, keys in known.items()}


def by_the_database(actor: access.Actor, permission: Permission, keys: list[UUID]) -> tuple[set[UUID], set[UUID]]:
    """Whom the database permits by itself, of some patients and of all (`people.row_security`)."""
    who = access._who(actor)
    assert who is not None
    found = []
    with connection.cursor() as cursor:
        for among in (keys, None):
            told = [who.kind, who.id, who.at, permission.name, among]
            cursor.execute("SELECT charts.permitted(%s, %s, %s, %s, %s)", told)
            found.append({key for (key,) in cursor.fetchall()})
    return found[0], found[1]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["charts", "trail"])
def test_what_was_opened_for_one_deed_stands_for_no_other(first: str) -> None:
    member = people.staff(Role.PRIVACY_OFFICER)
    actions.give_role(staff_id=member.id, role=Role.LAB_TECHNICIAN, by=people.machinery(), at=NOON)
    key = people.patient()
    actor = access.of_staff(member.id, name="Tove", at=NOON)
    open_both = [
        lambda: access.visible_patients(actor, Permission.RESULT_ENTER),
        lambda: access.open_trail(actor, Permission.AUDIT_READ),
    ]
    with granting.request_transaction(only_reads=True), connection.cursor() as cursor:
        for one in open_both if first == "charts" else reversed(open_both):
            one()
        cursor.execute("SELECT charts.trail_open(), %s IN (SELECT charts.granted_by_rule('read'))", [key])
        assert cursor.fetchone() == (True, True)


@dataclass(frozen=True)
class Portal:
    """How a patient stands to whoever asks without being of the staff; minutes are from now."""

    begins: int
    ends: int | None
    extent: str
    merged: bool
    level: str | None
    unit_cares: str | None
    staff: bool
    words: tuple[Said, ...] = ()


PORTALS = st.builds(
    Portal,
    begins=st.sampled_from([-60, -1, 0, 1]),
    ends=st.sampled_from([None, 0, 1, 60]),
    extent=st.sampled_from(["read", "act"]),
    merged=st.booleans(),
    level=st.sampled_from([None, "restricted", "sealed"]),
    unit_cares=st.sampled_from([None, "ward", "clinic", "referral"]),
    staff=st.booleans(),
    words=st.lists(WORDS, max_size=3).map(tuple),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    permission=st.sampled_from(sorted(set(Permission) - {Permission.NONE_NEEDED})),
    cases=st.lists(PORTALS.filter(lambda one: one.ends is None or one.begins < one.ends), min_size=2, max_size=2),
    revoked=st.booleans(),
)
def test_patients_proxies_and_other_systems_are_judged_alike_by_the_database(permission, cases, revoked) -> None:
    from django.db import transaction

    with transaction.atomic():
        by, clinic = people.machinery(), unit()
        client = ClientApplication.objects.create(
            name="Laboratory", scopes=["system/*.read"], registered_at=NOON, revoked_at=NOON if revoked else None
        )
        ClientUnit.objects.create(client=client, unit_id=clinic)
        holder = Account.objects.create(username="holder")
        keys = [people.patient(f"P{number}") for number in range(3)]
        proxies = [arrange_portal(case, key, clinic, holder) for key, case in zip(keys, cases, strict=False)]
        about = whom(system={"client_id": client.id}, our_unit={"unit_id": clinic})
        for key, case in zip(keys, cases, strict=False):
            for word in case.words:
                say(word, key, about)
        Patient.objects.filter(pk__in=[k for k, c in zip(keys, cases, strict=False) if c.merged]).update(
            merged_into=keys[2], active=False
        )
        asking = [
            access.of_client(client.id, name="Laboratory", at=NOON),
            *(access.of_patient(key, name="A patient", at=NOON) for key in keys),
            *(access.of_proxy(one, name="Somebody", at=NOON) for one in proxies),
        ]
        for actor in asking:
            listed = set(access.visible_patients(actor, permission).values_list("pk", flat=True))
            assert by_the_database(actor, permission, keys) == (listed, listed)
        assert by.kind == "system" and access._who(by) is None
        transaction.set_rollback(True)


def arrange_portal(case: Portal, key, clinic, holder) -> Proxy:
    """Bring a patient into a case, and return the proxy over them."""
    begin = NOON + timedelta(minutes=case.begins)
    end = None if case.ends is None else NOON + timedelta(minutes=case.ends)
    if case.unit_cares:
        care_for(key, unit_id=clinic, kind=CareRelationship.Kind(case.unit_cares))
    if case.level:
        Restriction.objects.create(patient_id=key, level=case.level, kind="wish", during=DateTimeTZRange(NOON, None))
    if case.staff:
        StaffAsPatient.objects.create(patient_id=key, staff_id=people.staff(Role.CASHIER).id)
    return Proxy.objects.create(
        patient_id=key, holder=holder, relation="carer", extent=case.extent, evidence="A letter.",
        during=DateTimeTZRange(begin, end),
    )  # fmt: skip
