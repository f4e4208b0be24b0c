"""Letting somebody act for a patient in the portal, and ending that."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from ehospital.foundation import audit, locks
from ehospital.foundation.days import hospital_day
from ehospital.people import access, proxies
from ehospital.people.models import Account, Patient, Proxy


class UnusableProxy(ValueError):
    """What was asked makes no proxy; the message says why, and nothing was written."""


class TooYoung(PermissionError):
    """A child does not end the proxy of those who are responsible for it; nothing was written."""


@transaction.atomic
def give_proxy(
    patient_id: UUID,
    *,
    username: str,
    relation: str,
    extent: str,
    evidence: str,
    until: datetime | None = None,
    by: access.Actor,
    at: datetime,
) -> UUID:
    """Let the holder of a portal account open the patient's record from now on, and return the proxy's id.

    The proxy of a parent or guardian of a child ends when the child reaches the age that the hospital configures
    (`EHOSPITAL_PROXY_CHILD_AGE`), however late `until` is.

    Args:
        username: of the holder's account; not of a member of staff.
        relation, extent: of `Proxy.Relation` and `Proxy.Extent`.
        evidence: what was shown that proves it.
    Raises:
        NotPermitted: `by` may not manage proxies, or there is no such patient.
        UnusableProxy: no such account, the patient's own, a proxy already; no evidence; an end that is past.
    """
    locks.rows(Patient.objects.all(), [patient_id])
    access.require(by, access.Permission.PROXY_MANAGE, patient_id=patient_id)
    patient = Patient.objects.get(pk=patient_id)
    holder = Account.objects.filter(username__iexact=username.strip(), is_active=True, staff=None).first()
    if holder is None:
        raise UnusableProxy("no portal account has that user name: give them one first")
    if holder.patient_id == patient_id:
        raise UnusableProxy("this is the patient's own account")
    if relation not in Proxy.Relation.values or extent not in Proxy.Extent.values or len(evidence.strip()) < 3:
        raise UnusableProxy("say what they are to the patient, how far it goes, and what they have shown")
    ends = _end(patient, relation, until, at)
    try:
        with transaction.atomic():
            made = Proxy.objects.create(
                patient_id=patient_id, holder=holder, relation=relation, extent=extent, evidence=evidence.strip(),
                during=DateTimeTZRange(at, ends),
            )  # fmt: skip
    except IntegrityError as error:
        raise UnusableProxy("they act for this patient already: end that first") from error
    audit.record(
        "proxy.created", by=by, at=at, patient_id=patient_id, subject=f"proxy:{made.id}",
        details={"relation": relation, "extent": extent},
    )  # fmt: skip
    return made.id


@transaction.atomic
def end_proxy(proxy_id: UUID, *, by: access.Actor, at: datetime) -> bool:
    """End a proxy at once, and return whether it was running: the desk may, and an adult patient themselves.

    Raises:
        NotPermitted: neither, or there is no such proxy.
        TooYoung: the patient is a child.
    """
    found = locks.rows(Proxy.objects.select_related("patient"), [proxy_id])
    patient_id = found[0].patient_id if found else None
    at_desk = access.may(by, access.Permission.PROXY_MANAGE)
    if patient_id is None or not (at_desk or access.may(by, access.Permission.OWN_PROXY_END, patient_id=patient_id)):
        raise access.NotPermitted(f"{by.name} may not {access.Permission.OWN_PROXY_END.value}")
    (held,) = found
    age, today = settings.PROXY_CHILD_AGE, hospital_day(at)
    if not at_desk and proxies.is_child(held.patient, until_age=age, today=today):
        raise TooYoung("the desk ends the proxy of a child")
    if at not in held.during:
        return False
    held.during = DateTimeTZRange(held.during.lower, at)
    held.save(update_fields=["during"])
    audit.record("proxy.ended", by=by, at=at, patient_id=patient_id, subject=f"proxy:{proxy_id}")
    return True


def _end(patient: Patient, relation: str, until: datetime | None, at: datetime) -> datetime | None:
    if relation in proxies.PARENTAL:
        grown = proxies.ends_with_childhood(patient, until_age=settings.PROXY_CHILD_AGE)
        if grown is None and until is None:
            raise UnusableProxy("the birth date is not known: say until when, or write the birth date down first")
        if grown is not None:
            if grown <= at:
                raise UnusableProxy(
                    f"the patient is {settings.PROXY_CHILD_AGE} or older: an adult chooses a legal representative, a "
                    "relative or a carer"
                )
            until = min(until, grown) if until else grown
    if until is not None and until <= at:
        raise UnusableProxy("the end is past")
    return until
