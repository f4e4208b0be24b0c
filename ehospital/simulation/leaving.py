"""What somebody left behind: a locum who has gone ordered a test for a patient who has gone too, and then it came."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from ehospital.clinical import actions
from ehospital.clinical.order_details import Measured, OrderDetails, ResultDetails
from ehospital.people import access
from ehospital.people import actions as people
from ehospital.simulation.arriving import Arrived
from ehospital.simulation.founding import Founded
from ehospital.simulation.staff import CLINIC, MONITORED

_EMPLOYED_FOR = timedelta(days=90)
_ASKED_BEFORE = timedelta(hours=3)
_LEFT_AFTER = timedelta(days=1)
_ANSWERED = timedelta(hours=38)


def leave_behind(built: Founded, arrived: Sequence[Arrived], *, by: access.Actor, at: datetime) -> None:
    """Let one answer come of which nobody knows; the doctors of the unit that asked find it among nobody's results."""
    patient = next((one for one in arrived if one.gone_at is not None), None)
    if patient is None or patient.gone_at is None:
        return
    since = at - _EMPLOYED_FOR
    locum = people.employ(given="Henrik", family="Solberg", prefix="Dr", title="Locum", by=by, at=since)
    people.give_role(staff_id=locum, role=access.Role.DOCTOR, by=by, at=since)
    for unit in (MONITORED, CLINIC):
        people.join_unit(staff_id=locum, unit_id=built.unit_ids[unit], by=by, at=since)
    doctor = access.of_staff(locum, name="Dr Henrik Solberg", at=patient.gone_at - _ASKED_BEFORE)
    asked = OrderDetails(item="crp", reason="Cough for three weeks")
    (order_id,) = actions.place_orders(patient.id, [asked], by=doctor, at=doctor.at)
    people.end_employment(staff_id=locum, by=by, at=patient.gone_at + _LEFT_AFTER)
    technician = next(one for one in built.team if one.role == access.Role.LAB_TECHNICIAN)
    found, told = ResultDetails(measured=(Measured("crp", Decimal(118)),)), at - _ANSWERED
    actions.enter_result(order_id, found, seen=None, by=built.acting(technician, told), at=told)
