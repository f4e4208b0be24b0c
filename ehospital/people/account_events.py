"""What people do with their own accounts, written down: allauth tells of it by signals, and changes it by itself."""

from datetime import UTC, datetime
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


def _record(action: str, user: Any, **details: str) -> None:
    if not isinstance(user, Account):
        return  # somebody signed out who was not signed in
    at = datetime.now(UTC)
    with transaction.atomic():
        audit.record(action, by=actor_of(user, at=at), at=at, subject=f"account:{user.pk}", details=details)


def _signed_out(user: Any, **_: Any) -> None:
    _record("account.signed_out", user)


def _password_changed(user: Any, **_: Any) -> None:
    _record("account.password_changed", user)


def _password_set(user: Any, **_: Any) -> None:
    _record("account.password_set", user)


def _password_reset(user: Any, **_: Any) -> None:
    _record("account.password_reset", user)


def _email_added(user: Any, email_address: EmailAddress, **_: Any) -> None:
    _record("account.email_added", user, email=email_address.email)


def _email_removed(user: Any, email_address: EmailAddress, **_: Any) -> None:
    _record("account.email_removed", user, email=email_address.email)


def _email_changed(
    user: Any, from_email_address: EmailAddress | None, to_email_address: EmailAddress, **_: Any
) -> None:
    before = from_email_address.email if from_email_address else ""
    _record("account.email_changed", user, email=to_email_address.email, before=before)


def _email_confirmed(email_address: EmailAddress, **_: Any) -> None:
    _record("account.email_confirmed", email_address.user, email=email_address.email)


def _factor_added(user: Any, authenticator: Authenticator, **_: Any) -> None:
    _record("account.factor_added", user, factor=authenticator.type)


def _factor_removed(user: Any, authenticator: Authenticator, **_: Any) -> None:
    _record("account.factor_removed", user, factor=authenticator.type)


def _factor_renewed(user: Any, authenticator: Authenticator, **_: Any) -> None:
    _record("account.factor_renewed", user, factor=authenticator.type)


def _factor_failed(user: Any, **_: Any) -> None:
    _record("account.factor.failed", user)


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
