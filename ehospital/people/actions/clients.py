"""Letting other systems in: their credentials, their tokens, and the patients whom they register."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.crypto import constant_time_compare

from ehospital.foundation import audit, locks
from ehospital.people import access, smart
from ehospital.people.actions.registering import register_patient
from ehospital.people.details import PatientDetails
from ehospital.people.models import CareRelationship, ClientApplication, ClientUnit

_NOBODY = "0" * 64


class ClientKnown(ValueError):
    """A system of that name is registered already; nothing was written."""


class NoSuchClient(LookupError):
    """No system has that name."""


class NotAdmitted(PermissionError):
    """Unknown, revoked, or the wrong secret: the answer is the same."""


class ScopeNotGiven(PermissionError):
    """The system asked for more than it was given; it got nothing."""


class NowhereReceived(RuntimeError):
    """The system belongs to no unit that could take over the patient; nothing was written."""


@transaction.atomic
def add_client(
    name: str, *, scopes: Iterable[str], unit_ids: Sequence[UUID], by: access.Actor, at: datetime
) -> tuple[UUID, str]:
    """Register a system and return its client id and its secret, 43 characters, shown now and kept nowhere.

    Args:
        scopes: SMART scopes, see `smart.KINDS`.
        unit_ids: the units whose patients it sees; the first one takes over the patients that it registers.
    Raises:
        NotPermitted: `by` may not manage accounts.
        UnknownScope: one of the scopes is none.
        ClientKnown: the name is taken.
    """
    access.require(by, access.Permission.ACCOUNT_MANAGE)
    given, secret = smart.checked(scopes), _new_secret()
    client = ClientApplication(
        name=name.strip(), scopes=given, secret_hash=smart.hashed(secret), registered_at=at, revoked_at=None
    )
    try:
        with transaction.atomic():
            client.save(force_insert=True)
    except IntegrityError as error:
        if "client_name_is_unique" not in str(error):
            raise
        raise ClientKnown(f"{name} is registered already") from error
    units = list(dict.fromkeys(unit_ids))
    ClientUnit.objects.bulk_create(
        [ClientUnit(client=client, unit_id=unit, receives=place == 0) for place, unit in enumerate(units)]
    )
    details = {"scopes": given, "units": [str(unit) for unit in units]}
    audit.record("client.registered", by=by, at=at, subject=f"client:{client.id}", details=details)
    return client.id, secret


@transaction.atomic
def renew_client(name: str, *, by: access.Actor, at: datetime) -> tuple[UUID, str]:
    """Give a system a new secret and return its id and the secret; old ones and their tokens die, a revocation ends.

    Raises:
        NotPermitted: `by` may not manage accounts.
        NoSuchClient: nobody is called so.
    """
    access.require(by, access.Permission.ACCOUNT_MANAGE)
    client, secret = _locked(name), _new_secret()
    client.secret_hash, client.revoked_at = smart.hashed(secret), None
    client.edition += 1
    client.save(update_fields=["secret_hash", "revoked_at", "edition"])
    audit.record("client.secret_renewed", by=by, at=at, subject=f"client:{client.id}")
    return client.id, secret


@transaction.atomic
def revoke_client(name: str, *, by: access.Actor, at: datetime) -> None:
    """Put a system out: neither its secret nor a token that it holds opens the door. Repeating changes nothing.

    Raises:
        NotPermitted: `by` may not manage accounts.
        NoSuchClient: nobody is called so.
    """
    access.require(by, access.Permission.ACCOUNT_MANAGE)
    client = _locked(name)
    if client.revoked_at is None:
        client.revoked_at = at
        client.edition += 1
        client.save(update_fields=["revoked_at", "edition"])
        audit.record("client.revoked", by=by, at=at, subject=f"client:{client.id}")


def admit(
    client_id: str, secret: str, *, scopes: Iterable[str] = (), address: str = "", noisy: bool = False, at: datetime
) -> tuple[str, smart.Token]:
    """Return a token for a system that shows its secret, as text and as what it says; audited, also when refused.

    Args:
        scopes: those wanted; none means all that were given.
        address: where it asks from, for the trail.
        noisy: so many failures of that address stand in the trail already that a further one tells nothing.
    Raises:
        NotAdmitted: unknown, revoked or the wrong secret.
        ScopeNotGiven, UnknownScope: it asks for what it does not have.
    """
    key = _uuid(client_id)
    client = ClientApplication.objects.filter(pk=key).first() if key else None
    right = constant_time_compare(smart.hashed(secret), client.secret_hash if client else _NOBODY)
    if client is None or not right or client.revoked_at is not None:
        if not noisy:
            _refused(str(client.pk) if client else "", client.name if client else client_id, "credentials", address, at)
        raise NotAdmitted("unknown client, or a wrong secret")
    try:
        wanted = smart.checked(scopes) or client.scopes
        if not smart.within(wanted, client.scopes):
            raise ScopeNotGiven("a scope was asked for that this client does not have")
    except (ScopeNotGiven, smart.UnknownScope):
        _refused(str(client.pk), client.name, "scope", address, at)
        raise
    token = smart.Token(client.pk, client.edition, tuple(wanted), at + smart.LASTS)
    who = access.of_client(client.pk, name=client.name, at=at)
    with transaction.atomic():
        audit.record("client.signed_in", by=who, at=at, subject=f"client:{client.pk}", details={"scopes": list(wanted)})
    return smart.sign(token), token


@transaction.atomic
def register_from(details: PatientDetails, *, by: access.Actor, at: datetime) -> UUID:
    """Register a patient whom a system sends, in the care of the unit that receives for it, and return the id.

    Raises:
        NotPermitted, UnusableDetails, IdentifierTaken: as for registering; nothing is written.
        NowhereReceived: no unit receives for the system; nobody could ever open the chart.
    """
    access.require(by, access.Permission.PATIENT_REGISTER)
    unit = ClientUnit.objects.filter(client_id=by.client_id, receives=True).order_by("id").first()
    if unit is None:
        raise NowhereReceived("no unit takes over the patients of this client")
    key = register_patient(details, by=by, at=at)
    kind, source = CareRelationship.Kind.REFERRAL, f"client:{by.client_id}"
    CareRelationship.objects.create(
        patient_id=key, unit_id=unit.unit_id, kind=kind, source=source, during=DateTimeTZRange(at, None)
    )
    audit.record("care.created", by=by, at=at, patient_id=key, subject=source, details={"kind": str(kind)})
    return key


def _refused(key: str, name: str, why: str, address: str, at: datetime) -> None:
    name = name.replace("\0", "")[:200]
    who = access.Actor(kind="client" if key else "nobody", id=key, name=name, roles=frozenset(), at=at)
    with transaction.atomic():
        audit.record("client.failed", by=who, at=at, details={"address": address, "why": why})


def _locked(name: str) -> ClientApplication:
    keys = ClientApplication.objects.filter(name__iexact=name.strip()).values_list("pk", flat=True)
    found = locks.rows(ClientApplication.objects.all(), keys)
    if not found:
        raise NoSuchClient(f"No system is called {name!r}")
    return found[0]


def _new_secret() -> str:
    return secrets.token_urlsafe(32)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
