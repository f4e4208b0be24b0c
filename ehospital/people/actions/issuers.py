"""Setting up who gives numbers to patients."""

import re
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ehospital.foundation import audit
from ehospital.people import access, naming, numbers
from ehospital.people.models import IdentifierIssuer


class UnusableIssuer(ValueError):
    """The issuer cannot be set up so; the message says why."""


@transaction.atomic
def set_issuer(
    system: str,
    *,
    name: str,
    kind: str = "",
    pattern: str = "",
    check_digit: str = "none",
    by: access.Actor,
    at: datetime,
) -> UUID:
    """Set up an issuer, or change it, and return its id. Numbers that are kept already stay as they are.

    Raises:
        NotPermitted: `by` may not manage accounts and what they work with.
        UnusableIssuer: no name, a pattern that is no regular expression, no such check digit, or our own numbers.
    """
    access.require(by, access.Permission.ACCOUNT_MANAGE)
    if not system.strip() or not name.strip():
        raise UnusableIssuer("an issuer has an address (a URI) and a name")
    if system == naming.HOSPITAL_NUMBER:
        raise UnusableIssuer("the hospital gives its own numbers; they need no setting up")
    if check_digit not in numbers.CHECKS:
        raise UnusableIssuer(f"there is no check digit {check_digit!r}; there are {', '.join(sorted(numbers.CHECKS))}")
    try:
        re.compile(pattern)
    except re.error as error:
        raise UnusableIssuer(f"{pattern!r} is no regular expression: {error}") from error
    made, _ = IdentifierIssuer.objects.update_or_create(
        system=system.strip(),
        defaults={"name": name.strip(), "kind": kind, "pattern": pattern, "check_digit": check_digit},
    )
    audit.record("issuer.changed", by=by, at=at, subject=f"issuer:{made.id}", details={"system": made.system})
    return made.id
