"""Sign-in with allauth: no self-registration of staff, lock-outs that cannot hit a colleague, every attempt audited."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from ehospital.foundation import audit
from ehospital.people import access, queries
from ehospital.people.models import Account

ACTING_FOR = "acting_for"
"""In the session of the portal: the proxy by which somebody looks at another's record just now."""


def actor_of(account: Account, *, at: datetime, acting_for: str = "") -> access.Actor:
    """Return who an account acts for; an account of nobody has no permission at all.

    Args:
        acting_for: the id of a proxy of this account, from its session; one that has ended counts no more.
    """
    if acting_for and (proxy := queries.running_proxy(acting_for, account=account, at=at)):
        return access.of_proxy(proxy, name=account.patient.name_text if account.patient else account.username, at=at)
    if account.staff_id is not None and account.staff is not None:
        return access.of_staff(account.staff_id, name=account.staff.name_text, at=at)
    if account.patient_id is not None and account.patient is not None:
        # The account of a record that was merged belongs to the same person: it sees the record that stands.
        merged = account.patient.merged_into_id is not None
        standing = queries.standing_id(account.patient_id) if merged else account.patient_id
        return access.of_patient(standing, name=account.patient.name_text, at=at)
    roles = frozenset({"holder"} if queries.my_proxies(account, at=at).exists() else ())
    return access.Actor(kind="account", id=str(account.pk), name=account.username, roles=roles, at=at)


class Backend(AuthenticationBackend):
    """allauth's backend, which brings the account's owner along: every page needs both."""

    def get_user(self, user_id: UUID | str) -> Account | None:
        """Return the active account of a session."""
        found = Account.objects.select_related("staff", "patient").filter(pk=user_id, is_active=True)
        return found.first()


class AccountAdapter(DefaultAccountAdapter):
    """What this hospital does differently from allauth's defaults."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are given at the desk, never taken."""
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count failed attempts per name and address, so that nobody can lock a colleague out from another desk."""
        name: str = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{self.get_client_ip(request)}:{name}"

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Write the failed attempt down; the name that was typed, never the password."""
        at = datetime.now(UTC)
        typed = str(credentials.get("username") or credentials.get("email") or "")[:150]
        with transaction.atomic():
            audit.record(
                "account.failed",
                by=access.Actor(kind="nobody", id="", name=typed, roles=frozenset(), at=at),
                at=at,
                details={"address": self.get_client_ip(request)},
            )

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse:
        """Write the sign-in down."""
        assert isinstance(user, Account)
        from ehospital.people.actions import switching  # which needs to know whom an account acts for

        at = datetime.now(UTC)
        with transaction.atomic():
            audit.record("account.signed_in", by=actor_of(user, at=at), at=at, subject=f"account:{user.pk}")
            switching.wake_pin(user, at=at)
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return response
