"""An unread answer always has a living reader, whatever becomes of staff, patients, orders and records."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from ehospital.algorithms.result_readers import Away, Rung
from ehospital.clinical import actions, queries
from ehospital.clinical.models import Acknowledgement, Order
from ehospital.clinical.queries import duty
from ehospital.foundation.models import AuditEvent, OutboxMessage
from ehospital.journeys import merging
from ehospital.messaging.models import Notice, ToldPerson
from ehospital.people import access
from ehospital.people import actions as people_actions
from ehospital.people.models import (
    BrokenGlass,
    CareRelationship,
    StaffAsPatient,
    StaffMember,
    StaffRole,
    UnitMembership,
)
from tests.factories import clinical, orders, people
from tests.factories import messaging as make
from tests.factories.people import NOON

HOUR = timedelta(hours=1)
READ = access.Permission.RESULT_ACKNOWLEDGE


def now(who: access.Actor, at=NOON) -> access.Actor:
    return access.of_staff(who.staff_id, name=who.name, at=at)


def to_see(who: access.Actor, at=NOON) -> list[UUID]:
    viewer = now(who, at)
    if not access.holds(viewer, READ):
        return []
    return [one.line.order.pk for one in queries.results_to_see(viewer=viewer, at=at)]


def nobodys(who: access.Actor, at=NOON) -> list[UUID]:
    found, count = queries.nobodys_results(viewer=now(who, at), at=at)
    assert count == len(found)
    return [one.waits.order_id for one in found]


def lies(patient: UUID, unit: UUID, source: str = "bed", kind: str = CareRelationship.Kind.WARD) -> None:
    people_actions.begin_care(
        patient_id=patient, unit_id=unit, kind=kind, source=source, by=people.machinery(), at=NOON
    )


def leaves(who: access.Actor, at=NOON + HOUR) -> None:
    people_actions.end_employment(staff_id=who.staff_id, by=people.machinery(at), at=at)


@pytest.fixture
def unit() -> UUID:
    return people_actions.add_unit(name="Ward", by=people.machinery(), at=NOON)


@pytest.mark.django_db
class TestTheRungs:
    """Down the ladder, one at a time."""

    def test_from_the_orderer_to_every_doctor(self, unit: UUID) -> None:
        patient = people.patient()
        lies(patient, unit)
        orderer, colleague = (people.staff("doctor", account=True, unit_id=unit).actor for _ in range(2))
        stranger, nurse = (
            people.staff("doctor", account=True).actor,
            people.staff("nurse", account=True, unit_id=unit).actor,
        )
        order = orders.one(patient, by=orderer)
        orders.answered(order.pk, potassium="4.0")
        everybody = (orderer, colleague, stranger, nurse)

        def shown(at) -> list[tuple[bool, bool]]:
            return [(order.pk in to_see(one, at), order.pk in nobodys(one, at)) for one in everybody]

        no, own, take = (False, False), (True, False), (False, True)
        assert shown(NOON) == [own, no, no, no]
        leaves(orderer)
        assert shown(NOON + HOUR) == [no, own, no, no], "the ward cares for the patient"
        people_actions.end_care(source="bed", by=people.machinery(), at=NOON + 2 * HOUR)
        assert shown(NOON + 2 * HOUR) == [no, take, no, no], "the unit that asked"
        leaves(colleague, NOON + 3 * HOUR)
        assert shown(NOON + 3 * HOUR) == [no, no, take, no], "every doctor"
        then = now(stranger, NOON + 3 * HOUR)
        assert queries.results_waiting(viewer=then) == 1
        ((line,), _) = queries.nobodys_results(viewer=then, at=then.at)
        assert (line.waits.shown.away, line.of.pk, line.left) == (
            Away.LEFT, orderer.staff_id, (NOON + HOUR).date(),
        )  # fmt: skip
        assert AuditEvent.objects.filter(action="nobodys_results.listed", actor_id=then.id).exists()

    def test_a_role_that_ended_no_unit_and_an_account_that_is_shut(self, unit: UUID) -> None:
        patient = people.patient()
        lies(patient, unit)
        orderer, colleague = (people.staff("doctor", account=True, unit_id=unit).actor for _ in range(2))
        order = orders.one(patient, by=orderer)
        orders.answered(order.pk, potassium="4.0")
        changes = (
            (StaffRole.objects.filter(staff_id=orderer.staff_id), Away.LEFT),
            (UnitMembership.objects.filter(staff_id=orderer.staff_id), Away.NO_UNIT),
        )
        assert to_see(colleague) == []
        for rows, why in changes:
            kept = rows.get().during
            rows.update(during=(kept.lower - HOUR, kept.lower))
            assert duty.unread_of(order.pk, at=NOON).shown.away is why
            assert to_see(colleague) == [order.pk]
            rows.update(during=kept)
        account = StaffMember.objects.get(pk=orderer.staff_id).account
        account.is_active = False
        account.save()
        assert to_see(colleague) == [order.pk]
        account.delete()
        assert to_see(colleague) == [order.pk], "who never had an account reads nothing either"

    def test_who_has_no_account_is_no_rung_to_stop_at(self, unit: UUID) -> None:
        patient = people.patient()
        lies(patient, unit)
        orderer = people.staff("doctor", account=True, unit_id=unit).actor
        people.staff("doctor", unit_id=unit)
        stranger = people.staff("doctor", account=True).actor
        order = orders.one(patient, by=orderer)
        orders.answered(order.pk, potassium="4.0")
        leaves(orderer)
        assert nobodys(stranger, NOON + HOUR) == [order.pk]

    def test_a_mistake_waits_for_nobody(self, unit: UUID) -> None:
        patient = people.patient()
        care = clinical.carer(patient, account=True)
        order, other = (orders.one(patient, by=care.actor) for _ in range(2))
        orders.answered(order.pk, potassium="4.0")
        mistaken = orders.answered(other.pk, potassium="4.0")
        actions.enter_in_error("reports", mistaken, reason="Other patient", by=care.actor, at=NOON)
        leaves(care.actor)
        stranger = people.staff("doctor", account=True).actor
        assert nobodys(stranger, NOON + HOUR) == [order.pk]
        assert duty.unread_of(other.pk, at=NOON + HOUR) is None

    def test_nobody_is_shown_their_own_record_nor_one_that_refused_them(self, unit: UUID) -> None:
        patient = people.patient()
        care = clinical.carer(patient, account=True)
        order = orders.one(patient, by=care.actor)
        orders.answered(order.pk, potassium="4.0")
        leaves(care.actor)
        myself, other = people.staff("doctor", account=True).actor, people.staff("doctor", account=True).actor
        StaffAsPatient.objects.create(staff_id=myself.staff_id, patient_id=patient)
        assert (nobodys(myself, NOON + HOUR), nobodys(other, NOON + HOUR)) == ([], [order.pk])


def kept(patient: UUID, why: str) -> UUID | None:
    """Keep a record from lists."""
    if why == "staff":
        StaffAsPatient.objects.create(staff_id=people.staff("nurse", account=True).id, patient_id=patient)
        return None
    return people_actions.restrict_record(
        patient, level=why, kind="wish", named=[people.staff("nurse", account=True).id], by=people.machinery(), at=NOON
    )


@pytest.mark.django_db
class TestTakingOver:
    """Whoever takes an answer over gets it, and nobody else has it any more."""

    @pytest.fixture
    def left(self) -> tuple[UUID, Order, access.Actor]:
        patient = people.patient()
        care = clinical.carer(patient, account=True)
        order = orders.one(patient, by=care.actor)
        orders.answered(order.pk, potassium="6.9")
        leaves(care.actor)
        return patient, order, care.actor

    def test_it_waits_for_them_and_opens_the_chart_until_it_was_read(self, left) -> None:
        patient, order, orderer = left
        taker, other = (people.staff("doctor", account=True).actor for _ in range(2))
        then = now(taker, NOON + 2 * HOUR)
        assert not access.may(then, access.Permission.CHART_READ, patient_id=patient)
        assert actions.take_over_result(order.pk, by=then, at=then.at) == patient
        assert Order.objects.get().recipient_id == taker.staff_id
        assert (to_see(taker, then.at), nobodys(taker, then.at), nobodys(other, then.at)) == ([order.pk], [], [])
        assert access.may(now(taker, then.at), access.Permission.CHART_READ, patient_id=patient)
        event = AuditEvent.objects.get(action="order.taken_over")
        assert (event.details, event.patient_id) == ({"from": str(orderer.staff_id), "because": "left"}, patient)
        assert OutboxMessage.objects.filter(payload__what="order.taken_over").count() == 1
        (report,) = order.reports.all()
        actions.acknowledge_result(report.pk, by=now(taker, then.at), at=then.at)
        assert not access.may(now(taker, then.at + HOUR), access.Permission.CHART_READ, patient_id=patient)

    def test_its_notice_goes_to_them_and_the_ladder_goes_on(self, left) -> None:
        _, order, orderer = left
        taker = now(make.colleague(username="taker").actor, NOON + 2 * HOUR)
        notice = Notice.objects.get()
        before = (notice.announced_at, notice.position, notice.next_at)
        actions.take_over_result(order.pk, by=taker, at=taker.at)
        notice.refresh_from_db()
        assert (notice.announced_at, notice.position, notice.next_at) == before
        has = dict(ToldPerson.objects.values_list("staff_id", "relieved_at"))
        assert has[taker.staff_id] is None
        assert has[orderer.staff_id] == taker.at

    def test_refusals_change_nothing(self, left) -> None:
        _, order, _ = left
        at = NOON + 2 * HOUR
        first, second = (now(people.staff("doctor", account=True).actor, at) for _ in range(2))
        nurse, technician = people.staff("nurse", account=True).actor, orders.technician()
        before = AuditEvent.objects.count()
        for by in (nurse, technician):
            with pytest.raises(actions.UnknownEntry):
                actions.take_over_result(order.pk, by=by, at=at)
        with pytest.raises(actions.UnknownEntry):
            actions.take_over_result(UUID(int=1), by=first, at=at)
        assert AuditEvent.objects.count() == before
        actions.take_over_result(order.pk, by=first, at=at)
        before = AuditEvent.objects.count()
        with pytest.raises(actions.TakenBefore) as caught:
            actions.take_over_result(order.pk, by=second, at=at)
        assert (caught.value.name, AuditEvent.objects.count()) == (first.name, before)
        actions.acknowledge_result(order.reports.get().pk, by=now(first, at), at=at)
        with pytest.raises(actions.ReadBefore):
            actions.take_over_result(order.pk, by=second, at=at)

    @pytest.mark.parametrize("why", ["restricted", "sealed", "staff"])
    def test_a_record_that_is_kept_from_lists_opens_with_a_reason_first(self, left, why: str) -> None:
        patient, order, orderer = left
        at = NOON + 2 * HOUR
        taker, other = (people.staff("doctor", account=True).actor for _ in range(2))
        kept(patient, why)
        (line,), count = queries.nobodys_results(viewer=now(taker, at), at=at)
        assert (line.waits.order_id, line.patient, count) == (order.pk, None, 1), "it waits, and nothing says for whom"
        assert queries.behind_a_reason(order.pk, viewer=now(taker, at), at=at) == patient
        before = (AuditEvent.objects.count(), OutboxMessage.objects.count(), CareRelationship.objects.count())
        with pytest.raises(actions.RecordKept):
            actions.take_over_result(order.pk, by=now(taker, at), at=at)
        assert before == (AuditEvent.objects.count(), OutboxMessage.objects.count(), CareRelationship.objects.count())
        assert Order.objects.get().recipient_id == orderer.staff_id
        glass = people_actions.break_glass(
            patient, kind="covering", reason="An answer waits for nobody.", by=now(taker, at), at=at
        )
        if why == "sealed":
            with pytest.raises(actions.RecordKept):
                actions.take_over_result(order.pk, by=now(taker, at), at=at)
            people_actions.agree_glass(BrokenGlass.objects.get(pk=glass).code, by=now(other, at), at=at)
        ((line,), _) = queries.nobodys_results(viewer=now(taker, at), at=at)
        assert line.patient.pk == patient
        ((line,), _) = queries.nobodys_results(viewer=now(other, at), at=at)
        assert line.patient is None, "the glass of a colleague is not one's own"
        actions.take_over_result(order.pk, by=now(taker, at), at=at)
        assert (to_see(taker, at), nobodys(other, at)) == ([order.pk], [])
        assert not CareRelationship.objects.filter(staff_id=taker.staff_id).exists(), "it ends with the glass"
        late = at + 2 * HOUR
        assert not access.may(now(taker, late), access.Permission.CHART_READ, patient_id=patient)
        assert (nobodys(taker, late), nobodys(other, late)) == ([order.pk], [order.pk]), "and it waits for all again"

    def test_a_restriction_that_ended_keeps_nothing_back(self, left) -> None:
        patient, order, _ = left
        at, taker = NOON + 2 * HOUR, people.staff("doctor", account=True).actor
        people_actions.lift_restriction(kept(patient, "restricted"), by=people.machinery(NOON + HOUR), at=NOON + HOUR)
        ((line,), _) = queries.nobodys_results(viewer=now(taker, at), at=at)
        assert line.patient.pk == patient
        assert actions.take_over_result(order.pk, by=now(taker, at), at=at) == patient

    def test_only_what_is_shown_to_them(self) -> None:
        patient = people.patient()
        care = clinical.carer(patient, account=True)
        order = orders.one(patient, by=care.actor)
        orders.answered(order.pk, potassium="4.0")
        clinical.carer(patient, account=True)
        stranger = people.staff("doctor", account=True).actor
        with pytest.raises(actions.UnknownEntry):
            actions.take_over_result(order.pk, by=stranger, at=NOON)
        assert Order.objects.get().recipient_id == care.id


@pytest.mark.django_db
def test_a_handed_over_critical_result_is_told_to_whoever_has_it_now() -> None:
    patient = people.patient()
    giver, taker = clinical.carer(patient, account=True), clinical.carer(patient, account=True)
    order = orders.one(patient, by=giver.actor)
    orders.answered(order.pk, potassium="6.9")
    notice = Notice.objects.get()
    due = notice.next_at
    assert actions.hand_over_results(taker.id, by=giver.actor, at=NOON) == (1, 0)
    notice.refresh_from_db()
    assert notice.next_at == due
    has = dict(ToldPerson.objects.values_list("staff_id", "relieved_at"))
    assert has == {giver.id: NOON, taker.id: None}


@pytest.mark.django_db
def test_handing_over_does_not_prolong_the_glass_of_whoever_gets_it() -> None:
    patient = people.patient()
    giver, taker = clinical.carer(patient, account=True), people.staff("doctor", account=True)
    order = orders.one(patient, by=giver.actor)
    orders.answered(order.pk, potassium="4.0")
    kept(patient, "restricted")
    people_actions.break_glass(patient, kind="advice", reason="Asked for advice.", by=taker.actor, at=NOON)
    assert actions.hand_over_results(taker.id, by=giver.actor, at=NOON) == (1, 0)
    assert to_see(taker.actor) == [order.pk]
    late = NOON + 2 * HOUR
    assert not access.may(now(taker.actor, late), access.Permission.CHART_READ, patient_id=patient)
    assert to_see(giver.actor, late) == [order.pk], "it is the team's again"


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["leaves", "role ends", "no unit", "account shut", "discharged", "handed over", "taken over", "merged",
             "admitted", "glass", "order", "read"]
        ),
        st.integers(0, 5),
    ),
    max_size=9,
)  # fmt: skip


class TestAlways(TestCase):
    """Any history leaves no unread answer without somebody who is shown it."""

    @given(STEPS)
    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    def test_any_history(self, steps: list[tuple[str, int]]) -> None:
        history = History()
        for number, (name, which) in enumerate(steps, start=1):
            history.at = NOON + number * HOUR
            history.do(name, which)
            history.check()


class History:
    """A hospital of one ward and one clinic, to which things happen."""

    def __init__(self) -> None:
        by, self.at = people.machinery(), NOON
        self.units = [people_actions.add_unit(name=name, by=by, at=NOON) for name in ("Ward", "Clinic")]
        self.doctors = [people.staff("doctor", account=True, unit_id=self.units[one % 2]).actor for one in range(4)]
        self.last = people.staff("doctor", account=True).actor  # who never leaves
        self.patients = [people.patient(), people.patient("Bela")]
        self.merged = False
        for number, patient in enumerate(self.patients):
            lies(patient, self.units[number], source=f"bed:{number}")
            order = orders.one(patient, by=self.doctors[number])
            orders.answered(order.pk, potassium="6.9" if number else "4.0")

    def do(self, name: str, which: int) -> None:
        by, doctor, patient = people.machinery(self.at), self.doctors[which % 4], self.patients[which % 2]
        running = {"staff_id": doctor.staff_id, "during__contains": self.at}
        if name == "leaves":
            leaves(doctor, self.at)
        elif name in ("role ends", "no unit"):
            model = StaffRole if name == "role ends" else UnitMembership
            for one in model.objects.filter(**running):
                model.objects.filter(pk=one.pk).update(during=(one.during.lower, self.at))
        elif name == "discharged":
            people_actions.end_care(source=f"bed:{which % 2}", by=by, at=self.at)
        elif name == "admitted" and not self.merged:
            lies(patient, self.units[which % 2], source=f"bed:{which % 2}")
        elif name == "merged" and not self.merged:
            self.merge(by)
        else:
            self.act(name, doctor, patient)

    def merge(self, by: access.Actor) -> None:
        """Let the two records become one."""
        survivor, absorbed = self.patients
        merging.merge(survivor_id=survivor, absorbed_id=absorbed, choices={}, by=by, at=self.at)
        self.merged, self.patients = True, [self.patients[0], self.patients[0]]

    def act(self, name: str, doctor: access.Actor, patient: UUID) -> None:
        actor = now(doctor, self.at)
        if name == "glass" and not access.may(actor, READ, patient_id=patient) and access.holds(actor, READ):
            people_actions.break_glass(patient, kind="emergency", reason="Found unconscious.", by=actor, at=self.at)
        elif name == "order" and access.may(actor, access.Permission.ORDER_PLACE, patient_id=patient):
            order = orders.one(patient, by=actor, at=self.at)
            orders.answered(order.pk, potassium="4.0", at=self.at)
        elif name == "handed over" and access.holds(actor, READ):
            actions.hand_over_results(self.last.staff_id, by=actor, at=self.at)
        elif name == "taken over":
            for key in nobodys(doctor, self.at)[:1]:
                actions.take_over_result(key, by=actor, at=self.at)
        elif name == "read":
            viewer = actor if access.holds(actor, READ) else now(self.last, self.at)
            for one in queries.results_to_see(viewer=viewer, at=self.at)[:1]:
                actions.acknowledge_result(one.line.result.report.pk, by=viewer, at=self.at)

    def check(self) -> None:
        """Every unread answer is shown to a living person, who may do with it what the page offers."""
        everybody = [*self.doctors, self.last]
        shown = {key for one in everybody for key in (*to_see(one, self.at), *nobodys(one, self.at))}
        waiting = duty.unread_answers(at=self.at)
        assert {one.order_id for one in waiting} == shown
        assert all(one.shown.rung is not Rung.NOBODY for one in waiting)
        assert not Acknowledgement.objects.filter(report_id__in=[one.report_id for one in waiting]).exists()
        for one in waiting:
            for doctor in everybody:
                self.agree(one, now(doctor, self.at))

    def agree(self, one: duty.Unread, actor: access.Actor) -> None:
        """What is said of everybody at once is what `people.access` says of one person."""
        opens = access.may(actor, READ, patient_id=one.patient_id)
        if one.shown.rung is Rung.TEAM and actor.staff_id in one.shown.readers:
            assert opens
        if one.shown.rung is Rung.RECIPIENT and one.recipient_id == actor.staff_id:
            assert opens
