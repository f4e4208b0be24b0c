"""What people do with their own accounts, written down: allauth tells of it by signals, and changes it by itself."""

from typing import Any

from allauth.account import signals as account
from allauth.account.models import EmailAddress
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.db import transaction

from ehospital.foundation import audit
from ehospital.people.models import Account
from ehospital.people.signing_in import actor_of


def listen() -> None:
    """Hear every change of an account from now on; repeatable."""
    for signal, receiver in _RECEIVERS.items():
        signal.connect(receiver, dispatch_uid=f"ehospital.people.{receiver.__name__}")


def _record(action: str, request: Any, user: Any, **details: str) -> None:
    if not isinstance(user, Account):
        return  # somebody signed out who was not signed in
    at = request.asked_at
    with transaction.atomic():
        audit.record(action, by=actor_of(user, at=at), at=at, subject=f"account:{user.pk}", details=details)


def _signed_out(request: Any, user: Any, **_: Any) -> None:
    _record("account.signed_out", request, user)


def _password_changed(request: Any, user: Any, **_: Any) -> None:
    _record("account.password_changed", request, user)


def _password_set(request: Any, user: Any, **_: Any) -> None:
    _record("account.password_set", request, user)


def _password_reset(request: Any, user: Any, **_: Any) -> None:
    _record("account.password_reset", request, user)


def _email_added(request: Any, user: Any, email_address: EmailAddress, **_: Any) -> None:
    _record("account.email_added", request, user, email=email_address.email)


def _email_removed(request: Any, user: Any, email_address: EmailAddress, **_: Any) -> None:
    _record("account.email_removed", request, user, email=email_address.email)


def _email_changed(
    request: Any, user: Any, from_email_address: EmailAddress | None, to_email_address: EmailAddress, **_: Any
) -> None:
    before = from_email_address.email if from_email_address else ""
    _record("account.email_changed", request, user, email=to_email_address.email, before=before)


def _email_confirmed(request: Any, email_address: EmailAddress, **_: Any) -> None:
    _record("account.email_confirmed", request, email_address.user, email=email_address.email)


def _factor_added(request: Any, user: Any, authenticator: Authenticator, **_: Any) -> None:
    _record("account.factor_added", request, user, factor=authenticator.type)


def _factor_removed(request: Any, user: Any, authenticator: Authenticator, **_: Any) -> None:
    _record("account.factor_removed", request, user, factor=authenticator.type)


def _factor_renewed(request: Any, user: Any, authenticator: Authenticator, **_: Any) -> None:
    _record("account.factor_renewed", request, user, factor=authenticator.type)


def _factor_failed(request: Any, user: Any, **_: Any) -> None:
    _record("account.factor.failed", request, user)


_RECEIVERS = {
    account.user_logged_out: _signed_out,
    account.password_changed: _password_changed,
    account.password_set: _password_set,
    account.password_reset: _password_reset,
    account.email_added: _email_added,
    account.email_removed: _email_removed,
    account.email_changed: _email_changed,
    account.email_confirmed: _email_confirmed,
    mfa.authenticator_added: _factor_added,
    mfa.authenticator_removed: _factor_removed,
    mfa.authenticator_reset: _factor_renewed,
    mfa.authentication_failed: _factor_failed,
}
