"""Staff and organisations outside, as the records of others name them."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ehospital.foundation import audit
from ehospital.people import access
from ehospital.people.details import OrganisationDetails, StaffDetails
from ehospital.people.models import Organisation, StaffMember

_STAFF = ("name_text", "prefix", "given", "family", "title", "identifier", "phone", "email", "active")
_ORGANISATION = ("name", "kind", "identifier", "phone", "address", "active")


@transaction.atomic
def import_outsiders(
    *,
    staff: Mapping[UUID, StaffDetails],
    organisations: Mapping[UUID, OrganisationDetails],
    by: access.Actor,
    at: datetime,
) -> None:
    """Write clinicians and organisations outside under ids that the importer derives; those that exist are updated.

    Nobody who works here is touched: an id of our own staff raises.

    Raises:
        NotPermitted: `by` may not import.
        ValueError: one of the ids is a member of our own staff; nothing is written.
    """
    access.require(by, access.Permission.RECORD_IMPORT)
    if StaffMember.objects.filter(pk__in=staff, external=False).exists():
        raise ValueError("an import may not change somebody who works here")
    # In the order of their keys, so that two imports never wait for each other in a circle.
    Organisation.objects.bulk_create(
        [Organisation(id=key, **asdict(organisations[key])) for key in sorted(organisations)],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=_ORGANISATION,
    )
    StaffMember.objects.bulk_create(
        [StaffMember(id=key, external=True, **asdict(staff[key])) for key in sorted(staff)],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=_STAFF,
    )
    if staff or organisations:
        counts = {"staff": len(staff), "organisations": len(organisations)}
        audit.record("outsiders.imported", by=by, at=at, details=counts)
